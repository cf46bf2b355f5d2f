//! What finished runs asked to be blocked.

use dncsync_core::source::SourceType::{self, CustomerRequest, Manual};
use dncsync_store::TargetId;

use crate::house::{House, at, report, run, set};

const FAR: u64 = 442_071_838_750;

fn finish(house: &mut House, id: &str, claims: &[(SourceType, &[u64])]) {
    house.load(id, at(1), &[]).unwrap();
    let claims: Vec<_> = claims.iter().map(|(source, numbers)| (*source, set(numbers.iter().copied()))).collect();
    house.store.finish(&run(id), &report(id), &claims, at(2)).unwrap();
}

fn claims(house: &House, target: TargetId) -> Vec<(SourceType, Vec<u64>)> {
    let claims = house.store.claims(target).unwrap();
    let some = claims.into_iter().filter(|(_, numbers)| !numbers.is_empty());
    some.map(|(source, numbers)| (source, numbers.iter().map(dncsync_core::number::Number::get).collect())).collect()
}

#[test]
fn claims_are_kept_by_source_type_each_number_once() {
    let mut house = House::new();
    finish(&mut house, "r1", &[(Manual, &[1, 2]), (CustomerRequest, &[FAR])]);
    finish(&mut house, "r2", &[(Manual, &[2, 3, FAR])]);
    finish(&mut house, "r3", &[(Manual, &[2, 3, FAR])]);

    let expected = [(Manual, vec![1, 2, 3, FAR]), (CustomerRequest, vec![FAR])];
    assert_eq!(claims(&house, house.target), expected, "two sources may claim one number");
}

#[test]
fn claims_belong_to_a_target_and_outlive_its_list() {
    let mut house = House::new();
    finish(&mut house, "r1", &[(Manual, &[1, 2])]);
    let anew = dncsync_core::target::ListId("dnc-2".into());
    house.store.resolved(house.target, &anew, true, at(3), &run("r2")).unwrap();
    assert_eq!(claims(&house, house.target), [(Manual, vec![1, 2])]);

    let other = dncsync_core::target::Target::campaign("Q4").unwrap();
    let other = house.store.target(house.tenant, &other).unwrap();
    assert_eq!(claims(&house, other), []);
}
