//! Sets of digit strings as minimal automata without cycles.

use std::collections::HashMap;
use std::rc::Rc;

use crate::metadata::{Description, Plan};
use crate::pattern::{Program, Step};

/// No string is longer: the longest that the table judges, and what a transformed prefix may add to it.
const LONGEST: u8 = 20;

/// A node: which digits lead where, and whether a string may end here.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Node {
    /// Nodes, by digit.
    pub(crate) next: [u32; 10],
    /// Whether the set holds what led here.
    pub(crate) accepts: bool,
}

/// All sets, which share their nodes: equal sets are the same node. Node 0 is the empty set.
pub(crate) struct Languages {
    nodes: Vec<Node>,
    known: HashMap<Node, u32>,
}

/// The empty set.
pub(crate) const NOTHING: u32 = 0;

impl Languages {
    pub(crate) fn new() -> Self {
        Self { nodes: vec![Node::default()], known: HashMap::from([(Node::default(), NOTHING)]) }
    }

    pub(crate) fn node(&self, id: u32) -> &Node {
        &self.nodes[id as usize]
    }

    /// What matches the general pattern as a whole, whatever its length: the parser asks so.
    pub(crate) fn general(&mut self, plan: &Plan) -> u32 {
        let mut program = Program::default();
        let Some(pattern) = &plan.general.pattern else { return NOTHING };
        program.add(pattern);
        self.determine(&program, &|matched, _| matched.contains(&0))
    }

    /// The valid national numbers behind one calling code.
    pub(crate) fn valid(&mut self, plans: &[Plan]) -> u32 {
        let mut program = Program::default();
        let mut add = |pattern: &Option<String>, head: bool| {
            let index = program.starts.len();
            match (pattern, head) {
                (Some(pattern), true) => program.add_head(pattern),
                (Some(pattern), false) => program.add(pattern),
                (None, _) => return None,
            }
            Some(index)
        };
        let asked: Vec<Asked> = plans
            .iter()
            .map(|plan| Asked {
                general: (add(&plan.general.pattern, false), &plan.general),
                types: plan.types.iter().map(|kind| (add(&kind.pattern, false), kind)).collect(),
                leading_digits: add(&plan.leading_digits, true),
            })
            .collect();
        self.determine(&program, &|matched, length| {
            let regional = |plan: &&Asked| {
                asked.len() == 1
                    || plan.leading_digits.is_some_and(|index| matched.contains(&index))
                    || plan.has_type(matched, length)
            };
            asked.iter().find(regional).is_some_and(|plan| plan.has_type(matched, length))
        })
    }

    /// The set of strings of which `accepts` says so, given which patterns match and their length.
    fn determine(&mut self, program: &Program, accepts: &dyn Fn(&[usize], i32) -> bool) -> u32 {
        let mut search = Search { program, accepts, reached: vec![None; program.steps.len()], seen: HashMap::new() };
        let start = search.closure(&program.starts);
        self.explore(&mut search, start, 0)
    }

    fn explore(&mut self, search: &mut Search, steps: Vec<usize>, length: u8) -> u32 {
        if steps.is_empty() {
            return NOTHING;
        }
        let key = (steps, length);
        if let Some(&id) = search.seen.get(&key) {
            return id;
        }
        let (steps, _) = &key;
        let mut node = Node { next: [NOTHING; 10], accepts: search.accepts(steps, length) };
        if length < LONGEST {
            for digit in 0..10 {
                let after = search.after(steps, digit);
                node.next[digit] = self.explore(search, after, length + 1);
            }
        }
        let id = self.intern(node);
        search.seen.insert(key, id);
        id
    }

    fn intern(&mut self, node: Node) -> u32 {
        *self.known.entry(node).or_insert_with_key(|node| {
            self.nodes.push(node.clone());
            u32::try_from(self.nodes.len() - 1).expect("few nodes")
        })
    }
}

/// What the library asks of a number for one plan; patterns by their index in the program.
struct Asked<'a> {
    general: (Option<usize>, &'a Description),
    types: Vec<(Option<usize>, &'a Description)>,
    leading_digits: Option<usize>,
}

impl Asked<'_> {
    fn has_type(&self, matched: &[usize], length: i32) -> bool {
        let meets = |(index, description): &(Option<usize>, &Description)| {
            (description.lengths.is_empty() || description.lengths.contains(&length))
                && index.is_some_and(|index| matched.contains(&index))
        };
        meets(&self.general) && self.types.iter().any(meets)
    }
}

/// A determinisation under way.
struct Search<'a> {
    program: &'a Program,
    accepts: &'a dyn Fn(&[usize], i32) -> bool,
    /// By step: those that take a digit or end something, reachable from it without one.
    reached: Vec<Option<Rc<[usize]>>>,
    seen: HashMap<(Vec<usize>, u8), u32>,
}

impl Search<'_> {
    fn accepts(&self, steps: &[usize], length: u8) -> bool {
        let index = |&at: &usize| if let Step::Match(index) = self.program.steps[at] { Some(index) } else { None };
        let matched: Vec<usize> = steps.iter().filter_map(index).collect();
        !matched.is_empty() && (self.accepts)(&matched, i32::from(length))
    }

    fn after(&mut self, steps: &[usize], digit: usize) -> Vec<usize> {
        let after = steps.iter().filter_map(|&at| match self.program.steps[at] {
            Step::Digit(set, next) if set & 1 << digit != 0 => Some(next),
            _ => None,
        });
        self.closure(&after.collect::<Vec<_>>())
    }

    fn closure(&mut self, steps: &[usize]) -> Vec<usize> {
        let mut reached = Vec::new();
        for &at in steps {
            reached.extend_from_slice(&self.reached(at));
        }
        reached.sort_unstable();
        reached.dedup();
        reached
    }

    fn reached(&mut self, at: usize) -> Rc<[usize]> {
        if let Some(reached) = &self.reached[at] {
            return reached.clone();
        }
        let reached: Rc<[usize]> = match &self.program.steps[at] {
            Step::Digit(..) | Step::Match(_) => Rc::new([at]),
            Step::Fork(ways) => self.closure(ways).into(),
            Step::Mark(_, next) => self.reached(*next),
            Step::End => panic!("no pattern of whole numbers spoke of their end so far"),
        };
        self.reached[at] = Some(reached.clone());
        reached
    }
}
