//! `Microsoft.Network/networkManagers` and what belongs to them, as ARM shows it.
//!
//! - `managers` · `groups` and members · `configurations` · `connections` both sides of connections to other tenants: what
//!   may be written, and what shows; `objects` reads them, `ids` reads ids in bodies
//! - `commit` deploys · `deployments` what was deployed and what is active · `effective` what acts on a network ·
//!   `deployed` what may not go while it is
//! - `operations` the table of them · `token_page` lists that are asked by POST and page by tokens in the bodies
//!
//! States, regions of members and everything that is active are derived (`services/network_manager`). Missing on purpose:
//! security admin configurations, routing, IP address management, the
//! verifier, `deleteExistingPeering`.

mod commit;
mod configurations;
mod connections;
mod deployed;
mod deployments;
mod effective;
mod groups;
mod ids;
mod managers;
mod objects;
mod operations;
mod token_page;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod flow_tests;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::{provider, shape};
use crate::services::Service;
use crate::services::private_endpoint::derived_guid;
use crate::store::Resource;

/// Most items of a page, and what a page has when nobody asks for fewer: the maximum of `$top` (`networkManager.json`,
/// `ListTopParameter`).
const PAGE: usize = 20;

/// The service.
pub const SERVICE: Service = provider(
    "arm-network-manager",
    "network managers, their connections to other tenants, groups, configurations and deployments",
    operations::OPERATIONS,
);

/// What every object that has a GUID shows at last.
fn object(given: &Resource, mut body: Value) -> Value {
    let guid = derived_guid(&given.id, "resource");
    shape::default(&mut body, "resourceGuid", json!(guid));
    body["etag"] = shape::etag(given, &body);
    body
}
