//! How does the client prove itself: a client secret (form or HTTP Basic), or a client assertion?
//!
//! An assertion that the client issued itself is one by [`super::certificate`]; every other one is [`super::federation`].
//! Secrets and certificates of the application work in every tenant that has its service principal, those of a service
//! principal in its own tenant only (entra-docs, `app-objects-and-service-principals.md`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::application::Client;
use super::form::Form;
use super::refusals::{self, Refused};
use super::{certificate, federation};
use crate::context::Context;
use crate::directory::{Details, Key, Password};
use crate::request::Request;
use crate::router::parse::pairs;
use crate::store::{State, Tenant};
use crate::tokens::{Jwt, Unverified};

/// `client_assertion_type` of a JWT (RFC 7523 §2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// `appidacr` and `azpacr` of a client with a secret, and of one with a signed assertion.
const BY_SECRET: &str = "1";
const BY_ASSERTION: &str = "2";

/// Who the client says that it is, and with what.
pub(super) struct Credentials {
    /// `client_id`.
    pub client_id: String,
    given: Given,
}

enum Given {
    Assertion(String),
    Secret(String),
}

/// Why a client is not believed.
pub(super) enum Unproved {
    /// The mock cannot tell.
    NotBuilt(&'static str),
    /// Entra refuses.
    Refused(Refused),
}

impl From<Refused> for Unproved {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl Credentials {
    /// What a request gives, from the header or the form.
    pub(super) fn read(req: &Request, form: &Form) -> Result<Self, Refused> {
        let basic = basic(req)?;
        let client_id = match (&basic, form.get("client_id")) {
            (Some((id, _)), Some(other)) if !id.eq_ignore_ascii_case(other) => {
                return Err(refusals::malformed_request());
            }
            (Some((id, _)), _) => id.clone(),
            (None, _) => form.require("client_id")?.to_owned(),
        };
        let secret = form.get("client_secret").map(str::to_owned);
        let assertion = assertion(form)?;
        let given = match (assertion, secret, basic) {
            (None, None, None) => return Err(refusals::no_proof()),
            (Some(assertion), None, None) => Given::Assertion(assertion),
            (None, Some(secret), None) | (None, None, Some((_, secret))) => Given::Secret(secret),
            (None, Some(secret), Some((_, same))) if secret == same => Given::Secret(secret),
            _ => return Err(refusals::two_proofs()),
        };
        Ok(Self { client_id, given })
    }
}

fn assertion(form: &Form) -> Result<Option<String>, Refused> {
    let Some(assertion) = form.get("client_assertion") else {
        return Ok(None);
    };
    match form.get("client_assertion_type") {
        Some(JWT_BEARER) => Ok(Some(assertion.to_owned())),
        Some(_) => Err(refusals::malformed_request()),
        None => Err(refusals::missing_parameter("client_assertion_type")),
    }
}

/// Id and secret of `Authorization: Basic`, each form-encoded (RFC 6749 §2.3.1).
fn basic(req: &Request) -> Result<Option<(String, String)>, Refused> {
    let header = req.header("authorization").unwrap_or_default();
    let Some((scheme, encoded)) = header.split_once(' ') else {
        return Ok(None);
    };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Ok(None);
    }
    let decoded = STANDARD.decode(encoded.trim()).ok();
    let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let read = || {
        let text = text?;
        let (id, secret) = text.split_once(':')?;
        Some((form_decoded(id)?, form_decoded(secret)?))
    };
    read().map(Some).ok_or_else(refusals::malformed_request)
}

fn form_decoded(text: &str) -> Option<String> {
    let decoded = pairs(&format!("x={}", text.replace('&', "%26")))?;
    Some(decoded.into_iter().next()?.1)
}

/// Checks what a client gave; how it proved itself, as its token will say.
pub(super) fn check(
    ctx: &Context,
    state: &State,
    tenant: &Tenant,
    client: Client<'_>,
    credentials: &Credentials,
) -> Result<&'static str, Unproved> {
    match &credentials.given {
        Given::Secret(secret) => {
            check_secret(ctx, state, tenant, client, secret)?;
            Ok(BY_SECRET)
        }
        Given::Assertion(assertion) => {
            check_assertion(ctx, state, tenant, client, assertion)?;
            Ok(BY_ASSERTION)
        }
    }
}

fn check_secret(
    ctx: &Context,
    state: &State,
    tenant: &Tenant,
    client: Client<'_>,
    secret: &str,
) -> Result<(), Refused> {
    let app_id = &client.application.app_id;
    let fitting: Vec<&Password> = details(state, tenant, client)
        .into_iter()
        .flat_map(|details| &details.passwords)
        .filter(|password| password.is(secret))
        .collect();
    if fitting.is_empty() {
        return Err(refusals::wrong_secret(app_id));
    }
    let now = ctx.clock.now();
    if fitting.iter().any(|password| password.is_valid_at(now)) {
        return Ok(());
    }
    Err(refusals::expired_secret(app_id))
}

fn check_assertion(
    ctx: &Context,
    state: &State,
    tenant: &Tenant,
    client: Client<'_>,
    assertion: &str,
) -> Result<(), Unproved> {
    let read = Unverified::read(assertion)
        .map_err(|error| refusals::malformed_assertion(error.as_str()))?;
    if is_of_entra(&read.jwt) || read.header("kid") == ctx.signer.key_id() {
        return Ok(federation::check(ctx, state, client, assertion)?);
    }
    if read.jwt.text("iss").starts_with("https://") {
        return federation::check_outside(ctx, state, client, &read.jwt);
    }
    let keys: Vec<&Key> = details(state, tenant, client)
        .into_iter()
        .flat_map(|details| &details.keys)
        .collect();
    Ok(certificate::check(ctx, tenant, client, &keys, &read)?)
}

/// Does it claim to be of Entra? Whether it is, its signature tells.
fn is_of_entra(jwt: &Jwt) -> bool {
    let issuer = jwt.text("iss");
    issuer.starts_with("https://login.microsoftonline.com/")
        || issuer.starts_with("https://sts.windows.net/")
}

fn details<'s>(state: &'s State, tenant: &Tenant, client: Client<'_>) -> [&'s Details; 2] {
    [
        state.directory.details(client.home, &client.application.id),
        state
            .directory
            .details(&tenant.id, &client.service_principal.id),
    ]
}
