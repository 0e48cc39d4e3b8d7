//! What must a commit name so that a region gets this configuration and loses nothing?
//!
//! A commit is the whole goal state of a region (A12). What is active there counts, and what the last commit meant to
//! have: a failed one took nothing away. A configuration that does not exist any more cannot be committed. And a commit
//! brings every configuration that it names as it stands now, with edits that nobody has committed yet (A11).

use super::Region;
use crate::checks::network_manager::configuration::Configuration;
use crate::checks::network_manager::ids::{key, same, slashed};
use crate::checks::wire::list_of;

impl Region {
    /// The configurations that a commit must name, this one last.
    pub(super) fn goal(
        &self,
        configured: &Configuration,
        existing: Option<&[Configuration]>,
    ) -> Vec<String> {
        let intended = self
            .deployment
            .iter()
            .flat_map(|own| &own.configuration_ids);
        let active = self.active.iter().map(|own| &own.id);
        let exists =
            |id: &&String| existing.is_none_or(|known| known.iter().any(|own| same(&own.id, id)));
        let mut goal: Vec<String> = Vec::new();
        for id in active.chain(intended).filter(exists) {
            if !goal.iter().any(|own| same(own, id)) && !same(id, &configured.id) {
                goal.push(slashed(id));
            }
        }
        goal.sort_by_key(|id| key(id));
        goal.push(slashed(&configured.id));
        goal
    }

    /// Others' later edits that a commit would put in force, too; empty when there are none.
    pub(super) fn edited(
        &self,
        configured: &Configuration,
        existing: Option<&[Configuration]>,
    ) -> String {
        let others = existing.unwrap_or_default().iter();
        let others = others.filter(|own| !same(&own.id, &configured.id));
        let changed = others.filter_map(|own| {
            let active = self
                .active
                .iter()
                .find(|active| same(&active.id, &own.id))?;
            let differences = own.differences(active);
            let name = own.id.rsplit('/').next().unwrap_or_default();
            (!differences.is_empty()).then(|| format!("{name} ({})", differences.join(", ")))
        });
        let changed: Vec<String> = changed.collect();
        match changed.is_empty() {
            true => String::new(),
            false => list_of(changed),
        }
    }
}
