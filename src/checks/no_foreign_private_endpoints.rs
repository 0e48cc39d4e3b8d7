//! Does every private endpoint connection of the resource come from somebody who may have one?
//!
//! Asks ARM for `<resource>/privateEndpointConnections` as the resource tenant's auditor. A connection is known when its
//! endpoint is listed, or lies in a listed subscription. An approved stranger has a way in that no firewall sees, and is
//! broken; one that waits for approval has none yet, and is a warning; one that was rejected or removed has none any more.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::connections::{Connection, connections};
use super::listed::{Listed, given};
use super::typed_id::{AnyResource, IdOf, PrivateEndpoint};
use super::wire::{list_of, same_id};
use crate::ask::Ask;
use crate::ids::{ResourceId, SubscriptionId};
use crate::outcome::{
    Asks, At, Card, Cause, Claim, Heals, Input, NoAnswer, Owner, Permission, Plane, Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// No stranger is connected to the resource.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct NoForeignPrivateEndpoints {
    /// The resource that is connected to: a vault, a storage account, anything with private endpoint connections.
    resource: IdOf<AnyResource>,
    /// Subscriptions whose private endpoints may be connected, of whichever tenant.
    subscriptions: Option<Listed<SubscriptionId>>,
    /// Private endpoints that may be connected, wherever they are.
    private_endpoints: Option<Listed<Input<IdOf<PrivateEndpoint>>>>,
}

/// The connections of the resource; absent when there is no such resource.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    connections: Option<Vec<Connection>>,
}

impl Check for NoForeignPrivateEndpoints {
    const CARD: Card = Card {
        id: "no-foreign-private-endpoints",
        sentence: "only private endpoints that are known are connected to the resource",
        about: "Reads every private endpoint connection of the resource. The endpoint of each that is approved must be listed, or \
                lie in a listed subscription; one of a stranger that waits for approval is a warning. Connections that were \
                rejected or removed carry nothing and are not looked at.",
        asks: Asks::Arm("resource"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &["subscriptions", "private-endpoints"],
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
        let connections = connections(ask, &self.resource).await?;
        let nameless = connections.iter().flatten().find(|it| {
            it.private_endpoint.is_empty() && !it.is_any_of(GONE) && !it.is_any_of(WAITING)
        });
        match nameless {
            Some(nameless) => Err(NoAnswer::Unusable(format!(
                "the connection {} does not say which endpoint it belongs to",
                nameless.id
            ))),
            None => Ok(Seen { connections }),
        }
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(connections) = &seen.connections else {
            return Reason::new("missing")
                .expected(&self.resource)
                .observed("no such resource")
                .into();
        };
        let strangers = connections
            .iter()
            .filter(|it| !it.is_any_of(GONE) && !self.knows(it));
        let strangers: Vec<&Connection> = strangers.collect();
        let of = |states: &[&str]| {
            let all = strangers.iter().filter(|it| it.is_any_of(states));
            all.copied().collect::<Vec<_>>()
        };
        let approved = of(APPROVED);
        if let Some(first) = approved.first() {
            return self.told("stranger-approved", first, &approved).into();
        }
        let odd = strangers.iter().find(|it| !it.is_any_of(WAITING));
        if let Some(odd) = odd {
            return self
                .told("unknown-state", odd, &[odd])
                .with("state", &odd.status)
                .into();
        }
        let waiting = of(WAITING);
        let first = waiting.first();
        Verdict::holds_but(
            first
                .map(|first| self.told("stranger-waits", first, &waiting))
                .into_iter()
                .collect(),
        )
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(Self::CARD.id, None, &self.resource)]
    }
}

/// States of a connection that carries traffic, that may carry some once somebody acts, and that carries none any more.
const APPROVED: &[&str] = &["Approved"];
const WAITING: &[&str] = &["Pending"];
const GONE: &[&str] = &["Rejected", "Disconnected", "Removed"];

impl NoForeignPrivateEndpoints {
    fn knows(&self, connection: &Connection) -> bool {
        let endpoint = &connection.private_endpoint;
        let listed = given(self.private_endpoints.as_ref()).iter();
        let mut listed = listed.filter(|it| same_id(it, endpoint));
        let subscription = endpoint
            .parse::<ResourceId>()
            .ok()
            .and_then(|id| id.subscription());
        let allowed = given(self.subscriptions.as_ref());
        listed.next().is_some() || subscription.is_some_and(|it| allowed.contains(&it))
    }

    fn told(&self, cause: &'static str, first: &Connection, all: &[&Connection]) -> Reason {
        let known = given(self.subscriptions.as_ref())
            .iter()
            .map(ToString::to_string);
        let endpoints = given(self.private_endpoints.as_ref()).iter();
        let known = known.chain(endpoints.map(|it| it.to_string()));
        let observed = all.iter().map(|it| match it.description.as_str() {
            "" => it.name().to_owned(),
            description => format!("{} ({description})", it.name()),
        });
        Reason::new(cause)
            .expected(list_of(known))
            .observed(list_of(observed))
            .with("stranger", first.name())
            .with("connection", &first.id)
    }
}

impl Connection {
    fn is_any_of(&self, states: &[&str]) -> bool {
        let own = |state: &&str| self.status.eq_ignore_ascii_case(state);
        states.iter().any(own)
    }

    /// The endpoint, or the connection where nothing says which endpoint it is of.
    fn name(&self) -> &str {
        match self.private_endpoint.as_str() {
            "" => &self.id,
            endpoint => endpoint,
        }
    }
}

const SHOW: &str = "az network private-endpoint-connection show --id {connection}";
const OR_LIST_IT: &str = "# where the endpoint is meant to be there: list its subscription or its id in the scenario instead";

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
        id: "stranger-approved",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{stranger} is connected to {resource}, approved, and in none of the subscriptions that are meant: whoever holds it has a private way in",
        fix: &[
            SHOW,
            OR_LIST_IT,
            "# whoever uses the endpoint loses its way at once, and it does not come back without a new endpoint:",
            "az network private-endpoint-connection delete --id {connection} --yes",
        ],
        source: "private-link/private-endpoint-overview.md; key-vault/general/private-link-service.md",
    },
    Cause {
        id: "unknown-state",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the connection of {stranger}, which is in none of the subscriptions that are meant, is in a state that is not known here ({state})",
        fix: &[SHOW],
        source: "API.md §4 (privateLinkServiceConnectionState)",
    },
];

const WARNINGS: &[Cause] = &[Cause {
    id: "stranger-waits",
    on: &[],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "{stranger}, which is in none of the subscriptions that are meant, waits to be connected to {resource}: nobody should approve it by mistake",
    fix: &[
        SHOW,
        OR_LIST_IT,
        "az network private-endpoint-connection reject --id {connection} --description unknown",
    ],
    source: "PITFALLS B01; private-link/private-endpoint-overview.md",
}];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::testing::{broken, check, judged, warned};

    const HOME: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
    const VAULT: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv";

    fn endpoint(subscription: &str, name: &str) -> String {
        format!(
            "/subscriptions/{subscription}/resourceGroups/net/providers/Microsoft.Network/privateEndpoints/{name}"
        )
    }

    fn stranger() -> String {
        endpoint("99999999-9999-4999-8999-999999999999", "spy")
    }

    fn by_subscription() -> NoForeignPrivateEndpoints {
        check(json!({"resource": VAULT, "subscriptions": [HOME]}))
    }

    fn seen(connections: &[(&str, &str)]) -> Seen {
        let connection = |(endpoint, status): &(&str, &str)| Connection {
            id: format!("{VAULT}/privateEndpointConnections/c"),
            private_endpoint: (*endpoint).to_owned(),
            status: (*status).to_owned(),
            description: "please".to_owned(),
        };
        Seen {
            connections: Some(connections.iter().map(connection).collect()),
        }
    }

    #[test]
    fn who_is_listed_or_in_a_listed_subscription_may_be_there_whatever_the_casing() {
        let own = endpoint(HOME, "vault").to_uppercase();
        for status in ["Approved", "Pending", "Pondering"] {
            let seen = seen(&[(&own, status)]);
            assert_eq!(
                judged(&by_subscription(), &seen),
                Verdict::Holds,
                "{status}"
            );
        }
        let named = check(json!({"resource": VAULT, "private-endpoints": [stranger()]}));
        let there = seen(&[(&format!("{}/", stranger()), "APPROVED")]);
        assert_eq!(
            judged::<NoForeignPrivateEndpoints>(&named, &there),
            Verdict::Holds
        );
        let other = seen(&[(&endpoint(HOME, "other"), "Approved")]);
        broken(&named, &other, "stranger-approved");
        assert_eq!(judged(&by_subscription(), &seen(&[])), Verdict::Holds);
    }

    #[test]
    fn an_approved_stranger_is_told_before_one_that_waits() {
        let (own, other) = (endpoint(HOME, "vault"), stranger());
        let all = seen(&[(&own, "Approved"), (&own, "Pending"), (&other, "Approved")]);
        let reason = broken(&by_subscription(), &all, "stranger-approved");
        assert_eq!(reason.values["stranger"], other);
        assert_eq!(reason.observed, Some(format!("{other} (please)")));
        let waiting = seen(&[(&own, "Approved"), (&other, "Pending")]);
        let reason = warned(&by_subscription(), &waiting, "stranger-waits");
        assert_eq!(reason.values["stranger"], other);
    }

    #[test]
    fn what_was_rejected_or_removed_carries_nothing_and_an_unknown_state_is_not_green() {
        let other = stranger();
        for status in ["Rejected", "Disconnected", "Removed"] {
            let gone = seen(&[(&other, status)]);
            assert_eq!(
                judged(&by_subscription(), &gone),
                Verdict::Holds,
                "{status}"
            );
        }
        let odd = seen(&[(&other, "Pondering"), (&other, "Pending")]);
        broken(&by_subscription(), &odd, "unknown-state");
        broken(&by_subscription(), &Seen { connections: None }, "missing");
    }

    #[test]
    fn what_names_no_endpoint_waits_as_a_stranger() {
        let reason = warned(
            &by_subscription(),
            &seen(&[("", "Pending")]),
            "stranger-waits",
        );
        assert!(reason.values["stranger"].ends_with("/privateEndpointConnections/c"));
    }

    #[test]
    fn a_list_that_allows_nobody_is_refused() {
        let empty = json!({"resource": VAULT, "subscriptions": []});
        assert!(serde_json::from_value::<NoForeignPrivateEndpoints>(empty).is_err());
    }
}
