//! The addresses at which a person lets an application into a tenant: `authorize` (v1 and v2.0) and `adminconsent`.
//!
//! Who is the person? The mock has no passwords and no sessions, so whoever sits at the browser is a stand-in: one of the
//! world's `principals`, in the tenant that the address names. `login_hint` names it (its name in the world, `name@domain`,
//! or its object id); without one it is the tenant's own stand-in, the first by name that may consent. A tenant that has
//! none is let into by nobody: the answer is the page to sign in. A stand-in of another tenant is refused (AADSTS50020).
//!
//! What may it do? Anybody may let in an application that asks for no application permissions; those need an
//! administrator (AADSTS90094), and so does `adminconsent` (entra-docs, `configure-user-consent.md`: what users may consent
//! to by default). An administrator is a stand-in that may write applications by its permissions of Graph.
//!
//! What happens? The application gets its service principal in the tenant. An address for the reply is needed only then:
//! without one the visit ends on an error page with AADSTS500113, and yet the principal is there (PITFALLS C33). The `code`
//! of a redirect is worth nothing: nobody signed in, and the grant that would take it is not built.

use uuid::Uuid;

use super::application::allows_other_tenants;
use super::page;
use super::refusals::{self, Refused};
use super::token::tenant;
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::graph::permission;
use crate::store::{StandIn, State, Tenant};
use crate::world::{Application, ServicePrincipal};

/// Who holds one of these is an administrator.
const ADMINISTRATORS: &[&str] = &["Application.ReadWrite.All", "Directory.ReadWrite.All"];

/// Which of the addresses was visited.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    Admin,
    V1,
    V2,
}

/// `GET /{tenant}/oauth2/authorize`.
pub fn authorize_v1(ctx: &Context, req: &Request, _: Option<&Caller>) -> Reply {
    answer(ctx, req, Visit::V1)
}

/// `GET /{tenant}/oauth2/v2.0/authorize`.
pub fn authorize_v2(ctx: &Context, req: &Request, _: Option<&Caller>) -> Reply {
    answer(ctx, req, Visit::V2)
}

/// `GET /{tenant}/adminconsent`.
pub fn admin_consent(ctx: &Context, req: &Request, _: Option<&Caller>) -> Reply {
    answer(ctx, req, Visit::Admin)
}

/// `GET /{tenant}/v2.0/adminconsent`: with a scope.
pub fn admin_consent_v2(ctx: &Context, req: &Request, caller: Option<&Caller>) -> Reply {
    match require(req, "scope") {
        Ok(_) => admin_consent(ctx, req, caller),
        Err(refused) => page::error(&refused, req, ctx),
    }
}

fn answer(ctx: &Context, req: &Request, visit: Visit) -> Reply {
    visited(ctx, req, visit).unwrap_or_else(|refused| page::error(&refused, req, ctx))
}

fn visited(ctx: &Context, req: &Request, visit: Visit) -> Result<Reply, Refused> {
    let client_id = require(req, "client_id")?;
    if visit != Visit::Admin {
        check_response_type(req)?;
    }
    if visit == Visit::V2 {
        require(req, "scope")?;
    }
    let mut state = ctx.state_mut();
    let Some(person) = person(&state, req)? else {
        return Ok(page::sign_in());
    };
    let tenant = person.tenant.clone();
    let application = application(&state, &tenant, client_id)?.clone();
    let address = reply_address(&application, req)?;
    let here = state
        .service_principal(&tenant.id, &application.app_id)
        .is_some();
    if (!here && req.query("prompt") != Some("none")) || visit == Visit::Admin {
        check_rights(&person, &application, visit)?;
    } else if !here {
        return Err(refusals::not_consented(
            client_id,
            &application.display_name,
        ));
    }
    provision(&mut state, &tenant, &application, visit);
    drop(state);
    let address = address.ok_or_else(refusals::no_reply_address)?;
    Ok(onward(req, visit, &tenant, &address))
}

fn require<'r>(req: &'r Request, name: &str) -> Result<&'r str, Refused> {
    req.query(name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| refusals::missing_parameter(name))
}

fn check_response_type(req: &Request) -> Result<(), Refused> {
    match require(req, "response_type")? {
        "code" => Ok(()),
        other => Err(refusals::response_type_not_enabled(other)),
    }
}

/// Who sits at the browser.
#[derive(Clone)]
struct Person {
    tenant: Tenant,
    is_administrator: bool,
}

/// Nothing when there is nobody: then somebody would have to sign in.
fn person(state: &State, req: &Request) -> Result<Option<Person>, Refused> {
    let hint = req.query("login_hint").filter(|hint| !hint.is_empty());
    let segment = req.parameter("tenant");
    let of_any_tenant = ["common", "organizations"]
        .iter()
        .any(|it| it.eq_ignore_ascii_case(segment));
    if of_any_tenant && hint.is_none() {
        return Ok(None);
    }
    let wanted = if of_any_tenant {
        None
    } else {
        Some(tenant(state, segment)?)
    };
    let Some(hint) = hint else {
        return Ok(wanted.and_then(|tenant| of_tenant(state, tenant)));
    };
    let name = wanted.map_or(segment, |tenant| &tenant.name);
    let unknown = || refusals::unknown_user(hint, name);
    let (_, stand_in) = state
        .principals
        .iter()
        .find(|(key, it)| is_named(state, key, it, hint))
        .ok_or_else(unknown)?;
    if wanted.is_some_and(|tenant| tenant.id != stand_in.tenant) {
        return Err(refusals::user_of_other_tenant(hint, &stand_in.tenant, name));
    }
    as_person(state, stand_in).map(Some).ok_or_else(unknown)
}

/// The tenant's own stand-in; an administrator before others.
fn of_tenant(state: &State, tenant: &Tenant) -> Option<Person> {
    let here = state
        .principals
        .values()
        .filter(|it| it.tenant == tenant.id);
    let people: Vec<Person> = here.filter_map(|it| as_person(state, it)).collect();
    let administrator = people.iter().find(|person| person.is_administrator);
    administrator.or(people.first()).cloned()
}

fn is_named(state: &State, key: &str, stand_in: &StandIn, hint: &str) -> bool {
    let domain = state.tenant(&stand_in.tenant).map(|it| it.domain.as_str());
    let address = domain.map(|domain| format!("{key}@{domain}"));
    let names = [Some(key), address.as_deref(), Some(&stand_in.object_id)];
    names
        .into_iter()
        .flatten()
        .any(|name| name.eq_ignore_ascii_case(hint))
}

fn as_person(state: &State, stand_in: &StandIn) -> Option<Person> {
    let principal = state.service_principal(&stand_in.tenant, &stand_in.object_id)?;
    let holds = |permission: &String| ADMINISTRATORS.contains(&permission.as_str());
    principal.is_enabled().then_some(Person {
        tenant: state.tenant(&stand_in.tenant)?.clone(),
        is_administrator: principal.graph_permissions.iter().any(holds),
    })
}

fn application<'s>(
    state: &'s State,
    tenant: &Tenant,
    client_id: &str,
) -> Result<&'s Application, Refused> {
    let home = state.directory.home_of(client_id);
    let found = home.and_then(|home| state.application(home, client_id));
    let may_come = |it: &&Application| home == Some(tenant.id.as_str()) || allows_other_tenants(it);
    let unknown = || refusals::unknown_application(client_id, &tenant.name);
    let application = found.filter(may_come).ok_or_else(unknown)?;
    if application.is_disabled {
        return Err(refusals::disabled_application(
            client_id,
            &application.display_name,
        ));
    }
    Ok(application)
}

/// Where the visit ends: the address that was asked for, or the first that is registered; nothing when none is.
fn reply_address(application: &Application, req: &Request) -> Result<Option<String>, Refused> {
    let web = application.web.as_ref();
    let registered: Vec<&str> = web
        .and_then(|web| web["redirectUris"].as_array())
        .into_iter()
        .flatten()
        .filter_map(|uri| uri.as_str())
        .collect();
    let asked = req.query("redirect_uri").filter(|uri| !uri.is_empty());
    match asked {
        Some(asked) if !registered.is_empty() && !registered.contains(&asked) => {
            Err(refusals::reply_address_mismatch(asked, &application.app_id))
        }
        Some(asked) if !registered.is_empty() => Ok(Some(asked.to_owned())),
        _ => Ok(registered.first().map(|uri| (*uri).to_owned())),
    }
}

fn check_rights(person: &Person, application: &Application, visit: Visit) -> Result<(), Refused> {
    let needs_administrator = visit == Visit::Admin || roles(application).next().is_some();
    if needs_administrator && !person.is_administrator {
        return Err(refusals::administrator_needed(&application.display_name));
    }
    Ok(())
}

/// Ids of the application permissions that an application lists.
fn roles(application: &Application) -> impl Iterator<Item = &str> {
    let listed = application.required_resource_access.iter();
    listed
        .filter_map(|resource| resource["resourceAccess"].as_array())
        .flatten()
        .filter(|access| access["type"] == "Role")
        .filter_map(|access| access["id"].as_str())
}

fn provision(state: &mut State, tenant: &Tenant, application: &Application, visit: Visit) {
    let home = state
        .directory
        .home_of(&application.app_id)
        .map(str::to_owned);
    let known = state.service_principal(&tenant.id, &application.app_id);
    let mut principal = match known {
        Some(_) if visit != Visit::Admin => return,
        Some(principal) => principal.clone(),
        None => ServicePrincipal::of(application, home, Uuid::new_v4().to_string()),
    };
    for role in roles(application).filter_map(permission) {
        if !principal.graph_permissions.iter().any(|it| it == role) {
            principal.graph_permissions.push(role.to_owned());
        }
    }
    state.directory.add_service_principal(&tenant.id, principal);
}

fn onward(req: &Request, visit: Visit, tenant: &Tenant, address: &str) -> Reply {
    let state = req.query("state").map(|state| ("state", state));
    let code = Uuid::new_v4().simple().to_string();
    let mut parameters = match visit {
        Visit::Admin => vec![("admin_consent", "True"), ("tenant", tenant.id.as_str())],
        Visit::V1 | Visit::V2 => vec![("code", code.as_str()), ("session_state", &req.request_id)],
    };
    parameters.extend(state);
    page::redirect(address, &parameters)
}
