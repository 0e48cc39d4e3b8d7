//! Made-up values in place of missing and mistaken ones, so that reading gets past them.
//!
//! Nobody ever sees a value that contains one: it only serves to find the next mistake.

use std::cell::Cell;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use crate::read::INPUT_PREFIX;
use crate::read::error::Error;
use crate::read::key::KeyReader;

/// Texts of common forms, for types that check theirs.
const TEXTS: [&str; 7] = [
    "x",
    "00000000-0000-0000-0000-000000000000",
    "https://x.invalid/",
    "1s",
    "2000-01-01T00:00:00Z",
    "10.0.0.1",
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/x/providers/x.x/x/x",
];
/// Values in one filling; a type that contains itself never ends.
const MAX_VALUES: u16 = 256;

/// One attempt to make up a value.
#[derive(Clone, Copy, Default)]
pub(super) struct Filler {
    attempt: usize,
}

impl Filler {
    /// The attempt after this one.
    pub(super) fn next(self) -> Option<Self> {
        let attempt = self.attempt + 1;
        (attempt < TEXTS.len()).then_some(Self { attempt })
    }

    /// A value for the seed, if it accepts one.
    pub(super) fn fill<'de, S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        let filling = Filling {
            text: TEXTS.get(self.attempt).copied().unwrap_or_default(),
            left: Cell::new(MAX_VALUES),
        };
        seed.deserialize(&filling).map_err(|_| Error::Noted)
    }
}

struct Filling {
    text: &'static str,
    left: Cell<u16>,
}

impl Filling {
    fn count(&self) -> Result<(), Error> {
        let left = self.left.get().checked_sub(1).ok_or(Error::Noted)?;
        self.left.set(left);
        Ok(())
    }
}

/// Values for a fixed number of elements.
struct Several<'a>(&'a Filling, usize);

/// Values for named fields.
struct Named<'a>(&'a Filling, std::slice::Iter<'static, &'static str>);

macro_rules! visit {
    ($($method:ident => $visit:ident($($value:expr)?);)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.count()?;
            visitor.$visit($($value)?)
        }
    )* };
}

impl<'de> Deserializer<'de> for &Filling {
    type Error = Error;

    visit! {
        deserialize_bool => visit_bool(false);
        deserialize_i8 => visit_i8(1);
        deserialize_i16 => visit_i16(1);
        deserialize_i32 => visit_i32(1);
        deserialize_i64 => visit_i64(1);
        deserialize_i128 => visit_i128(1);
        deserialize_u8 => visit_u8(1);
        deserialize_u16 => visit_u16(1);
        deserialize_u32 => visit_u32(1);
        deserialize_u64 => visit_u64(1);
        deserialize_u128 => visit_u128(1);
        deserialize_f32 => visit_f32(1.0);
        deserialize_f64 => visit_f64(1.0);
        deserialize_char => visit_char('x');
        deserialize_bytes => visit_bytes(b"x");
        deserialize_byte_buf => visit_bytes(b"x");
        deserialize_option => visit_none();
        deserialize_unit => visit_unit();
        deserialize_ignored_any => visit_unit();
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.count()?;
        visitor.visit_str(self.text)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.count()?;
        if name.starts_with(INPUT_PREFIX) {
            visitor.visit_unit()
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_tuple(0, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.count()?;
        SeqAccessDeserializer::new(Several(self, len)).deserialize_any(visitor)
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
        self.deserialize_struct("", &[], visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.count()?;
        MapAccessDeserializer::new(Named(self, fields.iter())).deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.count()?;
        let first = variants.first().copied().unwrap_or_default();
        visitor.visit_enum(First(self, first))
    }

    serde::forward_to_deserialize_any! { str string identifier }
}

impl<'de> SeqAccess<'de> for Several<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.1.checked_sub(1) else {
            return Ok(None);
        };
        self.1 = left;
        seed.deserialize(self.0).map(Some)
    }
}

impl<'de> MapAccess<'de> for Named<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        self.1
            .next()
            .map(|name| seed.deserialize(KeyReader(name)))
            .transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.0)
    }
}

/// The first variant of an enum.
struct First<'a>(&'a Filling, &'static str);

impl<'de> EnumAccess<'de> for First<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let variant = seed.deserialize(KeyReader(self.1))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for First<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.0.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_struct("", fields, visitor)
    }
}
