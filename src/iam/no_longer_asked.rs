//! Actions that AWS once asked policies about and does not any more: no statement allows or denies them.

use super::action::Action;

/// The prefix of the actions of the AWS MCP Server: what is called through it is authorized by its own actions.
/// <https://docs.aws.amazon.com/agent-toolkit/latest/userguide/security_iam_troubleshoot.html>
pub const WITHOUT_EFFECT: &str = "aws-mcp";

/// Whether AWS no longer asks about the action.
#[must_use]
pub fn is_no_longer_asked(action: &Action) -> bool {
    action.service() == WITHOUT_EFFECT
}
