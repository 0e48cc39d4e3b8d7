//! The client of both sides: some connections, each asking again as soon as it was answered.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A host and where it is.
pub(crate) struct Site {
    host: &'static str,
    address: SocketAddr,
    root: reqwest::Certificate,
}

/// A request that is sent again and again.
#[derive(Clone)]
pub(crate) enum Asked {
    Get {
        path: String,
        token: String,
    },
    Post {
        path: String,
        form: Vec<(&'static str, String)>,
    },
}

/// What a side did.
pub(crate) struct Load {
    /// Times of all answers, sorted.
    times: Vec<Duration>,
    span: Duration,
}

impl Site {
    pub(crate) fn new(host: &'static str, address: SocketAddr, ca_pem: &str) -> Self {
        let root = reqwest::Certificate::from_pem(ca_pem.as_bytes()).expect("a certificate");
        Self {
            host,
            address,
            root,
        }
    }

    /// A client with one connection of its own.
    fn client(&self) -> Client {
        #[expect(
            clippy::disallowed_methods,
            reason = "the client that both sides share"
        )]
        let builder = Client::builder();
        builder
            .tls_certs_only([self.root.clone()])
            .no_proxy()
            .http1_only()
            .resolve(self.host, self.address)
            .build()
            .expect("a client")
    }

    /// The body of one answer.
    pub(crate) async fn once(&self, asked: &Asked) -> Bytes {
        answer(asked.request(&self.client(), self.host)).await
    }
}

impl Asked {
    pub(crate) fn get(path: &str, token: &str) -> Self {
        Self::Get {
            path: path.to_owned(),
            token: token.to_owned(),
        }
    }

    pub(crate) fn exchange(path: &str, application: &str, assertion: &str) -> Self {
        let form = vec![
            ("client_id", application.to_owned()),
            ("scope", "https://vault.azure.net/.default".to_owned()),
            ("grant_type", "client_credentials".to_owned()),
            ("client_assertion_type", ASSERTION.to_owned()),
            ("client_assertion", assertion.to_owned()),
        ];
        Self::Post {
            path: path.to_owned(),
            form,
        }
    }

    fn request(&self, client: &Client, host: &str) -> RequestBuilder {
        match self {
            Self::Get { path, token } => client
                .get(format!("https://{host}{path}"))
                .bearer_auth(token),
            Self::Post { path, form } => client.post(format!("https://{host}{path}")).form(form),
        }
    }
}

impl Load {
    /// Answers in a second.
    pub(crate) fn rate(&self) -> f64 {
        self.times.len() as f64 / self.span.as_secs_f64()
    }

    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let at = self.times.len() * percent / 100;
        self.times.get(at).copied().unwrap_or_default()
    }
}

/// Asks over some connections for a span; what is not answered with success ends the benchmark.
pub(crate) async fn measure(
    site: &Site,
    asked: &Asked,
    connections: usize,
    span: Duration,
) -> Load {
    let begun = Instant::now();
    let clients = (0..connections).map(|_| {
        let (client, asked, host) = (site.client(), asked.clone(), site.host);
        tokio::spawn(async move {
            let mut times = Vec::new();
            while begun.elapsed() < span {
                let sent = Instant::now();
                answer(asked.request(&client, host)).await;
                times.push(sent.elapsed());
            }
            times
        })
    });
    let mut times = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        times.extend(client.await.expect("a client ends"));
    }
    times.sort_unstable();
    Load {
        times,
        span: begun.elapsed(),
    }
}

async fn answer(request: RequestBuilder) -> Bytes {
    let answer = request.send().await.expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.status());
    answer.bytes().await.expect("a body")
}

/// A token of the managed identity for the exchange.
pub(crate) async fn identity_token(url: &str) -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "the client that both sides share"
    )]
    let client = Client::builder().no_proxy().build().expect("a client");
    let answer = answer(client.get(url).header("metadata", "true")).await;
    let body: Value = serde_json::from_slice(&answer).expect("JSON");
    body["access_token"].as_str().expect("a token").to_owned()
}
