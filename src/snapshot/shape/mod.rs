//! The policy documents of a file, in whatever shape people have them: bare, as an AWS command prints them, inside a template, a
//! plan or a module.
//!
//! Exactly one thing with `Statement` in the file is the document. Of several the reader says which: `FILE#NAME`.

mod beside;
mod data_source;
mod error;
mod find;
mod found;
mod gives;
mod hcl;
mod named;
mod one_line;
mod parts;
mod recognise;
mod template;
mod terraform;
mod tree;
mod write;
mod yaml;

use serde_json::value::RawValue;

use super::document::{span_in, standalone, unix_lines};
use crate::iam::{Document, EndpointKind, NoPolicy, PolicyError, PolicyType, PrincipalRule};
use crate::snapshot::note::SnapshotNote;
use crate::text::{JsonError, LineInFile, Source, parse};

pub use beside::may_give_access;
pub use error::FileError;
use find::{Candidate, What, candidates};
pub use found::{ADMINISTRATOR_ACCESS, Beside};
pub use parts::{Pair, Part, pairs, parts};
pub(super) use recognise::{NO_JSON, Notation, broken_json, names_only, notation};
pub(super) use tree::Tree;

/// What a file holds.
#[derive(Debug)]
pub enum Held {
    /// These documents.
    Documents {
        /// The documents.
        documents: Vec<Document>,
        /// What a person should know about how they were read.
        notes: Vec<SnapshotNote>,
        /// The kind of the VPC endpoint that has them, where the file tells one.
        endpoint: Option<EndpointKind>,
    },
    /// The answer of AWS that there is no such policy.
    Nothing(NoPolicy),
}

/// The policy documents of a file. `wanted` is what they will be used as, `choice` the one that was named.
///
/// # Errors
/// When the file holds no document, or several of which none was chosen, or one that cannot be read; with the place.
pub fn held(file: Source, wanted: Option<PolicyType>, choice: Option<&str>) -> Result<Held, FileError> {
    let file = with_unix_lines(file);
    let roots = match notation(&file, wanted) {
        // a document encoded for URLs
        Notation::Json if file.text().trim_start().starts_with('%') => {
            vec![Tree::new(1, tree::Value::Text(file.text().to_owned()))]
        }
        Notation::Json => match json(&file)? {
            Read::Document(document) if choice.is_none() => return Ok(documents(vec![document])),
            Read::Document(_) => vec![tree_of(&file, file.text())?],
            Read::Roots(roots) => roots,
        },
        Notation::Yaml => yaml::parse(file.text()).map_err(|error| {
            something(&file, error.at, format!("this reads like YAML, and is not: {}", error.message))
        })?,
        Notation::Hcl => vec![hcl::parse(file.text()).map_err(|error| {
            something(&file, error.at, format!("this reads like Terraform, and is not: {}", error.message))
        })?],
        Notation::Nothing(why) => return Ok(Held::Nothing(why)),
        Notation::Other(at, what) => return Err(something(&file, at, what)),
    };
    chosen(&file, &roots, wanted, choice)
}

fn with_unix_lines(file: Source) -> Source {
    if file.text().contains("\r\n") { Source::new(file.name(), unix_lines(file.text().to_owned())) } else { file }
}

fn something(file: &Source, at: crate::text::Position, what: String) -> FileError {
    FileError::SomethingElse { file: file.name().to_owned(), at, what }
}

fn documents(documents: Vec<Document>) -> Held {
    Held::Documents { documents, notes: Vec::new(), endpoint: None }
}

/// What a JSON file is.
enum Read {
    /// The document itself.
    Document(Document),
    /// Values, one after the other.
    Roots(Vec<Tree>),
}

fn json(file: &Source) -> Result<Read, FileError> {
    let text = file.text();
    let mut values: Vec<&RawValue> = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        match value {
            Ok(value) => values.push(value),
            Err(error) => return Err(broken_json(file, &error)),
        }
    }
    if let [only] = values.as_slice() {
        let node = parse(text).map_err(|error| PolicyError::Json { name: file.name().to_owned(), error })?;
        if node.get("Statement").is_some() && only.get().starts_with('{') {
            let tree = Tree::of_json(text, &node);
            if candidates(&template_or_self(&tree)).first().is_some_and(|found| matches!(found.what, What::Json(_))) {
                return Ok(Read::Document(Document::parse(file.clone())?));
            }
            return Ok(Read::Roots(vec![tree]));
        }
    }
    let roots = values.into_iter().map(|value| tree_of(file, value.get()));
    Ok(Read::Roots(roots.collect::<Result<_, _>>()?))
}

/// The tree of a JSON value that is a slice of the file.
fn tree_of(file: &Source, part: &str) -> Result<Tree, FileError> {
    let span = span_in(file, part);
    let first = file.position(span.start).line;
    let node = parse(part).map_err(|error| {
        let at = crate::text::Position { line: error.at.line + first - 1, ..error.at };
        PolicyError::Json { name: file.name().to_owned(), error: JsonError { at, ..error } }
    })?;
    let mut tree = Tree::of_json(part, &node);
    moved(&mut tree, first - 1, span.start);
    Ok(tree)
}

fn moved(tree: &mut Tree, lines: usize, bytes: usize) {
    tree.line += lines;
    tree.json = tree.json.map(|span| span.shifted(bytes));
    match &mut tree.value {
        tree::Value::List(items) => items.iter_mut().for_each(|item| moved(item, lines, bytes)),
        tree::Value::Map(members) => members.iter_mut().for_each(|(_, value)| moved(value, lines, bytes)),
        _ => {}
    }
}

/// A template with its functions worked out. Other files have none.
fn template_or_self(root: &Tree) -> Tree {
    template::worked_out(root).unwrap_or_else(|| root.clone())
}

/// The documents that were meant.
fn chosen(file: &Source, roots: &[Tree], wanted: Option<PolicyType>, choice: Option<&str>) -> Result<Held, FileError> {
    // a list of documents, or one after the other: all of them
    let items: Vec<&Tree> = match roots {
        [root] => root.items().iter().collect(),
        several => several.iter().collect(),
    };
    let statements = !items.is_empty() && items.iter().all(|item| find::is_statement(item));
    if statements || roots.iter().all(find::is_statement) && !roots.is_empty() {
        return bare_statements(file, roots);
    }
    let found: Vec<Candidate> = match roots {
        [root] if terraform::is_terraform(root) => terraform::documents(root),
        [root] => candidates(&template_or_self(root)),
        several => several.iter().enumerate().flat_map(|(index, root)| numbered(index, root)).collect(),
    };
    if let Some(choice) = choice {
        return named(file, &found, wanted, choice);
    }
    if found.is_empty() {
        return recognise::without_documents(file, roots, wanted);
    }
    if !items.is_empty() {
        let per_item = |index: usize| found.iter().filter(|one| one.path.starts_with(&format!("[{index}]"))).count();
        if let Some(index) = (0..items.len()).find(|index| per_item(*index) == 0) {
            return Err(recognise::no_document(file, items.get(index).copied(), &format!("[{index}]")));
        }
        if (0..items.len()).all(|index| per_item(index) == 1) {
            return read(file, &found, false);
        }
    }
    if found.len() == 1 || recognise::all_in_force(roots) {
        return read(file, &found, found.len() == 1);
    }
    if let [root] = roots
        && recognise::is_snapshot(root)
    {
        return Err(something(file, first_place(file), recognise::SNAPSHOT.to_owned()));
    }
    let fitting: Vec<Candidate> = found.iter().filter(|one| fits(file, one, wanted)).cloned().collect();
    if let [only] = fitting.as_slice() {
        return read(file, std::slice::from_ref(only), false);
    }
    let shown = if fitting.is_empty() { &found } else { &fitting };
    Err(FileError::Several { file: file.name().to_owned(), documents: paths(shown) })
}

/// Where the file begins.
fn first_place(file: &Source) -> crate::text::Position {
    file.position(file.text().len() - file.text().trim_start().len())
}

fn numbered(index: usize, root: &Tree) -> Vec<Candidate> {
    let mut found = candidates(&template_or_self(root));
    for one in &mut found {
        one.path = match one.path.as_str() {
            "" => format!("[{index}]"),
            path => format!("[{index}].{path}"),
        };
    }
    found
}

fn paths(found: &[Candidate]) -> Vec<(String, usize)> {
    let named = |one: &Candidate| {
        let name = one.names.last().filter(|name| !one.path.contains(name.as_str()));
        name.map_or_else(|| one.path.clone(), |name| format!("{} ({name})", one.path))
    };
    // the first one is shown as an example, so it is the path alone
    found
        .iter()
        .enumerate()
        .map(|(index, one)| (if index == 0 { one.path.clone() } else { named(one) }, one.line))
        .collect()
}

/// The documents that were named: by their path, the end or the beginning of it, or what the object around them is called.
fn named(file: &Source, found: &[Candidate], wanted: Option<PolicyType>, choice: &str) -> Result<Held, FileError> {
    let part = |path: &str| {
        let after = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        path.match_indices(choice).any(|(at, _)| {
            let before = path.get(..at).unwrap_or_default();
            (before.is_empty() || before.ends_with('.')) && after(path.get(at + choice.len()..).unwrap_or_default())
        })
    };
    let matches = |one: &&Candidate| choice == "*" || part(&one.path) || one.names.iter().any(|name| name == choice);
    let exact: Vec<Candidate> = found.iter().filter(|one| one.path == choice).cloned().collect();
    let is_exact = !exact.is_empty();
    let mut picked = if exact.is_empty() { found.iter().filter(matches).cloned().collect() } else { exact };
    if picked.len() > 1 && picked.iter().any(|one| fits(file, one, wanted)) {
        picked.retain(|one| fits(file, one, wanted));
    }
    if picked.is_empty() {
        let (file, choice) = (file.name().to_owned(), choice.to_owned());
        return Err(FileError::NoSuch { file, choice, documents: paths(found) });
    }
    // whoever names the one of two takes it for deployed
    if is_exact {
        for one in &mut *picked {
            one.only_if = None;
        }
    }
    read(file, &picked, found.len() == 1)
}

/// Whether a document can be a policy of this type: policies of resources name principals, the others must not.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
fn fits(file: &Source, one: &Candidate, wanted: Option<PolicyType>) -> bool {
    let names_principals = match document(file, one, String::new()) {
        Ok(document) => document.statements.iter().any(|statement| statement.principal.is_some()),
        Err(_) => return true,
    };
    wanted.is_none_or(|wanted| names_principals == (wanted.row().principal != PrincipalRule::Forbidden))
}

fn read(file: &Source, found: &[Candidate], only: bool) -> Result<Held, FileError> {
    let mut documents = Vec::new();
    for one in found {
        // a file with one document is named as the file
        let item = one.path.split_inclusive(']').next().filter(|item| item.starts_with('['));
        let name = match item {
            _ if only || one.path.is_empty() => file.name().to_owned(),
            Some(item) => format!("{}{item}", file.name()),
            None => format!("{}#{}", file.name(), one.path),
        };
        documents.push(match &one.only_if {
            _ if matches!(one.what, What::Open(_)) => document(file, one, name)?,
            Some((condition, tree)) if tree.get("Statement").is_some() => {
                let what = What::Tree(template::perhaps(tree, condition));
                document(file, &Candidate { what, ..one.clone() }, name)?
            }
            Some((condition, _)) => {
                let why = format!("it is deployed only if `{condition}` holds");
                document(file, &Candidate { what: What::Open(why), ..one.clone() }, name)?
            }
            None => document(file, one, name)?,
        });
    }
    let kind = found.first().and_then(|one| one.endpoint);
    let endpoint = kind.filter(|_| found.iter().all(|one| one.endpoint == kind));
    Ok(Held::Documents { documents, notes: Vec::new(), endpoint })
}

/// The document, read.
fn document(file: &Source, one: &Candidate, name: String) -> Result<Document, FileError> {
    let source = match &one.what {
        What::Json(span) => {
            let raw = file.snippet(*span).unwrap_or_default();
            Source::new(name.as_str(), standalone(&name, raw)?)
        }
        What::Text(text) => Source::new(name, text.as_str()),
        What::Tree(tree) => {
            let (text, lines) = write::json_on_lines(tree);
            return Ok(Document::parse(Source::new(name, text).found_in(file.name(), one.line).on_lines(lines))?);
        }
        What::Open(why) => {
            let path = if one.path.is_empty() { "the whole file".to_owned() } else { one.path.clone() };
            let file = file.name().to_owned();
            return Err(FileError::Open { file, line: one.line, path, why: why.clone() });
        }
    };
    Ok(Document::parse(source.found_in_text(file, one.line, None))?)
}

/// Statements without the document around them, read as those of one of the present version.
fn bare_statements(file: &Source, roots: &[Tree]) -> Result<Held, FileError> {
    let span = roots.first().zip(roots.last()).and_then(|(first, last)| Some(first.json?.join(last.json?)));
    let (statements, line) = if let ([_], Some(span)) = (roots, span) {
        let raw = file.snippet(span).unwrap_or_default();
        (raw.to_owned(), file.position(span.start).line)
    } else {
        let texts: Vec<String> = roots.iter().map(write::json).collect();
        (format!("[{}]", texts.join(",\n")), roots.first().map_or(1, |root| root.line))
    };
    // on one line with what comes first, so that the lines stay those of the file
    let text = format!("{{\"Version\": \"2012-10-17\", \"Statement\": {statements}}}");
    // all but the first line are as in the file
    let in_file = |number| LineInFile { line: line + number, shift: (number > 0).then_some(0) };
    let lines = if roots.len() == 1 { (0..text.lines().count()).map(in_file).collect() } else { Vec::new() };
    let source = Source::new(file.name(), text).found_in(file.name(), line).on_lines(lines);
    let document = Document::parse(source)?;
    let note = SnapshotNote::BareStatements(file.name().to_owned());
    Ok(Held::Documents { documents: vec![document], notes: vec![note], endpoint: None })
}
