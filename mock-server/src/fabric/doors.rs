//! Which loopback listener stands for which world address?
//!
//! One listener per (vantage, world address, port), opened on first use and kept. What the vantage does not reach is
//! refused before a packet leaves; a door that was opened earlier admits nobody once the world has changed.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio_rustls::TlsAcceptor;

use super::reach::{NoRoute, Route, route};
use crate::context::Context;
use crate::listen::azure::{Azure, Dialled};
use crate::listen::http::serve;
use crate::listen::limits::Patience;
use crate::listen::stop::LaterStop;

/// What comes of dialling a world address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dial {
    /// Dial this loopback address instead.
    Open(SocketAddr),
    /// The connection would be refused at once.
    Refused {
        /// Why.
        why: String,
    },
    /// The connection would never be answered.
    TimedOut {
        /// Why.
        why: String,
    },
}

type Key = (String, Ipv4Addr, u16);

/// The doors of a mock.
pub struct Doors {
    ctx: Context,
    host: IpAddr,
    tls: TlsAcceptor,
    patience: Patience,
    stop: LaterStop,
    open: Mutex<HashMap<Key, SocketAddr>>,
}

impl Doors {
    /// Doors that listen on `host`.
    pub fn new(
        ctx: Context,
        host: IpAddr,
        tls: TlsAcceptor,
        patience: Patience,
        stop: LaterStop,
    ) -> Self {
        Self {
            ctx,
            host,
            tls,
            patience,
            stop,
            open: Mutex::new(HashMap::new()),
        }
    }

    /// Dials a world address from a vantage.
    ///
    /// # Errors
    /// When this machine has no port left, or the mock has stopped.
    pub async fn dial(&self, vantage: &str, address: Ipv4Addr, port: u16) -> io::Result<Dial> {
        let found = route(&self.ctx.state(), vantage, address, port);
        match found {
            Ok(route) => self
                .door(route, (vantage.to_owned(), address, port))
                .await
                .map(Dial::Open),
            Err(NoRoute::Refused(why)) => Ok(Dial::Refused { why }),
            Err(NoRoute::TimedOut(why)) => Ok(Dial::TimedOut { why }),
        }
    }

    /// Opens every door anew from now on: the world is another one.
    pub async fn forget(&self) {
        self.open.lock().await.clear();
    }

    async fn door(&self, route: Route, key: Key) -> io::Result<SocketAddr> {
        let mut open = self.open.lock().await;
        if let Some(address) = open.get(&key) {
            return Ok(*address);
        }
        let stop = self
            .stop
            .handle()
            .ok_or_else(|| io::Error::other("the mock has stopped"))?;
        let listener = TcpListener::bind((self.host, 0)).await?;
        let address = listener.local_addr()?;
        let tls = route.tls.then(|| self.tls.clone());
        let azure = Azure::new(
            self.ctx.clone(),
            Dialled::Address {
                peer: route.peer,
                port: key.2,
            },
        );
        tokio::spawn(serve(listener, tls, Arc::new(azure), self.patience, stop));
        open.insert(key, address);
        Ok(address)
    }
}
