//! What is there: tenants, resources, directory objects, secrets, blobs. The only holder of state.
//!
//! Built from a [`World`]; services change it through [`State::put_resource`] and its siblings. Every look-up ignores
//! the case of ids and names, as Azure does, and costs the same in a large world as in a small one. What Azure derives
//! (connection states, records, rights) is not stored: services compute it from here.

mod blobs;
mod commits;
mod export;
mod given;
mod groups;
pub(crate) mod kept;
mod leases;
mod named;
mod network;
mod pages;
mod past;
pub mod plans;
mod private_links;
mod propagation;
mod records;
mod registries;
mod resources;
mod secrets;
mod vantages;
mod vaults;

pub use blobs::{
    AccessPolicy, BlobKind, BlobProperties, Blocks, Container, Copied, Mark, StoredBlob,
};
pub use leases::{Lease, LeaseState};
pub use private_links::GoneEndpoint;
pub use secrets::{Deletion, SecretVersion, StoredSecret};
pub use vaults::{DeletedVault, RETENTION_DAYS, VAULTS};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use registries::{Manifest, Repository};

use crate::directory::Directory;
use crate::ids::ResourceId;
use crate::services::derived::Derived;
use crate::world::{
    Application, Approval, Commit, DnsServer, FunctionApp, MeshPrivateEndpoints, PastConnection,
    ServicePrincipal, Unheard, Vantage, World,
};
use resources::Resources;

pub use groups::RESOURCE_GROUPS;
pub use network::{ROUTES, SECURITY_RULES, SUBNETS};

/// Everything that the mock knows: what is written to a state file, to the last field.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct State {
    /// Tenants by id, lower case.
    pub tenants: BTreeMap<String, Tenant>,
    /// Applications, service principals, groups of all tenants.
    pub directory: Directory,
    /// Custom DNS servers.
    pub dns_servers: Vec<DnsServer>,
    /// Vantages by name, `internet` among them.
    pub vantages: BTreeMap<String, Vantage>,
    /// Who stands in for identities outside the chain, by name.
    pub principals: BTreeMap<String, StandIn>,
    /// Whether connected groups carry traffic to private endpoints.
    pub mesh_private_endpoints: MeshPrivateEndpoints,
    approvals: Vec<Approval>,
    commits: Vec<Commit>,
    past_connections: Vec<PastConnection>,
    propagation: Vec<Unheard>,
    private_links: private_links::PrivateLinks,
    #[serde(with = "kept::pairs")]
    erased_records: records::Erased,
    deleted_vaults: BTreeMap<String, DeletedVault>,
    past: past::Past,
    resources: Resources,
    /// The one thing that is not kept: it follows from the rest.
    #[serde(skip)]
    derived: OnceLock<Arc<Derived>>,
    subscriptions: BTreeMap<String, String>,
    #[serde(with = "kept::shared_map")]
    secrets: secrets::Secrets,
    blobs: blobs::Accounts,
    writes: u64,
    functions: BTreeMap<String, FunctionApp>,
    registries: BTreeMap<String, BTreeMap<String, Repository>>,
}

/// A tenant.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tenant {
    /// Its name in the world file.
    pub key: String,
    /// Tenant id, lower case.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Verified domain.
    pub domain: String,
    /// Its subscriptions, in the order of the world.
    pub subscriptions: Vec<crate::world::Subscription>,
    /// Refusals of its token endpoint that the world gives.
    pub token_refusals: Vec<crate::world::TokenRefusal>,
}

/// An ARM resource.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Resource {
    /// Its id, as written.
    pub id: String,
    /// Id of the tenant whose subscription it is in; empty for tenant-level resources.
    pub tenant: String,
    /// `Microsoft.KeyVault/vaults`, as written in the id.
    pub resource_type: String,
    /// Last segment of the id.
    pub name: String,
    /// What was given: `location`, `properties`, `tags`, …, with `id`, `type` and `name`.
    pub body: Map<String, Value>,
    /// How many resources were created before it: addresses and records are given out in this order.
    pub order: usize,
    /// Changes with every write of this resource: what entity tags are made of.
    pub version: usize,
}

impl Resource {
    /// The tenant that a vault trusts or a managed identity lives in: `properties.tenantId`, which stays what it was when
    /// the subscription moves to another tenant (azure-docs, `key-vault/general/move-subscription.md` and
    /// `role-based-access-control/transfer-subscription.md`); where it was not given, the subscription's.
    pub fn own_tenant(&self) -> &str {
        let given = self.property("/tenantId").and_then(Value::as_str);
        given.unwrap_or(&self.tenant)
    }

    /// `properties`, or null.
    pub fn properties(&self) -> &Value {
        self.body.get("properties").unwrap_or(&Value::Null)
    }

    /// A value below `properties`, by JSON pointer: `/subnet/id`.
    pub fn property(&self, pointer: &str) -> Option<&Value> {
        self.properties().pointer(pointer)
    }

    /// Is it of this type?
    pub fn is_a(&self, resource_type: &str) -> bool {
        self.resource_type.eq_ignore_ascii_case(resource_type)
    }
}

/// A service principal that stands in for an identity outside the chain.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StandIn {
    /// Tenant id.
    pub tenant: String,
    /// Object id of the service principal.
    pub object_id: String,
}

impl State {
    /// The state in which the world is at the beginning.
    ///
    /// # Errors
    /// A sentence fragment, when a resource of the world has a malformed id; a loaded world has none, a fault's might.
    pub fn build(world: &World) -> Result<Self, String> {
        let mut state = Self {
            tenants: world
                .tenants
                .iter()
                .map(|(key, tenant)| (lower(&tenant.id), Tenant::of(key, tenant)))
                .collect(),
            directory: Directory::build(world),
            mesh_private_endpoints: world.mesh_private_endpoints,
            approvals: world.approvals.clone(),
            commits: world.commits.clone(),
            past_connections: world.past_connections.clone(),
            propagation: world.propagation.clone(),
            private_links: private_links::PrivateLinks::default(),
            erased_records: records::Erased::new(),
            deleted_vaults: BTreeMap::new(),
            past: past::Past::default(),
            dns_servers: world.dns_servers.clone(),
            vantages: given::vantages(world),
            principals: given::principals(world),
            resources: Resources::default(),
            derived: OnceLock::new(),
            subscriptions: given::subscriptions(world),
            secrets: secrets::given(world),
            blobs: blobs::given(world),
            writes: 0,
            functions: given::functions(world),
            registries: registries::of(world),
        };
        for (id, body) in given::management_groups(world) {
            state.put_resource(&id, body)?;
        }
        for resource in &world.resources {
            state.put_resource(resource.id(), resource.body.clone())?;
        }
        state.unfold_given()?;
        state.plan_given()?;
        Ok(state)
    }

    /// Does what is written down in two places say the same in both? For states that somebody may have edited.
    ///
    /// # Errors
    /// A sentence fragment.
    pub fn check(&self) -> Result<(), String> {
        self.directory.check()?;
        let tenants = self.subscriptions.iter();
        let mut strays = tenants.filter(|(_, tenant)| !self.tenants.contains_key(*tenant));
        if let Some((subscription, tenant)) = strays.next() {
            return Err(format!(
                "subscription {subscription} is in tenant {tenant}, which is not there"
            ));
        }
        let versions = |secret: &StoredSecret| secret.versions.is_empty();
        for (vault, secrets) in &self.secrets {
            if let Some(secret) = secrets.values().find(|it| versions(it)) {
                return Err(format!("secret {} of {vault} has no version", secret.name));
            }
        }
        Ok(())
    }

    /// Is a resource in a subscription that is disabled?
    pub fn is_disabled(&self, resource: &Resource) -> bool {
        let subscription = ResourceId::parse(&resource.id)
            .ok()
            .and_then(|id| id.subscription);
        let is_it = |it: &&crate::world::Subscription| {
            subscription
                .as_deref()
                .is_some_and(|id| id.eq_ignore_ascii_case(&it.id))
        };
        let mut all = self.tenants.values().flat_map(|it| &it.subscriptions);
        all.find(is_it)
            .is_some_and(|it| it.state == crate::world::SubscriptionState::Disabled)
    }

    /// Creates or replaces a resource; `id`, `type` and `name` of the body become those of the id.
    ///
    /// # Errors
    /// A sentence fragment, when the id is malformed.
    pub fn put_resource(&mut self, id: &str, mut body: Map<String, Value>) -> Result<(), String> {
        let parsed = ResourceId::parse(id).map_err(|why| format!("resource id {id}: {why}"))?;
        self.remember_before_put(&parsed, &body);
        let tenant = parsed
            .subscription
            .as_deref()
            .and_then(|it| self.tenant_of_subscription(it))
            .unwrap_or_default();
        for (key, text) in [
            ("id", id),
            ("type", &parsed.resource_type),
            ("name", &parsed.name),
        ] {
            body.insert(key.to_owned(), Value::String(text.to_owned()));
        }
        let tenant = tenant.to_owned();
        self.ensure_group(&parsed, &body);
        let resource = Resource {
            id: id.to_owned(),
            tenant,
            resource_type: parsed.resource_type.clone(),
            name: parsed.name.clone(),
            body,
            order: 0,
            version: 0,
        };
        self.derived = OnceLock::new();
        let resource = self.resources.put(&parsed, resource);
        self.directory.resource_changed(&resource);
        Ok(())
    }

    /// Removes a resource and everything below it, role assignments included; says whether it was there.
    pub fn remove_resource(&mut self, id: &str) -> bool {
        let below: Vec<String> = self.below(id).map(|it| it.id.clone()).collect();
        let ids = below.iter().map(String::as_str).chain([id]);
        let going: Vec<Arc<Resource>> = ids.filter_map(|id| self.shared_resource(id)).collect();
        self.part(&going);
        self.remember(&going);
        let gone = below.iter().filter_map(|id| self.resources.remove(id));
        let gone: Vec<Arc<Resource>> = gone.collect();
        let itself = self.resources.remove(id);
        for resource in gone.iter().chain(&itself) {
            self.directory.resource_removed(resource);
            self.forget_data_of(resource);
        }
        self.derived = OnceLock::new();
        itself.is_some()
    }

    /// Sets `properties.provisioningState`, or takes it out, which reads as `Succeeded`; the version stays.
    pub fn set_provisioning_state(&mut self, id: &str, to: Option<&str>) {
        let change = |resource: &mut Resource| {
            let properties = resource.body.entry("properties");
            let properties = properties.or_insert_with(|| Value::Object(Map::new()));
            match (properties.as_object_mut(), to) {
                (Some(properties), Some(to)) => {
                    properties.insert("provisioningState".to_owned(), Value::from(to));
                }
                (Some(properties), None) => {
                    properties.shift_remove("provisioningState");
                }
                (None, _) => {}
            }
        };
        if self.resources.amend(id, change) {
            self.derived = OnceLock::new();
        }
    }

    /// How many times a resource was created or replaced: a number that no two writes share.
    pub fn changes(&self) -> usize {
        self.resources.changes()
    }

    /// What owners did with connections: those of the world in its order, then what clients decided.
    pub fn approvals(&self) -> &[Approval] {
        &self.approvals
    }

    /// What network managers were told to deploy, in the order of the world.
    pub fn commits(&self) -> &[Commit] {
        &self.commits
    }

    /// What became of connections between network managers and other tenants before now.
    pub fn past_connections(&self) -> &[PastConnection] {
        &self.past_connections
    }

    /// The tenant of a scope: of its subscription, or of its management group.
    pub fn tenant_of_scope(&self, scope: &str) -> Option<&str> {
        let id = ResourceId::parse(scope).ok()?;
        if let Some(subscription) = &id.subscription {
            return self.tenant_of_subscription(subscription);
        }
        let group = scope.split("/providers/").nth(1)?;
        let group = self.resource(&format!("/providers/{group}"))?;
        group.property("/tenantId").and_then(Value::as_str)
    }

    /// What Azure makes of the resources; derived at the first question after a change.
    pub fn derived(&self) -> &Derived {
        self.derived.get_or_init(|| Arc::new(Derived::of(self)))
    }

    /// A resource by id.
    pub fn resource(&self, id: &str) -> Option<&Resource> {
        self.resources.get(id).map(Arc::as_ref)
    }

    /// A resource by id, to keep while the state changes.
    pub fn shared_resource(&self, id: &str) -> Option<Arc<Resource>> {
        self.resources.get(id).cloned()
    }

    /// All resources, by id.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources.all().map(Arc::as_ref)
    }

    /// All resources of a type, by id.
    pub fn resources_of_type<'a>(
        &'a self,
        resource_type: &str,
    ) -> impl Iterator<Item = &'a Resource> + use<'a> {
        self.resources.of_type(resource_type, String::new())
    }

    /// Resources of a type that live directly in this resource or scope (role assignments live in their scope).
    pub fn children<'a>(
        &'a self,
        id: &str,
        resource_type: &str,
    ) -> impl Iterator<Item = &'a Resource> + use<'a> {
        self.resources.children(id, resource_type)
    }

    /// Resources of a type in a subscription.
    pub fn in_subscription<'a>(
        &'a self,
        subscription: &str,
        resource_type: &str,
    ) -> impl Iterator<Item = &'a Resource> + use<'a> {
        let prefix = format!("/subscriptions/{}/", lower(subscription));
        self.resources.of_type(resource_type, prefix)
    }

    /// The resource of a type and name, whatever its group: for names that are unique in the whole cloud.
    pub fn resource_named(&self, resource_type: &str, name: &str) -> Option<&Resource> {
        self.resources.named(resource_type, name).next()
    }

    /// The tenant that a subscription belongs to.
    pub fn tenant_of_subscription(&self, subscription: &str) -> Option<&str> {
        self.subscriptions
            .get(&lower(subscription))
            .map(String::as_str)
    }

    /// A tenant by id or verified domain.
    pub fn tenant(&self, id_or_domain: &str) -> Option<&Tenant> {
        let wanted = lower(id_or_domain);
        self.tenants
            .get(&wanted)
            .or_else(|| self.tenants.values().find(|tenant| tenant.domain == wanted))
    }

    /// An application object of a tenant, by application id or object id.
    pub fn application(&self, tenant: &str, app_or_object_id: &str) -> Option<&Application> {
        self.directory.application(tenant, app_or_object_id)
    }

    /// A service principal of a tenant, by application id or object id.
    pub fn service_principal(
        &self,
        tenant: &str,
        app_or_object_id: &str,
    ) -> Option<&ServicePrincipal> {
        self.directory.service_principal(tenant, app_or_object_id)
    }

    /// The function app of a site.
    pub fn function_app(&self, site: &str) -> Option<&FunctionApp> {
        self.functions.get(&lower(site))
    }

    /// The function app of a site, to change.
    pub fn function_app_mut(&mut self, site: &str) -> Option<&mut FunctionApp> {
        self.functions.get_mut(&lower(site))
    }

    /// Object ids (lower case) of the security groups that an object is in, directly or through other groups.
    pub fn groups_of(&self, object_id: &str) -> BTreeSet<String> {
        self.directory.groups_of(object_id)
    }
}

impl Tenant {
    fn of(key: &str, tenant: &crate::world::Tenant) -> Self {
        Self {
            key: key.to_owned(),
            id: lower(&tenant.id),
            name: tenant.name.clone(),
            domain: lower(&tenant.domain),
            subscriptions: tenant.subscriptions.clone(),
            token_refusals: tenant.token_refusals.clone(),
        }
    }
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
