//! Tenants, identities and vantages: read entry by entry, then compared with each other.

use std::collections::HashMap;

use super::document::{TenantKeys, VantageKeys};
use super::identity::IdentityKind;
use super::model::{Identity, Tenant, Vantage};
use super::reading::{Reading, SEE_FORMAT};
use super::section::Section;
use super::tenancy::tenant_of;
use crate::ids::TenantId;
use crate::source::{Key, Map, Node, Problem, Span, Value};

/// What links refer to by name.
pub(super) struct Sections<'n> {
    pub(super) tenants: Section<'n, Tenant>,
    pub(super) identities: Section<'n, Identity>,
    pub(super) vantages: Section<'n, Vantage>,
    /// Whether every list of subscriptions and management groups could be read, so that what none lists is missing.
    pub(super) lists_are_sound: bool,
    /// Whether no entry of any section has a mistake.
    pub(super) is_sound: bool,
}

impl<'n> Sections<'n> {
    /// Reads the sections of a file.
    pub(super) fn read(reading: &mut Reading, root: &'n Map) -> Self {
        let before = reading.count();
        let broken = |name| root.get(name).is_some_and(|node| reading.is_broken(node));
        let has_broken = ["tenants", "identities", "vantages"]
            .into_iter()
            .any(broken);
        let mut sections = Self {
            tenants: Section::read(reading, root, "tenants", "tenant", tenant),
            identities: Section::read(reading, root, "identities", "identity", identity),
            vantages: Section::read(reading, root, "vantages", "vantage", vantage),
            lists_are_sound: false,
            is_sound: false,
        };
        let lists = sections.tenants.entries.iter().all(|entry| {
            entry
                .value
                .as_ref()
                .is_some_and(|tenant| has_read_lists(entry.node, tenant))
        });
        sections.lists_are_sound = sections.tenants.is_known && lists;
        sections.compare_tenants(reading);
        sections.compare_identities(reading);
        sections.compare_vantages(reading);
        sections.is_sound = reading.count() == before && !has_broken;
        sections
    }

    /// The tenants, as far as they could be read.
    pub(super) fn tenant_list(&self) -> Vec<Tenant> {
        self.tenants.values().cloned().collect()
    }

    fn compare_tenants(&self, reading: &mut Reading) {
        let mut ids = HashMap::new();
        let mut subscriptions = HashMap::new();
        for entry in &self.tenants.entries {
            let (Some(tenant), Some(map)) = (&entry.value, entry.node.as_map()) else {
                continue;
            };
            if let Some(node) = map.get("id").filter(|_| tenant.id != TenantId::nil()) {
                refuse_twice(
                    reading,
                    &mut ids,
                    tenant.id.to_string(),
                    node.span,
                    "a tenant for each tenant id",
                );
            }
            let nodes = map
                .get("subscriptions")
                .and_then(Node::as_seq)
                .unwrap_or_default();
            for (id, node) in tenant.subscriptions.iter().zip(nodes) {
                refuse_twice(
                    reading,
                    &mut subscriptions,
                    id.to_string(),
                    node.span,
                    "a subscription in one tenant, once",
                );
            }
            if let (Some(name), Some(node)) = (&tenant.read_as, map.get("read-as")) {
                self.identities.require(reading, name, node.span);
            }
        }
    }

    fn compare_identities(&self, reading: &mut Reading) {
        for entry in &self.identities.entries {
            let Some(identity) = &entry.value else {
                continue;
            };
            let parameter =
                |name: &str| parameter(entry.node, name).map_or(entry.key.span, |node| node.span);
            if let Some(name) = identity.kind.tenant() {
                self.tenants.require(reading, name, parameter("tenant"));
            }
            if let IdentityKind::Federated { assertion, .. } = &identity.kind {
                self.require_managed_identity(reading, assertion, parameter("assertion"));
            }
        }
    }

    /// The assertion of a federated identity is the token of a managed identity.
    fn require_managed_identity(&self, reading: &mut Reading, name: &str, span: Span) {
        self.identities.require(reading, name, span);
        let Some(found) = self.identities.get(name) else {
            return;
        };
        if !matches!(found.kind, IdentityKind::ManagedIdentity { .. }) {
            let kind = found.kind.name();
            let problem = reading.at(
                span,
                format!("`{name}` is of the kind `{kind}`, which cannot prove an application"),
            );
            reading.note(
                problem
                    .expected("the name of an identity of the kind `managed-identity`")
                    .hint("declare one, such as `NAME: {managed-identity: {client-id: …}}`"),
            );
        }
    }

    fn compare_vantages(&self, reading: &mut Reading) {
        let tenants = self.tenant_list();
        for entry in &self.vantages.entries {
            let network = entry
                .value
                .as_ref()
                .and_then(|vantage| vantage.network.as_ref());
            let node = entry.node.as_map().and_then(|map| map.get("network"));
            let (Some(network), Some(node)) = (network, node) else {
                continue;
            };
            if !network.is_a("Microsoft.Network/virtualNetworks") {
                let problem =
                    reading.at(node.span, "the network of a vantage is a virtual network");
                let expected =
                    "an ARM id that ends in `/providers/Microsoft.Network/virtualNetworks/<name>`";
                reading.note(
                    problem
                        .expected(expected)
                        .hint("name the network that the machine or app is in"),
                );
            } else if tenant_of(&tenants, network).is_none() && self.lists_are_sound {
                reading.note(not_listed(reading, node.span, network));
            }
        }
    }
}

/// Whether what a tenant lists is all that stands in the file.
fn has_read_lists(node: &Node, tenant: &Tenant) -> bool {
    let is_whole = |name, read| match node
        .as_map()
        .and_then(|map| map.get(name))
        .map(|node| &node.value)
    {
        None | Some(Value::Null) => true,
        Some(Value::Seq(nodes)) => nodes.len() == read,
        Some(Value::Map(_) | Value::Scalar(_)) => false,
    };
    is_whole("subscriptions", tenant.subscriptions.len())
        && is_whole("management-groups", tenant.management_groups.len())
}

/// No tenant lists what an id lies in.
pub(super) fn not_listed(reading: &Reading, span: Span, id: &crate::ids::ResourceId) -> Problem {
    let (title, hint) = match (id.subscription(), id.management_group()) {
        (Some(subscription), _) => (
            format!("no tenant lists the subscription {subscription}"),
            "add it to `subscriptions:` of the tenant that it belongs to",
        ),
        (None, Some(group)) => (
            format!("no tenant lists the management group {group}"),
            "add it to `management-groups:` of the tenant that it belongs to",
        ),
        (None, None) => (
            "the id lies in no subscription and in no management group".to_owned(),
            "name a resource of a subscription, or a management group",
        ),
    };
    reading
        .at(span, title)
        .expected("an id in a subscription or management group of a tenant of this scenario")
        .hint(hint)
}

/// Refuses a value that was met before.
fn refuse_twice(
    reading: &mut Reading,
    met: &mut HashMap<String, Span>,
    value: String,
    span: Span,
    expected: &str,
) {
    let value = value.to_ascii_lowercase();
    if let Some(first) = met.get(&value) {
        let problem = reading
            .at(span, format!("{value} is given twice"))
            .expected(expected);
        let hint = format!(
            "the first is in {}: remove one, or write the other id",
            reading.line(*first)
        );
        reading.note(problem.hint(hint));
    } else {
        met.insert(value, span);
    }
}

/// A parameter of an identity's kind.
fn parameter<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    let (_, parameters) = node.as_map()?.at(0)?;
    parameters.as_map()?.get(name)
}

/// A tenant. One whose id has a mistake stands in with the id of nothing, so that nobody misses the tenant.
fn tenant(reading: &mut Reading, key: &Key, node: &Node) -> Option<Tenant> {
    let keys: TenantKeys = reading.read_entries(node, SEE_FORMAT)?;
    reading.require(
        node,
        "id",
        "the id of the tenant, a GUID",
        "add `id: <tenant id>`",
    );
    Some(Tenant {
        name: key.name.clone(),
        id: keys.id.unwrap_or_else(TenantId::nil),
        subscriptions: keys.subscriptions.unwrap_or_default(),
        management_groups: keys.management_groups.unwrap_or_default(),
        read_as: keys.read_as,
    })
}

fn identity(reading: &mut Reading, key: &Key, node: &Node) -> Option<Identity> {
    let kind: IdentityKind = reading.read(node, SEE_FORMAT)?;
    if let IdentityKind::ManagedIdentity { .. } = kind {
        refuse_several_selectors(reading, node);
    }
    Some(Identity {
        name: key.name.clone(),
        kind,
    })
}

/// A managed identity is named by one of its ids.
fn refuse_several_selectors(reading: &mut Reading, node: &Node) {
    let parameters = node
        .as_map()
        .and_then(|map| map.at(0))
        .and_then(|(_, node)| node.as_map());
    let given = parameters.into_iter().flat_map(Map::iter);
    let mut given = given.filter(|(_, node)| !matches!(node.value, Value::Null));
    if let (Some((first, _)), Some((second, _))) = (given.next(), given.next()) {
        let title = format!(
            "a managed identity named twice: by `{}` and by `{}`",
            first.name, second.name
        );
        let problem = reading
            .at(second.span, title)
            .expected("one of `client-id`, `object-id`, `resource-id`, or none");
        reading.note(problem.hint(format!("remove `{}` or `{}`", first.name, second.name)));
    }
}

fn vantage(reading: &mut Reading, key: &Key, node: &Node) -> Option<Vantage> {
    if matches!(node.value, Value::Null) {
        return Some(Vantage {
            name: key.name.clone(),
            network: None,
        });
    }
    let keys: VantageKeys = reading.read_entries(node, SEE_FORMAT)?;
    Some(Vantage {
        name: key.name.clone(),
        network: keys.network,
    })
}
