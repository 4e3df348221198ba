//! The command itself: its standard input is ours, what it writes goes on as it comes.

#![expect(clippy::disallowed_methods, reason = "this is the adapter that starts the command")]

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use super::kept::Kept;
use crate::cli::Error;
use crate::cli::output::LastLine;

/// How long the output may be silent after the command has ended: what it left running may hold it open for ever.
const SILENCE: Duration = Duration::from_millis(300);

/// How a command ended.
pub(super) struct Ended {
    /// Its exit code; 128 and the number of the signal that ended it.
    pub(super) code: u8,
    /// What it wrote.
    pub(super) written: Kept,
    /// How it left the line that standard error is at.
    pub(super) line: LastLine,
}

/// One stream of the command that passes through.
enum Stream {
    Stdout,
    Stderr,
}

/// Runs the command to its end.
///
/// # Errors
/// When it cannot be started.
pub(super) fn run(words: &[OsString], stdout: bool) -> Result<Ended, Error> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Error::Usage("a command is expected after `--`".to_owned()));
    };
    let cannot = |error: io::Error| Error::NotRun { program: program.to_string_lossy().into_owned(), error };
    let mut command = Command::new(program);
    command.args(arguments);
    let mut streams = Vec::new();
    let mut terminals = Vec::new();
    for stream in [Stream::Stderr].into_iter().chain(stdout.then_some(Stream::Stdout)) {
        let Channel { read, write, terminal } = Channel::open(&stream).map_err(cannot)?;
        match stream {
            Stream::Stdout => command.stdout(write),
            Stream::Stderr => command.stderr(write),
        };
        terminals.extend(terminal);
        streams.push((stream, read));
    }
    #[cfg(unix)]
    let watch = super::signals::Watch::start(terminals);
    #[cfg(unix)]
    let started = watch.command(|| command.spawn());
    #[cfg(not(unix))]
    let started = command.spawn();
    let mut child = started.map_err(cannot)?;
    // only the command holds the ends that are written to
    drop(command);
    let written = Arc::new(Mutex::new(Kept::default()));
    let is_open = Arc::new(AtomicBool::new(false));
    // both are the same terminal as a rule
    let same = io::stdout().is_terminal() && io::stderr().is_terminal();
    let count = Arc::new(AtomicU64::new(0));
    let (end, ends) = mpsc::channel();
    let number = streams.len();
    for (stream, read) in streams {
        let end = end.clone();
        let is_open = (same || matches!(stream, Stream::Stderr)).then(|| Arc::clone(&is_open));
        let noted = Noted { written: Arc::clone(&written), count: Arc::clone(&count), is_open };
        std::thread::spawn(move || {
            match stream {
                Stream::Stdout => pass(read, &mut io::stdout().lock(), &noted),
                Stream::Stderr => pass(read, &mut io::stderr(), &noted),
            }
            // nobody waits any more where the command left something running
            let _ = end.send(());
        });
    }
    #[cfg(unix)]
    watch.wait(&child);
    let status = child.wait().map_err(cannot)?;
    let mut ended = 0;
    let mut seen = count.load(Ordering::Relaxed);
    while ended < number {
        match ends.recv_timeout(SILENCE) {
            Ok(()) => ended += 1,
            Err(_) if count.load(Ordering::Relaxed) == seen => break,
            Err(_) => seen = count.load(Ordering::Relaxed),
        }
    }
    let mut kept = written.lock().unwrap_or_else(PoisonError::into_inner);
    let line = match is_open.load(Ordering::Relaxed) {
        // what it wrote there besides was not seen
        _ if same && !stdout => LastLine::Unknown,
        true => LastLine::Open,
        false => LastLine::Ended,
    };
    Ok(Ended { code: code(status), written: std::mem::take(&mut kept), line })
}

/// What is noted of a stream as it passes.
struct Noted {
    written: Arc<Mutex<Kept>>,
    count: Arc<AtomicU64>,
    /// Whether the line of standard error is not at its end; of the streams that go there.
    is_open: Option<Arc<AtomicBool>>,
}

/// Passes bytes on as they come. Where nobody reads them any more, the command is told so by its own next write.
fn pass(mut from: File, to: &mut dyn Write, noted: &Noted) {
    let Noted { written, count, is_open } = noted;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match from.read(&mut buffer) {
            Ok(length) if length > 0 => {
                let bytes = buffer.get(..length).unwrap_or_default();
                if let Err(error) = to.write_all(bytes).and_then(|()| to.flush()) {
                    // that nobody reads any more is no fault
                    if error.kind() != io::ErrorKind::BrokenPipe {
                        written.lock().unwrap_or_else(PoisonError::into_inner).lose(error);
                    }
                    return;
                }
                written.lock().unwrap_or_else(PoisonError::into_inner).add(bytes);
                if let Some(is_open) = is_open {
                    is_open.store(!bytes.ends_with(b"\n"), Ordering::Relaxed);
                }
                count.fetch_add(length as u64, Ordering::Relaxed);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // a terminal ends with an error
            _ => return,
        }
    }
}

/// As a shell gives it.
fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().map_or(1, |code| u8::try_from(code & 0xff).unwrap_or(1))
}

/// What stands between the command and where its output goes: a terminal where that is one, since many programs write otherwise into a
/// pipe.
struct Channel {
    read: File,
    write: Stdio,
    terminal: Option<Resized>,
}

#[cfg(unix)]
use super::terminal::Resized;
#[cfg(not(unix))]
type Resized = std::convert::Infallible;

impl Channel {
    #[cfg(unix)]
    fn open(stream: &Stream) -> io::Result<Self> {
        use std::os::fd::AsFd as _;
        let terminal = match stream {
            Stream::Stdout => super::terminal::like(io::stdout().as_fd()),
            Stream::Stderr => super::terminal::like(io::stderr().as_fd()),
        };
        if let Some((read, write, terminal)) = terminal {
            return Ok(Self { read, write, terminal: Some(terminal) });
        }
        let (read, write) = io::pipe()?;
        Ok(Self { read: File::from(std::os::fd::OwnedFd::from(read)), write: write.into(), terminal: None })
    }

    #[cfg(not(unix))]
    fn open(_: &Stream) -> io::Result<Self> {
        let (read, write) = io::pipe()?;
        Ok(Self {
            read: File::from(std::os::windows::io::OwnedHandle::from(read)),
            write: write.into(),
            terminal: None,
        })
    }
}
