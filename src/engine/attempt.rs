//! One try of one link: facts into the parameters, observe, judge.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use serde_json::Value;
use tokio::time::timeout;

use crate::ask::{Ask, LinkSide, SharedSession};
use crate::checks::{Judgement, Kind};
use crate::outcome::{Claim, Declared, Evidence, Facts, NoAnswer, Verdict};
use crate::source::{Mode, Node, Reference, SourceFile, Value as NodeValue, render};
use crate::target::Retirement;

/// A link, ready to be asked: every fact is in its parameters.
pub(super) struct Ready {
    pub(super) file: Arc<SourceFile>,
    pub(super) kind: &'static Kind,
    pub(super) parameters: Node,
}

/// What one try came to.
pub(super) struct Tried {
    pub(super) result: Result<Judgement, NoAnswer>,
    pub(super) seen: Option<Value>,
    pub(super) no_answer: Option<NoAnswer>,
    pub(super) claims: Vec<Claim>,
    pub(super) evidence: Evidence,
    /// An api-version that was used and that Azure will take away.
    pub(super) retirement: Option<Retirement>,
    /// How long it took, by a stopwatch.
    pub(super) took: Duration,
}

/// Puts facts into the parameters.
///
/// # Errors
/// Names the fact that no link provided.
pub(super) fn with_facts<'f>(
    parameters: &Node,
    references: &[Reference],
    facts_of: impl Fn(&str) -> Option<&'f Facts>,
) -> Result<Node, String> {
    let mut found = HashMap::new();
    for reference in references {
        let target = reference.target.as_str();
        let fact = target
            .split_once('.')
            .and_then(|(link, name)| facts_of(link)?.get(name));
        let fact = fact.ok_or_else(|| format!("the fact {target} is missing"))?;
        found.insert(target, &fact.0);
    }
    let mut parameters = parameters.clone();
    if !found.is_empty() {
        replace(&mut parameters, &found);
    }
    Ok(parameters)
}

/// Replaces the nodes that hold references by the values of the facts; the places stay the author's.
fn replace(node: &mut Node, facts: &HashMap<&str, &Value>) {
    if let Some(fact) = reference(node).and_then(|target| facts.get(target)) {
        *node = Node::from_json(fact, node.span);
        return;
    }
    match &mut node.value {
        NodeValue::Map(map) => map.iter_mut().for_each(|(_, inner)| replace(inner, facts)),
        NodeValue::Seq(items) => items.iter_mut().for_each(|inner| replace(inner, facts)),
        NodeValue::Scalar(_) | NodeValue::Null => {}
    }
}

/// The fact that a node refers to, if it is a reference.
fn reference(node: &Node) -> Option<&str> {
    let from = node
        .as_map()
        .filter(|map| map.len() == 1)
        .and_then(|map| map.get("from"));
    from.and_then(Node::as_scalar)
        .map(|scalar| scalar.text.as_str())
}

/// Asks once; a panic in a check is a mistake of ours, and no reason to lose the run.
pub(super) async fn attempt(
    ready: Arc<Ready>,
    session: SharedSession,
    side: LinkSide,
    polls: bool,
) -> Tried {
    let begun = Instant::now();
    let tried = AssertUnwindSafe(try_once(ready, session, side, polls))
        .catch_unwind()
        .await;
    let tried = tried.unwrap_or_else(|_| {
        Tried::without_asking(NoAnswer::Internal("the check panicked".to_owned()))
    });
    Tried {
        took: begun.elapsed(),
        ..tried
    }
}

/// Bounded by the link's patience as a whole, whatever its single questions take.
async fn try_once(ready: Arc<Ready>, session: SharedSession, side: LinkSide, polls: bool) -> Tried {
    let patience = side.patience;
    let check = match ready
        .kind
        .load(&ready.file, &ready.parameters, Mode::Values)
    {
        Ok((check, _)) => check,
        Err(problems) => {
            return Tried::without_asking(NoAnswer::Unusable(format!(
                "the facts do not fit the parameters: {}",
                render(&problems, false)
            )));
        }
    };
    let declared = Declared::new(ready.kind.card.permissions, &ready.parameters);
    let ask = Ask::new(session, side, polls).declaring(declared);
    let observed = timeout(patience, check.observe(&ask)).await;
    let observed = observed.unwrap_or_else(|_| {
        Err(NoAnswer::unreachable(format!(
            "no answer within {} s (`timeout:` of the link)",
            patience.as_secs_f32()
        )))
    });
    let observed = match ask.undeclared() {
        Some(why) => Err(NoAnswer::Internal(why)),
        None => observed,
    };
    let (result, seen) = match observed {
        Ok(seen) => (check.judge(&seen, ask.now()), Some(seen)),
        Err(why) => (Err(why), None),
    };
    if may_be_of_the_target(&result)
        && let Err(gone) = ask.target_is_there().await
    {
        return Tried {
            evidence: ask.evidence(),
            ..Tried::without_asking(gone)
        };
    }
    let no_answer = match (&seen, &result) {
        (None, Err(why)) => Some(why.clone()),
        _ => None,
    };
    Tried {
        result,
        seen,
        no_answer,
        claims: check.claims(),
        evidence: ask.evidence(),
        retirement: ask.retirement(),
        took: Duration::ZERO,
    }
}

/// Whether nobody may have answered because the target is gone. What a check makes of silence is its own; a refusal is
/// an answer.
fn may_be_of_the_target(result: &Result<Judgement, NoAnswer>) -> bool {
    match result {
        Ok(judgement) => matches!(judgement.verdict, Verdict::Broken(_)),
        Err(why) => !why.is_refusal(),
    }
}

impl Tried {
    fn without_asking(why: NoAnswer) -> Self {
        Self {
            result: Err(why.clone()),
            seen: None,
            no_answer: Some(why),
            claims: Vec::new(),
            evidence: Evidence::default(),
            retirement: None,
            took: Duration::ZERO,
        }
    }
}
