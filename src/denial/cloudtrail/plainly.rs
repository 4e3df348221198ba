//! What a record says of a denied call, each part from one field of it.

use super::super::told::{SOURCE_IP, TOLD};
use super::record::Record;
use super::{INSIGHT, context, federated};
use crate::iam::Principal;

/// What a record says of a call that failed.
#[derive(Clone, Copy)]
pub(in crate::denial) struct Plainly<'r> {
    record: &'r Record<'r>,
    /// The error code.
    pub(in crate::denial) code: &'r str,
    /// The operation.
    pub(in crate::denial) operation: &'r str,
    /// The service that was called, as the record names it.
    pub(in crate::denial) source: &'r str,
    /// The error message; empty where there is none.
    pub(in crate::denial) message: &'r str,
    /// When.
    pub(in crate::denial) at: &'r str,
}

impl<'r> Plainly<'r> {
    /// What a record says; nothing where one part of it takes another to be understood.
    pub(in crate::denial) fn of(record: &'r Record<'r>) -> Option<Self> {
        let operation = record.event_name.as_deref()?;
        let is_call = record.event_type.as_deref() != Some(INSIGHT) && federated::is_saml(operation).is_none();
        // the account of an endpoint may count instead of that of the caller; what was added to a record may name the same keys
        let is_alone = record.vpc_endpoint_account_id.is_none() && record.event_context.is_none();
        (is_call && is_alone).then_some(())?;
        Some(Self {
            record,
            operation,
            code: filled(record.error_code.as_deref())?,
            source: filled(record.event_source.as_deref())?,
            message: record.error_message.as_deref().unwrap_or_default(),
            at: filled(record.event_time.as_deref())?,
        })
    }

    /// The id of the record.
    pub(in crate::denial) fn id(self) -> Option<&'r str> {
        self.record.event_id.as_deref()
    }

    /// The Region of the call.
    pub(in crate::denial) fn region(self) -> Option<&'r str> {
        filled(self.record.aws_region.as_deref())
    }

    /// Who called, where that is more than a name.
    pub(in crate::denial) fn principal(self) -> Option<Principal> {
        self.record.user_identity.principal()
    }

    /// The only resource that is listed.
    pub(in crate::denial) fn resource(self) -> Option<String> {
        self.record.only_resource()
    }

    /// Values of [`TOLD`].
    pub(in crate::denial) fn told(self) -> [Option<&'r str>; TOLD.len()] {
        let is_source = context::address_key(self.record) == SOURCE_IP;
        let endpoint = filled(self.record.vpc_endpoint_id.as_deref());
        [context::address(self.record).filter(|_| is_source), endpoint, filled(self.record.user_agent.as_deref())]
    }
}

/// A text that is not empty.
fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}
