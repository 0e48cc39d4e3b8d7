//! The command line: formats, filters, files, exit codes.

use serde_json::Value;

use crate::support::{copy, edit, xtenant};

const CHAIN: &str = "scenarios/cross-tenant-vault";

fn json(arguments: &[&str]) -> Value {
    let ran = xtenant([&["permissions"], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}\n{}", ran.stdout))
}

#[test]
fn the_table_says_who_needs_what_for_which_link_and_where() {
    let told = xtenant(["permissions", CHAIN]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    for said in [
        "home-auditor in home (11111111-1111-1111-1111-111111111111): auto\n  actions\n",
        "    Microsoft.Network/privateDnsZones/A/read\n      for cross-tenant-vault/vault-zone, cross-tenant-vault/blob-zone\n",
        "    Microsoft.Storage/storageAccounts/privateEndpointConnections/read\n      for cross-tenant-vault/blob-connection\n",
        "    Application.Read.All\n",
        "workload in resource (22222222-2222-2222-2222-222222222222): federated, application cccccccc-cccc-cccc-cccc-cccccccccccc\n",
        "    assigned at /subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv-resource\n",
        "more only explain what is broken; --explanations adds them\n",
    ] {
        assert!(
            told.stdout.contains(said),
            "`{said}` is not in\n{}",
            told.stdout
        );
    }
    // Whoever must be refused is given nothing.
    assert!(
        !told.stdout.contains("workload-identity"),
        "{}",
        told.stdout
    );
}

#[test]
fn one_role_is_printed_as_the_azure_cli_takes_it() {
    let role = json(&[
        CHAIN,
        "--identity",
        "resource-auditor",
        "-o",
        "role-definition",
    ]);
    assert_eq!(role["Name"], "xtenant cross-tenant-vault resource-auditor");
    assert_eq!(role["IsCustom"], true);
    assert_eq!(
        role["AssignableScopes"],
        serde_json::json!([
            "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data"
        ])
    );
    let several = xtenant(["permissions", CHAIN, "-o", "role-definition"]);
    assert_eq!(several.code, 2, "{}", several.stdout);
    assert!(
        several
            .stderr
            .contains("--identity home-auditor --tenant home"),
        "{}",
        several.stderr
    );
    let none = xtenant([
        "permissions",
        CHAIN,
        "--link",
        "application",
        "-o",
        "role-definition",
    ]);
    assert!(
        none.code == 2 && none.stderr.contains("only Microsoft Graph"),
        "{}",
        none.stderr
    );
}

#[test]
fn explanations_are_rights_too_when_they_are_asked_for() {
    let names = |all: &Value| {
        let rights = all["identities"][0]["rights"].as_array().expect("rights");
        rights
            .iter()
            .map(|own| own["right"].as_str().expect("text").to_owned())
            .collect::<Vec<_>>()
    };
    let (least, all) = (
        json(&[CHAIN, "-o", "json"]),
        json(&[CHAIN, "--explanations", "-o", "json"]),
    );
    assert!(names(&all).len() > names(&least).len());
    assert_eq!(all["identities"][0]["explanations-left-out"], 0);
    let scopes = &all["identities"][0]["role-definitions"][0]["AssignableScopes"];
    assert_eq!(
        scopes[0],
        "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
    );
}

#[test]
fn rows_of_a_matrix_are_one_role_with_the_scopes_of_all() {
    let copied = copy("cross-tenant-vault");
    edit(
        &copied.scenario,
        "\ntenants:\n  home:",
        "\nmatrix:\n  - {vault: kv-one}\n  - {vault: kv-two}\ntenants:\n  home:",
    );
    let path = copied.scenario.to_str().expect("text");
    let all = json(&[path, "-o", "json", "--identity", "workload"]);
    let found = all["identities"].as_array().expect("a list");
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0]["role-definitions"][0]["Name"],
        "xtenant cross-tenant-vault workload"
    );
    let at: Vec<&str> = found[0]["assign-at"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(
        at.iter().any(|own| own.ends_with("/vaults/kv-one")),
        "{at:?}"
    );
    assert!(
        at.iter().any(|own| own.ends_with("/vaults/kv-two")),
        "{at:?}"
    );
    // A value from the command line counts as in a run.
    let typed = json(&[
        CHAIN,
        "--var",
        "vault=kv-typed",
        "-o",
        "json",
        "--identity",
        "workload",
    ]);
    assert!(typed.to_string().contains("/vaults/kv-typed"));
}

#[test]
fn mistakes_end_as_those_of_a_run_do() {
    for (arguments, code, said) in [
        (vec!["scenarios/nowhere"], 2, "scenarios/nowhere"),
        (vec![CHAIN, "--tenant", "hme"], 2, "did you mean `home`?"),
        (vec![CHAIN, "--identity", "nobody"], 2, "no scenario has it"),
        (vec![CHAIN, "--link", "nothing"], 2, "nothing"),
        (
            vec![CHAIN, "-o", "xml"],
            2,
            "formats: console, json, role-definition",
        ),
        (
            vec![CHAIN, "--identity", "workload-identity"],
            4,
            "no rights are needed",
        ),
    ] {
        let ran = xtenant([vec!["permissions"], arguments.clone()].concat());
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
    }
    let copied = copy("cross-tenant-vault");
    edit(&copied.scenario, "version: 1", "version: 2");
    let ran = xtenant(["permissions", copied.scenario.to_str().expect("text")]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
}
