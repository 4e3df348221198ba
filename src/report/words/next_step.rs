//! What to do about a failed model call, in sentences.

use crate::denial::ModelFailure;
use crate::iam::Owner;
use crate::remedy::bedrock::next::{CalledModel, Calls, Next, NextStep, Ways};

/// What failed, in one sentence that begins with what it is not, or with what it is.
#[must_use]
pub const fn failure(failure: ModelFailure) -> &'static str {
    match failure {
        ModelFailure::UseCase => "the account has not submitted the use case form that Anthropic asks for",
        ModelFailure::Marketplace => {
            "the caller is not allowed aws-marketplace:Subscribe and aws-marketplace:ViewSubscriptions, with which the first call of a \
             model subscribes the account"
        }
        ModelFailure::Agreement => "the account has not agreed to the offer of the model on AWS Marketplace",
        ModelFailure::AgreementNotKnown => {
            "whether the account has agreed to the offer of the model on AWS Marketplace is not known"
        }
        ModelFailure::ModelAccess => "the account has no access to the model; AWS does not say why",
        ModelFailure::Payment => "AWS Marketplace cannot bill the account: no valid payment method",
        ModelFailure::Pending => "the account's subscription to the model is not finished yet",
        ModelFailure::AccountGate => "AWS opens this model to some accounts only, and not to this one",
        ModelFailure::Account => "AWS does not let this account use the operation or the model",
        ModelFailure::Country => "the provider does not serve the country that the call comes from",
        ModelFailure::DataRetention => "the model needs another retention of data than the account or project has set",
        ModelFailure::EndOfLife => "the model has reached its end of life",
        ModelFailure::Legacy => "the model is legacy, and closed to accounts that did not call it of late",
        ModelFailure::NeedsProfile => "the model is called by an inference profile only, not by its own id",
        ModelFailure::BadId => "no model or profile of this id can be called in this Region",
        ModelFailure::MalformedId => "the id does not have the form of a model id",
        ModelFailure::Sampling => "the model does not take this sampling parameter",
        ModelFailure::SamplingBoth => "the model does not take temperature and top_p together",
        ModelFailure::Malformed => "the body is not one that this model reads; the call was allowed",
        ModelFailure::OtherApi => "the model reads the Messages API",
        ModelFailure::TokensPerDay => "the quota of tokens for this day is used up",
        ModelFailure::Tokens => "the quota of tokens per minute is used up for now",
        ModelFailure::Requests => "too many requests in a short time",
        ModelFailure::Quota => "a quota of the account is used up",
        ModelFailure::Connections | ModelFailure::Unavailable => "Bedrock had no capacity for the call",
        ModelFailure::NotReady => "the model is not loaded yet",
        ModelFailure::ModelTimeout => "the model took too long",
        ModelFailure::ModelError => "the model failed while it answered",
        ModelFailure::ApiKey => "the Bedrock API key is wrong, has expired, or is of another Region",
        ModelFailure::InvalidCredentials => "the credentials are unknown, or not valid in this Region",
        ModelFailure::ExpiredCredentials => "the credentials have expired",
        ModelFailure::Signature => "the signature does not fit the request",
        ModelFailure::NoAnswer => "no answer came from the endpoint",
        ModelFailure::Intermediary => "something that is not AWS answered: a proxy, firewall or gateway",
    }
}

/// Whether a policy decides, though the words are not those of an IAM denial.
#[must_use]
pub const fn is_of_iam(failure: ModelFailure) -> bool {
    matches!(failure, ModelFailure::Marketplace)
}

/// A step with who does it, where that is not the caller.
#[must_use]
pub fn step(step: &NextStep) -> String {
    let words = what(&step.what);
    if step.owner == Owner::Caller { words } else { format!("{}: {words}", step.owner.noun()) }
}

/// Where it is done in the console, what whoever does it must be allowed, and whether it changes something; each with its label.
#[must_use]
pub fn besides(step: &NextStep) -> Vec<(&'static str, String)> {
    let console = console(&step.what).map(|place| ("console ", place.to_owned()));
    let needs = (!step.permissions.is_empty()).then(|| ("needs   ", step.permissions.join(", ")));
    let changes = step.changes.then(|| {
        let printed = if step.commands.is_empty() { "" } else { "; iamdx only prints it" };
        ("changes ", format!("the account, for everybody in it{printed}"))
    });
    [console, needs, changes].into_iter().flatten().collect()
}

/// Where a step is done in the console.
#[must_use]
pub const fn console(next: &Next) -> Option<&'static str> {
    match next {
        Next::SubmitUseCase => Some("Amazon Bedrock, Model catalog, a model of Anthropic, Submit use case details"),
        Next::SubscribeByCall => Some("Amazon Bedrock, Model catalog, the model, Open in playground"),
        Next::SetPaymentMethod => Some("Billing and Cost Management, Payment preferences"),
        Next::AskSupport => Some("AWS Support Center, Create case"),
        Next::AskForQuota => Some("Service Quotas, AWS services, Amazon Bedrock"),
        Next::NewApiKey => Some("Amazon Bedrock, API keys"),
        _ => None,
    }
}

/// What to do.
#[must_use]
pub fn what(next: &Next) -> String {
    let words = match next {
        Next::SeeUseCase => {
            "see whether the form was submitted: the command prints it, or ResourceNotFoundException where there is none of this account"
        }
        Next::SubmitUseCase => {
            "submit the form once: in this account, or in the management account of the organization, from which every member account has \
             it; use-case.json holds companyName, companyWebsite, intendedUsers, industryOption, otherIndustryOption and useCases"
        }
        Next::CallAgain(minutes) => return format!("call again; it can take up to {minutes} minutes"),
        Next::AllowedToSubscribe => {
            "this is a matter of IAM: no policy of the caller (or of the service role that makes the call) allows both actions, or one \
             denies them, often an SCP; to see which policy, run this as the caller"
        }
        Next::SubscribeByCall => {
            "call the model once with credentials that may subscribe: the call agrees to the provider's terms for the whole account, and \
             afterwards no caller needs the two actions"
        }
        Next::SubscribeByOffer => "or agree to the offer without a call: the first command prints its token and terms",
        Next::SeeAccess => {
            "see what the control plane says: agreementAvailability is AVAILABLE once the account is subscribed; where it says all is well, \
             a call can still fail"
        }
        Next::AskInLinkedAccount => {
            "in AWS GovCloud (US): agree to the model's terms in the linked standard account first (in us-east-1 or us-west-2), then enable \
             the model on the Model access page of the GovCloud account"
        }
        Next::SetPaymentMethod => {
            "set a valid default payment method, with which AWS Marketplace can be paid; in an organization the management account pays"
        }
        Next::AskSales => "if it must be this model, ask AWS Sales for access; no policy and no subscription opens it",
        Next::AskSupport => {
            "ask AWS Support, with the account id, the Region, the model and a request id: a new account may wait for its verification, and \
             an account of a partner or reseller may be left out"
        }
        Next::CallFromElsewhere => {
            "no setting of AWS helps: call from a country that the provider supports, without a proxy elsewhere"
        }
        Next::SeeRetention => {
            "see the mode that is set in this Region (a command of AWS CLI versions from mid 2026 on)"
        }
        Next::DecideRetention => {
            "decide with whoever answers for your data: a mode that retains data, or shares it with the provider, holds for every call of \
             the account in this Region, or for one project; the page tells which mode the model needs"
        }
        Next::CallInstead(models) => return each("call an active model instead", models, |model| &model.newest),
        Next::SeeActive => "see which models of the provider are active in the Region",
        Next::CallByProfile(models) => return each("call it by the profile", models, |model| &model.profiles),
        Next::SeeProfiles => "see which profiles the Region has",
        Next::AllowProfile => {
            "allow the caller the ARN of the profile in the Region that is called, and the model in every Region of the profile (for a \
             global profile also arn:aws:bedrock:::foundation-model/ID), or the next answer is an IAM denial"
        }
        Next::OtherPrefix { called, region, prefixes } => {
            let prefixes: Vec<String> = prefixes.iter().map(|prefix| format!("{prefix}.")).collect();
            return format!(
                "{called} is a profile of another geography: {region} calls profiles that begin with {}",
                prefixes.join(" or ")
            );
        }
        Next::NotInRegion { base, region } => {
            return format!("{region} does not list {base}: call it in a Region that has it, or by a profile");
        }
        Next::CorrectId => {
            "compare the id letter by letter: ids of newer models have no date and no `-v1:0`, and none ends with a context size such as \
             `:100k`"
        }
        Next::LeaveSamplingOut { one: false } => "send the call without temperature, top_p and top_k",
        Next::LeaveSamplingOut { one: true } => "send temperature or top_p, not both",
        Next::CorrectBody => "correct the body; Converse has the same body for all models",
        Next::SendMessages => "send `messages` with anthropic_version bedrock-2023-05-31, or use Converse",
        Next::SlowDown => {
            "call again more slowly, with growing pauses and jitter, and set maxTokens low: what may be answered counts before the answer"
        }
        Next::WaitForNextDay => "repeating it today does not help: wait for the next day, or call another model",
        Next::AskForQuota => {
            "see the quotas, and ask for more where they can be adjusted; a profile over more Regions has a quota of its own"
        }
        Next::CallAgainLater => {
            "call again with growing pauses and jitter; where it lasts, call a profile over more Regions, or another Region"
        }
        Next::NewApiKey => {
            "make a new API key in the Region that is called (a short-term key works in that Region only, for 12 hours at most), or leave \
             the variable unset, so that the AWS credentials sign"
        }
        Next::SeeCredentials => {
            "see which credentials are used: deleted keys, keys beside another session token, and Regions that the account has not enabled \
             look like this"
        }
        Next::NewCredentials => "get new credentials: aws sso login, or assume the role again",
        Next::CheckSignature => "check the secret key and the clock, and whether a proxy rewrites paths",
        Next::CheckNetwork => {
            "check the Region (is Bedrock there?), the network and the proxy; through a VPC endpoint, its security group and DNS"
        }
        Next::LookBetween => "look for the proxy, firewall or gateway between this machine and AWS",
    };
    words.to_owned()
}

/// The models with what to call, grouped by nothing: each on its own.
fn each(head: &str, models: &[CalledModel], ways: impl Fn(&CalledModel) -> &Ways) -> String {
    let mut told: Vec<String> = Vec::new();
    for model in models {
        let ways = ways(model);
        let ids = ways.ids().join(" or ");
        let place = model.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
        let line = match ways {
            Ways::Unknown => continue,
            Ways::Answer(_) => format!("{ids}{place}, which answers"),
            Ways::Listed(_) => format!("{ids}{place}"),
            Ways::AsOf(day, _) => format!("{ids}{place} (as of {day}, not asked of AWS)"),
            Ways::ByPrefix(_) => format!("{ids}{place}, if there is one (by the prefix that this Region calls)"),
        };
        if !told.contains(&line) {
            told.push(line);
        }
    }
    format!("{head}: {}", told.join("; "))
}

/// The first step that does something, without its commands.
#[must_use]
pub fn first(calls: &Calls) -> Option<String> {
    let steps = calls.steps();
    steps.iter().find(|next| !next.what.only_shows()).or_else(|| steps.first()).map(step)
}
