//! Whole-binary tests, in one binary because each links 20 MB.
//!
//! - [`chains`]: the bundled scenarios are green and say what they asked
//! - [`cli`]: flags, messages and exit codes of the binary
//! - [`documents`]: what is generated is current, what documents name exists
//! - [`drills`]: every row of every drill, every fault, every cause
//! - [`everyday`]: matrix, outputs as variables, budgets, waivers
//! - [`interruption`]: signals, journals
//! - [`layering`]: who may import whom
//! - [`targets`]: targets that do not fit, and requests that must not leave
//! - [`support`]: running the binary, copying a scenario

mod chains;
mod cli;
mod documents;
mod drills;
mod everyday;
mod interruption;
mod layering;
mod support;
mod targets;
