//! Running the binary, and copies of scenarios to break.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Takes the workload's role at the vault away; the link `vault-role` fails, and may heal.
pub(crate) const NO_ROLE: &str = "role-missing@/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv-resource/providers/Microsoft.Authorization/roleAssignments/0b000000-0000-4000-8000-000000000003";

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What an invocation of the binary came to.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the binary in the root of the repository with a bare environment.
pub(crate) fn xtenant<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Ran {
    let output = command().args(arguments).output().expect("the binary runs");
    ran(&output)
}

/// The binary, ready for arguments.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtenant"));
    command.current_dir(root()).env_clear();
    command
}

pub(crate) fn ran(output: &Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs scenarios and gives the JSON report.
pub(crate) fn report<S: AsRef<std::ffi::OsStr>>(
    arguments: impl IntoIterator<Item = S>,
) -> (Ran, Value) {
    let mut command = command();
    command.args(["run", "-o", "json"]).args(arguments);
    let ran = ran(&command.output().expect("the binary runs"));
    let report = serde_json::from_str(&ran.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}\n{}", ran.stdout, ran.stderr));
    (ran, report)
}

/// A copy of a bundled scenario's folder, to edit.
pub(crate) struct Copied {
    _folder: tempfile::TempDir,
    pub(crate) scenario: PathBuf,
    pub(crate) world: PathBuf,
}

/// Copies a bundled scenario and its world.
pub(crate) fn copy(chain: &str) -> Copied {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let from = root().join("scenarios").join(chain);
    let (scenario, world) = (
        folder.path().join("scenario.yaml"),
        folder.path().join("world.yaml"),
    );
    fs::copy(from.join("scenario.yaml"), &scenario).expect("the scenario is there");
    fs::copy(from.join("world.yaml"), &world).expect("the world is there");
    Copied {
        _folder: folder,
        scenario,
        world,
    }
}

/// Replaces the only occurrence of a text in a file.
pub(crate) fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).expect("the file is there");
    assert_eq!(
        text.matches(from).count(),
        1,
        "`{from}` stands once in {}",
        file.display()
    );
    fs::write(file, text.replace(from, to)).expect("the file can be written");
}
