//! `$expand`: owners of applications, service principals and groups, members of groups; `owners($select=id)` as well. At most
//! twenty of each, as in Graph (microsoft-graph-docs, `query-parameters`, "expand"). Everything else is refused.

use serde_json::Value;

use super::asked::Asked;
use super::errors::Refused;
use super::objects;
use super::query::keep;
use crate::store::State;

/// Most objects of a relation.
const MOST: usize = 20;

/// Objects of a collection with what `$expand` names.
pub(super) fn expanded(
    asked: &Asked<'_>,
    state: &State,
    kind: &str,
    mut all: Vec<Value>,
) -> Result<Vec<Value>, Refused> {
    let text = asked.request.query("$expand").unwrap_or_default();
    for (relation, selected) in relations(text)? {
        for object in &mut all {
            let id = object["id"].as_str().unwrap_or_default();
            let directory = &state.directory;
            let related: Vec<&str> = match (kind, relation) {
                ("groups", "members") => {
                    let group = directory.group(asked.tenant(), id);
                    let members = group.into_iter().flat_map(|it| &it.members);
                    members.map(String::as_str).collect()
                }
                ("applications" | "servicePrincipals" | "groups", "owners") => {
                    let owners = &directory.details(asked.tenant(), id).owners;
                    owners.iter().map(String::as_str).collect()
                }
                _ => return Err(unsupported(relation)),
            };
            let shown = objects::shown(state, asked, related.into_iter().take(MOST))?;
            let shown = shown.into_iter().map(|it| keep(it, selected));
            object[relation] = shown.collect();
        }
    }
    Ok(all)
}

/// One object with what `$expand` names.
pub(super) fn one(
    asked: &Asked<'_>,
    state: &State,
    kind: &str,
    object: Value,
) -> Result<Value, Refused> {
    let mut all = expanded(asked, state, kind, vec![object])?;
    Ok(all.pop().unwrap_or_default())
}

/// Names, and what is selected of each.
fn relations(text: &str) -> Result<Vec<(&str, Option<&str>)>, Refused> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find([',', '(']).unwrap_or(rest.len());
        let name = rest[..end].trim();
        rest = &rest[end..];
        let mut selected = None;
        if let Some(inner) = rest.strip_prefix('(') {
            let (inside, after) = inner.split_once(')').ok_or_else(|| unsupported(text))?;
            let only = inside.trim().strip_prefix("$select=");
            selected = Some(only.ok_or_else(|| unsupported(inside))?);
            rest = after;
        }
        found.push((name, selected));
        rest = rest.trim_start().trim_start_matches(',').trim_start();
    }
    Ok(found)
}

fn unsupported(what: &str) -> Refused {
    Refused::unsupported_query(format!(
        "The mock expands owners and members alone, not '{what:.100}': ask for the related objects by their own address."
    ))
}
