//! A network manager with its scope, as ARM answers it (`specs/network/2024-01-01/networkManager.json`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ids::{any, same};
use crate::ask::Ask;
use crate::checks::wire::{explaining, lenient};
use crate::ids::ResourceId;
use crate::outcome::NoAnswer;

/// The access without which a manager connects nothing (`ConfigurationType`).
pub(in crate::checks) const CONNECTIVITY: &str = "Connectivity";

/// A network manager, as far as it matters.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::checks) struct Manager {
    pub(in crate::checks) id: String,
    pub(in crate::checks) location: String,
    pub(in crate::checks) tags: BTreeMap<String, String>,
    pub(in crate::checks) description: String,
    pub(in crate::checks) provisioning_state: String,
    pub(in crate::checks) accesses: Vec<String>,
    pub(in crate::checks) subscriptions: Vec<String>,
    pub(in crate::checks) management_groups: Vec<String>,
    pub(in crate::checks) cross_tenant: Vec<CrossTenant>,
}

/// What a manager holds in another tenant; there only when the connections of both sides are `Connected`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::checks) struct CrossTenant {
    pub(in crate::checks) tenant_id: String,
    pub(in crate::checks) subscriptions: Vec<String>,
    pub(in crate::checks) management_groups: Vec<String>,
}

impl CrossTenant {
    /// Whether it lists this subscription or management group itself.
    pub(in crate::checks) fn lists(&self, scope: &str) -> bool {
        any(&self.subscriptions, scope) || any(&self.management_groups, scope)
    }
}

impl Manager {
    /// Reads one manager; absent when there is none.
    pub(in crate::checks) async fn read(
        ask: &Ask,
        id: &ResourceId,
    ) -> Result<Option<Self>, NoAnswer> {
        Ok(ask.arm::<Answer>(id).await?.map(Self::from))
    }

    /// The managers of every subscription that the scenario lists. A list that may not be read explains nothing.
    pub(in crate::checks) async fn all(ask: &Ask) -> Vec<Self> {
        let mut found = Vec::new();
        for subscription in ask.subscriptions() {
            let collection = format!(
                "/subscriptions/{subscription}/providers/Microsoft.Network/networkManagers"
            );
            let Ok(collection) = collection.parse::<ResourceId>() else {
                continue;
            };
            let listed = ask.arm_list::<Answer>(&collection, &[]).await;
            found.extend(
                explaining(listed)
                    .unwrap_or_default()
                    .into_iter()
                    .map(Self::from),
            );
        }
        found
    }

    /// Whether it holds this subscription or management group itself, in its own tenant or across.
    pub(in crate::checks) fn holds(&self, scope: &str) -> bool {
        any(&self.subscriptions, scope)
            || any(&self.management_groups, scope)
            || self.cross_tenant.iter().any(|own| own.lists(scope))
    }

    /// Whether it holds this subscription or management group itself, or a management group above.
    pub(in crate::checks) async fn covers(&self, ask: &Ask, scope: &str) -> Result<bool, NoAnswer> {
        if self.holds(scope) {
            return Ok(true);
        }
        for group in &self.management_groups {
            if is_below(ask, group, scope).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a management group of another tenant that it holds is above this scope.
    pub(in crate::checks) async fn covers_across(
        &self,
        ask: &Ask,
        scope: &str,
    ) -> Result<bool, NoAnswer> {
        for group in self
            .cross_tenant
            .iter()
            .flat_map(|own| &own.management_groups)
        {
            if is_below(ask, group, scope).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether both may do the same to what they hold. Unknown accesses are taken for `Connectivity`.
    pub(in crate::checks) fn overlaps(&self, accesses: &[String]) -> bool {
        let shares = |own: &String| {
            accesses
                .iter()
                .any(|other| other.trim().eq_ignore_ascii_case(own.trim()))
        };
        match accesses {
            [] => self.may_connect(),
            _ => self.accesses.iter().any(shares),
        }
    }

    /// Whether its accesses contain `Connectivity`.
    pub(in crate::checks) fn may_connect(&self) -> bool {
        self.accesses
            .iter()
            .any(|own| own.trim().eq_ignore_ascii_case(CONNECTIVITY))
    }

    /// The manager as a PUT takes it.
    pub(in crate::checks) fn body(&self) -> Value {
        let mut body = json!({
            "location": self.location,
            "properties": {
                "networkManagerScopes": {
                    "subscriptions": self.subscriptions,
                    "managementGroups": self.management_groups,
                },
                "networkManagerScopeAccesses": self.accesses,
            }
        });
        if !self.tags.is_empty() {
            body["tags"] = json!(self.tags);
        }
        if !self.description.is_empty() {
            body["properties"]["description"] = json!(self.description);
        }
        body
    }

    /// Every management group that it holds, in its own tenant and across.
    pub(in crate::checks) fn all_groups(&self) -> impl Iterator<Item = &String> {
        let across = self
            .cross_tenant
            .iter()
            .flat_map(|own| &own.management_groups);
        self.management_groups.iter().chain(across)
    }

    /// Whether its scope is empty, in its own tenant and across.
    pub(in crate::checks) fn holds_nothing(&self) -> bool {
        let own = self.subscriptions.len() + self.management_groups.len();
        own == 0 && self.cross_tenant.is_empty()
    }

    /// The same manager without this scope.
    #[must_use]
    pub(in crate::checks) fn without(mut self, scope: &str) -> Self {
        self.subscriptions.retain(|own| !same(own, scope));
        self.management_groups.retain(|own| !same(own, scope));
        self
    }
}

/// Whether a scope lies below a management group, at any depth (`ManagementGroups_GetDescendants`).
pub(in crate::checks) async fn is_below(
    ask: &Ask,
    group: &str,
    scope: &str,
) -> Result<bool, NoAnswer> {
    let path = format!("/{}/descendants", super::ids::key(group));
    let collection = path
        .parse::<ResourceId>()
        .map_err(|_| NoAnswer::Unusable(format!("`{group}` is no management group")))?;
    let below = ask
        .arm_list::<Descendant>(&collection, &[])
        .await?
        .unwrap_or_default();
    Ok(below.iter().any(|item| same(&item.id, scope)))
}

#[derive(Default, Deserialize)]
struct Descendant {
    #[serde(default, deserialize_with = "lenient")]
    id: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    location: String,
    #[serde(deserialize_with = "lenient")]
    tags: BTreeMap<String, String>,
    #[serde(deserialize_with = "lenient")]
    properties: Properties,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Properties {
    #[serde(deserialize_with = "lenient")]
    description: String,
    #[serde(deserialize_with = "lenient")]
    network_manager_scopes: Scopes,
    #[serde(deserialize_with = "lenient")]
    network_manager_scope_accesses: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    provisioning_state: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Scopes {
    #[serde(deserialize_with = "lenient")]
    subscriptions: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    management_groups: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    cross_tenant_scopes: Vec<CrossTenantWire>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CrossTenantWire {
    #[serde(deserialize_with = "lenient")]
    tenant_id: String,
    #[serde(deserialize_with = "lenient")]
    subscriptions: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    management_groups: Vec<String>,
}

impl From<CrossTenantWire> for CrossTenant {
    fn from(wire: CrossTenantWire) -> Self {
        Self {
            tenant_id: wire.tenant_id,
            subscriptions: wire.subscriptions,
            management_groups: wire.management_groups,
        }
    }
}

impl From<Answer> for Manager {
    fn from(read: Answer) -> Self {
        let scopes = read.properties.network_manager_scopes;
        Self {
            id: read.id,
            location: read.location,
            tags: read.tags,
            description: read.properties.description,
            provisioning_state: read.properties.provisioning_state,
            accesses: read.properties.network_manager_scope_accesses,
            subscriptions: scopes.subscriptions,
            management_groups: scopes.management_groups,
            cross_tenant: scopes
                .cross_tenant_scopes
                .into_iter()
                .map(CrossTenant::from)
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manager_reads_from_the_official_shape_and_can_be_put_back() {
        let read: Answer = serde_json::from_value(json!({
            "id": "/m", "location": "japaneast", "tags": {"team": "net"},
            "properties": {
                "description": "ours",
                "networkManagerScopes": {
                    "managementGroups": ["Microsoft.Management/managementGroups/testMg"],
                    "subscriptions": ["/subscriptions/0"],
                    "crossTenantScopes": [{"tenantId": "t", "subscriptions": ["/subscriptions/1"], "managementGroups": null}]
                },
                "networkManagerScopeAccesses": ["Connectivity"],
                "provisioningState": "Succeeded"
            }
        }))
        .unwrap();
        let manager = Manager::from(read);
        assert!(manager.holds("subscriptions/0") && manager.holds("/subscriptions/1"));
        assert!(manager.holds("/providers/Microsoft.Management/managementGroups/testmg"));
        let body = manager.without("/subscriptions/0").body();
        assert_eq!(
            body,
            json!({
                "location": "japaneast", "tags": {"team": "net"},
                "properties": {
                    "description": "ours",
                    "networkManagerScopes": {
                        "subscriptions": [],
                        "managementGroups": ["Microsoft.Management/managementGroups/testMg"]
                    },
                    "networkManagerScopeAccesses": ["Connectivity"]
                }
            })
        );
    }

    #[test]
    fn managers_overlap_when_they_may_do_the_same() {
        let manager = Manager {
            accesses: vec!["SecurityAdmin".to_owned(), "connectivity".to_owned()],
            ..Manager::default()
        };
        assert!(manager.overlaps(&["Connectivity".to_owned()]) && manager.overlaps(&[]));
        assert!(!manager.overlaps(&["Routing".to_owned()]));
    }
}
