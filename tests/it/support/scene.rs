//! A random case as it stands in an organization: whose policies they are, how they are kept, what was not seen, who is quarantined.

use std::collections::BTreeMap;
use std::sync::Arc;

use iamdx::denial::{self, Denial};
use iamdx::evaluate::{CheckEffect, TestCase, evaluate};
use iamdx::iam::{
    Coverage, Gap, Layer, NotApplicable, Policy, PolicyOrigin, PolicySet, PolicyType, PrincipalKind, Request, Subject,
    Unseen,
};
use iamdx::text::Source;
use serde_json::{Value, json};

use super::generate::{Random, case};

/// Everything that a diagnosis starts from, and the case as plain JSON.
pub(crate) struct Scene {
    /// What the second evaluator reads; what was not seen is not in it.
    pub(crate) json: Value,
    pub(crate) request: Request,
    pub(crate) policies: PolicySet,
    pub(crate) denial: Denial,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) secret_seen: bool,
    pub(crate) target_quarantined: bool,
    /// Whether AWS has quarantined the principal or the target, however that is known.
    pub(crate) quarantined: bool,
}

/// How a policy is kept.
#[derive(Clone)]
struct Kept {
    origin: PolicyOrigin,
    arn: Option<String>,
    attached_to: Vec<String>,
}

/// One scene.
pub(crate) fn scene(random: &mut Random) -> Scene {
    let mut json = case(random);
    consistent(&mut json, random);
    name_policies(&mut json);
    share_a_level(&mut json, random);
    let how = if random.chance(6) { Some(random.below(7)) } else { None };
    if let Some(how) = how {
        quarantine_policy(&mut json, how, random);
    }
    let parsed = TestCase::parse(&json.to_string()).unwrap_or_else(|error| panic!("{error}\n{json}"));
    let mut request = parsed.request;
    let principal = request.principal.value().unwrap().clone();
    if principal.kind() == PrincipalKind::AssumedRole && random.chance(60) {
        let linked = principal.name().unwrap().starts_with("AWSServiceRoleFor");
        let path = match () {
            () if linked => "aws-service-role/x.amazonaws.com/",
            () if random.chance(30) => "ops/",
            () => "",
        };
        let role = format!("arn:aws:iam::{}:role/{path}{}", principal.account().unwrap(), principal.name().unwrap());
        request.role = Some(role.parse().unwrap());
    }
    let mut policies = kept(&parsed.policies, &request, random);
    if how == Some(0) {
        policies = with_arn(&policies, "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3");
    }
    let mut gaps = unseen(&mut policies, random);
    let mut denial = message(&request, &policies, random);
    let mut target_quarantined = false;
    match how {
        Some(4) => denial.reason.policy_arn = Some("arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2".to_owned()),
        Some(5) => gaps.push(quarantine()),
        Some(6) => target_quarantined = true,
        _ => {}
    }
    Scene {
        json,
        request,
        policies,
        denial,
        gaps,
        secret_seen: random.chance(2),
        target_quarantined,
        quarantined: how.is_some(),
    }
}

/// Mostly, what the request says of its principal is true; who signed it is always said.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
fn consistent(case: &mut Value, random: &mut Random) {
    let caller = case["request"]["principal"].as_str().unwrap().to_owned();
    let parts: Vec<&str> = caller.splitn(6, ':').collect();
    let context = case["request"]["context"].as_object_mut().unwrap();
    let is_said = context.keys().any(|key| key.eq_ignore_ascii_case("aws:PrincipalArn"));
    if random.chance(25) && (is_said || parts.len() < 6) {
        return;
    }
    context.retain(|key, _| !["aws:principalarn", "aws:username"].contains(&key.to_lowercase().as_str()));
    let Some(name) = parts.get(5) else { return };
    let arn = match name.strip_prefix("assumed-role/") {
        Some(rest) => format!("arn:aws:iam::{}:role/{}", parts[4], rest.split('/').next().unwrap()),
        None => caller.clone(),
    };
    context.insert("aws:PrincipalArn".to_owned(), json!([arn]));
    if let Some(user) = name.strip_prefix("user/") {
        context.insert("aws:username".to_owned(), json!([user.rsplit('/').next().unwrap()]));
    }
    let many = case["request"]["multivalued_keys"].as_array_mut().unwrap();
    many.retain(|key| !["aws:principalarn", "aws:username"].contains(&key.as_str().unwrap().to_lowercase().as_str()));
}

/// Names each policy by its place, so that an edit can be carried over to the case.
fn name_policies(case: &mut Value) {
    let mut counter = 0;
    for (_, policy) in all_policies(case) {
        counter += 1;
        let document = policy.get("document").cloned().unwrap_or_else(|| policy.clone());
        *policy = json!({"name": format!("p{counter}"), "document": document});
    }
}

/// Every policy of the case, with its kind.
fn all_policies(case: &mut Value) -> impl Iterator<Item = (String, &mut Value)> {
    case["policies"].as_object_mut().unwrap().iter_mut().flat_map(|(kind, list)| {
        let lists: Vec<&mut Value> = if kind.ends_with("-control") {
            list.as_array_mut().unwrap().iter_mut().flat_map(|level| level.as_array_mut().unwrap()).collect()
        } else {
            list.as_array_mut().unwrap().iter_mut().collect()
        };
        let kind = kind.clone();
        lists.into_iter().map(move |policy| (kind.clone(), policy))
    })
}

/// Sometimes one SCP or RCP is attached at two levels.
fn share_a_level(case: &mut Value, random: &mut Random) {
    for kind in ["service-control", "resource-control"] {
        let Some(levels) = case["policies"].get_mut(kind).and_then(Value::as_array_mut) else { continue };
        if levels.len() > 1 && random.chance(25) {
            let last = levels.len() - 1;
            let Some(mut policy) = levels[0].as_array().unwrap().first().cloned() else { continue };
            policy["name"] = json!(format!("shared-{kind}"));
            levels[0][0] = policy.clone();
            levels[last].as_array_mut().unwrap().push(policy);
        }
    }
}

/// The quarantine as a policy of some layer: under its name, by its ARN, or by what it says.
fn quarantine_policy(case: &mut Value, how: usize, random: &mut Random) {
    let name = match how {
        0 | 2 => "q",
        1 => random.pick(&[
            "AWSCompromisedKeyQuarantine",
            "AWSCompromisedKeyQuarantineV2",
            "awscompromisedkeyquarantinev9-copy",
        ]),
        3 => "AWSExposedCredentialPolicy_DO_NOT_REMOVE",
        _ => return,
    };
    let actions = if how == 2 {
        json!([
            "iam:CreateAccessKey",
            "iam:AttachUserPolicy",
            "iam:CreateUser",
            "ec2:RunInstances",
            "lambda:CreateFunction",
            case["request"]["action"]
        ])
    } else {
        json!(["iam:CreateUser", case["request"]["action"]])
    };
    let statement = json!({"Effect": "Deny", "Action": actions, "Resource": "*"});
    let policy = json!({"name": name, "document": {"Version": "2012-10-17", "Statement": [statement]}});
    let kind = random.pick(&["identity-based", "identity-based", "permissions-boundary", "session", "service-control"]);
    let lists = case["policies"].as_object_mut().unwrap();
    let list = lists.entry(kind).or_insert_with(|| if kind == "service-control" { json!([[]]) } else { json!([]) });
    let list = if kind == "service-control" { &mut list[0] } else { list };
    list.as_array_mut().unwrap().push(policy);
}

fn with_arn(policies: &PolicySet, arn: &str) -> PolicySet {
    policies.map_policies(&|policy| {
        let arn = if policy.name == "q" { Some(arn.to_owned()) } else { policy.arn.clone() };
        let mut policy = Policy::clone(policy);
        policy.arn = arn;
        Arc::new(policy)
    })
}

/// The policies with their owners.
fn kept(policies: &PolicySet, request: &Request, random: &mut Random) -> PolicySet {
    let principal = request.principal.value().unwrap();
    let account = principal.account().unwrap_or("111122223333").to_owned();
    let entity = match principal.kind() {
        PrincipalKind::AssumedRole => request.role.as_ref().map_or_else(
            || format!("arn:aws:iam::{account}:role/{}", principal.name().unwrap_or("x")),
            ToString::to_string,
        ),
        _ => principal.as_str().to_owned(),
    };
    let mut known: BTreeMap<String, Kept> = BTreeMap::new();
    let mut how: BTreeMap<String, Kept> = BTreeMap::new();
    for policy in policies.policies() {
        let kept = known
            .entry(policy.name.clone())
            .or_insert_with(|| place(policy, &entity, &account, principal.kind(), random))
            .clone();
        how.insert(policy.name.clone(), kept);
    }
    policies.map_policies(&|policy| {
        let kept = how.get(&policy.name).unwrap().clone();
        let mut policy = Policy::clone(policy);
        policy.origin = kept.origin;
        policy.arn = kept.arn;
        policy.attached_to = kept.attached_to;
        Arc::new(policy)
    })
}

fn place(policy: &Policy, entity: &str, account: &str, kind: PrincipalKind, random: &mut Random) -> Kept {
    let managed = |origin| {
        let owner = if origin == PolicyOrigin::AwsManaged { "aws" } else { account };
        let arn = Some(format!("arn:aws:iam::{owner}:policy/{}", policy.name));
        Kept { origin, arn, attached_to: vec![entity.to_owned()] }
    };
    let loose = || Kept { origin: PolicyOrigin::Loose, arn: None, attached_to: Vec::new() };
    match policy.policy_type {
        PolicyType::IdentityBased => match random.below(20) {
            0..=7 => Kept { origin: PolicyOrigin::Inline, arn: None, attached_to: vec![entity.to_owned()] },
            8..=10 if kind == PrincipalKind::User => {
                let group = format!("arn:aws:iam::{account}:group/team");
                Kept { origin: PolicyOrigin::Inline, arn: None, attached_to: vec![group] }
            }
            11..=14 => managed(PolicyOrigin::CustomerManaged),
            15 => managed(PolicyOrigin::AwsManaged),
            _ => loose(),
        },
        PolicyType::PermissionsBoundary => match random.below(10) {
            0..=4 => managed(PolicyOrigin::CustomerManaged),
            5 => managed(PolicyOrigin::AwsManaged),
            _ => loose(),
        },
        PolicyType::ServiceControl | PolicyType::ResourceControl => {
            // one text at two levels is one policy only where it has an ARN
            if policy.name.starts_with("shared-") || random.chance(60) {
                let arn = format!("arn:aws:organizations::{account}:policy/o-example/{}", policy.name);
                Kept { origin: PolicyOrigin::Organization, arn: Some(arn), attached_to: Vec::new() }
            } else {
                loose()
            }
        }
        _ => loose(),
    }
}

/// A quarantine policy that is attached, without its document.
fn quarantine() -> Gap {
    let subject = Subject::Policy {
        policy_type: PolicyType::IdentityBased,
        name: "AWSCompromisedKeyQuarantineV4".to_owned(),
        arn: None,
        attached_to: Vec::new(),
    };
    Gap::new(subject, Unseen::DocumentNotInFile)
}

pub(crate) fn gap(what: &str) -> Gap {
    Gap::new(Subject::Principal(what.to_owned()), Unseen::NotGiven)
}

/// Some layers of which nothing is at hand were not seen.
fn unseen(policies: &mut PolicySet, random: &mut Random) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let layers = [
        ("the policy of the resource", &mut policies.resource),
        ("the permissions boundary", &mut policies.boundary),
        ("session policies", &mut policies.session),
        ("the endpoint's policy", &mut policies.vpc_endpoint),
    ];
    for (what, layer) in layers {
        if layer.policies.is_empty() && random.chance(10) {
            layer.coverage = Coverage::Gap(gap(what));
            gaps.push(gap(what));
        }
    }
    for (what, hierarchy) in [("SCPs", &mut policies.service_control), ("RCPs", &mut policies.resource_control)] {
        if hierarchy.levels.is_empty() && random.chance(10) {
            hierarchy.coverage = Coverage::Gap(gap(what));
            gaps.push(gap(what));
        }
    }
    gaps
}

/// The text that AWS would write about the request; half of the time with a reason that is true.
fn message(request: &Request, policies: &PolicySet, random: &mut Random) -> Denial {
    let action = request.action.value().unwrap();
    let mut text = format!(
        "User: {} is not authorized to perform: {action} on resource: {}",
        request.principal.value().unwrap(),
        request.resource.value().unwrap()
    );
    let checks = evaluate(request, policies).checks;
    let with = |effect| checks.iter().find(|check| check.effect == effect).map(|check| check.policy_type);
    let reason = match (random.chance(50), with(CheckEffect::ExplicitDeny), with(CheckEffect::ImplicitDeny)) {
        (true, Some(policy_type), _) => format!(" with an explicit deny in {}", policy_type.with_article()),
        (true, None, Some(policy_type)) => format!(" because no {policy_type} allows the {action} action"),
        _ => String::new(),
    };
    text += &reason;
    denial::parse(&Source::new("message", text)).remove(0)
}

/// The policies as the proof takes them: what was not seen does not block.
pub(crate) fn as_if_seen(policies: &PolicySet) -> PolicySet {
    let mut policies = policies.clone();
    let not_seen = |layer: &mut Layer| {
        if layer.coverage.gap().is_some() {
            layer.coverage = Coverage::NotApplicable(NotApplicable::EveryRequest);
        }
    };
    [&mut policies.resource, &mut policies.boundary, &mut policies.session, &mut policies.vpc_endpoint]
        .into_iter()
        .for_each(not_seen);
    for hierarchy in [&mut policies.service_control, &mut policies.resource_control] {
        if hierarchy.coverage.gap().is_some() {
            hierarchy.coverage = Coverage::NotApplicable(NotApplicable::EveryRequest);
        }
    }
    policies
}
