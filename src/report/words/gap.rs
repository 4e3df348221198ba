//! What was not seen and why, and why a layer does not apply.

use crate::iam::{
    Asked, CallOutcome, CloseBy, Held, NotApplicable, NotInAccount, PolicySide, PolicyType, Refusal, Subject, TreeGap,
    Unseen,
};

use super::list::{any_of, levels_named};
use super::public_access;
use super::session::{none_said, session_origin};

/// What a gap is about, as a noun: `SCPs of account 111122223333`.
#[must_use]
pub fn gap_subject(subject: &Subject) -> String {
    match subject {
        Subject::Caller => "the principal".to_owned(),
        Subject::Principal(text) => format!("`{text}`"),
        Subject::Entity(kind, name) => format!("{} {name}", kind.noun()),
        Subject::UserBehind(session) => format!("the IAM user behind {session}"),
        Subject::PoliciesOf(policy_type, whose) => format!("{} of {}", policy_type.row().plural, gap_subject(whose)),
        Subject::GroupPolicies { group, kind, member } => {
            format!("policies of group {group}, of which {} {member} is a member", kind.noun())
        }
        Subject::Policy { policy_type, name, attached_to, .. } => {
            let attached = attached_to.join(" and ");
            let of = if attached.is_empty() { String::new() } else { format!(" of {attached}") };
            format!("{policy_type} `{name}`{of}")
        }
        Subject::OpenPart { part, policy_type, place } => format!("`{part}` in the {policy_type} at {place}"),
        Subject::Collected(policy_type, of) => format!("{policy_type} of {of}"),
        Subject::KeyGrants(key) => format!("grants of {key}"),
        Subject::SessionPolicies(None) => "session policies".to_owned(),
        Subject::SessionPolicies(Some(session)) => format!("session policies of {session}"),
        Subject::EndpointPolicy(Some(id)) => format!("policy of VPC endpoint {id}"),
        Subject::EndpointPolicy(None) => "policy of the VPC endpoint, if the request came through one".to_owned(),
        Subject::OrganizationPolicies(policy_type, account) => {
            let of = account.as_ref().map_or_else(String::new, |account| format!(" of account {account}"));
            format!("{}s{of}", policy_type.row().short)
        }
        Subject::LevelPolicies(policy_type, level) => format!("{} of {level}", policy_type.row().plural),
        Subject::LevelPolicy { policy_type, id, level } => format!("{policy_type} {id} of {level}"),
        Subject::FullAccess(levels) if levels.is_empty() => {
            "a level given by --scp without FullAWSAccess or another SCP that allows it".to_owned()
        }
        Subject::FullAccess(levels) => {
            format!("{} given by --scp without FullAWSAccess or another SCP that allows it", levels_named(levels))
        }
        Subject::ResourcePolicy { resource: None, .. } => "policy of the resource".to_owned(),
        Subject::ResourcePolicy { resource: Some(resource), documented } => {
            format!("policy of {resource}{}", if *documented { "" } else { ", if it has one" })
        }
        Subject::TrustPolicy(role) => format!("trust policy of {role}"),
        Subject::UnnamedTrustPolicy => "trust policy of the role".to_owned(),
        Subject::PermissionSet(name) => format!("permission set `{name}`, where the role's policies are edited"),
        Subject::AuthPolicy(service) => format!("auth policy of {service}"),
        Subject::NetworkAuthPolicy(service) => {
            format!("auth policy of the service network of {service}, if its auth type is AWS_IAM")
        }
        Subject::PublicAccessBlock(level) => format!("S3 Block Public Access of {}", public_access::level(level)),
        Subject::AccessPoint(arn) => {
            format!("what access point {} is for: its bucket, and its VPC if it has one", last(arn))
        }
        Subject::BucketBehind(arn) if arn.contains("accesspoint/") => {
            format!("policy of the bucket behind access point {}, which must allow the request too", last(arn))
        }
        Subject::BucketBehind(arn) => {
            format!("policy of bucket {} behind the access point, which must allow the request too", last(arn))
        }
        Subject::ObjectOwnership(arn) => format!("who owns the objects of bucket {}", last(arn)),
        Subject::Action => "which action it was".to_owned(),
        Subject::Resource => "which resource it was".to_owned(),
        Subject::ContextKey(key) => format!("the value of {key} in the request"),
        Subject::Destinations { profile, region } => {
            format!("the Regions to which inference profile {profile} may send a call from {region}")
        }
        Subject::Credentials => "with whose credentials AWS was asked".to_owned(),
        Subject::Simulator => "AWS's simulator".to_owned(),
        Subject::Record => "AWS's record of the request".to_owned(),
        Subject::TrailRecord => "CloudTrail's record of the denial".to_owned(),
        Subject::PolicyThen => "the policy that denied, as it was then".to_owned(),
        Subject::EncodedMessage => "the encoded message".to_owned(),
        Subject::StoredAnswer => "an answer of AWS in the snapshot".to_owned(),
        Subject::Several(parts) => parts.iter().map(gap_subject).collect::<Vec<_>>().join(", "),
    }
}

/// The last part of an ARN.
fn last(arn: &str) -> &str {
    arn.rsplit([':', '/']).next().unwrap_or(arn)
}

/// The same in few words: `SCPs`, `VPC endpoint policy`.
#[must_use]
pub fn gap_short(subject: &Subject) -> String {
    match subject {
        Subject::PoliciesOf(PolicyType::PermissionsBoundary, _) => "boundary".to_owned(),
        Subject::PoliciesOf(policy_type, _) | Subject::LevelPolicies(policy_type, _) => {
            policy_type.row().plural.to_owned()
        }
        Subject::Collected(policy_type, _) => policy_type.row().plural.to_owned(),
        Subject::KeyGrants(_) => "grants of keys".to_owned(),
        Subject::SessionPolicies(_) => "session policies".to_owned(),
        Subject::EndpointPolicy(_) => "VPC endpoint policy".to_owned(),
        Subject::OrganizationPolicies(policy_type, _) => format!("{}s", policy_type.row().short),
        Subject::FullAccess(levels) if levels.is_empty() => "FullAWSAccess at each level of --scp".to_owned(),
        Subject::FullAccess(levels) => format!("FullAWSAccess at {} of --scp", levels_named(levels)),
        Subject::ResourcePolicy { .. } => "resource policy".to_owned(),
        Subject::TrustPolicy(_) | Subject::UnnamedTrustPolicy => "trust policy".to_owned(),
        Subject::PermissionSet(_) => "permission set".to_owned(),
        Subject::AuthPolicy(_) => "auth policy".to_owned(),
        Subject::NetworkAuthPolicy(_) => "auth policy of the service network".to_owned(),
        Subject::PublicAccessBlock(_) => "S3 Block Public Access".to_owned(),
        Subject::AccessPoint(_) => "what the access point is for".to_owned(),
        Subject::BucketBehind(_) => "policy of the bucket behind it".to_owned(),
        Subject::ObjectOwnership(_) => "who owns the object".to_owned(),
        other => gap_subject(other),
    }
}

/// The options that close a gap, but for those that the commands above them name.
#[must_use]
pub fn close_by(options: &[CloseBy], said: &[String]) -> Option<String> {
    let is_new = |option: &&CloseBy| {
        let name = option.option().unwrap_or_default();
        !said.iter().any(|line| line.split(' ').any(|word| word == name))
    };
    let (none, some): (Vec<&CloseBy>, Vec<&CloseBy>) =
        options.iter().filter(is_new).partition(|option| matches!(option, CloseBy::NoneOf(_)));
    let words = |options: &[&CloseBy]| any_of(&options.iter().map(ToString::to_string).collect::<Vec<_>>());
    match (some.as_slice(), none.as_slice()) {
        ([], []) => None,
        (some, []) => Some(words(some)),
        ([], none) => Some(format!("{} if there is none", words(none))),
        (some, none) => Some(format!("{}; if none, {}", words(some), words(none))),
    }
}

/// Why something was not seen.
#[must_use]
pub fn gap_reason(reason: &Unseen) -> String {
    match reason {
        Unseen::CallerNotNamed => "the input does not tell who made the request".to_owned(),
        Unseen::ActionNotNamed => "the input does not name the action".to_owned(),
        Unseen::ResourceNotNamed => "the input does not name the resource".to_owned(),
        Unseen::ResourceIsPattern => "the input gives only a pattern of it".to_owned(),
        Unseen::CallerAccountNotKnown => "the principal's account is not known".to_owned(),
        Unseen::ResourceAccountNotKnown => "the account that owns the resource is not known".to_owned(),
        Unseen::NotAUserOrRole => "it is not the ARN of a user or role, so nothing can be looked up".to_owned(),
        Unseen::NoAccountInArn => "its account is not readable, so nothing can be looked up".to_owned(),
        Unseen::KindOfPrincipal => "what kind of principal it is cannot be told".to_owned(),
        Unseen::UserNotInArn => {
            "a federated user has the policies of the IAM user that called sts:GetFederationToken, which \
                                 its ARN does not name"
                .to_owned()
        }
        Unseen::NoSnapshot => "no snapshot was given".to_owned(),
        Unseen::NotGiven => "no snapshot or option gives it".to_owned(),
        Unseen::OrganizationNotGiven => "no snapshot or option gives the organization".to_owned(),
        Unseen::OtherAccounts { account, known } => {
            format!("the snapshot does not hold account {account}, only {}", known.join(", "))
        }
        Unseen::OtherCredentials { account, used } => {
            format!("AWS was asked with credentials of account {used}; use credentials of account {account}")
        }
        Unseen::NotInAccount(absent) => not_in_account(absent),
        Unseen::GroupNotInSnapshot => "the group is not in the snapshot".to_owned(),
        Unseen::RoleNotInSnapshot => "the role is not in the snapshot".to_owned(),
        Unseen::NotInTree(ids) => format!("the tree of {} does not hold the account", ids.join(" and ")),
        Unseen::AttachmentsNotTold => "the snapshot does not tell what is attached there".to_owned(),
        Unseen::OnlyDenials => {
            "the SCPs given there only deny; AWS attaches FullAWSAccess to each root, OU and account, and a level where nobody left it \
             allows nothing"
                .to_owned()
        }
        Unseen::DocumentNotInFile => "the file names the policy but does not hold its document".to_owned(),
        Unseen::ContentNotInSnapshot => "the snapshot names the policy but does not hold its content".to_owned(),
        Unseen::Unreadable { place, error } => format!("the document at {place} cannot be read: {error}"),
        Unseen::RecordUnreadable { operation, error } => {
            format!("the policy in the record of {operation} cannot be read: {error}")
        }
        Unseen::OnlyTheSessionCall => {
            "only the call that made the session tells whether it was given session policies".to_owned()
        }
        Unseen::EarlierSessionPolicies => {
            "GetScopedCredentials narrowed it, and the session may have been limited before: its own policies, and those of earlier calls, \
             count too"
                .to_owned()
        }
        Unseen::OnlyTheFederationCall => {
            "only the call of sts:GetFederationToken tells which session policies the session was given".to_owned()
        }
        Unseen::EndpointNotGiven => {
            "the request came through it, and no snapshot or option gives its policy".to_owned()
        }
        Unseen::SeveralEndpoints { vpc, endpoints } => format!(
            "the request came from {vpc}, which has several endpoints of the service, with different policies: {}",
            endpoints.join(", ")
        ),
        Unseen::NotProvisioned => "its inline policy is another one than the role's: it was changed and not provisioned since. Start from that one, \
                                   or the edit takes the change back"
            .to_owned(),
        Unseen::RouteNotTold => "the input does not tell how the request reached AWS".to_owned(),
        Unseen::LeftOpen(element) => {
            format!("the file leaves it open, and the statement's {element} depends on it")
        }
        Unseen::Refused(refusal) => refused(refusal),
        Unseen::KeyNotTold => "a statement that decides tests it, and the input does not tell it".to_owned(),
        Unseen::PerProfile => "AWS tells it per profile and Region; no file given does".to_owned(),
        Unseen::AnswerUnreadable { list, entry, error } => format!("entry {entry} of `{list}` cannot be read: {error}"),
        Unseen::BothMustAllow => "it was read, and is judged only beside that of the access point: both must allow".to_owned(),
        Unseen::OneOfTwo => "one document was given, and taken as that of the repository: give both, as either may allow or deny".to_owned(),
        Unseen::Several(reasons) => reasons.iter().map(gap_reason).collect::<Vec<_>>().join("; "),
    }
}

fn not_in_account(absent: &NotInAccount) -> String {
    let NotInAccount { account, kind, name, taken_at, held, near } = absent;
    let noun = kind.noun();
    let taken = taken_at.as_deref().map(|at| format!(" of {at}")).unwrap_or_default();
    let near = near.as_ref().map(|near| format!("; there is `{near}`")).unwrap_or_default();
    match held {
        Held::Part => {
            format!("the snapshot{taken} holds only part of account {account}, and no {noun} `{name}`{near}")
        }
        Held::NotInAws => {
            let at = taken_at.as_deref().map(|at| format!(" (asked {at})")).unwrap_or_default();
            format!("AWS has no {noun} `{name}` in account {account}{at}: it was deleted")
        }
        Held::All(count) => format!(
            "the snapshot{taken} holds account {account} with {count} {noun}s, but no {noun} `{name}`: it was deleted, or made \
             after the snapshot was taken{near}"
        ),
    }
}

fn refused(refusal: &Refusal) -> String {
    let needs = refusal.permission.as_deref().map(|name| format!("; it needs {name}")).unwrap_or_default();
    let said = refusal.error.as_deref().map(|said| format!(": {said}")).unwrap_or_default();
    let when = match refusal.asked {
        Asked::ForSnapshot => " when the snapshot was taken",
        Asked::ForDiagnosis => "",
    };
    let operation = &refusal.operation;
    let what = match refusal.outcome {
        CallOutcome::Refused if said.is_empty() => format!("{operation} was refused{when}: refused"),
        CallOutcome::Refused => format!("{operation} was refused{when}"),
        CallOutcome::NotMade => format!("{operation} was not called{when}"),
        CallOutcome::NotReached => format!("{operation} did not reach AWS{when}"),
        CallOutcome::Throttled => format!("{operation} was throttled{when}"),
        CallOutcome::Failed => format!("{operation} failed at AWS{when}"),
        CallOutcome::NotFound => {
            let nothing = nothing_found(operation, refusal.error.as_deref().unwrap_or_default());
            format!("{operation} found no such {nothing}{when}")
        }
        CallOutcome::TellsOfGrant => format!("{operation} told{when} of a grant that may allow it beside the policies"),
        CallOutcome::Unreadable => format!("what {operation} answered{when} cannot be read"),
    };
    format!("{what}{said}{needs}")
}

/// What AWS did not find.
fn nothing_found(operation: &str, said: &str) -> &'static str {
    match operation {
        "iam:GetRole" => "role",
        "iam:GetUser" => "user",
        "iam:GetPolicy" => "policy",
        _ if said.starts_with("NoSuchBucket:") => "bucket",
        _ if said.starts_with("NoSuchAccessPoint:") => "access point",
        _ => NOUNS.iter().find(|(of, _)| *of == operation).map_or("thing", |(_, noun)| noun),
    }
}

/// What the calls that read the policies of resources are about.
const NOUNS: [(&str, &str); 21] = [
    ("apigateway:GetRestApi", "REST API"),
    ("backup:GetBackupVaultAccessPolicy", "backup vault"),
    ("codeartifact:GetDomainPermissionsPolicy", "domain"),
    ("codeartifact:GetRepositoryPermissionsPolicy", "repository"),
    ("dynamodb:GetResourcePolicy", "table"),
    ("ec2:DescribeVpcEndpoints", "VPC endpoint"),
    ("ecr:GetRepositoryPolicy", "repository"),
    ("efs:DescribeFileSystemPolicy", "file system"),
    ("opensearch:DescribeDomain", "domain"),
    ("events:DescribeEventBus", "event bus"),
    ("kinesis:GetResourcePolicy", "stream"),
    ("kms:DescribeKey", "key"),
    ("kms:GetKeyPolicy", "key"),
    ("kms:ListGrants", "key"),
    ("lambda:GetLayerVersionPolicy", "version of a layer"),
    ("lambda:GetPolicy", "function"),
    ("s3control:GetAccessPoint", "access point"),
    ("s3:GetBucketPolicy", "bucket"),
    ("secretsmanager:GetResourcePolicy", "secret"),
    ("sns:GetTopicAttributes", "topic"),
    ("sqs:GetQueueAttributes", "queue"),
];

/// Why policies of a type cannot apply to a request.
#[must_use]
pub fn not_applicable(why: &NotApplicable) -> String {
    match why {
        NotApplicable::RootUser => {
            "the root user has every permission in its account; no identity-based policy or boundary limits it"
                .to_owned()
        }
        NotApplicable::Service(policy_type) => has_none(*policy_type, "an AWS service", "AWS services"),
        NotApplicable::Anonymous(policy_type) => has_none(*policy_type, "an anonymous request", "anonymous requests"),
        NotApplicable::FederatedCall(policy_type) => {
            let plural = policy_type.row().plural;
            format!("the call is made with a token of an identity provider, without AWS credentials: no {plural} apply")
        }
        NotApplicable::ServiceLinkedRole(PolicyType::ResourceControl) => {
            "resource control policies do not apply to calls of service-linked roles".to_owned()
        }
        NotApplicable::ServiceLinkedRole(policy_type) => {
            format!("{} do not apply to service-linked roles", policy_type.row().plural)
        }
        NotApplicable::NotASession => "the request names the role itself, not a session of it".to_owned(),
        NotApplicable::NoSessionPolicies => {
            "only sessions of roles and federated users have session policies".to_owned()
        }
        NotApplicable::SessionWithout(origin) => {
            format!("the session was made without session policies: {}", session_origin(origin))
        }
        NotApplicable::DefaultEndpointPolicy(id) => format!("{id} has the default policy, which allows everything"),
        NotApplicable::NoEndpoint => {
            "aws:SourceVpce is not in the request: it did not come through a VPC endpoint".to_owned()
        }
        NotApplicable::PublicAddress => {
            "aws:SourceIp is in the request, which AWS fills only when it does not come through a VPC endpoint"
                .to_owned()
        }
        NotApplicable::OutsideOfNetworks => {
            "an AWS service that calls by its own name does not come through a VPC endpoint".to_owned()
        }
        NotApplicable::NoRcpsOfService(service) => {
            format!("resource control policies do not apply to the service `{service}`")
        }
        NotApplicable::NoRcpsOfAction(action) => format!("resource control policies do not apply to {action}"),
        NotApplicable::ActionWithoutResource => {
            "the action names no resource, so no resource-based policy applies".to_owned()
        }
        NotApplicable::ActionOfIam => "the actions of IAM have no resource-based policies".to_owned(),
        NotApplicable::InferenceProfile => "inference profiles carry no resource-based policy".to_owned(),
        NotApplicable::NoPolicyOfType { service, kind } => {
            format!("AWS documents no resource-based policies for {service} `{kind}`")
        }
        NotApplicable::ResourceOfAws => "the resource belongs to AWS and carries no policy of an account".to_owned(),
        NotApplicable::NoOrganization(account) => format!("account {account} belongs to no organization"),
        NotApplicable::ManagementAccount(policy_type, account) => {
            let whom = if policy_type.row().side == PolicySide::Principal { "principals" } else { "resources" };
            format!("{} do not apply to {whom} of the management account ({account})", policy_type.row().plural)
        }
        NotApplicable::NotEnabled(policy_type, organization) => {
            format!("{} are not enabled in organization {organization}", policy_type.row().plural)
        }
        NotApplicable::NoneSaid(said) => none_said(said),
        NotApplicable::NothingOfResource(named) => {
            format!("AWS reported that no {named} allows the request, so no policy of the resource did")
        }
        NotApplicable::EveryRequest => "compared for every request".to_owned(),
        NotApplicable::AssumedNotToBlock(subject) => format!("{} not seen", gap_subject(subject)),
    }
}

/// Why there may be more of an organization's tree than is known.
#[must_use]
pub fn tree_gap(gap: &TreeGap) -> String {
    match gap {
        TreeGap::OnlyThePath => "only the way to the account was collected, not the rest of the tree".to_owned(),
        TreeGap::AttachmentsNotKnown(level) => format!("what is attached to {level} is not known"),
        TreeGap::Refused(refusal) => refused(refusal),
    }
}

/// That one of a kind has no policies of a type, or those of an organization do not reach them.
fn has_none(policy_type: PolicyType, one: &str, all: &str) -> String {
    let row = policy_type.row();
    if row.has_levels {
        format!("{} do not apply to {all}", row.plural)
    } else {
        format!("{one} has no {}", row.plural)
    }
}
