//! How much of a request is the mock's own work? Each row is the mock beside a bare hyper and rustls handler that sends the
//! same bytes, asked by the same client in the same process, one after the other: only the ratio says something.
//!
//! `cargo bench -p xtenant-mock-server`. Rows: a GET of ARM over TLS with the token and rights checked on each, the token
//! endpoint beside a handler that signs, and the 99th percentile of a GET while token clients sign beside it. For the last
//! one the bare handlers sign on their I/O workers, and then on other threads: what a machine of few cores does to a GET
//! while all of them sign, whoever serves it. Last, worlds of 100 to 100,000 resources: loading, and a page of a list.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot measure ends, and prints what it measured"
)]

mod bare;
mod growth;
mod load;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bare::On;
use load::{Asked, Load, Site, measure};
use xtenant_mock_server::{IdentityEndpoint, Mock, Options, serve};

/// Connections at the same time.
const CONNECTIONS: usize = 64;
/// Clients of the token endpoint beside a plain GET.
const TOKEN_CLIENTS: usize = 16;
/// How long a side is asked.
const SPAN: Duration = Duration::from_secs(4);
const NETWORK: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/home?api-version=2024-01-01";
const ARM: &str = "management.azure.com";
const LOGIN: &str = "login.microsoftonline.com";

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(run());
}

async fn run() {
    let world =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/cross-tenant-full/world.yaml");
    let mock = serve(Options::of_file(world))
        .await
        .expect("the mock starts");
    let arm = Site::new(ARM, mock.coordinates.https, &mock.coordinates.ca_pem);
    let get = Asked::get(NETWORK, &arm_token(&mock).await);
    reading(&arm, &get).await;
    let login = Site::new(LOGIN, mock.coordinates.https, &mock.coordinates.ca_pem);
    let exchange = exchange(&mock).await;
    signing(&login, &exchange).await;
    beside(&arm, &get, &login, &exchange).await;
    mock.stop().await;
    growth::growing().await;
}

async fn arm_token(mock: &Mock) -> String {
    let control = Arc::clone(&mock.control);
    let asking = move || control.token("home-auditor", "https://management.azure.com/.default");
    let issued = tokio::task::spawn_blocking(asking).await.expect("it ends");
    issued.expect("a token").token
}

/// The second step of the chain: the managed identity's token for one of the other tenant.
async fn exchange(mock: &Mock) -> Asked {
    let vantages = &mock.coordinates.vantages;
    let endpoint = vantages.iter().find_map(|it| match &it.managed_identity {
        Some(IdentityEndpoint::Imds { endpoint, .. }) => Some(endpoint.clone()),
        _ => None,
    });
    let url = format!(
        "{}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api://AzureADTokenExchange",
        endpoint.expect("a machine with an identity")
    );
    let assertion = load::identity_token(&url).await;
    Asked::exchange(
        "/22222222-2222-2222-2222-222222222222/oauth2/v2.0/token",
        "cccccccc-cccc-cccc-cccc-cccccccccccc",
        &assertion,
    )
}

/// A GET with its token and rights checked, beside the same bytes for nothing.
async fn reading(arm: &Site, get: &Asked) {
    let body = arm.once(get).await;
    let bare = bare::serve(ARM, On::IoWorkers, move || body.clone()).await;
    let ours = measure(arm, get, CONNECTIONS, SPAN).await;
    let theirs = measure(&bare, get, CONNECTIONS, SPAN).await;
    told("GET of ARM, 64 connections", &ours, &theirs);
}

/// An exchange beside a handler that makes one signature.
async fn signing(login: &Site, exchange: &Asked) {
    let bare = signing_site(login, exchange, On::IoWorkers).await;
    let ours = measure(login, exchange, TOKEN_CLIENTS, SPAN).await;
    let theirs = measure(&bare, exchange, TOKEN_CLIENTS, SPAN).await;
    told("token endpoint, 16 connections", &ours, &theirs);
}

/// A bare token endpoint: one signature, and the bytes of the mock's answer.
async fn signing_site(login: &Site, exchange: &Asked, on: On) -> Site {
    let body = login.once(exchange).await;
    let signer = bare::signer();
    let make = move || {
        signer.sign(&body);
        body.clone()
    };
    bare::serve(LOGIN, on, make).await
}

/// A plain GET alone, and while token clients ask beside it: of the mock, and of bare handlers.
async fn beside(arm: &Site, get: &Asked, login: &Site, exchange: &Asked) {
    let body = arm.once(get).await;
    let bare = bare::serve(ARM, On::IoWorkers, move || body.clone()).await;
    let on_workers = signing_site(login, exchange, On::IoWorkers).await;
    let on_others = signing_site(login, exchange, On::Others).await;
    for (what, arm, login) in [
        ("mock", arm, login),
        ("bare, signing on its I/O workers", &bare, &on_workers),
        ("bare, signing on other threads", &bare, &on_others),
    ] {
        let alone = measure(arm, get, 1, SPAN).await;
        let (loaded, tokens) = tokio::join!(
            measure(arm, get, 1, SPAN),
            measure(login, exchange, TOKEN_CLIENTS, SPAN)
        );
        println!(
            "p99 of one GET, {what}: alone {:?}, beside {TOKEN_CLIENTS} token clients {:?} (p50 {:?}, {:.0} tokens/s)",
            alone.percentile(99),
            loaded.percentile(99),
            loaded.percentile(50),
            tokens.rate()
        );
    }
}

fn told(what: &str, ours: &Load, bare: &Load) {
    println!(
        "{what}: mock {:.0}/s, bare {:.0}/s, ratio {:.2}; p99 {:?} and {:?}",
        ours.rate(),
        bare.rate(),
        ours.rate() / bare.rate(),
        ours.percentile(99),
        bare.percentile(99)
    );
}
