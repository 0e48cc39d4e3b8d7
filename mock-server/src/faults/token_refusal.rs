//! Faults whose reason lies outside of the world: Entra refuses an application at a tenant (`services/entra/given.rs`).
//!
//! Places are service principals outside of their application's home, `tenant/displayName`.

use super::Fault;
use super::directory::{service_principal, service_principals};
use crate::world::{TokenRefusal, World};

/// Every fault here is one row.
macro_rules! refusal {
    ($name:ident, $id:literal, $about:literal, $code:literal) => {
        #[doc = concat!("AADSTS", stringify!($code), ".")]
        pub const $name: Fault = Fault {
            id: $id,
            about: $about,
            places: guests,
            plant: |world, at| give(world, at, $code),
        };
    };
}

refusal!(
    REPLICATING,
    "token-refused-replication",
    "Entra does not know a new federated credential everywhere yet",
    70_021
);
refusal!(
    BUSY,
    "token-refused-transient",
    "Entra has a passing failure",
    90_033
);
refusal!(
    THROTTLED,
    "token-refused-throttled",
    "Entra throttles the tenant",
    90_055
);
refusal!(
    TENANT_GONE,
    "token-refused-tenant-unknown",
    "the tenant was deleted, or its id is one of another cloud",
    90_002
);
refusal!(
    NATIONAL_CLOUD,
    "token-refused-national-cloud",
    "the tenant lives in a national cloud",
    90_038
);
refusal!(
    CROSS_CLOUD,
    "token-refused-cross-cloud",
    "application and tenant live in different clouds",
    700_238
);
refusal!(
    CONDITIONAL_ACCESS,
    "token-refused-conditional-access",
    "a Conditional Access policy of the tenant blocks the application",
    53_003
);
refusal!(
    SECURITY_POLICY,
    "token-refused-security-policy",
    "a security policy of the tenant blocks the application",
    530_032
);
refusal!(
    TENANT_RESTRICTIONS,
    "token-refused-tenant-restrictions",
    "a proxy on the way out restricts access to listed tenants, and this one is not listed",
    500_021
);
refusal!(
    RESOURCE_UNKNOWN,
    "token-refused-resource-unknown",
    "the tenant has no service principal of the service that the token is for",
    500_011
);
refusal!(
    OUT_OF_TIME,
    "token-refused-out-of-time",
    "a cache presents an assertion that is expired, or a clock is wrong",
    700_024
);
refusal!(
    SIGNATURE,
    "token-refused-signature",
    "something on the way changes the assertion",
    700_027
);
refusal!(
    SECOND_HOP,
    "token-refused-second-hop",
    "the assertion was itself obtained by federation, as on AKS with workload identity",
    700_231
);

refusal!(
    SEVERAL_CREDENTIALS,
    "token-refused-several-credentials",
    "Entra finds more than one federated credential for the subject",
    700_263
);

/// Service principals of applications that are registered in another tenant.
fn guests(world: &World) -> Vec<String> {
    let is_guest = |at: &String| {
        let (tenant, principal) = at.split_once('/')?;
        let applications = &world.tenants.get(tenant)?.applications;
        Some(!applications.iter().any(|it| it.display_name == principal))
    };
    service_principals(world)
        .into_iter()
        .filter(|at| is_guest(at).unwrap_or(false))
        .collect()
}

fn give(world: &mut World, at: &str, code: u32) -> Result<(), String> {
    let application = service_principal(world, at)?.app_id.clone();
    let key = at.split('/').next().unwrap_or_default();
    let tenant = world.tenants.get_mut(key).ok_or("no such tenant")?;
    tenant
        .token_refusals
        .push(TokenRefusal { application, code });
    Ok(())
}
