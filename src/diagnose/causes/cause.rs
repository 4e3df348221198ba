//! What a cause of denials is, and what it is found by.

use super::super::blocker::Blocker;
use super::super::context::DenialContext;
use super::super::named::is_named;
use super::super::near_miss::NearMiss;
use super::super::summary::Summary;
use crate::deduce::Basis;
use crate::iam::PolicyType;

/// A cause: what `finding` names, and the page about it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Cause {
    /// The stable id, also the name of its page and of its folder of cases.
    pub id: &'static str,
    /// The page, as `iamdx cause ID` prints it.
    pub page: &'static str,
    /// What it means in this case, if it is the cause.
    pub(super) explain: fn(&Evidence<'_>) -> Option<Summary>,
}

impl Cause {
    /// The first sentence of its page.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        self.page.lines().find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or(self.id)
    }

    /// The first page of AWS that its page names.
    #[must_use]
    pub fn aws_page(&self) -> Option<&'static str> {
        let (_, rest) = self.page.split_once("<https://docs.aws.amazon.com/")?;
        let address = self.page.get(self.page.len() - rest.len() - "https://docs.aws.amazon.com/".len()..)?;
        address.split_once('>').map(|(address, _)| address)
    }
}

/// What a cause is found by.
#[derive(Debug)]
pub(in crate::diagnose) struct Evidence<'a> {
    pub(super) case: &'a DenialContext<'a>,
    pub(super) blockers: &'a [Blocker],
    pub(super) near_misses: &'a [NearMiss],
    /// The blocker that AWS named, or the first.
    primary: Option<&'a Blocker>,
    /// Blockers that are possible beside it, where it is only possible itself.
    others: usize,
}

impl<'a> Evidence<'a> {
    pub(in crate::diagnose) fn new(
        case: &'a DenialContext<'a>,
        blockers: &'a [Blocker],
        near_misses: &'a [NearMiss],
    ) -> Self {
        // of what AWS did not name only a Deny that matches comes before AWS's own words
        let named = case.denial.reason.policy_type.is_some() && case.denial.damage.is_empty();
        // that a Deny matched without its type names none either, and a missing allow is not what AWS denied it for
        let other = if case.says_only_that_it_is_denied() {
            blockers.iter().find(|blocker| blocker.is_explicit())
        } else {
            blockers.first().filter(|blocker| !named || blocker.is_explicit())
        };
        let primary = blockers.iter().find(|blocker| is_named(case, blocker)).or(other);
        let possible = blockers.iter().filter(|blocker| blocker.basis == Basis::Possible).count();
        let others = primary.filter(|blocker| blocker.basis == Basis::Possible).map_or(0, |_| possible - 1);
        Self { case, blockers, near_misses, primary, others }
    }

    /// The primary blocker, if it is of this type.
    pub(super) fn blocked_by(&self, policy_type: PolicyType) -> Option<&'a Blocker> {
        self.primary.filter(|blocker| blocker.policy_type == policy_type)
    }

    /// The primary blocker as the summary, if it is of this type.
    pub(super) fn summary_of(&self, policy_type: PolicyType) -> Option<Summary> {
        let blocker = Box::new(self.blocked_by(policy_type)?.clone());
        Some(Summary::Blocked { blocker, others: self.others })
    }
}
