//! App Service plans, and which app runs in which.

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::apps_world::{DEPLOYER, SITE, context};
use crate::services::testing::{HOME, HOME_AUDITOR, ask, get};

const GROUP: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.Web";

/// The deployer owns the home subscription.
fn owned() -> Context {
    let context = context(&[]);
    let id = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-0000000000fa";
    let body = json!({"properties": {
        "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "principalId": DEPLOYER,
    }});
    let body = body.as_object().unwrap().clone();
    context.state_mut().put_resource(id, body).unwrap();
    context
}

fn asked(context: &Context, method: Method, url: &str, body: &Value) -> (u16, Value) {
    let ask = ask(context, method, &format!("management.azure.com{url}")).body(body);
    ask.bearing(HOME, DEPLOYER, Audience::Arm).json()
}

fn send(context: &Context, method: Method, path: &str, body: &Value) -> (u16, Value) {
    asked(
        context,
        method,
        &format!("{path}?api-version=2023-12-01"),
        body,
    )
}

fn read(context: &Context, path: &str) -> Value {
    send(context, Method::GET, path, &json!({})).1
}

fn code((status, body): &(u16, Value)) -> (u16, &str) {
    (*status, body["error"]["code"].as_str().unwrap_or_default())
}

#[test]
fn an_app_of_the_world_has_a_plan_that_may_join_its_network() {
    let context = owned();
    let site = read(&context, SITE);
    assert_eq!(site["properties"]["sku"], "ElasticPremium");
    let plan = site["properties"]["serverFarmId"].as_str().unwrap();
    let plan = read(&context, plan);
    assert_eq!(plan["type"], "Microsoft.Web/serverfarms");
    assert_eq!(
        plan["sku"],
        json!({"name": "EP1", "tier": "ElasticPremium", "size": "EP1", "family": "EP", "capacity": 1})
    );
    assert_eq!(plan["properties"]["numberOfSites"], 1);
    assert_eq!(plan["properties"]["geoRegion"], "Japan East");
    let listed = read(&context, &format!("{GROUP}/serverfarms"));
    assert_eq!(listed["value"], json!([plan]));
    let apps = read(&context, &format!("{}/sites", plan["id"].as_str().unwrap()));
    assert_eq!(apps["value"], json!([site]));
}

#[test]
fn a_new_app_that_names_no_plan_gets_the_consumption_plan_of_its_region() {
    let context = owned();
    let site = |name: &str, kind: &str| {
        let body = json!({"location": "japaneast", "kind": kind, "properties": {}});
        let path = format!("{GROUP}/sites/{name}");
        let (_, made) = send(&context, Method::PUT, &path, &body);
        let plan = made["properties"]["serverFarmId"].as_str().unwrap();
        let shown = read(&context, plan);
        let name = shown["name"].as_str().unwrap().to_owned();
        (name, shown["sku"]["tier"].as_str().unwrap().to_owned())
    };
    let dynamic = |name: &str| (name.to_owned(), "Dynamic".to_owned());
    assert_eq!(site("a-windows", "functionapp"), dynamic("JapanEastPlan"));
    assert_eq!(
        site("a-linux", "functionapp,linux"),
        dynamic("JapanEastLinuxDynamicPlan")
    );
    assert_eq!(site("a-web", "app").1, "Free");
    assert_eq!(site("b-windows", "functionapp"), dynamic("JapanEastPlan"));
    let plan = read(&context, &format!("{GROUP}/serverfarms/JapanEastPlan"));
    assert_eq!(plan["properties"]["numberOfSites"], 2);
}

#[test]
fn a_plan_is_created_changed_used_and_deleted() {
    let context = owned();
    let plan = format!("{GROUP}/serverfarms/plan_1");
    let body = json!({"location": "japaneast", "kind": "linux", "sku": {"name": "b1", "tier": "Basic"}, "properties": {"reserved": true}});
    let (status, made) = send(&context, Method::PUT, &plan, &body);
    assert_eq!(
        (status, &made["sku"]["name"]),
        (200, &json!("B1")),
        "{made}"
    );
    assert_eq!(made["properties"]["maximumNumberOfWorkers"], 3);
    let plain =
        json!({"location": "japaneast", "sku": {"name": "S1"}, "properties": {"reserved": true}});
    let path = format!("{GROUP}/serverfarms/other");
    let (_, plain) = send(&context, Method::PUT, &path, &plain);
    assert_eq!(plain["kind"], "linux");
    let again = send(&context, Method::PUT, &plan, &made);
    assert_eq!(again, (200, made), "what GET answers can be put back");
    let patch = json!({"sku": {"name": "P1v3", "capacity": 2}});
    let (status, patched) = send(&context, Method::PATCH, &plan, &patch);
    assert_eq!(
        (status, &patched["sku"]["tier"]),
        (200, &json!("PremiumV3")),
        "{patched}"
    );
    let app = format!("{GROUP}/sites/planned");
    let body = json!({"location": "japaneast", "properties": {"serverFarmId": plan}});
    assert_eq!(send(&context, Method::PUT, &app, &body).0, 200);
    let shown = read(&context, &app);
    assert_eq!(
        (&shown["kind"], &shown["properties"]["reserved"]),
        (&json!("app,linux"), &json!(true)),
        "as its plan is"
    );
    let kept = json!({"location": "japaneast", "properties": {"httpsOnly": true}});
    let (_, kept) = send(&context, Method::PUT, &app, &kept);
    assert_eq!(kept["properties"]["serverFarmId"], json!(plan));
    let refused = send(&context, Method::DELETE, &plan, &json!({}));
    assert_eq!(code(&refused), (409, "Conflict"));
    let keep = format!("{app}?api-version=2023-12-01&deleteEmptyServerFarm=false");
    assert_eq!(asked(&context, Method::DELETE, &keep, &json!({})).0, 200);
    assert_eq!(send(&context, Method::GET, &plan, &json!({})).0, 200);
    assert_eq!(send(&context, Method::DELETE, &plan, &json!({})).0, 200);
    assert_eq!(send(&context, Method::DELETE, &plan, &json!({})).0, 204);
}

#[test]
fn the_last_app_takes_its_plan_along() {
    let context = owned();
    let site = read(&context, SITE);
    let plan = site["properties"]["serverFarmId"].as_str().unwrap();
    assert_eq!(send(&context, Method::DELETE, SITE, &json!({})).0, 200);
    let gone = send(&context, Method::GET, plan, &json!({}));
    assert_eq!(code(&gone), (404, "ResourceNotFound"));
}

#[test]
fn a_plan_that_makes_no_sense_is_refused_and_so_is_a_reader() {
    let context = owned();
    let plan = format!("{GROUP}/serverfarms/plan");
    let sku = |sku: Value| json!({"location": "japaneast", "sku": sku});
    for (body, expected) in [
        (json!({"location": "japaneast"}), "InvalidRequestContent"),
        (sku(json!({"name": "B9"})), "BadRequest"),
        (sku(json!({"name": "B1", "tier": "Premium"})), "BadRequest"),
        (sku(json!({"name": "B1", "capacity": 4})), "BadRequest"),
        (json!({"sku": {"name": "B1"}}), "LocationRequired"),
    ] {
        let answer = send(&context, Method::PUT, &plan, &body);
        assert_eq!(code(&answer), (400, expected), "{body}");
    }
    let body = json!({"location": "japaneast", "properties": {"serverFarmId": plan}});
    let app = format!("{GROUP}/sites/planless");
    let missing = send(&context, Method::PUT, &app, &body);
    assert_eq!(code(&missing), (404, "NotFound"));
    let url = |path: &str| format!("management.azure.com{path}?api-version=2023-12-01");
    let put = ask(&context, Method::PUT, &url(&plan)).body(&sku(json!({"name": "B1"})));
    let put = put.bearing(HOME, HOME_AUDITOR, Audience::Arm).json();
    assert_eq!(code(&put), (403, "AuthorizationFailed"));
    let xml = ask(&context, Method::POST, &url(&format!("{SITE}/publishxml")));
    let xml = xml.bearing(HOME, HOME_AUDITOR, Audience::Arm).json();
    assert_eq!(code(&xml), (403, "AuthorizationFailed"));
    let foreign = get(&context, &url(&plan)).reply();
    assert_eq!(foreign.status, 401);
}

#[test]
fn profiles_tell_addresses_and_no_password() {
    let context = owned();
    let url = format!("management.azure.com{SITE}/publishxml?api-version=2023-12-01");
    let reply = ask(&context, Method::POST, &url)
        .bearing(HOME, DEPLOYER, Audience::Arm)
        .reply();
    let text = String::from_utf8(reply.body.to_vec()).unwrap();
    assert!(text.contains(r#"publishMethod="FTP""#), "{text}");
    assert!(text.contains("func-orders.scm.azurewebsites.net:443"));
    assert_eq!(text.matches(r#"userPWD="REDACTED""#).count(), 3);
}
