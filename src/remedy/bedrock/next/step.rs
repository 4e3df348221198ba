//! One step after a failed model call.

use super::calls::CalledModel;
use crate::iam::{Command, Owner};

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct NextStep {
    /// What to do.
    pub what: Next,
    /// Who does it.
    pub owner: Owner,
    /// What whoever does it must be allowed.
    pub permissions: Vec<&'static str>,
    /// The commands.
    pub commands: Vec<Command>,
    /// Whether a command changes something of the account.
    pub changes: bool,
    /// The page that documents it.
    pub page: &'static str,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// See whether the form was submitted.
    SeeUseCase,
    /// Submit the form, in this account or once for the organization.
    SubmitUseCase,
    /// Call again after so many minutes.
    CallAgain(u8),
    /// IAM denies the caller two actions of AWS Marketplace: find out which policy.
    AllowedToSubscribe,
    /// Whoever may subscribe makes the first call.
    SubscribeByCall,
    /// The same by the API of agreements.
    SubscribeByOffer,
    /// See what the control plane says of the access.
    SeeAccess,
    /// In AWS `GovCloud` the access is asked for in the account that is linked.
    AskInLinkedAccount,
    /// Set a payment method with which AWS Marketplace can be paid.
    SetPaymentMethod,
    /// Ask AWS Sales for a model that is open to some accounts only.
    AskSales,
    /// Ask AWS Support.
    AskSupport,
    /// Nothing in AWS helps: call from another place.
    CallFromElsewhere,
    /// See the retention of data that is set.
    SeeRetention,
    /// Decide about the retention of data.
    DecideRetention,
    /// Call one of these instead.
    CallInstead(Vec<CalledModel>),
    /// See which models are active.
    SeeActive,
    /// Call the model by a profile.
    CallByProfile(Vec<CalledModel>),
    /// See which profiles the Region has.
    SeeProfiles,
    /// A policy must allow the profile, and the model in each of its Regions.
    AllowProfile,
    /// The prefix of a profile does not belong to the Region.
    OtherPrefix {
        /// What was called.
        called: String,
        /// The Region.
        region: String,
        /// The prefixes that it can call.
        prefixes: Vec<&'static str>,
    },
    /// The Region does not list the model.
    NotInRegion {
        /// The model.
        base: String,
        /// The Region.
        region: String,
    },
    /// Correct the id.
    CorrectId,
    /// Send the call without sampling parameters, or with one of them.
    LeaveSamplingOut {
        /// Whether one of them may stay.
        one: bool,
    },
    /// Send the body that the model reads.
    CorrectBody,
    /// Send messages.
    SendMessages,
    /// Call more slowly.
    SlowDown,
    /// The daily quota is used up.
    WaitForNextDay,
    /// See the quotas, and ask for more.
    AskForQuota,
    /// Call again; a profile over more Regions has more room.
    CallAgainLater,
    /// Make a new API key.
    NewApiKey,
    /// See which credentials are used.
    SeeCredentials,
    /// Get new credentials.
    NewCredentials,
    /// Check the secret key, the clock and the proxy.
    CheckSignature,
    /// See whether the Region's endpoint can be reached.
    CheckNetwork,
    /// Look for what answered in the place of AWS.
    LookBetween,
}

impl Next {
    /// The stable identifier, as in JSON.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SeeUseCase => "see-use-case",
            Self::SubmitUseCase => "submit-use-case",
            Self::CallAgain(_) => "call-again",
            Self::AllowedToSubscribe => "allowed-to-subscribe",
            Self::SubscribeByCall => "subscribe-by-call",
            Self::SubscribeByOffer => "subscribe-by-offer",
            Self::SeeAccess => "see-access",
            Self::AskInLinkedAccount => "ask-in-linked-account",
            Self::SetPaymentMethod => "set-payment-method",
            Self::AskSales => "ask-sales",
            Self::AskSupport => "ask-support",
            Self::CallFromElsewhere => "call-from-elsewhere",
            Self::SeeRetention => "see-retention",
            Self::DecideRetention => "decide-retention",
            Self::CallInstead(_) => "call-instead",
            Self::SeeActive => "see-active",
            Self::CallByProfile(_) => "call-by-profile",
            Self::SeeProfiles => "see-profiles",
            Self::AllowProfile => "allow-profile",
            Self::OtherPrefix { .. } => "other-prefix",
            Self::NotInRegion { .. } => "not-in-region",
            Self::CorrectId => "correct-id",
            Self::LeaveSamplingOut { .. } => "leave-sampling-out",
            Self::CorrectBody => "correct-body",
            Self::SendMessages => "send-messages",
            Self::SlowDown => "slow-down",
            Self::WaitForNextDay => "wait-for-next-day",
            Self::AskForQuota => "ask-for-quota",
            Self::CallAgainLater => "call-again-later",
            Self::NewApiKey => "new-api-key",
            Self::SeeCredentials => "see-credentials",
            Self::NewCredentials => "new-credentials",
            Self::CheckSignature => "check-signature",
            Self::CheckNetwork => "check-network",
            Self::LookBetween => "look-between",
        }
    }

    /// Whether it shows something, and does nothing about the failure.
    #[must_use]
    pub const fn only_shows(&self) -> bool {
        matches!(
            self,
            Self::SeeUseCase
                | Self::SeeAccess
                | Self::SeeActive
                | Self::SeeProfiles
                | Self::SeeRetention
                | Self::SeeCredentials
        )
    }
}
