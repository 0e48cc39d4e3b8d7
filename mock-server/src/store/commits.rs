//! What network managers were told to deploy, by clients: rows after those of the world.

use super::State;
use crate::world::{Commit, DeploymentStatus};

impl State {
    /// Adds a commit, and says in which row it is: rows are never taken out.
    pub fn add_commit(&mut self, commit: Commit) -> usize {
        self.commits.push(commit);
        self.derived = std::sync::OnceLock::new();
        self.commits.len() - 1
    }

    /// A commit is in force from now on.
    pub fn deployed(&mut self, row: usize) {
        if let Some(commit) = self.commits.get_mut(row) {
            commit.status = DeploymentStatus::Deployed;
            self.derived = std::sync::OnceLock::new();
        }
    }
}
