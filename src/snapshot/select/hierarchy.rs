//! What the organization lays over an account: SCPs over the principal's, RCPs over the resource's.
//!
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>

use super::{Described, Found, Membership, PrincipalFound, Selector, summary};
use crate::iam::{
    Assumption, Command, Coverage, Gap, Hierarchy, Level, PolicyOrigin, PolicyType, Principal, PrincipalKind,
};
use crate::snapshot::command;
use crate::snapshot::organization::{Attached, Node, NodeKind, Organization, RCP_FULL_AWS_ACCESS};
use crate::snapshot::scope;

const SCP: PolicyType = PolicyType::ServiceControl;
const RCP: PolicyType = PolicyType::ResourceControl;

impl<'a> Selector<'a> {
    pub(super) fn service_control(&mut self, found: &PrincipalFound) -> Hierarchy {
        let principal = self.request.principal.value();
        match principal.map(Principal::kind) {
            Some(PrincipalKind::Service) => return none("service control policies do not apply to AWS services"),
            Some(PrincipalKind::Anonymous) => {
                return none("service control policies do not apply to anonymous requests");
            }
            _ => {}
        }
        if self.is_service_linked(found) {
            return none("service control policies do not apply to service-linked roles");
        }
        let account = self.principal_account();
        self.hierarchy(SCP, account.as_deref(), "the principal's account is not known")
    }

    pub(super) fn resource_control(&mut self, found: &PrincipalFound) -> Hierarchy {
        // where AWS names an RCP, one reached the request, whatever the list of services says
        if !self.request.rcp_named
            && let Some(why) = self.request.action.value().and_then(scope::no_rcp)
        {
            return none(why);
        }
        if self.is_service_linked(found) {
            return none("resource control policies do not apply to calls of service-linked roles");
        }
        let account = self.resource_account();
        self.hierarchy(RCP, account.as_deref(), "the account that owns the resource is not known")
    }

    /// The path of the role tells; where the role is not known, its name does.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
    fn is_service_linked(&self, found: &PrincipalFound) -> bool {
        let role = match found {
            PrincipalFound::Found(facts) => Some(&facts.arn),
            _ => self.request.role.as_ref(),
        };
        match role {
            Some(role) => Principal::new(role.as_str()).is_service_linked_role(),
            None => self.request.principal.value().is_some_and(Principal::is_service_linked_role),
        }
    }

    fn hierarchy(&mut self, policy_type: PolicyType, account: Option<&str>, unknown: &str) -> Hierarchy {
        let snapshot = self.snapshot;
        let option = if policy_type == SCP { "--scp" } else { "--rcp" };
        let abbreviation = if policy_type == SCP { "SCPs" } else { "RCPs" };
        let organization = account.and_then(|account| self.organization_of(account));
        if let Some(why) = snapshot.loose.none(policy_type) {
            if organization.is_some() {
                self.replaced(policy_type);
            }
            self.assume_all(policy_type, 0);
            return none(why);
        }
        let total = snapshot.loose.levels(policy_type).count();
        if total > 0 {
            if organization.is_some() {
                self.replaced(policy_type);
            }
            let levels: Vec<Level> = snapshot
                .loose
                .levels(policy_type)
                .enumerate()
                .map(|(index, policies)| Level {
                    target: format!("level {} of {total} given by {option}", index + 1),
                    policies: policies.to_vec(),
                    coverage: Coverage::Complete,
                })
                .collect();
            self.assume_all(policy_type, levels.iter().map(|level| level.policies.len()).sum());
            return Hierarchy { levels, coverage: Coverage::Complete };
        }
        let gap = |why: String| Gap {
            what: account
                .map_or_else(|| abbreviation.to_owned(), |account| format!("{abbreviation} of account {account}")),
            why,
            how_to_close: vec![command::snapshot().note(format!("or: {option} FILE"))],
        };
        let Some(account) = account else {
            let coverage = self.coverage(vec![gap(unknown.to_owned())]);
            return Hierarchy { levels: Vec::new(), coverage };
        };
        if snapshot.accounts.get(account).is_some_and(|known| known.in_organization == Some(false)) {
            return none(format!("account {account} belongs to no organization"));
        }
        let Some(organization) = organization else {
            let why = match snapshot.organizations.as_slice() {
                [] => "no snapshot or option gives the organization".to_owned(),
                known => {
                    let ids: Vec<&str> = known.iter().map(|organization| organization.id.as_str()).collect();
                    format!("the tree of {} does not hold the account", ids.join(" and "))
                }
            };
            // a collector that was refused knows better why there is no tree
            let mut refused = Found::default();
            self.recorded_gaps(&mut refused, account, policy_type);
            let gaps = if refused.gaps.is_empty() { vec![gap(why)] } else { refused.gaps };
            let coverage = self.coverage(gaps);
            return Hierarchy { levels: Vec::new(), coverage };
        };
        if organization.management_account.as_deref() == Some(account) {
            let whom = if policy_type == SCP { "principals" } else { "resources" };
            return none(format!(
                "{} do not apply to {whom} of the management account ({account})",
                plural(policy_type)
            ));
        }
        let type_name = if policy_type == SCP { "SERVICE_CONTROL_POLICY" } else { "RESOURCE_CONTROL_POLICY" };
        if organization.enabled_policy_types.as_ref().is_some_and(|types| !types.iter().any(|name| name == type_name)) {
            return none(format!("{} are not enabled in organization {}", plural(policy_type), organization.id));
        }
        if organization.management_account.is_none() {
            self.assumed.push(Assumption {
                field: policy_type.id().to_owned(),
                value: format!("{account} is not the management account"),
                why: format!("the snapshot does not tell which one manages {}", organization.id),
            });
        }
        let (mut levels, mut gaps) = (Vec::new(), Vec::new());
        for node in organization.path(account).unwrap_or_default() {
            self.level(policy_type, organization, node, &mut levels, &mut gaps);
        }
        let coverage = self.coverage(gaps);
        Hierarchy { levels, coverage }
    }

    fn level(
        &mut self,
        policy_type: PolicyType,
        organization: &Organization,
        node: &Node,
        levels: &mut Vec<Level>,
        gaps: &mut Vec<Gap>,
    ) {
        let attached = if policy_type == SCP { &node.service_control } else { &node.resource_control };
        let mut found = Found::default();
        self.recorded_gaps(&mut found, &node.id, policy_type);
        let filter = if policy_type == SCP { "SERVICE_CONTROL_POLICY" } else { "RESOURCE_CONTROL_POLICY" };
        let Some(attached) = attached else {
            found.gaps.push(Gap {
                what: format!("{} of {node}", plural(policy_type)),
                why: "the snapshot does not tell what is attached there".to_owned(),
                how_to_close: vec![
                    Command::aws("organizations list-policies-for-target")
                        .option("--target-id", &node.id)
                        .option("--filter", filter),
                ],
            });
            levels.push(Level { target: node.to_string(), policies: Vec::new(), coverage: level_coverage(&found) });
            gaps.append(&mut found.gaps);
            return;
        };
        let target_arn = node.arn.clone().unwrap_or_else(|| arn_of(organization, node));
        for policy in attached {
            match policy {
                Attached::Known(policy) => {
                    let described = Described {
                        name: &policy.name,
                        arn: policy.arn.as_deref(),
                        policy_type,
                        origin: if policy.aws_managed { PolicyOrigin::AwsManaged } else { PolicyOrigin::Organization },
                        version_id: None,
                        attached_to: vec![target_arn.clone()],
                    };
                    if policy.id == RCP_FULL_AWS_ACCESS {
                        continue;
                    }
                    if policy.document.is_none() {
                        found.gaps.push(undefined(policy_type, &policy.id, node));
                    } else {
                        self.take(&mut found, policy.document.as_ref(), described);
                    }
                }
                Attached::Unknown(id) if id == RCP_FULL_AWS_ACCESS => {}
                Attached::Unknown(id) => {
                    self.recorded_gaps(&mut found, id, policy_type);
                    found.gaps.push(undefined(policy_type, id, node));
                }
            }
        }
        levels.push(Level { target: node.to_string(), coverage: level_coverage(&found), policies: found.policies });
        gaps.append(&mut found.gaps);
    }

    /// The organization whose tree holds the account, or that it manages.
    fn organization_of(&self, account: &str) -> Option<&'a Organization> {
        let holds = |organization: &&Organization| {
            organization.management_account.as_deref() == Some(account) || organization.path(account).is_some()
        };
        self.snapshot.organizations.iter().find(holds)
    }

    pub(super) fn membership(&self, account: &str) -> Option<Membership> {
        let organization = self.organization_of(account)?;
        Some(Membership {
            organization: organization.id.clone(),
            path: organization.path_text(account),
            management_account: organization.management_account.as_deref().map(|manager| manager == account),
        })
    }
}

/// The gaps of one level; those of the hierarchy sum them up.
fn level_coverage(found: &Found) -> Coverage {
    summary(&found.gaps).map_or(Coverage::Complete, Coverage::Gap)
}

fn none(why: impl Into<String>) -> Hierarchy {
    Hierarchy { levels: Vec::new(), coverage: Coverage::NotApplicable(why.into()) }
}

fn plural(policy_type: PolicyType) -> &'static str {
    if policy_type == SCP { "service control policies" } else { "resource control policies" }
}

fn undefined(policy_type: PolicyType, id: &str, node: &Node) -> Gap {
    Gap {
        what: format!("{policy_type} {id} of {node}"),
        why: "the snapshot names the policy but does not hold its content".to_owned(),
        how_to_close: vec![Command::aws("organizations describe-policy").option("--policy-id", id)],
    }
}

/// The ARN that Organizations gives a node; its id where the management account is not known.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html>
fn arn_of(organization: &Organization, node: &Node) -> String {
    let Some(manager) = &organization.management_account else {
        return node.id.clone();
    };
    let kind = match node.kind {
        NodeKind::Root => "root",
        NodeKind::Unit => "ou",
        NodeKind::Account => "account",
    };
    format!("arn:aws:organizations::{manager}:{kind}/{}/{}", organization.id, node.id)
}
