//! Which environment makes a client that knows nothing of the mock ask it, and how does each shell write that?
//!
//! Names and reasons are those of CLIENTS.md "How each is pointed at the mock": the proxy of a vantage maps every Azure
//! host, the authority's certificate goes to Python (`REQUESTS_CA_BUNDLE`, `SSL_CERT_FILE`) and Node
//! (`NODE_EXTRA_CA_CERTS`), and what would win over those is taken out. Proxy variables are written in both cases, since
//! curl reads `http_proxy` only in lower case and a machine may have either set.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::coordinates::{Coordinates, IdentityEndpoint, VantageCoordinates};

/// Who reads the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Shell {
    /// bash, zsh, dash: `export` and `unset`.
    Bash,
    /// `PowerShell` of any platform.
    #[value(name = "powershell")]
    PowerShell,
    /// One JSON object; null is a variable that must not be set.
    Json,
}

/// Why there is no environment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoEnvironment {
    /// The mock has no such vantage.
    #[error("the world has no vantage {name}; it has: {}", .known.join(", "))]
    Vantage {
        /// The name that was asked for.
        name: String,
        /// Those of the world.
        known: Vec<String>,
    },
    /// A variable cannot hold the path.
    #[error("the path of the certificate is not text: {}", .0.display())]
    Path(PathBuf),
}

/// A variable and its value; nothing for one that must not be set.
pub type Variable = (&'static str, Option<String>);

/// The environment of a client at a vantage, as the shell reads it.
///
/// # Errors
/// No such vantage, or a path that is not text.
pub fn render(
    shell: Shell,
    coordinates: &Coordinates,
    vantage: &str,
    ca_file: &Path,
) -> Result<String, NoEnvironment> {
    Ok(write(shell, &variables(coordinates, vantage, ca_file)?))
}

/// The environment of a client at a vantage.
///
/// # Errors
/// No such vantage, or a path that is not text.
pub fn variables(
    coordinates: &Coordinates,
    vantage: &str,
    ca_file: &Path,
) -> Result<Vec<Variable>, NoEnvironment> {
    let found = coordinates.vantages.iter().find(|it| it.name == vantage);
    let found = found.ok_or_else(|| NoEnvironment::Vantage {
        name: vantage.to_owned(),
        known: coordinates
            .vantages
            .iter()
            .map(|it| it.name.clone())
            .collect(),
    })?;
    let ca = ca_file
        .to_str()
        .ok_or_else(|| NoEnvironment::Path(ca_file.to_owned()))?;
    let mut variables = proxies(found);
    for name in ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] {
        variables.push((name, Some(ca.to_owned())));
    }
    // Either would win over the three above (CLIENTS.md).
    variables.push(("CURL_CA_BUNDLE", None));
    variables.push(("SSL_CERT_DIR", None));
    variables.extend(identity(found));
    Ok(variables)
}

/// What is written for these variables.
pub fn write(shell: Shell, variables: &[Variable]) -> String {
    match shell {
        Shell::Bash => lines(variables, |name, value| match value {
            Some(value) => format!("export {name}={}", bash_quoted(value)),
            None => format!("unset {name}"),
        }),
        Shell::PowerShell => lines(variables, |name, value| match value {
            Some(value) => format!("$env:{name} = {}", powershell_quoted(value)),
            None => format!("Remove-Item -ErrorAction SilentlyContinue Env:{name}"),
        }),
        Shell::Json => {
            let object: Map<String, Value> = variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Value::from(value.clone())))
                .collect();
            format!("{}\n", Value::Object(object))
        }
    }
}

fn lines(variables: &[Variable], line: impl Fn(&str, Option<&str>) -> String) -> String {
    variables
        .iter()
        .map(|(name, value)| line(name, value.as_deref()) + "\n")
        .collect()
}

fn proxies(vantage: &VantageCoordinates) -> Vec<Variable> {
    let proxy = format!("http://{}", reachable(vantage.proxy));
    // Not more than this: requests must ask the proxy for 169.254.169.254 (CLIENTS.md).
    let mut direct = "127.0.0.1,localhost".to_owned();
    let host = reachable(vantage.proxy).ip();
    if !host.is_loopback() {
        direct += &format!(",{host}");
    }
    vec![
        ("HTTPS_PROXY", Some(proxy.clone())),
        ("https_proxy", Some(proxy.clone())),
        ("HTTP_PROXY", Some(proxy.clone())),
        ("http_proxy", Some(proxy)),
        ("NO_PROXY", Some(direct.clone())),
        ("no_proxy", Some(direct)),
        ("ALL_PROXY", None),
        ("all_proxy", None),
    ]
}

/// Managed identity of the vantage; a foreign one of the machine is taken out.
fn identity(vantage: &VantageCoordinates) -> Vec<Variable> {
    let (mut endpoint, mut header, mut imds) = (None, None, None);
    match &vantage.managed_identity {
        Some(IdentityEndpoint::AppService {
            endpoint: url,
            header: secret,
            ..
        }) => {
            endpoint = Some(on_this_machine(url));
            header = Some(secret.clone());
        }
        Some(IdentityEndpoint::Imds { endpoint: url, .. }) => imds = Some(on_this_machine(url)),
        None => {}
    }
    vec![
        ("IDENTITY_ENDPOINT", endpoint),
        ("IDENTITY_HEADER", header),
        ("AZURE_POD_IDENTITY_AUTHORITY_HOST", imds),
        ("MSI_ENDPOINT", None),
        ("MSI_SECRET", None),
    ]
}

/// A mock that listens on every address is asked at loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if !ip.is_unspecified() => address,
        std::net::IpAddr::V4(_) => (std::net::Ipv4Addr::LOCALHOST, address.port()).into(),
        std::net::IpAddr::V6(_) => (std::net::Ipv6Addr::LOCALHOST, address.port()).into(),
    }
}

fn on_this_machine(url: &str) -> String {
    url.replacen("//0.0.0.0:", "//127.0.0.1:", 1)
        .replacen("//[::]:", "//[::1]:", 1)
}

fn bash_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// `PowerShell` takes typographic quotes for plain ones; doubling means the quote itself.
fn powershell_quoted(text: &str) -> String {
    let is_quote = |letter: char| matches!(letter, '\'' | '\u{2018}'..='\u{201b}');
    let doubled: String = text
        .chars()
        .flat_map(|letter| std::iter::repeat_n(letter, 1 + usize::from(is_quote(letter))))
        .collect();
    format!("'{doubled}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coordinates() -> Coordinates {
        let address = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
        let vantage = |name: &str, identity| VantageCoordinates {
            name: name.to_owned(),
            network: None,
            address: None,
            egress: None,
            name_server: None,
            dns: address(53),
            proxy: address(3128),
            managed_identity: identity,
        };
        let app_service = IdentityEndpoint::AppService {
            endpoint: "http://127.0.0.1:41/msi/token".to_owned(),
            world_endpoint: "http://169.254.129.5:8081/msi/token".to_owned(),
            header: "it's".to_owned(),
        };
        let imds = IdentityEndpoint::Imds {
            endpoint: "http://127.0.0.1:42".to_owned(),
            world_endpoint: "http://169.254.169.254".to_owned(),
        };
        Coordinates {
            world: "w".to_owned(),
            control: address(1),
            https: address(2),
            ca_pem: String::new(),
            vantages: vec![
                vantage("app", Some(imds)),
                vantage("functions", Some(app_service)),
                vantage("internet", None),
            ],
        }
    }

    #[test]
    fn bash_sets_what_a_client_needs_and_unsets_what_would_win() {
        let text = render(Shell::Bash, &coordinates(), "app", Path::new("/a b/ca.pem")).unwrap();
        for line in [
            "export HTTPS_PROXY='http://127.0.0.1:3128'",
            "export http_proxy='http://127.0.0.1:3128'",
            "export NO_PROXY='127.0.0.1,localhost'",
            "export REQUESTS_CA_BUNDLE='/a b/ca.pem'",
            "export SSL_CERT_FILE='/a b/ca.pem'",
            "export NODE_EXTRA_CA_CERTS='/a b/ca.pem'",
            "unset CURL_CA_BUNDLE",
            "unset IDENTITY_ENDPOINT",
            "export AZURE_POD_IDENTITY_AUTHORITY_HOST='http://127.0.0.1:42'",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} in\n{text}");
        }
    }

    #[test]
    fn every_shell_gets_quotes_back_as_they_were() {
        let ca = Path::new("/it's \u{2019} $HOME/`x`/\"ca\".pem");
        let of = |shell| render(shell, &coordinates(), "functions", ca).unwrap();
        assert!(of(Shell::Bash).contains("export IDENTITY_HEADER='it'\\''s'\n"));
        let powershell = of(Shell::PowerShell);
        assert!(powershell.contains("$env:IDENTITY_HEADER = 'it''s'\n"));
        assert!(
            powershell
                .contains("$env:SSL_CERT_FILE = '/it''s \u{2019}\u{2019} $HOME/`x`/\"ca\".pem'\n")
        );
        assert!(powershell.contains("-ErrorAction SilentlyContinue Env:CURL_CA_BUNDLE\n"));
        let json: Value = serde_json::from_str(&of(Shell::Json)).unwrap();
        assert_eq!(json["SSL_CERT_FILE"], ca.to_str().unwrap());
        assert_eq!(json["CURL_CA_BUNDLE"], Value::Null);
        assert_eq!(json["IDENTITY_ENDPOINT"], "http://127.0.0.1:41/msi/token");
    }

    /// What bash itself makes of it.
    #[cfg(unix)]
    #[test]
    fn bash_reads_it_back() {
        let ca = "/it's $HOME\n`x`/\"ca\"\\.pem";
        let mut script = render(Shell::Bash, &coordinates(), "app", Path::new(ca)).unwrap();
        script += "printf %s \"$SSL_CERT_FILE\"";
        let read = std::process::Command::new("sh")
            .args(["-c", &script])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(read.stdout).unwrap(), ca);
    }

    #[test]
    fn an_unknown_vantage_is_named_with_those_there_are() {
        let error = render(Shell::Bash, &coordinates(), "lab", Path::new("ca")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the world has no vantage lab; it has: app, functions, internet"
        );
    }

    #[test]
    fn a_mock_on_every_address_is_asked_at_loopback() {
        let mut everywhere = coordinates();
        everywhere.vantages[0].proxy = SocketAddr::from(([0, 0, 0, 0], 3128));
        let text = render(Shell::Bash, &everywhere, "app", Path::new("ca")).unwrap();
        assert!(text.contains("HTTPS_PROXY='http://127.0.0.1:3128'"));
        let mut elsewhere = coordinates();
        elsewhere.vantages[0].proxy = SocketAddr::from(([192, 0, 2, 7], 3128));
        let text = render(Shell::Bash, &elsewhere, "app", Path::new("ca")).unwrap();
        assert!(text.contains("NO_PROXY='127.0.0.1,localhost,192.0.2.7'"));
    }
}
