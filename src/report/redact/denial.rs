//! What AWS said, and how the session was made. Actions, operations, services, Regions and partitions say what happened, not to whom.

use super::{Redact, Redactor};
use crate::denial::{
    ContextFact, ContextSource, Damage, Denial, Elsewhere, EncodedMessage, ModelTrouble, Note, Reason, StatementName,
};
use crate::iam::{Arn, Principal, SessionOrigin};

impl Redact for Denial {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self {
            kind: _,
            error_code: _,
            http_status: _,
            operation: _,
            service: _,
            principal,
            caller,
            action: _,
            resource,
            reason,
            candidates: _,
            role,
            session,
            undoes,
            key,
            model,
            context,
            authorization_id,
            encoded_message,
            notes,
            damage,
            operation_certain: _,
            request_ids,
            at: _,
            span: _,
            line: _,
            occurrences: _,
            file,
            also_in,
        } = self;
        principal.redact(redactor);
        if let Some(caller) = caller {
            caller.rename(&mut |name| redactor.name(name));
        }
        redactor.names(resource);
        reason.redact(redactor);
        role.redact(redactor);
        session.redact(redactor);
        if let Some(ModelTrouble { failure: _, model, region: _ }) = model {
            redactor.names(model);
        }
        // no report shows them
        *undoes = None;
        *key = None;
        request_ids.clear();
        context.redact(redactor);
        redactor.ids(authorization_id);
        encoded_message.redact(redactor);
        notes.redact(redactor);
        damage.redact(redactor);
        redactor.places(file);
        also_in.redact(redactor);
    }
}

impl Redact for Elsewhere {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { file, line: _ } = self;
        redactor.places(file);
    }
}

impl Redact for Principal {
    fn redact(&mut self, redactor: &mut Redactor) {
        use crate::iam::PrincipalKind::{
            Anonymous, AssumedRole, Federated, FederatedUser, Role, Root, Service, Unknown, User,
        };
        match self.kind() {
            // only what AWS calls a service: others can be the names of buckets
            Anonymous => {}
            User | Role | AssumedRole | FederatedUser | Root | Service | Federated | Unknown => {
                *self = Self::new(&redactor.name(self.as_str()));
            }
        }
    }
}

impl Redact for Arn {
    fn redact(&mut self, redactor: &mut Redactor) {
        if let Ok(clean) = redactor.name(self.as_str()).parse() {
            *self = clean;
        }
    }
}

impl Redact for Reason {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { effect: _, policy_type: _, policy_arn, excludes: _ } = self;
        redactor.names(policy_arn);
    }
}

impl Redact for EncodedMessage {
    fn redact(&mut self, _: &mut Redactor) {
        let Self { blob, complete: _ } = self;
        // no report shows it
        blob.clear();
    }
}

impl Redact for ContextFact {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { key, values, source } = self;
        redactor.values(key, values);
        redactor.keys(key);
        match source {
            ContextSource::EventHistory { event, field: _ } => redactor.ids(event),
            ContextSource::CloudTrailField(_)
            | ContextSource::DecodedMessage
            | ContextSource::CallerIdentity
            | ContextSource::JobLog
            | ContextSource::ProbedProfile => {}
        }
    }
}

impl Redact for Note {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::MatchedStatement { statement, effect: _ } => match statement {
                StatementName::Sid(sid) => redactor.names(sid),
                StatementName::NoSid => {}
            },
            Self::OtherCallerInText(caller) => caller.redact(redactor),
            Self::Placeholder { part: _, text } => redactor.names(text),
            Self::NoAction
            | Self::NoReason
            | Self::NoPolicyType
            | Self::UnknownPolicyType
            | Self::PolicyOfNetwork
            | Self::ResourceCut
            | Self::TwoPolicyTypes
            | Self::ThreeCases
            | Self::Setting
            | Self::Elided
            | Self::PrincipalCut
            | Self::NoResource
            | Self::PerhapsBlockPublicAccess
            | Self::OneSideCanBeEnough
            | Self::SessionPolicyOfService
            | Self::SessionPolicyOfCognito
            | Self::WildcardInResource
            | Self::Masked
            | Self::AnyCauseOfS3
            | Self::ActionsOfOperation(_)
            | Self::ActionOfCall { operation: _ }
            | Self::EncodedMessage { complete: _ }
            | Self::DecodedMessage
            | Self::DecodedMessageCut
            | Self::RoleNotAssumed
            | Self::RoleOfService(_)
            | Self::ReadForCaller
            | Self::BareName
            | Self::OwnedByAws
            | Self::KmsKeyNotNamed
            | Self::KeyNotFoundOrDenied
            | Self::ResourceOfRecord
            | Self::PassesSessionTags
            | Self::RoleOfText
            | Self::CallerOfText
            | Self::ResourceOfText
            | Self::CallerRoleOfText
            | Self::SeveralRolesInText
            | Self::WordsOfOrganization
            | Self::SecretInInput(_) => {}
        }
    }
}

impl Redact for Damage {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::AccountLength { part: _, account } | Self::PolicyOfAnotherAccount { policy_type: _, account } => {
                redactor.names(account);
            }
            Self::PolicyOfAnotherType { policy_type: _, arn } => redactor.names(arn),
            Self::PrincipalOfRecord { record } => redactor.names(record),
            // characters of a name are no name
            Self::RemovedCharacters { characters: _, parts: _ }
            | Self::ImpossibleCharacters { part: _, characters: _ }
            | Self::LookalikeLetters { part: _, characters: _ }
            | Self::SecondMessage { part: _, words: _ }
            | Self::ActionInReason { asked: _, reason: _ }
            | Self::ActionOfOperation { operation: _, action: _ }
            | Self::ResourceOfAnotherService { action: _, service: _ }
            | Self::ResourceOfAnotherType { action: _, resource_type: _ }
            | Self::Partitions { principal: _, resource: _ }
            | Self::Region { part: _, region: _ }
            | Self::RegionOfAnotherPartition { part: _, region: _, partition: _ }
            | Self::PolicyTypeOfAction { policy_type: _, action: _ }
            | Self::OtherDenial { line: _, part: _, same_id: _ } => {}
        }
    }
}

impl Redact for SessionOrigin {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self {
            operation: _,
            whole: _,
            arn,
            by,
            at: _,
            source_identity,
            policy,
            policy_arns,
            has_parameters: _,
            file,
            line: _,
            matched_by: _,
        } = self;
        redactor.names(arn);
        redactor.names(by);
        redactor.names(source_identity);
        redactor.names(policy_arns);
        redactor.places(file);
        if let Some((text, _)) = policy {
            // what it says stands in the policy that was read from it
            text.clear();
        }
    }
}
