//! Sentences about what a denial says: its notes, the signs of damage, where a condition key comes from, and other failures.

use super::next_step;
use crate::denial::{Damage, Denial, Failure, Note, Part, ServiceRole, StatementName};
use crate::iam::Action;

/// A part of the request that the text does not name.
#[must_use]
pub fn not_in_text(part: &str) -> String {
    format!("{part} (not in the text)")
}

/// Where a denial stands, of several inputs.
#[must_use]
pub fn place(denial: &Denial) -> Option<String> {
    denial.file.as_ref().map(|file| format!("{file}:{}", denial.line))
}

/// The other inputs in which it stands.
#[must_use]
pub fn also_in(denial: &Denial) -> Option<String> {
    const MOST: usize = 3;
    let places: Vec<String> =
        denial.also_in.iter().take(MOST).map(|other| format!("{}:{}", other.file, other.line)).collect();
    let more = denial.also_in.len() - places.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    (!places.is_empty()).then(|| format!("{}{more}", places.join(", ")))
}

/// Everything to remark about a denial: signs of damage first.
pub fn remarks(denial: &Denial) -> impl Iterator<Item = String> {
    denial.damage.iter().map(damage).chain(denial.notes.iter().map(note))
}

/// A note, in a sentence.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one arm for each kind")]
pub fn note(note: &Note) -> String {
    let text = match note {
        Note::NoAction => {
            "the message names no action; it often means that the resource belongs to another account: compare the account \
             ids before changing a policy"
        }
        Note::Placeholder { part, text } if text.starts_with(['<', '[']) => {
            return format!("`{text}` in the {} is a placeholder that was never replaced, or a mask", part.noun());
        }
        Note::Placeholder { part, text } => {
            return format!("`{text}` in the {} is a placeholder that was never replaced", part.noun());
        }
        Note::NoReason => "the message gives no reason: neither the policy type nor explicit or implicit is known",
        Note::UnknownPolicyType => "an implicit deny; the type of policy that the message names is not known here",
        Note::PolicyOfNetwork => {
            "`network-based` is the auth policy of the service network of VPC Lattice, not that of the service"
        }
        Note::ResourceCut => "the resource is cut off in the message: it is not known",
        Note::NoPolicyType => "an explicit deny, but the message does not name the policy type",
        Note::TwoPolicyTypes => {
            "two policy types are named: the VPC endpoint policy denies because of a service control policy, which is the \
             one to look at"
        }
        Note::ThreeCases => {
            "three possibilities in one text: the resource does not exist in this Region, no resource-based policy allows \
             it, or one denies it"
        }
        Note::Setting => "a setting, not a policy: allowing the action does not help",
        Note::Elided => "parts of the message were left out",
        Note::PrincipalCut => "the beginning of the message is missing; the principal cannot be read",
        Note::NoResource => "the message does not name the resource",
        Note::PerhapsBlockPublicAccess => {
            "on S3 this wording also comes from Block Public Access, with no such statement in the bucket policy"
        }
        Note::OneSideCanBeEnough => {
            "within one account an identity-based policy that allows the action can be enough; across accounts both sides \
             must allow it"
        }
        Note::SessionPolicyOfService => {
            "session policies are often passed by a service (Cognito, CodePipeline, a credential broker), not written by \
             the user"
        }
        Note::SessionPolicyOfCognito => {
            "the session is named as Cognito names those of its identity pools: for guests Cognito itself passes a session policy, and nobody can \
             have it changed"
        }
        Note::WildcardInResource => {
            "the resource contains a wildcard: AWS reports one concrete resource, so the text was edited or merged"
        }
        Note::Masked => "parts are masked; masked account ids and names are not compared",
        Note::AnyCauseOfS3 => {
            "a bare denial of S3 can be an identity policy, the bucket policy, an ACL, Block Public Access, the KMS key, \
             another account's bucket, or a missing object without s3:ListBucket"
        }
        Note::ActionsOfOperation(actions) => {
            let names: Vec<&str> = actions.iter().map(Action::as_str).collect();
            return format!("inferred from the operation, not said by AWS: it asks for {}", names.join(", "));
        }
        Note::ActionOfCall { operation } => {
            return format!("the text does not name the action; {operation} asks for it");
        }
        Note::EncodedMessage { complete: true } => {
            "the encoded message holds the full context: aws sts decode-authorization-message --encoded-message <blob>"
        }
        Note::EncodedMessage { complete: false } => "the encoded message is cut off and cannot be decoded",
        Note::DecodedMessage => {
            "a decoded message tells the effect and the statement, not the type or the name of the policy"
        }
        Note::DecodedMessageCut => "the decoded message is cut off; its conditions are not all there",
        Note::MatchedStatement { statement, effect } => {
            return match statement {
                StatementName::Sid(sid) => format!("matched statement: {sid} ({effect})"),
                StatementName::NoSid => format!("matched statement: without a Sid ({effect})"),
            };
        }
        Note::RoleNotAssumed => {
            "a role could not be assumed: it does not exist, its trust policy does not allow it, or sts:AssumeRole is not \
             allowed"
        }
        Note::RoleOfService(ServiceRole::StateMachine) => {
            "it is about the role of the state machine, not about the caller: Step Functions needs a rule of EventBridge to wait for a job \
             (.sync)"
        }
        Note::RoleOfService(ServiceRole::Execution) => {
            "it is about the execution role that the call passes, not about the caller"
        }
        Note::ReadForCaller => {
            "the service reads this object with the permissions of the caller; the role that is passed to it does not matter here"
        }
        Note::BareName => {
            "the call named the resource without an account, which means the caller's own: one of another account must be named by its whole \
             ARN"
        }
        Note::OwnedByAws => {
            "the resource belongs to AWS: `aws` stands where an account id stands otherwise; write the ARN into a policy as it is, \
             because an entry with your account id does not match it"
        }
        Note::KmsKeyNotNamed => {
            "the key is not named; kms:Decrypt or kms:GenerateDataKey of the caller is the usual one"
        }
        Note::KeyNotFoundOrDenied => {
            "three possibilities in one text: the key does not exist, it is in another Region, or the caller may not use it"
        }
        Note::PassesSessionTags => {
            "the token passes session tags: the trust policy must allow sts:TagSession to the identity provider too, and AWS may say the \
             same where that is missing"
        }
        Note::RoleOfText => "the message names no role; this one is taken from the text around it",
        Note::ResourceOfText => {
            "the message does not name the resource; it is taken from the address or the command beside it"
        }
        Note::CallerRoleOfText => {
            "the message does not name the caller; it is taken to be this role, which the text around it names"
        }
        Note::SeveralRolesInText => {
            "the message does not name the caller, and the text names several roles: give the right one with --principal"
        }
        Note::WordsOfOrganization => {
            "these are not the words of EC2 for a missing permission: a declarative policy of the organization can give such a text of its own"
        }
        Note::CallerOfText => {
            "the message does not name the caller; it is taken from the output of aws sts get-caller-identity beside it"
        }
        Note::OtherCallerInText(caller) => {
            return format!(
                "the output of aws sts get-caller-identity in the input is of another caller, {caller}: the call was made with other \
                 credentials than that command"
            );
        }
        Note::ResourceOfRecord => "the resource is taken from the record, not from the message",
        Note::SecretInInput(kinds) => {
            let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
            return format!(
                "SECURITY: the input holds a secret ({}), not repeated here; if others can read it, the key is compromised: \
                 deactivate it first",
                kinds.join(", ")
            );
        }
    };
    text.to_owned()
}

/// A role that a service uses, by its name where that is known.
#[must_use]
pub fn role_of_service(role: ServiceRole, name: Option<String>) -> String {
    match (role, name) {
        (ServiceRole::StateMachine, Some(name)) => format!("{name} of the state machine"),
        (ServiceRole::StateMachine, None) => "the role of the state machine".to_owned(),
        (ServiceRole::Execution, Some(name)) => format!("the execution {name}"),
        (ServiceRole::Execution, None) => "the execution role that the call passes".to_owned(),
    }
}

/// A sign of damage, in a sentence.
#[must_use]
pub fn damage(damage: &Damage) -> String {
    format!("the text was edited or damaged: {}", sign(damage))
}

fn sign(damage: &Damage) -> String {
    match damage {
        Damage::RemovedCharacters { characters, parts } => {
            let parts: Vec<String> = parts.iter().map(|part| format!("the {}", part.noun())).collect();
            let place = if parts.is_empty() { "the sentence".to_owned() } else { parts.join(" and ") };
            let dropped = |character: &char| !matches!(character, '\u{2010}' | '\u{2011}');
            let read = if characters.iter().all(dropped) { "left out" } else { "read as a plain hyphen, or left out" };
            format!("{place} held {}, which AWS does not write and nobody can see; it was {read}", named(characters))
        }
        Damage::ImpossibleCharacters { part, characters } => {
            format!("the {} holds {}, which no such name in AWS can hold", part.noun(), named(characters))
        }
        Damage::LookalikeLetters { part, characters } => {
            format!("the {} holds {} among English letters that look the same", part.noun(), named(characters))
        }
        Damage::SecondMessage { part, words } => {
            format!("the {} holds `{words}`: two messages were joined", part.noun())
        }
        Damage::ActionInReason { asked, reason } => {
            format!("it says that {asked} was asked for, and that {reason} is not allowed; AWS names one action")
        }
        Damage::ActionOfOperation { operation, action } => {
            format!("the call was {operation}, which does not ask for {action}")
        }
        Damage::ResourceOfAnotherService { action, service } => {
            format!("{action} does not work on resources of {service}, and the resource is one")
        }
        Damage::ResourceOfAnotherType { action, resource_type } => {
            format!("{action} does not work on a resource of type {resource_type}")
        }
        Damage::AccountLength { part, account } => format!(
            "the account {account} of the {} has {} digits; AWS's account ids have 12",
            part.noun(),
            account.len()
        ),
        Damage::Partitions { principal, resource } => format!(
            "the principal is in partition {principal} and the resource in {resource}; no request goes from one to the other"
        ),
        Damage::Region { part, region } => {
            format!("the ARN of the {} names the Region {region}; no Region has such a name", part.noun())
        }
        Damage::RegionOfAnotherPartition { part, region, partition } => {
            format!("the Region {region} of the {} is not in its partition {partition}", part.noun())
        }
        Damage::PolicyOfAnotherType { policy_type, arn } => {
            format!("it names {}, and {arn} is no such policy", policy_type.with_article())
        }
        Damage::PolicyOfAnotherAccount { policy_type, account } => format!(
            "the {} that it names is in account {account}, and it can be attached only in the account of the principal",
            policy_type.noun()
        ),
        Damage::PolicyTypeOfAction { policy_type, action } => {
            format!("{} does not decide about {action}", policy_type.with_article())
        }
        Damage::PrincipalOfRecord { record } => {
            format!("its record says that {record} called, and its message names another principal")
        }
        Damage::OtherDenial { line, part: Part::Reason, same_id: false } => format!(
            "the denial in line {line} gives another reason for the same request; if nobody edited it, the policies changed between the two"
        ),
        Damage::OtherDenial { line, part, .. } => {
            format!("the denial in line {line} has the same request id and another {}", part.noun())
        }
    }
}

/// Characters by number, and as they are where they can be seen.
fn named(characters: &[char]) -> String {
    let name = |character: &char| {
        let number = u32::from(*character);
        let shown = (character.is_alphanumeric() || character.is_ascii_graphic()).then(|| format!(" ({character})"));
        format!("U+{number:04X}{}", shown.unwrap_or_default())
    };
    characters.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// What failed instead, with the word before it: whether IAM decides it after all.
#[must_use]
pub fn instead(denial: &Denial, other: Failure) -> (&'static str, &'static str) {
    match denial.model.as_ref().map(|model| model.failure) {
        Some(model) if next_step::is_of_iam(model) => ("IAM", next_step::failure(model)),
        Some(model) => ("NOT IAM", next_step::failure(model)),
        None if is_of_iam(other) => ("IAM", failure(other)),
        None => ("NOT IAM", failure(other)),
    }
}

/// Whether a policy of IAM decides it, though not one about the caller: that of a role or resource which a service uses.
#[must_use]
pub const fn is_of_iam(failure: Failure) -> bool {
    matches!(
        failure,
        Failure::ServiceTrust
            | Failure::IdentityPoolRole
            | Failure::ClusterRole
            | Failure::LogBucket
            | Failure::FunctionPolicy
            | Failure::ImagePolicy
    )
}

/// What another failure is, in one sentence.
#[must_use]
pub const fn failure(failure: Failure) -> &'static str {
    match failure {
        Failure::ExpiredCredentials => "the credentials have expired",
        Failure::ExpiredUrl => "the presigned URL has expired; the credentials that signed it may be good",
        Failure::InvalidCredentials => "the credentials are missing, unknown, or not valid in this partition or region",
        Failure::IdentityProviderMissing => {
            "the account of the role has no identity provider for whoever issued the token; no policy was asked yet"
        }
        Failure::TokenAudience => {
            "the token is for an audience that the identity provider in IAM does not list; no policy was asked yet"
        }
        Failure::IdentityProviderUnreachable => {
            "AWS cannot check the token: it does not get the keys of whoever issued it; no policy was asked yet"
        }
        Failure::Signature => {
            "the signature does not fit: wrong secret key, wrong clock, or a proxy that changes requests"
        }
        Failure::Throttled => "a rate limit or quota is used up; the request was authorized or never judged",
        Failure::Entitlement => "the account, not the identity, has no access to the product or model",
        Failure::Lifecycle => "the model is at the end of its life, or a legacy model that the account does not use",
        Failure::AccountState => "the account is not verified, not signed up, or blocked",
        Failure::RegionDisabled => "STS, or the Region itself, is not activated for the account",
        Failure::Routing => "the region, endpoint or model id is not one that can answer",
        Failure::InvalidRequest => "the request is not valid; no policy decides it",
        Failure::ServiceSetting => "a setting of the service or resource refuses it, not a policy",
        Failure::MfaDelete => {
            "the bucket has MFA delete: only the root user of its account, with an MFA code, deletes a version or changes versioning"
        }
        Failure::BlockPublicAccess => "S3 Block Public Access refuses it, not a policy",
        Failure::ResourceState => "the resource is in a state that forbids the call",
        Failure::ServiceTrust => "a service cannot assume the role: its trust policy, or a role that is seconds old",
        Failure::IdentityPoolRole => {
            "Cognito cannot assume the role of the identity pool: none is set for this kind of sign-in, or its trust policy does not \
             allow this pool"
        }
        Failure::ClusterRole => {
            "Amazon Redshift cannot assume the role: it is not associated with the cluster or namespace, or its trust policy does not \
             name Redshift"
        }
        Failure::LogBucket => {
            "a service may not write its logs there: the policy of the bucket does not allow it, not the caller's"
        }
        Failure::FunctionPolicy => {
            "a service may not invoke the Lambda function: the function's policy does not allow it, not the caller's"
        }
        Failure::ImagePolicy => {
            "AWS Lambda may not read the image: the policy of the ECR repository does not allow it, not the caller's"
        }
        Failure::KubernetesRbac => "Kubernetes refuses it: RBAC or the cluster's access entries, not IAM",
        Failure::OrganizationPolicy => {
            "a declarative policy of the organization forbids it: the service enforces it by itself, and no SCP is involved"
        }
        Failure::AccountAssignment => {
            "this user of IAM Identity Center is not assigned to this account with this permission set"
        }
        Failure::UnnamedAction => {
            "the service refused the request before it knew which action to authorize: it wrote `null`"
        }
        Failure::LakeFormation => "a Lake Formation grant is missing, or there is no such database or table",
        Failure::ApplicationAuthorization => "the application's own authorization refuses it, not IAM",
        Failure::LocalPermission => "permissions of this machine refuse it, not AWS",
        Failure::OtherCloud => "another cloud or S3-compatible service answered, not AWS IAM",
    }
}

/// What helps against the failure that this text tells.
#[must_use]
pub fn help_with(denial: &Denial, failure: Failure) -> &'static str {
    // to switch ACLs on is no remedy: AWS recommends to keep them off
    // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-error-responses.html>
    if failure == Failure::ServiceSetting && denial.error_code.as_deref() == Some("AccessControlListNotSupported") {
        return "leave the ACL out of the request (`--acl`, an `aws_s3_bucket_acl`, a canned ACL of the SDK), or send \
                bucket-owner-full-control: ACLs are disabled for this bucket, and AWS recommends to keep them so; give access by the bucket \
                policy instead";
    }
    help(failure)
}

/// What helps against another failure.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one arm for each kind")]
const fn help(failure: Failure) -> &'static str {
    match failure {
        Failure::ExpiredCredentials => {
            "get new credentials (`aws sso login`, assume the role again, or make a new key), then repeat the call"
        }
        Failure::ExpiredUrl => {
            "make a new URL (`aws s3 presign s3://BUCKET/KEY --expires-in SECONDS`, at most 604800); one that is signed with the \
             credentials of a session ends with that session, whatever it says; no policy helps"
        }
        Failure::InvalidCredentials => {
            "see which credentials are used with `aws sts get-caller-identity` and `aws configure list`; mixed keys and \
             session tokens, deleted keys, the wrong partition and regions that are not enabled look like this"
        }
        Failure::IdentityProviderMissing => {
            "check the account id in the ARN of the role first; then an account admin of that account lists the providers with `aws iam \
             list-open-id-connect-providers`, and adds the missing one with `aws iam create-open-id-connect-provider --url \
             https://ISSUER --client-id-list sts.amazonaws.com`: the URL is the `iss` of the token, to the letter"
        }
        Failure::TokenAudience => {
            "ask for the token with an audience that the provider lists (aws-actions/configure-aws-credentials: `audience: \
             sts.amazonaws.com`), or an account admin adds the other one with `aws iam add-client-id-to-open-id-connect-provider`; `aws \
             iam get-open-id-connect-provider` shows the list; a trust policy that tests `aud` has to name it too"
        }
        Failure::IdentityProviderUnreachable => {
            "the issuer's /.well-known/openid-configuration and the keys to which it points must be reachable from the internet, without \
             a firewall, in less than 5 seconds; where the certificate is one that AWS does not trust by itself, an account admin sets \
             its thumbprint with `aws iam update-open-id-connect-provider-thumbprint`"
        }
        Failure::Signature => "check the secret key and the clock, and whether a proxy rewrites paths or headers",
        Failure::Throttled => "wait and retry with back-off, or ask for a higher quota in Service Quotas",
        Failure::Entitlement => {
            "an administrator enables the product or model for the account, once (AWS Marketplace: accept the terms at the address in the \
             message; payment method; use-case form); for the first use of a Marketplace model the caller needs aws-marketplace:Subscribe and \
             aws-marketplace:ViewSubscriptions once"
        }
        Failure::Lifecycle => "use a model that is active; policies do not help",
        Failure::AccountState => "finish the sign-up or verification of the account, or ask AWS Support",
        Failure::RegionDisabled => {
            "call STS in a Region that is active (AWS_REGION, or `--region`), or an account admin activates it in IAM, Account settings, \
             Security Token Service; a Region that is off by default is switched on with `aws account enable-region --region-name REGION`; a \
             new account needs some minutes"
        }
        Failure::Routing => {
            "check the region and the id; models without on-demand throughput are called by an inference profile id"
        }
        Failure::InvalidRequest => "correct the request; no policy change helps",
        Failure::ServiceSetting => "change the setting, if its owner agrees; no policy change helps",
        Failure::MfaDelete => {
            "the root user of the account that has the bucket repeats it with the code of its MFA device: `aws s3api delete-object --bucket \
             BUCKET --key KEY --version-id VERSION --mfa \"SERIAL CODE\"`; a delete without a version needs no code and keeps the versions; \
             no policy helps"
        }
        Failure::BlockPublicAccess => {
            "do not make the bucket public; where public access is intended, its owner relaxes Block Public Access on the \
             bucket, the account or the organization"
        }
        Failure::ResourceState => "bring the resource into the right state, for example enable the key",
        Failure::ServiceTrust => {
            "let the role's trust policy name the service principal; for a new role wait and retry"
        }
        Failure::IdentityPoolRole => {
            "set the pool's role (`aws cognito-identity get-identity-pool-roles --identity-pool-id POOL`), and let its trust policy allow \
             sts:AssumeRoleWithWebIdentity to Principal Federated cognito-identity.amazonaws.com, always with both conditions: StringEquals \
             cognito-identity.amazonaws.com:aud is the pool's id (without it every pool of every account gets in), and \
             ForAnyValue:StringLike cognito-identity.amazonaws.com:amr is authenticated, or unauthenticated for guests"
        }
        Failure::ClusterRole => {
            "associate the role (`aws redshift modify-cluster-iam-roles --cluster-identifier CLUSTER --add-iam-roles ROLE`; serverless: `aws \
             redshift-serverless update-namespace --namespace-name NAME --iam-roles`, with the roles that it has), and let its trust policy \
             allow sts:AssumeRole to redshift.amazonaws.com (serverless: redshift-serverless.amazonaws.com, too); a role of another account \
             is chained: IAM_ROLE 'FIRST,SECOND'; where the trust policy tests sts:ExternalId, it names this database user"
        }
        Failure::LogBucket => {
            "the owner of the bucket adds the statements that the service's page shows to the bucket policy: s3:PutObject under AWSLogs/ACCOUNT/ \
             for logdelivery.elasticloadbalancing.amazonaws.com (Application Load Balancer), or with s3:GetBucketAcl for \
             delivery.logs.amazonaws.com (Network Load Balancer, VPC Flow Logs) or cloudtrail.amazonaws.com; check the name, the Region and \
             the encryption of the bucket, too: they fail alike"
        }
        Failure::FunctionPolicy => {
            "who owns the function allows the service: `aws lambda add-permission --function-name FUNCTION --statement-id AllowService --action \
             lambda:InvokeFunction --principal SERVICE --source-account ACCOUNT` (SERVICE is secretsmanager.amazonaws.com for a rotation, \
             logs.amazonaws.com for a subscription, there with --source-arn of the log group, too)"
        }
        Failure::ImagePolicy => {
            "the owner of the repository allows ecr:BatchGetImage and ecr:GetDownloadUrlForLayer to lambda.amazonaws.com in its policy (`aws ecr \
             set-repository-policy`), with aws:SourceArn of the function where it is another account's; in one account Lambda adds that by \
             itself where the caller has ecr:GetRepositoryPolicy and ecr:SetRepositoryPolicy"
        }
        Failure::KubernetesRbac => {
            "grant it in the cluster: an EKS access entry (or aws-auth) for the IAM principal, and a Role or ClusterRole \
             binding"
        }
        Failure::OrganizationPolicy => {
            "do not search SCPs, and do not add an Allow: ask an administrator of the organization, and see what applies with `aws \
             organizations describe-effective-policy --policy-type DECLARATIVE_POLICY_EC2` (or S3_POLICY, BEDROCK_POLICY)"
        }
        Failure::AccountAssignment => {
            "compare sso_account_id and sso_role_name of the profile with what the AWS access portal shows for the user (sso_role_name is \
             the name of a permission set, not of a role); if they are right, an administrator of IAM Identity Center assigns the user \
             or a group to the account; no IAM policy helps"
        }
        Failure::UnnamedAction => {
            "correct the request: look at its ARNs and ids first (AWS IoT Greengrass wants a Lambda function by its version number, \
             not by an alias); no statement can allow `null`"
        }
        Failure::LakeFormation => {
            "check the name of the database and table first: AWS says the same of those that do not exist; then a Lake Formation \
             administrator grants the permission (`aws lakeformation grant-permissions`) to the role that makes the call; an IAM policy \
             does not help"
        }
        Failure::ApplicationAuthorization => {
            "look at the application's authorizer, API key, web ACL or role mapping; IAM policies do not decide it"
        }
        Failure::LocalPermission => "look at the owner and mode of the file or socket on this machine",
        Failure::OtherCloud => "look at the access rules of that service; AWS policies do not decide it",
    }
}
