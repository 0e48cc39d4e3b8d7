//! How many requests may a caller send? THE list of budgets, [`BUDGETS`], and what is used of them.
//!
//! Limits are those of API.md §7 (azure-docs, `request-limits-and-throttling.md`). A budget counts in windows of the mock's
//! clock, so turning the clock gives it back. Everything is counted and told in headers; nothing is *refused* until that is
//! asked for (`--throttle`, the control interface), since a mock is also there to be measured.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use serde::Serialize;

/// One budget.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Its name: `arm-reads`.
    pub id: &'static str,
    /// Whose it is, in one line.
    pub about: &'static str,
    /// Requests in a window, as Azure documents it.
    pub limit: u32,
    /// The window in seconds; 0 counts requests that run at the same time.
    pub window: u32,
}

/// Every budget.
pub const BUDGETS: &[Budget] = &[
    // -- Resource Manager: per subscription (or tenant) and principal --
    budget(
        "arm-reads",
        "GET and HEAD of a principal in a subscription or tenant",
        12_000,
        3600,
    ),
    budget(
        "arm-writes",
        "PUT, PATCH and POST of a principal in a subscription or tenant",
        1200,
        3600,
    ),
    budget(
        "arm-deletes",
        "DELETE of a principal in a subscription or tenant",
        15_000,
        3600,
    ),
    // -- Microsoft.Network: per subscription --
    budget(
        "network-reads",
        "reads of Microsoft.Network in a subscription",
        10_000,
        300,
    ),
    budget(
        "network-writes",
        "writes of Microsoft.Network in a subscription",
        1000,
        300,
    ),
    budget(
        "private-dns-reads",
        "reads of private DNS in a subscription",
        500,
        300,
    ),
    // -- instance metadata: per machine --
    budget(
        "imds-requests",
        "identity requests of a machine in a second",
        20,
        1,
    ),
    budget(
        "imds-concurrent",
        "identity requests of a machine at the same time",
        5,
        0,
    ),
];

const fn budget(id: &'static str, about: &'static str, limit: u32, window: u32) -> Budget {
    Budget {
        id,
        about,
        limit,
        window,
    }
}

/// Counters that are kept; windows that are over go first.
const KEPT: usize = 10_000;

/// A budget that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedUp {
    /// Which.
    pub budget: &'static str,
    /// Seconds until there is some of it again.
    pub retry_after: u32,
}

/// A budget as it is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Setting {
    /// Its name.
    pub budget: &'static str,
    /// Whose it is.
    pub about: &'static str,
    /// Requests in a window.
    pub limit: u32,
    /// The window in seconds.
    pub window_seconds: u32,
    /// Is a request over it refused?
    pub enforced: bool,
}

/// Why a text sets no budget.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a budget: {text}; write documented, or BUDGET=LIMIT such as arm-reads=5; budgets are {}",
    names()
)]
pub struct NotABudget {
    /// What was written.
    pub text: String,
}

/// The budgets of a mock.
#[derive(Debug)]
pub struct Throttle {
    settings: RwLock<Vec<Setting>>,
    used: Mutex<HashMap<u64, Used>>,
    hasher: RandomState,
    running: Mutex<HashMap<u64, Arc<AtomicU32>>>,
}

#[derive(Clone, Copy, Debug)]
struct Used {
    /// When its window ends, in seconds since 1970.
    until: i64,
    count: u32,
}

/// A request that runs; dropping it ends it.
#[derive(Debug)]
pub struct Running(Arc<AtomicU32>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            settings: RwLock::new(BUDGETS.iter().map(Setting::of).collect()),
            used: Mutex::default(),
            hasher: RandomState::new(),
            running: Mutex::default(),
        }
    }
}

impl Setting {
    fn of(budget: &Budget) -> Self {
        Self {
            budget: budget.id,
            about: budget.about,
            limit: budget.limit,
            window_seconds: budget.window,
            enforced: false,
        }
    }
}

impl Throttle {
    /// Sets budgets: `documented` enforces all as Azure documents them, `off` none, `arm-reads=5` this one at five.
    ///
    /// # Errors
    /// The text is none of that; nothing changes.
    pub fn set(&self, text: &str) -> Result<(), NotABudget> {
        let failed = || NotABudget {
            text: text.to_owned(),
        };
        let mut settings = self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        match text {
            "documented" => settings.iter_mut().for_each(|it| it.enforced = true),
            "off" => *settings = BUDGETS.iter().map(Setting::of).collect(),
            _ => {
                let (name, limit) = text.split_once('=').ok_or_else(failed)?;
                let limit = limit.trim().parse().map_err(|_| failed())?;
                let name = name.trim();
                let found = settings.iter_mut().find(|it| it.budget == name);
                let found = found.ok_or_else(failed)?;
                found.limit = limit;
                found.enforced = true;
            }
        }
        Ok(())
    }

    /// How all budgets are set.
    pub fn settings(&self) -> Vec<Setting> {
        let settings = self.settings.read().unwrap_or_else(PoisonError::into_inner);
        settings.clone()
    }

    /// Gives back all that was used.
    pub fn refill(&self) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.clear();
    }

    /// Takes one request out of the budget of an owner; what is left of it, never less than 1 while it is not enforced.
    ///
    /// # Errors
    /// It is used up.
    pub fn take(&self, budget: &str, owner: (&str, &str), now: i64) -> Result<u32, UsedUp> {
        let Some(setting) = self.setting(budget) else {
            return Ok(u32::MAX);
        };
        let key = self
            .hasher
            .hash_one((setting.budget, lower(owner.0), lower(owner.1)));
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= KEPT {
            used.retain(|_, it| it.until > now);
        }
        let window = i64::from(setting.window_seconds);
        let fresh = Used {
            until: now + window,
            count: 0,
        };
        let it = used.entry(key).or_insert(fresh);
        // A window in the far future is one from before the clock was put back.
        if it.until <= now || it.until > now + window {
            *it = fresh;
        }
        if it.count < setting.limit {
            it.count += 1;
        } else if setting.enforced {
            let retry_after = u32::try_from(it.until - now).unwrap_or(1).max(1);
            return Err(UsedUp {
                budget: setting.budget,
                retry_after,
            });
        }
        let left = setting.limit - it.count;
        Ok(if setting.enforced { left } else { left.max(1) })
    }

    /// Notes that a request of an owner runs.
    ///
    /// # Errors
    /// As many run already as may.
    pub fn run(&self, budget: &str, owner: &str) -> Result<Option<Running>, UsedUp> {
        let Some(setting) = self.setting(budget).filter(|it| it.enforced) else {
            return Ok(None);
        };
        let key = self.hasher.hash_one((setting.budget, owner));
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let count = Arc::clone(running.entry(key).or_default());
        drop(running);
        let may = |count: u32| (count < setting.limit).then_some(count + 1);
        match count.fetch_update(Ordering::AcqRel, Ordering::Acquire, may) {
            Ok(_) => Ok(Some(Running(count))),
            Err(_) => Err(UsedUp {
                budget: setting.budget,
                retry_after: 1,
            }),
        }
    }

    fn setting(&self, budget: &str) -> Option<Setting> {
        let settings = self.settings.read().unwrap_or_else(PoisonError::into_inner);
        settings.iter().find(|it| it.budget == budget).copied()
    }
}

fn names() -> String {
    let names: Vec<&str> = BUDGETS.iter().map(|it| it.id).collect();
    names.join(", ")
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_used_up_and_comes_back_with_time() {
        let throttle = Throttle::default();
        throttle.set("arm-reads=2").unwrap();
        let take = |owner, now| throttle.take("arm-reads", owner, now);
        assert_eq!(take(("s", "me"), 100), Ok(1));
        assert_eq!(take(("S", "ME"), 200), Ok(0));
        let used_up = UsedUp {
            budget: "arm-reads",
            retry_after: 3600 - 200,
        };
        assert_eq!(take(("s", "me"), 300), Err(used_up));
        assert_eq!(
            take(("s", "other"), 300),
            Ok(1),
            "each principal has its own"
        );
        assert_eq!(take(("s", "me"), 3700), Ok(1));
        assert_eq!(take(("s", "me"), 100), Ok(1), "the clock was put back");
        throttle.refill();
        assert_eq!(take(("s", "me"), 3700), Ok(1));
    }

    #[test]
    fn nothing_is_refused_unless_asked_for() {
        let throttle = Throttle::default();
        for _ in 0..600 {
            throttle.take("private-dns-reads", ("s", ""), 1).unwrap();
        }
        assert_eq!(throttle.take("private-dns-reads", ("s", ""), 1), Ok(1));
        throttle.set("documented").unwrap();
        assert!(throttle.take("private-dns-reads", ("s", ""), 1).is_err());
        throttle.set("off").unwrap();
        assert!(throttle.take("private-dns-reads", ("s", ""), 1).is_ok());
        for bad in ["", "arm-reads", "arm-reads=x", "arm-reads=-1", "reads=1"] {
            let error = throttle.set(bad).unwrap_err().to_string();
            assert!(error.contains("budgets are arm-reads, "), "{error}");
        }
    }

    #[test]
    fn so_many_run_at_once() {
        let throttle = Throttle::default();
        assert!(throttle.run("imds-concurrent", "vm").unwrap().is_none());
        throttle.set("imds-concurrent=1").unwrap();
        let first = throttle.run("imds-concurrent", "vm").unwrap();
        assert!(throttle.run("imds-concurrent", "vm").is_err());
        assert!(throttle.run("imds-concurrent", "other").is_ok());
        drop(first);
        assert!(throttle.run("imds-concurrent", "vm").is_ok());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let throttle = Throttle::default();
        for owner in 0..30_000_i64 {
            let name = owner.to_string();
            throttle.take("arm-reads", (&name, ""), owner).unwrap();
        }
        assert!(throttle.used.lock().unwrap().len() <= KEPT + 1);
    }
}
