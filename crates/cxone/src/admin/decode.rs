//! What answers of the Admin API tell: wrapped in `resultSet` or not, numbers as texts, nothing at all for nothing.

use dncsync_core::number::Number;
use dncsync_core::paging::PageFacts;
use dncsync_core::target::ListId;
use dncsync_core::timestamp::Timestamp;
use serde::Deserialize;

use super::{digits, ends};
use crate::lenient::{self, Array, Flag, Object, Scalar, read};
use crate::told::{FoundList, ItemsPage, ListsPage, Skill, SkillsPage, Standing};

/// A body, or that there is none: 204 stands for an empty result.
pub(crate) enum Told<T> {
    Nothing,
    Body(T),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "T: Deserialize<'de>"))]
struct Wrapped<T> {
    #[serde(default)]
    result_set: Object<T>,
}

/// What a body tells, in its `resultSet` or outside; `None` where it is no JSON.
pub(crate) fn told<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Option<Told<T>> {
    if lenient::without_mark(body).iter().all(u8::is_ascii_whitespace) {
        return Some(Told::Nothing);
    }
    if let Object(Some(Wrapped { result_set: Object(Some(told)) })) = read::<Object<Wrapped<T>>>(body)? {
        return Some(Told::Body(told));
    }
    read::<Object<T>>(body)?.0.map(Told::Body)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Groups<'a> {
    #[serde(default, borrow)]
    dnc_groups: Array<Object<Group<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group<'a> {
    #[serde(default, borrow)]
    dnc_group_id: Scalar<'a>,
    #[serde(default, borrow)]
    dnc_group_name: Scalar<'a>,
    #[serde(default, borrow)]
    valid_records: Scalar<'a>,
    #[serde(default)]
    is_active: Flag,
    #[serde(default)]
    is_removed: Flag,
}

impl Group<'_> {
    fn found(&self, asked: Option<&str>) -> Option<FoundList> {
        let id = ListId(lenient::id(&self.dnc_group_id)?);
        let name = self.dnc_group_name.text().or_else(|| asked.map(str::to_owned))?;
        let standing = match (self.is_removed.0, self.is_active.0) {
            (Some(true), _) => Standing::Leaving,
            (_, Some(false)) => Standing::Inactive,
            _ => Standing::Open,
        };
        Some(FoundList { id, name, scope: None, standing })
    }
}

/// All groups: they come on one page.
pub(crate) fn groups(body: &[u8]) -> Option<ListsPage> {
    let groups = match told::<Groups<'_>>(body)? {
        Told::Nothing => Vec::new(),
        Told::Body(groups) => groups.dnc_groups.0,
    };
    let known = || groups.iter().filter_map(|group| group.0.as_ref());
    let records = known().map(|group| group.valid_records.count()).sum::<Option<u64>>();
    let facts = PageFacts { count: groups.len() as u64, pages: Some(1), ..PageFacts::default() };
    Some(ListsPage { lists: known().filter_map(|group| group.found(None)).collect(), facts, records })
}

/// The group that was created under the name `asked`.
pub(crate) fn created(body: &[u8], asked: &str) -> Option<FoundList> {
    match told::<Groups<'_>>(body)? {
        Told::Nothing => None,
        Told::Body(groups) => groups.dnc_groups.0.iter().find_map(|group| group.0.as_ref()?.found(Some(asked))),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Records<'a> {
    #[serde(default, borrow)]
    dnc_records: Array<Object<Record<'a>>>,
    /// As one program that runs against live tenants reads it.
    #[serde(default, borrow)]
    dnc_group_records: Array<Object<Record<'a>>>,
    #[serde(default, borrow)]
    total_records: Scalar<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(default, borrow)]
    dnc_group_id: Scalar<'a>,
    #[serde(default, borrow)]
    phone_number: Scalar<'a>,
    #[serde(default, borrow)]
    formatted_phone: Scalar<'a>,
    #[serde(default, borrow)]
    expired_date: Scalar<'a>,
}

impl Record<'_> {
    fn number(&self) -> Option<Number> {
        digits::of_record(&self.phone_number, &self.formatted_phone)
    }
}

/// A page of records: the numbers that are blocked at `now`. Expired ones count as entries of the page and no more.
pub(crate) fn records(body: &[u8], now: Timestamp) -> Option<ItemsPage> {
    let page = match told::<Records<'_>>(body)? {
        Told::Nothing => return Some(ItemsPage { numbers: Vec::new(), facts: PageFacts::default() }),
        Told::Body(page) => page,
    };
    let records = if page.dnc_records.0.is_empty() { page.dnc_group_records.0 } else { page.dnc_records.0 };
    let count = records.len() as u64;
    let blocked = records.iter().filter_map(|record| record.0.as_ref());
    let blocked = blocked.filter(|record| !ends::is_over(&record.expired_date, now));
    let mut numbers: Vec<Number> = blocked.filter_map(Record::number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let total = page.total_records.count().filter(|total| *total >= count);
    Some(ItemsPage { numbers, facts: PageFacts { count, total, ..PageFacts::default() } })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Searched<'a> {
    #[serde(default, borrow)]
    search_results: Array<Object<Record<'a>>>,
}

/// Whether a search found the number in this group, and blocked at `now`.
pub(crate) fn found(body: &[u8], group: &ListId, number: Number, now: Timestamp) -> Option<bool> {
    let hits = match told::<Searched<'_>>(body)? {
        Told::Nothing => return Some(false),
        Told::Body(searched) => searched.search_results.0,
    };
    let blocks = |hit: &Record<'_>| {
        lenient::id(&hit.dnc_group_id).is_some_and(|id| id == group.0)
            // A search that is less exact than its documents say must not make another number's record ours.
            && hit.number().is_none_or(|found| found == number)
            && !ends::is_over(&hit.expired_date, now)
    };
    Some(hits.iter().filter_map(|hit| hit.0.as_ref()).any(blocks))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Skills<'a> {
    #[serde(default, borrow)]
    scrubbed_skills: Array<Object<SkillBody<'a>>>,
    #[serde(default, borrow)]
    total_records: Scalar<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SkillBody<'a> {
    #[serde(default, borrow)]
    skill_id: Scalar<'a>,
    #[serde(default, borrow)]
    skill_name: Scalar<'a>,
}

/// A page of the skills that a group scrubs.
pub(crate) fn skills(body: &[u8]) -> Option<SkillsPage> {
    let page = match told::<Skills<'_>>(body)? {
        Told::Nothing => return Some(SkillsPage { skills: Vec::new(), facts: PageFacts::default() }),
        Told::Body(page) => page,
    };
    let skill = |told: &Object<SkillBody<'_>>| {
        let told = told.0.as_ref()?;
        Some(Skill { id: lenient::id(&told.skill_id)?, name: told.skill_name.text() })
    };
    let skills: Vec<Skill> = page.scrubbed_skills.0.iter().filter_map(skill).collect();
    let count = page.scrubbed_skills.0.len() as u64;
    let total = page.total_records.count().filter(|total| *total >= count);
    Some(SkillsPage { skills, facts: PageFacts { count, total, ..PageFacts::default() } })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_764_064_800_000); // 2025-11-25T10:00:00Z

    #[test]
    fn groups_are_read_with_numbers_as_texts_wrapped_or_not() {
        let groups_of = r#"{"totalGroups": "2", "dncGroups": [
            {"dncGroupId": 1001, "dncGroupName": "HOUSE", "validRecords": "7", "isActive": true},
            {"dncGroupId": "1002", "dncGroupName": "OLD", "validRecords": 5, "isActive": "false"}, null]}"#;
        for body in [groups_of.to_owned(), format!(r#"{{"resultSet": {groups_of}}}"#)] {
            let page = groups(body.as_bytes()).unwrap();
            let told: Vec<_> = page.lists.iter().map(|it| (it.id.0.as_str(), it.name.as_str(), it.standing)).collect();
            assert_eq!(told, [("1001", "HOUSE", Standing::Open), ("1002", "OLD", Standing::Inactive)]);
            assert_eq!((page.records, page.facts.count, page.facts.pages), (Some(12), 3, Some(1)));
        }
        assert!(groups(b"").unwrap().lists.is_empty());
        assert_eq!(groups(b"No known way to render data"), None);
    }

    #[test]
    fn expired_records_are_entries_of_the_page_and_block_nobody() {
        let body = r#"{"resultSet": {"totalRecords": "3", "dncRecords": [
            {"recordId": 1, "phoneNumber": "2025550001", "formattedPhone": "(202) 555-0001"},
            {"recordId": 2, "phoneNumber": 2025550002, "expiredDate": "2025-11-24T10:00:00.000Z"},
            {"recordId": 3, "formattedPhone": "(202) 555-0003", "expiredDate": null}]}}"#;
        let page = records(body.as_bytes(), NOW).unwrap();
        let blocked: Vec<String> = page.numbers.iter().map(|number| number.e164()).collect();
        assert_eq!(blocked, ["+12025550001", "+12025550003"]);
        assert_eq!((page.facts.count, page.facts.total), (3, Some(3)));
    }

    #[test]
    fn a_search_answers_for_one_group_and_one_number() {
        let number = Number::from_e164("+18012440005").unwrap();
        let hit = |group: &str, phone: &str, end: &str| {
            format!(
                r#"{{"searchResults": [{{"dncGroupId": {group}, "formattedPhone": "{phone}", "expiredDate": {end}}}]}}"#
            )
        };
        let blocked = |body: &str| found(body.as_bytes(), &ListId("1001".into()), number, NOW);
        assert_eq!(blocked(&hit("\"1001\"", "(801) 244-0005", "null")), Some(true));
        assert_eq!(blocked(&hit("1002", "(801) 244-0005", "null")), Some(false));
        assert_eq!(blocked(&hit("1001", "(801) 244-0006", "null")), Some(false));
        assert_eq!(blocked(&hit("1001", "(801) 244-0005", "\"2025-11-25T09:00:00Z\"")), Some(false));
        assert_eq!((blocked(""), blocked("nonsense")), (Some(false), None));
    }
}
