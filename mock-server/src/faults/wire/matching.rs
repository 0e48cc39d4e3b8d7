//! Which requests does a wire fault concern?
//!
//! Patterns have `*` for any text and ignore case. What is not said matches everything.

use serde::Serialize;

/// What a fault matches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Matching {
    /// Host name, or name that DNS is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// HTTP method, or type of a DNS question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Path; never matches a DNS question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Vantage that asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vantage: Option<String>,
}

/// What is matched.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// Host or name.
    pub host: &'q str,
    /// Method or type.
    pub method: &'q str,
    /// Path; empty for DNS.
    pub path: &'q str,
    /// Vantage.
    pub vantage: &'q str,
}

impl Matching {
    /// Does it concern this question?
    pub fn concerns(&self, question: &Question<'_>) -> bool {
        [
            (&self.host, question.host),
            (&self.method, question.method),
            (&self.path, question.path),
            (&self.vantage, question.vantage),
        ]
        .into_iter()
        .all(|(pattern, text)| pattern.as_deref().is_none_or(|it| fits(it, text)))
    }
}

/// Takes time in proportion to the product of the lengths at most.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut in_text) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while in_text < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, in_text));
                at += 1;
            }
            Some(wanted) if wanted.eq_ignore_ascii_case(&text[in_text]) => {
                at += 1;
                in_text += 1;
            }
            _ => {
                let Some((of_star, from)) = star else {
                    return false;
                };
                star = Some((of_star, from + 1));
                at = of_star + 1;
                in_text = from + 1;
            }
        }
    }
    pattern[at..].iter().all(|rest| *rest == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("*.vault.azure.net", "KV.vault.azure.net", true),
            ("*.vault.azure.net", "vault.azure.net", false),
            ("/secrets/*", "/secrets/a/b", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("**", "x", true),
            ("get", "GET", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn everything_that_is_said_must_fit() {
        let question = Question {
            host: "h",
            method: "GET",
            path: "/p",
            vantage: "app",
        };
        assert!(Matching::default().concerns(&question));
        let matching = Matching {
            host: Some("h".into()),
            path: Some("/q*".into()),
            ..Matching::default()
        };
        assert!(!matching.concerns(&question));
    }
}
