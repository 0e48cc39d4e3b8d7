//! One secret through the SDK, and what the vault says about the connection.

use std::net::IpAddr;

use azure_core::http::ClientOptions;
use azure_security_keyvault_secrets::models::SecretClientGetSecretOptions;
use azure_security_keyvault_secrets::{SecretClient, SecretClientOptions};

use super::http::{Http, Request};
use super::recorder::Recorder;
use super::sdk;
use crate::outcome::NoAnswer;
use crate::secret::Secret;

/// The action on data that reading a secret takes (azure-docs, built-in role Key Vault Secrets User).
pub const GET_SECRET: &str = "Microsoft.KeyVault/vaults/secrets/getSecret/action";

/// A secret as the vault gave it.
#[derive(Debug)]
pub struct SecretValue {
    /// The value.
    pub value: Secret,
    /// `attributes.exp`, seconds since 1970.
    pub expires: Option<i64>,
    /// `attributes.nbf`, seconds since 1970.
    pub not_before: Option<i64>,
}

/// Reads a secret. `options` carries the transport whose recorder is given.
///
/// # Errors
/// What the recorder kept of the refusal: SDKs lose error bodies.
pub async fn secret(
    vault: &str,
    name: &str,
    version: Option<&str>,
    token: &Secret,
    options: ClientOptions,
    recorder: &Recorder,
) -> Result<SecretValue, NoAnswer> {
    let lost = |error: azure_core::Error| {
        recorder
            .no_answer()
            .unwrap_or_else(|| NoAnswer::Unusable(error.to_string()))
    };
    let client_options = SecretClientOptions {
        client_options: options,
        ..SecretClientOptions::default()
    };
    let client =
        SecretClient::new(vault, sdk::credential(token), Some(client_options)).map_err(lost)?;
    let options = SecretClientGetSecretOptions {
        secret_version: version.map(str::to_owned),
        ..Default::default()
    };
    let response = client.get_secret(name, Some(options)).await.map_err(lost)?;
    // The parser's own words would quote the value.
    let secret = response.into_model().map_err(|_| {
        NoAnswer::Unusable(format!("{vault} answered with something that is no secret"))
    })?;
    let value = secret
        .value
        .ok_or_else(|| NoAnswer::Unusable(format!("{vault} answered without a value")))?;
    let attributes = secret.attributes.as_ref();
    let (expires, not_before) = (
        attributes.and_then(|own| own.expires),
        attributes.and_then(|own| own.not_before),
    );
    Ok(SecretValue {
        value: Secret::new(value),
        expires: expires.map(|moment| moment.unix_timestamp()),
        not_before: not_before.map(|moment| moment.unix_timestamp()),
    })
}

/// The source address that the vault says it saw: `addr=` in the header `x-ms-keyvault-network-info` of
/// `/healthstatus`, which needs no token (`API.md` §6). Absent when the vault does not say.
///
/// # Errors
/// When nobody answers.
pub async fn seen_from(
    vault: &str,
    http: &Http,
    recorder: &Recorder,
) -> Result<Option<IpAddr>, NoAnswer> {
    let url = format!("{}/healthstatus", vault.trim_end_matches('/'));
    let url = url
        .parse()
        .map_err(|error| NoAnswer::Unusable(format!("{url} is not a URL: {error}")))?;
    let answer = http.send(recorder, Request::get(url)).await?;
    let info = answer
        .headers
        .get("x-ms-keyvault-network-info")
        .and_then(|value| value.to_str().ok());
    Ok(info
        .and_then(|info| {
            info.split(';')
                .find_map(|part| part.trim().strip_prefix("addr="))
        })
        .and_then(|a| a.parse().ok()))
}

/// The tenant that a challenge names: the last path segment of `authorization="https://login…/<tenant>"`.
pub fn challenge_tenant(challenge: &str) -> Option<String> {
    let (_, rest) = challenge.split_once("authorization=")?;
    let url = rest.trim_start_matches('"').split(['"', ',', ' ']).next()?;
    let tenant = url.strip_prefix("https://")?.split('/').nth(1)?;
    (!tenant.is_empty()).then(|| tenant.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_tenant_of_a_challenge() {
        let challenge = r#"Bearer authorization="https://login.microsoftonline.com/2222", resource="https://vault.azure.net""#;
        assert_eq!(challenge_tenant(challenge).as_deref(), Some("2222"));
        for odd in [
            "",
            "Bearer",
            "Bearer authorization=\"\"",
            "Bearer authorization=\"http://x/2222\"",
        ] {
            assert_eq!(challenge_tenant(odd), None, "{odd}");
        }
    }
}
