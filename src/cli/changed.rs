//! The files that changed in a git repository since a commit, as they were and as they are.

#![expect(clippy::disallowed_methods, reason = "this is the adapter that asks git")]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::folder::{is_policy_template, may_be_template, may_hold_policies};
use super::{Error, input};
use crate::text::{Source, decode};

/// One file that changed. A side is `None` where there is no such file.
#[derive(Debug)]
pub(super) struct Changed {
    /// Its path from here.
    pub(super) path: String,
    /// As it was.
    pub(super) old: Option<Side>,
    /// As it is.
    pub(super) new: Option<Side>,
}

/// One version of a file.
#[derive(Debug)]
pub(super) enum Side {
    /// A file.
    File(Source),
    /// A link, to whatever stands outside of what was compared.
    Link(Source),
}

/// The files that differ.
pub(super) struct Changes {
    /// Those that are compared.
    pub(super) files: Vec<Changed>,
    /// The paths of the others.
    pub(super) others: BTreeSet<String>,
    /// Those of them that have a policy for another program to fill in.
    pub(super) templates: BTreeSet<String>,
}

/// The files below the paths that differ between the commit that the branch of `base` and this one share, and the files as they are here.
/// Those are compared that may hold policies by their names, or that are named themselves. What git does not track is left out. A file that
/// was renamed is one that went and one that came: that its policy is still that of the same people is not known.
///
/// # Errors
/// When git is not there, or does not know the commit.
pub(super) fn since(base: &str, paths: &[String]) -> Result<Changes, Error> {
    let common = common_with_head(base)?;
    for path in paths {
        // a name that is nowhere would pass as one that did not change
        if !input::exists(path) && git(&["ls-tree", "-z", &common, "--", path])?.is_empty() {
            return Err(Error::Usage(format!(
                "`{path}` is neither here nor in the commit that is compared with. Check the name"
            )));
        }
    }
    // from here to the top of the repository: git tells paths from there
    let up = text(&git(&["rev-parse", "--show-cdup"])?);
    let mut arguments = vec!["diff", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff"];
    arguments.extend(["--no-textconv", "--ignore-submodules=all", "--end-of-options", &common, "--"]);
    arguments.extend(paths.iter().map(String::as_str));
    let rows = rows(&git(&arguments)?)?;
    let (wanted, left) = rows.into_iter().partition::<Vec<Row>, _>(|row| {
        may_hold_policies(&row.path) || paths.iter().any(|path| is_named(path, &format!("{up}{}", row.path)))
    });
    let others = left.iter().map(|row| format!("{up}{}", row.path)).collect();
    let templates = templates(&left, &up)?;
    let rows = wanted;
    let hashes: Vec<&str> = rows.iter().filter(|row| row.old.is_some()).map(|row| &*row.blob).collect();
    let mut blobs = blobs(&hashes)?.into_iter();
    let mut changed = Vec::new();
    for row in &rows {
        let path = format!("{up}{}", row.path);
        let old = row.old.zip(row.old.and_then(|_| blobs.next())).map(|(kind, blob)| {
            let text = decode(blob);
            input::learn(&text);
            kind.of(Source::new(path.as_str(), text))
        });
        let new = match row.new {
            None => None,
            Some(Kind::File) => Some(Side::File(input::source_of(&path)?)),
            Some(Kind::Link) => Some(Side::Link(Source::new(path.as_str(), String::new()))),
        };
        changed.push(Changed { path, old, new });
    }
    Ok(Changes { files: changed, others, templates })
}

/// Whether a path that was given is that of this file, which may be gone.
fn is_named(given: &str, path: &str) -> bool {
    let (given, path) = (Path::new(given), Path::new(path));
    if given.file_name().is_none() || given.file_name() != path.file_name() || given.is_dir() {
        return false;
    }
    match (std::fs::canonicalize(given), std::fs::canonicalize(path)) {
        (Ok(given), Ok(path)) => given == path,
        (Err(_), Err(_)) => true,
        _ => false,
    }
}

/// The paths of those that have a policy for another program to fill in, as they were or as they are.
fn templates(rows: &[Row], up: &str) -> Result<BTreeSet<String>, Error> {
    let rows: Vec<&Row> = rows.iter().filter(|row| may_be_template(&row.path)).collect();
    let hashes: Vec<&str> = rows.iter().filter(|row| row.old.is_some()).map(|row| &*row.blob).collect();
    let mut blobs = blobs(&hashes)?.into_iter();
    let mut found = BTreeSet::new();
    for row in rows {
        let path = format!("{up}{}", row.path);
        let old = row.old.and_then(|_| blobs.next());
        // a link can lead to a device, which has no end
        let new = row.new.filter(|kind| *kind == Kind::File).and_then(|_| std::fs::read(&path).ok());
        if old.into_iter().chain(new).any(|bytes| is_policy_template(&path, &decode(bytes))) {
            found.insert(path);
        }
    }
    Ok(found)
}

/// What git keeps under a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Link,
}

impl Kind {
    /// Of a mode; submodules are left out, and 0 is no file at all.
    fn new(mode: &str) -> Option<Self> {
        match mode {
            "100644" | "100755" => Some(Self::File),
            "120000" => Some(Self::Link),
            _ => None,
        }
    }

    const fn of(self, source: Source) -> Side {
        match self {
            Self::File => Side::File(source),
            Self::Link => Side::Link(source),
        }
    }
}

/// A row of `git diff --raw`.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    old: Option<Kind>,
    new: Option<Kind>,
    blob: String,
    path: String,
}

/// The rows: `:OLDMODE NEWMODE OLDHASH NEWHASH STATUS`, then the path, each ended by a NUL.
/// <https://git-scm.com/docs/diff-format#_raw_output_format>
fn rows(told: &[u8]) -> Result<Vec<Row>, Error> {
    let unclear = || Error::Input("git gave an answer of `git diff --raw` that cannot be read".to_owned());
    let mut fields = told.split(|&byte| byte == 0).filter(|field| !field.is_empty()).map(named);
    let mut rows = Vec::new();
    while let Some(head) = fields.next() {
        let head = head?;
        let words: Vec<&str> = head.trim_start_matches(':').split(' ').collect();
        let [old_mode, new_mode, blob, _, _] = words.as_slice() else { return Err(unclear()) };
        let path = fields.next().ok_or_else(unclear)??;
        let (old, new) = (Kind::new(old_mode), Kind::new(new_mode));
        rows.push(Row { old, new, blob: (*blob).to_owned(), path });
    }
    Ok(rows)
}

/// A field as text. A path that is no UTF-8 names another file as text, so that it is not guessed.
fn named(field: &[u8]) -> Result<String, Error> {
    String::from_utf8(field.to_vec()).map_err(|_| {
        let shown = String::from_utf8_lossy(field).into_owned();
        Error::Input(format!("the name of the file `{shown}` is not UTF-8, so that it cannot be compared. Rename it"))
    })
}

/// The commit from which HEAD and the base went apart; in a repository without a commit, the empty tree.
fn common_with_head(base: &str) -> Result<String, Error> {
    let commit = |name: &str| {
        git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")])
            .map(|told| text(&told))
    };
    if base == "HEAD" && git(&["rev-parse", "--git-dir"]).is_ok() && commit("HEAD").is_err() {
        return git(&["hash-object", "-t", "tree", "--stdin"]).map(|told| text(&told));
    }
    // says what is wrong with git or with the folder before anything of the commit
    git(&["rev-parse", "--git-dir"])?;
    let base_commit = commit(base).map_err(|_| {
        Error::Usage(format!(
            "`{base}` is not a commit of this repository. Fetch it first; a shallow clone lacks older commits (`fetch-depth: 0` in GitHub \
             Actions, `GIT_DEPTH: 0` in GitLab)"
        ))
    })?;
    let common =
        git(&["merge-base", "--end-of-options", &base_commit, "HEAD"]).map(|told| text(&told)).unwrap_or_default();
    // several can be equally near: git gives the best first
    match common.lines().next().filter(|line| !line.is_empty()) {
        Some(common) => Ok(common.to_owned()),
        None => Err(Error::Usage(format!(
            "`{base}` and HEAD have no commit in common, so that it cannot be told what changed. Fetch the whole history; a shallow clone \
             lacks it (`fetch-depth: 0` in GitHub Actions, `GIT_DEPTH: 0` in GitLab)"
        ))),
    }
}

/// The line that git answered with.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']).to_owned()
}

/// The contents of blobs, in their order, all from one git: `HASH blob SIZE`, a line end, the bytes, and a line end for each.
/// <https://git-scm.com/docs/git-cat-file#_batch_output>
fn blobs(hashes: &[&str]) -> Result<Vec<Vec<u8>>, Error> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let lacks =
        |hash: &str| Error::Input(format!("git does not have the file {hash} as it was. Fetch the whole history"));
    let told = asked(&["cat-file", "--batch"], hashes.join("\n") + "\n")?;
    let mut rest = told.as_slice();
    let mut all = Vec::new();
    for hash in hashes {
        let end = rest.iter().position(|&byte| byte == b'\n').ok_or_else(|| lacks(hash))?;
        let (head, after) = rest.split_at(end);
        let head = String::from_utf8_lossy(head).into_owned();
        let size = head.strip_prefix(&format!("{hash} blob ")).and_then(|size| size.parse::<usize>().ok());
        // behind the head and behind the bytes stands a line end
        let bytes = size.and_then(|size| after.get(1..=size));
        let bytes = bytes.ok_or_else(|| lacks(hash))?;
        rest = after.get(bytes.len() + 2..).ok_or_else(|| lacks(hash))?;
        all.push(bytes.to_vec());
    }
    Ok(all)
}

/// What git answers.
fn git(arguments: &[&str]) -> Result<Vec<u8>, Error> {
    asked(arguments, String::new())
}

/// What git answers to this input. Nothing is fetched, no program of the repository's settings is started, and every character of a path is
/// that character.
fn asked(arguments: &[&str], given: String) -> Result<Vec<u8>, Error> {
    let failed = |error| Error::Input(format!("cannot run `git`, which `--base` needs: {error}"));
    let mut child = Command::new("git")
        .args(["--literal-pathspecs", "--no-optional-locks"])
        .args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"])
        .args(arguments)
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    // while it is read what git answers; that git stops reading early is told by its exit code
    let stdin = child.stdin.take();
    let writer = std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(given.as_bytes())));
    let output = child.wait_with_output().map_err(failed)?;
    drop(writer.join());
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::Input(format!("git: {}", said.trim_end().trim_start_matches("fatal: "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_of_a_path_ends_it() {
        let hash = "0".repeat(40);
        let told = format!(
            ":100644 100644 {hash} {hash} M\0a\n:b.json\0:100644 120000 {hash} {hash} T\0new file.json\0:000000 160000 {hash} {hash} \
             A\0module.json\0"
        );
        let rows = rows(told.as_bytes()).unwrap();
        let short: Vec<_> = rows.iter().map(|row| (row.old, row.new, &*row.path)).collect();
        assert_eq!(
            short,
            [
                (Some(Kind::File), Some(Kind::File), "a\n:b.json"),
                (Some(Kind::File), Some(Kind::Link), "new file.json"),
                (None, None, "module.json"),
            ]
        );
    }

    #[test]
    fn what_is_no_such_row_is_not_guessed() {
        for told in [&b":100644 100644 M\0a\0"[..], b":100644 100644 a b M\0", b":100644 100644 a b M\0\xff\0"] {
            assert!(rows(told).is_err(), "{told:?}");
        }
    }
}
