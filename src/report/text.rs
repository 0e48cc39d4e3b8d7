//! Text that others wrote, made fit to be shown: an author's sentences, a service's messages, the other company's notes.

use std::io;

use serde_json::Value;

use crate::outcome::FinishedRun;

/// The run with every text made fit to be shown: done once for the whole, so that no line of a report can forget it.
pub(super) fn fit_to_be_shown(run: &FinishedRun) -> io::Result<FinishedRun> {
    let mut json = serde_json::to_value(run)?;
    clean(&mut json);
    Ok(serde_json::from_value(json)?)
}

fn clean(value: &mut Value) {
    match value {
        Value::String(text) => *text = shown(text),
        Value::Array(items) => items.iter_mut().for_each(clean),
        Value::Object(entries) => entries.values_mut().for_each(clean),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The text without anything that steers a terminal or hides what follows: control characters and the marks that turn
/// the direction of writing become visible. A line break stays one, and what follows it stands to the right of every
/// word that a report begins a line with: whose text it is can be seen.
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (at, line) in text.trim_end_matches(['\n', '\r']).lines().enumerate() {
        if at > 0 {
            shown.push_str(CONTINUED);
        }
        let letters = line.chars();
        shown.extend(letters.map(|letter| if steers(letter) { '\u{fffd}' } else { letter }));
    }
    shown
}

/// Between two lines of one text: as wide as the widest label of a finding.
const CONTINUED: &str = "\n            ";

/// Whether a character does something else than stand there.
fn steers(letter: char) -> bool {
    let turns = matches!(
        letter,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    let breaks = matches!(letter, '\u{2028}' | '\u{2029}');
    letter.is_control() || turns || breaks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_others_wrote_steers_the_terminal() {
        let text = "a\u{1b}[2Jb\rc\u{9b}d\u{202e}e\u{7f}f\u{2028}g";
        assert_eq!(
            shown(text),
            "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f\u{fffd}g"
        );
        assert_eq!(shown("日本語 ✓"), "日本語 ✓");
    }

    #[test]
    fn no_line_of_a_text_that_others_wrote_begins_where_a_line_of_ours_does() {
        let text = shown("quota\r\nFirst cause: you\n\n  owner     them\n");
        assert_eq!(
            text,
            "quota\n            First cause: you\n            \n              owner     them"
        );
    }
}
