//! The query that gives the failed calls of a trail to `triage`, where an engine of SQL has the trail.
//!
//! The tables are those of AWS's pages:
//! <https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html>,
//! <https://docs.aws.amazon.com/security-lake/latest/userguide/cloudtrail-query-examples-sourceversion2.html>

use jiff::{SignedDuration, Timestamp};

use super::Error;

/// Where the trail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Engine {
    /// Athena over the files of CloudTrail, in the table of AWS's page
    Athena,
    /// Amazon Security Lake, source version 2
    SecurityLake,
}

/// What is asked for.
#[derive(Debug, Default)]
pub(super) struct Wanted<'w> {
    pub(super) table: Option<&'w str>,
    pub(super) since: Option<i64>,
    pub(super) until: Option<i64>,
    pub(super) accounts: &'w [String],
    pub(super) regions: &'w [String],
}

/// Columns of Athena's table, and the names under which `triage` reads them.
const ATHENA: [(&str, &str); 30] = [
    ("eventid", ""),
    ("eventtime", ""),
    ("eventsource", ""),
    ("eventname", ""),
    ("eventtype", ""),
    ("awsregion", ""),
    ("readonly", ""),
    ("errorcode", ""),
    ("errormessage", ""),
    ("sourceipaddress", ""),
    ("useragent", ""),
    ("vpcendpointid", ""),
    ("requestid", ""),
    ("recipientaccountid", ""),
    ("requestparameters", ""),
    (
        "json_format(CAST(transform(resources, r -> MAP(ARRAY['arn', 'accountid'], ARRAY[r.arn, r.accountid])) AS JSON))",
        "resources",
    ),
    ("useridentity.type", "useridentity_type"),
    ("useridentity.principalid", "useridentity_principalid"),
    ("useridentity.arn", "useridentity_arn"),
    ("useridentity.accountid", "useridentity_accountid"),
    ("useridentity.accesskeyid", "useridentity_accesskeyid"),
    ("useridentity.username", "useridentity_username"),
    ("useridentity.invokedby", "useridentity_invokedby"),
    ("useridentity.onbehalfof.userid", "useridentity_onbehalfof_userid"),
    ("useridentity.sessioncontext.sessionissuer.arn", "useridentity_sessioncontext_sessionissuer_arn"),
    (
        "useridentity.sessioncontext.attributes.mfaauthenticated",
        "useridentity_sessioncontext_attributes_mfaauthenticated",
    ),
    ("useridentity.sessioncontext.attributes.creationdate", "useridentity_sessioncontext_attributes_creationdate"),
    (
        "useridentity.sessioncontext.webidfederationdata.federatedprovider",
        "useridentity_sessioncontext_webidfederationdata_federatedprovider",
    ),
    ("CASE WHEN tlsdetails IS NULL THEN NULL ELSE '{\"tlsVersion\":\"\"}' END", "tlsdetails"),
    ("eventversion", ""),
];

/// The same of Security Lake.
const SECURITY_LAKE: [(&str, &str); 24] = [
    ("class_uid", ""),
    ("\"time\"", "time"),
    ("metadata.uid", "metadata_uid"),
    ("api.operation", "api_operation"),
    ("api.service.name", "api_service_name"),
    ("api.request.uid", "api_request_uid"),
    ("api.request.data", "api_request_data"),
    ("api.response.error", "api_response_error"),
    ("api.response.message", "api_response_message"),
    ("cloud.region", "cloud_region"),
    ("src_endpoint.ip", "src_endpoint_ip"),
    ("src_endpoint.domain", "src_endpoint_domain"),
    ("src_endpoint.uid", "src_endpoint_uid"),
    ("http_request.user_agent", "http_request_user_agent"),
    ("actor.user.type", "actor_user_type"),
    ("actor.user.uid", "actor_user_uid"),
    ("actor.user.uid_alt", "actor_user_uid_alt"),
    ("actor.user.name", "actor_user_name"),
    ("actor.user.account.uid", "actor_user_account_uid"),
    ("actor.user.credential_uid", "actor_user_credential_uid"),
    ("actor.session.issuer", "actor_session_issuer"),
    ("actor.invoked_by", "actor_invoked_by"),
    ("actor.idp.name", "actor_idp_name"),
    (
        "json_format(CAST(transform(resources, r -> MAP(ARRAY['uid', 'account_uid'], ARRAY[r.uid, r.account.uid])) AS JSON))",
        "resources",
    ),
];

impl Engine {
    /// The query.
    ///
    /// # Errors
    /// When the name of the table is none.
    pub(super) fn query(self, wanted: &Wanted<'_>) -> Result<String, Error> {
        let table = match wanted.table {
            Some(table) => quoted(table)?,
            None => self.placeholder().to_owned(),
        };
        let columns = match self {
            Self::Athena => &ATHENA[..],
            Self::SecurityLake => &SECURITY_LAKE[..],
        };
        let columns: Vec<String> = columns
            .iter()
            .map(
                |(value, name)| if name.is_empty() { format!("    {value}") } else { format!("    {value} AS {name}") },
            )
            .collect();
        let conditions: Vec<String> = match self {
            Self::Athena => athena(wanted),
            Self::SecurityLake => security_lake(wanted),
        };
        let open = if wanted.table.is_none() || wanted.since.is_none() || wanted.until.is_none() {
            "-- Replace what stands between < and > (or give --table, --since and --until).\n"
        } else {
            ""
        };
        Ok(format!(
            "{}\n{open}{}SELECT\n{}\nFROM {table}\nWHERE {};\n",
            self.title(),
            self.remarks(),
            columns.join(",\n"),
            conditions.join("\n  AND "),
        ))
    }

    const fn placeholder(self) -> &'static str {
        match self {
            Self::Athena => "\"<DATABASE>\".\"<TABLE>\"",
            Self::SecurityLake => {
                "\"amazon_security_lake_glue_db_<REGION>\".\"amazon_security_lake_table_<REGION>_cloud_trail_mgmt_2_0\""
            }
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Athena => "-- The calls that failed, and those that change permissions, for `iamdx triage`.",
            Self::SecurityLake => "-- The calls that failed, for `iamdx triage`.",
        }
    }

    const fn remarks(self) -> &'static str {
        match self {
            Self::Athena => {
                "-- The table is that of https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html\n\
                 -- Without its partitions by day leave out the line with \"timestamp\": everything is scanned then.\n\
                 -- Save the result as CSV, or as Parquet: UNLOAD ( this query without its semicolon ) TO 's3://...' WITH (format = 'PARQUET')\n"
            }
            Self::SecurityLake => {
                "-- Save the result as CSV, or as Parquet: UNLOAD ( this query without its semicolon ) TO 's3://...' WITH (format = 'PARQUET')\n"
            }
        }
    }
}

/// Days of partitions: what happens at the end of a day is delivered on the next one.
fn days(wanted: &Wanted<'_>, format: &str, placeholder: &str) -> (String, String) {
    let day = |at: Option<i64>, later: SignedDuration| {
        let at = at.and_then(|at| Timestamp::from_second(at).ok()).and_then(|at| at.checked_add(later).ok());
        at.map_or_else(|| placeholder.to_owned(), |at| at.strftime(format).to_string())
    };
    (day(wanted.since, SignedDuration::ZERO), day(wanted.until, SignedDuration::from_hours(24)))
}

fn athena(wanted: &Wanted<'_>) -> Vec<String> {
    let at = |at: Option<i64>| {
        let at = at.and_then(|at| Timestamp::from_second(at).ok());
        at.map_or_else(|| "<YYYY-MM-DD>T00:00:00Z".to_owned(), |at| at.to_string())
    };
    let (first, last) = days(wanted, "%Y/%m/%d", "<YYYY/MM/DD>");
    let mut all = vec![
        format!("\"timestamp\" BETWEEN '{first}' AND '{last}'"),
        format!("eventtime >= '{}' AND eventtime < '{}'", at(wanted.since), at(wanted.until)),
        "(errorcode <> '' OR (coalesce(readonly, '') <> 'true' AND (eventname LIKE '%olicy%' OR eventsource IN ('iam.amazonaws.com', 'organizations.amazonaws.com', 'sso.amazonaws.com', 'identitystore.amazonaws.com'))))".to_owned(),
    ];
    all.extend(one_of("recipientaccountid", wanted.accounts));
    all.extend(one_of("awsregion", wanted.regions));
    all
}

fn security_lake(wanted: &Wanted<'_>) -> Vec<String> {
    let at = |at: Option<i64>, otherwise: &str| at.map_or_else(|| otherwise.to_owned(), |at| (at * 1000).to_string());
    let (first, last) = days(wanted, "%Y%m%d", "<YYYYMMDD>");
    let (since, until) =
        (at(wanted.since, "<FROM: MILLISECONDS SINCE 1970>"), at(wanted.until, "<TO: MILLISECONDS SINCE 1970>"));
    let mut all = vec![
        format!("eventday BETWEEN '{first}' AND '{last}'"),
        format!("\"time\" >= {since} AND \"time\" < {until}"),
        "api.response.error <> ''".to_owned(),
    ];
    all.extend(one_of("accountid", wanted.accounts));
    all.extend(one_of("region", wanted.regions));
    all
}

fn one_of(column: &str, values: &[String]) -> Option<String> {
    let values: Vec<String> = values.iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
    (!values.is_empty()).then(|| format!("{column} IN ({})", values.join(", ")))
}

/// `catalog.database.table` with each part in quotes.
fn quoted(table: &str) -> Result<String, Error> {
    let parts: Vec<&str> = table.split('.').map(|part| part.trim_matches('"')).collect();
    let is_name = |part: &&str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    if parts.len() > 3 || !parts.iter().all(is_name) {
        return Err(Error::Usage(format!("`{table}` is no name of a table: give DATABASE.TABLE")));
    }
    Ok(parts.iter().map(|part| format!("\"{part}\"")).collect::<Vec<_>>().join("."))
}
