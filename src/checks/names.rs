//! Which private zone answers for a public name, and what puts its record and its link right: commands that several
//! checks share.
//!
//! Whoever only asks from inside the network knows no zone, so the commands look for it: of the zones of that name the one
//! that the network is linked to. They are about the network of the vantage, which the settle step knows as
//! `{vantage-network}`; [`Place::values`] gives the rest.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ask::{Ask, Cloud};
use crate::outcome::{NoAnswer, PathRule, Reason};

/// Where the record of a public name belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Place {
    zone: String,
    record: String,
}

/// Names of the values that the commands here need.
#[cfg(test)]
pub(super) const VALUES: &[&str] = &["zone-name", "record", "zone-query", "record-json"];

/// Seconds that a record lives in caches: 10 to 600 are advised (PITFALLS B12).
const TTL: u32 = 300;

impl Place {
    /// By the cloud's table of services.
    pub(super) fn of(cloud: &Cloud, host: &str) -> Option<Self> {
        Some(Self {
            zone: cloud.zone_for(host)?.to_owned(),
            record: cloud.record_name(host)?,
        })
    }

    /// By the alias that the name really has.
    pub(super) fn of_alias(alias: &str) -> Option<Self> {
        let (record, zone) = alias.trim_end_matches('.').split_once('.')?;
        Some(Self {
            zone: zone.to_owned(),
            record: record.to_owned(),
        })
    }

    /// What the commands need to lead the name to these addresses.
    pub(super) fn values(&self, addresses: &[IpAddr]) -> Vec<(&'static str, String)> {
        let records: Vec<_> = addresses
            .iter()
            .filter(|address| address.is_ipv4())
            .map(|address| json!({"ipv4Address": address}))
            .collect();
        let mut values = vec![
            ("zone-name", self.zone.clone()),
            ("record", self.record.clone()),
            ("zone-query", format!("[?name=='{}'].id", self.zone)),
        ];
        if !records.is_empty() {
            let body = json!({"properties": {"ttl": TTL, "aRecords": records}});
            values.push(("record-json", body.to_string()));
        }
        values
    }

    /// A reason with those values.
    pub(super) fn told(&self, reason: Reason, addresses: &[IpAddr]) -> Reason {
        let values = self.values(addresses).into_iter();
        values.fold(reason, |reason, (name, value)| reason.with(name, value))
    }
}

/// A missing answer with what leads the host to the addresses that the path must take.
pub(super) fn noting(why: NoAnswer, ask: &Ask, host: &str, path: &PathRule) -> NoAnswer {
    let Some(place) = Place::of(ask.cloud(), host) else {
        return why;
    };
    let values = place.values(path.of(host)).into_iter();
    values.fold(why, |why, (name, value)| why.noting(name, value))
}

/// Who answers is for a person to say where it is not the usual one.
macro_rules! linked_zone_hint {
    () => {
        "# ZONE_ID: the zone {zone-name} that {vantage-network} is linked to; where it lies in another subscription, its ARM id"
    };
}
/// Of the zones of that name the one that the network is linked to.
macro_rules! linked_zone {
    () => {
        "ZONE_ID=\"$(az network private-dns zone list --subscription {vantage-network.subscription} --query {zone-query} --output tsv | while read -r id; do if az rest --method get --url $id/virtualNetworkLinks --url-parameters api-version=2024-06-01 --query 'value[].properties.virtualNetwork.id' --output tsv | grep --ignore-case --line-regexp --quiet {vantage-network}; then echo $id; fi; done)\""
    };
}
pub(super) use {linked_zone, linked_zone_hint};

pub(super) const LINKED_ZONE_HINT: &str = linked_zone_hint!();
pub(super) const LINKED_ZONE: &str = linked_zone!();
/// The record, and nothing else under that name.
pub(super) const SET_RECORD: &str = "az rest --method put --url \"$ZONE_ID\"/A/{record} --url-parameters api-version=2024-06-01 --body {record-json}";
/// The alias that stands where the address should.
pub(super) const DELETE_ALIAS: &str = "az rest --method delete --url \"$ZONE_ID\"/CNAME/{record} --url-parameters api-version=2024-06-01";

pub(super) const ZONE_HINT: &str = "# ZONE_ID: the zone {zone-name}; of several the one that holds the endpoint's record, and its ARM id where it lies in another subscription";
/// The zone of that name, whatever it is linked to.
pub(super) const ZONE: &str = "ZONE_ID=\"$(az network private-dns zone list --subscription {vantage-network.subscription} --query {zone-query} --output tsv)\"";
/// Lets the network ask it.
pub(super) const LINK: &str = "az network private-dns link vnet create --subscription \"$(echo $ZONE_ID | cut -d/ -f3)\" --resource-group \"$(echo $ZONE_ID | cut -d/ -f5)\" --zone-name {zone-name} --name {vantage-network.name} --virtual-network {vantage-network} --registration-enabled false";

/// Only where nobody needs them: what else they know is not found any more.
pub(super) const AZURES_SERVER: &str = "# or, where nothing in the network needs name servers of its own: az network vnet update --ids {vantage-network} --dns-servers 168.63.129.16";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::ApiVersions;
    use crate::target::cloud::PUBLIC;

    #[test]
    fn a_place_is_the_same_by_the_table_and_by_the_alias() {
        let place = Place::of(&PUBLIC, "kv.vault.azure.net").unwrap();
        assert_eq!(
            Some(&place),
            Place::of_alias("kv.privatelink.vaultcore.azure.net.").as_ref()
        );
        assert_eq!(Place::of(&PUBLIC, "example.com"), None);
    }

    #[test]
    fn a_record_holds_the_addresses_of_its_kind_and_what_is_not_known_is_left_out() {
        let place = Place::of(&PUBLIC, "kv.vault.azure.net").unwrap();
        let addresses = ["10.1.0.4".parse().unwrap(), "fd00::4".parse().unwrap()];
        let values = place.values(&addresses);
        let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, VALUES);
        assert_eq!(
            values[3].1,
            r#"{"properties":{"ttl":300,"aRecords":[{"ipv4Address":"10.1.0.4"}]}}"#
        );
        assert_eq!(place.values(&[]).len(), 3);
    }

    #[test]
    fn commands_are_typed_with_the_version_that_the_run_asks_with() {
        let version = ApiVersions::default()
            .of("Microsoft.Network/privateDnsZones")
            .to_owned();
        for command in [LINKED_ZONE, SET_RECORD, DELETE_ALIAS] {
            assert!(
                command.contains(&format!("api-version={version} ")) || command.ends_with(&version),
                "{command}"
            );
        }
    }
}
