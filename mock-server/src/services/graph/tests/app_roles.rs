//! App roles: Graph's permissions and those of an application, assigned and taken away.

use super::*;
use crate::directory::GRAPH;

const WRITER: &[&str] = &[
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
];
const GROUP_READ: &str = "5b567255-7703-4780-807c-7be8301ae99b";
const NO_ROLE: &str = "00000000-0000-0000-0000-000000000000";

fn graph_of_home(context: &Context) -> Value {
    home(context, &format!("servicePrincipals(appId='{GRAPH}')")).1
}

fn assignment(holder: &str, resource: &Value, role: &str) -> Value {
    json!({"principalId": holder, "resourceId": resource["id"], "appRoleId": role})
}

#[test]
fn every_tenant_has_graph_itself_with_its_permissions() {
    let context = example();
    let graph = graph_of_home(&context);
    assert_eq!(graph["displayName"], "Microsoft Graph");
    assert_eq!(
        graph["appOwnerOrganizationId"],
        "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
    );
    let roles = graph["appRoles"].as_array().unwrap();
    let found = roles.iter().find(|it| it["value"] == "Group.Read.All");
    assert_eq!(found.unwrap()["id"], GROUP_READ);
    let named = "servicePrincipals?$filter=servicePrincipalNames/any(c:c%20eq%20'https://graph.microsoft.com')";
    assert_eq!(home(&context, named).1["value"][0]["id"], graph["id"]);
    let path = format!("servicePrincipals(appId='{GRAPH}')");
    let abroad = read(&context, RESOURCE, RESOURCE_AUDITOR, &path).1;
    assert!(abroad["id"].is_string() && abroad["id"] != graph["id"]);
    let context = permitted(WRITER);
    assert_eq!(delete(&context, &path).0, 400, "it is Microsoft's own");
}

#[test]
fn a_permission_is_assigned_works_and_is_taken_away() {
    let context = permitted(WRITER);
    let graph = graph_of_home(&context);
    let held = format!("servicePrincipals/{HOME_AUDITOR}/appRoleAssignments");
    let before = home(&context, &held).1["value"].as_array().unwrap().len();
    assert_eq!(before, WRITER.len());
    assert_eq!(home(&context, "groups").0, 403);
    let body = assignment(HOME_AUDITOR, &graph, GROUP_READ);
    let (status, made) = post(&context, &held, &body);
    assert_eq!(status, 201, "{made}");
    assert_eq!(
        (&made["resourceDisplayName"], &made["principalType"]),
        (&json!("Microsoft Graph"), &json!("ServicePrincipal"))
    );
    assert_eq!(home(&context, "groups").0, 200, "the next token has it");
    let again = post(&context, &held, &body);
    assert_eq!(code(&again), (400, "Request_BadRequest"));
    let id = made["id"].as_str().unwrap();
    let given = format!("servicePrincipals(appId='{GRAPH}')/appRoleAssignedTo");
    let filtered = format!("{given}?$filter=principalId%20eq%20{HOME_AUDITOR}");
    let found = home(&context, &filtered).1["value"].clone();
    assert!(found.as_array().unwrap().iter().any(|it| it["id"] == id));
    assert_eq!(home(&context, &format!("{held}/{id}")).1["id"], id);
    assert_eq!(delete(&context, &format!("{given}/{id}")).0, 204);
    assert_eq!(delete(&context, &format!("{held}/{id}")).0, 404);
    assert_eq!(home(&context, "groups").0, 403);
}

#[test]
fn a_role_of_an_application_stands_in_the_tokens_for_it() {
    let context = permitted(WRITER);
    let role = "0f000000-0000-4000-8000-000000000001";
    let declared = json!({
        "identifierUris": ["api://orders"],
        "appRoles": [{"id": role, "value": "Orders.Read", "displayName": "r", "description": "r",
            "isEnabled": true, "allowedMemberTypes": ["Application"]}],
    });
    assert_eq!(
        patch(&context, &format!("applications/{APP_OBJECT}"), &declared).0,
        204
    );
    let resource = home(&context, &format!("servicePrincipals(appId='{APP}')")).1;
    assert_eq!(resource["appRoles"][0]["value"], "Orders.Read");
    let path = format!(
        "servicePrincipals/{}/appRoleAssignedTo",
        resource["id"].as_str().unwrap()
    );
    let refused = post(
        &context,
        &path,
        &assignment(HOME_AUDITOR, &resource, NO_ROLE),
    );
    assert_eq!(code(&refused), (400, "Request_BadRequest"));
    let (status, made) = post(&context, &path, &assignment(HOME_AUDITOR, &resource, role));
    assert_eq!(status, 201, "{made}");
    let state = context.state();
    let holder = state.service_principal(HOME, HOME_AUDITOR).unwrap();
    let roles = crate::services::graph::roles_for(&state, HOME, holder, APP);
    assert_eq!(roles, ["Orders.Read"]);
}

#[test]
fn what_cannot_be_assigned_and_who_may_not_is_refused() {
    let context = permitted(WRITER);
    let graph = graph_of_home(&context);
    let held = format!("servicePrincipals/{HOME_AUDITOR}/appRoleAssignments");
    for (body, status) in [
        (json!({}), 400),
        (assignment("nothing", &graph, GROUP_READ), 400),
        (assignment(WORKLOAD, &graph, GROUP_READ), 400),
        (assignment(HOME_AUDITOR, &graph, NO_ROLE), 400),
        (assignment(HOME_AUDITOR, &graph, WORKLOAD), 400),
        (
            assignment(HOME_AUDITOR, &json!({"id": NO_ROLE}), GROUP_READ),
            404,
        ),
    ] {
        assert_eq!(post(&context, &held, &body).0, status, "{body}");
    }
    for without in [
        &["Application.ReadWrite.All"][..],
        &["AppRoleAssignment.ReadWrite.All"],
    ] {
        let context = permitted(without);
        let body = assignment(HOME_AUDITOR, &graph, GROUP_READ);
        let refused = post(&context, &held, &body);
        assert_eq!(code(&refused), (403, "Authorization_RequestDenied"));
    }
    let context = permitted(&["Application.ReadWrite.All"]);
    let path = format!("{held}/nothing");
    assert_eq!(delete(&context, &path).0, 403, "rights before existence");
}

#[test]
fn domains_and_directory_roles_are_lists_for_who_may_see_them() {
    let context = permitted(&["Directory.Read.All"]);
    let domains = home(&context, "domains").1["value"].clone();
    let name = domains[0]["id"].as_str().unwrap();
    assert_eq!(home(&context, &format!("domains/{name}")).0, 200);
    assert_eq!(home(&context, "domains/other.example").0, 404);
    assert_eq!(home(&context, "directoryRoles").1["value"], json!([]));
    let context = example();
    for path in ["domains", "directoryRoles"] {
        let refused = home(&context, path);
        assert_eq!(code(&refused), (403, "Authorization_RequestDenied"));
    }
}
