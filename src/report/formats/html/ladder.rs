//! The layers, in the order in which AWS looks at them: what each says, by which statement, and where that stands.

use maud::{Markup, html};

use super::case::Case;
use super::documents::{Documents, Player, mark};
use super::source::Tone;
use super::{plain, said, sentence};
use crate::deduce::Basis;
use crate::diagnose::Blocker;
use crate::evaluate::{Check, CheckEffect};
use crate::iam::{Coverage, Effect, NotApplicable, Policy, PolicyType};
use crate::report::sections::named;
use crate::report::words;
use crate::report::words::sheet::{self, ORDER, Outcome};

/// Statements of a layer that are named; more are counted.
const NAMED: usize = 4;

struct Rung<'a> {
    policy_type: PolicyType,
    target: Option<&'a str>,
    outcome: Outcome,
    check: Option<&'a Check>,
    coverage: &'a Coverage,
    blockers: Vec<&'a Blocker>,
    named: bool,
}

impl Rung<'_> {
    const fn tone(&self) -> Tone {
        match self.outcome {
            Outcome::Denies(Basis::Possible) | Outcome::LacksAllow(Basis::Possible) | Outcome::Unknown => Tone::Maybe,
            Outcome::Denies(_) | Outcome::LacksAllow(_) => Tone::Block,
            Outcome::Allows => Tone::Fix,
            Outcome::NoImpact | Outcome::GivesNothing | Outcome::NotSeen | Outcome::NotApplicable | Outcome::Empty => {
                Tone::Plain
            }
        }
    }
}

fn rungs<'a>(case: &Case<'a>) -> Vec<Rung<'a>> {
    let mut rungs = Vec::new();
    for policy_type in ORDER {
        let coverage = case.policies.layer(policy_type).coverage;
        let is_type = |other: PolicyType| other.normalized() == policy_type;
        let checks: Vec<&Check> = case.evaluation.checks.iter().filter(|check| is_type(check.policy_type)).collect();
        let blockers: Vec<&Blocker> = case.blockers.iter().filter(|blocker| is_type(blocker.policy_type)).collect();
        let named = case.named.is_some_and(is_type);
        if checks.is_empty() {
            rungs.push(rung(policy_type, None, coverage, blockers, named));
            continue;
        }
        for (number, check) in checks.iter().enumerate() {
            let fits = |blocker: &&&Blocker| {
                let level = checks.iter().position(|check| check.target == blocker.target);
                // what is of no level that was seen, such as what AWS's record tells, stands at the first one
                level.unwrap_or(0) == number
            };
            let own = blockers.iter().filter(fits).copied().collect();
            rungs.push(rung(check.policy_type, Some(check), coverage, own, named));
        }
    }
    rungs
}

fn rung<'a>(
    policy_type: PolicyType,
    check: Option<&'a Check>,
    coverage: &'a Coverage,
    blockers: Vec<&'a Blocker>,
    named: bool,
) -> Rung<'a> {
    let surest = |explicit: bool| {
        let own = blockers.iter().filter(|blocker| blocker.is_explicit() == explicit).map(|blocker| blocker.basis);
        own.min_by_key(|basis| *basis as u8)
    };
    let outcome = match (surest(true), surest(false), check.map(|check| check.effect)) {
        (Some(basis @ (Basis::Evaluated | Basis::Deduced)), ..) => Outcome::Denies(basis),
        (_, Some(basis @ (Basis::Evaluated | Basis::Deduced)), _) => Outcome::LacksAllow(basis),
        (Some(basis), ..) => Outcome::Denies(basis),
        (_, Some(basis), _) => Outcome::LacksAllow(basis),
        (.., Some(CheckEffect::Allow)) => Outcome::Allows,
        (.., Some(CheckEffect::ExplicitDeny)) => Outcome::Denies(Basis::Evaluated),
        (.., Some(CheckEffect::ImplicitDeny)) => Outcome::LacksAllow(Basis::Evaluated),
        (.., Some(_)) if check.is_some_and(|check| check.incomplete && check.outcomes.is_empty()) => Outcome::NotSeen,
        (.., Some(CheckEffect::NoImpact)) => Outcome::NoImpact,
        (.., Some(CheckEffect::Undetermined)) => Outcome::Unknown,
        (.., None) => match coverage {
            Coverage::Complete | Coverage::NotApplicable(NotApplicable::NoneSaid(_)) => Outcome::Empty,
            Coverage::NotApplicable(NotApplicable::DefaultEndpointPolicy(_)) => Outcome::Allows,
            Coverage::NotApplicable(NotApplicable::NothingOfResource(_)) => Outcome::GivesNothing,
            Coverage::NotApplicable(NotApplicable::AssumedNotToBlock(_))
            | Coverage::Gap(_)
            | Coverage::MayDelegate(_)
            | Coverage::MayDeny(_)
            | Coverage::MayAllow(_) => Outcome::NotSeen,
            Coverage::NotApplicable(_) => Outcome::NotApplicable,
        },
    };
    Rung {
        policy_type,
        target: check.and_then(|check| check.target.as_deref()),
        outcome,
        check,
        coverage,
        blockers,
        named,
    }
}

/// The place of the first layer that blocks, and all layers.
pub(super) fn ladder(case: &Case<'_>, documents: &Documents<'_>, prefix: &str) -> (Option<String>, Markup) {
    let rungs = rungs(case);
    let id = |number: usize| format!("{prefix}l{number}");
    let blocks = |rung: &&Rung<'_>| rung.tone() == Tone::Block;
    let first = rungs
        .iter()
        .position(|rung| blocks(&rung))
        .or_else(|| rungs.iter().position(|rung| rung.tone() == Tone::Maybe));
    let markup = html! {
        p class="aside" { (sheet::LADDER_IS) " " a href=(sheet::ORDER_PAGE) rel="noreferrer" { (sheet::ORDER_PAGE_IS) } }
        ol class="ladder" {
            @for (number, rung) in rungs.iter().enumerate() {
                li class=(rung.tone().class()) id=(id(number)) { (rung_markup(rung, documents)) }
            }
        }
    };
    (first.map(id), markup)
}

fn rung_markup(rung: &Rung<'_>, documents: &Documents<'_>) -> Markup {
    let head = html! {
        (mark(rung.tone()))
        span class="name" {
            (sheet::layer(rung.policy_type))
            @if let Some(target) = rung.target { span class="target" { " " (plain(target)) } }
        }
        @if rung.named { span class="chip info" { (sheet::NAMED_BY_AWS) } }
        span class={ "outcome " (rung.tone().class()) } { (sheet::outcome(rung.outcome)) }
    };
    let why = sheet::coverage(rung.coverage);
    let policies = policies(rung);
    if policies.is_empty() && rung.blockers.is_empty() {
        return html! {
            div class="rung" { (head) }
            @if let Some(why) = why { p class="aside" { (said(&why)) } }
        };
    }
    let players: Vec<&Player> = policies.iter().flat_map(|policy| documents.players(policy)).collect();
    let blocks = matches!(rung.tone(), Tone::Block | Tone::Maybe);
    // where the layer has its answer, what might have answered too is not said again
    let shown: Vec<&Player> = players.into_iter().filter(|player| concerns(rung, player)).collect();
    let statements = rung.check.map_or(0, |check| check.outcomes.len());
    html! {
        details open[blocks] {
            summary class="rung" { (head) }
            @for blocker in &rung.blockers {
                @if blocker.statement.is_none() { p { (sentence(&words::blocker::why(blocker))) } }
                @else if !blocker.implies.is_empty() { p { (sentence(&words::blocker::why(blocker))) } }
            }
            @for (number, player) in shown.iter().take(NAMED).enumerate() {
                div class="player" {
                    p {
                        (mark(player.tone())) " " (documents.statement_link(&player.statement))
                        ": " (player.role())
                    }
                    @if blocks && number < 2 { (Documents::excerpt(player)) }
                }
            }
            @if shown.len() > NAMED { p class="aside" { (sheet::more(shown.len() - NAMED)) } }
            p class="aside" {
                (sheet::searched(statements, policies.len())) ": "
                @for (number, policy) in policies.iter().enumerate() {
                    @if number > 0 { ", " }
                    (documents.link(policy))
                    @if policy.name != named(policy) { span { " (" (plain(&kind(policy))) ")" } }
                }
            }
            @if let Some(why) = why { p class="aside" { (sheet::PARTLY_SEEN) ": " (said(&why)) } }
        }
    }
}

/// A policy's kind, without its name.
fn kind(policy: &Policy) -> String {
    named(policy).replace(&policy.name, "").split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",")
}

fn concerns(rung: &Rung<'_>, player: &Player) -> bool {
    use super::documents::Role;
    match (rung.outcome, player.role) {
        (Outcome::Denies(_), Role::Matches(effect, _)) => effect == Effect::Deny,
        (Outcome::Denies(_), Role::Near) => false,
        (Outcome::LacksAllow(_), _) => true,
        (Outcome::Allows, Role::Matches(effect, _)) => effect == Effect::Allow,
        (_, role) => role != Role::Near,
    }
}

/// The policies of a layer, each once.
fn policies<'a>(rung: &Rung<'a>) -> Vec<&'a Policy> {
    let mut policies: Vec<&Policy> = Vec::new();
    let outcomes = rung.check.iter().flat_map(|check| &check.outcomes).map(|outcome| outcome.policy.as_ref());
    let blocking = rung.blockers.iter().filter_map(|blocker| blocker.statement.as_ref()).map(|own| own.policy.as_ref());
    for policy in outcomes.chain(blocking) {
        if !policies.iter().any(|known| known.name == policy.name && known.arn == policy.arn) {
            policies.push(policy);
        }
    }
    policies
}
