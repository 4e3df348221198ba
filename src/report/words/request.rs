//! What was filled in of a request, and why that may be done.

use crate::iam::{
    Arn, AssumedField, AssumedValue, Assumption, Circumstance, Derived, Follows, PolicyType, SessionMatch, Why,
};
use crate::snapshot::SelectionNote;

use super::gap::gap_subject;
use super::list::{counted, levels_named};
use super::session::{none_said, session_origin};

/// What was filled in, with what and why, in a line.
#[must_use]
pub fn assumption(assumption: &Assumption) -> String {
    let (field, value) = (assumed_field(&assumption.field), assumed_value(&assumption.value));
    format!("{field} {value}: {}", why_assumed(assumption))
}

/// What was filled in.
#[must_use]
pub fn assumed_field(field: &AssumedField) -> String {
    match field {
        AssumedField::Principal => "principal",
        AssumedField::Action => "action",
        AssumedField::Resource => "resource",
        AssumedField::ResourceAccount => "resource account",
        AssumedField::ContextKey(key) => key,
        AssumedField::Policies(policy_type) => policy_type.id(),
        AssumedField::ResourcePolicy => "policy of the resource",
        AssumedField::VpcEndpoint => "VPC endpoint",
        AssumedField::SessionPolicies => "session policies",
        AssumedField::TemplatePart { part, file } => return format!("`{part}` in {file}"),
    }
    .to_owned()
}

/// With what.
#[must_use]
pub fn assumed_value(value: &AssumedValue) -> String {
    match value {
        AssumedValue::Text(text) => text.clone(),
        AssumedValue::Absent => "not in the request".to_owned(),
        AssumedValue::Documents(0) | AssumedValue::Policies(0) => "none".to_owned(),
        AssumedValue::Documents(count) => counted(*count, "document", "documents"),
        AssumedValue::Denials { documents, levels } if levels.is_empty() => {
            format!(
                "{}, and at most FullAWSAccess besides",
                counted(*documents, "document that only denies", "documents that only deny")
            )
        }
        AssumedValue::Denials { documents, levels } => {
            let documents = counted(*documents, "document", "documents");
            format!("{documents}, and at most FullAWSAccess besides at {}", levels_named(levels))
        }
        AssumedValue::Policies(count) => counted(*count, "policy", "policies"),
        AssumedValue::NotManagementAccount(account) => format!("{account} is not the management account"),
        AssumedValue::DoesNotAllow => "does not allow the request".to_owned(),
        AssumedValue::DelegatesAtMost => "leaves it at most to the policies of the account".to_owned(),
        AssumedValue::GatewayEndpoint => "a gateway endpoint".to_owned(),
    }
}

/// Why it may be taken for known.
#[must_use]
pub fn why_assumed(assumption: &Assumption) -> String {
    match &assumption.why {
        Why::Contradicted => "the text contradicts itself about it".to_owned(),
        Why::Operation { operation, others } => {
            let operation = operation.as_deref().unwrap_or("the operation");
            if others.is_empty() {
                return format!("{operation} asks for it; the text does not name the action");
            }
            let others: Vec<_> = others.iter().map(crate::iam::Action::as_str).collect();
            format!("{operation} asks for it first; it can also be {}", others.join(", "))
        }
        Why::OneOf(actions) => {
            let names: Vec<_> = actions.iter().map(crate::iam::Action::as_str).collect();
            format!("all of {} are needed; the text does not tell which one is missing", names.join(", "))
        }
        Why::SessionTags(action) => format!(
            "the token passes session tags, and the trust policy allows {action} but not this: AWS may name {action} where only the tags \
             are not allowed"
        ),
        Why::QuotedPattern => {
            "the text quotes a pattern; AWS names one resource, and which one is not known".to_owned()
        }
        Why::Masked => "the text hides a part of it; which resource it was is not known".to_owned(),
        Why::PatternOfAws => {
            "the call does not name the whole resource, so AWS compares policies with this text as it stands".to_owned()
        }
        Why::WithoutResources => "no policy can name a resource of this action, so its statements need `*`".to_owned(),
        Why::NamesNone => {
            "a call need not name a resource of this action, and the text names none: AWS then checks it on `*`"
                .to_owned()
        }
        Why::EntityName(text) => format!("the text says `{text}`; a path in its ARN would not show"),
        Why::CallNamesIt => "the call names it".to_owned(),
        Why::ModelOfAws => "the model belongs to AWS; the caller's account decides".to_owned(),
        Why::NoAccountInArn(service) => {
            format!("{service} ARNs carry no account id; assumed to be the caller's account")
        }
        Why::NoResource => "the action has no resource; the caller's account is meant".to_owned(),
        Why::AsTheSimulator => "the resource does not tell its account; the principal's is taken".to_owned(),
        Why::OnlyOneOfName => {
            "the text does not tell the account; the files hold one, which has a user or role of this name".to_owned()
        }
        Why::AliasName(alias) => {
            format!("the key that {alias} stands for now, in the caller's account and the Region that was asked")
        }
        Why::OnlyEndpointOfVpc(vpc) => format!("the only endpoint of the service that was found in {vpc}"),
        Why::OnlyAccount => "the ARN does not tell the account; the snapshot holds one".to_owned(),
        Why::CloudTrailField(field) => format!("{field} of the CloudTrail record"),
        Why::EventHistory { event, field } => format!("{field} of CloudTrail record {event}"),
        Why::CallerIdentity => "output of aws sts get-caller-identity".to_owned(),
        Why::RoleOfText => {
            "the role that the text around the message names; the caller is taken to be a session of it".to_owned()
        }
        Why::JobLog => "input of the step, in the log of the job".to_owned(),
        Why::OnlyProviderOfTrust => "the only identity provider that the trust policy names".to_owned(),
        Why::DecodedConditions => "conditions of the decoded authorization message".to_owned(),
        Why::DecodedMessage => "the decoded authorization message".to_owned(),
        Why::AuthorizationDetails => "AWS's record of the request".to_owned(),
        Why::PrincipalTag => "tag of the principal in the snapshot; a session tag would override it".to_owned(),
        Why::Organization => "the organization in the snapshot".to_owned(),
        Why::ManagementAccountNotTold(id) => format!("the snapshot does not tell which one manages {id}"),
        Why::GivenByOption(policy_type) => {
            format!("given by option, and taken to be every {policy_type} that applies")
        }
        Why::NoneSaid(said) => none_said(said),
        Why::Session(origin) => format!("{}, known by {}", session_origin(origin), session_match(origin.matched_by)),
        Why::DeniedWithoutReason => {
            "AWS denied the request; if this policy allowed it, something else that was not seen denies it".to_owned()
        }
        Why::NothingOfResource(named) => {
            format!("AWS reported that no {named} allows the request, so no policy of the resource did")
        }
        Why::DoesNotNameCaller(named, subject) => format!(
            "AWS reported that no {named} allows the request, so the unseen {} does not name the caller",
            gap_subject(subject)
        ),
        Why::OnlyAGatewayDenies => {
            "AWS reported that its policy does not allow the request, and at any other endpoint it would".to_owned()
        }
        Why::Probe => "the probe called the model through this profile".to_owned(),
        Why::NoEndpointGiven => "no VPC endpoint was given with --context".to_owned(),
        Why::Template(follows) => match follows {
            Follows::PrincipalPartition => "the partition of the principal",
            Follows::ResourcePartition => "the partition of the resource",
            Follows::PrincipalAccount => "the account of the principal, whose policy it is",
            Follows::ResourceAccount => "the account of the resource, whose policy it is",
        }
        .to_owned(),
        Why::Derived(derived) => why_derived(*derived).to_owned(),
    }
}

const fn why_derived(derived: Derived) -> &'static str {
    match derived {
        Derived::PrincipalArn => "the principal's ARN",
        Derived::RoleArn => "the ARN of the session's role",
        Derived::NotSigned => "the request is not signed",
        Derived::PartOfResource => "a part of the resource's ARN",
        Derived::PrincipalAccount | Derived::CallerAccount => "the principal's account",
        Derived::PrincipalKind => "the kind of principal",
        Derived::UserName => "the user's name",
        Derived::OnlyUsers => "only IAM users have it",
        Derived::RootId => "the root user's id is the account",
        Derived::IsService => "the principal is a service",
        Derived::ServiceName => "the service's name",
        Derived::NotAService => "the principal is no service",
        Derived::RegionOfResource => "the region in the resource's ARN",
        Derived::GlobalInference => "global inference leaves the region of the model open",
        Derived::NoIdentityYet => "whoever comes with a token or an assertion has no identity in AWS yet",
        Derived::NamedByCall => "the call that makes the thing, where it tags it as well",
        Derived::AskedByService => "the service to which this call goes, in the region of the key",
        Derived::CalledDirectly => "the call is one of KMS itself",
        Derived::NotSent => "what the request sends is known, and this is not among it",
        Derived::PassedByCall => "the service to which this call passes the role",
        Derived::OwnerOfResource => "the account that owns the resource",
        Derived::AccountOfResource => "the account in the resource's ARN",
        Derived::OnlyRoleSessions => "only sessions of a role have it",
        Derived::LongTermKey => {
            "the request was signed with a long-term access key, and only temporary credentials have it"
        }
        Derived::OnlyRootSessions => "only sessions of the root user have it",
        Derived::NotOfAction => "AWS does not set it for this action",
        Derived::NoOrganization => "the account is in no organization",
        Derived::UniqueId => "the principal's unique id in the snapshot",
        Derived::TimeOfRequest => "the time of the request",
        Derived::OnlyIn(circumstance) => match circumstance {
            Circumstance::ThroughEndpoint => "the request did not come through a VPC endpoint",
            Circumstance::WithMfa => "the session is without MFA",
            Circumstance::Forwarded => "the caller made the request itself, no service for it",
            Circumstance::ForwardedByMcp => "the caller made the request itself, no MCP service for it",
            Circumstance::OfService => "only a request of a service principal has it",
        },
        Derived::SinceIn(circumstance) => match circumstance {
            Circumstance::ThroughEndpoint => "the request came through a VPC endpoint",
            Circumstance::WithMfa => "the session has MFA",
            Circumstance::Forwarded => "a service made the request for the caller",
            Circumstance::ForwardedByMcp => "an MCP service made the request for the caller",
            Circumstance::OfService => "a service principal made the request",
        },
    }
}

const fn session_match(by: SessionMatch) -> &'static str {
    match by {
        SessionMatch::AccessKey => "the access key",
        SessionMatch::RoleAndSessionName => "the role and the session name",
    }
}

/// How the policies were found.
#[must_use]
pub fn selection_note(note: &SelectionNote) -> String {
    match note {
        SelectionNote::AddedToSnapshot => {
            "the identity-based policies given by option are added to those of the snapshot".to_owned()
        }
        SelectionNote::ReplacedByOption(policy_type) => replaced(*policy_type),
        SelectionNote::OtherPath { held, named } => format!(
            "the snapshot holds {held}, the request names {named}: same name, another path; it was made anew since"
        ),
    }
}

fn replaced(policy_type: PolicyType) -> String {
    format!("the {policy_type} given by option takes the place of what the snapshot holds")
}

/// What kind of thing an ARN names, in one word: `bucket`.
#[must_use]
pub fn resource_noun(resource: &str) -> &'static str {
    let Ok(arn) = resource.parse::<Arn>() else { return "resource" };
    let kind = arn.resource().split(['/', ':']).next().unwrap_or_default();
    match (arn.service(), kind) {
        ("s3", _) if arn.account().is_empty() && arn.resource().contains('/') => "object",
        ("s3", _) if arn.account().is_empty() => "bucket",
        ("sqs", _) => "queue",
        ("sns", _) => "topic",
        ("dynamodb", "table") => "table",
        ("kms", "key") => "key",
        ("lambda", "function") => "function",
        ("lambda", "layer") => "layer version",
        ("secretsmanager", "secret") => "secret",
        ("ecr", "repository") => "repository",
        ("ec2", "instance") => "instance",
        ("iam", "role") => "role",
        ("iam", "user") => "user",
        ("ssm", "parameter") => "parameter",
        ("logs", "log-group") => "log group",
        _ => "resource",
    }
}
