//! A denial in any wrapper, or in two, is the same denial; and any text at all gives an answer.

use iamdx::denial::{self, Denial, DenialKind, ReasonEffect};
use proptest::prelude::*;

/// A sentence with the parts that must come out again.
#[derive(Debug, Clone)]
struct Said {
    principal: String,
    action: String,
    resource: String,
    reason: (&'static str, ReasonEffect, Option<&'static str>),
}

const REASONS: [(&str, ReasonEffect, Option<&str>); 9] = [
    ("because no identity-based policy allows the ACTION action", ReasonEffect::ImplicitDeny, Some("identity-based")),
    ("with an explicit deny in an identity-based policy", ReasonEffect::ExplicitDeny, Some("identity-based")),
    ("because no resource-based policy allows the ACTION action", ReasonEffect::ImplicitDeny, Some("resource-based")),
    ("with an explicit deny in a service control policy", ReasonEffect::ExplicitDeny, Some("service-control")),
    ("with an explicit deny in a resource control policy", ReasonEffect::ExplicitDeny, Some("resource-control")),
    (
        "because no permissions boundary allows the ACTION action",
        ReasonEffect::ImplicitDeny,
        Some("permissions-boundary"),
    ),
    ("because no session policy allows the ACTION action", ReasonEffect::ImplicitDeny, Some("session")),
    ("because no VPC endpoint policy allows the ACTION action", ReasonEffect::ImplicitDeny, Some("vpc-endpoint")),
    ("with an explicit deny in a VPC endpoint policy", ReasonEffect::ExplicitDeny, Some("vpc-endpoint")),
];

impl Said {
    fn sentence(&self) -> String {
        let reason = self.reason.0.replace("ACTION", &self.action);
        format!(
            "User: {} is not authorized to perform: {} on resource: {} {reason}",
            self.principal, self.action, self.resource
        )
    }

    fn came_out(&self, denials: &[Denial]) -> Result<(), String> {
        let [denial] = denials else { return Err(format!("{} denials: {denials:#?}", denials.len())) };
        let read = (
            denial.kind,
            denial.principal.as_ref().map(|p| p.as_str().to_owned()),
            denial.action.as_ref().map(|a| a.as_str().to_owned()),
            denial.resource.clone(),
            denial.reason.effect,
            denial.reason.policy_type.map(iamdx::iam::PolicyType::id),
        );
        let wanted = (
            DenialKind::IamDenial,
            Some(self.principal.clone()),
            Some(self.action.clone()),
            Some(self.resource.clone()),
            self.reason.1,
            self.reason.2,
        );
        if read == wanted { Ok(()) } else { Err(format!("read {read:?}\nnot  {wanted:?}")) }
    }
}

fn said() -> impl Strategy<Value = Said> {
    let principal = prop_oneof![
        "arn:aws:iam::111122223333:user/[a-z]{1,8}(/[A-Za-z0-9+=,.@_-]{1,12}[a-z0-9])?",
        "arn:aws(-cn|-us-gov)?:sts::111122223333:assumed-role/[A-Z][A-Za-z0-9_-]{1,20}[a-z]/[a-z0-9-]{1,12}[a-z](@example\\.com)?",
        "arn:aws:sts::444455556666:federated-user/[a-z]{2,9}",
        Just("anonymous".to_owned()),
    ];
    let action = "(s3|ec2|kms|bedrock|execute-api|aws-marketplace|SNS):[A-Z][a-z]{2,9}[A-Z][a-z]{2,9}";
    let resource = prop_oneof![
        "arn:aws:s3:::[a-z0-9-]{3,20}[a-z]/[a-z0-9/_-]{1,30}[a-z]",
        "arn:aws:kms:eu-west-1:111122223333:key/[0-9a-f]{8}-[0-9a-f]{12}",
        "arn:aws:bedrock:us-east-1::foundation-model/[a-z]{3,9}\\.[a-z]{3,9}-v[0-9]:[0-9]",
        "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/[a-z]{3,9}:\\*",
        Just("*".to_owned()),
    ];
    (principal, action, resource, proptest::sample::select(REASONS.to_vec()))
        .prop_map(|(principal, action, resource, reason)| Said { principal, action, resource, reason })
}

type Wrapper = (&'static str, fn(&str) -> String);

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn before_lines(mark: &str, text: &str) -> String {
    text.lines().flat_map(|line| [mark, line, "\n"]).collect()
}

fn at_width(text: &str, width: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(width).map(|line| line.iter().collect::<String>()).collect::<Vec<_>>().join("\n")
}

fn at_words(text: &str) -> String {
    let mut page = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let space = match column {
            0 => "",
            _ if column + word.len() > 60 => "\n",
            _ => " ",
        };
        column = if space == "\n" { word.len() } else { column + space.len() + word.len() };
        page.push_str(space);
        page.push_str(word);
    }
    page
}

/// Programs and formats that carry the message whole.
const CARRIERS: [Wrapper; 17] = [
    ("command line", |m| format!("An error occurred (AccessDenied) when calling the PutThing operation: {m}")),
    ("boto3", |m| {
        format!(
            "Traceback (most recent call last):\n  File \"app.py\", line 3, in <module>\nbotocore.exceptions.ClientError: An error occurred (AccessDeniedException) when calling the PutThing operation (reached max retries: 4): {m}"
        )
    }),
    ("Java 1", |m| {
        format!(
            "com.amazonaws.AmazonServiceException: {m} (Service: AmazonThing; Status Code: 403; Error Code: AccessDenied; Request ID: 11-22; Proxy: null)\n\tat com.amazonaws.http.Client.handle(Client.java:1)"
        )
    }),
    ("Java 2", |m| {
        format!(
            "software.amazon.awssdk.services.thing.model.ThingException: {m} (Service: Thing, Status Code: 403, Request ID: 11-22) (SDK Attempt Count: 1)"
        )
    }),
    ("Go 1", |m| format!("AccessDenied: {m}\n\tstatus code: 403, request id: 11-22")),
    ("Go 2", |m| {
        format!(
            "operation error Thing: PutThing, https response error StatusCode: 403, RequestID: 11-22, api error AccessDenied: {m}"
        )
    }),
    ("Go 2, modelled", |m| {
        format!(
            "operation error Thing: PutThing, https response error StatusCode: 400, RequestID: 11-22, AccessDeniedException: {m}"
        )
    }),
    ("JavaScript", |m| {
        format!(
            "AccessDenied: {m}\n    at throwDefaultError (/app/index.js:1:1) {{\n  '$metadata': {{ httpStatusCode: 403 }}\n}}"
        )
    }),
    (".NET", |m| format!("AccessDenied\n{m}\n   at Amazon.Runtime.Handler.Handle()")),
    ("Ruby", |m| format!("app.rb:3:in `call': {m} (Aws::Thing::Errors::AccessDenied)")),
    ("PHP", |m| {
        format!(
            "Error executing \"PutThing\" on \"https://thing.eu-west-1.amazonaws.com/\"; AWS HTTP error: AccessDenied (client): {m} - <?xml version=\"1.0\"?>"
        )
    }),
    ("Rust", |m| {
        format!(
            "ServiceError(ServiceError {{ source: AccessDeniedException(AccessDeniedException {{ message: Some({}) }}) }})",
            json(m)
        )
    }),
    ("XML", |m| {
        format!(
            "<Error><Code>AccessDenied</Code><Message>{}</Message><RequestId>11-22</RequestId></Error>",
            m.replace('&', "&amp;").replace('"', "&quot;")
        )
    }),
    ("JSON body", |m| format!("{{\"__type\":\"com.amazon.thing#AccessDeniedException\",\"Message\":{}}}", json(m))),
    ("header and body", |m| {
        format!("HTTP/1.1 403 Forbidden\r\nx-amzn-errortype: AccessDeniedException\r\n\r\n{{\"message\":{}}}", json(m))
    }),
    ("CloudFormation", |m| {
        format!(
            "Resource handler returned message: \"{m} (Service: Thing, Status Code: 403, Request ID: 11-22)\" (RequestToken: 33, HandlerErrorCode: AccessDenied)"
        )
    }),
    ("docker", |m| format!("denied: {m}")),
];

/// Places that a carried message is pasted from.
const PLACES: [Wrapper; 14] = [
    ("as it is", str::to_owned),
    ("Terraform", |m| {
        format!(
            "╷\n│ Error: creating thing: {}\n│ \n│   with aws_thing.x,\n│   on main.tf line 3, in resource \"aws_thing\" \"x\":\n╵",
            m.replace('\n', "\n│ ")
        )
    }),
    ("GitHub Actions", |m| before_lines("2026-11-03T10:00:00.1234567Z ", m)),
    ("quote", |m| before_lines("> ", m)),
    ("comment", |m| before_lines("    # ", m)),
    ("fence", |m| format!("Look:\n\n```\n{m}\n```\nWhat now?")),
    ("colours", |m| format!("\u{1b}[31m{m}\u{1b}[0m\n")),
    ("JSON log", |m| format!("{{\"level\":\"error\",\"msg\":{},\"ts\":1}}", json(m))),
    ("JSON log in a JSON log", |m| format!("{{\"log\":{}}}", json(&format!("{{\"error\":{}}}\n", json(m))))),
    ("logrus", |m| format!("time=\"2026-11-03T10:00:00Z\" level=error msg={} controller=x", json(m))),
    ("HTML", |m| {
        format!(
            "<div><pre><code>{}</code></pre></div>",
            m.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
        )
    }),
    ("words wrapped", |m| m.lines().map(at_words).collect::<Vec<_>>().join("\n")),
    ("words wrapped and indented", |m| {
        m.lines().map(at_words).collect::<Vec<_>>().join("\n").replace('\n', "\n        ")
    }),
    ("CloudTrail fragment", |m| {
        format!(
            "  \"eventName\": \"PutThing\",\n  \"errorCode\": \"AccessDenied\",\n  \"errorMessage\": {},\n",
            json(m)
        )
    }),
];

#[test]
fn every_carrier_in_every_place() {
    let said = Said {
        principal: "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Developer_0123456789abcdef/ana@example.com"
            .to_owned(),
        action: "kms:GenerateDataKey".to_owned(),
        resource: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab".to_owned(),
        reason: REASONS[0],
    };
    let mut wrong = Vec::new();
    for (carrier, carry) in CARRIERS {
        for (place, put) in PLACES {
            let text = put(&carry(&said.sentence()));
            if let Err(why) = said.came_out(&denial::parse_text(&text)) {
                wrong.push(format!("{carrier} in {place}: {why}\n{text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_wrapped_denial_is_the_same_denial(
        said in said(),
        carrier in proptest::sample::select(CARRIERS.to_vec()),
        place in proptest::sample::select(PLACES.to_vec()),
    ) {
        let text = place.1(&carrier.1(&said.sentence()));
        if let Err(why) = said.came_out(&denial::parse_text(&text)) {
            prop_assert!(false, "{} in {}: {why}\n{text}", carrier.0, place.0);
        }
    }

    #[test]
    fn a_terminal_of_any_width_changes_nothing(said in said(), width in 41usize..140) {
        let text = at_width(&said.sentence(), width);
        if let Err(why) = said.came_out(&denial::parse_text(&text)) {
            prop_assert!(false, "width {width}: {why}\n{text}");
        }
    }

    #[test]
    fn any_text_gives_an_answer(noise in ".{0,200}", said in said(), cut in 0usize..400) {
        let sentence = said.sentence();
        let cut = sentence.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(sentence.len());
        for text in [noise.clone(), format!("{noise}{sentence}{noise}"), format!("{}{noise}", sentence.get(..cut).unwrap_or_default())] {
            for denial in denial::parse_text(&text) {
                prop_assert!(denial.span.start <= denial.span.end && denial.span.end <= text.len());
                prop_assert!(text.get(denial.span.start..denial.span.end).is_some(), "{:?} in {text:?}", denial.span);
            }
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the seeds are files")]
fn the_seeds_of_the_fuzzer_give_answers() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/fuzz/denial");
    let mut seeds = 0;
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let bytes = std::fs::read(entry.path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let denials = denial::parse_text(&text);
        let report = serde_json::to_string(&iamdx::report::ExplainReport::new(&denials)).unwrap();
        assert!(!report.contains('\u{1b}') && !report.contains("AKIAIOSFODNN7EXAMPLE"));
        seeds += 1;
    }
    assert!(seeds >= 6);
}

/// What AWS says of a key, in full.
const OF_A_KEY: &str = "User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: kms:Decrypt on resource: \
    arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab with an explicit deny in a resource-based policy";

#[test]
fn a_record_without_its_error_code_is_read_by_its_message() {
    // rows of CloudWatch Logs Insights and Athena have the fields that were chosen
    let row = format!(r#"{{"eventSource":"kms.amazonaws.com","eventName":"Decrypt","errorMessage":"{OF_A_KEY}"}}"#);
    let without_source = row.replace(r#""eventSource":"kms.amazonaws.com","#, "");
    let without_code = row.replace('{', r#"{"errorCode":null,"#);
    for text in [row.clone(), without_source, without_code, format!("{row}\nnoise"), format!("[{row}]")] {
        let found = denial::parse_text(&text);
        let [one] = found.as_slice() else { panic!("{text}: {found:?}") };
        assert_eq!(one.action.as_ref().map(ToString::to_string).as_deref(), Some("kms:Decrypt"), "{text}");
        assert_eq!(one.operation.as_deref(), Some("Decrypt"), "{text}");
        assert_eq!((one.reason.effect, &one.error_code), (ReasonEffect::ExplicitDeny, &None), "{text}");
    }
    let other = row.replace(OF_A_KEY, "Rate exceeded for this account");
    assert!(denial::parse_text(&other).iter().all(|one| one.kind != DenialKind::IamDenial), "{other}");
}

#[test]
fn the_head_of_a_table_names_no_operation() {
    let table = format!(
        "eventTime             eventSource        eventName  errorCode     errorMessage\n\
         2026-11-30T10:00:00Z  kms.amazonaws.com  Decrypt    AccessDenied  {OF_A_KEY}"
    );
    let found = denial::parse_text(&table);
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((one.operation.as_deref(), one.error_code.as_deref()), (None, Some("AccessDenied")));
}
