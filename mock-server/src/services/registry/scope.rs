//! What is asked for: `repository:orders/api:pull,push`, `registry:catalog:*`.

use std::fmt;

use serde_json::{Value, json};

/// A scope of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    /// `repository` or `registry`.
    pub(super) kind: String,
    /// Name of the repository; `catalog`.
    pub(super) name: String,
    /// `pull`, `metadata_read`, `*`.
    pub(super) actions: Vec<String>,
}

impl Scope {
    /// One action on a repository.
    pub(super) fn repository(name: &str, action: &str) -> Self {
        Self::new("repository", name, &[action])
    }

    /// The list of repositories.
    pub(super) fn catalog() -> Self {
        Self::new("registry", "catalog", &["*"])
    }

    fn new(kind: &str, name: &str, actions: &[&str]) -> Self {
        Self {
            kind: kind.to_owned(),
            name: name.to_owned(),
            actions: actions.iter().map(|it| (*it).to_owned()).collect(),
        }
    }

    /// Reads one; nothing when it is malformed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        let (name, actions) = rest.rsplit_once(':')?;
        let actions: Vec<&str> = actions.split(',').filter(|it| !it.is_empty()).collect();
        (!kind.is_empty() && !name.is_empty() && !actions.is_empty())
            .then(|| Self::new(kind, name, &actions))
    }

    /// Is it for the same thing?
    pub(super) fn is_for(&self, other: &Self) -> bool {
        self.kind == other.kind && self.name == other.name
    }

    /// As access tokens carry it.
    pub(super) fn claim(&self) -> Value {
        json!({"type": self.kind, "name": self.name, "actions": self.actions})
    }

    /// As refusals print it.
    pub(super) fn detail(&self) -> Value {
        let each =
            |action: &String| json!({"Type": self.kind, "Name": self.name, "Action": action});
        self.actions.iter().map(each).collect()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.kind, self.name, self.actions.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn scopes_are_read_and_written() {
        for text in [
            "repository:orders/api:pull",
            "repository:a:pull,push",
            "registry:catalog:*",
        ] {
            assert_eq!(Scope::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "repository",
            "repository:a",
            "repository::pull",
            ":a:pull",
            "repository:a:",
        ] {
            assert_eq!(Scope::parse(text), None, "{text}");
        }
    }
}
