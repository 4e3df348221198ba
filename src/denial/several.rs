//! Denials of several inputs: the same one is told once, where it stands first, with the other places.

use std::collections::HashMap;
use std::sync::Arc;

use super::damage::Damage;
use super::dedup;
use super::facts::{Denial, Elsewhere};

/// Denials of inputs that come one after the other.
#[derive(Debug, Default)]
pub struct OfInputs {
    denials: Vec<Denial>,
    /// Identities to places in `denials`.
    known: HashMap<String, Vec<usize>>,
}

impl OfInputs {
    /// Adds what was found in the next input.
    pub fn add(&mut self, file: &Arc<str>, denials: Vec<Denial>) {
        let before = self.denials.len();
        for mut denial in denials {
            let places = self.known.entry(denial.identity()).or_default();
            // what one text tells twice is two
            let earlier = places.iter().copied().take_while(|place| *place < before);
            let same =
                earlier.into_iter().find(|place| self.denials.get(*place).is_some_and(|known| is_same(known, &denial)));
            if let Some(known) = same.and_then(|place| self.denials.get_mut(place)) {
                let elsewhere = Elsewhere { file: Arc::clone(file), line: denial.line };
                if known.also_in.last().is_none_or(|last| last.file != elsewhere.file) {
                    known.also_in.push(elsewhere);
                }
                dedup::repeat(known, denial);
            } else {
                places.push(self.denials.len());
                denial.file = Some(Arc::clone(file));
                self.denials.push(denial);
            }
        }
    }

    /// All of them, in the order of the inputs.
    #[must_use]
    pub fn into_denials(self) -> Vec<Denial> {
        self.denials
    }
}

/// Whether nothing that one says is against the other. What contradicts its own input is told of that input.
fn is_same(known: &Denial, new: &Denial) -> bool {
    let contradicts = |denial: &Denial| denial.damage.iter().any(|it| matches!(it, Damage::OtherDenial { .. }));
    dedup::compatible(known, new) && known.damage == new.damage && !contradicts(known)
}

#[cfg(test)]
mod tests {
    use super::OfInputs;
    use crate::denial::parse_text;

    fn told(inputs: &[(&str, &str)]) -> Vec<String> {
        let mut all = OfInputs::default();
        for (name, text) in inputs {
            all.add(&(*name).into(), parse_text(text));
        }
        let denials = all.into_denials();
        let line = |denial: &crate::denial::Denial| {
            let what = denial.action.as_ref().map(crate::iam::Action::as_str).or(denial.operation.as_deref());
            let also: Vec<String> = denial.also_in.iter().map(|it| format!("{}:{}", it.file, it.line)).collect();
            let file = denial.file.as_deref().unwrap();
            format!("{} {file}:{} {} {}", what.unwrap(), denial.line, denial.occurrences, also.join(" "))
                .trim_end()
                .to_owned()
        };
        denials.iter().map(line).collect()
    }

    fn said(action: &str, why: &str) -> String {
        format!(
            "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: {action} on resource: \"arn:aws:s3:::b/k\" {why}\n"
        )
    }

    const NO_POLICY: &str = "because no identity-based policy allows the action";

    #[test]
    fn the_same_denial_in_several_inputs_is_told_once_with_its_places() {
        let (get, put) = (said("s3:GetObject", NO_POLICY), said("s3:PutObject", NO_POLICY));
        assert_eq!(
            told(&[("a", &get), ("b", "nothing"), ("c", &format!("x\n{put}{get}{get}")), ("d", &put)]),
            ["s3:GetObject a:1 3 c:3", "s3:PutObject c:2 2 d:1"]
        );
    }

    #[test]
    fn a_copy_of_the_same_request_does_not_count_twice() {
        let record = |id: &str| {
            format!(
                r#"{{"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "errorCode": "AccessDenied", "requestID": "{id}"}}"#
            )
        };
        let (one, other) = (record("0A1B2C3D4E5F6071"), record("0A1B2C3D4E5F6072"));
        assert_eq!(told(&[("a", &one), ("b", &one), ("c", &other)]), ["GetObject a:1 2 b:1 c:1"]);
    }

    #[test]
    fn what_contradicts_its_own_input_stands_for_itself() {
        let (one, other) = (
            said("s3:GetObject", NO_POLICY),
            said("s3:GetObject", "with an explicit deny in a service control policy"),
        );
        let both = format!("{one}{other}");
        assert_eq!(
            told(&[("a", &both), ("b", &one)]),
            ["s3:GetObject a:1 1", "s3:GetObject a:2 1", "s3:GetObject b:1 1"]
        );
    }
}
