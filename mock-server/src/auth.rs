//! Who is calling? The only judge of identity.
//!
//! A bearer token becomes a [`Caller`] when the mock's key signed it (RS256 only), its time has come and is not over by
//! the mock's clock, its audience is the service's, its issuer is the tenant it names, and the object it was issued to
//! still exists there and is enabled. There is no default identity and no way around this.

use crate::context::Context;
use crate::request::Request;
use crate::services::Refusal;
use crate::tokens::{Jwt, is_issuer};

/// Most tokens that `x-ms-authorization-auxiliary` may hold.
const MOST_AUXILIARY: usize = 3;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Azure Resource Manager.
    Arm,
    /// Microsoft Graph.
    Graph,
    /// Key Vault's data plane.
    KeyVault,
    /// Container registries, which take tokens for ARM too.
    Registry,
    /// Storage's data plane.
    Storage,
}

impl Audience {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Arm,
        Self::Graph,
        Self::KeyVault,
        Self::Registry,
        Self::Storage,
    ];

    /// Its resource URIs without trailing slash; the first is the one that Microsoft documents (IDENTITY.md §3,
    /// CLIENTS.md "Client id, scope forms").
    pub fn uris(self) -> &'static [&'static str] {
        match self {
            Self::Arm => &[
                "https://management.azure.com",
                "https://management.core.windows.net",
            ],
            Self::Graph => &["https://graph.microsoft.com"],
            Self::KeyVault => &["https://vault.azure.net"],
            Self::Registry => &["https://containerregistry.azure.net"],
            Self::Storage => &["https://storage.azure.com"],
        }
    }

    /// The audience of a resource URI, with or without a trailing slash.
    pub fn of(resource: &str) -> Option<Self> {
        let resource = resource.strip_suffix('/').unwrap_or(resource);
        Self::ALL
            .into_iter()
            .find(|audience| audience.uris().contains(&resource))
    }
}

/// Who called, as proved by a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// `tid`, lower case.
    pub tenant_id: String,
    /// `oid`, lower case: what role assignments name.
    pub object_id: String,
    /// `appid` or `azp`.
    pub app_id: String,
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// `roles`: application permissions.
    pub roles: Vec<String>,
}

/// The caller of a request to a service of this audience.
///
/// # Errors
/// Why the token is not believed.
pub fn authenticate(ctx: &Context, req: &Request, audience: Audience) -> Result<Caller, Refusal> {
    believe(ctx, bearer(req)?, audience)
}

/// The callers of `x-ms-authorization-auxiliary`: the same application in other tenants, for what a request refers to
/// there. At most three bearer tokens, separated by commas, or by semicolons as one path of the Azure CLI does; all of the
/// application that calls (API.md §7; azure-docs, `azure-resource-manager/management/authenticate-multi-tenant.md`).
///
/// # Errors
/// Why one of the tokens is not believed.
pub fn auxiliary(ctx: &Context, req: &Request, caller: &Caller) -> Result<Vec<Caller>, Refusal> {
    let mut callers = Vec::new();
    for value in req.headers.get_all("x-ms-authorization-auxiliary") {
        let value = value
            .to_str()
            .map_err(|_| bad("the x-ms-authorization-auxiliary header is not text"))?;
        let tokens = value.split([',', ';']).map(str::trim);
        for token in tokens.filter(|token| !token.is_empty()) {
            if callers.len() == MOST_AUXILIARY {
                return Err(Refusal::Malformed {
                    why: format!("more than {MOST_AUXILIARY} auxiliary tokens"),
                });
            }
            let auxiliary = believe(ctx, of_scheme(token)?, Audience::Arm)?;
            if !auxiliary.app_id.eq_ignore_ascii_case(&caller.app_id) {
                return Err(bad(
                    "an auxiliary token is of another application than the caller's",
                ));
            }
            callers.push(auxiliary);
        }
    }
    Ok(callers)
}

/// The caller that a token proves, wherever in a request it stands.
///
/// # Errors
/// Why the token is not believed.
pub fn believe(ctx: &Context, token: &str, audience: Audience) -> Result<Caller, Refusal> {
    let jwt = ctx
        .signer
        .verify(token)
        .map_err(|error| bad(error.as_str()))?;
    check_time(ctx, &jwt)?;
    if Audience::of(jwt.text("aud")) != Some(audience) {
        return Err(Refusal::WrongAudience {
            wanted: audience.uris()[0].to_owned(),
            found: jwt.text("aud").to_owned(),
        });
    }
    check_issuer(&jwt)?;
    caller(ctx, &jwt)
}

/// The caller must come from this tenant.
///
/// # Errors
/// [`Refusal::WrongTenant`].
pub fn require_tenant(caller: &Caller, tenant: &str) -> Result<(), Refusal> {
    if caller.tenant_id.eq_ignore_ascii_case(tenant) {
        return Ok(());
    }
    Err(Refusal::WrongTenant {
        wanted: tenant.to_owned(),
        found: caller.tenant_id.clone(),
    })
}

fn bearer(req: &Request) -> Result<&str, Refusal> {
    let mut values = req.headers.get_all(http::header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Err(Refusal::NoToken);
    };
    if values.next().is_some() {
        return Err(bad("the request has more than one Authorization header"));
    }
    let value = value
        .to_str()
        .map_err(|_| bad("the Authorization header is not text"))?;
    of_scheme(value)
}

fn of_scheme(value: &str) -> Result<&str, Refusal> {
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(bad("the Authorization header does not hold a bearer token")),
    }
}

fn check_time(ctx: &Context, jwt: &Jwt) -> Result<(), Refusal> {
    let now = ctx.clock.epoch_seconds();
    let (Some(not_before), Some(expires)) = (jwt.number("nbf"), jwt.number("exp")) else {
        return Err(bad("the token has no nbf or exp"));
    };
    if now >= expires {
        return Err(Refusal::ExpiredToken);
    }
    if now < not_before {
        Err(bad("the token is not valid yet"))
    } else {
        Ok(())
    }
}

fn check_issuer(jwt: &Jwt) -> Result<(), Refusal> {
    if is_issuer(jwt.text("iss"), jwt.text("tid")) {
        Ok(())
    } else {
        Err(bad("the token's issuer is not its tenant"))
    }
}

fn caller(ctx: &Context, jwt: &Jwt) -> Result<Caller, Refusal> {
    let (tenant, object) = (jwt.text("tid"), jwt.text("oid"));
    let state = ctx.state();
    let principal = state.service_principal(tenant, object).ok_or_else(|| {
        bad("the object that the token was issued to does not exist in its tenant")
    })?;
    if !principal.is_enabled() {
        return Err(bad("the object that the token was issued to is disabled"));
    }
    Ok(Caller {
        tenant_id: tenant.to_ascii_lowercase(),
        object_id: object.to_ascii_lowercase(),
        app_id: jwt.app_id().to_owned(),
        issuer: jwt.text("iss").to_owned(),
        audience: jwt.text("aud").to_owned(),
        roles: jwt.texts("roles"),
    })
}

fn bad(why: &str) -> Refusal {
    Refusal::BadToken {
        why: why.to_owned(),
    }
}
