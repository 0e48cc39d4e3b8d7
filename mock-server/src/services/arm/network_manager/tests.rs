//! What ARM answers about network managers, in the worlds of the mesh and of hub-and-spoke.

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::testing::{Ask, HOME, HOME_AUDITOR, RESOURCE, RESOURCE_AUDITOR, ask, mock};
use crate::world::{Commit, CommitType, DeploymentStatus, World, bundled};

pub(super) const NET: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network";
pub(super) const MEMBER: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";

/// The mock of the mesh after a change.
fn mesh(change: impl FnOnce(&mut World)) -> Context {
    let mut world = bundled("cross-tenant-mesh");
    change(&mut world);
    mock(&world)
}

/// A request of the auditor of the tenant that the path is in.
pub(super) fn asked<'a>(context: &'a Context, method: Method, path: &str) -> Ask<'a> {
    let version = if path.contains('?') { "&" } else { "?" };
    let url = format!("management.azure.com{path}{version}api-version=2024-01-01");
    let is_member = path.starts_with(MEMBER) || path.contains("managementGroups/fabrikam");
    let (tenant, auditor) = if is_member {
        (RESOURCE, RESOURCE_AUDITOR)
    } else {
        (HOME, HOME_AUDITOR)
    };
    ask(context, method, &url).bearing(tenant, auditor, Audience::Arm)
}

fn get(context: &Context, path: &str) -> Value {
    asked(context, Method::GET, path).ok()
}

fn post(context: &Context, path: &str, body: &Value) -> Value {
    asked(context, Method::POST, path).body(body).ok()
}

fn nm(rest: &str) -> String {
    format!("{NET}/networkManagers/nm{rest}")
}

fn commit(region: &str, kind: CommitType) -> Commit {
    Commit {
        network_manager: nm(""),
        region: region.to_owned(),
        kind,
        configurations: Vec::new(),
        at: None,
        status: DeploymentStatus::Deployed,
        error: None,
    }
}

#[test]
fn a_manager_lists_the_scopes_that_connections_brought() {
    let context = mesh(|_| {});
    let scopes = get(&context, &nm(""))["properties"]["networkManagerScopes"].clone();
    let expected =
        json!([{"tenantId": RESOURCE, "managementGroups": [], "subscriptions": [MEMBER]}]);
    assert_eq!(scopes["crossTenantScopes"], expected);
    assert_eq!(scopes["subscriptions"].as_array().unwrap().len(), 1);

    let alone = mesh(|world| {
        world
            .resources
            .retain(|it| !it.id().ends_with("/networkManagerConnections/contoso"))
    });
    let scopes = get(&alone, &nm(""))["properties"]["networkManagerScopes"].clone();
    assert_eq!(scopes.get("crossTenantScopes"), None);
    let pending = get(&alone, &nm("/scopeConnections/resource"));
    assert_eq!(pending["properties"]["connectionState"], "Pending");
}

#[test]
fn both_sides_show_the_same_state() {
    let context = mesh(|_| {});
    let manager = get(&context, &nm("/scopeConnections"))["value"][0].clone();
    let path = format!("{MEMBER}/providers/Microsoft.Network/networkManagerConnections");
    let member = get(&context, &path)["value"][0].clone();
    assert_eq!(manager["properties"]["connectionState"], "Connected");
    assert_eq!(member["properties"]["connectionState"], "Connected");
    assert_eq!(get(&context, &format!("{path}/contoso")), member);
}

#[test]
fn connections_of_management_groups_are_answered_in_their_tenant() {
    let group = "/providers/Microsoft.Management/managementGroups/fabrikam";
    let context = mesh(|world| {
        let id = format!("{group}/providers/Microsoft.Network/networkManagerConnections/contoso");
        let body = json!({"id": id, "properties": {"networkManagerId": nm("")}});
        let body = body.as_object().unwrap().clone();
        world.resources.push(crate::world::Resource { body });
    });
    let path = format!("{group}/providers/Microsoft.Network/networkManagerConnections");
    let listed = get(&context, &path)["value"][0].clone();
    assert_eq!(listed["properties"]["connectionState"], "Pending");
    assert_eq!(get(&context, &format!("{path}/contoso")), listed);
    let url = format!("management.azure.com{path}?api-version=2024-01-01");
    let other = ask(&context, Method::GET, &url).bearing(HOME, HOME_AUDITOR, Audience::Arm);
    assert_eq!(other.json().0, 403);
}

#[test]
fn management_groups_know_what_is_below_them() {
    let context = mesh(|_| {});
    let group = "/providers/Microsoft.Management/managementGroups/fabrikam";
    let shown = get(&context, &format!("{group}?$expand=children"));
    assert_eq!(shown["properties"]["tenantId"], RESOURCE);
    assert_eq!(shown["properties"]["children"][0]["id"], MEMBER);
    let below = get(&context, &format!("{group}/descendants"))["value"][0].clone();
    assert_eq!(
        below["type"],
        "Microsoft.Management/managementGroups/subscriptions"
    );
    assert_eq!(below["properties"]["parent"]["id"], group);
    let listed = get(&context, &format!("{group}/subscriptions"))["value"][0].clone();
    assert_eq!(listed["properties"]["state"], "Active");
    let all = get(&context, "/providers/Microsoft.Management/managementGroups");
    assert_eq!(all["value"].as_array().unwrap().len(), 1);
    let missing = "/providers/Microsoft.Management/managementGroups/none/subscriptions";
    assert_eq!(asked(&context, Method::GET, missing).json().0, 403);
}

#[test]
fn a_member_shows_the_region_of_its_network() {
    let context = mesh(|_| {});
    let members = get(&context, &nm("/networkGroups/all/staticMembers"));
    let regions: Vec<&str> = members["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["properties"]["region"].as_str().unwrap())
        .collect();
    assert_eq!(regions, ["japanwest", "japaneast"]);
}

#[test]
fn lists_by_post_page_by_tokens_in_the_bodies() {
    let context = mesh(|world| {
        for number in 0..24 {
            world.commits.push(commit(
                &format!("region{number:02}"),
                CommitType::Connectivity,
            ));
        }
    });
    let path = nm("/listDeploymentStatus");
    let first = post(&context, &path, &json!({}));
    assert_eq!(first["value"].as_array().unwrap().len(), 20);
    assert_eq!(first.get("nextLink"), None);
    let second = post(&context, &path, &json!({"skipToken": first["skipToken"]}));
    assert_eq!(second["value"].as_array().unwrap().len(), 6);
    assert_eq!(second.get("skipToken"), None);

    let mut seen = Vec::new();
    let mut token = Value::Null;
    loop {
        let page = post(
            &context,
            &format!("{path}?$top=7"),
            &json!({"skipToken": token}),
        );
        let items = page["value"].as_array().unwrap();
        seen.extend(
            items
                .iter()
                .map(|it| it["region"].as_str().unwrap().to_owned()),
        );
        token = page["skipToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(seen.len(), 26);
    seen.dedup();
    assert_eq!(seen.len(), 26);
}

#[test]
fn a_question_that_cannot_be_read_is_refused() {
    let context = mesh(|_| {});
    let path = nm("/listDeploymentStatus");
    for body in [
        json!([]),
        json!({"regions": "japaneast"}),
        json!({"skipToken": "99"}),
        json!({"skipToken": 1}),
    ] {
        let (status, _) = asked(&context, Method::POST, &path).body(&body).json();
        assert_eq!(status, 400, "{body}");
    }
    assert_eq!(asked(&context, Method::POST, &path).json().0, 400);
    let none = asked(&context, Method::POST, &format!("{path}?$top=0")).body(&json!({}));
    assert_eq!(none.json().0, 400);
}

#[test]
fn deployments_are_filtered_by_region_and_type() {
    let context = mesh(|world| {
        world
            .commits
            .push(commit("japaneast", CommitType::SecurityAdmin));
        world.commits[1].status = DeploymentStatus::Failed;
        world.commits[1].error = Some("no room".to_owned());
        world.commits[1].at = Some("2026-11-22T10:00:00Z".to_owned());
    });
    let path = nm("/listDeploymentStatus");
    let asked = |body: Value| {
        post(&context, &path, &body)["value"]
            .as_array()
            .unwrap()
            .clone()
    };
    assert_eq!(
        asked(json!({"regions": [], "deploymentTypes": []})).len(),
        3
    );
    assert_eq!(asked(json!({"regions": ["Japan East"]})).len(), 2);
    assert_eq!(
        asked(json!({"deploymentTypes": ["SecurityAdmin"]})).len(),
        1
    );
    assert_eq!(asked(json!({"deploymentTypes": ["Routing"]})).len(), 0);
    let failed = asked(json!({"regions": ["japanwest"], "deploymentTypes": ["Connectivity"]}));
    assert_eq!(failed[0]["deploymentStatus"], "Failed");
    assert_eq!(failed[0]["errorMessage"], "no room");
    assert_eq!(failed[0]["commitTime"], "2026-11-22T10:00:00Z");
    assert_eq!(
        failed[0]["configurationIds"],
        json!([nm("/connectivityConfigurations/mesh")])
    );
}

#[test]
fn what_is_active_is_what_was_committed() {
    let context = mesh(|world| {
        let then =
            json!({"connectivityTopology": "Mesh", "isGlobal": "False", "appliesToGroups": []});
        world.commits[0].configurations[0].properties = then.as_object().cloned();
    });
    let path = nm("/listActiveConnectivityConfigurations");
    let active = post(&context, &path, &json!({}))["value"].clone();
    assert_eq!(active[0]["region"], "japaneast");
    assert_eq!(active[0]["properties"]["isGlobal"], "False");
    assert_eq!(active[1]["properties"]["isGlobal"], "True");
    assert_eq!(
        active[1]["configurationGroups"][0]["id"],
        nm("/networkGroups/all")
    );
    let one = post(&context, &path, &json!({"regions": ["japanwest"]}));
    assert_eq!(one["value"].as_array().unwrap().len(), 1);
}

#[test]
fn what_acts_on_a_network_is_asked_in_its_own_tenant() {
    let context = mesh(|_| {});
    let action = "listNetworkManagerEffectiveConnectivityConfigurations";
    for network in [
        format!("{NET}/virtualNetworks/home"),
        format!("{MEMBER}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/data"),
    ] {
        let effective = post(&context, &format!("{network}/{action}"), &json!({}))["value"].clone();
        assert_eq!(effective[0]["id"], nm("/connectivityConfigurations/mesh"));
        assert_eq!(
            effective[0]["configurationGroups"][0]["id"],
            nm("/networkGroups/all")
        );
        assert_eq!(effective.as_array().unwrap().len(), 1);
        assert_eq!(
            get(&context, &network)["properties"]["virtualNetworkPeerings"],
            json!([])
        );
    }
    let missing = format!("{NET}/virtualNetworks/none/{action}");
    assert_eq!(
        asked(&context, Method::POST, &missing)
            .body(&json!({}))
            .json()
            .0,
        404
    );
}

#[test]
fn a_reader_may_not_ask_by_post() {
    let context = mesh(|world| {
        world
            .resources
            .retain(|it| !it.id().ends_with("/0b000000-0000-4000-8000-000000000005"))
    });
    let (status, body) = asked(&context, Method::POST, &nm("/listDeploymentStatus"))
        .body(&json!({}))
        .json();
    assert_eq!(status, 403);
    let action = "Microsoft.Network/networkManagers/listDeploymentStatus/action";
    assert!(body["error"]["message"].as_str().unwrap().contains(action));
}

#[test]
fn hub_and_spoke_shows_peerings_on_both_sides() {
    let context = mock(&bundled("cross-tenant-hub"));
    let hub = get(
        &context,
        &format!("{NET}/virtualNetworks/hub/virtualNetworkPeerings"),
    );
    let mut hub = hub["value"].as_array().unwrap().clone();
    hub.retain(|it| it["name"].as_str().unwrap().starts_with("ANM_"));
    assert_eq!(hub.len(), 2);
    assert!(
        hub.iter()
            .all(|it| it["properties"]["allowGatewayTransit"] == true)
    );
    let spoke = get(
        &context,
        &format!("{NET}/virtualNetworks/home/virtualNetworkPeerings"),
    );
    let spoke = spoke["value"][0].clone();
    assert_eq!(spoke["properties"]["peeringState"], "Connected");
    assert_eq!(spoke["properties"]["useRemoteGateways"], true);
    assert_eq!(
        spoke["properties"]["remoteAddressSpace"]["addressPrefixes"],
        json!(["10.0.0.0/16"])
    );
    assert_eq!(get(&context, spoke["id"].as_str().unwrap()), spoke);
}
