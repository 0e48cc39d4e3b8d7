//! Ids spelled otherwise are the same ids: in capitals, with a slash at the end, in the scenario or in what Azure answers.
//! None of it may lead to a cause.

use std::fs;
use std::path::Path;

use crate::support::{copy, report};

const CHAINS: &[&str] = &[
    "cross-tenant-full",
    "cross-tenant-hub",
    "cross-tenant-mesh",
    "cross-tenant-vault",
    "same-tenant-vault",
];

/// Every id of a text, changed. An id begins with a subscription and ends where YAML ends it.
fn respelled(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut changed = String::new();
    for line in text.lines() {
        let is_own_id = line.trim_start().starts_with("- id: ") || line.contains("roleDefinition");
        match line.find("/subscriptions/").filter(|_| !is_own_id) {
            Some(from) => {
                let rest = &line[from..];
                let ends = |letter: char| matches!(letter, '"' | '\'' | ',' | ']' | ' ');
                let mut end = rest.find(ends).unwrap_or(rest.len());
                // The brace of a flow mapping ends an id, that of a variable does not.
                if rest[..end].ends_with('}') && !rest[..end].contains("${") {
                    end = rest[..end].trim_end_matches('}').len();
                }
                changed.push_str(&line[..from]);
                changed.push_str(&change(&rest[..end]));
                changed.push_str(&rest[end..]);
            }
            None => changed.push_str(line),
        }
        changed.push('\n');
    }
    changed
}

/// In capitals, but for the names of variables.
fn in_capitals(id: &str) -> String {
    let mut parts = id.split("${");
    let mut changed = parts.next().unwrap_or_default().to_uppercase();
    for part in parts {
        let (variable, rest) = part.split_once('}').unwrap_or((part, ""));
        changed.push_str(&format!("${{{variable}}}{}", rest.to_uppercase()));
    }
    changed
}

/// With a slash at its end, where it is the id of a resource.
fn with_a_slash(id: &str) -> String {
    match id.contains("/providers/") {
        true => format!("{id}/"),
        false => id.to_owned(),
    }
}

fn edit(file: &Path, change: impl Fn(&str) -> String) {
    let text = fs::read_to_string(file).expect("a bundled file");
    let changed = respelled(&text, change);
    assert_ne!(text, changed, "nothing was respelled in {}", file.display());
    fs::write(file, changed).expect("written");
}

#[test]
fn ids_in_capitals_and_with_a_slash_at_the_end_are_the_same_ids() {
    for chain in CHAINS {
        for (way, of_world) in [("capitals", false), ("slashes", false), ("capitals", true)] {
            let copied = copy(chain);
            let file = if of_world {
                &copied.world
            } else {
                &copied.scenario
            };
            match way {
                "capitals" => edit(file, in_capitals),
                _ => edit(file, with_a_slash),
            }
            let path = copied.scenario.to_str().expect("a path");
            let (ran, told) = report([path]);
            assert_eq!(ran.code, 0, "{chain} {way} {of_world}: {told:#}");
        }
    }
}
