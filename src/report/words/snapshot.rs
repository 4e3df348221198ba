//! What was noticed while the files of policies were read.

use crate::iam::{global_region, partition_of};
use crate::snapshot::SnapshotNote;

/// That AWS is asked in a Region of another partition than the denial's: the credentials of one are not known in the other.
/// <https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-govcloud.html>
#[must_use]
pub fn other_partition(partition: &str, region: &str) -> String {
    format!(
        "the denial is of partition {partition}, and Region {region} is of partition {}, which has other accounts and credentials: run again \
         with --region {}",
        partition_of(region),
        global_region(partition)
    )
}

/// Something that was noticed in a file, and where.
#[must_use]
pub fn note(note: &SnapshotNote) -> String {
    let said = of_file(note);
    // what AWS answered has no file
    said.strip_prefix(": ").map_or_else(|| said.clone(), |said| format!("AWS: {said}"))
}

fn of_file(note: &SnapshotNote) -> String {
    match note {
        SnapshotNote::EntitiesInTwoFiles { kind, name, more, files: [one, other] } => {
            let more = if *more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{} `{name}`{more}: given by {one} and by {other}; the latter counts", kind.noun())
        }
        SnapshotNote::OrganizationInTwoFiles(id) => {
            format!("organization `{id}` is given by more than one file; the last one counts")
        }
        SnapshotNote::EntityTwice { file, kind, arn } => {
            format!("{file}: {} `{arn}` is in the file more than once; the last one counts", kind.noun())
        }
        SnapshotNote::InOtherAccount { file, arn, account } => {
            format!("{file}: `{arn}` stands in account {account}; the account of its ARN counts")
        }
        SnapshotNote::AccountTwiceInTree { file, account, organization } => {
            format!("{file}: account {account} is in the tree of {organization} more than once; the last place counts")
        }
        SnapshotNote::UnknownPolicyType { file, id } => format!("{file}: `{id}` in `gaps` is no policy type"),
        SnapshotNote::UnknownField { file, at, name, of, times } => {
            let more = if *times > 1 { format!(" (and {} times more)", times - 1) } else { String::new() };
            format!("{file}:{at}: unknown field `{name}` in {of}{more}")
        }
        SnapshotNote::BareStatements(file) => {
            format!("{file}: statements without the document around them; read as a document of version 2012-10-17")
        }
        SnapshotNote::NoPolicy { file, answer } => format!("{file}: {answer}"),
    }
}
