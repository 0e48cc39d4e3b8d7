//! `$filter`: what is understood of OData, and whether an object passes.
//!
//! `eq`, `ne`, `in`, `startswith`, `any` with one of these, `not`, `and`, `or`, parentheses. Texts compare without case,
//! as in Graph, and so do operators, which its pages write `NOT` too. What needs an index that Graph has only for advanced queries (`ne`, `not`; microsoft-graph-docs,
//! `aad-advanced-queries`) says so.

/// The value of a property, for comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Field<'a> {
    Flag(bool),
    None,
    Text(&'a str),
    Texts(Vec<&'a str>),
}

/// A filter that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Filter {
    And(Box<Self>, Box<Self>),
    /// An item of the list passes.
    Any(String, Box<Self>),
    Equal(String, Literal),
    In(String, Vec<Literal>),
    Not(Box<Self>),
    Or(Box<Self>, Box<Self>),
    StartsWith(String, String),
}

/// A value as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Literal {
    Flag(bool),
    Null,
    Text(String),
}

/// Parentheses and `not` may nest so deep.
const DEPTH: usize = 16;
/// Longest filter that is read.
const LENGTH: usize = 16 * 1024;

impl Filter {
    /// Reads a filter; nothing when it is not one that is understood.
    pub(in super::super) fn parse(text: &str) -> Option<Self> {
        let tokens = tokens(text)?;
        let mut reader = Reader {
            tokens: &tokens,
            depth: 0,
        };
        let filter = reader.either()?;
        reader.tokens.is_empty().then_some(filter)
    }

    /// Does an object pass?
    pub(in super::super) fn takes<'o>(&self, field: &dyn Fn(&str) -> Field<'o>) -> bool {
        match self {
            Self::And(one, other) => one.takes(field) && other.takes(field),
            Self::Or(one, other) => one.takes(field) || other.takes(field),
            Self::Not(inner) => !inner.takes(field),
            Self::Equal(name, wanted) => wanted.is(&field(name)),
            Self::In(name, wanted) => {
                let found = field(name);
                wanted.iter().any(|it| it.is(&found))
            }
            Self::StartsWith(name, start) => match field(name) {
                Field::Text(text) => starts_with(text, start),
                _ => false,
            },
            Self::Any(name, inner) => match field(name) {
                Field::Texts(items) => items
                    .into_iter()
                    .any(|item| inner.takes(&|_| Field::Text(item))),
                _ => false,
            },
        }
    }

    /// Names of the properties that it compares; `tags/any` where it looks into a list.
    pub(in super::super) fn properties(&self) -> Vec<String> {
        match self {
            Self::And(one, other) | Self::Or(one, other) => {
                [one.properties(), other.properties()].concat()
            }
            Self::Not(inner) => inner.properties(),
            Self::Any(name, _) => vec![format!("{name}/any")],
            Self::Equal(name, _) | Self::In(name, _) | Self::StartsWith(name, _) => {
                vec![name.clone()]
            }
        }
    }

    /// Does it need an advanced query?
    pub(in super::super) fn is_advanced(&self) -> bool {
        match self {
            Self::And(one, other) | Self::Or(one, other) => {
                one.is_advanced() || other.is_advanced()
            }
            Self::Any(_, inner) => inner.is_advanced(),
            Self::Not(_) => true,
            Self::Equal(..) | Self::In(..) | Self::StartsWith(..) => false,
        }
    }

    /// The text that a property must be equal to, when that is all that the filter wants.
    pub(in super::super) fn only(&self) -> Option<(&str, &str)> {
        match self {
            Self::Equal(name, Literal::Text(value)) => Some((name, value)),
            Self::Any(name, inner) => match inner.as_ref() {
                Self::Equal(_, Literal::Text(value)) => Some((name, value)),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Literal {
    fn is(&self, field: &Field<'_>) -> bool {
        match (self, field) {
            (Self::Text(wanted), Field::Text(text)) => text.eq_ignore_ascii_case(wanted),
            (Self::Flag(wanted), Field::Flag(flag)) => wanted == flag,
            (Self::Null, Field::None) => true,
            _ => false,
        }
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|it| it.eq_ignore_ascii_case(start))
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Comma,
    Close,
    Colon,
    Open,
    Text(String),
    Word(String),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    if text.len() > LENGTH {
        return None;
    }
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let simple = match first {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            ',' => Some(Token::Comma),
            ':' => Some(Token::Colon),
            _ => None,
        };
        if let Some(token) = simple {
            tokens.push(token);
            rest = rest[1..].trim_start();
            continue;
        }
        let (token, after) = match first {
            '\'' => quoted(&rest[1..])?,
            _ => word(rest)?,
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Some(tokens)
}

/// A text in quotes, in which two stand for one.
fn quoted(mut rest: &str) -> Option<(Token, &str)> {
    let mut text = String::new();
    loop {
        let (before, after) = rest.split_once('\'')?;
        text.push_str(before);
        match after.strip_prefix('\'') {
            Some(more) => {
                text.push('\'');
                rest = more;
            }
            None => return Some((Token::Text(text), after)),
        }
    }
}

fn word(rest: &str) -> Option<(Token, &str)> {
    let is_part = |char: char| char.is_ascii_alphanumeric() || "/_-.@$".contains(char);
    let end = rest.find(|char| !is_part(char)).unwrap_or(rest.len());
    (end > 0).then(|| (Token::Word(rest[..end].to_owned()), &rest[end..]))
}

struct Reader<'t> {
    tokens: &'t [Token],
    depth: usize,
}

impl Reader<'_> {
    fn either(&mut self) -> Option<Filter> {
        let mut filter = self.both()?;
        while self.takes_word("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.both()?));
        }
        Some(filter)
    }

    fn both(&mut self) -> Option<Filter> {
        let mut filter = self.one()?;
        while self.takes_word("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.one()?));
        }
        Some(filter)
    }

    fn one(&mut self) -> Option<Filter> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let filter = if self.takes_word("not") {
            Filter::Not(Box::new(self.one()?))
        } else if self.takes(&Token::Open) {
            let inner = self.either()?;
            self.takes(&Token::Close).then_some(inner)?
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Some(filter)
    }

    fn comparison(&mut self) -> Option<Filter> {
        let name = self.word()?;
        if self.takes(&Token::Open) {
            return self.call(&name);
        }
        match self.word()?.to_ascii_lowercase().as_str() {
            "eq" => Some(Filter::Equal(name, self.literal()?)),
            "ne" => {
                let equal = Filter::Equal(name, self.literal()?);
                Some(Filter::Not(Box::new(equal)))
            }
            "in" => self.list(name),
            _ => None,
        }
    }

    /// `startswith(name,'…')` or `name/any(x:x eq '…')`.
    fn call(&mut self, function: &str) -> Option<Filter> {
        if let Some(list) = function.strip_suffix("/any") {
            let variable = self.word()?;
            let inner = self.takes(&Token::Colon).then(|| self.one()).flatten()?;
            let closed = self.takes(&Token::Close);
            let fits = closed && inner.properties() == [variable];
            return fits.then(|| Filter::Any(list.to_owned(), Box::new(inner)));
        }
        if !function.eq_ignore_ascii_case("startswith") {
            return None;
        }
        let name = self.word()?;
        let start = self
            .takes(&Token::Comma)
            .then(|| self.literal())
            .flatten()?;
        match (start, self.takes(&Token::Close)) {
            (Literal::Text(start), true) => {
                let _ = self.takes_word("eq") && self.takes_word("true");
                Some(Filter::StartsWith(name, start))
            }
            _ => None,
        }
    }

    fn list(&mut self, name: String) -> Option<Filter> {
        if !self.takes(&Token::Open) {
            return None;
        }
        let mut wanted = vec![self.literal()?];
        while self.takes(&Token::Comma) {
            wanted.push(self.literal()?);
        }
        self.takes(&Token::Close)
            .then_some(Filter::In(name, wanted))
    }

    fn literal(&mut self) -> Option<Literal> {
        let (first, rest) = self.tokens.split_first()?;
        let literal = match first {
            Token::Text(text) => Literal::Text(text.clone()),
            Token::Word(word) if word == "true" => Literal::Flag(true),
            Token::Word(word) if word == "false" => Literal::Flag(false),
            Token::Word(word) if word == "null" => Literal::Null,
            // Ids may stand without quotes (OData 4: literals of type Edm.Guid).
            Token::Word(word) if crate::ids::is_guid(word) => Literal::Text(word.clone()),
            _ => return None,
        };
        self.tokens = rest;
        Some(literal)
    }

    fn word(&mut self) -> Option<String> {
        let (Token::Word(word), rest) = self.tokens.split_first()? else {
            return None;
        };
        self.tokens = rest;
        Some(word.clone())
    }

    fn takes(&mut self, token: &Token) -> bool {
        match self.tokens.split_first() {
            Some((first, rest)) if first == token => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_it =
            matches!(self.tokens.first(), Some(Token::Word(it)) if it.eq_ignore_ascii_case(word));
        if is_it {
            self.tokens = &self.tokens[1..];
        }
        is_it
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(text: &str) -> bool {
        let field = |name: &str| match name {
            "appId" => Field::Text("A-1"),
            "displayName" => Field::Text("it's orders"),
            "accountEnabled" => Field::Flag(true),
            "names" => Field::Texts(vec!["x", "Y"]),
            _ => Field::None,
        };
        Filter::parse(text).unwrap().takes(&field)
    }

    #[test]
    fn the_filters_of_clients_are_understood() {
        for text in [
            "appId eq 'a-1'",
            "displayName eq 'it''s orders'",
            "names/any(c:c eq 'y')",
            "names/any(c: startswith(c, 'Y'))",
            "startswith(displayName,'IT''S')",
            "startswith(displayName,'it') eq true",
            "appId in ('b', 'a-1')",
            "accountEnabled eq true and (appId eq 'x' or appId eq 'A-1')",
            "not(appId eq 'x')",
            "appId ne 'x'",
            "other eq null",
        ] {
            assert!(takes(text), "{text}");
        }
        for text in [
            "appId eq 'x'",
            "names/any(c:c eq 'z')",
            "accountEnabled eq false",
        ] {
            assert!(!takes(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_no_filter() {
        let deep = format!("{}appId eq 'x'", "not ".repeat(100));
        for text in [
            "",
            "appId",
            "appId eq",
            "appId eq x",
            "appId gt 'x'",
            "appId eq 'x' appId eq 'y'",
            "appId eq 'x",
            "names/any(c:d eq 'x')",
            "endswith(a,'b')",
            "(appId eq 'x'",
            "appId in ()",
            "é eq 'x'",
            deep.as_str(),
        ] {
            assert_eq!(Filter::parse(text), None, "{text}");
        }
    }
}
