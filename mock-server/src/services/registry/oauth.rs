//! From an Entra token to the registry's: challenge, exchange, access token (MORE.md §1b, §1c).
//!
//! The exchange takes tokens for `https://containerregistry.azure.net`, and tokens for ARM unless the policy
//! `azureADAuthenticationAsArmPolicy` is off; of the registry's own tenant only, and of somebody who has a role on it.
//! Rights are asked again for each access token, which holds what of the scope is granted, perhaps nothing.

use http::StatusCode;
use serde_json::{Value, json};

use super::errors;
use super::scope::Scope;
use super::{admin, reached, rights, tokens};
use crate::auth::{Audience, Caller, believe, require_tenant};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::router::parse::pairs;
use crate::services::entra::token::signing_failed;
use crate::store::{Resource, State};

/// The user name of a login with a refresh token (Azure CLI: `az acr login --expose-token`).
const NO_USER: &str = "00000000-0000-0000-0000-000000000000";
/// More parameters than any client sends.
const LIMIT: usize = 64;

type Answer = Result<Reply, Reply>;

/// `GET /v2/`: 200 for whoever has a token, else the challenge.
pub(super) fn challenge(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = ctx.state();
    let registry = match reached(&state, request) {
        Ok(registry) => registry,
        Err(reply) => return reply,
    };
    match tokens::is_known(ctx, request).or_else(|| admin::asks(registry, request)) {
        Some(true) => Reply::ok(&json!({})).with("docker-distribution-api-version", "registry/2.0"),
        found => errors::unauthorized(&request.host, None, found.is_some()),
    }
}

/// `POST /oauth2/exchange`: an Entra token becomes a refresh token.
pub(super) fn exchange(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    exchanged(ctx, request).unwrap_or_else(|reply| reply)
}

fn exchanged(ctx: &Context, request: &Request) -> Answer {
    let state = ctx.state();
    let registry = reached(&state, request)?;
    let form = Form::read(request)?;
    if !matches!(
        form.require("grant_type")?,
        "access_token" | "access_token_refresh_token"
    ) {
        return Err(errors::bad_request("grant_type is not access_token"));
    }
    form.service(request)?;
    let caller = entra_caller(ctx, registry, form.require("access_token")?)?;
    let named = form.get("tenant").unwrap_or(&registry.tenant);
    let tenant = state.tenant(named).map(|it| it.id.as_str());
    if tenant != Some(&registry.tenant) || !rights::any(&state, registry, &caller) {
        return Err(errors::no_tokens_for_you());
    }
    let token = tokens::refresh(ctx, &request.host, &caller).ok_or_else(signing_failed)?;
    Ok(Reply::ok(&json!({"refresh_token": token})))
}

/// Who an Entra token proves; of the registry's tenant.
fn entra_caller(ctx: &Context, registry: &Resource, token: &str) -> Result<Caller, Reply> {
    let policy = registry.property("/policies/azureADAuthenticationAsArmPolicy/status");
    let as_arm = !policy
        .and_then(Value::as_str)
        .is_some_and(|status| status.eq_ignore_ascii_case("disabled"));
    let own = believe(ctx, token, Audience::Registry);
    let caller = match own {
        Err(_) if as_arm => believe(ctx, token, Audience::Arm),
        own => own,
    };
    let caller = caller.map_err(|_| errors::no_tokens_for_you())?;
    require_tenant(&caller, &registry.tenant).map_err(|_| errors::no_tokens_for_you())?;
    Ok(caller)
}

/// `POST /oauth2/token`: a refresh token becomes an access token.
pub(super) fn token(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let state = ctx.state();
        let registry = reached(&state, request)?;
        let form = Form::read(request)?;
        form.service(request)?;
        let scopes = scopes(form.all("scope"))?;
        let refresh_token = match form.require("grant_type")? {
            "refresh_token" => form.require("refresh_token")?,
            "password" if form.get("username") == Some(NO_USER) => form.require("password")?,
            "password" => {
                let user = form.get("username").unwrap_or_default();
                let login = Login::of(registry, user, form.require("password")?)?;
                return issue(ctx, &state, registry, request, login, &scopes);
            }
            _ => return Err(errors::bad_request("grant_type is not refresh_token")),
        };
        let login = Login::Refresh(refresh_token.to_owned());
        issue(ctx, &state, registry, request, login, &scopes)
    };
    answer().unwrap_or_else(|reply| reply)
}

/// `GET /oauth2/token`: the same with Basic authentication, or without any for what is open to everybody.
pub(super) fn token_from_login(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let state = ctx.state();
        let registry = reached(&state, request)?;
        let form = Form(request.query.clone());
        form.service(request)?;
        let scopes = scopes(form.all("scope"))?;
        let login = match request.header("authorization") {
            None => Login::Nobody,
            Some(_) => {
                let given = admin::basic(request).ok_or_else(errors::no_tokens_for_you)?;
                Login::of(registry, &given.0, &given.1)?
            }
        };
        issue(ctx, &state, registry, request, login, &scopes)
    };
    answer().unwrap_or_else(|reply| reply)
}

/// Who asks for an access token.
enum Login {
    /// Nobody said.
    Nobody,
    /// Whom this refresh token was given to.
    Refresh(String),
    /// The admin user.
    Admin(String),
}

impl Login {
    /// The user of a password: nobody's name stands for a refresh token.
    fn of(registry: &Resource, user: &str, password: &str) -> Result<Self, Reply> {
        if user == NO_USER {
            return Ok(Self::Refresh(password.to_owned()));
        }
        if admin::is_admin(registry, user, password) {
            return Ok(Self::Admin(registry.name.clone()));
        }
        Err(errors::no_tokens_for_you())
    }
}

fn issue(
    ctx: &Context,
    state: &State,
    registry: &Resource,
    request: &Request,
    login: Login,
    scopes: &[Scope],
) -> Answer {
    let host = &request.host;
    let (subject, granted) = match login {
        Login::Refresh(token) => {
            let caller = tokens::bearer_of_refresh(ctx, host, &token)
                .filter(|it| is_there(state, it))
                .ok_or_else(errors::no_tokens_for_you)?;
            let granted = scopes
                .iter()
                .filter_map(|it| rights::granted(state, registry, &caller, it));
            let granted: Vec<Scope> = granted.collect();
            (caller.object_id, granted)
        }
        Login::Admin(name) => (name, scopes.iter().filter_map(rights::everything).collect()),
        Login::Nobody => (String::new(), open_to_everybody(registry, scopes)?),
    };
    let token = tokens::access(ctx, host, &subject, &granted).ok_or_else(signing_failed)?;
    Ok(Reply::ok(&json!({"access_token": token}))
        .with("x-ms-ratelimit-remaining-calls-per-second", "333.333333"))
}

fn is_there(state: &State, caller: &Caller) -> bool {
    let principal = state.service_principal(&caller.tenant_id, &caller.object_id);
    principal.is_some_and(|it| it.is_enabled())
}

/// Anonymous pull, where the owner allows it.
fn open_to_everybody(registry: &Resource, scopes: &[Scope]) -> Result<Vec<Scope>, Reply> {
    let allowed = registry
        .property("/anonymousPullEnabled")
        .and_then(Value::as_bool);
    if allowed != Some(true) {
        return Err(errors::no_tokens_for_you());
    }
    let pulls = scopes
        .iter()
        .filter(|it| it.kind == "repository" && it.actions.iter().any(|action| action == "pull"));
    Ok(pulls
        .map(|it| Scope::repository(&it.name, "pull"))
        .collect())
}

fn scopes<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Vec<Scope>, Reply> {
    let bad = |text: &str| errors::bad_request(&format!("a malformed scope: {text}"));
    let each = texts.flat_map(str::split_whitespace);
    each.map(|text| Scope::parse(text).ok_or_else(|| bad(text)))
        .collect()
}

/// Parameters of a body or a query.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(request: &Request) -> Result<Self, Reply> {
        let content_type = request.header("content-type").unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let message = "the body is not application/x-www-form-urlencoded";
            return Err(errors::error(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UNSUPPORTED",
                message,
                None,
            ));
        }
        let text = std::str::from_utf8(&request.body).ok();
        let form = text.and_then(pairs).filter(|form| form.len() <= LIMIT);
        form.map(Self)
            .ok_or_else(|| errors::bad_request("the body is a malformed form"))
    }

    fn get(&self, name: &str) -> Option<&str> {
        let mut named = self
            .0
            .iter()
            .filter(|(key, value)| key == name && !value.is_empty());
        named.next().map(|(_, value)| value.as_str())
    }

    fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        let named = move |(key, value): &&(String, String)| key == name && !value.is_empty();
        self.0.iter().filter(named).map(|(_, value)| value.as_str())
    }

    fn require(&self, name: &str) -> Result<&str, Reply> {
        self.get(name)
            .ok_or_else(|| errors::bad_request(&format!("the parameter {name} is missing")))
    }

    /// `service` must be this registry.
    fn service(&self, request: &Request) -> Result<(), Reply> {
        if self.require("service")?.eq_ignore_ascii_case(&request.host) {
            Ok(())
        } else {
            Err(errors::bad_request("service is not this registry"))
        }
    }
}
