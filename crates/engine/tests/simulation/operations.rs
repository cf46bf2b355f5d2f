//! What others do to a world: weather, and people at work in the tenant.

use std::collections::BTreeSet;
use std::time::Duration;

use dncsync_sandbox::{Fault, Standing};
use fastrand::Rng;

use crate::aggregator::Mood;
use crate::feeds::CAMPAIGNS;
use crate::net::Weather;
use crate::story::Story;

/// Whether losses are among the weather.
const LOSSES: bool = true;

/// Numbers that are accepted and never, or not at first, indexed.
fn losses(dice: &mut Rng) -> Option<String> {
    let (chosen, kind) = (dice.u32(..4) == 0, ["never-indexed:items:0.05", "lose-once:items:0.1"][dice.usize(..2)]);
    (LOSSES && chosen).then(|| kind.to_owned())
}

impl Story {
    pub(crate) fn weather(&self, dice: &mut Rng) {
        let mut faults: Vec<String> = Vec::new();
        for _ in 0..dice.u32(..4) {
            let kinds = [
                "429",
                "429-bare",
                "429-date",
                "500",
                "502",
                "503",
                "close-before",
                "close-after",
                "truncate",
                "401",
                "slow=100000",
                "slow=3000",
                "slow=40000",
                "close-after",
                "truncate",
            ];
            let paths = ["POST*/lists", "POST*items", "GET*items", "GET*lists", "oauth/token", "*", "*"];
            let (kind, path) = (kinds[dice.usize(..kinds.len())], paths[dice.usize(..paths.len())]);
            // A token call answered 401 means wrong credentials, which is no passing fault.
            let path = if kind == "401" { "/api" } else { path };
            let chance = [0.05, 0.2, 0.5][dice.usize(..3)];
            faults.push(format!("{kind}:{path}:{chance}"));
        }
        if dice.u32(..4) == 0 {
            let kind =
                ["413:POST*items:0.2", "refuse:items:0.05", "refuse-first:items:0.05", "refuse-silent:items:0.03"];
            faults.push(kind[dice.usize(..4)].to_owned());
        }
        faults.extend(losses(dice));
        let weather = Weather {
            refuses: [0.0, 0.0, 0.1, 1.0][dice.usize(..4)],
            delay_ms: [0, 300, 5_000, 40_000][dice.usize(..4)],
            ..Weather::default()
        };
        let moods = [
            Mood::Takes,
            Mood::Takes,
            Mood::Absent,
            Mood::Refuses,
            Mood::TakesAndCloses,
            Mood::ClosesUnread,
            Mood::TakesAndIsSilent,
            Mood::TakesAndBreaksOff,
        ];
        let mood = moods[dice.usize(..moods.len())];
        let lag = Duration::from_millis([0, 1_000, 15_000, 90_000][dice.usize(..4)]);
        self.place.note(format!("weather: {faults:?} {weather:?} {mood:?}, index lags {} ms", lag.as_millis()));
        self.set_weather(&faults, weather, mood, lag, dice.u64(..));
    }

    pub(crate) fn set_weather(&self, faults: &[String], weather: Weather, mood: Mood, lag: Duration, seed: u64) {
        let faults: Vec<Fault> = faults.iter().map(|fault| fault.parse().expect("a fault")).collect();
        self.place.sandbox().set_faults(&faults, seed);
        self.place.sandbox().set_lag(lag);
        self.place.net.aggregator.set(mood);
        *self.place.net.weather.lock().unwrap() = weather;
    }

    /// Somebody else is at work in the tenant.
    pub(crate) fn meddle(&self, dice: &mut Rng) {
        let (place, sandbox) = (&self.place, self.place.sandbox());
        let campaign = CAMPAIGNS[dice.usize(..2)];
        let name = format!("CAMPAIGN_DNC_{campaign}");
        let some = dice.usize(1..10);
        let numbers: BTreeSet<String> =
            (0..some).map(|_| format!("+{}", crate::feeds::number(dice.u64(..120)))).collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        match (dice.u32(..10), sandbox.list(&name)) {
            (0, _) => {
                place.note("all tokens are revoked");
                sandbox.revoke_tokens();
            }
            (1, Some(list)) => {
                place.note(format!("{name} ({}) is deleted", list.id));
                sandbox.delete_list_behind(&name);
            }
            (_, None) => {
                place.note(format!("{name} is made by somebody else, with {} numbers", numbers.len()));
                sandbox.create_list_behind(&name, "CAMPAIGN");
                sandbox.add_behind(&name, &numbers);
            }
            (2..6, Some(_)) => {
                place.note(format!("{} numbers are added to {name} behind our back", numbers.len()));
                sandbox.add_behind(&name, &numbers);
            }
            (_, Some(list)) => {
                let held = list.numbers.iter().filter(|number| number.standing != Standing::Lost);
                let mut held: Vec<&str> = held.map(|number| number.phone_number.as_str()).collect();
                dice.shuffle(&mut held);
                held.truncate(some);
                place.note(format!("{} numbers are removed from {name} behind our back", held.len()));
                sandbox.remove_behind(&name, &held);
                let gone = held.iter().filter_map(|number| number.strip_prefix('+')?.parse().ok());
                self.removed.borrow_mut().entry(list.id.clone()).or_default().extend::<Vec<u64>>(gone.collect());
            }
        }
    }
}
