//! Processes: engines on one state directory, which work, look, and die.

use std::time::Duration;

use dncsync_engine::{Outcome, Trouble};
use fastrand::Rng;
use futures_util::future::join_all;
use tokio::time::{sleep, timeout};

use crate::feeds::Feed;
use crate::invariants::{Checked, adds_up, must};
use crate::place::Flags;
use crate::story::Story;

/// Why a run may stop in a world in which things fail.
const STOPS: [&str; 6] =
    ["cxone.unavailable", "cxone.unreachable", "cxone.stayAway", "token.refused", "list.gone", "batch.refused"];

/// A round that lasts longer will never end.
pub(crate) const ENDLESS: Duration = Duration::from_secs(24 * 3600);

/// One process of a round: which feed it is for, what it was told, when it dies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process {
    pub(crate) feed: usize,
    pub(crate) flags: Flags,
    pub(crate) starts_ms: u64,
    pub(crate) work: Work,
    pub(crate) dies: Option<Death>,
    pub(crate) seed: u64,
}

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Ingest,
    DryRun,
    CheckUp,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Death {
    AfterMs(u64),
    /// When it opens its nth connection, and so many turns of the runtime later: from before the request left to after
    /// its answer was recorded.
    AtConnection(u64, u32),
}

pub(crate) enum End {
    Came(Box<Outcome>),
    /// A dry run or a check-up.
    Looked,
    Died,
}

impl Story {
    /// One to three processes work, each on a feed, all on one state directory.
    pub(crate) async fn round(&mut self, dice: &mut Rng) -> Checked {
        let processes: Vec<Process> = (0..[1, 1, 1, 2, 3][dice.usize(..5)]).map(|_| self.process(dice)).collect();
        let mut meddler = dice.fork();
        let meddles = (meddler.u32(..4) == 0).then(|| Duration::from_millis(meddler.u64(..20_000)));
        let others = async {
            if let Some(after) = meddles {
                sleep(after).await;
                self.meddle(&mut meddler);
            }
        };
        let all = join_all(processes.iter().map(|process| self.live_out(*process)));
        let ends = async { futures_util::future::join(all, others).await.0 };
        let ends = timeout(ENDLESS, ends).await.map_err(|_| "a round does not end".to_owned())?;
        for (process, end) in processes.iter().zip(ends) {
            self.figures.runs += 1;
            match end? {
                End::Died => self.figures.deaths += 1,
                End::Looked => {}
                End::Came(outcome) => self.judge(process, &outcome)?,
            }
        }
        Ok(())
    }

    fn process(&mut self, dice: &mut Rng) -> Process {
        if self.feeds.is_empty() || dice.u32(..3) > 0 {
            self.feeds.push(Feed::draw(dice));
        }
        let feed = if dice.bool() { self.feeds.len() - 1 } else { dice.usize(..self.feeds.len()) };
        let longest = [50, 2_000, 90_000][dice.usize(..3)];
        let dies = match dice.u32(..10) {
            0 => Some(Death::AfterMs(dice.u64(..longest))),
            1..4 => Some(Death::AtConnection(dice.u64(1..12), dice.u32(..24))),
            _ => None,
        };
        let flags = Flags {
            patience: [2, 30, 300][dice.usize(..3)],
            confirm_within: [2, 20, 60][dice.usize(..3)],
            trust: [0, 1, 24][dice.usize(..3)],
        };
        let starts_ms = [0, 0, 300, 5_000][dice.usize(..4)];
        let work = [Work::Ingest, Work::DryRun, Work::CheckUp][[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2][dice.usize(..12)]];
        Process { feed, flags, starts_ms, work, dies, seed: dice.u64(..) }
    }

    pub(crate) async fn live_out(&self, process: Process) -> Result<End, String> {
        sleep(Duration::from_millis(process.starts_ms)).await;
        let feed = &self.feeds[process.feed];
        let told = format!("process {:04x} (feed {} into {})", process.seed & 0xffff, process.feed, feed.campaign);
        self.place.note(format!("{told} starts: {:?}, {} rows, {:?}", process.work, feed.rows, process.flags));
        let fatal = if let Some(Death::AtConnection(nth, _)) = process.dies { nth } else { u64::MAX };
        let way = self.place.net.way(fatal);
        let death = async {
            match process.dies {
                None => std::future::pending().await,
                Some(Death::AfterMs(ms)) => sleep(Duration::from_millis(ms)).await,
                Some(Death::AtConnection(_, turns)) => {
                    way.fatal.notified().await;
                    for _ in 0..turns {
                        tokio::task::yield_now().await;
                    }
                }
            }
        };
        let life = async {
            let mut engine = self.place.engine(process.flags, &way, process.seed)?;
            match process.work {
                Work::Ingest => engine.ingest(&feed.order(), &mut |_| ()).await.map(Some),
                Work::DryRun => engine.dry_run(&feed.order(), &mut |_| ()).await.map(|_| None),
                Work::CheckUp => engine.check_up(true).await.map(|_| None),
            }
        };
        tokio::select! {
            biased;
            () = death => {
                self.place.note(format!("{told} dies ({:?})", process.dies));
                Ok(End::Died)
            }
            ended = life => self.ended(&told, process.work, ended),
        }
    }

    fn ended(&self, told: &str, work: Work, ended: Result<Option<Outcome>, Trouble>) -> Result<End, String> {
        let outcome = match ended {
            Ok(Some(outcome)) => outcome,
            Ok(None) => return Ok(self.looked(told, work, "done")),
            Err(trouble) if work != Work::Ingest && STOPS.contains(&trouble.code) => {
                return Ok(self.looked(told, work, trouble.code));
            }
            Err(trouble) => return Err(format!("{told} reports nothing: {} {trouble}", trouble.code)),
        };
        self.place.report_is_logged(&outcome)?;
        let report = &outcome.report;
        let stopped = outcome.stopped.as_ref().map_or("", |trouble| trouble.code);
        self.place.note(format!(
            "{told} ends: {} confirmed, {} listed already, {} refused, {} unconfirmed, {} pending {stopped}",
            report.successes, report.already_listed, report.refused, report.unconfirmed, report.pending
        ));
        Ok(End::Came(Box::new(outcome)))
    }

    fn looked(&self, told: &str, work: Work, how: &str) -> End {
        self.place.note(format!("{told} ends its {work:?}: {how}"));
        End::Looked
    }

    fn judge(&self, process: &Process, outcome: &Outcome) -> Checked {
        let report = serde_json::to_value(&outcome.report).expect("JSON");
        let feed = &self.feeds[process.feed];
        adds_up(&report, (feed.rows, feed.repeated, feed.rejected))?;
        match &outcome.stopped {
            Some(stopped) => must(STOPS.contains(&stopped.code), || format!("stopped: {} {stopped}", stopped.code)),
            None => must(outcome.report.pending == 0, || format!("pending rows at the end: {report}")),
        }
    }
}
