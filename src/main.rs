//! The command line of iamdx: arguments in, an exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    iamdx::cli::main()
}
