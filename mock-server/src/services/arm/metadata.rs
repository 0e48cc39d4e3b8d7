//! `GET /metadata/endpoints`: which cloud is this? Asked without a token, when a client registers a cloud.
//!
//! The document is the one that Azure answered in Azure/azure-cli #29283 (2022-09-01), as far as it names what a client of
//! the mock may need; older versions answer a list of one (manicminer/hamilton #169).

use http::Method;
use serde_json::{Value, json};

use super::unbundled;
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::{Access, ApiVersion, Hosts, Operation, Service};

/// The service.
pub const SERVICE: Service = Service {
    name: "arm-metadata",
    about: "endpoints of the cloud",
    hosts: Hosts::Exact(&["management.azure.com"]),
    api_version: ApiVersion::None,
    operations: OPERATIONS,
    refuse: super::errors::refuse,
};

const OPERATIONS: &[Operation] = &[unbundled(Operation {
    id: "Metadata_Endpoints",
    method: Method::GET,
    path: "/metadata/endpoints",
    access: Access::Anonymous,
    spec: None,
    simplified: "without endpoints of services that the mock does not have",
    handler: Some(endpoints),
})];

/// Since when a single document is answered.
const SINGLE_SINCE: &str = "2022-09-01";

fn endpoints(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let version = request.query("api-version").unwrap_or_default();
    let oldest = version.starts_with("2015-01-01") || version == "1.0";
    if oldest {
        return Reply::ok(&oldest_document());
    }
    let is_date = version.starts_with(|it: char| it.is_ascii_digit());
    if is_date && version >= SINGLE_SINCE {
        return Reply::ok(&document());
    }
    Reply::ok(&json!([document()]))
}

/// As Azure Stack answers it too: what the first versions of the Azure CLI read.
fn oldest_document() -> Value {
    json!({
        "galleryEndpoint": "https://gallery.azure.com/",
        "graphEndpoint": "https://graph.windows.net/",
        "portalEndpoint": "https://portal.azure.com",
        "authentication": {
            "loginEndpoint": "https://login.microsoftonline.com/",
            "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
        },
    })
}

fn document() -> Value {
    json!({
        "portal": "https://portal.azure.com",
        "authentication": {
            "loginEndpoint": "https://login.microsoftonline.com",
            "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "media": "https://rest.media.azure.net",
        "graphAudience": "https://graph.windows.net/",
        "graph": "https://graph.windows.net/",
        "name": "AzureCloud",
        "suffixes": {
            "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
            "acrLoginServer": "azurecr.io",
            "sqlServerHostname": "database.windows.net",
            "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
            "keyVaultDns": "vault.azure.net",
            "storage": "core.windows.net",
            "azureFrontDoorEndpointSuffix": "azurefd.net",
            "storageSyncEndpointSuffix": "afs.azure.net",
            "mhsmDns": "managedhsm.azure.net",
            "mysqlServerEndpoint": "mysql.database.azure.com",
        },
        "batch": "https://batch.core.windows.net/",
        "resourceManager": "https://management.azure.com/",
        "vmImageAliasDoc": "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json",
        "activeDirectoryDataLake": "https://datalake.azure.net/",
        "sqlManagement": "https://management.core.windows.net:8443/",
        "microsoftGraphResourceId": "https://graph.microsoft.com/",
        "gallery": "https://gallery.azure.com/",
    })
}
