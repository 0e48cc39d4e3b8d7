//! Is this very private endpoint approved on the resource's side?
//!
//! Asks ARM for `<resource>/privateEndpointConnections` as the resource tenant's auditor. `Approved` for this endpoint
//! holds; any other state, or no connection of this endpoint, is broken; 403 leaves it unknown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::connections::{Connection, connections};
use super::limits::private_endpoints;
use super::typed_id::{AnyResource, IdOf, PrivateEndpoint};
use super::wire::{list_of, same_id};
use crate::ask::Ask;
use crate::outcome::{
    Asks, At, Card, Cause, Claim, Heals, Input, NoAnswer, Owner, Permission, Plane, Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// The resource has approved the connection of this private endpoint.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PrivateEndpointConnectionApproved {
    /// The resource that is connected to: a vault, a storage account, anything with private endpoint connections.
    resource: IdOf<AnyResource>,
    /// The private endpoint whose connection it must be.
    private_endpoint: Input<IdOf<PrivateEndpoint>>,
}

/// The connections of the resource; absent when there is no such resource.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    connections: Option<Vec<Connection>>,
}

impl Check for PrivateEndpointConnectionApproved {
    const CARD: Card = Card {
        id: "private-endpoint-connection-approved",
        sentence: "the resource has approved the connection of this private endpoint",
        about: "Reads the private endpoint connections of the resource on the provider's side. `Approved` for this very endpoint, \
                compared by its id, holds.",
        asks: Asks::Arm("resource"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[Permission::of_type(
            "privateEndpointConnections/read",
            At::Id("resource"),
        )],
        causes: CAUSES,
        warnings: WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let Some(connections) = connections(ask, &self.resource).await? else {
            return Ok(Seen { connections: None });
        };
        let is_ours =
            |connection: &Connection| same_id(&self.private_endpoint, &connection.private_endpoint);
        match connections
            .iter()
            .find(|connection| connection.private_endpoint.is_empty())
        {
            Some(nameless) if !connections.iter().any(is_ours) => Err(NoAnswer::Unusable(format!(
                "the connection {} does not say which endpoint it belongs to",
                nameless.id
            ))),
            _ => Ok(Seen {
                connections: Some(connections),
            }),
        }
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(connections) = &seen.connections else {
            return Reason::new("missing")
                .expected(&self.resource)
                .observed("no such resource")
                .into();
        };
        let ours = connections
            .iter()
            .filter(|connection| same_id(&self.private_endpoint, &connection.private_endpoint));
        // An endpoint that was made anew leaves its old connection behind: the best one counts.
        let Some(best) = ours.min_by_key(|connection| connection.rank()) else {
            return Reason::new("no-connection")
                .expected(&*self.private_endpoint)
                .observed(list_of(
                    connections
                        .iter()
                        .map(|connection| &connection.private_endpoint),
                ))
                .into();
        };
        let cause = match best.status.to_ascii_lowercase().as_str() {
            "approved" => {
                return Verdict::holds_but(self.crowded(connections).into_iter().collect());
            }
            "pending" => "pending",
            "rejected" => "rejected",
            "disconnected" | "removed" => "disconnected",
            _ => "unknown-state",
        };
        let observed = match (best.status.as_str(), best.description.as_str()) {
            ("", _) => "no state".to_owned(),
            (status, "") => status.to_owned(),
            (status, description) => format!("{status} ({description})"),
        };
        Reason::new(cause)
            .expected("Approved")
            .observed(observed)
            .with("connection", &best.id)
            .into()
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(
            Self::CARD.id,
            None,
            format!("{} {}", self.resource, *self.private_endpoint),
        )]
    }
}

impl Connection {
    fn rank(&self) -> usize {
        let states = ["approved", "pending", "rejected", "disconnected", "removed"];
        states
            .iter()
            .position(|state| self.status.eq_ignore_ascii_case(state))
            .unwrap_or(states.len())
    }
}

impl PrivateEndpointConnectionApproved {
    /// Connections that carry nothing any more count too, until they are deleted.
    fn crowded(&self, connections: &[Connection]) -> Option<Reason> {
        let limit = private_endpoints(&self.resource.resource_type()?)?;
        limit.warning("many-connections", connections.len())
    }
}

const WARNINGS: &[Cause] = &[Cause {
    id: "many-connections",
    on: &[],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "{resource} has nearly as many private endpoint connections as it can have; once it is full, no other network can be connected",
    fix: &["az network private-endpoint-connection list --id {resource} --output table"],
    source: "MORE.md §4; azure-subscription-service-limits.md",
}];

const APPROVE: &str =
    "az network private-endpoint-connection approve --id {connection} --description approved";
const DELETE_CONNECTION: &str =
    "az network private-endpoint-connection delete --id {connection} --yes";
const DELETE_ENDPOINT: &str = "az network private-endpoint delete --ids {private-endpoint}";
/// Across tenants a connection must be asked for by hand.
const HINT: &str = "# SUBNET_ID: ARM id of a subnet of the network that the workload reaches it from; GROUP_ID: the sub-resource, such as vault or blob";
const CREATE_ENDPOINT: &str = "az network private-endpoint create --subscription {private-endpoint.subscription} --resource-group {private-endpoint.group} --name {private-endpoint.name} --subnet \"$SUBNET_ID\" --connection-name {private-endpoint.name} --private-connection-resource-id {resource} --group-id \"$GROUP_ID\" --manual-request true";

const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no resource {resource}",
        fix: &[
            "az resource list --subscription {resource.subscription} --name {resource.name} --output table",
        ],
        source: "API.md §4 (privateEndpointConnections)",
    },
    Cause {
        id: "no-connection",
        on: &[],
        owner: Owner::Of("private-endpoint"),
        heals: Heals::Never,
        says: "{resource} has no connection of {private-endpoint}: it was removed, or never asked for",
        fix: &[
            "az network private-endpoint show --ids {private-endpoint} --query \"[manualPrivateLinkServiceConnections, privateLinkServiceConnections]\"",
            DELETE_ENDPOINT,
            HINT,
            CREATE_ENDPOINT,
        ],
        source: "PITFALLS B01, B03; private-endpoint-overview.md",
    },
    Cause {
        id: "pending",
        on: &[],
        owner: Owner::Of("resource"),
        heals: Heals::Never,
        says: "the connection of {private-endpoint} waits for the approval of the resource's owner",
        fix: &[APPROVE],
        source: "PITFALLS B01; private-endpoint-overview.md",
    },
    Cause {
        id: "rejected",
        on: &[],
        owner: Owner::Of("private-endpoint"),
        heals: Heals::Never,
        says: "the connection of {private-endpoint} was rejected; agree with the owner of the resource, then create the endpoint anew",
        fix: &[DELETE_ENDPOINT, HINT, CREATE_ENDPOINT],
        source: "PITFALLS B04; private-endpoint-overview.md",
    },
    Cause {
        id: "disconnected",
        on: &[],
        owner: Owner::Of("private-endpoint"),
        heals: Heals::Never,
        says: "the connection of {private-endpoint} is disconnected and does not come back; create the endpoint anew",
        fix: &[DELETE_ENDPOINT, HINT, CREATE_ENDPOINT, DELETE_CONNECTION],
        source: "PITFALLS B03; private-link-diagnostics.md",
    },
    Cause {
        id: "unknown-state",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the connection of {private-endpoint} is in a state that is not known here",
        fix: &["az network private-endpoint-connection show --id {connection}"],
        source: "API.md §4 (privateLinkServiceConnectionState)",
    },
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::testing::{broken, check, judged, warned};

    const ENDPOINT: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/privateEndpoints/vault";
    const VAULT: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv";

    fn subject() -> PrivateEndpointConnectionApproved {
        check(json!({"resource": VAULT, "private-endpoint": ENDPOINT}))
    }

    fn seen(connections: &[(&str, &str)]) -> Seen {
        let connection = |(endpoint, status): &(&str, &str)| Connection {
            id: format!("{VAULT}/privateEndpointConnections/c"),
            private_endpoint: (*endpoint).to_owned(),
            status: (*status).to_owned(),
            description: String::new(),
        };
        Seen {
            connections: Some(connections.iter().map(connection).collect()),
        }
    }

    #[test]
    fn the_endpoint_is_recognised_whatever_the_casing() {
        let shouting = ENDPOINT.to_uppercase();
        assert_eq!(
            judged(&subject(), &seen(&[(&shouting, "APPROVED")])),
            Verdict::Holds
        );
    }

    #[test]
    fn an_old_connection_left_behind_does_not_hide_the_approved_one() {
        assert_eq!(
            judged(
                &subject(),
                &seen(&[(ENDPOINT, "Disconnected"), (ENDPOINT, "Approved")])
            ),
            Verdict::Holds
        );
    }

    #[test]
    fn nearly_as_many_connections_as_the_resource_can_have_are_a_warning() {
        let with = |others: usize| {
            let names: Vec<String> = (0..others).map(|own| format!("{ENDPOINT}-{own}")).collect();
            let others = names.iter().map(|name| (name.as_str(), "Pending"));
            seen(&others.chain([(ENDPOINT, "Approved")]).collect::<Vec<_>>())
        };
        warned(&subject(), &with(51), "many-connections");
        assert_eq!(judged(&subject(), &with(50)), Verdict::Holds);
    }

    #[test]
    fn the_approval_of_another_endpoint_is_not_ours() {
        let other = format!("{ENDPOINT}-2");
        let reason = broken(&subject(), &seen(&[(&other, "Approved")]), "no-connection");
        assert_eq!(reason.observed, Some(other));
        broken(&subject(), &seen(&[]), "no-connection");
    }

    #[test]
    fn each_state_has_its_cause() {
        for (status, cause) in [
            ("Pending", "pending"),
            ("Rejected", "rejected"),
            ("Disconnected", "disconnected"),
            ("Pondering", "unknown-state"),
        ] {
            broken(&subject(), &seen(&[(ENDPOINT, status)]), cause);
        }
        broken(&subject(), &Seen { connections: None }, "missing");
    }
}
