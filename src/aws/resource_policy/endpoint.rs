//! The policy of the VPC endpoint that a request came through.

use serde_json::Value;

use crate::aws::clients::Clients;
use crate::aws::document::document;
use crate::aws::failure::{Failure, FailureKind};
use crate::aws::operation::DESCRIBE_ENDPOINTS;
use crate::aws::signed_call::SignedCall;
use crate::iam::PolicyType;
use crate::snapshot::{EndpointPolicyFile, GapFile};

/// The version of EC2's API.
const VERSION: &str = "2016-11-15";

/// The call that only asks whether it would be made.
pub(super) fn trial() -> SignedCall {
    SignedCall::query(&DESCRIBE_ENDPOINTS, VERSION, &[("DryRun", "true")])
}

/// Reads the policy of an endpoint by its id, in the Region of the request.
pub(in crate::aws) async fn endpoint(
    clients: &Clients,
    id: &str,
    region: Option<String>,
) -> Result<EndpointPolicyFile<'static>, GapFile<'static>> {
    let gap = |failure: Failure| failure.gap(id, Some(PolicyType::VpcEndpoint));
    let call = SignedCall::query(&DESCRIBE_ENDPOINTS, VERSION, &[("VpcEndpointId.1", id)]).in_region(region);
    let answer = clients.signed(call).await.map_err(gap)?;
    let item = answer.value.get("vpcEndpointSet").and_then(|set| set.get("item"));
    let text = |name: &str| item.and_then(|item| item.get(name)).and_then(Value::as_str);
    match (text("vpcEndpointId"), text("policyDocument")) {
        (Some(of), Some(policy)) if of == id => Ok(EndpointPolicyFile {
            id: id.to_owned().into(),
            document: Some(document(policy)),
            kind: text("vpcEndpointType").map(|kind| kind.to_owned().into()),
            ..EndpointPolicyFile::default()
        }),
        _ => Err(gap(Failure::own(&DESCRIBE_ENDPOINTS, FailureKind::Unreadable, "the answer holds no policy"))),
    }
}
