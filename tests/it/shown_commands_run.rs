//! The commands that a report prints to see what is missing, run by the AWS CLI as they are printed, and what they wrote fed back.

use std::process::Output;

use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::end_to_end::Scene;
use crate::shown_commands::{Shown, closed, first, shown};

impl Scene {
    /// Runs lines of a shell as an administrator, with policies at hand; what they print.
    fn shell(&self, lines: &str) -> String {
        let output = self.shell_output(&format!("set -e\n{lines}"));
        assert!(output.status.success(), "{lines}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn shell_output(&self, lines: &str) -> Output {
        let own = json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "Closed", "Effect": "Deny", "Action": "*", "Resource": "*"}]});
        self.command("bash", ("test", "test"), 0)
            .args(["-c", lines])
            .envs([
                ("POLICY", closed()),
                ("OWN", own.to_string()),
                ("ATTRIBUTES", json!({"Policy": closed()}).to_string()),
                ("AWS_PAGER", String::new()),
            ])
            .output()
            .unwrap()
    }

    fn diagnose(&self, arguments: &[&str]) -> Value {
        first(&self.emulator.iamdx(&[&["diagnose", "--format", "json"], arguments].concat()).stdout)
    }

    /// Runs what is printed for this gap, each line as it is; the options that take what was written.
    fn see(&self, report: &Value, what: &str) -> Vec<String> {
        let commands = shown(report, what);
        assert!(!commands.is_empty(), "{what}: {report:#}");
        let mut options = Vec::new();
        for Shown { line, then } in commands {
            self.shell(&line);
            let [option, file] = then.as_slice() else { panic!("{line}: {then:?}") };
            options.extend([option.clone(), self.folder.path().join(file).to_string_lossy().into_owned()]);
        }
        options
    }
}

/// What it says of the first thing that blocks.
fn why(report: &Value) -> &str {
    report["blockers"][0]["why"].as_str().unwrap_or_default()
}

/// Resources with a policy in moto: an action, and what makes the resource and prints its ARN.
const KEPT: [(&str, &str); 28] = [
    ("s3:GetObject", "aws s3api create-bucket --bucket example-reports >&2
        aws s3api put-bucket-policy --bucket example-reports --policy \"$POLICY\"
        echo arn:aws:s3:::example-reports/q1.csv"),
    ("kms:Decrypt", "aws kms create-key --query KeyMetadata.Arn --output text --policy \"$POLICY\""),
    ("sqs:SendMessage", "aws sqs create-queue --queue-name orders --attributes \"$ATTRIBUTES\" >&2
        echo arn:aws:sqs:us-east-1:123456789012:orders"),
    ("sns:Publish", "arn=$(aws sns create-topic --name alarms --query TopicArn --output text)
        aws sns set-topic-attributes --topic-arn $arn --attribute-name Policy --attribute-value \"$POLICY\"
        echo $arn"),
    ("secretsmanager:GetSecretValue", "arn=$(aws secretsmanager create-secret --name team/db --secret-string x --query ARN --output text)
        aws secretsmanager put-resource-policy --secret-id $arn --resource-policy \"$POLICY\" >&2
        echo $arn"),
    ("ecr:BatchGetImage", "aws ecr create-repository --repository-name team/web >&2
        aws ecr set-repository-policy --repository-name team/web --policy-text \"$POLICY\" >&2
        echo arn:aws:ecr:us-east-1:123456789012:repository/team/web"),
    ("dynamodb:Query", "aws dynamodb create-table --table-name orders --attribute-definitions AttributeName=a,AttributeType=S \\
            --key-schema AttributeName=a,KeyType=HASH --billing-mode PAY_PER_REQUEST >&2
        arn=arn:aws:dynamodb:us-east-1:123456789012:table/orders
        aws dynamodb put-resource-policy --resource-arn $arn --policy \"$POLICY\" >&2
        echo $arn"),
    ("kinesis:PutRecord", "arn=arn:aws:kinesis:us-east-1:123456789012:stream/clicks
        aws kinesis create-stream --stream-name clicks --shard-count 1
        aws kinesis put-resource-policy --resource-arn $arn --policy \"$POLICY\"
        echo $arn"),
    ("events:PutEvents", "aws events create-event-bus --name orders >&2
        aws events put-permission --event-bus-name orders --policy \"$POLICY\"
        echo arn:aws:events:us-east-1:123456789012:event-bus/orders"),
    ("elasticfilesystem:ClientMount", "id=$(aws efs create-file-system --creation-token x --query FileSystemId --output text)
        aws efs put-file-system-policy --file-system-id $id --policy \"$POLICY\" >&2
        echo arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/$id"),
    ("es:ESHttpGet", "aws opensearch create-domain --domain-name search --access-policies \"$POLICY\" >&2
        echo arn:aws:es:us-east-1:123456789012:domain/search/index"),
    ("execute-api:Invoke", "id=$(aws apigateway create-rest-api --name web --policy \"$POLICY\" --query id --output text)
        echo arn:aws:execute-api:us-east-1:123456789012:$id/prod/GET/pets"),
    ("glue:GetTable", "aws glue put-resource-policy --policy-in-json \"$POLICY\" >&2
        echo arn:aws:glue:us-east-1:123456789012:catalog"),
    ("vpc-lattice-svcs:Invoke", "arn=$(aws vpc-lattice create-service --name web --query arn --output text)
        network=$(aws vpc-lattice create-service-network --name shared --query id --output text)
        aws vpc-lattice create-service-network-service-association --service-identifier ${arn##*/} \\
            --service-network-identifier $network >&2
        aws vpc-lattice put-auth-policy --resource-identifier $network --policy \"$POLICY\" >&2
        aws vpc-lattice put-auth-policy --resource-identifier $arn --policy \"$POLICY\" >&2
        echo $arn/"),
    ("logs:PutLogEvents", "aws logs create-log-group --log-group-name app
        aws logs put-resource-policy --policy-name p --policy-document \"$POLICY\" >&2
        echo arn:aws:logs:us-east-1:123456789012:log-group:app:log-stream:s"),
    ("logs:PutSubscriptionFilter", "aws logs put-destination --destination-name d --target-arn arn:aws:kinesis:us-east-1:123456789012:stream/clicks \\
            --role-arn arn:aws:iam::123456789012:role/job >&2
        aws logs put-destination-policy --destination-name d --access-policy \"$POLICY\"
        echo arn:aws:logs:us-east-1:123456789012:destination:d"),
    ("logs:CreateDelivery", "aws logs put-delivery-destination --name dd \\
            --delivery-destination-configuration destinationResourceArn=arn:aws:s3:::example-reports >&2
        aws logs put-delivery-destination-policy --delivery-destination-name dd --delivery-destination-policy \"$POLICY\" >&2
        echo arn:aws:logs:us-east-1:123456789012:delivery-destination:dd"),
    ("mediastore:GetObject", "aws mediastore create-container --container-name media >&2
        aws mediastore put-container-policy --container-name media --policy \"$POLICY\"
        echo arn:aws:mediastore:us-east-1:123456789012:container/media/x"),
    ("kafka:CreateVpcConnection", "arn=$(aws kafka create-cluster --cluster-name c --kafka-version 3.9.0 --number-of-broker-nodes 1 \\
            --broker-node-group-info InstanceType=kafka.t3.small,ClientSubnets=subnet-1 --query ClusterArn --output text)
        aws kafka put-cluster-policy --cluster-arn $arn --policy \"$POLICY\" >&2
        echo $arn"),
    ("comprehend:ClassifyDocument", "arn=$(aws comprehend create-document-classifier --document-classifier-name x --language-code en \\
            --data-access-role-arn arn:aws:iam::123456789012:role/job --input-data-config S3Uri=s3://b/x \\
            --query DocumentClassifierArn --output text)
        aws comprehend put-resource-policy --resource-arn $arn --resource-policy \"$POLICY\" >&2
        echo $arn"),
    ("s3vectors:GetVectors", "aws s3vectors create-vector-bucket --vector-bucket-name vecs >&2
        aws s3vectors put-vector-bucket-policy --vector-bucket-name vecs --policy \"$POLICY\"
        echo arn:aws:s3vectors:us-east-1:123456789012:bucket/vecs/index/i"),
    ("ses:SendEmail", "aws sesv2 create-email-identity --email-identity example.com >&2
        aws sesv2 create-email-identity-policy --email-identity example.com --policy-name own --policy \"$POLICY\" >&2
        echo arn:aws:ses:us-east-1:123456789012:identity/example.com"),
    ("osis:Ingest", "arn=$(aws osis create-pipeline --pipeline-name pipe-x --min-units 1 --max-units 1 \\
            --pipeline-configuration-body 'version: \"2\"' --query Pipeline.PipelineArn --output text)
        aws osis put-resource-policy --resource-arn $arn --policy \"$POLICY\" >&2
        echo $arn"),
    ("cloudhsm:CopyBackupToRegion", "aws cloudhsmv2 create-cluster --hsm-type hsm1.medium --subnet-ids subnet-12345678 >&2
        arn=$(aws cloudhsmv2 describe-backups --query Backups[0].BackupArn --output text)
        aws cloudhsmv2 put-resource-policy --resource-arn $arn --policy \"$POLICY\" >&2
        echo $arn"),
    ("payment-cryptography:EncryptData", "attributes=KeyAlgorithm=AES_128,KeyClass=SYMMETRIC_KEY,KeyUsage=TR31_D0_SYMMETRIC_DATA_ENCRYPTION_KEY
        arn=$(aws payment-cryptography create-key --exportable --key-attributes $attributes,KeyModesOfUse={Encrypt=true} \\
            --query Key.KeyArn --output text)
        aws payment-cryptography put-resource-policy --resource-arn $arn --policy \"$POLICY\" >&2
        echo $arn"),
    ("dsql:DbConnect", "arn=$(aws dsql create-cluster --query arn --output text)
        aws dsql put-cluster-policy --identifier ${arn##*/} --policy \"$POLICY\" >&2
        echo $arn"),
    ("lex:RecognizeText", "id=$(aws lexv2-models create-bot --bot-name bot --role-arn arn:aws:iam::123456789012:role/job \\
            --data-privacy childDirected=false --idle-session-ttl-in-seconds 60 --query botId --output text)
        arn=arn:aws:lex:us-east-1:123456789012:bot/$id
        aws lexv2-models create-resource-policy --resource-arn $arn --policy \"$POLICY\" >&2
        echo $arn"),
    ("sts:AssumeRole", "aws iam create-role --role-name gate --assume-role-policy-document \"$POLICY\" --query Role.Arn --output text"),
];

#[test]
fn what_prints_the_policy_of_a_resource_in_moto_is_read_as_it_is_printed() {
    let Some(emulator) = Emulator::moto() else { return };
    let scene = Scene::new(emulator);
    for (action, made) in KEPT {
        let arn = scene.shell(made);
        let denial = format!(
            "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: {action} on resource: {arn} with an explicit deny in a \
             resource-based policy"
        );
        let what = match action {
            "vpc-lattice-svcs:Invoke" => "auth policy of",
            "sts:AssumeRole" => "trust policy of",
            _ => "policy of arn:",
        };
        let options = scene.see(&scene.diagnose(&["-m", &denial]), what);
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let after = scene.diagnose(&[&["-m", &denial], options.as_slice()].concat());
        assert!(why(&after).starts_with("statement `Closed` of "), "{action}: {after:#}");
    }
    // of a queue `sqs get-queue-url` was run, too, and of a service in a network
    // `vpc-lattice list-service-network-service-associations`; functions and layers take single permissions; these nearly allow it
    scene.shell(
        "role=$(aws iam create-role --role-name job --assume-role-policy-document \"$POLICY\" --query Role.Arn --output text)
        python3 -c 'import zipfile; zipfile.ZipFile(\"f.zip\", \"w\").writestr(\"f.py\", \"x\")'
        aws lambda create-function --function-name job --runtime python3.12 --handler f.x --zip-file fileb://f.zip --role $role
        aws lambda add-permission --function-name job --statement-id Open --action lambda:InvokeFunction --principal 123456789012
        aws lambda publish-layer-version --layer-name libs --zip-file fileb://f.zip
        aws lambda add-layer-version-permission --layer-name libs --version-number 1 --statement-id Open \\
            --action lambda:GetLayerVersion --principal 123456789012",
    );
    for (action, rest) in [("lambda:InvokeFunction", "function:job"), ("lambda:GetLayerVersion", "layer:libs:1")] {
        let denial = format!(
            "User: arn:aws:iam::444455556666:user/alice is not authorized to perform: {action} on resource: \
             arn:aws:lambda:us-east-1:123456789012:{rest} because no resource-based policy allows the {action} action"
        );
        let options = scene.see(&scene.diagnose(&["-m", &denial]), "policy of arn:");
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let after = scene.diagnose(&[&["-m", &denial], options.as_slice()].concat());
        assert!(
            shown(&after, "policy of arn:").is_empty() && after.to_string().contains("Open"),
            "{action}: {after:#}"
        );
    }
}

#[test]
fn what_prints_other_policies_is_read_as_it_is_printed() {
    let Some(emulator) = Emulator::moto() else { return };
    let scene = Scene::new(emulator);
    // `iam get-account-authorization-details`: a user's policies, those of its group, and its boundary
    scene.shell(
        "aws iam create-user --user-name alice
        arn=$(aws iam create-policy --policy-name limit --policy-document \"$OWN\" --query Policy.Arn --output text)
        aws iam create-role --role-name job --assume-role-policy-document \"$POLICY\" --permissions-boundary $arn
        aws iam create-group --group-name staff
        aws iam add-user-to-group --group-name staff --user-name alice
        aws iam put-group-policy --group-name staff --policy-name shared --policy-document \"$OWN\"",
    );
    for (who, kind, what) in [
        ("iam::123456789012:user/alice", "an identity-based policy", "identity-based policies of user alice"),
        // moto does not tell the boundary of a user
        ("sts::123456789012:assumed-role/job/x", "a permissions boundary", "permissions boundary of role job"),
    ] {
        let denial = format!(
            "User: arn:aws:{who} is not authorized to perform: iam:ListRoles on resource: * with an explicit deny in {kind}"
        );
        let options = scene.see(&scene.diagnose(&["-m", &denial]), what);
        let after = scene.diagnose(&["-m", &denial, &options[0], &options[1]]);
        assert!(why(&after).starts_with("statement `Closed` of "), "{who}: {after:#}");
    }
    // `iam get-policy` and `iam get-policy-version`: a boundary that the file names and does not hold
    let account = scene.folder.path().join("bob.json");
    let user = json!({"UserDetailList": [{"UserName": "bob", "Arn": "arn:aws:iam::123456789012:user/bob", "PermissionsBoundary":
        {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/limit"}}]});
    std::fs::write(&account, user.to_string()).unwrap();
    let denial = "User: arn:aws:iam::123456789012:user/bob is not authorized to perform: iam:ListRoles on resource: * with an explicit deny in a \
                  permissions boundary";
    let known = ["-m", denial, "--snapshot", &account.to_string_lossy()];
    let options = scene.see(&scene.diagnose(&known), "permissions boundary `limit`");
    let after = scene.diagnose(&[&known[..], &[&options[0], &options[1]]].concat());
    assert!(why(&after).starts_with("statement `Closed` of "), "{after:#}");
    // `ec2 describe-vpc-endpoints`
    let id = scene.shell(
        "vpc=$(aws ec2 describe-vpcs --query Vpcs[0].VpcId --output text)
        aws ec2 create-vpc-endpoint --vpc-id $vpc --service-name com.amazonaws.us-east-1.sqs --vpc-endpoint-type Interface \\
            --policy-document \"$POLICY\" --query VpcEndpoint.VpcEndpointId --output text",
    );
    let denial = "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: sqs:SendMessage on resource: \
                  arn:aws:sqs:us-east-1:123456789012:orders with an explicit deny in a VPC endpoint policy";
    let context = format!("aws:SourceVpce={id}");
    let known = ["-m", denial, "--context", &context];
    let options = scene.see(&scene.diagnose(&known), &format!("policy of VPC endpoint {id}"));
    let after = scene.diagnose(&[&known[..], &[&options[0], &options[1]]].concat());
    assert!(why(&after).starts_with("statement `Closed` of "), "{after:#}");
    assert!(shown(&after, "VPC endpoint").is_empty(), "{after:#}");
}

#[test]
fn what_a_fix_prints_to_see_the_policy_first_is_read_as_it_is_printed() {
    let Some(emulator) = Emulator::moto() else { return };
    let scene = Scene::new(emulator);
    let endpoint = scene.shell(
        "arn=$(aws iam create-policy --policy-name limit --policy-document \"$OWN\" --query Policy.Arn --output text)
        aws iam create-role --role-name job --assume-role-policy-document \"$POLICY\" --permissions-boundary $arn >&2
        aws sqs create-queue --queue-name orders --attributes \"$ATTRIBUTES\" >&2
        aws organizations create-organization >&2
        root=$(aws organizations list-roots --query Roots[0].Id --output text)
        id=$(aws organizations create-policy --type SERVICE_CONTROL_POLICY --name n --description d --content \"$OWN\" \
            --query Policy.PolicySummary.Id --output text)
        aws organizations attach-policy --policy-id $id --target-id 123456789012 >&2
        vpc=$(aws ec2 describe-vpcs --query Vpcs[0].VpcId --output text)
        aws ec2 create-vpc-endpoint --vpc-id $vpc --service-name com.amazonaws.us-east-1.sqs --vpc-endpoint-type Interface \
            --policy-document \"$POLICY\" --query VpcEndpoint.VpcEndpointId --output text",
    );
    let attached = "--query \"Policies[?Name=='n'].Id\" --output text";
    for (kind, option, calls) in [
        // `iam get-role`; moto does not tell the boundary of a user
        ("a permissions boundary", "--permissions-boundary", 2),
        ("a permissions boundary: arn:aws:iam::123456789012:policy/limit", "--permissions-boundary", 1),
        // `organizations list-policies-for-target`
        ("a service control policy", "--scp", 2),
        ("a VPC endpoint policy", "--vpc-endpoint-policy", 1),
        ("a resource-based policy", "--resource-policy", 1),
    ] {
        let denial = format!(
            "User: arn:aws:sts::123456789012:assumed-role/job/x is not authorized to perform: sqs:SendMessage on resource: \
             arn:aws:sqs:us-east-1:123456789012:orders with an explicit deny in {kind}"
        );
        let context = format!("aws:SourceVpce={endpoint}");
        let known = ["-m", &denial, "--context", &context];
        let report = scene.diagnose(&known);
        let printed = report["remedies"][0]["commands"].as_array().unwrap();
        let mut lines: Vec<&str> = printed.iter().map(|line| line.as_str().unwrap()).collect();
        assert_eq!(lines.len(), calls, "{report:#}");
        // the reader fills in the id that the first one lists
        let listed = lines[0].split("  # ").next().unwrap();
        let filled = format!("export FILL_IN_POLICY_ID=$({listed} {attached})");
        if listed.contains("list-policies-for-target") {
            lines[0] = &filled;
        }
        scene.shell(&lines.join("\n"));
        let file = scene.folder.path().join("policy.json").to_string_lossy().into_owned();
        let after = scene.diagnose(&[&known[..], &[option, &file]].concat());
        assert!(why(&after).starts_with("statement `Closed` of "), "{kind}: {after:#}");
        std::fs::remove_file(&file).unwrap();
    }
}

#[test]
fn who_asks_is_read_behind_the_denial() {
    // the user of moto has an ARN that AWS does not give to anybody
    let Some(emulator) = Emulator::ministack() else { return };
    let scene = Scene::new(emulator);
    let file = scene.folder.path().join("denial.txt");
    let denial = "An error occurred (AccessDenied) when calling the ListRoles operation: Access Denied";
    std::fs::write(&file, format!("{denial}\n")).unwrap();
    let path = file.to_string_lossy();
    let report = scene.diagnose(&[&path]);
    let asked = shown(&report, "identity-based policies of the principal");
    let [Shown { line, then }] = asked.as_slice() else { panic!("{report:#}") };
    assert_eq!(
        (line.as_str(), then.join(" ").as_str()),
        ("aws sts get-caller-identity >> denial.txt", "iamdx diagnose denial.txt")
    );
    scene.shell(line);
    let after = scene.diagnose(&[&path]);
    assert!(after["request"]["principal"].to_string().contains("arn:aws:iam::000000000000:"), "{after:#}");
    assert!(shown(&after, "the principal").is_empty(), "{after:#}");
}
