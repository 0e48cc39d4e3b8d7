//! A check with its type erased: what the loader, the plan and the engine handle.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use super::Check;
use crate::ask::Ask;
use crate::outcome::{Card, Claim, Facts, NoAnswer, Verdict};
use crate::source::{Mode, Node, Problem, Reference, SourceFile};
use crate::timestamp::Timestamp;

/// Problems of the parameters, or the check with the facts that they ask for.
type Loaded = Result<(Box<dyn AnyCheck>, Vec<Reference>), Vec<Problem>>;

/// One entry of the list: a card, and how to make such a check from a node.
pub struct Kind {
    /// The card.
    pub card: &'static Card,
    load: fn(&Arc<SourceFile>, &Node, Mode) -> Loaded,
    schema: fn(&mut SchemaGenerator) -> Schema,
}

impl Kind {
    /// The kind of the check `C`.
    pub const fn of<C: Check>() -> Self {
        Self {
            card: &C::CARD,
            load: load::<C>,
            schema: SchemaGenerator::subschema_for::<C>,
        }
    }

    /// Reads the parameters. In [`Mode::Load`] inputs may name facts, which are returned; in [`Mode::Values`] not.
    ///
    /// # Errors
    /// Every problem of the node, each at its place.
    pub fn load(&self, file: &Arc<SourceFile>, node: &Node, mode: Mode) -> Loaded {
        (self.load)(file, node, mode)
    }

    /// The JSON Schema of the parameters.
    pub fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        (self.schema)(generator)
    }
}

fn load<C: Check>(file: &Arc<SourceFile>, node: &Node, mode: Mode) -> Loaded {
    let (check, references) = crate::source::read::<C>(file, node, mode)?;
    Ok((Box::new(check), references))
}

/// A check that is ready to run. What it saw is JSON at once, so that every judgement is one that a report can repeat.
pub trait AnyCheck: Send + Sync {
    /// Asks.
    fn observe<'a>(
        &'a self,
        ask: &'a Ask,
    ) -> Pin<Box<dyn Future<Output = Result<Value, NoAnswer>> + Send + 'a>>;

    /// Judges what was seen.
    ///
    /// # Errors
    /// When `seen` is not what this check sees: an edited report, or a mistake of ours.
    fn judge(&self, seen: &Value, now: Timestamp) -> Result<Judgement, NoAnswer>;

    /// What stays open when it could not be looked at.
    fn claims(&self) -> Vec<Claim>;
}

/// A verdict with what follows from it.
#[derive(Debug)]
pub struct Judgement {
    /// Holds, or not.
    pub verdict: Verdict,
    /// Facts for later links, if it holds.
    pub facts: Facts,
    /// Claims of other checks that it proves, if it holds.
    pub proves: Vec<Claim>,
}

impl<C: Check> AnyCheck for C {
    fn observe<'a>(
        &'a self,
        ask: &'a Ask,
    ) -> Pin<Box<dyn Future<Output = Result<Value, NoAnswer>> + Send + 'a>> {
        Box::pin(async move {
            let seen = Check::observe(self, ask).await?;
            serde_json::to_value(seen).map_err(|error| {
                NoAnswer::Unusable(format!("what was seen cannot be kept: {error}"))
            })
        })
    }

    fn judge(&self, seen: &Value, now: Timestamp) -> Result<Judgement, NoAnswer> {
        let seen: C::Seen = serde_json::from_value(seen.clone()).map_err(|error| {
            NoAnswer::Unusable(format!(
                "what was seen is not what {} sees: {error}",
                C::CARD.id
            ))
        })?;
        let verdict = Check::judge(self, &seen, now);
        let holds = !matches!(verdict, Verdict::Broken(_));
        Ok(Judgement {
            facts: if holds {
                self.facts(&seen)
            } else {
                Facts::none()
            },
            proves: if holds {
                self.proves(&seen)
            } else {
                Vec::new()
            },
            verdict,
        })
    }

    fn claims(&self) -> Vec<Claim> {
        Check::claims(self)
    }
}
