//! Counting what passed and what failed, over all stages.

use anyhow::{Context, Result, anyhow};
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

/// The sum over all stages.
#[derive(Default)]
pub struct Count {
    /// Tests and checks that passed.
    pub passed: usize,
    /// Tests and checks that failed.
    pub failed: usize,
    /// Tests that were left out.
    pub skipped: usize,
    /// Of those that passed, those which had failed beside others before they passed alone.
    pub second: usize,
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        if self.second > 0 { write!(f, ", {} passed only at the second try", self.second) } else { Ok(()) }
    }
}

impl Count {
    /// Counts a stage as one check, and says what was wrong with it; whether it passed.
    pub fn stage<T>(&mut self, result: Result<T>) -> bool {
        match result {
            Ok(_) => self.passed += 1,
            Err(ref error) => {
                self.failed += 1;
                eprintln!("{error:#}\n");
            }
        }
        result.is_ok()
    }

    /// Counts a check that is done once more when it fails, as one.
    pub fn stage_twice<T>(&mut self, mut check: impl FnMut() -> Result<T>) {
        if let Err(first) = check() {
            eprintln!("{first:#}\n{SECOND}");
            self.second += usize::from(self.stage(check()));
        } else {
            self.passed += 1;
        }
    }

    /// The same, with what the stage gave; it counts only when it failed, as what comes after it counts.
    pub fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        if result.is_err() {
            self.stage(result);
            return None;
        }
        result.ok()
    }

    /// Adds what was counted elsewhere.
    pub fn add_all(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.second += other.second;
    }

    /// Counts that so many which had failed have passed after all.
    fn mended(&mut self, tests: usize) {
        self.failed -= tests;
        self.passed += tests;
        self.second += tests;
    }

    /// Shows a line of a test's, and counts it.
    fn show(&mut self, line: &str) {
        self.add(line);
        if !line.is_empty() && line != "running 0 tests" && !line.contains("ok. 0 passed; 0 failed; 0 ignored") {
            println!("{line}");
        }
    }

    /// What ended badly and names no test has failed all the same.
    fn end(&mut self, success: bool, failed_before: usize) {
        if !success && self.failed == failed_before {
            self.failed += 1;
            eprintln!("a program of tests did not run to its end; its words are above");
        }
    }

    /// Adds a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`; whether it was one.
    fn add(&mut self, line: &str) -> bool {
        let Some(results) = line.strip_prefix("test result: ") else { return false };
        for part in results.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let number = words.next().and_then(|word| word.parse::<usize>().ok()).unwrap_or(0);
            match words.next() {
                Some("passed") => self.passed += number,
                Some("failed") => self.failed += number,
                Some("ignored") => self.skipped += number,
                _ => {}
            }
        }
        true
    }
}

/// Runs a program of tests and adds up its result lines. Its output is shown, but for that of one which has no such test.
pub fn run(program: Command, count: &mut Count) -> Result<()> {
    told(program, count).map(drop)
}

/// The same; what failed is run once more, alone. Tests of the platform share two processors with five others and with a browser, and each of them has
/// deadlines: what holds by itself is told apart from what does not hold, and is told of in the last line.
pub fn run_twice(program: impl Fn() -> Result<Command>, count: &mut Count) -> Result<()> {
    let failed = told(program()?, count)?;
    // So many at once are no accident.
    if failed.is_empty() || failed.len() > AT_MOST {
        return Ok(());
    }
    eprintln!("{SECOND}");
    for test in failed {
        let mut again = program()?;
        again.args(["--exact", &test]).env("RUST_TEST_THREADS", "1");
        let mut alone = Count::default();
        told(again, &mut alone)?;
        if (alone.passed, alone.failed) == (1, 0) {
            count.mended(1);
        }
    }
    Ok(())
}

/// What is said before the second try.
const SECOND: &str = "That failed beside others. It is tried once more, alone.";
/// More than this many failed tests of one program are not tried again.
const AT_MOST: usize = 6;

/// Runs a program of tests; the names of those that failed.
fn told(mut program: Command, count: &mut Count) -> Result<Vec<String>> {
    let name = program.get_program().to_owned();
    let mut child =
        program.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("a test could not be started")?;
    let output = child.stdout.take().context("a test has no output")?;
    let before = count.failed;
    let mut lines = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line?;
        count.show(&line);
        lines.push(line);
    }
    count.end(child.wait()?.success(), before);
    if count.failed > before {
        eprintln!("these are of {}", std::path::Path::new(&name).file_name().unwrap_or(&name).to_string_lossy());
    }
    Ok(failures(&lines))
}

/// The names under the last `failures:` that a program of tests says.
fn failures(lines: &[String]) -> Vec<String> {
    let Some(at) = lines.iter().rposition(|line| line == "failures:") else { return Vec::new() };
    let names = lines[at + 1..].iter().map_while(|line| line.strip_prefix("    "));
    names.map(str::to_owned).collect()
}

/// Tests that run beside others.
pub struct Running {
    child: Child,
    words: JoinHandle<std::io::Result<String>>,
}

/// Runs a program of tests beside others; what it says is shown when it is counted.
pub fn spawn(mut program: Command) -> Result<Running> {
    let program = program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = program.spawn().context("a test could not be started")?;
    let mut output = child.stdout.take().context("a test has no output")?;
    let words = std::thread::spawn(move || {
        let mut words = String::new();
        output.read_to_string(&mut words)?;
        Ok(words)
    });
    Ok(Running { child, words })
}

impl Running {
    /// Waits for its end, shows what it said and adds up its result lines.
    pub fn count(mut self, count: &mut Count) -> Result<()> {
        let before = count.failed;
        let words = self.words.join().map_err(|_| anyhow!("a thread that listened died"))??;
        for line in words.lines() {
            count.show(line);
        }
        count.end(self.child.wait()?.success(), before);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_result_lines() {
        let mut count = Count::default();
        assert!(
            count.add(
                "test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 7 filtered out; finished in 0.1s"
            )
        );
        assert!(!count.add("running 3 tests"));
        assert_eq!(count.to_string(), "3 passed, 1 failed, 2 skipped");
    }

    #[test]
    fn what_failed_is_known_by_name_and_tried_once_more() {
        let said = "failures:\n\n---- one stdout ----\nfailures:\n\n\nfailures:\n    a::one\n    b::two\n\ntest result: FAILED.";
        let lines: Vec<_> = said.lines().map(str::to_owned).collect();
        assert_eq!(failures(&lines), ["a::one", "b::two"]);
        assert!(failures(&lines[..3]).is_empty());

        let mut count = Count { failed: 2, passed: 5, ..Count::default() };
        count.mended(1);
        assert_eq!(count.to_string(), "6 passed, 1 failed, 1 passed only at the second try");
        let mut tries = 0;
        count.stage_twice(|| {
            tries += 1;
            if tries == 1 { Err(anyhow!("not yet")) } else { Ok(()) }
        });
        count.stage_twice(|| Ok::<_, anyhow::Error>(()));
        count.stage_twice(|| Err::<(), _>(anyhow!("never")));
        assert_eq!(count.to_string(), "8 passed, 2 failed, 2 passed only at the second try");
    }
}
