//! What was changed a short while before the clock's start, and is not heard of everywhere.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A change that settings show already and the services that act on it have still to hear of.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Unheard {
    /// What was changed: the id of a role assignment, of an A record set, or of a federated credential; or
    /// `<id of the network manager>/commits/<region>`, whose last commit is `Deployed` then.
    pub of: String,
    /// Seconds after the clock's start from which on everybody knows.
    pub seconds: u64,
    /// Some replicas of Entra know of the federated credential sooner: every other two seconds one of them answers.
    #[serde(default)]
    pub flaps: bool,
}
