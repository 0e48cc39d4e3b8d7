//! ARM's answers on the example world: shapes, derived state, lists, the right 404, and property names against the
//! official specifications when `XTENANT_SPECS` says where they are.

use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::testing::{
    ACCOUNT, Ask, HOME, HOME_AUDITOR, IDENTITY, NET, RESOURCE, RESOURCE_AUDITOR, VAULT, WORKLOAD,
    broken, changed, example, get, specifications,
};
use crate::world::{Group, Resource};

const HOME_SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
const RESOURCE_SUBSCRIPTION: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";

/// As the auditor of the tenant that has the path's subscription.
fn arm<'a>(context: &'a Context, path: &str) -> Ask<'a> {
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
    for list in ["A", "ALL", "aLL"] {
        assert_eq!(
            names(&arm(&context, &format!("{zone}/{list}")).ok()),
            ["kv-resource"],
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

/// Every property of an answer must be one that the specification's definition has, all the way down.
#[test]
fn properties_are_those_of_the_specifications() {
    let Some(folder) = specifications() else {
        return;
    };
    let context = example();
    let endpoint = format!("{NET}/privateEndpoints/vault");
    let interface = arm(&context, &endpoint).ok()["properties"]["networkInterfaces"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let zone = format!("{NET}/privateDnsZones/privatelink.vaultcore.azure.net");
    let mut unknown = Vec::new();
    for (path, file, definition) in [
        (
            endpoint.clone(),
            "network/2024-01-01/privateEndpoint.json",
            "PrivateEndpoint",
        ),
        (
            format!("{endpoint}/privateDnsZoneGroups/default"),
            "network/2024-01-01/privateEndpoint.json",
            "PrivateDnsZoneGroup",
        ),
        (
            interface,
            "network/2024-01-01/networkInterface.json",
            "NetworkInterface",
        ),
        (
            format!("{NET}/virtualNetworks/home"),
            "network/2024-01-01/virtualNetwork.json",
            "VirtualNetwork",
        ),
        (
            zone.clone(),
            "privatedns/2024-06-01/privatedns.json",
            "PrivateZone",
        ),
        (
            format!("{zone}/virtualNetworkLinks/home"),
            "privatedns/2024-06-01/privatedns.json",
            "VirtualNetworkLink",
        ),
        (
            format!("{zone}/A/kv-resource"),
            "privatedns/2024-06-01/privatedns.json",
            "RecordSet",
        ),
        (
            VAULT.to_owned(),
            "keyvault-mgmt/2023-07-01/keyvault.json",
            "Vault",
        ),
        (
            format!("{VAULT}/privateEndpointConnections"),
            "keyvault-mgmt/2023-07-01/keyvault.json",
            "PrivateEndpointConnectionListResult",
        ),
        (
            ACCOUNT.to_owned(),
            "storage-mgmt/2023-05-01/storage.json",
            "StorageAccount",
        ),
        (
            format!("{VAULT}/providers/Microsoft.Authorization/roleAssignments"),
            "authorization/2022-04-01/authorization-RoleAssignmentsCalls.json",
            "RoleAssignmentListResult",
        ),
        (
            format!("{VAULT}/providers/Microsoft.Authorization/roleDefinitions"),
            "authorization/2022-04-01/authorization-RoleDefinitionsCalls.json",
            "RoleDefinitionListResult",
        ),
        (
            format!(
                "{HOME_SUBSCRIPTION}/resourceGroups/app/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders"
            ),
            "managedidentity/2023-01-31/ManagedIdentity.json",
            "Identity",
        ),
        (
            HOME_SUBSCRIPTION.to_owned(),
            "resources/2022-12-01/subscriptions.json",
            "Subscription",
        ),
    ] {
        let spec = Spec::load(folder.join(file));
        let body = arm(&context, &path).ok();
        let schema = spec.document["definitions"][definition].clone();
        assert!(schema.is_object(), "{file} has no {definition}");
        spec.check(&schema, &body, definition, &mut unknown);
    }
    assert!(
        unknown.is_empty(),
        "properties that no specification has:\n{}",
        unknown.join("\n")
    );
}

/// One specification file, with references into itself and its neighbours.
struct Spec {
    file: std::path::PathBuf,
    document: Value,
}

impl Spec {
    fn load(file: std::path::PathBuf) -> Self {
        let text = std::fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Self {
            document: serde_json::from_str(&text).unwrap(),
            file,
        }
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, unknown: &mut Vec<String>) {
        if let Some(reference) = schema["$ref"].as_str() {
            let (file, pointer) = reference.split_once('#').unwrap();
            if file.is_empty() {
                let target = self.document.pointer(pointer).unwrap().clone();
                return self.check(&target, value, at, unknown);
            }
            let file = self.file.parent().unwrap().join(file);
            if file.exists() {
                let other = Self::load(file);
                let target = other.document.pointer(pointer).unwrap().clone();
                other.check(&target, value, at, unknown);
            }
            return;
        }
        match value {
            Value::Array(items) => items
                .iter()
                .for_each(|item| self.check(&schema["items"], item, &format!("{at}[]"), unknown)),
            Value::Object(object) => {
                let mut known = Vec::new();
                let open = !self.properties(schema, &mut known)
                    || known.is_empty()
                    || schema["additionalProperties"].is_object();
                for (key, value) in object {
                    match known.iter().find(|(name, _, _)| name == key) {
                        Some((_, file, property)) => {
                            let spec = Self {
                                file: file.clone(),
                                document: Self::load(file.clone()).document,
                            };
                            spec.check(property, value, &format!("{at}.{key}"), unknown);
                        }
                        None if open => {}
                        None => unknown.push(format!("{at}.{key}")),
                    }
                }
            }
            _ => {}
        }
    }

    /// The properties of a schema and of what it is made of; false when a part of it cannot be read.
    fn properties(
        &self,
        schema: &Value,
        known: &mut Vec<(String, std::path::PathBuf, Value)>,
    ) -> bool {
        if let Some(reference) = schema["$ref"].as_str() {
            let (file, pointer) = reference.split_once('#').unwrap();
            if file.is_empty() {
                return self.properties(&self.document.pointer(pointer).unwrap().clone(), known);
            }
            let file = self.file.parent().unwrap().join(file);
            if !file.exists() {
                return false;
            }
            let other = Self::load(file);
            return other.properties(&other.document.pointer(pointer).unwrap().clone(), known);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            known.push((name.clone(), self.file.clone(), property.clone()));
        }
        let parts = schema["allOf"].as_array().cloned().unwrap_or_default();
        parts.iter().all(|part| self.properties(part, known))
    }
}
