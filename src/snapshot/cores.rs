//! Pages of a large file, whose long lists are read on all cores.
//!
//! A list is cut where one of its objects seems to begin, and the parts are read side by side. That a cut was right is known when the
//! reading from before it arrives exactly there, between two objects. A text in which anything is not as expected gets no answer here: it
//! is read from its beginning by one thread, which says what is wrong.

use std::borrow::Cow;

use rayon::prelude::*;
use serde::de::{Deserialize, DeserializeSeed, IgnoredAny, MapAccess};
use serde_json::value::RawValue;

use super::details::{GroupDetail, ManagedPolicyDetail, RoleDetail, UserDetail};
use super::file::{AccountFile, Details, NodeFile, SnapshotFile};
use super::object::{Fields, Object, Text};

/// Texts of fewer bytes are read by one thread.
const LARGE: usize = 16 << 20;

/// Bytes that one thread reads of a list at a time.
const PART: usize = 2 << 20;

/// Nodes inside each other; `serde_json` stops reading a little above.
const DEEPEST_NODE: usize = 40;

/// All pages of a text, if it is large and as it should be.
pub(super) fn pages(text: &str) -> Option<Vec<SnapshotFile<'_>>> {
    // nobody else needs the threads of a small file
    let is_worth_it = text.len() >= LARGE && rayon::current_num_threads() > 1;
    is_worth_it.then(|| pages_by(text, PART)).flatten()
}

/// The same with parts of this length.
fn pages_by(text: &str, part: usize) -> Option<Vec<SnapshotFile<'_>>> {
    let mut cursor = Cursor { text, at: 0, part };
    let mut pages = Vec::new();
    while let Some(first) = cursor.peek() {
        if first == b'[' {
            pages.append(&mut cursor.list(Cursor::object)?);
        } else {
            pages.push(cursor.object()?);
        }
    }
    (cursor.at == text.len()).then_some(pages)
}

/// An object that holds long lists.
trait Holder<'de>: Fields<'de> {
    /// The lists.
    fn details(&mut self) -> &mut Details<'de>;

    /// The accounts, which hold lists themselves.
    fn accounts(&mut self) -> Option<&mut Vec<AccountFile<'de>>> {
        None
    }

    /// Whether something is nested so deeply that it matters where it stands.
    fn is_deep(&self) -> bool {
        false
    }
}

impl<'de> Holder<'de> for SnapshotFile<'de> {
    fn details(&mut self) -> &mut Details<'de> {
        &mut self.details
    }

    fn accounts(&mut self) -> Option<&mut Vec<AccountFile<'de>>> {
        Some(&mut self.accounts)
    }

    fn is_deep(&self) -> bool {
        let root = self.organization.as_ref().and_then(|organization| organization.root.as_ref());
        root.is_some_and(|root| is_deeper(root, DEEPEST_NODE))
    }
}

impl<'de> Holder<'de> for AccountFile<'de> {
    fn details(&mut self) -> &mut Details<'de> {
        &mut self.details
    }
}

fn is_deeper(node: &NodeFile<'_>, than: usize) -> bool {
    let Some(than) = than.checked_sub(1) else { return true };
    node.organizational_units.iter().chain(&node.accounts).any(|node| is_deeper(node, than))
}

/// A place in a text.
#[derive(Clone, Copy)]
struct Cursor<'de> {
    text: &'de str,
    at: usize,
    /// Bytes that one thread reads at a time.
    part: usize,
}

/// How a part of a list ended.
enum End {
    /// Before another object, which begins here.
    Object(usize),
    /// With the list; behind it.
    List(usize),
}

/// What was read of a list.
struct Part<T> {
    items: Vec<T>,
    end: End,
}

impl<'de> Cursor<'de> {
    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'\r')).count();
        self.at += blank;
        rest.get(blank).copied()
    }

    /// The same, and goes past it.
    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, expected: u8) -> Option<()> {
        (self.next()? == expected).then_some(())
    }

    /// The next value.
    fn value<T: Deserialize<'de>>(&mut self) -> Option<T> {
        One(self).next_value().ok()
    }

    /// A list of what `read` reads.
    fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.take(b'[')?;
        let mut list = Vec::new();
        if self.peek()? == b']' {
            self.at += 1;
            return Some(list);
        }
        loop {
            list.push(read(self)?);
            match self.next()? {
                b',' => {}
                b']' => return Some(list),
                _ => return None,
            }
        }
    }

    fn object<T: Holder<'de>>(&mut self) -> Option<T> {
        self.take(b'{')?;
        let mut object = T::default();
        let mut seen: Vec<Cow<'de, str>> = Vec::new();
        if self.peek()? == b'}' {
            self.at += 1;
        } else {
            loop {
                let Text(name) = self.value()?;
                if seen.contains(&name) {
                    return None;
                }
                self.take(b':')?;
                self.field(&mut object, name.clone())?;
                seen.push(name);
                match self.next()? {
                    b',' => {}
                    b'}' => break,
                    _ => return None,
                }
            }
        }
        (object.missing().is_none() && !object.is_deep()).then_some(object)
    }

    fn field<T: Holder<'de>>(&mut self, object: &mut T, name: Cow<'de, str>) -> Option<()> {
        if self.peek()? == b'[' {
            let details = object.details();
            match &*name {
                "UserDetailList" => {
                    return self.long::<UserDetail<'de>>().map(|list| details.user_detail_list = Some(list));
                }
                "GroupDetailList" => {
                    return self.long::<GroupDetail<'de>>().map(|list| details.group_detail_list = Some(list));
                }
                "RoleDetailList" => {
                    return self.long::<RoleDetail<'de>>().map(|list| details.role_detail_list = Some(list));
                }
                "Policies" => return self.long::<ManagedPolicyDetail<'de>>().map(|list| details.policies = Some(list)),
                "accounts" => {
                    if let Some(accounts) = object.accounts() {
                        *accounts = self.list(Self::object)?;
                        return Some(());
                    }
                }
                _ => {}
            }
        }
        if !object.field(&name, &mut One(self)).ok()? {
            let value: &'de RawValue = self.value()?;
            object.other().0.push((name, Cow::Borrowed(value)));
        }
        Some(())
    }

    /// A list that may be long.
    fn long<T: Fields<'de> + Send>(&mut self) -> Option<Vec<T>> {
        self.take(b'[')?;
        if self.peek()? == b']' {
            self.at += 1;
            return Some(Vec::new());
        }
        let start = self.at;
        let Part { items: mut all, mut end } = self.part_of(start, start + self.part)?;
        let mut shape = None;
        loop {
            let at = match end {
                End::Object(at) => at,
                End::List(behind) => {
                    self.at = behind;
                    return Some(all);
                }
            };
            // as much again as there was: what is read for nothing where the list ends soon is no more than the list
            let until = self.text.len().min(at + (at - start).max(self.part));
            shape = shape.or_else(|| self.shape_at(start, at));
            let cuts = shape.as_ref().map(|shape| self.cuts(shape, at, until)).unwrap_or_default();
            end = self.side_by_side(at, &cuts, until, &mut all)?;
        }
    }

    /// Reads objects from `from` on, until one begins at `until` or behind it.
    fn part_of<T: Fields<'de>>(self, from: usize, until: usize) -> Option<Part<T>> {
        let mut cursor = Self { at: from, ..self };
        let mut items = Vec::new();
        loop {
            let Object(item) = cursor.value()?;
            items.push(item);
            match cursor.next()? {
                b',' => {}
                b']' => return Some(Part { items, end: End::List(cursor.at) }),
                _ => return None,
            }
            cursor.peek()?;
            if cursor.at >= until {
                return Some(Part { items, end: End::Object(cursor.at) });
            }
        }
    }

    /// Reads what is from an object of a list at `from` to `until`, a part from each cut.
    fn side_by_side<T: Fields<'de> + Send>(
        self,
        from: usize,
        cuts: &[usize],
        until: usize,
        all: &mut Vec<T>,
    ) -> Option<End> {
        let ends = cuts.iter().copied().chain([until]);
        let parts: Vec<(usize, usize)> = [from].into_iter().chain(cuts.iter().copied()).zip(ends).collect();
        let read: Vec<Option<Part<T>>> = parts.par_iter().map(|(from, until)| self.part_of(*from, *until)).collect();
        let mut at = from;
        for ((start, _), part) in parts.into_iter().zip(read) {
            if start < at {
                // no object of this list begins there
                continue;
            }
            if start > at {
                let Part { mut items, end } = self.part_of(at, start)?;
                all.append(&mut items);
                match end {
                    End::Object(next) => at = next,
                    End::List(_) => return Some(end),
                }
                if start < at {
                    continue;
                }
            }
            let Part { mut items, end } = part?;
            all.append(&mut items);
            match end {
                End::Object(next) => at = next,
                End::List(_) => return Some(end),
            }
        }
        Some(End::Object(at))
    }

    /// How the objects of a list begin, of which there is one at `from` and another one at `at`.
    fn shape_at(self, from: usize, at: usize) -> Option<Shape<'de>> {
        let (end, second) = Self { at, ..self }.keys()?;
        let between = self.text.as_bytes().get(from..at)?.iter().rposition(|byte| *byte == b'}')?;
        let opening = self.text.get(from + between..end)?;
        Some(Shape { finder: memchr::memmem::Finder::new(opening), before: at - from - between, second })
    }

    /// The end of the first key of the object that begins here, and its second key.
    fn keys(mut self) -> Option<(usize, Option<Cow<'de, str>>)> {
        self.take(b'{')?;
        self.value::<Text<'de>>()?;
        let end = self.at;
        self.take(b':')?;
        self.value::<IgnoredAny>()?;
        match self.next()? {
            b',' => Some((end, Some(self.value::<Text<'de>>()?.0))),
            _ => Some((end, None)),
        }
    }

    /// Where objects seem to begin, a part from each other.
    fn cuts(self, shape: &Shape<'de>, from: usize, until: usize) -> Vec<usize> {
        let first = |number: usize| {
            let start = from + number * self.part;
            let here = self.text.as_bytes().get(start..until.min(start + self.part))?;
            shape.finder.find_iter(here).map(|found| start + found + shape.before).find(|at| {
                let keys = Self { at: *at, ..self }.keys();
                keys.is_some_and(|(_, second)| second == shape.second)
            })
        };
        (1..(until - from).div_ceil(self.part)).into_par_iter().filter_map(first).collect()
    }
}

/// How the objects of a list begin.
struct Shape<'de> {
    /// The end of the object before, what is between them, and the first key.
    finder: memchr::memmem::Finder<'de>,
    /// Bytes of that before the object.
    before: usize,
    second: Option<Cow<'de, str>>,
}

/// The value that a cursor is before, as that of a field.
struct One<'c, 'de>(&'c mut Cursor<'de>);

impl<'de> MapAccess<'de> for One<'_, 'de> {
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, _: K) -> Result<Option<K::Value>, Self::Error> {
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Self::Error> {
        let rest = self.0.text.get(self.0.at..).unwrap_or_default();
        let mut json = serde_json::Deserializer::from_str(rest);
        let value = seed.deserialize(&mut json)?;
        self.0.at += json.into_iter::<IgnoredAny>().byte_offset();
        Ok(value)
    }
}

#[cfg(test)]
mod tests;
