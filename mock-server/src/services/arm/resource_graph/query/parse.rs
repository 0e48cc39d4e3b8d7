//! Tokens as a query.

use serde_json::{Value, json};

use super::expression::{Comparison, FUNCTIONS, Step, tidy};
use super::lex::{Kind, Token, tokens};
use super::{Aggregate, Expression, Fault, Named, Operator, Order, Query};

/// How deep parentheses may nest.
const DEEPEST: usize = 100;
/// Longest query in bytes, and the most that `strcat` takes (Kusto, `strcat-function`: "between 1 and 64 arguments"). The
/// first is ours.
const LONGEST: usize = 32 * 1024;
const MOST_JOINED: usize = 64;

/// Reads a query.
///
/// # Errors
/// What of it is not understood.
pub fn parse(text: &str) -> Result<Query, Fault> {
    if text.len() > LONGEST {
        let why = format!("the query has {} bytes, {LONGEST} at most", text.len());
        return Err(Fault::meaning(why));
    }
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    parser.query()
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn takes(&mut self, text: &str) -> bool {
        let found = self.peek().is(text);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, text: &str) -> Result<(), Fault> {
        if self.takes(text) {
            return Ok(());
        }
        Err(self.peek().unexpected(&format!("'{text}'")))
    }

    fn word(&mut self, expected: &str) -> Result<Token, Fault> {
        let token = self.next();
        if token.kind == Kind::Word {
            Ok(token)
        } else {
            Err(token.unexpected(expected))
        }
    }

    /// A table, if a name stands alone at the beginning, then operators between `|`.
    fn query(&mut self) -> Result<Query, Fault> {
        let mut operators = Vec::new();
        let second = self
            .tokens
            .get(1)
            .map(|it| it.kind == Kind::End || it.is("|"));
        let alone = self.peek().kind == Kind::Word && second == Some(true);
        let table = if alone && !self.peek().is("count") {
            self.next().text.to_ascii_lowercase()
        } else {
            operators.push(self.operator()?);
            "resources".to_owned()
        };
        while self.takes("|") {
            operators.push(self.operator()?);
        }
        match self.peek() {
            end if end.kind == Kind::End => Ok(Query { table, operators }),
            other => Err(other.unexpected("'|' or the end of the query")),
        }
    }

    fn operator(&mut self) -> Result<Operator, Fault> {
        let token = self.word("an operator")?;
        match token.text.to_ascii_lowercase().as_str() {
            "where" | "filter" => self.any().map(Operator::Where),
            "project" => self.all_named().map(Operator::Project),
            "project-away" => self.names().map(Operator::ProjectAway),
            "extend" => self.all_named().map(Operator::Extend),
            "summarize" => self.summarize(),
            "count" => Ok(Operator::Count),
            "order" | "sort" => {
                self.expect("by")?;
                self.orders().map(Operator::Sort)
            }
            "limit" | "take" => self.number().map(Operator::Limit),
            "top" => {
                let most = self.number()?;
                self.expect("by")?;
                Ok(Operator::Top(most, self.orders()?))
            }
            "distinct" if self.takes("*") => Ok(Operator::Distinct(Vec::new())),
            "distinct" => self.all_named().map(Operator::Distinct),
            "mv-expand" | "mvexpand" => self.named(0).map(Operator::Expand),
            _ => Err(token.unknown("operator")),
        }
    }

    fn summarize(&mut self) -> Result<Operator, Fault> {
        let mut aggregates = Vec::new();
        while !self.peek().is("by") {
            aggregates.push(self.aggregate()?);
            if !self.takes(",") {
                break;
            }
        }
        let by = if self.takes("by") {
            self.all_named()?
        } else {
            Vec::new()
        };
        if aggregates.is_empty() && by.is_empty() {
            return Err(self.peek().unexpected("an aggregation or 'by'"));
        }
        Ok(Operator::Summarize(aggregates, by))
    }

    fn aggregate(&mut self) -> Result<(String, Aggregate), Fault> {
        let mut token = self.word("an aggregation")?;
        let mut name = None;
        if self.takes("=") {
            name = Some(token.text);
            token = self.word("an aggregation")?;
        }
        self.expect("(")?;
        let function = token.text.to_ascii_lowercase();
        let of = match function.as_str() {
            "count" => None,
            "dcount" | "min" | "max" => Some(self.any()?),
            _ => return Err(token.unknown("aggregation")),
        };
        self.expect(")")?;
        let column = of.as_ref().and_then(Expression::default_name);
        let name = name.unwrap_or_else(|| format!("{function}_{}", column.unwrap_or_default()));
        let aggregate = match (of, function.as_str()) {
            (None, _) => Aggregate::Count,
            (Some(of), "dcount") => Aggregate::Distinct(of),
            (Some(of), "min") => Aggregate::Least(of),
            (Some(of), _) => Aggregate::Most(of),
        };
        Ok((name, aggregate))
    }

    fn all_named(&mut self) -> Result<Vec<Named>, Fault> {
        let mut all = vec![self.named(1)?];
        while self.takes(",") {
            all.push(self.named(all.len() + 1)?);
        }
        Ok(all)
    }

    /// `name = expression`, or an expression that names itself.
    fn named(&mut self, number: usize) -> Result<Named, Fault> {
        let assigned = self.tokens.get(self.at + 1).is_some_and(|it| it.is("="));
        if self.peek().kind == Kind::Word && assigned {
            let name = self.next().text;
            self.at += 1;
            let value = self.any()?;
            return Ok(Named { name, value });
        }
        let value = self.any()?;
        let name = value.default_name();
        let name = name.unwrap_or_else(|| format!("Column{number}"));
        Ok(Named { name, value })
    }

    fn names(&mut self) -> Result<Vec<String>, Fault> {
        let mut all = vec![self.word("a column")?.text];
        while self.takes(",") {
            all.push(self.word("a column")?.text);
        }
        Ok(all)
    }

    fn orders(&mut self) -> Result<Vec<Order>, Fault> {
        let mut all = Vec::new();
        loop {
            let by = self.any()?;
            let descending = !self.takes("asc");
            if descending {
                self.takes("desc");
            }
            if self.takes("nulls") {
                let token = self.next();
                return Err(token.unknown("order of nulls"));
            }
            all.push(Order { by, descending });
            if !self.takes(",") {
                return Ok(all);
            }
        }
    }

    fn number(&mut self) -> Result<usize, Fault> {
        let token = self.next();
        match token.kind {
            Kind::Number(_) => token
                .text
                .parse()
                .map_err(|_| token.unexpected("a whole number")),
            _ => Err(token.unexpected("a whole number")),
        }
    }

    /// Parts between `or`.
    fn any(&mut self) -> Result<Expression, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.peek().unexpected("a query that nests less deeply"));
        }
        let mut parts = vec![self.all()?];
        while self.takes("or") {
            parts.push(self.all()?);
        }
        self.depth -= 1;
        Ok(one_or(parts, Expression::Or))
    }

    /// Parts between `and`.
    fn all(&mut self) -> Result<Expression, Fault> {
        let mut parts = vec![self.comparison()?];
        while self.takes("and") {
            parts.push(self.comparison()?);
        }
        Ok(one_or(parts, Expression::And))
    }

    fn comparison(&mut self) -> Result<Expression, Fault> {
        let left = self.value()?;
        let token = self.peek().clone();
        if !matches!(token.kind, Kind::Word | Kind::Sign) {
            return Ok(left);
        }
        let sign = token.text.to_ascii_lowercase();
        if let "in" | "in~" | "!in" | "!in~" = sign.as_str() {
            self.at += 1;
            return Ok(Expression::Among {
                value: Box::new(left),
                items: self.items()?,
                ignores_case: sign.ends_with('~'),
                wanted: !sign.starts_with('!'),
            });
        }
        let (wanted, bare) = match sign.strip_prefix('!') {
            Some(bare) => (false, bare),
            None => (true, sign.as_str()),
        };
        let comparison = match bare {
            "==" => Comparison::Equal(true),
            "=" if !wanted => Comparison::Equal(false),
            "=~" => Comparison::Alike(true),
            "~" if !wanted => Comparison::Alike(false),
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            ">=" => Comparison::GreaterOrEqual,
            "contains" => Comparison::Contains(wanted),
            "startswith" => Comparison::StartsWith(wanted),
            "endswith" => Comparison::EndsWith(wanted),
            "has" => Comparison::Has(wanted),
            "matches" | "between" | "contains_cs" | "has_any" | "has_all" | "has_cs"
            | "startswith_cs" | "endswith_cs" => return Err(token.unknown("operator")),
            _ => return Ok(left),
        };
        self.at += 1;
        let right = self.value()?;
        Ok(Expression::Compare(
            Box::new(left),
            comparison,
            Box::new(right),
        ))
    }

    fn items(&mut self) -> Result<Vec<Expression>, Fault> {
        self.expect("(")?;
        let mut items = Vec::new();
        while !self.takes(")") {
            items.push(self.value()?);
            if !self.takes(",") {
                self.expect(")")?;
                break;
            }
        }
        Ok(items)
    }

    fn value(&mut self) -> Result<Expression, Fault> {
        let token = self.next();
        match &token.kind {
            Kind::Text(text) => Ok(Expression::Literal(json!(text))),
            Kind::Number(number) => Ok(Expression::Literal(tidy(*number))),
            Kind::Sign if token.text == "(" => {
                let inner = self.any()?;
                self.expect(")")?;
                Ok(inner)
            }
            Kind::Sign if token.text == "-" => match self.next().kind {
                Kind::Number(number) => Ok(Expression::Literal(tidy(-number))),
                _ => Err(token.unexpected("a value")),
            },
            Kind::Word if self.peek().is("(") => self.call(&token),
            Kind::Word => match token.text.as_str() {
                "true" => Ok(Expression::Literal(json!(true))),
                "false" => Ok(Expression::Literal(json!(false))),
                "null" => Ok(Expression::Literal(Value::Null)),
                _ => self.path(token.text),
            },
            Kind::Sign | Kind::End => Err(token.unexpected("a value")),
        }
    }

    fn call(&mut self, name: &Token) -> Result<Expression, Fault> {
        let lower = name.text.to_ascii_lowercase();
        let known = FUNCTIONS.iter().find(|(it, _, _)| *it == lower);
        let Some((_, function, count)) = known else {
            return Err(name.unknown("function"));
        };
        self.expect("(")?;
        let mut values = Vec::new();
        while !self.peek().is(")") {
            values.push(self.any()?);
            if !self.takes(",") {
                break;
            }
        }
        if values.len() > MOST_JOINED {
            let why = format!("{lower} takes at most {MOST_JOINED} values");
            return Err(Fault::meaning(why));
        }
        if *count > 0 && values.len() != *count {
            return Err(name.unexpected("a function with its values"));
        }
        self.expect(")")?;
        Ok(Expression::Call(*function, values))
    }

    fn path(&mut self, name: String) -> Result<Expression, Fault> {
        let mut steps = Vec::new();
        loop {
            if self.takes(".") {
                steps.push(Step::Field(self.word("a name")?.text));
            } else if self.takes("[") {
                let token = self.next();
                steps.push(match &token.kind {
                    Kind::Text(text) => Step::Field(text.clone()),
                    Kind::Number(_) => Step::Item(
                        token
                            .text
                            .parse()
                            .map_err(|_| token.unexpected("a whole number"))?,
                    ),
                    _ => return Err(token.unexpected("a quoted name or a number")),
                });
                self.expect("]")?;
            } else {
                return Ok(Expression::Path(name, steps));
            }
        }
    }
}

fn one_or(mut parts: Vec<Expression>, many: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            many(parts)
        }
        None => many(parts),
    }
}
