//! What is given: the world file, typed.
//!
//! - `model` the file's shape: what people did. What Azure answers is derived by `services`, never written here.
//! - `directory` applications, service principals and groups in Graph's own shape.
//! - `resource` an ARM resource in ARM's own JSON shape.
//! - `data` secrets and blobs.
//! - `load` from a file to a world, with every problem at its place; `rules` what must hold beyond the shape.
//!
//! Nothing here knows of requests, listeners or time.

mod data;
mod directory;
mod load;
mod model;
mod resource;
mod rules;

pub use data::{Blob, BlobContent, Secret};
pub use directory::{Application, FederatedIdentityCredential, Group, ServicePrincipal};
pub use model::{
    Approval, ApprovalStatus, DnsServer, Forwarding, Principal, Subscription, SubscriptionState,
    Tenant, TokenRefusal, Vantage, World,
};
pub use resource::Resource;

/// The world of the bundled scenario `cross-tenant-vault`, for tests.
#[cfg(test)]
pub(crate) fn example() -> World {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../scenarios/cross-tenant-vault/world.yaml"
    );
    World::load(std::path::Path::new(path))
        .unwrap_or_else(|problems| panic!("{}", xtenant_source::render(&problems, false)))
}

/// The JSON Schema of the world file.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(World).to_value()
}
