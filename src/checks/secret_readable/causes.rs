//! Why the secret cannot be read, or not as it should be: codes of the vault first, then what is judged.

use crate::checks::{names, silence};
use crate::outcome::general::CONDITION_NOT_MET;
use crate::outcome::unreachable::{
    CONNECT_REFUSED, CONNECT_TIMED_OUT, NAME_SERVER_FAILED, NAME_UNKNOWN, NAME_WITHOUT_ADDRESS,
    NO_ROUTE, PRIVATE_NAME_UNKNOWN,
};
use crate::outcome::{Cause, Heals, Owner};

/// The vault's name: the first label of its host.
macro_rules! vault_name {
    () => {
        "\"$(echo {vault} | cut -d/ -f3 | cut -d. -f1)\""
    };
}

/// The vault's ARM id, found by its name; the name is the first label of its host.
macro_rules! vault_id {
    () => {
        "\"$(az keyvault show --name \"$(echo {vault} | cut -d/ -f3 | cut -d. -f1)\" --query id --output tsv)\""
    };
}

/// The object id of the workload's service principal in the tenant that is logged in to.
macro_rules! object_id {
    () => {
        "\"$(az ad sp show --id {workload-application} --query id --output tsv)\""
    };
}

/// A new value under the same name.
macro_rules! set_value {
    () => {
        "az keyvault secret set --vault-name {vault-name} --name {secret} --value \"$SECRET_VALUE\""
    };
}

const WORKLOAD_HOME: Owner = Owner::HomeOf("workload-application");
/// The tenant whose network the workload runs in.
const NETWORK: Owner = Owner::Of("vantage-network");
/// What is about the vault is typed by whoever looks after it.
const AS_ITS_OWNER: &str = "# as {tenant-name}:";
const OR_APPROVE: &str = "# or, where the name leads to the endpoint already, and one of these waits that was agreed on: az network private-endpoint-connection approve --id CONNECTION_ID --description approved";
const LOOK_UP: &str = "nslookup \"$(echo {vault} | cut -d/ -f3)\"";
const LIST_CONNECTIONS: &str = concat!(
    "az network private-endpoint-connection list --id ",
    vault_id!(),
    " --output table"
);

pub(super) const CAUSES: &[Cause] = &[
    // -- nobody answers -------------------------------------------------------------------------------------
    Cause {
        id: "unreachable",
        on: &[CONNECT_TIMED_OUT, CONNECT_REFUSED, NO_ROUTE],
        owner: NETWORK,
        heals: Heals::minutes(5),
        says: "nobody answers at the address that {vault} leads to: the endpoint's network is not joined with the workload's, its connection is not approved, or something on the way drops the packets",
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
        says: "the name of {vault} does not exist: there is no such vault, or no longer",
        fix: &[
            LOOK_UP,
            concat!("az keyvault show --name ", vault_name!(), " --query id"),
            concat!(
                "az keyvault list-deleted --query \"[].[name, properties.scheduledPurgeDate]\" --output tsv | grep --word-regexp ",
                vault_name!()
            ),
        ],
        source: "PITFALLS D06; key-vault soft-delete-overview.md",
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
        says: "the name of {vault} leads to no address here: the private zone that is linked to the network holds no record of it, or the network's name servers fail",
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
    // -- the network: the vault looks at it first -----------------------------------------------------------
    Cause {
        id: "public-access-disabled",
        on: &["ForbiddenByConnection"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the request came over the public path, which the vault {vault} has closed, or over a connection that is not approved",
        fix: &[
            LOOK_UP,
            names::ZONE_HINT,
            names::ZONE,
            names::LINK,
            AS_ITS_OWNER,
            LIST_CONNECTIONS,
            OR_APPROVE,
        ],
        source: "PITFALLS D01, D02; IDENTITY.md §6",
    },
    Cause {
        id: "firewall",
        on: &["ForbiddenByFirewall"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the firewall of the vault {vault} refused the source address: the request left by the public path",
        fix: &[
            LOOK_UP,
            names::ZONE_HINT,
            names::ZONE,
            names::LINK,
            AS_ITS_OWNER,
            "az keyvault network-rule list --name \"$(echo {vault} | cut -d/ -f3 | cut -d. -f1)\"",
        ],
        source: "PITFALLS D03, D04; key-vault rest-error-codes.md",
    },
    Cause {
        id: "another-vaults-endpoint",
        on: &["TcpConnectionNotAllowed"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the private address belongs to another vault's endpoint than {vault}'s, or a proxy changed the host name",
        fix: &[
            LOOK_UP,
            names::LINKED_ZONE_HINT,
            names::LINKED_ZONE,
            names::SET_RECORD,
        ],
        source: "PITFALLS B22; IDENTITY.md §6",
    },
    Cause {
        id: "network-perimeter",
        on: &["ForbiddenByNetworkSecurityPerimeter"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "a network security perimeter around the vault {vault} refused the request",
        fix: &[concat!(
            "az rest --method get --url \"https://management.azure.com\"",
            vault_id!(),
            "\"/networkSecurityPerimeterConfigurations?api-version=2024-11-01\""
        )],
        source: "IDENTITY.md §6 (NSP rules)",
    },
    // -- the token ------------------------------------------------------------------------------------------
    Cause {
        id: "wrong-tenant",
        on: &["AKV10032"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the vault {vault} trusts another tenant than the token's; a managed identity gets tokens of its own tenant only, so an application must carry it across (`federated`)",
        fix: &[
            concat!(
                "curl --silent --output /dev/null --dump-header - ",
                "{vault}/secrets?api-version=7.4 | grep --ignore-case www-authenticate"
            ),
            "# the tenant that is named there is the one to exchange tokens at",
        ],
        source: "PITFALLS C27, C29, C39; azure-cli #11871",
    },
    Cause {
        id: "vault-trusts-another-tenant",
        on: &[super::VAULT_TRUSTS_ANOTHER_TENANT],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the vault {vault} trusts another tenant than {workload-tenant}, whose token it was given: its own tenant stays what it was when its subscription moves",
        fix: &[
            concat!(
                "az keyvault show --name ",
                vault_name!(),
                " --query properties.tenantId"
            ),
            "# access policies name principals of the old tenant, and have to be written anew",
            "az keyvault update --name \"$(echo {vault} | cut -d/ -f3 | cut -d. -f1)\" --set properties.tenantId={workload-tenant}",
        ],
        source: "PITFALLS C27, C29; azure-cli #11871; key-vault move-subscription.md",
    },
    Cause {
        id: "wrong-audience",
        on: &["AKV10022"],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the token is for another service than Key Vault",
        fix: &[
            "az account get-access-token --scope https://vault.azure.net/.default --query expiresOn",
        ],
        source: "PITFALLS C28; azure-docs #109562",
    },
    // -- the right ------------------------------------------------------------------------------------------
    Cause {
        id: "no-role",
        on: &["ForbiddenByRbac"],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "the vault {vault} knows no role of the caller that lets it read secrets; a new one takes up to ten minutes",
        fix: &[concat!(
            "az role assignment create --role 'Key Vault Secrets User' --assignee-object-id ",
            object_id!(),
            " --assignee-principal-type ServicePrincipal --scope ",
            vault_id!()
        )],
        source: "PITFALLS C21, C22, C23; IDENTITY.md §6",
    },
    CONDITION_NOT_MET,
    Cause {
        id: "denied",
        on: &["DeniedByDenyAssignment"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "a deny assignment keeps the caller from reading secrets of the vault {vault}; it wins over every role, and the answer names it",
        fix: &[
            concat!(
                "az rest --method get --url \"https://management.azure.com\"",
                vault_id!(),
                "\"/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01\""
            ),
            "# people cannot change it: Azure made it for a managed application, a deployment stack or a blueprint, whose owner has to leave out or exclude the caller",
        ],
        source: "IDENTITY.md §6 (DenyAssignmentId); role-based-access-control/deny-assignments.md",
    },
    Cause {
        id: "no-access-policy",
        on: &["AccessDenied"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "no access policy of the vault {vault} lets the caller read secrets",
        fix: &[concat!(
            "az keyvault set-policy --name \"$(echo {vault} | cut -d/ -f3 | cut -d. -f1)\" --secret-permissions get --object-id ",
            object_id!()
        )],
        source: "PITFALLS C25, C26; IDENTITY.md §6",
    },
    // -- the secret -----------------------------------------------------------------------------------------
    Cause {
        id: "secret-not-found",
        on: &["SecretNotFound"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the vault {vault} holds no secret {secret}, or it was deleted and can be recovered",
        fix: &[
            silence::INSIDE,
            "# SECRET_VALUE: the value of a new one, where none was deleted",
            concat!(
                "az keyvault secret recover --vault-name ",
                vault_name!(),
                " --name {secret} || az keyvault secret set --vault-name ",
                vault_name!(),
                " --name {secret} --value \"$SECRET_VALUE\""
            ),
        ],
        source: "PITFALLS D05; key-vault soft-delete-overview.md",
    },
    Cause {
        id: "secret-disabled",
        on: &["SecretDisabled"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the secret {secret} of the vault {vault} is disabled",
        fix: &[
            silence::INSIDE,
            "az keyvault secret set-attributes --id {vault}/secrets/{secret} --enabled true",
        ],
        source: "Azure/azure-sdk-for-js #24756 (innererror SecretDisabled)",
    },
    // -- answered, but not as it should be ------------------------------------------------------------------
    Cause {
        id: "public-path",
        on: &[],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the secret was read over an address that is not the endpoint's: the private path is not used",
        fix: &[
            "nslookup {host}",
            names::ZONE_HINT,
            names::ZONE,
            names::LINK,
        ],
        source: "PITFALLS B23, B24; DESIGN.md §6",
    },
    Cause {
        id: "public-source",
        on: &[],
        owner: WORKLOAD_HOME,
        heals: Heals::Never,
        says: "the vault saw a public source address although the connection was made to a private one: something on the way sends it out again",
        fix: &[
            "curl --silent --head https://{host}/healthstatus",
            "nslookup {host}",
        ],
        source: "PITFALLS B24; private-link-diagnostics.md §7",
    },
    Cause {
        id: "value-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the secret {secret} has another value than expected",
        fix: &[
            silence::INSIDE,
            "az keyvault secret list-versions --vault-name {vault-name} --name {secret} --output table",
            "# SECRET_VALUE: the value that is expected, where that is right and the vault is wrong",
            set_value!(),
        ],
        source: "DESIGN.md §3 (secret-readable)",
    },
];

const NEW_VALUE: &str = "# SECRET_VALUE and EXPIRES: the value that follows, and until when it lasts (2027-01-31T00:00:00Z)";
const SET_ANEW: &str = concat!(set_value!(), " --expires \"$EXPIRES\"");

pub(super) const WARNINGS: &[Cause] = &[
    Cause {
        id: "expired",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the secret {secret} expired at {end}; Key Vault still gives it out, others who look at the date will not take it",
        fix: &[silence::INSIDE, NEW_VALUE, SET_ANEW],
        source: "key-vault about-secrets.md (exp is informational for secrets); API.md §6 (attributes.exp)",
    },
    Cause {
        id: "expiring-soon",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the secret {secret} expires at {end}",
        fix: &[silence::INSIDE, NEW_VALUE, SET_ANEW],
        source: "API.md §6 (attributes.exp)",
    },
    Cause {
        id: "not-yet-valid",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the secret {secret} is to be used from {begin} on; Key Vault already gives it out, others who look at the date will not take it",
        fix: &[
            silence::INSIDE,
            "az keyvault secret show --vault-name {vault-name} --name {secret} --query attributes",
            "# NOT_BEFORE: from when it may be used (2027-01-31T00:00:00Z), if that is not what was meant",
            "az keyvault secret set-attributes --vault-name {vault-name} --name {secret} --not-before \"$NOT_BEFORE\"",
        ],
        source: "key-vault about-secrets.md (nbf is informational for secrets)",
    },
];
