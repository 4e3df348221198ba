//! How a caller brings what a condition asks for: the argument of the call, or what else it takes.

use super::remedy_title::request_change;
use crate::iam::{CallArgument, Lever};
use crate::remedy::{NewValue, RequestChange};
use crate::text::quoted;

/// Why a condition on what the caller makes up is no protection.
pub(super) const MADE_UP: &str = "the caller writes this key and can write anything, so the condition keeps nobody out: do not make up a value for it";

/// A Deny goes by a key that the caller makes up.
pub(super) fn made_up(key: &str) -> String {
    format!("{key}: {MADE_UP}; ask the owner of the statement for a condition on the principal, the network or MFA")
}

/// How to make the call with the change.
pub(super) fn bring(change: &RequestChange, lever: Lever) -> String {
    match &change.to {
        NewValue::Meets(_) | NewValue::Escapes(_) => so_that(change, lever),
        NewValue::Absent => without(&change.key, lever),
        NewValue::Without(names) => format!("send none of these tags with the call: {}", names.join(", ")),
        NewValue::Value(_) | NewValue::Any => with(change, lever),
    }
}

fn with(change: &RequestChange, lever: Lever) -> String {
    let any = change.to == NewValue::Any;
    let value = value(change);
    match lever {
        Lever::Tls => "call over https".to_owned(),
        Lever::Network | Lever::Endpoint if any => "call from a VPC, through its VPC endpoint for the service".to_owned(),
        Lever::Network => format!(
            "call from VPC {value}, through its VPC endpoint for the service; if you cannot, ask who runs that network, or the owner of \
             the statement"
        ),
        Lever::Endpoint => format!(
            "call through VPC endpoint {value}, from its VPC or a network that is connected to it; the policy of the endpoint must \
             allow the call too"
        ),
        Lever::SentTag(argument) if !argument.cli.contains("TAG") => format!(
            "send the tag {}={value} with the call, by {} (SDK: {}) in most services",
            tag(&change.key),
            argument.cli,
            argument.sdk
        ),
        Lever::SentTag(argument) => {
            format!("send the tag {}={value}: {}", tag(&change.key), tagged(argument, tag(&change.key), &typed(change)))
        }
        Lever::SentTagKeys if value == "VALUE" => "send a tag with the call".to_owned(),
        Lever::SentTagKeys => format!("send only tags that the condition names: {value}"),
        Lever::PassedService => {
            format!("pass the role to {value}: the call that passes it has to be one of that service")
        }
        Lever::Parameter(argument) if argument.sdk == ENCRYPTION_CONTEXT => {
            format!("add {}; {SAME_CONTEXT}", in_context(argument, change))
        }
        Lever::Parameter(argument) | Lever::Header(argument) => format!("add {}", given(argument, &typed(change))),
        Lever::ByService if any => format!("have the service that your call goes to send {}: {BY_SERVICE}", change.key),
        Lever::ByService => format!(
            "have the service that your call goes to send {}: {BY_SERVICE}",
            request_change(change)
        ),
        Lever::Likely if any => format!("call with a value for {}; {LIKELY}", change.key),
        Lever::Likely => format!("call so that {}; {LIKELY}", request_change(change)),
        Lever::Vpc(argument) if any || value == "VALUE" => format!("add {}, in a VPC", in_sdk(argument.cli, argument)),
        Lever::Vpc(argument) => format!("add {}, in {value}", in_sdk(argument.cli, argument)),
        Lever::InferenceProfile => format!(
            "call the model through an inference profile: --model-id with {} instead of the model (SDK: modelId); aws bedrock \
             list-inference-profiles lists them",
            if any { "the id of a profile" } else { value.as_str() }
        ),
        Lever::BearerToken => {
            "use a short-term key of Bedrock instead of a long-term one, or sign the call with AWS credentials".to_owned()
        }
        Lever::Image => format!(
            "use an approved image: --image-id (SDK: ImageId) of one for which {}; aws ec2 describe-images lists them",
            request_change(change)
        ),
        Lever::Via if value.eq_ignore_ascii_case("true") => {
            "have an AWS service make the call with your credentials, as AWS CloudFormation or Amazon Athena does; do not call directly"
                .to_owned()
        }
        Lever::Via | Lever::McpServer if value.eq_ignore_ascii_case("false") => without(&change.key, lever),
        Lever::Via if any => "have an AWS service make the call with your credentials; do not call directly".to_owned(),
        Lever::Via => format!("make the call through {value}, not directly"),
        Lever::McpServer => "make the call through an MCP server of AWS".to_owned(),
        Lever::Signature => signature(&value),
        Lever::OwnName(argument) => format!(
            "make the session again with your own name: {} (SDK: {}); {}",
            argument.cli,
            argument.sdk,
            if any { "it stays for the whole session".to_owned() } else { format!("use {value} only if that is you") }
        ),
        _ => format!("call so that {}", request_change(change)),
    }
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html>
fn signature(value: &str) -> String {
    match value {
        "AWS4-HMAC-SHA256" => "sign with Signature Version 4, as current SDKs and the AWS CLI do",
        "REST-HEADER" => "send the signature in the Authorization header, not in a presigned URL or a form",
        "REST-QUERY-STRING" => "use a presigned URL: aws s3 presign",
        _ => return format!("sign the call with {value}"),
    }
    .to_owned()
}

fn without(key: &str, lever: Lever) -> String {
    match lever {
        Lever::SentTag(_) => format!("do not send the tag {} with the call", tag(key)),
        Lever::SentTagKeys => "send no tags with the call".to_owned(),
        Lever::Header(argument) => format!("leave {} out (SDK: {})", argument.cli, argument.sdk),
        Lever::McpServer => {
            "make the call yourself with the AWS CLI, an SDK or the console, not through an MCP server of AWS: an agent must not go \
             around this by another way"
                .to_owned()
        }
        Lever::Via => "make the call directly, not through an AWS service".to_owned(),
        Lever::ByService => format!("have the service that your call goes to ask without {key}: {BY_SERVICE}"),
        _ => format!("call without {key}"),
    }
}

fn so_that(change: &RequestChange, lever: Lever) -> String {
    let words = request_change(change);
    match lever {
        Lever::Likely => format!("call so that {words}; {LIKELY}"),
        Lever::ByService => format!("have the service that your call goes to ask so that {words}: {BY_SERVICE}"),
        Lever::Parameter(argument) if argument.sdk == ENCRYPTION_CONTEXT => {
            format!("call with {} so that {words}; {SAME_CONTEXT}", in_context(argument, change))
        }
        Lever::Parameter(argument) | Lever::Header(argument) | Lever::Vpc(argument) => {
            format!("call with {} so that {words}", in_sdk(argument.cli, argument))
        }
        Lever::Network if change.asks_for_private_network() => "aws:SourceIp is the public address of a call, and absent behind a VPC \
             endpoint, so no call is in a private range: ask the owner of the statement, who probably means aws:VpcSourceIp"
            .to_owned(),
        Lever::Network | Lever::Endpoint => format!(
            "call from where {words}: from that network, or through its VPN; if you cannot, ask who runs it, or the owner of the \
             statement"
        ),
        Lever::Region => format!("call in a Region for which {words}"),
        Lever::Time => format!("call when {words}; if that is over, ask the owner of the statement for another time"),
        Lever::Tls => format!("call over TLS so that {words}: use a current SDK or client"),
        Lever::Signature => {
            format!(
                "sign the call again, or make the presigned URL again, and use it sooner: {words} (in milliseconds)"
            )
        }
        Lever::OwnName(argument) => {
            format!("make the session again with your own name: {} (SDK: {}); {words}", argument.cli, argument.sdk)
        }
        Lever::Image => format!("use an approved image: --image-id (SDK: ImageId) of one for which {words}"),
        Lever::Via => format!("have a service make the call for which {words}"),
        Lever::InferenceProfile => {
            format!("call the model through an inference profile for which {words}: --model-id (SDK: modelId)")
        }
        _ => format!("call so that {words}"),
    }
}

/// What decides the parameters of what a service asks for.
const BY_SERVICE: &str = "its own parameters or settings decide that";

/// The same of a key of the service itself that is only listed.
const LIKELY: &str = "it is a key of this service, so a parameter of the call likely sets it";

/// The SDKs' name of the encryption context of KMS.
const ENCRYPTION_CONTEXT: &str = "EncryptionContext";

/// <https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html>
const SAME_CONTEXT: &str = "to decrypt, it has to be the one with which the data was encrypted";

/// The encryption context is a list of names with values; of one name the key has the name, and a list of names is the value.
fn in_context(argument: CallArgument, change: &RequestChange) -> String {
    let name = change.key.splitn(3, ':').nth(2).map_or_else(|| "NAME".to_owned(), quoted);
    in_sdk(&argument.cli.replace("NAME", &name).replace("VALUE", &typed(change)), argument)
}

/// The argument with its value, for the AWS CLI and the SDKs.
fn given(argument: CallArgument, value: &str) -> String {
    let cli = argument.cli;
    let cli = if cli.contains("VALUE") {
        cli.replace("VALUE", value)
    } else if value.eq_ignore_ascii_case("true") {
        cli.to_owned()
    } else if value.eq_ignore_ascii_case("false") {
        format!("--no-{}", cli.trim_start_matches('-'))
    } else {
        format!("{cli} {value}")
    };
    in_sdk(&cli, argument)
}

fn in_sdk(cli: &str, argument: CallArgument) -> String {
    format!("{cli} (SDK: {})", argument.sdk)
}

fn tagged(argument: CallArgument, tag: &str, value: &str) -> String {
    let cli = argument.cli.replace("TAG", &quoted(tag)).replace("VALUE", value);
    in_sdk(&cli, argument)
}

/// The value to bring; where any will do, a placeholder or the values that AWS knows.
pub(super) fn value(change: &RequestChange) -> String {
    match (&change.to, change.known_values()) {
        (NewValue::Value(value), _) => value.clone(),
        (_, []) => "VALUE".to_owned(),
        (_, known) => known.join(" or "),
    }
}

/// The same as a word for a shell: whatever is in a policy, and be it nothing, is passed on as it stands there.
fn typed(change: &RequestChange) -> String {
    match &change.to {
        NewValue::Value(value) => quoted(value),
        _ => value(change),
    }
}

/// The key of a tag: what follows `aws:RequestTag/`.
pub(super) fn tag(key: &str) -> &str {
    key.split_once('/').map_or(key, |(_, tag)| tag)
}
