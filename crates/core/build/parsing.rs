//! What the library's parser does with a national number, told as which digits are cut off and put in front.
//!
//! Follows `parse`, `maybe_extract_country_code` and `maybe_strip_national_prefix_and_carrier_code` step by step, but for
//! what depends on digits not read yet: those decisions are kept as the two numbers between which the parser chooses at the end.

use crate::language::Languages;
use crate::metadata::Plan;
use crate::pattern::Program;
use crate::prefix::{self, Head};

/// A number made of the digits read: some put in front, and those from a place on.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct View {
    pub(crate) put: Vec<u8>,
    pub(crate) from: usize,
}

impl View {
    /// What was read, from `from` on.
    pub(crate) fn since(from: usize) -> Self {
        Self { put: Vec::new(), from }
    }

    /// As far as it is known once `read` was read.
    pub(crate) fn known(&self, read: &[u8]) -> Vec<u8> {
        [&self.put, &read[self.from..]].concat()
    }

    /// Its length once `read` digits were read.
    pub(crate) fn length(&self, read: usize) -> usize {
        self.put.len() + read - self.from
    }

    /// This number with `put` instead of its first `cut` digits.
    fn with(&self, mut put: Vec<u8>, cut: usize) -> Self {
        match self.put.get(cut..) {
            Some(left) => {
                put.extend(left);
                Self { put, from: self.from }
            }
            None => Self { put, from: self.from + cut - self.put.len() },
        }
    }
}

/// One plan, made ready.
pub(crate) struct Ground {
    /// What matches its general pattern.
    pub(crate) general: u32,
    /// Possible lengths and those within an area, as bits.
    lengths: [u32; 2],
    international_prefix: Option<Program>,
    national_prefix: Option<Program>,
    transform: String,
}

/// The number after its prefix was looked for.
enum Cut {
    Open,
    Kept,
    Into(View),
}

impl Ground {
    pub(crate) fn new(plan: &Plan, languages: &mut Languages) -> Self {
        let program = |pattern: &Option<String>| {
            pattern.as_ref().map(|pattern| {
                let mut program = Program::default();
                program.add(pattern);
                program
            })
        };
        let bits = |lengths: &[i32]| {
            // The library takes -1 for "none"; the general descriptions have none of it.
            assert!(
                lengths.iter().all(|length| (2..30).contains(length)),
                "a length that was not thought of: {lengths:?}"
            );
            lengths.iter().fold(0, |bits, length| bits | 1 << length)
        };
        Self {
            general: languages.general(plan),
            lengths: [bits(&plan.general.lengths), bits(&plan.local_lengths)],
            international_prefix: program(&plan.international_prefix),
            national_prefix: program(&plan.national_prefix),
            transform: plan.transform.clone(),
        }
    }

    /// `test_number_length`: whether a number of this length may replace the one before its prefix was cut off.
    pub(crate) fn may_replace(&self, length: usize) -> bool {
        let [possible, local] = self.lengths;
        let is = |bits: u32| bits >> length & 1 == 1;
        !is(local) && (is(possible) || self.too_long(length))
    }

    /// Whether a number of this length is longer than all that the plan has.
    pub(crate) fn too_long(&self, length: usize) -> bool {
        let [possible, local] = self.lengths;
        local >> length & 1 == 0 && possible != 0 && length > possible.ilog2() as usize
    }

    /// Where what is dialled before a calling code ends: `Err` while that is open, `Ok(None)` where there is none.
    pub(crate) fn after_international_prefix(&self, read: &[u8]) -> Result<Option<usize>, ()> {
        let Some(program) = &self.international_prefix else { return Ok(None) };
        match prefix::head(program, read) {
            Head::Open => Err(()),
            Head::None => Ok(None),
            // Calling codes do not begin with 0: then it was no such prefix.
            Head::Found(found) => match read.get(found.end) {
                None => Err(()),
                Some(0) => Ok(None),
                Some(_) => Ok(Some(found.end)),
            },
        }
    }

    fn cut(&self, number: &View, read: &[u8]) -> Cut {
        let Some(program) = &self.national_prefix else { return Cut::Kept };
        let digits = number.known(read);
        let found = match prefix::head(program, &digits) {
            Head::Open => return Cut::Open,
            Head::None => return Cut::Kept,
            Head::Found(found) => found,
        };
        let length = |group| found.group(group).map(|(start, end)| end - start);
        let caught = match (length(1), length(2)) {
            (Some(_), Some(second)) => second > 0,
            (Some(first), None) => first > 0,
            (None, _) => false,
        };
        let put = if caught && !self.transform.is_empty() { self.transformed(&found, &digits) } else { Vec::new() };
        Cut::Into(number.with(put, found.end))
    }

    /// The transform rule, filled in: digits, `$1` and `$2`.
    fn transformed(&self, found: &prefix::Found, digits: &[u8]) -> Vec<u8> {
        let mut put = Vec::new();
        let mut rule = self.transform.bytes().peekable();
        while let Some(byte) = rule.next() {
            match byte {
                b'0'..=b'9' => put.push(byte - b'0'),
                b'$' => {
                    let group = rule.next().filter(|group| matches!(group, b'1' | b'2'));
                    let group = group.unwrap_or_else(|| panic!("a transform rule of a new kind: {}", self.transform));
                    // `$12` would be group 12 to the library.
                    assert!(!rule.peek().is_some_and(u8::is_ascii_alphanumeric), "unclear: {}", self.transform);
                    if let Some((start, end)) = found.group(usize::from(group - b'0')) {
                        put.extend(&digits[start..end]);
                    }
                }
                _ => panic!("a transform rule of a new kind: {}", self.transform),
            }
        }
        put
    }
}

/// A national number, and the same without its prefix where it may have one.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Choice {
    pub(crate) number: View,
    pub(crate) cut: Option<View>,
}

impl Choice {
    fn of(ground: &Ground, number: View, read: &[u8]) -> Option<Self> {
        match ground.cut(&number, read) {
            Cut::Open => None,
            Cut::Kept => Some(Self { number, cut: None }),
            Cut::Into(cut) => Some(Self { cut: (cut != number).then_some(cut), number }),
        }
    }

    fn views(&self) -> impl Iterator<Item = &View> {
        [Some(&self.number), self.cut.as_ref()].into_iter().flatten()
    }
}

/// Between what the parser has to choose at the end.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Way {
    /// What was read, as a national number.
    pub(crate) whole: Choice,
    /// What was read, behind a calling code without a plus.
    pub(crate) behind_code: Option<BehindCode>,
}

/// The number behind a calling code: with or without its prefix, and what each of the two would be parsed as.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct BehindCode {
    pub(crate) choice: Choice,
    pub(crate) kept: Choice,
    pub(crate) cut: Option<Choice>,
}

impl Way {
    /// For a number after its calling code; `None` while that is open.
    pub(crate) fn international(main: &Ground, code: &[u8], read: &[u8]) -> Option<Self> {
        Some(Self { whole: Choice::of(main, View::since(code.len()), read)?, behind_code: None })
    }

    /// For a number without a plus, from a country whose calling code is `code` and whose plan is `own`.
    pub(crate) fn national(own: &Ground, main: &Ground, code: &[u8], read: &[u8]) -> Option<Self> {
        let behind_code = if read.starts_with(code) {
            let choice = Choice::of(own, View::since(code.len()), read)?;
            let kept = Choice::of(main, choice.number.clone(), read)?;
            let cut = match &choice.cut {
                Some(cut) => Some(Choice::of(main, cut.clone(), read)?),
                None => None,
            };
            Some(BehindCode { choice, kept, cut })
        } else if code.starts_with(read) {
            return None;
        } else {
            None
        };
        Some(Self { whole: Choice::of(own, View::since(0), read)?, behind_code })
    }

    /// The number, where there is nothing to choose.
    pub(crate) fn only(&self) -> Option<&View> {
        (self.behind_code.is_none() && self.whole.cut.is_none()).then_some(&self.whole.number)
    }

    /// All numbers that it speaks of, each once, the whole first.
    pub(crate) fn views(&self) -> Vec<&View> {
        let mut views: Vec<&View> = Vec::new();
        let behind = self.behind_code.iter().flat_map(|behind| {
            let cut = behind.cut.iter().flat_map(Choice::views);
            behind.choice.views().chain(behind.kept.views()).chain(cut)
        });
        for view in self.whole.views().chain(behind) {
            if !views.contains(&view) {
                views.push(view);
            }
        }
        views
    }
}
