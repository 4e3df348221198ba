//! Denials of a text of any size, of which a stretch is held at a time: the same as those of the whole text.

use std::ops::Range;

use rayon::prelude::*;

use super::assemble::{Lines, in_window};
use super::cloudtrail;
use super::dedup::Distinct;
use super::facts::Denial;
use super::records::OfRecord;
use super::session_calls::SessionCalls;
use super::windows::StretchWindows;
use super::{contradiction, prefilter, time_of_text};
use crate::text::{Sizes, Stretch};

/// Windows that are read at once have so many bytes: enough for all cores, few enough for what is read out of them.
const AT_ONCE: usize = 2 << 20;

/// What was found so far.
#[derive(Debug)]
pub struct Stretches {
    windows: StretchWindows,
    found: Distinct,
    /// When each denial was written, by the line where it was first seen.
    times: Vec<Option<String>>,
    sessions: SessionCalls,
    /// Where the last record of a session ends.
    record_end: usize,
    /// How many lines end before a place.
    counted: (usize, usize),
    /// Whether the text ends with the end of a line.
    ends_line: bool,
}

impl Default for Stretches {
    fn default() -> Self {
        Self::new()
    }
}

impl Stretches {
    /// A line that is longer has no time; so much is to be held around a record.
    pub const LINE: usize = time_of_text::LONGEST;

    /// How much is to be held of a text.
    pub const SIZES: Sizes = Sizes {
        read: 8 << 20,
        before: if StretchWindows::HELD + time_of_text::LONGEST > cloudtrail::REACH {
            StretchWindows::HELD + time_of_text::LONGEST
        } else {
            cloudtrail::REACH
        },
        behind: cloudtrail::REACH,
    };

    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            windows: StretchWindows::default(),
            found: Distinct::default(),
            times: Vec::new(),
            sessions: SessionCalls::default(),
            record_end: 0,
            counted: (0, 0),
            ends_line: true,
        }
    }

    /// Adds what a record told. It has its time itself, or none.
    pub fn add_record(&mut self, record: OfRecord) {
        let (denials, sessions) = record.into_parts();
        for denial in denials {
            self.found.add(denial);
            if self.found.count() > self.times.len() {
                self.times.push(None);
            }
        }
        self.sessions.add(sessions);
    }

    /// What follows this byte, before which so many lines ended, is no record.
    pub fn records_end(&mut self, at: usize, lines: usize, ends_line: bool) {
        self.windows = StretchWindows::from(at);
        self.record_end = at;
        self.counted = (at, lines);
        self.ends_line = ends_line;
    }

    /// Reads the next stretch, on all cores.
    pub fn add(&mut self, stretch: &Stretch<'_>) {
        let text = stretch.text;
        let looked = stretch.shares(|share| (prefilter::places(text, &share), cloudtrail::session_words(text, share)));
        let (places, words): (Vec<_>, Vec<_>) = looked.into_iter().unzip();
        let windows = self.windows.add(stretch, places.into_iter().flatten());
        let mut group = Vec::new();
        let mut bytes = 0;
        for window in windows {
            let line = self.line(stretch, window.start);
            bytes += window.len();
            group.push((window, line));
            if bytes > AT_ONCE {
                self.read(stretch, &group);
                group.clear();
                bytes = 0;
            }
        }
        self.read(stretch, &group);
        self.read_sessions(stretch, &words.concat());
        if let Some(end) = stretch.new.end.checked_sub(1).filter(|_| !stretch.new.is_empty()) {
            self.ends_line = text.as_bytes().get(end) == Some(&b'\n');
        }
        self.line(stretch, stretch.offset + stretch.new.end);
    }

    /// Reads windows side by side; what they tell is put together in their order.
    fn read(&mut self, stretch: &Stretch<'_>, windows: &[(Range<usize>, usize)]) {
        let denials = |(window, line): &(Range<usize>, usize)| {
            let here = window.start - stretch.offset..window.end - stretch.offset;
            let part = stretch.text.get(here).unwrap_or_default();
            in_window(part, window.start, &mut Lines::of_part(part, window.start, *line))
        };
        let all: Vec<Vec<Denial>> = windows.par_iter().map(denials).collect();
        for denial in all.into_iter().flatten() {
            let place = denial.span.start - stretch.offset;
            self.found.add(denial);
            if self.found.count() > self.times.len() {
                self.times.push(time_of_text::of_line(stretch.text, place));
            }
        }
    }

    fn read_sessions(&mut self, stretch: &Stretch<'_>, words: &[usize]) {
        if words.is_empty() {
            return;
        }
        let text = stretch.text;
        let line = self.line(stretch, stretch.offset);
        let mut end = self.record_end.saturating_sub(stretch.offset);
        let mut lines = Lines::of_part(text, 0, line);
        let mut calls = Vec::new();
        cloudtrail::sessions_around(text, words, &mut end, cloudtrail::REACH, &mut lines, &mut calls);
        self.sessions.add(calls);
        self.record_end = self.record_end.max(stretch.offset + end);
    }

    /// The line of a place that is held.
    fn line(&mut self, stretch: &Stretch<'_>, place: usize) -> usize {
        let count = |from: usize, to: usize| {
            let passed = stretch.text.as_bytes().get(from - stretch.offset..to - stretch.offset);
            memchr::memchr_iter(b'\n', passed.unwrap_or_default()).count()
        };
        let (counted, lines) = self.counted;
        if place < counted {
            return lines - count(place, counted) + 1;
        }
        self.counted = (place, lines + count(counted, place));
        self.counted.1 + 1
    }

    /// How many lines the text has.
    #[must_use]
    pub const fn lines(&self) -> usize {
        self.counted.1 + if self.ends_line { 0 } else { 1 }
    }

    /// The denials of a text that has this name.
    #[must_use]
    pub fn into_denials(self, name: &str) -> Vec<Denial> {
        self.into_told(name).0
    }

    /// The same, with the calls that made sessions.
    #[must_use]
    pub fn into_told(mut self, name: &str) -> (Vec<Denial>, SessionCalls) {
        let mut denials = self.found.into_denials();
        contradiction::mark(&mut denials);
        self.sessions.stand_in(name);
        self.sessions.join(&mut denials);
        for (denial, time) in denials.iter_mut().zip(self.times) {
            denial.at = denial.at.take().or(time);
        }
        (denials, self.sessions)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::denial::parse;
    use crate::iam::secret::{self, SecretsInStretches};
    use crate::text::{Source, in_stretches};

    /// Texts of messages; `#` is a number.
    const BLOCKS: [&str; 14] = [
        "2026-11-03T10:00:0#Z ERROR User: arn:aws:iam::111122223333:user/u# is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b#/k\" because no identity-based policy allows the s3:GetObject action\n",
        "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied\n",
        "{\"ts\":\"2026-11-03T10:00:0#Z\",\"msg\":\"An error occurred (ExpiredToken) when calling the ListBuckets operation: The provided token has expired.\"}\n",
        "│ Error: creating IAM Role (web#): operation error IAM: CreateRole, https response error StatusCode: 403, RequestID:\n│ 0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5#, api error AccessDenied: User:\n│ arn:aws:iam::111122223333:user/ana is not authorized to perform: iam:CreateRole on\n│ resource: arn:aws:iam::111122223333:role/web# with an explicit deny in a service control policy\n│\n│   with aws_iam_role.web,\n╵\n",
        "User: arn:aws:sts::111122223333:assumed-role/reader/run-# is not authorized to perform: s3:PutObject on resource\n: \"arn:aws:s3:::b/k\" because no session policy allows the s3:PutObject action\n",
        "{\"eventVersion\":\"1.11\",\"eventSource\":\"sts.amazonaws.com\",\"eventName\":\"AssumeRole\",\"eventTime\":\"2026-11-03T09:00:00Z\",\"userIdentity\":{\"type\":\"AWSService\",\"invokedBy\":\"codepipeline.amazonaws.com\"},\"requestParameters\":{\"roleArn\":\"arn:aws:iam::111122223333:role/ci/reader\",\"roleSessionName\":\"run-#\",\"policy\":\"{}\"},\"responseElements\":null}\n",
        "{\n  \"eventSource\": \"sts.amazonaws.com\",\n  \"eventName\": \"AssumeRole\",\n  \"eventTime\": \"2026-11-03T09:00:0#Z\",\n  \"requestParameters\": {\"roleArn\": \"arn:aws:iam::111122223333:role/reader\", \"roleSessionName\": \"run-#\"}\n}\n",
        "{\"eventVersion\":\"1.11\",\"userIdentity\":{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::111122223333:user/u#\",\"accessKeyId\":\"AKIAIOSFODNN7EXAMPLE\"},\"eventTime\":\"2026-11-20T10:00:00Z\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"GetObject\",\"errorCode\":\"AccessDenied\",\"errorMessage\":\"Access Denied\",\"requestID\":\"R#\"}\n",
        "[INFO] AssumeRole of the deployment was not authorized, said nobody; naïve 𝒳 text\n",
        "aws_secret_access_key =\n   wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
        "software.amazon.awssdk.services.kms.model.KmsException: User: arn:aws:iam::111122223333:user/u# is not authorized to perform: kms:Decrypt (Service: Kms, Status Code: 400, Request ID: 0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5#)\n\tat com.example.Main.main(Main.java:1#)\n",
        "User: arn:aws:iam::111122223333:user/u# is not authorized to perform: ec2:RunInstances",
        "x-amz-security-token: IQoJb3JpZ2luabcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefgh\n",
        "\n\n",
    ];

    /// So many bytes of a log that says nothing: lines, or one line.
    fn filler(bytes: usize, is_line: bool) -> String {
        let part = if is_line {
            "reconciled ingress in 42 ms, {wholly} ünïmportant; "
        } else {
            "GET /orders 200 ünïmportant\n"
        };
        part.repeat(bytes.div_ceil(part.len()))
    }

    fn same_as_whole(text: &str, sizes: Sizes) -> Result<(), TestCaseError> {
        let whole = parse(&Source::new("log", text));
        let (mut found, mut secrets, mut places) = (Stretches::new(), SecretsInStretches::default(), Vec::new());
        in_stretches(text.as_bytes(), sizes, |stretch| {
            found.add(stretch);
            secrets.add(stretch, |_, secret| places.push(secret.span.start + stretch.offset));
        })?;
        prop_assert_eq!(found.lines(), text.lines().count());
        prop_assert_eq!(found.into_denials("log"), whole);
        let mut kinds = secret::leaks(text);
        kinds.sort_unstable();
        kinds.dedup();
        prop_assert_eq!(secrets.leaks(), kinds);
        // tokens show themselves
        let all = secret::find(text);
        let all = all.iter().filter(|secret| secret.kind != secret::SecretKind::SessionToken);
        prop_assert_eq!(places, all.map(|secret| secret.span.start).collect::<Vec<_>>());
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn stretches_tell_what_the_whole_text_tells(
            blocks in prop::collection::vec((0..BLOCKS.len(), 0..10_u8, 0..30_000_usize, any::<bool>()), 1..60),
            read in prop_oneof![2_000..20_000_usize, 20_000..2_000_000_usize],
        ) {
            let mut text = "log\n".to_owned();
            for (block, number, bytes, is_line) in blocks {
                text += &BLOCKS[block].replace('#', &number.to_string());
                // many stand close together
                text += &filler(if number % 2 == 0 { bytes } else { bytes / 200 }, is_line);
            }
            // what stands around a message is looked at in short texts only
            text += &filler((1 << 20) + 1, false);
            // no record here is longer than what is held behind a stretch
            same_as_whole(&text, Sizes { read, behind: 80_000, ..Stretches::SIZES })?;
        }
    }

    #[test]
    fn a_message_may_be_cut_anywhere() {
        let mut text = filler(1 << 20, false);
        for number in 0..40_usize {
            text += &BLOCKS[number % BLOCKS.len()].replace('#', &(number % 10).to_string());
            text += &filler(number * 37 % 1500, number % 7 == 0);
        }
        for read in [1013, 4099] {
            same_as_whole(&text, Sizes { read, before: 1 << 17, behind: 80_000 }).unwrap();
        }
    }

    #[test]
    fn a_log_of_nothing_but_denials_is_read_in_parts() {
        let mut text = String::new();
        for number in 0..9000 {
            text += &BLOCKS[0].replace("b#", &format!("b{}", number % 700)).replace('#', &(number % 10).to_string());
        }
        let found = parse(&Source::new("log", text.as_str()));
        assert_eq!(found.iter().map(|denial| denial.occurrences).sum::<usize>(), 9000);
        assert!(found.iter().all(|denial| denial.resource.is_some() && denial.at.is_some()));
        for read in [50_000, 1_500_000] {
            same_as_whole(&text, Sizes { read, behind: 80_000, ..Stretches::SIZES }).unwrap();
        }
    }
}
