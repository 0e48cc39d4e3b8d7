//! How would each service word an error that no handler of it made: a wire fault's status, throttling, a request that
//! its listener refused?
//!
//! THE list, `ENVELOPES`, maps hosts to the shapes of IDENTITY.md §6. Codes are those listed there (429 of Key Vault,
//! 503 of Storage); elsewhere the code is the status phrase without blanks, as ARM's own codes are formed
//! (`TooManyRequests`, `InternalServerError`), and the text is ours.

use std::net::IpAddr;

use http::StatusCode;
use serde_json::json;

use super::{arm, blob, entra, graph, key_vault, managed_identity};
use crate::context::Context;
use crate::fabric::addresses::APP_SERVICE;
use crate::request::{Reply, Request};

/// Words an error: status, sentence.
type Words = fn(StatusCode, &str, &Request, &Context) -> Reply;

/// Whose words it is for which host; a leading dot marks a suffix.
const ENVELOPES: &[(&str, Words)] = &[
    ("management.azure.com", resource_manager),
    ("graph.microsoft.com", microsoft_graph),
    ("login.microsoftonline.com", token_endpoint),
    ("login.windows.net", token_endpoint),
    ("login.microsoft.com", token_endpoint),
    ("sts.windows.net", token_endpoint),
    (".vault.azure.net", vault),
    (".blob.core.windows.net", storage),
    (".azurecr.io", registry),
    (".azurewebsites.net", function_host),
];

/// Largest body that Resource Manager takes: 4,194,304 bytes (azure-docs, `azure-subscription-service-limits.md`,
/// "Resource Manager API request size").
pub const ARM_BODY_LIMIT: usize = 4 << 20;

/// The error, in the words of the service that the request is for; ARM's shape when it is for none.
pub fn error(status: StatusCode, why: &str, req: &Request, ctx: &Context) -> Reply {
    words(req)(status, why, req, ctx)
}

/// The largest body that the blob service takes here. Azure's Put Blob takes 5000 MiB and its Put Block 4000 MiB
/// (rest-api `storageservices/scalability-targets-for-the-azure-blob-service`); this is what clients send at once
/// (64 MiB from Python, 256 MiB from JavaScript).
pub const BLOB_BODY_LIMIT: usize = 256 << 20;

/// The largest body that the service of a host takes, when it is not the listener's.
pub fn body_limit(host: &str) -> Option<usize> {
    match host {
        "management.azure.com" => Some(ARM_BODY_LIMIT),
        host if host.ends_with(blob::SUFFIX) => Some(BLOB_BODY_LIMIT),
        _ => None,
    }
}

fn words(req: &Request) -> Words {
    match req.peer.destination {
        IpAddr::V4(APP_SERVICE) => return app_service,
        IpAddr::V4(address) if address.is_link_local() => return instance_metadata,
        _ => {}
    }
    let is_of =
        |name: &str| req.host == name || (name.starts_with('.') && req.host.ends_with(name));
    let found = ENVELOPES.iter().find(|(name, _)| is_of(name));
    found.map_or(resource_manager as Words, |(_, words)| *words)
}

/// `TooManyRequests` of 429.
fn code_of(status: StatusCode) -> String {
    match status {
        // As the services word it when their own limit is passed.
        StatusCode::PAYLOAD_TOO_LARGE => "RequestEntityTooLarge".to_owned(),
        _ => status
            .canonical_reason()
            .unwrap_or("Error")
            .replace(' ', ""),
    }
}

fn resource_manager(status: StatusCode, why: &str, _: &Request, _: &Context) -> Reply {
    arm::errors::error(status, &code_of(status), why)
}

fn microsoft_graph(status: StatusCode, why: &str, req: &Request, ctx: &Context) -> Reply {
    let code = match status {
        StatusCode::BAD_REQUEST => "Request_BadRequest".to_owned(),
        _ => code_of(status),
    };
    graph::errors::envelope(status, &code, why, None, req, ctx)
}

fn vault(status: StatusCode, why: &str, _: &Request, _: &Context) -> Reply {
    let code = match status {
        StatusCode::TOO_MANY_REQUESTS => "Throttled".to_owned(),
        StatusCode::BAD_REQUEST => "BadParameter".to_owned(),
        _ => code_of(status),
    };
    key_vault::errors::error(status, &code, why, None)
}

fn storage(status: StatusCode, _: &str, req: &Request, ctx: &Context) -> Reply {
    let (code, message) = match status.as_u16() {
        400 => (
            "InvalidUri",
            "The requested URI does not represent any resource on the server.",
        ),
        408 => (
            "OperationTimedOut",
            "The operation could not be completed within the permitted time.",
        ),
        413 => (
            "RequestBodyTooLarge",
            "The request body is too large and exceeds the maximum permissible limit.",
        ),
        414 => ("InvalidUri", "The requested URI is too long."),
        429 | 503 => (
            "ServerBusy",
            "The server is currently unable to receive requests. Please retry your request.",
        ),
        431 => (
            "RequestHeaderFieldsTooLarge",
            "The request headers are too large.",
        ),
        _ => (
            "InternalError",
            "The server encountered an internal error. Please retry the request.",
        ),
    };
    let error = blob::errors::Error {
        status,
        code,
        message,
        detail: None,
        challenge: None,
    };
    error.reply(req, ctx)
}

fn token_endpoint(status: StatusCode, why: &str, req: &Request, ctx: &Context) -> Reply {
    // 90055 TenantThrottling, 90033 transient (IDENTITY.md §5); 900144's family for what the client did wrong has no
    // number for these statuses, so 9002313 (malformed request) stands for them.
    let (error, code) = match status.as_u16() {
        429 => ("temporarily_unavailable", 90055),
        500.. => ("temporarily_unavailable", 90033),
        _ => ("invalid_request", 9_002_313),
    };
    entra::errors::error(status, error, code, why, req, ctx)
}

fn instance_metadata(status: StatusCode, why: &str, _: &Request, _: &Context) -> Reply {
    let code = status
        .canonical_reason()
        .unwrap_or("error")
        .to_ascii_lowercase()
        .replace(' ', "_");
    managed_identity::errors::error(status, &code, why)
}

fn app_service(status: StatusCode, why: &str, req: &Request, _: &Context) -> Reply {
    managed_identity::errors::app_service_error(status, why, req)
}

/// MORE.md §1: `{"errors":[{"code","message"}]}`.
fn registry(status: StatusCode, why: &str, _: &Request, _: &Context) -> Reply {
    let phrase = status.canonical_reason().unwrap_or("ERROR");
    let code = phrase.to_ascii_uppercase().replace(' ', "");
    Reply::json(
        status,
        &json!({"errors": [{"code": code, "message": why, "detail": null}]}),
    )
}

/// A function's host has no envelope; the text is ours.
fn function_host(status: StatusCode, why: &str, _: &Request, _: &Context) -> Reply {
    Reply {
        status,
        headers: vec![("content-type", "text/plain; charset=utf-8".to_owned())],
        body: bytes::Bytes::from(why.to_owned()),
    }
}
