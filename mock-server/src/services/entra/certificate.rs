//! Is the client assertion signed by a certificate of the application?
//!
//! In this order: issuer and subject are the client, audience is this tenant's token endpoint, a registered certificate is
//! named (`x5t#S256`, `x5t` or `kid`), its time and signature, the assertion's time (entra-docs,
//! `identity-platform/certificate-credentials.md`). RS256 and PS256.

use time::OffsetDateTime;

use super::application::Client;
use super::refusals::{self, Refused};
use crate::context::Context;
use crate::directory::Key;
use crate::store::Tenant;
use crate::tokens::{Jwt, Unverified};

/// Seconds by which the client's clock may be wrong. Entra allows some; how many is not documented.
const SKEW: i64 = 300;
const HOSTS: [&str; 4] = [
    "login.microsoftonline.com",
    "login.windows.net",
    "login.microsoft.com",
    "sts.windows.net",
];

pub(super) fn check(
    ctx: &Context,
    tenant: &Tenant,
    client: Client<'_>,
    keys: &[&Key],
    assertion: &Unverified<'_>,
) -> Result<(), Refused> {
    let (app_id, jwt) = (&client.application.app_id, &assertion.jwt);
    let is_client = |claim: &str| jwt.text(claim).eq_ignore_ascii_case(app_id);
    if !is_client("iss") || !is_client("sub") {
        return Err(refusals::assertion_of_other_client());
    }
    if !is_endpoint(tenant, jwt.text("aud")) {
        return Err(refusals::assertion_of_other_audience());
    }
    let key = keys.iter().find(|key| is_named(key, assertion));
    let key = key.ok_or_else(|| refusals::unknown_certificate(app_id))?;
    let now = ctx.clock.now();
    if now < key.start || key.end <= now {
        let thumbprint = key.certificate.thumbprint();
        let why =
            format!("The key used is expired., Thumbprint of key used by client: '{thumbprint}'");
        return Err(refusals::wrong_signature(&why));
    }
    let algorithm = assertion.header("alg");
    let (signed, signature) = (assertion.signed.as_bytes(), &assertion.signature);
    if !key.certificate.signed(algorithm, signed, signature) {
        let why = "The key was found, but the signature does not fit";
        return Err(refusals::wrong_signature(why));
    }
    check_time(now, jwt)
}

fn check_time(now: OffsetDateTime, jwt: &Jwt) -> Result<(), Refused> {
    let (from, until) = (jwt.number("nbf"), jwt.number("exp"));
    let seconds = now.unix_timestamp();
    let begun = from.is_none_or(|from| from <= seconds.saturating_add(SKEW));
    let lasts = until.is_some_and(|until| seconds < until.saturating_add(SKEW));
    if begun && lasts {
        Ok(())
    } else {
        Err(refusals::outside_its_time(now, from, until))
    }
}

/// A header names a certificate by one of its thumbprints; every one that is there must fit.
fn is_named(key: &Key, assertion: &Unverified<'_>) -> bool {
    let certificate = &key.certificate;
    let named = [
        ("x5t#S256", vec![certificate.x5t_s256()]),
        ("x5t", vec![certificate.x5t()]),
        (
            "kid",
            vec![
                certificate.x5t(),
                certificate.x5t_s256(),
                certificate.thumbprint(),
                certificate.thumbprint().to_ascii_lowercase(),
            ],
        ),
    ];
    let given: Vec<bool> = named
        .iter()
        .filter_map(|(header, fitting)| {
            let text = assertion.header(header).trim_end_matches('=');
            (!text.is_empty()).then(|| fitting.iter().any(|it| it == text))
        })
        .collect();
    !given.is_empty() && given.iter().all(|fits| *fits)
}

/// The token endpoints of the tenant, or its issuer, by id or domain.
fn is_endpoint(tenant: &Tenant, audience: &str) -> bool {
    let Some((host, path)) = audience
        .strip_prefix("https://")
        .and_then(|rest| rest.split_once('/'))
    else {
        return false;
    };
    let (named, rest) = path.split_once('/').unwrap_or((path, ""));
    let of_tenant =
        named.eq_ignore_ascii_case(&tenant.id) || named.eq_ignore_ascii_case(&tenant.domain);
    let known = ["oauth2/v2.0/token", "oauth2/token", "v2.0", ""];
    HOSTS.contains(&host) && of_tenant && known.contains(&rest)
}
