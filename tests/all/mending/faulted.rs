//! A mock of a bundled world with administrators, that can be broken, turned and asked again.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use serde_json::{Value, json};
use xtenant::chain;
use xtenant::engine::Options;
use xtenant::outcome::Outcome;
use xtenant::outcome::run::ChainReport;
use xtenant::plan::{Plan, Selection};
use xtenant::scenario::{self, Sources};
use xtenant::source::render;
use xtenant::target::{ApiVersions, mock};
use xtenant_mock_server::World;

use super::administrators;
use super::typing::Typists;
use crate::drills::Nobody;
use crate::running::Mock;

/// What every link came to, and why.
pub(super) type Outcomes = BTreeMap<String, (Outcome, Vec<String>)>;

/// A running mock, its administrators, and the scenarios of its folder.
pub(super) struct Faulted {
    mock: Mock,
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    pub(super) typists: Typists,
    healthy: RefCell<BTreeMap<String, Outcomes>>,
}

impl Faulted {
    /// Nothing where the clients are not installed.
    pub(super) fn start(of: &Path) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::load(&of.join("world.yaml"))
            .unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
        let mut world = serde_json::to_value(world).expect("JSON");
        let administrators = administrators::add(&mut world);
        let vantages = world["vantages"].as_object();
        let stands = vantages.and_then(|all| all.iter().find(|(_, own)| !own["network"].is_null()));
        let vantage = stands.map(|(name, _)| name.clone());
        let path = folder.path().join("world.yaml");
        fs::write(&path, world.to_string()).expect("written");
        copy_without_waits(of, folder.path());
        let mock = Mock::start(path.to_str().expect("text"), &[]);
        let typists = Typists::sign_in(&mock, &administrators, vantage.as_deref())?;
        // As the command line does; another test may have done so already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Some(Self {
            mock,
            folder,
            runtime: tokio::runtime::Runtime::new().expect("a runtime"),
            typists,
            healthy: RefCell::default(),
        })
    }

    /// The world as written, with one fault.
    pub(super) fn plant(&self, fault: &str, at: &str) {
        self.control("/reset", &json!({}));
        self.control("/faults", &json!({"fault": fault, "at": at}));
    }

    /// Turns the clock.
    pub(super) fn wait(&self, seconds: u64) {
        self.control("/clock", &json!({"advance-seconds": seconds}));
    }

    /// Runs a scenario of the folder as it is now.
    pub(super) fn run(&self, file: &str) -> ChainReport {
        let path = self.folder.path().join(file);
        let scenario = scenario::load(&path, &Sources::default())
            .unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
        let plan = Plan::new(&scenario, &Selection::default()).expect("everything is selected");
        let run = async {
            let attached = mock::attach(&self.mock.control).await?;
            let target = &attached.target;
            let (versions, options) = (ApiVersions::default(), Options::default());
            chain::run(&scenario, &plan, target, versions, options, &mut Nobody).await
        };
        self.runtime.block_on(run).expect("the run ends")
    }

    /// What a scenario comes to in the world as written. Taints nothing: whoever asks plants anew.
    pub(super) fn healthy(&self, file: &str) -> Outcomes {
        if let Some(known) = self.healthy.borrow().get(file) {
            return known.clone();
        }
        self.control("/reset", &json!({}));
        let found = outcomes(&self.run(file));
        let mut healthy = self.healthy.borrow_mut();
        healthy.insert(file.to_owned(), found.clone());
        found
    }

    fn control(&self, path: &str, body: &Value) {
        let mut stream = TcpStream::connect(&self.mock.control).expect("the control interface");
        let (body, host) = (body.to_string(), &self.mock.control);
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(
            answer.starts_with("HTTP/1.1 200 "),
            "{path} {body}: {answer}"
        );
    }
}

/// What every link of a run came to.
pub(super) fn outcomes(report: &ChainReport) -> Outcomes {
    let links = report.links.iter().map(|link| {
        let codes = link.findings.iter().map(|finding| finding.code.clone());
        (link.id.clone(), (link.outcome, codes.collect()))
    });
    links.collect()
}

/// The scenarios of a folder, which wait for nothing: the clock of a mock that others use too is not turned by a run.
fn copy_without_waits(from: &Path, to: &Path) {
    for path in crate::drills::scenarios(from) {
        let text = fs::read_to_string(&path).expect("the scenario is there");
        let kept = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("within:"));
        let text: String = kept.flat_map(|line| [line, "\n"]).collect();
        fs::write(to.join(path.file_name().expect("a name")), text).expect("written");
    }
}
