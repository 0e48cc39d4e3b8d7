//! One node as a serde deserializer.

use serde::de::{Deserializer, Visitor};

use crate::clip::list;
use crate::core_schema::{Resolved, resolve};
use crate::node::{Node, Scalar, ScalarStyle, Value};
use crate::read::elements::Elements;
use crate::read::error::{At, Error, Mistake};
use crate::read::fields::Fields;
use crate::read::items::Items;
use crate::read::session::Session;
use crate::read::variant::Variant;
use crate::read::{INPUT_PREFIX, Mode, Reference, SECRET_NAME, SECRET_SHOWN, words};

/// Reads one node.
#[derive(Clone, Copy)]
pub(super) struct NodeReader<'a> {
    pub(super) session: &'a Session<'a>,
    pub(super) node: &'a Node,
    may_be_secret: bool,
}

impl<'a> NodeReader<'a> {
    pub(super) fn new(session: &'a Session<'a>, node: &'a Node) -> Self {
        let may_be_secret = false;
        Self {
            session,
            node,
            may_be_secret,
        }
    }

    /// The node is not what was asked for.
    pub(super) fn unexpected(self, expected: impl Into<String>) -> Mistake {
        Mistake::new(words::unexpected(self.node)).expected(expected)
    }

    /// The scalar, if it is one that may be read here.
    fn scalar(self) -> Result<Option<&'a Scalar>, Error> {
        match &self.node.value {
            Value::Scalar(scalar) if scalar.secret && !self.may_be_secret => {
                Err(secret(self.node).into())
            }
            Value::Scalar(scalar) => Ok(Some(scalar)),
            _ => Ok(None),
        }
    }

    /// A typed value of an unquoted scalar.
    fn typed<T>(self, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, Error> {
        let Some(scalar) = self.scalar()? else {
            return Err(self.unexpected(expected).into());
        };
        let value = parse(&scalar.text);
        match (scalar.style, value) {
            (ScalarStyle::Plain | ScalarStyle::Substituted, Some(value)) => Ok(value),
            (ScalarStyle::Quoted, Some(_)) => {
                Err(self.unexpected(expected).hint("remove the quotes").into())
            }
            (_, None) => Err(self.unexpected(expected).into()),
        }
    }

    fn whole<T: TryFrom<i128>>(self, expected: &str) -> Result<T, Error> {
        self.typed(expected, |text| match resolve(text) {
            Resolved::Int(number) => T::try_from(number).ok(),
            _ => None,
        })
    }

    fn float(self) -> Result<f64, Error> {
        self.typed("a number", |text| match resolve(text) {
            Resolved::Float(number) => Some(number),
            #[expect(
                clippy::cast_precision_loss,
                reason = "a number asked for as a float is one"
            )]
            Resolved::Int(number) => Some(number as f64),
            _ => None,
        })
    }

    /// The text as written. An empty place is no text.
    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.scalar()? {
            Some(scalar) => visitor.visit_str(&scalar.text),
            None => Err(self.unexpected(words::expected(&visitor)).into()),
        }
    }

    /// The node is the value of an input, or a reference to a fact.
    fn input<'de, V: Visitor<'de>>(
        self,
        fact_type: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Some(source) = self.reference() else {
            return visitor.visit_newtype_struct(self);
        };
        if self.session.mode == Mode::Values {
            return Err(Mistake::new("the fact is not known")
                .expected("a value")
                .into());
        }
        self.session.at(source, |reader| match reader.scalar()? {
            Some(scalar) => {
                let (target, span) = (scalar.text.clone(), source.span);
                self.session.refer(Reference {
                    target,
                    span,
                    fact_type,
                });
                Ok(())
            }
            None => Err(reader.unexpected("a fact of a link, as `link.fact`").into()),
        })?;
        visitor.visit_unit()
    }

    /// The value of `from` when that is the only key.
    fn reference(self) -> Option<&'a Node> {
        let map = self.node.as_map()?;
        map.get("from").filter(|_| map.len() == 1)
    }
}

fn secret(node: &Node) -> Mistake {
    Mistake::new(SECRET_SHOWN)
        .hint("use it where a secret is expected, or remove `secret: true` from the variable")
        .at(At::Span(node.span))
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $expected:literal;)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.whole($expected)?)
        }
    )* };
}

impl<'de> Deserializer<'de> for NodeReader<'_> {
    type Error = Error;

    whole_numbers! {
        deserialize_i8 visit_i8 "a whole number from -128 to 127";
        deserialize_i16 visit_i16 "a whole number from -32768 to 32767";
        deserialize_i32 visit_i32 "a whole number from -2147483648 to 2147483647";
        deserialize_i64 visit_i64 "a whole number";
        deserialize_i128 visit_i128 "a whole number";
        deserialize_u8 visit_u8 "a whole number from 0 to 255";
        deserialize_u16 visit_u16 "a whole number from 0 to 65535";
        deserialize_u32 visit_u32 "a whole number from 0 to 4294967295";
        deserialize_u64 visit_u64 "a whole number, not negative";
        deserialize_u128 visit_u128 "a whole number, not negative";
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f64(self.float()?)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.typed("`true` or `false`", |text| match resolve(text) {
            Resolved::Bool(value) => Some(value),
            _ => None,
        })?)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Some(scalar) = self.scalar()? else {
            return match &self.node.value {
                Value::Seq(_) => self.deserialize_seq(visitor),
                Value::Map(_) => self.deserialize_map(visitor),
                Value::Null | Value::Scalar(_) => visitor.visit_unit(),
            };
        };
        match scalar.style {
            ScalarStyle::Plain => visit_plain(&scalar.text, visitor),
            ScalarStyle::Quoted | ScalarStyle::Substituted => visitor.visit_str(&scalar.text),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node.value {
            Value::Null => visitor.visit_unit(),
            _ => Err(self.unexpected("no value").into()),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if let Some(fact_type) = name.strip_prefix(INPUT_PREFIX) {
            return self.input(fact_type, visitor);
        }
        let may_be_secret = self.may_be_secret || name == SECRET_NAME;
        visitor.visit_newtype_struct(Self {
            may_be_secret,
            ..self
        })
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.value {
            Value::Seq(nodes) => {
                visitor.visit_seq(Elements::of_list(self.session, self.node, nodes))
            }
            Value::Scalar(scalar) if !scalar.secret && scalar.style == ScalarStyle::Plain => {
                Err(self.unexpected("a list").hint("put it in brackets").into())
            }
            _ => Err(self.unexpected("a list").into()),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        match &self.node.value {
            Value::Seq(nodes) if nodes.len() == len => {
                visitor.visit_seq(Elements::of_tuple(self.session, self.node, nodes))
            }
            _ => Err(self.unexpected(format!("a list of {len}")).into()),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.value {
            Value::Map(map) => visitor.visit_map(Items::new(self.session, self.node, map)),
            _ => Err(self.unexpected("a map").into()),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.node.value {
            Value::Map(map) => visitor.visit_map(Fields::new(self.session, self.node, map, fields)),
            _ if fields.is_empty() => Err(self.unexpected("an empty map, `{}`").into()),
            _ => Err(self
                .unexpected(format!("a map; its keys: {}", list(fields.iter().copied())))
                .into()),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.scalar()?;
        visitor.visit_enum(Variant::of(self.session, self.node, variants)?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

/// Types a plain text. A whole number of more than 64 bits stays a text and so keeps its digits.
fn visit_plain<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Error> {
    match resolve(text) {
        Resolved::Bool(value) => visitor.visit_bool(value),
        Resolved::Float(number) => visitor.visit_f64(number),
        Resolved::Null => visitor.visit_unit(),
        Resolved::Text => visitor.visit_str(text),
        Resolved::Int(number) => match (u64::try_from(number), i64::try_from(number)) {
            (Ok(number), _) => visitor.visit_u64(number),
            (_, Ok(number)) => visitor.visit_i64(number),
            _ => visitor.visit_str(text),
        },
    }
}
