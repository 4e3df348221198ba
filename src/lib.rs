//! IAM diagnostics: an AWS access denial comes in, a diagnosis comes out.
//!
//! [`denial::parse`] reads what AWS said, [`diagnose()`] does the rest:
//!
//! ```
//! use iamdx::{denial, diagnose, iam::Hints, snapshot::Snapshot, text::Source};
//!
//! let said = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: \
//!     \"arn:aws:s3:::reports/2026/q1.csv\" because no identity-based policy allows the s3:GetObject action";
//! let file = br#"{"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "in_organization": false, "UserDetailList": [
//!     {"Arn": "arn:aws:iam::111122223333:user/alice", "UserPolicyList": [{"PolicyName": "reports", "PolicyDocument":
//!         {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/2025/*"}}}]}]}]}"#;
//!
//! let denials = denial::parse(&Source::new("message", said));
//! let snapshot = Snapshot::read("account.json", file.to_vec())?;
//! let report = diagnose(&denials[0], &snapshot, &Hints::default());
//!
//! assert_eq!(report.diagnosis.cause.id, "no-matching-allow");
//! let edit = &report.remedies[0].edits[0];
//! assert!(edit.after.document.source.text().contains(r#"["arn:aws:s3:::reports/2025/*", "arn:aws:s3:::reports/2026/q1.csv"]"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Everything here is synchronous and pure: no files, no clock, no network. The command line needs the feature `cli`, the probe of Amazon
//! Bedrock the feature `bedrock`.

#[cfg(feature = "live")]
pub mod aws;
pub mod aws_evidence;
#[cfg(feature = "cli")]
pub mod cli;
pub mod denial;
pub mod diagnose;
pub mod difference;
pub mod evaluate;
pub mod iam;
pub mod infer;
#[cfg(feature = "bedrock")]
pub mod probe;
pub mod reference;
pub mod remedy;
pub mod report;
pub mod simulator_check;
pub mod snapshot;
pub mod text;

use crate::aws_evidence::AwsEvidence;
use crate::denial::Denial;
use crate::diagnose::DenialContext;
use crate::evaluate::{derive_context, evaluate};
use crate::iam::{Gap, Hints, PolicyType, Unseen};
use crate::reference::Reference;
use crate::report::Report;
use crate::snapshot::{Snapshot, add_session_policies, select};

/// The whole line, from what AWS said to what to change.
#[must_use]
pub fn diagnose(denial: &Denial, snapshot: &Snapshot, hints: &Hints) -> Report {
    diagnose_by(denial, snapshot, hints, Reference::embedded())
}

/// The same by another service reference than the one that is part of the program.
#[must_use]
pub fn diagnose_by(denial: &Denial, snapshot: &Snapshot, hints: &Hints, reference: &Reference) -> Report {
    let mut denial = denial.clone();
    infer::examine(&mut denial, reference);
    let denial = &denial;
    let confirmed = infer::confirmed(hints);
    let mut request = infer::from_denial(denial, hints);
    infer::spell(&mut request, reference);
    let answers = AwsEvidence::of(denial, snapshot.raw_evidence());
    answers.complete(&mut request, hints);
    let mut selection = select(snapshot, &request);
    // a record without policies is not of this session, or not the whole of it, where AWS says that one was passed
    let blamed = denial.reason.policy_type == Some(iam::PolicyType::Session);
    if let Some(origin) = denial.session.as_ref().filter(|origin| origin.has_policies() || !blamed) {
        add_session_policies(snapshot, &request, origin, &mut selection);
    }
    infer::add_snapshot_facts(&mut request, &selection, hints);
    if !hints.context_complete {
        derive_context(&mut request);
    }
    let mut policies = selection.policies;
    infer::apply_aws_reason(denial, &mut request, &mut policies);
    let evaluation = evaluate(&request, &policies);
    let case = DenialContext {
        denial,
        request: &request,
        policies: &policies,
        evaluation: &evaluation,
        gaps: &selection.gaps,
        answers: &answers,
        profiles: snapshot.inference_profiles(),
        reference,
        reach: &[],
        confirmed: &confirmed,
        secret_seen: hints.secret_seen,
        target_quarantined: target_quarantined(&request, snapshot),
    };
    let mut diagnosis = diagnose::diagnose(&case);
    let reach = reach(&request, &diagnosis, snapshot);
    let case = DenialContext { reach: &reach, ..case };
    let remedies = remedy::propose(&case, &diagnosis);
    let next_denials = remedy::expected(&case, &diagnosis, &remedies);
    let unknown = remedy::gaps(&case, &diagnosis);
    let simulator_findings = simulator_check::check(&simulator_check::SimulatorCheck {
        request: &request,
        policies: &policies,
        evaluation: &evaluation,
        diagnosis: &diagnosis,
        remedies: &remedies,
        answers: &answers,
    });
    let unanswered = AwsEvidence::ids(denial).into_iter().flat_map(|(what, id)| {
        let gap = |refusal| Gap::new(what.clone(), Unseen::Refused(refusal));
        snapshot.refused(&id).map(gap).collect::<Vec<_>>()
    });
    diagnosis.gaps.extend(unanswered);
    diagnosis.gaps.extend(unknown);
    diagnosis.add_evidence(
        &answers,
        &simulator_findings.disagreements,
        &simulator_findings.hypotheses,
        &simulator_findings.refused,
    );
    Report {
        denial: denial.clone(),
        request,
        policies,
        evaluation,
        diagnosis,
        remedies,
        next_denials,
        answers,
        simulator_findings,
    }
}

/// How far the policies of the organization reach that block the request: SCPs above the caller, RCPs above the resource.
fn reach(request: &iam::Request, diagnosis: &diagnose::Diagnosis, snapshot: &Snapshot) -> Vec<iam::AttachmentScope> {
    let caller = request.principal.value().and_then(iam::Principal::account);
    let owner = request.resource_account.value().map(String::as_str);
    let blocks = |policy_type| diagnosis.blockers.iter().any(|blocker| blocker.policy_type == policy_type);
    [(PolicyType::ServiceControl, caller), (PolicyType::ResourceControl, owner)]
        .into_iter()
        .filter(|(policy_type, _)| blocks(*policy_type))
        .filter_map(|(policy_type, account)| Some(snapshot.reach(policy_type, account?)))
        .flatten()
        .collect()
}

/// Whether the request would undo the quarantine of another user: an IAM change of a user to whom the policy is attached. Taking its
/// keys away is what the incident asks for.
fn target_quarantined(request: &iam::Request, snapshot: &Snapshot) -> bool {
    let (Some(action), Some(resource)) = (request.action.value(), request.resource.value()) else {
        return false;
    };
    let reads =
        ["get", "list", "simulate", "generate"].iter().any(|verb| action.name().to_ascii_lowercase().starts_with(verb));
    let contains = ["iam:updateaccesskey", "iam:deleteaccesskey", "iam:deleteuser", "iam:deleteloginprofile"]
        .contains(&action.folded());
    let target = iam::Principal::new(resource);
    if action.service() != "iam" || reads || contains || target.kind() != iam::PrincipalKind::User {
        return false;
    }
    let own = infer::hypothetical(target, action.clone(), "*", &Hints::default());
    let selection = select(snapshot, &own);
    selection.policies.identity.policies.iter().any(|policy| diagnose::is_quarantine_policy(policy))
        || selection.gaps.iter().any(|gap| diagnose::is_quarantine_subject(&gap.subject))
}
