//! Would a connection from a machine arrive at an address, says Network Watcher?
//!
//! Asks ARM for the machine and the network watcher of its region, then has that one try: a long-running read. The agent
//! of the watcher on the machine opens the connection, so what it says is the machine's own view: names, guest firewall,
//! security rules, routes. `Connected` holds; the first issue that it names is the cause.
//!
//! - [`causes`]: why a connection does not arrive
//! - [`shapes`]: what is kept, and how it is read

mod causes;
mod shapes;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::shapes::{Extension, Information, Issue, Machine, Outcome, Watcher, same_region};
use super::Check;
use super::machines::{self, Power};
use super::typed_id::{IdOf, NetworkWatcher, VirtualMachine};
use super::wire::{explaining, list_of};
use crate::ask::{Ask, ReadAction};
use crate::ids::ResourceId;
use crate::outcome::{Asks, At, Card, Claim, NoAnswer, Permission, Plane, Reason, Verdict};
use crate::timestamp::Timestamp;

/// Network Watcher says that the machine reaches the address.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct NetworkWatcherReachable {
    /// The machine that the connection starts from, with the agent of Network Watcher.
    machine: IdOf<VirtualMachine>,
    /// Where it goes: an address, or a name that the machine resolves itself.
    address: String,
    /// The port.
    port: u16,
    /// The network watcher to ask; that of the machine's region when absent.
    network_watcher: Option<IdOf<NetworkWatcher>>,
}

/// The machine, who was asked, and what came of it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    /// Region of the machine; absent when there is none.
    region: Option<String>,
    /// The watcher with its provisioning state.
    watcher: Option<(String, String)>,
    /// Whether the machine has the agent; absent when its extensions could not be read.
    agent: Option<bool>,
    /// Power state of the machine, looked for when the agent does not answer, unless it runs.
    power: Option<String>,
    outcome: Option<Outcome>,
}

impl Check for NetworkWatcherReachable {
    const CARD: Card = Card {
        id: "network-watcher-reachable",
        sentence: "the machine reaches the address, says Network Watcher",
        about: "Has the network watcher of the machine's region open a connection from the machine. `Connected` holds; an issue \
                that it names (a security rule, a route, the name, the guest's firewall, its agent) is the cause.",
        asks: Asks::ArmOperation("machine"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[
            Permission::action("Microsoft.Compute/virtualMachines/read", At::Id("machine")),
            // The watcher of the machine's region is found by listing; one that the scenario names may lie elsewhere.
            Permission::action(
                "Microsoft.Network/networkWatchers/read",
                At::SubscriptionOf("machine"),
            ),
            Permission::action(
                "Microsoft.Network/networkWatchers/read",
                At::Id("network-watcher"),
            ),
            Permission::action(
                "Microsoft.Network/networkWatchers/connectivityCheck/action",
                At::SubscriptionOf("machine"),
            ),
            Permission::action(
                "Microsoft.Network/networkWatchers/connectivityCheck/action",
                At::Id("network-watcher"),
            ),
            Permission::action(
                "Microsoft.Compute/virtualMachines/extensions/read",
                At::Id("machine"),
            )
            .explains(),
            Permission::action(
                "Microsoft.Compute/virtualMachines/instanceView/read",
                At::Id("machine"),
            )
            .explains(),
        ],
        causes: causes::CAUSES,
        warnings: causes::WARNINGS,
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let mut seen = Seen::default();
        let machine: Option<Machine> = ask.arm(&self.machine).await?;
        let Some(machine) = machine else {
            return Ok(seen);
        };
        let watcher = self.watcher(ask, &machine.location).await?;
        seen.region = Some(machine.location);
        let extensions = self.machine.child("extensions");
        let extensions = explaining(ask.arm_list::<Extension>(&extensions, &[]).await);
        seen.agent = extensions.map(|all| all.iter().any(Extension::is_agent));
        let Some(watcher) = watcher else {
            return Ok(seen);
        };
        let id: ResourceId = watcher.id.parse().map_err(NoAnswer::Unusable)?;
        seen.watcher = Some((watcher.id, watcher.properties.provisioning_state));
        if seen.agent == Some(false) {
            return Ok(seen);
        }
        match self.tried(ask, &id).await {
            Ok(outcome) => seen.outcome = Some(outcome),
            Err(why) => match self.power_behind(ask, &why).await {
                Some(state) => seen.power = Some(state),
                None => return Err(why),
            },
        }
        let names_agent = |outcome: &Outcome| outcome.first().is_some_and(Issue::is_of_the_agent);
        if seen.outcome.as_ref().is_some_and(names_agent) {
            seen.power = self.power(ask).await;
        }
        Ok(seen)
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(region) = &seen.region else {
            return Reason::new("machine-missing")
                .expected(&self.machine)
                .observed("no such resource")
                .into();
        };
        let Some((watcher, state)) = &seen.watcher else {
            return Reason::new("no-watcher")
                .expected(format!("a network watcher in {region}"))
                .observed("none")
                .with("region", region)
                .into();
        };
        if let Some(power) = &seen.power {
            return Reason::new("machine-not-running")
                .expected("a running machine")
                .observed(power)
                .into();
        }
        if seen.agent == Some(false) {
            return Reason::new("no-agent")
                .expected("the agent of Network Watcher")
                .observed("no extension of it")
                .into();
        }
        let Some(outcome) = &seen.outcome else {
            return Reason::new("unreachable").observed("no answer").into();
        };
        if outcome.arrived() {
            return Verdict::holds_but(self.degraded(outcome).into_iter().collect());
        }
        if !state.is_empty() && !state.eq_ignore_ascii_case("Succeeded") {
            return Reason::new("watcher-not-provisioned")
                .expected("Succeeded")
                .observed(state)
                .with("watcher", watcher)
                .into();
        }
        self.not_arrived(outcome).into()
    }

    fn claims(&self) -> Vec<Claim> {
        let subject = format!("{} {}:{}", self.machine, self.address, self.port);
        vec![Claim::new(Self::CARD.id, None, subject)]
    }
}

impl NetworkWatcherReachable {
    /// The watcher that the scenario names, or that of the region.
    async fn watcher(&self, ask: &Ask, region: &str) -> Result<Option<Watcher>, NoAnswer> {
        if let Some(id) = &self.network_watcher {
            return ask.arm(id).await;
        }
        let subscription = self
            .machine
            .subscription()
            .ok_or_else(|| NoAnswer::Unusable(format!("{} is in no subscription", self.machine)))?;
        let all =
            format!("/subscriptions/{subscription}/providers/Microsoft.Network/networkWatchers");
        let all: ResourceId = all.parse().map_err(NoAnswer::Internal)?;
        let all: Option<Vec<Watcher>> = ask.arm_list(&all, &[]).await?;
        let mut all = all.into_iter().flatten();
        Ok(all.find(|it| same_region(&it.location, region)))
    }

    /// Has the watcher try.
    async fn tried(&self, ask: &Ask, watcher: &ResourceId) -> Result<Outcome, NoAnswer> {
        let body = json!({
            "source": {"resourceId": self.machine.as_str()},
            "destination": {"address": self.address, "port": self.port},
            "protocol": "Tcp",
        });
        let action = ReadAction::ConnectivityCheck;
        let answer: Option<Information> = ask.arm_operation(watcher, action, &body).await?;
        let answer = answer.ok_or_else(|| {
            NoAnswer::Unusable("the network watcher went while it was asked".to_owned())
        })?;
        let outcome = Outcome::from(answer);
        if outcome.is_undecided() {
            return Err(NoAnswer::Unusable(format!(
                "the network watcher says neither that the connection arrives nor why not: {:?}",
                outcome.status
            )));
        }
        Ok(outcome)
    }

    /// The power state of the machine, when a refusal can be for want of a running one.
    async fn power_behind(&self, ask: &Ask, why: &NoAnswer) -> Option<String> {
        let NoAnswer::Refused(refusal) = why else {
            return None;
        };
        if refusal.status == 429 || refusal.status >= 500 {
            return None;
        }
        self.power(ask).await
    }

    async fn power(&self, ask: &Ask) -> Option<String> {
        match machines::power(ask, &self.machine).await {
            Power::Off(state) => Some(state),
            Power::Running | Power::Unknown => None,
        }
    }

    /// Some probes were lost on a way that is open.
    fn degraded(&self, outcome: &Outcome) -> Option<Reason> {
        let lost = outcome.failed.filter(|lost| *lost > 0);
        let is_degraded = outcome.status.eq_ignore_ascii_case("Degraded");
        let observed = match (lost, outcome.sent) {
            (Some(lost), Some(sent)) => format!("{lost} of {sent} probes were lost"),
            (Some(lost), None) => format!("{lost} probes were lost"),
            (None, _) if is_degraded => outcome.status.clone(),
            (None, _) => return None,
        };
        Some(Reason::new("degraded").observed(observed))
    }

    /// The first issue says why.
    fn not_arrived(&self, outcome: &Outcome) -> Reason {
        let issue = outcome.first();
        let kind = issue.map_or("", |issue| issue.kind.as_str());
        let cause = ISSUES
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(kind))
            .map_or("unreachable", |(_, cause)| cause);
        let observed = match issue {
            Some(issue) => issue.to_string(),
            None => outcome.status.clone(),
        };
        let at = issue.map_or("", |issue| issue.at.as_str());
        let at = match at.parse::<ResourceId>() {
            Ok(_) => at,
            Err(_) => self.machine.as_str(),
        };
        let rule = issue.and_then(|issue| issue.rule.as_deref());
        let hops = list_of(&outcome.hops);
        let reason = Reason::new(cause)
            .expected(format!("a connection to {}:{}", self.address, self.port))
            .observed(format!("{observed}; hops: {hops}"))
            .with("at", at)
            .with("rule", rule.unwrap_or("that is not named"));
        match interface(at) {
            Some(id) => reason.with("nic", id),
            None => reason,
        }
    }
}

/// The network interface that an id names, or lies in.
fn interface(id: &str) -> Option<&str> {
    let id = id.split("/ipConfigurations/").next()?;
    let parsed: ResourceId = id.parse().ok()?;
    parsed
        .is_a("Microsoft.Network/networkInterfaces")
        .then_some(id)
}

/// Types of issues (`networkWatcher.json`, `IssueType`) and the causes that they are; an open list.
const ISSUES: &[(&str, &str)] = &[
    ("AgentStopped", "agent-stopped"),
    ("DnsResolution", "name-not-resolved"),
    ("GuestFirewall", "guest-firewall"),
    ("NetworkSecurityRule", "security-rule"),
    ("Platform", "platform"),
    ("PortThrottled", "port-throttled"),
    ("SocketBind", "socket-bind"),
    ("UserDefinedRoute", "own-route"),
];
