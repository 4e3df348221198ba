//! Statements that certainly do not match one request, told from how they are written: nothing of them is compiled or kept.
//!
//! Only what is written as most statements are is passed over, and only where AWS accepts all of it: a statement of which there is
//! anything to say is read.

use super::action::{Action, ActionPattern};
use super::policy_type::PolicyType;
use super::resource::{PlainArn, ResourceText};
use super::value::{boolean, network};
use crate::text::{Item, Kind};

/// What one request asks of policies of one type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inquiry<'r> {
    pub(crate) policy_type: PolicyType,
    pub(crate) action: &'r Action,
    pub(crate) resource: ResourceText<'r>,
}

/// A statement that is passed over.
pub(super) struct PassedOver<'a, 't> {
    /// Its `Sid`, which no other statement may have.
    pub(super) sid: Option<Item<'a, 't>>,
}

/// So many operators, or keys of one, are compared with each other; a longer block is read.
const FEW: usize = 8;

impl Inquiry<'_> {
    /// Whether the statement can be passed over.
    pub(super) fn passes_over<'a, 't>(&self, statement: Item<'a, 't>) -> Option<PassedOver<'a, 't>> {
        let [mut sid, mut effect, mut action, mut resource, mut condition] = [None; 5];
        for member in statement.members() {
            let place = match member.key.plain()? {
                "Sid" => &mut sid,
                "Effect" => &mut effect,
                "Action" => &mut action,
                "Resource" => &mut resource,
                "Condition" => &mut condition,
                _ => return None,
            };
            if place.replace(member.value).is_some() {
                return None;
            }
        }
        let accepted = match effect?.plain()? {
            "Allow" => !self.policy_type.row().only_denies,
            "Deny" => true,
            _ => false,
        };
        let named = sid.is_none_or(|sid| sid.kind() == Kind::Plain);
        if !accepted || !named || self.policy_type.row().principal == super::PrincipalRule::Required {
            return None;
        }
        // all entries are looked at: AWS may reject any of them
        let action = self.action_misses(action?)?;
        let resource = self.resource_misses(resource?)?;
        if !(action || resource) || !condition.is_none_or(is_accepted) {
            return None;
        }
        Some(PassedOver { sid })
    }

    /// Whether no entry covers the action; `None` where it is not told.
    fn action_misses(&self, element: Item<'_, '_>) -> Option<bool> {
        let mut misses = true;
        for entry in element.one_or_many() {
            misses &= !ActionPattern::plainly_covers(entry.plain()?, self.action)?;
        }
        Some(misses)
    }

    /// The same for the resource.
    fn resource_misses(&self, element: Item<'_, '_>) -> Option<bool> {
        let mut misses = true;
        for entry in element.one_or_many() {
            let entry = entry.plain()?;
            misses &= entry != "*" && !PlainArn::plainly_covers(entry, &self.resource)?;
        }
        Some(misses)
    }
}

/// Whether AWS accepts the block, as far as that is told without compiling it.
fn is_accepted(block: Item<'_, '_>) -> bool {
    has_few_names(block)
        && block.members().all(|operator| {
            let Some(reads) = operator.key.plain().and_then(Reads::of) else { return false };
            has_few_names(operator.value)
                && operator.value.members().all(|key| key.value.one_or_many().all(|value| reads.takes(value)))
        })
}

/// Whether it is an object with a few names, each of which stands once.
fn has_few_names(object: Item<'_, '_>) -> bool {
    if !object.is_object() {
        return false;
    }
    let mut names = [""; FEW];
    let mut free = names.iter_mut();
    let mut known: usize = 0;
    for member in object.members() {
        let (Some(name), Some(place)) = (member.key.plain(), free.next()) else { return false };
        *place = name;
        known += 1;
    }
    let names = names.get(..known).unwrap_or_default();
    names.iter().enumerate().all(|(at, name)| !names.iter().skip(at + 1).any(|other| other == name))
}

/// What an operator reads, of those that most conditions have.
#[derive(Debug, Clone, Copy)]
enum Reads {
    Texts,
    TrueOrFalse,
    Addresses,
}

impl Reads {
    fn of(operator: &str) -> Option<Self> {
        Some(match operator {
            "StringEquals"
            | "StringNotEquals"
            | "StringEqualsIgnoreCase"
            | "StringNotEqualsIgnoreCase"
            | "StringLike"
            | "StringNotLike" => Self::Texts,
            "Bool" | "Null" => Self::TrueOrFalse,
            "IpAddress" | "NotIpAddress" => Self::Addresses,
            _ => return None,
        })
    }

    /// Whether it can be read.
    fn takes(self, value: Item<'_, '_>) -> bool {
        value.plain().is_some_and(|value| match self {
            Self::Texts => true,
            Self::TrueOrFalse => boolean(value).is_some(),
            Self::Addresses => is_plain_range(value) || network(value).is_some(),
        })
    }
}

/// Whether it is an address of four numbers, or a range of them, as most are written.
fn is_plain_range(text: &str) -> bool {
    let (mut number, mut digits, mut dots, mut most) = (0, 0, 0, 255);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                // what begins with a zero is that zero
                if digits > 0 && number == 0 {
                    return false;
                }
                (number, digits) = (number * 10 + u16::from(byte - b'0'), digits + 1);
                if number > most {
                    return false;
                }
            }
            b'.' if digits > 0 && dots < 3 => (number, digits, dots) = (0, 0, dots + 1),
            b'/' if digits > 0 && dots == 3 && most == 255 => (number, digits, most) = (0, 0, 32),
            _ => return false,
        }
    }
    digits > 0 && dots == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_range_is_one_that_can_be_read() {
        let plain = ["10.0.0.0/8", "203.0.113.7", "0.0.0.0/0", "255.255.255.255/32"];
        assert!(plain.iter().all(|text| is_plain_range(text) && network(text).is_some()));
        let others = [
            "10.0.0.0/33",
            "10.0.0/8",
            "256.0.0.1",
            "10.0.0.0.0",
            "",
            "10.0.0.0/",
            "10.0.0.0/8/8",
            "a.b.c.d",
            "010.0.0.1",
        ];
        assert!(!others.iter().any(|text| is_plain_range(text)));
        assert!(!is_plain_range("2001:db8::/32") && network("2001:db8::/32").is_some());
    }
}
