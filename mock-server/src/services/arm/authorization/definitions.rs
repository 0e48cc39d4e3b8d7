//! Role definitions: the built-in ones, and the custom ones of the tenant that may be assigned at the scope.

use http::StatusCode;
use serde_json::Value;

use crate::auth::Caller;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::rbac::assignment::{ROLE_DEFINITIONS, custom_role, scopes_up, tenant_of};
use crate::rbac::built_in::BUILT_IN;
use crate::rbac::definition::Definition;
use crate::request::{Reply, Request};
use crate::services::arm::{errors, page};
use crate::store::{Resource, State};

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
    let prefix = prefix_of(&scope);
    let built_in = BUILT_IN.iter().map(Definition::from);
    let built_in = built_in.filter(|role| wanted.takes(role));
    let custom = custom(&state, tenant, &scope, wanted.below);
    let custom = custom.filter(|it| wanted.takes(&Definition::custom(&it.name, it.properties())));
    let mut items: Vec<Value> = built_in.map(|role| role.to_json(&prefix)).collect();
    items.extend(custom.map(|role| shown(role, &scope)));
    page::reply(request, items)
}

pub(super) fn get(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let state = context.state();
    let scope = format!("/{}", request.parameter("scope"));
    let name = request.parameter("roleDefinitionId");
    let tenant = caller
        .map(|caller| caller.tenant_id.as_str())
        .unwrap_or_default();
    if let Some(role) = Definition::built_in(name) {
        return Reply::ok(&role.to_json(&prefix_of(&scope)));
    }
    let custom = custom_role(&state, tenant, name).filter(|_| scope != "/");
    match custom {
        Some(role) => Reply::ok(&shown(role, &scope)),
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

/// A custom role as Azure shows it at a scope.
pub(super) fn shown(role: &Resource, scope: &str) -> Value {
    let definition = Definition::custom(&role.name, role.properties());
    let mut body = definition.to_json(&prefix_of(scope));
    for key in ["createdOn", "updatedOn", "createdBy", "updatedBy"] {
        if let Some(value) = role.properties().get(key) {
            body["properties"][key] = value.clone();
        }
    }
    body
}

/// Custom roles of the tenant that may be assigned at the scope, or below it when that is asked.
fn custom<'a>(
    state: &'a State,
    tenant: &'a str,
    scope: &str,
    below: bool,
) -> impl Iterator<Item = &'a Resource> + use<'a> {
    let lower = |scope: &String| scope.to_ascii_lowercase();
    let scopes: Vec<String> = scopes_up(state, scope).iter().map(lower).collect();
    let inside = format!("{}/", scope.trim_end_matches('/').to_ascii_lowercase());
    let fits = move |assignable: &String| {
        let assignable = assignable.to_ascii_lowercase();
        scopes.contains(&assignable) || (below && assignable.starts_with(&inside))
    };
    let all = state.resources_of_type(ROLE_DEFINITIONS);
    all.filter(move |role| tenant_of(state, role) == tenant)
        .filter(move |role| {
            let role = Definition::custom(&role.name, role.properties());
            role.assignable_scopes.iter().any(&fits)
        })
}

fn prefix_of(scope: &str) -> String {
    let subscription = ResourceId::parse(scope).ok().and_then(|id| id.subscription);
    subscription
        .map(|subscription| format!("/subscriptions/{subscription}"))
        .unwrap_or_default()
}

/// `$filter` of the list: terms joined by `and`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wanted {
    below: bool,
    kind: Option<String>,
    name: Option<String>,
}

impl Wanted {
    fn parse(filter: &str) -> Option<Self> {
        let mut wanted = Self::default();
        for term in terms(filter) {
            if term.eq_ignore_ascii_case("atScopeAndBelow()") {
                wanted.below = true;
                continue;
            }
            let mut words = term.splitn(3, char::is_whitespace);
            let (field, operator, value) = (words.next()?, words.next()?, words.next()?);
            let value = value.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            let value = value.replace("''", "'");
            let place = match field.to_ascii_lowercase().as_str() {
                "rolename" => &mut wanted.name,
                "type" => &mut wanted.kind,
                _ => return None,
            };
            let is_new = operator.eq_ignore_ascii_case("eq") && place.replace(value).is_none();
            is_new.then_some(())?;
        }
        Some(wanted)
    }

    fn takes(&self, role: &Definition) -> bool {
        let is = |wanted: &Option<String>, found: &str| {
            wanted
                .as_ref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(found))
        };
        is(&self.kind, role.kind) && is(&self.name, &role.role_name)
    }
}

/// Terms between `and`, which may also stand inside a quoted name.
fn terms(filter: &str) -> Vec<&str> {
    let (mut terms, mut start, mut quoted) = (Vec::new(), 0, false);
    let lower = filter.to_ascii_lowercase();
    for (at, byte) in filter.bytes().enumerate() {
        quoted ^= byte == b'\'';
        if !quoted && at >= start && lower.as_bytes()[at..].starts_with(b" and ") {
            terms.push(&filter[start..at]);
            start = at + " and ".len();
        }
    }
    terms.push(&filter[start..]);
    let terms = terms.into_iter().map(str::trim);
    terms.filter(|term| !term.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_joined_by_and_also_around_names_with_an_and() {
        let wanted = Wanted::parse("roleName eq 'Read and ''write''' and type eq 'CustomRole'");
        let expected = Wanted {
            below: false,
            kind: Some("CustomRole".to_owned()),
            name: Some("Read and 'write'".to_owned()),
        };
        assert_eq!(wanted, Some(expected));
        assert_eq!(Wanted::parse(""), Some(Wanted::default()));
        let below = Wanted::parse("atScopeAndBelow() and type eq 'CustomRole'").unwrap();
        assert!(below.below);
        for bad in [
            "name eq 'x'",
            "roleName ne 'x'",
            "roleName eq x",
            "é",
            "type eq 'a' and type eq 'b'",
        ] {
            assert_eq!(Wanted::parse(bad), None, "{bad}");
        }
    }
}
