//! Facts: typed values that a link observed and that later links use by `{from: link.fact}`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;
use std::net::IpAddr;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, DeserializeOwned, Deserializer, Visitor};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::ids::{AppId, ObjectId, ResourceId, TenantId};

/// The type of a fact, by which the loader compares who provides with who uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactType {
    /// [`AddressesByName`].
    Addresses,
    /// [`AppId`].
    AppId,
    /// [`ObjectId`].
    ObjectId,
    /// [`Principal`].
    Principal,
    /// [`Regions`].
    Regions,
    /// [`ResourceId`].
    ResourceId,
}

impl FactType {
    /// As messages name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Addresses => "addresses",
            Self::AppId => "app-id",
            Self::ObjectId => "object-id",
            Self::Principal => "principal",
            Self::Regions => "regions",
            Self::ResourceId => "resource-id",
        }
    }
}

/// A type whose values may be facts.
pub trait FactValue: DeserializeOwned + JsonSchema {
    /// Which fact type it accepts.
    const TYPE: FactType;
    /// Name under which the reader of nodes recognises an input of this type: [`xtenant_source::INPUT_PREFIX`] and
    /// the fact type's name.
    const INPUT: &'static str;

    /// A value that stands for one that is not known yet, while a scenario is loaded. Never observed with.
    fn placeholder() -> Self;
}

/// A parameter that is either written in the scenario or taken from a fact. When a check runs it is always a value:
/// the engine has put the fact into the node and read the parameters again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input<T>(T);

impl<T> Input<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for Input<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Serialize> Serialize for Input<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: FactValue> Deserialize<'de> for Input<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Wrapped<T>(PhantomData<T>);

        impl<'de, T: FactValue> Visitor<'de> for Wrapped<T> {
            type Value = Input<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(
                    f,
                    "a value or {{from: link.fact}} of type {}",
                    T::TYPE.name()
                )
            }

            fn visit_unit<E: de::Error>(self) -> Result<Input<T>, E> {
                Ok(Input(T::placeholder()))
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<Input<T>, D::Error> {
                T::deserialize(deserializer).map(Input)
            }
        }

        deserializer.deserialize_newtype_struct(T::INPUT, Wrapped(PhantomData))
    }
}

impl<T: FactValue> JsonSchema for Input<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("InputOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({
            "anyOf": [
                value,
                {
                    "type": "object",
                    "description": format!("A fact of type {} that another link provides.", T::TYPE.name()),
                    "properties": { "from": { "type": "string", "pattern": r"^[a-z0-9][a-z0-9-]*\.[a-z-]+$" } },
                    "required": ["from"],
                    "additionalProperties": false
                }
            ]
        })
    }
}

/// The private addresses of an endpoint, per public name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct AddressesByName(BTreeMap<String, Vec<IpAddr>>);

impl AddressesByName {
    /// Adds an address of a name; names compare without case and without a trailing dot.
    pub fn add(&mut self, name: &str, address: IpAddr) {
        let addresses = self.0.entry(host_key(name)).or_default();
        if !addresses.contains(&address) {
            addresses.push(address);
            addresses.sort_unstable();
        }
    }

    /// The addresses of exactly this name, in order; empty when the endpoint has none for it.
    pub fn of(&self, name: &str) -> &[IpAddr] {
        let key = host_key(name);
        self.0
            .iter()
            .find(|(own, _)| host_key(own) == key)
            .map_or(&[], |(_, addresses)| addresses)
    }

    /// Every address, whatever its name.
    pub fn all(&self) -> impl Iterator<Item = IpAddr> {
        self.0.values().flatten().copied()
    }

    /// The names, as written.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Names with their addresses.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[IpAddr])> {
        self.0
            .iter()
            .map(|(name, addresses)| (name.as_str(), addresses.as_slice()))
    }

    /// Whether there is no name at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A name as names are compared: lower case, no trailing dot.
fn host_key(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

impl FactValue for AddressesByName {
    const TYPE: FactType = FactType::Addresses;
    const INPUT: &'static str = "$xtenant::input:addresses";

    fn placeholder() -> Self {
        Self::default()
    }
}

/// A managed identity as others must name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Principal {
    /// Tenant the identity lives in.
    pub tenant: TenantId,
    /// Object id of its service principal: the subject of a federated credential.
    pub principal_id: ObjectId,
    /// Its application (client) id.
    pub client_id: AppId,
}

/// Implements [`FactValue`] for a GUID.
macro_rules! guid_fact {
    ($type:ident, $fact:ident, $input:literal) => {
        impl FactValue for $type {
            const TYPE: FactType = FactType::$fact;
            const INPUT: &'static str = $input;

            fn placeholder() -> Self {
                Self::nil()
            }
        }
    };
}

guid_fact!(AppId, AppId, "$xtenant::input:app-id");
guid_fact!(ObjectId, ObjectId, "$xtenant::input:object-id");

impl FactValue for Principal {
    const TYPE: FactType = FactType::Principal;
    const INPUT: &'static str = "$xtenant::input:principal";

    fn placeholder() -> Self {
        Self {
            tenant: TenantId::nil(),
            principal_id: ObjectId::nil(),
            client_id: AppId::nil(),
        }
    }
}

impl FactValue for ResourceId {
    const TYPE: FactType = FactType::ResourceId;
    const INPUT: &'static str = "$xtenant::input:resource-id";

    fn placeholder() -> Self {
        Self::root()
    }
}

/// Azure regions, each once, in order, by their names (`japaneast`); a display name (`Japan East`) is read as the name.
///
/// As a parameter there is at least one: what is compared with none is compared with nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Regions(BTreeSet<String>);

impl Regions {
    /// The name of a region, as regions are compared.
    pub fn name(text: &str) -> String {
        let letters = text.chars().filter(|letter| !letter.is_whitespace());
        letters.collect::<String>().to_ascii_lowercase()
    }

    /// The names, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Regions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let regions = Self::from(Vec::<String>::deserialize(deserializer)?);
        match regions.is_empty() {
            true => Err(de::Error::invalid_length(0, &"a list of at least 1 region")),
            false => Ok(regions),
        }
    }
}

impl JsonSchema for Regions {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Regions".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Azure regions by name (`japaneast`) or display name (`Japan East`).",
            "type": "array",
            "items": { "type": "string" },
            "minItems": 1
        })
    }
}

impl From<Vec<String>> for Regions {
    fn from(texts: Vec<String>) -> Self {
        let names = texts.iter().map(|text| Self::name(text));
        Self(names.filter(|name| !name.is_empty()).collect())
    }
}

impl FactValue for Regions {
    const TYPE: FactType = FactType::Regions;
    const INPUT: &'static str = "$xtenant::input:regions";

    fn placeholder() -> Self {
        Self::default()
    }
}

/// Which path a data link must travel: `{from: endpoint.addresses}`, addresses by name, or `any`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathRule {
    /// Whatever path the name leads to.
    Any,
    /// The connection must have been made to one of the addresses that the endpoint has for the name.
    Private(AddressesByName),
}

impl PathRule {
    /// The addresses that a name may lead to; none where any may.
    pub fn of(&self, name: &str) -> &[IpAddr] {
        match self {
            Self::Any => &[],
            Self::Private(addresses) => addresses.of(name),
        }
    }
}

impl Serialize for PathRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Any => serializer.serialize_str("any"),
            Self::Private(addresses) => addresses.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for PathRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rule;

        impl<'de> Visitor<'de> for Rule {
            type Value = PathRule;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`any`, {from: link.addresses}, or addresses by name")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<PathRule, E> {
                match text {
                    "any" => Ok(PathRule::Any),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<PathRule, A::Error> {
                AddressesByName::deserialize(de::value::MapAccessDeserializer::new(map))
                    .map(PathRule::Private)
            }
        }

        deserializer.deserialize_any(Rule)
    }
}

impl JsonSchema for PathRule {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PathRule".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let addresses = generator.subschema_for::<AddressesByName>();
        json_schema!({ "anyOf": [{ "const": "any" }, addresses] })
    }
}

impl FactValue for PathRule {
    const TYPE: FactType = FactType::Addresses;
    const INPUT: &'static str = "$xtenant::input:addresses";

    fn placeholder() -> Self {
        Self::Any
    }
}

/// A fact with its type, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Fact(pub Value);

/// What a link provides, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Facts(BTreeMap<String, Fact>);

impl Facts {
    /// No facts.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a fact; the card of the check says its type.
    #[must_use]
    pub fn with<T: FactValue + Serialize>(mut self, name: &str, value: &T) -> Self {
        if let Ok(json) = serde_json::to_value(value) {
            self.0.insert(name.to_owned(), Fact(json));
        }
        self
    }

    /// The fact of that name.
    pub fn get(&self, name: &str) -> Option<&Fact> {
        self.0.get(name)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
