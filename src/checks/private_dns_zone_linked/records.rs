//! Does the zone hold the endpoint's addresses under the right name, and if not, who should have written them?

use super::{Place, PrivateDnsZoneLinked, Record, Rival, Seen, Zone};
use crate::checks::wire::{list_of, same_id};
use crate::outcome::Reason;

impl Zone {
    /// The record that answers for a name: its own, or the nearest wildcard above it (RFC 4592; `*` is a name of record
    /// sets in Azure's private zones).
    pub(super) fn record(&self, name: &str) -> Option<&Record> {
        let of = |name: &str| {
            self.records
                .iter()
                .find(|own| own.name.eq_ignore_ascii_case(name))
        };
        let mut above = name;
        let mut found = of(name);
        while let (None, false) = (found, above.is_empty()) {
            above = above.split_once('.').map_or("", |(_, rest)| rest);
            found = match above {
                "" => of("*"),
                // What exists hides the wildcards above it.
                _ if of(above).is_some() => break,
                _ => of(&format!("*.{above}")),
            };
        }
        found
    }
}

impl PrivateDnsZoneLinked {
    /// What is wrong with the record of a name.
    pub(super) fn judge_record(
        &self,
        seen: &Seen,
        zone: &Zone,
        place: &Place,
    ) -> Result<(), Reason> {
        if self.is_right(zone, place) {
            return Ok(());
        }
        let wanted = self.addresses.of(&place.host);
        let reason = |cause| {
            let reason = Reason::new(cause)
                .expected(list_of(wanted))
                .with("record", &place.record)
                .with("host", &place.host);
            match wanted.first() {
                Some(address) => reason.with("address", address),
                None => reason,
            }
        };
        let named = |name: &str| {
            zone.records
                .iter()
                .find(|record| record.name.trim_end_matches('.').eq_ignore_ascii_case(name))
        };
        if let Some(record) = named(&place.record).filter(|record| !record.addresses.is_empty()) {
            let observed = list_of(&record.addresses);
            let wrote = |rival: &&Rival| {
                rival.addresses.is_empty()
                    || rival
                        .addresses
                        .iter()
                        .any(|own| record.addresses.contains(own))
            };
            return Err(match seen.rivals.iter().find(wrote) {
                Some(rival) => reason("record-overwritten")
                    .observed(observed)
                    .with("rival", &rival.endpoint),
                None => reason("stale-record").observed(observed),
            });
        }
        let full = [
            place.host.trim_end_matches('.').to_owned(),
            format!("{}.{}", place.record, place.zone),
        ];
        if let Some(record) = full.iter().find_map(|name| named(name)) {
            return Err(reason("record-named-by-host")
                .observed(&record.name)
                .with("found-record", &record.name));
        }
        let reason = |cause| {
            let reason = reason(cause)
                .observed("no record")
                .with("zone-config", self.zone.name().replace('.', "-"));
            match &self.private_endpoint {
                Some(endpoint) => reason.with("private-endpoint", &**endpoint),
                None => reason,
            }
        };
        let Some(groups) = &seen.zone_groups else {
            return Err(reason("no-record"));
        };
        if groups
            .iter()
            .any(|group| group.zones.iter().any(|zone| same_id(&self.zone, zone)))
        {
            return Err(reason("no-record"));
        }
        let elsewhere = groups
            .iter()
            .find_map(|group| Some((group, group.zones.first()?)));
        Err(match elsewhere {
            Some((group, zone)) => reason("zone-group-elsewhere")
                .with("zone-group", &group.id)
                .with("other-zone", zone),
            None if seen.manual => reason("manual-endpoint-without-zone-group"),
            None => reason("zone-group-missing"),
        })
    }

    /// Whether the record of this name holds exactly the endpoint's addresses.
    pub(super) fn is_right(&self, zone: &Zone, place: &Place) -> bool {
        let wanted = self.addresses.of(&place.host);
        zone.record(&place.record).is_some_and(|record| {
            let held = &record.addresses;
            wanted.iter().all(|address| held.contains(address))
                && held.iter().all(|address| wanted.contains(address))
                && !held.is_empty()
        })
    }
}
