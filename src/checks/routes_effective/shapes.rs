//! What is kept of an interface, its routes and the networks that must be reached, and how ARM's answers are read.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::checks::prefixes::prefix;
use crate::checks::wire::{Pointer, Resource, lenient, list_of};
use crate::ids::ResourceId;
use crate::outcome::{NoAnswer, Reason};

/// A network interface: whose it is, and where.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Interface {
    pub(super) machine: String,
    pub(super) private_endpoint: String,
    pub(super) subnets: Vec<String>,
}

impl Interface {
    /// Whether anything sends packets through it.
    pub(super) fn is_used(&self) -> bool {
        !self.machine.is_empty() || !self.private_endpoint.is_empty()
    }

    pub(super) fn subnet(&self) -> Option<&str> {
        self.subnets.first().map(String::as_str)
    }

    /// Whether it stands in this network.
    pub(super) fn is_in(&self, network: &str) -> bool {
        let below = format!("{}/subnets/", network.trim_end_matches('/')).to_ascii_lowercase();
        let mut subnets = self.subnets.iter();
        subnets.any(|it| it.to_ascii_lowercase().starts_with(&below))
    }
}

impl From<InterfaceProperties> for Interface {
    fn from(read: InterfaceProperties) -> Self {
        let subnets = read.ip_configurations.into_iter();
        let subnets = subnets.map(|it| it.properties.subnet.id);
        Self {
            machine: read.virtual_machine.id,
            private_endpoint: read.private_endpoint.id,
            subnets: subnets.filter(|id| !id.is_empty()).collect(),
        }
    }
}

/// A route as it is in effect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Route {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) state: String,
    pub(super) prefixes: Vec<String>,
    pub(super) hop: String,
    pub(super) hop_addresses: Vec<String>,
}

impl Route {
    /// Its name, or what it leads to.
    pub(super) fn label(&self) -> String {
        match self.name.as_str() {
            "" => list_of(&self.prefixes),
            name => name.to_owned(),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}", list_of(&self.prefixes), self.hop)?;
        if !self.hop_addresses.is_empty() {
            write!(f, " {}", list_of(&self.hop_addresses))?;
        }
        match (self.source.as_str(), self.name.as_str()) {
            (source, "") => write!(f, " ({source})"),
            (source, name) => write!(f, " ({source}, {name})"),
        }
    }
}

/// Prefixes that must be reached, of a network or given by the scenario.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Wanted {
    pub(super) network: Option<String>,
    /// Absent when there is no such network.
    pub(super) prefixes: Option<Vec<String>>,
    /// Whether its subscription belongs to another tenant than the one that the scenario lists it for.
    pub(super) elsewhere: bool,
}

impl Wanted {
    pub(super) const fn given(prefixes: Vec<String>) -> Self {
        Self {
            network: None,
            prefixes: Some(prefixes),
            elsewhere: false,
        }
    }

    pub(super) fn elsewhere(network: &ResourceId) -> Self {
        Self {
            network: Some(network.to_string()),
            prefixes: None,
            elsewhere: true,
        }
    }

    /// The address space of a network as it was read.
    pub(super) fn of_network(
        network: &ResourceId,
        read: Option<Resource<NetworkProperties>>,
    ) -> Result<Self, NoAnswer> {
        let prefixes = read.map(|read| read.properties.address_space.address_prefixes);
        let unusable = |why: String| Err(NoAnswer::Unusable(why));
        match &prefixes {
            Some(all) if all.is_empty() => {
                return unusable(format!("{network} has no address space"));
            }
            Some(all) => {
                if let Some(odd) = all.iter().find(|text| prefix(text).is_none()) {
                    return unusable(format!("`{odd}` of {network} is no address prefix"));
                }
            }
            None => {}
        }
        Ok(Self {
            network: Some(network.to_string()),
            prefixes,
            elsewhere: false,
        })
    }

    pub(super) const fn is_out_of_sight(&self) -> bool {
        self.prefixes.is_none()
    }

    /// Why the network cannot be read where the scenario says it is.
    pub(super) fn out_of_sight(&self) -> Option<Reason> {
        let network = self.network.as_ref().filter(|_| self.is_out_of_sight())?;
        let reason = match self.elsewhere {
            true => Reason::new("subscription-elsewhere")
                .expected("a subscription of the tenant that the scenario lists it for")
                .observed("the tenant does not have it"),
            false => Reason::new("network-missing")
                .expected(network)
                .observed("no such resource"),
        };
        Some(reason.with("network", network))
    }

    /// Each prefix with its network.
    pub(super) fn each(&self) -> impl Iterator<Item = (Option<&str>, &str)> {
        let prefixes = self.prefixes.iter().flatten();
        prefixes.map(|prefix| (self.network.as_deref(), prefix.as_str()))
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct InterfaceProperties {
    #[serde(deserialize_with = "lenient")]
    virtual_machine: Pointer,
    #[serde(deserialize_with = "lenient")]
    private_endpoint: Pointer,
    #[serde(deserialize_with = "lenient")]
    ip_configurations: Vec<Resource<ConfigurationProperties>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ConfigurationProperties {
    #[serde(deserialize_with = "lenient")]
    subnet: Pointer,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Subnet {
    #[serde(deserialize_with = "lenient")]
    pub(super) route_table: Pointer,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct NetworkProperties {
    #[serde(deserialize_with = "lenient")]
    address_space: AddressSpace,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AddressSpace {
    #[serde(deserialize_with = "lenient")]
    address_prefixes: Vec<String>,
}

/// The result of the operation.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Answer {
    value: Option<Vec<EffectiveRoute>>,
    #[serde(deserialize_with = "lenient")]
    next_link: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct EffectiveRoute {
    #[serde(deserialize_with = "lenient")]
    name: String,
    #[serde(deserialize_with = "lenient")]
    source: String,
    #[serde(deserialize_with = "lenient")]
    state: String,
    #[serde(deserialize_with = "lenient")]
    address_prefix: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    next_hop_ip_address: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    next_hop_type: String,
}

impl Answer {
    /// The routes; half a table is none.
    pub(super) fn routes(self) -> Result<Vec<Route>, NoAnswer> {
        let unusable = |why: &str| NoAnswer::Unusable(why.to_owned());
        if !self.next_link.is_empty() {
            return Err(unusable(
                "the effective routes come in pages, which is not known here",
            ));
        }
        let routes = self
            .value
            .ok_or_else(|| unusable("effective routes without `value`"))?;
        Ok(routes.into_iter().map(Route::from).collect())
    }
}

impl From<EffectiveRoute> for Route {
    fn from(read: EffectiveRoute) -> Self {
        Self {
            name: read.name,
            source: read.source,
            state: read.state,
            prefixes: read.address_prefix,
            hop: read.next_hop_type,
            hop_addresses: read.next_hop_ip_address,
        }
    }
}
