//! A second evaluator, written from AWS's documentation in the plainest way, to judge the first one.
//!
//! It shares no code with the library, works on plain JSON, compiles nothing, and is slow. `None` is "not known".

use std::collections::HashMap;
use std::net::IpAddr;

use serde_json::Value;

type Truth = Option<bool>;

/// The second opinion on one case.
pub(crate) struct Opinion {
    pub(crate) decision: &'static str,
    /// Every statement of every policy that applies: policy, index, whether it matches.
    pub(crate) statements: Vec<(String, usize, Truth)>,
}

fn and(a: Truth, b: Truth) -> Truth {
    if a == Some(false) || b == Some(false) {
        Some(false)
    } else if a.is_none() || b.is_none() {
        None
    } else {
        Some(true)
    }
}

fn not(a: Truth) -> Truth {
    a.map(|a| !a)
}

fn or(a: Truth, b: Truth) -> Truth {
    not(and(not(a), not(b)))
}

fn list(value: &Value) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match value {
        Value::Array(items) => items.iter().map(one).collect(),
        other => vec![one(other)],
    }
}

/// One character of a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Glyph {
    Char(char),
    /// `?`
    Any,
    /// `?` that is no colon.
    AnyInside,
    /// `*`
    Run,
    /// `*` that takes no colon.
    RunInside,
}

fn glob(pattern: &[Glyph], text: &[char]) -> bool {
    // reach[j]: the pattern so far takes the first j characters
    let mut reach: Vec<bool> = (0..=text.len()).map(|j| j == 0).collect();
    for glyph in pattern {
        let mut next = vec![false; text.len() + 1];
        for j in 0..=text.len() {
            next[j] = match glyph {
                Glyph::Char(c) => j > 0 && reach[j - 1] && text[j - 1] == *c,
                Glyph::Any => j > 0 && reach[j - 1],
                Glyph::AnyInside => j > 0 && reach[j - 1] && text[j - 1] != ':',
                Glyph::Run => reach[j] || (j > 0 && next[j - 1]),
                Glyph::RunInside => reach[j] || (j > 0 && next[j - 1] && text[j - 1] != ':'),
            };
        }
        reach = next;
    }
    reach[text.len()]
}

fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

fn plain_glyphs(pattern: &str) -> Vec<Glyph> {
    pattern
        .chars()
        .map(|c| match c {
            '*' => Glyph::Run,
            '?' => Glyph::Any,
            c => Glyph::Char(c),
        })
        .collect()
}

enum Key {
    Absent,
    Unknown,
    Values(Vec<String>, bool),
}

struct Judge<'c> {
    case: &'c Value,
    keys: HashMap<String, (Vec<String>, bool)>,
    complete: bool,
    statements: Vec<(String, usize, Truth)>,
}

/// A pattern after its variables were replaced.
enum Replaced {
    Glyphs(Vec<Glyph>),
    NoValue,
    Unknown,
}

impl<'c> Judge<'c> {
    fn new(case: &'c Value) -> Self {
        let request = &case["request"];
        let mut keys: HashMap<String, (Vec<String>, bool)> = HashMap::new();
        let many: Vec<String> = request.get("multivalued_keys").map(list).unwrap_or_default();
        for (key, values) in request["context"].as_object().into_iter().flatten() {
            let is_many = many.iter().any(|name| name.eq_ignore_ascii_case(key));
            keys.insert(key.to_lowercase(), (list(values), is_many));
        }
        let complete = case["context_complete"].as_bool().unwrap_or(true);
        Self { case, keys, complete, statements: Vec::new() }
    }
}

impl Judge<'_> {
    fn text(&self, field: &str) -> &str {
        self.case["request"][field].as_str().unwrap()
    }

    fn key(&self, name: &str) -> Key {
        match self.keys.get(&name.to_lowercase()) {
            Some((values, many)) => Key::Values(values.clone(), *many || values.len() > 1),
            None if self.complete => Key::Absent,
            None => Key::Unknown,
        }
    }

    /// Replaces `${...}`; what is put in is literal.
    fn replace(&self, text: &str, version: &str, wildcards: bool) -> Replaced {
        let mut glyphs = Vec::new();
        let mut rest: Vec<char> = chars(text);
        let mut unknown = false;
        while !rest.is_empty() {
            if version == "2012-10-17" && rest.starts_with(&['$', '{']) {
                let tail: String = rest[2..].iter().collect();
                if let Some(end) = tail.find('}') {
                    let mut inner = tail[..end].to_owned();
                    let mut used = end + 1;
                    if let Some(comma) = inner.find(", '") {
                        // a default reaches to its closing quote
                        if let Some(quote) = tail[comma + 3..].find("'}") {
                            tail[..=comma + 3 + quote].clone_into(&mut inner);
                            used = comma + 3 + quote + 2;
                        }
                    }
                    rest = chars(&tail[used..]);
                    if ["*", "?", "$"].contains(&inner.as_str()) {
                        glyphs.push(Glyph::Char(inner.chars().next().unwrap()));
                        continue;
                    }
                    let (name, default) = match inner.split_once(", '") {
                        Some((name, default)) => (name.to_owned(), Some(default.trim_end_matches('\'').to_owned())),
                        None => (inner, None),
                    };
                    let value = match self.key(&name) {
                        Key::Values(values, false) => values[0].clone(),
                        Key::Values(_, true) => return Replaced::NoValue,
                        Key::Absent => match default {
                            Some(default) => default,
                            None => return Replaced::NoValue,
                        },
                        Key::Unknown => {
                            unknown = true;
                            // any value: for the question whether it can match at all
                            glyphs.push(Glyph::Run);
                            continue;
                        }
                    };
                    glyphs.extend(value.chars().map(Glyph::Char));
                    continue;
                }
            }
            let c = rest.remove(0);
            glyphs.push(match c {
                '*' if wildcards => Glyph::Run,
                '?' if wildcards => Glyph::Any,
                c => Glyph::Char(c),
            });
        }
        if unknown { Replaced::Unknown } else { Replaced::Glyphs(glyphs) }
    }

    // ---- elements

    fn action_matches(&self, pattern: &str) -> bool {
        if pattern == "*" {
            return true;
        }
        let (pattern, action) = (pattern.to_lowercase(), self.text("action").to_lowercase());
        let Some((service, name)) = pattern.split_once(':') else { return false };
        let (own_service, own_name) = action.split_once(':').unwrap();
        service == own_service && glob(&plain_glyphs(name), &chars(own_name))
    }

    /// `Err(())`: the entry takes its whole `NotResource` with it.
    fn resource_matches(&self, pattern: &str, kind: &str, version: &str) -> Result<Truth, ()> {
        let resource = self.text("resource");
        if pattern == "*" {
            return Ok(Some(true));
        }
        if let Some(rest) = pattern.strip_prefix("execute-api:/") {
            // the API whose policy it is: the request names it, and the rest must fit what stands behind it
            if kind != "resource-based" {
                return Err(());
            }
            let parts: Vec<&str> = resource.splitn(6, ':').collect();
            let behind = parts.get(5).and_then(|own| own.split_once('/')).filter(|_| parts[2] == "execute-api");
            let Some((_, behind)) = behind else { return Ok(Some(false)) };
            let behind = chars(behind);
            return Ok(match self.replace(rest, version, true) {
                Replaced::Glyphs(glyphs) => Some(glob(&glyphs, &behind)),
                Replaced::Unknown if glob(&variables_as_runs(rest), &behind) => None,
                Replaced::NoValue | Replaced::Unknown => Some(false),
            });
        }
        if !pattern.starts_with("arn:") {
            return Err(());
        }
        let parts: Vec<&str> = pattern.splitn(6, ':').collect();
        if parts.len() < 6 {
            let counts = match kind {
                "identity-based" | "session" | "permissions-boundary" => true,
                "resource-based" | "vpc-endpoint" => pattern.contains('*'),
                "service-control" => pattern.ends_with('*'),
                _ => false,
            };
            if !counts {
                return if kind.ends_with("-control") { Err(()) } else { Ok(Some(false)) };
            }
        }
        if resource == "*" {
            return Ok(Some(false));
        }
        // the first five parts: a wildcard stays inside, but a `*` at the end of a part may run on
        let mut head = Vec::new();
        for (index, part) in parts.iter().take(5).enumerate() {
            if index > 0 {
                head.push(Glyph::Char(':'));
            }
            let part = chars(part);
            for (at, c) in part.iter().enumerate() {
                head.push(match c {
                    '*' if at + 1 == part.len() => Glyph::Run,
                    '*' => Glyph::RunInside,
                    '?' => Glyph::AnyInside,
                    c => Glyph::Char(*c),
                });
            }
        }
        let resource = chars(resource);
        if parts.len() < 6 {
            let mut padded = head.clone();
            for _ in parts.len()..6 {
                padded.push(Glyph::Char(':'));
                padded.push(Glyph::Run);
            }
            return Ok(Some(glob(&head, &resource) || glob(&padded, &resource)));
        }
        head.push(Glyph::Char(':'));
        let whole = |tail: Vec<Glyph>| glob(&[head.clone(), tail].concat(), &resource);
        Ok(match self.replace(parts[5], version, true) {
            Replaced::Glyphs(tail) => Some(whole(tail)),
            Replaced::NoValue => Some(false),
            Replaced::Unknown => {
                // whatever the value is, the rest of the pattern must fit
                let widest = variables_as_runs(parts[5]);
                if whole(widest) { None } else { Some(false) }
            }
        })
    }

    /// What becomes of the variables of a whole ARN, where the request has a resource.
    fn variables(&self, pattern: &str, version: &str) -> Option<Replaced> {
        if let Some(rest) = pattern.strip_prefix("execute-api:/") {
            let has_method = self.text("resource").splitn(6, ':').nth(5).is_some_and(|own| own.contains('/'));
            return has_method.then(|| self.replace(rest, version, true));
        }
        let parts: Vec<&str> = pattern.splitn(6, ':').collect();
        let counts = pattern.starts_with("arn:") && parts.len() == 6 && self.text("resource") != "*";
        counts.then(|| self.replace(parts[5], version, true))
    }

    /// How an entry of Principal names the caller: account, role, user, direct.
    fn names(&self, kind: &str, value: &str) -> Option<&'static str> {
        let caller = self.text("principal");
        let service = caller.strip_prefix("service:");
        if value == "*" && (kind == "*" || kind == "AWS") {
            return Some("direct");
        }
        match kind {
            "Service" => (service.is_some() && (value == "*" || service == Some(value))).then_some("direct"),
            "AWS" if service.is_some() || caller == "anonymous" => None,
            "AWS" => {
                let of = |arn: &str| -> Option<(String, String)> {
                    let parts: Vec<&str> = arn.splitn(6, ':').collect();
                    (parts.len() == 6 && parts[4].len() == 12).then(|| (parts[4].to_owned(), parts[5].to_owned()))
                };
                let (own_account, own) = of(caller)?;
                if value.len() == 12 && value.chars().all(|c| c.is_ascii_digit()) {
                    return (value == own_account).then_some("account");
                }
                let (account, named) = of(value)?;
                let last = |text: &str| text.rsplit('/').next().unwrap().to_owned();
                if named == "root" {
                    return (account == own_account).then_some("account");
                }
                if value == caller {
                    return Some(if own.starts_with("user/") {
                        "user"
                    } else if own.starts_with("role/") {
                        "role"
                    } else {
                        "direct"
                    });
                }
                if account != own_account {
                    return None;
                }
                if named.starts_with("role/") && own.starts_with("assumed-role/") {
                    let role = own.split('/').nth(1).unwrap();
                    return (last(&named).to_lowercase() == role.to_lowercase()).then_some("role");
                }
                if named.starts_with("user/") && own.starts_with("federated-user/") {
                    return (last(&named) == last(&own)).then_some("role");
                }
                None
            }
            _ => (value == caller).then_some("direct"),
        }
    }

    /// S3 and DynamoDB have gateway endpoints beside the others.
    fn may_be_gateway(&self) -> bool {
        let action = self.text("action").to_lowercase();
        let own = ["s3:", "s3express:", "dynamodb:"].iter().any(|service| action.starts_with(service));
        own && self.case["request"]["vpc_endpoint_type"] != "interface"
    }

    fn principal(&self, statement: &Value, kind: &str, bounded: bool) -> (Truth, Vec<&'static str>) {
        let (element, negated) = match (&statement["Principal"], &statement["NotPrincipal"]) {
            (Value::Null, Value::Null) => {
                let fine = !matches!(kind, "resource-based" | "resource-control");
                return (Some(fine), vec!["direct"]);
            }
            (Value::Null, element) => (element, true),
            (element, _) => (element, false),
        };
        if matches!(kind, "identity-based" | "session" | "permissions-boundary" | "service-control") {
            return (Some(false), vec![]);
        }
        let gateway = kind == "vpc-endpoint" && self.may_be_gateway();
        if gateway && negated {
            return (None, vec!["direct"]);
        }
        let mut entries: Vec<(String, String)> = Vec::new();
        match element {
            Value::Object(kinds) => {
                for (kind, values) in kinds {
                    entries.extend(list(values).into_iter().map(|value| (kind.clone(), value)));
                }
            }
            other => entries.extend(
                list(other).into_iter().map(|v| if v == "*" { ("*".to_owned(), v) } else { ("AWS".to_owned(), v) }),
            ),
        }
        let ways: Vec<&'static str> = entries.iter().filter_map(|(kind, value)| self.names(kind, value)).collect();
        let aws = |entry: &&(String, String)| entry.0 == "AWS" && entry.1 != "*";
        if gateway && !ways.is_empty() && !self.text("principal").ends_with(":root") {
            // only what names somebody without the name of an account, user or role is sure to count
            let sure =
                entries.iter().filter(|entry| !aws(entry)).any(|(kind, value)| self.names(kind, value).is_some());
            let known = self.case["request"]["vpc_endpoint_type"] == "gateway" && statement["Effect"] == "Allow";
            let truth = if sure {
                Some(true)
            } else if known {
                Some(false)
            } else {
                None
            };
            return (truth, ways);
        }
        if !negated {
            return (Some(!ways.is_empty()), ways);
        }
        if kind == "resource-control" {
            return (Some(false), vec![]);
        }
        if statement["Effect"] == "Allow" {
            return (Some(ways.is_empty()), vec!["direct"]);
        }
        let own = self.text("principal");
        if bounded && (own.contains(":user/") || own.contains(":role/") || own.contains(":assumed-role/")) {
            return (Some(true), vec![]);
        }
        if entries.iter().any(|(kind, value)| value == "*" && (kind == "*" || kind == "AWS")) {
            return (Some(false), vec![]);
        }
        if ways.is_empty() {
            return (Some(true), vec![]);
        }
        let needed: &[&str] = if own.contains(":user/") {
            &["account", "user"]
        } else if own.contains(":role/") {
            &["account", "role"]
        } else if own.contains(":assumed-role/") {
            &["account", "role", "direct"]
        } else if own.contains(":federated-user/") {
            &["account", "direct"]
        } else {
            &[]
        };
        // listed in part: the deny might apply
        (if needed.iter().all(|way| ways.contains(way)) { Some(false) } else { None }, vec![])
    }

    // ---- conditions

    fn conditions(&self, statement: &Value, version: &str) -> Truth {
        let Some(operators) = statement["Condition"].as_object() else { return Some(true) };
        let mut all = Some(true);
        for (operator, keys) in operators {
            for (key, values) in keys.as_object().unwrap() {
                all = and(all, self.condition(operator, key, &list(values), version));
            }
        }
        all
    }

    fn condition(&self, operator: &str, key: &str, wanted: &[String], version: &str) -> Truth {
        let lower = operator.to_lowercase();
        let (set, rest) = match lower.split_once(':') {
            Some((set, rest)) => (set.to_owned(), rest.to_owned()),
            None => (String::new(), lower),
        };
        if rest == "null" {
            let absent = match self.key(key) {
                Key::Absent => true,
                Key::Values(values, _) => values.is_empty(),
                Key::Unknown => {
                    let asks = |what: &str| wanted.iter().any(|value| value.eq_ignore_ascii_case(what));
                    return match (asks("true"), asks("false")) {
                        (true, true) => Some(true),
                        (false, false) => Some(false),
                        _ => None,
                    };
                }
            };
            return Some(wanted.iter().any(|value| value.eq_ignore_ascii_case(if absent { "true" } else { "false" })));
        }
        let (name, if_exists) = match rest.strip_suffix("ifexists") {
            Some(name) => (name.to_owned(), true),
            None => (rest, false),
        };
        let negated = name.contains("not");
        let (values, many) = match self.key(key) {
            Key::Unknown if known_operator(&name) => return self.of_any_path(&name, key, wanted, version),
            Key::Unknown => return Some(false),
            Key::Values(values, many) if !values.is_empty() => (values, many),
            _ => {
                if !known_operator(&name) {
                    return Some(false);
                }
                return Some(if_exists || set == "forallvalues" || (negated && set.is_empty()));
            }
        };
        if !known_operator(&name) {
            return Some(false);
        }
        let one = |value: &str| self.compare(&name, value, wanted, version);
        match set.as_str() {
            "forallvalues" if values.len() == 1 && values[0].is_empty() => Some(true),
            "foranyvalue" if values.len() == 1 && values[0].is_empty() => Some(false),
            "forallvalues" => values.iter().map(|v| one(v)).fold(Some(true), and),
            "foranyvalue" => values.iter().map(|v| one(v)).fold(Some(false), or),
            _ if many || values.len() > 1 => Some(false),
            _ => one(&values[0]),
        }
    }

    /// What holds of the ARN of a session's role, of which only the path is not known: what holds with each path that a value of the policy
    /// has, with others, and with none. `None` of every other key.
    fn of_any_path(&self, name: &str, key: &str, wanted: &[String], version: &str) -> Truth {
        let derived = self.case["derive_context"].as_bool() == Some(true);
        let caller: Vec<&str> = self.text("principal").splitn(6, ':').collect();
        let role = caller.get(5).and_then(|named| named.strip_prefix("assumed-role/")?.split('/').next());
        let role = role.filter(|_| derived && key.eq_ignore_ascii_case("aws:principalarn"))?;
        let mut paths: Vec<String> = ["", "x/", "other/path/"].map(str::to_owned).to_vec();
        paths.push("z".repeat(500) + "/");
        for value in wanted {
            // each part of the value may be in the path, and each wildcard nothing, a character or many
            let start = value.find("role/").map_or(0, |at| at + "role/".len());
            for fill in ["", "x", "xyzxyzxyz", "x/y"] {
                let path = value[start..].replace(['*', '?'], fill);
                paths.push(path[..path.rfind('/').map_or(0, |at| at + 1)].to_owned());
                paths.push(format!("{path}/"));
            }
        }
        paths.retain(|path| !path.starts_with('/'));
        if role.starts_with("AWSReservedSSO_") {
            let under = paths.iter().map(|path| format!("aws-reserved/{path}"));
            paths = under.filter(|path| path.matches('/').count() > 1).collect();
            paths.push("aws-reserved/sso.amazonaws.com/".to_owned());
        }
        // a session's ARN can have the name in another case
        let named =
            wanted.iter().map(|value| value.rsplit('/').next().unwrap()).filter(|n| n.eq_ignore_ascii_case(role));
        let names: Vec<&str> = named.chain([role]).collect();
        let arn = |path: &String, role: &str| format!("arn:{}:iam::{}:role/{path}{role}", caller[1], caller[4]);
        let arns = paths.iter().flat_map(|path| names.iter().map(move |n| arn(path, n)));
        let mut truths = arns.map(|arn| self.compare(name, &arn, wanted, version));
        let first = truths.next().unwrap();
        if truths.all(|truth| truth == first) { first } else { None }
    }

    /// One value of the request against all values of the policy.
    fn compare(&self, name: &str, value: &str, wanted: &[String], version: &str) -> Truth {
        let negated = name.contains("not");
        let base = name.replace("not", "");
        let mut matched = Some(false);
        for text in wanted {
            let this: Truth = match base.as_str() {
                "stringequals" | "stringequalsignorecase" | "stringlike" => {
                    let like = base == "stringlike";
                    let fold = |text: &str| {
                        if base.ends_with("ignorecase") { text.to_lowercase() } else { text.to_owned() }
                    };
                    match self.replace(text, version, like) {
                        Replaced::Glyphs(glyphs) if like => Some(glob(&glyphs, &chars(value))),
                        Replaced::Glyphs(glyphs) => Some(fold(&literal(&glyphs)) == fold(value)),
                        Replaced::NoValue => Some(false),
                        Replaced::Unknown => {
                            let widest = if like { variables_as_runs(text) } else { variables_as_runs_only(text) };
                            if base.ends_with("ignorecase") || glob(&widest, &chars(value)) {
                                None
                            } else {
                                Some(false)
                            }
                        }
                    }
                }
                "arnequals" | "arnlike" => {
                    if !is_arn(value) {
                        return Some(false);
                    }
                    match self.replace(text, version, true) {
                        Replaced::Glyphs(glyphs) => match arn_parts(&glyphs) {
                            Some(parts) => {
                                let own: Vec<&str> = value.splitn(6, ':').collect();
                                Some(parts.iter().zip(own).all(|(part, own)| glob(part, &chars(own))))
                            }
                            None if negated => return Some(false),
                            None => Some(false),
                        },
                        Replaced::NoValue => Some(false),
                        Replaced::Unknown => None,
                    }
                }
                "bool" => {
                    let read = |text: &str| match text.to_lowercase().as_str() {
                        "true" => Some(true),
                        "false" => Some(false),
                        _ => None,
                    };
                    match (read(value), self.replace(text, version, false)) {
                        (None, _) | (_, Replaced::NoValue) => Some(false),
                        (own, Replaced::Glyphs(glyphs)) => Some(read(&literal(&glyphs)) == own),
                        (_, Replaced::Unknown) => None,
                    }
                }
                "binaryequals" => Some(text == value),
                "ipaddress" => {
                    let Ok(own) = value.parse::<IpAddr>() else { return Some(false) };
                    match in_range(own, text) {
                        Some(inside) => Some(inside),
                        None if negated => return Some(false),
                        None => Some(false),
                    }
                }
                _ => {
                    let read = |text: &str| if base.starts_with("numeric") { number(text) } else { moment(text) };
                    let Some(own) = read(value) else { return Some(false) };
                    match read(text) {
                        None if negated => return Some(false),
                        None => Some(false),
                        Some(wanted) => Some(match base.trim_start_matches("numeric").trim_start_matches("date") {
                            "lessthan" => own < wanted,
                            "lessthanequals" => own <= wanted,
                            "greaterthan" => own > wanted,
                            "greaterthanequals" => own >= wanted,
                            _ => own == wanted,
                        }),
                    }
                }
            };
            matched = or(matched, this);
        }
        if negated { not(matched) } else { matched }
    }

    // ---- statements and layers

    fn statement(&self, statement: &Value, kind: &str, version: &str, bounded: bool) -> (Truth, Vec<&'static str>) {
        let (principal, ways) = self.principal(statement, kind, bounded);
        let action = match (&statement["Action"], &statement["NotAction"]) {
            (Value::Null, not_action) => !list(not_action).iter().any(|pattern| self.action_matches(pattern)),
            (action, _) => list(action).iter().any(|pattern| self.action_matches(pattern)),
        };
        let action_name = self.text("action").to_lowercase();
        let trust = is_about_trust(&action_name);
        let resource = match (&statement["Resource"], &statement["NotResource"]) {
            (Value::Null, Value::Null) => Some(kind == "resource-based" && (trust || action_name.starts_with("ecr:"))),
            (Value::Null, excluded) => {
                let mut any = Some(false);
                let mut void = false;
                let mut perhaps_void = false;
                for pattern in list(excluded) {
                    match self.resource_matches(&pattern, kind, version) {
                        Ok(truth) => any = or(any, truth),
                        Err(()) => void = true,
                    }
                    match self.variables(&pattern, version) {
                        Some(Replaced::NoValue) => void = true,
                        Some(Replaced::Unknown) => perhaps_void = true,
                        Some(Replaced::Glyphs(_)) | None => {}
                    }
                }
                if void || any == Some(true) {
                    Some(false)
                } else if perhaps_void {
                    None
                } else {
                    not(any)
                }
            }
            (resource, _) => list(resource)
                .iter()
                .map(|pattern| self.resource_matches(pattern, kind, version).unwrap_or(Some(false)))
                .fold(Some(false), or),
        };
        let matched = and(and(principal, Some(action)), and(resource, self.conditions(statement, version)));
        (matched, ways)
    }

    /// Allow by way of naming, and deny, of one list of policies.
    fn policies(&mut self, policies: &Value, kind: &str, bounded: bool) -> (HashMap<&'static str, Truth>, Truth) {
        let mut allow: HashMap<&'static str, Truth> = HashMap::new();
        let mut deny = Some(false);
        for policy in policies.as_array().unwrap_or(&Vec::new()) {
            let name = policy["name"].as_str().unwrap().to_owned();
            let document = &policy["document"];
            let version = document["Version"].as_str().unwrap_or("2008-10-17").to_owned();
            let statements = match &document["Statement"] {
                Value::Array(items) => items.clone(),
                one => vec![one.clone()],
            };
            for (index, statement) in statements.iter().enumerate() {
                let (matched, ways) = self.statement(statement, kind, &version, bounded);
                self.statements.push((name.clone(), index, matched));
                if statement["Effect"] == "Deny" {
                    deny = or(deny, matched);
                } else {
                    for way in ways {
                        let known = allow.get(way).copied().unwrap_or(Some(false));
                        allow.insert(way, or(known, matched));
                    }
                }
            }
        }
        (allow, deny)
    }
}

/// What a role's trust policy must allow: to assume it, and what may be asked for along with that.
fn is_about_trust(action: &str) -> bool {
    let all = [
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setcontext",
        "sts:setsourceidentity",
        "sts:tagsession",
    ];
    all.contains(&action)
}

fn known_operator(name: &str) -> bool {
    let known = [
        "stringequals",
        "stringnotequals",
        "stringequalsignorecase",
        "stringnotequalsignorecase",
        "stringlike",
        "stringnotlike",
        "numericequals",
        "numericnotequals",
        "numericlessthan",
        "numericlessthanequals",
        "numericgreaterthan",
        "numericgreaterthanequals",
        "dateequals",
        "datenotequals",
        "datelessthan",
        "datelessthanequals",
        "dategreaterthan",
        "dategreaterthanequals",
        "bool",
        "binaryequals",
        "ipaddress",
        "notipaddress",
        "arnequals",
        "arnlike",
        "arnnotequals",
        "arnnotlike",
    ];
    known.contains(&name)
}

fn literal(glyphs: &[Glyph]) -> String {
    glyphs.iter().filter_map(|glyph| if let Glyph::Char(c) = glyph { Some(*c) } else { None }).collect()
}

/// The pattern with each variable as `*`.
fn variables_as_runs(text: &str) -> Vec<Glyph> {
    let mut glyphs = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        glyphs.extend(plain_glyphs(&rest[..start]));
        let Some(end) = rest[start..].find('}') else { break };
        let inner = &rest[start + 2..start + end];
        match inner {
            "*" | "?" | "$" => glyphs.push(Glyph::Char(inner.chars().next().unwrap())),
            _ => glyphs.push(Glyph::Run),
        }
        rest = &rest[start + end + 1..];
    }
    glyphs.extend(plain_glyphs(rest));
    glyphs
}

/// The same where `*` and `?` of the text itself are plain characters.
fn variables_as_runs_only(text: &str) -> Vec<Glyph> {
    let marked: String = text.replace('*', "\u{1}").replace('?', "\u{2}");
    let marked = marked.replace("${\u{1}}", "\u{1}").replace("${\u{2}}", "\u{2}");
    variables_as_runs(&marked)
        .into_iter()
        .map(|glyph| match glyph {
            Glyph::Char('\u{1}') => Glyph::Char('*'),
            Glyph::Char('\u{2}') => Glyph::Char('?'),
            other => other,
        })
        .collect()
}

fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.matches(':').count() >= 5
}

/// Six patterns, if the pattern is an ARN.
fn arn_parts(glyphs: &[Glyph]) -> Option<Vec<Vec<Glyph>>> {
    let mut parts: Vec<Vec<Glyph>> = vec![Vec::new()];
    for glyph in glyphs {
        if *glyph == Glyph::Char(':') && parts.len() < 6 {
            parts.push(Vec::new());
        } else {
            parts.last_mut().unwrap().push(*glyph);
        }
    }
    (parts.len() == 6 && glob(&parts[0], &chars("arn"))).then_some(parts)
}

fn in_range(own: IpAddr, range: &str) -> Option<bool> {
    let (address, length) = match range.split_once('/') {
        Some((address, length)) => {
            let plain = !length.is_empty() && length.chars().all(|c| c.is_ascii_digit());
            (address, if plain { Some(length.parse::<u32>().ok()?) } else { return None })
        }
        None => (range, None),
    };
    let bits = |address: IpAddr| -> (u128, u32) {
        match address {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
            IpAddr::V6(v6) => (u128::from(v6), 128),
        }
    };
    let (base, width) = bits(address.parse::<IpAddr>().ok()?);
    let length = length.unwrap_or(width);
    if length > width {
        return None;
    }
    let (own, own_width) = bits(own);
    // one bit after the other
    Some(own_width == width && (0..length).all(|bit| (own >> (width - 1 - bit)) & 1 == (base >> (width - 1 - bit)) & 1))
}

/// A number in millionths.
fn number(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    if whole.is_empty() || part.is_empty() || !(whole.to_owned() + part).chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let part: String = part.chars().chain("000000".chars()).take(6).collect();
    Some(sign * (whole.parse::<i128>().ok()? * 1_000_000 + part.parse::<i128>().ok()?))
}

/// A moment in milliseconds, day by day from 1970.
fn moment(text: &str) -> Option<i128> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    if !unsigned.is_empty() && unsigned.chars().all(|c| c.is_ascii_digit()) && text.len() != 4 {
        return Some(text.parse::<i128>().ok()? * 1000);
    }
    let digits = |text: &str, count: usize| -> Option<i128> {
        (text.len() == count && text.chars().all(|c| c.is_ascii_digit())).then(|| text.parse().ok()).flatten()
    };
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let fields: Vec<&str> = date.split('-').collect();
    if fields.len() > 3 || (time.is_some() && fields.len() != 3) {
        return None;
    }
    let year = digits(fields[0], 4)?;
    let month = fields.get(1).map_or(Some(1), |field| digits(field, 2))?;
    let day = fields.get(2).map_or(Some(1), |field| digits(field, 2))?;
    let leap = |year: i128| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = |year: i128, month: i128| match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !(1..=12).contains(&month) || !(1..=length(year, month)).contains(&day) {
        return None;
    }
    let mut days = day - 1;
    days += (1..month).map(|month| length(year, month)).sum::<i128>();
    days += (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum::<i128>();
    days -= (year..1970).map(|year| if leap(year) { 366 } else { 365 }).sum::<i128>();
    let mut milliseconds = days * 86_400_000;
    if let Some(time) = time {
        let (clock, zone) = match time.find(['Z', '+', '-']) {
            Some(at) => time.split_at(at),
            None => (time, "Z"),
        };
        let fields: Vec<&str> = clock.split(':').collect();
        if !(2..=3).contains(&fields.len()) {
            return None;
        }
        let (hour, minute) = (digits(fields[0], 2)?, digits(fields[1], 2)?);
        let (second, fraction) = match fields.get(2) {
            None => (0, 0),
            Some(field) => {
                let (second, fraction) = field.split_once('.').unwrap_or((field, "0"));
                if fraction.is_empty() || !fraction.chars().all(|c| c.is_ascii_digit()) {
                    return None;
                }
                let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
                (digits(second, 2)?, fraction.parse::<i128>().ok()?)
            }
        };
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        milliseconds += ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
        if zone != "Z" {
            let (hours, minutes) = zone[1..].split_once(':')?;
            let offset = (digits(hours, 2)? * 60 + digits(minutes, 2)?) * 60_000;
            milliseconds -= if zone.starts_with('-') { -offset } else { offset };
        }
    }
    Some(milliseconds)
}

/// Services whose resources RCPs reach, among those that the generator uses.
const RCP: [&str; 9] = ["s3", "sqs", "kms", "sts", "secretsmanager", "ecr", "logs", "dynamodb", "cognito-identity"];

/// Whether one entry of Resource covers the resource of the case.
pub(crate) fn resource_covers(case: &Value, pattern: &str, version: &str) -> Truth {
    Judge::new(case).resource_matches(pattern, "identity-based", version).unwrap_or(Some(false))
}

/// Whether one entry of Action covers the action of the case.
pub(crate) fn action_covers(case: &Value, pattern: &str) -> bool {
    Judge::new(case).action_matches(pattern)
}

/// Whether one line of a Condition block holds in the context of the case.
pub(crate) fn condition_holds(case: &Value, operator: &str, key: &str, values: &[String], version: &str) -> Truth {
    Judge::new(case).condition(operator, key, values, version)
}

/// Judges one case.
pub(crate) fn judge(case: &Value) -> Opinion {
    let request = &case["request"];
    let mut judge = Judge::new(case);
    let policies = &case["policies"];
    let (principal, action, resource) =
        (judge.text("principal").to_owned(), judge.text("action").to_owned(), judge.text("resource").to_owned());
    let account = principal.split(':').nth(4).unwrap_or("").to_owned();
    let owner = request["resource_account"].as_str().unwrap().to_owned();
    // two ways to assume a role need no credentials of AWS
    let federation =
        ["sts:assumerolewithsaml", "sts:assumerolewithwebidentity"].contains(&action.to_lowercase().as_str());
    let outsider = principal == "anonymous" || principal.starts_with("service:") || federation;
    let root = principal.ends_with(":root");
    let federated = principal.contains(":federated-user/");
    let linked = principal.contains(":role/aws-service-role/") || principal.contains(":assumed-role/AWSServiceRoleFor");
    let management = request["management_account"].as_bool().unwrap_or(false);
    let service = action.split(':').next().unwrap().to_lowercase();
    let bounded = policies["permissions-boundary"].as_array().is_some_and(|list| !list.is_empty());
    let empty = |kind: &str| policies[kind].as_array().is_none_or(Vec::is_empty);
    let sum = |allow: &HashMap<&'static str, Truth>| allow.values().copied().fold(Some(false), or);

    let mut deny = Some(false);
    // 1. RCPs
    let spared = linked || (management && owner == account && !outsider);
    if RCP.contains(&service.as_str()) && !action.eq_ignore_ascii_case("kms:RetireGrant") && !spared {
        // an action on nothing: perhaps
        let reached = if resource == "*" { None } else { Some(true) };
        for level in policies["resource-control"].as_array().cloned().unwrap_or_default() {
            deny = or(deny, and(reached, judge.policies(&level, "resource-control", bounded).1));
        }
    }
    // 2. SCPs
    let mut scp = Some(true);
    if !outsider && !linked && !management {
        for level in policies["service-control"].as_array().cloned().unwrap_or_default() {
            let (allow, denies) = judge.policies(&level, "service-control", bounded);
            deny = or(deny, denies);
            scp = and(scp, sum(&allow));
        }
    }
    // 3. the endpoint
    let mut endpoint = Some(true);
    if !empty("vpc-endpoint") {
        let (allow, denies) = judge.policies(&policies["vpc-endpoint"], "vpc-endpoint", bounded);
        deny = or(deny, denies);
        endpoint = sum(&allow);
    }
    // 4. the resource
    let lattice = service == "vpc-lattice-svcs";
    let mut by: HashMap<&'static str, Truth> = HashMap::new();
    let mut any = Some(false);
    if lattice {
        // the service's policy and the network's: one after the other must let it through
        for (number, policy) in policies["resource-based"].as_array().cloned().unwrap_or_default().iter().enumerate() {
            let (allow, denies) = judge.policies(&Value::Array(vec![policy.clone()]), "resource-based", bounded);
            deny = or(deny, denies);
            any = if number == 0 { sum(&allow) } else { and(any, sum(&allow)) };
        }
    } else {
        let (allow, denies) = judge.policies(&policies["resource-based"], "resource-based", bounded);
        deny = or(deny, denies);
        any = sum(&allow);
        by = allow;
    }
    let way = |name: &str| by.get(name).copied().unwrap_or(Some(false));
    // 5. to 7. the principal
    let mut granted = any;
    if !outsider {
        let mut identity = Some(true);
        let mut boundary = Some(true);
        if !root {
            let (allow, denies) = judge.policies(&policies["identity-based"], "identity-based", bounded);
            deny = or(deny, denies);
            identity = sum(&allow);
            if !empty("permissions-boundary") {
                let (allow, denies) =
                    judge.policies(&policies["permissions-boundary"], "permissions-boundary", bounded);
                deny = or(deny, denies);
                boundary = sum(&allow);
            }
        }
        let mut session = Some(!federated);
        if !empty("session") {
            let (allow, denies) = judge.policies(&policies["session"], "session", bounded);
            deny = or(deny, denies);
            session = sum(&allow);
        }
        let key = service == "kms" && resource.contains(":key/");
        let trust = is_about_trust(&action.to_lowercase()) && resource.contains(":role/") && !empty("resource-based");
        granted = if lattice || (account != owner && resource != "*") {
            and(and(any, identity), and(boundary, session))
        } else {
            let own = if key || trust { and(way("account"), identity) } else { identity };
            let limited = and(boundary, or(way("role"), own));
            or(way("direct"), and(session, or(way("user"), limited)))
        };
    }
    let allowed = and(granted, and(scp, endpoint));
    let decision = if action.eq_ignore_ascii_case("sts:GetCallerIdentity") && !outsider {
        "allowed"
    } else if deny == Some(true) {
        "explicitDeny"
    } else if allowed == Some(false) {
        "implicitDeny"
    } else if deny == Some(false) && allowed == Some(true) {
        "allowed"
    } else {
        "undetermined"
    };
    Opinion { decision, statements: judge.statements }
}
