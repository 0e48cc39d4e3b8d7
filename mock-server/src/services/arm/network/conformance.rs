//! Are the bodies of the official examples taken, and are the answers' names those of the official specifications? Runs when
//! `XTENANT_SPECS` says where they are.

use std::path::Path;

use http::Method;
use serde_json::{Value, json};

use super::tests::{made, network};
use crate::context::Context;
use crate::services::arm::conformance::Spec;
use crate::services::testing::{NET, specifications, writable, write};

const FOLDER: &str = "network/2024-01-01";
const SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

/// Example, file, definition, and where it is put.
const PUTS: &[(&str, &str, &str, &str)] = &[
    (
        "VirtualNetworkCreate",
        "virtualNetwork",
        "VirtualNetwork",
        "/virtualNetworks/one",
    ),
    (
        "VirtualNetworkCreateServiceEndpoints",
        "virtualNetwork",
        "VirtualNetwork",
        "/virtualNetworks/two",
    ),
    (
        "VirtualNetworkCreateServiceEndpointPolicy",
        "virtualNetwork",
        "VirtualNetwork",
        "/virtualNetworks/three",
    ),
    (
        "VirtualNetworkCreateSubnet",
        "virtualNetwork",
        "VirtualNetwork",
        "/virtualNetworks/four",
    ),
    (
        "VirtualNetworkCreateSubnetWithAddressPrefixes",
        "virtualNetwork",
        "VirtualNetwork",
        "/virtualNetworks/five",
    ),
    (
        "VirtualNetworkCreateSubnetWithDelegation",
        "virtualNetwork",
        "VirtualNetwork",
        "/virtualNetworks/six",
    ),
    (
        "VirtualNetworkCreateWithBgpCommunities",
        "virtualNetwork",
        "VirtualNetwork",
        "/virtualNetworks/seven",
    ),
    (
        "VirtualNetworkCreateWithEncryption",
        "virtualNetwork",
        "VirtualNetwork",
        "/virtualNetworks/eight",
    ),
    (
        "VirtualNetworkPeeringCreate",
        "virtualNetwork",
        "VirtualNetworkPeering",
        "/virtualNetworks/one/virtualNetworkPeerings/peer",
    ),
    (
        "VirtualNetworkPeeringSync",
        "virtualNetwork",
        "VirtualNetworkPeering",
        "/virtualNetworks/one/virtualNetworkPeerings/peer?syncRemoteAddressSpace=true",
    ),
    (
        "VirtualNetworkPeeringCreateWithRemoteVirtualNetworkEncryption",
        "virtualNetwork",
        "VirtualNetworkPeering",
        "/virtualNetworks/two/virtualNetworkPeerings/peer",
    ),
    (
        "VirtualNetworkSubnetPeeringCreate",
        "virtualNetwork",
        "VirtualNetworkPeering",
        "/virtualNetworks/three/virtualNetworkPeerings/peer",
    ),
    (
        "NetworkManagerPut",
        "networkManager",
        "NetworkManager",
        "/networkManagers/testNetworkManager",
    ),
    (
        "NetworkManagerScopeConnectionPut",
        "networkManagerScopeConnection",
        "ScopeConnection",
        "/networkManagers/testNetworkManager/scopeConnections/TestScopeConnection",
    ),
    (
        "NetworkManagerGroupPut",
        "networkManagerGroup",
        "NetworkGroup",
        "/networkManagers/testNetworkManager/networkGroups/group1",
    ),
    (
        "NetworkManagerStaticMemberPut",
        "networkManagerGroup",
        "StaticMember",
        "/networkManagers/testNetworkManager/networkGroups/group1/staticMembers/testStaticMember",
    ),
    (
        "NetworkManagerConnectivityConfigurationPut",
        "networkManagerConnectivityConfiguration",
        "ConnectivityConfiguration",
        "/networkManagers/testNetworkManager/connectivityConfigurations/myTestConnectivityConfig",
    ),
];

/// The body of an example, its ids made ones of the test's world.
fn body(folder: &Path, example: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(format!("examples/{example}.json"))).unwrap();
    let text = text.replace("resourceGroup/", "resourceGroups/");
    let mut shown: Value = serde_json::from_str(&text).unwrap();
    let parameters = shown["parameters"].as_object_mut().unwrap();
    let bodies = parameters.values_mut().filter(|it| it.is_object());
    let mut body = bodies.last().unwrap().take();
    rewrite(&mut body);
    if let Some(scopes) = body.pointer_mut("/properties/networkManagerScopes") {
        // Its management group is no id, and it has no location, which ARM asks of every tracked resource.
        scopes["managementGroups"] = json!([]);
        body["location"] = json!("japaneast");
    }
    body
}

fn rewrite(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(rewrite),
        Value::Object(map) => map.values_mut().for_each(rewrite),
        Value::String(text) if text.contains("subscriptions/") && text.matches('/').count() > 2 => {
            let mut parts: Vec<&str> = text.split('/').collect();
            for at in 1..parts.len() {
                match parts[at - 1] {
                    "subscriptions" => parts[at] = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
                    "resourceGroups" => parts[at] = "net",
                    _ => {}
                }
            }
            *text = parts.join("/");
        }
        Value::String(text) => {
            *text = text.replace(
                "00000000-0000-0000-0000-000000000000",
                "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
            );
        }
        _ => {}
    }
}

/// What examples refer to.
fn world() -> Context {
    let context = writable();
    for (name, prefix) in [
        ("vnet1", "10.61.0.0/16"),
        ("vnet2", "12.0.0.0/8"),
        ("myTestConnectivityConfig", "10.62.0.0/16"),
    ] {
        made(
            &context,
            &format!("{NET}/virtualNetworks/{name}"),
            &network(prefix),
        );
    }
    context
}

#[test]
fn bodies_of_the_official_examples_are_taken() {
    let Some(specifications) = specifications() else {
        return;
    };
    let folder = specifications.join(FOLDER);
    let context = world();
    let mut unknown = Vec::new();
    for (example, file, definition, path) in PUTS {
        let asked = write(&context, Method::PUT, &format!("{NET}{path}"));
        let (status, answer) = asked.body(&body(&folder, example)).json();
        assert!(matches!(status, 200 | 201), "{example}: {status} {answer}");
        let spec = Spec::load(folder.join(format!("{file}.json")));
        let schema = spec.document["definitions"][*definition].clone();
        assert!(schema.is_object(), "{file} has no {definition}");
        spec.check(&schema, &answer, definition, &mut unknown);
    }
    let connection = format!(
        "{SUBSCRIPTION}/providers/Microsoft.Network/networkManagerConnections/TestNMConnection"
    );
    let asked = write(&context, Method::PUT, &connection);
    let (status, answer) = asked
        .body(&body(&folder, "NetworkManagerConnectionSubscriptionPut"))
        .json();
    assert_eq!(status, 201, "{answer}");
    let tags = write(
        &context,
        Method::PATCH,
        &format!("{NET}/networkManagers/testNetworkManager"),
    );
    let tags = tags.body(&body(&folder, "NetworkManagerPatch")).ok();
    assert_eq!(tags["tags"]["tag1"], "value1");
    assert!(
        unknown.is_empty(),
        "names that no specification has:\n{}",
        unknown.join("\n")
    );
}

#[test]
fn answers_of_actions_have_the_names_of_the_specifications() {
    let Some(specifications) = specifications() else {
        return;
    };
    let folder = specifications.join(FOLDER);
    let context = world();
    let subnet = json!({"properties": {"addressPrefix": "10.61.1.0/24"}});
    let id = format!("{NET}/virtualNetworks/vnet1/subnets/a");
    made(&context, &id, &subnet);
    let nic = format!("{NET}/networkInterfaces/nic1");
    let group = format!("{NET}/networkSecurityGroups/g");
    let table = format!("{NET}/routeTables/t");
    let interface = json!({"location": "japaneast", "properties": {"ipConfigurations": [{"name": "one", "properties": {"subnet": {"id": id}}}]}});
    let rule = json!({"name": "r", "properties": {"protocol": "*", "access": "Deny", "direction": "Outbound", "priority": 200}});
    let route =
        json!({"name": "r", "properties": {"addressPrefix": "10.0.0.0/8", "nextHopType": "None"}});
    let watcher = format!(
        "{SUBSCRIPTION}/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_japaneast"
    );
    let get = |path: &str| write(&context, Method::GET, path).ok();
    let check = json!({"source": {"resourceId": nic}, "destination": {"address": "10.62.0.4", "port": 3389}});
    let mut unknown = Vec::new();
    for (file, definition, answer) in [
        (
            "networkInterface",
            "NetworkInterface",
            made(&context, &nic, &interface),
        ),
        (
            "networkSecurityGroup",
            "NetworkSecurityGroup",
            made(
                &context,
                &group,
                &json!({"location": "japaneast", "properties": {"securityRules": [rule]}}),
            ),
        ),
        (
            "routeTable",
            "RouteTable",
            made(
                &context,
                &table,
                &json!({"location": "japaneast", "properties": {"routes": [route]}}),
            ),
        ),
        (
            "virtualNetwork",
            "IPAddressAvailabilityResult",
            get(&format!(
                "{NET}/virtualNetworks/vnet1/CheckIPAddressAvailability?ipAddress=10.61.1.4"
            )),
        ),
        ("networkWatcher", "NetworkWatcher", get(&watcher)),
        (
            "networkWatcher",
            "ConnectivityInformation",
            result(&context, &format!("{watcher}/connectivityCheck"), &check),
        ),
        (
            "networkInterface",
            "EffectiveRouteListResult",
            result(&context, &format!("{nic}/effectiveRouteTable"), &json!({})),
        ),
    ] {
        let spec = Spec::load(folder.join(format!("{file}.json")));
        let schema = spec.document["definitions"][definition].clone();
        assert!(schema.is_object(), "{file} has no {definition}");
        spec.check(&schema, &answer, definition, &mut unknown);
    }
    assert!(
        unknown.is_empty(),
        "names that no specification has:\n{}",
        unknown.join("\n")
    );
}

fn result(context: &Context, path: &str, body: &Value) -> Value {
    super::route_tests::result(context, path, body)
}
