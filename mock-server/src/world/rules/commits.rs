//! Commits of network managers, and what became of connections before now.

use super::Rules;
use super::place::{Step, below};
use crate::ids::ResourceId;
use crate::world::{Commit, CommittedConfiguration, DeploymentStatus};

const MANAGER: &str = "Microsoft.Network/networkManagers";
const CONFIGURATION: &str = "Microsoft.Network/networkManagers/connectivityConfigurations";

impl Rules<'_> {
    pub(super) fn commits(&mut self) {
        let world = self.world;
        for (index, commit) in world.commits.iter().enumerate() {
            let place = ["commits".into(), index.into()];
            self.points_at(
                &below(&place, &["network-manager".into()]),
                &commit.network_manager,
                MANAGER,
            );
            self.commit(&place, commit);
            for (index, committed) in commit.configurations.iter().enumerate() {
                let place = below(&place, &["configurations".into(), index.into()]);
                self.committed(&place, commit, committed);
            }
        }
        for (index, past) in world.past_connections.iter().enumerate() {
            let place = ["past-connections".into(), index.into()];
            for (name, id) in [
                ("network-manager", &past.network_manager),
                ("scope", &past.scope),
            ] {
                if let Err(why) = ResourceId::parse(id) {
                    let place = below(&place, &[Step::Key(name)]);
                    self.problem(&place, format!("not an ARM id: it {why}"), "an ARM id", "");
                }
            }
        }
    }

    fn commit(&mut self, place: &[Step<'_>], commit: &Commit) {
        if commit.region.trim().is_empty() {
            let place = below(place, &["region".into()]);
            self.problem(
                &place,
                "the commit names no region",
                "a region such as japaneast",
                "",
            );
        }
        if let Some(at) = &commit.at {
            self.time(&below(place, &["at".into()]), at);
        }
        if commit.error.is_some() && commit.status != DeploymentStatus::Failed {
            let place = below(place, &["error".into()]);
            let title = "a commit that did not fail has no error";
            self.problem(&place, title, "status: Failed, or no error", "");
        }
    }

    fn committed(
        &mut self,
        place: &[Step<'_>],
        commit: &Commit,
        committed: &CommittedConfiguration,
    ) {
        let place = below(place, &["id".into()]);
        let manager = format!("{}/", commit.network_manager.to_ascii_lowercase());
        if !committed.id.to_ascii_lowercase().starts_with(&manager) {
            let title = "the configuration is not one of this network manager";
            self.problem(
                &place,
                title,
                &format!("an id below {}", commit.network_manager),
                "",
            );
        } else if committed.properties.is_none()
            && commit.kind == crate::world::CommitType::Connectivity
        {
            // One that was deleted since needs its `properties`; of the others only Azure's own types are known.
            self.points_at(&place, &committed.id, CONFIGURATION);
        }
    }
}
