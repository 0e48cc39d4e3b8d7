//! What does ARM say of the public way? One shape for each type of resource.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::probe::Question;
use crate::ask::Ask;
use crate::checks::wire::{Resource, lenient};
use crate::ids::ResourceId;
use crate::outcome::NoAnswer;

/// A rule that admits more addresses than a prefix of this length leaves the public way open to strangers.
const WIDE: u8 = 16;

/// A service of a storage account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum StorageService {
    /// Blobs.
    Blob,
    /// Data Lake Storage.
    Dfs,
    /// Files.
    File,
    /// Queues.
    Queue,
    /// Tables.
    Table,
}

/// The network settings of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Settings {
    /// `publicNetworkAccess`, as ARM writes it; empty when nobody set it.
    pub(super) access: String,
    /// `defaultAction` of the firewall; empty when there is none.
    pub(super) default_action: String,
    /// Addresses and prefixes that the firewall admits.
    pub(super) addresses: Vec<String>,
    /// Subnets that it admits by their service endpoints.
    pub(super) subnets: Vec<String>,
    /// Where the public way leads to.
    pub(super) questions: Vec<Question>,
}

impl Settings {
    /// Whether the settings close the public way to whoever is not listed.
    pub(super) fn is_closed(&self) -> bool {
        self.is_disabled() || self.default_action.eq_ignore_ascii_case("Deny")
    }

    /// Whether a network security perimeter decides instead of the resource's own firewall.
    pub(super) fn is_by_perimeter(&self) -> bool {
        self.access.eq_ignore_ascii_case("SecuredByPerimeter")
    }

    /// Whether no rule of the firewall counts: `Disabled` overrides them all (PITFALLS D02).
    fn is_disabled(&self) -> bool {
        self.access.eq_ignore_ascii_case("Disabled") || self.is_by_perimeter()
    }

    /// What the firewall admits, if it decides at all.
    pub(super) fn exceptions(&self) -> Vec<&str> {
        if self.is_disabled() {
            return Vec::new();
        }
        let all = self.addresses.iter().chain(&self.subnets);
        all.map(String::as_str).collect()
    }

    /// A rule that admits so many addresses that strangers are among them.
    pub(super) fn widest_rule(&self) -> Option<&str> {
        let length = |rule: &&str| {
            let length = rule.split_once('/')?.1;
            length
                .parse::<u8>()
                .ok()
                .filter(|_| !rule.starts_with("/subscriptions/"))
        };
        let rules = self.exceptions().into_iter();
        rules
            .filter_map(|rule| Some((length(&rule)?, rule)))
            .filter(|(length, _)| *length < WIDE)
            .min()
            .map(|(_, rule)| rule)
    }

    /// What the public addresses are asked.
    pub(super) fn questions(&self) -> &[Question] {
        &self.questions
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or = |text: &str, other: &str| {
            if text.is_empty() {
                other.to_owned()
            } else {
                text.to_owned()
            }
        };
        write!(
            f,
            "publicNetworkAccess: {}, defaultAction: {}",
            or(&self.access, "not set"),
            or(&self.default_action, "Allow")
        )
    }
}

/// What the resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A storage account.
    Account,
    /// A container registry.
    Registry,
    /// A vault.
    Vault,
}

/// What a resource is by its id.
pub(super) fn kind_of(id: &ResourceId) -> Kind {
    if id.is_a(VAULTS) {
        Kind::Vault
    } else if id.is_a(ACCOUNTS) {
        Kind::Account
    } else {
        Kind::Registry
    }
}

const VAULTS: &str = "Microsoft.KeyVault/vaults";
const ACCOUNTS: &str = "Microsoft.Storage/storageAccounts";

/// The settings of a resource; nothing when it does not exist.
pub(super) async fn of(
    ask: &Ask,
    id: &ResourceId,
    services: &[StorageService],
) -> Result<Option<Settings>, NoAnswer> {
    Ok(match kind_of(id) {
        Kind::Vault => {
            let found = ask.arm::<Resource<VaultProperties>>(id).await?;
            found.map(|vault| vault.properties.settings(ask.cloud().vault_scope))
        }
        Kind::Account => {
            let found = ask.arm::<Resource<AccountProperties>>(id).await?;
            found.map(|account| {
                account
                    .properties
                    .settings(services, ask.cloud().storage_scope)
            })
        }
        Kind::Registry => {
            let found = ask.arm::<Resource<RegistryProperties>>(id).await?;
            found.map(|registry| registry.properties.settings())
        }
    })
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct VaultProperties {
    #[serde(default, deserialize_with = "lenient")]
    public_network_access: String,
    #[serde(default, deserialize_with = "lenient")]
    network_acls: Firewall,
    #[serde(default, deserialize_with = "lenient")]
    vault_uri: String,
}

impl VaultProperties {
    fn settings(self, scope: &str) -> Settings {
        let question = Question::with_token(
            &self.vault_uri,
            "secrets?api-version=7.4&maxresults=1",
            scope,
        );
        self.network_acls
            .settings(self.public_network_access, vec![question])
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountProperties {
    #[serde(default, deserialize_with = "lenient")]
    public_network_access: String,
    #[serde(default, deserialize_with = "lenient")]
    network_acls: Firewall,
    #[serde(default, deserialize_with = "lenient")]
    primary_endpoints: ServiceEndpoints,
}

/// URIs of an account's services.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServiceEndpoints {
    #[serde(default, deserialize_with = "lenient")]
    blob: String,
    #[serde(default, deserialize_with = "lenient")]
    dfs: String,
    #[serde(default, deserialize_with = "lenient")]
    file: String,
    #[serde(default, deserialize_with = "lenient")]
    queue: String,
    #[serde(default, deserialize_with = "lenient")]
    table: String,
}

impl AccountProperties {
    fn settings(self, services: &[StorageService], scope: &str) -> Settings {
        let services = if services.is_empty() {
            &[StorageService::Blob]
        } else {
            services
        };
        let own = &self.primary_endpoints;
        let question = |service: &StorageService| {
            // The cheapest list of each service, which needs a right of its own: the network comes before it.
            let (base, rest) = match service {
                StorageService::Blob => (&own.blob, "?comp=list&maxresults=1"),
                StorageService::Dfs => (&own.dfs, "?resource=account&maxResults=1"),
                StorageService::File => (&own.file, "?comp=list&maxresults=1"),
                StorageService::Queue => (&own.queue, "?comp=list&maxresults=1"),
                StorageService::Table => (&own.table, "Tables?$top=1"),
            };
            Question::with_token(base, rest, scope)
        };
        let questions = services.iter().map(question).collect();
        self.network_acls
            .settings(self.public_network_access, questions)
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegistryProperties {
    #[serde(default, deserialize_with = "lenient")]
    public_network_access: String,
    #[serde(default, deserialize_with = "lenient")]
    network_rule_set: Firewall,
    #[serde(default, deserialize_with = "lenient")]
    login_server: String,
}

impl RegistryProperties {
    fn settings(self) -> Settings {
        // A registry looks at the network before it asks for a token, and then asks for one.
        let question = Question::without_token(&format!("https://{}", self.login_server), "v2/");
        self.network_rule_set
            .settings(self.public_network_access, vec![question])
    }
}

/// `networkAcls`, or a registry's `networkRuleSet`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Firewall {
    #[serde(default, deserialize_with = "lenient")]
    default_action: String,
    #[serde(default, deserialize_with = "lenient")]
    ip_rules: Vec<AddressRule>,
    #[serde(default, deserialize_with = "lenient")]
    virtual_network_rules: Vec<SubnetRule>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AddressRule {
    #[serde(default, deserialize_with = "lenient")]
    value: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubnetRule {
    #[serde(default, deserialize_with = "lenient")]
    id: String,
}

impl Firewall {
    fn settings(self, access: String, questions: Vec<Question>) -> Settings {
        let addresses = self.ip_rules.into_iter().map(|rule| rule.value);
        let subnets = self.virtual_network_rules.into_iter().map(|rule| rule.id);
        Settings {
            access,
            default_action: self.default_action,
            addresses: addresses.collect(),
            subnets: subnets.collect(),
            questions,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_service_of_an_account_has_its_question_and_blob_is_asked_without_any() {
        let account = || {
            let json = json!({"publicNetworkAccess": "Disabled", "networkAcls": null, "primaryEndpoints": {
                "blob": "https://st.blob.core.windows.net/", "dfs": "https://st.dfs.core.windows.net/",
                "table": "https://st.table.core.windows.net/"}});
            serde_json::from_value::<AccountProperties>(json).unwrap()
        };
        let urls = |services: &[StorageService]| -> Vec<String> {
            let settings = account().settings(services, "s");
            settings.questions.into_iter().map(|own| own.url).collect()
        };
        assert_eq!(
            urls(&[]),
            ["https://st.blob.core.windows.net/?comp=list&maxresults=1"]
        );
        assert_eq!(
            urls(&[StorageService::Dfs, StorageService::Table]),
            [
                "https://st.dfs.core.windows.net/?resource=account&maxResults=1",
                "https://st.table.core.windows.net/Tables?$top=1"
            ]
        );
    }

    #[test]
    fn what_is_not_set_is_open_and_letter_case_says_nothing() {
        let closed = |json| {
            let vault: VaultProperties = serde_json::from_value(json).unwrap();
            vault.settings("s").is_closed()
        };
        for open in [
            json!({}),
            json!({"publicNetworkAccess": "enabled"}),
            json!({"publicNetworkAccess": "Enabled", "networkAcls": {"defaultAction": "Allow"}}),
        ] {
            assert!(!closed(open));
        }
        for shut in [
            json!({"publicNetworkAccess": "disabled"}),
            json!({"networkAcls": {"defaultAction": "deny", "ipRules": null}}),
            json!({"publicNetworkAccess": "SecuredByPerimeter"}),
        ] {
            assert!(closed(shut));
        }
    }
}
