//! A command that this build does not have: known by name, and answered with the feature that it needs.

use std::ffi::OsString;

use super::{Error, Exit};

/// The feature that `iamdx probe` lacks in this build.
#[cfg(not(feature = "bedrock-live"))]
pub(crate) const PROBE: &str = match (cfg!(feature = "bedrock"), cfg!(feature = "live")) {
    (false, _) => "bedrock",
    (true, false) => "live",
    (true, true) => "bedrock-live",
};

/// The arguments of a command that is not in this build, whatever they are.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct AnyArgs {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _arguments: Vec<OsString>,
}

/// The answer to such a command.
///
/// # Errors
/// Always.
pub(crate) fn run(command: &str, feature: &str) -> Result<Exit, Error> {
    Err(without(command, feature, "or use one of the commands that `iamdx help` lists: they work in this build"))
}

/// The answer to `iamdx mcp`, which needs no network.
///
/// # Errors
/// Always.
#[cfg(not(feature = "mcp"))]
pub(crate) fn mcp() -> Result<Exit, Error> {
    Err(Error::Usage(
        "this iamdx was built without the feature `mcp`. Install one that has it (`cargo install iamdx`, without --no-default-features)"
            .to_owned(),
    ))
}

/// The error for a command or option that needs a feature.
pub(crate) fn without(what: &str, feature: &str, instead: &str) -> Error {
    Error::Usage(format!(
        "`{what}` asks AWS, and this iamdx was built without the feature `{feature}`. Install one that has it (`cargo install iamdx`, without \
         --no-default-features), {instead}"
    ))
}
