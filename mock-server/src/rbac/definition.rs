//! A role definition, built-in or written in the world, and what it grants.
//!
//! `actions − notActions` for the control plane, `dataActions − notDataActions` for the data plane, per `permissions`
//! item; an item's subtraction takes nothing from another item. Source: MicrosoftDocs/azure-docs,
//! `role-based-access-control/role-definitions.md`.

use serde_json::{Value, json};

use super::Plane;
use super::built_in::{BUILT_IN, BuiltIn};
use super::wildcard::covers;

/// One `permissions[]` item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permission {
    /// `actions`.
    pub actions: Vec<String>,
    /// `notActions`.
    pub not_actions: Vec<String>,
    /// `dataActions`.
    pub data_actions: Vec<String>,
    /// `notDataActions`.
    pub not_data_actions: Vec<String>,
}

impl Permission {
    /// Whether this item grants an action; for a deny assignment, denies it.
    pub(super) fn grants(&self, plane: Plane, action: &str) -> bool {
        let (given, taken) = match plane {
            Plane::Control => (&self.actions, &self.not_actions),
            Plane::Data => (&self.data_actions, &self.not_data_actions),
        };
        let any = |patterns: &[String]| patterns.iter().any(|pattern| covers(pattern, action));
        any(given) && !any(taken)
    }

    pub(super) fn from_json(item: &Value) -> Self {
        let list = |name: &str| {
            let items = item.get(name).and_then(Value::as_array);
            items
                .map(|items| {
                    items
                        .iter()
                        .filter_map(Value::as_str)
                        .map(str::to_owned)
                        .collect()
                })
                .unwrap_or_default()
        };
        Self {
            actions: list("actions"),
            not_actions: list("notActions"),
            data_actions: list("dataActions"),
            not_data_actions: list("notDataActions"),
        }
    }

    /// ARM's shape.
    pub fn to_json(&self) -> Value {
        json!({
            "actions": self.actions,
            "notActions": self.not_actions,
            "dataActions": self.data_actions,
            "notDataActions": self.not_data_actions,
        })
    }
}

/// A role definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The GUID at the end of its id, lower case.
    pub name: String,
    /// `roleName`.
    pub role_name: String,
    /// `type`: `BuiltInRole` or `CustomRole`.
    pub kind: &'static str,
    /// `description`.
    pub description: String,
    /// `assignableScopes`.
    pub assignable_scopes: Vec<String>,
    /// `permissions`.
    pub permissions: Vec<Permission>,
}

impl Definition {
    /// The built-in definition of that GUID.
    pub fn built_in(name: &str) -> Option<Self> {
        BUILT_IN
            .iter()
            .find(|role| role.id.eq_ignore_ascii_case(name))
            .map(Self::from)
    }

    /// A custom definition from the `properties` of its resource.
    pub fn custom(name: &str, properties: &Value) -> Self {
        let text = |key: &str| {
            properties
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let items = |key: &str| {
            properties
                .get(key)
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice)
        };
        Self {
            name: name.to_ascii_lowercase(),
            role_name: text("roleName"),
            kind: "CustomRole",
            description: text("description"),
            assignable_scopes: items("assignableScopes")
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            permissions: items("permissions")
                .iter()
                .map(Permission::from_json)
                .collect(),
        }
    }

    /// Whether an assignment of this role grants `action`.
    pub fn grants(&self, plane: Plane, action: &str) -> bool {
        self.permissions
            .iter()
            .any(|permission| permission.grants(plane, action))
    }

    /// ARM's shape. `prefix` is what stands before `/providers/Microsoft.Authorization` in the id: a subscription for
    /// definitions read below one.
    pub fn to_json(&self, prefix: &str) -> Value {
        json!({
            "properties": {
                "roleName": self.role_name,
                "type": self.kind,
                "description": self.description,
                "assignableScopes": self.assignable_scopes,
                "permissions": self.permissions.iter().map(Permission::to_json).collect::<Vec<_>>(),
            },
            "id": format!("{prefix}/providers/Microsoft.Authorization/roleDefinitions/{}", self.name),
            "type": "Microsoft.Authorization/roleDefinitions",
            "name": self.name,
        })
    }
}

impl From<&BuiltIn> for Definition {
    fn from(role: &BuiltIn) -> Self {
        let owned = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
        Self {
            name: role.id.to_owned(),
            role_name: role.name.to_owned(),
            kind: "BuiltInRole",
            description: role.about.to_owned(),
            assignable_scopes: vec!["/".to_owned()],
            permissions: vec![Permission {
                actions: owned(role.actions),
                not_actions: owned(role.not_actions),
                data_actions: owned(role.data_actions),
                not_data_actions: Vec::new(),
            }],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: &str = "Microsoft.KeyVault/vaults/secrets/getSecret/action";

    fn grants(role: &str, plane: Plane, action: &str) -> bool {
        let role = BUILT_IN
            .iter()
            .find(|built_in| built_in.name == role)
            .map(Definition::from);
        role.is_some_and(|role| role.grants(plane, action))
    }

    #[test]
    fn management_roles_carry_no_data_actions() {
        for role in [
            "Owner",
            "Contributor",
            "Reader",
            "Key Vault Reader",
            "Key Vault Contributor",
        ] {
            assert!(!grants(role, Plane::Data, GET), "{role}");
        }
        assert!(
            grants("Owner", Plane::Control, GET),
            "the star of the control plane is not that of the data plane"
        );
    }

    #[test]
    fn secrets_user_reads_secrets_and_nothing_else() {
        assert!(grants("Key Vault Secrets User", Plane::Data, GET));
        assert!(!grants(
            "Key Vault Secrets User",
            Plane::Data,
            "Microsoft.KeyVault/vaults/secrets/setSecret/action"
        ));
        assert!(!grants(
            "Key Vault Secrets User",
            Plane::Control,
            "Microsoft.KeyVault/vaults/read"
        ));
    }

    #[test]
    fn a_role_may_assign_roles_only_if_nothing_subtracts_it() {
        let write = "Microsoft.Authorization/roleAssignments/write";
        assert!(grants("Owner", Plane::Control, write));
        assert!(!grants("Contributor", Plane::Control, write));
        assert!(grants(
            "Contributor",
            Plane::Control,
            "Microsoft.KeyVault/vaults/write"
        ));
    }

    #[test]
    fn a_subtraction_takes_nothing_from_another_item() {
        let two = json!({"permissions": [
            {"dataActions": ["Microsoft.KeyVault/*"], "notDataActions": [GET]},
            {"dataActions": [GET]},
        ]});
        let one = json!({"permissions": [{"dataActions": ["Microsoft.KeyVault/*"], "notDataActions": [GET]}]});
        assert!(Definition::custom("x", &two).grants(Plane::Data, GET));
        assert!(!Definition::custom("x", &one).grants(Plane::Data, GET));
    }

    #[test]
    fn ids_of_built_in_roles_are_unique() {
        for (index, role) in BUILT_IN.iter().enumerate() {
            assert!(
                BUILT_IN[..index]
                    .iter()
                    .all(|other| other.id != role.id && other.name != role.name),
                "{}",
                role.name
            );
        }
    }
}
