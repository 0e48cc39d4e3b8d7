//! `Authorization: SharedKey <account>:<signature>` (rest-api `storageservices/authorize-with-shared-key`).

use super::super::errors::Error;
use super::strings::{self, HeaderOrder};
use super::{account_keys, is_signature};
use crate::context::Context;
use crate::request::Request;
use crate::store::Resource;

/// Scheme and what follows it, when it is one of the two that keys have.
pub(super) fn parts(given: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = given.split_once(' ')?;
    let is_key = |it: &&str| it.eq_ignore_ascii_case(scheme);
    ["SharedKey", "SharedKeyLite"]
        .iter()
        .find(|it| is_key(it))
        .map(|it| (*it, rest.trim()))
}

pub(super) fn check(
    context: &Context,
    request: &Request,
    account: &Resource,
    given: &str,
) -> Result<(), Error> {
    let failed = |detail: &str| Error::AUTHENTICATION_FAILED.detailed(detail);
    let (scheme, rest) = parts(given).ok_or_else(|| failed("the scheme is not SharedKey"))?;
    let (name, signature) = rest
        .split_once(':')
        .ok_or_else(|| failed("an account and a signature are expected after SharedKey"))?;
    if name != account.name {
        return Err(failed(
            "the account of the signature is not that of the host",
        ));
    }
    let keys = account_keys(context, account)?;
    if scheme == "SharedKeyLite" {
        return Err(Error::NOT_IMPLEMENTED.detailed("SharedKeyLite"));
    }
    if request
        .header("x-ms-date")
        .or(request.header("date"))
        .is_none()
    {
        return Err(failed("x-ms-date or Date is expected"));
    }
    let texts = HeaderOrder::ALL.map(|order| strings::request(request, &account.name, order));
    if is_signature(&keys, &texts, signature) {
        Ok(())
    } else {
        Err(failed(&format!(
            "The MAC signature found in the HTTP request '{signature:.100}' is not the same as any computed signature. Server used following string to sign: '{}'.",
            texts[0]
        )))
    }
}
