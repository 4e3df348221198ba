//! Denials over time as a picture: bars in SVG that stretch with the page, and its labels as text beside it.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::report::words::triage::large;
use crate::report::words::triage_page as words;
use crate::triage::Series;

/// The height of a picture; the width of a step.
const HEIGHT: u64 = 1000;
const STEP: u64 = 100;

/// A picture with its scale, its dates and, folded away, its numbers.
pub(super) fn chart(series: &Series, id: &str) -> Markup {
    let top = scale(series);
    html! {
        figure class="series" {
            div class="plot" {
                div class="scale" aria-hidden="true" { span { (large(top)) } span { (large(top / 2)) } span { "0" } }
                svg class="bars" viewBox=(view(series)) preserveAspectRatio="none" role="img" aria-labelledby={ (id) "-name " (id) "-said" } {
                    title id={ (id) "-name" } { (words::DENIALS) " " (words::each(series.step)) }
                    desc id={ (id) "-said" } { (words::described(series)) }
                    path class="grid" d=(grid(series)) {}
                    @for (place, (at, count)) in (0..).zip(&series.counts).filter(|(_, (_, count))| *count > 0) {
                        path d=(bar(place, *count, top, series.counts.len())) { title { (words::bar(*at, *count, series.step)) } }
                    }
                }
                div class={ "dates" @if is_short(series) { " each" } } aria-hidden="true" {
                    @for at in dates(series) { span { (at) } }
                }
            }
            figcaption class="aside" { (words::DENIALS) " " (words::each(series.step)) ". " (words::described(series)) "." }
        }
        details class="more" {
            summary { (words::NUMBERS) }
            div class="wide" tabindex="0" role="group" aria-label=(words::NUMBERS) {
                table {
                    thead { tr { th scope="col" { (words::TIME) } th scope="col" class="count" { (words::DENIALS) } } }
                    tbody {
                        @for (at, count) in series.counts.iter().filter(|(_, count)| *count > 0) {
                            tr { th scope="row" { (words::step(*at, series.step)) } td class="count" { (large(*count)) } }
                        }
                    }
                }
            }
        }
    }
}

/// The same as small as a word.
pub(super) fn spark(series: &Series) -> Markup {
    let top = series.most().map_or(1, |(_, count)| count.max(1));
    let busy = (0..).zip(&series.counts).filter(|(_, (_, count))| *count > 0);
    let bars: String = busy.map(|(place, (_, count))| bar(place, *count, top, series.counts.len())).collect();
    html! {
        svg class="spark" viewBox=(view(series)) preserveAspectRatio="none" role="img" aria-label=(words::described(series)) {
            path d=(bars) {}
        }
    }
}

fn view(series: &Series) -> String {
    format!("0 0 {} {HEIGHT}", series.counts.len() as u64 * STEP)
}

/// Lines at the top and in the middle.
fn grid(series: &Series) -> String {
    let width = series.counts.len() as u64 * STEP;
    format!("M0 0H{width}M0 {}H{width}", HEIGHT / 2)
}

/// A bar: a step wide where there are many, thinner where there are few. One denial among thousands is seen too.
fn bar(place: u64, count: u64, top: u64, steps: usize) -> String {
    let high = u64::try_from(u128::from(count) * u128::from(HEIGHT) / u128::from(top.max(1))).unwrap_or(HEIGHT);
    let high = high.clamp(HEIGHT / 60, HEIGHT);
    // a few bars are not a wall
    let wide = (STEP * steps as u64 / 16).clamp(1, STEP * 4 / 5);
    let mut path = String::new();
    let _ = write!(path, "M{} {HEIGHT}v-{high}h{wide}v{high}z", place * STEP + (STEP - wide) / 2);
    path
}

/// The number at the top: one of 2, 4, 6, 8, 10, 20, 30 and so on, whose half is a number too.
fn scale(series: &Series) -> u64 {
    let most = series.most().map_or(0, |(_, count)| count);
    let mut unit: u64 = 1;
    loop {
        if let Some(top) = [2, 3, 4, 5, 6, 8, 10]
            .iter()
            .map(|steps| unit.saturating_mul(*steps))
            .find(|top| *top >= most && top.is_multiple_of(2))
        {
            return top;
        }
        unit = unit.saturating_mul(10);
    }
}

/// So few steps that each has its date.
fn is_short(series: &Series) -> bool {
    series.counts.len() <= 7
}

fn dates(series: &Series) -> Vec<String> {
    let all = &series.counts;
    let name = |(at, _): &(i64, u64)| words::step(*at, series.step);
    if is_short(series) {
        return all.iter().map(name).collect();
    }
    [all.first(), all.get(all.len() / 2), all.last()].into_iter().flatten().map(name).collect()
}

/// How long one number of a list is beside the greatest; it says nothing that the number does not say.
pub(super) fn share(count: u64, most: u64) -> Markup {
    let wide = u64::try_from(u128::from(count) * u128::from(HEIGHT) / u128::from(most.max(1))).unwrap_or(HEIGHT);
    html! {
        svg class="share" viewBox={ "0 0 " (HEIGHT) " 10" } preserveAspectRatio="none" aria-hidden="true" {
            path d={ "M0 0h" (wide.clamp(HEIGHT / 60, HEIGHT)) "v10H0z" } {}
        }
    }
}
