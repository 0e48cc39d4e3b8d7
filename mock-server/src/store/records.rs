//! Record sets that zone groups wrote and somebody deleted.
//!
//! What a zone group writes is derived, so its deletion has to be remembered: it counts for groups that were written
//! before it. A group that is written again brings its records back (PITFALLS B12: "delete the whole A record and let the
//! zone group recreate it").

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{State, lower};

/// By zone and name in lower case: the version from which on writes count again.
pub(super) type Erased = BTreeMap<(String, String), usize>;

impl State {
    /// Deletes what was written under a name of a zone until now.
    pub fn erase_record(&mut self, zone: &str, name: &str) {
        let key = (lower(zone), lower(name));
        self.erased_records.insert(key, self.changes());
        self.derived = OnceLock::new();
    }

    /// Was what a resource of this version wrote under a name of a zone deleted since?
    pub fn is_erased(&self, zone: &str, name: &str, version: usize) -> bool {
        if self.erased_records.is_empty() {
            return false;
        }
        let at = self.erased_records.get(&(lower(zone), lower(name)));
        at.is_some_and(|at| version < *at)
    }
}
