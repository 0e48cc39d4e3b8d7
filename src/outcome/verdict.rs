//! What a judgement says, in terms of the card; `settle` makes findings of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::TenantId;

/// The judgement over what was observed. Pure: no I/O, no clock of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The claim holds.
    Holds,
    /// The claim holds, and something wants attention.
    HoldsBut(Vec<Reason>),
    /// The claim does not hold.
    Broken(Reason),
}

impl Verdict {
    /// Holds, with these warnings if there are any.
    pub fn holds_but(reasons: Vec<Reason>) -> Self {
        if reasons.is_empty() {
            Self::Holds
        } else {
            Self::HoldsBut(reasons)
        }
    }
}

/// One cause of the card, with what was expected and observed and the values its sentence and commands need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Id of a cause or warning of the card.
    pub cause: &'static str,
    /// What the scenario or Azure's rules ask for.
    pub expected: Option<String>,
    /// What was seen instead.
    pub observed: Option<String>,
    /// Values for `{name}` in the cause's sentence and commands, beside the link's parameters.
    pub values: BTreeMap<String, String>,
}

impl Reason {
    /// A reason without details.
    pub fn new(cause: &'static str) -> Self {
        Self {
            cause,
            expected: None,
            observed: None,
            values: BTreeMap::new(),
        }
    }

    /// Says what was expected.
    #[must_use]
    pub fn expected(mut self, text: impl ToString) -> Self {
        self.expected = Some(text.to_string());
        self
    }

    /// Says what was observed.
    #[must_use]
    pub fn observed(mut self, text: impl ToString) -> Self {
        self.observed = Some(text.to_string());
        self
    }

    /// Adds a value for the cause's sentence and commands.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }
}

impl From<Reason> for Verdict {
    fn from(reason: Reason) -> Self {
        Self::Broken(reason)
    }
}

/// A claim that an unknown leaves open and that another link may prove.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Claim {
    /// The check whose sentence is claimed.
    pub check: String,
    /// The tenant it is claimed of; absent when the prover cannot know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// What it is claimed of, in lower case.
    pub subject: String,
}

impl Claim {
    /// A claim of `check` about `subject`.
    pub fn new(check: &str, tenant: Option<TenantId>, subject: impl ToString) -> Self {
        Self {
            check: check.to_owned(),
            tenant,
            subject: subject.to_string().to_lowercase(),
        }
    }

    /// Whether this proof settles `open`: same check and subject, and no other tenant.
    pub fn settles(&self, open: &Self) -> bool {
        let same_tenant = match (&self.tenant, &open.tenant) {
            (Some(own), Some(other)) => own == other,
            _ => true,
        };
        self.check == open.check && self.subject == open.subject && same_tenant
    }
}
