//! In which form the call that sets a policy takes the document, and the file that holds it so.

use crate::iam::{Arn, PolicyType};
use crate::remedy::Edit;
use crate::text::{Json, minified};

/// The files that hold the document as its command takes it, after and before: the same, but for a queue, whose policy is a text
/// inside a JSON object of attributes.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>
#[must_use]
pub fn argument_files(edit: &Edit) -> (String, String) {
    let ending = match argument(edit) {
        Argument::Document => return (edit.file(), edit.file_before()),
        Argument::Attributes => "attributes",
        Argument::OneLine => "one-line",
    };
    (format!("{}.{ending}.json", edit.file_stem), format!("{}.before.{ending}.json", edit.file_stem))
}

/// In which form the call that sets the policy takes the document.
#[must_use]
pub fn argument(edit: &Edit) -> Argument {
    let owner = edit.after.attached_to.first().and_then(|arn| arn.parse::<Arn>().ok());
    match owner.as_ref().filter(|_| edit.policy_type == PolicyType::ResourceBased).map(Arn::service) {
        Some("sqs") => Argument::Attributes,
        Some("vpc-lattice") => Argument::OneLine,
        _ => Argument::Document,
    }
}

/// In which form a call takes a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// As it is.
    Document,
    /// As a text inside of a JSON object of attributes.
    Attributes,
    /// Without line breaks.
    /// <https://docs.aws.amazon.com/cli/latest/reference/vpc-lattice/put-auth-policy.html>
    OneLine,
}

impl Argument {
    /// What the file holds that the call takes; nothing where it takes the document itself.
    #[must_use]
    pub fn of(self, document: &str) -> Option<String> {
        match self {
            Self::Document => None,
            Self::Attributes => {
                let policy = Json::Object(vec![("Policy".to_owned(), Json::text(document))]);
                Some(format!("{}\n", policy.pretty("  ", 0)))
            }
            Self::OneLine => Some(minified(document)),
        }
    }
}
