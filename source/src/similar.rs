//! Did you mean …?

use strsim::damerau_levenshtein;

/// Longer words are no typing errors, and comparing them is slow.
const LONGEST: usize = 64;

/// The word of `among` that `word` was probably meant to be: at most one edit per three letters away.
#[must_use]
pub fn did_you_mean<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = word.chars().count();
    if letters > LONGEST {
        return None;
    }
    let wanted = normal(word);
    let allowed = (letters / 3).max(1);
    among
        .into_iter()
        .filter(|candidate| candidate.len() <= 2 * LONGEST && *candidate != word)
        .map(|candidate| (damerau_levenshtein(&wanted, &normal(candidate)), candidate))
        .filter(|&(distance, candidate)| {
            distance <= allowed && distance < candidate.chars().count()
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// `clientId`, `client_id` and `client-id` are the same word in three dialects.
fn normal(word: &str) -> String {
    word.chars()
        .filter(|letter| !matches!(letter, '-' | '_' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    const WORDS: [&str; 5] = ["id", "at", "client-id", "addresses", "private-endpoint"];

    #[test]
    fn finds_typing_errors_and_other_dialects() {
        for (word, meant) in [
            ("adresses", "addresses"),
            ("clientId", "client-id"),
            ("client_id", "client-id"),
            ("privat-endpiont", "private-endpoint"),
            ("ids", "id"),
        ] {
            assert_eq!(did_you_mean(word, WORDS), Some(meant), "{word}");
        }
    }

    #[test]
    fn does_not_guess_wildly() {
        for word in ["colour", "xy", "", "x", &"a".repeat(100_000)] {
            assert_eq!(did_you_mean(word, WORDS), None);
        }
    }
}
