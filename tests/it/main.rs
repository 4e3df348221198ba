//! All integration tests, one binary.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test stops at the first surprise, and says what it counted"
)]
#![expect(clippy::disallowed_methods, reason = "tests read the project's files and start its binary")]

mod action;
mod allowed_since;
mod architecture;
mod asked_by_services;
mod attached;
#[cfg(feature = "bedrock-live")]
mod bedrock;
mod bedrock_policies;
mod boto3_errors;
mod call;
mod call_quotas;
mod cases;
mod changes;
mod cli;
mod closing_options;
mod commands;
mod conditional;
mod damage;
mod dangers;
mod data_sources;
mod deduced_examples;
mod deduced_presence;
mod deduced_random;
mod deduced_resources;
mod deductions;
mod difference;
mod docs;
mod edits;
#[cfg(feature = "bedrock-live")]
mod emulator;
#[cfg(feature = "bedrock-live")]
mod emulator_s3;
mod encodings;
#[cfg(feature = "bedrock-live")]
mod end_to_end;
mod evaluate;
mod examples;
mod files;
mod findings;
mod formats;
mod guessed_values;
mod hidden_context;
mod hostile_names;
mod house;
mod html;
mod inputs;
mod kept_conditions;
mod levers;
mod lifted_guardrails;
#[cfg(feature = "bedrock-live")]
mod live;
#[cfg(feature = "bedrock-live")]
mod live_answers;
#[cfg(feature = "bedrock-live")]
mod live_keys;
#[cfg(feature = "bedrock-live")]
mod live_places;
#[cfg(feature = "bedrock-live")]
mod live_resources;
#[cfg(feature = "bedrock-live")]
mod live_s3;
#[cfg(feature = "bedrock-live")]
mod live_simulator;
#[cfg(feature = "bedrock-live")]
mod live_speed;
#[cfg(feature = "bedrock-live")]
mod live_trail;
mod many_changes;
mod markdown;
#[cfg(feature = "mcp")]
mod mcp;
#[cfg(all(feature = "bedrock-live", feature = "mcp"))]
mod mcp_live;
#[cfg(feature = "mcp")]
mod mcp_triage;
mod messages;
mod model_steps;
mod named_layer;
mod narrowed_denies;
mod near_misses;
#[cfg(unix)]
mod offers;
mod one_policy_each;
mod only_the_message;
mod output;
#[cfg(target_os = "linux")]
mod pager;
mod permission_sets;
mod printed_commands;
#[cfg(feature = "bedrock-live")]
mod probe;
#[cfg(feature = "bedrock-live")]
mod probe_failures;
#[cfg(feature = "bedrock-live")]
mod probe_live;
#[cfg(feature = "bedrock-live")]
mod probe_safety;
#[cfg(target_os = "linux")]
mod progress;
mod quotas;
mod quoted_resources;
#[cfg(feature = "bedrock-live")]
mod random_faults;
mod redaction;
mod reference;
mod release;
mod remedies;
mod remedy_rate;
mod resource_policies;
mod rows;
mod run;
mod schema;
mod secrets;
#[cfg(feature = "bedrock-live")]
mod settings;
mod several;
mod shown_commands;
#[cfg(feature = "bedrock-live")]
mod shown_commands_run;
mod simulate;
mod snapshot;
mod snapshot_difference;
mod stands_for;
mod streams;
mod support;
#[cfg(target_os = "linux")]
mod terminal;
mod triage;
mod triage_alike;
mod triage_answered;
mod triage_before;
mod triage_causes;
mod triage_changes;
mod triage_diagnosed;
mod triage_filters;
mod triage_formats;
mod triage_gaps;
mod triage_groups;
mod triage_grown;
mod triage_halves;
mod triage_inputs;
mod triage_kept;
#[cfg(feature = "bedrock-live")]
mod triage_live;
mod triage_next;
mod triage_odd;
#[cfg(feature = "parquet")]
mod triage_parquet;
mod triage_quarantine;
mod triage_records;
mod triage_sessions;
mod triage_shared;
mod triage_sql;
mod triage_subjects;
mod triage_whose;
mod two_accounts;
mod valued_exceptions;
mod via_service;
mod way_back;
mod what_services_take;
mod who;
mod wider_remedies;
mod wordings;
mod wordings_of_services;
mod wrappers;
mod write_remedies;
