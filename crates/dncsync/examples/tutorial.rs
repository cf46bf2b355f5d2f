//! The three items of the tutorial, into a sandbox: `cargo run --example tutorial`.

use dncsync::{DncIngester, DncItem, SourceType};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let items = vec![
        DncItem::new("+12025551234", SourceType::Regulatory).with_notes("State DNC registry sync"),
        DncItem::new("+12025555678", SourceType::CustomerRequest).with_notes("Opt-out via IVR"),
        DncItem::new("+12025559999", SourceType::Manual).with_notes("Agent flagged"),
    ];
    let state = tempfile::tempdir()?;
    // Against a tenant: DncIngester::from_env()?, with CXONE_CLIENT_ID and CXONE_CLIENT_SECRET set.
    let ingester = DncIngester::sandbox(state.path());
    let report = ingester.ingest_for_campaign("Q4_OUTBOUND_2024", items).await?;
    assert_eq!((report.total_items, report.successes), (3, 3));
    Ok(())
}
