//! Settings of EC2 that an organization may manage by a declarative policy: EC2 then refuses to change them in the administrator's own
//! words, which replace the ones by which such a refusal is known.
//!
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ec2.html#orgs_manage_policies_ec2-custom-message>,
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ec2_syntax.html>

use super::cursor::{Cursor, head};
use super::facts::{Denial, DenialKind, ReasonEffect};
use super::note::Note;

/// The operations that change such a setting.
const OPERATIONS: [&str; 15] = [
    "CreateVpcBlockPublicAccessExclusion",
    "CreateVpcEncryptionControl",
    "DisableAllowedImagesSettings",
    "DisableImageBlockPublicAccess",
    "DisableSerialConsoleAccess",
    "DisableSnapshotBlockPublicAccess",
    "EnableAllowedImagesSettings",
    "EnableImageBlockPublicAccess",
    "EnableSerialConsoleAccess",
    "EnableSnapshotBlockPublicAccess",
    "ModifyInstanceMetadataDefaults",
    "ModifyVpcBlockPublicAccessExclusion",
    "ModifyVpcBlockPublicAccessOptions",
    "ModifyVpcEncryptionControl",
    "ReplaceImageCriteriaInAllowedImagesSettings",
];

/// Whether the operation changes such a setting, so that it is one of EC2.
pub(super) fn is_changed_by(operation: &str) -> bool {
    OPERATIONS.contains(&operation)
}

/// Notes words behind the header of an error, which begins at `start`, that are not those of EC2 for a missing permission.
pub(super) fn note(denial: &mut Denial, text: &str, start: usize) {
    let silent = denial.reason.effect == ReasonEffect::Unknown && denial.encoded_message.is_none();
    let changed = denial.operation.as_deref().is_some_and(is_changed_by);
    if denial.kind != DenialKind::IamDenial || !silent || !changed {
        return;
    }
    let error = head(text.get(start..).unwrap_or_default(), 500);
    // behind the header of the command line, or behind the code
    let code = denial.error_code.as_deref().unwrap_or_default();
    let Some((_, message)) = error.split_once(" operation:").or_else(|| error.split_once(code)) else { return };
    let message = message.trim_start_matches([' ', ':', '\n', '"', ')']);
    let of_ec2 = Cursor::new(message, 0).phrase("You are not authorized to perform this operation").is_some();
    if message.chars().filter(|c| c.is_alphabetic()).count() > 8 && !of_ec2 {
        denial.add_note(Note::WordsOfOrganization);
    }
}
