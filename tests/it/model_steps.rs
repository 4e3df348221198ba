//! A model call that failed for another reason than a policy: what was said, and every step that helps, whole.

use std::fmt::Write as _;

use iamdx::denial::{self, ModelFailure};
use iamdx::remedy::bedrock::next::{CalledModel, Calls};
use iamdx::report::{Detail, Format, Style};

/// How a tool prints an error of Bedrock.
fn error(code: &str, message: &str) -> String {
    format!("An error occurred ({code}) when calling the Converse operation: {message}")
}

/// Texts as people paste them, one for each way in which a call can fail.
fn texts() -> Vec<String> {
    let denied = |message: &str| error("AccessDeniedException", message);
    let invalid = |message: &str| error("ValidationException", message);
    let missing = |message: &str| error("ResourceNotFoundException", message);
    vec![
        missing(
            "Model use case details have not been submitted for this account. Fill out the Anthropic use case details form.",
        ),
        format!(
            "$ aws bedrock-runtime converse --model-id us.anthropic.claude-opus-4-8 --region us-west-2\n{}",
            denied(
                "Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace actions \
                 (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe) to enable access to this model."
            )
        ),
        format!(
            "AWS_REGION=us-gov-west-1\n{}",
            denied("You don't have access to the model with the specified model ID.")
        ),
        denied("Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided."),
        error(
            "MPAgreementBeingCreated",
            "Your account is not authorized to access this model. Your AWS Marketplace subscription for this model is still being processed.",
        ),
        denied(
            "anthropic.claude-opus-4-7 is not available for this account. You can explore other available models on Amazon Bedrock.",
        ),
        invalid("Operation not allowed"),
        invalid("Access to Anthropic models is not allowed from unsupported countries, regions, or territories."),
        invalid("data retention mode 'default' is not available for this model"),
        missing(
            "This model version has reached the end of its life. Please refer to the AWS documentation for more details.",
        ),
        format!(
            "https://bedrock-runtime.eu-west-1.amazonaws.com\n{}",
            invalid(
                "Invocation of model ID anthropic.claude-haiku-4-5-20251001-v1:0 with on-demand throughput isn\u{2019}t supported. Retry your \
                 request with the ID or ARN of an inference profile that contains this model."
            )
        ),
        format!(
            "--model-id us.anthropic.claude-haiku-4-5-20251001-v1:0 --region eu-west-1\n{}",
            invalid("The provided model identifier is invalid.")
        ),
        invalid("The model returned the following errors: temperature is deprecated for this model."),
        error("ThrottlingException", "Too many tokens per day, please wait before trying again."),
        error("ServiceUnavailableException", "Bedrock is unable to process your request."),
        "Error: Bearer Token has expired (bedrock)".to_owned(),
    ]
}

#[test]
fn each_failure_of_a_model_has_its_next_steps() {
    let text = Format::named("text").unwrap();
    let mut all = String::new();
    for said in texts() {
        let denials = denial::parse_text(&said);
        assert_eq!(denials.len(), 1, "{said}");
        assert!(denials[0].model.is_some(), "{said}");
        writeln!(all, "> {}\n", said.replace('\n', "\n> ")).unwrap();
        writeln!(all, "{}\n", text.write(&denials, Detail::default(), Style::default())).unwrap();
    }
    insta::assert_snapshot!(all);
}

#[test]
fn no_failure_is_without_a_step_and_what_changes_the_account_says_so() {
    let model = CalledModel::new(Some("us.anthropic.claude-opus-4-8".to_owned()), Some("us-east-1".to_owned()));
    for failure in ModelFailure::ALL {
        let steps = Calls { failure: *failure, models: vec![model.clone()] }.steps();
        assert!(!steps.is_empty(), "{}", failure.code());
        for step in steps {
            let writes =
                |line: &String| ["put-", "create-", "converse"].iter().any(|verb| line.contains(&format!(" {verb}")));
            let lines: Vec<String> = step.commands.iter().map(iamdx::iam::Command::line).collect();
            assert!(step.changes || !lines.iter().any(writes), "{lines:?}");
            assert!(step.page.starts_with("https://"), "{}", step.what.code());
        }
    }
}
