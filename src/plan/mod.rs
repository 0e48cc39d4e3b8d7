//! What will run: links with their tenant, identity and vantage, in an order in which every need comes first.
//!
//! - [`Plan`], [`PlannedLink`]: a scenario with every default filled in
//! - `resolve`: whom a link asks, and as whom
//! - `order`: needs before what needs them, otherwise as in the file
//! - `select`: which links were asked for: [`Selection`]
//!
//! Pure: no network, no clock, no file. What is wrong with a scenario was said when it was loaded.

mod order;
mod resolve;
mod select;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

pub use crate::scenario::Expect;
pub use select::{Selection, UnknownName};

use crate::checks::Kind;
use crate::ids::{AppId, ResourceId, SubscriptionId};
use crate::outcome::link::Place;
use crate::outcome::{TenantRef, Waiver, Workload};
use crate::scenario::{self, Scenario, Tenant, Vantage};
use crate::source::{Node, Reference, SourceFile};

/// How long one question may take when the link does not say.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// The same where the question is an operation of ARM that takes its time.
pub const OPERATION_TIMEOUT: Duration = Duration::from_secs(300);

/// One scenario, ready to be run.
#[derive(Debug)]
pub struct Plan {
    /// The scenario's name.
    pub scenario: String,
    /// Its file, as it was named.
    pub file: String,
    /// What it is about; empty when the author did not say.
    pub about: String,
    /// SHA-256 of what it says.
    pub digest: String,
    /// The file itself, for messages about its parameters.
    pub source: Arc<SourceFile>,
    /// The tenants, in file order.
    pub tenants: Vec<TenantRef>,
    /// The vantages, in file order.
    pub vantages: Vec<Vantage>,
    /// Every link, in file order; those that were not selected say so.
    pub links: Vec<PlannedLink>,
    /// Positions in `links`: needs before what needs them, otherwise as in the file.
    pub order: Vec<usize>,
    /// Failures that are let be.
    pub waivers: Vec<Waiver>,
    listed: Vec<Tenant>,
    homes: HashMap<AppId, TenantRef>,
}

/// A link, resolved.
#[derive(Clone)]
pub struct PlannedLink {
    /// Its position in the plan.
    pub index: usize,
    /// Name in the scenario.
    pub id: String,
    /// The claim in the author's words.
    pub about: Option<String>,
    /// The check.
    pub kind: &'static Kind,
    /// The check's parameters; facts still stand as references.
    pub parameters: Node,
    /// The facts that the parameters use.
    pub references: Vec<Reference>,
    /// Positions of the links that it needs, facts included, each once, in file order.
    pub needs: Vec<usize>,
    /// Position of the link that shows that this one's vantage is not cut off, where nobody is expected to answer. It
    /// comes first, and blocks nothing.
    pub control: Option<usize>,
    /// The tenant asked. Absent when only a fact will tell, or for names asked from a vantage without a network.
    pub tenant: Option<TenantRef>,
    /// The identity that reads the tenant's settings; absent for checks that read none.
    pub reader: Option<String>,
    /// Further tenants that it asks, each with the identity that reads it: of a list of resources in several tenants.
    pub other_readers: Vec<(TenantRef, String)>,
    /// The identity under test.
    pub workload: Option<Workload>,
    /// The vantage, when the link names one.
    pub vantage: Option<String>,
    /// Names to select it by.
    pub tags: Vec<String>,
    /// How long an answer that may still heal is asked again; zero for one question.
    pub within: Duration,
    /// How long one question may take.
    pub timeout: Duration,
    /// How long the last try may take for the link to be good.
    pub budget: Option<Duration>,
    /// Which answer is the right one.
    pub expect: Expect,
    /// Why it will not be asked, if it will not.
    pub skip: Option<String>,
    /// Where it stands.
    pub place: Place,
}

impl Plan {
    /// Plans the selected links of a scenario, and what they need.
    ///
    /// # Errors
    /// When the selection names a link or a tag that the scenario does not have.
    pub fn new(scenario: &Scenario, selection: &Selection) -> Result<Self, UnknownName> {
        selection.check(&[scenario])?;
        Ok(Self::of(scenario, selection))
    }

    /// As [`Plan::new`], for a selection over several scenarios: a name that this one does not have selects nothing
    /// here. [`Selection::check`] finds names that none of them has.
    pub fn of(scenario: &Scenario, selection: &Selection) -> Self {
        let needs = order::needs(scenario);
        let controls = order::controls(scenario);
        let before = order::before(&needs, &controls);
        let selected = selection.closure(scenario, &before);
        let managed = resolve::managed_identities(scenario);
        let resolved = scenario
            .links
            .iter()
            .zip(needs.iter().zip(selected))
            .enumerate();
        let links: Vec<_> = resolved
            .map(|(index, (link, (needs, is_selected)))| {
                let skip = (!is_selected).then(|| "not selected".to_owned());
                PlannedLink {
                    index,
                    skip,
                    control: controls[index],
                    ..resolve::link(scenario, link, needs.clone(), &managed)
                }
            })
            .collect();
        Self {
            scenario: scenario.name.clone(),
            file: scenario.file.name.clone(),
            about: scenario.about.clone(),
            digest: scenario.digest.clone(),
            source: Arc::clone(&scenario.file),
            tenants: scenario.tenants.iter().map(Tenant::reference).collect(),
            vantages: scenario.vantages.clone(),
            homes: resolve::homes(scenario, &links),
            order: order::order(&before),
            waivers: Vec::new(),
            listed: scenario.tenants.clone(),
            links,
        }
    }

    /// Whether no link will be asked.
    pub fn is_empty(&self) -> bool {
        self.links.iter().all(|link| link.skip.is_some())
    }

    /// The link of that name.
    pub fn link(&self, id: &str) -> Option<&PlannedLink> {
        self.links.iter().find(|link| link.id == id)
    }

    /// The tenant of that name.
    pub fn tenant_named(&self, name: &str) -> Option<TenantRef> {
        self.tenants
            .iter()
            .find(|tenant| tenant.name == name)
            .cloned()
    }

    /// The tenant that lists a subscription.
    pub fn tenant_of_subscription(&self, subscription: &SubscriptionId) -> Option<TenantRef> {
        scenario::tenant_of_subscription(&self.listed, subscription).map(Tenant::reference)
    }

    /// The tenant that lists the subscription or management group of an id.
    pub fn tenant_of(&self, id: &ResourceId) -> Option<TenantRef> {
        scenario::tenant_of(&self.listed, id).map(Tenant::reference)
    }

    /// The identity that reads a tenant's settings.
    pub fn reader_of(&self, tenant: &TenantRef) -> Option<&str> {
        let found = self.listed.iter().find(|own| own.name == tenant.name)?;
        found.read_as.as_deref()
    }

    /// The tenant in which an application is registered, as far as the scenario tells: the one that a link asks for it,
    /// or else the tenant other than the one whose tokens it gets, or the only one.
    pub fn home_of(&self, application: &AppId) -> Option<TenantRef> {
        self.homes.get(application).cloned()
    }
}

impl PlannedLink {
    /// Positions of the links that must have an outcome before this one is asked.
    pub fn waits_for(&self) -> Vec<usize> {
        order::with_control(&self.needs, self.control)
    }

    /// Whether the link reads this tenant as this identity.
    pub fn reads(&self, tenant: &TenantRef, reader: &str) -> bool {
        let first = self.reader.as_deref() == Some(reader) && self.tenant.as_ref() == Some(tenant);
        let among = |(other, own): &(TenantRef, String)| other == tenant && own == reader;
        first || self.other_readers.iter().any(among)
    }
}

impl std::fmt::Debug for PlannedLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlannedLink")
            .field("id", &self.id)
            .field("check", &self.kind.card.id)
            .field("needs", &self.needs)
            .field("tenant", &self.tenant)
            .field("reader", &self.reader)
            .field("workload", &self.workload)
            .field("vantage", &self.vantage)
            .field("skip", &self.skip)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
