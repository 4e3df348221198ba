//! A difference for a person and for programs: what a reviewer of a change of policies reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::difference::{
    AccessChange, ActionSet, Change, ConditionExpr, Difference, Pattern, PrincipalSet, ResourceSet, Review, StatementOf,
};
use crate::iam::{ContextValue, Field, Policy};
use crate::reference::{Danger, Reference};
use crate::report::danger::{DangerRecord, danger_lines};
use crate::report::finding::{Finding, Place, Rule};
use crate::report::page::{Detail, Page};
use crate::report::sheet::Sheet;
use crate::report::{CommandReport, SCHEMA_VERSION, to_json, words};

/// One comparison: two documents, or the policies of one principal.
#[derive(Debug, Clone)]
pub struct Compared {
    /// What was compared, if it is one of several: a principal's ARN.
    pub what: Option<String>,
    /// How it differs.
    pub difference: Difference,
    /// The policies before the change.
    pub before: Vec<Arc<Policy>>,
    /// The policies after it.
    pub after: Vec<Arc<Policy>>,
    /// The file and the line of a policy that could not be read; the new one's, if there is one.
    pub not_read: Option<(String, usize)>,
}

/// Everything that was compared.
#[derive(Debug)]
pub struct Differences<'r> {
    /// Each comparison with a difference; for two documents always one.
    pub compared: Vec<Compared>,
    /// The actions that exist.
    pub reference: &'r Reference,
}

/// The JSON of `diff`.
#[derive(Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct DiffReport {
    /// The version of this form.
    pub schema_version: u8,
    /// Whether anything became allowed.
    pub new_access: bool,
    /// The day of the facts about actions that the comparison used.
    pub service_reference: String,
    /// One entry for two documents; one for each principal, role trust policy or group of documents that differs otherwise.
    pub differences: Vec<DifferenceRecord>,
}

/// What differs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DifferenceRecord {
    /// What was compared; null for two documents.
    pub what: Option<String>,
    /// What became allowed.
    pub newly_allowed: Vec<ChangeRecord>,
    /// What is no longer allowed.
    pub newly_denied: Vec<ChangeRecord>,
    /// What could not be decided.
    pub cannot_tell: Vec<String>,
    /// The same as codes, in the same order.
    pub cannot_tell_codes: Vec<&'static str>,
}

/// Requests that changed in the same way.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChangeRecord {
    /// In one sentence.
    pub text: String,
    /// How they changed.
    pub change: Change,
    /// Whose requests, where documents name principals.
    pub principals: Vec<String>,
    /// The kinds of these principals, in the same order.
    pub principal_codes: Vec<&'static str>,
    /// The actions.
    pub actions: Vec<PatternRecord>,
    /// The resources.
    pub resources: Vec<PatternRecord>,
    /// What must hold, all of it.
    pub conditions: Vec<String>,
    /// The kinds of these conditions, in the same order.
    pub condition_codes: Vec<&'static str>,
    /// What whoever gains these requests could do beyond them; empty for what is no longer allowed.
    pub dangers: Vec<DangerRecord>,
    /// One of the requests.
    pub example: ExampleRecord,
}

/// A pattern, without some exceptions.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PatternRecord {
    /// As a policy writes it, or in words where the policy language has no pattern.
    pub pattern: String,
    /// What it is; `matching` is a pattern as a policy writes it.
    pub code: &'static str,
    /// Patterns that must match as well.
    pub also: Vec<String>,
    /// Patterns that must not match.
    pub except: Vec<String>,
}

/// A request, as `simulate` takes it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExampleRecord {
    /// Who asks.
    pub principal: Option<String>,
    /// What is asked.
    pub action: Option<String>,
    /// On what.
    pub resource: Option<String>,
    /// The condition keys that matter; null is a key that is absent.
    pub context: BTreeMap<String, Option<Vec<String>>>,
}

impl DiffReport {
    /// The report of these comparisons.
    #[must_use]
    pub fn new(compared: &[Compared], reference: &Reference) -> Self {
        let records = |changes: &[AccessChange], gained: bool| {
            let dangers = |change: &AccessChange| if gained { change.dangers(reference) } else { Vec::new() };
            changes.iter().map(|change| ChangeRecord::new(change, &dangers(change))).collect()
        };
        let record = |compared: &Compared| {
            let cannot_tell = words::difference::cannot_tell_all(&compared.difference.cannot_tell);
            let (cannot_tell, cannot_tell_codes) = cannot_tell.into_iter().unzip();
            DifferenceRecord {
                what: compared.what.clone(),
                newly_allowed: records(&compared.difference.newly_allowed, true),
                newly_denied: records(&compared.difference.newly_denied, false),
                cannot_tell,
                cannot_tell_codes,
            }
        };
        Self {
            schema_version: SCHEMA_VERSION,
            new_access: compared.iter().any(|compared| !compared.difference.newly_allowed.is_empty()),
            service_reference: reference.date().to_owned(),
            differences: compared.iter().map(record).collect(),
        }
    }
}

impl ChangeRecord {
    fn new(change: &AccessChange, dangers: &[Danger]) -> Self {
        let example = &change.example;
        let context = example.context.iter().filter_map(|(key, value)| match value {
            ContextValue::Present { values, .. } => Some((key.to_owned(), Some(values.clone()))),
            ContextValue::Absent => Some((key.to_owned(), None)),
            ContextValue::Unknown => None,
        });
        Self {
            text: words::difference::access_change(change),
            change: change.change,
            principals: change.principals.iter().map(words::difference::principal_set).collect(),
            principal_codes: change.principals.iter().map(PrincipalSet::code).collect(),
            actions: patterns(&change.actions, words::difference::action_set, ActionSet::code),
            resources: patterns(&change.resources, words::difference::resource_set, ResourceSet::code),
            conditions: change.conditions.iter().map(words::difference::condition).collect(),
            condition_codes: change.conditions.iter().map(ConditionExpr::code).collect(),
            dangers: dangers.iter().map(DangerRecord::new).collect(),
            example: ExampleRecord {
                principal: example.principal.value().map(ToString::to_string),
                action: example.action.value().map(ToString::to_string),
                resource: Field::value(&example.resource).cloned(),
                context: context.collect(),
            },
        }
    }
}

fn patterns<T>(patterns: &[Pattern<T>], words: fn(&T) -> String, code: fn(&T) -> &'static str) -> Vec<PatternRecord> {
    let record = |pattern: &Pattern<T>| PatternRecord {
        pattern: words(&pattern.pattern),
        code: code(&pattern.pattern),
        also: pattern.also.iter().map(words).collect(),
        except: pattern.except.iter().map(words).collect(),
    };
    patterns.iter().map(record).collect()
}

impl CommandReport for Differences<'_> {
    fn sheet(&self) -> Sheet<'_> {
        Sheet::Differences(self)
    }

    fn page(&self, detail: Detail) -> Page {
        let mut page = Page::new(detail);
        for compared in &self.compared {
            if let Some(what) = &compared.what {
                page.whole("", what);
            }
            let difference = &compared.difference;
            list(&mut page, "new access:", &difference.newly_allowed, Some(self.reference));
            list(&mut page, "no longer allowed:", &difference.newly_denied, None);
            if !difference.cannot_tell.is_empty() {
                page.whole("", "cannot tell:");
            }
            for (what, _) in words::difference::cannot_tell_all(&difference.cannot_tell) {
                page.whole("  ", what);
            }
        }
        let same = |compared: &Compared| compared.difference.is_empty() && compared.difference.cannot_tell.is_empty();
        if self.compared.iter().all(same) {
            page.whole("", "no difference in access");
        }
        page
    }

    fn json(&self) -> String {
        to_json(&DiffReport::new(&self.compared, self.reference), true)
    }

    fn findings(&self) -> Vec<Finding> {
        self.compared.iter().flat_map(|compared| compared.findings(self.reference)).collect()
    }
}

impl Compared {
    fn findings(&self, reference: &Reference) -> Vec<Finding> {
        let difference = &self.difference;
        let mut findings = Vec::new();
        for change in difference.newly_allowed.iter().chain(&difference.newly_denied) {
            let opens = matches!(change.change, Change::Allowed | Change::DenyLifted);
            let dangers = if opens { change.dangers(reference) } else { Vec::new() };
            findings.push(self.finding(
                Review::new(change, &dangers),
                words::finding::change(change, &danger_lines(&dangers)),
                &words::difference::access_change(change),
                self.places(change),
            ));
        }
        for (what, code) in words::difference::cannot_tell_all(&difference.cannot_tell) {
            // what is known to be new is found already
            if code == "open-parts" && !difference.newly_allowed.is_empty() {
                continue;
            }
            let message = words::finding::undecided(&what);
            findings.push(self.finding(Review::CannotTell, message, &what, self.document().into_iter().collect()));
        }
        findings
    }

    fn finding(&self, review: Review, message: String, access: &str, places: Vec<Place>) -> Finding {
        let about = self.what.clone();
        let identity = format!("{}\n{access}", about.as_deref().unwrap_or_default());
        let rule = Rule::Review(review);
        Finding { rule, level: rule.level(), message, places, about, identity }
    }

    /// The statements that make the change: of the new policies first.
    fn places(&self, change: &AccessChange) -> Vec<Place> {
        let found = change.deciding(&self.before, &self.after);
        let place = |(policy, index): &StatementOf| Place::of_statement(policy, *index);
        // where nothing came in place of what went, the new document itself is what a reviewer has
        let own = self.after.first().and_then(|policy| Place::of_policy(policy)).filter(|_| found.after.is_empty());
        found.after.iter().filter_map(place).chain(own).chain(found.before.iter().filter_map(place)).collect()
    }

    /// The document that is compared, the new one if there is one.
    fn document(&self) -> Option<Place> {
        let own = self.after.first().or_else(|| self.before.first()).and_then(|policy| Place::of_policy(policy));
        self.not_read.as_ref().and_then(|(file, line)| Place::in_file(file, *line)).or(own)
    }
}

/// The changes under a heading, if there are any; with the reference also what whoever gains the access could do beyond it.
fn list(page: &mut Page, heading: &str, changes: &[AccessChange], gained: Option<&Reference>) {
    if !changes.is_empty() {
        page.whole("", heading);
    }
    for change in changes {
        page.whole("  ", format!("{}{}", prefix(change.change), words::difference::access_change_in_short(change)));
        page.whole("      ", format!("for example {}", example(change)));
        for danger in gained.iter().flat_map(|reference| danger_lines(&change.dangers(reference))) {
            page.whole("      ", format!("danger: {danger}"));
        }
    }
}

/// What is special about the change.
pub(in crate::report) const fn prefix(change: Change) -> &'static str {
    match change {
        Change::Allowed | Change::NotAllowed => "",
        Change::DenyLifted => "no longer denied, so that other policies can allow it: ",
        Change::DenyAdded => "now denied, whatever other policies allow: ",
    }
}

pub(in crate::report) fn example(change: &AccessChange) -> String {
    let request = &change.example;
    let action = request.action.value().map(ToString::to_string).unwrap_or_default();
    let mut text = match request.resource.value() {
        Some(resource) if !change.resources.is_empty() => format!("{action} on {resource}"),
        _ => action,
    };
    let context = words::difference::example_context(change);
    if !context.is_empty() {
        let _ = write!(text, " with {}", context.join(", "));
    }
    text
}
