//! What to do about a problem of a world that does not say it itself.
//!
//! Rules say what is wrong and what was expected; most leave the rest to the words here, so that no problem of a world
//! stands without a way on, as none of a scenario does.

use xtenant_source::{Problem, did_you_mean};

/// What to do when nothing better is known.
const SEE_FORMAT: &str = "`xtenant schema world` describes every key";

/// Words of what was expected, and what to do then; the first that fits.
const ADVICE: &[(&str, &str)] = &[
    (
        "hexadecimal digits",
        "give the id, not the name; any GUID does in a world",
    ),
    (
        "IPv4 in CIDR form",
        "write the first address, `/` and the number of fixed bits, 0 to 32",
    ),
    ("RFC 3339", "write date, `T`, time and `Z` for UTC"),
    (
        "inside",
        "move it into the address space of the network, or give the network a further prefix",
    ),
];

/// The problem with what was expected and what to do.
pub(super) fn complete(problem: Problem) -> Problem {
    let missing = problem
        .title
        .strip_prefix("missing ")
        .map(|key| format!("the key {key}"));
    let hint = problem.hint.clone().unwrap_or_else(|| advice(&problem));
    Problem {
        expected: problem.expected.clone().or(missing),
        hint: Some(hint),
        ..problem
    }
}

fn advice(problem: &Problem) -> String {
    if let Some(key) = problem.title.strip_prefix("missing `") {
        let key = key.trim_end_matches('`');
        return format!("add `{key}:`; {SEE_FORMAT}");
    }
    let expected = problem.expected.as_deref().unwrap_or_default();
    if let Some(meant) = meant(&problem.title, expected) {
        return format!("did you mean `{meant}`?");
    }
    let fitting = ADVICE.iter().find(|(words, _)| expected.contains(words));
    fitting.map_or(SEE_FORMAT, |(_, advice)| advice).to_owned()
}

/// The one of a list of names that the last word of the title is like.
fn meant<'e>(title: &str, expected: &'e str) -> Option<&'e str> {
    let known = expected.split(", ");
    let are_names = known.clone().all(|name| !name.contains(' '));
    let found = title.rsplit(' ').next().filter(|_| are_names)?;
    did_you_mean(found, known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(title: &str, expected: &str) -> (String, String) {
        let problem = complete(Problem {
            expected: (!expected.is_empty()).then(|| expected.to_owned()),
            ..Problem::new(title)
        });
        (
            problem.expected.unwrap_or_default(),
            problem.hint.unwrap_or_default(),
        )
    }

    #[test]
    fn every_problem_says_what_to_do() {
        for (title, expected, hint) in [
            (
                "the world has no tenant hom",
                "home, resource",
                "did you mean `home`?",
            ),
            (
                "not an address prefix: 1/33",
                "IPv4 in CIDR form, such as 10.1.0.0/16",
                "0 to 32",
            ),
            (
                "a tenant id is not a GUID: 1",
                "8-4-4-4-12 hexadecimal digits",
                "not the name",
            ),
            ("the world has no name", "a name", SEE_FORMAT),
            ("no", "", SEE_FORMAT),
        ] {
            let told = told(title, expected);
            assert!(told.1.contains(hint), "{title}: {told:?}");
        }
    }

    #[test]
    fn what_is_missing_is_expected() {
        let (expected, hint) = told("missing `value`", "");
        assert_eq!(expected, "the key `value`");
        assert!(hint.starts_with("add `value:`; "), "{hint}");
    }
}
