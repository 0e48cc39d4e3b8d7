//! The bundled scenarios on the embedded mock: green, and they say what they asked and from where.

use serde_json::Value;

use crate::support::{copy, edit, report, xtenant};

#[test]
fn the_bundled_scenarios_are_green_and_say_target_vantage_and_identities() {
    let ran = xtenant(["run", "scenarios"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    for said in [
        "mock (embedded, world cross-tenant-vault)",
        "mock (embedded, world same-tenant-vault)",
        "vantage  app",
        "reads    home as home-auditor",
        "reads    resource as resource-auditor",
    ] {
        assert!(
            ran.stdout.contains(said),
            "`{said}` is not in\n{}",
            ran.stdout
        );
    }
    assert!(!ran.stdout.contains("First cause"), "{}", ran.stdout);
}

#[test]
fn the_whole_flow_travels_over_the_private_path_and_leaves_evidence() {
    let (ran, report) = report(["scenarios/cross-tenant-vault"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let link = |id: &str| -> Value {
        let links = report["chains"][0]["links"].as_array().expect("links");
        links
            .iter()
            .find(|link| link["id"] == id)
            .unwrap_or_else(|| panic!("no link {id}"))
            .clone()
    };
    let exchanges = link("secret")["evidence"]
        .as_array()
        .expect("evidence")
        .clone();
    let read = exchanges.iter().rfind(|exchange| {
        exchange["url"]
            .as_str()
            .is_some_and(|url| url.contains("/secrets/"))
    });
    let read = read.expect("the secret was read");
    assert_eq!(
        (read["status"].as_u64(), read["peer"].as_str()),
        (Some(200), Some("10.1.0.4:443")),
        "{read}"
    );
    assert!(
        read["certificate"]
            .to_string()
            .contains("*.vault.azure.net"),
        "{read}"
    );

    let urls: Vec<String> = link("vault-token")["evidence"]
        .as_array()
        .expect("evidence")
        .iter()
        .filter_map(|exchange| exchange["url"].as_str().map(str::to_owned))
        .collect();
    assert!(
        urls[0].starts_with("http://169.254.169.254/metadata/identity/oauth2/token"),
        "{urls:?}"
    );
    assert!(
        urls[1]
            .starts_with("https://login.microsoftonline.com/22222222-2222-2222-2222-222222222222/"),
        "{urls:?}"
    );
    assert_eq!(
        link("isolation")["reason"],
        "refused with AKV10032, as expected"
    );
}

#[test]
fn reads_of_one_document_are_shared_within_a_run() {
    let (_, report) = report(["scenarios/cross-tenant-vault"]);
    let mut asked = Vec::new();
    for link in report["chains"][0]["links"].as_array().expect("links") {
        for exchange in link["evidence"].as_array().expect("evidence") {
            let url = exchange["url"].as_str().unwrap_or_default();
            if url.starts_with("https://management.azure.com") && exchange["shared"] != true {
                asked.push(url.to_owned());
            }
        }
    }
    let all = asked.len();
    asked.sort();
    asked.dedup();
    assert_eq!(asked.len(), all, "a management call was made twice");
}

#[test]
fn no_secret_token_or_body_stands_in_a_report() {
    let copied = copy("cross-tenant-vault");
    edit(
        &copied.world,
        "TEST-SECRET-001: TenantB",
        "TEST-SECRET-001: canary-5f1e",
    );
    edit(
        &copied.world,
        r#"{text: "hello from Fabrikam\n", content-type: text/plain}"#,
        r#"{text: "canary-b10b"}"#,
    );
    let path = copied.scenario.to_str().expect("a path");
    let console = xtenant(["run", path, "--var", "secret-value=canary-va12"]);
    let (json, _) = report([path, "--var", "secret-value=canary-va12"]);
    assert_eq!(console.code, 1);
    for canary in ["canary-5f1e", "canary-b10b", "canary-va12", "eyJ"] {
        for text in [&console.stdout, &console.stderr, &json.stdout, &json.stderr] {
            assert!(!text.contains(canary), "{canary} is in\n{text}");
        }
    }
    assert!(
        console.stdout.contains("secret-readable.value-differs"),
        "{}",
        console.stdout
    );
}
