//! The first screen: what was denied, how sure the reason is, what was checked of a change, what more there is.

use super::gap::gap_short;
use super::list::all_of;
use super::remedy::{owner, title};
use super::request::resource_noun;
use super::{
    blocker, danger, decision, difference, element, hypothesis as guess, policy_change, remedy, several, statement,
};
use crate::deduce::Basis;
use crate::denial::{Denial, DenialKind, Reason, ReasonEffect};
use crate::diagnose::{Blocker, Hypothesis, HypothesisEvidence, Likelihood, PolicyProblem, StatementRef, Summary};
use crate::evaluate::{Decision, ElementReason, Truth};
use crate::iam::{Field, PrincipalKind, Request, Severity, Subject};
use crate::remedy::{Disposition, Edit, Needed, Presumed, Remedy, Verification, WhyNot};

/// What stands in the first lines of a report, and is not said again.
#[derive(Debug, Default)]
pub struct Names {
    /// A name, and what it is called from then on.
    called: Vec<(String, String)>,
    /// Long ARNs that were said.
    said: Vec<String>,
    /// Files of policies.
    files: Vec<String>,
    /// Action and resource, as they are called.
    request: Option<String>,
}

impl Names {
    /// The principal and the resource of the request, and the statement that blocks it.
    #[must_use]
    pub fn new(request: &Request, said: Option<&str>, told: Option<&StatementRef>, files: Vec<String>) -> Self {
        let mut names = Vec::new();
        if let Some(told) = told {
            names.push((
                format!("{} of `{}`", statement::name(&told.name()), told.policy.name),
                "this statement".to_owned(),
            ));
        }
        // a pattern that AWS writes stands in the first lines like any other resource
        let resource = request.resource.known().map(String::as_str).or(said);
        let resource = resource.filter(|resource| resource.starts_with("arn:"));
        if let Some(resource) = resource {
            names.push((resource.to_owned(), format!("this {}", resource_noun(resource))));
        }
        if let Some(principal) = request.principal.known() {
            let noun = match principal.kind() {
                PrincipalKind::User => Some("this user"),
                PrincipalKind::Role => Some("this role"),
                PrincipalKind::AssumedRole => Some("this session"),
                _ => None,
            };
            names.extend(noun.map(|noun| (principal.as_str().to_owned(), noun.to_owned())));
        }
        let action = request.action.known().map(ToString::to_string);
        let request =
            action.zip(resource).map(|(action, resource)| format!("{action} on this {}", resource_noun(resource)));
        Self { called: names, said: Vec::new(), files, request }
    }

    /// The same where the whole request is meant.
    #[must_use]
    pub fn of_request(&self, text: &str) -> String {
        self.request.as_ref().map_or_else(|| text.to_owned(), |request| whole_words(text, request, "this request"))
    }

    /// What a file is called once its path was said: its name, where no other has it.
    fn file_name(&self, word: &str) -> Option<String> {
        self.files.iter().find(|file| file.as_str() == word)?;
        let alike = self.files.iter().filter(|file| base(file) == base(word)).count();
        (alike == 1).then(|| base(word).to_owned())
    }

    /// The text with each name as it is called; a long ARN is whole once, and without account and Region from then on.
    #[must_use]
    pub fn in_text(&mut self, text: &str) -> String {
        let text = self.called.iter().fold(text.to_owned(), |text, (name, short)| whole_words(&text, name, short));
        let mut out = String::with_capacity(text.len());
        for piece in text.split_inclusive(char::is_whitespace) {
            if is_value(&out) {
                out.push_str(piece);
                continue;
            }
            let word =
                piece.trim_matches(|c: char| c.is_whitespace() || ",;()`".contains(c)).trim_end_matches([':', '.']);
            if let Some(name) = self.file_name(word) {
                out.push_str(&if self.said.iter().any(|said| said == word) {
                    piece.replace(word, &name)
                } else {
                    self.said.push(word.to_owned());
                    piece.to_owned()
                });
                continue;
            }
            if word.len() < LONG || !word.starts_with("arn:") {
                out.push_str(piece);
                continue;
            }
            // one of another account or Region would read the same
            let alike = self.said.iter().filter(|said| after_account(said) == after_account(word)).count();
            let is_said = self.said.iter().any(|said| said == word);
            if is_said && alike == 1 {
                out.push_str(&piece.replace(word, after_account(word)));
                continue;
            }
            if !is_said {
                self.said.push(word.to_owned());
            }
            out.push_str(piece);
        }
        out
    }
}

/// The name of a file without its folders.
fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// An ARN from the resource on.
fn after_account(arn: &str) -> &str {
    arn.splitn(6, ':').last().unwrap_or(arn)
}

/// A longer ARN takes a line of its own.
const LONG: usize = 60;

/// Whether what comes after this text is a value to be copied: that of an option, or of a condition key.
fn is_value(before: &str) -> bool {
    let last = before.split_whitespace().next_back().unwrap_or_default();
    let option = last.trim_start_matches('(').starts_with("--") && !last.contains('=');
    before.ends_with(char::is_whitespace) && (last == "=" || option)
}

/// Replaces a name where it stands alone: not where it is the beginning of another one, not where it is quoted, and not where it is to be
/// copied.
fn whole_words(text: &str, name: &str, short: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(name) {
        let begins = before.chars().last().is_none_or(|c| c.is_whitespace() || c == '(');
        let mut next = after.chars();
        let ends = match next.next() {
            None | Some(',' | ';' | ')') => true,
            Some(':' | '.') => next.next().is_none_or(char::is_whitespace),
            Some(other) => other.is_whitespace(),
        };
        out.push_str(before);
        let short = if begins && ends && !is_value(&out) { short } else { name };
        out.push_str(short);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// `DENIED  s3:GetObject on ... by ...`, on one line.
#[must_use]
pub fn denied(denial: &Denial, request: &Request) -> String {
    if let DenialKind::OtherFailure(failure) = denial.kind {
        let (word, what) = super::denial::instead(denial, failure);
        return format!("{word}  {what}");
    }
    let action = match (denial.action.as_ref(), &request.action) {
        (Some(action), _) | (None, Field::Known(action)) => action.to_string(),
        (None, Field::Assumed(action, _)) => format!("{action} (inferred: the message names no action)"),
        (None, Field::Missing(_)) => "an action that the message does not name".to_owned(),
    };
    let on = request.resource.known().map_or_else(String::new, |resource| format!(" on {resource}"));
    let by = request.principal.known().map_or_else(String::new, |principal| format!(" by {principal}"));
    format!("DENIED  {action}{on}{by}")
}

/// How the cause is known.
#[must_use]
pub fn known_by(summary: &Summary, said: &Reason) -> Option<&'static str> {
    let is_said = |blocker: &Blocker| {
        let effect = if blocker.is_explicit() { ReasonEffect::ExplicitDeny } else { ReasonEffect::ImplicitDeny };
        said.effect == effect
            && said.policy_type.is_some_and(|named| named.normalized() == blocker.policy_type.normalized())
    };
    match summary {
        Summary::Blocked { blocker, .. } => match blocker.basis {
            Basis::Deduced => Some("deduced from AWS's message and these policies"),
            Basis::Possible => None,
            Basis::Evaluated if is_said(blocker) => Some("AWS said so; these policies show it"),
            Basis::Evaluated => Some("these policies show it"),
        },
        Summary::ConditionNotMet { reason, .. } if reason.truth == Truth::Unknown => {
            Some("deduced from AWS's message and these policies")
        }
        Summary::ConditionNotMet { .. } => Some("these policies show it"),
        _ => None,
    }
}

/// What the lines above it say of the request is not said again.
#[must_use]
pub fn of_this(text: &str, request: &Request) -> String {
    let action = request.action.known();
    action.map_or_else(|| text.to_owned(), |action| text.replace(&format!(" {action} on this resource"), " this"))
}

/// What speaks against a change of which it is said already that it needs a review.
#[must_use]
pub fn against(why_not: &WhyNot) -> String {
    match why_not {
        WhyNot::Danger(main) => danger::in_short(main),
        WhyNot::SharesPolicy { others, more, together } => several::shares_policy_in_short(others, *more, *together),
        WhyNot::SharesRoom { others, more, together } => several::shares_room_in_short(others, *more, *together),
        other => remedy::against(other),
    }
}

/// A sentence with its source.
#[must_use]
pub fn sentence(text: &str, known_by: Option<&str>) -> String {
    let text = capital(text);
    known_by.map_or_else(|| text.clone(), |known_by| format!("{text} ({known_by})"))
}

/// A text as the beginning of a sentence. An action, a key or an ARN at its beginning stays as it is.
#[must_use]
pub fn capital(text: &str) -> String {
    if text.split_whitespace().next().is_some_and(|word| word.trim_end_matches(':').contains(':')) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What blocks it besides, with its place.
#[must_use]
pub fn also(other: &Blocker) -> String {
    match &other.statement {
        Some(statement) => format!("{} ({})", blocker::why(other), place(statement)),
        None => blocker::also(other),
    }
}

/// That the statement blocks it at another level of the organization too.
#[must_use]
pub fn again(other: &Blocker) -> String {
    format!("the same{}", other.target.as_ref().map_or_else(String::new, |target| format!(", attached to {target}")))
}

/// `policy.json:12:7`.
fn place(statement: &StatementRef) -> String {
    let document = &statement.policy.document;
    let position = statement.statement().map(|own| document.position(own.span));
    position.map_or_else(|| document.source.name().to_owned(), |at| format!("{}:{at}", document.source.name()))
}

/// What is wrong with a document: what AWS rejects cannot be in force.
#[must_use]
pub fn problem(found: &PolicyProblem) -> String {
    let document = &found.policy.document;
    let at = document.position(found.span);
    let word = if found.severity == Severity::Rejected { "AWS rejects this, so it is not in force: " } else { "" };
    format!("{word}{}:{at}: {}", document.source.name(), super::problem::problem(&found.kind))
}

/// Statements that are not named here.
#[must_use]
pub fn more_of_these(count: usize) -> String {
    format!("and {count} more: --all")
}

/// Policies that are named in a line.
const NAMED: usize = 8;

/// Changes of a remedy that are not shown one by one.
#[must_use]
pub fn other_changes(edits: &[Edit]) -> String {
    // one is named as shortly as it is counted
    let named = if edits.len() > NAMED + 1 { NAMED } else { edits.len() };
    let mut names: Vec<String> = edits.iter().take(named).map(|edit| edit.after.name.clone()).collect();
    if edits.len() > named {
        names.push(format!("{} others", edits.len() - named));
    }
    format!("and {} more, in {} (--all)", edits.len(), all_of(&names))
}

/// A statement that nearly allows it.
#[must_use]
pub fn near(near: &StatementRef, policy: &str, missed: &[ElementReason]) -> String {
    // what a variable would have been is the shorter reason, and the one that helps
    let reason = |missed| element::plain_variables(missed).unwrap_or_else(|| element::reason(missed));
    let misses: Vec<String> = missed.iter().map(reason).collect();
    format!("{} of {policy} matches, but: {}", statement::name(&near.name()), misses.join("; "))
}

/// A guess, with what speaks for it.
#[must_use]
pub fn hypothesis(found: &Hypothesis) -> String {
    let word = match found.likelihood {
        Likelihood::Likely => "likely",
        Likelihood::Possible => "possibly",
    };
    let evidence: Vec<String> = found.evidence.iter().map(|it: &HypothesisEvidence| guess::evidence(it)).collect();
    let evidence = if evidence.is_empty() { String::new() } else { format!(" ({})", evidence.join("; ")) };
    format!("{word}: {}{evidence}", guess::kind(&found.kind))
}

/// Who must make how many changes.
#[must_use]
pub fn changes(fix: &Remedy, disposition: &str) -> String {
    let owners = fix.owners();
    let by = match owners.as_slice() {
        [_, _, ..] => format!("the {}", all_of(&owners.iter().map(String::as_str).collect::<Vec<_>>())),
        _ => remedy::with_article(owner(fix)),
    };
    match fix.edits.len() {
        1 => format!("1 change by {by}; {disposition}"),
        count => format!("{count} changes by {by}, all needed; {disposition}"),
    }
}

/// After a change in one line, where the change itself is too long for it.
pub const SHOWN_LONGER: &str = "; the answer of one screen shows the change";

/// A remedy on one line.
#[must_use]
pub fn fix(fix: &Remedy, disposition: &str) -> String {
    let condition =
        fix.verification.as_ref().filter(|proof| proof.is_conditional()).map_or_else(String::new, |proof| {
            match remedy::in_cases(&proof.in_cases) {
                Some(cases) => format!("if {cases}: "),
                None if proof.conditional_on.iter().all(|it| matches!(it.needed, Needed::NoDeny { .. })) => {
                    "if a policy that was not seen does not deny it: ".to_owned()
                }
                None => "if a policy that was not seen allows it too: ".to_owned(),
            }
        });
    let part = fix.why_not.iter().any(|why_not| matches!(why_not, WhyNot::AwsNamedAnother { .. }));
    let part = if part { "part of a fix: " } else { "" };
    // why nothing may be changed is the answer
    let refused = fix.why_not.first().filter(|_| fix.disposition == Disposition::Refused);
    let refused = refused.map_or_else(String::new, |why_not| format!(": {}", remedy::against(why_not)));
    capital(&format!("{condition}{part}{}{}{refused}", title(fix), remedy::by(fix, None, disposition)))
}

/// What was checked of a change for several denials.
#[must_use]
pub fn checked_for_several(proof: &Verification) -> String {
    let newly = remedy::newly_allowed(proof, difference::access_change_in_short);
    let also = if newly.is_empty() { String::new() } else { format!("; it grants: {}", newly.join("; ")) };
    let only = if proof.only_this_access && !newly.is_empty() { ", nothing else" } else { "" };
    format!("checked: with this change these policies allow each of them{also}{only}")
}

/// What was checked of a change: what it allows, what else changes, what it rests on.
#[must_use]
pub fn checked(proof: &Verification) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(cases) = remedy::in_cases(&proof.in_cases) {
        lines.push(format!("if {cases}"));
    }
    let then = if proof.is_conditional() { "if that is so, with" } else { "with" };
    let allowed = match proof.decision_after {
        Decision::Allowed => "these policies allow it".to_owned(),
        _ if proof.is_conditional() => "these policies allow it".to_owned(),
        other => format!("the answer for the request is {}", decision::noun(other)),
    };
    let listed = |changes: Vec<String>| changes.join("; ");
    let mut newly = remedy::newly_allowed(proof, difference::access_change_in_short);
    if proof.exactly_minimal {
        // the request itself; what everyone else gains is said all the same
        newly.drain(..newly.len().min(proof.compared.newly_allowed.len()));
    }
    let denied: Vec<String> = proof.compared.newly_denied.iter().map(difference::access_change_in_short).collect();
    let lifted: Vec<String> = proof.no_longer_denied.iter().map(policy_change::opened).collect();
    // a statement that no longer denies grants nothing by itself
    let grants = if lifted.is_empty() { "it grants" } else { "open then" };
    let only = if proof.only_this_access { ", nothing else" } else { "" };
    let told_all = proof.compared.cannot_tell.is_empty();
    let change = match (newly.is_empty(), denied.is_empty()) {
        (true, true) if !told_all => String::new(),
        (true, true) if lifted.is_empty() => ", and nothing else changes".to_owned(),
        // more is no longer denied
        (true, true) => ", and nothing else new".to_owned(),
        (false, true) => format!("; {grants}: {}{only}", listed(newly)),
        (true, false) => format!(", and this is denied from then on: {}", listed(denied)),
        (false, false) => {
            format!("; {grants}: {}{only}; denied from then on: {}", listed(newly), listed(denied))
        }
    };
    let open = if told_all { "" } else { "; part of what else changes could not be compared: --all" };
    lines.push(format!("checked: {then} this change {allowed}{change}{open}"));
    if !lifted.is_empty() && !proof.exactly_minimal {
        lines.push(format!("the Deny no longer applies to: {}; an Allow is still needed", listed(lifted)));
    }
    lines.extend(rests_on(proof));
    lines
}

/// What the check of a change takes to be so, but for what was not seen, which has a line of its own.
#[must_use]
pub fn rests_on(proof: &Verification) -> Vec<String> {
    let provided = proof.provided.iter().map(|it| format!("assumes that {}", remedy::provided(it)));
    proof.assumes.iter().filter_map(assumed).chain(provided).collect()
}

/// What the check takes to be so; what was not seen has a line of its own.
fn assumed(it: &Presumed) -> Option<String> {
    match it {
        Presumed::NotSeen(_) => None,
        Presumed::OwnedBy(account) => Some(format!("assumes that account {account} owns the resource")),
        Presumed::NoInlinePolicy(set) => Some(format!(
            "assumes that permission set {set} has no inline policy yet: a set has one, and a new one replaces it"
        )),
        Presumed::SameInlinePolicy(set) => Some(format!(
            "assumes that permission set {set} has the inline policy that its role has: the set was not read, and its policy is replaced"
        )),
        Presumed::NoPath(role) => Some(format!("assumes that role {role} has no path")),
    }
}

fn unique(all: &[String]) -> Vec<&str> {
    let mut each: Vec<&str> = Vec::new();
    for one in all {
        if !each.contains(&one.as_str()) {
            each.push(one);
        }
    }
    each
}

/// Where a line says all that a reader sees: that the text is a doubtful one.
pub const NOT_AS_WRITTEN: &str =
    "; but the text is not as AWS writes it, so compare it with the original first (--all)";

/// What was not checked, what could change the answer first.
#[must_use]
pub fn not_checked<'a>(subjects: impl Iterator<Item = &'a Subject>, deciding: bool) -> String {
    let all: Vec<String> = subjects.map(gap_short).collect();
    let all = unique(&all);
    match all.as_slice() {
        [first] if deciding => format!("{first} (this decides)"),
        [first, others @ ..] if deciding => format!("{first} (this decides), then {}", all_of(others)),
        several => all_of(several),
    }
}

/// What the whole report of an incident has besides.
#[must_use]
pub fn more_of_incident(steps: usize, cause: &str) -> Vec<String> {
    vec![format!("--all: all {steps} steps, with their commands; iamdx cause {cause}")]
}

/// Columns of the last line, beside its word.
const LAST_LINE: usize = 68;

/// What the whole report has besides.
#[must_use]
pub fn more((fixes, proved): (usize, bool), next: usize, problems: usize, cause: &str, files: bool) -> Vec<String> {
    let count = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    };
    let parts: Vec<String> = [
        if proved {
            count(fixes, "other fix, proved", "other fixes, all proved")
        } else {
            count(fixes, "other fix", "other fixes")
        },
        count(next, "call may fail", "calls may fail"),
        count(problems, "fault of a document", "faults of documents"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let all = if parts.is_empty() { "the whole report".to_owned() } else { parts.join(", ") };
    let whole = format!("--all: {all}; iamdx cause {cause}");
    let with_files = format!("{whole}; --write-remedies DIR");
    // the whole report names it too
    vec![if files && with_files.len() <= LAST_LINE { with_files } else { whole }]
}

#[cfg(test)]
mod tests {
    use super::{Names, whole_words};

    #[test]
    fn a_name_is_shortened_where_it_stands_alone() {
        let short = |text: &str| whole_words(text, "arn:aws:s3:::a", "this bucket");
        assert_eq!(
            short("on arn:aws:s3:::a, arn:aws:s3:::a/b and arn:aws:s3:::ab"),
            "on this bucket, arn:aws:s3:::a/b and arn:aws:s3:::ab"
        );
        assert_eq!(short("arn:aws:s3:::a: why; `arn:aws:s3:::a`"), "this bucket: why; `arn:aws:s3:::a`");
        assert_eq!(short("--resource=arn:aws:s3:::a arn:aws:s3:::a"), "--resource=arn:aws:s3:::a this bucket");
        assert_eq!(
            short("add --resource arn:aws:s3:::a for arn:aws:s3:::a"),
            "add --resource arn:aws:s3:::a for this bucket"
        );
    }

    #[test]
    fn a_value_to_be_copied_stays_whole() {
        let key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        let mut names = Names { said: vec![key.to_owned()], ..Names::default() };
        let short = "key/1234abcd-12ab-34cd-56ef-1234567890ab";
        assert_eq!(names.in_text(&format!("on {key}, again")), format!("on {short}, again"));
        for text in [
            format!("add --ssekms-key-id {key} (SDK: SSEKMSKeyId)"),
            format!(
                "Change the request: s3:x-amz-server-side-encryption-aws-kms-key-id = {key}, aws:SecureTransport = true"
            ),
            format!("run again with --resource {key}"),
        ] {
            assert_eq!(names.in_text(&text), text);
        }
    }
}
