//! Why a network group is not complete, and what wants attention.

use crate::checks::network_manager::az_rest;
use crate::outcome::{Cause, Heals, Owner};

const ADD: &str = az_rest!(
    "put",
    "{network-group}/staticMembers/{member-name}",
    "{member-json}"
);
/// ARM checks the right to a linked resource of another tenant by a second token (A09).
const ADD_FOREIGN: &str = az_rest!(
    "put",
    "{network-group}/staticMembers/{member-name}",
    "{member-json} --headers \"x-ms-authorization-auxiliary=Bearer $MEMBER_TENANT_TOKEN\""
);

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no network group {network-group}",
        fix: &[
            az_rest!("get", "{network-manager}/networkGroups"),
            az_rest!("put", "{network-group}", "{network-group-json}"),
        ],
        source: "API.md §1; specs/network/2024-01-01/networkManagerGroup.json",
    },
    Cause {
        id: "member-missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{member} is no static member of the network group {network-group.name}, and nothing shows it as a member by policy",
        fix: &[ADD],
        source: "API.md §1 (staticMembers); virtual-network-manager/concept-network-groups.md",
    },
    Cause {
        id: "foreign-member-missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{member} of the tenant {member-tenant} is no member of the network group {network-group.name}: networks of another tenant can only be static members, policy never adds them, and who adds them needs a token and Network Contributor there, too",
        fix: &[
            "# MEMBER_TENANT_TOKEN: a token for the member's tenant, of somebody with Network Contributor there",
            "MEMBER_TENANT_TOKEN=\"$(az account get-access-token --tenant {member-tenant} --query accessToken --output tsv)\"",
            ADD_FOREIGN,
        ],
        source: "PITFALLS A08, A09; virtual-network-manager/concept-cross-tenant.md, how-to-configure-cross-tenant-cli.md",
    },
    Cause {
        id: "listed-member-gone",
        on: &[],
        owner: Owner::Of("member"),
        heals: Heals::Never,
        says: "{member} is meant to be a member of the network group {network-group.name}, and does not exist any more: create it again, or take it out of the scenario and then out of the group",
        fix: &[
            "az network vnet list --subscription {member.subscription} --output table",
            "# or, when it is not to come back, and the scenario does not list it any more:",
            concat!(
                "# ",
                az_rest!("delete", "{network-group}/staticMembers/{member-name}")
            ),
        ],
        source: "API.md §1 (staticMembers), §3 (virtualNetworks)",
    },
    Cause {
        id: "member-gone",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{member} is a member of the network group {network-group.name} and does not exist any more",
        fix: &[
            "az network vnet list --subscription {member.subscription} --output table",
            az_rest!("delete", "{network-group}/staticMembers/{member-name}"),
        ],
        source: "API.md §1 (staticMembers), §3 (virtualNetworks)",
    },
    Cause {
        id: "unexpected-member",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{member} is a member of the network group {network-group.name}, and nobody meant it to be",
        fix: &[az_rest!(
            "delete",
            "{network-group}/staticMembers/{member-name}"
        )],
        source: "DESIGN.md §3 (optionally no other)",
    },
];

pub(super) const WARNINGS: &[Cause] = &[Cause {
    id: "many-members",
    on: &[],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "the network group {network-group.name} has more members than a connected group takes by default, or nearly as many",
    fix: &[az_rest!("get", "{network-group}/staticMembers")],
    source: "PITFALLS A25; virtual-network-manager/concept-limitations.md",
}];
