//! `$filter` of the list of role assignments (MORE.md §2).
//!
//! `atScope()`, `principalId eq '…'`, `assignedTo('…')`, and `atScope() and` one of the two. Anything else is refused, as
//! Azure refuses it; an empty filter is none (CLIENTS.md: clients send one).

/// Whose assignments, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Not those below the scope.
    pub at_scope: bool,
    /// Whose.
    pub principal: Whose,
}

/// Whose assignments are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    #[default]
    Anybody,
    /// Those of this principal and of the groups it is in.
    AssignedTo(String),
    /// Those of exactly this principal.
    Exactly(String),
}

impl Filter {
    /// Reads a filter; nothing when it is not one of the known forms.
    pub fn parse(text: &str) -> Option<Self> {
        let mut filter = Self::default();
        let text = text.trim();
        if text.is_empty() {
            return Some(filter);
        }
        for term in split_and(text) {
            let known = filter.add(term.trim());
            known.then_some(())?;
        }
        Some(filter)
    }

    fn add(&mut self, term: &str) -> bool {
        if term.eq_ignore_ascii_case("atScope()") {
            return !std::mem::replace(&mut self.at_scope, true);
        }
        let whose = call(term, "assignedTo")
            .map(Whose::AssignedTo)
            .or_else(|| equals(term, "principalId").map(Whose::Exactly));
        match whose {
            Some(whose) if self.principal == Whose::Anybody => {
                self.principal = whose;
                true
            }
            _ => false,
        }
    }
}

fn split_and(text: &str) -> Vec<&str> {
    let lower = text.to_ascii_lowercase();
    match lower.find(" and ") {
        Some(at) => {
            let mut terms = vec![&text[..at]];
            terms.extend(split_and(&text[at + 5..]));
            terms
        }
        None => vec![text],
    }
}

/// `name('value')`
fn call(term: &str, name: &str) -> Option<String> {
    let arguments = term
        .get(..name.len())
        .filter(|head| head.eq_ignore_ascii_case(name))
        .map(|_| &term[name.len()..])?;
    quoted(
        arguments
            .trim()
            .strip_prefix('(')?
            .strip_suffix(')')?
            .trim(),
    )
}

/// `name eq 'value'`
fn equals(term: &str, name: &str) -> Option<String> {
    let mut words = term.splitn(3, char::is_whitespace);
    let (field, operator, value) = (words.next()?, words.next()?, words.next()?);
    let fits = field.eq_ignore_ascii_case(name) && operator.eq_ignore_ascii_case("eq");
    fits.then(|| quoted(value.trim())).flatten()
}

/// A quoted value. An object id holds no quote, so none is unescaped.
fn quoted(text: &str) -> Option<String> {
    let value = text.strip_prefix('\'')?.strip_suffix('\'')?;
    (!value.is_empty() && !value.contains('\'')).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(at_scope: bool, principal: Whose) -> Option<Filter> {
        Some(Filter {
            at_scope,
            principal,
        })
    }

    #[test]
    fn the_documented_forms_are_read() {
        assert_eq!(Filter::parse(""), filter(false, Whose::Anybody));
        assert_eq!(Filter::parse("atScope()"), filter(true, Whose::Anybody));
        assert_eq!(
            Filter::parse("principalId eq 'X'"),
            filter(false, Whose::Exactly("X".to_owned()))
        );
        assert_eq!(
            Filter::parse("assignedTo('x')"),
            filter(false, Whose::AssignedTo("x".to_owned()))
        );
        assert_eq!(
            Filter::parse("atScope() and assignedTo('x')"),
            filter(true, Whose::AssignedTo("x".to_owned()))
        );
        assert_eq!(
            Filter::parse("principalId eq 'x' AND atScope()"),
            filter(true, Whose::Exactly("x".to_owned()))
        );
    }

    #[test]
    fn other_forms_are_not() {
        for text in [
            "principalId ne 'x'",
            "principalId eq x",
            "assignedTo(x)",
            "atScope() or atScope()",
            "type eq 'x'",
            "atScope() and atScope()",
            "principalId eq 'x' and assignedTo('x')",
            "assignedTo('')",
            "é",
        ] {
            assert_eq!(Filter::parse(text), None, "{text}");
        }
    }
}
