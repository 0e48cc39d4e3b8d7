//! What security groups let through, on networks with a group on the subnet and one on the interface.

use http::Method;
use serde_json::{Value, json};

use super::route_tests::{WATCHER, nic, peer, result, room, vnet};
use super::tests::{get, made, put};
use crate::context::Context;
use crate::services::testing::{NET, writable, write};

fn rule(name: &str, direction: &str, access: &str, ports: &str, priority: u32) -> Value {
    json!({"name": name, "properties": {
        "direction": direction, "access": access, "protocol": "Tcp", "priority": priority,
        "sourceAddressPrefix": "*", "sourcePortRange": "*",
        "destinationAddressPrefix": "*", "destinationPortRanges": [ports],
    }})
}

fn group(context: &Context, name: &str, rules: &Value) -> String {
    let id = format!("{NET}/networkSecurityGroups/{name}");
    let body = json!({"location": "japaneast", "properties": {"securityRules": rules}});
    made(context, &id, &body);
    id
}

/// Network `a` with a group on its subnet and another on its interface, peered with `b`.
fn guarded() -> Context {
    let context = writable();
    room(&context, "a", 20);
    room(&context, "b", 21);
    peer(&context, "a", "b");
    let outer = group(
        &context,
        "outer",
        &json!([rule("web", "Inbound", "Allow", "80-443", 100)]),
    );
    let inner = group(
        &context,
        "inner",
        &json!([
            rule("web", "Inbound", "Allow", "443", 200),
            rule("no-mail", "Outbound", "Deny", "25", 300),
        ]),
    );
    let subnet = format!("{}/subnets/a", vnet("a"));
    let body = json!({"properties": {"addressPrefix": "10.20.1.0/24", "networkSecurityGroup": {"id": outer}}});
    assert_eq!(put(&context, &subnet, &body).0, 200);
    let mut body = get(&context, &nic("a"));
    body["properties"]["networkSecurityGroup"] = json!({"id": inner});
    assert_eq!(put(&context, &nic("a"), &body).0, 200);
    context
}

fn packet(direction: &str, remote: &str, local_port: &str, remote_port: &str) -> Value {
    json!({
        "targetResourceId": nic("a"), "direction": direction, "protocol": "TCP",
        "localIPAddress": "10.20.1.4", "localPort": local_port,
        "remoteIPAddress": remote, "remotePort": remote_port,
    })
}

#[test]
fn both_groups_must_let_a_packet_through() {
    let context = guarded();
    for (packet, access, rule) in [
        (
            packet("Inbound", "8.8.8.8", "443", "*"),
            "Allow",
            "securityRules/web",
        ),
        (
            packet("Inbound", "8.8.8.8", "80", "50000"),
            "Deny",
            "defaultSecurityRules/DenyAllInBound",
        ),
        (
            packet("Inbound", "10.21.1.4", "22", "50000"),
            "Allow",
            "defaultSecurityRules/AllowVnetInBound",
        ),
        (
            packet("Inbound", "10.99.0.1", "22", "50000"),
            "Deny",
            "defaultSecurityRules/DenyAllInBound",
        ),
        (
            packet("Inbound", "168.63.129.16", "22", "1"),
            "Allow",
            "defaultSecurityRules/AllowAzureLoadBalancerInBound",
        ),
        (
            packet("Outbound", "8.8.8.8", "1", "25"),
            "Deny",
            "securityRules/no-mail",
        ),
        (
            packet("Outbound", "8.8.8.8", "1", "53"),
            "Allow",
            "defaultSecurityRules/AllowInternetOutBound",
        ),
        (
            packet("Outbound", "10.99.0.1", "1", "53"),
            "Deny",
            "defaultSecurityRules/DenyAllOutBound",
        ),
    ] {
        let found = result(&context, &format!("{WATCHER}/ipFlowVerify"), &packet);
        assert_eq!(
            found,
            json!({"access": access, "ruleName": rule}),
            "{packet}"
        );
    }
}

#[test]
fn a_packet_that_cannot_be_is_refused() {
    let context = guarded();
    for (property, value) in [
        ("direction", "Sideways"),
        ("protocol", "ICMP"),
        ("localPort", "70000"),
        ("localIPAddress", "10.20.1.9"),
        ("remoteIPAddress", "x"),
        ("targetResourceId", "x"),
    ] {
        let mut body = packet("Inbound", "8.8.8.8", "443", "*");
        body[property] = json!(value);
        let path = format!("{WATCHER}/ipFlowVerify");
        let reply = write(&context, Method::POST, &path).body(&body).reply();
        assert_eq!(reply.status, 400, "{property}");
    }
}

#[test]
fn effective_rules_are_those_of_both_groups() {
    let context = guarded();
    let path = format!("{}/effectiveNetworkSecurityGroups", nic("a"));
    let found = result(&context, &path, &json!({}));
    let groups = found["value"].as_array().unwrap();
    assert_eq!(groups.len(), 2);
    assert!(groups[0]["association"]["subnet"]["id"].is_string());
    assert_eq!(groups[1]["association"]["networkInterface"]["id"], nic("a"));
    let rules = groups[0]["effectiveSecurityRules"].as_array().unwrap();
    assert_eq!(rules.len(), 7);
    assert_eq!(
        (
            &rules[0]["name"],
            &rules[0]["destinationPortRange"],
            &rules[0]["sourceAddressPrefix"]
        ),
        (
            &json!("securityRules/web"),
            &json!("80-443"),
            &json!("0.0.0.0/0")
        )
    );
    assert_eq!(
        rules[1]["expandedSourceAddressPrefix"],
        json!(["10.20.0.0/16", "10.21.0.0/16"])
    );
}
