//! The pseudonym of a text: of an account id, an ARN part by part, a pattern piece by piece, or a name.

use std::net::IpAddr;
use std::ops::Range;

use crate::iam::{SESSION_OF_IDENTITY_POOL, is_account_id};
use crate::reference::{Reference, ResourceType, Service};

/// One value: an ARN part by part, an account id, an address, or names between joints.
#[must_use]
pub(super) fn value(text: &str) -> String {
    if ["", "*", "0.0.0.0/0", "::/0"].contains(&text) || is_region(text) || is_service(text) {
        return text.to_owned();
    }
    if let Some(address) = address(text) {
        return address;
    }
    match arn(text) {
        Some(arn) => arn,
        None => pieces(text, &[]),
    }
}

/// A stable word for an id of somebody's.
#[must_use]
pub fn id(text: &str) -> String {
    pseudonym("id", text)
}

/// A condition key: what stands after `/` is a tag's own key, and what stands before `:` may be somebody's identity provider.
pub(super) fn key(text: &str) -> String {
    let (prefix, rest) = text
        .split_once([':', '/'])
        .map_or((text, ""), |(prefix, _)| (prefix, text.get(prefix.len()..).unwrap_or_default()));
    // `oidc.eks.REGION.amazonaws.com/id/ID:sub`, `login.example.com:aud`
    if prefix.contains('.') && !PROVIDERS.contains(&prefix) {
        let (provider, claim) = text.rsplit_once(':').unwrap_or((text, ""));
        let provider = match provider.split_once('/') {
            Some((host, path)) if is_service(host) => format!("{host}/{}", pieces(path, &[])),
            _ => pieces(provider, &[]),
        };
        let claim = if CLAIMS.contains(&claim) { claim.to_owned() } else { pieces(claim, &[]) };
        return format!("{provider}:{claim}");
    }
    match rest.split_once('/') {
        Some((own, key)) if !key.is_empty() => format!("{prefix}{own}/{}", tag(key)),
        _ => text.to_owned(),
    }
}

/// The key of a tag; AWS compares them without their case.
pub(super) fn tag(key: &str) -> String {
    let key = key.to_ascii_lowercase();
    if key.contains('$') { pieces(&key, &[]) } else { pseudonym("name", &key) }
}

/// A value of a condition key.
pub(super) fn value_of(key: &str, text: &str) -> String {
    let folded = key.to_ascii_lowercase();
    let number = || !folded.contains('/') && text.parse::<f64>().is_ok() && !is_account_id(text);
    if OPEN_KEYS.contains(&folded.as_str()) || is_common(text) || number() { text.to_owned() } else { value(text) }
}

/// Identity providers that everybody has.
const PROVIDERS: [&str; 8] = [
    "accounts.google.com",
    "app.terraform.io",
    "appleid.apple.com",
    "cognito-identity.amazonaws.com",
    "gitlab.com",
    "graph.facebook.com",
    "token.actions.githubusercontent.com",
    "www.amazon.com",
];

/// Claims of identity providers.
const CLAIMS: [&str; 9] = ["amr", "app_id", "aud", "azp", "email", "id", "oaud", "sub", "user_id"];

/// Values of these keys tell nothing about whom.
const OPEN_KEYS: [&str; 14] = [
    "aws:calledvia",
    "aws:currenttime",
    "aws:multifactorauthpresent",
    "aws:principaltype",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:tokenissuetime",
    "aws:viaawsservice",
    "ec2:instancetype",
    "iam:passedtoservice",
    "kms:viaservice",
    "s3:x-amz-acl",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-storage-class",
];

/// Whether a value of any condition key names nobody: a truth, a kind of principal, a time.
fn is_common(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "Account",
        "Anonymous",
        "AssumedRole",
        "FederatedUser",
        "Role",
        "Root",
        "User",
        "aws:kms",
        "false",
        "null",
        "true",
        "unspecified",
    ];
    WORDS.contains(&text) || is_time(text)
}

/// `eu-west-1`, `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    text.split('-').count() >= 3
        && text.len() <= 16
        && text.split('-').next().is_some_and(|part| part.len() == 2)
        && text.split('-').next_back().is_some_and(|part| part.len() == 1)
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit())
}

/// `2026-01-31T12:00:00Z`, `2026-01-31`.
fn is_time(text: &str) -> bool {
    let date = text.get(..10).unwrap_or_default();
    let shape: String = date.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00" && text.chars().all(|c| c.is_ascii_digit() || "-:.TZ+".contains(c))
}

/// A service as a principal: `ec2.amazonaws.com`, `states.eu-west-1.amazonaws.com`. Longer ones may hold the name of a bucket.
fn is_service(text: &str) -> bool {
    let name = text.strip_prefix("service:").unwrap_or(text);
    let Some(name) = name.strip_suffix(".amazonaws.com").or_else(|| name.strip_suffix(".amazonaws.com.cn")) else {
        return false;
    };
    let plain = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    match name.split('.').collect::<Vec<_>>().as_slice() {
        [service] => service.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
        [service, region] if is_region(region) => plain(service),
        ["oidc", "eks", region] => is_region(region),
        _ => ["delivery.logs", "ops.apigateway", "replication.dynamodb", "edgelambda.lambda"].contains(&name),
    }
}

/// An IP address or range of addresses, with its length.
fn address(text: &str) -> Option<String> {
    let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    address.parse::<IpAddr>().ok()?;
    match length {
        None => Some(pseudonym("ip", address)),
        Some(length) => length.parse::<u8>().ok().map(|length| format!("{}/{length}", pseudonym("ip", address))),
    }
}

/// An ARN by its parts; variables may stand in each.
fn arn(text: &str) -> Option<String> {
    if !text.starts_with("arn:") {
        return None;
    }
    let mut colons = joints(text).into_iter().filter(|at| text.as_bytes().get(*at) == Some(&b':'));
    let colons: [usize; 5] = [colons.next()?, colons.next()?, colons.next()?, colons.next()?, colons.next()?];
    let part = |from: usize, to: usize| text.get(from + 1..to).unwrap_or_default();
    let [first, second, third, fourth, fifth] = colons;
    let (partition, service) = (part(first, second), part(second, third));
    let (region, account) = (part(third, fourth), part(fourth, fifth));
    let resource = text.get(fifth + 1..).unwrap_or_default();
    // AWS's own resources name nobody
    if account == "aws" || (account.is_empty() && resource.starts_with("foundation-model/")) {
        return Some(text.to_owned());
    }
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase() || b"-*?0123456789".contains(&byte));
    let head = |part: &str| if plain(part) { part.to_owned() } else { pieces(part, &[]) };
    let region =
        if region.is_empty() || is_region(region) || region.contains('*') { head(region) } else { pieces(region, &[]) };
    let kept = kept_words(service, resource);
    let resource = if resource == "root" { resource.to_owned() } else { pieces(resource, &kept) };
    Some(format!("arn:{}:{}:{region}:{}:{resource}", head(partition), head(service), pieces(account, &[])))
}

/// The words of the resource part that AWS writes: those of the longest form that the reference has for such a resource, or its type.
fn kept_words(service: &str, resource: &str) -> Vec<usize> {
    let parts: Vec<&str> = resource.split(['/', ':']).collect();
    let kept = |arn: &str| {
        let form = arn.splitn(6, ':').nth(5).unwrap_or_default();
        let form: Vec<&str> = form.split(['/', ':']).collect();
        let fixed: Vec<usize> =
            (0..form.len()).filter(|at| form.get(*at).is_some_and(|part| !part.contains('$'))).collect();
        (form.len() <= parts.len() && fixed.iter().all(|at| form.get(*at) == parts.get(*at))).then_some(fixed)
    };
    let types = Reference::embedded().service(service).map(Service::resource_types).unwrap_or_default();
    let forms: Vec<Vec<usize>> = types.iter().flat_map(ResourceType::arns).filter_map(|arn| kept(arn)).collect();
    if let Some(best) = forms.into_iter().max_by_key(Vec::len) {
        return best;
    }
    match (service, parts.as_slice()) {
        ("s3" | "sns" | "sqs", _) | (_, [] | [_]) => Vec::new(),
        (_, [kind, ..]) if kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') => vec![0],
        _ => Vec::new(),
    }
}

/// The places of `:` and `/` outside of variables.
fn joints(text: &str) -> Vec<usize> {
    let mut inside = false;
    let mut places = Vec::new();
    for (at, character) in text.char_indices() {
        match character {
            '{' if at > 0 && text.as_bytes().get(at - 1) == Some(&b'$') => inside = true,
            '}' => inside = false,
            ':' | '/' if !inside => places.push(at),
            _ => {}
        }
    }
    places
}

/// Every name between joints becomes a pseudonym; joints, wildcards, variables and the parts of these numbers stay.
fn pieces(text: &str, kept: &[usize]) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut part = 0;
    let mut rest = text;
    let wildcard = |c: char| c == '*' || c == '?';
    while let Some(first) = rest.chars().next() {
        if let Some((variable, after)) = variable(rest) {
            clean.push_str(&variable);
            rest = after;
            continue;
        }
        if matches!(first, '/' | ':' | ' ' | '*' | '?') {
            part += usize::from(matches!(first, '/' | ':'));
            clean.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let end = end_of_name(rest);
        let (name, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let noun =
            clean.is_empty() && ["role", "user", "group", "policy"].contains(&name) && after.starts_with(['/', ' ']);
        let scheme = ["http", "https"].contains(&name) && after.starts_with("://");
        let model = is_model(name)
            || (clean.ends_with(':')
                && name.parse::<u8>().is_ok()
                && is_model(clean.trim_end_matches(':').rsplit(['/', ' ']).next().unwrap_or_default()));
        if kept.contains(&part) || noun || scheme || model {
            clean.push_str(name);
        } else {
            // `reports-*` has the name `reports`
            let open_before = clean.ends_with(wildcard) || clean.ends_with('}');
            let open_after = after.starts_with(wildcard) || after.starts_with("${");
            let trimmed = trimmed(name, open_before, open_after);
            clean.push_str(name.get(..trimmed.start).unwrap_or_default());
            clean.push_str(&one_name(name.get(trimmed.clone()).unwrap_or_default()));
            clean.push_str(name.get(trimmed.end..).unwrap_or_default());
        }
        rest = after;
    }
    clean
}

/// Where a name ends: at a joint, a wildcard or a variable.
fn end_of_name(text: &str) -> usize {
    let ends = text.char_indices().find(|(at, character)| {
        matches!(character, '/' | ':' | ' ' | '*' | '?')
            || (*character == '$' && *at > 0 && text.get(*at..).is_some_and(|rest| variable(rest).is_some()))
    });
    ends.map_or(text.len(), |(at, _)| at)
}

fn trimmed(name: &str, before: bool, after: bool) -> Range<usize> {
    let joint = ['-', '_', '.'];
    let start = if before { name.len() - name.trim_start_matches(joint).len() } else { 0 };
    let end = if after { name.trim_end_matches(joint).len() } else { name.len() };
    start.min(end)..end
}

/// The variable, wildcard or template's part at the start, with a pseudonym for what it names, and what follows.
fn variable(text: &str) -> Option<(String, &str)> {
    let (inner, after) = text.strip_prefix("${")?.split_once('}')?;
    let clean = match inner.split_once(", '") {
        _ if matches!(inner, "*" | "?" | "$") => inner.to_owned(),
        Some((own, default)) => format!("{}, '{}'", key(own), pieces(default.trim_end_matches('\''), &[])),
        None => match inner.strip_prefix("template:") {
            Some(part) => format!("template:{}", template_part(part)),
            None => key(inner),
        },
    };
    Some((format!("${{{clean}}}"), after))
}

/// The text with pseudonyms in its variables alone, and with `*` in their places.
pub(super) fn variables(text: &str) -> (String, String) {
    let (mut clean, mut fixed, mut rest) = (String::new(), String::new(), text);
    while let Some(first) = rest.chars().next() {
        rest = if let Some((own, after)) = variable(rest) {
            clean.push_str(&own);
            fixed.push('*');
            after
        } else {
            clean.push(first);
            fixed.push(first);
            rest.get(first.len_utf8()..).unwrap_or_default()
        };
    }
    (clean, fixed)
}

/// What a template fills in: `AWS::Region` is the same in all of them.
pub(super) fn template_part(part: &str) -> String {
    if part.starts_with("AWS::") { part.to_owned() } else { pieces(part, &[]) }
}

/// The pseudonym of a name without joints. Its form stays where AWS gives that a meaning: ids, roles of AWS, endings of files.
fn one_name(name: &str) -> String {
    if name.is_empty() || is_region(name) || ["service_control_policy", "resource_control_policy"].contains(&name) {
        return name.to_owned();
    }
    if is_account_id(name) {
        return account(name);
    }
    // the same in every account
    if name == SESSION_OF_IDENTITY_POOL {
        return name.to_owned();
    }
    if let Some((set, suffix)) = name.strip_prefix("AWSReservedSSO_").and_then(|rest| rest.rsplit_once('_')) {
        return format!("AWSReservedSSO_{}_{:016x}", pseudonym("name", set), hash(suffix));
    }
    if let Some(rest) = name.strip_prefix("AWSServiceRoleFor") {
        let (service, suffix) = rest.split_once('_').map_or((rest, None), |(service, suffix)| (service, Some(suffix)));
        let suffix = suffix.map_or_else(String::new, |suffix| format!("_{}", pseudonym("name", suffix)));
        return format!("AWSServiceRoleFor{service}{suffix}");
    }
    if let Some((prefix, _)) = name.split_once('-').filter(|(prefix, rest)| IDS.contains(prefix) && is_id(rest)) {
        return pseudonym(prefix, name);
    }
    match name.rsplit_once('.').filter(|(_, ending)| ENDINGS.contains(ending)) {
        Some((stem, ending)) => format!("{}.{ending}", pseudonym("name", stem)),
        None => pseudonym("name", name),
    }
}

/// Ids of policies, roots, units, organizations and VPC endpoints: commands tell them from names by how they begin.
const IDS: [&str; 5] = ["p", "r", "ou", "o", "vpce"];

fn is_id(rest: &str) -> bool {
    rest.len() >= 4
        && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !rest.contains("--")
}

/// Whether this is the id of a model, or of an inference profile of AWS's, before its version.
fn is_model(name: &str) -> bool {
    const PROVIDERS: [&str; 16] = [
        "ai21",
        "amazon",
        "anthropic",
        "cohere",
        "deepseek",
        "google",
        "luma",
        "meta",
        "minimax",
        "mistral",
        "moonshotai",
        "nvidia",
        "openai",
        "qwen",
        "stability",
        "writer",
    ];
    const PREFIXES: [&str; 8] = ["apac", "au", "ca", "eu", "global", "jp", "us", "us-gov"];
    let own = name.split_once('.').filter(|(prefix, _)| PREFIXES.contains(prefix)).map_or(name, |(_, own)| own);
    own.split_once('.').is_some_and(|(provider, model)| {
        // `glm-4.6` is a model, `acme.example` is a domain
        let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        PROVIDERS.contains(&provider)
            && model.split('.').skip(1).all(number)
            && model.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
    })
}

/// Endings of files that are not part of a name.
const ENDINGS: [&str; 14] =
    ["cfg", "conf", "csv", "hcl", "json", "log", "md", "ndjson", "parquet", "tf", "tfvars", "txt", "yaml", "yml"];

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

    fn name(text: &str) -> String {
        pseudonym("name", text)
    }

    #[test]
    fn each_form_keeps_its_form_and_each_name_its_pseudonym() {
        let (own, ana, reports) = (account("111122223333"), name("ana"), name("reports"));
        let rows = [
            ("arn:aws:iam::111122223333:user/ops/ana", format!("arn:aws:iam::{own}:user/{}/{ana}", name("ops"))),
            (
                "arn:aws:sts::111122223333:assumed-role/Deploy/ana",
                format!("arn:aws:sts::{own}:assumed-role/{}/{ana}", name("Deploy")),
            ),
            ("arn:aws:s3:::reports-*", format!("arn:aws:s3:::{reports}-*")),
            ("arn:aws:s3:::*-reports/q3.csv", format!("arn:aws:s3:::*-{reports}/{}.csv", name("q3"))),
            ("arn:aws:s3:::reports/${aws:username}/*", format!("arn:aws:s3:::{reports}/${{aws:username}}/*")),
            (
                "arn:aws:iam::${aws:PrincipalAccount}:role/${aws:PrincipalTag/Team}",
                format!("arn:aws:iam::${{aws:PrincipalAccount}}:role/${{aws:PrincipalTag/{}}}", name("team")),
            ),
            (
                "arn:aws:dynamodb:eu-west-1:111122223333:table/index/index/ana",
                format!("arn:aws:dynamodb:eu-west-1:{own}:table/{}/index/{ana}", name("index")),
            ),
            ("arn:aws:iam::aws:policy/AWSDenyAll", "arn:aws:iam::aws:policy/AWSDenyAll".to_owned()),
            (
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1",
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1".to_owned(),
            ),
            ("arn:aws:iam::111122223333:root", format!("arn:aws:iam::{own}:root")),
            ("111122223333", own.clone()),
            ("role ana", format!("role {ana}")),
            ("ünï–code", name("ünï–code")),
            ("acme/prod.json", format!("{}/{}.json", name("acme"), name("prod"))),
            ("203.0.113.0/24", format!("{}/24", pseudonym("ip", "203.0.113.0"))),
            ("acme.s3.amazonaws.com", name("acme.s3.amazonaws.com")),
            ("lambda.amazonaws.com", "lambda.amazonaws.com".to_owned()),
            ("eu-west-1", "eu-west-1".to_owned()),
            ("*", "*".to_owned()),
            ("${template:Bucket}-x", format!("${{template:{}}}-{}", name("Bucket"), name("x"))),
        ];
        for (text, clean) in rows {
            assert_eq!(value(text), clean, "{text}");
        }
    }

    #[test]
    fn a_condition_key_keeps_what_aws_calls_it() {
        let rows = [
            ("aws:SourceIp", "aws:SourceIp".to_owned()),
            ("aws:PrincipalTag/Team", format!("aws:PrincipalTag/{}", name("team"))),
            ("login.acme.example:aud", format!("{}:aud", name("login.acme.example"))),
            ("token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:sub".to_owned()),
            (
                "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D:sub",
                format!("oidc.eks.eu-west-1.amazonaws.com/{}/{}:sub", name("id"), name("EXAMPLED539D")),
            ),
        ];
        for (text, clean) in rows {
            assert_eq!(key(text), clean);
        }
        assert_eq!(value_of("aws:PrincipalTag/cost", "4711"), name("4711"));
        for (key, common) in [("s3:max-keys", "10"), ("aws:CurrentTime", "2026-01-31T00:00:00Z"), ("s3:x", "true")] {
            assert_eq!(value_of(key, common), common);
        }
    }
}
