//! Which link is asked when: the graph of needs, concurrency, waiting, blocking, and the order of events.
//!
//! One task per try; everything else happens here, in one place and one order. A link whose cause may heal is put
//! aside until its next try; when nothing else runs, the clock of an embedded mock is turned to that moment, so that
//! waiting takes no time.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;

use super::attempt::{Ready, Tried, attempt, with_facts};
use super::budget::within_budget;
use super::draft::{INTERRUPTED, NOT_ASKED_AGAIN, link_draft};
use super::ground::LinkGround;
use super::queue::{Next, Queue};
use super::retiring::warned;
use super::settle::{Settled, settle};
use super::{Options, identity_link, milliseconds};
use crate::ask::{LinkSide, SharedSession};
use crate::diagnosis::{Ground, Known, make_final};
use crate::event::{RunEvent, RunListener};
use crate::outcome::run::IdentityReport;
use crate::outcome::{Facts, LinkReport, NoAnswer, Outcome, TenantRef};
use crate::plan::{Plan, PlannedLink};
use crate::target::INTERNET;
use crate::timestamp::Timestamp;

/// First pause between two tries; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// How long an answer that comes and goes is asked again, though nobody asked to wait: a few tries (`azure/MORE.md` §3).
const SECOND_THOUGHTS: Duration = Duration::from_secs(10);
/// So many good answers in a row settle that one which came and went does not any more.
const GOOD_IN_A_ROW: u32 = 2;
/// Longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The run of one chain.
pub(super) struct Schedule<'a> {
    plan: &'a Plan,
    session: &'a SharedSession,
    options: Options,
    /// Auditors that could not be used, and the tenants that they should have read.
    failed_readers: Vec<(&'a str, &'a TenantRef)>,
    /// The target's name of each vantage, or why it has none.
    vantages: BTreeMap<String, Result<String, String>>,
    /// What became of each link so far.
    reports: Vec<Option<LinkReport>>,
    /// What the last try of each link came to that is asked again: its outcome if the run ends now.
    last: Vec<Option<LinkReport>>,
    /// What links said so far, and what that explains.
    known: Known,
    /// Links that have not been begun.
    queue: Queue,
    /// Where in the plan each link is.
    positions: HashMap<&'a str, usize>,
    /// Links whose next try is at a time, by that time; of several, who was put aside first comes first.
    waiting: BTreeMap<(Timestamp, usize), Active>,
    /// How often a link was put aside.
    put_aside: usize,
    /// That the target is gone or not trusted, and who found it: nothing is asked any more.
    gone: Option<String>,
    running: JoinSet<(Active, Tried)>,
}

/// A link between its first and its last try.
struct Active {
    index: usize,
    ready: Arc<Ready>,
    parameters: Value,
    started: Timestamp,
    tries: u32,
    /// Tries that did not come out well.
    failed: u32,
    /// Tries that came out well since the last one that did not.
    good_in_a_row: u32,
    /// Until when good answers are asked again, for there were others that come and go.
    doubted_until: Option<Timestamp>,
    pause: Duration,
}

impl Active {
    /// Counts how a try came out.
    fn count(&mut self, is_red: bool, doubted_until: Option<Timestamp>) {
        if is_red {
            self.failed += 1;
            self.good_in_a_row = 0;
            self.doubted_until = doubted_until.or(self.doubted_until);
        } else {
            self.good_in_a_row += 1;
        }
    }

    /// Until when a good answer is asked again.
    fn doubts(&self) -> Option<Timestamp> {
        self.doubted_until
            .filter(|_| self.good_in_a_row < GOOD_IN_A_ROW)
    }
}

/// Until when a link is asked again.
struct Deadline {
    at: Timestamp,
    /// Whether somebody asked to wait.
    is_asked_for: bool,
}

impl<'a> Schedule<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        session: &'a SharedSession,
        options: Options,
        identities: &'a [IdentityReport],
        vantages: BTreeMap<String, Result<String, String>>,
        ground: Ground,
    ) -> Self {
        let failed = identities
            .iter()
            .filter(|identity| identity.finding.is_some());
        Self {
            plan,
            session,
            options,
            failed_readers: failed
                .map(|identity| (identity.name.as_str(), &identity.tenant))
                .collect(),
            vantages,
            reports: plan.links.iter().map(|_| None).collect(),
            last: plan.links.iter().map(|_| None).collect(),
            known: Known::on(ground),
            queue: Queue::of(plan),
            positions: plan
                .links
                .iter()
                .enumerate()
                .map(|(index, link)| (link.id.as_str(), index))
                .collect(),
            waiting: BTreeMap::new(),
            put_aside: 0,
            gone: identities
                .iter()
                .find(|identity| identity.is_of_target())
                .map(|identity| format!("{} failed", identity_link(&identity.name))),
            running: JoinSet::new(),
        }
    }

    /// Runs every link to its outcome, or until the run is cancelled; the reports stand in the file's order.
    pub(super) async fn run(mut self, listener: &mut dyn RunListener) -> Vec<LinkReport> {
        let cancel = self.options.cancel.clone();
        if cancel.unless(self.run_all(listener)).await.is_none() {
            self.running.abort_all();
            self.interrupt(listener);
        }
        self.reports.into_iter().flatten().collect()
    }

    /// Asks until every link has its outcome.
    async fn run_all(&mut self, listener: &mut dyn RunListener) {
        loop {
            self.begin_what_can(listener);
            if let Some((active, tried)) = self.next_tried().await {
                self.took(active, tried, listener);
            } else if self.waiting.is_empty() {
                break;
            } else {
                self.wait().await;
            }
            self.resume();
        }
    }

    /// The next try that ended; nothing when none is running, or when a waiting link's time comes first.
    async fn next_tried(&mut self) -> Option<(Active, Tried)> {
        if self.running.is_empty() {
            return None;
        }
        let next = self.next_due().map(|at| at.since(self.now()));
        let until = next.unwrap_or(Duration::MAX);
        loop {
            match tokio::time::timeout(until, self.running.join_next()).await {
                Ok(Some(Ok(ended))) => return Some(ended),
                // A try catches its own panics, and nobody aborts it.
                Ok(Some(Err(_))) => {}
                Ok(None) | Err(_) => return None,
            }
        }
    }

    /// Lets time pass until the next try of a waiting link: by turning the clock when nothing else runs.
    async fn wait(&self) {
        let Some(next) = self.next_due() else {
            return;
        };
        let left = next.since(self.now());
        if left.is_zero() {
            return;
        }
        let turned = self.running.is_empty()
            && self
                .session
                .target()
                .clock
                .turn(left)
                .await
                .unwrap_or(false);
        if !turned {
            tokio::time::sleep(left).await;
        }
    }

    /// When the next try of a waiting link is.
    fn next_due(&self) -> Option<Timestamp> {
        self.waiting.first_key_value().map(|((at, _), _)| *at)
    }

    /// Starts the next try of every link whose time has come, as long as there is room.
    fn resume(&mut self) {
        let now = self.now();
        while self.has_room() && self.next_due().is_some_and(|at| at <= now) {
            if let Some((_, active)) = self.waiting.pop_first() {
                self.spawn(active);
            }
        }
    }

    fn has_room(&self) -> bool {
        self.running.len() < self.options.jobs.max(1)
    }

    /// Begins every link whose needs have an outcome, in the plan's order, as long as there is room.
    fn begin_what_can(&mut self, listener: &mut dyn RunListener) {
        while let Some(next) = self.queue.next(self.has_room()) {
            match next {
                Next::Fresh(index) => self.look_at(index, listener),
                Next::Held(index) if self.gone.is_none() => self.begin(index, listener),
                Next::Held(index) => self.look_at(index, listener),
            }
        }
    }

    /// A link that is not asked has its outcome; another one begins, now or when there is room.
    fn look_at(&mut self, index: usize, listener: &mut dyn RunListener) {
        let link = &self.plan.links[index];
        if let Some((outcome, reason)) = self.not_asked(link) {
            let report = self.report(link, outcome, Some(reason));
            self.finish(index, report, listener);
        } else if self.has_room() {
            self.begin(index, listener);
        } else {
            self.queue.hold(index);
        }
    }

    /// Why a link is not asked at all.
    fn not_asked(&self, link: &PlannedLink) -> Option<(Outcome, String)> {
        if let Some(reason) = &link.skip {
            return Some((Outcome::Skipped, reason.clone()));
        }
        let broken = link
            .needs
            .iter()
            .filter_map(|need| self.reports[*need].as_ref())
            .find(|need| need.outcome.is_red() || need.outcome == Outcome::Blocked);
        if let (Some(need), false) = (broken, self.options.keep_going) {
            return Some((Outcome::Blocked, need.blocks()));
        }
        if let Some(gone) = &self.gone {
            return Some((Outcome::Blocked, gone.clone()));
        }
        let mut failed = self.failed_readers.iter();
        let failed = failed.find(|(reader, tenant)| link.reads(tenant, reader));
        if let Some((reader, _)) = failed {
            let reason = format!("{} failed", identity_link(reader));
            return Some((Outcome::Blocked, reason));
        }
        let vantage = link.vantage.as_ref();
        if let Some(Err(why)) = vantage.and_then(|vantage| self.vantages.get(vantage)) {
            return Some((Outcome::Unknown, why.clone()));
        }
        let control = link
            .control
            .and_then(|control| self.reports[control].as_ref());
        control
            .filter(|control| !control.outcome.is_good())
            .map(|control| (Outcome::Unknown, cut_off(control)))
    }

    fn begin(&mut self, index: usize, listener: &mut dyn RunListener) {
        let link = &self.plan.links[index];
        match with_facts(&link.parameters, &link.references, |link| {
            self.facts_of(link)
        }) {
            Err(missing) => {
                let report = self.report(link, Outcome::Blocked, Some(missing));
                self.finish(index, report, listener);
            }
            Ok(parameters) => {
                listener.event(&RunEvent::LinkStarted { id: &link.id });
                let json = parameters.to_json();
                let ready = Ready {
                    file: Arc::clone(&self.plan.source),
                    kind: link.kind,
                    parameters,
                };
                self.spawn(Active {
                    index,
                    ready: Arc::new(ready),
                    parameters: json,
                    started: self.now(),
                    tries: 0,
                    failed: 0,
                    good_in_a_row: 0,
                    doubted_until: None,
                    pause: FIRST_PAUSE,
                });
            }
        }
    }

    /// The facts of a link that has its outcome.
    fn facts_of(&self, id: &str) -> Option<&Facts> {
        let report = self.reports.get(*self.positions.get(id)?)?.as_ref()?;
        Some(&report.facts)
    }

    fn spawn(&mut self, mut active: Active) {
        let side = self.side(&self.plan.links[active.index]);
        active.tries += 1;
        let (ready, session, polls) = (
            Arc::clone(&active.ready),
            SharedSession::clone(self.session),
            active.tries > 1,
        );
        self.running.spawn(async move {
            let tried = attempt(ready, session, side, polls).await;
            (active, tried)
        });
    }

    /// The side from which a link asks.
    fn side(&self, link: &PlannedLink) -> LinkSide {
        let vantage = link.vantage.as_ref();
        let named = vantage
            .and_then(|name| self.vantages.get(name))
            .and_then(|side| side.as_ref().ok());
        let network =
            vantage.and_then(|name| self.plan.vantages.iter().find(|own| own.name == *name));
        LinkSide {
            tenant: link.tenant.clone(),
            vantage: named.cloned().unwrap_or_else(|| INTERNET.to_owned()),
            network: network.and_then(|vantage| vantage.network.clone()),
            workload: link.workload.clone(),
            patience: link.timeout,
        }
    }

    /// Takes the result of a try: the link is asked again, or has its outcome.
    fn took(&mut self, mut active: Active, tried: Tried, listener: &mut dyn RunListener) {
        let link = &self.plan.links[active.index];
        let Tried {
            result,
            seen,
            no_answer,
            claims,
            evidence,
            retirement,
            took,
        } = tried;
        let ground = LinkGround {
            plan: self.plan,
            link,
            parameters: &active.parameters,
        };
        if let Some(NoAnswer::NoTarget(_)) = &no_answer {
            if let Some(gone) = self.gone.clone() {
                return self.is_gone_too(&active, gone, listener);
            }
            self.gone = Some(format!("{} found that the target is gone", link.id));
        }
        let card = link.kind.card;
        let settled = settle(card, &link.expect, result, &ground);
        let settled = warned(card, retirement.as_ref(), settled, &ground);
        let settled = within_budget(card, link.budget, took, settled, &ground);
        let now = self.now();
        let deadline = self.deadline(link, &active, &settled);
        let is_red = settled.outcome.is_red();
        let doubted_until = deadline
            .as_ref()
            .filter(|_| settled.flaps)
            .map(|own| own.at);
        active.count(is_red, doubted_until);
        let mut report = self.report(link, settled.outcome, settled.reason);
        report.findings = settled.findings;
        report.facts = settled.facts;
        report.proves = settled.proves;
        // Only a known cause says that it may heal; an error was asked again in hope.
        report.still_healing =
            deadline.as_ref().is_some_and(|own| own.is_asked_for) && !report.findings.is_empty();
        report.parameters.clone_from(&active.parameters);
        report.seen = seen;
        report.no_answer = no_answer;
        report.claims = claims;
        report.evidence = evidence;
        report.tries = active.tries;
        report.failed_tries = if is_red { 0 } else { active.failed };
        report.started = Some(active.started);
        report.milliseconds = milliseconds(now.since(active.started));
        report.last_try_milliseconds = milliseconds(took);
        let is_final = is_red && self.known.is_final(&report);
        if is_final {
            make_final(&mut report);
        }
        let until = match is_red {
            true => deadline.map(|own| own.at).filter(|_| !is_final),
            false => active.doubts(),
        };
        match until.filter(|until| now < *until) {
            Some(until) => {
                let again = (now + active.pause).min(until);
                active.pause = (active.pause * 2).min(LONGEST_PAUSE);
                self.put_aside(active, report, again, listener);
            }
            None => self.finish(active.index, report, listener),
        }
        if let Some(gone) = self.gone.clone() {
            for active in std::mem::take(&mut self.waiting).into_values() {
                self.is_gone_too(&active, gone.clone(), listener);
            }
        }
    }

    /// The target is gone, and another link has told that: this one tells what its last try came to, if it had one.
    fn is_gone_too(&mut self, active: &Active, gone: String, listener: &mut dyn RunListener) {
        let link = &self.plan.links[active.index];
        let seen = self.last[active.index].take();
        let report = seen.unwrap_or_else(|| self.report(link, Outcome::Blocked, Some(gone)));
        self.finish(active.index, report, listener);
    }

    /// Asks a link again at a time; until then, what was seen is what is told if the run ends.
    fn put_aside(
        &mut self,
        active: Active,
        mut report: LinkReport,
        again: Timestamp,
        listener: &mut dyn RunListener,
    ) {
        let says = report.findings.first().map(|finding| &finding.says);
        let observed = says.or(report.reason.as_ref()).cloned();
        report
            .reason
            .get_or_insert_with(|| NOT_ASKED_AGAIN.to_owned());
        listener.event(&RunEvent::LinkRetried {
            report: &report,
            observed: &observed.unwrap_or_default(),
            again,
        });
        self.last[active.index] = Some(report);
        self.put_aside += 1;
        self.waiting.insert((again, self.put_aside), active);
    }

    /// Until when a red link is asked again: the later of its own wait and the run's, capped by what its cause may
    /// take; nothing when no wait was asked for, or waiting cannot help.
    fn deadline(&self, link: &PlannedLink, active: &Active, settled: &Settled) -> Option<Deadline> {
        let asked = link.within.max(self.options.wait);
        let wait = match settled.flaps {
            true => asked.max(SECOND_THOUGHTS),
            false => asked,
        };
        let bound = settled
            .heals
            .filter(|_| settled.outcome.is_red() && !wait.is_zero())?;
        Some(Deadline {
            at: active.started + wait.min(bound),
            is_asked_for: !asked.is_zero(),
        })
    }

    fn finish(&mut self, index: usize, report: LinkReport, listener: &mut dyn RunListener) {
        listener.event(&RunEvent::LinkFinished { report: &report });
        self.known.learn(&report);
        let is_red = report.outcome.is_red();
        self.reports[index] = Some(report);
        self.queue.finished(index);
        if is_red {
            self.hear(listener);
        }
    }

    /// Ends waiting links of which is known by now that waiting does not help.
    fn hear(&mut self, listener: &mut dyn RunListener) {
        let is_final = |active: &Active| {
            let last = self.last[active.index].as_ref();
            last.is_some_and(|last| last.outcome.is_red() && self.known.is_final(last))
        };
        let mut waiting = std::mem::take(&mut self.waiting);
        let ended: Vec<Active> = waiting
            .extract_if(.., |_, active| is_final(active))
            .map(|(_, active)| active)
            .collect();
        self.waiting = waiting;
        for active in ended {
            if let Some(mut report) = self.last[active.index].take() {
                make_final(&mut report);
                report.reason = report.reason.filter(|reason| reason != NOT_ASKED_AGAIN);
                self.finish(active.index, report, listener);
            }
        }
    }

    /// Gives every link without an outcome the one of a run that ends early: what its last try came to, if it had one.
    fn interrupt(&mut self, listener: &mut dyn RunListener) {
        for (index, link) in self.plan.links.iter().enumerate() {
            if self.reports[index].is_none() {
                let skipped = || {
                    let reason = link.skip.clone();
                    let reason = reason.unwrap_or_else(|| INTERRUPTED.to_owned());
                    self.report(link, Outcome::Skipped, Some(reason))
                };
                let report = self.last[index].clone().unwrap_or_else(skipped);
                self.finish(index, report, listener);
            }
        }
    }

    /// A report that says nothing yet but what the plan says.
    fn report(&self, link: &PlannedLink, outcome: Outcome, reason: Option<String>) -> LinkReport {
        link_draft(self.plan, link, outcome, reason)
    }

    fn now(&self) -> Timestamp {
        self.session.target().clock.now()
    }
}

/// Why nothing can be told of what should not be reached: the control reaches nothing either, or was not asked.
fn cut_off(control: &LinkReport) -> String {
    format!(
        "{} (its control), so that nobody answers from there would prove nothing",
        control.blocks()
    )
}
