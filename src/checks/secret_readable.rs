//! Can the workload read the secret, over the private path?
//!
//! Asks the vault as the workload, over a fresh connection from its vantage. A value, as expected if one is given, read
//! over an address of the endpoint, holds. The value never leaves the process: values are compared by fingerprints of
//! this run. The vault's refusals are told by their codes.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::https_url::HttpsUrl;
use super::wire::{is_public, list_of};
use crate::ask::{Ask, Fingerprint};
use crate::outcome::{
    Asks, Card, Cause, Claim, Heals, Input, Mode, NoAnswer, Owner, PathRule, Permission, Plane, Reason, Verdict,
};
use crate::secret::Secret;
use crate::timestamp::Timestamp;

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
    peer: Option<IpAddr>,
    /// The source address that the vault saw.
    seen_from: Option<IpAddr>,
    challenge_tenant: Option<String>,
    token_tenant: String,
    value: Fingerprint,
    /// Fingerprint of the value that is expected.
    expected: Option<Fingerprint>,
    expires: Option<i64>,
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
        permissions: &[Permission::DataAction("Microsoft.KeyVault/vaults/secrets/getSecret/action")],
        causes: CAUSES,
        warnings: WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let answer = ask.secret(self.vault.as_str(), &self.secret, self.version.as_deref()).await?;
        if answer.peer.is_none() && *self.path != PathRule::Any {
            return Err(NoAnswer::Unusable(format!("the address that {} was read from is not known", self.vault)));
        }
        Ok(Seen {
            host: self.vault.host(),
            peer: answer.peer,
            seen_from: answer.seen_from,
            challenge_tenant: answer.challenge_tenant,
            token_tenant: answer.token_tenant,
            value: ask.fingerprint(&answer.value),
            expected: self.value.as_ref().map(|value| ask.fingerprint(value)),
            expires: answer.expires,
        })
    }

    fn judge(&self, seen: &Seen, now: Timestamp) -> Verdict {
        let label = self.vault.label();
        if let PathRule::Private(addresses) = &*self.path {
            let wanted = addresses.of(&seen.host);
            if let Some(peer) = seen.peer.filter(|peer| !wanted.contains(peer)) {
                let expected = if wanted.is_empty() { format!("an address of {}", seen.host) } else { list_of(wanted) };
                return Reason::new("public-path").expected(expected).observed(peer).with("host", &seen.host).into();
            }
            if let Some(source) = seen.seen_from.filter(|source| is_public(*source)) {
                return Reason::new("public-source").expected("a private source address").observed(source).with("host", &seen.host).into();
            }
        }
        let challenge = seen.challenge_tenant.as_ref().filter(|tenant| !tenant.eq_ignore_ascii_case(&seen.token_tenant));
        if let Some(tenant) = challenge.filter(|_| !seen.token_tenant.is_empty()) {
            return Reason::new("challenge-tenant-differs").expected(tenant).observed(&seen.token_tenant).with("vault-name", label).into();
        }
        if seen.expected.as_ref().is_some_and(|expected| *expected != seen.value) {
            return Reason::new("value-differs").expected("the value of the scenario").observed("another value").with("vault-name", label).into();
        }
        let soon = seen.expires.map(Timestamp::from_epoch_seconds).filter(|end| end.since(now).as_secs() < SOON_DAYS * 24 * 3600);
        let warning = soon.map(|end| Reason::new("expiring-soon").expected("30 days or more").observed(end).with("vault-name", label).with("end", end));
        Verdict::holds_but(warning.into_iter().collect())
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(Self::CARD.id, None, format!("{}/secrets/{}", self.vault, self.secret))]
    }
}

/// The vault's ARM id, found by its name; the name is the first label of its host.
macro_rules! vault_id {
    () => {
        "\"$(az keyvault show --name \"$(echo {vault} | cut -d/ -f3 | cut -d. -f1)\" --query id --output tsv)\""
    };
}

/// The object id of the workload's service principal in the tenant that is logged in to.
macro_rules! object_id {
    () => {
        "\"$(az ad sp show --id {workload-application} --query id --output tsv)\""
    };
}

const WORKLOAD_HOME: Owner = Owner::HomeOf("workload-application");
const LOOK_UP: &str = "nslookup \"$(echo {vault} | cut -d/ -f3)\"";
const LIST_CONNECTIONS: &str = concat!("az network private-endpoint-connection list --id ", vault_id!(), " --output table");

const CAUSES: &[Cause] = &[
    // -- the network: the vault looks at it first -----------------------------------------------------------
    Cause {
        id: "public-access-disabled",
        on: &["ForbiddenByConnection"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the request came over the public path, which the vault {vault} has closed, or over a connection that is not approved",
        fix: &[LOOK_UP, LIST_CONNECTIONS],
        source: "PITFALLS D01, D02; IDENTITY.md §6",
    },
    Cause {
        id: "firewall",
        on: &["ForbiddenByFirewall"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the firewall of the vault {vault} refused the source address: the request left by the public path",
        fix: &[LOOK_UP, concat!("az keyvault network-rule list --name \"$(echo {vault} | cut -d/ -f3 | cut -d. -f1)\"")],
        source: "PITFALLS D03, D04; key-vault rest-error-codes.md",
    },
    Cause {
        id: "another-vaults-endpoint",
        on: &["TcpConnectionNotAllowed"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the private address belongs to another vault's endpoint than {vault}'s, or a proxy changed the host name",
        fix: &[LOOK_UP],
        source: "PITFALLS B22; IDENTITY.md §6",
    },
    Cause {
        id: "network-perimeter",
        on: &["ForbiddenByNetworkSecurityPerimeter"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "a network security perimeter around the vault {vault} refused the request",
        fix: &[concat!("az rest --method get --url \"https://management.azure.com\"", vault_id!(), "\"/networkSecurityPerimeterConfigurations?api-version=2024-11-01\"")],
        source: "IDENTITY.md §6 (NSP rules)",
    },
    // -- the token ------------------------------------------------------------------------------------------
    Cause {
        id: "wrong-tenant",
        on: &["AKV10032"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the vault {vault} trusts another tenant than the token's: a token must come from the vault's own tenant",
        fix: &[concat!("az keyvault show --name \"$(echo {vault} | cut -d/ -f3 | cut -d. -f1)\" --query properties.tenantId")],
        source: "PITFALLS C27, C29; azure-cli #11871",
    },
    Cause {
        id: "wrong-audience",
        on: &["AKV10022"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the token is for another service than Key Vault",
        fix: &["az account get-access-token --scope https://vault.azure.net/.default --query expiresOn"],
        source: "PITFALLS C28; azure-docs #109562",
    },
    // -- the right ------------------------------------------------------------------------------------------
    Cause {
        id: "no-role",
        on: &["ForbiddenByRbac"],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "the vault {vault} knows no role of the caller that lets it read secrets; a new one takes up to ten minutes",
        fix: &[concat!(
            "az role assignment create --role 'Key Vault Secrets User' --assignee-object-id ",
            object_id!(),
            " --assignee-principal-type ServicePrincipal --scope ",
            vault_id!()
        )],
        source: "PITFALLS C21, C22, C23; IDENTITY.md §6",
    },
    Cause {
        id: "no-access-policy",
        on: &["AccessDenied"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "no access policy of the vault {vault} lets the caller read secrets",
        fix: &[concat!(
            "az keyvault set-policy --name \"$(echo {vault} | cut -d/ -f3 | cut -d. -f1)\" --secret-permissions get --object-id ",
            object_id!()
        )],
        source: "PITFALLS C25, C26; IDENTITY.md §6",
    },
    // -- the secret -----------------------------------------------------------------------------------------
    Cause {
        id: "secret-not-found",
        on: &["SecretNotFound"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the vault {vault} holds no secret {secret}, or it was deleted and can be recovered",
        fix: &[
            "az keyvault secret recover --id {vault}/deletedsecrets/{secret}",
            "az keyvault secret set --id {vault}/secrets/{secret} --value \"$SECRET_VALUE\"",
        ],
        source: "PITFALLS D05; key-vault soft-delete-overview.md",
    },
    Cause {
        id: "secret-disabled",
        on: &["SecretDisabled"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the secret {secret} of the vault {vault} is disabled",
        fix: &["az keyvault secret set-attributes --id {vault}/secrets/{secret} --enabled true"],
        source: "Azure/azure-sdk-for-js #24756 (innererror SecretDisabled)",
    },
    // -- answered, but not as it should be ------------------------------------------------------------------
    Cause {
        id: "public-path",
        on: &[],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the secret was read over an address that is not the endpoint's: the private path is not used",
        fix: &["nslookup {host}"],
        source: "PITFALLS B23, B24; DESIGN.md §6",
    },
    Cause {
        id: "public-source",
        on: &[],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the vault saw a public source address although the connection was made to a private one: something on the way sends it out again",
        fix: &["curl --silent --head https://{host}/healthstatus", "nslookup {host}"],
        source: "PITFALLS B24; private-link-diagnostics.md §7",
    },
    Cause {
        id: "challenge-tenant-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the vault's challenge names another tenant than the token's",
        fix: &["az keyvault show --name {vault-name} --query properties.tenantId"],
        source: "PITFALLS C27, C29; IDENTITY.md §6",
    },
    Cause {
        id: "value-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the secret {secret} has another value than expected",
        fix: &["az keyvault secret list-versions --vault-name {vault-name} --name {secret} --output table"],
        source: "DESIGN.md §3 (secret-readable)",
    },
];

const WARNINGS: &[Cause] = &[Cause {
    id: "expiring-soon",
    on: &[],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "the secret {secret} expires at {end}",
    fix: &["az keyvault secret set --vault-name {vault-name} --name {secret} --value \"$SECRET_VALUE\" --expires \"$EXPIRES\""],
    source: "API.md §6 (attributes.exp)",
}];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::testing::{broken, check, judged, now, warned};

    const TENANT: &str = "22222222-2222-2222-2222-222222222222";

    fn with_path(path: serde_json::Value) -> SecretReadable {
        check(json!({"vault": "https://KV.vault.azure.net/", "secret": "s", "path": path, "value": "hunter2"}))
    }

    fn subject() -> SecretReadable {
        with_path(json!({"kv.vault.azure.net": ["10.1.0.4"]}))
    }

    fn fingerprint(text: &str) -> Fingerprint {
        serde_json::from_value(json!(text)).unwrap()
    }

    fn healthy() -> Seen {
        Seen {
            host: "kv.vault.azure.net".to_owned(),
            peer: Some("10.1.0.4".parse().unwrap()),
            seen_from: Some("10.1.1.4".parse().unwrap()),
            challenge_tenant: Some(TENANT.to_owned()),
            token_tenant: TENANT.to_owned(),
            value: fingerprint("«secret 1»"),
            expected: Some(fingerprint("«secret 1»")),
            expires: None,
        }
    }

    #[test]
    fn the_expected_value_over_the_endpoints_address_holds() {
        assert_eq!(judged(&subject(), &healthy()), Verdict::Holds);
        let silent = Seen { seen_from: None, challenge_tenant: None, expected: None, ..healthy() };
        assert_eq!(judged(&subject(), &silent), Verdict::Holds);
    }

    #[test]
    fn an_address_that_is_not_the_endpoints_is_no_private_path_unless_any_path_will_do() {
        for peer in ["20.0.0.4", "10.1.0.5"] {
            let seen = Seen { peer: Some(peer.parse().unwrap()), ..healthy() };
            broken(&subject(), &seen, "public-path");
            assert_eq!(judged(&with_path(json!("any")), &seen), Verdict::Holds);
        }
        broken(&with_path(json!({"st.blob.core.windows.net": ["10.1.0.4"]})), &healthy(), "public-path");
    }

    #[test]
    fn a_public_source_address_gives_the_path_away() {
        broken(&subject(), &Seen { seen_from: Some("20.0.0.9".parse().unwrap()), ..healthy() }, "public-source");
    }

    #[test]
    fn the_challenge_must_name_the_tokens_tenant() {
        let other = Some("11111111-1111-1111-1111-111111111111".to_owned());
        broken(&subject(), &Seen { challenge_tenant: other, ..healthy() }, "challenge-tenant-differs");
    }

    #[test]
    fn another_value_is_told_without_showing_either() {
        let reason = broken(&subject(), &Seen { value: fingerprint("«secret 2»"), ..healthy() }, "value-differs");
        assert!(!format!("{reason:?}").contains("hunter2"));
    }

    #[test]
    fn a_secret_that_ends_soon_is_a_warning() {
        let in_days = |days: i64| Seen { expires: Some(now().epoch_seconds() + days * 24 * 3600), ..healthy() };
        warned(&subject(), &in_days(29), "expiring-soon");
        warned(&subject(), &in_days(-1), "expiring-soon");
        assert_eq!(judged(&subject(), &in_days(31)), Verdict::Holds);
    }
}
