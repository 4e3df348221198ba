//! Denials that differ from one that was read before in who called, on what, when and from where only: what is counted of them follows from
//! that one, without reading their messages again.
//!
//! What a message proves is the same for every caller and resource whose names are plain: no other word, quote, mask or sign is in them that
//! the reading of messages looks for. Whatever is not plain is read as a whole, and so is the first of each kind, with which this way has to
//! agree before it is taken.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use foldhash::fast::RandomState;

use super::cloudtrail::{self, OneRecord, Plainly};
use super::facts::{Denial, DenialKind};
use super::fingerprint::Fingerprint;
use super::told::{TOLD, told};
use super::{assemble, one_record};
use crate::iam::{Principal, is_federated_call};

/// Kinds that are remembered.
const MOST: usize = 4096;

/// Bytes of what is remembered of one: an operation of AWS is no longer, and a record may name any.
const LONGEST: usize = 1024;

/// A denial, as far as it is counted.
#[derive(Debug)]
pub(crate) struct Alike<'r> {
    /// What it has in common with others.
    pub(crate) cause: Fingerprint,
    /// Who was denied.
    pub(crate) principal: Principal,
    /// On what.
    pub(crate) resource: Option<Cow<'r, str>>,
    /// When.
    pub(crate) at: &'r str,
    /// The id of the record.
    pub(crate) id: Option<&'r str>,
    /// Its address, endpoint and program.
    pub(crate) told: [Option<&'r str>; TOLD.len()],
}

/// Kinds of denials that were read.
#[derive(Debug, Default)]
pub(crate) struct Alikes(RwLock<HashMap<Vec<u8>, Kind, RandomState>>);

/// What is known of a kind.
#[derive(Debug, Clone)]
enum Kind {
    /// What is counted of each: that of the first, but for who and on what; and whether the resource that its record lists is meant.
    Denied(Arc<Fingerprint>, bool),
    /// No denial, nor anything that looks like one.
    NoDenial,
    /// Each is read.
    Other,
}

impl Alikes {
    /// Reads a text that may be one record of CloudTrail, unless `take` takes what is counted of it: that is asked before.
    pub(crate) fn read(
        &self,
        text: &str,
        takes: impl FnOnce(&str) -> bool,
        take: impl FnOnce(Alike<'_>),
    ) -> Option<OneRecord> {
        let Some(record) = cloudtrail::only_record(text) else { return Some(OneRecord::SomethingElse) };
        let whole = || Some(one_record::of(&record, text));
        let Some((plainly, said)) =
            Plainly::of(&record).and_then(|plainly| Some((plainly, Said::of(plainly.message)?)))
        else {
            return whole();
        };
        let key = said.key(&plainly);
        let known = {
            let Ok(all) = self.0.read() else { return whole() };
            all.get(key.as_slice()).cloned().or_else(|| (all.len() >= MOST).then_some(Kind::Other))
        };
        match known {
            Some(Kind::NoDenial) => Some(OneRecord::NoDenial),
            Some(Kind::Other) => whole(),
            Some(Kind::Denied(cause, listed)) => match said.alike(plainly, &cause, listed) {
                Some(alike) if takes(text) => {
                    take(alike);
                    None
                }
                _ => whole(),
            },
            // there are many others
            None if !said.is_usual() || key.len() > LONGEST => whole(),
            None => {
                let read = one_record::of(&record, text);
                let kind = said.kind(plainly, &read);
                if let Ok(mut all) = self.0.write() {
                    all.insert(key, kind);
                }
                Some(read)
            }
        }
    }
}

/// What a message says, in parts.
#[derive(Debug, Clone, Copy)]
enum Said<'m> {
    /// The general sentence, of plain names.
    Sentence { principal: &'m str, action: &'m str, resource: &'m str, is_quoted: bool, why: &'m str },
    /// A few words.
    Short(&'m str),
}

/// Bytes of a message of a few words.
const SHORT: usize = 120;

/// Bytes of a name in a sentence: a message of these is read in one piece.
const NAME: usize = 480;

/// Who calls without credentials.
const ANONYMOUS: &str = "anonymous";

/// Every resource.
const ALL: &str = "*";

impl<'m> Said<'m> {
    fn of(message: &'m str) -> Option<Self> {
        let is_word = |byte: u8| byte.is_ascii_alphabetic() || b" .,'()-".contains(&byte);
        // no names and no numbers: there are few of these
        let is_short = || message.len() <= SHORT && message.bytes().all(is_word);
        Self::sentence(message).or_else(|| is_short().then_some(Self::Short(message)))
    }

    fn sentence(message: &'m str) -> Option<Self> {
        let (principal, rest) = message.strip_prefix("User: ")?.split_once(' ')?;
        let (action, rest) = rest.strip_prefix("is not authorized to perform: ")?.split_once(' ')?;
        let rest = rest.strip_prefix("on resource: ")?;
        let (resource, why) = rest.split_once(' ').unwrap_or((rest, ""));
        let inner = resource.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
        let (resource, is_quoted) = inner.map_or((resource, false), |inner| (inner, true));
        let is_plain = (principal == ANONYMOUS || is_plain_arn(principal))
            && (resource == ALL || is_plain_arn(resource.strip_suffix("/*").unwrap_or(resource)));
        is_plain.then_some(Self::Sentence { principal, action, resource, is_quoted, why })
    }

    /// All of it and of its record but for names.
    fn key(self, record: &Plainly<'_>) -> Vec<u8> {
        let is = |is: bool, word: &'static str| if is { word } else { "" };
        let parts = match self {
            Self::Sentence { principal, action, resource, is_quoted, why } => {
                let names = [is(principal == ANONYMOUS, ANONYMOUS), is(resource == ALL, ALL), is(is_quoted, "quoted")];
                ["sentence", action, why].into_iter().chain(names)
            }
            Self::Short(message) => {
                let names = [is(record.principal().is_some(), "by somebody"), "", ""];
                ["short", message, ""].into_iter().chain(names)
            }
        };
        let mut key = Vec::with_capacity(256);
        for part in [record.code, record.operation, record.source].into_iter().chain(parts) {
            key.extend_from_slice(&part.len().to_le_bytes());
            key.extend_from_slice(part.as_bytes());
        }
        key
    }

    /// Whether what is no name is as AWS writes it: then there are few like it.
    fn is_usual(self) -> bool {
        let Self::Sentence { action, why, .. } = self else { return true };
        action.split_once(':').is_some_and(|(service, name)| is_word(service) && is_word(name))
            && (why.is_empty() || is_reason(why))
    }

    /// What is counted of a denial, by what is counted of one of its kind.
    fn alike<'r>(self, record: Plainly<'r>, cause: &Fingerprint, listed: bool) -> Option<Alike<'r>>
    where
        'm: 'r,
    {
        let (principal, resource) = match self {
            Self::Sentence { principal, resource, .. } => (Principal::new(principal), Some(Cow::Borrowed(resource))),
            Self::Short(_) => (record.principal()?, if listed { record.resource().map(Cow::Owned) } else { None }),
        };
        let cause = cause.of_another(&principal, resource.as_deref(), record.region());
        Some(Alike { cause, principal, resource, at: record.at, id: record.id(), told: record.told() })
    }

    /// The kind of a denial that was read.
    fn kind<'r>(self, record: Plainly<'r>, read: &OneRecord) -> Kind
    where
        'm: 'r,
    {
        let (denial, id) = match (read, self) {
            (OneRecord::Denial(denial, id), _) => (denial, id),
            (OneRecord::NoDenial, Self::Short(_)) => return Kind::NoDenial,
            _ => return Kind::Other,
        };
        if !self.is_whole(denial) {
            return Kind::Other;
        }
        let listed = denial.kind == DenialKind::IamDenial && denial.action.is_none();
        let cause = Fingerprint::of(denial);
        let agrees = self.alike(record, &cause, listed).is_some_and(|alike| {
            let mut own: Vec<(usize, &str)> = told(denial).collect();
            own.sort_unstable();
            alike.cause == cause
                && Some(&alike.principal) == denial.principal.as_ref()
                && alike.resource.as_deref() == denial.resource.as_deref()
                && Some(alike.at) == denial.at.as_deref()
                && alike.id == id.as_deref()
                && own.into_iter().eq(alike
                    .told
                    .iter()
                    .enumerate()
                    .filter_map(|(place, value)| Some((place, (*value)?))))
        });
        if agrees { Kind::Denied(Arc::new(cause), listed) } else { Kind::Other }
    }

    /// Whether all was read of the message that this way relies on.
    fn is_whole(self, denial: &Denial) -> bool {
        let reason = &denial.reason;
        match self {
            Self::Sentence { why, .. } => {
                why.is_empty() || reason.policy_type.is_some() && reason.policy_arn.is_some() == why.contains(": ")
            }
            // the message names nobody and nothing, and the text around it is not asked
            Self::Short(message) => {
                let is_silent = |said: &Denial| {
                    said.principal.is_none() && said.resource.is_none() && said.role_of_service().is_none()
                };
                assemble::read_message(message).first().is_none_or(is_silent)
                    && denial.role_of_service().is_none()
                    && !denial.action.iter().chain(&denial.candidates).any(is_federated_call)
            }
        }
    }
}

/// Whether a text is `because no TYPE allows the ACTION action` or `with an explicit deny in a TYPE: ARN`, of plain names.
fn is_reason(why: &str) -> bool {
    let is_type = |words: &str| {
        let small = words.strip_prefix("VPC ").unwrap_or(words);
        (small.ends_with(" policy") || small.ends_with(" boundary"))
            && small.len() <= 40
            && small.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b' '))
    };
    if let Some(rest) = why.strip_prefix("because no ") {
        let Some((words, action)) = rest.split_once(" allows the ") else { return false };
        let action = action.strip_suffix("action").map(|action| action.strip_suffix(' ').unwrap_or(action));
        let is_action = |action: &str| action.len() <= 160 && action.bytes().all(is_of_action);
        return is_type(words) && action.is_some_and(is_action);
    }
    let Some(rest) = why.strip_prefix("with an explicit deny in a") else { return false };
    let Some(rest) = rest.strip_prefix(' ').or_else(|| rest.strip_prefix("n ")) else { return false };
    match rest.split_once(": ") {
        Some((words, arn)) => is_type(words) && is_plain_arn(arn),
        None => is_type(rest),
    }
}

fn is_word(text: &str) -> bool {
    (1..=80).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

const fn is_of_action(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-')
}

/// Whether a text is a whole ARN of letters, digits and the signs of names, without what reads as a cut or as a label.
fn is_plain_arn(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_of_name = |byte: &u8| SIGNS.get(usize::from(*byte)).copied().unwrap_or_default();
    (1..=NAME).contains(&bytes.len())
        && bytes.iter().all(is_of_name)
        && text.starts_with("arn:")
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && memchr::memchr_iter(b':', bytes).count() >= 5
        // `User:`, `user:` and `Principal:` are labels of callers
        && memchr::memchr_iter(b':', bytes).all(|colon| {
            let before = bytes.get(..colon).unwrap_or_default();
            !before.ends_with(b"ser") && !before.ends_with(b"pal")
        })
        && memchr::memchr_iter(b'.', bytes).all(|dot| bytes.get(dot + 1) != Some(&b'.'))
}

/// Letters, digits and signs of names.
static SIGNS: [bool; 256] = {
    let mut signs = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        let is_sign = matches!(byte, b':' | b'/' | b'-' | b'_' | b'.' | b'+' | b'=' | b'@');
        #[expect(clippy::indexing_slicing, reason = "a byte is smaller than 256")]
        {
            signs[byte as usize] = byte.is_ascii_alphanumeric() || is_sign;
        }
        byte += 1;
    }
    signs
};

#[cfg(test)]
mod tests {
    use super::{Alikes, OneRecord};

    #[test]
    fn what_names_a_very_long_operation_is_read_and_not_remembered() {
        let alikes = Alikes::default();
        let remembered = |operation: &str| {
            let record = format!(
                r#"{{"eventSource":"s3.amazonaws.com","eventName":"{operation}","eventTime":"2026-11-20T10:00:00Z","errorCode":"AccessDenied","errorMessage":"Access Denied","userIdentity":{{"arn":"arn:aws:iam::111122223333:user/ana"}}}}"#
            );
            assert!(matches!(alikes.read(&record, |_| true, |_| {}), Some(OneRecord::Denial(..))));
            alikes.0.read().unwrap().len()
        };
        assert_eq!((remembered("GetObject"), remembered(&"x".repeat(2_000))), (1, 1));
    }
}
