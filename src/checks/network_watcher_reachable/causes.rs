//! Why a connection does not arrive, in Network Watcher's own words.

use crate::outcome::{Cause, Heals, Owner};

/// The same question, asked by hand.
const ASK: &str = "az network watcher test-connectivity --source-resource {machine} --dest-address {address} --dest-port {port} --protocol Tcp";
const INTERFACES: &str = "az vm nic list --subscription {machine.subscription} --resource-group {machine.group} --vm-name {machine.name} --query \"[].id\"";
const AGENT_HINT: &str = "# NetworkWatcherAgentWindows on Windows:";
const INSTALL: &str = "az vm extension set --ids {machine} --publisher Microsoft.Azure.NetworkWatcher --name NetworkWatcherAgentLinux";

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "machine-missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no machine {machine}",
        fix: &["az vm list --subscription {machine.subscription} --output table"],
        source: "API.md §3 (connectivityCheck)",
    },
    Cause {
        id: "no-watcher",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no network watcher in {region}, the region of the machine, or it is not the one that the scenario names",
        fix: &[
            "az network watcher list --output table",
            "az network watcher configure --locations {region} --resource-group NetworkWatcherRG --enabled true",
        ],
        source: "PITFALLS D18; network-watcher/network-watcher-create.md",
    },
    Cause {
        id: "watcher-not-provisioned",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(10),
        says: "the network watcher {watcher} is not provisioned, and the connection did not arrive",
        fix: &["az network watcher list --query \"[].[id, provisioningState]\" --output table"],
        source: "specs/network/2024-01-01/networkWatcher.json (provisioningState)",
    },
    Cause {
        id: "machine-not-running",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the machine {machine} does not run, so nothing can be tried from it",
        fix: &["az vm start --ids {machine}"],
        source: "PITFALLS D18",
    },
    Cause {
        id: "no-agent",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the machine {machine} lacks the agent of Network Watcher, which opens the connection",
        fix: &[AGENT_HINT, INSTALL],
        source: "PITFALLS D18; network-watcher/connection-troubleshoot-overview.md",
    },
    Cause {
        id: "agent-stopped",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(5),
        says: "the agent of Network Watcher on {machine} does not answer",
        fix: &[
            "az vm extension list --subscription {machine.subscription} --resource-group {machine.group} --vm-name {machine.name} --query \"[].[name, publisher, provisioningState]\" --output table",
            AGENT_HINT,
            INSTALL,
        ],
        source: "PITFALLS D18; specs/network/2024-01-01/networkWatcher.json (IssueType)",
    },
    Cause {
        id: "name-not-resolved",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{machine} does not resolve {address}",
        fix: &[ASK, INTERFACES],
        source: "specs/network/2024-01-01/networkWatcher.json (IssueType)",
    },
    Cause {
        id: "guest-firewall",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the firewall of the operating system on {machine} stops the connection",
        fix: &[
            ASK,
            "# look at the firewall inside of the machine: ufw, firewalld, or Windows Defender Firewall",
        ],
        source: "specs/network/2024-01-01/networkWatcher.json (IssueType)",
    },
    Cause {
        id: "socket-bind",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{machine} cannot open a socket for the connection",
        fix: &[ASK, "# look at what uses up the ports of the machine"],
        source: "specs/network/2024-01-01/networkWatcher.json (IssueType)",
    },
    Cause {
        id: "port-throttled",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(5),
        says: "connections of {machine} to port {port} are throttled",
        fix: &[ASK],
        source: "specs/network/2024-01-01/networkWatcher.json (IssueType)",
    },
    Cause {
        id: "security-rule",
        on: &[],
        owner: Owner::Of("at"),
        heals: Heals::Never,
        says: "the security rule {rule} at {at} stops the connection to {address}:{port}",
        fix: &[
            "az network nic list-effective-nsg --ids {nic}",
            "# otherwise: az network nsg list --subscription {at.subscription} --query \"[].[id, securityRules[].name]\"",
        ],
        source: "PITFALLS A19; specs/network/2024-01-01/networkWatcher.json (IssueType)",
    },
    Cause {
        id: "own-route",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the route {rule} of the subnet's own table sends the connection to {address} elsewhere",
        fix: &[
            "az network nic show-effective-route-table --ids {nic} --output table",
            "# otherwise: az vm nic list --subscription {machine.subscription} --resource-group {machine.group} --vm-name {machine.name} --query \"[].id\"",
        ],
        source: "PITFALLS A19; specs/network/2024-01-01/networkWatcher.json (IssueType)",
    },
    Cause {
        id: "platform",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::minutes(20),
        says: "Azure's network drops the connection to {address}: nothing joins the networks, or they were joined just now, which may take up to 20 minutes",
        fix: &[INTERFACES, ASK],
        source: "PITFALLS A10, A13; specs/network/2024-01-01/networkWatcher.json (IssueType)",
    },
    Cause {
        id: "unreachable",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the connection to {address}:{port} does not arrive, and Network Watcher does not say why: nobody may be there, or not listen on that port",
        fix: &[ASK],
        source: "specs/network/2024-01-01/networkWatcher.json (ConnectionStatus)",
    },
];

pub(super) const WARNINGS: &[Cause] = &[Cause {
    id: "degraded",
    on: &[],
    owner: Owner::Asked,
    heals: Heals::minutes(20),
    says: "the connection to {address}:{port} arrives, and not every time",
    fix: &[ASK],
    source: "specs/network/2024-01-01/networkWatcher.json (ConnectionStatus, probesFailed)",
}];
