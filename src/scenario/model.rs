//! A scenario as later stages see it: every name resolved to something that exists, defaults still unfilled.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::identity::IdentityKind;
use crate::checks::Kind;
use crate::ids::{ResourceId, SubscriptionId, TenantId};
use crate::outcome::TenantRef;
use crate::outcome::link::Place;
use crate::secret::Secret;
use crate::source::{Node, Reference, SourceFile, Span};

/// A chain of links, and the tenants, identities and vantages it speaks of.
#[derive(Debug)]
pub struct Scenario {
    /// The file it was read from.
    pub file: Arc<SourceFile>,
    /// Its name.
    pub name: String,
    /// What it is about; empty when the author did not say.
    pub about: String,
    /// Where it asks, when it says so: the name of a target, never a file.
    pub target: Option<String>,
    /// The tenants, in file order.
    pub tenants: Vec<Tenant>,
    /// The identities, in file order.
    pub identities: Vec<Identity>,
    /// The vantages, in file order.
    pub vantages: Vec<Vantage>,
    /// The links, in file order.
    pub links: Vec<Link>,
    /// Names of the variables that it declares, in file order.
    pub variables: Vec<String>,
    /// Every secret that it was given, so that none of them is ever shown.
    pub secrets: Vec<Secret>,
    /// SHA-256 of what it says after variables. Halves of a run belong together only when it is equal.
    pub digest: String,
}

/// A tenant, what lies in it, and who reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Name in the scenario.
    pub name: String,
    /// Tenant id.
    pub id: TenantId,
    /// Subscriptions that trust it.
    pub subscriptions: Vec<SubscriptionId>,
    /// Names of its management groups.
    pub management_groups: Vec<String>,
    /// Name of the identity that reads it.
    pub read_as: Option<String>,
}

/// Somebody who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Name in the scenario.
    pub name: String,
    /// How one becomes it.
    pub kind: IdentityKind,
}

/// A place to ask from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vantage {
    /// Name in the scenario.
    pub name: String,
    /// The virtual network that it is in, when it is in one.
    pub network: Option<ResourceId>,
}

/// One named claim.
#[derive(Clone)]
pub struct Link {
    /// Name in the scenario.
    pub id: String,
    /// The claim in the author's words.
    pub about: Option<String>,
    /// The tenant asked, for checks whose parameters do not decide it.
    pub tenant: Option<String>,
    /// The vantage it is asked from.
    pub at: Option<String>,
    /// The identity under test: `as`.
    pub identity: Option<String>,
    /// Ids of the links that must hold first, as written; facts add to them.
    pub needs: Vec<String>,
    /// Names to select it by.
    pub tags: Vec<String>,
    /// How long an answer that may still heal is asked again.
    pub within: Option<Duration>,
    /// How long one question may take.
    pub timeout: Option<Duration>,
    /// How long the answer may take for the link to be good.
    pub budget: Option<Duration>,
    /// Which answer is the right one.
    pub expect: Expect,
    /// Id of the link that shows that the vantage reaches something, where nobody is expected to answer.
    pub control: Option<String>,
    /// The check.
    pub kind: &'static Kind,
    /// The check's parameters, variables filled in.
    pub parameters: Node,
    /// The facts of other links that the parameters use.
    pub references: Vec<Reference>,
    /// Where the link stands.
    pub span: Span,
    /// The same, as reports write it.
    pub place: Place,
}

/// Which answer is the right one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Expect {
    /// What the check claims holds.
    #[default]
    Allowed,
    /// It is refused, with one of these codes.
    Denied(#[schemars(length(min = 1))] Vec<String>),
    /// Nobody answers, while the link in `control` reaches something from the same vantage.
    Unreachable,
}

impl Scenario {
    /// The tenant of that name.
    pub fn tenant(&self, name: &str) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| tenant.name == name)
    }

    /// The identity of that name.
    pub fn identity(&self, name: &str) -> Option<&Identity> {
        self.identities
            .iter()
            .find(|identity| identity.name == name)
    }

    /// The vantage of that name.
    pub fn vantage(&self, name: &str) -> Option<&Vantage> {
        self.vantages.iter().find(|vantage| vantage.name == name)
    }
}

impl Tenant {
    /// Name and id, as reports write them.
    pub fn reference(&self) -> TenantRef {
        TenantRef {
            name: self.name.clone(),
            id: self.id.clone(),
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("id", &self.id)
            .field("check", &self.kind.card.id)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}
