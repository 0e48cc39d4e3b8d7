//! The wire faults of a running mock: what happens to this request?
//!
//! Without faults the answer costs one atomic load. All faults that match take part: delays add up, the first that
//! replaces the reply and the first that shapes its body win.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde::Serialize;

use super::Effect;
use super::matching::{Matching, Question};
use super::parse::WireFault;

/// The wire faults of a mock.
#[derive(Debug, Default)]
pub struct Wire {
    any: AtomicBool,
    given_out: AtomicU64,
    faults: RwLock<Vec<Arc<Running>>>,
}

#[derive(Debug)]
struct Running {
    number: u64,
    fault: WireFault,
    matched: AtomicU64,
    fired: AtomicU64,
}

/// A wire fault as the control interface shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Planted {
    /// Running number, from 1: names it.
    pub number: u64,
    /// As it was written.
    pub fault: String,
    /// Name of its kind.
    pub kind: &'static str,
    /// What it matches.
    #[serde(rename = "match")]
    pub matching: Matching,
    /// Requests that it matched.
    pub matched: u64,
    /// How often it happened.
    pub fired: u64,
    /// How often it may still happen; nothing when there is no end.
    pub left: Option<u64>,
}

/// What is to happen to a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Wait before anything else.
    pub delay: Duration,
    /// What comes instead of the service's reply.
    pub instead: Option<Instead>,
    /// What becomes of the reply's body.
    pub shape: Option<Shape>,
}

/// What comes instead of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// A status.
    Status {
        /// Which.
        status: u16,
        /// Without a body.
        raw: bool,
        /// `Retry-After`, in seconds.
        retry_after: Option<u32>,
    },
    /// Nothing: the connection closes.
    Drop,
    /// Random bytes below TLS.
    Noise {
        /// How many.
        bytes: usize,
        /// What they begin with.
        seed: u64,
    },
}

/// What becomes of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// It ends after so many bytes, or halfway.
    Truncate(Option<usize>),
    /// Random bytes.
    Garbage {
        /// How many.
        bytes: usize,
        /// What they begin with.
        seed: u64,
    },
    /// So many bytes a second.
    Drip(u32),
}

impl Wire {
    /// Plants a fault; its number.
    pub fn plant(&self, fault: WireFault) -> u64 {
        let number = self.given_out.fetch_add(1, Ordering::Relaxed) + 1;
        let running = Running {
            number,
            fault,
            matched: AtomicU64::new(0),
            fired: AtomicU64::new(0),
        };
        let mut faults = self.faults.write().unwrap_or_else(PoisonError::into_inner);
        faults.push(Arc::new(running));
        self.any.store(true, Ordering::Release);
        number
    }

    /// Takes one out; says whether it was there.
    pub fn heal(&self, number: u64) -> bool {
        let mut faults = self.faults.write().unwrap_or_else(PoisonError::into_inner);
        let before = faults.len();
        faults.retain(|it| it.number != number);
        self.any.store(!faults.is_empty(), Ordering::Release);
        faults.len() < before
    }

    /// Takes all out.
    pub fn heal_all(&self) {
        let mut faults = self.faults.write().unwrap_or_else(PoisonError::into_inner);
        faults.clear();
        self.any.store(false, Ordering::Release);
    }

    /// Those that are planted, oldest first, worn out ones included.
    pub fn planted(&self) -> Vec<Planted> {
        let faults = self.faults.read().unwrap_or_else(PoisonError::into_inner);
        faults.iter().map(|it| it.shown()).collect()
    }

    /// What happens to an HTTP request; nothing when no fault concerns it.
    pub fn http(&self, question: &Question<'_>) -> Option<Verdict> {
        self.verdict(question, false)
    }

    /// What happens to a DNS question.
    pub fn dns(&self, question: &Question<'_>) -> Option<Verdict> {
        self.verdict(question, true)
    }

    fn verdict(&self, question: &Question<'_>, dns: bool) -> Option<Verdict> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let mut verdict = Verdict::default();
        let faults = self.faults.read().unwrap_or_else(PoisonError::into_inner);
        for running in faults.iter().filter(|it| it.fault.dns == dns) {
            if running.fault.matching.concerns(question)
                && let Some(chance) = running.fires()
            {
                verdict.add(&running.fault, chance);
            }
        }
        (verdict != Verdict::default()).then_some(verdict)
    }
}

impl Running {
    /// Does it happen this time? With it, what its chance begins with.
    fn fires(&self) -> Option<u64> {
        let matched = self.matched.fetch_add(1, Ordering::Relaxed);
        let chance = mixed(self.fault.seed, matched);
        let by_chance = chance % 1_000_000 < u64::from(self.fault.per_million);
        if matched < self.fault.after || !by_chance {
            return None;
        }
        let most = self.fault.times.unwrap_or(u64::MAX);
        let fire = |fired: u64| (fired < most).then_some(fired.saturating_add(1));
        let fired = self
            .fired
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fire);
        fired.is_ok().then(|| mixed(chance, 1))
    }

    fn shown(&self) -> Planted {
        let fired = self.fired.load(Ordering::Relaxed);
        Planted {
            number: self.number,
            fault: self.fault.text.clone(),
            kind: self.fault.kind,
            matching: self.fault.matching.clone(),
            matched: self.matched.load(Ordering::Relaxed),
            fired,
            left: self.fault.times.map(|times| times.saturating_sub(fired)),
        }
    }
}

impl Verdict {
    fn add(&mut self, fault: &WireFault, chance: u64) {
        let (instead, shape) = match fault.effect {
            Effect::Delay(by) => {
                self.delay = self.delay.saturating_add(by);
                return;
            }
            Effect::Jitter(most) => {
                let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
                let by = Duration::from_millis(chance % most.saturating_add(1).max(1));
                self.delay = self.delay.saturating_add(by);
                return;
            }
            Effect::Status(status) => {
                let (raw, retry_after) = (fault.raw, fault.retry_after);
                (
                    Some(Instead::Status {
                        status,
                        raw,
                        retry_after,
                    }),
                    None,
                )
            }
            Effect::Drop => (Some(Instead::Drop), None),
            Effect::Noise(bytes) => (
                Some(Instead::Noise {
                    bytes,
                    seed: chance,
                }),
                None,
            ),
            Effect::Truncate(after) => (None, Some(Shape::Truncate(after))),
            Effect::Garbage(bytes) => (
                None,
                Some(Shape::Garbage {
                    bytes,
                    seed: chance,
                }),
            ),
            Effect::Drip(rate) => (None, Some(Shape::Drip(rate))),
        };
        self.instead = self.instead.or(instead);
        self.shape = self.shape.or(shape);
    }
}

/// The n-th number of a seed: splitmix64 (Steele, Lea, Flood 2014), which needs no state.
fn mixed(seed: u64, n: u64) -> u64 {
    let mut z = seed.wrapping_add(n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// So many random bytes of a seed.
pub fn random_bytes(seed: u64, count: usize) -> Vec<u8> {
    let words = 0..u64::try_from(count.div_ceil(8)).unwrap_or(u64::MAX);
    let mut bytes: Vec<u8> = words.flat_map(|n| mixed(seed, n).to_le_bytes()).collect();
    bytes.truncate(count);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: Question<'_> = Question {
        host: "kv.vault.azure.net",
        method: "GET",
        path: "/secrets/x",
        vantage: "app",
    };

    fn fates(fault: &str, count: usize) -> Vec<bool> {
        let wire = Wire::default();
        wire.plant(fault.parse().unwrap());
        (0..count).map(|_| wire.http(&QUESTION).is_some()).collect()
    }

    #[test]
    fn it_happens_as_often_as_it_says() {
        assert_eq!(fates("drop,times=2", 4), [true, true, false, false]);
        assert_eq!(fates("drop,after=1,times=1", 3), [false, true, false]);
        assert_eq!(fates("drop,host=other", 2), [false, false]);
        assert_eq!(fates("dns-drop", 1), [false], "DNS faults are not for HTTP");
    }

    #[test]
    fn chance_repeats_and_keeps_its_share() {
        let once = fates("drop,probability=0.3,seed=5", 2000);
        assert_eq!(once, fates("drop,probability=0.3,seed=5", 2000));
        assert_ne!(once, fates("drop,probability=0.3,seed=6", 2000));
        let share = once.iter().filter(|fired| **fired).count();
        assert!((500..700).contains(&share), "{share}");
        assert_eq!(fates("drop,probability=0", 3), [false; 3]);
    }

    #[test]
    fn delays_add_up_and_the_first_reply_wins() {
        let wire = Wire::default();
        for fault in [
            "delay=20ms",
            "delay=10ms",
            "status=503,retry-after=1",
            "status=500",
            "drip=9",
        ] {
            wire.plant(fault.parse().unwrap());
        }
        let verdict = wire.http(&QUESTION).unwrap();
        assert_eq!(verdict.delay, Duration::from_millis(30));
        assert!(matches!(
            verdict.instead,
            Some(Instead::Status {
                status: 503,
                raw: false,
                retry_after: Some(1)
            })
        ));
        assert_eq!(verdict.shape, Some(Shape::Drip(9)));
        let planted = wire.planted();
        assert_eq!((planted[3].number, planted[3].fired), (4, 1));
        assert!(wire.heal(3) && !wire.heal(3));
        wire.heal_all();
        assert_eq!(wire.http(&QUESTION), None);
    }

    #[test]
    fn jitter_stays_below_its_time() {
        let wire = Wire::default();
        wire.plant("jitter=10ms".parse().unwrap());
        let delays: Vec<_> = (0..100)
            .filter_map(|_| wire.http(&QUESTION))
            .map(|it| it.delay)
            .collect();
        assert!(delays.iter().all(|it| *it <= Duration::from_millis(10)));
        assert!(
            delays
                .iter()
                .collect::<std::collections::BTreeSet<_>>()
                .len()
                > 3
        );
    }

    #[test]
    fn random_bytes_repeat() {
        assert_eq!(random_bytes(1, 13), random_bytes(1, 13));
        assert_eq!(random_bytes(1, 13).len(), 13);
        assert_ne!(random_bytes(1, 13), random_bytes(2, 13));
    }
}
