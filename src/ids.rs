//! Typed ids: what may not be mixed up gets a type of its own.
//!
//! GUIDs and ARM ids compare without case, as Azure compares them; each keeps the spelling it was written in.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Declares a newtype over a GUID, compared without case.
macro_rules! guid {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(String);

        impl $name {
            /// The id as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The id of nothing: all zeros.
            pub fn nil() -> Self {
                Self("00000000-0000-0000-0000-000000000000".to_owned())
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                if is_guid(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(format!("expected {A_GUID}, found `{text}`"))
                }
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.eq_ignore_ascii_case(&other.0)
            }
        }

        impl Eq for $name {}

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.0.to_ascii_lowercase().hash(state);
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let invalid = || de::Error::invalid_value(de::Unexpected::Str(&text), &A_GUID);
                text.parse().map_err(|_| invalid())
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "description": concat!("A GUID (", stringify!($name), "), or a variable."),
                    "type": "string",
                    "pattern": r"^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|.*\$\{.*)$"
                })
            }
        }
    };
}

guid!(
    /// Id of a Microsoft Entra tenant.
    TenantId
);
guid!(
    /// Application (client) id of an application or a managed identity; not an object id.
    AppId
);
guid!(
    /// Object id of a directory object: a service principal's is the `principalId` of role assignments.
    ObjectId
);
guid!(
    /// Id of an Azure subscription.
    SubscriptionId
);

/// What a GUID looks like, for messages.
const A_GUID: &str = "a GUID such as 11111111-1111-1111-1111-111111111111";
/// What an ARM id looks like, for messages.
const AN_ARM_ID: &str = "an ARM id such as /subscriptions/<id>/resourceGroups/<group>/providers/<namespace>/<type>/<name>";
/// What stands after `/subscriptions/`, for messages.
const A_SUBSCRIPTION: &str = "the GUID of a subscription after /subscriptions/";

/// Whether the text is a GUID in its hyphenated form.
fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The id of an ARM resource: `/subscriptions/…/providers/<namespace>/<type>/<name>…`, or of anything else that ARM
/// addresses by path (a subscription, a resource group, a management group). Compared without case.
#[derive(Clone, Debug)]
pub struct ResourceId(String);

impl ResourceId {
    /// The id as it was written, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of nothing: ARM's own root.
    pub fn root() -> Self {
        Self("/".to_owned())
    }

    /// The id in lower case: the key under which equal ids meet.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The subscription the id lies in, if any.
    pub fn subscription(&self) -> Option<SubscriptionId> {
        self.segment_after("subscriptions")
            .and_then(|text| text.parse().ok())
    }

    /// The resource group the id lies in, if any.
    pub fn resource_group(&self) -> Option<&str> {
        self.segment_after("resourceGroups")
    }

    /// The management group the id names or lies in, if any.
    pub fn management_group(&self) -> Option<&str> {
        self.segment_after("managementGroups")
    }

    /// The last segment: the resource's name.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The resource type, such as `Microsoft.KeyVault/vaults`; of the last provider in the path. Absent for ids that
    /// name no provider.
    pub fn resource_type(&self) -> Option<String> {
        let segments: Vec<&str> = self.0.split('/').collect();
        let at = segments
            .iter()
            .rposition(|segment| segment.eq_ignore_ascii_case("providers"))?;
        let namespace = segments.get(at + 1)?;
        let types: Vec<&str> = segments[at + 2..].iter().step_by(2).copied().collect();
        (!types.is_empty()).then(|| format!("{namespace}/{}", types.join("/")))
    }

    /// Whether it ends in the name of a resource, not in a type or in something that is none.
    pub fn names_a_resource(&self) -> bool {
        let segments: Vec<&str> = self.0.split('/').collect();
        let provider = segments
            .iter()
            .rposition(|segment| segment.eq_ignore_ascii_case("providers"));
        // A namespace, then pairs of type and name.
        provider.is_some_and(
            |at| matches!(segments.len() - at, length if length > 3 && length % 2 == 0),
        )
    }

    /// Whether the resource is of this type, compared without case.
    pub fn is_a(&self, resource_type: &str) -> bool {
        self.resource_type()
            .is_some_and(|own| own.eq_ignore_ascii_case(resource_type))
    }

    /// The id of something below this one: `vault.child("privateEndpointConnections")`.
    #[must_use]
    pub fn child(&self, path: &str) -> Self {
        Self(format!("{}/{path}", self.0))
    }

    /// The id two segments up: of a child resource, its parent.
    pub fn parent(&self) -> Option<Self> {
        let (above_name, _) = self.0.rsplit_once('/')?;
        let (parent, _) = above_name.rsplit_once('/')?;
        (!parent.is_empty()).then(|| Self(parent.to_owned()))
    }

    /// The resource that this is or lies in: what is below it may be known to its own service only.
    #[must_use]
    pub fn top(&self) -> Self {
        let mut id = self.clone();
        let is_below = |id: &Self| {
            let segments = id.resource_type().unwrap_or_default();
            segments.split('/').count() > 2
        };
        while let Some(parent) = id.parent().filter(|_| is_below(&id)) {
            id = parent;
        }
        id
    }

    fn segment_after(&self, word: &str) -> Option<&str> {
        let mut segments = self.0.split('/');
        segments.find(|segment| segment.eq_ignore_ascii_case(word))?;
        segments.next().filter(|segment| !segment.is_empty())
    }
}

impl FromStr for ResourceId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match wanted_instead(text) {
            Some(wanted) => Err(format!("expected {wanted}, found `{text}`")),
            None => Ok(Self(text.strip_suffix('/').unwrap_or(text).to_owned())),
        }
    }
}

/// What should stand where `text` stands, when that is no ARM id.
fn wanted_instead(text: &str) -> Option<&'static str> {
    let trimmed = text.strip_suffix('/').unwrap_or(text);
    let segments: Vec<&str> = trimmed.split('/').collect();
    let plain = |segment: &&str| {
        !segment.is_empty()
            && segment.trim() == *segment
            && !segment.contains(['?', '#', '%', '\\'])
    };
    match segments.as_slice() {
        ["", root, rest @ ..] if !rest.is_empty() && rest.iter().all(plain) => {
            if root.eq_ignore_ascii_case("subscriptions") {
                (!is_guid(rest[0])).then_some(A_SUBSCRIPTION)
            } else {
                (!root.eq_ignore_ascii_case("providers")).then_some(AN_ARM_ID)
            }
        }
        _ => Some(AN_ARM_ID),
    }
}

impl PartialEq for ResourceId {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for ResourceId {}

impl Hash for ResourceId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for ResourceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ResourceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| {
            let wanted = wanted_instead(&text).unwrap_or(AN_ARM_ID);
            de::Error::invalid_value(de::Unexpected::Str(&text), &wanted)
        })
    }
}

impl JsonSchema for ResourceId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ResourceId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The id of an ARM resource; may hold variables.",
            "type": "string",
            "pattern": r"^(/|\$\{).*"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VAULT: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv";

    #[test]
    fn a_resource_id_knows_its_parts() {
        let id: ResourceId = VAULT.parse().unwrap();
        assert_eq!(id.name(), "kv");
        assert_eq!(id.resource_group(), Some("data"));
        assert!(id.is_a("microsoft.keyvault/VAULTS"));
        assert_eq!(
            id.subscription().unwrap().as_str(),
            "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"
        );
        let child = id.child("privateEndpointConnections/c1");
        assert_eq!(
            child.resource_type().unwrap(),
            "Microsoft.KeyVault/vaults/privateEndpointConnections"
        );
        assert_eq!(child.parent().unwrap(), id);
    }

    #[test]
    fn ids_compare_without_case_and_ignore_a_trailing_slash() {
        let id: ResourceId = VAULT.parse().unwrap();
        assert_eq!(
            id,
            format!(
                "{}/",
                VAULT
                    .to_uppercase()
                    .replace("/SUBSCRIPTIONS", "/subscriptions")
            )
            .parse()
            .unwrap()
        );
        let tenant: TenantId = "AAAAAAAA-aaaa-aaaa-aaaa-aaaaaaaaaaaa".parse().unwrap();
        assert_eq!(
            tenant,
            "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa".parse().unwrap()
        );
    }

    #[test]
    fn refuses_what_is_no_id() {
        for text in [
            "",
            "/",
            "vaults/kv",
            "/subscriptions/x/resourceGroups/g",
            "/subscriptions//x",
            "/foo/bar",
        ] {
            assert!(text.parse::<ResourceId>().is_err(), "{text}");
        }
        for text in [
            "",
            "11111111-1111-1111-1111-11111111111",
            "g1111111-1111-1111-1111-111111111111",
        ] {
            assert!(text.parse::<TenantId>().is_err(), "{text}");
        }
    }
}
