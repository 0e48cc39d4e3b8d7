//! A mock as a process of its own, ended when it is dropped.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};

use serde_json::Value;

use crate::support::{Ran, command, xtenant};

/// A running mock.
pub(crate) struct Mock {
    child: Child,
    stderr: BufReader<ChildStderr>,
    /// Its control address.
    pub(crate) control: String,
}

impl Mock {
    /// Serves a world, and is ready.
    pub(crate) fn start(world: &str, arguments: &[&str]) -> Self {
        let mut child = command()
            .args(["mock", "--world", world])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the mock starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("a line when ready");
        let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
        let coordinates: Value = serde_json::from_str(&line).unwrap_or_else(|error| {
            let mut said = String::new();
            let _ = std::io::Read::read_to_string(&mut stderr, &mut said);
            panic!("the mock of {world} is not ready: {error}: {line}{said}")
        });
        let control = coordinates["control"]
            .as_str()
            .expect("an address")
            .to_owned();
        Self {
            child,
            stderr,
            control,
        }
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status();
        assert!(sent.expect("kill runs").success());
    }

    /// What it says next on standard error.
    pub(crate) fn says(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).expect("a line");
        line
    }

    /// Waits for its end, after a signal.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("it ends")
    }

    /// The target of `xtenant run`.
    pub(crate) fn target(&self) -> String {
        format!("mock@{}", self.control)
    }

    /// Runs a scenario against it.
    pub(crate) fn run(&self, scenario: &str) -> Ran {
        xtenant(["run", scenario, "--target", &self.target()])
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
