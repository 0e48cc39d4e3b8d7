//! How does a mock start and end?
//!
//! World, faults, state; then the key and the certificates; then every listener; last the files that say that it is ready.
//! A mock that cannot start entirely does not start at all, and says which part failed.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use xtenant_source::Problem;

use crate::args::{Options, WorldSource};
use crate::clock::Clock;
use crate::context::Context;
use crate::control::Control;
use crate::control::api::Api;
use crate::control::given::Given;
use crate::coordinates::{Coordinates, IdentityEndpoint, VantageCoordinates};
use crate::fabric::addresses::{APP_SERVICE, APP_SERVICE_PORT, IMDS, certificate_names, egress};
use crate::fabric::dns::name_server;
use crate::fabric::doors::Doors;
use crate::fabric::reach::route;
use crate::faults::FaultError;
use crate::listen::azure::{Azure, Dialled};
use crate::listen::dns;
use crate::listen::http::{Answer, serve as serve_http};
use crate::listen::proxy::Proxy;
use crate::listen::stop::{Stop, Stopper};
use crate::listen::tls::{Identity, TlsError};
use crate::services::managed_identity::identity::header_value;
use crate::store::State;
use crate::tokens::Signer;
use crate::world::{Vantage, World};

/// A mock that did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A listener could not be opened.
    #[error("failed to listen on {address} for {what}: {error}")]
    Listen {
        /// What it was for.
        what: String,
        /// Where.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// A fault could not be planted.
    #[error(transparent)]
    Fault(#[from] FaultError),
    /// A fault was not given as `ID@PLACE`.
    #[error(
        "not a fault at a place: {0}; write ID@PLACE, such as application-disabled@home/orders"
    )]
    FaultForm(String),
    /// A file could not be written.
    #[error("failed to write {}: {error}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The signing key is not usable on this machine.
    #[error("failed to use the mock's signing key")]
    Key,
    /// Certificates could not be made.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The world is malformed.
    #[error("{}", xtenant_source::render(.0, false))]
    World(Vec<Problem>),
    /// The world cannot be built.
    #[error("failed to build the world: {0}")]
    Build(String),
}

/// A running mock. It stops when it is dropped.
pub struct Mock {
    /// Where everything is.
    pub coordinates: Coordinates,
    /// Power over it.
    pub control: Arc<Control>,
    stopper: Stopper,
}

impl Mock {
    /// Stops listening, lets running requests end, and returns when nothing runs any more.
    pub async fn stop(mut self) {
        self.stopper.stop().await;
    }
}

/// Starts a mock.
///
/// # Errors
/// Which part failed, in words for the person who started it.
pub async fn serve(options: Options) -> Result<Mock, StartError> {
    let given = given(&options)?;
    let ctx = context(given.world())?;
    let tls = Identity::for_names(&certificate_names(&ctx.state()))?;
    let stopper = Stopper::default();
    let Some(stop) = stopper.handle() else {
        return Err(StartError::Build("stopped at once".to_owned()));
    };
    let acceptor = TlsAcceptor::from(Arc::clone(&tls.server));
    let doors = Arc::new(Doors::new(
        ctx.clone(),
        options.host,
        acceptor.clone(),
        options.patience,
        stop.later(),
    ));
    let starter = Starter {
        ctx,
        options: &options,
        tls: acceptor,
        doors,
        stop,
    };
    let (control_listener, control_address) = starter
        .listen("the control interface", options.control_port)
        .await?;
    let https = starter.https().await?;
    let vantages = starter.vantages().await?;
    let world = given.world().world.clone();
    let coordinates = Coordinates {
        world,
        control: control_address,
        https,
        ca_pem: tls.ca_pem,
        vantages,
    };
    let control = starter.control(control_listener, given, coordinates.clone());
    write_files(&options, &coordinates)?;
    Ok(Mock {
        coordinates,
        control,
        stopper,
    })
}

fn given(options: &Options) -> Result<Given, StartError> {
    let world = match &options.world {
        WorldSource::File(path) => World::load(path).map_err(StartError::World)?,
        WorldSource::Loaded(world) => World::clone(world),
    };
    let mut given = Given::new(world);
    for (fault, at) in &options.faults {
        given.plant(fault, at)?;
    }
    Ok(given)
}

fn context(world: &World) -> Result<Context, StartError> {
    let start = world
        .clock
        .as_deref()
        .and_then(|clock| OffsetDateTime::parse(clock, &Rfc3339).ok());
    let signer = Signer::new().map_err(|_| StartError::Key)?;
    let state = State::build(world).map_err(StartError::Build)?;
    Ok(Context::new(
        state,
        Clock::starting_at(start),
        Arc::new(signer),
    ))
}

/// What all listeners share while they are opened.
struct Starter<'o> {
    ctx: Context,
    options: &'o Options,
    tls: TlsAcceptor,
    doors: Arc<Doors>,
    stop: Stop,
}

impl Starter<'_> {
    async fn listen(&self, what: &str, port: u16) -> Result<(TcpListener, SocketAddr), StartError> {
        let address = SocketAddr::new(self.options.host, port);
        let failed = |error| StartError::Listen {
            what: what.to_owned(),
            address,
            error,
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        Ok((listener, bound))
    }

    fn spawn(&self, listener: TcpListener, tls: Option<TlsAcceptor>, answer: Arc<dyn Answer>) {
        tokio::spawn(serve_http(
            listener,
            tls,
            answer,
            self.options.patience,
            self.stop.clone(),
        ));
    }

    async fn https(&self) -> Result<SocketAddr, StartError> {
        let (listener, address) = self.listen("HTTPS", self.options.https_port).await?;
        let azure = Azure::new(
            self.ctx.clone(),
            Dialled::ByName {
                vantage: "internet".to_owned(),
            },
        );
        self.spawn(listener, Some(self.tls.clone()), Arc::new(azure));
        Ok(address)
    }

    /// Every vantage: those of the world first, in the order of their names, then `internet`.
    async fn vantages(&self) -> Result<Vec<VantageCoordinates>, StartError> {
        let mut vantages: Vec<(String, Vantage)> = self
            .ctx
            .state()
            .vantages
            .iter()
            .map(|(name, vantage)| (name.clone(), vantage.clone()))
            .collect();
        vantages.sort_by_key(|(name, _)| (name == "internet", name.clone()));
        let (mut dns_port, mut proxy_port) = (self.options.dns_port, self.options.proxy_port);
        let mut identity_port = self.options.identity_port;
        let mut found = Vec::with_capacity(vantages.len());
        for (name, vantage) in vantages {
            let managed_identity = self
                .managed_identity(&name, &vantage, identity_port)
                .await?;
            if managed_identity.is_some() {
                identity_port = 0;
            }
            let dns = self.dns(&name, std::mem::take(&mut dns_port)).await?;
            let proxy = self.proxy(&name, std::mem::take(&mut proxy_port)).await?;
            let egress = vantage
                .internet
                .then(|| egress(&self.ctx.state(), &name).to_string());
            let address = vantage.address.map(|address| address.to_string());
            let name_server = name_server(&self.ctx.state(), &name);
            found.push(VantageCoordinates {
                name,
                network: vantage.network,
                address,
                egress,
                name_server,
                dns,
                proxy,
                managed_identity,
            });
        }
        Ok(found)
    }

    async fn dns(&self, vantage: &str, port: u16) -> Result<SocketAddr, StartError> {
        let serving = dns::serve(
            self.ctx.clone(),
            vantage.to_owned(),
            self.options.host,
            port,
            self.stop.clone(),
        );
        serving.await.map_err(|error| StartError::Listen {
            what: format!("DNS of vantage {vantage}"),
            address: SocketAddr::new(self.options.host, port),
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
            self.stop.later(),
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
        let found = route(&self.ctx.state(), name, address, world_port);
        let Ok(route) = found else { return Ok(None) };
        let (listener, bound) = self
            .listen(&format!("managed identity of vantage {name}"), port)
            .await?;
        let azure = Azure::new(
            self.ctx.clone(),
            Dialled::Address {
                peer: route.peer,
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

    fn control(
        &self,
        listener: TcpListener,
        given: Given,
        coordinates: Coordinates,
    ) -> Arc<Control> {
        let doors = Arc::clone(&self.doors);
        let control = Arc::new(Control::new(self.ctx.clone(), doors, given, coordinates));
        self.spawn(listener, None, Arc::new(Api(Arc::clone(&control))));
        control
    }
}

fn write_files(options: &Options, coordinates: &Coordinates) -> Result<(), StartError> {
    if let Some(path) = &options.ca_out {
        write(path, coordinates.ca_pem.as_bytes())?;
    }
    if let Some(path) = &options.ready_file {
        let line = serde_json::to_vec(coordinates).map_err(io::Error::from);
        write(
            path,
            &line.map_err(|error| StartError::File {
                path: path.clone(),
                error,
            })?,
        )?;
    }
    Ok(())
}

/// Written beside its place first, so that whoever waits for the file never reads half of it.
fn write(path: &Path, content: &[u8]) -> Result<(), StartError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let failed = |error| StartError::File {
        path: path.to_owned(),
        error,
    };
    std::fs::write(&beside, content).map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}
