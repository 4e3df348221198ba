//! POLICIES: the options by which commands take policies, and the one [`Snapshot`] that they make together.

use super::input::{exists, snapshot_in, snapshot_of, source_of};
use super::{Error, folder};
use crate::iam::{Document, NoneSaid, PolicyType};
use crate::report::words;
use crate::snapshot::{Held, Snapshot, SnapshotNote, held};
use crate::text::Source;

/// Where policies come from.
#[derive(Debug, Default, clap::Args)]
#[command(
    next_help_heading = "Policies",
    after_long_help = "A policy FILE holds documents as AWS commands, CloudFormation or Terraform have them; FILE#NAME takes one of several, FILE#* all. Of a folder, all files count."
)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own on the command line")]
pub(crate) struct PolicyArgs {
    /// An iamdx snapshot, or the output of `aws iam get-account-authorization-details`; may be repeated
    #[arg(long, value_name = "FILE")]
    snapshot: Vec<String>,
    /// Policies of the user (with those of its groups) or of the role
    #[arg(long, value_name = "FILE")]
    identity_policy: Vec<String>,
    /// Service control policies of one level; once a level, from the root down to the account
    #[arg(long, value_name = "FILE")]
    scp: Vec<String>,
    /// Resource control policies of one level; once a level, from the root down to the account
    #[arg(long, value_name = "FILE")]
    rcp: Vec<String>,
    /// The permissions boundary of the user or role
    #[arg(long, value_name = "FILE")]
    permissions_boundary: Vec<String>,
    /// Policies that the session was made with
    #[arg(long, value_name = "FILE")]
    session_policy: Vec<String>,
    /// The policy of the resource; for assuming a role, its trust policy
    #[arg(long, value_name = "FILE")]
    resource_policy: Vec<String>,
    /// The policy of the VPC endpoint that the request came through
    #[arg(long, value_name = "FILE")]
    vpc_endpoint_policy: Vec<String>,
    /// No service control policy applies
    #[arg(long, conflicts_with = "scp")]
    no_scp: bool,
    /// No resource control policy applies
    #[arg(long, conflicts_with = "rcp")]
    no_rcp: bool,
    /// The user or role has no permissions boundary
    #[arg(long, conflicts_with = "permissions_boundary")]
    no_permissions_boundary: bool,
    /// The session was made without session policies
    #[arg(long, conflicts_with = "session_policy")]
    no_session_policy: bool,
    /// The resource has no policy
    #[arg(long, conflicts_with = "resource_policy")]
    no_resource_policy: bool,
    /// The request came through no VPC endpoint, or one with the default policy
    #[arg(long, conflicts_with = "vpc_endpoint_policy")]
    no_vpc_endpoint_policy: bool,
    /// Policies that do not come from files.
    #[arg(skip)]
    texts: Vec<PolicyText>,
}

/// A text that holds policies.
#[derive(Debug, Clone)]
pub(crate) struct PolicyText {
    /// Of which type they are; `None` for a snapshot.
    pub(crate) policy_type: Option<PolicyType>,
    /// The text.
    pub(crate) source: Source,
}

impl PolicyArgs {
    /// Snapshots alone.
    pub(crate) fn of_snapshots(snapshot: Vec<String>) -> Self {
        Self { snapshot, ..Self::default() }
    }

    /// Policies in texts, and the types of which there are none.
    #[cfg(feature = "mcp")]
    pub(crate) fn of_texts(texts: Vec<PolicyText>, none: &[PolicyType]) -> Self {
        let none = |policy_type| none.contains(&policy_type);
        Self {
            no_scp: none(PolicyType::ServiceControl),
            no_rcp: none(PolicyType::ResourceControl),
            no_permissions_boundary: none(PolicyType::PermissionsBoundary),
            no_session_policy: none(PolicyType::Session),
            no_resource_policy: none(PolicyType::ResourceBased),
            no_vpc_endpoint_policy: none(PolicyType::VpcEndpoint),
            texts,
            ..Self::default()
        }
    }

    /// Whether none of the options gives a policy.
    pub(crate) fn is_empty(&self) -> bool {
        self.snapshot.is_empty() && self.given().next().is_none() && self.texts.is_empty()
    }

    /// The types of policy that files are given for.
    pub(crate) fn given(&self) -> impl Iterator<Item = PolicyType> {
        self.files().into_iter().filter(|(_, files)| !files.is_empty()).map(|(policy_type, _)| policy_type)
    }

    /// The files of each type.
    fn files(&self) -> [(PolicyType, &Vec<String>); 7] {
        [
            (PolicyType::IdentityBased, &self.identity_policy),
            (PolicyType::ServiceControl, &self.scp),
            (PolicyType::ResourceControl, &self.rcp),
            (PolicyType::PermissionsBoundary, &self.permissions_boundary),
            (PolicyType::Session, &self.session_policy),
            (PolicyType::ResourceBased, &self.resource_policy),
            (PolicyType::VpcEndpoint, &self.vpc_endpoint_policy),
        ]
    }

    /// Whether there is a snapshot among them.
    pub(crate) fn has_snapshot(&self) -> bool {
        !self.snapshot.is_empty() || self.texts.iter().any(|text| text.policy_type.is_none())
    }

    /// Reads all files into one snapshot; what was noticed goes to stderr.
    ///
    /// # Errors
    /// When a file cannot be read, or does not hold what its option says.
    pub(crate) fn read(&self) -> Result<Snapshot, Error> {
        let all = self.read_onto(Snapshot::default())?;
        for note in all.notes() {
            super::output::note(&words::snapshot::note(note));
        }
        Ok(all)
    }

    /// Reads all files on top of what is known already.
    ///
    /// # Errors
    /// When a file cannot be read, or does not hold what its option says.
    pub(crate) fn read_onto(&self, mut all: Snapshot) -> Result<Snapshot, Error> {
        for path in &self.snapshot {
            all.merge(snapshot_of(path)?);
        }
        for (policy_type, paths) in self.files() {
            for path in paths {
                if folder::is_folder(path) {
                    // together one use of the option: for control policies that is one level
                    all.add_loose(policy_type, documents_below(path, policy_type)?);
                    continue;
                }
                let (path, choice) = chosen(path);
                add_loose(&mut all, policy_type, source_of(path)?, choice)?;
            }
        }
        for PolicyText { policy_type, source } in &self.texts {
            match policy_type {
                None => all.merge(snapshot_in(source.clone())?),
                Some(policy_type) => add_loose(&mut all, *policy_type, source.clone(), None)?,
            }
        }
        for (policy_type, none) in [
            (PolicyType::ServiceControl, self.no_scp),
            (PolicyType::ResourceControl, self.no_rcp),
            (PolicyType::PermissionsBoundary, self.no_permissions_boundary),
            (PolicyType::Session, self.no_session_policy),
            (PolicyType::ResourceBased, self.no_resource_policy),
            (PolicyType::VpcEndpoint, self.no_vpc_endpoint_policy),
        ] {
            if let Some(option) = policy_type.row().none_option.filter(|_| none) {
                all.add_none(policy_type, NoneSaid::Option(option));
            }
        }
        Ok(all)
    }
}

/// Adds the policies of a text that holds no snapshot.
fn add_loose(all: &mut Snapshot, policy_type: PolicyType, source: Source, choice: Option<&str>) -> Result<(), Error> {
    let path = source.name().to_owned();
    match held(source, Some(policy_type), choice)? {
        Held::Documents { documents, notes, endpoint } => {
            all.add_loose(policy_type, documents);
            if policy_type == PolicyType::VpcEndpoint {
                all.add_endpoint_kind(endpoint);
            }
            for note in notes {
                all.add_note(note);
            }
        }
        Held::Nothing(why) if policy_type == PolicyType::IdentityBased => {
            // one name without a policy says nothing of the others
            return Err(Error::Input(format!(
                "{path}: {why}. Other policies of the principal may still allow the request"
            )));
        }
        // what a resource lacks says nothing of the others
        Held::Nothing(why) if policy_type != PolicyType::ResourceBased => {
            return Err(Error::Input(format!("{path}: {why}, and that says nothing about a {policy_type}")));
        }
        Held::Nothing(why) => {
            all.add_note(SnapshotNote::NoPolicy { file: path, answer: why.clone() });
            all.add_none(policy_type, NoneSaid::Answer(why));
        }
    }
    Ok(())
}

/// The documents of all files of a folder that hold one.
fn documents_below(path: &str, policy_type: PolicyType) -> Result<Vec<Document>, Error> {
    let mut all = Vec::new();
    for (file, _) in folder::files(path)? {
        let source = source_of(&file)?;
        if source.text().contains("Statement") {
            match held(source, Some(policy_type), None)? {
                Held::Documents { documents, .. } => all.extend(documents),
                Held::Nothing(why) => return Err(Error::Input(format!("{file}: {why}"))),
            }
        }
    }
    if all.is_empty() {
        Err(Error::Input(format!(
            "{path}: no file of this folder holds a policy. Give a folder with policy documents, or one file"
        )))
    } else {
        Ok(all)
    }
}

/// The path, and the name behind `#` of the document that is meant in it. A file whose own name has a `#` is that file.
pub(super) fn chosen(argument: &str) -> (&str, Option<&str>) {
    match argument.split_once('#') {
        Some((path, choice)) if !path.is_empty() && !choice.is_empty() && !exists(argument) => (path, Some(choice)),
        _ => (argument, None),
    }
}
