//! A git repository in a scratch folder, with settings of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The repository and its folder, which goes with it.
pub(crate) struct Repository {
    folder: TempDir,
}

impl Repository {
    /// An empty one on the branch `main`.
    pub(crate) fn new() -> Self {
        let this = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(this.path()).unwrap();
        this.git(&["init", "--quiet", "--initial-branch=main"]);
        this
    }

    /// Its folder.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    /// A folder beside it, for what a runner keeps outside.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Commits everything that is there.
    pub(crate) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=change"]);
    }

    /// What git answers.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = self.run(Command::new("git").args(arguments), &[]);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Runs a program in the repository with these settings and no others.
    pub(crate) fn run(&self, command: &mut Command, settings: &[(&str, &Path)]) -> Output {
        command
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "somebody")))
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "somebody@example.com")))
            .env("NO_COLOR", "1")
            .envs(settings.iter().copied())
            .output()
            .unwrap()
    }

    /// What iamdx tells of the repository, and its exit code.
    pub(crate) fn iamdx(&self, arguments: &[&str]) -> String {
        let output = self.run(Command::new(env!("CARGO_BIN_EXE_iamdx")).args(arguments), &[]);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        format!("{}{}exit {}", text(&output.stdout), text(&output.stderr), output.status.code().unwrap_or(-1))
    }
}
