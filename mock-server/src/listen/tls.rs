//! The mock's certificate authority and its certificates, made anew at each start: which certificate does a host get?
//!
//! One for each host or wildcard of the mock, chosen by the name that the client asks for (SNI), so that evidence of a
//! connection to a vault shows a vault's certificate. A client that asks for another name, or for none, gets no
//! handshake. Clients trust the authority (`--ca-out`), never the system's roots; its key is forgotten once all
//! certificates are signed, at the start: that takes a few milliseconds, and the one key of all leaves is made once.

use std::collections::BTreeMap;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// The authority as PEM, and what servers use.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The authority's certificate, PEM.
    pub ca_pem: String,
    /// For servers: HTTP/2 and HTTP/1.1 by ALPN.
    pub server: Arc<ServerConfig>,
}

/// Certificates could not be made.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// rcgen refused.
    #[error("failed to make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// rustls refused.
    #[error("failed to use the certificate: {0}")]
    Server(#[from] rustls::Error),
}

impl Identity {
    /// An authority and a certificate for each of these names, `*.` for one label of any text.
    ///
    /// # Errors
    /// When a name is malformed or the system has no randomness.
    pub fn for_names(names: &[String]) -> Result<Self, TlsError> {
        let issuer = CertifiedIssuer::self_signed(authority()?, KeyPair::generate()?)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = KeyPair::generate()?;
        let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signer = provider.key_provider.load_private_key(der)?;
        let mut by_name = BTreeMap::new();
        for name in names {
            let leaf = leaf(name)?.signed_by(&key, &issuer)?;
            let chain: Vec<CertificateDer<'static>> =
                vec![leaf.der().clone(), issuer.der().clone()];
            let certified = CertifiedKey::new(chain, Arc::clone(&signer));
            by_name.insert(name.clone(), Arc::new(certified));
        }
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(ByName(by_name)));
        server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            ca_pem: issuer.pem(),
            server: Arc::new(server),
        })
    }
}

/// Certificates by host name or wildcard.
#[derive(Debug)]
struct ByName(BTreeMap<String, Arc<CertifiedKey>>);

impl ByName {
    fn of(&self, host: &str) -> Option<&Arc<CertifiedKey>> {
        let host = host.to_ascii_lowercase();
        let wildcard = || {
            let (_, parent) = host.split_once('.')?;
            self.0.get(&format!("*.{parent}"))
        };
        self.0.get(&host).or_else(wildcard)
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.of(hello.server_name()?).cloned()
    }
}

fn authority() -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params
        .distinguished_name
        .push(DnType::CommonName, "xtenant mock (trust it in tests only)");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

fn leaf(name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new([name.to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::ServerName;
    use rustls::pki_types::pem::PemObject as _;
    use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConnection};

    use super::*;
    use crate::fabric::addresses::certificate_names;

    /// The leaf that a client gets who asks for this host, or why it gets none.
    fn leaf_for(identity: &Identity, host: &str) -> Result<Vec<u8>, rustls::Error> {
        let mut roots = RootCertStore::empty();
        let ca = CertificateDer::from_pem_slice(identity.ca_pem.as_bytes()).unwrap();
        roots.add(ca).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(host.to_owned()).unwrap();
        let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut server = ServerConnection::new(Arc::clone(&identity.server)).unwrap();
        while client.is_handshaking() || server.is_handshaking() {
            let mut wire = Vec::new();
            client.write_tls(&mut wire).unwrap();
            server.read_tls(&mut wire.as_slice()).unwrap();
            server.process_new_packets()?;
            wire.clear();
            server.write_tls(&mut wire).unwrap();
            client.read_tls(&mut wire.as_slice()).unwrap();
            client.process_new_packets()?;
        }
        let chain = client.peer_certificates().unwrap_or_default();
        Ok(chain.first().map(|leaf| leaf.to_vec()).unwrap_or_default())
    }

    #[test]
    fn every_host_has_a_certificate_of_its_own() {
        let names = certificate_names(&crate::services::testing::example().state());
        let identity = Identity::for_names(&names).unwrap();
        for name in &names {
            let leaf = leaf_for(&identity, &name.replace('*', "kv-resource")).unwrap();
            let says = |name: &String| leaf.windows(name.len()).any(|it| it == name.as_bytes());
            let named: Vec<_> = names.iter().filter(|name| says(name)).collect();
            assert_eq!(named, [name]);
        }
    }

    #[test]
    fn a_host_that_the_mock_does_not_have_gets_no_handshake() {
        let identity = Identity::for_names(&certificate_names(
            &crate::services::testing::example().state(),
        ))
        .unwrap();
        for host in [
            "example.com",
            "vault.azure.net",
            "a.b.vault.azure.net",
            "kv.privatelink.vaultcore.azure.net",
            "127.0.0.1",
        ] {
            assert!(leaf_for(&identity, host).is_err(), "{host}");
        }
    }
}
