//! Which condition keys a request can have: those that come only with another key, and those that some principals never have.
//!
//! AWS says of each key when it sets it: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.
//! Only what is said there of every request is here. "Only if" is not "whenever": that a key is set where it can be is nowhere taken
//! for granted.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::iam::{
    Action, AssumedValue, Circumstance, Context, ContextValue, Derived, PolicySet, PrincipalKind, ResourcePattern,
};

/// Keys that a request has only where another key is so.
#[derive(Debug)]
pub(crate) struct Bond {
    /// The other key, in lower case.
    pub(crate) other: &'static str,
    /// How it has to be.
    pub(crate) needs: Needs,
    /// The keys, in lower case.
    pub(crate) keys: &'static [&'static str],
    /// What such a request is.
    pub(crate) circumstance: Circumstance,
}

/// How another key has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Not in the request.
    Absent,
    /// `true`.
    True,
}

/// No key stands in two of them.
pub(crate) const BONDS: [Bond; 5] = [
    // "included in the request context, except when the requester uses a VPC endpoint"; the others only when it does
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip>
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sts_vpc_condition_keys_federated.html>
    Bond {
        other: "aws:sourceip",
        needs: Needs::Absent,
        keys: &[
            "aws:sourcevpc",
            "aws:sourcevpcarn",
            "aws:sourcevpce",
            "aws:vpceaccount",
            "aws:vpceorgid",
            "aws:vpceorgpaths",
            "aws:vpcsourceip",
        ],
        circumstance: Circumstance::ThroughEndpoint,
    },
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>
    Bond {
        other: "aws:multifactorauthpresent",
        needs: Needs::True,
        keys: &["aws:multifactorauthage"],
        circumstance: Circumstance::WithMfa,
    },
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html>
    Bond {
        other: "aws:viaawsservice",
        needs: Needs::True,
        keys: &["aws:calledvia", "aws:calledviafirst", "aws:calledvialast"],
        circumstance: Circumstance::Forwarded,
    },
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-viaawsmcpservice>
    Bond {
        other: "aws:viaawsmcpservice",
        needs: Needs::True,
        keys: &["aws:calledviaawsmcp"],
        circumstance: Circumstance::ForwardedByMcp,
    },
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceaccount>
    Bond {
        other: "aws:principalisawsservice",
        needs: Needs::True,
        keys: &[
            "aws:principalservicename",
            "aws:principalservicenameslist",
            "aws:sourceaccount",
            "aws:sourcearn",
            "aws:sourceorgid",
            "aws:sourceorgpaths",
        ],
        circumstance: Circumstance::OfService,
    },
];

impl Needs {
    /// Whether what is known of the other key meets it; `None` where that is not known.
    pub(crate) fn is_met(self, known: &ContextValue) -> Option<bool> {
        match (self, known) {
            (_, ContextValue::Unknown) => None,
            (Self::Absent, ContextValue::Absent) => Some(true),
            (Self::True, ContextValue::Absent) => Some(false),
            // the key has public addresses only: whoever tells a private one may mean the other key
            (Self::Absent, ContextValue::Present { values, .. }) => {
                let private = values.iter().filter_map(|text| text.parse().ok()).any(is_private);
                (!private).then_some(false)
            }
            (Self::True, ContextValue::Present { values, .. }) => match values.as_slice() {
                [value] => Some(value.eq_ignore_ascii_case("true")),
                _ => None,
            },
        }
    }

    /// The same in the list of what was filled in.
    pub(super) fn shown(self) -> AssumedValue {
        match self {
            Self::Absent => AssumedValue::Absent,
            Self::True => AssumedValue::Text("true".to_owned()),
        }
    }

    /// A value that meets it.
    pub(crate) fn value(self) -> ContextValue {
        match self {
            Self::Absent => ContextValue::Absent,
            Self::True => ContextValue::Present { values: vec!["true".to_owned()], multivalued: false },
        }
    }
}

/// An address of a network that is not the internet.
pub(crate) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_link_local() || address.is_loopback(),
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local() || address.is_loopback(),
    }
}

/// Makes the rest of the context agree with keys that were changed, given in any case. What was known of the request as it was, and need
/// not be so of the changed one, is said to be unknown.
pub(crate) fn settle(context: &mut Context, changed: &[&str]) {
    let is_changed = |key: &str| changed.iter().any(|own| own.eq_ignore_ascii_case(key));
    for bond in &BONDS {
        let met = bond.needs.is_met(context.get_folded(bond.other));
        let brought = bond.keys.iter().any(|key| is_changed(key) && is_present(context.get_folded(key)));
        let left = match met {
            Some(false) if is_changed(bond.other) => ContextValue::Absent,
            Some(true) if is_changed(bond.other) => ContextValue::Unknown,
            Some(false) | None if brought => {
                context.set(bond.other, bond.needs.value());
                ContextValue::Unknown
            }
            _ => continue,
        };
        bond.keys.iter().filter(|key| !is_changed(key)).for_each(|key| context.set(key, left.clone()));
    }
    // who comes with MFA comes with a session of another time, be it the first one
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-tokenissuetime>
    let mfa = ["aws:multifactorauthpresent", "aws:multifactorauthage"];
    let issued = "aws:tokenissuetime";
    if mfa.iter().any(|key| is_changed(key) && is_present(context.get_folded(key))) && !is_changed(issued) {
        context.set(issued, ContextValue::Unknown);
    }
}

/// Whether the key has a value; an empty list is none.
pub(crate) fn is_present(value: &ContextValue) -> bool {
    matches!(value, ContextValue::Present { values, .. } if !values.is_empty())
}

/// Keys of role sessions alone, in lower case.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-role-session-properties>
const OF_ROLE_SESSIONS: [&str; 14] = [
    "aws:chatbotsourcearn",
    "aws:ec2instancesourceprivateipv4",
    "aws:ec2instancesourcevpc",
    "aws:federatedprovider",
    "aws:sourceidentity",
    "codebuild:buildarn",
    "codebuild:projectarn",
    "ec2:roledelivery",
    "ec2:sourceinstancearn",
    "glue:credentialissuingservice",
    "glue:roleassumedby",
    "identitystore:userid",
    "lambda:sourcefunctionarn",
    "ssm:sourceinstancearn",
];

/// Keys that a request has only where it is signed, in lower case.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties>
const OF_SIGNED: [&str; 5] = [
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:tokenissuetime",
];

/// Keys that tell of the caller's identity in AWS, which whoever comes with a token or an assertion does not have yet, in lower case.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sts_vpc_endpoint_policies.html#reference_sts_vpc_endpoint_policies_considerations>
const OF_IDENTITIES: [&str; 3] = ["aws:principalaccount", "aws:principalarn", "aws:principalorgid"];

/// Why a request of such a principal never has the key, which is in lower case; `None` where it may have it.
pub(super) fn never_of(kind: PrincipalKind, key: &str) -> Option<Derived> {
    let of_role = OF_ROLE_SESSIONS.contains(&key);
    match kind {
        PrincipalKind::Anonymous => {
            let signed = of_role || OF_SIGNED.contains(&key) || key.starts_with("aws:principaltag/");
            (signed || key == "aws:assumedroot").then_some(Derived::NotSigned)
        }
        PrincipalKind::User if of_role => Some(Derived::OnlyRoleSessions),
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-assumedroot>
        PrincipalKind::User | PrincipalKind::Role | PrincipalKind::AssumedRole | PrincipalKind::FederatedUser => {
            (key == "aws:assumedroot").then_some(Derived::OnlyRootSessions)
        }
        PrincipalKind::Federated => OF_IDENTITIES.contains(&key).then_some(Derived::NoIdentityYet),
        PrincipalKind::Root | PrincipalKind::Service | PrincipalKind::Unknown => None,
    }
}

/// Whether AWS leaves the account and the organization of the resource out of requests for this action.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount>
pub(crate) fn is_without_owner(action: &Action) -> bool {
    const ACTIONS: [&str; 15] = [
        "auditmanager:updateassessmentframeworkshare",
        "detective:acceptinvitation",
        "ds:acceptshareddirectory",
        "ec2:accepttransitgatewaypeeringattachment",
        "ec2:acceptvpcendpointconnections",
        "ec2:acceptvpcpeeringconnection",
        "ec2:createtransitgatewaypeeringattachment",
        "ec2:createvpcendpoint",
        "ec2:createvpcpeeringconnection",
        "es:acceptinboundconnection",
        "guardduty:acceptadministratorinvitation",
        "macie2:acceptinvitation",
        "route53:associatevpcwithhostedzone",
        "route53:createvpcassociationauthorization",
        "securityhub:acceptadministratorinvitation",
    ];
    action.service() == "ebs" || ACTIONS.contains(&action.folded())
}

/// The condition keys that policies test or write into a value, in lower case, each as it is first written.
pub(crate) fn tested(policies: &PolicySet) -> BTreeMap<String, &str> {
    let mut keys = BTreeMap::new();
    let mut add = |key| {
        keys.entry(str::to_ascii_lowercase(key)).or_insert(key);
    };
    for statement in policies.policies().flat_map(|policy| &policy.document.statements) {
        for condition in &statement.conditions {
            add(condition.key.as_str());
            condition.variable_keys().into_iter().for_each(&mut add);
        }
        let patterns = statement.resource.iter().flat_map(|element| &element.patterns);
        patterns.flat_map(ResourcePattern::keys).for_each(&mut add);
    }
    keys
}
