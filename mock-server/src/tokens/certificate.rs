//! What does a public certificate say: key, time, thumbprints? Just enough of X.509 (RFC 5280 §4.1) to check a client
//! assertion: no chains, no extensions, RSA keys only.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// Longest certificate that is read.
const SIZE_LIMIT: usize = 16 * 1024;

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const VERSION: u8 = 0xa0;

/// A public certificate with an RSA key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate itself, DER.
    pub der: Vec<u8>,
    /// `notBefore`.
    pub not_before: OffsetDateTime,
    /// `notAfter`.
    pub not_after: OffsetDateTime,
    public_key: Vec<u8>,
}

impl AsRef<[u8]> for Certificate {
    fn as_ref(&self) -> &[u8] {
        &self.der
    }
}

impl TryFrom<Vec<u8>> for Certificate {
    type Error = ();

    fn try_from(der: Vec<u8>) -> Result<Self, ()> {
        Self::of_der(&der).ok_or(())
    }
}

impl Certificate {
    /// Reads base64 of a certificate's DER or PEM, or the PEM itself.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = if text.trim_start().starts_with("-----BEGIN") {
            text.as_bytes().to_vec()
        } else {
            decode(text)?
        };
        if bytes.starts_with(b"-----BEGIN") {
            return Self::of_der(&body_of_pem(std::str::from_utf8(&bytes).ok()?)?);
        }
        Self::of_der(&bytes)
    }

    /// Reads DER.
    pub fn of_der(der: &[u8]) -> Option<Self> {
        if der.len() > SIZE_LIMIT {
            return None;
        }
        let (certificate, rest) = take(der, SEQUENCE)?;
        if !rest.is_empty() {
            return None;
        }
        let (signed, _) = take(certificate, SEQUENCE)?;
        let after_version = take(signed, VERSION).map_or(signed, |(_, rest)| rest);
        // serialNumber, signature, issuer
        let at_validity = skip(skip(skip(after_version)?)?)?;
        let (validity, at_subject) = take(at_validity, SEQUENCE)?;
        let (not_before, rest) = moment(validity)?;
        let (not_after, _) = moment(rest)?;
        let (key_info, _) = take(skip(at_subject)?, SEQUENCE)?;
        let (bits, _) = take(skip(key_info)?, BIT_STRING)?;
        let public_key = bits.strip_prefix(&[0])?;
        take(public_key, SEQUENCE)?; // RSAPublicKey; a point of a curve is no sequence
        Some(Self {
            der: der.to_vec(),
            not_before,
            not_after,
            public_key: public_key.to_vec(),
        })
    }

    /// `x5t`: SHA-1 of the certificate, base64url.
    pub fn x5t(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.der))
    }

    /// `x5t#S256`: SHA-256 of the certificate, base64url.
    pub fn x5t_s256(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &self.der))
    }

    /// SHA-1 of the certificate, upper case hexadecimal: the thumbprint that portals show.
    pub fn thumbprint(&self) -> String {
        let sha1 = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.der);
        sha1.as_ref()
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect()
    }

    /// Did its key sign this? `algorithm` is `RS256` or `PS256`; every other one did not.
    pub fn signed(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
        let algorithm: &dyn VerificationAlgorithm = match algorithm {
            "RS256" => &RSA_PKCS1_2048_8192_SHA256,
            "PS256" => &RSA_PSS_2048_8192_SHA256,
            _ => return false,
        };
        UnparsedPublicKey::new(algorithm, &self.public_key)
            .verify(message, signature)
            .is_ok()
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let text: String = text
        .chars()
        .filter(|char| !char.is_ascii_whitespace())
        .collect();
    STANDARD.decode(text).ok()
}

fn body_of_pem(pem: &str) -> Option<Vec<u8>> {
    let after = pem.split_once("-----BEGIN CERTIFICATE-----")?.1;
    decode(after.split_once("-----END CERTIFICATE-----")?.0)
}

/// The content of a value with this tag, and what follows it.
fn take(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = value(bytes)?;
    (found == tag).then_some((content, rest))
}

/// What follows a value.
fn skip(bytes: &[u8]) -> Option<&[u8]> {
    value(bytes).map(|(_, _, rest)| rest)
}

/// Tag, content and rest (X.690 §8.1; lengths of up to two octets are more than the size limit allows).
fn value(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0x00..=0x7f => (usize::from(first), rest),
        0x81 => {
            let (&length, rest) = rest.split_first()?;
            (usize::from(length), rest)
        }
        0x82 => {
            let (length, rest) = rest.split_at_checked(2)?;
            (usize::from(length[0]) << 8 | usize::from(length[1]), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// A time (RFC 5280 §4.1.2.5): years of two digits are 1950 to 2049.
fn moment(bytes: &[u8]) -> Option<(OffsetDateTime, &[u8])> {
    let (tag, content, rest) = value(bytes)?;
    let text = std::str::from_utf8(content).ok()?;
    let full = match tag {
        UTC_TIME => {
            let century = if text.get(..2)? < "50" { "20" } else { "19" };
            format!("{century}{text}")
        }
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let format = format_description!("[year][month][day][hour][minute][second]Z");
    let time = PrimitiveDateTime::parse(&full, &format).ok()?;
    Some((time.assume_utc(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::Signer;

    #[test]
    fn the_certificate_of_the_mocks_own_key_is_read() {
        let signer = Signer::new().unwrap();
        let certificate = Certificate::of_der(signer.certificate()).unwrap();
        assert!(certificate.not_before < certificate.not_after);
        assert_eq!(certificate.x5t(), signer.key_id());
        let token = signer.sign(&serde_json::json!({})).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        assert!(certificate.signed("RS256", signed.as_bytes(), &signature));
        assert!(!certificate.signed("PS256", signed.as_bytes(), &signature));
        assert!(!certificate.signed("none", signed.as_bytes(), &signature));
    }

    #[test]
    fn every_way_of_writing_is_read_and_nothing_else() {
        let signer = Signer::new().unwrap();
        let body = STANDARD.encode(signer.certificate());
        let pem = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        for text in [&body, &pem, &STANDARD.encode(&pem)] {
            assert!(Certificate::read(text).is_some());
        }
        for text in ["", "x", "MIIB", "-----BEGIN CERTIFICATE-----"] {
            assert_eq!(Certificate::read(text), None, "{text}");
        }
        for cut in 0..signer.certificate().len() {
            assert_eq!(Certificate::of_der(&signer.certificate()[..cut]), None);
        }
    }
}
