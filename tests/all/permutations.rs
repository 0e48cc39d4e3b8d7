//! The bundled chains with their links in another order, without their needs, or without some links: the same link leads
//! under the same fault, as long as it is there.
//!
//! Facts still order what needs them. `XTENANT_PERMUTATIONS=all` tries every fault; the test command some of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use xtenant::chain;
use xtenant::drill::file::Row;
use xtenant::drill::judge::warns;
use xtenant::engine::Options;
use xtenant::outcome::run::ChainReport;
use xtenant::plan::{Plan, Selection};
use xtenant::scenario::{self, Sources};
use xtenant::source::render;
use xtenant::target::ApiVersions;
use xtenant::target::mock::Stage;

use crate::drills::{Nobody, drills};

/// Faults of each chain and way that the test command tries.
const SOME: usize = 12;

/// What is done to a chain.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Another order, and no needs but those of facts.
    Shuffled,
    /// The same, and some links are gone.
    Thinned,
}

/// A scenario as text: what stands before its links, and each link.
struct Written {
    head: String,
    links: Vec<(String, String)>,
}

impl Written {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a scenario");
        let (head, links) = text.split_once("\nlinks:\n").expect("links");
        let mut found: Vec<(String, String)> = Vec::new();
        for line in links
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
        {
            if let Some(id) = line.strip_prefix("  - id: ") {
                found.push((id.to_owned(), String::new()));
            }
            let is_need = line.starts_with("    needs:");
            if let Some((_, own)) = found.last_mut()
                && !is_need
            {
                own.push_str(line);
                own.push('\n');
            }
        }
        Self {
            head: head.to_owned(),
            links: found,
        }
    }

    /// Takes links out, and those that use a fact of theirs.
    fn without(&mut self, mut gone: BTreeSet<String>) {
        loop {
            let uses = |own: &str| {
                gone.iter()
                    .any(|id| own.contains(&format!("{{from: {id}.")))
            };
            let more: Vec<String> = self
                .links
                .iter()
                .filter(|(id, own)| !gone.contains(id) && uses(own))
                .map(|(id, _)| id.clone())
                .collect();
            if more.is_empty() {
                break;
            }
            gone.extend(more);
        }
        self.links.retain(|(id, _)| !gone.contains(id));
    }

    fn text(&self) -> String {
        let links: String = self.links.iter().map(|(_, own)| own.as_str()).collect();
        format!("{}\nlinks:\n{links}", self.head)
    }
}

/// A small generator (Numerical Recipes): the same order on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

fn changed(path: &Path, way: Way, dice: &mut Dice) -> Written {
    let mut written = Written::read(path);
    dice.shuffle(&mut written.links);
    if let Way::Thinned = way {
        let gone = written.links.iter().filter(|_| dice.below(4) == 0);
        written.without(gone.map(|(id, _)| id.clone()).collect());
    }
    written
}

async fn run(stage: &Stage, path: &Path, row: &Row) -> ChainReport {
    let scenario = scenario::load(path, &Sources::default())
        .unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
    let plan = Plan::new(&scenario, &Selection::default()).expect("everything is selected");
    let target = stage
        .set(&[(&row.fault, &row.at)])
        .await
        .expect("the fault applies");
    let (versions, options) = (ApiVersions::default(), Options::default());
    let ran = chain::run(&scenario, &plan, &target, versions, options, &mut Nobody).await;
    ran.expect("the run ends")
}

/// What is wrong with what leads, if anything. A link of the same check may lead instead: two tokens are refused alike.
fn complaint(row: &Row, report: &ChainReport) -> Option<String> {
    let cause = |code: &str| code.split_once('.').map(|(_, cause)| cause.to_owned());
    let first = report.first_cause.as_ref().and_then(|id| report.link(id));
    let finding = first.and_then(|link| link.findings.first());
    let owner = finding
        .and_then(|own| own.owner.as_ref())
        .map(|own| own.name.clone());
    let told = finding.and_then(|own| cause(&own.code));
    let is_right = told == cause(&row.cause) && owner == row.owner;
    let led = report.first_cause.as_deref().unwrap_or("nothing");
    (!is_right).then(|| {
        let code = finding.map_or("", |own| own.code.as_str());
        format!(
            "{}@{}: {led} led with {code} ({owner:?}), not {} with {}",
            row.fault, row.at, row.link, row.cause
        )
    })
}

/// Faults that take more than one thing away: without the order of the author either may lead.
const SEVERAL: &[&str] = &[
    "private-endpoint-missing",
    "role-behind-condition",
    "virtual-network-in-other-meshes",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_same_cause_leads_in_another_order_without_needs_and_with_fewer_links() {
    // As the command line does; another test may have done so already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[expect(clippy::disallowed_methods, reason = "how much whoever tests wants")]
    let asked = std::env::var("XTENANT_PERMUTATIONS");
    let count = match asked.as_deref() {
        Ok("all") => usize::MAX,
        _ => SOME,
    };
    let mut dice = Dice(20_261_124);
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (folder, drill) in drills() {
        let world = folder.join("world.yaml");
        let stage = Stage::open(&world)
            .await
            .unwrap_or_else(|error| panic!("{}", error.message));
        for way in [Way::Shuffled, Way::Thinned] {
            let written = changed(&folder.join("scenario.yaml"), way, &mut dice);
            let copied = tempfile::tempdir().expect("a folder");
            let path = copied.path().join("scenario.yaml");
            fs::write(&path, written.text()).expect("written");
            let ids: BTreeSet<&str> = written.links.iter().map(|(id, _)| id.as_str()).collect();
            let mut rows: Vec<&Row> = drill
                .of("scenario.yaml")
                .filter(|row| row.nothing.is_none() && row.first.is_none())
                .filter(|row| ids.contains(row.link.as_str()) && !warns(&row.cause))
                .filter(|row| !SEVERAL.contains(&row.fault.as_str()))
                .collect();
            dice.shuffle(&mut rows);
            for row in rows.into_iter().take(count) {
                tried += 1;
                let report = run(&stage, &path, row).await;
                let told = complaint(row, &report);
                wrong.extend(told.map(|told| format!("{} {way:?} {told}", folder.display())));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(tried > 50, "only {tried} were tried");
}
