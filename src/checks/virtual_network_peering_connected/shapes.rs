//! What is kept of a network and its peerings, and the parts of ARM's answers that it is read from.

use serde::{Deserialize, Serialize};

use crate::checks::wire::{Pointer, Resource, lenient};
use crate::ids::ResourceId;

/// One network with its peerings; without any list when it does not exist.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Side {
    pub(super) network: String,
    pub(super) peerings: Option<Vec<Peering>>,
    /// Whether its subscription belongs to another tenant than the one that the scenario lists it for.
    pub(super) elsewhere: bool,
}

impl Side {
    pub(super) fn elsewhere(network: &ResourceId) -> Self {
        Self {
            network: network.to_string(),
            peerings: None,
            elsewhere: true,
        }
    }
}

/// A peering; a flag that was not answered is not known.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Peering {
    pub(super) id: String,
    pub(super) remote: String,
    pub(super) state: String,
    pub(super) sync: String,
    pub(super) provisioning: String,
    pub(super) access: Option<bool>,
    pub(super) forwarded: Option<bool>,
    pub(super) offers_gateway: Option<bool>,
    pub(super) uses_gateway: Option<bool>,
    /// The other network's address space as the peering has it, and as it is.
    pub(super) remembered: Vec<String>,
    pub(super) current: Vec<String>,
}

impl Peering {
    pub(super) fn is(&self, state: &str) -> bool {
        self.state.eq_ignore_ascii_case(state)
    }

    pub(super) fn is_synced(&self, level: &str) -> bool {
        self.sync.eq_ignore_ascii_case(level)
    }

    pub(super) fn is_provisioned(&self, state: &str) -> bool {
        self.provisioning.eq_ignore_ascii_case(state)
    }

    /// Whether it leads to another network of the same name: one of another group, subscription or tenant.
    pub(super) fn is_namesake(&self, network: &str) -> bool {
        let name = |id: &str| {
            let id = id.trim_end_matches('/').to_ascii_lowercase();
            id.rsplit('/').next().map(str::to_owned)
        };
        name(&self.remote) == name(network) && !same(&self.remote, network)
    }

    /// Whether the address space that it has of the other network differs from that network's own, in whatever order.
    pub(super) fn remembers_another_space(&self) -> bool {
        let sorted = |prefixes: &[String]| {
            let mut sorted = prefixes.to_vec();
            sorted.sort();
            sorted
        };
        !self.remembered.is_empty()
            && !self.current.is_empty()
            && sorted(&self.remembered) != sorted(&self.current)
    }
}

/// Whether two texts are the same id.
pub(super) fn same(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|id| id.trim_end_matches('/'));
    one.eq_ignore_ascii_case(other)
}

impl From<Resource<Properties>> for Peering {
    fn from(read: Resource<Properties>) -> Self {
        let properties = read.properties;
        Self {
            id: read.id,
            remote: properties.remote_virtual_network.id,
            state: properties.peering_state.trim().to_owned(),
            sync: properties.peering_sync_level.trim().to_owned(),
            provisioning: properties.provisioning_state.trim().to_owned(),
            access: properties.allow_virtual_network_access,
            forwarded: properties.allow_forwarded_traffic,
            offers_gateway: properties.allow_gateway_transit,
            uses_gateway: properties.use_remote_gateways,
            remembered: properties.remote_address_space.address_prefixes,
            current: properties
                .remote_virtual_network_address_space
                .address_prefixes,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Properties {
    #[serde(deserialize_with = "lenient")]
    remote_virtual_network: Pointer,
    #[serde(deserialize_with = "lenient")]
    peering_state: String,
    #[serde(deserialize_with = "lenient")]
    peering_sync_level: String,
    #[serde(deserialize_with = "lenient")]
    provisioning_state: String,
    allow_virtual_network_access: Option<bool>,
    allow_forwarded_traffic: Option<bool>,
    allow_gateway_transit: Option<bool>,
    use_remote_gateways: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    remote_address_space: AddressSpace,
    #[serde(deserialize_with = "lenient")]
    remote_virtual_network_address_space: AddressSpace,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AddressSpace {
    #[serde(deserialize_with = "lenient")]
    address_prefixes: Vec<String>,
}
