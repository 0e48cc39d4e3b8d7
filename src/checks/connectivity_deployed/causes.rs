//! Why a connectivity configuration does not act.

use crate::checks::network_manager::az_rest;
use crate::outcome::{Cause, Heals, Owner};

/// What a commit does beside what is wanted: it brings every configuration as it stands now (A11).
const ALSO: &str = "# if known: # the commit also puts in force what was changed since in other configurations: {edited}; ask whoever changed them";
/// The body names everything that the regions are to have: a commit is their whole goal state (A12).
const COMMIT: &str = az_rest!("post", "{network-manager}/commit", "{commit-json}");
const STATUS: &str = az_rest!(
    "post",
    "{network-manager}/listDeploymentStatus",
    "{status-json}"
);

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no connectivity configuration {configuration}",
        fix: &[az_rest!("get", "{configuration}")],
        source: "API.md §1; specs/network/2024-01-01/networkManagerConnectivityConfiguration.json",
    },
    Cause {
        id: "not-committed",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the configuration was not committed to {regions}: it changes nothing there",
        fix: &[ALSO, COMMIT],
        source: "PITFALLS A10; virtual-network-manager/common-issues.md, faq.md",
    },
    Cause {
        id: "replaced",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the last commit to {regions} names other configurations and not this one, which it took away: a commit is the whole goal state of a region",
        fix: &[ALSO, COMMIT],
        source: "PITFALLS A12; virtual-network-manager/concept-deployments.md",
    },
    Cause {
        id: "deploying",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(20),
        says: "the commit to {regions} is still being applied, which may take up to 20 minutes",
        fix: &[STATUS],
        source: "PITFALLS A13; virtual-network-manager/common-issues.md, concept-deployments.md",
    },
    Cause {
        id: "being-replaced",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "a commit to {regions} that is still being applied names other configurations and not this one, and will take it away: a commit is the whole goal state of a region",
        fix: &[STATUS, ALSO, COMMIT],
        source: "PITFALLS A12, A13; virtual-network-manager/concept-deployments.md",
    },
    Cause {
        id: "stuck",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the commit to {regions} is not in force, and it is older than the 20 minutes that applying one may take: commit again, and ask support if that changes nothing",
        fix: &[STATUS, ALSO, COMMIT],
        source: "PITFALLS A13; virtual-network-manager/common-issues.md, concept-deployments.md",
    },
    Cause {
        id: "failed",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the deployment to {regions} failed: {error-message}",
        fix: &[ALSO, COMMIT],
        source: "PITFALLS A14; specs/network/2024-01-01/networkManager.json (errorMessage)",
    },
    Cause {
        id: "stale",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the configuration was changed after it was committed to {regions}: an edit needs a new commit",
        fix: &[ALSO, COMMIT],
        source: "PITFALLS A11; virtual-network-manager/common-issues.md",
    },
    Cause {
        id: "unknown-state",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the deployment to {regions} is in a state that is not known here",
        fix: &[STATUS],
        source: "API.md §1 (DeploymentStatus is an open list)",
    },
];
