//! What an action lets its holder do beyond itself: get more permissions, switch protection off, give data to others.
//!
//! The facts stand in the text files of `danger/`, each with the page that says so. Ordinary reads of data (`s3:GetObject`,
//! `secretsmanager:GetSecretValue`, `kms:Decrypt`) are not in them: they give what their resource says and nothing more, and
//! every application needs them. What AWS classes as permissions management counts even where no file names it, and so does what sets permissions by
//! its name.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::{ActionFacts, Reference, Service};
use crate::iam::{Action, ActionPattern};

/// An action that reaches beyond itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Danger {
    /// The action, as AWS writes it; a pattern where it stands for many.
    pub action: String,
    /// In which way.
    pub kind: DangerKind,
    /// What its holder could do.
    pub power: Power,
    /// The page that says so.
    pub source: &'static str,
}

/// What the holder of an action could do beyond it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Power {
    /// What the table says of the action, as it goes on after "its holder could".
    Listed(&'static str),
    /// Change who may do what in this service: AWS classes the action as permissions management.
    ManagePermissions(String),
    /// Change who may do what in this service: the name of the action says that it sets permissions, whatever AWS classes it as.
    SetPermissions(String),
    /// Set these tags, by which policies leave out whoever or whatever has them.
    SetExemptingTags(Vec<String>),
    /// What one of many actions behind a pattern lets its holder do.
    OneOfMany {
        /// What it lets its holder do.
        power: Box<Self>,
        /// That action.
        action: String,
        /// So many more of the kind there are.
        more: usize,
    },
}

impl Danger {
    /// The other action without which its holder can do nothing beyond it: "run machines with a role that it passes" takes `iam:PassRole`.
    #[must_use]
    pub fn needs(&self) -> Option<Action> {
        let Power::Listed(what) = self.power else { return None };
        let (_, needed) = what.rsplit_once(NEEDS)?;
        needed.strip_suffix(" too")?.parse().ok()
    }
}

impl Power {
    /// A stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Listed(_) => "listed",
            Self::ManagePermissions(_) => "manage-permissions",
            Self::SetPermissions(_) => "set-permissions",
            Self::SetExemptingTags(_) => "set-exempting-tags",
            Self::OneOfMany { .. } => "one-of-many",
        }
    }
}

/// In which way an action reaches beyond itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DangerKind {
    /// Its holder can get permissions that nobody gave it.
    Escalation,
    /// Its holder can switch off what records, detects, limits or brings back.
    ProtectionOff,
    /// Its holder can give data or resources to others.
    Exposure,
}

/// The files, each of one kind.
const FILES: [(DangerKind, &str); 4] = [
    (DangerKind::Escalation, include_str!("danger/identity.txt")),
    (DangerKind::Escalation, include_str!("danger/code.txt")),
    (DangerKind::ProtectionOff, include_str!("danger/protection.txt")),
    (DangerKind::Exposure, include_str!("danger/exposure.txt")),
];

/// How a sentence ends that says what else is needed.
const NEEDS: &str = ", if it has ";

/// How AWS classes actions.
const ACCESS_LEVELS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html";

/// The actions of every service.
const ACTIONS: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html";

/// A row of the files.
#[derive(Debug, Clone, Copy)]
struct Row {
    action: &'static str,
    kind: DangerKind,
    what: &'static str,
    source: &'static str,
}

impl Row {
    fn danger(&self) -> Danger {
        Danger { action: self.action.to_owned(), kind: self.kind, power: Power::Listed(self.what), source: self.source }
    }
}

/// The rows by their actions in lower case.
fn rows() -> &'static BTreeMap<String, Row> {
    static ROWS: OnceLock<BTreeMap<String, Row>> = OnceLock::new();
    ROWS.get_or_init(|| FILES.iter().flat_map(|(kind, text)| read(*kind, text)).collect())
}

/// The rows in the order of the files.
fn listed() -> &'static [(Action, Row)] {
    static LISTED: OnceLock<Vec<(Action, Row)>> = OnceLock::new();
    let read = |(kind, text): &(DangerKind, &'static str)| read(*kind, text);
    LISTED
        .get_or_init(|| FILES.iter().flat_map(read).filter_map(|(name, row)| Some((name.parse().ok()?, row))).collect())
}

/// Those of one service.
fn listed_of(service: &str) -> &'static [&'static (Action, Row)] {
    static OF_SERVICES: OnceLock<BTreeMap<&'static str, Vec<&'static (Action, Row)>>> = OnceLock::new();
    let by_service = || {
        let mut services: BTreeMap<&'static str, Vec<&'static (Action, Row)>> = BTreeMap::new();
        for row in listed() {
            services.entry(row.0.service()).or_default().push(row);
        }
        services
    };
    OF_SERVICES.get_or_init(by_service).get(service).map(Vec::as_slice).unwrap_or_default()
}

/// The rows of one file: `@` begins a page, `=` a sentence, `#` a remark; every other line is an action.
fn read(kind: DangerKind, text: &'static str) -> impl Iterator<Item = (String, Row)> {
    let (mut source, mut what) = ("", "");
    text.lines().filter_map(move |line| {
        match line.split_at_checked(2) {
            Some(("@ ", page)) => source = page,
            Some(("= ", sentence)) => what = sentence,
            Some((start, _)) if !start.starts_with('#') => {
                return Some((line.to_ascii_lowercase(), Row { action: line, kind, what, source }));
            }
            _ => {}
        }
        None
    })
}

/// Every action of the files, in their order.
pub fn dangerous_actions() -> impl Iterator<Item = Danger> {
    FILES.iter().flat_map(|(kind, text)| read(*kind, text)).map(|(_, row)| row.danger())
}

impl Reference {
    /// What the holder of the action could do beyond it, if there is anything.
    ///
    /// ```
    /// use iamdx::reference::{DangerKind, Power, Reference};
    ///
    /// let danger = Reference::embedded().danger(&"lambda:updatefunctioncode".parse()?).unwrap();
    /// assert_eq!(danger.kind, DangerKind::Escalation);
    /// assert_eq!(danger.power, Power::Listed("run its own code with the function's role"));
    /// assert_eq!(Reference::embedded().danger(&"s3:GetObject".parse()?), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn danger(&self, action: &Action) -> Option<Danger> {
        rows().get(action.folded()).map(Row::danger).or_else(|| self.action(action).and_then(|facts| by_level(&facts)))
    }

    /// Every danger among the actions that the pattern covers, in the order of the files: what gives most comes first.
    #[must_use]
    pub fn dangers(&self, pattern: &ActionPattern) -> Vec<Danger> {
        let of_pattern = match pattern.service() {
            Some(service) => listed_of(service).to_vec(),
            None => listed().iter().collect(),
        };
        let known = of_pattern.into_iter().filter(|(action, _)| pattern.matches(action)).map(|(_, row)| row.danger());
        let others = self.matching_of(pattern, Service::managing);
        let is_listed = |facts: &ActionFacts<'_>| facts.action().is_some_and(|it| rows().contains_key(it.folded()));
        known.chain(others.iter().filter(|facts| !is_listed(facts)).filter_map(by_level)).collect()
    }
}

/// Services whose permissions are about principals, not about a resource of their own.
const OF_PRINCIPALS: [&str; 6] = ["iam", "organizations", "sso", "identitystore", "lakeformation", "eks"];

/// What AWS classes as permissions management changes who may do what.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>
fn by_level(facts: &ActionFacts<'_>) -> Option<Danger> {
    let service = facts.service().prefix();
    let (power, source) = match facts {
        _ if facts.manages_permissions() => (Power::ManagePermissions(service.to_owned()), ACCESS_LEVELS),
        _ if facts.sets_permissions() => (Power::SetPermissions(service.to_owned()), ACTIONS),
        _ => return None,
    };
    let kind = if OF_PRINCIPALS.contains(&service) { DangerKind::Escalation } else { DangerKind::Exposure };
    Some(Danger { action: facts.full_name(), kind, power, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_an_action_of_the_reference_with_a_page_and_a_sentence() {
        let mut seen = std::collections::BTreeSet::new();
        for (kind, text) in FILES {
            for (folded, row) in read(kind, text) {
                let action: Action = row.action.parse().unwrap();
                let facts = Reference::embedded().action(&action).unwrap_or_else(|| panic!("{action} is no action"));
                assert_eq!(facts.full_name(), row.action);
                assert!(seen.insert(folded), "{action} stands twice");
                assert!(row.source.starts_with("https://"), "{action}");
                assert!(!row.what.is_empty() && !row.what.ends_with('.'), "{action}");
                assert_eq!(Reference::embedded().danger(&action), Some(row.danger()));
            }
        }
        assert_eq!(seen.len(), rows().len());
    }

    /// Who sets the policy of a resource gives others access to it; who assumes a role through a service acts with it.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html>
    #[test]
    fn every_action_that_sets_a_policy_of_a_resource_or_hands_out_a_role_is_a_danger() {
        // AWS IQ is closed, and what its role was is not told; neither is what a console of another company gives
        let not_told = ["iq-permission:AssumePermissionRole", "aws-external-anthropic:AssumeConsole"];
        let sets = |name: &str| {
            ["Put", "Set", "Create", "Update", "Delete"].iter().any(|verb| name.starts_with(verb))
                && (name.contains("ResourcePolicy") || name.contains("ResourceBasedPolicy"))
        };
        let reference = Reference::embedded();
        let services = reference.services().filter_map(|prefix| reference.service(prefix));
        let mut unnamed = Vec::new();
        for facts in services.flat_map(crate::reference::Service::actions) {
            let (full, action) = (facts.full_name(), facts.action().unwrap());
            let name = full.split_once(':').unwrap().1;
            let meant = sets(name) || (name.starts_with("Assume") && !not_told.contains(&full.as_str()));
            if meant && reference.danger(action).is_none() {
                unnamed.push(full);
            }
        }
        assert_eq!(unnamed, [""; 0]);
        let lightsail = ["lightsail:PutInstancePublicPorts", "lightsail:OpenInstancePublicPorts"];
        for action in lightsail {
            assert_eq!(reference.danger(&action.parse().unwrap()).unwrap().kind, DangerKind::ProtectionOff);
        }
    }

    #[test]
    fn what_every_application_does_is_no_danger() {
        for action in [
            "s3:GetObject",
            "s3:PutObject",
            "s3:ListBucket",
            "secretsmanager:GetSecretValue",
            "ssm:GetParameter",
            "kms:Decrypt",
            "kms:GenerateDataKey",
            "dynamodb:Query",
            "sqs:SendMessage",
            "lambda:InvokeFunction",
            "states:StartExecution",
            "bedrock:InvokeModel",
            "ecr:GetAuthorizationToken",
            "sts:GetCallerIdentity",
            "logs:PutLogEvents",
            "cloudwatch:PutMetricData",
            "ec2:CreateTags",
            "ec2:DescribeInstances",
        ] {
            assert_eq!(Reference::embedded().danger(&action.parse().unwrap()), None, "{action}");
        }
    }

    #[test]
    fn permissions_management_counts_without_a_row() {
        let danger = |action: &str| Reference::embedded().danger(&action.parse().unwrap()).unwrap();
        assert_eq!(danger("grafana:UpdatePermissions").kind, DangerKind::Escalation, "the table goes before the class");
        let removed = danger("codeguru-profiler:removepermission");
        assert_eq!(removed.action, "codeguru-profiler:RemovePermission");
        assert_eq!(removed.power, Power::ManagePermissions("codeguru-profiler".to_owned()));
    }

    /// AWS classes these as writing; their names and pages say that they say who has access.
    #[test]
    fn an_action_that_sets_permissions_counts_whatever_its_class() {
        let danger = |action: &str| Reference::embedded().danger(&action.parse().unwrap());
        for (action, kind) in [
            ("iotsitewise:CreateAccessPolicy", DangerKind::Exposure),
            ("iotsitewise:UpdateAccessPolicy", DangerKind::Exposure),
            ("quicksight:UpdateResourcePermissions", DangerKind::Exposure),
            ("quicksight:UpdateDashboardPermissions", DangerKind::Exposure),
            ("quicksight:UpdateTopicPermissions", DangerKind::Exposure),
            ("workdocs:AddResourcePermissions", DangerKind::Exposure),
            ("workmail:PutMailboxPermissions", DangerKind::Exposure),
            ("qbusiness:AssociatePermission", DangerKind::Exposure),
            ("securitylake:CreateSubscriber", DangerKind::Exposure),
            ("license-manager:CreateGrant", DangerKind::Exposure),
            ("signin:PutResourcePermissionStatement", DangerKind::ProtectionOff),
            ("inspector2:EnableDelegatedAdminAccount", DangerKind::Escalation),
        ] {
            assert_eq!(danger(action).map(|danger| danger.kind), Some(kind), "{action}");
        }
        assert_eq!(danger("qapps:UpdateQAppPermissions").unwrap().power, Power::SetPermissions("qapps".to_owned()));
        // what asks for a permission, and what looks at one
        for action in ["iq-permission:CreatePermissionRequest", "elemental-support-cases:CheckCasePermission"] {
            assert_eq!(danger(action), None, "{action}");
        }
    }

    #[test]
    fn a_pattern_holds_the_dangers_of_all_that_it_covers() {
        let of = |pattern: &str| -> Vec<String> {
            let dangers = Reference::embedded().dangers(&ActionPattern::new(pattern));
            dangers.into_iter().map(|danger| danger.action).collect()
        };
        assert_eq!(of("cloudtrail:Stop*"), ["cloudtrail:StopLogging", "cloudtrail:StopEventDataStoreIngestion"]);
        assert_eq!(of("s3:Get*"), Vec::<String>::new());
        assert!(of("iam:*").contains(&"iam:DeleteAccountPasswordPolicy".to_owned()));
        assert_eq!(of("*").len(), {
            let by_class = |action: &&ActionFacts<'_>| action.manages_permissions() || action.sets_permissions();
            let all = Reference::embedded().matching(&ActionPattern::new("*"));
            let new = all
                .iter()
                .filter(by_class)
                .filter(|facts| !rows().contains_key(&facts.full_name().to_ascii_lowercase()));
            rows().len() + new.count()
        });
    }
}
