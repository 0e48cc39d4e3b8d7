//! Links to layers: where a blob lies, with a signature instead of a token (MORE.md §1d).
//!
//! The path is like that of the registry's own storage; the signature is ours: a token of the mock for this path, good for
//! twenty minutes.

use serde_json::json;

use super::hosts;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::blob::download;
use crate::services::blob::errors::Error;
use crate::store::{Resource, State, StoredBlob};

/// What the path of a layer looks like.
pub(super) const PATH: &str = "/{registry}/docker/registry/v2/blobs/sha256/{prefix}/{digest}/data";
/// Whom the signatures are for.
const AUDIENCE: &str = "layers";
/// Seconds.
const LIFETIME: i64 = 1200;

/// The link to a blob of a registry.
pub(super) fn link(
    ctx: &Context,
    state: &State,
    registry: &Resource,
    digest: &str,
) -> Option<String> {
    let host = hosts::layers_of(state, registry)?;
    let hex = digest.strip_prefix("sha256:")?;
    let name = registry.name.to_ascii_lowercase();
    let prefix = hex.get(..2)?;
    let path = format!("/{name}/docker/registry/v2/blobs/sha256/{prefix}/{hex}/data");
    let expires = ctx.clock.epoch_seconds() + LIFETIME;
    let claims = json!({"aud": AUDIENCE, "host": host, "path": path, "exp": expires});
    let signature = ctx.signer.sign(&claims).ok()?;
    let end = time::OffsetDateTime::from_unix_timestamp(expires).ok()?;
    let end = rfc3339(end).replace(':', "%3A");
    Some(format!(
        "https://{host}{path}?se={end}&sig={signature}&sp=r&spr=https&sr=b&sv=2018-03-28"
    ))
}

/// Is the request's signature good for what it asks?
pub(super) fn is_signed(ctx: &Context, request: &Request) -> bool {
    let jwt = request
        .query("sig")
        .and_then(|signature| ctx.signer.verify(signature).ok());
    jwt.is_some_and(|jwt| {
        let now = ctx.clock.epoch_seconds();
        jwt.text("aud") == AUDIENCE
            && jwt.text("host") == request.host
            && jwt.text("path") == request.path
            && jwt.number("exp").is_some_and(|end| now < end)
    })
}

/// The layer that the path names, whole or the range that is asked for: SDKs read it in parts.
pub(super) fn answer(ctx: &Context, state: &State, request: &Request) -> Reply {
    let digest = format!("sha256:{}", request.parameter("digest"));
    let mut repositories = state.repositories(request.parameter("registry"));
    let found = repositories.find_map(|(_, repository)| repository.blobs.get(&digest).cloned());
    let answered = match found {
        Some(content) => download::answer(&StoredBlob::given(content, None), request),
        None => Err(Error::BLOB_NOT_FOUND),
    };
    answered.unwrap_or_else(|error| error.reply(request, ctx))
}
