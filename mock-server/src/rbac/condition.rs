//! Does the condition of a role assignment hold for an action at a scope?
//!
//! One form is evaluated, the one that the portal writes for a container: `((!(ActionMatches{'A'}) [AND
//! !(ActionMatches{'B'})]…) OR (@Resource[…/containers:name] StringEquals 'x'))`. The container is the one that the scope
//! names. For an action that no `ActionMatches` covers such a condition holds, whatever follows `OR`. A condition of any
//! other form does not hold: the mock would rather refuse a request that Azure allows than the reverse.
//! Source of the form: MicrosoftDocs/azure-docs, `role-based-access-control/conditions-format.md`.

use super::wildcard::covers;

const CONTAINER_NAME: &str =
    "@resource[microsoft.storage/storageaccounts/blobservices/containers:name]";

/// Whether the condition holds. `scope` is the id of what is acted on.
pub fn holds(condition: &str, action: &str, scope: &str) -> bool {
    let Some((actions, rest)) = guarded_actions(condition) else {
        return false;
    };
    if !actions.iter().any(|pattern| covers(pattern, action)) {
        return true;
    }
    container_comparison(rest)
        .is_some_and(|compare| container_of(scope).is_some_and(|name| compare.holds(name)))
}

/// The `!(ActionMatches{'…'})` in front of the first `OR`, and what follows it.
fn guarded_actions(condition: &str) -> Option<(Vec<&str>, &str)> {
    let mut rest = condition
        .trim()
        .trim_start_matches(['(', ' ', '\n', '\r', '\t']);
    let mut actions = Vec::new();
    loop {
        rest = rest.strip_prefix("!(ActionMatches{'")?;
        let (pattern, after) = rest
            .split_once("'})")
            .filter(|(pattern, _)| !pattern.contains('\''))?;
        actions.push(pattern);
        rest = after.trim_start_matches([')', ' ', '\n', '\r', '\t']);
        if let Some(after) = rest.strip_prefix("OR") {
            return Some((actions, after));
        }
        rest = rest
            .strip_prefix("AND")?
            .trim_start_matches(['(', ' ', '\n', '\r', '\t']);
    }
}

struct Comparison<'a> {
    value: &'a str,
    prefix: bool,
    ignore_case: bool,
}

impl Comparison<'_> {
    fn holds(&self, name: &str) -> bool {
        let fold = |text: &str| {
            if self.ignore_case {
                text.to_lowercase()
            } else {
                text.to_owned()
            }
        };
        let (name, value) = (fold(name), fold(self.value));
        if self.prefix {
            name.starts_with(&value)
        } else {
            name == value
        }
    }
}

fn container_comparison(text: &str) -> Option<Comparison<'_>> {
    let text = text.trim_matches(['(', ')', ' ', '\n', '\r', '\t']);
    let (attribute, rest) = text.split_once(char::is_whitespace)?;
    let (operator, value) = rest.trim_start().split_once(char::is_whitespace)?;
    let value = value.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    let (prefix, ignore_case) = match operator {
        "StringEquals" => (false, false),
        "StringEqualsIgnoreCase" => (false, true),
        "StringStartsWith" => (true, false),
        "StringStartsWithIgnoreCase" => (true, true),
        _ => return None,
    };
    let known = attribute.eq_ignore_ascii_case(CONTAINER_NAME) && !value.contains('\'');
    known.then_some(Comparison {
        value,
        prefix,
        ignore_case,
    })
}

fn container_of(scope: &str) -> Option<&str> {
    let mut segments = scope.split('/');
    segments.find(|segment| segment.eq_ignore_ascii_case("containers"))?;
    segments.next()
}

#[cfg(test)]
mod tests {
    use super::holds;

    const READ: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";

    fn only(container: &str) -> String {
        format!(
            "((!(ActionMatches{{'{READ}'}})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals '{container}'))"
        )
    }

    fn scope(container: &str) -> String {
        format!(
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/{container}"
        )
    }

    #[test]
    fn a_container_condition_holds_for_its_container_only() {
        assert!(holds(&only("orders"), READ, &scope("orders")));
        assert!(!holds(&only("orders"), READ, &scope("invoices")));
        assert!(!holds(&only("orders"), READ, &scope("ORDERS")));
    }

    #[test]
    fn a_condition_says_nothing_about_other_actions() {
        assert!(holds(
            &only("orders"),
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            "/subscriptions/s"
        ));
    }

    #[test]
    fn an_unknown_form_does_not_hold() {
        let or_not_list =
            only("orders").replace("'})", "'} AND NOT SubOperationMatches{'Blob.List'})");
        for condition in ["", "true", "@Request[x] StringEquals 'y'", &or_not_list] {
            assert!(!holds(condition, READ, &scope("orders")), "{condition}");
        }
        let two = format!("{} AND {}", only("orders"), only("orders"));
        assert!(!holds(&two, READ, &scope("orders")));
    }
}
