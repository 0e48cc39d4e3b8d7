//! Writes of networks and what is in them, in the example world and between the tenants.

use http::Method;
use serde_json::{Value, json};

use crate::auth::Audience;
use crate::context::Context;
use crate::services::testing::{
    Ask, NET, RESOURCE, RESOURCE_WRITER, ask, header, token, writable, write,
};

const THERE: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.Network";

pub(super) fn put(context: &Context, path: &str, body: &Value) -> (u16, Value) {
    write(context, Method::PUT, path).body(body).json()
}

pub(super) fn made(context: &Context, path: &str, body: &Value) -> Value {
    let (status, answer) = put(context, path, body);
    assert_eq!(status, 201, "{path}: {answer}");
    answer
}

pub(super) fn get(context: &Context, path: &str) -> Value {
    write(context, Method::GET, path).ok()
}

fn code(answer: (u16, Value)) -> (u16, String) {
    let code = answer.1["error"]["code"].as_str().unwrap_or_default();
    (answer.0, code.to_owned())
}

fn refused(context: &Context, path: &str, body: &Value) -> String {
    let (status, code) = code(put(context, path, body));
    assert!(status == 400 || status == 403, "{status} {code} {body}");
    code
}

fn deleted(context: &Context, path: &str) -> (u16, String) {
    code(write(context, Method::DELETE, path).json())
}

pub(super) fn network(prefix: &str) -> Value {
    json!({"location": "japaneast", "properties": {"addressSpace": {"addressPrefixes": [prefix]}}})
}

fn vnet(name: &str) -> String {
    format!("{NET}/virtualNetworks/{name}")
}

/// As the owner of the other tenant's subscription.
fn there<'a>(context: &'a Context, method: Method, path: &str) -> Ask<'a> {
    let url = format!("management.azure.com{path}?api-version=2024-01-01");
    ask(context, method, &url).bearing(RESOURCE, RESOURCE_WRITER, Audience::Arm)
}

fn names(list: &Value) -> Vec<&str> {
    let all = list.as_array().unwrap().iter();
    all.filter_map(|it| it["name"].as_str()).collect()
}

#[test]
fn a_network_is_written_with_its_subnets_and_read_and_written_again() {
    let context = writable();
    let mut body = network("10.20.0.0/16");
    body["properties"]["subnets"] = json!([
        {"name": "b", "properties": {"addressPrefix": "10.20.1.0/24"}},
        {"name": "a", "properties": {"addressPrefixes": ["10.20.2.0/24"]}},
    ]);
    let reply = write(&context, Method::PUT, &vnet("new"))
        .body(&body)
        .reply();
    assert_eq!(reply.status, 201);
    assert!(header(&reply, "azure-asyncoperation").contains("/operations/"));
    let shown = get(&context, &vnet("new"));
    assert_eq!(names(&shown["properties"]["subnets"]), ["b", "a"]);
    assert_eq!(shown["properties"]["provisioningState"], "Succeeded");
    let subnet = get(&context, &format!("{}/subnets/A", vnet("new")));
    assert_eq!(subnet, shown["properties"]["subnets"][1]);
    // What was read may be sent back as it is; nothing changes by that.
    assert_eq!(put(&context, &vnet("new"), &shown).0, 200);
    let mut again = get(&context, &vnet("new"))["properties"].clone();
    let subnets = shown["properties"]["subnets"].as_array().unwrap();
    for (index, subnet) in subnets.iter().enumerate() {
        again["subnets"][index]["etag"] = subnet["etag"].clone();
    }
    assert_eq!(again, shown["properties"]);
    // A body without subnets leaves them, one with a list is the whole set.
    assert_eq!(put(&context, &vnet("new"), &network("10.20.0.0/16")).0, 200);
    assert_eq!(
        names(&get(&context, &vnet("new"))["properties"]["subnets"]).len(),
        2
    );
    body["properties"]["subnets"] =
        json!([{"name": "a", "properties": {"addressPrefix": "10.20.2.0/24"}}]);
    assert_eq!(put(&context, &vnet("new"), &body).0, 200);
    let listed = get(&context, &format!("{}/subnets", vnet("new")));
    assert_eq!(names(&listed["value"]), ["a"]);
    let tags = write(&context, Method::PATCH, &vnet("new")).body(&json!({"tags": {"a": "b"}}));
    assert_eq!(tags.ok()["tags"], json!({"a": "b"}));
    assert_eq!(deleted(&context, &vnet("new")).0, 202);
    assert_eq!(deleted(&context, &vnet("new")).0, 204);
    assert_eq!(write(&context, Method::GET, &vnet("new")).json().0, 404);
}

#[test]
fn subnets_are_inside_of_their_network_and_apart() {
    let context = writable();
    made(&context, &vnet("new"), &network("10.20.0.0/16"));
    let subnet = |name: &str| format!("{}/subnets/{name}", vnet("new"));
    let body = |prefix: &str| json!({"properties": {"addressPrefix": prefix}});
    made(&context, &subnet("a"), &body("10.20.1.0/24"));
    for (prefix, code) in [
        ("10.21.1.0/24", "NetcfgInvalidSubnet"),
        ("10.20.0.0/15", "NetcfgInvalidSubnet"),
        ("10.20.1.128/25", "NetcfgSubnetRangesOverlap"),
        ("10.20.2.1/24", "InvalidCIDRNotation"),
        ("10.20.2.0", "InvalidAddressPrefixFormat"),
        ("everything", "InvalidAddressPrefixFormat"),
    ] {
        assert_eq!(
            refused(&context, &subnet("b"), &body(prefix)),
            code,
            "{prefix}"
        );
    }
    for broken in [
        json!({}),
        json!({"properties": {"addressPrefix": 1}}),
        json!({"properties": {"addressPrefixes": "x"}}),
    ] {
        assert_eq!(
            refused(&context, &subnet("b"), &broken),
            "InvalidRequestContent"
        );
    }
    assert_eq!(
        refused(&context, &vnet("new"), &network("10.30.0.0/16")),
        "NetcfgInvalidSubnet"
    );
    assert_eq!(
        refused(&context, &vnet("new"), &json!({"location": "japaneast"})),
        "InvalidRequestContent"
    );
    let nowhere = put(
        &context,
        &format!("{}/subnets/a", vnet("none")),
        &body("10.20.1.0/24"),
    );
    assert_eq!(code(nowhere), (404, "ParentResourceNotFound".to_owned()));
    let mut twice = network("10.20.0.0/16");
    let one = json!({"name": "a", "properties": {"addressPrefix": "10.20.1.0/24"}});
    twice["properties"]["subnets"] = json!([one, one]);
    assert_eq!(
        refused(&context, &vnet("new"), &twice),
        "DuplicateResourceName"
    );
    let group = json!({"properties": {"addressPrefix": "10.20.3.0/24", "networkSecurityGroup": {"id": format!("{NET}/networkSecurityGroups/none")}}});
    assert_eq!(
        refused(&context, &subnet("b"), &group),
        "InvalidResourceReference"
    );
    assert_eq!(deleted(&context, &subnet("a")).0, 202);
    assert_eq!(deleted(&context, &subnet("a")).0, 204);
}

#[test]
fn what_is_in_use_stays() {
    let context = writable();
    let home = get(&context, &vnet("home"));
    let used = home["properties"]["subnets"].as_array().unwrap().iter();
    let used = used
        .clone()
        .find(|it| it["properties"]["privateEndpoints"].is_array())
        .unwrap();
    let id = used["id"].as_str().unwrap();
    let (status, answer) = write(&context, Method::DELETE, id).json();
    assert_eq!(
        (status, answer["error"]["code"].as_str()),
        (400, Some("InUseSubnetCannotBeDeleted"))
    );
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("/ipConfigurations/privateEndpointIpConfig."),
        "{message}"
    );
    assert_eq!(
        deleted(&context, &vnet("home")),
        (400, "InUseSubnetCannotBeDeleted".to_owned())
    );
    let mut without = home.clone();
    without["properties"]["subnets"] = json!([]);
    assert_eq!(
        refused(&context, &vnet("home"), &without),
        "InUseSubnetCannotBeDeleted"
    );
    let moved = json!({"properties": {"addressPrefix": "10.1.77.0/24"}});
    assert_eq!(refused(&context, id, &moved), "InUsePrefixCannotBeDeleted");
    let wider = json!({"properties": {"addressPrefix": used["properties"]["addressPrefix"], "privateEndpointNetworkPolicies": "enabled"}});
    let (status, answer) = put(&context, id, &wider);
    assert_eq!(
        (
            status,
            &answer["properties"]["privateEndpointNetworkPolicies"]
        ),
        (200, &json!("Enabled"))
    );
}

fn interface(subnet: &str) -> Value {
    json!({"location": "japaneast", "properties": {"ipConfigurations": [
        {"name": "one", "properties": {"subnet": {"id": subnet}, "privateIPAllocationMethod": "Dynamic"}},
    ]}})
}

#[test]
fn interfaces_get_free_addresses_and_keep_them() {
    let context = writable();
    let mut body = network("10.20.0.0/16");
    body["properties"]["subnets"] =
        json!([{"name": "a", "properties": {"addressPrefix": "10.20.1.0/29"}}]);
    made(&context, &vnet("new"), &body);
    let subnet = format!("{}/subnets/a", vnet("new"));
    let nic = |name: &str| format!("{NET}/networkInterfaces/{name}");
    let address = |shown: &Value| {
        shown["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"].clone()
    };
    assert_eq!(
        address(&made(&context, &nic("a"), &interface(&subnet))),
        "10.20.1.4"
    );
    assert_eq!(
        address(&made(&context, &nic("b"), &interface(&subnet))),
        "10.20.1.5"
    );
    let (status, again) = put(&context, &nic("a"), &get(&context, &nic("a")));
    assert_eq!((status, address(&again)), (200, json!("10.20.1.4")));
    let mut chosen = interface(&subnet);
    let properties = &mut chosen["properties"]["ipConfigurations"][0]["properties"];
    properties["privateIPAllocationMethod"] = json!("Static");
    for (address, expected) in [
        ("10.20.1.5", "PrivateIPAddressNotAvailable"),
        ("10.20.1.7", "PrivateIPAddressNotAvailable"),
        ("10.20.1.2", "PrivateIPAddressNotAvailable"),
        ("x", "InvalidIPAddressFormat"),
    ] {
        chosen["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"] =
            json!(address);
        assert_eq!(refused(&context, &nic("c"), &chosen), expected, "{address}");
    }
    chosen["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"] =
        json!("10.20.1.6");
    made(&context, &nic("c"), &chosen);
    assert_eq!(
        refused(&context, &nic("d"), &interface(&subnet)),
        "SubnetIsFull"
    );
    let listed = get(&context, &format!("{}/ipConfigurations", nic("c")));
    assert_eq!(names(&listed["value"]), ["one"]);
    assert_eq!(
        get(&context, &format!("{}/ipConfigurations/ONE", nic("c"))),
        listed["value"][0]
    );
    assert_eq!(deleted(&context, &subnet).1, "InUseSubnetCannotBeDeleted");
    let check = |address: &str| {
        get(
            &context,
            &format!(
                "{}/CheckIPAddressAvailability?ipAddress={address}",
                vnet("new")
            ),
        )
    };
    assert_eq!(check("10.20.1.4")["available"], false);
    let usages = get(&context, &format!("{}/usages", vnet("new")));
    let usage = &usages["value"][0];
    assert_eq!(usage["id"], subnet.as_str());
    assert_eq!(
        (&usage["currentValue"], &usage["limit"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(usage["name"]["localizedValue"], "Subnet size and usage");
    assert_eq!(deleted(&context, &nic("b")).0, 202);
    assert_eq!(
        check("10.20.1.4")["availableIPAddresses"],
        json!(["10.20.1.5"])
    );
    assert_eq!(check("10.20.1.5")["available"], true);
    assert_eq!(check("10.20.1.1")["isPlatformReserved"], true);
    let nonsense = format!("{}/CheckIPAddressAvailability?ipAddress=x", vnet("new"));
    assert_eq!(write(&context, Method::GET, &nonsense).json().0, 400);
}

#[test]
fn the_interface_of_an_endpoint_is_nobodys_to_write() {
    let context = writable();
    let endpoint = get(&context, &format!("{NET}/privateEndpoints/vault"));
    let id = endpoint["properties"]["networkInterfaces"][0]["id"]
        .as_str()
        .unwrap();
    let shown = get(&context, id);
    assert_eq!(put(&context, id, &shown).0, 400);
    assert_eq!(deleted(&context, id).0, 400);
    let configurations = get(&context, &format!("{id}/ipConfigurations"));
    assert_eq!(
        configurations["value"],
        shown["properties"]["ipConfigurations"]
    );
}

#[test]
fn security_groups_and_tables_stay_while_they_are_used() {
    let context = writable();
    let group = format!("{NET}/networkSecurityGroups/g");
    let table = format!("{NET}/routeTables/t");
    let rule = |name: &str, priority: i64| json!({"name": name, "properties": {"protocol": "Tcp", "access": "allow", "direction": "inbound", "priority": priority, "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "sourcePortRange": "*", "destinationPortRange": "443"}});
    let body = json!({"location": "japaneast", "properties": {"securityRules": [rule("a", 100), rule("b", 100)]}});
    assert_eq!(refused(&context, &group, &body), "SecurityRuleConflict");
    let body = json!({"location": "japaneast", "properties": {"securityRules": [rule("a", 99)]}});
    assert_eq!(refused(&context, &group, &body), "InvalidRequestContent");
    let body = json!({"location": "japaneast", "properties": {"securityRules": [rule("a", 100)]}});
    let shown = made(&context, &group, &body);
    assert_eq!(
        shown["properties"]["securityRules"][0]["properties"]["access"],
        "Allow"
    );
    assert_eq!(
        shown["properties"]["defaultSecurityRules"]
            .as_array()
            .unwrap()
            .len(),
        6
    );
    let routes =
        json!([{"name": "r", "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "none"}}]);
    made(
        &context,
        &table,
        &json!({"location": "japaneast", "properties": {"routes": routes}}),
    );
    made(&context, &vnet("new"), &network("10.20.0.0/16"));
    let subnet = format!("{}/subnets/a", vnet("new"));
    made(
        &context,
        &subnet,
        &json!({"properties": {"addressPrefix": "10.20.1.0/24", "networkSecurityGroup": {"id": group}, "routeTable": {"id": table}}}),
    );
    assert_eq!(
        get(&context, &group)["properties"]["subnets"][0]["id"],
        json!(subnet)
    );
    assert_eq!(
        deleted(&context, &group).1,
        "InUseNetworkSecurityGroupCannotBeDeleted"
    );
    assert_eq!(
        deleted(&context, &table).1,
        "InUseRouteTableCannotBeDeleted"
    );
    assert_eq!(deleted(&context, &vnet("new")).0, 202);
    assert_eq!(deleted(&context, &group).0, 202);
    assert_eq!(deleted(&context, &table).0, 202);
}

#[test]
fn rules_and_routes_are_written_one_by_one_too() {
    let context = writable();
    let group = format!("{NET}/networkSecurityGroups/g");
    let table = format!("{NET}/routeTables/t");
    for path in [&group, &table] {
        made(&context, path, &json!({"location": "japaneast"}));
    }
    let rule = |priority: i64| json!({"properties": {"protocol": "*", "access": "Deny", "direction": "Outbound", "priority": priority}});
    let one = |name: &str| format!("{group}/securityRules/{name}");
    made(&context, &one("a"), &rule(100));
    assert_eq!(
        refused(&context, &one("b"), &rule(100)),
        "SecurityRuleConflict"
    );
    assert_eq!(
        refused(&context, &one("b"), &json!({})),
        "InvalidRequestContent"
    );
    made(&context, &one("b"), &rule(101));
    assert_eq!(put(&context, &one("b"), &rule(102)).0, 200);
    let shown = get(&context, &group);
    assert_eq!(names(&shown["properties"]["securityRules"]), ["a", "b"]);
    assert_eq!(
        get(&context, &format!("{group}/securityRules"))["value"],
        shown["properties"]["securityRules"]
    );
    let tags = write(&context, Method::PATCH, &group).body(&json!({"tags": {"a": "b"}}));
    assert_eq!(names(&tags.ok()["properties"]["securityRules"]), ["a", "b"]);
    assert_eq!(deleted(&context, &one("a")).0, 202);
    let route = json!({"properties": {"addressPrefix": "10.0.0.0/8", "nextHopType": "none"}});
    made(&context, &format!("{table}/routes/r"), &route);
    assert_eq!(names(&get(&context, &table)["properties"]["routes"]), ["r"]);
    let sent = put(
        &context,
        &table,
        &json!({"location": "japaneast", "properties": {"routes": []}}),
    );
    assert_eq!(sent.1["properties"]["routes"], json!([]));
}

fn state_of(peering: &Value) -> (&str, &str) {
    let text = |name: &str| peering["properties"][name].as_str().unwrap();
    (text("peeringState"), text("peeringSyncLevel"))
}

#[test]
fn a_peering_is_connected_when_both_sides_have_it_and_knows_when_one_goes() {
    let context = writable();
    made(&context, &vnet("a"), &network("10.20.0.0/16"));
    made(&context, &vnet("b"), &network("10.21.0.0/16"));
    let peering = |name: &str| format!("{}/virtualNetworkPeerings/other", vnet(name));
    let to = |name: &str| json!({"properties": {"remoteVirtualNetwork": {"id": vnet(name)}}});
    assert_eq!(
        state_of(&made(&context, &peering("a"), &to("b"))).0,
        "Initiated"
    );
    assert_eq!(
        state_of(&made(&context, &peering("b"), &to("a"))).0,
        "Connected"
    );
    assert_eq!(
        state_of(&get(&context, &peering("a"))),
        ("Connected", "FullyInSync")
    );
    let mut wider = network("10.21.0.0/16");
    wider["properties"]["addressSpace"]["addressPrefixes"] =
        json!(["10.21.0.0/16", "10.22.0.0/16"]);
    assert_eq!(put(&context, &vnet("b"), &wider).0, 200);
    assert_eq!(state_of(&get(&context, &peering("a"))).1, "LocalNotInSync");
    assert_eq!(state_of(&get(&context, &peering("b"))).1, "RemoteNotInSync");
    let sync = format!("{}?syncRemoteAddressSpace=true", peering("a"));
    assert_eq!(put(&context, &peering("a"), &to("b")).0, 200);
    assert_eq!(state_of(&get(&context, &peering("a"))).1, "LocalNotInSync");
    assert_eq!(state_of(&put(&context, &sync, &to("b")).1).1, "FullyInSync");
    // One goes: the other is disconnected, and has to be written before a new one can be made.
    assert_eq!(deleted(&context, &peering("b")).0, 202);
    assert_eq!(state_of(&get(&context, &peering("a"))).0, "Disconnected");
    assert_eq!(
        refused(&context, &peering("b"), &to("a")),
        "RemotePeeringIsDisconnected"
    );
    assert_eq!(
        state_of(&put(&context, &peering("a"), &to("b")).1).0,
        "Initiated"
    );
    made(&context, &peering("b"), &to("a"));
    assert_eq!(state_of(&get(&context, &peering("a"))).0, "Connected");
    // The same when a whole network goes.
    assert_eq!(deleted(&context, &vnet("b")).0, 202);
    assert_eq!(state_of(&get(&context, &peering("a"))).0, "Disconnected");
}

#[test]
fn peerings_that_make_no_sense_are_refused() {
    let context = writable();
    made(&context, &vnet("a"), &network("10.20.0.0/16"));
    made(&context, &vnet("b"), &network("10.20.128.0/17"));
    made(&context, &vnet("c"), &network("10.30.0.0/16"));
    made(&context, &vnet("d"), &network("10.40.0.0/16"));
    let peering = |name: &str| format!("{}/virtualNetworkPeerings/{name}", vnet("a"));
    let to = |name: &str| json!({"properties": {"remoteVirtualNetwork": {"id": vnet(name)}}});
    assert_eq!(
        refused(&context, &peering("x"), &to("a")),
        "InvalidRemoteVirtualNetwork"
    );
    assert_eq!(
        refused(&context, &peering("x"), &to("b")),
        "VnetAddressSpacesOverlap"
    );
    assert_eq!(
        refused(&context, &peering("x"), &to("none")),
        "InvalidResourceReference"
    );
    assert_eq!(
        refused(&context, &peering("x"), &json!({"properties": {}})),
        "InvalidRequestContent"
    );
    made(&context, &peering("x"), &to("c"));
    assert_eq!(
        refused(&context, &peering("y"), &to("c")),
        "AnotherPeeringAlreadyReferencesRemoteVnet"
    );
    assert_eq!(
        refused(&context, &peering("x"), &to("d")),
        "ChangingRemoteVirtualNetworkNotAllowed"
    );
    let mut gateway = to("d");
    gateway["properties"]["useRemoteGateways"] = json!(true);
    assert_eq!(
        refused(&context, &peering("y"), &gateway),
        "RemoteVnetHasNoGateways"
    );
}

#[test]
fn a_peering_with_another_tenant_needs_its_token() {
    let context = writable();
    made(&context, &vnet("a"), &network("10.20.0.0/16"));
    let other = format!("{THERE}/virtualNetworks/b");
    assert_eq!(
        there(&context, Method::PUT, &other)
            .body(&network("10.21.0.0/16"))
            .json()
            .0,
        201
    );
    let path = format!("{}/virtualNetworkPeerings/b", vnet("a"));
    let body = json!({"properties": {"remoteVirtualNetwork": {"id": other}}});
    let (status, answer) = put(&context, &path, &body);
    assert_eq!(
        (status, answer["error"]["code"].as_str()),
        (403, Some("LinkedAuthorizationFailed"))
    );
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("action 'Microsoft.Network/virtualNetworks/peer/action' on scope"),
        "{message}"
    );
    let auxiliary = format!(
        "Bearer {}",
        token(&context, RESOURCE, RESOURCE_WRITER, Audience::Arm)
    );
    let with = write(&context, Method::PUT, &path).body(&body);
    let (status, answer) = with.with("x-ms-authorization-auxiliary", &auxiliary).json();
    assert_eq!(status, 201, "{answer}");
    // Sent back with its network, it asks for no token again.
    let shown = get(&context, &vnet("a"));
    assert_eq!(put(&context, &vnet("a"), &shown).0, 200);
    assert_eq!(
        get(&context, &vnet("a"))["properties"]["virtualNetworkPeerings"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
