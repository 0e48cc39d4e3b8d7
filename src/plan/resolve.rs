//! Whom a link asks, and as whom.

use std::collections::HashMap;

use super::{DEFAULT_TIMEOUT, PlannedLink};
use crate::ids::{AppId, ResourceId};
use crate::outcome::{Asks, TenantRef, Workload};
use crate::scenario::{IdentityKind, Link, Scenario, Tenant, tenant_of, tenant_of_workload};

/// A link with its defaults filled in; its position and whether it is selected are the caller's.
pub(super) fn link(scenario: &Scenario, link: &Link, needs: Vec<usize>) -> PlannedLink {
    let asks = link.kind.card.asks;
    let workload = workload(scenario, link);
    let tenant = match asks {
        Asks::Arm(parameter) => {
            resource(link, parameter).and_then(|id| tenant_of(&scenario.tenants, &id))
        }
        Asks::Dns => network(scenario, link).and_then(|id| tenant_of(&scenario.tenants, id)),
        Asks::Graph => link
            .tenant
            .as_deref()
            .and_then(|name| scenario.tenant(name)),
        Asks::Workload => workload
            .as_ref()
            .and_then(|workload| scenario.tenant(&workload.tenant.name)),
    };
    let reads = matches!(asks, Asks::Arm(_) | Asks::Graph);
    PlannedLink {
        index: 0,
        id: link.id.clone(),
        about: link.about.clone(),
        kind: link.kind,
        parameters: link.parameters.clone(),
        references: link.references.clone(),
        needs,
        tenant: tenant.map(Tenant::reference),
        reader: tenant
            .filter(|_| reads)
            .and_then(|tenant| tenant.read_as.clone()),
        workload,
        vantage: link.at.clone(),
        tags: link.tags.clone(),
        within: link.within.unwrap_or_default(),
        timeout: link.timeout.unwrap_or(DEFAULT_TIMEOUT),
        expect: link.expect.clone(),
        skip: None,
        place: link.place.clone(),
    }
}

/// The identity under test.
fn workload(scenario: &Scenario, link: &Link) -> Option<Workload> {
    let identity = scenario.identity(link.identity.as_deref()?)?;
    let vantage = link.at.as_deref().and_then(|name| scenario.vantage(name));
    let tenant = tenant_of_workload(&scenario.tenants, &identity.kind, vantage)?;
    Some(Workload {
        name: identity.name.clone(),
        tenant: tenant.reference(),
        application: identity.kind.application().cloned(),
    })
}

/// The network of the link's vantage.
fn network<'s>(scenario: &'s Scenario, link: &Link) -> Option<&'s ResourceId> {
    scenario.vantage(link.at.as_deref()?)?.network.as_ref()
}

/// The resource id in a parameter; absent when a fact will give it.
fn resource(link: &Link, parameter: &str) -> Option<ResourceId> {
    text(link, parameter)?.parse().ok()
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
