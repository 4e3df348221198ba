//! The policies of the VPC endpoints that a request came through, or can have come through.

use serde_json::Value;

use crate::aws::clients::Clients;
use crate::aws::document::document;
use crate::aws::failure::{Failure, FailureKind};
use crate::aws::operation::DESCRIBE_ENDPOINTS;
use crate::aws::signed_call::SignedCall;
use crate::iam::PolicyType;
use crate::snapshot::{EndpointPolicyFile, GapFile, VpcEndpointsFile};

/// The version of EC2's API.
const VERSION: &str = "2016-11-15";

/// What was found of endpoints.
#[derive(Debug, Default)]
pub(in crate::aws) struct Endpoints {
    pub(in crate::aws) policies: Vec<EndpointPolicyFile<'static>>,
    pub(in crate::aws) of_vpcs: Vec<VpcEndpointsFile<'static>>,
    pub(in crate::aws) gaps: Vec<GapFile<'static>>,
}

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
    let policy = items(&answer.value).first().and_then(policy).filter(|policy| policy.id == id);
    policy.ok_or_else(|| gap(unreadable("the answer holds no policy")))
}

/// Reads the policies of all endpoints of a service in a VPC.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html>
///
/// The endpoints of a service can have names that only begin like the service, for FIPS or another part of its API: each is a possible
/// way. Where none has the service's own name, its endpoints are called differently, and which they are is not known.
pub(in crate::aws) async fn endpoints_of(
    clients: &Clients,
    vpc: &str,
    service: &str,
    region: &str,
) -> Result<(VpcEndpointsFile<'static>, Vec<EndpointPolicyFile<'static>>), GapFile<'static>> {
    let gap = |failure: Failure| failure.gap(vpc, Some(PolicyType::VpcEndpoint));
    let filters = [
        ("Filter.1.Name", "vpc-id"),
        ("Filter.1.Value.1", vpc),
        ("Filter.2.Name", "service-name"),
        ("Filter.2.Value.1", service),
        ("Filter.2.Value.2", &format!("{service}-*")),
        ("Filter.2.Value.3", &format!("{service}.*")),
    ];
    let call = SignedCall::query(&DESCRIBE_ENDPOINTS, VERSION, &filters).in_region(Some(region.to_owned()));
    let answer = clients.signed(call).await.map_err(gap)?;
    if answer.value.get("nextToken").and_then(Value::as_str).is_some_and(|token| !token.is_empty()) {
        return Err(gap(unreadable("the VPC has more endpoints than are read")));
    }
    let items = items(&answer.value);
    let of = |item: &Value, name: &str| item.get(name).and_then(Value::as_str).map(str::to_owned);
    if !items.iter().any(|item| of(item, "serviceName").as_deref() == Some(service)) {
        return Err(gap(unreadable(&format!("this account has no endpoint of {service} there"))));
    }
    let policies: Option<Vec<_>> = items.iter().map(policy).collect();
    let policies = policies.ok_or_else(|| gap(unreadable("the answer holds no policy")))?;
    let all = VpcEndpointsFile {
        vpc: vpc.to_owned().into(),
        service: service.to_owned().into(),
        endpoints: policies.iter().map(|policy| policy.id.clone()).collect(),
        ..VpcEndpointsFile::default()
    };
    Ok((all, policies))
}

fn unreadable(said: &str) -> Failure {
    Failure::own(&DESCRIBE_ENDPOINTS, FailureKind::Unreadable, said)
}

/// The endpoints of an answer: one alone is no list in XML.
fn items(answer: &Value) -> &[Value] {
    let item = answer.get("vpcEndpointSet").and_then(|set| set.get("item"));
    item.map_or(&[], |item| item.as_array().map_or(std::slice::from_ref(item), Vec::as_slice))
}

fn policy(item: &Value) -> Option<EndpointPolicyFile<'static>> {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    Some(EndpointPolicyFile {
        id: text("vpcEndpointId")?.to_owned().into(),
        document: Some(document(text("policyDocument")?)),
        kind: text("vpcEndpointType").map(|kind| kind.to_owned().into()),
        ..EndpointPolicyFile::default()
    })
}
