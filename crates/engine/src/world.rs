//! Time and chance: everything that makes two runs differ comes in through here.

use std::cell::{Cell, RefCell};
use std::time::{Duration, UNIX_EPOCH};

use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

/// So often a simulated clock may be asked in one moment. A busy moment asks some hundred times.
const MOST_IN_A_MOMENT: u32 = 100_000;

/// The clock, the sleep and the dice of one engine, and whether somebody asked it to stop.
pub struct World {
    clock: Clock,
    dice: RefCell<fastrand::Rng>,
    stop: Option<watch::Receiver<bool>>,
}

enum Clock {
    /// The wall's.
    Wall,
    /// The runtime's, which may be paused.
    Runtime {
        began: Instant,
        /// What it showed then.
        base: Timestamp,
        /// The moment last asked for, and how often.
        asked: Cell<(Timestamp, u32)>,
        /// Dice of its own for secrets: how often they fall changes nothing else.
        secrets: RefCell<fastrand::Rng>,
    },
}

impl World {
    /// The real world.
    pub fn real() -> Self {
        Self { clock: Clock::Wall, dice: RefCell::new(fastrand::Rng::new()), stop: None }
    }

    /// A world in which everything happens again: `now` it is, time goes on as the runtime's clock does, and the dice
    /// fall by `seed`. To be made where a runtime is.
    pub fn simulated(seed: u64, now: Timestamp) -> Self {
        let clock = Clock::Runtime {
            began: Instant::now(),
            base: now,
            asked: Cell::new((now, 0)),
            secrets: RefCell::new(fastrand::Rng::with_seed(!seed)),
        };
        Self { clock, dice: RefCell::new(fastrand::Rng::with_seed(seed)), stop: None }
    }

    /// The same, where work ends early once `stop` turns true.
    #[must_use]
    pub fn until(mut self, stop: watch::Receiver<bool>) -> Self {
        self.stop = Some(stop);
        self
    }

    /// Now, by the wall clock: slots and times must mean the same to the next process.
    pub fn now(&self) -> Timestamp {
        match &self.clock {
            Clock::Runtime { began, base, asked, .. } => count(*base + began.elapsed(), asked),
            Clock::Wall => wall_clock(),
        }
    }

    /// Sleeps until a moment; the one place that does. A clock set back cannot make it sleep longer than a minute at a
    /// time: whoever waits looks again.
    pub async fn sleep_until(&self, moment: Timestamp) {
        tokio::time::sleep(moment.since(self.now()).min(Duration::from_secs(60))).await;
    }

    /// Whether somebody asked us to stop.
    pub fn stopping(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| *stop.borrow())
    }

    /// Waits until somebody asks us to stop.
    pub async fn stop_asked(&self) {
        if let Some(mut stop) = self.stop.clone()
            && stop.wait_for(|asked| *asked).await.is_ok()
        {
            return;
        }
        std::future::pending::<()>().await;
    }

    /// A number in 0..1, for jitter.
    pub fn chance(&self) -> f64 {
        self.dice.borrow_mut().f64()
    }

    /// Bytes that nobody can guess, for keys and secrets.
    pub(crate) fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        match &self.clock {
            Clock::Wall => getrandom::fill(&mut bytes).expect("the system has randomness"),
            Clock::Runtime { secrets, .. } => secrets.borrow_mut().fill(&mut bytes),
        }
        bytes
    }

    /// A new run's id.
    pub fn run_id(&self) -> RunId {
        self.run_id_at(self.now())
    }

    /// The id of a run that begins then.
    pub fn run_id_at(&self, moment: Timestamp) -> RunId {
        RunId::make(moment, self.dice.borrow_mut().u64(..))
    }

    /// A new webhook's id.
    pub fn webhook_id(&self) -> String {
        format!("msg_{:032x}", self.dice.borrow_mut().u128(..))
    }
}

/// What the wall clock shows.
#[allow(clippy::disallowed_methods, reason = "the one place that asks the clock")]
pub(crate) fn wall_clock() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// On a paused clock, who waits for a moment that is over waits for ever.
fn count(now: Timestamp, asked: &Cell<(Timestamp, u32)>) -> Timestamp {
    let (moment, times) = asked.get();
    let times = if moment == now { times + 1 } else { 0 };
    assert!(
        times < MOST_IN_A_MOMENT,
        "the time was asked for {times} times in one moment: somebody waits for the past"
    );
    asked.set((now, times));
    now
}
