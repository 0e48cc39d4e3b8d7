//! Which listeners does a mock open? One for every public host, and for each vantage DNS, proxy and managed identity.
//!
//! They are opened at the start, and for vantages that a later world adds.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::StartError;
use crate::context::Context;
use crate::coordinates::{IdentityEndpoint, VantageCoordinates};
use crate::fabric::addresses::{APP_SERVICE, APP_SERVICE_PORT, IMDS, egress};
use crate::fabric::dns::name_server;
use crate::fabric::doors::Doors;
use crate::fabric::reach::to_identity;
use crate::listen::azure::{Azure, Dialled};
use crate::listen::dns;
use crate::listen::http::{Answer, serve};
use crate::listen::limits::Patience;
use crate::listen::proxy::Proxy;
use crate::listen::stop::LaterStop;
use crate::services::managed_identity::identity::header_value;
use crate::world::Vantage;

/// What all listeners share.
pub(crate) struct Listeners {
    pub(crate) ctx: Context,
    pub(crate) host: IpAddr,
    pub(crate) patience: Patience,
    pub(crate) tls: TlsAcceptor,
    pub(crate) doors: Arc<Doors>,
    pub(crate) stop: LaterStop,
}

/// Ports for the first vantage that wants one; 0 is any free port.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ports {
    pub(crate) dns: u16,
    pub(crate) proxy: u16,
    pub(crate) identity: u16,
}

impl Listeners {
    /// A listener on this mock's address.
    pub(crate) async fn listen(
        &self,
        what: &str,
        port: u16,
    ) -> Result<(TcpListener, SocketAddr), StartError> {
        let address = SocketAddr::new(self.host, port);
        let failed = |error| StartError::Listen {
            what: what.to_owned(),
            address,
            error,
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        Ok((listener, bound))
    }

    /// Serves a listener until the mock stops.
    pub(crate) fn spawn(
        &self,
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        answer: Arc<dyn Answer>,
    ) {
        if let Some(stop) = self.stop.handle() {
            tokio::spawn(serve(listener, tls, answer, self.patience, stop));
        }
    }

    /// The port that serves every public host by name.
    pub(crate) async fn https(&self, port: u16) -> Result<SocketAddr, StartError> {
        let (listener, address) = self.listen("HTTPS", port).await?;
        let azure = Azure::new(
            self.ctx.clone(),
            Dialled::ByName {
                vantage: "internet".to_owned(),
            },
        );
        self.spawn(listener, Some(self.tls.clone()), Arc::new(azure));
        Ok(address)
    }

    /// Every vantage: those of the world first, in the order of their names, then `internet`. What is open for a vantage
    /// that has not changed stays open.
    pub(crate) async fn vantages(
        &self,
        mut ports: Ports,
        unchanged: &[VantageCoordinates],
    ) -> Result<Vec<VantageCoordinates>, StartError> {
        let mut vantages: Vec<(String, Vantage)> = self
            .ctx
            .state()
            .vantages
            .iter()
            .map(|(name, vantage)| (name.clone(), vantage.clone()))
            .collect();
        vantages.sort_by_key(|(name, _)| (name == "internet", name.clone()));
        let mut found = Vec::with_capacity(vantages.len());
        for (name, vantage) in vantages {
            let open = unchanged.iter().find(|it| it.name == name);
            found.push(self.vantage(name, vantage, &mut ports, open).await?);
        }
        Ok(found)
    }

    async fn vantage(
        &self,
        name: String,
        vantage: Vantage,
        ports: &mut Ports,
        open: Option<&VantageCoordinates>,
    ) -> Result<VantageCoordinates, StartError> {
        let managed_identity = match open {
            Some(open) if open.managed_identity.is_some() => open.managed_identity.clone(),
            _ => {
                self.managed_identity(&name, &vantage, ports.identity)
                    .await?
            }
        };
        if managed_identity.is_some() {
            ports.identity = 0;
        }
        let dns = match open {
            Some(open) => open.dns,
            None => self.dns(&name, std::mem::take(&mut ports.dns)).await?,
        };
        let proxy = match open {
            Some(open) => open.proxy,
            None => self.proxy(&name, std::mem::take(&mut ports.proxy)).await?,
        };
        let state = self.ctx.state();
        let egress = vantage.internet.then(|| egress(&state, &name).to_string());
        Ok(VantageCoordinates {
            network: vantage.network,
            address: vantage.address.map(|address| address.to_string()),
            egress,
            name_server: name_server(&state, &name),
            dns,
            proxy,
            managed_identity,
            name,
        })
    }

    async fn dns(&self, vantage: &str, port: u16) -> Result<SocketAddr, StartError> {
        let stop = self.stop.handle().ok_or_else(stopped)?;
        let serving = dns::serve(self.ctx.clone(), vantage.to_owned(), self.host, port, stop);
        serving.await.map_err(|error| StartError::Listen {
            what: format!("DNS of vantage {vantage}"),
            address: SocketAddr::new(self.host, port),
            error,
        })
    }

    async fn proxy(&self, vantage: &str, port: u16) -> Result<SocketAddr, StartError> {
        let (listener, address) = self
            .listen(&format!("the proxy of vantage {vantage}"), port)
            .await?;
        let doors = Arc::clone(&self.doors);
        let proxy = Proxy::new(
            self.ctx.clone(),
            doors,
            vantage.to_owned(),
            self.stop.clone(),
        );
        self.spawn(listener, None, Arc::new(proxy));
        Ok(address)
    }

    async fn managed_identity(
        &self,
        name: &str,
        vantage: &Vantage,
        port: u16,
    ) -> Result<Option<IdentityEndpoint>, StartError> {
        let (address, world_port) = if vantage.app_service {
            (APP_SERVICE, APP_SERVICE_PORT)
        } else {
            (IMDS, 80)
        };
        let Some(peer) = to_identity(name, vantage, address, world_port) else {
            return Ok(None);
        };
        let (listener, bound) = self
            .listen(&format!("managed identity of vantage {name}"), port)
            .await?;
        let azure = Azure::new(
            self.ctx.clone(),
            Dialled::Address {
                peer,
                port: world_port,
            },
        );
        self.spawn(listener, None, Arc::new(azure));
        Ok(Some(if vantage.app_service {
            IdentityEndpoint::AppService {
                endpoint: format!("http://{bound}/msi/token"),
                world_endpoint: format!("http://{address}:{world_port}/msi/token"),
                header: header_value(name),
            }
        } else {
            IdentityEndpoint::Imds {
                endpoint: format!("http://{bound}"),
                world_endpoint: format!("http://{address}"),
            }
        }))
    }
}

fn stopped() -> StartError {
    StartError::Build("the mock has stopped".to_owned())
}
