//! Why the public way is not closed, or wants attention although it is.

use crate::outcome::{Cause, Heals, Owner};

/// What ARM says of the way, whatever the resource is.
const SHOW: &str = "az resource show --ids {resource} --query \"properties.[publicNetworkAccess, networkAcls, networkRuleSet]\"";
const CLOSE_VAULT: &str = "# if known: az keyvault update --subscription {resource.subscription} --resource-group {resource.group} --name {vault} --public-network-access Disabled";
const CLOSE_ACCOUNT: &str = "# if known: az storage account update --subscription {resource.subscription} --resource-group {resource.group} --name {account} --public-network-access Disabled";
const CLOSE_REGISTRY: &str = "# if known: az acr update --subscription {resource.subscription} --resource-group {resource.group} --name {registry} --public-network-enabled false";
/// Whoever still comes by the public way is shut out.
const BEFORE: &str =
    "# before that, whoever still comes by the public way needs a private endpoint of their own";

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{resource} does not exist",
        fix: &["az resource show --ids {resource} --query id"],
        source: "API.md §4",
    },
    Cause {
        id: "open",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{name} takes requests from the whole internet: a private endpoint adds a way, and closes none",
        fix: &[SHOW, BEFORE, CLOSE_VAULT, CLOSE_ACCOUNT, CLOSE_REGISTRY],
        source: "PITFALLS B23; key-vault private-link-diagnostics.md §3",
    },
    Cause {
        id: "rule-too-wide",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the firewall of {name} denies by default, and a rule of it admits more than 65,536 addresses, strangers among them",
        fix: &[SHOW, BEFORE, CLOSE_VAULT, CLOSE_ACCOUNT, CLOSE_REGISTRY],
        source: "PITFALLS D02; API.md §4 (networkAcls.ipRules)",
    },
    Cause {
        id: "admits-asker",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "{host} let the request in from where this was asked: one of the firewall's exceptions ({exceptions}) admits it, so whether strangers are kept out is not shown",
        fix: &[
            SHOW,
            "# ask from an address that is no exception, or take the exception away; a change takes some minutes",
            CLOSE_VAULT,
            CLOSE_ACCOUNT,
            CLOSE_REGISTRY,
        ],
        source: "PITFALLS D03; key-vault network-security.md (firewall rules)",
    },
    Cause {
        id: "answers",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "the settings of {name} say that the public way is closed, and {host} let a request in at its public address all the same; a change takes some minutes",
        fix: &[SHOW, CLOSE_VAULT, CLOSE_ACCOUNT, CLOSE_REGISTRY],
        source: "DESIGN.md §3 (public-access-closed)",
    },
];

pub(super) const WARNINGS: &[Cause] = &[
    Cause {
        id: "exceptions",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the firewall of {name} denies by default, and admits by the public way: {exceptions}",
        fix: &[SHOW, BEFORE, CLOSE_VAULT, CLOSE_ACCOUNT, CLOSE_REGISTRY],
        source: "PITFALLS D02, D03; API.md §4 (networkAcls)",
    },
    Cause {
        id: "by-perimeter",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "a network security perimeter decides who comes to {name} by the public way: its access rules are not looked at here",
        fix: &[
            SHOW,
            "az rest --method get --url https://management.azure.com{resource}/networkSecurityPerimeterConfigurations?api-version=2024-11-01",
        ],
        source: "API.md §4 (publicNetworkAccess: SecuredByPerimeter); IDENTITY.md §6 (NSP rules)",
    },
];
