//! Are the names in the answers about network managers those of the official specifications, and do the official examples
//! have nothing that the answers lack? Runs when `XTENANT_SPECS` says where they are.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};

use super::tests::{MEMBER, NET, asked};
use crate::context::Context;
use crate::services::arm::conformance::Spec;
use crate::services::testing::{mock, specifications};
use crate::world::bundled;

const FOLDER: &str = "network/2024-01-01";
const GROUPS: &str = "managementgroups/2023-04-01";

/// Folder, file, definition, example, and the path that is asked; a path without a method is a GET.
fn answers(
    context: &Context,
) -> Vec<(
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Value,
)> {
    let nm = |rest: &str| format!("{NET}/networkManagers/nm{rest}");
    let get = |path: String| asked(context, Method::GET, &path).ok();
    let post = |path: String| asked(context, Method::POST, &path).body(&json!({})).ok();
    let connections = format!("{MEMBER}/providers/Microsoft.Network/networkManagerConnections");
    let group = "/providers/Microsoft.Management/managementGroups/fabrikam";
    let effective = "listNetworkManagerEffectiveConnectivityConfigurations";
    vec![
        (
            FOLDER,
            "networkManager",
            "NetworkManager",
            "NetworkManagerGet",
            get(nm("")),
        ),
        (
            FOLDER,
            "networkManager",
            "NetworkManagerListResult",
            "NetworkManagerList",
            get(format!("{NET}/networkManagers")),
        ),
        (
            FOLDER,
            "networkManagerScopeConnection",
            "ScopeConnection",
            "NetworkManagerScopeConnectionGet",
            get(nm("/scopeConnections/resource")),
        ),
        (
            FOLDER,
            "networkManagerConnection",
            "NetworkManagerConnection",
            "NetworkManagerConnectionSubscriptionGet",
            get(format!("{connections}/contoso")),
        ),
        (
            FOLDER,
            "networkManagerConnection",
            "NetworkManagerConnectionListResult",
            "NetworkManagerConnectionSubscriptionList",
            get(connections),
        ),
        (
            FOLDER,
            "networkManagerGroup",
            "NetworkGroup",
            "NetworkManagerGroupGet",
            get(nm("/networkGroups/all")),
        ),
        (
            FOLDER,
            "networkManagerGroup",
            "StaticMember",
            "NetworkManagerStaticMemberGet",
            get(nm("/networkGroups/all/staticMembers/home")),
        ),
        (
            FOLDER,
            "networkManagerConnectivityConfiguration",
            "ConnectivityConfiguration",
            "NetworkManagerConnectivityConfigurationGet",
            get(nm("/connectivityConfigurations/hub")),
        ),
        (
            FOLDER,
            "networkManager",
            "NetworkManagerDeploymentStatusListResult",
            "NetworkManagerDeploymentStatusList",
            post(nm("/listDeploymentStatus")),
        ),
        (
            FOLDER,
            "networkManagerActiveConfiguration",
            "ActiveConnectivityConfigurationsListResult",
            "NetworkManagerActiveConnectivityConfigurationsList",
            post(nm("/listActiveConnectivityConfigurations")),
        ),
        (
            FOLDER,
            "networkManagerEffectiveConfiguration",
            "NetworkManagerEffectiveConnectivityConfigurationListResult",
            "NetworkManagerEffectiveConnectivityConfigurationsList",
            post(format!("{NET}/virtualNetworks/home/{effective}")),
        ),
        (
            FOLDER,
            "virtualNetwork",
            "VirtualNetworkPeeringListResult",
            "VirtualNetworkPeeringList",
            get(format!("{NET}/virtualNetworks/home/virtualNetworkPeerings")),
        ),
        (
            GROUPS,
            "management",
            "ManagementGroup",
            "GetManagementGroupWithExpand",
            get(format!("{group}?$expand=children")),
        ),
        (
            GROUPS,
            "management",
            "ManagementGroupListResult",
            "ListManagementGroups",
            get("/providers/Microsoft.Management/managementGroups".to_owned()),
        ),
        (
            GROUPS,
            "management",
            "ListSubscriptionUnderManagementGroup",
            "GetAllSubscriptionsFromManagementGroup",
            get(format!("{group}/subscriptions")),
        ),
        (
            GROUPS,
            "management",
            "DescendantListResult",
            "GetDescendants",
            get(format!("{group}/descendants")),
        ),
    ]
}

/// What examples show and the mock does not: times and authors of changes, pages, other settings of a peering, and the
/// group above the topmost one.
const NOT_SHOWN: &[&str] = &[
    "systemData",
    "nextLink",
    "@nextLink",
    "skipToken",
    "remoteBgpCommunities",
    "updatedTime",
    "updatedBy",
    "parent",
    // Optional texts that the world does not give.
    "description",
    "deleteExistingPeering",
    "isGlobal",
];

#[test]
fn names_in_answers_are_those_of_the_specifications_and_of_the_examples() {
    let Some(specifications) = specifications() else {
        return;
    };
    let context = mock(&bundled("cross-tenant-hub"));
    let mut unknown = Vec::new();
    let mut missing = Vec::new();
    for (folder, file, definition, example, body) in answers(&context) {
        let spec = Spec::load(specifications.join(folder).join(format!("{file}.json")));
        let schema = spec.document["definitions"][definition].clone();
        assert!(schema.is_object(), "{file} has no {definition}");
        spec.check(&schema, &body, definition, &mut unknown);
        let path = specifications
            .join(folder)
            .join(format!("examples/{example}.json"));
        let text = std::fs::read_to_string(path).unwrap();
        let shown: Value = serde_json::from_str(&text).unwrap();
        let shown = names(&shown["responses"]["200"]["body"]);
        let answered = names(&body);
        let lacks = shown.difference(&answered);
        missing.extend(lacks.map(|name| format!("{example}: {name}")));
    }
    assert!(
        unknown.is_empty(),
        "names that no specification has:\n{}",
        unknown.join("\n")
    );
    assert!(
        missing.is_empty(),
        "names of examples that are missing:\n{}",
        missing.join("\n")
    );
}

/// Every property name anywhere in a value, but nothing inside of what is not shown.
fn names(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(names).collect(),
        Value::Object(map) => {
            let shown = map
                .iter()
                .filter(|(name, _)| !NOT_SHOWN.contains(&name.as_str()));
            let below =
                shown.flat_map(|(name, value)| names(value).into_iter().chain([name.clone()]));
            below.collect()
        }
        _ => BTreeSet::new(),
    }
}
