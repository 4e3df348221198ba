//! From JSON to statements: what is there, where it stands, and what AWS would not accept.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::action::ActionPattern;
use super::arn::is_account_id;
use super::condition::{Condition, Operator};
use super::context::key_hash;
use super::fault::Fault;
use super::language::Language;
use super::open::is_open;
use super::passed_over::{Inquiry, PassedOver};
use super::policy::Problem;
use super::principal::Principal;
use super::resource::ResourcePattern;
use super::statement::{
    ActionElement, Effect, PatternText, PrincipalElement, PrincipalEntry, ResourceElement, Statement,
};
use crate::text::{Item, Kind, Pair, Span, Spanned};

/// The elements of a document and of a statement.
const DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const PRINCIPAL_KINDS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

/// The language, the statements, and everything that is wrong. Places are counted from `base` of the text that was read. Statements that
/// certainly do not match what is `asked` are left out.
pub(super) fn read(
    root: Item<'_, '_>,
    base: usize,
    asked: Option<&Inquiry<'_>>,
) -> (Language, Vec<Statement>, Vec<Problem>) {
    let mut reader = Reader { base, language: Language::V2008, problems: Vec::new(), operators: Vec::new() };
    let [version, list] = plain_document(root).unwrap_or_else(|| {
        reader.check_members(root, &DOCUMENT);
        [last(root, "Version"), last(root, "Statement")]
    });
    let valid = reader.version(version);
    let most = if asked.is_some() { 0 } else { list.map_or(0, |list| list.one_or_many().count()) };
    let mut statements = Vec::with_capacity(most);
    let mut passed: Vec<Item<'_, '_>> = Vec::new();
    for (index, item) in list.into_iter().flat_map(Item::one_or_many).enumerate() {
        if let Some(PassedOver { sid }) = asked.filter(|_| valid).and_then(|asked| asked.passes_over(item)) {
            passed.extend(sid);
            continue;
        }
        let mut statement = reader.statement(index, item);
        statement.rejected |= !valid;
        statements.push(statement);
    }
    reader.unique_sids(&statements, &passed);
    (reader.language, statements, reader.problems)
}

/// The last member with this key: JSON readers let the last of several count.
fn last<'a, 't>(item: Item<'a, 't>, key: &str) -> Option<Item<'a, 't>> {
    item.members().filter(|member| member.key.is(key)).last().map(|member| member.value)
}

/// The place of an element in [`STATEMENT`].
#[inline]
fn place_of(name: &str) -> Option<usize> {
    Some(match name {
        "Sid" => 0,
        "Effect" => 1,
        "Principal" => 2,
        "NotPrincipal" => 3,
        "Action" => 4,
        "NotAction" => 5,
        "Resource" => 6,
        "NotResource" => 7,
        "Condition" => 8,
        _ => return None,
    })
}

/// The elements of a document that count; `None` where one is given again, or something else stands there.
fn plain_document<'a, 't>(root: Item<'a, 't>) -> Option<[Option<Item<'a, 't>>; 2]> {
    let (mut version, mut id, mut list) = (None, None, None);
    for member in root.members() {
        let place = match member.key.text()?.as_ref() {
            "Version" => &mut version,
            "Id" => &mut id,
            "Statement" => &mut list,
            _ => return None,
        };
        if place.replace(member.value).is_some() {
            return None;
        }
    }
    Some([version, list])
}

/// The members of a statement that count, by the places of their names in [`STATEMENT`].
struct Elements<'a, 't> {
    last: [Option<Pair<'a, 't>>; STATEMENT.len()],
    /// Whether each member is an element, and stands once.
    plain: bool,
}

impl<'a, 't> Elements<'a, 't> {
    fn of(item: Item<'a, 't>) -> Self {
        let mut elements = Self { last: [None; STATEMENT.len()], plain: true };
        for member in item.members() {
            let place = member.key.text().and_then(|name| place_of(&name));
            match place.and_then(|place| elements.last.get_mut(place)) {
                Some(known) => elements.plain &= known.replace(member).is_none(),
                None => elements.plain = false,
            }
        }
        elements
    }

    #[inline]
    fn get(&self, name: &str) -> Option<Pair<'a, 't>> {
        let place = place_of(name)?;
        self.last.get(place).copied().flatten()
    }

    #[inline]
    fn value(&self, name: &str) -> Option<Item<'a, 't>> {
        self.get(name).map(|member| member.value)
    }
}

/// What the members of an object say, those that are given again told from the others.
struct Members<'a, 't> {
    all: Vec<Member<'a, 't>>,
}

struct Member<'a, 't> {
    name: Cow<'t, str>,
    key: Item<'a, 't>,
    value: Item<'a, 't>,
    /// Whether another one of the same name follows.
    again: bool,
    /// Whether one of the same name stands before it.
    repeats: bool,
}

impl<'a, 't> Members<'a, 't> {
    fn of(item: Item<'a, 't>) -> Self {
        /// So many names are compared with each other sooner than a set is made of them.
        const FEW: usize = 16;
        let read = |Pair { key, value }: Pair<'a, 't>| Member {
            name: key.text().unwrap_or_default(),
            key,
            value,
            again: false,
            repeats: false,
        };
        let mut all: Vec<Member<'a, 't>> = item.members().map(read).collect();
        if all.len() <= FEW {
            let mut rest = all.as_mut_slice();
            while let Some((first, later)) = rest.split_first_mut() {
                for same in later.iter_mut().filter(|later| later.name == first.name) {
                    (first.again, same.repeats) = (true, true);
                }
                rest = later;
            }
        } else {
            let mut known = HashSet::with_capacity_and_hasher(all.len(), RandomState::default());
            let again: Vec<bool> = all.iter().rev().map(|member| !known.insert(member.name.as_ref())).collect();
            let mut known = HashSet::with_capacity_and_hasher(all.len(), RandomState::default());
            let repeats: Vec<bool> = all.iter().map(|member| !known.insert(member.name.as_ref())).collect();
            all.iter_mut().rev().zip(again).for_each(|(member, again)| member.again = again);
            all.iter_mut().zip(repeats).for_each(|(member, repeats)| member.repeats = repeats);
        }
        Self { all }
    }

    /// Those that count: of several with the same name the last one.
    fn counting(&self) -> impl Iterator<Item = &Member<'a, 't>> {
        self.all.iter().filter(|member| !member.again)
    }
}

/// It cannot be read, and the problem is recorded.
struct Rejected;

struct Reader {
    base: usize,
    language: Language,
    problems: Vec<Problem>,
    /// The operators that were met: most documents have a few, again and again.
    operators: Vec<Operator>,
}

impl Reader {
    #[inline]
    fn span(&self, item: Item<'_, '_>) -> Span {
        let Span { start, end } = item.span();
        Span::new(start - self.base, end - self.base)
    }

    fn add(&mut self, span: Span, fault: Fault) {
        self.problems.push(Problem { span, fault });
    }

    fn check_members<'a, 't>(&mut self, item: Item<'a, 't>, known: &[&'static str]) -> Members<'a, 't> {
        let members = Members::of(item);
        for member in &members.all {
            let name = member.name.as_ref();
            // the first one is where a person means it to stand
            if member.repeats {
                // <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_policies.html>
                let fault = match known.iter().find(|known| **known == name) {
                    Some(name @ &"Effect") => Fault::LastCounts(name),
                    Some(name @ (&"Action" | &"Resource")) => Fault::AllCount(name),
                    Some(&"Statement") => Fault::RepeatedStatement,
                    _ => Fault::Repeated(name.to_owned()),
                };
                self.add(self.span(member.key), fault);
            }
            if !known.is_empty() && !known.contains(&name) {
                let near = known.iter().find(|known| known.eq_ignore_ascii_case(name)).copied();
                self.add(self.span(member.key), Fault::UnknownElement { name: name.to_owned(), near });
            }
        }
        members
    }

    /// Sets the language; an invalid version rejects the whole document.
    fn version(&mut self, version: Option<Item<'_, '_>>) -> bool {
        let Some(version) = version else {
            return true;
        };
        if version.is("2012-10-17") {
            self.language = Language::V2012;
        } else if !version.is("2008-10-17") {
            self.add(self.span(version), Fault::Version);
            return false;
        }
        true
    }

    fn unique_sids(&mut self, statements: &[Statement], passed: &[Item<'_, '_>]) {
        let own = statements.iter().filter_map(|statement| statement.sid.as_ref());
        let mut sids: Vec<(Span, &str)> = own.map(|sid| (sid.span, sid.value.as_str())).collect();
        if !passed.is_empty() {
            sids.extend(passed.iter().filter_map(|sid| Some((self.span(*sid), sid.plain()?))));
            sids.sort_unstable_by_key(|(span, _)| span.start);
        }
        let mut known = HashSet::with_capacity_and_hasher(sids.len(), RandomState::default());
        for (span, sid) in sids {
            if !sid.is_empty() && !known.insert(sid) {
                self.add(span, Fault::RepeatedSid(sid.to_owned()));
            }
        }
    }

    /// One statement; what cannot be read of it is left empty, and the statement marked as rejected.
    fn statement(&mut self, index: usize, item: Item<'_, '_>) -> Statement {
        let span = self.span(item);
        let object = item.is_object();
        let elements = Elements::of(item);
        if !object {
            self.add(span, Fault::Statement(item.noun()));
        } else if !elements.plain {
            self.check_members(item, &STATEMENT);
        }
        let effect = object.then(|| self.effect(span, &elements)).flatten();
        let action = object.then(|| self.action(item, &elements).ok()).flatten();
        let resource = object.then(|| self.resource(item, &elements).ok()).flatten();
        let principal = object.then(|| self.principal(&elements).ok()).flatten();
        let condition = elements.value("Condition");
        let conditions = match condition {
            Some(item) => self.conditions(item).ok(),
            None => Some(Vec::new()),
        };
        let sid = elements.value("Sid").and_then(|sid| {
            let text = sid.scalar();
            if text.is_none() {
                self.add(self.span(sid), Fault::Sid(sid.noun()));
            }
            text.map(|text| Spanned::new(text.into_owned(), self.span(sid)))
        });
        let rejected =
            effect.is_none() || action.is_none() || resource.is_none() || principal.is_none() || conditions.is_none();
        let (effect, effect_span) = effect.unwrap_or((Effect::Deny, span));
        let nothing = ActionElement { negated: false, key_span: span, span, entries: Vec::new() };
        Statement {
            index,
            span,
            sid,
            effect,
            effect_span,
            principal: principal.flatten(),
            action: action.unwrap_or(nothing),
            resource: resource.flatten(),
            conditions: conditions.unwrap_or_default(),
            condition_span: condition.map(|item| self.span(item)),
            rejected,
        }
    }

    fn effect(&mut self, statement: Span, elements: &Elements<'_, '_>) -> Option<(Effect, Span)> {
        let Some(value) = elements.value("Effect") else {
            self.add(statement, Fault::NoEffect);
            return None;
        };
        let span = self.span(value);
        if value.is("Allow") {
            Some((Effect::Allow, span))
        } else if value.is("Deny") {
            Some((Effect::Deny, span))
        } else {
            self.add(span, Fault::Effect);
            None
        }
    }

    /// The member with the positive or the negative name; both at once are rejected.
    fn either<'a, 't>(
        &mut self,
        elements: &Elements<'a, 't>,
        positive: &'static str,
        negative: &'static str,
    ) -> Result<Option<(Pair<'a, 't>, bool)>, Rejected> {
        match (elements.get(positive), elements.get(negative)) {
            (Some(_), Some(member)) => {
                self.add(self.span(member.key), Fault::Both(positive, negative));
                Err(Rejected)
            }
            (Some(member), None) => Ok(Some((member, false))),
            (None, Some(member)) => Ok(Some((member, true))),
            (None, None) => Ok(None),
        }
    }

    fn action(&mut self, item: Item<'_, '_>, elements: &Elements<'_, '_>) -> Result<ActionElement, Rejected> {
        let Some((member, negated)) = self.either(elements, "Action", "NotAction")? else {
            self.add(self.span(item), Fault::NoAction);
            return Err(Rejected);
        };
        let texts = self.all_texts(item, elements, member, "Action")?;
        let mut entries = Vec::with_capacity(texts.len());
        for Spanned { value: text, span } in texts {
            let pattern = ActionPattern::of_well_formed(&text).unwrap_or_else(|| {
                if !ActionPattern::is_well_formed(&text) && !is_open(&text) {
                    self.add(span, Fault::Action(text.clone()));
                }
                ActionPattern::new(&text)
            });
            entries.push(PatternText { text, span, pattern });
        }
        let (key_span, span) = (self.span(member.key), self.span(member.value));
        Ok(ActionElement { negated, key_span, span, entries })
    }

    fn resource(
        &mut self,
        item: Item<'_, '_>,
        elements: &Elements<'_, '_>,
    ) -> Result<Option<ResourceElement>, Rejected> {
        let Some((member, negated)) = self.either(elements, "Resource", "NotResource")? else {
            return Ok(None);
        };
        let entries = self.all_texts(item, elements, member, "Resource")?;
        let patterns: Vec<_> = entries.iter().map(|entry| ResourcePattern::new(&entry.value, self.language)).collect();
        for (entry, pattern) in entries.iter().zip(&patterns) {
            if *pattern == ResourcePattern::NotAnArn {
                self.add(entry.span, Fault::Resource(entry.value.clone()));
            }
        }
        let (key_span, span) = (self.span(member.key), self.span(member.value));
        Ok(Some(ResourceElement { negated, key_span, span, entries, patterns }))
    }

    fn principal(&mut self, elements: &Elements<'_, '_>) -> Result<Option<PrincipalElement>, Rejected> {
        let Some((member, negated)) = self.either(elements, "Principal", "NotPrincipal")? else {
            return Ok(None);
        };
        let item = member.value;
        let mut entries = Vec::new();
        let entry = |kind: &str, text: Spanned<String>| PrincipalEntry {
            kind: kind.to_owned(),
            named: Principal::new(&text.value),
            value: text.value,
            span: text.span,
        };
        if item.is_object() {
            let members = self.check_members(item, &[]);
            for member in &members.all {
                let kind = member.name.as_ref();
                if !PRINCIPAL_KINDS.contains(&kind) {
                    self.add(self.span(member.key), Fault::PrincipalKind(kind.to_owned()));
                }
                entries.extend(self.texts(member.value)?.into_iter().map(|text| entry(kind, text)));
            }
        } else {
            for text in self.texts(item)? {
                let any = text.value == "*";
                if !any && !is_open(&text.value) {
                    self.add(text.span, Fault::PrincipalWithoutKind);
                }
                entries.push(entry(if any { "*" } else { "AWS" }, text));
            }
        }
        let readable = |entry: &&PrincipalEntry| entry.kind == "AWS" && entry.value != "*" && !is_open(&entry.value);
        for entry in entries.iter().filter(readable) {
            let arn = entry.value.starts_with("arn:");
            // AWS stores users and roles by id and shows the id when they are gone
            let id = ["AIDA", "AROA"].iter().any(|prefix| entry.value.starts_with(prefix));
            if entry.value.contains(['*', '?']) {
                self.add(entry.span, Fault::PrincipalWildcard(entry.value.clone()));
            } else if id {
                self.add(entry.span, Fault::DeletedPrincipal(entry.value.clone()));
            } else if !arn && !is_account_id(&entry.value) {
                self.add(entry.span, Fault::Principal(entry.value.clone()));
            }
        }
        Ok(Some(PrincipalElement { negated, key_span: self.span(member.key), span: self.span(item), entries }))
    }

    fn conditions(&mut self, item: Item<'_, '_>) -> Result<Vec<Condition>, Rejected> {
        if !item.is_object() {
            self.add(self.span(item), Fault::Condition(item.noun()));
            return Err(Rejected);
        }
        let operators = self.check_members(item, &[]);
        let mut conditions = Vec::new();
        // only the last of several with the same name counts, and the same holds for its keys
        for member in operators.counting() {
            if !member.value.is_object() {
                self.add(self.span(member.value), Fault::OperatorKeys(member.value.noun()));
                return Err(Rejected);
            }
            let keys = self.check_members(member.value, &[]);
            let operator = self.operator(&member.name);
            let operator_span = self.span(member.key);
            if operator.kind.is_none() {
                self.add(operator_span, Fault::Operator(member.name.to_string()));
            }
            conditions.reserve(keys.all.len());
            for key in keys.counting() {
                let values = self.texts(key.value)?;
                let folded_key = key.name.to_ascii_lowercase();
                conditions.push(Condition {
                    operands: Condition::compile(&operator, &values, self.language),
                    operator: operator.clone(),
                    open: is_open(&key.name) || values.iter().any(|value| is_open(&value.value)),
                    operator_span,
                    key: key.name.to_string(),
                    key_hash: key_hash(&folded_key),
                    folded_key,
                    key_span: self.span(key.key),
                    values,
                    values_span: self.span(key.value),
                });
            }
        }
        for condition in &conditions {
            self.values(condition);
        }
        Ok(conditions)
    }

    /// The operator of this name.
    fn operator(&mut self, name: &str) -> Operator {
        /// So many are remembered.
        const FEW: usize = 8;
        if let Some(known) = self.operators.iter().find(|known| &*known.text == name) {
            return known.clone();
        }
        let operator = Operator::new(name);
        if self.operators.len() < FEW {
            self.operators.push(operator.clone());
        }
        operator
    }

    /// Values that the operator cannot read.
    fn values(&mut self, condition: &Condition) {
        let unreadable = condition.unreadable_values();
        for (value, expected) in unreadable {
            let (value, at) = (value.value.clone(), value.span);
            self.add(at, Fault::Value { value, expected, operator: Arc::clone(&condition.operator.text) });
        }
    }

    /// The entries of the element; where Action or Resource is given more than once, all of them are one list.
    fn all_texts(
        &mut self,
        item: Item<'_, '_>,
        elements: &Elements<'_, '_>,
        element: Pair<'_, '_>,
        together: &str,
    ) -> Result<Vec<Spanned<String>>, Rejected> {
        if elements.plain || !element.key.is(together) {
            return self.texts(element.value);
        }
        let mut texts = Vec::new();
        for member in item.members().filter(|member| member.key.is(together)) {
            texts.extend(self.texts(member.value)?);
        }
        Ok(texts)
    }

    fn texts(&mut self, item: Item<'_, '_>) -> Result<Vec<Spanned<String>>, Rejected> {
        let mut texts = Vec::with_capacity(if item.kind() == Kind::List { item.one_or_many().count() } else { 1 });
        for item in item.one_or_many() {
            let Some(text) = item.scalar() else {
                self.add(self.span(item), Fault::Texts(item.noun()));
                return Err(Rejected);
            };
            texts.push(Spanned::new(text.into_owned(), self.span(item)));
        }
        Ok(texts)
    }
}
