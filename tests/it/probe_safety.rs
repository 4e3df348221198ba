//! What `iamdx probe bedrock` does not do: call with a leaked key, spend, subscribe, show a secret, or pretend to be whole.

use std::io::Read as _;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::Run;
use crate::support::fake_bedrock::{EXPLICIT, FakeBedrock, IMPLICIT, Reply, USER};
use crate::support::probe::{
    API_KEY, KEY_ID, SECRET, TOKEN, cells, command, control_plane, finish, json, open, probe, report, timeless,
};

const SONNET: [&str; 2] = ["--models", "sonnet"];

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

/// The probe of Sonnet with this folder as its own, so that files are named as a person names them.
fn within(folder: &tempfile::TempDir, fake: &FakeBedrock, arguments: &[&str]) -> Run {
    let mut command = command(&fake.url, &[&SONNET[..], arguments].concat());
    command.current_dir(folder.path());
    finish(command)
}

/// A page such as people paste: a key, and what happened.
fn old_report(key: &str) -> String {
    format!(
        "# Model check\n\nKey: {key}\nSecret: {SECRET}\n\n```\nAccessDeniedException: User: {USER} is not authorized to perform: \
         bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1 with an explicit deny in an \
         identity-based policy\n```\n"
    )
}

/// The caller with AWS's quarantine policy, as the account's own listing shows it.
fn quarantined_account() -> String {
    let policy = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2";
    format!(
        r#"{{"UserDetailList": [{{"Path": "/", "UserName": "notebook", "UserId": "AIDACKCEVSQ6C2EXAMPLE", "Arn": "{USER}",
            "UserPolicyList": [], "GroupList": [],
            "AttachedManagedPolicies": [{{"PolicyName": "AWSCompromisedKeyQuarantineV2", "PolicyArn": "{policy}"}}]}}],
          "GroupDetailList": [], "RoleDetailList": [], "Policies": [{{"PolicyName": "AWSCompromisedKeyQuarantineV2", "Arn": "{policy}",
            "Path": "/", "DefaultVersionId": "v5", "AttachmentCount": 1, "IsAttachable": true, "PolicyVersionList": [{{"VersionId": "v5",
            "IsDefaultVersion": true, "Document": {{"Version": "2012-10-17", "Statement": [{{"Effect": "Deny", "Resource": "*",
            "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "iam:CreateAccessKey"]}}]}}}}]}}]}}"#
    )
}

#[test]
fn a_quarantined_user_is_an_incident_and_nothing_is_called() {
    let folder = scratch();
    file(&folder, "account.json", &quarantined_account());
    let fake = open(|asked| Reply::denied(asked, EXPLICIT));
    let run = within(&folder, &fake, &["--snapshot", "account.json"]);
    assert_eq!(run.code, 5, "{}", run.whole());
    assert_eq!(fake.calls().len(), 0);
    insta::assert_snapshot!(timeless(&run.stdout), @r#"
    PROBE  Amazon Bedrock, 2026-11-22T10:00:00Z to 2026-11-22T10:00:00Z
      as    user/notebook, account 111122223333
      auth  SigV4, by these credentials

    IN SHORT    nothing was called, so nothing is known about permissions; 2 cells:
                the key counts as compromised: nothing is called with it

    SECURITY INCIDENT
     -  a quarantine policy of AWS is attached to this identity
     -  nothing was called with it; --i-own-this-key is for who has dealt with that
     1  With other, administrator credentials: deactivate the key (keep it for
        forensics). Do not test with it again.
     2  Read CloudTrail for that key in every Region: new users, roles, keys,
        functions, and Bedrock spend. End sessions that it started.
     3  Remove the secret from the place where it was published, including the
        history; change every other secret that stood there.
     4  Delete the key. Give the workload a role instead, for CI an OIDC role
        limited to one repository and branch.
     5  Answer the support case that AWS opened. Only after its all-clear an
        administrator takes the quarantine policy off, or deletes the user.
        aws iam list-access-keys --user-name notebook
        aws iam update-access-key --user-name notebook --access-key-id "${FILL_IN_ACCESS_KEY_ID:?}" --status Inactive
        aws iam list-attached-user-policies --user-name notebook
     !  Do not detach or narrow the quarantine policy, add Allow statements, make
        another user or key for the same workload, or go around it by another
        Region, endpoint or API key: the key is public, and whoever holds it would
        get the access back too.

    us-east-1                                               converse    stream
      us.anthropic.claude-sonnet-5-5                        -           -

      -           not called

    COUNTS      2 planned = 2 not-run; by policies: 0 allowed, 0 not, 2 not known
    USED        0 calls, 0 tokens in, 0 out, no cost (before: no cost for 0 calls;
                prices of 2026-11-22)
    SEEN        no call was made: nothing is known about permissions
    NOT CALLED  2 cells: the key counts as compromised: nothing is called with it
    NOTES       models and profiles of us-east-1 by the built-in list of 2026-11-29

    AGAIN
        iamdx probe bedrock --models sonnet --snapshot account.json --regions us-east-1
    "#);
    // who has dealt with it may try, and it stays an incident
    let run = within(&folder, &fake, &["--snapshot", "account.json", "--i-own-this-key"]);
    assert_eq!(run.code, 5, "{}", run.whole());
    assert_eq!(fake.calls().len(), 2);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one run after the other in one folder")]
fn a_key_that_the_input_shows_is_not_used() {
    let folder = scratch();
    file(&folder, "old-report.md", &old_report(KEY_ID));
    let fake = open(|_| Reply::Ok);
    let run = within(&folder, &fake, &["--live", "--input", "old-report.md"]);
    assert_eq!(run.code, 5, "{}", run.whole());
    // not even whose it is
    assert_eq!(fake.asked().len(), 0);
    insta::assert_snapshot!(timeless(&run.stdout), @r#"
    PROBE  Amazon Bedrock, 2026-11-22T10:00:00Z to 2026-11-22T10:00:00Z
      as    not asked: nothing is called with this key
      auth  SigV4, by these credentials

    IN SHORT    nothing was called, so nothing is known about permissions; 2 cells:
                the key counts as compromised: nothing is called with it

    SECURITY INCIDENT
     -  old-report.md shows the key that signs these calls
     -  nothing was called with it; --i-own-this-key is for who has dealt with that
     1  With other, administrator credentials: deactivate the key (keep it for
        forensics). Do not test with it again.
     2  Read CloudTrail for that key in every Region: new users, roles, keys,
        functions, and Bedrock spend. End sessions that it started.
     3  Remove the secret from the place where it was published, including the
        history; change every other secret that stood there.
     4  Delete the key. Give the workload a role instead, for CI an OIDC role
        limited to one repository and branch.
        aws iam list-access-keys --user-name notebook
        aws iam update-access-key --user-name notebook --access-key-id "${FILL_IN_ACCESS_KEY_ID:?}" --status Inactive
        aws iam list-attached-user-policies --user-name notebook

    us-east-1                                               converse    stream
      us.anthropic.claude-sonnet-5-5                        -           -

      -           not called

    COUNTS      2 planned = 2 not-run; by policies: 0 allowed, 0 not, 2 not known
    USED        0 calls, 0 tokens in, 0 out, no cost (before: no cost for 0 calls;
                prices of 2026-11-22)
    SEEN        no call was made: nothing is known about permissions

    ================================================================================
    FINDING 1 of 1: reported by old-report.md, not tried

    DENIED  bedrock:InvokeModel
      by    user/notebook                                       account 111122223333
      on    arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1
      call  AccessDeniedException

    IN SHORT  AWS says an identity-based policy of user `notebook` denies
              bedrock:InvokeModel on this resource
              this is a security incident: do not change policies to get the access
              back

    AWS said  explicit deny in an identity-based policy.

    SECURITY INCIDENT  Treat the credentials in this text as compromised
     1  With other, administrator credentials: deactivate the key (keep it for
        forensics). Do not test with it again.
     2  Read CloudTrail for that key in every Region: new users, roles, keys,
        functions, and Bedrock spend. End sessions that it started.
     3  Remove the secret from the place where it was published, including the
        history; change every other secret that stood there.
     4  Delete the key. Give the workload a role instead, for CI an OIDC role
        limited to one repository and branch.
        aws iam list-access-keys --user-name notebook
        aws iam update-access-key --user-name notebook --access-key-id "${FILL_IN_ACCESS_KEY_ID:?}" --status Inactive
        aws iam list-attached-user-policies --user-name notebook

    WHY  AWS says an identity-based policy of user `notebook` denies
         bedrock:InvokeModel on this resource
     ?  likely: AWS has quarantined this user (AWSCompromisedKeyQuarantine, any
        version) because its key leaked
         + AWS's quarantine policies deny bedrock:InvokeModel on every resource
         + credentials are in the same text: AWS may know already that this key
           leaked
         + a quarantined key still authenticates, so credentials that work do not
           rule it out
     ?  possible: a Deny that an administrator attached to the user or one of its
        groups, perhaps with a condition
         + the wording fits; the policies were not seen
     ?  possible: an AWS Budgets action attached a Deny when a cost limit was
        reached
         + the wording fits; the policies were not seen

    NOT CHECKED
     -  identity-based policies of user notebook: no snapshot was given
          aws iam get-account-authorization-details > account.json
          # then: --snapshot account.json
          or --identity-policy FILE
     -  permissions boundary of user notebook: no snapshot was given
          aws iam get-account-authorization-details > account.json
          # then: --snapshot account.json
          or --permissions-boundary FILE; if none, --no-permissions-boundary
     -  policy of the VPC endpoint, if the request came through one: the input does
        not tell how the request reached AWS
          --context aws:SourceVpce=ID --vpc-endpoint-policy FILE
          or --no-vpc-endpoint-policy if there is none
     -  SCPs of account 111122223333: no snapshot or option gives the organization
          iamdx snapshot --output snapshot.json
          # or: --scp FILE
          or --no-scp if there is none

    MORE  iamdx cause not-enough-evidence

    ================================================================================
    NOT CALLED  2 cells: the key counts as compromised: nothing is called with it
    NOTES       - models and profiles of us-east-1 by the built-in list of
                  2026-11-29
                - SECURITY: old-report.md holds a secret, not repeated here; if
                  others can read it, the key is compromised: deactivate it first

    AGAIN
        iamdx probe bedrock --models sonnet --live --input old-report.md --regions us-east-1
    "#);
    // another key in the text is a leak, though not of what signs these calls
    let other = file(&folder, "other.md", &old_report("AKIAI44QH8DHBEXAMPLE"));
    let run = probe(&fake, &["--models", "sonnet", "--input", &other]);
    assert_eq!((run.code, fake.calls().len()), (5, 2), "{}", run.whole());
}

#[test]
fn a_text_that_tells_of_the_callers_quarantine_stops_the_probe_and_that_of_another_does_not() {
    let folder = scratch();
    let told = |name: &str| {
        format!(
            "User: arn:aws:iam::111122223333:user/{name} is not authorized to perform: bedrock:InvokeModel on resource: \
             arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1 with an explicit deny in an identity-based policy: \
             arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"
        )
    };
    let fake = open(|_| Reply::Ok);
    let own = file(&folder, "own.txt", &told("notebook"));
    let run = probe(&fake, &["--models", "sonnet", "--input", &own]);
    assert_eq!((run.code, fake.calls().len()), (5, 0), "{}", run.whole());
    let other = file(&folder, "other.txt", &told("somebody"));
    let run = probe(&fake, &["--models", "sonnet", "--input", &other]);
    assert_eq!((run.code, fake.calls().len()), (0, 2), "{}", run.whole());
}

#[test]
fn the_first_answer_that_names_the_quarantine_ends_the_run() {
    let reason = format!("{EXPLICIT}: arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3");
    let fake = open(move |asked| Reply::denied(asked, &reason));
    let (code, report) = json(&fake, &[]);
    assert_eq!(code, 5);
    // the two that were under way when the first answer came
    assert!(fake.calls().len() <= 2, "{}", fake.calls().len());
    assert_eq!(report["counts"]["not-run"].as_u64().unwrap() + u64::try_from(fake.calls().len()).unwrap(), 6);
    assert_eq!(report["findings"][0]["finding"], "quarantine");
    assert_eq!(report["findings"][0]["incident"], true);
}

#[test]
fn an_api_key_in_the_environment_is_named_and_not_used() {
    let fake = open(|_| Reply::Ok);
    let mut command = command(&fake.url, &["--format", "json", SONNET[0], SONNET[1]]);
    command.env("AWS_BEARER_TOKEN_BEDROCK", API_KEY);
    let run = finish(command);
    assert_eq!(run.code, 0, "{}", run.whole());
    assert!(fake.asked().iter().all(|asked| asked.scheme() == "AWS4-HMAC-SHA256"));
    let report = report(&run);
    assert_eq!(report["auth"], "sigv4");
    let notes = report["notes"].to_string();
    assert!(notes.contains("AWS_BEARER_TOKEN_BEDROCK is set"), "{notes}");
}

#[test]
fn an_api_key_is_used_when_told_so() {
    let fake = open(|_| Reply::Ok);
    let mut with_key = command(&fake.url, &["--auth", "bearer", "--format", "json", SONNET[0], SONNET[1]]);
    with_key.env("AWS_BEARER_TOKEN_BEDROCK", API_KEY);
    let run = finish(with_key);
    assert_eq!(run.code, 0, "{}", run.whole());
    for asked in fake.asked().iter().filter(|asked| asked.operation != "GetCallerIdentity") {
        assert_eq!(asked.scheme(), "Bearer", "{}", asked.path);
    }
    assert_eq!(report(&run)["auth"], "bearer");
    let without = probe(&fake, &["--auth", "bearer"]);
    assert_eq!(without.code, 2);
    insta::assert_snapshot!(without.stderr, @r#"iamdx: AWS_BEARER_TOKEN_BEDROCK is not set, so there is no API key to call Bedrock with. Set it, or leave --auth bearer away"#);
}

#[test]
fn endpoints_of_single_services_are_honoured() {
    let fake = open(|_| Reply::Ok);
    let runtime = FakeBedrock::start(|_| Reply::Ok);
    let control = FakeBedrock::start(control_plane);
    let mut command = command(&fake.url, &SONNET);
    command.env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &runtime.url).env("AWS_ENDPOINT_URL_BEDROCK", &control.url);
    let run = finish(command);
    assert_eq!(run.code, 0, "{}", run.whole());
    let operations = |fake: &FakeBedrock| {
        let mut all: Vec<_> = fake.asked().into_iter().map(|asked| asked.operation).collect();
        all.sort();
        all
    };
    assert_eq!(operations(&fake), ["GetCallerIdentity"]);
    assert_eq!(operations(&runtime), ["converse", "converse-stream"]);
    assert_eq!(operations(&control), ["foundation-model-availability", "foundation-models", "inference-profiles"]);
}

#[test]
fn one_endpoint_for_all_wins_over_those_of_the_environment() {
    let fake = open(|_| Reply::Ok);
    let other = FakeBedrock::start(|_| Reply::Ok);
    let mut command = command(&other.url, &["--endpoint-url", &fake.url, SONNET[0], SONNET[1]]);
    command.env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &other.url).env("AWS_ENDPOINT_URL_STS", &other.url);
    let run = finish(command);
    assert_eq!((run.code, other.asked().len(), fake.calls().len()), (0, 0, 2), "{}", run.whole());
}

#[test]
fn without_credentials_nothing_is_called() {
    let fake = open(|_| Reply::Ok);
    let mut command = command(&fake.url, &SONNET);
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
        command.env_remove(name);
    }
    let run = finish(command);
    assert_eq!((run.code, fake.asked().len()), (4, 0), "{}", run.whole());
    assert!(run.stderr.starts_with("iamdx: there are no credentials: "), "{}", run.stderr);
}

#[test]
fn limits_are_kept_and_told() {
    let fake = open(|_| Reply::Ok);
    let (code, report) = json(&fake, &["--max-calls", "3"]);
    assert_eq!(fake.calls().len(), 3);
    insta::assert_snapshot!(format!("exit {code}\n{}", cells(&report)), @r#"
    exit 3
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x1: ok - authorized yes
    us-east-1 us.anthropic.claude-haiku-4-5-20251001-v1:0 converse x1: ok - authorized yes
    us-east-1 us.anthropic.claude-haiku-4-5-20251001-v1:0 converse-stream x0: not-run over-calls authorized unknown
    us-east-1 us.anthropic.claude-opus-4-5-20251101-v1:0 converse x0: not-run over-calls authorized unknown
    us-east-1 us.anthropic.claude-opus-4-5-20251101-v1:0 converse-stream x0: not-run over-calls authorized unknown
    "#);
    let fake = open(|_| Reply::Ok);
    let (code, report) = json(&fake, &["--max-usd", "0.0003"]);
    let spent = report["usage"]["estimated_usd"].as_f64().unwrap();
    assert!(spent <= 0.0003, "{spent}");
    insta::assert_snapshot!(format!("exit {code}\n{}", cells(&report)), @r#"
    exit 3
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x0: not-run over-budget authorized unknown
    us-east-1 us.anthropic.claude-haiku-4-5-20251001-v1:0 converse x0: not-run over-budget authorized unknown
    us-east-1 us.anthropic.claude-haiku-4-5-20251001-v1:0 converse-stream x0: not-run over-budget authorized unknown
    us-east-1 us.anthropic.claude-opus-4-5-20251101-v1:0 converse x0: not-run over-budget authorized unknown
    us-east-1 us.anthropic.claude-opus-4-5-20251101-v1:0 converse-stream x0: not-run over-budget authorized unknown
    "#);
}

#[test]
fn a_dry_run_asks_for_nothing_and_says_only_what_is_likely() {
    let fake = open(|asked| {
        assert_eq!(asked.body["inferenceConfig"]["maxTokens"], 0);
        Reply::bedrock(
            400,
            "ValidationException",
            "1 validation error detected: Value '0' at 'inferenceConfig.maxTokens'",
        )
    });
    let (code, report) = json(&fake, &["--dry", SONNET[0], SONNET[1]]);
    insta::assert_snapshot!(format!("exit {code}\n{}", cells(&report)), @r#"
    exit 3
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse {"max_tokens":0} x1: request-invalid likely authorized unknown
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream {"max_tokens":0} x1: request-invalid likely authorized unknown
    "#);
}

#[test]
fn no_call_is_made_that_could_agree_to_an_offer() {
    let open_offer = |asked: &crate::support::fake_bedrock::Asked| match asked.operation.as_str() {
        "foundation-model-availability" => Reply::Json(serde_json::json!({
            "modelId": asked.model, "agreementAvailability": {"status": "NOT_AVAILABLE"}, "authorizationStatus": "AUTHORIZED",
            "entitlementAvailability": "AVAILABLE", "regionAvailability": "AVAILABLE",
        })),
        _ if asked.is_call() => Reply::Ok,
        _ => control_plane(asked),
    };
    let fake = FakeBedrock::start(open_offer);
    let (code, report) = json(&fake, &SONNET);
    assert_eq!(fake.calls().len(), 0);
    insta::assert_snapshot!(format!("exit {code}\n{}", cells(&report)), @r#"
    exit 3
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse x0: not-run would-subscribe authorized unknown
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x0: not-run would-subscribe authorized unknown
    "#);
    let (code, _) = json(&fake, &["--allow-subscribe", SONNET[0], SONNET[1]]);
    assert_eq!((code, fake.calls().len()), (0, 2));
}

#[test]
fn ctrl_c_leaves_a_report_of_what_is_known() {
    let fake =
        open(|asked| if asked.model.contains("sonnet") { Reply::Ok } else { Reply::Slow(Duration::from_secs(25)) });
    let mut child = command(&fake.url, &["--format", "json"]).spawn().unwrap();
    let started = Instant::now();
    while fake.calls().len() < 4 {
        assert!(started.elapsed() < Duration::from_secs(20), "the calls do not come");
        std::thread::sleep(Duration::from_millis(20));
    }
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    let code = child.wait().unwrap().code().unwrap();
    assert!(started.elapsed() < Duration::from_secs(15), "the report waited for the calls");
    let run = Run { code, stdout: text, stderr };
    let report = report(&run);
    assert_eq!((code, &report["complete"]), (3, &serde_json::json!(false)), "{}", run.whole());
    insta::assert_snapshot!(cells(&report), @r#"
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse x1: ok - authorized yes
    us-east-1 us.anthropic.claude-sonnet-4-5-20250929-v1:0 converse-stream x1: ok - authorized yes
    us-east-1 us.anthropic.claude-haiku-4-5-20251001-v1:0 converse x0: not-run interrupted authorized unknown
    us-east-1 us.anthropic.claude-haiku-4-5-20251001-v1:0 converse-stream x0: not-run interrupted authorized unknown
    us-east-1 us.anthropic.claude-opus-4-5-20251101-v1:0 converse x0: not-run interrupted authorized unknown
    us-east-1 us.anthropic.claude-opus-4-5-20251101-v1:0 converse-stream x0: not-run interrupted authorized unknown
    "#);
    assert!(run.stderr.contains("interrupted: reporting what is known"), "{}", run.stderr);
}

#[test]
fn a_second_ctrl_c_ends_it_at_once() {
    // the models answer nothing, and the report that follows the first one is long in coming: AWS is asked for policies
    let fake = FakeBedrock::start(|_| Reply::Slow(Duration::from_secs(25)));
    let mut child = command(&fake.url, &["--live"]).spawn().unwrap();
    let started = Instant::now();
    let interrupt = || Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    while fake.asked().len() < 2 {
        assert!(started.elapsed() < Duration::from_secs(20), "nothing is asked");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(interrupt().success());
    std::thread::sleep(Duration::from_millis(300));
    assert!(interrupt().success());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3), "{stderr}");
    assert!(started.elapsed() < Duration::from_secs(15), "it did not end at once");
    assert!(stderr.contains("iamdx: interrupted\n"), "{stderr}");
}

#[test]
fn an_interrupted_question_about_models_is_the_end_of_it_too() {
    let fake = FakeBedrock::start(|_| Reply::Slow(Duration::from_secs(25)));
    let mut child = command(&fake.url, &["--format", "json"]).spawn().unwrap();
    let started = Instant::now();
    while fake.asked().len() < 2 {
        assert!(started.elapsed() < Duration::from_secs(20), "nothing is asked");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    let code = child.wait().unwrap().code().unwrap();
    assert!(started.elapsed() < Duration::from_secs(15), "it waited for the list");
    let report = report(&Run { code, stdout: text, stderr: String::new() });
    assert_eq!((code, &report["complete"], &report["usage"]["calls"]), (3, &false.into(), &0.into()));
    assert_eq!(fake.calls().len(), 0);
}

#[test]
fn a_redacted_report_tells_no_name() {
    let fake = open(|asked| Reply::denied(asked, IMPLICIT));
    for format in ["text", "json", "markdown"] {
        let run = probe(&fake, &["--redact", "--format", format, SONNET[0], SONNET[1]]);
        assert_eq!(run.code, 1, "{}", run.whole());
        for name in ["111122223333", "notebook"] {
            assert!(!run.whole().contains(name), "{format}: {name}\n{}", run.whole());
        }
        assert!(run.stdout.contains("claude-sonnet-4-5"), "{format}: a model is nobody's secret\n{}", run.stdout);
    }
}

#[test]
fn bad_arguments_are_told_before_anything_is_called() {
    let fake = open(|_| Reply::Ok);
    let said: Vec<String> = [
        &["--models", "anthropic claude"][..],
        &["--regions", "us east 1"],
        &["--max-usd", "nan"],
        &["--guardrail", "gr1"],
        &["--api", "mantle"],
        &["--input", "/no/such/file"],
    ]
    .iter()
    .map(|arguments| {
        let run = probe(&fake, arguments);
        assert_eq!(run.code, 2, "{}", run.whole());
        run.stderr.lines().next().unwrap_or_default().to_owned()
    })
    .collect();
    assert_eq!(fake.calls().len(), 0);
    insta::assert_snapshot!(said.join("\n"), @r#"
    iamdx: `anthropic claude` is not a model: a model id, an inference profile id or an ARN is expected, in printable ASCII without spaces
    iamdx: `us east 1` is not the name of a Region, such as us-east-1
    iamdx: the limit of US dollars is no number from 0 on. Give one, such as --max-usd 0.5
    error: invalid value 'gr1' for '--guardrail <ID:VERSION>': ID:VERSION is expected, for example gr1234567890:1 or ARN:DRAFT
    error: invalid value 'mantle' for '--api <API,...>'
    iamdx: cannot read `/no/such/file`: No such file or directory (os error 2)
    "#);
}

/// A key, a secret, a token and an API key, in the credentials, in what AWS answers and in the input, come out nowhere.
#[test]
fn no_secret_comes_out_of_anything() {
    let folder = scratch();
    let input = file(&folder, "input.md", &old_report(KEY_ID));
    let echo = format!(
        "The Credential={KEY_ID} with secret_access_key={SECRET} and AWS_SESSION_TOKEN={TOKEN} or Authorization: Bearer {API_KEY} is bad"
    );
    let answers = [
        Reply::bedrock(403, "AccessDeniedException", &echo),
        Reply::bedrock(500, "InternalServerException", &echo),
        Reply::Error(418, None, echo.clone()),
        Reply::iam(&format!(
            "User: {USER} is not authorized to perform: bedrock:InvokeModel on resource: {echo} {IMPLICIT}"
        )),
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        let fake = FakeBedrock::start(move |_| answer.clone());
        for format in ["text", "json", "markdown"] {
            for extra in [&["--allow-subscribe"][..], &["--input", &input], &["--input", &input, "--i-own-this-key"]] {
                let saved = ["saved.json", "saved.md", "output"]
                    .map(|name| folder.path().join(name).to_string_lossy().into_owned());
                let arguments =
                    ["--format", format, "--save-json", &saved[0], "--save-markdown", &saved[1], SONNET[0], SONNET[1]];
                let mut shown = command(&fake.url, &[&arguments[..], extra].concat());
                shown.env("AWS_BEARER_TOKEN_BEDROCK", API_KEY);
                let run = finish(shown);
                let mut all = run.whole();
                for path in &saved[..2] {
                    all += &std::fs::read_to_string(path).unwrap();
                }
                for secret in [KEY_ID, SECRET, TOKEN, API_KEY] {
                    assert!(!all.contains(secret), "answer {number}, {format}, {extra:?}: {secret}\n{all}");
                }
            }
        }
    }
}

#[test]
fn the_report_is_saved_beside_what_is_shown() {
    let folder = scratch();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let fake = open(|_| Reply::Ok);
    let saved = [path("probe.json"), path("probe.md"), path("probe.txt")];
    let arguments =
        ["--save-json", &saved[0], "--save-markdown", &saved[1], "--output", &saved[2], SONNET[0], SONNET[1]];
    let run = probe(&fake, &arguments);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.whole());
    let [json, markdown, text] = saved.map(|path| std::fs::read_to_string(path).unwrap());
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["cells"].as_array().unwrap().len(), 2);
    assert!(markdown.starts_with("# "), "{markdown}");
    assert!(text.contains("AGAIN") && !text.contains('\u{1b}'), "{text}");
}
