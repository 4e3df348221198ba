//! What a client may read without a call: the pages of the causes, and the prompt that starts the main job.

use rmcp::model::{
    ErrorData, GetPromptRequestParams, GetPromptResult, Prompt, PromptArgument, PromptMessage, ReadResourceResult,
    Resource, ResourceContents, ResourceTemplate, Role,
};

use super::shown::fenced;
use crate::cli::{secrets, terminal};
use crate::diagnose::CAUSES;

/// How the address of a cause's page begins.
const CAUSE: &str = "iamdx://causes/";

const MARKDOWN: &str = "text/markdown";

/// The pages.
pub(super) fn resources() -> Vec<Resource> {
    let page = |cause: &crate::diagnose::Cause| {
        Resource::new(format!("{CAUSE}{}", cause.id), cause.id)
            .with_description(cause.summary())
            .with_mime_type(MARKDOWN)
            .with_size(cause.page.len() as u64)
    };
    CAUSES.iter().map(page).collect()
}

/// Their addresses.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    let of = ResourceTemplate::new(format!("{CAUSE}{{id}}"), "cause")
        .with_description("The page about a cause of denials; a report names its id as `finding`")
        .with_mime_type(MARKDOWN);
    vec![of]
}

/// One of them.
pub(super) fn read(uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let cause = uri.strip_prefix(CAUSE).and_then(|id| CAUSES.iter().find(|cause| cause.id == id));
    let Some(cause) = cause else {
        let message = format!("there is no page {}: resources/list has all", terminal::safe(uri));
        return Err(ErrorData::resource_not_found(message, None));
    };
    Ok(ReadResourceResult::new(vec![ResourceContents::text(cause.page, uri).with_mime_type(MARKDOWN)]))
}

/// The name of the prompt.
const DIAGNOSE: &str = "diagnose";
/// Its argument.
const MESSAGE: &str = "message";

/// The prompts.
pub(super) fn prompts() -> Vec<Prompt> {
    let message = PromptArgument::new(MESSAGE)
        .with_description("The error message, log or CloudTrail record, as it was printed")
        .with_required(true);
    let description = "Find out why AWS denied something, by which statement, and what to change";
    vec![Prompt::new(DIAGNOSE, Some(description), Some(vec![message])).with_title("Diagnose an AWS access denial")]
}

/// One of them, filled in.
pub(super) fn prompt(asked: &GetPromptRequestParams) -> Result<GetPromptResult, ErrorData> {
    if asked.name != DIAGNOSE {
        let message = format!("there is no prompt {}: prompts/list has all", terminal::safe(&asked.name));
        return Err(ErrorData::invalid_params(message, None));
    }
    let message = asked.arguments.as_ref().and_then(|arguments| arguments.get(MESSAGE)).and_then(|text| text.as_str());
    let Some(message) = message else {
        return Err(ErrorData::invalid_params(format!("the prompt needs the argument `{MESSAGE}`, a text"), None));
    };
    let text = format!("{START}\n\n{}", fenced("What was printed", &secrets::clean(message)));
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]))
}

const START: &str = "\
Find out why AWS denied this, and what to change.
1. Call diagnose_denial with the text between the marks as `text`, unchanged, and with the policies that are at hand.
2. If the report names what it could not check (NOT CHECKED, `gaps`), say so, and ask for it before you go on: the commands under `how_to_close` only read.
3. Tell in a few lines who was denied what, which statement of which policy did it, and how certain that is. The certainty is the report's, not yours.
4. Show a change only if the report has it as a remedy, with its owner and its disposition. Nothing is applied without a person's consent; a remedy with disposition `refused` is not applied at all.
5. If the report says that it is a security incident (`incident`), stop there: its steps come before everything else.";
