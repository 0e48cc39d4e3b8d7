//! Does a path fit a template, and which values does it hold?
//!
//! Literals ignore case, as ARM does; `{name}` takes one segment, `{name*}` any number (joined by `/`), and a segment
//! may mix text and one value: `applications(appId='{appId}')`.

use std::collections::BTreeMap;

/// A path template of an [`crate::services::Operation`].
#[derive(Clone, Copy, Debug)]
pub struct Template(&'static str);

impl Template {
    /// The template as written in the operation.
    pub fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// The values of its parameters when `path` fits.
    pub fn matches(self, path: &str) -> Option<BTreeMap<&'static str, String>> {
        if !self.may_match(path) {
            return None;
        }
        let pattern: Vec<&'static str> = segments(self.0);
        let path: Vec<&str> = segments(path);
        let Some(rest) = pattern.iter().position(|segment| is_rest(segment)) else {
            return (pattern.len() == path.len())
                .then(|| all(&pattern, &path))
                .flatten();
        };
        let (head, tail) = (&pattern[..rest], &pattern[rest + 1..]);
        let middle = path.len().checked_sub(head.len() + tail.len())?;
        let mut values = all(head, &path[..rest])?;
        values.extend(all(tail, &path[rest + middle..])?);
        let name = pattern[rest].trim_start_matches('{').trim_end_matches("*}");
        values.insert(name, path[rest..rest + middle].join("/"));
        Some(values)
    }

    /// The cheap half of the answer, which most templates fail: the number of segments.
    fn may_match(self, path: &str) -> bool {
        let count = |path: &str| {
            path.split('/')
                .filter(|segment| !segment.is_empty())
                .count()
        };
        self.0.contains("*}") || count(self.0) == count(path)
    }
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .collect()
}

fn is_rest(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with("*}")
}

fn all(pattern: &[&'static str], path: &[&str]) -> Option<BTreeMap<&'static str, String>> {
    let mut values = BTreeMap::new();
    for (pattern, segment) in pattern.iter().zip(path) {
        values.extend(one(pattern, segment)?);
    }
    Some(values)
}

/// One segment: nothing when it does not fit, else its value if it has one.
fn one(pattern: &'static str, segment: &str) -> Option<Option<(&'static str, String)>> {
    let Some((before, after)) = pattern.split_once('{') else {
        return pattern.eq_ignore_ascii_case(segment).then_some(None);
    };
    let (name, after) = after.split_once('}')?;
    let inner = segment
        .len()
        .checked_sub(before.len() + after.len())
        .filter(|length| *length > 0)?;
    let start = segment.get(..before.len())?;
    let value = segment.get(before.len()..before.len() + inner)?;
    let end = segment.get(before.len() + inner..)?;
    let fits = start.eq_ignore_ascii_case(before) && end.eq_ignore_ascii_case(after);
    fits.then(|| Some((name, value.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(template: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
        Template::new(template)
            .matches(path)
            .map(|values| values.into_iter().collect())
    }

    #[test]
    fn literals_ignore_case_and_values_keep_it() {
        let template = "/subscriptions/{subscription}/resourceGroups/{group}";
        let found = values(template, "/Subscriptions/S/resourcegroups/Net").unwrap();
        assert_eq!(
            found,
            [
                ("group", "Net".to_owned()),
                ("subscription", "S".to_owned())
            ]
        );
        assert_eq!(values(template, "/subscriptions/S/resourceGroups"), None);
        assert_eq!(
            values(template, "/subscriptions/S/resourceGroups/Net/x"),
            None
        );
    }

    #[test]
    fn a_rest_takes_any_number_of_segments() {
        let template = "/{scope*}/providers/Microsoft.Authorization/roleAssignments/{name}";
        let path =
            "/subscriptions/S/resourceGroups/G/providers/Microsoft.Authorization/roleAssignments/1";
        assert_eq!(
            values(template, path).unwrap(),
            [
                ("name", "1".to_owned()),
                ("scope", "subscriptions/S/resourceGroups/G".to_owned())
            ]
        );
        let tenant_level = "/providers/Microsoft.Authorization/roleAssignments/1";
        assert_eq!(
            values(template, tenant_level).unwrap()[1],
            ("scope", String::new())
        );
        assert_eq!(values(template, "/providers/Microsoft.Authorization"), None);
    }

    #[test]
    fn graph_keys_stand_inside_a_segment() {
        let template = "/v1.0/applications(appId='{appId}')";
        assert_eq!(
            values(template, "/v1.0/applications(appId='a-b')").unwrap(),
            [("appId", "a-b".to_owned())]
        );
        assert_eq!(values(template, "/v1.0/applications(appId='')"), None);
        assert_eq!(values(template, "/v1.0/applications"), None);
        assert_eq!(
            values("/v1.0/{x}é", "/v1.0/é"),
            None,
            "no panic inside a character"
        );
    }
}
