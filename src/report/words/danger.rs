//! What an action lets its holder do beyond itself.

use std::borrow::Cow;

use crate::reference::{DangerKind, Power};
use crate::remedy::MainDanger;

/// What goes on after "its holder could".
#[must_use]
pub fn power(what: &Power) -> Cow<'_, str> {
    match what {
        Power::Listed(words) => (*words).into(),
        Power::ManagePermissions(service) => {
            format!("change who may do what in {service}: AWS classes the action as permissions management").into()
        }
        Power::SetPermissions(service) => {
            format!("change who may do what in {service}: by its name the action sets permissions").into()
        }
        Power::SetExemptingTags(tags) => {
            format!("set the tags {}, by which policies leave out whoever or whatever has them", tags.join(", ")).into()
        }
        Power::OneOfMany { power: one, action, more } => {
            format!("{} ({action}, and {more} more such actions)", power(one)).into()
        }
    }
}

/// What goes on after "actions".
#[must_use]
pub const fn kind(kind: DangerKind) -> &'static str {
    match kind {
        DangerKind::Escalation => "by which its holder could get more permissions",
        DangerKind::ProtectionOff => "by which its holder could switch protection off",
        DangerKind::Exposure => "by which its holder could give data or resources to others",
    }
}

/// The danger that says most about a remedy, and how many more there are.
#[must_use]
pub fn main(main: &MainDanger) -> String {
    format!("{}: it needs a reviewer", in_short(main))
}

/// The same where it is said already that the remedy needs a reviewer.
#[must_use]
pub fn in_short(main: &MainDanger) -> String {
    let lifted = if main.is_lifted { "of what is no longer denied, " } else { "" };
    let more = match main.more {
        0 => String::new(),
        1 => "; 1 more action reaches beyond itself".to_owned(),
        more => format!("; {more} more actions reach beyond themselves"),
    };
    let (action, power) = (&main.danger.action, power(&main.danger.power));
    format!("{lifted}whoever has {action} could {power}{more}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Danger;

    #[test]
    fn one_of_many_says_how_many() {
        let one = Power::Listed("end the account, with everything in it");
        let action = "organizations:CloseAccount".to_owned();
        let power = Power::OneOfMany { power: Box::new(one), action, more: 17 };
        let action = "organizations:*".to_owned();
        let danger = Danger { action, kind: DangerKind::ProtectionOff, power, source: "" };
        assert_eq!(
            main(&MainDanger { danger, is_lifted: true, more: 2 }),
            "of what is no longer denied, whoever has organizations:* could end the account, with everything in it \
             (organizations:CloseAccount, and 17 more such actions); 2 more actions reach beyond themselves: it needs a reviewer"
        );
    }
}
