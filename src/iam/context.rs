//! The request context: what is known about each condition key, where "not in the request" and "not known" differ.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use std::net::IpAddr;

use super::session_role::SessionRole;
use super::value::instant;

/// Global condition keys that are lists by nature, in lower case.
const MULTIVALUED: [&str; 7] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
];

/// Whether a global condition key is a list, whatever the number of its values.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
#[must_use]
pub fn is_multivalued_global(key: &str) -> bool {
    MULTIVALUED.iter().any(|known| known.eq_ignore_ascii_case(key))
}

/// What is known about one condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextValue {
    /// The request carries the key with these values.
    Present {
        /// The values, as strings.
        values: Vec<String>,
        /// Whether the key is a list by nature, even with one value.
        multivalued: bool,
    },
    /// The request does not carry the key.
    Absent,
    /// Nobody said.
    Unknown,
}

/// Condition keys and what is known of them; key names are compared without case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {
    /// In the order of the keys.
    entries: Vec<Entry>,
    complete: bool,
    /// Keys that are set to a value for the sake of an argument, in lower case.
    supposed: std::collections::BTreeSet<String>,
    /// The role behind `aws:PrincipalArn`, where that is not known.
    session_role: Option<SessionRole>,
}

/// A key's value, and its values as addresses and dates where they are: read once, compared often.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    key: String,
    hash: u64,
    value: ContextValue,
    typed: Vec<Typed>,
}

/// What one value is beside a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Typed {
    /// As an address.
    pub address: Option<IpAddr>,
    /// As a date, in nanoseconds since 1970.
    pub instant: Option<i128>,
}

impl Typed {
    fn of(text: &str) -> Self {
        // most values are a word, which is told by how it begins
        let first = text.bytes().next().unwrap_or(b' ');
        let address = first.is_ascii_hexdigit() || first == b':';
        let date = first.is_ascii_digit() || first == b'-';
        Self { address: address.then(|| text.parse().ok()).flatten(), instant: date.then(|| instant(text)).flatten() }
    }
}

impl Entry {
    fn new(key: &str, value: ContextValue) -> Self {
        let typed = match &value {
            ContextValue::Present { values, .. } => values.iter().map(|text| Typed::of(text)).collect(),
            ContextValue::Absent | ContextValue::Unknown => Vec::new(),
        };
        let key = key.to_ascii_lowercase();
        Self { hash: key_hash(&key), key, value, typed }
    }
}

impl ContextValue {
    /// The value of a key that has one and takes one.
    #[must_use]
    pub fn single(&self) -> Option<&str> {
        match self {
            Self::Present { values, multivalued: false } => match values.as_slice() {
                [value] => Some(value),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A number for a key in lower case, by which keys are told apart quickly (FNV-1a).
#[must_use]
pub fn key_hash(key: &str) -> u64 {
    key.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

const ABSENT: ContextValue = ContextValue::Absent;
const UNKNOWN: ContextValue = ContextValue::Unknown;

impl Context {
    /// No key is known: what is not set is unknown.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares whether everything is said: then a key that is not set is absent from the request.
    pub fn set_complete(&mut self, complete: bool) {
        self.complete = complete;
    }

    /// Whether a key that is not set is absent, rather than unknown.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.complete
    }

    /// Sets a key.
    pub fn set(&mut self, key: &str, value: ContextValue) {
        let entry = Entry::new(key, value);
        match self.place(&entry.key) {
            Ok(place) => {
                if let Some(known) = self.entries.get_mut(place) {
                    *known = entry;
                }
            }
            Err(place) => self.entries.insert(place, entry),
        }
    }

    /// Sets many keys, of which the last one of the same name counts. Each is put in its place once.
    pub fn set_all(&mut self, keys: impl IntoIterator<Item = (String, ContextValue)>) {
        self.entries.extend(keys.into_iter().map(|(key, value)| Entry::new(&key, value)));
        // the last one first, as the first of several is kept
        self.entries.reverse();
        self.entries.sort_by(|one, other| one.key.cmp(&other.key));
        self.entries.dedup_by(|later, first| later.key == first.key);
    }

    /// Sets a key to a value that nobody told, for the sake of an argument: it is evaluated, and never written into a policy.
    pub fn suppose(&mut self, key: &str, value: ContextValue) {
        self.set(key, value);
        self.supposed.insert(key.to_ascii_lowercase());
    }

    /// Whether the value of a key is only supposed.
    #[must_use]
    pub fn is_supposed(&self, key: &str) -> bool {
        self.supposed.contains(&key.to_ascii_lowercase())
    }

    /// What is known of a key, where a value that is only supposed is not known: for what a person reads or a policy says.
    #[must_use]
    pub fn told(&self, key: &str) -> &ContextValue {
        if self.is_supposed(key) { &UNKNOWN } else { self.get(key) }
    }

    /// Says of which role the caller has a session, where its path and so `aws:PrincipalArn` is not known.
    pub fn set_session_role(&mut self, role: Option<SessionRole>) {
        self.session_role = role;
    }

    /// The role of the session that asks, where its path is not known.
    #[must_use]
    pub const fn session_role(&self) -> Option<&SessionRole> {
        self.session_role.as_ref()
    }

    /// Leaves open what was said of a key.
    pub fn forget(&mut self, key: &str) {
        if let Ok(place) = self.place(&key.to_ascii_lowercase()) {
            self.entries.remove(place);
        }
    }

    /// Sets a key to one value.
    pub fn set_one(&mut self, key: &str, value: impl Into<String>) {
        self.set(key, ContextValue::Present { values: vec![value.into()], multivalued: false });
    }

    /// What is known of a key given in lower case.
    #[must_use]
    pub fn get_folded(&self, key: &str) -> &ContextValue {
        self.typed_folded(key, key_hash(key)).0
    }

    fn place(&self, key: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| entry.key.as_str().cmp(key))
    }

    /// So many keys are compared one by one sooner than they are searched for.
    const FEW: usize = 32;

    /// What is known of a key given in lower case with its [`key_hash`], and what each of its values is beside a text.
    #[must_use]
    pub fn typed_folded(&self, key: &str, hash: u64) -> (&ContextValue, &[Typed]) {
        let entry = if self.entries.len() <= Self::FEW {
            self.entries.iter().find(|entry| entry.hash == hash && entry.key == key)
        } else {
            self.place(key).ok().and_then(|place| self.entries.get(place))
        };
        entry.map_or_else(|| (self.not_set(), [].as_slice()), |entry| (&entry.value, &entry.typed))
    }

    /// What is known of a key that was not set.
    const fn not_set(&self) -> &ContextValue {
        if self.complete { &ABSENT } else { &UNKNOWN }
    }

    /// What is known of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> &ContextValue {
        if self.entries.len() > Self::FEW {
            return self.get_folded(&key.to_ascii_lowercase());
        }
        let entry = self.entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(key));
        entry.map_or_else(|| self.not_set(), |entry| &entry.value)
    }

    /// Whether the key was set, to a value or to "absent".
    #[must_use]
    pub fn says(&self, key: &str) -> bool {
        self.place(&key.to_ascii_lowercase()).is_ok()
    }

    /// The keys that were set, in lower case, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ContextValue)> {
        self.entries.iter().map(|entry| (entry.key.as_str(), &entry.value))
    }
}
