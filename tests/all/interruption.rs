//! Runs that end early, by a signal or worse: the report is whole as far as it goes, and the journal renders.
//!
//! Nothing here waits for a time: the journal is a named pipe, and what the run writes there says how far it is.
#![cfg(unix)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use xtenant::journal;

use crate::support::{NO_ROLE, command, ran, xtenant};

const CHAIN: &str = "scenarios/cross-tenant-vault";
/// Links of the chain.
const LINKS: usize = 21;

/// A running mock in a process of its own: its clock is real, so a run really waits.
struct Mock {
    child: Child,
    control: String,
}

impl Mock {
    fn start() -> Self {
        let world = format!("{CHAIN}/world.yaml");
        let mut child = command()
            .args(["mock", "--world", &world, "--fault", NO_ROLE])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mock starts");
        let mut line = String::new();
        let stdout = child.stdout.as_mut().expect("piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("a line when ready");
        let coordinates: Value = serde_json::from_str(&line).expect("JSON");
        let control = coordinates["control"]
            .as_str()
            .expect("an address")
            .to_owned();
        Self { child, control }
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A run that waits five minutes for a role, its journal a pipe.
struct Run {
    folder: tempfile::TempDir,
    child: Child,
    journal: BufReader<File>,
    told: Vec<u8>,
}

impl Run {
    fn start(target: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("journal");
        let made = Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .expect("mkfifo runs");
        assert!(made.success());
        let child = command()
            .args(["run", CHAIN, "--target", target, "--wait", "5m"])
            .args([
                "-o".into(),
                format!("json:{}", folder.path().join("run.json").display()),
            ])
            .args([
                "-o".into(),
                format!("console:{}", folder.path().join("run.txt").display()),
            ])
            .args(["--journal".as_ref(), pipe.as_os_str()])
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the run starts");
        let journal = BufReader::new(File::open(&pipe).expect("opened when the run opens it"));
        Self {
            folder,
            child,
            journal,
            told: Vec::new(),
        }
    }

    /// Reads on until a line tells this event, `times` times.
    fn until(&mut self, event: &str, times: usize) {
        let mut left = times;
        while left > 0 {
            let mut line = Vec::new();
            let read = self.journal.read_until(b'\n', &mut line).expect("readable");
            assert!(read > 0, "the run ended before {event}");
            let text = String::from_utf8_lossy(&line);
            left -= usize::from(text.contains(&format!("\"event\":\"{event}\"")));
            self.told.extend(line);
        }
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args([signal, &id])
            .status()
            .expect("kill runs");
        assert!(sent.success());
    }

    /// Waits for the end: its exit code, its JSON report if there is one, and what the journal renders to.
    fn end(mut self) -> (i32, Option<Value>, i32, Value) {
        self.journal.read_to_end(&mut self.told).expect("readable");
        let ended = ran(&self.child.wait_with_output().expect("ends"));
        let written = fs::read_to_string(self.folder.path().join("run.json")).unwrap_or_default();
        let copied = self.folder.path().join("journal.jsonl");
        fs::write(&copied, &self.told).expect("written");
        let rendered = xtenant([
            "report".as_ref(),
            copied.as_os_str(),
            "-o".as_ref(),
            "json".as_ref(),
        ]);
        let told = serde_json::from_str(&rendered.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}", rendered.stderr));
        (
            ended.code,
            serde_json::from_str(&written).ok(),
            rendered.code,
            told,
        )
    }
}

/// Outcomes by link; every link has one.
fn outcomes(report: &Value) -> Vec<String> {
    let links = report["chains"][0]["links"].as_array().expect("links");
    let words = links
        .iter()
        .map(|link| link["outcome"].as_str().unwrap_or_default().to_owned());
    words.collect()
}

#[test]
fn a_signal_at_any_moment_gives_a_complete_partial_report_and_130() {
    let mock = Mock::start();
    let target = format!("mock@{}", mock.control);
    for (signal, event, times) in [
        ("-INT", "run-started", 1),
        ("-TERM", "chain-started", 1),
        ("-INT", "preflight-ended", 1),
        ("-TERM", "link-started", 3),
        ("-INT", "link-finished", 5),
        ("-INT", "link-retried", 1),
    ] {
        let mut run = Run::start(&target);
        run.until(event, times);
        run.signal(signal);
        let (code, written, rendered, told) = run.end();
        assert_eq!((code, rendered), (130, 130), "{signal} at {event}");
        let written = written.expect("the report is written");
        assert_eq!(written["interrupted"], true);
        let outcomes = outcomes(&written);
        assert_eq!(outcomes.len(), LINKS, "{outcomes:?}");
        assert!(
            outcomes.iter().any(|word| word == "skipped"),
            "{outcomes:?}"
        );
        assert!(
            written
                .to_string()
                .contains("interrupted before it had an outcome")
        );
        assert_eq!(
            written["chains"][0]["links"], told["chains"][0]["links"],
            "{event}"
        );
        assert_eq!(
            written["chains"][0]["first-cause"],
            told["chains"][0]["first-cause"]
        );
    }
}

#[test]
fn what_the_last_try_saw_is_told_also_when_the_run_ends_before_the_next() {
    let mock = Mock::start();
    let target = format!("mock@{}", mock.control);
    for (signal, retries) in [("-INT", 1), ("-TERM", 2), ("-KILL", 1)] {
        let mut run = Run::start(&target);
        run.until("link-retried", retries);
        run.signal(signal);
        let (_, written, rendered, told) = run.end();
        assert_eq!(rendered, 130);
        for report in written.iter().chain([&told]) {
            let chain = &report["chains"][0];
            let links = chain["links"].as_array().expect("links");
            let role = links.iter().find(|link| link["id"] == "vault-role");
            let role = role.expect("the link");
            assert_eq!(role["outcome"], "fail", "{signal}: {role}");
            assert_eq!(role["findings"][0]["code"], "role-assigned.not-assigned");
            assert_eq!(role["still-healing"], true);
            assert_eq!(role["reason"], "the run ended before it was asked again");
            assert!(role["tries"].as_u64() >= Some(1), "{role}");
            assert_eq!(chain["first-cause"], "vault-role");
        }
        assert_eq!(written.is_some(), signal != "-KILL");
    }
}

#[test]
fn a_second_signal_ends_a_run_that_is_stuck_at_once() {
    // Nobody reads the journal, so the run sticks in writing it.
    let mut run = Run::start("mock");
    run.signal("-INT");
    let mut line = String::new();
    let stderr = run.child.stderr.as_mut().expect("piped");
    BufReader::new(stderr).read_line(&mut line).expect("a line");
    assert!(line.contains("interrupted"), "{line}");
    run.signal("-INT");
    assert_eq!(run.child.wait().expect("ends").code(), Some(130));
}

#[test]
fn a_run_that_is_killed_leaves_a_journal_that_renders() {
    let mock = Mock::start();
    let target = format!("mock@{}", mock.control);
    for (event, times) in [
        ("run-started", 1),
        ("link-started", 2),
        ("link-finished", 9),
    ] {
        let mut run = Run::start(&target);
        run.until(event, times);
        run.signal("-KILL");
        let (_, written, rendered, told) = run.end();
        assert_eq!((written, rendered), (None, 130), "{event}");
        assert_eq!(outcomes(&told).len(), LINKS);
        assert_eq!(told["interrupted"], true);
    }
}

/// A whole journal of a run that ends well.
fn whole() -> (tempfile::TempDir, PathBuf, Vec<u8>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.jsonl");
    let ran = xtenant([
        "run".as_ref(),
        CHAIN.as_ref(),
        "--journal".as_ref(),
        path.as_os_str(),
    ]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let bytes = fs::read(&path).expect("written");
    (folder, path, bytes)
}

#[test]
fn a_journal_cut_anywhere_renders() {
    let (_folder, path, bytes) = whole();
    for end in (0..bytes.len() - 1).step_by(997) {
        let cut = &bytes[..end];
        assert!(journal::is_journal(cut) || cut.len() < 6, "{end}");
        let told = journal::read(cut).unwrap_or_else(|why| panic!("{end}: {why}"));
        assert!(told.run.interrupted, "{end}");
        assert!(!told.notes.is_empty(), "{end}");
    }
    fs::write(&path, &bytes[..bytes.len() / 2]).expect("written");
    let rendered = xtenant(["report".as_ref(), path.as_os_str()]);
    assert_eq!(rendered.code, 130);
    assert!(
        rendered.stderr.contains("the last one, is cut off")
            && rendered.stdout.contains("the report is partial"),
        "{}{}",
        rendered.stderr,
        rendered.stdout
    );
}

#[test]
fn a_whole_journal_and_a_report_render_as_the_run_did() {
    let (folder, path, bytes) = whole();
    let rendered = xtenant(["report".as_ref(), path.as_os_str()]);
    assert_eq!((rendered.code, rendered.stderr.as_str()), (0, ""));
    assert!(
        rendered.stdout.contains(&format!("{LINKS} good")),
        "{}",
        rendered.stdout
    );
    let json = folder.path().join("run.json");
    let sink = format!("json:{}", json.display());
    assert_eq!(
        xtenant([
            "report".as_ref(),
            path.as_os_str(),
            "-o".as_ref(),
            sink.as_ref()
        ])
        .code,
        0
    );
    let again = xtenant([
        "report".as_ref(),
        json.as_os_str(),
        "--strict".as_ref(),
        "--inconclusive".as_ref(),
        "ok".as_ref(),
    ]);
    assert_eq!((again.code, again.stdout), (0, rendered.stdout));
    let broken = String::from_utf8_lossy(&bytes).replacen("\n{", "\n#{", 1);
    for (content, said) in [
        (broken.as_str(), "line 2 is no line of a journal"),
        ("{}", "neither a JSON report nor a journal"),
        ("hello", "neither a JSON report nor a journal"),
        (
            r#"{"format": 999, "xtenant": "9.0.0", "chains": []}"#,
            "has the format 999",
        ),
    ] {
        fs::write(&path, content).expect("written");
        let told = xtenant(["report".as_ref(), path.as_os_str()]);
        assert!(
            told.code == 2 && told.stderr.contains(said),
            "{said}: {}",
            told.stderr
        );
    }
    fs::write(&path, "").expect("written");
    let empty = xtenant(["report".as_ref(), path.as_os_str()]);
    assert!(
        empty.code == 130 && empty.stderr.contains("it is empty"),
        "{}",
        empty.stderr
    );
    assert_eq!(xtenant(["report", "no-such-file"]).code, 2);
}

#[test]
fn a_full_disk_for_the_journal_is_told_once_and_the_run_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let json = folder.path().join("run.json");
    let sink = format!("json:{}", json.display());
    let ran = xtenant(["run", CHAIN, "--journal", "/dev/full", "-o", &sink]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert_eq!(
        ran.stderr.matches("cannot be written any more").count(),
        1,
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("the journal /dev/full is not whole"),
        "{}",
        ran.stderr
    );
    let report: Value =
        serde_json::from_str(&fs::read_to_string(json).expect("written")).expect("JSON");
    assert!(
        outcomes(&report).iter().all(|word| word == "pass"),
        "{report}"
    );
    let nowhere = xtenant(["run", CHAIN, "--journal", "/no/such/folder/j"]);
    assert!(nowhere.code == 2 && nowhere.stderr.contains("/no/such/folder/j"));
}
