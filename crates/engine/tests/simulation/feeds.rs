//! Inputs drawn at random, and what must come of them: counted while they are written, not by reading them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use dncsync_core::check::Rules;
use dncsync_core::feed::Mode;
use dncsync_core::profile::Reach;
use dncsync_core::source::SourceType;
use dncsync_core::target::Target;
use dncsync_engine::{Order, Source};
use fastrand::Rng;
use sha2::{Digest, Sha256};

/// The campaigns whose lists are fed.
pub(crate) const CAMPAIGNS: [&str; 2] = ["NORTH", "SOUTH"];

/// One input and the list that it is for.
#[derive(Clone, Debug)]
pub(crate) struct Feed {
    pub(crate) campaign: &'static str,
    pub(crate) text: String,
    pub(crate) rows: u64,
    pub(crate) repeated: u64,
    pub(crate) rejected: u64,
    /// Each valid number once, without its plus.
    pub(crate) valid: BTreeSet<u64>,
}

impl Feed {
    /// A feed of 1 to 40 rows. A small pool of numbers: feeds overlap.
    pub(crate) fn draw(dice: &mut Rng) -> Self {
        let mut feed = Self {
            campaign: CAMPAIGNS[dice.usize(..2)],
            text: "phone_number,source_type,notes\n".to_owned(),
            rows: 0,
            repeated: 0,
            rejected: 0,
            valid: BTreeSet::new(),
        };
        for _ in 0..dice.u32(1..=40) {
            feed.add_row(dice);
        }
        feed
    }

    /// A feed of exactly these numbers.
    pub(crate) fn of(campaign: &'static str, numbers: std::ops::Range<u64>) -> Self {
        let valid: BTreeSet<u64> = numbers.map(number).collect();
        let rows: String = valid.iter().map(|number| format!("+{number},MANUAL,\n")).collect();
        let text = format!("phone_number,source_type,notes\n{rows}");
        Self { campaign, text, rows: valid.len() as u64, repeated: 0, rejected: 0, valid }
    }

    fn add_row(&mut self, dice: &mut Rng) {
        self.rows += 1;
        let number = number(dice.u64(..120));
        let row = match dice.u32(..12) {
            0 => self.bad("hello,MANUAL"),
            1 => self.bad("+15555555555,MANUAL"),
            2 => self.bad(&format!("+{number},PARTNER")),
            kind => {
                let source =
                    if kind < 5 { "CUSTOMER_REQUEST" } else { ["MANUAL", "REGULATORY", ""][kind as usize % 3] };
                self.repeated += u64::from(!self.valid.insert(number));
                format!("+{number},{source}")
            }
        };
        let _ = writeln!(self.text, "{row},note {}", dice.u32(..1000));
    }

    fn bad(&mut self, row: &str) -> String {
        self.rejected += 1;
        row.to_owned()
    }

    pub(crate) fn list(&self) -> String {
        format!("CAMPAIGN_DNC_{}", self.campaign)
    }

    pub(crate) fn sha256(&self) -> String {
        Sha256::digest(self.text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(crate) fn order(&self) -> Order {
        Order {
            target: Target::campaign(self.campaign).expect("a target"),
            sources: vec![Source::Items(self.text.clone().into_bytes())],
            format: Some(dncsync_feed::Format::Csv),
            rules: Rules { country: None, default_source: SourceType::Manual, mode: Mode::Add, reach: Reach::World },
            rejects: None,
            allow_empty: false,
            wait: true,
        }
    }
}

/// The nth number of the pool, without its plus.
pub(crate) fn number(nth: u64) -> u64 {
    12_025_550_000 + nth
}
