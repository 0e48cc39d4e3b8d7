//! What is generated is current, what documents name exists, what they show is true.

use std::fs;

use jsonschema::Validator;
use serde_json::Value;
use xtenant::checks::KINDS;
use xtenant::source::{SourceFile, parse};

use crate::layering::rust_files;
use crate::support::{report, root, xtenant};

fn committed(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn schema(which: &str) -> Validator {
    let schema: Value =
        serde_json::from_str(&committed(&format!("schemas/{which}.json"))).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    for which in ["scenario", "world", "report", "drill-report", "permissions"] {
        let printed = xtenant(["schema", which]).stdout;
        let current = committed(&format!("schemas/{which}.json")) == printed;
        assert!(
            current,
            "run: cargo run -- schema {which} > schemas/{which}.json"
        );
    }
}

#[test]
fn the_page_of_checks_is_that_of_the_cards() {
    let current = committed("docs/checks.md") == xtenant(["checks", "--markdown"]).stdout;
    assert!(
        current,
        "run: cargo run -- checks --markdown > docs/checks.md"
    );
}

#[test]
fn the_readme_names_every_check() {
    let readme = committed("README.md");
    for kind in KINDS {
        let id = kind.card.id;
        assert!(readme.contains(&format!("`{id}`")), "{id}");
    }
}

#[test]
fn bundled_files_and_a_report_are_valid_by_their_schemas() {
    for chain in ["cross-tenant-vault", "same-tenant-vault"] {
        for (which, name) in [("scenario", "scenario.yaml"), ("world", "world.yaml")] {
            let file =
                SourceFile::read(&root().join("scenarios").join(chain).join(name)).expect("a file");
            let json = parse(&file).expect("YAML").to_json();
            let wrong: Vec<String> = schema(which)
                .iter_errors(&json)
                .map(|error| format!("{}: {error}", error.instance_path))
                .collect();
            assert!(wrong.is_empty(), "{chain}/{name}: {wrong:#?}");
        }
        let (_, report) = report([format!("scenarios/{chain}")]);
        let wrong: Vec<String> = schema("report")
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn paths_that_documents_name_exist() {
    for document in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docs/libtest.md",
        "docs/permissions.md",
        "docs/scenario-format.md",
        "docs/world-format.md",
        "docs/glossary.md",
        "docs/walkthrough/mesh.md",
        "docs/walkthrough/private-secretless.md",
    ] {
        for quoted in committed(document).split('`').skip(1).step_by(2) {
            let rooted = [
                "src/",
                "mock-server/",
                "source/",
                "scenarios/",
                "schemas/",
                "docs/",
                "tests/",
                "benches/",
                ".ci/",
            ];
            let is_path = rooted.iter().any(|start| quoted.starts_with(start))
                && !quoted.contains([' ', '<', '*', '{', '…']);
            if is_path {
                let path = quoted
                    .split('#')
                    .next()
                    .unwrap_or_default()
                    .trim_end_matches('/');
                assert!(root().join(path).exists(), "{document} names {quoted}");
            }
        }
    }
}

#[test]
fn nothing_is_left_unfinished() {
    for folder in ["src", "mock-server/src", "source/src"] {
        for file in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&file).expect("a source file");
            for word in [
                concat!("TO", "DO"),
                concat!("FIX", "ME"),
                concat!("todo", "!("),
                concat!("unimplemented", "!("),
                concat!("not", " yet"),
            ] {
                assert!(!text.contains(word), "{} holds `{word}`", file.display());
            }
        }
    }
}
