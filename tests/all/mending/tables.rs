//! What the tests of fixes leave out, each with its reason.

use std::collections::BTreeSet;

use super::not_mended::{ANY, NOT_MENDED};
use xtenant::drill::file::Row;

/// Faults whose fixes are typed in every run of the tests, one row for each of their causes: quick ones, of every family.
pub(super) const EVERY_TIME: &[&str] = &[
    "access-policy-for-users",
    "access-policy-missing",
    "access-policy-wrong-object",
    "application-personal-accounts-only",
    "application-single-tenant",
    "blob-content-differs",
    "blob-missing",
    "connectivity-configuration-group-not-applied",
    "connectivity-configuration-missing",
    "connectivity-configuration-not-global",
    "connectivity-configuration-other-hub",
    "connectivity-configuration-provisioning-failed",
    "container-missing",
    "federated-credential-issuer-other-tenant",
    "federated-credential-subject-other",
    "network-group-extra-member",
    "network-group-missing",
    "network-manager-connection-other-manager",
    "network-manager-connection-rejected",
    "network-manager-connection-revoked",
    "network-manager-provisioning-failed",
    "network-manager-second-by-agreement",
    "network-manager-second-on-scope",
    "private-endpoint-second-overwrites-record",
    "region-commit-stale",
    "region-deploying-other",
    "region-deployment-failed",
    "region-deployment-stuck",
    "region-not-committed",
    "role-to-home-service-principal",
    "scope-connection-other-scope",
    "scope-connection-other-tenant",
    "scope-connection-revoked",
    "service-principal-disabled",
    "static-member-ghost",
    "vault-of-other-tenant",
    "zone-group-missing",
    "zone-of-public-name-empty",
];

/// What a person chooses where a fix says `# NAME: …`.
const CHOSEN: &[(&str, &str)] = &[
    ("APPLICATION_NAME", "orders"),
    ("CONNECTION_NAME", "again"),
    ("FILE", "chosen"),
    ("EXPIRES", "2027-11-30T00:00:00Z"),
    ("GATEWAY_NAME", "another-gateway"),
    ("GATEWAY_PREFIX", "10.0.250.0/24"),
    ("NEW_PREFIX", "10.77.0.0/16"),
    ("NOT_BEFORE", "2020-01-01T00:00:00Z"),
    ("PUBLIC_IP", "another-address"),
    ("ZONE_GROUP", "net"),
];

/// What is in the file of that choice: the blob of every world, for `printf`.
pub(super) const FILE: &str = r"hello from Fabrikam\n";

/// First words of lines that are not typed here.
const NOT_TYPED: &[(&str, &str)] = &[
    (
        "nslookup ",
        "asks the name server of the network that the workload runs in",
    ),
    ("curl ", "asks from where the workload runs"),
    ("date ", "looks at the clock of the machine that asks"),
    ("env ", "looks at the machine that asks"),
    ("az login ", "asks a person to sign in"),
    (
        "az webapp log tail ",
        "shows what an app writes until it is stopped, and calls the app past the proxy",
    ),
];

/// Fixes after which another cause is told, whose fix mends: cause, fault, the next cause, why it takes both.
const LEADS_ON: &[(&str, &str, &str, &str)] = &[
    (
        "network-manager-provisioned.missing",
        ANY,
        "scope-connection-connected.missing",
        "what was below the manager went with it",
    ),
    (
        "network-manager-provisioned.missing",
        ANY,
        "network-group-complete.missing",
        "what was below the manager went with it",
    ),
    (
        "network-manager-provisioned.missing",
        ANY,
        "network-group-complete.member-missing",
        "a group is made empty",
    ),
    (
        "network-manager-provisioned.missing",
        ANY,
        "network-group-complete.foreign-member-missing",
        "a group is made empty",
    ),
    (
        "network-manager-provisioned.missing",
        ANY,
        "connectivity-configured.missing",
        "what was below the manager went with it",
    ),
    (
        "network-manager-provisioned.missing",
        ANY,
        "connectivity-deployed.not-committed",
        "what is made anew is committed by the fix of the next link",
    ),
    (
        "connectivity-configured.deletes-peerings",
        ANY,
        "connectivity-deployed.stale",
        "what is changed is committed by the fix of the next link",
    ),
    (
        "connectivity-configured.hub-without-gateway",
        ANY,
        "connectivity-deployed.stale",
        "what is changed is committed by the fix of the next link",
    ),
    (
        "connectivity-deployed.deploying",
        ANY,
        "connectivity-deployed.stuck",
        "a deployment that does not end is committed anew",
    ),
    (
        "private-endpoint-connection-approved.rejected",
        ANY,
        "private-endpoint-connection-approved.pending",
        "an endpoint of another tenant is approved by its owner",
    ),
    (
        "private-endpoint-connection-approved.disconnected",
        ANY,
        "private-endpoint-connection-approved.pending",
        "an endpoint of another tenant is approved by its owner",
    ),
    (
        "connectivity-configured.missing",
        ANY,
        "connectivity-deployed.not-committed",
        "what is made anew is committed by the fix of the next link",
    ),
    (
        "private-endpoint-approved.missing",
        ANY,
        "private-dns-zone-linked.zone-group-missing",
        "an endpoint made anew writes no record before it has a zone group",
    ),
    (
        "network-group-complete.missing",
        ANY,
        "network-group-complete.member-missing",
        "a group is made empty",
    ),
    (
        "network-group-complete.missing",
        ANY,
        "network-group-complete.foreign-member-missing",
        "a group is made empty",
    ),
    (
        "service-principal-provisioned.missing",
        ANY,
        "role-assigned.not-assigned",
        "the roles of a principal go with it",
    ),
    (
        "token-exchanged.no-service-principal",
        ANY,
        "secret-readable.no-role",
        "the roles of a principal go with it",
    ),
    (
        "token-exchanged.no-service-principal",
        ANY,
        "blob-readable.no-role",
        "the roles of a principal go with it",
    ),
    (
        "blob-readable.container-not-found",
        ANY,
        "blob-readable.blob-not-found",
        "a container is made empty",
    ),
    (
        "private-endpoint-connection-approved.no-connection",
        ANY,
        "private-endpoint-connection-approved.pending",
        "an endpoint of another tenant is approved by its owner",
    ),
];

/// Rows whose mending command stands in a comment, since it could do harm elsewhere: cause, fault, and why its condition
/// holds here.
const CONDITIONS_HOLD: &[(&str, &str, &str)] = &[
    (
        "private-endpoint-approved.record-contended",
        ANY,
        "nobody uses the second endpoint",
    ),
    (
        "connectivity-configured.hub-without-gateway",
        ANY,
        "nobody needs the gateway",
    ),
    (
        "dns-resolves-privately.custom-dns",
        ANY,
        "nothing needs the network's own name servers",
    ),
    (
        "dns-resolves-privately.server-failure",
        ANY,
        "nothing needs the network's own name servers",
    ),
    (
        "token-exchanged.login-not-resolved",
        ANY,
        "nothing needs the network's own name servers",
    ),
    (
        "dns-resolves-privately.alias-missing",
        ANY,
        "nothing else needs the zone of the public name",
    ),
    (
        "connectivity-effective.too-many-connected-groups",
        ANY,
        "nothing needs the network in the other mesh",
    ),
    (
        "connectivity-effective.many-connected-groups",
        ANY,
        "nothing needs the network in the other mesh",
    ),
    (
        "connectivity-effective.several-managers",
        ANY,
        "nothing needs the network in the other manager's mesh",
    ),
    ("role-assigned.conditional", ANY, "no condition is needed"),
    (
        "blob-readable.condition-not-met",
        ANY,
        "no condition is needed",
    ),
    (
        "secret-readable.condition-not-met",
        ANY,
        "no condition is needed",
    ),
    (
        "role-assigned.more-than-needed-inherited",
        ANY,
        "nothing else needs the rest",
    ),
];

/// Commands that fail: cause, fault, how the line begins, why that is right.
const FAILS: &[(&str, &str, &str, &str)] = &[
    (
        "tcp-reachable.unreachable",
        "region-not-committed",
        "az network vnet peering create ",
        "the endpoint's network is a choice that nobody made here",
    ),
    (
        "connectivity-configured.hub-without-gateway",
        ANY,
        "az network public-ip create ",
        "the mock does not imitate it",
    ),
    (
        "connectivity-configured.hub-without-gateway",
        ANY,
        "az network vnet-gateway create ",
        "the mock does not imitate it",
    ),
    (
        "connectivity-deployed.missing",
        ANY,
        "az rest --method get ",
        "looks at what is missing",
    ),
    (
        "blob-readable.no-such-name",
        ANY,
        "az storage account show ",
        "looks at what is missing",
    ),
    (
        "secret-readable.no-such-name",
        ANY,
        "az keyvault show ",
        "looks at what is missing",
    ),
    (
        "secret-readable.no-such-name",
        ANY,
        "az keyvault list-deleted ",
        "looks for what was never deleted",
    ),
    (
        "private-endpoint-connection-approved.no-connection",
        ANY,
        "az network private-endpoint show ",
        "looks at what is missing",
    ),
    (
        "token-exchanged.blocked-by-policy",
        ANY,
        "az rest --method get ",
        "the mock holds no policies",
    ),
    (
        "secret-readable.unreachable",
        "record-stale",
        "az network vnet peering create ",
        "the endpoint stands in the workload's own network",
    ),
    (
        "secret-readable.unreachable",
        "address-spaces-overlap",
        "az network vnet peering create ",
        "no peering is missing",
    ),
    (
        "secret-readable.unreachable",
        "mesh-without-private-endpoints",
        "az network vnet peering create ",
        "no network is chosen",
    ),
    (
        "blob-readable.unreachable",
        "record-stale",
        "az network vnet peering create ",
        "the endpoint stands in the workload's own network",
    ),
    (
        "blob-readable.unreachable",
        "address-spaces-overlap",
        "az network vnet peering create ",
        "no peering is missing",
    ),
    (
        "blob-readable.unreachable",
        "mesh-without-private-endpoints",
        "az network vnet peering create ",
        "no network is chosen",
    ),
    (
        "token-exchanged.login-unreachable",
        ANY,
        "az network nsg rule create ",
        "no security group is chosen",
    ),
];

/// Who types a fix that nobody is told to own: whoever has the subscription of its first command.
pub(super) fn typist(fix: &[String]) -> &'static str {
    let first = fix.iter().find(|line| !line.starts_with('#'));
    match first.is_some_and(|line| line.contains("/bbbbbbbb-") || line.contains(" bbbbbbbb-")) {
        true => "resource",
        false => "home",
    }
}

/// What a person chooses for a row.
pub(super) fn chosen(row: &Row) -> Vec<(&'static str, String)> {
    let mut chosen: Vec<(&str, String)> = CHOSEN
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    let is_of_home = row.at.starts_with("kv-home");
    let value = if is_of_home { "TenantA" } else { "TenantB" };
    chosen.push(("SECRET_VALUE", value.to_owned()));
    let is_blob = row.at.contains("storageAccounts") || row.at.ends_with("/blob");
    chosen.push((
        "GROUP_ID",
        if is_blob { "blob" } else { "vault" }.to_owned(),
    ));
    let subscription: String = row.at.split('/').take(3).collect::<Vec<_>>().join("/");
    let network = match subscription.ends_with("bbbbbbbbbbbb") {
        true => "data",
        false => "home",
    };
    let subnet = match row.fault.as_str() {
        "private-endpoint-without-address" => "workloads",
        _ => "endpoints",
    };
    let networks = "resourceGroups/net/providers/Microsoft.Network/virtualNetworks";
    chosen.push((
        "ENDPOINT_NETWORK",
        format!("{subscription}/{networks}/{network}-unpeered"),
    ));
    chosen.push((
        "SUBNET_ID",
        format!("{subscription}/{networks}/{network}/subnets/{subnet}"),
    ));
    chosen
}

/// Whether a line asks something that a client on this machine cannot.
pub(super) fn is_not_typed(line: &str) -> bool {
    NOT_TYPED.iter().any(|(word, _)| line.starts_with(word))
}

/// Whether a person types the commands that stand in comments, too.
pub(super) fn conditions_hold(row: &Row) -> bool {
    CONDITIONS_HOLD
        .iter()
        .any(|(cause, fault, _)| is_of(row, cause, fault))
}

/// The entry that says why the fix of a row does not mend.
pub(super) fn not_mended(row: &Row) -> Option<usize> {
    entries().position(|(_, (cause, fault))| is_of(row, cause, fault))
}

/// [`NOT_MENDED`], entry by entry.
fn entries() -> impl Iterator<Item = (&'static str, (&'static str, &'static str))> {
    let each = NOT_MENDED.iter();
    each.flat_map(|(why, rows)| rows.iter().map(|row| (*why, *row)))
}

/// The fault of a row where a table speaks of it; a sample tells such rows from others of the cause.
pub(super) fn told_apart(row: &Row) -> Option<String> {
    let is_its = |cause: &str, fault: &str| fault != ANY && is_of(row, cause, fault);
    let is_told = entries().any(|(_, it)| is_its(it.0, it.1))
        || LEADS_ON.iter().any(|it| is_its(it.0, it.1))
        || FAILS.iter().any(|it| is_its(it.0, it.1))
        || CONDITIONS_HOLD.iter().any(|it| is_its(it.0, it.1));
    is_told.then(|| row.fault.clone())
}

fn is_of(row: &Row, cause: &str, fault: &str) -> bool {
    cause == row.cause && (fault == ANY || fault == row.fault)
}

/// Which entries were needed.
#[derive(Default)]
pub(super) struct Used {
    not_mended: BTreeSet<usize>,
    leads_on: BTreeSet<usize>,
    fails: BTreeSet<usize>,
}

impl Used {
    pub(super) fn not_mended(&mut self, row: &Row) -> bool {
        let found = not_mended(row);
        self.not_mended.extend(found);
        found.is_some()
    }

    pub(super) fn leads_on(&mut self, row: &Row, then: &str) -> bool {
        let found = LEADS_ON
            .iter()
            .position(|(cause, fault, next, _)| is_of(row, cause, fault) && *next == then);
        self.leads_on.extend(found);
        found.is_some()
    }

    pub(super) fn fails(&mut self, row: &Row, line: &str) -> bool {
        let found = FAILS.iter().position(|(cause, fault, begins, _)| {
            is_of(row, cause, fault) && line.starts_with(begins)
        });
        self.fails.extend(found);
        found.is_some()
    }

    /// Entries that no row needs any more.
    pub(super) fn needless(&self) -> Vec<String> {
        let not_mended = unused(entries(), &self.not_mended);
        let leads_on = unused(LEADS_ON.iter(), &self.leads_on);
        let fails = unused(FAILS.iter(), &self.fails);
        let texts = not_mended.map(|entry| format!("NOT_MENDED: {entry:?}"));
        let texts = texts.chain(leads_on.map(|entry| format!("LEADS_ON: {entry:?}")));
        let texts = texts.chain(fails.map(|entry| format!("FAILS: {entry:?}")));
        texts
            .map(|text| format!("no row needs {text} any more"))
            .collect()
    }
}

fn unused<'a, T: 'a>(
    entries: impl Iterator<Item = T> + 'a,
    used: &'a BTreeSet<usize>,
) -> impl Iterator<Item = T> + 'a {
    let entries = entries.enumerate();
    entries.filter_map(|(index, entry)| (!used.contains(&index)).then_some(entry))
}
