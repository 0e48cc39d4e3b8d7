//! A mock of the parts of Azure that connect two Entra tenants: strict where Azure is strict, over real sockets.
//!
//! ```text
//! world file ──▶ world ──▶ store ◀──────────────┐
//!                  ▲                             │ read, change
//!               faults                           │
//! client ──▶ listen ──▶ router ──▶ auth ──▶ services/* ──▶ reply
//!              ▲          (api-version, token, tenant, rights)
//!            fabric (doors, DNS: who reaches what from where)
//! ```
//!
//! Start with [`serve`]: everything listens on free loopback ports and ends when the [`Mock`] is dropped. Read in this
//! order: [`world`] (what is given), [`store`] (what is there), [`request`] and [`services`] (what a handler gets and
//! gives), [`router`] and [`auth`] (who may), [`fabric`] (where a question is asked from).
//!
//! - [`world`] the world file, typed and checked; [`store`] and [`directory`] the only holders of state
//! - [`services`] one module per imitated service; [`rbac`] rights; [`coverage`] what is built, as a page
//! - [`router`] host and path to operation; [`auth`] token to caller; [`tokens`] the mock's key
//! - [`listen`] sockets; [`fabric`] which listener stands for which world address
//! - [`faults`] the catalogue of broken worlds; [`control`] what only tests may do
//! - [`args`], [`mod@start`], [`coordinates`], [`mod@env`] how it starts, where it is, how clients are pointed at it
//! - [`lro`] operations that take a while, over the mock's clock
//! - [`context`], [`memo`], [`clock`], [`ids`], [`request`], [`received`], [`throttle`] small things that all use
//!
//! It never contacts any address itself, and answers 501 by name for what is not built.

pub mod args;
pub mod auth;
pub mod clock;
pub mod context;
pub mod control;
pub mod coordinates;
pub mod coverage;
pub mod directory;
pub mod env;
pub mod fabric;
pub mod faults;
pub mod ids;
pub mod listen;
pub mod lro;
pub mod memo;
pub mod rbac;
pub mod received;
pub mod request;
pub mod router;
pub mod services;
pub mod start;
pub mod store;
pub mod throttle;
pub mod tokens;
pub mod world;

pub use args::{Args, Options, WorldSource};
pub use control::Control;
pub use coordinates::{Coordinates, IdentityEndpoint, VantageCoordinates};
pub use fabric::doors::Dial;
pub use start::{Mock, StartError, serve};
pub use world::{World, schema};
