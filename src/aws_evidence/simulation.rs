//! A question to AWS's policy simulator, and its answer.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html>

use serde::{Deserialize, Serialize};

use super::known_difference::simulator_sees;
use crate::evaluate::Decision;
use crate::iam::{Arn, ContextValue, Coverage, Hierarchy, Policy, PolicySet, PolicyType, PrincipalKind, Request};

/// A question and its answer, as a snapshot keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulation {
    /// What was asked.
    pub question: Question,
    /// One answer for each action and resource; empty where AWS refused.
    pub results: Vec<SimulationResult>,
    /// What AWS said instead of an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The permission that was missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
}

/// Which simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Simulator {
    /// With the policies that AWS holds.
    #[serde(rename = "iam:SimulatePrincipalPolicy")]
    Principal,
    /// With the policies of the question.
    #[serde(rename = "iam:SimulateCustomPolicy")]
    Custom,
}

impl Simulator {
    /// As the API names it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Principal => "iam:SimulatePrincipalPolicy",
            Self::Custom => "iam:SimulateCustomPolicy",
        }
    }
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Which simulation.
    pub simulator: Simulator,
    /// The user or role whose policies are simulated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// Identity-based policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// The permissions boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<String>,
    /// SCPs level by level, from the root to the account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub organization: Vec<Vec<String>>,
    /// The policy of the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_policy: Option<String>,
    /// The account of the resource, as its root user, where it is not the caller's and the resource's ARN does not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_owner: Option<String>,
    /// Types of policy that are left out: `scp`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
    /// Actions.
    pub actions: Vec<String>,
    /// Resources; none for actions without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// The request context.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<Entry>,
    /// Those of its keys of which the value only follows from AWS's words: the answer holds if they were so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supposed: Vec<String>,
}

/// A condition key with its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// AWS's name of the type: `string`, `stringList`, `ip`, ...
    #[serde(rename = "type")]
    pub value_type: String,
    /// The values.
    pub values: Vec<String>,
}

/// The answer for one action and resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SimulationResult {
    /// The action.
    pub action: String,
    /// The resource; `*` for actions without.
    pub resource: String,
    /// The decision.
    pub decision: Decision,
    /// Statements of identity-based and resource-based policies that matched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matched: Vec<MatchedStatement>,
    /// Condition keys that had no value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_context: Vec<String>,
    /// Whether the SCPs allow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_by_organization: Option<bool>,
    /// Whether the permissions boundary allows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_by_boundary: Option<bool>,
}

/// A statement by its place in the document that AWS holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchedStatement {
    /// The policy as the simulator calls it.
    pub policy: String,
    /// `user`, `group`, `role`, `aws-managed`, `user-managed`, `resource`, `none`.
    pub policy_type: String,
    /// The line on which it begins.
    pub line: i32,
    /// The column.
    pub column: i32,
}

impl SimulationResult {
    /// Whether it answers this request.
    #[must_use]
    pub fn is_about(&self, request: &Request) -> bool {
        let action = request.action.value().is_some_and(|action| action.as_str().eq_ignore_ascii_case(&self.action));
        action && request.resource.value().map_or(self.resource == "*", |resource| *resource == self.resource)
    }
}

impl Question {
    /// About the principal as it is; `None` where the simulator cannot be asked: it takes users and roles, and resources without wildcards.
    #[must_use]
    pub fn principal(request: &Request, policies: Option<&PolicySet>) -> Option<Self> {
        let mut question = Self::about(request, Simulator::Principal)?;
        question.principal = Some(source(request)?);
        question.resource_policy = policies.and_then(|policies| resource_policy(request, policies));
        question.resource_owner = question.resource_policy.as_ref().and_then(|_| owner(request));
        question.is_accepted().then_some(question)
    }

    /// The same with the values that follow for keys of which nobody told the value.
    #[must_use]
    pub fn supposing(mut self, keys: &[(String, String)]) -> Self {
        for (key, value) in keys {
            let folded = key.to_ascii_lowercase();
            let known = self.context.iter().any(|entry| entry.key == folded);
            // names of 5 to 256 characters are taken
            if !known && (5..=256).contains(&folded.len()) {
                let value_type = type_of(&folded, false).to_owned();
                self.context.push(Entry { key: folded, value_type, values: vec![value.clone()] });
                self.supposed.push(key.clone());
            }
        }
        self
    }

    /// The same without the policies of a type.
    #[must_use]
    pub fn without(mut self, policy_type: &str) -> Self {
        self.excluded.push(policy_type.to_owned());
        self
    }

    /// About a set of policies; `None` where the simulator would not see what decides.
    #[must_use]
    pub fn custom(request: &Request, policies: &PolicySet) -> Option<Self> {
        source(request)?;
        if policies.identity.coverage != Coverage::Complete
            || policies.identity.policies.is_empty()
            || policies.boundary.coverage.gap().is_some()
        {
            return None;
        }
        let mut question = Self::about(request, Simulator::Custom)?;
        question.policies = policies.identity.policies.iter().map(text).collect();
        question.boundary = policies.boundary.policies.first().map(text);
        question.resource_policy = resource_policy(request, policies);
        if question.resource_policy.is_some() {
            question.principal = source(request);
            question.resource_owner = owner(request);
        }
        if policies.service_control.coverage == Coverage::Complete {
            question.organization = levels(&policies.service_control);
        }
        question.is_accepted().then_some(question)
    }

    /// About SCPs alone: everything else allows.
    #[must_use]
    pub fn organization(request: &Request, organization: Vec<Vec<String>>) -> Option<Self> {
        let mut question = Self::about(request, Simulator::Custom)?;
        question.policies =
            vec![r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#.to_owned()];
        question.organization = organization;
        question.is_accepted().then_some(question)
    }

    fn about(request: &Request, simulator: Simulator) -> Option<Self> {
        let resource = request.resource.value().filter(|resource| *resource != "*");
        if resource.is_none() && request.resource.value().is_none() {
            return None;
        }
        if resource.is_some_and(|resource| resource.contains(['*', '?']) || resource.parse::<Arn>().is_err()) {
            return None;
        }
        Some(Self {
            simulator,
            principal: None,
            policies: Vec::new(),
            boundary: None,
            organization: Vec::new(),
            resource_policy: None,
            resource_owner: None,
            excluded: Vec::new(),
            actions: vec![request.action.value()?.as_str().to_owned()],
            resources: resource.cloned().into_iter().collect(),
            context: context(request),
            supposed: Vec::new(),
        })
    }

    /// Documents may hold the characters of Latin-1 only; names of actions have 3 to 128 characters, ARNs of resources 2048 at most; and
    /// there are at most seven levels.
    fn is_accepted(&self) -> bool {
        let documents = self
            .policies
            .iter()
            .chain(&self.boundary)
            .chain(&self.resource_policy)
            .chain(self.organization.iter().flatten());
        let plain = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
        documents.into_iter().all(|document| document.len() <= 131_072 && document.chars().all(plain))
            && self.organization.len() <= 7
            && self.actions.iter().all(|action| (3..=128).contains(&action.len()) && !action.contains('*'))
            && self.resources.iter().all(|resource| resource.len() <= 2048)
    }
}

/// The SCPs of a hierarchy as the simulator takes them.
pub(crate) fn levels(hierarchy: &Hierarchy) -> Vec<Vec<String>> {
    hierarchy.levels.iter().map(|level| level.policies.iter().map(text).collect()).collect()
}

fn text(policy: &std::sync::Arc<Policy>) -> String {
    policy.document.source.text().to_owned()
}

/// The user, or the role behind a session: the simulator takes no sessions.
fn source(request: &Request) -> Option<String> {
    let principal = request.principal.value()?;
    match principal.kind() {
        PrincipalKind::User | PrincipalKind::Role => Some(principal.as_str().to_owned()),
        PrincipalKind::AssumedRole => request.role.as_ref().map(ToString::to_string),
        _ => None,
    }
}

/// The account that owns the resource, where the simulator would take the caller's for it.
fn owner(request: &Request) -> Option<String> {
    let told = request.resource.value().and_then(|resource| resource.parse::<Arn>().ok())?;
    let owner = request.resource_account.value()?;
    let caller = request.principal.value()?;
    let other = told.account().is_empty() && caller.account() != Some(owner);
    other.then(|| format!("arn:{}:iam::{owner}:root", caller.partition().unwrap_or("aws")))
}

/// The simulator takes one resource-based policy, and for users only.
fn resource_policy(request: &Request, policies: &PolicySet) -> Option<String> {
    let sees = simulator_sees(PolicyType::ResourceBased, request);
    match policies.resource.policies.as_slice() {
        [policy]
            if sees
                && policy.policy_type == PolicyType::ResourceBased
                && policies.resource.coverage == Coverage::Complete =>
        {
            Some(text(policy))
        }
        _ => None,
    }
}

/// The keys that are known, with the types that the simulator wants.
fn context(request: &Request) -> Vec<Entry> {
    let entry = |(key, value): (&str, &ContextValue)| match value {
        // names of 5 to 256 characters are taken
        ContextValue::Present { values, multivalued } if !values.is_empty() && (5..=256).contains(&key.len()) => {
            Some(Entry {
                key: key.to_owned(),
                value_type: type_of(key, *multivalued).to_owned(),
                values: values.clone(),
            })
        }
        _ => None,
    };
    request.context.iter().filter_map(entry).collect()
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html>
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
fn type_of(key: &str, multivalued: bool) -> &'static str {
    match key {
        "aws:sourceip" | "aws:vpcsourceip" if multivalued => "ipList",
        "aws:sourceip" | "aws:vpcsourceip" => "ip",
        "aws:currenttime" | "aws:epochtime" | "aws:tokenissuetime" => "date",
        "aws:multifactorauthage" | "s3:max-keys" => "numeric",
        "aws:securetransport"
        | "aws:multifactorauthpresent"
        | "aws:principalisawsservice"
        | "aws:viaawsservice"
        | "aws:viaawsmcpservice" => "boolean",
        _ if multivalued => "stringList",
        _ => "string",
    }
}
