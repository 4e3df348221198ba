//! The command line of iamdx: arguments in, an exit code out.

use std::process::ExitCode;

/// Batches make and drop millions of small texts.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    iamdx::cli::main()
}
