//! The permission sets of IAM Identity Center behind roles: what is saved in the role is made from there, so that an edit goes there.
//!
//! They can be read in the management account and by the delegated administrator.
//! <https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html>

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::{Value, json};

use super::clients::Clients;
use super::document::document;
use super::failure::{Failure, FailureKind};
use super::operation::{self as op, Operation};
use super::service::Service;
use super::signed_call::SignedCall;
use crate::iam::{Arn, Principal};
use crate::snapshot::{GapFile, PermissionSetFile};

/// The target of the service's calls, and the version of its protocol.
const TARGET: (&str, &str) = ("SWBExternalService", "1.1");

/// Permission sets that are asked for their names; an account has fewer.
const SETS: usize = 200;

/// Calls that are under way at the same time.
const SIDE_BY_SIDE: usize = 8;

/// Permission sets that are read at the same time, with four calls each.
const ROLES_SIDE_BY_SIDE: usize = 2;

/// The instance and the ARN of each permission set, by its name.
type Sets = BTreeMap<String, (String, String)>;

/// The permission set behind a role of the caller's account; `None` for a role that is made from none.
pub(super) async fn behind(
    clients: &Clients,
    account: &str,
    role: &str,
) -> Option<Result<PermissionSetFile<'static>, GapFile<'static>>> {
    let (region, name) = made_from(role)?;
    let center = Center { clients, region };
    let found = center.sets(account, Some(&name)).await;
    Some(center.of(found.as_ref(), role, &name).await)
}

/// The permission sets behind several roles: the names of all are asked for once.
pub(super) async fn behind_all(
    clients: &Clients,
    account: &str,
    roles: impl Iterator<Item = String>,
) -> Vec<Result<PermissionSetFile<'static>, GapFile<'static>>> {
    let mut homes: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for role in roles {
        if let Some((region, name)) = made_from(&role) {
            homes.entry(region).or_default().push((role, name));
        }
    }
    let mut all = Vec::new();
    for (region, roles) in homes {
        let center = Center { clients, region };
        let only = match roles.as_slice() {
            [(_, name)] => Some(name.as_str()),
            _ => None,
        };
        let found = center.sets(account, only).await;
        let sets = stream::iter(&roles).map(|(role, name)| center.of(found.as_ref(), role, name));
        all.extend(sets.buffered(ROLES_SIDE_BY_SIDE).collect::<Vec<_>>().await);
    }
    all
}

/// Where the permission set that a role is made from is kept, and its name.
fn made_from(role: &str) -> Option<(String, String)> {
    let arn: Arn = role.parse().ok()?;
    let name = Principal::new(role).permission_set().map(str::to_owned)?;
    Some((home_region(&arn)?, name))
}

/// The Region of the instance, which the path of its roles names; one in us-east-1 leaves it out.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>
fn home_region(role: &Arn) -> Option<String> {
    let path = role.resource().strip_prefix("role/aws-reserved/sso.amazonaws.com/")?;
    Some(path.split_once('/').map_or("us-east-1", |(region, _)| region).to_owned())
}

/// IAM Identity Center in its Region.
struct Center<'c> {
    clients: &'c Clients,
    region: String,
}

impl Center<'_> {
    async fn ask(&self, operation: &'static Operation, input: &Value) -> Result<Value, Failure> {
        let call = SignedCall::json(operation, TARGET.0, TARGET.1, input).in_region(Some(self.region.clone()));
        Ok(self.clients.signed(call).await?.value)
    }

    /// The same about a list. An answer without it is none of AWS, which gives an empty one where there is nothing.
    async fn list(&self, operation: &'static Operation, input: &Value, list: &str) -> Result<Value, Failure> {
        let answer = self.ask(operation, input).await?;
        if answer.get(list).is_some_and(Value::is_array) {
            return Ok(answer);
        }
        Err(Failure::own(operation, FailureKind::Unreadable, "the answer holds no list"))
    }

    /// The permission sets that the account has; of one name only as far as that one is found.
    async fn sets(&self, account: &str, only: Option<&str>) -> Result<Sets, Failure> {
        let instances = self.list(&op::LIST_INSTANCES, &json!({}), "Instances").await?;
        let instances = texts(&instances, "Instances", "InstanceArn");
        if instances.is_empty() {
            let said =
                "IAM Identity Center shows nothing to this account: its administrator can read the permission set";
            return Err(Failure::own(&op::LIST_INSTANCES, FailureKind::NotFound, said));
        }
        let mut found = Sets::new();
        for instance in instances {
            let sets = self.provisioned(&instance, account).await?;
            let described = stream::iter(sets).map(|set| {
                let asked = json!({"InstanceArn": instance, "PermissionSetArn": set});
                async move { (self.ask(&op::DESCRIBE_PERMISSION_SET, &asked).await, set) }
            });
            let mut described = described.buffered(SIDE_BY_SIDE);
            while let Some((answer, set)) = described.next().await {
                let answer = answer?;
                let Some(name) = answer.pointer("/PermissionSet/Name").and_then(Value::as_str) else { continue };
                found.entry(name.to_owned()).or_insert_with(|| (instance.clone(), set));
                if only == Some(name) {
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    /// The permission set of this name, behind a role.
    async fn of(
        &self,
        sets: Result<&Sets, &Failure>,
        role: &str,
        name: &str,
    ) -> Result<PermissionSetFile<'static>, GapFile<'static>> {
        let read = match sets.map(|sets| sets.get(name)) {
            Ok(Some((instance, set))) => Box::pin(self.read(instance, set, role, name)).await,
            Ok(None) => {
                let said = "no permission set of this name is provisioned to the account";
                Err(Failure::own(&op::DESCRIBE_PERMISSION_SET, FailureKind::NotFound, said))
            }
            Err(failure) => Err(failure.clone()),
        };
        // the role's own policies are known: what is missing is where they are edited
        read.map_err(|failure| failure.gap(&format!("permission set {name}"), None))
    }

    /// The permission sets of an account.
    async fn provisioned(&self, instance: &str, account: &str) -> Result<Vec<String>, Failure> {
        let mut sets = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let mut asked = json!({"InstanceArn": instance, "AccountId": account});
            if let (Some(token), Some(asked)) = (&next, asked.as_object_mut()) {
                asked.insert("NextToken".to_owned(), json!(token));
            }
            let page = self.list(&op::LIST_PROVISIONED_SETS, &asked, "PermissionSets").await?;
            let listed = page.get("PermissionSets").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            sets.extend(listed.iter().filter_map(Value::as_str).map(str::to_owned));
            let following = page.get("NextToken").and_then(Value::as_str).filter(|token| !token.is_empty());
            if following.is_none() || following == next.as_deref() {
                return Ok(sets);
            }
            if sets.len() >= SETS {
                let said = format!("more than {SETS} permission sets are provisioned to the account");
                return Err(Failure::own(&op::LIST_PROVISIONED_SETS, FailureKind::NotAsked, said));
            }
            next = following.map(str::to_owned);
        }
    }

    /// What the permission set gives.
    async fn read(
        &self,
        instance: &str,
        set: &str,
        role: &str,
        name: &str,
    ) -> Result<PermissionSetFile<'static>, Failure> {
        let asked = json!({"InstanceArn": instance, "PermissionSetArn": set});
        let (inline, managed, customer, boundary) = tokio::join!(
            self.ask(&op::GET_SET_INLINE, &asked),
            self.list(&op::LIST_SET_MANAGED, &asked, "AttachedManagedPolicies"),
            self.list(&op::LIST_SET_CUSTOMER, &asked, "CustomerManagedPolicyReferences"),
            self.ask(&op::GET_SET_BOUNDARY, &asked),
        );
        let inline = inline?;
        let boundary = match boundary {
            Ok(answer) => answer,
            // none is set: <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_GetPermissionsBoundaryForPermissionSet.html>
            Err(failure) if failure.kind == FailureKind::NotFound => Value::Null,
            Err(failure) => return Err(failure),
        };
        let customer = customer?;
        let references = customer.get("CustomerManagedPolicyReferences").and_then(Value::as_array);
        let boundary = boundary.get("PermissionsBoundary").unwrap_or(&Value::Null);
        let arn = boundary.get("ManagedPolicyArn").and_then(Value::as_str).map(str::to_owned);
        let own = boundary.get("CustomerManagedPolicyReference").and_then(path_and_name);
        let text = inline.get("InlinePolicy").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        Ok(PermissionSetFile {
            arn: set.to_owned().into(),
            name: Some(name.to_owned().into()),
            role: role.to_owned().into(),
            inline_policy: text.map(document),
            managed_policies: texts(&managed?, "AttachedManagedPolicies", "Arn").into_iter().map(Into::into).collect(),
            customer_managed_policies: references
                .into_iter()
                .flatten()
                .filter_map(path_and_name)
                .map(Into::into)
                .collect(),
            permissions_boundary: arn.or(own).map(Into::into),
            ..PermissionSetFile::default()
        })
    }
}

/// `/team/` and `base` as `/team/base`.
fn path_and_name(reference: &Value) -> Option<String> {
    let path = reference.get("Path").and_then(Value::as_str).unwrap_or("/");
    Some(format!("{path}{}", reference.get("Name")?.as_str()?))
}

/// One text of each object of a list.
fn texts(answer: &Value, list: &str, name: &str) -> Vec<String> {
    let objects = answer.get(list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    objects.iter().filter_map(|object| object.get(name)?.as_str()).map(str::to_owned).collect()
}

/// The same call about an instance that nobody has, to see whether it may be made.
pub(super) fn trial(operation: &'static Operation, partition: &str, account: &str) -> Option<SignedCall> {
    if operation.service != Service::SsoAdmin {
        return None;
    }
    let instance = format!("arn:{partition}:sso:::instance/ssoins-0000000000000000");
    let set = format!("arn:{partition}:sso:::permissionSet/ssoins-0000000000000000/ps-0000000000000000");
    let input = if *operation == op::LIST_INSTANCES {
        json!({})
    } else if *operation == op::LIST_PROVISIONED_SETS {
        json!({"InstanceArn": instance, "AccountId": account})
    } else {
        json!({"InstanceArn": instance, "PermissionSetArn": set})
    };
    Some(SignedCall::json(operation, TARGET.0, TARGET.1, &input))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_role_tells_where_its_permission_set_lives() {
        let home = |path: &str| home_region(&format!("arn:aws:iam::111122223333:role/{path}").parse().unwrap());
        assert_eq!(
            home("aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Power_0123456789abcdef").as_deref(),
            Some("eu-west-1")
        );
        assert_eq!(
            home("aws-reserved/sso.amazonaws.com/AWSReservedSSO_Power_0123456789abcdef").as_deref(),
            Some("us-east-1")
        );
        assert_eq!(home("AWSReservedSSO_Power_0123456789abcdef"), None);
    }
}
