//! Manifests and blobs (MORE.md §1d; OCI distribution specification, "Pulling").
//!
//! A manifest of a type that `Accept` does not name is 404, as in the CNCF's `distribution`; without `Accept` it comes as
//! it is. A blob's GET leads elsewhere with 307, its HEAD is answered here.

use bytes::Bytes;
use http::{Method, StatusCode};

use super::scope::Scope;
use super::{errors, layers, reached, tokens};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::entra::token::signing_failed;

type Answer = Result<Reply, Reply>;

pub(super) fn manifest(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let name = request.parameter("name");
        let reference = request.parameter("reference");
        let state = ctx.state();
        let registry = reached(&state, request)?;
        tokens::require(ctx, request, &Scope::repository(name, "pull"))?;
        let repository = state
            .repository(&registry.name, name)
            .ok_or_else(|| errors::name_unknown(name))?;
        let (digest, manifest) = repository
            .manifest(reference)
            .ok_or_else(|| errors::manifest_unknown(reference))?;
        if !accepts(request, &manifest.media_type) {
            return Err(errors::not_accepted(&manifest.media_type));
        }
        let (status, body) = if is_known(request, digest) {
            (StatusCode::NOT_MODIFIED, Bytes::new())
        } else {
            (StatusCode::OK, manifest.content.clone())
        };
        let headers = vec![("content-type", manifest.media_type.clone())];
        Ok(described(
            Reply {
                status,
                headers,
                body,
            },
            digest,
        ))
    };
    answer().unwrap_or_else(|reply| reply)
}

pub(super) fn blob(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let name = request.parameter("name");
        let digest = request.parameter("digest");
        let state = ctx.state();
        let registry = reached(&state, request)?;
        tokens::require(ctx, request, &Scope::repository(name, "pull"))?;
        let repository = state
            .repository(&registry.name, name)
            .ok_or_else(|| errors::name_unknown(name))?;
        let (digest, content) = repository
            .blobs
            .get_key_value(digest)
            .ok_or_else(|| errors::blob_unknown(digest))?;
        if request.method == Method::HEAD {
            let headers = vec![("content-type", "application/octet-stream".to_owned())];
            let reply = Reply {
                status: StatusCode::OK,
                headers,
                body: content.clone(),
            };
            return Ok(described(reply, digest));
        }
        let link = layers::link(ctx, &state, registry, digest).ok_or_else(signing_failed)?;
        let reply = Reply {
            status: StatusCode::TEMPORARY_REDIRECT,
            headers: vec![("location", link)],
            body: Bytes::new(),
        };
        Ok(described(reply, digest))
    };
    answer().unwrap_or_else(|reply| reply)
}

fn described(reply: Reply, digest: &str) -> Reply {
    reply
        .with("docker-distribution-api-version", "registry/2.0")
        .with("docker-content-digest", digest)
        .with("etag", format!("\"{digest}\""))
        .with(
            "access-control-expose-headers",
            "Docker-Content-Digest, WWW-Authenticate, Link, X-Ms-Correlation-Request-Id",
        )
}

/// Does `Accept` take this type? It may come in several headers, and everything is taken without it.
fn accepts(request: &Request, media_type: &str) -> bool {
    let mut ranges = request
        .headers
        .get_all(http::header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim())
        .peekable();
    ranges.peek().is_none()
        || ranges.any(|range| {
            matches!(range, "*/*" | "application/*") || range.eq_ignore_ascii_case(media_type)
        })
}

fn is_known(request: &Request, digest: &str) -> bool {
    let tags = request.header("if-none-match").unwrap_or_default();
    tags.split(',')
        .any(|tag| tag.trim().trim_matches('"') == digest)
}
