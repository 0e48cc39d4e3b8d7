//! Does a pattern of a role definition cover an action?
//!
//! `*` stands for any text, slashes included, anywhere in the pattern, as often as wanted; case does not count.
//! Source: MicrosoftDocs/azure-docs, `role-based-access-control/role-definitions.md`.
//!
//! Not written there, but necessary: `/*/` also covers a single `/`. Managed Identity Operator holds
//! `…/userAssignedIdentities/*/assign/action` and no other right to assign, and the action that Azure asks for is
//! `…/userAssignedIdentities/assign/action`; Key Vault Reader, which shows vaults, holds `…/vaults/*/read`.

/// Whether `pattern` covers `action`.
pub fn covers(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    matches(&pattern, &action)
        || (pattern.contains("/*/") && matches(&pattern.replace("/*/", "/"), &action))
}

fn matches(pattern: &str, action: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == action;
    };
    let Some(mut rest) = action.strip_prefix(head) else {
        return false;
    };
    let (middle, last) = tail
        .rsplit_once('*')
        .map_or(("", tail), |(middle, last)| (middle, last));
    for part in middle.split('*') {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_star_spans_slashes_and_case_does_not_count() {
        for (pattern, action, expected) in [
            ("*", "Microsoft.KeyVault/vaults/read", true),
            ("*/read", "Microsoft.KeyVault/vaults/secrets/READ", true),
            (
                "*/read",
                "Microsoft.KeyVault/vaults/secrets/getSecret/action",
                false,
            ),
            (
                "Microsoft.KeyVault/vaults/*",
                "microsoft.keyvault/vaults/secrets/getSecret/action",
                true,
            ),
            (
                "Microsoft.KeyVault/vaults/*",
                "Microsoft.KeyVault/vaults",
                false,
            ),
            (
                "Microsoft.KeyVault/vaults/*/read",
                "Microsoft.KeyVault/vaults/read",
                true,
            ),
            (
                "Microsoft.KeyVault/vaults/*/read",
                "Microsoft.KeyVault/vaults/secrets/read",
                true,
            ),
            (
                "Microsoft.Authorization/*/Write",
                "Microsoft.Authorization/roleAssignments/write",
                true,
            ),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("a*b*b", "ab", false),
            ("Microsoft.Storage/read", "Microsoft.Storage/read", true),
            ("Microsoft.Storage/read", "Microsoft.Storage/reader", false),
        ] {
            assert_eq!(covers(pattern, action), expected, "{pattern} over {action}");
        }
    }
}
