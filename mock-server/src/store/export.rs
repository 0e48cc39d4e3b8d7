//! What would a world file have to say for the mock to be as it is now?
//!
//! What people gave since is in the state; names, vantages and stand-ins are those of the world that the state was built
//! from. Derived things (identities' service principals, addresses, states of connections) are left out, as in any world.
//! So is what a world file has no words for: older versions of a secret and its tags, times of deletion; metadata, tiers
//! and uncommitted blocks of blobs; what Graph wrote beside the properties that a world gives, credentials that it made
//! included; operations that run; conflicts of network managers and peerings whose other side is gone, which begin anew.
//! A state file has all of it (`control/state_file.rs`).

use time::OffsetDateTime;

use super::{Resource, SecretVersion, State, lower};
use crate::clock::rfc3339;
use crate::directory::GRAPH;
use crate::world::{Secret, Tenant, World};

/// Type of what [`crate::world::ManagementGroup`] gives.
const MANAGEMENT_GROUPS: &str = "microsoft.management/managementgroups";

impl State {
    /// The state as a world; `built_from` gives what cannot be changed by requests.
    pub fn export(&self, built_from: &World) -> World {
        let mut world = built_from.clone();
        for (name, app) in &mut world.functions {
            if let Some(now) = self.function_app(name) {
                app.clone_from(now);
            }
        }
        for tenant in world.tenants.values_mut() {
            self.export_tenant(tenant);
        }
        world.resources = self.exported_resources();
        world.approvals = self.approvals().to_vec();
        world.commits = self.commits().to_vec();
        world.past_connections = self.past_connections().to_vec();
        world.propagation = self.propagation().to_vec();
        self.export_secrets(&mut world);
        self.export_blobs(&mut world);
        world
    }

    fn export_tenant(&self, tenant: &mut Tenant) {
        let id = lower(&tenant.id);
        if let Some(now) = self.tenants.get(&id) {
            tenant.subscriptions.clone_from(&now.subscriptions);
            tenant.token_refusals.clone_from(&now.token_refusals);
        }
        tenant.applications = self.directory.applications(&id).cloned().collect();
        tenant.groups = self.directory.groups(&id).cloned().collect();
        let principals = self.directory.service_principals(&id);
        tenant.service_principals = principals
            .filter(|it| !it.is_managed_identity() && it.app_id != GRAPH)
            .cloned()
            .collect();
    }

    /// In the order in which they were created, since that decides addresses.
    fn exported_resources(&self) -> Vec<crate::world::Resource> {
        let mut resources: Vec<&Resource> = self
            .resources()
            .filter(|it| is_given(it) && !self.is_folded(it))
            .collect();
        resources.sort_by_key(|it| it.order);
        let body = |it: &Resource| crate::world::Resource {
            body: self.folded(it),
        };
        resources.into_iter().map(body).collect()
    }

    fn export_secrets(&self, world: &mut World) {
        world.secrets.clear();
        for (vault, stored) in &self.secrets {
            let of_vault = world.secrets.entry(vault.clone()).or_default();
            for secret in stored.values() {
                if let Some(latest) = secret.latest() {
                    let deleted = secret.deletion.is_some();
                    of_vault.insert(secret.name.clone(), exported_secret(latest, deleted));
                }
            }
        }
    }

    fn export_blobs(&self, world: &mut World) {
        world.blobs.clear();
        for (account, containers) in &self.blobs {
            let account = world.blobs.entry(account.clone()).or_default();
            for (container, stored) in &containers.0 {
                let blobs = account.entry(container.clone()).or_default();
                for (name, blob) in &stored.blobs {
                    let content = crate::world::Blob::of_bytes(&blob.content);
                    let content_type = blob.properties.content_type.clone();
                    blobs.insert(name.clone(), content.of_type(content_type));
                }
            }
        }
    }
}

fn exported_secret(version: &SecretVersion, deleted: bool) -> Secret {
    let time = |seconds: Option<i64>| {
        let time = seconds.and_then(|it| OffsetDateTime::from_unix_timestamp(it).ok());
        time.map(rfc3339)
    };
    Secret {
        value: version.value.clone(),
        enabled: version.enabled,
        not_before: time(version.not_before),
        expires: time(version.expires),
        content_type: version.content_type.clone(),
        deleted,
    }
}

impl World {
    /// What of a world no client can change, and [`State::export`] goes on from: everything else is left out.
    pub fn frame(&self) -> Self {
        let mut frame = self.clone();
        for tenant in frame.tenants.values_mut() {
            tenant.applications.clear();
            tenant.groups.clear();
            tenant.service_principals.clear();
        }
        frame.resources.clear();
        frame.approvals.clear();
        frame.commits.clear();
        frame.past_connections.clear();
        frame.propagation.clear();
        frame.secrets.clear();
        frame.blobs.clear();
        frame
    }
}

/// Management groups are given by their tenants.
fn is_given(resource: &Resource) -> bool {
    !lower(&resource.resource_type).starts_with(MANAGEMENT_GROUPS)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use xtenant_source::SourceFile;

    use crate::store::{RESOURCE_GROUPS, State};
    use crate::world::{BUNDLED, World, bundled};

    fn json(world: &World) -> Value {
        serde_json::to_value(world).unwrap()
    }

    #[test]
    fn a_state_is_a_world_that_reads_back_as_the_same() {
        for scenario in BUNDLED {
            let world = bundled(scenario);
            let exported = State::build(&world).unwrap().export(&world);
            let text = json(&exported).to_string();
            let file = SourceFile::new("state.json", text.clone());
            let read = World::parse(&file).unwrap_or_else(|problems| {
                panic!("{scenario}: {}", xtenant_source::render(&problems, false))
            });
            let again = State::build(&read).unwrap().export(&read);
            assert_eq!(json(&again), json(&exported), "{scenario}");
            let ids = |world: &World| -> Vec<String> {
                let ids = world.resources.iter().map(|it| it.id().to_lowercase());
                ids.collect()
            };
            let (kept, given) = (ids(&exported), ids(&world));
            // What may be written inside of a network is, from then on.
            let mut lost = given.iter().filter(|id| !kept.contains(id));
            assert!(
                lost.all(|id| id.contains("/virtualnetworkpeerings/")),
                "{scenario}"
            );
            // What Azure makes where a person names none.
            let is_made = |it: &crate::world::Resource| {
                it.text("type") == Some(RESOURCE_GROUPS) || it.id().contains("/serverfarms/")
            };
            let is_new = |it: &&crate::world::Resource| !given.contains(&it.id().to_lowercase());
            let mut made = exported.resources.iter().filter(is_new);
            assert!(made.all(is_made), "{scenario}");
            assert_eq!(exported.secrets.len(), world.secrets.len(), "{scenario}");
        }
    }

    #[test]
    fn what_was_changed_is_in_it_and_what_is_derived_is_not() {
        let world = crate::world::example();
        let mut state = State::build(&world).unwrap();
        let gone = world.resources[0].id().to_owned();
        state.remove_resource(&gone);
        let now = state.export(&world);
        assert!(now.resources.iter().all(|it| it.id() != gone));
        let text = json(&now).to_string();
        assert!(!text.contains("\"servicePrincipalType\":\"ManagedIdentity\""));
    }
}
