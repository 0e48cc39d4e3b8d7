//! Laws of writing roles and role assignments.

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::testing::{
    HOME, HOME_AUDITOR, HOME_WRITER, IDENTITY, RESOURCE, VAULT, WORKLOAD, ask, changed, writable,
    write,
};
use crate::world::{Group, ManagementGroup, Resource};

const SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
const GROUP: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const NAME: &str = "0b000000-0000-4000-8000-00000000aa01";
const ROLE: &str = "0d000000-0000-4000-8000-00000000aa01";

fn role_id(role: &str) -> String {
    format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}")
}

fn wanted(role: &str, principal: &str) -> Value {
    json!({"properties": {"roleDefinitionId": role_id(role), "principalId": principal}})
}

fn at(scope: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}")
}

fn put(context: &Context, path: &str, body: &Value) -> (u16, Value) {
    write(context, Method::PUT, path).body(body).json()
}

fn code((status, body): &(u16, Value)) -> (u16, &str) {
    (*status, body["error"]["code"].as_str().unwrap_or_default())
}

fn sees_the_network(context: &Context) -> u16 {
    let url = format!(
        "management.azure.com{GROUP}/providers/Microsoft.Network/virtualNetworks/home?api-version=2024-01-01"
    );
    let ask = ask(context, Method::GET, &url);
    ask.bearing(HOME, IDENTITY, Audience::Arm).json().0
}

#[test]
fn what_is_assigned_counts_at_the_next_call_and_what_is_deleted_no_more() {
    let context = writable();
    assert_eq!(sees_the_network(&context), 403);
    let path = at(
        &GROUP
            .to_uppercase()
            .replace("/SUBSCRIPTIONS", "/subscriptions"),
        NAME,
    );
    let (status, body) = put(&context, &path, &wanted(READER, IDENTITY));
    assert_eq!(status, 201, "{body}");
    let properties = &body["properties"];
    assert_eq!(body["id"], at(GROUP, NAME), "spelled as the group is");
    assert_eq!(properties["principalType"], "ServicePrincipal");
    assert_eq!(properties["scope"], GROUP);
    assert_eq!(properties["createdBy"], HOME_WRITER);
    assert_eq!(sees_the_network(&context), 200);
    let (status, gone) = write(&context, Method::DELETE, &path).json();
    assert_eq!((status, &gone["name"]), (200, &json!(NAME)));
    assert_eq!(sees_the_network(&context), 403);
    assert_eq!(write(&context, Method::DELETE, &path).json().0, 204);
}

#[test]
fn principals_roles_and_names_must_be_right() {
    let context = writable();
    let unknown = "99999999-9999-4999-8999-999999999999";
    let typed = |principal: &str, kind: &str| {
        let mut body = wanted(READER, principal);
        body["properties"]["principalType"] = json!(kind);
        body
    };
    let bare = json!({"properties": {"roleDefinitionId": READER, "principalId": IDENTITY}});
    let path = at(SUBSCRIPTION, NAME);
    for (path, body, expected) in [
        (
            at(SUBSCRIPTION, "x"),
            wanted(READER, IDENTITY),
            "InvalidRoleAssignmentId",
        ),
        (path.clone(), bare, "BadRequestFormat"),
        (path.clone(), json!({}), "BadRequestFormat"),
        (
            path.clone(),
            wanted(unknown, IDENTITY),
            "RoleDefinitionDoesNotExist",
        ),
        (path.clone(), wanted(READER, "orders"), "InvalidPrincipalId"),
        (path.clone(), wanted(READER, unknown), "PrincipalNotFound"),
        (path.clone(), wanted(READER, WORKLOAD), "PrincipalNotFound"),
        (
            path.clone(),
            typed(WORKLOAD, "ServicePrincipal"),
            "PrincipalNotFound",
        ),
        // The application's id and the id of its object are not the service principal's (PITFALLS C22).
        (
            path.clone(),
            wanted(READER, "cccccccc-cccc-cccc-cccc-cccccccccccc"),
            "PrincipalNotFound",
        ),
        (
            path.clone(),
            typed(unknown, "ForeignGroup"),
            "PrincipalNotFound",
        ),
        (
            path.clone(),
            typed(IDENTITY, "User"),
            "UnmatchedPrincipalType",
        ),
        (
            path.clone(),
            typed(IDENTITY, "Robot"),
            "InvalidRequestContent",
        ),
    ] {
        let answer = put(&context, &path, &body);
        assert_eq!(code(&answer), (400, expected), "{path} {body} {}", answer.1);
    }
    let nowhere = format!("{SUBSCRIPTION}/resourceGroups/nowhere");
    let answer = put(&context, &at(&nowhere, NAME), &wanted(READER, IDENTITY));
    assert_eq!(code(&answer), (404, "ResourceGroupNotFound"));
    let missing = format!("{GROUP}/providers/Microsoft.Network/virtualNetworks/nothing/subnets/x");
    let answer = put(&context, &at(&missing, NAME), &wanted(READER, IDENTITY));
    assert_eq!(code(&answer), (404, "ResourceNotFound"));
    let not_replicated_yet = put(&context, &path, &typed(unknown, "ServicePrincipal"));
    assert_eq!(not_replicated_yet.0, 201);
}

#[test]
fn an_assignment_is_there_once_and_stays_what_it_is() {
    let context = writable();
    let path = at(GROUP, NAME);
    assert_eq!(put(&context, &path, &wanted(READER, IDENTITY)).0, 201);
    let mut again = wanted(READER, IDENTITY);
    again["properties"]["description"] = json!("for the drill");
    let (status, body) = put(&context, &path, &again);
    assert_eq!(
        (status, &body["properties"]["description"]),
        (200, &json!("for the drill"))
    );
    let twin = put(
        &context,
        &at(GROUP, &NAME.replace("aa01", "aa02")),
        &wanted(READER, IDENTITY),
    );
    assert_eq!(code(&twin), (409, "RoleAssignmentExists"));
    let message = twin.1["error"]["message"].to_string();
    assert!(
        message.contains("0b00000000004000800000000000aa01"),
        "{message}"
    );
    let other = put(&context, &path, &wanted(READER, HOME_AUDITOR));
    assert_eq!(code(&other), (400, "RoleAssignmentUpdateNotPermitted"));
    let moved = put(&context, &at(SUBSCRIPTION, NAME), &wanted(READER, IDENTITY));
    assert_eq!(code(&moved), (400, "RoleAssignmentUpdateNotPermitted"));
}

#[test]
fn conditions_are_read_before_they_are_kept() {
    let context = writable();
    let blob_reader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
    let with = |condition: &str, version: Value| {
        let mut body = wanted(blob_reader, IDENTITY);
        body["properties"]["condition"] = json!(condition);
        body["properties"]["conditionVersion"] = version;
        body
    };
    let good = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'orders'";
    let path = at(GROUP, NAME);
    for body in [with(good, json!("1.0")), with("nonsense (", json!("2.0"))] {
        assert_eq!(
            code(&put(&context, &path, &body)),
            (400, "InvalidCondition"),
            "{body}"
        );
    }
    let (status, body) = put(&context, &path, &with(good, Value::Null));
    assert_eq!(status, 201, "{body}");
    assert_eq!(body["properties"]["conditionVersion"], "2.0");
}

#[test]
fn a_reader_assigns_nothing_and_a_foreign_owner_neither() {
    let context = writable();
    let url = format!(
        "management.azure.com{}?api-version=2022-04-01",
        at(GROUP, NAME)
    );
    let send = |tenant: &str, object: &str| {
        let ask = ask(&context, Method::PUT, &url).body(&wanted(READER, IDENTITY));
        ask.bearing(tenant, object, Audience::Arm).json()
    };
    assert_eq!(
        code(&send(HOME, HOME_AUDITOR)),
        (403, "AuthorizationFailed")
    );
    assert_eq!(code(&send(RESOURCE, WORKLOAD)).0, 401);
    let secret = at(&format!("{VAULT}/secrets/TEST-SECRET-001"), NAME);
    let url = format!("management.azure.com{secret}?api-version=2022-04-01");
    let body = json!({"properties": {
        "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6",
        "principalId": WORKLOAD,
    }});
    let ask = ask(&context, Method::PUT, &url).body(&body);
    let (status, body) = ask.bearing(RESOURCE, WORKLOAD, Audience::Arm).json();
    assert_eq!(status, 201, "a secret is a scope: {body}");
}

fn role(name: &str, scopes: &[&str], actions: &[&str]) -> Value {
    json!({"properties": {
        "roleName": name,
        "description": "of the tests",
        "type": "CustomRole",
        "assignableScopes": scopes,
        "permissions": [{"actions": actions, "notActions": [], "dataActions": [], "notDataActions": []}],
    }})
}

#[test]
fn a_custom_role_lives_from_its_definition_to_its_deletion() {
    let context = writable();
    let vnets = role(
        "Network Viewer",
        &[GROUP],
        &["Microsoft.Network/virtualNetworks/*/read"],
    );
    let path = format!("{GROUP}/providers/Microsoft.Authorization/roleDefinitions/{ROLE}");
    let (status, body) = put(&context, &path, &vnets);
    assert_eq!(status, 201, "{body}");
    assert_eq!(body["id"], role_id(ROLE));
    assert_eq!(body["properties"]["createdBy"], HOME_WRITER);
    let outside = put(&context, &at(SUBSCRIPTION, NAME), &wanted(ROLE, IDENTITY));
    assert_eq!(code(&outside), (400, "RoleDefinitionDoesNotExist"));
    assert_eq!(
        put(&context, &at(GROUP, NAME), &wanted(ROLE, IDENTITY)).0,
        201
    );
    assert_eq!(sees_the_network(&context), 200);
    let blocked = write(&context, Method::DELETE, &path).json();
    assert_eq!(code(&blocked), (400, "RoleDefinitionHasAssignments"));
    let narrow = role(
        "Network Viewer",
        &[GROUP],
        &["Microsoft.Network/privateEndpoints/read"],
    );
    assert_eq!(put(&context, &path, &narrow).0, 201, "an update is 201 too");
    assert_eq!(sees_the_network(&context), 403);
    assert_eq!(
        write(&context, Method::DELETE, &at(GROUP, NAME)).json().0,
        200
    );
    assert_eq!(write(&context, Method::DELETE, &path).json().0, 200);
    assert_eq!(write(&context, Method::DELETE, &path).json().0, 204);
    assert_eq!(write(&context, Method::GET, &path).json().0, 404);
}

#[test]
fn roles_that_make_no_sense_are_refused() {
    let context = writable();
    let foreign = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
    let path = role_id(ROLE);
    let read = &["*/read"];
    put(
        &context,
        &role_id(&ROLE.replace("aa01", "aa02")),
        &role("Taken", &[SUBSCRIPTION], read),
    );
    let mut data = role("x", &[SUBSCRIPTION], read);
    data["properties"]["permissions"][0]["dataActions"] = json!(["no action"]);
    for (path, body, expected) in [
        (
            role_id("x"),
            role("x", &[SUBSCRIPTION], read),
            (400, "InvalidRoleDefinitionId"),
        ),
        (
            role_id(READER),
            role("x", &[SUBSCRIPTION], read),
            (400, "BuiltInRoleUpdateNotPermitted"),
        ),
        (
            path.clone(),
            role("", &[SUBSCRIPTION], read),
            (400, "InvalidRequestContent"),
        ),
        (
            path.clone(),
            role("x", &[], read),
            (400, "InvalidRequestContent"),
        ),
        (
            path.clone(),
            role("x", &["/"], read),
            (400, "LinkedInvalidPropertyId"),
        ),
        (
            path.clone(),
            role("x", &[foreign], read),
            (403, "LinkedAuthorizationFailed"),
        ),
        (
            path.clone(),
            role("x", &[SUBSCRIPTION], &["read"]),
            (400, "InvalidActionOrNotAction"),
        ),
        (
            path.clone(),
            data,
            (400, "InvalidDataActionOrNotDataAction"),
        ),
        (
            path.clone(),
            role("taken", &[SUBSCRIPTION], read),
            (409, "RoleDefinitionWithSameNameExists"),
        ),
        (
            path.clone(),
            role("reader", &[SUBSCRIPTION], read),
            (409, "RoleDefinitionWithSameNameExists"),
        ),
    ] {
        let answer = put(&context, &path, &body);
        assert_eq!(code(&answer), expected, "{path} {body} {}", answer.1);
    }
}

#[test]
fn roles_are_found_by_kind_name_and_place() {
    let context = writable();
    let path = format!("{GROUP}/providers/Microsoft.Authorization/roleDefinitions/{ROLE}");
    put(
        &context,
        &path,
        &role("Read and 'look'", &[GROUP], &["*/read"]),
    );
    let list = |scope: &str, filter: &str| {
        let path =
            format!("{scope}/providers/Microsoft.Authorization/roleDefinitions?$filter={filter}");
        let body = write(&context, Method::GET, &path).ok();
        body["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(list(GROUP, "type eq 'CustomRole'"), [ROLE]);
    assert_eq!(list(SUBSCRIPTION, "type eq 'CustomRole'"), [""; 0]);
    assert_eq!(
        list(SUBSCRIPTION, "atScopeAndBelow() and type eq 'CustomRole'"),
        [ROLE]
    );
    assert_eq!(list(GROUP, "roleName eq 'read and ''look'''"), [ROLE]);
    assert_eq!(list(SUBSCRIPTION, "roleName eq 'Reader'"), [READER]);
}

#[test]
fn a_caller_is_told_what_it_may_do() {
    let context = writable();
    let path = format!("{GROUP}/providers/Microsoft.Authorization/permissions");
    let body = write(&context, Method::GET, &path).ok();
    assert_eq!(body["value"][0]["actions"], json!(["*"]));
    let other = format!("management.azure.com{path}?api-version=2022-04-01");
    let other = ask(&context, Method::GET, &other).bearing(HOME, HOME_AUDITOR, Audience::Arm);
    assert_eq!(other.ok()["value"][0]["actions"], json!(["*/read"]));
}

#[test]
fn assignments_and_roles_at_a_management_group_reach_its_subscriptions() {
    let owner = |scope: &str| {
        json!({"id": at(scope, "0b000000-0000-4000-8000-0000000000fe"), "properties": {
            "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
            "principalId": HOME_WRITER,
        }})
    };
    let team = "0e000000-0000-4000-8000-00000000aa01";
    let root = ManagementGroup::id_of("root");
    let context = changed(|world| {
        let home = world.tenants.get_mut("home").unwrap();
        home.management_groups.push(ManagementGroup {
            name: "root".to_owned(),
            display_name: None,
            parent: None,
            subscriptions: vec!["aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa".to_owned()],
        });
        home.groups.push(Group {
            id: team.to_owned(),
            display_name: "team".to_owned(),
            members: vec![IDENTITY.to_owned()],
            security_enabled: true,
        });
        world.resources.push(Resource {
            body: owner(&root).as_object().unwrap().clone(),
        });
    });
    let path = format!("{root}/providers/Microsoft.Authorization/roleDefinitions/{ROLE}");
    let viewer = role("Viewer", &[&root], &["*/read"]);
    let (status, body) = put(&context, &path, &viewer);
    assert_eq!(status, 201, "{body}");
    let mut assign = wanted(ROLE, team);
    assign["properties"]["roleDefinitionId"] = json!(path);
    let (status, body) = put(&context, &at(&root, NAME), &assign);
    assert_eq!(status, 201, "{body}");
    assert_eq!(body["properties"]["principalType"], "Group");
    assert_eq!(sees_the_network(&context), 200);
    let nowhere = ManagementGroup::id_of("nowhere");
    assert_eq!(put(&context, &at(&nowhere, NAME), &assign).0, 403);
}

#[test]
fn deny_assignments_are_listed_where_they_count() {
    let id = format!("{GROUP}/providers/Microsoft.Authorization/denyAssignments/{NAME}");
    let context = changed(|world| {
        let body = json!({"id": id, "properties": {
            "denyAssignmentName": "frozen",
            "principals": [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}],
            "permissions": [{"actions": ["*/delete"]}],
        }});
        world.resources.push(Resource {
            body: body.as_object().unwrap().clone(),
        });
    });
    let get = |path: &str| {
        let mark = if path.contains('?') { '&' } else { '?' };
        let url = format!("management.azure.com{path}{mark}api-version=2022-04-01");
        ask(&context, Method::GET, &url)
            .bearing(HOME, HOME_AUDITOR, Audience::Arm)
            .ok()
    };
    let count = |scope: &str, filter: &str| {
        let path = format!("{scope}/providers/Microsoft.Authorization/denyAssignments{filter}");
        get(&path)["value"].as_array().unwrap().len()
    };
    assert_eq!(count(SUBSCRIPTION, ""), 1);
    assert_eq!(count(SUBSCRIPTION, "?$filter=atScope()"), 0);
    assert_eq!(count(GROUP, "?$filter=atScope()"), 1);
    assert_eq!(get(&id)["properties"]["denyAssignmentName"], "frozen");
}
