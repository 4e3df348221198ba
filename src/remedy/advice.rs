//! What a person can do about a condition that a request does not meet: how to bring a value, or whom to ask for it.

use super::change::{Change, To, known_values};
use super::kept::{Kept, demand};
use super::mfa::{Mfa, mfa};
use super::{Disposition, Owner, Remedy, RemedyId, RemedyKind, Step, Title};
use crate::diagnose::DenialContext;
use crate::iam::{Condition, ConditionKey, ContextValue, DeterminedBy, Lever, Request};

/// A remedy that changes no policy and is not proved.
pub(super) fn remedy(id: RemedyId, owner: Owner, title: String, steps: Vec<String>) -> Remedy {
    Remedy {
        id,
        title: Title::Text(title),
        owner,
        disposition: Disposition::NeedsReview,
        kind: RemedyKind::ChangeRequest,
        edits: Vec::new(),
        verification: None,
        calls: Vec::new(),
        steps: steps.into_iter().map(Step::Text).collect(),
        why_not: Vec::new(),
    }
}

/// What to do where a condition asks for MFA that this kind of principal cannot have.
pub(super) fn without_mfa(request: &Request) -> Option<String> {
    match mfa(request) {
        Mfa::IdentityProvider => Some(
            "Ask for MFA where people sign in, and have the owner of the statement leave this role of IAM Identity Center out".to_owned(),
        ),
        Mfa::Never => Some("Have the owner of the statement leave this role out: an instance or a service cannot have MFA".to_owned()),
        Mfa::OwnSession | Mfa::SignIn | Mfa::AssumeRole | Mfa::Federation => None,
    }
}

/// How the caller brings the value.
pub(super) fn how(change: &Change, request: &Request) -> Vec<String> {
    let Some(row) = ConditionKey::find(&change.key) else { return Vec::new() };
    let known = known_values(&change.key.to_ascii_lowercase()).join(" or ");
    let value = match &change.to {
        To::Value(value) => value.as_str(),
        To::Any if known.is_empty() => "VALUE",
        To::Any => &known,
        To::Like(words) => return vec![like(row.lever, words)],
    };
    let tag = change.key.split_once('/').map_or(change.key.as_str(), |(_, tag)| tag);
    match row.lever {
        Lever::Mfa => with_mfa(request),
        Lever::Region => vec![in_region(value, request)],
        Lever::Tls => vec!["call over https".to_owned()],
        Lever::Network => vec![format!("call from VPC {value} through its endpoint")],
        Lever::Endpoint => vec![format!("call through VPC endpoint {value}")],
        Lever::SentTag => vec![format!("tag what you create: {tag}={value}")],
        Lever::SentTagKeys => vec![format!("send only tags that the condition names: {value}")],
        Lever::PassedService => {
            vec![format!("pass the role to {value}: the call that passes it has to be one of that service")]
        }
        Lever::Parameter(option) if value.eq_ignore_ascii_case("true") => vec![format!("add {option}")],
        Lever::Parameter(option) if value.eq_ignore_ascii_case("false") => {
            vec![format!("add --no-{}", option.trim_start_matches('-'))]
        }
        Lever::Parameter(option) if option.contains(' ') => vec![format!("add {option}={value}")],
        Lever::Parameter(option) => vec![format!("add {option} {value}")],
        _ => vec![format!("send {} = {value}", change.key)],
    }
}

fn like(lever: Lever, words: &str) -> String {
    match lever {
        Lever::Parameter(option) => format!("call with {option} so that {words}"),
        Lever::Network | Lever::Endpoint => format!("call from where {words}"),
        _ => format!("call so that {words}"),
    }
}

fn in_region(region: &str, request: &Request) -> String {
    let moves = request.resource.value().is_some_and(|resource| resource != "*");
    if moves {
        format!(
            "call {region}, on a resource of that Region: it is another one than this, so nothing is proved of it; to have it \
             proved, diagnose again with --resource ARN and --context aws:RequestedRegion={region}"
        )
    } else {
        format!("call {region}")
    }
}

fn with_mfa(request: &Request) -> Vec<String> {
    let except = "have the owner of the statement leave this role out by aws:PrincipalArn, which needs a review";
    match mfa(request) {
        Mfa::OwnSession => vec![
            "use a session with MFA: aws sts get-session-token --serial-number MFA_ARN --token-code CODE, or a role that asks for MFA"
                .to_owned(),
        ],
        Mfa::SignIn => vec!["sign in with the MFA device of the root user".to_owned()],
        Mfa::AssumeRole => vec![
            "assume the role with MFA: aws sts assume-role --role-arn ROLE_ARN --role-session-name NAME --serial-number MFA_ARN \
             --token-code CODE, with the key of an IAM user"
                .to_owned(),
            format!("if an instance, a function or another service has the role, it cannot have MFA: {except}"),
        ],
        Mfa::IdentityProvider => vec![
            "sessions of IAM Identity Center come without aws:MultiFactorAuthPresent: ask for MFA at sign-in, in IAM Identity Center \
             or its identity provider"
                .to_owned(),
            format!("then {except}"),
        ],
        Mfa::Federation => {
            vec!["GetFederationToken takes no MFA: use GetSessionToken with MFA, or a role that asks for it".to_owned()]
        }
        Mfa::Never => vec![format!("an instance or a service cannot have MFA: {except}")],
    }
}

/// Whom to ask, where conditions are about the resource, the principal, or how AWS makes the call.
pub(super) fn ask(case: &DenialContext<'_>, kept: &Kept, asked: &[&Condition]) -> Remedy {
    let first = asked.first().map(|condition| (*condition, ConditionKey::find(&condition.folded_key)));
    let (owner, title) = match (first, kept.variables.first()) {
        (Some((condition, Some(row))), _) => (owner(row.determined_by), title(condition, row.lever, case.request)),
        (Some((condition, None)), _) => {
            (Owner::AccountAdmin, format!("Ask who sets {}: {}", condition.key, demand(condition)))
        }
        (None, Some(miss)) => {
            (Owner::AccountAdmin, format!("Check the value of {} and the name of the resource", miss.keys.join(", ")))
        }
        (None, None) => (Owner::AccountAdmin, "Ask the owner of the statement".to_owned()),
    };
    let mut steps: Vec<String> = asked.iter().map(|condition| of_condition(condition, kept, case.request)).collect();
    steps.extend(kept.variables.iter().map(|miss| {
        let keys: Vec<String> = miss.keys.iter().map(|key| format!("{key} is {}", given(key, case.request))).collect();
        format!(
            "`{}` is `{}` for this caller, because {}: either that value is wrong, or the name in the call is",
            miss.entry,
            miss.resolved,
            keys.join(" and ")
        )
    }));
    remedy(RemedyId::AskTheOwner, owner, title, steps)
}

const fn owner(determined_by: DeterminedBy) -> Owner {
    match determined_by {
        DeterminedBy::Resource => Owner::ResourceOwner,
        DeterminedBy::Principal | DeterminedBy::Aws | DeterminedBy::Caller => Owner::AccountAdmin,
    }
}

fn title(condition: &Condition, lever: Lever, request: &Request) -> String {
    let missing = matches!(request.context.get_folded(&condition.folded_key), ContextValue::Absent);
    let key = &condition.key;
    match lever {
        Lever::ResourceTag if missing => format!("Have the resource tagged: {}", demand(condition)),
        Lever::ResourceTag => format!("Not this caller's resource by its tag: ask its owner about {key}"),
        Lever::AnotherResource => format!("Not a resource that the statement is about: ask its owner about {key}"),
        Lever::PrincipalTag => format!("Ask for the tag of the principal: {}", demand(condition)),
        Lever::AnotherPrincipal => format!("Not a principal that the statement is about: {}", demand(condition)),
        Lever::ThroughService => {
            format!("Make the call through the service that the statement is about: {}", demand(condition))
        }
        _ => format!("Ask the owner of the statement: {}", demand(condition)),
    }
}

/// What the condition asks for, what the request has, and who can change that.
fn of_condition(condition: &Condition, kept: &Kept, request: &Request) -> String {
    let lever = ConditionKey::find(&condition.folded_key).map_or(Lever::Nothing, |row| row.lever);
    let tag = condition.key.split_once('/').map_or(condition.key.as_str(), |(_, tag)| tag);
    let who = match lever {
        Lever::ResourceTag => format!(
            "whoever owns the resource can make the call; if its tag {tag} is wrong or missing, have it set by whoever may tag it"
        ),
        Lever::AnotherResource => "whoever owns the resource can make the call".to_owned(),
        Lever::PrincipalTag => format!("if the tag {tag} of the principal or its session is wrong, have it set"),
        Lever::AnotherPrincipal => "a principal for which it holds can make the call".to_owned(),
        Lever::ThroughService => "AWS sets it when one of its services makes the call".to_owned(),
        _ => "whoever wrote the statement knows why".to_owned(),
    };
    let is = given(&condition.key, request);
    format!("{} of `{}` asks that {}; here it is {is}: {who}", kept.label(), kept.policy.name, demand(condition))
}

fn given(key: &str, request: &Request) -> String {
    match request.context.get(key) {
        ContextValue::Present { values, .. } if !values.is_empty() => format!("`{}`", values.join("`, `")),
        ContextValue::Present { .. } | ContextValue::Absent => "absent".to_owned(),
        ContextValue::Unknown => "not known".to_owned(),
    }
}
