//! What kind of file it is, by its content: its notation, and what it is instead where it holds no policy document.

use super::error::FileError;
use super::find::document_text;
use super::tree::{Tree, Value};
use super::{Held, something};
use crate::iam::{Command, NoPolicy, PolicyType};
use crate::snapshot::{command, fetch};
use crate::text::{Position, Source};

/// The notation of a file, or what it is where it has none that is read.
#[derive(Debug)]
pub(in crate::snapshot) enum Notation {
    Json,
    Yaml,
    Hcl,
    /// AWS's answer that there is no such policy.
    Nothing(NoPolicy),
    Other(Position, String),
}

/// How to say that there is no policy of this type.
fn say_none(wanted: Option<PolicyType>) -> Option<String> {
    let none = wanted?.row().none_option;
    Some(none.map_or_else(|| "leave this file out".to_owned(), |option| format!("say so with {option}")))
}

/// How the AWS CLI's own errors begin.
const CLI_ERRORS: [&str; 14] = [
    "Unable to locate credentials",
    "Partial credentials found",
    "The config profile",
    "Could not connect to the endpoint URL",
    "Connect timeout on endpoint URL",
    "Read timeout on endpoint URL",
    "SSL validation failed",
    "You must specify a region",
    "Error loading SSO Token",
    "Error when retrieving",
    "The SSO session",
    "Token has expired",
    "Parameter validation failed",
    "usage: aws",
];

/// Looks at how the file begins, and at its name. `wanted` is what it should be.
pub(in crate::snapshot) fn notation(file: &Source, wanted: Option<PolicyType>) -> Notation {
    let text = file.text();
    let trimmed = text.trim_start();
    let at = file.position(text.len() - trimmed.len());
    let other = |what: &str| Notation::Other(at, what.to_owned());
    let ends = |ends: &[&str]| ends.iter().any(|end| file.name().to_ascii_lowercase().ends_with(end));
    let first_line = trimmed.lines().next().unwrap_or_default();
    if trimmed.is_empty() {
        let none = say_none(wanted).map(|say| format!(" (if there is no such policy, {say})")).unwrap_or_default();
        return other(&format!(
            "the file is empty: the command that should have written it failed, or AWS had nothing to answer; run it again and read its errors{none}"
        ));
    }
    if let Some(error) = aws_error(trimmed) {
        return if let Some(why) = fetch::says_none(error.code, error.operation) {
            Notation::Nothing(why)
        } else {
            let missing = ["NotFound", "NoSuch"].iter().any(|word| error.code.contains(word));
            let what = if missing {
                let none = say_none(wanted).map(|say| format!("; if it is the policy, {say}")).unwrap_or_default();
                format!("it may be the policy that is not there, or what should have it{none}")
            } else {
                "it failed, and whether there is a policy is not known".to_owned()
            };
            let AwsError { code, operation } = error;
            Notation::Other(at, format!("this is the error of a command ({code} of {operation}), no policy: {what}"))
        };
    }
    // as the AWS CLI prints it with `--output text`
    if let nothing @ ("null" | "None") = trimmed.trim_end() {
        let none = say_none(wanted).map(|say| format!("; if that is because there is no policy, {say}"));
        return other(&format!("`{nothing}`: the answer of AWS has no such part{}", none.unwrap_or_default()));
    }
    let failed = |line: &str| {
        let line = line.strip_prefix("aws: [ERROR]: ").unwrap_or(line);
        line.starts_with("aws: error") || CLI_ERRORS.iter().any(|error| line.starts_with(error))
    };
    if failed(first_line) {
        return other(
            "this is an error of the AWS CLI, no policy: it got no answer, and whether there is a policy is not known; run the command again when that is put right",
        );
    }
    if ends(&[".tf", ".tofu", ".hcl", ".tfvars"]) || is_hcl(trimmed) {
        return Notation::Hcl;
    }
    if trimmed.starts_with(['{', '[', '"']) {
        return if trimmed.starts_with('[') && ends(&[".ini", ".toml", ".cfg"]) {
            other("this is a settings file, no policy")
        } else {
            Notation::Json
        };
    }
    if trimmed.starts_with('<') {
        let page = trimmed.get(..200.min(trimmed.len())).unwrap_or(trimmed).to_ascii_lowercase();
        return other(if page.contains("html") {
            "this is an HTML page: a proxy or a login page answered in place of AWS"
        } else {
            "this is XML: ask for JSON, as the AWS CLI prints it with `--output json`"
        });
    }
    let table = |line: &str| line.starts_with('|') || line.starts_with('+');
    if first_line.len() > 3 && first_line.bytes().all(|byte| byte == b'-') && trimmed.lines().nth(1).is_some_and(table)
    {
        return other("this is a table (`--output table`): run the command with `--output json`");
    }
    if trimmed.contains("is not authorized") || trimmed.contains("AccessDenied") {
        return other("this is the text of a denial, no policy: give it as the input");
    }
    if document_text(trimmed).is_some() {
        return Notation::Json;
    }
    if ends(&[".yaml", ".yml", ".template"]) || is_yaml(trimmed) {
        return Notation::Yaml;
    }
    if first_line.chars().any(|character| character.is_control() || character == char::REPLACEMENT_CHARACTER) {
        return other("this is no text");
    }
    let begins: String = first_line.chars().take(30).collect();
    Notation::Other(at, format!("this is neither JSON, YAML nor Terraform: it begins with `{begins}`"))
}

/// An error as the AWS CLI writes it.
struct AwsError<'t> {
    code: &'t str,
    operation: &'t str,
}

fn aws_error(text: &str) -> Option<AwsError<'_>> {
    let rest = text.split_once("An error occurred (")?;
    // something else comes before it only where a shell or the CLI itself writes a few words
    if rest.0.len() > 200 || rest.0.contains(['{', '[']) {
        return None;
    }
    let (code, rest) = rest.1.split_once(')')?;
    let (_, rest) = rest.split_once("when calling the ")?;
    let (operation, _) = rest.split_once(" operation")?;
    Some(AwsError { code, operation })
}

fn is_hcl(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '/']));
    lines.next().is_some_and(|line| {
        let kinds =
            ["resource", "data", "module", "variable", "locals", "provider", "terraform", "output", "import", "moved"];
        let word = line.split([' ', '"', '{']).next().unwrap_or_default();
        kinds.contains(&word) && line.contains(['{', '"']) && !line.contains(':')
    })
}

fn is_yaml(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(|line| {
        let key = line.trim_start_matches("- ").split(':').next().unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-.'\"".contains(c);
        line.starts_with("---")
            || (line.contains(':') && !key.is_empty() && key.chars().all(plain) && !line.contains("://"))
            || line.starts_with("- ")
    })
}

/// How the message begins where no more can be said of it.
pub(in crate::snapshot) const NO_JSON: &str = "this is not JSON";

/// What is wrong with JSON that cannot be read, and what to do about it.
pub(in crate::snapshot) fn broken_json(file: &Source, error: &serde_json::Error) -> FileError {
    let text = file.text();
    let line_start = match error.line().checked_sub(2) {
        Some(newlines) => memchr::memchr_iter(b'\n', text.as_bytes()).nth(newlines).map_or(0, |newline| newline + 1),
        None => 0,
    };
    let offset = line_start + error.column().saturating_sub(1);
    let rest = text.get(offset.min(text.len())..).unwrap_or_default();
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message);
    let python = ["True", "False", "None"].iter().any(|word| rest.starts_with(word));
    if error.is_eof() {
        let what = "the file ends in the middle of its JSON: it was cut, or the command that wrote it was interrupted";
        return something(file, file.position(text.trim_end().len()), what.to_owned());
    }
    let what = match rest.chars().next() {
        Some('}' | ']') if text.get(..offset).is_some_and(|before| before.trim_end().ends_with(',')) => {
            "a comma before the end of a list or an object: JSON has none there; remove it".to_owned()
        }
        Some('\'') => {
            "single quotes: this is how Python prints, not JSON; print it with `json.dumps`, or write double quotes"
                .to_owned()
        }
        _ if python => "this is how Python prints, not JSON; print it with `json.dumps`".to_owned(),
        Some('/' | '#') => "a comment: JSON has none; remove it".to_owned(),
        Some('\u{201C}' | '\u{201D}' | '\u{2018}' | '\u{2019}') => {
            "typographic quotes, as a word processor writes them: write plain double quotes".to_owned()
        }
        Some(',') if message.contains("trailing characters") || message.contains("expected value") => {
            "a comma that nothing stands before, or between two documents: put several documents into a list, `[...]`"
                .to_owned()
        }
        _ if message.contains("control character") => {
            "a line end or a tab inside a string: write `\\n` or `\\t`".to_owned()
        }
        _ if message.contains("key must be a string") => "the name of a member needs double quotes".to_owned(),
        _ => format!("{NO_JSON}: {message}"),
    };
    something(file, file.position(offset), what)
}

/// A file without any policy document.
pub(super) fn without_documents(file: &Source, roots: &[Tree], wanted: Option<PolicyType>) -> Result<Held, FileError> {
    if let [root] = roots
        && let Some(why) = fetch::shows_none(root).filter(|_| wanted.is_some())
    {
        return Ok(Held::Nothing(why));
    }
    Err(no_document(file, roots.first(), ""))
}

/// A value that holds no policy document, and what it is.
pub(super) fn no_document(file: &Source, root: Option<&Tree>, path: &str) -> FileError {
    let at = root
        .and_then(|root| root.json)
        .map_or(Position { line: root.map_or(1, |root| root.line), column: 1 }, |span| file.position(span.start));
    let path = if path.is_empty() { String::new() } else { format!("`{path}`: ") };
    let what = root.map_or_else(|| "nothing is in it".to_owned(), what_else);
    something(file, at, format!("{path}{what}"))
}

fn what_else(root: &Tree) -> String {
    if is_snapshot(root) {
        return SNAPSHOT.to_owned();
    }
    if let Some(what) = names_only(root) {
        return what;
    }
    let has = |name: &str| root.get(name).is_some();
    if has("Records") || has("eventName") {
        return "this is a CloudTrail record, no policy: give it as the input".to_owned();
    }
    if has("request") && has("policies") {
        return "this is a case: `iamdx test` and `iamdx simulate --batch` read it".to_owned();
    }
    let expected = "a policy document is an object with `Statement`";
    match &root.value {
        Value::Map(members) if members.is_empty() => format!("{expected}, this is an empty object"),
        Value::Map(members) => {
            let names: Vec<String> = members.iter().take(6).map(|(name, _)| format!("`{name}`")).collect();
            format!("{expected}, and none is in this file, which has {}", names.join(", "))
        }
        Value::List(items) if items.is_empty() => format!("{expected}, this is an empty list"),
        Value::List(_) => format!("{expected}, and none is in this list"),
        Value::Text(_) => format!("{expected}, this is a string"),
        Value::Open(what) => format!("{expected}, this is `{what}`"),
        Value::Plain(text) if text == "null" => format!("{expected}, this is null"),
        Value::Plain(text) if text == "true" || text == "false" => format!("{expected}, this is a boolean"),
        Value::Plain(_) => format!("{expected}, this is a number"),
    }
}

/// What lists policies by name or describes one, and the command that prints the document.
pub(in crate::snapshot) fn names_only(root: &Tree) -> Option<String> {
    let first = |list: &str| root.get(list)?.items().first();
    let text = |tree: Option<&Tree>, name: &str| tree?.get(name)?.text().map(str::to_owned);
    let version = |arn: &str, version: Option<String>| {
        Command::aws("iam get-policy-version")
            .option("--policy-arn", arn)
            .option("--version-id", version.as_deref().unwrap_or("v1"))
            .to_string()
    };
    let lists = |what: &str, command: String| Some(format!("{what} lists names, not documents; run: {command}"));
    if let Some(policy) = first("AttachedPolicies") {
        let arn = text(Some(policy), "PolicyArn")?;
        return lists("this output of `aws iam list-attached-...-policies`", command::managed_policy(&arn).to_string());
    }
    if let Some(name) = first("PolicyNames").and_then(Tree::text) {
        let command = Command::aws("iam get-role-policy").words("--role-name ROLE").option("--policy-name", name);
        return lists(
            "this output of `aws iam list-...-policies`",
            format!("{command} (or get-user-policy, get-group-policy)"),
        );
    }
    if let Some(policy) = first("Policies") {
        let arn = text(Some(policy), "Arn")?;
        if arn.contains(":organizations:") {
            let id = text(Some(policy), "Id").unwrap_or_default();
            let command = Command::aws("organizations describe-policy").option("--policy-id", &id);
            return lists("this output of `aws organizations list-policies`", command.to_string());
        }
        return lists("this output of `aws iam list-policies`", version(&arn, text(Some(policy), "DefaultVersionId")));
    }
    if let Some(policy) = root.get("Policy").filter(|policy| policy.get("DefaultVersionId").is_some()) {
        let arn = text(Some(policy), "Arn")?;
        let command = version(&arn, text(Some(policy), "DefaultVersionId"));
        return Some(format!(
            "this output of `aws iam get-policy` describes the policy without its document; run: {command}"
        ));
    }
    if root.get("PolicySummary").is_some() || first("Versions").is_some_and(|one| one.get("VersionId").is_some()) {
        return Some(
            "this lists versions, not documents; run: aws iam get-policy-version --policy-arn ARN --version-id VERSION"
                .to_owned(),
        );
    }
    None
}

/// Whether the documents of an answer are all in force together: a resource has several policies.
pub(super) fn all_in_force(roots: &[Tree]) -> bool {
    let [root] = roots else { return false };
    let has = |name: &str| root.get(name).is_some();
    has("resourcePolicies")
        || has("ProjectPolicies")
        || has("GetResourcePoliciesResponseList")
        || root.get("Policies").is_some_and(|policies| {
            let texts = policies.members().iter().all(|(_, value)| value.text().is_some());
            let of_resource = |item: &Tree| item.get("PolicyHash").is_some();
            (!policies.members().is_empty() && texts) || policies.items().iter().any(of_resource)
        })
}

/// What is said of a file for `--snapshot`.
pub(super) const SNAPSHOT: &str =
    "this is a snapshot: give it with `--snapshot`, or name one of its policies, for example `FILE#NAME`";

/// Whether the file is one for `--snapshot`.
pub(super) fn is_snapshot(root: &Tree) -> bool {
    let lists = ["iamdx_snapshot", "UserDetailList", "GroupDetailList", "RoleDetailList"];
    lists.iter().any(|name| root.get(name).is_some())
}
