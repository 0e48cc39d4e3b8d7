//! `$filter` of lists of resources and resource groups.
//!
//! `eq` and `ne` on `resourceType`, `name`, `resourceGroup`, `location`, `tagName`, `tagValue`; `substringof('x', name)` and
//! `startswith(tagName, 'x')`; joined by `and` and `or` (resources.json, descriptions of `$filter`). A `tagValue` is that of
//! the `tagName` it is joined to. Anything else is a 400; an empty filter is none (CLIENTS.md: clients send one).

use serde_json::Value;

use super::errors::bad_request;
use crate::ids::ResourceId;
use crate::request::{Reply, Request};
use crate::store::Resource;

/// A filter: one of these groups of terms must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    any: Vec<Vec<Term>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    property: Property,
    test: Test,
    value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Property {
    Location,
    Name,
    ResourceGroup,
    ResourceType,
    TagName,
    TagValue,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    Contains,
    Equals,
    EqualsNot,
    StartsWith,
}

impl Filter {
    /// The filter of a request.
    ///
    /// # Errors
    /// 400 `InvalidFilterInQueryString`.
    pub fn of(request: &Request) -> Result<Self, Reply> {
        let text = request.query("$filter").unwrap_or_default();
        Self::parse(text).ok_or_else(|| {
            bad_request(
                "InvalidFilterInQueryString",
                &format!("Invalid $filter '{text:.500}' specified in the query string."),
            )
        })
    }

    /// Reads a filter; nothing when it is not one of the known forms.
    pub fn parse(text: &str) -> Option<Self> {
        let tokens = tokens(text)?;
        if tokens.is_empty() {
            return Some(Self::default());
        }
        let word = |token: &Token, word: &str| matches!(token, Token::Word(it) if it.eq_ignore_ascii_case(word));
        let groups = tokens.split(|token| word(token, "or"));
        let any = groups
            .map(|group| group.split(|token| word(token, "and")).map(term).collect())
            .collect::<Option<_>>()?;
        Some(Self { any })
    }

    /// Does it take a resource?
    pub fn takes(&self, resource: &Resource) -> bool {
        self.any.is_empty() || self.any.iter().any(|all| all_hold(all, resource))
    }
}

fn all_hold(terms: &[Term], resource: &Resource) -> bool {
    let (of_tags, others): (Vec<&Term>, Vec<&Term>) = terms
        .iter()
        .partition(|term| matches!(term.property, Property::TagName | Property::TagValue));
    let tags = resource.body.get("tags").and_then(Value::as_object);
    let mut tags = tags.into_iter().flatten();
    let fits = |(name, value): (&String, &Value)| {
        of_tags.iter().all(|term| match term.property {
            Property::TagName => term.holds(name),
            _ => term.holds(value.as_str().unwrap_or_default()),
        })
    };
    (of_tags.is_empty() || tags.any(fits))
        && others
            .iter()
            .all(|term| term.holds(&term.property.of(resource)))
}

impl Term {
    fn holds(&self, found: &str) -> bool {
        let (found, value) = (found.to_lowercase(), self.value.to_lowercase());
        match self.test {
            Test::Contains => found.contains(&value),
            Test::Equals => found == value,
            Test::EqualsNot => found != value,
            Test::StartsWith => found.starts_with(&value),
        }
    }
}

impl Property {
    fn named(name: &str) -> Option<Self> {
        let all = [
            ("location", Self::Location),
            ("name", Self::Name),
            ("resourceGroup", Self::ResourceGroup),
            ("resourceType", Self::ResourceType),
            ("tagName", Self::TagName),
            ("tagValue", Self::TagValue),
        ];
        all.into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, property)| property)
    }

    fn of(self, resource: &Resource) -> String {
        match self {
            Self::Location => {
                let location = resource.body.get("location").and_then(Value::as_str);
                location.unwrap_or_default().to_owned()
            }
            Self::Name => resource.name.clone(),
            Self::ResourceGroup => {
                let id = ResourceId::parse(&resource.id).ok();
                id.and_then(|id| id.resource_group).unwrap_or_default()
            }
            Self::ResourceType => resource.resource_type.clone(),
            Self::TagName | Self::TagValue => String::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Mark(char),
    Text(String),
    Word(String),
}

fn term(tokens: &[Token]) -> Option<Term> {
    use Token::{Mark, Text, Word};
    let (property, test, value) = match tokens {
        [Word(property), Word(test), Text(value)] => {
            let test = match test.to_ascii_lowercase().as_str() {
                "eq" => Test::Equals,
                "ne" => Test::EqualsNot,
                _ => return None,
            };
            (property, test, value)
        }
        [
            Word(function),
            Mark('('),
            Text(value),
            Mark(','),
            Word(property),
            Mark(')'),
        ] if function.eq_ignore_ascii_case("substringof") => (property, Test::Contains, value),
        [
            Word(function),
            Mark('('),
            Word(property),
            Mark(','),
            Text(value),
            Mark(')'),
        ] if function.eq_ignore_ascii_case("startswith") => (property, Test::StartsWith, value),
        _ => return None,
    };
    Some(Term {
        property: Property::named(property)?,
        test,
        value: value.clone(),
    })
}

/// Words, marks, and texts in quotes; a quote in a text is doubled. Nothing when a text does not end.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => {
                let (value, length) = quoted(rest)?;
                tokens.push(Token::Text(value));
                length
            }
            '(' | ')' | ',' => {
                tokens.push(Token::Mark(first));
                1
            }
            _ => {
                let ends = |it: char| it.is_whitespace() || "(),'".contains(it);
                let length = rest.find(ends).unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..length].to_owned()));
                length
            }
        };
        rest = rest[length..].trim_start();
    }
    Some(tokens)
}

/// The text at the beginning, and its length with the quotes.
fn quoted(text: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut at = 1;
    loop {
        let end = at + text[at..].find('\'')?;
        value.push_str(&text[at..end]);
        if !text[end + 1..].starts_with('\'') {
            return Some((value, end + 1));
        }
        value.push('\'');
        at = end + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource() -> Resource {
        let body = serde_json::json!({"location": "japaneast", "tags": {"owner": "it's me", "tier": "two"}});
        Resource {
            id: "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home".to_owned(),
            tenant: String::new(),
            resource_type: "Microsoft.Network/virtualNetworks".to_owned(),
            name: "home".to_owned(),
            body: body.as_object().unwrap().clone(),
            order: 0,
            version: 0,
        }
    }

    #[test]
    fn terms_are_joined_and_compare_without_case() {
        for (text, takes) in [
            ("", true),
            ("  ", true),
            ("resourceType eq 'microsoft.network/VIRTUALNETWORKS'", true),
            ("resourceType ne 'Microsoft.Network/virtualNetworks'", false),
            ("name eq 'home' and resourceGroup eq 'data'", false),
            ("name eq 'x' or ResourceGroup EQ 'net'", true),
            ("substringof('OM', name)", true),
            ("tagName eq 'owner' and tagValue eq 'it''s me'", true),
            ("tagName eq 'owner' and tagValue eq 'two'", false),
            ("startswith(tagName, 'ti')", true),
            ("location eq 'japanwest'", false),
        ] {
            let filter = Filter::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(filter.takes(&resource()), takes, "{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for text in [
            "name",
            "name eq",
            "name eq home",
            "name eq 'home",
            "name gt 'a'",
            "colour eq 'red'",
            "and",
            "name eq 'a' and",
            "substringof(name, 'a')",
            "(name eq 'a')",
            "'",
        ] {
            assert_eq!(Filter::parse(text), None, "{text}");
        }
    }
}
