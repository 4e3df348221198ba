//! Large inputs of `explain` through the program, beside yardsticks in the same run: `cargo bench --bench large [-- PROGRAM]`.
//!
//! CPU time counts, as other work may run on the machine; the speed is that of all cores, if all of them had been free.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark may stop at the first surprise, and prints its table"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use flate2::{Compression, write::GzEncoder};

mod process;

use process::{Taken, program, run};

/// Cores that the speeds are told for.
const CORES: f64 = 2.0;
/// Bytes of a log.
const BYTES: usize = 512 << 20;

/// Lines as services and build tools write them.
const LINES: [&str; 6] = [
    "2026-11-03T10:00:00.123Z INFO  http: GET /api/v1/orders/4711?page=2 200 12ms user=ana request_id=0a1b2c3d\n",
    "   Compiling serde_json v1.0.154 (registry) profile release, 4 units left, cached 118 of 122 crates\n",
    "{\"level\":\"info\",\"ts\":1762160400.12,\"msg\":\"reconciled\",\"controller\":\"ingress\",\"duration\":0.042}\n",
    "Nov 03 10:00:00 host-7 sshd[4242]: session opened for user ops by (uid=0) from 192.0.2.7 port 50022\n",
    "        at com.example.orders.OrderService.place(OrderService.java:112) ~[orders-1.4.2.jar:1.4.2]\n",
    "author: the list of authors is in the file of that name; nothing here was ever refused to anybody\n",
];

/// A log with a denial in every `nth` line, of 2,000 that differ.
fn log(nth: usize) -> String {
    let mut text = String::with_capacity(BYTES + (1 << 10));
    for number in 1.. {
        if number % nth == 0 {
            let (user, bucket) = (number / nth % 50, number / nth / 50 % 40);
            writeln!(
                text,
                "2026-11-03T10:00:00.123Z ERROR User: arn:aws:iam::111122223333:user/u{user} is not authorized to perform: \
                 s3:GetObject on resource: \"arn:aws:s3:::b{bucket}/k\" because no identity-based policy allows the s3:GetObject action"
            )
            .unwrap();
        } else {
            text.push_str(LINES.get(number % LINES.len()).unwrap());
        }
        if text.len() > BYTES {
            break;
        }
    }
    text
}

/// Runs a command three times; tells the least time and the most memory.
fn row(name: &str, bytes: usize, command: &mut Command) {
    let taken = (0..3).map(|_| run(command, 1)).fold(Taken::MOST, Taken::best);
    let megabytes = f64::from(u32::try_from(bytes >> 20).unwrap());
    println!(
        "  {name:<32} {:>6.2} s CPU {:>6.2} s {:>8.0} MB/s on two cores {:>5} MB",
        taken.cpu.as_secs_f64(),
        taken.clock.as_secs_f64(),
        CORES * megabytes / taken.cpu.as_secs_f64().max(0.01),
        taken.memory
    );
}

fn main() {
    let program = program();
    let folder = tempfile::tempdir().unwrap();
    let explain = |options: &[&str], path: &Path| {
        let mut command = Command::new(&program);
        command.arg("explain").args(options).arg(path);
        command
    };
    let grep = |tool: &str, path: &Path| {
        let mut command = Command::new(tool);
        command.args(["-c", "AccessDenied"]).arg(path).env("LC_ALL", "C");
        command
    };
    for (name, nth) in [("a log without denials", usize::MAX), ("a denial in each hundredth line", 100)] {
        let text = log(nth);
        let (path, packed) = (folder.path().join("log"), folder.path().join("log.gz"));
        std::fs::write(&path, &text).unwrap();
        println!("{name}, {} MB", text.len() >> 20);
        row("iamdx explain", text.len(), &mut explain(&[], &path));
        row("grep -c", text.len(), &mut grep("grep", &path));
        let file = std::fs::File::create(&packed).unwrap();
        let mut encoder = GzEncoder::new(file, Compression::default());
        std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
        encoder.finish().unwrap();
        row("iamdx explain, packed", text.len(), &mut explain(&[], &packed));
        row("zgrep -c", text.len(), &mut grep("zgrep", &packed));
    }
}
