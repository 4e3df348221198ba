//! A terminal in front of the real one, through which bytes pass unchanged.

use std::fs::File;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::process::Stdio;

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, isatty, tcgetattr, tcgetwinsize, tcsetattr, tcsetwinsize};

/// A terminal whose size follows the real one's.
pub(super) struct Resized {
    real: OwnedFd,
    own: OwnedFd,
}

impl Resized {
    /// Takes over the size of the real terminal.
    pub(super) fn follow(&self) {
        if let Ok(size) = tcgetwinsize(&self.real) {
            // a program that asks gets the size as it was
            let _ = tcsetwinsize(&self.own, size);
        }
    }
}

/// A terminal like this one: what is read from it, what the command writes to. `None` where this is no terminal, or no other can be
/// had; a pipe does then.
pub(super) fn like(real: BorrowedFd<'_>) -> Option<(File, Stdio, Resized)> {
    if !isatty(real) {
        return None;
    }
    let own = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).ok()?;
    grantpt(&own).ok()?;
    unlockpt(&own).ok()?;
    let name = ptsname(&own, Vec::new()).ok()?;
    let write = open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    // what makes of a line end two is done by the real terminal
    let mut settings = tcgetattr(&write).ok()?;
    settings.make_raw();
    tcsetattr(&write, OptionalActions::Now, &settings).ok()?;
    let resized = Resized { real: real.try_clone_to_owned().ok()?, own: own.try_clone().ok()? };
    resized.follow();
    Some((File::from(own), Stdio::from(write), resized))
}
