//! The everyday run: rows of a matrix, outputs as variables, budgets, waivers.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Copied, NO_ROLE, copy, edit, report, xtenant};

fn path(path: &Path) -> &str {
    path.to_str().expect("a path")
}

/// A copy with a matrix of two rows; only the first one's vault exists.
fn rows() -> Copied {
    let copied = copy("cross-tenant-vault");
    let matrix = "matrix:\n  - {vault: kv-resource}\n  - {vault: kv-other}\n\ntenants:\n  home:";
    edit(&copied.scenario, "tenants:\n  home:", matrix);
    copied
}

fn link(chain: &Value, id: &str) -> Value {
    let links = chain["links"].as_array().expect("links");
    let found = links.iter().find(|link| link["id"] == id);
    found.unwrap_or_else(|| panic!("no link {id}")).clone()
}

/// Writes waivers beside a scenario.
fn waive(copied: &Copied, waivers: &str) {
    fs::write(copied.scenario.with_file_name("waivers.yaml"), waivers).expect("written");
}

fn waiver(link: &str, cause: &str, expires: &str) -> String {
    format!(
        "- link: {link}\n  cause: {cause}\n  reason: the role comes with the next release\n  owner: ann@contoso.example\n  expires: {expires}\n"
    )
}

#[test]
fn every_row_of_a_matrix_is_a_chain_of_its_own_in_every_report() {
    let copied = rows();
    let (ran, report) = report([path(&copied.scenario)]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let chains = report["chains"].as_array().expect("chains");
    let names: Vec<_> = chains
        .iter()
        .map(|chain| chain["scenario"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            Some("cross-tenant-vault[kv-resource]"),
            Some("cross-tenant-vault[kv-other]")
        ]
    );
    assert_ne!(chains[0]["digest"], chains[1]["digest"]);
    assert_eq!(chains[0]["first-cause"], Value::Null);
    assert_eq!(chains[1]["first-cause"], "vault-endpoint");
    let told = xtenant(["run", path(&copied.scenario)]).stdout;
    let good: Vec<_> = told
        .lines()
        .filter(|line| line.contains("[kv-resource]"))
        .collect();
    assert!(
        good.len() == 1 && good[0].contains("21 good"),
        "a good row is one line:\n{told}"
    );
    assert!(told.contains("First cause: vault-endpoint"), "{told}");
}

#[test]
fn a_matrix_with_a_mistake_is_told_at_its_place_and_ends_with_3() {
    let copied = rows();
    edit(
        &copied.scenario,
        "  - {vault: kv-other}\n",
        "  - {account: kv-other}\n",
    );
    let ran = xtenant(["run", path(&copied.scenario)]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    for said in [
        "scenario.yaml:20:5",
        "scenario.yaml:19:5",
        "gives no value to `account`",
    ] {
        assert!(
            ran.stderr.contains(said),
            "`{said}` is not in\n{}",
            ran.stderr
        );
    }
    let none = copy("cross-tenant-vault");
    edit(
        &none.scenario,
        "tenants:\n  home:",
        "matrix: []\ntenants:\n  home:",
    );
    let ran = xtenant(["run", path(&none.scenario)]);
    assert!(
        ran.code == 3 && ran.stderr.contains("the matrix has no rows"),
        "{}",
        ran.stderr
    );
}

#[test]
fn rows_that_could_all_still_heal_end_with_7_and_with_1_when_one_could_not() {
    let copied = copy("cross-tenant-vault");
    let matrix = "matrix:\n  - {account: stresource, vault: kv-resource}\n  - {account: stother, vault: kv-resource}\n\ntenants:\n  home:";
    edit(&copied.scenario, "tenants:\n  home:", matrix);
    let of = |links: &[&str]| {
        let whole = [
            "run",
            path(&copied.scenario),
            "--fault",
            NO_ROLE,
            "--wait",
            "3m",
        ];
        xtenant([&whole, links].concat())
    };
    let healing = of(&["--link", "vault-role"]);
    assert_eq!(healing.code, 7, "{}", healing.stdout);
    let red = of(&["--link", "vault-role", "--link", "blob-role"]);
    assert_eq!(red.code, 1, "{}", red.stdout);
}

#[test]
fn outputs_of_terraform_are_variables_and_sensitive_ones_are_secrets() {
    let folder = tempfile::tempdir().expect("a folder");
    let outputs = folder.path().join("outputs.json");
    let text = r#"{
        "vault": {"sensitive": false, "type": "string", "value": "kv-resource"},
        "secret_value": {"sensitive": true, "type": "string", "value": "canary-0ff5"},
        "subnets": {"sensitive": false, "type": ["list", "string"], "value": ["canary-0ff5"]}
    }"#;
    fs::write(&outputs, text).expect("written");
    let chain = "scenarios/cross-tenant-vault";
    let (ran, report) = report([chain, "--vars", path(&outputs)]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let secret = link(&report["chains"][0], "secret");
    assert_eq!(
        secret["findings"][0]["code"],
        "secret-readable.value-differs"
    );
    assert!(!ran.stdout.contains("canary-0ff5") && !ran.stderr.contains("canary-0ff5"));
    fs::write(&outputs, text.replace("secret_value", "account")).expect("written");
    let shown = xtenant(["run", chain, "--vars", path(&outputs)]);
    assert_eq!(shown.code, 3, "{}", shown.stderr);
    assert!(!shown.stderr.contains("canary-0ff5"), "{}", shown.stderr);
    for said in [
        "the value of `account` would be shown",
        "more place",
        "the output `account` is sensitive",
    ] {
        assert!(
            shown.stderr.contains(said),
            "`{said}` is not in\n{}",
            shown.stderr
        );
    }
    let errors = shown.stderr.matches("error:").count();
    assert_eq!(errors, 1, "one for the output:\n{}", shown.stderr);
}

#[test]
fn an_answer_that_is_right_but_over_budget_fails_and_blocks() {
    let copied = copy("cross-tenant-vault");
    edit(
        &copied.scenario,
        "  - id: vault-endpoint\n",
        "  - id: vault-endpoint\n    budget: 1ms\n",
    );
    edit(
        &copied.scenario,
        "  - id: blob-endpoint\n",
        "  - id: blob-endpoint\n    budget: 1h\n",
    );
    let (ran, report) = report([path(&copied.scenario)]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let chain = &report["chains"][0];
    let slow = link(chain, "vault-endpoint");
    assert_eq!(
        slow["findings"][0]["code"],
        "private-endpoint-approved.over-budget"
    );
    assert_eq!(slow["findings"][0]["docs"], "docs/checks.md#over-budget");
    assert!(
        slow["last-try-milliseconds"]
            .as_u64()
            .is_some_and(|took| took > 1)
    );
    assert_eq!(link(chain, "vault-name")["outcome"], "blocked");
    assert_eq!(link(chain, "blob-endpoint")["outcome"], "pass");
}

#[test]
fn a_waived_failure_is_shown_and_fails_nothing_and_what_it_blocks_stays_blocked() {
    let copied = copy("cross-tenant-vault");
    let whole = [path(&copied.scenario), "--fault", NO_ROLE];
    assert_eq!(report(whole).0.code, 1);
    waive(
        &copied,
        &waiver("vault-role", "role-assigned.not-assigned", "2999-12-31"),
    );
    let (ran, report) = report(whole);
    let chain = &report["chains"][0];
    let role = link(chain, "vault-role");
    assert_eq!(ran.code, 0, "{role}\n{}", ran.stderr);
    assert_eq!(
        (&role["outcome"], &role["waived"]),
        (&"skipped".into(), &true.into())
    );
    assert_eq!(
        role["reason"],
        "waived until 2999-12-31 by ann@contoso.example: the role comes with the next release"
    );
    assert_eq!(role["findings"][0]["code"], "role-assigned.not-assigned");
    let behind = link(chain, "secret");
    assert_eq!(behind["outcome"], "blocked");
    assert_eq!(behind["reason"], "vault-role is waived");
    assert_eq!(chain["first-cause"], Value::Null);
    assert_eq!(chain["waivers"][0]["state"], "used");
    let told = xtenant([&["run", "--strict"][..], &whole].concat());
    assert_eq!(told.code, 0, "{}", told.stdout);
    assert!(
        told.stdout.contains("Waived: vault-role"),
        "{}",
        told.stdout
    );
}

#[test]
fn a_waiver_that_is_expired_or_for_nothing_is_a_warning() {
    for (expires, state, lenient, said) in [
        ("2020-12-31", "expired", 1, "its last day was 2020-12-31"),
        ("2999-12-31", "unused", 0, "vault-role does not fail for"),
    ] {
        let copied = copy("cross-tenant-vault");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("let-be.yaml");
        fs::write(
            &file,
            waiver("vault-role", "role-assigned.not-assigned", expires),
        )
        .expect("written");
        let mut arguments = vec![path(&copied.scenario), "--waivers", path(&file)];
        if state == "expired" {
            arguments.extend(["--fault", NO_ROLE]);
        }
        let (ran, report) = report(&arguments);
        assert_eq!(ran.code, lenient, "{}", ran.stderr);
        assert_eq!(report["chains"][0]["waivers"][0]["state"], state);
        let strict = xtenant([&["run", "--strict"][..], &arguments].concat());
        assert_eq!(strict.code, 1);
        assert!(strict.stdout.contains(said), "{}", strict.stdout);
    }
}

#[test]
fn a_waiver_for_what_does_not_exist_is_an_error_at_its_place() {
    let copied = copy("cross-tenant-vault");
    for (text, said) in [
        (
            waiver("vault-rol", "role-assigned.not-assigned", "2999-12-31"),
            "did you mean `vault-role`?",
        ),
        (
            waiver("vault-role", "role-assigned.not-asigned", "2999-12-31"),
            "did you mean `role-assigned.not-assigned`?",
        ),
        (
            waiver("vault-role", "secret-readable.no-role", "2999-12-31"),
            "which the link `vault-role` cannot have",
        ),
        (
            waiver("vault-role", "role-assigned.not-assigned", "soon"),
            "a waiver ends on a date",
        ),
        (
            waiver("vault-role", "role-assigned.not-assigned", "2999-12-31")
                + "  scenario: cross-tenant-vult\n",
            "did you mean `cross-tenant-vault`?",
        ),
        (
            waiver("vault-role", "role-assigned.more-than-needed", "2999-12-31"),
            "which is a warning",
        ),
        (
            waiver("vault-role", "role-assigned.not-asigned", "2999-12-31"),
            "waivers.yaml:2:10",
        ),
        (
            waiver("vault-role", "role-assigned.not-assigned", "2999-12-31")
                .replace("the role comes with the next release", "\" \""),
            "a waiver without a reason",
        ),
        (
            waiver("vault-role", "role-assigned.not-assigned", "2999-12-31")
                .replace("ann@contoso.example", "''"),
            "a waiver without an owner",
        ),
        (
            waiver("vault-role", "role-assigned.not-assigned", "2999-12-31")
                + &waiver("vault-role", "role-assigned.not-assigned", "2020-12-31")
                + "  scenario: cross-tenant-vault\n",
            "a second waiver for `role-assigned.not-assigned` of the link `vault-role`",
        ),
        ("- link: vault-role\n".to_owned(), "missing `cause`"),
        (
            "link: vault-role\n".to_owned(),
            "a file of waivers is a list",
        ),
    ] {
        waive(&copied, &text);
        let ran = xtenant(["run", path(&copied.scenario)]);
        assert_eq!(ran.code, 3, "{text}\n{}", ran.stderr);
        assert!(
            ran.stderr.contains(said) && ran.stderr.contains("waivers.yaml:"),
            "`{said}` is not in\n{}",
            ran.stderr
        );
    }
    waive(&copied, "# none today\n");
    assert_eq!(xtenant(["run", path(&copied.scenario)]).code, 0);
    let other = waiver("gone", "x.y", "2999-12-31") + "  scenario: another-story\n";
    waive(&copied, &other);
    assert_eq!(
        xtenant(["run", path(&copied.scenario)]).code,
        0,
        "it is for another scenario"
    );
    let missing = xtenant(["run", path(&copied.scenario), "--waivers", "no-such.yaml"]);
    assert!(missing.code == 2 && missing.stderr.contains("no-such.yaml"));
}
