//! What the letters of a signature permit (rest-api `storageservices/create-account-sas`, "Account SAS permissions by
//! operation", and `create-service-sas`, "Permissions for a directory, container, or blob").

use super::super::access::Deed;
use super::super::errors::Error;
use super::sas::{Kind, Sas};
use crate::request::Request;

/// Any letter will do.
const ANY: &str = "racwdxyltmeopif";

/// May the holder of this signature do it?
pub(in super::super) fn permits(sas: &Sas, deed: Deed<'_>, request: &Request) -> Result<(), Error> {
    let (kind, wanted) = wanted(deed, request);
    match &sas.kind {
        Kind::Account { types } => {
            if deed != Deed::AccountInformation && !types.contains(kind) {
                return Err(Error::RESOURCE_TYPE_MISMATCH);
            }
        }
        // Neither the account's own settings nor a container itself can be had by a signature for a container.
        Kind::Service | Kind::Delegated(_) => {
            let of_container = matches!(
                deed,
                Deed::ListBlobs(_) | Deed::FindBlobsWithin(_) | Deed::AccountInformation
            );
            if kind != 'o' && !of_container && !is_batch(deed, request) {
                return Err(Error::PERMISSION_MISMATCH);
            }
        }
    }
    if sas.permission.contains(|it| wanted.contains(it)) {
        Ok(())
    } else {
        Err(Error::PERMISSION_MISMATCH)
    }
}

/// The kind of resource (service, container, object), and the letters of which one is enough.
fn wanted(deed: Deed<'_>, request: &Request) -> (char, &'static str) {
    let comp = request.query("comp").unwrap_or_default();
    match deed {
        Deed::AccountInformation => ('s', ANY),
        Deed::ServiceProperties => ('s', "r"),
        Deed::SetServiceProperties => ('s', "w"),
        Deed::ListContainers => ('s', "l"),
        Deed::FindBlobs => ('s', "f"),
        // Each part of a batch is asked for itself.
        Deed::WriteContainers => ('s', ANY),
        Deed::WriteContainer(_) => match comp {
            "batch" => ('c', ANY),
            "lease" => ('c', "wd"),
            "" => ('c', "cw"),
            _ => ('c', "w"),
        },
        Deed::ReadContainer(_) => ('c', "r"),
        Deed::DeleteContainer(_) => ('c', "d"),
        Deed::ListBlobs(_) => ('c', "l"),
        Deed::FindBlobsWithin(_) => ('c', "f"),
        // Only keys and roles.
        Deed::DelegationKey | Deed::ReadPolicies(_) | Deed::WritePolicies(_) => ('c', ""),
        Deed::ReadBlobs(_) => ('o', "r"),
        Deed::AddBlob(_) => ('o', "c"),
        Deed::DeleteBlob(_) => ('o', "d"),
        Deed::ReadTags(_) | Deed::WriteTags(_) => ('o', "t"),
        Deed::WriteBlob(_) => match comp {
            "appendblock" => ('o', "aw"),
            "block" | "snapshot" => ('o', "cw"),
            "lease" => ('o', "wd"),
            _ => ('o', "w"),
        },
    }
}

fn is_batch(deed: Deed<'_>, request: &Request) -> bool {
    matches!(deed, Deed::WriteContainer(_)) && request.query("comp") == Some("batch")
}
