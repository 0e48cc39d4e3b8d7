//! What holds for the rights that cards declare.

use super::KINDS;
use super::law_tests::parameters;
use crate::outcome::{At, Need, Right};

/// `Namespace/type…/read` or `…/action`.
fn is_action(text: &str) -> bool {
    let segments: Vec<&str> = text.split('/').collect();
    let is_word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let (first, verb) = (segments[0], segments.last().copied().unwrap_or_default());
    first.starts_with("Microsoft.")
        && segments.len() > 2
        && ["read", "action"].contains(&verb)
        && segments[1..]
            .iter()
            .all(|word| !word.is_empty() && is_word(word))
}

/// That a check asks for nothing that its card lacks is held by `crate::ask`, in every run.
#[test]
fn every_right_is_one_that_reads_of_a_resource_that_a_scenario_names() {
    for kind in KINDS {
        let parameters = parameters(kind);
        for permission in kind.card.permissions {
            let id = kind.card.id;
            let is_right = match permission.right {
                Right::Action(action) | Right::DataAction(action) => is_action(action),
                Right::OfType(below) => {
                    is_action(&format!("Microsoft.X/y/{below}"))
                        && permission.at.parameter().is_some()
                }
                Right::Graph(name) => {
                    name.ends_with(".Read.All")
                        && matches!(permission.at, At::Directory | At::Directories)
                }
            };
            assert!(is_right, "{id}: {permission:?}");
            if let Some(name) = permission.at.parameter() {
                assert!(parameters.all.contains(name), "{id}: {permission:?}");
            }
            if let Need::Sometimes(when) = permission.need {
                assert!(
                    when.starts_with("when ") || when.starts_with("where "),
                    "{id}: {when}"
                );
            }
            let twice = kind
                .card
                .permissions
                .iter()
                .filter(|own| *own == permission);
            assert_eq!(twice.count(), 1, "{id}: {permission:?} twice");
        }
    }
}
