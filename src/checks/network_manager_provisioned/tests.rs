use serde_json::{Value, json};

use super::*;
use crate::checks::network_manager::manager::CrossTenant;
use crate::checks::testing::{broken, check, judged};

const MANAGER: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/networkManagers/nm";
const HOME: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
const OTHER: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
const OTHER_TENANT: &str = "22222222-2222-2222-2222-222222222222";

fn subject() -> NetworkManagerProvisioned {
    check(json!({
        "network-manager": MANAGER,
        "subscriptions": ["aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"],
        "cross-tenant": [{
            "tenant-id": OTHER_TENANT,
            "subscriptions": ["bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"]
        }]
    }))
}

fn with(change: impl FnOnce(&mut Manager)) -> Seen {
    let mut manager = Manager {
        id: MANAGER.to_owned(),
        location: "japaneast".to_owned(),
        provisioning_state: "Succeeded".to_owned(),
        accesses: vec!["connectivity".to_owned()],
        subscriptions: vec![HOME.to_owned()],
        cross_tenant: vec![CrossTenant {
            tenant_id: OTHER_TENANT.to_owned(),
            subscriptions: vec![OTHER.trim_start_matches('/').to_uppercase()],
            ..CrossTenant::default()
        }],
        ..Manager::default()
    };
    change(&mut manager);
    Seen {
        manager: Some(manager),
        ..Seen::default()
    }
}

#[test]
fn a_manager_with_access_and_scope_holds_whatever_the_spelling() {
    let seen = with(|manager| manager.provisioning_state = "Relaxing".to_owned());
    assert_eq!(judged(&subject(), &seen), Verdict::Holds);
    assert!(subject().facts(&seen).get("network-manager").is_some());
}

#[test]
fn an_absent_or_unfinished_manager_is_told_apart() {
    broken(&subject(), &Seen::default(), "missing");
    for (state, cause) in [
        ("Failed", "provisioning-failed"),
        ("Updating", "not-provisioned"),
        ("Deleting", "being-deleted"),
    ] {
        let seen = with(|manager| manager.provisioning_state = state.to_owned());
        broken(&subject(), &seen, cause);
    }
}

#[test]
fn an_absent_manager_is_made_with_what_it_must_hold() {
    let fix = |subject: &NetworkManagerProvisioned| -> Value {
        let reason = broken(subject, &Seen::default(), "missing");
        serde_json::from_str(&reason.values["properties-json"]).unwrap()
    };
    let made = fix(&subject());
    assert_eq!(made["networkManagerScopes"]["subscriptions"], json!([HOME]));
    assert_eq!(made["networkManagerScopeAccesses"], json!(["Connectivity"]));
    let groups = check(json!({"network-manager": MANAGER, "management-groups": ["platform"]}));
    assert_eq!(
        fix(&groups)["networkManagerScopes"],
        json!({"subscriptions": [], "managementGroups": [management_group_id("platform")]})
    );
    let unsaid = check(json!({"network-manager": MANAGER}));
    let made = fix(&unsaid);
    assert_eq!(made["networkManagerScopes"]["subscriptions"], json!([HOME]));
}

#[test]
fn a_manager_without_connectivity_is_mended_by_its_whole_body() {
    let seen = with(|manager| manager.accesses = vec!["SecurityAdmin".to_owned()]);
    let reason = broken(&subject(), &seen, "connectivity-not-allowed");
    let body: Value = serde_json::from_str(&reason.values["manager-json"]).unwrap();
    assert_eq!(
        body["properties"]["networkManagerScopeAccesses"],
        json!(["SecurityAdmin", "Connectivity"])
    );
    assert_eq!(body["location"], "japaneast");
}

#[test]
fn a_scope_that_is_not_covered_is_added_where_it_belongs() {
    let mut seen = with(|_| {});
    seen.not_covered = vec![management_group_id("platform"), OTHER.to_owned()];
    let reason = broken(&subject(), &seen, "scope-too-narrow");
    let body: Value = serde_json::from_str(&reason.values["manager-json"]).unwrap();
    let scopes = &body["properties"]["networkManagerScopes"];
    assert_eq!(scopes["subscriptions"], json!([HOME, OTHER]));
    assert_eq!(
        scopes["managementGroups"],
        json!([management_group_id("platform")])
    );
}

#[test]
fn the_other_tenants_scope_must_be_held_as_that_tenants() {
    let seen = with(|manager| manager.cross_tenant.clear());
    broken(&subject(), &seen, "cross-tenant-scope-missing");
    let seen = with(|manager| manager.cross_tenant[0].tenant_id = "elsewhere".to_owned());
    broken(&subject(), &seen, "cross-tenant-scope-missing");
}

#[test]
fn a_connection_that_is_not_connected_is_the_other_tenants_to_mend() {
    let mut seen = with(|manager| manager.cross_tenant.clear());
    seen.connections.push(Half {
        name: "resource".to_owned(),
        tenant_id: OTHER_TENANT.to_owned(),
        scope: OTHER.to_uppercase(),
        state: "Pending".to_owned(),
        ..Half::default()
    });
    let reason = broken(&subject(), &seen, "cross-tenant-scope-not-connected");
    assert_eq!(
        reason.observed.as_deref(),
        Some("the scope connection resource is Pending")
    );
}

#[test]
fn a_subscription_of_another_tenant_is_a_listed_refusal() {
    let cause = NetworkManagerProvisioned::CARD
        .cause("subscription-elsewhere")
        .unwrap();
    assert!(cause.on.contains(&"InvalidAuthenticationTokenTenant"));
}

#[test]
fn a_subscription_below_a_management_group_that_is_held_across_is_held() {
    let mut seen = with(|manager| {
        manager.cross_tenant[0].subscriptions.clear();
        manager.cross_tenant[0].management_groups = vec![management_group_id("fabrikam")];
    });
    seen.held_from_above = vec![OTHER.to_owned()];
    assert_eq!(judged(&subject(), &seen), Verdict::Holds);
}
