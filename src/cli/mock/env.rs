//! `xtenant mock env`: the environment that makes a client which knows nothing of the mock ask it.
//!
//! A client of any language needs the proxy of a vantage, the mock's certificate, and no leftover of another set-up; the
//! names are the mock's business ([`render`]). The certificate is written to a file here, because that is what clients
//! take.

use std::path::PathBuf;

use super::super::{Ended, Failure, print};
use crate::target::mock::{Shell, coordinates, render};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The control address of a running mock, as `xtenant mock` prints it.
    #[arg(value_name = "HOST:PORT")]
    control: String,
    /// The vantage that the client counts as.
    #[arg(long, default_value = "internet")]
    vantage: String,
    /// Who reads what is printed.
    #[arg(long, value_enum, default_value = "bash")]
    shell: Shell,
    /// Where the mock's certificate is written for the client, as PEM.
    #[arg(long, value_name = "FILE")]
    ca_out: PathBuf,
}

pub(super) async fn run(arguments: &Arguments) -> Ended {
    let found = coordinates(&arguments.control)
        .await
        .map_err(Failure::usage)?;
    let ca = std::path::absolute(&arguments.ca_out).map_err(Failure::usage)?;
    let text = render(arguments.shell, &found, &arguments.vantage, &ca).map_err(Failure::usage)?;
    std::fs::write(&ca, found.ca_pem)
        .map_err(|error| Failure::usage(format!("{} cannot be written: {error}", ca.display())))?;
    print(&text)
}
