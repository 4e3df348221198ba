//! Which remedies are not offered: those that are only simpler to read and open what matters beside a narrower one that was proved.
//!
//! Whoever lists the resources of a Deny names what is protected, and a dangerous action on everything is more than on one resource.
//! Where the narrower exception does not fit, or is not proved, the simpler one is all there is and stays.

use super::narrow::{Opened, Style};
use super::{Remedy, Verification};

/// A remedy that was proved, with what tells it from its neighbours.
#[derive(Debug)]
pub(super) struct Proved {
    pub(super) remedy: Remedy,
    /// Whether it is about a whole call, of which one part is no use without the others.
    pub(super) whole: bool,
    /// How its Denies were narrowed; `None` where an exception is made for calls through a profile, which is another exception.
    pub(super) style: Option<Style>,
    /// What they no longer deny.
    pub(super) lifted: Vec<Opened>,
}

/// Drops the simpler remedies that open more than an exact one which is offered too.
pub(super) fn drop_wider(proved: &mut Vec<Proved>) {
    drop_any_value(proved);
    let exact = |proved: &&Proved| proved.style == Some(Style::Exact) && !proved.lifted.is_empty();
    let narrower: Vec<Opening> = proved.iter().filter(exact).filter_map(Opening::of).collect();
    proved.retain(|proved| {
        let simple = proved.style == Some(Style::Simple) && !proved.lifted.is_empty();
        let opening = if simple { Opening::of(proved) } else { None };
        opening.is_none_or(|wide| !narrower.iter().any(|narrow| wide.is_needless_beside(narrow)))
    });
}

/// Drops those that open every value of a key where another one keeps to the request's own.
fn drop_any_value(proved: &mut Vec<Proved>) {
    let open = |proved: &Proved| -> usize { proved.lifted.iter().map(|opened| opened.any_value.len()).sum() };
    let narrows =
        |proved: &&Proved| proved.style.is_some() && !proved.lifted.is_empty() && !proved.remedy.is_conditional();
    let Some(fewest) = proved.iter().filter(narrows).map(open).min() else { return };
    proved.retain(|proved| proved.style.is_none() || open(proved) <= fewest);
}

/// What a remedy opens, as far as it decides whether a simpler one is worth offering.
struct Opening {
    proof: Verification,
    conditional: bool,
    /// How many patterns of resources are no longer denied.
    listed: usize,
    /// How many Denies are lifted from all resources, or from all but some.
    unlimited: usize,
}

impl Opening {
    fn of(proved: &Proved) -> Option<Self> {
        let unlimited = |opened: &&Opened| {
            opened.resources.is_empty() || opened.resources.iter().any(|pattern| pattern.pattern.text() == Some("*"))
        };
        Some(Self {
            proof: proved.remedy.verification.clone()?,
            conditional: proved.remedy.is_conditional(),
            listed: proved.lifted.iter().map(|opened| opened.resources.len()).sum(),
            unlimited: proved.lifted.iter().filter(unlimited).count(),
        })
    }

    fn is_needless_beside(&self, narrow: &Self) -> bool {
        let as_sure = !narrow.conditional || self.conditional;
        let more_dangers = self.proof.dangers.iter().any(|danger| !narrow.proof.dangers.contains(danger));
        let dangers_on_more = !self.proof.dangers.is_empty() && self.unlimited > narrow.unlimited;
        as_sure && (self.listed > narrow.listed || more_dangers || dangers_on_more)
    }
}
