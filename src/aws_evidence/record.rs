//! AWS's own record of a denied request, as `iam:GetRequestAuthorizationDetails` answers.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html>

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::iam::PolicyType;

/// The record as a snapshot keeps it: AWS's pages as they came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordFile {
    /// The id in the message.
    pub authorization_id: String,
    /// The region that was asked.
    pub region: String,
    /// AWS's answers, page by page.
    pub pages: Vec<Value>,
}

/// What the record says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Record {
    /// The request context: key, values, whether it is a list.
    pub context: Vec<(String, Vec<String>, bool)>,
    /// Each evaluation.
    pub evaluations: Vec<RecordedEvaluation>,
}

/// How one action on one resource was evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedEvaluation {
    /// The action.
    pub action: String,
    /// The resource; may be a pattern, or empty.
    pub resource: String,
    /// `ALLOW`, `EXPLICIT_DENY`, `IMPLICIT_DENY`.
    pub effect: String,
    /// What denied it, as far as AWS tells.
    pub denied_by: Vec<Recorded>,
}

/// One requirement that was not met, or one statement that denied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// The type of policy.
    pub policy_type: PolicyType,
    /// Whether a statement denied; otherwise an allow was missing.
    pub explicit: bool,
    /// The policy: an ARN, or an opaque id for inline policies.
    pub policy: Option<String>,
    /// What it is attached to.
    pub attached_to: Vec<String>,
    /// The statement.
    pub sid: Option<String>,
    /// For SCPs and RCPs: the root, unit or account.
    pub target: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Page {
    request_context: BTreeMap<String, Value>,
    evaluations: Vec<EvaluationFile>,
    policies: Vec<PolicyFile>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct EvaluationFile {
    action: String,
    resource: String,
    context: BTreeMap<String, Value>,
    evaluated_effect: String,
    matched_policies: Vec<MatchedFile>,
    checks: Vec<CheckFile>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct MatchedFile {
    uri: String,
    matched_statements: Vec<StatementFile>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct StatementFile {
    sid: Option<String>,
    evaluated_effect: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct CheckFile {
    check_type: String,
    evaluated_effect: String,
    target_arn: Option<String>,
    matched_policies: Vec<MatchedFile>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct PolicyFile {
    #[serde(rename = "type")]
    policy_type: String,
    uri: String,
    attached_to: Vec<AttachedFile>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AttachedFile {
    arn: String,
}

impl Record {
    /// Reads AWS's pages; fields that are new are left alone.
    pub(super) fn new(file: &RecordFile) -> Option<Self> {
        let pages: Vec<Page> = file.pages.iter().filter_map(|page| serde_json::from_value(page.clone()).ok()).collect();
        let mut record = Self::default();
        let policies: Vec<&PolicyFile> = pages.iter().flat_map(|page| &page.policies).collect();
        for page in &pages {
            if record.context.is_empty() {
                record.context = context(&page.request_context);
            }
            for evaluation in &page.evaluations {
                // the keys of one evaluation come on top of those of the request; with several evaluations they are not the request's
                if pages.iter().map(|page| page.evaluations.len()).sum::<usize>() == 1 {
                    record.context.extend(context(&evaluation.context));
                }
                record.evaluations.push(RecordedEvaluation {
                    action: evaluation.action.clone(),
                    resource: evaluation.resource.clone(),
                    effect: evaluation.evaluated_effect.clone(),
                    denied_by: denied_by(evaluation, &policies),
                });
            }
        }
        (!record.evaluations.is_empty()).then_some(record)
    }

    /// The evaluations that did not allow.
    pub fn denials(&self) -> impl Iterator<Item = &RecordedEvaluation> {
        self.evaluations.iter().filter(|evaluation| evaluation.effect.ends_with("_DENY"))
    }
}

fn denied_by(evaluation: &EvaluationFile, policies: &[&PolicyFile]) -> Vec<Recorded> {
    let known = |uri: &str| policies.iter().find(|policy| policy.uri == uri);
    let statements =
        |matched: &[MatchedFile], fallback: Option<PolicyType>, target: Option<&String>| -> Vec<Recorded> {
            let denying = matched
                .iter()
                .flat_map(|policy| policy.matched_statements.iter().map(move |statement| (policy, statement)));
            denying
                .filter(|(_, statement)| statement.evaluated_effect == "DENY")
                .filter_map(|(policy, statement)| {
                    let details = known(&policy.uri);
                    let policy_type =
                        details.and_then(|details| PolicyType::of_constant(&details.policy_type)).or(fallback)?;
                    Some(Recorded {
                        policy_type,
                        explicit: true,
                        policy: Some(policy.uri.clone()),
                        attached_to: details
                            .map(|details| details.attached_to.iter().map(|attached| attached.arn.clone()).collect())
                            .unwrap_or_default(),
                        sid: statement.sid.clone(),
                        target: target.cloned(),
                    })
                })
                .collect()
        };
    let mut found = Vec::new();
    for check in &evaluation.checks {
        let Some(policy_type) = PolicyType::of_constant(&check.check_type) else {
            continue;
        };
        let explicit = check.evaluated_effect == "EXPLICIT_DENY";
        if !explicit && check.evaluated_effect != "IMPLICIT_DENY" {
            continue;
        }
        let mut denying = statements(&check.matched_policies, Some(policy_type), check.target_arn.as_ref());
        if denying.is_empty() || !explicit {
            denying = vec![Recorded {
                policy_type,
                explicit,
                policy: None,
                attached_to: Vec::new(),
                sid: None,
                target: check.target_arn.clone(),
            }];
        }
        found.extend(denying);
    }
    if found.is_empty() { statements(&evaluation.matched_policies, None, None) } else { found }
}

/// Values come as strings: lists as `[a,b]`, one address as `192.0.2.1/32`.
fn context(keys: &BTreeMap<String, Value>) -> Vec<(String, Vec<String>, bool)> {
    let one = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let read = |(key, value): (&String, &Value)| {
        let (values, list) = match value {
            Value::Array(values) => (values.iter().map(one).collect(), true),
            Value::String(text) => match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
                Some(list) => {
                    (list.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect(), true)
                }
                None => (vec![address(text).to_owned()], false),
            },
            other => (vec![one(other)], false),
        };
        (key.clone(), values, list)
    };
    keys.iter().map(read).collect()
}

/// The address alone where the whole network is one address.
fn address(text: &str) -> &str {
    let whole = |text: &str, v6: bool| text.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_ipv6() == v6);
    match text.rsplit_once('/') {
        Some((host, "32")) if whole(host, false) => host,
        Some((host, "128")) if whole(host, true) => host,
        _ => text,
    }
}
