//! Which account is it, may the request come this way, and may the caller do this?

use super::SUFFIX;
use super::errors::Error;
use crate::auth::{self, Caller};
use crate::rbac::{self, Asked, Plane};
use crate::request::Request;
use crate::services::Refusal;
use crate::services::key_vault::network::{Way, way};
use crate::store::{Resource, State};

/// First version that takes Entra tokens (azure-docs, `storage/common/authorize-data-access`), and the first that
/// challenges anonymous requests.
const FIRST_WITH_TOKENS: &str = "2017-11-09";
const FIRST_WITH_CHALLENGE: &str = "2019-12-12";

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed<'a> {
    /// List the account's containers.
    ListContainers,
    /// Read a container's properties.
    ReadContainer(&'a str),
    /// List the blobs of a container: the same action as reading them, with a suboperation.
    ListBlobs(&'a str),
    /// Read the blobs of a container.
    ReadBlobs(&'a str),
}

/// The account, once way, version, tenant and right are checked.
pub(super) fn admitted<'a>(
    state: &'a State,
    request: &Request,
    caller: Option<&Caller>,
    deed: Deed<'_>,
) -> Result<&'a Resource, Error> {
    let account = reached(state, request)?;
    let caller = caller.ok_or_else(|| anonymous(account, request))?;
    let tenant = auth::require_tenant(caller, &account.tenant);
    tenant.map_err(|refusal| refused(&refusal, account, request))?;
    let version = request.header("x-ms-version").unwrap_or_default();
    if !is_version(version) || version < FIRST_WITH_TOKENS {
        return Err(Error::INVALID_VERSION);
    }
    let (action, scope, plane) = right(account, deed);
    let asked = Asked {
        action,
        sub_operation: matches!(deed, Deed::ListBlobs(_)).then_some("Blob.List"),
        scope: &scope,
        plane,
    };
    if rbac::allowed(state, caller, &asked).is_granted() {
        Ok(account)
    } else {
        Err(Error::PERMISSION_MISMATCH)
    }
}

/// What `auth` did not believe, once the way is checked.
pub(super) fn unauthenticated(refusal: &Refusal, request: &Request, state: &State) -> Error {
    reached(state, request).map_or_else(|error| error, |account| refused(refusal, account, request))
}

/// The account that the host names, if the request may come this way.
fn reached<'a>(state: &'a State, request: &Request) -> Result<&'a Resource, Error> {
    let name = request.host.strip_suffix(SUFFIX).unwrap_or_default();
    let account = state.resource_named("Microsoft.Storage/storageAccounts", name);
    let account = account.ok_or_else(|| Error::ACCOUNT_NOT_FOUND.detailed(request.host.clone()))?;
    match way(state, account, "blob", &request.peer) {
        Way::Open | Way::Private if state.is_disabled(account) => Err(Error::ACCOUNT_IS_DISABLED),
        Way::Open | Way::Private => Ok(account),
        Way::Closed | Way::Elsewhere | Way::Filtered | Way::NotApproved => {
            Err(Error::AUTHORIZATION_FAILURE)
        }
    }
}

fn refused(refusal: &Refusal, account: &Resource, request: &Request) -> Error {
    let invalid = |detail: &str| Error::invalid_authentication(&account.tenant, detail.to_owned());
    match refusal {
        Refusal::NoToken => anonymous(account, request),
        Refusal::ExpiredToken => invalid("Lifetime validation failed. The token is expired."),
        Refusal::WrongAudience { .. } => {
            invalid("Audience validation failed. Audience did not match.")
        }
        Refusal::WrongTenant { .. } => invalid("Issuer validation failed. Issuer did not match."),
        Refusal::BadToken { why } => invalid(&format!("Signature validation failed: {why}.")),
        _ => Error::AUTHORIZATION_FAILURE,
    }
}

/// New versions challenge; old ones say that the account allows no anonymous reads.
fn anonymous(account: &Resource, request: &Request) -> Error {
    let version = request.header("x-ms-version").unwrap_or_default();
    let open = account
        .property("/allowBlobPublicAccess")
        .and_then(serde_json::Value::as_bool)
        .unwrap_or(false);
    if open || (is_version(version) && version >= FIRST_WITH_CHALLENGE) {
        Error::no_authentication(&account.tenant)
    } else {
        Error::PUBLIC_ACCESS_NOT_PERMITTED
    }
}

/// `yyyy-MM-dd`, so that versions compare as texts.
fn is_version(text: &str) -> bool {
    let fits = |(at, byte): (usize, u8)| {
        if at == 4 || at == 7 {
            byte == b'-'
        } else {
            byte.is_ascii_digit()
        }
    };
    text.len() == 10 && text.bytes().enumerate().all(fits)
}

/// Action, scope and plane. Containers are read by *actions*, blobs by *data actions* (rest-api
/// `authorize-with-azure-active-directory`, "Permissions for blob service operations").
fn right(account: &Resource, deed: Deed<'_>) -> (&'static str, String, Plane) {
    const CONTAINERS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/read";
    const BLOBS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
    let container = |name: &str| format!("{}/blobServices/default/containers/{name}", account.id);
    match deed {
        Deed::ListContainers => (CONTAINERS, account.id.clone(), Plane::Control),
        Deed::ReadContainer(name) => (CONTAINERS, container(name), Plane::Control),
        Deed::ListBlobs(name) | Deed::ReadBlobs(name) => (BLOBS, container(name), Plane::Data),
    }
}
