//! Faults of managed identities and service principals (IDENTITY.md §1 and §5, PITFALLS.md C).
//!
//! Places are resource ids for managed identities, `vantage/NAME` for a machine, `tenant/displayName` for service
//! principals.

use serde_json::json;

use super::directory::{service_principal, service_principals};
use super::{Fault, patch};
use crate::directory::USER_ASSIGNED_IDENTITY;
use crate::world::{Application, FederatedIdentityCredential, ServicePrincipal, World};

/// A tenant that no world has.
const NOBODY: &str = "0ddddddd-dddd-4ddd-8ddd-dddddddddddd";
/// The application that [`STRANGER_ADMITTED`] makes: the bundled scenarios ask as it, and are refused.
pub const STRANGER: &str = "0abbbbbb-cccc-4ddd-8eee-ffffffffffff";

/// The identity is not attached to the machine.
pub const IDENTITY_DETACHED: Fault = Fault {
    id: "managed-identity-detached",
    about: "the managed identity is not attached to the machine",
    places: |world| {
        let with_identity = world
            .vantages
            .iter()
            .filter(|(_, vantage)| vantage.has_identity());
        with_identity
            .map(|(name, _)| format!("vantage/{name}"))
            .collect()
    },
    plant: |world, at| {
        let name = at.strip_prefix("vantage/").ok_or("names no vantage")?;
        let vantage = world.vantages.get_mut(name).ok_or("no such vantage")?;
        vantage.identities.clear();
        vantage.system_identity = false;
        Ok(())
    },
};

/// The identity was deleted.
pub const IDENTITY_MISSING: Fault = Fault {
    id: "managed-identity-missing",
    about: "the managed identity was deleted",
    places: |world| patch::of_type(world, USER_ASSIGNED_IDENTITY),
    plant: |world, at| {
        for vantage in world.vantages.values_mut() {
            vantage
                .identities
                .retain(|identity| !identity.eq_ignore_ascii_case(at));
        }
        patch::remove(world, at)
    },
};

/// The identity was deleted and made again under the same name.
pub const IDENTITY_OTHER_PRINCIPAL: Fault = Fault {
    id: "managed-identity-other-principal",
    about: "the managed identity was deleted and made again: same name and client id, another principal",
    places: |world| patch::of_type(world, USER_ASSIGNED_IDENTITY),
    plant: |world, at| {
        patch::set(
            world,
            at,
            "/principalId",
            json!("0fffffff-ffff-4fff-8fff-ffffffffffff"),
        )
    },
};

/// The service principal is disabled.
pub const SERVICE_PRINCIPAL_DISABLED: Fault = Fault {
    id: "service-principal-disabled",
    about: "an administrator disabled the application's service principal in that tenant",
    places: service_principals,
    plant: |world, at| {
        service_principal(world, at)?.account_enabled = false;
        Ok(())
    },
};

/// The service principal was never made.
pub const SERVICE_PRINCIPAL_MISSING: Fault = Fault {
    id: "service-principal-missing",
    about: "the application has no service principal in that tenant; in its home tenant it needs none to be used elsewhere",
    places: service_principals,
    plant: |world, at| {
        let id = service_principal(world, at)?.id.clone();
        for tenant in world.tenants.values_mut() {
            tenant
                .service_principals
                .retain(|principal| principal.id != id);
        }
        Ok(())
    },
};

/// The identity has another client id.
pub const IDENTITY_OTHER_CLIENT: Fault = Fault {
    id: "managed-identity-other-client",
    about: "the managed identity has another client id than the workload asks with",
    places: |world| patch::of_type(world, USER_ASSIGNED_IDENTITY),
    plant: |world, at| {
        patch::set(
            world,
            at,
            "/clientId",
            json!("0fffffff-ffff-4fff-8fff-fffffffffffe"),
        )
    },
};

/// The identity's subscription came from another tenant.
pub const IDENTITY_OTHER_TENANT: Fault = Fault {
    id: "managed-identity-of-other-tenant",
    about: "the managed identity still belongs to the tenant that its subscription was transferred from",
    places: |world| patch::of_type(world, USER_ASSIGNED_IDENTITY),
    plant: |world, at| patch::set(world, at, "/tenantId", json!(NOBODY)),
};

/// The service principal is that of an application of somebody else.
pub const SERVICE_PRINCIPAL_OF_OTHER_HOME: Fault = Fault {
    id: "service-principal-of-other-home",
    about: "the service principal belongs to an application of an organisation that nobody here knows",
    places: service_principals,
    plant: |world, at| {
        service_principal(world, at)?.app_owner_organization_id = Some(NOBODY.to_owned());
        Ok(())
    },
};

/// The application was deactivated for everybody.
pub const SERVICE_PRINCIPAL_DEACTIVATED: Fault = Fault {
    id: "service-principal-deactivated",
    about: "the application was deactivated, which every tenant sees at its service principal",
    places: service_principals,
    plant: |world, at| {
        service_principal(world, at)?.is_disabled = true;
        Ok(())
    },
};

/// An application that nobody wanted here.
pub const STRANGER_ADMITTED: Fault = Fault {
    id: "service-principal-of-stranger",
    about: "somebody registered a second application that trusts the managed identity, and the other tenant let it in",
    places: service_principals,
    plant: |world, at| {
        let app_id = service_principal(world, at)?.app_id.clone();
        let here = at.split('/').next().unwrap_or_default().to_owned();
        let trusts = |world: &World| {
            world.tenants.values().find_map(|tenant| {
                let application = tenant.applications.iter().find(|it| it.app_id == app_id)?;
                Some((
                    tenant.id.clone(),
                    application.federated_identity_credentials.clone(),
                ))
            })
        };
        let (home, credentials) = trusts(world).ok_or("the application is registered nowhere")?;
        let owner = world.tenants.values_mut().find(|tenant| tenant.id == home);
        owner
            .ok_or("no such tenant")?
            .applications
            .push(stranger(credentials));
        let principal = ServicePrincipal {
            id: "05000000-0000-4000-8000-0000000000ff".to_owned(),
            app_id: STRANGER.to_owned(),
            display_name: "stranger".to_owned(),
            account_enabled: true,
            app_owner_organization_id: Some(home),
            service_principal_type: "Application".to_owned(),
            is_disabled: false,
            disabled_by_microsoft_status: None,
            tags: Vec::new(),
            graph_permissions: Vec::new(),
        };
        let tenant = world.tenants.get_mut(&here).ok_or("no such tenant")?;
        tenant.service_principals.push(principal);
        Ok(())
    },
};

fn stranger(credentials: Vec<FederatedIdentityCredential>) -> Application {
    Application {
        id: "0c000000-0000-4000-8000-0000000000ff".to_owned(),
        app_id: STRANGER.to_owned(),
        display_name: "stranger".to_owned(),
        sign_in_audience: "AzureADMultipleOrgs".to_owned(),
        is_disabled: false,
        web: None,
        required_resource_access: Vec::new(),
        identifier_uris: Vec::new(),
        federated_identity_credentials: credentials,
        password_credentials: Vec::new(),
        key_credentials: Vec::new(),
    }
}
