//! A whole remedy: the commands and templates of all its edits, which may belong to several owners and accounts.

use super::line::Line;
use super::{aws_cli, cloudformation, terraform};
use crate::remedy::{Edit, Remedy, Step};
use crate::text::quoted;

/// Its commands: what shows the policies that it rests on, then those of each edit; where several owners must act, each part says
/// whose it is.
#[must_use]
pub fn commands(remedy: &Remedy) -> Vec<Line> {
    if remedy.edits.is_empty() {
        let added = remedy.steps.iter().flat_map(|step| match step {
            Step::AddHere(addition) => [addition.look.as_slice(), addition.change.as_slice()].concat(),
            _ => Vec::new(),
        });
        return remedy.calls.iter().cloned().chain(added).map(Line::Command).collect();
    }
    let assumptions = remedy.verification.iter().flat_map(|proof| &proof.conditional_on);
    let mut all: Vec<Line> = assumptions.flat_map(|one| &one.how_to_see).cloned().map(Line::Look).collect();
    let several = remedy.owners().len() > 1;
    for edit in &remedy.edits {
        if several {
            all.push(Line::remark(format!("for the {}", owner(edit))));
        }
        let own = aws_cli::commands(edit).list();
        if own.is_empty() && several {
            let whose = edit.after.attached_to.first().map_or_else(String::new, |arn| format!(" of {}", quoted(arn)));
            all.push(Line::remark(format!("{} goes in place of the {}{whose}", edit.file(), edit.policy_type)));
        }
        all.extend(own);
    }
    all
}

/// The Terraform blocks; those of several accounts need a provider each, which a comment says.
#[must_use]
pub fn to_terraform(edits: &[Edit]) -> Option<String> {
    let labelled = terraform::labelled(edits);
    if !spans_accounts(edits) {
        return terraform::terraform(&labelled);
    }
    let part = |one: &(&Edit, String)| {
        let text = terraform::terraform(std::slice::from_ref(one))?;
        Some(format!("# with the provider of the {}\n{text}", owner(one.0)))
    };
    let parts: Option<Vec<String>> = labelled.iter().map(part).collect();
    parts.map(|parts| parts.join("\n"))
}

/// The CloudFormation template; a template is of one account.
#[must_use]
pub fn to_cloudformation(edits: &[Edit]) -> Option<String> {
    if spans_accounts(edits) { None } else { cloudformation::cloudformation(edits) }
}

/// What of the edits Terraform and CloudFormation cannot say, and where it is said instead.
#[must_use]
pub fn templates_lack(edits: &[Edit]) -> Vec<String> {
    let mut all = terraform::missing(edits);
    all.extend(cloudformation::missing(edits));
    all
}

/// Whether the edits are made in more than one account.
fn spans_accounts(edits: &[Edit]) -> bool {
    edits.iter().any(|edit| edit.account != edits.first().and_then(|first| first.account.clone()))
}

fn owner(edit: &Edit) -> String {
    edit.owner_in_account().trim_start_matches("the ").to_owned()
}
