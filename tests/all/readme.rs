//! What the README shows is what happens: every command runs, every line of a shown output stands in the real one.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{ran, root};

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

/// The blocks of a language, each as its lines.
fn blocks(language: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("README.md")).expect("the README");
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
    let typed = line.strip_prefix("cargo run -- ")?;
    let typed = typed.split(" #").next().unwrap_or_default();
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
