//! `xtenant` proves, link by link, that a connection between two Microsoft Entra tenants works.
//!
//! ```text
//! scenario.yaml ─ scenario ─▶ Scenario ─ plan ─▶ Plan ─ engine ─▶ ChainReport ─ report ─▶ console, json
//!                 (as written,            (what      │   ▲         (outcomes,
//!                  with places)            will run) │   │          first cause)
//!                                                    ▼   │
//!                                        checks: observe │ judge
//!                                                    │   │
//!                                                   ask ─┘ clients ─ credentials ─ target ─▶ Azure, or the mock
//! ```
//!
//! What an author wrote is read with its places ([`scenario`]), resolved into what will run ([`plan`]), and run
//! ([`engine`]): each link asks one question about Azure ([`checks`]), with what [`ask`] gives it. `settle` turns
//! every answer into an outcome; [`diagnosis`] says what the outcomes mean together; a [`report`] renders them.
//!
//! | module | owns |
//! | --- | --- |
//! | [`ids`], [`timestamp`], [`source`], [`secret`], [`outcome`], [`event`] | the words everybody shares |
//! | [`scenario`] | the file as written |
//! | [`plan`] | resolved links, order, reasons for skipping; pure |
//! | [`engine`] | time, waiting, concurrency, the order of events |
//! | [`checks`] | one question about Azure per file, or per folder where it takes several; [`checks::KINDS`] is the list |
//! | [`diagnosis`] | the meaning of several outcomes; pure |
//! | [`ask`] | what one link asks with |
//! | [`clients`] | one wire protocol per file, over one transport |
//! | [`credentials`] | one way to become an identity per file |
//! | [`target`] | addresses, resolver, route, trust |
//! | [`journal`] | what happened, line by line; a report out of it |
//! | [`report`] | one format per file; [`report::FORMATS`] is the list |
//! | [`drill`] | would a chain notice what the mock can break? |
//! | [`permissions`] | the least rights that a plan's links need |
//! | [`catalogue`] | the checks as documentation |
//! | [`chain`], [`cli`], [`libtest`] | wiring |
//!
//! `tests/all/layering.rs` holds that nobody imports more than `ARCHITECTURE.md` allows.

pub mod ask;
pub mod catalogue;
pub mod chain;
pub mod checks;
pub mod cli;
pub mod clients;
pub mod credentials;
pub mod diagnosis;
pub mod drill;
pub mod engine;
pub mod event;
pub mod exit_code;
pub mod ids;
pub mod journal;
pub mod libtest;
pub mod outcome;
pub mod permissions;
pub mod plan;
pub mod report;
pub mod scenario;
pub mod secret;
pub mod source;
pub mod target;
pub mod timestamp;
