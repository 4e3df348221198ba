//! What to change: each edit with its lines, what was proved of it, and the commands; and what to do in an incident.

use super::blockers::named;
use crate::iam::{Command, Gap};
use crate::remedy::{
    Addition, Disposition, Edit, EditOp, PolicyAssumption, Presumed, Remedy, RemedyKind, Step, Title, Verification,
};
use crate::render::{self, Line};
use crate::report::danger::danger_lines;
use crate::report::page::{Block, Page, Tone};
use crate::report::words::first_screen::capital;
use crate::report::{Report, words};
use crate::text::{Json, parse};

/// The steps stand before everything else: whoever reads only one screen reads them.
pub(super) fn incident(page: &mut Page, report: &Report) {
    let Some(response) = report.remedies.iter().find(|remedy| remedy.kind == RemedyKind::IncidentResponse) else {
        return;
    };
    page.heading("SECURITY INCIDENT", words::remedy::title(response), Tone::Block);
    page.numbered(response.steps.iter().map(words::remedy::step));
    page.commands(4, render::commands(response).iter().flat_map(Line::to_copy));
    if let Some(why_not) = words::remedy::why_not(&response.why_not) {
        page.heading("DO NOT", &why_not, Tone::Block);
    }
}

/// Every remedy.
pub(super) fn fix(page: &mut Page, report: &Report) {
    let gaps = &report.diagnosis.gaps;
    for (remedy, among) in fixes(report) {
        if remedy.edits.is_empty() {
            advice_fix(page, remedy, gaps, among);
        } else {
            edits_fix(page, remedy, gaps, among);
        }
    }
}

/// What to change or to ask, best first; how to handle an incident stands by itself.
pub(in crate::report) fn fixes(report: &Report) -> impl Iterator<Item = (&Remedy, Among)> {
    let is_fix = |remedy: &&Remedy| remedy.kind != RemedyKind::IncidentResponse;
    let is_proved = |remedy: &Remedy| remedy.verification.as_ref().is_some_and(|proof| !proof.is_conditional());
    let some_proved = report.remedies.iter().filter(is_fix).any(is_proved);
    let fixes = report.remedies.iter().filter(is_fix).enumerate();
    fixes.map(move |(number, remedy)| (remedy, Among { is_first: number == 0, some_proved }))
}

/// How a remedy stands among the others.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct Among {
    /// Whether it is the first.
    is_first: bool,
    /// Whether one of them is proved.
    some_proved: bool,
}

impl Among {
    /// The heading: the first is the answer, every other one is another way.
    pub(super) const fn word(self, conditional: bool) -> &'static str {
        match (self.is_first, conditional) {
            (true, false) => "FIX",
            (true, true) => "FIX, IF",
            (false, false) => "OR",
            (false, true) => "OR, IF",
        }
    }
}

/// What to ask or to do, where no document that was seen is changed.
pub(in crate::report) fn advice_fix(page: &mut Page, remedy: &Remedy, gaps: &[Gap], among: Among) {
    match &remedy.verification {
        Some(proof) => {
            // what is provisioned changes what the role has
            let review = matches!(remedy.title, Title::Provision { .. });
            let much = if review { disposition(remedy) } else { "no policy changes" };
            let title = capital(&words::remedy::title(remedy));
            page.heading(
                among.word(proof.is_conditional()),
                format!("{title} ({}; {much})", remedy.owner.noun()),
                Tone::Fix,
            );
        }
        None if remedy.answers_alone() => {
            let title = words::remedy::title(remedy);
            let first = remedy.steps.iter().find_map(|step| match step {
                Step::AddHere(addition) => Some(addition),
                _ => None,
            });
            let account = first.and_then(|addition| addition.account.as_deref());
            let by = words::remedy::by(remedy, account, disposition(remedy));
            page.heading(among.word(false), format!("{title}{by}"), Tone::Fix);
        }
        None if remedy.changes_the_call() => {
            let title = words::remedy::title(remedy);
            page.heading(among.word(false), format!("{}; no policy changes", capital(&title)), Tone::Fix);
        }
        None if among.some_proved || !among.is_first => {
            let title = words::remedy::title(remedy);
            page.heading(among.word(false), format!("{}; not proved", capital(&title)), Tone::Plain);
        }
        None => {
            let title = words::remedy::title(remedy);
            // these say it themselves
            let said = matches!(
                remedy.title,
                Title::Ask(_) | Title::SearchEnded(_) | Title::GiveResource(_) | Title::GiveContext(_)
            );
            page.heading("FIX", if said { title } else { format!("{}; not proved", capital(&title)) }, Tone::Plain);
        }
    }
    // what finds the policy comes first: the steps are about it
    if matches!(remedy.title, Title::FindDeny { .. } | Title::SeeResource { .. }) {
        page.commands(6, remedy.calls.iter().flat_map(Command::to_copy));
        steps(page, remedy);
    } else {
        steps(page, remedy);
        page.commands(6, remedy.calls.iter().flat_map(Command::to_copy));
    }
    if let Some(verification) = &remedy.verification {
        proof(page, verification, gaps);
    }
    if let Some(why_not) = words::remedy::why_not(&remedy.why_not) {
        page.item(" why  ", &why_not);
    }
}

fn edits_fix(page: &mut Page, remedy: &Remedy, gaps: &[Gap], among: Among) {
    let count = if remedy.edits.len() == 1 {
        "1 change".to_owned()
    } else {
        format!("{} changes, all needed", remedy.edits.len())
    };
    let conditional = remedy.verification.as_ref().is_some_and(Verification::is_conditional);
    let several = remedy.owners().len() > 1;
    let owner = remedy.owners().join(" and ");
    let owner = if several { owner } else { words::remedy::owner(remedy).to_owned() };
    page.heading(among.word(conditional), format!("{count}; owner: {owner}; {}", disposition(remedy)), Tone::Fix);
    for (number, edit) in remedy.edits.iter().enumerate() {
        if several {
            page.item("    ", format!("for the {}:", edit.owner_in_account()));
        }
        edit_item(page, number + 1, edit);
        binds(page, edit);
    }
    steps(page, remedy);
    for assumption in remedy.verification.iter().flat_map(|proof| &proof.conditional_on) {
        premise_item(page, assumption);
    }
    if let Some(verification) = &remedy.verification {
        proof(page, verification, gaps);
    }
    if let Some(why_not) = words::remedy::why_not(&remedy.why_not) {
        page.item(" but     ", &why_not);
    }
    // a single one stands in what speaks against it
    for words in danger_lines(remedy.dangers()).iter().filter(|_| remedy.dangers().len() > 1) {
        page.item(" danger  ", words);
    }
    page.commands(4, render::commands(remedy).iter().flat_map(Line::to_copy));
    page.item(" files   ", "the documents, these commands and the way back: --write-remedies DIR");
}

/// What must hold in a policy that was not seen.
pub(in crate::report) fn premise_item(page: &mut Page, assumption: &PolicyAssumption) {
    let account = assumption.account.as_ref().map_or_else(String::new, |account| format!(" of {account}"));
    let holds = if assumption.contradicted { "; AWS says that this does not hold yet" } else { "; it was not seen" };
    page.item(
        " if      ",
        format!("{}{holds}; owner: {}{account}", words::remedy::needed(assumption), assumption.owner.noun()),
    );
    page.commands(6, assumption.how_to_see.iter().flat_map(Command::to_copy));
    if let Some(statement) = &assumption.statement {
        page.item("      ", words::remedy::add_statement());
        statement_block(page, statement);
    }
}

/// The steps for a person; a statement to add stands as a block that can be copied.
pub(in crate::report) fn steps(page: &mut Page, remedy: &Remedy) {
    for (number, step) in remedy.steps.iter().enumerate() {
        match step {
            Step::AddHere(addition) => {
                // the first one stands in the title
                if remedy.steps.iter().take(number).any(|step| matches!(step, Step::AddHere(_))) {
                    page.item(" -  ", words::addition::also_add_to(addition));
                }
                add_here(page, addition);
            }
            Step::Certainty { others, commands, credentials } => {
                page.item(" -  ", words::addition::certainty(others, credentials));
                page.commands(6, commands.iter().flat_map(Command::to_copy));
            }
            Step::GiveGrant { account, commands } => {
                page.item(" -  ", words::addition::give_grant(account));
                page.commands(6, commands.iter().flat_map(Command::to_copy));
            }
            Step::Replace(commands) => {
                page.item(" -  ", words::addition::replace());
                page.commands(6, commands.iter().flat_map(Command::to_copy));
            }
            Step::AddStatement(statement) => {
                page.item(" -  ", words::remedy::add_statement());
                statement_block(page, statement);
            }
            other => page.item(" -  ", words::remedy::step(other)),
        }
    }
}

/// A statement for a policy that was not seen: a block that pastes, then the commands, but for those that replace a policy.
fn add_here(page: &mut Page, addition: &Addition) {
    if let Some(place) = words::addition::place(addition) {
        page.item(" -  ", place);
    }
    page.code("json", 6, short(&addition.document(), 0));
    for blank in &addition.blanks {
        page.item(" -  ", words::addition::blank(blank));
    }
    let change = if addition.place.is_replaced() { &[][..] } else { &addition.change };
    page.commands(6, addition.look.iter().chain(change).flat_map(Command::to_copy));
}

/// A line of a document to copy is no longer, indented as it stands on the page.
const CODE_WIDTH: usize = 74;

/// A document with one line for each member of it and of its statement, as far as they are short.
pub(super) fn short(text: &str, level: usize) -> Vec<String> {
    let Ok(node) = parse(text) else { return vec![text.to_owned()] };
    let Json::Object(members) = Json::of(&node) else { return vec![text.to_owned()] };
    let inner = "  ".repeat(level + 1);
    let mut lines = vec!["{".to_owned()];
    let count = members.len();
    for (number, (key, value)) in members.iter().enumerate() {
        let flat = value.compact();
        let statements = if let Json::List(all) = value { Some(all).filter(|_| key == "Statement") } else { None };
        // what stands before it on the line, and the comma
        let room = CODE_WIDTH.saturating_sub(inner.len() + key.len() + 5);
        let value = if let Some([only]) = statements.map(Vec::as_slice) {
            format!("[{}]", short(&only.compact(), level + 1).join("\n"))
        } else if let Some(statements) = statements {
            let inner = "  ".repeat(level + 2);
            let each = statements.iter().map(|own| format!("{inner}{}", short(&own.compact(), level + 2).join("\n")));
            format!("[\n{}\n{}]", each.collect::<Vec<_>>().join(",\n"), "  ".repeat(level + 1))
        } else if key == "Statement" {
            short(&flat, level + 1).join("\n")
        } else if flat.len() <= room || !matches!(value, Json::Object(_) | Json::List(_)) {
            flat
        } else if key == "Condition" {
            short(&flat, level + 1).join("\n")
        } else {
            value.pretty("  ", level + 1)
        };
        let comma = if number + 1 < count { "," } else { "" };
        let key = Json::text(key.as_str()).compact();
        lines.extend(format!("{inner}{key}: {value}{comma}").lines().map(str::to_owned));
    }
    lines.push(format!("{}}}", "  ".repeat(level)));
    lines
}

fn statement_block(page: &mut Page, statement: &str) {
    let pretty = parse(statement).map_or_else(|_| statement.to_owned(), |node| Json::of(&node).pretty("  ", 0));
    page.code("json", 6, pretty.lines().map(str::to_owned));
}

fn edit_item(page: &mut Page, number: usize, edit: &Edit) {
    edit_line(page, number, edit);
    edit_change(page, edit);
}

/// What is changed, and how, in a sentence.
pub(in crate::report) fn edit_line(page: &mut Page, number: usize, edit: &Edit) {
    let label = format!(" {number}  ");
    let at = edit.target.as_ref().map_or_else(String::new, |target| format!(" at {target}"));
    let to = edit.after.attached_to.first().map_or_else(String::new, |arn| format!(" of {arn}"));
    let (new, to) = if edit.op == EditOp::Create { ("new ", to) } else { ("", String::new()) };
    page.item(label, format!("{new}{}{at}{to}: {}", named(&edit.after), words::policy_change::changes(edit)));
}

pub(super) fn edit_change(page: &mut Page, edit: &Edit) {
    let after = edit.after.document.source.text().to_owned();
    page.push(Block::Change { before: edit.text_before().to_owned(), after, indent: 4, most: usize::MAX });
}

/// Accounts that are named; more are counted.
const NAMED_ACCOUNTS: usize = 4;

/// How far a policy of the organization reaches: whoever changes it changes it for all of them.
pub(in crate::report) fn binds(page: &mut Page, edit: &Edit) {
    if !edit.policy_type.row().has_levels {
        return;
    }
    let Some(reach) = &edit.reach else {
        page.item("    binds ", "which other accounts is not known: no snapshot gives the tree of the organization");
        return;
    };
    let others: Vec<&str> = reach.others().collect();
    let mut said = match (others.len(), &reach.incomplete) {
        (0, None) => "no other account".to_owned(),
        (0, Some(_)) => "no other account that is known".to_owned(),
        (1, None) => "1 other account: ".to_owned(),
        (count, None) => format!("{count} other accounts: "),
        (1, Some(_)) => "at least 1 other account: ".to_owned(),
        (count, Some(_)) => format!("at least {count} other accounts: "),
    };
    said.push_str(&others.iter().take(NAMED_ACCOUNTS).copied().collect::<Vec<_>>().join(", "));
    if others.len() > NAMED_ACCOUNTS {
        said.push_str(", ...");
    }
    if let Some(why) = &reach.incomplete {
        said = format!("{said} (the tree is not complete: {})", words::tree_gap(why));
    }
    page.item("    binds ", format!("{said}; attached to {}", reach.attached_to.join(", ")));
}

fn proof(page: &mut Page, verification: &Verification, gaps: &[Gap]) {
    let listed = |all: Vec<String>| if all.is_empty() { "nothing".to_owned() } else { all.join("; ") };
    let newly = words::remedy::newly_allowed(verification, words::difference::access_change_in_short);
    let only = if verification.only_this_access && !newly.is_empty() { ", nothing else" } else { "" };
    let newly = listed(newly);
    let denied =
        listed(verification.compared.newly_denied.iter().map(words::difference::access_change_in_short).collect());
    let size = verification
        .size
        .map_or_else(String::new, |size| format!("; {} of {} characters", size.characters, size.quota));
    if let Some(cases) = words::remedy::in_cases(&verification.in_cases) {
        page.item(" if      ", &cases);
    }
    let (label, after) = if verification.is_conditional() {
        (" then    ", "allowed with this change, if that is so".to_owned())
    } else {
        (" proved  ", format!("{} with this change", words::decision::noun(verification.decision_after)))
    };
    page.item(label, format!("{after}; it grants: {newly}{only}; it takes away: {denied}{size}"));
    for opened in verification.no_longer_denied.iter().map(words::policy_change::opened) {
        page.item(" lifted  ", format!("the Deny no longer applies to {opened}; an Allow is still needed"));
    }
    for (unknown, _) in words::difference::cannot_tell_all(&verification.compared.cannot_tell) {
        page.item(" open    ", format!("not compared: {unknown}"));
    }
    if !verification.assumes.is_empty() {
        // a list that stands below anyway need not stand here too
        let below = |presumed: &&Presumed| gaps.iter().any(|gap| **presumed == Presumed::NotSeen(gap.subject.clone()));
        let (below, own): (Vec<&Presumed>, Vec<&Presumed>) = verification.assumes.iter().partition(below);
        let mut all: Vec<String> = own.into_iter().map(words::remedy::presumed).collect();
        match below.as_slice() {
            [] => {}
            [only] => all.push(words::remedy::presumed(only)),
            many => all.push(format!("the {} under NOT CHECKED", many.len())),
        }
        page.item(" if      ", format!("none of these blocks it: {}", all.join(", ")));
    }
    for provided in &verification.provided {
        page.item(" if      ", words::remedy::provided(provided));
    }
}

pub(in crate::report) fn disposition(remedy: &Remedy) -> &'static str {
    let proof = remedy.verification.as_ref();
    match remedy.disposition {
        Disposition::Safe if remedy.edits.is_empty() => "changes no policy",
        Disposition::Safe if proof.is_none_or(|proof| proof.exactly_minimal) => "grants exactly this request",
        Disposition::Safe if proof.is_none_or(|proof| proof.only_this_call) => "grants exactly this call",
        Disposition::Safe => "grants only these actions and resources",
        Disposition::NeedsReview => "needs review",
        Disposition::Refused => "refused",
    }
}
