//! A terminal of 24 rows and 80 columns, by `script` of util-linux.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::project;

/// What the terminal shows while a shell runs the line, with what a person types; `None`, and a word about it, where a machine has no
/// `script`. In the line, `$IAMDX` is the program.
#[expect(clippy::print_stderr, reason = "that it was not tried is to be seen")]
pub(crate) fn terminal(line: &str, typed: &str, variables: &[(&str, &str)]) -> Option<String> {
    let line = format!("stty rows 24 cols 80 -echo; {line}");
    let mut script = Command::new("script");
    script.current_dir(project()).args(["-qec", &line, "/dev/null"]);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_HYPERLINK", "LESS", "PAGER", "CI"] {
        script.env_remove(name);
    }
    for name in ["TERM_PROGRAM", "TERM_PROGRAM_VERSION", "VTE_VERSION", "WT_SESSION", "DOMTERM", "COLORTERM"] {
        script.env_remove(name);
    }
    script.env("TERM", "xterm").env("IAMDX", env!("CARGO_BIN_EXE_iamdx")).envs(variables.iter().copied());
    let Ok(mut script) = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        eprintln!("not tried: this machine has no `script`");
        return None;
    };
    // the end of what is typed is Ctrl-D
    script.stdin.take()?.write_all(typed.as_bytes()).ok()?;
    let run = script.wait_with_output().ok()?;
    Some(String::from_utf8_lossy(&run.stdout).replace("\r\n", "\n"))
}
