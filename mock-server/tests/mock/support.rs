//! A mock of the example world (perhaps changed), and clients that dial its doors.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use reqwest::{Client, Response};
use serde_json::Value;
use xtenant_mock_server::fabric::addresses::{IMDS, front_door};
use xtenant_mock_server::{Dial, Mock, Options, World, serve};

pub(crate) const HOME: &str = "11111111-1111-1111-1111-111111111111";
pub(crate) const RESOURCE: &str = "22222222-2222-2222-2222-222222222222";
pub(crate) const APPLICATION: &str = "cccccccc-cccc-cccc-cccc-cccccccccccc";
pub(crate) const IDENTITY_CLIENT: &str = "dddddddd-dddd-dddd-dddd-dddddddddddd";
pub(crate) const IDENTITY_PRINCIPAL: &str = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee";
pub(crate) const EXCHANGE: &str = "api://AzureADTokenExchange";
pub(crate) const VAULT_SCOPE: &str = "https://vault.azure.net/.default";
pub(crate) const NETWORK: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home";
pub(crate) const IDENTITY: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders";

pub(crate) fn example_path() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../scenarios/cross-tenant-vault/world.yaml"
    ))
}

pub(crate) fn example() -> World {
    World::load(&example_path()).unwrap()
}

pub(crate) async fn start() -> Mock {
    serve(Options::of_file(example_path())).await.unwrap()
}

pub(crate) async fn start_with(change: impl FnOnce(&mut World)) -> Mock {
    let mut world = example();
    change(&mut world);
    serve(Options::of_world(world)).await.unwrap()
}

/// Where to dial for a world address.
pub(crate) async fn door(mock: &Mock, vantage: &str, address: Ipv4Addr, port: u16) -> SocketAddr {
    match mock.control.dial(vantage, address, port).await.unwrap() {
        Dial::Open(address) => address,
        other => panic!("{vantage} does not reach {address}:{port}: {other:?}"),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a client of the mock, not of the tool"
)]
pub(crate) fn client(mock: &Mock, hosts: &[(&str, SocketAddr)]) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ca = reqwest::Certificate::from_pem(mock.coordinates.ca_pem.as_bytes()).unwrap();
    let builder = Client::builder().tls_certs_only([ca]).no_proxy();
    hosts
        .iter()
        .fold(builder, |builder, (host, address)| {
            builder.resolve(host, *address)
        })
        .build()
        .unwrap()
}

/// A client for a host, as seen from a vantage over the public path.
pub(crate) async fn public(mock: &Mock, vantage: &str, host: &str) -> Client {
    let address = door(mock, vantage, front_door(host).unwrap(), 443).await;
    client(mock, &[(host, address)])
}

pub(crate) async fn json(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = response.text().await.unwrap();
    (
        status,
        serde_json::from_str(&body).unwrap_or(Value::String(body)),
    )
}

/// The answer of IMDS at the vantage `app`.
pub(crate) async fn imds(mock: &Mock, query: &[(&str, &str)]) -> (u16, Value) {
    let address = door(mock, "app", IMDS, 80).await;
    let url = format!("http://{address}/metadata/identity/oauth2/token");
    let request = client(mock, &[])
        .get(url)
        .query(&[("api-version", "2018-02-01")])
        .query(query);
    json(request.header("Metadata", "true").send().await.unwrap()).await
}

/// A token of the workload's identity.
pub(crate) async fn identity_token(mock: &Mock, resource: &str) -> String {
    let (status, body) = imds(
        mock,
        &[("resource", resource), ("client_id", IDENTITY_CLIENT)],
    )
    .await;
    assert_eq!(status, 200, "{body}");
    body["access_token"].as_str().unwrap().to_owned()
}

/// The answer of the v2.0 token endpoint of a tenant.
pub(crate) async fn post_token(mock: &Mock, tenant: &str, form: &[(&str, &str)]) -> (u16, Value) {
    post_form(
        mock,
        &format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"),
        form,
    )
    .await
}

pub(crate) async fn post_form(mock: &Mock, url: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let client = public(mock, "app", "login.microsoftonline.com").await;
    json(client.post(url).form(form).send().await.unwrap()).await
}

pub(crate) fn exchange_form<'a>(assertion: &'a str, scope: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("grant_type", "client_credentials"),
        ("client_id", APPLICATION),
        ("scope", scope),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", assertion),
    ]
}

/// The whole exchange at the resource tenant.
pub(crate) async fn exchange(mock: &Mock, scope: &str) -> (u16, Value) {
    let assertion = identity_token(mock, EXCHANGE).await;
    post_token(mock, RESOURCE, &exchange_form(&assertion, scope)).await
}

/// The claims of a token, unverified.
pub(crate) fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(payload)
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

pub(crate) fn code(body: &Value) -> u64 {
    body["error_codes"][0].as_u64().unwrap_or_default()
}
