//! All trials of a chain, several at a time: each worker has a mock of its own and takes the next trial that is left.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::DrillFile;
use super::file::Row;
use super::judge::{by_catalogue, by_rows, first, noticed};
use super::pairs::{self, Single};
use super::score::{ChainDrill, Planted, Score, Told, Trial, Verdict};
use super::told::told;
use super::trial::{NoTrial, try_under};
use crate::engine::Cancel;
use crate::outcome::run::ChainReport;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::target::mock::{Applicable, EmbedError, Stage};

/// A chain to be drilled.
pub struct Rehearsal {
    /// The scenario.
    pub scenario: Scenario,
    /// Its plan, everything selected.
    pub plan: Plan,
    /// The file of its world.
    pub world: PathBuf,
    /// Its drill's file, where there is one.
    pub rows: Option<DrillFile>,
}

/// What of the catalogue is meant, and how it is run.
#[derive(Clone, Debug, Default)]
pub struct Meant {
    /// Only these faults, each at one place or, without it, at all; everything when empty.
    pub faults: Vec<(String, Option<String>)>,
    /// Pairs of faults that are tried beside the single ones.
    pub pairs: usize,
    /// Decides which pairs.
    pub seed: u64,
    /// Mocks at the same time.
    pub workers: usize,
    /// Hears that the drill shall end early.
    pub cancel: Cancel,
}

/// Why a chain was not drilled.
#[derive(Debug)]
pub enum NotDrilled {
    /// The mock did not start, or the world is malformed.
    Stage(EmbedError),
    /// The chain is not green in its world: nothing that a fault does could be told from that.
    Unhealthy(String),
    /// What was meant applies nowhere in the world.
    Nothing(String),
    /// A mistake of ours, or of the system.
    Failed(String),
}

impl From<EmbedError> for NotDrilled {
    fn from(error: EmbedError) -> Self {
        Self::Stage(error)
    }
}

/// Drills a chain. Ends early, with the trials that are done, when it is cancelled.
///
/// # Errors
/// See [`NotDrilled`].
pub async fn rehearse(rehearsal: Rehearsal, meant: &Meant) -> Result<ChainDrill, NotDrilled> {
    let began = Instant::now();
    let rehearsal = Arc::new(rehearsal);
    let stage = Stage::open(&rehearsal.world).await?;
    let world = stage.world();
    let faults = places(&stage.applicable(), meant)?;
    healthy(&rehearsal, &stage, meant).await?;
    let singles: Vec<Vec<Planted>> = faults.into_iter().map(|fault| vec![fault]).collect();
    let reports = all(&rehearsal, singles, meant).await?;
    let mut trials: Vec<Trial> = reports
        .iter()
        .filter_map(|(faults, report)| {
            let (fault, report) = (faults.first()?, report.as_ref().ok()?);
            Some(single(&rehearsal, fault, report))
        })
        .collect();
    let untested = untested(&rehearsal.plan, &trials);
    trials.extend(in_pairs(&rehearsal, &trials, meant).await?);
    Ok(ChainDrill {
        scenario: rehearsal.plan.scenario.clone(),
        file: rehearsal.plan.file.clone(),
        world,
        score: Score::of(&trials),
        trials,
        untested,
        milliseconds: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

/// Every meant fault at every meant place.
fn places(applicable: &[Applicable], meant: &Meant) -> Result<Vec<Planted>, NotDrilled> {
    let all = applicable.iter().flat_map(|own| {
        let planted = |at: &String| Planted {
            fault: own.fault.to_owned(),
            at: at.clone(),
        };
        own.places.iter().map(planted)
    });
    let is_meant = |own: &Planted| {
        let matches = |(fault, at): &(String, Option<String>)| {
            *fault == own.fault
                && at
                    .as_ref()
                    .is_none_or(|at| at.eq_ignore_ascii_case(&own.at))
        };
        meant.faults.is_empty() || meant.faults.iter().any(matches)
    };
    let found: Vec<Planted> = all.filter(is_meant).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let named: Vec<&str> = meant
        .faults
        .iter()
        .map(|(fault, _)| fault.as_str())
        .collect();
    Err(NotDrilled::Nothing(if named.is_empty() {
        "no fault of the catalogue applies to this world".to_owned()
    } else {
        format!("{} applies nowhere in this world", named.join(", "))
    }))
}

/// That the chain is green without faults.
async fn healthy(rehearsal: &Rehearsal, stage: &Stage, meant: &Meant) -> Result<(), NotDrilled> {
    let (scenario, plan) = (&rehearsal.scenario, &rehearsal.plan);
    let report = try_under(stage, scenario, plan, &[], meant.cancel.clone()).await;
    let report = report
        .map_err(|(NoTrial::NotPlanted(why) | NoTrial::Failed(why))| NotDrilled::Failed(why))?;
    if meant.cancel.is_cancelled() {
        return Ok(());
    }
    if let Some(told) = first(&report)
        && report.first_cause.is_some()
    {
        let why = format!("{} is red with {}", told.link, told.cause);
        return Err(NotDrilled::Unhealthy(why));
    }
    let open = report.links.iter().find(|link| !link.outcome.is_good());
    open.map_or(Ok(()), |link| {
        let why = link.reason.as_deref().unwrap_or_default();
        Err(NotDrilled::Unhealthy(format!(
            "{} is {}: {why}",
            link.id,
            link.outcome.word()
        )))
    })
}

type Ran = (Vec<Planted>, Result<ChainReport, NoTrial>);

/// Runs every trial; those that were not begun when the drill was cancelled are left out.
async fn all(
    rehearsal: &Arc<Rehearsal>,
    trials: Vec<Vec<Planted>>,
    meant: &Meant,
) -> Result<Vec<Ran>, NotDrilled> {
    let workers = meant.workers.clamp(1, trials.len().max(1));
    let (trials, next) = (Arc::new(trials), Arc::new(AtomicUsize::new(0)));
    let mut working = Vec::new();
    for _ in 0..workers {
        let (rehearsal, trials, next) = (
            Arc::clone(rehearsal),
            Arc::clone(&trials),
            Arc::clone(&next),
        );
        let cancel = meant.cancel.clone();
        working.push(tokio::spawn(async move {
            work(&rehearsal, &trials, &next, cancel).await
        }));
    }
    let mut done = Vec::new();
    for worker in working {
        let ended = worker
            .await
            .map_err(|error| NotDrilled::Failed(error.to_string()))?;
        done.extend(ended?);
    }
    done.sort_by_key(|(at, _)| *at);
    let failed = done.iter().find_map(|(_, report)| match report {
        Err(NoTrial::Failed(why)) => Some(why.clone()),
        _ => None,
    });
    match failed {
        Some(why) => Err(NotDrilled::Failed(why)),
        None => Ok(done
            .into_iter()
            .map(|(at, report)| (trials[at].clone(), report))
            .collect()),
    }
}

/// Takes one trial after the other until none is left.
async fn work(
    rehearsal: &Rehearsal,
    trials: &[Vec<Planted>],
    next: &AtomicUsize,
    cancel: Cancel,
) -> Result<Vec<(usize, Result<ChainReport, NoTrial>)>, NotDrilled> {
    let stage = Stage::open(&rehearsal.world).await?;
    let mut done = Vec::new();
    while !cancel.is_cancelled() {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let Some(faults) = trials.get(at) else {
            break;
        };
        let (scenario, plan) = (&rehearsal.scenario, &rehearsal.plan);
        let report = try_under(&stage, scenario, plan, faults, cancel.clone()).await;
        if !cancel.is_cancelled() {
            done.push((at, report));
        }
    }
    Ok(done)
}

/// What a run under one fault proves.
fn single(rehearsal: &Rehearsal, fault: &Planted, report: &ChainReport) -> Trial {
    let file = Path::new(&rehearsal.plan.file).file_name();
    let file = file.and_then(|name| name.to_str()).unwrap_or_default();
    let of_file = rehearsal.rows.iter().flat_map(|rows| rows.of(file));
    let rows: Vec<&Row> = of_file
        .filter(|row| row.fault == fault.fault && row.at.eq_ignore_ascii_case(&fault.at))
        .collect();
    let excuse = rows.iter().find_map(|row| row.nothing.as_ref());
    let judged = match excuse {
        Some(_) => by_catalogue(&[], report),
        None if rows.is_empty() => by_catalogue(told(&fault.fault), report),
        None => by_rows(&rows, report),
    };
    let (verdict, why) = match excuse {
        Some(reason) if judged.verdict == Verdict::Missed => (Verdict::Excused, reason.clone()),
        Some(_) => (
            Verdict::WrongCause,
            format!("it was excused, but {}", judged.why),
        ),
        None => (judged.verdict, judged.why),
    };
    let leads = rows
        .iter()
        .find(|row| row.nothing.is_none() && row.first.is_none());
    Trial {
        faults: vec![fault.clone()],
        verdict,
        why,
        expected: leads.map(|row| Told {
            link: row.link.clone(),
            cause: row.cause.clone(),
            owner: row.owner.clone(),
        }),
        first: first(report),
        noticed_by: noticing(report),
    }
}

fn noticing(report: &ChainReport) -> Vec<String> {
    let links = report.links.iter().filter(|link| noticed(link));
    links.map(|link| link.id.clone()).collect()
}

/// Links that noticed nothing in any trial.
fn untested(plan: &Plan, trials: &[Trial]) -> Vec<String> {
    let seen: HashSet<&String> = trials.iter().flat_map(|trial| &trial.noticed_by).collect();
    let links = plan.links.iter().map(|link| &link.id);
    links.filter(|id| !seen.contains(id)).cloned().collect()
}

/// Tries pairs of what was caught alone; those that do not go together are left out.
async fn in_pairs(
    rehearsal: &Arc<Rehearsal>,
    trials: &[Trial],
    meant: &Meant,
) -> Result<Vec<Trial>, NotDrilled> {
    let caught = trials
        .iter()
        .filter(|trial| trial.verdict == Verdict::Caught);
    let singles: Vec<Single> = caught
        .filter_map(|trial| {
            Some(Single {
                planted: trial.faults.first()?.clone(),
                told: trial.first.clone()?,
            })
        })
        .collect();
    let drawn = pairs::pairs(&singles, meant.pairs, meant.seed);
    let planted = drawn
        .iter()
        .map(|(one, two)| vec![singles[*one].planted.clone(), singles[*two].planted.clone()]);
    let reports = all(rehearsal, planted.collect(), meant).await?;
    let of = |planted: &Planted| singles.iter().find(|single| single.planted == *planted);
    let judged = reports.into_iter().filter_map(|(faults, report)| {
        let report = report.ok()?;
        let (one, two) = (of(faults.first()?)?, of(faults.get(1)?)?);
        let judged = pairs::judge(one, two, &report);
        Some(Trial {
            verdict: judged.verdict,
            why: judged.why,
            expected: None,
            first: first(&report),
            noticed_by: noticing(&report),
            faults,
        })
    });
    Ok(judged.collect())
}
