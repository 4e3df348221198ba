//! What a template leaves open and the request tells all the same: the partition, and the account that a policy belongs to.
//!
//! A policy acts only inside its own partition, and an identity-based policy only in its own account, so a template that gave this
//! request a policy was deployed there. A Region follows from neither, and no policy says which account it was deployed in.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html>
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>

use std::sync::Arc;

use super::Selector;
use crate::iam::{
    Arn, AssumedField, AssumedValue, Assumption, Document, Field, Follows, Policy, PolicyOrigin, PolicySet, PolicyType,
    Why, is_account_id,
};
use crate::iam::{open_part, open_parts};
use crate::text::Source;

/// Something that follows from the request.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    value: String,
    why: Follows,
}

/// A value of the deployment that a template may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Partition,
    /// The domain that names of services end in.
    Suffix,
    Account,
}

impl Asked {
    /// What the template asks for in such a part.
    fn of(part: &str) -> Option<Self> {
        match part {
            "AWS::Partition" => return Some(Self::Partition),
            "AWS::URLSuffix" => return Some(Self::Suffix),
            "AWS::AccountId" => return Some(Self::Account),
            _ => {}
        }
        // the account of a provider may be any one; <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/partition>
        match part.strip_prefix("data.aws_partition.")?.split_once('.')?.1 {
            "partition" | "id" => Some(Self::Partition),
            "dns_suffix" => Some(Self::Suffix),
            _ => None,
        }
    }
}

impl Selector<'_> {
    /// The policies with what follows from the request in its place.
    pub(super) fn with_what_follows(&mut self, policies: PolicySet) -> PolicySet {
        let mut told: Vec<Assumption> = Vec::new();
        for policy in policies.policies() {
            for (part, known) in self.follows(policy) {
                let assumption = Assumption {
                    field: AssumedField::TemplatePart {
                        part: part.to_owned(),
                        file: policy.document.source.name().to_owned(),
                    },
                    value: AssumedValue::Text(known.value),
                    why: Why::Template(known.why),
                };
                if !told.contains(&assumption) {
                    told.push(assumption);
                }
            }
        }
        if told.is_empty() {
            return policies;
        }
        self.assumed.extend(told);
        policies.map_policies(&|policy| filled(policy, &self.follows(policy)).unwrap_or_else(|| Arc::clone(policy)))
    }

    /// The open parts of a policy that the request tells.
    fn follows<'p>(&self, policy: &'p Policy) -> Vec<(&'p str, Known)> {
        // only files given by option may be templates
        if policy.origin != PolicyOrigin::Loose {
            return Vec::new();
        }
        let known = |part: &'p str| {
            let known = match Asked::of(part)? {
                Asked::Partition => self.partition(),
                Asked::Suffix => self.partition().and_then(|known| suffix(&known)),
                Asked::Account => self.account_of(policy.policy_type),
            };
            Some((part, known?))
        };
        open_parts(policy.document.source.text()).into_iter().filter_map(known).collect()
    }

    /// The partition of the request; nothing where its parts name several.
    fn partition(&self) -> Option<Known> {
        let named = |text: &str| -> Option<String> {
            let arn: Arn = text.parse().ok()?;
            Some(arn.partition().to_owned())
        };
        let principal = self.request.principal.value().and_then(|principal| named(principal.as_str()));
        let resource = self.request.resource.value().and_then(|resource| named(resource));
        let (value, why) = match (principal, resource) {
            (Some(one), Some(other)) if one != other => return None,
            (Some(one), _) => (one, Follows::PrincipalPartition),
            (None, Some(other)) => (other, Follows::ResourcePartition),
            (None, None) => return None,
        };
        let plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
        (value.starts_with("aws") && value.chars().all(plain)).then_some(Known { value, why })
    }

    /// The account that a policy of this type belongs to.
    fn account_of(&self, policy_type: PolicyType) -> Option<Known> {
        let (value, why) = match policy_type {
            PolicyType::IdentityBased | PolicyType::PermissionsBoundary => {
                (self.principal_account()?, Follows::PrincipalAccount)
            }
            PolicyType::ResourceBased | PolicyType::RoleTrust => match &self.request.resource_account {
                Field::Known(account) => (account.clone(), Follows::ResourceAccount),
                _ => return None,
            },
            // whoever made the session, owns the endpoint or runs the organization may have deployed these
            _ => return None,
        };
        is_account_id(&value).then_some(Known { value, why })
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services-in-opt-in-regions>
fn suffix(partition: &Known) -> Option<Known> {
    let value = match partition.value.as_str() {
        "aws" | "aws-us-gov" => "amazonaws.com",
        "aws-cn" => "amazonaws.com.cn",
        _ => return None,
    };
    Some(Known { value: value.to_owned(), ..*partition })
}

/// The policy with these parts filled in. The lines stay, since no value has a line break.
fn filled(policy: &Policy, follows: &[(&str, Known)]) -> Option<Arc<Policy>> {
    if follows.is_empty() {
        return None;
    }
    let source = &policy.document.source;
    let text = follows
        .iter()
        .fold(source.text().to_owned(), |text, (part, known)| text.replace(&open_part(part), &known.value));
    let mut filled = Source::new(source.name(), text);
    if let Some((file, line)) = source.origin() {
        filled = filled.found_in(file, line).on_lines(source.lines_in_file());
    }
    let document = Arc::new(Document::parse(filled).ok()?);
    Some(Arc::new(Policy { document, ..policy.clone() }))
}
