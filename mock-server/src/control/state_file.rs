//! How is a mock's state kept from one run to the next? One JSON file: format, version, name of the world, time, state.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::clock::rfc3339;
use crate::start::write_whole;
use crate::world::World;

/// What the file calls itself.
const FORMAT: &str = "xtenant-mock-state";
/// Version of the format.
const VERSION: u64 = 1;

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
    /// It is something else.
    #[error("not a state file of this mock: {}: {why}; name another file, or remove it to begin with the world as written", .path.display())]
    Format {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// It was written for another world.
    #[error("the state file {} is of the world {found}, not of {wanted}; name another file, or remove it", .path.display())]
    World {
        /// Which.
        path: PathBuf,
        /// The world that is served.
        wanted: String,
        /// The world that it is of.
        found: String,
    },
}

/// What a state file keeps.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The state, as a world.
    pub state: World,
    /// The mock's time when it was written.
    pub now: OffsetDateTime,
}

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    version: u64,
    world: &'a str,
    now: String,
    state: &'a World,
}

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u64,
    world: String,
    now: String,
    state: Value,
}

/// Reads a state file of a world; nothing when there is no such file.
///
/// # Errors
/// Why it cannot be used.
pub fn read(path: &Path, world: &str) -> Result<Option<Kept>, StateFileError> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, error)),
    };
    let refused = |why: String| StateFileError::Format {
        path: path.to_owned(),
        why,
    };
    let head: Head = serde_json::from_slice(&text).map_err(|error| refused(error.to_string()))?;
    if head.format != FORMAT || head.version != VERSION {
        let (format, version) = (head.format, head.version);
        return Err(refused(format!(
            "it is {format} version {version}, wanted is {FORMAT} version {VERSION}"
        )));
    }
    if head.world != world {
        return Err(StateFileError::World {
            path: path.to_owned(),
            wanted: world.to_owned(),
            found: head.world,
        });
    }
    let now = OffsetDateTime::parse(&head.now, &Rfc3339);
    let now = now.map_err(|error| refused(format!("now: {error}")))?;
    let state = World::of_state(head.state).map_err(|why| refused(format!("state: {why}")))?;
    Ok(Some(Kept { state, now }))
}

/// Writes a state file, whole or not at all.
///
/// # Errors
/// The system's.
pub fn write(path: &Path, kept: &Kept) -> Result<(), StateFileError> {
    let written = Written {
        format: FORMAT,
        version: VERSION,
        world: &kept.state.world,
        now: rfc3339(kept.now),
        state: &kept.state,
    };
    let text = serde_json::to_vec(&written).map_err(|error| failed(path, error.into()))?;
    write_whole(path, &text).map_err(|error| failed(path, error))
}

fn failed(path: &Path, error: io::Error) -> StateFileError {
    StateFileError::Io {
        path: path.to_owned(),
        error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        assert!(read(&path, "w").unwrap().is_none(), "the first run");
        let state = crate::world::example();
        let name = state.world.clone();
        let now = time::macros::datetime!(2026-11-22 10:00 UTC);
        write(&path, &Kept { state, now }).unwrap();
        let kept = read(&path, &name).unwrap().unwrap();
        assert_eq!((kept.now, kept.state.world.as_str()), (now, name.as_str()));
        let error = read(&path, "other").unwrap_err().to_string();
        assert!(error.contains(&format!("is of the world {name}, not of other")));
        for (text, why) in [
            ("", "not a state file"),
            ("{}", "missing field"),
            (
                r#"{"format":"x","version":1,"world":"w","now":"","state":{}}"#,
                "it is x version 1",
            ),
            (
                r#"{"format":"xtenant-mock-state","version":2,"world":"w","now":"","state":{}}"#,
                "version 2, wanted is xtenant-mock-state version 1",
            ),
            (
                r#"{"format":"xtenant-mock-state","version":1,"world":"w","now":"x","state":{}}"#,
                "now: ",
            ),
            (
                r#"{"format":"xtenant-mock-state","version":1,"world":"w","now":"2026-11-22T10:00:00Z","state":{"x":1}}"#,
                "state: unknown field",
            ),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = read(&path, "w").unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
