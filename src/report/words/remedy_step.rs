//! Steps for a person.

use super::addition;
use super::condition::{self, demand, resolved};
use super::principal::entity;
use super::request::resource_noun;
use super::request_lever::{MADE_UP, tag, value};
use super::{blocker, gap_subject, guardrail, session_origin, statement};
use super::{incident, public_access, request_lever, token};
use crate::denial::ServiceRole;
use crate::iam::{Command, Condition, ConditionKey, ContextValue, Lever, PolicyType};
use crate::remedy::{ForGuests, Mfa, Needed, OfAws, PolicyAssumption, Step};

/// A step for a person.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one arm for each kind")]
pub fn step(step: &Step) -> String {
    match step {
        Step::Incident(step) => incident::step(*step).to_owned(),
        Step::PublicAccess(step) => public_access::step(step),
        Step::About(blocker) => format!("about this: {}", blocker::why(blocker)),
        Step::UseException(guard) => guardrail::use_exception(guard),
        Step::NewSession(moment) => {
            format!("sign in again, or assume the role again: sessions from after {moment} are not denied")
        }
        Step::FindOutWhyRevoked => {
            "if you do not know why it was revoked, tell the security team and read CloudTrail for the old session"
                .to_owned()
        }
        Step::AskAbout(guarded) => guardrail::ask(guarded).to_owned(),
        Step::Bring(change, lever) => request_lever::bring(change, *lever),
        Step::MadeUpByCaller(key) => request_lever::made_up(key),
        Step::GetToken(change) => token::bring(change),
        Step::TrustAllows(demand) => condition::demands(demand),
        Step::SeeToken { keys, saml } => token::see(keys, *saml),
        Step::CallInRegion { region, other_resource: false } => {
            let region = value(region);
            format!("call in {region}: --region {region}")
        }
        Step::CallInRegion { region, other_resource: true } => {
            let region = value(region);
            format!(
                "call in {region} (--region {region}), on a resource of that Region: it is another one than this, so nothing is proved of it; to have it \
                 proved, diagnose again with --resource ARN and --context aws:RequestedRegion={region}"
            )
        }
        Step::GetMfa(mfa) => get_mfa(*mfa).to_owned(),
        Step::AskForMfaException(mfa) => {
            let why = match mfa {
                Mfa::AssumeRole => "if an instance, a function or another service has the role, it cannot have MFA:",
                Mfa::IdentityProvider => "then",
                _ => "an instance or a service cannot have MFA:",
            };
            format!(
                "{why} have the owner of the statement leave this role out by aws:PrincipalArn, which needs a review"
            )
        }
        Step::NotOfAction { statement, policy, key, action } => format!(
            "AWS lists no {key} for {action}, so {} of `{policy}` likely never allows it, whatever the call sends: ask for a statement about \
             {action} without that line",
            statement::name(statement)
        ),
        Step::MeetCondition { statement, policy, condition, value } => format!(
            "{} of `{policy}` asks that {}; here it is {}: {}",
            statement::name(statement),
            demand(condition),
            given(value),
            who_can_change(condition)
        ),
        Step::CheckVariable { miss, values } => {
            let keys = miss.keys.iter().zip(values).map(|(key, value)| format!("{key} is {}", given(value)));
            format!(
                "`{}` is `{}` for this caller, because {}: either that value is wrong, or the name in the call is",
                miss.entry,
                resolved(miss),
                keys.collect::<Vec<_>>().join(" and ")
            )
        }
        Step::Needed(assumption) => {
            let holds = if assumption.contradicted {
                "; AWS says that this does not hold yet"
            } else {
                ": whether it does was not seen"
            };
            format!("needed: {}{holds}", needed(assumption))
        }
        Step::AddStatement(statement) => format!("{} {statement}", add_statement()),
        Step::AddHere(added) => {
            let place = addition::place(added).map_or_else(String::new, |place| format!(" ({place})"));
            let blanks: Vec<String> = added.blanks.iter().map(|blank| addition::blank(blank)).collect();
            let blanks = if blanks.is_empty() { String::new() } else { format!("; {}", blanks.join("; ")) };
            format!("{}{place}{blanks}: {}", addition::add_to(&added.place), added.document())
        }
        Step::IfNoPolicy { account } => format!(
            "if this kind of resource takes no policy: assume a role of account {account} that may do it, or have it shared by AWS RAM"
        ),
        Step::RoleThere { account, caller } => format!(
            "account {account} needs a role that has this statement and whose trust policy names {}, which must be allowed to call \
             sts:AssumeRole on it",
            entity(caller).unwrap_or_else(|| "the caller".to_owned())
        ),
        Step::OtherSide { account, policy_type, statement } => addition::other_side(account, *policy_type, *statement),
        Step::OwnerNotKnown { resource } => format!(
            "the account is the one that owns this {}, whose ARN does not tell it: often not the caller's, because RCPs are for callers from \
             outside; --resource-account ID gives it",
            resource_noun(resource)
        ),
        Step::NotOfCaller { resource } => format!(
            "a policy of the caller alone gives nothing on this {}: its own policy has to allow it, or to leave it to the account",
            resource_noun(resource)
        ),
        Step::GiveGrant { account, commands } => format!("{} {}", addition::give_grant(account), lines(commands)),
        Step::Certainty { others, commands, credentials } => {
            format!("{} {}", addition::certainty(others, credentials), lines(commands))
        }
        Step::Replace(commands) => format!("{} {}", addition::replace(), lines(commands)),
        Step::OpenToEverybody => addition::open_to_everybody().to_owned(),
        Step::ServiceLinked => addition::service_linked().to_owned(),
        Step::ProvisionBringsAll => "the set was changed and not provisioned since: all that was changed goes to every account that the set is \
                                     assigned to, so ask whoever changed it"
            .to_owned(),
        Step::ProvisionBringsChange => "the set's inline policy was changed and not provisioned since: start from that one, not from the role's; \
                                        what was changed is provisioned with the statement"
            .to_owned(),
        Step::DoNot(policy_type) => addition::do_not(*policy_type),
        Step::UsualDeny(policy_type) => format!("{} {}", policy_type.row().short, usual_deny(*policy_type)),
        Step::RoleOfService(ServiceRole::StateMachine) => {
            "the rule is named after the job that the state machine waits for: a nested execution needs \
             StepFunctionsGetEventsForStepFunctionsExecutionRule and no other; name only that one where you know it; a policy that \
             was attached a moment ago may not count yet: wait, and repeat the call"
                .to_owned()
        }
        Step::RoleOfService(ServiceRole::Execution) => {
            "the role is the one in roleArn (--role-arn) of the call; where the repository is in another account than the role, its \
             repository policy must allow the role too"
                .to_owned()
        }
        Step::LeaveOutAssumeRole => {
            "remove this role from the settings of the program (role_arn, assume_role, --role-arn): its credentials are those of the role \
             already"
                .to_owned()
        }
        Step::TrustItself => {
            "only where the session needs other tags or a session policy: since 2022 a role may assume itself only if its trust policy names \
             the role or its account, whatever its other policies allow"
                .to_owned()
        }
        Step::AllowedInOtherAccount { statement, policy, entry, own } => format!(
            "{} of `{policy}` allows it on {entry}, and the call went to account {own}: a name without an account means the caller's own; \
             only if the resource of account {own} is meant, change the policy",
            statement::name(statement)
        ),
        Step::NameAccount { service, account } => name_account(service, account),
        Step::OtherSideMustAllow { account } => format!(
            "account {account} must allow this caller too: in the policy of the resource, and in that of its KMS key where it has one of \
             its own"
        ),
        Step::SharedByEntitlements => {
            "people get this role by entitlements of account access manager (its trust policy names account-access.amazonaws.com): the \
             change is for everybody who has one; see aws account-access list-entitlements"
                .to_owned()
        }
        Step::SeeNetworkOrigin => {
            "if NetworkOrigin of the access point is VPC, call from that VPC through its endpoint for S3, or use another access point: the \
             network origin cannot be changed, and an Allow does not help"
                .to_owned()
        }
        Step::BeSure => "to be sure that nothing else blocks it, run again with --live, or with --snapshot on the output of aws iam \
             get-account-authorization-details"
            .to_owned(),
        Step::PassedPolicy { policy, origin } => {
            let origin = origin.as_ref().map_or_else(String::new, |origin| format!(" ({})", session_origin(origin)));
            format!(
                "`{policy}` is a managed policy that was passed as session policy{origin}: its change reaches everyone to whom it is \
                 attached or passed"
            )
        }
        Step::PassInstead { file, origin: Some(origin) } => {
            format!("the session policy is {}: that call has to pass {file} instead", session_origin(origin))
        }
        Step::PassInstead { file, origin: None } => format!(
            "whoever makes the session passes {file} instead: the caller of AssumeRole or GetFederationToken, a credential broker, an \
             SDK, or what stands behind a web identity; CloudTrail's record of the call names it, and iamdx reads it when it stands \
             behind the denial"
        ),
        Step::MakeNewSession => "then make a new session: this one keeps what it was made with".to_owned(),
        Step::TrustsProviders { statement, policy, providers } => {
            format!("{} of `{policy}` lets in {}", statement::name(statement), providers.join(", "))
        }
        Step::ComeByProvider { saml } => token::come_by(*saml).to_owned(),
        Step::TrustProvider { keys } => token::trust(keys),
        Step::OwnActionsOfCall => "a call through the AWS MCP Server is authorized by the actions that it makes, as if they were called directly: if \
             one of them is denied, diagnose that message"
            .to_owned(),
        Step::DenyByMcpKey => "a Deny of aws-mcp:* keeps nobody out any more; one with the condition aws:ViaAWSMCPService = true does: \
             https://docs.aws.amazon.com/agent-toolkit/latest/userguide/security_iam_troubleshoot.html"
            .to_owned(),
        Step::OfAws(of) => of_aws(*of).to_owned(),
        Step::ForGuests(of) => for_guests(*of).to_owned(),
        Step::SessionIsNoRole => "AssumeRole takes the ARN of a role; where the role has a path, the path is a part of it, which the ARN of \
             the session does not show: aws iam get-role --query Role.Arn prints it"
            .to_owned(),
        Step::LimitPassedRole => "as it stands the role can be passed to any service: --context iam:PassedToService=SERVICE, as \
             lambda.amazonaws.com, limits the statement to the service that gets the role"
            .to_owned(),
        Step::GetOriginalMessage => {
            "get the message from where it was first written: the output of the call, its log, or its CloudTrail record"
                .to_owned()
        }
        Step::GiveParts(parts) => {
            let options: Vec<&str> = parts.iter().filter_map(|part| part.option()).collect();
            format!("or say what was denied, and run again with {}", options.join(" "))
        }
    }
}

/// What the caller can do where the resource is AWS's.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html#aws-managed-policies>
const fn of_aws(of: OfAws) -> &'static str {
    match of {
        OfAws::ManagedPolicy => {
            "make a customer managed policy with its text (aws iam get-policy-version), change that one, and attach it instead; an Allow of \
             this action on it helps nobody"
        }
        OfAws::ReservedParameter => {
            "parameters under /aws/ are AWS's own public ones: read them, and keep your own under another name"
        }
        OfAws::ResourcePolicy => {
            "check the Region, the name and the version in the ARN against those that AWS publishes; no account can add a statement there"
        }
    }
}

/// What there is for guests of an identity pool of Cognito.
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html>
const fn for_guests(of: ForGuests) -> &'static str {
    match of {
        ForGuests::PolicyOfAws => {
            "likely a guest of an identity pool, by the name of the session: GetCredentialsForIdentity passes a policy of AWS for guests and takes no \
             other: https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html"
        }
        ForGuests::SignIn => {
            "users who sign in get the role for authenticated users, and no such policy; that role's policies must allow the call"
        }
        ForGuests::CallForThem => "or a service of yours makes the call with a role of its own, and answers the guests",
        ForGuests::ClassicFlow => {
            "or the app makes the session itself (basic flow: GetOpenIdToken, then AssumeRoleWithWebIdentity), and the role's policies alone \
             decide. Everybody on the internet can be a guest: AWS advises against giving guests more than this policy"
        }
    }
}

/// Commands in a sentence.
fn lines(commands: &[Command]) -> String {
    commands.iter().map(Command::line).collect::<Vec<_>>().join("; ")
}

/// How a call names a resource of another account.
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>,
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html>,
/// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html>,
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html>
fn name_account(service: &str, account: &str) -> String {
    match service {
        "secretsmanager" => "pass the whole ARN of the secret as --secret-id (SecretId), not its name".to_owned(),
        "sqs" => format!(
            "pass the queue URL of that account: aws sqs get-queue-url --queue-name NAME --queue-owner-aws-account-id {account}"
        ),
        "ecr" => {
            format!("add --registry-id {account} (registryId); an image is {account}.dkr.ecr.REGION.amazonaws.com/NAME")
        }
        "kms" => "pass the whole ARN of the key as --key-id (KeyId)".to_owned(),
        _ => "pass the whole ARN instead of the name".to_owned(),
    }
}

/// Before a statement that stands as a block.
#[must_use]
pub const fn add_statement() -> &'static str {
    "Add this statement to it:"
}

/// What a Deny in a policy of this type is for, as a rule.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples.html>
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html>
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html>
const fn usual_deny(policy_type: PolicyType) -> &'static str {
    match policy_type {
        PolicyType::ServiceControl => {
            "Denies are mostly Region locks, or guard logs, security services and the account's membership"
        }
        PolicyType::ResourceControl => {
            "Denies are mostly data perimeters: callers of another organization, or calls without TLS"
        }
        PolicyType::ResourceBased => {
            "Denies mostly ask for TLS, an encryption, a VPC endpoint, or callers of the organization"
        }
        PolicyType::VpcEndpoint => "Denies mostly ask for resources or callers of the organization",
        PolicyType::IdentityBased => {
            "Denies mostly ask for MFA or an address, close a service or a Region, or are AWS's quarantine of a leaked key, which stays"
        }
        _ => "Denies mostly close services, Regions, or changes of permissions",
    }
}

/// What must hold in a policy that was not seen.
#[must_use]
pub fn needed(assumption: &PolicyAssumption) -> String {
    match &assumption.needed {
        Needed::OwnAllow { caller, action, resource } => {
            format!(
                "a policy of {} allows {action} on {resource}",
                entity(caller).unwrap_or_else(|| caller.to_string())
            )
        }
        Needed::LeftToAccount { policy, action, account } => format!(
            "the {} leaves it to the IAM policies of the account: it allows {action} to {account}",
            gap_subject(policy)
        ),
        Needed::AllowTo { policy, action, principal } => {
            format!("the {} allows {action} to {principal}", gap_subject(policy))
        }
        Needed::NoDeny { policy, action, arn } => {
            let arn = arn.as_ref().map_or_else(String::new, |arn| format!(" ({arn})"));
            format!("no Deny of {action} stands in the {}{arn}", gap_subject(policy))
        }
        Needed::Allow { policy, action } => format!("an allow for {action} stands in the {}", gap_subject(policy)),
    }
}

/// <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html#cli-configure-role-mfa>
const fn get_mfa(mfa: Mfa) -> &'static str {
    match mfa {
        Mfa::OwnSession | Mfa::Never => {
            "call with the keys that this prints: aws sts get-session-token --serial-number MFA_ARN --token-code CODE; or use a \
             profile with mfa_serial"
        }
        Mfa::SignIn => "sign in with the MFA device of the root user",
        Mfa::AssumeRole => {
            "assume the role with MFA: aws sts assume-role --role-arn ROLE_ARN --role-session-name NAME --serial-number MFA_ARN \
             --token-code CODE, or a profile with role_arn, source_profile and mfa_serial, with the key of an IAM user"
        }
        Mfa::IdentityProvider => {
            "sessions of IAM Identity Center come without aws:MultiFactorAuthPresent: ask for MFA at sign-in, in IAM Identity Center or \
             its identity provider"
        }
        Mfa::Federation => "GetFederationToken takes no MFA: use GetSessionToken with MFA, or a role that asks for it",
    }
}

/// Who can change what the request has for a condition.
fn who_can_change(condition: &Condition) -> String {
    let tag = tag(&condition.key);
    match ConditionKey::find(&condition.folded_key).map_or(Lever::Nothing, |row| row.lever) {
        Lever::ResourceTag => format!(
            "whoever owns the resource can make the call; if its tag {tag} is wrong or missing, have it set by whoever may tag it"
        ),
        Lever::AnotherResource => "whoever owns the resource can make the call".to_owned(),
        Lever::PrincipalTag => format!("if the tag {tag} of the principal or its session is wrong, have it set"),
        Lever::AnotherPrincipal => "a principal for which it holds can make the call".to_owned(),
        Lever::MadeUp => format!("{}: {MADE_UP}", condition.key),
        Lever::ThroughService | Lever::Via => "AWS sets it when one of its services makes the call".to_owned(),
        _ => "whoever wrote the statement knows why".to_owned(),
    }
}

fn given(value: &ContextValue) -> String {
    match value {
        ContextValue::Present { values, .. } if !values.is_empty() => format!("`{}`", values.join("`, `")),
        ContextValue::Present { .. } | ContextValue::Absent => "absent".to_owned(),
        ContextValue::Unknown => "not known".to_owned(),
    }
}
