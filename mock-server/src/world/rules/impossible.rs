//! What Azure would not have taken, or makes itself: a world that has it would answer like a tenant that nobody has.
//!
//! - a role that nobody knows · a Graph permission that nobody knows
//! - a group that the target of an endpoint does not have · an endpoint in another region than its network
//! - `privateEndpointConnections`, which follow from endpoints and approvals
//! - two zones of one name that one network is linked to

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use xtenant_source::did_you_mean;

use super::Rules;
use super::place::{Step, below};
use crate::ids::ResourceId;
use crate::rbac::assignment::{ROLE_ASSIGNMENTS, ROLE_DEFINITIONS};
use crate::rbac::definition::Definition;
use crate::services::graph::permissions;
use crate::services::private_dns::LINKS;
use crate::services::private_endpoint::groups::group_ids;
use crate::world::Resource;

const ENDPOINTS: &str = "Microsoft.Network/privateEndpoints";
const DERIVED: &str = "privateEndpointConnections";

impl Rules<'_> {
    pub(super) fn impossible(&mut self) {
        let world = self.world;
        let roles = self.custom_roles();
        let mut linked = BTreeMap::new();
        for (index, resource) in world.resources.iter().enumerate() {
            let Ok(id) = ResourceId::parse(resource.id()) else {
                continue;
            };
            let is = |resource_type: &str| id.resource_type.eq_ignore_ascii_case(resource_type);
            let place = ["resources".into(), index.into(), "properties".into()];
            self.given_connections(&place, resource);
            if is(ROLE_ASSIGNMENTS) {
                self.role(&place, resource, &roles);
            } else if is(ENDPOINTS) {
                self.groups(&place, resource);
                self.region(index, resource);
            } else if is(LINKS) {
                self.zone_link(&place, &id, resource, &mut linked);
            }
        }
        self.graph_permissions();
    }

    /// Names of the role definitions that the world has.
    fn custom_roles(&self) -> BTreeSet<String> {
        let ids = self.world.resources.iter();
        ids.filter_map(|resource| ResourceId::parse(resource.id()).ok())
            .filter(|id| id.resource_type.eq_ignore_ascii_case(ROLE_DEFINITIONS))
            .map(|id| id.name.to_ascii_lowercase())
            .collect()
    }

    fn role(&mut self, place: &[Step<'_>], resource: &Resource, custom: &BTreeSet<String>) {
        let place = below(place, &["roleDefinitionId".into()]);
        let Some(role) = resource
            .properties()
            .get("roleDefinitionId")
            .and_then(Value::as_str)
        else {
            let title = "the role assignment names no role";
            self.problem(
                &place,
                title,
                "roleDefinitionId: the id of a role definition",
                "",
            );
            return;
        };
        let name = role
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let is_known =
            Definition::built_in(name).is_some() || custom.contains(&name.to_ascii_lowercase());
        if !is_known {
            self.missing(
                &["resources"],
                &place,
                format!("nobody knows the role {name}"),
                "a built-in role that the mock knows, or a role definition of this world",
                "write what it grants as a Microsoft.Authorization/roleDefinitions among the resources",
            );
        }
    }

    fn graph_permissions(&mut self) {
        let world = self.world;
        for (key, tenant) in &world.tenants {
            for (index, principal) in tenant.service_principals.iter().enumerate() {
                for (position, permission) in principal.graph_permissions.iter().enumerate() {
                    if permissions().any(|known| known == permission) {
                        continue;
                    }
                    let place = [
                        "tenants".into(),
                        key.into(),
                        "service-principals".into(),
                        index.into(),
                        "graph-permissions".into(),
                        position.into(),
                    ];
                    let title = format!("the mock knows no permission of Graph `{permission}`");
                    let all: BTreeSet<&str> = permissions().collect();
                    let all: Vec<&str> = all.into_iter().collect();
                    let hint = did_you_mean(permission, all.iter().copied())
                        .map(|meant| format!("did you mean `{meant}`?"));
                    let otherwise = "leave it out: nothing in the mock asks for it";
                    let hint = hint.unwrap_or_else(|| otherwise.to_owned());
                    let expected = "the name of an application permission of Microsoft Graph";
                    self.problem(&place, title, expected, &hint);
                }
            }
        }
    }

    fn given_connections(&mut self, place: &[Step<'_>], resource: &Resource) {
        let given = resource.properties().get(DERIVED);
        if given.is_some_and(|given| !given.is_null()) {
            self.key_problem(
                place,
                DERIVED,
                "connections of private endpoints are not written here",
                "nothing: they follow from the endpoints and from `approvals:`",
                "say in `approvals:` who was approved or refused",
            );
        }
    }

    /// Groups that the type of the target has; of types without a table, any.
    fn groups(&mut self, place: &[Step<'_>], endpoint: &Resource) {
        for array in [
            "manualPrivateLinkServiceConnections",
            "privateLinkServiceConnections",
        ] {
            let items = endpoint.properties().get(array).and_then(Value::as_array);
            for (index, item) in items.into_iter().flatten().enumerate() {
                let target = item.pointer("/properties/privateLinkServiceId");
                let target = target.and_then(Value::as_str).unwrap_or_default();
                let Ok(target) = ResourceId::parse(target) else {
                    continue;
                };
                let place = below(
                    place,
                    &[
                        array.into(),
                        index.into(),
                        "properties".into(),
                        "groupIds".into(),
                    ],
                );
                let groups = item
                    .pointer("/properties/groupIds")
                    .and_then(Value::as_array);
                for (position, group) in groups.into_iter().flatten().enumerate() {
                    let place = below(&place, &[position.into()]);
                    self.group(
                        &place,
                        &target.resource_type,
                        group.as_str().unwrap_or_default(),
                    );
                }
            }
        }
    }

    fn group(&mut self, place: &[Step<'_>], resource_type: &str, group: &str) {
        let known: Vec<&str> = group_ids(resource_type).collect();
        if known.is_empty() || known.iter().any(|own| own.eq_ignore_ascii_case(group)) {
            return;
        }
        let hint = did_you_mean(group, known.iter().copied())
            .map(|meant| format!("did you mean `{meant}`?"));
        self.problem(
            place,
            format!("a {resource_type} has no group `{group}`"),
            &known.join(", "),
            &hint.unwrap_or_default(),
        );
    }

    /// An endpoint stands in the region of its network (PITFALLS B25).
    fn region(&mut self, index: usize, endpoint: &Resource) {
        let subnet = endpoint
            .properties()
            .pointer("/subnet/id")
            .and_then(Value::as_str);
        let subnet = subnet.and_then(|id| ResourceId::parse(id).ok());
        let network = subnet.as_ref().and_then(ResourceId::parent);
        let known = network.and_then(|id| self.known.get(&id.to_ascii_lowercase()));
        let network = known.and_then(|known| self.world.resources.get(known.index?));
        let (Some(own), Some(theirs)) = (region(endpoint), network.and_then(region)) else {
            return;
        };
        if own != theirs {
            self.problem(
                &["resources".into(), index.into(), "location".into()],
                format!("the endpoint is in {own} and its network in {theirs}"),
                "one region: Azure makes endpoints in the region of their network only",
                "",
            );
        }
    }

    fn zone_link(
        &mut self,
        place: &[Step<'_>],
        id: &ResourceId,
        link: &Resource,
        linked: &mut BTreeMap<(String, String), String>,
    ) {
        let network = link
            .properties()
            .pointer("/virtualNetwork/id")
            .and_then(Value::as_str);
        let zone = id.parent().unwrap_or_default();
        let name = zone.rsplit('/').next().unwrap_or_default();
        let (Some(network), false) = (network, name.is_empty()) else {
            return;
        };
        let key = (network.to_ascii_lowercase(), name.to_ascii_lowercase());
        let first = linked.entry(key).or_insert_with(|| zone.to_owned());
        if !first.eq_ignore_ascii_case(zone) {
            let title = format!("the network is linked to a zone of this name already: {first}");
            let place = below(place, &["virtualNetwork".into(), "id".into()]);
            self.problem(&place, title, "one zone of a name for each network", "");
        }
    }
}

/// `Japan East` and `japaneast` are one.
fn region(resource: &Resource) -> Option<String> {
    let text = resource.text("location")?.to_ascii_lowercase();
    Some(text.split_whitespace().collect())
}
