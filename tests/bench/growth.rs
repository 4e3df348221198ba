//! How the time of a case grows with everything in it that can be many: `cargo bench --bench growth --no-default-features --features mimalloc`,
//! which is the allocator of the program: the other gives pages back and clears them again for each large list, and that grows by itself.
//!
//! Each row is one thing, in five sizes up to as many as a document may hold; the exponent is the slope of time over size in logarithms.
//! 1 is linear, 2 is squared.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark may stop at the first surprise, and prints its table"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use iamdx::evaluate::TestCase;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is slower than this grows too fast.
const MOST: f64 = 1.15;
/// Characters that a document has at most here; longer ones are refused before they are read.
const LONGEST: usize = 120_000;
/// Rounds of each size, of which the fastest counts: the machine has other work.
const ROUNDS: usize = 15;

/// One thing that can be many, and the case that has so many of it.
type Row = (&'static str, usize, fn(usize) -> String);

const ROWS: [Row; 23] = [
    ("statements", 160, |n| {
        document(&each(n, |i| {
            format!(r#"{{"Effect": "Allow", "Action": "s3:Get{i}", "Resource": "arn:aws:s3:::b-{i}/*"}}"#)
        }))
    }),
    ("statements without conditions that hold", 160, |n| {
        document(&each(n, |i| {
            format!(
                r#"{{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {{"StringEquals": {{"aws:k{i}": "v"}}}}}}"#
            )
        }))
    }),
    ("policies", 160, |n| {
        case(
            "identity-based",
            &each(n, |i| {
                format!(r#"{{"Statement": {{"Sid": "s{i}", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}}"#)
            }),
            "",
        )
    }),
    ("levels of SCPs", 160, |n| {
        case(
            "service-control",
            &each(n, |_| r#"[{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]"#.to_owned()),
            "",
        )
    }),
    ("policies of a level", 160, |n| {
        case(
            "service-control",
            &format!(
                "[{}]",
                each(n, |_| r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#.to_owned())
            ),
            "",
        )
    }),
    ("the same Sid", 100, |n| {
        document(&each(n, |_| r#"{"Sid": "a", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#.to_owned()))
    }),
    ("different Sids", 100, |n| {
        document(&each(n, |i| format!(r#"{{"Sid": "a{i}", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#)))
    }),
    ("condition keys of a block", 24, |n| conditions(&each(n, |i| format!(r#""aws:k{i}": "v""#)), "")),
    ("the same condition key in a block", 24, |n| conditions(&each(n, |_| r#""aws:key": "v""#.to_owned()), "")),
    ("condition keys that are not known", 24, |n| {
        conditions(&each(n, |i| format!(r#""aws:k{i}": "v""#)), r#", "context_complete": false"#)
    }),
    ("condition operators", 40, |n| {
        statement(&format!(
            r#""Action": "*", "Resource": "*", "Condition": {{{}}}"#,
            each(n, |i| format!(r#""Operator{i}": {{"aws:k": "v"}}"#))
        ))
    }),
    ("values of a condition", 24, |n| {
        conditions(&format!(r#""aws:username": [{}]"#, each(n, |i| format!(r#""v-{i}""#))), "")
    }),
    ("variables in a value", 24, |n| {
        conditions(
            &format!(r#""aws:username": "{}""#, each(n, |i| format!("${{aws:k{i}}}"))),
            r#", "context_complete": false"#,
        )
    }),
    ("variables that do not end", 4, |n| conditions(&format!(r#""aws:username": "{}""#, "${a".repeat(n)), "")),
    ("variables whose default does not end", 10, |n| {
        conditions(&format!(r#""aws:username": "{}""#, "${a, 'b} ".repeat(n)), "")
    }),
    ("actions", 24, |n| {
        statement(&format!(r#""Action": [{}], "Resource": "*""#, each(n, |i| format!(r#""s3:Get{i}""#))))
    }),
    ("actions that are none", 12, |n| {
        statement(&format!(r#""Action": [{}], "Resource": "*""#, each(n, |i| format!(r#""bad{i}""#))))
    }),
    ("the same element of a statement", 24, |n| statement(&each(n, |_| r#""Action": "s3:*""#.to_owned()))),
    ("elements that there are not", 16, |n| statement(&each(n, |i| format!(r#""Other{i}": 1"#)))),
    ("resources", 40, |n| {
        statement(&format!(r#""Action": "s3:*", "Resource": [{}]"#, each(n, |i| format!(r#""arn:aws:s3:::b?{i}/*x""#))))
    }),
    ("stars of a resource", 4, |n| {
        statement(&format!(r#""Action": "s3:*", "Resource": "arn:aws:s3:::b/{}""#, "k*".repeat(n)))
    }),
    ("principals", 60, |n| {
        case(
            "resource-based",
            &format!(
                r#"{{"Statement": {{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": {{"AWS": [{}]}}}}}}"#,
                each(n, |i| format!(r#""arn:aws:iam::111122223333:user/u{i}""#))
            ),
            "",
        )
    }),
    ("keys of the context", 40, |n| {
        case(
            "identity-based",
            "",
            &format!(
                r#", "context": {{{}}}, "multivalued_keys": [{}], "principal_tags": {{{}}}"#,
                each(n, |i| format!(r#""{}:k{i}": ["v"]"#, if i % 2 == 0 { "a" } else { "z" })),
                each(n, |i| format!(r#""z:k{i}""#)),
                each(n, |i| format!(r#""t{i}": "v""#))
            ),
        )
    }),
];

fn each(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(", ")
}

fn case(kind: &str, policies: &str, more: &str) -> String {
    format!(
        r#"{{"request": {{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k/k/k"{more}}}, "policies": {{"{kind}": [{policies}]}}}}"#
    )
}

fn document(statements: &str) -> String {
    case("identity-based", &format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#), "")
}

fn statement(elements: &str) -> String {
    document(&format!(r#"{{"Effect": "Allow", {elements}}}"#))
}

fn conditions(keys: &str, more: &str) -> String {
    let statement = format!(
        r#"{{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {{"StringLike": {{{keys}}}}}}}"#
    );
    case("identity-based", &format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#), more)
}

fn fastest(text: &str) -> Duration {
    let once = || {
        let start = Instant::now();
        black_box(TestCase::parse(black_box(text)).unwrap().answer());
        start.elapsed()
    };
    (0..ROUNDS).map(|_| once()).min().unwrap()
}

/// The slope of the line that is nearest to the points.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = f64::from(u32::try_from(points.len()).unwrap());
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let above: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    let below: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    above / below
}

fn main() {
    println!("{:<42} {:>8} {:>10} {:>9}", "", "most", "time", "exponent");
    let mut too_fast = 0;
    for (name, bytes, make) in ROWS {
        let most = LONGEST / bytes;
        let sizes = (0..5).map(|halving| most >> (4 - halving));
        let times: Vec<(usize, Duration)> = sizes.map(|size| (size, fastest(&make(size)))).collect();
        let points: Vec<(f64, f64)> = times
            .iter()
            .map(|(size, time)| (f64::from(u32::try_from(*size).unwrap()).ln(), time.as_secs_f64().ln()))
            .collect();
        let exponent = slope(&points);
        let (size, time) = times.last().unwrap();
        let mark = if exponent > MOST { "  too fast" } else { "" };
        too_fast += usize::from(exponent > MOST);
        println!("{name:<42} {size:>8} {:>7.2} ms {exponent:>9.2}{mark}", time.as_secs_f64() * 1000.0);
    }
    println!("{too_fast} of {} grow with an exponent above {MOST}", ROWS.len());
}
