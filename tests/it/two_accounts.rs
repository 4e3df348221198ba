//! Where caller and resource belong to two accounts: every command says whose credentials it needs, nothing is said to stand below that
//! does not, and what prints a policy prints what the command that replaces it takes.

use crate::support::iamdx;

/// The report of a message of role `app` of account 111122223333, in this length.
fn report(action: &str, resource: &str, said: &str, length: &[&str]) -> String {
    let text = format!(
        "User: arn:aws:sts::111122223333:assumed-role/app/run-1 is not authorized to perform: {action} on resource: {resource} {said}"
    );
    iamdx(&[&["diagnose", "-m", &text], length].concat(), b"").stdout
}

/// The lines of a section.
fn section<'t>(text: &'t str, heading: &str) -> &'t str {
    let start = text.find(heading).unwrap_or_else(|| panic!("no {heading}\n{text}"));
    let end = text[start..].find("\nMORE").map_or(text.len(), |end| start + end);
    &text[start..end]
}

#[test]
fn every_command_of_two_accounts_says_whose_credentials_it_needs() {
    let key = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let text = report("kms:Decrypt", key, "because no resource-based policy allows the kms:Decrypt action", &["--all"]);
    let not_checked = section(&text, "NOT CHECKED");
    let lines: Vec<&str> = not_checked.lines().map(str::trim).collect();
    let told = |command: &str, note: &str| {
        let at = lines.iter().position(|line| line.starts_with(command)).unwrap_or_else(|| panic!("{command}\n{text}"));
        assert_eq!(lines[at + 1], note, "{text}");
    };
    told("aws kms get-key-policy", "# with credentials of account 444455556666; then: --resource-policy policy.json");
    told(
        "aws iam get-account-authorization-details",
        "# with credentials of account 111122223333; then: --snapshot account.json",
    );
    // within one account nothing is to be said
    let own = key.replace("444455556666", "111122223333");
    let text =
        report("kms:Decrypt", &own, "because no resource-based policy allows the kms:Decrypt action", &["--all"]);
    assert!(!text.contains("with credentials of account"), "{text}");
}

/// One of each kind of resource whose policy iamdx knows how to set, with an action on it.
const RESOURCES: [(&str, &str); 14] = [
    ("s3:GetObject", "arn:aws:s3:::reports/q1.csv"),
    ("s3:GetObject", "arn:aws:s3:eu-west-1:111122223333:accesspoint/team/object/q1.csv"),
    ("s3express:CreateSession", "arn:aws:s3express:eu-west-1:111122223333:bucket/logs--euw1-az1--x-s3"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ("sns:Publish", "arn:aws:sns:eu-west-1:111122223333:alerts"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:jobs"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"),
    ("dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"),
    ("ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:111122223333:repository/team/shop"),
    ("kinesis:PutRecord", "arn:aws:kinesis:eu-west-1:111122223333:stream/clicks"),
    ("events:PutEvents", "arn:aws:events:eu-west-1:111122223333:event-bus/orders"),
    ("backup:CopyIntoBackupVault", "arn:aws:backup:eu-west-1:111122223333:backup-vault:daily"),
    ("elasticfilesystem:ClientMount", "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0a1b2c3d"),
    ("vpc-lattice-svcs:Invoke", "arn:aws:vpc-lattice:eu-west-1:111122223333:service/svc-0a1b/orders"),
];

/// What replaces a policy takes the document, not the answer that has it among other members.
/// <https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-filter.html>
#[test]
fn what_prints_a_policy_prints_what_replaces_it() {
    let mut without = Vec::new();
    for (action, resource) in RESOURCES {
        let said = format!("because no resource-based policy allows the {action} action");
        let text = report(action, resource, &said, &["--all"]);
        let (fix, _) = text.split_once("\nNOT CHECKED").unwrap();
        let commands: Vec<&str> = fix.lines().map(str::trim).filter(|line| line.starts_with("aws ")).collect();
        let replaces = commands.iter().any(|command| command.contains("file://policy.json"));
        if !replaces {
            without.push(action);
            continue;
        }
        let prints = commands.iter().find(|command| command.ends_with("> policy.json"));
        let prints = prints.unwrap_or_else(|| panic!("{resource}: nothing shows what is replaced\n{text}"));
        assert!(prints.contains(" --query ") && prints.contains(" --output text "), "{resource}: {prints}");
    }
    // these take it in another form, which `--write-remedies` writes
    assert_eq!(without, ["sqs:SendMessage", "vpc-lattice-svcs:Invoke"]);
}

#[test]
fn what_stands_below_stands_below() {
    let role = "arn:aws:iam::444455556666:role/deploy";
    let said = [
        ("sts:AssumeRole", role, "because no identity-based policy allows the sts:AssumeRole action"),
        ("sts:AssumeRole", role, ""),
        (
            "sqs:SendMessage",
            "arn:aws:sqs:eu-west-1:444455556666:jobs",
            "because no resource-based policy allows the sqs:SendMessage action",
        ),
    ];
    for (action, resource, said) in said {
        let screen = report(action, resource, said, &[]);
        assert!(screen.contains("must allow it") && screen.contains(": see --all"), "{screen}");
        assert_eq!(screen.matches("\"Effect\": \"Allow\"").count(), 1, "{screen}");
        let all = report(action, resource, said, &["--all"]);
        let (_, below) = all.split_once(": see below").unwrap_or_else(|| panic!("{all}"));
        assert!(below.contains("\"Effect\": \"Allow\"") && below.contains(" -  in account "), "{all}");
    }
}
