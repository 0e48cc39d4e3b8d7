//! Why there is no observation: the ways in which a question stays unanswered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::unreachable::Unreachable;

/// What whoever asked knows beside the answer, by name: values for the sentence and the commands of a cause.
pub type Noted = BTreeMap<String, String>;

/// A question that got no usable answer. `settle` turns it into an outcome by the card; no check does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoAnswer {
    /// The reader may not look: a 403 on a control-plane read. Says nothing about the resource.
    Forbidden(Refusal),
    /// The service answered no, with codes.
    Refused(Refusal),
    /// Nobody answered: name, route, connection or time.
    Unreachable(Unreachable),
    /// Something answered, but not in a form that can be used.
    Unusable(String),
    /// The target itself is gone; says nothing about what was asked.
    NoTarget(String),
    /// The question cannot be put from here, so nothing can be told; says nothing about what was asked.
    NotFromHere(String),
    /// A mistake of ours stood in the way; says nothing about Azure.
    Internal(String),
    /// The asking identity could not be had, so the question was never put.
    NoIdentity(Box<Self>),
}

impl NoAnswer {
    /// Nobody answered, and of what kind that is, is not known.
    pub fn unreachable(why: impl Into<String>) -> Self {
        Self::Unreachable(why.into().into())
    }

    /// The codes of the refusal, or those that say what kind of silence it was.
    pub fn codes(&self) -> &[String] {
        match self {
            Self::Forbidden(refusal) | Self::Refused(refusal) => &refusal.codes,
            Self::NoIdentity(inner) => inner.codes(),
            Self::Unreachable(silence) => &silence.codes,
            Self::Unusable(_) | Self::NoTarget(_) | Self::NotFromHere(_) | Self::Internal(_) => &[],
        }
    }

    /// Notes what the answer does not say, for the sentence and the commands of its cause. An answer that no cause lists
    /// keeps nothing.
    #[must_use]
    pub fn noting(self, name: &str, value: impl ToString) -> Self {
        let insert = |noted: &mut Noted| {
            noted.insert(name.to_owned(), value.to_string());
        };
        match self {
            Self::Refused(mut refusal) => {
                insert(&mut refusal.noted);
                Self::Refused(refusal)
            }
            Self::Unreachable(mut silence) => {
                insert(&mut silence.noted);
                Self::Unreachable(silence)
            }
            Self::NoIdentity(inner) => {
                Self::NoIdentity(Box::new(inner.noting(name, value.to_string())))
            }
            other => other,
        }
    }

    /// What was noted.
    pub fn noted(&self) -> Option<&Noted> {
        match self {
            Self::Refused(refusal) => Some(&refusal.noted),
            Self::Unreachable(silence) => Some(&silence.noted),
            Self::NoIdentity(inner) => inner.noted(),
            Self::Forbidden(_)
            | Self::Unusable(_)
            | Self::NoTarget(_)
            | Self::Internal(_)
            | Self::NotFromHere(_) => None,
        }
    }

    /// Whether somebody answered no.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Forbidden(_) | Self::Refused(_) => true,
            Self::NoIdentity(inner) => inner.is_refusal(),
            _ => false,
        }
    }

    /// One line that says what happened.
    pub fn describe(&self) -> String {
        match self {
            Self::Forbidden(refusal) => {
                format!("the reader was not allowed to look: {}", refusal.describe())
            }
            Self::Refused(refusal) => refusal.describe(),
            Self::Unreachable(silence) => format!("no answer: {}", silence.why),
            Self::Unusable(why) => format!("unusable answer: {why}"),
            Self::NoTarget(why) | Self::NotFromHere(why) => why.clone(),
            Self::Internal(why) => format!("a mistake of ours, please report it: {why}"),
            Self::NoIdentity(inner) => format!("no token to ask with: {}", inner.describe()),
        }
    }
}

/// A refusal as the service worded it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// Every code the answer holds, outermost first: `Forbidden`, `ForbiddenByRbac`; `invalid_client`,
    /// `AADSTS700213`; `Unauthorized`, `AKV10032`.
    pub codes: Vec<String>,
    /// The service's message, on one line, without what could be a secret.
    pub message: String,
    /// Host that refused.
    pub host: String,
    /// What whoever asked knows beside it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub noted: Noted,
}

impl Refusal {
    /// Whether the refusal carries this code, compared without case.
    pub fn has(&self, code: &str) -> bool {
        self.codes.iter().any(|own| own.eq_ignore_ascii_case(code))
    }

    /// One line for people.
    pub fn describe(&self) -> String {
        let codes = if self.codes.is_empty() {
            "no code".to_owned()
        } else {
            self.codes.join(", ")
        };
        format!(
            "{} answered {} ({codes}): {}",
            self.host, self.status, self.message
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_stays_with_the_answer_that_a_cause_may_list() {
        let refused = || NoAnswer::Refused(Refusal::default());
        let behind = NoAnswer::NoIdentity(Box::new(refused()));
        for answer in [refused(), behind, NoAnswer::unreachable("x")] {
            let answer = answer.noting("zone", "z");
            assert_eq!(answer.noted().unwrap()["zone"], "z");
            let kept: NoAnswer =
                serde_json::from_value(serde_json::to_value(&answer).unwrap()).unwrap();
            assert_eq!(kept, answer);
        }
        assert!(
            NoAnswer::Unusable("x".to_owned())
                .noting("zone", "z")
                .noted()
                .is_none()
        );
    }
}
