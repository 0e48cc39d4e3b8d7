//! A registry's error envelope, `{"errors":[{"code","message","detail"}]}`, and its texts.
//!
//! Texts are those of `azure/MORE.md` §1e; codes and texts that it does not list are those of the OCI distribution
//! specification ("Error codes") where they exist there, and else ours.

use std::net::IpAddr;

use http::StatusCode;
use serde_json::{Value, json};

use super::scope::Scope;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Refusal, misdirected as misdirected_text, not_implemented};

/// The envelope.
pub fn error(status: StatusCode, code: &str, message: &str, detail: Option<Value>) -> Reply {
    let mut error = json!({"code": code, "message": message});
    if let Some(detail) = detail {
        error["detail"] = detail;
    }
    Reply::json(status, &json!({"errors": [error]}))
        .with("docker-distribution-api-version", "registry/2.0")
}

const UNAUTHORIZED: &str =
    "authentication required, visit https://aka.ms/acr/authorization for more information.";

/// 401 with the challenge; `bad` when there was a token that is not believed or does not reach as far.
pub(super) fn unauthorized(host: &str, scope: Option<&Scope>, bad: bool) -> Reply {
    let mut challenge = format!("Bearer realm=\"https://{host}/oauth2/token\",service=\"{host}\"");
    if let Some(scope) = scope {
        challenge.push_str(&format!(",scope=\"{scope}\""));
    }
    if bad {
        challenge.push_str(",error=\"invalid_token\"");
    }
    let detail = scope.map(Scope::detail);
    error(
        StatusCode::UNAUTHORIZED,
        "UNAUTHORIZED",
        UNAUTHORIZED,
        detail,
    )
    .with("www-authenticate", challenge)
}

/// 401 of the token endpoints: no role on this registry, or a token that is not believed.
pub(super) fn no_tokens_for_you() -> Reply {
    error(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", UNAUTHORIZED, None)
}

/// 403 of a closed way.
pub(super) fn denied_by_network(source: IpAddr) -> Reply {
    let message = format!(
        "client with IP '{source}' is not allowed access. Refer https://aka.ms/acr/firewall to grant access."
    );
    error(StatusCode::FORBIDDEN, "DENIED", &message, None)
}

/// 404: no such tag or digest.
pub(super) fn manifest_unknown(reference: &str) -> Reply {
    if reference.starts_with("sha256:") {
        let message = format!("manifest {reference} is not found");
        let detail = json!({"Digest": reference});
        return error(
            StatusCode::NOT_FOUND,
            "MANIFEST_UNKNOWN",
            &message,
            Some(detail),
        );
    }
    let message = format!("manifest tagged by \"{reference}\" is not found");
    let detail = json!({"Tag": reference});
    error(
        StatusCode::NOT_FOUND,
        "MANIFEST_UNKNOWN",
        &message,
        Some(detail),
    )
}

/// 404: no such tag, asked for itself. The text is ours.
pub(super) fn tag_unknown(tag: &str) -> Reply {
    let detail = json!({"name": tag});
    let message = "the specified tag does not exist";
    error(StatusCode::NOT_FOUND, "TAG_UNKNOWN", message, Some(detail))
}

/// 404: a manifest of a type that the client does not take. The text is that of the CNCF's `distribution`.
pub(super) fn not_accepted(media_type: &str) -> Reply {
    let kind = if media_type.contains(".oci.") {
        "OCI"
    } else {
        "Docker"
    };
    let message =
        format!("{kind} manifest found, but accept header does not support {kind} manifests");
    error(StatusCode::NOT_FOUND, "MANIFEST_UNKNOWN", &message, None)
}

/// 404: no such repository.
pub(super) fn name_unknown(name: &str) -> Reply {
    error(
        StatusCode::NOT_FOUND,
        "NAME_UNKNOWN",
        "repository name not known to registry",
        Some(json!({"name": name})),
    )
}

/// 404: no such layer.
pub(super) fn blob_unknown(digest: &str) -> Reply {
    error(
        StatusCode::NOT_FOUND,
        "BLOB_UNKNOWN",
        "blob unknown to registry",
        Some(json!({"digest": digest})),
    )
}

/// 400: a request that the registry does not understand.
pub(super) fn bad_request(message: &str) -> Reply {
    error(StatusCode::BAD_REQUEST, "UNSUPPORTED", message, None)
}

/// 404: a name that does not resolve in Azure.
pub(super) fn no_such_registry(host: &str) -> Reply {
    let message =
        format!("no registry has this host name, which does not resolve in Azure: {host}");
    error(StatusCode::NOT_FOUND, "NAME_UNKNOWN", &message, None)
}

/// 421: the address belongs to something else.
pub(super) fn misdirected(host: &str) -> Reply {
    let message = misdirected_text(host);
    error(
        StatusCode::MISDIRECTED_REQUEST,
        "UNSUPPORTED",
        &message,
        None,
    )
}

/// What the router refuses, in a registry's words.
pub fn refuse(refusal: &Refusal, _: &Request, _: &Context) -> Reply {
    match refusal {
        Refusal::NotImplemented { operation } => error(
            StatusCode::NOT_IMPLEMENTED,
            "UNSUPPORTED",
            &not_implemented(operation),
            None,
        ),
        Refusal::Misdirected { host } => misdirected(host),
        Refusal::Malformed { why } => bad_request(&format!("the request cannot be read: {why}")),
        _ => no_tokens_for_you(),
    }
}
