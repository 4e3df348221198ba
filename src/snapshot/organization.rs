//! The organization of a snapshot: its tree, what is attached to each node, and the path from the root to an account.
//!
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_inheritance_auth.html>

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::document::{FileText, Stored, span_in};
use super::file::{AttachedOrganizationPolicy, NodeFile, OrganizationFile, OrganizationPolicyFile};
use super::note::SnapshotNote;
use super::object::{Fields, Other};
use crate::iam::{AttachmentScope, Document, Policy, PolicyOrigin, PolicyType, ReachOf, TreeGap};
use crate::text::Source;

/// The SCP that AWS attaches to every root, unit and account, until someone detaches it.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
const FULL_AWS_ACCESS: (&str, &str, &str, &str) = (
    "p-FullAWSAccess",
    "FullAWSAccess",
    "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
    r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}"#,
);

/// That policy.
pub(super) fn full_aws_access() -> Option<Arc<Policy>> {
    let (_, name, arn, text) = FULL_AWS_ACCESS;
    let document = Arc::new(Document::parse(Source::new(name, text)).ok()?);
    Some(Arc::new(Policy {
        arn: Some(arn.to_owned()),
        origin: PolicyOrigin::AwsManaged,
        ..Policy::new(name, PolicyType::ServiceControl, document)
    }))
}

/// The RCP that AWS attaches everywhere and nobody can detach: it decides nothing, so it is left out.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
pub(super) const RCP_FULL_AWS_ACCESS: &str = "p-RCPFullAWSAccess";

/// An organization.
#[derive(Debug, PartialEq)]
pub(super) struct Organization {
    pub(super) id: String,
    pub(super) management_account: Option<String>,
    pub(super) enabled_policy_types: Option<Vec<String>>,
    /// Whether there is more in the tree than the file tells.
    partial: bool,
    nodes: Vec<Node>,
    /// The indices of the nodes from the root to each account.
    paths: BTreeMap<String, Vec<usize>>,
}

/// The root, a unit or an account.
#[derive(Debug, PartialEq)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) arn: Option<String>,
    /// What is attached; `None` is not known.
    pub(super) service_control: Option<Vec<Attached>>,
    pub(super) resource_control: Option<Vec<Attached>>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NodeKind {
    Root,
    Unit,
    Account,
}

/// A policy attached to a node.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Attached {
    /// A policy that the file defines, or that AWS does.
    Known(Arc<OrganizationPolicy>),
    /// Only its id stands in the file.
    Unknown(String),
}

/// An SCP or RCP.
#[derive(Debug, PartialEq)]
pub(super) struct OrganizationPolicy {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arn: Option<String>,
    pub(super) aws_managed: bool,
    pub(super) document: Option<Arc<Stored>>,
}

impl Node {
    /// What is attached of a type; `None` is not known.
    pub(super) const fn attached(&self, policy_type: PolicyType) -> Option<&Vec<Attached>> {
        match policy_type {
            PolicyType::ResourceControl => self.resource_control.as_ref(),
            _ => self.service_control.as_ref(),
        }
    }
}

impl Attached {
    /// The id of the policy.
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Known(policy) => &policy.id,
            Self::Unknown(id) => id,
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = match self.kind {
            NodeKind::Root => "root",
            NodeKind::Unit => "OU",
            NodeKind::Account => "account",
        };
        match &self.name {
            Some(name) => write!(f, "{noun} {name} ({})", self.id),
            None => write!(f, "{noun} {}", self.id),
        }
    }
}

impl Organization {
    /// The nodes from the root to the account, if the tree holds it.
    pub(super) fn path(&self, account: &str) -> Option<Vec<&Node>> {
        let path = self.paths.get(account)?;
        Some(path.iter().filter_map(|index| self.nodes.get(*index)).collect())
    }

    /// The same with the ways to accounts that another file knows, where this one holds no tree or only the ways that it was made for: in a
    /// whole tree an account that is missing is none of the organization's.
    pub(super) fn beside(mut self, other: Self) -> Self {
        if !self.partial && !self.nodes.is_empty() {
            return self;
        }
        let mut nodes: Vec<Option<Node>> = other.nodes.into_iter().map(Some).collect();
        let mut moved: BTreeMap<usize, usize> = BTreeMap::new();
        for (account, path) in other.paths {
            if self.paths.contains_key(&account) {
                continue;
            }
            let mut own = Vec::with_capacity(path.len());
            for index in path {
                // one that is on the way to several accounts was moved before, or is in this tree
                let at = if let Some(node) = nodes.get_mut(index).and_then(Option::take) {
                    self.add(node)
                } else if let Some(at) = moved.get(&index) {
                    *at
                } else {
                    break;
                };
                moved.insert(index, at);
                own.push(at);
            }
            self.paths.insert(account, own);
        }
        self.partial |= other.partial;
        self.management_account = self.management_account.or(other.management_account);
        self
    }

    /// Adds a node, or what it tells of the one of its id.
    fn add(&mut self, node: Node) -> usize {
        let Some(known) = self.nodes.iter().position(|known| known.id == node.id) else {
            self.nodes.push(node);
            return self.nodes.len() - 1;
        };
        if let Some(own) = self.nodes.get_mut(known) {
            own.service_control = own.service_control.take().or(node.service_control);
            own.resource_control = own.resource_control.take().or(node.resource_control);
        }
        known
    }

    /// Whether the tree has a node of this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.nodes.iter().any(|node| node.id == id)
    }

    /// How far a policy reaches, by its id; `None` is for whatever is attached to the node of the other id.
    pub(super) fn reach(&self, account: &str, of: ReachOf, policy: Option<&str>, node: &str) -> AttachmentScope {
        let policy_type = match of {
            ReachOf::Policy(policy_type, _) | ReachOf::Level(policy_type, _) => policy_type,
        };
        let is_there = |at: &Node| match policy {
            Some(policy) => at.attached(policy_type).is_some_and(|list| list.iter().any(|other| other.id() == policy)),
            None => at.id == node,
        };
        let below = self.paths.iter().filter(|(account, path)| {
            let mut nodes = path.iter().filter_map(|index| self.nodes.get(*index));
            Some(account.as_str()) != self.management_account.as_deref() && nodes.any(is_there)
        });
        let unknown = self.nodes.iter().find(|node| policy.is_some() && node.attached(policy_type).is_none());
        let incomplete = if self.partial {
            Some(TreeGap::OnlyThePath)
        } else {
            unknown.map(|node| TreeGap::AttachmentsNotKnown(node.to_string()))
        };
        AttachmentScope {
            of,
            account: account.to_owned(),
            attached_to: self.nodes.iter().filter(|node| is_there(node)).map(ToString::to_string).collect(),
            accounts: below.map(|(account, _)| account.clone()).collect(),
            incomplete,
        }
    }

    /// The account's path as `aws:PrincipalOrgPaths` has it: `o-.../r-.../ou-.../`.
    pub(super) fn path_text(&self, account: &str) -> Option<String> {
        let ids = self.path(account)?.into_iter().filter(|node| node.kind != NodeKind::Account);
        Some(ids.fold(format!("{}/", self.id), |path, node| format!("{path}{}/", node.id)))
    }
}

/// An organization on its way from a file.
pub(super) struct Reading<'f> {
    pub(super) file: &'f Arc<FileText>,
    /// Fields that are not known: what they stand in, their name, and where.
    pub(super) unknown: Vec<(&'static str, String, usize)>,
    pub(super) notes: Vec<SnapshotNote>,
}

impl Reading<'_> {
    pub(super) fn organization(&mut self, organization: &OrganizationFile<'_>) -> Organization {
        self.others::<OrganizationFile<'_>>(&organization.other);
        let mut policies = BTreeMap::new();
        let (id, name, arn, document) = FULL_AWS_ACCESS;
        let full_access = OrganizationPolicy {
            id: id.to_owned(),
            name: name.to_owned(),
            arn: Some(arn.to_owned()),
            aws_managed: true,
            document: Some(Arc::new(Stored::known(name, document))),
        };
        policies.insert(id.to_owned(), Arc::new(full_access));
        for policy in &organization.policies {
            policies.insert(policy.id.clone().into_owned(), Arc::new(self.policy(policy)));
        }
        let mut read = Organization {
            id: organization.id.clone().into_owned(),
            management_account: organization.management_account.clone().map(Into::into),
            enabled_policy_types: organization
                .enabled_policy_types
                .as_ref()
                .map(|types| types.iter().map(|name| name.clone().into_owned()).collect()),
            partial: organization.partial,
            nodes: Vec::new(),
            paths: BTreeMap::new(),
        };
        if let Some(root) = &organization.root {
            self.node(NodeKind::Root, root, &[], &policies, &mut read);
        }
        read
    }

    fn policy(&mut self, policy: &OrganizationPolicyFile<'_>) -> OrganizationPolicy {
        self.others::<OrganizationPolicyFile<'_>>(&policy.other);
        OrganizationPolicy {
            id: policy.id.clone().into_owned(),
            name: policy.name.as_ref().unwrap_or(&policy.id).clone().into_owned(),
            arn: policy.arn.clone().map(Into::into),
            aws_managed: policy.aws_managed,
            document: policy.content.as_deref().map(|raw| Arc::new(Stored::new(self.file, raw.get()))),
        }
    }

    fn node(
        &mut self,
        kind: NodeKind,
        node: &NodeFile<'_>,
        above: &[usize],
        policies: &BTreeMap<String, Arc<OrganizationPolicy>>,
        read: &mut Organization,
    ) {
        self.others::<NodeFile<'_>>(&node.other);
        let mut attached = |list: &Option<Vec<AttachedOrganizationPolicy<'_>>>| {
            let resolve = |policy: &AttachedOrganizationPolicy<'_>| match policy {
                AttachedOrganizationPolicy::Policy(policy) => Attached::Known(Arc::new(self.policy(policy))),
                AttachedOrganizationPolicy::Id(id) => match policies.get(id.as_ref()) {
                    Some(policy) => Attached::Known(Arc::clone(policy)),
                    None => Attached::Unknown(id.clone().into_owned()),
                },
            };
            list.as_ref().map(|list| list.iter().map(resolve).collect::<Vec<_>>())
        };
        let index = read.nodes.len();
        let path = [above, &[index]].concat();
        read.nodes.push(Node {
            kind,
            id: node.id.clone().into_owned(),
            name: node.name.clone().map(Into::into),
            arn: node.arn.clone().map(Into::into),
            service_control: attached(&node.service_control_policies),
            resource_control: attached(&node.resource_control_policies),
        });
        for unit in &node.organizational_units {
            self.node(NodeKind::Unit, unit, &path, policies, read);
        }
        for account in &node.accounts {
            self.node(NodeKind::Account, account, &path, policies, read);
        }
        if kind == NodeKind::Account && read.paths.insert(node.id.clone().into_owned(), path).is_some() {
            self.notes.push(SnapshotNote::AccountTwiceInTree {
                file: self.file.source.name().to_owned(),
                account: node.id.clone().into_owned(),
                organization: read.id.clone(),
            });
        }
    }

    fn others<'de, T: Fields<'de>>(&mut self, other: &Other<'_>) {
        for (name, value) in &other.0 {
            self.unknown.push((T::NOUN, name.clone().into_owned(), span_in(&self.file.source, value.get()).start));
        }
    }
}
