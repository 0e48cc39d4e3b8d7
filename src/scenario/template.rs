//! `${name}` in a text, and `$${` for the characters `${`.

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// As it stands.
    Text(&'t str),
    /// The value of this variable.
    Variable(&'t str),
}

/// A `${` that is not the beginning of `${name}`: from there to the end of what was meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed<'t>(pub(super) &'t str);

/// Takes a text apart.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Malformed<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        // `$${` is a `${` with another `$` in front of it.
        let is_escaped = rest[..at].ends_with('$');
        let before = &rest[..if is_escaped { at - 1 } else { at }];
        found.extend((!before.is_empty()).then_some(Piece::Text(before)));
        if is_escaped {
            found.push(Piece::Text("${"));
            rest = &rest[at + 2..];
        } else {
            let (name, behind) = variable(&rest[at..])?;
            found.push(Piece::Variable(name));
            rest = behind;
        }
    }
    found.extend((!rest.is_empty()).then_some(Piece::Text(rest)));
    Ok(found)
}

/// The name behind a `${`, and what is behind its `}`.
fn variable(text: &str) -> Result<(&str, &str), Malformed<'_>> {
    let (name, behind) = text[2..].split_once('}').ok_or(Malformed(text))?;
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if name.is_empty() || !name.chars().all(allowed) {
        return Err(Malformed(&text[..name.len() + 3]));
    }
    Ok((name, behind))
}

#[cfg(test)]
mod tests {
    use super::Piece::{Text, Variable};
    use super::*;

    #[test]
    fn takes_texts_apart() {
        for (text, expected) in [
            ("", vec![]),
            ("a$b}", vec![Text("a$b}")]),
            ("${a}", vec![Variable("a")]),
            (
                "x${a}${b-1}y",
                vec![Text("x"), Variable("a"), Variable("b-1"), Text("y")],
            ),
            ("é${a}ü", vec![Text("é"), Variable("a"), Text("ü")]),
            ("$${a}", vec![Text("${"), Text("a}")]),
            ("$${${a}", vec![Text("${"), Variable("a")]),
            ("a$${", vec![Text("a"), Text("${")]),
        ] {
            assert_eq!(pieces(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_neither_a_variable_nor_escaped() {
        for (text, part) in [
            ("a${", "${"),
            ("${a", "${a"),
            ("x${}y", "${}"),
            ("${ a }b", "${ a }"),
            ("${a${b}", "${a${b}"),
        ] {
            assert_eq!(pieces(text), Err(Malformed(part)), "{text}");
        }
    }
}
