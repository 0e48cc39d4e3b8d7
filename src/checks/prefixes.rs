//! Address prefixes, IPv4 and IPv6, as Azure writes them.

use std::net::IpAddr;

use serde::{Deserialize, Deserializer, de};

/// Whether two prefixes share addresses: the shorter one holds the other's first address.
pub(super) fn shares(one: &str, other: &str) -> bool {
    let (Some((one, own)), Some((other, their))) = (prefix(one), prefix(other)) else {
        return false;
    };
    let length = own.min(their);
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            (one.to_bits() ^ other.to_bits()) & mask == 0
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => {
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            (one.to_bits() ^ other.to_bits()) & mask == 0
        }
        _ => false,
    }
}

/// Whether every address of the second prefix is one of the first.
pub(super) fn covers(wide: &str, narrow: &str) -> bool {
    let lengths = prefix(wide).zip(prefix(narrow));
    lengths.is_some_and(|(wide, narrow)| wide.1 <= narrow.1) && shares(wide, narrow)
}

/// `10.1.0.0/16` as address and length.
pub(super) fn prefix(text: &str) -> Option<(IpAddr, u32)> {
    let (address, length) = text.trim().split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let length: u32 = length.parse().ok()?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    (length <= longest).then_some((address, length))
}

/// A prefix as a parameter: what is none is refused when the scenario is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prefix(String);

impl std::ops::Deref for Prefix {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Prefix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if prefix(&text).is_some() {
            return Ok(Self(text));
        }
        let wanted = "an address prefix such as 10.2.0.0/16";
        Err(de::Error::invalid_value(
            de::Unexpected::Str(&text),
            &wanted,
        ))
    }
}

impl schemars::JsonSchema for Prefix {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Prefix".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "An address prefix such as 10.2.0.0/16; may hold variables.",
            "type": "string"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_share_addresses_when_the_shorter_holds_the_longer() {
        for (one, other, expected) in [
            ("10.1.0.0/16", "10.2.0.0/16", false),
            ("10.0.0.0/8", "10.2.0.0/16", true),
            ("10.1.128.0/17", "10.1.0.0/16", true),
            ("10.1.0.0/17", "10.1.128.0/17", false),
            ("0.0.0.0/0", "192.168.0.0/24", true),
            ("10.1.1.4/32", "10.1.1.4/32", true),
            ("fd00:1::/48", "fd00:1:0:2::/64", true),
            ("fd00:1::/48", "fd00:2::/48", false),
            ("::/0", "10.0.0.0/8", false),
        ] {
            assert_eq!(shares(one, other), expected, "{one} {other}");
        }
        for odd in ["10.1.0.0", "10.1.0.0/33", "x/8", ""] {
            assert!(prefix(odd).is_none(), "{odd}");
        }
    }

    #[test]
    fn a_prefix_covers_what_lies_wholly_inside() {
        for (wide, narrow, expected) in [
            ("10.2.0.0/16", "10.2.0.0/16", true),
            ("10.0.0.0/8", "10.2.0.0/16", true),
            ("10.2.0.0/16", "10.0.0.0/8", false),
            ("10.2.0.0/17", "10.2.128.0/17", false),
            ("0.0.0.0/0", "10.2.0.4/32", true),
            ("::/0", "10.2.0.4/32", false),
            ("nothing", "10.2.0.4/32", false),
        ] {
            assert_eq!(covers(wide, narrow), expected, "{wide} {narrow}");
        }
        assert!(serde_json::from_value::<Prefix>("10.2.0.0/33".into()).is_err());
    }
}
