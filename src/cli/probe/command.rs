//! The command that makes a probe again, as a shell takes it.

use crate::cli::ARGUMENTS;
use crate::iam::Command;

/// Options that say nothing about what is probed.
const LEFT_OUT: [&str; 1] = ["--no-waits"];

/// The command of this process, with the Regions that were taken.
pub(super) fn again(regions: &[String]) -> Command {
    written(ARGUMENTS.get().cloned().unwrap_or_default(), regions)
}

/// An argument is quoted where a shell would read more into it.
fn written(mut arguments: Vec<String>, regions: &[String]) -> Command {
    arguments.retain(|argument| !LEFT_OUT.contains(&argument.as_str()));
    let named = ["--region", "--regions"];
    let is_named =
        |argument: &String| named.iter().any(|name| argument == name || argument.starts_with(&format!("{name}=")));
    if !arguments.iter().any(is_named) {
        arguments.extend(["--regions".to_owned(), regions.join(",")]);
    }
    arguments.into_iter().fold(Command::new("iamdx"), Command::word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_pasted_into_a_shell_and_calls_the_same_regions() {
        let again = |arguments: &[&str]| {
            written(arguments.iter().map(|argument| (*argument).to_owned()).collect(), &["us-east-1".to_owned()]).line()
        };
        assert_eq!(again(&["probe", "bedrock"]), "iamdx probe bedrock --regions us-east-1");
        assert_eq!(
            again(&["probe", "bedrock", "--no-waits", "--region=eu-west-3", "--input", "old report's.md"]),
            r#"iamdx probe bedrock --region=eu-west-3 --input "old report's.md""#
        );
    }
}
