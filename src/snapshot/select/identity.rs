//! The principal's own policies: identity-based policies and the permissions boundary.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Described, Found, PrincipalFacts, PrincipalFound, SelectionNote, Selector};
use crate::iam::{
    CallOutcome, EntityKind, Gap, Held, Layer, NotApplicable, NotInAccount, PolicyOrigin, PolicyType, Principal,
    PrincipalKind, Subject, Unseen,
};
use crate::snapshot::command;
use crate::snapshot::index::{Account, Entity};

const IDENTITY: PolicyType = PolicyType::IdentityBased;
const BOUNDARY: PolicyType = PolicyType::PermissionsBoundary;

/// Why a principal has no entry.
enum Missing {
    NotApplicable(NotApplicable),
    NotFound(Box<Gap>),
}

fn not_found(gap: Gap) -> Missing {
    Missing::NotFound(Box::new(gap))
}

impl Selector<'_> {
    /// Whether the principal was found, its identity-based policies, and its boundary.
    pub(super) fn identity(&mut self) -> (PrincipalFound, Layer, Layer) {
        let loose_identity = self.snapshot.loose.all(IDENTITY);
        let loose_boundary = self.snapshot.loose.all(BOUNDARY);
        let (found, identity, boundary) = match self.find() {
            Ok(entity) => self.entity(&entity),
            Err(Missing::NotApplicable(why)) => {
                let layer = Layer::not_applicable(why.clone());
                return (PrincipalFound::NotApplicable(why), layer.clone(), layer);
            }
            Err(Missing::NotFound(gap)) => {
                let of = |policy_type: PolicyType| {
                    let subject = Subject::PoliciesOf(policy_type, Box::new(gap.subject.clone()));
                    Found::gap(Gap { subject, ..Gap::clone(&gap) })
                };
                let layers = (of(IDENTITY), of(BOUNDARY));
                (PrincipalFound::NotFound(*gap), layers.0, layers.1)
            }
        };
        let is_found = matches!(found, PrincipalFound::Found(_));
        let identity = match loose_identity {
            Some(policies) if is_found => {
                self.notes.push(SelectionNote::AddedToSnapshot);
                let mut layer = self.layer(identity);
                layer.policies.extend(policies);
                layer
            }
            Some(policies) => self.given(IDENTITY, policies),
            None => self.layer(identity),
        };
        let boundary = match loose_boundary.or_else(|| self.snapshot.loose.none(BOUNDARY).map(|_| Vec::new())) {
            Some(policies) => {
                if is_found {
                    self.replaced(BOUNDARY);
                }
                self.given(BOUNDARY, policies)
            }
            None => self.layer(boundary),
        };
        (found, identity, boundary)
    }

    /// Notes that what an option gave takes the place of what the snapshot holds.
    pub(super) fn replaced(&mut self, policy_type: PolicyType) {
        self.notes.push(SelectionNote::ReplacedByOption(policy_type));
    }

    fn find(&self) -> Result<Arc<Entity>, Missing> {
        if self.is_federated() {
            return Err(Missing::NotApplicable(NotApplicable::FederatedCall(IDENTITY)));
        }
        let Some(principal) = self.request.principal.value() else {
            let gap = Gap::new(Subject::Caller, Unseen::CallerNotNamed);
            return Err(not_found(gap.closed_by(command::caller())));
        };
        let kind = match principal.kind() {
            PrincipalKind::User => EntityKind::User,
            PrincipalKind::Role | PrincipalKind::AssumedRole => EntityKind::Role,
            // <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html>
            PrincipalKind::Root => return Err(Missing::NotApplicable(NotApplicable::RootUser)),
            PrincipalKind::Service => return Err(Missing::NotApplicable(NotApplicable::Service(IDENTITY))),
            PrincipalKind::Anonymous => return Err(Missing::NotApplicable(NotApplicable::Anonymous(IDENTITY))),
            PrincipalKind::Federated => return Err(Missing::NotApplicable(NotApplicable::FederatedCall(IDENTITY))),
            // <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>
            PrincipalKind::FederatedUser => {
                let gap = Gap::new(Subject::UserBehind(principal.to_string()), Unseen::UserNotInArn);
                return Err(not_found(gap.closed_by(command::session("GetFederationToken", principal.as_str()))));
            }
            PrincipalKind::Unknown => {
                let gap = Gap::new(Subject::Principal(principal.to_string()), Unseen::NotAUserOrRole);
                return Err(not_found(gap.closed_by(command::caller())));
            }
        };
        self.lookup(principal, kind).map_err(Missing::NotFound)
    }

    fn lookup(&self, principal: &Principal, kind: EntityKind) -> Result<Arc<Entity>, Box<Gap>> {
        let (Some(account), Some(name)) = (principal.account(), principal.name()) else {
            return Err(Box::new(Gap::new(Subject::Principal(principal.to_string()), Unseen::NoAccountInArn)));
        };
        let gap =
            |reason| Box::new(Gap::new(Subject::Entity(kind, name.to_owned()), reason).closed_by(command::account()));
        let accounts = &self.snapshot.accounts;
        let Some(known) = accounts.get(account) else {
            let asked_with = accounts.iter().find(|(_, known)| known.partial);
            return Err(gap(if accounts.is_empty() {
                Unseen::NoSnapshot
            } else if let Some((used, _)) = asked_with {
                Unseen::OtherCredentials { account: account.to_owned(), used: used.clone() }
            } else {
                let known = accounts.keys().take(5).cloned().collect();
                Unseen::OtherAccounts { account: account.to_owned(), known }
            }));
        };
        match known.list(kind).get(name) {
            Some(entity) => Ok(Arc::clone(entity)),
            // no command prints the policies of somebody who is not there
            None if self.is_not_in_aws(account, kind, name) => {
                let absent = NotInAccount { held: Held::NotInAws, ..absent(known, account, kind, name) };
                Err(Box::new(Gap::new(Subject::Entity(kind, name.to_owned()), Unseen::NotInAccount(absent))))
            }
            None => Err(gap(Unseen::NotInAccount(absent(known, account, kind, name)))),
        }
    }

    /// Whether AWS answered that there is no such user or role.
    fn is_not_in_aws(&self, account: &str, kind: EntityKind, name: &str) -> bool {
        let operation = match kind {
            EntityKind::User => "iam:GetUser",
            EntityKind::Role => "iam:GetRole",
            EntityKind::Group => return false,
        };
        let is_it = |of: &str| {
            let arn = of.parse::<crate::iam::Arn>().ok();
            arn.is_some_and(|arn| arn.account() == account && arn.resource().rsplit('/').next() == Some(name))
        };
        self.snapshot.gaps.iter().any(|gap| {
            gap.operation == operation && gap.outcome == CallOutcome::NotFound && gap.of.as_deref().is_some_and(is_it)
        })
    }

    fn entity(&mut self, entity: &Entity) -> (PrincipalFound, Found, Found) {
        let mut identity = Found::default();
        // each managed policy once, with everything that it reaches the principal through
        let mut managed: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
        let mut order: Vec<String> = Vec::new();
        let snapshot = self.snapshot;
        let groups = snapshot.accounts.get(entity.arn.account()).map(|account| &account.groups);
        let mut holders = vec![entity];
        for name in &entity.groups {
            match groups.and_then(|groups| groups.get(name)) {
                Some(group) => holders.push(group.as_ref()),
                None => identity.gaps.push(Gap {
                    subject: Subject::GroupPolicies {
                        group: name.clone(),
                        kind: entity.kind,
                        member: entity.name.clone(),
                    },
                    reason: Unseen::GroupNotInSnapshot,
                    how_to_close: vec![command::account()],
                }),
            }
        }
        for holder in holders {
            self.recorded_gaps(&mut identity, holder.arn.as_str(), IDENTITY);
            for (name, stored) in &holder.inline {
                let described = Described {
                    name,
                    arn: None,
                    policy_type: IDENTITY,
                    origin: PolicyOrigin::Inline,
                    version_id: None,
                    attached_to: vec![holder.arn.as_str().to_owned()],
                };
                if holder.kind == EntityKind::Group {
                    self.take(&mut identity, stored.as_ref(), described);
                } else {
                    self.take_own(&mut identity, stored.as_ref(), described);
                }
            }
            for (name, arn) in &holder.attached {
                let (_, through) = managed.entry(arn.clone()).or_insert_with(|| {
                    order.push(arn.clone());
                    (name.clone(), Vec::new())
                });
                through.push(holder.arn.as_str().to_owned());
            }
        }
        for arn in order {
            if let Some((name, through)) = managed.remove(&arn) {
                self.take_managed(&mut identity, &name, &arn, IDENTITY, through);
            }
        }
        let mut boundary = Found::default();
        self.recorded_gaps(&mut boundary, entity.arn.as_str(), BOUNDARY);
        if let Some(arn) = &entity.boundary {
            self.take_managed(&mut boundary, "", arn, BOUNDARY, vec![entity.arn.as_str().to_owned()]);
        }
        self.permission_set(entity);
        self.note_paths(entity);
        let facts = PrincipalFacts {
            arn: entity.arn.clone(),
            unique_id: entity.unique_id.clone(),
            tags: entity.tags.clone(),
            boundary: entity.boundary.clone(),
            permission_set: snapshot.permission_sets.get(entity.arn.as_str()).map(|set| set.arn.clone()),
        };
        (PrincipalFound::Found(facts), identity, boundary)
    }

    /// Where the permission set behind the role could not be read: the role's policies are known, but not where they are edited.
    fn permission_set(&mut self, entity: &Entity) {
        let principal = Principal::new(entity.arn.as_str());
        let Some(name) = principal.permission_set() else { return };
        let of = format!("permission set {name}");
        let gaps = self.snapshot.gaps.iter().filter(|gap| gap.of.as_deref() == Some(of.as_str()));
        let gaps = gaps.map(|gap| Gap::new(Subject::PermissionSet(name.to_owned()), Unseen::Refused(gap.refusal())));
        self.gaps.extend(gaps.collect::<Vec<_>>());
        if self.snapshot.unprovisioned(&entity.arn).is_some() {
            self.gaps.push(Gap::new(Subject::PermissionSet(name.to_owned()), Unseen::NotProvisioned));
        }
    }

    /// Names are unique in an account whatever the path, so another path means that the entity was made anew.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names>
    fn note_paths(&mut self, entity: &Entity) {
        let named = match self.request.principal.value() {
            Some(principal) if principal.kind() != PrincipalKind::AssumedRole => Some(principal.as_str()),
            _ => self.request.role.as_ref().map(crate::iam::Arn::as_str),
        };
        if let Some(named) = named.filter(|named| *named != entity.arn.as_str()) {
            self.notes.push(SelectionNote::OtherPath { held: entity.arn.clone(), named: named.to_owned() });
        }
    }
}

/// Why an account that is there does not hold the name.
fn absent(known: &Account, account: &str, kind: EntityKind, name: &str) -> NotInAccount {
    let entities = known.list(kind);
    NotInAccount {
        account: account.to_owned(),
        kind,
        name: name.to_owned(),
        taken_at: known.taken_at.clone(),
        held: if known.partial { Held::Part } else { Held::All(entities.len()) },
        near: entities.keys().find(|other| other.eq_ignore_ascii_case(name)).cloned(),
    }
}
