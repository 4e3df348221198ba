//! The AWS configuration files: which profile is meant, what it says, and on which line.

#![expect(clippy::disallowed_methods, reason = "this reads the configuration files and the environment")]

use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::PathBuf;

use aws_config::profile::{Profile, ProfileSet, load};
use aws_types::os_shim_internal::{Env, Fs};

use super::error::{Entry, Place, SettingsError};

/// The profile of a section header that names none.
const DEFAULT: &str = "default";

/// What the configuration files and the environment say.
pub(super) struct Files {
    set: ProfileSet,
    profile: String,
    /// That `--profile` named it.
    by_option: bool,
    texts: Vec<(PathBuf, String)>,
    paths: Vec<PathBuf>,
}

impl Files {
    /// Reads `~/.aws/config` and `~/.aws/credentials`, or the files that the environment names. A file that is not there is empty.
    ///
    /// # Errors
    /// When a file cannot be read, or does not have the profile that is named.
    pub(super) async fn read(option: Option<&str>) -> Result<Self, SettingsError> {
        let paths =
            vec![path("AWS_CONFIG_FILE", ".aws/config"), path("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials")];
        let mut texts = Vec::new();
        for (path, what) in paths.iter().zip(["the AWS configuration file", "the AWS credentials file"]) {
            let file = |error: String| SettingsError::File { file: path.clone(), what: what.to_owned(), error };
            match std::fs::read(path) {
                Ok(bytes) => {
                    let text = String::from_utf8(bytes).map_err(|error| {
                        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
                        SettingsError::Syntax {
                            file: path.clone(),
                            line: 1 + memchr::memchr_iter(b'\n', before).count(),
                            what: "not UTF-8",
                        }
                    })?;
                    texts.push((path.clone(), text));
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(file(error.to_string())),
            }
        }
        let named = named(option);
        let profile = named.as_ref().map_or(DEFAULT, |(name, _)| name.as_str()).to_owned();
        let set = match set(profile.clone()).await {
            Ok(set) => set,
            Err(error) => return Err(syntax(&texts).unwrap_or(error)),
        };
        let files = Self { set, profile, by_option: option.is_some(), texts, paths };
        // the AWS CLI wants every profile that is named to be there; the default one is always there, and may be empty
        if let Some((name, place)) = named
            && name != DEFAULT
            && files.set.get_profile(&name).is_none()
        {
            let mut known: Vec<String> = files.set.profiles().map(str::to_owned).collect();
            known.sort_unstable();
            return Err(SettingsError::NoProfile { name, place, files: files.paths, known });
        }
        Ok(files)
    }

    /// The name of the profile.
    pub(super) fn profile(&self) -> &str {
        &self.profile
    }

    /// Whether an option names the profile: then the keys of the environment do not count.
    pub(super) fn by_option(&self) -> bool {
        self.by_option
    }

    /// A profile by its name.
    pub(super) fn get(&self, name: &str) -> Option<&Profile> {
        self.set.get_profile(name)
    }

    /// The address of an `sso-session`.
    pub(super) fn sso_start_url(&self, name: &str) -> Option<String> {
        self.set.sso_session(name).map(|session| session.get("sso_start_url").unwrap_or_default().to_owned())
    }

    /// The files that are read, whether they are there or not.
    pub(super) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// A variable of the environment that is not empty.
    #[expect(clippy::unused_self, reason = "the environment is one of the sources")]
    pub(super) fn variable(&self, name: &str) -> Option<(String, Place)> {
        variable(name)
    }

    /// An entry of the profile that is not empty.
    pub(super) fn entry(&self, key: &str) -> Option<(String, Place)> {
        let value = self.get(&self.profile)?.get(key)?;
        (!value.is_empty()).then(|| (value.to_owned(), self.place(&self.profile, key)))
    }

    /// Where an entry stands.
    pub(super) fn place(&self, profile: &str, key: &str) -> Place {
        let found = self.texts.iter().find_map(|(path, text)| Some((path.clone(), line_of(text, profile, key)?)));
        let (file, line) = match found {
            Some((file, line)) => (file, Some(line)),
            None => (self.paths.first().cloned().unwrap_or_default(), None),
        };
        Place::Entry(Box::new(Entry { key: key.to_owned(), profile: profile.to_owned(), file, line }))
    }
}

/// A variable of the environment that is not empty.
pub(super) fn variable(name: &str) -> Option<(String, Place)> {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty())?;
    Some((value, Place::Variable(name.to_owned())))
}

/// The profile that is named, and by what; the AWS CLI asks `AWS_DEFAULT_PROFILE` first.
fn named(option: Option<&str>) -> Option<(String, Place)> {
    let option = option.map(|name| (name.to_owned(), Place::Option("--profile")));
    option.or_else(|| variable("AWS_DEFAULT_PROFILE")).or_else(|| variable("AWS_PROFILE"))
}

#[expect(clippy::default_trait_access, reason = "the type belongs to a crate that is no dependency")]
async fn set(profile: String) -> Result<ProfileSet, SettingsError> {
    let loaded = load(&Fs::real(), &Env::real(), &Default::default(), Some(Cow::Owned(profile))).await;
    loaded.map_err(|error| SettingsError::File {
        file: path("AWS_CONFIG_FILE", ".aws/config"),
        what: "the AWS configuration file".to_owned(),
        error: error.to_string(),
    })
}

/// The path that a variable names, or the one under the home directory.
fn path(name: &str, usual: &str) -> PathBuf {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
    let home = home.unwrap_or_else(|| PathBuf::from("~"));
    match std::env::var(name).ok().filter(|path| !path.is_empty()) {
        Some(path) => match path.strip_prefix("~/") {
            Some(rest) => home.join(rest),
            None => PathBuf::from(path),
        },
        None => home.join(usual),
    }
}

/// The line of a section that starts with a key.
fn line_of(text: &str, profile: &str, key: &str) -> Option<usize> {
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            let header = header.trim();
            inside = header.strip_prefix("profile ").map_or(header, str::trim) == profile;
        } else if inside
            && let Some((name, _)) = line.split_once('=')
            && name.trim().eq_ignore_ascii_case(key)
            && !line.starts_with([' ', '\t'])
        {
            return Some(index + 1);
        }
    }
    None
}

/// The first line that is neither a section, an entry, a comment nor part of the entry above.
fn syntax(texts: &[(PathBuf, String)]) -> Option<SettingsError> {
    for (file, text) in texts {
        let (mut section, mut entry) = (false, false);
        for (index, line) in text.lines().enumerate() {
            let what = if line.trim_matches([' ', '\t']).is_empty() || line.starts_with(['#', ';']) {
                None
            } else if let Some(header) = line.strip_prefix('[') {
                (section, entry) = (true, false);
                if header.contains(']') { None } else { Some("a section must end with `]`") }
            } else if !section {
                Some("an entry before the first section: `[default]` or `[profile NAME]` is expected")
            } else if line.starts_with([' ', '\t']) {
                if entry { None } else { Some("an indented line that belongs to no entry") }
            } else if line.split_once('=').is_some_and(|(name, _)| !name.trim().is_empty()) {
                entry = true;
                None
            } else {
                Some("`NAME = VALUE` is expected")
            };
            if let Some(what) = what {
                return Some(SettingsError::Syntax { file: file.clone(), line: index + 1, what });
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_on_their_line() {
        let text = "[default]\nregion = a\n[profile  x ]\n# region = no\nretry_mode=legacy\ns3 =\n  region = no\nRegion = b\n[y]\nregion=c\n";
        let rows = [
            ("default", "region", Some(2)),
            ("x", "retry_mode", Some(5)),
            ("x", "region", Some(8)),
            ("y", "region", Some(10)),
            ("z", "region", None),
        ];
        for (profile, key, line) in rows {
            assert_eq!(line_of(text, profile, key), line, "{profile} {key}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        let rows = [
            ("[default]\nregion = a\n", None),
            ("region = a\n", Some(1)),
            ("[default\n", Some(1)),
            ("# c\n[default]\n\n  a = b\n", Some(4)),
            ("[default]\ns3 =\n  a = b\nregion\n", Some(4)),
            ("[default]\n = a\n", Some(2)),
        ];
        for (text, line) in rows {
            let found = syntax(&[(PathBuf::from("config"), text.to_owned())]);
            let found = found.map(|error| match error {
                SettingsError::Syntax { line, .. } => line,
                other => panic!("{other}"),
            });
            assert_eq!(found, line, "{text}");
        }
    }
}
