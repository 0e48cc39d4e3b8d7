//! Why the blob cannot be read, or not as it should be: codes of the service first, then what is judged.

use crate::checks::{names, silence};
use crate::outcome::general::CONDITION_NOT_MET;
use crate::outcome::unreachable::{
    CONNECT_REFUSED, CONNECT_TIMED_OUT, NAME_SERVER_FAILED, NAME_UNKNOWN, NAME_WITHOUT_ADDRESS,
    NO_ROUTE, PRIVATE_NAME_UNKNOWN,
};
use crate::outcome::{Cause, Heals, Owner};

/// The account's name: the first label of its host.
macro_rules! account_name {
    () => {
        "\"$(echo {account} | cut -d/ -f3 | cut -d. -f1)\""
    };
}

/// The account's ARM id, found by its name.
macro_rules! account_id {
    () => {
        concat!(
            "\"$(az storage account show --name ",
            account_name!(),
            " --query id --output tsv)\""
        )
    };
}

const WORKLOAD_HOME: Owner = Owner::HomeOf("workload-application");
/// The tenant whose network the workload runs in.
const NETWORK: Owner = Owner::Of("vantage-network");
/// What is about the account is typed by whoever looks after it.
const AS_ITS_OWNER: &str = "# as {tenant-name}:";
const LIST_CONNECTIONS: &str = concat!(
    "az network private-endpoint-connection list --id ",
    account_id!(),
    " --output table"
);
const LOOK_UP: &str = "nslookup \"$(echo {account} | cut -d/ -f3)\"";
const SHOW_BLOB: &str = "az storage blob show --account-name {account-name} --container-name {container} --name {blob} --auth-mode login --query properties";
const RIGHT_FILE: &str =
    "# FILE: the file that is expected, where that is right and the blob is wrong";
const UPLOAD: &str = "az storage blob upload --account-name {account-name} --container-name {container} --name {blob} --file \"$FILE\" --overwrite --auth-mode login";
const ASSIGN: &str = concat!(
    "az role assignment create --role 'Storage Blob Data Reader' --assignee-object-id ",
    "\"$(az ad sp show --id {workload-application} --query id --output tsv)\" --assignee-principal-type ServicePrincipal --scope ",
    account_id!()
);

pub(super) const CAUSES: &[Cause] = &[
    // -- nobody answers -------------------------------------------------------------------------------------
    Cause {
        id: "unreachable",
        on: &[CONNECT_TIMED_OUT, CONNECT_REFUSED, NO_ROUTE],
        owner: NETWORK,
        heals: Heals::minutes(5),
        says: "nobody answers at the address that {account} leads to: the endpoint's network is not joined with the workload's, its connection is not approved, or something on the way drops the packets",
        fix: &[
            LOOK_UP,
            names::LINKED_ZONE_HINT,
            names::LINKED_ZONE,
            names::SET_RECORD,
            silence::LIST_ENDPOINTS,
            silence::LIST_PEERINGS,
            silence::PEER_HINT,
            silence::PEER,
            silence::PEER_BACK,
        ],
        source: "PITFALLS B01, B07; private-endpoint-overview.md (reached from peered networks)",
    },
    Cause {
        id: "no-such-name",
        on: &[NAME_UNKNOWN],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the name of {account} does not exist: there is no such storage account, or no longer",
        fix: &[
            LOOK_UP,
            concat!(
                "az storage account show --name ",
                account_name!(),
                " --query id"
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
        says: "the name of {account} leads to no address here: the private zone that is linked to the network holds no record of it, or the network's name servers fail",
        fix: &[
            LOOK_UP,
            names::LINKED_ZONE_HINT,
            names::LINKED_ZONE,
            names::SET_RECORD,
            silence::SHOW_NAME_SERVERS,
            names::AZURES_SERVER,
        ],
        source: "PITFALLS B09, B11; azure-docs PR 125955",
    },
    // -- the network, before anything else ------------------------------------------------------------------
    Cause {
        id: "network-refused",
        on: &["AuthorizationFailure"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "{account} refused the request by a network rule: it came over the public path, or, less likely, the caller has no role",
        fix: &[
            LOOK_UP,
            names::ZONE_HINT,
            names::ZONE,
            names::LINK,
            AS_ITS_OWNER,
            LIST_CONNECTIONS,
            concat!(
                "az storage account show --name ",
                account_name!(),
                " --query \"[publicNetworkAccess, networkRuleSet]\""
            ),
        ],
        source: "PITFALLS D09; IDENTITY.md §6",
    },
    Cause {
        id: "account-disabled",
        on: &["AccountIsDisabled"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the storage account of {account} is disabled, as happens when its subscription is",
        fix: &[
            concat!(
                "az storage account show --name ",
                account_name!(),
                " --query \"[statusOfPrimary, provisioningState]\""
            ),
            concat!(
                "az rest --method get --query state --url https://management.azure.com\"$(az storage account show --name ",
                account_name!(),
                " --query id --output tsv | cut -d/ -f1-3)\"?api-version=2022-12-01"
            ),
            "# a state that is not Enabled is put right where the subscription is paid for",
        ],
        source: "IDENTITY.md §6 (AccountIsDisabled); API.md §5 (subscription state)",
    },
    // -- the token ------------------------------------------------------------------------------------------
    Cause {
        id: "anonymous",
        on: &["PublicAccessNotPermitted", "NoAuthenticationInformation"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the request reached {account} without a token: something on the way dropped it",
        fix: &["env | grep -i proxy"],
        source: "PITFALLS D10; IDENTITY.md §6",
    },
    Cause {
        id: "token-refused",
        on: &["InvalidAuthenticationInfo", "AuthenticationFailed"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "{account} refused the token: it is of another tenant, for another audience, or expired",
        fix: &[
            concat!(
                "az storage account show --name ",
                account_name!(),
                " --query id"
            ),
            "az account show --query tenantId",
        ],
        source: "PITFALLS D11; IDENTITY.md §6",
    },
    // -- the right ------------------------------------------------------------------------------------------
    Cause {
        id: "no-role",
        on: &["AuthorizationPermissionMismatch"],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "{account} knows no role of the caller that lets it read blobs; a new one takes up to ten minutes",
        fix: &[ASSIGN],
        source: "PITFALLS D08, C21, C22, C23; IDENTITY.md §6",
    },
    CONDITION_NOT_MET,
    // -- the blob -------------------------------------------------------------------------------------------
    Cause {
        id: "container-not-found",
        on: &["ContainerNotFound"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{account} has no container {container}",
        fix: &[
            silence::INSIDE,
            concat!(
                "az storage container create --account-name ",
                account_name!(),
                " --name {container} --auth-mode login"
            ),
        ],
        source: "IDENTITY.md §6 (ContainerNotFound)",
    },
    Cause {
        id: "blob-not-found",
        on: &["BlobNotFound", "ResourceNotFound"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the container {container} of {account} has no blob {blob}",
        fix: &[
            silence::INSIDE,
            concat!(
                "az storage blob list --account-name ",
                account_name!(),
                " --container-name {container} --auth-mode login --output table"
            ),
            "# FILE: the file that the blob should hold",
            concat!(
                "az storage blob upload --account-name ",
                account_name!(),
                " --container-name {container} --name {blob} --file \"$FILE\" --auth-mode login"
            ),
        ],
        source: "PITFALLS D12; IDENTITY.md §6 (BlobNotFound)",
    },
    // -- answered, but not as it should be ------------------------------------------------------------------
    Cause {
        id: "public-path",
        on: &[],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the blob was read over an address that is not the endpoint's: the private path is not used",
        fix: &[
            "nslookup {host}",
            names::ZONE_HINT,
            names::ZONE,
            names::LINK,
        ],
        source: "PITFALLS B23; DESIGN.md §6",
    },
    Cause {
        id: "size-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the blob {blob} has another size than expected",
        fix: &[silence::INSIDE, SHOW_BLOB, RIGHT_FILE, UPLOAD],
        source: "DESIGN.md §3 (blob-readable)",
    },
    Cause {
        id: "md5-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the bytes of the blob {blob} have another MD5 than expected",
        fix: &[silence::INSIDE, SHOW_BLOB, RIGHT_FILE, UPLOAD],
        source: "DESIGN.md §3 (blob-readable)",
    },
    Cause {
        id: "sha256-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the bytes of the blob {blob} have another SHA-256 than expected",
        fix: &[silence::INSIDE, SHOW_BLOB, RIGHT_FILE, UPLOAD],
        source: "DESIGN.md §3 (blob-readable)",
    },
];
