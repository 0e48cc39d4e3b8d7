//! Can the workload read the blob, over the private path?
//!
//! Asks the blob service as the workload, over a fresh connection from its vantage, and streams the whole blob. Size and
//! digests as expected, read over an address of the endpoint, hold. No byte of it is kept, and a digest only where the
//! scenario names one.
//!
//! - [`causes`]: why the blob cannot be read, or not as it should be: codes of the service first, then what is judged

mod causes;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::https_url::HttpsUrl;
use super::names::{self, Place};
use super::wire::list_of;
use crate::ask::Ask;
use crate::outcome::{
    Asks, At, Card, Claim, Input, Mode, NoAnswer, PathRule, Permission, Plane, Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// The workload reads the blob over the private path.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct BlobReadable {
    /// The account's blob endpoint, such as `https://st.blob.core.windows.net`.
    account: HttpsUrl,
    /// Name of the container.
    container: String,
    /// Name of the blob.
    blob: String,
    /// The path that the request must take: the endpoint's addresses, or `any`.
    path: Input<PathRule>,
    /// The size in bytes that is expected.
    size: Option<u64>,
    /// The MD5 that is expected, in base64 as `Content-MD5` writes it.
    md5: Option<String>,
    /// The SHA-256 that is expected, hexadecimal.
    sha256: Option<String>,
}

/// How the blob was had.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    host: String,
    /// Where its record belongs.
    #[serde(default)]
    place: Option<Place>,
    /// Every address that was connected to.
    peers: Vec<IpAddr>,
    size: u64,
    /// Present where one is expected.
    md5: Option<String>,
    /// Present where one is expected.
    sha256: Option<String>,
}

impl Check for BlobReadable {
    const CARD: Card = Card {
        id: "blob-readable",
        sentence: "the workload reads the blob over the private path",
        about: "Reads the whole blob as the workload. The connection must have been made to an address that the endpoint has for the \
                account's name; size, MD5 and SHA-256 must be the expected ones where they are given.",
        asks: Asks::Workload,
        plane: Plane::Data,
        modes: &[Mode::Denied],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[Permission::data(
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
            At::Host("account", "Microsoft.Storage/storageAccounts"),
        )],
        causes: causes::CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let answer = ask
            .blob(self.account.as_str(), &self.container, &self.blob)
            .await
            .map_err(|why| names::noting(why, ask, &self.account.host(), &self.path))?;
        if answer.peers.is_empty() && *self.path != PathRule::Any {
            return Err(NoAnswer::Unusable(format!(
                "the address that {} was read from is not known",
                self.account
            )));
        }
        Ok(Seen {
            place: Place::of(ask.cloud(), &self.account.host()),
            host: self.account.host(),
            peers: answer.peers,
            size: answer.size,
            md5: self.md5.as_ref().map(|_| answer.md5),
            sha256: self.sha256.as_ref().map(|_| answer.sha256),
        })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        if let PathRule::Private(addresses) = &*self.path {
            let wanted = addresses.of(&seen.host);
            if let Some(peer) = seen.peers.iter().find(|peer| !wanted.contains(peer)) {
                let expected = if wanted.is_empty() {
                    format!("an address of {}", seen.host)
                } else {
                    list_of(wanted)
                };
                let reason = Reason::new("public-path")
                    .expected(expected)
                    .observed(peer)
                    .with("host", &seen.host);
                return match &seen.place {
                    Some(place) => place.told(reason, wanted).into(),
                    None => reason.into(),
                };
            }
        }
        let differs = |cause| Reason::new(cause).with("account-name", self.account.label());
        if let Some(size) = self.size.filter(|size| *size != seen.size) {
            return differs("size-differs")
                .expected(format!("{size} bytes"))
                .observed(format!("{} bytes", seen.size))
                .into();
        }
        if let (Some(expected), Some(md5)) = (&self.md5, &seen.md5)
            && expected.trim() != md5
        {
            return differs("md5-differs")
                .expected(expected)
                .observed(md5)
                .into();
        }
        if let (Some(expected), Some(sha256)) = (&self.sha256, &seen.sha256)
            && !expected.trim().eq_ignore_ascii_case(sha256)
        {
            return differs("sha256-differs")
                .expected(expected)
                .observed(sha256)
                .into();
        }
        Verdict::Holds
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(
            Self::CARD.id,
            None,
            format!("{}/{}/{}", self.account, self.container, self.blob),
        )]
    }
}
