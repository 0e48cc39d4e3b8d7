//! Healthy worlds whose services are slow and busy now and then: never red. And worlds that time heals: a change that is not
//! heard of everywhere, with the clock turned.
//!
//! `XTENANT_HEALTHY_RUNS=1000 cargo test --release -p xtenant --test all healthy` makes more runs (`.ci/healthy`).

use std::path::{Path, PathBuf};
use std::time::Duration;

use xtenant::chain;
use xtenant::engine::Options;
use xtenant::outcome::Outcome;
use xtenant::outcome::run::ChainReport;
use xtenant::plan::{Plan, Selection};
use xtenant::scenario::{self, Sources};
use xtenant::source::render;
use xtenant::target::ApiVersions;
use xtenant::target::mock::Stage;

use crate::drills::Nobody;
use crate::support::{copy, edit, root};

/// Runs of the test command.
const RUNS: u64 = 50;
/// Runs at the same time.
const AT_ONCE: u64 = 4;

const CHAINS: &[&str] = &[
    "cross-tenant-full",
    "cross-tenant-hub",
    "cross-tenant-mesh",
    "cross-tenant-vault",
    "same-tenant-vault",
];

/// What is wrong with the wire in a run.
fn disturbances(seed: u64) -> Vec<String> {
    let busy = |host: &str, status: u16, after: u64| {
        format!("status={status},host={host},probability=6%,retry-after={after},seed={seed}")
    };
    vec![
        busy("management.azure.com", 429, 1 + seed % 17),
        busy("graph.microsoft.com", 503, 2),
        format!("jitter=15ms,host=*.vault.azure.net,seed={seed}"),
        format!("jitter=15ms,host=login.microsoftonline.com,seed={seed}"),
        format!("dns-delay={}ms", seed % 9),
    ]
}

async fn run(stage: &Stage, path: &Path, wait: Duration, wire: &[String]) -> ChainReport {
    let scenario = scenario::load(path, &Sources::default())
        .unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
    let plan = Plan::new(&scenario, &Selection::default()).expect("everything is selected");
    let target = stage.set(&[]).await.expect("the world as written");
    stage.disturb(wire).expect("faults of the wire");
    let options = Options {
        wait,
        ..Options::default()
    };
    let versions = ApiVersions::default();
    let ran = chain::run(&scenario, &plan, &target, versions, options, &mut Nobody).await;
    ran.expect("the run ends")
}

async fn stage(world: &Path) -> Stage {
    // As the command line does; another test may have done so already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Stage::open(world)
        .await
        .unwrap_or_else(|error| panic!("{}", error.message))
}

/// Every `AT_ONCE`-th run, beginning with one of the first.
async fn some(first: u64, runs: u64) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, name) in CHAINS.iter().enumerate() {
        let folder = root().join("scenarios").join(name);
        let stage = stage(&folder.join("world.yaml")).await;
        let own = |seed: &u64| seed % CHAINS.len() as u64 == at as u64;
        for seed in (first..runs).step_by(AT_ONCE as usize).filter(own) {
            let path = folder.join("scenario.yaml");
            let wait = Duration::from_secs(300);
            let report = run(&stage, &path, wait, &disturbances(seed)).await;
            let bad = report.links.iter().filter(|link| !link.outcome.is_good());
            wrong.extend(bad.map(|link| {
                let why = link.reason.as_deref().unwrap_or_default();
                let word = link.outcome.word();
                format!(
                    "{name}, seed {seed}: {} is {word}: {why} {:?}",
                    link.id, link.findings
                )
            }));
            if let Some(first) = &report.first_cause {
                wrong.push(format!("{name}, seed {seed}: {first} leads"));
            }
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn healthy_worlds_are_never_red_however_slow_and_busy_they_are() {
    #[expect(
        clippy::disallowed_methods,
        reason = "how many runs whoever tests wants"
    )]
    let asked = std::env::var("XTENANT_HEALTHY_RUNS");
    let runs = asked
        .ok()
        .map_or(RUNS, |text| text.parse().expect("a number"));
    let all = (0..AT_ONCE).map(|first| tokio::spawn(some(first, runs)));
    let mut wrong = Vec::new();
    for part in all {
        wrong.extend(part.await.expect("it ends"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const VAULT: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv-resource";
const CREDENTIAL: &str = "0f000000-0000-4000-8000-000000000001";
const NET: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network";

/// A chain in its world with something on its way.
async fn on_its_way(chain: &str, row: &str, wait: u64) -> ChainReport {
    let copied = copy(chain);
    let rows = format!("propagation:\n  - {row}\n\nvantages:");
    let world = std::fs::read_to_string(&copied.world).expect("the world");
    if world.contains("\nvantages:") {
        edit(
            &copied.world,
            "vantages:\n  app:",
            &format!("{rows}\n  app:"),
        );
    } else {
        let text = format!("{world}\npropagation:\n  - {row}\n");
        std::fs::write(&copied.world, text).expect("written");
    }
    let stage = stage(&copied.world).await;
    let path: PathBuf = copied.scenario.clone();
    run(&stage, &path, Duration::from_secs(wait), &[]).await
}

fn is_green(report: &ChainReport) {
    let bad = report.links.iter().find(|link| !link.outcome.is_good());
    assert!(bad.is_none(), "{bad:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_on_its_way_is_waited_for_and_named_where_it_was_seen() {
    let id = format!(
        "{VAULT}/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-000000000003"
    );
    let row = format!("{{of: {id}, seconds: 480}}");
    let short = on_its_way("cross-tenant-vault", &row, 0).await;
    let secret = short.link("secret").expect("the link");
    assert_eq!(secret.findings[0].code, "secret-readable.no-role");
    assert!(secret.still_healing);
    let seen = &secret.explained_by[0];
    assert!(seen.link == "vault-role" && !seen.certain, "{seen:?}");
    let long = on_its_way("cross-tenant-vault", &row, 600).await;
    is_green(&long);
    let secret = long.link("secret").expect("the link");
    assert!(secret.tries > 3 && secret.milliseconds >= 480_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_some_replicas_know_has_to_be_found_good_twice() {
    let row = format!("{{of: {CREDENTIAL}, seconds: 480, flaps: true}}");
    let report = on_its_way("cross-tenant-vault", &row, 0).await;
    is_green(&report);
    let token = report.link("vault-token").expect("the link");
    assert!(token.failed_tries > 0, "{token:#?}");
    assert!(token.tries >= token.failed_tries + 2, "{token:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_and_a_commit_that_are_on_their_way_are_waited_for() {
    let zone = format!("{NET}/privateDnsZones/privatelink.vaultcore.azure.net");
    let row = format!("{{of: {zone}/A/kv-resource, seconds: 100}}");
    let report = on_its_way("cross-tenant-vault", &row, 300).await;
    is_green(&report);
    assert!(report.link("vault-name").expect("the link").tries > 1);
    let row = format!("{{of: {NET}/networkManagers/nm/commits/japanwest, seconds: 700}}");
    let copied = copy("cross-tenant-mesh");
    let world = std::fs::read_to_string(&copied.world).expect("the world");
    let (before, last) = world
        .rsplit_once("    type: Connectivity\n")
        .expect("a commit");
    let text = format!(
        "{before}    type: Connectivity\n    status: Deploying\n{last}\npropagation:\n  - {row}\n"
    );
    std::fs::write(&copied.world, text).expect("written");
    let stage = stage(&copied.world).await;
    let report = run(&stage, &copied.scenario, Duration::ZERO, &[]).await;
    is_green(&report);
    let deployed = report.link("deployed").expect("the link");
    assert!(deployed.tries > 1 && deployed.outcome == Outcome::Pass);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_service_is_asked_again_as_long_as_it_says_and_not_for_ever() {
    let folder = root().join("scenarios/same-tenant-vault");
    let stage = stage(&folder.join("world.yaml")).await;
    let path = folder.join("scenario.yaml");
    let busy = |times: u32| {
        vec![format!(
            "status=429,host=management.azure.com,path=*userAssignedIdentities*,retry-after=20,times={times}"
        )]
    };
    let report = run(&stage, &path, Duration::ZERO, &busy(3)).await;
    is_green(&report);
    let identity = report.link("identity").expect("the link");
    assert!(identity.tries == 1 && identity.milliseconds >= 60_000);
    let report = run(&stage, &path, Duration::ZERO, &busy(50)).await;
    assert_eq!(report.first_cause.as_deref(), Some("identity"));
    let identity = report.link("identity").expect("the link");
    assert_eq!(identity.outcome, Outcome::Error);
}
