//! What does the public DNS hold about a name? (API.md "CNAME chain of a private-link name")
//!
//! Vaults, storage accounts, apps and registries of the world, and the hosts of the control plane. The alias through
//! `privatelink.…` is published only while the resource has an approved private endpoint. What does not exist has no name,
//! but for vaults that can be recovered.
//! Simplified: the regional names carry the location instead of Azure's abbreviations, and the chain ends at the second
//! regional name where Azure goes on through its traffic manager. Missing on purpose: sub-resources of storage other than
//! blob, slots of apps, IPv6.

use std::net::Ipv4Addr;

use super::addresses::front_door;
use crate::services::registry;
use crate::store::{Resource, State, VAULTS};

/// A public record and its TTL in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Public {
    /// An address.
    Address(Ipv4Addr, u32),
    /// An alias.
    Alias(String, u32),
}

/// One kind of resource with names of its own.
struct Kind {
    resource_type: &'static str,
    group: &'static str,
    /// `.vault.azure.net`
    suffix: &'static str,
    /// `.privatelink.vaultcore.azure.net`
    private_suffix: &'static str,
    /// What every regional name ends with.
    regional_suffix: &'static str,
    /// May these labels stand between the resource's name and the suffix? Empty for the resource's own name.
    labels: fn(&State, &Resource, &str) -> bool,
    /// The name that a region's resources lead to.
    regional: fn(&str) -> String,
    /// The name that this one leads to, when there is a second.
    regional_next: Option<fn(&str) -> String>,
}

const KINDS: &[Kind] = &[
    Kind {
        resource_type: "Microsoft.KeyVault/vaults",
        group: "vault",
        suffix: ".vault.azure.net",
        private_suffix: ".privatelink.vaultcore.azure.net",
        regional_suffix: ".vaultcore.azure.net",
        labels: only_its_own,
        regional: |location| format!("data-prod-{location}.vaultcore.azure.net"),
        regional_next: Some(|location| format!("data-prod-{location}-region.vaultcore.azure.net")),
    },
    Kind {
        resource_type: "Microsoft.Storage/storageAccounts",
        group: "blob",
        suffix: ".blob.core.windows.net",
        private_suffix: ".privatelink.blob.core.windows.net",
        regional_suffix: ".store.core.windows.net",
        labels: only_its_own,
        regional: |location| format!("blob.{location}.store.core.windows.net"),
        regional_next: None,
    },
    Kind {
        resource_type: "Microsoft.Web/sites",
        group: "sites",
        suffix: ".azurewebsites.net",
        private_suffix: ".privatelink.azurewebsites.net",
        regional_suffix: ".azurewebsites.windows.net",
        labels: |_, _, labels| matches!(labels, "" | "scm"),
        regional: |location| format!("waws-prod-{location}.azurewebsites.windows.net"),
        regional_next: None,
    },
    Kind {
        resource_type: registry::REGISTRIES,
        group: "registry",
        suffix: ".azurecr.io",
        private_suffix: ".privatelink.azurecr.io",
        regional_suffix: ".azcr.io",
        labels: |state, resource, labels| {
            labels.is_empty() || registry::hosts::is_data_of(state, resource, labels)
        },
        regional: |location| format!("{location}.fe.azcr.io"),
        regional_next: None,
    },
];

fn only_its_own(_: &State, _: &Resource, labels: &str) -> bool {
    labels.is_empty()
}

const ALIAS_TTL: u32 = 60;
const ADDRESS_TTL: u32 = 10;

/// The public record of a name in lower case; nothing when the name does not exist.
pub fn look_up(state: &State, name: &str) -> Option<Public> {
    KINDS
        .iter()
        .find_map(|kind| kind.look_up(state, name))
        .or_else(|| layers(state, name))
        .or_else(|| control_plane(name))
}

fn control_plane(name: &str) -> Option<Public> {
    let has_own_names = |suffix: &&str| name.ends_with(*suffix);
    let mut suffixes = KINDS.iter().map(|kind| &kind.suffix);
    if suffixes.any(has_own_names) {
        return None;
    }
    front_door(name).map(|address| Public::Address(address, ADDRESS_TTL))
}

/// Where the registries of a region keep their layers.
fn layers(state: &State, name: &str) -> Option<Public> {
    let door = front_door(name).map(|address| Public::Address(address, ADDRESS_TTL));
    door.filter(|_| registry::hosts::is_storage(state, name))
}

impl Kind {
    fn look_up(&self, state: &State, name: &str) -> Option<Public> {
        if let Some(labels) = name.strip_suffix(self.private_suffix) {
            let resource = self
                .resource(state, labels)
                .filter(|resource| self.has_alias(state, resource))?;
            return Some(Public::Alias(
                (self.regional)(location(resource)),
                ALIAS_TTL,
            ));
        }
        if let Some(labels) = name.strip_suffix(self.suffix) {
            let Some(resource) = self.resource(state, labels) else {
                let deleted = self
                    .deleted(state)
                    .find(|it| it.name.eq_ignore_ascii_case(labels))?;
                let target = (self.regional)(location(deleted));
                return Some(Public::Alias(target, ALIAS_TTL));
            };
            let private = format!("{labels}{}", self.private_suffix);
            let public = || (self.regional)(location(resource));
            let target = if self.has_alias(state, resource) {
                private
            } else {
                public()
            };
            return Some(Public::Alias(target, ALIAS_TTL));
        }
        if name.ends_with(self.regional_suffix) {
            self.regional_record(state, name)
        } else {
            None
        }
    }

    fn regional_record(&self, state: &State, name: &str) -> Option<Public> {
        let address = front_door(&format!("any{}", self.suffix))
            .map(|door| Public::Address(door, ADDRESS_TTL));
        state
            .resources_of_type(self.resource_type)
            .chain(self.deleted(state))
            .find_map(|resource| {
                let location = location(resource);
                let next = self.regional_next.map(|next| next(location));
                match next {
                    Some(next) if next == name => address.clone(),
                    Some(next) if (self.regional)(location) == name => {
                        Some(Public::Alias(next, ALIAS_TTL))
                    }
                    None if (self.regional)(location) == name => address.clone(),
                    _ => None,
                }
            })
    }

    /// What was deleted and keeps its public name: vaults, until they are purged (PITFALLS D06).
    fn deleted<'a>(&self, state: &'a State) -> impl Iterator<Item = &'a Resource> + use<'a> {
        let all = state.vaults_to_recover();
        let are_meant = self.resource_type == VAULTS;
        all.filter(move |_| are_meant)
    }

    /// The resource that has this name before the suffix: `kv`, `app.scm`, `acr.japaneast.data`.
    fn resource<'a>(&self, state: &'a State, name: &str) -> Option<&'a Resource> {
        let (name, labels) = name.split_once('.').unwrap_or((name, ""));
        let resource = state.resource_named(self.resource_type, name)?;
        (self.labels)(state, resource, labels).then_some(resource)
    }

    fn has_alias(&self, state: &State, resource: &Resource) -> bool {
        let endpoints = &state.derived().endpoints;
        endpoints
            .to(&resource.id)
            .any(|endpoint| endpoint.is_approved() && endpoint.is_to(&resource.id, self.group))
    }
}

fn location(resource: &Resource) -> &str {
    resource
        .body
        .get("location")
        .and_then(serde_json::Value::as_str)
        .unwrap_or("global")
}
