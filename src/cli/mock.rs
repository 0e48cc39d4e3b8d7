//! `xtenant mock`: serve the mock until the process is told to stop.

use std::io::{self, Write};

use super::{Ended, Failure, signals};
use crate::exit_code::ExitCode;
use crate::target::mock::{Options, ServeArgs, StartError, serve};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    server: ServeArgs,
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    let mut asked = signals::Asked::new();
    let options = Options::try_from(arguments.server).map_err(Failure::usage)?;
    let mock = serve(options).await.map_err(|error| match error {
        StartError::World(_) => Failure {
            code: ExitCode::Invalid,
            message: error.to_string(),
        },
        other => Failure::usage(other),
    })?;
    let ready = serde_json::to_string(&mock.coordinates).map_err(Failure::usage)?;
    let mut out = io::stdout();
    let told = writeln!(out, "{ready}").and_then(|()| out.flush());
    told.map_err(|error| Failure::usage(format!("standard output cannot be written: {error}")))?;
    asked.next().await;
    mock.stop().await;
    Ok(ExitCode::Good)
}
