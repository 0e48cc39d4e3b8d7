//! Whole-binary tests, in one binary because each links 20 MB.
//!
//! - [`chains`]: the bundled scenarios are green and say what they asked
//! - [`clients`]: public clients, where they are installed
//! - [`cli`]: flags, messages and exit codes of the binary
//! - [`documents`]: what is generated is current, what documents name exists
//! - [`drills`]: every row of every drill, every fault, every cause
//! - [`everyday`]: matrix, outputs as variables, budgets, waivers
//! - [`healthy`]: slow and busy worlds are never red, and time heals
//! - [`interruption`]: signals, journals
//! - [`live`]: live targets where there is no network
//! - [`layering`]: who may import whom
//! - [`wire_fields`]: what checks read of Azure's answers is what its specifications have
//! - [`targets`]: targets that do not fit, and requests that must not leave
//! - [`libtest`]: scenarios as tests
//! - [`mending`]: every fix is typed into the Azure CLI, and mends
//! - [`mesh`]: the mesh in worlds that nobody drew up for it
//! - [`listing`]: what would run; completions
//! - [`mock`]: the mock as a process of its own
//! - [`operations`]: questions that Azure answers later
//! - [`permissions`]: what is printed as least rights is what is asked, and what is needed
//! - `permutations`: the same cause leads in another order, without needs, with fewer links
//! - [`readme`]: what the README shows is what happens
//! - [`running`]: a mock as a process
//! - `spelling`: ids in capitals or with a slash at the end are the same ids
//! - [`support`]: running the binary, copying a scenario
//! - `walkthrough`: the pages that make a whole chain from nothing, followed to the letter

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail"
)]

mod chains;
mod cli;
mod clients;
mod documents;
mod drill;
mod drills;
mod everyday;
mod fixes;
mod healthy;
mod interruption;
mod layering;
mod libtest;
mod listing;
mod live;
mod mending;
mod mesh;
mod mock;
mod operations;
mod permissions;
mod permutations;
mod readme;
mod running;
mod spelling;
mod support;
mod targets;
#[cfg(unix)]
mod walkthrough;
mod wire_fields;
