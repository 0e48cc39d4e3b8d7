//! What does a condition say? Tokens into an expression, within bounds.
//!
//! ```text
//! expression := part (AND part)* | part (OR part)*        both kinds side by side need parentheses, as in Azure
//! part       := NOT part | ( expression ) | ActionMatches{'…'} | SubOperationMatches{'…'} | attribute operator value
//! value      := '…' | {'…', …}
//! ```

use super::lex::{Token, tokens};
use super::{Comparison, Expression, How};

/// The attributes that are known.
const CONTAINER_NAME: &str =
    "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]";
const REPOSITORY_NAME: &str = "@Request[Microsoft.ContainerRegistry/registries/repositories:name]";
/// Parentheses and negations inside each other.
const DEEPEST: usize = 50;

/// Reads a condition.
pub(super) fn parse(text: &str) -> Result<Expression, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        depth: 0,
    };
    let expression = parser.expression()?;
    match parser.next() {
        None => Ok(expression),
        Some(token) => Err(format!("it goes on with {} after its end", token.shown())),
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    depth: usize,
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Option<&'a Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn is_next(&self, token: &Token) -> bool {
        self.tokens.first() == Some(token)
    }

    fn expect(&mut self, token: &Token) -> Result<(), String> {
        match self.next() {
            Some(found) if found == token => Ok(()),
            found => Err(instead(&token.shown(), found)),
        }
    }

    fn expression(&mut self) -> Result<Expression, String> {
        let first = self.part()?;
        let join = match self.tokens.first() {
            Some(join @ (Token::And | Token::Or)) => join,
            _ => return Ok(first),
        };
        let mut parts = vec![first];
        while self.is_next(join) {
            self.next();
            parts.push(self.part()?);
        }
        match (self.tokens.first(), join) {
            (Some(Token::And | Token::Or), _) => {
                Err("it has AND beside OR without parentheses".to_owned())
            }
            (_, Token::And) => Ok(Expression::And(parts)),
            _ => Ok(Expression::Or(parts)),
        }
    }

    fn part(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("it is nested more than {DEEPEST} times"));
        }
        let part = match self.next() {
            Some(Token::Not) => self.part().map(|inner| Expression::Not(Box::new(inner))),
            Some(Token::Open) => {
                let inner = self.expression()?;
                self.expect(&Token::Close).map(|()| inner)
            }
            Some(Token::Word(word)) => self.named(word),
            found => Err(instead("a function, an attribute or (", found)),
        };
        self.depth -= 1;
        part
    }

    fn named(&mut self, word: &str) -> Result<Expression, String> {
        if word.eq_ignore_ascii_case("ActionMatches") {
            return self.only_value().map(Expression::Action);
        }
        if word.eq_ignore_ascii_case("SubOperationMatches") {
            return self.only_value().map(Expression::SubOperation);
        }
        if !word.starts_with('@') {
            return Err(format!(
                "it has {word} where a function or an attribute belongs"
            ));
        }
        let of = match word {
            word if word.eq_ignore_ascii_case(CONTAINER_NAME) => Expression::ContainerName,
            word if word.eq_ignore_ascii_case(REPOSITORY_NAME) => Expression::RepositoryName,
            word => return Err(format!("the attribute {word} is not known to the mock")),
        };
        let operator = match self.next() {
            Some(Token::Word(operator)) => operator,
            found => return Err(instead("an operator", found)),
        };
        let (mut comparison, is_list) = comparison(operator)
            .ok_or_else(|| format!("the operator {operator} is not known to the mock"))?;
        comparison.values = if is_list && self.is_next(&Token::OpenList) {
            self.values()?
        } else {
            vec![self.text()?]
        };
        Ok(of(comparison))
    }

    /// `{'…'}`
    fn only_value(&mut self) -> Result<String, String> {
        let mut values = self.values()?;
        match (values.pop(), values.is_empty()) {
            (Some(value), true) => Ok(value),
            _ => Err("a function has several values".to_owned()),
        }
    }

    /// `{'…', '…'}`
    fn values(&mut self) -> Result<Vec<String>, String> {
        self.expect(&Token::OpenList)?;
        let mut values = vec![self.text()?];
        while self.is_next(&Token::Comma) {
            self.next();
            values.push(self.text()?);
        }
        self.expect(&Token::CloseList)?;
        Ok(values)
    }

    fn text(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Token::Text(text)) => Ok(text.clone()),
            found => Err(instead("a text in single quotes", found)),
        }
    }
}

fn instead(wanted: &str, found: Option<&Token>) -> String {
    match found {
        Some(token) => format!("it has {} where {wanted} belongs", token.shown()),
        None => format!("it ends where {wanted} belongs"),
    }
}

/// `StringNotLikeIgnoreCase`, `ForAnyOfAnyValues:StringEquals`, and whether it takes a list. One name stands on the left,
/// so of the four cross products only "any" and "all" of the right side differ.
fn comparison(operator: &str) -> Option<(Comparison, bool)> {
    let (every, is_list, name) = match operator.split_once(':') {
        None => (false, false, operator),
        Some(("ForAnyOfAnyValues" | "ForAllOfAnyValues", name)) => (false, true, name),
        Some(("ForAnyOfAllValues" | "ForAllOfAllValues", name)) => (true, true, name),
        Some(_) => return None,
    };
    let name = name.strip_prefix("String")?;
    let (negated, name) = name
        .strip_prefix("Not")
        .map_or((false, name), |it| (true, it));
    let plain = name.strip_suffix("IgnoreCase");
    let how = match plain.unwrap_or(name) {
        "Equals" => How::Equals,
        "StartsWith" => How::StartsWith,
        "Like" => How::Like,
        _ => return None,
    };
    let comparison = Comparison {
        how,
        negated,
        ignore_case: plain.is_some(),
        every,
        values: Vec::new(),
    };
    Some((comparison, is_list))
}
