//! How does the mock's cost grow with its world? Prints loading, building, writing and a list page for some sizes:
//! `cargo run --release -p xtenant-mock-server --example large_world -- 1000 10000 100000`.

#![expect(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement: it prints, fails at once, and is a client of its own"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use xtenant_mock_server::store::State;
use xtenant_mock_server::{Options, World, serve};
use xtenant_source::SourceFile;

const SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
const EXAMPLE: &str = include_str!("../../scenarios/cross-tenant-vault/world.yaml");

/// The example world with so many networks more, in groups of a hundred.
fn yaml(count: usize) -> String {
    let mut more = String::new();
    for at in 0..count {
        let group = at / 100;
        writeln!(
            more,
            "  - id: {SUBSCRIPTION}/resourceGroups/g{group}/providers/Microsoft.Network/virtualNetworks/n{at}\n    location: westeurope\n    properties:\n      addressSpace: {{addressPrefixes: [10.200.0.0/24]}}\n      subnets: []"
        )
        .unwrap();
    }
    EXAMPLE.replacen("\nresources:\n", &format!("\nresources:\n{more}"), 1)
}

fn timed<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let value = run();
    print!("  {what} {:.1} ms", began.elapsed().as_secs_f64() * 1000.0);
    value
}

fn load(name: &str, text: String) -> World {
    let file = SourceFile::new(name, text);
    World::parse(&file)
        .unwrap_or_else(|problems| panic!("{}", xtenant_source::render(&problems, false)))
}

async fn page(client: &reqwest::Client, url: &str, token: &str) -> Duration {
    let began = Instant::now();
    let reply = client.get(url).bearer_auth(token).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    reply.bytes().await.unwrap();
    began.elapsed()
}

async fn pages(world: World) {
    let mock = serve(Options::of_world(world)).await.unwrap();
    let scope = "https://management.azure.com/.default";
    let token = mock.control.token("home-auditor", scope).unwrap().token;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ca = reqwest::Certificate::from_pem(mock.coordinates.ca_pem.as_bytes()).unwrap();
    let client = reqwest::Client::builder()
        .tls_certs_only([ca])
        .no_proxy()
        .resolve("management.azure.com", mock.coordinates.https)
        .build()
        .unwrap();
    let lists = "providers/Microsoft.Network/virtualNetworks?api-version=2024-05-01";
    for (what, path) in [
        ("page of the subscription", String::new()),
        ("page of a group", "resourceGroups/g0/".to_owned()),
        ("one", "resourceGroups/net/".to_owned()),
    ] {
        let list = if what == "one" {
            lists.replace("virtualNetworks", "virtualNetworks/home")
        } else {
            lists.to_owned()
        };
        let url = format!("https://management.azure.com{SUBSCRIPTION}/{path}{list}");
        let mut times = Vec::new();
        for _ in 0..31 {
            times.push(page(&client, &url, &token).await);
        }
        times.sort();
        print!("  {what} {:.2} ms", times[15].as_secs_f64() * 1000.0);
    }
    mock.stop().await;
}

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    for count in std::env::args()
        .skip(1)
        .map(|it| it.parse::<usize>().unwrap())
    {
        print!("{count}:");
        let text = yaml(count);
        let world = timed("yaml", || load("world.yaml", text));
        let json = serde_json::to_string(&world).unwrap();
        timed("json", || load("world.json", json));
        let state = timed("build", || State::build(&world).unwrap());
        timed("export", || state.export(&world));
        pages(world).await;
        println!();
    }
}
