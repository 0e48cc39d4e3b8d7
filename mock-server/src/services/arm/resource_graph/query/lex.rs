//! The text of a query as tokens.

use super::Fault;

/// A token, and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// As written.
    pub text: String,
    /// Line, from 1.
    pub line: usize,
    /// Character in the line, from 1.
    pub column: usize,
}

/// Kinds of tokens.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A name or a word of the language: `project-away` too.
    Word,
    /// A literal text, without quotes.
    Text(String),
    /// A number.
    Number(f64),
    /// `|`, `==`, `!in~`, …
    Sign,
    /// After everything.
    End,
}

impl Token {
    /// Is it this sign, or this word in any case?
    pub fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Sign) && self.text.eq_ignore_ascii_case(text)
    }

    /// The fault of finding this token where something else belongs.
    pub fn unexpected(&self, expected: &str) -> Fault {
        let found = if self.kind == Kind::End {
            "the end of the query".to_owned()
        } else {
            format!("'{:.60}'", self.text)
        };
        Fault {
            code: "ParserFailure",
            why: format!("{expected} is expected, {found} was found"),
            token: Some((self.text.clone(), self.line, self.column)),
        }
    }

    /// The fault of a part of the language that is not among those that the mock knows.
    pub fn unknown(&self, what: &str) -> Fault {
        Fault {
            code: "InvalidQueryLanguage",
            why: format!("the mock does not know the {what} '{:.60}'", self.text),
            token: Some((self.text.clone(), self.line, self.column)),
        }
    }
}

/// Signs, longest first.
const SIGNS: &[&str] = &[
    "!in~",
    "!startswith",
    "!contains",
    "!endswith",
    "!has",
    "!in",
    "==",
    "!=",
    "=~",
    "!~",
    "<=",
    ">=",
    "<",
    ">",
    "=",
    "|",
    ",",
    "(",
    ")",
    "[",
    "]",
    ".",
    "*",
    "-",
];
/// Words that a hyphen belongs to.
const HYPHENATED: &[&str] = &[
    "project-away",
    "project-rename",
    "project-keep",
    "project-reorder",
    "mv-expand",
    "mv-apply",
];

/// Reads all tokens; the last is [`Kind::End`].
///
/// # Errors
/// A character that begins no token, or a text without its end.
pub fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut lexer = Lexer {
        rest: text,
        line: 1,
        column: 1,
    };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next()?;
        let is_end = token.kind == Kind::End;
        tokens.push(token);
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    column: usize,
}

impl Lexer<'_> {
    fn next(&mut self) -> Result<Token, Fault> {
        self.skip_space();
        let Some(first) = self.rest.chars().next() else {
            return Ok(self.take(0, Kind::End));
        };
        if first.is_ascii_alphabetic() || first == '_' || first == '$' {
            return Ok(self.word());
        }
        if first.is_ascii_digit() {
            return Ok(self.number());
        }
        if first == '\'' || first == '"' || first == '@' {
            return self.text();
        }
        let sign = SIGNS.iter().find(|sign| self.begins_with(sign));
        match sign {
            Some(sign) => Ok(self.take(sign.len(), Kind::Sign)),
            None => {
                let token = self.take(first.len_utf8(), Kind::Sign);
                Err(token.unexpected("a name, a literal or an operator"))
            }
        }
    }

    /// Without case.
    fn begins_with(&self, text: &str) -> bool {
        let begin = self.rest.get(..text.len());
        begin.is_some_and(|it| it.eq_ignore_ascii_case(text))
    }

    fn word(&mut self) -> Token {
        let hyphenated = HYPHENATED.iter().find(|it| self.begins_with(it));
        let plain = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '$';
        let length = self.rest.find(|it| !plain(it)).unwrap_or(self.rest.len());
        let is_in =
            self.rest[..length].eq_ignore_ascii_case("in") && self.rest[length..].starts_with('~');
        let length = match hyphenated {
            Some(word) => word.len(),
            None => length + usize::from(is_in),
        };
        self.take(length, Kind::Word)
    }

    fn number(&mut self) -> Token {
        let plain = |it: char| it.is_ascii_digit() || it == '.';
        let length = self.rest.find(|it| !plain(it)).unwrap_or(self.rest.len());
        let number = self.rest[..length].parse().unwrap_or(f64::NAN);
        self.take(length, Kind::Number(number))
    }

    /// `'…'` or `"…"` with `\` before what it escapes; after `@` nothing is escaped, and a doubled quote is one.
    fn text(&mut self) -> Result<Token, Fault> {
        let verbatim = self.rest.starts_with('@');
        let mut characters = self
            .rest
            .char_indices()
            .skip(usize::from(verbatim))
            .peekable();
        let quote = characters.next().map(|(_, it)| it);
        let quote = quote.filter(|it| *it == '\'' || *it == '"');
        let Some(quote) = quote else {
            let token = self.take(1, Kind::Sign);
            return Err(token.unexpected("a quoted text"));
        };
        let mut value = String::new();
        while let Some((at, character)) = characters.next() {
            if character == quote {
                let doubled = verbatim && characters.peek().is_some_and(|(_, it)| *it == quote);
                if !doubled {
                    return Ok(self.take(at + 1, Kind::Text(value)));
                }
                characters.next();
                value.push(quote);
            } else if character == '\\' && !verbatim {
                match characters.next() {
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, 't')) => value.push('\t'),
                    Some((_, other)) => value.push(other),
                    None => break,
                }
            } else {
                value.push(character);
            }
        }
        let token = self.take(self.rest.len(), Kind::Sign);
        Err(token.unexpected(&format!("a text that ends with {quote}")))
    }

    fn skip_space(&mut self) {
        loop {
            let length = self.rest.len() - self.rest.trim_start().len();
            if length > 0 {
                self.take(length, Kind::Sign);
            } else if self.rest.starts_with("//") {
                let length = self.rest.find('\n').unwrap_or(self.rest.len());
                self.take(length, Kind::Sign);
            } else {
                return;
            }
        }
    }

    fn take(&mut self, length: usize, kind: Kind) -> Token {
        let (text, rest) = self.rest.split_at(length);
        let token = Token {
            kind,
            text: text.to_owned(),
            line: self.line,
            column: self.column,
        };
        for character in text.chars() {
            if character == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.rest = rest;
        token
    }
}
