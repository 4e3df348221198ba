//! `iamdx diff OLD NEW`, or `--base COMMIT`: what the new policies allow or deny that the old ones did not; a reviewer's gate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::changed::{self, Changed, Side};
use super::folder::{is_policy_template, may_be_template};
use super::input::source_of;
use super::meaning::{Names, scope};
use super::policies::chosen;
use super::reference::ReferenceArgs;
use super::{Error, Exit, OutputArgs};
use crate::difference::{CannotTell, Difference, Threshold, as_policies, of_templates};
use crate::iam::{Document, open_parts};
use crate::reference::Reference;
use crate::report::{Compared, Detail, Differences, words};
use crate::snapshot::{self, FileError, Pair, Part, Snapshot, may_give_access, pairs, parts};
use crate::text::{Position, Source, decode};

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    /// The old policy document (or array of them), template, plan or state, snapshot, or folder of such files
    #[arg(value_name = "OLD", required_unless_present = "base")]
    old: Option<String>,
    /// The new one, of the same kind
    #[arg(value_name = "NEW", required_unless_present = "base")]
    new: Option<String>,
    /// With --base: only files of these names, or below these folders
    #[arg(value_name = "PATH", requires = "base", hide = true)]
    paths: Vec<String>,
    /// Compare the files that git tracks with what they were in the commit where this branch left COMMIT (a branch, tag or hash); what
    /// follows are files or folders to look at
    #[arg(long, value_name = "COMMIT")]
    base: Option<String>,
    /// From which new access on the exit code is 1
    #[arg(long, value_enum, value_name = "ACCESS", default_value_t = FailOn::Any)]
    fail_on: FailOn,
    #[command(flatten)]
    reference: ReferenceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// From which new access on a change is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Access that lets its holder have more, takes a protection away, exposes something, or is for everybody
    Escalation,
    /// These, and all that may do more than read and list
    Write,
    /// All that is new
    Any,
}

impl From<FailOn> for Threshold {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Escalation => Self::Escalation,
            FailOn::Write => Self::Write,
            FailOn::Any => Self::Any,
        }
    }
}

/// What a file or a folder holds.
enum Held {
    Documents(Vec<Arc<Document>>),
    /// Each policy of a template by its address.
    Parts(Vec<Part>),
    /// The files of a folder by their places in it.
    Folder(String, BTreeMap<String, Source>),
    Snapshot(Box<Snapshot>),
}

impl Held {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Documents(_) => "a policy document",
            Self::Parts(_) | Self::Folder(..) => "a template or a folder",
            Self::Snapshot(_) => "a snapshot",
        }
    }

    /// The policies of a folder like those of a template.
    fn in_parts(self) -> Self {
        match self {
            Self::Folder(_, files) => {
                Self::Parts(files.iter().flat_map(|(below, file)| parts_of(below, file)).collect())
            }
            held => held,
        }
    }

    /// The only policy of a template as a document like any other.
    fn alone(self) -> Self {
        match self.in_parts() {
            Self::Parts(parts)
                if parts.iter().filter(|part| part.beside.is_none()).map(|part| part.document.is_ok()).eq([true]) =>
            {
                Self::Documents(parts.into_iter().filter_map(|part| part.document.ok()).map(Arc::new).collect())
            }
            held => held,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read, or the two are not of one kind.
pub(crate) fn run(args: &DiffArgs) -> Result<Exit, Error> {
    let reference = args.reference.read()?;
    let threshold = Threshold::from(args.fail_on);
    let compared = if let Some(base) = &args.base {
        let paths: Vec<String> = args.old.iter().chain(&args.new).chain(&args.paths).cloned().collect();
        since(base, &paths, threshold, &reference)?
    } else {
        let [old, new] = [&args.old, &args.new].map(|path| path.as_deref().unwrap_or("-"));
        compared(held(old)?, held(new)?, [old, new], threshold, &reference)?
    };
    let differences = Differences { compared, reference: &reference };
    args.output.answer(&differences, Detail::default())?;
    let any = |test: &dyn Fn(&Difference) -> bool| differences.compared.iter().any(|it| test(&it.difference));
    let stops = |difference: &Difference| difference.newly_allowed.iter().any(|it| threshold.is_met(it, &reference));
    Ok(if any(&stops) {
        Exit::Denied
    } else if any(&|difference| !difference.cannot_tell.is_empty()) {
        Exit::Undetermined
    } else {
        Exit::Done
    })
}

/// What changed in the repository since the commit, file by file.
fn since(base: &str, paths: &[String], threshold: Threshold, reference: &Reference) -> Result<Vec<Compared>, Error> {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let changed::Changes { files, others, templates } = changed::since(base, paths)?;
    let around = around(files.iter().map(|file| &file.path).chain(&others));
    for (from, to) in renamed(&files) {
        super::output::note(&format!(
            "`{to}` has the text of `{from}`, which is gone. It is compared as new: whether it is the same policy is not known"
        ));
    }
    for file in files {
        let source = |side: &Option<Side>| match side {
            Some(Side::File(source)) => Some(source.clone()),
            _ => None,
        };
        let [was, is] = both_of(&file.path, &[source(&file.old), source(&file.new)]);
        old.extend(was);
        new.extend(is);
        for (side, all) in [(file.old, &mut old), (file.new, &mut new)] {
            match side {
                None | Some(Side::File(_)) => {}
                Some(Side::Link(source)) => {
                    let what =
                        "it is a link, and where it leads to was not compared. Put the policy itself in its place";
                    let error = FileError::SomethingElse {
                        file: file.path.clone(),
                        at: Position { line: 1, column: 1 },
                        what: what.to_owned(),
                    };
                    all.push(Part::unread(file.path.clone(), source, error));
                }
            }
        }
    }
    new.iter().filter_map(|part| part.document.as_ref().ok()).for_each(remark);
    let nothing = old.iter().chain(&new).all(Part::is_meaning);
    let names = Names::of(old.iter().chain(&new).chain(&around));
    let read: BTreeSet<String> = names.files().into_iter().filter(|path| others.contains(path)).collect();
    new.extend(templates.difference(&read).map(|path| template(path)));
    let compared = told(names.used(pairs(old, new)), threshold, reference);
    let compared: Vec<Compared> = compared.into_iter().chain(read.into_iter().map(of_read)).collect();
    if compared.is_empty() && nothing {
        super::output::note(&format!("no file with a policy changed since `{base}`"));
    }
    Ok(compared)
}

/// What the modules say that are as they were, around files that changed: their names may be taken from those.
fn around<'p>(changed: impl Iterator<Item = &'p String>) -> Vec<Part> {
    let changed: BTreeSet<&String> = changed.collect();
    let folders: BTreeSet<&Path> = changed.iter().flat_map(|path| Path::new(path).ancestors().skip(1)).collect();
    let mut parts = Vec::new();
    for folder in folders {
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let Ok(entries) = std::fs::read_dir(here) else { continue };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        for name in
            names.filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "tf" || ending == "tofu"))
        {
            let path = folder.join(name).to_string_lossy().into_owned();
            if !changed.contains(&path)
                && let Ok(source) = source_of(&path)
            {
                parts.extend(parts_of(&path, &source));
            }
        }
    }
    parts
}

/// A file that modules read, and that changed.
fn of_read(path: String) -> Compared {
    let fact = CannotTell::StandsFor { name: path.clone(), before: None, after: None };
    let difference = Difference { cannot_tell: vec![fact], ..Difference::default() };
    let [before, after] = as_policies(&[], &[]);
    Compared { what: Some(path.clone()), difference, before, after, not_read: Some((path, 1)) }
}

/// Files that went and files that came with the same text.
fn renamed(files: &[Changed]) -> Vec<(&str, &str)> {
    let text = |side: &Option<Side>| match side {
        Some(Side::File(source)) => Some(source.text().to_owned()),
        _ => None,
    };
    let gone = files.iter().filter(|file| file.new.is_none()).filter_map(|file| Some((text(&file.old)?, &*file.path)));
    let gone: BTreeMap<String, &str> = gone.collect();
    let came = files.iter().filter(|file| file.old.is_none());
    came.filter_map(|file| Some((*gone.get(&text(&file.new)?)?, &*file.path))).collect()
}

/// The pairs that differ, or of which that cannot be told.
fn told(pairs: Vec<Pair>, threshold: Threshold, reference: &Reference) -> Vec<Compared> {
    let compared = pairs.into_iter().map(|pair| of_pair(pair, threshold, reference));
    compared.filter(|it| !it.difference.is_empty() || !it.difference.cannot_tell.is_empty()).collect()
}

/// Compares two texts.
///
/// # Errors
/// When one cannot be read, or the two are not of one kind.
#[cfg(feature = "mcp")]
pub(crate) fn of_texts(old: Source, new: Source, reference: &Reference) -> Result<Vec<Compared>, Error> {
    let [old_name, new_name] = [old.name().to_owned(), new.name().to_owned()];
    compared(held_in(old, None)?, held_in(new, None)?, [&old_name, &new_name], Threshold::Any, reference)
}

/// Compares what two files hold.
fn compared(
    old: Held,
    new: Held,
    names: [&str; 2],
    threshold: Threshold,
    reference: &Reference,
) -> Result<Vec<Compared>, Error> {
    let [old_name, new_name] = names;
    let mut read = BTreeSet::new();
    let (old, new) = match (old, new) {
        (Held::Folder(old_folder, old), Held::Folder(new_folder, new)) => {
            let [old, new] = folders(old, new);
            read = Names::of(old.iter().chain(&new)).files();
            read.retain(|path| differ(&[&old_folder, &new_folder].map(|folder| Path::new(folder).join(path))));
            let mut new = new;
            new.extend(templates([&old_folder, &new_folder])?.difference(&read).map(|path| template(path)));
            (Held::Parts(old), Held::Parts(new))
        }
        (old, new) => (old.in_parts(), new.in_parts()),
    };
    let (old, new) = match (old, new) {
        (old @ Held::Documents(_), new) => (old, new.alone()),
        (old, new @ Held::Documents(_)) => (old.alone(), new),
        both => both,
    };
    Ok(match (old, new) {
        (Held::Documents(old), Held::Documents(new)) => vec![compare(None, &old, &new, threshold, reference)],
        (Held::Parts(old), Held::Parts(new)) => {
            if old.iter().chain(&new).all(Part::is_meaning) {
                super::output::note(&format!("neither `{old_name}` nor `{new_name}` holds a policy"));
            }
            let names = Names::of(old.iter().chain(&new));
            let compared = told(names.used(pairs(old, new)), threshold, reference);
            compared.into_iter().chain(read.into_iter().map(of_read)).collect()
        }
        (Held::Snapshot(old), Held::Snapshot(new)) => super::snapshot_diff::compare(&old, &new, reference),
        (old, new) => {
            let message = format!(
                "`{old_name}` is {} and `{new_name}` is {}: two of one kind can be compared{}",
                old.kind(),
                new.kind(),
                if matches!((&old, &new), (Held::Parts(_), _) | (_, Held::Parts(_))) {
                    "; FILE#NAME is one policy of a template"
                } else {
                    ""
                }
            );
            return Err(Error::Usage(message));
        }
    })
}

/// The files of two folders that differ, and have a policy for another program to fill in, by their paths below them.
#[expect(clippy::disallowed_methods, reason = "whether a policy is in them is asked of them")]
fn templates(folders: [&String; 2]) -> Result<BTreeSet<String>, Error> {
    let mut found = BTreeSet::new();
    for folder in folders {
        for (file, below) in super::folder::files_where(folder, may_be_template)? {
            let text = std::fs::read(&file).map(decode).unwrap_or_default();
            if is_policy_template(&below, &text) && differ(&folders.map(|folder| Path::new(folder).join(&below))) {
                found.insert(below);
            }
        }
    }
    Ok(found)
}

/// A file whose policy another program fills in: what it says is not known.
fn template(path: &str) -> Part {
    let what = "a policy is in it that another program fills in or copies, and it was not compared. Compare what becomes of it: \
                `iamdx diff OLD NEW`";
    let error =
        FileError::SomethingElse { file: path.to_owned(), at: Position { line: 1, column: 1 }, what: what.to_owned() };
    Part::unread(path.to_owned(), Source::new(path, String::new()), error)
}

/// Whether two files are not the same; one that cannot be read differs from every other.
#[expect(clippy::disallowed_methods, reason = "only whether they are the same is asked of them")]
fn differ(paths: &[PathBuf; 2]) -> bool {
    let [old, new] = paths.each_ref().map(|path| std::fs::read(path).ok());
    old != new
}

/// Compares two versions of documents.
fn compare(
    what: Option<String>,
    old: &[Arc<Document>],
    new: &[Arc<Document>],
    threshold: Threshold,
    reference: &Reference,
) -> Compared {
    let (mut difference, [as_old, as_new]) = of_templates(old, new, reference);
    // what stops the change anyway needs no more reasons
    let stops = difference.newly_allowed.iter().any(|change| threshold.is_met(change, reference));
    difference.cannot_tell.extend(left_open(&as_old, &as_new).filter(|_| !stops));
    let [before, after] = as_policies(&as_old, &as_new);
    Compared { what, difference, before, after, not_read: None }
}

/// Compares two versions of one policy of a template. What is not there allows nothing.
fn of_pair(pair: Pair, threshold: Threshold, reference: &Reference) -> Compared {
    if let Some(compared) = of_attached(&pair, reference) {
        return compared;
    }
    let same = pair.old.as_ref().zip(pair.new.as_ref()).is_some_and(|(old, new)| old.is_same_unread(new));
    let mut not_read = Vec::new();
    let mut at = None;
    let [old, new] = [pair.old, pair.new].map(|part| match part.map(|part| part.document) {
        Some(Ok(document)) => vec![Arc::new(document)],
        Some(Err(error)) => {
            at = error.place().map(|(file, line)| (file.to_owned(), line));
            not_read.push(CannotTell::NotRead(error.to_string()));
            Vec::new()
        }
        None => Vec::new(),
    });
    if not_read.is_empty() {
        return compare(Some(pair.address), &old, &new, threshold, reference);
    }
    // against a policy that is not known nothing can be told
    let [before, after] = as_policies(&old, &new);
    let cannot_tell = if same { Vec::new() } else { not_read };
    let difference = Difference { cannot_tell, ..Difference::default() };
    Compared { what: Some(pair.address), difference, before, after, not_read: at }
}

/// Compares what a resource has that gives access and is no document.
fn of_attached(pair: &Pair, reference: &Reference) -> Option<Compared> {
    let sides = [&pair.old, &pair.new].map(|part| part.as_ref().and_then(|part| part.beside.as_ref()));
    if sides.iter().all(Option::is_none) {
        return None;
    }
    let both = sides.iter().all(Option::is_some);
    let is_told = |name: &&String| both || !sides.iter().flatten().any(|beside| beside.only_kept.contains(*name));
    let [old, new] = sides.map(|side| side.map(|beside| beside.arguments.clone()).unwrap_or_default());
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changes = names.into_iter().filter(|name| old.get(*name) != new.get(*name)).filter(is_told);
    let changes: Vec<_> = changes.map(|name| (name.clone(), old.get(name).cloned(), new.get(name).cloned())).collect();
    let has_all = sides.map(|side| side.is_some_and(|beside| !beside.full_access.is_empty()));
    let granted = if has_all == [false, true] { administrator_access() } else { Vec::new() };
    // what was allowed before is not at hand: of everything that may be a part
    let (mut difference, [before, after]) = of_templates(&[], &granted, reference);
    let defined = sides.iter().flatten().find_map(|beside| beside.defines.clone());
    match (defined, changes.as_slice()) {
        (_, []) => {}
        (Some(name), [(_, before, after), ..]) => {
            let (before, after) = (before.clone(), after.clone());
            difference.cannot_tell.push(CannotTell::StandsFor { name, before, after });
        }
        (None, _) => difference.cannot_tell.push(CannotTell::Attached(changes)),
    }
    let part = pair.new.as_ref().or(pair.old.as_ref())?;
    let at = part.document.as_ref().err().and_then(FileError::place).map(|(file, line)| (file.to_owned(), line));
    let [before, after] = as_policies(&before, &after);
    Some(Compared { what: Some(pair.address.clone()), difference, before, after, not_read: at })
}

/// The policy of AWS that allows everything.
fn administrator_access() -> Vec<Arc<Document>> {
    let source = Source::new("arn:aws:iam::aws:policy/AdministratorAccess", snapshot::ADMINISTRATOR_ACCESS);
    Document::parse(source).into_iter().map(Arc::new).collect()
}

/// Reads a file or a folder; what looks like a snapshot is one.
fn held(path: &str) -> Result<Held, Error> {
    if super::folder::is_folder(path) {
        return folder(path).map(|files| Held::Folder(path.to_owned(), files));
    }
    let (path, choice) = chosen(path);
    held_in(source_of(path)?, choice)
}

/// Reads a text; what looks like a snapshot is one.
fn held_in(source: Source, choice: Option<&str>) -> Result<Held, Error> {
    let path = source.name().to_owned();
    let names = ["iamdx_snapshot", "UserDetailList", "RoleDetailList"];
    if choice.is_none() && names.iter().any(|name| source.text().contains(&format!("\"{name}\""))) {
        let snapshot = super::input::snapshot_in(source)?;
        for note in snapshot.notes() {
            super::output::note(&words::snapshot::note(note));
        }
        return Ok(Held::Snapshot(Box::new(snapshot)));
    }
    if choice.is_none()
        && let Some(parts) = parts(source.clone())?
    {
        parts.iter().filter_map(|part| part.document.as_ref().ok()).for_each(remark);
        return Ok(Held::Parts(parts));
    }
    let documents = match snapshot::held(source, None, choice)? {
        snapshot::Held::Documents { documents, notes, .. } => {
            for note in &notes {
                super::output::note(&words::snapshot::note(note));
            }
            documents
        }
        snapshot::Held::Nothing(why) => return Err(Error::Input(format!("{path}: {why}"))),
    };
    documents.iter().for_each(remark);
    Ok(Held::Documents(documents.into_iter().map(Arc::new).collect()))
}

/// All files of a folder that may hold policies.
fn folder(path: &str) -> Result<BTreeMap<String, Source>, Error> {
    super::folder::files(path)?.into_iter().map(|(file, below)| Ok((below, source_of(&file)?))).collect()
}

/// The policies of two folders.
fn folders(mut old: BTreeMap<String, Source>, new: BTreeMap<String, Source>) -> [Vec<Part>; 2] {
    let mut all = [Vec::new(), Vec::new()];
    let mut add = |below: &str, files: [Option<Source>; 2]| {
        all.iter_mut().zip(both_of(below, &files)).for_each(|(all, own)| all.extend(own));
    };
    for (below, file) in new {
        let before = old.remove(&below);
        add(&below, [before, Some(file)]);
    }
    for (below, file) in old {
        add(&below, [Some(file), None]);
    }
    all.iter().flatten().filter_map(|part| part.document.as_ref().ok()).for_each(remark);
    all
}

/// The policies of two versions of a file. Where one has policies, and none can be read in the other, that one is not taken for a file
/// without any.
fn both_of(below: &str, files: &[Option<Source>; 2]) -> [Vec<Part>; 2] {
    let mut found = files.each_ref().map(|file| file.as_ref().map(|file| parts_of(below, file)).unwrap_or_default());
    let [was, is] = &mut found;
    if was.is_empty() != is.is_empty() {
        for (all, file) in [&mut *was, &mut *is].into_iter().zip(files).filter(|(all, _)| all.is_empty()) {
            all.extend(file.as_ref().and_then(|file| nothing_readable(below, file)));
        }
    }
    let is_unread = |all: &[Part]| matches!(all, [Part { unread: Some(_), .. }]);
    match (is_unread(was), is_unread(is)) {
        // nothing of it can be told: not that its policies are gone, nor that they are new
        (true, false) => is.clear(),
        (false, true) => was.clear(),
        _ => {}
    }
    found
}

/// Why no policy can be read in a file that should have one; `None` where it is whole and has none.
fn nothing_readable(below: &str, file: &Source) -> Option<Part> {
    let unread = |error: FileError| Some(Part::unread(below.to_owned(), file.clone(), error));
    match parts(file.clone()) {
        // a template whose policies were taken out
        Ok(Some(_)) => None,
        Err(error) => unread(error),
        Ok(None) => snapshot::held(file.clone(), None, None).err().and_then(unread),
    }
}

/// The policies of a file, each by its address. A file without a policy has none; one whose policy cannot be read has one.
fn parts_of(below: &str, source: &Source) -> Vec<Part> {
    // in any notation a policy has this word, unless its letters are written as numbers
    let has_statement = ["Statement", "\\u00"].iter().any(|word| source.text().contains(word));
    // and what a module takes from elsewhere, or attaches, has others
    let sets_variables = below.ends_with(".tfvars") || below.ends_with(".tfvars.json");
    if !has_statement && !sets_variables && !may_give_access(source.text()) {
        return Vec::new();
    }
    // what CDK keeps beside the templates repeats them
    if below.ends_with("tree.json") && source.text().contains("\"aws:cdk:cloudformation:type\"") {
        return Vec::new();
    }
    let within = |mut part: Part| {
        if let Some(beside) = &mut part.beside {
            beside.scope = scope(below);
        }
        Part { address: format!("{below}: {}", part.address), ..part }
    };
    let unread = |error: FileError| vec![Part::unread(below.to_owned(), source.clone(), error)];
    match parts(source.clone()) {
        Ok(Some(parts)) => parts.into_iter().map(within).collect(),
        Err(error) => unread(error),
        Ok(None) if !has_statement => Vec::new(),
        Ok(None) => match snapshot::held(source.clone(), None, Some("*")) {
            Ok(snapshot::Held::Documents { documents, .. }) => {
                let several = documents.len() > 1;
                let address = |number| if several { format!("{below}[{number}]") } else { below.to_owned() };
                (0..).zip(documents).map(|(number, document)| Part::new(address(number), Ok(document))).collect()
            }
            Ok(snapshot::Held::Nothing(_)) => Vec::new(),
            Err(error) => unread(error),
        },
    }
}

/// Says what of a document only a deployment tells, and what AWS would say against it.
fn remark(document: &Document) {
    let open = open_parts(document.source.text());
    if let Some((file, line)) = document.source.origin().filter(|_| !open.is_empty()) {
        let open: Vec<String> = open.iter().map(|part| format!("`{part}`")).collect();
        super::output::note(&format!(
            "{file}:{line}: not known from this file: {}. The policy as it is deployed decides",
            open.join(", ")
        ));
    }
    for problem in &document.problems {
        let at = document.position(problem.span);
        super::output::note(&format!("{}:{at}: {}", document.source.name(), problem.fault));
    }
}

/// What only one of two templates leaves open: what a deployment puts there may differ.
fn left_open(old: &[Arc<Document>], new: &[Arc<Document>]) -> Option<CannotTell> {
    let [old, new] = [old, new].map(|documents| -> BTreeSet<&str> {
        documents.iter().flat_map(|document| open_parts(document.source.text())).collect()
    });
    let names: Vec<String> = old.symmetric_difference(&new).map(|name| (*name).to_owned()).collect();
    (!names.is_empty()).then_some(CannotTell::LeftOpen(names))
}
