//! What an interface's packets follow, and whether a connection would be made: peerings, a deployed mesh, endpoints.

use http::Method;
use serde_json::{Value, json};

use super::tests::{get, made, network, put};
use crate::auth::Audience;
use crate::context::Context;
use crate::lro::Pace;
use crate::services::testing::RESOURCE_WRITER;
use crate::services::testing::{NET, RESOURCE, VAULT, ask, header, writable, write};

pub(super) const WATCHER: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_japaneast";

pub(super) fn vnet(name: &str) -> String {
    format!("{NET}/virtualNetworks/{name}")
}

pub(super) fn nic(name: &str) -> String {
    format!("{NET}/networkInterfaces/{name}")
}

/// A network with a subnet and an interface in it.
pub(super) fn room(context: &Context, name: &str, second: u8) {
    let mut body = network(&format!("10.{second}.0.0/16"));
    body["properties"]["subnets"] =
        json!([{"name": "a", "properties": {"addressPrefix": format!("10.{second}.1.0/24")}}]);
    made(context, &vnet(name), &body);
    interface(context, name, &format!("{}/subnets/a", vnet(name)));
}

fn interface(context: &Context, name: &str, subnet: &str) {
    let body = json!({"location": "japaneast", "properties": {"ipConfigurations": [{"name": "one", "properties": {"subnet": {"id": subnet}}}]}});
    made(context, &nic(name), &body);
}

pub(super) fn peer(context: &Context, one: &str, other: &str) {
    for (from, to) in [(one, other), (other, one)] {
        let path = format!("{}/virtualNetworkPeerings/{to}", vnet(from));
        let body = json!({"properties": {"remoteVirtualNetwork": {"id": vnet(to)}}});
        made(context, &path, &body);
    }
}

/// A manager over the subscription that deploys a mesh of these networks.
fn mesh(context: &Context, names: &[&str]) {
    let nm = format!("{NET}/networkManagers/nm");
    let scope = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
    made(
        context,
        &nm,
        &json!({"location": "japaneast", "properties": {"networkManagerScopes": {"subscriptions": [scope]}, "networkManagerScopeAccesses": ["Connectivity"]}}),
    );
    let group = format!("{nm}/networkGroups/all");
    made(context, &group, &json!({}));
    for name in names {
        let member = format!("{group}/staticMembers/{name}");
        made(
            context,
            &member,
            &json!({"properties": {"resourceId": vnet(name)}}),
        );
    }
    let configuration = format!("{nm}/connectivityConfigurations/mesh");
    made(
        context,
        &configuration,
        &json!({"properties": {"connectivityTopology": "Mesh", "appliesToGroups": [{"networkGroupId": group, "groupConnectivity": "DirectlyConnected"}]}}),
    );
    let commit = json!({"targetLocations": ["japaneast"], "commitType": "Connectivity", "configurationIds": [configuration]});
    let reply = write(context, Method::POST, &format!("{nm}/commit"))
        .body(&commit)
        .reply();
    assert_eq!(reply.status, 202);
}

/// The result of an operation that was begun by POST.
pub(super) fn result(context: &Context, path: &str, body: &Value) -> Value {
    let reply = write(context, Method::POST, path).body(body).reply();
    assert_eq!(reply.status, 202, "{:?}", reply.body);
    let location = header(&reply, "location").strip_prefix("https://management.azure.com");
    let path = location.unwrap().split('?').next().unwrap();
    get(context, path)
}

fn hops(table: &Value) -> Vec<(&str, &str, &str)> {
    let all = table["value"].as_array().unwrap().iter();
    all.map(|it| {
        (
            it["addressPrefix"][0].as_str().unwrap(),
            it["nextHopType"].as_str().unwrap(),
            it["state"].as_str().unwrap(),
        )
    })
    .collect()
}

fn table(context: &Context, name: &str) -> Value {
    result(
        context,
        &format!("{}/effectiveRouteTable", nic(name)),
        &json!({}),
    )
}

#[test]
fn routes_say_what_connects_networks() {
    let context = writable();
    room(&context, "a", 20);
    room(&context, "b", 21);
    room(&context, "c", 22);
    let home = get(&context, &vnet("home"));
    let subnet = home["properties"]["subnets"][0]["id"].as_str().unwrap();
    interface(&context, "home", subnet);
    let shown = table(&context, "a");
    assert_eq!(
        shown["value"][0],
        json!({"source": "Default", "state": "Active", "addressPrefix": ["10.20.0.0/16"], "nextHopType": "VnetLocal", "nextHopIpAddress": []})
    );
    assert_eq!(hops(&shown).len(), 6);
    peer(&context, "a", "b");
    mesh(&context, &["a", "c", "home"]);
    let shown = table(&context, "a");
    let shown = hops(&shown);
    for (prefix, hop) in [
        ("10.20.0.0/16", "VnetLocal"),
        ("10.21.0.0/16", "VNetPeering"),
        ("10.22.0.0/16", "ConnectedGroup"),
        ("10.1.0.0/16", "ConnectedGroup"),
        ("10.1.0.4/32", "InterfaceEndpoint"),
        ("0.0.0.0/0", "Internet"),
        ("10.0.0.0/8", "None"),
    ] {
        assert!(
            shown.contains(&(prefix, hop, "Active")),
            "{prefix} {hop} {shown:?}"
        );
    }
    let own = table(&context, "home");
    assert!(hops(&own).contains(&("10.1.0.4/32", "InterfaceEndpoint", "Active")));
}

#[test]
fn a_route_of_the_table_wins() {
    let context = writable();
    room(&context, "a", 20);
    let routes = format!("{NET}/routeTables/t");
    made(
        &context,
        &routes,
        &json!({"location": "japaneast", "properties": {"routes": [{"name": "out", "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.20.1.9"}}]}}),
    );
    let subnet = format!("{}/subnets/a", vnet("a"));
    let body =
        json!({"properties": {"addressPrefix": "10.20.1.0/24", "routeTable": {"id": routes}}});
    assert_eq!(put(&context, &subnet, &body).0, 200);
    let shown = table(&context, "a");
    assert!(hops(&shown).contains(&("0.0.0.0/0", "Internet", "Invalid")));
    let own = shown["value"].as_array().unwrap().last().unwrap();
    assert_eq!(
        *own,
        json!({"name": "out", "source": "User", "state": "Active", "addressPrefix": ["0.0.0.0/0"], "nextHopType": "VirtualAppliance", "nextHopIpAddress": ["10.20.1.9"]})
    );
}

#[test]
fn the_table_takes_its_time() {
    let context = writable();
    room(&context, "a", 20);
    context.operations.set_pace(Pace::AfterPolls(1));
    let path = format!("{}/effectiveRouteTable", nic("a"));
    let reply = write(&context, Method::POST, &path).reply();
    assert_eq!(reply.status, 202);
    assert_eq!(header(&reply, "retry-after"), "1");
    let location = header(&reply, "location").strip_prefix("https://management.azure.com");
    let path = location.unwrap().split('?').next().unwrap();
    let poll = || write(&context, Method::GET, path).reply();
    assert_eq!(poll().status, 202);
    assert_eq!(poll().status, 200);
    // An interface may be read and written meanwhile: nothing was begun on it.
    write(
        &context,
        Method::POST,
        &format!("{}/effectiveRouteTable", nic("a")),
    )
    .reply();
    assert_eq!(
        write(&context, Method::DELETE, &nic("a")).reply().status,
        202
    );
    let none = format!("{}/effectiveRouteTable", nic("none"));
    assert_eq!(write(&context, Method::POST, &none).json().0, 404);
}

fn check(context: &Context, source: &str, destination: &Value) -> Value {
    let body = json!({"source": {"resourceId": source}, "destination": destination, "preferredIPVersion": "IPv4"});
    result(context, &format!("{WATCHER}/connectivityCheck"), &body)
}

/// Status, type of the last hop, type of the issue.
fn verdict(shown: &Value) -> (&str, &str, &str) {
    let issue = shown["hops"][0]["issues"][0]["type"].as_str();
    (
        shown["connectionStatus"].as_str().unwrap(),
        shown["hops"][1]["type"].as_str().unwrap(),
        issue.unwrap_or_default(),
    )
}

#[test]
fn a_check_follows_the_routes() {
    let context = writable();
    room(&context, "a", 20);
    room(&context, "b", 21);
    let to = |address: &str, port: u16| json!({"address": address, "port": port});
    let dropped = check(&context, &nic("a"), &to("10.21.1.4", 22));
    assert_eq!(verdict(&dropped), ("Disconnected", "Unknown", "Platform"));
    assert_eq!(dropped["probesFailed"], 100);
    peer(&context, "a", "b");
    let reached = check(
        &context,
        &nic("a"),
        &json!({"resourceId": nic("b"), "port": 22}),
    );
    assert_eq!(verdict(&reached), ("Connected", "VirtualNetwork", ""));
    assert_eq!(reached["hops"][1]["resourceId"], json!(nic("b")));
    let nobody = check(&context, &nic("a"), &to("10.21.1.77", 22));
    assert_eq!(verdict(&nobody), ("Disconnected", "Unknown", "Unknown"));
    let machine = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.Compute/virtualMachines/app";
    let vault = check(&context, machine, &to("kv-resource.vault.azure.net", 443));
    assert_eq!(verdict(&vault), ("Connected", "PrivateEndpoint", ""));
    let port = check(&context, machine, &to("kv-resource.vault.azure.net", 22));
    assert_eq!(verdict(&port).2, "Unknown");
    let url = check(
        &context,
        machine,
        &json!({"address": "https://kv-resource.vault.azure.net/secrets/x"}),
    );
    assert_eq!(verdict(&url).1, "PrivateEndpoint");
    let name = check(&context, machine, &to("nothing.invalid", 443));
    assert_eq!(verdict(&name).2, "DnsResolution");
    let public = check(&context, &nic("a"), &to("kv-resource.vault.azure.net", 443));
    assert_eq!(verdict(&public).1, "Internet");
}

#[test]
fn checks_that_make_no_sense_are_refused() {
    let context = writable();
    room(&context, "a", 20);
    let path = format!("{WATCHER}/connectivityCheck");
    for (body, expected) in [
        (json!({}), 400),
        (
            json!({"source": {"resourceId": nic("none")}, "destination": {"address": "10.0.0.1"}}),
            400,
        ),
        (
            json!({"source": {"resourceId": nic("a")}, "destination": {}}),
            400,
        ),
        (
            json!({"source": {"resourceId": nic("a")}, "destination": {"address": "10.0.0.1", "port": 70000}}),
            400,
        ),
        (
            json!({"source": {"resourceId": nic("a")}, "destination": {"address": "10.0.0.1"}, "protocol": "Sctp"}),
            400,
        ),
        (
            json!({"source": {"resourceId": VAULT}, "destination": {"address": "10.0.0.1"}}),
            403,
        ),
        (
            json!({"source": {"resourceId": nic("a")}, "destination": {"resourceId": VAULT}}),
            403,
        ),
    ] {
        let (status, answer) = write(&context, Method::POST, &path).body(&body).json();
        assert_eq!(status, expected, "{body} {answer}");
    }
    let there = ask(
        &context,
        Method::POST,
        &format!("management.azure.com{path}?api-version=2024-01-01"),
    );
    assert_eq!(
        there
            .bearing(RESOURCE, RESOURCE_WRITER, Audience::Arm)
            .body(&json!({}))
            .json()
            .0,
        401
    );
    let none = path.replace("japaneast", "nowhere");
    assert_eq!(
        write(&context, Method::POST, &none)
            .body(&json!({}))
            .json()
            .0,
        404
    );
}

#[test]
fn a_region_with_a_network_has_a_watcher() {
    let context = writable();
    let subscription = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
    let all = get(
        &context,
        &format!("{subscription}/providers/Microsoft.Network/networkWatchers"),
    );
    assert_eq!(all["value"][0]["id"], WATCHER);
    assert_eq!(get(&context, &WATCHER.to_lowercase()), all["value"][0]);
    let group = format!(
        "{subscription}/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers"
    );
    assert_eq!(get(&context, &group), all);
    assert_eq!(
        get(&context, &group.replace("NetworkWatcherRG", "net"))["value"],
        json!([])
    );
    let own = format!("{NET}/networkWatchers/own");
    made(&context, &own, &json!({"location": "japaneast"}));
    let all = get(
        &context,
        &format!("{subscription}/providers/Microsoft.Network/networkWatchers"),
    );
    assert_eq!(all["value"].as_array().unwrap().len(), 1);
    assert_eq!(all["value"][0]["id"], json!(own));
}

#[test]
fn the_next_hop_is_that_of_the_most_specific_route() {
    let context = writable();
    room(&context, "a", 20);
    room(&context, "b", 21);
    peer(&context, "a", "b");
    let hop = |to: &str| {
        let body = json!({"targetResourceId": nic("a"), "sourceIPAddress": "10.20.1.4", "destinationIPAddress": to});
        result(&context, &format!("{WATCHER}/nextHop"), &body)
    };
    for (to, kind) in [
        ("10.20.1.9", "VnetLocal"),
        ("10.21.1.4", "VNetPeering"),
        ("10.99.0.1", "None"),
        ("8.8.8.8", "Internet"),
    ] {
        let wanted = json!({"nextHopType": kind, "routeTableId": "System Route"});
        assert_eq!(hop(to), wanted, "{to}");
    }
    let table = format!("{NET}/routeTables/t");
    let route = json!({"name": "away", "properties": {"addressPrefix": "10.21.1.0/24", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.20.1.9"}});
    made(
        &context,
        &table,
        &json!({"location": "japaneast", "properties": {"routes": [route]}}),
    );
    let subnet = format!("{}/subnets/a", vnet("a"));
    let body =
        json!({"properties": {"addressPrefix": "10.20.1.0/24", "routeTable": {"id": table}}});
    assert_eq!(put(&context, &subnet, &body).0, 200);
    assert_eq!(
        hop("10.21.1.4"),
        json!({"nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.20.1.9", "routeTableId": table})
    );
    for (property, value) in [
        ("sourceIPAddress", "10.20.1.77"),
        ("destinationIPAddress", "x"),
        ("targetResourceId", "x"),
    ] {
        let mut body = json!({"targetResourceId": nic("a"), "sourceIPAddress": "10.20.1.4", "destinationIPAddress": "8.8.8.8"});
        body[property] = json!(value);
        let path = format!("{WATCHER}/nextHop");
        let reply = write(&context, Method::POST, &path).body(&body).reply();
        assert_eq!(reply.status, 400, "{property}");
    }
}
