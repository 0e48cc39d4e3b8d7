//! Ids as network managers spell them: with and without the leading slash, in any case, `resourceGroup` for
//! `resourceGroups`, and a management group with or without its provider (`API.md`, general rule 1; the official
//! examples hold all of these).

use serde_json::Value;

use crate::ids::ResourceId;

/// Whether two texts name the same thing.
pub(in crate::checks) fn same(one: &str, other: &str) -> bool {
    key(one) == key(other)
}

/// Whether one of these texts names it.
pub(in crate::checks) fn any(texts: &[String], wanted: &str) -> bool {
    texts.iter().any(|text| same(text, wanted))
}

/// The spelling under which equal ids meet.
pub(in crate::checks) fn key(text: &str) -> String {
    let plain = text.trim().trim_matches('/').to_ascii_lowercase();
    let plain = plain.replace("/resourcegroup/", "/resourcegroups/");
    match management_group(&plain) {
        Some(group) => format!("providers/microsoft.management/managementgroups/{group}"),
        None => plain,
    }
}

/// The id with its leading slash: what commands take.
pub(in crate::checks) fn slashed(text: &str) -> String {
    format!("/{}", text.trim().trim_matches('/'))
}

/// The last part of an id: a name that says which scope it is.
pub(in crate::checks) fn last(text: &str) -> &str {
    let text = text.trim_end_matches('/');
    text.rsplit('/').next().unwrap_or(text)
}

/// The name of a management group, when the text names one and nothing below it.
fn management_group(plain: &str) -> Option<&str> {
    let rest = plain.strip_prefix("providers/").unwrap_or(plain);
    let rest = rest.strip_prefix("microsoft.management/")?;
    let name = rest.strip_prefix("managementgroups/").unwrap_or(rest);
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

/// The scope that an id lies in: its subscription or its management group.
pub(in crate::checks) fn scope_of(id: &ResourceId) -> Option<String> {
    match (id.subscription(), id.management_group()) {
        (Some(subscription), _) => Some(format!("/subscriptions/{subscription}")),
        (None, Some(group)) => Some(management_group_id(group)),
        (None, None) => None,
    }
}

/// The id of a management group by its name.
pub(in crate::checks) fn management_group_id(group: &str) -> String {
    format!("/providers/Microsoft.Management/managementGroups/{group}")
}

/// JSON as one value of a command.
pub(in crate::checks) fn body(properties: Value) -> String {
    serde_json::json!({ "properties": properties }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_id_is_the_same_id() {
        for (one, other) in [
            (
                "/subscriptions/A/resourceGroups/g",
                "subscriptions/a/resourcegroups/G/",
            ),
            (
                "/subscriptions/a/resourceGroup/g/x",
                "/subscriptions/a/resourceGroups/g/x",
            ),
            (
                "Microsoft.Management/managementGroups/Root",
                "/providers/Microsoft.Management/managementGroups/root",
            ),
            (
                "/Microsoft.Management/root",
                "/providers/microsoft.management/managementgroups/root",
            ),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
        assert!(!same("/subscriptions/a", "/subscriptions/b"));
        let below = "/providers/Microsoft.Management/managementGroups/platform/providers/Microsoft.Network/networkManagerConnections/c";
        assert!(!same(below, "/Microsoft.Management/platform"));
    }

    #[test]
    fn an_id_lies_in_its_subscription_or_management_group() {
        let scope = |text: &str| scope_of(&text.parse().unwrap());
        let subscription = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";
        assert_eq!(
            scope(&format!(
                "{subscription}/providers/Microsoft.Network/networkManagerConnections/c"
            ))
            .as_deref(),
            Some(subscription)
        );
        assert_eq!(
            scope("/providers/Microsoft.Management/managementGroups/platform/providers/x/y/z")
                .as_deref(),
            Some("/providers/Microsoft.Management/managementGroups/platform")
        );
        assert_eq!(scope("/providers/x/y"), None);
    }
}
