//! The card of a check: everything about it that is not code.
//!
//! The loader, the plan, `settle`, the schema, `xtenant checks` and `docs/checks.md` all read the card; none of them
//! knows a check by name.

use std::time::Duration;

use super::fact::FactType;
use super::permission::Permission;

/// What a check is, in data.
#[derive(Clone, Debug)]
pub struct Card {
    /// `subject-state`: the key in a scenario and the anchor in the documentation.
    pub id: &'static str,
    /// A sentence that is true when the check passes.
    pub sentence: &'static str,
    /// What it reads and what counts as yes; one paragraph for the documentation.
    pub about: &'static str,
    /// Where the question is asked.
    pub asks: Asks,
    /// Whether it reads settings or the data behind them; settings come first when two links broke at once.
    pub plane: Plane,
    /// What `expect:` may say beside `allowed`.
    pub modes: &'static [Mode],
    /// Parameters of which at least one must be given; empty when there is no such rule.
    pub at_least_one_of: &'static [&'static str],
    /// Parameters that name something living in the tenant asked: it is how an owner finds an application's home.
    pub homes: &'static [&'static str],
    /// Facts that a pass provides to later links.
    pub facts: &'static [FactSpec],
    /// Every right that it may ever use: what is not listed here is not asked.
    pub permissions: &'static [Permission],
    /// Why the link may break.
    pub causes: &'static [Cause],
    /// What may want attention although the link holds.
    pub warnings: &'static [Cause],
}

impl Card {
    /// The cause or warning of that id.
    pub fn cause(&self, id: &str) -> Option<&'static Cause> {
        self.causes
            .iter()
            .chain(self.warnings)
            .find(|cause| cause.id == id)
    }

    /// The fact of that name.
    pub fn fact(&self, name: &str) -> Option<&'static FactSpec> {
        self.facts.iter().find(|fact| fact.name == name)
    }
}

/// Where a check asks, which decides the tenant, the vantage and the identity of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// ARM, in the tenant that lists the subscription or management group of the resource id in this parameter.
    Arm(&'static str),
    /// As [`Asks::Arm`], by an operation whose answer takes its time.
    ArmOperation(&'static str),
    /// Microsoft Graph, in the tenant that the link names by `tenant:`.
    Graph,
    /// DNS from the link's vantage; the tenant is the one of the vantage's network.
    Dns,
    /// Whoever answers at a URL, from the link's vantage or, without one, from this machine; as the identity that the
    /// link names by `as:`, or as nobody. The tenant is the one of the vantage's network.
    Endpoint,
    /// An address, from the link's vantage, as nobody; the tenant is the one of the vantage's network.
    Network,
    /// Entra or a data plane, as the identity that the link names by `as:`; the tenant is that identity's.
    Workload,
}

impl Asks {
    /// The parameter whose resource id decides which tenant is asked.
    pub const fn resource_parameter(self) -> Option<&'static str> {
        match self {
            Self::Arm(parameter) | Self::ArmOperation(parameter) => Some(parameter),
            _ => None,
        }
    }
}

/// Whether a check reads settings or data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plane {
    /// Settings: ARM, Graph.
    Control,
    /// What the settings are for: DNS answers, tokens, secrets, blobs.
    Data,
}

/// What `expect:` may say beside `allowed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `expect: {denied: [CODE, …]}`: the refusal with one of these codes is the pass.
    Denied,
    /// `expect: unreachable`: that nobody answers at the address is the pass, when the link in `control:` holds.
    Unreachable,
}

/// A fact that a check provides.
#[derive(Debug)]
pub struct FactSpec {
    /// Name, as in `{from: link.NAME}`.
    pub name: &'static str,
    /// Its type.
    pub fact_type: FactType,
    /// What it is.
    pub about: &'static str,
}

/// Starts a command that stands in for the one before it, when a value of that one is not known.
pub const OTHERWISE: &str = "# otherwise: ";

/// Starts a line that is told only when every value in it is known: what a command would do beside what is wanted.
pub const IF_KNOWN: &str = "# if known: ";

/// A known reason for a link not to hold, or to want attention.
#[derive(Debug)]
pub struct Cause {
    /// Second half of the stable code `<check>.<cause>`.
    pub id: &'static str,
    /// Codes of a refusal that mean this cause: service codes and `AADSTS…`.
    pub on: &'static [&'static str],
    /// Whose administrator must act.
    pub owner: Owner,
    /// Whether waiting can help.
    pub heals: Heals,
    /// One sentence; `{name}` stands for a value of the finding.
    pub says: &'static str,
    /// Commands a person can paste, least harm first; `{name}` stands for a value, quoted for a shell. A command with a
    /// value that the run does not know is left out; those after it that start with [`OTHERWISE`] take its place,
    /// and one that starts with [`IF_KNOWN`] is not missed.
    /// An alternative is a comment: `# or: …`.
    pub fix: &'static [&'static str],
    /// Where the rule comes from.
    pub source: &'static str,
}

/// The tenant whose administrator must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The tenant that was asked.
    Asked,
    /// The tenant that lists the subscription of the resource id in this parameter or value.
    Of(&'static str),
    /// The tenant whose id this parameter or value is, whether the scenario lists it or not.
    Tenant(&'static str),
    /// The tenant in which the application that this parameter or value names is registered.
    HomeOf(&'static str),
}

/// Whether a cause may go away by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heals {
    /// Waiting never helps.
    Never,
    /// It may be gone within this time after the last change.
    Within(Duration),
    /// The same, and answers come and go meanwhile: replicas learn of a change one after the other. Also without any
    /// change, a few of a thousand requests meet it.
    Flapping(Duration),
}

impl Heals {
    /// Within so many minutes.
    pub const fn minutes(minutes: u64) -> Self {
        Self::Within(Duration::from_secs(minutes * 60))
    }

    /// Comes and goes for so many minutes.
    pub const fn flapping_minutes(minutes: u64) -> Self {
        Self::Flapping(Duration::from_secs(minutes * 60))
    }

    /// The time after which it is not going to be gone by itself.
    pub const fn bound(self) -> Option<Duration> {
        match self {
            Self::Never => None,
            Self::Within(bound) | Self::Flapping(bound) => Some(bound),
        }
    }

    /// Whether one good answer is no proof yet, nor one bad.
    pub const fn flaps(self) -> bool {
        matches!(self, Self::Flapping(_))
    }
}
