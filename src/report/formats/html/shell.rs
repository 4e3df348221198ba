//! The frame of a page: its head, its style, its few lines of script, and the policy that lets nothing else in.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::report::words::sheet as words;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Nothing is loaded, and nothing runs but what stands in this file. A test computes these hashes.
const POLICY: &str = "default-src 'none'; style-src 'sha256-/5KSmw17R+KsgWBC3tzXtFhbk8TXL1nyVhwVsnvK1v4='; script-src 'sha256-LCFfNdAVMMha0yzmDKuESZ5piqex0nfjTrxEPuZoV9w='; base-uri 'none'; form-action 'none'";

/// The whole file.
pub(super) fn shell(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body data-copy=(words::COPY) data-copied=(words::COPIED) {
                a class="skip" href="#report" { (words::SKIP) }
                main id="report" tabindex="-1" { (body) }
                footer {
                    p { (words::MADE_BY) " " (env!("CARGO_PKG_VERSION")) ". " (words::OFFLINE) }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}
