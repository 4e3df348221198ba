//! A change as what a person runs or merges: commands of the AWS CLI, Terraform, CloudFormation.

mod argument;
mod aws_cli;
mod cloudformation;
mod hcl;
mod lambda;
mod layer;
mod line;
mod place;
mod remedy;
mod terraform;

pub use argument::{argument_files, argument_text};
pub use aws_cli::commands as edit_commands;
pub use line::{Commands, Line, Precheck, Room, Standing, Unused};
pub use remedy::{commands, templates_lack, to_cloudformation, to_terraform};

#[cfg(test)]
mod tests;
