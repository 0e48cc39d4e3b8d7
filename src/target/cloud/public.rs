//! Azure's public cloud. Sources: the header of the folder.

use super::{Cloud, Receivers};

/// Azure's public cloud.
pub static PUBLIC: Cloud = Cloud {
    name: "azure",
    arm_host: "management.azure.com",
    arm_scope: "https://management.azure.com/.default",
    graph_host: "graph.microsoft.com",
    graph_scope: "https://graph.microsoft.com/.default",
    login_host: "login.microsoftonline.com",
    login_aliases: &["login.windows.net", "login.microsoft.com"],
    sts_host: "sts.windows.net",
    vault_scope: "https://vault.azure.net/.default",
    storage_scope: "https://storage.azure.com/.default",
    registry_scope: "https://containerregistry.azure.net/.default",
    registry_suffix: ".azurecr.io",
    exchange_audience: "api://AzureADTokenExchange",
    exchange_application: Some("fb60f99c-7a34-4190-8149-302f77469936"),
    audiences: &[
        (
            "https://management.azure.com",
            Receivers::Host("management.azure.com"),
        ),
        (
            "https://management.core.windows.net",
            Receivers::Host("management.azure.com"),
        ),
        (
            "https://graph.microsoft.com",
            Receivers::Host("graph.microsoft.com"),
        ),
        (
            "https://vault.azure.net",
            Receivers::Suffixes(&[".vault.azure.net"]),
        ),
        (
            "https://containerregistry.azure.net",
            Receivers::Suffixes(&[".azurecr.io"]),
        ),
        (
            "https://storage.azure.com",
            Receivers::Suffixes(PUBLIC_STORAGE),
        ),
    ],
    zones: &[
        (".vault.azure.net", "privatelink.vaultcore.azure.net"),
        (
            ".blob.core.windows.net",
            "privatelink.blob.core.windows.net",
        ),
        (
            ".file.core.windows.net",
            "privatelink.file.core.windows.net",
        ),
        (
            ".queue.core.windows.net",
            "privatelink.queue.core.windows.net",
        ),
        (
            ".table.core.windows.net",
            "privatelink.table.core.windows.net",
        ),
        (".web.core.windows.net", "privatelink.web.core.windows.net"),
        (".dfs.core.windows.net", "privatelink.dfs.core.windows.net"),
        (".azurewebsites.net", "privatelink.azurewebsites.net"),
        (
            ".scm.azurewebsites.net",
            "scm.privatelink.azurewebsites.net",
        ),
        (".database.windows.net", "privatelink.database.windows.net"),
        (".azurecr.io", "privatelink.azurecr.io"),
        (".azconfig.io", "privatelink.azconfig.io"),
        (
            ".servicebus.windows.net",
            "privatelink.servicebus.windows.net",
        ),
        (".documents.azure.com", "privatelink.documents.azure.com"),
        (
            ".redis.cache.windows.net",
            "privatelink.redis.cache.windows.net",
        ),
        (
            ".cognitiveservices.azure.com",
            "privatelink.cognitiveservices.azure.com",
        ),
    ],
};

const PUBLIC_STORAGE: &[&str] = &[
    ".blob.core.windows.net",
    ".dfs.core.windows.net",
    ".file.core.windows.net",
    ".queue.core.windows.net",
    ".table.core.windows.net",
];
