//! What is kept of a try, and how ARM's answers are read.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::checks::wire::lenient;

/// Publisher of the agent (azure-docs, `network-watcher/network-watcher-agent-linux.md`).
const AGENT: &str = "Microsoft.Azure.NetworkWatcher";

/// What the watcher says of a connection.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Outcome {
    pub(super) status: String,
    pub(super) sent: Option<u64>,
    pub(super) failed: Option<u64>,
    /// Addresses on the way, the machine's first.
    pub(super) hops: Vec<String>,
    pub(super) issues: Vec<Issue>,
}

/// Something on the way.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Issue {
    pub(super) kind: String,
    pub(super) origin: String,
    pub(super) severity: String,
    /// The resource where it is, as far as the watcher says so.
    pub(super) at: String,
    /// The rule or route that it names.
    pub(super) rule: Option<String>,
}

impl Issue {
    pub(super) fn is_of_the_agent(&self) -> bool {
        self.kind.eq_ignore_ascii_case("AgentStopped")
    }

    fn is_error(&self) -> bool {
        self.severity.eq_ignore_ascii_case("Error")
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.kind, self.origin)?;
        match &self.rule {
            Some(rule) => write!(f, " {rule}"),
            None => Ok(()),
        }
    }
}

impl Outcome {
    /// `Reachable` is the older word (azure-docs, `network-watcher-connectivity-overview.md`).
    pub(super) fn arrived(&self) -> bool {
        self.is_any_of(&["Connected", "Reachable", "Degraded"])
    }

    /// Whether it neither arrived, nor did not, nor says why.
    pub(super) fn is_undecided(&self) -> bool {
        let failed = self.is_any_of(&["Disconnected", "Unreachable"]);
        !self.arrived() && !failed && self.issues.is_empty()
    }

    /// The issue that decides: the first error on the way, else the first of all.
    pub(super) fn first(&self) -> Option<&Issue> {
        let error = self.issues.iter().find(|it| it.is_error());
        error.or_else(|| self.issues.first())
    }

    fn is_any_of(&self, words: &[&str]) -> bool {
        let own = |word: &&str| self.status.eq_ignore_ascii_case(word);
        words.iter().any(own)
    }
}

/// Whether two texts name the same region: `Japan East` is `japaneast`.
pub(super) fn same_region(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|region| region.replace(' ', ""));
    one.eq_ignore_ascii_case(&other)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Machine {
    #[serde(deserialize_with = "lenient")]
    pub(super) location: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Watcher {
    #[serde(deserialize_with = "lenient")]
    pub(super) id: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) location: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) properties: WatcherProperties,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct WatcherProperties {
    #[serde(deserialize_with = "lenient")]
    pub(super) provisioning_state: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Extension {
    #[serde(deserialize_with = "lenient")]
    properties: ExtensionProperties,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ExtensionProperties {
    #[serde(deserialize_with = "lenient")]
    publisher: String,
}

impl Extension {
    pub(super) fn is_agent(&self) -> bool {
        self.properties.publisher.eq_ignore_ascii_case(AGENT)
    }
}

/// The result of the operation.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Information {
    #[serde(deserialize_with = "lenient")]
    connection_status: String,
    probes_sent: Option<u64>,
    probes_failed: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    hops: Vec<Hop>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Hop {
    #[serde(deserialize_with = "lenient")]
    address: String,
    #[serde(deserialize_with = "lenient")]
    resource_id: String,
    #[serde(deserialize_with = "lenient")]
    issues: Vec<IssueRead>,
    #[serde(deserialize_with = "lenient")]
    links: Vec<HopLink>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct HopLink {
    #[serde(deserialize_with = "lenient")]
    issues: Vec<IssueRead>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct IssueRead {
    #[serde(deserialize_with = "lenient")]
    origin: String,
    #[serde(deserialize_with = "lenient")]
    severity: String,
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: String,
    #[serde(deserialize_with = "lenient")]
    context: Vec<Value>,
}

impl IssueRead {
    /// What the context names; it is a list of pairs, or of objects that are pairs themselves.
    fn rule(&self) -> Option<String> {
        let is_wanted = |key: &str| {
            let key = key.to_ascii_lowercase();
            key.contains("rulename") || key.contains("routename")
        };
        self.context.iter().find_map(|item| {
            let text = |name: &str| item.get(name).and_then(Value::as_str);
            if text("key").is_some_and(is_wanted) {
                return text("value").map(str::to_owned);
            }
            let mut pairs = item.as_object()?.iter();
            let (_, value) = pairs.find(|(key, _)| is_wanted(key))?;
            value.as_str().map(str::to_owned)
        })
    }
}

impl From<Information> for Outcome {
    fn from(read: Information) -> Self {
        let mut outcome = Self {
            status: read.connection_status.trim().to_owned(),
            sent: read.probes_sent,
            failed: read.probes_failed,
            ..Self::default()
        };
        for hop in read.hops {
            let at = resource(&hop.resource_id);
            let links = hop.links.into_iter().flat_map(|link| link.issues);
            let issues = hop.issues.into_iter().chain(links);
            outcome.issues.extend(issues.map(|issue| Issue {
                rule: issue.rule(),
                kind: issue.kind,
                origin: issue.origin,
                severity: issue.severity,
                at: at.clone(),
            }));
            outcome.hops.push(hop.address);
        }
        outcome
    }
}

/// The id with its first slash, which the official example leaves out.
fn resource(id: &str) -> String {
    match id.is_empty() || id.starts_with('/') {
        true => id.to_owned(),
        false => format!("/{id}"),
    }
}
