//! Pages to a [`Snapshot`]: who and what is in the files, and where each document stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::details::{AttachedPolicy, GroupDetail, ManagedPolicyDetail, PolicyDetail, RoleDetail, UserDetail};
use super::document::{FileText, Stored, span_in};
use super::error::SnapshotError;
use super::file::{AccountFile, Details, GapFile, InferenceProfileFile, ProfileModelFile, SnapshotFile};
use super::note::SnapshotNote;
use super::object::{Fields, Other};
use super::place::path_at;
use super::taken::TakenFile;
use super::{Snapshot, read};
use crate::iam::{Arn, Asked, CallOutcome, EndpointKind, EntityKind, InferenceProfile, PolicyType, Refusal};
use crate::text::{Source, decode};

/// One account of a snapshot.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) aliases: Vec<String>,
    pub(super) partial: bool,
    pub(super) in_organization: Option<bool>,
    /// When it was taken, as the file says.
    pub(super) taken_at: Option<String>,
    pub(super) file: String,
    pub(super) users: BTreeMap<String, Arc<Entity>>,
    pub(super) roles: BTreeMap<String, Arc<Entity>>,
    pub(super) groups: BTreeMap<String, Arc<Entity>>,
}

/// A user, role or group and what it carries.
#[derive(Debug, PartialEq)]
pub(super) struct Entity {
    pub(super) kind: EntityKind,
    pub(super) arn: Arn,
    pub(super) name: String,
    pub(super) unique_id: Option<String>,
    /// Inline policies by name.
    pub(super) inline: Vec<(String, Option<Arc<Stored>>)>,
    /// Managed policies: name and ARN.
    pub(super) attached: Vec<(String, String)>,
    pub(super) groups: Vec<String>,
    pub(super) boundary: Option<String>,
    pub(super) trust: Option<Arc<Stored>>,
    pub(super) tags: Vec<(String, String)>,
}

/// A managed policy with all versions that the file holds.
#[derive(Debug, PartialEq)]
pub(super) struct Managed {
    pub(super) name: String,
    pub(super) versions: Vec<Version>,
}

/// A version of a managed policy.
#[derive(Debug, PartialEq)]
pub(super) struct Version {
    pub(super) id: String,
    pub(super) is_default: bool,
    pub(super) document: Option<Arc<Stored>>,
}

/// The policy of a resource; no document says that it has none.
#[derive(Debug, PartialEq)]
pub(super) struct ResourcePolicy {
    pub(super) name: Option<String>,
    /// The owner of the resource, where the file tells it.
    pub(super) account: Option<String>,
    pub(super) document: Option<Arc<Stored>>,
}

/// A permission set of IAM Identity Center.
#[derive(Debug, PartialEq)]
pub(super) struct PermissionSet {
    pub(super) arn: String,
    /// Its inline policy, where the file holds it.
    pub(super) inline: Option<Arc<Stored>>,
}

/// The policies that a session was made with.
#[derive(Debug, PartialEq)]
pub(super) struct SessionPolicies {
    pub(super) documents: Vec<(Option<String>, Option<Arc<Stored>>)>,
    pub(super) arns: Vec<String>,
}

/// Something that the collector was refused.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RecordedGap {
    pub(super) operation: String,
    pub(super) error: Option<String>,
    pub(super) permission: Option<String>,
    pub(super) of: Option<String>,
    pub(super) policy_type: Option<PolicyType>,
    /// What came of the call, where it was not refused.
    pub(super) outcome: CallOutcome,
}

impl RecordedGap {
    /// Whether it leaves open only that something allows: grants of a key deny nothing.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/grants.html>
    pub(super) fn may_only_allow(&self) -> bool {
        self.operation == "kms:ListGrants"
    }

    /// What came of which call, in AWS's words where it refused it, and the permission that it needs.
    pub(super) fn refusal(&self) -> Refusal {
        Refusal {
            operation: self.operation.clone(),
            outcome: self.outcome,
            error: self.error.clone(),
            permission: self.permission.clone(),
            asked: Asked::ForSnapshot,
        }
    }
}

impl Snapshot {
    /// Reads a snapshot file: an iamdx snapshot, or the output of `aws iam get-account-authorization-details`.
    ///
    /// ```
    /// use iamdx::snapshot::Snapshot;
    ///
    /// let file = br#"{"iamdx_snapshot": 1, "accounts": [{"id": "111122223333"}]}"#;
    /// let snapshot = Snapshot::read("account.json", file.to_vec())?;
    /// assert_eq!(snapshot.accounts().collect::<Vec<_>>(), ["111122223333"]);
    /// # Ok::<(), iamdx::snapshot::SnapshotError>(())
    /// ```
    ///
    /// # Errors
    /// When the bytes are no snapshot: with file, line, column and the path of keys that leads there.
    pub fn read(name: &str, bytes: Vec<u8>) -> Result<Self, SnapshotError> {
        Self::from_source(Source::new(name, decode(bytes)))
    }

    /// Reads a file whose text is known already.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn from_source(source: Source) -> Result<Self, SnapshotError> {
        let file = FileText::new(source);
        let mut index = Index { file: &file, snapshot: Self::default(), inside: None, unknown: BTreeMap::new() };
        for page in read::pages(&file.source)? {
            index.page(page)?;
        }
        Ok(index.finish())
    }
}

/// A file on its way into a snapshot.
struct Index<'f> {
    file: &'f Arc<FileText>,
    snapshot: Snapshot,
    /// The account of the snapshot that is being read.
    inside: Option<String>,
    /// Fields that are not known: what they stand in and their name, with how often and where first.
    unknown: BTreeMap<(&'static str, String), (usize, usize)>,
}

impl Index<'_> {
    fn page(&mut self, page: SnapshotFile<'_>) -> Result<(), SnapshotError> {
        self.others::<SnapshotFile<'_>>(&page.other);
        for denied in &page.denied_before {
            self.others::<super::file::DeniedBeforeFile<'_>>(&denied.other);
        }
        self.snapshot.taken.push(TakenFile::of(&page));
        let taken_at = page.taken_at.map(std::borrow::Cow::into_owned);
        self.details(page.details, taken_at.as_deref())?;
        for account in page.accounts {
            self.account(account, taken_at.as_deref())?;
        }
        if let Some(organization) = page.organization {
            let mut read = super::organization::Reading { file: self.file, unknown: Vec::new(), notes: Vec::new() };
            let organization = read.organization(&organization);
            self.snapshot.notes.append(&mut read.notes);
            for (noun, name, at) in read.unknown {
                self.unknown.entry((noun, name)).or_insert((0, at)).0 += 1;
            }
            self.snapshot.organizations.push(organization);
        }
        for policy in page.resource_policies {
            self.others::<super::file::ResourcePolicyFile<'_>>(&policy.other);
            let stored = ResourcePolicy {
                name: policy.name.map(Into::into),
                account: policy.account.map(Into::into),
                document: self.nullable(policy.document.as_deref()),
            };
            self.snapshot.resource_policies.insert(policy.arn.into_owned(), stored);
        }
        for alias in page.key_aliases {
            self.others::<super::file::KeyAliasFile<'_>>(&alias.other);
            self.snapshot.key_aliases.insert(alias.arn.into_owned(), alias.key.into_owned());
        }
        for policy in page.vpc_endpoint_policies {
            self.others::<super::file::EndpointPolicyFile<'_>>(&policy.other);
            let document = self.nullable(policy.document.as_deref());
            if let Some(kind) = policy.kind.as_deref().and_then(EndpointKind::of_type) {
                self.snapshot.endpoint_kinds.insert(policy.id.clone().into_owned(), kind);
            }
            self.snapshot.endpoint_policies.insert(policy.id.into_owned(), document);
        }
        for block in &page.public_access_blocks {
            self.others::<super::s3_file::PublicAccessBlockFile<'_>>(&block.other);
            if let Some(Some(set)) = &block.configuration {
                self.others::<super::s3_file::PublicAccessConfigurationFile<'_>>(&set.other);
            }
            if let Some(seen) = block.seen() {
                self.snapshot.s3.public_access.insert(block.of.clone().into_owned(), seen);
            }
        }
        for bucket in &page.object_ownership {
            self.others::<super::s3_file::ObjectOwnershipFile<'_>>(&bucket.other);
            if let Some(ownership) = bucket.seen() {
                self.snapshot.s3.ownership.insert(bucket.bucket.clone().into_owned(), ownership);
            }
        }
        for point in &page.access_points {
            self.others::<super::s3_file::AccessPointFile<'_>>(&point.other);
            self.snapshot.s3.access_points.insert(point.arn.clone().into_owned(), point.seen());
        }
        for all in page.vpc_endpoints {
            self.others::<super::file::VpcEndpointsFile<'_>>(&all.other);
            let ids = all.endpoints.into_iter().map(Into::into).collect();
            self.snapshot.vpc_endpoints.insert((all.vpc.into_owned(), all.service.into_owned()), ids);
        }
        for set in page.permission_sets {
            self.others::<super::file::PermissionSetFile<'_>>(&set.other);
            let inline = self.nullable(set.inline_policy.as_deref());
            let stored = PermissionSet { arn: set.arn.into_owned(), inline };
            self.snapshot.permission_sets.insert(set.role.into_owned(), stored);
        }
        for session in page.session_policies {
            self.others::<super::file::SessionPoliciesFile<'_>>(&session.other);
            let documents = session
                .policies
                .into_iter()
                .map(|policy| (policy.name.map(Into::into), self.stored(policy.document.as_deref())));
            let policies = SessionPolicies {
                documents: documents.collect(),
                arns: session.policy_arns.into_iter().map(Into::into).collect(),
            };
            self.snapshot.session_policies.insert(session.session.into_owned(), policies);
        }
        let own = Some(page.inference_profile).filter(|profile| !profile.arn.is_empty());
        for profile in page.inference_profiles.into_iter().chain(own) {
            self.inference_profile(&profile)?;
        }
        for gap in page.gaps {
            self.gap(gap);
        }
        let raw = |list: Vec<std::borrow::Cow<'_, serde_json::value::RawValue>>| -> Vec<String> {
            list.iter().map(|answer| answer.get().to_owned()).collect()
        };
        self.snapshot.answers.simulations.extend(raw(page.simulations));
        self.snapshot.answers.authorization_details.extend(raw(page.authorization_details));
        self.snapshot.answers.decoded_messages.extend(raw(page.decoded_messages));
        self.snapshot.answers.authorization_policies.extend(raw(page.authorization_policies));
        self.snapshot.answers.event_history.extend(raw(page.event_history));
        Ok(())
    }

    fn inference_profile(&mut self, profile: &InferenceProfileFile<'_>) -> Result<(), SnapshotError> {
        self.others::<InferenceProfileFile<'_>>(&profile.other);
        let mut models = Vec::with_capacity(profile.models.len());
        for model in &profile.models {
            self.others::<ProfileModelFile<'_>>(&model.other);
            models.push(self.arn(&model.arn)?);
        }
        let arn = self.arn(&profile.arn)?;
        self.snapshot.add_inference_profile(InferenceProfile { arn, models });
        Ok(())
    }

    fn gap(&mut self, gap: GapFile<'_>) {
        self.others::<GapFile<'_>>(&gap.other);
        let policy_type = gap.policy_type.as_deref().and_then(|id| {
            let found = PolicyType::ALL.into_iter().find(|policy_type| policy_type.id() == id);
            if found.is_none() {
                let file = self.file.source.name().to_owned();
                self.snapshot.notes.push(SnapshotNote::UnknownPolicyType { file, id: id.to_owned() });
            }
            found
        });
        self.snapshot.gaps.push(RecordedGap {
            operation: gap.operation.into_owned(),
            error: gap.error.map(Into::into),
            permission: gap.permission.map(Into::into),
            of: gap.of.map(Into::into),
            policy_type,
            outcome: gap
                .answer
                .and_then(|id| CallOutcome::ALL.into_iter().find(|outcome| outcome.id() == id))
                .unwrap_or(CallOutcome::Refused),
        });
    }

    fn account(&mut self, account: AccountFile<'_>, taken_at: Option<&str>) -> Result<(), SnapshotError> {
        self.others::<AccountFile<'_>>(&account.other);
        let known = self.account_of(&account.id, taken_at);
        known.aliases.extend(account.aliases.into_iter().map(Into::into));
        known.partial |= account.partial;
        known.in_organization = account.in_organization.or(known.in_organization);
        self.inside = Some(account.id.clone().into_owned());
        let read = self.details(account.details, taken_at);
        self.inside = None;
        read
    }

    fn account_of(&mut self, id: &str, taken_at: Option<&str>) -> &mut Account {
        let file = self.file.source.name();
        self.snapshot.accounts.entry(id.to_owned()).or_insert_with(|| Account {
            taken_at: taken_at.map(str::to_owned),
            file: file.to_owned(),
            ..Account::default()
        })
    }

    fn details(&mut self, details: Details<'_>, taken_at: Option<&str>) -> Result<(), SnapshotError> {
        for user in details.user_detail_list.unwrap_or_default() {
            let entity = self.user(user)?;
            self.add(entity, taken_at);
        }
        for group in details.group_detail_list.unwrap_or_default() {
            let entity = self.group(group)?;
            self.add(entity, taken_at);
        }
        for role in details.role_detail_list.unwrap_or_default() {
            let entity = self.role(role)?;
            self.add(entity, taken_at);
        }
        for policy in details.policies.unwrap_or_default() {
            self.managed(policy);
        }
        Ok(())
    }

    fn add(&mut self, entity: Entity, taken_at: Option<&str>) {
        if let Some(inside) = self.inside.as_ref().filter(|inside| *inside != entity.arn.account()) {
            let (file, arn) = (self.file.source.name().to_owned(), entity.arn.clone());
            self.snapshot.notes.push(SnapshotNote::InOtherAccount { file, arn, account: inside.clone() });
        }
        let account = self.account_of(entity.arn.account(), taken_at);
        let list = account.list_mut(entity.kind);
        let (kind, arn) = (entity.kind, entity.arn.clone());
        if list.insert(entity.name.clone(), Arc::new(entity)).is_some() {
            let file = self.file.source.name().to_owned();
            self.snapshot.notes.push(SnapshotNote::EntityTwice { file, kind, arn });
        }
    }

    fn user(&mut self, user: UserDetail<'_>) -> Result<Entity, SnapshotError> {
        self.others::<UserDetail<'_>>(&user.other);
        let arn = self.arn(&user.arn)?;
        Ok(Entity {
            kind: EntityKind::User,
            name: name_or_last(&user.user_name, &arn),
            unique_id: user.user_id.map(Into::into),
            inline: self.inline(user.user_policy_list),
            attached: attached(user.attached_managed_policies),
            groups: user.group_list.into_iter().map(Into::into).collect(),
            boundary: user.permissions_boundary.map(|boundary| boundary.permissions_boundary_arn.into_owned()),
            trust: None,
            tags: user.tags.into_iter().map(|tag| (tag.key.into_owned(), tag.value.into_owned())).collect(),
            arn,
        })
    }

    fn group(&mut self, group: GroupDetail<'_>) -> Result<Entity, SnapshotError> {
        self.others::<GroupDetail<'_>>(&group.other);
        let arn = self.arn(&group.arn)?;
        Ok(Entity {
            kind: EntityKind::Group,
            name: name_or_last(&group.group_name, &arn),
            unique_id: None,
            inline: self.inline(group.group_policy_list),
            attached: attached(group.attached_managed_policies),
            groups: Vec::new(),
            boundary: None,
            trust: None,
            tags: Vec::new(),
            arn,
        })
    }

    fn role(&mut self, role: RoleDetail<'_>) -> Result<Entity, SnapshotError> {
        self.others::<RoleDetail<'_>>(&role.other);
        let arn = self.arn(&role.arn)?;
        Ok(Entity {
            kind: EntityKind::Role,
            name: name_or_last(&role.role_name, &arn),
            unique_id: role.role_id.map(Into::into),
            inline: self.inline(role.role_policy_list),
            attached: attached(role.attached_managed_policies),
            groups: Vec::new(),
            boundary: role.permissions_boundary.map(|boundary| boundary.permissions_boundary_arn.into_owned()),
            trust: self.stored(role.assume_role_policy_document.as_deref()),
            tags: role.tags.into_iter().map(|tag| (tag.key.into_owned(), tag.value.into_owned())).collect(),
            arn,
        })
    }

    fn managed(&mut self, policy: ManagedPolicyDetail<'_>) {
        self.others::<ManagedPolicyDetail<'_>>(&policy.other);
        let default = policy.default_version_id.as_deref();
        let mut versions = Vec::new();
        for version in policy.policy_version_list {
            self.others::<super::details::PolicyVersion<'_>>(&version.other);
            versions.push(Version {
                is_default: default.map_or(version.is_default_version, |default| default == version.version_id),
                document: self.stored(version.document.as_deref()),
                id: version.version_id.into_owned(),
            });
        }
        let last = policy.arn.rsplit('/').next().unwrap_or_default();
        let name = if policy.policy_name.is_empty() { last.to_owned() } else { policy.policy_name.into_owned() };
        let managed = Managed { name, versions };
        self.snapshot.policies.insert(policy.arn.into_owned(), Arc::new(managed));
    }

    fn inline(&mut self, policies: Vec<PolicyDetail<'_>>) -> Vec<(String, Option<Arc<Stored>>)> {
        let mut inline = Vec::with_capacity(policies.len());
        for policy in policies {
            self.others::<PolicyDetail<'_>>(&policy.other);
            inline.push((policy.policy_name.into_owned(), self.stored(policy.policy_document.as_deref())));
        }
        inline
    }

    fn stored(&self, raw: Option<&serde_json::value::RawValue>) -> Option<Arc<Stored>> {
        raw.map(|raw| Arc::new(Stored::new(self.file, raw.get())))
    }

    /// A document that may be `null`.
    fn nullable(&self, raw: Option<&serde_json::value::RawValue>) -> Option<Arc<Stored>> {
        self.stored(raw.filter(|raw| raw.get() != "null"))
    }

    fn arn(&self, text: &str) -> Result<Arn, SnapshotError> {
        let place = span_in(&self.file.source, text);
        text.parse::<Arn>().map_err(|error| SnapshotError::Field {
            file: self.file.source.name().to_owned(),
            at: self.file.source.position(place.start),
            path: path_at(self.file.source.text(), place.start),
            message: error.to_string(),
        })
    }

    fn others<'de, T: Fields<'de>>(&mut self, other: &Other<'_>) {
        for (name, value) in &other.0 {
            if !T::IGNORED.contains(&name.as_ref()) {
                let at = span_in(&self.file.source, value.get()).start;
                self.unknown.entry((T::NOUN, name.clone().into_owned())).or_insert((0, at)).0 += 1;
            }
        }
    }

    fn finish(mut self) -> Snapshot {
        for ((of, name), (times, at)) in self.unknown {
            let (file, at) = (self.file.source.name().to_owned(), self.file.source.position(at));
            self.snapshot.notes.push(SnapshotNote::UnknownField { file, at, name, of, times });
        }
        self.snapshot
    }
}

impl Account {
    /// Takes over what a later file tells of the same account.
    pub(super) fn merge(&mut self, other: Self) {
        self.aliases.extend(other.aliases);
        self.partial &= other.partial;
        self.in_organization = other.in_organization.or(self.in_organization);
        self.taken_at = other.taken_at.or(self.taken_at.take());
        self.file = other.file;
        self.users.extend(other.users);
        self.roles.extend(other.roles);
        self.groups.extend(other.groups);
    }

    pub(super) const fn list(&self, kind: EntityKind) -> &BTreeMap<String, Arc<Entity>> {
        match kind {
            EntityKind::User => &self.users,
            EntityKind::Group => &self.groups,
            EntityKind::Role => &self.roles,
        }
    }

    const fn list_mut(&mut self, kind: EntityKind) -> &mut BTreeMap<String, Arc<Entity>> {
        match kind {
            EntityKind::User => &mut self.users,
            EntityKind::Group => &mut self.groups,
            EntityKind::Role => &mut self.roles,
        }
    }
}

fn attached(policies: Vec<AttachedPolicy<'_>>) -> Vec<(String, String)> {
    policies.into_iter().map(|policy| (policy.policy_name.into_owned(), policy.policy_arn.into_owned())).collect()
}

/// The name, or the last part of the ARN.
fn name_or_last(name: &str, arn: &Arn) -> String {
    if name.is_empty() { arn.resource().rsplit('/').next().unwrap_or_default().to_owned() } else { name.to_owned() }
}
