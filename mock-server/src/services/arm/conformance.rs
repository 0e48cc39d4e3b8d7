//! Are the properties of ARM's answers those of the official specifications? Runs when `XTENANT_SPECS` says where they are.

use std::path::PathBuf;

use serde_json::Value;

use super::tests::{HOME_SUBSCRIPTION, arm};
use crate::services::testing::{ACCOUNT, NET, VAULT, example, specifications};

/// Every property of an answer must be one that the specification's definition has, all the way down.
#[test]
fn properties_are_those_of_the_specifications() {
    let Some(folder) = specifications() else {
        return;
    };
    let context = example();
    let endpoint = format!("{NET}/privateEndpoints/vault");
    let interface = arm(&context, &endpoint).ok()["properties"]["networkInterfaces"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let zone = format!("{NET}/privateDnsZones/privatelink.vaultcore.azure.net");
    let mut unknown = Vec::new();
    for (path, file, definition) in [
        (
            endpoint.clone(),
            "network/2024-01-01/privateEndpoint.json",
            "PrivateEndpoint",
        ),
        (
            format!("{endpoint}/privateDnsZoneGroups/default"),
            "network/2024-01-01/privateEndpoint.json",
            "PrivateDnsZoneGroup",
        ),
        (
            interface,
            "network/2024-01-01/networkInterface.json",
            "NetworkInterface",
        ),
        (
            format!("{NET}/virtualNetworks/home"),
            "network/2024-01-01/virtualNetwork.json",
            "VirtualNetwork",
        ),
        (
            zone.clone(),
            "privatedns/2024-06-01/privatedns.json",
            "PrivateZone",
        ),
        (
            format!("{zone}/virtualNetworkLinks/home"),
            "privatedns/2024-06-01/privatedns.json",
            "VirtualNetworkLink",
        ),
        (
            format!("{zone}/A/kv-resource"),
            "privatedns/2024-06-01/privatedns.json",
            "RecordSet",
        ),
        (
            format!("{zone}/SOA/@"),
            "privatedns/2024-06-01/privatedns.json",
            "RecordSet",
        ),
        (
            format!("{zone}/ALL"),
            "privatedns/2024-06-01/privatedns.json",
            "RecordSetListResult",
        ),
        (
            format!("{ACCOUNT}/blobServices/default"),
            "storage-mgmt/2023-05-01/blob.json",
            "BlobServiceProperties",
        ),
        (
            format!("{ACCOUNT}/blobServices/default/containers"),
            "storage-mgmt/2023-05-01/blob.json",
            "ListContainerItems",
        ),
        (
            VAULT.to_owned(),
            "keyvault-mgmt/2023-07-01/keyvault.json",
            "Vault",
        ),
        (
            format!("{VAULT}/privateEndpointConnections"),
            "keyvault-mgmt/2023-07-01/keyvault.json",
            "PrivateEndpointConnectionListResult",
        ),
        (
            ACCOUNT.to_owned(),
            "storage-mgmt/2023-05-01/storage.json",
            "StorageAccount",
        ),
        (
            format!("{VAULT}/providers/Microsoft.Authorization/roleAssignments"),
            "authorization/2022-04-01/authorization-RoleAssignmentsCalls.json",
            "RoleAssignmentListResult",
        ),
        (
            format!("{VAULT}/providers/Microsoft.Authorization/roleDefinitions"),
            "authorization/2022-04-01/authorization-RoleDefinitionsCalls.json",
            "RoleDefinitionListResult",
        ),
        (
            format!(
                "{HOME_SUBSCRIPTION}/resourceGroups/app/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders"
            ),
            "managedidentity/2023-01-31/ManagedIdentity.json",
            "Identity",
        ),
        (
            HOME_SUBSCRIPTION.to_owned(),
            "resources/2022-12-01/subscriptions.json",
            "Subscription",
        ),
    ] {
        let spec = Spec::load(folder.join(file));
        let body = arm(&context, &path).ok();
        let schema = spec.document["definitions"][definition].clone();
        assert!(schema.is_object(), "{file} has no {definition}");
        spec.check(&schema, &body, definition, &mut unknown);
    }
    assert!(
        unknown.is_empty(),
        "properties that no specification has:\n{}",
        unknown.join("\n")
    );
}

/// One specification file, with references into itself and its neighbours.
pub(crate) struct Spec {
    file: PathBuf,
    pub(crate) document: Value,
}

impl Spec {
    pub(crate) fn load(file: PathBuf) -> Self {
        let text = std::fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Self {
            document: serde_json::from_str(&text).unwrap(),
            file,
        }
    }

    pub(crate) fn check(&self, schema: &Value, value: &Value, at: &str, unknown: &mut Vec<String>) {
        if let Some(reference) = schema["$ref"].as_str() {
            let (file, pointer) = reference.split_once('#').unwrap();
            if file.is_empty() {
                let target = self.document.pointer(pointer).unwrap().clone();
                return self.check(&target, value, at, unknown);
            }
            let file = self.file.parent().unwrap().join(file);
            if file.exists() {
                let other = Self::load(file);
                let target = other.document.pointer(pointer).unwrap().clone();
                other.check(&target, value, at, unknown);
            }
            return;
        }
        match value {
            Value::Array(items) => items
                .iter()
                .for_each(|item| self.check(&schema["items"], item, &format!("{at}[]"), unknown)),
            Value::Object(object) => {
                let mut known = Vec::new();
                let open = !self.properties(schema, &mut known)
                    || known.is_empty()
                    || schema["additionalProperties"].is_object();
                for (key, value) in object {
                    match known.iter().find(|(name, _, _)| name == key) {
                        Some((_, file, property)) => {
                            let spec = Self {
                                file: file.clone(),
                                document: Self::load(file.clone()).document,
                            };
                            spec.check(property, value, &format!("{at}.{key}"), unknown);
                        }
                        None if open => {}
                        None => unknown.push(format!("{at}.{key}")),
                    }
                }
            }
            _ => {}
        }
    }

    /// The properties of a schema and of what it is made of; false when a part of it cannot be read.
    fn properties(&self, schema: &Value, known: &mut Vec<(String, PathBuf, Value)>) -> bool {
        if let Some(reference) = schema["$ref"].as_str() {
            let (file, pointer) = reference.split_once('#').unwrap();
            if file.is_empty() {
                return self.properties(&self.document.pointer(pointer).unwrap().clone(), known);
            }
            let file = self.file.parent().unwrap().join(file);
            if !file.exists() {
                return false;
            }
            let other = Self::load(file);
            return other.properties(&other.document.pointer(pointer).unwrap().clone(), known);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            known.push((name.clone(), self.file.clone(), property.clone()));
        }
        let parts = schema["allOf"].as_array().cloned().unwrap_or_default();
        parts.iter().all(|part| self.properties(part, known))
    }
}
