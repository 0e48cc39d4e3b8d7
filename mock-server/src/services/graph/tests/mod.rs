//! Graph's answers and refusals on the example world: reads here, and one file per kind of write.

mod app_roles;
mod batch;
mod credentials;
mod grants;
mod groups;
mod queries;
mod writes;

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::testing::{
    HOME, HOME_AUDITOR, RESOURCE, RESOURCE_AUDITOR, WORKLOAD, ask, changed, example, get,
};
use crate::world::Group;

const APP: &str = "cccccccc-cccc-cccc-cccc-cccccccccccc";
const APP_OBJECT: &str = "0c000000-0000-4000-8000-000000000001";

fn read(context: &Context, tenant: &str, object: &str, path: &str) -> (u16, Value) {
    get(context, &format!("graph.microsoft.com/v1.0/{path}"))
        .bearing(tenant, object, Audience::Graph)
        .json()
}

fn home(context: &Context, path: &str) -> (u16, Value) {
    read(context, HOME, HOME_AUDITOR, path)
}

/// The example world in which the home auditor has these permissions.
fn permitted(permissions: &[&str]) -> Context {
    changed(|world| {
        let home = world.tenants.get_mut("home").unwrap();
        let auditor = home
            .service_principals
            .iter_mut()
            .find(|it| it.id == HOME_AUDITOR);
        auditor.unwrap().graph_permissions =
            permissions.iter().map(|it| (*it).to_owned()).collect();
    })
}

/// A request of the home auditor with a body.
fn send(context: &Context, method: Method, path: &str, body: &Value) -> (u16, Value) {
    ask(context, method, &format!("graph.microsoft.com/v1.0/{path}"))
        .body(body)
        .bearing(HOME, HOME_AUDITOR, Audience::Graph)
        .json()
}

fn post(context: &Context, path: &str, body: &Value) -> (u16, Value) {
    send(context, Method::POST, path, body)
}

fn patch(context: &Context, path: &str, body: &Value) -> (u16, Value) {
    send(context, Method::PATCH, path, body)
}

fn delete(context: &Context, path: &str) -> (u16, Value) {
    send(context, Method::DELETE, path, &Value::Null)
}

fn code((status, body): &(u16, Value)) -> (u16, &str) {
    (*status, body["error"]["code"].as_str().unwrap_or_default())
}

#[test]
fn an_application_is_found_by_either_id_and_by_filter() {
    let context = example();
    for path in [
        format!("applications(appId='{APP}')"),
        format!("/applications/{APP_OBJECT}"),
    ] {
        let (status, body) = home(&context, &path);
        assert_eq!(
            (status, body["id"].as_str(), body["appId"].as_str()),
            (200, Some(APP_OBJECT), Some(APP)),
            "{path}"
        );
        assert_eq!(body["signInAudience"], "AzureADMultipleOrgs");
    }
    let (_, body) = home(
        &context,
        &format!("applications?$filter=appId%20eq%20'{APP}'&$select=id,displayName"),
    );
    assert_eq!(
        body["value"],
        json!([{"id": APP_OBJECT, "displayName": "orders"}])
    );
    let (_, body) = home(
        &context,
        &format!("applications/{APP_OBJECT}/federatedIdentityCredentials"),
    );
    assert_eq!(
        body["value"][0]["audiences"],
        json!(["api://AzureADTokenExchange"])
    );
    let (status, body) = home(
        &context,
        &format!("applications/{APP_OBJECT}/federatedIdentityCredentials/orders-identity"),
    );
    assert_eq!(
        (status, body["subject"].as_str()),
        (200, Some("eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee"))
    );
    assert_eq!(
        code(&home(&context, &format!("applications/{APP}"))).0,
        404,
        "an appId is no object id"
    );
}

#[test]
fn a_service_principal_knows_its_owner_and_audience() {
    let context = example();
    let path = format!("servicePrincipals?$filter=servicePrincipalNames/any(c:c%20eq%20'{APP}')");
    let (_, body) = read(&context, RESOURCE, RESOURCE_AUDITOR, &path);
    let found = &body["value"][0];
    assert_eq!(
        (
            found["id"].as_str(),
            found["appOwnerOrganizationId"].as_str()
        ),
        (Some(WORKLOAD), Some(HOME))
    );
    assert_eq!(
        (
            found["accountEnabled"].as_bool(),
            found["signInAudience"].as_str()
        ),
        (Some(true), Some("AzureADMultipleOrgs"))
    );
}

#[test]
fn only_the_tokens_tenant_is_visible() {
    let context = example();
    let answer = read(
        &context,
        RESOURCE,
        RESOURCE_AUDITOR,
        &format!("applications(appId='{APP}')"),
    );
    assert_eq!(code(&answer), (404, "Request_ResourceNotFound"));
}

#[test]
fn rights_come_before_existence_and_the_own_object_needs_none() {
    let context = example();
    for path in [
        "applications(appId='nothing')",
        "servicePrincipals/nothing",
        "applications",
        "groups/nothing",
    ] {
        assert_eq!(
            code(&read(&context, RESOURCE, WORKLOAD, path)),
            (403, "Authorization_RequestDenied"),
            "{path}"
        );
    }
    let (status, body) = read(
        &context,
        RESOURCE,
        WORKLOAD,
        &format!("servicePrincipals(appId='{APP}')"),
    );
    assert_eq!((status, body["id"].as_str()), (200, Some(WORKLOAD)));
    assert_eq!(
        code(&home(&context, "groups/nothing")).0,
        403,
        "Application.Read.All reads no groups"
    );
}

#[test]
fn groups_are_found_transitively() {
    let (outer, inner) = (
        "09000000-0000-4000-8000-000000000001",
        "09000000-0000-4000-8000-000000000002",
    );
    let group = |id: &str, member: &str| Group {
        id: id.to_owned(),
        display_name: id.to_owned(),
        members: vec![member.to_owned()],
        security_enabled: true,
    };
    let context = changed(|world| {
        world.tenants.get_mut("resource").unwrap().groups =
            vec![group(outer, inner), group(inner, WORKLOAD)];
    });
    let path = format!("servicePrincipals/{WORKLOAD}/transitiveMemberOf");
    let (_, body) = read(&context, RESOURCE, RESOURCE_AUDITOR, &path);
    assert_eq!(body["value"].as_array().map(Vec::len), Some(2));
    assert_eq!(body["value"][0]["@odata.type"], "#microsoft.graph.group");
    let cast = format!("{path}/microsoft.graph.group");
    assert_eq!(
        read(&context, RESOURCE, RESOURCE_AUDITOR, &cast).0,
        400,
        "an advanced query needs its header"
    );
    let url = format!("graph.microsoft.com/v1.0/{cast}?$count=true");
    let counted = get(&context, &url).with("consistencylevel", "eventual");
    assert_eq!(
        counted
            .bearing(RESOURCE, RESOURCE_AUDITOR, Audience::Graph)
            .ok()["@odata.count"],
        2
    );
    let ids = ask(
        &context,
        Method::POST,
        "graph.microsoft.com/v1.0/directoryObjects/getByIds",
    );
    let body =
        ids.body(&json!({"ids": [WORKLOAD, outer, "nothing"], "types": ["servicePrincipal"]}));
    let found = body
        .bearing(RESOURCE, RESOURCE_AUDITOR, Audience::Graph)
        .ok();
    assert_eq!(found["value"].as_array().map(Vec::len), Some(1));
}

#[test]
fn pages_follow_their_links() {
    let context = example();
    let (_, body) = home(&context, "servicePrincipals?$top=2");
    let next = body["@odata.nextLink"]
        .as_str()
        .unwrap()
        .trim_start_matches("https://graph.microsoft.com/v1.0/");
    let (_, rest) = home(&context, next);
    assert_eq!(
        (
            rest["value"].as_array().map(Vec::len),
            rest.get("@odata.nextLink")
        ),
        (Some(2), None)
    );
}
