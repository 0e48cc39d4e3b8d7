//! Versions that newer clients send, and the bundled specification that stands for them.
//!
//! The specifications are of one version each. What is asked with a newer one is compared with the bundled one: what the
//! mock answers does not depend on it.

use crate::exchange::Exchange;

/// One version that stands for another.
pub(crate) struct Stand {
    /// Whose host names end so.
    pub(crate) hosts: &'static str,
    /// Query parameter or header.
    pub(crate) named_by: &'static str,
    /// What clients send.
    pub(crate) sent: &'static str,
    /// Version of the bundled specification.
    pub(crate) bundled: &'static str,
    /// Who sends it.
    pub(crate) by: &'static str,
}

/// Every version that is compared with another one's specification.
pub(crate) const VERSIONS: &[Stand] = &[
    Stand {
        hosts: ".vault.azure.net",
        named_by: "api-version",
        sent: "2025-07-01",
        bundled: "7.5",
        by: "azure_security_keyvault_secrets 1.0",
    },
    Stand {
        hosts: ".vault.azure.net",
        named_by: "api-version",
        sent: "7.6",
        bundled: "7.5",
        by: "azure-keyvault-secrets 4.10, @azure/keyvault-secrets 4.10",
    },
    Stand {
        hosts: ".blob.core.windows.net",
        named_by: "x-ms-version",
        sent: "2026-04-06",
        bundled: "2024-08-04",
        by: "azure_storage_blob 1.1",
    },
    Stand {
        hosts: ".blob.core.windows.net",
        named_by: "x-ms-version",
        sent: "2025-07-05",
        bundled: "2024-08-04",
        by: "azure-storage-blob 12.26, @azure/storage-blob 12.28",
    },
];

/// The same exchange as if the bundled version had been asked for.
pub(crate) fn as_bundled(mut exchange: Exchange) -> Exchange {
    for stand in VERSIONS
        .iter()
        .filter(|it| exchange.host.ends_with(it.hosts))
    {
        let query = exchange.query.iter_mut();
        let headers = exchange.request_headers.iter_mut();
        let named = query.map(|(name, value)| (name.as_str(), value));
        let named = named.chain(headers.map(|(name, value)| (name.as_str(), value)));
        for (_, value) in
            named.filter(|(name, value)| *name == stand.named_by && *value == stand.sent)
        {
            stand.bundled.clone_into(value);
        }
        if let Some(answered) = exchange.response_headers.get_mut(stand.named_by)
            && answered == stand.sent
        {
            stand.bundled.clone_into(answered);
        }
    }
    exchange
}
