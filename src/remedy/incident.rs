//! What to do when a key has leaked: contain, investigate, replace. Nothing here weakens what AWS put in place.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/securing_access-keys-audit.html>

use super::{Disposition, Owner, Remedy, RemedyId, RemedyKind, Step, Title, WhyNot};
use crate::iam::{Blank, Command, PrincipalKind, Request};

/// The steps, in order; `quarantined` says whether AWS has already stepped in.
#[must_use]
pub fn response(request: &Request, quarantined: bool) -> Remedy {
    let user = request
        .principal
        .value()
        .filter(|principal| principal.kind() == PrincipalKind::User)
        .and_then(|principal| principal.name());
    let of_user = |words: &str| Command::aws(words).option_or("--user-name", user, Blank::USER);
    let mut steps = vec![
        "With other, administrator credentials: deactivate the key (keep it for forensics). Do not test with it again.".to_owned(),
        "Read CloudTrail for that key in every Region: new users, roles, keys, functions, and Bedrock spend. End sessions that it started.".to_owned(),
        "Remove the secret from the place where it was published, including the history; change every other secret that stood there.".to_owned(),
        "Delete the key. Give the workload a role instead, for CI an OIDC role limited to one repository and branch.".to_owned(),
    ];
    if quarantined {
        steps.push("Answer the support case that AWS opened. Only after its all-clear an administrator takes the quarantine policy off, or deletes the user.".to_owned());
    }
    Remedy {
        id: RemedyId::IncidentResponse,
        title: Title::Text(if quarantined {
            "Treat the access key as compromised: AWS put this Deny there on purpose".to_owned()
        } else {
            "Treat the credentials in this text as compromised".to_owned()
        }),
        owner: Owner::AccountAdmin,
        disposition: if quarantined { Disposition::Refused } else { Disposition::NeedsReview },
        kind: RemedyKind::IncidentResponse,
        edits: Vec::new(),
        verification: None,
        calls: vec![
            of_user("iam list-access-keys"),
            of_user("iam update-access-key")
                .fill_in("--access-key-id", Blank::ACCESS_KEY_ID)
                .words("--status Inactive"),
            of_user("iam list-attached-user-policies"),
        ],
        steps: steps.into_iter().map(Step::Text).collect(),
        why_not: Vec::from_iter(quarantined.then(|| {
            WhyNot::Text(
            "Do not detach or narrow the quarantine policy, add Allow statements, make another user or key for the same workload, or go \
             around it by another Region, endpoint or API key: the key is public, and whoever holds it would get the access back too."
                .to_owned())
        })),
    }
}
