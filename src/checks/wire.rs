//! How checks read Azure's answers: tolerantly, so that a missing field, another casing or a value that is newer than
//! this program never becomes a finding.
//!
//! Only the envelope stands here; what an answer means is each check's own struct.

use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Deserializer};

use crate::ids::ResourceId;
use crate::outcome::NoAnswer;

/// ARM's envelope around the properties of a resource.
#[derive(Deserialize)]
#[serde(bound = "P: Deserialize<'de> + Default")]
pub(super) struct Resource<P> {
    /// Full id, as ARM spells it.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) id: String,
    /// Name, as ARM spells it.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) name: String,
    /// What the check wants to know.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) properties: P,
}

/// A pointer to another resource: `{"id": …}`.
#[derive(Default, Deserialize)]
pub(super) struct Pointer {
    /// The other resource's id.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) id: String,
}

/// `null` is read as absence.
pub(super) fn lenient<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Whether a text from Azure names this resource.
pub(super) fn same_id(id: &ResourceId, text: &str) -> bool {
    id.as_str().eq_ignore_ascii_case(text.trim_end_matches('/'))
}

/// Codes of a tenant that does not have the subscription (any more).
const ELSEWHERE: &[&str] = &["InvalidAuthenticationTokenTenant", "SubscriptionNotFound"];

/// Whether an answer says that the tenant asked does not have the subscription.
pub(super) fn is_elsewhere(why: &NoAnswer) -> bool {
    let codes = why.codes();
    codes
        .iter()
        .any(|own| ELSEWHERE.iter().any(|code| code.eq_ignore_ascii_case(own)))
}

/// An answer that only explains: whether it could be had decides nothing.
pub(super) fn explaining<T>(answer: Result<Option<T>, NoAnswer>) -> Option<T> {
    answer.ok().flatten()
}

/// Whether an address is one of the internet's: neither private, nor shared, nor of the machine itself.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let shared = v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64; // 100.64.0.0/10, RFC 6598
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || shared)
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public(IpAddr::V4(v4)),
            None => {
                !(v6.is_unique_local()
                    || v6.is_loopback()
                    || v6.is_unicast_link_local()
                    || v6.is_unspecified())
            }
        },
    }
}

/// Whether an IPv4 prefix, such as `10.1.0.0/16`, holds an address.
pub(super) fn holds(prefix: &str, address: IpAddr) -> bool {
    let parsed = prefix.split_once('/').and_then(|(network, length)| {
        let network: Ipv4Addr = network.parse().ok()?;
        let length: u32 = length.parse().ok().filter(|length| *length <= 32)?;
        Some((u32::from(network), length))
    });
    match (parsed, address) {
        (Some((network, length)), IpAddr::V4(address)) => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            network & mask == u32::from(address) & mask
        }
        _ => false,
    }
}

/// Addresses as messages list them.
pub(super) fn list_of<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if texts.is_empty() {
        "none".to_owned()
    } else {
        texts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn absence_and_null_are_the_same() {
        for body in [
            json!({}),
            json!({"id": null, "properties": null}),
            json!({"properties": {}, "newer": 1}),
        ] {
            let resource: Resource<Pointer> = serde_json::from_value(body).unwrap();
            assert_eq!(
                (resource.id.as_str(), resource.properties.id.as_str()),
                ("", "")
            );
        }
    }

    #[test]
    fn a_prefix_holds_what_shares_its_first_bits_and_one_that_is_none_holds_nothing() {
        for (prefix, address, expected) in [
            ("10.1.0.0/16", "10.1.255.53", true),
            ("10.1.0.0/16", "10.2.0.1", false),
            ("0.0.0.0/0", "10.2.0.1", true),
            ("10.1.0.4/32", "10.1.0.4", true),
            ("10.1.0.0/33", "10.1.0.0", false),
            ("10.1.0.0", "10.1.0.0", false),
            ("10.1.0.0/16", "fd00::1", false),
        ] {
            assert_eq!(
                holds(prefix, address.parse().unwrap()),
                expected,
                "{prefix}"
            );
        }
    }

    #[test]
    fn private_shared_and_local_addresses_are_not_public() {
        for address in [
            "10.1.0.4",
            "172.31.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "fd00::1",
            "::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "20.0.0.1",
            "100.128.0.1",
            "172.32.0.1",
            "2603:1030::1",
            "::ffff:20.0.0.1",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }
}
