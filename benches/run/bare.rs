//! The requests of a run by a bare HTTP client: the same URLs at the same addresses with tokens of the same identities, so
//! that every answer has the status that the run saw. What a run does beside asking (names, judgement, evidence, the
//! order of the chain) is what its ratio to this shows.

use std::collections::HashMap;
use std::net::SocketAddr;

use futures::StreamExt;
use reqwest::{Client, RequestBuilder, Url};
use serde_json::Value;
use xtenant::outcome::Exchange;
use xtenant::outcome::evidence::HttpExchange;
use xtenant::outcome::run::ChainReport;
use xtenant::scenario::{IdentityKind, Scenario};
use xtenant::target::{INTERNET, Target, Trust};

/// Requests at the same time, as many as the engine's default.
const JOBS: usize = 16;
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a request proves itself with.
#[derive(Clone)]
enum Proof {
    /// Nothing: discovery, health, the first request to a vault.
    Nothing,
    /// `Metadata: true`.
    Metadata,
    /// A bearer token.
    Bearer(String),
    /// The form of an exchange.
    Form(Vec<(&'static str, String)>),
}

#[derive(Clone)]
struct Bare {
    method: String,
    url: Url,
    proof: Proof,
    status: Option<u16>,
}

/// A run's requests, ready to be sent again and again.
pub(crate) struct Replay {
    requests: Vec<Bare>,
    doors: HashMap<String, SocketAddr>,
    roots: Vec<reqwest::Certificate>,
}

impl Replay {
    /// The requests of a run, each once, doors and tokens found beforehand.
    pub(crate) async fn of(report: &ChainReport, scenario: &Scenario, target: &Target) -> Self {
        let mut replay = Self {
            requests: Vec::new(),
            doors: HashMap::new(),
            roots: roots(&target.trust),
        };
        let mut tokens = Tokens::new(scenario, target);
        for link in &report.links {
            let asked = link.evidence.0.iter().filter_map(asked);
            for exchange in asked {
                let url: Url = exchange.url.parse().expect("a URL");
                let url = replay
                    .routed(url, exchange, link.at.is_some(), target)
                    .await;
                let named = link.tenant.as_ref().map(|tenant| tenant.name.as_str());
                let tenant = reader(scenario, &exchange.url, named);
                let proof = tokens.proof(&replay, exchange, tenant).await;
                replay.requests.push(Bare {
                    method: exchange.method.clone(),
                    url,
                    proof,
                    status: exchange.status,
                });
            }
        }
        replay
    }

    pub(crate) fn len(&self) -> usize {
        self.requests.len()
    }

    /// A client that knows where every host is, and nothing else.
    pub(crate) fn client(&self) -> Client {
        #[expect(
            clippy::disallowed_methods,
            reason = "the bare client that ours is compared with"
        )]
        let builder = Client::builder()
            .tls_certs_only(self.roots.iter().cloned())
            .no_proxy();
        let known = self.doors.iter();
        let builder = known.fold(builder, |builder, (host, door)| {
            builder.resolve(host, *door)
        });
        builder.build().expect("a client")
    }

    /// Sends every request, some at the same time; the bytes of all answers. A status that the run did not see ends it.
    pub(crate) async fn send(&self, client: &Client) -> usize {
        let sent = self.requests.iter().map(|bare| async move {
            let answer = bare.request(client).send().await.expect("an answer");
            assert_eq!(Some(answer.status().as_u16()), bare.status, "{}", bare.url);
            answer.bytes().await.expect("a body").len()
        });
        futures::stream::iter(sent)
            .buffer_unordered(JOBS)
            .fold(0, |sum, length| async move { sum + length })
            .await
    }

    /// Finds the door of a request's address; an address in the place of a host becomes the door's own.
    async fn routed(
        &mut self,
        mut url: Url,
        exchange: &HttpExchange,
        inside: bool,
        target: &Target,
    ) -> Url {
        let host = url.host_str().expect("a host").to_owned();
        if self.doors.contains_key(&host) {
            return url;
        }
        let peer: SocketAddr = exchange
            .peer
            .as_deref()
            .and_then(|peer| peer.parse().ok())
            .expect("a peer");
        let vantage = if inside { "app" } else { INTERNET };
        let door = target.network.dial(vantage, peer).await.expect("a door");
        if url.scheme() == "http" {
            url.set_ip_host(door.ip()).expect("an address");
            url.set_port(Some(door.port())).expect("a port");
        } else {
            self.doors.insert(host, door);
        }
        url
    }
}

impl Bare {
    fn request(&self, client: &Client) -> RequestBuilder {
        let builder = match self.method.as_str() {
            "POST" => client.post(self.url.clone()),
            "HEAD" => client.head(self.url.clone()),
            // A blob is asked for in parts, as the SDK does.
            _ if self.status == Some(206) => client
                .get(self.url.clone())
                .header("x-ms-version", "2024-08-04")
                .header("range", "bytes=0-4194303"),
            _ => client.get(self.url.clone()),
        };
        match &self.proof {
            Proof::Nothing => builder,
            Proof::Metadata => builder.header("metadata", "true"),
            Proof::Bearer(token) if self.method == "POST" => builder
                .bearer_auth(token)
                .json(&Value::Object(serde_json::Map::new())),
            Proof::Bearer(token) => builder.bearer_auth(token),
            Proof::Form(form) => builder.form(form),
        }
    }
}

/// Who reads the subscription that a URL names, or the link's tenant; nobody of the two when the workload asks.
fn reader<'a>(scenario: &'a Scenario, url: &str, tenant: Option<&str>) -> &'a str {
    let lists = |own: &&xtenant::scenario::Tenant| {
        let mut listed = own.subscriptions.iter();
        listed.any(|subscription| url.contains(subscription.as_str()))
    };
    let of_subscription = scenario.tenants.iter().find(lists);
    let found = of_subscription.or_else(|| scenario.tenant(tenant?));
    found
        .and_then(|own| own.read_as.as_deref())
        .unwrap_or_default()
}

/// The exchanges that were sent and answered over HTTP.
fn asked(exchange: &Exchange) -> Option<&HttpExchange> {
    match exchange {
        Exchange::Http(http) if !http.shared && http.peer.is_some() => Some(http),
        _ => None,
    }
}

fn roots(trust: &Trust) -> Vec<reqwest::Certificate> {
    let Trust::Only(authorities) = trust else {
        panic!("a mock has its own CA")
    };
    let root = |der: &Vec<u8>| reqwest::Certificate::from_der(der).expect("a certificate");
    authorities.iter().map(root).collect()
}

/// Tokens by identity and audience, each asked for once.
struct Tokens<'a> {
    target: &'a Target,
    application: String,
    tokens: HashMap<(String, String), String>,
    assertion: Option<String>,
}

impl<'a> Tokens<'a> {
    fn new(scenario: &Scenario, target: &'a Target) -> Self {
        let application = scenario.identities.iter().find_map(|own| match &own.kind {
            IdentityKind::Federated { application, .. } => Some(application.to_string()),
            _ => None,
        });
        Self {
            target,
            application: application.expect("a federated identity"),
            tokens: HashMap::new(),
            assertion: None,
        }
    }

    /// What the run proved itself with in an exchange.
    async fn proof(&mut self, replay: &Replay, exchange: &HttpExchange, reader: &str) -> Proof {
        let cloud = self.target.cloud;
        let url: Url = exchange.url.parse().expect("a URL");
        let host = url.host_str().expect("a host").to_owned();
        if url.scheme() == "http" {
            return Proof::Metadata;
        }
        let scope = match host.as_str() {
            own if own == cloud.login_host => {
                return Proof::Form(self.form(cloud.vault_scope).await);
            }
            _ if exchange.status == Some(401) || url.path() == "/healthstatus" => {
                return Proof::Nothing;
            }
            own if own == cloud.arm_host => cloud.arm_scope,
            own if own == cloud.graph_host => cloud.graph_scope,
            own if own.ends_with(".vault.azure.net") => cloud.vault_scope,
            _ => cloud.storage_scope,
        };
        let key = (reader.to_owned(), scope.to_owned());
        if let Some(token) = self.tokens.get(&key) {
            return Proof::Bearer(token.clone());
        }
        let is_data = scope == cloud.vault_scope || scope == cloud.storage_scope;
        let token = if is_data {
            self.exchanged(replay, scope).await
        } else {
            let token = self.target.stand_ins.token(reader, scope).await;
            token.expect("a token").reveal().to_owned()
        };
        self.tokens.insert(key, token.clone());
        Proof::Bearer(token)
    }

    /// The form of the workload's exchange for a scope.
    async fn form(&mut self, scope: &str) -> Vec<(&'static str, String)> {
        let assertion = match &self.assertion {
            Some(assertion) => assertion.clone(),
            None => self.identity_token().await,
        };
        self.assertion = Some(assertion.clone());
        vec![
            ("client_id", self.application.clone()),
            ("scope", scope.to_owned()),
            ("grant_type", "client_credentials".to_owned()),
            ("client_assertion_type", ASSERTION.to_owned()),
            ("client_assertion", assertion),
        ]
    }

    async fn identity_token(&self) -> String {
        let imds = "169.254.169.254:80".parse().expect("an address");
        let door = self.target.network.dial("app", imds).await.expect("a door");
        let url = format!(
            "http://{door}/metadata/identity/oauth2/token?api-version=2018-02-01&resource={}",
            self.target.cloud.exchange_audience
        );
        #[expect(
            clippy::disallowed_methods,
            reason = "the bare client that ours is compared with"
        )]
        let client = Client::builder().no_proxy().build().expect("a client");
        let answer = client.get(url).header("metadata", "true").send().await;
        token_of(answer.expect("an answer")).await
    }

    /// A token of the resource tenant, at the token endpoint that the run asked.
    async fn exchanged(&mut self, replay: &Replay, scope: &str) -> String {
        let form = self.form(scope).await;
        let mut endpoints = replay
            .requests
            .iter()
            .filter(|bare| matches!(bare.proof, Proof::Form(_)));
        let endpoint = endpoints
            .next()
            .expect("the run exchanged a token")
            .url
            .clone();
        let answer = replay.client().post(endpoint).form(&form).send().await;
        token_of(answer.expect("an answer")).await
    }
}

async fn token_of(answer: reqwest::Response) -> String {
    let body: Value = answer.json().await.expect("a body");
    body["access_token"].as_str().expect("a token").to_owned()
}
