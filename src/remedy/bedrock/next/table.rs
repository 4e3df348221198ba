//! The table: which steps help against which failure.

use super::super::region::prefixes_of;
use super::calls::{CalledModel, Calls, Ways};
use super::step::{Next, NextStep};
use crate::denial::ModelFailure;
use crate::iam::{Blank, Command, Owner};

const ACCESS: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html";
const USE_CASE: &str = "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_PutUseCaseForModelAccess.html";
const AGREEMENT: &str =
    "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateFoundationModelAgreement.html";
const AVAILABILITY: &str =
    "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetFoundationModelAvailability.html";
const ERRORS: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html";
const RETENTION: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/data-retention.html";
const COUNTRIES: &str = "https://www.anthropic.com/supported-countries";
const LIFECYCLE: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html";
const PROFILES: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html";
const PREREQUISITES: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html";
const REGIONS: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/models-region-compatibility.html";
const PARAMETERS: &str =
    "https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html";
const QUOTAS: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-runtime.html";
const KEYS: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html";
const SIGNING: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html";
const CREDENTIALS: &str = "https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html";
const ENDPOINTS: &str = "https://docs.aws.amazon.com/general/latest/gr/bedrock.html";

/// Both, since the first call of a model looks for a subscription and makes one.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html>
const MARKETPLACE: [&str; 2] = ["aws-marketplace:Subscribe", "aws-marketplace:ViewSubscriptions"];

fn step(what: Next, owner: Owner, page: &'static str) -> NextStep {
    NextStep { what, owner, permissions: Vec::new(), commands: Vec::new(), changes: false, page }
}

impl NextStep {
    fn needs(self, permissions: &[&'static str]) -> Self {
        Self { permissions: permissions.to_vec(), ..self }
    }

    fn by(mut self, commands: impl IntoIterator<Item = Command>) -> Self {
        for command in commands {
            if !self.commands.contains(&command) {
                self.commands.push(command);
            }
        }
        self
    }

    fn changes(self) -> Self {
        Self { changes: true, ..self }
    }
}

impl Calls {
    /// The steps, in order.
    #[must_use]
    pub fn steps(&self) -> Vec<NextStep> {
        use ModelFailure as F;
        let again = |minutes| step(Next::CallAgain(minutes), Owner::Caller, ACCESS);
        match self.failure {
            F::UseCase => vec![
                self.once(see_use_case),
                self.once(submit_use_case),
                // the message itself says 15 minutes
                again(15),
            ],
            F::Marketplace => vec![
                step(Next::AllowedToSubscribe, Owner::AccountAdmin, ACCESS).by([Command::new(
                    "iamdx diagnose --message AccessDenied --live --action aws-marketplace:Subscribe --resource",
                )
                .word("*")]),
                self.subscribe_by_call(),
                self.subscribe_by_offer(),
                self.see_access(),
                again(2),
            ],
            F::AgreementNotKnown => vec![self.see_access(), self.subscribe_by_call(), self.subscribe_by_offer()],
            F::Agreement => vec![self.subscribe_by_call(), self.subscribe_by_offer(), self.see_access()],
            F::ModelAccess => match self.govcloud() {
                Some(linked) => vec![linked, self.see_access(), again(15)],
                None => vec![self.see_access(), self.subscribe_by_call(), self.subscribe_by_offer(), again(15)],
            },
            F::Payment => vec![
                step(Next::SetPaymentMethod, Owner::AccountAdmin, ACCESS).needs(&["payments:CreatePaymentInstrument"]),
                self.see_access(),
                again(2),
            ],
            F::Pending => vec![self.see_access(), again(15), step(Next::AskSupport, Owner::AccountAdmin, ERRORS)],
            F::AccountGate => {
                let sales = step(Next::AskSales, Owner::AccountAdmin, ERRORS);
                self.instead().into_iter().chain([sales]).collect()
            }
            F::Account => {
                let support = step(Next::AskSupport, Owner::AccountAdmin, ERRORS);
                [self.see_access(), support].into_iter().chain(self.instead()).collect()
            }
            F::Country => vec![step(Next::CallFromElsewhere, Owner::Caller, COUNTRIES)],
            F::DataRetention => {
                let see = step(Next::SeeRetention, Owner::AccountAdmin, RETENTION)
                    .needs(&["bedrock:GetAccountDataRetention"])
                    .by(self.each(|model| model.bedrock("get-account-data-retention")));
                let decide = step(Next::DecideRetention, Owner::AccountAdmin, RETENTION)
                    .needs(&["bedrock:PutAccountDataRetention"])
                    .changes();
                [see, decide].into_iter().chain(self.instead()).collect()
            }
            F::EndOfLife | F::Legacy => self.instead(),
            F::NeedsProfile => self.by_profile(),
            F::BadId => self.other_id(),
            F::MalformedId => {
                vec![step(Next::CorrectId, Owner::Caller, REGIONS), self.see_active(), self.see_profiles(false)]
            }
            F::Sampling => vec![step(Next::LeaveSamplingOut { one: false }, Owner::Caller, PARAMETERS)],
            F::SamplingBoth => vec![step(Next::LeaveSamplingOut { one: true }, Owner::Caller, PARAMETERS)],
            F::Malformed => vec![step(Next::CorrectBody, Owner::Caller, PARAMETERS)],
            F::OtherApi => vec![step(Next::SendMessages, Owner::Caller, PARAMETERS)],
            F::TokensPerDay => vec![step(Next::WaitForNextDay, Owner::Caller, QUOTAS), self.quotas()],
            F::Tokens | F::Requests | F::Quota => vec![step(Next::SlowDown, Owner::Caller, QUOTAS), self.quotas()],
            F::Connections | F::Unavailable | F::NotReady | F::ModelTimeout | F::ModelError => {
                vec![step(Next::CallAgainLater, Owner::Caller, ERRORS)]
            }
            F::ApiKey => {
                vec![step(Next::NewApiKey, Owner::Caller, KEYS).by([Command::new("unset AWS_BEARER_TOKEN_BEDROCK")])]
            }
            F::InvalidCredentials => vec![
                step(Next::SeeCredentials, Owner::Caller, CREDENTIALS)
                    .by([Command::aws("sts get-caller-identity"), Command::aws("configure list")]),
            ],
            F::ExpiredCredentials => vec![step(Next::NewCredentials, Owner::Caller, CREDENTIALS)],
            F::Signature => vec![step(Next::CheckSignature, Owner::Caller, SIGNING)],
            F::NoAnswer => vec![step(Next::CheckNetwork, Owner::Caller, ENDPOINTS)],
            F::Intermediary => vec![step(Next::LookBetween, Owner::Caller, ENDPOINTS)],
        }
    }
}

/// The form is of the account, so that one Region is asked.
fn see_use_case(model: &CalledModel) -> NextStep {
    step(Next::SeeUseCase, Owner::AccountAdmin, USE_CASE)
        .needs(&["bedrock:GetUseCaseForModelAccess"])
        .by([model.bedrock("get-use-case-for-model-access")])
}

fn submit_use_case(model: &CalledModel) -> NextStep {
    // raw bytes from a file: the CLI encodes them itself
    let put = Command::aws("bedrock put-use-case-for-model-access").words("--form-data fileb://use-case.json");
    step(Next::SubmitUseCase, Owner::AccountAdmin, USE_CASE)
        .needs(&["bedrock:PutUseCaseForModelAccess"])
        .by([model.in_region(put)])
        .changes()
}

impl Calls {
    /// A step that is the same whatever was called.
    fn once(&self, make: fn(&CalledModel) -> NextStep) -> NextStep {
        make(self.models.first().unwrap_or(&CalledModel::default()))
    }

    /// A command for each model.
    fn each(&self, command: impl Fn(&CalledModel) -> Command) -> Vec<Command> {
        self.models.iter().map(command).collect()
    }

    /// The models, each once whatever the Region: a subscription holds in all of them.
    fn each_once(&self) -> Vec<&CalledModel> {
        let mut found: Vec<&CalledModel> = Vec::new();
        for model in &self.models {
            if !found.iter().any(|known| known.base == model.base) {
                found.push(model);
            }
        }
        found
    }

    fn subscribe_by_call(&self) -> NextStep {
        let call = |model: &&CalledModel| {
            let way = model.profiles.ids().first().filter(|_| model.profiles.is_certain());
            let way = way.or(model.called.as_ref()).cloned();
            let named = CalledModel { base: way.or_else(|| model.base.clone()), ..(*model).clone() };
            let converse = named.model(Command::aws("bedrock-runtime converse"));
            let message = r#"[{"role":"user","content":[{"text":"ping"}]}]"#;
            model.in_region(converse.option("--messages", message).words("--inference-config maxTokens=1"))
        };
        step(Next::SubscribeByCall, Owner::AccountAdmin, ACCESS)
            .needs(&["bedrock:InvokeModel", MARKETPLACE[0], MARKETPLACE[1]])
            .by(self.each_once().iter().map(call))
            .changes()
    }

    fn subscribe_by_offer(&self) -> NextStep {
        let commands = |model: &CalledModel| {
            let list = model.model(Command::aws("bedrock list-foundation-model-agreement-offers"));
            let create = model.model(Command::aws("bedrock create-foundation-model-agreement"));
            [model.in_region(list), model.in_region(create.fill_in("--offer-token", Blank::OFFER_TOKEN))]
        };
        step(Next::SubscribeByOffer, Owner::AccountAdmin, AGREEMENT)
            .needs(&[
                "bedrock:ListFoundationModelAgreementOffers",
                "bedrock:CreateFoundationModelAgreement",
                MARKETPLACE[0],
                MARKETPLACE[1],
            ])
            .by(self.each_once().into_iter().flat_map(commands))
            .changes()
    }

    fn see_access(&self) -> NextStep {
        let ask = |model: &CalledModel| {
            model.in_region(model.model(Command::aws("bedrock get-foundation-model-availability")))
        };
        step(Next::SeeAccess, Owner::Caller, AVAILABILITY)
            .needs(&["bedrock:GetFoundationModelAvailability"])
            .by(self.each(ask))
    }

    /// What makes a model of AWS `GovCloud` callable is done in another account, in another Region.
    fn govcloud(&self) -> Option<NextStep> {
        let there = |model: &CalledModel| model.region.as_deref().is_some_and(|region| region.starts_with("us-gov-"));
        let linked = |model: CalledModel| CalledModel { region: Some("us-east-1".to_owned()), ..model };
        let models = self.models.iter().filter(|model| there(model)).cloned().map(linked).collect();
        let offer = Self { failure: self.failure, models }.subscribe_by_offer();
        let all = self.models.iter().any(there);
        all.then_some(NextStep { what: Next::AskInLinkedAccount, page: REGIONS, ..offer })
    }

    /// What to call instead, and how to see what there is.
    fn instead(&self) -> Vec<NextStep> {
        let known = |model: &&CalledModel| !model.newest.ids().is_empty();
        let known: Vec<CalledModel> = self.models.iter().filter(known).cloned().collect();
        let all_listed = self.models.iter().all(|model| model.newest.is_certain());
        let call = (!known.is_empty()).then(|| step(Next::CallInstead(known), Owner::Caller, LIFECYCLE));
        // who was told by the Region itself need not ask again
        let see = (!all_listed).then(|| [self.see_active(), self.see_profiles(false)]);
        call.into_iter().chain(see.into_iter().flatten()).collect()
    }

    fn see_active(&self) -> NextStep {
        let list = |model: &CalledModel| {
            let provider = model.base.as_deref().and_then(|base| base.split('.').next()).unwrap_or("anthropic");
            let list = Command::aws("bedrock list-foundation-models").option("--by-provider", provider);
            let query = "modelSummaries[?modelLifecycle.status=='ACTIVE'].[modelId,inferenceTypesSupported]";
            model.in_region(list).option("--query", query)
        };
        step(Next::SeeActive, Owner::Caller, LIFECYCLE).needs(&["bedrock:ListFoundationModels"]).by(self.each(list))
    }

    /// The profiles of the models, or all of them.
    fn see_profiles(&self, own: bool) -> NextStep {
        let list = |model: &CalledModel| {
            let query = match model.base.as_ref().filter(|_| own) {
                Some(base) => {
                    format!("inferenceProfileSummaries[?contains(inferenceProfileId,'{base}')].inferenceProfileId")
                }
                None => "inferenceProfileSummaries[].inferenceProfileId".to_owned(),
            };
            model.bedrock("list-inference-profiles --type-equals SYSTEM_DEFINED").option("--query", &query)
        };
        step(Next::SeeProfiles, Owner::Caller, PROFILES).needs(&["bedrock:ListInferenceProfiles"]).by(self.each(list))
    }

    fn by_profile(&self) -> Vec<NextStep> {
        let known = |model: &&CalledModel| !model.profiles.ids().is_empty();
        let known: Vec<CalledModel> = self.models.iter().filter(known).cloned().collect();
        let listed = |model: &CalledModel| model.profiles.is_certain();
        let all_listed = self.models.iter().all(listed);
        let destinations = |model: &CalledModel| {
            let id =
                model.profiles.ids().first().filter(|_| listed(model) || matches!(model.profiles, Ways::AsOf(..)))?;
            Some(
                model.in_region(
                    Command::aws("bedrock get-inference-profile").option("--inference-profile-identifier", id),
                ),
            )
        };
        let allow = step(Next::AllowProfile, Owner::AccountAdmin, PREREQUISITES)
            .by(self.models.iter().filter_map(destinations));
        // whoever has no command needs nothing for it
        let allow = if allow.commands.is_empty() { allow } else { allow.needs(&["bedrock:GetInferenceProfile"]) };
        let call = (!known.is_empty()).then(|| step(Next::CallByProfile(known), Owner::Caller, PROFILES));
        let see = (!all_listed).then(|| self.see_profiles(true));
        call.into_iter().chain(see).chain([allow]).collect()
    }

    /// The id cannot be called there: why, as far as it is known, and what can.
    fn other_id(&self) -> Vec<NextStep> {
        let mut all = Vec::new();
        for model in &self.models {
            let Some(region) = &model.region else { continue };
            let prefixes = prefixes_of(region);
            let other = model.prefix().is_some_and(|prefix| !prefixes.contains(&prefix));
            let known = match &model.profiles {
                Ways::Listed(ids) => model.called.as_ref().is_some_and(|called| ids.contains(called)),
                _ => false,
            };
            if let Some(called) = model.called.clone().filter(|_| other && !known) {
                let region = region.clone();
                all.push(step(Next::OtherPrefix { called, region, prefixes }, Owner::Caller, PROFILES));
            } else if let (Some(false), Some(base)) = (model.listed, model.base.clone()) {
                all.push(step(Next::NotInRegion { base, region: region.clone() }, Owner::Caller, REGIONS));
            }
        }
        let known = |model: &&CalledModel| matches!(&model.profiles, Ways::Answer(ids) | Ways::Listed(ids) | Ways::AsOf(_, ids) if !ids.is_empty());
        let known: Vec<CalledModel> = self.models.iter().filter(known).cloned().collect();
        if all.is_empty() {
            all.push(step(Next::CorrectId, Owner::Caller, REGIONS));
        }
        all.extend((!known.is_empty()).then(|| step(Next::CallByProfile(known), Owner::Caller, PROFILES)));
        all.extend([self.see_active(), self.see_profiles(true)]);
        all
    }

    fn quotas(&self) -> NextStep {
        let list = |model: &CalledModel| {
            let list = Command::aws("service-quotas list-service-quotas --service-code bedrock");
            let query = "Quotas[?contains(QuotaName,'InvokeModel')||contains(QuotaName,'per day')].[QuotaName,Value,Adjustable,QuotaCode]";
            model.in_region(list).option("--query", query)
        };
        step(Next::AskForQuota, Owner::AccountAdmin, QUOTAS)
            .needs(&["servicequotas:ListServiceQuotas", "servicequotas:RequestServiceQuotaIncrease"])
            .by(self.each(list))
    }
}
