//! Is the client assertion one that the application trusts?
//!
//! In this order: the mock's signature, time, kind of token (only tokens of user-assigned managed identities), audience
//! of the token, home of the application, then the federated credentials: issuer, subject, audience, each to the letter.
//! Several credentials for one subject are no obstacle: that Entra refuses them (AADSTS700263) is known by one third-party
//! report alone, so only a world's `token-refusals` say so. (IDENTITY.md §2 and §5)

use super::application::Client;
use super::proof::Unproved;
use super::refusals::{self, Refused};
use super::resource::TOKEN_EXCHANGE;
use crate::auth::Audience;
use crate::context::Context;
use crate::store::State;
use crate::tokens::{Jwt, JwtError, TOKEN_EXCHANGE_AUDIENCE};
use crate::world::FederatedIdentityCredential;

/// Audiences of the other clouds: literal URIs, but of no exchange here.
const OTHER_CLOUDS: &[&str] = &[
    "api://AzureADTokenExchangeUSGov",
    "api://AzureADTokenExchangeChina",
];

/// Checks an assertion of an issuer outside of Entra: without a credential that names it there is a refusal. The keys of
/// such an issuer are not asked for.
///
/// # Errors
/// 700211, 700213, or that the rest is not built.
pub(super) fn check_outside(
    ctx: &Context,
    state: &State,
    client: Client<'_>,
    claimed: &Jwt,
) -> Result<(), Unproved> {
    matching(client, claimed, known(ctx, state))?;
    Err(Unproved::NotBuilt("assertions of issuers outside of Entra"))
}

/// Checks an assertion for a client.
///
/// # Errors
/// Entra's refusal.
pub fn check(
    ctx: &Context,
    state: &State,
    client: Client<'_>,
    assertion: &str,
) -> Result<(), Refused> {
    let jwt = ctx.signer.verify(assertion).map_err(|error| match error {
        JwtError::Malformed => refusals::malformed_assertion(error.as_str()),
        other => refusals::wrong_signature(other.as_str()),
    })?;
    check_time(ctx, &jwt)?;
    check_kind(state, &jwt)?;
    check_audience(&jwt)?;
    if !client.home.eq_ignore_ascii_case(jwt.text("tid")) {
        return Err(refusals::identity_of_other_tenant(jwt.text("iss")));
    }
    check_credentials(client, &jwt, known(ctx, state))
}

fn check_time(ctx: &Context, jwt: &Jwt) -> Result<(), Refused> {
    let now = ctx.clock.now();
    let (from, until) = (jwt.number("nbf"), jwt.number("exp"));
    let seconds = now.unix_timestamp();
    let begun = from.is_some_and(|from| from <= seconds);
    let lasts = until.is_some_and(|until| seconds < until);
    if begun && lasts {
        Ok(())
    } else {
        Err(refusals::outside_its_time(now, from, until))
    }
}

fn check_kind(state: &State, jwt: &Jwt) -> Result<(), Refused> {
    let (tenant, object) = (jwt.text("tid"), jwt.text("oid"));
    let principal = state
        .service_principal(tenant, object)
        .ok_or_else(refusals::not_a_managed_identity)?;
    if !principal.is_managed_identity() {
        let proof = if jwt.claims.contains_key("azpacr") {
            jwt.text("azpacr")
        } else {
            jwt.text("appidacr")
        };
        return Err(if proof == "2" {
            refusals::second_hop()
        } else {
            refusals::application_token()
        });
    }
    if state.directory.is_system_assigned(tenant, object) {
        return Err(refusals::not_a_managed_identity());
    }
    Ok(())
}

fn check_audience(jwt: &Jwt) -> Result<(), Refused> {
    let audience = jwt.text("aud");
    if audience == TOKEN_EXCHANGE_AUDIENCE {
        return Ok(());
    }
    if Audience::of(audience) == Some(Audience::Arm) {
        return Err(refusals::management_audience(audience));
    }
    Err(refusals::forbidden_audience(audience))
}

/// Which credentials the replica of Entra that answers has heard of.
fn known(ctx: &Context, state: &State) -> impl Fn(&FederatedIdentityCredential) -> bool {
    let elapsed = ctx.elapsed();
    move |credential| !state.is_unheard_at(&credential.id, elapsed)
}

/// The credential that trusts issuer and subject, each to the letter.
fn matching<'s>(
    client: Client<'s>,
    jwt: &Jwt,
    is_known: impl Fn(&FederatedIdentityCredential) -> bool,
) -> Result<&'s FederatedIdentityCredential, Refused> {
    let (issuer, subject) = (jwt.text("iss"), jwt.text("sub"));
    let credentials = &client.application.federated_identity_credentials;
    let of_issuer: Vec<_> = credentials
        .iter()
        .filter(|credential| credential.issuer == issuer && is_known(credential))
        .collect();
    if of_issuer.is_empty() {
        return Err(refusals::no_such_issuer(issuer));
    }
    let found = of_issuer
        .iter()
        .find(|credential| credential.subject == subject);
    found.copied().ok_or_else(|| {
        let differs_in_case = of_issuer
            .iter()
            .any(|credential| credential.subject.eq_ignore_ascii_case(subject));
        let refuse = if differs_in_case {
            refusals::subject_differs_in_case
        } else {
            refusals::no_such_subject
        };
        refuse(subject)
    })
}

fn check_credentials(
    client: Client<'_>,
    jwt: &Jwt,
    is_known: impl Fn(&FederatedIdentityCredential) -> bool,
) -> Result<(), Refused> {
    match matching(client, jwt, is_known)?.audiences.as_slice() {
        [audience] if audience == TOKEN_EXCHANGE => Ok(()),
        [audience] if OTHER_CLOUDS.contains(&audience.as_str()) => {
            Err(refusals::no_such_audience(jwt.text("aud")))
        }
        audiences => Err(refusals::audience_is_no_uri(&audiences.join(", "))),
    }
}
