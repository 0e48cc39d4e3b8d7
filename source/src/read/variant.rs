//! The variants of an enum: `name`, or `{name: value}`.

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor};

use crate::clip::{list, one_of, quote};
use crate::node::{Map, Node, Value};
use crate::read::error::{At, Error, Mistake};
use crate::read::key::KeyReader;
use crate::read::session::Session;
use crate::read::value::NodeReader;

/// The name of a variant and what was given with it.
pub(super) struct Variant<'a> {
    session: &'a Session<'a>,
    name: &'a str,
    payload: Option<&'a Node>,
}

impl<'a> Variant<'a> {
    pub(super) fn of(
        session: &'a Session<'a>,
        node: &'a Node,
        variants: &'static [&'static str],
    ) -> Result<Self, Error> {
        let (name, payload) = match &node.value {
            Value::Scalar(scalar) => (scalar.text.as_str(), None),
            Value::Map(map) => {
                let (name, payload) = only_entry(map, variants)?;
                (name, Some(payload))
            }
            Value::Null | Value::Seq(_) => {
                return Err(NodeReader::new(session, node)
                    .unexpected(one_of(variants))
                    .into());
            }
        };
        Ok(Self {
            session,
            name,
            payload,
        })
    }

    /// What was given with the name; a variant that needs something gets nothing from a bare name.
    fn payload(&self) -> Result<&'a Node, Error> {
        self.payload.ok_or_else(|| {
            let name = quote(self.name);
            Mistake::new(format!("{name} needs a value"))
                .expected(format!("a map with the key {name}"))
                .into()
        })
    }
}

fn only_entry<'a>(map: &'a Map, variants: &[&str]) -> Result<(&'a str, &'a Node), Error> {
    let mut entries = map.iter();
    match (entries.next(), entries.next()) {
        (Some((key, payload)), None) => Ok((&key.name, payload)),
        (None, _) => Err(Mistake::new("an empty map")
            .expected(one_of(variants))
            .into()),
        (Some(_), Some((second, _))) => {
            let names = list(map.iter().map(|(key, _)| key.name.as_str()));
            Err(
                Mistake::new(format!("several keys where one is expected: {names}"))
                    .expected(format!("only {}", one_of(variants)))
                    .hint("check the indentation: what belongs to the first key stands below it")
                    .at(At::Span(second.span))
                    .into(),
            )
        }
    }
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let variant = seed.deserialize(KeyReader(self.name))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        let Some(payload) = self.payload else {
            return Ok(());
        };
        self.session.at(payload, |reader| match payload.value {
            Value::Null => Ok(()),
            _ => Err(reader
                .unexpected(format!("just {}", quote(self.name)))
                .into()),
        })
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        self.session
            .at(self.payload()?, |reader| seed.deserialize(reader))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.session.at(self.payload()?, |reader| {
            reader.deserialize_tuple(len, visitor)
        })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.session.at(self.payload()?, |reader| {
            reader.deserialize_struct("", fields, visitor)
        })
    }
}
