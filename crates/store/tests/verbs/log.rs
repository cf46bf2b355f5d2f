use dncsync_core::source::SourceType::Manual;
use dncsync_store::Store;

use crate::house::{House, at, entries, happened, run};

#[test]
fn events_have_no_gaps_also_after_a_change_that_failed() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=6));
    // A load under an id that is taken fails after it began.
    assert!(house.load("r1", at(2), &entries(Manual, 7..=8)).is_err());
    while house.send().is_some() {}
    house.store.log(at(3), &run("r1"), &[happened()]).unwrap();

    let lines = house.store.events_after(0, 1_000).unwrap();
    let seqs: Vec<u64> = lines.iter().map(|logged| logged.seq).collect();
    assert_eq!(seqs, (1..=house.store.last_event().unwrap()).collect::<Vec<_>>());
    for logged in &lines {
        assert!(logged.line.starts_with(&format!("{{\"seq\":{},", logged.seq)), "{}", logged.line);
    }
}

#[test]
fn two_processes_write_one_log_without_gaps() {
    let house = House::new();
    let before = house.store.last_event().unwrap();
    let writers: Vec<_> = ["a", "b"]
        .map(|name| {
            let mut store = Store::open(house.path()).unwrap();
            std::thread::spawn(move || {
                for _ in 0..25 {
                    store.log(at(1), &run(name), &[happened()]).unwrap();
                }
            })
        })
        .into();
    for writer in writers {
        writer.join().unwrap();
    }
    let seqs: Vec<u64> = house.store.events_after(before, 100).unwrap().iter().map(|logged| logged.seq).collect();
    assert_eq!(seqs, (before + 1..=before + 50).collect::<Vec<_>>());
}

#[test]
fn the_log_is_read_in_pieces() {
    let mut house = House::new();
    for second in 0..5 {
        house.store.log(at(second), &run("r1"), &[happened()]).unwrap();
    }
    let piece: Vec<u64> = house.store.events_after(2, 3).unwrap().iter().map(|logged| logged.seq).collect();
    assert_eq!(piece, [3, 4, 5]);
}
