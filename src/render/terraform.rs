//! The same change as Terraform: a resource for each edited policy, to be put in the place of the one that manages it now.
//!
//! The arguments are those of <https://registry.terraform.io/providers/hashicorp/aws/latest/docs>.

use super::hcl::{self, Block, label};
use super::lambda;
use super::layer;
use super::place::Place;
use crate::iam::{Policy, PolicyOrigin, instance_of};
use crate::remedy::Edit;
use crate::text::{quoted, remark};

/// The resources for these edits that Terraform has one for, each under its label; `None` where it has none for any.
pub(super) fn terraform(edits: &[(&Edit, String)]) -> Option<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut any = false;
    for (edit, label) in edits {
        match of_edit(edit, label) {
            Ok(found) => {
                any = true;
                // two edits may need the same variable
                for block in found.iter().map(Block::print) {
                    if !blocks.contains(&block) {
                        blocks.push(block);
                    }
                }
            }
            Err(why) => blocks.push(format!("# {}\n", remark(&why))),
        }
    }
    any.then(|| blocks.join("\n"))
}

/// Why an edit has no Terraform form; empty where every edit has one.
pub(super) fn missing(edits: &[Edit]) -> Vec<String> {
    edits.iter().filter_map(|edit| of_edit(edit, "").err()).collect()
}

/// Each edit with a label that no other has: names may differ only in what a label cannot have.
pub(super) fn labelled(edits: &[Edit]) -> Vec<(&Edit, String)> {
    let mut all: Vec<(&Edit, String)> = Vec::new();
    for edit in edits {
        let base = label(&edit.file_stem);
        let mut own = base.clone();
        let mut number = 2;
        while all.iter().any(|(_, other)| *other == own) {
            own = format!("{base}_{number}");
            number += 1;
        }
        all.push((edit, own));
    }
    all
}

fn of_edit(edit: &Edit, label: &str) -> Result<Vec<Block>, String> {
    let policy = edit.after.as_ref();
    let text = policy.document.source.text();
    let existing = |block: Block, address: &str, id: &str| {
        if edit.is_new() {
            block
        } else {
            block.remark(&format!(
                "if Terraform does not manage it yet: terraform import {address}.{label} {}",
                quoted(id)
            ))
        }
    };
    match Place::of(edit) {
        Place::PermissionSet(_) if let Some((instance, set)) = named_set(edit) => Ok(vec![
            Block::resource("aws_ssoadmin_permission_set_inline_policy", label)
                .text("instance_arn", &instance)
                .text("permission_set_arn", set)
                .document("inline_policy", text),
        ]),
        Place::PermissionSet(set) => Ok(permission_set(set, label, text)),
        Place::Inline(entity) => {
            let kind = format!("aws_iam_{}_policy", entity.kind);
            let block = existing(Block::resource(&kind, label), &kind, &format!("{}:{}", entity.name, policy.name));
            Ok(vec![block.text("name", &policy.name).text(entity.kind, entity.name).document("policy", text)])
        }
        Place::Managed(arn) => {
            let block = existing(Block::resource("aws_iam_policy", label), "aws_iam_policy", arn);
            Ok(vec![path(block.text("name", &policy.name), arn).document("policy", text)])
        }
        Place::NewManaged(entity, _) => Ok(vec![
            Block::resource("aws_iam_policy", label).text("name", &policy.name).document("policy", text),
            Block::resource(&format!("aws_iam_{}_policy_attachment", entity.kind), label)
                .text(entity.kind, entity.name)
                .expression("policy_arn", &format!("aws_iam_policy.{label}.arn")),
        ]),
        Place::FileOfPrincipal => {
            Err(format!("Terraform: {} is a file, and how the policy is kept is not known", policy.name))
        }
        Place::Organization { kind, id, target } => Ok(organization(edit, label, kind, id, target)),
        Place::Resource(calls, write, arn) => {
            let (resource, argument, part) = write.terraform;
            let of =
                calls.part(part, &arn).ok_or_else(|| format!("Terraform: {resource} cannot be told from {arn}"))?;
            let block = existing(Block::resource(resource, label), resource, &of);
            Ok(vec![block.text(argument, &of).document("policy", text)])
        }
        Place::Function(_, arn) => {
            let permissions = lambda::added(edit).ok_or_else(|| {
                format!("Terraform: the policy of {arn} is made of aws_lambda_permission, which cannot say this change")
            })?;
            Ok(permissions.iter().map(|permission| of_function(permission, label, &lambda::function(&arn))).collect())
        }
        Place::Layer(calls, _, arn) => layer::terraform(edit, calls, label, &arn),
        Place::AuthPolicyOfFile => {
            Err(format!("Terraform: {} is a file, and whose auth policy it is is not known", policy.name))
        }
        Place::OtherResource(owner) => Err(if owner.is_empty() {
            format!("Terraform: {} is a file, and whose policy it is is not known", policy.name)
        } else {
            format!("Terraform: the resource type for the policy of {owner} is not known here")
        }),
        Place::Trust(Some(role)) => Ok(vec![
            Block::resource("aws_iam_role", label)
                .remark("only assume_role_policy changes: put it into the block that manages the role")
                .text("name", role)
                .document("assume_role_policy", text),
        ]),
        Place::Trust(None) => Err(format!("Terraform: {} is a file, and whose policy it is is not known", policy.name)),
        Place::Endpoints(ids) => {
            let of = |id: &str, label: &str| {
                let block = existing(Block::resource("aws_vpc_endpoint_policy", label), "aws_vpc_endpoint_policy", id);
                block.text("vpc_endpoint_id", id).document("policy", text)
            };
            Ok(match ids.as_slice() {
                [] => {
                    let what = format!("the VPC endpoint for {}: aws ec2 describe-vpc-endpoints", edit.file());
                    let (variable, named) = asked("vpc_endpoint_id", label, &what);
                    let own = Block::resource("aws_vpc_endpoint_policy", label);
                    vec![variable, own.expression("vpc_endpoint_id", &named).document("policy", text)]
                }
                [id] => vec![of(id, label)],
                several => (1..).zip(several).map(|(number, id)| of(id, &format!("{label}_{number}"))).collect(),
            })
        }
        Place::Session => Err("Terraform: a session policy is passed by whoever makes the session".to_owned()),
    }
}

/// The inline policy of a permission set whose ARN is asked for.
fn permission_set(set: &str, label: &str, text: &str) -> Vec<Block> {
    let what = format!("the permission set {set}: aws sso-admin list-permission-sets");
    let (variable, named) = asked("permission_set_arn", label, &what);
    vec![
        Block::variable("sso_instance_arn", "the instance of IAM Identity Center: aws sso-admin list-instances"),
        variable,
        Block::resource("aws_ssoadmin_permission_set_inline_policy", label)
            .expression("instance_arn", "var.sso_instance_arn")
            .expression("permission_set_arn", &named)
            .document("inline_policy", text),
    ]
}

/// A variable of one edit, whose label no other has, and the expression for it.
fn asked(name: &str, label: &str, what: &str) -> (Block, String) {
    let name = format!("{name}_{label}");
    (Block::variable(&name, what), format!("var.{name}"))
}

/// The instance and the permission set of an edit, where they are known.
fn named_set(edit: &Edit) -> Option<(String, &str)> {
    let set = edit.permission_set_arn.as_deref()?;
    Some((instance_of(set)?, set))
}

/// The path, where the policy has one.
fn path(block: Block, arn: &str) -> Block {
    let path = arn.split_once(":policy").and_then(|(_, rest)| rest.rsplit_once('/')).map(|(path, _)| path);
    match path.filter(|path| !path.is_empty()) {
        Some(path) => block.text("path", &format!("{path}/")),
        None => block,
    }
}

fn organization(edit: &Edit, label: &str, kind: &str, id: Option<&str>, target: Option<&str>) -> Vec<Block> {
    let Policy { name, document, .. } = edit.after.as_ref();
    let block = Block::resource("aws_organizations_policy", label);
    let block = match id {
        Some(id) => block.remark(&format!(
            "if Terraform does not manage it yet: terraform import aws_organizations_policy.{label} {}",
            quoted(id)
        )),
        None => block,
    };
    // the name of a file is not that of the policy in it
    let loose = edit.after.origin == PolicyOrigin::Loose;
    let what = format!("the name of the policy that {} was taken from", edit.file_before());
    let (variable, named) = asked("policy_name", label, &what);
    let block = if loose { block.expression("name", &named) } else { block.text("name", name) };
    let own = block.text("type", kind).document("content", document.source.text());
    if !edit.is_new() {
        return Some(variable).filter(|_| loose).into_iter().chain([own]).collect();
    }
    let attachment = Block::resource("aws_organizations_policy_attachment", label)
        .expression("policy_id", &format!("aws_organizations_policy.{label}.id"));
    if let Some(target) = target {
        return vec![own, attachment.text("target_id", target)];
    }
    let what = format!("the root, OU or account that {} is attached to", edit.file());
    let (variable, named) = asked("target_id", label, &what);
    vec![variable, own, attachment.expression("target_id", &named)]
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_permission>
fn of_function(permission: &lambda::Permission, label: &str, (function, qualifier): &(String, Option<&str>)) -> Block {
    let label = format!("{label}_{}", hcl::label(&permission.id));
    let block = Block::resource("aws_lambda_permission", &label)
        .text("statement_id", &permission.id)
        .text("function_name", function)
        .text("action", &permission.action)
        .text("principal", &permission.principal);
    let block = match qualifier {
        Some(qualifier) => block.text("qualifier", qualifier),
        None => block,
    };
    permission.restrictions.iter().fold(block, |block, (what, value)| block.text(what.names().0, value))
}
