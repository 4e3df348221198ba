//! The commands that show a policy as it is deployed, for one of which a template leaves a part open.

use super::{command, select};
use crate::iam::{Blank, Command, Policy, PolicyType, Request};

/// The commands, of which any one will do.
#[must_use]
pub fn deployed(policy: &Policy, request: &Request) -> Vec<Command> {
    let (option, aws) = match policy.policy_type {
        PolicyType::IdentityBased => ("--identity-policy", Some(command::account())),
        PolicyType::PermissionsBoundary => ("--permissions-boundary", Some(command::account())),
        PolicyType::RoleTrust => ("--resource-policy", Some(command::account())),
        PolicyType::ResourceBased => {
            ("--resource-policy", request.resource.value().map(|resource| select::show(resource)))
        }
        PolicyType::VpcEndpoint => ("--vpc-endpoint-policy", Some(endpoints())),
        PolicyType::ServiceControl => ("--scp", Some(organization(Blank::SCP_ID, "then: --scp policy.json"))),
        PolicyType::ResourceControl => ("--rcp", Some(organization(Blank::RCP_ID, "then: --rcp policy.json"))),
        // no command prints what a session was made with
        PolicyType::Session => ("--session-policy", None),
    };
    let module = policy.document.source.origin().is_some_and(|(file, _)| is_module(file));
    let terraform = module.then(|| {
        // a plan or state holds what Terraform filled in: <https://developer.hashicorp.com/terraform/cli/commands/show>
        Command::new("terraform show -json").into_file("state.json").note(format!("then: {option} state.json"))
    });
    let given = || Command::new(option).word("FILE").note("the policy as it was passed");
    let all: Vec<Command> = terraform.into_iter().chain(aws).collect();
    if all.is_empty() { vec![given()] } else { all }
}

fn is_module(file: &str) -> bool {
    std::path::Path::new(file).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tf"))
}

fn endpoints() -> Command {
    Command::aws("ec2 describe-vpc-endpoints")
        .fill_in("--vpc-endpoint-ids", Blank::ENDPOINT_ID)
        .into_file("policy.json")
        .note("then: --vpc-endpoint-policy policy.json")
}

fn organization(id: Blank, then: &str) -> Command {
    Command::aws("organizations describe-policy").fill_in("--policy-id", id).into_file("policy.json").note(then)
}
