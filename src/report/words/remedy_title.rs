//! What a remedy does, in one line.

use super::addition::{add_to, if_none_allows};
use super::cannot_fix::resource_option;
use super::condition::{demand, escape};
use super::principal::entity;
use super::request::resource_noun;
use super::{denial, guardrail, several};
use super::{incident, public_access};
use crate::iam::{Arn, Condition, ConditionKey, Lever, context_option};
use crate::remedy::{Edit, EditOp, Mfa, NewValue, OfAws, Owner, Remedy, RequestChange, Title};

/// What it does, in one line.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one arm for each kind")]
pub fn title(remedy: &Remedy) -> String {
    match &remedy.title {
        Title::Compromised { quarantined } => incident::title(*quarantined).to_owned(),
        Title::LeaveSettingOn { setting, certain } => public_access::title(*setting, *certain),
        Title::Edits => edits(&remedy.edits),
        Title::Together(others) => format!("{}: for this denial and {}", edits(&remedy.edits), several::denials(others)),
        Title::WholeCall { profile, regions_known } => {
            let known = if *regions_known { "" } else { ", as far as its Regions are known" };
            format!("{}: allow all that calls through {profile} lack{known}", edits(&remedy.edits))
        }
        Title::OutOfRegionLock { profile } => {
            format!("{}: leave calls through {profile} out of the Region lock", edits(&remedy.edits))
        }
        Title::Ask(owner) => {
            format!("No fix can be proved: ask the {}", bare(*owner))
        }
        Title::SearchEnded(most) => {
            format!("The search for a fix ended after {most} changes: ask the {}", bare(remedy.owner))
        }
        Title::GiveResource(shapes) => {
            format!("No fix can be proved without the resource: run again with {}", resource_option(shapes))
        }
        Title::GiveContext(keys) => {
            let options: Vec<String> = keys.iter().map(|key| context_option(key)).collect();
            format!("No fix can be proved without what the request carried: run again with {}", options.join(" "))
        }
        Title::AskUnseen { owner: Owner::Caller, .. } => {
            "Ask whoever makes the session for a statement in its session policy".to_owned()
        }
        Title::AskUnseen { owner, account } => {
            let of = account.as_ref().map_or_else(String::new, |account| format!(" of account {account}"));
            format!("Ask the {}{of} to add a statement", bare(*owner))
        }
        Title::CompareToken { role, saml } => {
            let of = role.as_ref().map_or_else(|| "the role".to_owned(), |role| format!("role `{role}`"));
            let what = if *saml { "assertion" } else { "token" };
            format!("Compare what the {what} says with what the trust policy of {of} asks for")
        }
        Title::AddToCaller { caller } => {
            let entity = entity(caller).unwrap_or_else(|| caller.to_string());
            format!("Add a statement to a policy of {entity}")
        },
        Title::AddTo { place, certain: true } => add_to(place),
        Title::AddTo { place, certain: false } => if_none_allows(place),
        Title::TellMore(parts) => {
            let options: Vec<&str> = parts.iter().filter_map(|part| part.option()).collect();
            format!("Say what AWS left out: run again with {}", options.join(" "))
        }
        Title::Unsigned => "Send the request with credentials: it was not signed".to_owned(),
        Title::Provision { set } => format!("provision permission set `{set}`, which allows this already"),
        Title::ServiceLinked { role } => format!("Leave role `{role}` as it is: only AWS changes it"),
        Title::AddToRoleOfService { role, principal } => {
            let role = denial::role_of_service(*role, principal.as_ref().and_then(entity));
            format!("Add what it needs to a policy of {role}, not of the caller")
        }
        Title::FindDeny { owner, account, policy_type } => {
            let of = account.as_ref().map_or_else(String::new, |account| format!(" of account {account}"));
            format!("Ask the {}{of} which {} denies this, and why", bare(*owner), policy_type.noun())
        }
        Title::SeeResource { resource, account } => {
            let region = resource.parse::<Arn>().ok().map(|arn| arn.region().to_owned());
            let there = region.filter(|region| !region.is_empty()).map_or_else(String::new, |region| format!(" in {region}"));
            let of = account.as_ref().map_or_else(String::new, |account| format!(" of account {account}"));
            format!(
                "Have the {}{of} see whether this {} exists{there}, and what its policy says",
                bare(remedy.owner),
                resource_noun(resource)
            )
        }
        Title::NewSession => {
            "Your session was revoked: get a new one; if you do not know why, treat it as an incident".to_owned()
        }
        Title::UseException(guard) => format!("{}, or ask its owner", guardrail::use_exception(guard)),
        Title::AskAboutCondition { condition, missing } => ask(condition, *missing),
        Title::CheckVariable(miss) => {
            format!("Check the value of {} and the name of the resource", miss.keys.join(", "))
        }
        Title::AskOwner => "Ask the owner of the statement".to_owned(),
        Title::WithoutMfa(Mfa::IdentityProvider) => {
            "Ask for MFA where people sign in, and have the owner of the statement leave this role of IAM Identity Center out"
                .to_owned()
        }
        Title::WithoutMfa(_) => {
            "Have the owner of the statement leave this role out: an instance or a service cannot have MFA".to_owned()
        }
        Title::AlreadyThisRole(role) => {
            let role = entity(role).unwrap_or_else(|| role.to_string());
            format!("Leave out AssumeRole: the caller already is {role}")
        }
        Title::OtherProvider { role, trusted, own } => {
            let of = role.as_ref().map_or_else(|| "the role".to_owned(), |role| format!("role `{role}`"));
            let account = own.account();
            let names: Vec<String> = trusted.iter().map(|name| provider(name, account)).collect();
            let own = provider(own.as_str(), account);
            match names.as_slice() {
                [] => format!("Have {own} added to the trust policy of {of}, which names no identity provider"),
                some => {
                    format!("Come by {}, which the trust policy of {of} names: the call came by {own}", some.join(" or "))
                }
            }
        }
        Title::NoLongerAsked(action) => {
            format!("Repeat the call: no policy has to change for {action}, and the message is from when AWS still asked about it")
        }
        Title::OwnedByAws { of: OfAws::ManagedPolicy, resource } => {
            format!("Leave {resource} as it is: it belongs to AWS, and only AWS changes it")
        }
        Title::OwnedByAws { of: OfAws::ReservedParameter, .. } => {
            "Choose another name for the parameter: names that begin with aws or ssm are kept for AWS".to_owned()
        }
        Title::OwnedByAws { of: OfAws::ResourcePolicy, resource } => {
            format!("Name a resource that AWS shares: {resource} belongs to AWS, and so does its policy")
        }
        Title::SessionOfGuest => {
            "Nobody can have this session policy changed: Cognito passes it for guests. Have them sign in, or make the call for them".to_owned()
        }
        Title::NameTheRole(role) => format!("Name the role in the call, not a session of it: {role}"),
        Title::AssumeThere { account, resource } => {
            format!("Assume a role of account {account} first: this {} takes no policy of its own", resource_noun(resource))
        }
        Title::NameTheOtherAccount { account, own } => {
            format!("Likely the call should name account {account}: it went to the caller's own account {own}")
        }
        Title::ChangeRequest(changes) => {
            format!("change the request: {}", changes.iter().map(done).collect::<Vec<_>>().join(", "))
        }
        Title::ConfirmText(parts) => {
            let names: Vec<&str> = parts.iter().map(|part| part.noun()).collect();
            format!("find out the {} first: the text contradicts itself about what was denied", names.join(" and the "))
        }
    }
}

/// An identity provider: its kind and name, and its whole ARN where it is of another account.
fn provider(arn: &str, account: Option<&str>) -> String {
    let mut parts = arn.splitn(6, ':').skip(4);
    let own = parts.next();
    let name = parts.next().filter(|_| own == account).unwrap_or(arn);
    format!("`{name}`")
}

fn edits(edits: &[Edit]) -> String {
    let one = |edit: &Edit| match (edit.op, edit.permission_set()) {
        (_, Some(set)) => format!("change the inline policy of permission set `{set}`"),
        (EditOp::Create, None) => format!("add {} `{}`", edit.after.policy_type, edit.after.name),
        _ => format!("change {} `{}`", edit.after.policy_type, edit.after.name),
    };
    edits.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// An owner after "the".
fn bare(owner: Owner) -> &'static str {
    owner.noun().trim_start_matches("the ")
}

/// What a person does for the change, where the key does not say it, and the change.
fn done(change: &RequestChange) -> String {
    let said = request_change(change);
    let lever = ConditionKey::find(&change.key.to_ascii_lowercase()).map(|row| row.lever);
    match (lever, &change.to) {
        (Some(Lever::Mfa), NewValue::Value(value)) if value.eq_ignore_ascii_case("true") => {
            format!("sign in with MFA ({said})")
        }
        (Some(Lever::Region), NewValue::Value(region)) => format!("call in {region} ({said})"),
        _ => said,
    }
}

/// `aws:RequestedRegion = us-east-1`
pub(super) fn request_change(change: &RequestChange) -> String {
    match (&change.to, change.known_values()) {
        (NewValue::Value(value), _) if value.is_empty() => format!("{} = '' (empty)", change.key),
        (NewValue::Value(value), _) => format!("{} = {value}", change.key),
        (NewValue::Absent, _) => format!("without {}", change.key),
        (NewValue::Without(values), _) => format!("{} without {}", change.key, values.join(", ")),
        (NewValue::Any, []) => format!("{} with a value", change.key),
        (NewValue::Any, values) => format!("{} = {}", change.key, values.join(" or ")),
        (NewValue::Meets(condition), _) => demand(condition),
        (NewValue::Escapes(condition), _) => escape(condition),
    }
}

fn ask(condition: &Condition, missing: bool) -> String {
    let (key, demand) = (&condition.key, demand(condition));
    match ConditionKey::find(&condition.folded_key).map(|row| row.lever) {
        None => format!("Ask who sets {key}: {demand}"),
        Some(Lever::ResourceTag) if missing => format!("Have the resource tagged: {demand}"),
        Some(Lever::ResourceTag) => format!("Not this caller's resource by its tag: ask its owner about {key}"),
        Some(Lever::AnotherResource) => {
            format!("Not a resource that the statement is about: ask its owner about {key}")
        }
        Some(Lever::PrincipalTag) => format!("Ask for the tag of the principal: {demand}"),
        Some(Lever::AnotherPrincipal) => format!("Not a principal that the statement is about: {demand}"),
        Some(Lever::ThroughService | Lever::Via) => {
            format!("Make the call through the service that the statement is about: {demand}")
        }
        Some(_) => format!("Ask the owner of the statement: {demand}"),
    }
}
