//! What holds for every check: found by walking the list, so that nothing can be forgotten.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use schemars::SchemaGenerator;

use super::testing::{ALWAYS_KNOWN, base, parameters_of, placeholders, templates};
use super::{KINDS, Kind, kind};
use crate::outcome::general::GENERAL;
use crate::outcome::{OTHERWISE, Owner};

/// Files of the folder that are not checks.
const NOT_CHECKS: &[&str] = &[
    "connections",
    "https_url",
    "kind",
    "law_tests",
    "limits",
    "listed",
    "machines",
    "mod",
    "names",
    "network_manager",
    "networks",
    "prefixes",
    "resource_url",
    "rights_tests",
    "silence",
    "testing",
    "typed_id",
    "wire",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks")
}

/// The text of a check's file, or of all files of its folder.
fn text_of(kind: &Kind) -> String {
    let stem = kind.card.id.replace('-', "_");
    match fs::read_to_string(folder().join(format!("{stem}.rs"))) {
        Ok(text) => text,
        Err(_) => {
            let files = fs::read_dir(folder().join(stem)).unwrap();
            files
                .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
                .collect()
        }
    }
}

/// The quoted texts that follow `marker` in a file, such as the names in `.with("name", …)`.
fn quoted_after<'a>(text: &'a str, marker: &str) -> BTreeSet<&'a str> {
    text.split(marker)
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(name, _)| name)
        .collect()
}

pub(super) fn parameters(kind: &Kind) -> super::testing::Parameters {
    let mut generator = SchemaGenerator::default();
    let schema = kind.schema(&mut generator);
    let reference = serde_json::to_value(&schema).unwrap();
    let name = reference["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next())
        .unwrap_or_default();
    let definition = generator
        .definitions()
        .get(name)
        .cloned()
        .unwrap_or(reference);
    parameters_of(&definition)
}

fn is_kebab(text: &str) -> bool {
    let words = text.split('-');
    words.clone().all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

#[test]
fn ids_are_kebab_case_and_unique() {
    let mut ids = BTreeSet::new();
    for kind in KINDS {
        let card = kind.card;
        assert!(
            is_kebab(card.id) && ids.insert(card.id.to_owned()),
            "{}",
            card.id
        );
        for cause in card.causes.iter().chain(card.warnings) {
            let code = format!("{}.{}", card.id, cause.id);
            assert!(is_kebab(cause.id), "{code}");
            assert!(ids.insert(code.clone()), "{code} twice");
        }
        for fact in card.facts {
            assert!(is_kebab(fact.name), "{}.{}", card.id, fact.name);
        }
    }
}

#[test]
fn every_cause_says_why_and_what_to_do_and_where_that_is_from() {
    for kind in KINDS {
        assert!(
            !kind.card.causes.is_empty()
                && !kind.card.sentence.ends_with('.')
                && !kind.card.about.is_empty()
        );
        for cause in kind.card.causes.iter().chain(kind.card.warnings) {
            let code = format!("{}.{}", kind.card.id, cause.id);
            assert!(
                !cause.says.is_empty() && !cause.says.ends_with('.') && !cause.says.contains('\n'),
                "{code}"
            );
            assert!(
                !cause.fix.is_empty()
                    && cause
                        .fix
                        .iter()
                        .all(|command| !command.is_empty() && !command.contains('\n')),
                "{code}"
            );
            assert!(!cause.source.is_empty(), "{code}");
        }
    }
}

#[test]
fn every_placeholder_is_a_parameter_a_value_of_the_check_or_always_known() {
    for kind in KINDS {
        let text = text_of(kind);
        let dense: String = text.split_whitespace().collect();
        let mut given = quoted_after(&dense, ".with(\"");
        let mut noted = quoted_after(&dense, ".noting(\"");
        if dense.contains("names::") {
            given.extend(super::names::VALUES);
            noted.extend(super::names::VALUES);
        }
        let parameters = parameters(kind);
        for cause in kind.card.causes.iter().chain(kind.card.warnings) {
            // A refusal brings no values but those that the check notes beside it.
            let values = if cause.on.is_empty() { &given } else { &noted };
            for name in templates(cause).flat_map(placeholders).map(base) {
                let known = parameters.all.contains(name)
                    || values.contains(name)
                    || ALWAYS_KNOWN.contains(&name);
                assert!(known, "{}.{}: {{{name}}}", kind.card.id, cause.id);
            }
            if let Owner::Of(name) | Owner::Tenant(name) | Owner::HomeOf(name) = cause.owner {
                let known = parameters.all.contains(name)
                    || values.contains(name)
                    || ALWAYS_KNOWN.contains(&name);
                assert!(known, "{}.{}: owner {name}", kind.card.id, cause.id);
            }
        }
    }
}

#[test]
fn placeholders_stand_unquoted_in_commands() {
    for kind in KINDS {
        for cause in kind.card.causes.iter().chain(kind.card.warnings) {
            for command in cause.fix {
                for quote in ['\'', '"'] {
                    // In `"$(az … {x})"` the quoting starts anew; anywhere else a value inside quotes is not safe.
                    let inside = command.split(quote).skip(1).step_by(2);
                    let unsafe_part = inside.filter(|part| {
                        !placeholders(part).is_empty() && !part.trim_start().starts_with("$(")
                    });
                    assert_eq!(
                        unsafe_part.count(),
                        0,
                        "{}.{}: {command}",
                        kind.card.id,
                        cause.id
                    );
                }
            }
        }
    }
}

/// Names of shell variables that a person has to fill in: `SUBNET_ID` of `"$SUBNET_ID"`.
fn variables(command: &str) -> impl Iterator<Item = &str> {
    command.split('$').skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_');
        let name = &rest[..end.unwrap_or(rest.len())];
        (!name.is_empty()).then_some(name)
    })
}

#[test]
fn what_a_person_has_to_fill_in_is_explained_by_a_comment_before_it() {
    let mut unexplained = Vec::new();
    for kind in KINDS {
        for cause in kind.card.causes.iter().chain(kind.card.warnings) {
            for (at, command) in cause.fix.iter().enumerate() {
                let explains = |own: &str, name: &str| {
                    own.starts_with('#') && own.contains(name)
                        || own.starts_with(&format!("{name}="))
                };
                let is_explained = |name: &str| {
                    let before = &cause.fix[..at];
                    before.iter().any(|own| explains(own, name))
                };
                let names = variables(command).filter(|name| !is_explained(name));
                unexplained
                    .extend(names.map(|name| format!("{}.{}: {name}", kind.card.id, cause.id)));
            }
        }
    }
    assert!(unexplained.is_empty(), "{unexplained:#?}");
}

#[test]
fn what_stands_in_for_a_command_follows_one() {
    for kind in KINDS {
        for cause in kind.card.causes.iter().chain(kind.card.warnings) {
            assert!(!cause.fix[0].starts_with(OTHERWISE), "{}", cause.id);
        }
    }
}

#[test]
fn every_cause_is_reached_by_a_code_or_by_the_judgement() {
    for kind in KINDS {
        let text = text_of(kind);
        for cause in kind
            .card
            .causes
            .iter()
            .chain(kind.card.warnings)
            .filter(|cause| cause.on.is_empty())
        {
            let named = text.matches(&format!("\"{}\"", cause.id)).count();
            // Once in its own row, once where it is judged, once in a test.
            assert!(
                named >= 3,
                "{}.{} is named {named} times",
                kind.card.id,
                cause.id
            );
        }
    }
}

#[test]
fn codes_have_one_meaning_per_check() {
    for kind in KINDS {
        let mut codes = BTreeSet::new();
        for code in kind.card.causes.iter().flat_map(|cause| cause.on) {
            assert!(
                codes.insert(code.to_ascii_lowercase()),
                "{}: {code} twice",
                kind.card.id
            );
        }
    }
}

#[test]
fn the_folder_holds_exactly_the_checks_of_the_list() {
    let files = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().path());
    let stems: BTreeSet<String> = files
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let listed: BTreeSet<String> = KINDS
        .iter()
        .map(|kind| kind.card.id.replace('-', "_"))
        .collect();
    let in_folder: BTreeSet<String> = stems
        .into_iter()
        .filter(|stem| !NOT_CHECKS.contains(&stem.as_str()))
        .collect();
    assert_eq!(in_folder, listed);
}

#[test]
fn every_parameter_is_described() {
    for kind in KINDS {
        let mut generator = SchemaGenerator::default();
        let _ = kind.schema(&mut generator);
        let definitions = serde_json::to_value(generator.definitions()).unwrap();
        for (name, definition) in definitions
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, definition)| definition["additionalProperties"] == false)
        {
            for (parameter, schema) in definition["properties"].as_object().into_iter().flatten() {
                assert!(
                    schema["description"].is_string() || name == "Principal",
                    "{name}.{parameter}"
                );
            }
        }
    }
}

/// What the diagnosis says of checks is about causes and checks that there are.
#[test]
fn rules_of_the_diagnosis_name_causes_that_there_are() {
    for code in crate::diagnosis::named_codes() {
        let (check, cause) = code.split_once('.').expect("a check and a cause");
        let kind = kind(check).unwrap_or_else(|| panic!("there is no check {check}"));
        let is_general = || GENERAL.iter().any(|own| own.id == cause);
        let is_there = cause == "*" || kind.card.cause(cause).is_some() || is_general();
        assert!(is_there, "there is no cause {code}");
    }
    for check in crate::diagnosis::named_checks() {
        assert!(kind(check).is_some(), "there is no check {check}");
    }
}
