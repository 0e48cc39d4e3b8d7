//! Does a virtual machine run? What Azure says of interfaces and connections depends on it (PITFALLS D18).

use serde::Deserialize;

use super::wire::{explaining, lenient};
use crate::ask::Ask;
use crate::ids::ResourceId;

/// Whether a machine runs.
pub(super) enum Power {
    /// It does.
    Running,
    /// It does not: its state, such as `deallocated`.
    Off(String),
    /// Nobody says, or nobody may look.
    Unknown,
}

/// What the machine's instance view says of its power; only explains, so that it need not be readable.
pub(super) async fn power(ask: &Ask, machine: &ResourceId) -> Power {
    let view: Option<View> = explaining(ask.arm(&machine.child("instanceView")).await);
    let codes = view.into_iter().flat_map(|view| view.statuses);
    let mut states = codes.filter_map(|status| {
        let (kind, state) = status.code.split_once('/')?;
        kind.eq_ignore_ascii_case("PowerState")
            .then(|| state.to_owned())
    });
    match states.next() {
        Some(state) if state.eq_ignore_ascii_case("running") => Power::Running,
        Some(state) => Power::Off(state),
        None => Power::Unknown,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct View {
    #[serde(deserialize_with = "lenient")]
    statuses: Vec<Status>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    #[serde(deserialize_with = "lenient")]
    code: String,
}
