//! Changes that settings show already, and that the services which act on them have still to hear of.
//!
//! Azure spreads changes: a role takes minutes until every service knows it, a federated credential until every replica of
//! Entra does, a record until every DNS server does (PITFALLS C09, C21, B08). Rows of a world say what is on its way and when
//! it arrives, in seconds after the clock's start. The context takes rows out when their time has come.

use std::sync::OnceLock;
use std::time::Duration;

use super::State;
use crate::world::{DeploymentStatus, Unheard};

/// How long the replicas of Entra answer in turn.
const TURN: Duration = Duration::from_secs(2);

impl State {
    /// What is on its way.
    pub fn propagation(&self) -> &[Unheard] {
        &self.propagation
    }

    /// Have services still to hear of this?
    pub fn is_unheard(&self, id: &str) -> bool {
        self.unheard(id).is_some()
    }

    /// Has the replica that answers at this time after the clock's start still to hear of this?
    pub fn is_unheard_at(&self, id: &str, elapsed: Duration) -> bool {
        let by_turns = (elapsed.as_secs() / TURN.as_secs()).is_multiple_of(2);
        self.unheard(id).is_some_and(|row| !row.flaps || by_turns)
    }

    fn unheard(&self, id: &str) -> Option<&Unheard> {
        self.propagation
            .iter()
            .find(|row| row.of.eq_ignore_ascii_case(id))
    }

    /// Does something arrive by this time after the clock's start?
    pub fn arrives(&self, elapsed: Duration) -> bool {
        self.propagation.iter().any(|row| row.has_arrived(elapsed))
    }

    /// Takes out what has arrived.
    pub fn arrive(&mut self, elapsed: Duration) {
        let (arrived, left) = std::mem::take(&mut self.propagation)
            .into_iter()
            .partition(|row| row.has_arrived(elapsed));
        self.propagation = left;
        let arrived: Vec<Unheard> = arrived;
        for row in &arrived {
            let is_it = |(_, commit): &(usize, &crate::world::Commit)| {
                let place = format!("{}/commits/{}", commit.network_manager, commit.region);
                place.eq_ignore_ascii_case(&row.of)
            };
            let last = self.commits.iter().enumerate().rfind(is_it);
            if let Some((at, commit)) = last
                && commit.status != DeploymentStatus::Failed
            {
                self.deployed(at);
            }
        }
        self.derived = OnceLock::new();
    }
}

impl Unheard {
    fn has_arrived(&self, elapsed: Duration) -> bool {
        elapsed.as_secs() >= self.seconds
    }
}
