//! Short forms of what the author wrote, for one line of a message.

/// Names listed in a message; the rest is counted.
const LISTED: usize = 12;
/// Characters of a value shown in a message.
const SHOWN: usize = 40;

/// The beginning of a text, in backticks and on one line.
pub(crate) fn quote(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", printable_line(&text[..end])),
        None => format!("`{}`", printable_line(text)),
    }
}

/// A text that cannot control a terminal; line breaks and tabs stay.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if matches!(letter, '\n' | '\t') {
                letter
            } else {
                visible(letter)
            }
        })
        .collect()
}

/// As [`printable`], and on one line; tabs stay.
pub(crate) fn printable_line(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter == '\t' {
                letter
            } else {
                visible(letter)
            }
        })
        .collect()
}

/// Control characters and changes of the writing direction, as one character that shows them.
fn visible(letter: char) -> char {
    match letter {
        '\0'..='\u{1f}' => char::from_u32('␀' as u32 + letter as u32).unwrap_or('�'),
        '\u{7f}' => '␡',
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => '�',
        _ => letter,
    }
}

/// `` `a`, `b` and 3 more ``
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<_> = names.into_iter().map(quote).collect();
    match quoted.get(LISTED..) {
        None | Some([]) => quoted.join(", "),
        Some(rest) => format!("{} and {} more", quoted[..LISTED].join(", "), rest.len()),
    }
}

/// `` one of `a`, `b` ``, or just `` `a` ``.
#[must_use]
pub fn one_of(names: &[&str]) -> String {
    match names {
        [] => "no key at all".into(),
        [only] => quote(only),
        _ => format!("one of {}", list(names.iter().copied())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_and_lists_are_cut_between_characters() {
        assert_eq!(quote(&"é".repeat(41)), format!("`{}…`", "é".repeat(40)));
        assert_eq!(quote("é"), "`é`");
        let names: Vec<_> = (0..14).map(|number| number.to_string()).collect();
        assert!(list(names.iter().map(String::as_str)).ends_with("`11` and 2 more"));
        assert_eq!(one_of(&["a"]), "`a`");
        assert_eq!(one_of(&["a", "b"]), "one of `a`, `b`");
    }

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(quote("a\n\u{1b}\u{9b}\u{7f}\u{202e}é"), "`a␊␛�␡�é`");
        assert_eq!(printable("a\n\tb\r"), "a\n\tb␍");
    }
}
