//! Which policies of a snapshot apply to a request, layer by layer, and what of each layer could not be seen.

mod ceiling;
mod follows;
mod hierarchy;
mod identity;
mod passed;
mod resource;
mod seen;

use std::sync::Arc;

pub use passed::passed;
pub(super) use resource::show;
pub use seen::{as_far_as_seen, open_levels};

use super::Snapshot;
use super::command;
use super::document::Stored;
use super::index::RecordedGap;
use crate::iam::{
    Arn, Assumption, Coverage, EndpointKind, Gap, Layer, Policy, PolicyError, PolicyOrigin, PolicySet, PolicyType,
    Request,
};

/// What a snapshot tells about one request.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The policies that apply.
    pub policies: PolicySet,
    /// The kind of the VPC endpoint whose policy is among them, where a file tells it.
    pub vpc_endpoint: Option<EndpointKind>,
    /// Whether the principal is in the snapshot.
    pub principal: PrincipalFound,
    /// The organization of the principal's account, as far as the snapshot tells.
    pub principal_organization: Option<Membership>,
    /// The organization of the resource's account.
    pub resource_organization: Option<Membership>,
    /// Everything that could not be seen, each by itself. The coverage of each layer sums up those of the layer.
    pub gaps: Vec<Gap>,
    /// What was taken as given: loose documents stand for all policies of their type.
    pub assumed: Vec<Assumption>,
    /// What a person should know about how the policies were found.
    pub notes: Vec<String>,
    /// Documents that apply and cannot be read; each is among the gaps too.
    pub unreadable: Vec<PolicyError>,
}

/// Whether the request's principal is in the snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalFound {
    /// It is.
    Found(PrincipalFacts),
    /// It has no policies of its own that a snapshot could hold: root, a service, nobody.
    NotApplicable(String),
    /// It is not, or the request does not tell who it is.
    NotFound(Gap),
}

/// What the snapshot tells about the principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalFacts {
    /// The user, or the role behind a session, with its path.
    pub arn: Arn,
    /// The unique id (`AIDA...`, `AROA...`), if the file has it.
    pub unique_id: Option<String>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
}

/// Where an account stands in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// `o-...`
    pub organization: String,
    /// `o-.../r-.../ou-.../`, as in `aws:PrincipalOrgPaths`; absent where the tree does not hold the account.
    pub path: Option<String>,
    /// Whether it is the management account, where that is known.
    pub management_account: Option<bool>,
}

/// Finds the policies that apply to a request.
///
/// ```
/// use iamdx::iam::{Context, Coverage, Field, Principal, Request};
/// use iamdx::snapshot::{Snapshot, select};
///
/// let file = br#"{"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "UserDetailList": [
///     {"Arn": "arn:aws:iam::111122223333:user/alice", "UserPolicyList": [
///         {"PolicyName": "reports", "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}}]}]}]}"#;
/// let snapshot = Snapshot::read("account.json", file.to_vec())?;
/// let request = Request {
///     principal: Field::Known(Principal::new("arn:aws:iam::111122223333:user/alice")),
///     role: None,
///     action: Field::Known("s3:GetObject".parse()?),
///     resource: Field::Known("arn:aws:s3:::example-bucket/key".to_owned()),
///     resource_account: Field::Missing("an S3 ARN holds no account".to_owned()),
///     management_account: None,
///     vpc_endpoint: None,
///     rcp_named: false,
///     context: Context::new(),
///     assumed: Vec::new(),
/// };
/// let selection = select(&snapshot, &request);
/// assert_eq!(selection.policies.identity.policies[0].name, "reports");
/// assert_eq!(selection.policies.identity.coverage, Coverage::Complete);
/// assert_eq!(selection.policies.service_control.coverage.gap().unwrap().what, "SCPs of account 111122223333");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn select(snapshot: &Snapshot, request: &Request) -> Selection {
    let mut selector = Selector {
        snapshot,
        request,
        gaps: Vec::new(),
        assumed: Vec::new(),
        notes: Vec::new(),
        unreadable: Vec::new(),
    };
    let (principal, identity, boundary) = selector.identity();
    let resource = selector.resource();
    let session = selector.session();
    let vpc_endpoint = selector.vpc_endpoint();
    let service_control = selector.service_control(&principal);
    let resource_control = selector.resource_control(&principal);
    let policies = PolicySet { identity, resource, boundary, session, vpc_endpoint, service_control, resource_control };
    Selection {
        policies: selector.with_what_follows(policies),
        vpc_endpoint: selector.endpoint_kind(),
        principal,
        principal_organization: selector.principal_account().and_then(|account| selector.membership(&account)),
        resource_organization: selector.resource_account().and_then(|account| selector.membership(&account)),
        gaps: selector.gaps,
        assumed: selector.assumed,
        notes: selector.notes,
        unreadable: selector.unreadable,
    }
}

/// One selection under way.
struct Selector<'a> {
    snapshot: &'a Snapshot,
    request: &'a Request,
    gaps: Vec<Gap>,
    assumed: Vec<Assumption>,
    notes: Vec<String>,
    unreadable: Vec<PolicyError>,
}

/// What was found of one layer so far.
#[derive(Default)]
struct Found {
    policies: Vec<Arc<Policy>>,
    gaps: Vec<Gap>,
}

impl Found {
    fn gap(gap: Gap) -> Self {
        Self { policies: Vec::new(), gaps: vec![gap] }
    }
}

/// How a policy is known and kept, apart from what it says.
struct Described<'a> {
    name: &'a str,
    arn: Option<&'a str>,
    policy_type: PolicyType,
    origin: PolicyOrigin,
    version_id: Option<&'a str>,
    attached_to: Vec<String>,
}

impl Selector<'_> {
    fn principal_account(&self) -> Option<String> {
        self.request.principal.value()?.account().map(str::to_owned)
    }

    fn resource_account(&self) -> Option<String> {
        self.request.resource_account.value().cloned()
    }

    /// Adds the policy that `stored` holds, or the gap that it cannot be read.
    fn take(&mut self, found: &mut Found, stored: Option<&Arc<Stored>>, described: Described<'_>) {
        let what = || {
            let attached = described.attached_to.join(" and ");
            let of = if attached.is_empty() { String::new() } else { format!(" of {attached}") };
            format!("{} `{}`{of}", described.policy_type, described.name)
        };
        let Some(stored) = stored else {
            let why = "the file names the policy but does not hold its document".to_owned();
            let how_to_close = vec![described.arn.map_or_else(command::account, command::managed_policy)];
            found.gaps.push(Gap { what: what(), why, how_to_close });
            return;
        };
        match stored.document(described.name) {
            Ok(document) => found.policies.push(Arc::new(Policy {
                name: described.name.to_owned(),
                arn: described.arn.map(str::to_owned),
                policy_type: described.policy_type,
                origin: described.origin,
                version_id: described.version_id.map(str::to_owned),
                versions: Vec::new(),
                attached_to: described.attached_to,
                document: Arc::clone(document),
            })),
            Err(error) => {
                let why = format!("the document at {} cannot be read: {error}", stored.place());
                found.gaps.push(Gap { what: what(), why, how_to_close: Vec::new() });
                self.unreadable.push(error.clone());
            }
        }
    }

    /// Adds the version of a managed policy that counts.
    fn take_managed(
        &mut self,
        found: &mut Found,
        name: &str,
        arn: &str,
        policy_type: PolicyType,
        attached_to: Vec<String>,
    ) {
        let snapshot = self.snapshot;
        let managed = snapshot.policies.get(arn);
        let name = managed.map(|managed| managed.name.as_str()).or(Some(name).filter(|name| !name.is_empty()));
        let name = name.unwrap_or_else(|| arn.rsplit('/').next().unwrap_or(arn));
        let aws = arn.split(':').nth(4) == Some("aws");
        let origin = if aws { PolicyOrigin::AwsManaged } else { PolicyOrigin::CustomerManaged };
        let version = managed.and_then(|managed| managed.versions.iter().find(|version| version.is_default));
        let stored = version.and_then(|version| version.document.as_ref());
        self.recorded_gaps(found, arn, policy_type);
        self.take(
            found,
            stored,
            Described {
                name,
                arn: Some(arn),
                policy_type,
                origin,
                version_id: version.map(|version| version.id.as_str()),
                attached_to,
            },
        );
        let taken = found.policies.last_mut().filter(|policy| policy.arn.as_deref() == Some(arn));
        if let (Some(policy), Some(managed)) = (taken, managed) {
            let mut versions: Vec<String> = managed.versions.iter().map(|version| version.id.clone()).collect();
            versions.sort_by_key(|id| id.trim_start_matches('v').parse::<u32>().unwrap_or(u32::MAX));
            Arc::make_mut(policy).versions = versions;
        }
    }

    /// Adds the gaps that the collector recorded about one ARN or id.
    fn recorded_gaps(&self, found: &mut Found, of: &str, policy_type: PolicyType) {
        let about = |gap: &&RecordedGap| {
            gap.of.as_deref() == Some(of) && gap.policy_type.is_none_or(|gap_type| gap_type == policy_type)
        };
        for gap in self.snapshot.gaps.iter().filter(about) {
            found.gaps.push(Gap {
                what: format!("{policy_type} of {of}"),
                why: gap.why(),
                how_to_close: vec![command::snapshot()],
            });
        }
    }

    /// Closes a layer: its gaps are noted, and sum up to its coverage.
    fn layer(&mut self, found: Found) -> Layer {
        let coverage = self.coverage(found.gaps);
        Layer { policies: found.policies, coverage }
    }

    fn coverage(&mut self, gaps: Vec<Gap>) -> Coverage {
        let Some(gap) = summary(&gaps) else {
            return Coverage::Complete;
        };
        self.gaps.extend(gaps);
        Coverage::Gap(gap)
    }

    /// A layer whose documents were given by option: that is all of them, and the reader is told so.
    fn given(&mut self, policy_type: PolicyType, policies: Vec<Arc<Policy>>) -> Layer {
        self.assume_all(policy_type, policies.len());
        Layer::complete(policies)
    }

    fn assume_all(&mut self, policy_type: PolicyType, count: usize) {
        self.assumed.push(Assumption {
            field: policy_type.id().to_owned(),
            value: match count {
                0 => "none".to_owned(),
                1 => "1 document".to_owned(),
                _ => format!("{count} documents"),
            },
            why: match self.snapshot.loose.none(policy_type) {
                Some(why) => why.to_owned(),
                None => format!("given by option, and taken to be every {policy_type} that applies"),
            },
        });
    }

    /// The layer of a type of which an option says that there is no policy.
    fn none_given(&mut self, policy_type: PolicyType) -> Option<Layer> {
        let why = self.snapshot.loose.none(policy_type)?.to_owned();
        self.assume_all(policy_type, 0);
        Some(Self::not_applicable(why))
    }

    fn not_applicable(why: impl Into<String>) -> Layer {
        Layer { policies: Vec::new(), coverage: Coverage::NotApplicable(why.into()) }
    }
}

/// One gap that stands for several.
fn summary(gaps: &[Gap]) -> Option<Gap> {
    let (first, rest) = gaps.split_first()?;
    let mut sum = first.clone();
    for gap in rest {
        sum.what = format!("{}, {}", sum.what, gap.what);
        if !sum.why.contains(&gap.why) {
            sum.why = format!("{}; {}", sum.why, gap.why);
        }
        for command in &gap.how_to_close {
            if !sum.how_to_close.contains(command) {
                sum.how_to_close.push(command.clone());
            }
        }
    }
    Some(sum)
}
