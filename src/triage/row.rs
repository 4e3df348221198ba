//! A row of a table as a record: the columns of Athena, of CloudTrail Lake and of Security Lake, flat or nested, in any order.
//!
//! <https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-understanding.html>,
//! <https://docs.aws.amazon.com/security-lake/latest/userguide/subscriber-query-examples2.html>

use serde_json::{Map, Value};

use super::struct_text;
use crate::text;

/// Where in a record the value of a column belongs, by the name of the column without `_`, `.` and blanks, in small letters.
const COLUMNS: [(&str, &str); 68] = [
    ("eventversion", "eventVersion"),
    ("useridentity", "userIdentity"),
    ("useridentitytype", "userIdentity.type"),
    ("useridentityprincipalid", "userIdentity.principalId"),
    ("useridentityarn", "userIdentity.arn"),
    ("useridentityaccountid", "userIdentity.accountId"),
    ("useridentityaccesskeyid", "userIdentity.accessKeyId"),
    ("useridentityusername", "userIdentity.userName"),
    ("useridentityinvokedby", "userIdentity.invokedBy"),
    ("useridentityidentityprovider", "userIdentity.identityProvider"),
    ("useridentityonbehalfofuserid", "userIdentity.onBehalfOf.userId"),
    ("useridentitysessioncontext", "userIdentity.sessionContext"),
    ("useridentitysessioncontextsessionissuerarn", "userIdentity.sessionContext.sessionIssuer.arn"),
    ("useridentitysessioncontextattributesmfaauthenticated", "userIdentity.sessionContext.attributes.mfaAuthenticated"),
    ("useridentitysessioncontextattributescreationdate", "userIdentity.sessionContext.attributes.creationDate"),
    ("useridentitysessioncontextsourceidentity", "userIdentity.sessionContext.sourceIdentity"),
    (
        "useridentitysessioncontextwebidfederationdatafederatedprovider",
        "userIdentity.sessionContext.webIdFederationData.federatedProvider",
    ),
    ("eventtime", "eventTime"),
    ("eventsource", "eventSource"),
    ("eventname", "eventName"),
    ("awsregion", "awsRegion"),
    ("sourceipaddress", "sourceIPAddress"),
    ("useragent", "userAgent"),
    ("errorcode", "errorCode"),
    ("errormessage", "errorMessage"),
    ("requestparameters", "requestParameters"),
    ("responseelements", "responseElements"),
    ("requestid", "requestID"),
    ("eventid", "eventID"),
    ("resources", "resources"),
    ("eventtype", "eventType"),
    ("readonly", "readOnly"),
    ("recipientaccountid", "recipientAccountId"),
    ("vpcendpointid", "vpcEndpointId"),
    ("tlsdetails", "tlsDetails"),
    ("eventcontext", "eventContext"),
    // of Security Lake
    ("classuid", "class_uid"),
    ("time", "time"),
    ("timedt", "time_dt"),
    ("metadata", "metadata"),
    ("metadatauid", "metadata.uid"),
    ("actor", "actor"),
    ("actoruser", "actor.user"),
    ("actorusertype", "actor.user.type"),
    ("actoruseruid", "actor.user.uid"),
    ("actoruseruuid", "actor.user.uuid"),
    ("actoruseruidalt", "actor.user.uid_alt"),
    ("actorusername", "actor.user.name"),
    ("actoruseraccountuid", "actor.user.account.uid"),
    ("actorusercredentialuid", "actor.user.credential_uid"),
    ("actorinvokedby", "actor.invoked_by"),
    ("actoridpname", "actor.idp.name"),
    ("actorsessionissuer", "actor.session.issuer"),
    ("actorsessionismfa", "actor.session.is_mfa"),
    ("actorsessioncreatedtimedt", "actor.session.created_time_dt"),
    ("api", "api"),
    ("apioperation", "api.operation"),
    ("apiservicename", "api.service.name"),
    ("apirequestuid", "api.request.uid"),
    ("apirequestdata", "api.request.data"),
    ("apiresponseerror", "api.response.error"),
    ("apiresponsemessage", "api.response.message"),
    ("cloud", "cloud"),
    ("cloudregion", "cloud.region"),
    ("srcendpoint", "src_endpoint"),
    ("srcendpointip", "src_endpoint.ip"),
    ("srcendpointdomain", "src_endpoint.domain"),
    ("srcendpointuid", "src_endpoint.uid"),
];

/// The same for the two columns of the browser's name.
const AGENTS: [(&str, &str); 2] =
    [("httprequest", "http_request"), ("httprequestuseragent", "http_request.user_agent")];

/// Columns that hold a whole record.
const WHOLE: [&str; 4] = ["record", "rawrecord", "cloudtrailevent", "@message"];

/// Columns whose texts stay texts, whatever they begin with.
const TEXTS: [&str; 5] =
    ["errorMessage", "userAgent", "api.response.message", "api.request.data", "http_request.user_agent"];

/// Which column holds what.
#[derive(Debug, Clone)]
pub struct Columns {
    all: Vec<Column>,
    /// The name of one that counts calls.
    sum: Option<String>,
}

/// How columns are called in which a query counts: by hand, and as Athena names what has no name.
const SUMS: [&str; 8] = ["n", "c", "cnt", "count", "total", "num", "calls", "denials"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    At(&'static str),
    Whole,
    Other,
}

impl Columns {
    /// The columns by their names; nothing where they do not tell which call a row is of.
    #[must_use]
    pub fn of(names: impl IntoIterator<Item = impl AsRef<str>>) -> Option<Self> {
        let names: Vec<_> = names.into_iter().collect();
        let all: Vec<Column> = names.iter().map(|name| Column::of(name.as_ref())).collect();
        let tells = |column: &Column| match column {
            Column::Whole => true,
            Column::At(path) => ["eventName", "api", "api.operation"].contains(path),
            Column::Other => false,
        };
        if !all.iter().any(tells) {
            return None;
        }
        let is_sum = |name: &str| {
            let name = name.trim().to_ascii_lowercase();
            SUMS.contains(&name.as_str()) || name.starts_with("_col") || name.starts_with("count(")
        };
        // a row with an id is that of one call
        let is_one = all
            .iter()
            .any(|column| matches!(column, Column::Whole | Column::At("eventID" | "metadata.uid" | "metadata")));
        let mut sums = names.iter().map(AsRef::as_ref).filter(|name| is_sum(name));
        let sum = if is_one { None } else { sums.next().map(str::to_owned) };
        Some(Self { all, sum })
    }

    /// The name of a column that counts calls, where nothing tells which calls these are.
    #[must_use]
    pub fn sum(&self) -> Option<&str> {
        self.sum.as_deref()
    }

    /// A column that is not there, and without which it is not told which calls failed, or when: nothing that is counted would be sure.
    #[must_use]
    pub fn missing(&self) -> Option<&'static str> {
        let has = |wanted: &[&str]| {
            self.all.iter().any(|column| {
                matches!(column, Column::Whole) || matches!(column, Column::At(path) if wanted.contains(path))
            })
        };
        let wanted: [(&'static str, &[&str]); 2] = if has(&["eventName"]) {
            [("errorcode", &["errorCode"]), ("eventtime", &["eventTime"])]
        } else {
            [("api.response.error", &["api", "api.response.error"]), ("time", &["time", "time_dt"])]
        };
        wanted.into_iter().find(|(_, names)| !has(names)).map(|(name, _)| name)
    }

    /// Whether a column of this name is read.
    #[must_use]
    pub fn reads(name: &str) -> bool {
        Column::of(name) != Column::Other
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// A row as the JSON of a record.
    #[must_use]
    pub fn record(&self, row: impl IntoIterator<Item = Value>) -> String {
        let mut record = Value::Object(Map::new());
        for (column, value) in self.all.iter().zip(row) {
            let path = match column {
                Column::Whole => match value {
                    Value::String(text) if !text.is_empty() => return text,
                    _ => continue,
                },
                Column::At(path) => *path,
                Column::Other => continue,
            };
            // what is empty was null
            if value.is_null() || value.as_str() == Some("") {
                continue;
            }
            let value = match value {
                Value::String(text) if path == "time" => text.parse::<i64>().map_or(Value::Null, Value::from),
                Value::String(text) if !TEXTS.contains(&path) => read(text),
                value => value,
            };
            put(&mut record, path, value);
        }
        record.to_string()
    }
}

impl Column {
    fn of(name: &str) -> Self {
        let bare = |letter: &char| !matches!(letter, '_' | '.' | ' ');
        let name: String = name.trim().chars().filter(bare).flat_map(char::to_lowercase).collect();
        if WHOLE.contains(&name.as_str()) {
            return Self::Whole;
        }
        let known = COLUMNS.iter().chain(&AGENTS).find(|(column, _)| *column == name);
        known.map_or(Self::Other, |(_, path)| Self::At(path))
    }
}

/// What a cell says: JSON, a nested value as Athena writes it, a time as Athena writes it, or a text.
fn read(text: String) -> Value {
    if text.starts_with(['{', '[']) {
        let json = text::mended(&text);
        let value = serde_json::from_str(json.as_deref().unwrap_or(&text)).ok().or_else(|| struct_text::read(&text));
        return value.unwrap_or(Value::String(text));
    }
    time(&text).map_or(Value::String(text), Value::String)
}

/// `2026-11-29 03:14:15.000` and the same with ` UTC` behind, as a time with its zone, which is always UTC.
fn time(text: &str) -> Option<String> {
    let time = text.strip_suffix(" UTC").unwrap_or(text);
    let shaped = time.len() >= "2026-11-29 03:14:15".len()
        && time.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            10 => byte == b' ',
            13 | 16 => byte == b':',
            19 => byte == b'.',
            _ => byte.is_ascii_digit(),
        });
    shaped.then(|| format!("{}Z", time.replacen(' ', "T", 1)))
}

/// Puts a value where it belongs.
fn put(record: &mut Value, path: &str, value: Value) {
    let mut place = record;
    for name in path.split('.') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(fields) = place else { return };
        place = fields.entry(name).or_insert(Value::Null);
    }
    *place = value;
}
