//! Who may import whom: the table of `ARCHITECTURE.md`, held against the `use` lines of each module.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::root;

/// Words everybody may use.
const LEAVES: &[&str] = &["ids", "source", "secret", "outcome", "event", "timestamp"];

/// Module, and what it may use beside the leaves.
const TABLE: &[(&str, &[&str])] = &[
    ("ask", &["clients", "credentials", "target"]),
    ("catalogue", &["checks"]),
    (
        "chain",
        &["ask", "credentials", "engine", "plan", "scenario", "target"],
    ),
    ("checks", &["ask"]),
    (
        "cli",
        &[
            "catalogue",
            "chain",
            "checks",
            "drill",
            "engine",
            "exit_code",
            "journal",
            "permissions",
            "plan",
            "report",
            "scenario",
            "target",
        ],
    ),
    ("clients", &["target"]),
    ("credentials", &["clients", "target"]),
    ("diagnosis", &[]),
    (
        "drill",
        &[
            "chain", "checks", "engine", "plan", "report", "scenario", "target",
        ],
    ),
    ("engine", &["ask", "checks", "diagnosis", "plan", "target"]),
    ("exit_code", &[]),
    ("journal", &["diagnosis"]),
    (
        "libtest",
        &[
            "chain",
            "cli",
            "engine",
            "exit_code",
            "plan",
            "report",
            "target",
        ],
    ),
    ("permissions", &["plan", "report", "scenario"]),
    ("plan", &["checks", "scenario"]),
    ("report", &[]),
    ("scenario", &["checks"]),
    ("target", &[]),
];

#[test]
fn every_module_uses_only_what_the_table_allows() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> = TABLE
        .iter()
        .map(|(module, uses)| (*module, uses.iter().chain(LEAVES).copied().collect()))
        .collect();
    let mut wrong = Vec::new();
    for file in rust_files(&root().join("src")) {
        let module = module_of(&file);
        if module == "lib" || module == "main" || is_test(&file) {
            continue;
        }
        let mut may: BTreeSet<&str> = allowed
            .get(module.as_str())
            .cloned()
            .unwrap_or_else(|| LEAVES.iter().copied().collect());
        may.insert(&module);
        let text = fs::read_to_string(&file).expect("a source file can be read");
        let code = text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap_or_default();
        for used in crate_paths(code) {
            if !may.contains(used.as_str()) {
                wrong.push(format!("{} ({module}) uses crate::{used}", file.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "imports that the table does not allow:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_module_stands_in_the_table_or_is_a_leaf() {
    let known: BTreeSet<&str> = TABLE
        .iter()
        .map(|(module, _)| *module)
        .chain(LEAVES.iter().copied())
        .collect();
    for file in rust_files(&root().join("src")) {
        let module = module_of(&file);
        assert!(
            known.contains(module.as_str()) || module == "lib" || module == "main",
            "{module} is not in the table"
        );
    }
}

#[test]
fn the_mock_is_known_in_one_place_and_knows_nothing_of_the_runner() {
    for file in rust_files(&root().join("src")) {
        let text = fs::read_to_string(&file).expect("a source file can be read");
        let relative = file
            .strip_prefix(root().join("src"))
            .expect("below src")
            .to_string_lossy()
            .into_owned();
        let may = relative.starts_with("target/mock");
        assert!(
            may || !text.contains("xtenant_mock_server"),
            "{relative} knows the mock"
        );
    }
    for file in rust_files(&root().join("mock-server/src")) {
        let text = fs::read_to_string(&file).expect("a source file can be read");
        assert!(
            !text.contains("use xtenant::"),
            "{} knows the runner",
            file.display()
        );
    }
}

#[test]
fn architecture_md_shows_the_table_that_is_held() {
    let text =
        fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    for (module, uses) in TABLE {
        let uses = if uses.is_empty() {
            "–".to_owned()
        } else {
            uses.iter()
                .map(|used| format!("`{used}`"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let row = format!("| `{module}` | {uses} |");
        assert!(text.contains(&row), "ARCHITECTURE.md lacks the row {row}");
    }
}

/// Files that hold tests only.
fn is_test(file: &Path) -> bool {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    name.ends_with("tests")
        || name == "testing"
        || file.components().any(|part| part.as_os_str() == "tests")
}

/// The first segment of every `crate::…` path.
fn crate_paths(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
    {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            let name: String = rest
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            if !name.is_empty() {
                found.insert(name);
            }
        }
    }
    found
}

/// The top-level module of a file below `src/`.
fn module_of(file: &Path) -> String {
    let relative = file.strip_prefix(root().join("src")).expect("below src");
    let first = relative
        .components()
        .next()
        .expect("a file name")
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_owned()
}

pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
