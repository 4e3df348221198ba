//! Rows as RFC 4180 has them, in which no spreadsheet finds a formula.

use csv::{Terminator, WriterBuilder};

use super::printable;
use crate::iam::secret;

/// Rows under the names of their columns.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// The names.
    pub columns: Vec<&'static str>,
    /// The rows, each with a text for every column.
    pub rows: Vec<Vec<String>>,
}

/// What a spreadsheet takes for the beginning of a formula, also in its wide form, and the sign that makes a cell a text.
/// <https://owasp.org/www-community/attacks/CSV_Injection>
const BEGINS: [char; 9] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\''];

/// The rows; lines end as RFC 4180 says.
pub(super) fn csv(rows: &Rows) -> String {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    // a vector takes everything, and the rows are as long as the names
    let _ = writer.write_record(&rows.columns);
    for row in &rows.rows {
        let _ = writer.write_record(row.iter().map(|text| cell(text)));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A text that is a text: `'` before it where it could be taken for a formula, and where it begins with `'` itself, so that whoever takes
/// one away has what it was.
fn cell(text: &str) -> String {
    // one line: a tab or a carriage return begins a formula too
    let text = printable(&secret::redact(text)).replace('\n', "\\u{a}").replace('\t', "\\u{9}");
    if text.starts_with(BEGINS) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::{Rows, csv};

    #[test]
    fn every_text_is_one_cell_and_no_formula() {
        let texts =
            ["a,b", "say \"hi\"", "=1+2", "+1", "-1", "@A1", "\t=1", "\r=1", "'a", "＝1", "a\nb", "\u{1b}[31m", ""];
        let rows = Rows {
            columns: vec!["text", "n"],
            rows: texts.iter().map(|text| vec![(*text).to_owned(), "1".to_owned()]).collect(),
        };
        assert_eq!(
            csv(&rows).replace("\r\n", "\n"),
            r#"text,n
"a,b",1
"say ""hi""",1
'=1+2,1
'+1,1
'-1,1
'@A1,1
\u{9}=1,1
\u{d}=1,1
''a,1
'＝1,1
a\u{a}b,1
\u{1b}[31m,1
,1
"#
        );
    }
}
