//! `xtenant checks`: the catalogue in the terminal, or as the Markdown that `docs/checks.md` holds.

use super::{Ended, Failure, print};
use crate::catalogue;
use crate::checks::{KINDS, kind};
use crate::source::did_you_mean;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The check whose page to show; without one, all are listed.
    id: Option<String>,
    /// Print Markdown: the content of docs/checks.md.
    #[arg(long, conflicts_with = "id")]
    markdown: bool,
}

pub(super) fn run(arguments: &Arguments) -> Ended {
    match &arguments.id {
        Some(id) => match kind(id) {
            Some(kind) => print(&catalogue::page(kind)),
            None => {
                let hint = did_you_mean(id, KINDS.iter().map(|kind| kind.card.id));
                let hint = hint
                    .map(|id| format!("; did you mean `{id}`?"))
                    .unwrap_or_default();
                Err(Failure::usage(format!(
                    "there is no check `{id}`{hint}\n`xtenant checks` lists all"
                )))
            }
        },
        None if arguments.markdown => print(&catalogue::markdown()),
        None => print(&catalogue::list()),
    }
}
