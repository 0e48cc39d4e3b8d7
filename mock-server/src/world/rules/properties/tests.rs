//! Laws of the tables, and how a misspelt name is told.

use std::collections::BTreeSet;

use super::types;
use crate::world::rules::tests::refused;

#[test]
fn every_type_stands_once_and_its_names_too() {
    let names: BTreeSet<_> = types().map(|it| it.name.to_ascii_lowercase()).collect();
    assert_eq!(names.len(), types().count());
    for known in types() {
        for (path, names) in known.places {
            let all: Vec<_> = names.split_whitespace().collect();
            let unique: BTreeSet<_> = all.iter().collect();
            assert_eq!(unique.len(), all.len(), "{} {path}", known.name);
        }
    }
}

/// What stands below a path must be a name at the path above.
#[test]
fn every_path_of_the_tables_leads_somewhere() {
    for known in types() {
        for (path, _) in known.places.iter().filter(|(path, _)| !path.is_empty()) {
            let (above, key) = path.rsplit_once('.').unwrap_or(("", path));
            let names = known.places.iter().find(|(at, _)| *at == above);
            let key = key.trim_end_matches("[]");
            assert!(
                names.is_some_and(|(_, names)| names.split_whitespace().any(|it| it == key)),
                "{}: {path}",
                known.name
            );
        }
    }
}

#[test]
fn a_misspelt_property_is_told_with_the_name_that_was_meant() {
    let rendered = refused(
        "publicNetworkAccess: Disabled",
        "publicNetworkAcess: Disabled",
    );
    for part in [
        "unknown property `publicNetworkAcess` of Microsoft.KeyVault/vaults",
        "did you mean `publicNetworkAccess`?",
        "^^^^^^^^^^^^^^^^^^",
    ] {
        assert!(rendered.contains(part), "{part}:\n{rendered}");
    }
    let nested = refused("defaultAction: Deny", "defaultaction: Deny");
    assert!(nested.contains("did you mean `defaultAction`?"), "{nested}");
    let in_a_list = refused(
        "groupIds: [vault]",
        "groupIds: [vault]\n            groupId: x",
    );
    assert!(
        in_a_list.contains("did you mean `groupIds`?"),
        "{in_a_list}"
    );
}

#[test]
fn a_value_of_another_shape_is_told_once() {
    for (from, to, title) in [
        (
            "networkAcls: {bypass: None, defaultAction: Deny, ipRules: [], virtualNetworkRules: []}",
            "networkAcls: Deny",
            "this is not a map",
        ),
        ("ipRules: []", "ipRules: 10.0.0.0/8", "this is not a list"),
    ] {
        let rendered = refused(from, to);
        assert_eq!(rendered.matches("error:").count(), 1, "{rendered}");
        assert!(rendered.contains(title), "{rendered}");
    }
}

/// What is misspelt is not also missing, and hides nothing beside it.
#[test]
fn a_misspelt_property_is_told_once() {
    let rendered = refused("principalId: eeee", "principalID: eeee");
    assert_eq!(rendered.matches("error:").count(), 1, "{rendered}");
    let rendered = refused(
        "clientId: dddddddd-dddd-dddd-dddd-dddddddddddd\n      principalId:",
        "clientId: d\n      principalID:",
    );
    assert_eq!(rendered.matches("error:").count(), 2, "{rendered}");
}

#[test]
fn a_type_that_nothing_answers_is_refused() {
    let id =
        "  - id: /subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers";
    for (resource_type, hint) in [
        (
            "Microsoft.Nonsense/things",
            "leave it out: nothing in the mock would ask for it",
        ),
        (
            "Microsoft.KeyVault/vault",
            "did you mean `Microsoft.KeyVault/vaults`?",
        ),
    ] {
        let rendered = refused(
            "resources:\n",
            &format!("resources:\n{id}/{resource_type}/x\n"),
        );
        let title = format!("the mock knows no resources of the type `{resource_type}`");
        assert!(rendered.contains(&title), "{rendered}");
        assert!(rendered.contains(hint), "{rendered}");
    }
}

/// Names that the mock does not use, but Azure has, are no mistakes.
#[test]
fn what_azure_knows_is_accepted() {
    let example = crate::world::rules::tests::EXAMPLE;
    let text = example
        .replacen(
            "enableRbacAuthorization: true",
            "enableRbacAuthorization: true\n      enablePurgeProtection: true\n      softDeleteRetentionInDays: 7",
            1,
        )
        .replacen(
            "addressPrefix: 10.1.0.0/24}",
            "addressPrefix: 10.1.0.0/24, privateEndpointNetworkPolicies: Disabled, delegations: []}",
            1,
        );
    let file = xtenant_source::SourceFile::new("world.yaml", text);
    crate::world::World::parse(&file).unwrap();
}

/// The tables have every name that the specifications have. Runs when `XTENANT_SPECS` says where those are.
#[test]
fn names_are_those_of_the_specifications() {
    let Some(folder) = crate::services::testing::specifications() else {
        return;
    };
    for (resource_type, path, file, definition) in [
        (
            "Microsoft.KeyVault/vaults",
            "",
            "keyvault-mgmt/2023-07-01/keyvault.json",
            "VaultProperties",
        ),
        (
            "Microsoft.KeyVault/vaults",
            "networkAcls",
            "keyvault-mgmt/2023-07-01/keyvault.json",
            "NetworkRuleSet",
        ),
        (
            "Microsoft.KeyVault/vaults",
            "accessPolicies[]",
            "keyvault-mgmt/2023-07-01/keyvault.json",
            "AccessPolicyEntry",
        ),
        (
            "Microsoft.Storage/storageAccounts",
            "",
            "storage-mgmt/2023-05-01/storage.json",
            "StorageAccountProperties",
        ),
        (
            "Microsoft.Storage/storageAccounts",
            "networkAcls",
            "storage-mgmt/2023-05-01/storage.json",
            "NetworkRuleSet",
        ),
        (
            "Microsoft.Network/virtualNetworks",
            "",
            "network/2024-01-01/virtualNetwork.json",
            "VirtualNetworkPropertiesFormat",
        ),
        (
            "Microsoft.Network/virtualNetworks/subnets",
            "",
            "network/2024-01-01/virtualNetwork.json",
            "SubnetPropertiesFormat",
        ),
        (
            "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
            "",
            "network/2024-01-01/virtualNetwork.json",
            "VirtualNetworkPeeringPropertiesFormat",
        ),
        (
            "Microsoft.Network/privateEndpoints",
            "",
            "network/2024-01-01/privateEndpoint.json",
            "PrivateEndpointProperties",
        ),
        (
            "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
            "",
            "network/2024-01-01/privateEndpoint.json",
            "PrivateDnsZoneGroupPropertiesFormat",
        ),
        (
            "Microsoft.Network/networkInterfaces",
            "",
            "network/2024-01-01/networkInterface.json",
            "NetworkInterfacePropertiesFormat",
        ),
        (
            "Microsoft.Network/privateDnsZones",
            "",
            "privatedns/2024-06-01/privatedns.json",
            "PrivateZoneProperties",
        ),
        (
            "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
            "",
            "privatedns/2024-06-01/privatedns.json",
            "VirtualNetworkLinkProperties",
        ),
        (
            "Microsoft.Network/privateDnsZones/A",
            "",
            "privatedns/2024-06-01/privatedns.json",
            "RecordSetProperties",
        ),
        (
            "Microsoft.Network/networkManagers",
            "",
            "network/2024-01-01/networkManager.json",
            "NetworkManagerProperties",
        ),
        (
            "Microsoft.Network/networkManagers/connectivityConfigurations",
            "",
            "network/2024-01-01/networkManagerConnectivityConfiguration.json",
            "ConnectivityConfigurationProperties",
        ),
        (
            "Microsoft.ManagedIdentity/userAssignedIdentities",
            "",
            "managedidentity/2023-01-31/ManagedIdentity.json",
            "UserAssignedIdentityProperties",
        ),
        (
            "Microsoft.Authorization/roleAssignments",
            "",
            "authorization/2022-04-01/authorization-RoleAssignmentsCalls.json",
            "RoleAssignmentProperties",
        ),
        (
            "Microsoft.Authorization/roleDefinitions",
            "",
            "authorization/2022-04-01/authorization-RoleDefinitionsCalls.json",
            "RoleDefinitionProperties",
        ),
    ] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let specification: serde_json::Value = serde_json::from_str(&text).unwrap();
        let properties = &specification["definitions"][definition]["properties"];
        let known = types().find(|it| it.name == resource_type).unwrap();
        let (_, names) = known.places.iter().find(|(at, _)| *at == path).unwrap();
        for name in properties.as_object().unwrap().keys() {
            assert!(
                names.split_whitespace().any(|it| it == name),
                "{resource_type} {path}: {name} of {definition}"
            );
        }
    }
}
