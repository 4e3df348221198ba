//! Questions to AWS about one denial: its record of the request, the decoded message, the simulator.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_iam::config::http::HttpRequest;
use aws_sdk_iam::types::{
    ContextEntry, ContextKeyTypeEnum, EvaluationResult, OrderedOrganizationPolicyType, PolicyEvaluationDecisionType,
    PolicyIdentifier, PolicyIdentifierPolicyType, Statement,
};
use aws_sdk_iamtoolbox::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_iamtoolbox::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_iamtoolbox::error::BoxError;
use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::Value;

use super::clients::Clients;
use super::failure::{Failure, FailureKind};
use super::operation as op;
use crate::aws_evidence::{
    DecodedFile, EncodedId, Entry, MatchedStatement, Question, RecordFile, Simulation, SimulationResult, Simulator,
};
use crate::evaluate::Decision;
use crate::iam::secret;

/// Waits before asking again for a record that AWS has not written yet: it does so some seconds after the denial.
const RECORD_WAITS: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// Pages of one answer.
const PAGES: usize = 50;

/// Questions under way at the same time: the simulator allows few a second.
const SIDE_BY_SIDE: usize = 4;

/// Actions of one question: the API takes more, but its answers come in pages of a hundred.
const ACTIONS: usize = 50;

/// AWS's record of a denied request, from the region of the denial.
///
/// What came before a failure is there beside it.
pub async fn record(clients: &Clients, id: &str, region: Option<&str>) -> (Option<RecordFile>, Option<Failure>) {
    let mut waits = RECORD_WAITS.into_iter();
    loop {
        match record_now(clients, id, region).await {
            (None, Some(failure)) if failure.kind == FailureKind::NotFound => match waits.next() {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return (None, Some(failure)),
            },
            other => return other,
        }
    }
}

async fn record_now(clients: &Clients, id: &str, region: Option<&str>) -> (Option<RecordFile>, Option<Failure>) {
    let client = clients.toolbox(region);
    let bodies = Bodies::default();
    let ask = |token: Option<String>| {
        let call = client.get_request_authorization_details().authorization_id(id).set_next_token(token);
        call.customize().interceptor(bodies.clone()).send()
    };
    let (pages, failure) = clients.pages(&op::AUTHORIZATION_DETAILS, PAGES, ask, |page| page.next_token.clone()).await;
    let unreadable =
        || Failure::own(&op::AUTHORIZATION_DETAILS, FailureKind::Unreadable, "the answer holds no evaluations");
    let told: Vec<Value> =
        bodies.take().iter().filter_map(|body| serde_json::from_str(&secret::redact(body)).ok()).collect();
    let whole = told.iter().all(|page| page.get("evaluations").is_some_and(Value::is_array));
    let failure = failure.or_else(|| (!whole || told.len() < pages.len()).then(unreadable));
    let region = client.config().region().map_or_else(String::new, ToString::to_string);
    let record = RecordFile { authorization_id: id.to_owned(), region, pages: told };
    ((whole && !record.pages.is_empty()).then_some(record), failure)
}

/// Keeps the bodies of answers as they came: AWS adds fields to its records before the SDK knows them.
#[derive(Debug, Clone, Default)]
struct Bodies(Arc<Mutex<Vec<String>>>);

impl Bodies {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Intercept for Bodies {
    fn name(&self) -> &'static str {
        "KeepBodies"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if context.output_or_error().is_ok()
            && let Some(body) = context.response().body().bytes()
        {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(String::from_utf8_lossy(body).into_owned());
        }
        Ok(())
    }
}

/// What an encoded authorization message says.
///
/// # Errors
/// When AWS does not tell.
pub async fn decode(clients: &Clients, blob: &str) -> Result<DecodedFile, Failure> {
    let call = clients.sts.decode_authorization_message().encoded_message(blob).send();
    let answer = clients.call(&op::DECODE_MESSAGE, call).await?;
    let text = answer.decoded_message.unwrap_or_default();
    let decoded = serde_json::from_str(&secret::redact(&text))
        .map_err(|_| Failure::own(&op::DECODE_MESSAGE, FailureKind::Unreadable, "the decoded message is no JSON"))?;
    Ok(DecodedFile { of: EncodedId::new(blob), decoded })
}

/// The simulator's answers, in the order of the questions. Questions that differ only in the action go in one call.
pub async fn simulate(clients: &Clients, questions: &[Question]) -> Vec<Simulation> {
    let mut batches: BTreeMap<String, Vec<&Question>> = BTreeMap::new();
    for question in questions {
        let rest = Question { actions: Vec::new(), ..question.clone() };
        batches.entry(serde_json::to_string(&rest).unwrap_or_default()).or_default().push(question);
    }
    let batches = batches.into_values().flat_map(|batch| batch.chunks(ACTIONS).map(<[_]>::to_vec).collect::<Vec<_>>());
    let asked = stream::iter(batches.collect::<Vec<_>>()).map(|batch| one_call(clients, batch)).buffered(SIDE_BY_SIDE);
    let answers: Vec<Vec<Simulation>> = asked.collect().await;
    let mut answers: Vec<Simulation> = answers.into_iter().flatten().collect();
    answers.sort_by_key(|answer| questions.iter().position(|question| *question == answer.question));
    answers
}

async fn one_call(clients: &Clients, batch: Vec<&Question>) -> Vec<Simulation> {
    let Some(first) = batch.first() else {
        return Vec::new();
    };
    let question =
        Question { actions: batch.iter().flat_map(|question| question.actions.clone()).collect(), ..(*first).clone() };
    let operation = match question.simulator {
        Simulator::Principal => &op::SIMULATE_PRINCIPAL,
        Simulator::Custom => &op::SIMULATE_CUSTOM,
    };
    let (results, failure) = match question.simulator {
        Simulator::Principal => principal(clients, &question).await,
        Simulator::Custom => custom(clients, &question).await,
    };
    let results: Vec<SimulationResult> = results.into_iter().flat_map(|result| normal(result, &question)).collect();
    let answer = |question: &Question| Simulation {
        question: question.clone(),
        results: results
            .iter()
            .filter(|result| question.actions.iter().any(|action| action.eq_ignore_ascii_case(&result.action)))
            .cloned()
            .collect(),
        error: failure.as_ref().map(|failure| failure.said.clone()),
        permission: failure
            .as_ref()
            .filter(|failure| failure.kind == FailureKind::Denied)
            .and(operation.permission)
            .map(str::to_owned),
    };
    batch.into_iter().map(answer).collect()
}

async fn principal(clients: &Clients, question: &Question) -> (Vec<EvaluationResult>, Option<Failure>) {
    let source = question.principal.clone().unwrap_or_default();
    let excluded: Vec<_> = question
        .excluded
        .iter()
        .map(|name| PolicyIdentifier::PolicyType(PolicyIdentifierPolicyType::from(name.as_str())))
        .collect();
    let ask = |marker: Option<String>| {
        clients
            .iam
            .simulate_principal_policy()
            .policy_source_arn(&source)
            .set_action_names(Some(question.actions.clone()))
            .set_resource_arns(some(&question.resources))
            .set_context_entries(some(&entries(question)))
            .set_resource_policy(question.resource_policy.clone())
            .set_resource_owner(question.resource_owner.clone())
            .set_caller_arn(question.resource_policy.as_ref().map(|_| source.clone()))
            .set_policy_exclusion_list(some(&excluded))
            .set_marker(marker)
            .customize()
            .mutate_request(name_exclusions)
            .send()
    };
    let (pages, failure) = clients
        .pages(&op::SIMULATE_PRINCIPAL, PAGES, ask, |page| page.marker.clone().filter(|_| page.is_truncated))
        .await;
    (pages.into_iter().flat_map(|page| page.evaluation_results.unwrap_or_default()).collect(), failure)
}

async fn custom(clients: &Clients, question: &Question) -> (Vec<EvaluationResult>, Option<Failure>) {
    let level = |documents: &Vec<String>| {
        OrderedOrganizationPolicyType::builder().set_service_control_policy_input_list(Some(documents.clone())).build()
    };
    let levels: Vec<_> = question.organization.iter().map(level).collect();
    let ask = |marker: Option<String>| {
        clients
            .iam
            .simulate_custom_policy()
            .set_policy_input_list(Some(question.policies.clone()))
            .set_permissions_boundary_policy_input_list(question.boundary.clone().map(|boundary| vec![boundary]))
            .set_ordered_organization_policy_input_list(some(&levels))
            .set_action_names(Some(question.actions.clone()))
            .set_resource_arns(some(&question.resources))
            .set_context_entries(some(&entries(question)))
            .set_resource_policy(question.resource_policy.clone())
            .set_resource_owner(question.resource_owner.clone())
            .set_caller_arn(question.principal.clone())
            .set_marker(marker)
            .send()
    };
    let (pages, failure) =
        clients.pages(&op::SIMULATE_CUSTOM, PAGES, ask, |page| page.marker.clone().filter(|_| page.is_truncated)).await;
    (pages.into_iter().flat_map(|page| page.evaluation_results.unwrap_or_default()).collect(), failure)
}

/// The SDK writes a policy type to leave out without the name of its member, which AWS would not understand: a union is written like a
/// structure. <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#x-www-form-urlencoded-shape-serialization>
fn name_exclusions(request: &mut HttpRequest) {
    let Some(body) = request.body().bytes().and_then(|body| std::str::from_utf8(body).ok()) else {
        return;
    };
    let named: Vec<String> = body
        .split('&')
        .map(|pair| match pair.split_once(".member=") {
            Some((list, value)) if list.starts_with("PolicyExclusionList.member.") => {
                format!("{list}.PolicyType={value}")
            }
            _ => pair.to_owned(),
        })
        .collect();
    let named = named.join("&");
    request.headers_mut().insert("content-length", named.len().to_string());
    *request.body_mut() = named.into();
}

/// A list that is left out when it is empty.
fn some<T: Clone>(list: &[T]) -> Option<Vec<T>> {
    (!list.is_empty()).then(|| list.to_vec())
}

fn entries(question: &Question) -> Vec<ContextEntry> {
    let entry = |entry: &Entry| {
        ContextEntry::builder()
            .context_key_name(&entry.key)
            .context_key_type(ContextKeyTypeEnum::from(entry.value_type.as_str()))
            .set_context_key_values(Some(entry.values.clone()))
            .build()
    };
    question.context.iter().map(entry).collect()
}

/// One answer for each resource. Since July 2026 AWS gives one result for each action, whose name is a template, and the resources inside
/// it; before, one result for each action and resource.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html>
fn normal(result: EvaluationResult, question: &Question) -> Vec<SimulationResult> {
    let allowed_by_organization =
        result.organizations_decision_detail.as_ref().map(|detail| detail.allowed_by_organizations);
    let boundary =
        result.permissions_boundary_decision_detail.as_ref().map(|detail| detail.allowed_by_permissions_boundary);
    let whole = SimulationResult {
        action: result.eval_action_name.clone(),
        resource: "*".to_owned(),
        decision: decision(&result.eval_decision),
        matched: matched(result.matched_statements.as_deref().unwrap_or_default()),
        missing_context: result.missing_context_values.clone().unwrap_or_default(),
        allowed_by_organization,
        allowed_by_boundary: boundary,
    };
    let specific = result.resource_specific_results.unwrap_or_default();
    if specific.is_empty() {
        let named = result.eval_resource_name.filter(|name| question.resources.contains(name));
        let resource = named.or_else(|| match question.resources.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        });
        return vec![SimulationResult { resource: resource.unwrap_or_else(|| "*".to_owned()), ..whole }];
    }
    let one = |specific: aws_sdk_iam::types::ResourceSpecificResult| {
        let own = matched(specific.matched_statements.as_deref().unwrap_or_default());
        let mut missing = specific.missing_context_values.unwrap_or_default();
        missing.extend(whole.missing_context.iter().filter(|key| !missing.contains(key)).cloned().collect::<Vec<_>>());
        SimulationResult {
            resource: specific.eval_resource_name,
            decision: decision(&specific.eval_resource_decision),
            matched: if own.is_empty() { whole.matched.clone() } else { own },
            missing_context: missing,
            allowed_by_boundary: specific
                .permissions_boundary_decision_detail
                .map_or(boundary, |detail| Some(detail.allowed_by_permissions_boundary)),
            ..whole.clone()
        }
    };
    specific.into_iter().map(one).collect()
}

fn decision(decision: &PolicyEvaluationDecisionType) -> Decision {
    match decision {
        PolicyEvaluationDecisionType::Allowed => Decision::Allowed,
        PolicyEvaluationDecisionType::ExplicitDeny => Decision::ExplicitDeny,
        PolicyEvaluationDecisionType::ImplicitDeny => Decision::ImplicitDeny,
        _ => Decision::Undetermined,
    }
}

fn matched(statements: &[Statement]) -> Vec<MatchedStatement> {
    let one = |statement: &Statement| MatchedStatement {
        policy: statement.source_policy_id.clone().unwrap_or_default(),
        policy_type: statement.source_policy_type.as_ref().map_or("none", |kind| kind.as_str()).to_owned(),
        line: statement.start_position.as_ref().map_or(0, |at| at.line),
        column: statement.start_position.as_ref().map_or(0, |at| at.column),
    };
    statements.iter().map(one).collect()
}
