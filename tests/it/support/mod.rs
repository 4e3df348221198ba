//! What integration tests share: the built binary in a clean environment, and the project's files.

pub(crate) mod around;
pub(crate) mod brute;
#[cfg(feature = "bedrock-live")]
pub(crate) mod event_stream;
#[cfg(feature = "bedrock-live")]
pub(crate) mod fake_aws;
#[cfg(feature = "bedrock-live")]
pub(crate) mod fake_bedrock;
#[cfg(feature = "live")]
pub(crate) mod fake_services;
pub(crate) mod generate;
#[cfg(any(feature = "bedrock-live", feature = "mcp"))]
pub(crate) mod installed;
#[cfg(feature = "bedrock-live")]
pub(crate) mod probe;
pub(crate) mod repository;
pub(crate) mod scene;
pub(crate) mod second;
#[cfg(target_os = "linux")]
pub(crate) mod terminal;
pub(crate) mod trail;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The project's folder.
pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the project as text.
pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = project().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folders and files below a folder of the project, in order.
pub(crate) fn entries(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    let path = project().join(folder);
    let mut all: Vec<_> = std::fs::read_dir(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    all.sort();
    all
}

/// One run of the binary.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Everything that the run showed, for a snapshot.
    pub(crate) fn whole(&self) -> String {
        let mut whole = format!("exit {}\n", self.code);
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                whole += "--- ";
                whole += name;
                whole += "\n";
                whole += text;
            }
        }
        whole
    }
}

/// The binary in the project's folder with an environment of its own: no colours, no AWS settings.
pub(crate) fn iamdx(arguments: &[&str], input: &[u8]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_iamdx"))
        .args(arguments)
        .current_dir(project())
        .env_clear()
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // the binary may stop reading early: then the rest of the input is not its affair
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
