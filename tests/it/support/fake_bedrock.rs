//! A server on the loopback that speaks the wire format of Bedrock's runtime and control plane, with every failure that they have.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::event_stream::{chunk, event};

/// Where an error of IAM comes from, as its type tells.
const IAM: &str = "http://internal.amazon.com/coral/com.amazon.coral.service/";
/// Where an error of Bedrock itself comes from.
const BEDROCK: &str = "http://internal.amazon.com/coral/com.amazon.bedrock/";

/// One call as it came over the wire.
#[derive(Clone)]
pub(crate) struct Asked {
    /// `converse`, `converse-stream`, `invoke`, `invoke-with-response-stream`; of the control plane the first part of the path; for STS
    /// the action.
    pub(crate) operation: String,
    /// The model, decoded.
    pub(crate) model: String,
    /// Path and query as they came.
    pub(crate) path: String,
    /// The Region that the request is signed for.
    pub(crate) region: String,
    /// Request line and headers.
    pub(crate) head: String,
    pub(crate) body: Value,
    pub(crate) came: Instant,
    pub(crate) went: Option<Instant>,
}

impl Asked {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        header(&self.head, name)
    }

    /// `AWS4-HMAC-SHA256`, `Bearer`, or nothing.
    pub(crate) fn scheme(&self) -> String {
        let authorization = self.header("authorization").unwrap_or_default();
        authorization.split(' ').next().unwrap_or_default().to_owned()
    }

    /// Whether a model was to run.
    pub(crate) fn is_call(&self) -> bool {
        self.path.starts_with("/model/")
    }

    fn streams(&self) -> bool {
        self.operation.ends_with("stream")
    }
}

/// What the server does with a call.
#[derive(Clone)]
pub(crate) enum Reply {
    /// The answer of a model that says one token.
    Ok,
    /// This body, with 200.
    Json(Value),
    /// An error: status, type as the header has it, body.
    Error(u16, Option<String>, String),
    /// A page of something in between.
    Html(u16, &'static str),
    /// Frames as they are; then the stream ends.
    Frames(Vec<Vec<u8>>),
    /// Bytes of a stream that ends in the middle of a chunk.
    Broken(Vec<u8>),
    /// Nothing for a while, then the answer of a model.
    Slow(Duration),
    /// The first frame, then nothing.
    Standstill(Vec<u8>),
}

impl Reply {
    /// What IAM says.
    pub(crate) fn iam(message: &str) -> Self {
        Self::Error(403, Some(format!("AccessDeniedException:{IAM}")), json!({ "Message": message }).to_string())
    }

    /// A refusal before IAM is asked, such as that of a bad key.
    pub(crate) fn unauthenticated(kind: &str, message: &str) -> Self {
        Self::Error(403, Some(format!("{kind}:{IAM}")), json!({ "message": message }).to_string())
    }

    /// What Bedrock itself says.
    pub(crate) fn bedrock(status: u16, kind: &str, message: &str) -> Self {
        Self::Error(status, Some(format!("{kind}:{BEDROCK}")), json!({ "message": message }).to_string())
    }

    /// An explicit deny of an identity-based policy, as IAM words it for the call.
    pub(crate) fn denied(asked: &Asked, reason: &str) -> Self {
        Self::iam(&denial(asked, reason))
    }
}

/// The denial of a call in IAM's words. A profile is named with the account, a model without.
pub(crate) fn denial(asked: &Asked, reason: &str) -> String {
    let action = if asked.streams() { "InvokeModelWithResponseStream" } else { "InvokeModel" };
    let region = &asked.region;
    let resource = match asked.model.split_once('.') {
        Some((scope, _)) if ["us", "eu", "jp", "au", "apac", "global"].contains(&scope) => {
            format!("arn:aws:bedrock:{region}:111122223333:inference-profile/{}", asked.model)
        }
        _ => format!("arn:aws:bedrock:{region}::foundation-model/{}", asked.model),
    };
    let reason = reason.replace("{action}", &format!("bedrock:{action}"));
    format!("User: {USER} is not authorized to perform: bedrock:{action} on resource: {resource} {reason}")
}

/// Who calls.
pub(crate) const USER: &str = "arn:aws:iam::111122223333:user/notebook";
/// IAM's words for a Deny in an identity-based policy.
pub(crate) const EXPLICIT: &str = "with an explicit deny in an identity-based policy";
/// IAM's words for a missing Allow.
pub(crate) const IMPLICIT: &str = "because no identity-based policy allows the {action} action";

/// The frames of a whole answer of `ConverseStream`.
pub(crate) fn conversation() -> Vec<Vec<u8>> {
    vec![
        event("messageStart", r#"{"role":"assistant"}"#),
        event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"ok"}}"#),
        event("contentBlockStop", r#"{"contentBlockIndex":0}"#),
        event("messageStop", r#"{"stopReason":"max_tokens"}"#),
        event(
            "metadata",
            r#"{"metrics":{"latencyMs":301},"usage":{"inputTokens":8,"outputTokens":1,"totalTokens":9}}"#,
        ),
    ]
}

/// The frames of a whole answer of `InvokeModelWithResponseStream`.
pub(crate) fn chunks() -> Vec<Vec<u8>> {
    vec![
        chunk(
            r#"{"type":"message_start","message":{"id":"msg_bdrk_01","type":"message","role":"assistant","content":[],"stop_reason":null,"usage":{"input_tokens":8,"output_tokens":1}}}"#,
        ),
        chunk(r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#),
        chunk(r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"ok"}}"#),
        chunk(r#"{"type":"content_block_stop","index":0}"#),
        chunk(
            r#"{"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},"usage":{"output_tokens":1}}"#,
        ),
        chunk(
            r#"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":8,"outputTokenCount":1,"invocationLatency":301,"firstByteLatency":290}}"#,
        ),
    ]
}

/// The server; it ends with the process.
pub(crate) struct FakeBedrock {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

type Script = dyn Fn(&Asked) -> Reply + Send + Sync;

impl FakeBedrock {
    /// Starts to answer as `script` says. Who asks is answered by itself.
    pub(crate) fn start(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (seen, script): (_, Arc<Script>) = (Arc::clone(&asked), Arc::new(script));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, script) = (Arc::clone(&seen), Arc::clone(&script));
                // a client that goes away in the middle ends its connection only
                std::thread::spawn(move || drop(serve(stream, &seen, script.as_ref())));
            }
        });
        Self { url, asked }
    }

    /// Every call so far, in the order in which they came.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How many calls were under way at the same time, at most; of one Region, where one is given.
    pub(crate) fn most_at_once(&self, region: Option<&str>) -> usize {
        let calls: Vec<_> =
            self.calls().into_iter().filter(|call| region.is_none_or(|region| call.region == region)).collect();
        let during = |at: Instant| {
            calls.iter().filter(|call| call.came <= at && call.went.is_some_and(|went| went > at)).count()
        };
        calls.iter().map(|call| during(call.came)).max().unwrap_or_default()
    }

    /// The calls that were to run a model.
    pub(crate) fn calls(&self) -> Vec<Asked> {
        self.asked().into_iter().filter(Asked::is_call).collect()
    }
}

/// Answers the calls of one connection.
fn serve(stream: TcpStream, seen: &Mutex<Vec<Asked>>, script: &Script) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut out = stream;
    loop {
        let Some(asked) = request(&mut reader)? else {
            return Ok(());
        };
        let index = {
            let mut seen = seen.lock().unwrap();
            seen.push(asked.clone());
            seen.len() - 1
        };
        if asked.operation == "GetCallerIdentity" {
            answer(&mut out, 200, "content-type: text/xml", identity().as_bytes())?;
            continue;
        }
        let mut reply = script(&asked);
        if let Reply::Slow(wait) = reply {
            std::thread::sleep(wait);
            reply = Reply::Ok;
        }
        seen.lock().unwrap()[index].went = Some(Instant::now());
        let json = "content-type: application/json";
        match reply {
            Reply::Ok if asked.streams() => {
                let invoke = asked.operation.starts_with("invoke");
                frames(&mut out, &asked, &if invoke { chunks() } else { conversation() })?;
            }
            Reply::Ok => {
                let head = "content-type: application/json\r\nx-amzn-bedrock-input-token-count: 8\r\nx-amzn-bedrock-output-token-count: 1";
                answer(&mut out, 200, head, said(&asked).to_string().as_bytes())?;
            }
            Reply::Json(body) => answer(&mut out, 200, json, body.to_string().as_bytes())?,
            Reply::Error(status, kind, body) => {
                let kind = kind.map_or_else(String::new, |kind| format!("\r\nx-amzn-errortype: {kind}"));
                answer(&mut out, status, &format!("{json}{kind}"), body.as_bytes())?;
            }
            Reply::Html(status, body) => {
                write!(
                    out,
                    "HTTP/1.1 {status} No\r\ncontent-type: text/html\r\nserver: squid\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                )?;
            }
            Reply::Frames(all) => frames(&mut out, &asked, &all)?,
            Reply::Broken(bytes) => {
                start(&mut out, &asked)?;
                // the length says more than comes
                write!(out, "{:x}\r\n", bytes.len() + 100)?;
                out.write_all(&bytes)?;
                return Ok(());
            }
            Reply::Standstill(first) => {
                start(&mut out, &asked)?;
                write!(out, "{:x}\r\n", first.len())?;
                out.write_all(&first)?;
                out.write_all(b"\r\n")?;
                out.flush()?;
                std::thread::sleep(Duration::from_secs(30));
                return Ok(());
            }
            Reply::Slow(_) => {}
        }
        out.flush()?;
    }
}

const REQUEST_ID: &str = "x-amzn-requestid: 11111111-2222-4333-8444-555555555555";

fn answer(out: &mut TcpStream, status: u16, head: &str, body: &[u8]) -> std::io::Result<()> {
    write!(out, "HTTP/1.1 {status} Answer\r\n{head}\r\n{REQUEST_ID}\r\ncontent-length: {}\r\n\r\n", body.len())?;
    out.write_all(body)
}

fn start(out: &mut TcpStream, asked: &Asked) -> std::io::Result<()> {
    let inner =
        if asked.operation.starts_with("invoke") { "x-amzn-bedrock-content-type: application/json\r\n" } else { "" };
    write!(
        out,
        "HTTP/1.1 200 Answer\r\ncontent-type: application/vnd.amazon.eventstream\r\n{inner}{REQUEST_ID}\r\ntransfer-encoding: chunked\r\n\r\n"
    )
}

fn frames(out: &mut TcpStream, asked: &Asked, frames: &[Vec<u8>]) -> std::io::Result<()> {
    start(out, asked)?;
    for frame in frames {
        write!(out, "{:x}\r\n", frame.len())?;
        out.write_all(frame)?;
        out.write_all(b"\r\n")?;
        out.flush()?;
    }
    out.write_all(b"0\r\n\r\n")
}

/// What a model answers with one token.
fn said(asked: &Asked) -> Value {
    match asked.operation.as_str() {
        "converse" => json!({
            "metrics": {"latencyMs": 312},
            "output": {"message": {"role": "assistant", "content": [{"text": "ok"}]}},
            "stopReason": "max_tokens",
            "usage": {"inputTokens": 8, "outputTokens": 1, "totalTokens": 9},
        }),
        "invoke" => json!({
            "id": "msg_bdrk_01", "type": "message", "role": "assistant", "model": asked.model,
            "content": [{"type": "text", "text": "ok"}], "stop_reason": "max_tokens", "stop_sequence": null,
            "usage": {"input_tokens": 8, "output_tokens": 1},
        }),
        other => panic!("no model answers `{other}`"),
    }
}

fn identity() -> String {
    format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Arn>{USER}</Arn>\
         <UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>111122223333</Account></GetCallerIdentityResult><ResponseMetadata>\
         <RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )
}

fn header(head: &str, name: &str) -> Option<String> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
    Some(line.split_once(':').unwrap().1.trim().to_owned())
}

fn request(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Asked>> {
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
    let length = header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let parts: Vec<&str> = path.split('?').next().unwrap().split('/').skip(1).collect();
    let (operation, model) = match parts.as_slice() {
        ["model", model, operation] => ((*operation).to_owned(), decode(model)),
        [operation, rest @ ..] if !operation.is_empty() => ((*operation).to_owned(), decode(&rest.join("/"))),
        _ => {
            let action = body.split('&').find_map(|pair| pair.strip_prefix("Action=")).unwrap_or_default();
            (action.to_owned(), String::new())
        }
    };
    let authorization = header(&head, "authorization").unwrap_or_default();
    let region = authorization.split('/').nth(2).unwrap_or_default().to_owned();
    let body = serde_json::from_str(&body).unwrap_or(Value::Null);
    Ok(Some(Asked { operation, model, path, region, head, body, came: Instant::now(), went: None }))
}
