//! Which sub-resources ("groups") a private endpoint can connect to, and what each asks of the network.
//!
//! A group has required members, each with an address of its own and the public names it serves. Names of zones are those
//! of `azure/API.md` §4 "Private DNS zone names"; the registry's members are those of `azure/MORE.md` §1g. Missing on
//! purpose: resource types that no story needs, which then connect to nothing.

use serde_json::Value;

use crate::store::{Resource, State};

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
    /// What follows the resource's name in each public host name of the member.
    suffixes: &'static [&'static str],
    /// The private DNS zone whose records belong to this group.
    zone: &'static str,
    /// A further member for each region of the resource, when the group has them.
    per_region: Option<PerRegion>,
}

/// Members of a group that a resource has once per region.
struct PerRegion {
    /// `registry_data_` before the region.
    member: &'static str,
    /// `.data.azurecr.io` after resource and region.
    suffix: &'static str,
}

const STORAGE: &str = "Microsoft.Storage/storageAccounts";

const GROUPS: &[Group] = &[
    Group {
        resource_type: "Microsoft.KeyVault/vaults",
        id: "vault",
        member: "default",
        suffixes: &[".vault.azure.net"],
        zone: "privatelink.vaultcore.azure.net",
        per_region: None,
    },
    storage(
        "blob",
        &[".blob.core.windows.net"],
        "privatelink.blob.core.windows.net",
    ),
    storage(
        "blob_secondary",
        &["-secondary.blob.core.windows.net"],
        "privatelink.blob.core.windows.net",
    ),
    storage(
        "dfs",
        &[".dfs.core.windows.net"],
        "privatelink.dfs.core.windows.net",
    ),
    storage(
        "file",
        &[".file.core.windows.net"],
        "privatelink.file.core.windows.net",
    ),
    storage(
        "queue",
        &[".queue.core.windows.net"],
        "privatelink.queue.core.windows.net",
    ),
    storage(
        "table",
        &[".table.core.windows.net"],
        "privatelink.table.core.windows.net",
    ),
    storage(
        "web",
        &[".web.core.windows.net"],
        "privatelink.web.core.windows.net",
    ),
    // One address for the app and its deployment site (MORE.md §5).
    Group {
        resource_type: "Microsoft.Web/sites",
        id: "sites",
        member: "sites",
        suffixes: &[".azurewebsites.net", ".scm.azurewebsites.net"],
        zone: "privatelink.azurewebsites.net",
        per_region: None,
    },
    // One address for the registry, and one for the data of each region (MORE.md §1g).
    Group {
        resource_type: "Microsoft.ContainerRegistry/registries",
        id: "registry",
        member: "registry",
        suffixes: &[".azurecr.io"],
        zone: "privatelink.azurecr.io",
        per_region: Some(PerRegion {
            member: "registry_data_",
            suffix: ".data.azurecr.io",
        }),
    },
];

const fn storage(id: &'static str, suffixes: &'static [&'static str], zone: &'static str) -> Group {
    Group {
        resource_type: STORAGE,
        id,
        member: id,
        suffixes,
        zone,
        per_region: None,
    }
}

fn find(resource_type: &str, group: &str) -> Option<&'static Group> {
    GROUPS.iter().find(|row| {
        row.resource_type.eq_ignore_ascii_case(resource_type) && row.id.eq_ignore_ascii_case(group)
    })
}

/// The required members of a group of this resource, which is in these regions; none for a group that the type does not
/// have.
pub fn members(
    resource_type: &str,
    group: &str,
    resource: &str,
    regions: &[String],
) -> Vec<Member> {
    let Some(row) = find(resource_type, group) else {
        return Vec::new();
    };
    let resource = resource.to_ascii_lowercase();
    let first = Member {
        name: row.member.to_owned(),
        fqdns: row
            .suffixes
            .iter()
            .map(|suffix| format!("{resource}{suffix}"))
            .collect(),
    };
    let in_region = |(per, region): (&PerRegion, &String)| Member {
        name: format!("{}{region}", per.member),
        fqdns: vec![format!("{resource}.{region}{}", per.suffix)],
    };
    let regional = row
        .per_region
        .iter()
        .flat_map(|per| regions.iter().map(move |region| in_region((per, region))));
    std::iter::once(first).chain(regional).collect()
}

/// The regions of a resource as host names write them: its own, then those of a registry's replicas.
pub fn regions(state: &State, resource: &Resource) -> Vec<String> {
    const REPLICAS: &str = "Microsoft.ContainerRegistry/registries/replications";
    let mut regions = Vec::new();
    for it in std::iter::once(resource).chain(state.children(&resource.id, REPLICAS)) {
        let region = region_of(it);
        if !region.is_empty() && !regions.contains(&region) {
            regions.push(region);
        }
    }
    regions
}

/// `Japan East` and `japaneast` are `japaneast`.
fn region_of(resource: &Resource) -> String {
    let location = resource.body.get("location").and_then(Value::as_str);
    let location = location.unwrap_or_default().to_ascii_lowercase();
    location.split_whitespace().collect()
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

/// Services whose public names have several labels before what all of them end with.
const SEVERAL_LABELS: &[&str] = &[".azurewebsites.net", ".azurecr.io"];

/// The public name without what follows the resource: `kv.vault.azure.net` → `kv`, `sa-secondary.blob…` →
/// `sa-secondary`, `app.scm.azurewebsites.net` → `app.scm`. This is the name of the record that a zone group writes.
pub fn record_name(fqdn: &str) -> &str {
    let several = SEVERAL_LABELS
        .iter()
        .find_map(|suffix| fqdn.strip_suffix(suffix));
    several.unwrap_or_else(|| fqdn.split_once('.').map_or(fqdn, |(head, _)| head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vault_has_one_member_called_default() {
        let members = members("microsoft.keyvault/VAULTS", "vault", "KV-Resource", &[]);
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].name, "default");
        assert_eq!(members[0].fqdns, ["kv-resource.vault.azure.net"]);
        assert_eq!(record_name(&members[0].fqdns[0]), "kv-resource");
    }

    #[test]
    fn a_group_of_another_type_has_no_members() {
        assert_eq!(members("Microsoft.KeyVault/vaults", "blob", "kv", &[]), []);
        assert_eq!(zone(STORAGE, "vault"), None);
        assert_eq!(
            zone(STORAGE, "blob_secondary"),
            Some("privatelink.blob.core.windows.net")
        );
    }

    #[test]
    fn an_app_has_two_names_and_a_registry_an_address_per_region() {
        let app = members("Microsoft.Web/sites", "sites", "App", &[]);
        assert_eq!(app.len(), 1);
        assert_eq!(
            app[0]
                .fqdns
                .iter()
                .map(|it| record_name(it))
                .collect::<Vec<_>>(),
            ["app", "app.scm"]
        );
        let regions = ["japaneast".to_owned(), "japanwest".to_owned()];
        let registry = members(
            "Microsoft.ContainerRegistry/registries",
            "registry",
            "Acr",
            &regions,
        );
        let names: Vec<&str> = registry.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "registry",
                "registry_data_japaneast",
                "registry_data_japanwest"
            ]
        );
        assert_eq!(registry[1].fqdns, ["acr.japaneast.data.azurecr.io"]);
        assert_eq!(record_name(&registry[1].fqdns[0]), "acr.japaneast.data");
    }
}
