//! `xtenant drill`: what it says of the bundled chains, of a chain with links taken out, and of mistakes.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Ran, command, ran, root};

fn drilled(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = command();
    command.current_dir(folder).arg("drill").args(arguments);
    ran(&command.output().expect("the binary runs"))
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).expect("a report in JSON")
}

/// A copy of a bundled scenario whose files may be edited.
fn copy(name: &str, edit: impl Fn(String) -> String) -> tempfile::TempDir {
    let (folder, own) = (
        tempfile::tempdir().expect("a folder"),
        root().join("scenarios").join(name),
    );
    for file in ["scenario.yaml", "world.yaml", "drill.yaml"] {
        let text = fs::read_to_string(own.join(file)).expect("a bundled file");
        let text = if file == "scenario.yaml" {
            edit(text)
        } else {
            text
        };
        fs::write(folder.path().join(file), text).expect("a copy");
    }
    folder
}

#[test]
fn the_bundled_chains_catch_every_fault_and_every_pair_that_was_drawn() {
    let ran = drilled(
        root(),
        &["scenarios", "--pairs", "25", "--seed", "3", "-o", "json"],
    );
    let report = json(&ran);
    let chains = report["chains"].as_array().expect("chains");
    assert!(chains.len() > 4);
    for chain in chains {
        let bad = chain["trials"].as_array().expect("trials").iter();
        let bad: Vec<&Value> = bad
            .filter(|trial| !matches!(trial["verdict"].as_str(), Some("caught" | "excused")))
            .collect();
        assert!(bad.is_empty(), "{}: {bad:#?}", chain["scenario"]);
        assert!(chain["score"]["caught"].as_u64().expect("a number") > 40);
    }
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let schema = fs::read_to_string(root().join("schemas/drill-report.json")).expect("the schema");
    let schema: Value = serde_json::from_str(&schema).expect("a schema");
    assert!(jsonschema::is_valid(&schema, &report));
}

#[test]
fn a_chain_without_a_link_says_what_it_no_longer_notices() {
    // Without the drill's rows: what a user's own scenario is like.
    let folder = copy("same-tenant-vault", |text| {
        let (before, link) = text
            .split_once("  - id: role\n")
            .expect("the link is there");
        let after = link
            .split_once("\n  - id: ")
            .expect("another link follows")
            .1;
        format!("{before}  - id: {after}").replace(" role,", "")
    });
    fs::remove_file(folder.path().join("drill.yaml")).expect("it was there");
    let ran = drilled(
        folder.path(),
        &[
            "scenario.yaml",
            "--fault",
            "role-broader-than-needed",
            "--fault",
            "secret-missing",
        ],
    );
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("missed      role-broader-than-needed@"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("secret-missing@"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("score 50.0 %: 1 of 2 caught"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("  untested    "), "{}", ran.stdout);
    let enough = drilled(
        folder.path(),
        &[
            "scenario.yaml",
            "--fault",
            "role-broader-than-needed",
            "--fault",
            "secret-missing",
            "--min-score",
            "50",
        ],
    );
    assert_eq!(enough.code, 0);
}

#[test]
fn a_chain_that_is_not_green_is_not_drilled() {
    let folder = copy("same-tenant-vault", |text| {
        text.replace("TEST-SECRET-001", "TEST-SECRET-002")
    });
    fs::remove_file(folder.path().join("drill.yaml")).expect("it was there");
    let ran = drilled(folder.path(), &["scenario.yaml"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr
            .contains("the chain is not green in its world: secret is red"),
        "{}",
        ran.stderr
    );
}

#[test]
fn mistakes_are_told() {
    let folder = copy("same-tenant-vault", |text| text);
    let file = folder.path().join("drill.yaml");
    let told = |text: &str, arguments: &[&str], code: i32, says: &str| {
        fs::write(
            &file,
            format!("version: 1\ndrill: same-tenant-vault\nrows:\n{text}\n"),
        )
        .expect("written");
        let ran = drilled(folder.path(), arguments);
        assert_eq!(ran.code, code, "{says}: {}", ran.stderr);
        assert!(ran.stderr.contains(says), "{says}: {}", ran.stderr);
    };
    let one = ["scenario.yaml", "--fault", "secret-missing"];
    told(
        "  []",
        &["scenario.yaml", "--fault", "secret-mising"],
        2,
        "did you mean `secret-missing`?",
    );
    told(
        "  []",
        &["scenario.yaml", "--fault", "peering-x"],
        2,
        "xtenant drill --list",
    );
    told(
        "  []",
        &["scenario.yaml", "--world", "none.yaml"],
        2,
        "none.yaml cannot be read",
    );
    told(
        "  []",
        &["scenario.yaml", "--fault", "secret-missing@kv/none"],
        4,
        "applies nowhere in this world",
    );
    told(
        "  - {fault: secret-mising, at: x, nothing: y}",
        &one,
        3,
        "did you mean `secret-missing`?",
    );
    told(
        "  - {fault: secret-missing, at: x, link: secrets, cause: secret-readable.secret-not-found}",
        &one,
        3,
        "did you mean `secret`?",
    );
    told(
        "  - {fault: secret-missing, at: x, link: secret, cause: secret-readable.secret-mising}",
        &one,
        3,
        "there is no cause",
    );
    told(
        "  - {fault: secret-missing, at: x}",
        &one,
        3,
        "a row without a link and its cause",
    );
    told(
        "  - {fault: secret-missing, at: x, link: secret, cause: secret-readable.secret-not-found, nothing: y}",
        &one,
        3,
        "tells something and nothing",
    );
    told(
        "  - {fault: secret-missing, at: x, nothing: ' '}",
        &one,
        3,
        "without a reason",
    );
    told(
        "  - {fault: secret-missing, at: x, nothing: y, colour: z}",
        &one,
        3,
        "colour",
    );
}

#[test]
fn the_list_shows_every_fault() {
    let ran = drilled(root(), &["--list"]);
    assert_eq!(
        ran.stdout.lines().count(),
        xtenant_mock_server::faults::CATALOGUE.len()
    );
}
