//! Which names does a registry have? (MORE.md §1a)
//!
//! Its layers lie at `<registry>.<region>.data.azurecr.io` when dedicated data endpoints are on, which they are as soon as
//! it has a private endpoint, and otherwise in a storage account of Azure's. That account's name is ours:
//! `<region>managed1`, one for each region.

use std::collections::BTreeSet;

use serde_json::Value;

use super::REGISTRIES;
use crate::services::private_endpoint::groups;
use crate::store::{Resource, State};

/// What follows the name of a registry.
pub const SUFFIX: &str = ".azurecr.io";
/// What follows the region in the name of a data endpoint.
pub const DATA_SUFFIX: &str = ".data.azurecr.io";
/// What follows the region in the name of the account that keeps layers.
pub const STORAGE_SUFFIX: &str = "managed1.blob.core.windows.net";

/// The registry that a login server's or a data endpoint's name belongs to.
pub fn registry_of<'a>(state: &'a State, host: &str) -> Option<&'a Resource> {
    let name = host.strip_suffix(SUFFIX)?;
    let (name, labels) = name.split_once('.').unwrap_or((name, ""));
    let registry = state.resource_named(REGISTRIES, name)?;
    (labels.is_empty() || is_data_of(state, registry, labels)).then_some(registry)
}

/// `acr.azurecr.io`.
pub fn login_server(registry: &Resource) -> String {
    format!("{}{SUFFIX}", registry.name.to_ascii_lowercase())
}

/// The names of its data endpoints, one for each region; they answer only when [`has_data_endpoint`].
pub fn data_endpoints(state: &State, registry: &Resource) -> Vec<String> {
    let name = registry.name.to_ascii_lowercase();
    let regions = groups::regions(state, registry).into_iter();
    regions
        .map(|region| format!("{name}.{region}{DATA_SUFFIX}"))
        .collect()
}

/// Does it hand out its layers by dedicated data endpoints?
pub fn has_data_endpoint(state: &State, registry: &Resource) -> bool {
    let given = registry
        .property("/dataEndpointEnabled")
        .and_then(Value::as_bool);
    let mut endpoints = state.derived().endpoints.to(&registry.id);
    given.unwrap_or(false) || endpoints.any(|it| it.is_approved())
}

/// Are these labels (`japaneast.data`) those of one of its data endpoints?
pub fn is_data_of(state: &State, registry: &Resource, labels: &str) -> bool {
    let region = labels.strip_suffix(".data");
    region.is_some_and(|region| {
        let regions = groups::regions(state, registry);
        regions.iter().any(|it| it == region) && has_data_endpoint(state, registry)
    })
}

/// Where a pull from this registry finds its layers.
pub fn layers_of(state: &State, registry: &Resource) -> Option<String> {
    if has_data_endpoint(state, registry) {
        return data_endpoints(state, registry).into_iter().next();
    }
    let region = groups::regions(state, registry).into_iter().next()?;
    Some(format!("{region}{STORAGE_SUFFIX}"))
}

/// Is it the account that keeps the layers of some region's registries?
pub fn is_storage(state: &State, host: &str) -> bool {
    let region = host.strip_suffix(STORAGE_SUFFIX);
    region.is_some_and(|region| regions(state).contains(region))
}

/// The regions that registries are in.
pub fn regions(state: &State) -> BTreeSet<String> {
    let registries = state.resources_of_type(REGISTRIES);
    registries
        .flat_map(|registry| groups::regions(state, registry))
        .collect()
}
