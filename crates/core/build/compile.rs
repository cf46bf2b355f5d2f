//! Follows every digit that may come, for each calling code and each country, and keeps what it leads to.

use std::collections::HashMap;

use crate::language::{Languages, NOTHING};
use crate::metadata::Code;
use crate::parsing::{Choice, Ground, View, Way};
use crate::word::{HEAD, MOST_DIGITS};
use crate::words::{Act, Reach, Word, Words};

/// The longest number that can be held, calling code included.
const LONGEST_NUMBER: usize = 18;

/// How many heads of numbers are followed by hand, for one country, before the library is asked: what a prefix
/// turns a number into is sometimes certain only at its end.
const MOST_OPEN: usize = 500;

/// The table before it is written.
pub(crate) struct Table {
    pub(crate) words: Words,
    /// Where numbers with a plus begin, by their first digits.
    pub(crate) heads: Vec<Word>,
    /// Where numbers without one begin, by country.
    pub(crate) countries: Vec<(String, Word)>,
}

/// Makes it.
pub(crate) fn table(codes: &[Code]) -> Table {
    let mut languages = Languages::new();
    let mut words = Words::default();
    let mut heads = vec![Word::Foreign; 10usize.pow(HEAD as u32)];
    let mut countries = Vec::new();
    for code in codes {
        let valid = languages.valid(&code.plans);
        let grounds: Vec<Ground> = code.plans.iter().map(|plan| Ground::new(plan, &mut languages)).collect();
        let mut compiler = Compiler {
            languages: &languages,
            words: &mut words,
            valid,
            code: &code.digits,
            main: &grounds[0],
            own: None,
            deepest: 0,
            ways: Vec::new(),
            settled: HashMap::new(),
            tails: HashMap::new(),
        };
        compiler.international(&mut heads);
        for (plan, ground) in code.plans.iter().zip(&grounds) {
            if let Some(country) = &plan.country {
                countries.push((country.clone(), compiler.country(ground)));
            }
        }
    }
    countries.sort_by(|one, other| one.0.cmp(&other.0));
    Table { words, heads, countries }
}

struct Compiler<'a> {
    languages: &'a Languages,
    words: &'a mut Words,
    /// The valid national numbers behind the code.
    valid: u32,
    code: &'a [u8],
    /// The plan that the parser takes once it knows the code.
    main: &'a Ground,
    /// The plan of the country, where there is no plus.
    own: Option<&'a Ground>,
    /// How many digits may be read before the way is certain.
    deepest: usize,
    /// Ways that were certain somewhere.
    ways: Vec<Way>,
    /// By way, states of its views, and digits read.
    settled: HashMap<(usize, Vec<[u32; 3]>, usize), Reach>,
    tails: HashMap<u32, Word>,
}

/// What the first digits tell.
enum Start {
    Open,
    International(usize),
    Certain(Box<Way>),
}

impl Compiler<'_> {
    fn international(&mut self, heads: &mut [Word]) {
        self.own = None;
        self.deepest = self.depth(self.code.to_vec());
        let reach = self.begin(self.code.to_vec());
        let word = if reach.act == Some(Act::default()) { reach.word } else { self.words.explicit(reach) };
        self.spread(self.code.to_vec(), word, heads);
    }

    /// Puts into `heads` what each continuation leads to.
    fn spread(&mut self, read: Vec<u8>, word: Word, heads: &mut [Word]) {
        if read.len() == HEAD {
            heads[read.iter().fold(0, |index, &digit| 10 * index + usize::from(digit))] = word;
            return;
        }
        for digit in 0..10 {
            let next = self.words.advance(word, usize::from(digit));
            self.spread([&read[..], &[digit]].concat(), next, heads);
        }
    }

    fn country(&mut self, own: &Ground) -> Word {
        let mut compiler = Compiler {
            own: Some(own),
            ways: Vec::new(),
            settled: HashMap::new(),
            tails: std::mem::take(&mut self.tails),
            words: self.words,
            ..*self
        };
        compiler.deepest = compiler.depth(Vec::new());
        let reach = compiler.begin(Vec::new());
        let word = compiler.words.explicit(reach);
        self.tails = compiler.tails;
        word
    }

    fn start(&self, read: &[u8]) -> Start {
        let way = match self.own {
            None => Way::international(self.main, self.code, read),
            Some(own) => match own.after_international_prefix(read) {
                Err(()) => None,
                Ok(Some(end)) => return Start::International(end),
                Ok(None) => Way::national(own, self.main, self.code, read),
            },
        };
        way.map_or(Start::Open, |way| Start::Certain(Box::new(way)))
    }

    /// How deep open heads can be followed without being too many.
    fn depth(&self, read: Vec<u8>) -> usize {
        let (mut depth, mut open) = (read.len(), vec![read]);
        while !open.is_empty() && open.len() <= MOST_OPEN && depth < MOST_DIGITS {
            depth += 1;
            open = open
                .iter()
                .flat_map(|read| (0..10).map(move |digit| [&read[..], &[digit]].concat()))
                .filter(|read| matches!(self.start(read), Start::Open))
                .collect();
        }
        depth
    }

    fn begin(&mut self, read: Vec<u8>) -> Reach {
        match self.start(&read) {
            Start::International(end) => Reach { act: None, word: Word::Restart(end) },
            Start::Certain(way) => {
                let states = way.views().into_iter().map(|view| self.after(&view.known(&read))).collect();
                let known = self.ways.iter().position(|known| *known == *way).unwrap_or_else(|| {
                    self.ways.push(*way);
                    self.ways.len() - 1
                });
                self.settle(known, states, read.len())
            }
            Start::Open if read.len() >= self.deepest => Reach::SLOW,
            Start::Open => {
                let next = std::array::from_fn(|digit| self.begin([&read[..], &[digit as u8]].concat()));
                self.words.join(next, Reach::SLOW)
            }
        }
    }

    /// The nodes of the three languages after these digits.
    fn after(&self, digits: &[u8]) -> [u32; 3] {
        let start = [self.own.map_or(NOTHING, |own| own.general), self.main.general, self.valid];
        digits.iter().fold(start, |states, &digit| self.step(states, usize::from(digit)))
    }

    fn step(&self, states: [u32; 3], digit: usize) -> [u32; 3] {
        states.map(|state| self.languages.node(state).next[digit])
    }

    /// Follows all digits once the way is certain. One state for each of its views.
    fn settle(&mut self, way: usize, states: Vec<[u32; 3]>, read: usize) -> Reach {
        if states.iter().all(|state| state[2] == NOTHING) {
            return Reach::INVALID;
        }
        if let Some(number) = self.ways[way].only() {
            let act = self.act(number);
            let word = self.tail(states[0][2]);
            return Reach { act: (word != Word::Leaf(0)).then_some(act), word };
        }
        let key = (way, states, read);
        if let Some(&reach) = self.settled.get(&key) {
            return reach;
        }
        let (_, states, _) = &key;
        let end = self.outcome(&self.ways[way], states, read);
        let next = std::array::from_fn(|digit| {
            if read == MOST_DIGITS {
                return Reach::INVALID;
            }
            let states = states.iter().map(|&states| self.step(states, digit)).collect();
            self.settle(way, states, read + 1)
        });
        let reach = self.words.join(next, end);
        self.settled.insert(key, reach);
        reach
    }

    /// The valid numbers from here on, where nothing is done to them any more.
    fn tail(&mut self, state: u32) -> Word {
        if state == NOTHING {
            return Word::Leaf(0);
        }
        if let Some(&word) = self.tails.get(&state) {
            return word;
        }
        let node = self.languages.node(state);
        let next = node.next.map(|state| Reach { act: None, word: self.tail(state) });
        let end = Reach { act: None, word: Word::Leaf(u32::from(node.accepts)) };
        let word = self.words.join(next, end).word;
        self.tails.insert(state, word);
        word
    }

    fn act(&self, number: &View) -> Act {
        if self.own.is_none() && number.put.is_empty() && number.from == self.code.len() {
            return Act::default();
        }
        let digits = self.code.iter().chain(&number.put);
        Act { put: digits.fold(0, |put, &digit| 10 * put + u64::from(digit)), skip: number.from }
    }

    /// What the library says where the digits end here.
    fn outcome(&self, way: &Way, states: &[[u32; 3]], read: usize) -> Reach {
        let views = way.views();
        let accepts = |number: &View, language: usize| {
            let at = views.iter().position(|view| *view == number).expect("one of the views");
            self.languages.node(states[at][language]).accepts
        };
        let general_of_own = usize::from(self.own.is_none());
        let own = self.own.unwrap_or(self.main);
        // `maybe_strip_national_prefix_and_carrier_code`: a number that fits must not become one that does not.
        let stripped = |choice: &Choice, general: usize| match &choice.cut {
            Some(cut) if !accepts(&choice.number, general) || accepts(cut, general) => cut.clone(),
            _ => choice.number.clone(),
        };
        let (choice, ground, general) = way
            .behind_code
            .as_ref()
            .and_then(|behind| {
                let whole = &way.whole.number;
                let number = stripped(&behind.choice, 0);
                let better = !accepts(whole, 0) && accepts(&number, 0);
                (better || own.too_long(whole.length(read))).then(|| {
                    let cut = behind.cut.as_ref().filter(|choice| choice.number == number);
                    (cut.unwrap_or(&behind.kept), self.main, 1)
                })
            })
            .unwrap_or((&way.whole, own, general_of_own));
        let number = stripped(choice, general);
        let number = if ground.may_replace(number.length(read)) { number } else { choice.number.clone() };
        if choice.number.length(read) < 2 || !(2..=17).contains(&number.length(read)) {
            return Reach::SLOW;
        }
        let valid = accepts(&number, 2) && self.code.len() + number.length(read) <= LONGEST_NUMBER;
        if valid { Reach { act: Some(self.act(&number)), word: Word::Leaf(1) } } else { Reach::INVALID }
    }
}
