//! A statement for a policy that was not seen: where it goes, what may block still, how to be certain.

use super::list::any_of;
use super::request::resource_noun;
use crate::iam::{Arn, PolicyType, ResourcePolicy, resource_policy};
use crate::remedy::{AddTo, Addition, Credentials, OtherStatement};

/// Where it goes, after "Add this policy" or "Add this statement".
#[must_use]
pub fn add_to(place: &AddTo) -> String {
    match place {
        AddTo::NewInline(kind, name) => format!("Add this policy to {} `{name}`", kind.noun()),
        AddTo::UserBehind => "Add this policy to the IAM user that made the session".to_owned(),
        AddTo::PermissionSet(set) => format!("Add this statement to the inline policy of permission set `{set}`"),
        AddTo::Resource(resource) => {
            // nothing is known of the kinds that the tables do not have
            let known = |arn: Arn| resource_policy(&arn) != ResourcePolicy::NotKnown;
            let perhaps = if resource.parse().is_ok_and(known) { "" } else { ", if it takes one" };
            format!("Add this statement to the policy of this {}{perhaps}", resource_noun(resource))
        }
        AddTo::Function(_) => "Add this statement to the policy of this function".to_owned(),
        AddTo::Layer { .. } => "Add this statement to the policy of this layer version".to_owned(),
        AddTo::Trust(role) => format!("Add this statement to the trust policy of role `{role}`"),
        AddTo::Boundary(kind, name) => {
            format!("Add this statement to the permissions boundary of {} `{name}`", kind.noun())
        }
        AddTo::Organization(Some(account)) => format!("Allow this in the SCPs over account {account}"),
        AddTo::Organization(None) => "Allow this in the SCPs over the account".to_owned(),
        AddTo::Endpoint => "Add this statement to the policy of the VPC endpoint".to_owned(),
        AddTo::Session => "Have the session made with a session policy that has this statement".to_owned(),
        AddTo::PodIdentity => "Add this statement to the session policy of the pod identity association".to_owned(),
    }
}

/// The same for a second policy that must allow it too, of which another account may be the owner.
#[must_use]
pub fn also_add_to(addition: &Addition) -> String {
    let account = addition.account.as_ref().map_or_else(String::new, |account| format!("in account {account}: "));
    format!("{account}{}", lower(&add_to(&addition.place)))
}

/// Where it goes, if no policy allows it.
#[must_use]
pub fn if_none_allows(place: &AddTo) -> String {
    format!("If no policy allows it: {}", lower(&add_to(place)))
}

fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// What to know of its place before something is changed there.
#[must_use]
pub fn place(addition: &Addition) -> Option<String> {
    Some(match &addition.place {
        AddTo::NewInline(..) | AddTo::UserBehind => {
            format!("a new inline policy, if that name is free, in {}.json", addition.name)
        }
        AddTo::PermissionSet(_) => "every account to which the permission set is assigned gets it".to_owned(),
        AddTo::Boundary(..) => "everybody with this boundary may then be given it".to_owned(),
        AddTo::Organization(_) => "at every level of the tree without an Allow for it: root, OUs, account".to_owned(),
        AddTo::Session => "the call that makes the session passes it".to_owned(),
        AddTo::PodIdentity => {
            "by its name, EKS Pod Identity made this session: the policy is a field of the association of the pod's service account".to_owned()
        }
        AddTo::Function(_) => "the command adds it and keeps the others".to_owned(),
        AddTo::Layer { account, .. } => format!(
            "a layer's policy names whole accounts: everybody in {account} whose own policies allow it gets this version; the command keeps \
             the other statements. If the layer is not yours, look first whether its account publishes this version in this Region"
        ),
        AddTo::Resource(_) | AddTo::Trust(_) | AddTo::Endpoint => return None,
    })
}

/// What the reader fills in.
#[must_use]
pub fn blank(blank: &str) -> String {
    match blank {
        "FILL_IN_RESOURCE_ARN" => format!("{blank}: the resource that is meant; --resource ARN fills it in"),
        "FILL_IN_SOURCE_ARN" => {
            format!(
                "{blank}: what the service makes the call for, as a rule or a trail; --context aws:SourceArn=ARN fills it in"
            )
        }
        "FILL_IN_SERVICE" => {
            format!("{blank}: the service that gets the role, as lambda.amazonaws.com: not every service")
        }
        _ => format!("{blank}: the first command prints it"),
    }
}

/// That the other account must allow it too.
#[must_use]
pub fn other_side(account: &str, policy_type: PolicyType, statement: OtherStatement) -> String {
    let told = match statement {
        OtherStatement::Below => ": see below",
        OtherStatement::InWholeReport => ": see --all",
        OtherStatement::OnlyByAws => ": only AWS changes the policies of its service-linked role",
        _ => "",
    };
    match policy_type {
        PolicyType::IdentityBased => format!("account {account} must allow it to the caller too{told}"),
        _ => format!("account {account} must allow it too, in the resource's policy{told}"),
    }
}

/// What the account of a service-linked role does about a key of another account.
#[must_use]
pub fn give_grant(account: &str) -> String {
    format!(
        "this lets account {account} give grants of the key: then somebody there whom its policies allow kms:CreateGrant gives one to the \
         service-linked role, whose own policies only AWS changes:"
    )
}

/// What may block it still, before the commands that make certain.
#[must_use]
pub fn certainty(others: &[PolicyType], credentials: &Credentials) -> String {
    let nouns: Vec<&str> = others.iter().map(|policy_type| policy_type.row().short).collect();
    let whose = match credentials {
        Credentials::NotTried => None,
        Credentials::ThatMayRead => Some("credentials that may read them".to_owned()),
        Credentials::OfAccount(account) => Some(format!("credentials of account {account}")),
    };
    match (whose, nouns.as_slice()) {
        (None, []) => "to be sure, with AWS's message in denial.txt (or --live):".to_owned(),
        (None, nouns) => format!("{} may still block it; to see more (or --live):", any_of(nouns)),
        (Some(whose), []) => format!("to be sure, with AWS's message in denial.txt, and {whose}:"),
        (Some(whose), nouns) => format!("{} may still block it; to see more, with {whose}:", any_of(nouns)),
    }
}

/// Before the commands that replace a policy.
#[must_use]
pub const fn replace() -> &'static str {
    "then add it to policy.json, and replace the whole policy with that file:"
}

/// What does not help against a Deny of this type, or does harm.
#[must_use]
pub fn do_not(policy_type: PolicyType) -> String {
    let also = match policy_type {
        PolicyType::ServiceControl | PolicyType::ResourceControl => {
            "detach no policy of the organization: it binds other accounts too"
        }
        PolicyType::PermissionsBoundary => "do not remove the boundary: it limits all that its holder may do",
        PolicyType::ResourceBased => "do not delete the policy of the resource: it goes for all who use it",
        PolicyType::VpcEndpoint => "do not reset the endpoint policy: it goes for all who use the endpoint",
        PolicyType::Session => "a policy of the role does not reach it: the session must be made anew",
        PolicyType::IdentityBased | PolicyType::RoleTrust => "do not delete the Deny before you know why it is there",
    };
    format!("an Allow elsewhere does not help, an explicit Deny wins; {also}")
}

/// What can change where nobody changes a service-linked role.
#[must_use]
pub const fn service_linked() -> &'static str {
    "put-role-policy fails on a service-linked role; the resource can allow it:"
}

/// Whether the resource is open to everybody is for its owner to decide.
#[must_use]
pub const fn open_to_everybody() -> &'static str {
    "a statement for everybody is not offered: whether it is public is for the resource owner to decide, after a review"
}
