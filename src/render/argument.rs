//! In which form the call that sets a policy takes the document, and the file that holds it so.

use super::place::Place;
use crate::iam::Argument;
use crate::remedy::Edit;
use crate::text::{Json, minified};

/// The files that hold the document as its command takes it, after and before: the same, but for a queue, whose policy is a text
/// inside a JSON object of attributes.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>
#[must_use]
pub fn argument_files(edit: &Edit) -> (String, String) {
    let ending = match argument(edit) {
        Argument::Document | Argument::Statements | Argument::AccountStatements => {
            return (edit.file(), edit.file_before());
        }
        Argument::Attributes => "attributes",
        Argument::OneLine => "one-line",
    };
    (format!("{}.{ending}.json", edit.file_stem), format!("{}.before.{ending}.json", edit.file_stem))
}

/// In which form the call that sets the policy takes the document.
fn argument(edit: &Edit) -> Argument {
    match Place::of(edit) {
        Place::Resource(_, write, _) => write.takes,
        // the call is the same for a service and its network
        Place::AuthPolicyOfFile => Argument::OneLine,
        _ => Argument::Document,
    }
}

/// What the file of [`argument_files`] holds for this document; nothing where the call takes the document itself.
#[must_use]
pub fn argument_text(edit: &Edit, document: &str) -> Option<String> {
    match argument(edit) {
        Argument::Document | Argument::Statements | Argument::AccountStatements => None,
        Argument::Attributes => {
            let policy = Json::Object(vec![("Policy".to_owned(), Json::text(document))]);
            Some(format!("{}\n", policy.pretty("  ", 0)))
        }
        Argument::OneLine => Some(minified(document)),
    }
}
