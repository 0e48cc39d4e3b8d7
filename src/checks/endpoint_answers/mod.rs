//! Does the endpoint answer as it should? The workload's own view: a function, or any service behind HTTPS.
//!
//! Asks one URL, with a function key, a token of the identity under test, or nothing, over a connection of its own. Status and
//! body as expected, over the expected path, hold. What such an app says of its own failures is not believed (PITFALLS D07):
//! where the app's ARM id is given, its settings explain what it cannot.
//!
//! - [`body`]: what the body must be, and what of it is kept: nothing that could be a secret
//! - [`site`]: what ARM says of the app
//! - [`causes`]: why it does not answer, or not as it should

mod body;
mod causes;
mod site;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::body::{Expected, Found};
use self::site::{Site, state_of};
use super::Check;
use super::resource_url::ResourceUrl;
use super::typed_id::{IdOf, WebSite};
use super::wire::list_of;
use crate::ask::{Ask, Bearer, PlainRequest};
use crate::outcome::{
    Asks, At, Card, Claim, Input, Mode, NoAnswer, PathRule, Permission, Plane, Reason, Verdict,
};
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// The endpoint answers with the expected status and body.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct EndpointAnswers {
    /// What is asked, such as `https://app.azurewebsites.net/api/status`. A key has no place in it: it is `key`.
    url: ResourceUrl,
    /// How it is asked: `get` without it. A `post`, without a body, is for endpoints that are probes by design.
    #[serde(default)]
    method: Method,
    /// A function key, sent as `x-functions-key`.
    key: Option<Secret>,
    /// The scope of the token that the identity in `as:` asks with, such as `api://orders/.default`.
    scope: Option<String>,
    /// The path that the request must take: an endpoint's addresses, or `any`.
    path: Input<PathRule>,
    /// The status that is expected; 200 without it.
    status: Option<u16>,
    /// What the body must be.
    body: Option<Expected>,
    /// The app behind the endpoint: what it is set to explains what it says.
    site: Option<IdOf<WebSite>>,
}

/// How an endpoint is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Method {
    #[default]
    Get,
    Post,
}

/// What came back; never the body.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    host: String,
    peers: Vec<IpAddr>,
    status: u16,
    /// The host that a redirect leads to, empty for its own.
    redirect: Option<String>,
    /// Whether a refusal names a way to authenticate.
    has_challenge: bool,
    /// What the body is like, and whether it is the expected one.
    body: Found,
    /// What ARM says of the app, where it was to be asked.
    site: Option<Site>,
}

impl Check for EndpointAnswers {
    const CARD: Card = Card {
        id: "endpoint-answers",
        sentence: "the endpoint answers as expected",
        about: "Asks an HTTPS endpoint, with a function key, with a token of the identity under test, or with nothing. The connection \
                must have been made to an address in `path`; status and body must be the expected ones. Redirects are not \
                followed. No body is kept. The app's own words about a failure are not believed; with `site`, ARM is asked whether \
                the app runs and is integrated into a network.",
        asks: Asks::Endpoint,
        plane: Plane::Data,
        modes: &[Mode::Unreachable],
        at_least_one_of: &[],
        homes: &[],
        facts: &[],
        permissions: &[Permission::of_type("read", At::Id("site")).explains()],
        causes: causes::CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let bearer = match (&self.scope, ask.workload()) {
            (Some(scope), Some(_)) => Bearer::Workload(scope),
            (None, None) => Bearer::Nobody,
            (Some(_), None) => {
                return Err(NoAnswer::Unusable(
                    "`scope` without an identity to ask as: add `as:` to the link".to_owned(),
                ));
            }
            (None, Some(_)) => {
                return Err(NoAnswer::Unusable(
                    "an identity without the `scope` of its token: add `scope`, or remove `as:`"
                        .to_owned(),
                ));
            }
        };
        let key = self.key.iter().cloned();
        let answer = ask
            .plain(PlainRequest {
                url: self.url.as_str(),
                headers: key.map(|key| ("x-functions-key", key)).collect(),
                post: self.method == Method::Post,
                bearer,
            })
            .await?;
        if answer.peers.is_empty() && *self.path != PathRule::Any {
            return Err(NoAnswer::Unusable(format!(
                "the address that {} was asked at is not known",
                self.url
            )));
        }
        let site = match &self.site {
            Some(id) => state_of(ask, id).await,
            None => None,
        };
        Ok(Seen {
            host: self.url.host(),
            peers: answer.peers,
            status: answer.status,
            redirect: answer.redirect,
            has_challenge: answer.has_challenge,
            body: body::read(&answer.body, self.body.as_ref()),
            site,
        })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        self.fault(seen).map_or(Verdict::Holds, Verdict::Broken)
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(Self::CARD.id, None, &self.url)]
    }
}

impl EndpointAnswers {
    fn wanted(&self) -> u16 {
        self.status.unwrap_or(200)
    }

    /// What is wrong, if anything.
    fn fault(&self, seen: &Seen) -> Option<Reason> {
        if let PathRule::Private(addresses) = &*self.path {
            let wanted = addresses.of(&seen.host);
            if let Some(peer) = seen.peers.iter().find(|peer| !wanted.contains(peer)) {
                return Some(
                    Reason::new("public-path")
                        .expected(format!("one of {}", list_of(wanted)))
                        .observed(peer)
                        .with("host", &seen.host),
                );
            }
        }
        if seen.status != self.wanted() {
            let cause = self.cause_of_status(seen);
            return Some(
                Reason::new(cause)
                    .expected(format!("status {}", self.wanted()))
                    .observed(self.observed(seen))
                    .with("host", &seen.host)
                    .with("answered", seen.status),
            );
        }
        (seen.body.is_expected == Some(false)).then(|| {
            Reason::new("body-differs")
                .expected("the body of the scenario")
                .observed(format!("another one, of {} bytes", seen.body.length))
                .with("host", &seen.host)
        })
    }

    /// Why the status is another one. What ARM says of the app comes before what the app says of itself.
    fn cause_of_status(&self, seen: &Seen) -> &'static str {
        let site = seen.site.as_ref();
        if seen.body.says_stopped || site.is_some_and(|site| site.is_stopped) {
            return "stopped";
        }
        let is_own = matches!(seen.status, 404 | 500..600) && seen.body.is_of_app;
        match seen.status {
            301 | 302 | 303 | 307 | 308 => "redirected",
            401 if seen.has_challenge || self.scope.is_some() => "token-refused",
            401 => "key-refused",
            403 => "closed",
            _ if is_own && site.is_some_and(|site| !site.is_integrated) => "not-integrated",
            404 if seen.body.is_of_app => "failed-inside",
            404 => "not-found",
            _ => "unexpected-status",
        }
    }

    fn observed(&self, seen: &Seen) -> String {
        match &seen.redirect {
            Some(host) if host.is_empty() => format!("status {} to another path", seen.status),
            Some(host) => format!("status {} to {host}", seen.status),
            None => format!("status {}", seen.status),
        }
    }
}
