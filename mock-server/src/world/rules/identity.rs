//! Tenants, subscriptions, applications, service principals, groups and stand-ins.

use std::collections::{BTreeMap, BTreeSet};

use super::Rules;
use super::place::below;
use crate::services::entra::given;
use crate::world::Tenant;

/// Graph's values of `signInAudience` (API.md §5).
const SIGN_IN_AUDIENCES: &[&str] = &[
    "AzureADMyOrg",
    "AzureADMultipleOrgs",
    "AzureADandPersonalMicrosoftAccount",
    "PersonalMicrosoftAccount",
];

/// Names that were seen, and where first.
#[derive(Default)]
pub(super) struct Seen(BTreeMap<String, String>);

impl Seen {
    /// Where this text was seen before, if it was; remembers it otherwise.
    pub(super) fn before(&mut self, text: &str, place: &str) -> Option<String> {
        let key = text.to_ascii_lowercase();
        if let Some(first) = self.0.get(&key) {
            return Some(first.clone());
        }
        self.0.insert(key, place.to_owned());
        None
    }
}

impl Rules<'_> {
    pub(super) fn identity(&mut self) {
        let world = self.world;
        if world.tenants.is_empty() {
            self.missing(
                &["tenants"],
                &["tenants".into()],
                "the world has no tenant",
                "at least one",
                "",
            );
        }
        self.tenant_ids();
        self.subscriptions();
        self.objects();
        self.applications();
        self.memberships();
        self.principals();
        self.token_refusals();
    }

    /// Only codes with a documented text: the mock invents no answers of Entra.
    fn token_refusals(&mut self) {
        let world = self.world;
        for (key, tenant) in &world.tenants {
            for (index, refusal) in tenant.token_refusals.iter().enumerate() {
                let place = [
                    "tenants".into(),
                    key.into(),
                    "token-refusals".into(),
                    index.into(),
                ];
                self.guid(
                    &below(&place, &["application".into()]),
                    "an application id",
                    &refusal.application,
                );
                if given::refusal(refusal.code).is_none() {
                    let known: Vec<String> = given::codes().map(|code| code.to_string()).collect();
                    let title = format!("the mock cannot refuse with AADSTS{}", refusal.code);
                    let place = below(&place, &["code".into()]);
                    self.problem(&place, title, &known.join(", "), "");
                }
            }
        }
    }

    fn tenant_ids(&mut self) {
        let world = self.world;
        let (mut ids, mut domains) = (Seen::default(), Seen::default());
        for (key, tenant) in &world.tenants {
            let place = ["tenants".into(), key.into()];
            self.guid(&below(&place, &["id".into()]), "a tenant id", &tenant.id);
            if let Some(first) = ids.before(&tenant.id, key) {
                let title = format!("tenant {first} has this id already");
                self.problem(&below(&place, &["id".into()]), title, "another id", "");
            }
            if let Some(first) = domains.before(&tenant.domain, key) {
                let title = format!("tenant {first} has this domain already");
                self.problem(
                    &below(&place, &["domain".into()]),
                    title,
                    "another domain",
                    "",
                );
            }
            if !tenant.domain.contains('.') {
                let title = format!("not a domain: {}", tenant.domain);
                self.problem(
                    &below(&place, &["domain".into()]),
                    title,
                    "a name such as contoso.onmicrosoft.com",
                    "",
                );
            }
        }
    }

    fn subscriptions(&mut self) {
        let world = self.world;
        let mut seen = Seen::default();
        for (key, tenant) in &world.tenants {
            for (index, subscription) in tenant.subscriptions.iter().enumerate() {
                let place = [
                    "tenants".into(),
                    key.into(),
                    "subscriptions".into(),
                    index.into(),
                    "id".into(),
                ];
                self.guid(&place, "a subscription id", &subscription.id);
                if let Some(first) = seen.before(&subscription.id, key) {
                    let title = format!("tenant {first} lists this subscription already");
                    self.problem(&place, title, "each subscription in one tenant", "");
                }
            }
        }
    }

    /// Object ids are GUIDs and unique in a tenant; so are application ids among applications and among principals.
    fn objects(&mut self) {
        let world = self.world;
        for (key, tenant) in &world.tenants {
            let mut objects = Seen::default();
            let ids = |list: &'static str, ids: Vec<&'_ String>| {
                ids.into_iter()
                    .cloned()
                    .enumerate()
                    .map(|(index, id)| (list, index, id))
                    .collect::<Vec<_>>()
            };
            let all = [
                ids(
                    "applications",
                    tenant.applications.iter().map(|it| &it.id).collect(),
                ),
                ids(
                    "service-principals",
                    tenant.service_principals.iter().map(|it| &it.id).collect(),
                ),
                ids("groups", tenant.groups.iter().map(|it| &it.id).collect()),
            ];
            for (list, index, id) in all.into_iter().flatten() {
                let place = [
                    "tenants".into(),
                    key.into(),
                    list.into(),
                    index.into(),
                    "id".into(),
                ];
                self.guid(&place, "an object id", &id);
                if let Some(first) = objects.before(&id, list) {
                    self.problem(
                        &place,
                        format!("one of {first} has this id already"),
                        "another id",
                        "",
                    );
                }
            }
            self.app_ids(key, tenant);
        }
    }

    fn app_ids(&mut self, key: &str, tenant: &Tenant) {
        let mut seen = Seen::default();
        for (index, principal) in tenant.service_principals.iter().enumerate() {
            let place = [
                "tenants".into(),
                key.into(),
                "service-principals".into(),
                index.into(),
            ];
            let app_id = below(&place, &["appId".into()]);
            self.guid(&app_id, "an application id", &principal.app_id);
            if let Some(first) = seen.before(&principal.app_id, &principal.display_name) {
                let title =
                    format!("service principal {first} of this tenant has this appId already");
                self.problem(
                    &app_id,
                    title,
                    "one service principal per application and tenant",
                    "",
                );
            }
            if let Some(owner) = &principal.app_owner_organization_id {
                self.guid(
                    &below(&place, &["appOwnerOrganizationId".into()]),
                    "a tenant id",
                    owner,
                );
            }
            if principal.service_principal_type != "Application" {
                let title = format!(
                    "a service principal of type {} is not written here",
                    principal.service_principal_type
                );
                let hint = "service principals of managed identities are derived from the identities among the resources";
                self.problem(
                    &below(&place, &["servicePrincipalType".into()]),
                    title,
                    "Application",
                    hint,
                );
            }
        }
    }

    fn applications(&mut self) {
        let world = self.world;
        let mut app_ids = Seen::default();
        for (key, tenant) in &world.tenants {
            for (index, application) in tenant.applications.iter().enumerate() {
                let place = [
                    "tenants".into(),
                    key.into(),
                    "applications".into(),
                    index.into(),
                ];
                let app_id = below(&place, &["appId".into()]);
                self.guid(&app_id, "an application id", &application.app_id);
                if let Some(first) = app_ids.before(&application.app_id, key) {
                    let title = format!("tenant {first} registers this application already");
                    self.problem(
                        &app_id,
                        title,
                        "one application object, in the home tenant",
                        "give the other tenants a service principal",
                    );
                }
                if !SIGN_IN_AUDIENCES.contains(&application.sign_in_audience.as_str()) {
                    let title = format!("not a signInAudience: {}", application.sign_in_audience);
                    self.problem(
                        &below(&place, &["signInAudience".into()]),
                        title,
                        &SIGN_IN_AUDIENCES.join(", "),
                        "",
                    );
                }
                self.credentials(&place, application);
                self.secrets(&place, application);
            }
        }
    }

    /// Members of a group are objects of its tenant, managed identities included.
    fn memberships(&mut self) {
        let world = self.world;
        let identities = self.identity_principals();
        for (key, tenant) in &world.tenants {
            let own: BTreeSet<String> = tenant
                .service_principals
                .iter()
                .map(|it| &it.id)
                .chain(tenant.groups.iter().map(|it| &it.id))
                .map(|id| id.to_ascii_lowercase())
                .collect();
            for (index, group) in tenant.groups.iter().enumerate() {
                for (position, member) in group.members.iter().enumerate() {
                    let member_key = member.to_ascii_lowercase();
                    if own.contains(&member_key) || identities.contains(&member_key) {
                        continue;
                    }
                    let place = [
                        "tenants".into(),
                        key.into(),
                        "groups".into(),
                        index.into(),
                        "members".into(),
                        position.into(),
                    ];
                    let title = format!("tenant {key} has no object {member}");
                    self.missing(
                        &["tenants", "resources"],
                        &place,
                        title,
                        "the object id of a service principal, managed identity or group",
                        "",
                    );
                }
            }
        }
    }

    fn identity_principals(&self) -> BTreeSet<String> {
        let principal = |resource: &crate::world::Resource| {
            resource
                .properties()
                .get("principalId")
                .and_then(|id| id.as_str())
                .map(str::to_ascii_lowercase)
        };
        self.world.resources.iter().filter_map(principal).collect()
    }

    fn principals(&mut self) {
        let world = self.world;
        for (name, principal) in &world.principals {
            let place = ["principals".into(), name.into()];
            let Some(tenant) = world.tenants.get(&principal.tenant) else {
                let known: Vec<_> = world.tenants.keys().map(String::as_str).collect();
                let title = format!("the world has no tenant {}", principal.tenant);
                self.missing(
                    &["tenants"],
                    &below(&place, &["tenant".into()]),
                    title,
                    &known.join(", "),
                    "",
                );
                continue;
            };
            let is_it = |it: &crate::world::ServicePrincipal| {
                it.id.eq_ignore_ascii_case(&principal.service_principal)
            };
            if !tenant.service_principals.iter().any(is_it) {
                let title = format!(
                    "tenant {} has no service principal {}",
                    principal.tenant, principal.service_principal
                );
                let place = below(&place, &["service-principal".into()]);
                self.missing(
                    &["tenants"],
                    &place,
                    title,
                    "the object id (not the appId) of one of its service principals",
                    "",
                );
            }
        }
    }
}
