//! Get User Delegation Key: a key of the caller's own, to sign shared access signatures with (rest-api
//! `get-user-delegation-key`).
//!
//! The key follows from whose it is, when it is good, and when the account's keys of users were last revoked, so it is the
//! same in every run. `signed` takes signatures that are made with it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Answer;
use super::access::{Deed, admitted_account};
use super::errors::Error;
use super::signed::Proven;
use super::xml::element;
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::storage::keys;
use crate::store::Resource;

/// A key is good for seven days at most.
const LONGEST: time::Duration = time::Duration::days(7);

pub(super) fn key(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let account = admitted_account(&context.state(), request, caller, Deed::DelegationKey)?;
    let now = context.clock.now();
    let (start, expiry) = times(&request.body, now)?;
    if expiry <= now || expiry <= start || expiry > now + LONGEST {
        return Err(Error::INVALID_XML_VALUE);
    }
    let Proven::Caller(caller) = caller else {
        return Err(Error::AUTHORIZATION_FAILURE);
    };
    let version = request.header("x-ms-version").unwrap_or_default();
    let (start, expiry) = (rfc3339(start), rfc3339(expiry));
    let (oid, tid) = (&caller.object_id, &caller.tenant_id);
    let value = value(&account, caller, (&start, &expiry));
    let inner = [
        ("SignedOid", oid.as_str()),
        ("SignedTid", tid),
        ("SignedStart", &start),
        ("SignedExpiry", &expiry),
        ("SignedService", "b"),
        ("SignedVersion", version),
        ("Value", &value),
    ];
    let inner: String = inner
        .iter()
        .map(|(name, text)| element(name, text))
        .collect();
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><UserDelegationKey>{inner}</UserDelegationKey>"
    );
    Ok(Reply {
        status: StatusCode::OK,
        headers: vec![("content-type", "application/xml".to_owned())],
        body: Bytes::from(body),
    })
}

/// The key (base64) of a user for an account between two times, as they are written in it.
pub(super) fn value(account: &Resource, user: &Caller, (start, expiry): (&str, &str)) -> String {
    let revoked = account.property(keys::REVOKED).and_then(Value::as_str);
    let (tid, oid) = (&user.tenant_id, &user.object_id);
    let name = format!(
        "xtenant:{}:{tid}:{oid}:{start}:{expiry}:{}",
        account.id,
        revoked.unwrap_or_default()
    );
    STANDARD.encode(Sha256::digest(name))
}

/// `<KeyInfo><Start/><Expiry/></KeyInfo>`; without a start, from now.
fn times(body: &[u8], now: OffsetDateTime) -> Result<(OffsetDateTime, OffsetDateTime), Error> {
    let text = std::str::from_utf8(body).map_err(|_| Error::INVALID_XML)?;
    let text = text.trim_start_matches('\u{feff}');
    let document = roxmltree::Document::parse(text).map_err(|_| Error::INVALID_XML)?;
    let root = document.root_element();
    if !root.has_tag_name("KeyInfo") {
        return Err(Error::INVALID_XML);
    }
    let time = |name: &str| {
        let found = root.children().find(|it| it.has_tag_name(name));
        let text = found.and_then(|it| it.text()).map(str::trim);
        let text = text.filter(|text| !text.is_empty());
        text.map(|text| OffsetDateTime::parse(text, &Rfc3339).map_err(|_| Error::INVALID_XML_VALUE))
            .transpose()
    };
    let expiry = time("Expiry")?.ok_or(Error::INVALID_XML)?;
    Ok((time("Start")?.unwrap_or(now), expiry))
}

#[cfg(test)]
mod tests {
    use http::Method;

    use crate::clock::rfc3339;
    use crate::services::blob::testing::*;
    use crate::services::testing::RESOURCE_AUDITOR;

    const PATH: &str = "/?restype=service&comp=userdelegationkey";

    fn info(context: &Context, hours: i64) -> String {
        let now = context.clock.now();
        let end = now + time::Duration::hours(hours);
        format!(
            "<KeyInfo><Start>{}</Start><Expiry>{}</Expiry></KeyInfo>",
            rfc3339(now),
            rfc3339(end)
        )
    }

    #[test]
    fn a_key_is_the_callers_for_as_long_as_it_asked() {
        let context = contributor();
        let body = info(&context, 2);
        let ask = || {
            asked(&context, Method::POST, PATH)
                .bytes(body.clone())
                .reply()
        };
        let (reply, again) = (ask(), ask());
        assert_eq!(reply.status, 200, "{}", text(&reply));
        let seen = text(&reply);
        assert_eq!(seen, text(&again));
        for part in [
            format!("<SignedOid>{WORKLOAD}</SignedOid>"),
            format!("<SignedTid>{RESOURCE}</SignedTid>"),
            "<SignedService>b</SignedService>".to_owned(),
        ] {
            assert!(seen.contains(&part), "{seen}");
        }
    }

    #[test]
    fn a_key_that_nobody_may_have_is_refused() {
        let context = contributor();
        for (body, wanted) in [
            (info(&context, 24 * 8), (400, "InvalidXmlNodeValue")),
            (info(&context, -1), (400, "InvalidXmlNodeValue")),
            ("<Other/>".to_owned(), (400, "InvalidXmlDocument")),
            (String::new(), (400, "InvalidXmlDocument")),
        ] {
            let reply = asked(&context, Method::POST, PATH)
                .bytes(body.clone())
                .reply();
            assert_eq!(code(&reply), wanted, "{body}");
        }
        let without_role = ask(&context, Method::POST, &format!("{HOST}{PATH}"))
            .with("x-ms-version", "2026-10-06")
            .bytes(info(&context, 1))
            .bearing(RESOURCE, RESOURCE_AUDITOR, Audience::Storage)
            .by(PRIVATE)
            .reply();
        assert_eq!(
            code(&without_role),
            (403, "AuthorizationPermissionMismatch")
        );
    }
}
