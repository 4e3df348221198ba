//! The policy of a version of a layer: AWS takes it one statement at a time, each for a whole account.
//!
//! <https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>

use super::hcl::{self, Block};
use super::lambda::{self, Permission};
use super::line::{Commands, Line};
use crate::iam::{Arn, Command, PolicyCalls, PolicyWrite};
use crate::remedy::Edit;
use crate::text::{Json, quoted};

/// The statements that an edit adds, each with the account that it lets in; `None` where the call cannot say the change.
fn added(edit: &Edit) -> Option<Vec<(Permission, String)>> {
    let account = |permission: Permission| {
        let whole = permission.principal.parse::<Arn>().ok().filter(|arn| arn.resource() == "root")?;
        let account = whole.account_id()?.to_owned();
        (permission.action == "lambda:GetLayerVersion" && permission.restrictions.is_empty())
            .then_some((permission, account))
    };
    lambda::added(edit)?.into_iter().map(account).collect()
}

/// The calls for an edit of a layer's policy.
pub(super) fn commands(edit: &Edit, calls: &PolicyCalls, write: &PolicyWrite, arn: &Arn) -> Commands {
    let call = |words: &str, id: &str| {
        let of = write.of.iter().try_fold(Command::aws(words), |call, (option, part)| {
            Some(call.option(option, &calls.part(*part, arn)?))
        })?;
        Some(of.option("--statement-id", id))
    };
    let add = |(permission, account): &(Permission, String)| {
        let call = call(write.put, &permission.id)?.option("--action", &permission.action);
        Some(call.option("--principal", account).region(arn.region()))
    };
    let remove = |(permission, _): &(Permission, String)| {
        Some(call(write.delete?, &permission.id)?.region(arn.region()).removal())
    };
    let Some(added) = added(edit) else {
        return Commands::remarks([format!(
            "Lambda takes the policy of {} only one statement at a time, for a whole account each, and {} cannot say this change",
            quoted(arn.as_str()),
            write.put
        )]);
    };
    let mut commands = Commands::new(added.iter().filter_map(add).collect(), added.iter().filter_map(remove).collect());
    commands.apply.insert(0, Line::remark("Lambda takes the policy of a layer one statement at a time"));
    commands
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_layer_version_permission>
pub(super) fn terraform(edit: &Edit, calls: &PolicyCalls, label: &str, arn: &Arn) -> Result<Vec<Block>, String> {
    let cannot = || {
        format!(
            "Terraform: the policy of {arn} is made of aws_lambda_layer_version_permission, which cannot say this change"
        )
    };
    let block = |(permission, account): &(Permission, String)| {
        let mut block =
            Block::resource("aws_lambda_layer_version_permission", &format!("{label}_{}", hcl::label(&permission.id)));
        for (argument, (_, part)) in ["layer_name", "version_number"].into_iter().zip(calls.options) {
            block = block.text(argument, &calls.part(*part, arn)?);
        }
        let block = block.text("statement_id", &permission.id).text("action", &permission.action);
        Some(block.text("principal", account))
    };
    added(edit).and_then(|added| added.iter().map(block).collect()).ok_or_else(cannot)
}

/// A resource for each statement, by its id, with its properties.
type Permissions = Vec<(String, [(&'static str, Json); 3])>;

/// The properties of a resource for each statement, by its id.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-layerversionpermission.html>
pub(super) fn cloudformation(edit: &Edit, arn: &Arn) -> Result<Permissions, String> {
    let added = added(edit).ok_or_else(|| {
        format!(
            "CloudFormation: the policy of {arn} is made of AWS::Lambda::LayerVersionPermission, which cannot say this change"
        )
    })?;
    let properties = |(permission, account): (Permission, String)| {
        let own = [
            ("LayerVersionArn", Json::text(arn.as_str())),
            ("Action", Json::text(permission.action)),
            ("Principal", Json::text(account)),
        ];
        (permission.id, own)
    };
    Ok(added.into_iter().map(properties).collect())
}
