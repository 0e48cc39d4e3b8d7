//! Under which other object ids is the same workload known? (PITFALLS C22, C26)
//!
//! Asks Microsoft Graph, in every tenant that the scenario may read, for the application behind the principal: its own
//! object, its service principals, and the managed identity that proves it. Whoever else has a right at the scope is a
//! stranger, and none of our business. All of it only explains, so what may not be read is no harm.

use serde::{Deserialize, Serialize};

use super::RoleAssigned;
use crate::ask::{Ask, Selector};
use crate::checks::wire::{Resource, explaining, lenient};
use crate::ids::AppId;

/// Another object id of the same workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Kin {
    pub(super) object_id: String,
    /// What has this id.
    pub(super) relation: String,
}

impl RoleAssigned {
    /// The other object ids of the principal's application, as far as they can be read.
    pub(super) async fn kin(&self, ask: &Ask) -> Vec<Kin> {
        let Some(application) = self.application(ask).await else {
            return Vec::new();
        };
        let client = "the application (client) id, which is nobody's object id";
        let mut kin = vec![Kin::new(application.to_string(), client)];
        for tenant in ask.tenants() {
            let own = ask
                .graph_in::<Object>(tenant, &format!("/applications(appId='{application}')"))
                .await;
            kin.extend(explaining(own).map(|own| {
                let relation =
                    "the object id of the application itself, not of its service principal";
                Kin::new(own.id, relation)
            }));
            let path = format!("/servicePrincipals(appId='{application}')");
            let principal = ask.graph_in::<Object>(tenant, &path).await;
            kin.extend(explaining(principal).map(|principal| {
                let relation = format!("its service principal in the tenant {}", tenant.name);
                Kin::new(principal.id, relation)
            }));
        }
        for proof in ask.proofs_of(&application) {
            for object_id in object_ids(ask, proof).await {
                let relation =
                    "the managed identity that proves it, which means nothing in another tenant";
                kin.push(Kin::new(object_id, relation));
            }
        }
        kin.retain(|own| !own.is(self.principal.as_str()) && !own.object_id.is_empty());
        kin
    }

    /// The application behind the principal: what Graph says, or the only one that the scenario federates here.
    async fn application(&self, ask: &Ask) -> Option<AppId> {
        let path = format!("/servicePrincipals/{}", *self.principal);
        let read = explaining(ask.graph::<Object>(&path).await);
        read.and_then(|own| own.app_id.parse().ok())
            .or_else(|| ask.only_federated().cloned())
    }
}

impl Kin {
    fn new(object_id: String, relation: impl Into<String>) -> Self {
        Self {
            object_id,
            relation: relation.into(),
        }
    }

    /// Whether this is the object of that id.
    pub(super) fn is(&self, object_id: &str) -> bool {
        self.object_id.eq_ignore_ascii_case(object_id)
    }
}

/// The object id of a managed identity, in whichever tenant it lives.
async fn object_ids(ask: &Ask, identity: &Selector) -> Vec<String> {
    match identity {
        Selector::Default => Vec::new(),
        Selector::ObjectId(id) => vec![id.to_string()],
        Selector::ResourceId(id) => explaining(ask.arm::<Resource<Identity>>(id).await)
            .map(|read| read.properties.principal_id)
            .into_iter()
            .collect(),
        Selector::ClientId(client) => {
            let mut found = Vec::new();
            for tenant in ask.tenants() {
                let path = format!("/servicePrincipals(appId='{client}')");
                let own = explaining(ask.graph_in::<Object>(tenant, &path).await);
                found.extend(own.map(|own| own.id));
            }
            found
        }
    }
}

/// A directory object, as far as it matters.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Object {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    app_id: String,
}

/// A managed identity, as far as it matters.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Identity {
    #[serde(deserialize_with = "lenient")]
    principal_id: String,
}
