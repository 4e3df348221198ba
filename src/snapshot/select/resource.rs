//! The policy of the resource, which for assuming a role is the role's trust policy.

use std::sync::Arc;

use super::{Described, Found, Selector};
use crate::iam::{
    Arn, Blank, CallOutcome, Command, Coverage, Gap, Layer, Policy, PolicyOrigin, PolicyType, Principal, PrincipalKind,
    Refusal, ResourcePolicy, Subject, Unseen, WithinAccount, has_own_policy, is_trust_action, policy_domain,
    policy_repository, resource_policy, within_account,
};
use crate::snapshot::fetch;
use crate::snapshot::index::{RecordedGap, ResourcePolicy as Recorded};
use crate::snapshot::scope;
use crate::text::quoted;

impl<'a> Selector<'a> {
    pub(super) fn resource(&mut self) -> Layer {
        let request = self.request;
        let action = request.action.value();
        let resource = request.resource.value().map(String::as_str);
        if action.is_some_and(is_trust_action) {
            let role = resource.map(Principal::new).filter(|role| role.kind() == PrincipalKind::Role);
            if let Some(role) = role {
                return self.trust(&role);
            }
        }
        let both = action.and_then(|action| within_account(action, None)) == Some(WithinAccount::Both);
        let mut loose = self.snapshot.loose.all(PolicyType::ResourceBased).unwrap_or_default();
        if let Some(policies) = self.snapshot.loose.all(PolicyType::RoleTrust) {
            loose.extend(policies);
        }
        let given = resource.and_then(|resource| self.policy_of(resource));
        if !loose.is_empty() {
            if given.is_some() {
                self.replaced(PolicyType::ResourceBased);
            }
            // an auth policy may be the service's or its network's
            let carrier = if both { None } else { resource.and_then(carrier) };
            let carrier: Vec<String> = carrier.into_iter().collect();
            let of = |policy: Arc<Policy>| Arc::new(Policy { attached_to: carrier.clone(), ..policy.as_ref().clone() });
            let one_of_two = (loose.len() == 1).then_some(resource).flatten();
            let layer = self.given(PolicyType::ResourceBased, loose.into_iter().map(of).collect());
            // so is one as the repository's, and says nothing of the domain; two are those of both
            let mut found = Found { policies: layer.policies.clone(), gaps: Vec::new() };
            if one_of_two.is_some_and(|resource| self.domain_above(resource, &mut found, &Unseen::OneOfTwo)) {
                return self.layer(found);
            }
            let layer = Layer { policies: found.policies, ..layer };
            // a document is taken as the access point's, and says nothing of the bucket
            return match resource.and_then(|resource| self.bucket_behind(resource)) {
                Some(gap) => self.with_bucket_behind(layer, gap),
                None => layer,
            };
        }
        if self.snapshot.loose.none(PolicyType::ResourceBased).is_some() {
            if given.is_some() {
                self.replaced(PolicyType::ResourceBased);
            }
            return self.given(PolicyType::ResourceBased, Vec::new());
        }
        let Some(resource) = resource else {
            let kinds = self.request.resource_kinds.as_deref();
            if let Some(why) = scope::no_policy_of_kinds(action, kinds) {
                return Layer::not_applicable(why);
            }
            let subject = match action {
                Some(action) if is_trust_action(action) => Subject::UnnamedTrustPolicy,
                _ => Subject::ResourcePolicy { resource: None, documented: true },
            };
            // the key of an alias may have been asked for
            let refusal = self.request.used_alias().and_then(|alias| self.refused_policy(alias));
            let why = refusal.map_or(Unseen::ResourceNotNamed, Unseen::Refused);
            return self.layer(Found::gap(Gap::new(subject, why)));
        };
        let Some((arn, policy)) = given else {
            let caller = self.principal_account();
            if let Some(why) = scope::no_resource_policy(action, resource, caller.as_deref()) {
                return Layer::not_applicable(why);
            }
            if both {
                return self.layer(Found { policies: Vec::new(), gaps: auth_policies(resource, true) });
            }
            let documented = resource.parse::<Arn>().is_ok_and(|arn| resource_policy(&arn) != ResourcePolicy::NotKnown);
            let subject = Subject::ResourcePolicy { resource: Some(resource.to_owned()), documented };
            let why = match self.refused_policy(resource) {
                Some(refusal) => Unseen::Refused(refusal),
                None => Unseen::NotGiven,
            };
            let is_there = !matches!(&why, Unseen::Refused(refusal) if refusal.outcome == CallOutcome::NotFound);
            let gap = Gap::new(subject, why);
            // what does not exist has no policy to print
            let mut found = Found::gap(if is_there { gap.closed_by(show(resource)) } else { gap });
            let grants = |gap: &&RecordedGap| gap.of.as_deref() == Some(resource) && gap.may_only_allow();
            found.gaps.extend(
                self.snapshot
                    .gaps
                    .iter()
                    .filter(grants)
                    .map(|gap| Gap::new(Subject::KeyGrants(resource.to_owned()), Unseen::Refused(gap.refusal()))),
            );
            self.domain_above(resource, &mut found, &Unseen::NotGiven);
            return self.layer(found);
        };
        let mut found = Found::default();
        if both {
            found.gaps = auth_policies(resource, false);
        }
        self.recorded_gaps(&mut found, &arn, PolicyType::ResourceBased);
        let grants_only = self.grants_only(&arn);
        self.recorded(&mut found, arn, policy);
        let unread = found.policies.is_empty() && policy.document.is_some();
        let open_above = self.domain_above(resource, &mut found, &Unseen::NotGiven);
        let layer = self.layer(found);
        match (layer.coverage, self.bucket_behind(resource)) {
            (Coverage::Gap(gap), _) if grants_only && !unread && !open_above => {
                Layer { coverage: Coverage::MayAllow(gap), ..layer }
            }
            (Coverage::Complete, Some(gap)) => self.with_bucket_behind(Layer::complete(layer.policies), gap),
            (coverage, _) => Layer { coverage, ..layer },
        }
    }

    /// A layer of which only the bucket behind an access point was not seen. What the bucket allows counts only with what its access
    /// point allows.
    fn with_bucket_behind(&mut self, layer: Layer, gap: Gap) -> Layer {
        self.gaps.push(gap.clone());
        Layer { coverage: Coverage::MayDeny(gap), ..layer }
    }

    /// Takes the policy that the snapshot holds of what carries it; that there is none is an answer, too.
    fn recorded(&mut self, found: &mut Found, carrier: String, policy: &'a Recorded) {
        if policy.document.is_none() {
            return;
        }
        let name = policy.name.clone().unwrap_or_else(|| format!("policy of {carrier}"));
        let described = Described {
            name: &name,
            arn: None,
            policy_type: PolicyType::ResourceBased,
            origin: PolicyOrigin::Inline,
            version_id: None,
            attached_to: vec![carrier],
        };
        self.take(found, policy.document.as_ref(), described);
    }

    /// The policy of the domain that holds a repository of `CodeArtifact`: it is evaluated for everything in the domain, and one of the two
    /// is enough to allow. Whether it was not seen, which is for this reason where nothing else is known of it.
    /// <https://docs.aws.amazon.com/codeartifact/latest/ug/domain-policies.html>
    fn domain_above(&mut self, resource: &str, found: &mut Found, unless_refused: &Unseen) -> bool {
        let Some(domain) = policy_domain(resource) else { return false };
        let before = found.gaps.len();
        let Some(policy) = self.snapshot.resource_policies.get(&domain) else {
            let why = self.refused_policy(&domain).map_or_else(|| unless_refused.clone(), Unseen::Refused);
            let subject = Subject::ResourcePolicy { resource: Some(domain.clone()), documented: true };
            found.gaps.push(Gap::new(subject, why).closed_by(show(&domain)));
            return true;
        };
        self.recorded_gaps(found, &domain, PolicyType::ResourceBased);
        self.recorded(found, domain, policy);
        found.gaps.len() > before
    }

    /// The policy of the bucket behind an access point, which may keep a request out that the access point lets in: both must allow.
    ///
    /// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>
    /// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-directory-buckets-policies.html>
    /// - <https://docs.aws.amazon.com/AmazonS3/latest/s3-outposts/S3OutpostsAccessPointGetPolicy.html>
    fn bucket_behind(&self, resource: &str) -> Option<Gap> {
        let arn: Arn = resource.parse().ok()?;
        // of directory buckets and Outposts nothing is collected
        if matches!(arn.service(), "s3express" | "s3-outposts") {
            let at = arn.resource().find("accesspoint/")? + "accesspoint/".len();
            let (head, rest) = arn.resource().split_at_checked(at)?;
            let head = arn.as_str().strip_suffix(arn.resource()).map(|start| format!("{start}{head}"))?;
            let point = format!("{head}{}", rest.split('/').next()?);
            return Some(Gap::new(Subject::BucketBehind(point), Unseen::NotGiven));
        }
        let arn = Some(arn).filter(|arn| arn.service() == "s3")?;
        // by its alias an access point is called like a bucket
        // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html>
        let head = arn.resource().split('/').next().unwrap_or_default();
        if arn.account().is_empty() && head.ends_with("-s3alias") {
            let alias = arn.as_str().split('/').next().unwrap_or_default().to_owned();
            return Some(Gap::new(Subject::BucketBehind(alias), Unseen::NotGiven));
        }
        let name = arn.resource().strip_prefix("accesspoint/")?.split('/').next()?;
        let point = format!("{}accesspoint/{name}", arn.as_str().strip_suffix(arn.resource())?);
        let bucket = self.snapshot.access_point_of(resource).map(|(_, point)| point.bucket.clone());
        let held = bucket.as_ref().and_then(|bucket| self.snapshot.resource_policies.get(bucket));
        let known = bucket.as_deref().and_then(|bucket| bucket.rsplit(':').next());
        let (subject, why) = match &bucket {
            Some(bucket) => {
                let refused = self.refused_policy(bucket).map_or(Unseen::NotGiven, Unseen::Refused);
                let why = if held.is_some() { Unseen::BothMustAllow } else { refused };
                (Subject::BucketBehind(bucket.clone()), why)
            }
            None => (Subject::BucketBehind(point), Unseen::NotGiven),
        };
        let gap = Gap::new(subject, why);
        let find = Command::aws("s3control get-access-point")
            .option("--account-id", arn.account())
            .option("--name", name)
            .region(arn.region())
            .words("--query Bucket --output text");
        // as a loose document it would stand for the policy of the access point
        let print = || Command::aws("s3api get-bucket-policy");
        Some(match known {
            Some(_) if held.is_some() => gap,
            Some(known) => gap.closed_by(print().option("--bucket", known)),
            None => gap.closed_by(print().output_of("--bucket", find)),
        })
    }

    /// Whether nothing but grants of a key was not seen, or may allow.
    fn grants_only(&self, key: &str) -> bool {
        let about = |gap: &&RecordedGap| {
            gap.of.as_deref() == Some(key)
                && !gap.is_of_setting()
                && gap.policy_type.is_none_or(|of| of == PolicyType::ResourceBased)
        };
        self.snapshot.gaps.iter().filter(about).all(RecordedGap::may_only_allow)
    }

    /// The policy of the resource itself, or of what it is a part of.
    fn policy_of(&self, resource: &str) -> Option<(String, &'a Recorded)> {
        let repository = policy_repository(resource);
        let carrier = repository.as_deref().unwrap_or(resource);
        self.snapshot.resource_policy_of(carrier).map(|(arn, policy)| (arn.to_owned(), policy))
    }

    /// What came of asking AWS for the policy of the resource, or of what it is a part of, where that did not give it.
    fn refused_policy(&self, resource: &str) -> Option<Refusal> {
        let about = |gap: &&RecordedGap| {
            gap.policy_type == Some(PolicyType::ResourceBased)
                && gap.of.as_deref().is_some_and(|of| is_part_of(resource, of))
        };
        let mut all = self.snapshot.gaps.iter().filter(about);
        all.find(|gap| !gap.may_only_allow()).map(RecordedGap::refusal)
    }

    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html>
    fn trust(&mut self, role: &Principal) -> Layer {
        let mut loose = self.snapshot.loose.all(PolicyType::RoleTrust).unwrap_or_default();
        loose.extend(self.snapshot.loose.all(PolicyType::ResourceBased).unwrap_or_default());
        let entity = role
            .account()
            .and_then(|account| self.snapshot.accounts.get(account))
            .and_then(|account| account.roles.get(role.name()?))
            .filter(|entity| entity.arn.as_str() == role.as_str())
            .map(Arc::clone);
        if !loose.is_empty() {
            if entity.is_some() {
                self.replaced(PolicyType::RoleTrust);
            }
            let trust = |policy: Arc<Policy>| {
                let attached_to = vec![role.as_str().to_owned()];
                Arc::new(Policy { policy_type: PolicyType::RoleTrust, attached_to, ..policy.as_ref().clone() })
            };
            return self.given(PolicyType::RoleTrust, loose.into_iter().map(trust).collect());
        }
        let mut found = Found::default();
        if let Some(entity) = entity {
            self.recorded_gaps(&mut found, entity.arn.as_str(), PolicyType::RoleTrust);
            let name = format!("trust policy of {}", entity.name);
            let described = Described {
                name: &name,
                arn: None,
                policy_type: PolicyType::RoleTrust,
                origin: PolicyOrigin::Inline,
                version_id: None,
                attached_to: vec![entity.arn.as_str().to_owned()],
            };
            self.take(&mut found, entity.trust.as_ref(), described);
        } else {
            let subject = Subject::TrustPolicy(role.to_string());
            let no_snapshot = self.snapshot.accounts.is_empty();
            let about = |gap: &&RecordedGap| {
                gap.policy_type == Some(PolicyType::RoleTrust) && gap.of.as_deref() == Some(role.as_str())
            };
            let why = match self.snapshot.gaps.iter().find(about) {
                Some(gap) => Unseen::Refused(gap.refusal()),
                None if no_snapshot => Unseen::NoSnapshot,
                None => Unseen::RoleNotInSnapshot,
            };
            found.gaps.push(
                Gap::new(subject, why).closed_by(
                    Command::aws("iam get-role")
                        .option_or("--role-name", role.name(), Blank::ROLE)
                        .into_file("role.json")
                        .note("then: --resource-policy role.json"),
                ),
            );
        }
        self.layer(found)
    }
}

/// The auth policies of a call of VPC Lattice that were not seen: the service's, where it was not, and its network's.
/// <https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html>
fn auth_policies(resource: &str, service_too: bool) -> Vec<Gap> {
    let arn: Option<Arn> = resource.parse().ok();
    let id = arn.as_ref().and_then(|arn| arn.resource().split('/').nth(1)).unwrap_or("SERVICE").to_owned();
    let region = arn.as_ref().map_or("", Arn::region);
    let show = || Command::aws("vpc-lattice get-auth-policy");
    let gap = |subject: Subject, show: Command, file: &'static str| {
        let then = format!("then: --resource-policy {file}");
        Gap::new(subject, Unseen::NotGiven).closed_by(show.region(region).into_file(file).note(then))
    };
    let service = service_too
        .then(|| gap(Subject::AuthPolicy(id.clone()), show().option("--resource-identifier", &id), "policy.json"));
    let network = Command::aws("vpc-lattice list-service-network-service-associations")
        .option("--service-identifier", &id)
        .words("--query items[0].serviceNetworkId --output text")
        .region(region);
    // beside the service's
    let show = show().output_of("--resource-identifier", network);
    let network = gap(Subject::NetworkAuthPolicy(id), show, "network.json");
    service.into_iter().chain([network]).collect()
}

/// Whether a resource is the one with this ARN or a part of it that its policy is for: an object of a bucket, an index of a table.
pub(in crate::snapshot) fn is_part_of(resource: &str, arn: &str) -> bool {
    let part = |rest: &str| rest.starts_with(['/', ':']) && !has_own_policy(arn, rest);
    resource.strip_prefix(arn).is_some_and(|rest| rest.is_empty() || part(rest))
}

/// What carries the policy of a resource: of an object its bucket, else the resource itself; nothing for `*` and what is no ARN.
fn carrier(resource: &str) -> Option<String> {
    let arn: Arn = resource.parse().ok()?;
    let bucket = arn.service() == "s3" && arn.account().is_empty();
    Some(if bucket { resource.split('/').next().unwrap_or(resource).to_owned() } else { resource.to_owned() })
}

/// What takes the policy of a resource.
const THEN: &str = "--resource-policy policy.json";

/// The command that prints the policy of a resource.
pub(in crate::snapshot) fn show(resource: &str) -> Command {
    // of a pattern there is no policy to print
    match fetch::of_resource(resource).filter(|_| !resource.contains(['*', '?'])) {
        Some(command) => command.into_file("policy.json").note(format!("then: {THEN}")),
        None if is_multi_region_point(resource) => of_multi_region_point(resource),
        None if resource.parse::<Arn>().is_ok() && !resource.contains(['*', '?']) => {
            Command::new(THEN).note(format!("the policy of {}", quoted(resource)))
        }
        None => Command::new(THEN),
    }
}

/// Whether it is a multi-Region access point, whose ARN has its alias and not the name by which AWS gives its policy.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetMultiRegionAccessPointPolicy.html>
fn is_multi_region_point(resource: &str) -> bool {
    let arn = resource.parse::<Arn>();
    arn.is_ok_and(|arn| arn.service() == "s3" && arn.region().is_empty() && arn.resource().starts_with("accesspoint/"))
}

/// Its policy, by the name that its alias has, from the one Region that answers for all of them.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointRestrictions.html>
fn of_multi_region_point(resource: &str) -> Command {
    let account = resource.split(':').nth(4).unwrap_or_default();
    let alias = resource.rsplit(':').next().and_then(|point| point.split('/').nth(1)).unwrap_or_default();
    let alias = alias.replace(['\'', '\\'], "");
    let name = Command::aws("s3control list-multi-region-access-points")
        .option("--account-id", account)
        .region("us-west-2")
        .option("--query", &format!("AccessPoints[?Alias=='{alias}'].Name"))
        .words("--output text");
    Command::aws("s3control get-multi-region-access-point-policy")
        .option("--account-id", account)
        .output_of("--name", name)
        .region("us-west-2")
        .words("--query Policy.Established.Policy --output text")
        .into_file("policy.json")
        .note(format!("then: {THEN}"))
}
