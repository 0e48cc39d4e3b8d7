//! Every link of every bundled scenario as a test: `cargo test --test scenarios`.

use std::process::ExitCode;

fn main() -> ExitCode {
    xtenant::libtest::main("scenarios")
}
