//! Every failure that Bedrock's runtime is known to answer with, over the wire, and the verdict on each.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html>

use crate::support::fake_bedrock::Reply;
use crate::support::probe::{json, open};

/// A failure by name.
type Failure = (&'static str, Reply);

fn denied(message: &str) -> Reply {
    Reply::bedrock(403, "AccessDeniedException", message)
}

fn invalid(message: &str) -> Reply {
    Reply::bedrock(400, "ValidationException", message)
}

fn missing(message: &str) -> Reply {
    Reply::bedrock(404, "ResourceNotFoundException", message)
}

fn throttled(message: &str) -> Reply {
    Reply::bedrock(429, "ThrottlingException", message)
}

/// What IAM says.
fn of_iam() -> Vec<Failure> {
    let iam = |reason: &str| {
        Reply::iam(&format!(
            "User: arn:aws:iam::111122223333:user/notebook is not authorized to perform: bedrock:InvokeModel on resource: {reason}"
        ))
    };
    let model = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-example";
    let elsewhere = "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-example";
    let profile = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-example";
    let allows = |what: &str| format!("because no {what} allows the bedrock:InvokeModel action");
    let other = |action: &str, resource: &str| {
        Reply::iam(&format!(
            "User: arn:aws:iam::111122223333:user/notebook is not authorized to perform: {action} on resource: {resource} \
             because no identity-based policy allows the {action} action"
        ))
    };
    vec![
        ("explicit, identity", iam(&format!("{model} with an explicit deny in an identity-based policy"))),
        ("explicit, scp", iam(&format!("{elsewhere} with an explicit deny in a service control policy"))),
        (
            "explicit, scp, open region",
            iam(
                "arn:aws:bedrock:::foundation-model/anthropic.claude-example with an explicit deny in a service control policy",
            ),
        ),
        ("implicit, profile", iam(&format!("{profile} {}", allows("identity-based policy")))),
        ("implicit, model", iam(&format!("{model} {}", allows("identity-based policy")))),
        ("implicit, session", iam(&format!("{model} {}", allows("session policy")))),
        ("implicit, boundary", iam(&format!("{model} {}", allows("permissions boundary")))),
        ("implicit, endpoint", iam(&format!("{model} {}", allows("VPC endpoint policy")))),
        ("bearer", other("bedrock:CallWithBearerToken", "arn:aws:bedrock:us-east-1:111122223333:*")),
        ("count tokens", other("bedrock:CountTokens", model)),
    ]
}

/// What is said of the credentials and of the account.
fn of_the_caller() -> Vec<Failure> {
    vec![
        (
            "token invalid",
            Reply::unauthenticated("UnrecognizedClientException", "The security token included in the request is invalid."),
        ),
        (
            "token expired",
            Reply::unauthenticated("ExpiredTokenException", "The security token included in the request is expired"),
        ),
        (
            "signature",
            Reply::unauthenticated(
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided.",
            ),
        ),
        ("api key", Reply::iam("Authentication failed: Please make sure your API Key is valid.")),
        ("api key form", Reply::iam("Invalid API Key format: Must start with pre-defined prefix")),
        ("api key expired", Reply::iam("Bearer Token has expired")),
        ("model access", denied("You don't have access to the model with the specified model ID.")),
        (
            "marketplace",
            denied(
                "Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace actions \
                 (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe) to enable access to this model.",
            ),
        ),
        (
            "payment",
            denied("Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided."),
        ),
        (
            "agreement pending",
            denied(
                "Your account is not authorized to access this model because your AWS Marketplace subscription for the model is still being \
                 processed.",
            ),
        ),
        ("use case", missing("Model use case details have not been submitted for this account.")),
        (
            "use case, other words",
            invalid("The model returned the following errors: You have not filled out the required use-case form for this model."),
        ),
        (
            "gate",
            Reply::Error(
                403,
                None,
                r#"{"type":"error","error":{"type":"permission_error","message":"anthropic.claude-example is not available for this account."}}"#
                    .to_owned(),
            ),
        ),
        ("account", denied("Your account is not authorized to invoke this API operation.")),
        ("operation", invalid("Operation not allowed")),
        (
            "country",
            invalid("Access to Anthropic models is not allowed from unsupported countries, regions, or territories."),
        ),
        ("data retention", invalid("data retention mode 'default' is not available for this model")),
    ]
}

/// What is said of the model, the request and the service.
fn of_the_model() -> Vec<Failure> {
    vec![
        ("end of life", missing("This model version has reached the end of its life.")),
        (
            "legacy",
            missing(
                "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in the last 30 days.",
            ),
        ),
        (
            "on demand",
            invalid(
                "Invocation of model ID anthropic.claude-example with on-demand throughput isn\u{2019}t supported.",
            ),
        ),
        ("bad id", invalid("The provided model identifier is invalid.")),
        (
            "malformed id",
            invalid(
                "1 validation error detected: Value 'x' at 'modelId' failed to satisfy constraint: Member must satisfy regular expression",
            ),
        ),
        ("sampling", invalid("The model returned the following errors: temperature is deprecated for this model.")),
        (
            "both",
            invalid(
                "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model.",
            ),
        ),
        ("malformed", invalid("Malformed input request: #: required key [max_tokens] not found")),
        (
            "messages api",
            invalid("\"claude-example\" is not supported on this API. Please use the Messages API instead."),
        ),
        ("requests", throttled("Too many requests, please wait before trying again.")),
        ("tokens", throttled("Too many tokens, please wait before trying again.")),
        ("tokens a day", throttled("Too many tokens per day, please wait before trying again.")),
        (
            "connections",
            Reply::bedrock(
                503,
                "ServiceUnavailableException",
                "Too many connections, please wait before trying again.",
            ),
        ),
        (
            "unavailable",
            Reply::bedrock(503, "ServiceUnavailableException", "Bedrock is unable to process your request."),
        ),
        ("not ready", Reply::bedrock(429, "ModelNotReadyException", "Model is not ready for inference.")),
        (
            "model timeout",
            Reply::bedrock(408, "ModelTimeoutException", "Model has timed out in processing the request."),
        ),
        (
            "model error",
            Reply::bedrock(424, "ModelErrorException", "The system encountered an unexpected error during processing."),
        ),
        (
            "quota",
            Reply::bedrock(
                400,
                "ServiceQuotaExceededException",
                "Your request exceeds the service quota for your account.",
            ),
        ),
        ("internal", Reply::bedrock(500, "InternalServerException", "An internal server error occurred.")),
        ("html", Reply::Html(403, "<html>no</html>")),
    ]
}

/// One model for each failure, in one run. Quarantine ends a run and so has a test of its own.
#[test]
fn every_failure_has_its_verdict() {
    let all = [of_iam(), of_the_caller(), of_the_model()].concat();
    let models: Vec<_> = (0..all.len()).map(|number| format!("anthropic.claude-example-{number}")).collect();
    let names: Vec<_> = all.iter().map(|(name, _)| *name).collect();
    let replies: Vec<_> = all.iter().map(|(_, reply)| reply.clone()).collect();
    let fake = open(move |asked| {
        let number: usize = asked.model.rsplit('-').next().unwrap().parse().unwrap();
        replies[number].clone()
    });
    let arguments =
        ["--no-fallback", "--allow-subscribe", "--max-calls", "400", "--max-usd", "10", "--models", &models.join(",")];
    let (code, report) = json(&fake, &arguments);
    assert_eq!(code, 1);
    let mut told = Vec::new();
    for (name, pair) in names.iter().zip(report["cells"].as_array().unwrap().chunks(2)) {
        let said = |cell: &serde_json::Value| {
            let text = |name: &str| cell[name].as_str().unwrap_or("-").to_owned();
            format!("{} {} {} {}", text("verdict"), text("detail"), text("policy_type"), text("authorized"))
        };
        // the streaming operation answers errors in the same way
        assert_eq!(said(&pair[0]), said(&pair[1]), "{name}");
        told.push(format!("{name}: {}", said(&pair[0])));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    explicit, identity: denied-explicit - identity-based no
    explicit, scp: denied-explicit destination-region service-control no
    explicit, scp, open region: denied-explicit unspecified-region service-control no
    implicit, profile: denied-implicit inference-profile identity-based no
    implicit, model: denied-implicit - identity-based no
    implicit, session: denied-implicit - session no
    implicit, boundary: denied-implicit - permissions-boundary no
    implicit, endpoint: denied-implicit - vpc-endpoint no
    bearer: denied-implicit bearer-token identity-based no
    count tokens: denied-implicit count-tokens identity-based no
    token invalid: auth-failed invalid-credentials - no
    token expired: auth-failed expired-credentials - no
    signature: auth-failed signature - no
    api key: auth-failed api-key - no
    api key form: auth-failed api-key - no
    api key expired: auth-failed api-key - no
    model access: entitlement model-access - unknown
    marketplace: entitlement marketplace - unknown
    payment: entitlement payment - unknown
    agreement pending: entitlement pending - unknown
    use case: entitlement use-case - unknown
    use case, other words: entitlement use-case - unknown
    gate: entitlement account-gate - unknown
    account: entitlement account - unknown
    operation: entitlement account - unknown
    country: entitlement country - unknown
    data retention: entitlement data-retention - unknown
    end of life: lifecycle end-of-life - unknown
    legacy: lifecycle legacy - unknown
    on demand: routing needs-profile - unknown
    bad id: routing bad-id - unknown
    malformed id: routing malformed-id - unknown
    sampling: request-invalid sampling - yes
    both: request-invalid sampling-both - yes
    malformed: request-invalid malformed - yes
    messages api: request-invalid other-api - yes
    requests: throttled requests - yes
    tokens: throttled tokens - yes
    tokens a day: throttled tokens-per-day - yes
    connections: capacity connections - unknown
    unavailable: capacity unavailable - unknown
    not ready: capacity not-ready - unknown
    model timeout: capacity model-timeout - unknown
    model error: capacity model-error - unknown
    quota: throttled quota - yes
    internal: capacity internal - unknown
    html: unknown intermediary - unknown
    "#);
}
