//! Faults of applications and of whom they trust (IDENTITY.md §2 and §5, PITFALLS.md C).
//!
//! Places are `tenant/displayName` for applications, `tenant/displayName/credential` for federated credentials.

use serde_json::Value;

use super::Fault;
use super::directory::{application, applications, credential, credentials, take_application};
use crate::tokens::TOKEN_EXCHANGE_AUDIENCE;
use crate::world::{FederatedIdentityCredential, World};

/// Four fifths of the 20 that an application can have (entra-docs,
/// `workload-id/workload-identity-federation-considerations.md`).
const NEARLY_ALL_CREDENTIALS: usize = 16;

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

/// The application is for personal accounts.
pub const APPLICATION_PERSONAL: Fault = Fault {
    id: "application-personal-accounts-only",
    about: "the application allows personal Microsoft accounts only",
    places: applications,
    plant: |world, at| {
        "PersonalMicrosoftAccount".clone_into(&mut application(world, at)?.sign_in_audience);
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

/// The credential is wrong, and another workload's stands before it.
pub const CREDENTIAL_BEHIND_ANOTHER: Fault = Fault {
    id: "federated-credential-wrong-behind-another",
    about: "the issuer of the federated credential ends in a slash, and a healthy one of another workload stands before it",
    places: credentials,
    plant: |world, at| {
        let another = FederatedIdentityCredential {
            id: "0f000000-0000-4000-8000-0000000000fe".to_owned(),
            name: "billing".to_owned(),
            subject: "0eeeeeee-eeee-4eee-8eee-eeeeeeeeeeee".to_owned(),
            ..credential(world, at)?.clone()
        };
        credential(world, at)?.issuer.push('/');
        let (of, _) = at.rsplit_once('/').ok_or("names no credential")?;
        application(world, of)?
            .federated_identity_credentials
            .insert(0, another);
        Ok(())
    },
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

/// The credential's subject is somebody else.
pub const CREDENTIAL_SUBJECT_OTHER: Fault = Fault {
    id: "federated-credential-subject-other",
    about: "the subject of the federated credential is the principal id of another identity",
    places: credentials,
    plant: |world, at| {
        "0eeeeeee-eeee-4eee-8eee-eeeeeeeeeeee".clone_into(&mut credential(world, at)?.subject);
        Ok(())
    },
};

/// Nearly as many credentials as an application can have.
pub const CREDENTIALS_MANY: Fault = Fault {
    id: "federated-credentials-many",
    about: "the application trusts so many other workloads that there is hardly room for another federated credential",
    places: |world| {
        let trusts = |at: &String| {
            let own = application(&mut world.clone(), at)
                .map(|it| it.federated_identity_credentials.clone());
            own.is_ok_and(|own| !own.is_empty())
        };
        applications(world).into_iter().filter(trusts).collect()
    },
    plant: |world, at| {
        let credentials = &mut application(world, at)?.federated_identity_credentials;
        let like = credentials.first().ok_or("it trusts nobody")?.clone();
        let others =
            (credentials.len()..NEARLY_ALL_CREDENTIALS).map(|number| FederatedIdentityCredential {
                id: format!("0f000000-0000-4000-8000-0000000001{number:02}"),
                name: format!("workload-{number}"),
                subject: format!("0eeeeeee-eeee-4eee-8eee-0000000000{number:02}"),
                ..like.clone()
            });
        credentials.extend(others);
        Ok(())
    },
};

/// A second credential for the same subject.
pub const CREDENTIAL_TWICE: Fault = Fault {
    id: "federated-credential-twice",
    about: "somebody added a second federated credential for the same identity, with the v1 form of its issuer",
    places: credentials,
    plant: |world, at| {
        let own = at.split('/').next().unwrap_or_default();
        let tenant = world.tenants.get(own).ok_or("no such tenant")?.id.clone();
        let second = FederatedIdentityCredential {
            id: "0f000000-0000-4000-8000-0000000000ff".to_owned(),
            name: "hedge".to_owned(),
            issuer: format!("https://sts.windows.net/{tenant}/"),
            ..credential(world, at)?.clone()
        };
        let (of, _) = at.rsplit_once('/').ok_or("names no credential")?;
        application(world, of)?
            .federated_identity_credentials
            .push(second);
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
