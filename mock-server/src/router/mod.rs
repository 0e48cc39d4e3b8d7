//! Which operation does a request mean, and may it run?
//!
//! Host and path choose the operation; then, in this order: `api-version`, token, tenant of the subscription that the
//! path names, rights, locks, handler. The first that refuses answers, in the words of the service. A path that no operation
//! has, or one that is not built, answers 501 and names itself.
//!
//! - [`table`] all operations, by [`template`] of their paths · [`version`] forms of `api-version` · [`scope`] the scope that an ARM path names
//! - [`parse`] a request line taken apart · [`throttling`] budgets that a request draws on

pub mod parse;
pub mod scope;
pub mod table;
pub mod template;
pub mod throttling;
pub mod version;

#[cfg(test)]
mod freshness;

use std::net::IpAddr;

use http::StatusCode;
use serde_json::json;

use crate::auth::{self, Audience, Caller};
use crate::context::Context;
use crate::fabric::addresses;
use crate::rbac::{self, Asked, Decision};
use crate::request::{Reply, Request};
use crate::services::arm::locks;
use crate::services::{
    Access, Hosts, Operation, Refusal, SERVICES, Service, blob, entra, functions, managed_identity,
    registry,
};
use crate::store::State;
use table::{Entry, TABLE};

/// Answers a request. Blocking: signing a token takes about half a millisecond.
pub fn answer(ctx: &Context, mut req: Request) -> Reply {
    ctx.operations.settle(ctx);
    let serving: Vec<&Entry> = TABLE
        .iter()
        .filter(|entry| serves(entry.service, &req))
        .collect();
    let Some(first) = serving.first().map(|entry| entry.service) else {
        return unknown_host(&req);
    };
    if misdirected(first, &req) {
        let host = req.host.clone();
        return (first.refuse)(&Refusal::Misdirected { host }, &req, ctx);
    }
    let Some(found) = table::find(serving, &req.method, &req.path) else {
        let operation = format!("{} https://{}{}", req.method, req.host, req.path);
        return (first.refuse)(&Refusal::NotImplemented { operation }, &req, ctx);
    };
    req.parameters = found.parameters;
    run(found.service, found.operation, ctx, &req)
        .unwrap_or_else(|refusal| (found.service.refuse)(&refusal, &req, ctx))
}

/// What a service says to a request that did not get as far as its operations, as one that cannot be read.
pub fn refuse(ctx: &Context, req: &Request, refusal: &Refusal) -> Reply {
    let serving = SERVICES.iter().find(|service| serves(service, req));
    serving.map_or_else(|| unknown_host(req), |it| (it.refuse)(refusal, req, ctx))
}

/// Does answering need a signature? Token endpoints do; a caller with few workers may run them elsewhere.
pub fn signs(req: &Request) -> bool {
    let issuers = [
        &entra::SERVICE,
        &managed_identity::IMDS,
        &managed_identity::APP_SERVICE,
        &functions::SERVICE,
        &registry::SERVICE,
    ];
    issuers.into_iter().any(|service| serves(service, req))
}

fn run(
    service: &Service,
    operation: &Operation,
    ctx: &Context,
    req: &Request,
) -> Result<Reply, Refusal> {
    version::check(service.api_version, req)?;
    let caller = admit(operation.access, ctx, req)?;
    if let Access::Arm(action) = operation.access
        && let Err(locked) = locks::check(&ctx.state(), &req.method, action, &scope::of(&req.path))
    {
        return Ok(locked);
    }
    match operation.handler {
        Some(handler) => Ok(
            match throttling::take(service, operation.access, ctx, req, caller.as_ref()) {
                Ok(taken) => taken.tell(handler(ctx, req, caller.as_ref())),
                Err(refused) => refused,
            },
        ),
        None => Err(Refusal::NotImplemented {
            operation: operation.id.to_owned(),
        }),
    }
}

fn admit(access: Access, ctx: &Context, req: &Request) -> Result<Option<Caller>, Refusal> {
    let caller = match access {
        Access::Anonymous => return Ok(None),
        Access::Signed(_) if blob::signed::is_signed(req) => return Ok(None),
        Access::Arm(_) | Access::Bearer(Audience::Arm) => arm_caller(ctx, req)?,
        Access::Bearer(audience) | Access::Signed(audience) => {
            auth::authenticate(ctx, req, audience)?
        }
        Access::Graph(_) => auth::authenticate(ctx, req, Audience::Graph)?,
    };
    match access {
        Access::Arm(action) => require_right(ctx, &caller, action, &req.path)?,
        Access::Graph(permissions) => require_permission(&caller, permissions)?,
        Access::Anonymous | Access::Bearer(_) | Access::Signed(_) => {}
    }
    Ok(Some(caller))
}

/// A valid ARM token, of the tenant that has the path's subscription.
fn arm_caller(ctx: &Context, req: &Request) -> Result<Caller, Refusal> {
    let caller = auth::authenticate(ctx, req, Audience::Arm)?;
    if let Some(subscription) = scope::subscription(&req.path) {
        let state = ctx.state();
        let tenant = state.tenant_of_subscription(subscription).ok_or_else(|| {
            Refusal::UnknownSubscription {
                subscription: subscription.to_owned(),
            }
        })?;
        auth::require_tenant(&caller, tenant)?;
    }
    Ok(caller)
}

/// The right to an action at the scope that a path names.
fn require_right(ctx: &Context, caller: &Caller, action: &str, path: &str) -> Result<(), Refusal> {
    let state = ctx.state();
    // No part of it but the last holds a blank.
    let right = format!("{} {} {action} {path}", caller.tenant_id, caller.object_id);
    state
        .memo()
        .granted(right, || decide(&state, caller, action, path))
}

fn decide(state: &State, caller: &Caller, action: &str, path: &str) -> Result<(), Refusal> {
    let scope = scope::of(path);
    let asked = Asked::control(action, &scope);
    let denied_by = match rbac::allowed(state, caller, &asked) {
        Decision::Granted { .. } => return Ok(()),
        Decision::TakenAway(by) => Some(by),
        Decision::NotGranted => None,
    };
    Err(Refusal::Forbidden {
        action: action.to_owned(),
        scope,
        denied_by,
    })
}

fn require_permission(caller: &Caller, permissions: &[&str]) -> Result<(), Refusal> {
    if caller
        .roles
        .iter()
        .any(|role| permissions.contains(&role.as_str()))
    {
        return Ok(());
    }
    Err(Refusal::Forbidden {
        action: permissions.join(" or "),
        scope: "/".to_owned(),
        denied_by: None,
    })
}

fn serves(service: &Service, req: &Request) -> bool {
    match service.hosts {
        Hosts::LinkLocal => is_link_local(req),
        _ if is_link_local(req) => false,
        Hosts::Exact(names) => names.contains(&req.host.as_str()),
        Hosts::Suffix(suffix) => req
            .host
            .strip_suffix(suffix)
            .is_some_and(|name| !name.is_empty() && !name.contains('.')),
        Hosts::Regional(suffix) => req
            .host
            .strip_suffix(suffix)
            .is_some_and(|name| name.split('.').filter(|it| !it.is_empty()).count() == 2),
    }
}

fn is_link_local(req: &Request) -> bool {
    matches!(req.peer.destination, IpAddr::V4(address) if address.is_link_local())
}

/// A front door serves its own service only, and the services of one name have no other address: a `Host` header may not
/// choose.
fn misdirected(service: &Service, req: &Request) -> bool {
    let IpAddr::V4(dialled) = req.peer.destination else {
        return true;
    };
    let own_door = || addresses::front_door(&req.host) == Some(dialled);
    match service.hosts {
        Hosts::LinkLocal => false,
        Hosts::Exact(_) => !own_door(),
        Hosts::Suffix(_) | Hosts::Regional(_) => addresses::is_front_door(dialled) && !own_door(),
    }
}

fn unknown_host(req: &Request) -> Reply {
    let message = format!("The mock does not serve this host: {}", req.host);
    Reply::json(
        StatusCode::NOT_IMPLEMENTED,
        &json!({"error": {"code": "NotImplemented", "message": message}}),
    )
}
