//! User-assigned identities and their federated credentials, written and read by requests.

use http::Method;
use serde_json::{Value, json};

use crate::context::Context;
use crate::services::testing::{HOME, writable, write};

const IDENTITIES: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.ManagedIdentity/userAssignedIdentities";

fn put(context: &Context, path: &str, body: &Value) -> (u16, Value) {
    write(context, Method::PUT, path).body(body).json()
}

#[test]
fn an_identity_brings_its_service_principal_and_takes_it_away() {
    let context = writable();
    let path = format!("{IDENTITIES}/new-one");
    let body =
        json!({"location": "japaneast", "tags": {"a": "b"}, "properties": {"clientId": "mine"}});
    let (status, created) = put(&context, &path, &body);
    assert_eq!(status, 201, "{created}");
    let properties = created["properties"].clone();
    assert_eq!(properties["tenantId"], HOME);
    assert_eq!(properties.get("provisioningState"), None);
    let text = |name: &str| properties[name].as_str().unwrap().to_owned();
    let (client, principal) = (text("clientId"), text("principalId"));
    assert_ne!(client, "mine");
    let found = context
        .state()
        .service_principal(HOME, &client)
        .unwrap()
        .clone();
    assert_eq!(
        (found.id.as_str(), found.is_managed_identity()),
        (principal.as_str(), true)
    );
    let (status, again) = put(&context, &path, &json!({"location": "japaneast"}));
    assert_eq!((status, &again["properties"]), (200, &properties));
    let patched = write(&context, Method::PATCH, &path)
        .body(&json!({"tags": {"c": "d"}}))
        .ok();
    assert_eq!(
        (&patched["tags"], &patched["properties"]),
        (&json!({"c": "d"}), &properties)
    );
    assert_eq!(write(&context, Method::DELETE, &path).reply().status, 200);
    assert_eq!(write(&context, Method::DELETE, &path).reply().status, 204);
    assert!(context.state().service_principal(HOME, &client).is_none());
    let (_, reborn) = put(&context, &path, &json!({"location": "japaneast"}));
    assert_ne!(reborn["properties"]["clientId"], client.as_str());
}

#[test]
fn names_of_identities_have_rules() {
    let context = writable();
    for name in ["ab", "-abc", "a.b.c", &"x".repeat(129)] {
        let (status, body) = put(
            &context,
            &format!("{IDENTITIES}/{name}"),
            &json!({"location": "japaneast"}),
        );
        assert_eq!(
            (status, &body["error"]["code"]),
            (400, &json!("InvalidResourceName")),
            "{name}"
        );
    }
}

fn credential(issuer: &str, subject: &str) -> Value {
    json!({"properties": {"issuer": issuer, "subject": subject, "audiences": ["api://AzureADTokenExchange"]}})
}

#[test]
fn federated_credentials_are_unique_few_and_complete() {
    let context = writable();
    let of = |name: &str| format!("{IDENTITIES}/orders/federatedIdentityCredentials/{name}");
    let (status, created) = put(&context, &of("first"), &credential("https://issuer", "s"));
    assert_eq!(status, 201, "{created}");
    assert_eq!(
        created["type"],
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
    );
    assert_eq!(
        created["properties"],
        credential("https://issuer", "s")["properties"]
    );
    assert_eq!(
        put(&context, &of("first"), &credential("https://issuer", "s")).0,
        200
    );
    let (status, twin) = put(&context, &of("second"), &credential("https://issuer", "s"));
    assert_eq!(
        (status, &twin["error"]["message"]),
        (
            409,
            &json!("Issuer and subject combination already exists for this Managed Identity.")
        )
    );
    assert_eq!(
        put(&context, &of("second"), &credential("https://issuer", "S")).0,
        201
    );
    let mut two = credential("https://issuer", "t");
    two["properties"]["audiences"] = json!(["a", "b"]);
    for body in [
        json!({}),
        credential("", "t"),
        credential("http://issuer", "t"),
        credential("https://issuer", &"s".repeat(601)),
        json!({"properties": {"issuer": 1, "subject": "t", "audiences": ["a"]}}),
        json!({"properties": {"issuer": "https://i", "subject": "t", "audiences": "a"}}),
        two,
    ] {
        assert_eq!(put(&context, &of("third"), &body).0, 400, "{body}");
    }
    for index in 2..20 {
        let body = credential("https://other", &format!("{index}"));
        assert_eq!(put(&context, &of(&format!("more-{index}")), &body).0, 201);
    }
    let list = format!("{IDENTITIES}/orders/federatedIdentityCredentials");
    let list = write(&context, Method::GET, &list).ok();
    assert_eq!(list["value"].as_array().unwrap().len(), 20);
    assert_eq!(
        put(
            &context,
            &of("one-more"),
            &credential("https://other", "more")
        )
        .0,
        409
    );
    assert_eq!(
        write(&context, Method::DELETE, &of("first")).reply().status,
        200
    );
    assert_eq!(
        put(
            &context,
            &of("one-more"),
            &credential("https://other", "more")
        )
        .0,
        201
    );
    let orphan = format!("{IDENTITIES}/nobody/federatedIdentityCredentials/first");
    let (status, body) = put(&context, &orphan, &credential("https://issuer", "s"));
    assert_eq!(
        (status, &body["error"]["code"]),
        (404, &json!("ParentResourceNotFound"))
    );
}

#[test]
fn who_uses_an_identity_is_told_to_who_may_ask() {
    let context = writable();
    let path = format!("{IDENTITIES}/used");
    let body = json!({"location": "japaneast"});
    assert_eq!(put(&context, &path, &body).0, 201);
    let ask = |path: &str| {
        let path = format!("{path}/listAssociatedResources");
        write(&context, Method::POST, &path).json()
    };
    assert_eq!(ask(&path), (200, json!({"totalCount": 0, "value": []})));
    let site = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.Web/sites/user";
    let body = json!({"location": "japaneast", "identity": {"type": "UserAssigned", "userAssignedIdentities": {path.to_uppercase(): {}}}});
    let body = body.as_object().unwrap().clone();
    context.state_mut().put_resource(site, body).unwrap();
    let (_, found) = ask(&path);
    assert_eq!(
        (
            &found["totalCount"],
            &found["value"][0]["id"],
            &found["value"][0]["resourceGroup"]
        ),
        (&json!(1), &json!(site), &json!("app"))
    );
    assert!(found["value"][0]["subscriptionDisplayName"].is_string());
    assert_eq!(ask(&format!("{IDENTITIES}/nobody")).0, 404);
}
