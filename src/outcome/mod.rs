//! The words that everybody shares: what a check is, what it saw, what became of a link, what a whole run was.
//!
//! - [`card`]: the card of a check: its id, sentence, causes, facts and permissions
//! - [`answer`]: why there is no observation: [`NoAnswer`] and the codes of a refusal
//! - [`verdict`]: what `judge` says, in terms of the card
//! - [`fact`]: typed values that one link observed and later links use
//! - [`evidence`]: what was asked and answered, without secrets
//! - [`link`]: what became of a link, with its findings
//! - [`workload`]: the identity under test
//! - [`run`]: the finished run, the one source of every report
//!
//! No behaviour of the engine, no rendering, no request lives here.

pub mod answer;
pub mod card;
pub mod evidence;
pub mod fact;
pub mod link;
pub mod run;
pub mod verdict;
pub mod workload;

pub use answer::{NoAnswer, Refusal};
pub use card::{Asks, Card, Cause, FactSpec, Heals, Mode, Owner, Permission, Plane};
pub use evidence::{Evidence, Exchange};
pub use fact::{AddressesByName, Fact, FactType, FactValue, Facts, Input, PathRule, Principal};
pub use link::{Finding, LinkReport, Outcome, TenantRef};
pub use run::FinishedRun;
pub use verdict::{Claim, Reason, Verdict};
pub use workload::Workload;
