//! Sentences about findings of which policies tell the cause: how sure it is, where it stands, and what a remedy would end.

use super::gap::{gap_reason, gap_subject};
use super::list::all_of;
use super::sheet::confidence;
use super::triage::{counted_large, large, time};
use super::{difference, remedy, statement};
use crate::deduce::Basis;
use crate::diagnose::{StatementRef, Summary};
use crate::diagnosed::{Count, Ends, Explained, NotDiagnosed, OtherRecord, Outcome, Together, TrailDiagnosis};
use crate::remedy::Verification;

/// How sure the cause is, and by what.
#[must_use]
pub fn sure(explained: &Explained) -> String {
    let by = confidence(explained.confidence);
    match explained.blockers.first().map(|blocker| blocker.basis) {
        Some(Basis::Evaluated) => format!("certain for the record {}; {by}", explained.event_id),
        Some(Basis::Deduced) => format!("deduced from what AWS said of the record {}; {by}", explained.event_id),
        Some(Basis::Possible) => format!("one of those that are possible for the record {}; {by}", explained.event_id),
        None => format!("by the record {}; {by}", explained.event_id),
    }
}

/// Said in short where records of a finding differ.
pub const RECORDS_DIFFER: &str = "; its records differ";

/// What the policies say of other records than the one that stands for a finding.
#[must_use]
pub fn other_record(other: &OtherRecord, kept: usize) -> String {
    let OtherRecord { event_id, records, allowed, summary, .. } = other;
    let of = match (records, allowed) {
        (1, true) => "1 is allowed by these policies".to_owned(),
        (many, true) => format!("{many} are allowed by these policies"),
        (1, false) => format!("1 is denied otherwise: {}", super::cause::summary(summary)),
        (many, false) => format!("{many} are denied otherwise: {}", super::cause::summary(summary)),
    };
    format!("not all alike: of the {kept} records that are kept {of} (event {event_id})")
}

/// Where a statement stands: in the file that was given, where that is known.
#[must_use]
pub fn place(found: &StatementRef) -> String {
    let name = statement::name(&found.name());
    let source = &found.policy.document.source;
    let Some(own) = found.statement() else { return name };
    let (file, line, column) =
        if let Some(((file, _), (line, column))) = source.origin().zip(source.in_file(own.span.start)) {
            (file, line, column)
        } else {
            let position = source.position(own.span.start);
            (source.name(), position.line, Some(position.column))
        };
    let column = column.map_or_else(String::new, |column| format!(":{column}"));
    format!("{name} of {}, {file}:{line}{column}", found.policy.name)
}

/// What a remedy opens beyond the requests for which it is made, and what could not be compared; nothing where it opens only these.
#[must_use]
pub fn opens(proof: &Verification) -> Vec<String> {
    let mut newly = remedy::newly_allowed(proof, difference::access_change_in_short);
    if proof.only_this_access {
        // what everyone else gains is said all the same
        newly.drain(..newly.len().min(proof.compared.newly_allowed.len()));
    }
    let open = difference::cannot_tell_all(&proof.compared.cannot_tell).into_iter();
    newly.extend(open.map(|(unknown, _)| format!("perhaps more, not compared: {unknown}")));
    newly
}

/// The same behind the remedy.
#[must_use]
pub fn opens_in_short(proof: &Verification) -> String {
    match opens(proof).as_slice() {
        [] => String::new(),
        [one] => format!("; opens {one}"),
        [one, rest @ ..] => format!("; opens {one} and {}", counted_large(rest.len() as u64, "more", "more")),
    }
}

/// What would show why AWS and the policies disagree.
#[must_use]
pub fn what_to_run(event_id: &str) -> String {
    format!(
        "take the snapshot again; with the record {event_id} in a file, `iamdx diagnose FILE --snapshot SNAPSHOT` names what was not seen"
    )
}

/// How many denials a remedy ends, of how many.
#[must_use]
pub fn ended(ends: &Ends, all: u64) -> String {
    ended_of(ends, &counted_large(all, "denial", "denials"))
}

/// The same of a remedy for several findings.
#[must_use]
pub fn ended_together(together: &Together) -> String {
    let findings: Vec<String> = together.findings.iter().map(ToString::to_string).collect();
    let all = counted_large(together.denials, "denial", "denials");
    ended_of(&together.ends, &format!("{all} of the findings {}", all_of(&findings)))
}

fn ended_of(ends: &Ends, all: &str) -> String {
    if ends.allowed.denials > 0 {
        return format!("{} of {all}: {}", large(ends.allowed.denials), evaluated(ends.allowed, "allowed then"));
    }
    if ends.allowed_if.denials > 0 {
        let (many, provided) = (large(ends.allowed_if.denials), unless_unseen(ends));
        return format!("{many} of {all}, {provided}; {}", evaluated(ends.allowed_if, "allowed then"));
    }
    format!("none of the {all} for certain")
}

/// The same behind the remedy.
#[must_use]
pub fn ended_in_short(ends: &Ends, all: u64) -> String {
    let all = large(all);
    match (ends.allowed.denials, ends.allowed_if.denials) {
        (0, 0) => format!("; none of the {all} ends for certain"),
        (0, many) => format!("; ends {} of {all} if what was not seen does not block", large(many)),
        (many, 0) => format!("; ends {} of {all}", large(many)),
        (many, more) => {
            format!("; ends {} of {all}, {} more if what was not seen does not block", large(many), large(more))
        }
    }
}

/// That policies which were not seen do not block.
fn unless_unseen(ends: &Ends) -> String {
    let unseen: Vec<String> = ends.unseen.iter().map(gap_subject).collect();
    match unseen.as_slice() {
        [] => "if what was not seen does not block".to_owned(),
        all => format!("if none of these blocks, which were not seen: {}", all.join(", ")),
    }
}

/// What it does not end, or not for certain; what it ends beside.
#[must_use]
pub fn beside(ends: &Ends) -> Vec<String> {
    let mut lines = Vec::new();
    if ends.allowed.denials > 0 && ends.allowed_if.denials > 0 {
        let (many, provided) = (large(ends.allowed_if.denials), unless_unseen(ends));
        lines.push(format!("{many} more {provided}; {}", evaluated(ends.allowed_if, "allowed then")));
    }
    if ends.differ.denials > 0 {
        lines.push(format!(
            "{} perhaps: of their kept records only some are allowed then, so none is counted",
            counted_large(ends.differ.denials, "denial", "denials")
        ));
    }
    if ends.blocked.denials > 0 {
        let denials = counted_large(ends.blocked.denials, "denial stays", "denials stay");
        lines.push(format!("{denials}: something else blocks too"));
    }
    if ends.left.denials > 0 {
        let (denials, resources) = (
            counted_large(ends.left.denials, "denial", "denials"),
            counted_large(ends.left.fingerprints, "other resource", "other resources"),
        );
        lines.push(format!(
            "{denials} on {resources} stay: each needs a change of its own, or all of them one for a pattern that you choose"
        ));
    }
    if ends.open.denials > 0 {
        let denials = counted_large(ends.open.denials, "denial is", "denials are");
        lines.push(format!("{denials} open: what decides is not in the record or the policies"));
    }
    if ends.others.denials > 0 {
        let denials = counted_large(ends.others.denials, "denial", "denials");
        lines.push(format!("also {denials} of other findings"));
    }
    if ends.others_if.denials > 0 {
        let denials = counted_large(ends.others_if.denials, "denial", "denials");
        lines.push(format!("also {denials} of other findings, if what was not seen does not block"));
    }
    lines
}

/// What was evaluated for a number.
fn evaluated(count: Count, then: &str) -> String {
    if count.records == count.denials {
        return format!("each was evaluated and is {then}");
    }
    let of = match count.fingerprints {
        1 => String::new(),
        many => format!(" of {} fingerprints", large(many)),
    };
    match count.records {
        1 => format!("the record that is kept{of} was evaluated and is {then}"),
        many => format!("the {} records that are kept{of} were evaluated and are {then}", large(many)),
    }
}

/// Why no cause is told.
#[must_use]
pub fn not_diagnosed(why: &NotDiagnosed) -> String {
    match why {
        NotDiagnosed::OtherFailure => "no policy denied it".to_owned(),
        NotDiagnosed::NoRecord => "no record of these was kept, so AWS's words are all there is".to_owned(),
        NotDiagnosed::TooLong => {
            "the records are longer than those that are kept, so AWS's words are all there is".to_owned()
        }
        NotDiagnosed::HoldsSecret => {
            "a secret stands in a record of these: it is not kept. Replace the secret, and diagnose the record itself"
                .to_owned()
        }
        NotDiagnosed::NotSeen(gap) => {
            format!("{}: {}; grouped by AWS's words", gap_subject(&gap.subject), gap_reason(&gap.reason))
        }
    }
}

/// Of when the policies are, where files tell it.
#[must_use]
pub fn policies_of(diagnosis: &TrailDiagnosis) -> Option<String> {
    // of parts without records no policy was asked
    diagnosis.groups.iter().find(|group| matches!(group.outcome, Outcome::Explained(_)))?;
    let seconds = |at: &str| at.parse().ok().map(jiff::Timestamp::as_second);
    let times: Vec<i64> = diagnosis.policies.iter().filter_map(|read| seconds(read.taken_at.as_deref()?)).collect();
    let (first, last) = (*times.iter().min()?, *times.iter().max()?);
    let whose = match diagnosis.policies.as_slice() {
        [one] => one.account.clone(),
        all => counted_large(all.len() as u64, "account", "accounts"),
    };
    let of = if first == last { time(first) } else { format!("{} to {}", time(first), time(last)) };
    Some(format!("by the policies of {whose} as they were on {of}: a denial from before may have met others"))
}

/// That a remedy is made for more than the resource of one record.
#[must_use]
pub fn for_all(pattern: &str) -> String {
    format!("made for all of {pattern}: one for the object of a single record leaves the others denied")
}

/// That remedies were looked for of the most frequent causes only.
#[must_use]
pub const fn not_worked_out() -> &'static str {
    "not worked out: there are more frequent causes (--remedies N works out more)"
}

/// That nothing is offered to whoever may hold a leaked key.
#[must_use]
pub const fn withheld() -> &'static str {
    "none: what is granted to this caller, whoever holds its leaked key gets too. What to do is with the quarantine"
}

/// That nothing can be offered, or has to be.
#[must_use]
pub const fn none(summary: &Summary) -> &'static str {
    if summary.is_allowed_since() { "nothing to change: make the call again" } else { "none that can be proved" }
}
