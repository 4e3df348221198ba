//! Where the files of a run stand in their repository: other tools know them by that path.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// The folder of a repository, and the one of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checkout {
    /// The folder of the repository, from the root of the file system, with `/` between its parts.
    root: String,
    /// The folder that paths are relative to, in the same form.
    here: String,
}

impl Checkout {
    /// A run in the folder `here` of the repository in `root`.
    #[must_use]
    pub fn new(root: &str, here: &str) -> Self {
        Self { root: absolute(&slashes(root), ""), here: absolute(&slashes(here), "") }
    }

    /// The path of a file below the repository, or from the root of the file system where it is outside.
    #[must_use]
    pub fn path(&self, file: &str) -> String {
        let whole = absolute(&slashes(file), &self.here);
        let below = whole.strip_prefix(&self.root).and_then(|rest| rest.strip_prefix('/'));
        below.filter(|_| !self.root.is_empty()).map_or_else(|| whole.clone(), str::to_owned)
    }
}

/// The path of a file as a tool takes it that was not told where the files stand.
pub(super) fn path(checkout: Option<&Checkout>, file: &str) -> String {
    checkout.map_or_else(|| slashes(file), |checkout| checkout.path(file))
}

/// The path as a URI: relative, or of the scheme `file`.
pub(super) fn uri(checkout: Option<&Checkout>, file: &str) -> String {
    /// What stands in a path as it is.
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
    let path = path(checkout, file);
    let encoded = percent_encode(path.as_bytes(), KEPT);
    match path.as_bytes() {
        [b'/', ..] => format!("file://{encoded}"),
        // a letter and a colon begin a path of Windows
        [letter, b':', ..] if letter.is_ascii_alphabetic() => {
            format!("file:///{}", encoded.to_string().replacen("%3A", ":", 1))
        }
        _ => encoded.to_string(),
    }
}

fn slashes(path: &str) -> String {
    if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() }
}

/// The path from the root of the file system, without `.` and `..`.
fn absolute(path: &str, here: &str) -> String {
    let is_whole = path.starts_with('/') || path.as_bytes().get(1) == Some(&b':');
    let start = if is_whole { "" } else { here };
    let mut parts: Vec<&str> = Vec::new();
    for part in start.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let root = if parts.first().is_some_and(|part| part.ends_with(':')) { "" } else { "/" };
    format!("{root}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_path_in_the_repository() {
        let checkout = Checkout::new("/srv/repo", "/srv/repo/policies");
        let uri = |file: &str| uri(Some(&checkout), file);
        assert_eq!(uri("a.json"), "policies/a.json");
        assert_eq!(uri("./x/../a b#[0].json"), "policies/a%20b%23%5B0%5D.json");
        assert_eq!(uri("../infra/ü:1.json"), "infra/%C3%BC%3A1.json");
        assert_eq!(uri("/srv/repo/plan.json"), "plan.json");
        assert_eq!(uri("/srv/repository/plan.json"), "file:///srv/repository/plan.json");
        assert_eq!(uri("../../other/a.json"), "file:///srv/other/a.json");
        assert_eq!(Checkout::new("C:/repo", "C:/repo/x").path("a.json"), "x/a.json");
        assert_eq!(super::uri(None, "a%0Ab.json"), "a%250Ab.json");
    }
}
