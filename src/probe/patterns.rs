//! Differences between cells that point to a cause.

use super::call::Variation;
use super::cell::Cell;
use super::model::{ModelKind, ModelRef};
use super::verdict::{Authorized, Detail};

/// One such difference. Models are named as they were called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// The credentials are accepted in one Region and not in another: the account may not have enabled that one.
    /// <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html>
    RegionNotEnabled {
        /// Where they are accepted.
        accepted: String,
        /// Where they are not.
        refused: String,
    },
    /// A model is denied plainly and answers with other parameters.
    DependsOnParameters {
        /// The model.
        model: String,
        /// The parameters.
        variation: Variation,
    },
    /// A model answers, and its stream is denied.
    StreamDenied(String),
    /// A model streams, and is denied without streaming.
    OnlyStreamAllowed(String),
    /// A model answers in one Region and is denied in another.
    RegionDenied {
        /// The model that answers.
        model: String,
        /// Where it answers.
        answers: String,
        /// Where it is denied.
        denied: String,
    },
    /// The same model answers by one name and is denied by another.
    NameDenied {
        /// The name that answers.
        answers: String,
        /// The name that is denied.
        denied: String,
        /// How the names differ.
        difference: NameDifference,
    },
    /// The denied resource is the model in another Region, to which the profile may send the call.
    DestinationDenied {
        /// The profile.
        model: String,
        /// The Region that was called.
        region: String,
        /// What was denied.
        resource: Option<String>,
    },
    /// The model of a global profile is denied, where `aws:RequestedRegion` is `unspecified`.
    GlobalProfileDenied(String),
}

/// How two names of one model differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameDifference {
    /// The denied one is an inference profile.
    ProfileDenied,
    /// Only the one that answers is an inference profile.
    ProfileAnswers,
    /// They lead to other Regions.
    Regions,
}

impl Pattern {
    /// The stable identifier, as in JSON.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RegionNotEnabled { .. } => "region-not-enabled",
            Self::DependsOnParameters { .. } => "depends-on-parameters",
            Self::StreamDenied(_) => "stream-denied",
            Self::OnlyStreamAllowed(_) => "only-stream-allowed",
            Self::RegionDenied { .. } => "region-denied",
            Self::NameDenied { difference: NameDifference::ProfileDenied, .. } => "profile-denied",
            Self::NameDenied { difference: NameDifference::ProfileAnswers, .. } => "allowed-through-profile-only",
            Self::NameDenied { difference: NameDifference::Regions, .. } => "profiles-differ",
            Self::DestinationDenied { .. } => "destination-denied",
            Self::GlobalProfileDenied(_) => "global-profile-denied",
        }
    }
}

/// What the cells together point to, each pattern once.
#[must_use]
pub fn patterns(cells: &[Cell]) -> Vec<Pattern> {
    let accepted =
        |cell: &&Cell| cell.was_called() && (cell.judgement.authorized == Authorized::Yes || cell.is_denied());
    let bad_key = |cell: &&Cell| cell.judgement.detail == Some(Detail::InvalidCredentials);
    let mut all: Vec<Pattern> = Vec::new();
    for refused in cells.iter().filter(bad_key) {
        let other = cells.iter().filter(accepted).find(|other| other.region() != refused.region());
        all.extend(other.map(|other| Pattern::RegionNotEnabled {
            accepted: other.region().to_owned(),
            refused: refused.region().to_owned(),
        }));
    }
    for denied in cells.iter().filter(|cell| cell.is_denied() && cell.plan.call.variation.is_plain()) {
        for answers in cells.iter().filter(|cell| cell.is_ok()) {
            all.extend(difference(denied, answers));
        }
        all.extend(by_region(denied));
    }
    let mut each: Vec<Pattern> = Vec::new();
    for pattern in all {
        if !each.contains(&pattern) {
            each.push(pattern);
        }
    }
    each
}

/// What the difference between a denied cell and one that answers points to.
fn difference(denied: &Cell, answers: &Cell) -> Option<Pattern> {
    let (call, other) = (&denied.plan.call, &answers.plan.call);
    let same_region = call.region == other.region;
    let same_model = call.model == other.model;
    let same_base = answers.plan.base.is_some() && answers.plan.base == denied.plan.base;
    let same_api = call.api == other.api;
    let model = answers.model().to_owned();
    if !other.variation.is_plain() {
        return (same_model && same_region && same_api)
            .then(|| Pattern::DependsOnParameters { model, variation: other.variation.clone() });
    }
    match () {
        () if same_model && same_region && call.api.streams() && !other.api.streams() => {
            Some(Pattern::StreamDenied(model))
        }
        () if same_model && same_region && !call.api.streams() && other.api.streams() => {
            Some(Pattern::OnlyStreamAllowed(model))
        }
        () if same_base && same_api && !same_region => {
            Some(Pattern::RegionDenied { model, answers: other.region.clone(), denied: call.region.clone() })
        }
        () if same_base && same_api && !same_model => Some(Pattern::NameDenied {
            answers: model,
            denied: denied.model().to_owned(),
            difference: match (is_profile(&call.model), is_profile(&other.model)) {
                (true, false) => NameDifference::ProfileDenied,
                (false, true) => NameDifference::ProfileAnswers,
                _ => NameDifference::Regions,
            },
        }),
        () => None,
    }
}

const fn is_profile(model: &ModelRef) -> bool {
    matches!(model.kind(), ModelKind::SystemProfile | ModelKind::ApplicationProfile)
}

/// What the Region of the denied resource points to.
fn by_region(denied: &Cell) -> Option<Pattern> {
    let model = denied.model().to_owned();
    match denied.judgement.detail? {
        Detail::DestinationRegion => Some(Pattern::DestinationDenied {
            model,
            region: denied.region().to_owned(),
            resource: denied.judgement.denied_resource().map(str::to_owned),
        }),
        Detail::UnspecifiedRegion => Some(Pattern::GlobalProfileDenied(model)),
        _ => None,
    }
}
