use super::*;
use crate::checks::network_manager::configuration::Group;
use crate::checks::testing::{broken, check, judged, warned};

const NETWORK: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/data";
const MANAGER: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/networkManagers/nm";
const OTHER: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/net/providers/Microsoft.Network/networkManagers/own";

fn subject() -> ConnectivityEffective {
    check(json!({
        "virtual-network": NETWORK,
        "configuration": format!("{MANAGER}/connectivityConfigurations/mesh")
    }))
}

fn mesh(manager: &str, name: &str) -> Configuration {
    Configuration {
        id: format!("{manager}/connectivityConfigurations/{name}"),
        topology: "Mesh".to_owned(),
        groups: vec![Group::default()],
        ..Configuration::default()
    }
}

fn seen(effective: Vec<Configuration>, in_scope: Option<bool>) -> Seen {
    Seen {
        effective: Some(effective),
        in_scope,
        outside: None,
        peerings: Vec::new(),
    }
}

#[test]
fn this_configuration_among_the_effective_ones_holds_whatever_the_spelling() {
    let spelled = mesh(MANAGER.trim_start_matches('/'), "MESH");
    assert_eq!(
        judged(&subject(), &seen(vec![spelled], None)),
        Verdict::Holds
    );
}

#[test]
fn what_is_effective_instead_tells_the_cause() {
    let absent = Seen {
        effective: None,
        in_scope: None,
        outside: None,
        peerings: Vec::new(),
    };
    broken(&subject(), &absent, "missing");
    broken(&subject(), &seen(Vec::new(), None), "not-effective");
    broken(&subject(), &seen(Vec::new(), Some(true)), "not-effective");
    broken(&subject(), &seen(Vec::new(), Some(false)), "out-of-scope");
    let other = broken(
        &subject(),
        &seen(vec![mesh(OTHER, "mesh")], Some(true)),
        "other-configuration",
    );
    assert!(other.values["effective"].starts_with(OTHER));
    assert_eq!(other.values["network-manager"], MANAGER);
}

#[test]
fn a_network_that_is_in_as_many_connected_groups_as_it_can_be_is_told() {
    let full = vec![mesh(MANAGER, "one"), mesh(OTHER, "two")];
    broken(
        &subject(),
        &seen(full, Some(true)),
        "too-many-connected-groups",
    );
}

#[test]
fn configurations_of_a_second_manager_are_a_warning() {
    let both = seen(vec![mesh(MANAGER, "mesh"), mesh(OTHER, "mesh")], None);
    let reason = warned(&subject(), &both, "several-managers");
    assert_eq!(reason.values["other-manager"], OTHER);
}

#[test]
fn a_spoke_needs_a_connected_peering_with_a_hub_and_the_hub_needs_none() {
    let hub = |id: &str| Configuration {
        topology: "HubAndSpoke".to_owned(),
        hubs: vec![id.trim_start_matches('/').to_owned()],
        ..mesh(MANAGER, "mesh")
    };
    let spoke = |peerings: &[(&str, &str)]| {
        let peering = |(network, state): &(&str, &str)| Peering {
            network: (*network).to_owned(),
            state: (*state).to_owned(),
        };
        Seen {
            peerings: peerings.iter().map(peering).collect(),
            ..seen(vec![hub("/hub")], None)
        }
    };
    assert_eq!(
        judged(
            &subject(),
            &spoke(&[("/x", "Initiated"), ("/HUB", "connected")])
        ),
        Verdict::Holds
    );
    broken(&subject(), &spoke(&[("/x", "Connected")]), "hub-not-peered");
    let reason = broken(
        &subject(),
        &spoke(&[("/hub", "Initiated")]),
        "hub-not-peered",
    );
    assert_eq!(reason.observed.as_deref(), Some("Initiated"));
    assert_eq!(
        judged(&subject(), &seen(vec![hub(NETWORK)], None)),
        Verdict::Holds
    );
}

#[test]
fn connected_groups_are_counted_by_network_group_and_too_many_are_a_warning() {
    let direct = |id: &str| Group {
        id: id.to_owned(),
        connectivity: "DirectlyConnected".to_owned(),
        ..Group::default()
    };
    let hub = Configuration {
        topology: "HubAndSpoke".to_owned(),
        hubs: vec![NETWORK.to_owned()],
        groups: vec![direct("/a"), direct("/b")],
        ..mesh(MANAGER, "mesh")
    };
    assert_eq!(
        judged(&subject(), &seen(vec![hub.clone()], None)),
        Verdict::Holds
    );
    let three = seen(vec![hub, mesh(MANAGER, "other")], None);
    warned(&subject(), &three, "many-connected-groups");
}

#[test]
fn a_scope_that_is_not_covered_is_added_or_asked_for_where_it_is_another_tenants() {
    let outside = |tenant: Option<&str>, is_asked_for| Seen {
        outside: Some(Outside {
            manager: Manager::default(),
            scope: NETWORK[..51].to_owned(),
            tenant: tenant.map(|own| own.parse().unwrap()),
            is_asked_for,
        }),
        ..seen(Vec::new(), Some(false))
    };
    let told = |seen: &Seen| broken(&subject(), seen, "out-of-scope").values;
    let own = told(&outside(None, false));
    assert!(own["manager-json"].contains(&NETWORK[..51]));
    let tenant = "22222222-2222-2222-2222-222222222222";
    let others = told(&outside(Some(tenant), false));
    assert!(others["offer-json"].contains(tenant));
    assert_eq!(others["offer-name"], NETWORK[15..51]);
    let waiting = told(&outside(Some(tenant), true));
    assert!(!waiting.contains_key("offer-json") && !waiting.contains_key("manager-json"));
}
