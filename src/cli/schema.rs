//! `xtenant schema`: JSON Schemas of what people write and what reports hold. The committed ones in `schemas/` equal
//! these, which a test holds.

use clap::ValueEnum;

use super::{Ended, print};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Which schema.
    which: Which,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Which {
    /// A scenario: what users write.
    Scenario,
    /// A world: what the mock starts from.
    World,
    /// The JSON report.
    Report,
    /// The JSON report of a drill.
    DrillReport,
    /// The JSON of `xtenant permissions`.
    Permissions,
}

pub(super) fn run(arguments: &Arguments) -> Ended {
    let schema = match arguments.which {
        Which::Scenario => crate::scenario::schema(),
        Which::World => crate::target::mock::world_schema(),
        Which::Report => crate::report::schema(),
        Which::DrillReport => crate::drill::score::schema(),
        Which::Permissions => crate::permissions::schema(),
    };
    print(&format!("{schema:#}\n"))
}
