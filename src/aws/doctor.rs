//! What the identity may see: every operation of the table is tried once, harmlessly.
//!
//! Where a call needs a user, role or group, it is asked for one that does not exist: AWS decides about the permission first, so "no such
//! entity" is a yes. A permission that is limited to certain names shows as missing then.

use aws_sdk_iam::types::EntityType;
use aws_sdk_organizations::types::PolicyType as Filter;
use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::stream;

#[cfg(feature = "bedrock-live")]
use super::Bedrock;
use super::clients::Clients;
use super::failure::{Failure, FailureKind};
use super::{
    AwsError, Caller, OPERATIONS, Operation, Service, caller, operation as op, permission_set, policy_then,
    resource_policy, s3_settings, trail,
};

/// What a trial shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Works {
    /// It works.
    Yes,
    /// The permission is missing.
    Denied,
    /// The account belongs to no organization, so there is nothing to ask.
    NoOrganization,
    /// It cannot be told.
    Unknown,
}

/// One operation and what its trial showed.
#[derive(Debug)]
pub struct Trial {
    /// The operation.
    pub operation: &'static Operation,
    /// Whether it works.
    pub works: Works,
    /// What AWS said, where it did not.
    pub said: Option<String>,
}

/// Who asks, and what works.
#[derive(Debug)]
pub struct Checkup {
    /// Who asks.
    pub caller: Caller,
    /// Every operation, in the order of the table.
    pub trials: Vec<Trial>,
}

/// A name that nobody gives a user, role or group.
const NOBODY: &str = "iamdx-doctor-asks-whether-it-may-ask";

/// An id that no model has.
#[cfg(feature = "bedrock-live")]
const NO_MODEL: &str = "anthropic.iamdx-doctor-asks-v1:0";

/// Trials under way at the same time.
const SIDE_BY_SIDE: usize = 6;

/// Tries every operation.
///
/// # Errors
/// When AWS does not even tell who asks.
pub async fn permission_check(clients: &Clients) -> Result<Checkup, AwsError> {
    let caller = caller(clients).await?;
    let known = |operation: &&Operation| cfg!(feature = "bedrock-live") || operation.service != Service::Bedrock;
    let trials = stream::iter(OPERATIONS.iter().copied().filter(known)).map(|operation| {
        let asked = if *operation == op::GET_CALLER_IDENTITY { None } else { Some(ask(clients, operation, &caller)) };
        async move {
            match asked {
                None => Trial { operation, works: Works::Yes, said: None },
                Some(asked) => trial(operation, asked.await),
            }
        }
    });
    let trials = trials.buffered(SIDE_BY_SIDE).collect().await;
    Ok(Checkup { caller, trials })
}

/// The errors by which AWS says that the caller may ask, and that what was asked for is not there: it decides about the permission first.
/// An endpoint that does not have the operation answers with others, and those prove nothing.
fn proves(operation: &Operation) -> &'static [&'static str] {
    match operation.service {
        // <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>
        Service::Sts => &["InvalidAuthorizationMessageException", "InvalidAuthorizationMessage"],
        // <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html> and its neighbours
        Service::Iam => &["NoSuchEntity", "NoSuchEntityException"],
        // <https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListParents.html> and its neighbours
        Service::Organizations => {
            &["ChildNotFoundException", "ParentNotFoundException", "TargetNotFoundException", "PolicyNotFoundException"]
        }
        // <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetInferenceProfile.html>
        Service::Bedrock => &["ResourceNotFoundException", "ValidationException"],
        // what is malformed can be said to anybody
        Service::IamToolbox => &["ResourceNotFoundException"],
        // these know the account that is asked, and decide about the permission before they look; that EC2 only pretends to do it is a yes,
        // too: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html>
        Service::ApiGateway => &["NotFoundException"],
        Service::CodeArtifact
        | Service::DynamoDb
        | Service::EventBridge
        | Service::Kinesis
        | Service::Lambda
        | Service::OpenSearch
        | Service::SecretsManager
        | Service::VpcLattice => &["ResourceNotFoundException", "PolicyNotFoundException"],
        Service::Ec2 => &["DryRunOperation"],
        Service::Ecr => &["RepositoryNotFoundException", "RepositoryPolicyNotFoundException"],
        Service::Efs => &["FileSystemNotFound", "PolicyNotFound"],
        Service::Glue => &["EntityNotFoundException"],
        Service::S3Control => &["NoSuchAccessPoint", "NoSuchAccessPointPolicy", "NoSuchPublicAccessBlockConfiguration"],
        // a bucket, key, queue or topic that is not there is told to everybody, so that it proves nothing
        Service::Backup
        | Service::CloudTrail
        | Service::Kms
        | Service::S3
        | Service::S3Express
        | Service::Sns
        | Service::Sqs
        | Service::SsoAdmin => &[],
    }
}

/// Why an answer is no yes.
const UNPROVED: &str = "this proves no permission: AWS does not say that it checks that first";

fn trial(operation: &'static Operation, answer: Result<(), Failure>) -> Trial {
    let (works, said) = match answer {
        Ok(()) => (Works::Yes, None),
        Err(failure) => match failure.kind {
            FailureKind::Denied => (Works::Denied, Some(failure.said)),
            FailureKind::NotInOrganization => (Works::NoOrganization, None),
            _ if failure.code.as_deref().is_some_and(|code| proves(operation).contains(&code)) => (Works::Yes, None),
            FailureKind::NotFound | FailureKind::Refused if failure.code.is_some() && proves(operation).is_empty() => {
                (Works::Unknown, Some(format!("{}; {UNPROVED}", failure.said.trim_end_matches('.'))))
            }
            _ => (Works::Unknown, Some(failure.said)),
        },
    };
    Trial { operation, works, said }
}

/// Makes one call and drops its answer.
macro_rules! try_call {
    ($clients:ident, $operation:ident, $call:expr) => {{
        let call = $call;
        async move { $clients.call($operation, call.send()).await.map(drop) }.boxed()
    }};
}

#[expect(clippy::too_many_lines, reason = "one row for each call that can be tried")]
fn ask<'a>(
    clients: &'a Clients,
    operation: &'static Operation,
    caller: &'a Caller,
) -> BoxFuture<'a, Result<(), Failure>> {
    let (iam, organizations) = (&clients.iam, &clients.organizations);
    #[cfg(feature = "bedrock-live")]
    let bedrock = Bedrock::control_plane(clients);
    let partition = caller.arn.split(':').nth(1).unwrap_or("aws");
    let known_policy = format!("arn:{partition}:iam::aws:policy/SecurityAudit");
    let nobody = format!("arn:{partition}:iam::{}:role/{NOBODY}", caller.account);
    if let Some(call) = resource_policy::trial(operation, partition, clients.any_region(), &caller.account, NOBODY) {
        return async move { clients.signed(call).await.map(drop) }.boxed();
    }
    if let Some(call) = s3_settings::trial(operation, &caller.account, NOBODY) {
        return async move { clients.signed(call).await.map(drop) }.boxed();
    }
    if let Some(call) = permission_set::trial(operation, partition, &caller.account) {
        return async move { clients.signed(call).await.map(drop) }.boxed();
    }
    match operation.name {
        "DecodeAuthorizationMessage" => {
            try_call!(clients, operation, clients.sts.decode_authorization_message().encoded_message("none"))
        }
        "GetRequestAuthorizationDetails" => {
            try_call!(
                clients,
                operation,
                clients.toolbox(None).get_request_authorization_details().authorization_id("0")
            )
        }
        "GetRequestAuthorizationPolicy" => {
            async move { clients.signed(policy_then::call("0", NOBODY)).await.map(drop) }.boxed()
        }
        "LookupEvents" => async move { trail::try_it(clients).await }.boxed(),
        "GetAccountAuthorizationDetails" => {
            try_call!(
                clients,
                operation,
                iam.get_account_authorization_details().filter(EntityType::Group).max_items(1)
            )
        }
        "ListAccountAliases" => try_call!(clients, operation, iam.list_account_aliases()),
        "GetUser" => try_call!(clients, operation, iam.get_user().user_name(NOBODY)),
        "ListUserPolicies" => try_call!(clients, operation, iam.list_user_policies().user_name(NOBODY)),
        "GetUserPolicy" => try_call!(clients, operation, iam.get_user_policy().user_name(NOBODY).policy_name(NOBODY)),
        "ListAttachedUserPolicies" => {
            try_call!(clients, operation, iam.list_attached_user_policies().user_name(NOBODY))
        }
        "ListGroupsForUser" => try_call!(clients, operation, iam.list_groups_for_user().user_name(NOBODY)),
        "ListGroupPolicies" => try_call!(clients, operation, iam.list_group_policies().group_name(NOBODY)),
        "GetGroupPolicy" => {
            try_call!(clients, operation, iam.get_group_policy().group_name(NOBODY).policy_name(NOBODY))
        }
        "ListAttachedGroupPolicies" => {
            try_call!(clients, operation, iam.list_attached_group_policies().group_name(NOBODY))
        }
        "GetRole" => try_call!(clients, operation, iam.get_role().role_name(NOBODY)),
        "ListRolePolicies" => try_call!(clients, operation, iam.list_role_policies().role_name(NOBODY)),
        "GetRolePolicy" => try_call!(clients, operation, iam.get_role_policy().role_name(NOBODY).policy_name(NOBODY)),
        "ListAttachedRolePolicies" => {
            try_call!(clients, operation, iam.list_attached_role_policies().role_name(NOBODY))
        }
        "GetPolicy" => try_call!(clients, operation, iam.get_policy().policy_arn(known_policy)),
        "GetPolicyVersion" => {
            try_call!(clients, operation, iam.get_policy_version().policy_arn(known_policy).version_id("v1"))
        }
        "SimulatePrincipalPolicy" => {
            try_call!(
                clients,
                operation,
                iam.simulate_principal_policy().policy_source_arn(nobody).action_names("iam:GetUser")
            )
        }
        "SimulateCustomPolicy" => try_call!(
            clients,
            operation,
            iam.simulate_custom_policy()
                .policy_input_list(
                    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}}"#
                )
                .action_names("iam:GetUser")
        ),
        "DescribeOrganization" => try_call!(clients, operation, organizations.describe_organization()),
        "ListParents" => try_call!(clients, operation, organizations.list_parents().child_id(&caller.account)),
        "ListRoots" => try_call!(clients, operation, organizations.list_roots()),
        "ListOrganizationalUnitsForParent" => {
            try_call!(clients, operation, organizations.list_organizational_units_for_parent().parent_id("r-0000"))
        }
        "ListAccountsForParent" => {
            try_call!(clients, operation, organizations.list_accounts_for_parent().parent_id("r-0000"))
        }
        "ListPoliciesForTarget" => try_call!(
            clients,
            operation,
            organizations.list_policies_for_target().target_id(&caller.account).filter(Filter::ServiceControlPolicy)
        ),
        #[cfg(feature = "bedrock-live")]
        "ListFoundationModels" => {
            try_call!(clients, operation, bedrock.list_foundation_models().by_provider("Anthropic"))
        }
        #[cfg(feature = "bedrock-live")]
        "ListInferenceProfiles" => {
            try_call!(clients, operation, bedrock.list_inference_profiles().max_results(1))
        }
        #[cfg(feature = "bedrock-live")]
        "GetInferenceProfile" => {
            try_call!(clients, operation, bedrock.get_inference_profile().inference_profile_identifier(NO_MODEL))
        }
        #[cfg(feature = "bedrock-live")]
        "GetFoundationModelAvailability" => {
            try_call!(clients, operation, bedrock.get_foundation_model_availability().model_id(NO_MODEL))
        }
        "DescribePolicy" => try_call!(clients, operation, organizations.describe_policy().policy_id("p-FullAWSAccess")),
        _ => {
            let failure =
                Failure::own(operation, FailureKind::Refused, "the doctor does not know how to try this call");
            async move { Err(failure) }.boxed()
        }
    }
}
