//! ARM's answers on the example world: shapes, derived state, lists, the right 404.

use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::testing::{
    ACCOUNT, Ask, HOME, HOME_AUDITOR, IDENTITY, NET, RESOURCE, RESOURCE_AUDITOR, VAULT, WORKLOAD,
    broken, changed, example, get,
};
use crate::world::{Group, Resource};

pub(super) const HOME_SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
const RESOURCE_SUBSCRIPTION: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";

/// As the auditor of the tenant that has the path's subscription.
pub(super) fn arm<'a>(context: &'a Context, path: &str) -> Ask<'a> {
    let mark = if path.contains('?') { '&' } else { '?' };
    let ask = get(
        context,
        &format!("management.azure.com{path}{mark}api-version=2024-01-01"),
    );
    let (tenant, object) = if path.starts_with(RESOURCE_SUBSCRIPTION) {
        (RESOURCE, RESOURCE_AUDITOR)
    } else {
        (HOME, HOME_AUDITOR)
    };
    ask.bearing(tenant, object, Audience::Arm)
}

fn names(body: &Value) -> Vec<&str> {
    body["value"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|item| item["name"].as_str())
        .collect()
}

#[test]
fn the_consumer_sees_state_address_and_names() {
    let context = example();
    let endpoint = arm(&context, &format!("{NET}/privateEndpoints/VAULT")).ok();
    let properties = &endpoint["properties"];
    let connection = &properties["manualPrivateLinkServiceConnections"][0]["properties"];
    assert_eq!(
        connection["privateLinkServiceConnectionState"]["status"],
        "Approved"
    );
    assert_eq!(
        connection["privateLinkServiceConnectionState"]["description"],
        "agreed with Contoso"
    );
    assert_eq!(
        properties["customDnsConfigs"],
        json!([]),
        "a zone group handles DNS"
    );
    let interface = arm(
        &context,
        properties["networkInterfaces"][0]["id"].as_str().unwrap(),
    )
    .ok();
    let configuration = &interface["properties"]["ipConfigurations"][0]["properties"];
    assert_eq!(configuration["privateIPAddress"], "10.1.0.4");
    let link = &configuration["privateLinkConnectionProperties"];
    assert_eq!(
        *link,
        json!({"groupId": "vault", "requiredMemberName": "default", "fqdns": ["kv-resource.vault.azure.net"]})
    );
    let without_group = broken("zone-group-missing", "vault");
    let endpoint = arm(&without_group, &format!("{NET}/privateEndpoints/vault")).ok();
    let expected = json!([{"fqdn": "kv-resource.vault.azure.net", "ipAddresses": ["10.1.0.4"]}]);
    assert_eq!(endpoint["properties"]["customDnsConfigs"], expected);
}

#[test]
fn the_provider_sees_the_same_connection() {
    let context = example();
    for (resource, name) in [(VAULT, "vault"), (ACCOUNT, "blob")] {
        let listed = arm(&context, &format!("{resource}/privateEndpointConnections")).ok();
        let connection = &listed["value"][0];
        assert_eq!(
            connection["properties"]["privateEndpoint"]["id"],
            format!("{NET}/privateEndpoints/{name}")
        );
        assert_eq!(
            connection["properties"]["privateLinkServiceConnectionState"]["status"],
            "Approved"
        );
        assert_eq!(
            arm(&context, connection["id"].as_str().unwrap()).ok(),
            *connection
        );
        let inside = &arm(&context, resource).ok()["properties"]["privateEndpointConnections"][0];
        assert_eq!(inside["properties"], connection["properties"]);
        let (status, body) = arm(
            &context,
            &format!("{resource}/privateEndpointConnections/nothing"),
        )
        .json();
        assert_eq!(
            (status, body["error"]["code"].as_str()),
            (404, Some("ResourceNotFound"))
        );
    }
}

#[test]
fn a_removed_connection_is_listed_by_the_vault_only() {
    let listed = |at: &str, resource: &str| {
        let context = broken("private-endpoint-removed-by-owner", at);
        arm(&context, &format!("{resource}/privateEndpointConnections")).ok()["value"].clone()
    };
    let of_vault = listed("vault", VAULT);
    assert_eq!(
        of_vault[0]["properties"]["privateLinkServiceConnectionState"]["status"],
        "Disconnected"
    );
    assert_eq!(listed("blob", ACCOUNT), json!([]));
}

#[test]
fn zones_links_and_records() {
    let context = example();
    let zone = format!("{NET}/privateDnsZones/privatelink.vaultcore.azure.net");
    let record = arm(&context, &format!("{zone}/A/KV-resource")).ok();
    assert_eq!(
        record["properties"]["aRecords"],
        json!([{"ipv4Address": "10.1.0.4"}])
    );
    assert_eq!(
        record["properties"]["fqdn"],
        "kv-resource.privatelink.vaultcore.azure.net."
    );
    for (list, expected) in [
        ("A", &["kv-resource"][..]),
        ("ALL", &["kv-resource", "@"]),
        ("aLL", &["kv-resource", "@"]),
    ] {
        assert_eq!(
            names(&arm(&context, &format!("{zone}/{list}")).ok()),
            expected,
            "{list}"
        );
    }
    let link = arm(&context, &format!("{zone}/virtualNetworkLinks/home")).ok();
    assert_eq!(link["properties"]["virtualNetworkLinkState"], "Completed");
    let group = arm(
        &context,
        &format!("{NET}/privateEndpoints/vault/privateDnsZoneGroups"),
    )
    .ok();
    let config = &group["value"][0]["properties"]["privateDnsZoneConfigs"][0];
    assert_eq!(
        config["properties"]["recordSets"][0]["ipAddresses"],
        json!(["10.1.0.4"])
    );
    assert_eq!(arm(&context, &format!("{zone}/A/nothing")).json().0, 404);
}

#[test]
fn each_404_says_what_is_missing() {
    let context = example();
    for (path, code) in [
        (
            format!("{NET}/privateEndpoints/nothing"),
            "ResourceNotFound",
        ),
        (
            format!(
                "{HOME_SUBSCRIPTION}/resourceGroups/nothing/providers/Microsoft.Network/privateEndpoints/x"
            ),
            "ResourceGroupNotFound",
        ),
        (
            format!(
                "{HOME_SUBSCRIPTION}/resourceGroups/nothing/providers/Microsoft.Network/privateEndpoints"
            ),
            "ResourceGroupNotFound",
        ),
        (
            format!("{NET}/privateEndpoints/nothing/privateDnsZoneGroups/default"),
            "ParentResourceNotFound",
        ),
        (
            format!("{NET}/privateDnsZones/nothing/A/x"),
            "ParentResourceNotFound",
        ),
    ] {
        let (status, body) = arm(&context, &path).json();
        assert_eq!(
            (status, body["error"]["code"].as_str()),
            (404, Some(code)),
            "{path}"
        );
    }
}

#[test]
fn role_assignments_are_filtered_as_documented() {
    let outer = "09000000-0000-4000-8000-000000000001";
    let context = changed(|world| {
        let members = vec![WORKLOAD.to_owned()];
        let group = Group {
            id: outer.to_owned(),
            display_name: "g".to_owned(),
            members,
            security_enabled: true,
        };
        world
            .tenants
            .get_mut("resource")
            .unwrap()
            .groups
            .push(group);
        let id = format!(
            "{RESOURCE_SUBSCRIPTION}/resourceGroups/data/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-0000000000ff"
        );
        let body = json!({"id": id, "properties": {"principalId": outer, "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"}});
        world.resources.push(Resource {
            body: body.as_object().unwrap().clone(),
        });
    });
    let count = |scope: &str, filter: &str| {
        let path =
            format!("{scope}/providers/Microsoft.Authorization/roleAssignments?$filter={filter}");
        arm(&context, &path).ok()["value"].as_array().unwrap().len()
    };
    assert_eq!(count(VAULT, ""), 3, "at it and above");
    assert_eq!(count(VAULT, "atScope()"), 3);
    assert_eq!(count(RESOURCE_SUBSCRIPTION, ""), 4, "at it and below");
    assert_eq!(count(RESOURCE_SUBSCRIPTION, "atScope()"), 1);
    assert_eq!(
        count(VAULT, &format!("principalId%20eq%20'{WORKLOAD}'")),
        1,
        "not the group's"
    );
    assert_eq!(
        count(VAULT, &format!("assignedTo('{WORKLOAD}')")),
        2,
        "the group's too"
    );
    assert_eq!(
        count(RESOURCE_SUBSCRIPTION, &format!("assignedTo('{WORKLOAD}')")),
        3
    );
    assert_eq!(
        count(
            RESOURCE_SUBSCRIPTION,
            &format!("atScope()+and+assignedTo('{WORKLOAD}')")
        ),
        0
    );
    let path = format!(
        "{VAULT}/providers/Microsoft.Authorization/roleAssignments?$filter=assignedTo('{outer}')"
    );
    assert_eq!(
        arm(&context, &path).json().0,
        400,
        "a group is not accepted"
    );
    let listed = arm(
        &context,
        &format!("{VAULT}/providers/Microsoft.Authorization/roleAssignments"),
    )
    .ok();
    let group = listed["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["properties"]["principalId"] == outer)
        .unwrap();
    assert_eq!(group["properties"]["principalType"], "Group");
}

#[test]
fn role_definitions_are_read_at_any_scope_and_without_one() {
    let context = example();
    let id = "4633458b-17de-408a-b874-0445c86b69e6";
    for scope in [RESOURCE_SUBSCRIPTION, VAULT, ""] {
        let role = arm(
            &context,
            &format!("{scope}/providers/Microsoft.Authorization/roleDefinitions/{id}"),
        )
        .ok();
        assert_eq!(
            role["properties"]["roleName"], "Key Vault Secrets User",
            "{scope}"
        );
        assert!(
            role["properties"]["permissions"][0]["dataActions"]
                .to_string()
                .contains("getSecret")
        );
    }
    let path = format!(
        "{VAULT}/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName%20eq%20'Reader'"
    );
    assert_eq!(
        arm(&context, &path).ok()["value"].as_array().map(Vec::len),
        Some(1)
    );
    let broken = broken("role-custom-not-data-actions", "kv-resource");
    let path = format!(
        "{VAULT}/providers/Microsoft.Authorization/roleDefinitions?$filter=type%20eq%20'CustomRole'"
    );
    assert_eq!(
        arm(&broken, &path).ok()["value"][0]["properties"]["roleName"],
        "everything but reading"
    );
    let path = format!("{VAULT}/providers/Microsoft.Authorization/roleDefinitions/nothing");
    assert_eq!(arm(&example(), &path).json().0, 404);
}

#[test]
fn subscriptions_are_listed_to_whoever_holds_a_role_in_them() {
    let context = example();
    let list = |tenant: &str, object: &str| {
        let ask = get(
            &context,
            "management.azure.com/subscriptions?api-version=2022-12-01",
        );
        ask.bearing(tenant, object, Audience::Arm).ok()["value"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((list(HOME, HOME_AUDITOR), list(HOME, IDENTITY)), (1, 0));
    assert_eq!(
        list(RESOURCE, WORKLOAD),
        1,
        "a role on a vault shows its subscription"
    );
    let tenants = get(
        &context,
        "management.azure.com/tenants?api-version=2022-12-01",
    );
    let tenants = tenants.bearing(HOME, IDENTITY, Audience::Arm).ok();
    assert_eq!(
        tenants["value"][0]["defaultDomain"],
        "contoso.onmicrosoft.com"
    );
}

#[test]
fn long_lists_have_pages() {
    let context = changed(|world| {
        for number in 0..150 {
            let id = format!("{NET}/privateDnsZones/zone{number}.example");
            world.resources.push(Resource {
                body: json!({"id": id}).as_object().unwrap().clone(),
            });
        }
    });
    let list = |path: &str| -> (usize, String) {
        let ask = get(&context, path).bearing(HOME, HOME_AUDITOR, Audience::Arm);
        let body = ask.ok();
        let next = body["nextLink"]
            .as_str()
            .unwrap_or_default()
            .trim_start_matches("https://")
            .to_owned();
        (body["value"].as_array().unwrap().len(), next)
    };
    let base = format!("management.azure.com{NET}/privateDnsZones?api-version=2024-06-01");
    let (first, next) = list(&base);
    assert_eq!((first, list(&next)), (100, (52, String::new())));
    assert_eq!(list(&format!("{base}&$top=7")).0, 7);
    let bad = get(&context, &format!("{base}&$top=0")).bearing(HOME, HOME_AUDITOR, Audience::Arm);
    assert_eq!(bad.json().0, 400);
}

#[test]
fn an_error_names_the_tenant_or_the_right_that_is_missing() {
    let context = example();
    let url = format!("management.azure.com{VAULT}?api-version=2023-07-01");
    let (status, body) = get(&context, &url)
        .bearing(HOME, HOME_AUDITOR, Audience::Arm)
        .json();
    assert_eq!(
        (status, body["error"]["code"].as_str()),
        (401, Some("InvalidAuthenticationTokenTenant"))
    );
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains(&format!(
                "must match the tenant 'https://sts.windows.net/{RESOURCE}/'"
            ))
    );
    let (status, body) = get(&context, &url)
        .bearing(RESOURCE, WORKLOAD, Audience::Arm)
        .json();
    assert_eq!(
        (status, body["error"]["code"].as_str()),
        (403, Some("AuthorizationFailed"))
    );
    let message = body["error"]["message"].as_str().unwrap();
    assert!(
        message.contains(WORKLOAD) && message.contains("'Microsoft.KeyVault/vaults/read'"),
        "{message}"
    );
}

#[test]
fn a_deny_assignment_takes_a_read_away_and_is_named() {
    let id =
        format!("{RESOURCE_SUBSCRIPTION}/providers/Microsoft.Authorization/denyAssignments/{HOME}");
    let context = changed(|world| {
        let body = json!({"id": id, "properties": {
            "denyAssignmentName": "nobody reads vaults",
            "principals": [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}],
            "permissions": [{"actions": ["Microsoft.KeyVault/*"]}],
        }});
        world.resources.push(Resource {
            body: body.as_object().unwrap().clone(),
        });
    });
    let (status, body) = arm(&context, VAULT).json();
    let error = &body["error"];
    assert_eq!(
        (status, error["code"].as_str()),
        (403, Some("DenyAssignmentAuthorizationFailed"))
    );
    let named =
        format!("with name 'nobody reads vaults' and Id '{id}' at scope '{RESOURCE_SUBSCRIPTION}'");
    assert!(
        error["message"].as_str().unwrap().contains(&named),
        "{error}"
    );
    assert_eq!(arm(&context, ACCOUNT).json().0, 200);
}
