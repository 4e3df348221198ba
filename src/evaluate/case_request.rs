//! The request of a case, from what the case says of it.

use std::borrow::Cow;

use super::case_parts::CaseError;
use crate::iam::{
    Action, Arn, Context, ContextValue, EndpointKind, Field, NotTold, Principal, Request, Why, is_account_id,
};

/// What a case says of its request.
pub(super) struct Said<'t> {
    pub(super) principal: Cow<'t, str>,
    pub(super) action: Cow<'t, str>,
    pub(super) resource: Cow<'t, str>,
    pub(super) resource_account: Option<Cow<'t, str>>,
    /// Of several with one name the last one counts.
    pub(super) context: Vec<(String, ContextValue)>,
    pub(super) management_account: bool,
    pub(super) vpc_endpoint: Option<EndpointKind>,
    /// Whether a key that is not among them is not in the request.
    pub(super) complete: bool,
}

/// The request.
///
/// # Errors
/// When its action is none.
pub(super) fn request(said: Said<'_>) -> Result<Request, CaseError> {
    let principal = Principal::new(&said.principal);
    let of_resource = || said.resource.parse::<Arn>().ok().and_then(|arn| arn.account_id().map(str::to_owned));
    let owner = match said.resource_account.map(Cow::into_owned).or_else(of_resource) {
        Some(account) => Field::Known(account),
        // as AWS's simulator has it: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
        None => match principal.account() {
            Some(account) => Field::Assumed(account.to_owned(), Why::AsTheSimulator),
            None => Field::Missing(NotTold::NoAccount),
        },
    };
    let mut context = Context::new();
    context.set_complete(said.complete);
    context.set_all(said.context);
    let management_account =
        principal.account().filter(|account| said.management_account && is_account_id(account)).map(str::to_owned);
    Ok(Request {
        principal: Field::Known(principal),
        action: Field::Known(said.action.parse::<Action>()?),
        resource: Field::Known(said.resource.into_owned()),
        resource_account: owner,
        management_account,
        vpc_endpoint: said.vpc_endpoint,
        context,
        ..Request::missing(NotTold::NotNamed)
    })
}

/// What a level of the organization is called by its place among so many.
pub(super) fn level_name(index: usize, count: usize) -> String {
    match index {
        0 => "root".to_owned(),
        index if index + 1 == count => "account".to_owned(),
        index => format!("unit {index}"),
    }
}
