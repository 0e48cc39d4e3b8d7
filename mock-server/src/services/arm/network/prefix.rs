//! Address prefixes in bodies: are they well formed, inside of others, apart from each other?
//!
//! IPv4 is compared; IPv6 is read and kept.

use std::net::Ipv6Addr;

use serde_json::Value;

use crate::request::Reply;
use crate::services::arm::errors::bad_request;
use crate::services::private_endpoint::address::range;

/// Checks the form of a prefix: the address of the range itself, not of a host in it.
///
/// # Errors
/// 400 `InvalidAddressPrefixFormat`, the text is that of captured answers
/// (hashicorp/terraform-provider-azurerm, issues about subnets); 400 `InvalidCIDRNotation` for host bits.
pub(super) fn check(text: &str, of: &str) -> Result<(), Reply> {
    let is_v6 = || {
        let (address, length) = text.split_once('/')?;
        address.parse::<Ipv6Addr>().ok()?;
        length.parse::<u8>().ok().filter(|it| *it <= 128)
    };
    match range(text) {
        Some((first, _)) if starts_at(text, first) => Ok(()),
        Some(_) => Err(bad_request(
            "InvalidCIDRNotation",
            &format!("The address prefix {text} in resource {of} has an invalid CIDR notation."),
        )),
        None if is_v6().is_some() => Ok(()),
        None => Err(bad_request(
            "InvalidAddressPrefixFormat",
            &format!(
                "Address prefix {text:.100} of resource {of} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24."
            ),
        )),
    }
}

fn starts_at(text: &str, first: u32) -> bool {
    let address = text.split('/').next().unwrap_or_default();
    address
        .parse::<std::net::Ipv4Addr>()
        .is_ok_and(|it| u32::from(it) == first)
}

/// Is this prefix inside one of those? One that is not IPv4 is taken to be.
pub(super) fn is_inside(prefix: &str, spaces: &[&str]) -> bool {
    let Some((first, last)) = range(prefix) else {
        return true;
    };
    let mut spaces = spaces.iter().filter_map(|it| range(it));
    spaces.any(|space| space.0 <= first && last <= space.1)
}

/// Do they have an address in common?
pub(super) fn overlap(one: &str, other: &str) -> bool {
    let ranges = range(one).zip(range(other));
    ranges.is_some_and(|(one, other)| one.0 <= other.1 && other.0 <= one.1)
}

/// The prefixes of a network's address space.
pub(super) fn spaces(properties: &Value) -> Vec<&str> {
    let all = properties.pointer("/addressSpace/addressPrefixes");
    let all = all.and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_str).collect()
}

/// The prefixes of a subnet.
pub(super) fn of_subnet(properties: &Value) -> Vec<&str> {
    let many = properties.get("addressPrefixes").and_then(Value::as_array);
    let many = many.into_iter().flatten();
    let one = properties.get("addressPrefix").into_iter();
    let mut all: Vec<&str> = one.chain(many).filter_map(Value::as_str).collect();
    all.dedup();
    all
}
