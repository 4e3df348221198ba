//! What a probe of Amazon Bedrock found, in sentences: the summary, what was seen, what it points to, and what to know besides.

use super::gap::gap_subject;
use super::next_step;
use super::probe_cell::not_run;
use crate::iam::{PolicyType, Subject};
use crate::probe::catalogue::{self, EndOfLife, Listed};
use crate::probe::{
    Advice, Aspect, Basis, Ending, Extent, Fate, Incident, Mark, NameDifference, NotRun, Note, Observation, Pattern,
    Proposal, Refusal, Run, Stuck, Summary, Variation, Verdict, price,
};

/// `1 cell`, `2 cells`.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The answer in a sentence, for whoever reads no further.
#[must_use]
pub fn summary(summary: &Summary) -> String {
    let head = match (summary.models, summary.answering) {
        (0, _) => return nothing_called(&summary.not_called),
        _ if summary.dry => "nothing was asked to answer (dry)".to_owned(),
        (1, 0) => "the model that was called does not answer".to_owned(),
        (1, 1) => "the model that was called answers".to_owned(),
        (models, 0) => format!("none of the {models} models that were called answers"),
        (models, answering) if answering == models => format!("each of the {models} models that were called answers"),
        (models, 1) => format!("1 of the {models} models that were called answers"),
        (models, answering) => format!("{answering} of the {models} models that were called answer"),
    };
    let each: Vec<String> =
        summary.others.iter().map(|(kind, calls)| format!("{} {}", count(*calls, "call"), fate(*kind))).collect();
    if each.is_empty() { head } else { format!("{head}; {}", each.join(", ")) }
}

/// How many cells failed in one way, and in which.
#[must_use]
pub fn stuck(stuck: &Stuck) -> String {
    format!("{}: {}", count(stuck.cells.len(), "cell"), next_step::failure(stuck.calls.failure))
}

/// Why nothing was called.
fn nothing_called(reasons: &[(NotRun, usize)]) -> String {
    if reasons.is_empty() {
        return "nothing was called: there was no model to call (NOTES tell why)".to_owned();
    }
    let each: Vec<String> =
        reasons.iter().map(|(reason, cells)| format!("{}: {}", count(*cells, "cell"), not_run(*reason))).collect();
    format!("nothing was called, so nothing is known about permissions; {}", each.join("; "))
}

/// What became of a call that was not answered.
fn fate(fate: Fate) -> String {
    let by = fate.policy_type.map(|policy_type: PolicyType| format!(" ({})", policy_type.noun())).unwrap_or_default();
    let words = match fate.verdict {
        Verdict::DeniedExplicit => return format!("denied by an explicit deny{by}"),
        Verdict::DeniedImplicit => return format!("denied for want of an allow{by}"),
        Verdict::Denied => "denied without a reason",
        Verdict::AuthFailed => "refused for the credentials",
        Verdict::Entitlement => "to a model that is not open to the account",
        Verdict::Lifecycle => "to a model that has ended",
        Verdict::Routing => "by an id that cannot be called there",
        Verdict::RequestInvalid if fate.likely => "likely allowed",
        Verdict::RequestInvalid => "refused as not valid",
        Verdict::StreamTruncated | Verdict::StreamError => "broken off",
        Verdict::Capacity => "that the service could not answer",
        Verdict::Network => "without an answer",
        other @ (Verdict::Ok | Verdict::Throttled | Verdict::NotRun | Verdict::Unknown) => other.code(),
    };
    words.to_owned()
}

/// `4 models, 1 Region`.
fn extent(extent: Extent) -> String {
    format!("{}, {}", count(extent.models, "model"), count(extent.regions, "Region"))
}

/// What was seen, about what was tried.
#[must_use]
pub fn observation(observation: &Observation) -> String {
    let share = |calls: &usize, called: &usize| format!("{calls} of {called} attempted calls");
    match observation {
        Observation::NothingCalled => "no call was made: nothing is known about permissions".to_owned(),
        Observation::Denied { calls, called, extent: tried, actions } => {
            let each: Vec<String> =
                actions.iter().map(|(action, (denied, all))| format!("{action} {denied} of {all}")).collect();
            let actions = format!("{}: {}", count(actions.len(), "action"), each.join(", "));
            format!("{} denied ({}, {actions})", share(calls, called), extent(*tried))
        }
        Observation::Answered { calls, called } => format!("{} answered", share(calls, called)),
        Observation::CredentialsRefused { calls, called } => {
            format!("{} refused for the credentials", share(calls, called))
        }
    }
}

/// What a finding rests on.
#[must_use]
pub fn basis(basis: &Basis) -> String {
    match basis {
        Basis::Calls { denied, called, extent: tried, actions } => format!(
            "{denied} of {called} attempted calls denied ({}, {}: {})",
            extent(*tried),
            count(actions.len(), "action"),
            actions.join(", ")
        ),
        Basis::Input(input) => format!("reported by {input}, not tried"),
    }
}

/// What cells together point to.
#[must_use]
pub fn pattern(pattern: &Pattern) -> String {
    match pattern {
        Pattern::RegionNotEnabled { accepted, refused } => format!(
            "the credentials are accepted in {accepted} and not in {refused}: the account may not have enabled that Region"
        ),
        Pattern::DependsOnParameters { model, variation: other } => {
            format!("{model} is denied plainly and answers with {}: the Deny depends on it", variation(other))
        }
        Pattern::StreamDenied(model) => format!(
            "{model} answers and its stream is denied: streaming is an action of its own, bedrock:InvokeModelWithResponseStream"
        ),
        Pattern::OnlyStreamAllowed(model) => format!(
            "{model} streams and is denied without streaming: that is an action of its own, bedrock:InvokeModel"
        ),
        Pattern::RegionDenied { model, answers, denied } => format!(
            "{model} answers in {answers} and is denied in {denied}: look for a condition on the Region (aws:RequestedRegion) or a Region in Resource"
        ),
        Pattern::NameDenied { answers, denied, difference } => {
            let why = match difference {
                NameDifference::ProfileDenied => "the profile's own ARN, or its other Regions, are not allowed",
                NameDifference::ProfileAnswers => "the model is allowed through the profile only",
                NameDifference::Regions => "they lead to different Regions",
            };
            format!("{answers} answers and {denied} is denied: {why}")
        }
        Pattern::DestinationDenied { model, region, resource } => format!(
            "{model} was called in {region}, and {} was denied: the profile sends calls there too, and one Region that is blocked denies them",
            resource.as_deref().unwrap_or("a model in another Region")
        ),
        Pattern::GlobalProfileDenied(model) => format!(
            "{model} is a global profile: for its model aws:RequestedRegion is `unspecified`, which a list of Regions does not contain"
        ),
    }
}

/// A variation for a person.
#[must_use]
pub fn variation(variation: &Variation) -> String {
    match variation {
        Variation::Plain => "one output token".to_owned(),
        Variation::Temperature => "temperature 0".to_owned(),
        Variation::TemperatureAndTopP => "temperature, top_p".to_owned(),
        Variation::Tool => "a tool".to_owned(),
        Variation::ServiceTier(tier) => format!("service tier {tier}"),
        Variation::LowLatency => "low latency".to_owned(),
        Variation::Guardrail { identifier, version } => format!("guardrail {identifier}:{version}"),
        Variation::Dry => "no output (dry)".to_owned(),
    }
}

/// What came instead of an answer of the control plane.
#[must_use]
pub fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Said(text) => text.clone(),
        Refusal::TooManyPages(pages) => format!("there are more than {pages} pages"),
    }
}

/// What a reader should know besides the cells.
#[must_use]
pub fn note(note: &Note) -> String {
    match note {
        Note::NoActiveModel { region, family } => format!("{region} lists no active {family} model"),
        Note::OtherRegion { model, named, called } => format!("{model} is of {named} and was called in {called}"),
        Note::ModelNotKnown(model) => format!("it is not known which model {model} leads to"),
        Note::Legacy { base, end, region } => {
            let end = end.as_ref().map(|end| format!(", end of life {end}")).unwrap_or_default();
            format!("{base} is a legacy model{end} ({region})")
        }
        Note::Ends(model) => end_of_life(model),
        Note::AgreementNotKnown { base, region, why } => {
            format!("whether the account has agreed to the offer of {base} is not known in {region}: {}", refusal(why))
        }
        Note::NotAvailable { base, region, states } => {
            let each: Vec<String> = states.iter().map(|(what, state)| format!("{} {state}", aspect(*what))).collect();
            format!(
                "the control plane says of {base} in {region}: {}; only a call shows whether it works",
                each.join(", ")
            )
        }
        Note::NotListed { region, refused } => {
            let each: Vec<String> =
                refused.iter().map(|(operation, why)| format!("{operation}: {}", refusal(why))).collect();
            format!(
                "the models of {region} could not be listed ({}), which says nothing about calling them; the built-in list of {} is used",
                each.join("; "),
                catalogue::DATE
            )
        }
        Note::BuiltInList(region) => format!("models and profiles of {region} by the built-in list of {}", catalogue::DATE),
        Note::CalledBecauseNamed(model) => format!(
            "whether the account has agreed to the Marketplace offer of {model} could not be asked; it was called because it was named"
        ),
        Note::RegionAssumed(region) => format!("no Region is configured or named: {region} was taken"),
        Note::ApiKeyNotUsed => {
            "AWS_BEARER_TOKEN_BEDROCK is set: the AWS SDKs call Bedrock with that API key, whatever credentials they are given. This probe \
             did not: what it found is about the identity above. --auth bearer tries the key"
                .to_owned()
        }
        Note::ApiKeyUsed => {
            "the calls were made with the API key, the identity above is that of the other credentials: denials name the key's own"
                .to_owned()
        }
        Note::SecretInInput(input) => format!(
            "SECURITY: {input} holds a secret, not repeated here; if others can read it, the key is compromised: deactivate it first"
        ),
        Note::OnlyRegions(regions) => {
            format!("not tried: Regions other than {}; nothing is said about them", regions.join(", "))
        }
        Note::AllEnded(models) => {
            let all = if *models == 1 { "the model".to_owned() } else { format!("all {models} models") };
            format!(
                "{all} that were called had ended by {}: they cannot answer, whatever the policies say",
                catalogue::DATE
            )
        }
        Note::NewestModels(models) => format!("not called, and there: --models {}", models.join(",")),
        Note::ApiKeyUser(denied) => {
            format!("AWS denied {denied}: that is the user of the API key, whose policies decide")
        }
        Note::OtherPrincipal { denied, named } => {
            format!("AWS denied {denied}, and STS named {}", named.as_deref().unwrap_or("nobody"))
        }
    }
}

const fn aspect(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Agreement => "agreement",
        Aspect::Authorization => "authorization",
        Aspect::Entitlement => "entitlement",
        Aspect::Region => "Region",
    }
}

/// When a model ends, by the built-in list.
fn end_of_life(model: &Listed) -> String {
    let ended = |day: &str| if day <= catalogue::DATE { "reached" } else { "reaches" };
    let what = match model.end_of_life {
        EndOfLife::On(day) => format!("{} its end of life on {day}", ended(day)),
        EndOfLife::About(day) => format!("{} its end of life about {day}", ended(day)),
        EndOfLife::Past => "has reached its end of life".to_owned(),
        EndOfLife::InMostRegions(day) => format!("{} its end of life on {day} in most Regions", ended(day)),
        EndOfLife::NotBefore(day) => format!("does not end before {day}"),
        EndOfLife::Open => "has no announced end".to_owned(),
    };
    format!("{} {what} (list of {})", model.name, catalogue::DATE)
}

/// Why a key counts as compromised.
#[must_use]
pub fn mark(mark: &Mark) -> String {
    match mark {
        Mark::KeyInInput(input) => format!("{input} shows the key that signs these calls"),
        Mark::QuarantineInInput(input) => format!("{input} says that AWS has quarantined this identity"),
        Mark::QuarantineAttached => "a quarantine policy of AWS is attached to this identity".to_owned(),
    }
}

/// What a compromised key means for this run.
#[must_use]
pub const fn compromised(called: bool) -> &'static str {
    if called {
        "it was called with all the same, as --i-own-this-key says"
    } else {
        "nothing was called with it; --i-own-this-key is for who has dealt with that"
    }
}

/// What to do before anything else.
#[must_use]
pub const fn advice(advice: Advice) -> &'static str {
    match advice {
        Advice::LookForQuarantine => {
            "with an administrator's credentials, look whether a policy AWSCompromisedKeyQuarantine of any version is attached to the user \
             (commands under NOT CHECKED)"
        }
        Advice::TreatAsIncident => {
            "if it is, this is a security incident: deactivate the key, and do not detach the policy, narrow the Deny, add Allow statements, \
             make another key, or go around it by another Region or endpoint (iamdx cause quarantine)"
        }
        Advice::DoNotProbeAgain => "do not probe again with this key before that is known",
    }
}

/// What the proposed policy was checked against.
#[must_use]
pub fn proved(proposal: &Proposal) -> String {
    format!(
        "for every denied call of this finding: of the {} requests that these calls make it allows {} by itself, and {} together with the policies you gave",
        proposal.requests,
        proposal.allowed,
        proposal.allowed_with_policies()
    )
}

/// Where the proposed policy fits.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>
#[must_use]
pub fn size(characters: usize) -> String {
    let fits = match characters {
        0..=2048 => {
            "it fits a managed policy (6144), or inline policies, which together may have 2048 of a user and 10240 of a role"
        }
        2049..=6144 => {
            "too long for inline policies of a user (2048 together): make it a managed policy (6144), or inline of a role (10240)"
        }
        6145..=10_240 => "too long for a managed policy (6144): it fits inline policies of a role (10240) only",
        _ => "too long for any one policy: divide it by model",
    };
    format!("{characters} characters; {fits}")
}

/// How a probe ended, before the name of the service.
#[must_use]
pub const fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Allowed => "Allowed",
        Ending::Denied => "Denied",
        Ending::Undecided => "Not decided",
        Ending::Unreachable => "No answer",
        Ending::Incident => "Security incident",
    }
}

/// What the report of an interrupted run says first.
pub const BROKEN_OFF: &str = "the run was broken off: what was not called says nothing";

/// Why it is not known who calls.
#[must_use]
pub fn nobody(incident: Option<&Incident>) -> &'static str {
    if incident.is_some_and(|incident| !incident.called) {
        "not asked: nothing is called with this key"
    } else {
        "unknown: STS did not tell who calls"
    }
}

/// How many cells have each verdict, and how many are allowed, not allowed, not known.
#[must_use]
pub fn counts(planned: usize, verdicts: &[(Verdict, usize)], [yes, no, unknown]: [usize; 3]) -> String {
    let each: Vec<String> = verdicts.iter().map(|(verdict, cells)| format!("{cells} {}", verdict.code())).collect();
    let each = if each.is_empty() { "nothing to call".to_owned() } else { each.join(" + ") };
    format!("{planned} planned = {each}; by policies: {yes} allowed, {no} not, {unknown} not known")
}

/// What the calls used.
#[must_use]
pub fn used(run: &Run) -> String {
    let (usage, estimate) = (run.usage(), run.plan().estimate);
    format!(
        "{} calls, {} tokens in, {} out, {} (before: {} for {} calls; prices of {})",
        run.calls(),
        usage.input_tokens,
        usage.output_tokens,
        usd(run.spent_usd()),
        usd(estimate.max_usd),
        estimate.calls,
        price::DATE
    )
}

/// US dollars, rounded up.
fn usd(amount: f64) -> String {
    if amount <= 0.0 { "no cost".to_owned() } else { format!("at most {:.4} USD", (amount * 1e4).ceil() / 1e4) }
}

/// What a proposed policy assumes about layers that were not seen.
#[must_use]
pub fn assumes(layers: &[Subject]) -> String {
    let layers: Vec<String> = layers.iter().map(gap_subject).collect();
    format!("if none of these blocks it: {}", layers.join(", "))
}

/// A request that the proposed policy does not make work.
#[must_use]
pub fn not_allowed_then(request: &str) -> String {
    format!("not allowed then: {request}")
}

/// What is not known of the calls.
#[must_use]
pub fn not_known(what: &str) -> String {
    format!("not known: {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_told_with_their_day_and_the_day_of_the_list() {
        let said = |id: &str| end_of_life(catalogue::model(id).unwrap());
        assert_eq!(
            said("anthropic.claude-3-5-sonnet-20241022-v2:0"),
            "Claude 3.5 Sonnet v2 reached its end of life on 2026-03-01 (list of 2026-11-29)"
        );
        assert_eq!(
            said("anthropic.claude-opus-4-1-20250805-v1:0"),
            "Claude Opus 4.1 reaches its end of life on 2027-01-08 (list of 2026-11-29)"
        );
    }

    #[test]
    fn a_note_names_its_model_and_region() {
        let region = || "us-east-1".to_owned();
        let missing = Note::NoActiveModel { region: region(), family: "haiku".to_owned() };
        assert_eq!(note(&missing), "us-east-1 lists no active haiku model");
        let states = vec![(Aspect::Agreement, "NOT_AVAILABLE".to_owned()), (Aspect::Region, "ERROR".to_owned())];
        let base = "anthropic.claude-sonnet-5".to_owned();
        assert_eq!(
            note(&Note::NotAvailable { base: base.clone(), region: region(), states }),
            "the control plane says of anthropic.claude-sonnet-5 in us-east-1: agreement NOT_AVAILABLE, Region ERROR; only a call shows \
             whether it works"
        );
        let end = Some("2027-01-08T00:00:00Z".to_owned());
        assert_eq!(
            note(&Note::Legacy { base, end, region: region() }),
            "anthropic.claude-sonnet-5 is a legacy model, end of life 2027-01-08T00:00:00Z (us-east-1)"
        );
        assert_eq!(
            note(&Note::BuiltInList(region())),
            "models and profiles of us-east-1 by the built-in list of 2026-11-29"
        );
    }
}
