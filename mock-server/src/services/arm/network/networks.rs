//! Virtual networks: what may be written, and what shows.
//!
//! Subnets in the body are the whole set; a body without them leaves them as they are. Peerings in the body are made or
//! changed; those of hub-and-spoke, which a client sends back as it read them, are nobody's to write.

use serde_json::{Map, Value, json};

use super::{prefix, subnets};
use crate::request::Reply;
use crate::services::arm::errors::bad_request;
use crate::services::arm::operations::Style;
use crate::services::arm::write::{Body, Kind, Location, Manner, Write, fields};
use crate::services::arm::{peering, shape};
use crate::services::network_manager::NETWORKS;
use crate::services::private_endpoint::derived_guid;
use crate::store::{Resource, SUBNETS, State};

/// What a client may say of a network (`virtualNetwork.json`; `privateEndpointVNetPolicies` since 2024-05-01).
const KNOWN: &[&str] = &[
    "addressSpace",
    "bgpCommunities",
    "ddosProtectionPlan",
    "dhcpOptions",
    "enableDdosProtection",
    "enableVmProtection",
    "encryption",
    "flowTimeoutInMinutes",
    "ipAllocations",
    "privateEndpointVNetPolicies",
    "subnets",
    "virtualNetworkPeerings",
];

/// Virtual networks.
pub(super) struct Networks;

impl Kind for Networks {
    const TYPE: &'static str = NETWORKS;
    const LOCATION: Location = Location::Required;
    const PUT: Manner = Manner::Operation(Style::AzureAsyncOperation);
    const DELETE: Manner = Manner::Operation(Style::Both);

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, KNOWN);
        let at = "/properties/addressSpace/addressPrefixes";
        let spaces = fields::texts(body, at)?;
        if spaces.is_empty() {
            return Err(fields::missing(at));
        }
        for space in spaces {
            prefix::check(space, write.id.as_str())?;
        }
        fields::texts(body, "/properties/dhcpOptions/dnsServers")?;
        subnets::prepare_all(write, body)?;
        peering::prepare_all(write, body)
    }

    fn stored(state: &mut State, id: &str) {
        state.unfold_written(id);
    }

    fn show(state: &State, given: &Resource) -> Value {
        network(state, given)
    }

    fn may_delete(write: &Write<'_>) -> Result<(), Reply> {
        let mut all = write.state.children(write.id.as_str(), SUBNETS);
        all.try_for_each(|subnet| subnets::free(write.state, subnet))
    }
}

fn network(state: &State, given: &Resource) -> Value {
    let mut body = shape::resource(given);
    let guid = derived_guid(&given.id, "resource");
    shape::default(&mut body, "resourceGuid", json!(guid));
    shape::derive(&mut body, "subnets", json!(subnets::of(state, given)));
    let peerings = peering::of_network(state, &given.id);
    shape::derive(&mut body, "virtualNetworkPeerings", json!(peerings));
    shape::default(&mut body, "enableDdosProtection", json!(false));
    body["etag"] = shape::etag(given, &body);
    body
}

/// Most items of a list: subnets of a network (azure-docs, `azure-resource-manager/management/azure-subscription-service-
/// limits.md`, "Networking limits"); other lists have fewer.
const MOST_ITEMS: usize = 3000;

/// Name and properties of an item.
pub(in crate::services::arm) type Item = (String, Map<String, Value>);

/// Items of a list in a body, each as `{name, properties}`; what a client read and sends back is left out of `properties`.
///
/// # Errors
/// 400 for an item that is no object or has no name, or for too many.
pub(in crate::services::arm) fn items(
    body: &Body,
    list: &str,
    known: &[&str],
) -> Result<Vec<Item>, Reply> {
    let at = format!("/properties/{list}");
    let read = |index: usize| {
        let at = format!("{at}/{index}");
        let name = fields::required_text(body, &format!("{at}/name"))?;
        let properties = fields::object(body, &format!("{at}/properties"))?;
        let mut properties = properties.cloned().unwrap_or_default();
        properties.retain(|key, value| known.contains(&key.as_str()) && !value.is_null());
        Ok((name.to_owned(), properties))
    };
    let count = fields::array(body, &at)?.len();
    if count > MOST_ITEMS {
        let at = fields::dotted(&at);
        let message = format!("'{at}' has at most {MOST_ITEMS} items, {count} were given.");
        return Err(bad_request("BadRequest", &message));
    }
    (0..count).map(read).collect()
}
