//! The request: each part and each condition key with its value and how it is known.

use maud::{Markup, html};

use super::case::Case;
use super::source::Tone;
use super::{plain, said};
use crate::deduce::KeyFact;
use crate::iam::{AssumedField, ContextValue, Field, Request};
use crate::report::words::{self, sheet};

/// Parts and keys of the request.
pub(super) fn request(case: &Case<'_>) -> Markup {
    let request = case.request;
    let part = |field: Option<String>, which: &AssumedField| {
        let assumed = request.assumed.iter().find(|it| it.field == *which).map(words::why_assumed);
        (field, assumed)
    };
    let text = |field: &Field<String>| field.value().cloned();
    let parts = [
        (sheet::PRINCIPAL, part(request.principal.value().map(ToString::to_string), &AssumedField::Principal)),
        (
            sheet::ACTION,
            part(
                request.action.value().map(ToString::to_string).or_else(|| case.subject.clone()),
                &AssumedField::Action,
            ),
        ),
        (sheet::RESOURCE, part(text(&request.resource), &AssumedField::Resource)),
        (sheet::RESOURCE_ACCOUNT, part(text(&request.resource_account), &AssumedField::ResourceAccount)),
    ];
    let keys = keys(case);
    let other = |field: &AssumedField| {
        !matches!(
            field,
            AssumedField::Principal
                | AssumedField::Action
                | AssumedField::Resource
                | AssumedField::ResourceAccount
                | AssumedField::ContextKey(_)
        )
    };
    let others: Vec<String> = request.assumed.iter().filter(|it| other(&it.field)).map(words::assumption).collect();
    html! {
        dl class="parts" {
            @for (label, (value, why)) in parts {
                div {
                    dt { (label) }
                    dd {
                        @match value { Some(value) => code { (plain(&value)) }, None => span class="aside" { (sheet::NOT_TOLD) } }
                        @if let Some(why) = why { span class="aside" { " " (chip(Tone::Plain, sheet::ASSUMED)) " " (said(&why)) } }
                    }
                }
            }
        }
        @if !others.is_empty() { ul { @for other in &others { li { (said(other)) " " (chip(Tone::Plain, sheet::ASSUMED)) } } } }
        @if !keys.is_empty() {
            div class="wide" tabindex="0" role="group" aria-label=(sheet::KEY) {
                table class="keys" {
                    thead { tr { th scope="col" { (sheet::KEY) } th scope="col" { (sheet::VALUE) } th scope="col" { (sheet::ORIGIN) } } }
                    tbody {
                        @for key in &keys {
                            tr {
                                th scope="row" { code { (plain(&key.name)) } }
                                td { (plain(&key.value)) }
                                td { (chip(key.tone, key.origin)) @if let Some(why) = &key.why { " " span class="aside" { (said(why)) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn chip(tone: Tone, word: &str) -> Markup {
    html! { span class={ "chip " (tone.class()) } { (word) } }
}

struct Key {
    name: String,
    value: String,
    origin: &'static str,
    tone: Tone,
    why: Option<String>,
}

/// Deduced keys first: nobody told them; then what is unknown and decides; then what is known.
fn keys(case: &Case<'_>) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    let facts: Vec<&KeyFact> = case
        .blockers
        .iter()
        .filter(|blocker| blocker.basis == crate::deduce::Basis::Deduced)
        .flat_map(|blocker| &blocker.implies)
        .collect();
    for fact in facts {
        if !keys.iter().any(|key| key.name.eq_ignore_ascii_case(&fact.key)) {
            keys.push(Key {
                name: fact.key.clone(),
                value: words::implies::is(&fact.was),
                origin: sheet::DEDUCED,
                tone: Tone::Maybe,
                why: None,
            });
        }
    }
    for name in &case.evaluation.missing_context {
        if !keys.iter().any(|key| key.name.eq_ignore_ascii_case(name)) {
            keys.push(Key {
                name: name.clone(),
                value: String::new(),
                origin: sheet::UNKNOWN,
                tone: Tone::Maybe,
                why: Some(sheet::COULD_DECIDE.to_owned()),
            });
        }
    }
    for (name, value) in case.request.context.iter() {
        let value = match value {
            ContextValue::Present { values, .. } => values.join(", "),
            ContextValue::Absent => sheet::ABSENT.to_owned(),
            ContextValue::Unknown => continue,
        };
        let assumed = assumption(case.request, name);
        let (origin, tone) = match assumed {
            Some(_) => (sheet::ASSUMED, Tone::Plain),
            None => (sheet::KNOWN, Tone::Fix),
        };
        let name = match assumed.map(|it| &it.field) {
            Some(AssumedField::ContextKey(written)) => written.clone(),
            _ => name.to_owned(),
        };
        keys.push(Key { name, value, origin, tone, why: assumed.map(words::why_assumed) });
    }
    keys
}

fn assumption<'r>(request: &'r Request, key: &str) -> Option<&'r crate::iam::Assumption> {
    request
        .assumed
        .iter()
        .find(|it| matches!(&it.field, AssumedField::ContextKey(name) if name.eq_ignore_ascii_case(key)))
}
