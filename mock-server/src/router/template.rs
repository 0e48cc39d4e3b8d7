//! Does a path fit a template, and which values does it hold?
//!
//! Literals ignore case, as ARM does; `{name}` takes one segment, `{name*}` any number (joined by `/`), and a segment
//! may mix text and one value: `applications(appId='{appId}')`.

use std::collections::BTreeMap;

/// A path template of an [`crate::services::Operation`], taken apart.
#[derive(Clone, Debug)]
pub struct Template {
    /// Before the rest, or all of them.
    head: Vec<Segment>,
    /// Name of what takes any number of segments, and what comes after it.
    rest: Option<(&'static str, Vec<Segment>)>,
}

/// A segment of a template.
#[derive(Clone, Copy, Debug)]
enum Segment {
    Literal(&'static str),
    Value {
        before: &'static str,
        name: &'static str,
        after: &'static str,
    },
}

impl Template {
    /// The template as written in the operation.
    pub fn new(text: &'static str) -> Self {
        let all: Vec<&'static str> = segments(text).collect();
        let read = |texts: &[&'static str]| texts.iter().copied().map(Segment::of).collect();
        let Some(at) = all.iter().position(|text| is_rest(text)) else {
            let (head, rest) = (read(&all), None);
            return Self { head, rest };
        };
        let name = all[at].trim_start_matches('{').trim_end_matches("*}");
        Self {
            head: read(&all[..at]),
            rest: Some((name, read(&all[at + 1..]))),
        }
    }

    /// The values of its parameters when `path` fits.
    pub fn matches(&self, path: &str) -> Option<BTreeMap<&'static str, String>> {
        self.matches_segments(&segments(path).collect::<Vec<_>>())
    }

    /// As [`Self::matches`], of a path that is taken apart.
    pub fn matches_segments(&self, path: &[&str]) -> Option<BTreeMap<&'static str, String>> {
        let tail = self.rest.as_ref().map_or(&[][..], |(_, tail)| tail);
        let middle = path.len().checked_sub(self.head.len() + tail.len())?;
        if self.rest.is_none() && middle > 0 {
            return None;
        }
        let (head, path) = path.split_at(self.head.len());
        let (rest, end) = path.split_at(middle);
        if !(fit(&self.head, head) && fit(tail, end)) {
            return None;
        }
        let values = self.head.iter().zip(head).chain(tail.iter().zip(end));
        let values = values.filter_map(|(pattern, segment)| pattern.value(segment));
        let mut values: BTreeMap<_, _> = values.collect();
        if let Some((name, _)) = self.rest {
            values.insert(name, rest.join("/"));
        }
        Some(values)
    }
}

/// The segments of a path.
pub fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

fn is_rest(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with("*}")
}

/// Do they fit, each to each? From the last on, which differs most among the paths of a service.
fn fit(pattern: &[Segment], path: &[&str]) -> bool {
    let mut pairs = pattern.iter().zip(path).rev();
    pairs.all(|(pattern, segment)| pattern.fits(segment))
}

impl Segment {
    fn of(text: &'static str) -> Self {
        let parts = text.split_once('{').and_then(|(before, rest)| {
            let (name, after) = rest.split_once('}')?;
            Some((before, name, after))
        });
        match parts {
            Some((before, name, after)) => Self::Value {
                before,
                name,
                after,
            },
            None => Self::Literal(text),
        }
    }

    fn fits(&self, segment: &str) -> bool {
        match self {
            Self::Literal(literal) => literal.eq_ignore_ascii_case(segment),
            Self::Value { before, after, .. } => inner(before, after, segment).is_some(),
        }
    }

    /// Name and value, when it has one and the segment fits.
    fn value(&self, segment: &str) -> Option<(&'static str, String)> {
        let Self::Value {
            before,
            name,
            after,
        } = self
        else {
            return None;
        };
        inner(before, after, segment).map(|value| (*name, value.to_owned()))
    }
}

/// What stands between two texts in a segment; nothing when it is empty or they are others.
fn inner<'s>(before: &str, after: &str, segment: &'s str) -> Option<&'s str> {
    let length = segment
        .len()
        .checked_sub(before.len() + after.len())
        .filter(|length| *length > 0)?;
    let start = segment.get(..before.len())?;
    let value = segment.get(before.len()..before.len() + length)?;
    let end = segment.get(before.len() + length..)?;
    let fits = start.eq_ignore_ascii_case(before) && end.eq_ignore_ascii_case(after);
    fits.then_some(value)
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
