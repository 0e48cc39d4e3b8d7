//! Checks for tests of the loader and the plan: one for each way of asking.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::ask::Ask;
use crate::checks::{Check, Kind};
use crate::ids::{AppId, ResourceId};
use crate::outcome::card::Mode;
use crate::outcome::{
    AddressesByName, Asks, Card, FactSpec, FactType, Input, NoAnswer, PathRule, Plane, Verdict,
};
use crate::secret::Secret;
use crate::timestamp::Timestamp;

pub(crate) static KINDS: [Kind; 5] = [
    Kind::of::<ApplicationKnown>(),
    Kind::of::<EndpointApproved>(),
    Kind::of::<NameResolves>(),
    Kind::of::<RoleHeld>(),
    Kind::of::<SecretRead>(),
];

const CARD: Card = Card {
    id: "",
    sentence: "it holds",
    about: "",
    asks: Asks::Graph,
    plane: Plane::Control,
    modes: &[],
    at_least_one_of: &[],
    homes: &[],
    facts: &[],
    permissions: &[],
    causes: &[],
    warnings: &[],
};

/// Asks Graph.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(dead_code, reason = "only read")]
struct ApplicationKnown {
    application: AppId,
}

/// Asks ARM.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(dead_code, reason = "only read")]
struct EndpointApproved {
    endpoint: ResourceId,
    target: Option<Input<ResourceId>>,
    ports: Option<Vec<u16>>,
}

/// Asks DNS.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(dead_code, reason = "only read")]
struct NameResolves {
    name: String,
    addresses: Option<Input<AddressesByName>>,
}

/// Asks ARM, by an id that may come from a fact.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(dead_code, reason = "only read")]
struct RoleHeld {
    scope: Input<ResourceId>,
    actions: Option<Vec<String>>,
    data_actions: Option<Vec<String>>,
}

/// Asks as the identity under test.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(dead_code, reason = "only read")]
struct SecretRead {
    vault: String,
    path: Option<Input<PathRule>>,
    value: Option<Secret>,
}

macro_rules! check {
    ($name:ident, $card:expr) => {
        impl Check for $name {
            const CARD: Card = $card;
            type Seen = ();

            async fn observe(&self, _: &Ask) -> Result<(), NoAnswer> {
                Ok(())
            }

            fn judge(&self, (): &(), _: Timestamp) -> Verdict {
                Verdict::Holds
            }
        }
    };
}

const fn fact(name: &'static str, fact_type: FactType) -> FactSpec {
    FactSpec {
        name,
        fact_type,
        about: "",
    }
}

check!(
    ApplicationKnown,
    Card {
        id: "application-known",
        homes: &["application"],
        facts: &[fact("application", FactType::AppId)],
        ..CARD
    }
);
check!(
    EndpointApproved,
    Card {
        id: "endpoint-approved",
        asks: Asks::Arm("endpoint"),
        facts: &[
            fact("addresses", FactType::Addresses),
            fact("target", FactType::ResourceId)
        ],
        ..CARD
    }
);
check!(
    NameResolves,
    Card {
        id: "name-resolves",
        asks: Asks::Dns,
        modes: &[Mode::Unreachable],
        ..CARD
    }
);
check!(
    RoleHeld,
    Card {
        id: "role-held",
        asks: Asks::Arm("scope"),
        at_least_one_of: &["actions", "data-actions"],
        ..CARD
    }
);
check!(
    SecretRead,
    Card {
        id: "secret-read",
        asks: Asks::Workload,
        modes: &[Mode::Denied],
        ..CARD
    }
);
