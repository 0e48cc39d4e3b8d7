//! What are the tokens of a condition?

/// Longest condition (azure-docs, `role-based-access-control/conditions-troubleshoot.md`: 8 KB).
const LONGEST: usize = 8 * 1024;

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `AND`, `&&`.
    And,
    /// `OR`, `||`.
    Or,
    /// `NOT`, `!`.
    Not,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `{`.
    OpenList,
    /// `}`.
    CloseList,
    /// `,`.
    Comma,
    /// `'text'`, without its quotes.
    Text(String),
    /// A name: of a function, an operator, an attribute.
    Word(String),
}

impl Token {
    /// As its author would recognise it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::And => "AND".to_owned(),
            Self::Or => "OR".to_owned(),
            Self::Not => "NOT".to_owned(),
            Self::Open => "(".to_owned(),
            Self::Close => ")".to_owned(),
            Self::OpenList => "{".to_owned(),
            Self::CloseList => "}".to_owned(),
            Self::Comma => ",".to_owned(),
            Self::Text(text) => format!("'{text}'"),
            Self::Word(word) => word.clone(),
        }
    }
}

/// The tokens of a condition.
///
/// # Errors
/// A sentence fragment.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    if text.len() > LONGEST {
        return Err("it is longer than 8 KB".to_owned());
    }
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '(' => (Token::Open, &rest[1..]),
            ')' => (Token::Close, &rest[1..]),
            '{' => (Token::OpenList, &rest[1..]),
            '}' => (Token::CloseList, &rest[1..]),
            ',' => (Token::Comma, &rest[1..]),
            '!' => (Token::Not, &rest[1..]),
            '\'' => quoted(&rest[1..])?,
            _ => sign(rest).unwrap_or_else(|| word(rest)),
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn quoted(rest: &str) -> Result<(Token, &str), String> {
    let (text, after) = rest.split_once('\'').ok_or("a quoted text does not end")?;
    Ok((Token::Text(text.to_owned()), after))
}

fn sign(rest: &str) -> Option<(Token, &str)> {
    let and = rest.strip_prefix("&&").map(|after| (Token::And, after));
    and.or_else(|| rest.strip_prefix("||").map(|after| (Token::Or, after)))
}

/// A word; inside brackets, which attributes have, it goes on to the closing one.
fn word(rest: &str) -> (Token, &str) {
    let mut bracket = false;
    let end = rest.char_indices().skip(1).find(|(_, letter)| {
        bracket = (bracket || *letter == '[') && *letter != ']';
        !bracket && (letter.is_whitespace() || "(){},!'&|".contains(*letter))
    });
    let (word, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
    let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
    let token = if is("AND") {
        Token::And
    } else if is("OR") {
        Token::Or
    } else if is("NOT") {
        Token::Not
    } else {
        Token::Word(word.to_owned())
    };
    (token, after)
}
