//! Why a private endpoint is not connected as it should be.

use crate::outcome::{Cause, Heals, Owner};

/// Takes the endpoint away, and asks anew; across tenants a connection can only be asked for by hand.
const DELETE: &str = "az network private-endpoint delete --ids {private-endpoint}";
const CREATE: &str = "az network private-endpoint create --subscription {private-endpoint.subscription} --resource-group {private-endpoint.group} --name {private-endpoint.name} --subnet {subnet} --connection-name {private-endpoint.name} --private-connection-resource-id {target} --group-id {group} --manual-request {manual-request}";
/// The group goes with its endpoint, and its records with the group.
const ZONE_GROUP: &str = "az network private-endpoint dns-zone-group create --subscription {private-endpoint.subscription} --resource-group {private-endpoint.group} --endpoint-name {private-endpoint.name} --name {zone-group} --private-dns-zone {zone} --zone-name {zone-config}";
const ZONE_GROUP_HINT: &str = "# otherwise: # the new endpoint may have another address: records that were written by hand need that";
/// The same, where nothing tells the subnet.
const SUBNET_HINT: &str =
    "# SUBNET_ID: ARM id of a subnet of the network that the workload reaches it from";
/// Across tenants nobody has approved the new connection yet; `--subscription` says whose turn it is.
const APPROVE_ANEW: &str = "# if known: az network private-endpoint-connection approve --subscription {target.subscription} --id \"$(az network private-endpoint-connection list --id {target} --query '[?properties.privateLinkServiceConnectionState.status==`Pending`].[properties.privateEndpoint.id, id]' --output tsv | tr '\\t' ' ' | grep --ignore-case {new-connection-line} | cut -d' ' -f2)\" --description approved";
const OTHERS_TOO: &str = "# whatever else goes through this endpoint stops; if something does, give this link an endpoint of its own";
const FULL_SUBNET_HINT: &str = "# SUBNET_ID: {subnet}, or another subnet where that one is full (Azure keeps five addresses of each for itself)";
const CREATE_IN_A_SUBNET: &str = "az network private-endpoint create --subscription {private-endpoint.subscription} --resource-group {private-endpoint.group} --name {private-endpoint.name} --subnet \"$SUBNET_ID\" --connection-name {private-endpoint.name} --private-connection-resource-id {target} --group-id {group} --manual-request {manual-request}";

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no private endpoint {private-endpoint}",
        fix: &[
            "az network private-endpoint list --subscription {private-endpoint.subscription} --output table",
            SUBNET_HINT,
            CREATE_IN_A_SUBNET,
            APPROVE_ANEW,
        ],
        source: "API.md §4; specs/network/2024-01-01/privateEndpoint.json",
    },
    Cause {
        id: "provisioning-failed",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "creating or changing the private endpoint {private-endpoint} failed",
        fix: &[
            "az network private-endpoint show --ids {private-endpoint}",
            DELETE,
            CREATE,
            ZONE_GROUP,
            ZONE_GROUP_HINT,
            APPROVE_ANEW,
        ],
        source: "API.md §4; specs/network/2024-01-01/privateEndpoint.json",
    },
    Cause {
        id: "not-provisioned",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "the private endpoint {private-endpoint} is still being created or changed",
        fix: &[
            "az network private-endpoint wait --ids {private-endpoint} --custom \"provisioningState=='Succeeded'\"",
        ],
        source: "API.md §4; specs/network/2024-01-01/privateEndpoint.json",
    },
    Cause {
        id: "no-connection",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the private endpoint {private-endpoint} asks for no connection at all",
        fix: &[DELETE, CREATE, ZONE_GROUP, ZONE_GROUP_HINT, APPROVE_ANEW],
        source: "PITFALLS B02; PrivateEndpointGetForManualApproval.json",
    },
    Cause {
        id: "wrong-target",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the private endpoint {private-endpoint} leads to another resource",
        fix: &[
            OTHERS_TOO,
            DELETE,
            CREATE,
            ZONE_GROUP,
            ZONE_GROUP_HINT,
            APPROVE_ANEW,
        ],
        source: "API.md §4 (privateLinkServiceId)",
    },
    Cause {
        id: "wrong-group",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the private endpoint {private-endpoint} leads to another sub-resource of {target}; each needs an endpoint of its own",
        fix: &[
            OTHERS_TOO,
            DELETE,
            CREATE,
            ZONE_GROUP,
            ZONE_GROUP_HINT,
            APPROVE_ANEW,
        ],
        source: "PITFALLS B26; private-endpoint-overview.md",
    },
    Cause {
        id: "pending",
        on: &[],
        owner: Owner::Of("target"),
        heals: Heals::Never,
        says: "nobody has approved the connection of {private-endpoint} yet; across tenants the owner of the target must do it by hand",
        fix: &[
            "az network private-endpoint-connection list --id {target} --output table",
            "az network private-endpoint-connection approve --id \"$(az network private-endpoint-connection list --id {target} --query '[].[properties.privateEndpoint.id, id]' --output tsv | tr '\\t' ' ' | grep --ignore-case {connection-line} | cut -d' ' -f2)\" --description approved",
        ],
        source: "PITFALLS B01; private-endpoint-overview.md",
    },
    Cause {
        id: "rejected",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the owner of the target rejected the connection of {private-endpoint}; agree with them, then create the endpoint anew",
        fix: &[DELETE, CREATE, ZONE_GROUP, ZONE_GROUP_HINT, APPROVE_ANEW],
        source: "PITFALLS B04; private-endpoint-overview.md",
    },
    Cause {
        id: "disconnected",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the owner of the target removed the connection of {private-endpoint}, which is of no use any more; create it anew",
        fix: &[DELETE, CREATE, ZONE_GROUP, ZONE_GROUP_HINT, APPROVE_ANEW],
        source: "PITFALLS B03; private-endpoint-overview.md, private-link-diagnostics.md",
    },
    Cause {
        id: "target-missing",
        on: &[],
        owner: Owner::Of("target"),
        heals: Heals::Never,
        says: "the resource {target} that the private endpoint {private-endpoint} led to does not exist any more; once it is there again, create the endpoint anew",
        fix: &[
            "az resource list --subscription {target.subscription} --name {target.name} --output table",
            DELETE,
            CREATE,
            ZONE_GROUP,
            ZONE_GROUP_HINT,
            APPROVE_ANEW,
        ],
        source: "PITFALLS B03, D06; private-endpoint-overview.md",
    },
    Cause {
        id: "unknown-state",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the connection of {private-endpoint} is in a state that is not known here",
        fix: &["az network private-endpoint show --ids {private-endpoint}"],
        source: "API.md §4 (status is a free text)",
    },
    Cause {
        id: "no-address",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the private endpoint {private-endpoint} is approved and has no address for any name",
        fix: &[
            "az network private-endpoint show --ids {private-endpoint} --query \"[networkInterfaces, customDnsConfigs]\"",
            FULL_SUBNET_HINT,
            DELETE,
            CREATE_IN_A_SUBNET,
            ZONE_GROUP,
            ZONE_GROUP_HINT,
            APPROVE_ANEW,
        ],
        source: "API.md §4 (networkInterfaces, customDnsConfigs); private-ip-addresses.md (five addresses of each subnet are Azure's)",
    },
];

pub(super) const WARNINGS: &[Cause] = &[Cause {
    id: "record-contended",
    on: &[],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "{rival} is a second endpoint for the same resource and writes the same record of {contended-zone}: the last writer wins, and deleting either removes the record",
    fix: &[
        "az network private-endpoint dns-zone-group list --subscription {rival.subscription} --resource-group {rival.group} --endpoint-name {rival.name}",
        "# where nobody uses it any more: az network private-endpoint delete --ids {rival}",
    ],
    source: "PITFALLS B13; private-endpoint-dns.md",
}];
