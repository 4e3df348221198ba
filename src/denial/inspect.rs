//! Looks for signs of damage in what was read: values that AWS never writes, and parts that contradict one another.
//!
//! What is not known to be impossible is no sign.

use unicode_security::confusable_detection::skeleton;

use super::damage::{Damage, Part};
use super::facts::{Denial, Reason};
use super::normalized::{self, NormalizedText};
use super::note::Note;
use crate::iam::{Action, Arn, PolicyArn, PolicyType, Principal, is_account_id, placeholders};

/// Looks at every value of a denial for itself, and at whether they fit one another.
pub(super) fn values(denial: &mut Denial) {
    let mut found = Vec::new();
    let principal = denial.principal.as_ref().map(Principal::as_str);
    let values = [(Part::Principal, principal), (Part::Resource, denial.resource.as_deref())];
    let [who, what] = values.map(|(part, value)| {
        let value = value?;
        second_message(part, value, &mut found);
        characters(part, value, &mut found);
        let arn = value.parse::<Arn>().ok()?;
        account(part, &arn, &mut found);
        region(part, &arn, &mut found);
        Some(arn)
    });
    // a mask in angle brackets or capitals is no less a thing to be replaced
    let unreplaced: Vec<Note> = values
        .into_iter()
        .filter_map(|(part, value)| Some((part, value?)))
        .filter_map(|(part, value)| Some((part, value.get(placeholders(value).first()?.clone())?)))
        .map(|(part, text)| Note::Placeholder { part, text: text.to_owned() })
        .collect();
    if let (Some(who), Some(what)) = (who, what) {
        partitions(&who, &what, &mut found);
    }
    reason(&denial.reason, denial.principal.as_ref(), denial.action.as_ref(), &mut found);
    for damage in found {
        denial.add_damage(damage);
    }
    for note in unreplaced {
        denial.add_note(note);
    }
}

/// The characters that were left out of the sentence between two bytes of the cleaned text.
pub(super) fn removed(denial: &mut Denial, view: &NormalizedText, from: usize, to: usize) {
    let mut characters: Vec<char> = Vec::new();
    let mut parts: Vec<Part> = Vec::new();
    let sentence = view.text().get(from..to).unwrap_or_default();
    for (at, character) in view.removed(from, to) {
        if !characters.contains(&character) {
            characters.push(character);
        }
        let stands = |value: Option<&str>| {
            let Some(value) = value.filter(|value| !value.is_empty()) else { return false };
            sentence.match_indices(value).any(|(start, _)| (from + start..=from + start + value.len()).contains(&at))
        };
        let values = [
            (Part::Principal, denial.principal.as_ref().map(Principal::as_str)),
            (Part::Action, denial.action.as_ref().map(Action::as_str)),
            (Part::Resource, denial.resource.as_deref()),
            (Part::Reason, denial.reason.policy_arn.as_deref()),
        ];
        parts.extend(values.into_iter().filter(|(_, value)| stands(*value)).map(|(part, _)| part));
    }
    parts.sort_unstable();
    parts.dedup();
    if !characters.is_empty() {
        denial.add_damage(Damage::RemovedCharacters { characters, parts });
    }
}

/// The action that the reason names beside the one that was asked.
pub(super) fn action_in_reason(denial: &mut Denial, reason: Option<&(Action, bool)>) {
    let (Some(asked), Some((named, whole))) = (&denial.action, reason) else { return };
    // the end of the name may be cut off
    let cut = !whole && asked.folded().starts_with(named.folded());
    if asked != named && !cut {
        let damage = Damage::ActionInReason { asked: asked.clone(), reason: named.clone() };
        denial.add_damage(damage);
    }
}

/// Words of a message that no name contains; each has a space.
const WORDS: [&str; 7] = [
    "User: ",
    "is not authorized",
    "not authorized to perform",
    "because no ",
    "with an explicit deny",
    "on resource: ",
    "An error occurred",
];

fn second_message(part: Part, value: &str, found: &mut Vec<Damage>) {
    let spaced = value.contains(' ');
    let words = WORDS.into_iter().find(|words| spaced && value.contains(words)).or_else(|| {
        // tags of API Gateway are addressed by the ARN of what has them
        // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-iam-policy.html
        let inner = memchr::memmem::find(value.as_bytes().get(1..)?, b"arn:aws")? + 1;
        let tags = value.get(..inner)?.ends_with("/tags/");
        (value.starts_with("arn:") && !tags).then_some("arn:aws")
    });
    if let Some(words) = words {
        found.push(Damage::SecondMessage { part, words: words.trim_end() });
    }
}

/// Services whose names are of ASCII letters, digits and marks, without spaces. The rules of other services are not known.
const ASCII_NAMES: [&str; 11] = [
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-using-console-create-stack-parameters.html
    "cloudformation",
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
    "dynamodb",
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
    "ec2",
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    "iam",
    // https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id
    "kms",
    // https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    "lambda",
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
    "secretsmanager",
    // https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
    "sns",
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
    "sqs",
    // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
    "ssm",
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    "sts",
];

/// Characters that are not allowed where they are.
fn characters(part: Part, value: &str, found: &mut Vec<Damage>) {
    if value.is_ascii() && !value.contains([' ', '\t']) {
        return;
    }
    let value = without_placeholders(value);
    let Some(rest) = value.strip_prefix("arn:") else { return };
    let service = rest.split(':').nth(1).unwrap_or_default();
    let name = rest.splitn(5, ':').nth(4).unwrap_or_default();
    let head = rest.get(..rest.len() - name.len()).unwrap_or(rest);
    let bucket = name.split('/').next().unwrap_or(name);
    // the key of an S3 object is any text, the name of its bucket is not
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    let strict = match service {
        "s3" if name.starts_with("accesspoint") => name,
        "s3" => bucket,
        service if part == Part::Principal || ASCII_NAMES.contains(&service) => name,
        _ => "",
    };
    let impossible: Vec<char> = each_once(head.chars().chain(strict.chars()).filter(|character| !is_plain(*character)));
    let free = name.get(strict.len()..).unwrap_or_default();
    let alike = each_once(words(free).filter(|word| is_lookalike(word)).flat_map(str::chars).filter(|c| !c.is_ascii()));
    let hidden = each_once(free.chars().filter(|character| normalized::is_invisible(*character)));
    if !impossible.is_empty() {
        found.push(Damage::ImpossibleCharacters { part, characters: impossible });
    }
    if !hidden.is_empty() {
        found.push(Damage::ImpossibleCharacters { part, characters: hidden });
    }
    if !alike.is_empty() {
        found.push(Damage::LookalikeLetters { part, characters: alike });
    }
}

/// A character of an ARN, or one with which people leave something out.
const fn is_plain(character: char) -> bool {
    character.is_ascii_graphic()
        || matches!(character, '…' | '•' | '·' | '●' | '×' | '█' | '▒' | '░' | '“' | '”' | '‘' | '’')
}

fn each_once(characters: impl Iterator<Item = char>) -> Vec<char> {
    let mut all: Vec<char> = Vec::new();
    for character in characters {
        if !all.contains(&character) {
            all.push(character);
        }
    }
    all
}

/// The value without words in brackets, which somebody put there: `<account id>`, `{name}`, `[redacted]`.
fn without_placeholders(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut depth = 0_usize;
    for character in value.chars() {
        match character {
            '<' | '{' | '[' => depth += 1,
            '>' | '}' | ']' if depth > 0 => depth -= 1,
            _ if depth == 0 => plain.push(character),
            _ => {}
        }
    }
    plain
}

/// Runs of letters.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphabetic()).filter(|word| !word.is_ascii() && !word.is_empty())
}

/// Whether a word has English letters and others, and all others look like English ones.
/// <https://www.unicode.org/reports/tr39/#Mixed_Script_Detection>
fn is_lookalike(word: &str) -> bool {
    word.contains(|character: char| character.is_ascii_alphabetic())
        && word.chars().filter(|character| !character.is_ascii()).all(looks_english)
}

/// Whether a letter that is not of ASCII looks like one that is.
pub(super) fn looks_english(character: char) -> bool {
    let mut buffer = [0; 4];
    let text: &str = character.encode_utf8(&mut buffer);
    !character.is_ascii() && character.is_alphanumeric() && skeleton(text).all(|letter| letter.is_ascii_alphanumeric())
}

/// Account ids have twelve digits.
/// <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html>
fn account(part: Part, arn: &Arn, found: &mut Vec<Damage>) {
    let digits = !arn.account().is_empty() && arn.account().bytes().all(|byte| byte.is_ascii_digit());
    if digits && !is_account_id(arn.account()) {
        found.push(Damage::AccountLength { part, account: arn.account().to_owned() });
    }
}

/// The middle words of Regions' names.
const DIRECTIONS: [&str; 9] =
    ["central", "east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west"];

/// Partitions, and how the names of their Regions begin; all others begin otherwise.
/// <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
const PARTITIONS: [(&str, &str); 7] = [
    ("aws-cn", "cn-"),
    ("aws-us-gov", "us-gov-"),
    ("aws-iso", "us-iso-"),
    ("aws-iso-b", "us-isob-"),
    ("aws-iso-e", "eu-isoe-"),
    ("aws-iso-f", "us-isof-"),
    ("aws-eusc", "eusc-"),
];

/// `us-east-1`: where, in which direction, which one; and in its own partition.
/// <https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>
fn region(part: Part, arn: &Arn, found: &mut Vec<Damage>) {
    let region = arn.region();
    let pieces: Vec<&str> = region.split('-').collect();
    let [place @ .., direction, number] = pieces.as_slice() else { return };
    let letters = |piece: &&str| !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_lowercase());
    let shaped = !place.is_empty()
        && place.iter().all(letters)
        && letters(direction)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit());
    // masks and placeholders have other shapes
    if !shaped || pieces.iter().any(|piece| piece.bytes().all(|byte| byte == b'x')) {
        return;
    }
    if !DIRECTIONS.contains(direction) || number.len() > 2 || number.starts_with('0') {
        found.push(Damage::Region { part, region: region.to_owned() });
        return;
    }
    let own = PARTITIONS.iter().find(|(_, start)| region.starts_with(start)).map_or("aws", |(name, _)| name);
    let known = arn.partition() == "aws" || PARTITIONS.iter().any(|(name, _)| *name == arn.partition());
    if known && own != arn.partition() {
        let (region, partition) = (region.to_owned(), arn.partition().to_owned());
        found.push(Damage::RegionOfAnotherPartition { part, region, partition });
    }
}

/// No request goes from one partition to another.
/// <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
fn partitions(principal: &Arn, resource: &Arn, found: &mut Vec<Damage>) {
    let real = |arn: &Arn| arn.partition().starts_with("aws") && !arn.partition().contains(['*', '?']);
    if real(principal) && real(resource) && principal.partition() != resource.partition() {
        found.push(Damage::Partitions {
            principal: principal.partition().to_owned(),
            resource: resource.partition().to_owned(),
        });
    }
}

/// Whether the reason fits itself and the request.
fn reason(reason: &Reason, principal: Option<&Principal>, action: Option<&Action>, found: &mut Vec<Damage>) {
    let Some(policy_type) = reason.policy_type else { return };
    // trust policies decide about the actions of STS
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
    if let Some(action) = action.filter(|action| policy_type == PolicyType::RoleTrust && action.service() != "sts") {
        found.push(Damage::PolicyTypeOfAction { policy_type, action: action.clone() });
    }
    let Some(arn) = reason.policy_arn.as_deref().and_then(|arn| arn.parse::<Arn>().ok()) else { return };
    // a message that names two types does not say whose the ARN is
    if reason.is_transitive() {
        return;
    }
    let managed = arn.service() == "iam" && arn.resource().starts_with("policy/");
    let fits = match policy_type.row().arn {
        PolicyArn::Organization(kind) => arn.service() == "organizations" && arn.resource().contains(kind),
        PolicyArn::Managed => managed,
        // those of the others cannot be theirs
        PolicyArn::Undocumented => !managed && arn.service() != "organizations",
    };
    if !fits {
        found.push(Damage::PolicyOfAnotherType { policy_type, arn: arn.as_str().to_owned() });
        return;
    }
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
    let own = principal.and_then(Principal::account);
    if let (true, Some(account), Some(own)) = (managed, arn.account_id(), own)
        && account != own
    {
        found.push(Damage::PolicyOfAnotherAccount { policy_type, account: account.to_owned() });
    }
}
