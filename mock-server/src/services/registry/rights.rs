//! Who may do what in a registry? (MORE.md §1f)
//!
//! `LegacyRegistryPermissions` (also when nobody set a mode): *actions* at the registry, `pull/read` above all, which
//! Reader and Owner have too. `AbacRepositoryPermissions`: *data actions* at each repository, conditions included; roles
//! such as AcrPull, Contributor and Owner have none. That `pull/read` lets list repositories and tags too is ours.

use serde_json::Value;

use super::scope::Scope;
use crate::auth::Caller;
use crate::rbac::{self, Asked};
use crate::store::{Resource, State};

/// What a scope may ask for.
const ACTIONS: &[Action] = &[
    Action {
        name: "pull",
        legacy: "Microsoft.ContainerRegistry/registries/pull/read",
        data: "Microsoft.ContainerRegistry/registries/repositories/content/read",
    },
    Action {
        name: "metadata_read",
        legacy: "Microsoft.ContainerRegistry/registries/pull/read",
        data: "Microsoft.ContainerRegistry/registries/repositories/metadata/read",
    },
    Action {
        name: "push",
        legacy: "Microsoft.ContainerRegistry/registries/push/write",
        data: "Microsoft.ContainerRegistry/registries/repositories/content/write",
    },
    Action {
        name: "metadata_write",
        legacy: "Microsoft.ContainerRegistry/registries/push/write",
        data: "Microsoft.ContainerRegistry/registries/repositories/metadata/write",
    },
    Action {
        name: "delete",
        legacy: "Microsoft.ContainerRegistry/registries/artifacts/delete",
        data: "Microsoft.ContainerRegistry/registries/repositories/content/delete",
    },
];

const CATALOG: Action = Action {
    name: "*",
    legacy: "Microsoft.ContainerRegistry/registries/pull/read",
    data: "Microsoft.ContainerRegistry/registries/catalog/read",
};

struct Action {
    name: &'static str,
    legacy: &'static str,
    data: &'static str,
}

/// Has the caller any right in this registry? Without one there are no tokens.
pub(super) fn any(state: &State, registry: &Resource, caller: &Caller) -> bool {
    let mut names: Vec<&str> = vec![""];
    if is_abac(registry) {
        names.extend(state.repositories(&registry.name).map(|(name, _)| name));
    }
    may(state, registry, caller, &CATALOG, "")
        || names.into_iter().any(|name| {
            ACTIONS
                .iter()
                .any(|it| may(state, registry, caller, it, name))
        })
}

/// What of a scope the caller may have; nothing when it may have none of it.
pub(super) fn granted(
    state: &State,
    registry: &Resource,
    caller: &Caller,
    asked: &Scope,
) -> Option<Scope> {
    allowed(asked, |action, repository| {
        may(state, registry, caller, action, repository)
    })
}

/// What of a scope there is at all: the admin user may have it.
pub(super) fn everything(asked: &Scope) -> Option<Scope> {
    allowed(asked, |_, _| true)
}

fn allowed(asked: &Scope, may: impl Fn(&Action, &str) -> bool) -> Option<Scope> {
    let all = asked.actions.iter().any(|it| it == "*");
    let is_asked = |it: &&Action| all || asked.actions.iter().any(|name| name == it.name);
    let known: Vec<&Action> = match asked.kind.as_str() {
        "repository" => ACTIONS.iter().filter(is_asked).collect(),
        "registry" if asked.name == "catalog" && all => vec![&CATALOG],
        _ => Vec::new(),
    };
    let repository = if asked.kind == "repository" {
        asked.name.as_str()
    } else {
        ""
    };
    let actions: Vec<String> = known
        .into_iter()
        .filter(|it| may(it, repository))
        .map(|it| it.name.to_owned())
        .collect();
    (!actions.is_empty()).then(|| Scope {
        actions,
        ..asked.clone()
    })
}

fn may(
    state: &State,
    registry: &Resource,
    caller: &Caller,
    action: &Action,
    repository: &str,
) -> bool {
    if !is_abac(registry) {
        let asked = Asked::control(action.legacy, &registry.id);
        return rbac::allowed(state, caller, &asked).is_granted();
    }
    let scope = if repository.is_empty() {
        registry.id.clone()
    } else {
        // One segment: names of repositories have `/` in them.
        format!(
            "{}/repositories/{}",
            registry.id,
            repository.replace('/', "%2F")
        )
    };
    rbac::allowed(state, caller, &Asked::data(action.data, &scope)).is_granted()
}

fn is_abac(registry: &Resource) -> bool {
    let mode = registry
        .property("/roleAssignmentMode")
        .and_then(Value::as_str);
    mode.is_some_and(|mode| mode.eq_ignore_ascii_case("AbacRepositoryPermissions"))
}
