//! How is a mock's state kept from one run to the next? One JSON file: what it is, the mock's times, the state to its last
//! field (`store`), how operations ended, and what of the world no client can change.
//!
//! - A file is whole or not there: it is written beside its place, brought to the disk, and renamed. Its owner alone may read
//!   it, since secrets stand in it.
//! - What cannot be used is refused with its place, before anything of it is used.
//! - Operations that run are written as ended (`lro`). Not kept is what belongs to a process and not to Azure: wire faults,
//!   budgets and their use, the pace of operations, the record of requests, listeners.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::lro;
use crate::store::State;
use crate::world::World;

/// What the file calls itself.
const FORMAT: &str = "xtenant-mock-state";
/// Version of the format.
const VERSION: u64 = 2;

/// A state file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateFileError {
    /// It cannot be read or written.
    #[error("failed to use the state file {}: {error}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It is there and cannot be used.
    #[error("{}{why}", .path.display())]
    Refused {
        /// Which.
        path: PathBuf,
        /// Why.
        why: NotAState,
    },
}

/// Why a text is not the state of this mock. Each begins where the name of its file ends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAState {
    /// It is cut off, or somebody changed it.
    #[error(
        ":{line}:{column}: the state is damaged: {why}; take a copy of it that is whole, or remove it to begin with the world as written"
    )]
    Damaged {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong there.
        why: String,
    },
    /// It is something else.
    #[error(
        ": not a state of this mock: it has no `\"format\": \"{FORMAT}\"`; name another file, or remove it to begin with the world as written"
    )]
    Foreign,
    /// Another version of the mock wrote it.
    #[error(
        ": the state has version {found} of its format, and this mock reads version {VERSION}; use the mock that wrote it, or remove it to begin with the world as written"
    )]
    Version {
        /// Its version.
        found: u64,
    },
    /// It was written for another world.
    #[error(
        ": the state is of the world {found}, not of {wanted}; name another file, or remove it"
    )]
    World {
        /// The world that is served.
        wanted: String,
        /// The world that it is of.
        found: String,
    },
}

/// What a state file keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Kept {
    format: String,
    version: u64,
    world: String,
    /// The time at which the mock's clock started.
    #[serde(with = "time::serde::rfc3339")]
    pub started: OffsetDateTime,
    /// The mock's time when it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
    /// What of the world no client can change ([`World::frame`]).
    pub frame: World,
    /// What happened.
    pub state: State,
    /// How operations ended.
    pub operations: lro::Kept,
}

/// What is looked at first: a file of another version has its own fields.
#[derive(Deserialize)]
struct Head {
    format: Option<String>,
    version: Option<u64>,
    world: Option<String>,
}

impl Kept {
    /// What is kept from now on.
    pub fn new(
        (started, now): (OffsetDateTime, OffsetDateTime),
        frame: World,
        (state, operations): (State, lro::Kept),
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            world: frame.world.clone(),
            started,
            now,
            frame,
            state,
            operations,
        }
    }

    /// As it is written: one thing a line, so that places mean something.
    ///
    /// # Errors
    /// A time that RFC 3339 has no form for.
    pub fn text(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        Ok(text)
    }

    /// Reads what was written; of this world, if one is named.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(text: &[u8], world: Option<&str>) -> Result<Self, NotAState> {
        let damaged = |error: serde_json::Error| NotAState::damaged(&error);
        let head: Head = serde_json::from_slice(text).map_err(|error| match error.classify() {
            // A list, a text, a head of other types: JSON that nobody wrote as a state.
            serde_json::error::Category::Data => NotAState::Foreign,
            _ => NotAState::damaged(&error),
        })?;
        if head.format.as_deref() != Some(FORMAT) {
            return Err(NotAState::Foreign);
        }
        let found = head.version.unwrap_or_default();
        if found != VERSION {
            return Err(NotAState::Version { found });
        }
        let found = head.world.unwrap_or_default();
        if let Some(wanted) = world.filter(|wanted| *wanted != found) {
            let wanted = wanted.to_owned();
            return Err(NotAState::World { wanted, found });
        }
        let kept: Self = serde_json::from_slice(text).map_err(damaged)?;
        kept.state.check().map_err(|why| NotAState::Damaged {
            line: 1,
            column: 1,
            why,
        })?;
        Ok(kept)
    }
}

impl NotAState {
    fn damaged(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let why = text
            .rsplit_once(" at line ")
            .map_or(text.as_str(), |it| it.0);
        Self::Damaged {
            line: error.line(),
            column: error.column(),
            why: why.to_owned(),
        }
    }
}

/// Reads the state file of a world; nothing when there is no such file.
///
/// # Errors
/// Why it cannot be used.
pub fn read(path: &Path, world: &str) -> Result<Option<Kept>, StateFileError> {
    let text = match read_file(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, error)),
    };
    let kept = Kept::read(&text, Some(world));
    kept.map(Some).map_err(|why| StateFileError::Refused {
        path: path.to_owned(),
        why,
    })
}

/// A pipe would be waited for, a device has no end.
fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    std::fs::read(path)
}

/// Writes a state file, whole or not at all. A link stays a link: what it names is written.
///
/// # Errors
/// The system's.
pub fn write(path: &Path, kept: &Kept) -> Result<(), StateFileError> {
    let text = kept.text().map_err(|error| failed(path, error.into()))?;
    let place = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    write_private(&place, &text).map_err(|error| failed(path, error))
}

fn write_private(path: &Path, text: &[u8]) -> io::Result<()> {
    if std::fs::metadata(path).is_ok_and(|it| !it.is_file()) {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    // What was left there, or put there, is not written through.
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = create_private(&beside).and_then(|mut file| {
        file.write_all(text)?;
        file.sync_all()
    });
    let renamed = written.and_then(|()| std::fs::rename(&beside, path));
    if renamed.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    renamed?;
    sync_folder(path)
}

/// A new file that its owner alone may read.
fn create_private(path: &Path) -> io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A new name outlives a power failure when its folder is on the disk too; only Unix opens folders.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn failed(path: &Path, error: io::Error) -> StateFileError {
    StateFileError::Io {
        path: path.to_owned(),
        error,
    }
}

#[cfg(test)]
mod tests;
