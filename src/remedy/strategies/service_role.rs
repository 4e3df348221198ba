//! `service-role`: AWS says that a role which a service uses lacks permissions: everything that it needs, as statements for that role.
//!
//! - <https://docs.aws.amazon.com/step-functions/latest/dg/stepfunctions-iam.html>
//! - <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html>

use super::super::resource_entry::resource_entry;
use super::super::{Owner, Remedy, RemedyId, Step, Title};
use super::strategy::{Drafts, Situation, Strategy};
use crate::denial::ServiceRole;
use crate::diagnose::DenialContext;
use crate::iam::{Action, Command, ContextValue};
use crate::text::Json;

pub(super) const STRATEGY: Strategy =
    Strategy { id: "service-role", applies: |situation| situation.is_of_service_role(), drafts: Drafts::Advice(draft) };

fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    let case = situation.case;
    let role = case.denial.role_of_service()?;
    let principal = case.request.principal.value().cloned();
    let named = principal.as_ref().and_then(|principal| principal.name());
    let list = |words: &str| named.map(|name| Command::aws(words).option("--role-name", name));
    let calls = ["iam list-attached-role-policies", "iam list-role-policies"].into_iter().filter_map(list).collect();
    let statements = statements(case, role).into_iter().map(|statement| Step::AddStatement(statement.compact()));
    let steps = statements.chain([Step::RoleOfService(role)]).collect();
    let title = Title::AddToRoleOfService { role, principal };
    Some(Remedy { calls, ..Remedy::advice(RemedyId::Ask, Owner::AccountAdmin, title, steps) })
}

/// What the role needs: one statement for the actions that have a resource, and one for those that have none.
fn statements(case: &DenialContext<'_>, role: ServiceRole) -> Vec<Json> {
    let without =
        |action: &&Action| case.reference.action(action).is_some_and(|facts| !facts.has_resource_level_permissions());
    let (bare, scoped): (Vec<&Action>, Vec<&Action>) = case.denial.candidates.iter().partition(without);
    let scoped = resource(case, role).map(|resource| (scoped, resource));
    let bare = (bare, "*".to_owned());
    let sid = |actions: &[&Action]| {
        let first = actions.first().map_or("", |action| action.service());
        let mut letters = first.chars().filter(char::is_ascii_alphanumeric);
        let initial = letters.next().map(|letter| letter.to_ascii_uppercase());
        initial.into_iter().chain(letters).collect::<String>()
    };
    let all = scoped.into_iter().chain([bare]).filter(|(actions, _)| !actions.is_empty());
    all.map(|(actions, resource)| {
        let suffix = if resource == "*" { "WithoutResource" } else { "" };
        let names = actions.iter().map(|action| Json::text(action.as_str())).collect();
        let members = [
            ("Sid", Json::Text(format!("Allow{}{suffix}", sid(&actions)))),
            ("Effect", Json::text("Allow")),
            ("Action", Json::List(names)),
            ("Resource", Json::Text(resource)),
        ];
        Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    })
    .collect()
}

/// The resource of these actions: the rules that Step Functions manages, or the repository that the text names.
fn resource(case: &DenialContext<'_>, role: ServiceRole) -> Option<String> {
    match role {
        ServiceRole::StateMachine => {
            let principal = case.request.principal.value()?;
            let region = match case.request.context.told("aws:RequestedRegion") {
                ContextValue::Present { values, .. } => values.first().cloned(),
                ContextValue::Absent | ContextValue::Unknown => None,
            };
            let region = region.unwrap_or_else(|| "*".to_owned());
            Some(format!("arn:{}:events:{region}:{}:rule/StepFunctions*", principal.partition()?, principal.account()?))
        }
        ServiceRole::Execution => {
            let resource = case.denial.resource.as_deref()?;
            Some(resource_entry(case.request, resource))
        }
    }
}
