//! Who is there: applications, service principals and groups of all tenants.
//!
//! The service principal of a managed identity is derived, as Azure makes it: object id = `principalId`, application
//! id = `clientId`, type `ManagedIdentity`. A system-assigned identity of a vantage has ids derived from its name, so
//! they are the same in every run.
//!
//! - `write` what Graph and consent change · `given` owners, credentials and properties beyond those of the world file
//! - `deleted` what was deleted and can be restored

mod deleted;
mod given;
mod write;

pub use deleted::{Deleted, DeletedObject};
pub use given::{AppRole, Details, Grant, Key, Password};

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::ids::ResourceId;
use crate::store::{Resource, kept};
use crate::world::{Application, Group, ServicePrincipal, Vantage, World};

/// Application id of Microsoft Graph, the same in every tenant (entra-docs, `verify-first-party-apps-sign-in.md`).
pub const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
/// The tenant in which Microsoft registers its own applications (same document).
pub const MICROSOFT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";
/// ARM type of user-assigned managed identities.
pub const USER_ASSIGNED_IDENTITY: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

/// Directory objects of all tenants; keys are `(tenant id, object id)` in lower case.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Directory {
    #[serde(with = "kept::pairs")]
    applications: BTreeMap<(String, String), Application>,
    #[serde(with = "kept::pairs")]
    service_principals: BTreeMap<(String, String), ServicePrincipal>,
    #[serde(with = "kept::pairs")]
    groups: BTreeMap<(String, String), Group>,
    /// `(tenant, app id)` → object id of the service principal.
    #[serde(with = "kept::pairs")]
    principals_by_app: BTreeMap<(String, String), String>,
    /// `(tenant, app id)` → object id of the application.
    #[serde(with = "kept::pairs")]
    applications_by_app: BTreeMap<(String, String), String>,
    /// `(tenant, object id)` of system-assigned identities.
    system_assigned: BTreeSet<(String, String)>,
    /// app id → tenant of the application object.
    homes: BTreeMap<String, String>,
    /// member object id → `(tenant, group object id)`.
    memberships: BTreeMap<String, BTreeSet<(String, String)>>,
    /// Identifier URI → `(tenant, object id)` of the application that has it.
    uris: BTreeMap<String, (String, String)>,
    /// `(tenant, unique name)` → object id of the application.
    #[serde(with = "kept::pairs")]
    unique_names: BTreeMap<(String, String), String>,
    /// `(tenant, object id)` → what stands beside the world's own properties.
    #[serde(with = "kept::pairs")]
    details: BTreeMap<(String, String), Details>,
    #[serde(with = "kept::pairs")]
    deleted: BTreeMap<(String, String), Deleted>,
}

/// The system-assigned identity of a vantage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemIdentity {
    /// Tenant of the vantage's network.
    pub tenant: String,
    /// Object id.
    pub principal_id: String,
    /// Application id.
    pub client_id: String,
}

impl SystemIdentity {
    /// The identity that a vantage has when it has one: its tenant is that of its network's subscription.
    pub fn of(
        name: &str,
        vantage: &Vantage,
        tenant_of_subscription: impl Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let network = vantage
            .network
            .as_deref()
            .filter(|_| vantage.system_identity)?;
        let tenant = tenant_of_subscription(&ResourceId::parse(network).ok()?.subscription?)?;
        let id = |kind: &str| {
            Uuid::new_v5(
                &Uuid::NAMESPACE_URL,
                format!("xtenant:{name}:{kind}").as_bytes(),
            )
        };
        Some(Self {
            tenant,
            principal_id: id("principal").to_string(),
            client_id: id("client").to_string(),
        })
    }
}

impl Directory {
    /// The directory that a world gives, without the identities that are resources: the state adds those.
    pub(crate) fn build(world: &World) -> Self {
        let mut directory = Self::default();
        for tenant in world.tenants.values() {
            for application in &tenant.applications {
                directory.add_application(&tenant.id, application.clone());
            }
            directory.add_service_principal(&tenant.id, graph(&tenant.id));
            for principal in &tenant.service_principals {
                directory.add_service_principal(&tenant.id, principal.clone());
            }
            for group in &tenant.groups {
                directory.add_group(&tenant.id, group.clone());
            }
        }
        for (name, vantage) in &world.vantages {
            if let Some(identity) =
                SystemIdentity::of(name, vantage, |it| tenant_of_subscription(world, it))
            {
                let principal = managed(&identity.principal_id, &identity.client_id, name);
                directory.add_service_principal(&identity.tenant, principal);
                directory
                    .system_assigned
                    .insert((identity.tenant, identity.principal_id));
            }
        }
        directory
    }

    /// Does every way to find an object lead to one?
    ///
    /// # Errors
    /// A sentence fragment.
    pub(crate) fn check(&self) -> Result<(), String> {
        let of = |(tenant, _): &(String, String), object: &String| (tenant.clone(), object.clone());
        let by_app = self.applications_by_app.iter().map(|(key, id)| of(key, id));
        let by_name = self.unique_names.iter().map(|(key, id)| of(key, id));
        let by_uri = self.uris.values().cloned();
        for key in by_app.chain(by_name).chain(by_uri) {
            if !self.applications.contains_key(&key) {
                return Err(format!("application {} is named and not there", key.1));
            }
        }
        for key in self.principals_by_app.iter().map(|(key, id)| of(key, id)) {
            if !self.service_principals.contains_key(&key) {
                return Err(format!(
                    "service principal {} is named and not there",
                    key.1
                ));
            }
        }
        for key in self.memberships.values().flatten() {
            if !self.groups.contains_key(key) {
                return Err(format!("group {} is named and not there", key.1));
            }
        }
        Ok(())
    }

    /// Adds or replaces an application object.
    pub fn add_application(&mut self, tenant: &str, application: Application) {
        let (tenant, app_id) = (lower(tenant), lower(&application.app_id));
        let key = (tenant.clone(), lower(&application.id));
        self.homes.insert(app_id.clone(), tenant.clone());
        for uri in &application.identifier_uris {
            self.uris.insert(lower(uri), key.clone());
        }
        given::credentials(&application, self.details.entry(key).or_default());
        self.applications_by_app
            .insert((tenant.clone(), app_id), lower(&application.id));
        self.applications
            .insert((tenant, lower(&application.id)), application);
    }

    /// Adds or replaces a service principal.
    pub fn add_service_principal(&mut self, tenant: &str, principal: ServicePrincipal) {
        let tenant = lower(tenant);
        self.principals_by_app.insert(
            (tenant.clone(), lower(&principal.app_id)),
            lower(&principal.id),
        );
        self.service_principals
            .insert((tenant, lower(&principal.id)), principal);
    }

    /// Adds or replaces a group.
    pub fn add_group(&mut self, tenant: &str, group: Group) {
        let key = (lower(tenant), lower(&group.id));
        for member in &group.members {
            self.memberships
                .entry(lower(member))
                .or_default()
                .insert(key.clone());
        }
        self.groups.insert(key, group);
    }

    /// An application object of a tenant, by application id or object id.
    pub fn application(&self, tenant: &str, app_or_object_id: &str) -> Option<&Application> {
        let key = (lower(tenant), lower(app_or_object_id));
        let by_app = || {
            self.applications
                .get(&(key.0.clone(), self.applications_by_app.get(&key)?.clone()))
        };
        self.applications.get(&key).or_else(by_app)
    }

    /// The application objects of a tenant.
    pub fn applications<'a>(
        &'a self,
        tenant: &str,
    ) -> impl Iterator<Item = &'a Application> + use<'a> {
        of_tenant(&self.applications, tenant)
    }

    /// The application objects of a tenant whose object id comes after `after`, by object id.
    pub fn applications_after<'a>(
        &'a self,
        tenant: &str,
        after: &str,
    ) -> impl Iterator<Item = &'a Application> + use<'a> {
        after_in_tenant(&self.applications, tenant, after)
    }

    /// The service principals of a tenant whose object id comes after `after`, by object id.
    pub fn service_principals_after<'a>(
        &'a self,
        tenant: &str,
        after: &str,
    ) -> impl Iterator<Item = &'a ServicePrincipal> + use<'a> {
        after_in_tenant(&self.service_principals, tenant, after)
    }

    /// The groups of a tenant whose object id comes after `after`, by object id.
    pub fn groups_after<'a>(
        &'a self,
        tenant: &str,
        after: &str,
    ) -> impl Iterator<Item = &'a Group> + use<'a> {
        after_in_tenant(&self.groups, tenant, after)
    }

    /// The application, of whatever tenant, that has this identifier URI.
    pub fn application_of_uri(&self, uri: &str) -> Option<&Application> {
        self.applications.get(self.uris.get(&lower(uri))?)
    }

    /// The application of a tenant that has this unique name.
    pub fn application_of_unique_name(&self, tenant: &str, name: &str) -> Option<&Application> {
        let key = (lower(tenant), lower(name));
        self.application(tenant, self.unique_names.get(&key)?)
    }

    /// What stands beside the world's own properties of an object.
    pub fn details(&self, tenant: &str, object_id: &str) -> &Details {
        static NONE: LazyLock<Details> = LazyLock::new(Details::default);
        self.details
            .get(&(lower(tenant), lower(object_id)))
            .unwrap_or(&NONE)
    }

    /// Groups of a tenant that an object is in directly.
    pub fn direct_groups_of(&self, tenant: &str, object_id: &str) -> Vec<&Group> {
        let keys = self
            .memberships
            .get(&lower(object_id))
            .into_iter()
            .flatten();
        let tenant = lower(tenant);
        keys.filter(|(of, _)| *of == tenant)
            .filter_map(|key| self.groups.get(key))
            .collect()
    }

    /// The tenant in which an application is registered.
    pub fn home_of(&self, app_id: &str) -> Option<&str> {
        self.homes.get(&lower(app_id)).map(String::as_str)
    }

    /// A service principal of a tenant, by application id or object id.
    pub fn service_principal(
        &self,
        tenant: &str,
        app_or_object_id: &str,
    ) -> Option<&ServicePrincipal> {
        let key = (lower(tenant), lower(app_or_object_id));
        let by_app = || {
            self.service_principals
                .get(&(key.0.clone(), self.principals_by_app.get(&key)?.clone()))
        };
        self.service_principals.get(&key).or_else(by_app)
    }

    /// Is this object a system-assigned identity?
    pub fn is_system_assigned(&self, tenant: &str, object_id: &str) -> bool {
        self.system_assigned
            .contains(&(lower(tenant), lower(object_id)))
    }

    /// The service principals of a tenant, derived ones included.
    pub fn service_principals<'a>(
        &'a self,
        tenant: &str,
    ) -> impl Iterator<Item = &'a ServicePrincipal> + use<'a> {
        of_tenant(&self.service_principals, tenant)
    }

    /// A group of a tenant.
    pub fn group(&self, tenant: &str, object_id: &str) -> Option<&Group> {
        self.groups.get(&(lower(tenant), lower(object_id)))
    }

    /// The groups of a tenant.
    pub fn groups<'a>(&'a self, tenant: &str) -> impl Iterator<Item = &'a Group> + use<'a> {
        of_tenant(&self.groups, tenant)
    }

    /// Object ids (lower case) of the security groups that an object is in, directly or through other groups.
    pub fn groups_of(&self, object_id: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open = vec![lower(object_id)];
        while let Some(member) = open.pop() {
            for key in self.memberships.get(&member).into_iter().flatten() {
                let carries_rights = self
                    .groups
                    .get(key)
                    .is_some_and(|group| group.security_enabled);
                if carries_rights && found.insert(key.1.clone()) {
                    open.push(key.1.clone());
                }
            }
        }
        found
    }

    /// Follows a managed identity that was created or changed.
    pub(crate) fn resource_changed(&mut self, resource: &Resource) {
        if !resource.is_a(USER_ASSIGNED_IDENTITY) {
            return;
        }
        let text = |name: &str| resource.property(name).and_then(Value::as_str);
        if let (Some(principal), Some(client)) = (text("/principalId"), text("/clientId")) {
            let mut derived = managed(principal, client, &resource.name);
            let known = self.service_principal(resource.own_tenant(), principal);
            if let Some(known) = known {
                derived.account_enabled = known.account_enabled;
                derived
                    .graph_permissions
                    .clone_from(&known.graph_permissions);
            }
            self.add_service_principal(resource.own_tenant(), derived);
        }
    }

    /// Follows a managed identity that was deleted: its service principal goes with it.
    pub(crate) fn resource_removed(&mut self, resource: &Resource) {
        let principal = resource.property("/principalId").and_then(Value::as_str);
        if let (true, Some(principal)) = (resource.is_a(USER_ASSIGNED_IDENTITY), principal)
            && let Some(gone) = self
                .service_principals
                .remove(&(lower(resource.own_tenant()), lower(principal)))
        {
            self.principals_by_app
                .remove(&(lower(resource.own_tenant()), lower(&gone.app_id)));
        }
    }
}

fn tenant_of_subscription(world: &World, subscription: &str) -> Option<String> {
    let lists = |tenant: &&crate::world::Tenant| {
        tenant
            .subscriptions
            .iter()
            .any(|listed| listed.id.eq_ignore_ascii_case(subscription))
    };
    world
        .tenants
        .values()
        .find(lists)
        .map(|tenant| lower(&tenant.id))
}

fn of_tenant<'a, T>(
    all: &'a BTreeMap<(String, String), T>,
    tenant: &str,
) -> impl Iterator<Item = &'a T> + use<'a, T> {
    let tenant = lower(tenant);
    all.range((tenant.clone(), String::new())..)
        .take_while(move |((of, _), _)| *of == tenant)
        .map(|(_, it)| it)
}

fn after_in_tenant<'a, T>(
    all: &'a BTreeMap<(String, String), T>,
    tenant: &str,
    after: &str,
) -> impl Iterator<Item = &'a T> + use<'a, T> {
    let tenant = lower(tenant);
    let start = Bound::Excluded((tenant.clone(), lower(after)));
    all.range((start, Bound::Unbounded))
        .take_while(move |((of, _), _)| *of == tenant)
        .map(|(_, it)| it)
}

/// Graph's own service principal in a tenant.
fn graph(tenant: &str) -> ServicePrincipal {
    let name = format!("xtenant:{}:{GRAPH}", lower(tenant));
    ServicePrincipal {
        id: Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).to_string(),
        app_id: GRAPH.to_owned(),
        display_name: "Microsoft Graph".to_owned(),
        account_enabled: true,
        app_owner_organization_id: Some(MICROSOFT.to_owned()),
        service_principal_type: "Application".to_owned(),
        is_disabled: false,
        disabled_by_microsoft_status: None,
        tags: Vec::new(),
        graph_permissions: Vec::new(),
    }
}

fn managed(principal: &str, client: &str, name: &str) -> ServicePrincipal {
    ServicePrincipal {
        id: lower(principal),
        app_id: lower(client),
        display_name: name.to_owned(),
        account_enabled: true,
        app_owner_organization_id: None,
        service_principal_type: "ManagedIdentity".to_owned(),
        is_disabled: false,
        disabled_by_microsoft_status: None,
        tags: Vec::new(),
        graph_permissions: Vec::new(),
    }
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(id: &str, members: &[&str], security_enabled: bool) -> Group {
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        Group {
            id: id.to_owned(),
            display_name: id.to_owned(),
            members,
            security_enabled,
        }
    }

    #[test]
    fn membership_passes_through_groups_even_in_circles() {
        let mut directory = Directory::default();
        directory.add_group("t", group("inner", &["me", "outer"], true));
        directory.add_group("t", group("outer", &["INNER"], true));
        directory.add_group("t", group("mail", &["me"], false));
        let groups: Vec<_> = directory.groups_of("ME").into_iter().collect();
        assert_eq!(groups, ["inner", "outer"]);
        assert!(directory.groups_of("other").is_empty());
    }

    #[test]
    fn an_identity_has_a_service_principal_for_as_long_as_it_exists() {
        let world = crate::world::example();
        let mut state = crate::store::State::build(&world).unwrap();
        let home = "11111111-1111-1111-1111-111111111111";
        let client = "dddddddd-dddd-dddd-dddd-dddddddddddd";
        let derived = state.service_principal(home, client).unwrap();
        assert!(derived.is_managed_identity());
        assert_eq!(derived.id, "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee");
        let id = state
            .resources_of_type(USER_ASSIGNED_IDENTITY)
            .next()
            .unwrap()
            .id
            .clone();
        assert!(state.remove_resource(&id.to_uppercase()));
        assert!(state.service_principal(home, client).is_none());
    }
}
