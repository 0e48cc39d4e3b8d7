//! The keys of a scenario file, as serde and the JSON Schema see them.
//!
//! Every key is optional for serde, because entries with a mistake are left out before the rest is read again
//! (`reading`); what must be there is required by the schema and asked for by whoever reads the entry.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, Unexpected};

use super::identity::IdentityKind;
use super::model::Expect;
use super::name::Name;
use super::period::Period;
use crate::ids::{ResourceId, SubscriptionId, TenantId};

/// The version of the format that this program reads.
const VERSION: u64 = 1;

/// A chain of links between tenants, in the order in which they are told.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "xtenant scenario")]
#[expect(
    dead_code,
    reason = "sections are read from their nodes, entry by entry"
)]
pub(super) struct Document {
    /// The version of this format.
    #[schemars(required)]
    pub(super) version: Option<Version>,
    /// The scenario's name.
    #[schemars(required)]
    pub(super) scenario: Option<Name>,
    /// What the chain is about, in a sentence.
    pub(super) about: Option<String>,
    /// Where to ask, unless `--target` says otherwise.
    #[schemars(with = "Option<TargetName>")]
    target: Option<IgnoredAny>,
    /// Values that differ from place to place, by name; used as `${name}`.
    #[schemars(with = "Option<BTreeMap<Name, VariableKeys>>")]
    variables: Option<IgnoredAny>,
    /// Rows of values: the chain runs once for each, with these values of variables.
    #[schemars(with = "Option<super::schema::Matrix>")]
    matrix: Option<IgnoredAny>,
    /// The tenants, by the names that this scenario gives them.
    #[schemars(with = "Option<BTreeMap<Name, TenantKeys>>")]
    tenants: Option<IgnoredAny>,
    /// Who asks, by name.
    #[schemars(with = "Option<BTreeMap<Name, IdentityKind>>")]
    identities: Option<IgnoredAny>,
    /// Places to ask from, by name.
    #[schemars(with = "Option<BTreeMap<Name, VantageKeys>>")]
    vantages: Option<IgnoredAny>,
    /// The links of the chain: each a claim that is checked.
    #[schemars(with = "super::schema::Links", required)]
    links: Option<IgnoredAny>,
}

/// The version of the format: 1.
pub(super) struct Version;

impl<'de> serde::Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            VERSION => Ok(Self),
            other => Err(de::Error::invalid_value(
                Unexpected::Unsigned(other),
                &"`1`, the version of the scenario format that this program reads",
            )),
        }
    }
}

impl JsonSchema for Version {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": VERSION })
    }
}

/// A target by name. Files and addresses are given on the command line only.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum TargetName {
    /// Azure's public cloud.
    Azure,
    /// Azure in China.
    China,
    /// The bundled mock.
    Mock,
    /// Azure Government.
    Usgov,
}

impl TargetName {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Azure => "azure",
            Self::China => "china",
            Self::Mock => "mock",
            Self::Usgov => "usgov",
        }
    }
}

/// A value that differs from place to place. Later wins: `default`, `env`, `--vars`, `matrix`, `--var`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct VariableKeys {
    /// What it is.
    #[expect(dead_code, reason = "for readers of the file")]
    about: Option<String>,
    /// The environment variable that it is taken from; not read on the mock.
    pub(super) env: Option<String>,
    /// The value when nothing else gives one.
    #[schemars(with = "Option<Plain>")]
    pub(super) default: Option<String>,
    /// Whether its value must never be shown.
    pub(super) secret: Option<bool>,
}

/// A text, a number, or true or false.
#[derive(JsonSchema)]
#[schemars(inline, untagged)]
#[expect(dead_code, reason = "a type of the schema")]
pub(super) enum Plain {
    Text(String),
    Number(f64),
    Truth(bool),
}

/// A Microsoft Entra tenant, what lies in it, and who reads it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct TenantKeys {
    /// The tenant id.
    #[schemars(required)]
    pub(super) id: Option<TenantId>,
    /// Subscriptions of the tenant: a resource id of one of them is asked here.
    pub(super) subscriptions: Option<Vec<SubscriptionId>>,
    /// Names of management groups of the tenant: an id in one of them is asked here.
    pub(super) management_groups: Option<Vec<String>>,
    /// The identity that reads the tenant's settings.
    pub(super) read_as: Option<String>,
}

/// A place to ask from.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct VantageKeys {
    /// The ARM id of the virtual network that it is in.
    pub(super) network: Option<ResourceId>,
}

/// The keys that every link may have, beside the one that names its check.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct LinkKeys {
    /// The link's name.
    #[schemars(required)]
    pub(super) id: Option<Name>,
    /// The claim in your own words.
    pub(super) about: Option<String>,
    /// The tenant to ask; only for checks whose parameters hold no resource id and that use no identity.
    pub(super) tenant: Option<String>,
    /// The vantage to ask from.
    pub(super) at: Option<String>,
    /// The identity under test, which asks.
    pub(super) r#as: Option<String>,
    /// Links that must hold before this one is asked; facts that it uses are needed without being listed.
    pub(super) needs: Option<Vec<String>>,
    /// Names to select the link by.
    pub(super) tags: Option<Vec<Name>>,
    /// How long to ask again while the answer may still change.
    pub(super) within: Option<Period>,
    /// How long one question may take.
    pub(super) timeout: Option<Period>,
    /// How long the answer may take for the link to be good.
    pub(super) budget: Option<Period>,
    /// Which answer is the right one.
    pub(super) expect: Option<Expect>,
    /// With `expect: unreachable`, a link from the same vantage that must hold: a vantage that reaches nothing proves nothing.
    pub(super) control: Option<String>,
}

impl LinkKeys {
    /// The names of its keys.
    pub(super) const NAMES: [&'static str; 12] = [
        "id", "about", "tenant", "at", "as", "needs", "tags", "within", "timeout", "budget",
        "expect", "control",
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_common_key_of_a_link_is_listed() {
        let schema = schemars::schema_for!(LinkKeys);
        let keys: Vec<_> = schema
            .get("properties")
            .unwrap()
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        let mut names: Vec<_> = LinkKeys::NAMES.to_vec();
        names.sort_unstable();
        let mut sorted = keys;
        sorted.sort_unstable();
        assert_eq!(sorted, names);
    }
}
