//! The difference against trying every request of a small world, and `iamdx diff` as a user runs it.

use std::sync::Arc;

use iamdx::difference::{
    AccessChange, ActionSet, Change, ConditionExpr, ConditionTest, Difference, Pattern, ResourceSet, difference,
    documents,
};
use iamdx::evaluate::{Decision, evaluate};
use iamdx::iam::{
    Action, ActionPattern, Context, ContextValue, Coverage, Document, Language, Layer, Level, Policy, PolicySet,
    PolicyType, Principal, Request, ResourceMatch, ResourcePattern, ResourceText,
};
use iamdx::reference::Reference;
use iamdx::report::words;
use iamdx::text::{Source, Wildcard};
use proptest::prelude::*;

use crate::schema::misfits;
use crate::support::iamdx;

const ACTIONS: [&str; 6] =
    ["s3:GetObject", "s3:PutObject", "s3:GetNothing", "s3:ListBucket", "sqs:SendMessage", "dynamodb:GetItem"];
const ACTION_PATTERNS: [&str; 10] = [
    "s3:GetObject",
    "s3:Get*",
    "s3:*",
    "*",
    "s3:?etObject",
    "sqs:*",
    "S3:*object",
    "s3:GetNothing",
    "sqs:SendMessage",
    "s3:*t*t",
];
const RESOURCES: [&str; 9] = [
    "*",
    "arn:aws:s3:::a",
    "arn:aws:s3:::a/b",
    "arn:aws:s3:::a/bc",
    "arn:aws:s3:::a/b/c:d",
    "arn:aws:s3:::b/b",
    "arn:aws:s3:::c",
    "arn:aws:sqs:us-east-1:111122223333:q",
    "arn:aws:dynamodb:us-east-1:111122223333:table/a",
];
const RESOURCE_PATTERNS: [&str; 11] = [
    "*",
    "arn:aws:s3:::a",
    "arn:aws:s3:::a/*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::a/b?",
    "arn:aws:s3:::*/b",
    "arn:aws:s3*",
    "arn:aws:sqs:*:q",
    "arn:aws:s?s:us-*:111122223333:*",
    "arn:aws:*:*:*:*b*",
    "arn:aws",
];
const CONDITIONS: [&str; 14] = [
    r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#,
    r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#,
    r#"{"Null": {"aws:MultiFactorAuthPresent": "false"}}"#,
    r#"{"StringEquals": {"aws:ResourceTag/team": ["red", "blue"]}}"#,
    r#"{"StringNotEquals": {"aws:ResourceTag/team": "red"}}"#,
    r#"{"StringLike": {"aws:resourcetag/team": "r*"}}"#,
    r#"{"StringNotLikeIfExists": {"aws:ResourceTag/team": "*e*"}}"#,
    r#"{"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}}"#,
    r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}"#,
    r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
    r#"{"NotIpAddress": {"aws:SourceIp": ["203.0.113.128/25", "2001:db8::/32"]}}"#,
    r#"{"NumericLessThan": {"s3:max-keys": "10"}, "StringEquals": {"aws:ResourceTag/team": "red"}}"#,
    r#"{"NumericGreaterThanEquals": {"s3:max-keys": "5"}}"#,
    r#"{"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}"#,
];

/// A condition key: its name, whether it is a list, and what a request can hold of it (`None`: it is absent).
type Key = (&'static str, bool, &'static [Option<&'static [&'static str]>]);

/// Values of the keys that the conditions test.
const KEYS: [Key; 6] = [
    ("aws:MultiFactorAuthPresent", false, &[None, Some(&["true"]), Some(&["false"])]),
    ("aws:ResourceTag/team", false, &[None, Some(&["red"]), Some(&["blue"]), Some(&["rot"]), Some(&["x"])]),
    ("aws:TagKeys", true, &[None, Some(&["a"]), Some(&["b"]), Some(&["a", "b"]), Some(&["a", "x"]), Some(&["x"])]),
    (
        "aws:SourceIp",
        false,
        &[None, Some(&["203.0.113.5"]), Some(&["203.0.113.200"]), Some(&["198.51.100.1"]), Some(&["2001:db8::1"])],
    ),
    ("s3:max-keys", false, &[None, Some(&["1"]), Some(&["5"]), Some(&["7"]), Some(&["10"])]),
    ("aws:CurrentTime", false, &[Some(&["2025-06-01T00:00:00Z"]), Some(&["2026-06-01T00:00:00Z"])]),
];

/// A statement by the numbers of its parts.
#[derive(Debug, Clone)]
struct Statement {
    deny: bool,
    not_action: bool,
    actions: Vec<usize>,
    not_resource: bool,
    resources: Vec<usize>,
    condition: Option<usize>,
}

fn statement() -> impl Strategy<Value = Statement> {
    (
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.15),
        prop::collection::vec(0..ACTION_PATTERNS.len(), 1..3),
        prop::bool::weighted(0.15),
        prop::collection::vec(0..RESOURCE_PATTERNS.len(), 1..3),
        prop::option::weighted(0.5, 0..CONDITIONS.len()),
    )
        .prop_map(|(deny, not_action, actions, not_resource, resources, condition)| Statement {
            deny,
            not_action,
            actions,
            not_resource,
            resources,
            condition,
        })
}

impl Statement {
    fn json(&self) -> String {
        let list = |all: &[&str], picked: &[usize]| {
            picked.iter().map(|index| format!("\"{}\"", all[*index])).collect::<Vec<_>>().join(", ")
        };
        format!(
            r#"{{"Effect": "{}", "{}Action": [{}], "{}Resource": [{}]{}}}"#,
            if self.deny { "Deny" } else { "Allow" },
            if self.not_action { "Not" } else { "" },
            list(&ACTION_PATTERNS, &self.actions),
            if self.not_resource { "Not" } else { "" },
            list(&RESOURCE_PATTERNS, &self.resources),
            self.condition.map_or(String::new(), |index| format!(r#", "Condition": {}"#, CONDITIONS[index])),
        )
    }
}

fn document(statements: &[Statement]) -> Arc<Document> {
    let statements: Vec<String> = statements.iter().map(Statement::json).collect();
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "));
    Arc::new(Document::parse(Source::new("policy.json", text)).unwrap())
}

fn policies(documents: &[&Arc<Document>], policy_type: PolicyType) -> Vec<Arc<Policy>> {
    let policy = |document: &&Arc<Document>| Arc::new(Policy::new("policy", policy_type, Arc::clone(document)));
    documents.iter().map(policy).collect()
}

fn request(action: &str, resource: &str, context: Context) -> Request {
    Request::new(Principal::new("arn:aws:iam::111122223333:user/alice"), action.parse::<Action>().unwrap(), resource)
        .with_resource_account("111122223333")
        .in_context(context)
}

/// Every combination of values of the keys that occur in the text.
fn contexts(texts: &[&str]) -> Vec<Context> {
    let mut all = vec![Context::new()];
    all[0].set_complete(true);
    for (key, multivalued, values) in KEYS {
        if !texts.iter().any(|text| text.to_lowercase().contains(&key.to_lowercase())) {
            continue;
        }
        all = all
            .iter()
            .flat_map(|context| {
                values.iter().map(move |value| {
                    let mut context = context.clone();
                    let value = value.map_or(ContextValue::Absent, |values| ContextValue::Present {
                        values: values.iter().map(|value| (*value).to_owned()).collect(),
                        multivalued,
                    });
                    context.set(key, value);
                    context
                })
            })
            .collect();
    }
    // enough of them, if there are many
    let step = all.len() / 150 + 1;
    all.into_iter().step_by(step).collect()
}

fn pattern_covers<T>(pattern: &Pattern<T>, matches: &dyn Fn(&T) -> bool) -> bool {
    matches(&pattern.pattern) && pattern.also.iter().all(matches) && !pattern.except.iter().any(matches)
}

/// Whether the change covers the request.
fn holds(change: &AccessChange, request: &Request, texts: &[&str]) -> bool {
    let action = request.action.value().unwrap();
    let resource = request.resource.value().unwrap();
    let action_matches = |set: &ActionSet| match set {
        ActionSet::Matching(text) => ActionPattern::new(text).matches(action),
        ActionSet::OtherServices => {
            let named = format!("\"{}:", action.service());
            !texts.iter().any(|text| text.to_lowercase().contains(&named))
        }
        ActionSet::Unknown { of, .. } => {
            ActionPattern::new(of).matches(action) && Reference::embedded().action(action).is_none()
        }
        other => panic!("{other:?}"),
    };
    let resource_matches = |set: &ResourceSet| match set {
        ResourceSet::None => resource == "*",
        ResourceSet::Matching(text) => {
            let compiled = ResourcePattern::new(text, Language::V2012);
            compiled.matches(&ResourceText::new(resource), &request.context) == ResourceMatch::Yes
        }
        other => panic!("{other:?}"),
    };
    let mut actions = change.actions.iter().chain(&change.unasked);
    actions.any(|pattern| pattern_covers(pattern, &action_matches))
        && change.resources.iter().any(|pattern| pattern_covers(pattern, &resource_matches))
        && change.conditions.iter().all(|condition| condition_holds(condition, &request.context))
}

/// Whether a condition holds.
fn condition_holds(condition: &ConditionExpr, context: &Context) -> bool {
    let values = |key: &str| match context.get(key) {
        ContextValue::Present { values, .. } => values.clone(),
        _ => Vec::new(),
    };
    match condition {
        ConditionExpr::Is(key, wanted) => matches!(values(key).as_slice(), [own] if wanted.contains(own)),
        ConditionExpr::IsNot(key, other) => matches!(values(key).as_slice(), [own] if !other.contains(own)),
        ConditionExpr::Present(key) => !values(key).is_empty(),
        ConditionExpr::Absent(key) => values(key).is_empty(),
        ConditionExpr::All(all) => all.iter().all(|one| condition_holds(one, context)),
        ConditionExpr::Any(any) => any.iter().any(|one| condition_holds(one, context)),
        ConditionExpr::Not(inner) => !condition_holds(inner, context),
        ConditionExpr::Test(test) => test_holds(test, &values(&test.key)),
        other => panic!("{other:?}"),
    }
}

/// Whether the values of the request meet the condition, or do not where its opposite is meant.
fn test_holds(test: &ConditionTest, own: &[String]) -> bool {
    use iamdx::iam::{OperatorKind as Kind, Quantifier};
    let any = |meets: &dyn Fn(&str, &str) -> bool| match own {
        [own] => test.values.iter().any(|wanted| meets(own, wanted)) == test.holds,
        _ => false,
    };
    let none = |meets: &dyn Fn(&str, &str) -> bool| match own {
        [own] => test.values.iter().any(|wanted| meets(own, wanted)) != test.holds,
        _ => false,
    };
    let inside = |own: &str, range: &str| {
        range.parse::<ipnet::IpNet>().unwrap().contains(&own.parse::<std::net::IpAddr>().unwrap())
    };
    // dates of the same form are in the order of their texts
    let less = |own: &str, than: &str| match (own.parse::<f64>(), than.parse::<f64>()) {
        (Ok(own), Ok(than)) => own < than,
        _ => own < than,
    };
    let among = |own: &String| test.values.contains(own);
    match (test.operator.quantifier, test.operator.kind.unwrap()) {
        (Some(Quantifier::ForAnyValue), Kind::StringEquals) => own.iter().any(among) == test.holds,
        (Some(Quantifier::ForAllValues), Kind::StringEquals) => own.iter().all(among) == test.holds,
        (None, Kind::StringEquals | Kind::Bool) => any(&|own, wanted| own == wanted),
        (None, Kind::StringNotEquals) => none(&|own, wanted| own == wanted),
        (None, Kind::StringLike) => any(&|own, wanted| Wildcard::new(wanted).matches(own)),
        (None, Kind::StringNotLike) => none(&|own, wanted| Wildcard::new(wanted).matches(own)),
        (None, Kind::IpAddress) => any(&inside),
        (None, Kind::NotIpAddress) => none(&inside),
        (None, Kind::NumericLessThan | Kind::DateLessThan) => any(&less),
        (None, Kind::NumericGreaterThanEquals | Kind::DateGreaterThanEquals) => none(&less),
        other => panic!("{other:?}"),
    }
}

fn account_decides() -> Layer {
    let text =
        r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": "*"}}"#;
    let document = Arc::new(Document::parse(Source::new("key policy", text)).unwrap());
    Layer::complete(policies(&[&document], PolicyType::ResourceBased))
}

fn in_words(told: &Difference) -> String {
    let regions = told.newly_allowed.iter().chain(&told.newly_denied);
    regions
        .map(|region| format!("\n{:?} {}", region.change, words::difference::access_change(region)))
        .collect::<Vec<_>>()
        .concat()
}

/// Compares the regions with the answers to every request.
fn check(before: &PolicySet, after: &PolicySet, told: &Difference, texts: &[&str]) -> Result<(), TestCaseError> {
    prop_assert_eq!(&told.cannot_tell, &Vec::new());
    for context in contexts(texts) {
        for action in ACTIONS {
            for resource in RESOURCES {
                let request = request(action, resource, context.clone());
                let allowed = |set: &PolicySet| evaluate(&request, set).decision == Decision::Allowed;
                let (was, is) = (allowed(before), allowed(after));
                let found = |regions: &[AccessChange], change: Change| {
                    regions.iter().any(|region| region.change == change && holds(region, &request, texts))
                };
                let opened = found(&told.newly_allowed, Change::Allowed);
                let closed = found(&told.newly_denied, Change::NotAllowed);
                prop_assert_eq!(
                    (opened, closed),
                    (!was && is, was && !is),
                    "{} on {} in {:?}, told {}",
                    action,
                    resource,
                    request.context,
                    in_words(told)
                );
            }
        }
    }
    // policies of other resources are taken to leave the decision to the account
    let [before, after] = [before, after].map(|set| {
        let mut set = set.clone();
        set.resource = account_decides();
        set
    });
    for region in told.newly_allowed.iter().chain(&told.newly_denied) {
        let allowed = |set: &PolicySet| evaluate(&region.example, set).decision == Decision::Allowed;
        match region.change {
            Change::Allowed => prop_assert!(!allowed(&before) && allowed(&after), "{region:?}"),
            Change::NotAllowed => prop_assert!(allowed(&before) && !allowed(&after), "{region:?}"),
            Change::DenyLifted | Change::DenyAdded => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever two documents say, the regions hold exactly the requests whose answer changed.
    #[test]
    fn two_documents_differ_in_what_trying_every_request_finds(
        before in prop::collection::vec(statement(), 0..4),
        after in prop::collection::vec(statement(), 0..4),
    ) {
        let (before, after) = (document(&before), document(&after));
        let told = documents(&[Arc::clone(&before)], &[Arc::clone(&after)], Reference::embedded());
        let set = |document| {
            let mut set = PolicySet::empty();
            set.identity = Layer::complete(policies(&[document], PolicyType::IdentityBased));
            set
        };
        check(&set(&before), &set(&after), &told, &[before.source.text(), after.source.text()])?;
    }

    /// The same through layers: identity-based policies, a boundary, two levels of SCPs; one of them changes.
    #[test]
    fn two_sets_of_policies_differ_in_what_trying_every_request_finds(
        identity in prop::collection::vec(statement(), 1..3),
        boundary in prop::option::of(prop::collection::vec(statement(), 1..3)),
        root in prop::collection::vec(statement(), 1..3),
        changed in prop::collection::vec(statement(), 1..3),
        which in 0usize..3,
    ) {
        let all = [&identity, boundary.as_ref().unwrap_or(&identity), &root, &changed].map(|statements| document(statements));
        let [identity_document, boundary_document, root_document, changed_document] = &all;
        let full = Arc::new(Document::parse(Source::new("full", r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#)).unwrap());
        let set = |changed: Option<usize>| {
            let pick = |index: usize, own| if changed == Some(index) { changed_document } else { own };
            let level = |target: &str, documents: &[&Arc<Document>]| Level { target: target.to_owned(), policies: policies(documents, PolicyType::ServiceControl), coverage: Coverage::Complete };
            let mut set = PolicySet::empty();
            set.identity = Layer::complete(policies(&[pick(0, identity_document)], PolicyType::IdentityBased));
            if boundary.is_some() {
                set.boundary = Layer::complete(policies(&[pick(1, boundary_document)], PolicyType::PermissionsBoundary));
            }
            set.service_control.levels = vec![level("root", &[&full, pick(2, root_document)]), level("account", &[&full])];
            set
        };
        let (before, after) = (set(None), set(Some(which)));
        let asked = request("s3:GetObject", "arn:aws:s3:::a/b", Context::new());
        let told = difference(&before, &after, &asked, Reference::embedded());
        let texts: Vec<&str> = all.iter().map(|document| document.source.text()).collect();
        check(&before, &after, &told, &texts)?;
    }
}

/// Runs `diff` on two fixtures.
fn diff(old: &str, new: &str, more: &[&str]) -> crate::support::Run {
    let path = |name: &str| format!("fixtures/policies/difference/{name}.json");
    let (old, new) = (path(old), path(new));
    iamdx(&[&["diff", &old, &new], more].concat(), b"")
}

#[test]
fn new_access_is_told_with_examples_and_is_exit_1() {
    insta::assert_snapshot!(diff("old", "new", &[]).whole(), @r"
    exit 1
    --- stdout
    new access:
      no longer denied, so that other policies can allow it: * except bedrock:Invoke*, iam:*, s3:GetObject, s3:PutObject, sts:* on * when aws:RequestedRegion is `us-east-1`
          for example bedrock:AllowVendedLogDeliveryForResource on arn:aws:bedrock:us-east-1:111122223333:knowledge-base/example with aws:requestedregion = us-east-1
          danger: *: its holder could take the address of the root user, and with it the account (account:StartPrimaryEmailUpdate, and 515 more such actions)
          danger: *: its holder could act without CloudTrail recording it, or change what it records and where (cloudtrail:StopLogging, and 439 more such actions)
          danger: *: its holder could give another account, or everybody, access through the policy of the resource (s3:PutBucketPolicy, and 537 more such actions)
      bedrock:Invoke* except bedrock:InvokeModel on arn:aws:bedrock:*::foundation-model/* when aws:RequestedRegion is `eu-central-1` or `us-east-1`
          for example bedrock:InvokeModelWithResponseStream on arn:aws:bedrock:us-east-1::foundation-model/example with aws:requestedregion = eu-central-1
      no longer denied, so that other policies can allow it: bedrock:Invoke* on * except arn:aws:bedrock:*::foundation-model/* when aws:RequestedRegion is `us-east-1`
          for example bedrock:InvokeModel on arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/example with aws:requestedregion = us-east-1
      s3:GetObject on arn:aws:s3:::reports/2025/q?/* when aws:RequestedRegion is `us-east-1`
          for example s3:GetObject on arn:aws:s3:::reports/2025/qx/example with aws:requestedregion = us-east-1
      no longer denied, so that other policies can allow it: s3:GetObject, s3:PutObject on * except arn:aws:s3:::reports/2025/q?/* when aws:RequestedRegion is `us-east-1`
          for example s3:GetObject on arn:aws:s3:us-east-1:111122223333:accesspoint/example/object/example with aws:requestedregion = us-east-1
      s3:PutObject on arn:aws:s3:::reports/2025/q?/* when aws:RequestedRegion is `eu-central-1` or `us-east-1`
          for example s3:PutObject on arn:aws:s3:::reports/2025/qx/example with aws:requestedregion = eu-central-1
      bedrock:InvokeModel on arn:aws:bedrock:*::foundation-model/* when (aws:MultiFactorAuthPresent is not `true` or is absent) and aws:RequestedRegion is `eu-central-1` or `us-east-1`
          for example bedrock:InvokeModel on arn:aws:bedrock:us-east-1::foundation-model/example with aws:multifactorauthpresent = false, aws:requestedregion = eu-central-1
      bedrock:InvokeModel on arn:aws:bedrock:*::foundation-model/* when aws:MultiFactorAuthPresent is `true` and aws:RequestedRegion is `us-east-1`
          for example bedrock:InvokeModel on arn:aws:bedrock:us-east-1::foundation-model/example with aws:multifactorauthpresent = true, aws:requestedregion = us-east-1
    no longer allowed:
      s3:GetObject on arn:aws:s3:::reports/2025/* except arn:aws:s3:::reports/2025/q?/* when aws:RequestedRegion is `eu-central-1`
          for example s3:GetObject on arn:aws:s3:::reports/2025/example with aws:requestedregion = eu-central-1
    ");
}

#[test]
fn the_same_policy_is_exit_0() {
    insta::assert_snapshot!(diff("old", "old", &[]).whole(), @r"
    exit 0
    --- stdout
    no difference in access
    ");
}

#[test]
fn snapshots_are_compared_principal_by_principal() {
    insta::assert_snapshot!(diff("old-snapshot", "new-snapshot", &[]).whole(), @r"
    exit 1
    --- stdout
    arn:aws:iam::111122223333:role/deploy, who may assume it
    new access:
      sts:AssumeRole by principals of account 444455556666
          for example sts:AssumeRole with aws:principalaccount = 444455556666
          danger: sts:AssumeRole: its holder could act with all permissions of the role
    arn:aws:iam::111122223333:user/alice
    new access:
      sqs:*Message except sqs:SendMessage on arn:aws:sqs:eu-central-1:111122223333:*
          for example sqs:DeleteMessage on arn:aws:sqs:eu-central-1:111122223333:example
      sqs:SendMessage on arn:aws:sqs:eu-central-1:111122223333:* except arn:aws:sqs:eu-central-1:111122223333:orders
          for example sqs:SendMessage on arn:aws:sqs:eu-central-1:111122223333:example
    arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab, what its policy allows
    cannot tell:
      everything that depends on what only one file shows: policy of arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
    arn:aws:s3:::reports, what its policy allows
    new access:
      s3:GetObject on arn:aws:s3:::reports/* by arn:aws:iam::123456789012:role/audit
          for example s3:GetObject on arn:aws:s3:::reports/example with aws:principalaccount = 123456789012, aws:principalarn = arn:aws:iam::123456789012:role/audit
    ");
}

#[test]
fn the_answer_for_programs_is_as_the_schema_says() {
    let schema: serde_json::Value = serde_json::from_str(&iamdx(&["schema"], b"").stdout).unwrap();
    for (old, new) in [("old", "new"), ("old-snapshot", "new-snapshot")] {
        let report: serde_json::Value = serde_json::from_str(&diff(old, new, &["--format", "json"]).stdout).unwrap();
        assert_eq!(misfits(&schema, &schema["$defs"]["DiffReport"], &report, "report"), Vec::<String>::new());
        let mut other = report.clone();
        other["differences"][0]["newly_allowed"] = "none".into();
        other.as_object_mut().unwrap().remove("new_access");
        assert_eq!(
            misfits(&schema, &schema["$defs"]["DiffReport"], &other, "report"),
            ["report.differences[].newly_allowed: string is not \"array\"", "report.new_access is missing"]
        );
    }
}

#[test]
fn the_answer_for_programs_says_the_same() {
    let run = diff("old", "new", &["--format", "json"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&report["schema_version"], &report["new_access"]), (&1.into(), &true.into()));
    let put = report["differences"][0]["newly_allowed"].as_array().unwrap().iter();
    let put: Vec<_> = put.filter(|region| region["actions"][0]["pattern"] == "s3:PutObject").collect();
    assert_eq!(put.len(), 1);
    assert_eq!(put[0]["example"]["resource"], "arn:aws:s3:::reports/2025/qx/example");
}

#[test]
fn a_snapshot_and_a_document_are_not_compared() {
    insta::assert_snapshot!(diff("old", "new-snapshot", &[]).whole(), @r"
    exit 2
    --- stderr
    iamdx: `fixtures/policies/difference/old.json` is a policy document and `fixtures/policies/difference/new-snapshot.json` is a snapshot: two of one kind can be compared
    ");
}

/// AWS keeps no document that long: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
#[test]
fn a_document_longer_than_any_policy_is_refused_with_the_place() {
    let long = format!(
        r#"{{"Statement": [{{"Effect": "Allow",
"Action": "s3:{}", "Resource": "*"}}]}}"#,
        "*a".repeat(200_000)
    );
    let run = iamdx(&["diff", "-", "fixtures/policies/difference/new.json"], long.as_bytes());
    insta::assert_snapshot!(run.whole(), @r"
    exit 2
    --- stderr
    iamdx: standard input:2:131042: here the document has 131072 characters, and goes on: AWS keeps no policy that long, so no request was decided by this one
    ");
}

#[test]
fn another_service_reference_is_read_or_refused() {
    let same = diff("old", "old", &["--service-reference", "src/reference/aws.reference"]);
    assert_eq!((same.code, same.stdout.as_str()), (0, "no difference in access\n"));
    insta::assert_snapshot!(diff("old", "old", &["--service-reference", "Cargo.toml"]).whole(), @r"
    exit 2
    --- stderr
    iamdx: `Cargo.toml`: not a service reference: the first line must be `iamdx service reference 1`, then `date: YYYY-MM-DD`, and an empty line must end the header
    ");
}

#[test]
fn the_short_form_of_api_gateway_is_the_api_of_the_policy() {
    let folder = tempfile::tempdir().unwrap();
    let diff = |old: &str, new: &str| {
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::write(path("old.json"), old).unwrap();
        std::fs::write(path("new.json"), new).unwrap();
        iamdx(&["diff", &path("old.json"), &path("new.json")], b"")
    };
    let statement = |effect: &str, principal: &str, resource: &str, more: &str| {
        format!(
            r#"{{"Effect": "{effect}", "Principal": {principal}, "Action": "execute-api:Invoke", "Resource": "{resource}"{more}}}"#
        )
    };
    let policy =
        |statements: &[String]| format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "));
    let one = r#"{"AWS": "111122223333"}"#;
    let everybody = policy(&[statement("Allow", "\"*\"", "execute-api:/*", "")]);
    let ran = diff(&policy(&[statement("Allow", one, "execute-api:/*", "")]), &everybody);
    insta::assert_snapshot!(ran.stdout, @r"
    new access:
      execute-api:Invoke on execute-api:/* by principals of any other account, anonymous callers, any other AWS service
          for example execute-api:Invoke on arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/example
    ");
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    let office = r#", "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#;
    let guarded = policy(&[
        statement("Allow", "\"*\"", "execute-api:/*", ""),
        statement("Deny", "\"*\"", "execute-api:/*", office),
    ]);
    let ran = diff(&guarded, &everybody);
    assert!(ran.code == 1 && ran.stdout.contains("when aws:SourceIp is not in `203.0.113.0/24`"), "{}", ran.stdout);
    // what API Gateway made of it when it was saved
    let saved = policy(&[statement("Allow", one, "arn:aws:execute-api:eu-west-1:123456789012:aabbccddee/prod/*", "")]);
    let short = policy(&[statement("Allow", one, "execute-api:/prod/*", "")]);
    assert_eq!(diff(&saved, &short).stdout, "no difference in access\n");
    let wider = policy(&[statement("Allow", one, "execute-api:/*/GET/*", "")]);
    insta::assert_snapshot!(diff(&short, &wider).stdout, @r"
    new access:
      execute-api:Invoke on execute-api:/*/GET/* except execute-api:/prod/* by principals of account 111122223333
          for example execute-api:Invoke on arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/example/GET/example with aws:principalaccount = 111122223333
    no longer allowed:
      execute-api:Invoke on execute-api:/prod/* except execute-api:/*/GET/* by principals of account 111122223333
          for example execute-api:Invoke on arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/prod/example with aws:principalaccount = 111122223333
    ");
}

#[test]
fn what_needs_no_identity_based_policy_any_more_is_new_access() {
    let folder = tempfile::tempdir().unwrap();
    let diff = |old: &str, new: &str| {
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::write(path("old.json"), old).unwrap();
        std::fs::write(path("new.json"), new).unwrap();
        let ran = iamdx(&["diff", &path("old.json"), &path("new.json")], b"");
        format!("{}exit {}", ran.stdout, ran.code)
    };
    let trust = |principal: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"AWS": {principal}}}, "Action": "sts:AssumeRole"}}]}}"#
        )
    };
    let key = |principal: &str, more: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"AWS": {principal}}}, "Action": "kms:Decrypt", "Resource": "*"{more}}}]}}"#
        )
    };
    let (account, bob) = (r#""arn:aws:iam::111122223333:root""#, r#""arn:aws:iam::111122223333:user/bob""#);
    let both = format!("[{account}, {bob}]");
    // whoever may come for the account still needs a policy of their own, and bob does not any more
    insta::assert_snapshot!(diff(&trust(account), &trust(&both)), @r"
    new access:
      sts:AssumeRole by arn:aws:iam::111122223333:user/bob (without an identity-based policy, where the resource is of the same account)
          for example sts:AssumeRole with aws:principalaccount = 111122223333, aws:principalarn = arn:aws:iam::111122223333:user/bob
          danger: sts:AssumeRole: its holder could act with all permissions of the role
    exit 1
    ");
    insta::assert_snapshot!(diff(&key(account, ""), &key(bob, "")), @r"
    new access:
      kms:Decrypt on * by arn:aws:iam::111122223333:user/bob (without an identity-based policy, where the resource is of the same account)
          for example kms:Decrypt on arn:aws:kms:us-east-1:111122223333:key/example with aws:principalaccount = 111122223333, aws:principalarn = arn:aws:iam::111122223333:user/bob
    no longer allowed:
      kms:Decrypt on arn:* by other principals of account 111122223333
          for example kms:Decrypt on arn:aws:kms:us-east-1:123456789012:key/example with aws:principalaccount = 111122223333
    exit 1
    ");
    // everybody of the account, and nobody else
    let of_account = r#", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}"#;
    insta::assert_snapshot!(diff(&key(account, ""), &key("\"*\"", of_account)), @r"
    new access:
      kms:Decrypt on * by principals of account 111122223333 (without an identity-based policy, where the resource is of the same account)
          for example kms:Decrypt on arn:aws:kms:us-east-1:111122223333:key/example with aws:principalaccount = 111122223333
      kms:Decrypt on * by any other AWS service when aws:PrincipalAccount is `111122223333`
          for example kms:Decrypt on arn:aws:kms:us-east-1:123456789012:key/example with aws:principalaccount = 111122223333
    exit 1
    ");
    // what is new anyway is told once
    assert_eq!(
        diff(&trust(account), &trust("\"arn:aws:iam::123456789012:root\""))
            .matches("without an identity-based")
            .count(),
        0
    );
    let told = diff(&trust("\"arn:aws:iam::123456789012:root\""), &trust(bob));
    assert!(
        told.contains("sts:AssumeRole by arn:aws:iam::111122223333:user/bob\n") && !told.contains("without"),
        "{told}"
    );
}
