//! The policies that apply to one request, layer by layer, and what could not be seen of each layer.

use std::sync::Arc;

use super::gap::Gap;
use super::not_applicable::NotApplicable;
use super::policy::Policy;
use super::policy_type::PolicyType;

/// All layers that can decide one request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicySet {
    /// Policies of the user and its groups, or of the role.
    pub identity: Layer,
    /// Policy of the resource; a role's trust policy for `sts:AssumeRole*`.
    pub resource: Layer,
    /// Permissions boundary of the user or role.
    pub boundary: Layer,
    /// Session policies.
    pub session: Layer,
    /// Policy of the VPC endpoint.
    pub vpc_endpoint: Layer,
    /// Service control policies of the principal's account.
    pub service_control: Hierarchy,
    /// Resource control policies of the resource's account, without the full-access one that AWS attaches everywhere.
    pub resource_control: Hierarchy,
}

/// The policies of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// What was found.
    pub policies: Vec<Arc<Policy>>,
    /// Whether that is all.
    pub coverage: Coverage,
}

/// The policies of an organization above one account, root first, account last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchy {
    /// One entry a level.
    pub levels: Vec<Level>,
    /// Whether those are all levels.
    pub coverage: Coverage,
}

/// The root, an organizational unit, or the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its name or id, for a person.
    pub target: String,
    /// The policies attached to it.
    pub policies: Vec<Arc<Policy>>,
    /// Whether those are all that are attached to it. A gap here is among the gaps of the hierarchy too.
    pub coverage: Coverage,
}

/// How much of a layer was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// Everything: what is not here does not exist.
    Complete,
    /// The layer cannot apply to this request.
    NotApplicable(NotApplicable),
    /// There may be more.
    Gap(Gap),
    /// Not seen, and AWS's own words rule out that it allows or denies the caller by itself: at most it leaves the decision to the
    /// identity-based policies of the caller's account.
    MayDelegate(Gap),
    /// Not seen. AWS denied the request without a reason, so it is taken not to allow the caller; it may deny.
    MayDeny(Gap),
    /// Everything that denies was seen, and whether something allows was not: AWS attaches a policy that allows everything, and it was
    /// not among what was given.
    MayAllow(Gap),
}

impl Coverage {
    /// Whether a grant of a KMS key was read that may allow the request.
    #[must_use]
    pub fn tells_of_grant(&self) -> bool {
        self.gap().is_some_and(Gap::tells_of_grant)
    }
}

impl Layer {
    /// A layer of which everything is known.
    #[must_use]
    pub const fn complete(policies: Vec<Arc<Policy>>) -> Self {
        Self { policies, coverage: Coverage::Complete }
    }

    /// A layer that cannot apply to the request.
    #[must_use]
    pub const fn not_applicable(why: NotApplicable) -> Self {
        Self { policies: Vec::new(), coverage: Coverage::NotApplicable(why) }
    }

    /// A layer that no such policy exists in.
    #[must_use]
    pub const fn empty() -> Self {
        Self::complete(Vec::new())
    }
}

impl Hierarchy {
    /// A hierarchy without any level: the account is in no organization, or nothing applies.
    #[must_use]
    pub const fn empty() -> Self {
        Self { levels: Vec::new(), coverage: Coverage::Complete }
    }
}

impl PolicySet {
    /// No policies in any layer, and that is all there is.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            identity: Layer::empty(),
            resource: Layer::empty(),
            boundary: Layer::empty(),
            session: Layer::empty(),
            vpc_endpoint: Layer::empty(),
            service_control: Hierarchy::empty(),
            resource_control: Hierarchy::empty(),
        }
    }
}

/// The policies of one type, whatever their shape.
#[derive(Debug, Clone, Copy)]
pub struct LayerRef<'a> {
    /// The policies, where the type has no levels.
    pub policies: &'a [Arc<Policy>],
    /// The levels of the organization, root first, for SCPs and RCPs.
    pub levels: &'a [Level],
    /// How much of it was seen.
    pub coverage: &'a Coverage,
}

impl<'a> LayerRef<'a> {
    /// Every policy of the layer.
    pub fn all(self) -> impl Iterator<Item = &'a Arc<Policy>> {
        self.policies.iter().chain(self.levels.iter().flat_map(|level| &level.policies))
    }

    /// What is missing, if anything.
    #[must_use]
    pub const fn gap(self) -> Option<&'a Gap> {
        self.coverage.gap()
    }

    /// What is missing, if a Deny may be in it.
    #[must_use]
    pub const fn unseen_deny(self) -> Option<&'a Gap> {
        self.coverage.unseen_deny()
    }
}

impl<'a> From<&'a Layer> for LayerRef<'a> {
    fn from(layer: &'a Layer) -> Self {
        Self { policies: &layer.policies, levels: &[], coverage: &layer.coverage }
    }
}

impl<'a> From<&'a Hierarchy> for LayerRef<'a> {
    fn from(hierarchy: &'a Hierarchy) -> Self {
        Self { policies: &[], levels: &hierarchy.levels, coverage: &hierarchy.coverage }
    }
}

/// The layer of one type, to be changed.
#[derive(Debug)]
pub enum LayerMut<'a> {
    /// A type without levels.
    Plain(&'a mut Layer),
    /// SCPs or RCPs.
    Levels(&'a mut Hierarchy),
}

impl PolicySet {
    /// Every layer once, in the order in which a person looks for a permission: the caller's own policies first.
    pub const LAYERS: [PolicyType; 7] = [
        PolicyType::IdentityBased,
        PolicyType::ResourceBased,
        PolicyType::PermissionsBoundary,
        PolicyType::Session,
        PolicyType::VpcEndpoint,
        PolicyType::ServiceControl,
        PolicyType::ResourceControl,
    ];

    /// The policies of a type. A role's trust policy is its resource-based policy.
    #[must_use]
    pub fn layer(&self, policy_type: PolicyType) -> LayerRef<'_> {
        match policy_type {
            PolicyType::IdentityBased => (&self.identity).into(),
            PolicyType::ResourceBased | PolicyType::RoleTrust => (&self.resource).into(),
            PolicyType::PermissionsBoundary => (&self.boundary).into(),
            PolicyType::Session => (&self.session).into(),
            PolicyType::VpcEndpoint => (&self.vpc_endpoint).into(),
            PolicyType::ServiceControl => (&self.service_control).into(),
            PolicyType::ResourceControl => (&self.resource_control).into(),
        }
    }

    /// The layer of a type, to be changed.
    pub const fn layer_mut(&mut self, policy_type: PolicyType) -> LayerMut<'_> {
        match policy_type {
            PolicyType::IdentityBased => LayerMut::Plain(&mut self.identity),
            PolicyType::ResourceBased | PolicyType::RoleTrust => LayerMut::Plain(&mut self.resource),
            PolicyType::PermissionsBoundary => LayerMut::Plain(&mut self.boundary),
            PolicyType::Session => LayerMut::Plain(&mut self.session),
            PolicyType::VpcEndpoint => LayerMut::Plain(&mut self.vpc_endpoint),
            PolicyType::ServiceControl => LayerMut::Levels(&mut self.service_control),
            PolicyType::ResourceControl => LayerMut::Levels(&mut self.resource_control),
        }
    }

    /// The coverage of a type, to be changed.
    pub const fn coverage_mut(&mut self, policy_type: PolicyType) -> &mut Coverage {
        match self.layer_mut(policy_type) {
            LayerMut::Plain(layer) => &mut layer.coverage,
            LayerMut::Levels(hierarchy) => &mut hierarchy.coverage,
        }
    }

    /// Takes over a layer of another set.
    pub fn take_layer(&mut self, from: &Self, policy_type: PolicyType) {
        let LayerRef { policies, levels, coverage } = from.layer(policy_type);
        match self.layer_mut(policy_type) {
            LayerMut::Plain(layer) => *layer = Layer { policies: policies.to_vec(), coverage: coverage.clone() },
            LayerMut::Levels(all) => *all = Hierarchy { levels: levels.to_vec(), coverage: coverage.clone() },
        }
    }

    /// Takes over a layer of another set, which has that of this one then.
    pub fn swap_layer(&mut self, from: &mut Self, policy_type: PolicyType) {
        match (self.layer_mut(policy_type), from.layer_mut(policy_type)) {
            (LayerMut::Plain(own), LayerMut::Plain(other)) => std::mem::swap(own, other),
            (LayerMut::Levels(own), LayerMut::Levels(other)) => std::mem::swap(own, other),
            // both are of one type
            (LayerMut::Plain(_), LayerMut::Levels(_)) | (LayerMut::Levels(_), LayerMut::Plain(_)) => {}
        }
    }

    /// Every layer with its type, in the order in which a person looks for a permission: the caller's own policies first.
    pub fn layers(&self) -> impl Iterator<Item = (PolicyType, LayerRef<'_>)> {
        Self::LAYERS.into_iter().map(|policy_type| (policy_type, self.layer(policy_type)))
    }

    /// Every policy of every layer.
    pub fn policies(&self) -> impl Iterator<Item = &Arc<Policy>> {
        let Self { identity, resource, boundary, session, vpc_endpoint, service_control, resource_control } = self;
        let plain = [identity, resource, boundary, session, vpc_endpoint].into_iter().flat_map(|layer| &layer.policies);
        let levels = service_control.levels.iter().chain(&resource_control.levels);
        plain.chain(levels.flat_map(|level| &level.policies))
    }

    /// The same set with every policy passed through `change`.
    #[must_use]
    pub fn map_policies(&self, change: &dyn Fn(&Arc<Policy>) -> Arc<Policy>) -> Self {
        let mut set = self.clone();
        for policy_type in Self::LAYERS {
            match set.layer_mut(policy_type) {
                LayerMut::Plain(layer) => layer.policies.iter_mut().for_each(|policy| *policy = change(policy)),
                LayerMut::Levels(hierarchy) => {
                    let policies = hierarchy.levels.iter_mut().flat_map(|level| &mut level.policies);
                    policies.for_each(|policy| *policy = change(policy));
                }
            }
        }
        set
    }
}

impl Coverage {
    /// What is missing, if anything.
    #[must_use]
    pub const fn gap(&self) -> Option<&Gap> {
        match self {
            Self::Gap(gap) | Self::MayDelegate(gap) | Self::MayDeny(gap) | Self::MayAllow(gap) => Some(gap),
            Self::Complete | Self::NotApplicable(_) => None,
        }
    }

    /// What is missing, if a Deny may be in it.
    #[must_use]
    pub const fn unseen_deny(&self) -> Option<&Gap> {
        match self {
            Self::MayAllow(_) => None,
            other => other.gap(),
        }
    }
}
