//! The token endpoints: client credentials.
//!
//! Order of the checks: tenant, form, what the world refuses, resource, application, proof. The first that fails answers.

use http::StatusCode;
use serde_json::{Value, json};

use super::application::Client;
use super::errors;
use super::form::Form;
use super::given;
use super::issue::{self, Issued, Recipient, TOKEN_LIFETIME};
use super::proof::{self, Credentials, Unproved};
use super::refusals::{self, Refused};
use super::resource::Resource;
use crate::auth::Caller;
use crate::context::Context;
use crate::ids::is_guid;
use crate::request::{Reply, Request};
use crate::services::Refusal;
use crate::store::{State, Tenant};

/// `POST /{tenant}/oauth2/v2.0/token`.
pub fn v2(ctx: &Context, req: &Request, _: Option<&Caller>) -> Reply {
    let resource = |form: &Form, tenant: &str, state: &State| {
        let scope = form.require("scope")?;
        if form.get("resource").is_some() {
            return Err(refusals::resource_on_v2());
        }
        Resource::of_scope(scope, tenant, state)
    };
    let answer = |issued: &Issued, _: &Resource| {
        json!({
            "token_type": "Bearer",
            "expires_in": TOKEN_LIFETIME,
            "ext_expires_in": TOKEN_LIFETIME,
            "access_token": issued.token,
        })
    };
    reply(exchange(ctx, req, resource), answer, ctx, req)
}

/// `POST /{tenant}/oauth2/token`: `resource` instead of `scope`, numbers as strings.
pub fn v1(ctx: &Context, req: &Request, _: Option<&Caller>) -> Reply {
    let resource = |form: &Form, tenant: &str, state: &State| {
        Resource::named(form.require("resource")?, tenant, state)
    };
    let answer = |issued: &Issued, resource: &Resource| {
        json!({
            "token_type": "Bearer",
            "expires_in": TOKEN_LIFETIME.to_string(),
            "ext_expires_in": TOKEN_LIFETIME.to_string(),
            "expires_on": issued.expires_on.to_string(),
            "not_before": issued.not_before.to_string(),
            "resource": resource.audience(),
            "access_token": issued.token,
        })
    };
    reply(exchange(ctx, req, resource), answer, ctx, req)
}

fn reply(
    outcome: Result<(Issued, Resource), Failure>,
    answer: impl Fn(&Issued, &Resource) -> Value,
    ctx: &Context,
    req: &Request,
) -> Reply {
    match outcome {
        Ok((issued, resource)) => {
            Reply::ok(&answer(&issued, &resource)).with("cache-control", "no-store")
        }
        Err(Failure::Refused(refused)) => refused.reply(req, ctx),
        Err(Failure::NotBuilt(what)) => {
            let operation = format!("{} {}: {what}", req.method, req.path);
            errors::refuse(&Refusal::NotImplemented { operation }, req, ctx)
        }
        Err(Failure::Signing) => signing_failed(),
    }
}

enum Failure {
    NotBuilt(&'static str),
    Refused(Refused),
    Signing,
}

impl From<Unproved> for Failure {
    fn from(unproved: Unproved) -> Self {
        match unproved {
            Unproved::NotBuilt(what) => Self::NotBuilt(what),
            Unproved::Refused(refused) => Self::Refused(refused),
        }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

fn exchange(
    ctx: &Context,
    req: &Request,
    resource: impl Fn(&Form, &str, &State) -> Result<Resource, Refused>,
) -> Result<(Issued, Resource), Failure> {
    let state = ctx.state();
    let tenant = tenant(&state, req.parameter("tenant"))?;
    let form = Form::read(req)?;
    let grant = form.require("grant_type")?;
    if grant != "client_credentials" {
        return Err(refusals::unsupported_grant(grant).into());
    }
    let credentials = Credentials::read(req, &form)?;
    given::admit(tenant, &credentials.client_id)?;
    let resource = resource(&form, &tenant.id, &state)?;
    let client = Client::find(&state, tenant, &credentials.client_id)?;
    let proof = proof::check(ctx, &state, tenant, client, &credentials)?;
    let recipient = Recipient {
        tenant: &tenant.id,
        service_principal: client.service_principal,
        proof,
        identity: None,
        lifetime: TOKEN_LIFETIME,
    };
    let issued = issue::token(ctx, &state, recipient, &resource).map_err(|_| Failure::Signing)?;
    Ok((issued, resource))
}

/// The tenant that the URL names, by id or verified domain.
///
/// # Errors
/// 9001023, 900023 or 90002.
pub(super) fn tenant<'s>(state: &'s State, named: &str) -> Result<&'s Tenant, Refused> {
    if matches!(
        named.to_ascii_lowercase().as_str(),
        "common" | "organizations" | "consumers"
    ) {
        return Err(refusals::tenant_missing_in_url(named));
    }
    if !is_guid(named) && !named.contains('.') {
        return Err(refusals::malformed_tenant(named));
    }
    state
        .tenant(named)
        .ok_or_else(|| refusals::unknown_tenant(named))
}

/// 500 of the mock itself; never seen unless the machine has no randomness.
pub(crate) fn signing_failed() -> Reply {
    let body =
        json!({"error": "server_error", "error_description": "the mock failed to sign a token"});
    Reply::json(StatusCode::INTERNAL_SERVER_ERROR, &body)
}
