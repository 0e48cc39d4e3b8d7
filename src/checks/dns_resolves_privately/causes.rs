//! Why a name does not lead to the endpoint.

use crate::checks::{names, silence};
use crate::outcome::{Cause, Heals, Owner};

const ZONE_LINKS: &str =
    "az network private-dns zone list --subscription {network.subscription} --output table";
const LOOK_UP: &str = "nslookup {name} {server}";
/// The zone whose record is to be put right: the one of that name, or of several the one that the network asks.
const ZONE_ID: &str = "ZONE_ID={zone}";
const OR_HINT: &str = concat!("# otherwise: ", names::linked_zone_hint!());
const OR_LINKED_ZONE: &str = concat!("# otherwise: ", names::linked_zone!());
/// What stands in where the run does not know the zone.
const ZONE_HINT: &str =
    "# otherwise: # ZONE_GROUP: the resource group of the zone {zone-name}, from the list of zones";

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "no-endpoint-address",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the endpoint has no address for {name}: it belongs to another resource or sub-resource",
        fix: &["az network private-endpoint list --query \"[].[name, customDnsConfigs[].fqdn]\""],
        source: "PITFALLS B26; private-endpoint-overview.md",
    },
    Cause {
        id: "public-address",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "{name} leads to {alias} and from there to a public address: the zone is not linked to this network, or lets names without a record pass",
        fix: &[
            "az network private-dns link vnet create --subscription {zone.subscription} --resource-group {zone.group} --zone-name {zone.name} --name {network.name} --virtual-network {network} --registration-enabled false",
            ZONE_HINT,
            "# otherwise: az network private-dns link vnet create --subscription {network.subscription} --resource-group \"$ZONE_GROUP\" --zone-name {zone-name} --name {network.name} --virtual-network {network} --registration-enabled false",
            ZONE_LINKS,
        ],
        source: "PITFALLS B07, B08; private-link-diagnostics.md §6",
    },
    Cause {
        id: "custom-dns",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{name} leads to a public address: the network asks name servers of its own ({servers}), which do not forward to 168.63.129.16 from inside a linked network",
        fix: &[
            "az network vnet show --ids {network} --query dhcpOptions.dnsServers",
            "# on each of these servers: a conditional forwarder for {public-zone} to 168.63.129.16",
            "az network private-dns link vnet create --subscription {zone.subscription} --resource-group {zone.group} --zone-name {zone.name} --name {server-network.name} --virtual-network {server-network} --registration-enabled false",
            "# otherwise: # the zone {zone-name} has to be linked to the network that each of the servers stands in",
            names::AZURES_SERVER,
        ],
        source: "PITFALLS B09, B10; private-endpoint-dns.md, private-link-diagnostics.md §8",
    },
    Cause {
        id: "no-private-link-alias",
        on: &[],
        owner: Owner::Of("resource"),
        heals: Heals::Never,
        says: "{name} leads to a public address without a privatelink alias: its resource has no approved private endpoint at all",
        fix: &[
            "az network private-endpoint-connection list --id {target} --output table",
            "# otherwise: nslookup {name} {server}",
            "# the one that waits and comes from the workload's own subscription; where another was agreed on, approve that",
            "az network private-endpoint-connection approve --id \"$(az network private-endpoint-connection list --id {target} --query '[?properties.privateLinkServiceConnectionState.status==`Pending`].[properties.privateEndpoint.id, id]' --output tsv | tr '\\t' ' ' | grep --ignore-case ^/subscriptions/{vantage-network.subscription}/ | cut -d' ' -f2)\" --description approved",
        ],
        source: "PITFALLS B17, B01; private-link-diagnostics.md §5",
    },
    Cause {
        id: "no-record",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(5),
        says: "{name} leads to {alias}, which does not exist: a zone is linked to this network and holds no such record",
        fix: &[
            ZONE_ID,
            OR_HINT,
            OR_LINKED_ZONE,
            names::SET_RECORD,
            ZONE_LINKS,
        ],
        source: "PITFALLS B11; azure-docs PR 125955",
    },
    Cause {
        id: "public-zone-linked",
        on: &[],
        owner: Owner::Of("hiding-zone"),
        heals: Heals::Never,
        says: "{hiding-zone}, a private zone of the public name itself, is linked to this network, holds no {hidden-record} and hides {name} from it",
        fix: &[
            "az network private-dns record-set a add-record --subscription {hiding-zone.subscription} --resource-group {hiding-zone.group} --zone-name {hiding-zone.name} --record-set-name {hidden-record} --ipv4-address {address}",
            "# or, so that the name follows the endpoint, where nothing in the network needs that zone: az network private-dns link vnet delete --ids {hiding-link} --yes",
        ],
        source: "PITFALLS B19, B11; private-link-diagnostics.md §8",
    },
    Cause {
        id: "no-such-name",
        on: &[],
        owner: Owner::Of("resource"),
        heals: Heals::Never,
        says: "the name {name} does not exist: no such resource, or a zone of the public name itself is linked to this network",
        fix: &[LOOK_UP],
        source: "API.md §4 (CNAME chain); RFC 2308",
    },
    Cause {
        id: "wrong-address",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "{name} leads to private addresses that are not the endpoint's: a stale record, or one still cached",
        fix: &[LOOK_UP, ZONE_ID, OR_HINT, OR_LINKED_ZONE, names::SET_RECORD],
        source: "PITFALLS B12; private-link-diagnostics.md §6",
    },
    Cause {
        id: "mixed-addresses",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{name} leads to private and public addresses at once, so that the path changes from one connection to the next",
        fix: &[LOOK_UP, ZONE_ID, OR_HINT, OR_LINKED_ZONE, names::SET_RECORD],
        source: "PITFALLS B12, B13; private-endpoint-dns.md",
    },
    Cause {
        id: "no-address",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(5),
        says: "{name} exists and has no address",
        fix: &[LOOK_UP, ZONE_ID, OR_HINT, OR_LINKED_ZONE, names::SET_RECORD],
        source: "API.md §4 (record set A); RFC 2308 §2.2",
    },
    Cause {
        id: "alias-loop",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the aliases of {name} lead in a circle, or on without end",
        fix: &[
            LOOK_UP,
            ZONE_ID,
            OR_HINT,
            OR_LINKED_ZONE,
            names::DELETE_ALIAS,
            names::SET_RECORD,
        ],
        source: "RFC 1034 §3.6.2",
    },
    Cause {
        id: "server-failure",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(5),
        says: "the name server {server} failed to answer for {name}",
        fix: &[LOOK_UP, silence::SHOW_NAME_SERVERS, names::AZURES_SERVER],
        source: "PITFALLS B09, B10; RFC 1035 §4.1.1",
    },
];

pub(super) const WARNINGS: &[Cause] = &[
    Cause {
        id: "alias-missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{name} has the right address without a privatelink alias: a hosts file, a zone of the public name, or another override answers and will not follow the endpoint",
        fix: &[
            LOOK_UP,
            "# LINK_ID: the link of a private zone {public-zone} with the network, where it is that zone that answers",
            "LINK_ID={hiding-link}",
            "# otherwise: LINK_ID=\"$(az network private-dns zone list --subscription {vantage-network.subscription} --query {public-zone-query} --output tsv | while read -r id; do az rest --method get --url $id/virtualNetworkLinks --url-parameters api-version=2024-06-01 --query {network-link-query} --output tsv; done)\"",
            "# where nothing else in the network needs that zone: az network private-dns link vnet delete --ids \"$LINK_ID\" --yes",
        ],
        source: "PITFALLS B19; private-link-diagnostics.md §8",
    },
    Cause {
        id: "ttl-too-long",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the address of {name} lives {ttl} seconds in caches; 10 to 600 are advised, so that a new address is seen soon",
        fix: &[LOOK_UP, ZONE_ID, OR_HINT, OR_LINKED_ZONE, names::SET_RECORD],
        source: "PITFALLS B12; private-link-diagnostics.md §6",
    },
];
