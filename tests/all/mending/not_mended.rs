//! Fixes after which the chain is not green, by reason.

/// Every fault of a cause.
pub(super) const ANY: &str = "*";

/// Why, and of what: cause and fault.
pub(super) const NOT_MENDED: &[(&str, &[(&str, &str)])] = &[
    (
        "the mock makes, starts and equips no machines",
        &[
            ("routes-effective.not-attached", ANY),
            ("routes-effective.machine-not-running", ANY),
            ("network-watcher-reachable.machine-not-running", ANY),
            ("network-watcher-reachable.no-agent", ANY),
            ("network-watcher-reachable.agent-stopped", ANY),
        ],
    ),
    (
        "whoever wrote the scenario has to see which side is right: the world or the file",
        &[
            ("address-spaces-disjoint.missing", ANY),
            ("managed-identity-exists.client-id-differs", ANY),
            ("managed-identity-exists.principal-id-differs", ANY),
            ("managed-identity-exists.wrong-tenant", ANY),
            ("connectivity-effective.missing", ANY),
            ("network-group-complete.listed-member-gone", ANY),
            ("role-assigned.scope-missing", ANY),
            ("service-principal-provisioned.registered-elsewhere", ANY),
            ("connectivity-configured.deletes-peerings", ANY),
            ("secret-readable.value-differs", ANY),
            ("federated-credential-matches.application-missing", ANY),
            ("blob-readable.token-refused", ANY),
            ("private-endpoint-connection-approved.missing", ANY),
            ("no-foreign-private-endpoints.missing", ANY),
            ("routes-effective.missing", ANY),
            ("routes-effective.network-missing", ANY),
            ("network-watcher-reachable.machine-missing", ANY),
            ("network-watcher-reachable.platform", ANY),
            ("network-watcher-reachable.security-rule", ANY),
            ("network-watcher-reachable.own-route", ANY),
            ("network-watcher-reachable.unreachable", ANY),
            ("routes-effective.no-route", ANY),
            ("routes-effective.own-addresses-overlap", ANY),
            ("virtual-network-peering-connected.missing", ANY),
        ],
    ),
    (
        "a subscription is moved back between tenants in the portal, by somebody who owns it in both",
        &[
            ("address-spaces-disjoint.subscription-elsewhere", ANY),
            (
                "network-manager-connection-connected.subscription-elsewhere",
                ANY,
            ),
            ("network-manager-provisioned.subscription-elsewhere", ANY),
            ("scope-connection-connected.pending", "subscription-moved"),
            (
                "virtual-network-peering-connected.subscription-elsewhere",
                ANY,
            ),
            ("routes-effective.subscription-elsewhere", ANY),
        ],
    ),
    (
        "the new application has another id, which the scenario and the other tenant have to learn",
        &[
            ("application-multi-tenant.missing", ANY),
            ("application-multi-tenant.registered-elsewhere", ANY),
            ("token-exchanged.application-elsewhere", ANY),
        ],
    ),
    (
        "Entra said so of one request; the fault stands for what no administrator sets",
        &[
            ("token-exchanged.assertion-out-of-time", ANY),
            ("token-exchanged.assertion-signature", ANY),
            ("token-exchanged.credential-not-found", ANY),
            ("token-exchanged.entra-busy", ANY),
            ("token-exchanged.not-a-managed-identity", ANY),
            ("token-exchanged.other-cloud", ANY),
            ("token-exchanged.resource-unknown", ANY),
            ("token-exchanged.several-credentials", ANY),
            ("token-exchanged.tenant-unknown", ANY),
            ("token-exchanged.tenant-restrictions", ANY),
            ("token-exchanged.blocked-by-policy", ANY),
        ],
    ),
    (
        "where the workload runs is not a resource of the world",
        &[
            ("token-exchanged.identity-not-assigned", ANY),
            ("token-exchanged.login-unreachable", ANY),
            ("token-exchanged.no-identity-endpoint", ANY),
            (
                "managed-identity-exists.missing",
                "managed-identity-missing",
            ),
        ],
    ),
    (
        "which of the networks, managers or configurations is in the way is for people to say",
        &[
            ("connectivity-effective.hub-not-peered", ANY),
            ("connectivity-effective.not-effective", ANY),
            ("connectivity-effective.other-configuration", ANY),
            ("connectivity-effective.out-of-scope", ANY),
            ("connectivity-effective.several-managers", ANY),
            ("connectivity-effective.too-many-connected-groups", ANY),
            ("connectivity-effective.many-connected-groups", ANY),
            ("network-manager-connection-connected.manager-above", ANY),
            ("network-group-complete.many-members", ANY),
            ("federated-credential-matches.many-credentials", ANY),
            ("federated-credential-matches.several-for-subject", ANY),
            ("private-endpoint-connection-approved.many-connections", ANY),
        ],
    ),
    (
        "the manager above is of a tenant or a group that nobody here sees",
        &[
            (
                "network-manager-connection-connected.conflict-unexplained",
                ANY,
            ),
            (
                "scope-connection-connected.conflict",
                "network-manager-unseen-on-scope",
            ),
        ],
    ),
    (
        "only looks at which half is missing; the links of the halves print the command",
        &[
            (
                "network-manager-provisioned.cross-tenant-scope-missing",
                ANY,
            ),
            (
                "network-manager-provisioned.cross-tenant-scope-not-connected",
                ANY,
            ),
        ],
    ),
    (
        "more members than a group can have are too many for one command, which takes one of them",
        &[(
            "network-group-complete.unexpected-member",
            "network-group-crowded",
        )],
    ),
    (
        "what is being deleted has to be gone before it can be made anew",
        &[("network-manager-provisioned.being-deleted", ANY)],
    ),
    (
        "asks the name servers; the links of the zone and of the endpoint print the command",
        &[
            ("dns-resolves-privately.alias-loop", ANY),
            ("dns-resolves-privately.alias-missing", ANY),
            ("dns-resolves-privately.custom-dns", ANY),
            ("dns-resolves-privately.mixed-addresses", ANY),
            ("dns-resolves-privately.no-address", ANY),
            ("dns-resolves-privately.no-endpoint-address", ANY),
            ("dns-resolves-privately.no-private-link-alias", ANY),
            ("dns-resolves-privately.no-record", ANY),
            ("dns-resolves-privately.no-such-name", ANY),
            ("dns-resolves-privately.server-failure", ANY),
            ("dns-resolves-privately.wrong-address", ANY),
            ("secret-readable.public-path", ANY),
            ("secret-readable.name-not-resolved", ANY),
            ("secret-readable.no-such-name", ANY),
            ("blob-readable.public-path", ANY),
            ("blob-readable.name-not-resolved", ANY),
            ("blob-readable.no-such-name", ANY),
            ("secret-readable.firewall", ANY),
            ("blob-readable.network-refused", ANY),
            ("secret-readable.public-access-disabled", ANY),
            ("secret-readable.another-vaults-endpoint", ANY),
            ("token-exchanged.login-not-resolved", ANY),
        ],
    ),
    (
        "Microsoft deactivates an application for an abuse, and takes that back",
        &[("service-principal-provisioned.deactivated", ANY)],
    ),
    (
        "a fix would open what the scenario wants closed",
        &[
            ("blob-readable.not-denied", ANY),
            ("secret-readable.not-denied", ANY),
            ("token-exchanged.not-denied", ANY),
        ],
    ),
    (
        "a subscription is enabled where it is paid for",
        &[("blob-readable.account-disabled", ANY)],
    ),
    (
        "people cannot change a deny assignment",
        &[
            ("role-assigned.denied", ANY),
            ("secret-readable.denied", ANY),
            ("blob-readable.denied", ANY),
        ],
    ),
    (
        "the entry that names another tenant has to go first, and `az keyvault delete-policy` takes only those of the vault's tenant",
        &[("role-assigned.policy-of-another-tenant", ANY)],
    ),
    (
        "the mock does not imitate the making of public addresses and gateways",
        &[(
            "connectivity-configured.hub-without-gateway",
            "hub-without-gateway",
        )],
    ),
    (
        "takes time, or makes somebody look why it does; the clock heals nothing that is stuck",
        &[
            ("connectivity-configured.not-provisioned", ANY),
            ("virtual-network-peering-connected.updating", ANY),
            ("network-manager-provisioned.not-provisioned", ANY),
            ("connectivity-deployed.deploying", ANY),
        ],
    ),
    (
        "shows what Entra compared; the link of the credential, or its application, prints the command",
        &[
            ("token-exchanged.audience-is-guid", ANY),
            ("token-exchanged.audience-not-trusted", ANY),
            ("token-exchanged.issuer-not-trusted", ANY),
            ("token-exchanged.subject-case-not-trusted", ANY),
            ("token-exchanged.subject-not-trusted", ANY),
            ("token-exchanged.disabled", ANY),
        ],
    ),
    (
        "a peering has two sides, and the endpoint's network may be another's: a person says which it is",
        &[
            (
                "blob-readable.unreachable",
                "private-endpoint-in-unpeered-network",
            ),
            (
                "secret-readable.unreachable",
                "private-endpoint-in-unpeered-network",
            ),
            (
                "blob-readable.unreachable",
                "mesh-without-private-endpoints",
            ),
            (
                "secret-readable.unreachable",
                "mesh-without-private-endpoints",
            ),
        ],
    ),
    (
        "what was below the manager went with it, and is made anew by the fixes of the other links, one after another",
        &[("network-manager-provisioned.missing", ANY)],
    ),
    (
        "only looks: the link of the configuration prints the command",
        &[("connectivity-deployed.missing", ANY)],
    ),
    (
        "which of two endpoints goes is for people to say",
        &[("private-endpoint-approved.record-contended", ANY)],
    ),
    (
        "a person writes the condition that holds into the file between the commands",
        &[
            ("role-assigned.conditional", ANY),
            ("blob-readable.condition-not-met", ANY),
            ("secret-readable.condition-not-met", ANY),
        ],
    ),
    (
        "a role that is inherited is needed elsewhere, too: a person says whether it may go",
        &[("role-assigned.more-than-needed-inherited", ANY)],
    ),
];
