//! What a person can set for AWS's tools, in the environment and the configuration files: each setting with what comes of it.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::fake_aws::{Answer, Call, FakeAws, Fault};
use crate::support::{Run, project, read};

/// A home directory of its own.
struct Home {
    folder: tempfile::TempDir,
}

/// A value that takes the variable out of the environment.
const UNSET: &str = "(unset)";

/// Keys of the environment.
const KEYS: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
];

const CONFIG: &str = "\
[default]
region = eu-west-1
[profile empty]
region = us-west-2
[profile keyed]
region = ap-southeast-2
aws_access_key_id = AKIAI44QH8DHBEXAMPLE
aws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY
[profile half]
aws_access_key_id = AKIAI44QH8DHBEXAMPLE
[profile noregion]
aws_access_key_id = AKIAI44QH8DHBEXAMPLE
aws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY
[profile signin]
sso_session = office
sso_account_id = 111122223333
sso_role_name = Reader
[sso-session office]
sso_region = us-east-1
sso_start_url = https://office.awsapps.com/start
[profile oldsignin]
sso_start_url = https://old.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = Reader
[profile viasignin]
role_arn = arn:aws:iam::111122223333:role/Deploy
source_profile = signin
[profile nosession]
sso_session = nowhere
sso_account_id = 111122223333
sso_role_name = Reader
[profile program]
credential_process = sh -c 'echo the vault is sealed >&2; exit 3'
[profile nosource]
role_arn = arn:aws:iam::111122223333:role/Deploy
source_profile = nowhere
[profile loop]
role_arn = arn:aws:iam::111122223333:role/Deploy
source_profile = loop2
[profile loop2]
role_arn = arn:aws:iam::111122223333:role/Deploy
source_profile = loop
[profile alone]
role_arn = arn:aws:iam::111122223333:role/Deploy
[profile emptysource]
role_arn = arn:aws:iam::111122223333:role/Deploy
source_profile = empty
[profile badsource]
role_arn = arn:aws:iam::111122223333:role/Deploy
credential_source = Cloud
[profile login]
login_session = arn:aws:iam::111122223333:user/alice
[profile legacy]
retry_mode = legacy
aws_access_key_id = AKIAI44QH8DHBEXAMPLE
aws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY
[profile manytimes]
max_attempts = many
[profile endpoint]
endpoint_url = localhost:4566
";

impl Home {
    fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join(".aws/sso/cache")).unwrap();
        let old = r#"{"startUrl": "https://old.awsapps.com/start", "region": "us-east-1", "accessToken": "none", "expiresAt": "2026-01-01T00:00:00Z"}"#;
        std::fs::write(folder.path().join(".aws/sso/cache/1.json"), old).unwrap();
        std::fs::write(folder.path().join(".aws/config"), config).unwrap();
        Self { folder }
    }

    fn run(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_iamdx"))
            .args(arguments)
            .current_dir(project())
            .env_clear()
            .envs([("NO_COLOR", "1"), ("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_MAX_ATTEMPTS", "1")])
            .env("HOME", self.folder.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(environment.iter().copied().filter(|(_, value)| *value != UNSET))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// What is the same in every run.
    fn scrubbed(&self, text: &str, aws: &FakeAws) -> String {
        text.replace(&self.folder.path().to_string_lossy().into_owned(), "~").replace(&aws.url, "URL")
    }
}

/// AWS that knows who asks, and refuses everything else.
fn refusing(call: &Call) -> Answer {
    match call.operation.as_str() {
        "GetCallerIdentity" => Answer::Case("analyst"),
        _ => Answer::Fault(Fault::Denied),
    }
}

/// The key and the region that a call was signed with.
fn signed(call: &Call) -> String {
    let scope = call.head.split("Credential=").nth(1).unwrap().split(',').next().unwrap();
    let parts: Vec<&str> = scope.split('/').collect();
    format!("{} in {}", parts[0], parts[2])
}

/// A setting, and the arguments beside it.
type Row = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

fn outcomes(rows: &[Row]) -> String {
    let home = Home::new(CONFIG);
    let mut table = Vec::new();
    for (name, environment, arguments) in rows {
        let aws = FakeAws::start(Duration::ZERO, refusing);
        let mut all = vec![("AWS_ENDPOINT_URL", aws.url.as_str())];
        all.retain(|(name, _)| environment.iter().all(|(other, _)| other != name));
        all.extend(*environment);
        let run = home.run(&all, &[&["doctor"], *arguments].concat());
        // the parser of arguments adds where to find help
        assert!(run.code == 2 || run.stderr.lines().count() <= 1, "{name}: said once, on one line: {}", run.whole());
        let outcome = match aws.calls().first() {
            Some(call) if run.code == 0 => format!("signed by {}", signed(call)),
            Some(_) => format!("exit {}, called: {}", run.code, run.stderr),
            None => format!("exit {}: {}", run.code, run.stderr.lines().next().unwrap_or_default()),
        };
        table.push(format!("{name}\n  {}", home.scrubbed(outcome.trim_end(), &aws)));
    }
    table.join("\n")
}

#[test]
fn which_credentials_and_region_count_is_as_in_the_aws_cli() {
    const BOTH: &[(&str, &str)] = &KEYS;
    let rows: [Row; 13] = [
        ("keys alone", BOTH, &[]),
        ("keys, --profile keyed", BOTH, &["--profile", "keyed"]),
        ("keys, --profile keyed, --region eu-north-1", BOTH, &["--profile", "keyed", "--region", "eu-north-1"]),
        ("keys, --profile noregion", BOTH, &["--profile", "noregion"]),
        ("keys, AWS_PROFILE=keyed", &[KEYS[0], KEYS[1], ("AWS_PROFILE", "keyed")], &[]),
        (
            "keys, --profile keyed, AWS_REGION=eu-north-1",
            &[KEYS[0], KEYS[1], ("AWS_REGION", "eu-north-1")],
            &["--profile", "keyed"],
        ),
        ("AWS_PROFILE=keyed", &[("AWS_PROFILE", "keyed")], &[]),
        ("AWS_DEFAULT_PROFILE=keyed", &[("AWS_DEFAULT_PROFILE", "keyed")], &[]),
        (
            "AWS_DEFAULT_PROFILE=keyed, AWS_PROFILE=missing",
            &[("AWS_DEFAULT_PROFILE", "keyed"), ("AWS_PROFILE", "missing")],
            &[],
        ),
        ("keys, AWS_PROFILE empty", &[KEYS[0], KEYS[1], ("AWS_PROFILE", "")], &[]),
        ("keys, AWS_REGION empty", &[KEYS[0], KEYS[1], ("AWS_REGION", "")], &[]),
        (
            "keys, AWS_REGION empty, AWS_DEFAULT_REGION=eu-south-1",
            &[KEYS[0], KEYS[1], ("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "eu-south-1")],
            &[],
        ),
        (
            "empty keys, AWS_PROFILE=keyed",
            &[("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", ""), ("AWS_PROFILE", "keyed")],
            &[],
        ),
    ];
    insta::assert_snapshot!(outcomes(&rows));
}

#[test]
fn a_setting_that_cannot_be_used_is_one_sentence_and_nothing_is_sent() {
    let rows: [Row; 37] = [
        ("AWS_RETRY_MODE=legacy", &[KEYS[0], KEYS[1], ("AWS_RETRY_MODE", "legacy")], &[]),
        ("retry_mode = legacy", &[], &["--profile", "legacy"]),
        ("AWS_RETRY_MODE=adaptive", &[KEYS[0], KEYS[1], ("AWS_RETRY_MODE", "adaptive")], &[]),
        ("AWS_RETRY_MODE=fast", &[KEYS[0], KEYS[1], ("AWS_RETRY_MODE", "fast")], &[]),
        ("AWS_MAX_ATTEMPTS=0", &[KEYS[0], KEYS[1], ("AWS_MAX_ATTEMPTS", "0")], &[]),
        ("AWS_MAX_ATTEMPTS=abc", &[KEYS[0], KEYS[1], ("AWS_MAX_ATTEMPTS", "abc")], &[]),
        ("AWS_MAX_ATTEMPTS=99999999999", &[KEYS[0], KEYS[1], ("AWS_MAX_ATTEMPTS", "99999999999")], &[]),
        ("max_attempts = many", &[KEYS[0], KEYS[1], ("AWS_MAX_ATTEMPTS", "")], &["--profile", "manytimes"]),
        ("AWS_REGION=eu/west", &[KEYS[0], KEYS[1], ("AWS_REGION", "eu/west")], &[]),
        ("--region with a space", &KEYS, &["--region", "eu west"]),
        ("AWS_ENDPOINT_URL without a scheme", &[KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", "localhost:4566")], &[]),
        ("AWS_ENDPOINT_URL_STS without a scheme", &[KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL_STS", "localhost:4566")], &[]),
        (
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME without a host",
            &[KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "https://")],
            &[],
        ),
        (
            "endpoint_url without a scheme",
            &[KEYS[0], KEYS[1], ("AWS_PROFILE", "endpoint"), ("AWS_ENDPOINT_URL", UNSET)],
            &[],
        ),
        ("--endpoint-url without a scheme", &KEYS, &["--endpoint-url", "localhost:4566"]),
        ("AWS_CA_BUNDLE of a missing file", &[KEYS[0], KEYS[1], ("AWS_CA_BUNDLE", "missing.pem")], &[]),
        ("AWS_CA_BUNDLE without a certificate", &[KEYS[0], KEYS[1], ("AWS_CA_BUNDLE", "Cargo.toml")], &[]),
        ("HTTPS_PROXY that is none", &[KEYS[0], KEYS[1], ("HTTPS_PROXY", "user:hidden@")], &[]),
        ("AWS_METADATA_SERVICE_TIMEOUT=soon", &[KEYS[0], KEYS[1], ("AWS_METADATA_SERVICE_TIMEOUT", "soon")], &[]),
        ("no credentials", &[], &[]),
        ("no credentials, --profile empty", &KEYS, &["--profile", "empty"]),
        ("half of a key", &[KEYS[0]], &[]),
        ("half of a key in a profile", &[], &["--profile", "half"]),
        ("a missing profile", &KEYS, &["--profile", "missing"]),
        ("AWS_PROFILE missing", &[KEYS[0], KEYS[1], ("AWS_PROFILE", "missing")], &[]),
        ("AWS_CONFIG_FILE of a missing file", &[("AWS_CONFIG_FILE", "missing"), ("AWS_PROFILE", "keyed")], &[]),
        ("nobody has signed in", &[], &["--profile", "signin"]),
        ("nobody has signed in, by way of a role", &[], &["--profile", "viasignin"]),
        ("the sign-in has expired", &[], &["--profile", "oldsignin"]),
        ("a missing sso-session", &[], &["--profile", "nosession"]),
        ("a program that fails", &[], &["--profile", "program"]),
        ("a missing source profile", &[], &["--profile", "nosource"]),
        ("source profiles in a circle", &[], &["--profile", "loop"]),
        ("a role without a source", &[], &["--profile", "alone"]),
        ("a source profile without credentials", &[], &["--profile", "emptysource"]),
        ("an unknown credential_source", &[], &["--profile", "badsource"]),
        ("a console sign-in that is not there", &[], &["--profile", "login"]),
    ];
    insta::assert_snapshot!(outcomes(&rows));
}

#[test]
fn a_configuration_file_that_cannot_be_read_is_named_with_its_line() {
    let rows: [(&str, &[u8]); 5] = [
        ("no section", b"region = eu-west-1\n"),
        ("a section without an end", b"[default]\nregion = eu-west-1\n[profile x\n"),
        ("a line without a value", b"[default]\nregion\n"),
        ("not UTF-8", b"[default]\nregion = eu-west-1\n# caf\xe9\n"),
        ("UTF-16", b"\xff\xfe[\0d\0e\0f\0a\0u\0l\0t\0]\0"),
    ];
    let mut table = Vec::new();
    for (name, config) in rows {
        let home = Home::new("");
        std::fs::write(home.folder.path().join(".aws/config"), config).unwrap();
        let aws = FakeAws::start(Duration::ZERO, refusing);
        let run = home.run(&[KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", &aws.url)], &["doctor"]);
        table.push(format!("{name}\n  exit {}: {}", run.code, home.scrubbed(run.stderr.trim_end(), &aws)));
        assert!(aws.calls().is_empty(), "{name}");
    }
    insta::assert_snapshot!(table.join("\n"));
}

/// A server with a certificate that nobody knows; the certificate that made it, as PEM. Who may do nothing learns who asks.
fn with_tls() -> (String, String) {
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let known = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let own = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der());
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.der().clone()], key.into())
        .unwrap();
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            // a client that does not trust the certificate goes away
            std::thread::spawn(move || drop(answer(rustls::StreamOwned::new(connection, stream))));
        }
    });
    (url, known)
}

fn answer(mut stream: impl Read + Write) -> std::io::Result<()> {
    let mut request = String::new();
    // the operation stands at the start of the body
    while !request.contains("Action=") && !request.contains("\r\n\r\n{") && !request.starts_with("GET ") {
        let mut part = [0; 4096];
        match stream.read(&mut part)? {
            0 => return Ok(()),
            read => request.push_str(&String::from_utf8_lossy(&part[..read])),
        }
    }
    let (status, body) = if request.contains("Action=GetCallerIdentity") {
        (200, read("fixtures/aws/GetCallerIdentity/analyst.xml"))
    } else {
        (403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>".to_owned())
    };
    let length = body.len();
    write!(stream, "HTTP/1.1 {status} Answer\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")?;
    stream.flush()
}

/// What is set, the configuration file, the environment.
type CertificateRow<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

#[test]
fn certificates_of_a_bundle_are_trusted_in_place_of_those_of_the_system() {
    let (url, known) = with_tls();
    let home = Home::new("");
    let path = |name: &str| home.folder.path().join(name).to_string_lossy().into_owned();
    let (good, other) = (path("known.pem"), path("other.pem"));
    // what is no certificate does not spoil the others
    let broken = "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n";
    std::fs::write(&good, format!("a comment\n{broken}{known}")).unwrap();
    std::fs::write(&other, with_tls().1).unwrap();
    let profile = format!("[default]\nca_bundle = {good}\n");
    let rows: [CertificateRow<'_>; 6] = [
        ("nothing set", "", &[]),
        ("AWS_CA_BUNDLE", "", &[("AWS_CA_BUNDLE", &good)]),
        ("ca_bundle", &profile, &[]),
        ("AWS_CA_BUNDLE over ca_bundle", &profile, &[("AWS_CA_BUNDLE", &other)]),
        ("REQUESTS_CA_BUNDLE", "", &[("REQUESTS_CA_BUNDLE", &good)]),
        ("AWS_CA_BUNDLE of others", "", &[("AWS_CA_BUNDLE", &other)]),
    ];
    let mut table = Vec::new();
    for (name, config, environment) in rows {
        std::fs::write(home.folder.path().join(".aws/config"), config).unwrap();
        let run = home.run(&[&[KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", &url)], environment].concat(), &["doctor"]);
        let said = run.stderr.lines().next().unwrap_or("works");
        table.push(format!("{name}: exit {}: {said}", run.code));
    }
    insta::assert_snapshot!(table.join("\n"));
}

const USER: &str = "User: arn:aws:iam::111122223333:user/ops/alice is not authorized to perform: s3:GetObject on resource: \
                    \"arn:aws:s3:::example-reports/2026/q1.csv\" because no identity-based policy allows the s3:GetObject action";

/// Every command that calls AWS.
fn commands() -> Vec<(&'static str, Vec<&'static str>)> {
    vec![
        ("diagnose", vec!["diagnose", "--live", "-m", USER]),
        (
            "diagnose, with a policy",
            vec!["diagnose", "--live", "-m", USER, "--identity-policy", "fixtures/policies/keep-bucket.json"],
        ),
        (
            "simulate",
            vec![
                "simulate",
                "--live",
                "--principal",
                "arn:aws:iam::111122223333:user/ops/alice",
                "--action",
                "s3:GetObject",
                "--resource",
                "arn:aws:s3:::example-reports/2026/q1.csv",
            ],
        ),
        ("snapshot", vec!["snapshot", "--output", "-"]),
        ("probe", vec!["probe", "bedrock", "--no-waits", "--models", "anthropic.claude-3-5-haiku-20241022-v1:0"]),
        ("doctor", vec!["doctor"]),
    ]
}

#[test]
fn when_aws_is_not_heard_every_command_says_once_why_and_a_report_is_the_one_without_aws() {
    let expired = |call: &Call| {
        let code = if call.head.to_ascii_lowercase().contains("x-amz-target") {
            "ExpiredTokenException"
        } else {
            "ExpiredToken"
        };
        Answer::Error(403, code, "The security token included in the request is expired".to_owned())
    };
    let wrong = |_: &Call| {
        Answer::Error(403, "InvalidClientTokenId", "The security token included in the request is invalid.".to_owned())
    };
    let aws = FakeAws::start(Duration::ZERO, refusing);
    let expired = FakeAws::start(Duration::ZERO, expired);
    let wrong = FakeAws::start(Duration::ZERO, wrong);
    let clock = FakeAws::start(Duration::ZERO, |_| Answer::Fault(Fault::Skew));
    let page = FakeAws::start(Duration::ZERO, |_| Answer::Fault(Fault::Malformed));
    // nobody listens on a port that was just given back
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let closed = format!("http://{closed}");
    let home = Home::new(CONFIG);
    let keys = |url: &str, more: &[(&'static str, &'static str)]| {
        let mut all: Vec<(&'static str, String)> =
            KEYS.iter().chain(more).map(|(name, value)| (*name, (*value).to_owned())).collect();
        all.push(("AWS_ENDPOINT_URL", url.to_owned()));
        all
    };
    let settings = [
        ("a bad setting", keys(&aws.url, &[("AWS_RETRY_MODE", "fast")])),
        ("no credentials", vec![("AWS_ENDPOINT_URL", aws.url.clone())]),
        ("expired credentials", keys(&expired.url, &[])),
        ("wrong credentials", keys(&wrong.url, &[])),
        ("a wrong clock", keys(&clock.url, &[])),
        ("a page of a proxy", keys(&page.url, &[])),
        ("nobody there", keys(&closed, &[])),
    ];
    let mut table = Vec::new();
    for (name, environment) in &settings {
        let environment: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        table.push((*name).to_owned());
        for (command, arguments) in commands() {
            let live = home.run(&environment, &arguments);
            let said: Vec<&str> = live.stderr.lines().filter(|line| !line.starts_with("iamdx: note: ")).collect();
            table.push(format!(
                "  {command}: exit {}: {}",
                live.code,
                home.scrubbed(&said.join("\n    "), &aws).replace(&closed, "CLOSED")
            ));
            if ["diagnose", "simulate"].iter().any(|name| command.starts_with(name)) {
                let offline: Vec<&str> = arguments.iter().filter(|argument| **argument != "--live").copied().collect();
                assert_eq!(live.stdout, home.run(&[], &offline).stdout, "{name}, {command}: the report without AWS");
            }
        }
    }
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn an_instance_that_is_none_is_noticed_within_two_seconds() {
    // it takes connections, and never answers
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", listener.local_addr().unwrap());
    let home = Home::new("");
    let started = Instant::now();
    let environment = [("AWS_EC2_METADATA_DISABLED", "false"), ("AWS_EC2_METADATA_SERVICE_ENDPOINT", silent.as_str())];
    let run = home.run(&environment, &["doctor"]);
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(run.code, 4, "{}", run.whole());
    assert!(run.stderr.starts_with("iamdx: there are no credentials: "), "{}", run.whole());
}

#[test]
fn the_proxy_of_the_environment_is_used_but_for_hosts_that_are_excepted() {
    let proxy = FakeAws::start(Duration::ZERO, refusing);
    let aws = FakeAws::start(Duration::ZERO, refusing);
    let home = Home::new(CONFIG);
    let rows = [
        ("a host behind it", "http://sts.example.com", "", (1, 0)),
        ("an excepted host", aws.url.as_str(), "127.0.0.1", (0, 1)),
    ];
    for (name, endpoint, excepted, expected) in rows {
        let before = (proxy.calls().len(), aws.calls().len());
        let environment =
            [KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", endpoint), ("HTTP_PROXY", &proxy.url), ("NO_PROXY", excepted)];
        let run = home.run(&environment, &["doctor"]);
        assert_eq!(run.code, 0, "{name}: {}", run.whole());
        let used = (proxy.calls().len() > before.0, aws.calls().len() > before.1);
        assert_eq!((usize::from(used.0), usize::from(used.1)), expected, "{name}");
    }
    assert!(proxy.calls()[0].head.starts_with("POST http://sts.example.com/"), "{}", proxy.calls()[0].head);
}
