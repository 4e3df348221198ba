//! Remarks about asking AWS for the policies that the denials of a trail need.

use std::collections::BTreeMap;

use super::list::counted;
use super::triage::{counted_large, large};

/// Operations that are named before the rest is only counted.
const SHOWN: usize = 4;

/// That AWS does not answer before the trail is read.
#[must_use]
pub fn not_now(error: &str) -> String {
    format!("{error}. The trail is read all the same, and AWS is asked again at its end")
}

/// What was asked, what of it was refused, and what was not asked for.
#[must_use]
pub fn asked(answered: usize, refused: &[String], left: usize, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    if !refused.is_empty() {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for operation in refused {
            *counts.entry(operation).or_default() += 1;
        }
        let mut named: Vec<(&str, usize)> = counts.into_iter().collect();
        named.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let more = named.len().saturating_sub(SHOWN);
        let named: Vec<String> = named.iter().take(SHOWN).map(|(name, count)| format!("{name} ({count})")).collect();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        lines.push(format!(
            "AWS answered {}, and {} not: {}{more}. What that leaves open is in the findings as not seen; `iamdx doctor` tries each call",
            counted_large(answered as u64, "call", "calls"),
            large(refused.len() as u64),
            named.join(", ")
        ));
    }
    if left > 0 {
        let left = counted(left, "thing that is denied was", "things that are denied were");
        lines.push(format!("{left} not asked about: --resources is {most}, and the most frequent denials come first"));
    }
    lines
}
