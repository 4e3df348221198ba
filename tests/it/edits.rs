//! Edits as people make them to policies, over every service of the reference: what the difference tells, held against trying
//! requests with the second evaluator.

use std::collections::BTreeSet;
use std::sync::Arc;

use iamdx::difference::{AccessChange, Change, Difference, documents};
use iamdx::iam::{Action, ContextValue, Document};
use iamdx::reference::{Reference, Service};
use iamdx::report::words::difference::access_change;
use iamdx::text::Source;
use serde_json::{Map, Value, json};

use crate::support::brute::{Documents, Reader, Surroundings};
use crate::support::generate::Random;
use crate::support::second::judge;

/// How many pairs the random test compares; `IAMDX_EDITS` asks for more, `IAMDX_SEED` for others.
const PAIRS: usize = 400;

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn services() -> Vec<&'static Service> {
    let reference = Reference::embedded();
    reference.services().filter_map(|prefix| reference.service(prefix)).collect()
}

/// An ARN of the template: `name` in place of what AWS does not fix.
fn arn(template: &str, name: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let (variable, behind) = after.split_once('}').unwrap_or((after, ""));
        text += before;
        text += match variable {
            "Partition" => "aws",
            "Region" => "us-east-1",
            "Account" => "111122223333",
            _ => name,
        };
        rest = behind;
    }
    text + rest
}

fn parsed(document: &Value) -> Arc<Document> {
    Arc::new(Document::parse(Source::new("policy.json", document.to_string())).unwrap())
}

fn told(before: &Value, after: &Value) -> Difference {
    documents(&[parsed(before)], &[parsed(after)], Reference::embedded())
}

/// Every action with one of its resource types, each type of a service once; of actions without types an ARN that is made up.
fn types() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for service in services() {
        let mut seen = BTreeSet::new();
        let mut without = None;
        for action in service.actions() {
            if BEYOND_POLICIES.contains(&action.full_name().as_str()) {
                continue;
            }
            if !action.has_resource_level_permissions() {
                without.get_or_insert_with(|| action.full_name());
            }
            for (kind, _) in action.resource_types() {
                let template = kind.arns().first().unwrap();
                if template.starts_with("arn:") && seen.insert(kind.name().to_owned()) {
                    all.push((action.full_name(), template.clone()));
                }
            }
        }
        let prefix = service.actions().next().map(|action| action.full_name());
        if let (Some(action), Some(prefix)) = (without, prefix) {
            let prefix = prefix.split(':').next().unwrap();
            all.push((action, format!("arn:${{Partition}}:{prefix}:${{Region}}:${{Account}}:thing/${{Name}}")));
        }
    }
    all
}

/// In debug builds a part of them.
fn some_types() -> impl Iterator<Item = (String, String)> {
    let step = if cfg!(debug_assertions) && std::env::var("IAMDX_EDITS").is_err() { 23 } else { 1 };
    types().into_iter().step_by(step)
}

#[test]
fn one_resource_more_is_seen_for_every_service_and_resource_type() {
    let mut tried = 0;
    for (action, template) in some_types() {
        let (old, new) = (arn(&template, "one"), arn(&template, "two"));
        if old == new {
            continue;
        }
        let document = |resources: &[&String]| json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [action], "Resource": resources}]});
        let told = told(&document(&[&old]), &document(&[&old, &new]));
        let expected = if action.starts_with("kms:") || action.starts_with("sts:") {
            // told apart into what needs a policy of its own and what does not
            assert!(!told.newly_allowed.is_empty(), "{action} on {new}");
            continue;
        } else {
            format!("{action} on {new}")
        };
        let regions: Vec<String> = told.newly_allowed.iter().map(access_change).collect();
        if template.contains('*') {
            // a wildcard of the type's own may hold what the other ARN says
            let but = format!("{expected} except {old}");
            assert!(regions == [expected.as_str()] || regions == [but.as_str()], "{regions:?}");
        } else {
            assert_eq!(regions, [expected]);
        }
        assert_eq!(told.cannot_tell, Vec::new());
        tried += 1;
    }
    println!("{tried} pairs");
}

#[test]
fn a_condition_less_is_seen_for_every_service_and_resource_type() {
    let mut tried = 0;
    for (action, template) in some_types() {
        let resource = arn(&template, "one");
        let mut statement = json!({"Effect": "Allow", "Action": [action], "Resource": [resource],
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-example"}}});
        let old = json!({"Version": "2012-10-17", "Statement": [statement]});
        statement.as_object_mut().unwrap().remove("Condition");
        let new = json!({"Version": "2012-10-17", "Statement": [statement]});
        let told = told(&old, &new);
        assert!(!told.newly_allowed.is_empty(), "{action} on {resource}");
        assert_eq!(told.cannot_tell, Vec::new());
        tried += 1;
    }
    println!("{tried} pairs");
}

/// A statement before it is written down.
#[derive(Debug, Clone)]
struct Statement {
    deny: bool,
    not_action: bool,
    actions: Vec<String>,
    not_resource: bool,
    resources: Vec<String>,
    conditions: Vec<(String, String, Vec<String>)>,
}

impl Statement {
    fn json(&self) -> Value {
        let mut condition = Map::new();
        for (operator, key, values) in &self.conditions {
            condition.entry(operator).or_insert_with(|| json!({}))[key] = json!(values);
        }
        let mut statement = json!({"Effect": if self.deny { "Deny" } else { "Allow" }});
        statement[if self.not_action { "NotAction" } else { "Action" }] = json!(self.actions);
        statement[if self.not_resource { "NotResource" } else { "Resource" }] = json!(self.resources);
        if !condition.is_empty() {
            statement["Condition"] = Value::Object(condition);
        }
        statement
    }
}

const VARIABLES: [&str; 4] =
    ["${aws:username}", "${aws:userid}", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/project}"];
const NAMES: [&str; 4] = ["red", "blue", "red-1", "r*"];

/// What a service's policies are made of.
struct Material {
    service: String,
    actions: Vec<String>,
    templates: Vec<String>,
    /// A key of the service that is a list.
    list: Option<String>,
}

/// No policy decides about these.
const BEYOND_POLICIES: [&str; 3] = ["sts:GetCallerIdentity", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

fn material(service: &Service) -> Material {
    let decided = |name: &str| !BEYOND_POLICIES.contains(&name);
    let facts: Vec<_> = service.actions().filter(|action| decided(&action.full_name())).collect();
    let mut templates: Vec<String> = facts
        .iter()
        .flat_map(iamdx::reference::ActionFacts::resource_types)
        .flat_map(|(kind, _)| kind.arns().to_vec())
        .filter(|template| template.starts_with("arn:") && !template.contains('*'))
        .collect();
    templates.sort();
    templates.dedup();
    let prefix =
        facts.first().map_or_else(String::new, |facts| facts.full_name().split(':').next().unwrap().to_owned());
    templates.push(format!("arn:${{Partition}}:{prefix}:${{Region}}:${{Account}}:thing/${{Name}}"));
    let mut keys = service.condition_keys().iter().filter(|key| key.multivalued && !key.name.contains(['$', '<']));
    Material {
        actions: facts.iter().map(iamdx::reference::ActionFacts::full_name).collect(),
        templates,
        list: keys.next().map(|key| key.name.clone()),
        service: prefix,
    }
}

impl Material {
    fn action(&self, random: &mut Random) -> String {
        let name = random.pick(&self.actions);
        match random.below(8) {
            0 => name[..name.len() - name.len().min(4)].rsplit_once(':').map_or(name.clone(), |(service, _)| {
                format!("{service}:{}*", &name[service.len() + 1..name.len() - 4.min(name.len() - service.len() - 1)])
            }),
            1 => format!("{}:*", self.service),
            2 => format!("{}:NotYetKnown", self.service),
            3 if random.chance(20) => "*".to_owned(),
            _ => name,
        }
    }

    fn resource(&self, random: &mut Random) -> String {
        if random.chance(10) {
            return "*".to_owned();
        }
        let name = if random.chance(45) { random.pick(&VARIABLES) } else { random.pick(&NAMES) };
        let text = arn(&random.pick(&self.templates), name);
        match random.below(6) {
            0 => format!("{text}/*"),
            1 => format!("{text}*"),
            _ => text,
        }
    }

    fn condition(&self, random: &mut Random) -> (String, String, Vec<String>) {
        let list = self.list.clone().unwrap_or_else(|| "aws:TagKeys".to_owned());
        let all: [(&str, &str, &[&str]); 14] = [
            ("StringEquals", "aws:TagKeys", &["red"]),
            ("StringEquals", &list, &["red"]),
            ("ForAnyValue:StringEquals", &list, &["red", "blue"]),
            ("ForAllValues:StringEquals", "aws:TagKeys", &["red"]),
            ("StringNotEquals", "aws:PrincipalTag/team", &["red"]),
            ("StringEquals", "aws:PrincipalTag/team", &["red", "blue"]),
            ("Null", "aws:PrincipalTag/team", &["true"]),
            ("Null", "aws:username", &["false"]),
            ("Bool", "aws:SecureTransport", &["true"]),
            ("StringEquals", "aws:ResourceTag/owner", &["${aws:PrincipalTag/team}"]),
            ("StringEquals", "aws:ResourceTag/owner", &["${aws:PrincipalTag/project}"]),
            ("StringLike", "aws:ResourceTag/owner", &["r*"]),
            ("NumericLessThan", "aws:MultiFactorAuthAge", &["300"]),
            ("StringEqualsIfExists", "aws:RequestTag/team", &["red"]),
        ];
        let (operator, key, values) = random.pick(&all);
        (operator.to_owned(), key.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
    }

    fn statement(&self, random: &mut Random) -> Statement {
        let actions = (0..=random.below(3)).map(|_| self.action(random)).collect();
        let resources = (0..=random.below(2)).map(|_| self.resource(random)).collect();
        let conditions = if random.chance(50) { vec![self.condition(random)] } else { Vec::new() };
        let (not_action, not_resource) = (random.chance(10), random.chance(10));
        Statement { deny: random.chance(35), not_action, actions, not_resource, resources, conditions }
    }

    /// One edit of a person.
    fn edit(&self, statements: &mut Vec<Statement>, random: &mut Random) {
        let at = random.below(statements.len());
        let number = statements.len();
        let statement = &mut statements[at];
        let action = random.below(statement.actions.len());
        let resource = random.below(statement.resources.len());
        match random.below(12) {
            0 => statement.actions[action] = self.action(random),
            1 => statement.actions.push(self.action(random)),
            2 => {
                let text = &mut statement.resources[resource];
                *text = text.rsplit_once(['/', ':']).map_or("*".to_owned(), |(head, _)| format!("{head}/*"));
            }
            3 | 4 => {
                let other = random.pick(&VARIABLES);
                for variable in VARIABLES {
                    statement.resources[resource] = statement.resources[resource].replace(variable, other);
                }
                for (_, _, values) in &mut statement.conditions {
                    for value in values.iter_mut().filter(|value| value.starts_with("${")) {
                        random.pick(&VARIABLES[2..]).clone_into(value);
                    }
                }
            }
            5 => statement.resources.push(self.resource(random)),
            6 => {
                let condition = self.condition(random);
                statement.conditions = vec![condition];
            }
            7 => match statement.conditions.first_mut() {
                Some((_, _, values)) if values.len() > 1 => _ = values.pop(),
                Some((operator, _, values))
                    if operator != "Null" && operator != "Bool" && !operator.starts_with("Numeric") =>
                {
                    values.push("blue".to_owned());
                }
                _ => statement.conditions.clear(),
            },
            8 if statement.actions.len() > 1 => {
                let mut half = statement.clone();
                half.actions.truncate(1);
                statement.actions.remove(0);
                statements.push(half);
            }
            9 if number > 1 => _ = statements.remove(at),
            10 => statement.not_action = !statement.not_action,
            11 => statement.not_resource = !statement.not_resource,
            _ => statement.deny = !statement.deny,
        }
    }
}

fn written(statements: &[Statement]) -> Value {
    let statements: Vec<Value> = statements.iter().map(Statement::json).collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// The case of a document: any request may be put into it.
fn case(document: &Value) -> Value {
    let account = json!({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": "*"}]});
    json!({
        "request": {"principal": "arn:aws:iam::111122223333:user/example", "resource_account": "111122223333"},
        "policies": {
            "identity-based": [{"name": "p", "document": document}],
            "resource-based": [{"name": "account", "document": account}],
        },
    })
}

/// What the second evaluator says of the request.
fn decides(case: &mut Value, action: &str, resource: &str, context: &Surroundings) -> &'static str {
    case["request"]["action"] = json!(action);
    case["request"]["resource"] = json!(resource);
    context.put_into(case);
    judge(case).decision
}

/// A random value of each key that the documents mention.
fn context(text: &str, list: Option<&String>, random: &mut Random) -> Surroundings {
    let mut context = Surroundings::default();
    let folded = text.to_lowercase();
    let plain = [
        "aws:username",
        "aws:userid",
        "aws:PrincipalTag/team",
        "aws:PrincipalTag/project",
        "aws:ResourceTag/owner",
        "aws:RequestTag/team",
    ];
    for key in plain {
        if !folded.contains(&key.to_lowercase()) || (random.chance(15) && key != "aws:userid") {
            continue;
        }
        let value = if key.contains("Tag/") {
            random.pick(&["red", "blue", "green", ""])
        } else {
            random.pick(&["red", "blue", "green"])
        };
        context.set(key, &[value.to_owned()], false);
    }
    for key in std::iter::once("aws:TagKeys").chain(list.map(String::as_str)) {
        if folded.contains(&key.to_lowercase()) && random.chance(75) {
            let (values, many) = random.pick(&[
                (&["red"][..], true),
                (&["red"], false),
                (&["blue"], false),
                (&["red", "blue"], true),
                (&["green"], true),
            ]);
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            context.set(key, &values, many);
        }
    }
    let secure = random.pick(&["true", "false"]).to_owned();
    context.set("aws:SecureTransport", &[secure], false);
    if folded.contains("multifactorauthage") && random.chance(70) {
        let age = random.pick(&["100", "500"]).to_owned();
        context.set("aws:MultiFactorAuthAge", &[age], false);
    }
    context
}

/// A resource that the entry may match in the context.
fn concrete(entry: &str, context: &Surroundings, random: &mut Random) -> String {
    if entry == "*" {
        return random.pick(&["*", "arn:aws:sqs:us-east-1:111122223333:red"]).to_owned();
    }
    let mut text = entry.to_owned();
    for variable in VARIABLES {
        let own = context.value(&variable[2..variable.len() - 1]).and_then(|values| values.first().cloned());
        let value =
            own.filter(|_| random.chance(80)).unwrap_or_else(|| random.pick(&["red", "blue", "green"]).to_owned());
        text = text.replace(variable, &value);
    }
    while text.contains('*') {
        text = text.replacen('*', random.pick(&["", "red", "x/y", "-1"]), 1);
    }
    text
}

/// What went wrong with one pair, if anything.
fn compare(material: &Material, random: &mut Random, requests: usize) -> Result<bool, String> {
    let mut statements: Vec<Statement> = (0..=random.below(3)).map(|_| material.statement(random)).collect();
    let old = written(&statements);
    for _ in 0..=random.below(2) {
        material.edit(&mut statements, random);
    }
    let new = written(&statements);
    let told = told(&old, &new);
    let (mut before, mut after) = (case(&old), case(&new));
    let said = || {
        let regions: Vec<String> = told
            .newly_allowed
            .iter()
            .chain(&told.newly_denied)
            .map(|region| format!("{:?} {}", region.change, access_change(region)))
            .collect();
        format!("{old}\n{new}\n{}\ncannot tell: {:?}", regions.join("\n"), told.cannot_tell)
    };
    for region in told.newly_allowed.iter().chain(&told.newly_denied) {
        check_example(region, &mut before, &mut after).map_err(|what| format!("{what}\n{}", said()))?;
    }
    if !told.cannot_tell.is_empty() {
        return Ok(false);
    }
    let text = format!("{old}{new}");
    let world = Documents::of([&before, &after]);
    let reader = Reader { documents: &world, asked: "*" };
    let listed = |names: [&str; 2]| -> Vec<String> {
        let statements = [&old, &new].into_iter().flat_map(|document| document["Statement"].as_array().unwrap());
        let lists = statements.flat_map(|statement| names.iter().filter_map(|name| statement[*name].as_array()));
        lists.flatten().map(|entry| entry.as_str().unwrap().to_owned()).collect()
    };
    let entries = listed(["Resource", "NotResource"]);
    let mut named = listed(["Action", "NotAction"]);
    named.retain(|entry| !entry.contains('*'));
    for _ in 0..requests {
        let context = context(&text, material.list.as_ref(), random);
        let action = match random.below(8) {
            0 => "sqs:SendMessage".to_owned(),
            1 => format!("{}:NotYetKnown", material.service),
            2..=4 if !named.is_empty() => random.pick(&named),
            _ => random.pick(&material.actions),
        };
        let Ok(parsed) = action.parse::<Action>() else { continue };
        let resource = concrete(&random.pick(&entries), &context, random);
        // without anything behind the last colon it is no ARN, and no request has it
        if resource.ends_with(':') && resource.splitn(6, ':').last() == Some("") {
            continue;
        }
        let was = decides(&mut before, &action, &resource, &context);
        let is = decides(&mut after, &action, &resource, &context);
        let holds = |region: &&AccessChange| {
            let all = [
                reader.action(region, &parsed),
                reader.resource(region, &resource, &context),
                reader.conditions(region, &context),
            ];
            !all.contains(&Some(false))
        };
        let surely = |region: &&AccessChange| {
            let all = [
                reader.action(region, &parsed),
                reader.resource(region, &resource, &context),
                reader.conditions(region, &context),
            ];
            all == [Some(true); 3]
        };
        let of = |change: Change| {
            told.newly_allowed.iter().chain(&told.newly_denied).filter(move |region| region.change == change)
        };
        let request = || format!("{action} on {resource} in {:?}", context.context());
        // where neither side allows the request, a deny that came or went is told
        let expected = match (was, is) {
            (was, is) if was == is => None,
            (_, "allowed") => Some(Change::Allowed),
            ("allowed", _) => Some(Change::NotAllowed),
            ("explicitDeny", _) => Some(Change::DenyLifted),
            _ => Some(Change::DenyAdded),
        };
        if let Some(expected) = expected.filter(|expected| of(*expected).find(holds).is_none()) {
            return Err(format!("missed {expected:?}: {}\n{}", request(), said()));
        }
        // what is told of special values of one variable does not name those of another, so that it can be too much for both
        let variables = VARIABLES.iter().filter(|variable| text.contains(**variable)).count();
        let mut all = told.newly_allowed.iter().chain(&told.newly_denied);
        if was == is && variables < 2 && all.any(|region| surely(&region)) {
            return Err(format!("too much: {}\n{}", request(), said()));
        }
    }
    Ok(true)
}

/// The example of a region is what the region says, for the second evaluator too.
fn check_example(region: &AccessChange, before: &mut Value, after: &mut Value) -> Result<(), String> {
    let wanted = match region.change {
        Change::Allowed => (false, true),
        Change::NotAllowed => (true, false),
        Change::DenyLifted | Change::DenyAdded => return Ok(()),
    };
    let mut context = Surroundings::default();
    for (key, value) in region.example.context.iter() {
        if let ContextValue::Present { values, multivalued } = value {
            context.set(key, values, *multivalued);
        }
    }
    let action = region.example.action.value().unwrap().to_string();
    let resource = region.example.resource.value().unwrap().clone();
    let allows = |case: &mut Value| decides(case, &action, &resource, &context) == "allowed";
    let found = (allows(before), allows(after));
    if found == wanted { Ok(()) } else { Err(format!("no example: {}: {found:?}", access_change(region))) }
}

#[test]
fn edits_over_every_service_are_told_as_trying_requests_finds() {
    let (pairs, seed) = (number("IAMDX_EDITS", PAIRS), number("IAMDX_SEED", 1));
    let services: Vec<Material> =
        services().into_iter().map(material).filter(|material| !material.actions.is_empty()).collect();
    let (mut certain, mut wrong) = (0, Vec::new());
    for number in 0..pairs {
        let mut random = Random::new((seed * 10_000_000 + number) as u64);
        let material = &services[(number * 7 + seed) % services.len()];
        match compare(material, &mut random, 40) {
            Ok(told) => certain += usize::from(told),
            Err(what) => wrong.push(format!("pair {number}: {what}")),
        }
    }
    println!("{pairs} pairs of seed {seed}, {certain} without \"cannot tell\", {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{} wrong, the first:\n{}", wrong.len(), wrong[..wrong.len().min(3)].join("\n\n"));
    // names such as `r*` beside variables are many here, and what they match of a variable's values cannot be told
    assert!(certain * 4 > pairs * 3, "{certain} of {pairs}");
}
