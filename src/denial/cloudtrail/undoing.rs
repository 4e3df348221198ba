//! What a denied request would take off, where that is AWS's quarantine of a leaked key.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::super::quarantine::{Undoing, ends_policy, named, names_quarantine};
use super::record::Record;
use crate::iam::Action;

/// What the request of a record would take off, by its parameters.
pub(super) fn undoing(record: &Record<'_>, action: Option<&Action>) -> Option<Box<Undoing>> {
    let raw = record.request_parameters.map(RawValue::get).filter(|raw| names_quarantine(raw))?;
    // the message names the action, or the record the operation
    let of_operation = || format!("iam:{}", record.event_name.as_deref().unwrap_or_default()).parse().ok();
    let action = match action {
        Some(action) => action.clone(),
        None if record.event_source.as_deref() == Some("iam.amazonaws.com") => of_operation()?,
        None => return None,
    };
    let mut raw = Cow::Borrowed(raw);
    // rows of Athena have the parameters as a string
    if raw.starts_with('"') {
        raw = Cow::Owned(serde_json::from_str::<String>(&raw).ok()?);
    }
    let given: BTreeMap<String, serde_json::Value> = serde_json::from_str(&raw).ok()?;
    let texts = given.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
    let (whose, is_quarantine) = named(texts);
    (is_quarantine && ends_policy(&action)).then(|| Box::new(Undoing { whose }))
}
