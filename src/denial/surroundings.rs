//! What stands around a message: the role that a job was to assume, and who `aws sts get-caller-identity` says the caller is.

use super::facts::{ContextFact, ContextSource, Denial, DenialKind};
use super::note::Note;
use crate::iam::{Arn, Principal, PrincipalKind, is_account_id, is_federated_call};

/// Longer inputs are logs of many callers.
const MOST: usize = 1 << 20;

/// Adds to each denial what it lacks and the text around it tells.
pub(super) fn add(denials: &mut [Denial], text: &str) {
    if text.len() > MOST {
        return;
    }
    let lacks_role = |denial: &Denial| is_federated(denial) && denial.resource.is_none();
    if denials.iter().any(lacks_role) {
        let roles = roles(text);
        for denial in denials.iter_mut().filter(|denial| lacks_role(denial)) {
            let Some(role) = role_of(denial, &roles) else { continue };
            denial.resource = Some(role.arn.to_owned());
            denial.add_note(Note::RoleOfText);
            if let Some(audience) = role.of_step.then(|| audience(text)).flatten() {
                denial.context.push(ContextFact {
                    key: "token.actions.githubusercontent.com:aud".to_owned(),
                    values: vec![audience.to_owned()],
                    source: ContextSource::JobLog,
                });
            }
        }
    }
    let Some(caller) = caller(text) else {
        role_of_job(denials, text);
        return;
    };
    for denial in denials.iter_mut().filter(|denial| denial.kind == DenialKind::IamDenial && !is_federated(denial)) {
        match &denial.principal {
            None => {
                denial.principal = Some(caller.principal.clone());
                denial.context.push(ContextFact {
                    key: "aws:userid".to_owned(),
                    values: vec![caller.id.clone()],
                    source: ContextSource::CallerIdentity,
                });
                denial.add_note(Note::CallerOfText);
            }
            Some(named) if is_another(named, &caller.principal) => {
                denial.add_note(Note::OtherCallerInText(caller.principal.clone()));
            }
            Some(_) => {}
        }
    }
}

/// The role that the job assumed before the call, for the caller where nothing else tells who that is.
/// <https://github.com/aws-actions/configure-aws-credentials#usage>: the steps that follow use its credentials.
fn role_of_job(denials: &mut [Denial], text: &str) {
    let lacks = |denial: &Denial| {
        let assumes = denial.action.iter().chain(&denial.candidates).any(|action| action.service() == "sts");
        denial.kind == DenialKind::IamDenial && denial.principal.is_none() && !assumes
    };
    if !denials.iter().any(lacks) {
        return;
    }
    let roles = roles(text);
    let Some(first) = roles.iter().find(|role| role.of_step) else { return };
    // a command may take other credentials, and so may a step that assumed another role
    let other =
        ["--profile", "AWS_PROFILE", "AWS_ACCESS_KEY_ID=", "assume-role"].iter().any(|word| text.contains(word));
    let only = !other && roles.iter().all(|role| role.arn == first.arn);
    let named = |denial: &Denial| denial.principal.as_ref().and_then(|principal| principal.name().map(str::to_owned));
    let role = Principal::new(first.arn);
    let fits = denials.iter().all(|denial| named(denial).is_none_or(|name| role.name() == Some(name.as_str())));
    for denial in denials.iter_mut().filter(|denial| lacks(denial) && denial.span.start > first.at) {
        if only && fits {
            denial.principal = Some(role.clone());
            denial.role = first.arn.parse().ok();
            denial.add_note(Note::CallerRoleOfText);
        } else {
            denial.add_note(Note::SeveralRolesInText);
        }
    }
}

/// Whether the call was made with a token or an assertion.
fn is_federated(denial: &Denial) -> bool {
    denial.kind == DenialKind::IamDenial && denial.action.iter().chain(&denial.candidates).any(is_federated_call)
}

/// The role that a job says it assumes, and where.
struct Named<'t> {
    at: usize,
    arn: &'t str,
    /// An input of aws-actions/configure-aws-credentials, printed right before what it does.
    of_step: bool,
}

/// The names under which programs keep the role that a token is for.
/// <https://github.com/aws-actions/configure-aws-credentials>,
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html>,
/// <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>,
/// <https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration>
const LABELS: [&str; 14] = [
    "role-to-assume",
    "role_to_assume",
    "aws_role_to_assume",
    "role-arn",
    "--role-arn",
    "role_arn",
    "rolearn",
    "aws_role_arn",
    "aws_oidc_role_arn",
    "tfc_aws_run_role_arn",
    "tfc_aws_plan_role_arn",
    "tfc_aws_apply_role_arn",
    "eks.amazonaws.com/role-arn",
    "role",
];

fn roles(text: &str) -> Vec<Named<'_>> {
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(text.as_bytes(), b"arn:") {
        let Some(arn) = text.get(at..).and_then(|rest| rest.split(|c: char| !is_of_arn(c)).next()) else { continue };
        let arn = arn.trim_end_matches(['.', ',', ':']);
        if Principal::new(arn).kind() != PrincipalKind::Role || Principal::new(arn).account().is_none() {
            continue;
        }
        let line = text.get(..at).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
        let before = line.trim_end_matches([' ', '\t', ':', '=', '"', '\'', '`', '|', '\\', '>']);
        let word = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || "-_./".contains(c))).next();
        let word = word.unwrap_or_default().to_ascii_lowercase();
        if LABELS.contains(&word.as_str()) {
            found.push(Named { at, arn, of_step: word == "role-to-assume" });
        }
    }
    found
}

fn is_of_arn(c: char) -> bool {
    c.is_ascii_alphanumeric() || ":/+=,.@_-".contains(c)
}

/// The only role that is named, or that of the step whose error it is.
fn role_of<'r, 't>(denial: &Denial, roles: &'r [Named<'t>]) -> Option<&'r Named<'t>> {
    let (first, others) = roles.split_first()?;
    if others.iter().all(|other| other.arn == first.arn) {
        return Some(first);
    }
    let before = roles.iter().rev().find(|role| role.at < denial.span.start)?;
    before.of_step.then_some(before)
}

/// The audience for which the jobs of the log ask: aws-actions/configure-aws-credentials prints its inputs.
fn audience(text: &str) -> Option<&str> {
    let inputs = text.lines().filter_map(|line| {
        let (before, value) = line.split_once("audience: ")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "./:_-".contains(c);
        let alone = before.chars().next_back().is_none_or(|c| c.is_ascii_whitespace());
        let value = value.trim();
        (alone && !value.is_empty() && value.chars().all(plain)).then_some(value)
    });
    let mut values: Vec<&str> = inputs.collect();
    values.sort_unstable();
    values.dedup();
    match values.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// Who the caller is.
struct Caller {
    principal: Principal,
    id: String,
}

/// The only caller that an output of `aws sts get-caller-identity` names, as JSON, YAML, a table or text.
/// <https://docs.aws.amazon.com/cli/latest/reference/sts/get-caller-identity.html>
fn caller(text: &str) -> Option<Caller> {
    let lines: Vec<&str> = text.lines().collect();
    let has_labels = memchr::memmem::find(text.as_bytes(), b"UserId").is_some();
    let mut found: Option<Caller> = None;
    // most lines are neither
    let may_name = |line: &str| has_labels || begins_with_account(line);
    let names_one = |line: &str| may_name(line) && memchr::memmem::find(line.as_bytes(), b"arn:").is_some();
    for (number, line) in lines.iter().enumerate().filter(|(_, line)| names_one(line)) {
        let Some((account, arn, id)) =
            of_text(line).or_else(|| has_labels.then(|| of_labels(&lines, number)).flatten())
        else {
            continue;
        };
        let principal = Principal::new(arn);
        let known = matches!(
            principal.kind(),
            PrincipalKind::User | PrincipalKind::Root | PrincipalKind::AssumedRole | PrincipalKind::FederatedUser
        );
        if !known || principal.account() != Some(account) {
            continue;
        }
        match &found {
            Some(other) if other.principal != principal => return None,
            _ => found = Some(Caller { principal, id: id.to_owned() }),
        }
    }
    found
}

fn begins_with_account(line: &str) -> bool {
    line.trim_start().starts_with(|first: char| first.is_ascii_digit())
}

/// `111122223333<TAB>arn:...<TAB>AIDA...`
fn of_text(line: &str) -> Option<(&str, &str, &str)> {
    let mut words = line.split_whitespace();
    let account = words.next().filter(|word| is_account_id(word))?;
    let (arn, id) = (words.next()?, words.next()?);
    (words.next().is_none() && arn.starts_with("arn:") && is_id(id)).then_some((account, arn, id))
}

/// `Arn` with `Account` and `UserId` right beside it, on one line or on lines of their own.
fn of_labels<'t>(lines: &[&'t str], number: usize) -> Option<(&'t str, &'t str, &'t str)> {
    let near = lines.get(number.saturating_sub(2)..(number + 3).min(lines.len()))?;
    let arn = lines.get(number).and_then(|line| labelled(line, "Arn"))?;
    let value = |name| near.iter().find_map(|line| labelled(line, name));
    let (account, id) = (value("Account")?, value("UserId")?);
    (is_account_id(account) && is_id(id)).then_some((account, arn, id))
}

/// The value that stands behind a name: `"Arn": "..."`, `Arn: ...`, `|  Arn  |  ...`.
fn labelled<'t>(line: &'t str, name: &str) -> Option<&'t str> {
    let around = |c: char| matches!(c, '"' | '\'' | ' ' | '\t' | ':' | '|' | ',' | '{' | '}' | '\\');
    let at = line.match_indices(name).find(|(at, _)| {
        let before = line.get(..*at).unwrap_or_default().chars().next_back();
        let after = line.get(at + name.len()..).unwrap_or_default().chars().next();
        before.is_none_or(around) && after.is_some_and(around)
    });
    let rest = line.get(at?.0 + name.len()..)?.trim_start_matches(around);
    let end = rest.find(['"', '\'', ' ', '\t', '|', ',', '}', '\\']).unwrap_or(rest.len());
    rest.get(..end).filter(|value| !value.is_empty())
}

/// `AIDAEXAMPLE`, `AROAEXAMPLE:session`, `111122223333`, `111122223333:name`.
fn is_id(text: &str) -> bool {
    text.len() >= 4
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@_-:".contains(c))
        && !text.starts_with("arn:")
}

/// Whether these are certainly two callers: sessions of one role may have several names.
fn is_another(named: &Principal, other: &Principal) -> bool {
    let whole = |principal: &Principal| {
        principal.as_str().parse::<Arn>().is_ok() && principal.account().is_some() && principal.name().is_some()
    };
    let is_caller = matches!(
        named.kind(),
        PrincipalKind::User | PrincipalKind::Role | PrincipalKind::AssumedRole | PrincipalKind::FederatedUser
    );
    let of_role = |principal: &Principal| matches!(principal.kind(), PrincipalKind::Role | PrincipalKind::AssumedRole);
    let same_kind = named.kind() == other.kind() || (of_role(named) && of_role(other));
    let root = other.kind() == PrincipalKind::Root;
    is_caller
        && whole(named)
        && (root || whole(other))
        && !(same_kind && named.account() == other.account() && named.name() == other.name())
}

#[cfg(test)]
mod tests {
    use crate::denial::{Note, parse_text};

    const DENIED: &str = "An error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied";
    const ANA: &str = "arn:aws:iam::111122223333:user/ana";

    fn principal(around: &str) -> Option<String> {
        let denials = parse_text(&format!("{around}\n{DENIED}\n"));
        assert_eq!(denials.len(), 1, "{around}");
        denials.first()?.principal.as_ref().map(|principal| principal.as_str().to_owned())
    }

    #[test]
    fn every_output_of_get_caller_identity_names_the_caller() {
        let id = "AIDAIOSFODNN7EXAMPLE";
        for output in [
            format!("{{\n    \"UserId\": \"{id}\",\n    \"Account\": \"111122223333\",\n    \"Arn\": \"{ANA}\"\n}}"),
            format!("{{\"UserId\":\"{id}\",\"Account\":\"111122223333\",\"Arn\":\"{ANA}\"}}"),
            format!("Account: '111122223333'\nArn: {ANA}\nUserId: {id}"),
            format!("111122223333\t{ANA}\t{id}"),
            format!(
                "------\n|  GetCallerIdentity  |\n+---------+-------+\n|  Account|  111122223333  |\n|  Arn    |  {ANA}  |\n|  UserId |  {id}  |\n+---------+-------+"
            ),
        ] {
            assert_eq!(principal(&output).as_deref(), Some(ANA), "{output}");
        }
        // what another call prints is another thing
        assert_eq!(principal(&format!("{{\"UserName\": \"ana\", \"UserId\": \"{id}\", \"Arn\": \"{ANA}\"}}")), None);
        assert_eq!(principal(&format!("444455556666\t{ANA}\t{id}")), None);
        // two callers are none
        let bob = ANA.replace("ana", "bob");
        assert_eq!(principal(&format!("111122223333\t{ANA}\t{id}\n111122223333\t{bob}\t{id}")), None);
    }

    #[test]
    fn another_caller_than_the_message_names_is_noted() {
        let noted = |caller: &str| {
            let text = format!(
                "111122223333\t{caller}\tAROAIOSFODNN7EXAMPLE:x\nUser: arn:aws:sts::111122223333:assumed-role/app/run-1 is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/k\" because no identity-based policy allows the s3:GetObject action"
            );
            let denials = parse_text(&text);
            denials.iter().flat_map(|denial| &denial.notes).any(|note| matches!(note, Note::OtherCallerInText(_)))
        };
        assert!(noted(ANA));
        assert!(!noted("arn:aws:sts::111122223333:assumed-role/app/run-2"));
    }

    #[test]
    fn a_call_after_the_step_that_assumed_a_role_is_made_by_that_role() {
        let deploy = "arn:aws:iam::111122223333:role/ci/deploy";
        let step = format!(
            "Run aws-actions/configure-aws-credentials@v4\n  with:\n    role-to-assume: {deploy}\nRun aws s3 ls"
        );
        assert_eq!(principal(&step).as_deref(), Some(deploy));
        let noted = |around: &str| {
            let denials = parse_text(&format!("{around}\n{DENIED}\n"));
            denials.iter().any(|denial| denial.notes.contains(&Note::SeveralRolesInText))
        };
        // another role, another profile: the caller is not told
        for other in [format!("role-to-assume: {deploy}2"), "Run aws s3 ls --profile prod".to_owned()] {
            let around = format!("{step}\n{other}");
            assert_eq!(principal(&around), None, "{other}");
            assert!(noted(&around), "{other}");
        }
        // who the caller is stands above a role of the job
        assert_eq!(principal(&format!("{step}\n111122223333\t{ANA}\tAIDAIOSFODNN7EXAMPLE")).as_deref(), Some(ANA));
        // the step comes after the error
        assert_eq!(
            parse_text(&format!("{DENIED}\n{step}\n")).first().and_then(|denial| denial.principal.clone()),
            None
        );
        // the role that cannot be assumed is not the caller
        let failed = DENIED.replace("ListObjectsV2", "AssumeRole");
        assert_eq!(
            parse_text(&format!("{step}\n{failed}\n")).first().and_then(|denial| denial.principal.clone()),
            None
        );
    }

    #[test]
    fn the_role_of_a_token_is_the_one_that_the_job_names() {
        let failed = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
        let deploy = "arn:aws:iam::111122223333:role/deploy";
        let role = |around: &str| {
            let denials = parse_text(&format!("{around}\nError: Could not assume role with OIDC: {failed}\n"));
            denials.first().and_then(|denial| denial.resource.clone())
        };
        for label in [
            "  role-to-assume: ",
            "export AWS_ROLE_ARN=",
            "TFC_AWS_RUN_ROLE_ARN = \"",
            "    eks.amazonaws.com/role-arn: ",
            "aws sts assume-role-with-web-identity --role-arn ",
            "{\"roleArn\": \"",
            "Error calling AssumeRole for role ",
        ] {
            assert_eq!(role(&format!("{label}{deploy}")).as_deref(), Some(deploy), "{label}");
        }
        // a role for something else
        assert_eq!(role(&format!("  execution_role_arn: {deploy}")), None);
        // of two steps the last one before the error; of two roles elsewhere none
        let steps = format!("  role-to-assume: arn:aws:iam::111122223333:role/test\n  role-to-assume: {deploy}");
        assert_eq!(role(&steps).as_deref(), Some(deploy));
        assert_eq!(role(&format!("role_arn = arn:aws:iam::111122223333:role/test\nrole_arn = {deploy}")), None);
    }
}
