//! The policy of a Lambda function: AWS takes it one statement at a time, and only those that its call can say.
//!
//! <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>

use super::line::{Commands, Line};
use crate::iam::{Arn, Command, PolicyWrite};
use crate::remedy::Edit;
use crate::text::{Node, parse, quoted};

/// A statement as `add-permission` takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Permission {
    pub(super) id: String,
    pub(super) action: String,
    pub(super) principal: String,
    /// What the conditions come to, by the names of the API's parameters.
    pub(super) restrictions: Vec<(Restriction, String)>,
}

/// What a condition of such a statement may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Restriction {
    SourceArn,
    SourceAccount,
    Organization,
    UrlAuthType,
}

impl Restriction {
    /// The option of the AWS CLI.
    const fn option(self) -> &'static str {
        match self {
            Self::SourceArn => "--source-arn",
            Self::SourceAccount => "--source-account",
            Self::Organization => "--principal-org-id",
            Self::UrlAuthType => "--function-url-auth-type",
        }
    }

    /// The argument of Terraform, and the property of CloudFormation.
    pub(super) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::SourceArn => ("source_arn", "SourceArn"),
            Self::SourceAccount => ("source_account", "SourceAccount"),
            Self::Organization => ("principal_org_id", "PrincipalOrgID"),
            Self::UrlAuthType => ("function_url_auth_type", "FunctionUrlAuthType"),
        }
    }
}

/// The statements that an edit adds; `None` where it changes or removes one, or adds one that the call cannot say.
pub(super) fn added(edit: &Edit) -> Option<Vec<Permission>> {
    let after = parse(edit.after.document.source.text()).ok()?;
    let before = match edit.text_before() {
        "" => None,
        text => Some(parse(text).ok()?),
    };
    let old: Vec<&Node> =
        before.iter().flat_map(|root| root.get("Statement").map_or(&[][..], Node::one_or_many)).collect();
    let new: Vec<&Node> = after.get("Statement").map_or(&[][..], Node::one_or_many).iter().collect();
    let is_same = |one: &Node, other: &Node| {
        text_of(edit.text_before(), one) == text_of(edit.after.document.source.text(), other)
    };
    let kept = old.iter().all(|one| new.iter().any(|other| is_same(one, other)));
    let fresh = new.iter().filter(|other| !old.iter().any(|one| is_same(one, other)));
    if kept { fresh.map(|node| permission(node)).collect() } else { None }
}

/// A statement without its layout.
fn text_of(text: &str, node: &Node) -> String {
    crate::text::minified(text.get(node.span.start..node.span.end).unwrap_or_default())
}

fn permission(statement: &Node) -> Option<Permission> {
    let text = |key: &str| statement.get(key)?.as_str().map(str::to_owned);
    let known = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];
    let members = statement.members()?;
    if text("Effect")? != "Allow" || members.iter().any(|member| !known.contains(&member.key.as_str())) {
        return None;
    }
    let principal = statement.get("Principal")?;
    let principal = match (principal.as_str(), principal.members()) {
        (Some(everyone), _) => everyone.to_owned(),
        (None, Some([only])) if ["AWS", "Service"].contains(&only.key.as_str()) => only.value.as_str()?.to_owned(),
        _ => return None,
    };
    let mut restrictions = Vec::new();
    for operator in statement.get("Condition").and_then(Node::members).unwrap_or_default() {
        for condition in operator.value.members()? {
            let restriction = match (operator.key.as_str(), condition.key.to_ascii_lowercase().as_str()) {
                ("ArnLike", "aws:sourcearn") => Restriction::SourceArn,
                ("StringEquals", "aws:sourceaccount") => Restriction::SourceAccount,
                ("StringEquals", "aws:principalorgid") => Restriction::Organization,
                ("StringEquals", "lambda:functionurlauthtype") => Restriction::UrlAuthType,
                _ => return None,
            };
            restrictions.push((restriction, condition.value.as_str()?.to_owned()));
        }
    }
    Some(Permission { id: text("Sid")?, action: text("Action")?, principal, restrictions })
}

/// The function's ARN, and the version or alias behind it.
pub(super) fn function(arn: &Arn) -> (String, Option<&str>) {
    match arn.resource().strip_prefix("function:").and_then(|name| name.split_once(':')) {
        Some((_, qualifier)) => {
            let whole = arn.as_str();
            let name = whole.strip_suffix(qualifier).and_then(|name| name.strip_suffix(':')).unwrap_or(whole);
            (name.to_owned(), Some(qualifier))
        }
        None => (arn.to_string(), None),
    }
}

/// The calls for an edit of a function's policy.
pub(super) fn commands(edit: &Edit, write: &PolicyWrite, arn: &Arn) -> Commands {
    let (name, qualifier) = function(arn);
    let Some(added) = added(edit) else {
        return Commands::remarks([format!(
            "Lambda takes the policy of {} only one statement at a time, by add-permission and remove-permission, and these calls cannot say this change",
            quoted(&name)
        )]);
    };
    let call = |words: &str, id: &str| {
        let of = write.of.iter().fold(Command::aws(words), |call, (option, _)| call.option(option, &name));
        let call = of.option("--statement-id", id);
        match qualifier {
            Some(qualifier) => call.option("--qualifier", qualifier),
            None => call,
        }
    };
    let add = |permission: &Permission| {
        let call = call(write.put, &permission.id)
            .option("--action", &permission.action)
            .option("--principal", &permission.principal);
        let restricted =
            permission.restrictions.iter().fold(call, |call, (what, value)| call.option(what.option(), value));
        restricted.region(arn.region())
    };
    let remove = |permission: &Permission| {
        write.delete.map(|delete| call(delete, &permission.id).region(arn.region()).removal())
    };
    let mut commands = Commands::new(added.iter().map(add).collect(), added.iter().filter_map(remove).collect());
    commands.apply.insert(0, Line::remark("Lambda takes the policy of a function one statement at a time"));
    commands
}
