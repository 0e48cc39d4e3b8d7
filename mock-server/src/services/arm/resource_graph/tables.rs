//! Rows of a table: what the caller may read, in the subscriptions that it names.
//!
//! Columns are those of azure-docs, `governance/resource-graph/reference/supported-tables-resources.md` and of the official
//! examples; types and resource groups come in lower case. `properties` of a resource are those that its own GET answers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::query::Fault;
use super::query::run::Row;
use crate::auth::Caller;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::rbac::assignment::scopes_up;
use crate::rbac::deny::DENY_ASSIGNMENTS;
use crate::rbac::{self, Asked};
use crate::request::Request;
use crate::services::arm::management_groups::GROUPS;
use crate::services::arm::own_get;
use crate::services::network_manager::{NETWORK_GROUPS, effective, scope};
use crate::store::{RESOURCE_GROUPS, Resource, State};

/// Columns of every table.
pub const COLUMNS: &[&str] = &[
    "id",
    "name",
    "type",
    "tenantId",
    "kind",
    "location",
    "resourceGroup",
    "subscriptionId",
    "managedBy",
    "sku",
    "plan",
    "properties",
    "tags",
    "identity",
    "zones",
    "extendedLocation",
];
/// Those that hold objects and lists.
pub const DYNAMIC: &[&str] = &[
    "sku",
    "plan",
    "properties",
    "tags",
    "identity",
    "zones",
    "extendedLocation",
];
const MEMBERSHIPS: &str = "Microsoft.Network/networkGroupMemberships";

/// Who asks, and about which subscriptions.
pub struct Reader<'a> {
    /// The state.
    pub state: &'a State,
    /// Who asks.
    pub caller: &'a Caller,
    /// Ids of subscriptions, as the world has them.
    pub subscriptions: Vec<String>,
}

impl Reader<'_> {
    /// The rows of a table.
    ///
    /// # Errors
    /// A table that the mock does not know.
    pub fn rows(&self, table: &str) -> Result<Vec<Row>, Fault> {
        match table {
            "resources" => Ok(self.resources()),
            "resourcecontainers" => Ok(self.containers()),
            "networkresources" => Ok(self.memberships()),
            _ => Err(Fault::meaning(format!(
                "the mock does not know the table '{table:.60}', only: resources, resourcecontainers, networkresources"
            ))),
        }
    }

    /// What has a location and is no resource group, as in ARM's own lists.
    fn resources(&self) -> Vec<Row> {
        let mut rights = Rights::new(self);
        let mut rows = Vec::new();
        for subscription in &self.subscriptions {
            let all = self.state.below(&format!("/subscriptions/{subscription}"));
            let listed =
                all.filter(|it| it.body.contains_key("location") && !it.is_a(RESOURCE_GROUPS));
            let read = listed.filter(|it| rights.may_read(it, subscription));
            rows.extend(read.map(|it| self.row(it)));
        }
        rows
    }

    fn row(&self, resource: &Resource) -> Row {
        let id = ResourceId::parse(&resource.id).ok();
        let of = |part: fn(&ResourceId) -> &Option<String>| {
            id.as_ref()
                .and_then(|id| part(id).clone())
                .unwrap_or_default()
        };
        let given = |name: &str, none: Value| resource.body.get(name).cloned().unwrap_or(none);
        let cells = [
            ("id", json!(resource.id)),
            ("name", json!(resource.name)),
            ("type", json!(resource.resource_type.to_ascii_lowercase())),
            ("tenantId", json!(self.caller.tenant_id)),
            ("kind", given("kind", json!(""))),
            ("location", given("location", json!(""))),
            (
                "resourceGroup",
                json!(of(|id| &id.resource_group).to_lowercase()),
            ),
            ("subscriptionId", json!(of(|id| &id.subscription))),
            ("managedBy", given("managedBy", json!(""))),
            ("plan", given("plan", Value::Null)),
            ("tags", given("tags", Value::Null)),
            ("zones", given("zones", Value::Null)),
            ("extendedLocation", given("extendedLocation", Value::Null)),
        ];
        Row {
            cells: named(cells),
            key: Some(resource.id.clone()),
        }
    }

    /// Subscriptions, their resource groups, and the management groups that the caller may read.
    fn containers(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let subscriptions = self.state.tenant(&self.caller.tenant_id);
        let subscriptions = subscriptions.map(|it| it.subscriptions.as_slice());
        for it in subscriptions.unwrap_or_default() {
            let asked = self
                .subscriptions
                .iter()
                .any(|id| id.eq_ignore_ascii_case(&it.id));
            if !asked {
                continue;
            }
            let id = format!("/subscriptions/{}", it.id);
            let properties = json!({
                "managementGroupAncestorsChain": self.groups_above(&id),
                "state": it.state.as_str(),
            });
            rows.push(self.container(
                "microsoft.resources/subscriptions",
                (&id, &it.name, &it.id, ""),
                properties,
            ));
            let groups = self.state.in_subscription(&it.id, RESOURCE_GROUPS);
            let may = |group: &&Resource| {
                self.may(
                    "Microsoft.Resources/subscriptions/resourceGroups/read",
                    &group.id,
                )
            };
            rows.extend(groups.filter(may).map(|group| {
                let kind = "microsoft.resources/subscriptions/resourcegroups";
                let names = (
                    group.id.as_str(),
                    group.name.as_str(),
                    it.id.as_str(),
                    group.name.as_str(),
                );
                let mut row =
                    self.container(kind, names, json!({"provisioningState": "Succeeded"}));
                for column in ["location", "tags", "managedBy"] {
                    if let Some(value) = group.body.get(column) {
                        row.cells.insert(column.to_owned(), value.clone());
                    }
                }
                row
            }));
        }
        let groups = self.state.resources_of_type(GROUPS);
        let may =
            |group: &&Resource| self.may("Microsoft.Management/managementGroups/read", &group.id);
        rows.extend(groups.filter(may).map(|group| {
            let kind = "microsoft.management/managementgroups";
            self.container(
                kind,
                (&group.id, &group.name, "", ""),
                group.properties().clone(),
            )
        }));
        rows
    }

    fn container(
        &self,
        kind: &str,
        (id, name, subscription, group): (&str, &str, &str, &str),
        properties: Value,
    ) -> Row {
        let cells = [
            ("id", json!(id)),
            ("name", json!(name)),
            ("type", json!(kind)),
            ("tenantId", json!(self.caller.tenant_id)),
            ("kind", json!("")),
            ("location", json!("")),
            ("resourceGroup", json!(group.to_lowercase())),
            ("subscriptionId", json!(subscription)),
            ("managedBy", json!("")),
            ("properties", properties),
            ("tags", Value::Null),
        ];
        Row {
            cells: named(cells),
            key: None,
        }
    }

    fn groups_above(&self, scope: &str) -> Vec<Value> {
        let above = scopes_up(self.state, scope);
        let groups = above
            .iter()
            .skip(1)
            .filter_map(|id| self.state.resource(id));
        groups
            .map(|it| json!({"name": it.name, "displayName": it.property("/displayName")}))
            .collect()
    }

    /// One row for each network that is in a group: an extension resource, named `default`, with all its groups. A member
    /// outside of the manager's scope is in no group as far as Azure goes (`network_manager::scope`).
    fn memberships(&self) -> Vec<Row> {
        let connections = &self.state.derived().connectivity.connections;
        let mut found: BTreeMap<&str, (&Resource, Vec<Value>)> = BTreeMap::new();
        for group in self.state.resources_of_type(NETWORK_GROUPS) {
            let id = ResourceId::parse(&group.id).ok();
            let manager = id.as_ref().and_then(ResourceId::parent);
            let Some(manager) = manager.and_then(|id| self.state.resource(id)) else {
                continue;
            };
            for network in effective::members(self.state, &group.id) {
                let asked = self.subscriptions.iter().any(|it| is_in(&network.id, it));
                if asked && scope::contains(self.state, connections, manager, network) {
                    let entry = found.entry(&network.id);
                    let (_, groups) = entry.or_insert_with(|| (network, Vec::new()));
                    let membership = json!({"NetworkGroupId": group.id});
                    if !groups.contains(&membership) {
                        groups.push(membership);
                    }
                }
            }
        }
        let may = |it: &(&Resource, Vec<Value>)| {
            self.may("Microsoft.Network/networkGroupMemberships/read", &it.0.id)
        };
        let row = |(network, groups): (&Resource, Vec<Value>)| {
            let mut row = self.row(network);
            row.key = None;
            for (column, value) in [
                (
                    "id",
                    json!(format!("{}/providers/{MEMBERSHIPS}/default", network.id)),
                ),
                ("name", json!("default")),
                ("type", json!(MEMBERSHIPS.to_ascii_lowercase())),
                ("properties", json!({"GroupMemberships": groups})),
                ("tags", Value::Null),
            ] {
                row.cells.insert(column.to_owned(), value);
            }
            row
        };
        found.into_values().filter(may).map(row).collect()
    }

    fn may(&self, action: &str, scope: &str) -> bool {
        rbac::allowed(self.state, self.caller, &Asked::control(action, scope)).is_granted()
    }
}

/// A resource as its own GET answers it.
pub fn shown(context: &Context, request: &Request, id: &str) -> Option<Value> {
    let reply = own_get::of(context, request, id)?;
    let body = serde_json::from_slice(&reply.body).ok();
    body.filter(|_| reply.status.is_success())
}

/// Rights to read by type and subscription: most are granted there, and need no look at every resource.
struct Rights<'a> {
    reader: &'a Reader<'a>,
    denies: bool,
    granted: BTreeMap<(String, String), bool>,
}

impl<'a> Rights<'a> {
    fn new(reader: &'a Reader<'a>) -> Self {
        Self {
            reader,
            denies: reader
                .state
                .resources_of_type(DENY_ASSIGNMENTS)
                .next()
                .is_some(),
            granted: BTreeMap::new(),
        }
    }

    fn may_read(&mut self, resource: &Resource, subscription: &str) -> bool {
        let action = format!("{}/read", resource.resource_type);
        let key = (action.to_ascii_lowercase(), subscription.to_owned());
        let reader = self.reader;
        let whole = *self
            .granted
            .entry(key)
            .or_insert_with(|| reader.may(&action, &format!("/subscriptions/{subscription}")));
        (whole && !self.denies) || reader.may(&action, &resource.id)
    }
}

fn is_in(id: &str, subscription: &str) -> bool {
    let prefix = format!("/subscriptions/{subscription}/");
    id.get(..prefix.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(&prefix))
}

fn named<const N: usize>(cells: [(&str, Value); N]) -> Map<String, Value> {
    cells
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
