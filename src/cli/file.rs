//! A file that takes an answer. A regular file appears whole or not at all; anything else is written to directly, and no input is
//! overwritten.

use std::fs::{Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::{Error, progress};

/// An open target.
pub(crate) struct Target {
    path: String,
    to: To,
}

enum To {
    /// Written beside the target, and renamed at the end.
    Whole(Draft),
    /// A pipe, a device, a socket or a descriptor.
    Direct(std::fs::File),
    /// The process's own standard output, under another name.
    Stdout,
}

/// A file beside its target.
struct Draft {
    file: tempfile::NamedTempFile,
    /// Where it goes: behind all links.
    place: PathBuf,
}

impl Target {
    /// Opens the target.
    ///
    /// # Errors
    /// When it cannot be written, or is an input.
    pub(crate) fn open(path: &str) -> Result<Self, Error> {
        let fail = |error| Error::Write { path: path.to_owned(), error };
        let given = Path::new(path);
        let to = match std::fs::metadata(given) {
            Ok(found) if found.is_dir() => return Err(fail(io::ErrorKind::IsADirectory.into())),
            Ok(found) if found.is_file() && !is_descriptor(given) => {
                is_no_input(path, &found)?;
                let place = std::fs::canonicalize(given).map_err(fail)?;
                let draft = Draft::new(place).map_err(fail)?;
                draft.take_over(&found).map_err(fail)?;
                To::Whole(draft)
            }
            Ok(_) if is_stdout(given) => To::Stdout,
            // whoever opened a descriptor has written to it already
            Ok(found) => {
                let file = OpenOptions::new().write(true).append(found.is_file()).open(given).map_err(fail)?;
                To::Direct(file)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                To::Whole(Draft::new(link_target(given).map_err(fail)?).map_err(fail)?)
            }
            Err(error) => return Err(fail(error)),
        };
        Ok(Self { path: path.to_owned(), to })
    }

    /// Lets nobody but the owner read it, whoever could read the file that it replaces.
    ///
    /// # Errors
    /// When its mode cannot be set.
    #[cfg(feature = "live")]
    pub(crate) fn for_its_owner(self) -> Result<Self, Error> {
        #[cfg(unix)]
        if let To::Whole(draft) = &self.to {
            use std::os::unix::fs::PermissionsExt as _;
            let file = draft.file.as_file();
            let limited = file.metadata().and_then(|found| {
                let mode = found.permissions().mode() & 0o600;
                file.set_permissions(std::fs::Permissions::from_mode(mode))
            });
            written(&self.path, limited)?;
        }
        Ok(self)
    }

    /// The name that the user knows it by.
    pub(crate) fn name(&self) -> &str {
        &self.path
    }

    /// Makes it last.
    ///
    /// # Errors
    /// When it cannot be written, or was read meanwhile.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        let flushed = self.flush();
        written(&self.path, flushed)?;
        if let To::Whole(draft) = self.to {
            if let Ok(found) = std::fs::metadata(&draft.place) {
                is_no_input(&self.path, &found)?;
            }
            let own = draft.file.path().to_owned();
            draft.file.persist(&draft.place).map_err(|error| Error::Write { path: self.path, error: error.error })?;
            interrupted::keep(&own);
        }
        Ok(())
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            To::Whole(draft) => draft.file.write(bytes),
            // whoever reads there may show it on this terminal
            To::Direct(file) => {
                progress::over();
                file.write(bytes)
            }
            To::Stdout => {
                progress::over();
                io::stdout().write(bytes)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            To::Whole(draft) => draft.file.flush(),
            To::Direct(file) => file.flush(),
            To::Stdout => io::stdout().flush(),
        }
    }
}

impl Draft {
    fn new(place: PathBuf) -> io::Result<Self> {
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
        // the name of a file that nobody asked for, in a folder that nobody named, explains nothing
        let plain = |error: io::Error| io::Error::from(error.kind());
        let make = || tempfile::NamedTempFile::new_in(folder.unwrap_or_else(|| Path::new(".")));
        let file = interrupted::removed(make).map_err(plain)?;
        Ok(Self { file, place })
    }

    /// Takes over the mode of the file that it replaces, and its owner where that is allowed.
    fn take_over(&self, found: &Metadata) -> io::Result<()> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt as _, fchown};
            // only the administrator may give files away
            let _ = fchown(self.file.as_file(), Some(found.uid()), Some(found.gid()));
        }
        self.file.as_file().set_permissions(found.permissions())
    }
}

/// Where a link leads that leads to nothing yet; a path that is no link is itself.
fn link_target(path: &Path) -> io::Result<PathBuf> {
    let mut place = path.to_owned();
    // as many as Linux follows
    for _ in 0..40 {
        match std::fs::read_link(&place) {
            Ok(next) => place = place.parent().unwrap_or_else(|| Path::new("")).join(next),
            Err(_) => return Ok(place),
        }
    }
    Err(io::Error::other("too many links"))
}

/// Whether the path names an open descriptor, itself or behind links: its file is somebody's already.
fn is_descriptor(path: &Path) -> bool {
    let mut place = path.to_owned();
    for _ in 0..40 {
        if place.starts_with("/dev/fd") || place.starts_with("/proc") || is_stream(&place) {
            return true;
        }
        match std::fs::read_link(&place) {
            Ok(next) => place = place.parent().unwrap_or_else(|| Path::new("")).join(next),
            Err(_) => return false,
        }
    }
    false
}

fn is_stream(path: &Path) -> bool {
    ["/dev/stdin", "/dev/stdout", "/dev/stderr"].iter().any(|stream| path == Path::new(stream))
}

fn is_stdout(path: &Path) -> bool {
    ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|stream| path == Path::new(stream))
}

/// What tells a file from all others, whatever it is called.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere a file may have no such identity")]
fn identity(_: &Path, found: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
type Identity = PathBuf;

#[cfg(not(unix))]
fn identity(path: &Path, _: &Metadata) -> Option<Identity> {
    std::fs::canonicalize(path).ok()
}

/// The regular files that were read.
static INPUTS: Mutex<Vec<Identity>> = Mutex::new(Vec::new());

/// Notes that a file is an input, so that no answer takes its place.
pub(crate) fn is_read(path: impl AsRef<Path>) {
    // another program knows what it writes
    if super::inside::is_inside() {
        return;
    }
    let path = path.as_ref();
    let path = if path == Path::new("-") { Path::new("/dev/stdin") } else { path };
    let Ok(found) = std::fs::metadata(path) else {
        return;
    };
    if let (true, Some(identity), Ok(mut inputs)) = (found.is_file(), identity(path, &found), INPUTS.lock()) {
        inputs.push(identity);
    }
}

fn is_no_input(path: &str, found: &Metadata) -> Result<(), Error> {
    let own = identity(Path::new(path), found);
    let is_input = own.is_some_and(|own| INPUTS.lock().is_ok_and(|inputs| inputs.contains(&own)));
    if is_input {
        let message = format!("`{path}` is read by this command and is not overwritten. Write to another file");
        return Err(Error::Usage(message));
    }
    Ok(())
}

/// Files to be removed when the process is told to end.
#[cfg(unix)]
pub(super) mod interrupted {
    use std::io;
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Mutex, OnceLock};

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    static DRAFTS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    static WATCHING: OnceLock<()> = OnceLock::new();
    static HELD: AtomicBool = AtomicBool::new(false);

    /// Whether Ctrl-C is for a program that has the terminal meanwhile, such as a pager, and does not end this one.
    pub(crate) fn hold(on: bool) {
        if on {
            watch();
        }
        HELD.store(on, Ordering::Relaxed);
    }

    /// Makes a file that is removed when the process is told to end.
    pub(super) fn removed(
        make: impl FnOnce() -> io::Result<tempfile::NamedTempFile>,
    ) -> io::Result<tempfile::NamedTempFile> {
        watch();
        // a process that is told to end waits for this lock: no file is made that is not in the list
        let mut drafts = DRAFTS.lock();
        let file = make()?;
        if let Ok(drafts) = &mut drafts {
            drafts.push(file.path().to_owned());
        }
        Ok(file)
    }

    fn watch() {
        // where the signals cannot be watched, a draft may stay, and nothing else goes wrong
        WATCHING.get_or_init(|| {
            if let Ok(signals) = Signals::new([SIGINT, SIGTERM]) {
                std::thread::spawn(move || end(signals));
            }
        });
    }

    /// No longer.
    pub(super) fn keep(path: &Path) {
        if let Ok(mut drafts) = DRAFTS.lock() {
            drafts.retain(|draft| draft != path);
        }
    }

    /// The same end as without a watch, after the drafts are gone.
    fn end(mut signals: Signals) {
        for signal in signals.forever() {
            if signal == SIGINT && HELD.load(Ordering::Relaxed) {
                continue;
            }
            // the lock is held to the end, so that no draft is made meanwhile
            let drafts = DRAFTS.lock();
            for draft in drafts.iter().flat_map(|drafts| drafts.iter()) {
                let _ = std::fs::remove_file(draft);
            }
            let _ = emulate_default_handler(signal);
        }
    }
}

#[cfg(not(unix))]
pub(super) mod interrupted {
    use std::io;
    use std::path::Path;

    pub(super) fn removed(
        make: impl FnOnce() -> io::Result<tempfile::NamedTempFile>,
    ) -> io::Result<tempfile::NamedTempFile> {
        make()
    }

    pub(super) const fn keep(_: &Path) {}

    /// A pager of Windows shares the console, whose Ctrl-C goes to both.
    pub(crate) const fn hold(_: bool) {}
}

/// A closed pipe is no failure: the reader has seen enough.
pub(crate) fn written<T>(path: &str, result: io::Result<T>) -> Result<T, Error> {
    result.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Error::Closed,
        _ => Error::Write { path: path.to_owned(), error },
    })
}
