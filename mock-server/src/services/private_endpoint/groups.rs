//! Which sub-resources ("groups") a private endpoint can connect to, and what each asks of the network.
//!
//! A group has required members, each with an address of its own and the public names it serves. Names of zones are those
//! of `azure/API.md` §4 "Private DNS zone names"; the registry's members are those of `azure/MORE.md` §1g. Missing on
//! purpose: resource types that no story needs, which then connect to nothing.

/// One required member of a group: one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// `requiredMemberName` of the network interface's ip configuration.
    pub name: String,
    /// Public names that this address serves.
    pub fqdns: Vec<String>,
}

/// A group of a resource type.
struct Group {
    resource_type: &'static str,
    id: &'static str,
    member: &'static str,
    /// What follows the resource's name in its public host name.
    suffix: &'static str,
    /// The private DNS zone whose records belong to this group, and what stands before the zone in the public name.
    zone: &'static str,
}

const STORAGE: &str = "Microsoft.Storage/storageAccounts";

const GROUPS: &[Group] = &[
    Group {
        resource_type: "Microsoft.KeyVault/vaults",
        id: "vault",
        member: "default",
        suffix: ".vault.azure.net",
        zone: "privatelink.vaultcore.azure.net",
    },
    Group {
        resource_type: STORAGE,
        id: "blob",
        member: "blob",
        suffix: ".blob.core.windows.net",
        zone: "privatelink.blob.core.windows.net",
    },
    Group {
        resource_type: STORAGE,
        id: "blob_secondary",
        member: "blob_secondary",
        suffix: "-secondary.blob.core.windows.net",
        zone: "privatelink.blob.core.windows.net",
    },
    Group {
        resource_type: STORAGE,
        id: "dfs",
        member: "dfs",
        suffix: ".dfs.core.windows.net",
        zone: "privatelink.dfs.core.windows.net",
    },
    Group {
        resource_type: STORAGE,
        id: "file",
        member: "file",
        suffix: ".file.core.windows.net",
        zone: "privatelink.file.core.windows.net",
    },
    Group {
        resource_type: STORAGE,
        id: "queue",
        member: "queue",
        suffix: ".queue.core.windows.net",
        zone: "privatelink.queue.core.windows.net",
    },
    Group {
        resource_type: STORAGE,
        id: "table",
        member: "table",
        suffix: ".table.core.windows.net",
        zone: "privatelink.table.core.windows.net",
    },
    Group {
        resource_type: STORAGE,
        id: "web",
        member: "web",
        suffix: ".web.core.windows.net",
        zone: "privatelink.web.core.windows.net",
    },
];

fn find(resource_type: &str, group: &str) -> Option<&'static Group> {
    GROUPS.iter().find(|row| {
        row.resource_type.eq_ignore_ascii_case(resource_type) && row.id.eq_ignore_ascii_case(group)
    })
}

/// The required members of a group of this resource; none for a group that the type does not have.
pub fn members(resource_type: &str, group: &str, resource: &str) -> Vec<Member> {
    let member = |row: &Group| Member {
        name: row.member.to_owned(),
        fqdns: vec![format!("{}{}", resource.to_ascii_lowercase(), row.suffix)],
    };
    find(resource_type, group).map(member).into_iter().collect()
}

/// The group ids of a resource type: what its `privateLinkResources` would list.
pub fn group_ids(resource_type: &str) -> impl Iterator<Item = &'static str> {
    GROUPS
        .iter()
        .filter(move |row| row.resource_type.eq_ignore_ascii_case(resource_type))
        .map(|row| row.id)
}

/// The private DNS zone of a group.
pub fn zone(resource_type: &str, group: &str) -> Option<&'static str> {
    find(resource_type, group).map(|row| row.zone)
}

/// The public name without what follows the resource: `kv.vault.azure.net` → `kv`, `sa-secondary.blob…` →
/// `sa-secondary`. This is the name of the record that a zone group writes.
pub fn record_name(fqdn: &str) -> &str {
    fqdn.split_once('.').map_or(fqdn, |(head, _)| head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vault_has_one_member_called_default() {
        let members = members("microsoft.keyvault/VAULTS", "vault", "KV-Resource");
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].name, "default");
        assert_eq!(members[0].fqdns, ["kv-resource.vault.azure.net"]);
        assert_eq!(record_name(&members[0].fqdns[0]), "kv-resource");
    }

    #[test]
    fn a_group_of_another_type_has_no_members() {
        assert_eq!(members("Microsoft.KeyVault/vaults", "blob", "kv"), []);
        assert_eq!(zone(STORAGE, "vault"), None);
        assert_eq!(
            zone(STORAGE, "blob_secondary"),
            Some("privatelink.blob.core.windows.net")
        );
    }
}
