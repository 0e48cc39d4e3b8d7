//! What `settle` needs to know about the scenario: whose tenant, and the values of parameters.

use serde_json::Value;

use super::settle::Ground;
use super::words::Values;
use crate::ids::{AppId, ResourceId, TenantId};
use crate::outcome::TenantRef;
use crate::plan::{Plan, PlannedLink};

/// One link of a plan, with the parameters that a try used.
pub(super) struct LinkGround<'a> {
    pub(super) plan: &'a Plan,
    pub(super) link: &'a PlannedLink,
    pub(super) parameters: &'a Value,
}

impl LinkGround<'_> {
    /// The network of the link's vantage.
    fn network(&self) -> Option<&ResourceId> {
        let name = self.link.vantage.as_deref()?;
        let vantage = self.plan.vantages.iter().find(|own| own.name == name)?;
        vantage.network.as_ref()
    }
}

impl Ground for LinkGround<'_> {
    fn asked(&self) -> Option<TenantRef> {
        self.link.tenant.clone()
    }

    fn tenant_of(&self, id: &ResourceId) -> Option<TenantRef> {
        self.plan.tenant_of(id)
    }

    fn named(&self, id: TenantId) -> TenantRef {
        let listed = self.plan.tenants.iter().find(|own| own.id == id);
        listed.cloned().unwrap_or_else(|| TenantRef {
            name: "a tenant that the scenario does not list".to_owned(),
            id,
        })
    }

    fn home_of(&self, application: &AppId) -> Option<TenantRef> {
        self.plan.home_of(application)
    }
}

impl Values for LinkGround<'_> {
    fn value(&self, name: &str) -> Option<String> {
        let workload = self.link.workload.as_ref();
        match name {
            "workload" => workload.map(|workload| workload.name.clone()),
            "workload-application" | "application" if self.parameters.get(name).is_none() => {
                workload
                    .and_then(|workload| workload.application.as_ref())
                    .map(ToString::to_string)
            }
            "managed-identity" => workload
                .and_then(|workload| workload.managed_identity.as_ref())
                .map(ToString::to_string),
            "vantage-network" => self.network().map(ToString::to_string),
            "workload-tenant" => workload.map(|workload| workload.tenant.id.to_string()),
            _ => match self.parameters.get(name)? {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            },
        }
    }
}
