//! Can the workload pull an image from the registry, over the private path?
//!
//! Asks the registry as the workload, as a container runtime does: challenge, exchange of its token of Entra, a token of the
//! registry, the manifest, and the smallest layer from wherever the registry says that it lies. A manifest alone would prove
//! little: layers come from another host, with another name and another address of the endpoint.
//!
//! - [`causes`]: why nothing is pulled, or not as it should be: codes of the registry first, then what is judged

mod causes;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::https_url::HttpsUrl;
use super::wire::list_of;
use crate::ask::Ask;
use crate::outcome::{
    AddressesByName, Asks, At, Card, Claim, Input, Mode, NoAnswer, PathRule, Permission, Plane,
    Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// The workload pulls an image over the private path.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RegistryPullable {
    /// The registry's login server, such as `https://acr.azurecr.io`.
    registry: HttpsUrl,
    /// Name of the repository, such as `orders/api`.
    repository: String,
    /// A tag, or a digest.
    reference: String,
    /// The path that the requests must take, to the login server and to where the layers lie: the endpoint's addresses, or
    /// `any`.
    path: Input<PathRule>,
    /// The digest that the image must have.
    digest: Option<String>,
    /// The scope of the token of Entra that is exchanged; the registry's own service without it. Older clients use that of
    /// Azure Resource Manager.
    scope: Option<String>,
}

/// How the image was pulled; nothing of it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    login: String,
    login_peers: Vec<IpAddr>,
    layer_host: String,
    layer_peers: Vec<IpAddr>,
    digest: String,
    /// The digest that the registry says the manifest has.
    told: Option<String>,
    layer: String,
    /// The digest of what came.
    layer_read: String,
    layer_size: u64,
}

impl Check for RegistryPullable {
    const CARD: Card = Card {
        id: "registry-pullable",
        sentence: "the workload pulls an image from the registry over the private path",
        about: "Exchanges a token of the workload for one of the registry, reads a manifest, and reads the smallest layer from where \
                the registry leads. Both the login server and the host of the layers must have been reached at the addresses that \
                the endpoint has for them; the bytes must have the digests that name them, and the image the expected one if one \
                is given.",
        asks: Asks::Workload,
        plane: Plane::Data,
        modes: &[Mode::Denied],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[Permission::action(
            "Microsoft.ContainerRegistry/registries/pull/read",
            At::Host("registry", "Microsoft.ContainerRegistry/registries"),
        )
        .by_workload()],
        causes: causes::CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let login = self.registry.host();
        let answer = ask
            .pull(
                &login,
                &self.repository,
                &self.reference,
                self.scope.as_deref(),
            )
            .await?;
        let has_peers = !answer.login_peers.is_empty() && !answer.layer_peers.is_empty();
        if !has_peers && *self.path != PathRule::Any {
            return Err(NoAnswer::Unusable(format!(
                "the addresses that {login} and its layers were read from are not known"
            )));
        }
        Ok(Seen {
            login,
            login_peers: answer.login_peers,
            layer_host: answer.pulled.layer.host,
            layer_peers: answer.layer_peers,
            digest: answer.pulled.digest,
            told: answer.pulled.told,
            layer: answer.pulled.layer.digest,
            layer_read: answer.pulled.layer.read,
            layer_size: answer.pulled.layer.size,
        })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        if let PathRule::Private(addresses) = &*self.path {
            let elsewhere = |host, peers| elsewhere(addresses, host, peers);
            if let Some((wanted, peer)) = elsewhere(&seen.login, &seen.login_peers) {
                return Reason::new("public-path")
                    .expected(wanted)
                    .observed(peer)
                    .with("host", &seen.login)
                    .into();
            }
            if let Some((wanted, peer)) = elsewhere(&seen.layer_host, &seen.layer_peers) {
                return Reason::new("layer-public-path")
                    .expected(wanted)
                    .observed(peer)
                    .with("layer-host", &seen.layer_host)
                    .into();
            }
        }
        let differs = |cause, expected: &str, observed: &str| -> Verdict {
            Reason::new(cause)
                .expected(expected)
                .observed(observed)
                .with("host", &seen.login)
                .into()
        };
        if let Some(told) = seen.told.as_ref().filter(|told| **told != seen.digest) {
            return differs("corrupt", told, &seen.digest);
        }
        if seen.layer != seen.layer_read {
            return differs("corrupt", &seen.layer, &seen.layer_read);
        }
        match &self.digest {
            Some(digest) if !digest.trim().eq_ignore_ascii_case(&seen.digest) => {
                differs("digest-differs", digest, &seen.digest)
            }
            _ => Verdict::Holds,
        }
    }

    fn claims(&self) -> Vec<Claim> {
        let image = format!("{}/{}:{}", self.registry, self.repository, self.reference);
        vec![Claim::new(Self::CARD.id, None, image)]
    }
}

/// An address that is none of those that the endpoint has for a host, and what was wanted instead.
fn elsewhere(
    addresses: &AddressesByName,
    host: &str,
    peers: &[IpAddr],
) -> Option<(String, IpAddr)> {
    let wanted = addresses.of(host);
    let peer = peers.iter().find(|peer| !wanted.contains(peer))?;
    let expected = if wanted.is_empty() {
        format!("an address of {host}")
    } else {
        list_of(wanted)
    };
    Some((expected, *peer))
}
