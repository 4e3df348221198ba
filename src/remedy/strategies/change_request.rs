//! `change-request`: changing the request instead of a policy: where a statement asks for something that the request could bring.
//!
//! A change that is a literal value is proved like an edit: the request is evaluated again with the condition keys as they would be.
//! Everything else is advice, and is said to be that: a call in another Region is a call on another resource, a session with MFA is not
//! to be had by everybody, and whose resource it is does not change with the call.

use super::super::draft::Draft;
use super::super::federated::is_claim;
use super::super::guardrail::guardrail;
use super::super::lever::{is_asked_by_service, is_likely_parameter};
use super::super::mfa::{Mfa, mfa};
use super::super::request_change::{NewValue, RequestChange, is_weaker, may_differ};
use super::super::verify::assumed;
use super::super::{Disposition, Owner, Remedy, RemedyId, Step, Title, Verification, WhyNot};
use super::mistaken_call;
use super::strategy::{Drafts, Situation, Strategy};
use super::together::{Together, each_once};
use crate::deduce::InCases;
use crate::diagnose::{Blocker, DenialContext, Diagnosis};
use crate::difference::Difference;
use crate::evaluate::{Decision, Truth, evaluate, holds, settle};
use crate::iam::{
    Arn, AssumedField, AssumedValue, Condition, ConditionKey, ContextValue, Derived, DeterminedBy, Effect, Element,
    Field, Lever, OperatorKind, Quantifier, Request, Statement, Why, is_of_one_region,
};

pub(in crate::remedy) const STRATEGY: Strategy =
    Strategy { id: "change-request", applies, drafts: Drafts::Advice(draft) };

fn applies(situation: &Situation<'_>) -> bool {
    situation.is_blocked() && !situation.has(&mistaken_call::STRATEGY)
}

fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    let mut changed = meet_the_conditions(situation.case, situation.diagnosis)
        .or_else(|| ask_about_what_is_made_up(situation.case, situation.diagnosis))?;
    if situation.case.secret_seen {
        changed.disposition = Disposition::NeedsReview;
        changed.why_not = vec![WhyNot::IncidentFirst];
    }
    Some(changed)
}

/// The change of the request that meets the conditions which stand against it: proved where it can be, otherwise advice.
fn meet_the_conditions(case: &DenialContext<'_>, diagnosis: &Diagnosis) -> Option<Remedy> {
    let ways = ways(case, diagnosis)?;
    ways.iter().find_map(|changes| proved(case, changes)).or_else(|| {
        // what only an Allow asks for is told with what it says
        let denied = diagnosis.blockers.iter().any(Blocker::is_explicit);
        Some(advised(case, ways.first().filter(|_| denied)?))
    })
}

/// A Deny that goes by what the caller makes up itself keeps nobody out; that is for its owner to know, and no reason to make up more.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-useragent>
fn ask_about_what_is_made_up(case: &DenialContext<'_>, diagnosis: &Diagnosis) -> Option<Remedy> {
    let is_made_up = |condition: &&Condition| lever(&condition.folded_key, case) == Some(Lever::MadeUp);
    let condition = denies(diagnosis).flat_map(|deny| &deny.conditions).find(is_made_up)?;
    let steps = vec![Step::MadeUpByCaller(condition.key.clone())];
    Some(Remedy::advice(RemedyId::AskTheOwner, Owner::AccountAdmin, Title::AskOwner, steps))
}

/// The statements that deny the request, or may.
fn denies(diagnosis: &Diagnosis) -> impl Iterator<Item = &Statement> {
    diagnosis.blockers.iter().filter_map(statement_of)
}

/// The statement that denies, or may.
fn statement_of(blocker: &Blocker) -> Option<&Statement> {
    blocker.statement.as_ref()?.statement().filter(|statement| statement.effect == Effect::Deny)
}

/// What changes the value of a key in the request.
fn lever(key: &str, case: &DenialContext<'_>) -> Option<Lever> {
    let lever = super::super::lever::lever(key, case.request, case.reference)?;
    Some(if is_parameter_of_service(lever, case) { Lever::ByService } else { lever })
}

/// The Region to which the call would have to move.
pub(in crate::remedy) fn new_region(case: &DenialContext<'_>, diagnosis: &Diagnosis) -> Option<String> {
    let changes = ways(case, diagnosis)?.into_iter().next()?;
    changes.into_iter().find_map(|change| match change.to {
        NewValue::Value(region) if change.key.eq_ignore_ascii_case("aws:RequestedRegion") => Some(region),
        _ => None,
    })
}

/// The changes that would meet all conditions, one list for each Allow that is near; `None` where one Deny cannot be met.
fn ways(case: &DenialContext<'_>, diagnosis: &Diagnosis) -> Option<Vec<Vec<RequestChange>>> {
    let mut refused: Vec<RequestChange> = Vec::new();
    for blocker in &diagnosis.blockers {
        let Some(deny) = statement_of(blocker) else { continue };
        // services that work for the caller are let through so that they work, not for a caller to choose one as a way around
        let is_exemption = deny.conditions.iter().any(|line| lever(&line.folded_key, case) != Some(Lever::Via));
        let around = is_exemption
            || guardrail(deny, blocker.policy_type, case.request, case.reference).is_some_and(|guard| guard.refused);
        let is_way = |change: &RequestChange| !around || lever(&change.key, case) != Some(Lever::Via);
        // one line that fails is enough; one that a literal value meets is better than one that asks for more, and both are better than
        // another way to call
        let mut ways: Vec<RequestChange> =
            deny.conditions.iter().filter_map(|condition| refuse(condition, case)).filter(is_way).collect();
        ways.sort_by_key(|change| (lever(&change.key, case) == Some(Lever::Via), change.is_loose()));
        refused.push(ways.into_iter().next()?);
    }
    let lacks_allow = diagnosis.blockers.iter().any(|blocker| !blocker.is_explicit());
    let near = diagnosis.near_misses.iter().filter(|near| near.only_element() == Some(Element::Condition));
    let mut ways: Vec<(Option<&Statement>, Vec<RequestChange>)> = near
        .filter(|_| lacks_allow)
        .filter_map(|near| near.statement.statement())
        .filter_map(|allow| Some((Some(allow), refused.iter().cloned().chain(met(allow, case)?).collect())))
        .collect();
    if ways.is_empty() {
        ways.push((None, refused));
    }
    let ways = ways.into_iter().filter_map(|(allow, changes)| {
        let all = Together { case, denies: denies(diagnosis).collect(), allow };
        all.choose(each_once(changes))
    });
    Some(ways.filter(|changes| !changes.is_empty()).collect())
}

/// The remedy, if the request as it would be is allowed.
fn proved(case: &DenialContext<'_>, changes: &[RequestChange]) -> Option<Remedy> {
    // "there must be one" is met by any value that the others of the policies take as well
    let mut tries = vec![changes.to_vec()];
    for (place, change) in changes.iter().enumerate().filter(|(_, change)| change.to == NewValue::Any) {
        for value in change.known_values() {
            let mut with = changes.to_vec();
            if let Some(change) = with.get_mut(place) {
                change.to = NewValue::Value((*value).to_owned());
            }
            tries.push(with);
        }
    }
    let named = |changes: &Vec<RequestChange>| {
        changes.iter().all(|change| change.to != NewValue::Any || change.known_values().is_empty())
    };
    tries.into_iter().filter(named).find_map(|changes| proved_as(case, &changes))
}

fn proved_as(case: &DenialContext<'_>, changes: &[RequestChange]) -> Option<Remedy> {
    let mut request = case.request.clone();
    let mut made = Vec::new();
    for change in changes {
        let value = provable(change, case)?;
        request.context.set(&change.key, ContextValue::Present { values: vec![value.clone()], multivalued: false });
        made.push(RequestChange { key: change.key.clone(), to: NewValue::Value(value) });
    }
    settle(&mut request.context, &made.iter().map(|change| change.key.as_str()).collect::<Vec<_>>());
    let bench = Draft::new(case.policies);
    if evaluate(&request, &bench.policies).decision != Decision::Allowed {
        return None;
    }
    let verification = Verification {
        decision_after: Decision::Allowed,
        compared: Difference::default(),
        shared: Vec::new(),
        dangers: Vec::new(),
        no_longer_denied: Vec::new(),
        exactly_minimal: true,
        only_this_call: true,
        only_this_access: true,
        in_cases: InCases::Every,
        assumes: assumed(case.request, case.policies),
        provided: Vec::new(),
        conditional_on: Vec::new(),
        size: None,
    };
    Some(Remedy { disposition: Disposition::Safe, verification: Some(verification), ..change_the_request(case, made) })
}

/// The same where it cannot be proved.
pub(super) fn advised(case: &DenialContext<'_>, changes: &[RequestChange]) -> Remedy {
    if let [change] = changes
        && lever(&change.key, case) == Some(Lever::Mfa)
        && let mfa @ (Mfa::IdentityProvider | Mfa::Never) = mfa(case.request)
    {
        let steps = Step::to_bring(change, case.request, case.reference);
        return Remedy::advice(RemedyId::AskTheOwner, Owner::AccountAdmin, Title::WithoutMfa(mfa), steps);
    }
    change_the_request(case, changes.to_vec())
}

fn change_the_request(case: &DenialContext<'_>, changes: Vec<RequestChange>) -> Remedy {
    let mut steps: Vec<Step> = Vec::new();
    for (place, change) in changes.iter().enumerate() {
        // that there is MFA and how old it may be are brought in one way, which does not depend on them
        let mfa = |change: &RequestChange| lever(&change.key, case) == Some(Lever::Mfa);
        let is_known = mfa(change) && changes.iter().take(place).any(mfa);
        if !is_known {
            match lever(&change.key, case) {
                Some(Lever::ByService) => steps.push(Step::Bring(change.clone(), Lever::ByService)),
                _ => steps.extend(Step::to_bring(change, case.request, case.reference)),
            }
        }
    }
    Remedy::advice(RemedyId::ChangeTheRequest, Owner::Caller, Title::ChangeRequest(changes), steps)
}

/// The value with which a change is proved; `None` where that would prove nothing.
fn provable(change: &RequestChange, case: &DenialContext<'_>) -> Option<String> {
    let request = case.request;
    let lever = lever(&change.key, case)?;
    let value = match &change.to {
        NewValue::Value(value) => value.clone(),
        NewValue::Any if lever == Lever::Mfa => "true".to_owned(),
        NewValue::Any => "VALUE".to_owned(),
        NewValue::Meets(_) | NewValue::Escapes(_) | NewValue::Absent | NewValue::Without(_) => return None,
    };
    let can_be_had = match lever {
        Lever::Mfa => mfa(request) == Mfa::OwnSession,
        // another tag is another name in the list of the tags, about which the policies may have a say
        Lever::SentTag(_) => !names_tag_keys(case, &change.key),
        // an endpoint has a policy of its own, and a call through one comes without the keys of the internet
        Lever::Network | Lever::Endpoint
        // a resource that has a Region does not move with the call, and not every service is in every Region
        | Lever::Region
        // what is a part of the call itself is another call with another value
        | Lever::Call | Lever::Likely | Lever::ByService | Lever::Via | Lever::McpServer | Lever::InferenceProfile | Lever::BearerToken | Lever::Image
        | Lever::Signature | Lever::PassedService | Lever::Time
        // a name that somebody gives itself has to be its own, and a header can be made up:
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-referer>
        | Lever::OwnName(_) | Lever::MadeUp => false,
        _ => true,
    };
    let can_be_had = can_be_had && !is_weaker(&change.key, &value);
    (can_be_had && can_carry(case, &change.key) == Some(true)).then_some(value)
}

/// Whether a request for the action can carry a key at all: a call without a parameter does not get one. Nothing is known of an action
/// that the reference does not have.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
pub(super) fn can_carry(case: &DenialContext<'_>, key: &str) -> Option<bool> {
    let context = &case.request.context;
    let told = matches!(context.get(key), ContextValue::Present { .. }) && !context.is_supposed(key);
    // of the global keys, the lists of actions have these alone
    let is_listed = match key.split_once(':') {
        Some((prefix, name)) if prefix.eq_ignore_ascii_case("aws") => {
            let name = name.to_ascii_lowercase();
            name == "tagkeys" || name.starts_with("requesttag/")
        }
        Some((prefix, _)) => case.reference.has_service(prefix),
        None => false,
    };
    if told || !is_listed {
        return Some(true);
    }
    let facts = case.reference.action(case.request.action.value()?)?;
    Some(facts.lists(key))
}

/// Whether a policy goes by the names of the tags of a request, beside the tag of this key.
fn names_tag_keys(case: &DenialContext<'_>, key: &str) -> bool {
    let names = if key.to_ascii_lowercase().starts_with("s3:") { "s3:requestobjecttagkeys" } else { "aws:tagkeys" };
    let statements = case.policies.policies().flat_map(|policy| &policy.document.statements);
    statements.flat_map(|statement| &statement.conditions).any(|condition| condition.folded_key == names)
}

/// What the lines of an Allow ask for that do not hold; `None` when the caller cannot choose them.
fn met(statement: &Statement, case: &DenialContext<'_>) -> Option<Vec<RequestChange>> {
    let unmet = statement.conditions.iter().filter(|condition| holds(condition, &case.request.context) != Truth::True);
    unmet
        .map(|condition| {
            let change = demanded(condition);
            // nobody is told to do without MFA or encryption, whoever allows that
            let weaker = matches!(&change.to, NewValue::Value(value) if is_weaker(&change.key, value));
            (is_of_caller(condition, case) && !change.is_loose() && !weaker).then_some(change)
        })
        .collect()
}

/// A value of a line that a call can bring as it stands; one that says something, before one that is empty.
fn literal(condition: &Condition) -> Option<&str> {
    let values = condition.values.iter().map(|value| value.value.as_str());
    let literals = values.filter(|value| !value.contains(['*', '?', '$']));
    literals.clone().find(|value| !value.is_empty()).or_else(|| literals.clone().next())
}

/// What a line of an Allow asks for.
pub(super) fn demanded(condition: &Condition) -> RequestChange {
    use OperatorKind::{ArnEquals, ArnLike, Bool, Null, StringEquals, StringEqualsIgnoreCase, StringLike};
    let like = || NewValue::Meets(Box::new(condition.clone()));
    // of several names of tags each may be sent, and leaving one out is another request
    let tag_keys = ConditionKey::find(&condition.folded_key).is_some_and(|row| row.lever == Lever::SentTagKeys);
    let to = match (condition.operator.kind, literal(condition)) {
        _ if tag_keys && condition.values.len() > 1 => like(),
        (Some(Bool), Some(value)) if !value.eq_ignore_ascii_case("true") => like(),
        (Some(Bool | StringEquals | StringEqualsIgnoreCase | StringLike | ArnEquals | ArnLike), Some(value)) => {
            NewValue::Value(value.to_owned())
        }
        (Some(StringLike), None) if condition.values.iter().any(|value| value.value == "*") => NewValue::Any,
        (Some(Null), Some(value)) if value.eq_ignore_ascii_case("false") => NewValue::Any,
        _ => like(),
    };
    RequestChange { key: condition.key.clone(), to }
}

/// What a Deny does not catch; `None` where it is not for the caller to bring about.
fn refuse(condition: &Condition, case: &DenialContext<'_>) -> Option<RequestChange> {
    use OperatorKind::{
        ArnEquals, ArnLike, ArnNotEquals, ArnNotLike, Bool, DateGreaterThan, DateGreaterThanEquals, DateLessThan,
        DateLessThanEquals, NotIpAddress, Null, NumericGreaterThan, NumericGreaterThanEquals, NumericLessThan,
        NumericLessThanEquals, StringEquals, StringEqualsIgnoreCase, StringLike, StringNotEquals,
        StringNotEqualsIgnoreCase, StringNotLike,
    };
    if !is_of_caller(condition, case) {
        return None;
    }
    let values: Vec<&str> = condition.values.iter().map(|value| value.value.as_str()).collect();
    let literal = literal(condition);
    let first = *values.first()?;
    let lever = lever(&condition.folded_key, case)?;
    let is_parameter = matches!(lever, Lever::Parameter(_) | Lever::Header(_));
    // who sends the call on is chosen like a parameter, and so is an image
    let is_choice = is_parameter || matches!(lever, Lever::Likely | Lever::Via | Lever::McpServer | Lever::Image);
    let only = values.len() == 1;
    let escapes = || NewValue::Escapes(Box::new(condition.clone()));
    let kind = condition.operator.kind?;
    // time goes on only, and a new session has the youngest MFA
    let is_out_of_reach = match lever {
        Lever::Time => {
            matches!(kind, NumericGreaterThan | NumericGreaterThanEquals | DateGreaterThan | DateGreaterThanEquals)
        }
        Lever::Mfa => matches!(kind, NumericLessThan | NumericLessThanEquals),
        _ => false,
    };
    if is_out_of_reach {
        return None;
    }
    let to = match kind {
        // only what makes the request stronger: nobody is told to do without MFA
        Bool if first.eq_ignore_ascii_case("false") => NewValue::Value("true".to_owned()),
        // nor without anything else that is not a mere choice
        Bool if is_choice && only => NewValue::Value("false".to_owned()),
        // the bound itself is not denied
        NumericLessThan | NumericGreaterThan if is_parameter && only => NewValue::Value(first.to_owned()),
        NumericLessThan | NumericGreaterThan | NumericLessThanEquals | NumericGreaterThanEquals if only => escapes(),
        DateLessThan | DateLessThanEquals | DateGreaterThan | DateGreaterThanEquals if only && lever == Lever::Time => {
            escapes()
        }
        StringNotEquals | StringNotEqualsIgnoreCase | StringNotLike | ArnNotEquals | ArnNotLike => match literal {
            // any of the approved ones will do
            Some(value) if lever != Lever::Image => NewValue::Value(value.to_owned()),
            _ => escapes(),
        },
        NotIpAddress => escapes(),
        // "must be present": any value will do
        Null if first.eq_ignore_ascii_case("true") => NewValue::Any,
        Null => left_out(lever, Vec::new()).filter(|_| !is_needed(condition, case))?,
        StringEquals | StringEqualsIgnoreCase | StringLike | ArnEquals | ArnLike => {
            // such a line holds for a request without the key too
            if condition.operator.quantifier == Some(Quantifier::ForAllValues) || condition.operator.if_exists {
                return None;
            }
            let bearer = lever == Lever::BearerToken && first.eq_ignore_ascii_case("LONG_TERM") && only;
            match left_out(lever, values.iter().map(|value| (*value).to_owned()).collect()) {
                Some(NewValue::Absent) if is_needed(condition, case) => escapes(),
                Some(to) => to,
                None if bearer => NewValue::Value("SHORT_TERM".to_owned()),
                None if (is_choice || lever == Lever::Region) && may_differ(&condition.key, &values) => escapes(),
                None => return None,
            }
        }
        _ => return None,
    };
    // whoever denies the better value may have turned a condition around
    if let NewValue::Value(value) = &to
        && is_weaker(&condition.key, value)
    {
        return None;
    }
    if lever == Lever::Region && is_not_for_the_caller(case.request) {
        return None;
    }
    Some(RequestChange { key: condition.key.clone(), to })
}

/// What a call comes without: a tag, an optional header, a service between the caller and the resource.
fn left_out(lever: Lever, names: Vec<String>) -> Option<NewValue> {
    match lever {
        Lever::SentTag(_) | Lever::Header(_) | Lever::Via | Lever::McpServer => Some(NewValue::Absent),
        Lever::SentTagKeys if names.is_empty() => Some(NewValue::Absent),
        Lever::SentTagKeys => Some(NewValue::Without(names)),
        _ => None,
    }
}

/// Whether another Deny asks for the key of this line, so that to leave it out is no way.
fn is_needed(condition: &Condition, case: &DenialContext<'_>) -> bool {
    let mut context = case.request.context.clone();
    context.set(&condition.folded_key, ContextValue::Absent);
    let statements = case.policies.policies().flat_map(|policy| &policy.document.statements);
    statements
        .filter(|statement| statement.effect == Effect::Deny)
        .flat_map(|statement| &statement.conditions)
        .any(|line| line.folded_key == condition.folded_key && holds(line, &context) == Truth::True)
}

/// Where AWS chooses the Region of a request: a profile of Bedrock does, and a service with one Region.
fn is_not_for_the_caller(request: &Request) -> bool {
    // what AWS writes for many resources has its Region too, and an action without resources has none
    let (Field::Known(resource) | Field::Assumed(resource, _)) = &request.resource else { return true };
    let elsewhere = resource.parse::<Arn>().is_ok_and(|arn| arn.service() == "bedrock" || arn.region().is_empty());
    elsewhere || request.action.value().is_none_or(|action| is_of_one_region(action.service()))
}

/// Whether the caller determines the key's value, by something that the call has: not who it is, nor whose the resource is.
pub(super) fn is_of_caller(condition: &Condition, case: &DenialContext<'_>) -> bool {
    if is_claim(&condition.folded_key, case.request) {
        return true;
    }
    let action = case.request.action.value();
    let Some(row) = ConditionKey::of(&condition.folded_key, action) else {
        return !is_chosen_by_service(Lever::Likely, case)
            && action.is_some_and(|action| is_likely_parameter(&condition.folded_key, action, case.reference));
    };
    row.determined_by == DeterminedBy::Caller
        && !is_told_by_call(condition, case)
        && !is_chosen_by_service(row.lever, case)
        && row.lever != Lever::MadeUp
        && can_carry(case, &condition.key) != Some(false)
}

/// Whether it is a parameter of what another service asks for while it works for the caller.
fn is_parameter_of_service(lever: Lever, case: &DenialContext<'_>) -> bool {
    matches!(lever, Lever::Parameter(_) | Lever::Header(_) | Lever::SentTag(_) | Lever::SentTagKeys | Lever::Likely)
        && is_asked_by_service(case)
}

/// The same where the service chooses the value itself, as for a key of KMS: the context is the thing that it decrypts.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context>
fn is_chosen_by_service(lever: Lever, case: &DenialContext<'_>) -> bool {
    case.request.action.value().is_some_and(|action| action.service() == "kms") && is_parameter_of_service(lever, case)
}

/// Whether the value is there because of which call this is: a service asked for a key of KMS, or gets a role, because the caller called it.
/// With another value it would be another call.
pub(super) fn is_told_by_call(condition: &Condition, case: &DenialContext<'_>) -> bool {
    case.request.assumed.iter().any(|assumption| {
        matches!(&assumption.field, AssumedField::ContextKey(key) if key.eq_ignore_ascii_case(&condition.folded_key))
            && assumption.value != AssumedValue::Absent
            && matches!(
                assumption.why,
                Why::Derived(Derived::AskedByService | Derived::NamedByCall | Derived::PassedByCall)
            )
    })
}
