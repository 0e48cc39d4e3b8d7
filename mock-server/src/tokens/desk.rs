//! Where signatures are made: threads of their own, as many as there are cores.
//!
//! A signature takes half a millisecond of one core and cannot be interrupted. More of them at a time than there are cores
//! would end no sooner, and whoever wants a core meanwhile would wait for all of them. So there is one thread for each core;
//! it gives way after each signature; and while other requests come ([`Desk::make_way`]), one core is left to them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use super::SigningFailed;

/// For how long the last thread does nothing when other requests came.
const PAUSE: Duration = Duration::from_millis(20);

/// Makes a signature over a text.
pub(super) type Sign = dyn Fn(&[u8]) -> Result<Vec<u8>, SigningFailed> + Send + Sync;

/// The threads; they begin with the first signature and end when this is dropped.
pub(super) struct Desk {
    sign: Arc<Sign>,
    jobs: OnceLock<Sender<Job>>,
    others: Arc<AtomicU64>,
}

struct Job {
    text: Vec<u8>,
    answer: SyncSender<Result<Vec<u8>, SigningFailed>>,
}

impl Desk {
    pub(super) fn new(sign: Arc<Sign>) -> Self {
        Self {
            sign,
            jobs: OnceLock::new(),
            others: Arc::default(),
        }
    }

    /// Notes that a request came which needs no signature.
    pub(super) fn make_way(&self) {
        self.others.fetch_add(1, Ordering::Relaxed);
    }

    /// Signs on one of the threads, and waits for it.
    pub(super) fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        let (answer, answered) = sync_channel(1);
        let text = text.to_vec();
        let job = Job { text, answer };
        let jobs = self.jobs.get_or_init(|| self.open());
        jobs.send(job).map_err(|_| SigningFailed)?;
        answered.recv().map_err(|_| SigningFailed)?
    }

    /// Begins the threads; where none can begin, nothing is signed.
    fn open(&self) -> Sender<Job> {
        let (jobs, todo) = channel();
        let todo = Arc::new(Mutex::new(todo));
        let cores = thread::available_parallelism().map_or(1, usize::from);
        for number in 0..cores {
            let worker = Worker {
                sign: Arc::clone(&self.sign),
                todo: Arc::clone(&todo),
                // A single core is nobody's.
                others: (number > 0 && number + 1 == cores).then(|| Arc::clone(&self.others)),
            };
            let named = thread::Builder::new().name("signing".to_owned());
            let _ = named.spawn(move || worker.run());
        }
        jobs
    }
}

struct Worker {
    sign: Arc<Sign>,
    todo: Arc<Mutex<Receiver<Job>>>,
    /// Requests that need no signature, for the one thread that makes way for them.
    others: Option<Arc<AtomicU64>>,
}

impl Worker {
    fn run(self) {
        let mut seen = 0;
        loop {
            self.make_way(&mut seen);
            let Some(job) = self.next() else { return };
            // Who asked may have gone.
            let _ = job.answer.send((self.sign)(&job.text));
            thread::yield_now();
        }
    }

    /// Waits until no other request comes.
    fn make_way(&self, seen: &mut u64) {
        let Some(others) = &self.others else { return };
        loop {
            let now = others.load(Ordering::Relaxed);
            if std::mem::replace(seen, now) == now {
                return;
            }
            thread::sleep(PAUSE);
        }
    }

    /// The next job; nothing when there will be no more.
    fn next(&self) -> Option<Job> {
        let todo = self.todo.lock().unwrap_or_else(PoisonError::into_inner);
        todo.recv().ok()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::thread::ThreadId;

    use super::*;

    #[test]
    fn each_gets_the_signature_of_its_own_text() {
        let desk = Desk::new(Arc::new(|text| Ok([text, b"!"].concat())));
        thread::scope(|scope| {
            for number in 0..16 {
                let desk = &desk;
                scope.spawn(move || {
                    for turn in 0..50 {
                        desk.make_way();
                        let text = format!("{number}:{turn}");
                        let signed = desk.sign(text.as_bytes()).unwrap();
                        assert_eq!(signed, format!("{text}!").into_bytes());
                    }
                });
            }
        });
    }

    #[test]
    fn no_more_threads_sign_than_there_are_cores_and_the_caller_does_not() {
        let threads = Arc::new(Mutex::new(BTreeSet::new()));
        let noted = Arc::clone(&threads);
        let desk = Desk::new(Arc::new(move |_| {
            let id: ThreadId = thread::current().id();
            noted.lock().unwrap().insert(format!("{id:?}"));
            Ok(Vec::new())
        }));
        let callers: BTreeSet<String> = thread::scope(|scope| {
            let ask = || {
                desk.sign(b"").unwrap();
                format!("{:?}", thread::current().id())
            };
            let all: Vec<_> = (0..32).map(|_| scope.spawn(ask)).collect();
            all.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let threads = threads.lock().unwrap();
        let cores = thread::available_parallelism().unwrap().get();
        assert!(threads.len() <= cores, "{threads:?}");
        assert!(threads.is_disjoint(&callers));
    }

    #[test]
    fn a_failure_is_told_and_threads_end_with_the_desk() {
        let kept = Arc::new(());
        let held = Arc::clone(&kept);
        let desk = Desk::new(Arc::new(move |_| {
            let _ = &held;
            Err(SigningFailed)
        }));
        assert_eq!(desk.sign(b"text"), Err(SigningFailed));
        drop(desk);
        while Arc::strong_count(&kept) > 1 {
            thread::yield_now();
        }
    }
}
