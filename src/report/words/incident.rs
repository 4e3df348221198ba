//! What to do when a key has leaked.

use crate::remedy::IncidentStep;

/// What happened, in one line.
#[must_use]
pub const fn title(quarantined: bool) -> &'static str {
    if quarantined {
        "Treat the access key as compromised: AWS put this Deny there on purpose"
    } else {
        "Treat the credentials in this text as compromised"
    }
}

/// What to do.
#[must_use]
pub const fn step(step: IncidentStep) -> &'static str {
    match step {
        IncidentStep::DeactivateKey => {
            "With other, administrator credentials: deactivate the key (keep it for forensics). Do not test with it again."
        }
        IncidentStep::ReadCloudTrail => {
            "Read CloudTrail for that key in every Region: new users, roles, keys, functions, and Bedrock spend. End sessions that it \
             started."
        }
        IncidentStep::RemoveSecret => {
            "Remove the secret from the place where it was published, including the history; change every other secret that stood there."
        }
        IncidentStep::ReplaceKey => {
            "Delete the key. Give the workload a role instead, for CI an OIDC role limited to one repository and branch."
        }
        IncidentStep::AnswerSupportCase => {
            "Answer the support case that AWS opened. Only after its all-clear an administrator takes the quarantine policy off, or \
             deletes the user."
        }
    }
}

/// What not to do while AWS's quarantine stands.
pub const KEEP_QUARANTINE: &str = "Do not detach or narrow the quarantine policy, add Allow statements, make another user or key for the \
    same workload, or go around it by another Region, endpoint or API key: the key is public, and whoever holds it would get the access \
    back too.";
