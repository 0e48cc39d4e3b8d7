//! Who types the fixes: an administrator in each tenant, whom the bundled worlds do not have.
//!
//! Each has the rights of an owner: `Owner` of the tenant's subscriptions, the data planes of its vaults and accounts, and
//! its directory's applications. The home tenant's is known in the resource tenant too, as Network Contributor: whoever adds
//! a network of another tenant to a group has to be (`network-group-complete.foreign-member-missing`).

use serde_json::{Value, json};

/// Roles that an administrator has on every subscription of its tenant.
const ROLES: &[(&str, &str)] = &[
    ("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"),
    (
        "Key Vault Administrator",
        "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    ),
    (
        "Storage Blob Data Owner",
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    ),
];
const NETWORK_CONTRIBUTOR: &str = "4d97b98b-1d4f-4787-a291-c67834d212e7";
/// What they sign in with.
pub(crate) const SECRET: &str = "secret-of-a-mock";

/// One of them.
pub(crate) struct Administrator {
    /// The tenant's name in the world.
    pub(crate) tenant: String,
    pub(crate) tenant_id: String,
    pub(crate) application: String,
    pub(super) subscriptions: Vec<String>,
    number: usize,
}

impl Administrator {
    /// The object id of its service principal in its own tenant.
    pub(crate) fn object_id(&self) -> String {
        format!("05000000-0000-4000-8000-0000000000a{}", self.number)
    }
}

/// Adds them to a world.
pub(crate) fn add(world: &mut Value) -> Vec<Administrator> {
    let tenants = world["tenants"].as_object().expect("tenants").clone();
    let mut added = Vec::new();
    for (number, (name, tenant)) in tenants.iter().enumerate() {
        let administrator = Administrator {
            tenant: name.clone(),
            tenant_id: text(&tenant["id"]),
            application: format!("0a000000-0000-4000-8000-0000000000a{number}"),
            number,
            subscriptions: tenant["subscriptions"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|own| text(&own["id"]))
                .collect(),
        };
        let application = json!({
            "id": format!("0c000000-0000-4000-8000-0000000000a{number}"),
            "appId": administrator.application,
            "displayName": format!("{name}-administrator"),
            "signInAudience": "AzureADMultipleOrgs",
            "passwordCredentials": [{"secretText": SECRET}],
        });
        push(&mut world["tenants"][name], "applications", application);
        let principal = administrator.object_id();
        let permissions = ["Application.ReadWrite.All", "Directory.Read.All"];
        add_principal(world, name, &principal, &administrator, &permissions);
        for (index, (_, role)) in ROLES.iter().enumerate() {
            assign(
                world,
                tenant,
                &principal,
                role,
                &format!("a{number}{index}"),
            );
        }
        added.push(administrator);
    }
    if let [first, others @ ..] = added.as_slice() {
        for other in others {
            let principal = "05000000-0000-4000-8000-0000000000b0";
            add_principal(world, &other.tenant, principal, first, &[]);
            let tenant = &tenants[&other.tenant];
            assign(world, tenant, principal, NETWORK_CONTRIBUTOR, "b00");
        }
    }
    added
}

fn add_principal(
    world: &mut Value,
    tenant: &str,
    id: &str,
    of: &Administrator,
    permissions: &[&str],
) {
    let principal = json!({
        "id": id,
        "appId": of.application,
        "displayName": format!("{}-administrator", of.tenant),
        "appOwnerOrganizationId": of.tenant_id,
        "graph-permissions": permissions,
    });
    push(
        &mut world["tenants"][tenant],
        "service-principals",
        principal,
    );
}

fn assign(world: &mut Value, tenant: &Value, principal: &str, role: &str, number: &str) {
    for subscription in tenant["subscriptions"].as_array().into_iter().flatten() {
        let assignment = json!({
            "id": format!(
                "/subscriptions/{}/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-000000000{number}",
                text(&subscription["id"])
            ),
            "properties": {
                "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{role}"),
                "principalId": principal,
                "principalType": "ServicePrincipal",
            },
        });
        push(world, "resources", assignment);
    }
}

/// Adds an item to a list, which may not be there yet.
pub(crate) fn push(into: &mut Value, list: &str, item: Value) {
    let list = into
        .as_object_mut()
        .expect("a map")
        .entry(list)
        .or_insert_with(|| json!([]));
    list.as_array_mut().expect("a list").push(item);
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}
