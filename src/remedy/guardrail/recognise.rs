//! What a Deny protects from one request: told by the request, by what the Deny goes by, and by the table of dangers.

use super::exception::{Exception, exceptions};
use super::identity::{KnownIdentity, known, named, part_of_platform};
use super::known::{
    ENCRYPTION, METADATA, PERIMETER, holds_records, is_record, rewrites_permissions, rewrites_versions,
};
use super::reach::{
    is_everything, is_of_organization, is_open, is_positive, is_root, is_whole_account, names_somebody,
    singles_root_out,
};
use super::{Guarded, Guardrail, tag};
use crate::iam::{
    Action, Condition, OperatorKind, PolicyType, Principal, PrincipalKind, Request, ResourceMatch, ResourcePattern,
    ResourceText, Statement,
};
use crate::reference::{AccessLevel, DangerKind, Reference};

/// What a Deny guards, and whether an exception is refused.
type Found = (Guarded, bool);

/// What the Deny guards, seen from the request that it denied.
pub(in crate::remedy) fn guardrail(
    statement: &Statement,
    policy_type: PolicyType,
    request: &Request,
    reference: &Reference,
) -> Option<Guardrail> {
    let action = request.action.value()?;
    let excepts = exceptions(statement);
    let deny = Deny { statement, policy_type, request, reference, action, excepts: &excepts };
    let (guards, refused) = Deny::RULES.iter().find_map(|rule| rule(&deny))?;
    Some(Guardrail { guards, excepts, refused })
}

/// What the Allow of a perimeter keeps out: it allows only what is the organization's own.
pub(in crate::remedy) fn keeps_out(statement: &Statement) -> Option<Guardrail> {
    let line = statement.conditions.iter().find(|line| is_of_organization(line))?;
    Some(Guardrail { guards: Guarded::OrganizationPerimeter(line.key.clone()), excepts: Vec::new(), refused: true })
}

/// A Deny and the request that it denied.
struct Deny<'a> {
    statement: &'a Statement,
    policy_type: PolicyType,
    request: &'a Request,
    reference: &'a Reference,
    action: &'a Action,
    /// Whom and what it leaves out by itself.
    excepts: &'a [Exception],
}

impl Deny<'_> {
    /// What guardrails are recognised by; the first that fits says what the Deny guards.
    const RULES: [fn(&Self) -> Option<Found>; 18] = [
        Self::revoked_session,
        Self::leave_organization,
        Self::root_lock,
        Self::tags,
        Self::metadata,
        Self::boundary,
        Self::identity,
        Self::cut_off,
        Self::stored_records,
        Self::organization,
        Self::regions,
        Self::perimeter,
        Self::encryption,
        Self::danger,
        Self::only_these,
        Self::only_for,
        Self::tagged,
        Self::things,
    ];

    /// Sessions from before a moment.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html>
    fn revoked_session(&self) -> Option<Found> {
        let line = self.line("aws:tokenissuetime")?;
        let moment = line.values.first().map_or_else(String::new, |value| value.value.clone());
        Some((Guarded::RevokedSession(moment), true))
    }

    fn leave_organization(&self) -> Option<Found> {
        (self.action.folded() == "organizations:leaveorganization").then_some((Guarded::LeaveOrganization, true))
    }

    /// The root user, and its keys, which are the account's.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html>
    fn root_lock(&self) -> Option<Found> {
        let root = self.request.principal.value().is_none_or(|principal| principal.kind() == PrincipalKind::Root);
        let of_root = self.request.resource.value().is_some_and(|resource| is_root(resource));
        let keys = of_root && self.action.service() == "iam";
        let locked = keys || root && self.statement.conditions.iter().any(singles_root_out);
        locked.then_some((Guarded::RootLock, true))
    }

    /// Tags that must not be set, or that only pods have.
    fn tags(&self) -> Option<Found> {
        let lines = &self.statement.conditions;
        // beside a line that says which tags, `Null` only says that there are some
        let alone = |line: &&Condition| {
            line.folded_key != "aws:tagkeys"
                || line.operator.kind != Some(OperatorKind::Null)
                || lines.iter().filter(|other| other.folded_key == line.folded_key).count() == 1
        };
        let kept: Vec<String> = lines.iter().filter(alone).flat_map(tag::kept).collect();
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

    fn metadata(&self) -> Option<Found> {
        let goes_by_it = self.line_of(&METADATA).is_some();
        let changes_it = ["ec2:modifyinstancemetadataoptions", "ec2:modifyinstancemetadatadefaults"];
        let guarded = goes_by_it || changes_it.contains(&self.action.folded());
        guarded.then_some((Guarded::InstanceMetadata, true))
    }

    /// Boundaries that are taken off, or new identities without one.
    fn boundary(&self) -> Option<Found> {
        let about =
            ["iam", "sso"].contains(&self.action.service()) && self.action.folded().contains("permissionsboundary");
        (about || self.line("iam:permissionsboundary").is_some()).then_some((Guarded::Boundary, true))
    }

    /// An identity that is set up to stay.
    fn identity(&self) -> Option<Found> {
        if !["iam", "sts"].contains(&self.action.service()) {
            return self.platform();
        }
        let name = named(self.request).or_else(|| self.named_by_statement())?;
        match known(&name) {
            KnownIdentity::Other => {
                // a Deny that singles identities out protects them; one on all of them is about the action
                let singled = self.singles_out();
                let changes = self.changes_something();
                let refused = self.is_from_above() || rewrites_versions(self.action);
                (singled && changes && !self.is_own(&name))
                    .then_some((Guarded::Identity(name, KnownIdentity::Other), refused))
            }
            known => Some((Guarded::Identity(name, known), true)),
        }
    }

    /// A function, topic, rule, trail, stack or bucket that a landing zone or the organization set up in the account.
    fn platform(&self) -> Option<Found> {
        let singled = self.is_from_above() && self.singles_out();
        let name = part_of_platform(self.request.resource.value()?).filter(|_| singled)?;
        Some((Guarded::Identity(name.to_owned(), KnownIdentity::Platform), true))
    }

    /// Logs and backups that lie somewhere: whoever set the Deny above wants them kept.
    /// <https://docs.aws.amazon.com/prescriptive-guidance/latest/security-reference-architecture/log-archive.html>
    fn stored_records(&self) -> Option<Found> {
        let resource = self.request.resource.value().filter(|_| self.keeps_as_they_are())?;
        let name = resource.splitn(6, ':').nth(5)?;
        // the bucket, table or vault, not what lies in it
        let name = name.split('/').next().unwrap_or(name);
        holds_records(name).then_some((Guarded::Records, true))
    }

    /// Things that the Deny names, kept from being changed.
    fn things(&self) -> Option<Found> {
        let element = self.statement.resource.as_ref().filter(|_| self.keeps_as_they_are())?;
        Some((Guarded::Things(element.entries.iter().map(|entry| entry.value.clone()).collect()), false))
    }

    /// Things with a tag.
    fn tagged(&self) -> Option<Found> {
        let line = self
            .statement
            .conditions
            .iter()
            .find(|line| is_positive(line) && line.folded_key.contains("resourcetag/"))?;
        let values = line.values.iter().map(|value| value.value.clone()).collect();
        Some((Guarded::Tagged(line.key.clone(), values), false))
    }

    /// What is made or put must be encrypted.
    fn encryption(&self) -> Option<Found> {
        let line = self.line_of(&ENCRYPTION)?;
        Some((Guarded::Encryption(line.key.clone()), false))
    }

    /// Everything is denied on everything, for everyone or for everyone but a few.
    fn cut_off(&self) -> Option<Found> {
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
        let for_all = singling.count() <= self.excepts.len();
        // the owner of a resource closes it for good reasons of its own
        let above = self.policy_type != PolicyType::ResourceBased && self.policy_type != PolicyType::RoleTrust;
        (every_action && every_resource && for_all && above).then_some((Guarded::CutOff, true))
    }

    /// A perimeter around the organization.
    fn organization(&self) -> Option<Found> {
        let line = self.statement.conditions.iter().find(|line| is_of_organization(line))?;
        // what leaves the organization through its own network and accounts does not come back
        let outwards = line.folded_key.contains(":resource") || line.folded_key.contains(":dataaccesspoint");
        let above = self.is_from_above() || self.policy_type == PolicyType::VpcEndpoint;
        Some((Guarded::OrganizationPerimeter(line.key.clone()), outwards && above))
    }

    fn regions(&self) -> Option<Found> {
        let kind = self.line("aws:requestedregion")?.operator.kind?;
        kind.is_negated().then_some((Guarded::RegionLock, false))
    }

    /// A perimeter around networks and sign-ins.
    fn perimeter(&self) -> Option<Found> {
        self.line_of(&PERIMETER)?;
        // without what it asks for, it guards what the action could do
        let guarded = self.is_from_above() && self.danger().is_some_and(|(_, refused)| refused);
        Some((Guarded::Perimeter, guarded))
    }

    /// What its holder could do with the action.
    fn danger(&self) -> Option<Found> {
        let danger = self.reference.danger(self.action)?;
        Some(match danger.kind {
            DangerKind::ProtectionOff if is_record(self.action) => (Guarded::Records, true),
            // whom the owner leaves out by itself may do it, and nobody else
            DangerKind::ProtectionOff => (Guarded::Protection(danger), true),
            DangerKind::Escalation => {
                let refused = self.is_from_above() && rewrites_permissions(self.action)
                    || self.is_about_itself()
                    || rewrites_versions(self.action);
                (Guarded::Escalation(danger), refused)
            }
            DangerKind::Exposure => (Guarded::Exposure(danger), false),
        })
    }

    /// A list of what may be used, written as a Deny of everything else.
    fn only_these(&self) -> Option<Found> {
        let list = self.statement.action.negated && self.statement.conditions.len() <= self.excepts.len();
        list.then_some((Guarded::OnlyThese, false))
    }

    fn only_for(&self) -> Option<Found> {
        (!self.excepts.is_empty()).then_some((Guarded::OnlyFor, false))
    }

    fn line(&self, key: &str) -> Option<&Condition> {
        self.statement.conditions.iter().find(|condition| condition.folded_key == key)
    }

    /// The line that goes by one of these keys; the key that stands first in the list comes first.
    fn line_of(&self, keys: &[&str]) -> Option<&Condition> {
        keys.iter().find_map(|key| self.line(key))
    }

    /// Whether it binds whole accounts or identities from above, so that whoever meets it did not set it.
    const fn is_from_above(&self) -> bool {
        matches!(
            self.policy_type,
            PolicyType::ServiceControl | PolicyType::ResourceControl | PolicyType::PermissionsBoundary
        )
    }

    /// Whether the action does more than read.
    fn changes_something(&self) -> bool {
        let writes = |level: &AccessLevel| !matches!(level, AccessLevel::Read | AccessLevel::List);
        let facts = self.reference.action(self.action);
        self.reference.danger(self.action).is_some()
            || facts.is_some_and(|facts| facts.access_levels().iter().any(writes))
    }

    /// Whether the statement is about some resources, this one among them, not about all or all of a kind. What else stands in the same
    /// list is about others.
    fn singles_out(&self) -> bool {
        let Some(element) = &self.statement.resource else { return false };
        let resource = self.request.resource.value().map_or("*", String::as_str);
        let (text, context) = (ResourceText::new(resource), &self.request.context);
        let named = element.entries.iter().zip(&element.patterns);
        let covers = |pattern: &ResourcePattern| pattern.matches(&text, context) != ResourceMatch::No;
        let covering: Vec<bool> =
            named.filter(|(_, pattern)| covers(pattern)).map(|(entry, _)| is_open(&entry.value)).collect();
        if element.negated || covering.is_empty() {
            return element.entries.iter().all(|entry| !is_open(&entry.value));
        }
        covering.iter().any(|open| !open)
    }

    /// The same where the resources are named, not those that are left out.
    fn singles_resources_out(&self) -> bool {
        self.statement.resource.as_ref().is_some_and(|element| !element.negated) && self.singles_out()
    }

    /// Whether it comes from above and keeps the resources that it names from being changed.
    fn keeps_as_they_are(&self) -> bool {
        self.is_from_above() && self.singles_resources_out() && self.changes_something()
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

    /// Whether the request changes the permissions of whoever makes it.
    fn is_about_itself(&self) -> bool {
        rewrites_permissions(self.action) && named(self.request).is_some_and(|name| self.is_own(&name))
    }
}
