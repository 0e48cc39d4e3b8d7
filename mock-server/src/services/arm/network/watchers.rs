//! Network watchers: there is one in each region where a subscription has a network.
//!
//! Azure makes `NetworkWatcher_<region>` in the group `NetworkWatcherRG` when a network is created (azure-docs,
//! `network-watcher/network-watcher-create.md`); here they are derived, beside those that a client or a world made.

use serde_json::{Value, json};

use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{resource_group_not_found, resource_not_found};
use crate::services::arm::operations::Style;
use crate::services::arm::write::{Kind, Location, Manner};
use crate::services::arm::{found, page, shape};
use crate::services::network_manager::{NETWORKS, region_of};
use crate::services::private_endpoint::derived_guid;
use crate::store::{Resource, State};

/// ARM type of watchers.
const WATCHERS: &str = "Microsoft.Network/networkWatchers";
/// The group that Azure puts them into.
const GROUP: &str = "NetworkWatcherRG";
/// Network watchers.
pub(super) struct Watchers;

impl Kind for Watchers {
    const TYPE: &'static str = WATCHERS;
    const LOCATION: Location = Location::Required;
    const DELETE: Manner = Manner::Operation(Style::Location);

    fn show(_: &State, given: &Resource) -> Value {
        let mut body = shape::resource(given);
        body["etag"] = shape::etag(given, &body);
        body
    }
}

/// `NetworkWatchers_Get`.
pub(super) fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    found(&state, request, &request.path).map_or_else(|reply| reply, |it| Reply::ok(&it))
}

/// `NetworkWatchers_List` and `NetworkWatchers_ListAll`, which have a single page.
pub(super) fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let group = request.parameter("resourceGroupName");
    let own = group.is_empty() || group.eq_ignore_ascii_case(GROUP);
    let derived = if own {
        derived(&state, request)
    } else {
        Vec::new()
    };
    match found::listed(&state, request, WATCHERS) {
        Ok(given) => {
            let given = given.into_iter().map(|it| Watchers::show(&state, it));
            page::single(given.chain(derived).collect())
        }
        Err(_) if !derived.is_empty() => page::single(derived),
        Err(_) => resource_group_not_found(group),
    }
}

/// The watcher of that path, given or derived.
///
/// # Errors
/// The 404 that Azure would answer.
pub(super) fn found(state: &State, request: &Request, path: &str) -> Result<Value, Reply> {
    let id = found::parse(path)?;
    if let Some(given) = state.resource(id.as_str()) {
        return Ok(Watchers::show(state, given));
    }
    let is_it = |it: &Value| {
        it["id"]
            .as_str()
            .is_some_and(|own| own.eq_ignore_ascii_case(id.as_str()))
    };
    let derived = derived(state, request).into_iter().find(is_it);
    let group = id.resource_group.as_deref().unwrap_or_default();
    derived.ok_or_else(|| {
        if group.eq_ignore_ascii_case(GROUP) {
            resource_not_found(&id)
        } else {
            found::missing(state, &id)
        }
    })
}

/// One for each region in which the subscription has a network and no watcher was given.
fn derived(state: &State, request: &Request) -> Vec<Value> {
    let subscription = request.parameter("subscriptionId").to_ascii_lowercase();
    let regions = |kind: &str| {
        let all = state.in_subscription(&subscription, kind);
        all.map(region_of)
            .collect::<std::collections::BTreeSet<_>>()
    };
    let given = regions(WATCHERS);
    let missing = regions(NETWORKS).into_iter();
    let missing = missing.filter(|it| !it.is_empty() && !given.contains(it));
    missing
        .map(|region| watcher(&subscription, &region))
        .collect()
}

fn watcher(subscription: &str, region: &str) -> Value {
    let name = format!("NetworkWatcher_{region}");
    let id =
        format!("/subscriptions/{subscription}/resourceGroups/{GROUP}/providers/{WATCHERS}/{name}");
    json!({
        "name": name,
        "id": id,
        "etag": format!("W/\"{}\"", derived_guid(&id, "etag")),
        "type": WATCHERS,
        "location": region,
        "tags": {},
        "properties": {"provisioningState": "Succeeded"},
    })
}
