//! Fixes after which the chain is not green, by reason.

/// Every fault of a cause.
pub(super) const ANY: &str = "*";

/// Why, and of what: cause and fault.
pub(super) const NOT_MENDED: &[(&str, &[(&str, &str)])] = &[
    (
        "only what the app itself wrote says what failed inside of it",
        &[("endpoint-answers.failed-inside", "vault-of-other-tenant")],
    ),
    (
        "a file that asks for nothing but the way does not know what is to join the networks",
        &[("tcp-reachable.unreachable", "region-not-committed")],
    ),
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
            ("dns-resolves-privately.no-endpoint-address", ANY),
            ("managed-identity-exists.client-id-differs", ANY),
            ("managed-identity-exists.principal-id-differs", ANY),
            ("managed-identity-exists.wrong-tenant", ANY),
            ("service-principal-provisioned.registered-elsewhere", ANY),
            ("blob-readable.token-refused", ANY),
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
            ("federated-credential-matches.application-missing", ANY),
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
        ],
    ),
    (
        "an identity that is made anew has other ids, which whoever names them has to learn",
        &[(
            "managed-identity-exists.missing",
            "managed-identity-missing",
        )],
    ),
    (
        "the network's own tenant sees that nothing acts on it, not why: the links of manager, group, configuration and deployment print the command, or people say what is in the way",
        &[
            ("connectivity-effective.hub-not-peered", ANY),
            ("connectivity-effective.not-effective", ANY),
            ("connectivity-effective.other-configuration", ANY),
            ("network-manager-connection-connected.manager-above", ANY),
            ("network-group-complete.many-members", ANY),
            ("federated-credential-matches.many-credentials", ANY),
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
        "nobody can bring back what is gone, with all that it held",
        &[
            ("dns-resolves-privately.no-such-name", ANY),
            ("secret-readable.no-such-name", ANY),
            ("blob-readable.no-such-name", ANY),
            ("private-endpoint-connection-approved.missing", ANY),
            ("no-foreign-private-endpoints.missing", ANY),
            ("private-endpoint-approved.target-missing", ANY),
            ("role-assigned.scope-missing", ANY),
            ("address-spaces-disjoint.missing", ANY),
            ("connectivity-effective.missing", ANY),
            ("network-group-complete.listed-member-gone", ANY),
        ],
    ),
    (
        "Microsoft deactivates an application for an abuse, and takes that back",
        &[("service-principal-provisioned.deactivated", ANY)],
    ),
    (
        "prints no command: which right, rule or application lets the request in is for people to see",
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
        "a peering has two sides, and the endpoint's network may be another's: a person says which it is",
        &[
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
        "only looks: the link of the configuration prints the command",
        &[("connectivity-deployed.missing", ANY)],
    ),
];
