//! From JSON to statements: what is there, where it stands, and what AWS would not accept.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>

use super::action::ActionPattern;
use super::arn::is_account_id;
use super::condition::{Condition, Operator};
use super::context::key_hash;
use super::fault::Fault;
use super::language::Language;
use super::open::is_open;
use super::policy::Problem;
use super::principal::Principal;
use super::resource::ResourcePattern;
use super::statement::{
    ActionElement, Effect, PatternText, PrincipalElement, PrincipalEntry, ResourceElement, Statement,
};
use crate::text::{Member, Node, Span, Spanned, number_or_text};

/// The elements of a document and of a statement.
const DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const PRINCIPAL_KINDS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

/// The language, the statements, and everything that is wrong.
pub(super) fn read(root: &Node) -> (Language, Vec<Statement>, Vec<Problem>) {
    let mut reader = Reader { language: Language::V2008, problems: Vec::new() };
    let mut statements = Vec::new();
    reader.check_members(root.members().unwrap_or_default(), &DOCUMENT);
    let valid = reader.version(root);
    for (index, node) in last(root, "Statement").map(Node::one_or_many).unwrap_or_default().iter().enumerate() {
        let mut statement = reader.statement(index, node);
        statement.rejected |= !valid;
        statements.push(statement);
    }
    reader.unique_sids(&statements);
    (reader.language, statements, reader.problems)
}

/// The last member with this key: JSON readers let the last of several count.
fn last<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    node.members()?.iter().rev().find(|member| member.key == key).map(|member| &member.value)
}

/// It cannot be read, and the problem is recorded.
struct Rejected;

struct Reader {
    language: Language,
    problems: Vec<Problem>,
}

impl Reader {
    fn add(&mut self, span: Span, fault: Fault) {
        self.problems.push(Problem { span, fault });
    }

    fn check_members(&mut self, members: &[Member], known: &[&'static str]) {
        for (index, member) in members.iter().enumerate() {
            if members.iter().skip(index + 1).any(|later| later.key == member.key) {
                // <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_policies.html>
                let fault = match known.iter().find(|name| **name == member.key) {
                    Some(name @ &"Effect") => Fault::LastCounts(name),
                    Some(name @ (&"Action" | &"Resource")) => Fault::AllCount(name),
                    Some(&"Statement") => Fault::RepeatedStatement,
                    _ => Fault::Repeated(member.key.clone()),
                };
                self.add(member.key_span, fault);
            }
            if !known.is_empty() && !known.contains(&member.key.as_str()) {
                let near = known.iter().find(|name| name.eq_ignore_ascii_case(&member.key)).copied();
                self.add(member.key_span, Fault::UnknownElement { name: member.key.clone(), near });
            }
        }
    }

    /// Sets the language; an invalid version rejects the whole document.
    fn version(&mut self, root: &Node) -> bool {
        let Some(node) = last(root, "Version") else {
            return true;
        };
        match node.as_str() {
            Some("2012-10-17") => self.language = Language::V2012,
            Some("2008-10-17") => {}
            _ => {
                self.add(node.span, Fault::Version);
                return false;
            }
        }
        true
    }

    fn unique_sids(&mut self, statements: &[Statement]) {
        for (index, statement) in statements.iter().enumerate() {
            let Some(sid) = &statement.sid else { continue };
            let same = |earlier: &Statement| earlier.sid.as_ref().is_some_and(|other| other.value == sid.value);
            if !sid.value.is_empty() && statements.iter().take(index).any(same) {
                self.add(sid.span, Fault::RepeatedSid(sid.value.clone()));
            }
        }
    }

    /// One statement; what cannot be read of it is left empty, and the statement marked as rejected.
    fn statement(&mut self, index: usize, node: &Node) -> Statement {
        match node.members() {
            Some(members) => self.check_members(members, &STATEMENT),
            None => self.add(node.span, Fault::Statement(node.kind())),
        }
        let object = node.members().is_some();
        let effect = object.then(|| self.effect(node)).flatten();
        let action = object.then(|| self.action(node).ok()).flatten();
        let resource = object.then(|| self.resource(node).ok()).flatten();
        let principal = object.then(|| self.principal(node).ok()).flatten();
        let condition = last(node, "Condition");
        let conditions = match condition {
            Some(node) => self.conditions(node).ok(),
            None => Some(Vec::new()),
        };
        let sid = last(node, "Sid").and_then(|sid| {
            let text = number_or_text(sid);
            if text.is_none() {
                self.add(sid.span, Fault::Sid(sid.kind()));
            }
            text.map(|text| Spanned::new(text, sid.span))
        });
        let rejected =
            effect.is_none() || action.is_none() || resource.is_none() || principal.is_none() || conditions.is_none();
        let (effect, effect_span) = effect.unwrap_or((Effect::Deny, node.span));
        let nothing = ActionElement { negated: false, key_span: node.span, span: node.span, entries: Vec::new() };
        Statement {
            index,
            span: node.span,
            sid,
            effect,
            effect_span,
            principal: principal.flatten(),
            action: action.unwrap_or(nothing),
            resource: resource.flatten(),
            conditions: conditions.unwrap_or_default(),
            condition_span: condition.map(|node| node.span),
            rejected,
        }
    }

    fn effect(&mut self, node: &Node) -> Option<(Effect, Span)> {
        let Some(value) = last(node, "Effect") else {
            self.add(node.span, Fault::NoEffect);
            return None;
        };
        match value.as_str() {
            Some("Allow") => Some((Effect::Allow, value.span)),
            Some("Deny") => Some((Effect::Deny, value.span)),
            _ => {
                self.add(value.span, Fault::Effect);
                None
            }
        }
    }

    /// The member with the positive or the negative name; both at once are rejected.
    fn either<'n>(
        &mut self,
        node: &'n Node,
        positive: &'static str,
        negative: &'static str,
    ) -> Result<Option<(&'n Member, bool)>, Rejected> {
        let find = |name: &str| node.members().unwrap_or_default().iter().rev().find(|member| member.key == name);
        match (find(positive), find(negative)) {
            (Some(_), Some(member)) => {
                self.add(member.key_span, Fault::Both(positive, negative));
                Err(Rejected)
            }
            (Some(member), None) => Ok(Some((member, false))),
            (None, Some(member)) => Ok(Some((member, true))),
            (None, None) => Ok(None),
        }
    }

    fn action(&mut self, node: &Node) -> Result<ActionElement, Rejected> {
        let Some((member, negated)) = self.either(node, "Action", "NotAction")? else {
            self.add(node.span, Fault::NoAction);
            return Err(Rejected);
        };
        let texts = self.all_texts(node, member)?;
        for entry in &texts {
            if !ActionPattern::is_well_formed(&entry.value) && !is_open(&entry.value) {
                self.add(entry.span, Fault::Action(entry.value.clone()));
            }
        }
        let entries = texts.into_iter().map(|entry| PatternText {
            pattern: ActionPattern::new(&entry.value),
            text: entry.value,
            span: entry.span,
        });
        Ok(ActionElement { negated, key_span: member.key_span, span: member.value.span, entries: entries.collect() })
    }

    fn resource(&mut self, node: &Node) -> Result<Option<ResourceElement>, Rejected> {
        let Some((member, negated)) = self.either(node, "Resource", "NotResource")? else {
            return Ok(None);
        };
        let entries = self.all_texts(node, member)?;
        let patterns: Vec<_> = entries.iter().map(|entry| ResourcePattern::new(&entry.value, self.language)).collect();
        for (entry, pattern) in entries.iter().zip(&patterns) {
            if *pattern == ResourcePattern::NotAnArn {
                self.add(entry.span, Fault::Resource(entry.value.clone()));
            }
        }
        let key_span = member.key_span;
        Ok(Some(ResourceElement { negated, key_span, span: member.value.span, entries, patterns }))
    }

    fn principal(&mut self, node: &Node) -> Result<Option<PrincipalElement>, Rejected> {
        let Some((member, negated)) = self.either(node, "Principal", "NotPrincipal")? else {
            return Ok(None);
        };
        let node = &member.value;
        let mut entries = Vec::new();
        let entry = |kind: &str, text: Spanned<String>| PrincipalEntry {
            kind: kind.to_owned(),
            named: Principal::new(&text.value),
            value: text.value,
            span: text.span,
        };
        if let Some(members) = node.members() {
            self.check_members(members, &[]);
            for kind in members {
                if !PRINCIPAL_KINDS.contains(&kind.key.as_str()) {
                    self.add(kind.key_span, Fault::PrincipalKind(kind.key.clone()));
                }
                entries.extend(self.texts(&kind.value)?.into_iter().map(|text| entry(&kind.key, text)));
            }
        } else {
            for text in self.texts(node)? {
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
        Ok(Some(PrincipalElement { negated, key_span: member.key_span, span: node.span, entries }))
    }

    fn conditions(&mut self, node: &Node) -> Result<Vec<Condition>, Rejected> {
        let Some(operators) = node.members() else {
            self.add(node.span, Fault::Condition(node.kind()));
            return Err(Rejected);
        };
        self.check_members(operators, &[]);
        let mut conditions = Vec::new();
        for (index, member) in operators.iter().enumerate() {
            // only the last of several with the same name counts, and the same holds for its keys
            if operators.iter().skip(index + 1).any(|later| later.key == member.key) {
                continue;
            }
            let Some(keys) = member.value.members() else {
                self.add(member.value.span, Fault::OperatorKeys(member.value.kind()));
                return Err(Rejected);
            };
            self.check_members(keys, &[]);
            let operator = Operator::new(&member.key);
            if operator.kind.is_none() {
                self.add(member.key_span, Fault::Operator(member.key.clone()));
            }
            for (index, key) in keys.iter().enumerate() {
                if keys.iter().skip(index + 1).any(|later| later.key == key.key) {
                    continue;
                }
                let values = self.texts(&key.value)?;
                conditions.push(Condition {
                    operands: Condition::compile(&operator, &values, self.language),
                    operator: operator.clone(),
                    open: is_open(&key.key) || values.iter().any(|value| is_open(&value.value)),
                    operator_span: member.key_span,
                    key: key.key.clone(),
                    key_hash: key_hash(&key.key.to_ascii_lowercase()),
                    folded_key: key.key.to_ascii_lowercase(),
                    key_span: key.key_span,
                    values,
                    values_span: key.value.span,
                });
            }
        }
        for condition in &conditions {
            self.values(condition);
        }
        Ok(conditions)
    }

    /// Values that the operator cannot read.
    fn values(&mut self, condition: &Condition) {
        let unreadable = condition.unreadable_values();
        for (value, expected) in unreadable {
            let (value, at) = (value.value.clone(), value.span);
            self.add(at, Fault::Value { value, expected, operator: condition.operator.to_string() });
        }
    }

    /// The entries of the element; where Action or Resource is given more than once, all of them are one list.
    fn all_texts(&mut self, node: &Node, element: &Member) -> Result<Vec<Spanned<String>>, Rejected> {
        let together = ["Action", "Resource"].contains(&element.key.as_str());
        let same = node.members().unwrap_or_default().iter().filter(|member| member.key == element.key);
        let mut texts = Vec::new();
        for member in same.filter(|member| together || member.key_span == element.key_span) {
            texts.extend(self.texts(&member.value)?);
        }
        Ok(texts)
    }

    fn texts(&mut self, node: &Node) -> Result<Vec<Spanned<String>>, Rejected> {
        let mut texts = Vec::new();
        for item in node.one_or_many() {
            let Some(text) = number_or_text(item) else {
                self.add(item.span, Fault::Texts(item.kind()));
                return Err(Rejected);
            };
            texts.push(Spanned::new(text, item.span));
        }
        Ok(texts)
    }
}
