//! What clients do: one act of each sort, with names that meet again.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::{HOME_SUBSCRIPTION, RESOURCE_SUBSCRIPTION, version};
use crate::auth::Audience;
use crate::context::Context;
use crate::services::testing::{
    ACCOUNT, HOME, HOME_AUDITOR, HOME_WRITER, NET, RESOURCE, RESOURCE_WRITER, VAULT, ask,
};

const APP_OBJECT: &str = "0c000000-0000-4000-8000-000000000001";

/// Numbers that look random and are the same in every run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % 1_000_003).unwrap() % sides
    }

    pub(super) fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.roll(all.len())]
    }

    fn name(&mut self) -> String {
        format!("n{}", self.roll(2))
    }
}

pub(super) fn arm(context: &Context, method: Method, path: &str, body: Option<&Value>) -> u16 {
    let home = !path.starts_with(RESOURCE_SUBSCRIPTION);
    let (tenant, object) = if home {
        (HOME, HOME_WRITER)
    } else {
        (RESOURCE, RESOURCE_WRITER)
    };
    let version = version(path);
    let mark = if path.contains('?') { '&' } else { '?' };
    let url = format!("management.azure.com{path}{mark}api-version={version}");
    let asked = ask(context, method, &url).bearing(tenant, object, Audience::Arm);
    match body {
        Some(body) => asked.body(body).json().0,
        None => asked.json().0,
    }
}

fn graph(context: &Context, method: Method, path: &str, body: &Value) -> (u16, Value) {
    ask(context, method, &format!("graph.microsoft.com/v1.0/{path}"))
        .body(body)
        .bearing(HOME, HOME_AUDITOR, Audience::Graph)
        .json()
}

fn vault(context: &Context, method: Method, path: &str, body: &Value) -> u16 {
    let url = format!("kv-resource.vault.azure.net/{path}?api-version=7.4");
    ask(context, method, &url)
        .bearing(RESOURCE, RESOURCE_WRITER, Audience::KeyVault)
        .by("10.1.0.4")
        .body(body)
        .json()
        .0
}

fn blob(
    context: &Context,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> u16 {
    let url = format!("stresource.blob.core.windows.net/{path}");
    let asked = ask(context, method, &url)
        .with("x-ms-version", "2026-10-06")
        .bearing(RESOURCE, RESOURCE_WRITER, Audience::Storage)
        .by("10.1.0.5")
        .bytes(body.to_owned());
    let asked = headers
        .iter()
        .fold(asked, |it, (name, value)| it.with(name, value));
    asked.reply().status.as_u16()
}

/// Ids of resources that are there and whose id contains this.
fn ids(context: &Context, part: &str) -> Vec<String> {
    let state = context.state();
    let all = state.resources().filter(|it| it.id.contains(part));
    all.map(|it| it.id.clone()).collect()
}

/// What the data is read over: without it every later answer would be the same refusal.
fn is_way_in(id: &str) -> bool {
    let ways = [
        "/privateEndpoints/vault",
        "/privateEndpoints/blob",
        "/virtualNetworks/home",
    ];
    ways.iter().any(|it| id.ends_with(it))
}

/// One thing that a client does, and whether it was done.
pub(super) type Act = fn(&Context, &mut Dice) -> u16;

pub(super) const ACTS: &[(&str, Act)] = &[
    ("network", |context, dice| {
        let at = dice.roll(2);
        let path = format!("{NET}/virtualNetworks/n{at}");
        let subnet = format!("10.{}.{}.0/24", 50 + at, dice.roll(9));
        let body = json!({"location": "japaneast", "tags": {"a": dice.name()}, "properties": {
            "addressSpace": {"addressPrefixes": [format!("10.{}.0.0/16", 50 + at)]},
            "subnets": [{"name": "s", "properties": {"addressPrefix": subnet}}],
        }});
        arm(context, Method::PUT, &path, Some(&body))
    }),
    ("peering", |context, dice| {
        let (from, to) = (dice.name(), dice.name());
        let path = format!("{NET}/virtualNetworks/{from}/virtualNetworkPeerings/{to}");
        let remote = format!("{NET}/virtualNetworks/{to}");
        let body = json!({"properties": {"remoteVirtualNetwork": {"id": remote}, "allowVirtualNetworkAccess": true}});
        arm(context, Method::PUT, &path, Some(&body))
    }),
    ("endpoint", |context, dice| {
        let path = format!("{NET}/privateEndpoints/{}", dice.name());
        let (target, group) = *dice.of(&[(VAULT, "vault"), (ACCOUNT, "blob")]);
        let subnet = format!("{NET}/virtualNetworks/home/subnets/endpoints");
        let body = json!({"location": "japaneast", "properties": {
            "subnet": {"id": subnet},
            "manualPrivateLinkServiceConnections": [{"name": "c", "properties": {
                "privateLinkServiceId": target, "groupIds": [group], "requestMessage": "please"}}],
        }});
        arm(context, Method::PUT, &path, Some(&body))
    }),
    ("record", |context, dice| {
        let zones = ids(context, "/privateDnsZones/");
        let zones: Vec<_> = zones
            .iter()
            .filter(|it| it.matches('/').count() == 8)
            .collect();
        if zones.is_empty() {
            return 404;
        }
        let zone = dice.of(&zones);
        let name = dice.of(&["kv-resource", "stresource", "own"]);
        let path = format!("{zone}/A/{name}");
        if dice.roll(3) == 0 {
            return arm(context, Method::DELETE, &path, None);
        }
        let body = json!({"properties": {"ttl": 60, "aRecords": [{"ipv4Address": "10.9.9.9"}]}});
        arm(context, Method::PUT, &path, Some(&body))
    }),
    ("resource group", |context, dice| {
        let path = format!("{HOME_SUBSCRIPTION}/resourceGroups/{}", dice.name());
        if dice.roll(4) == 0 {
            return arm(context, Method::DELETE, &path, None);
        }
        arm(
            context,
            Method::PUT,
            &path,
            Some(&json!({"location": "japaneast", "tags": {"x": "y"}})),
        )
    }),
    ("identity", |context, dice| {
        let path = format!(
            "{HOME_SUBSCRIPTION}/resourceGroups/app/providers/Microsoft.ManagedIdentity/userAssignedIdentities/walk-{}",
            dice.name()
        );
        arm(
            context,
            Method::PUT,
            &path,
            Some(&json!({"location": "japaneast"})),
        )
    }),
    ("vault", |context, dice| {
        let path = format!(
            "{HOME_SUBSCRIPTION}/resourceGroups/app/providers/Microsoft.KeyVault/vaults/kv-walk-{}",
            dice.name()
        );
        let mode = if dice.roll(2) == 0 {
            "default"
        } else {
            "recover"
        };
        let body = json!({"location": "japaneast", "properties": {
            "tenantId": HOME, "sku": {"family": "A", "name": "standard"}, "accessPolicies": [], "createMode": mode}});
        arm(context, Method::PUT, &path, Some(&body))
    }),
    ("purge vault", |context, dice| {
        let name = format!("kv-walk-{}", dice.name());
        let vault = format!(
            "{HOME_SUBSCRIPTION}/resourceGroups/app/providers/Microsoft.KeyVault/vaults/{name}"
        );
        arm(context, Method::DELETE, &vault, None);
        let deleted = format!(
            "{HOME_SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/japaneast/deletedVaults/{name}/purge"
        );
        match dice.roll(2) {
            0 => 404,
            _ => arm(context, Method::POST, &deleted, None),
        }
    }),
    ("network manager", |context, dice| {
        let path = format!("{NET}/networkManagers/{}", dice.name());
        let body = json!({"location": "japaneast", "properties": {
            "networkManagerScopes": {"subscriptions": [HOME_SUBSCRIPTION], "managementGroups": []},
            "networkManagerScopeAccesses": ["Connectivity"]}});
        arm(context, Method::PUT, &path, Some(&body))
    }),
    ("network group", |context, dice| {
        let manager = format!("{NET}/networkManagers/{}", dice.name());
        let group = format!("{manager}/networkGroups/g");
        arm(
            context,
            Method::PUT,
            &group,
            Some(&json!({"properties": {}})),
        );
        let network = format!("{NET}/virtualNetworks/{}", dice.name());
        let member = json!({"properties": {"resourceId": network}});
        arm(
            context,
            Method::PUT,
            &format!("{group}/staticMembers/m"),
            Some(&member),
        );
        let configuration = format!("{manager}/connectivityConfigurations/c");
        let body = json!({"properties": {"connectivityTopology": "Mesh", "isGlobal": "False",
            "appliesToGroups": [{"networkGroupId": group, "groupConnectivity": "DirectlyConnected", "isGlobal": "False", "useHubGateway": "False"}]}});
        arm(context, Method::PUT, &configuration, Some(&body));
        let commit = json!({"targetLocations": ["japaneast"], "configurationIds": [configuration], "commitType": "Connectivity"});
        arm(
            context,
            Method::POST,
            &format!("{manager}/commit"),
            Some(&commit),
        )
    }),
    ("connection", |context, dice| {
        let manager = format!("{NET}/networkManagers/{}", dice.name());
        let half = if dice.roll(2) == 0 {
            let body =
                json!({"properties": {"tenantId": RESOURCE, "resourceId": RESOURCE_SUBSCRIPTION}});
            (format!("{manager}/scopeConnections/s"), body)
        } else {
            let body = json!({"properties": {"networkManagerId": manager}});
            let path = format!(
                "{RESOURCE_SUBSCRIPTION}/providers/Microsoft.Network/networkManagerConnections/{}",
                dice.name()
            );
            (path, body)
        };
        let method = if dice.roll(3) == 0 {
            Method::DELETE
        } else {
            Method::PUT
        };
        let body = (method == Method::PUT).then_some(&half.1);
        arm(context, method, &half.0, body)
    }),
    ("application", |context, dice| {
        let name = dice.name();
        let body = json!({"displayName": name, "notes": "n", "tags": ["t"], "identifierUris": [format!("api://{name}")]});
        graph(context, Method::POST, "applications", &body).0
    }),
    ("application's parts", |context, dice| {
        let (_, list) = graph(context, Method::GET, "applications", &Value::Null);
        let Some(all) = list["value"].as_array().filter(|it| !it.is_empty()) else {
            return 404;
        };
        let id = dice.of(all)["id"].as_str().unwrap();
        let path = format!("applications/{id}");
        match dice.roll(5) {
            0 => graph(context, Method::POST, &format!("{path}/addPassword"), &json!({"passwordCredential": {"displayName": dice.name()}})).0,
            1 => graph(context, Method::POST, &format!("{path}/federatedIdentityCredentials"), &json!({
                "name": format!("credential-{}", dice.roll(9)), "issuer": "https://i", "subject": dice.name(), "audiences": ["a"]})).0,
            2 => graph(context, Method::PATCH, &path, &json!({"displayName": dice.name(), "signInAudience": "AzureADMultipleOrgs"})).0,
            3 => graph(context, Method::POST, &format!("{path}/owners/$ref"), &json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{HOME_AUDITOR}")})).0,
            _ if id == APP_OBJECT => 200,
            _ => graph(context, Method::DELETE, &path, &Value::Null).0,
        }
    }),
    ("service principal", |context, dice| {
        let (_, list) = graph(context, Method::GET, "applications", &Value::Null);
        let Some(all) = list["value"].as_array().filter(|it| !it.is_empty()) else {
            return 404;
        };
        let app = dice.of(all)["appId"].clone();
        graph(
            context,
            Method::POST,
            "servicePrincipals",
            &json!({"appId": app}),
        )
        .0
    }),
    ("restore", |context, dice| {
        let (_, list) = graph(
            context,
            Method::GET,
            "directory/deletedItems/microsoft.graph.application",
            &Value::Null,
        );
        let Some(all) = list["value"].as_array().filter(|it| !it.is_empty()) else {
            return 404;
        };
        let path = format!(
            "directory/deletedItems/{}",
            dice.of(all)["id"].as_str().unwrap()
        );
        match dice.roll(2) {
            0 => graph(context, Method::DELETE, &path, &Value::Null).0,
            _ => {
                graph(
                    context,
                    Method::POST,
                    &format!("{path}/restore"),
                    &json!({}),
                )
                .0
            }
        }
    }),
    ("group", |context, dice| {
        let name = dice.name();
        let body = json!({"displayName": name, "mailEnabled": false, "mailNickname": name, "securityEnabled": true,
            "members@odata.bind": [format!("https://graph.microsoft.com/v1.0/directoryObjects/{HOME_AUDITOR}")]});
        graph(context, Method::POST, "groups", &body).0
    }),
    ("secret", |context, dice| {
        let body = json!({"value": format!("v{}", dice.roll(99)), "tags": {"t": dice.name()}, "contentType": "text/x",
            "attributes": {"enabled": dice.roll(4) > 0, "exp": 2_000_000_000}});
        vault(
            context,
            Method::PUT,
            &format!("secrets/{}", dice.name()),
            &body,
        )
    }),
    ("change of a secret", |context, dice| {
        vault(
            context,
            Method::PATCH,
            &format!("secrets/{}", dice.name()),
            &json!({"tags": {"u": dice.name()}}),
        )
    }),
    ("end of a secret", |context, dice| {
        let name = dice.name();
        match dice.roll(4) {
            0 | 1 => vault(
                context,
                Method::DELETE,
                &format!("secrets/{name}"),
                &Value::Null,
            ),
            2 => vault(
                context,
                Method::POST,
                &format!("deletedsecrets/{name}/recover"),
                &Value::Null,
            ),
            _ => vault(
                context,
                Method::DELETE,
                &format!("deletedsecrets/{name}"),
                &Value::Null,
            ),
        }
    }),
    ("container", |context, dice| {
        let path = format!("box{}?restype=container", dice.roll(2));
        let method = if dice.roll(8) == 0 {
            Method::DELETE
        } else {
            Method::PUT
        };
        blob(context, method, &path, &[("x-ms-meta-a", "b")], "")
    }),
    ("blob", |context, dice| {
        let path = format!("box{}/{}", dice.roll(2), dice.name());
        let headers = [
            ("x-ms-blob-type", "BlockBlob"),
            ("x-ms-blob-content-type", "text/x-one"),
            ("x-ms-meta-colour", "red"),
            ("x-ms-blob-cache-control", "no-cache"),
            ("x-ms-access-tier", *dice.of(&["Hot", "Cool", "Cold"])),
        ];
        blob(
            context,
            Method::PUT,
            &path,
            &headers,
            &"\u{0}x".repeat(dice.roll(40)),
        )
    }),
    ("block", |context, dice| {
        let path = format!(
            "box{}/{}?comp=block&blockid=YWE%3D",
            dice.roll(2),
            dice.name()
        );
        blob(context, Method::PUT, &path, &[], "part")
    }),
    ("more of a blob", |context, dice| {
        let path = format!("box{}/{}", dice.roll(2), dice.name());
        let made = [("x-ms-blob-type", "AppendBlob")];
        match dice.roll(4) {
            0 => blob(context, Method::PUT, &path, &made, ""),
            1 => blob(
                context,
                Method::PUT,
                &format!("{path}?comp=snapshot"),
                &[],
                "",
            ),
            2 => {
                let lease = [
                    ("x-ms-lease-action", "acquire"),
                    ("x-ms-lease-duration", "-1"),
                ];
                blob(
                    context,
                    Method::PUT,
                    &format!("{path}?comp=lease"),
                    &lease,
                    "",
                )
            }
            _ => {
                let tags = "<Tags><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tags>";
                blob(
                    context,
                    Method::PUT,
                    &format!("{path}?comp=tags"),
                    &[],
                    tags,
                )
            }
        }
    }),
    ("end of a blob", |context, dice| {
        let path = format!("box{}/{}", dice.roll(2), dice.name());
        blob(context, Method::DELETE, &path, &[], "")
    }),
    ("delete something", |context, dice| {
        let mut all = ids(context, "/resourceGroups/net/providers/");
        all.extend(ids(context, "/resourceGroups/app/providers/"));
        let all: Vec<_> = all
            .into_iter()
            .filter(|it| !it.contains("oleAssignments") && !is_way_in(it))
            .collect();
        if all.is_empty() {
            return 404;
        }
        let id = dice.of(&all).clone();
        arm(context, Method::DELETE, &id, None)
    }),
    ("decide", |context, dice| {
        let of = *dice.of(&[VAULT, ACCOUNT]);
        let url =
            format!("management.azure.com{of}/privateEndpointConnections?api-version=2023-07-01");
        let (_, list) = ask(context, Method::GET, &url)
            .bearing(RESOURCE, RESOURCE_WRITER, Audience::Arm)
            .json();
        let Some(all) = list["value"].as_array().filter(|it| !it.is_empty()) else {
            return 404;
        };
        let mut one = dice.of(all).clone();
        if is_way_in(one["properties"]["privateEndpoint"]["id"].as_str().unwrap()) {
            return 404;
        }
        let id = one["id"].as_str().unwrap().to_owned();
        if dice.roll(3) == 0 {
            return arm(context, Method::DELETE, &id, None);
        }
        let status = *dice.of(&["Approved", "Rejected"]);
        one["properties"]["privateLinkServiceConnectionState"] =
            json!({"status": status, "description": dice.name()});
        arm(context, Method::PUT, &id, Some(&one))
    }),
    ("time", |context, dice| {
        let seconds = u64::try_from(dice.roll(90)).unwrap() * 3600;
        context.clock.advance(Duration::from_secs(seconds));
        context.operations.settle(context);
        200
    }),
];
