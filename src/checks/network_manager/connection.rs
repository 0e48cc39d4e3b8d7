//! The two halves of a connection across tenants: the manager's scope connection and the scope's agreement
//! (`specs/network/2024-01-01/networkManagerScopeConnection.json`, `networkManagerConnection.json`).

use serde::{Deserialize, Serialize};

use crate::ask::Ask;
use crate::checks::wire::{Resource, explaining, lenient};
use crate::ids::ResourceId;
use crate::outcome::NoAnswer;

/// A half of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::checks) struct Half {
    /// Its id, as ARM spells it.
    #[serde(default)]
    pub(in crate::checks) id: String,
    /// Its name.
    #[serde(default)]
    pub(in crate::checks) name: String,
    /// Of the manager's half: the tenant that it names.
    #[serde(default)]
    pub(in crate::checks) tenant_id: String,
    /// Of the manager's half: the scope that it names.
    #[serde(default)]
    pub(in crate::checks) scope: String,
    /// Of the member's half: the manager that it names.
    #[serde(default)]
    pub(in crate::checks) network_manager: String,
    pub(in crate::checks) state: String,
}

impl Half {
    /// Reads one; absent when there is none.
    pub(in crate::checks) async fn read(
        ask: &Ask,
        id: &ResourceId,
    ) -> Result<Option<Self>, NoAnswer> {
        Ok(ask.arm::<Resource<Properties>>(id).await?.map(Self::from))
    }

    /// All of a manager. They explain only: absent when they may not be read.
    pub(in crate::checks) async fn of_manager(
        ask: &Ask,
        manager: &ResourceId,
    ) -> Option<Vec<Self>> {
        Self::list(ask, &manager.child("scopeConnections")).await
    }

    /// All of a subscription or management group. They explain only: absent when they may not be read.
    pub(in crate::checks) async fn of_scope(ask: &Ask, scope: &str) -> Option<Vec<Self>> {
        let collection = format!("{scope}/providers/Microsoft.Network/networkManagerConnections");
        Self::list(ask, &collection.parse().ok()?).await
    }

    async fn list(ask: &Ask, collection: &ResourceId) -> Option<Vec<Self>> {
        ask.tenant_of(collection)?;
        let read = explaining(ask.arm_list::<Resource<Properties>>(collection, &[]).await)?;
        Some(read.into_iter().map(Self::from).collect())
    }
}

/// A name for a new half that none of these has; empty when they are not known, since a PUT with a name that is taken
/// would overwrite another agreement.
pub(in crate::checks) fn free_name(wanted: &str, taken: Option<&[Half]>) -> String {
    let Some(taken) = taken else {
        return String::new();
    };
    let is_free = |name: &String| !taken.iter().any(|own| own.name.eq_ignore_ascii_case(name));
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(is_free).unwrap_or_default()
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Properties {
    #[serde(deserialize_with = "lenient")]
    tenant_id: String,
    #[serde(deserialize_with = "lenient")]
    resource_id: String,
    #[serde(deserialize_with = "lenient")]
    network_manager_id: String,
    #[serde(deserialize_with = "lenient")]
    connection_state: String,
}

impl From<Resource<Properties>> for Half {
    fn from(read: Resource<Properties>) -> Self {
        Self {
            id: read.id,
            name: read.name,
            tenant_id: read.properties.tenant_id,
            scope: read.properties.resource_id,
            network_manager: read.properties.network_manager_id,
            state: read.properties.connection_state.trim().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_half_reads_from_the_official_shape() {
        let read: Resource<Properties> = serde_json::from_value(json!({
            "id": "/c", "name": "c",
            "properties": {"tenantId": "t", "connectionState": " Connected", "resourceId": "subscriptions/b"}
        }))
        .unwrap();
        let half = Half::from(read);
        assert_eq!(
            (half.scope.as_str(), half.state.as_str()),
            ("subscriptions/b", "Connected")
        );
    }

    #[test]
    fn a_new_half_takes_no_name_that_another_has() {
        let named = |name: &str| Half {
            name: name.to_owned(),
            ..Half::default()
        };
        let taken = [named("NM"), named("nm-2")];
        assert_eq!(free_name("nm", Some(&taken)), "nm-3");
        assert_eq!(free_name("other", Some(&taken)), "other");
        assert_eq!(free_name("nm", None), "");
    }
}
