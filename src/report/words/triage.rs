//! Sentences about the denials of a whole trail.

use std::fmt::Write as _;

use super::list::counted;
pub use super::triage_number::{counted_large, date, large, time};
use crate::denial::Failure;
use crate::iam::{Owner, PolicyType};
use crate::reference::DangerKind;
use crate::triage::{
    Before, Broken, Caution, Chosen, Counted, Distinct, Filters, Finding, Kind, LiesIn, MANY_ACTIONS, Reason,
    SecretPlace, Standout, Tally, Trail, Unreadable, Window, is_of_buckets,
};

/// Names in a line before the rest is only counted.
const SHOWN: usize = 3;

/// How much was read.
#[must_use]
pub fn read(trail: &Trail) -> String {
    let tally = &trail.tally;
    let mut line = format!(
        "{} in {} of {}",
        denials(tally),
        counted_large(tally.records, "record", "records"),
        counted_large(trail.files, "file", "files"),
    );
    if let (Some(first), Some(last)) = (tally.first, tally.last) {
        let _ = match (time(first), time(last)) {
            (first, last) if first == last => write!(line, ", at {first}"),
            (first, last) => write!(line, ", from {first} to {last}"),
        };
    }
    line
}

/// How many denials, and how many other failures.
#[must_use]
pub fn denials(tally: &Tally) -> String {
    let (denials, failures) = tally.sums();
    let denials = counted_large(denials, "denial", "denials");
    match failures {
        0 => denials,
        others => format!("{denials}, {}", counted_large(others, "other failure", "other failures")),
    }
}

/// How many denials a finding is of; or calls, where these failed otherwise.
#[must_use]
pub fn count(finding: &Finding<'_>) -> String {
    if finding.is_denial() {
        counted_large(finding.count, "denial", "denials")
    } else {
        format!("{} failed", counted_large(finding.count, "call", "calls"))
    }
}

/// That only some denials were asked for.
#[must_use]
pub fn chosen(filters: &Filters) -> Vec<String> {
    let Some(all) = filters.all() else {
        return vec!["which denials a part counts is not told: it may have left some out".to_owned()];
    };
    let one = |chosen: &Chosen| only(chosen).map(|which| format!("only denials {which}"));
    let each: Vec<Option<String>> = all.iter().map(one).collect();
    match each.as_slice() {
        [] => Vec::new(),
        [one] => one.iter().map(|only| format!("{only}; the others are not counted")).collect(),
        several => {
            let named: Vec<&str> = several.iter().map(|one| one.as_deref().unwrap_or("all denials")).collect();
            vec![format!(
                "the parts count different denials: {}. Of the files of each part the others are not counted; a file that two parts read \
                 counts twice",
                named.join("; ")
            )]
        }
    }
}

/// `of s3:*, in account 111122223333`; nothing where all denials count.
fn only(chosen: &Chosen) -> Option<String> {
    let Chosen { since, until, accounts, principals, actions } = chosen;
    let any = |all: &[String], of: &str| (!all.is_empty()).then(|| format!("{of} {}", all.join(" or ")));
    let parts = [
        since.map(|at| format!("from {} on", time(at))),
        until.map(|at| format!("before {}", time(at))),
        any(accounts, "in account"),
        any(principals, "of callers whose name has"),
        any(actions, "of"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What was left out.
#[must_use]
pub fn left_out(trail: &Trail) -> Vec<String> {
    let mut lines = Vec::new();
    if trail.seen_before > 0 {
        lines.push(format!("{} counted before", counted_large(trail.seen_before, "file was", "files were")));
    }
    if trail.grown > 0 {
        let files = counted_large(trail.grown, "file has grown since it was", "files have grown since they were");
        lines.push(format!("{files} counted: what was added counts"));
    }
    if trail.growing > 0 {
        let files = counted_large(trail.growing, "file grew while it was", "files grew while they were");
        lines.push(format!("{files} read: what was there when the end was reached counts"));
    }
    lines.extend(recounted(trail));
    if trail.without_records > 0 {
        let files = counted_large(trail.without_records, "file holds", "files hold");
        lines.push(format!("{files} no records of calls"));
    }
    if trail.left_alone > 0 {
        let files = counted_large(trail.left_alone, "other file", "other files");
        lines.push(format!("{files} in the folders left alone: no trail by the name"));
    }
    lines.extend(unreadable(&trail.tally.unreadable));
    lines.extend(without_time(&trail.tally));
    lines.extend(came_twice(&trail.tally));
    lines
}

/// That files have other content than when they were counted before, so that what they still have counts twice.
#[must_use]
pub fn recounted(trail: &Trail) -> Option<String> {
    let files = counted_large(trail.recounted, "file has", "files have");
    (trail.recounted > 0).then(|| {
        format!(
            "{files} other content than when counted before, and all of it counts: where a packed file or a table has grown, what it had counts \
             twice"
        )
    })
}

/// That files which were given by name hold nothing that counts; which, unless names are not to be told.
#[must_use]
pub fn without_records(paths: &[String], is_redacted: bool) -> Option<String> {
    let first = paths.first()?;
    let files = counted_large(paths.len() as u64, "file that was given holds", "files that were given hold");
    let named = if is_redacted { String::new() } else { format!(": {first}") };
    let more = if paths.len() > 1 && !is_redacted { " and others" } else { "" };
    Some(format!("{files} no records of calls{named}{more}"))
}

/// How many denials are on no day, as their records have no time.
#[must_use]
pub fn without_time(tally: &Tally) -> Option<String> {
    let timeless = |entry: Counted<'_>| {
        let on_days: u64 = entry.days().iter().map(|(_, count)| count).sum();
        entry.count().saturating_sub(on_days)
    };
    let many: u64 = tally.fingerprints.iter().map(|(_, entry)| timeless(entry)).sum();
    let denials = || counted_large(many, "denial has", "denials have");
    (many > 0)
        .then(|| format!("{} no time (eventTime) and are on no day: --since and --until leave them out", denials()))
}

/// That records came more than once, in files that are not the same: of two trails, say.
#[must_use]
pub fn came_twice(tally: &Tally) -> Option<String> {
    let mut found = tally.fingerprints.iter().map(|(_, entry)| entry).filter(|entry| entry.came_twice());
    let example = found.next()?.samples().iter().find(|sample| sample.twice)?.event_id.to_string();
    let kinds = counted_large(found.count() as u64 + 1, "kind of denial", "kinds of denials");
    Some(format!(
        "records came twice in files that differ (event {example}): counts of {kinds} are too high. Give each trail once"
    ))
}

/// How many records could not be read, with an example.
#[must_use]
pub fn unreadable(unreadable: &Unreadable) -> Option<String> {
    let records = counted_large(unreadable.records, "record", "records");
    let example = unreadable.example.as_ref()?;
    let id = example.event_id.as_deref().map(|id| format!(", event {id}")).unwrap_or_default();
    let file = example.file.as_deref().map(|file| format!(", in {file}")).unwrap_or_default();
    Some(format!("{records} could not be read: fields of other types than in CloudTrail{id}{file}"))
}

/// By what a group of denials is denied.
#[must_use]
pub fn reason(reason: &Reason) -> String {
    let (before, name, after) = reason_parts(reason);
    format!("{before}{name}{after}")
}

/// The same in three: what stands before the name of the policy or of whoever has it, the name, and what stands behind it.
#[must_use]
pub fn reason_parts(reason: &Reason) -> (String, &str, String) {
    let none = String::new;
    match reason {
        Reason::Policy { arn, policy_type: Some(policy_type) } => (format!("a Deny of {policy_type} "), arn, none()),
        Reason::Policy { arn, policy_type: None } => ("a Deny of ".to_owned(), arn, none()),
        Reason::OfType { policy_type, denies: Some(true), whose } => {
            let of = if is_of_buckets(*policy_type, whose) { "the accounts that have " } else { "" };
            (format!("a Deny of {} of {of}", with_article(*policy_type)), whose, none())
        }
        Reason::OfType { policy_type, denies: Some(false), whose } => {
            (format!("no {policy_type} of "), whose, " allows it".to_owned())
        }
        Reason::OfType { policy_type, denies: None, whose } => {
            let after = ": a Deny, or none allows it; AWS does not say which".to_owned();
            (format!("{} of ", with_article(*policy_type)), whose, after)
        }
        Reason::Untold { effect, principal, service } => {
            let what = match effect.as_deref() {
                Some("explicit-deny") => "a Deny of a policy that AWS does not name",
                Some(_) => "no policy allows it; AWS does not name the type",
                None => "AWS gives no reason",
            };
            let service = if service.is_empty() { "a service" } else { service };
            (none(), principal, format!(" at {service}: {what}"))
        }
        Reason::Failure { failure, principal } => {
            (format!("{}; no denial of IAM, for ", failure_in_short(failure)), principal, none())
        }
    }
}

/// What another failure is, by its code: the beginning of its sentence.
fn failure_in_short(code: &str) -> &str {
    let known = Failure::ALL.iter().find(|failure| failure.id() == code);
    let sentence = known.map_or(code, |failure| super::denial::failure(*failure));
    sentence.split([';', ':']).next().unwrap_or(sentence)
}

/// `an identity-based policy`
fn with_article(policy_type: PolicyType) -> String {
    let name = policy_type.to_string();
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'R']) { "an" } else { "a" };
    format!("{article} {name}")
}

/// Names with how often, the first of them.
#[must_use]
pub fn names(all: &[(String, u64)]) -> String {
    let shown: Vec<String> = all
        .iter()
        .take(SHOWN)
        .map(|(name, count)| if all.len() == 1 { name.clone() } else { format!("{name} ({})", large(*count)) })
        .collect();
    let more = all.len().saturating_sub(SHOWN);
    let rest = if more == 0 { String::new() } else { format!(" and {} more", large(more as u64)) };
    format!("{}{rest}", shown.join(", "))
}

/// Names, the first of them.
#[must_use]
pub fn first_names<'t>(all: impl IntoIterator<Item = &'t str>) -> String {
    let all: Vec<&str> = all.into_iter().collect();
    let shown = all.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {} more", large(more as u64)),
    }
}

/// From when to when, and on how many days.
#[must_use]
pub fn when(finding: &Finding<'_>) -> Option<String> {
    let (first, last) = (finding.first?, finding.last?);
    if first == last {
        return Some(time(first));
    }
    Some(format!("{} to {}, on {}", time(first), time(last), counted(finding.days.len(), "day", "days")))
}

/// The different values of all fingerprints of a finding.
#[must_use]
pub fn distinct(finding: &Finding<'_>, kind: Kind) -> Distinct {
    let mut all = Distinct::default();
    finding.fingerprints.iter().for_each(|(_, counted)| all.merge(&counted.distinct(kind)));
    all
}

/// The resources, the first of them.
#[must_use]
pub fn resources(finding: &Finding<'_>) -> String {
    let all: Vec<_> = finding.resources().into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    names(&all)
}

/// Who was denied, the most frequent first.
#[must_use]
pub fn by(finding: &Finding<'_>) -> String {
    first_names(finding.callers().into_iter().map(|(name, _)| name))
}

/// The same in few words, unless they are among those that were said.
#[must_use]
pub fn by_unless_named(finding: &Finding<'_>, said: &str) -> Option<String> {
    let is_named = finding.principals().into_iter().all(|name| said.contains(name));
    (!is_named).then(|| by_in_short(finding))
}

/// The same in few words.
#[must_use]
pub fn by_in_short(finding: &Finding<'_>) -> String {
    match finding.callers().as_slice() {
        [] => String::new(),
        [(name, _)] => format!("by {name}"),
        [(name, _), rest @ ..] => format!("by {name} and {} more", large(rest.len() as u64)),
    }
}

/// A finding in a line: who was denied unless the cause names them, what for, and who can change it.
#[must_use]
pub fn gist(actions: &[(String, u64)], finding: &Finding<'_>, cause: &str) -> String {
    let by = by_unless_named(finding, cause).map(|by| by + ", ").unwrap_or_default();
    let what = match actions {
        [] => "for an action that is not told".to_owned(),
        [(name, _)] => format!("for {name}"),
        [(name, _), rest @ ..] => format!("for {name} and {} more", large(rest.len() as u64)),
    };
    let owner_to_ask = finding.owner().filter(|_| !finding.is_of_quarantined());
    let ask = owner_to_ask.map(|own| format!("; ask {}", owner(own))).unwrap_or_default();
    format!("{by}{what}{ask}")
}

/// Who can change a policy.
#[must_use]
pub fn owner(owner: Owner) -> String {
    match owner {
        Owner::Aws => owner.noun().to_owned(),
        _ => format!("the {}", owner.noun().trim_start_matches("the ")),
    }
}

/// Who to ask where Cognito passed the session policy.
pub const OWNER_FOR_GUESTS: &str = "the account admin: Cognito passes this session policy for guests, and nobody can have it changed (iamdx cause session-policy)";

/// Who to ask where AWS names no type of policy: who can look at most of them.
#[must_use]
pub fn owner_not_told(reason: &Reason, with_policies: bool) -> String {
    let of_service = matches!(reason, Reason::Untold { principal, .. } if principal.starts_with("service "));
    // a service has no policies of its own
    let who = if of_service { "resource owner" } else { "account admin" };
    let how = if with_policies || of_service { "" } else { "; --snapshot FILE finds it in the policies" };
    format!("the {who} first: AWS does not say whose policy it is{how}")
}

/// How many files were damaged.
#[must_use]
pub fn skipped(files: usize) -> String {
    let count = counted_large(files as u64, "file is", "files are");
    format!("{count} damaged, and nothing of {} was counted", if files == 1 { "it" } else { "them" })
}

/// Where the rest is.
#[must_use]
pub fn more_findings(more: usize) -> String {
    let more = match more {
        0 => String::new(),
        more => format!("{}; ", counted_large(more as u64, "finding", "findings")),
    };
    format!("{more}details: --top N, --all; pages: --format html -o DIR/")
}

/// How many sessions, addresses, endpoints and user agents.
#[must_use]
pub fn spread(finding: &Finding<'_>) -> String {
    let sum = |kind| distinct(finding, kind);
    let told = |distinct: &Distinct, one: &str, many: &str| {
        let about = if distinct.is_exact() { "" } else { "about " };
        (distinct.count() > 0).then(|| format!("{about}{}", counted_large(distinct.count(), one, many)))
    };
    let parts = [
        told(&sum(Kind::Sessions), "session", "sessions"),
        told(&sum(Kind::SourceIps), "address", "addresses"),
        told(&sum(Kind::Endpoints), "VPC endpoint", "VPC endpoints"),
        told(&sum(Kind::UserAgents), "user agent", "user agents"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What the command gives that follows, and what it takes.
#[must_use]
pub fn next(finding: &Finding<'_>) -> String {
    let cause = finding.fingerprints.first().map(|(_, most)| most.cause());
    let account = match cause.as_ref().and_then(|cause| finding.reason.lies_in(cause)) {
        Some(LiesIn::Account(account)) => format!(" of {account}"),
        Some(LiesIn::AccountOf(resource)) => format!(" of the account that has {resource}"),
        None => String::new(),
    };
    // a person looks at the caller before anything is granted
    let fix = if finding.cautions.is_empty() { " and a fix" } else { "" };
    format!("with credentials{account}, for the statement{fix}:")
}

/// Said of a change before the first denial.
pub const NO_PROOF: &str = "no proof that it is the cause";

/// How long before denials began a change was.
fn before_by(before: &Before<'_>) -> String {
    match (before.began - before.change.at) / 60 {
        0 => "less than a minute before".to_owned(),
        minutes => format!("{} before", counted_large(minutes.unsigned_abs(), "minute", "minutes")),
    }
}

/// A change of policies shortly before the first denial of some kind: no proof that it is the cause.
#[must_use]
pub fn change(before: &Before<'_>, finding: &Finding<'_>) -> String {
    let change = before.change;
    let of_all = finding.began == Some(before.began);
    let of = if of_all { String::new() } else { format!(" of {}", counted_large(before.count, "denial", "denials")) };
    let left_out = if before.is_left_out { ", which is left out here" } else { "" };
    let named: Vec<String> = change.of.iter().map(|(key, name)| format!("{key} {name}")).collect();
    let on = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
    format!("{} the first{of}{left_out}: {}{on} by {}", before_by(before), change.operation, change.by)
}

/// The same in few words, with whom it is about.
fn change_in_short(before: &Before<'_>, principals: &[&str]) -> String {
    let change = before.change;
    let last = |name: &str| name.rsplit(':').next().unwrap_or(name).to_owned();
    let named: Vec<String> = change.of.iter().map(|(key, name)| format!("{key} {}", last(name))).collect();
    let on = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
    let by = last(&change.by);
    let by = by.split_once('/').map_or(by.as_str(), |(_, name)| name);
    let who = match principals {
        [] => String::new(),
        [one] => format!(" of {one}"),
        [one, rest @ ..] => format!(" of {one} and {} more", large(rest.len() as u64)),
    };
    let denials = counted_large(before.count, "denial", "denials");
    format!("{} {denials}{who} began: {}{on} by {by}; {NO_PROOF}", before_by(before), change.operation)
}

/// Why to look at a caller before anything is granted to it.
#[must_use]
pub fn caution(caution: &Caution<'_>) -> String {
    match caution {
        Caution::Quarantined { principal } => format!(
            "AWS quarantined a leaked key of {principal}: grant nothing to it, whoever holds the key would get it too. Replace the key \
             first (iamdx cause quarantine)"
        ),
        Caution::Undoes { principal, whose } => format!(
            "look at the caller first: {principal} was denied calls that would end AWS's quarantine of a leaked key of {}. Leave the \
             policy, and grant nothing before it is known who made them (iamdx cause quarantine)",
            whose.unwrap_or("a user")
        ),
        Caution::ManyActions { principal, actions, window } => format!(
            "look at the caller first: {principal} was denied {} different actions {}, as if somebody tries what is allowed. Grant \
             nothing before it is known who that is",
            large(*actions as u64),
            within(*window)
        ),
    }
}

/// `on 2026-11-29`
fn within(window: Window) -> String {
    match window {
        Window::Day(day) => format!("on {}", date(day.saturating_mul(86_400))),
        Window::Hours(hour) => format!("in the 24 hours from {} on", time(hour.saturating_mul(3600))),
    }
}

/// All of a finding, the first of them.
#[must_use]
pub fn cautions(all: &[Caution<'_>]) -> Vec<String> {
    let mut lines: Vec<String> = all.iter().take(SHOWN).map(caution).collect();
    if let Some(more) = all.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(format!("and {} more callers to look at first", large(more as u64)));
    }
    lines
}

/// The gravest in few words, before what could be done.
#[must_use]
pub fn caution_in_short(caution: &Caution<'_>) -> &'static str {
    match caution {
        Caution::Quarantined { .. } => "a leaked key is in quarantine: replace it and grant nothing",
        Caution::Undoes { .. } => "look at the caller first (it would end a quarantine of AWS)",
        Caution::ManyActions { .. } => "look at the caller first (it tries many actions)",
    }
}

/// What stands out.
#[must_use]
pub fn standout(standout: &Standout<'_>) -> String {
    match standout {
        Standout::Secret(secrets) => {
            let kinds: Vec<String> = secrets.kinds.iter().map(ToString::to_string).collect();
            let place = |place: &SecretPlace| match &place.principal {
                Some(principal) => format!("{} by {principal}", place.event_id),
                None => place.event_id.clone(),
            };
            let places: Vec<String> = secrets.places.iter().map(place).collect();
            format!(
                "a secret ({}) stands in {}, event {}. Whoever can read the trail has it: deactivate it first",
                kinds.join(", "),
                counted_large(secrets.records, "record of a denial", "records of denials"),
                places.join("; ")
            )
        }
        Standout::Quarantine { principal, count } => format!(
            "{principal}: {} by AWS's quarantine of a leaked key. Replace the key; leave the policy (iamdx cause quarantine)",
            counted_large(*count, "denial", "denials")
        ),
        Standout::QuarantineSeen { principal, count } => format!(
            "{principal}: its policies show AWS's quarantine of a leaked key ({}). Replace the key; leave the policy (iamdx cause \
             quarantine)",
            counted_large(*count, "denial", "denials")
        ),
        Standout::QuarantinePut { whose, change } => format!(
            "{whose}: AWS's quarantine of a leaked key was put on it on {} ({}, event {}). Replace the key; leave the policy (iamdx cause \
             quarantine)",
            time(change.at),
            change.operation,
            change.id
        ),
        Standout::QuarantineUndone { principals, user, count } => format!(
            "{} of calls that would end AWS's quarantine of {}; by {}. Ask who made them; leave the policy (iamdx cause quarantine)",
            counted_large(*count, "denial", "denials"),
            user.unwrap_or("a user"),
            first_names(principals.iter().copied())
        ),
        Standout::ManyActions { principal, actions, window } => format!(
            "{principal}: {} different actions denied {}. From {MANY_ACTIONS} on it looks as if somebody tries what is allowed",
            large(*actions as u64),
            within(*window)
        ),
        Standout::Changed { before, principals } => change_in_short(before, principals),
        Standout::ManyResources { principal, action, resources, window } => format!(
            "{principal}: denied {action} on {} different resources {}. Somebody looks for what is open, or a job lacks one permission \
             for all of them",
            large(*resources as u64),
            within(*window)
        ),
        Standout::Services { principals, actions, count } => format!(
            "{} of AWS's own services: {}; for {}. Look at the policy of the resource, and at who set the service up",
            counted_large(*count, "denial", "denials"),
            first_names(principals.iter().copied()),
            first_names(actions.iter().map(String::as_str))
        ),
        Standout::Dangerous { principals, kind, actions, count } => {
            let what = match kind {
                DangerKind::Escalation => "get more permissions",
                DangerKind::ProtectionOff => "switch protection off",
                _ => "give data or resources to others",
            };
            format!(
                "{} of actions by which the caller could {what}: {}; by {}",
                counted_large(*count, "denial", "denials"),
                first_names(actions.iter().map(String::as_str)),
                first_names(principals.iter().copied())
            )
        }
    }
}

/// Why nothing of a file was counted.
#[must_use]
pub fn broken(broken: &Broken) -> String {
    match broken {
        Broken::Read(error) => format!("it cannot be read to its end: {error}"),
        Broken::NotJson(byte) => format!("it is no JSON from byte {byte} on"),
        Broken::EndsEarly => "it ends inside a record".to_owned(),
        Broken::Record => "a record in it is no JSON".to_owned(),
        Broken::Table(what) => what.clone(),
        Broken::NoColumn(name) => format!(
            "it is a table without the column {name}, and nothing else tells {}",
            match *name {
                "eventname" => "which call a row is of",
                name if name.contains("time") => "when a call was",
                _ => "which calls failed",
            }
        ),
        Broken::TooLong(byte) => format!("the record at byte {byte} is longer than any record of CloudTrail"),
    }
}

/// Why a file is skipped that looks like one that was counted, where one of them is gone by the time it is asked whether they are the same.
pub const PERHAPS_COUNTED: &str = "a file of the same length and checksum was counted, and one of them cannot be read again to tell whether they are the same";

/// The same of a file of which so many bytes were counted before.
#[must_use]
pub fn broken_behind(why: &Broken, before: u64) -> String {
    match before {
        0 => broken(why),
        _ => format!("{}; its first {} bytes were counted in an earlier run and stay so", broken(why), large(before)),
    }
}
