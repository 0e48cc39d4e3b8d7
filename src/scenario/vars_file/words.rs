//! Names of other programs as names of variables.

/// The name in kebab-case: `_`, `.` and spaces become hyphens, a capital letter begins a word, a run of them is one
/// word (`vaultURL` is `vault-url`, `HTTPProxy` is `http-proxy`).
pub(super) fn kebab_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut kebab = String::with_capacity(name.len() + 4);
    for (at, &letter) in letters.iter().enumerate() {
        if matches!(letter, '_' | '.' | ' ') {
            kebab.push('-');
            continue;
        }
        if letter.is_ascii_uppercase() && begins_word(&letters, at) {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

/// Whether a capital letter begins a word: behind a small letter or a digit, or as the last one of a run.
fn begins_word(letters: &[char], at: usize) -> bool {
    let Some(&before) = at.checked_sub(1).and_then(|at| letters.get(at)) else {
        return false;
    };
    let is_followed_by_small = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
    before.is_ascii_lowercase()
        || before.is_ascii_digit()
        || (before.is_ascii_uppercase() && is_followed_by_small)
}

#[cfg(test)]
mod tests {
    use super::kebab_case;

    #[test]
    fn names_of_other_programs_become_names_of_variables() {
        for (name, kebab) in [
            ("vault-name", "vault-name"),
            ("vault_name", "vault-name"),
            ("VAULT_NAME", "vault-name"),
            ("vaultName", "vault-name"),
            ("VaultName", "vault-name"),
            ("vaultURL", "vault-url"),
            ("HTTPProxy", "http-proxy"),
            ("kv2Name", "kv2-name"),
            ("a.b", "a-b"),
            ("", ""),
            ("É_a", "É-a"),
        ] {
            assert_eq!(kebab_case(name), kebab, "{name}");
        }
    }
}
