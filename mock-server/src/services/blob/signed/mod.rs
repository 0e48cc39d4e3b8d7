//! Who asks when no token says so? Whoever holds a key of the account, or a signature that was made with one.
//!
//! - [`key`] a request that is signed itself: `Authorization: SharedKey` · `sas` a signature in the query: for a container or
//!   a blob, for the account, or with a user's own key · `strings` what is signed · `letters` what it permits · `times` for how
//!   long
//!
//! Whoever signed, the way to the account decides first, and an account without `allowSharedKeyAccess` takes the keys of
//! users only (azure-docs, `storage/common/shared-key-authorization-prevent.md`). The time of a request that is signed with
//! a key is not compared with the clock: the mock's can be turned, its clients' cannot. Missing on purpose, each answered by name:
//! Shared Key Lite, directories, signatures for one user.

mod key;
mod letters;
mod sas;
pub(crate) mod strings;
mod times;

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use ring::hmac;
use serde_json::Value;

use super::access;
use super::errors::Error;
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::storage::keys;
use crate::store::Resource;
pub(super) use letters::permits;
pub(super) use sas::Sas;

/// Who asks, once it is proved.
pub(super) enum Proven<'a> {
    /// By a token.
    Caller(&'a Caller),
    /// By a key of the account.
    Key,
    /// By a shared access signature.
    Sas(Sas),
}

/// Does the request bring a signature of its own instead of a token?
pub(crate) fn is_signed(request: &Request) -> bool {
    match request.header("authorization") {
        Some(given) => key::parts(given).is_some(),
        None => request.query("sig").is_some(),
    }
}

/// Who the caller of a token is, or what the signature of the request proves.
pub(super) fn proven<'a>(
    context: &Context,
    request: &Request,
    caller: Option<&'a Caller>,
) -> Result<Proven<'a>, Error> {
    if let Some(caller) = caller {
        return Ok(Proven::Caller(caller));
    }
    let state = context.state();
    let account = access::reached(&state, request)?;
    match request.header("authorization") {
        Some(given) => {
            key::check(context, request, account, given)?;
            Ok(Proven::Key)
        }
        None => sas::checked(context, &state, request, account).map(Proven::Sas),
    }
}

/// Headers of the answer that the signature says (`rscc` and its like).
pub(super) fn override_headers(reply: &mut Reply, request: &Request) {
    let said = [
        ("rscc", "cache-control"),
        ("rscd", "content-disposition"),
        ("rsce", "content-encoding"),
        ("rscl", "content-language"),
        ("rsct", "content-type"),
    ];
    for (name, header) in said {
        if let Some(value) = request.query(name) {
            reply.headers.retain(|(it, _)| *it != header);
            reply.headers.push((header, value.to_owned()));
        }
    }
}

/// The keys of the account that may sign.
fn account_keys(context: &Context, account: &Resource) -> Result<[String; 2], Error> {
    let allowed = account.property("/allowSharedKeyAccess");
    if allowed.and_then(Value::as_bool) == Some(false) {
        return Err(Error::KEYS_NOT_PERMITTED);
    }
    Ok(keys::values(account, context.clock.start()))
}

/// Does one of the keys (base64) make this signature (base64) of one of the texts?
fn is_signature(keys: &[String], texts: &[String], signature: &str) -> bool {
    let Ok(signature) = STANDARD.decode(signature) else {
        return false;
    };
    let keys = keys.iter().filter_map(|key| STANDARD.decode(key).ok());
    let keys: Vec<_> = keys
        .map(|key| hmac::Key::new(hmac::HMAC_SHA256, &key))
        .collect();
    texts.iter().any(|text| {
        keys.iter()
            .any(|key| hmac::verify(key, text.as_bytes(), &signature).is_ok())
    })
}

/// The signature (base64) of a text by a key (base64).
pub(crate) fn signature(key: &str, text: &str) -> String {
    let key = STANDARD.decode(key).unwrap_or_default();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}

impl Error {
    /// 403: a signature that does not count (`storageservices/common-rest-api-error-codes`).
    pub const AUTHENTICATION_FAILED: Self = Self::plain(
        StatusCode::FORBIDDEN,
        "AuthenticationFailed",
        "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.",
    );
    /// 403: the account takes no keys (azure-docs, `storage/common/shared-key-authorization-prevent.md`).
    pub const KEYS_NOT_PERMITTED: Self = Self::plain(
        StatusCode::FORBIDDEN,
        "KeyBasedAuthenticationNotPermitted",
        "Key based authentication is not permitted on this storage account.",
    );
    /// 403: an account signature for other kinds of resources.
    pub const RESOURCE_TYPE_MISMATCH: Self = Self::plain(
        StatusCode::FORBIDDEN,
        "AuthorizationResourceTypeMismatch",
        "This request is not authorized to perform this operation using this resource type.",
    );
    /// 403: an account signature for other services.
    pub const SERVICE_MISMATCH: Self = Self::plain(
        StatusCode::FORBIDDEN,
        "AuthorizationServiceMismatch",
        "This request is not authorized to perform this operation using this service.",
    );
    /// 403: a signature for other addresses.
    pub const SOURCE_ADDRESS_MISMATCH: Self = Self::plain(
        StatusCode::FORBIDDEN,
        "AuthorizationSourceIPMismatch",
        "This request is not authorized to perform this operation using this source IP.",
    );
}
