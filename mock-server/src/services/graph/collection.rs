//! Lists of whole collections: what applications, service principals and groups have in common.
//!
//! A page costs what it holds; a filter by an id or a name that must be unique is a look-up, every other one looks at the
//! tenant's objects one by one without writing them down.

use serde_json::Value;

use super::asked::{Answer, Asked};
use super::errors::Refused;
use super::expand::expanded;
use super::query::filter::Field;
use super::query::page::{self, Page, Start};
use super::query::{Query, check_options};
use super::shape;
use crate::directory::GRAPH;
use crate::request::Reply;
use crate::store::{State, Tenant};
use crate::world::{Application, Group, ServicePrincipal};

/// An object of a collection that can be listed.
pub(super) trait Listed: Sized + 'static {
    /// Name of the collection: `applications`.
    const KIND: &'static str;
    /// Name of the resource in texts: `Application`.
    const OF: &'static str;
    /// Properties by which it may be filtered; `/any` after those that are lists.
    const PROPERTIES: &'static [&'static str];

    fn id(&self) -> &str;
    fn field<'o>(&'o self, state: &'o State, tenant: &Tenant, name: &str) -> Field<'o>;
    fn shape(&self, state: &State, tenant: &Tenant) -> Value;
    fn after<'s>(
        state: &'s State,
        tenant: &str,
        after: &str,
    ) -> impl Iterator<Item = &'s Self> + use<'s, Self>;
    /// The object with this value, where the property has an index; else nothing at all.
    fn with<'s>(
        state: &'s State,
        tenant: &str,
        name: &str,
        value: &str,
    ) -> Option<Option<&'s Self>>;
}

/// The operation `list` of a collection; rights are checked already.
pub(super) fn list<T: Listed>(asked: &Asked<'_>) -> Answer {
    let query = Query::read_expanding(asked, T::PROPERTIES, T::OF)?;
    let state = asked.context.state();
    let tenant = tenant(&state, asked)?;
    let shown = |found: &[&T]| {
        let shapes = found.iter().map(|it| it.shape(&state, tenant));
        expanded(asked, &state, T::KIND, shapes.collect())
    };
    if let Some((name, value)) = query.only()
        && let Some(found) = T::with(&state, &tenant.id, name, value)
    {
        let found: Vec<&T> = found.into_iter().collect();
        return page::of_list(T::KIND, shown(&found)?, asked);
    }
    let takes = |it: &&T| query.takes(&|name| it.field(&state, tenant, name));
    if let Some((name, descending)) = &query.order {
        let mut found: Vec<&T> = T::after(&state, &tenant.id, "").filter(takes).collect();
        found.sort_by_key(|it| text(&it.field(&state, tenant, name)));
        if *descending {
            found.reverse();
        }
        return page::of_list(T::KIND, shown(&found)?, asked);
    }
    let size = page::size(asked)?;
    let after = match Start::of(asked)? {
        Start::After(id) => id,
        Start::At(0) => String::new(),
        Start::At(_) => return Err(Refused::bad_request("Skip token is not valid.")),
    };
    let mut found = T::after(&state, &tenant.id, &after).filter(takes);
    let taken: Vec<&T> = found.by_ref().take(size).collect();
    let next = found.next().and(taken.last());
    let count = || T::after(&state, &tenant.id, "").filter(takes).count();
    let page = Page {
        kind: T::KIND.to_owned(),
        next: next.map(|last| Start::After(last.id().to_owned())),
        count: asked.is_advanced().then(count),
        objects: shown(&taken)?,
    };
    Ok(page.reply(asked))
}

/// The operation `$count` of a collection: a number as text, for advanced queries only.
pub(super) fn count<T: Listed>(asked: &Asked<'_>) -> Answer {
    check_options(asked, &["$filter", "$search"])?;
    if !asked.is_eventual() {
        let message = "Request with $count segment only works through MSGraph with a special request header: \
                       'ConsistencyLevel: eventual'";
        return Err(Refused::bad_request(message));
    }
    let query = Query::read(asked, T::PROPERTIES, T::OF)?;
    let state = asked.context.state();
    let tenant = tenant(&state, asked)?;
    let takes = |it: &&T| query.takes(&|name| it.field(&state, tenant, name));
    let number = T::after(&state, &tenant.id, "").filter(takes).count();
    Ok(Reply {
        status: http::StatusCode::OK,
        headers: vec![("content-type", "text/plain".to_owned())],
        body: number.to_string().into(),
    })
}

/// The caller's tenant.
pub(super) fn tenant<'s>(state: &'s State, asked: &Asked<'_>) -> Result<&'s Tenant, Refused> {
    state.tenant(asked.tenant()).ok_or_else(Refused::denied)
}

fn text(field: &Field<'_>) -> String {
    match field {
        Field::Text(text) => text.to_lowercase(),
        _ => String::new(),
    }
}

fn texts(list: &[String]) -> Field<'_> {
    Field::Texts(list.iter().map(String::as_str).collect())
}

/// A property that Graph keeps without the mock acting on it.
fn kept<'o>(state: &'o State, tenant: &Tenant, id: &str, name: &str) -> Field<'o> {
    let details = state.directory.details(&tenant.id, id);
    match details.properties.get(name) {
        Some(Value::String(text)) => Field::Text(text),
        Some(Value::Bool(flag)) => Field::Flag(*flag),
        Some(Value::Array(items)) => Field::Texts(items.iter().filter_map(Value::as_str).collect()),
        _ => Field::None,
    }
}

impl Listed for Application {
    const KIND: &'static str = "applications";
    const OF: &'static str = "Application";
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "appId",
        "displayName",
        "signInAudience",
        "uniqueName",
        "identifierUris/any",
        "tags/any",
    ];

    fn id(&self) -> &str {
        &self.id
    }

    fn field<'o>(&'o self, state: &'o State, tenant: &Tenant, name: &str) -> Field<'o> {
        match name {
            "id" => Field::Text(&self.id),
            "appId" => Field::Text(&self.app_id),
            "displayName" => Field::Text(&self.display_name),
            "signInAudience" => Field::Text(&self.sign_in_audience),
            "identifierUris" => texts(&self.identifier_uris),
            _ => kept(state, tenant, &self.id, name),
        }
    }

    fn shape(&self, state: &State, tenant: &Tenant) -> Value {
        shape::application(self, state, tenant)
    }

    fn after<'s>(
        state: &'s State,
        tenant: &str,
        after: &str,
    ) -> impl Iterator<Item = &'s Self> + use<'s> {
        state.directory.applications_after(tenant, after)
    }

    fn with<'s>(
        state: &'s State,
        tenant: &str,
        name: &str,
        value: &str,
    ) -> Option<Option<&'s Self>> {
        let found = || state.application(tenant, value);
        match name {
            "id" => Some(found().filter(|it| it.id.eq_ignore_ascii_case(value))),
            "appId" => Some(found().filter(|it| it.app_id.eq_ignore_ascii_case(value))),
            "uniqueName" => Some(state.directory.application_of_unique_name(tenant, value)),
            _ => None,
        }
    }
}

impl Listed for ServicePrincipal {
    const KIND: &'static str = "servicePrincipals";
    const OF: &'static str = "ServicePrincipal";
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "appId",
        "displayName",
        "servicePrincipalNames/any",
        "servicePrincipalType",
        "accountEnabled",
        "appOwnerOrganizationId",
        "tags/any",
    ];

    fn id(&self) -> &str {
        &self.id
    }

    fn field<'o>(&'o self, state: &'o State, _: &Tenant, name: &str) -> Field<'o> {
        match name {
            "id" => Field::Text(&self.id),
            "appId" => Field::Text(&self.app_id),
            "displayName" => Field::Text(&self.display_name),
            "servicePrincipalNames" => Field::Texts(shape::names(self, state)),
            "servicePrincipalType" => Field::Text(&self.service_principal_type),
            "accountEnabled" => Field::Flag(self.account_enabled),
            "appOwnerOrganizationId" => match shape::owner(self, state) {
                Some(owner) => Field::Text(owner),
                None => Field::None,
            },
            "tags" => texts(&self.tags),
            _ => Field::None,
        }
    }

    fn shape(&self, state: &State, tenant: &Tenant) -> Value {
        shape::service_principal(self, state, tenant)
    }

    fn after<'s>(
        state: &'s State,
        tenant: &str,
        after: &str,
    ) -> impl Iterator<Item = &'s Self> + use<'s> {
        state.directory.service_principals_after(tenant, after)
    }

    fn with<'s>(
        state: &'s State,
        tenant: &str,
        name: &str,
        value: &str,
    ) -> Option<Option<&'s Self>> {
        let of_app = |app_id: &str| {
            let found = state.service_principal(tenant, app_id);
            found.filter(|it| it.app_id.eq_ignore_ascii_case(app_id))
        };
        match name {
            "id" => {
                let found = state.service_principal(tenant, value);
                Some(found.filter(|it| it.id.eq_ignore_ascii_case(value)))
            }
            "appId" => Some(of_app(value)),
            "servicePrincipalNames" => {
                let named = state.directory.application_of_uri(value);
                let graph = || {
                    value
                        .eq_ignore_ascii_case(shape::GRAPH_URI)
                        .then_some(GRAPH)
                };
                let named = named.map(|it| it.app_id.as_str()).or_else(graph);
                Some(of_app(value).or_else(|| of_app(named?)))
            }
            _ => None,
        }
    }
}

impl Listed for Group {
    const KIND: &'static str = "groups";
    const OF: &'static str = "Group";
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "displayName",
        "securityEnabled",
        "mailEnabled",
        "mailNickname",
        "description",
        "groupTypes/any",
    ];

    fn id(&self) -> &str {
        &self.id
    }

    fn field<'o>(&'o self, state: &'o State, tenant: &Tenant, name: &str) -> Field<'o> {
        match name {
            "id" => Field::Text(&self.id),
            "displayName" => Field::Text(&self.display_name),
            "securityEnabled" => Field::Flag(self.security_enabled),
            "mailEnabled" => Field::Flag(false),
            "groupTypes" => Field::Texts(Vec::new()),
            _ => kept(state, tenant, &self.id, name),
        }
    }

    fn shape(&self, state: &State, tenant: &Tenant) -> Value {
        shape::group(self, state, tenant)
    }

    fn after<'s>(
        state: &'s State,
        tenant: &str,
        after: &str,
    ) -> impl Iterator<Item = &'s Self> + use<'s> {
        state.directory.groups_after(tenant, after)
    }

    fn with<'s>(
        state: &'s State,
        tenant: &str,
        name: &str,
        value: &str,
    ) -> Option<Option<&'s Self>> {
        (name == "id").then(|| state.directory.group(tenant, value))
    }
}
