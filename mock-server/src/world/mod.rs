//! What is given: the world file, typed.
//!
//! - `model` the file's shape: what people did. What Azure answers is derived by `services`, never written here.
//! - `directory` applications, service principals and groups in Graph's own shape.
//! - `resource` an ARM resource in ARM's own JSON shape.
//! - `data` secrets and blobs; `functions` function apps; `registries` images.
//! - `propagation` changes that are not heard of everywhere.
//! - `network_manager` commits, past connections, management groups.
//! - `load` from a file to a world, with every problem at its place; `piecewise` when only a part is sound; `rules` what must hold beyond the shape;
//!   `advice` what to do where a problem does not say it.
//!
//! Nothing here knows of requests, listeners or time.

mod advice;
mod data;
mod directory;
mod functions;
mod load;
mod model;
mod network_manager;
mod piecewise;
mod propagation;
mod registries;
mod resource;
mod rules;

pub use data::{Blob, BlobContent, Secret};
pub use directory::{
    Application, FederatedIdentityCredential, Group, KeyCredential, PasswordCredential,
    ServicePrincipal,
};
pub use functions::{Function, FunctionApp, Keys};
pub use model::{
    Approval, ApprovalStatus, DnsServer, Forwarding, Principal, Subscription, SubscriptionState,
    Tenant, TokenRefusal, Vantage, World,
};
pub use network_manager::{
    Commit, CommitType, CommittedConfiguration, DeploymentStatus, ManagementGroup,
    MeshPrivateEndpoints, PastConnection, PastState,
};
pub use propagation::Unheard;
pub use registries::{Image, ImageFormat, Repositories};
pub use resource::Resource;

/// The world of the bundled scenario `cross-tenant-vault`, for tests.
#[cfg(test)]
pub(crate) fn example() -> World {
    bundled("cross-tenant-vault")
}

/// The bundled scenarios, for tests: each has a world.
#[cfg(test)]
pub(crate) const BUNDLED: &[&str] = &[
    "cross-tenant-app",
    "cross-tenant-full",
    "cross-tenant-hub",
    "cross-tenant-mesh",
    "cross-tenant-vault",
    "same-tenant-vault",
];

/// The world of a bundled scenario, for tests.
#[cfg(test)]
pub(crate) fn bundled(scenario: &str) -> World {
    let scenarios = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    World::load(&scenarios.join(scenario).join("world.yaml"))
        .unwrap_or_else(|problems| panic!("{}", xtenant_source::render(&problems, false)))
}

/// The JSON Schema of the world file.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(World).to_value()
}
