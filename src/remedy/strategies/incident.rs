//! `incident`: what to do when a key has leaked: contain, investigate, replace. Nothing here weakens what AWS put in place.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/securing_access-keys-audit.html>

use super::super::{Disposition, Owner, Remedy, RemedyId, RemedyKind, Step, Title, WhyNot};
use super::strategy::{Drafts, Situation, Strategy};
use crate::iam::{Blank, Command, PrincipalKind, Request};

pub(super) const STRATEGY: Strategy = Strategy { id: "incident", applies, drafts: Drafts::Advice(draft) };

fn applies(situation: &Situation<'_>) -> bool {
    situation.is_quarantined() || situation.case.secret_seen
}

#[expect(clippy::unnecessary_wraps, reason = "every strategy has this signature; this one always drafts")]
fn draft(situation: &Situation<'_>) -> Option<Remedy> {
    Some(response(situation.case.request, situation.is_quarantined()))
}

/// The steps, in order; `quarantined` says whether AWS has already stepped in.
#[must_use]
pub fn response(request: &Request, quarantined: bool) -> Remedy {
    let user = request
        .principal
        .value()
        .filter(|principal| principal.kind() == PrincipalKind::User)
        .and_then(|principal| principal.name());
    let of_user = |words: &str| Command::aws(words).option_or("--user-name", user, Blank::USER);
    let case = quarantined.then_some(IncidentStep::AnswerSupportCase);
    Remedy {
        id: RemedyId::IncidentResponse,
        title: Title::Compromised { quarantined },
        owner: Owner::AccountAdmin,
        disposition: if quarantined { Disposition::Refused } else { Disposition::NeedsReview },
        kind: RemedyKind::IncidentResponse,
        edits: Vec::new(),
        verification: None,
        calls: vec![
            of_user("iam list-access-keys"),
            of_user("iam update-access-key")
                .fill_in("--access-key-id", Blank::ACCESS_KEY_ID)
                .words("--status Inactive"),
            of_user("iam list-attached-user-policies"),
        ],
        steps: IncidentStep::ALWAYS.into_iter().chain(case).map(Step::Incident).collect(),
        why_not: Vec::from_iter(quarantined.then_some(WhyNot::KeepQuarantine)),
    }
}

/// A step of handling a leaked key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncidentStep {
    /// Deactivate the key.
    DeactivateKey,
    /// Find out what was done with it.
    ReadCloudTrail,
    /// Take the secret out of the place where it was published.
    RemoveSecret,
    /// Delete the key, and let a role take its place.
    ReplaceKey,
    /// Answer AWS's support case, after which the quarantine ends.
    AnswerSupportCase,
}

impl IncidentStep {
    /// What is done in every incident, in order.
    const ALWAYS: [Self; 4] = [Self::DeactivateKey, Self::ReadCloudTrail, Self::RemoveSecret, Self::ReplaceKey];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::DeactivateKey => "deactivate-key",
            Self::ReadCloudTrail => "read-cloudtrail",
            Self::RemoveSecret => "remove-secret",
            Self::ReplaceKey => "replace-key",
            Self::AnswerSupportCase => "answer-support-case",
        }
    }
}
