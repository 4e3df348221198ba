//! A trail that is too large to be held: its records are found as they come, and those are read that failed.

use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::inside::Cores;
use crate::denial::{OfRecord, Sign, Stretches, Worth};
use crate::text::{Sizes, Stretch, in_stretches};
use crate::triage::{Broken, Pieces};

/// What is done where a part of the text is not as records are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhenBroken {
    /// Nothing: the text can be read again, as a whole.
    Stop,
    /// What follows is read as text.
    ReadAsText,
}

/// A trail that was read to its end.
#[derive(Debug)]
pub(super) enum Read {
    /// What it told.
    Told(Box<Stretches>),
    /// All of it: it is not as records of a trail are from its beginning on.
    Held(String),
}

/// Why the text is not read to its end.
pub(super) enum Stopped {
    Read(io::Error),
    /// A part of it is not as records are.
    Broken,
}

/// What is held of a trail, and what it told so far.
pub(super) struct Trail<'c> {
    cores: &'c Cores,
    worth: Worth,
    pieces: Pieces,
    /// The text from the line on in which the next record begins.
    held: String,
    /// How many bytes of the text are before what is held.
    offset: usize,
    /// What is worth reading in what is held, by its place in the text.
    signs: Vec<Sign>,
    /// How many lines ended before a place in the text.
    counted: (usize, usize),
    records: usize,
    denials: Stretches,
    follows: Follows,
    when_broken: WhenBroken,
}

/// What the next stretch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Follows {
    Records,
    /// The records are over.
    Text,
    /// Another thing of which records are a part, which has to be there as a whole.
    Whole,
}

/// What is wrong with a part of the text.
enum Wrong {
    /// No record begins here: what was read before is right.
    NoRecord(usize),
    /// This is not as records are.
    Broken(usize),
}

impl<'c> Trail<'c> {
    pub(super) fn new(cores: &'c Cores, when_broken: WhenBroken) -> Self {
        Self {
            cores,
            worth: Worth::default(),
            pieces: Pieces::default(),
            held: String::new(),
            offset: 0,
            signs: Vec::new(),
            counted: (0, 0),
            records: 0,
            denials: Stretches::new(),
            follows: Follows::Records,
            when_broken,
        }
    }

    /// Reads the next stretch; `meanwhile` is done on the cores that are free.
    ///
    /// # Errors
    /// When a part is broken, and that ends the reading.
    fn add(&mut self, stretch: &Stretch<'_>, meanwhile: impl FnOnce() + Send) -> Result<(), Stopped> {
        let new = stretch.text.get(stretch.new.clone()).unwrap_or_default();
        match self.follows {
            Follows::Records => {}
            Follows::Text => {
                meanwhile();
                self.denials.add(stretch);
                return Ok(());
            }
            Follows::Whole => {
                meanwhile();
                self.held.push_str(new);
                return Ok(());
            }
        }
        // no more than is needed: it stays as long as the trail
        self.held.reserve_exact(new.len());
        self.held.push_str(new);
        // the line of a record may go on behind it
        let far = if stretch.is_last { self.held.len() } else { self.held.len().saturating_sub(Stretches::LINE) };
        let bytes = self.held.as_bytes().get(..far).unwrap_or_default();
        let (pieces, worth) = (&mut self.pieces, &self.worth);
        let mut found: Vec<Range<usize>> = Vec::new();
        let (result, signs) = rayon::join(
            || pieces.go(bytes, |record| found.push(record)),
            || {
                let signs = stretch.shares(|share| worth.signs(stretch.text, share));
                meanwhile();
                signs
            },
        );
        let in_text = |sign: Sign| Sign { at: sign.at + stretch.offset, ..sign };
        self.signs.extend(signs.into_iter().flatten().map(in_text));
        let result = self.read(&found).and_then(|()| self.all_in_records()).and_then(|()| match result {
            Ok(()) if stretch.is_last && self.pieces.end().is_err() => Err(Wrong::Broken(self.done())),
            Ok(()) => {
                self.forget();
                Ok(())
            }
            Err(Broken::NotJson(at)) => Err(Wrong::NoRecord(usize::try_from(at).unwrap_or(usize::MAX))),
            Err(_) => Err(Wrong::Broken(self.done())),
        });
        let at = match result {
            Ok(()) if stretch.is_last && self.records == 0 => 0,
            Ok(()) => {
                if stretch.is_last {
                    self.end();
                }
                return Ok(());
            }
            Err(Wrong::Broken(_)) if self.when_broken == WhenBroken::Stop => return Err(Stopped::Broken),
            Err(Wrong::Broken(_)) if self.records == 0 => {
                self.follows = Follows::Whole;
                return Ok(());
            }
            // nothing was forgotten yet
            Err(_) if self.records == 0 => 0,
            Err(Wrong::NoRecord(at) | Wrong::Broken(at)) => at,
        };
        self.text_begins(at, stretch);
        Ok(())
    }

    /// Reads the records that are worth it, in order.
    fn read(&mut self, found: &[Range<usize>]) -> Result<(), Wrong> {
        let mut signs = self.signs.iter().peekable();
        let mut worth: Vec<(Range<usize>, usize)> = Vec::new();
        let mut wrong = None;
        for record in found {
            let (start, end) = (self.offset + record.start, self.offset + record.end);
            while let Some(sign) = signs.next_if(|sign| sign.at < start) {
                if sign.of_record {
                    wrong = wrong.or(Some(Wrong::Broken(sign.at)));
                }
            }
            if wrong.is_some() {
                break;
            }
            let mut is_worth = false;
            while signs.next_if(|sign| sign.at < end).is_some() {
                is_worth = true;
            }
            let text = || self.held.get(record.clone()).unwrap_or_default();
            if is_worth {
                let passed = self.held.as_bytes().get(self.counted.0 - self.offset..record.start).unwrap_or_default();
                self.counted = (start, self.counted.1 + memchr::memchr_iter(b'\n', passed).count());
                worth.push((record.clone(), self.counted.1 + 1));
            } else if self.records == 0 {
                self.records += usize::from(text().contains("ventName") || text().contains("eventname"));
            }
        }
        let left = signs.len();
        self.signs.drain(..self.signs.len() - left);
        let (held, offset) = (&self.held, self.offset);
        let read = |(record, line): &(Range<usize>, usize)| {
            OfRecord::read(held.get(record.clone()).unwrap_or_default(), offset + record.start, *line)
        };
        let told: Vec<Option<OfRecord>> = self.cores.run(|| worth.par_iter().map(read).collect());
        for (told, (record, _)) in told.into_iter().zip(&worth) {
            let Some(told) = told else { return Err(Wrong::Broken(self.offset + record.start)) };
            self.records += told.records;
            self.denials.add_record(told);
        }
        wrong.map_or(Ok(()), Err)
    }

    /// The place up to which nothing is of a record that has not ended.
    fn done(&self) -> usize {
        self.offset + self.pieces.done()
    }

    /// Whether nothing that is passed is of a record that was not found.
    fn all_in_records(&mut self) -> Result<(), Wrong> {
        let done = self.done();
        let passed = self.signs.iter().take_while(|sign| sign.at < done).count();
        let outside = self.signs.drain(..passed).find(|sign| sign.of_record);
        outside.map_or(Ok(()), |sign| Err(Wrong::Broken(sign.at)))
    }

    /// Forgets what is read to its end, but for the line in which the next record may begin.
    fn forget(&mut self) {
        // until there is a record all of it may be text
        if self.records > 0 {
            let most = self.pieces.done().saturating_sub(Stretches::LINE);
            let count = (0..=most).rev().find(|at| self.held.is_char_boundary(*at)).unwrap_or_default();
            self.count_lines(self.offset + count);
            self.pieces.forget(count);
            self.held.drain(..count);
            self.offset += count;
        }
    }

    /// Counts the lines that end before a place that is held.
    fn count_lines(&mut self, place: usize) {
        let (counted, lines) = self.counted;
        let here = |place: usize| place.saturating_sub(self.offset);
        let passed = self.held.as_bytes().get(here(counted)..here(place)).unwrap_or_default();
        if place > counted {
            self.counted = (place, lines + memchr::memchr_iter(b'\n', passed).count());
        }
    }

    /// All of it was records.
    fn end(&mut self) {
        let end = self.offset + self.held.len();
        self.count_lines(end);
        let ends_line = self.held.is_empty() || self.held.ends_with('\n');
        self.denials.records_end(end, self.counted.1, ends_line);
    }

    /// From this place on there is text. A line that it ends belongs to the records.
    fn text_begins(&mut self, at: usize, stretch: &Stretch<'_>) {
        let before = self.held.get(..at.saturating_sub(self.offset)).unwrap_or_default();
        let end = self.offset + before.trim_end_matches([' ', '\t', '\r', '\n', '\u{FEFF}']).len();
        let newlines = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count();
        let here = |place: usize| place.saturating_sub(self.offset);
        let bytes = self.held.as_bytes();
        let (counted, lines) = self.counted;
        let lines = if end >= counted {
            lines + newlines(bytes.get(here(counted)..here(end)).unwrap_or_default())
        } else {
            lines - newlines(bytes.get(here(end)..here(counted)).unwrap_or_default())
        };
        self.denials.records_end(end, lines, self.held.is_empty());
        let new = here(end)..self.held.len();
        let mut text = std::mem::take(&mut self.held);
        text.push_str(stretch.text.get(stretch.new.end..).unwrap_or_default());
        self.follows = Follows::Text;
        self.denials.add(&Stretch { text: &text, offset: self.offset, new, is_last: stretch.is_last });
    }

    /// Reads a trail. `look` looks at each stretch too, on the cores that are free.
    ///
    /// # Errors
    /// When it cannot be read to its end.
    pub(super) fn read_all(
        mut self,
        text: impl io::Read + Send,
        sizes: Sizes,
        mut look: impl FnMut(&Stretch<'_>) + Send,
    ) -> Result<Read, Stopped> {
        let mut stopped = Ok(());
        let (cores, is_over) = (self.cores, AtomicBool::new(false));
        let result = in_stretches(Until(text, &is_over), sizes, |stretch| {
            if stopped.is_ok() {
                stopped = cores.run(|| self.add(stretch, || look(stretch)));
                is_over.store(stopped.is_err(), Ordering::Relaxed);
            }
        });
        result.map_err(Stopped::Read)?;
        stopped.map(|()| match self.follows {
            Follows::Records | Follows::Text => Read::Told(Box::new(self.denials)),
            Follows::Whole => Read::Held(self.held),
        })
    }
}

/// What is read until nobody wants any more.
struct Until<'a, R>(R, &'a AtomicBool);

impl<R: io::Read> io::Read for Until<'_, R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.1.load(Ordering::Relaxed) { Ok(0) } else { self.0.read(bytes) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::denial::{Denial, parse};
    use crate::text::Source;

    /// Values of a trail; `#` is a number.
    const VALUES: [&str; 9] = [
        r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/u#"},"eventTime":"2026-11-20T10:00:0#Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","errorCode":"AccessDenied","errorMessage":"Access Denied","requestID":"R#"}"#,
        r#"{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/reader/run-#"},"eventTime":"2026-11-20T10:00:0#Z","eventSource":"s3.amazonaws.com","eventName":"PutObject","errorCode":"AccessDenied","errorMessage":"User: arn:aws:sts::111122223333:assumed-role/reader/run-# is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::größe/k\" because no session policy allows the s3:PutObject action"}"#,
        r#"{"eventSource":"sts.amazonaws.com","eventName":"AssumeRole","eventTime":"2026-11-03T09:00:00Z","userIdentity":{"type":"AWSService","invokedBy":"codepipeline.amazonaws.com"},"requestParameters":{"roleArn":"arn:aws:iam::111122223333:role/ci/reader","roleSessionName":"run-#","policy":"{}"},"responseElements":null}"#,
        r#"{"eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances","userIdentity":{"arn":"arn:aws:iam::111122223333:user/u#"},"requestParameters":{"filter":"}],[{\"\\","größe":"𝒳"}}"#,
        r#"{"ts":"2026-11-05T10:00:0#Z","eventSource":"kms.amazonaws.com","eventName":"Decrypt","errorCode":"AccessDenied","userIdentity":{"arn":"arn:aws:iam::111122223333:user/u#"}}"#,
        "{\n  \"eventSource\": \"sqs.amazonaws.com\",\n  \"eventName\": \"SendMessage\",\n  \"errorCode\": \"AccessDenied\",\n  \"userIdentity\": {\"arn\": \"arn:aws:iam::111122223333:user/u#\"}\n}",
        r#"{"detail-type":"AWS API Call via CloudTrail","detail":{"eventSource":"s3.amazonaws.com","eventName":"GetObject","errorCode":"AccessDenied","userIdentity":{"arn":"arn:aws:iam::111122223333:user/u#"}}}"#,
        r##"{"EventId":"#","CloudTrailEvent":"{\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\",\"errorCode\":\"AccessDenied\",\"userIdentity\":{\"arn\":\"arn:aws:iam::111122223333:user/u#\"}}"}"##,
        r#"{"eventSource":"s3.amazonaws.com","eventName":"GetObject","errorCode":null,"userIdentity":{}}"#,
    ];

    /// What may follow the records.
    const TAILS: [&str; 4] = [
        "",
        "\n \n",
        "\n2026-11-03T10:00:00Z ERROR User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/k\" because no identity-based policy allows the s3:GetObject action\nend",
        "\n    at com.example\nAn error occurred (AccessDenied) when calling the PutObject operation: Access Denied\n",
    ];

    /// How they are written: what stands before them, between them and behind them.
    const FORMS: [[&str; 3]; 6] = [
        [r#"{"Records":["#, ",", "]}"],
        ["[\n", ",\n", "\n]"],
        ["", "\n", "\n"],
        [r#"{"version":1,"Events" : ["#, " ,\r\n", r#"],"NextToken":"x"}"#],
        ["", "", ""],
        [r#"[{"Records":["#, ",", r#"]},{"Records":[]}]"#],
    ];

    fn read(text: &str, read: usize, when_broken: WhenBroken) -> Option<(Vec<Denial>, usize)> {
        let sizes = Sizes { read, before: 1 << 17, behind: 40_000 };
        let cores = Cores::new();
        let mut seen = String::new();
        let look = |stretch: &Stretch<'_>| seen.push_str(stretch.text.get(stretch.new.clone()).unwrap());
        let told = match Trail::new(&cores, when_broken).read_all(text.as_bytes(), sizes, look).ok()? {
            super::Read::Told(told) => (told.lines(), told.into_denials("trail")),
            super::Read::Held(held) => {
                assert!(held == text);
                (text.lines().count(), parse(&Source::new("trail", held)))
            }
        };
        assert!(seen == text);
        Some((told.1, told.0))
    }

    fn text(form: usize, tail: usize, values: &[(usize, u8, usize)]) -> String {
        let [before, between, behind] = FORMS[form];
        let value = |(value, number, bytes): &(usize, u8, usize)| {
            let text = VALUES[*value].replace('#', &number.to_string());
            // some are long
            text.replacen('{', &format!("{{\"pad\":\"{}\",", "x".repeat(*bytes)), 1)
        };
        let values: Vec<String> = values.iter().map(value).collect();
        // what stands around a message is looked at in short texts only
        let filler = VALUES[3].replace("𝒳", &"𝒳".repeat(1 << 18));
        let values = [values, vec![filler]].concat();
        format!("{before}{}{behind}{}", values.join(between), TAILS[tail])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn a_trail_tells_in_stretches_what_it_tells_as_a_whole(
            form in 0..FORMS.len(),
            tail in 0..TAILS.len(),
            values in prop::collection::vec((0..VALUES.len(), 0..10_u8, prop_oneof![9 => 0..40_usize, 1 => 0..60_000_usize]), 1..120),
            at_once in prop_oneof![2_000..20_000_usize, 20_000..2_000_000_usize],
        ) {
            let text = text(form, tail, &values);
            let whole = (parse(&Source::new("trail", text.as_str())), text.lines().count());
            for when_broken in [WhenBroken::Stop, WhenBroken::ReadAsText] {
                prop_assert_eq!(read(&text, at_once, when_broken), Some(whole.clone()));
            }
        }
    }

    #[test]
    fn a_trail_that_is_broken_is_not_read_in_stretches() {
        let values: Vec<_> = (0..60).map(|number| (number % 5, 3, number * 7)).collect();
        let whole = text(0, 0, &values);
        let at = |what: &str| whole.match_indices(what).nth(9).unwrap().0;
        let code = at("\"errorCode\"");
        let before = |place: usize| whole.get(..place).unwrap();
        for broken in [
            before(whole.len() - 2).to_owned(),
            before(code).to_owned(),
            // a record that failed, and is no JSON
            format!("{} {}", before(code), whole.get(code..).unwrap().replacen(':', " ", 1)),
            // records where none are looked for
            format!("{},\"more\":[[{}]]}}", before(whole.len() - 1), VALUES[0]),
            format!("[[{}]]", VALUES[0]),
        ] {
            assert!(read(&broken, 4099, WhenBroken::Stop).is_none());
            // what cannot be read a second time tells what came before, and the rest as a text
            let (denials, lines) = read(&broken, 4099, WhenBroken::ReadAsText).unwrap();
            assert!(!denials.is_empty() && lines == broken.lines().count(), "{denials:?}");
        }
    }
}
