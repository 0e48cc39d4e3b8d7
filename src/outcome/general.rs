//! Causes that belong to no single check: what a scenario asks of a link beyond its claim.

use super::card::{Cause, Heals, Owner};

/// Answered although a refusal was expected. Part of every card that takes `expect: {denied: …}`.
pub static NOT_DENIED: Cause = Cause {
    id: "not-denied",
    on: &[],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "the scenario expects a refusal, and the question was answered",
    fix: &[],
    source: "DESIGN.md §3 (isolation is proved by links that must be refused)",
};

/// Reached although nobody should answer. Part of every card that takes `expect: unreachable`.
pub static NOT_UNREACHABLE: Cause = Cause {
    id: "not-unreachable",
    on: &[],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "the scenario expects that nobody answers here, and somebody did",
    fix: &[],
    source: "DESIGN.md §3 (isolation is proved by links that must not reach)",
};

/// Refused, but with another code than the scenario expects. Part of every card that takes `expect: {denied: …}`.
pub static DENIED_OTHERWISE: Cause = Cause {
    id: "denied-otherwise",
    on: &[],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "the question was refused, as the scenario expects, but with another code than it names",
    fix: &[],
    source: "DESIGN.md §3 (the codes of an expected refusal are mandatory)",
};

/// Refused for want of a role, while a link that this one needs saw the role under a condition. Part of every card whose
/// data a role may give out under one; told by the diagnosis alone, which knows both links.
pub const CONDITION_NOT_MET: Cause = Cause {
    id: "condition-not-met",
    // Our word: no service says so.
    on: &["ConditionNotMet"],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "the caller's role counts under a condition only, and this request does not meet it; waiting does not change that",
    fix: &[
        "# the assignment and its condition are what role-assigned.conditional warns of; its commands change the condition",
    ],
    source: "role-based-access-control/conditions-overview.md; PITFALLS D08",
};

/// What a link may fail for beside the causes of its card.
pub static GENERAL: [&Cause; 6] = [
    &API_VERSION_RETIRES,
    &DENIED_OTHERWISE,
    &NOT_DENIED,
    &NOT_UNREACHABLE,
    &OVER_BUDGET,
    &SUBSCRIPTION_ELSEWHERE,
];

/// Those of them that say the same of every check, and are documented once.
pub static OF_EVERY_CHECK: [&Cause; 3] =
    [&API_VERSION_RETIRES, &OVER_BUDGET, &SUBSCRIPTION_ELSEWHERE];

/// Right, and asked with an api-version that Azure will take away: a warning. Part of every card that asks ARM.
pub static API_VERSION_RETIRES: Cause = Cause {
    id: "api-version-retires",
    on: &[],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "the answer is right, and was asked for with an api-version that ends on {retires-on}: whatever else is made or read with it, templates above all, has to move on by then; here, leave out `--api-version`",
    fix: &[],
    source: "PITFALLS D14; key-vault/general/access-control-default.md",
};

/// ARM does not know the subscription with a token of the tenant that the scenario lists it for. Part of every card that
/// asks ARM; one that knows more about it has a cause of its own.
pub static SUBSCRIPTION_ELSEWHERE: Cause = Cause {
    id: "subscription-elsewhere",
    on: &["InvalidAuthenticationTokenTenant", "SubscriptionNotFound"],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "the subscription of {asked-id} does not belong to the tenant asked: it was moved to another one or deleted, or the scenario lists it for the wrong tenant",
    fix: &["az account show --subscription {asked-id.subscription} --query tenantId"],
    source: "PITFALLS A28, C30, D17; IDENTITY.md §6 (InvalidAuthenticationTokenTenant, SubscriptionNotFound)",
};

/// Right, but slower than the scenario allows. Part of every card.
pub static OVER_BUDGET: Cause = Cause {
    id: "over-budget",
    on: &[],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "the answer is right, and took longer than the link's `budget` allows",
    fix: &[],
    source: "DESIGN.md §8 (over budget is a failure)",
};
