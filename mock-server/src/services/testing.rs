//! For tests of services: the example world without sockets, tokens for its principals, requests through the router.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;

use crate::auth::Audience;
use crate::clock::Clock;
use crate::context::Context;
use crate::fabric::addresses::{egress, front_door};
use crate::faults;
use crate::request::{Peer, Reply, Request};
use crate::router;
use crate::store::State;
use crate::tokens::{Grant, Signer, TokenVersion};
use crate::world::World;

pub(crate) const HOME: &str = "11111111-1111-1111-1111-111111111111";
pub(crate) const RESOURCE: &str = "22222222-2222-2222-2222-222222222222";
pub(crate) const HOME_AUDITOR: &str = "05000000-0000-4000-8000-000000000002";
pub(crate) const RESOURCE_AUDITOR: &str = "05000000-0000-4000-8000-000000000004";
/// The workload's service principal in the resource tenant, and its managed identity in the home tenant.
pub(crate) const WORKLOAD: &str = "05000000-0000-4000-8000-000000000003";
pub(crate) const IDENTITY: &str = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee";
pub(crate) const NET: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network";
pub(crate) const VAULT: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv-resource";
pub(crate) const ACCOUNT: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/stresource";

/// The mock of a world.
pub(crate) fn mock(world: &World) -> Context {
    let signer = Signer::new().unwrap_or_else(|_| panic!("the test key is good"));
    Context::new(
        State::build(world).unwrap(),
        Clock::starting_at(None),
        Arc::new(signer),
    )
}

/// The mock of the example world.
pub(crate) fn example() -> Context {
    mock(&crate::world::example())
}

/// The mock of the example world with a fault at the place that contains `at`.
pub(crate) fn broken(fault: &str, at: &str) -> Context {
    let mut world = crate::world::example();
    let places = (faults::named(fault).unwrap().places)(&world);
    let place = places
        .iter()
        .find(|place| place.contains(at))
        .unwrap_or_else(|| panic!("{at} in {places:?}"));
    faults::plant(&mut world, fault, place).unwrap();
    mock(&world)
}

/// The mock of the example world after a change.
pub(crate) fn changed(change: impl FnOnce(&mut World)) -> Context {
    let mut world = crate::world::example();
    change(&mut world);
    mock(&world)
}

/// The application `orders` in both tenants, for which [`writable`] is made.
pub(crate) const HOME_WRITER: &str = "05000000-0000-4000-8000-000000000001";
pub(crate) const RESOURCE_WRITER: &str = WORKLOAD;

/// The mock of the example world in which `orders` owns the subscriptions of both tenants.
pub(crate) fn writable() -> Context {
    changed(|world| {
        for (subscription, name, principal) in [
            ("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "a", HOME_WRITER),
            ("bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb", "b", RESOURCE_WRITER),
        ] {
            let body = serde_json::json!({
                "id": format!("/subscriptions/{subscription}/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-0000000000f{name}"),
                "properties": {
                    "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
                    "principalId": principal,
                    "principalType": "ServicePrincipal",
                },
            });
            let body = body.as_object().cloned().unwrap_or_default();
            world.resources.push(crate::world::Resource { body });
        }
    })
}

/// A request of ARM as the owner of the home tenant's subscription.
pub(crate) fn write<'a>(context: &'a Context, method: Method, path: &str) -> Ask<'a> {
    let mark = if path.contains('?') { '&' } else { '?' };
    let url = format!("management.azure.com{path}{mark}api-version=2024-01-01");
    ask(context, method, &url).bearing(HOME, HOME_WRITER, Audience::Arm)
}

/// A token for an object of a tenant.
pub(crate) fn token(context: &Context, tenant: &str, object: &str, audience: Audience) -> String {
    let state = context.state();
    let principal = state.service_principal(tenant, object).unwrap().clone();
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
    context
        .signer
        .sign(&grant.claims(context.clock.now()))
        .unwrap_or_else(|_| panic!("signing works"))
}

/// A request under construction.
pub(crate) struct Ask<'a> {
    context: &'a Context,
    request: Request,
}

/// A GET of `host/path?query` by the public address of the host, from the vantage `app`.
pub(crate) fn get<'a>(context: &'a Context, url: &str) -> Ask<'a> {
    ask(context, Method::GET, url)
}

/// Any request by the public address of the host, from the vantage `app`.
pub(crate) fn ask<'a>(context: &'a Context, method: Method, url: &str) -> Ask<'a> {
    let (host, target) = url.split_once('/').unwrap();
    let (path, query) = target
        .split_once('?')
        .map_or((target, None), |(path, query)| (path, Some(query)));
    let sent_path = format!("/{path}");
    let (path, query) = router::parse::target_of(host, &sent_path, query).unwrap();
    let peer = Peer {
        vantage: "app".to_owned(),
        source: egress(&context.state(), "app").into(),
        destination: front_door(host).unwrap_or(Ipv4Addr::UNSPECIFIED).into(),
    };
    let request = Request {
        peer,
        method,
        host: host.to_owned(),
        sent_path,
        path,
        query,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        parameters: BTreeMap::new(),
        request_id: "00000000-0000-4000-8000-00000000000a".to_owned(),
    };
    Ask { context, request }
}

impl Ask<'_> {
    /// With a token of that object.
    pub(crate) fn bearing(self, tenant: &str, object: &str, audience: Audience) -> Self {
        let token = token(self.context, tenant, object, audience);
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// With a header.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.request
            .headers
            .insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// With a JSON body.
    pub(crate) fn body(self, body: &Value) -> Self {
        self.text(&body.to_string())
    }

    /// With a body that claims to be JSON.
    pub(crate) fn text(mut self, body: &str) -> Self {
        self.request.body = Bytes::from(body.to_owned());
        self.with("content-type", "application/json")
    }

    /// The request itself.
    pub(crate) fn request(self) -> Request {
        self.request
    }

    /// With a body that is no JSON.
    pub(crate) fn bytes(mut self, body: impl Into<Bytes>) -> Self {
        self.request.body = body.into();
        self
    }

    /// By the address of an endpoint, from the vantage's own.
    pub(crate) fn by(mut self, address: &str) -> Self {
        self.request.peer.destination = address.parse::<IpAddr>().unwrap();
        self.request.peer.source = Ipv4Addr::new(10, 1, 1, 4).into();
        self
    }

    /// The answer.
    pub(crate) fn reply(self) -> Reply {
        router::answer(self.context, self.request)
    }

    /// Status and JSON of the answer.
    pub(crate) fn json(self) -> (u16, Value) {
        let reply = self.reply();
        (
            reply.status.as_u16(),
            serde_json::from_slice(&reply.body).unwrap_or(Value::Null),
        )
    }

    /// The JSON of an answer that must be 200.
    pub(crate) fn ok(self) -> Value {
        let url = format!("{}{}", self.request.host, self.request.path);
        let (status, body) = self.json();
        assert_eq!(status, 200, "{url}: {body}");
        body
    }
}

/// The folder of the official specifications; says so when nobody named one.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the specifications are not part of the repository: whoever runs the tests says where they are"
)]
pub(crate) fn specifications() -> Option<std::path::PathBuf> {
    let folder = std::env::var_os("XTENANT_SPECS").map(Into::into);
    if folder.is_none() {
        eprintln!("XTENANT_SPECS is unset: nothing is compared with the official specifications");
    }
    folder
}

/// A header of a reply.
pub(crate) fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply
        .headers
        .iter()
        .find(|(key, _)| *key == name)
        .map_or("", |(_, value)| value)
}
