//! Who may do something, for a browser: a table of the users and roles that may, each with the statements that allow it.

use maud::{Markup, html};

use super::diagnosis::not_checked;
use super::parts::parts;
use super::{Whole, plain, said};
use crate::report::sections::who_can::{Entry, GAPS_SHOWN, Group, WhoCan, statement};
use crate::report::words::{self, sheet};

/// The whole page.
pub(super) fn whole(who: &WhoCan) -> Whole {
    let all = who.entries.len();
    let certain = who.of(Group::Allowed { certain: true }).count();
    let so_far = who.of(Group::Allowed { certain: false }).count();
    let denied = sheet::denied(
        who.of(Group::Denied { certain: true }).count(),
        who.of(Group::Denied { certain: false }).count(),
    );
    let gaps = who.gaps.get(..GAPS_SHOWN).unwrap_or(&who.gaps);
    let body = html! {
        article {
            header {
                p class="eyebrow" { (sheet::of_all(certain + so_far, all)) " · " (denied) }
                h1 { code { (plain(who.action.as_str())) } }
                dl class="who" { div { dt { (sheet::RESOURCE) } dd { code { (plain(&who.resource)) } } } }
            }
            (parts("", vec![
                ("allowed", sheet::ALLOWED, if certain + so_far == 0 { html! { p { (sheet::NOBODY) } } } else { table(who, Group::Allowed { certain: true }, None) }),
                ("seen", sheet::ALLOWED_SO_FAR, table(who, Group::Allowed { certain: false }, Some(sheet::COULD_DENY))),
                ("depends", sheet::WHO_UNDETERMINED, table(who, Group::Undetermined, None)),
                ("assumed", sheet::REQUEST, html! {
                    @if !who.assumed.is_empty() { ul { @for one in &who.assumed { li { (said(&words::assumption(one))) " " span class="chip plain" { (sheet::ASSUMED) } } } } }
                }),
                ("gaps", sheet::NOT_CHECKED, html! {
                    (not_checked(gaps))
                    @if who.gaps.len() > gaps.len() { p class="aside" { (sheet::more_gaps(who.gaps.len() - gaps.len())) } }
                }),
            ]))
        }
    };
    Whole { title: sheet::title(&plain(who.action.as_str())), body }
}

fn table(who: &WhoCan, group: Group, remark: Option<&str>) -> Markup {
    let entries: Vec<&Entry> = who.of(group).collect();
    if entries.is_empty() {
        return html! {};
    }
    let depends = entries.iter().any(|entry| !depends_on(entry).is_empty());
    html! {
        p class="aside" { (sheet::of_all(entries.len(), who.entries.len())) ". " @if let Some(remark) = remark { (remark) " " } (sheet::STATEMENTS_ARE) }
        div class="wide" tabindex="0" role="group" aria-label=(sheet::USER_OR_ROLE) {
            table {
                thead {
                    tr {
                        th scope="col" { (sheet::USER_OR_ROLE) }
                        th scope="col" { (sheet::ALLOWED_BY) }
                        @if depends { th scope="col" { (sheet::DEPENDS_ON) } }
                    }
                }
                tbody {
                    @for entry in entries {
                        tr {
                            th scope="row" { code { (plain(&entry.principal)) } }
                            td { @for matched in &entry.allowed_by { div { (plain(&statement(matched))) } } }
                            @if depends { td { @for one in depends_on(entry) { div { (said(&one)) } } } }
                        }
                    }
                }
            }
        }
    }
}

fn depends_on(entry: &Entry) -> Vec<String> {
    entry.missing_context.iter().cloned().chain(entry.missing_evidence.iter().map(words::evidence::missing)).collect()
}
