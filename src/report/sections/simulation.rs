//! The answer to one simulated request: allowed or not, by which statements, and what the answer depends on.

use schemars::JsonSchema;
use serde::Serialize;

use super::blockers::{blocker_item, named};
use super::not_seen::{assumed, not_seen};
use crate::diagnose::{PublicAccessRefusal, StatementRef, blockers};
use crate::evaluate::{
    Answer, Branch, Decision, DecisionTree, Evaluation, MissingEvidence, Values, decision_tree, evaluate,
};
use crate::iam::{Effect, Gap, PolicySet, Request, Subject, is_federated_call};
use crate::report::model::{GapModel, RequestModel};
use crate::report::page::{Detail, Page, Tone};
use crate::report::sheet::Sheet;
use crate::report::{CommandReport, SCHEMA_VERSION, to_json, words};
use crate::snapshot::assume_complete;

/// One request, the policies at hand and what they say.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// The request.
    pub request: Request,
    /// The policies that apply.
    pub policies: PolicySet,
    /// What they say.
    pub evaluation: Evaluation,
    /// What was not seen.
    pub gaps: Vec<Gap>,
    /// The setting of S3 that certainly refuses it, whatever the policies say.
    pub refused: Option<PublicAccessRefusal>,
}

/// The JSON of `simulate`: the line of a batch, and what it rests on.
#[derive(Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SimulateReport {
    /// The version of this form.
    schema_version: u8,
    /// What was asked.
    request: RequestModel,
    #[serde(flatten)]
    answer: Answer,
    /// What else is not known and decides.
    missing_evidence: Vec<String>,
    /// The codes of these.
    missing_evidence_codes: Vec<&'static str>,
    /// The decision if policies that were not seen neither allow nor deny the request, where they are all that leaves it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_as_given: Option<Decision>,
    /// The decision by the keys that are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_tree: Option<TreeModel>,
    /// What was not seen.
    gaps: Vec<GapModel>,
    /// The setting that refuses the request, whatever the policies say: the decision is `implicitDeny` then, and nothing decided it.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_by: Option<RefusalModel>,
}

/// A setting of S3 that refuses a request.
#[derive(Debug, Serialize, JsonSchema)]
struct RefusalModel {
    /// Its name: `RestrictPublicBuckets`.
    setting: &'static str,
    /// Where it is on: `bucket reports`, `account 111122223333`.
    levels: Vec<String>,
    /// The same in words.
    message: String,
}

/// The tree in its JSON shape.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum TreeModel {
    /// Nothing more decides.
    Leaf {
        /// The decision.
        decision: Decision,
    },
    /// A key decides.
    Split {
        /// The key.
        key: String,
        /// Its values, and what follows from each.
        branches: Vec<BranchModel>,
    },
}

/// Values of a key, and what follows from them.
#[derive(Debug, Serialize, JsonSchema)]
struct BranchModel {
    /// The values, in words: `true`, `in 10.0.0.0/8`, `less than 60`.
    values: Vec<String>,
    /// The codes of these.
    value_codes: Vec<&'static str>,
    /// Also if the key is not in the request.
    absent: bool,
    /// Also for values that no branch names.
    others: bool,
    /// What follows.
    then: TreeModel,
}

impl TreeModel {
    fn new(tree: &DecisionTree) -> Self {
        match tree {
            DecisionTree::Leaf { decision } => Self::Leaf { decision: *decision },
            DecisionTree::Split { key, branches } => {
                Self::Split { key: key.clone(), branches: branches.iter().map(BranchModel::new).collect() }
            }
        }
    }
}

impl BranchModel {
    fn new(branch: &Branch) -> Self {
        Self {
            values: branch.values.iter().map(words::tree::group).collect(),
            value_codes: branch.values.iter().map(Values::code).collect(),
            absent: branch.absent,
            others: branch.others,
            then: TreeModel::new(&branch.then),
        }
    }
}

impl CommandReport for Simulation {
    fn sheet(&self) -> Sheet<'_> {
        Sheet::Simulation(self)
    }

    fn json(&self) -> String {
        let missing = &self.evaluation.missing_evidence;
        let mut answer = Answer::new(serde_json::Value::Null, &self.evaluation, &self.policies);
        if self.refused.is_some() {
            answer.decision = self.decision();
            answer.decided_by.clear();
        }
        let model = SimulateReport {
            schema_version: SCHEMA_VERSION,
            request: RequestModel::new(&self.request),
            answer,
            missing_evidence: missing.iter().map(words::evidence::missing).collect(),
            missing_evidence_codes: missing.iter().map(MissingEvidence::code).collect(),
            decision_as_given: self.as_given(),
            decision_tree: self.tree().as_ref().map(TreeModel::new),
            gaps: self.gaps.iter().map(GapModel::new).collect(),
            refused_by: self.refused.as_ref().map(|refusal| RefusalModel {
                setting: refusal.setting.name(),
                levels: refusal.levels.iter().map(words::public_access::level).collect(),
                message: words::public_access::refusal(refusal),
            }),
        };
        to_json(&model, true)
    }

    fn page(&self, detail: Detail) -> Page {
        let mut page = Page::new(detail);
        let decision = self.decision();
        let (word, accent) = match decision {
            Decision::Allowed => ("ALLOWED", Tone::Fix),
            Decision::ExplicitDeny | Decision::ImplicitDeny => ("DENIED", Tone::Block),
            Decision::Undetermined => ("UNDETERMINED", Tone::Unsure),
        };
        let request = &self.request;
        page.heading(word, request.action.value().map_or("", |action| action.as_str()), accent);
        page.whole("  by    ", request.principal.value().map_or("", |principal| principal.as_str()));
        page.whole("  on    ", request.resource.value().map_or("", String::as_str));
        match decision {
            Decision::Allowed => self.allowed_by(&mut page),
            _ if let Some(refusal) = &self.refused => {
                page.heading("WHY", words::public_access::REFUSED, Tone::Block);
                page.item(" -  ", words::public_access::refusal(refusal));
            }
            Decision::ExplicitDeny | Decision::ImplicitDeny => {
                page.heading("WHY", words::decision::verdict(decision), Tone::Block);
                for (number, blocker) in blockers(request, &self.policies, &self.evaluation).iter().enumerate() {
                    blocker_item(&mut page, number + 1, blocker);
                }
            }
            Decision::Undetermined => self.depends_on(&mut page),
        }
        if detail.verbose || decision == Decision::Undetermined {
            assumed(&mut page, &self.request.assumed);
        }
        not_seen(&mut page, &self.gaps, false);
        page
    }
}

impl Simulation {
    /// What becomes of the request: a setting of S3 can refuse what the policies allow.
    #[must_use]
    pub const fn decision(&self) -> Decision {
        if self.refused.is_some() { Decision::ImplicitDeny } else { self.evaluation.decision }
    }

    /// The decision by the keys that are not known, as far as these policies say: gaps are named beside it.
    fn tree(&self) -> Option<DecisionTree> {
        let depends = !self.evaluation.missing_context.is_empty() && self.refused.is_none();
        depends.then(|| decision_tree(&self.request, &assume_complete(&self.policies)))
    }

    /// The decision by what was given, where policies that were not seen are all that leaves it open.
    pub(in crate::report) fn as_given(&self) -> Option<Decision> {
        let Evaluation { decision, missing_context, .. } = &self.evaluation;
        if *decision != Decision::Undetermined || !missing_context.is_empty() || self.refused.is_some() {
            return None;
        }
        Some(evaluate(&self.request, &assume_complete(&self.policies)).decision).filter(|given| given != decision)
    }

    fn allowed_by(&self, page: &mut Page) {
        page.heading("WHY", "these statements allow it, and none denies it", Tone::Fix);
        let mut any = false;
        for outcome in self.evaluation.checks.iter().flat_map(|check| &check.outcomes) {
            if outcome.effect == Effect::Allow && outcome.matched().is_true() {
                any = true;
                let statement = StatementRef::new(&self.request, &outcome.policy, outcome.statement);
                let at = statement.statement().map(|own| outcome.policy.document.position(own.span));
                let at = at.map_or_else(String::new, |at| format!(", {}:{at}", outcome.policy.document.source.name()));
                page.item(
                    " -  ",
                    format!("{}, {}{at}", named(&outcome.policy), words::statement::name(&statement.name())),
                );
            }
        }
        if !any {
            page.item(" -  ", "no statement: the principal needs none for this action");
        }
    }

    pub(in crate::report) fn depends_on(&self, page: &mut Page) {
        page.heading("DEPENDS ON", "what is not known", Tone::Plain);
        match self.tree() {
            Some(tree @ DecisionTree::Split { .. }) => {
                if !self.evaluation.missing_evidence.is_empty() {
                    page.item(" -  ", "as far as the policies at hand say:");
                }
                for line in words::tree::lines(&tree) {
                    page.item(" -  ", &line);
                }
            }
            _ => {
                for key in &self.evaluation.missing_context {
                    page.item(" -  ", key);
                }
            }
        }
        if self.as_given() == Some(Decision::Allowed) {
            page.item(" -  ", words::decision::allowed_unless());
        }
        for what in &self.evaluation.missing_evidence {
            page.item(" -  ", words::evidence::missing(what));
            let endpoint = matches!(what, MissingEvidence::Policies(Subject::EndpointPolicy(None)));
            if endpoint && self.request.action.value().is_some_and(is_federated_call) {
                page.item("    ", words::decision::endpoint_of_token());
            }
        }
    }
}
