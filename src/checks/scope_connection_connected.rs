//! Has the other tenant agreed to be managed, as the network manager's side sees it?
//!
//! Asks ARM for the scope connection as the home tenant's auditor. It must name exactly the tenant and the subscription
//! or management group that is meant, and be `Connected`. Ids of the other tenant are compared, never asked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Check;
use super::network_manager::connection::{Half, free_name};
use super::network_manager::fixes::{
    CREATE_AGREEMENT, CREATE_OTHER_HALF, DELETE_OTHER_HALF, LIST_AGREEMENTS, LIST_MANAGERS,
    OR_BY_HAND, OR_CREATE_AGREEMENT, OR_NAME,
};
use super::network_manager::{az_rest, ids};
use super::typed_id::{IdOf, Scope, ScopeConnection};
use crate::ask::Ask;
use crate::ids::TenantId;
use crate::outcome::{
    Asks, At, Card, Cause, Claim, FactSpec, FactType, Facts, Heals, NoAnswer, Owner, Permission,
    Plane, Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// The network manager is connected to this scope of the other tenant.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ScopeConnectionConnected {
    /// The scope connection of the network manager.
    scope_connection: IdOf<ScopeConnection>,
    /// Id of the other tenant.
    tenant_id: TenantId,
    /// The subscription or management group of the other tenant, as an id.
    scope: IdOf<Scope>,
}

/// The scope connection, if there is one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    connection: Option<Half>,
    /// What the scope has agreed to; absent when that could not be read.
    #[serde(default)]
    agreements: Option<Vec<Half>>,
}

impl Check for ScopeConnectionConnected {
    const CARD: Card = Card {
        id: "scope-connection-connected",
        sentence: "the network manager is connected to the scope of the other tenant",
        about: "Reads the scope connection on the manager's side. It must name exactly this tenant and this subscription or \
                management group, and be `Connected`: only then both sides have agreed and the scope was added.",
        asks: Asks::Arm("scope-connection"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[
            FactSpec {
                name: "network-manager",
                fact_type: FactType::ResourceId,
                about: "the network manager that the connection belongs to",
            },
            FactSpec {
                name: "scope",
                fact_type: FactType::ResourceId,
                about: "the subscription or management group of the other tenant",
            },
        ],
        permissions: &[
            Permission::action(
                "Microsoft.Network/networkManagers/scopeConnections/read",
                At::Id("scope-connection"),
            ),
            Permission::action(
                "Microsoft.Network/networkManagerConnections/read",
                At::Id("scope"),
            )
            .explains(),
        ],
        causes: CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let connection = Half::read(ask, &self.scope_connection).await?;
        let agreements = match self.wrong(connection.as_ref()) {
            Some(_) => Half::of_scope(ask, self.scope.as_str()).await,
            None => None,
        };
        Ok(Seen {
            connection,
            agreements,
        })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        match self.wrong(seen.connection.as_ref()) {
            None => Verdict::Holds,
            Some(reason) => {
                let manager = self.network_manager();
                let own = json!({"tenantId": self.tenant_id, "resourceId": self.scope});
                let theirs = json!({"networkManagerId": manager});
                let wanted = manager.rsplit('/').next().unwrap_or_default();
                let agreements = seen.agreements.as_deref();
                let half = agreements.unwrap_or_default().iter();
                let half = half
                    .clone()
                    .find(|own| ids::same(&own.network_manager, &manager));
                reason
                    .with("network-manager", &manager)
                    .with("scope-connection-json", ids::body(own))
                    .with("other-half", half.map_or("", |own| &own.id))
                    .with("other-half-json", ids::body(theirs))
                    .with("free-name", free_name(wanted, agreements))
                    .into()
            }
        }
    }

    fn facts(&self, _seen: &Seen) -> Facts {
        let facts = Facts::none().with("scope", &self.scope);
        match self.scope_connection.parent() {
            Some(manager) => facts.with("network-manager", &manager),
            None => facts,
        }
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(Self::CARD.id, None, &self.scope_connection)]
    }
}

impl ScopeConnectionConnected {
    fn network_manager(&self) -> String {
        let parent = self.scope_connection.parent();
        parent.map_or_else(String::new, |manager| manager.to_string())
    }

    /// The first thing that is wrong.
    fn wrong(&self, connection: Option<&Half>) -> Option<Reason> {
        let Some(connection) = connection else {
            return Some(
                Reason::new("missing")
                    .expected(&self.scope_connection)
                    .observed("no such resource"),
            );
        };
        if !ids::same(&connection.tenant_id, self.tenant_id.as_str()) {
            return Some(
                Reason::new("other-tenant")
                    .expected(&self.tenant_id)
                    .observed(&connection.tenant_id),
            );
        }
        if !ids::same(&connection.scope, self.scope.as_str()) {
            return Some(
                Reason::new("other-scope")
                    .expected(&self.scope)
                    .observed(&connection.scope),
            );
        }
        let cause = match connection.state.to_ascii_lowercase().as_str() {
            "connected" => return None,
            "pending" => "pending",
            "conflict" => "conflict",
            "revoked" => "revoked",
            "rejected" => "rejected",
            _ => "unknown-state",
        };
        let observed = match connection.state.as_str() {
            "" => "no state",
            state => state,
        };
        Some(Reason::new(cause).expected("Connected").observed(observed))
    }
}

const CREATE: &str = az_rest!("put", "{scope-connection}", "{scope-connection-json}");
const DELETE: &str = az_rest!("delete", "{scope-connection}");
const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the network manager {network-manager.name} has no scope connection {scope-connection.name}: nobody has asked for {scope}",
        fix: &[CREATE],
        source: "PITFALLS A01; virtual-network-manager/concept-cross-tenant.md",
    },
    Cause {
        id: "other-tenant",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the scope connection {scope-connection.name} names another tenant than {tenant-id}; both sides must name exactly the same",
        fix: &[DELETE, CREATE],
        source: "PITFALLS A01, A28; virtual-network-manager/concept-cross-tenant.md",
    },
    Cause {
        id: "other-scope",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the scope connection {scope-connection.name} names another scope than {scope}; both sides must name exactly the same, and a management group is not the subscriptions below it",
        fix: &[DELETE, CREATE],
        source: "PITFALLS A01; virtual-network-manager/concept-cross-tenant.md",
    },
    Cause {
        id: "pending",
        on: &[],
        owner: Owner::Tenant("tenant-id"),
        heals: Heals::Never,
        says: "the scope connection {scope-connection.name} waits for its other half: {scope} has no network manager connection that names {network-manager}",
        fix: &[
            LIST_AGREEMENTS,
            CREATE_AGREEMENT,
            OR_NAME,
            OR_CREATE_AGREEMENT,
        ],
        source: "PITFALLS A01; virtual-network-manager/concept-cross-tenant.md",
    },
    Cause {
        id: "conflict",
        on: &[],
        owner: Owner::Tenant("tenant-id"),
        heals: Heals::Never,
        says: "another network manager holds {scope} with the same access; take the scope out of it, then delete and recreate both connections (if the state stays, the deleted connection was left behind: wait, then ask support)",
        fix: &[
            LIST_MANAGERS,
            DELETE,
            DELETE_OTHER_HALF,
            OR_BY_HAND,
            CREATE,
            CREATE_OTHER_HALF,
        ],
        source: "PITFALLS A02, A03, A04; virtual-network-manager/concept-cross-tenant.md; azure-docs #111856",
    },
    Cause {
        id: "revoked",
        on: &[],
        owner: Owner::Tenant("tenant-id"),
        heals: Heals::Never,
        says: "the connection to {scope} was connected, and the other side has removed its half; its networks are not managed any more until it is recreated",
        fix: &[
            LIST_AGREEMENTS,
            CREATE_AGREEMENT,
            OR_NAME,
            OR_CREATE_AGREEMENT,
        ],
        source: "PITFALLS A07; virtual-network-manager/concept-cross-tenant.md",
    },
    Cause {
        id: "rejected",
        on: &[],
        owner: Owner::Tenant("tenant-id"),
        heals: Heals::Never,
        says: "the connection to {scope} was rejected; agree with its owner, then delete and recreate both halves",
        fix: &[
            LIST_AGREEMENTS,
            DELETE,
            DELETE_OTHER_HALF,
            OR_BY_HAND,
            CREATE,
            CREATE_OTHER_HALF,
        ],
        source: "API.md §2 (Rejected is in the enum; no document defines it)",
    },
    Cause {
        id: "unknown-state",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the scope connection {scope-connection.name} is in a state that is not known here",
        fix: &[az_rest!("get", "{scope-connection}")],
        source: "API.md §1 (ScopeConnectionState is an open list)",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{broken, check, judged};

    const CONNECTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/networkManagers/nm/scopeConnections/resource";
    const SCOPE: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
    const TENANT: &str = "22222222-2222-2222-2222-222222222222";

    fn subject() -> ScopeConnectionConnected {
        check(json!({"scope-connection": CONNECTION, "tenant-id": TENANT, "scope": SCOPE}))
    }

    fn seen(tenant: &str, scope: &str, state: &str) -> Seen {
        Seen {
            connection: Some(Half {
                tenant_id: tenant.to_owned(),
                scope: scope.to_owned(),
                state: state.to_owned(),
                ..Half::default()
            }),
            agreements: None,
        }
    }

    #[test]
    fn connected_to_exactly_this_scope_holds_whatever_the_spelling() {
        let scope = "subscriptions/BBBBBBBB-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
        let seen = seen(TENANT, scope, "Connected");
        assert_eq!(judged(&subject(), &seen), Verdict::Holds);
        let facts = subject().facts(&seen);
        assert!(facts.get("scope").is_some());
        assert_eq!(
            facts.get("network-manager").unwrap().0,
            json!(CONNECTION.replace("/scopeConnections/resource", ""))
        );
    }

    #[test]
    fn what_it_names_is_told_before_its_state() {
        broken(
            &subject(),
            &Seen {
                connection: None,
                agreements: None,
            },
            "missing",
        );
        broken(&subject(), &seen("x", SCOPE, "Pending"), "other-tenant");
        let group = "/providers/Microsoft.Management/managementGroups/root";
        broken(&subject(), &seen(TENANT, group, "Pending"), "other-scope");
    }

    #[test]
    fn each_state_has_its_cause_and_the_body_of_the_other_half() {
        for (state, cause) in [
            ("Pending", "pending"),
            ("conflict", "conflict"),
            ("Revoked", "revoked"),
            ("Rejected", "rejected"),
            ("Pondering", "unknown-state"),
            ("", "unknown-state"),
        ] {
            let reason = broken(&subject(), &seen(TENANT, SCOPE, state), cause);
            assert!(reason.values["other-half-json"].contains("networkManagers/nm\""));
        }
    }

    #[test]
    fn a_new_half_overwrites_no_other_agreement_and_a_known_one_is_made_anew() {
        let agreement = |name: &str, manager: &str| Half {
            id: format!("{SCOPE}/providers/Microsoft.Network/networkManagerConnections/{name}"),
            name: name.to_owned(),
            network_manager: manager.to_owned(),
            ..Half::default()
        };
        let mut waiting = seen(TENANT, SCOPE, "Pending");
        assert_eq!(
            broken(&subject(), &waiting, "pending").values["free-name"],
            ""
        );
        waiting.agreements = Some(vec![agreement("NM", "/elsewhere")]);
        assert_eq!(
            broken(&subject(), &waiting, "pending").values["free-name"],
            "nm-2"
        );
        let mut conflict = seen(TENANT, SCOPE, "Conflict");
        let manager = CONNECTION.replace("/scopeConnections/resource", "");
        conflict.agreements = Some(vec![agreement("contoso", &manager)]);
        let reason = broken(&subject(), &conflict, "conflict");
        assert!(reason.values["other-half"].ends_with("/contoso"));
    }
}
