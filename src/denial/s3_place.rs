//! A place in Amazon S3, a bucket or what a key names in it: out of an `s3://` address, or out of the host and path of a URL.

use super::cursor::head;
use crate::iam::{Action, is_account_id};

/// A bucket or an access point, and a key in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The ARN of the bucket or of the access point.
    container: String,
    /// What stands between that ARN and a key.
    joint: &'static str,
    key: Option<String>,
}

/// What ends an address in a text.
const ENDS: [char; 12] = ['"', '\'', '`', ')', '>', '<', ',', ';', '|', ']', '}', '\\'];

impl Place {
    /// `s3://bucket/key`, and the same with the ARN of an access point for the bucket; `uri` begins behind the slashes.
    /// <https://docs.aws.amazon.com/cli/latest/reference/s3/>
    pub(super) fn of_uri(uri: &str, partition: &str) -> Option<Self> {
        let end = uri.find(|c: char| c.is_whitespace() || c.is_control() || ENDS.contains(&c)).unwrap_or(uri.len());
        let uri = uri.get(..end)?.trim_end_matches(['.', ':']);
        if let Some(rest) = uri.strip_prefix("arn:") {
            let mut parts = rest.splitn(5, ':');
            let (partition, service, region) = (parts.next()?, parts.next()?, parts.next()?);
            let (account, id) = (parts.next()?, parts.next()?.strip_prefix("accesspoint/")?);
            let (name, key) = id.split_once('/').unwrap_or((id, ""));
            let known = service == "s3" && !region.is_empty() && is_account_id(account) && is_name(name);
            return known.then(|| Self::access_point(partition, region, account, name, key));
        }
        let (bucket, key) = uri.split_once('/').unwrap_or((uri, ""));
        Self::bucket(partition, bucket, key)
    }

    /// The labels of a host before `amazonaws.com`, and the path behind it without its query.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
    pub(super) fn of_host(labels: &[&str], path: &str, partition: &str) -> Option<Self> {
        let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html
        if let [of, "s3-accesspoint" | "s3-accesspoint-fips", others @ ..] = labels {
            let (name, account) = of.rsplit_once('-')?;
            let region = others.last()?;
            let known = is_account_id(account) && is_name(name);
            return known.then(|| Self::access_point(partition, region, account, name, &path));
        }
        let at = labels.iter().rposition(|label| is_of_s3(label))?;
        match labels.get(..at)? {
            [] => {
                let (bucket, key) = path.split_once('/').unwrap_or((&path, ""));
                Self::bucket(partition, bucket, key)
            }
            bucket => Self::bucket(partition, &bucket.join("."), &path),
        }
    }

    /// The bucket of this name, and a key where it is not empty.
    pub(super) fn bucket(partition: &str, bucket: &str, key: &str) -> Option<Self> {
        // an alias hides whose access point it is, and the buckets of other kinds have other ARNs
        let other = ["-s3alias", "--ol-s3", "--x-s3", "--table-s3"].iter().any(|end| bucket.ends_with(end));
        (is_name(bucket) && !other).then(|| Self {
            container: format!("arn:{partition}:s3:::{bucket}"),
            joint: "/",
            key: (!key.is_empty()).then(|| key.to_owned()),
        })
    }

    fn access_point(partition: &str, region: &str, account: &str, name: &str, key: &str) -> Self {
        Self {
            container: format!("arn:{partition}:s3:{region}:{account}:accesspoint/{name}"),
            joint: "/object/",
            key: (!key.is_empty()).then(|| key.to_owned()),
        }
    }

    /// Whether a key is named.
    pub(super) const fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// What is named: the object, or the bucket where no key is.
    pub(super) fn named(&self) -> String {
        self.key.as_ref().map_or_else(|| self.container.clone(), |key| format!("{}{}{key}", self.container, self.joint))
    }

    /// What the action is about: an object needs its whole key, of which a command names only the beginning where it ends with a slash.
    pub(super) fn about(&self, action: &Action) -> Option<String> {
        if !is_of_object(action) {
            return Some(self.container.clone());
        }
        self.key.as_ref().filter(|key| !key.ends_with('/')).map(|_| self.named())
    }
}

/// The actions of S3 of which the resource is an object.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>
fn is_of_object(action: &Action) -> bool {
    let name = action.name();
    let upload = ["AbortMultipartUpload", "ListMultipartUploadParts"].contains(&name);
    let bucket = ["GetBucket", "PutBucket", "ListBucket"].iter().any(|start| name.starts_with(start));
    action.service() == "s3" && (upload || (name.contains("Object") && !bucket))
}

/// Lower case letters, digits, dots and hyphens.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
fn is_name(name: &str) -> bool {
    let of_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    (3..=63).contains(&name.len()) && name.bytes().all(of_name)
}

/// `s3`, and the older hosts, which have the Region or a kind of endpoint in the same label: `s3-eu-west-1`, `s3-fips`.
/// <https://docs.aws.amazon.com/general/latest/gr/s3.html>
pub(super) fn is_of_s3(label: &str) -> bool {
    let region = |rest: &str| rest.matches('-').count() >= 2 && rest.ends_with(|c: char| c.is_ascii_digit());
    label == "s3"
        || label.strip_prefix("s3-").is_some_and(|rest| {
            matches!(rest, "accelerate" | "fips" | "website" | "external-1")
                || region(rest)
                || rest.strip_prefix("website-").is_some_and(region)
        })
}

/// The partition of a Region's name.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
pub(super) fn partition(region: &str) -> &'static str {
    match region {
        china if china.starts_with("cn-") => "aws-cn",
        gov if gov.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// Where addresses begin that are written as `s3://`, by the AWS CLI, by Hadoop and by others.
pub(super) fn uris<'t>(text: &'t str, partition: &'t str) -> impl Iterator<Item = Place> + 't {
    memchr::memmem::find_iter(text.as_bytes(), b"s3").filter_map(move |at| {
        let rest = text.get(at + 2..)?;
        let rest = rest.strip_prefix(['a', 'n']).unwrap_or(rest).strip_prefix("://")?;
        Place::of_uri(head(rest, 1200), partition)
    })
}

#[cfg(test)]
mod tests {
    use super::{Place, uris};

    #[test]
    fn a_host_names_the_bucket_in_every_style() {
        let named = |host: &str, path: &str| {
            let labels: Vec<&str> = host.split('.').collect();
            Place::of_host(&labels, path, "aws").map(|place| place.named())
        };
        let key = Some("arn:aws:s3:::reports/2026/q 3.csv".to_owned());
        for host in ["reports.s3", "reports.s3.eu-west-1", "reports.s3-eu-west-1", "reports.s3.dualstack.eu-west-1"] {
            assert_eq!(named(host, "2026/q%203.csv"), key, "{host}");
        }
        for host in ["s3", "s3.eu-west-1", "s3-fips.us-east-1", "s3.dualstack.eu-west-1"] {
            assert_eq!(named(host, "reports/2026/q%203.csv"), key, "{host}");
        }
        assert_eq!(named("www.reports.s3-website.eu-west-1", ""), Some("arn:aws:s3:::www.reports".to_owned()));
        assert_eq!(named("my.s3.logs.s3.eu-west-1", ""), Some("arn:aws:s3:::my.s3.logs".to_owned()));
        let point = "arn:aws:s3:eu-west-1:111122223333:accesspoint/readers";
        let host = "readers-111122223333.s3-accesspoint.eu-west-1";
        assert_eq!(named(host, "q3.csv"), Some(format!("{point}/object/q3.csv")));
        // what the ARN does not follow from
        for host in ["readers-abc-s3alias.s3.eu-west-1", "111122223333.s3-control.eu-west-1", "s3.eu-west-1"] {
            assert_eq!(named(host, ""), None, "{host}");
        }
    }

    #[test]
    fn an_address_ends_where_its_text_does() {
        let all = |text: &str| uris(text, "aws").map(|place| place.named()).collect::<Vec<_>>();
        assert_eq!(all("COPY t FROM 's3://reports/in/' IAM_ROLE"), ["arn:aws:s3:::reports/in/"]);
        assert_eq!(all("getFileStatus on s3a://reports/in/a.csv: x"), ["arn:aws:s3:::reports/in/a.csv"]);
        assert_eq!(
            all("s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/readers/a.csv"),
            ["arn:aws:s3:eu-west-1:111122223333:accesspoint/readers/object/a.csv"]
        );
        assert!(all("s3://$BUCKET/a s3://<bucket>/a s3:///a").is_empty());
    }
}
