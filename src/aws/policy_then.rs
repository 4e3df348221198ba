//! Policies as they were when a request was denied: `iam:GetRequestAuthorizationPolicy`, which the SDK does not have.

use super::clients::Clients;
use super::failure::{Failure, FailureKind};
use super::operation as op;
use super::signed_call::{SignedCall, encoded};
use crate::aws_evidence::{PolicyThenFile, RecordFile, denying_policies};
use crate::iam::secret;
use crate::snapshot::GapFile;

/// Policies of one record that are asked for.
const MOST: usize = 3;

/// The policies that denied by a statement, as they were then; what is refused is a gap.
pub async fn policies_then(clients: &Clients, record: &RecordFile) -> (Vec<PolicyThenFile>, Vec<GapFile<'static>>) {
    let (mut policies, mut gaps) = (Vec::new(), Vec::new());
    for uri in denying_policies(record).into_iter().take(MOST) {
        match one(clients, record, &uri).await {
            Ok(policy) => policies.push(policy),
            Err(failure) => {
                gaps.push(failure.gap(&PolicyThenFile::refusal_id(&record.authorization_id, &uri), None));
            }
        }
    }
    (policies, gaps)
}

async fn one(clients: &Clients, record: &RecordFile, uri: &str) -> Result<PolicyThenFile, Failure> {
    let call = call(&record.authorization_id, uri).in_region(Some(record.region.clone()));
    let answer = clients.signed(call).await?;
    let unreadable =
        || Failure::own(&op::AUTHORIZATION_POLICY, FailureKind::Unreadable, "the answer holds no policy document");
    let clean: serde_json::Value = serde_json::from_str(&secret::redact(&answer.text)).map_err(|_| unreadable())?;
    let document = clean.get("policyDocument").filter(|document| document.get("Statement").is_some());
    Ok(PolicyThenFile {
        authorization_id: record.authorization_id.clone(),
        region: record.region.clone(),
        policy_uri: uri.to_owned(),
        document: document.cloned().ok_or_else(unreadable)?,
    })
}

/// The question for one policy of a record.
pub(super) fn call(authorization_id: &str, uri: &str) -> SignedCall {
    let path = format!("/authorization-details/{}/policy?policyUri={}", encoded(authorization_id), encoded(uri));
    SignedCall::get(&op::AUTHORIZATION_POLICY, path)
}
