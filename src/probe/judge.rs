//! The verdict on a call: from what came back to what it shows about permissions.

use super::attempt::{Attempt, Outcome};
use super::call::{Call, Variation};
use super::classify::{self, Class};
use super::verdict::{Authorized, Detail, Judgement, Verdict};
use crate::denial::{self, Denial, DenialKind, Note, ReasonEffect};
use crate::iam::Arn;

/// The verdict on a call after all attempts at it. The last attempt decides; the ones before are told.
#[must_use]
pub fn judge(call: &Call, attempts: &[Attempt]) -> Judgement {
    let Some((last, before)) = attempts.split_last() else {
        return Judgement::new(Verdict::NotRun, None, Authorized::Unknown);
    };
    let mut judgement = one(call, last);
    let mut earlier: Vec<&str> = before.iter().map(|attempt| one(call, attempt).verdict.id()).collect();
    earlier.dedup();
    if !earlier.is_empty() {
        let tries = if before.len() == 1 { "the attempt before" } else { "the attempts before" };
        let told = format!("{tries}: {}", earlier.join(", "));
        judgement.note = Some(judgement.note.map_or(told.clone(), |note| format!("{note}; {told}")));
    }
    judgement
}

fn one(call: &Call, attempt: &Attempt) -> Judgement {
    match &attempt.outcome {
        Outcome::Completed { stop_reason, .. } => {
            let intervened = stop_reason.as_deref() == Some("guardrail_intervened");
            Judgement::new(Verdict::Ok, intervened.then_some(Detail::GuardrailIntervened), Authorized::Yes)
        }
        Outcome::Truncated { events, .. } => Judgement::new(Verdict::StreamTruncated, None, Authorized::Yes)
            .with(&format!("the stream began and broke off after {events} events, without an error")),
        Outcome::Exception { code, message, events } => {
            stream_error(call, code.as_deref(), message.as_deref(), *events)
        }
        Outcome::Refused { status, code, message, body } => {
            refused(call, *status, code.as_deref(), message.as_deref(), body.as_deref())
        }
        Outcome::Unanswered { why } => Judgement::new(Verdict::Network, classify::unanswered(why), Authorized::Unknown)
            .with("no answer came, so nothing is known about permissions"),
    }
}

/// An error within a stream: the service had begun to answer, so the call was allowed, unless the error is itself a denial.
fn stream_error(call: &Call, code: Option<&str>, message: Option<&str>, events: u32) -> Judgement {
    let text = message.unwrap_or_default();
    let refused = code.is_some_and(|code| code.eq_ignore_ascii_case("accessDeniedException"));
    let says_denied = refused || text.contains("not authorized to perform");
    if let (true, Some(denied)) = (says_denied, denied(call, 403, code.unwrap_or("AccessDeniedException"), text)) {
        return denied;
    }
    let detail = classify::in_stream(code, text);
    let authorized = if refused { Authorized::Unknown } else { Authorized::Yes };
    Judgement::new(Verdict::StreamError, detail, authorized)
        .with(&format!("the stream began and ended with an error after {events} events"))
}

fn refused(call: &Call, status: u16, code: Option<&str>, message: Option<&str>, body: Option<&str>) -> Judgement {
    let Some(code) = code else {
        return without_code(body);
    };
    let text = message.unwrap_or_default();
    if let Some(class) = classify::by_words(text) {
        return judged(call, class);
    }
    if let Some(denied) = denied(call, status, code, text) {
        return denied;
    }
    match classify::by_code(status, code) {
        Some(class) => judged(call, class),
        None => Judgement::new(Verdict::Unknown, None, Authorized::Unknown)
            .with("the error is none that is known of this service"),
    }
}

/// An answer that names no error: the provider's own envelope, or something between that answered in the service's place.
fn without_code(body: Option<&str>) -> Judgement {
    let said = body.and_then(classify::envelope);
    match said {
        Some((kind, message)) => {
            let class = classify::by_words(&message)
                .or((kind == "permission_error").then_some((Verdict::Entitlement, Some(Detail::AccountGate))));
            match class {
                Some((verdict, detail)) => Judgement::new(verdict, detail, Authorized::Unknown)
                    .with("the model's provider answers, not IAM: policies do not decide it"),
                None => Judgement::new(Verdict::Unknown, None, Authorized::Unknown)
                    .with("the model's provider answers with an error that is not known"),
            }
        }
        None => Judgement::new(Verdict::Unknown, Some(Detail::Intermediary), Authorized::Unknown)
            .with("the answer carries no error type of AWS: a proxy, firewall or gateway may have answered"),
    }
}

/// The verdict for a class.
fn judged(call: &Call, (verdict, detail): Class) -> Judgement {
    let after = "taken from the order in which errors come, which AWS does not document";
    match verdict {
        Verdict::RequestInvalid if call.variation == Variation::Dry => {
            Judgement::new(verdict, Some(Detail::Likely), Authorized::Unknown).with(
                "likely allowed: the request is refused as not valid, and validation seems to come after authorization",
            )
        }
        Verdict::RequestInvalid => Judgement::new(verdict, detail, Authorized::Yes)
            .with(&format!("allowed: the service judges the body after the permissions ({after})")),
        Verdict::Throttled => {
            Judgement::new(verdict, detail, Authorized::Yes).with("allowed: only the rate or quota stands against it")
        }
        Verdict::AuthFailed => Judgement::new(verdict, detail, Authorized::No)
            .with("the credentials are not accepted; policies were not asked"),
        Verdict::Entitlement => Judgement::new(verdict, detail, Authorized::Unknown).with(&format!(
            "no policy of bedrock: is named; the permissions of the call itself are probably there ({after})"
        )),
        Verdict::Lifecycle => {
            Judgement::new(verdict, detail, Authorized::Unknown).with("the model, not a permission: call an active one")
        }
        Verdict::Capacity => Judgement::new(verdict, detail, Authorized::Unknown)
            .with("probably allowed: the model was reached, as it seems"),
        _ => Judgement::new(verdict, detail, Authorized::Unknown),
    }
}

/// An IAM denial, read by the same grammar as any other text.
fn denied(call: &Call, status: u16, code: &str, message: &str) -> Option<Judgement> {
    let mut denial = read(call, status, code, message)?;
    let action = denial.action.as_ref().map(|action| action.as_str().to_ascii_lowercase()).unwrap_or_default();
    let detail = if denial.is_quarantine() {
        Some(Detail::Quarantine)
    } else if action.ends_with(":callwithbearertoken") {
        Some(Detail::BearerToken)
    } else if action == "bedrock:applyguardrail" {
        Some(Detail::Guardrail)
    } else if action == "bedrock:counttokens" {
        Some(Detail::CountTokens)
    } else {
        denial.resource.as_deref().and_then(|resource| place(call, resource))
    };
    // what the text leaves out, the call tells
    let own = denial.resource.is_none() && denial.reason.effect == ReasonEffect::Unknown;
    if denial.action.is_none() {
        denial.action = call.api.action().parse().ok();
        denial.candidates.clear();
        denial.notes.push(Note::ActionOfCall { operation: call.api.operation().to_owned() });
    }
    Some(Judgement {
        verdict: match denial.reason.effect {
            ReasonEffect::ExplicitDeny => Verdict::DeniedExplicit,
            ReasonEffect::ImplicitDeny => Verdict::DeniedImplicit,
            ReasonEffect::Unknown => Verdict::Denied,
        },
        detail,
        policy_type: denial.reason.policy_type,
        policy_arn: denial.reason.policy_arn.clone(),
        authorized: Authorized::No,
        note: own.then(|| "the text tells neither the resource nor the reason".to_owned()),
        denial: Some(denial),
    })
}

/// The message as the grammar of denials reads it.
fn read(call: &Call, status: u16, code: &str, message: &str) -> Option<Denial> {
    // a mid-stream code begins in lower case
    let mut letters = code.chars();
    let code: String = letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect();
    let flat = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = format!("An error occurred ({code}) when calling the {} operation: {flat}", call.api.operation());
    let mut denial = denial::parse_text(&text).into_iter().find(|denial| denial.kind == DenialKind::IamDenial)?;
    denial.error_code = Some(code);
    denial.http_status = Some(status);
    denial.operation = Some(call.api.operation().to_owned());
    denial.service = Some("bedrock".to_owned());
    Some(denial)
}

/// What the denied resource tells beyond the model that was asked for.
fn place(call: &Call, resource: &str) -> Option<Detail> {
    let arn: Arn = resource.parse().ok()?;
    if arn.service() != "bedrock" {
        return None;
    }
    match arn.typed_resource()?.0 {
        "inference-profile" | "application-inference-profile" => Some(Detail::InferenceProfile),
        "foundation-model" if arn.region().is_empty() => Some(Detail::UnspecifiedRegion),
        "foundation-model" if arn.region() != call.region => Some(Detail::DestinationRegion),
        _ => None,
    }
}
