//! What was asked, and what was assumed of it.

use super::{Redact, Redactor};
use crate::iam::{
    AssumedField, AssumedValue, Assumption, Context, ContextValue, Field, NoPolicy, NoneSaid, NotTold, Request, Why,
};

impl Redact for Request {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self {
            principal,
            role,
            permission_set,
            action,
            // kinds of resources, not resources
            resource_kinds: _,
            resource,
            resource_account,
            management_account,
            vpc_endpoint: _,
            not_after: _,
            rcp_named: _,
            context,
            assumed,
        } = self;
        field(principal, redactor, Redact::redact);
        role.redact(redactor);
        redactor.names(permission_set);
        field(action, redactor, |_, _| {});
        field(resource, redactor, |text, redactor| redactor.names(text));
        field(resource_account, redactor, |text, redactor| redactor.names(text));
        redactor.names(management_account);
        context.redact(redactor);
        assumed.redact(redactor);
    }
}

fn field<T>(field: &mut Field<T>, redactor: &mut Redactor, change: impl Fn(&mut T, &mut Redactor)) {
    match field {
        Field::Known(value) => change(value, redactor),
        Field::Assumed(value, why) => {
            change(value, redactor);
            why.redact(redactor);
        }
        Field::Missing(NotTold::NoArn(text)) => redactor.names(text),
        Field::Missing(NotTold::NotNamed | NotTold::NoAccount | NotTold::Every) => {}
    }
}

impl Redactor {
    /// What is known of a condition key.
    pub(super) fn context_value(&mut self, key: &str, value: &mut ContextValue) {
        match value {
            ContextValue::Present { values, multivalued: _ } => self.values(key, values),
            ContextValue::Absent | ContextValue::Unknown => {}
        }
    }

    /// Condition keys, each with one value.
    pub(super) fn key_values(&mut self, pairs: &mut [(String, String)]) {
        for (key, value) in pairs {
            self.values(key, value);
            self.keys(key);
        }
    }
}

impl Redact for Context {
    fn redact(&mut self, redactor: &mut Redactor) {
        let mut clean = Self::new();
        clean.set_complete(self.is_complete());
        for (key, value) in self.iter() {
            let mut value = value.clone();
            redactor.context_value(key, &mut value);
            clean.set(&redactor.key(key), value);
        }
        *self = clean;
    }
}

impl Redact for Assumption {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { field, value, why } = self;
        match value {
            // several values of a list are one text
            AssumedValue::Text(text) => {
                let key = if let AssumedField::ContextKey(key) = field { key.as_str() } else { "" };
                let values: Vec<String> = text.split(", ").map(|text| redactor.value_of(key, text)).collect();
                *text = values.join(", ");
            }
            AssumedValue::NotManagementAccount(account) => redactor.names(account),
            AssumedValue::Absent
            | AssumedValue::Documents(_)
            | AssumedValue::Denials { documents: _, levels: _ }
            | AssumedValue::Policies(_)
            | AssumedValue::DoesNotAllow
            | AssumedValue::DelegatesAtMost
            | AssumedValue::GatewayEndpoint => {}
        }
        match field {
            AssumedField::ContextKey(key) => redactor.keys(key),
            AssumedField::TemplatePart { part, file } => {
                redactor.parts(part);
                redactor.places(file);
            }
            AssumedField::Principal
            | AssumedField::Action
            | AssumedField::Resource
            | AssumedField::ResourceAccount
            | AssumedField::Policies(_)
            | AssumedField::ResourcePolicy
            | AssumedField::VpcEndpoint
            | AssumedField::SessionPolicies => {}
        }
        why.redact(redactor);
    }
}

impl Redact for Why {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::EntityName(name) => redactor.names(name),
            Self::AliasName(alias) => redactor.names(alias),
            Self::OnlyEndpointOfVpc(vpc) => redactor.ids(vpc),
            Self::ManagementAccountNotTold(organization) => redactor.names(organization),
            Self::NoneSaid(said) => said.redact(redactor),
            Self::Session(origin) => origin.redact(redactor),
            Self::DoesNotNameCaller(_, subject) => subject.redact(redactor),
            Self::EventHistory { event, field: _ } => redactor.ids(event),
            // the service of an ARN, the field of a record
            Self::NoAccountInArn(_) | Self::CloudTrailField(_) => {}
            Self::Contradicted
            | Self::Operation { operation: _, others: _ }
            | Self::OneOf(_)
            | Self::SessionTags(_)
            | Self::QuotedPattern
            | Self::Masked
            | Self::PatternOfAws
            | Self::WithoutResources
            | Self::NamesNone
            | Self::CallNamesIt
            | Self::ModelOfAws
            | Self::NoResource
            | Self::AsTheSimulator
            | Self::OnlyAccount
            | Self::OnlyOneOfName
            | Self::DecodedConditions
            | Self::OnlyProviderOfTrust
            | Self::JobLog
            | Self::RoleOfText
            | Self::CallerIdentity
            | Self::DecodedMessage
            | Self::AuthorizationDetails
            | Self::PrincipalTag
            | Self::Organization
            | Self::GivenByOption(_)
            | Self::NothingOfResource(_)
            | Self::DeniedWithoutReason
            | Self::OnlyAGatewayDenies
            | Self::Probe
            | Self::NoEndpointGiven
            | Self::Template(_)
            | Self::Derived(_) => {}
        }
    }
}

impl Redact for NoneSaid {
    fn redact(&mut self, _: &mut Redactor) {
        match self {
            Self::Option(_) => {}
            Self::Answer(
                NoPolicy::Error { command: _, code: _ }
                | NoPolicy::Without { command: _ }
                | NoPolicy::Empty { member: _ },
            ) => {}
        }
    }
}
