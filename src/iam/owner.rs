//! Which account owns a resource, as far as its ARN and the caller tell.

use super::arn::Arn;
use super::assumption::Why;
use super::field::{Field, NotTold};
use super::principal::Principal;

/// Whether somebody owns the resource: AWS's own models, and actions without resources, have no owner to be mistaken about.
pub(super) fn has_owner(resource: &Field<String>) -> bool {
    resource.value().is_some_and(|resource| resource != "*" && !resource.contains(":bedrock:"))
}

/// The account in the ARN; where it holds none, the caller's, with the reason.
pub(super) fn owner(resource: &Field<String>, principal: Option<&Principal>) -> Field<String> {
    let arn = resource.value().and_then(|resource| resource.parse::<Arn>().ok());
    if let Some(account) = arn.as_ref().and_then(Arn::account_id) {
        return Field::Known(account.to_owned());
    }
    let own = principal.and_then(Principal::account);
    match (arn, own) {
        // resources of AWS itself, such as foundation models, have no account and no resource-based policy: the
        // caller's account decides
        (Some(arn), Some(own)) if arn.service() == "bedrock" => Field::Assumed(own.to_owned(), Why::ModelOfAws),
        (Some(arn), Some(own)) if arn.account().is_empty() => {
            Field::Assumed(own.to_owned(), Why::NoAccountInArn(arn.service().to_owned()))
        }
        (None, Some(own)) if resource.value().is_some() => Field::Assumed(own.to_owned(), Why::NoResource),
        _ => Field::Missing(NotTold::NoAccount),
    }
}
