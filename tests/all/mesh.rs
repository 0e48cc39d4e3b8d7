//! The mesh in worlds and scenarios that nobody drew up for it: one inline edit each.

use serde_json::Value;

use crate::support::{Copied, copy, edit, report, xtenant};

/// Runs a copy and gives its only chain.
fn chain(copied: &Copied) -> Value {
    let (ran, report) = report([&copied.scenario]);
    assert!(ran.code < 8, "{}", ran.stderr);
    report["chains"][0].clone()
}

fn link(chain: &Value, id: &str) -> Value {
    let links = chain["links"].as_array().unwrap();
    links.iter().find(|link| link["id"] == id).unwrap().clone()
}

#[test]
fn a_scenario_that_names_another_kind_of_thing_is_refused_before_anything_is_asked() {
    let manager = "\"/subscriptions/${home-subscription}/resourceGroups/net/providers/Microsoft.Network/networkManagers/nm";
    for (from, to, expected) in [
        (
            "\"/subscriptions/${resource-subscription}/providers/Microsoft.Network/networkManagerConnections/contoso\"".to_owned(),
            "\"/subscriptions/${resource-subscription}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/data\"".to_owned(),
            "an id of type Microsoft.Network/networkManagerConnections",
        ),
        (
            format!("{manager}/scopeConnections/resource\""),
            format!("{manager}/networkGroups/all\""),
            "an id of type Microsoft.Network/networkManagers/scopeConnections",
        ),
        (
            "scope: \"/subscriptions/${resource-subscription}\"".to_owned(),
            "scope: \"/subscriptions/${resource-subscription}/resourceGroups/net\"".to_owned(),
            "the id of a subscription or management group",
        ),
    ] {
        let copied = copy("cross-tenant-mesh");
        edit(&copied.scenario, &from, &to);
        let ran = xtenant(["run".as_ref(), copied.scenario.as_os_str()]);
        assert_eq!(ran.code, 3, "{to}: {}", ran.stdout);
        assert!(ran.stderr.contains(&format!("expected: {expected}")), "{}", ran.stderr);
    }
}

#[test]
fn what_compares_nothing_is_refused() {
    let scopes = "        - {tenant-id: \"${resource-tenant}\", subscriptions: [\"${resource-subscription}\"]}\n";
    for (from, to, says) in [
        (scopes, "        []\n", "wrong number of elements"),
        (
            scopes,
            "        - {tenant-id: \"${resource-tenant}\"}\n",
            "nothing to compare",
        ),
        (
            "      subscriptions: [\"${home-subscription}\"]\n  - id: offer",
            "      subscriptions: []\n  - id: offer",
            "wrong number of elements",
        ),
    ] {
        let copied = copy("cross-tenant-mesh");
        edit(&copied.scenario, from, to);
        let ran = xtenant(["run".as_ref(), copied.scenario.as_os_str()]);
        assert_eq!(ran.code, 3, "{to}: {}", ran.stdout);
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
    }
}

#[test]
fn a_fact_of_another_kind_of_thing_asks_nothing() {
    let copied = copy("cross-tenant-mesh");
    edit(
        &copied.scenario,
        "      network-group: {from: group.network-group}",
        "      network-group: {from: manager.network-manager}",
    );
    let mesh = link(&chain(&copied), "mesh");
    assert_eq!(mesh["outcome"], "error");
    let reason = mesh["reason"].as_str().unwrap();
    assert!(
        reason.contains("expected: an id of type Microsoft.Network/networkManagers/networkGroups"),
        "{reason}"
    );
}
