//! How parts of the state are written that JSON has no form for. Every part of the state describes itself to serde, and that
//! is all that a state file says (`control/state_file.rs`): a field that is not described does not compile.
//!
//! - [`pairs`] maps whose keys are not texts · [`shared`] and [`shared_map`] what is shared in memory
//! - [`base64`] and [`base64_map`] bytes

use std::collections::BTreeMap;
use std::sync::Arc;

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes as base64.
#[derive(Clone)]
pub(crate) struct Base64(pub(crate) Bytes);

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text);
        bytes
            .map(|it| Self(it.into()))
            .map_err(|error| D::Error::custom(format!("not base64: {error}")))
    }
}

/// A map as a list of keys and values.
pub(crate) mod pairs {
    use super::*;

    pub(crate) fn serialize<S, K, V>(map: &BTreeMap<K, V>, serializer: S) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
        K: Serialize,
        V: Serialize,
    {
        serializer.collect_seq(map)
    }

    pub(crate) fn deserialize<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        D: Deserializer<'de>,
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
    {
        let pairs = Vec::<(K, V)>::deserialize(deserializer)?;
        let count = pairs.len();
        let map: BTreeMap<K, V> = pairs.into_iter().collect();
        if map.len() == count {
            Ok(map)
        } else {
            Err(D::Error::custom("a key is there twice"))
        }
    }
}

/// Bytes, or anything that is made of them and is one.
pub(crate) mod base64 {
    use super::*;

    pub(crate) fn serialize<S, T>(bytes: &T, serializer: S) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
        T: AsRef<[u8]>,
    {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
    where
        D: Deserializer<'de>,
        T: TryFrom<Vec<u8>>,
    {
        let Base64(bytes) = Base64::deserialize(deserializer)?;
        T::try_from(bytes.to_vec()).map_err(|_| D::Error::custom("not so many bytes"))
    }
}

/// Bytes by name.
pub(crate) mod base64_map {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(
        map: &BTreeMap<String, Bytes>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(map.iter().map(|(name, it)| (name, Base64(it.clone()))))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, Bytes>, D::Error> {
        let map = BTreeMap::<String, Base64>::deserialize(deserializer)?;
        Ok(map.into_iter().map(|(name, it)| (name, it.0)).collect())
    }
}

/// Something that is shared.
pub(crate) mod shared {
    use super::*;

    pub(crate) fn serialize<S: Serializer, T: Serialize>(
        it: &Arc<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        it.as_ref().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
        deserializer: D,
    ) -> Result<Arc<T>, D::Error> {
        T::deserialize(deserializer).map(Arc::new)
    }
}

/// Shared things by name.
pub(crate) mod shared_map {
    use super::*;

    pub(crate) fn serialize<S: Serializer, T: Serialize>(
        map: &BTreeMap<String, Arc<T>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(map.iter().map(|(name, it)| (name, it.as_ref())))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, Arc<T>>, D::Error> {
        let map = BTreeMap::<String, T>::deserialize(deserializer)?;
        let shared = map.into_iter().map(|(name, it)| (name, Arc::new(it)));
        Ok(shared.collect())
    }
}
