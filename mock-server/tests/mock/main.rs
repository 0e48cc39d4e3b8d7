//! The mock over real sockets, on loopback only: one binary, one module per topic.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

mod apps;
mod bad_input;
mod change;
mod control;
mod data;
mod dns;
mod doors;
mod exchange;
mod identity;
mod listeners;
mod proxy;
mod raw;
mod services;
mod start;
mod support;
mod wire;
