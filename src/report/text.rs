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
/// the direction of writing become visible.
pub fn shown(text: &str) -> String {
    text.chars()
        .map(|letter| if steers(letter) { '\u{fffd}' } else { letter })
        .collect()
}

/// Whether a character does something else than stand there.
fn steers(letter: char) -> bool {
    let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (letter.is_control() && letter != '\n') || turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_others_wrote_steers_the_terminal() {
        let text = "a\u{1b}[2Jb\rc\u{9b}d\u{202e}e\u{7}f\ng";
        assert_eq!(
            shown(text),
            "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f\ng"
        );
        assert_eq!(shown("日本語 ✓"), "日本語 ✓");
    }
}
