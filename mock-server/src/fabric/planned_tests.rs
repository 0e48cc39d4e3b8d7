//! A planned vantage has what clients have made of it, and nothing before.

use std::net::Ipv4Addr;

use serde_json::json;
use xtenant_source::SourceFile;

use super::addresses::{APP_SERVICE, APP_SERVICE_PORT, IMDS, front_door};
use super::reach::route;
use crate::store::State;
use crate::world::World;

const SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

fn text(app: &str) -> String {
    format!(
        "version: 1
world: empty
tenants:
  home:
    id: 11111111-1111-1111-1111-111111111111
    name: Contoso
    domain: contoso.onmicrosoft.com
    subscriptions: [{{id: aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa, name: workloads}}]
vantages:
  app:
    planned: true
    network: {network}
    address: 10.1.1.4
    identities: [{identity}]
{app}",
        network = network(),
        identity = identity(),
    )
}

fn network() -> String {
    format!("{SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home")
}

fn identity() -> String {
    format!(
        "{SUBSCRIPTION}/resourceGroups/app/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders"
    )
}

const APP: &str = "    app-service: true\nfunctions:\n  func-orders: {vantage: app}\n";

fn state(app: &str) -> State {
    let world = World::parse(&SourceFile::new("world.yaml", text(app))).unwrap();
    State::build(&world).unwrap()
}

fn put(state: &mut State, id: &str, body: serde_json::Value) {
    let body = body.as_object().cloned().unwrap();
    state.put_resource(id, body).unwrap();
}

fn make_network_and_identity(state: &mut State) {
    let prefixes = json!({"addressPrefixes": ["10.1.0.0/16"]});
    put(
        state,
        &network(),
        json!({"location": "japaneast", "properties": {"addressSpace": prefixes}}),
    );
    put(
        state,
        &identity(),
        json!({"location": "japaneast", "properties": {"clientId": "dddddddd-dddd-dddd-dddd-dddddddddddd"}}),
    );
}

fn source(state: &State) -> Ipv4Addr {
    match route(state, "app", front_door("kv.vault.azure.net").unwrap(), 443)
        .map(|it| it.peer.source)
    {
        Ok(std::net::IpAddr::V4(source)) => source,
        _ => panic!("no way to a public address"),
    }
}

#[test]
fn a_machine_is_in_its_network_once_that_is_made() {
    let mut state = state("");
    let vantage = state.vantage("app").unwrap();
    assert_eq!((&vantage.network, vantage.address), (&None, None));
    assert!(vantage.identities.is_empty());
    drop(vantage);
    assert!(route(&state, "app", IMDS, 80).is_err());
    make_network_and_identity(&mut state);
    let vantage = state.vantage("app").unwrap();
    assert_eq!(vantage.network, Some(network()));
    assert_eq!(vantage.address, Some(Ipv4Addr::new(10, 1, 1, 4)));
    assert_eq!(vantage.identities, [identity()]);
    assert!(route(&state, "app", IMDS, 80).is_ok());
}

#[test]
fn an_app_has_the_network_and_the_identity_that_its_site_has() {
    let mut state = state(APP);
    make_network_and_identity(&mut state);
    let site =
        format!("{SUBSCRIPTION}/resourceGroups/app/providers/Microsoft.Web/sites/func-orders");
    let has = |state: &State| {
        let vantage = state.vantage("app").unwrap();
        let identity = route(state, "app", APP_SERVICE, APP_SERVICE_PORT).is_ok();
        (vantage.network.is_some(), identity)
    };
    assert_eq!(has(&state), (false, false));
    put(
        &mut state,
        &site,
        json!({"location": "japaneast", "properties": {}}),
    );
    assert_eq!(has(&state), (false, false));
    let subnet = format!("{}/subnets/workloads", network());
    let joined = json!({"virtualNetworkSubnetId": subnet});
    put(
        &mut state,
        &site,
        json!({"location": "japaneast", "properties": joined}),
    );
    assert_eq!(has(&state), (true, false));
    let assigned =
        json!({"type": "UserAssigned", "userAssignedIdentities": {identity().to_uppercase(): {}}});
    put(
        &mut state,
        &site,
        json!({"location": "japaneast", "identity": assigned, "properties": joined}),
    );
    assert_eq!(has(&state), (true, true));
    let elsewhere = json!({"virtualNetworkSubnetId": subnet.replace("/home/", "/other/")});
    put(
        &mut state,
        &site,
        json!({"location": "japaneast", "properties": elsewhere}),
    );
    assert_eq!(has(&state), (false, false));
    assert_ne!(source(&state), Ipv4Addr::new(10, 1, 1, 4));
}

#[test]
fn only_a_planned_vantage_may_name_what_is_not_there() {
    for (from, to, problems) in [
        ("planned: true", "planned: false", 2),
        ("/virtualNetworks/home", "/virtual Networks", 1),
    ] {
        let text = text("").replace(from, to);
        let found = World::parse(&SourceFile::new("world.yaml", text)).unwrap_err();
        assert_eq!(found.len(), problems, "{to}: {found:#?}");
    }
    let text = text(APP).replace("planned: true", "planned: false");
    let found = World::parse(&SourceFile::new("world.yaml", text)).unwrap_err();
    let titles: Vec<&str> = found.iter().map(|it| it.title.as_str()).collect();
    assert!(
        titles.contains(&"the world has no Microsoft.Web/sites named func-orders"),
        "{titles:?}"
    );
}
