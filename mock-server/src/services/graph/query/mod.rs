//! OData queries as far as clients use them. What is not supported is refused, never ignored.
//!
//! - [`filter`] `$filter` · [`page`] pages by `@odata.nextLink` · here: which options a list takes, `$select`, `$search`

pub(super) mod filter;
pub(super) mod page;

use serde_json::{Map, Value, json};

use super::asked::Asked;
use super::errors::Refused;
use filter::{Field, Filter};

/// Options that lists take; `$count` and `$skiptoken` come with pages.
const OPTIONS: &[&str] = &[
    "$filter",
    "$select",
    "$top",
    "$count",
    "$orderby",
    "$search",
    "$skiptoken",
    "$format",
];

/// What a list is asked for besides its page.
#[derive(Debug, Default)]
pub(super) struct Query {
    /// Which objects.
    pub filter: Option<Filter>,
    /// What the display name must contain.
    pub search: Option<String>,
    /// Property, and whether from the last to the first.
    pub order: Option<(String, bool)>,
}

impl Query {
    /// Reads the options of a list of objects that have these properties.
    pub(super) fn read(asked: &Asked<'_>, properties: &[&str], of: &str) -> Result<Self, Refused> {
        check_options(asked, OPTIONS)?;
        Self::checked(asked, properties, of)
    }

    /// The same of a list that expands what its objects are related to.
    pub(super) fn read_expanding(
        asked: &Asked<'_>,
        properties: &[&str],
        of: &str,
    ) -> Result<Self, Refused> {
        check_options(asked, &[OPTIONS, &["$expand"]].concat())?;
        Self::checked(asked, properties, of)
    }

    fn checked(asked: &Asked<'_>, properties: &[&str], of: &str) -> Result<Self, Refused> {
        let query = Self {
            filter: filter(asked, properties, of)?,
            search: search(asked)?,
            order: order(asked)?,
        };
        if query.order.is_some() && query.filter.is_some() && !asked.is_advanced() {
            let message = "Sorting not supported for current query.";
            return Err(Refused::unsupported_query(message));
        }
        Ok(query)
    }

    /// Does an object pass?
    pub(super) fn takes<'o>(&self, field: &dyn Fn(&str) -> Field<'o>) -> bool {
        let found = self.search.as_ref().is_none_or(|wanted| {
            matches!(field("displayName"), Field::Text(name) if name.to_lowercase().contains(wanted))
        });
        found
            && self
                .filter
                .as_ref()
                .is_none_or(|filter| filter.takes(field))
    }

    /// The one text that a property must be equal to, when that is all that is asked.
    pub(super) fn only(&self) -> Option<(&str, &str)> {
        let alone = self.search.is_none() && self.order.is_none();
        self.filter.as_ref().filter(|_| alone)?.only()
    }
}

/// 400 for an option that the operation does not take.
pub(super) fn check_options(asked: &Asked<'_>, known: &[&str]) -> Result<(), Refused> {
    let options = asked.request.query.iter().map(|(name, _)| name.as_str());
    for option in options.filter(|name| name.starts_with('$')) {
        let is_known = known.iter().any(|it| it.eq_ignore_ascii_case(option));
        if option.eq_ignore_ascii_case("$expand") && !is_known {
            let message =
                "The mock expands nothing here: ask for the related objects by their own address.";
            return Err(Refused::unsupported_query(message));
        }
        if !is_known {
            let message = format!("The query parameter '{option}' is not supported.");
            return Err(Refused::bad_syntax(message));
        }
    }
    Ok(())
}

fn filter(asked: &Asked<'_>, properties: &[&str], of: &str) -> Result<Option<Filter>, Refused> {
    let text = asked.request.query("$filter").unwrap_or_default();
    if text.trim().is_empty() {
        return Ok(None);
    }
    let invalid = || Refused::bad_syntax("Invalid filter clause");
    let filter = Filter::parse(text).ok_or_else(invalid)?;
    let unknown = filter
        .properties()
        .into_iter()
        .find(|name| !properties.contains(&name.as_str()));
    if let Some(name) = unknown {
        let name = name.trim_end_matches("/any");
        let message = format!(
            "Unsupported or invalid query filter clause specified for property '{name}' of resource '{of}'."
        );
        return Err(Refused::unsupported_query(message));
    }
    if filter.is_advanced() && !asked.is_advanced() {
        let message = "Operator is not supported without the header ConsistencyLevel: eventual and $count=true.";
        return Err(Refused::unsupported_query(message));
    }
    Ok(Some(filter))
}

/// `$search="displayName:…"`; the refusal without the header is documented (`application-list`).
fn search(asked: &Asked<'_>) -> Result<Option<String>, Refused> {
    let Some(text) = asked.request.query("$search").filter(|it| !it.is_empty()) else {
        return Ok(None);
    };
    if !asked.is_eventual() {
        let message = "Request with $search query parameter only works through MSGraph with a special request header: \
                       'ConsistencyLevel: eventual'";
        return Err(Refused::unsupported_query(message));
    }
    let quoted = text.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let wanted = quoted.and_then(|it| it.strip_prefix("displayName:"));
    let wanted = wanted.filter(|it| !it.contains('"'));
    let invalid = || Refused::bad_request("Invalid $search clause: expected \"displayName:text\".");
    Ok(Some(wanted.ok_or_else(invalid)?.to_lowercase()))
}

fn order(asked: &Asked<'_>) -> Result<Option<(String, bool)>, Refused> {
    let Some(text) = asked.request.query("$orderby").filter(|it| !it.is_empty()) else {
        return Ok(None);
    };
    let (name, direction) = text.trim().split_once(' ').unwrap_or((text.trim(), "asc"));
    match (name, direction.trim()) {
        ("displayName" | "id", "asc" | "desc") => {
            Ok(Some((name.to_owned(), direction.trim() == "desc")))
        }
        _ => Err(Refused::unsupported_query(
            "Sorting not supported for current query.",
        )),
    }
}

/// One object, with `@odata.context`.
pub(super) fn entity(kind: &str, object: Value, asked: &Asked<'_>) -> Value {
    let mut body = json!({"@odata.context": context(&format!("{kind}/$entity"))});
    if let (Some(body), Value::Object(selected)) = (body.as_object_mut(), select(object, asked)) {
        body.extend(selected);
    }
    body
}

/// `@odata.context` of a kind.
pub(super) fn context(kind: &str) -> String {
    format!("https://graph.microsoft.com/v1.0/$metadata#{kind}")
}

/// Does `$select` name this property?
pub(super) fn selects(asked: &Asked<'_>, property: &str) -> bool {
    let names = asked.request.query("$select").unwrap_or_default();
    names.split(',').any(|name| name.trim() == property)
}

/// Keeps what `$select` names, and what was expanded; annotations stay.
pub(super) fn select(object: Value, asked: &Asked<'_>) -> Value {
    let names = asked.request.query("$select").filter(|it| !it.is_empty());
    let expanded = asked.request.query("$expand").unwrap_or_default();
    let names = names.map(|names| format!("{names},{}", expanded.replace('(', ",")));
    keep(object, names.as_deref())
}

/// Keeps these properties; annotations stay.
pub(super) fn keep(object: Value, names: Option<&str>) -> Value {
    let (Some(names), Value::Object(object)) = (names, &object) else {
        return object;
    };
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    if names.contains(&"*") {
        return Value::Object(object.clone());
    }
    let kept: Map<String, Value> = object
        .iter()
        .filter(|(key, _)| key.starts_with('@') || names.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    Value::Object(kept)
}
