//! One chain from its file to its report: the wiring of scenario, plan, session and engine, for whoever runs chains.

use std::collections::HashMap;
use std::sync::Arc;

use crate::ask::{ReadableTenant, Session, SessionParts};
use crate::credentials::{Identity, Selector};
use crate::engine::{self, Options};
use crate::event::RunListener;
use crate::outcome::run::ChainReport;
use crate::plan::Plan;
use crate::scenario::{IdentityKind, Scenario};
use crate::target::{ApiVersions, Target};

/// Runs a planned scenario against a target.
///
/// # Errors
/// When the system gives no random bytes.
pub async fn run(
    scenario: &Scenario,
    plan: &Plan,
    target: &Target,
    api_versions: ApiVersions,
    options: Options,
    listener: &mut dyn RunListener,
) -> Result<ChainReport, String> {
    let parts = SessionParts {
        target: target.clone(),
        tenants: scenario.tenants.iter().map(readable).collect(),
        identities: identities(scenario),
        api_versions,
    };
    let session = Arc::new(Session::new(parts)?);
    Ok(engine::run(plan, &session, options, listener).await)
}

fn readable(tenant: &crate::scenario::Tenant) -> ReadableTenant {
    ReadableTenant {
        tenant: tenant.reference(),
        subscriptions: tenant.subscriptions.clone(),
        management_groups: tenant.management_groups.clone(),
        reader: tenant.read_as.clone(),
    }
}

/// The scenario's identities as credentials, names resolved.
fn identities(scenario: &Scenario) -> HashMap<String, Identity> {
    let made = scenario.identities.iter().map(|identity| {
        (
            identity.name.clone(),
            credential(scenario, &identity.name, &identity.kind),
        )
    });
    made.collect()
}

fn credential(scenario: &Scenario, name: &str, kind: &IdentityKind) -> Identity {
    let outside = || Identity::Outside {
        name: name.to_owned(),
        kind: kind.name(),
    };
    match kind {
        IdentityKind::ManagedIdentity { .. } => Identity::ManagedIdentity(selector(kind)),
        IdentityKind::Federated {
            tenant,
            application,
            assertion,
        } => {
            // The loader has made sure of both names.
            let proved_by = scenario
                .identity(assertion)
                .map(|identity| selector(&identity.kind));
            match (scenario.tenant(tenant), proved_by) {
                (Some(tenant), Some(assertion)) => Identity::Federated {
                    tenant: tenant.id.clone(),
                    application: application.clone(),
                    assertion,
                },
                _ => outside(),
            }
        }
        _ => outside(),
    }
}

fn selector(kind: &IdentityKind) -> Selector {
    match kind {
        IdentityKind::ManagedIdentity {
            client_id: Some(id),
            ..
        } => Selector::ClientId(id.clone()),
        IdentityKind::ManagedIdentity {
            object_id: Some(id),
            ..
        } => Selector::ObjectId(id.clone()),
        IdentityKind::ManagedIdentity {
            resource_id: Some(id),
            ..
        } => Selector::ResourceId(id.clone()),
        _ => Selector::Default,
    }
}
