//! Applications and service principals: made, changed, deleted, owned.

use super::*;
use crate::services::testing::token;

const WRITER: &[&str] = &["Application.ReadWrite.All"];

fn application(context: &Context, body: &Value) -> Value {
    let (status, body) = post(context, "applications", body);
    assert_eq!(status, 201, "{body}");
    body
}

#[test]
fn an_application_is_made_changed_and_deleted() {
    let context = permitted(WRITER);
    let made = application(
        &context,
        &json!({"@odata.type": "#microsoft.graph.application", "displayName": "new", "tags": ["a"], "web": {"redirectUris": ["https://x"]}}),
    );
    assert_eq!(made["signInAudience"], "AzureADMyOrg");
    assert!(made["createdDateTime"].is_string() && made["appId"] != made["id"]);
    let path = format!("applications/{}", made["id"].as_str().unwrap());
    let change = json!({"displayName": "newer", "signInAudience": "AzureADMultipleOrgs", "identifierUris": ["api://new"], "notes": "n", "tags": null});
    assert_eq!(patch(&context, &path, &change).0, 204);
    let (_, body) = home(&context, &path);
    assert_eq!(body["displayName"], "newer");
    assert_eq!(
        (&body["notes"], &body["tags"], &body["web"]["redirectUris"]),
        (&json!("n"), &json!([]), &json!(["https://x"]))
    );
    assert_eq!(delete(&context, &path).0, 204);
    assert_eq!(home(&context, &path).0, 404);
    for cast in ["microsoft.graph.application", "graph.application"] {
        let (_, body) = home(&context, &format!("directory/deletedItems/{cast}"));
        assert!(body["value"][0]["deletedDateTime"].is_string());
    }
    let id = made["id"].as_str().unwrap();
    let restore = format!("directory/deletedItems/{id}/restore");
    assert_eq!(post(&context, &restore, &json!({})).0, 200);
    assert_eq!(home(&context, &path).1["displayName"], "newer");
    assert_eq!(post(&context, &restore, &json!({})).0, 404);
}

#[test]
fn what_an_application_may_not_be_is_refused() {
    let context = permitted(WRITER);
    application(
        &context,
        &json!({"displayName": "x", "identifierUris": ["api://x"]}),
    );
    for body in [
        json!({}),
        json!({"displayName": ""}),
        json!({"displayName": 1}),
        json!({"displayName": "x".repeat(257)}),
        json!({"displayName": "y", "appId": APP}),
        json!({"displayName": "y", "nonsense": 1}),
        json!({"displayName": "y", "signInAudience": "Everybody"}),
        json!({"displayName": "y", "identifierUris": ["API://X"]}),
        json!({"displayName": "y", "identifierUris": ["nothing"]}),
        json!({"displayName": "y", "passwordCredentials": [{"secretText": "mine"}]}),
        json!({"displayName": "y", "keyCredentials": [{"type": "AsymmetricX509Cert", "usage": "Verify", "key": "eA=="}]}),
        json!({"displayName": "y", "owners@odata.bind": ["https://graph.microsoft.com/v1.0/users/nobody"]}),
    ] {
        let (status, answer) = post(&context, "applications", &body);
        assert!(matches!(status, 400 | 404), "{body}: {answer}");
    }
    let (status, body) = ask(
        &context,
        Method::POST,
        "graph.microsoft.com/v1.0/applications",
    )
    .bearing(HOME, HOME_AUDITOR, Audience::Graph)
    .json();
    assert_eq!(
        (status, body["error"]["code"].as_str()),
        (400, Some("BadRequest"))
    );
}

#[test]
fn a_reader_writes_nothing() {
    let context = example();
    let object = json!({"displayName": "x"});
    let principal = format!("servicePrincipals/{HOME_AUDITOR}");
    for answer in [
        post(&context, "applications", &object),
        post(&context, "servicePrincipals", &json!({"appId": APP})),
        post(&context, "groups", &object),
        patch(&context, &format!("applications/{APP_OBJECT}"), &object),
        delete(&context, &format!("applications/{APP_OBJECT}")),
        delete(&context, "applications/nothing"),
        patch(&context, &principal, &json!({"accountEnabled": false})),
        delete(&context, &principal),
        post(
            &context,
            &format!("applications/{APP_OBJECT}/addPassword"),
            &json!({}),
        ),
        post(&context, &format!("{principal}/addPassword"), &json!({})),
        post(
            &context,
            &format!("applications/{APP_OBJECT}/federatedIdentityCredentials"),
            &object,
        ),
    ] {
        assert_eq!(code(&answer), (403, "Authorization_RequestDenied"));
    }
}

#[test]
fn a_unique_name_makes_once_and_changes_then() {
    let context = permitted(WRITER);
    let url = "graph.microsoft.com/v1.0/applications(uniqueName='orders-2')";
    let upsert = |prefer: &str| {
        ask(&context, Method::PATCH, url)
            .with("prefer", prefer)
            .body(&json!({"displayName": "orders 2"}))
            .bearing(HOME, HOME_AUDITOR, Audience::Graph)
            .json()
    };
    assert_eq!(upsert("none").0, 404);
    assert_eq!(upsert("create-if-missing").0, 201);
    assert_eq!(upsert("create-if-missing").0, 204);
    let (_, body) = home(&context, "applications(uniqueName='Orders-2')");
    assert_eq!(body["uniqueName"], "orders-2");
    let (_, body) = home(
        &context,
        "applications?$filter=uniqueName%20eq%20'orders-2'",
    );
    assert_eq!(body["value"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_service_principal_comes_once_and_only_where_its_application_may_go() {
    let context = permitted(WRITER);
    let single = application(&context, &json!({"displayName": "single"}));
    let multi = application(
        &context,
        &json!({"displayName": "multi", "signInAudience": "AzureADMultipleOrgs"}),
    );
    let single = json!({"appId": single["appId"]});
    let multi = json!({"appId": multi["appId"]});
    let (status, body) = post(&context, "servicePrincipals", &single);
    assert_eq!(
        (status, &body["appOwnerOrganizationId"]),
        (201, &json!(HOME))
    );
    let again = post(&context, "servicePrincipals", &single);
    assert_eq!(
        code(&again),
        (409, "Request_MultipleObjectsWithSameKeyValue")
    );
    let unknown = post(&context, "servicePrincipals", &json!({"appId": HOME}));
    assert_eq!(code(&unknown), (400, "Request_BadRequest"));
    assert_eq!(
        unknown.1["error"]["details"][0]["code"],
        "NoBackingApplicationObject"
    );
    assert_eq!(post(&context, "servicePrincipals", &json!({})).0, 400);

    let abroad = |body: &Value| {
        let url = "graph.microsoft.com/v1.0/servicePrincipals";
        ask(&context, Method::POST, url)
            .body(body)
            .bearing(RESOURCE, RESOURCE_AUDITOR, Audience::Graph)
            .json()
    };
    assert_eq!(abroad(&multi).0, 403, "the resource auditor only reads");
    let mut state = context.state_mut();
    state
        .directory
        .change_service_principal(RESOURCE, RESOURCE_AUDITOR, |it, _| {
            it.graph_permissions = vec!["Application.ReadWrite.All".to_owned()];
        });
    drop(state);
    assert_eq!(
        code(&abroad(&single)).0,
        400,
        "a single-tenant application stays at home"
    );
    let (status, body) = abroad(&multi);
    assert_eq!(
        (status, &body["appOwnerOrganizationId"]),
        (201, &json!(HOME))
    );
}

#[test]
fn a_disabled_or_deleted_principal_ends_its_tokens_at_once() {
    let context = permitted(WRITER);
    let path = format!("servicePrincipals/{HOME_AUDITOR}");
    let own = token(&context, HOME, HOME_AUDITOR, Audience::Graph);
    let look = || {
        get(&context, &format!("graph.microsoft.com/v1.0/{path}"))
            .with("authorization", &format!("Bearer {own}"))
            .json()
            .0
    };
    assert_eq!(look(), 200);
    assert_eq!(
        patch(&context, &path, &json!({"accountEnabled": null})).0,
        400
    );
    assert_eq!(
        patch(&context, &path, &json!({"accountEnabled": false})).0,
        204
    );
    assert_eq!(look(), 401);
    let mut state = context.state_mut();
    state
        .directory
        .change_service_principal(HOME, HOME_AUDITOR, |it, _| it.account_enabled = true);
    drop(state);
    assert_eq!(look(), 200);
    assert_eq!(delete(&context, &path).0, 204);
    assert_eq!(look(), 401);
}

#[test]
fn the_principal_of_a_managed_identity_is_disabled_but_not_deleted() {
    let context = permitted(WRITER);
    let path = "servicePrincipals/eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee";
    assert_eq!(delete(&context, path).0, 400);
    assert_eq!(
        post(&context, &format!("{path}/addPassword"), &json!({})).0,
        400
    );
    assert_eq!(
        patch(&context, path, &json!({"accountEnabled": false})).0,
        204
    );
    assert_eq!(home(&context, path).1["accountEnabled"], false);
}

#[test]
fn owned_by_writes_what_it_owns_and_nothing_else() {
    let context = permitted(&["Application.ReadWrite.OwnedBy"]);
    let made = application(&context, &json!({"displayName": "mine"}));
    let path = format!("applications/{}", made["id"].as_str().unwrap());
    let (_, body) = home(&context, &format!("{path}/owners"));
    assert_eq!(body["value"][0]["id"], HOME_AUDITOR);
    assert_eq!(patch(&context, &path, &json!({"notes": "x"})).0, 204);
    let other = format!("applications/{APP_OBJECT}");
    assert_eq!(
        code(&patch(&context, &other, &json!({"notes": "x"}))).0,
        403
    );
    let own = json!({"appId": made["appId"]});
    assert_eq!(post(&context, "servicePrincipals", &own).0, 201);
    let refused = post(&context, "servicePrincipals", &json!({"appId": APP}));
    let text = refused.1["error"]["message"].as_str().unwrap();
    assert!(refused.0 == 403 && text.contains("local tenant"), "{text}");

    let link = |id: &str| json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}")});
    let owners = format!("{path}/owners/$ref");
    assert_eq!(
        post(&context, &owners, &link(HOME_AUDITOR)).0,
        400,
        "owns it already"
    );
    assert_eq!(post(&context, &owners, &link("nobody")).0, 404);
    let second = "05000000-0000-4000-8000-000000000001";
    assert_eq!(post(&context, &owners, &link(second)).0, 204);
    let own = format!("{path}/owners/{HOME_AUDITOR}/$ref");
    assert_eq!(delete(&context, &own).0, 204);
    assert_eq!(code(&delete(&context, &own)).0, 403, "no owner any longer");
}
