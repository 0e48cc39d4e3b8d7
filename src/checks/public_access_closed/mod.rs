//! Is the public way to the resource closed?
//!
//! Asks ARM for the resource's network settings as its tenant's auditor, and, when they say closed, the resource's public
//! address, with a token of the same auditor. A refusal by the network rule holds; one of anything else proves nothing, and
//! an answer of whoever decides after the network shows that the way is open.
//!
//! - [`settings`]: what ARM says of the way, for each type of resource
//! - [`probe`]: what the public address says
//! - [`causes`]: why the way is not closed

mod causes;
mod probe;
mod settings;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::probe::Probe;
use self::settings::{Kind, Settings, StorageService};
use super::Check;
use super::listed::Listed;
use super::typed_id::{Closable, IdOf};
use super::wire::list_of;
use crate::ask::Ask;
use crate::outcome::{Asks, At, Card, Claim, NoAnswer, Permission, Plane, Reason, Verdict};
use crate::timestamp::Timestamp;

/// The public way to the resource is closed.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PublicAccessClosed {
    /// The vault, storage account or container registry.
    resource: IdOf<Closable>,
    /// Of a storage account, the services whose public addresses are asked; blob without it.
    services: Option<Listed<StorageService>>,
}

/// What the settings say, and what each public address said; no settings when there is no such resource.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    settings: Option<Settings>,
    probes: Vec<Probe>,
}

impl Check for PublicAccessClosed {
    const CARD: Card = Card {
        id: "public-access-closed",
        sentence: "the public way to the resource is closed",
        about: "Reads the network settings of a vault, storage account or container registry. `publicNetworkAccess: Disabled` (or \
                `SecuredByPerimeter`), or a firewall that denies by default, must be set; then the public address is asked with a \
                token of the same auditor, and must refuse by the network rule: `ForbiddenByConnection` or `ForbiddenByFirewall`, \
                `AuthorizationFailure`, a registry's `DENIED`. Where the name leads to a private address, as inside of the network, \
                nothing can be told: the question is for a vantage outside.",
        asks: Asks::Arm("resource"),
        plane: Plane::Data,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[Permission::of_type("read", At::Id("resource"))],
        causes: causes::CAUSES,
        warnings: causes::WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let services = self.services.as_ref().map_or(&[][..], |listed| listed);
        let settings = settings::of(ask, &self.resource, services).await?;
        let mut probes = Vec::new();
        if let Some(settings) = settings.as_ref().filter(|settings| settings.is_closed()) {
            for question in settings.questions() {
                probes.push(probe::ask(ask, &self.resource, question).await?);
            }
        }
        Ok(Seen { settings, probes })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let reason = |cause| {
            let name = self.resource.name();
            let reason = Reason::new(cause).with("name", name);
            // Each type has its own command, which knows the name by its own word.
            match settings::kind_of(&self.resource) {
                Kind::Vault => reason.with("vault", name),
                Kind::Account => reason.with("account", name),
                Kind::Registry => reason.with("registry", name),
            }
        };
        let Some(settings) = &seen.settings else {
            return reason("missing").into();
        };
        if !settings.is_closed() {
            return reason("open")
                .expected("publicNetworkAccess: Disabled, or a firewall that denies by default")
                .observed(settings)
                .into();
        }
        if let Some(rule) = settings.widest_rule() {
            return reason("rule-too-wide")
                .expected("rules that admit few addresses")
                .observed(rule)
                .into();
        }
        if let Some(probe) = seen.probes.iter().find(|probe| probe.let_in) {
            let exceptions = settings.exceptions();
            let cause = if exceptions.is_empty() {
                "answers"
            } else {
                "admits-asker"
            };
            return reason(cause)
                .expected("a refusal by the network rule")
                .observed(probe)
                .with("host", &probe.host)
                .with("exceptions", list_of(exceptions))
                .into();
        }
        let mut warnings = Vec::new();
        if settings.is_by_perimeter() {
            warnings.push(reason("by-perimeter").observed(settings));
        }
        let exceptions = settings.exceptions();
        if !exceptions.is_empty() {
            let listed = list_of(exceptions);
            warnings.push(
                reason("exceptions")
                    .expected("no exceptions")
                    .observed(&listed)
                    .with("exceptions", listed),
            );
        }
        Verdict::holds_but(warnings)
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(Self::CARD.id, None, &*self.resource)]
    }
}
