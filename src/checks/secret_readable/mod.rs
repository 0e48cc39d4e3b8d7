//! Can the workload read the secret, over the private path?
//!
//! Asks the vault as the workload, over a fresh connection from its vantage. A value, as expected if one is given, read
//! over an address of the endpoint, holds. The value never leaves the process: values are compared by fingerprints of
//! this run. The vault's refusals are told by their codes.
//!
//! - [`causes`]: why the secret cannot be read, or not as it should be: codes of the vault first, then what is judged

mod causes;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::https_url::HttpsUrl;
use super::names::{self, Place};
use super::wire::{is_public, list_of};
use crate::ask::{Ask, Fingerprint};
use crate::outcome::{
    Asks, At, Card, Claim, Input, Mode, NoAnswer, PathRule, Permission, Plane, Reason, Verdict,
};
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// Our word for a vault that trusts another tenant than it should: `AKV10032` does not say which side is wrong.
const VAULT_TRUSTS_ANOTHER_TENANT: &str = "VaultTrustsAnotherTenant";
/// A secret that expires within this many days wants attention.
const SOON_DAYS: u64 = 30;

/// The workload reads the secret over the private path.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct SecretReadable {
    /// The vault's URI, such as `https://kv.vault.azure.net`.
    vault: HttpsUrl,
    /// Name of the secret.
    secret: String,
    /// Version of the secret, where it is not the current one.
    version: Option<String>,
    /// The path that the request must take: the endpoint's addresses, or `any`.
    path: Input<PathRule>,
    /// The value that is expected.
    value: Option<Secret>,
}

/// How the secret was had; never the secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    host: String,
    /// Where its record belongs.
    #[serde(default)]
    place: Option<Place>,
    /// Every address that was connected to.
    peers: Vec<IpAddr>,
    /// The source address that the vault saw.
    seen_from: Option<IpAddr>,
    challenge_tenant: Option<String>,
    token_tenant: String,
    value: Fingerprint,
    /// Fingerprint of the value that is expected.
    expected: Option<Fingerprint>,
    expires: Option<i64>,
    #[serde(default)]
    not_before: Option<i64>,
}

impl Check for SecretReadable {
    const CARD: Card = Card {
        id: "secret-readable",
        sentence: "the workload reads the secret over the private path",
        about: "Reads the secret as the workload. The connection must have been made to an address that the endpoint has for the \
                vault's name, the vault's challenge must name the token's tenant, and the value must be the expected one if one is \
                given. What the vault's health page says about the source address is compared as well.",
        asks: Asks::Workload,
        plane: Plane::Data,
        modes: &[Mode::Denied],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[Permission::data(
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            At::Host("vault", "Microsoft.KeyVault/vaults"),
        )],
        causes: causes::CAUSES,
        warnings: causes::WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let answer = ask
            .secret(self.vault.as_str(), &self.secret, self.version.as_deref())
            .await
            .map_err(|why| blame_the_vault(why, ask))
            .map_err(|why| names::noting(why, ask, &self.vault.host(), &self.path))?;
        if answer.peers.is_empty() && *self.path != PathRule::Any {
            return Err(NoAnswer::Unusable(format!(
                "the address that {} was read from is not known",
                self.vault
            )));
        }
        Ok(Seen {
            place: Place::of(ask.cloud(), &self.vault.host()),
            host: self.vault.host(),
            peers: answer.peers,
            seen_from: answer.seen_from,
            challenge_tenant: answer.challenge_tenant,
            token_tenant: answer.token_tenant,
            value: ask.fingerprint(&answer.value),
            expected: self.value.as_ref().map(|value| ask.fingerprint(value)),
            expires: answer.expires,
            not_before: answer.not_before,
        })
    }

    fn judge(&self, seen: &Seen, now: Timestamp) -> Verdict {
        let label = self.vault.label();
        if let PathRule::Private(addresses) = &*self.path {
            let wanted = addresses.of(&seen.host);
            if let Some(peer) = seen.peers.iter().find(|peer| !wanted.contains(peer)) {
                let expected = if wanted.is_empty() {
                    format!("an address of {}", seen.host)
                } else {
                    list_of(wanted)
                };
                let reason = Reason::new("public-path")
                    .expected(expected)
                    .observed(peer)
                    .with("host", &seen.host);
                return match &seen.place {
                    Some(place) => place.told(reason, wanted).into(),
                    None => reason.into(),
                };
            }
            if let Some(source) = seen.seen_from.filter(|source| is_public(*source)) {
                return Reason::new("public-source")
                    .expected("a private source address")
                    .observed(source)
                    .with("host", &seen.host)
                    .into();
            }
        }
        let challenge = seen
            .challenge_tenant
            .as_ref()
            .filter(|tenant| !tenant.eq_ignore_ascii_case(&seen.token_tenant));
        if let Some(tenant) = challenge.filter(|_| !seen.token_tenant.is_empty()) {
            return Reason::new("wrong-tenant")
                .expected(tenant)
                .observed(&seen.token_tenant)
                .with("vault-name", label)
                .into();
        }
        if seen
            .expected
            .as_ref()
            .is_some_and(|expected| *expected != seen.value)
        {
            return Reason::new("value-differs")
                .expected("the value of the scenario")
                .observed("another value")
                .with("vault-name", label)
                .into();
        }
        let soon = seen
            .expires
            .map(Timestamp::from_epoch_seconds)
            .filter(|end| end.since(now).as_secs() < SOON_DAYS * 24 * 3600);
        let warning = soon.map(|end| {
            let over = end <= now;
            Reason::new(if over { "expired" } else { "expiring-soon" })
                .expected("30 days or more")
                .observed(end)
                .with("vault-name", label)
                .with("end", end)
        });
        let early = seen.not_before.map(Timestamp::from_epoch_seconds);
        let early = early.filter(|begin| *begin > now).map(|begin| {
            Reason::new("not-yet-valid")
                .expected(format!("a secret that may be used at {now}"))
                .observed(begin)
                .with("begin", begin)
                .with("vault-name", self.vault.label())
        });
        Verdict::holds_but(warning.into_iter().chain(early).collect())
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(
            Self::CARD.id,
            None,
            format!("{}/secrets/{}", self.vault, self.secret),
        )]
    }
}

/// Of two tenants that do not fit, which one is wrong? A federated identity names the tenant that the vault should be
/// of, so there it is the vault. A managed identity cannot choose: when the vault expects a tenant of this scenario, it
/// is the token that is of the wrong one.
fn blame_the_vault(why: NoAnswer, ask: &Ask) -> NoAnswer {
    let NoAnswer::Refused(mut refusal) = why else {
        return why;
    };
    let names_its_tenant = ask.workload().is_some_and(|workload| workload.is_federated);
    let expects_ours = || {
        let others = ask.tenants().filter(|tenant| Some(*tenant) != ask.tenant());
        others
            .into_iter()
            .any(|tenant| expects(&refusal.message, tenant.id.as_str()))
    };
    if refusal.has("AKV10032") && (names_its_tenant || !expects_ours()) {
        refusal.codes.push(VAULT_TRUSTS_ANOTHER_TENANT.to_owned());
    }
    NoAnswer::Refused(refusal)
}

/// Whether a vault names this tenant among those that it expects: `Expected one of https://sts.windows.net/…/, …, found
/// https://sts.windows.net/…/.`
fn expects(message: &str, tenant: &str) -> bool {
    let expected = message.split(", found ").next().unwrap_or_default();
    expected
        .to_ascii_lowercase()
        .contains(&tenant.to_ascii_lowercase())
}
