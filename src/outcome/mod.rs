//! The words that everybody shares: what a check is, what it saw, what became of a link, what a whole run was.
//!
//! - [`card`]: the card of a check: its id, sentence, causes and facts
//! - [`answer`]: why there is no observation: [`NoAnswer`] and the codes of a refusal
//! - [`verdict`]: what `judge` says, in terms of the card
//! - [`fact`]: typed values that one link observed and later links use
//! - [`evidence`]: what was asked and answered, without secrets
//! - [`general`]: causes that belong to no single check
//! - [`link`]: what became of a link, with its findings
//! - [`permission`]: what a check asks, as Azure's access control names it
//! - [`waiver`]: failures that are let be for a while
//! - [`mod@unreachable`]: why nobody answered, in codes that a cause can list
//! - [`workload`]: the identity under test
//! - [`run`]: the finished run, the one source of every report
//!
//! No behaviour of the engine, no rendering, no request lives here.

pub mod answer;
pub mod card;
pub mod evidence;
pub mod fact;
pub mod general;
pub mod link;
pub mod permission;
pub mod run;
pub mod unreachable;
pub mod verdict;
pub mod waiver;
pub mod workload;

pub use answer::{NoAnswer, Noted, Refusal};
pub use card::{Asks, Card, Cause, FactSpec, Heals, IF_KNOWN, Mode, OTHERWISE, Owner, Plane};
pub use evidence::{Evidence, Exchange};
pub use fact::{
    AddressesByName, Fact, FactType, FactValue, Facts, Input, PathRule, Principal, Regions,
};
pub use link::{Explanation, Finding, LinkReport, Outcome, TenantRef};
pub use permission::{At, By, Declared, Need, Permission, Right};
pub use run::FinishedRun;
pub use unreachable::Unreachable;
pub use verdict::{Claim, Reason, Verdict};
pub use waiver::{Waiver, WaiverState};
pub use workload::Workload;
