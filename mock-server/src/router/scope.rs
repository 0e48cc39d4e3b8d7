//! Which scope does an ARM path name?
//!
//! The longest part that is made of whole pairs: a collection (`…/virtualNetworks`) means its parent, an action
//! (`…/networkManagers/nm/commit`) the resource it acts on.

/// The scope of a path: `/` when it names none.
pub fn of(path: &str) -> String {
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let mut end = 0;
    let mut at = 0;
    while at + 1 < segments.len() {
        if segments[at].eq_ignore_ascii_case("providers") {
            let pairs = pairs(&segments[at + 2..]);
            at += 2 + 2 * pairs;
            end = if pairs > 0 { at } else { end };
        } else if segments[at].eq_ignore_ascii_case("tagNames") {
            // Names of tags are the subscription's, no scopes.
            break;
        } else {
            at += 2;
            end = at;
        }
    }
    format!("/{}", segments[..end].join("/"))
}

/// How many type/name pairs follow a namespace, up to the next `providers`.
fn pairs(segments: &[&str]) -> usize {
    let until = segments
        .iter()
        .position(|segment| segment.eq_ignore_ascii_case("providers"));
    segments[..until.unwrap_or(segments.len())].len() / 2
}

/// The subscription that a path is below.
pub fn subscription(path: &str) -> Option<&str> {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let first = segments.next()?;
    first
        .eq_ignore_ascii_case("subscriptions")
        .then(|| segments.next())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collections_and_actions_belong_to_what_they_stand_in() {
        for (path, scope) in [
            ("/subscriptions", "/"),
            ("/subscriptions/s", "/subscriptions/s"),
            ("/subscriptions/s/resourceGroups", "/subscriptions/s"),
            (
                "/subscriptions/s/resourceGroups/g/",
                "/subscriptions/s/resourceGroups/g",
            ),
            ("/subscriptions/s/resources", "/subscriptions/s"),
            (
                "/subscriptions/s/tagNames/n/tagValues/v",
                "/subscriptions/s",
            ),
            (
                "/subscriptions/s/providers/Microsoft.Network/virtualNetworks",
                "/subscriptions/s",
            ),
            (
                "/subscriptions/s/resourceGroups/g/providers/M.N/a/b",
                "/subscriptions/s/resourceGroups/g/providers/M.N/a/b",
            ),
            (
                "/subscriptions/s/resourceGroups/g/providers/M.N/a/b/commit",
                "/subscriptions/s/resourceGroups/g/providers/M.N/a/b",
            ),
            (
                "/subscriptions/s/providers/M.N/a/b/providers/M.A/c",
                "/subscriptions/s/providers/M.N/a/b",
            ),
            (
                "/subscriptions/s/providers/M.N/a/b/providers/M.A/c/d",
                "/subscriptions/s/providers/M.N/a/b/providers/M.A/c/d",
            ),
            ("/providers/Microsoft.ResourceGraph/resources", "/"),
            ("/providers", "/"),
        ] {
            assert_eq!(of(path), scope, "{path}");
        }
        assert_eq!(subscription("/Subscriptions/s/x"), Some("s"));
        assert_eq!(subscription("/subscriptions"), None);
    }
}
