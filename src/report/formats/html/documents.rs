//! The policies of a report: each with a place on the page, and what each of its statements does for the request.

use std::sync::Arc;

use maud::{Markup, html};

use super::case::Case;
use super::source::{Lines, Part, Tone, masked, statement_id};
use super::{capital, plain, said};
use crate::deduce::Basis;
use crate::diagnose::StatementRef;
use crate::iam::{Effect, Policy};
use crate::report::sections::named;
use crate::report::words::{
    self,
    sheet::{self, ORDER},
};

/// What a statement does for the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It matches, or may.
    Matches(Effect, Basis),
    /// It nearly allows.
    Near,
}

/// A statement that plays a part.
pub(super) struct Player {
    pub(super) statement: StatementRef,
    pub(super) role: Role,
}

impl Player {
    pub(super) const fn tone(&self) -> Tone {
        match self.role {
            Role::Matches(Effect::Deny, Basis::Evaluated | Basis::Deduced) => Tone::Block,
            Role::Matches(Effect::Allow, Basis::Evaluated | Basis::Deduced) => Tone::Fix,
            Role::Matches(_, Basis::Possible) | Role::Near => Tone::Maybe,
        }
    }

    /// What it does, in words.
    pub(super) const fn role(&self) -> &'static str {
        match self.role {
            Role::Matches(effect, basis) => sheet::role(effect, basis),
            Role::Near => sheet::NEAR,
        }
    }

    /// How it is shown in its document.
    fn part(&self) -> Part<'_> {
        let truths = |wanted: fn(crate::evaluate::Truth) -> bool| {
            self.statement.reasons.iter().filter(move |reason| wanted(reason.truth)).collect()
        };
        let (marked, explained) = match self.role {
            Role::Matches(_, Basis::Possible) => (truths(|truth| !truth.is_false()), true),
            Role::Matches(effect, _) => (truths(crate::evaluate::Truth::is_true), effect == Effect::Deny),
            Role::Near => (truths(|truth| !truth.is_true()), true),
        };
        Part { index: self.statement.index, tone: self.tone(), marked, explained }
    }
}

/// So many lines of documents are shown, all together: a page that is sent on is small.
const ALL: usize = 3000;
/// Where there are more, a longer document is shown where it matters.
const LONG: usize = 80;

struct Entry<'a> {
    policy: &'a Arc<Policy>,
    players: Vec<Player>,
}

/// Every policy of a report, in the order in which AWS looks at them.
pub(super) struct Documents<'a> {
    prefix: &'a str,
    entries: Vec<Entry<'a>>,
}

impl<'a> Documents<'a> {
    pub(super) fn new(case: &Case<'a>, prefix: &'a str) -> Self {
        let mut documents = Self { prefix, entries: Vec::new() };
        for policy_type in ORDER {
            for policy in case.policies.layer(policy_type).all() {
                documents.entry(policy);
            }
        }
        for blocker in case.blockers {
            if let Some(statement) = &blocker.statement {
                documents.play(statement, || Role::Matches(Effect::Deny, blocker.basis));
            }
        }
        for outcome in case.evaluation.checks.iter().flat_map(|check| &check.outcomes) {
            let basis = match outcome.matched() {
                truth if truth.is_true() => Basis::Evaluated,
                truth if truth.is_false() => continue,
                _ => Basis::Possible,
            };
            let statement = StatementRef::new(case.request, &outcome.policy, outcome.statement);
            // the policy that is shown is that of the report, of which the outcome has a handle
            if let Some(entry) = documents.entries.iter_mut().find(|entry| is_same(entry.policy, &outcome.policy)) {
                add(entry, statement, Role::Matches(outcome.effect, basis));
            }
        }
        for near in case.near_misses {
            documents.play(&near.statement, || Role::Near);
        }
        documents
    }

    fn entry(&mut self, policy: &'a Arc<Policy>) {
        if !self.entries.iter().any(|entry| is_same(entry.policy, policy)) {
            self.entries.push(Entry { policy, players: Vec::new() });
        }
    }

    fn play(&mut self, statement: &'a StatementRef, role: impl Fn() -> Role) {
        self.entry(&statement.policy);
        if let Some(entry) = self.entries.iter_mut().find(|entry| is_same(entry.policy, &statement.policy)) {
            add(entry, statement.clone(), role());
        }
    }

    /// The statements of a policy that play a part.
    pub(super) fn players(&self, policy: &Policy) -> &[Player] {
        self.entries.iter().find(|entry| is_same(entry.policy, policy)).map_or(&[], |entry| &entry.players)
    }

    /// The place of a policy.
    pub(super) fn id(&self, policy: &Policy) -> Option<String> {
        let number = self.entries.iter().position(|entry| is_same(entry.policy, policy))?;
        Some(format!("{}d{number}", self.prefix))
    }

    /// A link to a policy.
    pub(super) fn link(&self, policy: &Policy) -> Markup {
        let name = plain(&policy.name);
        html! { @if let Some(id) = self.id(policy) { a href={ "#" (id) } { (name) } } @else { (name) } }
    }

    /// A link to a statement, with its line.
    pub(super) fn statement_link(&self, statement: &StatementRef) -> Markup {
        let policy = &statement.policy;
        let name = said(&capital(&words::statement::name(&statement.name())));
        let line = statement.statement().map(|own| policy.document.position(own.span).line);
        html! {
            @match self.id(policy) {
                Some(id) => a href={ "#" (statement_id(&id, statement.index)) } { (name) },
                None => (name),
            }
            " " (sheet::OF) " " (plain(&policy.name))
            @if let Some(line) = line { span class="aside" { ", " (sheet::line(line)) } }
        }
    }

    /// One statement with what is marked in it.
    pub(super) fn excerpt(player: &Player) -> Markup {
        let document = &player.statement.policy.document;
        let text = masked(document);
        let lines = Lines::new(document, &text, &[player.part()]);
        html! {
            @if lines.is_reformatted() { p class="aside" { (sheet::REFORMATTED) } }
            (lines.statement(player.statement.index))
        }
    }

    /// All of them; those that decide are open.
    pub(super) fn markup(&self, back: &str) -> Markup {
        let lines = |entry: &Entry<'_>| {
            let document = &entry.policy.document;
            Lines::new(document, &masked(document), &[]).count()
        };
        let most = if self.entries.iter().map(lines).sum::<usize>() > ALL { LONG } else { ALL };
        html! { @for (number, entry) in self.entries.iter().enumerate() { (self.one(number, entry, back, most)) } }
    }

    fn one(&self, number: usize, entry: &Entry<'_>, back: &str, most: usize) -> Markup {
        let id = format!("{}d{number}", self.prefix);
        let policy = entry.policy;
        let document = &policy.document;
        let text = masked(document);
        let parts: Vec<Part<'_>> = entry.players.iter().map(Player::part).collect();
        let lines = Lines::new(document, &text, &parts);
        let decides = entry.players.iter().any(|player| player.tone() == Tone::Block);
        let source = &document.source;
        html! {
            details class="doc" id=(id) open[decides] {
                summary {
                    span class="name" { (plain(&policy.name)) }
                    span class="aside" { (plain(&named(policy))) }
                    @if decides { span class="chip block" { (sheet::role(Effect::Deny, Basis::Evaluated)) } }
                }
                @if let Some(arn) = &policy.arn { p class="aside arn" { (plain(arn)) } }
                @if let Some((file, line)) = source.origin() { p class="aside" { (plain(&sheet::in_file(file, line))) } }
                @if lines.is_reformatted() { p class="aside" { (sheet::REFORMATTED) } }
                @if !entry.players.is_empty() {
                    ul class="players" {
                        @for player in &entry.players {
                            li {
                                (mark(player.tone())) " "
                                a href={ "#" (statement_id(&id, player.statement.index)) } {
                                    (said(&capital(&words::statement::name(&player.statement.name()))))
                                }
                                " " (player.role())
                            }
                        }
                    }
                }
                (lines.whole(&id, most))
                p class="back" { a href={ "#" (back) } { (sheet::BACK) } }
            }
        }
    }
}

/// A sign beside a colour: neither says anything alone.
pub(super) fn mark(tone: Tone) -> Markup {
    let sign = match tone {
        Tone::Block => "✕",
        Tone::Fix => "✓",
        Tone::Maybe => "?",
        Tone::Plain => "–",
    };
    html! { span class={ "sign " (tone.class()) } aria-hidden="true" { (sign) } }
}

fn add(entry: &mut Entry<'_>, statement: StatementRef, role: Role) {
    if !entry.players.iter().any(|player| player.statement.index == statement.index) {
        entry.players.push(Player { statement, role });
    }
}

/// A policy has several handles where names were replaced in it.
fn is_same(one: &Policy, other: &Policy) -> bool {
    std::ptr::eq(one, other)
        || (one.name == other.name && one.arn == other.arn && one.document.source == other.document.source)
}
