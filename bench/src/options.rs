//! The words of the command line.

use std::path::PathBuf;
use std::time::Duration;

use crate::bench::Bench;

/// What is said of a wrong command line.
pub(crate) const USAGE: &str = "\
usage: bench/run [ITEM...] [--quick | --divide N] [--plot] [--json FILE] [--limit SECONDS]

Prints one table on standard output: figure, yardstick, ratio, target. What it is doing goes to standard error.

  ITEM             such as ingest or registry; all where none is named
  --quick          a hundredth of every size: whether it works, not how fast it is
  --divide N       every size divided by N
  --plot           draw docs/growth.svg and write docs/growth.md, measuring 100 million rows, too
  --json FILE      the same figures for machines
  --limit SECONDS  how long one process may take before it is stopped and its row says so (default 180; 1200 with --plot)";

/// How much the sizes are divided by for a quick look.
const QUICK: u64 = 100;

/// What is to be done.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Names of items; all where there are none.
    pub(crate) items: Vec<String>,
    /// Where the figures go for machines.
    pub(crate) json: Option<PathBuf>,
    /// The rest.
    pub(crate) bench: Bench,
}

/// Reads the words. `Err`: what is wrong.
pub(crate) fn read(words: impl IntoIterator<Item = String>) -> Result<Asked, String> {
    let mut asked = Asked { items: Vec::new(), json: None, bench: bench()? };
    let mut limit = None;
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--quick" => asked.bench.divisor = QUICK,
            "--divide" => {
                let by = value()?.parse().ok().filter(|by| (1..=1_000).contains(by));
                asked.bench.divisor = by.ok_or("--divide needs a number from 1 to 1,000")?;
            }
            "--json" => asked.json = Some(value()?.into()),
            "--plot" => asked.bench.plot = Some("docs".into()),
            "--python" => asked.bench.python = Some(value()?.into()),
            "--work" => asked.bench.work = value()?.into(),
            "--under" => asked.bench.under = value()?.split_whitespace().map(str::to_owned).collect(),
            "--limit" => {
                let seconds = value()?.parse().map_err(|_| "--limit needs a number of seconds".to_owned())?;
                limit = Some(Duration::from_secs(seconds));
            }
            flag if flag.starts_with('-') => return Err(format!("{flag} is not known")),
            _ => asked.items.push(word),
        }
    }
    // The measured command runs in it.
    asked.bench.work = std::path::absolute(&asked.bench.work).map_err(|error| error.to_string())?;
    let usual = if asked.bench.plot.is_some() { 1_200 } else { 180 };
    asked.bench.limit = limit.unwrap_or(Duration::from_secs(usual));
    Ok(asked)
}

/// As it is where nothing is said: from the root of the repository, with the command that was built beside this one.
fn bench() -> Result<Bench, String> {
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    let dncsync = here.with_file_name(format!("dncsync{}", std::env::consts::EXE_SUFFIX));
    Ok(Bench {
        work: "target/bench".into(),
        dncsync,
        python: None,
        yardsticks: "bench/yardsticks".into(),
        divisor: 1,
        limit: Duration::ZERO,
        plot: None,
        under: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Result<Asked, String> {
        read(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn items_and_flags() {
        let asked = words("ingest --quick growth --json f.json").expect("right");
        assert_eq!(asked.items, ["ingest", "growth"]);
        assert_eq!((asked.bench.updates(), asked.bench.registry()), (100_000, 2_600_000));
        assert_eq!(asked.bench.limit, Duration::from_secs(180));
        assert_eq!(words("--plot").expect("right").bench.limit, Duration::from_secs(1_200));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(words("--fast").expect_err("wrong"), "--fast is not known");
        assert_eq!(words("--limit soon").expect_err("wrong"), "--limit needs a number of seconds");
    }
}
