//! Changes of a request that meet several statements together: what one asks for must not be what another one denies.

use super::super::draft::Draft;
use super::super::request_change::{NewValue, RequestChange};
use crate::diagnose::DenialContext;
use crate::evaluate::{BONDS, Decision, Truth, evaluate, holds, settle};
use crate::iam::{Condition, ConditionKey, Context, ContextValue, Lever, OperatorKind, Request, Statement};
use crate::text::Wildcard;

/// Combinations of values that are tried.
const MOST_TRIES: usize = 64;

/// What the changes of a request have to meet.
pub(super) struct Together<'a> {
    pub(super) case: &'a DenialContext<'a>,
    /// The statements that deny, or may.
    pub(super) denies: Vec<&'a Statement>,
    /// The one that nearly allows.
    pub(super) allow: Option<&'a Statement>,
}

/// What is said of one key by several statements: a value stands for all that is said, "any value" gives way.
pub(super) fn each_once(changes: Vec<RequestChange>) -> Vec<RequestChange> {
    let mut all: Vec<RequestChange> = Vec::new();
    for change in changes {
        let is_value = |change: &RequestChange| matches!(change.to, NewValue::Value(_));
        match all.iter_mut().find(|known| known.key.eq_ignore_ascii_case(&change.key)) {
            Some(known) if known.to == NewValue::Any || (known.is_loose() && is_value(&change)) => *known = change,
            Some(known) if known.is_loose() && change.is_loose() => {
                if !all.contains(&change) {
                    all.push(change);
                }
            }
            Some(_) => {}
            None => all.push(change),
        }
    }
    // one value is enough for what was asked of its key before and after
    let is_value = |change: &&RequestChange| matches!(change.to, NewValue::Value(_));
    let valued: Vec<String> = all.iter().filter(is_value).map(|it| it.key.to_ascii_lowercase()).collect();
    all.retain(|change| !change.is_loose() || !valued.contains(&change.key.to_ascii_lowercase()));
    all
}

impl Together<'_> {
    /// The changes with values that meet everything; `None` where there are none.
    pub(super) fn choose(&self, changes: Vec<RequestChange>) -> Option<Vec<RequestChange>> {
        let mut tries = vec![changes];
        let places = 0..tries.first().map_or(0, Vec::len);
        for place in places {
            let others: Vec<Vec<RequestChange>> =
                tries.iter().flat_map(|changes| self.others(changes, place)).collect();
            tries.extend(others);
            tries.truncate(MOST_TRIES);
        }
        tries.into_iter().find(|changes| self.work(changes))
    }

    /// The changes with each other value that a statement names for one of them.
    fn others(&self, changes: &[RequestChange], place: usize) -> Vec<Vec<RequestChange>> {
        let Some(RequestChange { key, to: NewValue::Value(value) }) = changes.get(place) else { return Vec::new() };
        let lines = self.denies.iter().copied().chain(self.allow).flat_map(|statement| &statement.conditions);
        let named = lines.filter(|line| line.key.eq_ignore_ascii_case(key)).flat_map(|line| &line.values);
        let mut values: Vec<&str> = Vec::new();
        for other in named.map(|other| other.value.as_str()) {
            if other != value && !other.contains(['*', '?', '$']) && !values.contains(&other) {
                values.push(other);
            }
        }
        let with = |other: &str| {
            let mut changes = changes.to_vec();
            if let Some(change) = changes.get_mut(place) {
                change.to = NewValue::Value(other.to_owned());
            }
            changes
        };
        values.into_iter().map(with).collect()
    }

    /// Whether no Deny matches any more, and the Allow does.
    fn work(&self, changes: &[RequestChange]) -> bool {
        let request = self.changed(changes);
        let said = |line: &Condition| changes.iter().any(|change| says(change, line));
        let refused = |deny: &&Statement| {
            let mut lines = deny.conditions.iter();
            lines.any(|line| said(line) || holds(line, &request.context) == Truth::False)
        };
        let met = |line: &Condition| said(line) || holds(line, &request.context) == Truth::True;
        self.denies.iter().all(refused)
            && self.allow.is_none_or(|allow| allow.conditions.iter().all(met))
            && !contradict(changes)
            && !self.is_denied_otherwise(changes, &request)
    }

    fn changed(&self, changes: &[RequestChange]) -> Request {
        let mut request = self.case.request.clone();
        for change in changes {
            let value = match &change.to {
                NewValue::Value(value) => one(value),
                NewValue::Absent => ContextValue::Absent,
                // what it will be is not known
                NewValue::Any | NewValue::Without(_) | NewValue::Meets(_) | NewValue::Escapes(_) => {
                    ContextValue::Unknown
                }
            };
            request.context.set(&change.key, value);
        }
        let keys: Vec<&str> = changes.iter().map(|change| change.key.as_str()).collect();
        settle(&mut request.context, &keys);
        request
    }

    /// Whether another Deny catches the call as it would be. A call in another Region is one on another resource.
    fn is_denied_otherwise(&self, changes: &[RequestChange], request: &Request) -> bool {
        let moves = changes.iter().any(|change| {
            let row = ConditionKey::of(&change.key, request.action.value());
            row.is_some_and(|row| row.lever == Lever::Region)
        });
        !moves && evaluate(request, &Draft::new(self.case.policies).policies).decision == Decision::ExplicitDeny
    }
}

fn one(text: &str) -> ContextValue {
    ContextValue::Present { values: vec![text.to_owned()], multivalued: false }
}

/// Whether the change says itself that the line is met, or for a Deny that it is not.
fn says(change: &RequestChange, line: &Condition) -> bool {
    match &change.to {
        // a value that is another one is a value
        NewValue::Meets(condition) | NewValue::Escapes(condition) => {
            let present = change.key.eq_ignore_ascii_case(&line.key) && line.operator.kind == Some(OperatorKind::Null);
            **condition == *line || present
        }
        NewValue::Without(_) | NewValue::Any => change.key.eq_ignore_ascii_case(&line.key),
        NewValue::Value(_) | NewValue::Absent => false,
    }
}

/// Whether one change takes away what comes with another: nobody can call directly and through a service, or send a tag without its key.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-tagkeys>
fn contradict(changes: &[RequestChange]) -> bool {
    let keys = changes.iter().find(|change| change.key.eq_ignore_ascii_case("aws:TagKeys"));
    let is_sent = |change: &RequestChange| {
        let tag = change.key.split_once('/').filter(|(kind, _)| kind.eq_ignore_ascii_case("aws:RequestTag"));
        let tag = tag.filter(|_| change.to != NewValue::Absent).map(|(_, tag)| tag.to_ascii_lowercase());
        tag.is_some_and(|tag| match keys.map(|keys| &keys.to) {
            Some(NewValue::Absent) => true,
            Some(NewValue::Without(names)) => {
                names.iter().any(|name| Wildcard::new(&name.to_ascii_lowercase()).matches(&tag))
            }
            _ => false,
        })
    };
    if changes.iter().any(is_sent) {
        return true;
    }
    BONDS.iter().any(|bond| {
        let is = |key: &str, change: &&RequestChange| change.key.eq_ignore_ascii_case(key);
        let through = changes.iter().find(|change| is(bond.other, change)).is_some_and(|change| {
            let mut context = Context::new();
            if let NewValue::Value(value) = &change.to {
                context.set_one(bond.other, value);
            }
            bond.needs.is_met(context.get_folded(bond.other)) == Some(true)
        });
        through
            && changes
                .iter()
                .any(|change| change.to == NewValue::Absent && bond.keys.iter().any(|key| is(key, &change)))
    })
}
