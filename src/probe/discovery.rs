//! What the control plane reports about the models of a Region; where it reports nothing, why. Never a verdict by itself.

use std::collections::BTreeMap;

use super::model::ModelRef;
use crate::snapshot::{InferenceProfileFile, ProfileModelFile};

/// What was found in every Region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovery {
    /// By the name of the Region.
    pub regions: BTreeMap<String, RegionModels>,
}

/// What was found in one Region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegionModels {
    /// `ListFoundationModels`.
    pub models: Found<Vec<FoundModel>>,
    /// `ListInferenceProfiles`, and profiles of the account that were asked for.
    pub profiles: Found<Vec<FoundProfile>>,
    /// `GetFoundationModelAvailability`, by the model's id.
    pub availability: BTreeMap<String, Found<Availability>>,
}

/// An answer of the control plane.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Found<T> {
    /// It was not asked.
    #[default]
    NotTried,
    /// It did not answer, or refused.
    Refused(Refusal),
    /// What it said.
    Listed(T),
}

/// What came instead of an answer of the control plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The error, in the words of AWS or of the client.
    Said(String),
    /// The list did not end after so many pages.
    TooManyPages(usize),
}

impl<T> Found<T> {
    /// What came instead.
    pub const fn refused(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(why) => Some(why),
            Self::Listed(_) | Self::NotTried => None,
        }
    }

    /// What it said.
    pub const fn listed(&self) -> Option<&T> {
        match self {
            Self::Listed(found) => Some(found),
            Self::NotTried | Self::Refused(_) => None,
        }
    }
}

/// A model that a Region lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundModel {
    /// `anthropic.claude-sonnet-4-5-20250929-v1:0`.
    pub id: String,
    /// `Claude Sonnet 4.5`.
    pub name: Option<String>,
    /// `ACTIVE` or `LEGACY`.
    pub lifecycle: Option<String>,
    /// `ON_DEMAND`, `INFERENCE_PROFILE`, `PROVISIONED`.
    pub inference_types: Vec<String>,
    /// RFC 3339.
    pub end_of_life: Option<String>,
    /// Whether it answers with text; `None` where it is not said.
    pub text: Option<bool>,
}

/// An inference profile that a Region lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundProfile {
    /// `us.anthropic.claude-sonnet-4-5-20250929-v1:0`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// `ACTIVE`.
    pub status: Option<String>,
    /// The ARNs of its models, one for each Region that it may run in.
    pub models: Vec<String>,
}

/// What the account may do with a model, as the control plane sees it. It can say that all is well while calls fail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Availability {
    /// `agreementAvailability`: `AVAILABLE`, `PENDING`, `NOT_AVAILABLE`, `ERROR`.
    pub agreement: Option<String>,
    /// `authorizationStatus`: `AUTHORIZED`, `NOT_AUTHORIZED`.
    pub authorization: Option<String>,
    /// `entitlementAvailability`: `AVAILABLE`, `NOT_AVAILABLE`.
    pub entitlement: Option<String>,
    /// `regionAvailability`: `AVAILABLE`, `NOT_AVAILABLE`.
    pub region: Option<String>,
}

/// Whether a call may make the account agree to a Marketplace offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// The account has agreed already, or there is nothing to agree to.
    Made,
    /// It has not: the first call would.
    Missing,
    /// Not known.
    Unknown,
}

impl Discovery {
    /// The Region's answers.
    #[must_use]
    pub fn region(&self, region: &str) -> Option<&RegionModels> {
        self.regions.get(region)
    }

    /// The listed model of that id.
    #[must_use]
    pub fn model(&self, region: &str, id: &str) -> Option<&FoundModel> {
        self.region(region)?.models.listed()?.iter().find(|model| model.id == id)
    }

    /// The listed profile of that id or ARN.
    #[must_use]
    pub fn profile(&self, region: &str, model: &str) -> Option<&FoundProfile> {
        self.region(region)?.profiles.listed()?.iter().find(|profile| profile.id == model || profile.arn == model)
    }

    /// The models of a profile, as ARNs; none where that is not known.
    #[must_use]
    pub fn destinations(&self, region: &str, model: &ModelRef) -> &[String] {
        self.profile(region, model.as_str()).map_or(&[], |profile| &profile.models)
    }

    /// The id of the model that a reference leads to: by its name, or as the control plane lists it.
    #[must_use]
    pub fn base(&self, region: &str, model: &ModelRef) -> Option<String> {
        if let Some(base) = model.base() {
            return Some(base.to_owned());
        }
        let first = self.profile(region, model.as_str())?.models.first()?;
        ModelRef::parse(first).ok()?.base().map(str::to_owned)
    }

    /// The profiles as a snapshot holds them: with them, the diagnosis knows in which Regions a call may be checked.
    #[must_use]
    pub fn profiles(&self) -> Vec<InferenceProfileFile<'static>> {
        let model = |arn: &String| ProfileModelFile { arn: arn.clone().into(), ..ProfileModelFile::default() };
        let file = |profile: &FoundProfile| InferenceProfileFile {
            arn: profile.arn.clone().into(),
            models: profile.models.iter().map(model).collect(),
            ..InferenceProfileFile::default()
        };
        self.regions.values().filter_map(|region| region.profiles.listed()).flatten().map(file).collect()
    }

    /// Whether a call of the model may make the account agree to an offer.
    #[must_use]
    pub fn agreement(&self, region: &str, base: &str) -> Agreement {
        let found = self.region(region).and_then(|region| region.availability.get(base)).and_then(Found::listed);
        match found.and_then(|found| found.agreement.as_deref()) {
            Some("AVAILABLE") => Agreement::Made,
            // somebody has asked for it, and it may fail
            Some("NOT_AVAILABLE" | "PENDING") => Agreement::Missing,
            // `ERROR`, a word that is not known and a field that is not set tell nothing
            // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_AgreementAvailability.html
            Some(_) | None => Agreement::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_is_not_told_is_never_a_no() {
        let said = |state: Option<&str>| {
            let availability = Availability { agreement: state.map(str::to_owned), ..Availability::default() };
            let models = RegionModels {
                availability: [("m".to_owned(), Found::Listed(availability))].into(),
                ..RegionModels::default()
            };
            Discovery { regions: [("us-east-1".to_owned(), models)].into() }.agreement("us-east-1", "m")
        };
        assert_eq!(said(Some("AVAILABLE")), Agreement::Made);
        assert_eq!(said(Some("NOT_AVAILABLE")), Agreement::Missing);
        assert_eq!([None, Some("ERROR"), Some(""), Some("NEW_WORD")].map(said), [Agreement::Unknown; 4]);
    }
}
