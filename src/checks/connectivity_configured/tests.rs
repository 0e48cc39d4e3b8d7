use serde_json::{Value, json};

use super::*;
use crate::checks::testing::{broken, check, judged, warned};

const CONFIGURATION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/networkManagers/nm/connectivityConfigurations/mesh";
const GROUP: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/networkManagers/nm/networkGroups/all";
const HUB: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub";

fn mesh() -> ConnectivityConfigured {
    check(json!({
        "configuration": CONFIGURATION, "topology": "Mesh", "network-group": GROUP,
        "regions": ["japaneast", "Japan West"]
    }))
}

fn spokes() -> ConnectivityConfigured {
    check(json!({
        "configuration": CONFIGURATION, "topology": "HubAndSpoke", "network-group": GROUP,
        "hub": HUB, "regions": ["japaneast", "japanwest"]
    }))
}

fn configured(topology: &str) -> Configuration {
    Configuration {
        topology: topology.to_owned(),
        is_global: topology == "mesh",
        hubs: match topology {
            "mesh" => Vec::new(),
            _ => vec![HUB.to_uppercase()],
        },
        groups: vec![Group {
            id: GROUP.trim_start_matches('/').to_owned(),
            connectivity: "None".to_owned(),
            ..Group::default()
        }],
        ..Configuration::default()
    }
}

fn seen(topology: &str, change: impl FnOnce(&mut Configuration)) -> Seen {
    let mut configuration = configured(topology);
    change(&mut configuration);
    Seen {
        configuration: Some(configuration),
        hubs_without_gateway: Vec::new(),
    }
}

fn body(reason: &Reason) -> Value {
    let body: Value = serde_json::from_str(&reason.values["configuration-json"]).unwrap();
    body["properties"].clone()
}

#[test]
fn a_global_mesh_and_spokes_of_the_hub_hold_whatever_the_spelling() {
    assert_eq!(judged(&mesh(), &seen("mesh", |_| {})), Verdict::Holds);
    assert_eq!(
        judged(&spokes(), &seen("hubAndSpoke", |_| {})),
        Verdict::Holds
    );
    assert!(
        mesh()
            .facts(&seen("mesh", |_| {}))
            .get("configuration")
            .is_some()
    );
}

#[test]
fn what_is_missing_can_be_created_from_the_scenario_alone() {
    let absent = Seen {
        configuration: None,
        hubs_without_gateway: Vec::new(),
    };
    let reason = broken(&spokes(), &absent, "missing");
    let body = body(&reason);
    assert_eq!(body["hubs"][0]["resourceId"], HUB);
    assert_eq!(body["appliesToGroups"][0]["networkGroupId"], GROUP);
}

#[test]
fn each_setting_has_its_cause_and_a_body_that_mends_only_it() {
    let topology = broken(&mesh(), &seen("HubAndSpoke", |_| {}), "other-topology");
    assert_eq!(body(&topology)["connectivityTopology"], "Mesh");
    let group = seen("mesh", |own| own.groups[0].id.push_str("-2"));
    let group = broken(&mesh(), &group, "group-not-applied");
    assert_eq!(body(&group)["appliesToGroups"].as_array().unwrap().len(), 2);
    assert!(group.values["other-groups"].ends_with("all-2"));
    let hub = seen("HubAndSpoke", |own| own.hubs.clear());
    broken(&spokes(), &hub, "other-hub");
    for (state, cause) in [
        ("Failed", "provisioning-failed"),
        ("Updating", "not-provisioned"),
    ] {
        let unfinished = seen("mesh", |own| own.provisioning_state = state.to_owned());
        broken(&mesh(), &unfinished, cause);
    }
    let spokes = seen("HubAndSpoke", |own| {
        own.groups[0].connectivity = "DirectlyConnected".to_owned();
        own.groups[0].uses_hub_gateway = true;
    });
    let item = &body(&broken(&mesh(), &spokes, "other-topology"))["appliesToGroups"][0];
    assert_eq!(
        (&item["groupConnectivity"], &item["useHubGateway"]),
        (&json!("None"), &json!("False"))
    );
}

#[test]
fn several_regions_need_a_global_mesh() {
    let local = || seen("mesh", |own| own.is_global = false);
    let reason = broken(&mesh(), &local(), "not-global");
    assert_eq!(body(&reason)["isGlobal"], "True");
    let one_region: ConnectivityConfigured = check(json!({
        "configuration": CONFIGURATION, "topology": "Mesh", "network-group": GROUP,
        "regions": ["japaneast", "Japan East"]
    }));
    assert_eq!(judged(&one_region, &local()), Verdict::Holds);
}

#[test]
fn several_regions_matter_to_spokes_only_when_they_are_connected_directly() {
    let direct = |global: bool| {
        seen("HubAndSpoke", |own| {
            own.groups[0].connectivity = "DirectlyConnected".to_owned();
            own.groups[0].is_global = global;
        })
    };
    let reason = broken(&spokes(), &direct(false), "not-global");
    assert_eq!(body(&reason)["appliesToGroups"][0]["isGlobal"], "True");
    assert_eq!(judged(&spokes(), &direct(true)), Verdict::Holds);
}

#[test]
fn a_hub_that_is_to_be_the_gateway_needs_one() {
    let mut without = seen("HubAndSpoke", |own| own.groups[0].uses_hub_gateway = true);
    assert_eq!(judged(&spokes(), &without), Verdict::Holds);
    for has_subnet in [true, false] {
        without.hubs_without_gateway = vec![HubWithoutGateway {
            id: HUB.to_owned(),
            has_subnet,
        }];
        let reason = broken(&spokes(), &without, "hub-without-gateway");
        assert_eq!(reason.values["subnetless-hub"].is_empty(), has_subnet);
        let unset: Value = serde_json::from_str(&reason.values["without-gateway-json"]).unwrap();
        let item = &unset["properties"]["appliesToGroups"][0];
        assert_eq!(item["useHubGateway"], "False");
    }
}

#[test]
fn deleting_existing_peerings_is_a_warning() {
    let seen = seen("mesh", |own| own.deletes_peerings = true);
    warned(&mesh(), &seen, "deletes-peerings");
}
