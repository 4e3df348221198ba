//! The role of a session whose ARN no file tells: everything of it but its path.

use super::principal::{Principal, PrincipalKind};

/// The role of a session, which may have any path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRole {
    /// `arn:aws:iam::111122223333:role/`
    prefix: String,
    name: String,
    /// Whether it is the role of a permission set, which certainly has a path, under [`RESERVED`].
    has_path: bool,
}

/// Two paths that no pattern spells out: what takes both of them takes every one.
const SHORT: &str = "\u{1}";
const LONG: usize = 520;

/// How the path of the role of a permission set begins.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>
const RESERVED: &str = "aws-reserved/";

impl SessionRole {
    /// The role of a session; `None` of everybody else.
    #[must_use]
    pub fn of(caller: &Principal) -> Option<Self> {
        if caller.kind() != PrincipalKind::AssumedRole {
            return None;
        }
        let (partition, account, name) = (caller.partition()?, caller.account()?, caller.name()?);
        // such a name is none
        if [partition, account, name].iter().any(|part| part.contains(['*', '?', '$'])) {
            return None;
        }
        let has_path = caller.permission_set().is_some();
        Some(Self { prefix: format!("arn:{partition}:iam::{account}:role/"), name: name.to_owned(), has_path })
    }

    /// Its ARN as far as it is known.
    #[must_use]
    pub fn shown(&self) -> String {
        let path = if self.has_path { "*/" } else { "" };
        format!("{}{path}{}", self.prefix, self.name)
    }

    /// The patterns that its ARN matches whatever its path, and that of no other role: two roles of an account never have the same
    /// name, and a name has no slash.
    /// - <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    #[must_use]
    pub fn patterns(&self) -> Vec<String> {
        let (without, under) = (format!("{}{}", self.prefix, self.name), format!("{}*/{}", self.prefix, self.name));
        if self.has_path { vec![under] } else { vec![without, under] }
    }

    /// Whether its ARN matches one of these whatever its path; `matches` tells it of one of them and an ARN.
    #[must_use]
    pub fn always_matches<P>(&self, patterns: &[P], matches: impl Fn(&P, &str) -> bool) -> bool {
        let Self { prefix, name, has_path } = self;
        let reserved = if *has_path { RESERVED } else { "" };
        let under = |path: &str| format!("{prefix}{reserved}{path}/{name}");
        // longer than any path
        // <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html>
        let (plain, short, long) = (format!("{prefix}{name}"), under(SHORT), under(&SHORT.repeat(LONG)));
        (*has_path || patterns.iter().any(|pattern| matches(pattern, &plain)))
            && patterns.iter().any(|pattern| matches(pattern, &short) && matches(pattern, &long))
    }

    /// Whether its ARN matches none of these whatever its path; `may_match` tells it of one of them and a pattern of ARNs.
    #[must_use]
    pub fn never_matches<P>(&self, patterns: &[P], may_match: impl Fn(&P, &str) -> bool) -> bool {
        let reserved = || vec![format!("{}{RESERVED}*/{}", self.prefix, self.name)];
        let own = if self.has_path { reserved() } else { self.patterns() };
        !patterns.iter().any(|pattern| own.iter().any(|own| may_match(pattern, own)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Wildcard;

    #[test]
    fn patterns_hold_for_a_role_only_where_they_take_every_path() {
        let caller = Principal::new("arn:aws:sts::111122223333:assumed-role/app/run-1");
        let role = SessionRole::of(&caller).unwrap();
        let always = |patterns: &[&str]| {
            let pattern = |text: &&str| Wildcard::new(&format!("arn:aws:iam::111122223333:{text}"));
            role.always_matches(&patterns.iter().map(pattern).collect::<Vec<_>>(), Wildcard::matches)
        };
        assert!(always(&["role/app", "role/*/app"]));
        assert!(always(&["role/other", "role/*"]));
        assert!(always(&["role/*app"]));
        assert!(!always(&["role/app"]), "it may have a path");
        assert!(!always(&["role/*/app"]), "it may have none");
        assert!(!always(&["role/app", "role/?/app"]), "a longer path");
        assert!(!always(&["role/app", "role/team/*/app"]), "another path");
        assert!(!always(&["role/app", "role/?????????*/app"]), "a shorter path");
        assert!(!always(&["user/*", "role/other"]));
    }

    #[test]
    fn patterns_never_hold_for_a_role_only_where_they_take_no_path() {
        let caller = Principal::new("arn:aws:sts::111122223333:assumed-role/app/run-1");
        let role = SessionRole::of(&caller).unwrap();
        let never = |patterns: &[&str]| {
            let pattern = |text: &&str| Wildcard::new(&format!("arn:aws:iam::{text}"));
            let may_match = |pattern: &Wildcard, own: &str| pattern.may_meet(&Wildcard::new(own));
            role.never_matches(&patterns.iter().map(pattern).collect::<Vec<_>>(), may_match)
        };
        assert!(never(&["*:role/OrgAdmin", "*:role/*/OrgAdmin", "111122223333:role/aws-reserved/*/x"]));
        assert!(never(&["111122223333:user/app", "444455556666:role/app", "111122223333:role/app/"]));
        assert!(!never(&["*:role/OrgAdmin", "111122223333:role/app"]));
        assert!(!never(&["*:role/ops/*"]), "it may have that path");
        assert!(!never(&["*:role/*p"]));
        assert!(!never(&["111122223333:role/App"]), "a session may write the name in another case");
    }

    #[test]
    fn the_path_of_the_role_of_a_permission_set_is_one_of_aws() {
        let caller =
            Principal::new("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admins_0123456789abcdef/alice");
        let role = SessionRole::of(&caller).unwrap();
        let pattern = |text: &str| [Wildcard::new(&format!("arn:aws:iam::111122223333:role/{text}"))];
        let never =
            |text: &str| role.never_matches(&pattern(text), |pattern, own| pattern.may_meet(&Wildcard::new(own)));
        let always = |text: &str| role.always_matches(&pattern(text), Wildcard::matches);
        assert!(never("AWSReservedSSO_Admins_*"), "without its path");
        assert!(!never("*/AWSReservedSSO_Admins_*"));
        assert!(always("aws-reserved/*"));
        assert!(always("*/AWSReservedSSO_Admins_*"));
        assert!(!always("aws-reserved/sso.amazonaws.com/*"));
    }

    #[test]
    fn the_role_of_a_permission_set_always_has_a_path() {
        let caller =
            Principal::new("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admins_0123456789abcdef/alice");
        let role = SessionRole::of(&caller).unwrap();
        assert_eq!(role.patterns(), ["arn:aws:iam::111122223333:role/*/AWSReservedSSO_Admins_0123456789abcdef"]);
        let odd = Principal::new("arn:aws:sts::111122223333:assumed-role/app*/run-1");
        assert_eq!(SessionRole::of(&odd), None);
        assert_eq!(SessionRole::of(&Principal::new("arn:aws:iam::111122223333:user/alice")), None);
    }
}
