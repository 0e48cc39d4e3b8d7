//! A custom role, in the form in which `az role definition create --role-definition @FILE` takes it (azure-docs,
//! `role-based-access-control/custom-roles-cli.md`).

use serde::{Deserialize, Serialize};

use crate::ids::ResourceId;

/// Longest description of a role (azure-docs, `role-based-access-control/custom-roles.md`).
const LONGEST_DESCRIPTION: usize = 2048;

/// A custom role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct RoleDefinition {
    /// Its display name, unique in the tenant.
    pub name: String,
    /// Always true.
    pub is_custom: bool,
    /// What it is for.
    pub description: String,
    /// Actions of ARM, sorted.
    pub actions: Vec<String>,
    /// Always empty.
    pub not_actions: Vec<String>,
    /// Actions on data, sorted.
    pub data_actions: Vec<String>,
    /// Always empty.
    pub not_data_actions: Vec<String>,
    /// Where it may be assigned: resource groups, subscriptions, at most one management group.
    pub assignable_scopes: Vec<String>,
}

impl RoleDefinition {
    /// The roles that hold these rights and can be assigned at these scopes: one, but that a role names one management
    /// group at most (azure-docs, `role-based-access-control/custom-roles.md`).
    pub(super) fn all(
        name: &str,
        description: &str,
        rights: (Vec<String>, Vec<String>),
        scopes: &[ResourceId],
    ) -> Vec<Self> {
        let is_group = |scope: &&ResourceId| scope.management_group().is_some();
        let groups: Vec<&ResourceId> = scopes.iter().filter(is_group).collect();
        let others: Vec<&ResourceId> = scopes.iter().filter(|own| !is_group(own)).collect();
        let first = others.into_iter().chain(groups.first().copied()).collect();
        let further = groups.iter().skip(1).map(|group| vec![*group]);
        let (actions, data_actions) = rights;
        let sets = std::iter::once(first).chain(further);
        sets.enumerate()
            .map(|(at, scopes): (usize, Vec<&ResourceId>)| Self {
                name: numbered(name, at),
                is_custom: true,
                description: description.chars().take(LONGEST_DESCRIPTION).collect(),
                actions: actions.clone(),
                not_actions: Vec::new(),
                data_actions: data_actions.clone(),
                not_data_actions: Vec::new(),
                assignable_scopes: scopes.iter().map(ToString::to_string).collect(),
            })
            .collect()
    }
}

fn numbered(name: &str, at: usize) -> String {
    match at {
        0 => name.to_owned(),
        at => format!("{name} {}", at + 1),
    }
}
