//! Get and Set Container ACL: stored access policies (rest-api `storageservices/set-container-acl`). They are kept as they
//! were given; no signature that names one is taken here.

use bytes::Bytes;
use http::StatusCode;

use super::access::{Deed, admitted, admitted_account};
use super::conditions::Conditions;
use super::containers::private_only;
use super::download::marked;
use super::errors::Error;
use super::lease::{self, Of};
use super::signed::Proven;
use super::write::{of_account, written};
use super::xml::element;
use super::{Answer, names};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::store::AccessPolicy;

const LIMIT: usize = 5;
const ID_LIMIT: usize = 64;

pub(super) fn get(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let name = request.parameter("containerName");
    let state = context.state();
    let account = admitted(&state, request, caller, Deed::ReadPolicies(name))?;
    let container = state
        .container(&account, names::container(request)?)
        .ok_or(Error::CONTAINER_NOT_FOUND)?;
    let now = context.clock.epoch_seconds();
    lease::admits_read(container.lease.as_ref(), request, now, Of::Container)?;
    let policies: String = container.policies.iter().map(shown).collect();
    let mut headers = marked(&container.mark);
    headers.push(("content-type", "application/xml".to_owned()));
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><SignedIdentifiers>{policies}</SignedIdentifiers>"
    );
    Ok(Reply {
        status: StatusCode::OK,
        headers,
        body: Bytes::from(body),
    })
}

fn shown(policy: &AccessPolicy) -> String {
    let given = [
        ("Start", &policy.start),
        ("Expiry", &policy.expiry),
        ("Permission", &policy.permission),
    ];
    let inner: String = given
        .into_iter()
        .filter_map(|(name, text)| Some(element(name, text.as_deref()?)))
        .collect();
    let id = element("Id", &policy.id);
    format!("<SignedIdentifier>{id}<AccessPolicy>{inner}</AccessPolicy></SignedIdentifier>")
}

pub(super) fn set(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let name = request.parameter("containerName");
    let deed = Deed::WritePolicies(name);
    let account = admitted_account(&context.state(), request, caller, deed)?;
    let name = names::container(request)?;
    private_only(request, account.property("/allowBlobPublicAccess"))?;
    let policies = read(&request.body).ok_or(Error::INVALID_XML)?;
    let conditions = Conditions::of(request)?;
    let now = context.clock.now();
    let mut state = context.state_mut();
    let mark = state.next_mark(now);
    let container = of_account(&mut state, &account.name, name)?;
    let lease = container.lease.as_ref();
    lease::admits_read(lease, request, now.unix_timestamp(), Of::Container)?;
    conditions.write(Some(&container.mark))?;
    container.policies = policies;
    container.mark = mark.clone();
    Ok(written(StatusCode::OK, &mark))
}

fn read(body: &[u8]) -> Option<Vec<AccessPolicy>> {
    if body.is_empty() {
        return Some(Vec::new());
    }
    let text = std::str::from_utf8(body)
        .ok()?
        .trim_start_matches('\u{feff}');
    let document = roxmltree::Document::parse(text).ok()?;
    let root = document.root_element();
    let policies = root.children().filter(roxmltree::Node::is_element);
    let policies: Vec<_> = policies.map(policy).collect::<Option<_>>()?;
    (root.has_tag_name("SignedIdentifiers") && policies.len() <= LIMIT).then_some(policies)
}

fn policy(node: roxmltree::Node<'_, '_>) -> Option<AccessPolicy> {
    let below = |node: roxmltree::Node<'_, '_>, name: &str| {
        let found = node.children().find(|it| it.has_tag_name(name))?;
        Some(found.text().unwrap_or_default().to_owned())
    };
    let inner = node.children().find(|it| it.has_tag_name("AccessPolicy"));
    let id = below(node, "Id").filter(|id| (1..=ID_LIMIT).contains(&id.chars().count()))?;
    let of = |name: &str| below(inner?, name).filter(|text| !text.is_empty());
    node.has_tag_name("SignedIdentifier").then(|| AccessPolicy {
        id,
        start: of("Start"),
        expiry: of("Expiry"),
        permission: of("Permission"),
    })
}
