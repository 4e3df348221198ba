//! From the fingerprints of a tally to findings: grouped by what blocks them, and of each group one remedy after the other, as long as
//! there are denials that the last one does not end.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::applied::Change;
use super::ends::{After, Ends, Fate, fate};
use super::key::Key;
use super::narrowest::narrowest_first;
use super::shared;
use super::standing::is_allowed;
use super::survey::{Facts, Held, Left, Look, Stands, Surveyed, hold, not_diagnosed, standing, survey};
use super::{Explained, Group, OtherRecord, Outcome, Stages, TrailDiagnosis};
use crate::denial::{Denial, Fingerprint, FingerprintId};
use crate::diagnose::Diagnosis;
use crate::remedy::{Disposition, Remedy, RemedyKind, WhyNot};
use crate::triage::{Reason, Tally};

/// Remedies that are worked out, unless more are wanted: those of the most frequent causes.
pub const REMEDIES: usize = 200;

/// Remedies that are worked out at once; the next ones are chosen when it is known what these end.
const AT_ONCE: usize = 16;

/// Diagnoses every fingerprint, and works out remedies for the most frequent causes. `looks` are what was found of fingerprints elsewhere, by
/// the same policies; `done` is told how many were looked at.
#[must_use]
pub fn diagnosed(
    stages: &dyn Stages,
    tally: &Tally,
    mut looks: BTreeMap<FingerprintId, Look>,
    remedies: usize,
    done: &(dyn Fn(u64) + Sync),
) -> TrailDiagnosis {
    let entries: Vec<_> = tally.fingerprints.iter().map(|(id, counted)| (id, counted, looks.remove(&id))).collect();
    let mut all: Vec<Surveyed<'_>> = entries
        .into_par_iter()
        .map(|(id, counted, look)| {
            let surveyed = survey(stages, id, counted, look);
            done(1);
            surveyed
        })
        .collect();
    hold(&mut all, tally);
    let mut groups: BTreeMap<Key, Vec<&Surveyed<'_>>> = BTreeMap::new();
    let mut left = Vec::new();
    for one in &all {
        match &one.facts {
            Ok(facts) => groups.entry(facts.group).or_default().push(one),
            Err(left_out) => left.push((one, *left_out)),
        }
    }
    let mut found = by_words(stages, left);
    let waiting = groups.into_iter();
    // incidents, and callers to whom nothing is granted: no remedy has to be proved for them
    let (mut free, mut waiting): (Vec<_>, Vec<_>) =
        waiting.partition(|(_, members)| members.iter().copied().any(is_grave));
    while !free.is_empty() {
        let rounds: Vec<_> = std::mem::take(&mut free)
            .into_par_iter()
            .map(|(key, members)| (key, round(stages, &all, key, members)))
            .collect();
        for (key, Round { group, rest }) in rounds {
            found.extend(group);
            if !rest.is_empty() {
                free.push((key, rest));
            }
        }
    }
    let mut budget = remedies;
    while budget > 0 && !waiting.is_empty() {
        // the most frequent last, so that they are taken from the end
        waiting.sort_by_key(|(key, members)| (denials_of(members), std::cmp::Reverse(*key)));
        let many = AT_ONCE.min(budget).min(waiting.len());
        let now = waiting.split_off(waiting.len() - many);
        budget -= many;
        let rounds: Vec<_> =
            now.into_par_iter().map(|(key, members)| (key, round(stages, &all, key, members))).collect();
        for (key, Round { group, rest }) in rounds {
            found.extend(group);
            if !rest.is_empty() {
                waiting.push((key, rest));
            }
        }
    }
    let rest: Vec<Group> = waiting.into_par_iter().filter_map(|(_, members)| unworked(stages, &members)).collect();
    found.extend(rest);
    shared::settle(stages, &mut found, &all, tally);
    TrailDiagnosis { groups: found, policies: Vec::new() }
}

/// Groups what was not diagnosed by AWS's words, as it is done where no policies are given.
fn by_words(stages: &dyn Stages, left: Vec<(&Surveyed<'_>, Left)>) -> Vec<Group> {
    let mut groups: BTreeMap<(Reason, Left), Vec<&Surveyed<'_>>> = BTreeMap::new();
    for (one, left) in left {
        groups.entry((Reason::of(&one.cause), left)).or_default().push(one);
    }
    let group = |((_, left), members): ((Reason, Left), Vec<&Surveyed<'_>>)| {
        let why = not_diagnosed(stages, members.first()?.counted, left);
        let fingerprints = members.iter().map(|one| one.id).collect();
        Some(Group { fingerprints, outcome: Outcome::NotDiagnosed(why) })
    };
    groups.into_iter().filter_map(group).collect()
}

fn denials_of(members: &[&Surveyed<'_>]) -> u64 {
    members.iter().map(|one| one.count).sum()
}

fn ids(members: &[&Surveyed<'_>]) -> Vec<FingerprintId> {
    members.iter().map(|one| one.id).collect()
}

/// One remedy of a group.
struct Round<'s, 't> {
    group: Option<Group>,
    /// What it leaves of the group.
    rest: Vec<&'s Surveyed<'t>>,
}

/// The fingerprint that stands for the others: as little as possible blocks it beside what they have in common, and it is frequent.
fn representative<'s, 't>(members: &[&'s Surveyed<'t>]) -> Option<&'s Surveyed<'t>> {
    let rank = |one: &&&Surveyed<'_>| {
        let facts = one.facts.as_ref();
        let blockers = facts.map_or(usize::MAX, Facts::blockers);
        let (unseen, differ) = facts.map_or((false, false), |facts| (facts.unseen, facts.differ));
        (unseen, differ, blockers, std::cmp::Reverse(one.count))
    };
    members.iter().min_by_key(rank).copied()
}

fn round<'s, 't>(
    stages: &dyn Stages,
    all: &'s [Surveyed<'t>],
    key: Key,
    members: Vec<&'s Surveyed<'t>>,
) -> Round<'s, 't> {
    let nothing = Round { group: None, rest: Vec::new() };
    let Some(first) = representative(&members) else { return nothing };
    let Some(stands) = standing(first, stages) else { return nothing };
    let denial = &stands.denial;
    let blocked_by = first.facts.as_ref().map_or(key, |facts| facts.blocked_by);
    let held = held(first);
    let (diagnosis, mut remedies) = match held {
        Some(Held::Quarantined) => (stages.diagnosis(denial).1, Vec::new()),
        _ => stages.remedies(denial, None),
    };
    remedies = chosen(&diagnosis, remedies);
    let cause = &first.cause;
    let mut for_all = None;
    // what is made for one object leaves the others denied
    if made(&remedies)
        && !ends_all(stages, first, blocked_by, &remedies, false)
        && let Some(pattern) = pattern_of(cause)
    {
        let (found, mut wider) = stages.remedies(denial, Some(pattern));
        narrowest_first(&mut wider, cause.action.as_deref().unwrap_or_default(), pattern);
        let mut wider = chosen(&found, wider);
        // that the call names no more is not so here
        let is_of_call = |why: &WhyNot| matches!(why, WhyNot::CoversPattern(_));
        for remedy in &mut wider {
            remedy.why_not.retain(|why| !is_of_call(why));
        }
        if ends_all(stages, first, blocked_by, &wider, true) {
            remedies = wider;
            for_all = Some(pattern.to_owned());
        }
    }
    if held.is_some() {
        // a person looks at the caller first
        for remedy in &mut remedies {
            remedy.disposition = remedy.disposition.max(Disposition::NeedsReview);
        }
    }
    let change = remedies.iter().find(|remedy| !remedy.edits.is_empty());
    let Some(change) = change.map(|remedy| Change::new(remedy, cause)) else {
        // nothing can be tried, so only what was asked for in the same way is put together
        let alike =
            |one: &&Surveyed<'_>| diagnosis.incident || (one.cause.action == cause.action && blocked_alike(one, first));
        let (mine, rest): (Vec<_>, Vec<_>) = members.into_iter().partition(alike);
        let withheld = held == Some(Held::Quarantined);
        let explained = Explained { worked_out: true, withheld, ..explained(stages, &stands, diagnosis, remedies) };
        return Round { group: Some(group(&mine, explained)), rest };
    };
    let mut ends = Ends::default();
    let fated: Vec<(&Surveyed<'_>, Option<Fate>)> = members
        .into_par_iter()
        .map(|one| {
            let is_first = std::ptr::eq(one, first);
            let reaches = one.facts.as_ref().is_ok_and(|facts| change.reaches(facts) || change.adds_for(&one.cause));
            let tried = is_first || (reaches && change.may_matter(&one.cause));
            let fate = tried.then(|| fate(stages, one, blocked_by, &change));
            (one, fate.filter(|fate| is_first || fate.after != After::Same))
        })
        .collect();
    let (mut mine, mut rest) = (Vec::new(), Vec::new());
    for (one, fate) in fated {
        match fate {
            Some(fate) => {
                ends.own(one, &fate);
                mine.push(one);
            }
            None => rest.push(one),
        }
    }
    for one in take_scattered(first, &mine, &mut rest) {
        ends.leave(one.count);
        mine.push(one);
    }
    let others: Vec<(&Surveyed<'_>, Fate)> = all
        .par_iter()
        .filter(|one| one.facts.as_ref().is_ok_and(|facts| facts.group != key && change.may_end(facts, one)))
        .map(|one| (one, fate(stages, one, blocked_by, &change)))
        .collect();
    for (one, fate) in &others {
        ends.other(one, fate);
    }
    let explained = Explained {
        worked_out: true,
        for_all,
        ends: Some(ends),
        ..explained(stages, &stands, diagnosis, remedies.clone())
    };
    Round { group: Some(group(&mine, explained)), rest }
}

/// Resources that one caller is denied in the same way, from which on they are one finding.
const SCATTERED: usize = 8;

/// Takes out of the rest what differs from the first in nothing but the resource, where that is many resources of which the remedy ends few:
/// a finding for each of them would hide that they have one cause.
fn take_scattered<'s, 't>(
    first: &Surveyed<'_>,
    mine: &[&'s Surveyed<'t>],
    rest: &mut Vec<&'s Surveyed<'t>>,
) -> Vec<&'s Surveyed<'t>> {
    let alike = |one: &&Surveyed<'_>| {
        one.cause.principal == first.cause.principal
            && one.cause.action == first.cause.action
            && blocked_alike(one, first)
    };
    let denials: u64 = rest.iter().filter(|one| alike(one)).map(|one| one.count).sum();
    let many = rest.iter().filter(|one| alike(one)).count();
    if many < SCATTERED || denials_of(mine).saturating_mul(3) > denials {
        return Vec::new();
    }
    let (scattered, others) = std::mem::take(rest).into_iter().partition(alike);
    *rest = others;
    scattered
}

/// Whether it is an incident, or of a caller to whom nothing is granted.
fn is_grave(one: &Surveyed<'_>) -> bool {
    one.facts.as_ref().is_ok_and(|facts| facts.incident || facts.held == Some(Held::Quarantined))
}

/// What to know of its caller first.
fn held(one: &Surveyed<'_>) -> Option<Held> {
    one.facts.as_ref().ok().and_then(|facts| facts.held)
}

/// Whether the remedy ends the denials of a fingerprint in every record that is kept. Of such a number as are kept some may be allowed before:
/// then one for the object of another ends that one, and not what else is denied.
fn ends_all(stages: &dyn Stages, one: &Surveyed<'_>, blocked_by: Key, remedies: &[Remedy], of_all: bool) -> bool {
    remedies.iter().find(|remedy| !remedy.edits.is_empty()).is_some_and(|remedy| {
        let fate = fate(stages, one, blocked_by, &Change::new(remedy, &one.cause));
        matches!(fate.after, After::Allowed | After::AllowedIf) && (of_all || !fate.already)
    })
}

fn made(remedies: &[Remedy]) -> bool {
    remedies.iter().any(|remedy| !remedy.edits.is_empty())
}

/// The resources of a fingerprint, where a policy can say them.
fn pattern_of(cause: &Fingerprint) -> Option<&str> {
    cause.resource.as_deref().filter(|shape| shape.contains('*') && *shape != "*" && !shape.contains('{'))
}

fn blocked_alike(one: &Surveyed<'_>, other: &Surveyed<'_>) -> bool {
    match (&one.facts, &other.facts) {
        (Ok(one), Ok(other)) => one.denies == other.denies && one.lacks == other.lacks,
        _ => false,
    }
}

/// The first remedy, and the first that changes policies; none of those where it is an incident.
fn chosen(diagnosis: &Diagnosis, remedies: Vec<Remedy>) -> Vec<Remedy> {
    let mut kept: Vec<Remedy> = Vec::new();
    for remedy in remedies {
        let is_edit = !remedy.edits.is_empty();
        let is_response = remedy.kind == RemedyKind::IncidentResponse;
        if (diagnosis.incident && !is_response) || (is_edit && remedy.disposition == Disposition::Refused) {
            continue;
        }
        if kept.is_empty() || (is_edit && kept.iter().all(|other| other.edits.is_empty())) {
            kept.push(remedy);
        }
    }
    kept
}

fn explained(stages: &dyn Stages, stands: &Stands, diagnosis: Diagnosis, remedies: Vec<Remedy>) -> Explained {
    let other = |((event_id, denial), records): &((Box<str>, Denial), usize)| {
        let (asked, diagnosis) = stages.diagnosis(denial);
        let allowed = is_allowed(&asked);
        OtherRecord { event_id: event_id.to_string(), records: *records, allowed, summary: diagnosis.summary }
    };
    Explained {
        event_id: stands.event_id.to_string(),
        kept: stands.all,
        others: stands.others.iter().map(other).collect(),
        cause: diagnosis.cause,
        summary: diagnosis.summary,
        decision: diagnosis.decision,
        confidence: diagnosis.confidence,
        blockers: diagnosis.blockers,
        disagreements: diagnosis.disagreements,
        withheld: false,
        gaps: diagnosis.gaps,
        incident: diagnosis.incident,
        worked_out: false,
        remedies,
        for_all: None,
        ends: None,
        together: None,
    }
}

fn group(members: &[&Surveyed<'_>], explained: Explained) -> Group {
    Group { fingerprints: ids(members), outcome: Outcome::Explained(Box::new(explained)) }
}

/// A group for which no remedy was looked for.
fn unworked(stages: &dyn Stages, members: &[&Surveyed<'_>]) -> Option<Group> {
    let first = representative(members)?;
    let stands = standing(first, stages)?;
    let (_, diagnosis) = stages.diagnosis(&stands.denial);
    let withheld = held(first) == Some(Held::Quarantined);
    Some(group(members, Explained { withheld, ..explained(stages, &stands, diagnosis, Vec::new()) }))
}
