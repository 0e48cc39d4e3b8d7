//! Why nothing is pulled, or not as it should be: codes of the registry first, then what is judged.

use crate::checks::silence;
use crate::outcome::unreachable::{
    CONNECT_REFUSED, CONNECT_TIMED_OUT, LAYER_NOT_RESOLVED, LAYER_UNREACHABLE, NAME_SERVER_FAILED,
    NAME_UNKNOWN, NAME_WITHOUT_ADDRESS, NO_ROUTE, PRIVATE_NAME_UNKNOWN,
};
use crate::outcome::{Cause, Heals, Owner};

/// The registry's name: the first label of its host.
macro_rules! registry_name {
    () => {
        "\"$(echo {registry} | cut -d/ -f3 | cut -d. -f1)\""
    };
}

/// The registry's ARM id, found by its name.
macro_rules! registry_id {
    () => {
        concat!(
            "\"$(az acr show --name ",
            registry_name!(),
            " --query id --output tsv)\""
        )
    };
}

const WORKLOAD_HOME: Owner = Owner::HomeOf("workload-application");
/// The tenant whose network the workload runs in.
const NETWORK: Owner = Owner::Of("vantage-network");
const LOOK_UP: &str = "nslookup \"$(echo {registry} | cut -d/ -f3)\"";
const LIST_ZONES: &str =
    "az network private-dns zone list --subscription {vantage-network.subscription} --output table";
/// Every name that the registry has, and the record that each needs.
const SHOW_NAMES: &str = concat!(
    "az acr show --name ",
    registry_name!(),
    " --query \"[loginServer, dataEndpointHostNames]\""
);
const SHOW_RECORDS: &str = "# each of these names has a record of its own in privatelink.azurecr.io, and the endpoint an address for each: customDnsConfigs above";
const MODE: &str = concat!(
    "az acr show --name ",
    registry_name!(),
    " --query \"[roleAssignmentMode, anonymousPullEnabled]\""
);
const ASSIGN: &str = concat!(
    "az role assignment create --role AcrPull --assignee-object-id ",
    "\"$(az ad sp show --id {workload-application} --query id --output tsv)\" --assignee-principal-type ServicePrincipal --scope ",
    registry_id!()
);
const ASSIGN_READER: &str = concat!(
    "# or, where roleAssignmentMode is AbacRepositoryPermissions, in which AcrPull counts for nothing: az role assignment create --role 'Container Registry Repository Reader' --assignee-object-id ",
    "\"$(az ad sp show --id {workload-application} --query id --output tsv)\" --assignee-principal-type ServicePrincipal --scope ",
    registry_id!()
);

pub(super) const CAUSES: &[Cause] = &[
    // -- nobody answers -------------------------------------------------------------------------------------
    Cause {
        id: "unreachable",
        on: &[CONNECT_TIMED_OUT, CONNECT_REFUSED, NO_ROUTE],
        owner: NETWORK,
        heals: Heals::minutes(5),
        says: "nobody answers at the address that {registry} leads to: the endpoint's network is not joined with the workload's, its connection is not approved, or something on the way drops the packets",
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
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the name of {registry} does not exist: there is no such registry, or no longer",
        fix: &[
            LOOK_UP,
            concat!(
                "az acr show --name ",
                registry_name!(),
                " --query loginServer"
            ),
        ],
        source: "MORE.md §1a; RFC 2308",
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
        says: "the name of {registry} leads to no address here: the private zone that is linked to the network holds no record of it, or the network's name servers fail",
        fix: &[LOOK_UP, LIST_ZONES, silence::SHOW_NAME_SERVERS],
        source: "PITFALLS B09, B11; MORE.md §1g",
    },
    Cause {
        id: "layer-host-not-resolved",
        on: &[LAYER_NOT_RESOLVED],
        owner: NETWORK,
        heals: Heals::minutes(5),
        says: "{registry} gave the manifest, and the host that holds the layers leads to no address here: the private zone holds the registry's record, and not that of its data endpoint",
        fix: &[
            silence::LIST_ENDPOINTS,
            SHOW_NAMES,
            SHOW_RECORDS,
            LIST_ZONES,
        ],
        source: "MORE.md §1a, §1g (one record for the login server and one for each region's data)",
    },
    Cause {
        id: "layer-host-unreachable",
        on: &[LAYER_UNREACHABLE],
        owner: NETWORK,
        heals: Heals::minutes(5),
        says: "{registry} gave the manifest, and nobody answers where its layers lie: the record of the data endpoint is stale, or the endpoint's other address is kept away",
        fix: &[
            silence::LIST_ENDPOINTS,
            SHOW_NAMES,
            SHOW_RECORDS,
            LIST_ZONES,
        ],
        source: "MORE.md §1a, §1g; PITFALLS B12",
    },
    // -- the network, before anything else ------------------------------------------------------------------
    Cause {
        id: "network-refused",
        on: &["DeniedByFirewall"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "{registry} refused the request by a network rule: it came over the public path, which is closed to it",
        fix: &[
            LOOK_UP,
            concat!(
                "az network private-endpoint-connection list --id ",
                registry_id!(),
                " --output table"
            ),
            concat!(
                "az acr show --name ",
                registry_name!(),
                " --query \"[publicNetworkAccess, networkRuleSet]\""
            ),
        ],
        source: "MORE.md §1e (client with IP … is not allowed access)",
    },
    // -- who asks -------------------------------------------------------------------------------------------
    Cause {
        id: "no-role",
        on: &["ExchangeRefused"],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "{registry} gives the caller no token: it knows no role of it that lets it pull, or the token is of another tenant; a new role takes up to ten minutes",
        fix: &[MODE, ASSIGN, ASSIGN_READER],
        source: "MORE.md §1e (401 at the exchange), §1f; PITFALLS C21, C22",
    },
    Cause {
        id: "arm-tokens-refused",
        on: &["ArmAudienceDisabled"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "{registry} takes no tokens for Azure Resource Manager any more, and gives one for a token of its own service: the scope is the old one",
        fix: &[
            concat!(
                "az acr config authentication-as-arm show --registry ",
                registry_name!()
            ),
            "# the right scope is https://containerregistry.azure.net/.default; or, where older clients cannot ask for it:",
            concat!(
                "# az acr config authentication-as-arm update --status enabled --registry ",
                registry_name!()
            ),
        ],
        source: "MORE.md §1c (azureADAuthenticationAsArmPolicy)",
    },
    Cause {
        id: "pull-not-granted",
        on: &["PullNotGranted", "UNAUTHORIZED", "DENIED"],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "the caller has a role on {registry}, and none that lets it pull from {repository}",
        fix: &[MODE, ASSIGN, ASSIGN_READER],
        source: "MORE.md §1b (access[] without pull), §1e, §1f",
    },
    // -- the image ------------------------------------------------------------------------------------------
    Cause {
        id: "repository-not-found",
        on: &["NAME_UNKNOWN"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{registry} has no repository {repository}",
        fix: &[
            silence::INSIDE,
            concat!(
                "az acr repository list --name ",
                registry_name!(),
                " --output table"
            ),
        ],
        source: "MORE.md §1e (NAME_UNKNOWN)",
    },
    Cause {
        id: "image-not-found",
        on: &["MANIFEST_UNKNOWN"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the repository {repository} of {registry} has no image {reference}",
        fix: &[
            silence::INSIDE,
            concat!(
                "az acr repository show-tags --name ",
                registry_name!(),
                " --repository {repository} --output table"
            ),
        ],
        source: "MORE.md §1e (MANIFEST_UNKNOWN)",
    },
    Cause {
        id: "layer-not-found",
        on: &["BLOB_UNKNOWN", "BlobNotFound"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{registry} has the manifest of {reference}, and not a layer that it names: the image has to be pushed again",
        fix: &[
            silence::INSIDE,
            concat!(
                "az acr repository show-manifests --name ",
                registry_name!(),
                " --repository {repository} --output table"
            ),
        ],
        source: "OCI distribution specification, error codes (BLOB_UNKNOWN)",
    },
    // -- answered, but not as it should be ------------------------------------------------------------------
    Cause {
        id: "public-path",
        on: &[],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "{host} was asked at an address that is not the endpoint's: the private path is not used",
        fix: &["nslookup {host}"],
        source: "PITFALLS B23; DESIGN.md §6",
    },
    Cause {
        id: "layer-public-path",
        on: &[],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the layer was read from {layer-host} at an address that is not the endpoint's: manifests travel the private path, and layers do not",
        fix: &["nslookup {layer-host}", silence::LIST_ENDPOINTS, SHOW_NAMES],
        source: "MORE.md §1a, §1g; DESIGN.md §6",
    },
    Cause {
        id: "corrupt",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "what {host} gave has another digest than the one that names it: something on the way, or in the registry, changed it",
        fix: &[concat!(
            "az acr check-health --yes --name ",
            registry_name!()
        )],
        source: "OCI distribution specification (content is named by its digest)",
    },
    Cause {
        id: "digest-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the image {reference} of {repository} is another one than expected: the tag was moved",
        fix: &[
            silence::INSIDE,
            concat!(
                "az acr repository show --name ",
                registry_name!(),
                " --image {repository}:{reference}"
            ),
        ],
        source: "MORE.md §1d (Docker-Content-Digest)",
    },
];
