//! What does the public address say?
//!
//! Vaults and storage accounts look at the token, then at the network, then at rights; registries at the network before
//! anything else (`IDENTITY.md` §6, `MORE.md` §1e). So whoever speaks of rights, of what is not there, or asks for a token
//! where none was sent, has let the request in.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::ask::{Ask, Bearer, PlainAnswer, PlainRequest};
use crate::checks::wire::{is_public, list_of};
use crate::ids::ResourceId;
use crate::outcome::{NoAnswer, Refusal};
use crate::secret::Secret;

/// Refusals by a network rule.
const BY_NETWORK: &[&str] = &[
    "ForbiddenByConnection",
    "ForbiddenByFirewall",
    "ForbiddenByNetworkSecurityPerimeter",
    "AuthorizationFailure",
    "DeniedByFirewall",
];
/// A version of storage's services that takes Entra tokens; the others look over it.
const STORAGE_VERSION: &str = "2021-12-02";

/// What a public address is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Question {
    pub(super) url: String,
    /// The scope of the token that goes with it.
    scope: Option<String>,
}

impl Question {
    pub(super) fn with_token(base: &str, rest: &str, scope: &str) -> Self {
        Self {
            scope: Some(scope.to_owned()),
            ..Self::without_token(base, rest)
        }
    }

    pub(super) fn without_token(base: &str, rest: &str) -> Self {
        Self {
            url: format!("{}/{rest}", base.trim_end_matches('/')),
            scope: None,
        }
    }
}

/// What it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Probe {
    pub(super) host: String,
    pub(super) peers: Vec<IpAddr>,
    pub(super) status: u16,
    pub(super) codes: Vec<String>,
    /// Whether the network let the request in.
    pub(super) let_in: bool,
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (peers, status) = (list_of(&self.peers), self.status);
        write!(f, "{} at {peers} answered {status}", self.host)?;
        if self.codes.is_empty() {
            Ok(())
        } else {
            write!(f, " ({})", self.codes.join(", "))
        }
    }
}

/// Asks.
pub(super) async fn ask(
    ask: &Ask,
    resource: &ResourceId,
    question: &Question,
) -> Result<Probe, NoAnswer> {
    let bearer = match &question.scope {
        Some(scope) => Bearer::ReaderOf(resource, scope),
        None => Bearer::Nobody,
    };
    let host = host_of(&question.url);
    let addresses = ask.addresses_of(&host).await?;
    if let Some(private) = addresses.iter().find(|address| !is_public(**address)) {
        return Err(NoAnswer::NotFromHere(format!(
            "{host} leads to the private address {private} here, and its public address has to be asked from outside"
        )));
    }
    let headers = [
        ("x-ms-version", STORAGE_VERSION),
        ("x-ms-file-request-intent", "backup"),
        ("accept", "application/json"),
    ];
    let is_for_storage = question.url.contains("comp=list")
        || question.url.contains("resource=account")
        || question.url.contains("/Tables?");
    let headers = headers.into_iter().filter(|_| is_for_storage);
    let answer = ask
        .plain(PlainRequest {
            url: &question.url,
            headers: headers
                .map(|(name, value)| (name, Secret::new(value)))
                .collect(),
            post: false,
            bearer,
        })
        .await?;
    read(host, question.scope.is_some(), answer)
}

/// What an answer says of the way.
fn read(host: String, had_token: bool, answer: PlainAnswer) -> Result<Probe, NoAnswer> {
    if !answer.peers.iter().copied().any(is_public) {
        return Err(NoAnswer::NotFromHere(format!(
            "{host} was reached at {}, which is not its public address",
            list_of(&answer.peers)
        )));
    }
    let refusal = answer.refusal.unwrap_or_default();
    let by_network = BY_NETWORK.iter().any(|code| refusal.has(code));
    let let_in = match (answer.status, had_token) {
        (403, _) => !by_network,
        // Only who has been let in is asked for a token; one that was sent and is not taken tells nothing.
        (401, had_token) => !had_token,
        (200..300 | 404, _) => true,
        _ => false,
    };
    if !let_in && !by_network {
        return Err(NoAnswer::Refused(Refusal {
            status: answer.status,
            ..refusal
        }));
    }
    Ok(Probe {
        host,
        peers: answer.peers,
        status: answer.status,
        codes: refusal.codes,
        let_in,
    })
}

fn host_of(url: &str) -> String {
    let rest = url.strip_prefix("https://").unwrap_or(url);
    rest.split('/').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, codes: &[&str]) -> PlainAnswer {
        let refusal = Refusal {
            status,
            codes: codes.iter().map(ToString::to_string).collect(),
            ..Refusal::default()
        };
        PlainAnswer {
            status,
            body: bytes::Bytes::new(),
            peers: vec!["20.0.0.1".parse().unwrap()],
            redirect: None,
            has_challenge: false,
            refusal: (status >= 400).then_some(refusal),
        }
    }

    #[test]
    fn only_the_network_rule_shows_that_the_way_is_closed() {
        for code in BY_NETWORK {
            let probe = read("h".to_owned(), true, answer(403, &["Forbidden", code])).unwrap();
            assert!(!probe.let_in, "{code}");
        }
    }

    #[test]
    fn whoever_speaks_of_rights_or_content_has_let_the_request_in() {
        for (status, codes) in [
            (200, &[][..]),
            (403, &["Forbidden", "ForbiddenByRbac"]),
            (403, &["AuthorizationPermissionMismatch"]),
            (403, &["AccessDenied"]),
            (404, &["ContainerNotFound"]),
        ] {
            let probe = read("h".to_owned(), true, answer(status, codes)).unwrap();
            assert!(probe.let_in, "{status}");
        }
        assert!(
            read("acr".to_owned(), false, answer(401, &["UNAUTHORIZED"]))
                .unwrap()
                .let_in
        );
    }

    #[test]
    fn a_refused_token_a_busy_service_and_a_private_address_tell_nothing() {
        for (status, codes) in [(401, &["AKV10032"][..]), (429, &[]), (500, &[]), (301, &[])] {
            let told = read("h".to_owned(), true, answer(status, codes));
            assert!(matches!(told, Err(NoAnswer::Refused(_))), "{status}");
        }
        let mut inside = answer(403, &["ForbiddenByConnection"]);
        inside.peers = vec!["10.1.0.4".parse().unwrap()];
        assert!(matches!(
            read("h".to_owned(), true, inside),
            Err(NoAnswer::NotFromHere(_))
        ));
    }
}
