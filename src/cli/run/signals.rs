//! Signals while a command runs: those of the terminal reach it by themselves, the others are handed on.

use std::io::{self, IsTerminal as _};
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::terminal::Resized;

/// The watch over the signals, from the start of the command to its end.
pub(super) struct Watch {
    /// Who is told; nobody once the command has ended, since its number may be another's then.
    to: Arc<Mutex<Option<Pid>>>,
}

impl Watch {
    /// Begins before the command starts, so that no signal is missed. What is ignored stays so, for the command too.
    pub(super) fn start(terminals: Vec<Resized>) -> Self {
        let to = Arc::new(Mutex::new(None));
        let ignored = ignored();
        let all = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH];
        let signals = Signals::new(all.into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0));
        if let Ok(mut signals) = signals {
            let to = Arc::clone(&to);
            // Ctrl-C goes to every program in front of the terminal, so the command has it already
            let in_terminal = io::stdin().is_terminal() || io::stdout().is_terminal() || io::stderr().is_terminal();
            std::thread::spawn(move || {
                for signal in signals.forever() {
                    match signal {
                        SIGWINCH => {
                            terminals.iter().for_each(Resized::follow);
                            // the real terminal told the command, which may have asked for the size too soon
                            tell(&to, SIGWINCH, in_terminal);
                        }
                        other => tell(&to, other, in_terminal),
                    }
                }
            });
        }
        Self { to }
    }

    /// Starts the command. A signal that comes meanwhile waits for it.
    pub(super) fn command(&self, start: impl FnOnce() -> io::Result<Child>) -> io::Result<Child> {
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        let child = start()?;
        *to = pid(&child);
        Ok(child)
    }

    /// Waits for the command's end, which is then asked for by whoever started it.
    pub(super) fn wait(self, child: &Child) {
        if let Some(pid) = pid(child) {
            let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while waitid(WaitId::Pid(pid), ended).is_err_and(|error| error == rustix::io::Errno::INTR) {}
        }
        *self.to.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn pid(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

/// The signals that this program was started to ignore, a bit each, where the system tells: `nohup` does that with one.
#[expect(clippy::disallowed_methods, reason = "this is the adapter that asks the system")]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

/// Hands a signal on to the command; without one it does here what it does to any program.
fn tell(to: &Mutex<Option<Pid>>, signal: i32, in_terminal: bool) {
    let to = to.lock().unwrap_or_else(PoisonError::into_inner);
    match (*to, Signal::from_named_raw(signal)) {
        (Some(_), _) if in_terminal && matches!(signal, SIGINT | SIGQUIT) => {}
        (Some(pid), Some(named)) => {
            // a process that has ended needs no signal
            let _ = kill_process(pid, named);
        }
        _ => {
            let _ = emulate_default_handler(signal);
        }
    }
}
