//! A policy and its document with pseudonyms: tokens of its text are replaced where they stand, so that its lines, its formatting and the
//! places of its statements stay.

use std::sync::Arc;

use super::{Redact, Redactor};
use crate::evaluate::ElementReason;
use crate::iam::{
    Condition, Document, Operands, Operator, Policy, PolicyOrigin, PolicySet, Problem, Statement, is_account_id,
};
use crate::iam::{Hierarchy, Layer, Level};
use crate::text::{Json, Node, Source, Span, Value, parse};

/// A document with pseudonyms, and where its tokens went.
#[derive(Debug, Clone)]
pub(super) struct Rewritten {
    document: Arc<Document>,
    /// Tokens that were replaced: where each stood, and where the new one stands.
    moved: Arc<[(Span, Span)]>,
}

impl Rewritten {
    /// Where a span of the document stands now.
    pub(super) fn span(&self, span: Span) -> Span {
        let to = |offset: usize, at_end: bool| {
            let before = |(old, _): &(Span, Span)| if at_end { old.start < offset } else { old.start <= offset };
            match self.moved.partition_point(before).checked_sub(1).and_then(|index| self.moved.get(index)) {
                None => offset,
                Some((old, new)) if offset >= old.end => offset - old.end + new.end,
                Some((_, new)) if at_end => new.end,
                Some((_, new)) => new.start,
            }
        };
        let (start, end) = (to(span.start, false), to(span.end, true));
        Span::new(start, end.max(start))
    }
}

impl Redactor {
    /// The policy with pseudonyms: always the same one for the same one.
    pub(super) fn policy(&mut self, policy: &mut Arc<Policy>) {
        if let Some((_, clean)) = self.policies.get(&Arc::as_ptr(policy)) {
            *policy = Arc::clone(clean);
            return;
        }
        let mut clean = Policy::clone(policy);
        clean.redact(self);
        let clean = Arc::new(clean);
        self.policies.insert(Arc::as_ptr(policy), (Arc::clone(policy), Arc::clone(&clean)));
        *policy = clean;
    }

    /// The reasons of a statement, whose spans are places in its document.
    pub(super) fn reasons<'r>(&mut self, policy: &Policy, reasons: impl IntoIterator<Item = &'r mut ElementReason>) {
        let rewritten = self.rewritten(policy);
        for reason in reasons {
            reason.redact(self);
            reason.span = rewritten.span(reason.span);
        }
    }

    /// The document of a policy with pseudonyms, and where its tokens went.
    pub(super) fn rewritten(&mut self, policy: &Policy) -> Rewritten {
        let document = &policy.document;
        if let Some((_, rewritten)) = self.documents.get(&Arc::as_ptr(document)) {
            return rewritten.clone();
        }
        let rewritten = self.rewrite(document, policy.origin == PolicyOrigin::AwsManaged, &policy.name);
        self.documents.insert(Arc::as_ptr(document), (Arc::clone(document), rewritten.clone()));
        rewritten
    }

    fn rewrite(&mut self, document: &Document, of_aws: bool, policy: &str) -> Rewritten {
        let Document { source, language, statements, problems } = document;
        let name = if of_aws && source.name() == policy { policy.to_owned() } else { self.place(source.name()) };
        let mut tokens = Vec::new();
        if !of_aws && let Ok(root) = parse(source.text()) {
            self.tokens(&root, Part::Document, &mut tokens);
        }
        let (text, moved, grown) = spliced(source.text(), tokens);
        let mut clean = Source::new(name, text).grown(grown);
        if let Some((file, line)) = source.origin() {
            clean = clean.found_in(self.place(file), line).on_lines(source.lines_in_file());
        }
        let mut rewritten = Rewritten { document: Arc::new(Document::clone(document)), moved: moved.into() };
        let problems = problems.iter().map(|problem| self.problem(problem, &rewritten)).collect();
        // it was JSON before, so it is now; were it none, nothing of it would be shown
        let read = Document::parse(clean.clone()).map(|read| read.statements).unwrap_or_default();
        // AWS's opinion of it stays, whatever the pseudonyms are like
        let again = |old: &Statement| {
            let new = read.iter().find(|new| new.index == old.index)?;
            Some(Statement { rejected: old.rejected, ..new.clone() })
        };
        let statements = statements.iter().filter_map(again).collect();
        rewritten.document = Arc::new(Document { source: clean, language: *language, statements, problems });
        rewritten
    }

    /// A statement that stands alone, as JSON.
    pub(super) fn statement(&mut self, text: &str) -> String {
        self.json(text, Part::Statement)
    }

    /// A document that stands alone, as JSON.
    #[cfg(feature = "bedrock")]
    pub(super) fn document(&mut self, text: &str) -> String {
        self.json(text, Part::Document)
    }

    fn json(&mut self, text: &str, part: Part<'_>) -> String {
        let mut tokens = Vec::new();
        match parse(text) {
            Ok(root) => self.tokens(&root, part, &mut tokens),
            // what cannot be read is not shown
            Err(_) => return String::new(),
        }
        spliced(text, tokens).0
    }

    fn problem(&mut self, problem: &Problem, rewritten: &Rewritten) -> Problem {
        let Problem { span, mut fault } = problem.clone();
        fault.redact(self);
        Problem { span: rewritten.span(span), fault }
    }

    /// The tokens that name somebody, each with another one in its place.
    fn tokens(&mut self, node: &Node, part: Part<'_>, tokens: &mut Vec<(Span, String)>) {
        match &node.value {
            Value::String(text) => {
                let clean = self.text_at(part, text);
                if clean != *text {
                    tokens.push((node.span, Json::text(&clean).compact()));
                }
            }
            // an account id without quotes
            Value::Number(digits) if is_account_id(digits) => {
                tokens.push((node.span, Json::text(self.name(digits)).compact()));
            }
            Value::Array(items) => items.iter().for_each(|item| self.tokens(item, part, tokens)),
            Value::Object(members) => {
                for member in members {
                    let (clean, inner) = self.member(part, &member.key);
                    if clean != member.key {
                        tokens.push((member.key_span, Json::text(&clean).compact()));
                    }
                    self.tokens(&member.value, inner, tokens);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text_at(&mut self, part: Part<'_>, text: &str) -> String {
        match part {
            Part::Words(words) if words.contains(&text) => text.to_owned(),
            Part::Actions => self.action(text),
            Part::Values(key) => self.value_of(key, text),
            _ => self.name(text),
        }
    }

    /// The key of a member, and what its value is.
    fn member<'k>(&mut self, part: Part<'_>, key: &'k str) -> (String, Part<'k>) {
        let inner = match (part, key) {
            (Part::Document, "Statement") => Part::Statement,
            (Part::Document, "Version") => Part::Words(&["2008-10-17", "2012-10-17"]),
            (Part::Statement, "Effect") => Part::Words(&["Allow", "Deny"]),
            (Part::Statement, "Action" | "NotAction") => Part::Actions,
            (Part::Statement, "Condition") => Part::Operators,
            (Part::Statement, "Principal" | "NotPrincipal") => Part::Principal,
            (Part::Operators, _) if Operator::new(key).kind.is_some() => Part::Keys,
            (Part::Operators, _) => return (self.name(key), Part::Keys),
            (Part::Keys, _) => return (self.key(key), Part::Values(key)),
            (Part::Document, "Id")
            | (Part::Statement, "Sid" | "Resource" | "NotResource")
            | (Part::Principal, "AWS" | "Service" | "Federated" | "CanonicalUser") => Part::Own,
            _ => return (self.name(key), Part::Own),
        };
        (key.to_owned(), inner)
    }
}

/// Where a token was, and where it is.
type Moved = (Span, Span);

/// The text with other tokens; where each was and is, and where and by how much the new ones are longer.
fn spliced(text: &str, mut tokens: Vec<(Span, String)>) -> (String, Vec<Moved>, Vec<(usize, isize)>) {
    tokens.sort_by_key(|(span, _)| span.start);
    let (mut clean, mut moved, mut grown, mut done) = (String::with_capacity(text.len()), Vec::new(), Vec::new(), 0);
    for (span, token) in tokens {
        clean.push_str(text.get(done..span.start).unwrap_or_default());
        let start = clean.len();
        clean.push_str(&token);
        moved.push((span, Span::new(start, clean.len())));
        let before = text.get(span.start..span.end).unwrap_or_default();
        grown.push((clean.len(), token.chars().count().cast_signed() - before.chars().count().cast_signed()));
        done = span.end;
    }
    clean.push_str(text.get(done..).unwrap_or_default());
    (clean, moved, grown)
}

/// Where in a document a value stands.
#[derive(Debug, Clone, Copy)]
enum Part<'k> {
    Document,
    Statement,
    /// One of these words.
    Words(&'static [&'static str]),
    Actions,
    Principal,
    /// The operators of a condition, whose members are keys.
    Operators,
    Keys,
    /// The values of this condition key.
    Values(&'k str),
    /// Anything else is somebody's.
    Own,
}

impl Redact for Policy {
    fn redact(&mut self, redactor: &mut Redactor) {
        let document = redactor.rewritten(self).document;
        let Self { name, arn, policy_type: _, origin, version_id: _, versions: _, attached_to, document: old } = self;
        *old = document;
        // AWS's own policies are the same for everybody
        if *origin != PolicyOrigin::AwsManaged {
            redactor.places(name);
            redactor.names(arn);
        }
        redactor.levels(attached_to);
    }
}

impl Redact for PolicySet {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { identity, resource, boundary, session, vpc_endpoint, service_control, resource_control } = self;
        for Layer { policies, coverage } in [identity, resource, boundary, session, vpc_endpoint] {
            for policy in policies.iter_mut() {
                redactor.policy(policy);
            }
            coverage.redact(redactor);
        }
        for Hierarchy { levels, coverage } in [service_control, resource_control] {
            for Level { target, policies, coverage } in levels {
                redactor.levels(target);
                for policy in policies.iter_mut() {
                    redactor.policy(policy);
                }
                coverage.redact(redactor);
            }
            coverage.redact(redactor);
        }
    }
}

/// A condition apart from its document, as a demand or a step holds it.
impl Redact for Condition {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self {
            operator,
            operator_span: _,
            key,
            folded_key,
            key_hash,
            key_span: _,
            values,
            values_span: _,
            operands,
            open: _,
        } = self;
        operator.redact(redactor);
        for value in values {
            redactor.values(key, &mut value.value);
        }
        redactor.keys(key);
        *folded_key = key.to_ascii_lowercase();
        *key_hash = crate::iam::key_hash(folded_key);
        // nothing is compared with it any more
        *operands = Operands::None;
    }
}
