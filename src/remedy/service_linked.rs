//! What a service-linked role needs of the policy of a KMS key: within its account a statement for it alone, which AWS limits to grants
//! for its own services; from another account a grant, because nobody but AWS changes the policies of the role.
//!
//! <https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html>

use super::addition_commands;
use super::needed_statement::NeededStatement;
use crate::iam::{Command, Field, Principal, Request, service_linked_role};

/// What a service does with a key under such a grant: the list of AWS's page.
const OPERATIONS: &str =
    "Encrypt Decrypt ReEncryptFrom ReEncryptTo GenerateDataKey GenerateDataKeyWithoutPlaintext DescribeKey CreateGrant";

/// Such a role that asks for a key of another account, and its own account.
fn across_accounts(request: &Request) -> Option<(&Principal, &str)> {
    let caller = request.principal.value().filter(|caller| caller.is_service_linked_role())?;
    let account = caller.account()?;
    let other = request.resource_account.value().is_some_and(|owner| owner != account);
    let key = request.action.value().is_some_and(|action| action.service() == "kms");
    (key && other).then_some((caller, account))
}

/// The request that the policy of the key has to allow instead: that somebody of the account gives the role a grant.
pub(super) fn through_grant(request: &Request) -> Option<(Request, String)> {
    let (caller, account) = across_accounts(request)?;
    let principal = format!("arn:{}:iam::{account}:root", caller.partition()?);
    let action = Field::Known("kms:CreateGrant".parse().ok()?);
    Some((Request { action, ..request.clone() }, principal))
}

/// The call by which somebody of the role's account gives it a grant of a key of another account; the account comes first.
pub(super) fn give_grant(request: &Request) -> Option<(String, Vec<Command>)> {
    let (caller, own) = across_accounts(request)?;
    let call = Command::aws("kms create-grant").option("--key-id", request.resource.value()?);
    let call = match service_linked_role(caller) {
        Some(role) => call.option("--grantee-principal", &role),
        None => call.output_of("--grantee-principal", addition_commands::role_arn(caller.name()?, None)),
    };
    let call = call.words("--operations").words(OPERATIONS).region(&request.region().unwrap_or_default());
    Some((own.to_owned(), vec![call.with_credentials_of(own)]))
}

/// Where the role asks for grants, the statement allows those for services of AWS only.
pub(super) fn limit(wanted: &mut NeededStatement, request: &Request) {
    let of_service = request.principal.value().is_some_and(Principal::is_service_linked_role);
    let grants = request.action.value().is_some_and(|action| action.folded() == "kms:creategrant");
    if of_service && grants {
        wanted.only_if("kms:GrantIsForAWSResource");
    }
}
