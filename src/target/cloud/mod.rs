//! Endpoints, audiences and private DNS zones of each cloud: data, and the look-ups over it.
//!
//! Sources: `API.md` §4 (private DNS zone names and service suffixes), `IDENTITY.md` §1c, §2 and §3 (audiences, exchange
//! audiences, authorities), and the Azure CLI's cloud definitions for the ARM, Graph and vault endpoints of the sovereign
//! clouds, as `az cloud show` prints them.

mod china;
mod public;
mod us_government;

pub use china::CHINA;
pub use public::PUBLIC;
pub use us_government::US_GOVERNMENT;

/// A cloud.
#[derive(Debug)]
pub struct Cloud {
    /// As `--target` names it.
    pub name: &'static str,
    /// Host of Azure Resource Manager.
    pub arm_host: &'static str,
    /// Scope of its tokens.
    pub arm_scope: &'static str,
    /// Host of Microsoft Graph.
    pub graph_host: &'static str,
    /// Scope of its tokens.
    pub graph_scope: &'static str,
    /// Host of Entra's token endpoint.
    pub login_host: &'static str,
    /// Older names of it, which issuers may still carry.
    pub login_aliases: &'static [&'static str],
    /// Host that issuers of v1 tokens name.
    pub sts_host: &'static str,
    /// Scope of tokens for Key Vault's data plane.
    pub vault_scope: &'static str,
    /// Scope of tokens for storage's data plane: the same in every cloud.
    pub storage_scope: &'static str,
    /// Scope of tokens that container registries exchange.
    pub registry_scope: &'static str,
    /// How the names of registries end.
    pub registry_suffix: &'static str,
    /// What a managed identity's token is asked for when it shall prove an application.
    pub exchange_audience: &'static str,
    /// What such a token then names as its audience, where that is known.
    pub exchange_application: Option<&'static str>,
    audiences: &'static [(&'static str, Receivers)],
    zones: &'static [(&'static str, &'static str)],
}

/// Which hosts may receive a token.
#[derive(Clone, Copy, Debug)]
enum Receivers {
    /// This one.
    Host(&'static str),
    /// Those with one of these endings, each with its leading dot.
    Suffixes(&'static [&'static str]),
}

/// Every cloud.
pub static CLOUDS: &[&Cloud] = &[&PUBLIC, &US_GOVERNMENT, &CHINA];

impl Cloud {
    /// The private DNS zone that the record of a public name belongs in; nothing for services that the table lacks.
    pub fn zone_for(&self, host: &str) -> Option<&'static str> {
        self.service_of(host).map(|(_, zone)| zone)
    }

    /// The record's name in that zone: what stands before the service's suffix.
    pub fn record_name(&self, host: &str) -> Option<String> {
        self.service_of(host).map(|(record, _)| record)
    }

    /// Whether a token for this audience may be sent to this host.
    pub fn may_receive(&self, audience: &str, host: &str) -> bool {
        let (audience, host) = (audience.trim_end_matches('/'), plain(host));
        let known = self.audiences.iter().find(|(own, _)| *own == audience);
        match known {
            Some((_, Receivers::Host(own))) => *own == host,
            Some((_, Receivers::Suffixes(suffixes))) => suffixes
                .iter()
                .any(|suffix| one_label_before(&host, suffix).is_some()),
            // A registry's own tokens name its login server (`MORE.md` §1b).
            None if audience == host => self.is_registry(&host),
            // Storage also takes tokens for one account alone (`CLIENTS.md`, Blob).
            None => {
                let account = audience.strip_prefix("https://");
                account.is_some_and(|account| account == host) && self.is_storage(&host)
            }
        }
    }

    /// Whether a host is the login server of a container registry, which may be given tokens of Entra to exchange.
    pub fn is_registry(&self, host: &str) -> bool {
        one_label_before(&plain(host), self.registry_suffix).is_some()
    }

    /// Whether an audience is a service of Azure, whose tokens go to its own hosts only.
    pub fn is_service(&self, audience: &str) -> bool {
        let audience = audience.trim_end_matches('/');
        let host = audience.strip_prefix("https://").unwrap_or_default();
        let is_known = self.audiences.iter().any(|(own, _)| *own == audience);
        is_known
            || self.is_storage(&plain(host))
            || audience == self.exchange_audience
            || self.exchange_application == Some(audience)
    }

    fn is_storage(&self, host: &str) -> bool {
        self.audiences.iter().any(|(own, receivers)| {
            matches!(receivers, Receivers::Suffixes(suffixes)
                if *own == "https://storage.azure.com"
                    && suffixes.iter().any(|suffix| one_label_before(host, suffix).is_some()))
        })
    }

    /// The record and the zone of the service with the longest suffix that fits.
    fn service_of(&self, host: &str) -> Option<(String, &'static str)> {
        let host = plain(host);
        let fitting = self.zones.iter().filter_map(|(suffix, zone)| {
            let record = host
                .strip_suffix(suffix)
                .filter(|record| !record.is_empty())?;
            Some((record.to_owned(), *zone))
        });
        fitting.min_by_key(|(record, _)| record.len())
    }
}

/// A host in lower case without a trailing dot.
fn plain(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// The one label before a suffix.
fn one_label_before<'a>(host: &'a str, suffix: &str) -> Option<&'a str> {
    host.strip_suffix(suffix)
        .filter(|label| !label.is_empty() && !label.contains('.'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_suffix_of_a_vault_is_not_the_name_of_its_zone() {
        for (cloud, host, zone) in [
            (
                &PUBLIC,
                "kv.vault.azure.net",
                "privatelink.vaultcore.azure.net",
            ),
            (
                &US_GOVERNMENT,
                "kv.vault.usgovcloudapi.net",
                "privatelink.vaultcore.usgovcloudapi.net",
            ),
            (
                &CHINA,
                "KV.vault.azure.cn.",
                "privatelink.vaultcore.azure.cn",
            ),
        ] {
            assert_eq!(cloud.zone_for(host), Some(zone));
            assert_eq!(cloud.record_name(host).as_deref(), Some("kv"));
        }
    }

    #[test]
    fn the_longest_suffix_decides_and_a_record_may_have_dots() {
        for (host, record, zone) in [
            (
                "app.azurewebsites.net",
                "app",
                "privatelink.azurewebsites.net",
            ),
            (
                "app.scm.azurewebsites.net",
                "app",
                "scm.privatelink.azurewebsites.net",
            ),
            (
                "reg.westeurope.data.azurecr.io",
                "reg.westeurope.data",
                "privatelink.azurecr.io",
            ),
            (
                "st-secondary.blob.core.windows.net",
                "st-secondary",
                "privatelink.blob.core.windows.net",
            ),
        ] {
            assert_eq!(PUBLIC.zone_for(host), Some(zone), "{host}");
            assert_eq!(PUBLIC.record_name(host).as_deref(), Some(record), "{host}");
        }
        for host in [
            "example.com",
            "vault.azure.net",
            ".vault.azure.net",
            "kv.vault.azure.cn",
        ] {
            assert_eq!(PUBLIC.zone_for(host), None, "{host}");
        }
    }

    #[test]
    fn a_token_goes_to_hosts_of_its_audience_in_its_own_cloud() {
        for (audience, host, may) in [
            ("https://vault.azure.net", "kv.vault.azure.net", true),
            ("https://vault.azure.net/", "KV.vault.azure.net", true),
            ("https://vault.azure.net", "a.b.vault.azure.net", false),
            ("https://vault.azure.net", "vault.azure.net", false),
            (
                "https://vault.azure.net",
                "kv.vault.azure.net.example.com",
                false,
            ),
            ("https://vault.azure.net", "kv.vault.azure.cn", false),
            (
                "https://management.core.windows.net/",
                "management.azure.com",
                true,
            ),
            (
                "https://storage.azure.com",
                "st.blob.core.windows.net",
                true,
            ),
            (
                "https://st.blob.core.windows.net",
                "st.blob.core.windows.net",
                true,
            ),
            (
                "https://st.blob.core.windows.net",
                "other.blob.core.windows.net",
                false,
            ),
            ("https://example.com", "example.com", false),
            ("", "management.azure.com", false),
        ] {
            assert_eq!(PUBLIC.may_receive(audience, host), may, "{audience} {host}");
        }
        assert!(CHINA.may_receive("https://vault.azure.cn", "kv.vault.azure.cn"));
        assert!(!CHINA.may_receive("https://vault.azure.net", "kv.vault.azure.net"));
    }

    #[test]
    fn a_registrys_own_token_goes_to_that_registry_only() {
        assert!(
            PUBLIC.is_registry("acr.azurecr.io")
                && PUBLIC.may_receive("acr.azurecr.io", "ACR.azurecr.io")
        );
        for (audience, host) in [
            ("acr.azurecr.io", "other.azurecr.io"),
            ("acr.azurecr.io", "acr.japaneast.data.azurecr.io"),
            ("kv.vault.azure.net", "kv.vault.azure.net"),
            ("acr.azurecr.cn", "acr.azurecr.cn"),
        ] {
            assert!(!PUBLIC.may_receive(audience, host), "{audience} {host}");
        }
    }

    #[test]
    fn a_service_of_azure_is_told_from_an_application_of_somebody() {
        for service in [
            "https://vault.azure.net",
            "https://management.azure.com/",
            "https://st.blob.core.windows.net",
            "api://AzureADTokenExchange",
            "fb60f99c-7a34-4190-8149-302f77469936",
        ] {
            assert!(PUBLIC.is_service(service), "{service}");
        }
        for application in ["api://orders", "https://orders.example", "", "https://"] {
            assert!(!PUBLIC.is_service(application), "{application}");
        }
    }

    #[test]
    fn every_scope_is_an_audience_of_its_cloud_and_clouds_share_no_host() {
        let mut hosts = BTreeSet::new();
        for cloud in CLOUDS {
            for scope in [
                cloud.arm_scope,
                cloud.graph_scope,
                cloud.vault_scope,
                cloud.storage_scope,
                cloud.registry_scope,
            ] {
                let audience = scope.strip_suffix("/.default");
                let known = |audience| cloud.audiences.iter().any(|(own, _)| *own == audience);
                assert!(audience.is_some_and(known), "{} {scope}", cloud.name);
            }
            assert!(
                cloud.may_receive(cloud.arm_scope.trim_end_matches(".default"), cloud.arm_host)
            );
            for host in [cloud.arm_host, cloud.graph_host, cloud.login_host] {
                assert!(hosts.insert(host), "{host} is of two clouds");
            }
            assert!(
                cloud
                    .exchange_audience
                    .starts_with("api://AzureADTokenExchange")
            );
            for (suffix, zone) in cloud.zones {
                assert!(
                    suffix.starts_with('.') && zone.contains("privatelink."),
                    "{suffix}"
                );
            }
        }
        let audiences: BTreeSet<_> = CLOUDS.iter().map(|cloud| cloud.exchange_audience).collect();
        assert_eq!(audiences.len(), CLOUDS.len());
    }
}
