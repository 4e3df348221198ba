//! A server on the loopback that speaks the wire format of IAM, STS, Organizations and IAM's toolbox, from fixtures and with faults.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{fake_services, read};

/// One call as it came over the wire.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) operation: String,
    /// The fields of the query or of the JSON body; for the toolbox `authorizationId`.
    pub(crate) parameters: BTreeMap<String, String>,
    /// Request line and headers.
    pub(crate) head: String,
    pub(crate) body: String,
    pub(crate) came: Instant,
    pub(crate) went: Option<Instant>,
}

impl Call {
    pub(crate) fn get(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }
}

/// What the server does with a call.
#[derive(Clone)]
pub(crate) enum Answer {
    /// A fixture: `fixtures/aws/<operation>/<case>.xml` or `.json`.
    Case(&'static str),
    /// This body.
    Body(String),
    /// An error, in the format of the service.
    Error(u16, &'static str, String),
    /// The bucket is in this Region.
    Elsewhere(&'static str),
    /// A fault.
    Fault(Fault),
}

/// What can go wrong on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Denied,
    Throttled,
    ServerError,
    /// No answer at all.
    Silence,
    /// The connection closes in the middle of the body.
    Cut,
    /// A body that is neither XML nor JSON.
    Malformed,
    /// AWS finds the clock wrong.
    Skew,
    /// Every page says that there is another one.
    Endless,
}

impl Fault {
    pub(crate) const ALL: [Self; 8] = [
        Self::Denied,
        Self::Throttled,
        Self::ServerError,
        Self::Silence,
        Self::Cut,
        Self::Malformed,
        Self::Skew,
        Self::Endless,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::ServerError => "500",
            Self::Silence => "silence",
            Self::Cut => "cut body",
            Self::Malformed => "malformed",
            Self::Skew => "clock skew",
            Self::Endless => "endless pages",
        }
    }
}

/// The server; it ends with the process.
pub(crate) struct FakeAws {
    pub(crate) url: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

type Script = dyn Fn(&Call) -> Answer + Send + Sync;

impl FakeAws {
    /// Starts to answer as `script` says, each call after `latency`.
    pub(crate) fn start(latency: Duration, script: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (seen, script): (_, Arc<Script>) = (Arc::clone(&calls), Arc::new(script));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, script) = (Arc::clone(&seen), Arc::clone(&script));
                // a client that goes away in the middle ends its connection only
                std::thread::spawn(move || drop(serve(stream, &seen, script.as_ref(), latency)));
            }
        });
        Self { url, calls }
    }

    /// The calls so far, in the order in which they came.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// Names of the operations so far, sorted, with how often each was called.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in self.calls() {
            *counts.entry(call.operation).or_insert(0) += 1;
        }
        counts
    }

    /// How many calls had to wait for one another: the longest chain of calls of which each came after the one before had been answered.
    pub(crate) fn depth(&self) -> usize {
        let calls = self.calls();
        let mut depths: Vec<usize> = Vec::new();
        for (index, call) in calls.iter().enumerate() {
            let before = calls
                .iter()
                .take(index)
                .zip(&depths)
                .filter(|(other, _)| other.went.is_some_and(|went| went <= call.came));
            let depth = 1 + before.map(|(_, depth)| *depth).max().unwrap_or(0);
            depths.push(depth);
        }
        depths.into_iter().max().unwrap_or(0)
    }
}

/// Answers the calls of one connection.
fn serve(stream: TcpStream, seen: &Mutex<Vec<Call>>, script: &Script, latency: Duration) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut out = stream;
    loop {
        let Some(call) = request(&mut reader)? else {
            return Ok(());
        };
        let answer = script(&call);
        let index = {
            let mut seen = seen.lock().unwrap();
            seen.push(call.clone());
            seen.len() - 1
        };
        std::thread::sleep(latency);
        // before the bytes leave, so that nothing can come in answer to them earlier
        seen.lock().unwrap()[index].went = Some(Instant::now());
        let region = match answer {
            Answer::Elsewhere(region) => format!("x-amz-bucket-region: {region}\r\n"),
            _ => String::new(),
        };
        let (status, body, whole) = match answer {
            Answer::Elsewhere(_) => (301, error(&call, "PermanentRedirect", "The bucket is elsewhere"), true),
            Answer::Case(case) => (200, fixture(&call.operation, case), true),
            Answer::Body(body) => (200, body, true),
            Answer::Error(status, code, message) => (status, error(&call, code, &message), true),
            Answer::Fault(Fault::Denied) => (403, denied(&call), true),
            Answer::Fault(Fault::Throttled) => (400, error(&call, "Throttling", "Rate exceeded"), true),
            Answer::Fault(Fault::ServerError) => {
                (500, error(&call, "InternalFailure", "An internal error occurred"), true)
            }
            Answer::Fault(Fault::Skew) => {
                let message = "Signature expired: 20261122T100000Z is now earlier than 20261122T101500Z (20261122T102000Z - 5 min.)";
                (
                    403,
                    error(
                        &call,
                        if is_json(&call) { "InvalidSignatureException" } else { "SignatureDoesNotMatch" },
                        message,
                    ),
                    true,
                )
            }
            Answer::Fault(Fault::Malformed) => (200, "<html><body>Welcome to the captive portal".to_owned(), true),
            Answer::Fault(Fault::Endless) => (200, endless(&call), true),
            Answer::Fault(Fault::Cut) => (200, "<Response><Result>".to_owned(), false),
            Answer::Fault(Fault::Silence) => {
                std::thread::sleep(Duration::from_secs(30));
                return Ok(());
            }
        };
        let kind = if is_json(&call) { "application/x-amz-json-1.1" } else { "text/xml" };
        let length = if whole { body.len() } else { body.len() + 1000 };
        write!(
            out,
            "HTTP/1.1 {status} Answer\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nx-amzn-requestid: 00000000-0000-4000-8000-000000000000\r\n{region}\r\n{body}"
        )?;
        out.flush()?;
        if !whole {
            return Ok(());
        }
    }
}

fn request(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Call>> {
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line.trim_end().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let header = |name: &str| {
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
        line.map(|line| line.split_once(':').unwrap().1.trim().to_owned())
    };
    let length = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let mut parameters = BTreeMap::new();
    if header("content-type").as_deref() == Some("application/x-www-form-urlencoded") {
        parameters.extend(form(&body));
    }
    let operation =
        if let Some(operation) = fake_services::operation(&head, header("x-amz-target").as_deref(), &mut parameters) {
            if let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(&body) {
                parameters.extend(fields.into_iter().map(|(name, value)| (name, plain(&value))));
            }
            operation
        } else if let Some(target) = header("x-amz-target") {
            if let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(&body) {
                parameters.extend(fields.into_iter().map(|(name, value)| (name, plain(&value))));
            }
            target.rsplit('.').next().unwrap().to_owned()
        } else if head.starts_with("GET /authorization-details/") {
            let path = head.split(' ').nth(1).unwrap();
            let id = path.trim_start_matches("/authorization-details/").split(['?', '/']).next().unwrap();
            parameters.insert("authorizationId".to_owned(), id.to_owned());
            let policy = path.contains("/policy?");
            if policy { "GetRequestAuthorizationPolicy" } else { "GetRequestAuthorizationDetails" }.to_owned()
        } else if head.starts_with("GET /") {
            control_plane(&head).to_owned()
        } else {
            parameters.extend(form(&body));
            parameters.get("Action").cloned().unwrap_or_default()
        };
    Ok(Some(Call { operation, parameters, head, body, came: Instant::now(), went: None }))
}

/// The fields of a form.
fn form(body: &str) -> Vec<(String, String)> {
    let decode =
        |text: &str| percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    body.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (decode(name), decode(value))).collect()
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The operation of Bedrock's control plane that a path stands for.
fn control_plane(head: &str) -> &'static str {
    let path = head.split(' ').nth(1).unwrap().split('?').next().unwrap();
    match path.split('/').nth(1).unwrap() {
        "foundation-models" => "ListFoundationModels",
        "foundation-model-availability" => "GetFoundationModelAvailability",
        "inference-profiles" if path.matches('/').count() == 1 => "ListInferenceProfiles",
        "inference-profiles" => "GetInferenceProfile",
        other => panic!("no operation is known by /{other}"),
    }
}

fn is_bedrock(call: &Call) -> bool {
    call.head.starts_with("GET /") && !call.operation.starts_with("GetRequestAuthorization") && !is_other(call)
}

/// Whether it is a call of a service that the fake knows by the name of the signature.
fn is_other(call: &Call) -> bool {
    call.operation.contains(':')
}

fn is_json(call: &Call) -> bool {
    if is_other(call) {
        return !fake_services::is_xml(&call.operation);
    }
    call.head.to_ascii_lowercase().contains("x-amz-target")
        || call.operation.starts_with("GetRequestAuthorization")
        || is_bedrock(call)
}

pub(crate) fn fixture(operation: &str, case: &str) -> String {
    let operation = operation.replace(':', "-");
    let extension =
        if super::project().join(format!("fixtures/aws/{operation}/{case}.xml")).exists() { "xml" } else { "json" };
    read(format!("fixtures/aws/{operation}/{case}.{extension}"))
}

/// What AWS says when a permission is missing, in its own form.
fn denied(call: &Call) -> String {
    let service = match call.operation.as_str() {
        "GetCallerIdentity" | "DecodeAuthorizationMessage" => "sts",
        _ if is_bedrock(call) => "bedrock",
        _ if call.head.to_ascii_lowercase().contains("x-amz-target") => "organizations",
        _ => "iam",
    };
    if is_other(call) {
        let message =
            format!("User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: {}", call.operation);
        return error(call, if is_json(call) { "AccessDeniedException" } else { "AccessDenied" }, &message);
    }
    let message = format!(
        "User: arn:aws:iam::111122223333:user/analyst is not authorized to perform: {service}:{} because no identity-based policy allows the {service}:{} action",
        call.operation, call.operation
    );
    error(call, if is_json(call) { "AccessDeniedException" } else { "AccessDenied" }, &message)
}

fn error(call: &Call, code: &str, message: &str) -> String {
    if is_json(call) {
        return format!("{{\"__type\":\"{code}\",\"Message\":\"{message}\",\"message\":\"{message}\"}}");
    }
    if call.operation.starts_with("s3:") {
        return format!("<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    }
    format!(
        "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>"
    )
}

/// A page that names another one, each with a name of its own.
fn endless(call: &Call) -> String {
    let next = |name: &str| format!("{}x", call.get(name));
    let (operation, marker) = (&call.operation, next("Marker"));
    if operation == "GetRequestAuthorizationDetails" {
        let page = call.head.split("nextToken=").nth(1).map_or(0, |rest| rest.split([' ', '&']).next().unwrap().len());
        return format!(
            "{{\"evaluations\":[],\"policies\":[],\"requestContext\":{{}},\"nextToken\":\"{}\"}}",
            "x".repeat(page + 1)
        );
    }
    if operation == "cloudtrail:LookupEvents" {
        return format!("{{\"Events\":[],\"NextToken\":\"{}\"}}", next("NextToken"));
    }
    if is_json(call) {
        return format!(
            "{{\"Policies\":[],\"Parents\":[{{\"Id\":\"ou-ab12-{marker}1111111\",\"Type\":\"ORGANIZATIONAL_UNIT\"}}],\"NextToken\":\"{}\"}}",
            next("NextToken")
        );
    }
    format!(
        "<{operation}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><{operation}Result><IsTruncated>true</IsTruncated><Marker>{marker}</Marker>\
         <PolicyNames/><AttachedPolicies/><Groups/></{operation}Result></{operation}Response>"
    )
}
