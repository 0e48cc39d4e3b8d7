//! Whom a link asks, and as whom.

use std::collections::HashMap;

use super::{DEFAULT_TIMEOUT, OPERATION_TIMEOUT, PlannedLink};
use crate::ids::{AppId, ResourceId};
use crate::outcome::{Asks, TenantRef, Workload};
use crate::scenario::{IdentityKind, Link, Scenario, Tenant, tenant_of, tenant_of_workload};

/// A link with its defaults filled in; its position and whether it is selected are the caller's.
pub(super) fn link(
    scenario: &Scenario,
    link: &Link,
    needs: Vec<usize>,
    managed: &ManagedIdentities<'_>,
) -> PlannedLink {
    let asks = link.kind.card.asks;
    let workload = workload(scenario, link, managed);
    let tenant = match asks {
        Asks::Arm(parameter) | Asks::ArmOperation(parameter) => {
            listing(scenario, link, parameter).first().copied()
        }
        Asks::Dns | Asks::Endpoint | Asks::Network => {
            network(scenario, link).and_then(|id| tenant_of(&scenario.tenants, id))
        }
        Asks::Graph => link
            .tenant
            .as_deref()
            .and_then(|name| scenario.tenant(name)),
        Asks::Workload => workload
            .as_ref()
            .and_then(|workload| scenario.tenant(&workload.tenant.name)),
    };
    let reads = asks == Asks::Graph || asks.resource_parameter().is_some();
    let listed = asks
        .resource_parameter()
        .map(|parameter| listing(scenario, link, parameter));
    let others = listed.into_iter().flatten().skip(1);
    PlannedLink {
        index: 0,
        id: link.id.clone(),
        about: link.about.clone(),
        kind: link.kind,
        parameters: link.parameters.clone(),
        references: link.references.clone(),
        needs,
        control: None,
        tenant: tenant.map(Tenant::reference),
        reader: tenant
            .filter(|_| reads)
            .and_then(|tenant| tenant.read_as.clone()),
        other_readers: others
            .filter_map(|other| Some((other.reference(), other.read_as.clone()?)))
            .collect(),
        workload,
        vantage: link.at.clone(),
        tags: link.tags.clone(),
        within: link.within.unwrap_or_default(),
        timeout: link.timeout.unwrap_or(match asks {
            Asks::ArmOperation(_) => OPERATION_TIMEOUT,
            _ => DEFAULT_TIMEOUT,
        }),
        budget: link.budget,
        expect: link.expect.clone(),
        skip: None,
        place: link.place.clone(),
    }
}

/// The identity under test.
fn workload(scenario: &Scenario, link: &Link, managed: &ManagedIdentities<'_>) -> Option<Workload> {
    let identity = scenario.identity(link.identity.as_deref()?)?;
    let vantage = link.at.as_deref().and_then(|name| scenario.vantage(name));
    let tenant = tenant_of_workload(&scenario.tenants, &identity.kind, vantage)?;
    Some(Workload {
        name: identity.name.clone(),
        tenant: tenant.reference(),
        application: identity.kind.application().cloned(),
        is_federated: identity.kind.tenant().is_some(),
        managed_identity: managed.get(identity.name.as_str()).cloned(),
    })
}

/// The type of what a machine can be given as its identity.
const USER_ASSIGNED_IDENTITY: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

/// The managed identities behind the identities of a scenario, by the names of these.
pub(super) type ManagedIdentities<'s> = HashMap<&'s str, ResourceId>;

/// The managed identities that are known.
pub(super) fn managed_identities(scenario: &Scenario) -> ManagedIdentities<'_> {
    let identities = scenario.identities.iter();
    let known = identities.filter_map(|identity| {
        let id = managed_identity(scenario, &identity.kind)?;
        Some((identity.name.as_str(), id))
    });
    known.collect()
}

/// The managed identity behind an identity: the one that it selects by its ARM id, or that a link about a managed
/// identity of the same client id names.
fn managed_identity(scenario: &Scenario, kind: &IdentityKind) -> Option<ResourceId> {
    match kind {
        IdentityKind::Federated { assertion, .. } => {
            let proved_by = scenario.identity(assertion)?;
            // The loader allows nothing but a managed identity here.
            matches!(proved_by.kind, IdentityKind::ManagedIdentity { .. })
                .then(|| managed_identity(scenario, &proved_by.kind))?
        }
        IdentityKind::ManagedIdentity {
            resource_id: Some(id),
            ..
        } => Some(id.clone()),
        IdentityKind::ManagedIdentity {
            client_id: Some(client),
            ..
        } => scenario
            .links
            .iter()
            .find_map(|link| identity_of_client(link, client)),
        _ => None,
    }
}

/// The managed identity that a link asks about, if the link says that it has this client id.
fn identity_of_client(link: &Link, client: &AppId) -> Option<ResourceId> {
    let parameter = link.kind.card.asks.resource_parameter()?;
    let id = resource(link, parameter).filter(|id| id.is_a(USER_ASSIGNED_IDENTITY))?;
    let named: AppId = text(link, "client-id")?.parse().ok()?;
    (named == *client).then_some(id)
}

/// The network of the link's vantage.
fn network<'s>(scenario: &'s Scenario, link: &Link) -> Option<&'s ResourceId> {
    scenario.vantage(link.at.as_deref()?)?.network.as_ref()
}

/// The resource id in a parameter; absent when a fact will give it.
fn resource(link: &Link, parameter: &str) -> Option<ResourceId> {
    text(link, parameter)?.parse().ok()
}

/// The tenants that list the resource id or ids in a parameter, each once, in the parameter's order; none when a fact
/// will give it.
fn listing<'s>(scenario: &'s Scenario, link: &Link, parameter: &str) -> Vec<&'s Tenant> {
    let node = link.parameters.as_map().and_then(|map| map.get(parameter));
    let mut tenants: Vec<&Tenant> = Vec::new();
    for node in node.iter().flat_map(|node| node.one_or_many()) {
        let id = node.as_scalar().and_then(|id| id.text.parse().ok());
        let found = id.and_then(|id| tenant_of(&scenario.tenants, &id));
        tenants.extend(found.filter(|found| tenants.iter().all(|own| own.name != found.name)));
    }
    tenants
}

fn text<'l>(link: &'l Link, parameter: &str) -> Option<&'l str> {
    let scalar = link.parameters.as_map()?.get(parameter)?.as_scalar()?;
    Some(&scalar.text)
}

/// Where applications are registered.
pub(super) fn homes(scenario: &Scenario, links: &[PlannedLink]) -> HashMap<AppId, TenantRef> {
    let guessed = scenario
        .identities
        .iter()
        .filter_map(|identity| guessed_home(scenario, &identity.kind));
    let mut homes: HashMap<_, _> = guessed.collect();
    // Of two links that ask for the same application, the first in the file decides.
    for (link, planned) in scenario.links.iter().zip(links).rev() {
        let Some(tenant) = &planned.tenant else {
            continue;
        };
        let values = link
            .kind
            .card
            .homes
            .iter()
            .filter_map(|parameter| text(link, parameter)?.parse().ok());
        homes.extend(values.map(|application: AppId| (application, tenant.clone())));
    }
    homes
}

/// The application of a federated identity is registered where its managed identity lives: in the other tenant, if
/// there are two, or in the only one.
fn guessed_home(scenario: &Scenario, kind: &IdentityKind) -> Option<(AppId, TenantRef)> {
    let IdentityKind::Federated {
        tenant,
        application,
        ..
    } = kind
    else {
        return None;
    };
    let home = match &scenario.tenants[..] {
        [only] => only,
        [first, second] if first.name == *tenant => second,
        [first, _] => first,
        _ => return None,
    };
    Some((application.clone(), home.reference()))
}
