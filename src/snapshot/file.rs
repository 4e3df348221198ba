//! The iamdx snapshot file: its fields, for reading and for writing. `docs/snapshot.md` describes it for those who write one by hand.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::{fmt, io};

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::details::{GroupDetail, ManagedPolicyDetail, RawDocument, RoleDetail, UserDetail};
use super::object::{
    Fields, ObjectVisitor, Other, declare, document, maybe_number, maybe_text, maybe_texts, maybe_truth,
    nullable_document, object, objects, raws, text, texts, truth,
};
use super::s3_file::{AccessPointFile, ObjectOwnershipFile, PublicAccessBlockFile};

/// The version of the format that is written, and the only one that is read.
pub const VERSION: u64 = 1;

/// A snapshot file, or one page of `get-account-authorization-details`: they differ by `iamdx_snapshot`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SnapshotFile<'a> {
    /// The version of the format; absent in AWS's own output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iamdx_snapshot: Option<u64>,
    /// When it was taken (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<Cow<'a, str>>,
    /// Denials that are known to have happened before that: those that it was taken for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub denied_before: Vec<DeniedBeforeFile<'a>>,
    /// The accounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<AccountFile<'a>>,
    /// The organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationFile<'a>>,
    /// Policies of resources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_policies: Vec<ResourcePolicyFile<'a>>,
    /// The keys that aliases of KMS stand for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub key_aliases: Vec<KeyAliasFile<'a>>,
    /// Policies of VPC endpoints.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vpc_endpoint_policies: Vec<EndpointPolicyFile<'a>>,
    /// S3 Block Public Access of buckets, access points and accounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub public_access_blocks: Vec<PublicAccessBlockFile<'a>>,
    /// Who owns the objects of buckets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub object_ownership: Vec<ObjectOwnershipFile<'a>>,
    /// Access points of S3.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub access_points: Vec<AccessPointFile<'a>>,
    /// The VPC endpoints of services in VPCs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vpc_endpoints: Vec<VpcEndpointsFile<'a>>,
    /// Permission sets of IAM Identity Center behind roles of the accounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permission_sets: Vec<PermissionSetFile<'a>>,
    /// Session policies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub session_policies: Vec<SessionPoliciesFile<'a>>,
    /// Inference profiles of Amazon Bedrock, as `aws bedrock list-inference-profiles` prints them.
    #[serde(rename = "inferenceProfileSummaries", skip_serializing_if = "Vec::is_empty")]
    pub inference_profiles: Vec<InferenceProfileFile<'a>>,
    /// The profile that the whole file is, as `aws bedrock get-inference-profile` prints it.
    #[serde(flatten)]
    pub inference_profile: InferenceProfileFile<'a>,
    /// What could not be collected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<GapFile<'a>>,
    /// What AWS's simulator answered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub simulations: Vec<Cow<'a, RawValue>>,
    /// What it answered to `iam:GetRequestAuthorizationDetails`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authorization_details: Vec<Cow<'a, RawValue>>,
    /// What it answered to `sts:DecodeAuthorizationMessage`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub decoded_messages: Vec<Cow<'a, RawValue>>,
    /// What it answered to `iam:GetRequestAuthorizationPolicy`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authorization_policies: Vec<Cow<'a, RawValue>>,
    /// What `cloudtrail:LookupEvents` was asked about the denials, and what it answered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub event_history: Vec<Cow<'a, RawValue>>,
    /// The lists, where they stand at the top as AWS prints them.
    #[serde(flatten)]
    pub details: Details<'a>,
    /// The fields that are not read.
    #[serde(flatten)]
    pub other: Other<'a>,
}

declare! {
    /// A denial that happened before the file was taken, by what its text says.
    DeniedBeforeFile<'a>, "a denial of `denied_before`", ignored [] {
        /// Who was denied.
        #[serde(skip_serializing_if = "Option::is_none")]
        principal: Option<Cow<'a, str>> = "principal" maybe_text,
        /// What.
        #[serde(skip_serializing_if = "Option::is_none")]
        action: Option<Cow<'a, str>> = "action" maybe_text,
        /// On what.
        #[serde(skip_serializing_if = "Option::is_none")]
        resource: Option<Cow<'a, str>> = "resource" maybe_text,
        /// The ids of the requests.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        request_ids: Vec<Cow<'a, str>> = "request_ids" texts,
        /// How often the text has it, if not once.
        #[serde(skip_serializing_if = "Option::is_none")]
        occurrences: Option<u64> = "occurrences" maybe_number,
    }

    /// An inference profile.
    InferenceProfileFile<'a>, "an inference profile",
    ignored ["createdAt", "description", "inferenceProfileId", "inferenceProfileName", "status", "type", "updatedAt"] {
        /// Its ARN.
        #[serde(skip_serializing_if = "str::is_empty")]
        arn: Cow<'a, str> = "inferenceProfileArn" text required,
        /// The model in each destination Region.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        models: Vec<ProfileModelFile<'a>> = "models" objects,
    }

    /// A model behind an inference profile.
    ProfileModelFile<'a>, "a model of an inference profile", ignored [] {
        /// Its ARN.
        arn: Cow<'a, str> = "modelArn" text required,
    }
}

/// The four lists of `get-account-authorization-details`.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Details<'a> {
    /// Users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_detail_list: Option<Vec<UserDetail<'a>>>,
    /// Groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_detail_list: Option<Vec<GroupDetail<'a>>>,
    /// Roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_detail_list: Option<Vec<RoleDetail<'a>>>,
    /// Managed policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policies: Option<Vec<ManagedPolicyDetail<'a>>>,
}

/// One account.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AccountFile<'a> {
    /// The twelve digits.
    pub id: Cow<'a, str>,
    /// Account aliases.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Cow<'a, str>>,
    /// Whether only some of its users and roles were collected.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// `false`: it belongs to no organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_organization: Option<bool>,
    /// Its users, groups, roles and policies.
    #[serde(flatten)]
    pub details: Details<'a>,
    /// The fields that are not read.
    #[serde(flatten)]
    pub other: Other<'a>,
}

declare! {
    /// An organization.
    OrganizationFile<'a>, "an organization", ignored [] {
        /// `o-...`
        id: Cow<'a, str> = "id" text required,
        /// The management account.
        #[serde(skip_serializing_if = "Option::is_none")]
        management_account: Option<Cow<'a, str>> = "management_account" maybe_text,
        /// The types of policy that are enabled in the root; absent: as far as they are listed.
        #[serde(skip_serializing_if = "Option::is_none")]
        enabled_policy_types: Option<Vec<Cow<'a, str>>> = "enabled_policy_types" maybe_texts,
        /// The policies that the tree names by id.
        policies: Vec<OrganizationPolicyFile<'a>> = "policies" objects,
        /// The tree.
        #[serde(skip_serializing_if = "Option::is_none")]
        root: Option<NodeFile<'a>> = "root" object,
        /// Whether only the ways to some accounts were collected, not what else is in the tree.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        partial: bool = "partial" truth,
    }

    /// An SCP or RCP.
    OrganizationPolicyFile<'a>, "a policy of the organization", ignored [] {
        /// `p-...`
        id: Cow<'a, str> = "id" text required,
        /// Its name.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Cow<'a, str>> = "name" maybe_text,
        /// Its ARN.
        #[serde(skip_serializing_if = "Option::is_none")]
        arn: Option<Cow<'a, str>> = "arn" maybe_text,
        /// Whether AWS keeps it.
        aws_managed: bool = "aws_managed" truth,
        /// What it says.
        #[serde(skip_serializing_if = "Option::is_none")]
        content: Option<RawDocument<'a>> = "content" document,
    }

    /// The root, an organizational unit, or an account of the tree.
    NodeFile<'a>, "a root, unit or account", ignored [] {
        /// `r-...`, `ou-...`, or the account id.
        id: Cow<'a, str> = "id" text required,
        /// Its name.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Cow<'a, str>> = "name" maybe_text,
        /// Its ARN.
        #[serde(skip_serializing_if = "Option::is_none")]
        arn: Option<Cow<'a, str>> = "arn" maybe_text,
        /// The SCPs attached to it; absent: not known.
        #[serde(skip_serializing_if = "Option::is_none")]
        service_control_policies: Option<Vec<AttachedOrganizationPolicy<'a>>> = "service_control_policies" attached,
        /// The RCPs attached to it; absent: not known.
        #[serde(skip_serializing_if = "Option::is_none")]
        resource_control_policies: Option<Vec<AttachedOrganizationPolicy<'a>>> = "resource_control_policies" attached,
        /// The units inside.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        organizational_units: Vec<NodeFile<'a>> = "organizational_units" objects,
        /// The accounts inside.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        accounts: Vec<NodeFile<'a>> = "accounts" objects,
    }
}

/// A policy attached to a node: its id, or the policy itself.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum AttachedOrganizationPolicy<'a> {
    /// The id of a policy in `policies`.
    Id(Cow<'a, str>),
    /// The policy.
    Policy(Box<OrganizationPolicyFile<'a>>),
}

declare! {
    /// The policy of a resource.
    ResourcePolicyFile<'a>, "a resource policy", ignored [] {
        /// The resource.
        arn: Cow<'a, str> = "arn" text required,
        /// What the policy is called; absent: by its resource.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Cow<'a, str>> = "name" maybe_text,
        /// The account that owns the resource, where the ARN does not tell: a bucket's.
        #[serde(skip_serializing_if = "Option::is_none")]
        account: Option<Cow<'a, str>> = "account" maybe_text,
        /// What it says; `null`: the resource has no policy.
        document: Option<RawDocument<'a>> = "document" nullable_document required,
    }

    /// The key that an alias of KMS stands for.
    KeyAliasFile<'a>, "an alias of a key", ignored [] {
        /// The alias.
        arn: Cow<'a, str> = "arn" text required,
        /// The key.
        key: Cow<'a, str> = "key" text required,
    }

    /// The policy of a VPC endpoint.
    EndpointPolicyFile<'a>, "a VPC endpoint policy", ignored [] {
        /// `vpce-...`
        id: Cow<'a, str> = "id" text required,
        /// What it says; `null`: the default policy, which allows everything.
        document: Option<RawDocument<'a>> = "document" nullable_document required,
        /// `Gateway`, `Interface`, ...: its `VpcEndpointType`.
        #[serde(skip_serializing_if = "Option::is_none")]
        kind: Option<Cow<'a, str>> = "type" maybe_text,
    }

    /// All endpoints of a service in a VPC: a request from the VPC came through one of them.
    VpcEndpointsFile<'a>, "the endpoints of a VPC", ignored [] {
        /// `vpc-...`
        vpc: Cow<'a, str> = "vpc" text required,
        /// The service, as endpoints name it: `com.amazonaws.eu-west-1.sqs`.
        service: Cow<'a, str> = "service" text required,
        /// `vpce-...`; their policies stand in `vpc_endpoint_policies`.
        endpoints: Vec<Cow<'a, str>> = "endpoints" texts,
    }

    /// A permission set of IAM Identity Center, from which a role of an account is made: the role's policies are edited there.
    PermissionSetFile<'a>, "a permission set", ignored [] {
        /// Its ARN.
        arn: Cow<'a, str> = "arn" text required,
        /// Its name.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Cow<'a, str>> = "name" maybe_text,
        /// The ARN of the role.
        role: Cow<'a, str> = "role" text required,
        /// Its inline policy; `null`: it has none.
        inline_policy: Option<RawDocument<'a>> = "inline_policy" nullable_document,
        /// The AWS managed policies that it attaches, by ARN.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        managed_policies: Vec<Cow<'a, str>> = "managed_policies" texts,
        /// The customer managed policies that it attaches where the account has them, by path and name.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        customer_managed_policies: Vec<Cow<'a, str>> = "customer_managed_policies" texts,
        /// Its permissions boundary, by ARN or by path and name.
        #[serde(skip_serializing_if = "Option::is_none")]
        permissions_boundary: Option<Cow<'a, str>> = "permissions_boundary" maybe_text,
    }

    /// The policies that a session was made with.
    SessionPoliciesFile<'a>, "the policies of a session", ignored [] {
        /// The ARN of the session.
        session: Cow<'a, str> = "session" text required,
        /// Documents.
        policies: Vec<NamedDocument<'a>> = "policies" objects,
        /// Managed policies.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        policy_arns: Vec<Cow<'a, str>> = "policy_arns" texts,
    }

    /// A document with a name.
    NamedDocument<'a>, "a policy", ignored [] {
        /// The name.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Cow<'a, str>> = "name" maybe_text,
        /// What it says.
        document: Option<RawDocument<'a>> = "document" document required,
    }

    /// Something that AWS refused to tell.
    GapFile<'a>, "a gap", ignored [] {
        /// The operation, for example `iam:GetUserPolicy`.
        operation: Cow<'a, str> = "operation" text required,
        /// What AWS said.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<Cow<'a, str>> = "error" maybe_text,
        /// The permission that it needs.
        #[serde(skip_serializing_if = "Option::is_none")]
        permission: Option<Cow<'a, str>> = "permission" maybe_text,
        /// The ARN or id that could not be seen.
        #[serde(skip_serializing_if = "Option::is_none")]
        of: Option<Cow<'a, str>> = "of" maybe_text,
        /// The type of policy that could not be seen, by its id.
        #[serde(skip_serializing_if = "Option::is_none")]
        policy_type: Option<Cow<'a, str>> = "policy_type" maybe_text,
        /// What came of the call, where AWS did not refuse it: see [`crate::iam::CallOutcome`].
        #[serde(skip_serializing_if = "Option::is_none")]
        answer: Option<Cow<'a, str>> = "answer" maybe_text,
    }
}

impl SnapshotFile<'_> {
    /// Writes the file as JSON, indented, with a newline at its end.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&self, mut out: impl io::Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut out, self)?;
        out.write_all(b"\n")
    }
}

impl<'de> Details<'de> {
    /// Takes a field, if it is one of the four lists.
    fn field<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "UserDetailList" => self.user_detail_list = Some(objects(map)?),
            "GroupDetailList" => self.group_detail_list = Some(objects(map)?),
            "RoleDetailList" => self.role_detail_list = Some(objects(map)?),
            "Policies" => self.policies = Some(objects(map)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether there is any list.
    pub(super) const fn is_some(&self) -> bool {
        self.user_detail_list.is_some()
            || self.group_detail_list.is_some()
            || self.role_detail_list.is_some()
            || self.policies.is_some()
    }
}

/// The fields of the iamdx format, without the lists of AWS.
impl<'de> Fields<'de> for SnapshotFile<'de> {
    const NOUN: &'static str = "a snapshot";
    const IGNORED: &'static [&'static str] = &[
        "IsTruncated",
        "Marker",
        "NextToken",
        "ResponseMetadata",
        "createdAt",
        "description",
        "inferenceProfileId",
        "inferenceProfileName",
        "nextToken",
        "status",
        "type",
        "updatedAt",
    ];

    fn field<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "iamdx_snapshot" => self.iamdx_snapshot = maybe_number(map)?,
            "taken_at" => self.taken_at = maybe_text(map)?,
            "denied_before" => self.denied_before = objects(map)?,
            "accounts" => self.accounts = objects(map)?,
            "organization" => self.organization = object(map)?,
            "resource_policies" => self.resource_policies = objects(map)?,
            "key_aliases" => self.key_aliases = objects(map)?,
            "vpc_endpoint_policies" => self.vpc_endpoint_policies = objects(map)?,
            "public_access_blocks" => self.public_access_blocks = objects(map)?,
            "object_ownership" => self.object_ownership = objects(map)?,
            "access_points" => self.access_points = objects(map)?,
            "vpc_endpoints" => self.vpc_endpoints = objects(map)?,
            "permission_sets" => self.permission_sets = objects(map)?,
            "session_policies" => self.session_policies = objects(map)?,
            "inferenceProfileSummaries" => self.inference_profiles = objects(map)?,
            "inferenceProfileArn" | "models" => return self.inference_profile.field(name, map),
            "gaps" => self.gaps = objects(map)?,
            "simulations" => self.simulations = raws(map)?,
            "authorization_details" => self.authorization_details = raws(map)?,
            "decoded_messages" => self.decoded_messages = raws(map)?,
            "authorization_policies" => self.authorization_policies = raws(map)?,
            "event_history" => self.event_history = raws(map)?,
            _ => return self.details.field(name, map),
        }
        Ok(true)
    }

    fn other(&mut self) -> &mut Other<'de> {
        &mut self.other
    }

    fn missing(&self) -> Option<&'static str> {
        None
    }
}

impl<'de> Fields<'de> for AccountFile<'de> {
    const NOUN: &'static str = "an account";
    const IGNORED: &'static [&'static str] = &[];

    fn field<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "id" => self.id = text(map)?,
            "aliases" => self.aliases = texts(map)?,
            "partial" => self.partial = truth(map)?,
            "in_organization" => self.in_organization = maybe_truth(map)?,
            _ => return self.details.field(name, map),
        }
        Ok(true)
    }

    fn other(&mut self) -> &mut Other<'de> {
        &mut self.other
    }

    fn missing(&self) -> Option<&'static str> {
        self.id.is_empty().then_some("id")
    }
}

/// The policies attached to a node; `null` is not known.
fn attached<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Vec<AttachedOrganizationPolicy<'de>>>, A::Error> {
    map.next_value()
}

impl<'de> Deserialize<'de> for AttachedOrganizationPolicy<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Attached;
        impl<'de> Visitor<'de> for Attached {
            type Value = AttachedOrganizationPolicy<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the id of a policy, or the policy as an object")
            }
            fn visit_borrowed_str<E>(self, id: &'de str) -> Result<Self::Value, E> {
                Ok(AttachedOrganizationPolicy::Id(Cow::Borrowed(id)))
            }
            fn visit_str<E>(self, id: &str) -> Result<Self::Value, E> {
                Ok(AttachedOrganizationPolicy::Id(Cow::Owned(id.to_owned())))
            }
            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Self::Value, M::Error> {
                let policy = ObjectVisitor(PhantomData).visit_map(map)?.0;
                Ok(AttachedOrganizationPolicy::Policy(Box::new(policy)))
            }
        }
        deserializer.deserialize_any(Attached)
    }
}
