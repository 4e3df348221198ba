//! A case: one request, the policies that apply to it, and perhaps what is expected; and the answer to it.
//!
//! The policies of a case are complete: a list that is absent means that no such policy applies.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::ask::evaluate;
use super::derive::{derive_context, derive_tested};
use super::evaluation::{Check, CheckEffect, Decision, Evaluation, StatementOutcome};
use super::truth::Truth;
use crate::iam::{
    Action, ActionError, Arn, Context, ContextValue, Coverage, Document, Effect, EndpointKind, Field, Hierarchy, Layer,
    Level, NotTold, Policy, PolicyError, PolicySet, PolicyType, Principal, Request, Why, is_account_id,
};
use crate::text::{Places, Position, Source};

/// One case.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TestCase {
    /// Its `id`, as given.
    pub id: Value,
    /// Its `name`, if it has one.
    pub name: Option<String>,
    /// The request.
    pub request: Request,
    /// The policies.
    pub policies: PolicySet,
    /// What is expected.
    pub expect: Option<Decision>,
    /// Whether keys that AWS always fills are derived.
    derive: bool,
}

/// A case that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// It is not JSON, or not of the form of a case.
    #[error("{0}")]
    Form(#[from] serde_json::Error),
    /// Its action is none.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// A policy of it cannot be read.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// The answer to a case, as one line of output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema), schemars(rename = "CaseAnswer"))]
#[non_exhaustive]
pub struct Answer {
    /// The case's `id`.
    pub id: Value,
    /// The decision.
    pub decision: Decision,
    /// The types of policy that decided: those that allow, or for a denial those that deny or lack an allow.
    pub decided_by: Vec<&'static str>,
    /// The statements that matched: for an explicit deny those that deny.
    pub matched_statements: Vec<MatchedStatement>,
    /// Condition keys that are not known and decide.
    pub missing_context_values: Vec<String>,
    /// What AWS would reject in the documents; left out where there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "report", schemars(default))]
    pub problems: Vec<AnswerProblem>,
}

/// A statement that matched the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct MatchedStatement {
    /// The type of its policy.
    pub policy_type: &'static str,
    /// The name of its policy.
    pub policy: String,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// Its place in the document, from 0.
    pub index: usize,
    /// Its effect.
    pub effect: Effect,
    /// Its line in the document.
    pub line: usize,
    /// Its column.
    pub column: usize,
}

/// Something that AWS would reject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AnswerProblem {
    /// The type of the policy.
    pub policy_type: &'static str,
    /// The name of the policy.
    pub policy: String,
    /// The line in the document.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// The same as a code.
    pub code: &'static str,
}

#[derive(Deserialize)]
struct CaseForm<'a> {
    #[serde(default)]
    id: Value,
    name: Option<String>,
    request: RequestForm,
    #[serde(borrow, default)]
    policies: PoliciesForm<'a>,
    expect: Option<Decision>,
    context_complete: Option<bool>,
    derive_context: Option<bool>,
}

#[derive(Deserialize)]
struct RequestForm {
    principal: String,
    action: String,
    resource: String,
    resource_account: Option<String>,
    #[serde(default)]
    context: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    multivalued_keys: Vec<String>,
    #[serde(default)]
    principal_tags: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    management_account: bool,
    vpc_endpoint_type: Option<EndpointKind>,
    context_complete: Option<bool>,
    derive_context: Option<bool>,
}

/// A value of the context: one, or a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Scalar>),
    One(Scalar),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Truth(bool),
    Number(serde_json::Number),
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PoliciesForm<'a> {
    #[serde(borrow, default)]
    identity_based: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    resource_based: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    permissions_boundary: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    session: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    service_control: Vec<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    resource_control: Vec<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    vpc_endpoint: Vec<&'a RawValue>,
}

/// A policy with a name of its own.
#[derive(Deserialize)]
struct NamedPolicy<'a> {
    name: Option<String>,
    #[serde(borrow)]
    document: Option<&'a RawValue>,
}

impl TestCase {
    /// Reads one case.
    ///
    /// # Errors
    /// When the text is not a case, its action none, or a policy of it no policy document.
    pub fn parse(text: &str) -> Result<Self, CaseError> {
        let form: CaseForm<'_> = serde_json::from_str(text)?;
        let complete = form.context_complete.or(form.request.context_complete).unwrap_or(true);
        let derive = form.derive_context.or(form.request.derive_context).unwrap_or(false);
        let mut request = request(form.request, complete)?;
        let policies = policies(&form.policies)?;
        if derive {
            derive_context(&mut request);
            derive_tested(&mut request, &policies);
        }
        Ok(Self { id: form.id, name: form.name, request, policies, expect: form.expect, derive })
    }

    /// The case with policies that were given beside it, where it has none of their type; with `whole` also with what was not seen of
    /// these types, which then is not known.
    #[must_use]
    pub fn with_policies(mut self, given: &PolicySet, whole: bool) -> Self {
        for policy_type in PolicySet::LAYERS {
            // a level without a policy says something, too: it allows nothing
            let has_any = |set: &PolicySet| {
                let layer = set.layer(policy_type);
                !layer.levels.is_empty() || layer.all().next().is_some()
            };
            if !has_any(&self.policies) && (whole || has_any(given)) {
                self.policies.take_layer(given, policy_type);
            }
        }
        if self.derive {
            derive_tested(&mut self.request, &self.policies);
        }
        self
    }

    /// Evaluates the case.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let evaluation = evaluate(&self.request, &self.policies);
        Answer::new(self.id.clone(), &evaluation, &self.policies)
    }
}

fn request(form: RequestForm, complete: bool) -> Result<Request, CaseError> {
    let principal = Principal::new(&form.principal);
    let owner = match (
        form.resource_account,
        form.resource.parse::<Arn>().ok().and_then(|arn| arn.account_id().map(str::to_owned)),
    ) {
        (Some(account), _) | (None, Some(account)) => Field::Known(account),
        // as AWS's simulator has it: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
        (None, None) => match principal.account() {
            Some(account) => Field::Assumed(account.to_owned(), Why::AsTheSimulator),
            None => Field::Missing(NotTold::NoAccount),
        },
    };
    let mut context = Context::new();
    context.set_complete(complete);
    let tags = form.principal_tags.into_iter();
    let mut said: Vec<(String, ContextValue)> =
        tags.map(|(key, values)| (format!("aws:PrincipalTag/{key}"), values.into_value(false))).collect();
    let multivalued: HashSet<String> = form.multivalued_keys.iter().map(|name| name.to_ascii_lowercase()).collect();
    for (key, values) in form.context {
        let multivalued = !multivalued.is_empty() && multivalued.contains(&key.to_ascii_lowercase());
        said.push((key, values.into_value(multivalued)));
    }
    context.set_all(said);
    let management_account =
        principal.account().filter(|account| form.management_account && is_account_id(account)).map(str::to_owned);
    Ok(Request {
        principal: Field::Known(principal),
        action: Field::Known(form.action.parse::<Action>()?),
        resource: Field::Known(form.resource),
        resource_account: owner,
        management_account,
        vpc_endpoint: form.vpc_endpoint_type,
        context,
        ..Request::missing(NotTold::NotNamed)
    })
}

impl OneOrMany {
    fn into_value(self, multivalued: bool) -> ContextValue {
        let (values, many) = match self {
            Self::One(value) => (vec![value.into_text()], false),
            Self::Many(values) => {
                let values: Vec<String> = values.into_iter().map(Scalar::into_text).collect();
                let many = values.len() > 1;
                (values, many)
            }
        };
        ContextValue::Present { values, multivalued: multivalued || many }
    }
}

impl Scalar {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Truth(truth) => truth.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

fn policies(form: &PoliciesForm<'_>) -> Result<PolicySet, CaseError> {
    Ok(PolicySet {
        identity: layer(&form.identity_based, PolicyType::IdentityBased)?,
        resource: layer(&form.resource_based, PolicyType::ResourceBased)?,
        boundary: layer(&form.permissions_boundary, PolicyType::PermissionsBoundary)?,
        session: layer(&form.session, PolicyType::Session)?,
        vpc_endpoint: layer(&form.vpc_endpoint, PolicyType::VpcEndpoint)?,
        service_control: hierarchy(&form.service_control, PolicyType::ServiceControl)?,
        resource_control: hierarchy(&form.resource_control, PolicyType::ResourceControl)?,
    })
}

fn layer(documents: &[&RawValue], policy_type: PolicyType) -> Result<Layer, CaseError> {
    Ok(Layer::complete(list(documents, policy_type)?))
}

fn list(documents: &[&RawValue], policy_type: PolicyType) -> Result<Vec<Arc<Policy>>, CaseError> {
    documents.iter().enumerate().map(|(index, raw)| policy(raw, policy_type, index)).collect()
}

fn hierarchy(levels: &[Vec<&RawValue>], policy_type: PolicyType) -> Result<Hierarchy, CaseError> {
    let last = levels.len().saturating_sub(1);
    let level = |(index, documents): (usize, &Vec<&RawValue>)| {
        let target = match index {
            0 => "root".to_owned(),
            index if index == last => "account".to_owned(),
            index => format!("unit {index}"),
        };
        Ok(Level { target, policies: list(documents, policy_type)?, coverage: Coverage::Complete })
    };
    let levels = levels.iter().enumerate().map(level).collect::<Result<_, CaseError>>()?;
    Ok(Hierarchy { levels, ..Hierarchy::empty() })
}

fn policy(raw: &RawValue, policy_type: PolicyType, index: usize) -> Result<Arc<Policy>, CaseError> {
    // a name of its own needs `document`, which no policy document has
    let has_name = raw.get().contains("\"document\"");
    let named = has_name.then(|| serde_json::from_str::<NamedPolicy<'_>>(raw.get()).ok()).flatten();
    let (name, text) = match named {
        Some(NamedPolicy { name, document: Some(document) }) => (name, document.get()),
        _ => (None, raw.get()),
    };
    let name = name.unwrap_or_else(|| format!("{}[{index}]", policy_type.id()));
    let document = Document::parse(Source::new(name.as_str(), text))?;
    Ok(Arc::new(Policy::new(name, policy_type, document)))
}

impl MatchedStatement {
    /// The statement behind an outcome.
    #[must_use]
    pub fn of(outcome: &StatementOutcome) -> Option<Self> {
        let statement = outcome.statement()?;
        Self::at(outcome, outcome.policy.document.position(statement.span))
    }

    fn at(outcome: &StatementOutcome, at: Position) -> Option<Self> {
        let statement = outcome.statement()?;
        Some(Self {
            policy_type: outcome.policy.policy_type.id(),
            policy: outcome.policy.name.clone(),
            sid: statement.sid.as_ref().map(|sid| sid.value.clone()),
            index: statement.index,
            effect: statement.effect,
            line: at.line,
            column: at.column,
        })
    }
}

impl Answer {
    /// The answer that an evaluation gives.
    #[must_use]
    pub fn new(id: Value, evaluation: &Evaluation, policies: &PolicySet) -> Self {
        let mut decided_by: Vec<&'static str> = Vec::new();
        for check in evaluation.checks.iter().filter(|check| decides(evaluation.decision, check)) {
            let id = check.policy_type.normalized().id();
            if !decided_by.contains(&id) {
                decided_by.push(id);
            }
        }
        let matched = evaluation.checks.iter().flat_map(|check| &check.outcomes).filter(|outcome| {
            // with a deny only the statements that deny are named, as AWS's simulator does
            let counts = evaluation.decision != Decision::ExplicitDeny || outcome.effect == Effect::Deny;
            counts && outcome.matched() == Truth::True
        });
        let matched_statements = matched_statements(matched);
        Self {
            id,
            decision: evaluation.decision,
            decided_by,
            matched_statements,
            missing_context_values: evaluation.missing_context.clone(),
            problems: problems(policies),
        }
    }
}

/// The statements behind outcomes: those of one document stand in its order, so that their places are counted on.
fn matched_statements<'o>(outcomes: impl Iterator<Item = &'o StatementOutcome>) -> Vec<MatchedStatement> {
    let mut places: Option<(&Document, Places<'_>)> = None;
    let mut matched = Vec::new();
    for outcome in outcomes {
        let Some(statement) = outcome.statement() else { continue };
        let document: &Document = &outcome.policy.document;
        if !places.as_ref().is_some_and(|(of, _)| std::ptr::eq(*of, document)) {
            places = Some((document, document.source.places()));
        }
        let at = places.as_mut().map(|(_, places)| places.position(statement.span.start));
        matched.extend(at.and_then(|at| MatchedStatement::at(outcome, at)));
    }
    matched
}

/// Whether the requirement is part of the reason.
const fn decides(decision: Decision, check: &Check) -> bool {
    match decision {
        Decision::Allowed => matches!(check.effect, CheckEffect::Allow),
        Decision::ExplicitDeny | Decision::ImplicitDeny => {
            matches!(check.effect, CheckEffect::ExplicitDeny | CheckEffect::ImplicitDeny)
        }
        Decision::Undetermined => matches!(check.effect, CheckEffect::Undetermined),
    }
}

fn problems(set: &PolicySet) -> Vec<AnswerProblem> {
    let mut all = Vec::new();
    for policy in set.policies() {
        let mut places = policy.document.source.places();
        for problem in policy.document.problems_as(policy.policy_type) {
            let at = places.position(problem.span.start);
            all.push(AnswerProblem {
                policy_type: policy.policy_type.id(),
                policy: policy.name.clone(),
                line: at.line,
                column: at.column,
                code: problem.fault.code(),
                message: problem.fault.to_string(),
            });
        }
    }
    all
}
