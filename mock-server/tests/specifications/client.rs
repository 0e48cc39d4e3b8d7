//! The mock without sockets, as clients use it: tokens, api-versions, one list of all that was asked and answered.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use xtenant_mock_server::World;
use xtenant_mock_server::auth::Audience;
use xtenant_mock_server::clock::Clock;
use xtenant_mock_server::context::Context;
use xtenant_mock_server::fabric::addresses::{IMDS, egress, front_door};
use xtenant_mock_server::request::{Peer, Reply, Request};
use xtenant_mock_server::router::{self, template::Template};
use xtenant_mock_server::services::{Operation, SERVICES};
use xtenant_mock_server::store::State;
use xtenant_mock_server::tokens::{Grant, Signer, TokenVersion};

use crate::exchange::Exchange;
use crate::spec::Specifications;

pub(crate) const HOME: &str = "11111111-1111-1111-1111-111111111111";
pub(crate) const RESOURCE: &str = "22222222-2222-2222-2222-222222222222";
/// Owns everything in its tenant: `deployer` at home, `orders` in the resource tenant.
const OWNERS: [(&str, &str); 2] = [
    (HOME, "05000000-0000-4000-8000-000000000009"),
    (RESOURCE, "05000000-0000-4000-8000-000000000003"),
];

/// A client of the mock of one world.
pub(crate) struct Client<'s> {
    pub(crate) context: Context,
    specifications: &'s Specifications,
    /// All that was asked, in order.
    pub(crate) exchanges: Vec<Exchange>,
    /// Operations of the mock's tables that answered with success: service, method, path.
    pub(crate) exercised: BTreeSet<(&'static str, String, &'static str)>,
    tokens: BTreeMap<(String, String), String>,
    /// The `x-ms-version` of Blob, when it is not the bundled one.
    pub(crate) blob_version: Option<&'static str>,
}

impl<'s> Client<'s> {
    /// A client of the world `world.yaml` beside this file.
    pub(crate) fn new(specifications: &'s Specifications) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specifications/world.yaml");
        let world = World::load(&file)
            .unwrap_or_else(|problems| panic!("{}", xtenant_source::render(&problems, false)));
        let signer = Signer::new().unwrap_or_else(|_| panic!("the test key is good"));
        let clock = Clock::starting_at(None);
        Self {
            context: Context::new(State::build(&world).unwrap(), clock, Arc::new(signer)),
            specifications,
            exchanges: Vec::new(),
            exercised: BTreeSet::new(),
            tokens: BTreeMap::new(),
            blob_version: None,
        }
    }

    /// Asks, and keeps what was asked and answered. `target` is a path of ARM or begins with a host.
    pub(crate) fn ask(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Exchange {
        let (host, rest) = match target.strip_prefix('/') {
            Some(_) => ("management.azure.com", target),
            None => target.split_at(target.find('/').unwrap_or(target.len())),
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let found = table_operation(method, host, path);
        let mut query: Vec<(String, String)> = pairs(query);
        let versioned = !matches!(host, "graph.microsoft.com") && !host.contains(".blob.");
        if versioned && !query.iter().any(|(name, _)| name == "api-version") {
            let version = self.version(found.map(|(_, operation)| operation));
            query.insert(0, ("api-version".to_owned(), version));
        }
        let mut all: BTreeMap<String, String> = headers.iter().cloned().collect();
        self.usual_headers(host, path, body, &mut all);
        let reply = self.send(method, host, path, &query, &all, body);
        let exchange = Exchange {
            method: method.to_owned(),
            scheme: if host == "169.254.169.254" {
                "http"
            } else {
                "https"
            },
            host: host.to_owned(),
            path: path.to_owned(),
            query,
            request_headers: all,
            request_body: body.to_vec(),
            status: reply.status.as_u16(),
            response_headers: answered(&reply),
            response_body: reply.body.to_vec(),
        };
        if let Some((service, operation)) = found
            && exchange.is_success()
        {
            self.exercised
                .insert((service, method.to_owned(), operation.path));
        }
        self.exchanges.push(exchange.clone());
        exchange
    }

    fn version(&self, operation: Option<&Operation>) -> String {
        let file = operation
            .and_then(|it| it.spec)
            .filter(|it| it.ends_with(".json"));
        let version = file.map(|file| &self.specifications.document(file)["info"]["version"]);
        version
            .and_then(|it| it.as_str())
            .filter(|it| it.starts_with("20") || it.starts_with('7'))
            .unwrap_or("2024-01-01")
            .to_owned()
    }

    fn usual_headers(
        &mut self,
        host: &str,
        path: &str,
        body: &[u8],
        headers: &mut BTreeMap<String, String>,
    ) {
        if host == "169.254.169.254" {
            headers.insert("metadata".to_owned(), "true".to_owned());
            return;
        }
        let audience = match host {
            "management.azure.com" => Audience::Arm,
            "graph.microsoft.com" => Audience::Graph,
            _ if host.contains(".vault.") => Audience::KeyVault,
            _ => Audience::Storage,
        };
        let is_theirs =
            path.contains("bbbbbbbb-bbbb") || path.contains("managementGroups/fabrikam");
        let (tenant, object) = OWNERS[usize::from(is_theirs)];
        let token = self.token(tenant, object, audience);
        headers
            .entry("authorization".to_owned())
            .or_insert(format!("Bearer {token}"));
        if audience == Audience::Storage {
            headers
                .entry("x-ms-version".to_owned())
                .or_insert(self.blob_version.unwrap_or("2024-08-04").to_owned());
        } else if !body.is_empty() {
            headers
                .entry("content-type".to_owned())
                .or_insert("application/json".to_owned());
        }
    }

    fn token(&mut self, tenant: &str, object: &str, audience: Audience) -> String {
        let key = (tenant.to_owned(), audience.uris()[0].to_owned());
        if let Some(token) = self.tokens.get(&key) {
            return token.clone();
        }
        let state = self.context.state();
        let principal = state.service_principal(tenant, object).unwrap();
        let grant = Grant {
            version: TokenVersion::V1,
            tenant,
            app_id: &principal.app_id,
            object_id: object,
            audience: audience.uris()[0],
            roles: &principal.graph_permissions,
            proof: "2",
            identity: None,
            lifetime: 3600,
        };
        let claims = grant.claims(self.context.clock.now());
        let token = self.context.signer.sign(&claims);
        let token = token.unwrap_or_else(|_| panic!("signing works"));
        self.tokens.insert(key, token.clone());
        token
    }

    fn send(
        &self,
        method: &str,
        host: &str,
        path: &str,
        query: &[(String, String)],
        headers: &BTreeMap<String, String>,
        body: &[u8],
    ) -> Reply {
        let vantage = if host == "169.254.169.254" {
            "app"
        } else {
            "internet"
        };
        let door = if host == "169.254.169.254" {
            Some(IMDS)
        } else {
            front_door(host)
        };
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.insert(name, HeaderValue::from_str(value).unwrap());
        }
        let source = if vantage == "app" {
            Ipv4Addr::new(10, 1, 1, 4)
        } else {
            egress(&self.context.state(), vantage)
        };
        let request = Request {
            peer: Peer {
                vantage: vantage.to_owned(),
                source: source.into(),
                destination: door.unwrap_or(Ipv4Addr::UNSPECIFIED).into(),
            },
            method: Method::from_bytes(method.as_bytes()).unwrap(),
            host: host.to_owned(),
            sent_path: path.to_owned(),
            path: path.to_owned(),
            query: query.to_vec(),
            headers: map,
            body: Bytes::from(body.to_vec()),
            parameters: BTreeMap::new(),
            request_id: "00000000-0000-4000-8000-00000000000a".to_owned(),
        };
        router::answer(&self.context, request)
    }
}

/// The operation of the mock's tables that a request means.
pub(crate) fn table_operation(
    method: &str,
    host: &str,
    path: &str,
) -> Option<(&'static str, &'static Operation)> {
    use xtenant_mock_server::services::Hosts;
    let serves = |hosts: Hosts| match hosts {
        Hosts::Exact(names) => names.contains(&host),
        Hosts::Suffix(suffix) => host.ends_with(suffix) && !suffix.starts_with("managed"),
        Hosts::Regional(_) => false,
        Hosts::LinkLocal => host == "169.254.169.254",
    };
    let services = SERVICES.iter().filter(|service| serves(service.hosts));
    let mut all = services.flat_map(|service| {
        let operations = service.operations.iter();
        operations.map(|operation| (service.name, operation))
    });
    all.find(|(_, operation)| {
        operation.method.as_str() == method && Template::new(operation.path).matches(path).is_some()
    })
}

/// The headers of a reply as the listener writes them.
fn answered(reply: &Reply) -> BTreeMap<String, String> {
    let written = reply.headers.iter().map(|(name, value)| {
        if *name == Reply::METADATA {
            let (name, value) = value.split_once('=').unwrap_or((value, ""));
            (format!("x-ms-meta-{name}"), value.to_owned())
        } else {
            (name.to_lowercase(), value.clone())
        }
    });
    written.collect()
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|it| !it.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.to_owned())
        })
        .collect()
}
