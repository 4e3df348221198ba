//! Without the feature `live`: the options of `triage` that ask AWS are known by name, and answered with what to do instead.

use std::ffi::OsString;

use super::Error;
use crate::cli::not_built::without;

/// The options that ask AWS.
#[derive(Debug, Default, clap::Args)]
#[expect(clippy::option_option, reason = "an option of the other build, with or without its value")]
pub(super) struct LiveArgs {
    #[arg(long, hide = true)]
    live: bool,
    #[arg(long, hide = true, num_args = 0..=1)]
    save: Option<Option<OsString>>,
    #[arg(long, hide = true, num_args = 0..=1)]
    resources: Option<Option<OsString>>,
    #[arg(long, hide = true, num_args = 0..=1)]
    profile: Option<Option<OsString>>,
    #[arg(long, hide = true, num_args = 0..=1)]
    endpoint_url: Option<Option<OsString>>,
    #[arg(long, hide = true, num_args = 0..=1)]
    timeout: Option<Option<OsString>>,
}

impl LiveArgs {
    /// Nothing to do, where none of them was given.
    ///
    /// # Errors
    /// When one was given.
    pub(super) fn check(&self, regions: &[String]) -> Result<(), Error> {
        let given = [
            (self.live, "--live"),
            (self.save.is_some(), "--save"),
            (self.resources.is_some(), "--resources"),
            (self.profile.is_some(), "--profile"),
            (!regions.is_empty(), "--region"),
            (self.endpoint_url.is_some(), "--endpoint-url"),
            (self.timeout.is_some(), "--timeout"),
        ];
        match given.into_iter().find(|(given, _)| *given) {
            None => Ok(()),
            Some((_, name)) => {
                Err(without(name, "live", "or take a snapshot with it, and give it to this one with --snapshot FILE"))
            }
        }
    }
}
