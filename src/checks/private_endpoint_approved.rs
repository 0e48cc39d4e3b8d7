//! Is the private endpoint connected to its target, as its own tenant sees it, and which addresses does it have?
//!
//! Asks ARM for the endpoint and its network interfaces as the home tenant's auditor. A connection that is `Approved`,
//! to the right resource and group, with an address per name, holds. Manual and automatic connections stand in two
//! arrays, and connections to another tenant stand in the manual one: both are read.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::wire::{Pointer, Resource, explaining, lenient, list_of, same_id};
use crate::ask::Ask;
use crate::ids::ResourceId;
use crate::outcome::{
    AddressesByName, Asks, Card, Cause, FactSpec, FactType, Facts, Heals, NoAnswer, Owner, Permission, Plane, Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// The private endpoint's connection is approved.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PrivateEndpointApproved {
    /// The private endpoint.
    private_endpoint: ResourceId,
    /// The resource it must be connected to.
    target: Option<ResourceId>,
    /// The sub-resource (group id) it must be connected to, such as `vault` or `blob`.
    group: Option<String>,
}

/// The endpoint, if there is one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    endpoint: Option<Endpoint>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Endpoint {
    provisioning_state: String,
    connections: Vec<Connection>,
    addresses: AddressesByName,
    /// Addresses that no name goes with.
    nameless: Vec<IpAddr>,
    /// Other endpoints of the subscription for the same target whose zone group writes into the same zone.
    rivals: Vec<Rival>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Connection {
    manual: bool,
    target: String,
    groups: Vec<String>,
    status: String,
    description: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Rival {
    endpoint: String,
    zone: String,
}

impl Check for PrivateEndpointApproved {
    const CARD: Card = Card {
        id: "private-endpoint-approved",
        sentence: "the private endpoint is connected to its target and approved",
        about: "Reads the endpoint on the consumer's side, its manual and its automatic connections, and the addresses of its \
                network interfaces. `Approved`, the right target and group, and at least one address with a name hold.",
        asks: Asks::Arm("private-endpoint"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[
            FactSpec { name: "addresses", fact_type: FactType::Addresses, about: "the endpoint's addresses per public name" },
            FactSpec { name: "private-endpoint", fact_type: FactType::ResourceId, about: "the endpoint itself" },
            FactSpec { name: "target", fact_type: FactType::ResourceId, about: "the resource it is connected to" },
        ],
        permissions: &[
            Permission::Action("Microsoft.Network/privateEndpoints/read"),
            Permission::Action("Microsoft.Network/privateEndpoints/privateDnsZoneGroups/read"),
            Permission::Action("Microsoft.Network/networkInterfaces/read"),
        ],
        causes: CAUSES,
        warnings: &[Cause {
            id: "record-contended",
            on: &[],
            owner: Owner::Asked,
            heals: Heals::Never,
            says: "{rival} is a second endpoint for the same resource and writes the same record of {contended-zone}: the last writer wins, and deleting either removes the record",
            fix: &[
                "az network private-endpoint dns-zone-group list --subscription {rival.subscription} --resource-group {rival.group} --endpoint-name {rival.name}",
                "az network private-endpoint delete --ids {rival}",
            ],
            source: "PITFALLS B13; private-endpoint-dns.md",
        }],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let Some(read) = ask.arm::<Resource<EndpointProperties>>(&self.private_endpoint).await? else {
            return Ok(Seen { endpoint: None });
        };
        let endpoint = read.properties;
        let mut addresses = AddressesByName::default();
        let mut nameless = Vec::new();
        for interface in endpoint.network_interfaces.iter().filter_map(|pointer| pointer.id.parse::<ResourceId>().ok()) {
            let Some(read) = ask.arm::<Resource<InterfaceProperties>>(&interface).await? else { continue };
            for configuration in read.properties.ip_configurations.into_iter().map(|item| item.properties) {
                let Ok(address) = configuration.private_ip_address.parse::<IpAddr>() else { continue };
                let fqdns = configuration.private_link_connection_properties.fqdns;
                fqdns.iter().for_each(|name| addresses.add(name, address));
                if fqdns.is_empty() {
                    nameless.push(address);
                }
            }
        }
        // An interface may lack names; the endpoint then says them itself.
        for config in &endpoint.custom_dns_configs {
            for address in config.ip_addresses.iter().filter_map(|text| text.parse().ok()) {
                if nameless.contains(&address) || addresses.is_empty() || !addresses.of(&config.fqdn).is_empty() {
                    addresses.add(&config.fqdn, address);
                    nameless.retain(|other| *other != address);
                }
            }
        }
        let connections = endpoint.connections();
        let rivals = self.rivals(ask, &connections).await;
        let provisioning_state = endpoint.provisioning_state;
        Ok(Seen { endpoint: Some(Endpoint { provisioning_state, connections, addresses, nameless, rivals }) })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(endpoint) = &seen.endpoint else {
            return Reason::new("missing").expected(&self.private_endpoint).observed("no such resource").into();
        };
        let is = |state: &str| endpoint.provisioning_state.eq_ignore_ascii_case(state);
        if is("Failed") || is("Canceled") {
            return Reason::new("provisioning-failed").expected("Succeeded").observed(&endpoint.provisioning_state).into();
        }
        if is("Creating") || is("Updating") || is("Deleting") {
            return Reason::new("not-provisioned").expected("Succeeded").observed(&endpoint.provisioning_state).into();
        }
        if endpoint.connections.is_empty() {
            return Reason::new("no-connection").expected("a connection").observed("neither a manual nor an automatic one").into();
        }
        let connection = match self.wanted(&endpoint.connections) {
            Ok(connection) => connection,
            Err(reason) => return reason.into(),
        };
        let reason = |cause| {
            let observed = match connection.description.as_str() {
                "" => connection.status.clone(),
                description => format!("{} ({description})", connection.status),
            };
            Reason::new(cause)
                .expected("Approved")
                .observed(if observed.is_empty() { "no state".to_owned() } else { observed })
                .with("target", &connection.target)
                .with("connection-query", format!("[?properties.privateEndpoint.id=='{}'].id", self.private_endpoint))
        };
        match connection.status.to_ascii_lowercase().as_str() {
            "approved" => {}
            "pending" => return reason("pending").into(),
            "rejected" => return reason("rejected").into(),
            "disconnected" | "removed" => return reason("disconnected").into(),
            _ => return reason("unknown-state").into(),
        }
        if endpoint.addresses.is_empty() {
            let observed = match endpoint.nameless.as_slice() {
                [] => "no address".to_owned(),
                nameless => format!("{}, without a name", list_of(nameless)),
            };
            return Reason::new("no-address").expected("an address for each public name").observed(observed).into();
        }
        let contended = |rival: &Rival| {
            Reason::new("record-contended")
                .observed(&rival.endpoint)
                .with("rival", &rival.endpoint)
                .with("contended-zone", &rival.zone)
        };
        Verdict::holds_but(endpoint.rivals.iter().map(contended).collect())
    }

    fn facts(&self, seen: &Seen) -> Facts {
        let Some(endpoint) = &seen.endpoint else { return Facts::none() };
        let facts = Facts::none().with("addresses", &endpoint.addresses).with("private-endpoint", &self.private_endpoint);
        let connected = self.wanted(&endpoint.connections).ok().and_then(|connection| connection.target.parse().ok());
        match connected.or_else(|| self.target.clone()) {
            Some(target) => facts.with("target", &target),
            None => facts,
        }
    }
}

impl PrivateEndpointApproved {
    /// The connection that is meant. What Azure does not state is not held against it.
    fn wanted<'a>(&self, connections: &'a [Connection]) -> Result<&'a Connection, Reason> {
        let to_target = |connection: &&Connection| {
            self.target.as_ref().is_none_or(|target| connection.target.is_empty() || same_id(target, &connection.target))
        };
        let of_group = |connection: &&Connection| {
            self.group.as_ref().is_none_or(|group| {
                connection.groups.is_empty() || connection.groups.iter().any(|own| own.eq_ignore_ascii_case(group))
            })
        };
        let right: Vec<&Connection> = connections.iter().filter(to_target).collect();
        let Some(first) = right.first() else {
            return Err(Reason::new("wrong-target")
                .expected(self.target.as_ref().map_or("", ResourceId::as_str))
                .observed(list_of(connections.iter().map(|connection| &connection.target))));
        };
        right.iter().copied().find(|connection| of_group(connection)).ok_or_else(|| {
            Reason::new("wrong-group")
                .expected(self.group.as_deref().unwrap_or_default())
                .observed(list_of(&first.groups))
                .with("target", &first.target)
        })
    }

    /// Endpoints of the same subscription that are after the same record. A list that may not be read explains nothing.
    async fn rivals(&self, ask: &Ask, connections: &[Connection]) -> Vec<Rival> {
        let Some(subscription) = self.private_endpoint.subscription() else { return Vec::new() };
        let all = format!("/subscriptions/{subscription}/providers/Microsoft.Network/privateEndpoints");
        let Ok(all) = all.parse::<ResourceId>() else { return Vec::new() };
        let others = explaining(ask.arm_list::<Resource<EndpointProperties>>(&all, &[]).await).unwrap_or_default();
        let same_target = |other: &&Resource<EndpointProperties>| {
            let theirs = other.properties.connections();
            !same_id(&self.private_endpoint, &other.id) && theirs.iter().any(|their| connections.iter().any(|own| own.rivals(their)))
        };
        let rivals: Vec<ResourceId> = others.iter().filter(same_target).filter_map(|other| other.id.parse().ok()).collect();
        if rivals.is_empty() {
            return Vec::new();
        }
        let own_zones = zones(ask, &self.private_endpoint).await;
        let mut found = Vec::new();
        for rival in rivals {
            let shared = zones(ask, &rival).await.into_iter().find(|zone| own_zones.iter().any(|own| own.eq_ignore_ascii_case(zone)));
            found.extend(shared.map(|zone| Rival { endpoint: rival.to_string(), zone }));
        }
        found
    }
}

impl Connection {
    /// Whether both stand for the same record: the same group of the same resource.
    fn rivals(&self, other: &Self) -> bool {
        let same_group = self.groups.iter().any(|own| other.groups.iter().any(|their| own.eq_ignore_ascii_case(their)));
        !self.target.is_empty() && self.target.eq_ignore_ascii_case(&other.target) && same_group
    }
}

/// The zones that an endpoint's zone groups write into.
async fn zones(ask: &Ask, endpoint: &ResourceId) -> Vec<String> {
    let groups = ask.arm_list::<Resource<ZoneGroupProperties>>(&endpoint.child("privateDnsZoneGroups"), &[]).await;
    let configs = explaining(groups).unwrap_or_default().into_iter().flat_map(|group| group.properties.private_dns_zone_configs);
    configs.map(|config| config.properties.private_dns_zone_id).collect()
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct EndpointProperties {
    #[serde(deserialize_with = "lenient")]
    provisioning_state: String,
    #[serde(deserialize_with = "lenient")]
    private_link_service_connections: Vec<Resource<ConnectionProperties>>,
    #[serde(deserialize_with = "lenient")]
    manual_private_link_service_connections: Vec<Resource<ConnectionProperties>>,
    #[serde(deserialize_with = "lenient")]
    network_interfaces: Vec<Pointer>,
    #[serde(deserialize_with = "lenient")]
    custom_dns_configs: Vec<CustomDnsConfig>,
}

impl EndpointProperties {
    /// Both arrays as one.
    fn connections(&self) -> Vec<Connection> {
        let of = |items: &[Resource<ConnectionProperties>], manual| -> Vec<Connection> {
            let connection = |item: &Resource<ConnectionProperties>| {
                let own = &item.properties;
                Connection {
                    manual,
                    target: own.private_link_service_id.clone(),
                    groups: own.group_ids.clone(),
                    status: own.private_link_service_connection_state.status.trim().to_owned(),
                    description: own.private_link_service_connection_state.description.clone(),
                }
            };
            items.iter().map(connection).collect()
        };
        let mut both = of(&self.manual_private_link_service_connections, true);
        both.extend(of(&self.private_link_service_connections, false));
        both
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ConnectionProperties {
    #[serde(deserialize_with = "lenient")]
    private_link_service_id: String,
    #[serde(deserialize_with = "lenient")]
    group_ids: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    private_link_service_connection_state: ConnectionState,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ConnectionState {
    #[serde(deserialize_with = "lenient")]
    status: String,
    #[serde(deserialize_with = "lenient")]
    description: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CustomDnsConfig {
    #[serde(deserialize_with = "lenient")]
    fqdn: String,
    #[serde(deserialize_with = "lenient")]
    ip_addresses: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct InterfaceProperties {
    #[serde(deserialize_with = "lenient")]
    ip_configurations: Vec<Resource<IpConfiguration>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct IpConfiguration {
    #[serde(rename = "privateIPAddress", deserialize_with = "lenient")]
    private_ip_address: String,
    #[serde(deserialize_with = "lenient")]
    private_link_connection_properties: PrivateLinkConnection,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PrivateLinkConnection {
    #[serde(deserialize_with = "lenient")]
    fqdns: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ZoneGroupProperties {
    #[serde(deserialize_with = "lenient")]
    private_dns_zone_configs: Vec<Resource<ZoneConfig>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ZoneConfig {
    #[serde(deserialize_with = "lenient")]
    private_dns_zone_id: String,
}

/// Takes the endpoint away; without the flag `--manual-request` a connection to another tenant cannot be asked for.
const DELETE: &str = "az network private-endpoint delete --ids {private-endpoint}";
const CREATE: &str = "az network private-endpoint create --subscription {private-endpoint.subscription} --resource-group {private-endpoint.group} --name {private-endpoint.name} --subnet \"$SUBNET_ID\" --connection-name {private-endpoint.name} --private-connection-resource-id {target} --group-id {group} --manual-request true";

const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no private endpoint {private-endpoint}",
        fix: &["az network private-endpoint list --subscription {private-endpoint.subscription} --output table", CREATE],
        source: "API.md §4; specs/network/2024-01-01/privateEndpoint.json",
    },
    Cause {
        id: "provisioning-failed",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "creating or changing the private endpoint {private-endpoint} failed",
        fix: &["az network private-endpoint show --ids {private-endpoint}", DELETE, CREATE],
        source: "API.md §4; specs/network/2024-01-01/privateEndpoint.json",
    },
    Cause {
        id: "not-provisioned",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "the private endpoint {private-endpoint} is still being created or changed",
        fix: &["az network private-endpoint wait --ids {private-endpoint} --custom \"provisioningState=='Succeeded'\""],
        source: "API.md §4; specs/network/2024-01-01/privateEndpoint.json",
    },
    Cause {
        id: "no-connection",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the private endpoint {private-endpoint} asks for no connection at all",
        fix: &[DELETE, CREATE],
        source: "PITFALLS B02; PrivateEndpointGetForManualApproval.json",
    },
    Cause {
        id: "wrong-target",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the private endpoint {private-endpoint} leads to another resource",
        fix: &[DELETE, CREATE],
        source: "API.md §4 (privateLinkServiceId)",
    },
    Cause {
        id: "wrong-group",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the private endpoint {private-endpoint} leads to another sub-resource of {target}; each needs an endpoint of its own",
        fix: &[DELETE, CREATE],
        source: "PITFALLS B26; private-endpoint-overview.md",
    },
    Cause {
        id: "pending",
        on: &[],
        owner: Owner::Of("target"),
        heals: Heals::Never,
        says: "nobody has approved the connection of {private-endpoint} yet; across tenants the owner of the target must do it by hand",
        fix: &[
            "az network private-endpoint-connection list --id {target} --output table",
            "az network private-endpoint-connection approve --id \"$(az network private-endpoint-connection list --id {target} --query {connection-query} --output tsv)\" --description approved",
        ],
        source: "PITFALLS B01; private-endpoint-overview.md",
    },
    Cause {
        id: "rejected",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the owner of the target rejected the connection of {private-endpoint}; agree with them, then create the endpoint anew",
        fix: &[DELETE, CREATE],
        source: "PITFALLS B04; private-endpoint-overview.md",
    },
    Cause {
        id: "disconnected",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the owner of the target removed the connection of {private-endpoint}, which is of no use any more; create it anew",
        fix: &[DELETE, CREATE],
        source: "PITFALLS B03; private-endpoint-overview.md, private-link-diagnostics.md",
    },
    Cause {
        id: "unknown-state",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the connection of {private-endpoint} is in a state that is not known here",
        fix: &["az network private-endpoint show --ids {private-endpoint}"],
        source: "API.md §4 (status is a free text)",
    },
    Cause {
        id: "no-address",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the private endpoint {private-endpoint} is approved and has no address for any name",
        fix: &["az network private-endpoint show --ids {private-endpoint} --query \"[networkInterfaces, customDnsConfigs]\"", DELETE, CREATE],
        source: "API.md §4 (networkInterfaces, customDnsConfigs)",
    },
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::testing::{broken, check, judged, warned};

    const ENDPOINT: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/privateEndpoints/vault";
    const VAULT: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv";

    fn subject() -> PrivateEndpointApproved {
        check(json!({"private-endpoint": ENDPOINT, "target": VAULT, "group": "vault"}))
    }

    fn healthy() -> Endpoint {
        let mut addresses = AddressesByName::default();
        addresses.add("kv.vault.azure.net", "10.1.0.4".parse().unwrap());
        let connection = Connection {
            manual: true,
            target: VAULT.to_uppercase(),
            groups: vec!["Vault".to_owned()],
            status: "approved".to_owned(),
            description: String::new(),
        };
        Endpoint { provisioning_state: "Succeeded".to_owned(), connections: vec![connection], addresses, ..Endpoint::default() }
    }

    fn with(change: impl FnOnce(&mut Endpoint)) -> Seen {
        let mut endpoint = healthy();
        change(&mut endpoint);
        Seen { endpoint: Some(endpoint) }
    }

    #[test]
    fn an_approved_connection_holds_whatever_the_casing_and_gives_its_facts() {
        let seen = with(|_| {});
        assert_eq!(judged(&subject(), &seen), Verdict::Holds);
        let facts = subject().facts(&seen);
        assert!(["addresses", "private-endpoint", "target"].iter().all(|name| facts.get(name).is_some()));
    }

    #[test]
    fn what_azure_does_not_state_is_no_finding() {
        let seen = with(|endpoint| {
            endpoint.provisioning_state = "Relaxing".to_owned();
            endpoint.connections[0].target.clear();
            endpoint.connections[0].groups.clear();
        });
        assert_eq!(judged(&subject(), &seen), Verdict::Holds);
        assert!(subject().facts(&seen).get("target").is_some());
    }

    #[test]
    fn an_absent_endpoint_is_missing() {
        broken(&subject(), &Seen { endpoint: None }, "missing");
    }

    #[test]
    fn an_unfinished_endpoint_may_heal_and_a_failed_one_not() {
        broken(&subject(), &with(|endpoint| endpoint.provisioning_state = "Updating".to_owned()), "not-provisioned");
        broken(&subject(), &with(|endpoint| endpoint.provisioning_state = "Failed".to_owned()), "provisioning-failed");
    }

    #[test]
    fn an_endpoint_must_lead_somewhere_and_to_the_right_place() {
        broken(&subject(), &with(|endpoint| endpoint.connections.clear()), "no-connection");
        broken(&subject(), &with(|endpoint| endpoint.connections[0].target = format!("{VAULT}-other")), "wrong-target");
        broken(&subject(), &with(|endpoint| endpoint.connections[0].groups = vec!["blob".to_owned()]), "wrong-group");
    }

    #[test]
    fn each_state_of_the_connection_has_its_cause() {
        for (status, cause) in [
            ("Pending", "pending"),
            ("Rejected", "rejected"),
            ("Disconnected", "disconnected"),
            ("Pondering", "unknown-state"),
            ("", "unknown-state"),
        ] {
            broken(&subject(), &with(|endpoint| endpoint.connections[0].status = status.to_owned()), cause);
        }
        let pending = broken(&subject(), &with(|endpoint| endpoint.connections[0].status = "Pending".to_owned()), "pending");
        assert!(pending.values["target"].eq_ignore_ascii_case(VAULT));
    }

    #[test]
    fn an_endpoint_without_an_address_for_a_name_is_of_no_use() {
        let reason = broken(&subject(), &with(|endpoint| {
            endpoint.addresses = AddressesByName::default();
            endpoint.nameless = vec!["10.1.0.4".parse().unwrap()];
        }), "no-address");
        assert_eq!(reason.observed.as_deref(), Some("10.1.0.4, without a name"));
    }

    #[test]
    fn a_second_endpoint_for_the_same_record_is_a_warning() {
        let rival = Rival { endpoint: format!("{ENDPOINT}-2"), zone: "/z".to_owned() };
        warned(&subject(), &with(|endpoint| endpoint.rivals.push(rival)), "record-contended");
    }

    #[test]
    fn both_arrays_of_connections_are_read() {
        let properties: EndpointProperties = serde_json::from_value(json!({
            "privateLinkServiceConnections": null,
            "manualPrivateLinkServiceConnections": [{"name": "c", "properties": {
                "privateLinkServiceId": VAULT, "groupIds": ["vault"],
                "privateLinkServiceConnectionState": {"status": "Pending", "description": null}
            }}]
        }))
        .unwrap();
        let connections = properties.connections();
        assert_eq!((connections.len(), connections[0].manual, connections[0].status.as_str()), (1, true, "Pending"));
    }
}
