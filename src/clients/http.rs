//! The one transport. Every request of the runner, an SDK's included, goes through [`Http`].
//!
//! It resolves and routes through the target, trusts what the target trusts, records evidence, limits bodies, follows
//! no redirect. Before a packet leaves it refuses: an IP literal or a port that the target does not map, plain HTTP to
//! anything but a managed identity endpoint, and a bearer token for a host outside the token's audience.

mod patience;

use std::error::Error as _;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, Method};
use reqwest::tls::TlsInfo;
use reqwest::{Certificate, Response, Url};
use rustls::pki_types::CertificateDer;

use super::jwt::Claims;
use super::recorder::Recorder;
use super::refusal;
use super::resolver::{HTTPS, NoRoute, VantageResolver, not_dialled};
use crate::outcome::evidence::HttpExchange;
use crate::outcome::unreachable::{
    CERTIFICATE_REFUSED, CONNECT_REFUSED, CONNECT_TIMED_OUT, NO_ROUTE,
};
use crate::outcome::{NoAnswer, Unreachable};
use crate::secret::{HIDDEN, Secret};
use crate::target::{IdentityEndpoint, Target, Trust};

/// Largest body that is read into memory; data links stream.
const BODY_LIMIT: usize = 32 * 1024 * 1024;
/// Bound of a connection attempt; a request's own bound may be shorter.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// The endpoint of the Instance Metadata Service.
pub const IMDS: &str = "http://169.254.169.254/metadata/identity/oauth2/token";
/// Largest error body that is looked at.
pub(super) const ERROR_LIMIT: usize = 256 * 1024;
/// Query parameters whose values may be shown.
const SHOWN_QUERY: &[&str] = &[
    "api-version",
    "$filter",
    "$select",
    "$top",
    "$expand",
    "comp",
    "restype",
    "resource",
    "client_id",
];

/// A request, before it is routed.
#[derive(Clone, Debug)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// URL with the real host name.
    pub url: Url,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// Whether the scenario itself names the host for this token: one for a service that is none of Azure's may go there.
    pub is_declared: bool,
}

impl Request {
    /// A GET.
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            is_declared: false,
        }
    }

    /// A POST with a JSON body, for the reads that Azure has made POSTs.
    pub fn post_json(url: Url, body: &serde_json::Value) -> Self {
        let request = Self {
            method: Method::POST,
            url,
            headers: HeaderMap::new(),
            body: Bytes::from(body.to_string()),
            is_declared: false,
        };
        request.header("content-type", "application/json")
    }

    /// Adds a header whose value is plain text of ours; one that cannot be a header value is left out.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = value.parse() {
            self.headers.insert(name, value);
        }
        self
    }

    /// Adds a bearer token.
    #[must_use]
    pub fn bearer(mut self, token: &Secret) -> Self {
        if let Ok(mut value) = http::HeaderValue::from_str(&format!("Bearer {}", token.reveal())) {
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }
}

/// A whole response.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl Answer {
    /// Whether the status is 2xx.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

/// The transport of one vantage.
#[derive(Clone)]
pub struct Http {
    target: Target,
    vantage: String,
    patience: Duration,
    client: reqwest::Client,
}

impl Http {
    /// A transport with a pool of its own; `patience` bounds each request, its body included.
    ///
    /// # Errors
    /// When the target's certificates are unusable.
    pub fn new(target: &Target, vantage: &str, patience: Duration) -> Result<Self, NoAnswer> {
        Self::with(client(target, vantage, true), target, vantage, patience)
    }

    /// A transport that opens a connection for each request, and keeps none.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn unpooled(target: &Target, vantage: &str, patience: Duration) -> Result<Self, NoAnswer> {
        Self::with(client(target, vantage, false), target, vantage, patience)
    }

    fn with(
        client: reqwest::Result<reqwest::Client>,
        target: &Target,
        vantage: &str,
        patience: Duration,
    ) -> Result<Self, NoAnswer> {
        let client = client.map_err(|error| {
            NoAnswer::Unusable(format!(
                "no HTTP client could be made: {}",
                innermost(&error)
            ))
        })?;
        Ok(Self {
            target: target.clone(),
            vantage: vantage.to_owned(),
            patience,
            client,
        })
    }

    /// The same connections with another bound for each request.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Sends a request and reads the whole answer. A refusal by status is an answer here, and is recorded.
    ///
    /// # Errors
    /// [`NoAnswer::Unreachable`] when nobody answered, [`NoAnswer::Unusable`] when the answer broke off or is too large.
    pub async fn send(&self, recorder: &Recorder, request: Request) -> Result<Answer, NoAnswer> {
        let response = self.open(recorder, request).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let host = response.url().host_str().unwrap_or_default().to_owned();
        let limit = if response.status().is_success() {
            BODY_LIMIT
        } else {
            ERROR_LIMIT
        };
        let body = read_body(response, limit)
            .await
            .inspect_err(|why| recorder.unanswered(why.clone()))?;
        let answer = Answer {
            status,
            headers,
            body,
        };
        if !answer.is_success() {
            note_refusal(recorder, &host, &answer);
        }
        Ok(answer)
    }

    /// Sends a request and gives the response as soon as its headers are there.
    ///
    /// # Errors
    /// As [`Http::send`].
    pub async fn open(&self, recorder: &Recorder, request: Request) -> Result<Response, NoAnswer> {
        let mut exchange = HttpExchange {
            method: request.method.to_string(),
            url: shown(&request.url),
            ..HttpExchange::default()
        };
        let begun = Instant::now();
        let sent = self.exchange(request).await;
        exchange.milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &sent {
            Ok(response) => self.note(recorder, &mut exchange, response),
            Err(why) => {
                exchange.error = Some(why.describe());
                recorder.unanswered(why.clone());
            }
        }
        recorder.http(exchange);
        sent
    }

    async fn exchange(&self, request: Request) -> Result<Response, NoAnswer> {
        let url = self.route(&request).await?;
        let host = request.url.host_str().unwrap_or("the host").to_owned();
        let mut headers = request.headers;
        if url != request.url
            && let Ok(host) = host.parse()
        {
            headers.insert(http::header::HOST, host);
        }
        let built = self
            .client
            .request(request.method, url)
            .headers(headers)
            .timeout(self.patience)
            .body(request.body);
        built
            .send()
            .await
            .map_err(|error| no_answer(&error, &host, self.patience))
    }

    /// Checks a request against the rules of the header, and maps a managed identity's address to its door.
    async fn route(&self, request: &Request) -> Result<Url, NoAnswer> {
        let url = &request.url;
        let refuse = |why: String| Err(NoAnswer::unreachable(format!("{why}; nothing was sent")));
        let Some(host) = url.host_str() else {
            return refuse(format!("{} has no host", shown(url)));
        };
        let literal: Option<IpAddr> = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse()
            .ok();
        match (url.scheme(), literal) {
            ("https", None) if url.port_or_known_default() == Some(HTTPS) => {
                self.admit_token(request, host)?;
                Ok(url.clone())
            }
            ("http", Some(address)) if self.gives_identities(url) => {
                let port = url.port_or_known_default().unwrap_or(80);
                let world = SocketAddr::new(address, port);
                let door = self.target.network.dial(&self.vantage, world).await;
                let door = door.map_err(|error| not_dialled(&error))?;
                let mut routed = url.clone();
                let moved = routed
                    .set_ip_host(door.ip())
                    .and_then(|()| routed.set_port(Some(door.port())));
                moved
                    .map_err(|()| NoAnswer::Unusable(format!("{} cannot be routed", shown(url))))?;
                Ok(routed)
            }
            _ => refuse(format!(
                "{}://{host} is not an address that this target maps",
                url.scheme()
            )),
        }
    }

    /// Whether a URL is below the managed identity endpoint of the vantage, the one thing that is asked in plain HTTP.
    fn gives_identities(&self, url: &Url) -> bool {
        let endpoint = match self.target.network.identity_endpoint(&self.vantage) {
            IdentityEndpoint::Imds => IMDS.to_owned(),
            IdentityEndpoint::AppService { endpoint, .. } => endpoint,
        };
        Url::parse(&endpoint).is_ok_and(|endpoint| endpoint.origin() == url.origin())
    }

    /// Refuses a bearer token for a host that is not of the token's audience.
    fn admit_token(&self, request: &Request, host: &str) -> Result<(), NoAnswer> {
        let Some(value) = request
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
        else {
            return Ok(());
        };
        let token = Secret::new(value.strip_prefix("Bearer ").unwrap_or_default());
        let audience = Claims::read(&token)
            .map_err(NoAnswer::Unusable)?
            .text("aud");
        let cloud = self.target.cloud;
        let is_anothers = request.is_declared && !cloud.is_service(&audience);
        if is_anothers || cloud.may_receive(&audience, host) {
            return Ok(());
        }
        Err(NoAnswer::unreachable(format!(
            "a token for {audience} may not be sent to {host}, which is not a host of that audience; nothing was sent"
        )))
    }

    /// Completes the evidence of an exchange from the response.
    fn note(&self, recorder: &Recorder, exchange: &mut HttpExchange, response: &Response) {
        let text = |name: &str| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        exchange.status = Some(response.status().as_u16());
        exchange.request_id = text("x-ms-request-id");
        exchange.correlation_id = text("x-ms-correlation-request-id");
        exchange.certificate = certificate_names(response);
        let peer = response
            .remote_addr()
            .map(|dialled| self.target.network.world_address(dialled));
        exchange.peer = peer.map(|peer| peer.to_string());
        peer.into_iter().for_each(|peer| recorder.reached(peer));
        if let Some(challenge) = response
            .headers()
            .get(WWW_AUTHENTICATE)
            .and_then(|value| value.to_str().ok())
        {
            recorder.challenged(challenge);
        }
        if response.status().is_success() {
            recorder.succeeded();
        }
    }
}

/// Records what an error answer says.
pub(super) fn note_refusal(recorder: &Recorder, host: &str, answer: &Answer) {
    let header_code = answer
        .headers
        .get("x-ms-error-code")
        .and_then(|value| value.to_str().ok());
    recorder.refused(refusal::read(
        host,
        answer.status,
        header_code,
        &answer.body,
    ));
}

/// Reads a body up to a limit.
pub(super) async fn read_body(mut response: Response, limit: usize) -> Result<Bytes, NoAnswer> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => {
                return Err(NoAnswer::Unusable(format!(
                    "an answer of more than {limit} bytes"
                )));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body.into()),
            Err(error) => {
                return Err(NoAnswer::Unusable(format!(
                    "the answer broke off: {}",
                    innermost(&error)
                )));
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that builds an HTTP client"
)]
fn client(target: &Target, vantage: &str, pools: bool) -> reqwest::Result<reqwest::Client> {
    let resolver = VantageResolver {
        network: Arc::clone(&target.network),
        vantage: vantage.to_owned(),
    };
    let builder = match &target.trust {
        Trust::System => reqwest::Client::builder(),
        Trust::Only(authorities) => {
            let roots = authorities.iter().map(|der| Certificate::from_der(der));
            let roots: Vec<Certificate> = roots.collect::<Result<_, _>>()?;
            reqwest::Client::builder().tls_certs_only(roots)
        }
    };
    // Without room for idle connections the HTTP client has no pool at all.
    let idle = if pools { usize::MAX } else { 0 };
    builder
        .pool_max_idle_per_host(idle)
        .dns_resolver(Arc::new(resolver))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tls_info(true)
        .connect_timeout(CONNECT_LIMIT)
        .build()
}

/// Why the HTTP client got no answer; our own reasons travel in its error chain.
fn no_answer(error: &reqwest::Error, host: &str, patience: Duration) -> NoAnswer {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(NoRoute(why)) = inner.downcast_ref::<NoRoute>() {
            return why.clone();
        }
        source = inner.source();
    }
    if let Some(code) = silence(error) {
        let why = format!("connecting to {host} failed: {}", innermost(error));
        NoAnswer::Unreachable(Unreachable::of(code, why))
    } else if error.is_timeout() {
        NoAnswer::unreachable(format!(
            "{host} did not answer within {} s",
            patience.as_secs_f32()
        ))
    } else if error.is_connect() {
        NoAnswer::unreachable(format!("connecting to {host} failed: {}", innermost(error)))
    } else {
        NoAnswer::Unusable(format!(
            "the exchange with {host} broke off: {}",
            innermost(error)
        ))
    }
}

/// What kind of silence a connection met, or that a stranger answered.
fn silence(error: &reqwest::Error) -> Option<&'static str> {
    if !error.is_connect() {
        return None;
    }
    if error.is_timeout() {
        return Some(CONNECT_TIMED_OUT);
    }
    let mut source = error.source();
    while let Some(inner) = source {
        if is_of_certificate(inner) {
            return Some(CERTIFICATE_REFUSED);
        }
        match inner.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(ErrorKind::ConnectionRefused) => return Some(CONNECT_REFUSED),
            Some(ErrorKind::TimedOut) => return Some(CONNECT_TIMED_OUT),
            Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => {
                return Some(NO_ROUTE);
            }
            _ => source = inner.source(),
        }
    }
    None
}

/// Whether TLS did not believe the peer's certificate; an I/O error may hold another one that holds the reason.
fn is_of_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return matches!(tls, rustls::Error::InvalidCertificate(_));
    }
    let inner = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    inner.is_some_and(|inner| is_of_certificate(inner))
}

/// The innermost message of an error chain, which is the one that says something.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    while let Some(inner) = last.source() {
        last = inner;
    }
    last.to_string()
}

/// DNS names of the peer's certificate.
fn certificate_names(response: &Response) -> Vec<String> {
    let Some(der) = response
        .extensions()
        .get::<TlsInfo>()
        .and_then(TlsInfo::peer_certificate)
    else {
        return Vec::new();
    };
    let der = CertificateDer::from(der);
    match webpki::EndEntityCert::try_from(&der) {
        Ok(certificate) => certificate.valid_dns_names().map(str::to_owned).collect(),
        Err(_) => Vec::new(),
    }
}

/// A URL as evidence shows it: values of unknown query parameters, user names and fragments hidden.
fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_fragment(None);
    if !url.username().is_empty() || url.password().is_some() {
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
    }
    if url.query().is_none() {
        return shown.to_string();
    }
    shown.set_query(None);
    let pairs: Vec<String> = url
        .query_pairs()
        .map(|(name, value)| {
            let known = SHOWN_QUERY
                .iter()
                .any(|own| own.eq_ignore_ascii_case(&name));
            format!("{name}={}", if known { &value } else { HIDDEN })
        })
        .collect();
    format!("{shown}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_shows_no_query_value_that_could_be_a_secret() {
        let url = Url::parse("https://u:p@h.example/a?api-version=1&sig=abc&code=xyz#t").unwrap();
        assert_eq!(
            shown(&url),
            format!("https://h.example/a?api-version=1&sig={HIDDEN}&code={HIDDEN}")
        );
    }
}
