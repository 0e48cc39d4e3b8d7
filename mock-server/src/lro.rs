//! Operations that take a while: what runs, until when, and how it ended.
//!
//! A write that Azure answers before it is done begins an operation here; its poll URL asks how it goes
//! (`services/arm/operations`). How long it takes is the [`Pace`]: an operation ends at once, at a poll, or at a time of
//! the mock's clock, and then changes the state by its [`Finish`]. Nothing runs in the background: what is due is finished
//! before the next request is answered ([`Operations::settle`]), so nobody sees an operation that is overdue.
//!
//! What a world gives as `Creating` or `Updating` is done five minutes later, whatever the pace ([`Operations::go_on`]).
//!
//! In a state file no operation runs: what runs when the file is written has ended in it ([`Operations::kept`]), as Azure goes
//! on with its work while nobody looks, and the operation's answer says so.
//!
//! The list lives in the context, beside the state. When another state takes its place (a fault is planted, the mock is
//! reset), operations that ended keep their answer and those that run end `Canceled`: what they worked on is gone.
//!
//! Locks: the state's first, then the list's; never the other way round.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::context::Context;
use crate::ids::ResourceId;
use crate::services::private_endpoint::derived_guid;
use crate::store::{RESOURCE_GROUPS, State, VAULTS};

/// How many operations are remembered; the oldest are forgotten first.
const REMEMBERED: usize = 10_000;

/// `provisioningState` of what a world gives as being made or changed.
const GOING_ON: &[&str] = &["Creating", "Updating"];
/// How long that goes on by the mock's clock.
const GIVEN_TAKES: time::Duration = time::Duration::minutes(5);

/// How long operations take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// Done when they begin; the first poll says so.
    #[default]
    Immediate,
    /// So many polls say that it runs, the next one finds it done.
    AfterPolls(u32),
    /// Done after this time on the mock's clock.
    After(Duration),
}

/// Ends an operation: changes the state, and says what came of it. Once, and once more in each copy of the state that is
/// written to a file meanwhile.
pub type Finish = Box<dyn Fn(&mut State) -> Ending + Send>;

/// What came of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Ending {
    /// Done, with what the final answer holds, if anything.
    Succeeded(Option<Value>),
    /// Not done.
    Failed {
        /// Error code.
        code: String,
        /// Error text.
        message: String,
    },
    /// What it worked on is gone.
    Canceled,
}

/// Whose operation it is, and on what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Of {
    /// Tenant of the caller.
    pub tenant: String,
    /// Object id of the caller: nobody else may ask how it goes.
    pub caller: String,
    /// Subscription of the resource, in lower case.
    pub subscription: String,
    /// Id of the resource.
    pub resource: String,
}

impl Of {
    /// Does its end without a result answer 200, not 204? The specifications name no 204 for `ResourceGroups_Delete` and
    /// `Vaults_PurgeDeleted`, and SDKs refuse what is not named.
    pub fn ends_with_ok(&self) -> bool {
        let is_one =
            |id: ResourceId| [RESOURCE_GROUPS, VAULTS].contains(&id.resource_type.as_str());
        ResourceId::parse(&self.resource).is_ok_and(is_one)
    }
}

/// What a poll sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whose it is.
    pub of: Of,
    /// When it began.
    pub began: OffsetDateTime,
    /// How and when it ended, unless it runs.
    pub ended: Option<(OffsetDateTime, Ending)>,
}

/// Operations in a state file, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Kept {
    begun: u64,
    ended: Vec<KeptOperation>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct KeptOperation {
    id: String,
    of: Of,
    #[serde(with = "time::serde::rfc3339")]
    began: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    ended: OffsetDateTime,
    ending: Ending,
}

/// All operations.
#[derive(Default)]
pub struct Operations {
    list: Mutex<List>,
    running: AtomicUsize,
}

#[derive(Default)]
struct List {
    pace: Pace,
    begun: u64,
    by_id: BTreeMap<String, Operation>,
    by_age: VecDeque<String>,
}

struct Operation {
    seen: Seen,
    running: Option<(Until, Finish)>,
}

enum Until {
    Polls(u32),
    Time(OffsetDateTime),
}

impl Operations {
    /// Sets how long operations take that begin from now on.
    pub fn set_pace(&self, pace: Pace) {
        self.list().pace = pace;
    }

    /// Will an operation that begins now run for a while?
    pub fn takes_time(&self) -> bool {
        self.list().pace != Pace::Immediate
    }

    /// Begins an operation and returns its id. The caller holds the state's lock.
    pub fn begin(&self, state: &mut State, now: OffsetDateTime, of: Of, finish: Finish) -> String {
        let mut list = self.list();
        list.begun += 1;
        let id = derived_guid(&format!("{}:{}", of.resource, list.begun), "operation");
        let mut operation = Operation {
            seen: Seen {
                of,
                began: now,
                ended: None,
            },
            running: None,
        };
        match list.pace {
            Pace::Immediate => operation.seen.ended = Some((now, finish(state))),
            Pace::AfterPolls(polls) => operation.running = Some((Until::Polls(polls), finish)),
            Pace::After(duration) => {
                let until = now.checked_add(time::Duration::try_from(duration).unwrap_or_default());
                operation.running = Some((Until::Time(until.unwrap_or(now)), finish));
            }
        }
        self.running
            .fetch_add(usize::from(operation.running.is_some()), Ordering::Relaxed);
        let forgotten = list.remember(id.clone(), operation);
        self.running
            .fetch_sub(usize::from(forgotten), Ordering::Relaxed);
        id
    }

    /// Finishes what is due by the clock.
    pub fn settle(&self, ctx: &Context) {
        if self.running.load(Ordering::Relaxed) == 0 {
            return;
        }
        let now = ctx.clock.now();
        if !self.list().by_id.values().any(|it| it.is_due(now)) {
            return;
        }
        let mut state = ctx.state_mut();
        let mut list = self.list();
        for operation in list.by_id.values_mut().filter(|it| it.is_due(now)) {
            operation.finish(&mut state, now);
            self.running.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// How an operation goes; asking is what some operations wait for.
    pub fn poll(&self, ctx: &Context, id: &str) -> Option<Seen> {
        let mut state = ctx.state_mut();
        let mut list = self.list();
        let operation = list.by_id.get_mut(&id.to_ascii_lowercase())?;
        let last = match &mut operation.running {
            Some((Until::Polls(left), _)) => {
                let last = *left == 0;
                *left = left.saturating_sub(1);
                last
            }
            _ => false,
        };
        if last {
            operation.finish(&mut state, ctx.clock.now());
            self.running.fetch_sub(1, Ordering::Relaxed);
        }
        Some(operation.seen.clone())
    }

    /// What an operation is about, without asking it.
    pub fn of(&self, id: &str) -> Option<Of> {
        let list = self.list();
        let found = list.by_id.get(&id.to_ascii_lowercase());
        found.map(|operation| operation.seen.of.clone())
    }

    /// The operation that runs on a resource.
    pub fn running_on(&self, resource: &str) -> Option<String> {
        if self.running.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let list = self.list();
        let is_it = |operation: &Operation| {
            operation.running.is_some() && operation.seen.of.resource.eq_ignore_ascii_case(resource)
        };
        let mut all = list.by_id.iter();
        all.find(|(_, operation)| is_it(operation))
            .map(|(id, _)| id.clone())
    }

    /// What a state was given as going on ends by the clock, as Azure goes on with its work: a resource that is being made or
    /// changed is done then. Nobody began it here, so nobody can ask how it goes.
    pub fn go_on(&self, state: &State, now: OffsetDateTime) {
        let until = now.checked_add(GIVEN_TAKES).unwrap_or(now);
        for resource in state.resources() {
            let given = resource
                .property("/provisioningState")
                .and_then(Value::as_str);
            let goes_on = |given: &str| {
                let words = GOING_ON.iter();
                words.clone().any(|word| word.eq_ignore_ascii_case(given))
            };
            if !given.is_some_and(goes_on) {
                continue;
            }
            let of = resource.id.clone();
            let finish: Finish = Box::new(move |state: &mut State| {
                state.set_provisioning_state(&of, None);
                Ending::Succeeded(None)
            });
            self.remember_given(&resource.id, now, (Until::Time(until), finish));
        }
    }

    fn remember_given(&self, resource: &str, now: OffsetDateTime, running: (Until, Finish)) {
        let mut list = self.list();
        list.begun += 1;
        let id = derived_guid(&format!("{resource}:{}", list.begun), "operation");
        let subscription = ResourceId::parse(resource)
            .ok()
            .and_then(|id| id.subscription);
        let seen = Seen {
            of: Of {
                tenant: String::new(),
                caller: String::new(),
                subscription: subscription.unwrap_or_default().to_ascii_lowercase(),
                resource: resource.to_owned(),
            },
            began: now,
            ended: None,
        };
        let operation = Operation {
            seen,
            running: Some(running),
        };
        self.running.fetch_add(1, Ordering::Relaxed);
        let forgotten = list.remember(id, operation);
        self.running
            .fetch_sub(usize::from(forgotten), Ordering::Relaxed);
    }

    /// Ends what runs: another state takes the place of the one it works on.
    pub fn cancel_running(&self, now: OffsetDateTime) {
        let mut list = self.list();
        for operation in list.by_id.values_mut() {
            if operation.running.take().is_some() {
                operation.seen.ended = Some((now, Ending::Canceled));
                self.running.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    /// What is written of the operations with this state: in both, everything that runs has ended.
    pub fn kept(&self, state: &mut State, now: OffsetDateTime) -> Kept {
        let list = self.list();
        let mut ended = Vec::with_capacity(list.by_age.len());
        for id in &list.by_age {
            let Some(Operation { seen, running }) = list.by_id.get(id) else {
                continue;
            };
            let Seen {
                of,
                began,
                ended: ending,
            } = seen.clone();
            let ending = ending.or_else(|| {
                let (_, finish) = running.as_ref()?;
                Some((now, finish(state)))
            });
            let (at, ending) = ending.unwrap_or((now, Ending::Canceled));
            ended.push(KeptOperation {
                id: id.clone(),
                of,
                began,
                ended: at,
                ending,
            });
        }
        let begun = list.begun;
        Kept { begun, ended }
    }

    /// Puts what was written in the place of what is there.
    pub fn resume(&self, kept: Kept) {
        let mut list = self.list();
        list.begun = kept.begun;
        list.by_id.clear();
        list.by_age.clear();
        self.running.store(0, Ordering::Relaxed);
        for it in kept.ended {
            let seen = Seen {
                of: it.of,
                began: it.began,
                ended: Some((it.ended, it.ending)),
            };
            let operation = Operation {
                seen,
                running: None,
            };
            list.remember(it.id, operation);
        }
    }

    fn list(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl List {
    /// Keeps an operation; true when one that still runs was forgotten for it.
    fn remember(&mut self, id: String, operation: Operation) -> bool {
        self.by_age.push_back(id.clone());
        self.by_id.insert(id, operation);
        if self.by_age.len() <= REMEMBERED {
            return false;
        }
        let oldest = self.by_age.pop_front();
        let forgotten = oldest.and_then(|id| self.by_id.remove(&id));
        forgotten.is_some_and(|it| it.running.is_some())
    }
}

impl Operation {
    fn is_due(&self, now: OffsetDateTime) -> bool {
        matches!(&self.running, Some((Until::Time(until), _)) if *until <= now)
    }

    fn finish(&mut self, state: &mut State, now: OffsetDateTime) {
        if let Some((_, finish)) = self.running.take() {
            self.seen.ended = Some((now, finish(state)));
        }
    }
}
