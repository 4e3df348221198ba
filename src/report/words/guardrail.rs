//! What a Deny is for that looks intended, what to do instead of narrowing it, and whom to ask.

use super::statement;
use crate::iam::{Action, StatementName};
use crate::remedy::{Exception, Guarded, Guardrail, KnownIdentity};

/// What it is for.
#[must_use]
pub fn purpose(guard: &Guardrail) -> String {
    let quoted =
        |names: &[String], between| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(between);
    match &guard.guards {
        Guarded::RevokedSession(moment) => format!("it revokes the sessions from before {moment}"),
        Guarded::LeaveOrganization => "it keeps accounts in the organization".to_owned(),
        Guarded::CutOff => "it denies everything: somebody cut this account or identity off".to_owned(),
        Guarded::RootLock => "it keeps the root user from acting".to_owned(),
        Guarded::Identity(name, known) => format!("it keeps {} from being changed or taken", identity(name, *known)),
        Guarded::Boundary => "it keeps permissions boundaries in place".to_owned(),
        Guarded::Records => "it keeps logs and detectors from being stopped or deleted".to_owned(),
        Guarded::Protection(danger) => format!("it keeps on what {} switches off", danger.action),
        Guarded::Escalation(danger) => format!("it keeps permissions from being widened by {}", danger.action),
        Guarded::Exposure(danger) => format!("it keeps things from being given to others by {}", danger.action),
        Guarded::OrganizationPerimeter(key) => {
            format!("it keeps access between this organization and others closed, by {key}")
        }
        Guarded::PerimeterTags(tags) => format!(
            "it keeps the tags {} from being set or changed: whoever may set them is left out of the perimeter",
            tags.join(", ")
        ),
        Guarded::Tags(tags) => {
            format!("it keeps the tags {} from being set or changed: policies decide by them", tags.join(", "))
        }
        Guarded::PodIdentity(key) => format!("it goes by {key}, which EKS sets for pods and for nobody else"),
        Guarded::PodTag(tag) => format!("it goes by the tag {tag}, which EKS sets for pods and for nobody else"),
        Guarded::InstanceMetadata => {
            "it keeps machines from handing their credentials out through the old metadata service (IMDSv1)".to_owned()
        }
        Guarded::RegionLock => "it keeps work in the Regions that it names".to_owned(),
        Guarded::Perimeter => "it asks where or how a request comes, for everyone".to_owned(),
        Guarded::Encryption(key) => format!("it keeps data from being stored without encryption, by {key}"),
        Guarded::Tagged(key, values) => format!("it protects what has {key} = {}", quoted(values, " or ")),
        Guarded::Things(names) => format!("it keeps {} from being changed", quoted(names, ", ")),
        Guarded::OnlyThese => "it keeps everyone to the actions that it names".to_owned(),
        Guarded::OnlyFor => format!("it keeps this to {}", exceptions(guard)),
    }
}

/// Whom to ask instead, or before.
#[must_use]
pub const fn ask(guarded: &Guarded) -> &'static str {
    match guarded {
        Guarded::RevokedSession(_) => {
            "get a new session; if you do not know why it was revoked, treat it as an incident"
        }
        Guarded::LeaveOrganization => "ask whoever manages the organization to move the account",
        Guarded::CutOff => {
            "ask the security team why, and treat it as an incident until you know; only they give the access back"
        }
        Guarded::RootLock => "use a role of the account instead of its root user",
        Guarded::Identity(_, KnownIdentity::BreakGlass) => "ask the security team, who own the way in for emergencies",
        Guarded::Identity(..) => "ask the security team, or whoever set that identity up and owns it",
        Guarded::Boundary => {
            "ask whoever set the boundary, and make new identities with the boundary that is asked for"
        }
        Guarded::Records | Guarded::Protection(_) => {
            "ask the security team, who own what records, detects and protects"
        }
        Guarded::Escalation(_) => "ask the security team, or have whoever administers IAM make the change",
        Guarded::Exposure(_) => "ask whoever owns the data, and the security team",
        Guarded::OrganizationPerimeter(_) => {
            "check that the other side is whom you mean; then ask whoever owns the data perimeter"
        }
        Guarded::PerimeterTags(_) | Guarded::Tags(_) => "ask whoever manages these tags to set them",
        Guarded::PodIdentity(_) | Guarded::PodTag(_) => "make the call from the pod, through its service account",
        Guarded::InstanceMetadata => {
            "ask for IMDSv2: --metadata-options HttpTokens=required, and an SDK or agent that speaks it on the machine"
        }
        Guarded::RegionLock | Guarded::Perimeter | Guarded::OnlyThese => "ask its owner first",
        Guarded::Encryption(_) => "ask for encryption in the call, as the Deny wants it",
        Guarded::Tagged(..) => "ask whoever owns what has that tag",
        Guarded::Things(_) => "ask whoever owns it to make the change",
        Guarded::OnlyFor => {
            "ask whoever may use that principal or set that tag; ask the owner of the Deny before anything else is left out"
        }
    }
}

/// The exception that its owner made, to be used before anything is changed.
#[must_use]
pub fn use_exception(guard: &Guardrail) -> String {
    format!("the statement already excepts {}: use that", exceptions(guard))
}

/// What speaks for the Deny: the exception first that its owner made.
#[must_use]
pub fn intended(guard: &Guardrail) -> String {
    let own = match guard.guards {
        Guarded::OnlyFor => String::new(),
        _ if guard.excepts.is_empty() => String::new(),
        _ => format!("{}; ", use_exception(guard)),
    };
    format!("{own}the Deny looks intended: {}; {}", purpose(guard), ask(&guard.guards))
}

/// Why a statement stays as it is.
#[must_use]
pub fn kept(statement: &StatementName, policy: &str, guard: &Guardrail) -> String {
    let (purpose, ask) = (purpose(guard), ask(&guard.guards));
    format!("{} of `{policy}` is a guardrail: {purpose}; an exception would undo it; {ask}", statement::name(statement))
}

/// Why a statement stays as it is although it may let this request through.
#[must_use]
pub fn opened(statement: &StatementName, policy: &str, action: &Action, guard: &Guardrail) -> String {
    format!(
        "an exception in {} of `{policy}` would open {action} too: {}; ask its owner to leave this request out and to keep that denied",
        statement::name(statement),
        purpose(guard)
    )
}

fn exceptions(guard: &Guardrail) -> String {
    guard.excepts.iter().map(exception).collect::<Vec<_>>().join("; and ")
}

fn exception(exception: &Exception) -> String {
    let tag = |key: &str, values: &[String]| match values {
        [] => format!("the tag `{key}`"),
        values => format!("the tag `{key}` = {}", values.join(" or ")),
    };
    match exception {
        Exception::Principals(arns) => arns.join(", "),
        Exception::PrincipalTag(key, values) => format!("whoever has {}", tag(key, values)),
        Exception::ResourceTag(key, values) => format!("resources with {}", tag(key, values)),
    }
}

fn identity(name: &str, known: KnownIdentity) -> String {
    match known {
        KnownIdentity::BreakGlass => format!("the role for emergencies (`{name}`)"),
        KnownIdentity::Platform => format!("`{name}`, by which the organization is administered,"),
        KnownIdentity::Other => format!("`{name}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guardrail(guards: Guarded, excepts: &[&str]) -> Guardrail {
        let principals = excepts.iter().map(|arn| (*arn).to_owned()).collect();
        let excepts = if excepts.is_empty() { Vec::new() } else { vec![Exception::Principals(principals)] };
        Guardrail { guards, excepts, refused: true }
    }

    #[test]
    fn the_exception_that_the_statement_has_is_named_first() {
        let glass = guardrail(Guarded::CutOff, &["arn:aws:iam::*:role/break-glass", "arn:aws:iam::*:role/keys/*"]);
        assert_eq!(
            intended(&glass),
            "the statement already excepts arn:aws:iam::*:role/break-glass, arn:aws:iam::*:role/keys/*: use that; the Deny looks \
             intended: it denies everything: somebody cut this account or identity off; ask the security team why, and treat it as \
             an incident until you know; only they give the access back"
        );
    }

    #[test]
    fn a_list_of_who_may_is_not_said_twice() {
        let tags = vec![
            Exception::PrincipalTag("ops".to_owned(), Vec::new()),
            Exception::ResourceTag("Env".to_owned(), vec!["dev".to_owned(), "test".to_owned()]),
        ];
        let only = Guardrail { guards: Guarded::OnlyFor, excepts: tags, refused: false };
        assert_eq!(
            intended(&only),
            "the Deny looks intended: it keeps this to whoever has the tag `ops`; and resources with the tag `Env` = dev or test; ask \
             whoever may use that principal or set that tag; ask the owner of the Deny before anything else is left out"
        );
    }

    #[test]
    fn what_is_protected_is_quoted() {
        let values = ["prod*", "live"].map(str::to_owned).to_vec();
        assert_eq!(
            purpose(&guardrail(Guarded::Tagged("aws:ResourceTag/env".to_owned(), values), &[])),
            "it protects what has aws:ResourceTag/env = `prod*` or `live`"
        );
    }
}
