//! Which account is it, may the request come this way, and may the caller do this?

use super::SUFFIX;
use super::errors::Error;
use super::signed::{Proven, permits};
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
    /// Read what the account says of itself.
    AccountInformation,
    /// Read the settings of the service.
    ServiceProperties,
    /// Change the settings of the service.
    SetServiceProperties,
    /// Get a key to sign with.
    DelegationKey,
    /// List the account's containers.
    ListContainers,
    /// Read a container's properties.
    ReadContainer(&'a str),
    /// Send a batch for any container.
    WriteContainers,
    /// Make a container, change its metadata, or send a batch for it.
    WriteContainer(&'a str),
    /// Delete a container.
    DeleteContainer(&'a str),
    /// List the blobs of a container: the same action as reading them, with a suboperation.
    ListBlobs(&'a str),
    /// Read the blobs of a container.
    ReadBlobs(&'a str),
    /// Write the blobs of a container, new or there already.
    WriteBlob(&'a str),
    /// Make new blobs in a container.
    AddBlob(&'a str),
    /// Delete blobs of a container.
    DeleteBlob(&'a str),
    /// Read index tags.
    ReadTags(&'a str),
    /// Write index tags.
    WriteTags(&'a str),
    /// Find blobs of the account by their tags.
    FindBlobs,
    /// Find blobs of a container by their tags.
    FindBlobsWithin(&'a str),
    /// Read the access policies of a container.
    ReadPolicies(&'a str),
    /// Write the access policies of a container.
    WritePolicies(&'a str),
}

/// Where a caller may write.
pub(super) struct Admission {
    /// Name of the account.
    pub(super) account: String,
    /// May it replace what is there, or only add?
    pub(super) may_replace: bool,
}

/// The account's name, once way, version, tenant and right are checked.
pub(super) fn admitted(
    state: &State,
    request: &Request,
    caller: &Proven<'_>,
    deed: Deed<'_>,
) -> Result<String, Error> {
    granted(state, request, caller, deed).map(|account| account.name.clone())
}

/// The same, with the account itself.
pub(super) fn admitted_account(
    state: &State,
    request: &Request,
    caller: &Proven<'_>,
    deed: Deed<'_>,
) -> Result<Resource, Error> {
    granted(state, request, caller, deed).cloned()
}

fn granted<'a>(
    state: &'a State,
    request: &Request,
    caller: &Proven<'_>,
    deed: Deed<'_>,
) -> Result<&'a Resource, Error> {
    let account = known(state, request, caller)?;
    check_right(state, request, account, caller, deed)?;
    Ok(account)
}

/// The same for writing a blob whole, which whoever may only add can do as well.
pub(super) fn admitted_to_write(
    state: &State,
    request: &Request,
    caller: &Proven<'_>,
    container: &str,
) -> Result<Admission, Error> {
    let account = known(state, request, caller)?;
    let right = |deed| check_right(state, request, account, caller, deed);
    let may_replace = right(Deed::WriteBlob(container)).is_ok();
    if !may_replace {
        right(Deed::AddBlob(container))?;
    }
    Ok(Admission {
        account: account.name.clone(),
        may_replace,
    })
}

/// The account, once way, version and tenant are checked. What signatures prove was checked with the signature.
fn known<'a>(
    state: &'a State,
    request: &Request,
    caller: &Proven<'_>,
) -> Result<&'a Resource, Error> {
    let account = reached(state, request)?;
    if let Proven::Caller(caller) = caller {
        let tenant = auth::require_tenant(caller, &account.tenant);
        tenant.map_err(|refusal| refused(&refusal, account, request))?;
        let version = request.header("x-ms-version").unwrap_or_default();
        if !is_version(version) || version < FIRST_WITH_TOKENS {
            return Err(Error::INVALID_VERSION);
        }
    }
    Ok(account)
}

/// By role, by a key that may do everything but ask for a user's key, or by the letters of a signature and, when a user
/// signed, the roles of that user.
fn check_right(
    state: &State,
    request: &Request,
    account: &Resource,
    caller: &Proven<'_>,
    deed: Deed<'_>,
) -> Result<(), Error> {
    let by_role = |caller| {
        if is_granted(state, account, caller, deed) {
            Ok(())
        } else {
            Err(Error::PERMISSION_MISMATCH)
        }
    };
    match caller {
        Proven::Caller(caller) => by_role(caller),
        Proven::Key if deed == Deed::DelegationKey => {
            Err(Error::AUTHENTICATION_FAILED
                .detailed("Only authentication scheme Bearer is supported"))
        }
        Proven::Key => Ok(()),
        Proven::Sas(sas) => {
            permits(sas, deed, request)?;
            sas.user().map_or(Ok(()), by_role)
        }
    }
}

fn is_granted(state: &State, account: &Resource, caller: &Caller, deed: Deed<'_>) -> bool {
    let (action, scope, plane) = right(account, deed);
    let asked = Asked {
        action,
        sub_operation: matches!(deed, Deed::ListBlobs(_)).then_some("Blob.List"),
        scope: &scope,
        plane,
    };
    rbac::allowed(state, caller, &asked).is_granted()
}

/// What `auth` did not believe, once the way is checked.
pub(super) fn unauthenticated(refusal: &Refusal, request: &Request, state: &State) -> Error {
    reached(state, request).map_or_else(|error| error, |account| refused(refusal, account, request))
}

/// The account that the host names, if the request may come this way.
pub(super) fn reached<'a>(state: &'a State, request: &Request) -> Result<&'a Resource, Error> {
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

/// Action, scope and plane. Containers are governed by *actions*, blobs by *data actions* (rest-api
/// `authorize-with-azure-active-directory`, "Permissions for blob service operations").
fn right(account: &Resource, deed: Deed<'_>) -> (&'static str, String, Plane) {
    let container = |name: &str| format!("{}/blobServices/default/containers/{name}", account.id);
    let of_account = |action| (action, account.id.clone(), Plane::Control);
    let of_container = |action, name: &str| (action, container(name), Plane::Control);
    let of_blobs = |action, name: &str| (action, container(name), Plane::Data);
    match deed {
        Deed::AccountInformation => {
            of_account("Microsoft.Storage/storageAccounts/blobServices/getInfo/action")
        }
        Deed::ServiceProperties => {
            of_account("Microsoft.Storage/storageAccounts/blobServices/read")
        }
        Deed::SetServiceProperties => {
            of_account("Microsoft.Storage/storageAccounts/blobServices/write")
        }
        Deed::DelegationKey => of_account(
            "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
        ),
        Deed::ListContainers => {
            of_account("Microsoft.Storage/storageAccounts/blobServices/containers/read")
        }
        Deed::WriteContainers => {
            of_account("Microsoft.Storage/storageAccounts/blobServices/containers/write")
        }
        Deed::ReadContainer(name) => of_container(
            "Microsoft.Storage/storageAccounts/blobServices/containers/read",
            name,
        ),
        Deed::WriteContainer(name) => of_container(
            "Microsoft.Storage/storageAccounts/blobServices/containers/write",
            name,
        ),
        Deed::DeleteContainer(name) => of_container(
            "Microsoft.Storage/storageAccounts/blobServices/containers/delete",
            name,
        ),
        Deed::ListBlobs(name) | Deed::ReadBlobs(name) => of_blobs(
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
            name,
        ),
        Deed::WriteBlob(name) => of_blobs(
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
            name,
        ),
        Deed::AddBlob(name) => of_blobs(
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",
            name,
        ),
        Deed::ReadTags(name) => of_blobs(
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/read",
            name,
        ),
        Deed::WriteTags(name) => of_blobs(
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/write",
            name,
        ),
        Deed::FindBlobs => (
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/filter/action",
            account.id.clone(),
            Plane::Data,
        ),
        Deed::FindBlobsWithin(name) => of_blobs(
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/filter/action",
            name,
        ),
        Deed::ReadPolicies(name) => of_container(
            "Microsoft.Storage/storageAccounts/blobServices/containers/getAcl/action",
            name,
        ),
        Deed::WritePolicies(name) => of_container(
            "Microsoft.Storage/storageAccounts/blobServices/containers/setAcl/action",
            name,
        ),
        Deed::DeleteBlob(name) => of_blobs(
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
            name,
        ),
    }
}
