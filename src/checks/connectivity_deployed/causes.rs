//! Why a connectivity configuration does not act.

use crate::checks::network_manager::az_rest;
use crate::outcome::{Cause, Heals, Owner};

/// The body names everything that the regions are to have: a commit is their whole goal state (A12).
const COMMIT: &str = az_rest!("post", "{network-manager}/commit", "{commit-json}");

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
        fix: &[COMMIT],
        source: "PITFALLS A10; virtual-network-manager/common-issues.md, faq.md",
    },
    Cause {
        id: "replaced",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the last commit to {regions} names other configurations and not this one, which it took away: a commit is the whole goal state of a region",
        fix: &[COMMIT],
        source: "PITFALLS A12; virtual-network-manager/concept-deployments.md",
    },
    Cause {
        id: "deploying",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(20),
        says: "the commit to {regions} is still being applied, which may take up to 20 minutes",
        fix: &[az_rest!(
            "post",
            "{network-manager}/listDeploymentStatus",
            "{status-json}"
        )],
        source: "PITFALLS A13; virtual-network-manager/common-issues.md, concept-deployments.md",
    },
    Cause {
        id: "failed",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the deployment to {regions} failed: {error-message}",
        fix: &[COMMIT],
        source: "PITFALLS A14; specs/network/2024-01-01/networkManager.json (errorMessage)",
    },
    Cause {
        id: "stale",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the configuration was changed after it was committed to {regions}: an edit needs a new commit",
        fix: &[COMMIT],
        source: "PITFALLS A11; virtual-network-manager/common-issues.md",
    },
    Cause {
        id: "unknown-state",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the deployment to {regions} is in a state that is not known here",
        fix: &[az_rest!(
            "post",
            "{network-manager}/listDeploymentStatus",
            "{status-json}"
        )],
        source: "API.md §1 (DeploymentStatus is an open list)",
    },
];
