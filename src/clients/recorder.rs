//! What one try of one link asked and was answered: evidence, and the refusals that SDKs would lose.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::outcome::evidence::{DnsExchange, HttpExchange, TcpExchange};
use crate::outcome::{Evidence, Exchange, NoAnswer, Refusal};

/// Collects the exchanges of one try. Clones write to the same place.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Mutex<Recorded>>);

#[derive(Debug, Default)]
struct Recorded {
    exchanges: Vec<Exchange>,
    challenge: Option<String>,
    no_answer: Option<NoAnswer>,
    peers: Vec<SocketAddr>,
}

impl Recorder {
    /// Adds an HTTP exchange.
    pub fn http(&self, exchange: HttpExchange) {
        self.lock().exchanges.push(Exchange::Http(exchange));
    }

    /// Adds a DNS exchange.
    pub fn dns(&self, exchange: DnsExchange) {
        self.lock().exchanges.push(Exchange::Dns(exchange));
    }

    /// Adds a connection.
    pub fn tcp(&self, exchange: TcpExchange) {
        self.lock().exchanges.push(Exchange::Tcp(exchange));
    }

    /// Keeps a refusal's own words, because SDKs parse error bodies badly, and completes the evidence of the exchange
    /// that it came with.
    pub fn refused(&self, refusal: Refusal) {
        let mut recorded = self.lock();
        if let Some(Exchange::Http(exchange)) = recorded.exchanges.last_mut() {
            exchange.codes.clone_from(&refusal.codes);
        }
        recorded.no_answer = Some(NoAnswer::Refused(refusal));
    }

    /// Keeps why no answer came.
    pub fn unanswered(&self, why: NoAnswer) {
        self.lock().no_answer = Some(why);
    }

    /// Keeps the challenge of a 401.
    pub fn challenged(&self, header: &str) {
        self.lock().challenge = Some(header.to_owned());
    }

    /// Keeps the peer of an exchange, as the world knows it.
    pub fn reached(&self, peer: SocketAddr) {
        let mut recorded = self.lock();
        if !recorded.peers.contains(&peer) {
            recorded.peers.push(peer);
        }
    }

    /// The last refusal or missing answer, if the latest exchange did not succeed.
    pub fn no_answer(&self) -> Option<NoAnswer> {
        self.lock().no_answer.clone()
    }

    /// Forgets the last refusal: the exchange after it succeeded.
    pub fn succeeded(&self) {
        self.lock().no_answer = None;
    }

    /// The latest challenge.
    pub fn challenge(&self) -> Option<String> {
        self.lock().challenge.clone()
    }

    /// Every peer that was reached, each once, in order.
    pub fn peers(&self) -> Vec<SocketAddr> {
        self.lock().peers.clone()
    }

    /// Everything so far.
    pub fn evidence(&self) -> Evidence {
        Evidence(self.lock().exchanges.clone())
    }

    /// Adds exchanges that were recorded elsewhere; `shared` when another link asked and this one only listened.
    pub fn add(&self, evidence: &Evidence, shared: bool) {
        let mut recorded = self.lock();
        for exchange in &evidence.0 {
            let mut exchange = exchange.clone();
            if let Exchange::Http(http) = &mut exchange {
                http.shared = shared;
            }
            recorded.exchanges.push(exchange);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
