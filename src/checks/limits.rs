//! What Azure allows of a kind, and when it is nearly used up: THE table.
//!
//! What is counted is what a check reads anyway. At 80 % a link that holds warns: the next one may still be made, and the one
//! at the limit is refused, or, where Azure says so, silently does nothing.

use crate::outcome::Reason;

/// How many there can be.
#[derive(Debug)]
pub(super) struct Limit {
    /// Of what.
    what: &'static str,
    /// At most so many.
    most: usize,
}

/// Federated credentials of an application (entra-docs, `workload-id/workload-identity-federation-considerations.md`).
pub(super) const FEDERATED_CREDENTIALS: Limit = Limit {
    what: "federated credentials of an application",
    most: 20,
};

/// Networks of a mesh, or of spokes that are connected directly; more on request (azure-docs,
/// `virtual-network-manager/concept-limitations.md`).
pub(super) const NETWORKS_OF_CONNECTED_GROUP: Limit = Limit {
    what: "networks of a connected group",
    most: 250,
};

/// Private endpoint connections of one resource, by its type (azure-docs, `azure-subscription-service-limits.md`;
/// azure-management-docs, `container-registry-private-endpoints.md`; azure-docs, `app-service/overview-private-endpoint.md`).
const PRIVATE_ENDPOINTS: &[(&str, Limit)] = &[
    (
        "Microsoft.ContainerRegistry/registries",
        Limit {
            what: "private endpoints of a registry",
            most: 200,
        },
    ),
    (
        "Microsoft.KeyVault/vaults",
        Limit {
            what: "private endpoints of a vault",
            most: 64,
        },
    ),
    (
        "Microsoft.Storage/storageAccounts",
        Limit {
            what: "private endpoints of a storage account",
            most: 200,
        },
    ),
    (
        "Microsoft.Web/sites",
        Limit {
            what: "private endpoints of an app",
            most: 100,
        },
    ),
];

/// How many private endpoints a resource of this type can have, where Azure says it.
pub(super) fn private_endpoints(resource_type: &str) -> Option<&'static Limit> {
    let known = PRIVATE_ENDPOINTS.iter();
    let mut known = known.filter(|(of, _)| of.eq_ignore_ascii_case(resource_type));
    known.next().map(|(_, limit)| limit)
}

impl Limit {
    /// The warning of this name, when 80 % are used.
    pub(super) fn warning(&self, cause: &'static str, count: usize) -> Option<Reason> {
        let is_near = count * 5 >= self.most * 4;
        is_near.then(|| {
            Reason::new(cause)
                .expected(format!("fewer than 80 % of {} {}", self.most, self.what))
                .observed(count)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_fifths_of_a_limit_are_a_warning() {
        for (count, warns) in [(15, false), (16, true), (20, true), (21, true)] {
            let told = FEDERATED_CREDENTIALS.warning("many", count);
            assert_eq!(told.is_some(), warns, "{count}");
        }
        let vaults = private_endpoints("microsoft.keyvault/VAULTS").unwrap();
        assert!(vaults.warning("many", 51).is_none());
        let told = vaults.warning("many", 52).unwrap();
        let expected = "fewer than 80 % of 64 private endpoints of a vault";
        assert_eq!(told.expected.as_deref(), Some(expected));
        assert!(private_endpoints("Microsoft.Odd/things").is_none());
    }
}
