//! The shape of a world file: `scenarios/cross-tenant-vault/world.yaml` is the example to read beside it.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Application, Blob, Commit, FunctionApp, Group, ManagementGroup, MeshPrivateEndpoints,
    PastConnection, Repositories, Resource, Secret, ServicePrincipal, Unheard,
};

/// What people did in the tenants of one world.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct World {
    /// Version of this format: 1.
    pub version: u32,
    /// Name of the world.
    pub world: String,
    /// One sentence for people.
    #[serde(default)]
    pub about: String,
    /// Time at which the mock's clock starts, RFC 3339; the real time when absent.
    #[serde(default)]
    pub clock: Option<String>,
    /// Tenants by the name that this file uses for them.
    pub tenants: BTreeMap<String, Tenant>,
    /// Who stands in for an identity that lives outside the chain (a CI runner, an administrator), by its name.
    #[serde(default)]
    pub principals: BTreeMap<String, Principal>,
    /// ARM resources, in any order.
    #[serde(default)]
    pub resources: Vec<Resource>,
    /// What owners did with the connections that private endpoints asked for.
    #[serde(default)]
    pub approvals: Vec<Approval>,
    /// What network managers were told to deploy, in order.
    #[serde(default)]
    pub commits: Vec<Commit>,
    /// What became of connections between network managers and other tenants before now.
    #[serde(default)]
    pub past_connections: Vec<PastConnection>,
    /// What was changed a short while ago, and is not heard of everywhere.
    #[serde(default)]
    pub propagation: Vec<Unheard>,
    /// Can private endpoints be reached from other networks of their connected group?
    #[serde(default)]
    pub mesh_private_endpoints: MeshPrivateEndpoints,
    /// Secrets by vault name, then by secret name.
    #[serde(default)]
    pub secrets: BTreeMap<String, BTreeMap<String, Secret>>,
    /// Blobs by account name, container name, then blob name.
    #[serde(default)]
    pub blobs: BTreeMap<String, BTreeMap<String, BTreeMap<String, Blob>>>,
    /// Function apps by the name of their site.
    #[serde(default)]
    pub functions: BTreeMap<String, FunctionApp>,
    /// Images by registry, repository, then tag.
    #[serde(default)]
    pub registries: BTreeMap<String, Repositories>,
    /// Custom DNS servers that networks name in `dhcpOptions.dnsServers`.
    #[serde(default)]
    pub dns_servers: Vec<DnsServer>,
    /// Where questions can be asked from. `internet` exists in every world.
    #[serde(default)]
    pub vantages: BTreeMap<String, Vantage>,
}

/// One Entra tenant.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tenant {
    /// Tenant id, a GUID.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Verified domain.
    pub domain: String,
    /// Subscriptions that belong to this tenant.
    #[serde(default)]
    pub subscriptions: Vec<Subscription>,
    /// Management groups above them.
    #[serde(default)]
    pub management_groups: Vec<ManagementGroup>,
    /// Application objects registered here.
    #[serde(default)]
    pub applications: Vec<Application>,
    /// Service principals: those of managed identities are derived and never written here.
    #[serde(default)]
    pub service_principals: Vec<ServicePrincipal>,
    /// Groups.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Refusals whose reason lies outside this world: policies, another cloud, load, replication.
    #[serde(default)]
    pub token_refusals: Vec<TokenRefusal>,
}

/// Entra refuses an application's token requests at a tenant, whatever else is right.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TokenRefusal {
    /// Application (client) id.
    pub application: String,
    /// The number after `AADSTS`: one that `services/entra/given.rs` knows.
    pub code: u32,
}

/// A subscription.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Subscription {
    /// Subscription id, a GUID.
    pub id: String,
    /// Display name.
    pub name: String,
    /// `Enabled`, or `Disabled` when it is not paid for: settings can still be read then, data cannot.
    #[serde(default)]
    pub state: SubscriptionState,
}

/// State of a subscription (`specs/subscription`, `SubscriptionState`), as far as the mock knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum SubscriptionState {
    /// Disabled.
    Disabled,
    /// In use.
    #[default]
    Enabled,
}

impl SubscriptionState {
    /// As ARM writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "Disabled",
            Self::Enabled => "Enabled",
        }
    }
}

/// A service principal that stands in for an identity outside the chain.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Principal {
    /// Name of the tenant in this file.
    pub tenant: String,
    /// Object id of one of its service principals.
    pub service_principal: String,
}

/// What the owner of a resource did with the connection that an endpoint asked for.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Approval {
    /// The resource whose owner acted.
    pub resource: String,
    /// The endpoint that had asked.
    pub private_endpoint: String,
    /// What became of the connection.
    pub status: ApprovalStatus,
    /// What the owner wrote.
    #[serde(default)]
    pub description: String,
}

/// State of a private endpoint connection (API.md §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum ApprovalStatus {
    /// The owner agreed.
    Approved,
    /// The owner removed the connection; the endpoint only informs from then on.
    Disconnected,
    /// Nobody acted yet.
    Pending,
    /// The owner refused.
    Rejected,
}

impl ApprovalStatus {
    /// As ARM writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "Approved",
            Self::Disconnected => "Disconnected",
            Self::Pending => "Pending",
            Self::Rejected => "Rejected",
        }
    }
}

/// A custom DNS server inside a network.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DnsServer {
    /// Its address, as `dhcpOptions.dnsServers` of a network names it.
    #[schemars(with = "String")]
    pub address: Ipv4Addr,
    /// The network it stands in: with `azure` forwarding, that network's zones answer.
    pub network: String,
    /// Where it asks what it does not know itself.
    pub forwards_to: Forwarding,
}

/// Where a custom DNS server forwards to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Forwarding {
    /// 168.63.129.16 of its own network: private zones linked there are seen.
    Azure,
    /// The public DNS: no private zone is seen.
    Public,
}

/// A place that questions can be asked from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Vantage {
    /// Virtual network it stands in; without one it only has the Internet.
    #[serde(default)]
    pub network: Option<String>,
    /// Its address in that network.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub address: Option<Ipv4Addr>,
    /// Resource ids of the user-assigned identities attached to it.
    #[serde(default)]
    pub identities: Vec<String>,
    /// Has a system-assigned identity too.
    #[serde(default)]
    pub system_identity: bool,
    /// Managed identity is App Service's endpoint instead of IMDS.
    #[serde(default)]
    pub app_service: bool,
    /// Can reach public addresses.
    #[serde(default = "yes")]
    pub internet: bool,
    /// Clients make its network, its identities and the site of its function app later: it has what there is of them.
    #[serde(default)]
    pub planned: bool,
}

impl Vantage {
    /// The vantage `internet` of every world: no network, no identity.
    pub fn internet() -> Self {
        Self {
            network: None,
            address: None,
            identities: Vec::new(),
            system_identity: false,
            app_service: false,
            internet: true,
            planned: false,
        }
    }

    /// Is it an Azure machine, where IMDS answers? One in a network, or with an identity, that is no App Service.
    pub fn has_imds(&self) -> bool {
        !self.app_service && (self.network.is_some() || self.has_identity())
    }

    /// Does any managed identity live here?
    pub fn has_identity(&self) -> bool {
        self.system_identity || !self.identities.is_empty()
    }
}

fn yes() -> bool {
    true
}
