//! Tags of a repository, repositories of a registry: the distribution specification's lists, and the registry's own below
//! `/acr/v1`, which the SDKs and Azure CLI use.
//!
//! Pages by `n` and `last`, the next one in `Link` (OCI distribution specification, "Listing tags"). The shapes below
//! `/acr/v1` are those of the data plane's specification (MORE.md §1b, `containerregistry.json` 2021-07-01).

use serde_json::json;

use super::properties::{head, manifest_body, of_repository, tag_body};
use super::scope::Scope;
use super::{errors, reached, tokens};
use crate::auth::Caller;
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
    of_repository(ctx, request, |repository| {
        let (tags, next) = page(request, repository.tags.keys().map(String::as_str))?;
        let tags = tags.into_iter().filter_map(|tag| {
            let digest = repository.tags.get(tag)?;
            Some(tag_body(ctx, tag, digest))
        });
        let mut body = head(request);
        body["tags"] = tags.collect();
        Ok(linked(Reply::ok(&body), next))
    })
}

pub(super) fn acr_manifests(ctx: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    of_repository(ctx, request, |repository| {
        let (digests, next) = page(request, repository.manifests.keys().map(String::as_str))?;
        let manifests = digests
            .into_iter()
            .filter_map(|digest| manifest_body(ctx, repository, digest));
        let mut body = head(request);
        body["manifests"] = manifests.collect();
        Ok(linked(Reply::ok(&body), next))
    })
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
