//! The mesh in worlds and scenarios that nobody drew up for it: one inline edit each.

use serde_json::Value;

use crate::support::{Copied, copy, edit, report, xtenant};

const A: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network";

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

/// The last commit of the world once more, for another configuration, with another end.
fn another_commit(copied: &Copied, configuration: &str, ending: &str) {
    let world = std::fs::read_to_string(&copied.world).unwrap();
    let manager = format!("{A}/networkManagers/nm");
    let commit = format!(
        "commits:\n{}  - network-manager: {manager}\n    region: japanwest\n    type: Connectivity\n    configurations:\n      - {{id: {manager}/connectivityConfigurations/{configuration}}}\n    {ending}\n",
        world
            .split_once("\ncommits:\n")
            .unwrap()
            .1
            .trim_end_matches('\n')
            .to_owned()
            + "\n",
    );
    let (before, _) = world.split_once("\ncommits:\n").unwrap();
    let other = format!(
        "  - id: {manager}/connectivityConfigurations/other\n    properties:\n      connectivityTopology: Mesh\n      appliesToGroups: [{{networkGroupId: {manager}/networkGroups/all, groupConnectivity: None}}]\n"
    );
    let resources = match before.contains("connectivityConfigurations/other") {
        true => before.to_owned(),
        false => before.replacen("\nresources:\n", &format!("\nresources:\n{other}"), 1),
    };
    std::fs::write(&copied.world, format!("{resources}\n{commit}")).unwrap();
}

/// The commands of a link's decisive finding, as one text.
fn fix(link: &Value) -> String {
    let commands = link["findings"][0]["fix"].as_array().unwrap();
    let commands = commands.iter().map(|it| it.as_str().unwrap());
    commands.collect::<Vec<_>>().join("\n")
}

#[test]
fn no_advised_commit_takes_away_what_is_active() {
    let copied = copy("cross-tenant-mesh");
    another_commit(&copied, "other", "status: Deployed");
    another_commit(&copied, "mesh", "status: Failed");
    let deployed = link(&chain(&copied), "deployed");
    assert_eq!(
        deployed["findings"][0]["code"],
        "connectivity-deployed.failed"
    );
    let fix = fix(&deployed);
    assert!(
        fix.contains("connectivityConfigurations/other\"")
            && fix.contains("connectivityConfigurations/mesh\""),
        "{fix}"
    );
}

#[test]
fn a_failed_commit_of_others_is_told_in_azures_words() {
    let copied = copy("cross-tenant-mesh");
    another_commit(
        &copied,
        "other",
        "status: Failed\n    error: quota exceeded",
    );
    let deployed = link(&chain(&copied), "deployed");
    let says = deployed["findings"][0]["says"].as_str().unwrap();
    assert!(says.ends_with("failed: quota exceeded"), "{says}");
}

#[test]
fn silence_proves_isolation_only_beside_a_control_that_gets_through() {
    let network = "scenarios/cross-tenant-full/network.yaml";
    let ran = xtenant([
        "run",
        network,
        "--link",
        "outside-vault",
        "--fault",
        "vantage-without-egress@vantage/outside",
    ]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("outside-gets-out is fail (its control)"),
        "{}",
        ran.stdout
    );
    let ran = xtenant(["run", network, "--link", "outside-vault"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("2 good"), "{}", ran.stdout);
}
