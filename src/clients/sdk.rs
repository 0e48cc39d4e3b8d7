//! The transport in the form that the Azure SDK crates take, and the one factory of their options.
//!
//! A `ClientOptions` without a transport would make the SDK build a client of its own: real addresses, real roots.
//! So nothing but [`options`] makes them.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::{HeaderName, HeaderValue, Headers};
use azure_core::http::{
    AsyncRawResponse, Body, ClientOptions, HttpClient, Method, RetryOptions, Transport,
};
use azure_core::time::OffsetDateTime;
use futures::StreamExt;
use time::macros::datetime;

use super::http::{Answer, Http, Request, note_refusal, read_body};
use super::recorder::Recorder;
use crate::secret::Secret;
use crate::target::Target;

/// Largest error body that is handed to an SDK.
const ERROR_LIMIT: usize = 256 * 1024;

/// An expiry that no clock has reached.
const FAR_AHEAD: OffsetDateTime = datetime!(9000-01-01 00:00 UTC);

/// Options for any SDK client: our transport, no retries (waiting is the engine's business), the target's authority.
///
/// `limit` bounds the body of an answer; without one it is streamed, whatever its length.
pub fn options(
    target: &Target,
    http: Http,
    recorder: Recorder,
    limit: Option<usize>,
) -> ClientOptions {
    let mut cloud = CustomConfiguration::default();
    cloud.authority_host = format!("https://{}", target.cloud.login_host);
    ClientOptions {
        transport: Some(Transport::new(Arc::new(SdkTransport {
            http,
            recorder,
            limit,
        }))),
        retry: RetryOptions::none(),
        cloud: Some(Arc::new(CloudConfiguration::Custom(cloud))),
        ..ClientOptions::default()
    }
}

/// A credential that holds one token, fetched and cached by us.
pub fn credential(token: &Secret) -> Arc<dyn TokenCredential> {
    Arc::new(HeldToken(token.clone()))
}

struct SdkTransport {
    http: Http,
    recorder: Recorder,
    limit: Option<usize>,
}

impl fmt::Debug for SdkTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SdkTransport")
    }
}

#[async_trait]
impl HttpClient for SdkTransport {
    async fn execute_request(
        &self,
        request: &azure_core::http::Request,
    ) -> azure_core::Result<AsyncRawResponse> {
        let failed = |why: String| Error::with_message(ErrorKind::Other, why);
        let request = translate(request).map_err(failed)?;
        let host = request.url.host_str().unwrap_or_default().to_owned();
        // What went wrong stands in the recorder; an `Other` error is one that no SDK policy tries again.
        let response = self
            .http
            .open(&self.recorder, request)
            .await
            .map_err(|why| failed(why.describe()))?;
        let status = response.status();
        let headers = to_headers(response.headers());
        if status.is_success() {
            let mut left = self.limit.unwrap_or(usize::MAX);
            let body = response.bytes_stream().map(move |chunk| {
                let chunk = chunk.map_err(|error| Error::new(ErrorKind::Io, error))?;
                left = left.checked_sub(chunk.len()).ok_or_else(|| {
                    Error::with_message(ErrorKind::Other, "an answer of absurd length")
                })?;
                Ok(chunk)
            });
            return Ok(AsyncRawResponse::new(
                status.as_u16().into(),
                headers,
                Box::pin(body),
            ));
        }
        let answer = Answer {
            status: status.as_u16(),
            headers: response.headers().clone(),
            body: read_body(response, ERROR_LIMIT)
                .await
                .map_err(|why| failed(why.describe()))?,
        };
        note_refusal(&self.recorder, &host, &answer);
        Ok(AsyncRawResponse::from_bytes(
            answer.status.into(),
            headers,
            answer.body,
        ))
    }
}

fn translate(request: &azure_core::http::Request) -> Result<Request, String> {
    let mut headers = http::HeaderMap::new();
    for (name, value) in request.headers().iter() {
        let name = http::HeaderName::try_from(name.as_str())
            .map_err(|_| format!("bad header name {}", name.as_str()))?;
        let mut value = http::HeaderValue::try_from(value.as_str())
            .map_err(|_| format!("bad value of header {name}"))?;
        value.set_sensitive(name == http::header::AUTHORIZATION);
        headers.append(name, value);
    }
    let body = match request.body() {
        Body::Bytes(bytes) => bytes.clone(),
        Body::SeekableStream(_) => {
            return Err("a streamed request body: the runner reads only".to_owned());
        }
    };
    let method = match request.method() {
        Method::Get => http::Method::GET,
        Method::Head => http::Method::HEAD,
        Method::Post => http::Method::POST,
        other => return Err(format!("a {other} request: the runner reads only")),
    };
    Ok(Request {
        method,
        url: request.url().clone(),
        headers,
        body,
        is_declared: false,
    })
}

fn to_headers(map: &http::HeaderMap) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in map {
        if let Ok(value) = value.to_str() {
            headers.insert(
                HeaderName::from(name.as_str().to_owned()),
                HeaderValue::from(value.to_owned()),
            );
        }
    }
    headers
}

struct HeldToken(Secret);

impl fmt::Debug for HeldToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HeldToken")
    }
}

#[async_trait]
impl TokenCredential for HeldToken {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        // The expiry only steers the SDK's cache, which lives as long as this one question.
        Ok(AccessToken::new(self.0.reveal().to_owned(), FAR_AHEAD))
    }
}
