//! One request to a named host, over a connection of its own: what comes back is an answer, whatever its status.

use std::net::IpAddr;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{LOCATION, WWW_AUTHENTICATE};
use reqwest::Url;

use super::Ask;
use super::data::peers_of;
use super::tokens::TokenKey;
use crate::clients::http::Request;
use crate::clients::recorder::Recorder;
use crate::ids::ResourceId;
use crate::outcome::{NoAnswer, Refusal};
use crate::secret::Secret;
use crate::target::INTERNET;

/// A request.
pub struct PlainRequest<'a> {
    /// `https://host/path?query`.
    pub url: &'a str,
    /// Headers, of which none is shown.
    pub headers: Vec<(&'static str, Secret)>,
    /// A form to send, by POST; GET without one.
    pub post: bool,
    /// Whose token goes with it.
    pub bearer: Bearer<'a>,
}

/// Whose token goes with a request.
pub enum Bearer<'a> {
    /// Nobody's.
    Nobody,
    /// The identity under test's, for a scope. The scenario names the host, so a token for a service that is none of
    /// Azure's goes there.
    Workload(&'a str),
    /// That of the identity that reads the tenant of this resource, for a scope.
    ReaderOf(&'a ResourceId, &'a str),
}

/// An answer.
pub struct PlainAnswer {
    /// Status.
    pub status: u16,
    /// Its body.
    pub body: Bytes,
    /// Every address that was connected to.
    pub peers: Vec<IpAddr>,
    /// The host that a redirect leads to; empty when it leads to a path.
    pub redirect: Option<String>,
    /// Whether it names a way to authenticate.
    pub has_challenge: bool,
    /// What it says, when it is no success.
    pub refusal: Option<Refusal>,
}

impl Ask {
    /// Sends one request from the link's vantage, over a connection that is used for nothing else.
    ///
    /// # Errors
    /// When nobody answered, or there is no token to ask with.
    pub async fn plain(&self, asked: PlainRequest<'_>) -> Result<PlainAnswer, NoAnswer> {
        let url: Url = asked
            .url
            .parse()
            .map_err(|error| NoAnswer::Unusable(format!("{} is not a URL: {error}", asked.url)))?;
        let mut request = Request::get(url);
        if asked.post {
            request.method = http::Method::POST;
        }
        for (name, value) in asked.headers {
            if let Ok(mut value) = http::HeaderValue::from_str(value.reveal()) {
                value.set_sensitive(true);
                request.headers.insert(name, value);
            }
        }
        let key = self.key_of(&asked.bearer)?;
        if let Some(key) = &key {
            request = request.bearer(&self.lasting_token(key).await?);
            request.is_declared = matches!(asked.bearer, Bearer::Workload(_));
        }
        let http = self
            .session
            .unpooled(&self.link.vantage, self.link.patience)?;
        let data = Recorder::default();
        let sent = http.send(&data, request).await;
        self.recorder.add(&data.evidence(), false);
        let answer = sent?;
        let refusal = match data.no_answer() {
            Some(NoAnswer::Refused(refusal)) => Some(refusal),
            _ => None,
        };
        if let (Some(key), 401) = (&key, answer.status) {
            self.session.tokens.forget(key).await;
        }
        Ok(PlainAnswer {
            status: answer.status,
            peers: peers_of(&data),
            redirect: redirect(answer.status, &answer.headers),
            has_challenge: answer.headers.contains_key(WWW_AUTHENTICATE),
            refusal,
            body: answer.body,
        })
    }

    fn key_of(&self, bearer: &Bearer<'_>) -> Result<Option<TokenKey>, NoAnswer> {
        match bearer {
            Bearer::Nobody => Ok(None),
            Bearer::Workload(scope) => self.workload_key(scope).map(Some),
            Bearer::ReaderOf(resource, scope) => {
                let tenant = self.session.tenant_of(resource)?;
                let reader = tenant.reader.clone().ok_or_else(|| {
                    NoAnswer::Unusable(format!(
                        "the tenant `{}` says nobody to read it as (`read-as:`)",
                        tenant.tenant.name
                    ))
                })?;
                Ok(Some(TokenKey {
                    identity: reader,
                    vantage: INTERNET.to_owned(),
                    scope: (*scope).to_owned(),
                }))
            }
        }
    }
}

/// Where a redirect leads.
fn redirect(status: u16, headers: &HeaderMap) -> Option<String> {
    let location = headers
        .get(LOCATION)
        .filter(|_| (300..400).contains(&status))?;
    let url = location
        .to_str()
        .ok()
        .and_then(|text| Url::parse(text).ok());
    Some(
        url.and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_default(),
    )
}
