//! Network managers: which scopes they may have, and what shows of them.
//!
//! Two managers may not have the same scope with overlapping accesses; one above the other in the hierarchy may
//! (IDENTITY.md §6; hashicorp/terraform-provider-azurerm #19610). `crossTenantScopes` lists what `Connected` connections
//! brought.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{deployed, ids, object};
use crate::ids::ResourceId;
use crate::request::Reply;
use crate::services::arm::errors::bad_request;
use crate::services::arm::operations::Style;
use crate::services::arm::shape;
use crate::services::arm::write::{Body, Kind, Location, Manner, Write, fields};
use crate::services::network_manager::{NETWORK_MANAGERS, key, texts};
use crate::store::{Resource, State};

/// What a manager may do (`networkManager.json`, `ConfigurationType`; the last two since 2025-07-01).
pub(super) const ACCESSES: &[&str] = &["Connectivity", "SecurityAdmin", "SecurityUser", "Routing"];
/// The right that a manager's scopes need of whoever writes it; which one Azure asks for is not documented.
const AT_SCOPE: &str = "Microsoft.Network/networkManagers/write";

/// Most scopes of a manager; the number is ours.
const MOST_SCOPES: usize = 1000;

/// Network managers, deleted by force or only when nothing of them is deployed.
pub(super) struct Managers<const FORCE: bool>;

impl<const FORCE: bool> Kind for Managers<FORCE> {
    const TYPE: &'static str = NETWORK_MANAGERS;
    const LOCATION: Location = Location::Required;
    const SYSTEM_DATA: bool = true;
    const DELETE: Manner = Manner::Operation(Style::Location);

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        let known = [
            "description",
            "networkManagerScopes",
            "networkManagerScopeAccesses",
        ];
        fields::keep_only(body, &known);
        fields::text(body, "/properties/description")?;
        let accesses = accesses(body)?;
        let mut scopes = json!({});
        let mut all = Vec::new();
        for list in ["managementGroups", "subscriptions"] {
            let given = own_scopes(write, body, list)?;
            scopes[list] = json!(given);
            all.extend(given);
        }
        if all.len() > MOST_SCOPES {
            let message = format!("A network manager has at most {MOST_SCOPES} scopes.");
            return Err(bad_request("BadRequest", &message));
        }
        for scope in &all {
            alone(write, scope, &accesses)?;
        }
        fields::set(body, "networkManagerScopes", scopes);
        fields::set(body, "networkManagerScopeAccesses", accesses);
        Ok(())
    }

    fn show(state: &State, given: &Resource) -> Value {
        manager(state, given)
    }

    fn may_delete(write: &Write<'_>) -> Result<(), Reply> {
        let own = key(write.id.as_str());
        deployed::refuse_unless(FORCE, write, |active| active.manager == own)
    }
}

fn accesses(body: &Body) -> Result<Vec<&'static str>, Reply> {
    let at = "/properties/networkManagerScopeAccesses";
    let given = fields::array(body, at)?;
    if given.is_empty() {
        return Err(fields::missing(at));
    }
    let read = |index| fields::one_of(body, &format!("{at}/{index}"), ACCESSES);
    let all = (0..given.len()).map(read);
    let mut all: Vec<&str> = all
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect();
    all.dedup();
    Ok(all)
}

/// The scopes of one list: subscriptions or management groups of the manager's own tenant, where the caller has the right.
fn own_scopes(write: &Write<'_>, body: &Body, list: &str) -> Result<Vec<String>, Reply> {
    if fields::object(body, "/properties/networkManagerScopes")?.is_none() {
        return Err(fields::missing("/properties/networkManagerScopes"));
    }
    let at = format!("/properties/networkManagerScopes/{list}");
    let property = fields::dotted(&at);
    let mut scopes = Vec::new();
    for given in fields::texts(body, &at)? {
        let scope = ids::scope(&property, given)?;
        write.linked(&property, &scope, AT_SCOPE)?;
        if write.state.tenant_of_scope(&scope) != Some(write.callers.main.tenant_id.as_str()) {
            let why = format!(
                "The scope '{scope}' at '{property}' is of another tenant: scopes of other tenants come by scope connections."
            );
            return Err(bad_request("BadRequest", &why));
        }
        scopes.push(scope);
    }
    Ok(scopes)
}

/// Nobody else with an overlapping access has this scope, of its own or by a connection.
fn alone(write: &Write<'_>, scope: &str, accesses: &[&str]) -> Result<(), Reply> {
    let (state, own) = (write.state, key(write.id.as_str()));
    let has_it = |manager: &&Resource| {
        let lists = ["subscriptions", "managementGroups"].into_iter();
        let mut scopes = lists
            .flat_map(|list| texts(manager, &format!("/networkManagerScopes/{list}")).map(key));
        scopes.any(|it| it == key(scope))
    };
    let direct = state.resources_of_type(NETWORK_MANAGERS).filter(has_it);
    let scope_key = key(scope);
    let connections = &state.derived().connectivity.connections;
    let connected = connections.holding(&scope_key);
    let connected = connected.filter_map(|pair| state.resource(&pair.manager));
    for other in direct.chain(connected).filter(|it| key(&it.id) != own) {
        let theirs = texts(other, "/networkManagerScopeAccesses").map(str::to_ascii_lowercase);
        let theirs: BTreeSet<String> = theirs.collect();
        let both = accesses.iter().copied();
        let both: Vec<&str> = both
            .filter(|it| theirs.contains(&it.to_ascii_lowercase()))
            .collect();
        if !both.is_empty() {
            return Err(overlap(scope, &other.id, &both.join(", ")));
        }
    }
    Ok(())
}

/// The text is that of captured answers (hashicorp/terraform-provider-azurerm #19610).
fn overlap(scope: &str, other: &str, accesses: &str) -> Reply {
    let message = format!(
        "Cannot have two Network Managers applied to the same object overlapping scope accesses. Scope id: {scope} Network Manager Id: {other} Overlapping accesses: {accesses}"
    );
    bad_request("BadRequest", &message)
}

fn manager(state: &State, given: &Resource) -> Value {
    let mut body = shape::resource(given);
    let mut scopes = json!({"managementGroups": [], "subscriptions": []});
    for list in ["managementGroups", "subscriptions"] {
        if let Some(given) = given.property(&format!("/networkManagerScopes/{list}")) {
            scopes[list] = given.clone();
        }
    }
    let cross_tenant = cross_tenant_scopes(state, given);
    if !cross_tenant.is_empty() {
        scopes["crossTenantScopes"] = json!(cross_tenant);
    }
    shape::derive(&mut body, "networkManagerScopes", scopes);
    object(given, body)
}

/// One item per tenant.
fn cross_tenant_scopes(state: &State, manager: &Resource) -> Vec<Value> {
    let mut items: Vec<Value> = Vec::new();
    let connections = &state.derived().connectivity.connections;
    for it in connections.scopes_of(&manager.id) {
        let of_tenant = |item: &Value| item["tenantId"] == json!(it.tenant);
        let at = items.iter().position(of_tenant).unwrap_or_else(|| {
            let item = json!({"tenantId": it.tenant, "managementGroups": [], "subscriptions": []});
            items.push(item);
            items.len() - 1
        });
        let parsed = ResourceId::parse(&key(&it.scope)).ok();
        let list = match parsed.and_then(|id| id.subscription) {
            Some(_) => "subscriptions",
            None => "managementGroups",
        };
        if let Some(scopes) = items[at][list].as_array_mut() {
            scopes.push(json!(it.scope));
        }
    }
    items
}
