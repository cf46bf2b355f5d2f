//! What must hold of the readers of answers, asked of the seeds of the fuzz targets and of mutations of them.

#[path = "../../../fuzz/properties/cxone.rs"]
mod properties;
#[path = "../../../fuzz/seeds.rs"]
#[macro_use]
mod seeds;

/// Mutations of the seeds in one run.
const MUTATIONS: u32 = 3_000;

holds!(lists_page, items_page, created_list, posted, removed, error_body, token, retry_after, answer);
holds!(dnc_groups, dnc_records, record_results, discovery);

/// Bodies that are something, somebody else's, or half of it.
const BODIES: [&str; 6] =
    ["", "{}", r#"{"id":"x","message":"+12025551234"}"#, "<html>", r#"{"errors":[{"index":0}]}"#, r#"{"id":"#];

#[test]
fn each_status_has_one_meaning_whatever_the_body() {
    for status in 100..=999 {
        BODIES.iter().for_each(|body| properties::answered(status, body.as_bytes()));
    }
}

proptest::proptest! {
    #[test]
    fn no_body_changes_what_a_status_means(status in 100u16..=599, body: Vec<u8>) {
        properties::answered(status, &body);
    }
}
