//! What is verified: one question about Azure per file, and THE list, [`KINDS`].
//!
//! A check is a struct of parameters that *observes* (I/O, no opinion) and *judges* (pure). Order, retries, owners,
//! evidence and rendering are not its business: the engine, `settle` and `ask` do that for all of them by the card.
//!
//! To add one: a file here, a `mod` line, an entry in [`KINDS`]; a fault in the mock and a row in a `drill.yaml` for
//! each of its causes. Tests find whatever is forgotten.

mod kind;

use std::future::Future;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use kind::{AnyCheck, Judgement, Kind};

use crate::ask::Ask;
use crate::outcome::{Card, Claim, Facts, NoAnswer, Verdict};
use crate::timestamp::Timestamp;

/// Every check there is, in the order of the documentation.
pub const KINDS: &[Kind] = &[];

/// The kind of that id.
pub fn kind(id: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.card.id == id)
}

/// One question about Azure. The struct is the parameters as the scenario writes them.
pub trait Check: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// Id, sentence, causes, facts, permissions.
    const CARD: Card;

    /// What was observed, without secrets: it goes into the report, and judgement can be repeated from it.
    type Seen: Serialize + DeserializeOwned + Send + Sync;

    /// Asks. Has no opinion: whatever was answered is seen; only what was not answered is an error.
    fn observe(&self, ask: &Ask) -> impl Future<Output = Result<Self::Seen, NoAnswer>> + Send;

    /// Judges what was seen. No I/O.
    fn judge(&self, seen: &Self::Seen, now: Timestamp) -> Verdict;

    /// Facts for later links; taken only when the claim holds.
    fn facts(&self, _seen: &Self::Seen) -> Facts {
        Facts::none()
    }

    /// What stays open when this link could not be looked at.
    fn claims(&self) -> Vec<Claim> {
        Vec::new()
    }

    /// Claims of other checks that a pass of this one proves.
    fn proves(&self, _seen: &Self::Seen) -> Vec<Claim> {
        Vec::new()
    }
}
