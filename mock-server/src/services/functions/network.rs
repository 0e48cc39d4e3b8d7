//! By which way may a request reach an app?
//!
//! A private endpoint's address leads to its app alone. The public address is closed by `publicNetworkAccess: Disabled`,
//! and, where nobody set that, by the first private endpoint (MORE.md §5: "arriving there = 403"). An app that is stopped
//! answers nobody. The texts of the 403s are ours. Missing on purpose: access restrictions (`ipSecurityRestrictions`).

use std::net::IpAddr;

use http::StatusCode;
use serde_json::Value;

use super::page;
use crate::fabric::addresses::is_front_door;
use crate::request::{Reply, Request};
use crate::services::key_vault::network::{Way, way};
use crate::services::misdirected;
use crate::store::{Resource, State};

/// Checks the way.
///
/// # Errors
/// The 403 of a way that is closed.
pub(super) fn admit(state: &State, site: &Resource, request: &Request) -> Result<(), Reply> {
    let peer = &request.peer;
    let is_public = matches!(peer.destination, IpAddr::V4(address) if is_front_door(address));
    if is_public {
        if !is_open(state, site) {
            return Err(forbidden(
                "Error 403 - Forbidden. The web app you have attempted to reach has blocked your access.",
            ));
        }
    } else {
        match way(state, site, "sites", peer) {
            Way::Private => {}
            Way::NotApproved => {
                return Err(forbidden(
                    "Error 403 - Forbidden. The private endpoint is not approved.",
                ));
            }
            _ => {
                return Err(page(
                    StatusCode::MISDIRECTED_REQUEST,
                    &misdirected(&request.host),
                ));
            }
        }
    }
    if is_stopped(site) || state.is_disabled(site) {
        return Err(forbidden("Error 403 - This web app is stopped."));
    }
    Ok(())
}

fn forbidden(text: &str) -> Reply {
    page(StatusCode::FORBIDDEN, text)
}

fn is_open(state: &State, site: &Resource) -> bool {
    let given = site
        .property("/publicNetworkAccess")
        .or_else(|| site.property("/siteConfig/publicNetworkAccess"));
    match given.and_then(Value::as_str).unwrap_or_default() {
        "" => {
            let mut endpoints = state.derived().endpoints.to(&site.id);
            !endpoints.any(|it| it.is_approved())
        }
        given => !given.eq_ignore_ascii_case("Disabled"),
    }
}

fn is_stopped(site: &Resource) -> bool {
    let stopped = site.property("/state").and_then(Value::as_str);
    let enabled = site.property("/enabled").and_then(Value::as_bool);
    enabled == Some(false) || stopped.is_some_and(|it| it.eq_ignore_ascii_case("Stopped"))
}
