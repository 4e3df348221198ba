//! The reason at the end of the sentence: which policy type AWS names, and whether it denies or fails to allow.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html#access-denied-scp-examples>

use super::cursor::{Cursor, head, is_hard_wrapped};
use super::facts::{Reason, ReasonEffect};
use super::failure::Failure;
use crate::iam::{Action, PolicyType};

/// A reason, and how it is worded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Cause {
    pub(super) reason: Reason,
    /// The action of `... allows the A action`, as far as it is there, and whether the word after it shows that it is whole.
    pub(super) action: Option<(Action, bool)>,
    pub(super) wording: Wording,
}

/// Wordings that prove less, or something else, than they seem to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Wording {
    /// No reason was given.
    #[default]
    Silent,
    /// One policy type, and what it does.
    Plain,
    /// The auth policy of a service network of VPC Lattice, not that of the service.
    OfNetwork,
    /// `with an explicit deny`, and no policy type.
    TypeNotNamed,
    /// `because no WORDS policy allows`, and the words are no type that is known.
    UnknownType,
    /// `... transitively through a service control policy`.
    Transitive,
    /// Three possibilities in one sentence.
    ThreeWay,
    /// Not a policy but a setting.
    Setting(Failure),
}

/// Texts that begin like a reason and name a setting of the bucket.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html>
const SETTINGS: [(&str, Failure); 5] = [
    ("because public policies are", Failure::BlockPublicAccess),
    ("because public acls are", Failure::BlockPublicAccess),
    ("because public access control lists", Failure::BlockPublicAccess),
    ("because public access is", Failure::BlockPublicAccess),
    ("because this bucket has blocked", Failure::ServiceSetting),
];

/// The reason that begins at `here`, and where it ends.
pub(super) fn read(here: Cursor<'_>) -> Option<(Cause, Cursor<'_>)> {
    match here.rest().as_bytes().first()? {
        // "due to an explicit deny" and "explicit deny in a" are retyped
        b'w' | b'W' | b'd' | b'e' => explicit(here),
        b'b' | b'B' => implicit(here),
        _ => None,
    }
}

fn explicit(here: Cursor<'_>) -> Option<(Cause, Cursor<'_>)> {
    let openings =
        [("with an explicit", ()), ("with explicit", ()), ("due to an explicit", ()), ("due to explicit", ())];
    let retyped = || {
        let apart = here.since(0).trim_end().ends_with(['-', '–', ':', ',', '(']);
        here.phrase("explicit").filter(|rest| apart && rest.phrase(" deny in a").is_some())
    };
    let rest = here.any_phrase(&openings).map(|(rest, ())| rest).or_else(retyped)?.space();
    let deny = rest.phrase("deny");
    // a reader's hand may have mistyped the word; what follows then has to make up for it
    let rest = deny.unwrap_or_else(|| rest.skip_while(|byte| byte.is_ascii_alphabetic()));
    let reason = Reason { effect: ReasonEffect::ExplicitDeny, ..Reason::default() };
    let mut cause = Cause { reason, wording: Wording::TypeNotNamed, ..Cause::default() };
    let named = [" in an ", " in a ", " in the ", " in "].iter().find_map(|article| {
        let after = rest.phrase(article)?.decoration();
        let (rest, policy_type) = named_type(after).or_else(|| cut_type(after))?;
        Some((rest, policy_type, of_type(after)))
    });
    let Some((mut rest, policy_type, wording)) = named else {
        return deny.map(|rest| (cause, rest));
    };
    cause.reason.policy_type = Some(policy_type);
    cause.wording = wording;
    if let Some(after) = rest.phrase(" transitively through a service control policy") {
        cause.wording = Wording::Transitive;
        cause.reason.excludes = Reason::excluded(policy_type);
        cause.reason.excludes.retain(|other| *other != PolicyType::ServiceControl);
        rest = after;
    }
    if let Some((arn, after)) = policy_arn(rest) {
        cause.reason.policy_arn = Some(arn);
        rest = after;
    }
    Some((cause, rest))
}

/// How the policy type that is named here is worded.
/// <https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html>
fn of_type(here: Cursor<'_>) -> Wording {
    if here.phrase("network-based policy").is_some() { Wording::OfNetwork } else { Wording::Plain }
}

/// The policy type that is named here.
fn named_type(here: Cursor<'_>) -> Option<(Cursor<'_>, PolicyType)> {
    PolicyType::ALL.into_iter().find_map(|policy_type| {
        let phrases = policy_type.row().phrases;
        Some((phrases.iter().find_map(|phrase| here.phrase(phrase))?, policy_type))
    })
}

/// The policy type of a name that is cut, where the letters that are left fit one type.
fn cut_type(here: Cursor<'_>) -> Option<(Cursor<'_>, PolicyType)> {
    let left = here.rest().trim_end_matches(['.', '…', ' ', '\n', '"']);
    let fits = |name: &&str| name.len() > left.len() && name.starts_with(left);
    let mut types = PolicyType::ALL.into_iter().filter(|one| left.len() >= 8 && one.row().phrases.iter().any(&fits));
    let found = types.next()?;
    types.next().is_none().then(|| (here.skip(left.len()), found))
}

fn implicit(here: Cursor<'_>) -> Option<(Cause, Cursor<'_>)> {
    let because = here.phrase("because")?;
    if let Some(rest) = because.phrase(" the resource does not exist in this region") {
        let tail = "or a resource-based policy explicitly denies access";
        let mut end = rest;
        for part in [", no resource-based policies allow access", ", ", tail] {
            end = end.phrase(part).unwrap_or(end);
        }
        return Some((Cause { wording: Wording::ThreeWay, ..Cause::default() }, end));
    }
    if let Some((rest, failure)) = here.any_phrase(&SETTINGS) {
        let end = rest.skip_while(|byte| !matches!(byte, b'.' | b'\n' | b'"' | b'\'' | 1));
        return Some((Cause { wording: Wording::Setting(failure), ..Cause::default() }, end));
    }
    let no = because.phrase(" no ")?.decoration();
    let known = named_type(no).or_else(|| cut_type(no)).map(|(rest, policy_type)| (rest, Some(policy_type)));
    let (rest, policy_type) = known.or_else(|| Some((unknown_type(no)?, None)))?;
    let mut end = rest;
    let mut action = None;
    for part in [" allows the ", " allows ", " allow the "] {
        if let Some(after) = rest.phrase(part) {
            (action, end) = allowed_action(after);
            break;
        }
    }
    let reason = Reason { effect: ReasonEffect::ImplicitDeny, policy_type, ..Reason::default() };
    let wording = if policy_type.is_some() { of_type(no) } else { Wording::UnknownType };
    Some((Cause { reason, action, wording }, end))
}

/// Past `WORDS policy` of a type that is not known, which allows nothing: whatever it is, the deny is implicit.
fn unknown_type(here: Cursor<'_>) -> Option<Cursor<'_>> {
    let mut word = here;
    for _ in 0..5 {
        let end = word.skip_while(|byte| byte.is_ascii_alphabetic() || byte == b'-');
        if end.at() == word.at() {
            return None;
        }
        if matches!(end.since(word.at()), "policy" | "policies") && word.at() > here.at() {
            return end.phrase(" allow").is_some().then_some(end);
        }
        word = end.space();
    }
    None
}

/// The action of `s3:GetObject action`, as far as it is there, whether it is whole, and where that ends.
fn allowed_action(here: Cursor<'_>) -> (Option<(Action, bool)>, Cursor<'_>) {
    let start = here.decoration();
    let name = start.skip_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_'));
    let action = name.since(start.at()).parse().ok();
    let name = name.skip_while(|byte| matches!(byte, b'*' | b'`'));
    let whole = name.phrase(" action");
    (action.map(|action| (action, whole.is_some())), whole.unwrap_or(name))
}

/// `: arn` or `, with policy ARN: arn`.
/// <https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns>
fn policy_arn(here: Cursor<'_>) -> Option<(String, Cursor<'_>)> {
    let here = here.skip_while(|byte| matches!(byte, b'*' | b'`' | b'"' | b' '));
    let start = match here.literal(":") {
        Some(rest) => rest,
        None => here.phrase(", with policy arn:").or_else(|| here.phrase("with policy arn:"))?,
    };
    let start = start.decoration();
    start.literal("arn:")?;
    let (arn, end) = broken_arn(start);
    let whole = arn.trim_end_matches(['.', ',', '*']);
    let whole = if whole.contains('<') { whole } else { whole.trim_end_matches('>') };
    (whole.len() > 12).then(|| (whole.to_owned(), end))
}

const fn is_arn_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b':' | b'/' | b'-' | b'_' | b'+' | b'=' | b'.' | b'@' | b',' | b'*' | b'>' | b'#' | b'$')
        || byte >= 0x80
}

/// Past a part of an ARN; where the account was masked there may be anything in brackets.
fn arn_piece(start: Cursor<'_>) -> Cursor<'_> {
    let mut end = start;
    loop {
        end = end.skip_while(is_arn_byte);
        let value = end.since(start.at());
        let close = match end.rest().as_bytes().first() {
            Some(b'<') => '>',
            Some(b'{') if value.ends_with([':', '$', '/', '-', '{']) => '}',
            Some(b'[') if value.ends_with([':', '/', '-']) => ']',
            Some(b'}') if value.contains('{') => {
                end = end.skip(1);
                continue;
            }
            Some(b' ') if end.rest().starts_with(" :policy/") => {
                end = end.skip(2);
                continue;
            }
            _ => return end,
        };
        let bracket = head(end.rest(), 40);
        match bracket.find(close).filter(|at| !bracket.get(..*at).is_some_and(|inside| inside.contains('\n'))) {
            Some(at) => end = end.skip(at + 1),
            None => return end,
        }
    }
}

/// An ARN that a terminal may have broken: it goes on when it stops at a joint or in the middle of what every policy ARN has.
fn broken_arn(start: Cursor<'_>) -> (String, Cursor<'_>) {
    let mut end = arn_piece(start);
    let mut arn = end.since(start.at()).to_owned();
    for _ in 0..4 {
        let next = end.space();
        let broken = end.rest().starts_with('\n') && !arn.ends_with('.');
        if !broken || (is_whole_policy(&arn) && !is_hard_wrapped(end)) {
            break;
        }
        let piece = arn_piece(next);
        if piece.at() == next.at() {
            break;
        }
        arn.push_str(piece.since(next.at()));
        end = piece;
    }
    (arn, end)
}

/// Whether the ARN has everything that the ARN of a policy has.
fn is_whole_policy(arn: &str) -> bool {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    let organizations = arn.contains(":organizations:");
    match resource.strip_prefix("policy/") {
        // `p-` and at least eight characters
        Some(path) if organizations => {
            path.rsplit('/').next().is_some_and(|id| id.strip_prefix("p-").is_some_and(|id| id.len() >= 8))
        }
        Some(path) => !path.is_empty() && !path.ends_with(['/', '-', '_']),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::iam::PolicyType;
    use crate::text::Source;

    #[test]
    fn a_name_that_is_cut_counts_when_it_can_be_one_type_only() {
        let named = |tail: &str| {
            let text = format!(
                "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: \
                 arn:aws:s3:::example-reports/q1.csv with an explicit deny in a {tail}"
            );
            crate::denial::parse(&Source::new("message", text.as_str()))[0].reason.policy_type
        };
        assert_eq!(named("resource-ba"), Some(PolicyType::ResourceBased));
        assert_eq!(named("resource contr"), Some(PolicyType::ResourceControl));
        assert_eq!(named("resource"), None);
    }
}
