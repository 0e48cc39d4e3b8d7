//! Names, tokens, secrets, blobs: asked from the link's vantage, over a connection that is new for each question,
//! because a pooled one would still travel the old path.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;

use super::{Ask, AssertionClaims, BlobAnswer, Resolution, Resolved, SecretAnswer, TokenAnswer};
use crate::clients::dns::{self, Chain, End};
use crate::clients::http::Http;
use crate::clients::jwt::Claims;
use crate::clients::recorder::Recorder;
use crate::clients::{blob, key_vault, resolver, sdk, tcp};
use crate::credentials::Issued;
use crate::outcome::{NoAnswer, Workload};

/// Largest answer of a vault that is read into memory; a secret holds at most 25 KB.
const SECRET_LIMIT: usize = 1024 * 1024;

impl Ask {
    /// The address of a name, its chain walked hop by hop, from the link's vantage.
    ///
    /// # Errors
    /// [`NoAnswer::Unreachable`] when no server answered. A name that does not exist is an answer.
    pub async fn resolve(&self, name: &str) -> Result<Resolution, NoAnswer> {
        let network = &self.session.parts.target.network;
        let server = network
            .name_server(&self.link.vantage)
            .map_err(NoAnswer::unreachable)?;
        let Chain { aliases, end, ttl } = dns::follow(&server, name, &self.recorder).await?;
        let result = match end {
            End::Addresses(addresses) => Resolved::Addresses(addresses),
            End::NoAddress => Resolved::NoAddress,
            End::NoSuchName => Resolved::NoSuchName,
            End::Loop => Resolved::Loop,
            End::Failed(code) => Resolved::Failed(code),
        };
        Ok(Resolution {
            name: dns::plain(name),
            aliases,
            result,
            server: server.shown,
            ttl,
        })
    }

    /// The addresses that a name leads to from the link's vantage.
    ///
    /// # Errors
    /// [`NoAnswer::Unreachable`] with the code of what stands there instead of addresses.
    pub async fn addresses_of(&self, host: &str) -> Result<Vec<IpAddr>, NoAnswer> {
        let network = self.session.parts.target.network.as_ref();
        resolver::resolved(network, &self.link.vantage, host, &self.recorder).await
    }

    /// Opens a connection from the link's vantage, and closes it.
    ///
    /// # Errors
    /// [`NoAnswer::Unreachable`], with a code where the kind of silence is known.
    pub async fn connect(&self, address: SocketAddr) -> Result<(), NoAnswer> {
        let network = self.session.parts.target.network.as_ref();
        let (vantage, patience) = (&self.link.vantage, self.link.patience);
        tcp::open(network, vantage, address, patience, &self.recorder).await
    }

    /// A fresh token of the identity under test for this scope.
    ///
    /// # Errors
    /// [`NoAnswer::Refused`] with the AADSTS codes.
    pub async fn token(&self, scope: &str) -> Result<TokenAnswer, NoAnswer> {
        let workload = self.workload_under_test()?;
        let issued = self
            .issue(&workload.name, &self.link.vantage, scope, &self.fresh()?)
            .await?;
        let key = self.workload_key(scope)?;
        self.session.tokens.keep(&key, &issued.token).await;
        self.describe(&issued)
    }

    /// A secret, read as the identity under test. `vault` is the vault's URI.
    ///
    /// # Errors
    /// [`NoAnswer::Refused`] with the vault's codes.
    pub async fn secret(
        &self,
        vault: &str,
        name: &str,
        version: Option<&str>,
    ) -> Result<SecretAnswer, NoAnswer> {
        self.rights.data_action(key_vault::GET_SECRET)?;
        let key = self.workload_key(self.cloud().vault_scope)?;
        let token = self.lasting_token(&key).await?;
        let claims = Claims::read(&token).map_err(NoAnswer::Unusable)?;
        let http = self.fresh()?;
        // What the token's own questions met must not be mistaken for what the data's did.
        let data = Recorder::default();
        let options = sdk::options(
            &self.session.parts.target,
            http.clone(),
            data.clone(),
            Some(SECRET_LIMIT),
        );
        let secret = key_vault::secret(vault, name, version, &token, options, &data).await;
        let peers = peers_of(&data);
        self.recorder.add(&data.evidence(), false);
        self.forget_if_refused(&key, &secret).await;
        let secret = secret?;
        // The address that the vault saw is a hint; a vault that does not say it is no failure of the link.
        let seen_from = key_vault::seen_from(vault, &http, &self.recorder)
            .await
            .unwrap_or_default();
        Ok(SecretAnswer {
            value: secret.value,
            challenge_tenant: data
                .challenge()
                .as_deref()
                .and_then(key_vault::challenge_tenant),
            token_tenant: claims.text("tid"),
            peers,
            seen_from,
            expires: secret.expires,
            not_before: secret.not_before,
        })
    }

    /// A blob, streamed as the identity under test. `account` is the blob endpoint's URI.
    ///
    /// # Errors
    /// [`NoAnswer::Refused`] with the service's codes.
    pub async fn blob(
        &self,
        account: &str,
        container: &str,
        blob: &str,
    ) -> Result<BlobAnswer, NoAnswer> {
        self.rights.data_action(blob::READ_BLOB)?;
        let key = self.workload_key(self.cloud().storage_scope)?;
        let token = self.lasting_token(&key).await?;
        let data = Recorder::default();
        let options = sdk::options(
            &self.session.parts.target,
            self.fresh()?,
            data.clone(),
            None,
        );
        let url = blob_url(account, container, blob)?;
        let measured = blob::measure(url, &token, options, &data).await;
        let peers = peers_of(&data);
        self.recorder.add(&data.evidence(), false);
        self.forget_if_refused(&key, &measured).await;
        let measured = measured?;
        Ok(BlobAnswer {
            size: measured.size,
            md5: measured.md5,
            sha256: measured.sha256,
            peers,
        })
    }

    pub(super) fn workload_under_test(&self) -> Result<&Workload, NoAnswer> {
        let workload = self.link.workload.as_ref();
        workload.ok_or_else(|| {
            NoAnswer::Unusable("the link names no identity to ask as (`as:`)".to_owned())
        })
    }

    pub(super) fn fresh(&self) -> Result<Http, NoAnswer> {
        Http::new(
            &self.session.parts.target,
            &self.link.vantage,
            self.link.patience,
        )
    }

    fn describe(&self, issued: &Issued) -> Result<TokenAnswer, NoAnswer> {
        let claims = Claims::read(&issued.token).map_err(NoAnswer::Unusable)?;
        let assertion = match &issued.assertion {
            Some(token) => {
                let claims = Claims::read(token).map_err(NoAnswer::Unusable)?;
                Some(AssertionClaims {
                    issuer: claims.text("iss"),
                    subject: claims.text("sub"),
                    audience: claims.text("aud"),
                })
            }
            None => None,
        };
        Ok(TokenAnswer {
            tenant: claims.text("tid"),
            audience: claims.text("aud"),
            application: claims.application(),
            object_id: claims.text("oid"),
            issuer: claims.text("iss"),
            version: claims.text("ver"),
            seconds_left: claims.seconds("exp").unwrap_or_default() - self.now().epoch_seconds(),
            assertion,
        })
    }
}

/// The addresses that were connected to, each once.
pub(super) fn peers_of(recorder: &Recorder) -> Vec<IpAddr> {
    let mut peers: Vec<IpAddr> = recorder.peers().iter().map(SocketAddr::ip).collect();
    peers.sort_unstable();
    peers.dedup();
    peers
}

/// The URL of a blob; names are encoded, `/` inside a blob's name is part of it.
fn blob_url(account: &str, container: &str, blob: &str) -> Result<Url, NoAnswer> {
    let unusable = || NoAnswer::Unusable(format!("{account} is not the URI of a blob endpoint"));
    let mut url: Url = account.parse().map_err(|_| unusable())?;
    let mut path = url.path_segments_mut().map_err(|()| unusable())?;
    path.pop_if_empty().push(container).extend(blob.split('/'));
    drop(path);
    Ok(url)
}
