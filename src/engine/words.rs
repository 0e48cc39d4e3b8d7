//! Sentences and commands of a cause, with the values of a finding filled in.
//!
//! A sentence shows a value it does not know as `?`. A command with a value it does not know is no command: it is left
//! out, and so is one with a value that no name has: a line break would look like another command. Values in commands
//! are quoted for a POSIX shell.

use crate::ids::ResourceId;
use crate::outcome::{IF_KNOWN, OTHERWISE};

/// Gives the value of a placeholder by its name.
pub(super) trait Values {
    /// The value, if the run knows it.
    fn value(&self, name: &str) -> Option<String>;
}

/// Fills a sentence.
pub(super) fn sentence(template: &str, values: &dyn Values) -> String {
    let mut text = String::with_capacity(template.len());
    for piece in pieces(template) {
        match piece {
            Piece::Text(own) => text.push_str(own),
            Piece::Name(name) => {
                text.push_str(&look_up(name, values).unwrap_or_else(|| "?".to_owned()))
            }
        }
    }
    text
}

/// Fills a command; nothing when a value is not known.
pub(super) fn command(template: &str, values: &dyn Values) -> Option<String> {
    let mut text = String::with_capacity(template.len());
    for piece in pieces(template) {
        match piece {
            Piece::Text(own) => text.push_str(own),
            Piece::Name(name) => {
                let value = look_up(name, values).filter(|value| !value.contains(char::is_control));
                text.push_str(&quoted(&value?));
            }
        }
    }
    Some(text)
}

/// Fills the commands of a cause: each that can be filled, and what stands in for one that cannot.
pub(super) fn commands(templates: &[&str], values: &dyn Values) -> Vec<String> {
    let mut filled = Vec::new();
    let mut is_told = true;
    for template in templates {
        if let Some(also) = template.strip_prefix(IF_KNOWN) {
            filled.extend(command(also, values));
            continue;
        }
        match template.strip_prefix(OTHERWISE) {
            Some(_) if is_told => {}
            Some(instead) => filled.extend(command(instead, values)),
            None => {
                let own = command(template, values);
                is_told = own.is_some();
                filled.extend(own);
            }
        }
    }
    filled
}

/// The names of the placeholders of a template.
pub fn placeholders(template: &str) -> Vec<&str> {
    let names = pieces(template)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Name(name) => Some(name),
            Piece::Text(_) => None,
        });
    names.collect()
}

enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// Splits a template at `{name}`; braces around anything but a name are text, as in JSON.
fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut text_from, mut at) = (0, 0);
    while let Some(open) = template[at..].find('{').map(|found| found + at) {
        let name = template[open + 1..]
            .find('}')
            .map(|length| &template[open + 1..open + 1 + length]);
        match name.filter(|name| is_name(name)) {
            Some(name) => {
                pieces.push(Piece::Text(&template[text_from..open]));
                pieces.push(Piece::Name(name));
                at = open + name.len() + 2;
                text_from = at;
            }
            None => at = open + 1,
        }
    }
    pieces.push(Piece::Text(&template[text_from..]));
    pieces
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
        })
}

/// A value by its name; `x.name`, `x.group`, `x.subscription` and `x.parent.…` are parts of the ARM id `x`.
fn look_up(name: &str, values: &dyn Values) -> Option<String> {
    if let Some(value) = values.value(name) {
        return (!value.is_empty()).then_some(value);
    }
    let (whole, part) = name.split_once('.')?;
    let id: ResourceId = values.value(whole)?.parse().ok()?;
    part_of(&id, part)
}

fn part_of(id: &ResourceId, part: &str) -> Option<String> {
    match part {
        "name" => Some(id.name().to_owned()),
        "group" => id.resource_group().map(str::to_owned),
        "subscription" => id
            .subscription()
            .map(|subscription| subscription.to_string()),
        _ => part_of(&id.parent()?, part.strip_prefix("parent.")?),
    }
}

/// A value as one word of a POSIX shell.
fn quoted(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:@%+=,".contains(&byte);
    if !value.is_empty() && value.bytes().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Values for Fixed {
        fn value(&self, name: &str) -> Option<String> {
            match name {
                "zone" => Some(
                    "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/privateDnsZones/z"
                        .to_owned(),
                ),
                "odd" => Some("it's $(here)".to_owned()),
                "empty" => Some(String::new()),
                "two-lines" => Some("a\nrm b".to_owned()),
                _ => None,
            }
        }
    }

    #[test]
    fn a_command_holds_real_values_quoted_for_a_shell() {
        assert_eq!(
            command("az x -g {zone.group} -n {zone.name}", &Fixed).unwrap(),
            "az x -g net -n z"
        );
        assert_eq!(
            command("echo {odd}", &Fixed).unwrap(),
            r"echo 'it'\''s $(here)'"
        );
        assert_eq!(
            command("x --body '{\"a\": {zone.name}}'", &Fixed).unwrap(),
            "x --body '{\"a\": z}'"
        );
    }

    #[test]
    fn what_stands_in_for_a_command_is_told_only_when_that_cannot_be_filled() {
        let templates = [
            "az {unknown}",
            "# otherwise: # X: where to find it",
            "# otherwise: az $X",
            "az {zone.name}",
            "# otherwise: az y",
        ];
        assert_eq!(
            commands(&templates, &Fixed),
            ["# X: where to find it", "az $X", "az z"]
        );
    }

    #[test]
    fn what_is_told_only_if_known_is_not_missed_otherwise() {
        let templates = [
            "# if known: # also {odd.name}",
            "# if known: # also {zone.name}",
        ];
        assert_eq!(commands(&templates, &Fixed), ["# also z"]);
    }

    #[test]
    fn a_command_with_an_unknown_value_is_no_command() {
        for template in [
            "az {unknown}",
            "az {empty}",
            "az {two-lines}",
            "az {zone.unknown}",
            "az {odd.name}",
        ] {
            assert_eq!(command(template, &Fixed), None, "{template}");
        }
        assert_eq!(
            sentence("the {unknown} in {zone.name}", &Fixed),
            "the ? in z"
        );
        assert_eq!(placeholders("a {b} {C} {d.e}"), ["b", "d.e"]);
    }
}
