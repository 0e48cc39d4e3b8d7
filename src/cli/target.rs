//! Which target a scenario and the command line mean.

use std::fmt;
use std::path::{Path, PathBuf};

use super::Failure;
use crate::exit_code::ExitCode;
use crate::target::mock::{self, MockTarget};
use crate::target::{Target, live};

/// Where to ask, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TargetName {
    /// A mock in this process.
    Embedded,
    /// A running mock, by its control address.
    Attached(String),
    /// A live cloud.
    Live(String),
}

/// A target that was opened. A mock in the process ends with it.
pub(crate) enum Opened {
    Live(Target),
    Mock(MockTarget),
}

impl Opened {
    /// Where to ask.
    pub(crate) const fn target(&self) -> &Target {
        match self {
            Self::Live(target) => target,
            Self::Mock(mock) => &mock.target,
        }
    }
}

impl fmt::Display for TargetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded => f.write_str("mock"),
            Self::Attached(address) => write!(f, "mock@{address}"),
            Self::Live(name) => f.write_str(name),
        }
    }
}

/// A mock in the process has nothing to answer from.
fn no_world(expected: &Path) -> Failure {
    Failure::usage(format!(
        "there is no world for the mock in the process: {} does not exist; give one by --world FILE, or ask another target by \
         --target",
        expected.display()
    ))
}

impl TargetName {
    /// Whether the real environment is consulted.
    pub(crate) const fn is_live(&self) -> bool {
        matches!(self, Self::Live(_))
    }

    /// Reads `mock`, `mock@HOST:PORT`, or the name of a live cloud.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        match text.split_once('@') {
            None if text == "mock" => Ok(Self::Embedded),
            None if live::cloud(text).is_some() => Ok(Self::Live(text.to_owned())),
            Some(("mock", address)) if address.contains(':') => {
                Ok(Self::Attached(address.to_owned()))
            }
            _ => Err(Failure::usage(format!(
                "there is no target `{text}`: it may be `mock`, started in the process, `mock@HOST:PORT`, the control \
                 address that `xtenant mock` prints, or a live cloud: `azure`, `usgov`, `china`"
            ))),
        }
    }

    /// Makes the target. `scenario` is the file whose world is meant when no other is given.
    pub(crate) async fn open(
        &self,
        scenario: &Path,
        world: Option<&PathBuf>,
        faults: &[String],
    ) -> Result<Opened, Failure> {
        let is_ours = matches!(self, Self::Embedded);
        if !is_ours && (world.is_some() || !faults.is_empty()) {
            return Err(Failure::usage(
                "--world and --fault are for a mock in the process; another target has its own world",
            ));
        }
        match self {
            Self::Live(name) => live::cloud(name)
                .map(Opened::Live)
                .ok_or_else(|| Failure::usage(format!("there is no cloud `{name}`"))),
            Self::Attached(address) => {
                let attached = mock::attach(address).await;
                attached.map(Opened::Mock).map_err(Failure::usage)
            }
            Self::Embedded => {
                let beside = || scenario.with_file_name("world.yaml");
                let world = world.cloned().unwrap_or_else(beside);
                if !world.exists() {
                    return Err(no_world(&world));
                }
                mock::embed(&world, faults)
                    .await
                    .map(Opened::Mock)
                    .map_err(|error| match error.is_world {
                        true => Failure {
                            code: ExitCode::Invalid,
                            message: error.message,
                        },
                        false => Failure::usage(error.message),
                    })
            }
        }
    }
}
