//! What `xtenant permissions` prints is exactly what is asked, and exactly what is needed.
//!
//! - [`asked`]: the rights that requests took, read from the requests
//! - [`world`]: bundled worlds whose auditors have no other rights than those
//! - [`created`]: the roles are made and assigned, by ARM and by the Azure CLI
//! - [`typed`]: the command line

mod asked;
mod created;
mod typed;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use futures::StreamExt;
use xtenant::drill::file::Row;
use xtenant::outcome::Outcome;
use xtenant::outcome::run::ChainReport;
use xtenant::permissions::{Kind, Least, NeedWord, NeededRight, Permissions};
use xtenant::scenario::{self, Sources};
use xtenant::source::render;

use crate::drills::{complaints, drills, run, scenarios, telling};
use asked::{Rights, by_link};
use world::{printed, staged};

/// Runs at once.
const AT_ONCE: usize = 4;

/// Every bundled scenario file.
fn bundled() -> Vec<PathBuf> {
    let files = drills()
        .into_iter()
        .flat_map(|(folder, _)| scenarios(&folder));
    files.collect()
}

fn asked_by(path: &Path, report: &ChainReport) -> BTreeMap<String, Rights> {
    let scenario = scenario::load(path, &Sources::default())
        .unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
    by_link(&scenario, report)
}

/// Whether an identity reads what is set up. What a workload may do is judged by the service that it asks, and no request
/// to Resource Manager shows it.
fn audits(own: &Least) -> bool {
    !["federated", "managed-identity"].contains(&own.holder.kind.as_str())
}

/// The rights of auditors by tenant, those of a need alone when one is given.
fn rights_of(permissions: &Permissions, need: Option<NeedWord>) -> Rights {
    let mut found = Rights::new();
    for own in permissions.identities.iter().filter(|own| audits(own)) {
        let rights = own.rights.iter().filter(|it| it.kind != Kind::DataAction);
        for right in rights.filter(|it| need.is_none_or(|need| it.need == need)) {
            found.insert((own.tenant.name.clone(), right.right.to_ascii_lowercase()));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_requests_of_every_bundled_scenario_take_exactly_the_printed_rights() {
    for path in bundled() {
        let report = run(&path, &[]).await;
        let asked: Rights = asked_by(&path, &report).into_values().flatten().collect();
        let (least, all) = (printed(&path, false), printed(&path, true));
        let name = path.display();
        let unprinted: Vec<_> = asked.difference(&rights_of(&all, None)).cloned().collect();
        assert!(
            unprinted.is_empty(),
            "{name}: asked without being printed: {unprinted:?}"
        );
        let always = rights_of(&least, Some(NeedWord::Always));
        let unused: Vec<_> = always.difference(&asked).collect();
        assert!(
            unused.is_empty(),
            "{name}: printed and not asked: {unused:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_exactly_the_printed_rights_every_link_is_answered() {
    for path in bundled() {
        let staged = staged(&path, &printed(&path, false));
        let report = run(&staged.scenario, &[]).await;
        for link in &report.links {
            assert_eq!(
                link.outcome,
                Outcome::Pass,
                "{} {}: {:?} {:?}",
                path.display(),
                link.id,
                link.reason,
                link.findings
            );
        }
    }
}

/// The same permissions without one right of one identity.
fn without(permissions: &Permissions, at: usize, right: &NeededRight) -> Permissions {
    let mut fewer = permissions.clone();
    let own: &mut Least = &mut fewer.identities[at];
    own.graph.retain(|it| it.permission != right.right);
    for role in &mut own.role_definitions {
        role.actions.retain(|it| *it != right.right);
    }
    fewer
}

/// What is wrong with a run that lacked one right, if anything.
fn wrong_without(
    right: &NeededRight,
    tenant: &str,
    healthy: &BTreeMap<String, Rights>,
    report: &ChainReport,
) -> Vec<String> {
    let key = (tenant.to_owned(), right.right.to_ascii_lowercase());
    let named = |id: &str| {
        right
            .links
            .iter()
            .any(|link| link.ends_with(&format!("/{id}")))
    };
    let expected: BTreeSet<&str> = report
        .links
        .iter()
        .map(|link| link.id.as_str())
        .filter(|id| named(id) && healthy[*id].contains(&key))
        .collect();
    let mut open = expected.clone();
    let mut wrong = Vec::new();
    for link in &report.links {
        let id = link.id.as_str();
        let waits = link.needs.iter().any(|need| open.contains(need.as_str()));
        let is_right = match link.outcome {
            Outcome::Unknown | Outcome::Implied => expected.contains(id),
            Outcome::Blocked => waits,
            Outcome::Pass => !expected.contains(id),
            _ => false,
        };
        if link.outcome == Outcome::Blocked {
            open.insert(id);
        }
        if !is_right {
            wrong.push(format!(
                "{id} is {}: {:?}",
                link.outcome.word(),
                link.reason
            ));
        }
    }
    if expected.is_empty() && right.need == NeedWord::Always {
        wrong.push("nobody needs it".to_owned());
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_single_right_exactly_those_links_are_unknown_that_need_it() {
    let mut trials = Vec::new();
    for (folder, _) in drills() {
        let path = folder.join(scenario::FILE_NAME);
        let least = printed(&path, false);
        let staged = staged(&path, &least);
        let healthy = asked_by(&path, &run(&staged.scenario, &[]).await);
        let identities = least.identities.iter().enumerate();
        for (at, own) in identities.filter(|(_, own)| audits(own)) {
            for right in own.rights.iter().filter(|it| it.kind != Kind::DataAction) {
                let fewer = without(&least, at, right);
                let tenant = own.tenant.name.clone();
                trials.push((path.clone(), fewer, tenant, right.clone(), healthy.clone()));
            }
        }
    }
    assert!(trials.len() > 40, "{}", trials.len());
    let runs = trials
        .into_iter()
        .map(|(path, fewer, tenant, right, healthy)| async move {
            let staged = staged(&path, &fewer);
            let report = run(&staged.scenario, &[]).await;
            let wrong = wrong_without(&right, &tenant, &healthy, &report);
            let what = format!("{} without {} in {tenant}", report.scenario, right.right);
            (!wrong.is_empty()).then(|| format!("{what}\n    {}", wrong.join("\n    ")))
        });
    let wrong: Vec<String> = futures::stream::iter(runs)
        .buffer_unordered(AT_ONCE)
        .filter_map(|wrong| async { wrong })
        .collect()
        .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One row for each cause, in the smallest world that has it.
fn a_row_for_each_cause() -> Vec<(PathBuf, Row)> {
    let mut all = drills();
    all.sort_by_key(|(_, drill)| drill.rows().count());
    let mut causes = BTreeSet::new();
    let mut found = Vec::new();
    for (folder, drill) in &all {
        for row in telling(drill) {
            if causes.insert(row.cause.clone()) {
                found.push((folder.join(&row.scenario), row.clone()));
            }
        }
    }
    found
}

/// Whatever is broken is told with its cause and owner, and nothing is printed that no run ever takes.
#[tokio::test(flavor = "multi_thread")]
async fn with_the_rights_that_explain_every_cause_is_told_as_whoever_may_read_all_is() {
    let runs = a_row_for_each_cause()
        .into_iter()
        .map(|(path, row)| async move {
            let staged = staged(&path, &printed(&path, true));
            let report = run(&staged.scenario, &[format!("{}@{}", row.fault, row.at)]).await;
            let text = std::fs::read_to_string(&path).expect("the scenario is there");
            let wrong = complaints(&row, &report, &text);
            let asked: Rights = asked_by(&path, &report).into_values().flatten().collect();
            let what = format!("{} {}@{}", report.scenario, row.fault, row.at);
            (
                asked,
                (!wrong.is_empty()).then(|| format!("{what}\n    {}", wrong.join("\n    "))),
            )
        });
    let runs = futures::stream::iter(runs).buffer_unordered(AT_ONCE);
    let (asked, wrong): (Vec<Rights>, Vec<Option<String>>) = runs.unzip().await;
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(
        wrong.is_empty(),
        "{} rows:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let names = |rights: Rights| rights.into_iter().map(|(_, right)| right);
    let taken: BTreeSet<String> = asked.into_iter().flat_map(names).collect();
    let printed = bundled()
        .into_iter()
        .flat_map(|path| names(rights_of(&printed(&path, true), None)));
    let never: BTreeSet<String> = printed.filter(|right| !taken.contains(right)).collect();
    assert!(never.is_empty(), "printed, and taken by no run: {never:?}");
}
