//! Changes that are on their way: each of something that the world has.

use super::Rules;
use crate::ids::ResourceId;
use crate::rbac::assignment::ROLE_ASSIGNMENTS;
use crate::services::private_dns::A_RECORDS;
use crate::world::Unheard;

impl Rules<'_> {
    pub(super) fn propagation(&mut self) {
        let world = self.world;
        for (index, row) in world.propagation.iter().enumerate() {
            if !self.can_be_on_its_way(row) {
                self.missing(
                    &["resources", "tenants", "commits"],
                    &["propagation".into(), index.into(), "of".into()],
                    format!("nothing of this world is {}", row.of),
                    "the id of a role assignment, of an A record set in a zone, of a federated credential, or MANAGER/commits/REGION",
                    "",
                );
            }
        }
    }

    fn can_be_on_its_way(&self, row: &Unheard) -> bool {
        let world = self.world;
        let mut tenants = world.tenants.values();
        let mut commits = world.commits.iter();
        let is_credential = tenants.any(|tenant| {
            let applications = tenant.applications.iter();
            let mut all = applications.flat_map(|own| &own.federated_identity_credentials);
            all.any(|own| own.id.eq_ignore_ascii_case(&row.of))
        });
        let is_commit = commits.any(|commit| {
            let place = format!("{}/commits/{}", commit.network_manager, commit.region);
            place.eq_ignore_ascii_case(&row.of)
        });
        is_credential || is_commit || self.is_written(&row.of)
    }

    /// A role assignment that the world has; a record in a zone that it has, for a zone group may write it.
    fn is_written(&self, id: &str) -> bool {
        let Ok(parsed) = ResourceId::parse(id) else {
            return false;
        };
        let is = |resource_type: &str| parsed.resource_type.eq_ignore_ascii_case(resource_type);
        let knows = |id: &str| self.known.contains_key(&id.to_ascii_lowercase());
        match parsed.parent() {
            Some(zone) if is(A_RECORDS) => knows(zone),
            _ => is(ROLE_ASSIGNMENTS) && knows(id),
        }
    }
}
