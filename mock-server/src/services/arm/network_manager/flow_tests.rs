//! The first article, step by step, in a world where two tenants have a network each and nothing between them: who may do
//! what, what is refused on the way, and when the networks reach each other.

use http::Method;
use serde_json::{Value, json};

use super::tests::{MEMBER, NET};
use crate::auth::Audience;
use crate::context::Context;
use crate::fabric::networks::{Hop, hop};
use crate::lro::Pace;
use crate::services::testing::{
    Ask, HOME, HOME_AUDITOR, RESOURCE, RESOURCE_AUDITOR, ask, header, mock, token,
};
use crate::world::{PastConnection, PastState, Resource, World, bundled};

/// The administrators' application in each tenant.
pub(super) const HOME_ADMIN: &str = "05000000-0000-4000-8000-0000000000a1";
pub(super) const RESOURCE_ADMIN: &str = "05000000-0000-4000-8000-0000000000b1";
/// In the member's tenant it has no role.
const NOBODY: &str = "05000000-0000-4000-8000-0000000000b2";
const THERE: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/net/providers/Microsoft.Network";
const NETWORK_CONTRIBUTOR: &str = "4d97b98b-1d4f-4787-a291-c67834d212e7";

fn nm(rest: &str) -> String {
    format!("{NET}/networkManagers/nm{rest}")
}

fn connection() -> String {
    format!("{MEMBER}/providers/Microsoft.Network/networkManagerConnections/contoso")
}

/// Networks and administrators.
pub(super) fn bare() -> World {
    let mut world = bundled("cross-tenant-mesh");
    world.commits.clear();
    let kept = |it: &Resource| !it.id().contains("networkManager");
    world.resources.retain(kept);
    for (tenant, app, id) in [
        ("home", "a", HOME_ADMIN),
        ("resource", "a", RESOURCE_ADMIN),
        ("resource", "b", NOBODY),
        ("home", "b", "05000000-0000-4000-8000-0000000000a2"),
    ] {
        let principal = json!({"id": id, "appId": format!("0a000000-0000-4000-8000-0000000000{app}{app}"), "displayName": "admins"});
        let principal = serde_json::from_value(principal).unwrap();
        let tenant = world.tenants.get_mut(tenant).unwrap();
        tenant.service_principals.push(principal);
    }
    let home = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
    for (scope, id, name) in [
        (home, HOME_ADMIN, "a1"),
        (home, "05000000-0000-4000-8000-0000000000a2", "a2"),
        (MEMBER, RESOURCE_ADMIN, "b1"),
    ] {
        let body = json!({
            "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-0000000000{name}"),
            "properties": {
                "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{NETWORK_CONTRIBUTOR}"),
                "principalId": id,
                "principalType": "ServicePrincipal",
            },
        });
        let body = body.as_object().unwrap().clone();
        world.resources.push(Resource { body });
    }
    world
}

/// A request of the administrator of the tenant that the path is in.
pub(super) fn admin<'a>(context: &'a Context, method: Method, path: &str) -> Ask<'a> {
    let home = !path.starts_with(MEMBER);
    let (tenant, object) = if home {
        (HOME, HOME_ADMIN)
    } else {
        (RESOURCE, RESOURCE_ADMIN)
    };
    by(context, method, path, tenant, object)
}

fn by<'a>(context: &'a Context, method: Method, path: &str, tenant: &str, object: &str) -> Ask<'a> {
    let mark = if path.contains('?') { '&' } else { '?' };
    let url = format!("management.azure.com{path}{mark}api-version=2024-01-01");
    ask(context, method, &url).bearing(tenant, object, Audience::Arm)
}

fn with_auxiliary<'a>(context: &'a Context, ask: Ask<'a>, object: &str) -> Ask<'a> {
    let token = token(context, RESOURCE, object, Audience::Arm);
    ask.with("x-ms-authorization-auxiliary", &format!("Bearer {token}"))
}

/// Status and error code.
fn refused(ask: Ask<'_>) -> (u16, String) {
    let (status, body) = ask.json();
    let code = body["error"]["code"].as_str().unwrap_or_default();
    (status, code.to_owned())
}

fn put(context: &Context, path: &str, body: &Value) -> (u16, Value) {
    admin(context, Method::PUT, path).body(body).json()
}

fn made(context: &Context, path: &str, body: &Value) {
    let (status, answer) = put(context, path, body);
    assert_eq!(status, 201, "{path}: {answer}");
}

fn deleted(context: &Context, path: &str) -> u16 {
    admin(context, Method::DELETE, path).reply().status.as_u16()
}

fn manager(scope: &str, accesses: &[&str]) -> Value {
    json!({"location": "japaneast", "properties": {
        "networkManagerScopes": {"subscriptions": [scope], "managementGroups": []},
        "networkManagerScopeAccesses": accesses,
    }})
}

fn states(context: &Context) -> (String, String) {
    let state = |path: &str| {
        let body = admin(context, Method::GET, path).ok();
        body["properties"]["connectionState"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    (
        state(&nm("/scopeConnections/resource")),
        state(&connection()),
    )
}

fn are(context: &Context, state: &str) {
    assert_eq!(states(context), (state.to_owned(), state.to_owned()));
}

/// Does the home network reach the other one?
fn reached(context: &Context) -> bool {
    let to = "10.2.1.4".parse().unwrap();
    let found = hop(&context.state(), &format!("{NET}/virtualNetworks/home"), to);
    matches!(found, Hop::Network { id, .. } if id.ends_with("/data"))
}

fn step_manager(context: &Context) {
    let home = manager(
        "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
        &["connectivity"],
    );
    let put = |tenant, object| by(context, Method::PUT, &nm(""), tenant, object).body(&home);
    let wrong = refused(put(RESOURCE, RESOURCE_ADMIN));
    assert_eq!(wrong, (401, "InvalidAuthenticationTokenTenant".to_owned()));
    assert_eq!(
        refused(put(HOME, HOME_AUDITOR)),
        (403, "AuthorizationFailed".to_owned())
    );
    let (status, answer) = put(HOME, HOME_ADMIN).json();
    assert_eq!(status, 201, "{answer}");
    assert_eq!(
        answer["properties"]["networkManagerScopeAccesses"],
        json!(["Connectivity"])
    );
    assert_eq!(answer["properties"]["provisioningState"], "Succeeded");
}

fn step_connections(context: &Context) {
    let body = json!({"properties": {"tenantId": RESOURCE, "resourceId": MEMBER}});
    made(context, &nm("/scopeConnections/resource"), &body);
    let shown = admin(context, Method::GET, &nm("/scopeConnections/resource")).ok();
    assert_eq!(shown["properties"]["connectionState"], "Pending");
    let body = json!({"properties": {"networkManagerId": nm("")}});
    let reader = by(
        context,
        Method::PUT,
        &connection(),
        RESOURCE,
        RESOURCE_AUDITOR,
    );
    assert_eq!(refused(reader.body(&body)).0, 403);
    let home = by(context, Method::PUT, &connection(), HOME, HOME_ADMIN);
    assert_eq!(refused(home.body(&body)).0, 401);
    made(context, &connection(), &body);
}

fn step_members(context: &Context) {
    made(
        context,
        &nm("/networkGroups/all"),
        &json!({"properties": {}}),
    );
    let member = |name: &str| nm(&format!("/networkGroups/all/staticMembers/{name}"));
    let home = json!({"properties": {"resourceId": format!("{NET}/virtualNetworks/home")}});
    made(context, &member("home"), &home);
    let data = json!({"properties": {"resourceId": format!("{THERE}/virtualNetworks/data")}});
    let put = || admin(context, Method::PUT, &member("data")).body(&data);
    let linked = (403, "LinkedAuthorizationFailed".to_owned());
    assert_eq!(refused(put()), linked);
    let nobody = by(
        context,
        Method::PUT,
        &member("data"),
        HOME,
        "05000000-0000-4000-8000-0000000000a2",
    );
    let nobody = with_auxiliary(context, nobody.body(&data), NOBODY);
    assert_eq!(refused(nobody), linked);
    let other = refused(with_auxiliary(context, put(), NOBODY));
    assert_eq!(other.0, 401, "a token of another application");
    let (status, answer) = with_auxiliary(context, put(), RESOURCE_ADMIN).json();
    assert_eq!(
        (status, &answer["properties"]["region"]),
        (201, &json!("japanwest"))
    );
    let none = json!({"properties": {"resourceId": format!("{NET}/virtualNetworks/none")}});
    let none = refused(admin(context, Method::PUT, &member("none")).body(&none));
    assert_eq!(none, (400, "InvalidResourceReference".to_owned()));
}

fn mesh() -> Value {
    json!({"properties": {
        "connectivityTopology": "Mesh",
        "isGlobal": "True",
        "appliesToGroups": [{"networkGroupId": nm("/networkGroups/all"), "groupConnectivity": "None"}],
    }})
}

fn commit<'a>(context: &'a Context, regions: &[&str], ids: &[String]) -> Ask<'a> {
    let body =
        json!({"targetLocations": regions, "configurationIds": ids, "commitType": "Connectivity"});
    admin(context, Method::POST, &nm("/commit")).body(&body)
}

/// Everything until the mesh is deployed.
pub(super) fn connected() -> Context {
    let context = mock(&bare());
    step_manager(&context);
    step_connections(&context);
    step_members(&context);
    let configuration = nm("/connectivityConfigurations/mesh");
    made(&context, &configuration, &mesh());
    let accepted = commit(&context, &["japaneast", "japanwest"], &[configuration]).reply();
    assert_eq!(accepted.status, 202);
    context
}

#[test]
fn the_article_from_nothing_to_two_networks_that_reach_each_other() {
    let context = mock(&bare());
    step_manager(&context);
    step_connections(&context);
    are(&context, "Connected");
    let shown = admin(&context, Method::GET, &nm("")).ok();
    let scopes = &shown["properties"]["networkManagerScopes"]["crossTenantScopes"];
    assert_eq!(scopes[0]["subscriptions"], json!([MEMBER]));
    step_members(&context);
    let configuration = nm("/connectivityConfigurations/mesh");
    made(&context, &configuration, &mesh());
    assert!(!reached(&context), "nothing is committed");
    let one = commit(
        &context,
        &["japaneast"],
        std::slice::from_ref(&configuration),
    )
    .reply();
    assert_eq!(one.status, 202);
    assert!(!reached(&context), "one region is not enough");
    let both = commit(
        &context,
        &["Japan West"],
        std::slice::from_ref(&configuration),
    )
    .reply();
    assert!(reached(&context));
    let location = header(&both, "location").to_owned();
    let path = location
        .strip_prefix("https://management.azure.com")
        .unwrap();
    let path = path.split('?').next().unwrap();
    let result = admin(&context, Method::GET, path).ok();
    assert_eq!(result["commitType"], "Connectivity");
    assert_eq!(result["configurationIds"], json!([configuration]));
    assert!(result["commitId"].is_string());
    let effective = "listNetworkManagerEffectiveConnectivityConfigurations";
    let path = format!("{THERE}/virtualNetworks/data/{effective}");
    let effective = admin(&context, Method::POST, &path).body(&json!({})).ok();
    assert_eq!(effective["value"][0]["id"], json!(configuration));
    // A commit is the whole goal state: none takes it away.
    assert_eq!(commit(&context, &["japanwest"], &[]).reply().status, 202);
    assert!(!reached(&context));
}

#[test]
fn a_scope_has_one_manager_for_each_access() {
    let context = mock(&bare());
    step_manager(&context);
    let other = format!("{NET}/networkManagers/other");
    let scope = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
    let both = manager(&scope.to_uppercase(), &["SecurityAdmin", "Connectivity"]);
    let (status, answer) = put(&context, &other, &both);
    let message = answer["error"]["message"].as_str().unwrap();
    assert_eq!(
        (status, answer["error"]["code"].as_str()),
        (400, Some("BadRequest"))
    );
    assert!(message.starts_with("Cannot have two Network Managers applied to the same object overlapping scope accesses."), "{message}");
    assert!(
        message.contains(&nm("")) && message.ends_with("Connectivity"),
        "{message}"
    );
    made(&context, &other, &manager(scope, &["SecurityAdmin"]));
    assert_eq!(deleted(&context, &other), 202);
    assert_eq!(deleted(&context, &other), 204);
    // Its own scope is no other's.
    assert_eq!(
        put(&context, &nm(""), &manager(scope, &["Connectivity"])).0,
        200
    );
    let foreign = admin(&context, Method::PUT, &other).body(&manager(MEMBER, &["Connectivity"]));
    assert_eq!(
        refused(foreign),
        (403, "LinkedAuthorizationFailed".to_owned())
    );
    let foreign = admin(&context, Method::PUT, &other).body(&manager(MEMBER, &["Connectivity"]));
    let foreign = refused(with_auxiliary(&context, foreign, RESOURCE_ADMIN));
    assert_eq!(foreign, (400, "BadRequest".to_owned()));
    step_connections(&context);
    // Held by a connection, it is held as well.
    let there = format!("{THERE}/networkManagers/theirs");
    let taken = put(&context, &there, &manager(MEMBER, &["Connectivity"]));
    assert_eq!(taken.0, 400, "{}", taken.1);
}

#[test]
fn a_manager_of_the_other_tenant_makes_a_conflict_until_the_connection_is_made_anew() {
    let context = mock(&bare());
    let theirs = format!("{THERE}/networkManagers/theirs");
    made(&context, &theirs, &manager(MEMBER, &["Connectivity"]));
    step_manager(&context);
    step_connections(&context);
    are(&context, "Conflict");
    assert_eq!(deleted(&context, &theirs), 202);
    are(&context, "Conflict");
    let body = json!({"properties": {"networkManagerId": nm("")}});
    assert_eq!(put(&context, &connection(), &body).0, 200);
    are(&context, "Conflict");
    assert_eq!(deleted(&context, &connection()), 200);
    made(&context, &connection(), &body);
    are(&context, "Connected");
}

#[test]
fn what_one_side_ends_is_revoked_for_the_other() {
    let context = connected();
    assert!(reached(&context));
    assert_eq!(deleted(&context, &connection()), 200);
    assert_eq!(deleted(&context, &connection()), 204);
    let shown = || admin(&context, Method::GET, &nm("/scopeConnections/resource")).ok();
    assert_eq!(shown()["properties"]["connectionState"], "Revoked");
    assert!(!reached(&context), "the member is out of scope");
    let body = json!({"properties": {"networkManagerId": nm("")}});
    made(&context, &connection(), &body);
    are(&context, "Connected");
    assert!(reached(&context));
    // With both gone nothing is remembered.
    assert_eq!(deleted(&context, &nm("/scopeConnections/resource")), 200);
    let member = admin(&context, Method::GET, &connection()).ok();
    assert_eq!(member["properties"]["connectionState"], "Revoked");
    assert_eq!(deleted(&context, &connection()), 200);
    made(&context, &connection(), &body);
    let member = admin(&context, Method::GET, &connection()).ok();
    assert_eq!(member["properties"]["connectionState"], "Pending");
}

#[test]
fn what_was_rejected_begins_anew_once_both_halves_are_gone() {
    let mut world = bare();
    world.past_connections.push(PastConnection {
        network_manager: nm(""),
        scope: MEMBER.to_owned(),
        was: PastState::Rejected,
    });
    let context = mock(&world);
    step_manager(&context);
    let agreement = json!({"properties": {"networkManagerId": nm("")}});
    let offer = json!({"properties": {"tenantId": RESOURCE, "resourceId": MEMBER}});
    let offered = nm("/scopeConnections/resource");
    made(&context, &offered, &offer);
    made(&context, &connection(), &agreement);
    are(&context, "Rejected");
    // One half made anew changes nothing.
    assert_eq!(deleted(&context, &connection()), 200);
    made(&context, &connection(), &agreement);
    are(&context, "Rejected");
    assert_eq!(deleted(&context, &connection()), 200);
    assert_eq!(deleted(&context, &offered), 200);
    made(&context, &connection(), &agreement);
    made(&context, &offered, &offer);
    are(&context, "Connected");
}

#[test]
fn what_is_deployed_goes_by_force_only() {
    let context = connected();
    let parts = [
        nm("/connectivityConfigurations/mesh"),
        nm("/networkGroups/all"),
        nm(""),
    ];
    for path in &parts {
        let (status, body) = admin(&context, Method::DELETE, path).json();
        assert_eq!(status, 400, "{path}");
        let message = body["error"]["message"].to_string();
        assert!(message.contains("japaneast, japanwest"), "{message}");
    }
    assert!(reached(&context));
    for path in &parts {
        assert_eq!(
            deleted(&context, &format!("{path}?force=true")),
            202,
            "{path}"
        );
        assert!(!reached(&context));
        assert_eq!(admin(&context, Method::GET, path).json().0, 404);
    }
    let member = admin(&context, Method::GET, &connection()).ok();
    assert_eq!(member["properties"]["connectionState"], "Revoked");
}

#[test]
fn a_commit_is_on_its_way_until_its_operation_ends() {
    let context = connected();
    context.operations.set_pace(Pace::AfterPolls(1));
    let none = commit(&context, &["japaneast"], &[]).reply();
    assert!(reached(&context), "what was deployed stays");
    let status = |region: &str| {
        let body = json!({"regions": [region]});
        let path = nm("/listDeploymentStatus");
        let body = admin(&context, Method::POST, &path).body(&body).ok();
        body["value"][0]["deploymentStatus"].clone()
    };
    assert_eq!(status("japaneast"), "Deploying");
    let location = header(&none, "location");
    let path = location
        .strip_prefix("https://management.azure.com")
        .unwrap();
    let path = path.split('?').next().unwrap();
    assert_eq!(admin(&context, Method::GET, path).reply().status, 202);
    assert_eq!(admin(&context, Method::GET, path).reply().status, 200);
    assert_eq!(status("japaneast"), "Deployed");
    assert!(!reached(&context));
    // Others do not learn that it exists.
    let other = by(&context, Method::GET, path, HOME, HOME_AUDITOR);
    assert_eq!(other.json().0, 404);
}

#[test]
fn commits_and_configurations_that_make_no_sense_are_refused() {
    let context = connected();
    let there = nm("/connectivityConfigurations/mesh");
    for body in [
        json!({"configurationIds": [there], "commitType": "Connectivity"}),
        json!({"targetLocations": [], "configurationIds": [there], "commitType": "Connectivity"}),
        json!({"targetLocations": ["japaneast"], "configurationIds": [there]}),
        json!({"targetLocations": ["japaneast"], "configurationIds": [there], "commitType": "Everything"}),
        json!({"targetLocations": ["japaneast"], "configurationIds": [there], "commitType": "SecurityAdmin"}),
        json!({"targetLocations": ["japaneast"], "configurationIds": [nm("/connectivityConfigurations/none")], "commitType": "Connectivity"}),
        json!({"targetLocations": ["japaneast"], "configurationIds": ["mesh"], "commitType": "Connectivity"}),
    ] {
        let asked = admin(&context, Method::POST, &nm("/commit")).body(&body);
        assert_eq!(asked.json().0, 400, "{body}");
    }
    assert!(reached(&context));
    let broken = |change: fn(&mut Value)| {
        let mut body = mesh();
        change(&mut body["properties"]);
        let asked = admin(&context, Method::PUT, &there).body(&body);
        assert_eq!(asked.json().0, 400, "{body}");
    };
    broken(|it| it["isGlobal"] = json!(true));
    broken(|it| it["connectivityTopology"] = json!("Ring"));
    broken(|it| it["connectivityTopology"] = json!("HubAndSpoke"));
    broken(|it| it["appliesToGroups"] = json!(null));
    broken(|it| it["appliesToGroups"][0]["groupConnectivity"] = json!(null));
    broken(|it| it["appliesToGroups"][0]["networkGroupId"] = json!(nm("/networkGroups/none")));
    broken(|it| it["appliesToGroups"] = json!(["all"]));
}

#[test]
fn a_foreign_hub_needs_the_other_tenants_token_and_makes_peerings() {
    let context = connected();
    let path = nm("/connectivityConfigurations/hub");
    let hub = format!("{THERE}/virtualNetworks/data");
    let body = json!({"properties": {
        "connectivityTopology": "hubandspoke",
        "hubs": [{"resourceId": hub.trim_start_matches('/'), "resourceType": "Microsoft.Network/virtualNetworks"}],
        "appliesToGroups": [{"networkGroupId": nm("/networkGroups/all"), "groupConnectivity": "none"}],
    }});
    let put = || admin(&context, Method::PUT, &path).body(&body);
    let (status, answer) = put().json();
    assert_eq!(status, 403);
    let message = answer["error"]["message"].to_string();
    assert!(
        message.contains("perform action 'Microsoft.Network/virtualNetworks/write' on scope"),
        "{message}"
    );
    let (status, answer) = with_auxiliary(&context, put(), RESOURCE_ADMIN).json();
    assert_eq!(status, 201, "{answer}");
    assert_eq!(answer["properties"]["connectivityTopology"], "HubAndSpoke");
    assert_eq!(answer["properties"]["hubs"][0]["resourceId"], json!(hub));
    commit(
        &context,
        &["japaneast", "japanwest"],
        std::slice::from_ref(&path),
    )
    .reply();
    let peerings = format!("{hub}/virtualNetworkPeerings");
    let peerings = admin(&context, Method::GET, &peerings).ok();
    assert_eq!(
        peerings["value"][0]["properties"]["peeringState"],
        "Connected"
    );
    assert!(reached(&context));
}

#[test]
fn a_management_group_is_connected_as_a_subscription_is() {
    let group = "/providers/Microsoft.Management/managementGroups/fabrikam";
    let mut world = bare();
    let body = json!({
        "id": format!("{group}/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-0000000000c1"),
        "properties": {
            "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{NETWORK_CONTRIBUTOR}"),
            "principalId": RESOURCE_ADMIN,
            "principalType": "ServicePrincipal",
        },
    });
    let body = body.as_object().unwrap().clone();
    world.resources.push(Resource { body });
    let context = mock(&world);
    step_manager(&context);
    // Official examples leave out the beginning of ids.
    let body = json!({"properties": {"tenantId": RESOURCE.to_uppercase(), "resourceId": "Microsoft.Management/managementGroups/FABRIKAM"}});
    made(&context, &nm("/scopeConnections/resource"), &body);
    let path = format!("{group}/providers/Microsoft.Network/networkManagerConnections/contoso");
    let body = json!({"properties": {"networkManagerId": nm("").trim_start_matches('/')}});
    let put = |tenant, object| by(&context, Method::PUT, &path, tenant, object).body(&body);
    assert_eq!(refused(put(HOME, HOME_ADMIN)).0, 403);
    let (status, answer) = put(RESOURCE, RESOURCE_ADMIN).json();
    assert_eq!(status, 201, "{answer}");
    assert_eq!(answer["properties"]["connectionState"], "Connected");
    step_members(&context);
    let shown = admin(&context, Method::GET, &nm("")).ok();
    let scopes = &shown["properties"]["networkManagerScopes"]["crossTenantScopes"][0];
    assert_eq!(scopes["managementGroups"].as_array().unwrap().len(), 1);
    let deleted = by(&context, Method::DELETE, &path, RESOURCE, RESOURCE_ADMIN);
    assert_eq!(deleted.reply().status, 200);
    let shown = admin(&context, Method::GET, &nm("/scopeConnections/resource")).ok();
    assert_eq!(shown["properties"]["connectionState"], "Revoked");
}

#[test]
fn objects_that_make_no_sense_are_refused() {
    let context = mock(&bare());
    step_manager(&context);
    for (path, properties) in [
        ("/scopeConnections/x", json!({"tenantId": RESOURCE})),
        ("/scopeConnections/x", json!({"resourceId": MEMBER})),
        (
            "/scopeConnections/x",
            json!({"tenantId": HOME, "resourceId": MEMBER}),
        ),
        (
            "/scopeConnections/x",
            json!({"tenantId": RESOURCE, "resourceId": format!("{NET}/virtualNetworks/home")}),
        ),
        ("/networkGroups/x", json!({"memberType": "Machine"})),
        ("/networkGroups/x", json!({"description": 1})),
        ("", json!({"networkManagerScopes": {}})),
        ("", json!({"networkManagerScopeAccesses": ["Connectivity"]})),
        (
            "",
            json!({"networkManagerScopes": {}, "networkManagerScopeAccesses": ["Everything"]}),
        ),
        (
            "",
            json!({"networkManagerScopes": {"subscriptions": ["x"]}, "networkManagerScopeAccesses": ["Connectivity"]}),
        ),
    ] {
        let body = json!({"location": "japaneast", "properties": properties});
        let (status, answer) = put(&context, &nm(path), &body);
        assert_eq!(status, 400, "{path} {body} {answer}");
    }
    let wrong = json!({"properties": {"networkManagerId": MEMBER}});
    assert_eq!(put(&context, &connection(), &wrong).0, 400);
    let nowhere = nm("/networkGroups/none/staticMembers/x");
    assert_eq!(put(&context, &nowhere, &json!({"properties": {}})).0, 404);
}

#[test]
fn what_was_done_by_requests_can_be_written_down_as_a_world() {
    let context = connected();
    assert_eq!(deleted(&context, &connection()), 200);
    let world = context.state().export(&bare());
    let text = serde_json::to_string(&world).unwrap();
    let file = xtenant_source::SourceFile::new("state.json", text);
    let read = World::parse(&file)
        .unwrap_or_else(|problems| panic!("{}", xtenant_source::render(&problems, false)));
    let again = mock(&read);
    let shown = admin(&again, Method::GET, &nm("/scopeConnections/resource")).ok();
    assert_eq!(shown["properties"]["connectionState"], "Revoked");
    let body = json!({"properties": {"networkManagerId": nm("")}});
    made(&again, &connection(), &body);
    assert!(reached(&again));
}
