//! What to do about a failed model call that no policy of the call decides: who does it, by which command or where in the console, with
//! which permission, and how to see that it worked.
//!
//! Nothing here is called: commands are for a person to read and run.
//!
//! Commands: <https://docs.aws.amazon.com/cli/latest/reference/bedrock/>; their actions, each of the name of its operation:
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_bedrock.html>

mod calls;
mod step;
mod table;

pub use calls::{CalledModel, Calls, Ways};
pub use step::{Next, NextStep};
