//! What the registry says about a repository, a tag or a manifest, below `/acr/v1` (data plane's specification, MORE.md
//! §1b). Times of writing are the start of the mock's clock.

use serde_json::{Value, json};

use super::scope::Scope;
use super::{errors, reached, tokens};
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::Repository;

type Answer = Result<Reply, Reply>;

pub(super) fn repository(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    of_repository(ctx, request, |repository| {
        let mut body = head(request);
        body["createdTime"] = json!(written(ctx));
        body["lastUpdateTime"] = json!(written(ctx));
        body["manifestCount"] = json!(repository.manifests.len());
        body["tagCount"] = json!(repository.tags.len());
        body["changeableAttributes"] = attributes();
        Ok(Reply::ok(&body))
    })
}

pub(super) fn tag(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    of_repository(ctx, request, |repository| {
        let name = request.parameter("tag");
        let digest = repository.tags.get(name);
        let digest = digest.ok_or_else(|| errors::tag_unknown(name))?;
        let mut body = head(request);
        body["tag"] = tag_body(ctx, name, digest);
        Ok(Reply::ok(&body))
    })
}

pub(super) fn manifest(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    of_repository(ctx, request, |repository| {
        let digest = request.parameter("digest");
        let found = manifest_body(ctx, repository, digest);
        let mut body = head(request);
        body["manifest"] = found.ok_or_else(|| errors::manifest_unknown(digest))?;
        Ok(Reply::ok(&body))
    })
}

/// `registry` and `imageName`.
pub(super) fn head(request: &Request) -> Value {
    json!({"registry": request.host, "imageName": request.parameter("name")})
}

pub(super) fn tag_body(ctx: &Context, name: &str, digest: &str) -> Value {
    json!({
        "name": name,
        "digest": digest,
        "createdTime": written(ctx),
        "lastUpdateTime": written(ctx),
        "signed": false,
        "changeableAttributes": attributes(),
    })
}

pub(super) fn manifest_body(ctx: &Context, repository: &Repository, digest: &str) -> Option<Value> {
    let manifest = repository.manifests.get(digest)?;
    let tags = repository.tags.iter().filter(|(_, it)| *it == digest);
    let tags: Vec<&String> = tags.map(|(tag, _)| tag).collect();
    Some(json!({
        "digest": digest,
        "imageSize": manifest.image_size,
        "createdTime": written(ctx),
        "lastUpdateTime": written(ctx),
        "architecture": "amd64",
        "os": "linux",
        "mediaType": manifest.media_type,
        "tags": tags,
        "changeableAttributes": attributes(),
    }))
}

fn written(ctx: &Context) -> String {
    rfc3339(ctx.clock.start())
}

fn attributes() -> Value {
    json!({"deleteEnabled": true, "writeEnabled": true, "readEnabled": true, "listEnabled": true})
}

/// An answer made of the repository that the path names, for whoever may read its metadata or pull from it.
pub(super) fn of_repository(
    ctx: &Context,
    request: &Request,
    answer: impl FnOnce(&Repository) -> Answer,
) -> Reply {
    let answer = || -> Answer {
        let name = request.parameter("name");
        let state = ctx.state();
        let registry = reached(&state, request)?;
        let metadata = Scope::repository(name, "metadata_read");
        if let Err(reply) = tokens::require(ctx, request, &metadata) {
            let pull = Scope::repository(name, "pull");
            tokens::require(ctx, request, &pull).map_err(|_| reply)?;
        }
        let repository = state.repository(&registry.name, name);
        answer(repository.ok_or_else(|| errors::name_unknown(name))?)
    };
    answer().unwrap_or_else(|reply| reply)
}
