//! The request, built from named evidence. Each step adds what one source tells; what a person said is never replaced.

use super::{
    aws_facts, create_action, long_term_key, message, of_resource, only_account, passed_service, quoted, reason,
    snapshot_facts, via_service,
};
use crate::aws_evidence::AwsEvidence;
use crate::denial::Denial;
use crate::evaluate::{derive_context, derive_tested};
use crate::iam::{Action, Arn, Assumption, Field, Hints, NotTold, PolicySet, Principal, Request, Why, is_alias_name};
use crate::reference::Reference;
use crate::snapshot::{Selection, Snapshot};

/// A request that is being put together.
#[derive(Debug, Clone)]
pub struct RequestBuilder<'a> {
    request: Request,
    hints: &'a Hints,
    denial: Option<&'a Denial>,
}

impl<'a> RequestBuilder<'a> {
    /// What a denial tells, and what the person adds to it.
    #[must_use]
    pub fn from_message(denial: &'a Denial, hints: &'a Hints) -> Self {
        Self { request: message::request(denial, hints), hints, denial: Some(denial) }
    }

    /// What a person asks about, without a denial.
    #[must_use]
    pub fn asked(principal: Principal, action: Action, resource: &str, hints: &'a Hints) -> Self {
        Self::of(message::with_hints(Request::new(principal, action, resource), &[], hints), hints)
    }

    /// A request that is there already, to be completed.
    #[must_use]
    pub const fn of(request: Request, hints: &'a Hints) -> Self {
        Self { request, hints, denial: None }
    }

    /// Writes the action as AWS's reference does: messages of some services spell it in a way of their own, `SNS:Publish`.
    #[must_use]
    pub fn spelled_by(mut self, reference: &Reference) -> Self {
        if let Field::Known(action) | Field::Assumed(action, _) = &mut self.request.action
            && let Some(spelled) = reference.action(action).and_then(|facts| facts.action())
        {
            *action = spelled.clone();
        }
        self
    }

    /// What AWS's own record and the decoded message tell.
    #[must_use]
    pub fn aws_evidence(mut self, answers: &AwsEvidence) -> Self {
        aws_facts::add(&mut self.request, answers, self.hints);
        self
    }

    /// Who the caller is, where the text does not tell the account and the files hold one that has such a caller.
    #[must_use]
    pub fn caller_in(mut self, snapshot: &Snapshot) -> Self {
        only_account::add(&mut self.request, snapshot, self.hints);
        self
    }

    /// The owner of a resource whose ARN does not tell it, where the files do: it is no longer only taken to be the caller's account.
    #[must_use]
    pub fn owner_in(mut self, snapshot: &Snapshot) -> Self {
        if matches!(self.request.resource_account, Field::Assumed(..))
            && let Some(owner) = self.request.resource.value().and_then(|resource| snapshot.owner_of(resource))
        {
            let owner = owner.to_owned();
            self.request = self.request.with_resource_account(owner);
        }
        self
    }

    /// The key that an alias stands for, where the files tell: except for calls about the alias itself, the key is what AWS decides about.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html>
    #[must_use]
    pub fn key_in(mut self, snapshot: &Snapshot) -> Self {
        let Some(alias) = self.request.used_alias().map(str::to_owned) else { return self };
        // a policy about the alias is none about the key
        if self.request.resource.value().is_some() && snapshot.key_of(&alias).is_none() {
            self.request.resource = Field::Missing(NotTold::NoArn(alias));
            return self;
        }
        if let Some(key) = snapshot.key_of(&alias) {
            let bare = is_alias_name(&alias);
            if let Some(name) = alias.split_once(":alias/").map(|(_, name)| name).or(alias.strip_prefix("alias/")) {
                self.request.context.set_one("kms:RequestAlias", format!("alias/{name}"));
            }
            if bare {
                let owner = key.parse::<Arn>().ok().map(|key| key.account().to_owned());
                self.request.assumed.push(Assumption::resource(key, Why::AliasName(alias.clone())));
                self.request.resource = Field::Assumed(key.to_owned(), Why::AliasName(alias));
                if let Some(owner) = owner {
                    self.request = self.request.with_resource_account(owner);
                }
            } else {
                self.request.resource = Field::Known(key.to_owned());
            }
        }
        self
    }

    /// The VPC endpoint, where the request tells only its VPC and the files one endpoint there.
    #[must_use]
    pub fn endpoint_in(mut self, snapshot: &Snapshot) -> Self {
        if self.hints.context_complete {
            return self;
        }
        if let (Some(vpc), [only]) = (self.request.source_vpc(), snapshot.endpoints_of(&self.request)) {
            let why = Why::OnlyEndpointOfVpc(vpc.to_owned());
            snapshot_facts::know(&mut self.request, "aws:SourceVpce", only, why);
        }
        self
    }

    /// Whether AWS wrote the resource as a pattern, that an action without resources is checked on `*`, which call tags what it makes,
    /// and which service asked for a key; after what AWS's record tells.
    #[must_use]
    pub fn resource_by(mut self, reference: &Reference) -> Self {
        quoted::add(&mut self.request, reference);
        if let Some(denial) = self.denial.filter(|_| !self.hints.context_complete) {
            create_action::add(&mut self.request, denial, reference);
            via_service::add(&mut self.request, denial, reference);
        }
        self
    }

    /// What the snapshot tells about the principal and the organization.
    #[must_use]
    pub fn snapshot_facts(mut self, selection: &Selection) -> Self {
        snapshot_facts::add(&mut self.request, selection, self.hints);
        self
    }

    /// The condition keys that AWS always fills, those that these policies test and the action has, and those that the request cannot have,
    /// unless the person has given all.
    #[must_use]
    pub fn derived_context(mut self, policies: &PolicySet, reference: &Reference) -> Self {
        if !self.hints.context_complete {
            if let Some(denial) = self.denial {
                passed_service::add(&mut self.request, denial);
                if self.hints.principal.is_none() {
                    long_term_key::add(&mut self.request, denial, policies);
                }
            }
            derive_context(&mut self.request);
            derive_tested(&mut self.request, policies);
            of_resource::add(&mut self.request, policies, reference);
        }
        self
    }

    /// What follows from the reason that AWS gave, for the request and for policies that were not seen.
    #[must_use]
    pub fn aws_reason(mut self, policies: &mut PolicySet) -> Self {
        if let Some(denial) = self.denial {
            reason::apply(denial, &mut self.request, policies);
        }
        self
    }

    /// The request as far as it is known, for the policies to be selected by.
    #[must_use]
    pub const fn so_far(&self) -> &Request {
        &self.request
    }

    /// The request.
    #[must_use]
    pub fn build(self) -> Request {
        self.request
    }
}
