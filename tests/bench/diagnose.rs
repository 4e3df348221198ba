//! How long a whole diagnosis takes, from the text to the page: on a fixture, and on a principal with 10 policies under 5 levels of
//! SCPs. The yardstick is `serde_json` reading the same snapshot.

use divan::{Bencher, black_box};
use iamdx::Options;
use iamdx::report::{Detail, Style, text};
use iamdx::snapshot::Snapshot;
use iamdx::text::Source;
use iamdx::{denial, diagnose};

fn main() {
    divan::main();
}

const FIXTURE: &str = include_str!("../../fixtures/cases/explicit-deny/guard-on-group/snapshot.json");
const FIXTURE_DENIAL: &str = include_str!("../../fixtures/cases/explicit-deny/guard-on-group/denial.txt");

/// A user with ten policies of twenty statements, four levels down in an organization with two SCPs a level.
fn realistic() -> (String, String) {
    let statements = |policy: usize| {
        let one = |n: usize| {
            format!(
                r#"{{"Sid":"S{n}","Effect":"Allow","Action":["s3:GetObject","s3:List*"],"Resource":"arn:aws:s3:::team-{policy}-{n}/*","Condition":{{"StringEquals":{{"aws:PrincipalOrgID":"o-exampleorgid"}}}}}}"#
            )
        };
        (0..20).map(one).collect::<Vec<_>>().join(",")
    };
    let inline: Vec<String> = (0..10)
        .map(|n| {
            format!(
                r#"{{"PolicyName":"p{n}","PolicyDocument":{{"Version":"2012-10-17","Statement":[{}]}}}}"#,
                statements(n)
            )
        })
        .collect();
    let guard = |n: usize| {
        format!(
            r#"{{"id":"p-guard{n}","name":"Guard{n}","arn":"arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-guard{n}","aws_managed":false,"content":{{"Version":"2012-10-17","Statement":[{{"Sid":"Guard","Effect":"Deny","NotAction":["iam:*","sts:*","s3:*"],"Resource":"*","Condition":{{"StringNotEquals":{{"aws:RequestedRegion":["eu-west-1"]}}}}}},{{"Effect":"Deny","Action":"s3:PutBucketPolicy","Resource":"arn:aws:s3:::level-{n}-*"}}]}}}}"#
        )
    };
    let guards: Vec<String> = (0..5).map(guard).collect();
    let account = r#"{"id":"111122223333","name":"a","service_control_policies":["p-FullAWSAccess","p-guard4"],"resource_control_policies":[]}"#;
    let mut tree = format!(r#""accounts":[{account}]"#);
    for level in (1..4).rev() {
        tree = format!(
            r#""organizational_units":[{{"id":"ou-ab12-{level}","name":"L{level}","service_control_policies":["p-FullAWSAccess","p-guard{level}"],"resource_control_policies":[],{tree}}}]"#
        );
    }
    let snapshot = format!(
        r#"{{"iamdx_snapshot":1,"accounts":[{{"id":"111122223333","UserDetailList":[{{"UserName":"dora","Arn":"arn:aws:iam::111122223333:user/dora","GroupList":[],"AttachedManagedPolicies":[],"UserPolicyList":[{}]}}],"GroupDetailList":[],"RoleDetailList":[],"Policies":[]}}],"organization":{{"id":"o-exampleorgid","management_account":"444455556666","policies":[{}],"root":{{"id":"r-ab12","name":"Root","service_control_policies":["p-FullAWSAccess","p-guard0"],"resource_control_policies":[],{tree}}}}}}}"#,
        inline.join(","),
        guards.join(",")
    );
    let message = "User: arn:aws:iam::111122223333:user/dora is not authorized to perform: s3:PutObject on resource: \
                   \"arn:aws:s3:::team-3-7/a\" because no identity-based policy allows the s3:PutObject action";
    (snapshot, message.to_owned())
}

fn whole(snapshot: &str, message: &str) -> usize {
    let denials = denial::parse(&Source::new("message", message));
    let snapshot = Snapshot::read("account.json", snapshot.as_bytes().to_vec()).unwrap_or_default();
    let page = |denial| diagnose(denial, &snapshot, &Options::default()).page(Detail::default());
    denials.iter().map(|denial| text(&page(denial), Style::default()).len()).sum()
}

#[divan::bench]
fn fixture(bencher: Bencher<'_, '_>) {
    bencher.bench(|| whole(black_box(FIXTURE), black_box(FIXTURE_DENIAL)));
}

#[divan::bench]
fn ten_policies_under_five_levels(bencher: Bencher<'_, '_>) {
    let (snapshot, message) = realistic();
    bencher.bench(|| whole(black_box(&snapshot), black_box(&message)));
}

#[divan::bench]
fn yardstick_json_of_ten_policies(bencher: Bencher<'_, '_>) {
    let (snapshot, _) = realistic();
    bencher.bench(|| serde_json::from_str::<serde_json::Value>(black_box(&snapshot)));
}
