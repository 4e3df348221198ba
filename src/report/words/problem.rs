//! What is wrong with a document.

use super::disagreement::unknown_action;
use crate::diagnose::{Consequence, ProblemKind};

/// The problem in a sentence.
#[must_use]
pub fn problem(kind: &ProblemKind) -> String {
    match kind {
        ProblemKind::Grammar(fault) => fault.to_string(),
        ProblemKind::Placeholder { text } => {
            format!("`{text}` is a placeholder that was never replaced")
        }
        ProblemKind::NoEffect { entry, consequence } => format!(
            "`{entry}` has no effect any more, {}: AWS asks about the actions that are called through the AWS MCP Server, with \
             aws:ViaAWSMCPService and aws:CalledViaAWSMCP as condition keys",
            follows(*consequence)
        ),
        ProblemKind::AnySubject { provider } => format!(
            "anybody can get a token of {provider}, and no condition says whose: strangers can assume the role; have it test {provider}:{}",
            if matches!(provider.as_str(), "accounts.google.com" | "cognito-identity.amazonaws.com") {
                "aud"
            } else {
                "sub"
            }
        ),
        ProblemKind::NoSuchAction { entry, what, consequence } => {
            format!("`{entry}` {}, {}", unknown_action(what), follows(*consequence))
        }
    }
}

const fn follows(consequence: Consequence) -> &'static str {
    match consequence {
        Consequence::AllowsNothing => "it allows nothing",
        Consequence::DeniesNothing => "it denies nothing",
        Consequence::ExcludesNothing => "it leaves nothing out",
    }
}
