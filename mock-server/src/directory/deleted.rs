//! What was deleted and can be restored: applications and service principals stay for 30 days (microsoft-graph-docs,
//! `directory-deleteditems-list`); groups of the kind that the mock has are gone at once.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{Details, Directory, lower};
use crate::world::{Application, ServicePrincipal};

/// How long a deleted object can be restored.
const KEPT: Duration = Duration::days(30);

/// A deleted object.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Deleted {
    /// When it was deleted.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The object.
    pub object: DeletedObject,
    pub(super) details: Details,
}

/// Which object was deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeletedObject {
    /// An application object.
    Application(Box<Application>),
    /// A service principal.
    ServicePrincipal(Box<ServicePrincipal>),
}

impl Deleted {
    /// What stood beside its properties.
    pub fn details(&self) -> &Details {
        &self.details
    }

    /// Can it still be restored?
    pub fn is_kept_at(&self, now: OffsetDateTime) -> bool {
        now - self.at < KEPT
    }
}

impl Directory {
    /// What was deleted in a tenant, by object id.
    pub fn deleted<'a>(&'a self, tenant: &str) -> impl Iterator<Item = &'a Deleted> + use<'a> {
        super::of_tenant(&self.deleted, tenant)
    }

    /// A deleted object of a tenant.
    pub fn deleted_object(&self, tenant: &str, object_id: &str) -> Option<&Deleted> {
        self.deleted.get(&(lower(tenant), lower(object_id)))
    }

    /// Removes a deleted object for good; says whether it was there.
    pub fn purge(&mut self, tenant: &str, object_id: &str) -> bool {
        self.deleted
            .remove(&(lower(tenant), lower(object_id)))
            .is_some()
    }

    /// Puts a deleted object back, as it was.
    pub fn restore(&mut self, tenant: &str, object_id: &str) -> bool {
        let key = (lower(tenant), lower(object_id));
        let Some(deleted) = self.deleted.remove(&key) else {
            return false;
        };
        match deleted.object {
            DeletedObject::Application(application) => self.add_application(tenant, *application),
            DeletedObject::ServicePrincipal(it) => self.add_service_principal(tenant, *it),
        }
        self.index_unique_name(&key, &deleted.details);
        self.details.insert(key, deleted.details);
        true
    }
}
