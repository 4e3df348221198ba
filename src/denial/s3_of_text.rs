//! The bucket and key of a denial of S3 that names neither: on its own line, in the command before it, in the request that curl printed,
//! or in the statement of Amazon Redshift whose error it is.

use super::cursor::{head, tail};
use super::facts::{Denial, DenialKind};
use super::http_client;
use super::note::Note;
use super::s3_place::{Place, uris};
use crate::iam::{Action, Principal, PrincipalKind};

/// How far from the error its address may be.
const REACH: usize = 2000;

/// Adds to a denial of S3, which the text has from `start` to `end`, the resource and, of Amazon Redshift, the role that the text around it
/// tells; the denial before it ends at `floor`.
pub(super) fn add(denial: &mut Denial, text: &str, start: usize, end: usize, floor: usize) {
    if denial.kind != DenialKind::IamDenial || denial.service.as_deref() != Some("s3") {
        return;
    }
    let own = text.get(start..end).unwrap_or_default();
    let before = |from: usize| tail(text.get(from.min(start)..start).unwrap_or_default(), REACH);
    let after = head(text.get(end..).unwrap_or_default(), REACH);
    let around = Around { before: before(floor), own, after, partition: partition(before(0), after) };
    if own.contains("S3ServiceException:") {
        // the log and its details are two errors of one statement
        Around { before: before(0), ..around }.redshift(denial);
    } else if denial.resource.is_none() {
        around.resource(denial);
    }
}

/// The partition of the ARNs around it; no ARN of a bucket tells it otherwise.
fn partition(before: &str, after: &str) -> &'static str {
    let named = |name: &&str| [before, after].iter().any(|part| part.contains(&format!("arn:{name}:")));
    ["aws-cn", "aws-us-gov"].into_iter().find(named).unwrap_or("aws")
}

/// A denial in its text.
#[derive(Clone, Copy)]
struct Around<'t> {
    /// What comes before it, and behind the denial before.
    before: &'t str,
    /// The error itself.
    own: &'t str,
    after: &'t str,
    partition: &'static str,
}

impl Around<'_> {
    fn resource(&self, denial: &mut Denial) {
        let action = denial.action.clone().or_else(|| denial.candidates.first().cloned());
        let place = self.on_line(denial).or_else(|| self.of_command(denial)).or_else(|| self.of_request());
        let Some(place) = place else { return };
        let resource = match &action {
            Some(action) => place.about(action),
            None => Some(place.named()),
        };
        if resource.is_some() {
            denial.resource = resource;
            denial.add_note(Note::ResourceOfText);
        }
    }

    /// `upload failed: ./a.csv to s3://bucket/a.csv An error occurred ...`, and what a log has on the line of the error.
    fn on_line(&self, denial: &Denial) -> Option<Place> {
        let before = last_line(self.before);
        let after = first_line(head(self.after, 400));
        // the next error is another one
        let after = ["rror", "failed", "denied", "Denied"]
            .iter()
            .filter_map(|word| after.find(word))
            .min()
            .map_or(after, |at| after.get(..at).unwrap_or_default());
        // `upload failed: ...` may be on a line of its own
        let alone = matches!(before.trim(), "" | "An error");
        let line = if alone && !self.own.contains("s3") {
            let earlier = self.before.trim_end().trim_end_matches("An error");
            Some(last_line(earlier.trim_end())).filter(|line| line.contains(" failed: "))?.to_owned()
        } else {
            [before, self.own, after].concat()
        };
        of_line(&line, denial, self.partition)
    }

    /// The command of the AWS CLI of which it is the error: the last command before it.
    fn of_command(&self, denial: &Denial) -> Option<Place> {
        let command = self.before.lines().rev().take(12).find_map(command)?;
        if command.contains("s3api ") || command.contains("--bucket") {
            let option = |name: &str| {
                let (_, rest) = command.split_once(name)?;
                let value = rest.trim_start_matches([' ', '=', '"', '\'']);
                value.split([' ', '"', '\'']).next().filter(|value| !value.is_empty())
            };
            return Place::bucket(self.partition, option("--bucket")?, option("--key").unwrap_or_default());
        }
        of_line(command, denial, self.partition)
    }

    /// The request that `curl -v` printed.
    fn of_request(&self) -> Option<Place> {
        http_client::request(self.before).and_then(|request| request.place())
    }

    /// The place and the role of the COPY or UNLOAD of which it is the error.
    /// <https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-access-permissions.html>,
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html>
    fn redshift(&self, denial: &mut Denial) {
        let around = [self.before, self.own, self.after].concat();
        if denial.principal.is_none()
            && let Some(role) = iam_role(&around)
        {
            denial.role = role.as_str().parse().ok();
            denial.principal = Some(role);
            denial.add_note(Note::CallerRoleOfText);
        }
        if denial.resource.is_some() {
            return;
        }
        // the details say what was done: `context:   Listing bucket=reports prefix=in/`
        if let Some(bucket) =
            self.after.split_once("Listing bucket=").and_then(|(_, rest)| rest.split_whitespace().next())
            && let Some(place) = Place::bucket(self.partition, bucket, "")
        {
            denial.resource = Some(place.named());
            denial.candidates = actions(&["s3:ListBucket"]);
            denial.add_note(Note::ResourceOfText);
            denial.add_note(Note::ActionsOfOperation(denial.candidates.clone()));
            return;
        }
        let upper = around.to_ascii_uppercase();
        let unload = upper.contains("UNLOAD");
        if unload == upper.contains("COPY ") {
            return;
        }
        let mut places = uris(&around, self.partition);
        let Some(place) = places.next().filter(|first| places.all(|other| other == *first)) else { return };
        // what a COPY lists first, and what an UNLOAD writes: the names of its files begin with the address
        denial.candidates =
            actions(if unload { &["s3:PutObject", "s3:ListBucket"] } else { &["s3:ListBucket", "s3:GetObject"] });
        let bucket = denial.candidates.first().and_then(|action| place.about(action));
        denial.resource = if unload { Some(format!("{}*", place.named())).filter(|_| place.has_key()) } else { bucket };
        denial.add_note(Note::ResourceOfText);
        denial.add_note(Note::ActionsOfOperation(denial.candidates.clone()));
    }
}

fn actions(names: &[&str]) -> Vec<Action> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

/// The role of `IAM_ROLE 'arn'`, where there is one; of a chain the last one reads and writes.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/authorizing-redshift-service.html#authorizing-redshift-service-chaining-roles>
fn iam_role(text: &str) -> Option<Principal> {
    let mut found: Option<Principal> = None;
    for word in ["IAM_ROLE", "iam_role", "aws_iam_role=", "AWS_IAM_ROLE="] {
        for (at, _) in text.match_indices(word) {
            let rest =
                text.get(at + word.len()..)?.trim_start_matches([' ', '\n', '=']).trim_start_matches(['\'', '"']);
            let chain = rest.split(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | ';')).next()?;
            let role = Principal::new(chain.rsplit(',').next()?);
            if role.kind() != PrincipalKind::Role || role.account().is_none() {
                continue;
            }
            if found.as_ref().is_some_and(|other| *other != role) {
                return None;
            }
            found = Some(role);
        }
    }
    found
}

/// The only place that a line names; of two, the one that the operation is about: a copy reads the first and writes the second.
fn of_line(line: &str, denial: &Denial, partition: &str) -> Option<Place> {
    let all: Vec<Place> = uris(line, partition).collect();
    let (first, others) = all.split_first()?;
    if others.iter().all(|other| other == first) {
        return Some(first.clone());
    }
    let [second] = others else { return None };
    let operation = denial.operation.as_deref()?;
    match operation {
        "PutObject" | "CopyObject" | "CreateMultipartUpload" | "UploadPart" | "CompleteMultipartUpload" => {
            Some(second.clone())
        }
        "GetObject" | "HeadObject" | "GetObjectTagging" | "DeleteObject" => Some(first.clone()),
        _ => None,
    }
}

/// The line as a command of the AWS CLI about S3; a line of another command, or one with another purpose, ends the search with nothing.
fn command(line: &str) -> Option<&str> {
    let line = line.trim();
    let plain = line.trim_start_matches(['$', '>', '#', '+', '%', ' ']);
    let plain = plain.strip_prefix("Run ").unwrap_or(plain);
    let is_prompt = plain.len() != line.len() || line.contains("$ aws ");
    (is_prompt || plain.starts_with("aws ")).then_some(line)
}

/// The text behind the last line break, a written one too.
fn last_line(text: &str) -> &str {
    let at = ["\n", "\\n", "\r"].iter().filter_map(|end| text.rfind(end).map(|at| at + end.len())).max();
    tail(text.get(at.unwrap_or(0)..).unwrap_or_default(), 600)
}

/// The text up to the first line break, a written one too.
fn first_line(text: &str) -> &str {
    let at = ["\n", "\\n", "\r"].iter().filter_map(|end| text.find(end)).min();
    text.get(..at.unwrap_or(text.len())).unwrap_or_default()
}
