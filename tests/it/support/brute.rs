//! The access that a difference covers, and a small world of requests to hold it against.
//!
//! Nothing here uses the comparison's own code: patterns and conditions are read by the second evaluator.

use std::collections::BTreeMap;

use iamdx::difference::{AccessChange, ActionSet, ConditionExpr, Pattern, ResourceSet, SpecialType};
use iamdx::iam::{Action, Context, ContextValue};
use iamdx::reference::Reference;
use serde_json::{Map, Value, json};

use super::generate::{KEYS, Random};
use super::second::{action_covers, condition_holds, resource_covers};

/// A condition as some document has it.
#[derive(Debug, Clone)]
struct Line {
    operator: String,
    key: String,
    values: Vec<String>,
    version: String,
}

/// Conditions and entries of the documents before and after.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    lines: Vec<Line>,
    /// Entries of Resource and `NotResource`, with their language.
    resources: Vec<(String, String)>,
    /// Entries of Action and `NotAction`.
    actions: Vec<String>,
}

/// A string, or a list of strings and numbers.
fn texts(value: &Value) -> Vec<String> {
    let one = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    value.as_array().map_or_else(|| vec![one(value)], |list| list.iter().map(one).collect())
}

impl Documents {
    /// Everything that the policies of the cases say.
    pub(crate) fn of(cases: [&Value; 2]) -> Self {
        let mut all = Self::default();
        let lists = cases.into_iter().flat_map(|case| case["policies"].as_object().into_iter().flatten());
        for (kind, list) in lists {
            let policies: Vec<&Value> = if kind.ends_with("-control") {
                list.as_array().unwrap().iter().flat_map(|level| level.as_array().unwrap()).collect()
            } else {
                list.as_array().unwrap().iter().collect()
            };
            for policy in policies {
                all.add(&policy["document"]);
            }
        }
        all
    }

    fn add(&mut self, document: &Value) {
        let version = document["Version"].as_str().unwrap_or("2008-10-17").to_owned();
        let statements =
            document["Statement"].as_array().cloned().unwrap_or_else(|| vec![document["Statement"].clone()]);
        for statement in statements {
            for key in ["Action", "NotAction"] {
                self.actions.extend(statement.get(key).map(texts).unwrap_or_default());
            }
            for key in ["Resource", "NotResource"] {
                let entries = statement.get(key).map(texts).unwrap_or_default();
                self.resources.extend(entries.into_iter().map(|entry| (entry, version.clone())));
            }
            for (operator, keys) in statement["Condition"].as_object().into_iter().flatten() {
                for (key, values) in keys.as_object().unwrap() {
                    self.lines.push(Line {
                        operator: operator.clone(),
                        key: key.to_lowercase(),
                        values: texts(values),
                        version: version.clone(),
                    });
                }
            }
        }
        self.actions.sort();
        self.actions.dedup();
        self.resources.sort();
        self.resources.dedup();
    }

    fn mentions(&self, key: &str) -> bool {
        let variable = format!("${{{}", key.to_lowercase());
        let in_text = |text: &String| text.to_lowercase().contains(&variable);
        self.lines.iter().any(|line| line.key == key.to_lowercase() || line.values.iter().any(in_text))
            || self.resources.iter().any(|(text, _)| in_text(text))
    }
}

/// Keys that AWS sends with every request.
const ALWAYS: [&str; 5] =
    ["aws:CurrentTime", "aws:EpochTime", "aws:SecureTransport", "aws:RequestedRegion", "aws:ViaAWSService"];

/// What a request can hold of the key: lists only for keys that are lists, and only texts of the key's own kind.
fn possible(key: &str, kind: &str, values: &[&str], documents: &Documents) -> Vec<String> {
    let mut all: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    for line in documents.lines.iter().filter(|line| line.key == key.to_lowercase()) {
        for value in line.values.iter().filter(|value| !value.contains('$')) {
            all.push(value.replace('*', "x").replace('?', "y").split('/').next().unwrap_or_default().to_owned());
            all.push(value.replace('*', "").replace('?', "y"));
        }
    }
    let fits = |value: &String| match kind {
        "ip" => value.parse::<std::net::IpAddr>().is_ok(),
        "date" if key == "aws:EpochTime" => !value.is_empty() && value.chars().all(|c| c.is_ascii_digit()),
        "date" => value.len() == 20 && value.ends_with('Z') && value.contains('T'),
        "numeric" => value.parse::<f64>().is_ok() && !value.contains(['e', 'E', 'n', 'N']),
        "bool" => value == "true" || value == "false",
        "arn" => value.starts_with("arn:") && value.matches(':').count() >= 5,
        _ => true,
    };
    // a service's key that is tested by Arn operators holds ARNs
    let is_arn = |line: &Line| line.key == key.to_lowercase() && line.operator.to_lowercase().contains("arn");
    let arns = !key.starts_with("aws:") && documents.lines.iter().any(is_arn);
    // users have names
    all.retain(|value| key != "aws:username" || !value.is_empty());
    all.retain(|value| fits(value) && (!arns || (value.starts_with("arn:") && value.matches(':').count() >= 5)));
    all.sort();
    all.dedup();
    all
}

/// A context as JSON: keys with their values, and the names of those that are lists.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    keys: Map<String, Value>,
    many: Vec<String>,
}

impl Surroundings {
    pub(crate) fn set(&mut self, key: &str, values: &[String], many: bool) {
        self.keys.insert(key.to_owned(), json!(values));
        if many {
            self.many.push(key.to_owned());
        }
    }

    /// For the evaluator; what is not there is absent.
    pub(crate) fn context(&self) -> Context {
        let mut context = Context::new();
        context.set_complete(true);
        for (key, values) in &self.keys {
            let multivalued = self.many.contains(key) || values.as_array().unwrap().len() > 1;
            context.set(key, ContextValue::Present { values: texts(values), multivalued });
        }
        context
    }

    /// For the second evaluator: the case in this context.
    pub(crate) fn put_into(&self, case: &mut Value) {
        case["request"]["context"] = json!(self.keys);
        case["request"]["multivalued_keys"] = json!(self.many);
        case["context_complete"] = json!(true);
    }

    pub(crate) fn value(&self, key: &str) -> Option<Vec<String>> {
        self.keys.iter().find(|(own, _)| own.eq_ignore_ascii_case(key)).map(|(_, values)| texts(values))
    }
}

/// Contexts around what is fixed: nothing else, then random ones of what the documents ask for.
pub(crate) fn contexts(fixed: &Context, documents: &Documents, random: &mut Random, count: usize) -> Vec<Surroundings> {
    let mut base = Surroundings::default();
    for (key, value) in fixed.iter() {
        if let ContextValue::Present { values, multivalued } = value {
            base.set(key, values, *multivalued);
        }
    }
    let free: Vec<_> = KEYS
        .into_iter()
        .filter(|(key, ..)| !fixed.says(&key.to_lowercase()) && documents.mentions(key))
        .map(|(key, values, kind)| (key, kind, possible(key, kind, values, documents)))
        .collect();
    let several = if free.is_empty() { 1 } else { count };
    (0..several)
        .map(|number| {
            let mut context = base.clone();
            for (key, kind, values) in &free {
                let absent = number == 0 || random.chance(25);
                if values.is_empty() || (absent && !ALWAYS.contains(key)) {
                    continue;
                }
                let many = *kind == "many";
                let length = if many { 1 + random.below(2) } else { 1 };
                let picked: Vec<String> = (0..length).map(|_| values[random.below(values.len())].clone()).collect();
                context.set(key, &picked, many);
            }
            context
        })
        .collect()
}

/// Actions near the one that was asked, those that the patterns spell, and some others.
pub(crate) fn actions(asked: &Action, documents: &Documents, random: &mut Random, count: usize) -> Vec<Action> {
    let name = asked.as_str().split_once(':').unwrap().1;
    let service = asked.service();
    let mut others = vec![
        format!("{service}:{name}Xyz"),
        format!("{service}:{}Xyz", &name[..2]),
        format!("{service}:List{name}"),
        "ec2:DescribeInstances".to_owned(),
        "dynamodb:GetItem".to_owned(),
        "kms:Encrypt".to_owned(),
        "kms:Decrypt".to_owned(),
        "s3:GetObjectTagging".to_owned(),
        "s3:ListAllMyBuckets".to_owned(),
        "iam:GetUser".to_owned(),
        "sts:AssumeRole".to_owned(),
        "sns:Publish".to_owned(),
    ];
    if let Some(facts) = Reference::embedded().service(service) {
        let known: Vec<_> = facts.actions().filter_map(|facts| facts.action()).collect();
        others.extend((0..3).filter_map(|_| known.get(random.below(known.len()))).map(ToString::to_string));
    }
    others.extend(documents.actions.iter().map(|text| text.trim().replace('*', "Xyz").replace('?', "G")));
    // no policy of a principal decides about them, so that regions may say them along
    others.retain(|name| {
        !["sts:getcalleridentity", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"]
            .contains(&name.to_lowercase().as_str())
    });
    let mut all = vec![asked.clone()];
    while all.len() < count && !others.is_empty() {
        let other: Result<Action, _> = others.swap_remove(random.below(others.len())).parse();
        all.extend(other.ok().filter(|other| !all.contains(other)));
    }
    all
}

/// The resource that was asked, its neighbours, those that the patterns spell, and the request that names none.
pub(crate) fn resources(asked: &str, documents: &Documents, random: &mut Random, count: usize) -> Vec<String> {
    let mut others = vec![
        "arn:aws:s3:::reports".to_owned(),
        "arn:aws:s3:::reports/2026/q2.csv".to_owned(),
        "arn:aws:sqs:us-east-1:111122223333:orders".to_owned(),
        "arn:aws:kms:eu-west-1:111122223333:key/1234".to_owned(),
        "arn:aws:kms:eu-west-1:111122223333:key/5678".to_owned(),
        "arn:aws:iam::111122223333:role/ops/app".to_owned(),
    ];
    if asked != "*" {
        others.push(format!("{asked}x"));
        others.push(format!("{asked}/x"));
        others.push(asked.to_uppercase().replacen("ARN:AWS", "arn:aws", 1));
        others.push(asked[..asked.len() - 1].to_owned());
    }
    for (text, _) in &documents.resources {
        let plain = text.replace("${aws:username}", "alice").replace("${aws:PrincipalTag/team}", "blue");
        for (run, one) in [("", "x"), ("x", "y"), ("a:b", "z")] {
            others.push(plain.replace('*', run).replace('?', one));
        }
    }
    let is_arn = |text: &String| {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        parts.len() == 6 && parts[0] == "arn" && [1, 2, 5].iter().all(|part| !parts[*part].is_empty())
    };
    others.retain(|text| is_arn(text) && !text.contains(['*', '?', '$']));
    let mut all = vec![asked.to_owned()];
    all.extend((asked != "*").then(|| "*".to_owned()));
    while all.len() < count && !others.is_empty() {
        let other = others.swap_remove(random.below(others.len()));
        if !all.contains(&other) {
            all.push(other);
        }
    }
    all
}

/// Whether there is such a request: actions without resources are asked on `*` alone.
pub(crate) fn exists(action: &Action, resource: &str, asked: (&Action, &str)) -> bool {
    let named = *action == *asked.0 && asked.1 != "*";
    let facts = Reference::embedded().action(action);
    named || resource == "*" || facts.is_none_or(|facts| facts.has_resource_level_permissions())
}

/// Whether the policy of the asked resource is about the other one: that of a bucket is about its objects too, of an API about its
/// methods, of a table about its indexes, of a function about its versions.
pub(crate) fn one_policy(asked: &str, other: &str) -> bool {
    let carrier = |text: &str| -> String {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        match (parts.len(), parts.get(2)) {
            (6, Some(&"dynamodb")) => {
                let table: Vec<&str> = parts[5].split('/').take(2).collect();
                format!("{}:{}", parts[..5].join(":"), table.join("/"))
            }
            (6, Some(&"lambda")) => {
                let function: Vec<&str> = parts[5].split(':').take(2).collect();
                format!("{}:{}", parts[..5].join(":"), function.join(":"))
            }
            (6, Some(&("s3" | "execute-api"))) => {
                let first = parts[5].split('/').next().unwrap();
                format!("{}:{first}", parts[..5].join(":"))
            }
            _ => text.to_owned(),
        }
    };
    carrier(asked) == carrier(other) && carrier(asked) != "*"
}

/// And of what may be unknown.
fn all(truths: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for truth in truths {
        match truth {
            Some(false) => return Some(false),
            Some(true) => {}
            None => all = None,
        }
    }
    all
}

/// Or of what may be unknown.
fn any(truths: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    all(truths.into_iter().map(|one| one.map(|one| !one))).map(|none| !none)
}

/// Reads changes of access: `None` where they do not say it exactly.
pub(crate) struct Reader<'r> {
    pub(crate) documents: &'r Documents,
    pub(crate) asked: &'r str,
}

impl Reader<'_> {
    /// Whether the action is one of the change's.
    pub(crate) fn action(&self, change: &AccessChange, action: &Action) -> Option<bool> {
        let case = json!({"request": {"action": action.to_string()}});
        let matches = |set: &ActionSet| match set {
            ActionSet::Matching(text) => Some(action_covers(&case, text)),
            ActionSet::Unknown { of, .. } => {
                let known = Reference::embedded().action(action).is_some();
                if known || !action_covers(&case, of) { Some(false) } else { None }
            }
            ActionSet::OtherServices => {
                let named = |entry: &String| entry.to_lowercase().starts_with(&format!("{}:", action.service()));
                let special = ["kms", "sts"].contains(&action.service());
                if special || self.documents.actions.iter().any(named) { Some(false) } else { None }
            }
            other => panic!("{other:?}"),
        };
        any(change.actions.iter().chain(&change.unasked).map(|pattern| covers(pattern, &matches)))
    }

    /// Whether the resource is one of the change's.
    pub(crate) fn resource(&self, change: &AccessChange, resource: &str, context: &Surroundings) -> Option<bool> {
        if change.resources.is_empty() {
            // a policy of a role says nothing of resources: it is about the role
            return Some(self.asked == "*" || one_policy(self.asked, resource));
        }
        let mut case = json!({"request": {"resource": resource}});
        context.put_into(&mut case);
        let matches = |set: &ResourceSet| match set {
            ResourceSet::None => Some(resource == "*"),
            ResourceSet::Matching(text) if text == "arn:*" => Some(resource != "*"),
            ResourceSet::Matching(text) => self.entry(&case, text),
            ResourceSet::OfType(SpecialType::KmsKey) => Some(is_of(resource, "kms", "key/")),
            ResourceSet::OfType(SpecialType::IamRole) => Some(is_of(resource, "iam", "role/")),
            ResourceSet::OfPolicy { .. } => Some(one_policy(self.asked, resource)),
            other => panic!("{other:?}"),
        };
        any(change.resources.iter().map(|pattern| covers(pattern, &matches)))
    }

    fn entry(&self, case: &Value, text: &str) -> Option<bool> {
        let versions: Vec<&String> =
            self.documents.resources.iter().filter(|(entry, _)| entry == text).map(|(_, version)| version).collect();
        let mut truths: Vec<Option<bool>> =
            versions.into_iter().map(|version| resource_covers(case, text, version)).collect();
        truths.dedup();
        match truths.as_slice() {
            [] => resource_covers(case, text, "2012-10-17"),
            [truth] => *truth,
            _ => None,
        }
    }

    /// Whether the conditions of the change hold.
    pub(crate) fn conditions(&self, change: &AccessChange, context: &Surroundings) -> Option<bool> {
        all(change.conditions.iter().map(|condition| self.condition(condition, context)))
    }

    fn condition(&self, condition: &ConditionExpr, context: &Surroundings) -> Option<bool> {
        let not = |truth: Option<bool>| truth.map(|truth| !truth);
        match condition {
            ConditionExpr::Is(key, values) => self.is(context, key, values),
            ConditionExpr::IsNot(key, values) => match context.value(key) {
                Some(_) => not(self.is(context, key, values)),
                None => Some(false),
            },
            ConditionExpr::Present(key) => Some(context.value(key).is_some()),
            ConditionExpr::Absent(key) => Some(context.value(key).is_none()),
            ConditionExpr::All(parts) => all(parts.iter().map(|part| self.condition(part, context))),
            ConditionExpr::Any(parts) => any(parts.iter().map(|part| self.condition(part, context))),
            ConditionExpr::Not(inner) => not(self.condition(inner, context)),
            ConditionExpr::Test(test) => {
                // what a policy means by `ForAllValues`, also for requests without the key
                let as_written = test.holds && !test.is_plain();
                if context.value(&test.key).is_none() && !as_written {
                    return Some(false);
                }
                let holds = self.line(context, &test.operator.text, &test.key, &test.values);
                if test.holds { holds } else { not(holds) }
            }
            // only examples
            _ => None,
        }
    }

    /// Whether the key has one of the values.
    fn is(&self, context: &Surroundings, key: &str, values: &[String]) -> Option<bool> {
        let Some(own) = context.value(key) else { return Some(false) };
        if own.len() != 1 || context.many.iter().any(|many| many.eq_ignore_ascii_case(key)) {
            // as a condition compares them
            return self.line(context, "StringEquals", key, values);
        }
        // a value can be that of a variable
        let resolved = |value: &String| match value.strip_prefix("${").and_then(|value| value.strip_suffix('}')) {
            Some(key) if is_key(key) => context.value(key).and_then(|values| values.first().cloned()),
            _ => Some(value.clone()),
        };
        Some(values.iter().filter_map(resolved).any(|value| value == own[0]))
    }

    fn line(&self, context: &Surroundings, operator: &str, key: &str, values: &[String]) -> Option<bool> {
        let mut case = json!({"request": {}});
        context.put_into(&mut case);
        let same = |line: &&Line| line.key == key.to_lowercase() && line.values == values && line.operator == operator;
        let mut truths: Vec<Option<bool>> = self
            .documents
            .lines
            .iter()
            .filter(same)
            .map(|line| condition_holds(&case, operator, key, values, &line.version))
            .collect();
        truths.sort_unstable();
        truths.dedup();
        if let [truth] = truths.as_slice() { *truth } else { None }
    }
}

/// A pattern, what must match as well, and its exceptions.
fn covers<T>(pattern: &Pattern<T>, matches: &dyn Fn(&T) -> Option<bool>) -> Option<bool> {
    let also = pattern.also.iter().map(matches);
    let except = pattern.except.iter().map(|except| matches(except).map(|truth| !truth));
    all(std::iter::once(matches(&pattern.pattern)).chain(also).chain(except))
}

/// Whether the ARN is of this service and type.
fn is_of(resource: &str, service: &str, kind: &str) -> bool {
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    parts.len() == 6 && parts[2] == service && parts[5].starts_with(kind)
}

fn is_key(word: &str) -> bool {
    let set = word.to_lowercase();
    word.contains(':') && !set.starts_with("forallvalues:") && !set.starts_with("foranyvalue:")
}

/// The truth of each cell, asked for once.
#[derive(Debug, Default)]
pub(crate) struct Memo(BTreeMap<(usize, usize, usize), Option<bool>>);

impl Memo {
    pub(crate) fn get(&mut self, key: (usize, usize, usize), ask: impl FnOnce() -> Option<bool>) -> Option<bool> {
        *self.0.entry(key).or_insert_with(ask)
    }
}
