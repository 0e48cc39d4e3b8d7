//! Every row of every drill: the fault turns exactly that link red first, with that cause and owner; what depends on
//! it is blocked, nothing before it is red. And nothing is forgotten: every fault has a row, every cause has a fault.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use futures::StreamExt;
use xtenant::chain;
use xtenant::checks::{KINDS, kind};
use xtenant::drill::DrillFile;
use xtenant::drill::file::{DRILL_NAME, Row};
use xtenant::drill::told::TOLD;
use xtenant::engine::Options;
use xtenant::event::{RunEvent, RunListener};
use xtenant::outcome::run::ChainReport;
use xtenant::outcome::{IF_KNOWN, LinkReport, OTHERWISE, Outcome};
use xtenant::plan::{Plan, Selection};
use xtenant::scenario::{self, Sources};
use xtenant::source::render;
use xtenant::target::{ApiVersions, mock};

use crate::fixes;
use crate::support::root;

/// Causes that no world can produce, each with the reason: `docs/design/005-what-cannot-be-observed.md` holds them too.
const WITHOUT_FAULT: &[(&str, &str)] = &[
    (
        "scope-connection-connected.unknown-state",
        "the states are an open list in ARM, and the mock knows the documented words only",
    ),
    (
        "network-manager-connection-connected.unknown-state",
        "the states are an open list in ARM, and the mock knows the documented words only",
    ),
    (
        "connectivity-deployed.unknown-state",
        "the states are an open list in ARM, and the mock knows the documented words only",
    ),
    (
        "private-endpoint-approved.no-connection",
        "ARM makes no endpoint without a connection, and the mock refuses a world with one",
    ),
    (
        "private-endpoint-approved.unknown-state",
        "the status is free text in ARM, and the mock knows the four documented words only",
    ),
    (
        "private-endpoint-connection-approved.unknown-state",
        "the status is free text in ARM, and the mock knows the four documented words only",
    ),
    (
        "virtual-network-peering-connected.unknown-state",
        "the states are an open list in ARM, and the mock knows the documented words only",
    ),
    (
        "no-foreign-private-endpoints.unknown-state",
        "the status is free text in ARM, and the mock knows the four documented words only",
    ),
    (
        "routes-effective.gateway-route-wins",
        "the mock has no gateways that learn routes",
    ),
    (
        "routes-effective.other-way",
        "a scenario that names the other way provokes it, no world does",
    ),
    (
        "network-watcher-reachable.no-watcher",
        "the mock has a network watcher in every region with a network, as Azure makes them",
    ),
    (
        "network-watcher-reachable.watcher-not-provisioned",
        "Azure makes network watchers itself, and the mock has them provisioned",
    ),
    (
        "network-watcher-reachable.name-not-resolved",
        "the bundled machine connects to an address; a scenario that names a host provokes it",
    ),
    (
        "network-watcher-reachable.guest-firewall",
        "the mock has no guest operating systems",
    ),
    (
        "network-watcher-reachable.socket-bind",
        "the mock has no guest operating systems",
    ),
    (
        "network-watcher-reachable.port-throttled",
        "the mock has no guest operating systems",
    ),
    (
        "network-watcher-reachable.degraded",
        "the mock loses all probes or none",
    ),
    (
        "federated-credential-matches.identity-in-other-tenant",
        "a scenario that names an identity of another tenant provokes it; of a world, managed-identity-exists.wrong-tenant tells it first",
    ),
    (
        "token-exchanged.scope-malformed",
        "a scenario that asks for such a scope provokes it, no world does",
    ),
    (
        "token-exchanged.secret-refused",
        "only an identity with a client secret meets it, and the mock stands in for those",
    ),
    (
        "token-exchanged.wrong-tenant",
        "Entra issues no token for another tenant or issuer than was asked; only something on the way could",
    ),
    (
        "token-exchanged.wrong-audience",
        "Entra issues no token for another service than was asked; only something on the way could",
    ),
    (
        "token-exchanged.wrong-application",
        "Entra issues no token to another application than asked; only something on the way could",
    ),
    (
        "token-exchanged.short-lived",
        "Entra issues no token of less than ten minutes; only a cache or a wrong clock here could",
    ),
    (
        "token-exchanged.expired",
        "Entra issues no expired token; only a cache or a wrong clock here could",
    ),
    (
        "secret-readable.wrong-tenant",
        "a scenario whose workload is a managed identity of another tenant provokes it; the bundled ones expect it (`isolation`)",
    ),
    (
        "secret-readable.network-perimeter",
        "the mock has no network security perimeters",
    ),
    (
        "secret-readable.wrong-audience",
        "the client asks for the audience of vaults itself; only another cloud than declared could refuse it",
    ),
    (
        "secret-readable.public-source",
        "the mock has no network address translation between a private endpoint and its callers",
    ),
    (
        "blob-readable.anonymous",
        "the client always sends a token; only something on the way could drop it",
    ),
    (
        "tcp-reachable.refused",
        "nothing that the mock's world has is there and refuses port 443",
    ),
    (
        "tcp-reachable.no-address",
        "an endpoint without an address is told by private-endpoint-approved.no-address, whose facts are then missing",
    ),
    (
        "public-access-closed.answers",
        "the mock's services obey their settings at once",
    ),
    (
        "registry-pullable.layer-not-found",
        "the mock's registries hold every layer that their manifests name",
    ),
    (
        "registry-pullable.corrupt",
        "the mock's registries name contents by their digests; only something on the way could change them",
    ),
    (
        "endpoint-answers.redirected",
        "the mock has no App Service Authentication, and nothing else of it leads elsewhere",
    ),
    (
        "endpoint-answers.token-refused",
        "the mock has no App Service Authentication",
    ),
    (
        "endpoint-answers.closed",
        "a scenario whose path is `any` meets it; the bundled ones name the endpoint's addresses, and are told the public path",
    ),
];

/// Nobody watches.
pub(crate) struct Nobody;

impl RunListener for Nobody {
    fn event(&mut self, _: &RunEvent<'_>) {}
}

/// Folders of the bundled scenarios, each with its drill.
pub(crate) fn drills() -> Vec<(PathBuf, DrillFile)> {
    let mut found = Vec::new();
    for path in scenario::find(&[root().join("scenarios")]).expect("the bundled scenarios") {
        let folder = path.parent().expect("a folder").to_owned();
        let drill = DrillFile::read(&folder.join(DRILL_NAME))
            .unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
        found.push((folder, drill));
    }
    found
}

/// The rows that tell something.
pub(crate) fn telling(drill: &DrillFile) -> impl Iterator<Item = &Row> {
    drill.rows().filter(|row| row.nothing.is_none())
}

/// The scenario files of a folder: every YAML file that is neither its world nor its drill.
pub(crate) fn scenarios(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).expect("the folder is there");
    let is_scenario = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| {
            name.ends_with(".yaml") && !["world.yaml", "drill.yaml"].contains(&name)
        })
    };
    files
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(is_scenario)
        .collect()
}

/// Runs a scenario in its world with these faults.
pub(crate) async fn run(path: &Path, faults: &[String]) -> ChainReport {
    // As the command line does; another test may have done so already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let scenario = scenario::load(path, &Sources::default())
        .unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
    let plan = Plan::new(&scenario, &Selection::default()).expect("everything is selected");
    let opened = mock::embed(&path.with_file_name("world.yaml"), faults)
        .await
        .unwrap_or_else(|error| panic!("{faults:?}: {}", error.message));
    let report = chain::run(
        &scenario,
        &plan,
        &opened.target,
        ApiVersions::default(),
        Options::default(),
        &mut Nobody,
    )
    .await;
    report.expect("the run ends")
}

/// Links that need `id`, directly or not.
fn dependants<'a>(report: &'a ChainReport, id: &str) -> Vec<&'a LinkReport> {
    let mut found: BTreeSet<&str> = BTreeSet::from([id]);
    loop {
        let before = found.len();
        let more: Vec<&str> = report
            .links
            .iter()
            .filter(|link| link.needs.iter().any(|need| found.contains(need.as_str())))
            .map(|link| link.id.as_str())
            .collect();
        found.extend(more);
        if found.len() == before {
            return report
                .links
                .iter()
                .filter(|link| link.id != id && found.contains(link.id.as_str()))
                .collect();
        }
    }
}

/// What is wrong with a row's run, if anything.
pub(crate) fn complaints(row: &Row, report: &ChainReport, scenario: &str) -> Vec<String> {
    let told = report.links.iter();
    let mut wrong: Vec<String> = told
        .flat_map(|link| fixes::complaints(link, report, scenario))
        .collect();
    let Some(link) = report.link(&row.link) else {
        return vec![format!("there is no link {}", row.link)];
    };
    let check = row.cause.split('.').next().unwrap_or_default();
    let warns = kind(check).is_some_and(|kind| {
        kind.card
            .warnings
            .iter()
            .any(|cause| row.cause.ends_with(&format!(".{}", cause.id)))
    });
    let leads = row.first.as_ref().unwrap_or(&row.link);
    let expected = (!warns).then(|| leads.clone());
    if report.first_cause != expected {
        wrong.push(format!(
            "first cause {:?}, expected {expected:?}",
            report.first_cause
        ));
    }
    match link
        .findings
        .iter()
        .find(|finding| finding.code == row.cause)
    {
        None => wrong.push(format!(
            "{} is {} with {:?} ({:?})",
            link.id,
            link.outcome.word(),
            link.findings
                .iter()
                .map(|finding| finding.code.as_str())
                .collect::<Vec<_>>(),
            link.reason
        )),
        Some(finding) => {
            let owner = finding.owner.as_ref().map(|owner| owner.name.clone());
            if owner != row.owner {
                wrong.push(format!("owner {owner:?}, expected {:?}", row.owner));
            }
            if finding.says.contains('?') {
                wrong.push(format!(
                    "a value of the sentence is not known: {}",
                    finding.says
                ));
            }
            let cause = kind(check).and_then(|kind| {
                kind.card
                    .cause(row.cause.split_once('.').unwrap_or_default().1)
            });
            let own = |template: &&&str| {
                let is_conditional =
                    template.starts_with(OTHERWISE) || template.starts_with(IF_KNOWN);
                !is_conditional && !template.starts_with("# as ")
            };
            let templates = cause.map_or(0, |cause| cause.fix.iter().filter(own).count());
            let typed = finding.fix.iter().filter(|line| !line.starts_with("# as "));
            let yields = finding.fix.iter().any(|line| line.starts_with("# see "));
            if typed.count() < templates && !yields {
                wrong.push(format!(
                    "{} of {templates} commands are complete: {:?}",
                    finding.fix.len(),
                    finding.fix
                ));
            }
        }
    }
    if warns {
        wrong.extend(
            report
                .links
                .iter()
                .filter(|link| link.outcome.is_red())
                .map(|link| format!("{} is red", link.id)),
        );
    } else {
        let dependants = dependants(report, &row.link);
        wrong.extend(
            dependants
                .iter()
                .filter(|own| own.outcome != Outcome::Blocked)
                .map(|own| format!("{} is {}, expected blocked", own.id, own.outcome.word())),
        );
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_is_caught_with_its_cause_and_owner() {
    let drills = drills();
    let rows: Vec<(PathBuf, Row)> = drills
        .iter()
        .flat_map(|(folder, drill)| {
            telling(drill).map(|row| (folder.join(&row.scenario), row.clone()))
        })
        .collect();
    assert!(!rows.is_empty());
    let runs = rows.into_iter().map(|(path, row)| async move {
        let report = run(&path, &[format!("{}@{}", row.fault, row.at)]).await;
        let scenario = std::fs::read_to_string(&path).expect("the scenario is there");
        let wrong = complaints(&row, &report, &scenario);
        (!wrong.is_empty()).then(|| {
            format!(
                "{} {}@{}\n    {}",
                report.scenario,
                row.fault,
                row.at,
                wrong.join("\n    ")
            )
        })
    });
    let wrong: Vec<String> = futures::stream::iter(runs)
        .buffer_unordered(4)
        .filter_map(|wrong| async { wrong })
        .collect()
        .await;
    assert!(
        wrong.is_empty(),
        "{} rows:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_is_red_beside_another_link_names_one_with_a_row_of_its_own() {
    for (_, drill) in drills() {
        for row in telling(&drill).filter(|row| row.first.is_some()) {
            let leads = |other: &&Row| {
                (
                    &other.scenario,
                    &other.fault,
                    &other.at,
                    Some(&other.link),
                    None,
                ) == (
                    &row.scenario,
                    &row.fault,
                    &row.at,
                    row.first.as_ref(),
                    other.first.as_ref(),
                )
            };
            assert!(telling(&drill).any(|other| leads(&other)), "{row:?}");
        }
    }
}

#[test]
fn every_fault_has_a_row() {
    let drilled: BTreeSet<String> = drills()
        .into_iter()
        .flat_map(|(_, drill)| {
            telling(&drill)
                .map(|row| row.fault.clone())
                .collect::<Vec<_>>()
        })
        .collect();
    let missing: Vec<&str> = xtenant_mock_server::faults::CATALOGUE
        .iter()
        .map(|fault| fault.id)
        .filter(|id| !drilled.contains(*id))
        .collect();
    assert!(
        missing.is_empty(),
        "faults without a row in any drill: {missing:?}"
    );
}

/// What is told of a chain without rows is right when a bundled chain tells the same.
#[test]
fn the_catalogue_of_causes_is_what_the_rows_say() {
    let mut rows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, drill) in drills() {
        for row in telling(&drill) {
            let causes = rows.entry(row.fault.clone()).or_default();
            causes.insert(row.cause.clone());
        }
    }
    let own = |(fault, codes): &(&str, &[&str])| {
        let codes = codes.iter().map(|code| (*code).to_owned());
        ((*fault).to_owned(), codes.collect())
    };
    let table: BTreeMap<String, BTreeSet<String>> = TOLD.iter().map(own).collect();
    assert_eq!(table.len(), TOLD.len(), "a fault stands there twice");
    for (fault, causes) in &rows {
        assert_eq!(table.get(fault), Some(causes), "src/drill/told.rs: {fault}");
    }
    assert_eq!(table.len(), rows.len());
}

#[test]
fn every_cause_has_a_fault() {
    let drilled: BTreeSet<String> = drills()
        .into_iter()
        .flat_map(|(_, drill)| {
            telling(&drill)
                .map(|row| row.cause.clone())
                .collect::<Vec<_>>()
        })
        .collect();
    let excused: BTreeMap<&str, &str> = WITHOUT_FAULT.iter().copied().collect();
    let mut missing = Vec::new();
    for kind in KINDS {
        for cause in kind.card.causes.iter().chain(kind.card.warnings) {
            let code = format!("{}.{}", kind.card.id, cause.id);
            let (caught, excuse) = (drilled.contains(&code), excused.contains_key(code.as_str()));
            if caught == excuse {
                missing.push(format!(
                    "{code}{}",
                    if caught {
                        " (has a row and an excuse)"
                    } else {
                        ""
                    }
                ));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "causes that no drill produces:\n{}",
        missing.join("\n")
    );
}

#[test]
fn what_cannot_be_produced_is_documented() {
    let text = std::fs::read_to_string(root().join("docs/design/005-what-cannot-be-observed.md"))
        .expect("the document is there");
    for (code, reason) in WITHOUT_FAULT {
        assert!(
            text.contains(&format!("| `{code}` | {reason} |")),
            "the document lacks the row of {code}"
        );
    }
}

#[test]
fn the_document_names_causes_that_exist() {
    let text = std::fs::read_to_string(root().join("docs/design/005-what-cannot-be-observed.md"))
        .expect("the document is there");
    let quoted = text.split('`').skip(1).step_by(2);
    let mut named = 0;
    for (check, cause) in quoted.filter_map(|code| code.split_once('.')) {
        if let Some(kind) = kind(check) {
            assert!(kind.card.cause(cause).is_some(), "{check}.{cause}");
            named += 1;
        }
    }
    assert!(named > 50, "only {named} causes are named");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_healthy_worlds_have_nothing_red_and_no_warning() {
    let files: Vec<PathBuf> = drills()
        .iter()
        .flat_map(|(folder, _)| scenarios(folder))
        .collect();
    assert!(files.len() > 2, "{files:?}");
    for path in files {
        let report = run(&path, &[]).await;
        for link in &report.links {
            assert_eq!(
                link.outcome,
                Outcome::Pass,
                "{} {}: {:?} {:?}",
                report.scenario,
                link.id,
                link.findings,
                link.reason
            );
        }
        assert_eq!(report.first_cause, None);
    }
}
