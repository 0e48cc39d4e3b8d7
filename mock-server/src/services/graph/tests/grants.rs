//! Delegated permissions: consented to for everybody, changed, taken back.

use super::*;
use crate::directory::GRAPH;

const WRITER: &[&str] = &[
    "DelegatedPermissionGrant.ReadWrite.All",
    "Application.Read.All",
];

fn grant(context: &Context, client: &str) -> Value {
    let graph = home(context, &format!("servicePrincipals(appId='{GRAPH}')")).1;
    json!({"clientId": client, "consentType": "AllPrincipals", "resourceId": graph["id"], "scope": "User.Read"})
}

#[test]
fn a_grant_is_made_found_changed_and_taken_back() {
    let context = permitted(WRITER);
    let body = grant(&context, HOME_AUDITOR);
    let (status, made) = post(&context, "oauth2PermissionGrants", &body);
    assert_eq!(
        (status, &made["scope"]),
        (201, &json!("User.Read")),
        "{made}"
    );
    let again = post(&context, "oauth2PermissionGrants", &body);
    assert_eq!(again.0, 409, "{}", again.1);
    let filtered = format!("oauth2PermissionGrants?$filter=clientId%20eq%20'{HOME_AUDITOR}'");
    assert_eq!(home(&context, &filtered).1["value"][0]["id"], made["id"]);
    let of_client = format!("servicePrincipals/{HOME_AUDITOR}/oauth2PermissionGrants");
    assert_eq!(
        home(&context, &of_client).1["value"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    let one = format!("oauth2PermissionGrants/{}", made["id"].as_str().unwrap());
    let changed = patch(&context, &one, &json!({"scope": "User.Read openid"}));
    assert_eq!(changed.0, 204, "{}", changed.1);
    assert_eq!(home(&context, &one).1["scope"], "User.Read openid");
    assert_eq!(delete(&context, &one).0, 204);
    assert_eq!(home(&context, &one).0, 404);
}

#[test]
fn a_grant_that_cannot_be_is_refused() {
    let context = permitted(WRITER);
    let good = grant(&context, HOME_AUDITOR);
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        post(&context, "oauth2PermissionGrants", &body).0
    };
    assert_eq!(
        with("clientId", json!(crate::services::testing::WORKLOAD)),
        404,
        "another tenant's"
    );
    assert_eq!(with("resourceId", json!("none")), 400);
    assert_eq!(with("consentType", json!("Some")), 400);
    assert_eq!(with("scope", Value::Null), 400);
    let reader = permitted(&["DelegatedPermissionGrant.Read.All", "Application.Read.All"]);
    let body = grant(&reader, HOME_AUDITOR);
    let refused = post(&reader, "oauth2PermissionGrants", &body);
    assert_eq!(code(&refused), (403, "Authorization_RequestDenied"));
}
