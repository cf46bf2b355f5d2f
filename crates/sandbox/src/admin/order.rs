//! In which order records are read.

use std::cmp::Ordering;

use super::reading::Page;
use crate::list::Row;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Key {
    Record,
    Number,
    Updated,
}

/// Keys, the first one first, and whether they fall.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Order(Vec<(Key, bool)>);

impl Default for Order {
    fn default() -> Order {
        Order(vec![(Key::Record, false)])
    }
}

impl Order {
    /// `FIELD [asc|desc]`, several of them with commas.
    pub(crate) fn read(text: &str) -> Option<Order> {
        text.split(',').map(key).collect::<Option<_>>().map(Order)
    }

    /// The page of `rows`, which are in order of their ids. Only another order looks at more than the page.
    pub(crate) fn page(&self, rows: &[Row], page: Page) -> Vec<Row> {
        match self.0.first() {
            // An id is one record's: what follows it decides nothing.
            Some((Key::Record, false)) => page.of(rows.iter().copied()),
            Some((Key::Record, true)) => page.of(rows.iter().rev().copied()),
            _ => {
                let mut sorted: Vec<&Row> = rows.iter().collect();
                sorted.sort_by(|a, b| self.compare(a, b));
                page.of(sorted.into_iter().copied())
            }
        }
    }

    fn compare(&self, a: &Row, b: &Row) -> Ordering {
        let by = |&(key, falls): &(Key, bool)| {
            let order = match key {
                Key::Record => a.id.cmp(&b.id),
                Key::Number => a.number.cmp(&b.number),
                Key::Updated => a.updated.cmp(&b.updated),
            };
            if falls { order.reverse() } else { order }
        };
        self.0.iter().map(by).find(|order| order.is_ne()).unwrap_or_else(|| a.id.cmp(&b.id))
    }
}

fn key(text: &str) -> Option<(Key, bool)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (field, falls) = match words[..] {
        [field] | [field, "asc"] => (field, false),
        [field, "desc"] => (field, true),
        _ => return None,
    };
    match field {
        "recordId" => Some((Key::Record, falls)),
        "phoneNumber" => Some((Key::Number, falls)),
        "lastUpdateTime" => Some((Key::Updated, falls)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_in_the_order_asked_for() {
        let row = |number, id, updated| Row { number, expired: None, id, collected: 0, updated };
        let rows = [row(5, 1, 10), row(9, 2, 20), row(7, 3, 10)];
        let ids = |order: &str| {
            let page = Page { skip: 0, top: 2 };
            Order::read(order).unwrap().page(&rows, page).iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(ids("recordId"), [1, 2]);
        assert_eq!(ids("recordId desc, phoneNumber"), [3, 2]);
        assert_eq!(ids("phoneNumber desc"), [2, 3]);
        assert_eq!(ids("lastUpdateTime asc,phoneNumber desc"), [3, 1]);
        for text in ["", "recordId up", "colour", "recordId,,", "recordId asc asc"] {
            assert_eq!(Order::read(text), None, "{text}");
        }
    }
}
