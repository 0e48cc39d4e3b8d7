use serde_json::json;

use super::denials::{Denial, Whom};
use super::kin::Kin;
use super::matching::READ_METADATA;
use super::reading::{AssignmentProperties, definition_id};
use super::*;
use crate::checks::testing::{broken, check, judged, warned};
use crate::checks::wire::Resource;

const VAULT: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv";
const PRINCIPAL: &str = "05000000-0000-4000-8000-000000000003";
const OTHER: &str = "05000000-0000-4000-8000-000000000001";
const GET_SECRET: &str = "Microsoft.KeyVault/vaults/secrets/getSecret/action";

fn subject() -> RoleAssigned {
    check(json!({"principal": PRINCIPAL, "scope": VAULT, "data-actions": [GET_SECRET]}))
}

fn assignment(
    principal: &str,
    scope: &str,
    role: &str,
    permissions: serde_json::Value,
) -> Assignment {
    Assignment {
        id: format!("{scope}/providers/Microsoft.Authorization/roleAssignments/r"),
        scope: scope.to_owned(),
        principal: principal.to_owned(),
        principal_type: "ServicePrincipal".to_owned(),
        role: role.to_owned(),
        permissions: vec![serde_json::from_value(permissions).unwrap()],
        condition: String::new(),
        unread: false,
    }
}

fn secrets_user(principal: &str, scope: &str) -> Assignment {
    assignment(
        principal,
        scope,
        "Key Vault Secrets User",
        json!({"dataActions": [GET_SECRET, READ_METADATA]}),
    )
}

fn own(assignments: Vec<Assignment>) -> Seen {
    Seen {
        own: Some(assignments),
        ..Seen::default()
    }
}

fn related(object_id: &str) -> Kin {
    Kin {
        object_id: object_id.to_owned(),
        relation: "the application itself".to_owned(),
    }
}

fn policy(object_id: &str, secrets: &[&str]) -> Policy {
    serde_json::from_value(json!({"objectId": object_id, "tenantId": "t", "permissions": {"keys": null, "secrets": secrets}})).unwrap()
}

#[test]
fn a_role_at_the_scope_or_above_it_holds() {
    let group = VAULT.split("/providers").next().unwrap();
    for scope in [
        VAULT,
        &VAULT.to_uppercase(),
        group,
        "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb",
        "/providers/Microsoft.Management/managementGroups/m",
        "/",
    ] {
        assert_eq!(
            judged(&subject(), &own(vec![secrets_user(PRINCIPAL, scope)])),
            Verdict::Holds,
            "{scope}"
        );
    }
}

#[test]
fn a_role_through_a_group_holds_although_it_names_the_group() {
    let of_group = Assignment {
        principal_type: "Group".to_owned(),
        ..secrets_user("99999999-0000-4000-8000-000000000001", VAULT)
    };
    assert_eq!(judged(&subject(), &own(vec![of_group])), Verdict::Holds);
}

#[test]
fn two_custom_roles_may_grant_what_is_needed_together() {
    let both: RoleAssigned = check(json!({
        "principal": PRINCIPAL, "scope": VAULT,
        "actions": ["Microsoft.KeyVault/vaults/read"], "data-actions": [GET_SECRET]
    }));
    let control = assignment(
        PRINCIPAL,
        VAULT,
        "Reader",
        json!({"actions": ["Microsoft.KeyVault/vaults/read"]}),
    );
    assert_eq!(
        judged(&both, &own(vec![control, secrets_user(PRINCIPAL, VAULT)])),
        Verdict::Holds
    );
}

#[test]
fn an_absent_scope_is_missing() {
    broken(&subject(), &Seen::default(), "scope-missing");
}

#[test]
fn nothing_at_all_is_not_assigned_and_others_rights_do_not_confuse() {
    let person = Assignment {
        principal_type: "User".to_owned(),
        ..secrets_user(OTHER, VAULT)
    };
    let reason = broken(
        &subject(),
        &Seen {
            others: vec![person],
            ..own(Vec::new())
        },
        "not-assigned",
    );
    assert_eq!(reason.values["role"], "Key Vault Secrets User");
}

#[test]
fn the_right_of_the_same_workload_under_another_id_is_told_and_a_strangers_is_none_of_our_business()
{
    let stranger = Seen {
        others: vec![secrets_user(OTHER, VAULT)],
        ..own(Vec::new())
    };
    let reason = broken(&subject(), &stranger, "not-assigned");
    assert!(reason.observed.is_some_and(|seen| seen.contains(OTHER)));
    let kin = Seen {
        kin: vec![related(OTHER)],
        ..stranger
    };
    let reason = broken(&subject(), &kin, "given-to-another");
    assert_eq!(reason.values["other-principal"], OTHER);
}

#[test]
fn the_right_role_below_or_beside_the_scope_does_not_reach_it() {
    let secret = format!("{VAULT}/secrets/s");
    broken(
        &subject(),
        &own(vec![secrets_user(PRINCIPAL, &secret)]),
        "assigned-elsewhere",
    );
    let beside = Seen {
        elsewhere: vec![secrets_user(PRINCIPAL, &format!("{VAULT}-2"))],
        ..own(Vec::new())
    };
    broken(&subject(), &beside, "assigned-elsewhere");
}

#[test]
fn management_roles_do_not_reach_data() {
    for actions in [json!({"actions": ["*"]}), json!({"actions": ["*/read"]})] {
        broken(
            &subject(),
            &own(vec![assignment(PRINCIPAL, VAULT, "Owner", actions)]),
            "control-plane-only",
        );
    }
}

#[test]
fn key_vault_reader_reads_metadata_only() {
    let reader = json!({"dataActions": ["Microsoft.KeyVault/vaults/*/read", READ_METADATA]});
    broken(
        &subject(),
        &own(vec![assignment(
            PRINCIPAL,
            VAULT,
            "Key Vault Reader",
            reader,
        )]),
        "metadata-only",
    );
}

#[test]
fn a_role_without_the_action_or_with_it_subtracted_lacks_it() {
    for permissions in [
        json!({"dataActions": ["Microsoft.KeyVault/vaults/keys/*"]}),
        json!({"dataActions": ["Microsoft.KeyVault/vaults/keys/*", "*/getSecret/action"], "notDataActions": ["Microsoft.KeyVault/vaults/secrets/*"]}),
    ] {
        let reason = broken(
            &subject(),
            &own(vec![assignment(PRINCIPAL, VAULT, "custom", permissions)]),
            "role-lacks-actions",
        );
        assert_eq!(reason.values["missing"], GET_SECRET);
    }
}

#[test]
fn a_condition_and_more_than_needed_are_warnings() {
    let conditional = Assignment {
        condition: "@Resource[x] StringEquals 'y'".to_owned(),
        ..secrets_user(PRINCIPAL, VAULT)
    };
    let reason = warned(&subject(), &own(vec![conditional.clone()]), "conditional");
    assert!(reason.observed.unwrap().contains("StringEquals 'y'"));
    assert_eq!(
        judged(
            &subject(),
            &own(vec![conditional, secrets_user(PRINCIPAL, "/")])
        ),
        Verdict::Holds
    );
    let officer = assignment(
        PRINCIPAL,
        VAULT,
        "Key Vault Secrets Officer",
        json!({"dataActions": ["Microsoft.KeyVault/vaults/secrets/*"]}),
    );
    let reason = warned(&subject(), &own(vec![officer]), "more-than-needed");
    assert_eq!(reason.values["role"], "Key Vault Secrets User");
}

#[test]
fn a_vault_with_access_policies_asks_them_and_not_roles() {
    let with = |own: Vec<Assignment>, policies: Vec<Policy>| Seen {
        own: Some(own),
        policies: Some(policies),
        ..Seen::default()
    };
    for secrets in [&["Get"][..], &["all"]] {
        assert_eq!(
            judged(
                &subject(),
                &with(Vec::new(), vec![policy(&PRINCIPAL.to_uppercase(), secrets)])
            ),
            Verdict::Holds
        );
    }
    broken(
        &subject(),
        &with(vec![secrets_user(PRINCIPAL, VAULT)], Vec::new()),
        "access-policy-mode",
    );
    broken(
        &subject(),
        &with(Vec::new(), vec![policy(PRINCIPAL, &["list"])]),
        "policy-lacks-permission",
    );
    let stranger = with(Vec::new(), vec![policy(OTHER, &["get"])]);
    broken(&subject(), &stranger, "no-access-policy");
    let kin = Seen {
        kin: vec![related(OTHER)],
        ..stranger
    };
    broken(&subject(), &kin, "policy-names-another");
    broken(
        &subject(),
        &with(Vec::new(), vec![policy(OTHER, &["list"])]),
        "no-access-policy",
    );
    let through_group = Seen {
        groups: vec![OTHER.to_owned()],
        ..with(Vec::new(), vec![policy(OTHER, &["get"])])
    };
    assert_eq!(judged(&subject(), &through_group), Verdict::Holds);
}

#[test]
fn policies_do_not_decide_about_settings() {
    let control: RoleAssigned = check(
        json!({"principal": PRINCIPAL, "scope": VAULT, "actions": ["Microsoft.KeyVault/vaults/read"]}),
    );
    let reader = assignment(PRINCIPAL, VAULT, "Reader", json!({"actions": ["*/read"]}));
    let seen = Seen {
        policies: Some(Vec::new()),
        ..own(vec![reader])
    };
    assert_eq!(judged(&control, &seen), Verdict::Holds);
}

#[test]
fn the_vault_of_a_scope_is_found_from_below_and_not_from_above() {
    let secret: ResourceId = format!("{VAULT}/secrets/s").parse().unwrap();
    assert_eq!(vault_of(&secret).unwrap().as_str(), VAULT);
    let group: ResourceId =
        "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data"
            .parse()
            .unwrap();
    assert!(vault_of(&group).is_none());
}

#[test]
fn an_assignment_without_a_scope_lies_where_its_id_says() {
    let read: Resource<AssignmentProperties> = serde_json::from_value(json!({
        "id": format!("{VAULT}/providers/Microsoft.Authorization/roleAssignments/r"),
        "properties": {"principalId": PRINCIPAL, "roleDefinitionId": "/d", "condition": null}
    }))
    .unwrap();
    let assignment = Assignment::from(read);
    assert_eq!(
        (assignment.scope.as_str(), assignment.condition.as_str()),
        (VAULT, "")
    );
}

#[test]
fn a_role_is_read_where_the_scope_lies() {
    let vault: ResourceId = VAULT.parse().unwrap();
    let subscription = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
    let built_in =
        "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6";
    let custom = format!("{subscription}{built_in}");
    let group = "/providers/Microsoft.Management/managementGroups/contoso";
    for (role, scope, place) in [
        (
            built_in,
            &vault,
            format!("{subscription}/resourceGroups/data"),
        ),
        (
            &custom,
            &vault,
            format!("{subscription}/resourceGroups/data"),
        ),
        (
            &custom,
            &subscription.parse().unwrap(),
            subscription.to_owned(),
        ),
        (built_in, &group.parse().unwrap(), group.to_owned()),
    ] {
        let read = definition_id(role, scope).unwrap();
        assert_eq!(read.as_str(), format!("{place}{built_in}"));
    }
    assert!(definition_id("", &vault).is_err());
}

#[test]
fn a_custom_role_that_takes_the_action_away_again_is_no_key_vault_reader() {
    let custom = json!({"dataActions": ["Microsoft.KeyVault/vaults/secrets/*"], "notDataActions": [GET_SECRET]});
    let seen = own(vec![assignment(PRINCIPAL, VAULT, "custom", custom)]);
    broken(&subject(), &seen, "role-lacks-actions");
}

#[test]
fn a_policy_of_another_tenant_or_for_users_does_not_count() {
    let by = |policy: Policy, vault_tenant: &str| Seen {
        own: Some(Vec::new()),
        policies: Some(vec![policy]),
        vault_tenant: vault_tenant.to_owned(),
        ..Seen::default()
    };
    let right = || policy(PRINCIPAL, &["get"]);
    for trusted in ["t", "T", ""] {
        assert_eq!(judged(&subject(), &by(right(), trusted)), Verdict::Holds);
    }
    let reason = broken(&subject(), &by(right(), "u"), "policy-of-another-tenant");
    let body: serde_json::Value = serde_json::from_str(&reason.values["policies-json"]).unwrap();
    let entries = body["properties"]["accessPolicies"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["tenantId"], "u");
    assert_eq!(entries[0]["objectId"], PRINCIPAL);
    assert!(entries[0].get("applicationId").is_none());
    let for_users = Policy {
        application_id: OTHER.to_owned(),
        ..right()
    };
    broken(&subject(), &by(for_users, "t"), "policy-for-users");
}

#[test]
fn more_than_needed_from_above_or_through_a_group_is_not_advised_away() {
    let officer = |principal: &str, scope: &str| {
        let all = json!({"dataActions": ["Microsoft.KeyVault/vaults/secrets/*"]});
        assignment(principal, scope, "Key Vault Secrets Officer", all)
    };
    let group = VAULT.split("/providers").next().unwrap();
    for wide in [officer(PRINCIPAL, group), officer(OTHER, VAULT)] {
        warned(&subject(), &own(vec![wide]), "more-than-needed-inherited");
    }
    warned(
        &subject(),
        &own(vec![officer(PRINCIPAL, &VAULT.to_uppercase())]),
        "more-than-needed",
    );
}

#[test]
fn the_resource_of_a_scope_is_read_not_what_is_below_it() {
    let account = VAULT.replace("KeyVault/vaults", "Storage/storageAccounts");
    for (scope, top) in [
        (
            format!("{account}/blobServices/default/containers/c"),
            account.as_str(),
        ),
        (account.clone(), account.as_str()),
        (
            "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data".to_owned(),
            "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data",
        ),
    ] {
        assert_eq!(scope.parse::<ResourceId>().unwrap().top().as_str(), top);
    }
}

#[test]
fn a_policy_that_was_meant_says_more_than_a_role_that_is_not_asked() {
    let with = |policy: Policy, kin: Vec<Kin>| Seen {
        policies: Some(vec![policy]),
        kin,
        vault_tenant: "t".to_owned(),
        ..own(vec![secrets_user(PRINCIPAL, VAULT)])
    };
    let list = with(policy(PRINCIPAL, &["list"]), Vec::new());
    broken(&subject(), &list, "policy-lacks-permission");
    let another = with(policy(OTHER, &["get"]), vec![related(OTHER)]);
    broken(&subject(), &another, "policy-names-another");
    let of_tenant = Policy {
        tenant_id: "u".to_owned(),
        ..policy(PRINCIPAL, &["get"])
    };
    broken(
        &subject(),
        &with(of_tenant, Vec::new()),
        "policy-of-another-tenant",
    );
}

#[test]
fn a_group_that_has_the_role_without_the_principal_is_told() {
    let group = Assignment {
        principal_type: "Group".to_owned(),
        ..secrets_user(OTHER, VAULT)
    };
    let seen = Seen {
        others: vec![group],
        ..own(Vec::new())
    };
    let reason = broken(&subject(), &seen, "not-assigned");
    assert_eq!(reason.values["holding-group"], OTHER);
    assert!(reason.observed.unwrap().contains(OTHER));
}

fn denial(principal: &str, scope: &str) -> Denial {
    Denial {
        id: format!("{scope}/providers/Microsoft.Authorization/denyAssignments/d"),
        name: "no secrets".to_owned(),
        scope: scope.to_owned(),
        principals: vec![whom(principal, "ServicePrincipal")],
        permissions: vec![
            serde_json::from_value(json!({"dataActions": ["Microsoft.KeyVault/vaults/secrets/*"]}))
                .unwrap(),
        ],
        ..Denial::default()
    }
}

fn whom(id: &str, kind: &str) -> Whom {
    Whom {
        id: id.to_owned(),
        kind: kind.to_owned(),
    }
}

fn denied_by(denials: Vec<Denial>, groups: &[&str]) -> Seen {
    Seen {
        denials,
        groups: groups.iter().map(ToString::to_string).collect(),
        ..own(vec![secrets_user(PRINCIPAL, VAULT)])
    }
}

#[test]
fn a_deny_assignment_wins_over_every_role() {
    let group = VAULT.split("/providers").next().unwrap();
    let everybody = "00000000-0000-0000-0000-000000000000";
    for seen in [
        denied_by(vec![denial(PRINCIPAL, VAULT)], &[]),
        denied_by(vec![denial(&PRINCIPAL.to_uppercase(), group)], &[]),
        denied_by(vec![denial(everybody, VAULT)], &[]),
        denied_by(vec![denial(OTHER, VAULT)], &[OTHER]),
    ] {
        let reason = broken(&subject(), &seen, "denied");
        assert_eq!(reason.values["deny-name"], "no secrets");
    }
}

#[test]
fn a_deny_assignment_for_others_or_for_something_else_takes_nothing() {
    let group = VAULT.split("/providers").next().unwrap();
    let excluded = Denial {
        excluded: vec![whom(OTHER, "Group")],
        ..denial("00000000-0000-0000-0000-000000000000", VAULT)
    };
    let only_there = Denial {
        only_here: true,
        ..denial(PRINCIPAL, group)
    };
    let keys = Denial {
        permissions: vec![
            serde_json::from_value(json!({"dataActions": ["Microsoft.KeyVault/vaults/keys/*"]}))
                .unwrap(),
        ],
        ..denial(PRINCIPAL, VAULT)
    };
    for seen in [
        denied_by(vec![denial(OTHER, VAULT)], &[]),
        denied_by(vec![excluded], &[OTHER]),
        denied_by(vec![only_there], &[]),
        denied_by(vec![keys], &[]),
    ] {
        assert_eq!(judged(&subject(), &seen), Verdict::Holds);
    }
    let by_policies = Seen {
        policies: Some(vec![policy(PRINCIPAL, &["get"])]),
        ..denied_by(vec![denial(PRINCIPAL, VAULT)], &[])
    };
    assert_eq!(judged(&subject(), &by_policies), Verdict::Holds);
}
