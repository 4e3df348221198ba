//! Why a change cannot be made: shown where a fix would be.

use super::{condition, disagreement, evidence, gap_subject, guardrail, statement};
use crate::iam::{context_option, is_context_key};
use crate::remedy::{CannotFix, PolicyPart};

/// Why a change cannot be made.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one arm for each kind")]
pub fn cannot_fix(cannot: &CannotFix) -> String {
    match cannot {
        CannotFix::NoAction => "the text does not name the action".to_owned(),
        CannotFix::NoSuchAction(action, why) => {
            let why = why.as_ref().map(disagreement::unknown_action).unwrap_or_default();
            format!("`{action}` {why}, it cannot be allowed")
        }
        CannotFix::NoResource(shapes) => {
            format!("the text does not name the resource: give it with {}", resource_option(shapes))
        }
        CannotFix::ResourcePattern(shapes) => format!(
            "the resource in the text is a pattern, so it is not known what to allow: give the one with {}",
            resource_option(shapes)
        ),
        CannotFix::SourceNotTold(service) => format!(
            "it is not known for which resource {service} makes the call, and without it the statement would be for everybody who uses \
             the service: give it with --context aws:SourceArn=ARN, or its account with --context aws:SourceAccount=ID"
        ),
        CannotFix::NoPrincipal => "the ARN of the principal is not known: run again with --principal ARN".to_owned(),
        CannotFix::Unread(subject) => {
            format!("not all policies of the principal itself were given: {}", gap_subject(subject))
        }
        CannotFix::StarTooWide(action, shapes) => format!(
            "{action} works on named resources, so it is not allowed on `*`: give the resource with {}",
            resource_option(shapes)
        ),
        CannotFix::DependsOn(keys) if keys.iter().any(|key| !is_context_key(key)) => {
            let names = keys.iter().filter(|key| !is_context_key(key)).map(|name| format!("`${{{name}}}`"));
            let names = names.collect::<Vec<_>>().join(" and ");
            format!("it depends on {names}, a placeholder that was never replaced: give the policy as it is deployed")
        }
        CannotFix::DependsOn(keys) => format!(
            "it depends on {}, which the input does not tell: give its value with --context KEY=VALUE",
            keys.join(", ")
        ),
        CannotFix::TooMany(most) => format!("more than {most} changes would be needed"),
        CannotFix::AwsOwned(policy) => {
            format!("`{policy}` is AWS's own policy and cannot be edited; ask why it is attached")
        }
        CannotFix::Guardrail { statement, policy, guard } => guardrail::kept(statement, policy, guard),
        CannotFix::OpensGuardrail { statement, policy, action, guard } => {
            guardrail::opened(statement, policy, action, guard)
        }
        CannotFix::TokenNotKnown(keys) => {
            let options: Vec<String> = keys.iter().map(|key| context_option(key)).collect();
            format!(
                "what the token says of the caller is not known, and without it the statement would be for everybody who can get \
                 one: add {}",
                options.join(" ")
            )
        }
        CannotFix::OtherTenant { own, known } => format!(
            "the token is of `{own}`, and the trust policy names only `{}`: make sure that `{own}` is yours before you let it in; \
             CloudTrail records the tries of strangers too",
            known.join("`, `")
        ),
        CannotFix::Conditioned(demand) => {
            format!("{}; an Allow without that would hand out what the condition protects", condition::demands(demand))
        }
        CannotFix::BindsOthers(policy) => {
            format!("`{policy}` also binds others, and the ARN to except is not known")
        }
        CannotFix::WithoutPrincipalArn(policy) => format!(
            "`{policy}` also binds others; an exception would test aws:PrincipalArn, which the request does not carry as it is given: \
             add --context aws:PrincipalArn=ARN"
        ),
        CannotFix::GatewayWithoutPrincipalArn(policy) => format!(
            "`{policy}` may be the policy of a gateway endpoint, which takes only `*` as Principal and names somebody by \
             aws:PrincipalArn in a Condition; the request does not tell that ARN: add --context aws:PrincipalArn=ARN"
        ),
        CannotFix::ExactlyThis { statement, policy } => {
            format!(
                "{} of `{policy}` cannot be written so that it leaves out this request and nothing else",
                statement::name(statement)
            )
        }
        CannotFix::NothingToEdit(policy_type) => {
            format!("there is no {policy_type} among these policies that could be edited")
        }
        CannotFix::ServiceLinked => "the policies of a service-linked role belong to AWS".to_owned(),
        CannotFix::NoIdentityPolicies => "a principal of this kind has no identity-based policy to edit".to_owned(),
        CannotFix::NotSaved(policy) => {
            format!("`{policy}` has an element twice, so AWS would not save it with the change: repair that first")
        }
        CannotFix::NotProvisioned(set) => format!(
            "the inline policy of permission set `{set}` is another one than that of its role: it was changed and not provisioned since, and \
             what is made from the role's policy would take that change back"
        ),
        CannotFix::Undecided(missing) => {
            let missing: Vec<String> = missing.iter().map(evidence::missing).collect();
            format!("it is not known {}, so no change can be proved", missing.join(", nor "))
        }
        CannotFix::RcpsDoNotGrant => {
            "RCPs do not grant; AWS attaches the one that allows everything by itself".to_owned()
        }
        CannotFix::Quota { policy, characters, quota } => {
            format!("`{policy}` would have {characters} characters, AWS allows {quota}")
        }
        CannotFix::InlineQuota { policy, owner, characters, quota } => format!(
            "with `{policy}` the inline policies of {owner} would have {characters} characters together, AWS allows {quota}"
        ),
        CannotFix::Counted { policy, what, count, quota } => {
            format!("`{policy}` would have {count} {}, AWS allows {quota}", part(*what))
        }
        CannotFix::ManagedFull { owner, count } => {
            format!("{owner} has {count} managed policies, and AWS attaches 10 unless the quota was raised")
        }
        CannotFix::Document(error) => error.to_string(),
    }
}

/// What a service counts.
const fn part(part: PolicyPart) -> &'static str {
    match part {
        PolicyPart::Statements => "statements",
        PolicyPart::ActionsOfStatement => "actions in one statement",
        PolicyPart::Principals => "principals",
        PolicyPart::Conditions => "conditions",
    }
}

/// The option that gives the resource, with what its ARN looks like.
pub(super) fn resource_option(shapes: &[String]) -> String {
    if shapes.is_empty() { "--resource ARN".to_owned() } else { format!("--resource {}", shapes.join(" or ")) }
}
