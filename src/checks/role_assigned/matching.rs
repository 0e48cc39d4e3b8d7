//! What a role definition grants, and which assignments reach a scope.
//!
//! `actions` less `notActions`, `dataActions` less `notDataActions`, per item of `permissions`; what one item subtracts
//! another may grant. `*` stands for any text, slashes included; `/*/` also for a single slash, as built-in roles need
//! it (`…/vaults/*/read` shows vaults). Letter case does not count. Source: MicrosoftDocs/azure-docs,
//! `role-based-access-control/role-definitions.md`.

use serde::{Deserialize, Serialize};

use super::super::wire::lenient;

/// What can be done with the secrets of a vault.
pub(super) const SECRETS: &str = "Microsoft.KeyVault/vaults/secrets/*";
/// What Key Vault Reader can do with them.
pub(super) const READ_METADATA: &str = "Microsoft.KeyVault/vaults/secrets/readMetadata/action";

/// One item of a role definition's `permissions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Permissions {
    #[serde(deserialize_with = "lenient")]
    pub(super) actions: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) not_actions: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) data_actions: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) not_data_actions: Vec<String>,
}

/// An action with its plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needed<'a> {
    /// An action on settings.
    Control(&'a str),
    /// An action on data.
    Data(&'a str),
}

impl<'a> Needed<'a> {
    /// The action itself.
    pub(super) fn name(self) -> &'a str {
        match self {
            Self::Control(name) | Self::Data(name) => name,
        }
    }
}

impl Permissions {
    /// Whether this item grants the action.
    pub(super) fn grant(&self, needed: Needed<'_>) -> bool {
        let (given, taken) = self.patterns(needed);
        any_covers(given, needed) && !any_covers(taken, needed)
    }

    /// Whether this item would grant the action and takes it away again.
    pub(super) fn subtracts(&self, needed: Needed<'_>) -> bool {
        let (given, taken) = self.patterns(needed);
        any_covers(given, needed) && any_covers(taken, needed)
    }

    fn patterns(&self, needed: Needed<'_>) -> (&[String], &[String]) {
        match needed {
            Needed::Control(_) => (&self.actions, &self.not_actions),
            Needed::Data(_) => (&self.data_actions, &self.not_data_actions),
        }
    }
}

fn any_covers(patterns: &[String], needed: Needed<'_>) -> bool {
    patterns
        .iter()
        .any(|pattern| covers(pattern, needed.name()))
}

/// Whether a pattern covers an action, or another pattern.
pub(super) fn covers(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    matches(pattern.as_bytes(), action.as_bytes())
        || (pattern.contains("/*/")
            && matches(pattern.replace("/*/", "/").as_bytes(), action.as_bytes()))
}

/// Matching with one star to fall back to: linear in practice, never exponential.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut fallback: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            fallback = Some((p + 1, t));
            p += 1;
        } else if pattern.get(p) == text.get(t) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((after_star, from)) = fallback {
            fallback = Some((after_star, from + 1));
            (p, t) = (after_star, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

/// Whether an assignment at `assigned` reaches `scope`: at it or above it. Management groups and the root are above
/// everything that ARM lists them for.
pub(super) fn reaches(assigned: &str, scope: &str) -> bool {
    let assigned = assigned.trim_end_matches('/').to_ascii_lowercase();
    let scope = scope.trim_end_matches('/').to_ascii_lowercase();
    assigned.is_empty()
        || assigned.starts_with("/providers/microsoft.management/managementgroups/")
        || scope
            .strip_prefix(&assigned)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A built-in role that grants little, and what it grants; for "more than needed" and for commands.
pub(super) struct NarrowRole {
    pub(super) name: &'static str,
    pub(super) actions: &'static [&'static str],
    pub(super) data_actions: &'static [&'static str],
}

/// The narrowest built-in roles for reading data, narrowest first (Azure built-in roles; API.md §5, MORE.md §1f).
const NARROW_ROLES: &[NarrowRole] = &[
    NarrowRole {
        name: "Key Vault Secrets User",
        actions: &[],
        data_actions: &[
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
        ],
    },
    NarrowRole {
        name: "Storage Blob Data Reader",
        actions: &[
            "Microsoft.Storage/storageAccounts/blobServices/containers/read",
            "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
        ],
        data_actions: &["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"],
    },
    NarrowRole {
        name: "Storage Blob Data Contributor",
        actions: &["Microsoft.Storage/storageAccounts/blobServices/containers/*"],
        data_actions: &[
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",
        ],
    },
    NarrowRole {
        name: "AcrPull",
        actions: &["Microsoft.ContainerRegistry/registries/pull/read"],
        data_actions: &[],
    },
    NarrowRole {
        name: "Reader",
        actions: &["*/read"],
        data_actions: &[],
    },
];

impl NarrowRole {
    /// The narrowest one that grants all of this.
    pub(super) fn for_all(needed: &[Needed<'_>]) -> Option<&'static Self> {
        NARROW_ROLES
            .iter()
            .find(|role| needed.iter().all(|needed| role.grants(*needed)))
    }

    /// Whether these permissions hold something in the planes that are needed which this role does not.
    pub(super) fn is_exceeded_by(
        &self,
        permissions: &[Permissions],
        needed: &[Needed<'_>],
    ) -> bool {
        let control = needed
            .iter()
            .any(|needed| matches!(needed, Needed::Control(_)));
        let data = needed
            .iter()
            .any(|needed| matches!(needed, Needed::Data(_)));
        let beyond = |own: &[String], narrow: &[&str]| {
            own.iter()
                .any(|pattern| !narrow.iter().any(|known| covers(known, pattern)))
        };
        permissions.iter().any(|item| {
            (control && beyond(&item.actions, self.actions))
                || (data && beyond(&item.data_actions, self.data_actions))
        })
    }

    fn grants(&self, needed: Needed<'_>) -> bool {
        let patterns = match needed {
            Needed::Control(_) => self.actions,
            Needed::Data(_) => self.data_actions,
        };
        patterns
            .iter()
            .any(|pattern| covers(pattern, needed.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET_SECRET: &str = "Microsoft.KeyVault/vaults/secrets/getSecret/action";

    #[test]
    fn a_star_spans_slashes_and_case_does_not_count() {
        for (pattern, action, expected) in [
            ("*", GET_SECRET, true),
            ("*/read", "Microsoft.KeyVault/vaults/secrets/READ", true),
            ("*/read", GET_SECRET, false),
            (
                "Microsoft.KeyVault/vaults/*/read",
                "microsoft.keyvault/vaults/read",
                true,
            ),
            ("Microsoft.KeyVault/vaults/secrets/*", GET_SECRET, true),
            (
                "Microsoft.KeyVault/vaults/secrets/*",
                "Microsoft.KeyVault/vaults/secretsX/read",
                false,
            ),
            ("a*b*b", "ab", false),
            ("a*b*b", "axbxb", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(covers(pattern, action), expected, "{pattern} over {action}");
        }
        assert!(!covers(&"*a".repeat(40), &"a".repeat(39)));
    }

    #[test]
    fn what_an_item_subtracts_it_does_not_grant_and_planes_do_not_mix() {
        let all: Permissions =
            serde_json::from_str(r#"{"actions": ["*"], "dataActions": null}"#).unwrap();
        assert!(all.grant(Needed::Control(GET_SECRET)) && !all.grant(Needed::Data(GET_SECRET)));
        let less: Permissions =
            serde_json::from_str(r#"{"dataActions": ["Microsoft.KeyVault/*"], "notDataActions": ["*/getSecret/action"]}"#).unwrap();
        assert!(!less.grant(Needed::Data(GET_SECRET)));
        assert!(less.grant(Needed::Data(
            "Microsoft.KeyVault/vaults/secrets/readMetadata/action"
        )));
    }

    #[test]
    fn assignments_reach_downwards_only_and_by_whole_segments() {
        let vault = "/subscriptions/b/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv";
        for (assigned, expected) in [
            ("/", true),
            ("/subscriptions/B", true),
            ("/subscriptions/b/resourcegroups/data/", true),
            (vault, true),
            (
                "/providers/Microsoft.Management/managementGroups/root",
                true,
            ),
            ("/subscriptions/b/resourceGroups/dat", false),
            (
                "/subscriptions/b/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv/secrets/s",
                false,
            ),
        ] {
            assert_eq!(reaches(assigned, vault), expected, "{assigned}");
        }
    }

    #[test]
    fn the_narrowest_role_is_named_and_exceeding_it_is_seen() {
        let needed = [Needed::Data(GET_SECRET)];
        let narrow = NarrowRole::for_all(&needed).unwrap();
        assert_eq!(narrow.name, "Key Vault Secrets User");
        let item = |patterns: &[&str]| Permissions {
            data_actions: patterns
                .iter()
                .map(|pattern| (*pattern).to_owned())
                .collect(),
            ..Permissions::default()
        };
        assert!(!narrow.is_exceeded_by(&[item(narrow.data_actions)], &needed));
        assert!(narrow.is_exceeded_by(&[item(&["Microsoft.KeyVault/vaults/secrets/*"])], &needed));
        let pull = [Needed::Control(
            "Microsoft.ContainerRegistry/registries/pull/read",
        )];
        assert_eq!(NarrowRole::for_all(&pull).unwrap().name, "AcrPull");
        assert!(NarrowRole::for_all(&[Needed::Data("Microsoft.Odd/things/action")]).is_none());
    }
}
