//! The commands that put a statement into a policy that nobody has seen: what is replaced as a whole is printed first.

use super::add_to::{AddTo, entity};
use super::{Credentials, Step, for_service};
use crate::diagnose::DenialContext;
use crate::iam::{
    Argument, Arn, ArnPart, Blank, Command, ContextValue, EntityKind, PolicyCalls, PolicySide, PolicyType, Principal,
    Remark, Request, on_permission_set, policy_calls, policy_carrier, settable_policy,
};

/// The file into which a policy is printed.
const POLICY: &str = "policy.json";
/// The variable with the ARN of a permissions boundary.
const BOUNDARY: &str = "boundary";

/// The commands for a place: those that look, then those that change.
#[derive(Debug, Default)]
pub(super) struct PlaceCommands {
    pub(super) look: Vec<Command>,
    pub(super) change: Vec<Command>,
}

/// The commands for a place; `policy` is the name of the statement and of a new policy, `how_to_see` are those that show the policies of
/// its type.
pub(super) fn add(
    place: &AddTo,
    policy: &str,
    request: &Request,
    principal: Option<&str>,
    how_to_see: &[Command],
) -> PlaceCommands {
    let file = format!("{policy}.json");
    let (look, change) = match place {
        AddTo::NewInline(kind, name) => (Vec::new(), vec![put_inline(*kind, Some(name), policy, &file)]),
        AddTo::UserBehind => (how_to_see.to_vec(), vec![put_inline(EntityKind::User, None, policy, &file)]),
        AddTo::PermissionSet(_) => return permission_set(request.permission_set.as_deref()),
        AddTo::Resource(resource) => {
            return resource.parse().map_or_else(|_| PlaceCommands::default(), |arn| of_resource(&arn));
        }
        AddTo::Function(function) => {
            // it adds the statement to those that are there
            // <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>
            let call = Command::aws("lambda add-permission")
                .option("--function-name", function)
                .option("--statement-id", policy)
                .option("--action", request.action.value().map_or("", |action| action.as_str()))
                .option("--principal", principal.unwrap_or_default());
            let call = for_service::permission(call, request);
            let region = function.parse().map_or_else(|_| String::new(), |arn: Arn| arn.region().to_owned());
            (Vec::new(), vec![call.region(&region)])
        }
        AddTo::Layer { layer, account } => {
            (Vec::new(), add_layer_permission(layer, account, policy).into_iter().collect())
        }
        AddTo::Trust(role) => {
            let get = Command::aws("iam get-role")
                .option("--role-name", role)
                .words("--query Role.AssumeRolePolicyDocument --output json")
                .into_file(POLICY);
            let put = Command::aws("iam update-assume-role-policy")
                .option("--role-name", role)
                .file("--policy-document", POLICY);
            (vec![get], vec![put])
        }
        AddTo::Boundary(kind, name) => {
            let new_version = Command::aws("iam create-policy-version")
                .variable("--policy-arn", BOUNDARY)
                .file("--policy-document", POLICY)
                .words("--set-as-default");
            (see_boundary(*kind, name), vec![new_version])
        }
        AddTo::Organization(account) => {
            let update = Command::aws("organizations update-policy")
                .fill_in("--policy-id", Blank::SCP_ID)
                .file("--content", POLICY);
            (see_organization(PolicyType::ServiceControl, account.as_deref(), None), vec![update])
        }
        AddTo::Endpoint => {
            let set = Command::aws("ec2 modify-vpc-endpoint")
                .option_or("--vpc-endpoint-id", endpoint_id(request).as_deref(), Blank::ENDPOINT_ID)
                .file("--policy-document", POLICY)
                .region(&request.region().unwrap_or_default());
            (vec![see_endpoint(request)], vec![set])
        }
        AddTo::Session => (how_to_see.to_vec(), Vec::new()),
        AddTo::PodIdentity => return pod_identity(),
    };
    PlaceCommands { look, change }
}

/// The association of a pod's service account has one policy, which is replaced as a whole, and goes with session tags that are off.
/// <https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdatePodIdentityAssociation.html>
fn pod_identity() -> PlaceCommands {
    let call = |words: &str| Command::aws(words).fill_in("--cluster-name", Blank::CLUSTER);
    let association = |words: &str| call(words).fill_in("--association-id", Blank::ASSOCIATION_ID);
    let get = association("eks describe-pod-identity-association")
        .words("--query association.policy --output text")
        .into_file(POLICY);
    let put =
        association("eks update-pod-identity-association").words("--disable-session-tags").file("--policy", POLICY);
    PlaceCommands { look: vec![call("eks list-pod-identity-associations"), get], change: vec![put] }
}

/// It adds the statement to those that are there.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>
fn add_layer_permission(layer: &str, account: &str, policy: &str) -> Option<Command> {
    let arn: Arn = layer.parse().ok()?;
    let (calls, write) = settable_policy(&arn)?;
    let call = write.of.iter().try_fold(Command::aws(write.put), |call, (option, part)| {
        Some(call.option(option, &calls.part(*part, &arn)?))
    })?;
    let call = call.option("--statement-id", policy).words("--action lambda:GetLayerVersion");
    Some(call.option("--principal", account).region(arn.region()))
}

/// The ARN of a role with its path. A role of the same name may be in the other account, too.
pub(super) fn role_arn(role: &str, account: Option<&str>) -> Command {
    let get = Command::aws("iam get-role").option("--role-name", role).words("--query Role.Arn --output text");
    match account {
        Some(account) => get.with_credentials_of(account),
        None => get,
    }
}

/// An inline policy is added beside the others; one of the same name is replaced.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>
fn put_inline(kind: EntityKind, name: Option<&str>, policy: &str, file: &str) -> Command {
    let kind = kind.noun();
    Command::aws(&format!("iam put-{kind}-policy"))
        .option_or(&format!("--{kind}-name"), name, Blank::USER)
        .option("--policy-name", policy)
        .file("--policy-document", file)
}

/// A permission set has one inline policy, which is replaced as a whole.
/// <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet.html>
fn permission_set(arn: Option<&str>) -> PlaceCommands {
    let call = |words: &str| on_permission_set(words, arn, Blank::PERMISSION_SET_ARN);
    let get = call("sso-admin get-inline-policy-for-permission-set")
        .words("--query InlinePolicy --output text")
        .into_file(POLICY);
    let put = call("sso-admin put-inline-policy-to-permission-set").file("--inline-policy", POLICY);
    let provision = call("sso-admin provision-permission-set").words("--target-type ALL_PROVISIONED_ACCOUNTS");
    PlaceCommands { look: vec![get], change: vec![put, provision] }
}

/// Prints the policy of what carries it, and sets it where a file can be passed as it is.
fn of_resource(carrier: &Arn) -> PlaceCommands {
    let Some(calls) = policy_calls(carrier) else { return PlaceCommands::default() };
    let put = calls.write.filter(|write| write.takes == Argument::Document).and_then(|write| {
        let call = write.of.iter().try_fold(Command::aws(write.put), |call, (option, part)| {
            Some(call.option(option, &calls.part(*part, carrier)?))
        })?;
        let (words, document) = write.document.rsplit_once(' ').unwrap_or(("", write.document));
        Some(call.words(words).file(document, POLICY).region(carrier.region()))
    });
    PlaceCommands { look: get_policy(calls, carrier).into_iter().collect(), change: put.into_iter().collect() }
}

/// The document alone where a call takes it back as it is; else the answer, which iamdx reads too.
pub(super) fn get_policy(calls: &PolicyCalls, arn: &Arn) -> Option<Command> {
    let get = calls.options.iter().try_fold(Command::aws(calls.command), |call, (option, part)| {
        Some(match part {
            ArnPart::Words(words) => call.words(option).words(words),
            ArnPart::QueueUrl => call.address(option, &calls.part(*part, arn)?),
            _ => call.option(option, &calls.part(*part, arn)?),
        })
    })?;
    let settable = calls.write.is_some_and(|write| write.takes == Argument::Document);
    let get = match calls.query().filter(|_| settable) {
        Some(query) => get.option("--query", query).words("--output text"),
        None => get,
    };
    Some(get.region(arn.region()).into_file(POLICY))
}

/// Finds the boundary and prints it.
pub(super) fn see_boundary(kind: EntityKind, name: &str) -> Vec<Command> {
    let (noun, holder) = if kind == EntityKind::User { ("user", "User") } else { ("role", "Role") };
    vec![
        Command::aws(&format!("iam get-{noun}"))
            .option(&format!("--{noun}-name"), name)
            .words(&format!("--query {holder}.PermissionsBoundary.PermissionsBoundaryArn --output text"))
            .captured(BOUNDARY),
        Command::aws("iam get-policy-version")
            .variable("--policy-arn", BOUNDARY)
            .output_of(
                "--version-id",
                Command::aws("iam get-policy")
                    .variable("--policy-arn", BOUNDARY)
                    .words("--query Policy.DefaultVersionId --output text"),
            )
            .words("--query PolicyVersion.Document --output json")
            .into_file(POLICY),
    ]
}

/// Finds the policies of the organization over an account and prints one; from its ARN that one alone.
pub(super) fn see_organization(policy_type: PolicyType, account: Option<&str>, arn: Option<&str>) -> Vec<Command> {
    let blank = if policy_type == PolicyType::ResourceControl { Blank::RCP_ID } else { Blank::SCP_ID };
    let id = arn.and_then(|arn| arn.rsplit('/').next()).filter(|id| id.starts_with("p-"));
    let show = Command::aws("organizations describe-policy")
        .option_or("--policy-id", id, blank)
        .words("--query Policy.Content --output text")
        .into_file(POLICY);
    if id.is_some() {
        return vec![show.note(Remark::InManagementAccount.to_string())];
    }
    let list = Command::aws("organizations list-policies-for-target")
        .option_or("--target-id", account, Blank::ACCOUNT_ID)
        .option("--filter", policy_type.constant())
        .note(Remark::ForEachParent.to_string());
    vec![list, show]
}

/// Prints the policy of a VPC endpoint.
pub(super) fn see_endpoint(request: &Request) -> Command {
    Command::aws("ec2 describe-vpc-endpoints")
        .option_or("--vpc-endpoint-ids", endpoint_id(request).as_deref(), Blank::ENDPOINT_ID)
        .option("--query", "VpcEndpoints[0].PolicyDocument")
        .words("--output text")
        .region(&request.region().unwrap_or_default())
        .into_file(POLICY)
}

fn endpoint_id(request: &Request) -> Option<String> {
    match request.context.told("aws:SourceVpce") {
        ContextValue::Present { values, .. } => values.first().cloned(),
        ContextValue::Absent | ContextValue::Unknown => None,
    }
}

/// How to be certain, where policies of this type decide; `printed` where a command before has printed the policy.
pub(super) fn be_certain(
    case: &DenialContext<'_>,
    others: Vec<PolicyType>,
    policy_type: PolicyType,
    printed: bool,
) -> Step {
    let row = policy_type.row();
    let account = match row.side {
        PolicySide::Principal => case.request.principal.value().and_then(Principal::account),
        PolicySide::Resource => case.request.resource_account.known().map(String::as_str),
    };
    let unread = account.filter(|account| !row.has_levels && !case.snapshot.accounts().any(|known| known == *account));
    let credentials = match unread {
        _ if !case.snapshot.is_of_a_request() => Credentials::NotTried,
        Some(account) => Credentials::OfAccount(account.to_owned()),
        None => Credentials::ThatMayRead,
    };
    Step::Certainty { others, commands: certainty(case.request, policy_type, printed), credentials }
}

/// The commands that make certain, where policies of this type decide; `printed` where one before has printed the policy.
fn certainty(request: &Request, policy_type: PolicyType, printed: bool) -> Vec<Command> {
    let again = Command::new("iamdx diagnose denial.txt");
    let option = policy_type.row().option;
    match policy_type {
        PolicyType::Session if printed => vec![again.option(option, POLICY)],
        PolicyType::Session => vec![again],
        PolicyType::VpcEndpoint => {
            let again = match endpoint_id(request) {
                Some(id) => again.option("--context", &format!("aws:SourceVpce={id}")),
                None => again,
            };
            vec![again.option(option, POLICY)]
        }
        _ if printed => vec![again.option(option, POLICY).words("--write-remedies fix")],
        PolicyType::ServiceControl | PolicyType::ResourceControl => {
            vec![Command::new("iamdx snapshot --output org.json"), again.option("--snapshot", "org.json")]
        }
        PolicyType::ResourceBased => vec![again.option(option, "FILE")],
        PolicyType::IdentityBased | PolicyType::PermissionsBoundary | PolicyType::RoleTrust => vec![
            Command::aws("iam get-account-authorization-details").into_file("account.json"),
            again.option("--snapshot", "account.json"),
        ],
    }
}

/// The commands that show a policy that denies, as far as the request and the ARN that AWS gave tell; none where only the call that made
/// the session has it.
pub(super) fn find(
    request: &Request,
    policy_type: PolicyType,
    account: Option<&str>,
    arn: Option<&str>,
) -> Vec<Command> {
    let caller = request.principal.value();
    match policy_type {
        PolicyType::ServiceControl | PolicyType::ResourceControl => see_organization(policy_type, account, arn),
        PolicyType::IdentityBased | PolicyType::PermissionsBoundary | PolicyType::Session
            if arn.is_some_and(|arn| arn.contains(":policy/")) =>
        {
            vec![managed_policy(arn.unwrap_or_default())]
        }
        PolicyType::PermissionsBoundary => {
            caller.and_then(entity).map_or_else(Vec::new, |(kind, name)| see_boundary(kind, &name))
        }
        PolicyType::VpcEndpoint => vec![see_endpoint(request)],
        PolicyType::ResourceBased => {
            let resource: Option<Arn> = request.resource.value().and_then(|resource| resource.parse().ok());
            let carrier = resource.and_then(|arn| policy_carrier(&arn)?.parse::<Arn>().ok());
            let shown = carrier.and_then(|arn| get_policy(policy_calls(&arn)?, &arn));
            shown.into_iter().collect()
        }
        PolicyType::IdentityBased | PolicyType::RoleTrust | PolicyType::Session => Vec::new(),
    }
}

/// Prints the default version of a managed policy.
fn managed_policy(arn: &str) -> Command {
    let version = Command::aws("iam get-policy")
        .option("--policy-arn", arn)
        .words("--query Policy.DefaultVersionId --output text");
    Command::aws("iam get-policy-version")
        .option("--policy-arn", arn)
        .output_of("--version-id", version)
        .words("--query PolicyVersion.Document --output json")
        .into_file(POLICY)
}
