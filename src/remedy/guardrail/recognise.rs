//! What a Deny protects from one request: told by the request, by what the Deny goes by, and by the table of dangers.

use super::exception::{Exception, exceptions};
use super::identity::{KnownIdentity, known, named, part_of_platform};
use super::{Guarded, Guardrail, tag};
use crate::iam::{Action, Condition, OperatorKind, PolicyType, Principal, PrincipalKind, Request, Statement};
use crate::reference::{AccessLevel, Danger, DangerKind, Reference};
use crate::text::Wildcard;

/// Keys by which a perimeter is drawn around where and how requests come.
const PERIMETER: [&str; 8] = [
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:securetransport",
    "aws:sourceip",
    "aws:vpcsourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "s3:tlsversion",
];

/// Keys that tell whether what is made, or put, is encrypted.
/// - <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>
/// - <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html>
/// - <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticfilesystem.html>
/// - <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticache.html>
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html>
const ENCRYPTION: [&str; 7] = [
    "ec2:encrypted",
    "elasticache:atrestencryptionenabled",
    "elasticache:transitencryptionenabled",
    "elasticfilesystem:encrypted",
    "rds:storageencrypted",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// Keys that tell this organization's accounts from others.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html>
const ORGANIZATION: [&str; 15] = [
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "kms:calleraccount",
    "s3:resourceaccount",
    "s3:dataaccesspointaccount",
];

/// Keys of the metadata service of machines.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html>
const METADATA: [&str; 4] =
    ["ec2:metadatahttpendpoint", "ec2:metadatahttpputresponsehoplimit", "ec2:metadatahttptokens", "ec2:roledelivery"];

/// Services that record and detect.
const RECORDS: [&str; 13] = [
    "access-analyzer",
    "auditmanager",
    "cloudtrail",
    "config",
    "detective",
    "guardduty",
    "inspector",
    "inspector2",
    "logs",
    "macie2",
    "observabilityadmin",
    "securityhub",
    "securitylake",
];

/// What the Deny guards, seen from the request that it denied.
pub(in crate::remedy) fn guardrail(
    statement: &Statement,
    policy_type: PolicyType,
    request: &Request,
    reference: &Reference,
) -> Option<Guardrail> {
    let action = request.action.value()?;
    let excepts = exceptions(statement);
    let deny = Deny { statement, policy_type, request, reference, action };
    let (guards, refused) = deny.guards(&excepts)?;
    Some(Guardrail { guards, excepts, refused })
}

/// What the Allow of a perimeter keeps out: it allows only what is the organization's own.
pub(in crate::remedy) fn keeps_out(statement: &Statement) -> Option<Guardrail> {
    let line = statement.conditions.iter().find(|line| is_of_organization(line))?;
    Some(Guardrail { guards: Guarded::OrganizationPerimeter(line.key.clone()), excepts: Vec::new(), refused: true })
}

fn is_of_organization(condition: &Condition) -> bool {
    ORGANIZATION.contains(&condition.folded_key.as_str())
}

/// A Deny and the request that it denied.
struct Deny<'a> {
    statement: &'a Statement,
    policy_type: PolicyType,
    request: &'a Request,
    reference: &'a Reference,
    action: &'a Action,
}

impl Deny<'_> {
    /// What it guards, and whether an exception is refused.
    fn guards(&self, excepts: &[Exception]) -> Option<(Guarded, bool)> {
        if let Some(line) = self.line("aws:tokenissuetime") {
            // <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html>
            let moment = line.values.first().map_or_else(String::new, |value| value.value.clone());
            return Some((Guarded::RevokedSession(moment), true));
        }
        if self.action.folded() == "organizations:leaveorganization" {
            return Some((Guarded::LeaveOrganization, true));
        }
        let root = self.request.principal.value().is_none_or(|principal| principal.kind() == PrincipalKind::Root);
        // its keys are the account's: <https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html>
        let of_root = self.request.resource.value().is_some_and(|resource| is_root(resource));
        let keys = of_root && self.action.service() == "iam";
        if keys || root && self.statement.conditions.iter().any(singles_root_out) {
            return Some((Guarded::RootLock, true));
        }
        self.tags()
            .or_else(|| self.metadata())
            .or_else(|| self.boundary())
            .or_else(|| self.identity())
            .or_else(|| self.cut_off(excepts))
            .or_else(|| self.stored_records())
            .or_else(|| self.perimeter())
            .or_else(|| self.encryption())
            .or_else(|| self.danger(excepts))
            .or_else(|| self.only_these(excepts))
            .or_else(|| (!excepts.is_empty()).then_some((Guarded::OnlyFor, false)))
            .or_else(|| self.tagged())
            .or_else(|| self.thing())
    }

    fn line(&self, key: &str) -> Option<&Condition> {
        self.statement.conditions.iter().find(|condition| condition.folded_key == key)
    }

    /// Whether it binds whole accounts or identities from above, so that whoever meets it did not set it.
    const fn is_from_above(&self) -> bool {
        matches!(
            self.policy_type,
            PolicyType::ServiceControl | PolicyType::ResourceControl | PolicyType::PermissionsBoundary
        )
    }

    /// Tags that must not be set, or that only pods have.
    fn tags(&self) -> Option<(Guarded, bool)> {
        let lines = &self.statement.conditions;
        let kept: Vec<String> = lines.iter().flat_map(tag::kept).collect();
        if !kept.is_empty() {
            let hit = tag::hit(&kept, self.request);
            if hit.iter().any(|tag| tag::is_of_perimeter(tag)) {
                return Some((Guarded::PerimeterTags(hit), true));
            }
            if let Some(pod) = hit.iter().find(|tag| tag::is_of_pod(tag)) {
                return Some((Guarded::PodTag(pod.clone()), true));
            }
            return Some((Guarded::Tags(hit), false));
        }
        // what has a tag of the perimeter must not be touched
        let touched = lines.iter().find(|line| {
            let negated = line.operator.kind.is_none_or(OperatorKind::is_negated);
            line.folded_key.contains("resourcetag/") && !negated && tag::of_key(line).is_some_and(tag::is_of_perimeter)
        });
        if let Some(line) = touched {
            return Some((Guarded::PerimeterTags(tag::of_key(line).map(str::to_owned).into_iter().collect()), true));
        }
        let pod = lines.iter().find(|line| tag::of_key(line).is_some_and(tag::is_of_pod))?;
        Some((Guarded::PodIdentity(pod.key.clone()), false))
    }

    fn metadata(&self) -> Option<(Guarded, bool)> {
        let goes_by_it = METADATA.iter().any(|key| self.line(key).is_some());
        let changes_it = ["ec2:modifyinstancemetadataoptions", "ec2:modifyinstancemetadatadefaults"];
        let guarded = goes_by_it || changes_it.contains(&self.action.folded());
        guarded.then_some((Guarded::InstanceMetadata, true))
    }

    /// Boundaries that are taken off, or new identities without one.
    fn boundary(&self) -> Option<(Guarded, bool)> {
        let about =
            ["iam", "sso"].contains(&self.action.service()) && self.action.folded().contains("permissionsboundary");
        (about || self.line("iam:permissionsboundary").is_some()).then_some((Guarded::Boundary, true))
    }

    /// An identity that is set up to stay.
    fn identity(&self) -> Option<(Guarded, bool)> {
        if !["iam", "sts"].contains(&self.action.service()) {
            return self.platform();
        }
        let name = named(self.request).or_else(|| self.named_by_statement())?;
        match known(&name) {
            KnownIdentity::Other => {
                // a Deny that singles identities out protects them; one on all of them is about the action
                let element = self.statement.resource.as_ref()?;
                let singled = element.entries.iter().all(|entry| !is_open(&entry.value));
                let changes = self.changes_something();
                let refused = self.is_from_above() || rewrites_versions(self.action);
                (singled && changes && !self.is_own(&name))
                    .then_some((Guarded::Identity(name, KnownIdentity::Other), refused))
            }
            known => Some((Guarded::Identity(name, known), true)),
        }
    }

    /// A function, topic, rule, trail, stack or bucket that a landing zone or the organization set up in the account.
    fn platform(&self) -> Option<(Guarded, bool)> {
        let element = self.statement.resource.as_ref().filter(|_| self.is_from_above())?;
        let singled = element.entries.iter().all(|entry| !is_open(&entry.value));
        let name = part_of_platform(self.request.resource.value()?).filter(|_| singled)?;
        Some((Guarded::Identity(name.to_owned(), KnownIdentity::Platform), true))
    }

    /// Whether the action does more than read.
    fn changes_something(&self) -> bool {
        let writes = |level: &AccessLevel| !matches!(level, AccessLevel::Read | AccessLevel::List);
        let facts = self.reference.action(self.action);
        self.reference.danger(self.action).is_some()
            || facts.is_some_and(|facts| facts.access_levels().iter().any(writes))
    }

    /// Whether the statement is about some resources, not about all or all of a kind.
    fn singles_resources_out(&self) -> bool {
        self.statement
            .resource
            .as_ref()
            .is_some_and(|element| !element.negated && element.entries.iter().all(|entry| !is_open(&entry.value)))
    }

    /// Logs and backups that lie somewhere: whoever set the Deny above wants them kept.
    /// <https://docs.aws.amazon.com/prescriptive-guidance/latest/security-reference-architecture/log-archive.html>
    fn stored_records(&self) -> Option<(Guarded, bool)> {
        let kept = self.is_from_above() && self.singles_resources_out() && self.changes_something();
        let resource = self.request.resource.value().filter(|_| kept)?;
        let name = resource.splitn(6, ':').nth(5)?;
        // the bucket, table or vault, not what lies in it
        let name = name.split('/').next().unwrap_or(name);
        holds_records(name).then_some((Guarded::Records, true))
    }

    /// Things that the Deny names, kept from being changed.
    fn thing(&self) -> Option<(Guarded, bool)> {
        let kept = self.is_from_above() && self.singles_resources_out() && self.changes_something();
        let element = self.statement.resource.as_ref().filter(|_| kept)?;
        Some((Guarded::Things(element.entries.iter().map(|entry| entry.value.clone()).collect()), false))
    }

    /// Things with a tag.
    fn tagged(&self) -> Option<(Guarded, bool)> {
        let line = self.statement.conditions.iter().find(|line| {
            let positive = line.operator.kind.is_some_and(|kind| !kind.is_negated() && kind != OperatorKind::Null);
            positive && line.folded_key.contains("resourcetag/")
        })?;
        let values = line.values.iter().map(|value| value.value.clone()).collect();
        Some((Guarded::Tagged(line.key.clone(), values), false))
    }

    /// What is made or put must be encrypted.
    fn encryption(&self) -> Option<(Guarded, bool)> {
        let line = ENCRYPTION.iter().find_map(|key| self.line(key))?;
        Some((Guarded::Encryption(line.key.clone()), false))
    }

    /// Whether the request is about whoever makes it.
    fn is_own(&self, name: &str) -> bool {
        self.request.principal.value().and_then(Principal::name).is_some_and(|own| own.eq_ignore_ascii_case(name))
    }

    /// The known identity that the statement names, where the request does not tell which it is about.
    fn named_by_statement(&self) -> Option<String> {
        let element = self.statement.resource.as_ref().filter(|element| !element.negated)?;
        let names = element.entries.iter().filter_map(|entry| entry.value.rsplit(['/', ':']).next());
        let resource = self.request.resource.value().is_none_or(|resource| resource == "*");
        let mut names = names.map(|name| name.trim_matches('*')).filter(|name| known(name) != KnownIdentity::Other);
        if resource { names.next().map(str::to_owned) } else { None }
    }

    /// Everything is denied on everything, for everyone or for everyone but a few.
    fn cut_off(&self, excepts: &[Exception]) -> Option<(Guarded, bool)> {
        let element = &self.statement.action;
        let every_action = if element.negated {
            // NotAction on what no service has leaves nothing out
            element.entries.iter().all(|entry| self.reference.matching(&entry.pattern).is_empty())
        } else {
            element.entries.iter().any(|entry| ["*", "*:*"].contains(&&*entry.text))
        };
        let every_resource =
            self.statement.resource.as_ref().is_none_or(|element| {
                !element.negated && element.entries.iter().any(|entry| is_everything(&entry.value))
            });
        let singling = self.statement.conditions.iter().filter(|line| !is_whole_account(line) && !names_somebody(line));
        let for_all = singling.count() <= excepts.len();
        // the owner of a resource closes it for good reasons of its own
        let above = self.policy_type != PolicyType::ResourceBased && self.policy_type != PolicyType::RoleTrust;
        (every_action && every_resource && for_all && above).then_some((Guarded::CutOff, true))
    }

    /// A perimeter: of the organization, of Regions, of networks.
    fn perimeter(&self) -> Option<(Guarded, bool)> {
        // without what it asks for, it guards what the action could do
        let guarded = self.is_from_above() && self.danger(&[]).is_some_and(|(_, refused)| refused);
        if let Some(line) = self.statement.conditions.iter().find(|line| is_of_organization(line)) {
            // what leaves the organization through its own network and accounts does not come back
            let outwards = line.folded_key.contains(":resource") || line.folded_key.contains(":dataaccesspoint");
            let above = self.is_from_above() || self.policy_type == PolicyType::VpcEndpoint;
            return Some((Guarded::OrganizationPerimeter(line.key.clone()), outwards && above));
        }
        let region = self.line("aws:requestedregion").and_then(|line| line.operator.kind);
        if region.is_some_and(OperatorKind::is_negated) {
            return Some((Guarded::RegionLock, false));
        }
        PERIMETER.iter().any(|key| self.line(key).is_some()).then_some((Guarded::Perimeter, guarded))
    }

    /// What its holder could do with the action.
    fn danger(&self, excepts: &[Exception]) -> Option<(Guarded, bool)> {
        let danger: Danger = self.reference.danger(self.action)?;
        Some(match danger.kind {
            DangerKind::ProtectionOff if is_record(self.action) => (Guarded::Records, true),
            // where the owner leaves some out, further ones are for the owner to decide
            DangerKind::ProtectionOff => (Guarded::Protection(danger), excepts.is_empty()),
            DangerKind::Escalation => {
                let refused = self.is_from_above() && rewrites_permissions(self.action)
                    || self.is_about_itself()
                    || rewrites_versions(self.action);
                (Guarded::Escalation(danger), refused)
            }
            DangerKind::Exposure => (Guarded::Exposure(danger), false),
        })
    }

    /// Whether the request changes the permissions of whoever makes it.
    fn is_about_itself(&self) -> bool {
        rewrites_permissions(self.action) && named(self.request).is_some_and(|name| self.is_own(&name))
    }

    /// A list of what may be used, written as a Deny of everything else.
    fn only_these(&self, excepts: &[Exception]) -> Option<(Guarded, bool)> {
        let list = self.statement.action.negated && self.statement.conditions.len() <= excepts.len();
        list.then_some((Guarded::OnlyThese, false))
    }
}

/// Whether a line holds for a whole account or organization, or for every principal: it singles nobody out.
fn is_whole_account(condition: &Condition) -> bool {
    if condition.operator.kind.is_none_or(|kind| kind.is_negated() || kind == OperatorKind::Null) {
        return false;
    }
    match condition.folded_key.as_str() {
        "aws:principalaccount" | "aws:principalorgid" | "aws:principalorgpaths" => true,
        "aws:principalarn" => condition.values.iter().any(|value| is_everything(&value.value)),
        _ => false,
    }
}

/// Whether a line names who is meant: by it a session, a person or a role is cut off.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html>
fn names_somebody(condition: &Condition) -> bool {
    if condition.operator.kind.is_none_or(|kind| kind.is_negated() || kind == OperatorKind::Null) {
        return false;
    }
    let key = condition.folded_key.as_str();
    ["aws:principalarn", "aws:userid", "aws:username", "aws:sourceidentity", "sts:sourceidentity"].contains(&key)
        || key.starts_with("aws:principaltag/")
}

/// What people call the places where logs and backups lie.
const STORES: [&str; 12] = [
    "access-log",
    "accesslog",
    "audit",
    "backup",
    "cloudtrail",
    "config-log",
    "flow-log",
    "flowlog",
    "forensic",
    "log-archive",
    "logarchive",
    "security-log",
];

/// Whether a name is that of a place where logs or backups lie.
fn holds_records(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    STORES.iter().any(|word| name.contains(word)) || name.split(['-', '_', '.', ':']).any(|word| word == "logs")
}

/// Whether a value of Resource stands for everything.
fn is_everything(entry: &str) -> bool {
    entry == "*"
        || entry.strip_prefix("arn:").is_some_and(|rest| rest.split(':').all(|part| ["*", "aws", ""].contains(&part)))
}

/// Whether a value of Resource stands for all of a kind: `arn:aws:iam::*:role/*`, `arn:aws:s3:::*/*`.
fn is_open(entry: &str) -> bool {
    let Some(resource) = entry.splitn(6, ':').nth(5) else { return is_everything(entry) };
    // what stands first is the kind, but with S3 the bucket
    let bucket = entry.split(':').nth(2) == Some("s3");
    let kind = resource.split_once(['/', ':']).filter(|_| !bucket);
    let name = kind.map_or(resource, |(_, name)| name);
    is_everything(entry) || name.split(['/', ':']).all(|part| part == "*")
}

/// Whether the ARN is that of the root user of an account.
fn is_root(resource: &str) -> bool {
    resource.split(':').nth(2) == Some("iam") && resource.ends_with(":root")
}

/// Whether the action stops or deletes what records and detects.
fn is_record(action: &Action) -> bool {
    RECORDS.contains(&action.service()) || action.folded() == "ec2:deleteflowlogs"
}

/// Whether the action writes permissions or takes away what limits them.
fn rewrites_permissions(action: &Action) -> bool {
    let name = action.folded().strip_prefix("iam:").unwrap_or_default();
    name.contains("policy") || name == "addusertogroup" || name == "removeuserfromgroup"
}

/// Whether the action changes what a managed policy says: for everyone who has it, and everyone whom it limits as a boundary, which
/// may be the caller.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
fn rewrites_versions(action: &Action) -> bool {
    ["iam:createpolicyversion", "iam:setdefaultpolicyversion"].contains(&action.folded())
}

/// Whether a line of a Deny singles out the root user.
///
/// `aws:PrincipalType` is `Account` for the root user:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
fn singles_root_out(condition: &Condition) -> bool {
    if condition.operator.kind.is_none_or(|kind| kind.is_negated() || kind == OperatorKind::Null) {
        return false;
    }
    let value = |hits: &str, misses: &[&str]| {
        condition.values.iter().any(|value| {
            // some operators take either case
            let pattern = Wildcard::new(&value.value.to_ascii_lowercase());
            pattern.matches(hits) && !misses.iter().any(|other| pattern.matches(other))
        })
    };
    match condition.folded_key.as_str() {
        "aws:principalarn" => {
            let account = condition.values.iter().any(|value| value.value.ends_with(":root"));
            account
                || value(
                    "arn:aws:iam::111122223333:root",
                    &["arn:aws:iam::111122223333:user/r", "arn:aws:iam::111122223333:role/r"],
                )
        }
        "aws:principaltype" => value("account", &["user", "assumedrole"]),
        _ => false,
    }
}
