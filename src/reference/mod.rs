//! What AWS documents of its actions: whether they exist, on which resources they work, which condition keys they know.
//!
//! The facts are those of the [Service Authorization Reference](https://docs.aws.amazon.com/service-authorization/latest/reference/),
//! packed into one file with the date of its making; `docs/reference.md` describes it. AWS adds actions every week, so that what
//! is not here may exist all the same: answers say "not in the reference of that date", never "does not exist".

mod advice;
mod danger;
mod read;
mod service;

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use crate::iam::{Action, ActionPattern, Principal, Request, ResourceKinds, is_of, may_meet, service_of};

pub use advice::Advice;
pub use danger::{Danger, DangerKind, Power, dangerous_actions};
pub use read::ReferenceError;
pub use service::{AccessLevel, ActionFacts, ConditionKey, KeyType, ResourceType, Service};

use read::Body;

static FILE: &[u8] = include_bytes!("aws.reference");

/// The service reference. Cheap to make: it is unpacked when it is first asked.
#[derive(Debug, Clone)]
pub struct Reference {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    date: String,
    permissions: Option<String>,
    body: Body,
}

impl Reference {
    /// The reference that is part of the program.
    ///
    /// ```
    /// use iamdx::{iam::Action, reference::{Advice, Reference}};
    ///
    /// let reference = Reference::embedded();
    /// let decrypt: Action = "KMS:decrypt".parse()?;
    /// let facts = reference.action(&decrypt).unwrap();
    /// assert_eq!(facts.name(), "Decrypt");
    /// assert_eq!(facts.resource_types().next().unwrap().0.arns(), ["arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}"]);
    ///
    /// let converse: Action = "bedrock:Converse".parse()?;
    /// assert!(matches!(reference.advice(&converse), Advice::NotAnAction { instead: ["bedrock:InvokeModel"], .. }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Reference> = OnceLock::new();
        EMBEDDED.get_or_init(|| Self::unchecked(FILE).unwrap_or_else(|_| Self::nothing()))
    }

    /// Reads a reference file, packed or plain.
    ///
    /// # Errors
    /// When it is no reference file, or a damaged one.
    pub fn read(file: &[u8]) -> Result<Self, ReferenceError> {
        let reference = Self::unchecked(file)?;
        reference.inner.body.check()?;
        Ok(reference)
    }

    /// Takes a reference file as it is: its lines are read when they are asked for, and damaged ones are as good as none.
    ///
    /// # Errors
    /// When the header is not that of a reference file, or is of another file than what follows it.
    pub fn unchecked(file: &[u8]) -> Result<Self, ReferenceError> {
        let header = read::header(file)?;
        let body = Body::new(&header)?;
        Ok(Self { inner: Arc::new(Inner { date: header.date, permissions: header.permissions, body }) })
    }

    /// The day of the facts: `2026-09-26`.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.inner.date
    }

    /// The service prefixes, in order.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.inner.body.prefixes()
    }

    /// Whether the reference knows the service prefix; its case does not matter.
    #[must_use]
    pub fn has_service(&self, prefix: &str) -> bool {
        self.service(prefix).is_some()
    }

    /// What is known of a service; the case of the prefix does not matter.
    #[must_use]
    pub fn service(&self, prefix: &str) -> Option<&Service> {
        self.inner.body.service(&prefix.to_ascii_lowercase())
    }

    /// What is known of an action; case does not matter.
    #[must_use]
    pub fn action(&self, action: &Action) -> Option<ActionFacts<'_>> {
        let folded = action.folded().get(action.service().len() + 1..)?;
        self.service(action.service())?.action(folded)
    }

    /// The names of the actions that change permissions, of whatever service: `PutRolePolicy`.
    #[must_use]
    pub fn permission_changes(&self) -> HashSet<String> {
        match &self.inner.permissions {
            Some(names) => names.split(' ').map(str::to_owned).collect(),
            None => self.permission_changes_of_lines(),
        }
    }

    /// The same, of the lines of all services.
    fn permission_changes_of_lines(&self) -> HashSet<String> {
        let actions = self.services().filter_map(|prefix| self.service(prefix)).flat_map(Service::actions);
        let changes = actions.filter(|facts| facts.access_levels().contains(&AccessLevel::PermissionsManagement));
        changes.map(|facts| facts.name().to_owned()).collect()
    }

    /// Every known action that the pattern covers, in order.
    #[must_use]
    pub fn matching(&self, pattern: &ActionPattern) -> Vec<ActionFacts<'_>> {
        self.matching_of(pattern, Service::actions)
    }

    /// Those of these actions of each service that the pattern covers.
    fn matching_of<'r, A: Iterator<Item = ActionFacts<'r>>>(
        &'r self,
        pattern: &ActionPattern,
        actions: fn(&'r Service) -> A,
    ) -> Vec<ActionFacts<'r>> {
        let covered = |service: &str| {
            let actions = self.service(service).into_iter().flat_map(actions);
            actions.filter(|facts| facts.action().is_some_and(|action| pattern.matches(action)))
        };
        match pattern.service() {
            Some(service) => covered(service).collect(),
            None => self.services().flat_map(covered).collect(),
        }
    }

    /// Whether a service of another prefix has actions on ARNs like this, by its resource types; also where the ARN leaves its service open.
    pub(crate) fn is_of_another(&self, resource: &str, is_own: impl Fn(&str) -> bool) -> bool {
        let service = service_of(resource);
        let others = self.services().filter(|prefix| !is_own(prefix)).filter_map(|prefix| self.service(prefix));
        let mut templates = others.flat_map(Service::resource_types).flat_map(ResourceType::arns);
        // recovery points have the ARNs of many services, all with a Region
        let has_region = resource.split(':').nth(3).is_some_and(|region| !region.is_empty());
        let may_be = |template: &str| service_of(template).is_some() || has_region;
        service.is_none()
            || templates.any(|template| is_of(template, service) && may_be(template) && may_meet(resource, template))
    }

    /// The ARNs that the resource of a request can have, as the caller fills them in; the shortest two, since the longer ones are of what
    /// leads to the resource, such as access points.
    #[must_use]
    pub fn resource_shapes(&self, request: &Request) -> Vec<String> {
        if let Some(only_account_hidden) = request.resource_in_own_account() {
            return vec![only_account_hidden];
        }
        let Some(action) = request.action.value() else { return Vec::new() };
        let facts = self.action(action);
        let mut kinds = ResourceKinds::default();
        kinds.own.extend(facts.iter().flat_map(ActionFacts::resource_types).flat_map(|(kind, _)| kind.arns()).cloned());
        let caller = request.principal.value();
        let mut shapes = kinds.shapes(caller.and_then(Principal::partition), caller.and_then(Principal::account));
        shapes.sort_by_key(String::len);
        shapes.truncate(2);
        shapes
    }

    /// What to tell somebody who wrote this action: that it is known, or what it probably should be.
    #[must_use]
    pub fn advice(&self, action: &Action) -> Advice<'_> {
        advice::advice(self, action)
    }

    /// A reference that knows no action.
    fn nothing() -> Self {
        Self { inner: Arc::new(Inner { date: String::new(), permissions: None, body: Body::default() }) }
    }
}

#[cfg(test)]
mod tests;
