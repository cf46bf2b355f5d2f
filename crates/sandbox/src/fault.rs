//! Faults on request: what goes wrong, on which calls, how often. Written `KIND:PATH:P[:TIMES]`.

use std::{fmt, str::FromStr, time::Duration};

/// `slow` without a number of its own.
const SLOW: Duration = Duration::from_secs(3);

/// One thing that goes wrong. Written `KIND:PATH:P[:TIMES]`: `PATH` is looked for in `METHOD /path`, `*` standing for
/// anything; `P` is the chance for each call (or each item); `TIMES` is how often it strikes at most (for the kinds
/// that choose items: how many distinct numbers).
///
/// One text serves both profiles: `…/dnc-groups/ID/records` is also known as `/api/v2/dnc/lists/ID/items`, and
/// `/auth/token` and `…/token/access-key` as `/oauth/token`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub(crate) kind: Kind,
    path: String,
    pub(crate) chance: f64,
    pub(crate) times: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Call(CallFault),
    Item(ItemFault),
}

/// What happens to a whole call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallFault {
    TooMany,
    TooManyBare,
    TooManyDate,
    Internal,
    BadGateway,
    Unavailable,
    CloseBefore,
    CloseAfter,
    Slow(Duration),
    Truncate,
    TokenExpired,
    TooLarge,
}

/// What happens to single items: to those of a post, `Keep` to those of a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemFault {
    NeverIndexed,
    LoseOnce,
    Refuse,
    RefuseFirst,
    RefuseSilent,
    Keep,
}

/// Name, kind, and the other names that it goes by.
const KINDS: &[(&str, Kind, &[&str])] = &[
    ("429", Kind::Call(CallFault::TooMany), &["429-retry-after"]),
    ("429-bare", Kind::Call(CallFault::TooManyBare), &["429-no-retry-after"]),
    ("429-date", Kind::Call(CallFault::TooManyDate), &[]),
    ("500", Kind::Call(CallFault::Internal), &[]),
    ("502", Kind::Call(CallFault::BadGateway), &["502-html"]),
    ("503", Kind::Call(CallFault::Unavailable), &[]),
    ("close-before", Kind::Call(CallFault::CloseBefore), &["closed-before"]),
    ("close-after", Kind::Call(CallFault::CloseAfter), &["closed-after", "closed-after-applying"]),
    ("slow", Kind::Call(CallFault::Slow(SLOW)), &[]),
    ("truncate", Kind::Call(CallFault::Truncate), &["truncated"]),
    ("401", Kind::Call(CallFault::TokenExpired), &["expire", "token-expired"]),
    ("413", Kind::Call(CallFault::TooLarge), &[]),
    ("never-indexed", Kind::Item(ItemFault::NeverIndexed), &[]),
    ("lose-once", Kind::Item(ItemFault::LoseOnce), &[]),
    ("refuse", Kind::Item(ItemFault::Refuse), &["refused"]),
    ("refuse-first", Kind::Item(ItemFault::RefuseFirst), &[]),
    ("refuse-silent", Kind::Item(ItemFault::RefuseSilent), &[]),
    ("keep", Kind::Item(ItemFault::Keep), &["kept"]),
];

impl Fault {
    /// `call` is `METHOD /path`.
    pub(crate) fn concerns(&self, call: &str) -> bool {
        self.is_part_of(call) || other_name(call).is_some_and(|call| self.is_part_of(&call))
    }

    fn is_part_of(&self, call: &str) -> bool {
        let mut rest = call;
        self.path.split('*').all(|part| match rest.find(part) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        })
    }
}

/// What a call of the profile `admin` is called under `v2`.
fn other_name(call: &str) -> Option<String> {
    if let Some((method, list)) = call.split_once(' ').and_then(|(method, path)| Some((method, below_groups(path)?))) {
        let list = list.strip_suffix("/records").map_or_else(|| list.to_owned(), |list| format!("{list}/items"));
        return Some(format!("{method} /api/v2/dnc/lists{list}"));
    }
    let signs_in = ["/auth/token", "/token/access-key"].iter().any(|path| call.ends_with(path));
    signs_in.then(|| "POST /oauth/token".to_owned())
}

/// What of a path stands behind `…/dnc-groups`.
fn below_groups(path: &str) -> Option<&str> {
    path.split_once("/dnc-groups").map(|(_, below)| below).filter(|below| below.is_empty() || below.starts_with('/'))
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Fault, FaultError> {
        let parts: Vec<&str> = text.split(':').map(str::trim).collect();
        let (kind, path, chance, times) = match parts[..] {
            [kind, path, chance] if !path.is_empty() => (kind, path, chance, None),
            [kind, path, chance, times] if !path.is_empty() => (kind, path, chance, Some(times)),
            [kind] | [kind, _] => parse_kind(kind).and(Err(FaultError::Form))?,
            _ => return Err(FaultError::Form),
        };
        let kind = parse_kind(kind)?;
        let chance = chance.parse().ok().filter(|p| (0.0..=1.0).contains(p));
        let chance = chance.ok_or(FaultError::Chance)?;
        let times = times.map(|times| times.parse().map_err(|_| FaultError::Times)).transpose()?;
        Ok(Fault { kind, path: path.to_owned(), chance, times })
    }
}

fn parse_kind(text: &str) -> Result<Kind, FaultError> {
    if let Some(milliseconds) = text.strip_prefix("slow=") {
        let milliseconds = milliseconds.parse().map_err(|_| FaultError::Slow)?;
        return Ok(Kind::Call(CallFault::Slow(Duration::from_millis(milliseconds))));
    }
    let known = KINDS.iter().find(|(name, _, aliases)| *name == text || aliases.contains(&text));
    known.map(|(_, kind, _)| *kind).ok_or_else(|| FaultError::Kind(text.to_owned()))
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = KINDS.iter().find(|(_, kind, _)| *kind == self.kind);
        match (named, self.kind) {
            (Some((name, ..)), _) => f.write_str(name)?,
            (None, Kind::Call(CallFault::Slow(delay))) => write!(f, "slow={}", delay.as_millis())?,
            (None, kind) => write!(f, "{kind:?}")?,
        }
        write!(f, ":{}:{}", self.path, self.chance)?;
        match self.times {
            Some(times) => write!(f, ":{times}"),
            None => Ok(()),
        }
    }
}

/// What is wrong with the text of a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultError {
    /// Not `KIND:PATH:P[:TIMES]`.
    Form,
    /// No such kind.
    Kind(String),
    /// `P` is no probability.
    Chance,
    /// `TIMES` is no whole number.
    Times,
    /// `slow=` without milliseconds.
    Slow,
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultError::Form => f.write_str("a fault is written KIND:PATH:P[:TIMES], as in 503:POST*items:0.5:3"),
            FaultError::Kind(kind) => {
                let names: Vec<&str> = KINDS.iter().map(|(name, ..)| *name).collect();
                write!(f, "no fault is called {kind:?}; there are {} (and slow=MILLISECONDS)", names.join(", "))
            }
            FaultError::Chance => f.write_str("P of a fault is a probability from 0 to 1"),
            FaultError::Times => f.write_str("TIMES of a fault is a whole number"),
            FaultError::Slow => f.write_str("slow= is followed by a whole number of milliseconds"),
        }
    }
}

impl std::error::Error for FaultError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Fault {
        text.parse().unwrap()
    }

    #[test]
    fn a_fault_is_written_as_it_is_read() {
        for text in [
            "429:*:1",
            "slow=250:items:0.5:3",
            "slow:GET /api:1",
            "refuse-silent:POST*items:0.01",
            "502:/oauth/token:1:1",
        ] {
            assert_eq!(fault(text).to_string(), text);
        }
        assert_eq!(fault("closed-after-applying:items:1").to_string(), "close-after:items:1");
        assert_eq!(fault("slow=3000:items:1").to_string(), "slow:items:1");
    }

    #[test]
    fn every_name_and_alias_is_known() {
        for (name, kind, aliases) in KINDS {
            for spelling in aliases.iter().chain([name]) {
                assert_eq!(fault(&format!("{spelling}:*:1")).kind, *kind);
            }
        }
    }

    #[test]
    fn a_path_is_a_part_of_the_call_with_stars_for_anything() {
        let call = "POST /api/v2/dnc/lists/dnc-1/items";
        for path in ["items", "POST*items", "*", "POST /api", "P*v2*lists", "/api/v2/dnc/lists/dnc-1/items"] {
            assert!(fault(&format!("500:{path}:1")).concerns(call), "{path}");
        }
        for path in ["GET", "items*POST", "/oauth/token", "POST*itemsx", "items*items"] {
            assert!(!fault(&format!("500:{path}:1")).concerns(call), "{path}");
        }
    }

    #[test]
    fn calls_of_the_admin_api_go_by_the_names_of_v2_too() {
        let call = "POST /inContactAPI/services/v34.0/dnc-groups/1001/records";
        for path in ["items", "POST*items", "records", "dnc-groups*records", "/api", "POST*/lists/1001/items"] {
            assert!(fault(&format!("500:{path}:1")).concerns(call), "{path}");
        }
        assert!(fault("500:POST*/lists:1").concerns("POST /inContactAPI/services/v34.0/dnc-groups"));
        for call in ["POST /auth/token", "POST /authentication/v1/token/access-key"] {
            assert!(fault("500:/oauth/token:1").concerns(call), "{call}");
        }
        assert!(!fault("500:items:1").concerns("POST /inContactAPI/services/v34.0/dnc-groups/search"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let error = |text: &str| text.parse::<Fault>().unwrap_err();
        assert_eq!(error("500"), FaultError::Form);
        assert_eq!(error("500::1"), FaultError::Form);
        assert_eq!(error("500:*:1.5"), FaultError::Chance);
        assert_eq!(error("500:*:NaN"), FaultError::Chance);
        assert_eq!(error("500:*:1:x"), FaultError::Times);
        assert_eq!(error("slow=x:*:1"), FaultError::Slow);
        let unknown = error("explode:*:1").to_string();
        assert!(
            unknown.contains("explode") && unknown.contains("429-bare") && unknown.contains("lose-once"),
            "{unknown}"
        );
    }
}
