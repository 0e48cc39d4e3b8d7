//! What is seen of routes, and what must be told about them.

use serde_json::json;

use super::*;
use crate::checks::testing::{broken, check, judged};

const GROUP: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network";
const DATA: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/data";

fn subject(more: serde_json::Value) -> RoutesEffective {
    let mut parameters = json!({
        "network-interface": format!("{GROUP}/networkInterfaces/app"),
        "virtual-networks": [DATA]
    });
    for (name, value) in more.as_object().unwrap() {
        parameters[name] = value.clone();
    }
    check(parameters)
}

fn plain() -> RoutesEffective {
    subject(json!({}))
}

fn route(source: &str, prefix: &str, hop: &str) -> Route {
    Route {
        source: source.to_owned(),
        state: "Active".to_owned(),
        prefixes: vec![prefix.to_owned()],
        hop: hop.to_owned(),
        ..Route::default()
    }
}

fn own(prefix: &str, hop: &str, address: &str) -> Route {
    Route {
        name: "inspect".to_owned(),
        hop_addresses: vec![address.to_owned()],
        ..route("User", prefix, hop)
    }
}

/// What Azure has for every network, and more.
fn seen(more: Vec<Route>) -> Seen {
    let mut routes = vec![
        route("Default", "10.1.0.0/16", "VnetLocal"),
        route("Default", "0.0.0.0/0", "Internet"),
        route("Default", "10.0.0.0/8", "None"),
    ];
    routes.extend(more);
    Seen {
        interface: Some(Interface {
            machine: "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.Compute/virtualMachines/app".to_owned(),
            private_endpoint: String::new(),
            subnets: vec![format!("{GROUP}/virtualNetworks/home/subnets/workloads")],
        }),
        routes: Some(routes),
        power: None,
        wanted: vec![Wanted {
            network: Some(DATA.to_owned()),
            prefixes: Some(vec!["10.2.0.0/16".to_owned()]),
            elsewhere: false,
        }],
        route_table: Some(format!("{GROUP}/routeTables/firewall")),
    }
}

#[test]
fn a_connected_group_or_a_peering_holds_however_it_is_spelt() {
    for hop in [
        "ConnectedGroup",
        "connectedgroup",
        "VNetPeering",
        "GlobalVNetPeering",
        "VNetGlobalPeering",
        "VnetPeeringGlobal",
    ] {
        let there = seen(vec![route("Default", "10.2.0.0/16", hop)]);
        assert_eq!(judged(&plain(), &there), Verdict::Holds, "{hop}");
    }
    let wide = seen(vec![route("Default", "10.2.0.0/15", "ConnectedGroup")]);
    assert_eq!(judged(&plain(), &wide), Verdict::Holds);
    let mut stateless = route("Default", "10.2.0.0/16", "VNetPeering");
    stateless.state = "Pondering".to_owned();
    assert_eq!(judged(&plain(), &seen(vec![stateless])), Verdict::Holds);
}

#[test]
fn the_default_for_private_addresses_is_no_route() {
    let reason = broken(&plain(), &seen(vec![]), "no-route");
    assert_eq!(
        reason.observed.as_deref(),
        Some("10.0.0.0/8 → None (Default)")
    );
    let half = seen(vec![route("Default", "10.2.0.0/17", "VNetPeering")]);
    broken(&plain(), &half, "no-route");
    let mut none = seen(vec![]);
    none.routes = Some(Vec::new());
    broken(&plain(), &none, "no-route");
}

#[test]
fn the_subnets_own_route_wins_over_an_equally_specific_one() {
    let mut system = route("Default", "10.2.0.0/16", "ConnectedGroup");
    system.state = "Invalid".to_owned();
    let mut both = seen(vec![
        system,
        own("10.2.0.0/16", "VirtualAppliance", "10.1.1.250"),
    ]);
    let reason = broken(&plain(), &both, "own-route-wins");
    assert_eq!(
        reason.values["own-route"],
        format!("{GROUP}/routeTables/firewall/routes/inspect")
    );
    both.route_table = None;
    let reason = broken(&plain(), &both, "own-route-wins");
    assert!(!reason.values.contains_key("own-route"));
    let meant = subject(json!({"appliance": "10.1.1.250"}));
    assert_eq!(judged(&meant, &both), Verdict::Holds);
    let other = subject(json!({"appliance": "10.1.1.251"}));
    broken(&other, &both, "own-route-wins");
}

#[test]
fn a_wider_route_of_the_table_does_not_win_and_a_finer_one_takes_its_part() {
    let joined = || route("Default", "10.2.0.0/16", "ConnectedGroup");
    let wider = seen(vec![
        joined(),
        own("0.0.0.0/0", "VirtualAppliance", "10.1.1.250"),
    ]);
    assert_eq!(judged(&plain(), &wider), Verdict::Holds);
    let dropped = seen(vec![joined(), own("10.2.1.0/24", "None", "")]);
    broken(&plain(), &dropped, "own-route-drops");
    let endpoint = seen(vec![
        joined(),
        route("Default", "10.2.0.4/32", "InterfaceEndpoint"),
    ]);
    assert_eq!(judged(&plain(), &endpoint), Verdict::Holds);
    let learned = route(
        "VirtualNetworkGateway",
        "10.2.7.0/24",
        "VirtualNetworkGateway",
    );
    broken(
        &plain(),
        &seen(vec![joined(), learned]),
        "gateway-route-wins",
    );
}

#[test]
fn the_interfaces_own_network_comes_before_others_of_the_same_prefix() {
    let both = || {
        vec![
            route("Default", "10.2.0.0/16", "VnetLocal"),
            route("Default", "10.2.0.0/16", "ConnectedGroup"),
        ]
    };
    broken(&plain(), &seen(both()), "own-addresses-overlap");
    let mut itself = seen(vec![]);
    itself.wanted[0].network = Some(format!("{GROUP}/virtualNetworks/HOME"));
    itself.wanted[0].prefixes = Some(vec!["10.1.0.0/16".to_owned()]);
    assert_eq!(judged(&plain(), &itself), Verdict::Holds);
}

#[test]
fn the_way_that_is_meant_is_the_way() {
    let peered = seen(vec![route("Default", "10.2.0.0/16", "VNetPeering")]);
    broken(
        &subject(json!({"by": "connected-group"})),
        &peered,
        "other-way",
    );
    assert_eq!(
        judged(&subject(json!({"by": "peering"})), &peered),
        Verdict::Holds
    );
    let grouped = seen(vec![route("Default", "10.2.0.0/16", "ConnectedGroup")]);
    broken(&subject(json!({"by": "peering"})), &grouped, "other-way");
}

#[test]
fn an_interface_of_nobody_or_of_a_machine_that_does_not_run_has_no_routes() {
    let mut gone = seen(vec![]);
    gone.interface = None;
    broken(&plain(), &gone, "missing");
    let mut idle = seen(vec![]);
    idle.interface.as_mut().unwrap().machine.clear();
    idle.routes = None;
    broken(&plain(), &idle, "not-attached");
    let mut off = seen(vec![]);
    (off.routes, off.power) = (None, Some("deallocated".to_owned()));
    let reason = broken(&plain(), &off, "machine-not-running");
    assert_eq!(reason.observed.as_deref(), Some("deallocated"));
}

#[test]
fn a_network_that_cannot_be_read_there_is_told_before_routes() {
    let mut gone = seen(vec![]);
    gone.wanted[0].prefixes = None;
    let reason = broken(&plain(), &gone, "network-missing");
    assert_eq!(reason.values["network"], DATA);
    gone.wanted[0].elsewhere = true;
    broken(&plain(), &gone, "subscription-elsewhere");
}

#[test]
fn a_next_hop_that_nobody_knows_decides_nothing() {
    let odd = seen(vec![route("Default", "10.2.0.0/16", "Teleport")]);
    assert!(plain().is_understood(&odd).is_err());
    let beside = seen(vec![
        route("Default", "10.2.0.0/16", "ConnectedGroup"),
        route("Default", "10.9.0.0/16", "Teleport"),
    ]);
    assert!(plain().is_understood(&beside).is_ok());
    assert!(!plain().diverts(&beside));
}

#[test]
fn routes_read_from_arms_shape_and_half_a_table_is_none() {
    let read = |body| serde_json::from_value::<Answer>(body).unwrap().routes();
    let one = json!({"source": "Default", "state": "Active", "addressPrefix": ["10.2.0.0/16"],
        "nextHopType": "VNetPeering", "nextHopIpAddress": null, "name": null});
    let routes = read(json!({"value": [one]})).unwrap();
    assert_eq!(routes, [route("Default", "10.2.0.0/16", "VNetPeering")]);
    assert!(read(json!({"value": [], "nextLink": "https://x/2"})).is_err());
    assert!(read(json!({})).is_err());
    assert_eq!(read(json!({"value": []})), Ok(vec![]));
}
