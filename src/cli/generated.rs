//! What is generated from the code: the schema of the report, shell completions, the man page.

use super::{Error, Exit, definition, diagnose, explain, ndjson, output, simulate};
use crate::evaluate::Answer as CaseAnswer;
use crate::report::model::DiagnoseReport;
use crate::report::sections::doctor::PermissionReport;
#[cfg(feature = "bedrock")]
use crate::report::sections::probe::ProbeModel;
use crate::report::sections::simulation::SimulateReport;
use crate::report::sections::test_results::TestReport;
use crate::report::sections::triage::{TriageFinding, TriageReport};
use crate::report::sections::who_can::WhoCanReport;
use crate::report::{DiffReport, ExplainReport};

/// What is written with `--format json`.
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the schema is made from the types; no value is made of them")]
enum Answer<'a> {
    /// Of `diagnose`.
    Diagnose(DiagnoseReport<'a>),
    /// Of `probe`.
    #[cfg(feature = "bedrock")]
    Probe(Box<ProbeModel<'a>>),
}

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// `iamdx schema`: docs/report-schema.json.
pub(crate) fn schema() -> Result<Exit, Error> {
    let mut generator = schemars::SchemaGenerator::default();
    // the answers of the other commands stand among its definitions
    generator.subschema_for::<DiffReport>();
    generator.subschema_for::<ExplainReport<'_>>();
    generator.subschema_for::<PermissionReport>();
    generator.subschema_for::<SimulateReport>();
    generator.subschema_for::<TestReport<'_>>();
    generator.subschema_for::<TriageReport<'_>>();
    generator.subschema_for::<WhoCanReport<'_>>();
    // and the lines of those that answer line by line
    generator.subschema_for::<CaseAnswer>();
    generator.subschema_for::<simulate::Failed>();
    generator.subschema_for::<diagnose::Answer<'_>>();
    generator.subschema_for::<explain::Answer<'_>>();
    generator.subschema_for::<ndjson::Failed<'_>>();
    generator.subschema_for::<TriageFinding<'_>>();
    let schema = generator.into_root_schema_for::<Answer<'_>>();
    output::print(&format!("{}\n", crate::report::to_json(&schema, true)))?;
    Ok(Exit::Done)
}

/// `iamdx completions SHELL`.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<Exit, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut definition(), "iamdx", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

/// `iamdx man`: the page of every command, one after the other.
pub(crate) fn man() -> Result<Exit, Error> {
    let mut page = Vec::new();
    let failed = |error| Error::Write { path: "standard output".to_owned(), error };
    let command = definition();
    clap_mangen::Man::new(command.clone()).render(&mut page).map_err(failed)?;
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        clap_mangen::Man::new(sub.clone()).render(&mut page).map_err(failed)?;
        for nested in sub.get_subcommands().filter(|nested| nested.get_name() != "help") {
            let (outer, inner) = (sub.get_name(), nested.get_name());
            let nested =
                nested.clone().display_name(format!("{outer}-{inner}")).bin_name(format!("iamdx {outer} {inner}"));
            clap_mangen::Man::new(nested).render(&mut page).map_err(failed)?;
        }
    }
    output::print(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Done)
}
