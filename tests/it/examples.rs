//! Each example prints what its first lines say.

use std::process::Command;

use crate::support::{entries, read};

#[test]
fn every_example_prints_what_it_says() {
    for path in entries("docs/examples") {
        let text = read(&path);
        let said: String = text
            .lines()
            .skip_while(|line| *line != "//! ```text")
            .skip(1)
            .take_while(|line| *line != "//! ```")
            .flat_map(|line| [line.trim_start_matches("//! "), "\n"])
            .collect();
        let name = path.file_stem().unwrap().to_string_lossy();
        // cargo builds the examples beside the tests
        let folder = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("examples");
        let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        // a run of single tests does not build them
        if !program.exists() {
            assert!(std::env::var_os("IAMDX_REQUIRE_EXAMPLES").is_none(), "{name} is not built");
            continue;
        }
        let run = Command::new(&program).output().unwrap();
        assert!(run.status.success(), "{name}: {}", String::from_utf8_lossy(&run.stderr));
        assert_eq!(String::from_utf8_lossy(&run.stdout), said, "{name}");
    }
}
