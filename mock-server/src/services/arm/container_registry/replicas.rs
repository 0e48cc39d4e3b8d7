//! Replicas of a registry in other regions, and how much of it is used.
//!
//! Shapes: azure-rest-api-specs `containerregistry.json` 2023-07-01 (`Replication`, `RegistryUsageListResult`). Replicas need
//! Premium; what a SKU includes: azure-docs, `container-registry/container-registry-skus.md`. A replica of the home region is
//! not shown: whether Azure lists one is not documented.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::errors::bad_request;
use crate::services::arm::write::names::Name;
use crate::services::arm::write::{Body, Kind, Location, Patch, Write, fields};
use crate::services::arm::{found, shape};
use crate::store::{Resource, State};

const GIB: u64 = 1 << 30;
/// What each SKU includes: GiB, webhooks.
const INCLUDED: &[(&str, u64, u64)] = &[
    ("Basic", 10, 2),
    ("Standard", 100, 10),
    ("Premium", 500, 500),
];

/// The kind.
pub(super) struct Replicas;

impl Kind for Replicas {
    const TYPE: &'static str = "Microsoft.ContainerRegistry/registries/replications";
    const NAME: Name = Name {
        length: (5, 50),
        about: "letters and digits",
        fits: |name| name.chars().all(|it| it.is_ascii_alphanumeric()),
    };
    const LOCATION: Location = Location::Required;
    const SYSTEM_DATA: bool = true;
    const PATCH: Patch = Patch::Merge;

    fn show(_: &State, it: &Resource) -> Value {
        let mut body = shape::resource(it);
        shape::default(&mut body, "regionEndpointEnabled", json!(true));
        shape::default(&mut body, "zoneRedundancy", json!("Disabled"));
        shape::derive(&mut body, "status", json!({"displayStatus": "Ready"}));
        body
    }

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::flag(body, "/properties/regionEndpointEnabled")?;
        let switch = ["Enabled", "Disabled"];
        fields::one_of(body, "/properties/zoneRedundancy", &switch)?;
        let registry = write.id.parent().and_then(|it| write.state.resource(it));
        let sku = registry.map(sku).unwrap_or_default();
        if sku.eq_ignore_ascii_case("Premium") {
            return Ok(());
        }
        Err(bad_request(
            "SkuNotSupported",
            &format!("a registry of SKU {sku} has no replicas: that needs Premium"),
        ))
    }
}

fn sku(registry: &Resource) -> &str {
    let sku = registry.body.get("sku").and_then(|it| it["name"].as_str());
    sku.unwrap_or("Basic")
}

/// `Registries_ListUsages`.
pub(super) fn usages(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let shown = |registry: &Resource| {
        let sku = sku(registry);
        let mut all = INCLUDED.iter();
        let included = all.find(|(name, _, _)| name.eq_ignore_ascii_case(sku));
        let (storage, webhooks) =
            included.map_or((0, 0), |(_, storage, webhooks)| (*storage, *webhooks));
        let row = |name: &str, limit: u64, value: u64, unit: &str| json!({"name": name, "limit": limit, "currentValue": value, "unit": unit});
        Reply::ok(&json!({"value": [
            row("Size", storage * GIB, size(&state, registry), "Bytes"),
            row("Webhooks", webhooks, 0, "Count"),
        ]}))
    };
    found::parent(&state, request).map_or_else(|reply| reply, shown)
}

/// Bytes of its layers and configurations; each counts once (same document: layers are shared).
fn size(state: &State, registry: &Resource) -> u64 {
    let mut blobs = BTreeMap::new();
    for (_, repository) in state.repositories(&registry.name) {
        let all = repository.blobs.iter();
        blobs.extend(all.map(|(digest, content)| (digest.as_str(), content.len())));
    }
    let bytes: usize = blobs.into_values().sum();
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
