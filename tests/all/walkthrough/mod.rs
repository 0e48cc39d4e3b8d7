//! The walkthroughs, followed to the letter: every command is typed into one shell, every shown line is compared.
//!
//! - [`page`] what a page says to type and what it shows
//! - [`told`] whether what is told is what is shown
//!
//! A block `sh` holds commands that succeed, a block `console` commands with what they tell, on either stream; `...`
//! stands for lines that are not shown. The mock of a page is the one that its first block starts, on any free port.

mod page;
mod told;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::clients;
use crate::running::Mock;
use crate::support::{ran, root};
use page::{Page, Step};
use told::Told;

const WORLD: &str = "docs/walkthrough/world.yaml";
/// The control address of the pages.
const WRITTEN: &str = "127.0.0.1:7400";

/// A folder from which a page can be followed, as a clone is after `cargo build`.
fn clone() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["docs", "scenarios"] {
        symlink(root().join(name), folder.path().join(name)).expect("a link");
    }
    let built = folder.path().join("target/debug");
    fs::create_dir_all(&built).expect("a folder");
    symlink(env!("CARGO_BIN_EXE_xtenant"), built.join("xtenant")).expect("a link");
    folder
}

/// What a shell tells that gets the page typed in: the outputs of its console commands, in their order.
fn typed(page: &Page, mock: &Mock, clients: &Path) -> Vec<String> {
    let folder = clone();
    let home = tempfile::tempdir().expect("a temporary folder");
    let script = page.script().replace(WRITTEN, &mock.control);
    let path = clients::of_this_machine("PATH").unwrap_or_default();
    let mut shell = Command::new("bash");
    shell
        .args(["-c", &script])
        .current_dir(folder.path())
        .env_clear()
        .env(
            "PATH",
            format!("{}:{}", clients.join("venv/bin").display(), path.display()),
        )
        .env("HOME", home.path())
        .env("LANG", "C.UTF-8")
        .env("AZURE_CORE_COLLECT_TELEMETRY", "no");
    let ran = ran(&shell.output().expect("bash runs"));
    assert_eq!(
        ran.code, 0,
        "a command of a block `sh` fails:\n{}{}",
        ran.stdout, ran.stderr
    );
    page::outputs(&ran.stdout.replace(&mock.control, WRITTEN))
}

/// Follows a page to its end, which is green.
fn follow(name: &str, links: usize) {
    let Some(clients) = clients::installed() else {
        return;
    };
    let path = format!("docs/walkthrough/{name}.md");
    let page = Page::read(&root().join(&path));
    let start = format!("cargo run -- mock --world {WORLD} --control-port 7400");
    assert_eq!(page.first_command(), start, "{path}");
    let mock = Mock::start(WORLD, &[]);
    let outputs = typed(&page, &mock, &clients);
    let shown = page.steps.iter().filter_map(Step::shown);
    let shown: Vec<_> = shown.collect();
    assert_eq!(shown.len(), outputs.len(), "{path}: {outputs:#?}");
    let world = fs::read_to_string(root().join(WORLD)).expect("the world");
    let mut told = Told::of(&world);
    for ((command, lines), output) in shown.iter().zip(&outputs) {
        if let Err(why) = told.compare(lines, output) {
            panic!("{path}: {command}\n{why}\nit tells:\n{output}");
        }
    }
    ends_green(&outputs, links);
}

/// The last run holds in every link, and says so by its exit code too.
fn ends_green(outputs: &[String], links: usize) {
    let [.., run, code] = outputs else {
        panic!("a run and its exit code are the end of a page");
    };
    let summary = run.trim_end().lines().last();
    assert_eq!(summary, Some(format!("{links} good").as_str()), "{run}");
    assert_eq!(code, "0\n");
}

#[test]
fn the_mesh_is_made_from_nothing_by_the_page() {
    follow("mesh", 10);
}

#[test]
fn the_private_path_and_the_identity_are_made_from_nothing_by_the_page() {
    follow("private-secretless", 21);
}
