//! How do requests come in and replies go out? Sockets, TLS, limits; no knowledge of Azure.
//!
//! - [`tls`] the mock's certificate authority and its one certificate
//! - [`http`] HTTP/1.1 and HTTP/2 over TCP, with or without TLS
//! - [`limits`] how much and how long a client may send; [`body`] replies that are cut or slow; [`tap`] cut connections
//! - [`azure`] a request as Azure's services get it, a reply as they send it; [`stamp`] request ids and dates
//! - [`proxy`] an HTTP proxy per vantage, for clients that know nothing of doors
//! - [`dns`] DNS over UDP and TCP, one server per vantage
//! - [`stop`] how everything ends

pub mod azure;
pub mod body;
pub mod dns;
pub mod http;
pub mod limits;
pub mod proxy;
pub mod stamp;
pub mod stop;
pub mod tap;
pub mod tls;
