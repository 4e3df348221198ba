//! The AWS CLI commands that carry out an edit, and those that take it back. Every name in them is untrusted and quoted.
//!
//! The options are those of <https://docs.aws.amazon.com/cli/latest/reference/>.

use super::place::{Entity, Place};
use super::resource_policy::ResourceKind;
use super::shell::{Blank, Call, quoted, remark};
use super::{Edit, lambda};
use crate::iam::{Arn, Policy, PolicyType};

/// What carries out one edit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commands {
    /// A command that must fail with `NoSuchEntity` before the others are run: the name must be free.
    pub unless: Option<String>,
    /// Commands, in order, and remarks that begin with `#`; the documents are expected in [`Edit::file`].
    pub forward: Vec<String>,
    /// Commands that restore what was there before; the old document is expected in [`Edit::file_before`].
    pub back: Vec<String>,
}

impl Edit {
    /// The AWS CLI commands for the edit.
    #[must_use]
    pub fn commands(&self) -> Commands {
        let (now, before) = (self.file(), self.file_before());
        match Place::of(self) {
            Place::PermissionSet(set) => permission_set(self, set),
            Place::Inline(entity) => inline(self, entity),
            Place::Managed(arn) => managed(self, arn),
            Place::NewManaged(entity, arn) => new_managed(self, entity, &arn),
            Place::FileOfPrincipal => file_of_principal(self),
            Place::Organization { kind, id, target } => organization(self, kind, id, target),
            Place::Resource(kind, arn) => of_resource(self, kind, &arn),
            Place::Function(arn) => lambda::commands(self, &arn),
            Place::OtherResource(owner) => Commands::remarks([format!(
                "# the call that sets the policy of {} is not known here: its new text is {now}, the old one {before}",
                remark(if owner.is_empty() { "this resource" } else { owner })
            )]),
            Place::Trust(role) => {
                let call = |file: &str| {
                    Call::new("iam update-assume-role-policy")
                        .with_or("--role-name", role, Blank::ROLE)
                        .file("--policy-document", file)
                        .line()
                };
                let blank = role.is_none().then(|| Blank::ROLE.remark());
                Commands {
                    unless: None,
                    forward: blank.into_iter().chain([call(&now)]).collect(),
                    back: vec![call(&before)],
                }
            }
            Place::Endpoint(id) => {
                let call = || Call::new("ec2 modify-vpc-endpoint").with_or("--vpc-endpoint-id", id, Blank::ENDPOINT_ID);
                let back = if self.is_new() {
                    call().words("--reset-policy")
                } else {
                    call().file("--policy-document", &before)
                };
                let blank = id.is_none().then(|| Blank::ENDPOINT_ID.remark());
                Commands {
                    unless: None,
                    forward: blank.into_iter().chain([call().file("--policy-document", &now).line()]).collect(),
                    back: vec![back.line()],
                }
            }
            // <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>
            Place::Session => Commands::remarks([format!(
                "# AWS keeps no session policy: whoever makes the session passes the new text, --policy file://{now}"
            )]),
        }
    }
}

impl Commands {
    /// How the remark begins that leads back.
    pub const WAY_BACK: &'static str = "# to go back:";

    /// Nothing but remarks.
    pub(super) fn remarks(lines: impl Into<Vec<String>>) -> Self {
        Self { forward: lines.into(), ..Self::default() }
    }

    /// All in one list, with what goes before and what leads back as remarks.
    pub(super) fn list(&self) -> Vec<String> {
        let unless =
            self.unless.iter().map(|call| format!("# first: the name is free if this says NoSuchEntity: {call}"));
        let back =
            if self.back.is_empty() { None } else { Some(format!("{} {}", Self::WAY_BACK, self.back.join("; "))) };
        unless.chain(self.forward.iter().cloned()).chain(back).collect()
    }
}

fn inline(edit: &Edit, entity: Entity<'_>) -> Commands {
    let Entity { kind, name } = entity;
    let call = |verb: &str| {
        Call::new(&format!("iam {verb}-{kind}-policy"))
            .with(&format!("--{kind}-name"), name)
            .with("--policy-name", &edit.after.name)
    };
    let put = |file: &str| call("put").file("--policy-document", file).line();
    let new = edit.is_new();
    Commands {
        // putting an inline policy replaces one of the same name without a word
        unless: new.then(|| call("get").line()),
        forward: vec![put(&edit.file())],
        back: vec![if new { call("delete").line() } else { put(&edit.file_before()) }],
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html>
fn managed(edit: &Edit, arn: &str) -> Commands {
    let call = |words: &str| Call::new(words).with("--policy-arn", arn);
    let create =
        |file: &str| call("iam create-policy-version").file("--policy-document", file).words("--set-as-default").line();
    let mut forward = Vec::new();
    let default = edit.after.version_id.as_deref();
    if let Some(version) = default {
        forward.push(format!("# the default version is {} now", remark(version)));
    }
    match edit.after.oldest_spare_version() {
        Some(oldest) => {
            forward.push(format!(
                "# AWS keeps five versions and has five: {} goes, which nothing brings back",
                remark(oldest)
            ));
            forward.push(call("iam delete-policy-version").with("--version-id", oldest).line());
        }
        None if edit.after.versions.len() < 2 => forward.push(format!(
            "# AWS keeps five versions; at LimitExceeded one must go: {}",
            call("iam list-policy-versions").line()
        )),
        None => {}
    }
    forward.push(create(&edit.file()));
    let back = match default {
        Some(version) => call("iam set-default-policy-version").with("--version-id", version).line(),
        None => create(&edit.file_before()),
    };
    Commands { unless: None, forward, back: vec![back] }
}

/// A new managed policy, and its attachment. A name that is taken is refused by AWS.
fn new_managed(edit: &Edit, entity: Entity<'_>, arn: &str) -> Commands {
    let Entity { kind, name } = entity;
    let attachment = |verb: &str| {
        Call::new(&format!("iam {verb}-{kind}-policy"))
            .with(&format!("--{kind}-name"), name)
            .with("--policy-arn", arn)
            .line()
    };
    let create =
        Call::new("iam create-policy").with("--policy-name", &edit.after.name).file("--policy-document", &edit.file());
    Commands {
        unless: None,
        forward: vec![create.line(), attachment("attach")],
        back: vec![attachment("detach"), Call::new("iam delete-policy").with("--policy-arn", arn).line()],
    }
}

fn file_of_principal(edit: &Edit) -> Commands {
    let name = remark(&edit.after.name);
    let call = |file: &str| {
        Call::new("iam create-policy-version")
            .fill_in("--policy-arn", Blank::POLICY_ARN)
            .file("--policy-document", file)
            .words("--set-as-default")
            .line()
    };
    let mut forward = vec![format!("# how {name} is kept is not known"), Blank::POLICY_ARN.remark()];
    if edit.policy_type == PolicyType::IdentityBased {
        forward.push(format!(
            "# if it is an inline policy, use put-role-policy, put-user-policy or put-group-policy with file://{} instead",
            edit.file()
        ));
    }
    forward.push(call(&edit.file()));
    Commands { unless: None, forward, back: vec![call(&edit.file_before())] }
}

/// The longest description that AWS takes.
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html>
const DESCRIPTION: usize = 512;

fn organization(edit: &Edit, kind: &'static str, id: Option<&str>, target: Option<&str>) -> Commands {
    let blank = if edit.policy_type == PolicyType::ServiceControl { Blank::SCP_ID } else { Blank::RCP_ID };
    if !edit.is_new() {
        let call = |file: &str| {
            Call::new("organizations update-policy").with_or("--policy-id", id, blank).file("--content", file).line()
        };
        let remark = id.is_none().then(|| blank.remark());
        return Commands {
            unless: None,
            forward: remark.into_iter().chain([call(&edit.file())]).collect(),
            back: vec![call(&edit.file_before())],
        };
    }
    let Policy { name, .. } = edit.after.as_ref();
    let description: String = edit.what.chars().take(DESCRIPTION).collect();
    let create = Call::new("organizations create-policy")
        .with("--type", kind)
        .with("--name", name)
        .with("--description", &description)
        .file("--content", &edit.file())
        .words("--query Policy.PolicySummary.Id --output text")
        .line();
    let attachment = |verb: &str| {
        Call::new(&format!("organizations {verb}-policy"))
            .words("--policy-id \"$policy\"")
            .with_or("--target-id", target, Blank::TARGET_ID)
            .line()
    };
    // the names of policies are unique in an organization, so the one of this name is this one
    let literal = name.replace('\\', "\\\\").replace('\'', "\\'");
    let find = Call::new("organizations list-policies")
        .with("--filter", kind)
        .with("--query", &format!("Policies[?Name=='{literal}'].Id"))
        .words("--output text")
        .line();
    let remark = target.is_none().then(|| Blank::TARGET_ID.remark());
    Commands {
        unless: None,
        forward: remark.into_iter().chain([format!("policy=$({create}) && {}", attachment("attach"))]).collect(),
        back: vec![format!(
            "policy=$({find}) && {} && aws organizations delete-policy --policy-id \"$policy\"",
            attachment("detach")
        )],
    }
}

/// The policy of a resource.
fn of_resource(edit: &Edit, kind: &ResourceKind, arn: &Arn) -> Commands {
    let call = |words: &str| {
        kind.of.iter().try_fold(Call::new(words), |call, (option, part)| {
            let value = kind.part(*part, arn)?;
            // an address of our own is no address that the CLI would read
            Some(if *option == "--queue-url" { call.address(option, &value) } else { call.with(option, &value) })
        })
    };
    let put = |file: &str| Some(call(kind.put)?.file(kind.document, file).region(arn.region()).line());
    let (file, file_before) = edit.argument_files();
    let forward = put(&file);
    let back = if edit.is_new() {
        kind.delete.and_then(|delete| Some(call(delete)?.region(arn.region()).line()))
    } else {
        put(&file_before)
    };
    match forward {
        Some(forward) => Commands { unless: None, forward: vec![forward], back: back.into_iter().collect() },
        None => Commands::remarks([format!("# {} cannot be told from {}", kind.put, remark(arn.as_str()))]),
    }
}

/// The roles of IAM Identity Center are made from permission sets, which is where their policies are edited.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetcustom.html>
fn permission_set(edit: &Edit, set: &str) -> Commands {
    let call = |words: &str| {
        Call::new(words)
            .fill_in("--instance-arn", Blank::INSTANCE_ARN)
            .fill_in("--permission-set-arn", Blank::PERMISSION_SET_ARN)
    };
    let put = |file: &str| call("sso-admin put-inline-policy-to-permission-set").file("--inline-policy", file).line();
    let provision = call("sso-admin provision-permission-set").words("--target-type ALL_PROVISIONED_ACCOUNTS").line();
    let back = if edit.is_new() {
        call("sso-admin delete-inline-policy-from-permission-set").line()
    } else {
        put(&edit.file_before())
    };
    Commands {
        unless: None,
        forward: vec![
            format!(
                "# permission set {}; the same inline policy goes to every account that it is assigned to",
                quoted(set)
            ),
            Blank::INSTANCE_ARN.remark(),
            Blank::PERMISSION_SET_ARN.remark(),
            put(&edit.file()),
            provision.clone(),
        ],
        back: vec![back, provision],
    }
}

/// A policy's name as a file name: without folders and ending, with letters, digits, `-` and `_` only, so that no name of a file
/// that is made from it is that of another.
pub(super) fn file_stem(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".json");
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' };
    let stem: String = name.chars().map(plain).take(100).collect();
    match stem.strip_prefix('-') {
        // a program would take it for an option
        Some(rest) => format!("_{rest}"),
        None if stem.is_empty() => "policy".to_owned(),
        None => stem,
    }
}
