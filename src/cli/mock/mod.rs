//! `xtenant mock`: serve the mock until the process is told to stop. SIGHUP reads a changed world again.
//!
//! - `env`: what another client needs to ask a running mock

mod env;

use std::io::{self, Write};
use std::sync::Arc;

use super::{Ended, Failure, signals};
use crate::exit_code::ExitCode;
use crate::target::mock::{Control, Options, ServeArgs, StartError, serve};

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    about: Option<About>,
    #[command(flatten)]
    server: Option<ServeArgs>,
}

/// What may be asked about a running mock.
#[derive(Debug, clap::Subcommand)]
enum About {
    /// Print the environment that makes another client ask a running mock.
    Env(env::Arguments),
}

pub(super) async fn run(arguments: Arguments) -> Ended {
    match (arguments.about, arguments.server) {
        (Some(About::Env(arguments)), _) => env::run(&arguments).await,
        (None, Some(server)) => serve_until_asked(server).await,
        (None, None) => Err(Failure::usage("which world? give --world FILE")),
    }
}

async fn serve_until_asked(server: ServeArgs) -> Ended {
    let mut asked = signals::Asked::new();
    let options = Options::try_from(server).map_err(Failure::usage)?;
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
    let reloading = tokio::spawn(reload_when_asked(Arc::clone(&mock.control)));
    asked.next().await;
    reloading.abort();
    mock.stop_and_save().await.map_err(Failure::usage)?;
    Ok(ExitCode::Good)
}

/// Reads the world again whenever it is asked for. A world that cannot be read leaves everything as it was.
async fn reload_when_asked(control: Arc<Control>) {
    let mut asked = signals::Reload::new();
    loop {
        asked.next().await;
        let told = match control.reload().await {
            Ok(()) => "the world was read again".to_owned(),
            Err(error) => format!("the world stays as it was: {error}"),
        };
        let _ = writeln!(io::stderr(), "{told}");
    }
}
