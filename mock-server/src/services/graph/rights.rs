//! Who may look at what? Application permissions of the token, or the object being the caller's own (API.md §5).

use crate::auth::Caller;

/// Permissions that let a caller read applications and service principals, the least first (MORE.md §6).
const APPLICATIONS: &[&str] = &[
    "Application.Read.All",
    "Application.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
/// Permissions that let a caller read groups (microsoft-graph-docs, `group-get`), the least first.
const GROUPS: &[&str] = &[
    "GroupMember.Read.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

fn holds(caller: &Caller, permissions: &[&str]) -> bool {
    caller
        .roles
        .iter()
        .any(|role| permissions.contains(&role.as_str()))
}

/// May the caller read every application and service principal of its tenant?
pub(super) fn reads_applications(caller: &Caller) -> bool {
    holds(caller, APPLICATIONS)
}

/// May the caller read every group of its tenant?
pub(super) fn reads_groups(caller: &Caller) -> bool {
    holds(caller, GROUPS)
}

/// Does this application id belong to the caller?
pub(super) fn is_own(caller: &Caller, app_id: &str) -> bool {
    caller.app_id.eq_ignore_ascii_case(app_id)
}
