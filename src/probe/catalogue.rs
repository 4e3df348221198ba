//! Claude models on one day, for when the control plane does not list them. Always used with its date.
//!
//! What AWS's model cards and lifecycle pages said on that day; the profiles of the newest models and the ends of some are not on a page
//! that could be read, and come from lists of other projects.
//!
//! - <https://docs.aws.amazon.com/bedrock/latest/userguide/model-cards.html>
//! - <https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html>: models since 7 September 2026
//! - <https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle-legacy.html>: models before that day

use super::call::Variation;

/// The day of the list.
pub const DATE: &str = "2026-11-29";

/// A family of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Family {
    /// Sonnet.
    Sonnet,
    /// Haiku.
    Haiku,
    /// Opus.
    Opus,
    /// Any other.
    Other,
}

/// When a model ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndOfLife {
    /// No end was announced.
    Open,
    /// On this day.
    On(&'static str),
    /// About this day.
    About(&'static str),
    /// Not before this day.
    NotBefore(&'static str),
    /// On this day in most Regions; some have it still.
    InMostRegions(&'static str),
    /// It has ended; the day is not known.
    Past,
}

/// Which sampling parameters a model is known to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sampling {
    /// None is known.
    Any,
    /// `temperature` and `top_p` together.
    NotBoth,
    /// `temperature`, `top_p` and `top_k` at all.
    None,
}

/// One model of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// The id of the model.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Its family.
    pub family: Family,
    /// The prefixes of its profiles.
    pub profiles: &'static [&'static str],
    /// Whether it can be called by its id alone, somewhere.
    pub on_demand: bool,
    /// When it ends.
    pub end_of_life: EndOfLife,
    /// What it refuses.
    pub sampling: Sampling,
    /// Not for every account.
    pub gated: bool,
}

const WIDE: &[&str] = &["us", "eu", "jp", "au", "apac", "global"];
const ALL: &[&str] = &["us", "eu", "jp", "au", "apac", "global", "us-gov"];

const fn active(id: &'static str, name: &'static str, family: Family, profiles: &'static [&'static str]) -> Listed {
    Listed {
        id,
        name,
        family,
        profiles,
        on_demand: false,
        end_of_life: EndOfLife::Open,
        sampling: Sampling::NotBoth,
        gated: false,
    }
}

const fn without_sampling(model: Listed) -> Listed {
    Listed { sampling: Sampling::None, ..model }
}

/// Which parameters it refuses is not known.
const fn untested(model: Listed) -> Listed {
    Listed { sampling: Sampling::Any, ..model }
}

const fn ending(model: Listed, end_of_life: EndOfLife) -> Listed {
    Listed { end_of_life, ..model }
}

const fn old(id: &'static str, name: &'static str, family: Family, on_demand: bool, end: EndOfLife) -> Listed {
    let sampling = Sampling::Any;
    Listed { id, name, family, profiles: &[], on_demand, end_of_life: end, sampling, gated: false }
}

/// The models, in each family the newest first.
pub const MODELS: [Listed; 26] = [
    untested(active("anthropic.claude-sonnet-5-5", "Claude Sonnet 5.5", Family::Sonnet, ALL)),
    untested(active("anthropic.claude-sonnet-5", "Claude Sonnet 5", Family::Sonnet, ALL)),
    active("anthropic.claude-sonnet-4-6", "Claude Sonnet 4.6", Family::Sonnet, WIDE),
    ending(
        active(
            "anthropic.claude-sonnet-4-5-20250929-v1:0",
            "Claude Sonnet 4.5",
            Family::Sonnet,
            &["us", "eu", "jp", "au", "global", "us-gov"],
        ),
        EndOfLife::On("2027-04-08"),
    ),
    untested(active("anthropic.claude-haiku-5-5", "Claude Haiku 5.5", Family::Haiku, ALL)),
    ending(
        active("anthropic.claude-haiku-4-5-20251001-v1:0", "Claude Haiku 4.5", Family::Haiku, WIDE),
        EndOfLife::NotBefore("2026-10-01"),
    ),
    // https://docs.aws.amazon.com/bedrock/latest/userguide/model-card-anthropic-claude-opus-5-5.html
    ending(
        without_sampling(active("anthropic.claude-opus-5-5", "Claude Opus 5.5", Family::Opus, ALL)),
        EndOfLife::NotBefore("2027-09-22"),
    ),
    without_sampling(active("anthropic.claude-opus-5", "Claude Opus 5", Family::Opus, ALL)),
    without_sampling(active("anthropic.claude-opus-4-8", "Claude Opus 4.8", Family::Opus, ALL)),
    without_sampling(active("anthropic.claude-opus-4-7", "Claude Opus 4.7", Family::Opus, WIDE)),
    active("anthropic.claude-opus-4-6-v1", "Claude Opus 4.6", Family::Opus, &["us", "eu", "au", "global"]),
    active("anthropic.claude-opus-4-5-20251101-v1:0", "Claude Opus 4.5", Family::Opus, &["us", "eu", "global"]),
    untested(active(
        "anthropic.claude-fable-5-1",
        "Claude Fable 5.1",
        Family::Other,
        &["us", "eu", "global", "us-gov"],
    )),
    untested(active("anthropic.claude-fable-5", "Claude Fable 5", Family::Other, &[])),
    Listed { gated: true, ..untested(active("anthropic.claude-mythos-5-1", "Claude Mythos 5.1", Family::Other, &[])) },
    Listed {
        gated: true,
        ..untested(active("anthropic.claude-mythos-preview", "Claude Mythos Preview", Family::Other, &[]))
    },
    old("anthropic.claude-opus-4-1-20250805-v1:0", "Claude Opus 4.1", Family::Opus, false, EndOfLife::On("2027-01-08")),
    old(
        "anthropic.claude-sonnet-4-20250514-v1:0",
        "Claude Sonnet 4",
        Family::Sonnet,
        false,
        EndOfLife::On("2026-10-14"),
    ),
    old("anthropic.claude-opus-4-20250514-v1:0", "Claude Opus 4", Family::Opus, false, EndOfLife::About("2026-05-31")),
    old(
        "anthropic.claude-3-7-sonnet-20250219-v1:0",
        "Claude 3.7 Sonnet",
        Family::Sonnet,
        false,
        EndOfLife::On("2026-04-28"),
    ),
    old(
        "anthropic.claude-3-5-haiku-20241022-v1:0",
        "Claude 3.5 Haiku",
        Family::Haiku,
        false,
        EndOfLife::On("2026-06-19"),
    ),
    old(
        "anthropic.claude-3-5-sonnet-20241022-v2:0",
        "Claude 3.5 Sonnet v2",
        Family::Sonnet,
        false,
        EndOfLife::On("2026-03-01"),
    ),
    old(
        "anthropic.claude-3-5-sonnet-20240620-v1:0",
        "Claude 3.5 Sonnet",
        Family::Sonnet,
        true,
        EndOfLife::On("2026-03-01"),
    ),
    old(
        "anthropic.claude-3-sonnet-20240229-v1:0",
        "Claude 3 Sonnet",
        Family::Sonnet,
        true,
        EndOfLife::On("2026-07-30"),
    ),
    // it stays in ca-central-1, eu-central-2 and sa-east-1, and as a legacy model in ap-northeast-2
    // https://docs.aws.amazon.com/bedrock/latest/userguide/model-card-anthropic-claude-3-haiku.html
    old(
        "anthropic.claude-3-haiku-20240307-v1:0",
        "Claude 3 Haiku",
        Family::Haiku,
        true,
        EndOfLife::InMostRegions("2026-09-10"),
    ),
    old("anthropic.claude-v2:1", "Claude 2.1", Family::Other, true, EndOfLife::Past),
];

/// The model of that id.
#[must_use]
pub fn model(id: &str) -> Option<&'static Listed> {
    MODELS.iter().find(|model| model.id == id)
}

/// The newest model of each family that everybody may call and that had not ended.
#[must_use]
pub fn newest() -> Vec<&'static Listed> {
    let usable = |model: &&Listed| {
        !model.gated && matches!(model.end_of_life, EndOfLife::Open | EndOfLife::On(_) | EndOfLife::NotBefore(_))
    };
    [Family::Sonnet, Family::Haiku, Family::Opus]
        .into_iter()
        .filter_map(|family| MODELS.iter().filter(usable).find(|model| model.family == family && !model.ended()))
        .collect()
}

/// The family that an id names.
#[must_use]
pub fn family(id: &str) -> Family {
    let has = |word: &str| id.contains(word);
    if !id.starts_with("anthropic.claude") {
        Family::Other
    } else if has("sonnet") {
        Family::Sonnet
    } else if has("haiku") {
        Family::Haiku
    } else if has("opus") {
        Family::Opus
    } else {
        Family::Other
    }
}

impl Listed {
    /// Whether it had ended on the day of the list.
    #[must_use]
    pub fn ended(&self) -> bool {
        match self.end_of_life {
            EndOfLife::On(day) | EndOfLife::About(day) => day <= DATE,
            EndOfLife::Past => true,
            EndOfLife::Open | EndOfLife::NotBefore(_) | EndOfLife::InMostRegions(_) => false,
        }
    }

    /// Whether an end is known, past or announced.
    #[must_use]
    pub const fn ends(&self) -> bool {
        !matches!(self.end_of_life, EndOfLife::Open | EndOfLife::NotBefore(_))
    }

    /// Whether it is known to refuse the parameters of a call.
    #[must_use]
    pub const fn refuses(&self, variation: &Variation) -> bool {
        matches!(
            (self.sampling, variation),
            (Sampling::None, Variation::Temperature | Variation::TemperatureAndTopP)
                | (Sampling::NotBoth, Variation::TemperatureAndTopP)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_each_family_are_the_default() {
        let ids: Vec<_> = newest().iter().map(|model| model.id).collect();
        assert_eq!(ids, ["anthropic.claude-sonnet-5-5", "anthropic.claude-haiku-5-5", "anthropic.claude-opus-5-5"]);
    }

    #[test]
    fn every_id_is_listed_once_and_names_its_family() {
        for (at, listed) in MODELS.iter().enumerate() {
            assert!(MODELS.iter().skip(at + 1).all(|other| other.id != listed.id), "{}", listed.id);
            assert_eq!(family(listed.id), listed.family, "{}", listed.id);
        }
    }
}
