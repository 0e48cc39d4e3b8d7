//! Role definitions: the built-in ones, and the custom ones of the tenant that may be assigned at the scope.

use http::StatusCode;
use serde_json::Value;

use crate::auth::Caller;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::rbac::assignment::{ROLE_DEFINITIONS, definition, scopes_up};
use crate::rbac::built_in::BUILT_IN;
use crate::rbac::definition::Definition;
use crate::request::{Reply, Request};
use crate::services::arm::{errors, page};
use crate::store::State;

pub(super) fn list(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let scope = format!("/{}", request.parameter("scope"));
    let Some(wanted) = Wanted::parse(request.query("$filter").unwrap_or_default()) else {
        return errors::bad_request(
            "UnsupportedFilter",
            "the $filter is none of roleName eq, type eq, atScopeAndBelow()",
        );
    };
    let tenant = caller
        .map(|caller| caller.tenant_id.as_str())
        .unwrap_or_default();
    let all = BUILT_IN
        .iter()
        .map(Definition::from)
        .chain(custom(&state, tenant, &scope));
    let prefix = prefix_of(&scope);
    let items: Vec<Value> = all
        .filter(|role| wanted.takes(role))
        .map(|role| role.to_json(&prefix))
        .collect();
    page::reply(request, items)
}

pub(super) fn get(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let scope = request.parameter("scope");
    let name = request.parameter("roleDefinitionId");
    let tenant = caller
        .map(|caller| caller.tenant_id.as_str())
        .unwrap_or_default();
    let found = if scope.is_empty() {
        Definition::built_in(name)
    } else {
        definition(&state, tenant, name)
    };
    match found {
        Some(role) => Reply::ok(&role.to_json(&prefix_of(&format!("/{scope}")))),
        None => {
            let message = format!("The specified role definition with ID '{name}' does not exist.");
            errors::error(
                StatusCode::NOT_FOUND,
                "RoleDefinitionDoesNotExist",
                &message,
            )
        }
    }
}

/// Custom roles of the tenant that may be assigned at the scope.
fn custom<'a>(
    state: &'a State,
    tenant: &'a str,
    scope: &str,
) -> impl Iterator<Item = Definition> + use<'a> {
    let scopes: Vec<String> = scopes_up(state, scope)
        .iter()
        .map(|scope| scope.to_ascii_lowercase())
        .collect();
    let all = state
        .resources_of_type(ROLE_DEFINITIONS)
        .filter(move |role| role.tenant == tenant);
    all.map(|role| Definition::custom(&role.name, role.properties()))
        .filter(move |role| {
            role.assignable_scopes
                .iter()
                .any(|scope| scopes.contains(&scope.to_ascii_lowercase()))
        })
}

fn prefix_of(scope: &str) -> String {
    let subscription = ResourceId::parse(scope).ok().and_then(|id| id.subscription);
    subscription
        .map(|subscription| format!("/subscriptions/{subscription}"))
        .unwrap_or_default()
}

/// `$filter` of the list.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    All,
    Kind(String),
    Name(String),
}

impl Wanted {
    fn parse(filter: &str) -> Option<Self> {
        let filter = filter.trim();
        if filter.is_empty() || filter.eq_ignore_ascii_case("atScopeAndBelow()") {
            return Some(Self::All);
        }
        let (field, value) = filter.split_once(" eq ")?;
        let value = value
            .trim()
            .strip_prefix('\'')?
            .strip_suffix('\'')?
            .replace("''", "'");
        match field.trim().to_ascii_lowercase().as_str() {
            "rolename" => Some(Self::Name(value)),
            "type" => Some(Self::Kind(value)),
            _ => None,
        }
    }

    fn takes(&self, role: &Definition) -> bool {
        match self {
            Self::All => true,
            Self::Kind(kind) => role.kind.eq_ignore_ascii_case(kind),
            Self::Name(name) => role.role_name.eq_ignore_ascii_case(name),
        }
    }
}
