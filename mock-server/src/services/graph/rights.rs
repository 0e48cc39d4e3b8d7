//! Who may look at what, and change it? Application permissions of the token, or the object being the caller's own
//! (API.md §5). A permission to read never writes.
//!
//! Source of each list: microsoft-graph-docs-contrib, `api-reference/v1.0/includes/permissions/`, column "Application". The
//! least comes first.

use super::errors::Refused;
use crate::auth::Caller;
use crate::directory::Details;

/// The right to do everything with one's own applications.
const OWNED: &str = "Application.ReadWrite.OwnedBy";
/// `application-list`, `serviceprincipal-list`.
const READ_APPLICATIONS: &[&str] = &[
    "Application.Read.All",
    OWNED,
    "Application.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
/// `application-post-applications`, `application-update`, `application-addpassword`.
const WRITE_APPLICATIONS: &[&str] = &["Application.ReadWrite.All", "Directory.ReadWrite.All"];
/// `group-get`.
const READ_GROUPS: &[&str] = &[
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
/// `group-post-groups`.
const CREATE_GROUPS: &[&str] = &[
    "Group.Create",
    "Group.ReadWrite.All",
    "Directory.ReadWrite.All",
];
/// `group-update`, `group-delete`.
const WRITE_GROUPS: &[&str] = &["Group.ReadWrite.All", "Directory.ReadWrite.All"];
/// `group-post-members`, `group-delete-members`.
const WRITE_MEMBERS: &[&str] = &[
    "GroupMember.ReadWrite.All",
    "Group.ReadWrite.All",
    "Directory.ReadWrite.All",
];
/// `organization-list`.
const READ_ORGANIZATION: &[&str] = &[
    "Organization.Read.All",
    "Organization.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
/// `directoryobject-getmembergroups`, besides the permissions for the object itself.
const READ_MEMBERSHIPS: &[&str] = &["Directory.Read.All", "Directory.ReadWrite.All"];

/// `user-list`.
const READ_USERS: &[&str] = &[
    "User.ReadBasic.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
/// `oauth2permissiongrant-list`.
const READ_GRANTS: &[&str] = &[
    "DelegatedPermissionGrant.Read.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
/// `oauth2permissiongrant-post`.
const WRITE_GRANTS: &[&str] = &[
    "DelegatedPermissionGrant.ReadWrite.All",
    "Directory.ReadWrite.All",
];
/// `serviceprincipal-post-approleassignments`, which asks for one of [`READ_APPLICATIONS`] too.
const ASSIGN_APP_ROLES: &[&str] = &["AppRoleAssignment.ReadWrite.All"];
/// `domain-list`.
const READ_DOMAINS: &[&str] = &[
    "Domain.Read.All",
    "Domain.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
/// `directoryrole-list`.
const READ_DIRECTORY_ROLES: &[&str] = &[
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
/// Application permissions that applications hold beside these, and that no operation of the mock asks for
/// (microsoft-graph-docs, `permissions-reference`): a world that says who holds what need not leave them out.
const WITHOUT_EFFECT: &[&str] = &[
    "AccessReview.Read.All",
    "AccessReview.ReadWrite.All",
    "AdministrativeUnit.Read.All",
    "AdministrativeUnit.ReadWrite.All",
    "AuditLog.Read.All",
    "Calendars.Read",
    "Calendars.ReadWrite",
    "CrossTenantInformation.ReadBasic.All",
    "CustomSecAttributeAssignment.Read.All",
    "Device.Read.All",
    "Device.ReadWrite.All",
    "DeviceManagementConfiguration.Read.All",
    "DeviceManagementManagedDevices.Read.All",
    "EntitlementManagement.Read.All",
    "EntitlementManagement.ReadWrite.All",
    "Files.Read.All",
    "Files.ReadWrite.All",
    "IdentityRiskEvent.Read.All",
    "IdentityRiskyServicePrincipal.Read.All",
    "IdentityRiskyUser.Read.All",
    "Mail.Read",
    "Mail.ReadWrite",
    "Mail.Send",
    "Member.Read.Hidden",
    "Policy.Read.All",
    "Policy.ReadWrite.ApplicationConfiguration",
    "Policy.ReadWrite.ConditionalAccess",
    "Policy.ReadWrite.CrossTenantAccess",
    "Reports.Read.All",
    "RoleManagement.Read.All",
    "SecurityAlert.Read.All",
    "SecurityEvents.Read.All",
    "Sites.FullControl.All",
    "Sites.Read.All",
    "Sites.ReadWrite.All",
    "Sites.Selected",
    "Synchronization.Read.All",
    "Synchronization.ReadWrite.All",
    "UserAuthenticationMethod.Read.All",
    "UserAuthenticationMethod.ReadWrite.All",
];

/// Every permission that a world may grant, some of them more than once.
pub fn permissions() -> impl Iterator<Item = &'static str> {
    let lists = [
        &[OWNED][..],
        READ_APPLICATIONS,
        WRITE_APPLICATIONS,
        READ_GROUPS,
        CREATE_GROUPS,
        WRITE_GROUPS,
        WRITE_MEMBERS,
        READ_ORGANIZATION,
        READ_MEMBERSHIPS,
        READ_USERS,
        READ_GRANTS,
        ASSIGN_APP_ROLES,
        READ_DOMAINS,
        READ_DIRECTORY_ROLES,
        WITHOUT_EFFECT,
    ];
    lists.into_iter().flatten().copied()
}

fn holds(caller: &Caller, permissions: &[&str]) -> bool {
    caller
        .roles
        .iter()
        .any(|role| permissions.contains(&role.as_str()))
}

fn require(caller: &Caller, permissions: &[&str]) -> Result<(), Refused> {
    if holds(caller, permissions) {
        Ok(())
    } else {
        Err(Refused::denied())
    }
}

/// May the caller read every application and service principal of its tenant?
pub(super) fn reads_applications(caller: &Caller) -> bool {
    holds(caller, READ_APPLICATIONS)
}

/// May the caller read every group of its tenant?
pub(super) fn reads_groups(caller: &Caller) -> bool {
    holds(caller, READ_GROUPS)
}

/// May the caller read in which groups any object is?
pub(super) fn reads_memberships(caller: &Caller) -> bool {
    holds(caller, READ_MEMBERSHIPS) || reads_applications(caller) && reads_groups(caller)
}

/// Does the caller need it to be its own what it writes?
pub(super) fn writes_owned_only(caller: &Caller) -> bool {
    !holds(caller, WRITE_APPLICATIONS) && holds(caller, &[OWNED])
}

/// May the caller make applications and service principals?
pub(super) fn create_applications(caller: &Caller) -> Result<(), Refused> {
    if holds(caller, WRITE_APPLICATIONS) || writes_owned_only(caller) {
        Ok(())
    } else {
        Err(Refused::denied())
    }
}

/// May the caller change this application or service principal? `OwnedBy` only what the caller owns.
pub(super) fn write_application(caller: &Caller, details: &Details) -> Result<(), Refused> {
    let owns = holds(caller, &[OWNED]) && details.is_owned_by(&caller.object_id);
    if holds(caller, WRITE_APPLICATIONS) || owns {
        Ok(())
    } else {
        Err(Refused::denied())
    }
}

/// May the caller read the tenant's applications and service principals?
pub(super) fn read_applications(caller: &Caller) -> Result<(), Refused> {
    require(caller, READ_APPLICATIONS)
}

/// May the caller read groups?
pub(super) fn read_groups(caller: &Caller) -> Result<(), Refused> {
    require(caller, READ_GROUPS)
}

/// May the caller make groups?
pub(super) fn create_groups(caller: &Caller) -> Result<(), Refused> {
    require(caller, CREATE_GROUPS)
}

/// May the caller change and delete groups?
pub(super) fn write_groups(caller: &Caller) -> Result<(), Refused> {
    require(caller, WRITE_GROUPS)
}

/// May the caller change who is in groups?
pub(super) fn write_members(caller: &Caller) -> Result<(), Refused> {
    require(caller, WRITE_MEMBERS)
}

/// May the caller read the tenant itself?
pub(super) fn read_organization(caller: &Caller) -> Result<(), Refused> {
    require(caller, READ_ORGANIZATION)
}

/// May the caller read users?
pub(super) fn read_users(caller: &Caller) -> Result<(), Refused> {
    require(caller, READ_USERS)
}

/// May the caller read what users consented to?
pub(super) fn read_grants(caller: &Caller) -> Result<(), Refused> {
    require(caller, READ_GRANTS)
}

/// May the caller consent to delegated permissions?
pub(super) fn write_grants(caller: &Caller) -> Result<(), Refused> {
    require(caller, WRITE_GRANTS)
}

/// May the caller read the tenant's domains?
pub(super) fn read_domains(caller: &Caller) -> Result<(), Refused> {
    require(caller, READ_DOMAINS)
}

/// May the caller read which directory roles are active?
pub(super) fn read_directory_roles(caller: &Caller) -> Result<(), Refused> {
    require(caller, READ_DIRECTORY_ROLES)
}

/// May the caller assign app roles?
pub(super) fn assign_app_roles(caller: &Caller) -> Result<(), Refused> {
    require(caller, ASSIGN_APP_ROLES)?;
    require(caller, READ_APPLICATIONS)
}

/// May the caller take app roles away (`serviceprincipal-delete-approleassignments`)?
pub(super) fn remove_app_roles(caller: &Caller) -> Result<(), Refused> {
    require(caller, ASSIGN_APP_ROLES)
}

/// Does this application id belong to the caller?
pub(super) fn is_own(caller: &Caller, app_id: &str) -> bool {
    caller.app_id.eq_ignore_ascii_case(app_id)
}
