//! Application permissions of Microsoft Graph by the ids of their app roles (microsoft-graph-docs,
//! `permissions-reference`): what an app role assignment names.

/// Application id of Microsoft Graph, the same in every tenant.
pub(super) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// Every permission that a card names.
const APP_ROLES: &[(&str, &str)] = &[(
    "Application.Read.All",
    "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
)];

/// The id of a permission's app role.
pub(super) fn app_role(permission: &str) -> Option<&'static str> {
    let known = APP_ROLES.iter().find(|(name, _)| *name == permission);
    known.map(|(_, id)| *id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::KINDS;
    use crate::outcome::Right;

    #[test]
    fn every_permission_of_a_card_has_an_app_role() {
        for permission in KINDS.iter().flat_map(|kind| kind.card.permissions) {
            if let Right::Graph(name) = permission.right {
                assert!(app_role(name).is_some(), "{name}");
            }
        }
    }
}
