//! What can be said about a mock that is to start: flags of `xtenant mock`, and the same as plain values.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use crate::listen::limits::Patience;
use crate::start::StartError;
use crate::world::World;

/// Flags of `xtenant mock`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The world file
    #[arg(long, value_name = "FILE")]
    pub world: PathBuf,
    /// Address to listen on; other machines can use the mock when it is not a loopback address
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub host: IpAddr,
    /// Port that serves every public Azure host by name, with TLS; 0 is any free port
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub https_port: u16,
    /// Port of managed identity, for the first vantage that has one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub identity_port: u16,
    /// Port of the control interface
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub control_port: u16,
    /// Port of DNS, UDP and TCP, for the first vantage
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub dns_port: u16,
    /// Port of the HTTP proxy, for the first vantage
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub proxy_port: u16,
    /// Write the coordinates to this file when the mock is ready
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,
    /// Write the certificate of the mock's authority to this file, as PEM
    #[arg(long, value_name = "FILE")]
    pub ca_out: Option<PathBuf>,
    /// Plant a fault of the catalogue, such as `application-disabled@home/orders`; may be repeated
    #[arg(long = "fault", value_name = "ID@PLACE")]
    pub faults: Vec<String>,
    /// Plant a wire fault, such as `status=503,host=*.vault.azure.net,times=2`; may be repeated
    #[arg(long = "wire", value_name = "KIND=VALUE,KEY=VALUE")]
    pub wire: Vec<String>,
    /// Refuse requests over a budget: `documented` for all of Azure's, or one such as `arm-reads=5`; may be repeated
    #[arg(long = "throttle", value_name = "BUDGET=LIMIT")]
    pub throttle: Vec<String>,
    /// Begin with the state in this file when it exists, and write it there at the end
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
}

/// Where the world comes from.
#[derive(Clone, Debug)]
pub enum WorldSource {
    /// A file that is read at the start.
    File(PathBuf),
    /// One that was read already.
    Loaded(Box<World>),
}

/// A mock that is to start.
#[derive(Clone, Debug)]
pub struct Options {
    /// The world.
    pub world: WorldSource,
    /// Address to listen on.
    pub host: IpAddr,
    /// 0 is any free port.
    pub https_port: u16,
    /// For the first vantage with a managed identity.
    pub identity_port: u16,
    /// Of the control interface.
    pub control_port: u16,
    /// For the first vantage.
    pub dns_port: u16,
    /// For the first vantage.
    pub proxy_port: u16,
    /// Gets the coordinates.
    pub ready_file: Option<PathBuf>,
    /// Gets the authority's certificate.
    pub ca_out: Option<PathBuf>,
    /// Faults to plant: id and place.
    pub faults: Vec<(String, String)>,
    /// Wire faults to plant, as they are written.
    pub wire: Vec<String>,
    /// Budgets to set, as they are written.
    pub throttle: Vec<String>,
    /// Where the state is kept.
    pub state: Option<PathBuf>,
    /// How long a client may take to send a request.
    pub patience: Patience,
}

impl Options {
    /// A mock on loopback and free ports.
    pub fn new(world: WorldSource) -> Self {
        Self {
            world,
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            https_port: 0,
            identity_port: 0,
            control_port: 0,
            dns_port: 0,
            proxy_port: 0,
            ready_file: None,
            ca_out: None,
            faults: Vec::new(),
            wire: Vec::new(),
            throttle: Vec::new(),
            state: None,
            patience: Patience::default(),
        }
    }

    /// A mock of a world file.
    pub fn of_file(path: impl Into<PathBuf>) -> Self {
        Self::new(WorldSource::File(path.into()))
    }

    /// A mock of a world that was loaded.
    pub fn of_world(world: World) -> Self {
        Self::new(WorldSource::Loaded(Box::new(world)))
    }
}

impl TryFrom<Args> for Options {
    type Error = StartError;

    fn try_from(args: Args) -> Result<Self, StartError> {
        let split = |text: String| match text.split_once('@') {
            Some((id, place)) => Ok((id.to_owned(), place.to_owned())),
            None => Err(StartError::FaultForm(text)),
        };
        Ok(Self {
            world: WorldSource::File(args.world),
            host: args.host,
            https_port: args.https_port,
            identity_port: args.identity_port,
            control_port: args.control_port,
            dns_port: args.dns_port,
            proxy_port: args.proxy_port,
            ready_file: args.ready_file,
            ca_out: args.ca_out,
            faults: args
                .faults
                .into_iter()
                .map(split)
                .collect::<Result<_, _>>()?,
            wire: args.wire,
            throttle: args.throttle,
            state: args.state,
            patience: Patience::default(),
        })
    }
}
