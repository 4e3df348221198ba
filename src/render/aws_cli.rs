//! The AWS CLI commands that carry out an edit, and those that take it back.
//!
//! The options are those of <https://docs.aws.amazon.com/cli/latest/reference/>.

use super::argument::argument_files;
use super::lambda;
use super::layer;
use super::line::{Commands, Line, Precheck, Room, Standing, Unused};
use super::place::{Entity, Place};
use crate::iam::{
    Argument, Arn, ArnPart, Blank, Command, Policy, PolicyCalls, PolicyType, PolicyWrite, on_permission_set,
};
use crate::remedy::Edit;
use crate::report::words;
use crate::text::quoted;

/// The AWS CLI commands for an edit.
#[must_use]
pub fn commands(edit: &Edit) -> Commands {
    let (now, before) = (edit.file(), edit.file_before());
    match Place::of(edit) {
        Place::PermissionSet(set) => permission_set(edit, set),
        Place::Inline(entity) => inline(edit, entity),
        Place::Managed(arn) => managed(edit, arn),
        Place::NewManaged(entity, arn) => new_managed(edit, entity, &arn),
        Place::FileOfPrincipal => file_of_principal(edit),
        Place::Organization { kind, id, target } => organization(edit, kind, id, target),
        Place::Resource(calls, write, arn) => of_resource(edit, calls, write, &arn),
        // a service and its network may both be changed, and one must not get the policy of the other
        Place::AuthPolicyOfFile => {
            let (file, file_before) = argument_files(edit);
            Commands::remarks([format!(
                "whose auth policy it is, the service's or its network's, is not known here: \
                 aws vpc-lattice put-auth-policy --resource-identifier ID --policy file://{file} sets its new text, file://{file_before} the old one"
            )])
        }
        Place::Function(write, arn) => lambda::commands(edit, write, &arn),
        Place::Layer(calls, write, arn) => layer::commands(edit, calls, write, &arn),
        Place::OtherResource(owner) => Commands::remarks([format!(
            "the call that sets the policy of {} is not known here: its new text is {now}, the old one {before}",
            if owner.is_empty() { "this resource".to_owned() } else { quoted(owner) }
        )]),
        Place::Trust(role) => {
            let call = |file: &str| {
                Command::aws("iam update-assume-role-policy")
                    .option_or("--role-name", role, Blank::ROLE.of_document(&edit.file_stem))
                    .file("--policy-document", file)
            };
            Commands::of(call(&now), call(&before))
        }
        Place::Endpoints(ids) => endpoints(edit, &ids),
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>
        Place::Session => Commands::remarks([format!(
            "AWS keeps no session policy: whoever makes the session passes the new text, --policy file://{now}"
        )]),
    }
}

fn endpoints(edit: &Edit, ids: &[&str]) -> Commands {
    let region = edit.region.as_deref().unwrap_or_default();
    let call = |id: Option<&str>, file: Option<&str>| {
        let blank = Blank::ENDPOINT_ID.of_document(&edit.file_stem);
        let call = Command::aws("ec2 modify-vpc-endpoint").option_or("--vpc-endpoint-id", id, blank);
        let call = match file {
            Some(file) => call.file("--policy-document", file),
            None => call.words("--reset-policy"),
        };
        call.region(region)
    };
    let each: Vec<Option<&str>> = if ids.is_empty() { vec![None] } else { ids.iter().copied().map(Some).collect() };
    let before = edit.file_before();
    let before = (!edit.is_new()).then_some(before.as_str());
    Commands {
        apply: each.iter().map(|id| Line::Command(call(*id, Some(&edit.file())))).collect(),
        rollback: each.iter().map(|id| call(*id, before)).collect(),
        ..Commands::default()
    }
}

fn inline(edit: &Edit, entity: Entity<'_>) -> Commands {
    let Entity { kind, name } = entity;
    let call = |verb: &str| {
        Command::aws(&format!("iam {verb}-{kind}-policy"))
            .option(&format!("--{kind}-name"), name)
            .option("--policy-name", &edit.after.name)
    };
    let put = |file: &str| call("put").file("--policy-document", file);
    let new = edit.is_new();
    Commands {
        // putting an inline policy replaces one of the same name without a word
        precheck: new.then(|| Precheck { look: call("get"), unused: Unused::Name }),
        ..Commands::of(put(&edit.file()), if new { call("delete").removal() } else { put(&edit.file_before()) })
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html>
fn managed(edit: &Edit, arn: &str) -> Commands {
    let call = |words: &str| Command::aws(words).option("--policy-arn", arn);
    let create =
        |file: &str| call("iam create-policy-version").file("--policy-document", file).words("--set-as-default");
    let mut apply = Vec::new();
    let mut known = None;
    let default = edit.after.version_id.as_deref();
    if let Some(version) = default {
        apply.push(Line::remark(format!("the default version is {} now", quoted(version))));
    }
    match edit.after.oldest_spare_version() {
        Some(oldest) => {
            apply.push(Line::remark(format!(
                "AWS keeps five versions and has five: {} goes, which nothing brings back",
                quoted(oldest)
            )));
            let delete = call("iam delete-policy-version").option("--version-id", oldest);
            apply.push(Line::Command(delete.clone()));
            known = Some(delete);
        }
        None if edit.after.versions.len() < 2 => apply.push(Line::remark(format!(
            "AWS keeps five versions, at LimitExceeded one must go: {}",
            call("iam list-policy-versions")
        ))),
        None => {}
    }
    apply.push(Line::Command(create(&edit.file())));
    let rollback = match default {
        Some(version) => call("iam set-default-policy-version").option("--version-id", version),
        None => create(&edit.file_before()),
    };
    let standing = default.map(|version| Standing {
        find: call("iam get-policy")
            .words("--query Policy.DefaultVersionId --output text")
            .captured(Standing::VARIABLE),
        version: version.to_owned(),
    });
    let room = Some(Room::new(arn, default, known));
    Commands { precheck: None, apply, rollback: vec![rollback], room, standing }
}

/// A new managed policy, and its attachment. A name that is taken is refused by AWS.
fn new_managed(edit: &Edit, entity: Entity<'_>, arn: &str) -> Commands {
    let Entity { kind, name } = entity;
    let attachment = |verb: &str| {
        Command::aws(&format!("iam {verb}-{kind}-policy"))
            .option(&format!("--{kind}-name"), name)
            .option("--policy-arn", arn)
    };
    let create = Command::aws("iam create-policy")
        .option("--policy-name", &edit.after.name)
        .file("--policy-document", &edit.file());
    Commands::new(
        vec![create, attachment("attach")],
        vec![attachment("detach").removal(), Command::aws("iam delete-policy").option("--policy-arn", arn).removal()],
    )
}

fn file_of_principal(edit: &Edit) -> Commands {
    let name = quoted(&edit.after.name);
    let blank = Blank::POLICY_ARN.of_document(&edit.file_stem);
    let call = |file: &str| {
        Command::aws("iam create-policy-version")
            .fill_in("--policy-arn", blank.clone())
            .file("--policy-document", file)
            .words("--set-as-default")
    };
    let mut apply = vec![Line::remark(format!("how {name} is kept is not known")), Line::blank(&blank)];
    if edit.policy_type == PolicyType::IdentityBased {
        apply.push(Line::remark(format!(
            "if it is an inline policy, use put-role-policy, put-user-policy or put-group-policy with file://{} instead",
            edit.file()
        )));
    }
    apply.push(Line::Command(call(&edit.file())));
    Commands { apply, rollback: vec![call(&edit.file_before())], ..Commands::default() }
}

/// The longest description that AWS takes.
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html>
const DESCRIPTION: usize = 512;

/// The variable that holds the id of a new policy.
const POLICY: &str = "policy";

fn organization(edit: &Edit, kind: &'static str, id: Option<&str>, target: Option<&str>) -> Commands {
    let blank = if edit.policy_type == PolicyType::ServiceControl { Blank::SCP_ID } else { Blank::RCP_ID };
    if !edit.is_new() {
        let blank = blank.of_document(&edit.file_stem);
        let call = |file: &str| {
            Command::aws("organizations update-policy")
                .option_or("--policy-id", id, blank.clone())
                .file("--content", file)
        };
        return Commands::of(call(&edit.file()), call(&edit.file_before()));
    }
    let Policy { name, .. } = edit.after.as_ref();
    let description: String = words::policy_change::changes(edit).chars().take(DESCRIPTION).collect();
    let create = Command::aws("organizations create-policy")
        .option("--type", kind)
        .option("--name", name)
        .option("--description", &description)
        .file("--content", &edit.file())
        .words("--query Policy.PolicySummary.Id --output text")
        .captured(POLICY);
    let to_attach = Blank::TARGET_ID.of_document(&edit.file_stem);
    let attachment = |verb: &str| {
        Command::aws(&format!("organizations {verb}-policy")).variable("--policy-id", POLICY).option_or(
            "--target-id",
            target,
            to_attach.clone(),
        )
    };
    // the names of policies are unique in an organization, so the one of this name is this one
    let literal = name.replace('\\', "\\\\").replace('\'', "\\'");
    let find = Command::aws("organizations list-policies")
        .option("--filter", kind)
        .option("--query", &format!("Policies[?Name=='{literal}'].Id"))
        .words("--output text")
        .captured(POLICY);
    let delete = Command::aws("organizations delete-policy").variable("--policy-id", POLICY).removal();
    // a policy that is made and then not attached would be left behind
    let filled_in = target.is_none().then(|| Command::new(":").filled_in(to_attach.clone()));
    Commands::new(
        filled_in.into_iter().chain([create, attachment("attach")]).collect(),
        vec![find, attachment("detach").removal(), delete],
    )
}

/// The policy of a resource.
fn of_resource(edit: &Edit, calls: &PolicyCalls, write: &PolicyWrite, arn: &Arn) -> Commands {
    let call = |words: &str| {
        write.of.iter().try_fold(Command::aws(words), |call, (option, part)| {
            let value = calls.part(*part, arn)?;
            // an address of our own is no address that the CLI would read
            Some(if *option == "--queue-url" { call.address(option, &value) } else { call.option(option, &value) })
        })
    };
    // some documents are the value of a second option
    let (words, document) = write.document.rsplit_once(' ').unwrap_or(("", write.document));
    let put = |file: &str| Some(call(write.put)?.words(words).file(document, file).region(arn.region()));
    let (file, file_before) = argument_files(edit);
    let rollback = if edit.is_new() {
        match (write.delete, write.takes) {
            (Some(delete), _) => call(delete).map(|call| call.region(arn.region()).removal()),
            // an attribute that is empty is none
            (None, Argument::Attributes) => {
                call(&format!("{} {document} Policy=", write.put)).map(|call| call.region(arn.region()))
            }
            (None, _) => None,
        }
    } else {
        put(&file_before)
    };
    match put(&file) {
        Some(apply) => Commands {
            precheck: if edit.is_new() { look(calls, arn) } else { None },
            ..Commands::new(vec![apply], rollback.into_iter().collect())
        },
        None => Commands::remarks([format!("{} cannot be told from {}", write.put, quoted(arn.as_str()))]),
    }
}

/// Looks whether the resource has a policy.
fn look(calls: &PolicyCalls, arn: &Arn) -> Option<Precheck> {
    let call = calls.options.iter().try_fold(Command::aws(calls.command), |call, (option, part)| {
        Some(match part {
            ArnPart::Words(words) => call.words(option).words(words),
            ArnPart::QueueUrl => call.address(option, &calls.part(*part, arn)?),
            _ => call.option(option, &calls.part(*part, arn)?),
        })
    })?;
    let plain = calls.document.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'.');
    let look = call.option("--query", calls.document).words("--output text").region(arn.region());
    plain.then_some(Precheck { look, unused: Unused::Place })
}

/// The roles of IAM Identity Center are made from permission sets, which is where their policies are edited.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetcustom.html>
fn permission_set(edit: &Edit, set: &str) -> Commands {
    let blank = Blank::PERMISSION_SET_ARN.of_document(&edit.file_stem);
    let call = |words: &str| on_permission_set(words, edit.permission_set_arn.as_deref(), blank.clone());
    let put = |file: &str| call("sso-admin put-inline-policy-to-permission-set").file("--inline-policy", file);
    let provision = call("sso-admin provision-permission-set").words("--target-type ALL_PROVISIONED_ACCOUNTS");
    // a set has one inline policy, which a new one replaces without a word
    // <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_GetInlinePolicyForPermissionSet.html>
    let unused = match (edit.is_new(), &edit.permission_set_arn) {
        (true, _) => Some(Unused::Place),
        // the role's policy is a copy, which may be of before: of a set that was not read nobody knows
        (false, None) => Some(Unused::Other(edit.file_before())),
        (false, Some(_)) => None,
    };
    let precheck = unused.map(|unused| Precheck {
        look: call("sso-admin get-inline-policy-for-permission-set").words("--query InlinePolicy --output text"),
        unused,
    });
    let rollback = if edit.is_new() {
        call("sso-admin delete-inline-policy-from-permission-set").removal()
    } else {
        put(&edit.file_before())
    };
    let mut commands = Commands::new(vec![put(&edit.file()), provision.clone()], vec![rollback, provision]);
    let remark =
        format!("permission set {}: the same inline policy goes to every account that it is assigned to", quoted(set));
    commands.apply.insert(0, Line::remark(remark));
    commands.precheck = precheck;
    commands
}
