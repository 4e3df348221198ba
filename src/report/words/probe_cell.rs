//! One cell of a probe in words: the short word of its verdict, what the verdict does not show by itself, and why it was not called.

use crate::probe::{Api, Attempt, Auth, Cell, CellNote, Detail, NoAnswer, NotRun, Outcome, StreamFailure, Verdict};

/// The heading of a column.
#[must_use]
pub const fn column(api: Api) -> &'static str {
    match api {
        Api::Converse => "converse",
        Api::ConverseStream => "stream",
        Api::Invoke => "invoke",
        Api::InvokeStream => "inv. stream",
    }
}

/// The word for a cell, and what it means where the word does not say it.
#[must_use]
pub const fn word(cell: &Cell) -> (&'static str, &'static str) {
    match (cell.judgement.verdict, cell.judgement.detail) {
        (Verdict::Ok, Some(Detail::GuardrailIntervened)) => ("guardrail", "allowed, and the guardrail stepped in"),
        (Verdict::Ok, _) => ("ok", ""),
        (Verdict::DeniedExplicit, Some(Detail::Quarantine)) => {
            ("quarantine", "denied by AWS's own policy for leaked keys")
        }
        (Verdict::DeniedExplicit, _) => ("denied", "a Deny statement matches"),
        (Verdict::DeniedImplicit, _) => ("no allow", "denied: no policy of some type allows it"),
        (Verdict::Denied, _) => ("denied (?)", "denied, without saying how"),
        (Verdict::AuthFailed, _) => ("bad key", "the credentials are not accepted"),
        (Verdict::Entitlement, _) => ("not open", "not open to the account; no policy of the call decides it"),
        (Verdict::Lifecycle, Some(Detail::Legacy)) => {
            ("legacy", "a legacy model that is closed to the account; no permission problem")
        }
        (Verdict::Lifecycle, _) => ("ended", "the model has ended; no permission problem"),
        (Verdict::Routing, Some(Detail::NeedsProfile)) => ("by profile", "it is called by an inference profile only"),
        (Verdict::Routing, _) => ("bad id", "no such model there"),
        (Verdict::RequestInvalid, Some(Detail::Likely)) => {
            ("likely", "likely allowed: it got as far as being refused as not valid, as it was meant to be")
        }
        (Verdict::RequestInvalid, _) => ("refused", "allowed, and the model refuses the parameters"),
        (Verdict::Throttled, _) => ("throttled", "allowed, and a rate or quota is used up"),
        (Verdict::Capacity, _) => ("busy", "the model or service could not answer"),
        (Verdict::StreamTruncated, _) => ("cut off", "allowed, and the stream broke off"),
        (Verdict::StreamError, _) => ("broke off", "allowed, and the stream ended with an error"),
        (Verdict::Network, _) => ("no answer", "nothing came back; nothing is known about permissions"),
        (Verdict::NotRun, _) => ("-", "not called"),
        (Verdict::Unknown, _) => ("unclear", "an answer that is not recognised"),
    }
}

/// What to do about an answer, where there is something to do.
#[must_use]
pub const fn next(verdict: Verdict, detail: Option<Detail>) -> &'static str {
    match (verdict, detail) {
        (Verdict::Ok, _) => "nothing: it is allowed",
        (Verdict::DeniedExplicit, Some(Detail::Quarantine)) => {
            "treat the key as leaked: deactivate it, and do not detach the policy"
        }
        (Verdict::DeniedExplicit, _) => "see the finding: whose Deny it is, and what to ask its owner",
        (Verdict::DeniedImplicit, _) => {
            "see the finding: which type of policy must allow it, and the smallest addition"
        }
        (Verdict::Denied, _) => "give the policies (--live or --snapshot): they show which layer denies",
        (Verdict::AuthFailed, Some(Detail::ExpiredCredentials)) => "get new credentials, then probe again",
        (Verdict::AuthFailed, _) => "check the key, the clock, and whether the account has enabled the Region",
        (Verdict::Entitlement, Some(Detail::Marketplace)) => {
            "let an administrator call the model once: IAM denies the caller two actions of AWS Marketplace"
        }
        (Verdict::Entitlement, Some(Detail::UseCase)) => "submit the provider's use case form, once for the account",
        (Verdict::Entitlement, Some(Detail::Payment)) => "set a valid payment method for the account",
        (Verdict::Entitlement, Some(Detail::Pending)) => "wait up to 15 minutes, then probe again",
        (Verdict::Entitlement, _) => "the message says what the account lacks; no change of a policy of the call helps",
        (Verdict::Lifecycle, _) => "call an active model",
        (Verdict::Routing, Some(Detail::NeedsProfile)) => "call it by an inference profile",
        (Verdict::Routing, _) => "check the id and the Region (aws bedrock list-foundation-models)",
        (Verdict::RequestInvalid, Some(Detail::Likely)) => "probe without --dry to be sure",
        (Verdict::RequestInvalid, _) => "leave out what the message names; the policies are fine",
        (Verdict::Throttled, _) => "wait, or ask for a higher quota; the policies are fine",
        (Verdict::Capacity | Verdict::StreamTruncated | Verdict::StreamError, _) => "probe again later",
        (Verdict::Network, _) => "check the endpoint, the proxy and the name server, then probe again",
        (Verdict::NotRun, _) => "see Not called for the reason",
        (Verdict::Unknown, _) => "read its message under What was said",
    }
}

/// What the verdict does not show by itself.
#[must_use]
pub fn note(note: &CellNote) -> String {
    let words = match note {
        CellNote::EarlierAttempts(verdicts, attempts) => {
            let tries = if *attempts == 1 { "the attempt before" } else { "the attempts before" };
            let codes: Vec<&str> = verdicts.iter().map(|verdict| verdict.code()).collect();
            return format!("{tries}: {}", codes.join(", "));
        }
        CellNote::StreamBrokeOff(events) => {
            return format!("the stream began and broke off after {events} events, without an error");
        }
        CellNote::StreamFailed(events) => {
            return format!("the stream began and ended with an error after {events} events");
        }
        CellNote::NoAnswer => "no answer came, so nothing is known about permissions",
        CellNote::UnknownError => "the error is none that is known of this service",
        CellNote::ProviderRefuses => "the model's provider answers, not IAM: policies do not decide it",
        CellNote::UnknownProviderError => "the model's provider answers with an error that is not known",
        CellNote::NotFromAws => {
            "the answer carries no error type of AWS: a proxy, firewall or gateway may have answered"
        }
        CellNote::LikelyAllowed => {
            "likely allowed: the request is refused as not valid, and validation seems to come after authorization"
        }
        CellNote::BodyJudgedAfterPermissions => {
            "allowed: the service judges the body after the permissions (taken from the order in which errors come, which AWS does not \
             document)"
        }
        CellNote::OnlyRateOrQuota => "allowed: only a rate or quota is exceeded",
        CellNote::CredentialsNotAccepted => "the credentials are not accepted; policies were not asked",
        CellNote::NoPolicyNamed => {
            "no policy of bedrock: is named; the permissions of the call itself are probably there (taken from the order in which errors \
             come, which AWS does not document)"
        }
        CellNote::ModelEnded => "the model, not a permission: call an active one",
        CellNote::ModelReached => "probably allowed: the model was reached, as it seems",
        CellNote::BareDenial => "the text tells neither the resource nor the reason",
        CellNote::KnownToRefuse => "this model is known to refuse it",
        CellNote::NotRun(reason) => not_run(*reason),
        CellNote::InterruptedDuringCall => "the run was interrupted while it was being called",
    };
    words.to_owned()
}

/// Why a cell is not called.
#[must_use]
pub const fn not_run(reason: NotRun) -> &'static str {
    match reason {
        NotRun::OverCap => "more than 12 cells need --max-calls",
        NotRun::OverCalls => "the limit of calls (--max-calls) is reached",
        NotRun::OverBudget => "it could cost more than is left (--max-usd)",
        NotRun::WouldSubscribe => {
            "the first call could make the account agree to the model's Marketplace offer; --allow-subscribe permits it, and where \
             the control plane does not tell, naming the model with --models does"
        }
        NotRun::DailyQuota => "the daily quota of the model is used up",
        NotRun::Incident => "AWS has quarantined this identity: nothing more is tried with its key",
        NotRun::Compromised => "the key counts as compromised: nothing is called with it",
        NotRun::Interrupted => "the run was interrupted",
    }
}

/// The text of an answer: the service's own, or what happened instead of an answer.
#[must_use]
pub fn message(attempt: &Attempt) -> Option<String> {
    match &attempt.outcome {
        Outcome::Completed { .. } | Outcome::Truncated { .. } => None,
        Outcome::Refused { message, body, .. } => message.clone().or_else(|| body.clone()),
        Outcome::Exception { failure: StreamFailure::Service { message, .. }, .. } => message.clone(),
        Outcome::Exception { failure: StreamFailure::Stalled, .. } => {
            Some("the stream stalled: nothing more came in time".to_owned())
        }
        Outcome::Exception { failure: StreamFailure::Unreadable(error), .. } => {
            Some(format!("the stream cannot be read: {error}"))
        }
        Outcome::Unanswered(why) => Some(no_answer(why)),
    }
}

fn no_answer(why: &NoAnswer) -> String {
    match why {
        NoAnswer::NotSent(error) => format!("the call cannot be made: {error}"),
        NoAnswer::Failed(error) => error.clone(),
        NoAnswer::TimedOut(limit) => format!("timed out: no answer within {} s", limit.as_secs_f64()),
        NoAnswer::Unreadable(error) => format!("the answer cannot be read: {error}"),
        NoAnswer::NotJson => "the answer cannot be read: it is no JSON object".to_owned(),
        NoAnswer::NotStream(Some(error)) => format!("the answer is no stream of the service: {error}"),
        NoAnswer::NotStream(None) => {
            "the answer is no stream of the service: it ends before its first event".to_owned()
        }
    }
}

/// How the calls were signed, and what follows.
#[must_use]
pub const fn signed(auth: Auth) -> &'static str {
    match auth {
        Auth::Sigv4 => "SigV4, by these credentials",
        Auth::Bearer => "a Bedrock API key: Bedrock checks the key's own user, who may be another one than STS names",
    }
}
