//! The mock's certificate authority and its one certificate, made anew at each start.
//!
//! The certificate names every host of the mock, wildcards included. Clients trust the authority (`--ca-out`), never the
//! system's roots; the authority's key is forgotten as soon as the certificate is signed.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

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
    /// An authority and a certificate for these names.
    ///
    /// # Errors
    /// When a name is malformed or the system has no randomness.
    pub fn for_names(names: Vec<String>) -> Result<Self, TlsError> {
        let issuer = CertifiedIssuer::self_signed(authority()?, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let leaf = leaf(names)?.signed_by(&key, &issuer)?;
        let chain: Vec<CertificateDer<'static>> = vec![leaf.der().clone(), issuer.der().clone()];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            ca_pem: issuer.pem(),
            server: Arc::new(server),
        })
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

fn leaf(names: Vec<String>) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "xtenant mock");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}
