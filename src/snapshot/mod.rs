//! The policies of an account and its organization, as a file holds them, and which of them apply to a request.
//!
//! A [`Snapshot`] comes from files ([`Snapshot::read`]) and loose documents ([`Snapshot::add_loose`]); [`select()`] finds what applies.
//! Documents are parsed when they are selected, since a file may hold thousands. What no file tells is a [`Gap`](crate::iam::Gap),
//! never an empty list.

mod attachment_scope;
mod command;
mod cores;
mod deployed;
mod details;
mod document;
mod error;
mod fetch;
mod file;
mod index;
mod note;
mod object;
mod organization;
mod permission_set;
mod place;
mod read;
mod s3;
mod s3_file;
mod scope;
mod select;
mod shape;
mod standalone;
mod taken;
mod unchanged;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::iam::{EndpointKind, EntityKind, InferenceProfile, Refusal};

pub use deployed::deployed;
pub use details::{
    AttachedPolicy, GroupDetail, ManagedPolicyDetail, PermissionsBoundary, PolicyDetail, PolicyVersion, RawDocument,
    RoleDetail, Tag, UserDetail,
};
pub use error::SnapshotError;
pub use fetch::{NOT_PRINTED, OTHER_ANSWERS};
pub use file::{
    AccountFile, AttachedOrganizationPolicy, DeniedBeforeFile, Details, EndpointPolicyFile, GapFile,
    InferenceProfileFile, KeyAliasFile, NamedDocument, NodeFile, OrganizationFile, OrganizationPolicyFile,
    PermissionSetFile, ProfileModelFile, ResourcePolicyFile, SessionPoliciesFile, SnapshotFile, VERSION,
    VpcEndpointsFile,
};
pub use note::SnapshotNote;
pub use object::Other;
pub use permission_set::{OfSet, Unprovisioned};
pub use s3_file::{AccessPointFile, ObjectOwnershipFile, PublicAccessBlockFile, PublicAccessConfigurationFile};
pub use select::{
    Membership, PrincipalFacts, PrincipalFound, Principals, Selection, SelectionNote, assume_complete, open_levels,
    select, select_for_session, select_once,
};
pub use shape::{ADMINISTRATOR_ACCESS, Beside, FileError, Held, Pair, Part, held, may_give_access, pairs, parts};
pub use taken::DeniedRequest;
pub use unchanged::Unchanged;

/// Everything that files and options told about policies.
#[derive(Debug, Default)]
pub struct Snapshot {
    accounts: BTreeMap<String, index::Account>,
    /// Managed policies of all accounts, and AWS's, by ARN.
    policies: BTreeMap<String, Arc<index::Managed>>,
    organizations: Vec<organization::Organization>,
    resource_policies: BTreeMap<String, index::ResourcePolicy>,
    /// Keys by the aliases of KMS that stand for them.
    key_aliases: BTreeMap<String, String>,
    endpoint_policies: BTreeMap<String, Option<Arc<document::Stored>>>,
    endpoint_kinds: BTreeMap<String, EndpointKind>,
    /// All endpoints of a service in a VPC, by both.
    vpc_endpoints: BTreeMap<(String, String), Vec<String>>,
    /// Permission sets, by the ARN of the role that is made from each.
    permission_sets: BTreeMap<String, index::PermissionSet>,
    session_policies: BTreeMap<String, index::SessionPolicies>,
    s3: s3::Settings,
    inference_profiles: Vec<InferenceProfile>,
    gaps: Vec<index::RecordedGap>,
    answers: RawEvidence,
    /// The files that say when they were taken.
    taken: Vec<taken::TakenFile>,
    loose: standalone::Loose,
    notes: Vec<SnapshotNote>,
}

/// What AWS itself answered, as the file holds it: JSON texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawEvidence {
    /// Of the policy simulator.
    pub simulations: Vec<String>,
    /// Of `iam:GetRequestAuthorizationDetails`.
    pub authorization_details: Vec<String>,
    /// Of `sts:DecodeAuthorizationMessage`.
    pub decoded_messages: Vec<String>,
    /// Of `iam:GetRequestAuthorizationPolicy`.
    pub authorization_policies: Vec<String>,
    /// Of `cloudtrail:LookupEvents`, with what was asked.
    pub event_history: Vec<String>,
}

/// One version of a managed policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionInfo<'s> {
    /// `v1`, `v2`, ...
    pub id: &'s str,
    /// Whether it is the one that counts.
    pub is_default: bool,
}

impl Snapshot {
    /// The accounts that the files tell of, in order.
    pub fn accounts(&self) -> impl Iterator<Item = &str> {
        self.accounts.keys().map(String::as_str)
    }

    /// The accounts, each with when it was taken, where the file says it (RFC 3339).
    pub fn accounts_read(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.accounts.iter().map(|(id, account)| (id.as_str(), account.taken_at.as_deref()))
    }

    /// Whether AWS was asked for what one request needs, and no more.
    #[must_use]
    pub fn is_of_a_request(&self) -> bool {
        self.accounts.values().any(|account| account.partial)
    }

    /// The ARNs of all users and roles, account by account.
    pub fn principals(&self) -> impl Iterator<Item = &crate::iam::Arn> {
        self.accounts
            .values()
            .flat_map(|account| account.users.values().chain(account.roles.values()))
            .map(|entity| &entity.arn)
    }

    /// The ARNs of the resources whose policies the files hold, or of which they say that there is none; in order.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.resource_policies.keys().map(String::as_str)
    }

    /// The account that owns a resource whose ARN does not tell it, where a file does.
    #[must_use]
    pub fn owner_of(&self, resource: &str) -> Option<&str> {
        self.resource_policy_of(resource)?.1.account.as_deref()
    }

    /// The key that an alias of KMS stands for, where a file tells.
    #[must_use]
    pub fn key_of(&self, alias: &str) -> Option<&str> {
        self.key_aliases.get(alias).map(String::as_str)
    }

    /// The VPC endpoints that a request can have come through, where it tells its VPC and a file the endpoints there.
    #[must_use]
    pub fn endpoints_of(&self, request: &crate::iam::Request) -> &[String] {
        let Some(vpc) = request.source_vpc() else { return &[] };
        // a VPC is in one Region; where neither the resource nor the request tells which, what was read of the VPC does
        let is_it = |service: &str| match request.region() {
            Some(region) => request.endpoint_service(&region).as_deref() == Some(service),
            None => {
                service.split('.').nth(2).and_then(|region| request.endpoint_service(region)).as_deref()
                    == Some(service)
            }
        };
        let known = self.vpc_endpoints.iter().find(|((of, service), _)| of == vpc && is_it(service));
        known.map_or(&[], |(_, endpoints)| endpoints.as_slice())
    }

    /// The policy of the resource itself, or of what it is a part of: the bucket of an object, the table of an index.
    fn resource_policy_of(&self, resource: &str) -> Option<(&str, &index::ResourcePolicy)> {
        // the longest of those that it may be a part of, and not each of thousands
        let ends = memchr::memchr2_iter(b'/', b':', resource.as_bytes());
        let wholes = std::iter::once(resource.len()).chain(ends.rev()).filter_map(|end| resource.get(..end));
        let mut held = wholes.filter_map(|whole| self.resource_policies.get_key_value(whole));
        let (arn, policy) = held.find(|(arn, _)| select::is_part_of(resource, arn))?;
        Some((arn.as_str(), policy))
    }

    /// The versions of a managed policy that the files hold; empty for a policy that is not in them.
    pub fn versions(&self, policy_arn: &str) -> impl Iterator<Item = VersionInfo<'_>> {
        self.policies
            .get(policy_arn)
            .into_iter()
            .flat_map(|policy| &policy.versions)
            .map(|version| VersionInfo { id: &version.id, is_default: version.is_default })
    }

    /// The inference profiles that the files tell of; where one is told of twice, the last one counts.
    #[must_use]
    pub fn inference_profiles(&self) -> &[InferenceProfile] {
        &self.inference_profiles
    }

    /// What AWS itself answered.
    #[must_use]
    pub const fn raw_evidence(&self) -> &RawEvidence {
        &self.answers
    }

    /// Why nothing is known about an ARN or id, where the collector was refused.
    pub fn refused<'s>(&'s self, of: &'s str) -> impl Iterator<Item = Refusal> + 's {
        let about = move |gap: &&index::RecordedGap| gap.of.as_deref() == Some(of);
        self.gaps.iter().filter(about).map(index::RecordedGap::refusal)
    }

    /// That AWS did not say who asked it.
    pub fn unknown_credentials(&self) -> impl Iterator<Item = Refusal> + '_ {
        self.gaps.iter().filter(|gap| gap.operation == "sts:GetCallerIdentity").map(index::RecordedGap::refusal)
    }

    /// What was noticed while reading, for a person: unknown fields, entities given twice.
    #[must_use]
    pub fn notes(&self) -> &[SnapshotNote] {
        &self.notes
    }

    /// Adds what another file tells. Where both tell of the same thing, the other one counts, and a note says so.
    pub fn merge(&mut self, other: Self) {
        for (id, account) in other.accounts {
            match self.accounts.entry(id) {
                std::collections::btree_map::Entry::Vacant(vacant) => {
                    vacant.insert(account);
                }
                std::collections::btree_map::Entry::Occupied(mut known) => {
                    let known = known.get_mut();
                    for (kind, both) in [
                        (EntityKind::User, overlap(&known.users, &account.users)),
                        (EntityKind::Role, overlap(&known.roles, &account.roles)),
                        (EntityKind::Group, overlap(&known.groups, &account.groups)),
                    ] {
                        let files = || [known.file.clone(), account.file.clone()];
                        let note = |(name, more)| SnapshotNote::EntitiesInTwoFiles { kind, name, more, files: files() };
                        self.notes.extend(both.map(note));
                    }
                    known.merge(account);
                }
            }
        }
        self.policies.extend(other.policies);
        for organization in other.organizations {
            if let Some(known) = self.organizations.iter().position(|known| known.id == organization.id) {
                self.notes.push(SnapshotNote::OrganizationInTwoFiles(organization.id.clone()));
                let known = self.organizations.remove(known);
                self.organizations.push(organization.beside(known));
                continue;
            }
            self.organizations.push(organization);
        }
        self.resource_policies.extend(other.resource_policies);
        self.key_aliases.extend(other.key_aliases);
        self.endpoint_policies.extend(other.endpoint_policies);
        self.endpoint_kinds.extend(other.endpoint_kinds);
        self.vpc_endpoints.extend(other.vpc_endpoints);
        self.permission_sets.extend(other.permission_sets);
        self.session_policies.extend(other.session_policies);
        self.s3.merge(other.s3);
        for profile in other.inference_profiles {
            self.add_inference_profile(profile);
        }
        self.gaps.extend(other.gaps);
        self.answers.simulations.extend(other.answers.simulations);
        self.answers.authorization_details.extend(other.answers.authorization_details);
        self.answers.decoded_messages.extend(other.answers.decoded_messages);
        self.answers.authorization_policies.extend(other.answers.authorization_policies);
        self.answers.event_history.extend(other.answers.event_history);
        self.taken.extend(other.taken);
        self.loose.merge(other.loose);
        self.notes.extend(other.notes);
    }
}

impl Snapshot {
    fn add_inference_profile(&mut self, profile: InferenceProfile) {
        self.inference_profiles.retain(|known| known.arn != profile.arn);
        self.inference_profiles.push(profile);
    }
}

/// The first name that both have, and how many others they share.
fn overlap<T>(one: &BTreeMap<String, T>, other: &BTreeMap<String, T>) -> Option<(String, usize)> {
    let mut both = other.keys().filter(|name| one.contains_key(*name));
    let first = both.next()?.clone();
    Some((first, both.count()))
}
