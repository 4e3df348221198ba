//! `diagnose --write-remedies DIR`: each remedy as files, ready to be read, reviewed and carried out by a person.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::{Error, output};
use crate::iam::{Command, Word, secret};
use crate::remedy::{Disposition, Edit, Remedy, RemedyId, RemedyKind};
use crate::render::{self, Commands, Line, Precheck, Room, Standing, Unused};
use crate::report::{Report, danger_lines, printable, unified, words};
use crate::text::quoted;

/// Writes a folder for each remedy with edits, and an index; the number of folders.
///
/// # Errors
/// When a document holds a secret, when the folder holds something else, or when it cannot be written.
pub(crate) fn write_remedies(folder: &str, reports: &[Report]) -> Result<usize, Error> {
    let mut all: Vec<(String, &Report, &Remedy)> = Vec::new();
    for (number, report) in reports.iter().enumerate() {
        for remedy in report.remedies.iter().filter(|remedy| !remedy.edits.is_empty()) {
            // the change for several denials is one of each of them
            let is_own = reports.len() > 1 && !matches!(remedy.id, RemedyId::Together(_));
            let name = if is_own { format!("{}-{}", number + 1, remedy.id) } else { remedy.id.to_string() };
            all.push((name, report, remedy));
        }
    }
    // all or nothing: half a remedy is worse than none
    for (_, _, remedy) in &all {
        no_secret(remedy)?;
    }
    let folder = Path::new(folder);
    create(folder)?;
    let mut written: BTreeSet<&str> = BTreeSet::new();
    for (name, report, remedy) in &all {
        if written.insert(name) {
            write_one(&folder.join(name), report, remedy)?;
        }
    }
    write(folder, "README.md", &index(&all, reports))?;
    Ok(written.len())
}

/// A document without its secret is another document, and with it it would leave.
fn no_secret(remedy: &Remedy) -> Result<(), Error> {
    let holds = |edit: &&Edit| {
        !secret::find(edit.after.document.source.text()).is_empty() || !secret::find(edit.text_before()).is_empty()
    };
    match remedy.edits.iter().find(holds) {
        None => Ok(()),
        Some(edit) => Err(Error::Secret(format!(
            "`{}` holds a secret, so no remedy is written. Take the secret out of the policy first, and count it as leaked",
            printable(&edit.after.name)
        ))),
    }
}

/// Makes a folder; one that leads elsewhere is not written to.
fn create(folder: &Path) -> Result<(), Error> {
    let fail = |error| Error::Write { path: folder.display().to_string(), error };
    std::fs::create_dir_all(folder).map_err(fail)?;
    Ok(())
}

/// Writes a file whole or not at all; a link in its place is replaced, not followed.
fn write(folder: &Path, name: &str, text: &str) -> Result<(), Error> {
    let path = folder.join(name);
    if path.is_symlink() {
        std::fs::remove_file(&path).map_err(|error| Error::Write { path: path.display().to_string(), error })?;
    }
    output::write_file(&path.display().to_string(), text)
}

fn write_one(folder: &Path, report: &Report, remedy: &Remedy) -> Result<(), Error> {
    let files = files(report, remedy);
    if folder.is_symlink() {
        return Err(Error::Input(format!("`{}` is a link. Give another folder", folder.display())));
    }
    create(folder)?;
    // what another run left would pass for a part of this remedy
    let entries =
        std::fs::read_dir(folder).map_err(|error| Error::Read { path: folder.display().to_string(), error })?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with(MADE) && !files.iter().any(|(own, _)| *own == name) {
            return Err(Error::Input(format!(
                "`{}` holds `{}`, which is not of this remedy. Give another folder, or take the file away",
                folder.display(),
                printable(&name)
            )));
        }
    }
    files.iter().try_for_each(|(name, text)| write(folder, name, text))
}

/// The files of a remedy: their names, which are made of letters, digits, `-`, `_` and our own endings, and their texts.
fn files(report: &Report, remedy: &Remedy) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for edit in &remedy.edits {
        let text = edit.after.document.source.text();
        files.push((edit.file(), text.to_owned()));
        if edit.before.is_some() {
            files.push((edit.file_before(), edit.text_before().to_owned()));
        }
        let (after, before) = render::argument_files(edit);
        files.extend(render::argument_text(edit, text).map(|text| (after, text)));
        let old = render::argument_text(edit, edit.text_before()).filter(|_| edit.before.is_some());
        files.extend(old.map(|text| (before, text)));
        files.push((format!("{}.diff", edit.file_stem), unified(edit)));
    }
    // each owner gets scripts of its own: they are run with other credentials
    let owners = remedy.owners();
    for owner in &owners {
        let own: Vec<Step> = remedy
            .edits
            .iter()
            .enumerate()
            .filter(|(_, edit)| edit.owner_in_account() == *owner)
            .map(|(number, edit)| Step {
                made: edit.is_new().then(|| format!("{MADE}{}", number + 1)),
                commands: render::edit_commands(edit),
            })
            .collect();
        let ending = if owners.len() > 1 { format!("-{}", in_file_name(owner)) } else { String::new() };
        files.push((format!("commands{ending}.sh"), forward(remedy, &own)));
        files.push((format!("way-back{ending}.sh"), way_back(remedy, &own)));
    }
    if let Some(terraform) = render::to_terraform(&remedy.edits) {
        files.push(("remedy.tf".to_owned(), terraform));
    }
    if let Some(template) = render::to_cloudformation(&remedy.edits) {
        files.push(("cloudformation.template.json".to_owned(), template));
    }
    let page = page(report, remedy, &files);
    files.push(("README.md".to_owned(), page));
    files
}

/// An owner as a part of a file's name.
fn in_file_name(owner: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    owner.replace(" of ", "-").chars().map(plain).collect()
}

/// The commands of one edit, and for something new the file that tells that it was made: what was there before has the same name, and must
/// not be taken away.
struct Step {
    made: Option<String>,
    commands: Commands,
}

/// How the names of those files start.
const MADE: &str = ".made-";

/// The start of a script: what it is, and the values that must be filled in. What cannot be carried out whole is not begun; then the
/// second part is `false`.
fn opening<'c>(remedy: &Remedy, commands: impl Iterator<Item = &'c Command> + Clone) -> (String, bool) {
    let mut text = format!(
        "#!/usr/bin/env bash\n# {}\n# Read it before you run it: iamdx has changed nothing in AWS, this does.\n\
         cd \"$(dirname \"$0\")\" || exit 1\nexport AWS_PAGER=\n",
        line(&words::remedy::title(remedy))
    );
    let blanks: BTreeSet<String> = commands.clone().flat_map(Command::blanks).map(|blank| blank.variable()).collect();
    for blank in blanks {
        // writing to a string cannot fail
        let _ = writeln!(text, ": \"${{{blank}:?}}\"");
    }
    let mut commands = commands;
    if let Some(impossible) = commands.find(|command| !command.is_possible()) {
        let _ = write!(text, "{}\nexit 1\n", impossible.line());
        return (text, false);
    }
    (text, true)
}

/// The script that carries the change out, and stops at the first command that fails.
fn forward(remedy: &Remedy, steps: &[Step]) -> String {
    let command = |line: &'_ Line| if let Line::Command(command) = line { Some(command.clone()) } else { None };
    let checks: Vec<Precheck> = steps.iter().filter_map(|step| step.commands.precheck.clone()).collect();
    let applied = steps.iter().flat_map(|step| &step.commands.apply).filter_map(command);
    let all: Vec<Command> = checks.iter().map(|check| check.look.clone()).chain(applied).collect();
    let (mut text, possible) = opening(remedy, all.iter());
    if !possible {
        return text;
    }
    for Precheck { look, unused } in checks {
        let look = look.line();
        let _ = match &unused {
            Unused::Name => write!(
                text,
                "if ! {look} 2>&1 | grep -q NoSuchEntity; then\n  echo 'there is a policy of this name, or it could not be looked up: nothing was changed' >&2\n  exit 1\nfi\n"
            ),
            Unused::Other(file) => write!(
                text,
                "if ! said=$({look} 2>&1); then\n  printf '%s\\n' \"$said\" 'the policy that is there now could not be looked up: nothing was changed' >&2\n  \
                 exit 1\nfi\nif [ \"$(printf '%s' \"$said\" | tr -d '[:space:]')\" != \"$(tr -d '[:space:]' < {file})\" ]; then\n  \
                 echo 'the policy that is there now is another one than in {file}, and would be replaced: nothing was changed. Add the change to that one' >&2\n  \
                 exit 1\nfi\n"
            ),
            Unused::Place => write!(
                text,
                "if said=$({look} 2>&1); then\n  case \"$said\" in\n    '' | None | null) ;;\n    *)\n      \
                 echo 'there is a policy already, which this one would replace: nothing was changed. Add the new statements to that one' >&2\n      exit 1\n      ;;\n  esac\nelse\n  case \"$said\" in\n    {GONE}) ;;\n    *)\n      \
                 printf '%s\\n' \"$said\" 'whether there is a policy already could not be looked up: nothing was changed' >&2\n      \
                 exit 1\n      ;;\n  esac\nfi\n"
            ),
        };
    }
    for Step { made, commands } in steps {
        if let Some(room) = &commands.room {
            let (find, delete) = (room.find.line(), room.delete.line());
            let spare = Room::VARIABLE;
            let _ = write!(
                text,
                "# AWS keeps five versions: where there are five, the oldest that does not count goes\n{find} || exit 1\n\
                 case \"${spare}\" in\n  '' | None) ;;\n  *) {delete} || exit 1 ;;\nesac\n"
            );
        }
        let known = commands.room.as_ref().and_then(|room| room.known.as_ref());
        for line in &commands.apply {
            let _ = match line {
                Line::Command(command) if Some(command) == known => Ok(()),
                Line::Command(command) => writeln!(text, "{} || exit 1", command.line()),
                remark => writeln!(text, "{remark}"),
            };
            if let (Some(made), Line::Command(_)) = (made, line) {
                let _ = writeln!(text, ": > {made}");
            }
        }
    }
    text
}

/// What AWS answers when there is nothing to take away, or it is taken away already.
const GONE: &str = "*NoSuchEntity* | *PolicyNotAttached* | *PolicyNotFound* | *NoSuchBucketPolicy* | *ResourceNotFound* | *NotFoundException*";

/// The script that restores what was there before. The change may have stopped anywhere, so each step is tried whatever became of the
/// others, and what is not there needs no taking away.
fn way_back(remedy: &Remedy, steps: &[Step]) -> String {
    let all: Vec<&Command> = steps.iter().flat_map(|step| &step.commands.rollback).collect();
    let (mut text, possible) = opening(remedy, all.iter().copied());
    if !possible || all.is_empty() {
        return text;
    }
    let _ = write!(
        text,
        "# it may be run again, and after a change that stopped half way: each step is tried, and what is gone already is no failure\n\
         failed=0\ntake_away() {{\n  said=$(\"$@\" 2>&1) && return\n  case \"$said\" in\n    {GONE}) ;;\n    *)\n      printf '%s\\n' \"$said\" >&2\n      failed=1\n      ;;\n  esac\n}}\n"
    );
    for Step { made, commands } in steps.iter().rev().filter(|step| !step.commands.rollback.is_empty()) {
        if let Some(made) = made {
            let _ = writeln!(text, "if [ -e {made} ]; then");
        }
        // a change that did not come to this policy left it as it was; what cannot be looked up is tried
        if let Some(standing) = &commands.standing {
            let (find, version) = (standing.find.line(), quoted(&standing.version));
            let _ = write!(text, "{find}\nif [ \"${}\" != {version} ]; then\n", Standing::VARIABLE);
        }
        for command in &commands.rollback {
            let _ = writeln!(text, "{}", taken_back(command));
        }
        if commands.standing.is_some() {
            text.push_str("fi\n");
        }
        if let Some(made) = made {
            let _ = writeln!(
                text,
                "[ \"$failed\" = 0 ] && rm -f {made}\nelse\n  echo 'one step is left out: the script of the change did not come to it in this folder ({made})' >&2\nfi"
            );
        }
    }
    text.push_str("exit \"$failed\"\n");
    text
}

/// One command of a way back.
fn taken_back(command: &Command) -> String {
    let words = command.as_words();
    let needed = words.iter().find_map(|word| if let Word::Variable(name) = word { Some(name) } else { None });
    let line = command.line();
    let line = if command.is_removal() { format!("take_away {line}") } else { format!("{line} || failed=1") };
    match needed {
        // what was not found was not made
        Some(name) => format!("if [ -n \"${{{name}-}}\" ] && [ \"${{{name}-}}\" != None ]; then {line}; fi"),
        None => line,
    }
}

/// A name on one line, that ends no code of Markdown.
fn line(text: &str) -> String {
    printable(text).replace(['\n', '\t'], " ")
}

fn code(text: &str) -> String {
    format!("`{}`", line(text).replace('`', "'"))
}

const fn disposition(remedy: &Remedy) -> &'static str {
    match remedy.disposition {
        Disposition::Safe => "opens only the denied request",
        Disposition::NeedsReview => "needs review",
        Disposition::Refused => "refused",
    }
}

/// What was denied, in one line.
fn denied(report: &Report) -> String {
    let principal = report.request.principal.value().map_or("somebody", |principal| principal.as_str());
    let action = report.request.action.value().map_or("an action", |action| action.as_str());
    let resource = report.request.resource.value().map_or("a resource", String::as_str);
    format!("{} by {} on {}", code(action), code(principal), code(resource))
}

/// The page of one remedy.
fn page(report: &Report, remedy: &Remedy, files: &[(String, String)]) -> String {
    let mut text = format!(
        "# {}\n\nDenied: {}\n\nOwner: {}; {}.\n",
        line(&words::remedy::title(remedy)),
        denied(report),
        remedy.owner.noun(),
        disposition(remedy)
    );
    if let Some(why_not) = words::remedy::why_not(&remedy.why_not) {
        let _ = write!(text, "\nBut: {}.\n", line(&why_not));
    }
    // a single one stands in what speaks against it
    if remedy.dangers().len() > 1 {
        text.push_str("\n## Dangers\n\n");
        for words in danger_lines(remedy.dangers()) {
            let _ = writeln!(text, "- {}", line(&words));
        }
    }
    text.push_str("\n## Changes\n\n");
    for edit in &remedy.edits {
        let _ = writeln!(
            text,
            "- {} {}: {} ({})",
            edit.policy_type,
            code(&edit.after.name),
            line(&words::policy_change::changes(edit)),
            code(&edit.file())
        );
    }
    if let Some(proof) = &remedy.verification {
        text.push_str("\n## Proof\n\n");
        if !proof.is_conditional() {
            let _ = writeln!(
                text,
                "- the request is {} after it, over the policies at hand",
                words::decision::verdict(proof.decision_after)
            );
        }
        if let Some(cases) = words::remedy::in_cases(&proof.in_cases) {
            let _ = writeln!(text, "- only if: {}", line(&cases));
        }
        for assumption in &proof.conditional_on {
            let _ = writeln!(
                text,
                "- only if: {}; owner: {}",
                line(&words::remedy::needed(assumption)),
                assumption.owner.noun()
            );
        }
        let provided: Vec<String> = proof.provided.iter().map(words::remedy::provided).collect();
        let assumes: Vec<String> = proof.assumes.iter().map(words::remedy::presumed).collect();
        let not_compared = words::difference::cannot_tell_all(&proof.compared.cannot_tell);
        let not_compared: Vec<String> = not_compared.into_iter().map(|(words, _)| words).collect();
        let newly_allowed = words::remedy::newly_allowed(proof, words::difference::access_change);
        let newly_denied: Vec<String> =
            proof.compared.newly_denied.iter().map(words::difference::access_change).collect();
        let no_longer_denied: Vec<String> = proof.no_longer_denied.iter().map(words::policy_change::opened).collect();
        for (word, list) in [
            ("newly allowed", &newly_allowed),
            ("newly denied", &newly_denied),
            ("no longer denied", &no_longer_denied),
            ("not compared", &not_compared),
            ("taken not to block", &assumes),
            ("taken to be so", &provided),
        ] {
            for item in list {
                let _ = writeln!(text, "- {word}: {}", line(item));
            }
        }
    }
    text.push_str("\n## Files\n\n");
    for (name, _) in files {
        let what = match (name.as_str(), name.strip_suffix(".sh")) {
            ("remedy.tf", _) => "the same change for Terraform",
            ("cloudformation.template.json", _) => "the same change for CloudFormation",
            (_, Some(script)) if script.starts_with("commands") => "carries the change out with the AWS CLI",
            (_, Some(_)) => "restores what was there before",
            _ => continue,
        };
        let _ = writeln!(text, "- `{name}`: {what}");
    }
    text.push_str("- `NAME.json` is a new document, `NAME.before.json` the old one, `NAME.diff` what changes\n");
    for missing in render::templates_lack(&remedy.edits) {
        let _ = writeln!(text, "- {}", line(&missing));
    }
    text
}

/// The page over all remedies.
fn index(all: &[(String, &Report, &Remedy)], reports: &[Report]) -> String {
    let mut text = "# Remedies\n\nEach folder is one way to take a denied request to allowed; one of them is enough. Nothing has been \
                    changed in AWS.\n"
        .to_owned();
    for report in reports {
        let own: Vec<_> = all.iter().filter(|(_, of, _)| std::ptr::eq(*of, report)).collect();
        let _ = write!(text, "\n## {}\n\n", denied(report));
        for (name, _, remedy) in &own {
            let _ = writeln!(
                text,
                "- [{name}]({name}/README.md): {}; owner: {}; {}",
                line(&words::remedy::title(remedy)),
                remedy.owner.noun(),
                disposition(remedy)
            );
        }
        let others = report.remedies.iter().filter(|remedy| remedy.edits.is_empty());
        for remedy in others {
            let word = if remedy.kind == RemedyKind::IncidentResponse { "first of all: " } else { "" };
            let _ = writeln!(text, "- {word}{}; owner: {}", line(&words::remedy::title(remedy)), remedy.owner.noun());
        }
        if report.remedies.is_empty() {
            text.push_str("- no remedy\n");
        }
    }
    text
}
