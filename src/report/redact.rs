//! `--redact`: account ids, names and ids become pseudonyms, the same name always the same one, so that two redacted
//! reports can still be compared.

use crate::denial::{Denial, EncodedMessage, Note, StatementName};
use crate::iam::{Arn, Principal, is_account_id};

/// The denial with every name in it replaced. Services, actions, regions, partitions and resource types stay: they say
/// what happened, not to whom.
#[must_use]
pub fn redacted(denial: &Denial) -> Denial {
    let mut clean = denial.clone();
    clean.principal = denial.principal.as_ref().map(|principal| Principal::new(&principal_text(principal)));
    clean.role = denial.role.as_ref().and_then(|role| value(role.as_str()).parse().ok());
    clean.resource = denial.resource.as_deref().map(value);
    clean.reason.policy_arn = denial.reason.policy_arn.as_deref().map(value);
    clean.authorization_id = denial.authorization_id.as_deref().map(id);
    clean.encoded_message = denial
        .encoded_message
        .as_ref()
        .map(|message| EncodedMessage { blob: String::new(), complete: message.complete });
    for note in &mut clean.notes {
        if let Note::MatchedStatement { statement, .. } = note {
            *statement = StatementName::Redacted;
        }
    }
    clean.damage = denial.damage.iter().map(|damage| damage.clone().redacted(value)).collect();
    clean.request_ids.clear();
    for fact in &mut clean.context {
        fact.values = fact.values.iter().map(|text| fact_value(&fact.key, text)).collect();
    }
    clean
}

fn principal_text(principal: &Principal) -> String {
    use crate::iam::PrincipalKind::{Anonymous, Service};
    match principal.kind() {
        Service | Anonymous => principal.as_str().to_owned(),
        _ => value(principal.as_str()),
    }
}

/// Values of these keys tell nothing about whom.
const OPEN_KEYS: [&str; 9] = [
    "aws:requestedregion",
    "aws:currenttime",
    "aws:tokenissuetime",
    "aws:multifactorauthpresent",
    "aws:securetransport",
    "aws:viaawsservice",
    "aws:calledvia",
    "aws:principaltype",
    "ec2:instancetype",
];

fn fact_value(key: &str, text: &str) -> String {
    let open = OPEN_KEYS.contains(&key.to_ascii_lowercase().as_str());
    if open { text.to_owned() } else { value(text) }
}

/// One value: an ARN part by part, an account id, or a name.
#[must_use]
pub fn value(text: &str) -> String {
    if text.is_empty() || text == "*" {
        return text.to_owned();
    }
    if is_account_id(text) {
        return account(text);
    }
    match text.parse::<Arn>() {
        Ok(arn) => {
            let owner = match arn.account() {
                "" => String::new(),
                // AWS's own resources name nobody
                "aws" => return text.to_owned(),
                id => account(id),
            };
            let resource = if arn.resource() == "root" { "root".to_owned() } else { resource(&arn) };
            format!("arn:{}:{}:{}:{owner}:{resource}", arn.partition(), arn.service(), arn.region())
        }
        Err(_) => pieces(text),
    }
}

/// The resource part: its type stays, its names do not.
fn resource(arn: &Arn) -> String {
    // foundation models are the same for everybody
    if arn.resource().starts_with("foundation-model/") {
        return arn.resource().to_owned();
    }
    match (arn.service(), arn.typed_resource()) {
        ("s3" | "sns" | "sqs", _) | (_, None) => pieces(arn.resource()),
        (_, Some((kind, rest))) => {
            let joint = arn.resource().get(kind.len()..=kind.len()).unwrap_or("/");
            format!("{kind}{joint}{}", pieces(rest))
        }
    }
}

/// Every name between joints becomes a pseudonym; joints and wildcards stay.
fn pieces(text: &str) -> String {
    let mut clean = String::new();
    for piece in text.split_inclusive(['/', ':', ' ', '*']) {
        let name = piece.trim_end_matches(['/', ':', ' ', '*']);
        let joint = piece.get(name.len()..).unwrap_or_default();
        match name {
            "" => {}
            id if is_account_id(id) => clean.push_str(&account(id)),
            "role"
            | "user"
            | "group"
            | "policy"
            | "instance"
            | "profile"
            | "service_control_policy"
            | "resource_control_policy"
            | "https"
            | "http" => clean.push_str(name),
            name => clean.push_str(&pseudonym("name", name)),
        }
        clean.push_str(joint);
    }
    clean
}

/// A stable word for an id of somebody's.
#[must_use]
pub fn id(text: &str) -> String {
    pseudonym("id", text)
}

/// A stable word for a name.
fn pseudonym(kind: &str, name: &str) -> String {
    format!("{kind}-{:08x}", hash(name) & 0xFFFF_FFFF)
}

/// A stable account id, recognisable as none: it begins with four zeros.
fn account(id: &str) -> String {
    format!("0000{:08}", hash(id) % 100_000_000)
}

/// FNV-1a: the same in every version and on every machine. It hides names from a reader; it is no secret code, and whoever
/// knows a name can find its pseudonym.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_gets_the_same_pseudonym_and_types_stay() {
        let user = value("arn:aws:iam::111122223333:user/ops/ana");
        let role = value("arn:aws:sts::111122223333:assumed-role/Deploy/ana");
        let (account, name) = (account("111122223333"), pseudonym("name", "ana"));
        assert!(user.starts_with(&format!("arn:aws:iam::{account}:user/name-")) && user.ends_with(&name), "{user}");
        assert!(
            role.starts_with(&format!("arn:aws:sts::{account}:assumed-role/name-")) && role.ends_with(&name),
            "{role}"
        );
        for text in [user, role, value("arn:aws:s3:::reports/q3.csv"), value("role Deploy"), value("/prod/db")] {
            assert!(
                !["111122223333", "ana", "ops", "Deploy", "reports", "q3", "prod", "db"]
                    .iter()
                    .any(|name| { text.split(['/', ':', ' ', '-']).any(|piece| piece == *name) }),
                "{text}"
            );
        }
        assert_eq!(value("*"), "*");
        assert_eq!(value("arn:aws:iam::aws:policy/AWSDenyAll"), "arn:aws:iam::aws:policy/AWSDenyAll");
    }
}
