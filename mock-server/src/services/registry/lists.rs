//! Tags of a repository, repositories of a registry: the distribution specification's lists, and the registry's own below
//! `/acr/v1`, which the SDKs and Azure CLI use.
//!
//! Pages by `n` and `last`, the next one in `Link` (OCI distribution specification, "Listing tags"). The shapes below
//! `/acr/v1` are those of the data plane's specification (MORE.md §1b, `containerregistry.json` 2021-07-01).

use serde_json::{Value, json};

use super::scope::Scope;
use super::{errors, reached, tokens};
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::page::encode;
use crate::store::Repository;

/// Items of a page when nobody asked for fewer.
const PAGE: usize = 100;

type Answer = Result<Reply, Reply>;

pub(super) fn catalog(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || -> Answer {
        let state = ctx.state();
        let registry = reached(&state, request)?;
        tokens::require(ctx, request, &Scope::catalog())?;
        let names = state.repositories(&registry.name).map(|(name, _)| name);
        let (names, next) = page(request, names)?;
        Ok(linked(Reply::ok(&json!({"repositories": names})), next))
    };
    answer().unwrap_or_else(|reply| reply)
}

pub(super) fn tags(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let name = request.parameter("name");
    let list = |repository: &Repository| -> Answer {
        let (tags, next) = page(request, repository.tags.keys().map(String::as_str))?;
        Ok(linked(
            Reply::ok(&json!({"name": name, "tags": tags})),
            next,
        ))
    };
    of_repository(ctx, request, list)
}

pub(super) fn acr_tags(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let written = rfc3339(ctx.clock.start());
    let list = |repository: &Repository| -> Answer {
        let (tags, next) = page(request, repository.tags.keys().map(String::as_str))?;
        let tags = tags.into_iter().map(|tag| {
            json!({
                "name": tag,
                "digest": repository.tags[tag],
                "createdTime": written,
                "lastUpdateTime": written,
                "signed": false,
                "changeableAttributes": attributes(),
            })
        });
        let tags: Vec<Value> = tags.collect();
        let body = json!({
            "registry": request.host,
            "imageName": request.parameter("name"),
            "tags": tags,
        });
        Ok(linked(Reply::ok(&body), next))
    };
    of_repository(ctx, request, list)
}

pub(super) fn acr_manifests(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let written = rfc3339(ctx.clock.start());
    let list = |repository: &Repository| -> Answer {
        let (digests, next) = page(request, repository.manifests.keys().map(String::as_str))?;
        let manifests = digests.into_iter().filter_map(|digest| {
            let (_, manifest) = repository.manifest(digest)?;
            let tags = repository.tags.iter().filter(|(_, it)| *it == digest);
            let tags: Vec<&String> = tags.map(|(tag, _)| tag).collect();
            Some(json!({
                "digest": digest,
                "imageSize": manifest.image_size,
                "createdTime": written,
                "lastUpdateTime": written,
                "architecture": "amd64",
                "os": "linux",
                "mediaType": manifest.media_type,
                "tags": tags,
                "changeableAttributes": attributes(),
            }))
        });
        let manifests: Vec<Value> = manifests.collect();
        let body = json!({
            "registry": request.host,
            "imageName": request.parameter("name"),
            "manifests": manifests,
        });
        Ok(linked(Reply::ok(&body), next))
    };
    of_repository(ctx, request, list)
}

fn attributes() -> Value {
    json!({"deleteEnabled": true, "writeEnabled": true, "readEnabled": true, "listEnabled": true})
}

/// A list of the repository that the path names.
fn of_repository(
    ctx: &Context,
    request: &Request,
    list: impl FnOnce(&Repository) -> Answer,
) -> Reply {
    let answer = || -> Answer {
        let name = request.parameter("name");
        let state = ctx.state();
        let registry = reached(&state, request)?;
        let pull = Scope::repository(name, "pull");
        let metadata = Scope::repository(name, "metadata_read");
        tokens::require(ctx, request, &metadata)
            .or_else(|_| tokens::require(ctx, request, &pull))
            .or_else(|_| tokens::require(ctx, request, &metadata))?;
        let repository = state.repository(&registry.name, name);
        list(repository.ok_or_else(|| errors::name_unknown(name))?)
    };
    answer().unwrap_or_else(|reply| reply)
}

/// The items after `last`, at most `n`, and the target of the next page.
fn page<'a>(
    request: &Request,
    names: impl Iterator<Item = &'a str>,
) -> Result<(Vec<&'a str>, Option<String>), Reply> {
    let size = match request.query("n").map(str::parse::<usize>) {
        None => PAGE,
        Some(Ok(size)) if size > 0 => size.min(PAGE),
        Some(_) => return Err(errors::bad_request("n is not a positive number")),
    };
    let last = request.query("last").unwrap_or_default();
    let mut rest = names.filter(|name| *name > last);
    let items: Vec<&str> = rest.by_ref().take(size).collect();
    let next = rest.next().and_then(|_| items.last()).map(|last| {
        let path: String = request
            .path
            .split('/')
            .skip(1)
            .map(|it| format!("/{}", encode(it)))
            .collect();
        format!("{path}?last={}&n={size}", encode(last))
    });
    Ok((items, next))
}

fn linked(reply: Reply, next: Option<String>) -> Reply {
    let reply = reply.with("docker-distribution-api-version", "registry/2.0");
    match next {
        Some(next) => reply.with("link", format!("<{next}>; rel=\"next\"")),
        None => reply,
    }
}
