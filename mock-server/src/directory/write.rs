//! What Graph and consent change. Look-ups stay right: every index is brought along with its object.

use time::OffsetDateTime;

use super::{Deleted, DeletedObject, Details, Directory, lower};
use crate::world::{Application, Group, ServicePrincipal};

impl Directory {
    /// Changes an application object; its ids stay what they are.
    pub fn change_application(
        &mut self,
        tenant: &str,
        object_id: &str,
        change: impl FnOnce(&mut Application, &mut Details),
    ) {
        let key = (lower(tenant), lower(object_id));
        let Some(application) = self.applications.get_mut(&key) else {
            return;
        };
        for uri in &application.identifier_uris {
            self.uris.remove(&lower(uri));
        }
        let details = self.details.entry(key.clone()).or_default();
        change(application, details);
        for uri in &application.identifier_uris {
            self.uris.insert(lower(uri), key.clone());
        }
        let details = details.clone();
        self.index_unique_name(&key, &details);
    }

    /// Changes a service principal; its ids stay what they are.
    pub fn change_service_principal(
        &mut self,
        tenant: &str,
        object_id: &str,
        change: impl FnOnce(&mut ServicePrincipal, &mut Details),
    ) {
        let key = (lower(tenant), lower(object_id));
        if let Some(principal) = self.service_principals.get_mut(&key) {
            change(principal, self.details.entry(key).or_default());
        }
    }

    /// Changes a group, its members included.
    pub fn change_group(
        &mut self,
        tenant: &str,
        object_id: &str,
        change: impl FnOnce(&mut Group, &mut Details),
    ) {
        let key = (lower(tenant), lower(object_id));
        let Some(mut group) = self.groups.get(&key).cloned() else {
            return;
        };
        self.forget_members(&key, &group);
        change(&mut group, self.details.entry(key).or_default());
        self.add_group(tenant, group);
    }

    /// Deletes an application, and with it its service principal of the same tenant (microsoft-graph-docs,
    /// `application-delete`); those of other tenants stay, with nothing behind them.
    pub fn delete_application(&mut self, tenant: &str, object_id: &str, now: OffsetDateTime) {
        let key = (lower(tenant), lower(object_id));
        let Some(application) = self.applications.remove(&key) else {
            return;
        };
        let app_id = lower(&application.app_id);
        let principal = self
            .principals_by_app
            .get(&(key.0.clone(), app_id.clone()))
            .cloned();
        if let Some(principal) = principal {
            self.delete_service_principal(tenant, &principal, now);
        }
        self.applications_by_app
            .remove(&(key.0.clone(), app_id.clone()));
        self.homes.remove(&app_id);
        for uri in &application.identifier_uris {
            self.uris.remove(&lower(uri));
        }
        if let Some(name) = unique_name(self.details(tenant, object_id)) {
            self.unique_names.remove(&(key.0.clone(), name));
        }
        self.keep(
            key,
            DeletedObject::Application(Box::new(without_credentials(application))),
            now,
        );
    }

    /// Deletes a service principal: it is in no group any longer, and its tokens end.
    pub fn delete_service_principal(&mut self, tenant: &str, object_id: &str, now: OffsetDateTime) {
        let key = (lower(tenant), lower(object_id));
        let Some(principal) = self.service_principals.remove(&key) else {
            return;
        };
        self.principals_by_app
            .remove(&(key.0.clone(), lower(&principal.app_id)));
        self.leave_groups(tenant, object_id);
        self.keep(
            key,
            DeletedObject::ServicePrincipal(Box::new(principal)),
            now,
        );
    }

    /// Deletes a group for good.
    pub fn delete_group(&mut self, tenant: &str, object_id: &str) {
        let key = (lower(tenant), lower(object_id));
        if let Some(group) = self.groups.remove(&key) {
            self.forget_members(&key, &group);
            self.leave_groups(tenant, object_id);
            self.details.remove(&key);
        }
    }

    /// Notes what stands beside the properties of an object that was just added.
    pub fn add_details(&mut self, tenant: &str, object_id: &str, details: Details) {
        let key = (lower(tenant), lower(object_id));
        self.index_unique_name(&key, &details);
        self.details.insert(key, details);
    }

    pub(super) fn index_unique_name(&mut self, key: &(String, String), details: &Details) {
        if let Some(name) = unique_name(details) {
            self.unique_names
                .insert((key.0.clone(), name), key.1.clone());
        }
    }

    fn keep(&mut self, key: (String, String), object: DeletedObject, at: OffsetDateTime) {
        let details = self.details.remove(&key).unwrap_or_default();
        let deleted = Deleted {
            at,
            object,
            details,
        };
        self.deleted.insert(key, deleted);
    }

    fn forget_members(&mut self, key: &(String, String), group: &Group) {
        for member in &group.members {
            if let Some(groups) = self.memberships.get_mut(&lower(member)) {
                groups.remove(key);
            }
        }
    }

    fn leave_groups(&mut self, tenant: &str, object_id: &str) {
        let tenant = lower(tenant);
        let Some(groups) = self.memberships.get_mut(&lower(object_id)) else {
            return;
        };
        let (left, kept) = std::mem::take(groups)
            .into_iter()
            .partition::<Vec<_>, _>(|(of, _)| *of == tenant);
        groups.extend(kept);
        for key in left {
            if let Some(group) = self.groups.get_mut(&key) {
                group
                    .members
                    .retain(|member| !member.eq_ignore_ascii_case(object_id));
            }
        }
    }
}

fn unique_name(details: &Details) -> Option<String> {
    let name = details.properties.get("uniqueName");
    name.and_then(serde_json::Value::as_str).map(lower)
}

/// Restoring brings the credentials back from the details; given twice they would be there twice.
fn without_credentials(mut application: Application) -> Application {
    application.password_credentials.clear();
    application.key_credentials.clear();
    application
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "11111111-1111-1111-1111-111111111111";
    const APP: &str = "cccccccc-cccc-cccc-cccc-cccccccccccc";
    const OBJECT: &str = "0c000000-0000-4000-8000-000000000001";

    fn directory() -> Directory {
        Directory::build(&crate::world::example())
    }

    #[test]
    fn a_deleted_application_takes_its_home_principal_with_it_and_comes_back_alone() {
        let mut directory = directory();
        directory.delete_application(HOME, OBJECT, OffsetDateTime::UNIX_EPOCH);
        assert!(directory.application(HOME, APP).is_none() && directory.home_of(APP).is_none());
        assert!(directory.service_principal(HOME, APP).is_none());
        let abroad = "22222222-2222-2222-2222-222222222222";
        assert!(directory.service_principal(abroad, APP).is_some());
        assert!(directory.restore(HOME, OBJECT) && !directory.restore(HOME, OBJECT));
        assert_eq!(directory.home_of(APP), Some(HOME));
        assert!(directory.service_principal(HOME, APP).is_none());
    }

    #[test]
    fn indexes_follow_their_objects() {
        let mut directory = directory();
        directory.change_application(HOME, OBJECT, |application, details| {
            application.identifier_uris = vec!["api://orders".to_owned()];
            details
                .properties
                .insert("uniqueName".to_owned(), "orders".into());
        });
        assert!(directory.application_of_uri("API://orders").is_some());
        assert!(
            directory
                .application_of_unique_name(HOME, "Orders")
                .is_some()
        );
        directory.change_application(HOME, OBJECT, |it, _| it.identifier_uris.clear());
        assert!(directory.application_of_uri("api://orders").is_none());
        let group = Group {
            id: "09000000-0000-4000-8000-000000000001".to_owned(),
            display_name: "g".to_owned(),
            members: vec!["05000000-0000-4000-8000-000000000001".to_owned()],
            security_enabled: true,
        };
        directory.add_group(HOME, group);
        let member = "05000000-0000-4000-8000-000000000001";
        assert_eq!(directory.direct_groups_of(HOME, member).len(), 1);
        directory.change_group(HOME, "09000000-0000-4000-8000-000000000001", |it, _| {
            it.members.clear();
        });
        assert!(directory.groups_of(member).is_empty());
    }
}
