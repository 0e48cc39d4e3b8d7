//! Every fix of every row of every drill is typed into the real Azure CLI on the faulted mock; then the chain is green.
//!
//! A fix leads on to another (an endpoint made anew has to be approved) only where [`tables::LEADS_ON`] says so, and does
//! not mend at all only where [`not_mended`] says why. Entries that no row needs any more are mistakes, too.
//!
//! - [`tables`]: what a person chooses, what is not typed, what fails rightly · [`not_mended`]: what does not mend, and why
//! - [`administrators`]: who types · [`typing`]: how · [`faulted`]: the mock that is broken and asked again
//!
//! Every run of the tests types the fixes of [`tables::EVERY_TIME`]. The rest takes minutes, and is typed when it is asked
//! for: `XTENANT_FIXES=sample` types one row for each cause, in the smallest world that has it, unless the tables speak of
//! another fault of that cause: the same commands at another place say the same of the fix. `XTENANT_FIXES=once` types one
//! row for each fault and cause, `XTENANT_FIXES=every` all of them, and `XTENANT_FIXES=TEXT` those whose fault, cause or
//! scenario holds the text.

pub(crate) mod administrators;
mod faulted;
mod not_mended;
mod tables;
mod typing;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use xtenant::outcome::run::ChainReport;
use xtenant::outcome::{Finding, Outcome};

use crate::drills::drills;
use faulted::{Faulted, Outcomes, outcomes};
use tables::Used;
use xtenant::drill::DrillFile;
use xtenant::drill::file::Row;

/// Rows for which one mock is started.
const ROWS_OF_A_MOCK: usize = 20;
/// Mocks at once: Azure's client sleeps between its polls.
const AT_ONCE: usize = 4;
/// A fix that leads on is followed so far.
const ROUNDS: usize = 8;
/// How long is waited after a fix whose cause does not say how long it may take: roles and tokens are told by then.
const A_WHILE: u64 = 600;
/// Until then it may take; after that it is something else.
const AND_A_MOMENT: u64 = 1;

/// What came of typing one fix.
struct Told {
    row: Row,
    mended: Result<(), String>,
    /// Causes that were left after the first fix, in order.
    then: Vec<String>,
    failed: Vec<typing::Failed>,
    took: Duration,
}

#[test]
fn every_fix_that_a_client_can_type_makes_its_chain_green() {
    if crate::clients::installed().is_none() {
        return;
    }
    let wanted = crate::clients::of_this_machine("XTENANT_FIXES")
        .map(|text| text.to_string_lossy().into_owned())
        .unwrap_or_default();
    let queue = Mutex::new(work(&wanted));
    let told = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("nobody panics").pop_front();
                    let Some((folder, rows)) = next else {
                        return;
                    };
                    let came = mend(&folder, &rows);
                    told.lock().expect("nobody panics").extend(came);
                }
            });
        }
    });
    let told = told.into_inner().expect("nobody panics");
    assert!(!told.is_empty(), "no row holds {wanted}");
    let mut used = Used::default();
    let mut wrong: Vec<String> = told
        .iter()
        .filter_map(|told| complaint(told, &mut used))
        .collect();
    if ["sample", "once", "every"].contains(&wanted.as_str()) {
        wrong.extend(used.needless());
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Rows of each folder, those of one fault at one place together.
fn work(wanted: &str) -> VecDeque<(PathBuf, Vec<Row>)> {
    let (mut work, mut seen) = (VecDeque::new(), BTreeSet::new());
    for (folder, drill) in smallest_first() {
        let mut is_wanted = |row: &Row| {
            let text = format!(
                "{} {} {} {}",
                folder.display(),
                row.scenario,
                row.fault,
                row.cause
            );
            match wanted {
                "" if !tables::EVERY_TIME.contains(&row.fault.as_str()) => false,
                "" | "sample" => seen.insert((tables::told_apart(row), row.cause.clone())),
                "once" => seen.insert((Some(row.fault.clone()), row.cause.clone())),
                "every" => true,
                _ => text.contains(wanted),
            }
        };
        let telling = drill.rows().filter(|row| row.nothing.is_none());
        let mut rows: Vec<Row> = telling.cloned().collect();
        rows.retain(&mut is_wanted);
        rows.sort_by(|a, b| (&a.fault, &a.at).cmp(&(&b.fault, &b.at)));
        while !rows.is_empty() {
            let mut end = ROWS_OF_A_MOCK.min(rows.len());
            let same = |a: &Row, b: &Row| (&a.fault, &a.at) == (&b.fault, &b.at);
            while end < rows.len() && same(&rows[end - 1], &rows[end]) {
                end += 1;
            }
            let rest = rows.split_off(end);
            work.push_back((folder.clone(), std::mem::replace(&mut rows, rest)));
        }
    }
    work
}

/// The drills, that of the smallest world first.
fn smallest_first() -> Vec<(PathBuf, DrillFile)> {
    let mut drills = drills();
    let size =
        |folder: &PathBuf| std::fs::metadata(folder.join("world.yaml")).map_or(0, |it| it.len());
    drills.sort_by_key(|(folder, _)| size(folder));
    drills
}

fn mend(folder: &std::path::Path, rows: &[Row]) -> Vec<Told> {
    let Some(faulted) = Faulted::start(folder) else {
        return Vec::new();
    };
    let mut told = Vec::new();
    for broken in rows.chunk_by(|a, b| (&a.fault, &a.at) == (&b.fault, &b.at)) {
        told.extend(mend_one(&faulted, broken));
    }
    told
}

/// Rows of one fault at one place; a fix that several of them print is typed once.
fn mend_one(faulted: &Faulted, rows: &[Row]) -> Vec<Told> {
    let files: BTreeSet<&str> = rows.iter().map(|row| row.scenario.as_str()).collect();
    let healthy: BTreeMap<&str, Outcomes> = files
        .iter()
        .map(|file| (*file, faulted.healthy(file)))
        .collect();
    faulted.plant(&rows[0].fault, &rows[0].at);
    let reports: BTreeMap<&str, ChainReport> = files
        .iter()
        .map(|file| (*file, faulted.run(file)))
        .collect();
    let mut fixes: Vec<(Finding, &Row, BTreeSet<&str>)> = Vec::new();
    for row in rows {
        let finding = finding_of(&reports[row.scenario.as_str()], row);
        let is_same = |own: &Finding| (&own.code, &own.fix) == (&finding.code, &finding.fix);
        match fixes.iter_mut().find(|(own, _, _)| is_same(own)) {
            Some((_, _, files)) => {
                files.insert(&row.scenario);
            }
            None => fixes.push((finding, row, BTreeSet::from([row.scenario.as_str()]))),
        }
    }
    let mut told = Vec::new();
    for (number, (finding, row, files)) in fixes.into_iter().enumerate() {
        if number > 0 {
            faulted.plant(&rows[0].fault, &rows[0].at);
        }
        let healthy: Vec<(&str, &Outcomes)> =
            files.iter().map(|file| (*file, &healthy[file])).collect();
        let began = Instant::now();
        let mut one = follow(faulted, row, finding, &healthy);
        one.took = began.elapsed();
        say(&one);
        told.push(one);
    }
    told
}

/// The finding of a row; where it yields to another link's, that one's.
fn finding_of(report: &ChainReport, row: &Row) -> Finding {
    let link = report.link(&row.link).expect("the row's link");
    let told = link.findings.iter().find(|own| own.code == row.cause);
    let finding = told
        .unwrap_or_else(|| panic!("{row:?}: {:?}", link.findings))
        .clone();
    let yields = finding
        .fix
        .iter()
        .find_map(|line| line.strip_prefix("# see "));
    let leader = yields.and_then(|line| report.link(line.split(':').next()?));
    match leader.and_then(|leader| leader.findings.first()) {
        Some(leading) => leading.clone(),
        None => finding,
    }
}

/// Types a fix, and those of what is left after it, until every scenario is as it was in the healthy world.
fn follow(faulted: &Faulted, row: &Row, first: Finding, healthy: &[(&str, &Outcomes)]) -> Told {
    let mut told = Told {
        row: row.clone(),
        mended: Err(format!("still led on after {ROUNDS} fixes")),
        then: Vec::new(),
        failed: Vec::new(),
        took: Duration::ZERO,
    };
    let rounds = match tables::not_mended(row) {
        Some(_) => 1,
        None => ROUNDS,
    };
    let mut finding = first;
    let mut followed = BTreeSet::from([(row.link.clone(), row.cause.clone())]);
    for _ in 0..rounds {
        let told_owner = finding.owner.as_ref().map(|owner| owner.name.as_str());
        let owner = told_owner.unwrap_or_else(|| tables::typist(&finding.fix));
        // A command that waits would wait for a clock that somebody has to turn.
        if finding.fix.iter().any(|line| line.contains(" wait ")) {
            faulted.wait(finding.heals_within_seconds.unwrap_or(A_WHILE));
        }
        let failed = faulted.typists.type_in(&finding.fix, owner, row);
        told.failed.extend(failed);
        let left = || left(faulted, row, healthy);
        let Some(_) = left() else {
            told.mended = Ok(());
            return told;
        };
        faulted.wait(finding.heals_within_seconds.unwrap_or(A_WHILE) + AND_A_MOMENT);
        let Some(report) = left() else {
            told.mended = Ok(());
            return told;
        };
        let Some((link, next)) = next(&report) else {
            told.mended = Err("what is left has no finding".to_owned());
            return told;
        };
        told.mended = Err(format!("{link} is left: {} ({})", next.code, next.says));
        if !followed.insert((link, next.code.clone())) {
            return told;
        }
        told.then.push(next.code.clone());
        finding = next;
    }
    told
}

/// The first scenario that is not as it was in the healthy world; another warning than the row's is no obstacle.
fn left(faulted: &Faulted, row: &Row, healthy: &[(&str, &Outcomes)]) -> Option<ChainReport> {
    healthy.iter().find_map(|(file, healthy)| {
        let report = faulted.run(file);
        let is_as_before = |(link, (outcome, codes)): (&String, &(Outcome, Vec<String>))| {
            let before = &healthy[link];
            let only_warned = *outcome == Outcome::Warning && before.0 == Outcome::Pass;
            before == &(*outcome, codes.clone()) || only_warned && !codes.contains(&row.cause)
        };
        let found = outcomes(&report);
        let is_green = found.iter().all(is_as_before);
        (!is_green).then_some(report)
    })
}

/// What a report wants mended next: its first cause, else its first finding.
fn next(report: &ChainReport) -> Option<(String, Finding)> {
    let leading = report.first_cause.as_ref().and_then(|id| report.link(id));
    let link = leading
        .filter(|link| !link.findings.is_empty())
        .or_else(|| report.links.iter().find(|link| !link.findings.is_empty()))?;
    Some((link.id.clone(), link.findings.first()?.clone()))
}

/// What is wrong with what a fix came to, by the tables.
fn complaint(told: &Told, used: &mut Used) -> Option<String> {
    let row = &told.row;
    let place = format!("{} {}@{} ({})", row.scenario, row.fault, row.at, row.cause);
    let mut wrong = Vec::new();
    for failed in &told.failed {
        if !used.fails(row, &failed.line) {
            wrong.push(format!("{}\n      {}", failed.line, failed.said));
        }
    }
    let excused = used.not_mended(row);
    match &told.mended {
        Ok(()) if excused => wrong.push("it is mended: NOT_MENDED needs it no more".to_owned()),
        Err(why) if !excused => wrong.push(why.clone()),
        _ => {}
    }
    for then in told.then.iter().filter(|_| told.mended.is_ok()) {
        if !used.leads_on(row, then) {
            wrong.push(format!("leads on to {then}"));
        }
    }
    (!wrong.is_empty()).then(|| format!("{place}\n    {}", wrong.join("\n    ")))
}

fn say(told: &Told) {
    use std::io::Write;
    let mut text = format!(
        "{} {}: {:?} after {} s\n",
        told.row.fault,
        told.row.cause,
        told.mended,
        told.took.as_secs()
    );
    for then in &told.then {
        text += &format!("    then {then}\n");
    }
    for failed in &told.failed {
        text += &format!("    {}\n      {}\n", failed.line, failed.said);
    }
    let _ = std::io::stderr().write_all(text.as_bytes());
}
