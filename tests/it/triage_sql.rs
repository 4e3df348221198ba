//! The queries of `iamdx triage --sql`: what they say, and that their answers tell what the records tell.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::generate::Random;
use crate::support::project;
use crate::support::trail::{Shape, record, written};
use crate::triage::{answer, triage};
use crate::triage_inputs::fingerprints;

#[test]
fn a_query_says_what_is_to_be_filled_in_and_takes_what_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text, _) = triage(folder.path(), &["--sql", "athena"]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(text, @r#"
    -- The calls that failed, and those that change permissions, for `iamdx triage`.
    -- Replace what stands between < and > (or give --table, --since and --until).
    -- The table is that of https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
    -- Without its partitions by day leave out the line with "timestamp": everything is scanned then.
    -- Save the result as CSV, or as Parquet: UNLOAD ( this query without its semicolon ) TO 's3://...' WITH (format = 'PARQUET')
    SELECT
        eventid,
        eventtime,
        eventsource,
        eventname,
        eventtype,
        awsregion,
        readonly,
        errorcode,
        errormessage,
        sourceipaddress,
        useragent,
        vpcendpointid,
        requestid,
        recipientaccountid,
        requestparameters,
        json_format(CAST(transform(resources, r -> MAP(ARRAY['arn', 'accountid'], ARRAY[r.arn, r.accountid])) AS JSON)) AS resources,
        useridentity.type AS useridentity_type,
        useridentity.principalid AS useridentity_principalid,
        useridentity.arn AS useridentity_arn,
        useridentity.accountid AS useridentity_accountid,
        useridentity.accesskeyid AS useridentity_accesskeyid,
        useridentity.username AS useridentity_username,
        useridentity.invokedby AS useridentity_invokedby,
        useridentity.onbehalfof.userid AS useridentity_onbehalfof_userid,
        useridentity.sessioncontext.sessionissuer.arn AS useridentity_sessioncontext_sessionissuer_arn,
        useridentity.sessioncontext.attributes.mfaauthenticated AS useridentity_sessioncontext_attributes_mfaauthenticated,
        useridentity.sessioncontext.attributes.creationdate AS useridentity_sessioncontext_attributes_creationdate,
        useridentity.sessioncontext.webidfederationdata.federatedprovider AS useridentity_sessioncontext_webidfederationdata_federatedprovider,
        CASE WHEN tlsdetails IS NULL THEN NULL ELSE '{"tlsVersion":""}' END AS tlsdetails,
        eventversion
    FROM "<DATABASE>"."<TABLE>"
    WHERE "timestamp" BETWEEN '<YYYY/MM/DD>' AND '<YYYY/MM/DD>'
      AND eventtime >= '<YYYY-MM-DD>T00:00:00Z' AND eventtime < '<YYYY-MM-DD>T00:00:00Z'
      AND (errorcode <> '' OR (coalesce(readonly, '') <> 'true' AND (eventname LIKE '%olicy%' OR eventsource IN ('iam.amazonaws.com', 'organizations.amazonaws.com', 'sso.amazonaws.com', 'identitystore.amazonaws.com'))));
    "#);
    let given = [
        "--table",
        "logs.trail",
        "--since",
        "2026-11-01",
        "--until",
        "2026-11-08",
        "--account",
        "111122223333",
        "--region",
        "eu-west-1",
    ];
    let (code, text, _) = triage(folder.path(), &[&["--sql", "security-lake"], &given[..]].concat());
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(text, @r#"
    -- The calls that failed, for `iamdx triage`.
    -- Save the result as CSV, or as Parquet: UNLOAD ( this query without its semicolon ) TO 's3://...' WITH (format = 'PARQUET')
    SELECT
        class_uid,
        "time" AS time,
        metadata.uid AS metadata_uid,
        api.operation AS api_operation,
        api.service.name AS api_service_name,
        api.request.uid AS api_request_uid,
        api.request.data AS api_request_data,
        api.response.error AS api_response_error,
        api.response.message AS api_response_message,
        cloud.region AS cloud_region,
        src_endpoint.ip AS src_endpoint_ip,
        src_endpoint.domain AS src_endpoint_domain,
        src_endpoint.uid AS src_endpoint_uid,
        http_request.user_agent AS http_request_user_agent,
        actor.user.type AS actor_user_type,
        actor.user.uid AS actor_user_uid,
        actor.user.uid_alt AS actor_user_uid_alt,
        actor.user.name AS actor_user_name,
        actor.user.account.uid AS actor_user_account_uid,
        actor.user.credential_uid AS actor_user_credential_uid,
        actor.session.issuer AS actor_session_issuer,
        actor.invoked_by AS actor_invoked_by,
        actor.idp.name AS actor_idp_name,
        json_format(CAST(transform(resources, r -> MAP(ARRAY['uid', 'account_uid'], ARRAY[r.uid, r.account.uid])) AS JSON)) AS resources
    FROM "logs"."trail"
    WHERE eventday BETWEEN '20261101' AND '20261109'
      AND "time" >= 1793491200000 AND "time" < 1794096000000
      AND api.response.error <> ''
      AND accountid IN ('111122223333')
      AND region IN ('eu-west-1');
    "#);
    for wrong in ["a b", "x\".\"y;DROP", "a.b.c.d", ""] {
        let (code, text, complaint) = triage(folder.path(), &["--sql", "athena", "--table", wrong]);
        assert_eq!((code, text.as_str()), (Some(2), ""), "{complaint}");
    }
}

/// The same call as an event of Security Lake.
pub(crate) fn event(record: &Value) -> Value {
    let identity = &record["userIdentity"];
    let session = &identity["sessionContext"];
    let at: jiff::Timestamp = record["eventTime"].as_str().unwrap().parse().unwrap();
    let resources = record["resources"].as_array().cloned().unwrap_or_default();
    let resources: Vec<Value> = resources
        .iter()
        .map(|resource| json!({"uid": resource["ARN"], "type": resource["type"], "account": {"uid": resource["accountId"]}}))
        .collect();
    let parameters = &record["requestParameters"];
    json!({
        "class_uid": 6003, "time": at.as_millisecond(), "time_dt": record["eventTime"], "metadata": {"uid": record["eventID"]},
        "api": {"operation": record["eventName"], "service": {"name": record["eventSource"]},
            "request": {"uid": record["requestID"], "data": if parameters.is_null() { Value::Null } else { parameters.to_string().into() }},
            "response": {"error": record["errorCode"], "message": record["errorMessage"]}},
        "cloud": {"region": record["awsRegion"], "provider": "AWS", "account": {"uid": record["recipientAccountId"]}},
        "src_endpoint": {"ip": record["sourceIPAddress"], "uid": record["vpcEndpointId"]},
        "http_request": {"user_agent": record["userAgent"]},
        "actor": {"user": {"type": identity["type"], "uid": identity["arn"], "uid_alt": identity["principalId"], "name": identity["userName"],
                "account": {"uid": identity["accountId"]}, "credential_uid": identity["accessKeyId"]},
            "session": {"issuer": session["sessionIssuer"]["arn"], "is_mfa": session["attributes"]["mfaAuthenticated"] == "true"},
            "invoked_by": identity["invokedBy"], "idp": {"name": identity["identityProvider"]}},
        "resources": resources,
    })
}

/// Needs `DuckDB` and sqlglot, which `.ci/test-sql` gives.
#[test]
fn the_answer_of_a_query_tells_what_the_records_tell() {
    let Some(python) = std::env::var_os("IAMDX_SQL_PYTHON") else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut random = Random::new(31);
    let shape = Shape { denied: 15, names: 9, odd: true };
    let mut records: Vec<Value> = (0..6000).map(|_| record(&mut random, shape)).collect();
    let events: Vec<Value> = records.iter().map(event).collect();
    for record in &mut records {
        // AWS's table has no column for it
        record["userIdentity"].as_object_mut().map(|identity| identity.remove("identityProvider"));
    }
    for (engine, records, whole) in [("athena", &records, "2026-11"), ("security-lake", &events, "2026-11")] {
        written(folder, engine, records, 2);
        let direct = answer(
            folder,
            &[&format!("{engine}.ndjson"), "--since", &format!("{whole}-03"), "--until", &format!("{whole}-15")],
        );
        let query = format!("{engine}.sql");
        let given =
            ["--sql", engine, "--table", "logs.trail", "--since", "2026-11-03", "--until", "2026-11-15", "-o", &query];
        assert_eq!(triage(folder, &given).0, Some(0));
        let out = Command::new(&python)
            .args([project().join("tests/sql/answer.py").as_path(), Path::new(engine)])
            .args([folder.join(format!("{engine}.ndjson")), folder.join(&query), folder.join(engine)])
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let expected = fingerprints(&direct);
        assert!(expected.len() > 100);
        let period = ["--since", "2026-11-03", "--until", "2026-11-15"];
        for result in ["csv", "parquet", "whole.parquet", "gzip.parquet"] {
            let file = format!("{engine}.{result}");
            let found = answer(folder, &[&[file.as_str()], &period[..]].concat());
            assert_eq!(found["trail"]["skipped"], json!([]), "{file}");
            assert!(fingerprints(&found) == expected, "{file}");
            if result.contains('.') {
                assert_eq!(found["trail"]["tally"]["records"], direct["trail"]["tally"]["records"], "{file}");
            }
        }
        // more of that: `tests/it/triage_parquet.rs`, over small files
        damaged(folder, &format!("{engine}.whole.parquet"), &mut random, 9);
    }
}

/// Whatever byte of a Parquet file is another: the file is skipped, or tells something, and nothing ends badly.
pub(crate) fn damaged(folder: &Path, name: &str, random: &mut Random, rounds: usize) {
    let bytes = fs::read(folder.join(name)).unwrap();
    for round in 0..rounds {
        let mut other = bytes.clone();
        if round % 3 == 0 {
            other.truncate(random.below(bytes.len()));
        } else {
            // the end of the file says where everything is
            let from = if round % 3 == 1 { bytes.len() - 4000.min(bytes.len()) } else { 4 };
            let at = from + random.below(bytes.len() - from);
            other[at] ^= 1 << random.below(8);
        }
        fs::write(folder.join("damaged.parquet"), other).unwrap();
        let (code, _, complaint) = triage(folder, &["damaged.parquet"]);
        assert!(matches!(code, Some(0 | 2 | 5)), "{complaint}");
        assert!(!complaint.contains("panicked"), "{complaint}");
    }
}
