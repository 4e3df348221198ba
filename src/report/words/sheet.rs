//! Headings and labels of the page for a browser.

use super::list::counted;
use super::remedy::with_article;
use super::{gap_reason, not_applicable};
use crate::deduce::Basis;
use crate::diagnose::Confidence;
use crate::evaluate::Decision;
use crate::iam::{Coverage, Effect, PolicySet, PolicyType};
use crate::reference::DangerKind;
use crate::report::evidence::EvidenceSource;

/// The name of the tool, as the foot of a page has it.
pub const MADE_BY: &str = "Made by iamdx";
/// Said of the whole page.
pub const OFFLINE: &str = "This page loads nothing from anywhere; it can be kept, printed and sent on.";
/// Where a keyboard goes past the head of the page.
pub const SKIP: &str = "Skip to the report";
/// The layers.
pub const LADDER: &str = "How AWS decides";
/// What the layers are.
pub const LADDER_IS: &str = "Each layer, in the order in which AWS looks at them. A Deny in any layer decides; where a layer must allow, one Allow is enough.";
/// What to change.
pub const FIX: &str = "What to change";
/// What was asked.
pub const REQUEST: &str = "The request";
/// The policies.
pub const DOCUMENTS: &str = "Policy documents";
/// What the answer rests on.
pub const EVIDENCE: &str = "What this rests on";
/// What was not seen.
pub const NOT_CHECKED: &str = "Not checked";
/// What may be denied afterwards.
pub const NEXT: &str = "May be denied next";
/// Other causes that fit.
pub const ALSO: &str = "Also possible";
/// Where sources contradict each other.
pub const CONTRADICTIONS: &str = "Contradictions";
/// What is wrong with the documents.
pub const PROBLEMS: &str = "Problems in these documents";
/// What AWS wrote.
pub const AWS_SAID: &str = "What AWS said";
/// Why it was denied.
pub const WHY: &str = "Why";
/// Who must act.
pub const WHO: &str = "What to do";
/// The first steps of an incident.
pub const INCIDENT: &str = "Security incident";
/// What must not be done.
pub const DO_NOT: &str = "Do not";
/// Leads to the change.
pub const SEE_CHANGE: &str = "See the change";
/// Leads to the layer that blocks.
pub const SEE_LAYER: &str = "See the layer that blocks";
/// Who asked.
pub const PRINCIPAL: &str = "Who";
/// What was asked.
pub const ACTION: &str = "Action";
/// On what.
pub const RESOURCE: &str = "Resource";
/// Whose the resource is.
pub const RESOURCE_ACCOUNT: &str = "Owner of the resource";
/// The call.
pub const CALL: &str = "Call";
/// How often the denial stands in the input.
pub const SEEN: &str = "Seen";
/// The place in the inputs.
pub const PLACE: &str = "In";
/// Other places in them.
pub const ALSO_IN: &str = "Also in";
/// A column of the request.
pub const KEY: &str = "Condition key";
/// A column of the request.
pub const VALUE: &str = "Value";
/// A column of the request.
pub const ORIGIN: &str = "How it is known";
/// A value that the input has.
pub const KNOWN: &str = "given";
/// A value that was filled in.
pub const ASSUMED: &str = "assumed";
/// A value that follows from AWS's words.
pub const DEDUCED: &str = "deduced";
/// A value that nobody knows.
pub const UNKNOWN: &str = "not known";
/// A key that the request does not carry.
pub const ABSENT: &str = "not in the request";
/// Said of a key that is not known and decides.
pub const COULD_DECIDE: &str = "its value could change the decision";
/// Where a request without a known part stands.
pub const NOT_TOLD: &str = "not known";
/// A column of the evidence.
pub const SOURCE: &str = "Source";
/// A column of the evidence.
pub const SAYS: &str = "What it says";
/// A column of the evidence.
pub const LIMITS: &str = "What it cannot show";
/// The document of a changed policy before.
pub const BEFORE: &str = "Before";
/// The document of a changed policy after.
pub const AFTER: &str = "After";
/// What was proved.
pub const PROOF: &str = "Checked";
/// What the change opens.
pub const NEWLY_ALLOWED: &str = "Newly allowed";
/// What the change closes.
pub const NEWLY_DENIED: &str = "Newly denied";
/// What a narrowed Deny does not deny any more.
pub const LIFTED: &str = "No longer denied";
/// Said of what is lifted.
pub const STILL_NEEDS_ALLOW: &str = "an Allow is still needed";
/// What could not be compared.
pub const NOT_COMPARED: &str = "Could not be compared";
/// What a proof takes to be so.
pub const ASSUMES: &str = "Assumes that none of these blocks it";
/// What else a proof takes to be so.
pub const PROVIDED: &str = "Provided that";
/// How long the document is.
pub const SIZE: &str = "Size";
/// What must be so for a remedy to help.
pub const ONLY_IF: &str = "Only if";
/// What whoever gains the access could do.
pub const DANGER: &str = "Danger";
/// What speaks against a remedy.
pub const AGAINST: &str = "Before you do this";
/// Nothing at all.
pub const NOTHING: &str = "nothing";
/// Nothing but what stands before.
pub const NOTHING_ELSE: &str = "nothing else";
/// The commands of the AWS CLI.
pub const COMMANDS: &str = "Commands (AWS CLI)";
/// The way back.
pub const ROLLBACK: &str = "To go back";
/// The change as Terraform.
pub const TERRAFORM: &str = "Terraform";
/// The change as CloudFormation.
pub const CLOUDFORMATION: &str = "CloudFormation";
/// The whole document after the change.
pub const WHOLE_DOCUMENT: &str = "The whole document after the change";
/// Where a document begins that is new.
pub const NEW_DOCUMENT: &str = "new document";
/// The label of a button.
pub const COPY: &str = "Copy";
/// The label of a button that was pressed.
pub const COPIED: &str = "Copied";
/// AWS named this layer.
pub const NAMED_BY_AWS: &str = "named by AWS";
/// A part of the layer was not seen.
pub const PARTLY_SEEN: &str = "not all of it was seen";
/// Said above an excerpt of a statement that nearly allows.
pub const NEAR: &str = "nearly allows it";
/// A document on one line.
pub const REFORMATTED: &str = "shown reformatted";
/// Back to the layers.
pub const BACK: &str = "Back to the layers";
/// How to read about the cause.
pub const ABOUT_CAUSE: &str = "About this cause";

/// The verdict.
pub const DENIED: &str = "Denied";
/// Between a statement and its policy.
pub const OF: &str = "of";
/// Between an action and its resource.
pub const ON: &str = "on";
/// What a policy is attached to.
pub const ATTACHED_TO: &str = "Attached to";
/// The decision after a change.
pub const RESULT: &str = "Result";

/// What the links at the top of a part are; the first part is the page itself.
#[must_use]
pub fn contents(part: usize) -> String {
    if part == 0 { "Contents".to_owned() } else { format!("Contents of part {}", part + 1) }
}

/// `line 7`.
#[must_use]
pub fn line(line: usize) -> String {
    format!("line {line}")
}

/// `account 111122223333`.
#[must_use]
pub fn of_account(account: &str) -> String {
    format!("account {account}")
}

/// `3 times`.
#[must_use]
pub fn times(count: usize) -> String {
    format!("{count} times")
}

/// `likely`, or `possible`.
#[must_use]
pub const fn likelihood(likely: bool) -> &'static str {
    if likely { "likely" } else { "possible" }
}

/// What the simulator says of a remedy.
#[must_use]
pub fn confirmed(decision: &str, remedy: &str) -> String {
    format!("{decision} after {remedy}")
}

/// The verdict of a simulation.
#[must_use]
pub const fn simulated(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "Allowed",
        Decision::ExplicitDeny | Decision::ImplicitDeny => "Denied",
        Decision::Undetermined => "Undetermined",
    }
}

/// What stands above the verdict of a simulation.
#[must_use]
pub const fn simulated_how(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "simulated: these policies allow it, and none denies it",
        Decision::ExplicitDeny => "simulated: a Deny statement of these policies matches",
        Decision::ImplicitDeny => "simulated: an Allow that is needed is missing",
        Decision::Undetermined => "simulated: what is not known decides",
    }
}

/// The same where a setting of S3 refuses the request.
pub const REFUSED_HOW: &str = "simulated: a setting of S3 refuses it, whatever the policies say";

/// The matrix of a probe.
pub const MATRIX: &str = "What each call came to";
/// What the words of the matrix mean.
pub const ANSWERS: &str = "What the answers mean";
/// A column.
pub const ANSWER: &str = "Answer";
/// A column.
pub const MEANING: &str = "What it means";
/// A column.
pub const NEXT_STEP: &str = "Next step";
/// A column.
pub const CALLS: &str = "Calls";
/// A column of the matrix.
pub const MODEL: &str = "Model or profile";
/// An answer without a remark.
pub const ANSWERED: &str = "the model answers";
/// A call that was not planned.
pub const NOT_PLANNED: &str = "not planned";
/// What cells together point to.
pub const POINTS_TO: &str = "What the differences point to";
/// What to do about calls that no policy decides.
pub const STEPS: &str = "What no policy decides";
/// What was said of cells.
pub const CELLS_SAID: &str = "What was said";
/// Cells that were not called.
pub const NOT_CALLED: &str = "Not called";
/// A cell that was not called.
pub const WAS_NOT_CALLED: &str = "not called";
/// What holds for the whole run.
pub const NOTES: &str = "Notes";
/// The same run again.
pub const AGAIN: &str = "To probe again";
/// How the calls were signed.
pub const SIGNED: &str = "Signed";
/// How many cells have each verdict.
pub const COUNTS: &str = "Counts";
/// What the calls used.
pub const USED: &str = "Used";
/// What comes before everything else.
pub const FIRST: &str = "First";
/// One policy for all that was tried.
pub const ONE_POLICY: &str = "One policy for all that was tried";
/// The service that is probed.
pub const BEDROCK: &str = "Amazon Bedrock";

/// What a probe was, and when.
#[must_use]
pub fn probed(from: &str, to: &str, complete: bool) -> String {
    let word = if complete { "Probe" } else { "Incomplete probe" };
    format!("{word}, {from} to {to}")
}

/// `Finding 1 of 2`.
#[must_use]
pub fn finding(number: usize, all: usize) -> String {
    if all == 1 { "Finding".to_owned() } else { format!("Finding {number} of {all}") }
}

/// What the decision rests on.
pub const DEPENDS: &str = "What it depends on";
/// Leads to the layers.
pub const SEE_LAYERS: &str = "See the layers";
/// The head of a comparison without new access.
pub const NO_NEW_ACCESS: &str = "No new access";
/// The head of a comparison that does not decide it.
pub const MAYBE_NEW_ACCESS: &str = "Cannot tell whether there is new access";
/// The head of a comparison with new access.
pub const NEW_ACCESS: &str = "New access";
/// What is no longer allowed.
pub const NO_LONGER: &str = "No longer allowed";
/// What could not be decided.
pub const CANNOT_TELL: &str = "Cannot tell";
/// The documents side by side.
pub const BOTH_DOCUMENTS: &str = "The documents side by side";
/// Before a request that shows a change.
pub const EXAMPLE: &str = "For example";
/// The statements that make a change.
pub const BY_STATEMENT: &str = "By this statement";
/// Nothing differs.
pub const NO_DIFFERENCE: &str = "These policies give the same access.";
/// Who is allowed.
pub const ALLOWED: &str = "Allowed";
/// Who is allowed where nothing more exists.
pub const ALLOWED_SO_FAR: &str = "Allowed, as far as was seen";
/// Said of those.
pub const COULD_DENY: &str = "A policy that was not seen could deny it.";
/// Who may be allowed.
pub const WHO_UNDETERMINED: &str = "Depends on the request";
/// A column.
pub const USER_OR_ROLE: &str = "User or role";
/// A column.
pub const ALLOWED_BY: &str = "Allowed by";
/// A column.
pub const DEPENDS_ON: &str = "Depends on";
/// Nobody.
pub const NOBODY: &str = "Nobody in this snapshot.";

/// How many of all are meant.
#[must_use]
pub fn of_all(count: usize, all: usize) -> String {
    format!("{count} of {}", counted(all, "user or role", "users and roles"))
}

/// How many are denied, and how many of these only as far as was seen.
#[must_use]
pub fn denied(certain: usize, seen: usize) -> String {
    let so_far = if seen == 0 {
        String::new()
    } else {
        format!("; {seen} more as far as was seen: a policy that was not seen could allow it")
    };
    format!("{certain} denied{so_far}")
}

/// Where the statements come from that decide for a user or role.
pub const STATEMENTS_ARE: &str = "Statements are named with line and column in their document.";

/// A danger in one word or two.
#[must_use]
pub const fn danger(kind: DangerKind) -> &'static str {
    match kind {
        DangerKind::Escalation => "more permissions",
        DangerKind::ProtectionOff => "protection off",
        DangerKind::Exposure => "exposure",
    }
}

/// How many changes open something.
#[must_use]
pub fn openings(count: usize, dangerous: usize) -> String {
    let dangers = match dangerous {
        0 => "none with a known danger".to_owned(),
        one_or_more => format!("{one_or_more} with a danger"),
    };
    format!("{}, {dangers}", counted(count, "change", "changes"))
}

/// The rest of a long list.
#[must_use]
pub fn more_gaps(count: usize) -> String {
    format!("{count} more: --format json lists them")
}

/// What a layer says about the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A Deny of it matches.
    Denies(Basis),
    /// It must allow, and does not.
    LacksAllow(Basis),
    /// It allows.
    Allows,
    /// Nothing in it matches, and nothing has to.
    NoImpact,
    /// AWS's words tell that it does not allow, and nothing else of it is known.
    GivesNothing,
    /// Something unknown decides.
    Unknown,
    /// Nobody saw it.
    NotSeen,
    /// It cannot apply.
    NotApplicable,
    /// There is no such policy.
    Empty,
}

/// The outcome of a layer in two or three words.
#[must_use]
pub const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Denies(Basis::Evaluated) => "Denies",
        Outcome::Denies(Basis::Deduced) => "Denies (deduced)",
        Outcome::Denies(Basis::Possible) => "May deny",
        Outcome::LacksAllow(Basis::Evaluated) => "Allow is missing",
        Outcome::LacksAllow(Basis::Deduced) => "Allow is missing (deduced)",
        Outcome::LacksAllow(Basis::Possible) => "Allow may be missing",
        Outcome::Allows => "Allows",
        Outcome::NoImpact => "No effect",
        Outcome::GivesNothing => "Does not allow",
        Outcome::Unknown => "Cannot tell",
        Outcome::NotSeen => "Not seen",
        Outcome::NotApplicable => "Does not apply",
        Outcome::Empty => "None",
    }
}

/// Why a layer has its outcome, where no statement of it says so.
#[must_use]
pub fn coverage(coverage: &Coverage) -> Option<String> {
    match coverage {
        Coverage::Complete => None,
        Coverage::NotApplicable(why) => Some(not_applicable(why)),
        Coverage::Gap(gap) | Coverage::MayDelegate(gap) | Coverage::MayDeny(gap) | Coverage::MayAllow(gap) => {
            Some(gap_reason(&gap.reason))
        }
    }
}

/// A layer's name: `Service control policies, Root`.
#[must_use]
pub fn layer(policy_type: PolicyType) -> String {
    let plural = match policy_type {
        PolicyType::PermissionsBoundary | PolicyType::RoleTrust | PolicyType::VpcEndpoint => policy_type.noun(),
        _ => policy_type.row().plural,
    };
    let mut letters = plural.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

/// The order in which AWS looks at the layers; the policy of a VPC endpoint, which its page leaves out, stands before those that it limits.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
pub const ORDER: [PolicyType; PolicySet::LAYERS.len()] = [
    PolicyType::ResourceControl,
    PolicyType::ServiceControl,
    PolicyType::VpcEndpoint,
    PolicyType::ResourceBased,
    PolicyType::IdentityBased,
    PolicyType::PermissionsBoundary,
    PolicyType::Session,
];

/// AWS's page about the order.
pub const ORDER_PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html";
/// What that page is.
pub const ORDER_PAGE_IS: &str = "AWS: how a request is evaluated";

/// The first word of the page.
#[must_use]
pub const fn verdict(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "These policies allow it now",
        Decision::ExplicitDeny => "Explicit deny",
        Decision::ImplicitDeny => "Implicit deny",
        Decision::Undetermined => "These policies do not decide it",
    }
}

/// `3 statements in 2 policies`.
#[must_use]
pub fn searched(statements: usize, policies: usize) -> String {
    format!("{} in {}", counted(statements, "statement", "statements"), counted(policies, "policy", "policies"))
}

/// `2 more statements`.
#[must_use]
pub fn more(count: usize) -> String {
    format!("and {}", counted(count, "more statement", "more statements"))
}

/// `12 lines not shown`.
#[must_use]
pub fn lines_left_out(count: usize) -> String {
    format!("{} not shown", counted(count, "line", "lines"))
}

/// `Deny` or `Allow`.
#[must_use]
pub const fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    }
}

/// What a statement does for the request.
#[must_use]
pub const fn role(effect: Effect, basis: Basis) -> &'static str {
    match (effect, basis) {
        (Effect::Allow, Basis::Evaluated) => "allows this request",
        (Effect::Allow, Basis::Deduced) => "allows this request (deduced)",
        (Effect::Allow, Basis::Possible) => "may allow this request",
        (Effect::Deny, Basis::Evaluated) => "denies this request",
        (Effect::Deny, Basis::Deduced) => "denies this request (deduced)",
        (Effect::Deny, Basis::Possible) => "may deny this request",
    }
}

/// How sure the answer is, and by what.
#[must_use]
pub const fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Verified => "verified: AWS's own record of this request",
        Confidence::Reported => "reported: AWS's message names the type of policy",
        Confidence::Simulated => "simulated: AWS's simulator says so",
        Confidence::Inferred => "inferred: only these policies say so",
        Confidence::Unknown => "unknown: nothing decides it",
    }
}

/// A source by name.
#[must_use]
pub const fn source(source: EvidenceSource) -> &'static str {
    match source {
        EvidenceSource::Message => "AWS's message",
        EvidenceSource::AuthorizationDetails => "AWS's record of the request",
        EvidenceSource::AuthorizationPolicy => "The policy as it was",
        EvidenceSource::DecodedMessage => "AWS's decoded message",
        EvidenceSource::EventHistory => "CloudTrail's event history",
        EvidenceSource::Simulator => "AWS's policy simulator",
        EvidenceSource::LocalEvaluation => "These policies, evaluated",
        EvidenceSource::Snapshot => "The snapshot",
    }
}

/// `Fix 1`, or `Fix 2, if that holds`.
#[must_use]
pub fn fix(number: usize, of: usize, conditional: bool) -> String {
    let number = if of > 1 { format!(" {number} of {of}") } else { String::new() };
    format!("Fix{number}{}", if conditional { ", with a condition" } else { "" })
}

/// `Owner: account admin`.
#[must_use]
pub fn owner(owner: &str) -> String {
    format!("for {}", with_article(owner))
}

/// The title in the browser's tab.
#[must_use]
pub fn title(subject: &str) -> String {
    format!("{subject} - iamdx")
}

/// `1,234 of 5,120 characters`.
#[must_use]
pub fn size(characters: usize, quota: usize) -> String {
    format!("{characters} of {quota} characters")
}

/// The decision once the change is made.
#[must_use]
pub fn after(decision: &str) -> String {
    format!("the request is {decision} after this change")
}

/// `report 1 of 3`.
#[must_use]
pub fn report(number: usize, of: usize) -> String {
    format!("Denial {number} of {of}")
}

/// A statement's place: `line 7, column 5`.
#[must_use]
pub fn place(line: usize, column: usize) -> String {
    format!("line {line}, column {column}")
}

/// Where a document stands in its file.
#[must_use]
pub fn in_file(file: &str, line: usize) -> String {
    format!("in {file}, from line {line}")
}

/// How to read about a cause.
#[must_use]
pub fn cause_command(id: &str) -> String {
    format!("iamdx cause {id}")
}
