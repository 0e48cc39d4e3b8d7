//! Faults of identity: who trusts whom, and whether they exist at all (IDENTITY.md §2 and §5, PITFALLS.md C).
//!
//! Places are `tenant/displayName` for directory objects, `tenant/displayName/credential` for federated credentials,
//! `vantage/NAME` for a machine, resource ids for managed identities.

use serde_json::{Value, json};

use super::directory::{
    application, applications, credential, credentials, service_principal, service_principals,
    take_application,
};
use super::{Fault, patch};
use crate::directory::USER_ASSIGNED_IDENTITY;
use crate::tokens::TOKEN_EXCHANGE_AUDIENCE;
use crate::world::World;

/// The application was disabled by its owner.
pub const APPLICATION_DISABLED: Fault = Fault {
    id: "application-disabled",
    about: "the owner of the application disabled it",
    places: applications,
    plant: |world, at| {
        application(world, at)?.is_disabled = true;
        Ok(())
    },
};

/// The application was deleted.
pub const APPLICATION_MISSING: Fault = Fault {
    id: "application-missing",
    about: "the application was deleted in its home tenant",
    places: applications,
    plant: |world, at| take_application(world, at).map(drop),
};

/// The application was registered in the tenant of the resource instead of the identity's.
pub const APPLICATION_OF_RESOURCE_TENANT: Fault = Fault {
    id: "application-of-resource-tenant",
    about: "the application is registered in the tenant of the resource, the identity is not",
    places: |world| {
        applications(world)
            .into_iter()
            .filter(|at| other_tenant_with_principal(world, at).is_some())
            .collect()
    },
    plant: |world, at| {
        let other = other_tenant_with_principal(world, at)
            .ok_or("no other tenant has its service principal")?;
        let application = take_application(world, at)?;
        let tenant = world.tenants.get_mut(&other).ok_or("no such tenant")?;
        let id = tenant.id.clone();
        for principal in tenant
            .service_principals
            .iter_mut()
            .filter(|it| it.app_id == application.app_id)
        {
            principal.app_owner_organization_id = Some(id.clone());
        }
        tenant.applications.push(application);
        Ok(())
    },
};

/// The application allows its own tenant only.
pub const APPLICATION_SINGLE_TENANT: Fault = Fault {
    id: "application-single-tenant",
    about: "the application allows accounts of its own tenant only",
    places: applications,
    plant: |world, at| {
        "AzureADMyOrg".clone_into(&mut application(world, at)?.sign_in_audience);
        Ok(())
    },
};

/// The credential's audience is the GUID that the token carries.
pub const CREDENTIAL_AUDIENCE_GUID: Fault = Fault {
    id: "federated-credential-audience-guid",
    about: "the federated credential names the audience by the GUID that tokens carry, not by its URI",
    places: credentials,
    plant: |world, at| set_audience(world, at, TOKEN_EXCHANGE_AUDIENCE),
};

/// The credential's audience is that of another cloud.
pub const CREDENTIAL_AUDIENCE_OTHER: Fault = Fault {
    id: "federated-credential-audience-other",
    about: "the federated credential names the audience of another cloud",
    places: credentials,
    plant: |world, at| set_audience(world, at, "api://AzureADTokenExchangeUSGov"),
};

/// The credential's issuer is another tenant.
pub const CREDENTIAL_ISSUER_OTHER_TENANT: Fault = Fault {
    id: "federated-credential-issuer-other-tenant",
    about: "the federated credential names another tenant as issuer",
    places: |world| {
        if world.tenants.len() > 1 {
            credentials(world)
        } else {
            Vec::new()
        }
    },
    plant: |world, at| {
        let own = at.split('/').next().unwrap_or_default().to_owned();
        let other = world
            .tenants
            .iter()
            .find(|(key, _)| **key != own)
            .map(|(_, tenant)| tenant.id.clone());
        let other = other.ok_or("the world has one tenant only")?;
        credential(world, at)?.issuer = format!("https://login.microsoftonline.com/{other}/v2.0");
        Ok(())
    },
};

/// The credential's issuer ends in a slash.
pub const CREDENTIAL_ISSUER_TRAILING_SLASH: Fault = Fault {
    id: "federated-credential-issuer-trailing-slash",
    about: "the issuer of the federated credential ends in a slash",
    places: credentials,
    plant: |world, at| {
        credential(world, at)?.issuer.push('/');
        Ok(())
    },
};

/// The application has no such credential.
pub const CREDENTIAL_MISSING: Fault = Fault {
    id: "federated-credential-missing",
    about: "the application has no federated credential for the identity",
    places: credentials,
    plant: |world, at| {
        let (of, name) = at.rsplit_once('/').ok_or("names no credential")?;
        application(world, of)?
            .federated_identity_credentials
            .retain(|credential| credential.name != name);
        Ok(())
    },
};

/// The credential's subject differs in case.
pub const CREDENTIAL_SUBJECT_CASE: Fault = Fault {
    id: "federated-credential-subject-case",
    about: "the subject of the federated credential is the principal id in upper case",
    places: credentials,
    plant: |world, at| {
        let credential = credential(world, at)?;
        credential.subject = credential.subject.to_uppercase();
        Ok(())
    },
};

/// The credential's subject is the client id.
pub const CREDENTIAL_SUBJECT_CLIENT_ID: Fault = Fault {
    id: "federated-credential-subject-client-id",
    about: "the subject of the federated credential is the client id of the identity, not its principal id",
    places: |world| {
        let is_identity = |at: &String| client_of_subject(&mut world.clone(), at).is_ok();
        credentials(world).into_iter().filter(is_identity).collect()
    },
    plant: |world, at| {
        let client = client_of_subject(world, at)?;
        credential(world, at)?.subject = client;
        Ok(())
    },
};

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
    about: "the application has no service principal in that tenant",
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

fn set_audience(world: &mut World, at: &str, audience: &str) -> Result<(), String> {
    credential(world, at)?.audiences = vec![audience.to_owned()];
    Ok(())
}

fn other_tenant_with_principal(world: &World, at: &str) -> Option<String> {
    let (key, name) = at.split_once('/')?;
    let application = world
        .tenants
        .get(key)?
        .applications
        .iter()
        .find(|it| it.display_name == name)?;
    let has = |tenant: &crate::world::Tenant| {
        tenant
            .service_principals
            .iter()
            .any(|it| it.app_id.eq_ignore_ascii_case(&application.app_id))
    };
    world
        .tenants
        .iter()
        .find(|(other, tenant)| *other != key && has(tenant))
        .map(|(other, _)| other.clone())
}

/// The client id of the identity whose principal id is a credential's subject.
fn client_of_subject(world: &mut World, at: &str) -> Result<String, String> {
    let subject = credential(world, at)?.subject.clone();
    let text = |resource: &crate::world::Resource, pointer: &str| {
        resource
            .properties()
            .pointer(pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let of_subject = |resource: &&crate::world::Resource| {
        text(resource, "/principalId") == Some(subject.clone())
    };
    let identity = world
        .resources
        .iter()
        .find(of_subject)
        .ok_or("no managed identity has this subject")?;
    text(identity, "/clientId").ok_or_else(|| "the managed identity has no client id".to_owned())
}
