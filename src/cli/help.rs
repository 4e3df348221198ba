//! What the help of a command ends with: examples, and the exit codes that the command can give.

use std::fmt::Write as _;

use super::exit;

/// A command, lines that a person may type, and the exit codes that it can give.
struct Row {
    command: &'static str,
    examples: &'static [&'static str],
    codes: &'static [u8],
}

const ROWS: &[Row] = &[
    Row {
        command: "",
        examples: &[
            "iamdx diagnose denial.txt --snapshot account.json",
            "iamdx explain denial.txt",
            "iamdx help diagnose",
        ],
        codes: &[0, 1, 2, 3, 4, 5],
    },
    Row {
        command: "explain",
        examples: &[
            "iamdx explain error.txt",
            "iamdx explain logs/ 'ci/**/*.log'",
            "aws s3 ls s3://reports 2>&1 | iamdx explain",
            "iamdx explain --ndjson messages.jsonl --output answers.jsonl",
        ],
        codes: &[0, 2, 5],
    },
    Row {
        command: "triage",
        examples: &[
            "iamdx triage AWSLogs/",
            "iamdx triage logs --since 2026-11-01 --state trail.state",
            #[cfg(feature = "live")]
            "iamdx triage AWSLogs/ --live --profile audit --save account.json",
            "iamdx triage merge one.json two.json --format html -o denials.html",
        ],
        codes: &[0, 2, 4, 5],
    },
    Row {
        command: "diagnose",
        examples: &[
            "iamdx diagnose denial.txt --snapshot account.json",
            "aws s3 ls s3://reports 2>&1 | iamdx diagnose --identity-policy policy.json",
            #[cfg(feature = "live")]
            "iamdx diagnose denial.txt --live --profile audit",
            "iamdx diagnose logs/ --snapshot account.json --brief",
            "iamdx diagnose trail.json.gz --snapshot account.json --format html -o report.html",
        ],
        codes: &[0, 2, 3, 4, 5],
    },
    Row {
        command: "run",
        examples: &[
            "iamdx run -- aws s3 ls s3://reports",
            "iamdx run --snapshot account.json -- terraform apply",
            #[cfg(feature = "live")]
            "iamdx run --live -- aws lambda invoke --function-name report out.json",
        ],
        codes: &[],
    },
    Row {
        command: "simulate",
        examples: &[
            "iamdx simulate --principal arn:aws:iam::111122223333:user/alice \\\n    --action s3:GetObject --resource arn:aws:s3:::reports/q1.csv --snapshot account.json",
            "iamdx simulate --who --action iam:CreateUser --resource '*' --snapshot account.json",
            "iamdx simulate --batch cases.jsonl",
        ],
        codes: &[0, 1, 2, 3, 4],
    },
    Row {
        command: "test",
        examples: &["iamdx test cases.jsonl", "iamdx test cases.json --format json"],
        codes: &[0, 1, 2],
    },
    Row {
        command: "diff",
        examples: &[
            "iamdx diff old.json new.json",
            "git show main:policy.json | iamdx diff - policy.json",
            "iamdx diff --base origin/main --fail-on write policies",
        ],
        codes: &[0, 1, 2, 3],
    },
    Row {
        command: "snapshot",
        examples: &["iamdx snapshot --output account.json", "iamdx snapshot --output account.json --profile audit"],
        codes: &[0, 2, 4],
    },
    Row { command: "probe", examples: &["iamdx probe bedrock"], codes: &[0, 1, 2, 3, 4, 5] },
    Row {
        command: "probe bedrock",
        examples: &[
            "iamdx probe bedrock",
            "iamdx probe bedrock --models sonnet,haiku --regions us-east-1,eu-west-1",
            "iamdx probe bedrock --dry",
        ],
        codes: &[0, 1, 2, 3, 4, 5],
    },
    Row { command: "doctor", examples: &["iamdx doctor", "iamdx doctor --table"], codes: &[0, 2, 4] },
    Row { command: "cause", examples: &["iamdx cause", "iamdx cause scp", "iamdx cause mfa"], codes: &[0, 2] },
    Row {
        command: "mcp",
        examples: &[
            "iamdx mcp",
            "iamdx mcp --root infrastructure",
            #[cfg(feature = "live")]
            "iamdx mcp --live --profile audit --redact",
        ],
        codes: &[0, 2],
    },
    Row { command: "schema", examples: &["iamdx schema > report-schema.json"], codes: &[0, 2] },
    Row { command: "completions", examples: &["iamdx completions bash > iamdx.bash"], codes: &[0, 2] },
    Row { command: "hook", examples: &["iamdx hook bash >> ~/.bashrc", "iamdx hook fish | source"], codes: &[0, 2] },
    Row { command: "man", examples: &["iamdx man > iamdx.1"], codes: &[0, 2] },
    Row { command: "help", examples: &["iamdx help diagnose", "iamdx help exit-codes"], codes: &[0, 2] },
];

/// The command line, the help of each of its commands with its examples and exit codes.
pub(crate) fn with_examples(mut command: clap::Command, above: &str) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    for name in names {
        let path = format!("{above} {name}").trim_start().to_owned();
        command = command.mut_subcommand(&name, |command| with_examples(command, &path));
    }
    let Some(row) = ROWS.iter().find(|row| row.command == above && !command.is_hide_set()) else {
        return command;
    };
    let header = *command.get_styles().get_header();
    let mut end = format!("{header}Examples:{header:#}\n");
    // writing to a string cannot fail
    for example in row.examples {
        let _ = writeln!(end, "  {example}");
    }
    let _ = write!(end, "\n{header}Exit codes:{header:#}");
    if row.codes.is_empty() {
        end.push_str("\n  those of the command; 128 and the signal's number where one ends it;\n  126 and 127 where it cannot be run or is not found");
    }
    for (code, meaning) in exit::codes(row.command, row.codes) {
        let _ = write!(end, "\n  {code}  {meaning}");
    }
    let long = command.get_after_long_help().map(|before| format!("{}\n\n{end}", before.ansi()));
    let command = command.after_help(end);
    match long {
        Some(long) => command.after_long_help(long),
        None => command,
    }
}

#[cfg(test)]
mod tests {
    use super::ROWS;
    use crate::cli::definition;

    /// What a shell makes of the line, from the name of the program on: no example has a space within quotes.
    fn arguments(example: &str) -> Vec<&str> {
        let words = example.split_whitespace().skip_while(|word| *word != "iamdx");
        words
            .take_while(|word| !matches!(*word, "|" | ">" | ">>"))
            .filter(|word| *word != "\\")
            .map(|word| word.trim_matches('\''))
            .collect()
    }

    #[test]
    fn every_command_has_examples_that_it_understands() {
        let definition = definition();
        let shown = |name: &str| {
            name.is_empty() || definition.find_subcommand(name).is_some_and(|command| !command.is_hide_set())
        };
        let mut seen = 0;
        for row in ROWS.iter().filter(|row| shown(row.command.split(' ').next().unwrap())) {
            for example in row.examples {
                let parsed = definition.clone().try_get_matches_from(arguments(example));
                assert!(parsed.is_ok(), "{example}\n{}", parsed.unwrap_err());
                assert!(example.lines().all(|line| line.len() <= 88), "{example}");
                seen += 1;
            }
        }
        assert!(seen > 15, "{seen}");
        for command in definition.get_subcommands().filter(|command| !command.is_hide_set()) {
            assert!(ROWS.iter().any(|row| row.command == command.get_name()), "{}", command.get_name());
        }
    }
}
