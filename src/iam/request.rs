//! What was asked of AWS: principal, action, resource and context, each known, assumed with a reason, or missing.

use std::sync::Arc;

use super::action::Action;
use super::arn::Arn;
use super::arn_pattern::ResourceKinds;
use super::assumption::{AssumedField, AssumedValue, Assumption};
use super::context::{Context, ContextValue, is_multivalued_global};
use super::field::{Field, NotTold};
use super::owner::{has_owner, owner};
use super::principal::{Principal, PrincipalKind};

/// One authorization question.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// Who asks: the caller as AWS names it, for a role the session.
    pub principal: Field<Principal>,
    /// For a session: the role, with its path where that is known.
    pub role: Option<Arn>,
    /// The ARN of the permission set of IAM Identity Center that the role is made from, where it is known.
    pub permission_set: Option<String>,
    /// What is asked.
    pub action: Field<Action>,
    /// On what: an ARN, or `*` for actions without resources.
    pub resource: Field<String>,
    /// What the resource can be, where it is not known.
    pub resource_kinds: Option<Arc<ResourceKinds>>,
    /// The account that owns the resource.
    pub resource_account: Field<String>,
    /// The organization's management account, where it is known: SCPs do not reach its principals, nor RCPs its resources.
    pub management_account: Option<String>,
    /// The kind of VPC endpoint that the request came through, where it is known.
    pub vpc_endpoint: Option<EndpointKind>,
    /// The request was made by then, in nanoseconds since 1970, where that is known.
    pub not_after: Option<i128>,
    /// Whether AWS's own words name a resource control policy: then one reaches the request, whatever the lists of actions say.
    pub rcp_named: bool,
    /// Condition keys.
    pub context: Context,
    /// What was filled in.
    pub assumed: Vec<Assumption>,
}

/// Whether a text is the name of an alias of KMS, which stands for the key of the caller's account and Region.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-alias-name>
#[must_use]
pub fn is_alias_name(text: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || "/_-".contains(c);
    text.strip_prefix("alias/").is_some_and(|rest| !rest.is_empty() && rest.chars().all(name))
}

impl Request {
    /// The alias of KMS by which the request names a key. A call that makes, moves or deletes an alias is about the alias itself.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html>
    #[must_use]
    pub fn used_alias(&self) -> Option<&str> {
        let about_alias = ["createalias", "updatealias", "deletealias"];
        let action = self.action.value().filter(|action| action.service() == "kms")?;
        let resource = match &self.resource {
            Field::Known(resource) | Field::Assumed(resource, _) | Field::Missing(NotTold::NoArn(resource)) => resource,
            Field::Missing(_) => return None,
        };
        let alias = match resource.parse::<Arn>() {
            Ok(arn) => arn.service() == "kms" && arn.resource().starts_with("alias/"),
            Err(_) => is_alias_name(resource),
        };
        let used = alias && !about_alias.iter().any(|name| action.name().eq_ignore_ascii_case(name));
        used.then_some(resource.as_str())
    }

    /// The VPC that the request came from, where it tells that and not its endpoint.
    #[must_use]
    pub fn source_vpc(&self) -> Option<&str> {
        match (self.context.get("aws:SourceVpce"), self.context.get("aws:SourceVpc")) {
            (ContextValue::Unknown, ContextValue::Present { values, .. }) => match values.as_slice() {
                [vpc] => Some(vpc),
                _ => None,
            },
            _ => None,
        }
    }

    /// The account that owns the VPC endpoint that the request came through, where CloudTrail told it.
    #[must_use]
    pub fn endpoint_account(&self) -> Option<&str> {
        match self.context.get("aws:VpceAccount") {
            ContextValue::Present { values, .. } => values.first().map(String::as_str),
            ContextValue::Absent | ContextValue::Unknown => None,
        }
    }

    /// The service that was called in a Region, as VPC endpoints name it, where that is the prefix of its actions.
    /// <https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>
    #[must_use]
    pub fn endpoint_service(&self, region: &str) -> Option<String> {
        let service = self.action.value()?.service();
        // names in China begin in two ways
        (!region.starts_with("cn-")).then(|| format!("com.amazonaws.{region}.{service}"))
    }

    /// The Region that was called, where the resource's ARN or the request tells it.
    #[must_use]
    pub fn region(&self) -> Option<String> {
        let named = |region: &str| !region.is_empty() && !region.contains(['*', '?', '$']);
        let arn: Option<Arn> = self.resource.value().and_then(|resource| resource.parse().ok());
        let of_resource = arn.map(|arn| arn.region().to_owned()).filter(|region| named(region));
        of_resource.or_else(|| match self.context.get("aws:RequestedRegion") {
            // what a call has that any Region may answer:
            // <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html>
            ContextValue::Present { values, .. } => {
                values.first().filter(|region| named(region) && *region != "unspecified").cloned()
            }
            ContextValue::Absent | ContextValue::Unknown => None,
        })
    }

    /// A question of which principal, action and resource are known.
    ///
    /// The owner of the resource is the account in its ARN. Where the ARN holds none, it is taken to be the caller's, which
    /// [`Self::assumed`] says; [`Self::with_resource_account`] settles it.
    ///
    /// ```
    /// use iamdx::iam::{Principal, Request};
    ///
    /// let alice = Principal::new("arn:aws:iam::111122223333:user/alice");
    /// let request = Request::new(alice, "s3:GetObject".parse()?, "arn:aws:s3:::reports/q1.csv")
    ///     .with_context("aws:SourceIp", ["203.0.113.7"])
    ///     .with_resource_account("444455556666");
    /// assert!(request.assumed.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new(principal: Principal, action: Action, resource: impl Into<String>) -> Self {
        let role = (principal.kind() == PrincipalKind::Role).then(|| principal.as_str().parse().ok()).flatten();
        Self {
            principal: Field::Known(principal),
            role,
            action: Field::Known(action),
            resource: Field::Known(resource.into()),
            ..Self::missing(NotTold::NoAccount)
        }
        .with_owner()
    }

    /// A question of which nothing is known, for one reason.
    #[must_use]
    pub fn missing(why: NotTold) -> Self {
        Self {
            principal: Field::Missing(why.clone()),
            role: None,
            action: Field::Missing(why.clone()),
            resource: Field::Missing(why.clone()),
            resource_kinds: None,
            resource_account: Field::Missing(why),
            management_account: None,
            permission_set: None,
            vpc_endpoint: None,
            not_after: None,
            rcp_named: false,
            context: Context::new(),
            assumed: Vec::new(),
        }
    }

    /// The same with a condition key. Several values are those of one key with several values.
    #[must_use]
    pub fn with_context<V: Into<String>>(mut self, key: &str, values: impl IntoIterator<Item = V>) -> Self {
        self.set_key(key, values.into_iter().map(Into::into).collect());
        self
    }

    /// The same with every condition key that is not given being absent, not unknown.
    #[must_use]
    pub fn with_complete_context(mut self) -> Self {
        self.context.set_complete(true);
        self
    }

    /// The same in this context, and no other.
    #[must_use]
    pub fn in_context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    /// The same with a resource of this account.
    #[must_use]
    pub fn with_resource_account(mut self, account: impl Into<String>) -> Self {
        self.assumed.retain(|assumption| assumption.field != AssumedField::ResourceAccount);
        self.resource_account = Field::Known(account.into());
        self
    }

    /// The same with the owner that follows from the resource and the caller.
    pub(crate) fn with_owner(mut self) -> Self {
        self.resource_account = owner(&self.resource, self.principal.value());
        if has_owner(&self.resource) {
            self.assume(AssumedField::ResourceAccount, |request| &request.resource_account);
        }
        self
    }

    /// The resource, if it is one of the caller's account, where the text hides nothing but its account.
    pub(crate) fn resource_in_own_account(&self) -> Option<String> {
        let parts: Vec<&str> = self.resource.value()?.splitn(6, ':').collect();
        let [arn, partition, service, region, "*", name] = parts.as_slice() else { return None };
        let hides_more = [partition, service, region, name].iter().any(|part| part.contains(['*', '?']));
        let account = self.principal.value().and_then(Principal::account)?;
        (!hides_more).then(|| format!("{arn}:{partition}:{service}:{region}:{account}:{name}"))
    }

    /// Takes the owner that follows from the resource, where none is known.
    pub(crate) fn settle_owner(&mut self) {
        if self.resource_account.value().is_none() {
            self.resource_account = owner(&self.resource, self.principal.value());
        }
    }

    /// Records that a field was filled in.
    pub(crate) fn assume<T: ToString>(&mut self, name: AssumedField, field: impl Fn(&Self) -> &Field<T>) {
        if let Field::Assumed(value, why) = field(self) {
            let assumption = Assumption { field: name, value: AssumedValue::Text(value.to_string()), why: why.clone() };
            self.assumed.push(assumption);
        }
    }

    /// Sets a condition key.
    pub(crate) fn set_key(&mut self, key: &str, values: Vec<String>) {
        let multivalued = values.len() > 1 || is_multivalued_global(key);
        self.context.set(key, ContextValue::Present { values, multivalued });
    }
}

/// A kind of VPC endpoint.
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndpointKind {
    /// A route to S3 or DynamoDB, without a network interface.
    #[serde(alias = "Gateway")]
    Gateway,
    /// A network interface that leads to a service.
    #[serde(alias = "Interface")]
    Interface,
}

impl EndpointKind {
    /// The kind by its `VpcEndpointType`. Other types lead to no service that has gateway endpoints, so nothing follows from them.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html>
    #[must_use]
    pub fn of_type(name: &str) -> Option<Self> {
        match name {
            "Gateway" => Some(Self::Gateway),
            "Interface" => Some(Self::Interface),
            _ => None,
        }
    }
}

/// What a person adds to a denial.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Hints {
    /// Whether credentials stand in the same input: then they are to be treated as leaked.
    pub secret_seen: bool,
    /// Who was denied, where the text does not tell or cannot be trusted.
    pub principal: Option<Principal>,
    /// What was denied, where the text does not tell or cannot be trusted.
    pub action: Option<Action>,
    /// The resource, where the text names none or a pattern.
    pub resource: Option<String>,
    /// The account that owns the resource, where its ARN does not tell.
    pub resource_account: Option<String>,
    /// `--context KEY=VALUE`, in order; a key given twice is a list.
    pub context: Vec<(String, String)>,
    /// The time now, in nanoseconds since 1970: the request was made before.
    pub now: Option<i128>,
    /// `--context-complete`: what is not given is absent, and nothing is derived.
    pub context_complete: bool,
}
