//! A grant in the policy of a resource for a service of AWS that calls by its own name: only for what it makes the call for.
//!
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy-prevention>
//! - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services>

use super::cannot_fix::CannotFix;
use super::kept::Kept;
use super::needed_statement::NeededStatement;
use crate::iam::{Command, PolicyType, PrincipalKind, Request};
use crate::text::Json;

/// The keys that tell for what a service makes a call, the one that tells most first.
const SOURCES: [&str; 2] = ["aws:SourceArn", "aws:SourceAccount"];

/// What stands for the source where nobody told it: no ARN of anything.
pub(super) const BLANK_SOURCE: &str = "FILL_IN_SOURCE_ARN";

/// The service that makes the call by its own name.
pub(super) fn service(request: &Request) -> Option<&str> {
    request.principal.value().filter(|caller| caller.kind() == PrincipalKind::Service)?.name()
}

/// The statement for the service, under the conditions of the Allow that is near and for this source alone; without its source where nobody
/// told it.
fn statement(service: &str, request: &Request, kept: Option<&Kept>) -> Result<(NeededStatement, bool), CannotFix> {
    let who = Json::Object(vec![("Service".to_owned(), Json::text(service))]);
    let wanted = NeededStatement::of(request, Some(who), PolicyType::ResourceBased).ok_or(CannotFix::NoAction)?;
    let mut wanted = match kept {
        Some(kept) => wanted.keeping(kept, request)?,
        None => wanted,
    };
    if SOURCES.iter().any(|key| wanted.tests(key)) {
        return Ok((wanted, true));
    }
    let told = source(request);
    if let Some((key, value)) = told {
        wanted.only(key, value);
    }
    Ok((wanted, told.is_some()))
}

/// For what the service makes the call, where that was told: the key and its value.
pub(super) fn source(request: &Request) -> Option<(&'static str, &str)> {
    SOURCES.iter().find_map(|key| Some((*key, request.context.told(key).single()?)))
}

/// That statement. Without a source whoever uses the service could have it make the call, so that none is offered.
pub(super) fn needed(service: &str, request: &Request, kept: Option<&Kept>) -> Result<NeededStatement, CannotFix> {
    let (wanted, told) = statement(service, request, kept)?;
    if told { Ok(wanted) } else { Err(CannotFix::SourceNotTold(service.to_owned())) }
}

/// How `lambda add-permission` says for what a service may call.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>
pub(super) fn permission(call: Command, request: &Request) -> Command {
    match service(request).map(|_| source(request)) {
        None => call,
        Some(Some(("aws:SourceAccount", account))) => call.option("--source-account", account),
        Some(told) => call.option("--source-arn", told.map_or(BLANK_SOURCE, |(_, arn)| arn)),
    }
}

/// The statement for a policy that nobody has seen, with a blank for the source where nobody told it.
pub(super) fn addition(service: &str, request: &Request) -> Option<NeededStatement> {
    let (mut wanted, told) = statement(service, request, None).ok()?;
    if !told {
        wanted.only("aws:SourceArn", BLANK_SOURCE);
    }
    Some(wanted)
}
