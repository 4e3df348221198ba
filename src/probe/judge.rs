//! The verdict on a call: from the answer to what it shows about permissions.

use super::attempt::{Attempt, Outcome, StreamFailure};
use super::call::{Call, Variation};
use super::catalogue;
use super::cell::{Cell, CellNote, Judgement};
use super::classify::{self, Class};
use super::verdict::{Authorized, Detail, Verdict};
use crate::denial::{self, Denial, DenialKind, Note, ReasonEffect};
use crate::iam::Arn;

/// The verdict on a call after all attempts at it. The last attempt decides; the ones before are noted.
#[must_use]
pub fn judge(call: &Call, attempts: &[Attempt]) -> Judgement {
    let Some((last, before)) = attempts.split_last() else {
        return Judgement::new(Verdict::NotRun, None, Authorized::Unknown);
    };
    let mut judgement = one(call, last);
    let mut earlier: Vec<Verdict> = before.iter().map(|attempt| one(call, attempt).verdict).collect();
    earlier.dedup();
    if !earlier.is_empty() {
        judgement.notes.push(CellNote::EarlierAttempts(earlier, before.len()));
    }
    judgement
}

/// The verdict on a cell, with what is known of its model.
pub(super) fn judge_cell(cell: &Cell) -> Judgement {
    let judgement = judge(&cell.plan.call, &cell.attempts);
    let model = cell.plan.base.as_deref().and_then(catalogue::model);
    let refuses = model.is_some_and(|model| model.refuses(&cell.plan.call.variation));
    if judgement.verdict == Verdict::RequestInvalid && refuses {
        return judgement.with(CellNote::KnownToRefuse);
    }
    judgement
}

fn one(call: &Call, attempt: &Attempt) -> Judgement {
    match &attempt.outcome {
        Outcome::Completed { stop_reason, .. } => {
            let intervened = stop_reason.as_deref() == Some("guardrail_intervened");
            Judgement::new(Verdict::Ok, intervened.then_some(Detail::GuardrailIntervened), Authorized::Yes)
        }
        Outcome::Truncated { events, .. } => {
            Judgement::new(Verdict::StreamTruncated, None, Authorized::Yes).with(CellNote::StreamBrokeOff(*events))
        }
        Outcome::Exception { failure, events } => stream_error(call, failure, *events),
        Outcome::Refused { status, code, message, body } => {
            refused(call, *status, code.as_deref(), message.as_deref(), body.as_deref())
        }
        Outcome::Unanswered(why) => {
            Judgement::new(Verdict::Network, classify::unanswered(why), Authorized::Unknown).with(CellNote::NoAnswer)
        }
    }
}

/// An error within a stream: the service had begun to answer, so the call was allowed, unless the error is itself a denial.
fn stream_error(call: &Call, failure: &StreamFailure, events: u32) -> Judgement {
    let (code, text) = match failure {
        StreamFailure::Service { code, message } => (code.as_deref(), message.as_deref().unwrap_or_default()),
        StreamFailure::Unreadable(error) => (None, error.as_str()),
        StreamFailure::Stalled => (None, ""),
    };
    let refused = code.is_some_and(|code| code.eq_ignore_ascii_case("accessDeniedException"));
    let says_denied = refused || text.contains("not authorized to perform");
    if let (true, Some(denied)) = (says_denied, denied(call, 403, code.unwrap_or("AccessDeniedException"), text)) {
        return denied;
    }
    let authorized = if refused { Authorized::Unknown } else { Authorized::Yes };
    Judgement::new(Verdict::StreamError, classify::in_stream(code, text), authorized)
        .with(CellNote::StreamFailed(events))
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
        None => Judgement::new(Verdict::Unknown, None, Authorized::Unknown).with(CellNote::UnknownError),
    }
}

/// An answer that names no error: the provider's own envelope, or something in between that answered in the service's place.
fn without_code(body: Option<&str>) -> Judgement {
    let Some((kind, message)) = body.and_then(classify::envelope) else {
        return Judgement::new(Verdict::Unknown, Some(Detail::Intermediary), Authorized::Unknown)
            .with(CellNote::NotFromAws);
    };
    let refuses = kind == "permission_error";
    let class = classify::by_words(&message).or(refuses.then_some((Verdict::Entitlement, Some(Detail::AccountGate))));
    match class {
        Some((verdict, detail)) => Judgement::new(verdict, detail, Authorized::Unknown).with(CellNote::ProviderRefuses),
        None => Judgement::new(Verdict::Unknown, None, Authorized::Unknown).with(CellNote::UnknownProviderError),
    }
}

/// The verdict for a class.
fn judged(call: &Call, (verdict, detail): Class) -> Judgement {
    let (detail, authorized, note) = match verdict {
        Verdict::RequestInvalid if call.variation == Variation::Dry => {
            (Some(Detail::Likely), Authorized::Unknown, CellNote::LikelyAllowed)
        }
        Verdict::RequestInvalid => (detail, Authorized::Yes, CellNote::BodyJudgedAfterPermissions),
        Verdict::Throttled => (detail, Authorized::Yes, CellNote::OnlyRateOrQuota),
        Verdict::AuthFailed => (detail, Authorized::No, CellNote::CredentialsNotAccepted),
        Verdict::Entitlement => (detail, Authorized::Unknown, CellNote::NoPolicyNamed),
        Verdict::Lifecycle => (detail, Authorized::Unknown, CellNote::ModelEnded),
        Verdict::Capacity => (detail, Authorized::Unknown, CellNote::ModelReached),
        _ => return Judgement::new(verdict, detail, Authorized::Unknown),
    };
    Judgement::new(verdict, detail, authorized).with(note)
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
    // the call has what the text leaves out
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
        authorized: Authorized::No,
        notes: if own { vec![CellNote::BareDenial] } else { Vec::new() },
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

/// What the denied resource shows beyond the model that was asked for.
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
