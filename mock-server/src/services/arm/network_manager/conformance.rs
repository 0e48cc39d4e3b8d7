//! Do the official examples of answers about network managers have nothing that the mock's lack? Runs when `XTENANT_SPECS`
//! says where they are. That the answers have nothing else is held by `tests/specifications/`.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};

use super::tests::{MEMBER, NET, asked};
use crate::context::Context;
use crate::services::testing::{mock, specifications};
use crate::world::bundled;

const FOLDER: &str = "network/2024-01-01";
const GROUPS: &str = "managementgroups/2023-04-01";

/// Folder, example, and the answer.
fn answers(context: &Context) -> Vec<(&'static str, &'static str, Value)> {
    let nm = |rest: &str| format!("{NET}/networkManagers/nm{rest}");
    let get = |path: String| asked(context, Method::GET, &path).ok();
    let post = |path: String| asked(context, Method::POST, &path).body(&json!({})).ok();
    let connections = format!("{MEMBER}/providers/Microsoft.Network/networkManagerConnections");
    let group = "/providers/Microsoft.Management/managementGroups/fabrikam";
    let effective = "listNetworkManagerEffectiveConnectivityConfigurations";
    vec![
        (FOLDER, "NetworkManagerGet", get(nm(""))),
        (
            FOLDER,
            "NetworkManagerList",
            get(format!("{NET}/networkManagers")),
        ),
        (
            FOLDER,
            "NetworkManagerScopeConnectionGet",
            get(nm("/scopeConnections/resource")),
        ),
        (
            FOLDER,
            "NetworkManagerConnectionSubscriptionGet",
            get(format!("{connections}/contoso")),
        ),
        (
            FOLDER,
            "NetworkManagerConnectionSubscriptionList",
            get(connections),
        ),
        (
            FOLDER,
            "NetworkManagerGroupGet",
            get(nm("/networkGroups/all")),
        ),
        (
            FOLDER,
            "NetworkManagerStaticMemberGet",
            get(nm("/networkGroups/all/staticMembers/home")),
        ),
        (
            FOLDER,
            "NetworkManagerConnectivityConfigurationGet",
            get(nm("/connectivityConfigurations/hub")),
        ),
        (
            FOLDER,
            "NetworkManagerDeploymentStatusList",
            post(nm("/listDeploymentStatus")),
        ),
        (
            FOLDER,
            "NetworkManagerActiveConnectivityConfigurationsList",
            post(nm("/listActiveConnectivityConfigurations")),
        ),
        (
            FOLDER,
            "NetworkManagerEffectiveConnectivityConfigurationsList",
            post(format!("{NET}/virtualNetworks/home/{effective}")),
        ),
        (
            FOLDER,
            "VirtualNetworkPeeringList",
            get(format!("{NET}/virtualNetworks/home/virtualNetworkPeerings")),
        ),
        (
            GROUPS,
            "GetManagementGroupWithExpand",
            get(format!("{group}?$expand=children")),
        ),
        (
            GROUPS,
            "ListManagementGroups",
            get("/providers/Microsoft.Management/managementGroups".to_owned()),
        ),
        (
            GROUPS,
            "GetAllSubscriptionsFromManagementGroup",
            get(format!("{group}/subscriptions")),
        ),
        (
            GROUPS,
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
fn answers_have_every_name_of_the_examples() {
    let Some(specifications) = specifications() else {
        return;
    };
    let context = mock(&bundled("cross-tenant-hub"));
    let mut missing = Vec::new();
    for (folder, example, body) in answers(&context) {
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
