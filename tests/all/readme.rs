//! What documents show is what happens: every command runs, every line of a shown output stands in the real one, and the
//! files that a package of one's own needs are those that this one has.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::Arguments;
use xtenant::libtest::{Each, run};

use crate::support::{ran, root};

/// The documents that are written by hand.
const DOCUMENTS: &[&str] = &[
    "README.md",
    "docs/drill.md",
    "docs/libtest.md",
    "docs/permissions.md",
    "docs/scenario-format.md",
    "docs/world-format.md",
];

/// A folder from which the README's commands can be typed: the bundled scenarios, and the files that they read.
fn clone() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::os::unix::fs::symlink(root().join("scenarios"), folder.path().join("scenarios"))
        .expect("a link");
    fs::write(
        folder.path().join("outputs.json"),
        r#"{"application": {"value": "cccccccc-cccc-cccc-cccc-cccccccccccc", "type": "string", "sensitive": false}}"#,
    )
    .expect("a file");
    folder
}

/// The blocks of a language in all documents, each as its lines.
fn blocks(language: &str) -> Vec<Vec<String>> {
    let of = |document: &&str| blocks_of(document, language);
    DOCUMENTS.iter().flat_map(of).collect()
}

fn blocks_of(document: &str, language: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join(document)).expect("a document");
    let opening = format!("```{language}\n");
    let blocks = text.split(&opening).skip(1);
    blocks
        .map(|rest| {
            let block = rest.split("```").next().unwrap_or_default();
            block.lines().map(str::to_owned).collect()
        })
        .collect()
}

/// The arguments of `cargo run -- …`, its comment left out; nothing for other commands.
fn arguments(line: &str) -> Option<Vec<String>> {
    typed_after("cargo run --", line)
}

fn typed_after(command: &str, line: &str) -> Option<Vec<String>> {
    let typed = line.split(" #").next().unwrap_or_default();
    let typed = typed.strip_prefix(command)?;
    Some(typed.split_whitespace().map(str::to_owned).collect())
}

fn xtenant(folder: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtenant"));
    command.current_dir(folder).env_clear().args(arguments);
    command
}

/// Durations differ from run to run.
fn without_durations(line: &str) -> String {
    let words = line.split(' ').collect::<Vec<_>>();
    match words.as_slice() {
        [before @ .., number, "ms" | "s"] if number.parse::<f64>().is_ok() => before.join(" "),
        _ => line.to_owned(),
    }
}

#[test]
fn shown_outputs_are_the_real_ones() {
    let folder = clone();
    let mut shown = 0;
    for block in blocks("console") {
        let typed = block[0].strip_prefix("$ ").and_then(arguments);
        let typed = typed.unwrap_or_else(|| panic!("a command, found {}", block[0]));
        let ran = ran(&xtenant(folder.path(), &typed).output().expect("it runs"));
        let mut real = ran.stdout.lines().map(without_durations);
        for line in block[1..].iter().filter(|line| *line != "...") {
            let wanted = without_durations(line);
            assert!(
                real.any(|own| own == wanted),
                "`{line}` is not what is told now, or not at its place:\n{}",
                ran.stdout
            );
            shown += 1;
        }
    }
    assert!(shown > 10, "only {shown} lines are shown");
}

#[test]
fn every_command_runs() {
    let folder = clone();
    let mut typed = 0;
    for line in blocks("sh").concat() {
        let Some(arguments) = arguments(&line) else {
            continue;
        };
        typed += 1;
        if arguments[0] == "mock" {
            serves(folder.path(), &arguments);
            continue;
        }
        let ran = ran(&xtenant(folder.path(), &arguments)
            .output()
            .expect("it runs"));
        // What the scenario expects of the secret is another value then: that is the point of the line.
        let wanted = i32::from(line.contains("--var secret-value=other"));
        assert_eq!(ran.code, wanted, "{line}\n{}{}", ran.stdout, ran.stderr);
    }
    assert!(typed > 8, "only {typed} commands are typed");
}

#[test]
fn every_run_of_the_tests_has_what_it_says() {
    let folder = root().join("scenarios");
    let mut typed = 0;
    for line in blocks("sh").concat() {
        let by_link = typed_after("cargo test --test scenarios", &line);
        let by_chain = typed_after("cargo nextest run --test scenarios", &line);
        let Some((arguments, each)) = by_link
            .map(|arguments| (arguments, Each::Link))
            .or(by_chain.map(|arguments| (arguments, Each::Chain)))
        else {
            continue;
        };
        typed += 1;
        let arguments = arguments.into_iter().filter(|own| own != "--");
        let arguments = Arguments::from_iter(["tests".to_owned()].into_iter().chain(arguments));
        let ended = run(&folder, &arguments, each).expect("the scenarios load");
        let (passed, failed) = (ended.num_passed, ended.num_failed);
        assert_eq!(failed, 0, "{line}");
        assert!(arguments.list || passed > 0, "{line}: nothing is chosen");
        assert!(!arguments.exact || passed == 1, "{line}: {passed} passed");
    }
    assert!(typed > 4, "only {typed} commands are typed");
}

#[test]
fn what_a_package_needs_for_its_scenarios_is_what_this_one_has() {
    let committed = |path: &str| fs::read_to_string(root().join(path)).expect("a file");
    let target = blocks_of("docs/libtest.md", "toml").concat();
    let (dependency, target) = target.split_at(3);
    assert_eq!(dependency[0], "[dev-dependencies]");
    assert!(dependency[1].starts_with("xtenant = { path = "));
    assert!(committed("Cargo.toml").contains(&target.join("\n")));
    let main = blocks_of("docs/libtest.md", "rust").concat().join("\n");
    assert!(main.contains("fn main") && committed("tests/scenarios.rs").contains(&main));
}

/// A mock says where it is, and serves until it is told to stop.
fn serves(folder: &Path, arguments: &[String]) {
    use std::io::BufRead;

    let mut mock = xtenant(folder, arguments)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the mock starts");
    let mut line = String::new();
    std::io::BufReader::new(mock.stdout.take().expect("piped"))
        .read_line(&mut line)
        .expect("a line");
    mock.kill().expect("stopped");
    let _ = mock.wait();
    assert!(line.contains("\"control\""), "{line}");
}
