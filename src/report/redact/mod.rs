//! `--redact`: the facts of a report with a pseudonym for every name, before anything is rendered.
//!
//! [`Redact`] is implemented for every type that a report is made of. Each implementation takes its type apart without `..`, so that a new
//! field or variant does not compile until somebody has said whether it names anybody. [`Redactor`] has the rules: what a text is decides
//! nothing but the text itself, so the same name has the same pseudonym in every place, every report and every run.

#![expect(clippy::match_same_arms, reason = "what is said of each variant stands for itself")]

mod advice;
mod answers;
mod deduced;
mod denial;
mod diagnosis;
mod difference;
mod document;
mod evidence;
mod gap;
mod input;
mod name;
#[cfg(feature = "bedrock")]
mod probe;
mod remedy;
mod request;
mod search;
mod triage;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::iam::{ActionPattern, Document, Policy, StatementName};
use crate::report::Report;

pub use input::InputNames;
pub use name::id as redacted_id;

/// A fact that may name somebody.
pub trait Redact {
    /// Replaces every name in it.
    fn redact(&mut self, redactor: &mut Redactor);
}

/// The rules, the policies that were rewritten already, and the names that were met.
#[derive(Debug, Default)]
pub struct Redactor {
    /// The policies that were rewritten, by the address of the one before, which is kept so that no other gets that address.
    policies: HashMap<*const Policy, (Arc<Policy>, Arc<Policy>)>,
    documents: HashMap<*const Document, (Arc<Document>, document::Rewritten)>,
    /// Every name that was met, and its pseudonym.
    met: BTreeMap<String, String>,
}

impl Redactor {
    /// Replaces every name in a report.
    ///
    /// The first round meets the names, so that the second can find them where a fact still is a sentence.
    pub fn report<T: Redact + Clone>(&mut self, report: &mut T) {
        report.clone().redact(self);
        report.redact(self);
    }

    /// Names, ARNs, account ids, and patterns of them.
    fn names(&mut self, texts: &mut impl Texts) {
        texts.each(&mut |text| *text = self.name(text));
    }

    /// One of them.
    fn name(&mut self, text: &str) -> String {
        let clean = name::value(text);
        self.meet(text, &clean);
        clean
    }

    /// Ids that AWS makes for one request.
    #[expect(clippy::unused_self, reason = "every rule is called alike")]
    fn ids(&mut self, texts: &mut impl Texts) {
        texts.each(&mut |text| *text = name::id(text));
    }

    /// Actions and patterns of them: they name nobody, but what a template fills in and what is no action does.
    fn actions(&mut self, texts: &mut impl Texts) {
        texts.each(&mut |text| *text = self.action(text));
    }

    fn action(&mut self, text: &str) -> String {
        let (clean, fixed) = name::variables(text);
        if ActionPattern::is_well_formed(&fixed) { clean } else { self.name(text) }
    }

    /// Condition keys.
    fn keys(&mut self, texts: &mut impl Texts) {
        texts.each(&mut |text| *text = self.key(text));
    }

    fn key(&mut self, text: &str) -> String {
        let clean = name::key(text);
        if let Some((own, pseudonym)) = text.split_once('/').zip(clean.split_once('/')).map(|(a, b)| (a.1, b.1)) {
            self.meet(own, pseudonym);
        }
        clean
    }

    /// Keys of tags, or the condition keys that have them.
    fn tags(&mut self, texts: &mut impl Texts) {
        texts.each(&mut |text| {
            *text = if text.contains(':') && text.contains('/') { self.key(text) } else { self.tag(text) };
        });
    }

    fn tag(&mut self, text: &str) -> String {
        let clean = name::tag(text);
        self.meet(text, &clean);
        clean
    }

    /// Values of a condition key.
    fn values(&mut self, key: &str, texts: &mut impl Texts) {
        texts.each(&mut |text| *text = self.value_of(key, text));
    }

    fn value_of(&mut self, key: &str, text: &str) -> String {
        let clean = name::value_of(key, text);
        self.meet(text, &clean);
        clean
    }

    /// Roots, units and accounts: `OU Workloads (ou-ab12-11111111)`.
    fn levels(&mut self, texts: &mut impl Texts) {
        texts.each(&mut |text| {
            let number = |word: &str| word.parse::<usize>().is_ok();
            match text.split(' ').collect::<Vec<_>>().as_slice() {
                ["level", own, "of", all, "given", "by", option]
                    if number(own) && number(all) && option.starts_with("--") =>
                {
                    return;
                }
                _ => {}
            }
            let (noun, rest) = match text.split_once(' ') {
                Some((noun @ ("root" | "OU" | "account"), rest)) => (format!("{noun} "), rest),
                _ => (String::new(), text.as_str()),
            };
            let clean = match rest.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")) {
                Some((name, id)) => format!("{noun}{} ({})", self.name(name), self.name(id)),
                None => format!("{noun}{}", self.name(rest)),
            };
            *text = clean;
        });
    }

    fn statement_name(&mut self, name: &mut StatementName) {
        if let StatementName::Sid(sid) = name {
            *sid = self.name(sid);
        }
    }

    /// Files, and places in them: `policy.json:3:5`.
    fn places(&mut self, texts: &mut impl Texts) {
        texts.each(&mut |text| *text = self.place(text));
    }

    fn place(&mut self, text: &str) -> String {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let mut file = text;
        while let Some((before, _)) = file.rsplit_once(':').filter(|(_, after)| digits(after)) {
            file = before;
        }
        // what stands for no file names nobody
        let clean = match file {
            "message" | "standard input" => file.to_owned(),
            _ => self.name(file),
        };
        clean + text.get(file.len()..).unwrap_or_default()
    }

    /// Parts that a template leaves open.
    fn parts(&mut self, texts: &mut impl Texts) {
        texts.each(&mut |text| {
            let clean = name::template_part(text);
            self.meet(text, &clean);
            *text = clean;
        });
    }

    /// What is still a sentence, or an error in the words of AWS or of a reader: the names that were met are looked for in it.
    fn sentences(&mut self, texts: &mut impl Texts) {
        texts.each(&mut |text| *text = search::replaced(text, &self.met));
    }

    fn meet(&mut self, text: &str, clean: &str) {
        if text != clean {
            search::meet(text, clean, &mut self.met, &[]);
        }
    }
}

/// Texts that one rule is for.
trait Texts {
    fn each(&mut self, change: &mut dyn FnMut(&mut String));
}

impl Texts for String {
    fn each(&mut self, change: &mut dyn FnMut(&mut String)) {
        change(self);
    }
}

impl Texts for Box<str> {
    fn each(&mut self, change: &mut dyn FnMut(&mut String)) {
        let mut text = String::from(std::mem::take(self));
        change(&mut text);
        *self = text.into();
    }
}

impl Texts for Arc<str> {
    fn each(&mut self, change: &mut dyn FnMut(&mut String)) {
        let mut text = String::from(&**self);
        change(&mut text);
        *self = text.into();
    }
}

impl<T: Texts> Texts for Option<T> {
    fn each(&mut self, change: &mut dyn FnMut(&mut String)) {
        for texts in self.iter_mut() {
            texts.each(change);
        }
    }
}

impl<T: Texts> Texts for Vec<T> {
    fn each(&mut self, change: &mut dyn FnMut(&mut String)) {
        for texts in self.iter_mut() {
            texts.each(change);
        }
    }
}

impl<T: Redact> Redact for Option<T> {
    fn redact(&mut self, redactor: &mut Redactor) {
        for fact in self.iter_mut() {
            fact.redact(redactor);
        }
    }
}

impl<T: Redact> Redact for Vec<T> {
    fn redact(&mut self, redactor: &mut Redactor) {
        for fact in self.iter_mut() {
            fact.redact(redactor);
        }
    }
}

impl<T: Redact> Redact for Box<T> {
    fn redact(&mut self, redactor: &mut Redactor) {
        self.as_mut().redact(redactor);
    }
}

impl Redact for Report {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self {
            denial,
            request,
            policies,
            evaluation,
            diagnosis,
            remedies,
            next_denials,
            answers,
            simulator_findings,
        } = self;
        denial.redact(redactor);
        request.redact(redactor);
        policies.redact(redactor);
        evaluation.redact(redactor);
        diagnosis.redact(redactor);
        remedies.redact(redactor);
        next_denials.redact(redactor);
        answers.redact(redactor);
        simulator_findings.redact(redactor);
    }
}
