//! Parses the command line, calls the library, turns the result into an exit code. Nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(xtenant::cli::main(std::env::args_os()).number())
}
