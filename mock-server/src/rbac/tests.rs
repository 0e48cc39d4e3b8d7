//! Laws of rights, on the example world and small changes of it.

use serde_json::json;

use super::{Asked, Decision, Plane};
use crate::auth::Caller;
use crate::services::testing::{
    ACCOUNT, HOME, HOME_AUDITOR, RESOURCE, RESOURCE_AUDITOR, VAULT, WORKLOAD, changed, example,
};
use crate::store::State;
use crate::world::{Group, Resource, World};

const GET: &str = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
const READ: &str = "Microsoft.KeyVault/vaults/read";
const SUBSCRIPTION: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
const SECRETS_USER: &str = "4633458b-17de-408a-b874-0445c86b69e6";

fn caller(tenant: &str, object: &str) -> Caller {
    Caller {
        tenant_id: tenant.to_owned(),
        object_id: object.to_owned(),
        app_id: String::new(),
        issuer: String::new(),
        audience: String::new(),
        roles: Vec::new(),
    }
}

fn allowed(state: &State, caller: &Caller, action: &str, scope: &str, plane: Plane) -> Decision {
    let asked = Asked {
        action,
        sub_operation: None,
        scope,
        plane,
    };
    super::allowed(state, caller, &asked)
}

fn assign(world: &mut World, scope: &str, principal: &str, role: &str) {
    let id = format!(
        "{scope}/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-0000000000ff"
    );
    let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{role}");
    let body =
        json!({"id": id, "properties": {"principalId": principal, "roleDefinitionId": role}});
    world.resources.push(Resource {
        body: body.as_object().unwrap().clone(),
    });
}

fn group(id: &str, members: &[&str]) -> Group {
    let members = members.iter().map(|member| (*member).to_owned()).collect();
    Group {
        id: id.to_owned(),
        display_name: id.to_owned(),
        members,
        security_enabled: true,
    }
}

fn unprivileged(change: impl FnOnce(&mut World)) -> crate::context::Context {
    changed(|world| {
        world
            .resources
            .retain(|resource| !resource.id().contains("000000000003"));
        change(world);
    })
}

#[test]
fn an_assignment_counts_at_its_scope_and_below() {
    let context = example();
    let state = context.state();
    let workload = caller(RESOURCE, WORKLOAD);
    let secret = format!(
        "{}/secrets/TEST-SECRET-001",
        VAULT.to_uppercase().replace("/SECRETS", "/secrets")
    );
    let Decision::Granted { assignment } = allowed(&state, &workload, GET, &secret, Plane::Data)
    else {
        panic!("denied");
    };
    assert!(assignment.ends_with("0b000000-0000-4000-8000-000000000003"));
    assert!(!allowed(&state, &workload, GET, ACCOUNT, Plane::Data).is_granted());
    assert!(!allowed(&state, &workload, GET, SUBSCRIPTION, Plane::Data).is_granted());
    assert!(!allowed(&state, &workload, GET, VAULT, Plane::Control).is_granted());
}

#[test]
fn a_role_of_the_subscription_reaches_everything_in_it_and_nothing_else() {
    let context = example();
    let state = context.state();
    assert!(
        allowed(
            &state,
            &caller(RESOURCE, RESOURCE_AUDITOR),
            READ,
            VAULT,
            Plane::Control
        )
        .is_granted()
    );
    assert!(
        !allowed(
            &state,
            &caller(RESOURCE, RESOURCE_AUDITOR),
            GET,
            VAULT,
            Plane::Data
        )
        .is_granted()
    );
    assert!(
        !allowed(
            &state,
            &caller(HOME, HOME_AUDITOR),
            READ,
            VAULT,
            Plane::Control
        )
        .is_granted()
    );
}

#[test]
fn an_object_id_of_another_tenant_is_somebody_else() {
    let context = example();
    let state = context.state();
    assert!(!allowed(&state, &caller(HOME, WORKLOAD), GET, VAULT, Plane::Data).is_granted());
}

#[test]
fn groups_hand_rights_down_through_groups() {
    let (outer, inner) = (
        "09000000-0000-4000-8000-000000000001",
        "09000000-0000-4000-8000-000000000002",
    );
    let context = unprivileged(|world| {
        let tenant = world.tenants.get_mut("resource").unwrap();
        tenant.groups = vec![group(outer, &[inner]), group(inner, &[WORKLOAD, outer])];
        assign(
            world,
            &format!("{SUBSCRIPTION}/resourceGroups/DATA"),
            outer,
            SECRETS_USER,
        );
    });
    assert!(
        allowed(
            &context.state(),
            &caller(RESOURCE, WORKLOAD),
            GET,
            VAULT,
            Plane::Data
        )
        .is_granted()
    );
}

#[test]
fn management_groups_stand_above_subscriptions() {
    let groups = "/providers/Microsoft.Management/managementGroups";
    let context = unprivileged(|world| {
        for body in [
            json!({"id": format!("{groups}/root")}),
            json!({"id": format!("{groups}/data"), "properties": {"details": {"parent": {"id": format!("{groups}/root")}}}}),
            json!({"id": format!("{groups}/data/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb")}),
        ] {
            world.resources.push(Resource {
                body: body.as_object().unwrap().clone(),
            });
        }
        assign(world, &format!("{groups}/root"), WORKLOAD, SECRETS_USER);
    });
    assert!(
        allowed(
            &context.state(),
            &caller(RESOURCE, WORKLOAD),
            GET,
            VAULT,
            Plane::Data
        )
        .is_granted()
    );
    assert!(
        !allowed(
            &unprivileged(|_| {}).state(),
            &caller(RESOURCE, WORKLOAD),
            GET,
            VAULT,
            Plane::Data
        )
        .is_granted()
    );
}

#[test]
fn an_unknown_role_grants_nothing() {
    let context = unprivileged(|world| {
        assign(
            world,
            VAULT,
            WORKLOAD,
            "4633458b-17de-408a-b874-000000000000",
        )
    });
    assert!(
        !allowed(
            &context.state(),
            &caller(RESOURCE, WORKLOAD),
            GET,
            VAULT,
            Plane::Data
        )
        .is_granted()
    );
}

/// A deny assignment of the example world.
fn denied(scope: &str, properties: serde_json::Value, action: &str, plane: Plane) -> Decision {
    let context = changed(|world| {
        let id = format!(
            "{scope}/providers/{}/0e000000-0000-4000-8000-000000000001",
            super::deny::DENY_ASSIGNMENTS
        );
        let body = json!({"id": id, "properties": properties});
        world.resources.push(Resource {
            body: body.as_object().unwrap().clone(),
        });
        let tenant = world.tenants.get_mut("resource").unwrap();
        tenant.groups = vec![group("09000000-0000-4000-8000-000000000001", &[WORKLOAD])];
        assign(
            world,
            VAULT,
            WORKLOAD,
            "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        );
    });
    let state = context.state();
    allowed(&state, &caller(RESOURCE, WORKLOAD), action, VAULT, plane)
}

#[test]
fn a_deny_assignment_wins_over_every_role() {
    let everybody =
        json!([{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}]);
    let all = json!([{"actions": ["*"], "dataActions": ["*"]}]);
    let data = json!([{"dataActions": ["Microsoft.KeyVault/*"], "notDataActions": [GET]}]);
    let workload = json!([{"id": WORKLOAD.to_uppercase()}]);
    let group = json!([{"id": "09000000-0000-4000-8000-000000000001"}]);
    for (what, scope, properties, granted) in [
        (
            "everybody",
            SUBSCRIPTION,
            json!({"principals": everybody, "permissions": all}),
            false,
        ),
        (
            "this one",
            VAULT,
            json!({"principals": workload, "permissions": all}),
            false,
        ),
        (
            "its group",
            VAULT,
            json!({"principals": group, "permissions": all}),
            false,
        ),
        (
            "everybody but this one",
            VAULT,
            json!({"principals": everybody, "excludePrincipals": workload, "permissions": all}),
            true,
        ),
        (
            "everybody but its group",
            VAULT,
            json!({"principals": everybody, "excludePrincipals": group, "permissions": all}),
            true,
        ),
        (
            "somebody else",
            VAULT,
            json!({"principals": [{"id": RESOURCE_AUDITOR}], "permissions": all}),
            true,
        ),
        (
            "another action",
            VAULT,
            json!({"principals": everybody, "permissions": data}),
            true,
        ),
        (
            "the scope above alone",
            SUBSCRIPTION,
            json!({"principals": everybody, "permissions": all, "doNotApplyToChildScopes": true}),
            true,
        ),
        (
            "this scope alone",
            VAULT,
            json!({"principals": everybody, "permissions": all, "doNotApplyToChildScopes": true}),
            false,
        ),
        (
            "another scope",
            ACCOUNT,
            json!({"principals": everybody, "permissions": all}),
            true,
        ),
    ] {
        let decision = denied(scope, properties, GET, Plane::Data);
        assert_eq!(decision.is_granted(), granted, "{what}: {decision:?}");
        assert_eq!(
            matches!(decision, Decision::TakenAway(_)),
            !granted,
            "{what}"
        );
    }
}

#[test]
fn a_deny_assignment_of_data_actions_leaves_the_control_plane_alone() {
    let properties = json!({
        "denyAssignmentName": "no data",
        "principals": [{"id": WORKLOAD}],
        "permissions": [{"actions": [], "notActions": [], "dataActions": ["*"], "notDataActions": []}],
    });
    assert!(denied(VAULT, properties.clone(), READ, Plane::Control).is_granted());
    let Decision::TakenAway(by) = denied(VAULT, properties, GET, Plane::Data) else {
        panic!("not taken away");
    };
    assert_eq!((by.name.as_str(), by.scope.as_str()), ("no data", VAULT));
}
