//! Every remedy that is shown as a fix works, by two evaluators, and opens what it says: on random denied requests.
//!
//! `IAMDX_REMEDIES=100000 IAMDX_SEED=1 cargo test --release --test it remedies -- --nocapture` runs a hundred thousand; `IAMDX_CASE=7`
//! runs the case of that number alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use iamdx::aws_evidence::AwsEvidence;
use iamdx::diagnose::{DenialContext, Diagnosis, diagnose};
use iamdx::difference::{AccessChange, Difference};
use iamdx::evaluate::{Check, CheckEffect, Decision, TestCase, evaluate};
use iamdx::iam::{
    Action, Context, ContextValue, Coverage, Document, Fault, Field, Hierarchy, Layer, Policy, PolicyOrigin, PolicySet,
    PolicyType, Principal, Request, Severity,
};
use iamdx::remedy::{Disposition, Edit, EditOp, NewValue, Remedy, RemedyId, RemedyKind, RequestChange, Title, propose};
use iamdx::report::words::difference::access_change;
use iamdx::report::words::policy_change::changes;
use iamdx::report::words::remedy::title;
use iamdx::snapshot::Snapshot;
use iamdx::text::Source;
use serde_json::{Value, json};

use crate::support::around;
use crate::support::brute::{Documents, Memo, Reader, Surroundings, actions, contexts, exists, one_policy, resources};
use crate::support::generate::Random;
use crate::support::scene::{Scene, as_if_seen, scene};
use crate::support::second::judge;

type Counts = BTreeMap<&'static str, u64>;

/// How much of the small world is tried for each fix.
const ACTIONS: usize = 6;
const RESOURCES: usize = 7;
const CONTEXTS: usize = 7;

fn count(counts: &mut Counts, what: &'static str, how_many: usize) {
    *counts.entry(what).or_default() += how_many as u64;
}

/// An error instead of a panic, so that a run shows more than the first.
fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

/// The case with the edits carried out.
fn edited(case: &Value, policies: &PolicySet, edits: &[&Edit]) -> Value {
    let mut case = case.clone();
    for edit in edits {
        let document: Value = serde_json::from_str(edit.after.document.source.text()).unwrap();
        let kind = if edit.policy_type == PolicyType::RoleTrust { "resource-based" } else { edit.policy_type.id() };
        let new = json!({"name": edit.after.name, "document": document});
        if edit.op == EditOp::Create {
            let list = case["policies"].as_object_mut().unwrap().entry(kind).or_insert_with(|| json!([]));
            let list = if kind == "service-control" {
                let mut levels = policies.service_control.levels.iter();
                &mut list[levels.position(|level| Some(&level.target) == edit.target.as_ref()).unwrap()]
            } else {
                list
            };
            list.as_array_mut().unwrap().push(new);
            continue;
        }
        let replace = |policy: &mut Value| {
            let hit = policy["name"] == edit.after.name.as_str();
            if hit {
                *policy = new.clone();
            }
            usize::from(hit)
        };
        let list = case["policies"][kind].as_array_mut().unwrap();
        let hits: usize = if kind.ends_with("-control") {
            list.iter_mut().flat_map(|level| level.as_array_mut().unwrap()).map(replace).sum()
        } else {
            list.iter_mut().map(replace).sum()
        };
        let shared = edit.after.name.starts_with("shared-") && hits > 1;
        assert!(hits == 1 || shared, "{} must be there once", edit.after.name);
    }
    case
}

/// The policies of a case in JSON, with what is known of the layers as it was.
fn read(case: &Value, before: &PolicySet) -> PolicySet {
    let mut set = TestCase::parse(&case.to_string()).unwrap().policies;
    let layers = [
        (&mut set.resource, &before.resource),
        (&mut set.boundary, &before.boundary),
        (&mut set.session, &before.session),
        (&mut set.vpc_endpoint, &before.vpc_endpoint),
    ];
    for (layer, known) in layers {
        layer.coverage = known.coverage.clone();
    }
    set.service_control.coverage = before.service_control.coverage.clone();
    set.resource_control.coverage = before.resource_control.coverage.clone();
    *set
}

fn check(scene: &Scene, random: &mut Random, counts: &mut Counts) -> Result<(), String> {
    let evaluation = evaluate(&scene.request, &scene.policies);
    match evaluation.decision {
        Decision::Allowed => return Ok(()),
        Decision::ExplicitDeny => count(counts, "denied explicitly", 1),
        Decision::ImplicitDeny => count(counts, "denied implicitly", 1),
        Decision::Undetermined => count(counts, "denied by AWS's word", 1),
    }
    let (answers, snapshot) = (AwsEvidence::default(), Snapshot::default());
    let policies = &scene.policies;
    let mut evidence = DenialContext::new(&scene.denial, &scene.request, policies, &evaluation, &answers, &snapshot);
    evidence.gaps = &scene.gaps;
    evidence.secret_seen = scene.secret_seen;
    evidence.target_quarantined = scene.target_quarantined;
    let diagnosis = diagnose(&evidence);
    let certain = evaluation.decision != Decision::Undetermined;
    ensure(!certain || !diagnosis.blockers.is_empty(), || "a denied request has a blocker".to_owned())?;
    let remedies = propose(&evidence, &diagnosis);
    if scene.quarantined {
        count(counts, "quarantined", 1);
        let incident = |remedy: &Remedy| {
            remedy.kind == RemedyKind::IncidentResponse
                && remedy.disposition == Disposition::Refused
                && remedy.edits.is_empty()
        };
        return ensure(diagnosis.incident && remedies.len() == 1 && remedies.iter().all(incident), || {
            format!("something is offered for a quarantined principal: {remedies:?}")
        });
    }
    ensure(!certain || !remedies.is_empty(), || "a fix or a reason".to_owned())?;
    let fixes: Vec<&Remedy> = remedies.iter().filter(|remedy| !remedy.edits.is_empty()).collect();
    for remedy in &remedies {
        let safe = remedy.disposition == Disposition::Safe;
        ensure(!(scene.secret_seen && safe), || format!("safe beside credentials: {}", title(remedy)))?;
        match (remedy.id, &remedy.verification) {
            (RemedyId::ChangeTheRequest, Some(_)) => {
                count(counts, "fixes: change the request", 1);
                changes_the_request(scene, remedy)?;
            }
            (_, Some(_)) => {}
            _ if remedy.disposition == Disposition::Refused => count(counts, "refused", 1),
            _ => count(counts, "nothing but to ask", 1),
        }
    }
    count(counts, if fixes.is_empty() { "requests without a fix" } else { "requests with a fix" }, 1);
    for remedy in fixes {
        fix(scene, &diagnosis, remedy, random, counts).map_err(|error| format!("{}: {error}", title(remedy)))?;
    }
    Ok(())
}

/// A fix by changes of policies.
fn fix(
    scene: &Scene,
    diagnosis: &Diagnosis,
    remedy: &Remedy,
    random: &mut Random,
    counts: &mut Counts,
) -> Result<(), String> {
    let edits: Vec<&Edit> = remedy.edits.iter().collect();
    let before = as_if_seen(&scene.policies);
    let after_json = edited(&scene.json, &before, &edits);
    let after = read(&after_json, &before);
    let decide = |json: &Value| evaluate(&scene.request, &read(json, &before)).decision;
    let verification = remedy.verification.as_ref().unwrap();
    if !verification.conditional_on.is_empty() {
        count(counts, "fixes: rest on a policy that was not seen", 1);
        return with_premises(scene, remedy, after_json, &before);
    }
    ensure(decide(&after_json) == Decision::Allowed, || {
        format!("is {:?} after it\n{after_json}", decide(&after_json))
    })?;
    let second = judge(&after_json).decision;
    ensure(second == "allowed", || format!("is {second} after it by the second evaluator\n{after_json}"))?;
    ensure(verification.decision_after == Decision::Allowed, || "says that it does not help".to_owned())?;
    ensure(verification.size.is_none_or(|size| size.characters <= size.quota), || "is too large".to_owned())?;
    for (index, edit) in edits.iter().enumerate() {
        well_formed(edit)?;
        answers_a_blocker(diagnosis, edit)?;
        let rest: Vec<&Edit> = edits.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, edit)| *edit).collect();
        let without = decide(&edited(&scene.json, &before, &rest));
        ensure(without != Decision::Allowed, || format!("`{}` is not needed", changes(edit)))?;
    }
    let exact = verification.exactly_minimal;
    count(
        counts,
        match (remedy.kind, exact) {
            (RemedyKind::Grant, true) => "fixes: grant, exact",
            (RemedyKind::Grant, false) => "fixes: grant, opens more",
            (RemedyKind::NarrowDeny, true) => "fixes: narrowed deny, exact",
            (RemedyKind::NarrowDeny, false) => "fixes: narrowed deny, opens more",
            (RemedyKind::NarrowAndGrant, true) => "fixes: narrowed deny and grant, exact",
            (RemedyKind::NarrowAndGrant, false) => "fixes: narrowed deny and grant, opens more",
            _ => "fixes: other",
        },
        1,
    );
    for edit in &edits {
        count(counts, if edit.op == EditOp::Create { "edits: new policy" } else { "edits: changed policy" }, 1);
    }
    let bypassed = in_other_contexts(scene, remedy, [&before, &after], [&scene.json, &after_json], random, counts)?;
    if remedy.disposition == Disposition::Safe {
        // every request that is opened is tried below to be this action on this resource
        let alone = verification.only_this_access && !bypassed;
        let harmless =
            alone && verification.compared.newly_denied.is_empty() && verification.no_longer_denied.is_empty();
        ensure(harmless, || "is called safe and is not".to_owned())?;
    }
    compared(scene, remedy, [&before, &after], [&scene.json, &after_json], random, counts)?;
    others_stay_denied(scene, remedy, [&before, &after], random, counts)
}

/// The denied action on its resource in every other context near its own: what is called exact opens none of them, and no grant opens
/// one that differs in what an Allow of its layer demands. Says whether there is such an Allow.
fn in_other_contexts(
    scene: &Scene,
    remedy: &Remedy,
    [before, after]: [&PolicySet; 2],
    json: [&Value; 2],
    random: &mut Random,
    counts: &mut Counts,
) -> Result<bool, String> {
    let own = &scene.request.context;
    let in_context = |context: &Context| scene.request.clone().in_context(context.clone());
    let opened = |context: &Context| {
        let asking = in_context(context);
        let [was, now] = [before, after].map(|set| evaluate(&asking, set).decision);
        was != Decision::Allowed && now == Decision::Allowed
    };
    let tested = around::tested(json);
    let exact = remedy.verification.as_ref().unwrap().exactly_minimal;
    count(counts, "fixes: exact, where a condition tests the context", usize::from(exact && !tested.is_empty()));
    for (shown, context) in around::variations(own, &tested, random) {
        count(counts, "other contexts of the denied request tried", 1);
        let opened = opened(&context);
        count(counts, "other contexts of the denied request that were opened", usize::from(opened));
        ensure(!(exact && opened), || format!("is called exact and opens it when {shown}"))?;
    }
    let layer = |edit: &Edit| matches!(edit.policy_type, PolicyType::IdentityBased | PolicyType::Session);
    let kinds: Vec<&str> = remedy.edits.iter().filter(|edit| layer(edit)).map(|edit| edit.policy_type.id()).collect();
    let known = around::with_context(&scene.json, own);
    let mut bypassed = false;
    for kind in kinds.into_iter().filter(|_| remedy.kind == RemedyKind::Grant) {
        let gates = around::unmet(&known, kind);
        bypassed |= !gates.is_empty();
        if remedy.edits.len() > 1 {
            // what another layer lets through then, this one may have allowed before
            continue;
        }
        // a list of values admits parts of itself, and one number is written in many ways
        let plain = |line: &around::Line| {
            let operator = line.operator.to_lowercase();
            // and who cannot have MFA does without, alone
            !operator.contains(':') && !operator.contains("numeric") && line.key != "aws:multifactorauthpresent"
        };
        if !gates.iter().flatten().all(plain) {
            continue;
        }
        let goes_around = |gate: &[around::Line]| {
            let values = |line: &around::Line| around::values(&line.key, gate);
            let mut varied: Vec<_> = gate.iter().map(|line| (line.key.clone(), values(line))).collect();
            varied.sort_by(|one, other| one.0.cmp(&other.0));
            varied.dedup_by(|one, other| one.0 == other.0);
            let mut singles = around::variations(own, &varied, &mut Random::new(1)).into_iter();
            singles.find(|(_, context)| opened(context)).map(|(shown, _)| shown)
        };
        count(counts, "grants where a condition of an Allow does not hold", usize::from(!gates.is_empty()));
        let around: Vec<_> = gates.iter().map(|gate| goes_around(gate)).collect();
        ensure(around.is_empty() || around.contains(&None), || {
            let new: Vec<&str> = remedy.edits.iter().map(|edit| edit.after.document.source.text()).collect();
            format!("goes around a condition of an Allow: opens it when {around:?}\n{}", new.join("\n"))
        })?;
    }
    Ok(bypassed)
}

/// A fix that rests on policies that were not seen works once they hold the statements that are asked for.
fn with_premises(scene: &Scene, remedy: &Remedy, mut json: Value, before: &PolicySet) -> Result<(), String> {
    let verification = remedy.verification.as_ref().unwrap();
    let sure = verification.decision_after == Decision::Allowed;
    ensure(!sure && remedy.disposition != Disposition::Safe, || "is sure of what was not seen".to_owned())?;
    for premise in &verification.conditional_on {
        // a statement that must go cannot be put in
        let Some(statement) = &premise.statement else { return Ok(()) };
        let statement: Value = serde_json::from_str(statement).unwrap();
        let trust = premise.policy_type == PolicyType::RoleTrust;
        let kind = if trust { "resource-based" } else { premise.policy_type.id() };
        let list = json["policies"].as_object_mut().unwrap().entry(kind).or_insert_with(|| json!([]));
        list.as_array_mut().unwrap().push(json!({"name": "asked for", "document": {"Statement": statement}}));
    }
    if contradicts_itself(&scene.request) {
        return Ok(());
    }
    let mut set = read(&json, before);
    set.resource.coverage = Coverage::Complete;
    let decision = evaluate(&scene.request, &set).decision;
    ensure(decision == Decision::Allowed, || format!("is {decision:?} with what is asked for\n{json}"))?;
    let second = judge(&json).decision;
    ensure(second == "allowed", || format!("is {second} with what is asked for, by the second evaluator\n{json}"))
}

/// Whether the request says that its principal is somebody else, so that no statement can name it.
fn contradicts_itself(request: &Request) -> bool {
    let principal = request.principal.value().unwrap();
    let ContextValue::Present { values, .. } = request.context.get("aws:PrincipalArn") else { return false };
    let of = |given: &String| {
        let given = Principal::new(given);
        given == *principal || (given.account(), given.name()) == (principal.account(), principal.name())
    };
    !values.iter().all(of) || values.len() != 1
}

/// The edited document has no defect that the old one does not have.
fn well_formed(edit: &Edit) -> Result<(), String> {
    let defects = |policy: &Policy| -> Vec<String> {
        let problems = policy.document.problems_as(policy.policy_type);
        let serious = problems.into_iter().filter(|problem| {
            problem.fault.severity() != Severity::Warning
                || matches!(problem.fault, Fault::Repeated(_) | Fault::RepeatedSid(_))
        });
        serious.map(|problem| problem.fault.to_string()).collect()
    };
    let old = edit.before.as_ref().map(|policy| defects(policy)).unwrap_or_default();
    let new: Vec<String> = defects(&edit.after).into_iter().filter(|defect| !old.contains(defect)).collect();
    ensure(new.is_empty(), || format!("{new:?} in {}", edit.after.document.source.text()))
}

/// Each edit is there for something that blocks the request, or says on what it depends.
fn answers_a_blocker(diagnosis: &Diagnosis, edit: &Edit) -> Result<(), String> {
    let answered = diagnosis.blockers.iter().any(|blocker| {
        let same_place = blocker.target.is_none() || edit.target.is_none() || blocker.target == edit.target;
        blocker.policy_type.normalized() == edit.policy_type.normalized() && same_place
    });
    ensure(answered || edit.changes.iter().any(|change| change.unless.is_some()), || {
        let why: Vec<_> = diagnosis.blockers.iter().map(|blocker| &blocker.why).collect();
        format!("no blocker explains `{}` of {} at {:?}: {why:?}", changes(edit), edit.policy_type, edit.target)
    })
}

/// What the title says, put into the request: both evaluators allow it then.
fn changes_the_request(scene: &Scene, remedy: &Remedy) -> Result<(), String> {
    let mut json = scene.json.clone();
    let Title::ChangeRequest(changes) = &remedy.title else { panic!("{:?}", remedy.title) };
    let title = title(remedy);
    for RequestChange { key, to } in changes {
        let NewValue::Value(value) = to else { panic!("{to:?}") };
        let context = json["request"]["context"].as_object_mut().unwrap();
        context.retain(|name, _| !name.eq_ignore_ascii_case(key));
        context.insert(key.to_owned(), json!([value]));
        if let Some(many) = json["request"]["multivalued_keys"].as_array_mut() {
            many.retain(|name| !name.as_str().unwrap().eq_ignore_ascii_case(key));
        }
        let resource = json["request"]["resource"].as_str().unwrap().to_owned();
        let mut parts: Vec<&str> = resource.splitn(6, ':').collect();
        if key.eq_ignore_ascii_case("aws:RequestedRegion") && parts.len() == 6 {
            parts[3] = value;
            json["request"]["resource"] = json!(parts.join(":"));
        }
    }
    let request = TestCase::parse(&json.to_string()).unwrap().request;
    let decision = evaluate(&request, &as_if_seen(&scene.policies)).decision;
    ensure(decision == Decision::Allowed, || format!("{title}: is {decision:?} then"))?;
    let second = judge(&json).decision;
    ensure(second == "allowed", || format!("{title}: is {second} then by the second evaluator"))
}

/// The comparison of the remedy.
fn told(remedy: &Remedy) -> &Difference {
    &remedy.verification.as_ref().unwrap().compared
}

/// A policy of a resource that leaves the decision to the account.
fn account_decides(account: Option<&str>) -> Layer {
    let Some(account) = account else { return Layer::empty() };
    let policy = Policy::new(
        "the account decides",
        PolicyType::ResourceBased,
        Document::parse(Source::new("key policy", delegating(account).to_string())).unwrap(),
    );
    Layer::complete(vec![Arc::new(policy)])
}

fn delegating(account: &str) -> Value {
    json!({"Statement": {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "*", "Resource": "*"}})
}

/// What belongs to the principal, and so to every request of it.
const OF_PRINCIPAL: [&str; 5] =
    ["aws:principalarn", "aws:username", "aws:principalorgid", "aws:principalorgpaths", "aws:principaltag/"];

/// The small world of one fix, and what is told about it.
struct World<'w> {
    request: &'w Request,
    remedy: &'w Remedy,
    told: &'w Difference,
    /// Whether resources without a policy are a comparison of their own, because the request names none.
    twice: bool,
    /// Before and after, at hand and for resources whose policy leaves the decision to the account.
    at_hand: [&'w PolicySet; 2],
    elsewhere: [PolicySet; 2],
    json: [&'w Value; 2],
    documents: Documents,
    actions: Vec<Action>,
    resources: Vec<String>,
    contexts: Vec<Surroundings>,
}

/// The comparison against the answers to every request of a small world.
fn compared(
    scene: &Scene,
    remedy: &Remedy,
    [before, after]: [&PolicySet; 2],
    json: [&Value; 2],
    random: &mut Random,
    counts: &mut Counts,
) -> Result<(), String> {
    let request = &scene.request;
    let told = told(remedy);
    let about_resource = |edit: &Edit| matches!(edit.policy_type, PolicyType::ResourceBased | PolicyType::RoleTrust);
    let nameless = request.resource.value().unwrap() == "*";
    let twice = nameless && !before.resource.policies.is_empty() && !remedy.edits.iter().all(about_resource);
    count(counts, "regions compared", told.newly_allowed.len() + told.newly_denied.len());
    count(counts, "differences that say what was not compared", usize::from(!told.cannot_tell.is_empty()));
    let (action, resource) = (request.action.value().unwrap(), request.resource.value().unwrap().as_str());
    let documents = Documents::of(json);
    let mut fixed = Context::new();
    for (key, value) in request.context.iter() {
        if OF_PRINCIPAL.iter().any(|of| key == *of || (of.ends_with('/') && key.starts_with(of))) {
            fixed.set(key, value.clone());
        }
    }
    let elsewhere = |set: &PolicySet| {
        let mut set = set.clone();
        set.resource = account_decides(request.principal.value().and_then(Principal::account));
        set
    };
    let world = World {
        request,
        remedy,
        told,
        twice,
        at_hand: [before, after],
        elsewhere: [elsewhere(before), elsewhere(after)],
        json,
        contexts: contexts(&fixed, &documents, random, CONTEXTS),
        actions: actions(action, &documents, random, ACTIONS),
        resources: resources(resource, &documents, random, RESOURCES),
        documents,
    };
    world.try_all(random, counts)
}

impl World<'_> {
    fn asked(&self) -> (&Action, &str) {
        (self.request.action.value().unwrap(), self.request.resource.value().unwrap())
    }

    fn try_all(&self, random: &mut Random, counts: &mut Counts) -> Result<(), String> {
        let reader = Reader { documents: &self.documents, asked: self.asked().1 };
        let regions: Vec<(&AccessChange, bool)> = (self.told.newly_allowed.iter().map(|region| (region, true)))
            .chain(self.told.newly_denied.iter().map(|region| (region, false)))
            .collect();
        for (region, allowed) in &regions {
            self.confirmed(region, *allowed)?;
        }
        let typed: Vec<Context> = self.contexts.iter().map(Surroundings::context).collect();
        let [mut by_action, mut by_resource, mut by_context] = [Memo::default(), Memo::default(), Memo::default()];
        for (a, action) in self.actions.iter().enumerate() {
            for (r, resource) in self.resources.iter().enumerate() {
                if !exists(action, resource, self.asked()) {
                    continue;
                }
                for (c, context) in self.contexts.iter().enumerate() {
                    let mut asking = self.request.clone().in_context(typed[c].clone());
                    asking.action = Field::Known(action.clone());
                    asking.resource = Field::Known(resource.clone());
                    let Some([opened, closed]) = self.decided(&asking, context, random, counts)? else { continue };
                    let mut found = [Some(false), Some(false)];
                    for (n, (region, allowed)) in regions.iter().enumerate() {
                        let mut holds = by_action.get((n, a, 0), || reader.action(region, action));
                        if holds != Some(false) {
                            holds =
                                and(holds, by_resource.get((n, r, c), || reader.resource(region, resource, context)));
                        }
                        if holds != Some(false) {
                            holds = and(holds, by_context.get((n, c, 0), || reader.conditions(region, context)));
                        }
                        let found = &mut found[usize::from(!allowed)];
                        *found = or(*found, holds);
                    }
                    for (told, happened) in found.into_iter().zip([opened, closed]) {
                        let shown = || format!("told {told:?}, is {happened}: {}", self.shown(&asking));
                        self.judge(told, happened, counts).map_err(|()| shown())?;
                    }
                    let only = (action, resource.as_str()) == self.asked();
                    let exact = self.remedy.verification.as_ref().unwrap().exactly_minimal;
                    ensure(!opened || only || !exact, || format!("is called exact: {}", self.shown(&asking)))?;
                    let alone = self.remedy.verification.as_ref().unwrap().only_this_access;
                    ensure(!opened || only || !alone, || format!("opens more: {}", self.shown(&asking)))?;
                }
            }
        }
        Ok(())
    }

    /// What was told of one request against what happened to it.
    fn judge(&self, told: Option<bool>, happened: bool, counts: &mut Counts) -> Result<(), ()> {
        match told {
            None => count(counts, "requests tried that the words leave open", 1),
            Some(told) if told == happened => {}
            Some(_) if !self.told.cannot_tell.is_empty() => {
                count(counts, "requests tried that are among what was not compared", 1);
            }
            Some(_) => return Err(()),
        }
        Ok(())
    }

    /// Whether the request became allowed, and whether it became denied; `None` where either side is undetermined.
    fn decided(
        &self,
        asking: &Request,
        context: &Surroundings,
        random: &mut Random,
        counts: &mut Counts,
    ) -> Result<Option<[bool; 2]>, String> {
        let (_, asked) = self.asked();
        let has_policy = self.at_hand.iter().any(|set| !set.resource.policies.is_empty());
        let own = has_policy && (asked == "*" || one_policy(asked, asking.resource.value().unwrap()));
        let decide = |set: &PolicySet| evaluate(asking, set).decision;
        let [was, now] = &self.elsewhere;
        let mut decisions = vec![if own { self.at_hand.map(decide) } else { [was, now].map(decide) }];
        if self.twice && own {
            decisions.push([was, now].map(decide));
        }
        count(counts, "requests tried", 1);
        if own && random.chance(1) {
            second_agrees(asking, context, self.json, decisions[0])?;
            count(counts, "requests tried that the second evaluator was asked about", 1);
        }
        if decisions.iter().flatten().any(|decision| *decision == Decision::Undetermined) {
            count(counts, "requests tried that are undetermined", 1);
            return Ok(None);
        }
        let is = |decision: Decision| decision == Decision::Allowed;
        let opened = decisions.iter().any(|[was, now]| !is(*was) && is(*now));
        let closed = decisions.iter().any(|[was, now]| is(*was) && !is(*now));
        count(counts, "requests tried that became allowed", usize::from(opened));
        count(counts, "requests tried that became denied", usize::from(closed));
        Ok(Some([opened, closed]))
    }

    /// The region's example is decided as the region says.
    fn confirmed(&self, region: &AccessChange, allowed: bool) -> Result<(), String> {
        let is = |set: &PolicySet| evaluate(&region.example, set).decision == Decision::Allowed;
        let changed = |[was, now]: [&PolicySet; 2]| (is(was), is(now)) == (!allowed, allowed);
        let [was, now] = &self.elsewhere;
        ensure(changed(self.at_hand) || changed([was, now]), || {
            format!("the example of {} says something else: {:?}", access_change(region), region.example)
        })
    }

    fn shown(&self, asking: &Request) -> String {
        let words = |regions: &[AccessChange]| regions.iter().map(access_change).collect::<Vec<_>>();
        let decide = |set: &PolicySet| evaluate(asking, set).decision;
        let [was, now] = &self.elsewhere;
        format!(
            "{} on {} in {:?}: {:?}, elsewhere {:?}; opens {:?}, closes {:?}, not compared {:?}",
            asking.action.value().unwrap(),
            asking.resource.value().unwrap(),
            asking.context.iter().collect::<Vec<_>>(),
            self.at_hand.map(decide),
            [was, now].map(decide),
            words(&self.told.newly_allowed),
            words(&self.told.newly_denied),
            self.told.cannot_tell
        )
    }
}

fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    if a == Some(false) || b == Some(false) { Some(false) } else { a.and(b) }
}

fn or(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    if a == Some(true) || b == Some(true) { Some(true) } else { a.and(b) }
}

fn second_agrees(
    asking: &Request,
    context: &Surroundings,
    json: [&Value; 2],
    first: [Decision; 2],
) -> Result<(), String> {
    for (json, first) in json.into_iter().zip(first) {
        let mut case = json.clone();
        case["request"]["action"] = json!(asking.action.value().unwrap().to_string());
        case["request"]["resource"] = json!(asking.resource.value().unwrap());
        context.put_into(&mut case);
        let second = judge(&case).decision;
        ensure(second == first.id(), || format!("the evaluators differ, {first:?} and {second}: {case}"))?;
    }
    Ok(())
}

/// Principals whom the same policies of the organization, the resource and the account are about.
const SOMEBODY_ELSE: [&str; 4] = [
    "arn:aws:iam::111122223333:user/somebody-else",
    "arn:aws:iam::111122223333:role/ops/other",
    "arn:aws:sts::111122223333:assumed-role/other/run-1",
    "arn:aws:iam::444455556666:user/somebody-else",
];

/// The policies that bind somebody else too.
fn binding(set: &PolicySet, kept: &PolicySet, same_account: bool) -> PolicySet {
    // by name, since the edited policies come from JSON; a new inline policy belongs to one principal
    let shared = |layer: &Layer, like: &Layer| {
        let of = |policy: &Arc<Policy>| {
            let known = like.policies.iter().find(|other| other.name == policy.name);
            known.is_some_and(|known| {
                let group = known.attached_to.iter().any(|arn| arn.contains(":group/"));
                known.origin != PolicyOrigin::Inline || group
            })
        };
        Layer::complete(layer.policies.iter().filter(|policy| of(policy)).cloned().collect())
    };
    let mut shared_set = set.clone();
    shared_set.identity = shared(&set.identity, &kept.identity);
    shared_set.session = Layer::empty();
    if !same_account {
        shared_set.service_control = Hierarchy::empty();
    }
    shared_set
}

/// Nobody else gains anything that is not said, and no Deny is lifted from anybody else.
fn others_stay_denied(
    scene: &Scene,
    remedy: &Remedy,
    [before, after]: [&PolicySet; 2],
    random: &mut Random,
    counts: &mut Counts,
) -> Result<(), String> {
    let said = !remedy.verification.as_ref().unwrap().shared.is_empty();
    let request = &scene.request;
    let account = request.principal.value().and_then(Principal::account);
    let arn = random.pick(&SOMEBODY_ELSE);
    let other = Principal::new(arn);
    let same_account = other.account() == account;
    let mut context = request.context.clone();
    let role = arn.replace(":sts:", ":iam:").replace(":assumed-role/other/run-1", ":role/other");
    context.set("aws:PrincipalArn", ContextValue::Present { values: vec![role.clone()], multivalued: false });
    context.set_complete(true);
    let sets = [before, after].map(|set| binding(set, &scene.policies, same_account));
    let documents = Documents::of([&scene.json, &scene.json]);
    let asked = (request.action.value().unwrap(), request.resource.value().unwrap());
    for action in actions(asked.0, &documents, random, 4) {
        for resource in resources(asked.1, &documents, random, 4) {
            if resource != *asked.1 && !one_policy(asked.1, &resource) && !before.resource.policies.is_empty() {
                continue;
            }
            count(counts, "requests of others tried", 1);
            let mut asking = request.clone().in_context(context.clone());
            asking.principal = Field::Known(other.clone());
            asking.role = None;
            asking.action = Field::Known(action.clone());
            asking.resource = Field::Known(resource.clone());
            let [was, now] = [&sets[0], &sets[1]].map(|set| evaluate(&asking, set));
            let shown = || format!("{arn} and {action} on {resource}: {:?}, then {:?}", was.decision, now.decision);
            for check in &was.checks {
                let is_it = |then: &&Check| (check.policy_type, &check.target) == (then.policy_type, &then.target);
                let then = now.checks.iter().find(is_it);
                // where there was no policy of the resource there was nothing that it was attached to
                let is_new = before.resource.policies.is_empty() && check.policy_type == PolicyType::ResourceBased;
                let denied = check.effect == CheckEffect::ExplicitDeny;
                let kept = then.is_some_and(|then| !denied || then.effect == CheckEffect::ExplicitDeny);
                ensure(kept || (is_new && !denied), || format!("a Deny is lifted from others: {}", shown()))?;
            }
            let opened = was.decision != Decision::Allowed && now.decision == Decision::Allowed;
            ensure(!opened || said, || format!("others are allowed more: {}", shown()))?;
        }
    }
    Ok(())
}

/// A seed of its own for each case, so that one can be run alone.
fn of_case(seed: u64, number: u64) -> Random {
    Random::new(seed.wrapping_mul(0x2545_F491_4F6C_DD1D).wrapping_add(number << 24))
}

#[test]
fn every_fix_works_by_two_evaluators_and_opens_what_it_says() {
    let setting = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = setting("IAMDX_SEED").unwrap_or(20_261_123);
    let cases = setting("IAMDX_REMEDIES").unwrap_or(200);
    let mut counts = Counts::new();
    let mut failures = Vec::new();
    let numbers = setting("IAMDX_CASE").map_or(0..cases, |case| case..case + 1);
    for number in numbers.clone() {
        let mut random = of_case(seed, number);
        let scene = scene(&mut random);
        if let Err(error) = check(&scene, &mut random, &mut counts) {
            failures.push(format!("case {number}, seed {seed}: {error}\n{}\n", scene.json));
        }
        if failures.len() > 20 {
            break;
        }
    }
    println!("{} cases, seed {seed}", numbers.end - numbers.start);
    for (what, how_many) in &counts {
        println!("{how_many:>12} {what}");
    }
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
    let with = counts.get("requests with a fix").copied().unwrap_or(0);
    let tried = numbers.end - numbers.start;
    assert!(tried < 100 || with > tried / 10, "the cases must put the question: {counts:?}");
}
