//! Azure operated by 21Vianet in China. Sources: the header of the folder.

use super::{Cloud, Receivers};

/// Azure operated by 21Vianet in China.
pub static CHINA: Cloud = Cloud {
    name: "china",
    arm_host: "management.chinacloudapi.cn",
    arm_scope: "https://management.chinacloudapi.cn/.default",
    graph_host: "microsoftgraph.chinacloudapi.cn",
    graph_scope: "https://microsoftgraph.chinacloudapi.cn/.default",
    login_host: "login.partner.microsoftonline.cn",
    login_aliases: &["login.chinacloudapi.cn"],
    sts_host: "sts.chinacloudapi.cn",
    vault_scope: "https://vault.azure.cn/.default",
    storage_scope: "https://storage.azure.com/.default",
    // No audience of registries alone is documented for this cloud: they take tokens for ARM (`MORE.md` §7).
    registry_scope: "https://management.chinacloudapi.cn/.default",
    registry_suffix: ".azurecr.cn",
    exchange_audience: "api://AzureADTokenExchangeChina",
    exchange_application: None,
    audiences: &[
        (
            "https://management.chinacloudapi.cn",
            Receivers::Host("management.chinacloudapi.cn"),
        ),
        (
            "https://management.core.chinacloudapi.cn",
            Receivers::Host("management.chinacloudapi.cn"),
        ),
        (
            "https://microsoftgraph.chinacloudapi.cn",
            Receivers::Host("microsoftgraph.chinacloudapi.cn"),
        ),
        (
            "https://vault.azure.cn",
            Receivers::Suffixes(&[".vault.azure.cn"]),
        ),
        (
            "https://storage.azure.com",
            Receivers::Suffixes(CHINA_STORAGE),
        ),
    ],
    zones: &[
        (".vault.azure.cn", "privatelink.vaultcore.azure.cn"),
        (
            ".blob.core.chinacloudapi.cn",
            "privatelink.blob.core.chinacloudapi.cn",
        ),
        (
            ".file.core.chinacloudapi.cn",
            "privatelink.file.core.chinacloudapi.cn",
        ),
        (
            ".queue.core.chinacloudapi.cn",
            "privatelink.queue.core.chinacloudapi.cn",
        ),
        (
            ".table.core.chinacloudapi.cn",
            "privatelink.table.core.chinacloudapi.cn",
        ),
        (
            ".web.core.chinacloudapi.cn",
            "privatelink.web.core.chinacloudapi.cn",
        ),
        (
            ".dfs.core.chinacloudapi.cn",
            "privatelink.dfs.core.chinacloudapi.cn",
        ),
        (".chinacloudsites.cn", "privatelink.chinacloudsites.cn"),
        (
            ".database.chinacloudapi.cn",
            "privatelink.database.chinacloudapi.cn",
        ),
        (".azurecr.cn", "privatelink.azurecr.cn"),
        (
            ".servicebus.chinacloudapi.cn",
            "privatelink.servicebus.chinacloudapi.cn",
        ),
        (".documents.azure.cn", "privatelink.documents.azure.cn"),
        (
            ".redis.cache.chinacloudapi.cn",
            "privatelink.redis.cache.chinacloudapi.cn",
        ),
    ],
};

const CHINA_STORAGE: &[&str] = &[
    ".blob.core.chinacloudapi.cn",
    ".dfs.core.chinacloudapi.cn",
    ".file.core.chinacloudapi.cn",
    ".queue.core.chinacloudapi.cn",
    ".table.core.chinacloudapi.cn",
];
