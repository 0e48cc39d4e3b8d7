//! What resources and approvals point at: subnets, zones, networks, all of which must be in the world, and targets of
//! endpoints, which may have been deleted since.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Rules;
use super::network::SUBNET;
use super::place::{Step, below};
use crate::ids::ResourceId;

const NETWORK: &str = "Microsoft.Network/virtualNetworks";
const PRIVATE_ENDPOINT: &str = "Microsoft.Network/privateEndpoints";
const ZONE: &str = "Microsoft.Network/privateDnsZones";

impl Rules<'_> {
    pub(super) fn links(&mut self) {
        let world = self.world;
        for (index, resource) in world.resources.iter().enumerate() {
            let Ok(id) = ResourceId::parse(resource.id()) else {
                continue;
            };
            let properties = resource.properties();
            let place = ["resources".into(), index.into(), "properties".into()];
            match id.resource_type.to_ascii_lowercase().as_str() {
                "microsoft.network/privateendpoints" => self.endpoint(&place, properties),
                "microsoft.network/privateendpoints/privatednszonegroups" => {
                    self.zone_group(&place, properties)
                }
                "microsoft.network/privatednszones/virtualnetworklinks" => {
                    self.required(&place, properties, &["virtualNetwork", "id"], NETWORK);
                }
                _ => {}
            }
        }
        self.approvals();
    }

    fn endpoint(&mut self, place: &[Step<'_>], properties: &Value) {
        self.required(place, properties, &["subnet", "id"], SUBNET);
        let mut connections = 0;
        for array in [
            "manualPrivateLinkServiceConnections",
            "privateLinkServiceConnections",
        ] {
            let items = properties.get(array).and_then(Value::as_array);
            for (index, item) in items.into_iter().flatten().enumerate() {
                connections += 1;
                let place = below(place, &[array.into(), index.into(), "properties".into()]);
                self.connection(&place, item.get("properties").unwrap_or(&Value::Null));
            }
        }
        if connections == 0 {
            let expected =
                "an item in manualPrivateLinkServiceConnections or privateLinkServiceConnections";
            self.problem(
                place,
                "the private endpoint asks for no connection",
                expected,
                "",
            );
        }
    }

    fn connection(&mut self, place: &[Step<'_>], properties: &Value) {
        let steps = below(place, &["privateLinkServiceId".into()]);
        match properties
            .get("privateLinkServiceId")
            .and_then(Value::as_str)
        {
            None => self.problem(
                &steps,
                "the connection names no target",
                "privateLinkServiceId: a resource id",
                "",
            ),
            // A target that the world does not have was deleted: the connection is `Disconnected` then (PITFALLS B03).
            Some(id) => {
                if let Err(why) = ResourceId::parse(id) {
                    let title = format!("not an ARM resource id: it {why}");
                    self.problem(&steps, title, "the id of the resource to connect to", "");
                }
            }
        }
        let groups = properties
            .get("groupIds")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        if groups == 0 {
            self.problem(
                &below(place, &["groupIds".into()]),
                "the connection names no group",
                "groupIds: [vault]",
                "",
            );
        }
    }

    fn zone_group(&mut self, place: &[Step<'_>], properties: &Value) {
        let configurations = properties
            .get("privateDnsZoneConfigs")
            .and_then(Value::as_array);
        for (index, item) in configurations.into_iter().flatten().enumerate() {
            let place = below(
                place,
                &[
                    "privateDnsZoneConfigs".into(),
                    index.into(),
                    "properties".into(),
                ],
            );
            let properties = item.get("properties").unwrap_or(&Value::Null);
            self.required(&place, properties, &["privateDnsZoneId"], ZONE);
        }
    }

    pub(super) fn required(
        &mut self,
        place: &[Step<'_>],
        value: &Value,
        path: &[&'static str],
        resource_type: &str,
    ) {
        let steps = below(
            place,
            &path.iter().map(|key| Step::Key(key)).collect::<Vec<_>>(),
        );
        let found = path
            .iter()
            .try_fold(value, |value, key| value.get(key))
            .and_then(Value::as_str);
        match found {
            Some(id) => self.points_at(&steps, id, resource_type),
            None => {
                let title = format!("{} is missing", path.join("."));
                self.problem(&steps, title, &format!("the id of a {resource_type}"), "");
            }
        }
    }

    fn approvals(&mut self) {
        let world = self.world;
        let mut seen = BTreeSet::new();
        for (index, approval) in world.approvals.iter().enumerate() {
            let place = ["approvals".into(), index.into()];
            let endpoint = below(&place, &["private-endpoint".into()]);
            self.points_at(&endpoint, &approval.private_endpoint, PRIVATE_ENDPOINT);
            let resource = below(&place, &["resource".into()]);
            if !self.asks(&approval.private_endpoint, &approval.resource) {
                let title = "the endpoint does not ask this resource for a connection";
                let expected = "the privateLinkServiceId of one of the endpoint's connections";
                self.problem(&resource, title, expected, "");
            }
            if !seen.insert((
                approval.resource.to_ascii_lowercase(),
                approval.private_endpoint.to_ascii_lowercase(),
            )) {
                let title = "another row speaks of the same connection";
                self.problem(&place, title, "one row per resource and endpoint", "");
            }
        }
    }

    /// Does the endpoint ask for this resource? True for endpoints that the world lacks: that is a problem of its own.
    fn asks(&self, endpoint: &str, resource: &str) -> bool {
        let Some(known) = self.known.get(&endpoint.to_ascii_lowercase()) else {
            return true;
        };
        let endpoint = known
            .index
            .and_then(|index| self.world.resources.get(index));
        let Some(endpoint) = endpoint else {
            return true;
        };
        let connections = [
            "manualPrivateLinkServiceConnections",
            "privateLinkServiceConnections",
        ]
        .into_iter()
        .filter_map(|array| endpoint.properties().get(array)?.as_array())
        .flatten();
        connections
            .filter_map(|item| item.pointer("/properties/privateLinkServiceId")?.as_str())
            .any(|target| target.eq_ignore_ascii_case(resource))
    }
}
