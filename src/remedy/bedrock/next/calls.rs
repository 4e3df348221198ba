//! The calls that failed in one way, and what is known of their models.

use super::super::region::prefixes_of;
use super::super::target::GEOGRAPHIES;
use crate::denial::{Denial, ModelFailure, ModelTrouble};
use crate::iam::{Blank, Command};

/// The calls that failed in one way: each model in each Region, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// What failed.
    pub failure: ModelFailure,
    /// The models, where they are known.
    pub models: Vec<CalledModel>,
}

/// A model that was called in a Region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalledModel {
    /// What was called, where that is known.
    pub called: Option<String>,
    /// The id of the model that answers, where that is known.
    pub base: Option<String>,
    /// The Region, where that is known.
    pub region: Option<String>,
    /// The profiles by which the Region can call it.
    pub profiles: Ways,
    /// The newest active models of its family, each as that Region can call it.
    pub newest: Ways,
    /// Whether the Region lists the model; `None` where nobody asked.
    pub listed: Option<bool>,
}

/// Ids that can be called, and where they come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Ways {
    /// Nothing is known.
    #[default]
    Unknown,
    /// These answer: they were called.
    Answer(Vec<String>),
    /// The control plane of the Region lists these.
    Listed(Vec<String>),
    /// A list of this day has these.
    AsOf(&'static str, Vec<String>),
    /// By the prefix that profiles have which this Region can call; whether there is one of the model is not known.
    ByPrefix(Vec<String>),
}

impl Ways {
    /// The ids.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        match self {
            Self::Unknown => &[],
            Self::Answer(ids) | Self::Listed(ids) | Self::AsOf(_, ids) | Self::ByPrefix(ids) => ids,
        }
    }

    /// Whether AWS itself told of them.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        matches!(self, Self::Answer(ids) | Self::Listed(ids) if !ids.is_empty())
    }

    /// Where they come from, as a code.
    #[must_use]
    pub const fn source(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Answer(_) => "answers",
            Self::Listed(_) => "listed",
            Self::AsOf(..) => "as-of",
            Self::ByPrefix(_) => "by-prefix",
        }
    }
}

impl CalledModel {
    /// A model of which only its name and the Region are known.
    #[must_use]
    pub fn new(called: Option<String>, region: Option<String>) -> Self {
        let base = called.as_deref().filter(|called| !called.starts_with("arn:")).map(|called| {
            let (prefix, rest) = called.split_once('.').unwrap_or(("", called));
            if GEOGRAPHIES.contains(&prefix) && rest.contains('.') { rest } else { called }.to_owned()
        });
        let profiles = match (&base, &region) {
            (Some(base), Some(region)) => {
                Ways::ByPrefix(prefixes_of(region).iter().map(|prefix| format!("{prefix}.{base}")).collect())
            }
            _ => Ways::Unknown,
        };
        Self { called, base, region, profiles, newest: Ways::Unknown, listed: None }
    }

    /// The prefix of the profile that was called.
    pub(super) fn prefix(&self) -> Option<&'static str> {
        let (prefix, rest) = self.called.as_deref()?.split_once('.')?;
        GEOGRAPHIES.into_iter().find(|known| *known == prefix && rest.contains('.'))
    }

    /// A command of the control plane for the Region.
    pub(super) fn bedrock(&self, words: &str) -> Command {
        self.in_region(Command::aws("bedrock").words(words))
    }

    pub(super) fn in_region(&self, command: Command) -> Command {
        command.option_or("--region", self.region.as_deref(), Blank::REGION)
    }

    /// The option that names the model.
    pub(super) fn model(&self, command: Command) -> Command {
        command.option_or("--model-id", self.base.as_deref(), Blank::MODEL_ID)
    }
}

impl Calls {
    /// What a text tells of a failed call.
    #[must_use]
    pub fn of_text(denial: &Denial) -> Option<Self> {
        let ModelTrouble { failure, model, region } = denial.model.as_ref()?;
        let of_record = denial.context.iter().find(|fact| fact.key == "aws:RequestedRegion");
        let of_record = of_record.and_then(|fact| fact.values.first().cloned());
        let called = CalledModel::new(model.clone(), region.clone().or(of_record));
        Some(Self { failure: *failure, models: vec![called] })
    }
}
