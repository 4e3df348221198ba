//! Which failure of a model call a text tells of, and of which model in which Region.

use std::sync::LazyLock;

use regex::Regex;

use super::cursor::{head, tail};
use super::facts::{Denial, DenialKind};
use super::model_failure::{ModelFailure, ModelTrouble};

/// What an error is about that was read from `start` to `end`, where it is one of Bedrock.
pub(super) fn of_error(text: &str, start: usize, end: usize, floor: usize, denial: &Denial) -> Option<ModelTrouble> {
    let DenialKind::OtherFailure(failure) = denial.kind else { return None };
    let before = tail(text.get(floor.min(start)..start)?, 80);
    let before = before.rsplit('\n').next().unwrap_or(before);
    let rest = head(text.get(start..)?, 400);
    let own = end.saturating_sub(start).min(rest.len());
    // the message of another error is not this one's
    let next = ["\n\n", "\nAn error", "\nError"]
        .iter()
        .filter_map(|mark| Some(own + rest.get(own..)?.find(mark)?))
        .min()
        .unwrap_or(rest.len());
    let message = format!("{before}{}", rest.get(..next).unwrap_or(rest));
    let plainly = || {
        let said = message.rsplit(": ").next().unwrap_or_default();
        is_bedrock(denial, &message).then(|| ModelFailure::by_words(said.lines().next().unwrap_or_default())).flatten()
    };
    let found = ModelFailure::by_words(&message).or_else(plainly);
    let found = found.or_else(|| denial.error_code.as_deref().and_then(ModelFailure::by_code))?;
    let certain = !found.is_plain() || is_bedrock(denial, &message);
    (found.fits(failure) && !found.is_of_any_service() && certain).then(|| ModelTrouble::new(found))
}

/// The operations of the runtime.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html>
const OPERATIONS: [&str; 5] =
    ["Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream", "CountTokens"];

fn is_bedrock(denial: &Denial, message: &str) -> bool {
    denial.service.as_deref() == Some("bedrock")
        || denial.operation.as_deref().is_some_and(|name| OPERATIONS.contains(&name))
        || message.to_ascii_lowercase().contains("bedrock")
        || message.contains("anthropic.")
}

static MODEL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html: PROVIDER.MODEL, behind the prefix of a profile
    Regex::new(concat!(
        r"(?:\b(?:us-gov|us|eu|apac|jp|au|ca|global)\.)?\b(?:anthropic|amazon|meta|mistral|cohere|ai21|stability|",
        r"deepseek|openai|qwen|writer|luma|twelvelabs|minimax|moonshotai?|nvidia|google|zai)\.[a-z0-9]+(?:[-.][a-z0-9]+)+",
        r"(?::[0-9]+(?:k|:[0-9]+k)?)?"
    ))
    .ok()
});

static REGION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"(?:bedrock-runtime(?:-fips)?\.|arn:aws[a-z-]*:bedrock:|--region[ =]|AWS_REGION=|AWS_DEFAULT_REGION=|"#,
        r#""awsRegion"\s*:\s*"|//)([a-z]{2}(?:-[a-z]+)+-[0-9])\b"#
    ))
    .ok()
});

/// Longer inputs are logs of many calls.
const MOST: usize = 1 << 20;
/// What is further away is of another call, where more than one is named.
const NEAR: usize = 600;

/// Adds the model and the Region, where the text around a failure names one alone.
pub(super) fn add(denials: &mut [Denial], text: &str) {
    if text.len() > MOST {
        return;
    }
    for denial in denials.iter_mut() {
        let span = denial.span;
        let Some(trouble) = denial.model.as_mut() else { continue };
        let before = tail(text.get(..span.start).unwrap_or_default(), NEAR);
        let own = text.get(span.start..span.end).unwrap_or_default();
        let after = head(text.get(span.end..).unwrap_or_default(), NEAR);
        let near = format!("{before}{own}{after}");
        let one = |pattern: &Option<Regex>, group: usize| {
            let pattern = pattern.as_ref()?;
            [own, near.as_str(), text].into_iter().find_map(|part| only(pattern, group, part))
        };
        trouble.model = trouble.model.take().or_else(|| one(&MODEL, 0));
        trouble.region = trouble.region.take().or_else(|| one(&REGION, 1));
    }
}

/// What a pattern finds, where all that it finds is the same.
fn only(pattern: &Regex, group: usize, text: &str) -> Option<String> {
    let mut found = pattern.captures_iter(text).filter_map(|hit| Some(hit.get(group)?.as_str()));
    // an address ends like a name
    let is_address = |name: &str| name.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("com"));
    let mut found = found.by_ref().filter(|name| !is_address(name) && name.contains('-'));
    let first = found.next()?;
    found.all(|other| other == first).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_failure_whatever_stands_around_it() {
        let said = |text: &str| {
            let found = super::super::parse_text(text);
            let of = |denial: &Denial| {
                let model = denial.model.clone()?;
                Some((model.failure.code(), model.model, model.region))
            };
            found.iter().map(of).collect::<Vec<_>>()
        };
        let some = |text: &str| Some(text.to_owned());
        let form = "An error occurred (ResourceNotFoundException) when calling the Converse operation: Model use case details have not \
                    been submitted for this account. Fill out the Anthropic use case details form before using the model.";
        assert_eq!(said(form), [Some(("use-case", None, None))]);
        assert_eq!(
            said(&format!(
                "$ aws bedrock-runtime converse --model-id us.anthropic.claude-opus-4-8 --region us-west-2\n{form}"
            )),
            [Some(("use-case", some("us.anthropic.claude-opus-4-8"), some("us-west-2")))]
        );
        let profile = "ValidationException: Invocation of model ID anthropic.claude-haiku-4-5-20251001-v1:0 with on-demand throughput \
                       isn\u{2019}t supported. Retry your request with the ID or ARN of an inference profile that contains this model.";
        assert_eq!(said(profile), [Some(("needs-profile", some("anthropic.claude-haiku-4-5-20251001-v1:0"), None))]);
        let payment = "An error occurred (AccessDeniedException) when calling the InvokeModel operation: Model access is denied due to \
                       INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided.";
        assert_eq!(
            said(&format!("{form}\n{payment}")),
            [Some(("use-case", None, None)), Some(("payment", None, None))]
        );
        let operation =
            "An error occurred (ValidationException) when calling the InvokeModel operation: Operation not allowed";
        assert_eq!(said(operation), [Some(("account", None, None))]);
        assert_eq!(said("Error: Bearer Token has expired (bedrock)"), [Some(("api-key", None, None))]);
        let record = r#"{"Records":[{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole",
            "arn":"arn:aws:sts::111122223333:assumed-role/app/s","accountId":"111122223333"},"eventTime":"2026-11-20T10:00:00Z",
            "eventSource":"bedrock.amazonaws.com","eventName":"Converse","awsRegion":"eu-central-1","sourceIPAddress":"203.0.113.7",
            "errorCode":"ResourceNotFoundException",
            "errorMessage":"Model use case details have not been submitted for this account.",
            "requestParameters":{"modelId":"eu.anthropic.claude-sonnet-5-5"}}]}"#;
        assert_eq!(said(record), [Some(("use-case", some("eu.anthropic.claude-sonnet-5-5"), some("eu-central-1")))]);
        // other services say the same of their own quotas and credentials
        assert_eq!(
            said(
                "The security token included in the request is invalid. (Service: AWSSecurityTokenService; Status Code: 403)"
            ),
            [None]
        );
        assert_eq!(
            said("An error occurred (ThrottlingException) when calling the ListTables operation: Rate exceeded"),
            [None]
        );
    }
}
