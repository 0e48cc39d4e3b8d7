//! Answers that hold for as long as the state is what it is: rights that were found, and resources that were shown.
//!
//! A memo belongs to one [`crate::context::Snapshot`] and is reached through it alone. Who changes the state has the state
//! without its memo, and the next snapshot begins with an empty one: an answer cannot outlive what it was found in. What
//! depends on anything else (time, tokens, budgets, wire faults) is asked on every request and does not belong here.

use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock};

use crate::request::Reply;

/// Answers of a kind that are kept; when there are more, all of them are forgotten.
const LIMIT: usize = 512;
/// Largest body that is kept.
const BODY_LIMIT: usize = 16 * 1024;

/// What was found in a snapshot.
#[derive(Debug, Default)]
pub struct Memo {
    granted: RwLock<HashSet<String>>,
    shown: RwLock<HashMap<String, Reply>>,
}

impl Memo {
    /// Was this granted, or is it now? A refusal is not kept.
    ///
    /// # Errors
    /// What `decide` says.
    pub fn granted<E>(
        &self,
        right: String,
        decide: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let known = self.granted.read().unwrap_or_else(PoisonError::into_inner);
        if known.contains(&right) {
            return Ok(());
        }
        drop(known);
        decide()?;
        let mut known = self.granted.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= LIMIT {
            known.clear();
        }
        known.insert(right);
        Ok(())
    }

    /// The reply that shows what a path names: as it was made before, or as `show` makes it now. An error is not kept.
    ///
    /// # Errors
    /// What `show` says.
    pub fn shown(
        &self,
        path: &str,
        show: impl FnOnce() -> Result<Reply, Reply>,
    ) -> Result<Reply, Reply> {
        let known = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(reply) = known.get(path) {
            return Ok(reply.clone());
        }
        drop(known);
        let reply = show()?;
        if reply.body.len() > BODY_LIMIT {
            return Ok(reply);
        }
        let mut known = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= LIMIT {
            known.clear();
        }
        known.insert(path.to_owned(), reply.clone());
        Ok(reply)
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn reply(length: usize) -> Reply {
        let mut reply = Reply::empty(StatusCode::OK);
        reply.body = vec![b'x'; length].into();
        reply
    }

    #[test]
    fn what_is_granted_or_shown_is_found_once_and_what_is_refused_every_time() {
        let memo = Memo::default();
        for _ in 0..2 {
            assert_eq!(memo.granted("a".to_owned(), || Err("no")), Err("no"));
            let missing = memo.shown("a", || Err(Reply::empty(StatusCode::NOT_FOUND)));
            assert_eq!(missing.unwrap_err().status, 404);
        }
        assert_eq!(memo.granted::<()>("a".to_owned(), || Ok(())), Ok(()));
        assert_eq!(memo.granted("a".to_owned(), || Err("asked again")), Ok(()));
        assert_eq!(memo.granted("b".to_owned(), || Err("no")), Err("no"));
        assert!(memo.shown("a", || Ok(reply(3))).is_ok());
        let again = memo.shown("a", || panic!("shown again")).unwrap();
        assert_eq!(again.body.len(), 3);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let memo = Memo::default();
        for number in 0..LIMIT * 3 {
            let name = number.to_string();
            assert!(memo.shown(&name, || Ok(reply(1))).is_ok());
            assert_eq!(memo.granted::<()>(name, || Ok(())), Ok(()));
            assert!(memo.shown.read().unwrap().len() <= LIMIT);
            assert!(memo.granted.read().unwrap().len() <= LIMIT);
        }
        assert!(memo.shown("large", || Ok(reply(BODY_LIMIT + 1))).is_ok());
        assert!(!memo.shown.read().unwrap().contains_key("large"));
    }
}
