//! The mock beside Azure's official specifications: every operation that stands there is asked, and what goes over the wire
//! is compared. Runs when `XTENANT_SPECS` names the folder of the specifications; says so when nobody named one.
//!
//! - [`spec`] the specifications, and the judge of an exchange · [`exchange`] a request and its answer
//! - [`client`] the mock of `world.yaml` · [`script`] the requests in `exercises/`
//! - [`examples`] the official examples as requests · [`graph`] answers of Microsoft Graph beside its CSDL
//! - [`coverage`] which operations were asked, and why the others were not · [`versions`] versions that stand for newer ones
//! - [`record`] the traffic for Azure's own validator (`oav`), and traffic that others recorded

#![expect(
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

mod client;
mod coverage;
mod examples;
mod exchange;
mod graph;
mod record;
mod script;
mod seeds;
mod spec;
mod versions;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use client::Client;
use coverage::Covered;
use examples::Tried;
use exchange::Exchange;
use graph::Metadata;
use serde_json::json;
use spec::Specifications;
use spec::judge::Judge;
use versions::VERSIONS;

/// Requests by topic, `exercises/<topic>.http`; each begins with a new world.
const EXERCISES: &[&str] = &[
    "authorization",
    "blob",
    "identity",
    "management-groups",
    "microsoft-graph",
    "network",
    "network-manager",
    "private-dns",
    "private-endpoints",
    "resources",
    "secrets",
    "storage-accounts",
    "vaults",
    "web",
];

/// The text of a topic.
fn exercise(topic: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specifications/exercises");
    let file = folder.join(format!("{topic}.http"));
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Names that every file of requests may use.
const NAMES: &[(&str, &str)] = &[
    (
        "home",
        "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
    ),
    (
        "theirs",
        "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb",
    ),
    ("app", "{home}/resourceGroups/app/providers"),
    (
        "net",
        "{home}/resourceGroups/net/providers/Microsoft.Network",
    ),
    ("data", "{theirs}/resourceGroups/data/providers"),
    ("tenant", client::HOME),
    ("their-tenant", client::RESOURCE),
];

/// The official specifications.
#[expect(
    clippy::disallowed_methods,
    reason = "the specifications are not part of the repository: whoever runs the tests says where they are"
)]
fn specifications() -> Option<Specifications> {
    let folder = std::env::var_os("XTENANT_SPECS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!(
            "NOT RUN: XTENANT_SPECS is unset, so nothing is compared with the official specifications"
        );
    }
    folder.map(|it| Specifications::load(&it))
}

/// Everything that is asked and compared: problems, and what was covered.
struct Outcome {
    covered: Covered,
    tried: Vec<Tried>,
    problems: Vec<String>,
}

fn everything(specifications: &Specifications) -> Outcome {
    let mut judge = Judge::new(specifications);
    let mut covered = Covered::default();
    let mut problems = Vec::new();
    let metadata = Metadata::load(specifications);
    let mut graph = graph::Compared::default();
    for topic in EXERCISES {
        let mut client = Client::new(specifications);
        problems.extend(script::run(&mut client, &exercise(topic), NAMES));
        problems.extend(judged(&mut judge, topic, &client.exchanges, &mut covered));
        for exchange in &client.exchanges {
            metadata.compare(exchange, &mut graph);
        }
        covered.exercised.append(&mut client.exercised);
        if let Some(folder) = record::folder() {
            record::write(&folder, topic, &client.exchanges);
        }
    }
    problems.extend(graph.findings);
    covered.objects = graph.objects;
    let tried = examples::try_all(specifications);
    for it in &tried {
        problems.extend(example_problems(&mut judge, it));
    }
    if let Some(folder) = record::folder() {
        let taken = tried.iter().map(|it| it.exchange.clone());
        record::write(&folder, "examples", &taken.collect::<Vec<_>>());
    }
    Outcome {
        covered,
        tried,
        problems,
    }
}

fn judged(
    judge: &mut Judge<'_>,
    topic: &str,
    exchanges: &[Exchange],
    covered: &mut Covered,
) -> Vec<String> {
    let mut problems = Vec::new();
    for exchange in exchanges {
        let Some(judged) = judge.judge(&versions::as_bundled(exchange.clone())) else {
            continue;
        };
        let operation = judged.operation;
        if exchange.is_success() {
            covered
                .compared
                .insert((operation.file.clone(), operation.id.clone()));
        }
        problems.extend(judged.findings.iter().map(|finding| {
            let line = exchange.line();
            format!(
                "{topic}: {} {line} {}: {finding}",
                operation.id, exchange.status
            )
        }));
    }
    problems
}

/// An official example is taken, and its answer is as documented; what the example itself has wrong is not ours.
fn example_problems(judge: &mut Judge<'_>, tried: &Tried) -> Vec<String> {
    let exchange = &tried.exchange;
    let said = format!(
        "example {}: {} {}",
        tried.name,
        exchange.line(),
        exchange.status
    );
    if exchange.is_success() {
        let excused = tried
            .excuse
            .map(|_| format!("{said}: is taken, but listed as refused"));
        let judged = judge.judge(exchange);
        let findings = judged.into_iter().flat_map(|it| it.findings);
        let ours = findings.filter(|it| it.starts_with("response"));
        let told = ours.map(|it| format!("{said}: {it}"));
        return told.chain(excused).collect();
    }
    let refused = tried.excuse.is_none();
    let answer = || String::from_utf8_lossy(&exchange.response_body).into_owned();
    refused
        .then(|| format!("{said}: {}", answer()))
        .into_iter()
        .collect()
}

#[test]
fn what_goes_over_the_wire_is_what_the_specifications_say() {
    let Some(specifications) = specifications() else {
        return;
    };
    let outcome = everything(&specifications);
    let mut problems = outcome.problems;
    let missing = coverage::missing(&outcome.covered);
    problems.extend(
        missing
            .iter()
            .map(|it| format!("is not asked by any exercise: {it}")),
    );
    tell(&specifications, &outcome.covered, &outcome.tried);
    assert!(
        problems.is_empty(),
        "{} problems:\n{}",
        problems.len(),
        problems.join("\n")
    );
    let page = coverage::page(&specifications, &outcome.covered, &outcome.tried);
    hold_page(&page);
}

/// Says what was compared, to whoever runs the tests.
fn tell(specifications: &Specifications, covered: &Covered, tried: &[Tried]) {
    let all = specifications.operations.iter();
    let all: BTreeSet<_> = all.map(|it| (it.file.clone(), it.id.clone())).collect();
    let taken = tried.iter().filter(|it| it.excuse.is_none()).count();
    // Not captured: it is a result, not a remark.
    let _ = writeln!(
        std::io::stderr(),
        "specifications: {} of {} bundled operations compared, {} operations of the tables asked, {taken} of {} official \
         examples of writes taken; the rest with its reasons in docs/specifications.md",
        covered.compared.len(),
        all.len(),
        covered.exercised.len(),
        tried.len(),
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever changes the tables says so by the environment"
)]
fn hold_page(page: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/specifications.md");
    if std::env::var_os("XTENANT_WRITE_SPECIFICATIONS").is_some() {
        std::fs::write(&file, page).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == page,
        "run: XTENANT_WRITE_SPECIFICATIONS=1 cargo test -p xtenant-mock-server --test specifications"
    );
}

#[test]
fn newer_versions_are_answered_as_the_bundled_ones() {
    let Some(specifications) = specifications() else {
        return;
    };
    let mut judge = Judge::new(&specifications);
    let mut problems = Vec::new();
    for stand in VERSIONS {
        let topic = if stand.hosts.contains("vault") {
            "secrets"
        } else {
            "blob"
        };
        let mut client = Client::new(&specifications);
        client.blob_version = Some(stand.sent);
        let sent = format!("api-version={}", stand.sent);
        let text = exercise(topic).replace("api-version=7.5", &sent);
        problems.extend(script::run(&mut client, &text, NAMES));
        let mut covered = Covered::default();
        problems.extend(judged(&mut judge, topic, &client.exchanges, &mut covered));
        assert!(
            covered.compared.len() > 5,
            "{} was not compared",
            stand.sent
        );
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Traffic that others recorded, or our own after it was written and read again.
#[test]
fn recorded_traffic_is_what_the_specifications_say() {
    let Some(specifications) = specifications() else {
        return;
    };
    let own = tempfile::tempdir().unwrap();
    let folder = record::recorded().unwrap_or_else(|| {
        let mut client = Client::new(&specifications);
        script::run(&mut client, &exercise("vaults"), NAMES);
        record::write(own.path(), "vaults", &client.exchanges);
        own.path().to_owned()
    });
    let mut judge = Judge::new(&specifications);
    let mut problems = Vec::new();
    let mut covered = Covered::default();
    for (file, exchange) in record::read(&folder) {
        problems.extend(judged(&mut judge, &file, &[exchange], &mut covered));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(!covered.compared.is_empty(), "nothing was compared");
}

#[test]
fn the_judge_finds_what_is_wrong() {
    let Some(specifications) = specifications() else {
        return;
    };
    let mut client = Client::new(&specifications);
    let vault = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.KeyVault/vaults/kv-home";
    let good = client.ask("GET", vault, &[], b"");
    let mut judge = Judge::new(&specifications);
    let mut findings = |change: &dyn Fn(&mut Exchange)| {
        let mut exchange = good.clone();
        change(&mut exchange);
        judge.judge(&exchange).unwrap().findings
    };
    assert_eq!(findings(&|_| {}), Vec::<String>::new());
    let body = |pointer: &'static str, value: serde_json::Value| {
        move |exchange: &mut Exchange| {
            let mut answer = exchange.answer();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            answer.pointer_mut(parent).unwrap()[name] = value.clone();
            exchange.response_body = answer.to_string().into_bytes();
        }
    };
    for (told, change) in [
        (
            "'extra' was unexpected",
            body("/properties/extra", json!(1)),
        ),
        (
            "is not one of",
            body("/properties/sku/name", json!("golden")),
        ),
        (
            "is not of type",
            body("/properties/enableRbacAuthorization", json!("yes")),
        ),
        ("is not a", body("/properties/tenantId", json!("home"))),
        ("properties", body("/properties", json!(null))),
    ] {
        let found = findings(&change).join("\n");
        assert!(found.contains(told), "{told}: {found}");
    }
    let status = findings(&|it| it.status = 299).join("\n");
    assert!(status.contains("status 299 is not documented"), "{status}");
    let query = findings(&|it| it.query.push(("x".to_owned(), "y".to_owned()))).join("\n");
    assert!(query.contains("query parameter x"), "{query}");
    let version = findings(&|it| it.query.clear()).join("\n");
    assert!(version.contains("api-version is missing"), "{version}");
}
