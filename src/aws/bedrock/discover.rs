//! What the control plane reports of a Region's models: which it has, by which profiles, and what the account may do with them.

use std::error::Error;

use aws_sdk_bedrock::config::http::HttpResponse;
use aws_sdk_bedrock::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrock::operation::get_foundation_model_availability::GetFoundationModelAvailabilityOutput;
use aws_sdk_bedrock::primitives::DateTimeFormat;
use aws_sdk_bedrock::types::{
    FoundationModelSummary, InferenceProfileModel, InferenceProfileSummary, InferenceProfileType, ModelModality,
};
use futures_util::StreamExt as _;
use futures_util::stream;

use super::super::failure::Failure;
use super::super::operation::{self as op, Operation};
use super::Bedrock;
use crate::probe::{
    Availability, Discovery, Found, FoundModel, FoundProfile, ModelKind, ModelRef, PlanError, Refusal, RegionModels,
    Settings, candidates,
};

/// Pages of profiles.
const PAGES: usize = 50;

/// Questions under way at the same time: the control plane allows few a second.
const SIDE_BY_SIDE: usize = 4;

impl Bedrock {
    /// Asks the control plane of every Region. What it refuses is noted, and is no verdict about any model.
    ///
    /// # Errors
    /// When what is asked for cannot be planned.
    pub async fn discover(&self, settings: &Settings) -> Result<Discovery, PlanError> {
        let mut discovery = Discovery::default();
        let regions = stream::iter(&settings.regions).map(|region| async move { (region, self.listed(region).await) });
        let listed: Vec<_> = regions.buffered(SIDE_BY_SIDE).collect().await;
        discovery.regions.extend(listed.into_iter().map(|(region, models)| (region.clone(), models)));
        self.profiles_asked_for(settings, &mut discovery).await;
        let wanted = candidates(settings, &discovery)?;
        let asked = stream::iter(&wanted)
            .map(|(region, model)| async move { (region, model, self.availability(region, model).await) });
        let answers: Vec<_> = asked.buffered(SIDE_BY_SIDE).collect().await;
        for (region, model, availability) in answers {
            let models = discovery.regions.entry(region.clone()).or_default();
            models.availability.insert(model.clone(), availability);
        }
        Ok(discovery)
    }

    async fn listed(&self, region: &str) -> RegionModels {
        let client = self.control(region);
        let models = client.list_foundation_models().by_provider("Anthropic").send();
        let (models, profiles) = tokio::join!(models, profiles(&client));
        let models = found(&op::LIST_FOUNDATION_MODELS, models);
        let models = map(models, |answer| answer.model_summaries.unwrap_or_default().iter().map(model).collect());
        RegionModels { models, profiles, ..RegionModels::default() }
    }

    /// The account's own profiles are in no list of AWS's, and their ids hide the model.
    async fn profiles_asked_for(&self, settings: &Settings, discovery: &mut Discovery) {
        let own = settings.models.iter().filter_map(|name| ModelRef::parse(name).ok());
        for wanted in own.filter(|wanted| wanted.kind() == ModelKind::ApplicationProfile) {
            for region in &settings.regions {
                let models = discovery.regions.entry(region.clone()).or_default();
                let Found::Listed(profiles) = &mut models.profiles else {
                    continue;
                };
                let asked = self.control(region).get_inference_profile().inference_profile_identifier(wanted.as_str());
                if let Found::Listed(answer) = found(&op::GET_INFERENCE_PROFILE, asked.send().await) {
                    profiles.push(FoundProfile {
                        id: answer.inference_profile_id,
                        arn: answer.inference_profile_arn,
                        status: Some(answer.status.as_str().to_owned()),
                        models: arns(&answer.models),
                    });
                }
            }
        }
    }

    async fn availability(&self, region: &str, model: &str) -> Found<Availability> {
        let asked = self.control(region).get_foundation_model_availability().model_id(model).send().await;
        map(found(&op::GET_MODEL_AVAILABILITY, asked), |answer| availability(&answer))
    }
}

async fn profiles(client: &aws_sdk_bedrock::Client) -> Found<Vec<FoundProfile>> {
    let asked = client.list_inference_profiles().type_equals(InferenceProfileType::SystemDefined).max_results(1000);
    let mut pages = asked.into_paginator().send();
    let mut all = Vec::new();
    for _ in 0..PAGES {
        match pages.next().await {
            None => return Found::Listed(all),
            Some(page) => match found(&op::LIST_INFERENCE_PROFILES, page) {
                Found::Listed(page) => {
                    all.extend(page.inference_profile_summaries.unwrap_or_default().iter().map(profile));
                }
                Found::Refused(why) => return Found::Refused(why),
                Found::NotTried => return Found::NotTried,
            },
        }
    }
    Found::Refused(Refusal::TooManyPages(PAGES))
}

fn found<T, E>(operation: &'static Operation, answer: Result<T, SdkError<E, HttpResponse>>) -> Found<T>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match answer {
        Ok(answer) => Found::Listed(answer),
        Err(error) => Found::Refused(Refusal::Said(Failure::new(operation, &error).said)),
    }
}

fn map<T, U>(found: Found<T>, change: impl FnOnce(T) -> U) -> Found<U> {
    match found {
        Found::Listed(answer) => Found::Listed(change(answer)),
        Found::Refused(why) => Found::Refused(why),
        Found::NotTried => Found::NotTried,
    }
}

/// Types of inference are compared by name: the client does not know all of them.
fn model(summary: &FoundationModelSummary) -> FoundModel {
    let lifecycle = summary.model_lifecycle.as_ref();
    let types = summary.inference_types_supported.iter().flatten();
    FoundModel {
        id: summary.model_id.clone(),
        name: summary.model_name.clone(),
        lifecycle: lifecycle.map(|lifecycle| lifecycle.status.as_str().to_owned()),
        inference_types: types.map(|kind| kind.as_str().to_owned()).collect(),
        end_of_life: lifecycle.and_then(|it| it.end_of_life_time.as_ref()?.fmt(DateTimeFormat::DateTime).ok()),
        text: summary.output_modalities.as_ref().map(|all| all.contains(&ModelModality::Text)),
    }
}

fn profile(summary: &InferenceProfileSummary) -> FoundProfile {
    FoundProfile {
        id: summary.inference_profile_id.clone(),
        arn: summary.inference_profile_arn.clone(),
        status: Some(summary.status.as_str().to_owned()),
        models: arns(&summary.models),
    }
}

fn arns(models: &[InferenceProfileModel]) -> Vec<String> {
    models.iter().filter_map(|model| model.model_arn.clone()).collect()
}

/// A state that the service tells: a field that it leaves out arrives as an empty word, which is no state.
fn told(state: &str) -> Option<String> {
    (!state.is_empty()).then(|| state.to_owned())
}

fn availability(answer: &GetFoundationModelAvailabilityOutput) -> Availability {
    Availability {
        agreement: answer.agreement_availability.as_ref().and_then(|agreement| told(agreement.status.as_str())),
        authorization: told(answer.authorization_status.as_str()),
        entitlement: told(answer.entitlement_availability.as_str()),
        region: told(answer.region_availability.as_str()),
    }
}
