//! What an official example refers to, made before it: by its own name, with as little as its type needs.

use serde_json::{Value, json};

use crate::client::Client;

/// Makes things that are not there.
pub(crate) struct Maker<'c, 's> {
    client: &'c mut Client<'s>,
    networks: u8,
    /// Where the example has what it makes.
    location: String,
}

impl<'c, 's> Maker<'c, 's> {
    /// A maker of things at the place that the example's body names.
    pub(crate) fn new(client: &'c mut Client<'s>, body: Option<&Value>) -> Self {
        let location = body.and_then(|it| it["location"].as_str());
        Self {
            client,
            networks: 0,
            location: location.unwrap_or("westus").to_owned(),
        }
    }

    /// Makes what the path of a request needs: all that it goes through, and its end unless the request makes it. Gives
    /// the path back with names that Azure chooses.
    pub(crate) fn prepare(&mut self, target: &str, is_new: bool) -> String {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut path = path.to_owned();
        if let Some((resource, _)) = path.split_once("/privateEndpointConnections/") {
            let resource = resource.to_owned();
            self.resource(&resource);
            path = self.connection(&resource);
        } else {
            let parts = path.split('/').count();
            // Pairs of type and name; an action stands alone at the end.
            let is_action = parts.is_multiple_of(2);
            let up_to = if is_new || is_action {
                path.rsplit_once('/').map_or("", |(before, _)| before)
            } else {
                &path
            };
            let up_to = up_to.to_owned();
            self.resource(&up_to);
        }
        if query.is_empty() {
            path
        } else {
            format!("{path}?{query}")
        }
    }

    /// Makes everything that a body names by its id.
    pub(crate) fn everything_in(&mut self, body: &Value) {
        match body {
            Value::Array(items) => items.iter().for_each(|it| self.everything_in(it)),
            Value::Object(map) => map.values().for_each(|it| self.everything_in(it)),
            Value::String(text) if text.starts_with("/subscriptions/") => self.resource(text),
            // Some examples leave the first slash out.
            Value::String(text) if text.starts_with("subscriptions/") => {
                self.resource(&format!("/{text}"));
            }
            _ => {}
        }
    }

    /// A secret, when a request is about one that must be there.
    pub(crate) fn secret(&mut self, target: &str, method: &str) {
        if method != "PUT" {
            self.client.ask("PUT", target, &[], br#"{"value": "a"}"#);
        }
    }

    /// A resource and all that it is in, when it is not there.
    fn resource(&mut self, id: &str) {
        let parts: Vec<&str> = id.split('/').skip(1).collect();
        if let ["subscriptions", _, "resourceGroups", ..] = parts[..]
            && parts.len() > 3
        {
            let group = format!("/{}", parts[..4].join("/"));
            self.put(&group, &json!({"location": "westus"}));
        }
        let Some(start) = parts.iter().position(|it| *it == "providers") else {
            return;
        };
        let provider = parts.get(start + 1).copied().unwrap_or_default();
        let mut kind = provider.to_owned();
        let mut at = start + 2;
        while at + 1 < parts.len() && parts[at] != "providers" {
            kind = format!("{kind}/{}", parts[at]);
            let id = format!("/{}", parts[..at + 2].join("/"));
            if let Some(body) = self.body(&kind.to_lowercase(), &id) {
                self.put(&id, &body);
            }
            at += 2;
        }
    }

    fn put(&mut self, id: &str, body: &Value) {
        if self.client.ask("GET", id, &[], b"").status == 404 {
            self.client.ask("PUT", id, &[], body.to_string().as_bytes());
        }
    }

    /// An endpoint to the resource, and the id of the connection that it makes.
    fn connection(&mut self, resource: &str) -> String {
        let group = if resource.contains("Microsoft.Storage") {
            "blob"
        } else {
            "vault"
        };
        let net = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network";
        let subnet = format!("{net}/virtualNetworks/home/subnets/endpoints");
        let asked = json!({"name": "e", "properties": {"privateLinkServiceId": resource, "groupIds": [group]}});
        let body = json!({
            "location": "japaneast",
            "properties": {"subnet": {"id": subnet}, "manualPrivateLinkServiceConnections": [asked]},
        });
        let endpoint = format!("{net}/privateEndpoints/e");
        self.client
            .ask("PUT", &endpoint, &[], body.to_string().as_bytes());
        let list = format!("{resource}/privateEndpointConnections");
        let answer = self.client.ask("GET", &list, &[], b"").answer();
        let all = answer["value"].as_array().cloned().unwrap_or_default();
        let ours = all
            .iter()
            .find(|it| it["properties"]["privateEndpoint"]["id"] == endpoint.as_str());
        ours.and_then(|it| it["id"].as_str())
            .unwrap_or_default()
            .to_owned()
    }

    /// What a resource of this type (in lower case) needs at least; nothing for a type that is not made by its own request.
    fn body(&mut self, kind: &str, id: &str) -> Option<Value> {
        let location = self.location.clone();
        let here = |properties: Value| json!({"location": location, "properties": properties});
        let home = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
        let body = match kind {
            "microsoft.network/virtualnetworks" => {
                // The first is the one that examples have their fixed addresses in.
                let space = format!("192.{}.0.0/16", 168 - u32::from(self.networks));
                self.networks += 1;
                here(json!({"addressSpace": {"addressPrefixes": [space]}}))
            }
            "microsoft.network/virtualnetworks/subnets" => {
                let (parent, _) = id.rsplit_once("/subnets/")?;
                let answer = self.client.ask("GET", parent, &[], b"").answer();
                let space = answer.pointer("/properties/addressSpace/addressPrefixes/0")?;
                let prefix = space.as_str()?.replace(".0.0/16", ".0.0/24");
                json!({"properties": {"addressPrefix": prefix}})
            }
            "microsoft.network/networkmanagers" => here(json!({
                "networkManagerScopes": {"subscriptions": [home]},
                "networkManagerScopeAccesses": ["Connectivity"],
            })),
            "microsoft.network/networkmanagers/networkgroups" => json!({"properties": {}}),
            "microsoft.network/networkmanagers/networkgroups/staticmembers" => {
                let network = format!(
                    "{home}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home"
                );
                json!({"properties": {"resourceId": network}})
            }
            "microsoft.network/networkmanagers/scopeconnections" => json!({"properties": {
                "tenantId": "22222222-2222-2222-2222-222222222222",
                "resourceId": "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb",
            }}),
            "microsoft.network/networkmanagers/connectivityconfigurations" => {
                let (manager, _) = id.split_once("/connectivityConfigurations/")?;
                let group = format!("{manager}/networkGroups/seed");
                self.put(&group, &json!({"properties": {}}));
                json!({"properties": {
                    "connectivityTopology": "Mesh",
                    "appliesToGroups": [{"networkGroupId": group, "groupConnectivity": "None"}],
                }})
            }
            "microsoft.network/networkmanagerconnections" => {
                let manager = format!(
                    "{home}/resourceGroups/net/providers/Microsoft.Network/networkManagers/seed"
                );
                self.resource(&manager);
                json!({"properties": {"networkManagerId": manager}})
            }
            "microsoft.network/networkinterfaces" => {
                let subnet = format!(
                    "{home}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home/subnets/endpoints"
                );
                let one = json!({"name": "one", "properties": {"subnet": {"id": subnet}}});
                json!({"location": "japaneast", "properties": {"ipConfigurations": [one]}})
            }
            "microsoft.network/networkwatchers" => json!({"location": location}),
            "microsoft.network/networksecuritygroups" | "microsoft.network/routetables" => {
                here(json!({}))
            }
            "microsoft.network/privatednszones" => json!({"location": "Global"}),
            "microsoft.network/privatednszones/virtualnetworklinks" => {
                let network = format!(
                    "{home}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home"
                );
                json!({"location": "Global", "properties": {"virtualNetwork": {"id": network}, "registrationEnabled": false}})
            }
            "microsoft.network/privatednszones/a" => {
                json!({"properties": {"ttl": 60, "aRecords": [{"ipv4Address": "10.0.0.9"}]}})
            }
            "microsoft.network/privatednszones/aaaa" => {
                json!({"properties": {"ttl": 60, "aaaaRecords": [{"ipv6Address": "fd00::9"}]}})
            }
            "microsoft.network/privatednszones/cname" => {
                json!({"properties": {"ttl": 60, "cnameRecord": {"cname": "a.test"}}})
            }
            "microsoft.network/privatednszones/mx" => {
                json!({"properties": {"ttl": 60, "mxRecords": [{"preference": 0, "exchange": "a.test"}]}})
            }
            "microsoft.network/privatednszones/ptr" => {
                json!({"properties": {"ttl": 60, "ptrRecords": [{"ptrdname": "a.test"}]}})
            }
            "microsoft.network/privatednszones/srv" => {
                json!({"properties": {"ttl": 60, "srvRecords": [{"priority": 0, "weight": 1, "port": 80, "target": "a.test"}]}})
            }
            "microsoft.network/privatednszones/txt" => {
                json!({"properties": {"ttl": 60, "txtRecords": [{"value": ["a"]}]}})
            }
            "microsoft.network/privateendpoints" => {
                let subnet = format!(
                    "{home}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home/subnets/endpoints"
                );
                let vault = format!(
                    "{home}/resourceGroups/app/providers/Microsoft.KeyVault/vaults/kv-home"
                );
                let one = json!({"name": "one", "properties": {"privateLinkServiceId": vault, "groupIds": ["vault"]}});
                json!({"location": "japaneast", "properties": {"subnet": {"id": subnet}, "privateLinkServiceConnections": [one]}})
            }
            "microsoft.network/privateendpoints/privatednszonegroups" => {
                let zone = format!(
                    "{home}/resourceGroups/net/providers/Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net"
                );
                json!({"properties": {"privateDnsZoneConfigs": [{"name": "one", "properties": {"privateDnsZoneId": zone}}]}})
            }
            "microsoft.keyvault/vaults" => here(json!({
                "tenantId": crate::client::HOME,
                "sku": {"family": "A", "name": "standard"},
                "accessPolicies": [],
            })),
            "microsoft.storage/storageaccounts" => {
                json!({"location": location, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": {}})
            }
            "microsoft.authorization/roledefinitions" => json!({"properties": {
                "roleName": "seed",
                "type": "CustomRole",
                "permissions": [{"actions": ["Microsoft.Network/*/read"]}],
                "assignableScopes": [home],
            }}),
            "microsoft.web/sites" => here(json!({})),
            "microsoft.managedidentity/userassignedidentities" => json!({"location": location}),
            "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials" => {
                json!({"properties": {
                    "issuer": "https://token.actions.githubusercontent.com",
                    "subject": "repo:contoso/orders:ref:refs/heads/main",
                    "audiences": ["api://AzureADTokenExchange"],
                }})
            }
            _ => return None,
        };
        Some(body)
    }
}
