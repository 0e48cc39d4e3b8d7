//! Which resources does a card mean by a parameter, in this scenario?
//!
//! An id stands in the parameter, or a fact of another link that is that link's parameter of the same name. Where only
//! the run can tell, every subscription of the tenant is meant.

use crate::ids::ResourceId;
use crate::outcome::At;
use crate::outcome::permission::ids_in;
use crate::plan::{Plan, PlannedLink};
use crate::scenario::{IdentityKind, Scenario, Tenant, split_fact, tenant_of};
use crate::source::Node;

/// A resource, or what is above it, and the tenant that it lies in.
pub(super) type Place<'s> = (&'s Tenant, ResourceId);

/// Where a scenario's resources are looked for.
pub(super) struct Places<'s> {
    pub(super) scenario: &'s Scenario,
    pub(super) plan: &'s Plan,
}

impl<'s> Places<'s> {
    /// The resources that are meant, as far as a tenant of the scenario lists them.
    pub(super) fn of(&self, link: &PlannedLink, at: At) -> Vec<Place<'s>> {
        match at {
            At::Id(name) => self.in_parameter(link, name),
            At::IdOf(name, of) => {
                let all = self.in_parameter(link, name).into_iter();
                all.filter(|(_, id)| id.top().is_a(of)).collect()
            }
            At::SubscriptionOf(name) => {
                let all = self.in_parameter(link, name).into_iter();
                all.filter_map(|(tenant, id)| Some((tenant, subscription(&id)?)))
                    .collect()
            }
            At::Named(of) => self.named(of),
            At::Host(name, of) => self.behind_host(link, name, of),
            At::Network => {
                let vantage = link.vantage.as_deref();
                let vantage = vantage.and_then(|name| self.scenario.vantage(name));
                let network = vantage.and_then(|vantage| vantage.network.clone());
                network
                    .into_iter()
                    .filter_map(|id| self.listed(id))
                    .collect()
            }
            At::Subscriptions => self.subscriptions(|_| true),
            At::ManagementGroups => self.management_groups(),
            At::Directory | At::Directories => Vec::new(),
        }
    }

    /// The tenants whose directories are meant.
    pub(super) fn directories(&self, link: &PlannedLink, at: At) -> Vec<&'s Tenant> {
        let is_meant = |tenant: &&'s Tenant| match at {
            At::Directories => true,
            _ => link
                .tenant
                .as_ref()
                .is_some_and(|own| own.name == tenant.name),
        };
        self.scenario.tenants.iter().filter(is_meant).collect()
    }

    fn listed(&self, id: ResourceId) -> Option<Place<'s>> {
        tenant_of(&self.scenario.tenants, &id).map(|tenant| (tenant, id))
    }

    fn in_parameter(&self, link: &PlannedLink, name: &str) -> Vec<Place<'s>> {
        let ids = self.ids(link, name, self.plan.links.len());
        match ids {
            Some(ids) => ids.into_iter().filter_map(|id| self.listed(id)).collect(),
            None => self.anywhere(link.tenant.as_ref().map(|tenant| tenant.name.as_str())),
        }
    }

    /// The ids in a parameter, facts followed; absent when only the run can tell.
    fn ids(&self, link: &PlannedLink, name: &str, depth: usize) -> Option<Vec<ResourceId>> {
        let node = link.parameters.as_map().and_then(|map| map.get(name));
        let Some(fact) = node.and_then(reference) else {
            return Some(ids_in(&link.parameters, name));
        };
        let (other, fact) = split_fact(fact)?;
        let other = self.plan.link(other).filter(|_| depth > 0)?;
        let has = other
            .parameters
            .as_map()
            .is_some_and(|map| map.get(fact).is_some());
        has.then(|| self.ids(other, fact, depth - 1)).flatten()
    }

    /// Everything of a type that the scenario names, each once.
    fn named(&self, of: &str) -> Vec<Place<'s>> {
        let mut ids: Vec<ResourceId> = Vec::new();
        let mut add = |id: &ResourceId| {
            let top = id.top();
            if top.is_a(of) && !ids.contains(&top) {
                ids.push(top);
            }
        };
        for link in &self.scenario.links {
            link.parameters.walk_scalars(&mut |scalar, _| {
                if let Ok(id) = scalar.text.parse() {
                    add(&id);
                }
            });
        }
        let vantages = self.scenario.vantages.iter();
        vantages
            .filter_map(|vantage| vantage.network.as_ref())
            .for_each(&mut add);
        for identity in &self.scenario.identities {
            if let IdentityKind::ManagedIdentity {
                resource_id: Some(id),
                ..
            } = &identity.kind
            {
                add(id);
            }
        }
        ids.into_iter().filter_map(|id| self.listed(id)).collect()
    }

    /// The resource whose name begins a host: names of vaults, accounts and registries are unique.
    fn behind_host(&self, link: &PlannedLink, name: &str, of: &str) -> Vec<Place<'s>> {
        let node = link.parameters.as_map().and_then(|map| map.get(name));
        let host = node
            .and_then(Node::as_scalar)
            .map(|scalar| scalar.text.as_str());
        let host = host.unwrap_or_default().trim_start_matches("https://");
        let label = host.split(['.', '/', ':']).next().unwrap_or_default();
        let mut named = self.named(of);
        named.retain(|(_, id)| id.name().eq_ignore_ascii_case(label));
        if named.is_empty() {
            let workload = link.workload.as_ref();
            return self.anywhere(workload.map(|workload| workload.tenant.name.as_str()));
        }
        named
    }

    /// Every subscription of a tenant, or of all.
    fn anywhere(&self, tenant: Option<&str>) -> Vec<Place<'s>> {
        self.subscriptions(|own| tenant.is_none_or(|tenant| own.name == tenant))
    }

    fn subscriptions(&self, is_meant: impl Fn(&Tenant) -> bool) -> Vec<Place<'s>> {
        let tenants = self
            .scenario
            .tenants
            .iter()
            .filter(|tenant| is_meant(tenant));
        let all = tenants.flat_map(|tenant| {
            let ids = tenant.subscriptions.iter();
            ids.filter_map(move |id| Some((tenant, format!("/subscriptions/{id}").parse().ok()?)))
        });
        all.collect()
    }

    fn management_groups(&self) -> Vec<Place<'s>> {
        let all = self.scenario.tenants.iter().flat_map(|tenant| {
            let names = tenant.management_groups.iter();
            names.filter_map(move |name| {
                let id = format!("/providers/Microsoft.Management/managementGroups/{name}");
                Some((tenant, id.parse().ok()?))
            })
        });
        all.collect()
    }
}

/// The fact that a parameter takes.
fn reference(node: &Node) -> Option<&str> {
    let map = node.as_map().filter(|map| map.len() == 1)?;
    Some(&map.get("from")?.as_scalar()?.text)
}

fn subscription(id: &ResourceId) -> Option<ResourceId> {
    format!("/subscriptions/{}", id.subscription()?)
        .parse()
        .ok()
}

/// The smallest scope that a custom role can be assigned at so that it covers this resource, also before it exists: its
/// resource group, else its subscription or management group (azure-docs,
/// `role-based-access-control/role-definitions.md`, AssignableScopes).
pub(super) fn scope_of(id: &ResourceId) -> ResourceId {
    let group = |name| format!("/providers/Microsoft.Management/managementGroups/{name}");
    let scope = match (id.subscription(), id.resource_group()) {
        (Some(subscription), Some(name)) => Some(format!(
            "/subscriptions/{subscription}/resourceGroups/{name}"
        )),
        (Some(subscription), None) => Some(format!("/subscriptions/{subscription}")),
        (None, _) => id.management_group().map(group),
    };
    scope
        .and_then(|scope| scope.parse().ok())
        .unwrap_or_else(|| id.clone())
}
