//! Does a request's path fit an operation's, and with which values?

use std::collections::BTreeMap;

use super::Documented;

/// Values of the path's parameters.
pub(crate) type Values = BTreeMap<String, String>;

/// The values of an operation's path parameters when path and query fit its template; literal segments ignore case.
pub(crate) fn matches(
    operation: &Documented,
    path: &str,
    query: &[(String, String)],
) -> Option<Values> {
    let (template, fixed) = split(&operation.path);
    if is_whole_id(template) && !names_its_type(operation, path) {
        return None;
    }
    let has = |pair: &(String, String)| query.contains(pair);
    if !fixed.iter().all(has) || is_of_another(operation, &fixed, query) {
        return None;
    }
    let template: Vec<&str> = template.split('/').filter(|it| !it.is_empty()).collect();
    let path: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
    let mut values = Values::new();
    fits(operation, &template, &path, &mut values).then_some(values)
}

/// `/{roleAssignmentId}`: fits any path.
fn is_whole_id(template: &str) -> bool {
    template.starts_with("/{") && template.matches('/').count() == 1 && template.ends_with("Id}")
}

/// Of what fits any path, the type that it is about.
fn names_its_type(operation: &Documented, path: &str) -> bool {
    let wanted = match operation.path.as_str() {
        "/{roleAssignmentId}" => "roleassignments",
        "/{roleId}" | "/{roleDefinitionId}" => "roledefinitions",
        _ => return false,
    };
    path.to_lowercase().rsplit('/').nth(1) == Some(wanted)
}

/// Blob's `comp` and `restype` choose the operation, and so does the delimiter of a list.
fn is_of_another(
    operation: &Documented,
    fixed: &[(String, String)],
    query: &[(String, String)],
) -> bool {
    if !operation.file.starts_with("storage-blob-data/") {
        return false;
    }
    let mut choosing = query
        .iter()
        .filter(|(name, _)| name == "comp" || name == "restype");
    let by_hierarchy = query.iter().any(|(name, _)| name == "delimiter");
    choosing.any(|pair| !fixed.contains(pair))
        || (operation.path.ends_with("&hierarchy") && !by_hierarchy)
        || (operation.path.ends_with("&flat") && by_hierarchy)
}

/// How much of the template is literal: of two that fit, the one with more is meant.
pub(crate) fn precision(operation: &Documented) -> (usize, usize) {
    let (template, fixed) = split(&operation.path);
    let literal = template
        .split('/')
        .filter(|it| !it.is_empty() && !it.contains('{'));
    (literal.count(), fixed.len())
}

/// The template without the query that `x-ms-paths` adds, and the parameters that must have these values. What has no
/// value only keeps two operations apart that have the same path.
fn split(template: &str) -> (&str, Vec<(String, String)>) {
    let Some((path, query)) = template.split_once('?') else {
        return (template, Vec::new());
    };
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    (path, pairs.collect())
}

fn fits(operation: &Documented, template: &[&str], path: &[&str], values: &mut Values) -> bool {
    let Some((first, rest)) = template.split_first() else {
        return path.is_empty();
    };
    if !first.contains('{') {
        let same = path
            .first()
            .is_some_and(|it| it.eq_ignore_ascii_case(first));
        return same && fits(operation, rest, &path[1..], values);
    }
    let name = first.trim_start_matches('{').trim_end_matches('}');
    let longest = if takes_segments(operation, name) {
        path.len().saturating_sub(rest.len())
    } else {
        1.min(path.len())
    };
    (1..=longest).rev().any(|count| {
        values.insert(name.to_owned(), path[..count].join("/"));
        fits(operation, rest, &path[count..], values)
    })
}

fn takes_segments(operation: &Documented, name: &str) -> bool {
    let found = operation.parameters.iter().find(|it| it.name() == name);
    found.is_some_and(|it| it.value["x-ms-skip-url-encoding"] == true)
        // The names of blobs may hold any slash.
        || name == "blob"
}
