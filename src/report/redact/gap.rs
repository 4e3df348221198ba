//! What was not seen, why, and the commands that would show it.

use super::{Redact, Redactor};
use crate::iam::{
    Command, Coverage, Gap, NotApplicable, NotInAccount, PublicAccessLevel, Refusal, Subject, Unseen, context_argument,
    read_context_argument,
};

impl Redact for Gap {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { subject, reason, how_to_close } = self;
        subject.redact(redactor);
        reason.redact(redactor);
        how_to_close.redact(redactor);
    }
}

impl Redact for Coverage {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Complete => {}
            Self::NotApplicable(why) => why.redact(redactor),
            Self::Gap(gap) | Self::MayDelegate(gap) | Self::MayDeny(gap) | Self::MayAllow(gap) => gap.redact(redactor),
        }
    }
}

impl Redact for NotApplicable {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::SessionWithout(origin) => origin.redact(redactor),
            Self::DefaultEndpointPolicy(id) | Self::NoOrganization(id) => redactor.names(id),
            Self::ManagementAccount(_, id) | Self::NotEnabled(_, id) => redactor.names(id),
            Self::NoneSaid(said) => said.redact(redactor),
            Self::AssumedNotToBlock(subject) => subject.redact(redactor),
            Self::RootUser
            | Self::Service(_)
            | Self::Anonymous(_)
            | Self::FederatedCall(_)
            | Self::ServiceLinkedRole(_)
            | Self::NotASession
            | Self::NoSessionPolicies
            | Self::NoEndpoint
            | Self::PublicAddress
            | Self::OutsideOfNetworks
            | Self::NoRcpsOfService(_)
            | Self::NoRcpsOfAction(_)
            | Self::ActionWithoutResource
            | Self::ActionOfIam
            | Self::InferenceProfile
            | Self::NoPolicyOfType { service: _, kind: _ }
            | Self::ResourceOfAws
            | Self::NothingOfResource(_)
            | Self::EveryRequest => {}
        }
    }
}

impl Redact for Subject {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::Principal(name)
            | Self::Entity(_, name)
            | Self::UserBehind(name)
            | Self::Collected(_, name)
            | Self::KeyGrants(name)
            | Self::TrustPolicy(name)
            | Self::AuthPolicy(name)
            | Self::PermissionSet(name)
            | Self::AccessPoint(name)
            | Self::BucketBehind(name)
            | Self::ObjectOwnership(name)
            | Self::NetworkAuthPolicy(name) => redactor.names(name),
            Self::SessionPolicies(name) | Self::EndpointPolicy(name) | Self::OrganizationPolicies(_, name) => {
                redactor.names(name);
            }
            Self::PoliciesOf(_, whose) => whose.redact(redactor),
            Self::GroupPolicies { group, kind: _, member } => {
                redactor.names(group);
                redactor.names(member);
            }
            Self::Policy { policy_type: _, name, arn, attached_to } => {
                redactor.names(name);
                redactor.names(arn);
                redactor.levels(attached_to);
            }
            Self::OpenPart { part, policy_type: _, place } => {
                redactor.parts(part);
                redactor.places(place);
            }
            Self::LevelPolicies(_, level) => redactor.levels(level),
            Self::LevelPolicy { policy_type: _, id, level } => {
                redactor.names(id);
                redactor.levels(level);
            }
            Self::ResourcePolicy { resource, documented: _ } => redactor.names(resource),
            Self::PublicAccessBlock(level) => level.redact(redactor),
            Self::ContextKey(key) => redactor.keys(key),
            Self::Destinations { profile, region: _ } => redactor.names(profile),
            Self::Several(parts) => parts.redact(redactor),
            Self::Caller
            | Self::UnnamedTrustPolicy
            | Self::Action
            | Self::Resource
            | Self::FullAccess(_)
            | Self::Simulator
            | Self::Record
            | Self::TrailRecord
            | Self::PolicyThen
            | Self::EncodedMessage
            | Self::Credentials
            | Self::StoredAnswer => {}
        }
    }
}

impl Redact for PublicAccessLevel {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::AccessPoint(name) | Self::Bucket(name) => redactor.names(name),
            Self::Account(id) => redactor.names(id),
        }
    }
}

impl Redact for Unseen {
    fn redact(&mut self, redactor: &mut Redactor) {
        match self {
            Self::OtherAccounts { account, known } => {
                redactor.names(account);
                redactor.names(known);
            }
            Self::OtherCredentials { account, used } => {
                redactor.names(account);
                redactor.names(used);
            }
            Self::NotInAccount(what) => what.redact(redactor),
            Self::NotInTree(organizations) => redactor.names(organizations),
            Self::Unreadable { place, error } => {
                redactor.places(place);
                redactor.sentences(error);
            }
            Self::RecordUnreadable { operation: _, error } | Self::AnswerUnreadable { list: _, entry: _, error } => {
                redactor.sentences(error);
            }
            Self::SeveralEndpoints { vpc, endpoints } => {
                redactor.ids(vpc);
                for id in endpoints {
                    redactor.ids(id);
                }
            }
            Self::Refused(refusal) => refusal.redact(redactor),
            Self::Several(parts) => parts.redact(redactor),
            Self::CallerNotNamed
            | Self::ActionNotNamed
            | Self::ResourceNotNamed
            | Self::ResourceIsPattern
            | Self::CallerAccountNotKnown
            | Self::ResourceAccountNotKnown
            | Self::NotAUserOrRole
            | Self::NoAccountInArn
            | Self::KindOfPrincipal
            | Self::UserNotInArn
            | Self::NoSnapshot
            | Self::NotGiven
            | Self::OrganizationNotGiven
            | Self::GroupNotInSnapshot
            | Self::RoleNotInSnapshot
            | Self::AttachmentsNotTold
            | Self::OnlyDenials
            | Self::DocumentNotInFile
            | Self::ContentNotInSnapshot
            | Self::OnlyTheSessionCall
            | Self::EarlierSessionPolicies
            | Self::OnlyTheFederationCall
            | Self::EndpointNotGiven
            | Self::NotProvisioned
            | Self::RouteNotTold
            | Self::LeftOpen(_)
            | Self::KeyNotTold
            | Self::PerProfile
            | Self::BothMustAllow
            | Self::OneOfTwo => {}
        }
    }
}

impl Redact for NotInAccount {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { account, kind: _, name, taken_at: _, held: _, near } = self;
        redactor.names(account);
        redactor.names(name);
        redactor.names(near);
    }
}

impl Redact for Refusal {
    fn redact(&mut self, redactor: &mut Redactor) {
        let Self { operation: _, outcome: _, error, permission: _, asked: _ } = self;
        redactor.sentences(error);
    }
}

/// Options of commands whose values are AWS's own words, or a query with a name in it.
const OPEN_OPTIONS: [&str; 18] = [
    "--action",
    "--api",
    "--auth",
    "--filter",
    "--format",
    "--lookup-attributes",
    "--max-calls",
    "--max-usd",
    "--operations",
    "--output",
    "--policy-type",
    "--query",
    "--region",
    "--regions",
    "--status",
    "--target-type",
    "--type",
    "--version-id",
];

/// What a person puts in.
const BLANKS: [&str; 5] = ["ARN", "FILE", "ID", "ROLE", "VALUE"];

/// Files and values that are iamdx's or AWS's own in the commands that are printed.
const OWN: [&str; 9] =
    ["policy.json", "account.json", "snapshot.json", "org.json", "role.json", "denial.txt", "fix", "Policy", "default"];

/// The condition key of `--context`, and its value.
fn context_of(option: &str, text: &str) -> Option<(String, String)> {
    read_context_argument(text).ok().filter(|_| option == "--context")?.pop()
}

impl Redact for Command {
    fn redact(&mut self, redactor: &mut Redactor) {
        self.replace_values(&mut |option, text| {
            let mut text = text.to_owned();
            if option.is_empty() || OPEN_OPTIONS.contains(&option) {
                redactor.sentences(&mut text);
            } else if let Some((key, value)) = context_of(option, &text) {
                let value = if BLANKS.contains(&&*value) { value } else { redactor.value_of(&key, &value) };
                text = context_argument(&redactor.key(&key), &value);
            } else if let Some(file) = text.strip_prefix("file://").filter(|file| !OWN.contains(file)) {
                text = format!("file://{}", redactor.name(file));
            } else if !BLANKS.contains(&text.as_str()) && !OWN.contains(&text.strip_prefix("file://").unwrap_or(&text))
            {
                let names: Vec<String> = text.split(',').map(|name| redactor.name(name)).collect();
                text = names.join(",");
            }
            text
        });
    }
}
