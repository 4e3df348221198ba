//! Programs that others wrote, installed into folders of their own under target/, once.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::project;

/// The folder with the programs of these packages of Python, or why there is none.
pub(crate) fn python(folder: &str, packages: &[&str]) -> Result<PathBuf, String> {
    let folder = project().join(folder);
    let programs = folder.join("bin");
    once(&folder, packages, || {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder), "python3 -m venv")?;
        let mut pip = Command::new(programs.join("python"));
        run(pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages), "pip install")
    })?;
    Ok(programs)
}

/// The same for packages of Node.js.
#[cfg(feature = "mcp")]
pub(crate) fn node(folder: &str, packages: &[&str]) -> Result<PathBuf, String> {
    let folder = project().join(folder);
    once(&folder, packages, || {
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]).arg(&folder).args(packages);
        run(&mut npm, "npm install")
    })?;
    Ok(folder.join("node_modules/.bin"))
}

/// Installs what is not there yet. An environment knows its own place: one that was moved is made again.
fn once(folder: &Path, packages: &[&str], install: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let ready = folder.join("ready");
    let complete = format!("{} in {}", packages.join(" "), folder.display());
    if std::fs::read_to_string(&ready).is_ok_and(|made| made == complete) {
        return Ok(());
    }
    install()?;
    std::fs::write(&ready, complete).map_err(|error| error.to_string())
}

fn run(command: &mut Command, what: &str) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{what}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(format!("{what}: {said}")) }
}

/// What is installed; `None`, with a word on stderr, where it cannot be had.
pub(crate) fn or_not_run<T>(what: &str, installed: Result<T, &String>) -> Option<T> {
    match installed {
        Ok(installed) => Some(installed),
        Err(why) => {
            assert!(std::env::var_os("IAMDX_REQUIRE_EMULATORS").is_none(), "{what} cannot be installed: {why}");
            // a word that cannot be written is no reason to fail
            let _ = writeln!(std::io::stderr(), "NOT RUN: {what} cannot be installed here: {why}");
            None
        }
    }
}
