//! Text to pages: what kind of file it is, and where it is wrong.

use serde_json::error::Category;

use super::error::SnapshotError;
use super::file::{SnapshotFile, VERSION};
use super::object::{MISSING, Object};
use super::place::{object_at, path_at};
use super::shape::{FileError, NO_JSON, Notation, Tree, broken_json, names_only, notation};
use crate::text::{Position, Source};

/// One page, or an array of pages.
enum Pages<'a> {
    One(Box<SnapshotFile<'a>>),
    Many(Vec<Object<SnapshotFile<'a>>>),
}

/// The pages of a file, one after the other or in an array.
pub(super) fn pages(file: &Source) -> Result<Vec<SnapshotFile<'_>>, SnapshotError> {
    let text = file.text();
    if text.trim().is_empty() {
        return Err(SnapshotError::Empty { file: file.name().to_owned() });
    }
    let not_one = |message: String| SnapshotError::NotASnapshot {
        file: file.name().to_owned(),
        at: Position { line: 1, column: 1 },
        message,
    };
    if !text.trim_start().starts_with(['{', '[']) {
        let message = match notation(file, None) {
            Notation::Other(_, what) => what,
            Notation::Nothing(answer) => answer.to_string(),
            Notation::Yaml => "this is YAML; a snapshot is JSON: run the command with `--output json`".to_owned(),
            Notation::Hcl => "this is Terraform; give it with the option of the policy's type".to_owned(),
            Notation::Json => "a JSON object is expected".to_owned(),
        };
        return Err(not_one(message));
    }
    let pages = match super::cores::pages(text) {
        Some(pages) => pages,
        None => one_after_the_other(text).map_err(|error| failure(file, &error))?,
    };
    for page in &pages {
        match page.iamdx_snapshot {
            Some(VERSION) => {}
            Some(found) => return Err(SnapshotError::Version { file: file.name().to_owned(), found }),
            None if page.details.is_some() => {
                if let Some(what) = lists_names(file, page) {
                    return Err(not_one(what));
                }
            }
            // what aws bedrock prints of its inference profiles
            None if !page.inference_profiles.is_empty() || !page.inference_profile.arn.is_empty() => {}
            None => return Err(not_one(what_else(page))),
        }
    }
    if pages.is_empty() {
        return Err(not_one("the list is empty".to_owned()));
    }
    Ok(pages)
}

/// The pages of a text, read by one thread.
pub(super) fn one_after_the_other(text: &str) -> Result<Vec<SnapshotFile<'_>>, serde_json::Error> {
    let mut pages = Vec::new();
    for page in serde_json::Deserializer::from_str(text).into_iter::<Pages<'_>>() {
        match page? {
            Pages::One(page) => pages.push(*page),
            Pages::Many(many) => pages.extend(many.into_iter().map(|page| page.0)),
        }
    }
    Ok(pages)
}

/// What `aws iam list-policies` prints has the names of policies only.
fn lists_names(file: &Source, page: &SnapshotFile<'_>) -> Option<String> {
    let details = &page.details;
    let others =
        details.user_detail_list.is_some() || details.group_detail_list.is_some() || details.role_detail_list.is_some();
    if others || details.policies.iter().flatten().any(|policy| !policy.policy_version_list.is_empty()) {
        return None;
    }
    let node = crate::text::parse(file.text()).ok()?;
    names_only(&Tree::of_json(file.text(), &node))
}

/// What a JSON object is that is no snapshot.
fn what_else(page: &SnapshotFile<'_>) -> String {
    let has = |name: &str| page.other.0.iter().any(|(other, _)| other == name);
    if has("Statement") {
        "this is a policy document; give it with `--identity-policy`, `--scp` or the option of its type".to_owned()
    } else if has("Records") || has("eventName") {
        "this is a CloudTrail record; give it as the input".to_owned()
    } else {
        "neither `\"iamdx_snapshot\": 1` nor one of the lists of `aws iam get-account-authorization-details` \
         (`UserDetailList`, `GroupDetailList`, `RoleDetailList`, `Policies`) is in it"
            .to_owned()
    }
}

/// What the JSON reader says, with the place and the path that lead there.
fn failure(file: &Source, error: &serde_json::Error) -> SnapshotError {
    let text = file.text();
    let (line, byte_column) = (error.line().max(1), error.column());
    // the reader counts bytes in a column; the offset of its line gives the place in characters
    let line_start = match line.checked_sub(2) {
        Some(newlines) => memchr::memchr_iter(b'\n', text.as_bytes()).nth(newlines).map_or(0, |newline| newline + 1),
        None => 0,
    };
    let offset = line_start + byte_column.saturating_sub(1);
    let (name, at) = (file.name().to_owned(), file.position(offset));
    if error.classify() == Category::Eof {
        return SnapshotError::Cut {
            file: name,
            at: file.position(text.trim_end().len()),
            path: path_at(text, offset),
        };
    }
    let message = error.to_string();
    if error.classify() == Category::Syntax
        && let FileError::SomethingElse { file, at, what } = broken_json(file, error)
        && !what.starts_with(NO_JSON)
    {
        return SnapshotError::Field { file, at, path: path_at(text, offset), message: what };
    }
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let path = if message.contains(MISSING) { object_at(text, offset) } else { path_at(text, offset) };
    SnapshotError::Field { file: name, at, path, message: in_words(message) }
}

/// Values longer than this are shortened in a message.
const VALUE_LIMIT: usize = 60;

/// The reader's message without its own words for the kinds of JSON.
fn in_words(message: &str) -> String {
    let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected "))
    else {
        return message.replace("recursion limit exceeded", "nested too deeply");
    };
    let found = match found {
        "sequence" => "a list".to_owned(),
        "map" => "an object".to_owned(),
        value if value.chars().count() > VALUE_LIMIT => {
            format!("{}...", value.chars().take(VALUE_LIMIT).collect::<String>())
        }
        value => value.to_owned(),
    };
    format!("{expected} is expected, this is {found}")
}

impl<'de> serde::Deserialize<'de> for Pages<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PagesVisitor;
        impl<'de> serde::de::Visitor<'de> for PagesVisitor {
            type Value = Pages<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a snapshot as an object, or a list of its pages")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let page = super::object::ObjectVisitor(std::marker::PhantomData).visit_map(map)?;
                Ok(Pages::One(Box::new(page.0)))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut pages = Vec::new();
                while let Some(page) = seq.next_element()? {
                    pages.push(page);
                }
                Ok(Pages::Many(pages))
            }
        }
        deserializer.deserialize_any(PagesVisitor)
    }
}
