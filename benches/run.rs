//! How long do our own parts of a run take, and how much of a run is ours?
//!
//! - reading and planning a scenario of 1,000 links
//! - a whole run of `cross-tenant-full` on the embedded mock, and beside it the same requests, in the same order of
//!   phases, by a bare HTTP client: the ratio is printed after both
//! - starting and stopping the mock
//!
//! `cargo bench`. Nothing is asserted: on a shared machine times move by more than most changes do. What counts is the
//! ratio of two lines of one run.

use std::collections::HashMap;
use std::hint::black_box;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use futures::StreamExt;
use tokio::runtime::Runtime;
use xtenant::chain;
use xtenant::engine::Options;
use xtenant::event::{RunEvent, RunListener};
use xtenant::outcome::Exchange;
use xtenant::outcome::run::ChainReport;
use xtenant::plan::{Plan, Selection};
use xtenant::scenario::{Scenario, Sources, load, read};
use xtenant::source::SourceFile;
use xtenant::target::mock::MockTarget;
use xtenant::target::{ApiVersions, Target, Trust, mock};

/// Requests at the same time, as many as the engine's default.
const JOBS: usize = 16;
/// Runs of each side for the ratio.
const ROUNDS: u32 = 20;

/// Nobody watches.
struct Nobody;

impl RunListener for Nobody {
    fn event(&mut self, _: &RunEvent<'_>) {}
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/cross-tenant-full")
}

/// The bundled scenario, its identity links repeated until there are 1,000 links.
fn thousand() -> std::sync::Arc<SourceFile> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/same-tenant-vault/scenario.yaml");
    let mut text = std::fs::read_to_string(path).expect("the bundled scenario");
    let identity = "/subscriptions/${subscription}/resourceGroups/app/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders";
    for number in text.matches("- id: ").count()..1000 {
        text.push_str(&format!(
            "  - id: link-{number}\n    managed-identity-exists:\n      identity: \"{identity}\"\n"
        ));
    }
    SourceFile::new("scenario.yaml", text)
}

fn reading(criterion: &mut Criterion) {
    let file = thousand();
    criterion.bench_function("read a scenario of 1,000 links", |bencher| {
        bencher.iter(|| black_box(read(&file, &Sources::default()).expect("it loads")));
    });
    let scenario = read(&file, &Sources::default()).expect("it loads");
    criterion.bench_function("plan a scenario of 1,000 links", |bencher| {
        bencher.iter(|| black_box(Plan::of(&scenario, &Selection::default())));
    });
}

async fn embedded() -> MockTarget {
    let opened = mock::embed(&folder().join("world.yaml"), &[]).await;
    opened
        .map_err(|error| error.message)
        .expect("the mock starts")
}

async fn run(scenario: &Scenario, plan: &Plan, target: &Target) -> ChainReport {
    let (versions, options) = (ApiVersions::default(), Options::default());
    chain::run(scenario, plan, target, versions, options, &mut Nobody)
        .await
        .expect("the run ends")
}

/// A request of a run, as a bare client sends it.
struct Bare {
    url: String,
    post: bool,
}

/// The GETs of a run, each once, as it sent them; what needs an assertion or a body is left out on this side only, which
/// makes the bare client look faster than it is.
fn requests(report: &ChainReport) -> Vec<Bare> {
    let exchanges = report.links.iter().flat_map(|link| &link.evidence.0);
    exchanges
        .filter_map(|exchange| match exchange {
            Exchange::Http(http) if !http.shared && http.url.starts_with("https://") => {
                Some(Bare {
                    url: http.url.clone(),
                    post: http.method == "POST",
                })
            }
            _ => None,
        })
        .collect()
}

/// A client that knows where every host is, and nothing else.
async fn bare_client(target: &Target, requests: &[Bare]) -> reqwest::Client {
    let Trust::Only(authorities) = &target.trust else {
        panic!("a mock has its own CA")
    };
    let roots = authorities
        .iter()
        .map(|der| reqwest::Certificate::from_der(der).expect("a certificate"));
    #[expect(
        clippy::disallowed_methods,
        reason = "the bare client that ours is compared with"
    )]
    let mut builder = reqwest::Client::builder().tls_certs_only(roots).no_proxy();
    let mut known: HashMap<String, SocketAddr> = HashMap::new();
    for request in requests {
        let url: reqwest::Url = request.url.parse().expect("a URL");
        let host = url.host_str().expect("a host").to_owned();
        if !known.contains_key(&host) {
            let front_door: SocketAddr = "203.0.113.20:443".parse().expect("an address");
            let door = target
                .network
                .dial("internet", front_door)
                .await
                .expect("a door");
            builder = builder.resolve(&host, door);
            known.insert(host, door);
        }
    }
    builder.build().expect("a client")
}

/// Sends every request; any answer counts, because the work of asking is what is compared.
async fn replay(client: &reqwest::Client, requests: &[Bare]) -> usize {
    let sent = requests.iter().map(|request| async move {
        let builder = if request.post {
            client.post(&request.url)
        } else {
            client.get(&request.url)
        };
        let answer = builder.send().await.expect("an answer");
        answer.bytes().await.expect("a body").len()
    });
    futures::stream::iter(sent)
        .buffer_unordered(JOBS)
        .fold(0, |sum, length| async move { sum + length })
        .await
}

fn running(criterion: &mut Criterion) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = Runtime::new().expect("a runtime");
    let scenario = load(&folder().join("scenario.yaml"), &Sources::default())
        .expect("the bundled scenario loads");
    let plan = Plan::of(&scenario, &Selection::default());
    let opened = runtime.block_on(embedded());
    let report = runtime.block_on(run(&scenario, &plan, &opened.target));
    let requests = requests(&report);
    let name = format!(
        "run cross-tenant-full ({} links, {} requests)",
        plan.links.len(),
        requests.len()
    );
    criterion.bench_function(&name, |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| run(&scenario, &plan, &opened.target));
    });
    criterion.bench_function("the same requests by a bare client", |bencher| {
        bencher.to_async(&runtime).iter(|| async {
            let client = bare_client(&opened.target, &requests).await;
            black_box(replay(&client, &requests).await)
        });
    });
    let ours = median(|| drop(runtime.block_on(run(&scenario, &plan, &opened.target))));
    let bare = median(|| {
        runtime.block_on(async {
            let client = bare_client(&opened.target, &requests).await;
            black_box(replay(&client, &requests).await);
        });
    });
    println!(
        "ratio: a run takes {:.1} times as long as its bare requests ({ours:?} to {bare:?}, medians of {ROUNDS})",
        ours.as_secs_f64() / bare.as_secs_f64()
    );
}

/// The median time of some rounds.
fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn starting(criterion: &mut Criterion) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = Runtime::new().expect("a runtime");
    criterion.bench_function("start and stop the mock of cross-tenant-full", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| async { drop(embedded().await) });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = reading, running, starting
}
criterion_main!(benches);
