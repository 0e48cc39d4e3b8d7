//! Which api-version ARM is asked with: one table, by resource type, and what the command line puts in its place.
//!
//! The versions are those of the bundled specifications (`API.md` §10), with two exceptions: Key Vault's control plane is
//! asked with 2026-02-01, since older versions retire on 27 February 2027 (`PITFALLS.md` D14), and of machines none is
//! bundled.

/// Resource type or provider namespace, and the version; the longest that fits wins.
const TABLE: &[(&str, &str)] = &[
    ("Microsoft.Authorization", "2022-04-01"),
    ("Microsoft.Compute", "2024-07-01"),
    ("Microsoft.ContainerRegistry", "2025-11-01"),
    ("Microsoft.KeyVault", "2026-02-01"),
    ("Microsoft.ManagedIdentity", "2023-01-31"),
    ("Microsoft.Management", "2023-04-01"),
    ("Microsoft.Network", "2024-01-01"),
    ("Microsoft.Network/privateDnsZones", "2024-06-01"),
    ("Microsoft.ResourceGraph", "2024-04-01"),
    ("Microsoft.Storage", "2023-05-01"),
    ("Microsoft.Web", "2023-12-01"),
];
/// What goes: resource type or namespace, the oldest version that stays, and the day on which older ones end
/// (azure-docs, `key-vault/general/access-control-default.md`; `PITFALLS.md` D14).
const RETIRING: &[(&str, &str, &str)] = &[("Microsoft.KeyVault", "2026-02-01", "2027-02-27")];
/// For subscriptions, tenants, and types that the table lacks.
const OTHERWISE: &str = "2022-12-01";

/// A version that Azure will take away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retirement {
    /// Resource type or namespace.
    pub of: &'static str,
    /// The version in use.
    pub version: String,
    /// The oldest version that stays.
    pub stays: &'static str,
    /// The day on which it ends.
    pub on: &'static str,
}

/// Versions to ask ARM with.
#[derive(Clone, Debug, Default)]
pub struct ApiVersions {
    overrides: Vec<(String, String)>,
}

impl ApiVersions {
    /// The version for a resource type, such as `Microsoft.KeyVault/vaults`. A type below another one, or a namespace's,
    /// is asked with that one's version unless it has its own.
    pub fn of(&self, resource_type: &str) -> &str {
        let own = self.overrides.iter().rev();
        let own = own.map(|(of, version)| (of.as_str(), version.as_str()));
        longest(own, resource_type)
            .or_else(|| longest(TABLE.iter().copied(), resource_type))
            .unwrap_or(OTHERWISE)
    }

    /// Whether the version for a resource type is one that Azure will take away. Dates of versions compare as texts.
    pub fn retirement(&self, resource_type: &str) -> Option<Retirement> {
        let version = self.of(resource_type);
        let goes = |(of, stays, _): &&(&str, &str, &str)| {
            is_at_or_above(of, resource_type) && version.get(..10).is_some_and(|own| own < *stays)
        };
        let (of, stays, on) = RETIRING.iter().find(goes)?;
        Some(Retirement {
            of,
            version: version.to_owned(),
            stays,
            on,
        })
    }

    /// Puts another version in the table's place, given as `Microsoft.KeyVault/vaults=2023-07-01`.
    ///
    /// # Errors
    /// Says what was expected.
    pub fn with_override(mut self, text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "--api-version {text}: expected TYPE=VERSION, such as Microsoft.KeyVault/vaults=2023-07-01"
            )
        };
        let (of, version) = text.split_once('=').ok_or_else(wrong)?;
        if !is_type(of) || !is_version(version) {
            return Err(wrong());
        }
        self.overrides.push((of.to_owned(), version.to_owned()));
        Ok(self)
    }
}

/// The entry with the longest name that is the type, or that the type is below; of equally long ones, the first.
fn longest<'a>(
    entries: impl Iterator<Item = (&'a str, &'a str)>,
    resource_type: &str,
) -> Option<&'a str> {
    let fitting = entries.filter(|(of, _)| is_at_or_above(of, resource_type));
    let longest = fitting.reduce(|best, next| {
        if next.0.len() > best.0.len() {
            next
        } else {
            best
        }
    });
    longest.map(|(_, version)| version)
}

fn is_at_or_above(of: &str, resource_type: &str) -> bool {
    let Some((start, rest)) = resource_type.split_at_checked(of.len()) else {
        return false;
    };
    start.eq_ignore_ascii_case(of) && (rest.is_empty() || rest.starts_with('/'))
}

/// `Microsoft.KeyVault/vaults`, or a namespace alone.
fn is_type(text: &str) -> bool {
    let namespace = text.split('/').next().unwrap_or_default();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/');
    namespace.contains('.') && text.bytes().all(fits) && !text.split('/').any(str::is_empty)
}

/// `2023-07-01`, `2022-05-01-preview`.
fn is_version(text: &str) -> bool {
    let date = text.get(..10).unwrap_or_default();
    let is_date = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let rest = text.get(10..).unwrap_or_default();
    let is_suffix = rest.strip_prefix('-').is_some_and(|suffix| {
        !suffix.is_empty() && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    date.len() == 10 && is_date && (rest.is_empty() || is_suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_that_fits_decides_without_case() {
        let versions = ApiVersions::default();
        for (resource_type, version) in [
            ("Microsoft.Network/virtualNetworks", "2024-01-01"),
            ("microsoft.network/privatednszones/A", "2024-06-01"),
            ("Microsoft.NetworkFunction/things", OTHERWISE),
            (
                "Microsoft.KeyVault/vaults/privateEndpointConnections",
                "2026-02-01",
            ),
            ("", OTHERWISE),
        ] {
            assert_eq!(versions.of(resource_type), version, "{resource_type}");
        }
    }

    #[test]
    fn an_override_holds_for_its_type_and_what_is_below_it() {
        let versions = ApiVersions::default()
            .with_override("Microsoft.KeyVault/vaults=2023-07-01")
            .and_then(|own| own.with_override("microsoft.network=2023-02-01-preview"))
            .unwrap();
        assert_eq!(versions.of("Microsoft.KeyVault/vaults/keys"), "2023-07-01");
        assert_eq!(versions.of("Microsoft.KeyVault/locations"), "2026-02-01");
        assert_eq!(
            versions.of("Microsoft.Network/privateDnsZones"),
            "2023-02-01-preview"
        );
        let again = versions
            .with_override("Microsoft.KeyVault/vaults=2022-07-01")
            .unwrap();
        assert_eq!(
            again.of("Microsoft.KeyVault/vaults"),
            "2022-07-01",
            "the later one wins"
        );
    }

    #[test]
    fn what_is_no_type_or_no_version_is_refused() {
        for text in [
            "vaults=latest",
            "vaults=2023-07-01",
            "Microsoft.KeyVault/vaults=latest",
            "Microsoft.KeyVault/vaults=2023-07-01-",
            "Microsoft.KeyVault/vaults=2023-7-1",
            "Microsoft.KeyVault/vaults",
            "Microsoft.KeyVault//vaults=2023-07-01",
            "Microsoft.KeyVault/vaults=2023-07-01&x=y",
        ] {
            let refused = ApiVersions::default().with_override(text);
            assert!(
                refused.is_err_and(|why| why.contains("TYPE=VERSION")),
                "{text}"
            );
        }
    }
}
