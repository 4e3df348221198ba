//! The commands that show a policy as it is deployed, for one of which a template leaves a part open.

use super::{command, select};
use crate::iam::{Command, Policy, PolicyFetch, Remark, Request};

/// The commands, of which any one will do.
#[must_use]
pub fn deployed(policy: &Policy, request: &Request) -> Vec<Command> {
    let row = policy.policy_type.row();
    let option = row.option;
    let aws = match &row.fetch {
        PolicyFetch::Account => Some(command::account()),
        PolicyFetch::Resource => request.resource.value().map(|resource| select::show(resource)),
        PolicyFetch::ById { command, option: takes, id } => {
            let print = Command::aws(command).fill_in(takes, id.clone()).into_file("policy.json");
            Some(print.note(format!("then: {option} policy.json")))
        }
        PolicyFetch::Nothing => None,
    };
    let module = policy.document.source.origin().is_some_and(|(file, _)| is_module(file));
    let terraform = module.then(|| {
        // a plan or state holds what Terraform filled in: <https://developer.hashicorp.com/terraform/cli/commands/show>
        Command::new("terraform show -json").into_file("state.json").note(format!("then: {option} state.json"))
    });
    let given = || Command::new(option).word("FILE").note(Remark::AsPassed.to_string());
    let all: Vec<Command> = terraform.into_iter().chain(aws).collect();
    if all.is_empty() { vec![given()] } else { all }
}

fn is_module(file: &str) -> bool {
    let extension = std::path::Path::new(file).extension();
    extension.is_some_and(|extension| ["tf", "tofu"].iter().any(|own| extension.eq_ignore_ascii_case(own)))
}
