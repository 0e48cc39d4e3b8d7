//! Would the scenario notice? Breaks its world in every way that the mock knows, one at a time or two at once, runs the
//! chain each time, and holds what it tells against what it should (`DESIGN.md` §12): mutation testing for a chain.
//!
//! - [`mod@file`]: `drill.yaml`: which link, cause and owner a fault must lead to, and which faults a chain need not notice
//! - [`told`]: which causes a fault may lead to where no row says more
//! - [`judge`]: what a run under a fault proves; pure
//! - [`pairs`]: which two faults go together, and what they prove; pure
//! - [`trial`]: one run under faults, on a mock that is used again
//! - [`rehearsal`]: all trials of a chain, several at a time
//! - [`score`]: the finished drill; [`report`]: its formats

pub mod file;
pub mod judge;
pub mod pairs;
pub mod rehearsal;
pub mod report;
pub mod score;
pub mod told;
pub mod trial;

pub use file::DrillFile;
pub use rehearsal::{Meant, Rehearsal, rehearse};
pub use score::{ChainDrill, Drill, Score, Trial, Verdict};
