//! Lists as parameters: one that is too short compares nothing, so it is refused when the scenario is loaded.

use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// At least `N` of `T`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed<T, const N: usize = 1>(Vec<T>);

impl<T, const N: usize> Deref for Listed<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for Listed<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Vec::<T>::deserialize(deserializer)?;
        if items.len() < N {
            let wanted = format!("a list of at least {N}");
            return Err(de::Error::invalid_length(items.len(), &wanted.as_str()));
        }
        Ok(Self(items))
    }
}

impl<T: JsonSchema, const N: usize> JsonSchema for Listed<T, N> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("AtLeast{N}{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<T>();
        json_schema!({ "type": "array", "items": item, "minItems": N })
    }
}

/// The items of a list that need not be given.
pub(super) fn given<T, const N: usize>(list: Option<&Listed<T, N>>) -> &[T] {
    list.map_or(&[], |list| list)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_that_compares_nothing_is_refused() {
        assert!(serde_json::from_value::<Listed<String>>(json!([])).is_err());
        assert!(serde_json::from_value::<Listed<String, 2>>(json!(["a"])).is_err());
        let one = serde_json::from_value::<Listed<String>>(json!(["a"])).unwrap();
        assert_eq!((one.len(), given(Some(&one)).len()), (1, 1));
        assert!(given::<String, 1>(None).is_empty());
    }
}
