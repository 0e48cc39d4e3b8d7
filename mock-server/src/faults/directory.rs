//! How a fault finds directory objects: places `tenant/displayName`, `tenant/displayName/credential`.

use crate::world::{Application, FederatedIdentityCredential, ServicePrincipal, World};

/// Places of applications.
pub(super) fn applications(world: &World) -> Vec<String> {
    let of = |(key, tenant): (&String, &crate::world::Tenant)| {
        tenant
            .applications
            .iter()
            .map(|it| format!("{key}/{}", it.display_name))
            .collect::<Vec<_>>()
    };
    world.tenants.iter().flat_map(of).collect()
}

/// Places of federated credentials.
pub(super) fn credentials(world: &World) -> Vec<String> {
    let mut places = Vec::new();
    for (key, tenant) in &world.tenants {
        for application in &tenant.applications {
            let names = application
                .federated_identity_credentials
                .iter()
                .map(|it| &it.name);
            places.extend(names.map(|name| format!("{key}/{}/{name}", application.display_name)));
        }
    }
    places
}

/// Service principals of applications that the world registers: those of stand-ins are no part of a chain.
pub(super) fn service_principals(world: &World) -> Vec<String> {
    let registered = |app_id: &str| {
        world
            .tenants
            .values()
            .flat_map(|tenant| &tenant.applications)
            .any(|it| it.app_id.eq_ignore_ascii_case(app_id))
    };
    let mut places = Vec::new();
    for (key, tenant) in &world.tenants {
        let of_chain = tenant
            .service_principals
            .iter()
            .filter(|it| registered(&it.app_id));
        places.extend(of_chain.map(|principal| format!("{key}/{}", principal.display_name)));
    }
    places
}

/// The application at a place.
pub(super) fn application<'w>(
    world: &'w mut World,
    at: &str,
) -> Result<&'w mut Application, String> {
    let (key, name) = at.split_once('/').ok_or("names no application")?;
    let tenant = world.tenants.get_mut(key).ok_or("no such tenant")?;
    let found = tenant
        .applications
        .iter_mut()
        .find(|application| application.display_name == name);
    found.ok_or_else(|| "no such application".to_owned())
}

/// Takes the application at a place out of the world.
pub(super) fn take_application(world: &mut World, at: &str) -> Result<Application, String> {
    let taken = application(world, at)?.clone();
    for tenant in world.tenants.values_mut() {
        tenant
            .applications
            .retain(|application| application.id != taken.id);
    }
    Ok(taken)
}

/// The federated credential at a place.
pub(super) fn credential<'w>(
    world: &'w mut World,
    at: &str,
) -> Result<&'w mut FederatedIdentityCredential, String> {
    let (of, name) = at.rsplit_once('/').ok_or("names no credential")?;
    let credentials = &mut application(world, of)?.federated_identity_credentials;
    credentials
        .iter_mut()
        .find(|credential| credential.name == name)
        .ok_or_else(|| "no such credential".to_owned())
}

/// The service principal at a place.
pub(super) fn service_principal<'w>(
    world: &'w mut World,
    at: &str,
) -> Result<&'w mut ServicePrincipal, String> {
    let (key, name) = at.split_once('/').ok_or("names no service principal")?;
    let tenant = world.tenants.get_mut(key).ok_or("no such tenant")?;
    let found = tenant
        .service_principals
        .iter_mut()
        .find(|principal| principal.display_name == name);
    found.ok_or_else(|| "no such service principal".to_owned())
}
