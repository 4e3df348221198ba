//! Why the request is denied: all blockers, what nearly allowed it, whether AWS's words and the policies agree, and the
//! cause that this amounts to.

mod agreement;
mod allowed_since;
mod any_subject;
mod blocker;
mod bucket_behind;
mod causes;
mod context;
mod disagreement;
mod disagreement_reason;
mod guessed;
mod hypothesis;
mod left_open;
mod named;
mod near_miss;
mod problem;
mod public_access;
mod recorded;
mod settings;
mod summary;
mod suspects;
mod then_and_now;
mod unknown_action;
mod unreplaced;
mod unseen_deny;

use crate::aws_evidence::AwsEvidence;
use crate::denial::{DenialKind, Note, Part, ReasonEffect};
use crate::evaluate::{Decision, MissingEvidence};
use crate::iam::{
    Command, Field, Gap, PolicySide, PolicyType, Principal, Refusal, Request, Subject, Unseen, context_argument,
    is_context_key, is_no_longer_asked,
};

pub use agreement::Confidence;
pub use allowed_since::{AllowedSince, denied_request};
pub use blocker::{Blocker, BlockerWhy, StatementRef, blockers};
pub use bucket_behind::settle_bucket_behind;
pub use causes::{CAUSES, Cause, holds_quarantine, is_quarantine, target_quarantined};
pub use context::DenialContext;
pub use disagreement::{Disagreement, SimulatorDiffers};
pub use disagreement_reason::{DisagreementReason, contradicts_none};
pub use guessed::without_wrong_guess;
pub use hypothesis::{Hypothesis, HypothesisEvidence, HypothesisKind, Likelihood, ManagedSetting, SessionTool};
pub use left_open::left_open;
pub(crate) use near_miss::unlikeness;
pub use near_miss::{NearMiss, near_misses};
pub use problem::{Consequence, PolicyProblem, ProblemKind};
pub use public_access::{
    PublicAccessRefusal, public_access, refused_by_setting, refused_for_certain, settings_beside,
    show as show_public_access, suspected_setting,
};
pub use summary::Summary;
pub use suspects::may_have_network_origin;
pub use then_and_now::{ElementChange, Now, ThenAndNow};
pub use unknown_action::{UnknownAction, unknown_action};

/// Why the request is denied.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Diagnosis {
    /// What the policies say of the request, with what follows from AWS's words; undetermined where the text contradicts itself about what
    /// was asked.
    pub decision: Decision,
    /// The cause.
    pub cause: &'static Cause,
    /// What it means in this case.
    pub summary: Summary,
    /// Everything that blocks the request, not only what AWS named.
    pub blockers: Vec<Blocker>,
    /// Statements that allow nearly this request, nearest first.
    pub near_misses: Vec<NearMiss>,
    /// Where AWS's words and the policies at hand do not agree.
    pub disagreements: Vec<Disagreement>,
    /// The statements that denied as they were then, beside what the policies say now.
    pub then_and_now: Vec<ThenAndNow>,
    /// How sure the answer is, and by what.
    pub confidence: Confidence,
    /// The parts of the request about which the text contradicts itself, and which the reader has not given.
    pub unconfirmed: Vec<Part>,
    /// What could not be seen, with the command that would show it.
    pub gaps: Vec<Gap>,
    /// Whether the first of them decides: AWS named it, what was asked depends on it, or it is the only one. Where AWS gave no reason and
    /// several were not seen, any of them may decide.
    pub first_gap_decides: bool,
    /// Causes that fit the text where the evidence does not decide.
    pub hypotheses: Vec<Hypothesis>,
    /// What AWS would reject in the documents, or what does not do what it seems to do.
    pub problems: Vec<PolicyProblem>,
    /// Whether this is a security incident rather than a missing permission.
    pub incident: bool,
}

/// Finds all blockers, what comes near, and the cause.
#[must_use]
pub fn diagnose(case: &DenialContext<'_>) -> Diagnosis {
    let mut blockers = blockers(case.request, case.policies, case.evaluation);
    let deduced = blocker::deduced(case, &blockers);
    blockers.splice(0..0, deduced);
    let (explicit, implicit): (Vec<_>, Vec<_>) =
        recorded::blockers(case, &blockers).into_iter().partition(Blocker::is_explicit);
    blockers.splice(0..0, explicit);
    blockers.extend(implicit);
    let near_misses = near_misses(case.request, case.evaluation);
    let evidence = causes::Evidence::new(case, &blockers, &near_misses);
    let (cause, summary) = causes::find(&evidence);
    let quarantined = is_quarantine(case);
    let mut hypotheses = unseen_deny::unseen_deny(case, &blockers);
    hypotheses.extend(unreplaced::in_call(case));
    hypotheses.extend(unreplaced::unreplaced(case).filter(|_| case.evaluation.decision != Decision::Allowed));
    hypotheses.extend(suspected_setting(case, &blockers).map(|(_, hypothesis)| hypothesis));
    hypotheses.extend(suspects::suspects(case, &blockers));
    let no_longer_asked = case.request.action.value().is_some_and(is_no_longer_asked);
    // what was read later than the denial leaves nothing to suppose about what stood there before
    if no_longer_asked || summary.is_allowed_since() {
        hypotheses.clear();
    }
    let unconfirmed = case.unconfirmed();
    let decision = match case.evaluation.decision {
        _ if !unconfirmed.is_empty() => Decision::Undetermined,
        // S3 says "explicit deny" of it itself
        _ if matches!(summary, Summary::PublicAccessBlocked(_)) => Decision::ExplicitDeny,
        Decision::Undetermined => case.deduction.decision.unwrap_or(Decision::Undetermined),
        known => known,
    };
    let then_and_now = then_and_now::then_and_now(case);
    let changed = then_and_now.iter().any(ThenAndNow::has_changed);
    let mut disagreements = agreement::disagreements(case, &blockers);
    // S3 has the same words for a setting
    if matches!(summary, Summary::PublicAccessBlocked(_)) {
        disagreements.retain(|it| !matches!(it, Disagreement::NoSuchDeny { .. }));
    }
    disagreements.extend(
        then_and_now
            .iter()
            .filter(|one| one.has_changed())
            .map(|one| Disagreement::ChangedSince(Box::new(one.clone()))),
    );
    let (gaps, first_gap_decides) = if no_longer_asked { (Vec::new(), false) } else { gaps(case, &blockers) };
    Diagnosis {
        decision,
        cause,
        summary,
        disagreements,
        confidence: agreement::confidence(case, &blockers, changed),
        then_and_now,
        unconfirmed,
        // no policy decides, whatever was not seen
        gaps,
        first_gap_decides,
        hypotheses,
        problems: problem::problems(case),
        incident: quarantined || case.secret_seen,
        blockers,
        near_misses,
    }
}

impl Diagnosis {
    /// What AWS named and the policies that were seen do not show: whether it is a Deny, and of which type.
    #[must_use]
    pub fn unseen_that_aws_named(&self) -> Option<(bool, PolicyType)> {
        self.disagreements.iter().find_map(|disagreement| match disagreement {
            Disagreement::NoSuchDeny { policy_type, .. } => Some((true, *policy_type)),
            Disagreement::AllowFound { policy_type, .. } | Disagreement::DenyFound { policy_type, .. } => {
                Some((false, *policy_type))
            }
            _ => None,
        })
    }

    /// Takes over what later stages add: what the remedies leave open, then of the second opinion contradictions, likely causes, and
    /// what could not be asked.
    pub fn add_evidence(
        &mut self,
        answers: &AwsEvidence,
        left_open: Vec<Gap>,
        disagreements: &[Disagreement],
        hypotheses: &[Hypothesis],
        refused: &[Refusal],
    ) {
        self.disagreements.extend_from_slice(disagreements);
        self.hypotheses.extend_from_slice(hypotheses);
        // what AWS's simulator says of the SCPs tells which of the policies that were not seen it was
        let alone = HypothesisEvidence::SimulatedWithoutServiceControl(Decision::Allowed);
        if !self.first_gap_decides && hypotheses.iter().any(|likely| likely.evidence.contains(&alone)) {
            let of_scp = |gap: &Gap| gap.subject.is_of_organization(PolicyType::ServiceControl);
            self.first_gap_decides = self.gaps.iter().any(of_scp);
            self.gaps.sort_by_key(|gap| !of_scp(gap));
        }
        self.gaps.extend(left_open);
        let refused = refused.iter().map(|refusal| Gap::new(Subject::Simulator, Unseen::Refused(refusal.clone())));
        self.gaps.extend(refused);
        self.gaps.extend(answers.unreadable.iter().map(|reason| Gap::new(Subject::StoredAnswer, reason.clone())));
    }
}

/// The layer that AWS named, where it was not seen; what would tell statements apart that may have matched; what else was not seen; what
/// templates leave open; then the other condition keys that decide and are not known.
/// And whether the first of all decides.
fn gaps(case: &DenialContext<'_>, blockers: &[Blocker]) -> (Vec<Gap>, bool) {
    let lacks_allow = case.denial.reason.effect == ReasonEffect::ImplicitDeny;
    let layer = case.denial.reason.policy_type.map(|named| case.policies.layer(named));
    let named = layer.and_then(|layer| if lacks_allow { layer.gap() } else { layer.unseen_deny() });
    let of_network = case.denial.notes.contains(&Note::PolicyOfNetwork);
    // a call of VPC Lattice has two policies of the type
    let of_resource = case.denial.reason.policy_type == Some(PolicyType::ResourceBased);
    let is_named = |gap: &&Gap| match &gap.subject {
        Subject::AuthPolicy(_) => of_resource && !of_network,
        Subject::NetworkAuthPolicy(_) => of_resource,
        subject => named.is_some_and(|named| *subject == named.subject),
    };
    let (first, others): (Vec<&Gap>, Vec<&Gap>) = case.gaps.iter().partition(is_named);
    let undetermined = case.evaluation.decision == Decision::Undetermined;
    let keys = if undetermined { case.deduction.telling(&case.evaluation.missing_context) } else { Vec::new() };
    let key = |key: &&String| {
        Gap::new(Subject::ContextKey((*key).clone()), Unseen::KeyNotTold)
            .closed_by(Command::new("--context").word(context_argument(key, "VALUE")))
    };
    let separates =
        |key: &&&String| case.deduction.separating.iter().any(|separating| separating.eq_ignore_ascii_case(key));
    // `${Bucket}` is no policy variable, and no option gives its value
    let (separating, keys): (Vec<&String>, Vec<&String>) =
        keys.into_iter().filter(|key| is_context_key(key)).partition(|key| separates(&key));
    let mut gaps: Vec<Gap> = first.into_iter().cloned().collect();
    let action = Gap::new(Subject::Action, Unseen::ActionNotNamed);
    let unnamed = case.denial.kind == DenialKind::IamDenial && case.request.action.value().is_none();
    gaps.extend(unnamed.then_some(action));
    gaps.extend(resource(case));
    gaps.extend(public_access::gaps(case, blockers));
    gaps.extend(separating.iter().map(key));
    let comes_first = !gaps.is_empty();
    gaps.extend(others.into_iter().cloned());
    gaps.extend(left_open(case.request, case.evaluation));
    gaps.extend(keys.iter().map(key));
    gaps.extend(settings::gaps(case, blockers));
    gaps.extend_from_slice(&case.answers.refused);
    let decides = comes_first || gaps.len() == 1;
    (gaps.into_iter().map(|gap| whose_credentials(gap, case.request)).collect(), decides)
}

/// Where caller and resource belong to two accounts, or AWS was asked in another one, a command says whose credentials it needs: names like those may be in both.
fn whose_credentials(gap: Gap, request: &Request) -> Gap {
    let own = request.principal.value().and_then(Principal::account);
    let owner = request.resource_account.value().map(String::as_str);
    let account = match gap.subject.side() {
        Some(PolicySide::Principal) => own,
        Some(PolicySide::Resource) => owner,
        None => None,
    };
    let asked_elsewhere = matches!(gap.reason, Unseen::OtherCredentials { .. });
    match account.filter(|_| asked_elsewhere || (own.is_some() && owner.is_some() && own != owner)) {
        Some(account) => gap.with_credentials_of(account),
        None => gap,
    }
}

/// Which resource it was, where statements depend on that.
fn resource(case: &DenialContext<'_>) -> Option<Gap> {
    case.evaluation.missing_evidence.contains(&MissingEvidence::Resource).then_some(())?;
    let reason = match &case.request.resource {
        Field::Missing(_) => Unseen::ResourceNotNamed,
        _ => Unseen::ResourceIsPattern,
    };
    case.request.action.value()?;
    let shapes = case.reference.resource_shapes(case.request);
    let shape = shapes.into_iter().next().unwrap_or_else(|| "ARN".to_owned());
    Some(Gap::new(Subject::Resource, reason).closed_by(Command::new("--resource").word(shape)))
}
