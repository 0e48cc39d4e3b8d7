//! Role assignments and deny assignments: conditions of a form that the mock evaluates, and principals.
//!
//! A condition that could not be evaluated would silently refuse or, in a deny assignment, silently allow.

use serde_json::Value;

use super::Rules;
use super::place::{Step, below};
use crate::ids::{ResourceId, is_guid};
use crate::rbac::assignment::ROLE_ASSIGNMENTS;
use crate::rbac::condition::Condition;
use crate::rbac::deny::DENY_ASSIGNMENTS;

/// What a condition may be made of (`rbac/condition`).
const CONDITION: &str = "ActionMatches{'…'}, SubOperationMatches{'…'}, \
    @Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] or \
    @Request[Microsoft.ContainerRegistry/registries/repositories:name] with an operator of texts, AND, OR, NOT, ( )";

impl Rules<'_> {
    pub(super) fn authorization(&mut self) {
        let world = self.world;
        for (index, resource) in world.resources.iter().enumerate() {
            let Ok(id) = ResourceId::parse(resource.id()) else {
                continue;
            };
            let place = ["resources".into(), index.into(), "properties".into()];
            if id.resource_type.eq_ignore_ascii_case(ROLE_ASSIGNMENTS) {
                self.condition(&place, resource.properties());
            }
            if id.resource_type.eq_ignore_ascii_case(DENY_ASSIGNMENTS) {
                self.deny_assignment(&place, resource.properties());
            }
        }
    }

    fn condition(&mut self, place: &[Step<'_>], properties: &Value) {
        let place = below(place, &["condition".into()]);
        match properties.get("condition") {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.trim().is_empty() => {}
            Some(Value::String(text)) => {
                if let Err(why) = Condition::parse(text) {
                    let title =
                        format!("a condition of a form that the mock does not evaluate: {why}");
                    self.problem(&place, title, CONDITION, "");
                }
            }
            Some(_) => self.problem(&place, "condition is not a text", "a text", ""),
        }
    }

    fn deny_assignment(&mut self, place: &[Step<'_>], properties: &Value) {
        let list = |key: &str| {
            let items = properties.get(key).and_then(Value::as_array);
            items.map_or(&[][..], Vec::as_slice)
        };
        for (key, expected) in [
            ("permissions", "a list with actions or dataActions"),
            ("principals", "a list of {id, type}"),
        ] {
            if list(key).is_empty() {
                let title = format!("the deny assignment has no {key}");
                self.problem(&below(place, &[key.into()]), title, expected, "");
            }
        }
        for (index, permission) in list("permissions").iter().enumerate() {
            if permission.get("condition").is_some_and(|it| !it.is_null()) {
                let place = below(
                    place,
                    &["permissions".into(), index.into(), "condition".into()],
                );
                let title = "the mock does not evaluate conditions of deny assignments";
                self.problem(&place, title, "no condition", "");
            }
        }
        for key in ["principals", "excludePrincipals"] {
            for (index, principal) in list(key).iter().enumerate() {
                let id = principal.get("id").and_then(Value::as_str);
                if !id.is_some_and(is_guid) {
                    let place = below(place, &[key.into(), index.into(), "id".into()]);
                    let found = id.map_or("missing", |id| id);
                    let hint = "the empty GUID means everybody";
                    let title = format!("a principal's id is not a GUID: {found}");
                    self.problem(&place, title, "an object id", hint);
                }
            }
        }
    }
}
