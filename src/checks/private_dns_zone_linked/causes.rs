//! Why a private DNS zone does not answer for an endpoint.

use crate::outcome::{Cause, Heals, Owner};

const CREATE_ZONE_GROUP: &str = "az network private-endpoint dns-zone-group create --subscription {private-endpoint.subscription} --resource-group {private-endpoint.group} --endpoint-name {private-endpoint.name} --name default --private-dns-zone {zone} --zone-name {zone-config}";
const ADD_RECORD: &str = "az network private-dns record-set a add-record --subscription {zone.subscription} --resource-group {zone.group} --zone-name {zone.name} --record-set-name {record} --ipv4-address {address}";
const DELETE_RECORD: &str = "az network private-dns record-set a delete --subscription {zone.subscription} --resource-group {zone.group} --zone-name {zone.name} --name {record} --yes";
const LINK: &str = "az network private-dns link vnet create --subscription {zone.subscription} --resource-group {zone.group} --zone-name {zone.name} --name {linked-to.name} --virtual-network {linked-to} --registration-enabled false";
/// The same, under a name that no link of the zone has: the network of a link cannot be changed.
const LINK_BESIDE: &str = "az network private-dns link vnet create --subscription {zone.subscription} --resource-group {zone.group} --zone-name {zone.name} --name {free-link-name} --virtual-network {linked-to} --registration-enabled false";
const LIST_LINKS: &str = "az network private-dns link vnet list --subscription {zone.subscription} --resource-group {zone.group} --zone-name {zone.name} --output table";

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "wrong-zone-name",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "records of {host} belong in a zone named {right-zone}; a zone of another name is never asked",
        fix: &[
            "az network private-dns zone create --subscription {zone.subscription} --resource-group {zone.group} --name {right-zone}",
            "az network private-dns link vnet create --subscription {zone.subscription} --resource-group {zone.group} --zone-name {right-zone} --name {linked-to.name} --virtual-network {linked-to} --registration-enabled false",
            "az network private-endpoint dns-zone-group add --subscription {zone-group.subscription} --resource-group {zone-group.group} --endpoint-name {zone-group.parent.name} --name {zone-group.name} --private-dns-zone {right-zone-id} --zone-name {zone-config}",
            "# otherwise: az network private-endpoint dns-zone-group create --subscription {groupless.subscription} --resource-group {groupless.group} --endpoint-name {groupless.name} --name default --private-dns-zone {right-zone-id} --zone-name {zone-config}",
            "# otherwise: # a zone group of the endpoint writes the records into the new zone, or: az network private-dns record-set a add-record --subscription {zone.subscription} --resource-group {zone.group} --zone-name {right-zone} --record-set-name {record} --ipv4-address {address}",
        ],
        source: "PITFALLS B15; private-link-diagnostics.md; API.md §4",
    },
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no private DNS zone {zone}",
        fix: &[
            "az network private-dns zone create --subscription {zone.subscription} --resource-group {zone.group} --name {zone.name}",
            LINK,
        ],
        source: "PITFALLS B07; private-endpoint-dns.md",
    },
    Cause {
        id: "other-zone-linked",
        on: &[],
        owner: Owner::Of("other-zone"),
        heals: Heals::Never,
        says: "{linked-to} is linked to {other-zone}, a zone of the same name; records are not merged, and a network sees one of them only",
        fix: &[
            "az network private-dns record-set a add-record --subscription {other-zone.subscription} --resource-group {other-zone.group} --zone-name {other-zone.name} --record-set-name {record} --ipv4-address {address}",
            "# or, where nothing else in the network needs that zone: az network private-dns link vnet delete --ids {other-link} --yes",
            "# and then: az network private-dns link vnet create --subscription {zone.subscription} --resource-group {zone.group} --zone-name {zone.name} --name {linked-to.name} --virtual-network {linked-to} --registration-enabled false",
        ],
        source: "PITFALLS B14; private-endpoint-dns.md",
    },
    Cause {
        id: "not-linked",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the zone {zone} is linked to no network, so nobody asks it",
        fix: &[LINK],
        source: "PITFALLS B07; private-link-diagnostics.md §6",
    },
    Cause {
        id: "linked-elsewhere",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the zone {zone} is linked to other networks, not to {linked-to}; neither peering nor a mesh carries DNS",
        fix: &[LIST_LINKS, LINK_BESIDE],
        source: "PITFALLS B07; private-endpoint-dns.md",
    },
    Cause {
        id: "link-failed",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "linking the zone {zone} to {linked-to} failed",
        fix: &[
            "az network private-dns link vnet delete --ids {link} --yes",
            LINK,
        ],
        source: "API.md §4 (virtualNetworkLinks provisioningState)",
    },
    Cause {
        id: "link-in-progress",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "the link of the zone {zone} to {linked-to} is still being made",
        fix: &[
            "az network private-dns link vnet wait --ids {link} --custom \"virtualNetworkLinkState=='Completed'\"",
        ],
        source: "PITFALLS B08; private-link-diagnostics.md",
    },
    Cause {
        id: "record-named-by-host",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the zone {zone} holds a record {found-record}; its name must be the bare {record}",
        fix: &[
            ADD_RECORD,
            "az network private-dns record-set a delete --subscription {zone.subscription} --resource-group {zone.group} --zone-name {zone.name} --name {found-record} --yes",
        ],
        source: "PITFALLS B16; private-link-diagnostics.md",
    },
    Cause {
        id: "manual-endpoint-without-zone-group",
        on: &[],
        owner: Owner::Of("private-endpoint"),
        heals: Heals::Never,
        says: "no record {record}: the endpoint {private-endpoint} has no zone group, and as its connection is a manual one neither the portal nor the usual policies make one",
        fix: &[CREATE_ZONE_GROUP],
        source: "PITFALLS B06, B05; Azure/azure-policy #1018",
    },
    Cause {
        id: "zone-group-missing",
        on: &[],
        owner: Owner::Of("private-endpoint"),
        heals: Heals::Never,
        says: "no record {record}: the endpoint {private-endpoint} has no zone group that would write it",
        fix: &[CREATE_ZONE_GROUP],
        source: "PITFALLS B05; private endpoint article",
    },
    Cause {
        id: "zone-group-elsewhere",
        on: &[],
        owner: Owner::Of("private-endpoint"),
        heals: Heals::Never,
        says: "no record {record}: the zone group of {private-endpoint} writes into {other-zone}",
        fix: &[
            ADD_RECORD,
            "# or, so that Azure keeps the record, where nobody needs it in the other zone: az network private-endpoint dns-zone-group delete --ids {zone-group}",
            "# and then: az network private-endpoint dns-zone-group create --subscription {private-endpoint.subscription} --resource-group {private-endpoint.group} --endpoint-name {private-endpoint.name} --name default --private-dns-zone {zone} --zone-name {zone-config}",
        ],
        source: "PITFALLS B14, B05; private-endpoint-dns.md",
    },
    Cause {
        id: "no-record",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(5),
        says: "the zone {zone} holds no address for {host}",
        fix: &[ADD_RECORD],
        source: "PITFALLS B05, B11; private-link-diagnostics.md §6",
    },
    Cause {
        id: "record-overwritten",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the record {record} holds the address of {rival}, a second endpoint for the same resource that writes into the same zone: the last writer wins",
        fix: &[
            "az network private-endpoint dns-zone-group list --subscription {rival.subscription} --resource-group {rival.group} --endpoint-name {rival.name}",
            DELETE_RECORD,
            ADD_RECORD,
            "# and so that it stays, where nobody uses the second endpoint any more: az network private-endpoint delete --ids {rival}",
        ],
        source: "PITFALLS B13; private-endpoint-dns.md; azure-docs #58044",
    },
    Cause {
        id: "stale-record",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the record {record} does not hold the endpoint's address; such records stay behind when an endpoint is deleted",
        fix: &[DELETE_RECORD, ADD_RECORD],
        source: "PITFALLS B12; private-link-diagnostics.md §6",
    },
];

pub(super) const WARNINGS: &[Cause] = &[Cause {
    id: "ttl-too-long",
    on: &[],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "the record {record} lives {ttl} seconds in caches; 10 to 600 are advised, so that a new address is seen soon",
    fix: &[
        "az network private-dns record-set a update --subscription {zone.subscription} --resource-group {zone.group} --zone-name {zone.name} --name {record} --set ttl=300",
    ],
    source: "PITFALLS B12; private-link-diagnostics.md §6",
}];
