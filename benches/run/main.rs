//! How long do our own parts of a run take, and how much of a run is ours?
//!
//! - reading and planning a scenario of 1,000 links
//! - a whole run of `cross-tenant-full` on the embedded mock, and beside it the same requests by a bare HTTP client
//!   ([`bare`]): the ratio is printed after both
//! - starting and stopping the mock
//!
//! `cargo bench`. Nothing is asserted: on a shared machine times move by more than most changes do. What counts is the
//! ratio of two lines of one run.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark that cannot measure ends, and prints what it measured"
)]

mod bare;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bare::Replay;
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Runtime;
use xtenant::chain;
use xtenant::engine::Options;
use xtenant::event::{RunEvent, RunListener};
use xtenant::outcome::run::ChainReport;
use xtenant::plan::{Plan, Selection};
use xtenant::scenario::{Scenario, Sources, load, read};
use xtenant::source::SourceFile;
use xtenant::target::mock::MockTarget;
use xtenant::target::{ApiVersions, Target, mock};

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

fn running(criterion: &mut Criterion) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = Runtime::new().expect("a runtime");
    let scenario = load(&folder().join("scenario.yaml"), &Sources::default())
        .expect("the bundled scenario loads");
    let plan = Plan::of(&scenario, &Selection::default());
    let opened = runtime.block_on(embedded());
    let report = runtime.block_on(run(&scenario, &plan, &opened.target));
    let replay = runtime.block_on(Replay::of(&report, &scenario, &opened.target));
    let name = format!(
        "run cross-tenant-full ({} links, {} requests)",
        plan.links.len(),
        replay.len()
    );
    criterion.bench_function(&name, |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| run(&scenario, &plan, &opened.target));
    });
    criterion.bench_function("the same requests by a bare client", |bencher| {
        bencher.to_async(&runtime).iter(|| async {
            let client = replay.client();
            black_box(replay.send(&client).await)
        });
    });
    let ours = median(|| drop(runtime.block_on(run(&scenario, &plan, &opened.target))));
    let bare = median(|| {
        runtime.block_on(async {
            let client = replay.client();
            black_box(replay.send(&client).await);
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
