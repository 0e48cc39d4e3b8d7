//! Is what is told what is shown? Durations differ from run to run, and so do ids that somebody is given: each id of the
//! page stands for one id of the run, everywhere.

use std::collections::BTreeMap;

const ELSEWHERE: &str = "...";
const GUID: usize = 36;

/// What the ids of a page stand for.
pub(super) struct Told<'w> {
    world: &'w str,
    ids: BTreeMap<String, String>,
}

impl<'w> Told<'w> {
    /// Ids of the world are what they are.
    pub(super) fn of(world: &'w str) -> Self {
        Self {
            world,
            ids: BTreeMap::new(),
        }
    }

    /// Compares shown lines with a whole output: all of it, but where `...` stands and empty lines at the end.
    pub(super) fn compare(&mut self, shown: &[String], output: &str) -> Result<(), String> {
        let mut real = output.trim_end_matches('\n').lines();
        let mut may_skip = false;
        for line in shown {
            if line == ELSEWHERE {
                may_skip = true;
                continue;
            }
            let found = match may_skip {
                true => real.any(|own| self.is_same(line, own)),
                false => real.next().is_some_and(|own| self.is_same(line, own)),
            };
            if !found {
                return Err(format!("`{line}` is not told, or not at its place"));
            }
            may_skip = false;
        }
        match real.next() {
            Some(more) if !may_skip => Err(format!("`{more}` is told, and not shown")),
            _ => Ok(()),
        }
    }

    fn is_same(&mut self, shown: &str, real: &str) -> bool {
        let (shown, real) = (without_duration(shown), without_duration(real));
        let (shown, real) = (pieces(shown), pieces(real));
        let before = self.ids.clone();
        let same = shown.len() == real.len()
            && shown.iter().zip(&real).all(|(shown, real)| {
                shown == real || is_guid(shown) && is_guid(real) && self.stands_for(shown, real)
            });
        if !same {
            self.ids = before;
        }
        same
    }

    fn stands_for(&mut self, shown: &str, real: &str) -> bool {
        let known = self.world.contains(shown) || self.world.contains(real);
        if let Some(own) = self.ids.get(shown) {
            return own == real;
        }
        let taken = self.ids.values().any(|own| own == real);
        if known || taken {
            return false;
        }
        self.ids.insert(shown.to_owned(), real.to_owned());
        true
    }
}

fn without_duration(line: &str) -> &str {
    let mut words = line.rsplitn(3, ' ');
    match (words.next(), words.next(), words.next()) {
        (Some("ms" | "s"), Some(number), Some(before)) if number.parse::<f64>().is_ok() => before,
        _ => line,
    }
}

fn is_guid(text: &str) -> bool {
    text.len() == GUID
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

/// A line, cut where ids begin and end.
fn pieces(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < line.len() {
        if line.get(at..at + GUID).is_some_and(is_guid) {
            found.push(&line[start..at]);
            found.push(&line[at..at + GUID]);
            at += GUID;
            start = at;
        } else {
            at += 1;
        }
    }
    found.push(&line[start..]);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaa-0000-4000-8000-000000000001";
    const B: &str = "bbbbbbbb-0000-4000-8000-000000000002";

    fn compare(told: &mut Told<'_>, shown: &str, output: &str) -> bool {
        let shown: Vec<String> = shown.lines().map(str::to_owned).collect();
        told.compare(&shown, output).is_ok()
    }

    #[test]
    fn every_line_is_compared_but_where_dots_stand() {
        let mut told = Told::of("");
        for (shown, same) in [
            ("a\nb  3 ms\nc", true),
            ("a\n...\nc", true),
            ("...\nb  1.5 s\n...", true),
            ("a\nc", false),
            ("a\nb", false),
            ("b\n...", false),
            ("...\nb", false),
            ("...\nc\n...\nb\n...", false),
            ("", false),
        ] {
            assert_eq!(
                compare(&mut told, shown, "a\nb  12 ms\nc\n\n"),
                same,
                "{shown}"
            );
        }
    }

    #[test]
    fn an_id_stands_for_one_id_and_those_of_the_world_for_themselves() {
        let mut told = Told::of(A);
        assert!(compare(&mut told, A, A));
        assert!(!compare(&mut told, A, B) && !compare(&mut told, B, A));
        let (one, other) = (B.replace('b', "c"), B.replace('b', "d"));
        assert!(compare(&mut told, &format!("x/{B}"), &format!("x/{one}")));
        assert!(compare(&mut told, B, &one));
        assert!(!compare(&mut told, B, &other) && !compare(&mut told, &other, &one));
    }
}
