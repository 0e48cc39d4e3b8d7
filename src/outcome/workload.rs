//! The identity under test, as the scenario defines it.

use super::link::TenantRef;
use crate::ids::{AppId, ResourceId};

/// The identity under test, as the scenario defines it.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Name in the scenario.
    pub name: String,
    /// The tenant that its tokens are asked from.
    pub tenant: TenantRef,
    /// The application whose token is expected: a federated identity's application, a managed identity's client id;
    /// absent when the scenario does not say.
    pub application: Option<AppId>,
    /// Whether the scenario names the tenant that its tokens are asked from, as for a federated identity; a managed
    /// identity has no choice.
    pub is_federated: bool,
    /// The managed identity that it is, or that proves it; absent when the scenario does not say which.
    pub managed_identity: Option<ResourceId>,
}
