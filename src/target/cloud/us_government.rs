//! Azure US Government. Sources: the header of the folder.

use super::{Cloud, Receivers};

/// Azure US Government.
pub static US_GOVERNMENT: Cloud = Cloud {
    name: "usgov",
    arm_host: "management.usgovcloudapi.net",
    arm_scope: "https://management.usgovcloudapi.net/.default",
    graph_host: "graph.microsoft.us",
    graph_scope: "https://graph.microsoft.us/.default",
    login_host: "login.microsoftonline.us",
    login_aliases: &[],
    sts_host: "sts.windows.net",
    vault_scope: "https://vault.usgovcloudapi.net/.default",
    storage_scope: "https://storage.azure.com/.default",
    // No audience of registries alone is documented for this cloud: they take tokens for ARM (`MORE.md` §7).
    registry_scope: "https://management.usgovcloudapi.net/.default",
    registry_suffix: ".azurecr.us",
    exchange_audience: "api://AzureADTokenExchangeUSGov",
    exchange_application: None,
    audiences: &[
        (
            "https://management.usgovcloudapi.net",
            Receivers::Host("management.usgovcloudapi.net"),
        ),
        (
            "https://management.core.usgovcloudapi.net",
            Receivers::Host("management.usgovcloudapi.net"),
        ),
        (
            "https://graph.microsoft.us",
            Receivers::Host("graph.microsoft.us"),
        ),
        (
            "https://vault.usgovcloudapi.net",
            Receivers::Suffixes(&[".vault.usgovcloudapi.net"]),
        ),
        (
            "https://storage.azure.com",
            Receivers::Suffixes(US_GOVERNMENT_STORAGE),
        ),
    ],
    zones: &[
        (
            ".vault.usgovcloudapi.net",
            "privatelink.vaultcore.usgovcloudapi.net",
        ),
        (
            ".blob.core.usgovcloudapi.net",
            "privatelink.blob.core.usgovcloudapi.net",
        ),
        (
            ".file.core.usgovcloudapi.net",
            "privatelink.file.core.usgovcloudapi.net",
        ),
        (
            ".queue.core.usgovcloudapi.net",
            "privatelink.queue.core.usgovcloudapi.net",
        ),
        (
            ".table.core.usgovcloudapi.net",
            "privatelink.table.core.usgovcloudapi.net",
        ),
        (
            ".web.core.usgovcloudapi.net",
            "privatelink.web.core.usgovcloudapi.net",
        ),
        (
            ".dfs.core.usgovcloudapi.net",
            "privatelink.dfs.core.usgovcloudapi.net",
        ),
        (".azurewebsites.us", "privatelink.azurewebsites.us"),
        (".scm.azurewebsites.us", "scm.privatelink.azurewebsites.us"),
        (
            ".database.usgovcloudapi.net",
            "privatelink.database.usgovcloudapi.net",
        ),
        (".azurecr.us", "privatelink.azurecr.us"),
        (".azconfig.azure.us", "privatelink.azconfig.azure.us"),
        (
            ".servicebus.usgovcloudapi.net",
            "privatelink.servicebus.usgovcloudapi.net",
        ),
        (".documents.azure.us", "privatelink.documents.azure.us"),
        (
            ".redis.cache.usgovcloudapi.net",
            "privatelink.redis.cache.usgovcloudapi.net",
        ),
        (
            ".cognitiveservices.azure.us",
            "privatelink.cognitiveservices.azure.us",
        ),
    ],
};

const US_GOVERNMENT_STORAGE: &[&str] = &[
    ".blob.core.usgovcloudapi.net",
    ".dfs.core.usgovcloudapi.net",
    ".file.core.usgovcloudapi.net",
    ".queue.core.usgovcloudapi.net",
    ".table.core.usgovcloudapi.net",
];
