//! Why no connection opens, or the wrong one: codes of the silence first, then what is judged.

use crate::checks::silence;
use crate::outcome::unreachable::{
    CONNECT_REFUSED, CONNECT_TIMED_OUT, NAME_SERVER_FAILED, NAME_UNKNOWN, NAME_WITHOUT_ADDRESS,
    NO_ROUTE, PRIVATE_NAME_UNKNOWN,
};
use crate::outcome::{Cause, Heals, Owner};

/// The tenant whose network the vantage is in.
const NETWORK: Owner = Owner::Of("vantage-network");
const LOOK_UP: &str = "nslookup {host}";

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "unreachable",
        on: &[CONNECT_TIMED_OUT, NO_ROUTE],
        owner: NETWORK,
        heals: Heals::minutes(20),
        says: "nobody answers at the address: nothing that is deployed joins its network with the vantage's, an endpoint's connection is not approved, or something on the way drops the packets",
        fix: &[
            silence::LIST_ENDPOINTS,
            silence::LIST_PEERINGS,
            silence::LIST_WAYS_OUT,
            silence::PEER_HINT,
            silence::PEER,
        ],
        source: "PITFALLS A10, A19, B01; private-endpoint-overview.md (reached from peered networks)",
    },
    Cause {
        id: "refused",
        on: &[CONNECT_REFUSED],
        owner: NETWORK,
        heals: Heals::Never,
        says: "the connection is refused at once: nobody listens on that port, or something on the way resets it",
        fix: &[
            silence::LIST_ENDPOINTS,
            silence::LIST_WAYS_OUT,
            "# private endpoints and the services behind them listen on port 443 only, unless their service says otherwise",
        ],
        source: "RFC 9293 §3.10.7.1 (reset of a closed port); private-endpoint-overview.md",
    },
    Cause {
        id: "no-such-name",
        on: &[NAME_UNKNOWN],
        owner: NETWORK,
        heals: Heals::Never,
        says: "the name {host} does not exist: it is mistyped, or what it named is gone",
        fix: &[LOOK_UP],
        source: "API.md §4 (CNAME chain); RFC 2308",
    },
    Cause {
        id: "name-not-resolved",
        on: &[
            PRIVATE_NAME_UNKNOWN,
            NAME_WITHOUT_ADDRESS,
            NAME_SERVER_FAILED,
        ],
        owner: NETWORK,
        heals: Heals::minutes(5),
        says: "the name {host} leads to no address here: the private zone that is linked to the network holds no record of it, or the network's name servers fail",
        fix: &[
            LOOK_UP,
            "az network private-dns zone list --subscription {vantage-network.subscription} --output table",
            silence::SHOW_NAME_SERVERS,
        ],
        source: "PITFALLS B09, B11; azure-docs PR 125955",
    },
    Cause {
        id: "public-path",
        on: &[],
        owner: NETWORK,
        heals: Heals::minutes(5),
        says: "{name} opens at an address that is not the endpoint's: its private zone is not what this network asks",
        fix: &[
            "nslookup {name}",
            "az network private-dns zone list --subscription {vantage-network.subscription} --output table",
            silence::SHOW_NAME_SERVERS,
        ],
        source: "PITFALLS B07, B09; DESIGN.md §6",
    },
    Cause {
        id: "no-address",
        on: &[],
        owner: NETWORK,
        heals: Heals::Never,
        says: "there is no address to connect to: the endpoint has none, or none for this name",
        fix: &[silence::LIST_ENDPOINTS],
        source: "PITFALLS B26 (one endpoint for each sub-resource)",
    },
];
