//! Reads of the same document within a run are shared: the first who asks asks for all, the others wait for the
//! answer (single flight). A poll replaces what is shared.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::OnceCell;

use crate::outcome::{Evidence, NoAnswer};

/// What a read came back with, and how it was asked.
#[derive(Clone, Debug)]
pub(super) struct SharedAnswer {
    /// The document, or the items of a list; `None` when it does not exist.
    pub value: Result<Option<Value>, NoAnswer>,
    /// How it was asked.
    pub evidence: Evidence,
}

type Cell = Arc<OnceCell<SharedAnswer>>;

/// The reads of a run, by what was asked as whom.
#[derive(Debug, Default)]
pub(super) struct SharedReads(Mutex<HashMap<String, Cell>>);

impl SharedReads {
    /// The answer under `key`: the one that is there or in flight, else the one that `ask` brings. With `anew` an
    /// answer that is already there is replaced. The flag says whether somebody else had asked.
    pub(super) async fn get<F>(
        &self,
        key: String,
        anew: bool,
        ask: impl FnOnce() -> F,
    ) -> (SharedAnswer, bool)
    where
        F: Future<Output = SharedAnswer>,
    {
        let cell = self.cell(key, anew);
        let mut asked = false;
        let answer = cell
            .get_or_init(|| {
                asked = true;
                ask()
            })
            .await;
        (answer.clone(), !asked)
    }

    fn cell(&self, key: String, anew: bool) -> Cell {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = cells.entry(key).or_default();
        if anew && cell.initialized() {
            *cell = Cell::default();
        }
        Arc::clone(cell)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    async fn count(reads: &SharedReads, asked: &AtomicU32, anew: bool) -> (SharedAnswer, bool) {
        reads
            .get("k".to_owned(), anew, || async {
                asked.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                SharedAnswer {
                    value: Ok(None),
                    evidence: Evidence::default(),
                }
            })
            .await
    }

    #[tokio::test]
    async fn whoever_asks_at_the_same_time_shares_one_read_and_a_poll_replaces_it() {
        let (reads, asked) = (SharedReads::default(), AtomicU32::new(0));
        let (first, second) =
            tokio::join!(count(&reads, &asked, false), count(&reads, &asked, false));
        assert_eq!(
            (first.1, second.1, asked.load(Ordering::SeqCst)),
            (false, true, 1)
        );
        assert!(count(&reads, &asked, false).await.1);
        assert!(!count(&reads, &asked, true).await.1);
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }
}
