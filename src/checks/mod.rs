//! What is verified: one question about Azure per file, or per folder where its causes or tests are many, and THE list, [`KINDS`].
//!
//! A check is a struct of parameters that *observes* (I/O, no opinion) and *judges* (pure). Order, retries, owners,
//! evidence and rendering are not its business: the engine, `settle` and `ask` do that for all of them by the card.
//!
//! - [`kind`]: a check with its type erased: what the loader and the engine handle
//! - `wire`: how checks read Azure's answers
//! - `typed_id`, `listed`, `https_url`, `resource_url`: kinds of parameters: ids of a type, lists that must not be empty, URLs
//! - `connections`: the private endpoint connections of a resource
//! - `limits`: what Azure allows of a kind: THE table
//! - `networks`: what is said of a virtual network that cannot be looked at
//! - `prefixes`, `machines`: address prefixes; whether a machine runs
//! - `silence`: what is advised when nobody answers a workload
//! - `names`: what is advised when a name leads the wrong way
//! - `network_manager`: what the checks of network managers share
//! - everything else: one check each, named as scenarios name it
//!
//! To add one: a file here, a `mod` line, an entry in [`KINDS`]; a fault in the mock and a row in a `drill.yaml` for
//! each of its causes. Tests find whatever is forgotten.

mod address_spaces_disjoint;
mod application_multi_tenant;
mod blob_readable;
mod connections;
mod connectivity_configured;
mod connectivity_deployed;
mod connectivity_effective;
mod dns_resolves_privately;
mod endpoint_answers;
mod federated_credential_matches;
mod https_url;
mod kind;
#[cfg(test)]
mod law_tests;
mod limits;
mod listed;
mod machines;
mod managed_identity_exists;
mod names;
mod network_group_complete;
mod network_manager;
mod network_manager_connection_connected;
mod network_manager_provisioned;
mod network_watcher_reachable;
mod networks;
mod no_foreign_private_endpoints;
mod prefixes;
mod private_dns_zone_linked;
mod private_endpoint_approved;
mod private_endpoint_connection_approved;
mod public_access_closed;
mod registry_pullable;
mod resource_url;
#[cfg(test)]
mod rights_tests;
mod role_assigned;
mod routes_effective;
mod scope_connection_connected;
mod secret_readable;
mod service_principal_provisioned;
mod silence;
mod tcp_reachable;
#[cfg(test)]
mod testing;
mod token_exchanged;
mod typed_id;
mod virtual_network_peering_connected;
mod wire;

use std::future::Future;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use kind::{AnyCheck, Judgement, Kind};

use crate::ask::Ask;
use crate::outcome::{Card, Claim, Facts, NoAnswer, Verdict};
use crate::timestamp::Timestamp;

/// Every check there is, in the order of the documentation.
pub const KINDS: &[Kind] = &[
    Kind::of::<network_manager_provisioned::NetworkManagerProvisioned>(),
    Kind::of::<scope_connection_connected::ScopeConnectionConnected>(),
    Kind::of::<network_manager_connection_connected::NetworkManagerConnectionConnected>(),
    Kind::of::<network_group_complete::NetworkGroupComplete>(),
    Kind::of::<connectivity_configured::ConnectivityConfigured>(),
    Kind::of::<connectivity_deployed::ConnectivityDeployed>(),
    Kind::of::<connectivity_effective::ConnectivityEffective>(),
    Kind::of::<address_spaces_disjoint::AddressSpacesDisjoint>(),
    Kind::of::<virtual_network_peering_connected::VirtualNetworkPeeringConnected>(),
    Kind::of::<routes_effective::RoutesEffective>(),
    Kind::of::<network_watcher_reachable::NetworkWatcherReachable>(),
    Kind::of::<private_endpoint_approved::PrivateEndpointApproved>(),
    Kind::of::<private_endpoint_connection_approved::PrivateEndpointConnectionApproved>(),
    Kind::of::<no_foreign_private_endpoints::NoForeignPrivateEndpoints>(),
    Kind::of::<private_dns_zone_linked::PrivateDnsZoneLinked>(),
    Kind::of::<dns_resolves_privately::DnsResolvesPrivately>(),
    Kind::of::<public_access_closed::PublicAccessClosed>(),
    Kind::of::<tcp_reachable::TcpReachable>(),
    Kind::of::<managed_identity_exists::ManagedIdentityExists>(),
    Kind::of::<application_multi_tenant::ApplicationMultiTenant>(),
    Kind::of::<federated_credential_matches::FederatedCredentialMatches>(),
    Kind::of::<service_principal_provisioned::ServicePrincipalProvisioned>(),
    Kind::of::<role_assigned::RoleAssigned>(),
    Kind::of::<token_exchanged::TokenExchanged>(),
    Kind::of::<secret_readable::SecretReadable>(),
    Kind::of::<blob_readable::BlobReadable>(),
    Kind::of::<registry_pullable::RegistryPullable>(),
    Kind::of::<endpoint_answers::EndpointAnswers>(),
];

/// The kind of that id.
pub fn kind(id: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.card.id == id)
}

/// One question about Azure. The struct is the parameters as the scenario writes them.
pub trait Check: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// Id, sentence, causes, facts, permissions.
    const CARD: Card;

    /// What was observed, without secrets: it goes into the report, and judgement can be repeated from it.
    type Seen: Serialize + DeserializeOwned + Send + Sync;

    /// Asks. Has no opinion: whatever was answered is seen; only what was not answered is an error.
    fn observe(&self, ask: &Ask) -> impl Future<Output = Result<Self::Seen, NoAnswer>> + Send;

    /// Judges what was seen. No I/O.
    fn judge(&self, seen: &Self::Seen, now: Timestamp) -> Verdict;

    /// Facts for later links; taken only when the claim holds.
    fn facts(&self, _seen: &Self::Seen) -> Facts {
        Facts::none()
    }

    /// What stays open when this link could not be looked at.
    fn claims(&self) -> Vec<Claim> {
        Vec::new()
    }

    /// Claims of other checks that a pass of this one proves.
    fn proves(&self, _seen: &Self::Seen) -> Vec<Claim> {
        Vec::new()
    }
}
