//! How long do our own parts of a run take: reading and planning a scenario, and a whole run on the embedded mock?
//!
//! `cargo bench`. Nothing is asserted: on a shared machine times move by more than most changes do. Compare the two
//! lines of one run with each other.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use xtenant::chain;
use xtenant::engine::Options;
use xtenant::event::{RunEvent, RunListener};
use xtenant::plan::{Plan, Selection};
use xtenant::scenario::{Scenario, Sources, load};
use xtenant::target::{ApiVersions, mock};

/// Nobody watches.
struct Nobody;

impl RunListener for Nobody {
    fn event(&mut self, _: &RunEvent<'_>) {}
}

fn scenario() -> Scenario {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/cross-tenant-vault/scenario.yaml");
    load(&path, &Sources::default()).expect("the bundled scenario loads")
}

fn reading(criterion: &mut Criterion) {
    criterion.bench_function("read a scenario of 19 links", |bencher| {
        bencher.iter(|| black_box(scenario()))
    });
    let scenario = scenario();
    criterion.bench_function("plan a scenario of 19 links", |bencher| {
        bencher.iter(|| black_box(Plan::of(&scenario, &Selection::default())));
    });
}

fn running(criterion: &mut Criterion) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let scenario = scenario();
    let plan = Plan::of(&scenario, &Selection::default());
    let world =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/cross-tenant-vault/world.yaml");
    let opened = runtime
        .block_on(mock::embed(&world, &[]))
        .map_err(|error| error.message)
        .expect("the mock starts");
    criterion.bench_function(
        "run a scenario of 19 links on the embedded mock",
        |bencher| {
            bencher.to_async(&runtime).iter(|| async {
                let (versions, options) = (ApiVersions::default(), Options::default());
                chain::run(
                    &scenario,
                    &plan,
                    &opened.target,
                    versions,
                    options,
                    &mut Nobody,
                )
                .await
            });
        },
    );
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = reading, running
}
criterion_main!(benches);
