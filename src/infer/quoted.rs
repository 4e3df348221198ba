//! The resource as a message writes it: one resource, the pattern that AWS itself checks where a call names none, or a text of which
//! somebody hid a part.

use std::sync::Arc;

use crate::iam::{Action, Arn, AssumedField, Assumption, Field, NotTold, Request, ResourceKinds, Why};
use crate::reference::{AccessLevel, ActionFacts, Reference, ResourceType};

/// Says of the resource what only the reference tells: that AWS checks the action on `*`, or that it wrote the pattern itself.
pub(super) fn add(request: &mut Request, reference: &Reference) {
    let (Field::Known(action) | Field::Assumed(action, _)) = &request.action else { return };
    let others = match &request.action {
        Field::Assumed(_, Why::Operation { others, .. }) => others.as_slice(),
        _ => &[],
    };
    let told = match &request.resource {
        Field::Missing(NotTold::NotNamed | NotTold::NoArn(_)) => {
            let all = std::iter::once(action).chain(others);
            let never = all.map(|action| reference.action(action)).all(|facts| facts.is_some_and(has_no_resource));
            if never {
                Some((unnamed(action), Why::WithoutResources))
            } else {
                (others.is_empty() && needs_no_name(action)).then(|| ("*".to_owned(), Why::NamesNone))
            }
        }
        Field::Known(text) | Field::Assumed(text, Why::QuotedPattern) => {
            is_checked_as_written(action, text, reference).then(|| (text.clone(), Why::PatternOfAws))
        }
        _ => None,
    };
    let Some((resource, why)) = told else {
        if request.resource.value().is_none() && others.is_empty() {
            request.resource_kinds = reference.action(action).map(|facts| Arc::new(kinds(facts, reference)));
        }
        return;
    };
    request.assumed.retain(|assumption| assumption.field != AssumedField::Resource);
    request.assumed.push(Assumption::resource(&resource, why.clone()));
    request.resource = Field::Assumed(resource, why);
    request.settle_owner();
}

/// What a resource of the action can be.
fn kinds(facts: ActionFacts<'_>, reference: &Reference) -> ResourceKinds {
    let mut kinds = ResourceKinds::default();
    kinds.own.extend(facts.resource_types().flat_map(|(kind, _)| kind.arns()).cloned());
    kinds.of_service.extend(facts.service().resource_types().iter().flat_map(ResourceType::arns).cloned());
    kinds.services.extend(reference.services().map(str::to_owned));
    kinds
}

/// Whether no policy can name a resource of the action; then its statements need `*`.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
fn has_no_resource(facts: ActionFacts<'_>) -> bool {
    !facts.has_resource_level_permissions()
}

/// What AWS checks where an action has no resources: `*`. For the list of all buckets AWS's own policies also have the ARN of all buckets.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html>
fn unnamed(action: &Action) -> String {
    if action.folded() == "s3:listallmybuckets" { "arn:aws:s3:::*" } else { "*" }.to_owned()
}

/// Whether AWS wrote the pattern, because the call names no resource, or only a part of its name: it makes one, it lists them, or
/// AWS alone knows the rest. Then this text is what policies are compared with.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-policies-ec2-console.html> shows `instance/*`,
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html> `stack/NAME/*`,
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/control-access-using-iam.html> `autoScalingGroup:*:autoScalingGroupName/NAME`.
fn is_checked_as_written(action: &Action, text: &str, reference: &Reference) -> bool {
    let facts = reference.action(action);
    if text == "*" {
        // without resource types it is no pattern
        return facts.is_some_and(|facts| facts.has_resource_level_permissions() && may_name_none(action, Some(facts)));
    }
    let Ok(arn) = text.parse::<Arn>() else { return false };
    let head = [arn.partition(), arn.service(), arn.region(), arn.account()];
    if head.iter().any(|part| part.contains(['*', '?'])) || !has_whole_stars(arn.resource()) {
        return false;
    }
    if facts.is_some_and(has_no_resource) || arn.resource() == "*/*" {
        return true;
    }
    match arn.service() {
        // a call names the stack, and AWS alone knows the end of its ARN
        "cloudformation" => arn.resource().starts_with("stack/") || may_name_none(action, facts),
        "autoscaling" => arn.resource().contains(":*:") || may_name_none(action, facts),
        "ec2" => may_name_none(action, facts) || !ENDS_OR_CHANGES.iter().any(|verb| name(action).starts_with(verb)),
        // buckets, objects and the entities of IAM are always named
        "s3" if arn.region().is_empty() => false,
        "iam" => facts.is_some_and(lists),
        _ => may_name_none(action, facts),
    }
}

/// Whether every `*` is a whole part of the name, as AWS writes them: `stack/shop/*`, `*/*`, `db:*`.
fn has_whole_stars(name: &str) -> bool {
    let parts = || name.split(['/', ':']);
    !name.contains('?') && parts().any(|part| part == "*") && parts().all(|part| part == "*" || !part.contains('*'))
}

/// Verbs of actions that make a thing, or put a tag on it while it is made.
const MAKES: [&str; 12] = [
    "addtags",
    "allocate",
    "create",
    "import",
    "launch",
    "provision",
    "purchase",
    "register",
    "request",
    "restore",
    "run",
    "tag",
];

/// Verbs of actions on what exists already, which a call of EC2 names.
const ENDS_OR_CHANGES: [&str; 6] = ["delete", "modify", "reboot", "start", "stop", "terminate"];

/// Actions that have resources which most calls do not name: AWS's own policies for them have `*`.
///
/// - <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html>
/// - <https://docs.aws.amazon.com/polly/latest/dg/api-permissions-reference.html>
const NEED_NO_NAME: [&str; 2] = ["cloudwatch:putmetricdata", "polly:synthesizespeech"];

fn needs_no_name(action: &Action) -> bool {
    NEED_NO_NAME.contains(&action.folded())
}

/// Whether a call of the action may come without the name of a resource.
fn may_name_none(action: &Action, facts: Option<ActionFacts<'_>>) -> bool {
    let name = name(action);
    needs_no_name(action)
        || facts.is_some_and(lists)
        || name.starts_with("list")
        || (name.starts_with("describe") && name.ends_with('s'))
        || MAKES.iter().any(|verb| name.starts_with(verb))
}

fn lists(facts: ActionFacts<'_>) -> bool {
    facts.access_levels().contains(&AccessLevel::List)
}

/// What stands behind the colon, in lower case.
fn name(action: &Action) -> &str {
    action.folded().split_once(':').map_or("", |(_, name)| name)
}

/// The ARN with `*` where somebody hid a part of it: `***`, `<ACCOUNT>`, `...`, an account id that is none. `None` where nothing is hidden.
pub(super) fn with_hidden_parts(resource: &str) -> Option<String> {
    let mut open = String::with_capacity(resource.len());
    let mut rest = resource;
    while let Some(next) = rest.chars().next() {
        let head = open.matches(':').count() < 5;
        let length = variable(rest).filter(|_| head).or_else(|| hidden(rest, open.chars().next_back())).unwrap_or(0);
        if let Some(behind) = rest.get(length..).filter(|_| length > 0) {
            open.push('*');
            rest = behind;
        } else {
            open.push(next);
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
    }
    let arn: Arn = open.parse().ok()?;
    let masked = hides_account(arn.account());
    if masked {
        let parts: Vec<&str> = open.splitn(6, ':').collect();
        if let [arn, partition, service, region, _, name] = parts.as_slice() {
            open = format!("{arn}:{partition}:{service}:{region}:*:{name}");
        }
    }
    (open != resource).then_some(open)
}

/// Whether the account of an ARN is a word that stands for one: `ACCOUNT_ID`, `xxxxxxxxxxxx`, `[account]`. AWS itself writes `aws`.
fn hides_account(account: &str) -> bool {
    const WORDS: [&str; 4] = ["account", "account-id", "accountid", "redacted"];
    let digits = account.bytes().all(|byte| byte.is_ascii_digit());
    let plain =
        digits || account.contains('*') || account.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    !plain || WORDS.contains(&account) || (account.len() > 1 && account.bytes().all(|byte| byte == b'x'))
}

/// The length of a variable that a template left: `${AWS::AccountId}`. In a name it may be what the program asked for.
fn variable(text: &str) -> Option<usize> {
    text.strip_prefix("${").and_then(|rest| rest.find('}')).map(|end| end + 3)
}

/// How many bytes at the start of the text stand for something that somebody hid.
fn hidden(text: &str, before: Option<char>) -> Option<usize> {
    let run = |mark: char| text.len() - text.trim_start_matches(mark).len();
    match text.chars().next()? {
        '*' if run('*') > 1 => Some(run('*')),
        '<' => {
            let word = text.get(1..text.find('>')?)?;
            let named =
                !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' '));
            named.then_some(word.len() + 2)
        }
        // `[...slug]` is the name of a file
        '.' if run('.') > 2 && before != Some('[') => Some(run('.')),
        mark @ ('…' | '█' | '▒' | '░' | '●' | '•' | '×') => Some(run(mark)),
        _ => None,
    }
}
