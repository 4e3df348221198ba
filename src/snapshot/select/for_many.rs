//! The policies for many requests about one snapshot: what depends on the principal alone is found once.

use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;

use super::{PrincipalFound, Selector};
use crate::iam::{Hierarchy, Layer, PolicySet, Request};
use crate::snapshot::Snapshot;

/// Principals whose policies are kept, in each part.
const MOST: usize = 4096;
/// Parts, so that cores seldom wait for each other.
const PARTS: usize = 16;

/// The policies of principals of a snapshot, as far as requests were about them.
#[derive(Debug)]
pub struct Principals {
    numbers: RandomState,
    parts: Box<[Mutex<Part>]>,
}

/// By the principal, for those that ask with a token or an assertion and for others.
#[derive(Debug, Default)]
struct Part {
    federated: Sides,
    others: Sides,
}

type Sides = HashMap<String, Arc<Side>, RandomState>;

impl Part {
    const fn sides(&mut self, federated: bool) -> &mut Sides {
        if federated { &mut self.federated } else { &mut self.others }
    }
}

/// What does not depend on the action and the resource.
#[derive(Debug)]
struct Side {
    principal: PrincipalFound,
    identity: Layer,
    boundary: Layer,
    session: Layer,
    service_control: Hierarchy,
}

impl Default for Principals {
    fn default() -> Self {
        Self { numbers: RandomState::default(), parts: (0..PARTS).map(|_| Mutex::default()).collect() }
    }
}

impl Principals {
    /// The policies that apply to a request, as [`select`](super::select) finds them.
    #[must_use]
    pub fn policies_for(&self, snapshot: &Snapshot, request: &Request) -> PolicySet {
        let mut selector = Selector::new(snapshot, request);
        let side = self.side(&mut selector);
        let policies = PolicySet {
            identity: side.identity.clone(),
            boundary: side.boundary.clone(),
            resource: selector.resource(),
            session: side.session.clone(),
            vpc_endpoint: selector.vpc_endpoint(),
            service_control: side.service_control.clone(),
            resource_control: selector.resource_control(&side.principal),
        };
        selector.with_what_follows(policies)
    }

    fn side(&self, selector: &mut Selector<'_>) -> Arc<Side> {
        // where a record tells of the role behind a session, that counts, too
        let principal = selector.request.principal.value().filter(|_| selector.request.role.is_none());
        let Some(principal) = principal else { return Arc::new(selector.side()) };
        let (name, federated) = (principal.as_str(), selector.is_federated());
        let place = usize::try_from(self.numbers.hash_one(name) % PARTS as u64).unwrap_or_default();
        let Some(part) = self.parts.get(place) else { return Arc::new(selector.side()) };
        let part = || part.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(side) = part().sides(federated).get(name) {
            return Arc::clone(side);
        }
        let side = Arc::new(selector.side());
        let mut part = part();
        let sides = part.sides(federated);
        if sides.len() >= MOST {
            sides.clear();
        }
        sides.insert(name.to_owned(), Arc::clone(&side));
        side
    }
}

impl Selector<'_> {
    fn side(&mut self) -> Side {
        let (principal, identity, boundary) = self.identity();
        let service_control = self.service_control(&principal);
        Side { session: self.session(), principal, identity, boundary, service_control }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Principal;
    use crate::snapshot::select;

    #[test]
    fn the_policies_are_those_that_are_selected_for_each_request_alone() {
        let file = br#"{"iamdx_snapshot": 1, "accounts": [{"id": "111122223333",
            "UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/alice", "UserPolicyList": [
                {"PolicyName": "reports", "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}}]}],
            "RoleDetailList": [{"Arn": "arn:aws:iam::111122223333:role/app/R", "RoleName": "R", "AssumeRolePolicyDocument":
                {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}}]}],
            "resource_policies": [{"arn": "arn:aws:s3:::b", "document": {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}}}]}"#;
        let snapshot = Snapshot::read("account.json", file.to_vec()).unwrap();
        let principals = Principals::default();
        let callers = [
            "arn:aws:iam::111122223333:user/alice",
            "arn:aws:sts::111122223333:assumed-role/R/s",
            "arn:aws:iam::111122223333:user/bob",
            "anonymous",
        ];
        let asked = [
            ("s3:GetObject", "arn:aws:s3:::b/k"),
            ("s3:GetObject", "arn:aws:s3:::other/k"),
            ("sts:AssumeRole", "arn:aws:iam::111122223333:role/app/R"),
            ("sts:AssumeRoleWithSAML", "arn:aws:iam::111122223333:role/app/R"),
        ];
        for (action, resource) in asked.iter().chain(&asked) {
            for caller in callers {
                let request = Request::new(Principal::new(caller), action.parse().unwrap(), *resource);
                let alone = select(&snapshot, &request).policies;
                assert_eq!(principals.policies_for(&snapshot, &request), alone, "{caller} {action} {resource}");
            }
        }
    }
}
