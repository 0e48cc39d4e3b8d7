//! Which target a scenario and the command line mean.

use std::path::{Path, PathBuf};

use super::Failure;
use crate::exit_code::ExitCode;
use crate::target::mock::{self, MockTarget};

/// Where to ask, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TargetName {
    /// A mock in this process.
    Embedded,
    /// A running mock, by its control address.
    Attached(String),
}

impl TargetName {
    /// Reads `mock` or `mock@HOST:PORT`.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        match text.split_once('@') {
            None if text == "mock" => Ok(Self::Embedded),
            Some(("mock", address)) if address.contains(':') => {
                Ok(Self::Attached(address.to_owned()))
            }
            _ => Err(Failure::usage(format!(
                "there is no target `{text}`: this version asks `mock`, started in the process, or `mock@HOST:PORT`, \
                 the control address that `xtenant mock` prints"
            ))),
        }
    }

    /// Makes the target. `scenario` is the file whose world is meant when no other is given.
    pub(super) async fn open(
        &self,
        scenario: &Path,
        world: Option<&PathBuf>,
        faults: &[String],
    ) -> Result<MockTarget, Failure> {
        match self {
            Self::Attached(_) if world.is_some() || !faults.is_empty() => Err(Failure::usage(
                "--world and --fault are for a mock in the process; a running mock has its own world",
            )),
            Self::Attached(address) => mock::attach(address).await.map_err(Failure::usage),
            Self::Embedded => {
                let world = world
                    .cloned()
                    .unwrap_or_else(|| scenario.with_file_name("world.yaml"));
                mock::embed(&world, faults)
                    .await
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
