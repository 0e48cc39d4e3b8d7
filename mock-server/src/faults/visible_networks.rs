//! Every fault of network managers changes some answer, in every bundled world that has a network manager.

use std::collections::BTreeMap;

use http::Method;
use serde_json::json;

use super::{CATALOGUE, plant};
use crate::auth::Audience;
use crate::context::Context;
use crate::fabric::reach;
use crate::services::testing::{HOME, HOME_AUDITOR, RESOURCE, RESOURCE_AUDITOR, ask, mock};
use crate::world::bundled;

const NM: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/networkManagers";
const HERE: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/virtualNetworks";
const THERE: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/net/providers/Microsoft.Network/virtualNetworks";
const AGREED: &str =
    "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/providers/Microsoft.Network";

/// Beginnings of the faults of network managers, groups, configurations, networks and commits.
fn is_of_networks(fault: &str) -> bool {
    let starts = [
        "address-spaces-",
        "connectivity-",
        "hub-",
        "machine-",
        "mesh-",
        "network-",
        "region-",
        "route-table-",
        "scope-connection-",
        "security-group-",
        "static-member-",
        "subscription-moved",
        "virtual-network-",
    ];
    starts.iter().any(|start| fault.starts_with(start))
}

/// What the checks of story 1 ask, and what they get.
fn answers(context: &Context) -> BTreeMap<String, String> {
    let mut answers = BTreeMap::new();
    let mut keep = |method: Method, path: String, (tenant, auditor): (&str, &str)| {
        let url = format!("management.azure.com{path}?api-version=2024-01-01");
        let asked =
            ask(context, method, &url)
                .body(&json!({}))
                .bearing(tenant, auditor, Audience::Arm);
        let (status, body) = asked.json();
        // Times differ in every run and say nothing.
        let body = body
            .to_string()
            .split("commitTime")
            .map(|it| it.split_once(',').map_or(it, |it| it.1))
            .collect::<String>();
        answers.insert(path, format!("{status} {body}"));
    };
    let home = (HOME, HOME_AUDITOR);
    let resource = (RESOURCE, RESOURCE_AUDITOR);
    for path in [
        "",
        "/nm",
        "/nm/scopeConnections",
        "/nm/networkGroups",
        "/nm/networkGroups/all/staticMembers",
        "/nm/connectivityConfigurations",
    ] {
        keep(Method::GET, format!("{NM}{path}"), home);
    }
    for action in [
        "listDeploymentStatus",
        "listActiveConnectivityConfigurations",
    ] {
        keep(Method::POST, format!("{NM}/nm/{action}"), home);
    }
    let effective = "listNetworkManagerEffectiveConnectivityConfigurations";
    for (network, who) in [
        (format!("{HERE}/home"), home),
        (format!("{THERE}/data"), resource),
    ] {
        keep(Method::POST, format!("{network}/{effective}"), who);
        keep(Method::GET, network, who);
    }
    keep(Method::GET, format!("{HERE}/hub"), home);
    for (network, who) in [
        (format!("{HERE}/hub"), home),
        (format!("{THERE}/legacy"), resource),
    ] {
        let peerings = format!("{network}/virtualNetworkPeerings");
        keep(Method::GET, peerings, who);
    }
    for (subscription, who) in [(HERE, home), (THERE, resource)] {
        let subscription = subscription.split("/resourceGroups/").next().unwrap();
        for list in [
            "Microsoft.Network/networkInterfaces",
            "Microsoft.Network/virtualNetworks",
            "Microsoft.Compute/virtualMachines",
        ] {
            keep(Method::GET, format!("{subscription}/providers/{list}"), who);
        }
    }
    let machine = HERE.replace(
        "net/providers/Microsoft.Network/virtualNetworks",
        "app/providers/Microsoft.Compute/virtualMachines/app/extensions",
    );
    keep(Method::GET, machine, home);
    for list in ["networkManagerConnections", "networkManagers"] {
        keep(Method::GET, format!("{AGREED}/{list}"), resource);
    }
    let reached = reach::route(&context.state(), "app", [10, 2, 0, 4].into(), 443);
    answers.insert(
        "10.2.0.4".to_owned(),
        format!("{:?}", reached.map(|it| it.peer.source)),
    );
    answers
}

#[test]
fn every_fault_of_network_managers_changes_an_answer() {
    for name in ["cross-tenant-full", "cross-tenant-hub", "cross-tenant-mesh"] {
        let world = bundled(name);
        let healthy = answers(&mock(&world));
        assert!(
            healthy.iter().all(|(path, it)| path.starts_with("10.")
                || path.ends_with("/hub")
                || path.ends_with("/virtualNetworkPeerings")
                || path.ends_with("/extensions")
                || it.starts_with("200")),
            "{healthy:#?}"
        );
        assert_eq!(healthy, answers(&mock(&world)));
        for fault in CATALOGUE.iter().filter(|it| is_of_networks(it.id)) {
            for place in (fault.places)(&world) {
                let mut broken = world.clone();
                plant(&mut broken, fault.id, &place).unwrap();
                assert_ne!(
                    healthy,
                    answers(&mock(&broken)),
                    "{name}: {} at {place} changes nothing",
                    fault.id
                );
            }
        }
    }
}
