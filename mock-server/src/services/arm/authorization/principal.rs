//! Who is to hold a role: what does the directory of the tenant know of an object id?

use crate::request::Reply;
use crate::services::arm::errors::bad_request;
use crate::store::State;

/// An object id in a tenant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Principal<'a> {
    tenant: &'a str,
    object: &'a str,
    found: Option<&'static str>,
    is_elsewhere: bool,
}

impl<'a> Principal<'a> {
    /// Looks it up.
    pub(super) fn of(state: &State, tenant: &'a str, object: &'a str) -> Self {
        let found = type_in(state, tenant, object);
        let is_elsewhere = found.is_none()
            && state
                .tenants
                .keys()
                .any(|other| type_in(state, other, object).is_some());
        Self {
            tenant,
            object,
            found,
            is_elsewhere,
        }
    }

    /// Its type, if that is what the caller said, or if nothing is known of it and the caller said one.
    ///
    /// # Errors
    /// 400 `PrincipalNotFound` or `UnmatchedPrincipalType` (the latter's spelling is Azure's).
    pub(super) fn as_said(self, said: Option<&'static str>) -> Result<&'static str, Reply> {
        let object = compact(self.object);
        match (self.found, said) {
            (Some(found), Some(said)) if found != said => Err(bad_request(
                "UnmatchedPrincipalType",
                &format!(
                    "The PrincipalId '{object}' has type '{found}' , which is different from specified PrinciaplType '{said}'."
                ),
            )),
            (Some(found), _) => Ok(found),
            (None, Some(said)) if said != "ForeignGroup" && !self.is_elsewhere => Ok(said),
            (None, _) => Err(bad_request(
                "PrincipalNotFound",
                &format!(
                    "Principal {object} does not exist in the directory {}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
                    self.tenant
                ),
            )),
        }
    }
}

/// Object ids only: the id of an application, or of its object, is nobody's.
fn type_in(state: &State, tenant: &str, object: &str) -> Option<&'static str> {
    let principal = state.service_principal(tenant, object);
    if principal.is_some_and(|it| it.id.eq_ignore_ascii_case(object)) {
        return Some("ServicePrincipal");
    }
    state.directory.group(tenant, object).map(|_| "Group")
}

/// A GUID without hyphens, as texts of Microsoft.Authorization have it.
pub(super) fn compact(guid: &str) -> String {
    guid.replace('-', "").to_ascii_lowercase()
}
