//! What the policies say about one request: every statement of every policy gets an outcome, and the decision follows.
//!
//! Nothing stops at the first answer: a diagnosis needs all blockers, so [`evaluate`] is total and looks at everything.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

mod answer_line;
mod ask;
mod case_fault;
mod case_form;
mod case_parts;
mod case_request;
mod case_tape;
mod condition;
mod derive;
mod distinct;
mod element_reason;
mod evaluation;
mod known_documents;
mod logic;
mod matches;
mod missing;
mod prepare;
mod presence;
mod principal;
mod reasons;
mod statement;
mod subject;
mod test_case;
mod tree;
mod truth;

pub use ask::evaluate;
pub(crate) use ask::{decide, is_about, is_of_one_account};
pub use case_fault::CaseFault;
pub use case_parts::CaseError;
pub(crate) use condition::holds;
pub use derive::{derive_context, derive_tested};
pub use element_reason::{ElementReason, ElementWhy, LineWhy, NotComparable};
pub use evaluation::{Check, CheckEffect, Decision, Evaluation, MissingEvidence, StatementOutcome};
pub use known_documents::KnownDocuments;
pub(crate) use prepare::Prepared;
pub(crate) use presence::{BONDS, Bond, is_present, is_private, is_without_owner, settle, tested};
pub use reasons::reasons;
pub use test_case::{Answer, AnswerProblem, MatchedStatement, TestCase};
pub(crate) use tree::named_values;
pub use tree::{Branch, DecisionTree, Values, decision_tree};
pub use truth::Truth;
