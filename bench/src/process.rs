//! Another process, watched from outside: how long it took, what it cost, how much memory and disk it ever held. Linux only,
//! but for the time: elsewhere memory, processor and disk read 0.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::clock;

/// Between two looks. What a process holds for less than this is not seen, but for memory, whose peak the kernel keeps.
const LOOK: Duration = Duration::from_millis(20);

/// The kernel counts processor time in hundredths of a second.
const TICKS: f64 = 100.0;

/// What a process came to.
#[derive(Debug)]
pub(crate) struct Watched {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// When it was started.
    pub(crate) began: Instant,
    /// From start to end.
    pub(crate) seconds: f64,
    /// Seconds of processor, user and system.
    pub(crate) cpu: f64,
    /// `VmHWM`: the most memory that it held, pages of files that it only read not counted.
    pub(crate) peak_mib: f64,
    /// The most bytes of disk that its directory and its nameless files had.
    pub(crate) disk_peak: u64,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it said.
    pub(crate) stderr: String,
}

/// How it ended.
#[derive(Debug)]
pub(crate) enum End {
    /// By itself.
    Done(Box<Watched>),
    /// It took longer than it was given, and was stopped.
    Over(f64),
}

/// Runs a command to its end. What it prints goes through files in `directory`, so that no pipe holds it up; `state` is
/// where it keeps things.
pub(crate) fn watch(command: &mut Command, directory: &Path, state: &Path, limit: Duration) -> io::Result<End> {
    let (out, err) = (directory.join("stdout"), directory.join("stderr"));
    command.stdin(Stdio::null()).stdout(File::create(&out)?).stderr(File::create(&err)?);
    let cpu_before = cpu_of_children();
    let began = clock::now();
    let mut child = command.spawn()?;
    let (mut peak_kib, mut disk_peak) = (0, 0);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        peak_kib = peak_of(&child).unwrap_or(peak_kib);
        disk_peak = disk_peak.max(size(state) + nameless(&child));
        if began.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(End::Over(limit.as_secs_f64()));
        }
        clock::pause(LOOK);
    };
    let seconds = began.elapsed().as_secs_f64();
    let (stdout, stderr) = (fs::read_to_string(&out)?, fs::read_to_string(&err)?);
    fs::remove_file(out)?;
    fs::remove_file(err)?;
    let (cpu, peak_mib) = (cpu_of_children() - cpu_before, peak_kib as f64 / 1024.0);
    let disk_peak = disk_peak.max(size(state));
    Ok(End::Done(Box::new(Watched { status, began, seconds, cpu, peak_mib, disk_peak, stdout, stderr })))
}

/// Bytes that a directory takes on the disk, its directories included.
pub(crate) fn size(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size(&entry.path()),
        Ok(metadata) => on_disk(&metadata),
        Err(_) => 0,
    });
    sizes.sum()
}

#[cfg(unix)]
fn on_disk(metadata: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    metadata.blocks() * 512
}

#[cfg(not(unix))]
fn on_disk(metadata: &fs::Metadata) -> u64 {
    metadata.len()
}

/// Bytes of files that have no name any more and live as long as the process has them open.
fn nameless(child: &Child) -> u64 {
    let open = fs::read_dir(format!("/proc/{}/fd", child.id())).into_iter().flatten().flatten();
    let gone = open
        .map(|entry| entry.path())
        .filter(|path| fs::read_link(path).is_ok_and(|link| link.to_string_lossy().ends_with(" (deleted)")));
    gone.map(|path| fs::metadata(path).map_or(0, |metadata| on_disk(&metadata))).sum()
}

/// The peak only grows, so the last look is as good as one at the end.
fn peak_of(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// Processor time of all processes that this one has waited for; they are waited for one after another.
fn cpu_of_children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in brackets, may hold anything.
    let behind_the_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<&str> = behind_the_name.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    // `cutime` and `cstime` are the 16th and 17th field, and the first behind the name is the third.
    (ticks(13) + ticks(14)) / TICKS
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_watched_and_one_that_does_not_end_is_stopped() {
        let directory = tempfile::tempdir().expect("a directory");
        let run = |script: &str, limit| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            watch(&mut command, directory.path(), directory.path(), limit).expect("a process")
        };
        let End::Done(watched) = run("echo told; echo said >&2; exit 3", Duration::from_secs(60)) else {
            panic!("it ended by itself");
        };
        assert_eq!((watched.stdout.as_str(), watched.stderr.as_str()), ("told\n", "said\n"));
        assert_eq!(watched.status.code(), Some(3));
        assert!(matches!(run("sleep 60", Duration::ZERO), End::Over(_)));
    }
}
