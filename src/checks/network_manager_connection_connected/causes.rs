//! Why the agreement of a subscription or management group to a network manager does not stand.

use crate::checks::network_manager::az_rest;
use crate::checks::network_manager::fixes::{
    CREATE_OFFER, CREATE_OTHER_HALF, DELETE_OTHER_HALF, LIST_MANAGERS, LIST_OFFERS, OR_BY_HAND,
    OR_CREATE_OFFER, OR_NAME,
};
use crate::outcome::{Cause, Heals, Owner};

const CREATE: &str = az_rest!("put", "{network-manager-connection}", "{connection-json}");
const DELETE: &str = az_rest!("delete", "{network-manager-connection}");
pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{scope} has no network manager connection {network-manager-connection.name}: it has not agreed to {network-manager}",
        fix: &[CREATE],
        source: "PITFALLS A01; virtual-network-manager/concept-cross-tenant.md",
    },
    Cause {
        id: "subscription-elsewhere",
        on: &["InvalidAuthenticationTokenTenant", "SubscriptionNotFound"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the subscription of the network manager connection {network-manager-connection.name} does not belong to the tenant asked: once moved to another tenant, it must agree anew, as that tenant's",
        fix: &[
            "az account show --subscription {network-manager-connection.subscription} --query tenantId",
        ],
        source: "PITFALLS A28; virtual-network-manager/faq.md, concept-limitations.md",
    },
    Cause {
        id: "other-manager",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the network manager connection {network-manager-connection.name} names another network manager than {network-manager}; both sides must name exactly the same",
        fix: &[DELETE, CREATE],
        source: "PITFALLS A01; virtual-network-manager/concept-cross-tenant.md",
    },
    Cause {
        id: "pending",
        on: &[],
        owner: Owner::Of("network-manager"),
        heals: Heals::Never,
        says: "the network manager connection {network-manager-connection.name} waits for its other half: {network-manager} has no scope connection to exactly {scope}",
        fix: &[LIST_OFFERS, CREATE_OFFER, OR_NAME, OR_CREATE_OFFER],
        source: "PITFALLS A01; virtual-network-manager/concept-cross-tenant.md",
    },
    Cause {
        id: "conflict",
        on: &[],
        owner: Owner::Of("rival"),
        heals: Heals::Never,
        says: "the network manager {rival} holds {scope} itself with the same access; take the scope out of it (or delete it: the member's tenant needs no manager of its own), then delete and recreate both connections",
        fix: &[
            az_rest!("put", "{rival}", "{rival-json}"),
            "# otherwise: # it holds nothing else; without `force=true` ARM refuses to delete one that is deployed",
            concat!("# otherwise: ", az_rest!("delete", "{rival-alone}")),
            DELETE,
            DELETE_OTHER_HALF,
            OR_BY_HAND,
            CREATE,
            CREATE_OTHER_HALF,
        ],
        source: "PITFALLS A02, A03, A06; virtual-network-manager/concept-cross-tenant.md",
    },
    Cause {
        id: "other-agreement",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{scope} has agreed to another network manager, too, with the same access: {rival} holds it, and only one can; end that agreement, then delete and recreate both halves of this one, or end this one",
        fix: &[
            "# {rival} manages the networks of {scope} no more once its agreement is gone",
            az_rest!("delete", "{rival-agreement}"),
            concat!(
                "# otherwise: ",
                az_rest!(
                    "get",
                    "{scope}/providers/Microsoft.Network/networkManagerConnections"
                )
            ),
            DELETE,
            DELETE_OTHER_HALF,
            OR_BY_HAND,
            CREATE,
            CREATE_OTHER_HALF,
        ],
        source: "PITFALLS A02, A07; virtual-network-manager/concept-cross-tenant.md",
    },
    Cause {
        id: "conflict-unexplained",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{scope} is held by another network manager that was not seen from here, or by the registration of a connection that was deleted; look for the manager, then delete and recreate both connections, and ask support if the state stays",
        fix: &[
            LIST_MANAGERS,
            DELETE,
            DELETE_OTHER_HALF,
            OR_BY_HAND,
            CREATE,
            CREATE_OTHER_HALF,
        ],
        source: "PITFALLS A02, A04; azure-docs #111856",
    },
    Cause {
        id: "revoked",
        on: &[],
        owner: Owner::Of("network-manager"),
        heals: Heals::Never,
        says: "{scope} was connected, and the tenant of the network manager has removed its scope connection; the networks are not managed any more until it is recreated",
        fix: &[LIST_OFFERS, CREATE_OFFER, OR_NAME, OR_CREATE_OFFER],
        source: "PITFALLS A07; virtual-network-manager/concept-cross-tenant.md",
    },
    Cause {
        id: "rejected",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the connection of {scope} to {network-manager} was rejected; once that is agreed, delete and recreate both halves",
        fix: &[
            DELETE,
            DELETE_OTHER_HALF,
            OR_BY_HAND,
            CREATE,
            CREATE_OTHER_HALF,
        ],
        source: "API.md §2 (Rejected is in the enum; no document defines it)",
    },
    Cause {
        id: "unknown-state",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the network manager connection {network-manager-connection.name} is in a state that is not known here",
        fix: &[az_rest!("get", "{network-manager-connection}")],
        source: "API.md §2 (ScopeConnectionState is an open list)",
    },
];

pub(super) const WARNINGS: &[Cause] = &[Cause {
    id: "manager-above",
    on: &[],
    owner: Owner::Of("above"),
    heals: Heals::Never,
    says: "the network manager {above} holds a management group above {scope} with the same access; where both say something, the higher one wins",
    fix: &[
        az_rest!("get", "{above}"),
        az_rest!("get", "{above}/connectivityConfigurations"),
    ],
    source: "PITFALLS A27; virtual-network-manager/concept-network-manager-scope.md",
}];
