//! How does a mock start and end?
//!
//! World, faults, state; then the key and the certificates; then every listener; last the files that say that it is ready.
//! A mock that cannot start entirely does not start at all, and says which part failed.

pub(crate) mod listeners;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio_rustls::TlsAcceptor;
use xtenant_source::Problem;

use crate::args::{Options, WorldSource};
use crate::clock::Clock;
use crate::context::Context;
use crate::control::Control;
use crate::control::api::Api;
use crate::control::given::Given;
use crate::control::state_file::{self, Kept, StateFileError};
use crate::coordinates::Coordinates;
use crate::fabric::addresses::certificate_names;
use crate::fabric::doors::Doors;
use crate::faults::FaultError;
use crate::faults::wire::parse::NotAWireFault;
use crate::listen::stop::Stopper;
use crate::listen::tls::{Identity, TlsError};
use crate::store::State;
use crate::throttle::NotABudget;
use crate::tokens::Signer;
use crate::world::World;
use listeners::{Listeners, Ports};

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
    /// A wire fault was not given as one.
    #[error(transparent)]
    WireFault(#[from] NotAWireFault),
    /// A budget was not given as one.
    #[error(transparent)]
    Budget(#[from] NotABudget),
    /// The state file is not one of this world, or cannot be read or written.
    #[error(transparent)]
    StateFile(#[from] StateFileError),
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
    /// Stops listening, lets running requests end, writes the state file if there is one, and returns when nothing runs
    /// any more.
    ///
    /// # Errors
    /// The state file could not be written; the mock has stopped all the same.
    pub async fn stop_and_save(mut self) -> Result<(), StateFileError> {
        self.stopper.stop().await;
        self.control.save().map(|_| ())
    }

    /// The same, for those who gave no state file.
    pub async fn stop(self) {
        let _ = self.stop_and_save().await;
    }
}

/// Starts a mock.
///
/// # Errors
/// Which part failed, in words for the person who started it.
pub async fn serve(options: Options) -> Result<Mock, StartError> {
    let (given, kept) = given(&options)?;
    let is_resumed = kept.is_some();
    let ctx = context(&given, kept)?;
    for fault in &options.wire {
        ctx.wire.plant(fault.parse()?);
    }
    for budget in &options.throttle {
        ctx.throttle.set(budget)?;
    }
    let tls = Identity::for_names(&certificate_names(&ctx.state()))?;
    let stopper = Stopper::default();
    let listeners = listeners(ctx, &options, &tls, &stopper)?;
    let (control_listener, control_address) = listeners
        .listen("the control interface", options.control_port)
        .await?;
    let coordinates = Coordinates {
        world: given.world().world.clone(),
        control: control_address,
        https: listeners.https(options.https_port).await?,
        ca_pem: tls.ca_pem,
        vantages: listeners.vantages(ports(&options), &[]).await?,
    };
    let control = Control::new(listeners, given, is_resumed, coordinates.clone(), &options);
    if is_resumed {
        for (fault, at) in &options.faults {
            control.plant(fault, at)?;
        }
    }
    let control = Arc::new(control);
    let api = Arc::new(Api(Arc::clone(&control)));
    control.listeners().spawn(control_listener, None, api);
    write_files(&options, &coordinates)?;
    Ok(Mock {
        coordinates,
        control,
        stopper,
    })
}

fn ports(options: &Options) -> Ports {
    Ports {
        dns: options.dns_port,
        proxy: options.proxy_port,
        identity: options.identity_port,
    }
}

fn listeners(
    ctx: Context,
    options: &Options,
    tls: &Identity,
    stopper: &Stopper,
) -> Result<Listeners, StartError> {
    let Some(stop) = stopper.handle() else {
        return Err(StartError::Build("stopped at once".to_owned()));
    };
    let (host, patience, stop) = (options.host, options.patience, stop.later());
    let tls = TlsAcceptor::from(Arc::clone(&tls.server));
    let doors = Doors::new(ctx.clone(), host, tls.clone(), patience, stop.clone());
    Ok(Listeners {
        ctx,
        host,
        patience,
        tls,
        doors: Arc::new(doors),
        stop,
    })
}

/// The world as it begins, and what its state file keeps.
fn given(options: &Options) -> Result<(Given, Option<Kept>), StartError> {
    let world = match &options.world {
        WorldSource::File(path) => World::load(path).map_err(StartError::World)?,
        WorldSource::Loaded(world) => World::clone(world),
    };
    let kept = match &options.state {
        Some(path) => state_file::read(path, &world.world)?,
        None => None,
    };
    let Some(kept) = kept else {
        let mut given = Given::new(world);
        for (fault, at) in &options.faults {
            given.plant_at_start(fault, at)?;
        }
        return Ok((given, None));
    };
    // What was kept is broken once it is there.
    Ok((Given::resumed(world, kept.frame.clone()), Some(kept)))
}

/// When a world's clock starts.
pub(crate) fn start_of(world: &World) -> Option<OffsetDateTime> {
    let clock = world.clock.as_deref();
    clock.and_then(|clock| OffsetDateTime::parse(clock, &Rfc3339).ok())
}

fn context(given: &Given, kept: Option<Kept>) -> Result<Context, StartError> {
    let signer = Signer::new().map_err(|_| StartError::Key)?;
    let world = given.world();
    let clock = Clock::starting_at(start_of(world));
    let Some(kept) = kept else {
        let state = State::build(world).map_err(StartError::Build)?;
        return Ok(Context::new(state, clock, Arc::new(signer)));
    };
    clock.resume(kept.started, kept.now, world.clock.is_none());
    let context = Context::new(kept.state, clock, Arc::new(signer));
    context.operations.resume(kept.operations);
    Ok(context)
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

fn write(path: &Path, content: &[u8]) -> Result<(), StartError> {
    write_whole(path, content).map_err(|error| StartError::File {
        path: path.to_owned(),
        error,
    })
}

/// Written beside its place first, so that whoever waits for the file never reads half of it.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    std::fs::write(&beside, content)?;
    std::fs::rename(&beside, path)
}
