//! References to other resources, in the own tenant and in another.

use std::time::Duration;

use super::*;
use crate::services::testing::{
    HOME, HOME_WRITER, RESOURCE, RESOURCE_AUDITOR, RESOURCE_WRITER, VAULT, token,
};

#[test]
fn a_reference_to_another_tenant_needs_a_token_of_it() {
    let context = writable();
    let body = json!({"location": "japaneast", "properties": {"vault": {"id": VAULT}}});
    let refused = put_one(&context, &body);
    assert_eq!(
        code(&refused),
        (403, "LinkedAuthorizationFailed".to_owned())
    );
    let message = body_of(&refused)["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        message,
        format!(
            "The client has permission to perform action 'Microsoft.KeyVault/vaults/read' on scope '{ONE}', however the current tenant '{HOME}' is not authorized to access linked subscription 'bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb'."
        )
    );
    let auxiliary = format!(
        "Bearer {}",
        token(&context, RESOURCE, RESOURCE_WRITER, Audience::Arm)
    );
    let own = format!(
        "Bearer {}",
        token(&context, HOME, HOME_WRITER, Audience::Arm)
    );
    let put = |value: &str| {
        code(&send(
            &context,
            Method::PUT,
            ONE,
            Some(&body),
            &[("x-ms-authorization-auxiliary", value)],
        ))
    };
    assert_eq!(
        put(&own).0,
        403,
        "a token of the own tenant is none of the other"
    );
    assert_eq!(put(&auxiliary).0, 201);
    assert_eq!(put(&format!("{own};{auxiliary}")).0, 200);
    assert_eq!(put(&[auxiliary.as_str(); 4].join(", ")).0, 400);
    let other = format!(
        "Bearer {}",
        token(&context, RESOURCE, RESOURCE_AUDITOR, Audience::Arm)
    );
    assert_eq!(put(&other).0, 401, "of another application");
    let graph = format!(
        "Bearer {}",
        token(&context, RESOURCE, RESOURCE_WRITER, Audience::Graph)
    );
    assert_eq!(put(&graph).0, 401, "of another audience");
    assert_eq!(put(&format!("{auxiliary}x")).0, 401);
    context.clock.advance(Duration::from_secs(2 * 3600));
    let late = asked(&context, Method::PUT, ONE)
        .body(&body)
        .with("x-ms-authorization-auxiliary", &auxiliary)
        .request();
    let caller = crate::auth::authenticate(&context, &late, Audience::Arm).unwrap();
    assert_eq!(
        code(&super::put::<Tables>(&context, &late, Some(&caller))),
        (401, "ExpiredAuthenticationToken".to_owned())
    );
}

#[test]
fn a_reference_needs_the_right_there() {
    let context = writable();
    let auxiliary = format!(
        "Bearer {}",
        token(&context, RESOURCE, RESOURCE_WRITER, Audience::Arm)
    );
    context.state_mut().remove_resource("/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-0000000000fb");
    let body = json!({"location": "japaneast", "properties": {"vault": {"id": VAULT}}});
    let refused = send(
        &context,
        Method::PUT,
        ONE,
        Some(&body),
        &[("x-ms-authorization-auxiliary", &auxiliary)],
    );
    assert_eq!(
        code(&refused),
        (403, "LinkedAuthorizationFailed".to_owned())
    );
    let message = body_of(&refused)["error"]["message"].to_string();
    assert!(
        message.contains("on the linked scope(s)") && message.contains(RESOURCE_WRITER),
        "{message}"
    );
    let nonsense = json!({"location": "japaneast", "properties": {"vault": {"id": "vault"}}});
    assert_eq!(
        code(&put_one(&context, &nonsense)),
        (400, "LinkedInvalidPropertyId".to_owned())
    );
    let local = json!({"location": "japaneast", "properties": {"vault": {"id": format!("{GROUP}/providers/Microsoft.KeyVault/vaults/x")}}});
    assert_eq!(put_one(&context, &local).status, 201);
}

#[test]
fn what_a_body_may_hold_in_any_type_needs_rights_too() {
    let context = writable();
    let there = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers";
    let gateway = |of: &str| {
        let id = format!("{of}/Microsoft.Network/natGateways/x");
        json!({"location": "japaneast", "properties": {"subnets": [{"properties": {"natGateway": {"id": id}}}]}})
    };
    let groups = json!({"location": "japaneast", "properties": {"applicationSecurityGroups": [{"id": format!("{there}/Microsoft.Network/applicationSecurityGroups/x")}]}});
    let plan = json!({"location": "japaneast", "properties": {"serverFarmId": format!("{there}/Microsoft.Web/serverFarms/x")}});
    let identity = |of: &str, name: &str| {
        let id = format!("{of}/Microsoft.ManagedIdentity/userAssignedIdentities/{name}");
        json!({"location": "japaneast", "identity": {"type": "UserAssigned", "userAssignedIdentities": {id: {}}}})
    };
    let own = format!("{GROUP}/providers");
    let app = own.replace("/net/", "/app/");
    for (body, expected) in [
        (gateway(there), (403, "LinkedAuthorizationFailed")),
        (groups, (403, "LinkedAuthorizationFailed")),
        (plan, (403, "LinkedAuthorizationFailed")),
        (identity(there, "x"), (403, "LinkedAuthorizationFailed")),
        (identity(&own, "none"), (400, "InvalidResourceReference")),
        (gateway("x"), (400, "LinkedInvalidPropertyId")),
        (gateway(&own), (201, "")),
        (identity(&app, "orders"), (200, "")),
    ] {
        let answer = code(&put_one(&context, &body));
        assert_eq!((answer.0, answer.1.as_str()), expected, "PUT of {body:#}");
    }
    let patched = send(
        &context,
        Method::PATCH,
        ONE,
        Some(&identity(there, "x")),
        &[],
    );
    assert_eq!(code(&patched).0, 403);
    let many = vec![json!({"id": format!("{own}/Microsoft.Network/x/y")}); 1001];
    let many = json!({"location": "japaneast", "properties": {"publicIPAddress": many}});
    assert_eq!(code(&put_one(&context, &many)).0, 400);
}
