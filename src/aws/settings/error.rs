//! A setting that cannot be used: what is wrong, where it stands, and what to do.

use std::fmt;
use std::path::PathBuf;

/// Where a setting stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An option of the command line.
    Option(&'static str),
    /// A variable of the environment.
    Variable(String),
    /// An entry of a configuration file.
    Entry(Box<Entry>),
}

/// An entry of a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name of the entry.
    pub key: String,
    /// The profile that holds it.
    pub profile: String,
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1, where it is known.
    pub line: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(name) => write!(f, "{name}"),
            Self::Variable(name) => write!(f, "{name}"),
            Self::Entry(entry) => {
                let line = entry.line.map_or_else(String::new, |line| format!(", line {line}"));
                write!(f, "`{}` of profile `{}` ({}{line})", entry.key, entry.profile, entry.file.display())
            }
        }
    }
}

/// A setting that cannot be used. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A value that means nothing.
    #[error("{place} is `{value}`: {expected} is expected")]
    Value {
        /// Where it stands.
        place: Place,
        /// The value.
        value: String,
        /// What would do.
        expected: &'static str,
    },
    /// A profile that no file has.
    #[error("the profile `{name}` ({place}) is not in {}{}", listed(.files), others(.known))]
    NoProfile {
        /// Its name.
        name: String,
        /// Where it is named.
        place: Place,
        /// The files that were read.
        files: Vec<PathBuf>,
        /// The profiles that there are.
        known: Vec<String>,
    },
    /// A profile that takes its credentials from one that no file has.
    #[error("{place} names the profile `{name}`, which is not in {}", listed(.files))]
    NoSourceProfile {
        /// Its name.
        name: String,
        /// Where it is named.
        place: Place,
        /// The files that were read.
        files: Vec<PathBuf>,
    },
    /// Profiles that take their credentials from one another.
    #[error("{place} leads back to the profile `{name}`: profiles cannot take their credentials from one another")]
    SourceLoop {
        /// The profile that comes again.
        name: String,
        /// Where it is named.
        place: Place,
    },
    /// An IAM Identity Center session that no file has.
    #[error("{place} names the sso-session `{name}`, which is not in {}", listed(.files))]
    NoSsoSession {
        /// Its name.
        name: String,
        /// Where it is named.
        place: Place,
        /// The files that were read.
        files: Vec<PathBuf>,
    },
    /// Half of a pair of settings.
    #[error("{place} is set but {missing} is not. Set both or neither")]
    Half {
        /// What is set.
        place: Place,
        /// What is not.
        missing: &'static str,
    },
    /// A configuration file with a line that cannot be read.
    #[error("{}, line {line}: {what}", .file.display())]
    Syntax {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// A file that cannot be read.
    #[error("cannot read {} ({what}): {error}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What names it, or what it is.
        what: String,
        /// What the system says.
        error: String,
    },
    /// A bundle of certificates without a certificate.
    #[error("{} ({place}) holds no certificate that can be used: PEM is expected", .file.display())]
    NoCertificate {
        /// The file.
        file: PathBuf,
        /// Where it is named.
        place: Place,
    },
}

fn listed(files: &[PathBuf]) -> String {
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    names.join(" or ")
}

fn others(known: &[String]) -> String {
    match known {
        [] => ". There are no profiles: run `aws configure`".to_owned(),
        known => {
            let shown: Vec<String> = known.iter().take(8).map(|name| format!("`{name}`")).collect();
            let more = if known.len() > shown.len() { ", ..." } else { "" };
            format!(". There are {}{more}", shown.join(", "))
        }
    }
}
