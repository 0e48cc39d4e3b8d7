//! Lists of ids as parameters: one that is too short proves nothing, so it is refused when the scenario is loaded.

use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::ids::ResourceId;

/// At least `N` ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::checks) struct Listed<const N: usize>(Vec<ResourceId>);

impl<const N: usize> Deref for Listed<N> {
    type Target = [ResourceId];

    fn deref(&self) -> &[ResourceId] {
        &self.0
    }
}

impl<'de, const N: usize> Deserialize<'de> for Listed<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ids = Vec::<ResourceId>::deserialize(deserializer)?;
        if ids.len() < N {
            let wanted = format!("a list of at least {N}");
            return Err(de::Error::invalid_length(ids.len(), &wanted.as_str()));
        }
        Ok(Self(ids))
    }
}

impl<const N: usize> JsonSchema for Listed<N> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("AtLeast{N}ResourceIds").into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<ResourceId>();
        json_schema!({ "type": "array", "items": item, "minItems": N })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_that_proves_nothing_is_refused() {
        let id = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
        assert!(serde_json::from_value::<Listed<1>>(json!([])).is_err());
        assert!(serde_json::from_value::<Listed<2>>(json!([id])).is_err());
        assert_eq!(
            serde_json::from_value::<Listed<1>>(json!([id]))
                .unwrap()
                .len(),
            1
        );
    }
}
