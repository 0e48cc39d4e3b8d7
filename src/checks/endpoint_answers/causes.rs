//! Why the endpoint does not answer, or not as it should: kinds of silence first, then what is judged.

use crate::checks::silence;
use crate::outcome::unreachable::{
    CONNECT_REFUSED, CONNECT_TIMED_OUT, NAME_SERVER_FAILED, NAME_UNKNOWN, NAME_WITHOUT_ADDRESS,
    NO_ROUTE, PRIVATE_NAME_UNKNOWN,
};
use crate::outcome::{Cause, Heals, Owner};

/// The tenant whose network the question is asked from.
const NETWORK: Owner = Owner::Of("vantage-network");
const LOOK_UP: &str = "nslookup \"$(echo {url} | cut -d/ -f3)\"";
/// The app's name: the first label of its host.
macro_rules! app {
    () => {
        "\"$(echo {url} | cut -d/ -f3 | cut -d. -f1)\""
    };
}
/// The app's ARM id, found by its name.
macro_rules! app_id {
    () => {
        concat!(
            "\"$(az resource list --resource-type Microsoft.Web/sites --name ",
            app!(),
            " --query \"[].id\" --output tsv)\""
        )
    };
}
/// Whatever the app does is done by its identity, over its network: links that ask as it does say what fails.
const INSIDE: &str = "# links that ask as the workload does, from the app's network, say what it meets: names, token, secret, blob; its own log says more";
const LOG: &str = concat!("az webapp log tail --ids ", app_id!());

pub(super) const CAUSES: &[Cause] = &[
    // -- nobody answers -------------------------------------------------------------------------------------
    Cause {
        id: "unreachable",
        on: &[CONNECT_TIMED_OUT, CONNECT_REFUSED, NO_ROUTE],
        owner: NETWORK,
        heals: Heals::minutes(5),
        says: "nobody answers at the address that the endpoint's name leads to: the private endpoint's network is not joined with this one, its connection is not approved, or something on the way drops the packets",
        fix: &[
            LOOK_UP,
            silence::LIST_ENDPOINTS,
            silence::LIST_PEERINGS,
            silence::PEER_HINT,
            silence::PEER,
        ],
        source: "PITFALLS B01, B07; private-endpoint-overview.md (reached from peered networks)",
    },
    Cause {
        id: "no-such-name",
        on: &[NAME_UNKNOWN],
        owner: NETWORK,
        heals: Heals::Never,
        says: "the name of the endpoint does not exist: there is no such app, or no longer",
        fix: &[
            LOOK_UP,
            concat!(
                "az resource list --resource-type Microsoft.Web/sites --name ",
                app!(),
                " --query \"[].id\""
            ),
        ],
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
        says: "the name of the endpoint leads to no address here: the private zone that is linked to the network holds no record of it, or the network's name servers fail",
        fix: &[
            LOOK_UP,
            "az network private-dns zone list --subscription {vantage-network.subscription} --output table",
            silence::SHOW_NAME_SERVERS,
        ],
        source: "PITFALLS B09, B11; MORE.md §5 (privatelink.azurewebsites.net)",
    },
    // -- answered, but not as it should be ------------------------------------------------------------------
    Cause {
        id: "public-path",
        on: &[],
        owner: NETWORK,
        heals: Heals::minutes(5),
        says: "{host} was asked at an address that is not its endpoint's: the private path is not used",
        fix: &[
            "nslookup {host}",
            "az network private-dns zone list --subscription {vantage-network.subscription} --output table",
            silence::SHOW_NAME_SERVERS,
        ],
        source: "PITFALLS B07, B23; DESIGN.md §6",
    },
    Cause {
        id: "stopped",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the app behind {host} is stopped: it answered {answered}",
        fix: &[concat!("az webapp start --ids ", app_id!())],
        source: "MORE.md §5; API.md §4 (Function App: state)",
    },
    Cause {
        id: "redirected",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{host} answered {answered} and leads elsewhere, as a sign-in page or a moved app does; redirects are not followed",
        fix: &[concat!("az webapp auth show --ids ", app_id!())],
        source: "MORE.md §5 (a 302 comes from App Service Authentication)",
    },
    Cause {
        id: "key-refused",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{host} wants a function key, and was given none, or one that is not the function's, the host's or the master's",
        fix: &[
            concat!(
                "az rest --method post --url https://management.azure.com",
                app_id!(),
                "/host/default/listkeys?api-version=2023-12-01"
            ),
            "# the scenario's `key` is one of these, or one of the function's own; keys of other levels do not count",
        ],
        source: "PITFALLS D20; MORE.md §5 (401 without a body)",
    },
    Cause {
        id: "token-refused",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{host} did not take the token, or wants one: its audience, tenant or caller is not among those that the app admits",
        fix: &[concat!("az webapp auth show --ids ", app_id!())],
        source: "MORE.md §5 (a 401 with a challenge comes from App Service Authentication)",
    },
    Cause {
        id: "closed",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{host} refused the request by the way it came: the app's public access is closed, as its first private endpoint closes it, or a rule excludes this address",
        fix: &[
            LOOK_UP,
            concat!(
                "az webapp show --ids ",
                app_id!(),
                " --query \"[publicNetworkAccess, state]\""
            ),
            concat!("az webapp config access-restriction show --ids ", app_id!()),
        ],
        source: "MORE.md §5 (arriving at the public address is 403)",
    },
    Cause {
        id: "not-integrated",
        on: &[],
        owner: Owner::Of("site"),
        heals: Heals::Never,
        says: "the app behind {host} failed with {answered}, and is integrated into no virtual network: it reaches nothing that is behind a private endpoint",
        fix: &[
            "az webapp show --ids {site} --query virtualNetworkSubnetId",
            "# SUBNET_ID: a subnet of its region that is delegated to Microsoft.Web/serverFarms, in the network that reaches the endpoints",
            "az webapp update --ids {site} --set virtualNetworkSubnetId=\"$SUBNET_ID\"",
        ],
        source: "PITFALLS B20; API.md §4 (virtualNetworkSubnetId)",
    },
    Cause {
        id: "failed-inside",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "the code behind {host} answered {answered} in its own words: something failed inside of it, whatever it says, since such code says \"not found\" of every failure",
        fix: &[INSIDE, LOG],
        source: "PITFALLS D07; MORE.md §5",
    },
    Cause {
        id: "not-found",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{host} has nothing at that path: the function was not deployed, is disabled, or has another route",
        fix: &[concat!(
            "az rest --method get --url https://management.azure.com",
            app_id!(),
            "/functions?api-version=2023-12-01"
        )],
        source: "MORE.md §5 (route unknown, or disabled: 404 without a body)",
    },
    Cause {
        id: "unexpected-status",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(5),
        says: "{host} answered {answered}",
        fix: &[INSIDE, LOG],
        source: "RFC 9110 §15",
    },
    Cause {
        id: "body-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{host} answered with the expected status, and with another body than expected",
        fix: &[INSIDE, LOG],
        source: "DESIGN.md §3 (endpoint-answers)",
    },
];
