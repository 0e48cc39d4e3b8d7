//! Is the client there in the requested tenant, and may it sign in?
//!
//! Entra knows an application in a tenant by its service principal there. Without one: 7000229 when the application
//! object itself is in that tenant, else 700016. A single-tenant application is unknown outside its home, whatever
//! service principals are left over. Disabled in either place: 7000112. (IDENTITY.md §5, PITFALLS.md C02, C03, C40)

use super::refusals::{self, Refused};
use crate::store::{State, Tenant};
use crate::world::{Application, ServicePrincipal};

/// A client that may ask for tokens in a tenant.
#[derive(Clone, Copy)]
pub struct Client<'s> {
    /// The application object.
    pub application: &'s Application,
    /// Tenant of the application object.
    pub home: &'s str,
    /// Its service principal in the requested tenant.
    pub service_principal: &'s ServicePrincipal,
}

impl<'s> Client<'s> {
    /// The client of this id in a tenant.
    ///
    /// # Errors
    /// 700016, 7000229 or 7000112.
    pub fn find(state: &'s State, tenant: &Tenant, client_id: &str) -> Result<Self, Refused> {
        let unknown = || refusals::unknown_application(client_id, &tenant.name);
        let home = state.directory.home_of(client_id).ok_or_else(unknown)?;
        let application = state.application(home, client_id).ok_or_else(unknown)?;
        let Some(service_principal) = principal(state, tenant, application) else {
            let registered_here = home == tenant.id;
            return Err(if registered_here {
                refusals::no_service_principal(client_id, &tenant.id)
            } else {
                unknown()
            });
        };
        if home != tenant.id && !allows_other_tenants(application) {
            return Err(unknown());
        }
        if application.is_disabled || !service_principal.is_enabled() {
            return Err(refusals::disabled_application(
                client_id,
                &application.display_name,
            ));
        }
        Ok(Self {
            application,
            home,
            service_principal,
        })
    }
}

/// By application id only: an object id is no client id.
fn principal<'s>(
    state: &'s State,
    tenant: &Tenant,
    application: &Application,
) -> Option<&'s ServicePrincipal> {
    let found = state.service_principal(&tenant.id, &application.app_id)?;
    found
        .app_id
        .eq_ignore_ascii_case(&application.app_id)
        .then_some(found)
}

/// May an application be in other tenants than its own?
pub fn allows_other_tenants(application: &Application) -> bool {
    matches!(
        application.sign_in_audience.as_str(),
        "AzureADMultipleOrgs" | "AzureADandPersonalMicrosoftAccount"
    )
}
