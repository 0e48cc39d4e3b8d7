//! Which types of record sets are there, and what may be in them? (specification, `RecordSetProperties`)
//!
//! A set has at most twenty records (azure-docs, `azure-resource-manager/management/azure-subscription-service-limits.md`).
//! The texts of refusals are ours.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::request::Reply;
use crate::services::arm::errors::bad_request;
use crate::services::arm::write::{Body, fields};

const MOST_RECORDS: usize = 20;
const LONGEST_TEXT: usize = 1024;

/// A type of record sets.
pub(super) struct RecordType {
    /// As Azure spells it.
    pub(super) name: &'static str,
    /// Its property.
    pub(super) property: &'static str,
    /// Does the property hold one record instead of a list?
    pub(super) single: bool,
    check: fn(&Body, &str) -> Result<(), Reply>,
}

/// All of them.
pub(super) const TYPES: &[RecordType] = &[
    listed("A", "aRecords", ipv4),
    listed("AAAA", "aaaaRecords", ipv6),
    one("CNAME", "cnameRecord", canonical),
    listed("MX", "mxRecords", exchange),
    listed("PTR", "ptrRecords", pointer),
    one("SOA", "soaRecord", authority),
    listed("SRV", "srvRecords", service),
    listed("TXT", "txtRecords", text),
];

type Check = fn(&Body, &str) -> Result<(), Reply>;

const fn listed(name: &'static str, property: &'static str, check: Check) -> RecordType {
    RecordType {
        name,
        property,
        single: false,
        check,
    }
}

const fn one(name: &'static str, property: &'static str, check: Check) -> RecordType {
    RecordType {
        name,
        property,
        single: true,
        check,
    }
}

/// The type that a resource type ends with.
pub(super) fn of(resource_type: &str) -> Option<&'static RecordType> {
    let last = resource_type.rsplit('/').next().unwrap_or_default();
    TYPES.iter().find(|it| it.name.eq_ignore_ascii_case(last))
}

impl RecordType {
    /// Its ARM type.
    pub(super) fn arm_type(&self) -> String {
        format!("Microsoft.Network/privateDnsZones/{}", self.name)
    }

    /// Checks the records of a body, and that it has none of other types.
    ///
    /// # Errors
    /// 400.
    pub(super) fn check(&self, body: &Body) -> Result<(), Reply> {
        for other in TYPES.iter().filter(|it| it.name != self.name) {
            let at = format!("/properties/{}", other.property);
            let given = if other.single {
                fields::object(body, &at)?.is_some()
            } else {
                !fields::array(body, &at)?.is_empty()
            };
            if given {
                return Err(wrong(&format!(
                    "a record set of type {} has no '{}'",
                    self.name,
                    fields::dotted(&at)
                )));
            }
        }
        let at = format!("/properties/{}", self.property);
        if self.single {
            return match fields::object(body, &at)? {
                Some(_) => (self.check)(body, &at),
                // A set that clients fill later.
                None if self.name == "CNAME" => Ok(()),
                None => Err(fields::missing(&at)),
            };
        }
        let count = fields::array(body, &at)?.len();
        if count > MOST_RECORDS {
            return Err(wrong(&format!(
                "a record set has at most {MOST_RECORDS} records, {count} were given"
            )));
        }
        (0..count).try_for_each(|index| (self.check)(body, &format!("{at}/{index}")))
    }
}

/// 400: a record that cannot be.
pub(super) fn wrong(why: &str) -> Reply {
    bad_request("BadRequest", why)
}

fn ipv4(body: &Body, at: &str) -> Result<(), Reply> {
    let at = format!("{at}/ipv4Address");
    let given = fields::required_text(body, &at)?;
    let parsed = given.parse::<Ipv4Addr>().map(|_| ());
    parsed.map_err(|_| {
        wrong(&format!(
            "'{given:.100}' at '{}' is no IPv4 address",
            fields::dotted(&at)
        ))
    })
}

fn ipv6(body: &Body, at: &str) -> Result<(), Reply> {
    let at = format!("{at}/ipv6Address");
    let given = fields::required_text(body, &at)?;
    let parsed = given.parse::<Ipv6Addr>().map(|_| ());
    parsed.map_err(|_| {
        wrong(&format!(
            "'{given:.100}' at '{}' is no IPv6 address",
            fields::dotted(&at)
        ))
    })
}

fn canonical(body: &Body, at: &str) -> Result<(), Reply> {
    host(body, &format!("{at}/cname"))
}

fn exchange(body: &Body, at: &str) -> Result<(), Reply> {
    short(body, &format!("{at}/preference"))?;
    host(body, &format!("{at}/exchange"))
}

fn pointer(body: &Body, at: &str) -> Result<(), Reply> {
    host(body, &format!("{at}/ptrdname"))
}

fn service(body: &Body, at: &str) -> Result<(), Reply> {
    for number in ["priority", "weight", "port"] {
        short(body, &format!("{at}/{number}"))?;
    }
    host(body, &format!("{at}/target"))
}

fn text(body: &Body, at: &str) -> Result<(), Reply> {
    let texts = fields::texts(body, &format!("{at}/value"))?;
    let length: usize = texts.iter().map(|it| it.chars().count()).sum();
    if length > LONGEST_TEXT {
        return Err(wrong(&format!(
            "a TXT record has at most {LONGEST_TEXT} characters, {length} were given"
        )));
    }
    Ok(())
}

fn authority(body: &Body, at: &str) -> Result<(), Reply> {
    for name in ["host", "email"] {
        fields::text(body, &format!("{at}/{name}"))?;
    }
    for number in [
        "serialNumber",
        "refreshTime",
        "retryTime",
        "expireTime",
        "minimumTtl",
    ] {
        fields::number(body, &format!("{at}/{number}"))?;
    }
    Ok(())
}

fn host(body: &Body, at: &str) -> Result<(), Reply> {
    let given = fields::required_text(body, at)?;
    let plain = |it: char| it.is_ascii_graphic() && it != '/';
    if given.len() <= 254 && given.chars().all(plain) {
        return Ok(());
    }
    Err(wrong(&format!(
        "'{given:.100}' at '{}' is no host name",
        fields::dotted(at)
    )))
}

fn short(body: &Body, at: &str) -> Result<(), Reply> {
    let given = fields::number(body, at)?.ok_or_else(|| fields::missing(at))?;
    if u16::try_from(given).is_ok() {
        return Ok(());
    }
    Err(wrong(&format!(
        "{given} at '{}' is not in 0 to 65535",
        fields::dotted(at)
    )))
}
