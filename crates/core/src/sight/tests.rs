use super::*;

const NOW: Timestamp = Timestamp::ZERO;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A page of so many entries, in a list of so many, on which something was found or not.
fn page(count: u64, total: u64, found: bool) -> Page<'static> {
    let facts = PageFacts { count, total: Some(total), ..PageFacts::default() };
    Page { facts, numbers: &[], found, old: 0 }
}

/// All was sent, and nothing more is to come.
fn all_sent() -> Hopes {
    Hopes { ripe: 1, ..Hopes::default() }
}

fn sending(ripe: u64) -> Hopes {
    Hopes { ripe, more_to_come: true, ..Hopes::default() }
}

#[test]
fn looks_at_the_tail_first_and_goes_on_from_there() {
    let mut watch = Watch::new(100, 250, NOW);
    assert_eq!(watch.ask(false, NOW), (3, 100));
    assert_eq!(watch.turn(page(100, 320, true), all_sent(), NOW), Turned::More);
    assert_eq!(watch.ask(false, NOW), (4, 100));
    assert_eq!(watch.turn(page(20, 320, true), all_sent(), NOW), Turned::TailEnd);
    assert_eq!(watch.ask(false, NOW), (4, 100));
}

#[test]
fn while_more_is_to_come_a_page_is_read_once_it_is_full() {
    let mut watch = Watch::new(100, 250, NOW);
    assert_eq!(watch.due(sending(49)), None, "one is missing");
    assert_eq!(watch.due(sending(50)), Some(NOW));
    watch.ask(false, NOW);
    assert_eq!(watch.turn(page(100, 330, true), sending(30), NOW), Turned::Enough);
    assert_eq!(watch.due(sending(30)), None);
    assert_eq!(watch.due(sending(100)), Some(NOW), "the next one, and no page twice");
    assert_eq!(watch.ask(false, NOW), (4, 100));
    assert_eq!(watch.turn(page(100, 510, true), sending(110), NOW), Turned::More);
    assert_eq!(watch.ask(false, NOW), (5, 100));
}

#[test]
fn once_all_is_sent_a_page_need_not_be_full() {
    let mut watch = Watch::new(100, 250, NOW);
    let ripe = Hopes { first_ripe: Some(at(700)), last_ripe: Some(at(900)), ..all_sent() };
    assert_eq!(watch.due(ripe), Some(at(700)));
    watch.ask(false, at(700));
    watch.turn(page(60, 260, true), ripe, at(700));
    assert_eq!(watch.due(ripe), Some(at(2_700)), "the rest lags");
}

#[test]
fn while_the_lag_is_waited_for_one_look_is_taken_in_each() {
    for (lag, least) in [(0, 2_000), (1_400, 2_000), (30_000, 30_000)] {
        let hopes = Hopes { longest_lag: Duration::from_millis(lag), ..all_sent() };
        let mut watch = Watch::new(100, 250, NOW);
        let mut now = NOW;
        for _ in 0..20 {
            watch.ask(false, now);
            watch.turn(page(50, 250, false), hopes, now);
            let next = watch.due(hopes).expect("a look");
            assert!(next.since(now) >= Duration::from_millis(least) || watch.is_reading());
            now = next.max(now);
        }
    }
}

#[test]
fn pauses_grow_while_nothing_is_found() {
    let pauses = |lag| (0..8).map(|in_vain| pause(Duration::from_secs(lag), in_vain).as_millis()).collect::<Vec<_>>();
    assert_eq!(pauses(0), [2_000, 2_000, 3_000, 4_500, 6_750, 10_000, 10_000, 10_000]);
    assert_eq!(pauses(5), [5_000, 5_000, 5_000, 5_000, 6_750, 10_000, 10_000, 10_000]);
    assert_eq!(pauses(30), [30_000; 8]);
}

#[test]
fn the_first_look_waits_for_the_lag_that_is_known() {
    assert_eq!(ripe_at(NOW, Duration::ZERO), at(1_050));
    assert_eq!(ripe_at(NOW, Duration::from_secs(7)), at(7_000));
}

#[test]
fn looks_at_the_whole_list_after_as_many_looks_in_vain_as_it_has_pages() {
    for (listed, looks) in [(150, 3), (250, 3), (550, 6)] {
        let mut watch = Watch::new(100, listed, NOW);
        for _ in 0..looks {
            assert_eq!(watch.ask(false, NOW), (listed / 100 + 1, 100));
            assert_eq!(watch.turn(page(50, listed, false), all_sent(), NOW), Turned::TailEnd);
        }
        assert_eq!(watch.ask(false, NOW), (1, 100), "{listed}");
    }
}

#[test]
fn a_list_shorter_than_believed_is_read_whole_at_once() {
    let mut watch = Watch::new(100, 250, NOW);
    assert_eq!(watch.ask(false, NOW), (3, 100));
    assert_eq!(watch.turn(page(0, 120, false), all_sent(), NOW), Turned::TailEnd);
    assert_eq!(watch.ask(false, NOW), (1, 100));
    watch.turn(page(100, 120, true), all_sent(), NOW);
    watch.ask(false, NOW);
    watch.turn(page(20, 120, true), all_sent(), NOW);
    assert_eq!(watch.ask(false, NOW), (2, 100), "now the end is known again");
}

#[test]
fn a_reading_that_begins_at_the_first_page_is_a_whole_one() {
    let mut watch = Watch::new(100, 20, NOW);
    watch.ask(false, NOW);
    assert_eq!(watch.turn(page(20, 20, false), all_sent(), NOW), Turned::WholeEnd { began: NOW });
    assert_eq!(watch.looked_through(), Some(NOW));
}

#[test]
fn a_list_in_no_order_is_read_whole_once_all_is_sent() {
    let mut watch = Watch::new(100, 0, NOW);
    watch.ask(false, NOW);
    assert_eq!(watch.turn(page(100, 110, true), sending(50), NOW), Turned::Enough);
    // The second page shows 60 numbers that were on the first one before.
    watch.ask(false, NOW);
    let shuffled = Page { old: 60, ..page(100, 350, true) };
    assert_eq!(watch.turn(shuffled, sending(200), NOW), Turned::Enough);
    assert_eq!(watch.due(sending(100_000)), None, "its end shows nothing that is worth a look");
    let hopes = Hopes { first_ripe: Some(at(100)), last_ripe: Some(at(900)), ..all_sent() };
    assert_eq!(watch.due(hopes), Some(at(900)), "when all of it can be seen");
    assert_eq!(watch.ask(false, at(900)), (1, 100));
}

#[test]
fn numbers_that_are_read_again_on_the_last_page_show_no_disorder() {
    let mut watch = Watch::new(100, 0, NOW);
    watch.ask(false, NOW);
    watch.turn(page(90, 90, true), all_sent(), NOW);
    watch.ask(false, NOW);
    watch.turn(Page { old: 90, ..page(100, 100, true) }, all_sent(), NOW);
    assert_eq!(watch.ask(false, NOW), (2, 100));
    assert!(watch.learns_order());
}

#[test]
fn where_the_end_is_only_believed_old_numbers_show_no_disorder() {
    // 200 of the 350 entries cannot be read, or are over: the pages behind the 150 are full of old ones.
    let mut watch = Watch::new(100, 150, NOW);
    for (count, old) in [(100, 100), (100, 100), (50, 10)] {
        watch.ask(false, NOW);
        watch.turn(Page { old, ..page(count, 350, old < 100) }, all_sent(), NOW);
    }
    assert_eq!(watch.ask(false, NOW), (4, 100));
    assert!(watch.learns_order());
}

#[test]
fn the_next_reading_costs_the_pages_that_it_would_take() {
    let mut watch = Watch::new(100, 1_050, NOW);
    let costs =
        |watch: &Watch| [(false, 1), (false, 50), (false, 51), (true, 1)].map(|(all, new)| watch.cost(all, new));
    assert_eq!(costs(&watch), [1, 1, 2, 11], "the tail, then all of it");
    (0..11).for_each(|_| watch.asked(false, Duration::ZERO, NOW));
    assert_eq!(costs(&watch), [11, 11, 12, 11], "after looks in vain all of it is due");
    watch.asked(true, Duration::ZERO, NOW);
    assert_eq!(watch.cost(false, 1), 1);
}

#[test]
fn a_refused_page_begins_the_reading_anew_with_smaller_ones() {
    let mut watch = Watch::new(10_000, 25_000, NOW);
    assert_eq!(watch.ask(false, NOW), (3, 10_000));
    watch.ask_for_less();
    assert!(!watch.is_reading());
    assert_eq!(watch.ask(false, NOW), (26, 1_000));
}

/// A list that keeps the order of entries and is asked as the sender asks it: the requests are those of the contract.
#[test]
fn each_page_of_an_ordered_list_is_read_once() {
    for (before, batches, size) in [(0, 1_000, 10_000), (0, 57, 1_000), (34_567, 40, 10_000), (34_567, 40, 700)] {
        let (mut watch, mut listed, mut unseen, mut looks) = (Watch::new(size, before, NOW), before, 0, 0);
        let mut waiting = batches;
        while waiting > 0 || unseen > 0 {
            let hopes = Hopes { ripe: unseen, more_to_come: waiting > 0, ..Hopes::default() };
            if looks * 9 < batches - waiting && watch.due(hopes).is_some() || waiting == 0 {
                let (number, asked) = watch.ask(false, NOW);
                let first = (number - 1) * asked;
                let count = listed.saturating_sub(first).min(asked);
                let fresh = (first + count).saturating_sub(listed - unseen).min(count);
                unseen -= fresh;
                looks += 1;
                let hopes = Hopes { ripe: unseen, ..hopes };
                let shown = Page { old: count - fresh, ..page(count, listed, fresh > 0) };
                watch.turn(shown, hopes, NOW);
            } else {
                (waiting, listed, unseen) = (waiting - 1, listed + 10_000, unseen + 10_000);
            }
        }
        let pages = listed.div_ceil(size) - before / size;
        assert!(looks <= pages, "{looks} looks at {pages} pages");
    }
}
