//! Every failure of the runtime that is known: its status, code and words, and what they amount to.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html>

use std::time::Duration;

use super::*;
use crate::iam::PolicyType;

/// What a verdict says, without its words.
type Said = (Verdict, Option<Detail>, Option<PolicyType>, Option<String>, Authorized);

fn said(call: &Call, attempt: Attempt) -> Said {
    let it = judge(call, &[attempt]);
    let (policy_type, policy_arn) = (it.policy_type(), it.policy_arn().map(str::to_owned));
    (it.verdict, it.detail, policy_type, policy_arn, it.authorized)
}

/// One test for each failure: API, status, code, words; verdict, detail, policy type, policy, authorized.
macro_rules! failures {
    ($($name:ident: $api:ident $status:literal $code:literal $words:literal
        => $verdict:ident $detail:expr, $policy_type:expr, $arn:expr, $authorized:ident;)*) => {
        $(#[test]
        fn $name() {
            let arn: Option<&str> = $arn;
            let expected = (Verdict::$verdict, $detail, $policy_type, arn.map(str::to_owned), Authorized::$authorized);
            assert_eq!(said(&call(Api::$api, Variation::Plain), refused($status, $code, $words)), expected);
        })*
    };
}

failures! {
    explicit_deny_of_an_identity_based_policy: Converse 403 "AccessDeniedException" "User: arn:aws:sts::111122223333:assumed-role/Chat/run-7 is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0 with an explicit deny in an identity-based policy"
        => DeniedExplicit None, Some(PolicyType::IdentityBased), None, No;
    quarantine_of_a_leaked_key: Converse 403 "AccessDeniedException" "User: arn:aws:sts::111122223333:assumed-role/Chat/run-7 is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0 with an explicit deny in an identity-based policy: arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"
        => DeniedExplicit Some(Detail::Quarantine), Some(PolicyType::IdentityBased), Some("arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"), No;
    missing_allow_of_a_profile: Converse 403 "AccessDeniedException" "User: arn:aws:sts::111122223333:assumed-role/Chat/run-7 is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0 because no identity-based policy allows the bedrock:InvokeModel action"
        => DeniedImplicit Some(Detail::InferenceProfile), Some(PolicyType::IdentityBased), None, No;
    missing_allow_of_a_model: Converse 403 "AccessDeniedException" "User: arn:aws:sts::111122223333:assumed-role/Chat/run-7 is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0 because no identity-based policy allows the bedrock:InvokeModel action"
        => DeniedImplicit None, Some(PolicyType::IdentityBased), None, No;
    missing_allow_of_streaming: ConverseStream 403 "AccessDeniedException" "User: arn:aws:sts::111122223333:assumed-role/Chat/run-7 is not authorized to perform: bedrock:InvokeModelWithResponseStream on resource: arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0 because no identity-based policy allows the bedrock:InvokeModelWithResponseStream action"
        => DeniedImplicit None, Some(PolicyType::IdentityBased), None, No;
    scp_on_a_destination_region: Converse 403 "AccessDeniedException" "User: arn:aws:sts::111122223333:assumed-role/Chat/run-7 is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0 with an explicit deny in a service control policy"
        => DeniedExplicit Some(Detail::DestinationRegion), Some(PolicyType::ServiceControl), None, No;
    scp_on_the_unspecified_region: Converse 403 "AccessDeniedException" "User: arn:aws:sts::111122223333:assumed-role/Chat/run-7 is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0 with an explicit deny in a service control policy: arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-examplepolicyid"
        => DeniedExplicit Some(Detail::UnspecifiedRegion), Some(PolicyType::ServiceControl), Some("arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-examplepolicyid"), No;
    missing_allow_of_a_session_policy: ConverseStream 403 "AccessDeniedException" "User: arn:aws:sts::111122223333:assumed-role/Chat/run-7 is not authorized to perform: bedrock:InvokeModelWithResponseStream on resource: arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0 because no session policy allows the bedrock:InvokeModelWithResponseStream action"
        => DeniedImplicit Some(Detail::InferenceProfile), Some(PolicyType::Session), None, No;
    missing_allow_of_a_boundary: Converse 403 "AccessDeniedException" "User: arn:aws:sts::111122223333:assumed-role/Chat/run-7 is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0 because no permissions boundary allows the bedrock:InvokeModel action"
        => DeniedImplicit None, Some(PolicyType::PermissionsBoundary), None, No;
    missing_allow_of_an_endpoint_policy: Converse 403 "AccessDeniedException" "User: arn:aws:sts::111122223333:assumed-role/Chat/run-7 is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0 because no VPC endpoint policy allows the bedrock:InvokeModel action"
        => DeniedImplicit None, Some(PolicyType::VpcEndpoint), None, No;
    bearer_token_not_allowed: Converse 403 "AccessDeniedException" "User: arn:aws:sts::111122223333:assumed-role/Chat/run-7 is not authorized to perform: bedrock:CallWithBearerToken on resource: arn:aws:bedrock:us-east-1:111122223333:* because no identity-based policy allows the bedrock:CallWithBearerToken action"
        => DeniedImplicit Some(Detail::BearerToken), Some(PolicyType::IdentityBased), None, No;
    counting_tokens_not_allowed: Converse 403 "AccessDeniedException" "User: arn:aws:sts::111122223333:assumed-role/Chat/run-7 is not authorized to perform: bedrock:CountTokens on resource: arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0 because no identity-based policy allows the bedrock:CountTokens action"
        => DeniedImplicit Some(Detail::CountTokens), Some(PolicyType::IdentityBased), None, No;
    unknown_credentials: Converse 403 "UnrecognizedClientException" "The security token included in the request is invalid."
        => AuthFailed Some(Detail::InvalidCredentials), None, None, No;
    expired_credentials: Converse 403 "ExpiredTokenException" "The security token included in the request is expired"
        => AuthFailed Some(Detail::ExpiredCredentials), None, None, No;
    wrong_signature: Converse 403 "InvalidSignatureException" "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method."
        => AuthFailed Some(Detail::Signature), None, None, No;
    unknown_api_key: Converse 403 "AccessDeniedException" "Authentication failed: Please make sure your API Key is valid."
        => AuthFailed Some(Detail::ApiKey), None, None, No;
    api_key_of_another_form: Converse 403 "AccessDeniedException" "Invalid API Key format: Must start with pre-defined prefix"
        => AuthFailed Some(Detail::ApiKey), None, None, No;
    expired_api_key: Converse 403 "AccessDeniedException" "Bearer Token has expired"
        => AuthFailed Some(Detail::ApiKey), None, None, No;
    no_access_to_the_model: Converse 403 "AccessDeniedException" "You don't have access to the model with the specified model ID."
        => Entitlement Some(Detail::ModelAccess), None, None, Unknown;
    marketplace_rights_of_the_caller: Converse 403 "AccessDeniedException" "Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe) to enable access to this model. Refer to the Amazon Bedrock documentation, then try again after 2 minutes."
        => Entitlement Some(Detail::Marketplace), None, None, Unknown;
    payment_method: Converse 403 "AccessDeniedException" "Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided."
        => Entitlement Some(Detail::Payment), None, None, Unknown;
    subscription_under_way: Converse 403 "AccessDeniedException" "Your account is not authorized to access this model because your AWS Marketplace subscription for the model is still being processed."
        => Entitlement Some(Detail::Pending), None, None, Unknown;
    use_case_form_as_not_found: Converse 404 "ResourceNotFoundException" "Model use case details have not been submitted for this account. Fill out the Anthropic use case details form before using the model."
        => Entitlement Some(Detail::UseCase), None, None, Unknown;
    use_case_form_as_not_valid: Converse 400 "ValidationException" "The model returned the following errors: You have not filled out the required use-case form for this model."
        => Entitlement Some(Detail::UseCase), None, None, Unknown;
    model_closed_to_the_account: Converse 403 "AccessDeniedException" "anthropic.claude-opus-5-5 is not available for this account. You can explore other available models on Amazon Bedrock."
        => Entitlement Some(Detail::AccountGate), None, None, Unknown;
    operation_closed_to_the_account: Converse 403 "AccessDeniedException" "Your account is not authorized to invoke this API operation."
        => Entitlement Some(Detail::Account), None, None, Unknown;
    operation_not_allowed: Converse 400 "ValidationException" "Operation not allowed"
        => Entitlement Some(Detail::Account), None, None, Unknown;
    country: Converse 400 "ValidationException" "Access to Anthropic models is not allowed from unsupported countries, regions, or territories."
        => Entitlement Some(Detail::Country), None, None, Unknown;
    data_retention: Converse 400 "ValidationException" "data retention mode 'default' is not available for this model"
        => Entitlement Some(Detail::DataRetention), None, None, Unknown;
    end_of_life: Converse 404 "ResourceNotFoundException" "This model version has reached the end of its life. Please refer to the AWS documentation for more details."
        => Lifecycle Some(Detail::EndOfLife), None, None, Unknown;
    legacy_that_says_access_denied: Converse 404 "ResourceNotFoundException" "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in the last 30 days. Please upgrade to an active model on Amazon Bedrock"
        => Lifecycle Some(Detail::Legacy), None, None, Unknown;
    profile_needed: Converse 400 "ValidationException" "Invocation of model ID anthropic.claude-sonnet-4-5-20250929-v1:0 with on-demand throughput isn\u{2019}t supported. Retry your request with the ID or ARN of an inference profile that contains this model."
        => Routing Some(Detail::NeedsProfile), None, None, Unknown;
    no_such_model: Converse 400 "ValidationException" "The provided model identifier is invalid."
        => Routing Some(Detail::BadId), None, None, Unknown;
    no_form_of_an_id: Converse 400 "ValidationException" "1 validation error detected: Value 'claude:100k' at 'modelId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+"
        => Routing Some(Detail::MalformedId), None, None, Unknown;
    sampling_refused: Converse 400 "ValidationException" "The model returned the following errors: temperature is deprecated for this model."
        => RequestInvalid Some(Detail::Sampling), None, None, Yes;
    two_sampling_parameters_refused: Converse 400 "ValidationException" "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one."
        => RequestInvalid Some(Detail::SamplingBoth), None, None, Yes;
    malformed_body: Converse 400 "ValidationException" "Malformed input request: #: required key [max_tokens] not found, please reformat your input and try again."
        => RequestInvalid Some(Detail::Malformed), None, None, Yes;
    body_of_another_api: Converse 400 "ValidationException" "\"claude-3-sonnet-20240229\" is not supported on this API. Please use the Messages API instead."
        => RequestInvalid Some(Detail::OtherApi), None, None, Yes;
    too_many_requests: Converse 429 "ThrottlingException" "Too many requests, please wait before trying again."
        => Throttled Some(Detail::Requests), None, None, Yes;
    too_many_tokens: Converse 429 "ThrottlingException" "Too many tokens, please wait before trying again."
        => Throttled Some(Detail::Tokens), None, None, Yes;
    too_many_tokens_today: Converse 429 "ThrottlingException" "Too many tokens per day, please wait before trying again."
        => Throttled Some(Detail::TokensPerDay), None, None, Yes;
    too_many_connections: Converse 503 "ServiceUnavailableException" "Too many connections, please wait before trying again."
        => Capacity Some(Detail::Connections), None, None, Unknown;
    service_unavailable: Converse 503 "ServiceUnavailableException" "Bedrock is unable to process your request."
        => Capacity Some(Detail::Unavailable), None, None, Unknown;
    model_not_ready: Converse 429 "ModelNotReadyException" "Model is not ready for inference. Wait and try your request again."
        => Capacity Some(Detail::NotReady), None, None, Unknown;
    model_timed_out: Converse 408 "ModelTimeoutException" "Model has timed out in processing the request. Try your request again."
        => Capacity Some(Detail::ModelTimeout), None, None, Unknown;
    model_failed: Converse 424 "ModelErrorException" "The system encountered an unexpected error during processing. Try your request again."
        => Capacity Some(Detail::ModelError), None, None, Unknown;
    quota_of_the_account: Converse 400 "ServiceQuotaExceededException" "Your request exceeds the service quota for your account."
        => Throttled Some(Detail::Quota), None, None, Yes;
}

#[test]
fn a_name_that_does_not_resolve_is_no_answer() {
    let failed = |error: &str| NoAnswer::Failed(error.to_owned());
    for (why, detail) in [
        (failed("dispatch failure: dns error: failed to lookup address information"), Some(Detail::NameResolution)),
        (failed("operation timed out after 30 s"), Some(Detail::Timeout)),
        (NoAnswer::TimedOut(Duration::from_secs(30)), Some(Detail::Timeout)),
        (failed("connection refused"), None),
        (NoAnswer::NotJson, None),
    ] {
        let expected = (Verdict::Network, detail, None, None, Authorized::Unknown);
        let outcome = Outcome::Unanswered(why.clone());
        assert_eq!(said(&call(Api::Converse, Variation::Plain), attempt(outcome)), expected, "{why:?}");
    }
}

#[test]
fn the_providers_own_envelope_is_about_the_account() {
    let body = r#"{"type":"error","error":{"type":"permission_error","message":"This model is not open to you."}}"#;
    let gate =
        |body: &str| attempt(Outcome::Refused { status: 403, code: None, message: None, body: Some(body.to_owned()) });
    let call = call(Api::Invoke, Variation::Plain);
    assert_eq!(
        said(&call, gate(body)),
        (Verdict::Entitlement, Some(Detail::AccountGate), None, None, Authorized::Unknown)
    );
    let page = "<html><body>403 Forbidden: User: x is not authorized to perform: bedrock:InvokeModel</body></html>";
    assert_eq!(
        said(&call, gate(page)),
        (Verdict::Unknown, Some(Detail::Intermediary), None, None, Authorized::Unknown)
    );
    let other = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    assert_eq!(said(&call, gate(other)), (Verdict::Unknown, None, None, None, Authorized::Unknown));
}

#[test]
fn a_call_made_to_be_refused_is_likely_allowed_and_no_more() {
    let words = "1 validation error detected: Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint";
    let it = judge(&call(Api::Converse, Variation::Dry), &[refused(400, "ValidationException", words)]);
    assert_eq!(
        (it.verdict, it.detail, it.authorized),
        (Verdict::RequestInvalid, Some(Detail::Likely), Authorized::Unknown)
    );
    assert_eq!(it.notes, [CellNote::LikelyAllowed]);
}

#[test]
fn streams_that_break_off_or_fail_were_allowed() {
    let stream = call(Api::ConverseStream, Variation::Plain);
    let broken = attempt(Outcome::Truncated { events: 2, usage: Usage::default() });
    assert_eq!(said(&stream, broken), (Verdict::StreamTruncated, None, None, None, Authorized::Yes));
    let exception = |code: Option<&str>, message: &str| {
        let failure = StreamFailure::Service { code: code.map(str::to_owned), message: Some(message.to_owned()) };
        attempt(Outcome::Exception { failure, events: 1 })
    };
    for (code, message, detail) in [
        (Some("throttlingException"), "Slow down", Some(Detail::Requests)),
        (Some("modelStreamErrorException"), "The model failed", Some(Detail::ModelError)),
        (Some("internalServerException"), "Failed", Some(Detail::Internal)),
        (Some("serviceUnavailableException"), "Bedrock is unable to process your request.", Some(Detail::Unavailable)),
        (Some("validationException"), "Not valid", Some(Detail::Validation)),
        (None, "Too many tokens, please wait before trying again.", Some(Detail::Tokens)),
        (None, "Something else", None),
    ] {
        let expected = (Verdict::StreamError, detail, None, None, Authorized::Yes);
        assert_eq!(said(&stream, exception(code, message)), expected, "{message}");
    }
    let denial = "User: arn:aws:iam::111122223333:user/chat is not authorized to perform: bedrock:InvokeModelWithResponseStream on \
         resource: arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-5 with an explicit deny in a service control policy";
    let expected = (
        Verdict::DeniedExplicit,
        Some(Detail::DestinationRegion),
        Some(PolicyType::ServiceControl),
        None,
        Authorized::No,
    );
    assert_eq!(said(&stream, exception(None, denial)), expected);
}

#[test]
fn the_attempts_before_the_last_one_are_noted() {
    let busy = || refused(429, "ThrottlingException", "Too many requests, please wait before trying again.");
    let it = judge(&call(Api::Converse, Variation::Plain), &[busy(), busy(), completed()]);
    assert_eq!((it.verdict, it.notes), (Verdict::Ok, vec![CellNote::EarlierAttempts(vec![Verdict::Throttled], 2)]));
}

#[test]
fn a_bare_denial_keeps_what_the_call_tells() {
    let it = judge(&call(Api::Converse, Variation::Plain), &[refused(403, "AccessDeniedException", "Access denied")]);
    let denial = it.denial.unwrap();
    assert_eq!((it.verdict, it.authorized), (Verdict::Denied, Authorized::No));
    assert_eq!(denial.action.unwrap().as_str(), "bedrock:InvokeModel");
    assert_eq!((denial.http_status, denial.operation.as_deref()), (Some(403), Some("Converse")));
}

#[test]
fn names_that_people_chose_do_not_decide_a_denial() {
    let words = "User: arn:aws:iam::111122223333:user/reached-the-end-of-its-life is not authorized to perform: bedrock:InvokeModel on \
         resource: arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-5 with an explicit deny in an identity-based \
         policy: arn:aws:iam::111122223333:policy/marked by provider as Legacy";
    let it = judge(&call(Api::Converse, Variation::Plain), &[refused(403, "AccessDeniedException", words)]);
    assert_eq!(it.verdict, Verdict::DeniedExplicit);
}
