//! Which policies of a snapshot apply to a request, layer by layer, and what of each layer could not be seen.

mod assume_complete;
mod follows;
mod for_many;
mod hierarchy;
mod identity;
mod resource;
mod session_and_endpoint;
mod session_policy;

use std::sync::Arc;

pub use assume_complete::{assume_complete, open_levels};
pub use for_many::Principals;
pub(super) use resource::{is_part_of, show};
pub use session_policy::select_for_session;

use super::Snapshot;
use super::command;
use super::document::Stored;
use super::index::RecordedGap;
use crate::iam::{
    Arn, AssumedField, AssumedValue, Assumption, CallOutcome, Command, Coverage, EndpointKind, Field, Gap, Layer,
    NotApplicable, Policy, PolicyError, PolicyOrigin, PolicySet, PolicyType, PrincipalKind, Remark, Request, Subject,
    Unseen, Why, is_federated_call,
};

/// What a snapshot tells about one request.
#[derive(Debug, Clone)]
#[non_exhaustive]
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
    /// Whether the principal's account is known to be in none.
    pub principal_in_no_organization: bool,
    /// Whether the account of the resource is, where it is known.
    pub resource_in_no_organization: bool,
    /// Everything that could not be seen, each by itself. The coverage of each layer sums up those of the layer.
    pub gaps: Vec<Gap>,
    /// What was taken as given: loose documents stand for all policies of their type.
    pub assumed: Vec<Assumption>,
    /// What a person should know about how the policies were found.
    pub notes: Vec<SelectionNote>,
    /// Documents that apply and cannot be read; each is among the gaps too.
    pub unreadable: Vec<PolicyError>,
}

/// What a person should know about how the policies were found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SelectionNote {
    /// The identity-based policies given by option are added to those of the snapshot.
    AddedToSnapshot,
    /// What an option gave takes the place of what the snapshot holds.
    ReplacedByOption(PolicyType),
    /// The snapshot holds an entity of the same name under another path: it was made anew since.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names>
    OtherPath {
        /// The ARN in the snapshot.
        held: Arn,
        /// The ARN in the request.
        named: String,
    },
}

/// Whether the request's principal is in the snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalFound {
    /// It is.
    Found(PrincipalFacts),
    /// It has no policies of its own that a snapshot could hold: root, a service, nobody.
    NotApplicable(NotApplicable),
    /// It is not, or the request does not tell who it is.
    NotFound(Gap),
}

/// What the snapshot tells about the principal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrincipalFacts {
    /// The user, or the role behind a session, with its path.
    pub arn: Arn,
    /// The unique id (`AIDA...`, `AROA...`), if the file has it.
    pub unique_id: Option<String>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
    /// The ARN of the permission set of IAM Identity Center that the role is made from, if the file has it.
    pub permission_set: Option<String>,
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
/// use iamdx::iam::{Coverage, PolicyType, Principal, Request, Subject};
/// use iamdx::snapshot::{Snapshot, select};
///
/// let file = br#"{"iamdx_snapshot": 1, "accounts": [{"id": "111122223333", "UserDetailList": [
///     {"Arn": "arn:aws:iam::111122223333:user/alice", "UserPolicyList": [
///         {"PolicyName": "reports", "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}}]}]}]}"#;
/// let snapshot = Snapshot::read("account.json", file.to_vec())?;
/// let alice = Principal::new("arn:aws:iam::111122223333:user/alice");
/// let request = Request::new(alice, "s3:GetObject".parse()?, "arn:aws:s3:::example-bucket/key");
/// let selection = select(&snapshot, &request);
/// assert_eq!(selection.policies.identity.policies[0].name, "reports");
/// assert_eq!(selection.policies.identity.coverage, Coverage::Complete);
/// let scps = selection.policies.layer(PolicyType::ServiceControl);
/// let subject = Subject::OrganizationPolicies(PolicyType::ServiceControl, Some("111122223333".to_owned()));
/// assert_eq!(scps.gap().unwrap().subject, subject);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn select(snapshot: &Snapshot, request: &Request) -> Selection {
    Selector::new(snapshot, request).selection()
}

/// The same for a principal that is asked about once, as one of thousands: its own documents are read, and not kept. Those that others
/// may have too are.
#[must_use]
pub fn select_once(snapshot: &Snapshot, request: &Request) -> Selection {
    Selector { keeps: false, ..Selector::new(snapshot, request) }.selection()
}

impl Selector<'_> {
    fn selection(self) -> Selection {
        let mut selector = self;
        let request = selector.request;
        let (principal, identity, boundary) = selector.identity();
        let resource = selector.resource();
        let session = selector.session();
        let vpc_endpoint = selector.vpc_endpoint();
        let service_control = selector.service_control(&principal);
        let resource_control = selector.resource_control(&principal);
        let policies =
            PolicySet { identity, resource, boundary, session, vpc_endpoint, service_control, resource_control };
        Selection {
            policies: selector.with_what_follows(policies),
            vpc_endpoint: selector.endpoint_kind(),
            principal,
            principal_organization: selector.principal_account().and_then(|account| selector.membership(&account)),
            resource_organization: selector.resource_account().and_then(|account| selector.membership(&account)),
            principal_in_no_organization: selector
                .principal_account()
                .is_some_and(|account| selector.is_alone(&account)),
            resource_in_no_organization: match &request.resource_account {
                Field::Known(account) => selector.is_alone(account),
                Field::Assumed(..) | Field::Missing(_) => false,
            },
            gaps: selector.gaps,
            assumed: selector.assumed,
            notes: selector.notes,
            unreadable: selector.unreadable,
        }
    }
}

/// One selection under way.
struct Selector<'a> {
    snapshot: &'a Snapshot,
    request: &'a Request,
    /// Whether a document that only the principal has is kept once it is read.
    keeps: bool,
    gaps: Vec<Gap>,
    assumed: Vec<Assumption>,
    notes: Vec<SelectionNote>,
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

impl<'a> Selector<'a> {
    const fn new(snapshot: &'a Snapshot, request: &'a Request) -> Self {
        Self {
            snapshot,
            request,
            keeps: true,
            gaps: Vec::new(),
            assumed: Vec::new(),
            notes: Vec::new(),
            unreadable: Vec::new(),
        }
    }
}

impl Selector<'_> {
    fn principal_account(&self) -> Option<String> {
        self.request.principal.value()?.account().map(str::to_owned)
    }

    /// Whether nobody of an account asks: a token or an assertion of an identity provider does.
    fn is_federated(&self) -> bool {
        self.request.principal.value().is_some_and(|principal| principal.kind() == PrincipalKind::Federated)
            || self.request.action.value().is_some_and(is_federated_call)
    }

    fn resource_account(&self) -> Option<String> {
        self.request.resource_account.value().cloned()
    }

    /// Adds the policy that `stored` holds, or the gap that it cannot be read.
    fn take(&mut self, found: &mut Found, stored: Option<&Arc<Stored>>, described: Described<'_>) {
        self.take_read(found, stored, described, true);
    }

    /// The same for a policy that only the principal has.
    fn take_own(&mut self, found: &mut Found, stored: Option<&Arc<Stored>>, described: Described<'_>) {
        self.take_read(found, stored, described, self.keeps);
    }

    fn take_read(&mut self, found: &mut Found, stored: Option<&Arc<Stored>>, described: Described<'_>, keeps: bool) {
        let subject = || Subject::Policy {
            policy_type: described.policy_type,
            name: described.name.to_owned(),
            arn: described.arn.map(str::to_owned),
            attached_to: described.attached_to.clone(),
        };
        let Some(stored) = stored else {
            found.gaps.push(Gap::new(subject(), Unseen::DocumentNotInFile).closed_by(
                match (described.policy_type, described.arn) {
                    // an account's file tells of those that are attached
                    (PolicyType::PermissionsBoundary | PolicyType::Session, Some(arn)) => {
                        let then = format!("then: {} policy.json", described.policy_type.row().option);
                        command::managed_policy(arn).into_file("policy.json").note(then)
                    }
                    _ => command::account(),
                },
            ));
            return;
        };
        let document = if keeps {
            stored.document(described.name).map(Arc::clone).map_err(|error| Box::new(error.clone()))
        } else {
            stored.document_once(described.name)
        };
        match document {
            Ok(document) => found.policies.push(Arc::new(Policy {
                name: described.name.to_owned(),
                arn: described.arn.map(str::to_owned),
                policy_type: described.policy_type,
                origin: described.origin,
                version_id: described.version_id.map(str::to_owned),
                versions: Vec::new(),
                attached_to: described.attached_to,
                document,
            })),
            Err(error) => {
                let reason = Unseen::Unreadable { place: stored.place().clone(), error: error.to_string() };
                found.gaps.push(Gap::new(subject(), reason));
                self.unreadable.push(*error);
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
        let mut asked = Found::default();
        self.recorded_gaps(&mut asked, arn, policy_type);
        // where AWS was asked, what it said is why it is not there
        if stored.is_none() && !asked.gaps.is_empty() {
            for gap in &mut asked.gaps {
                let (name, arn) = (name.to_owned(), Some(arn.to_owned()));
                gap.subject = Subject::Policy { policy_type, name, arn, attached_to: attached_to.clone() };
            }
            found.gaps.append(&mut asked.gaps);
            return;
        }
        found.gaps.append(&mut asked.gaps);
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
        for gap in self.snapshot.gaps.iter().filter(about).filter(|gap| !gap.is_of_setting()) {
            if gap.may_only_allow() {
                let subject = Subject::KeyGrants(of.to_owned());
                found.gaps.push(Gap::new(subject, Unseen::Refused(gap.refusal())));
                continue;
            }
            let subject = Subject::Collected(policy_type, of.to_owned());
            let unseen = Gap::new(subject, Unseen::Refused(gap.refusal()));
            found.gaps.push(match policy_type {
                // what does not exist has no policy to print
                _ if gap.outcome == CallOutcome::NotFound => unseen,
                PolicyType::VpcEndpoint if of.starts_with("vpce-") => {
                    let show = command::endpoint(of, &self.request.region().unwrap_or_default());
                    unseen.closed_by(match self.request.endpoint_account() {
                        Some(owner) if self.principal_account().as_deref() != Some(owner) => {
                            show.with_credentials_of(owner)
                        }
                        _ => show,
                    })
                }
                // no snapshot holds those of a VPC
                PolicyType::VpcEndpoint => {
                    unseen.closed_by(Command::new("--context aws:SourceVpce=ID --vpc-endpoint-policy FILE"))
                }
                // the same credentials would be refused again
                _ if gap.operation.starts_with("organizations:") => {
                    unseen.closed_by(command::snapshot().note(Remark::ByOrganizationAdmin.to_string()))
                }
                _ => unseen.closed_by(command::snapshot()),
            });
        }
    }

    /// Closes a layer: its gaps are noted, and sum up to its coverage.
    fn layer(&mut self, found: Found) -> Layer {
        let coverage = self.coverage(found.gaps);
        Layer { policies: found.policies, coverage }
    }

    fn coverage(&mut self, gaps: Vec<Gap>) -> Coverage {
        let Some(gap) = Gap::sum(&gaps) else {
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
        self.assume_given(policy_type, AssumedValue::Documents(count));
    }

    fn assume_given(&mut self, policy_type: PolicyType, value: AssumedValue) {
        self.assumed.push(Assumption {
            field: AssumedField::Policies(policy_type),
            value,
            why: match self.snapshot.loose.none(policy_type) {
                Some(said) => Why::NoneSaid(said.clone()),
                None => Why::GivenByOption(policy_type),
            },
        });
    }

    /// The layer of a type of which an option says that there is no policy.
    fn none_given(&mut self, policy_type: PolicyType) -> Option<Layer> {
        let said = self.snapshot.loose.none(policy_type)?.clone();
        self.assume_all(policy_type, 0);
        Some(Layer::not_applicable(NotApplicable::NoneSaid(said)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Principal;

    #[test]
    fn what_is_asked_once_is_selected_alike_and_only_what_others_share_is_kept() {
        let file = br#"{"iamdx_snapshot": 1, "accounts": [{"id": "111122223333",
            "RoleDetailList": [{"Arn": "arn:aws:iam::111122223333:role/R", "RoleName": "R",
                "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}}],
                "AttachedManagedPolicies": [{"PolicyName": "shared", "PolicyArn": "arn:aws:iam::111122223333:policy/shared"}]}],
            "Policies": [{"Arn": "arn:aws:iam::111122223333:policy/shared", "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true,
                "Document": {"Statement": {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}}}]}]}]}"#;
        let snapshot = Snapshot::read("account.json", file.to_vec()).unwrap();
        let role = Principal::new("arn:aws:iam::111122223333:role/R");
        let request = Request::new(role, "s3:GetObject".parse().unwrap(), "arn:aws:s3:::b/k");
        let holders = |selection: &Selection| -> Vec<(String, usize)> {
            let policies = selection.policies.identity.policies.iter();
            policies.map(|policy| (policy.name.clone(), Arc::strong_count(&policy.document))).collect()
        };
        let once = select_once(&snapshot, &request);
        assert_eq!(holders(&once), [("own".to_owned(), 1), ("shared".to_owned(), 2)]);
        let kept = select(&snapshot, &request);
        assert_eq!(kept.policies, once.policies);
        assert_eq!(holders(&kept), [("own".to_owned(), 2), ("shared".to_owned(), 3)]);
    }
}
