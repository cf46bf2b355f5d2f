//! What the documents of the Admin API leave open, asked of a real tenant as far as asking is harmless: nothing is
//! written.

use dncsync_core::answer::Answer;
use dncsync_core::number::Number;
use dncsync_core::target::ListId;
use dncsync_cxone::ItemsPage;

use crate::point::{Finding, Known};
use crate::single::{Single, not_taken};
use crate::trouble::Trouble;

/// The questions that only an upload could answer.
const NOT_ASKED: &str = "not asked, because it would write: what an upload of a number that is there already is told; \
                         whether 4,500 records still are the most; what becomes of numbers outside calling code 1";

/// Asks, of the first list that is known.
pub(crate) async fn ask(single: &mut Single<'_>, lists: &[Known]) -> Result<Vec<Finding>, Trouble> {
    let not_asked = Finding::good("probe", NOT_ASKED);
    let Some((name, list)) = lists.first() else {
        let todo = "ingest something into a test list, then probe again";
        return Ok(vec![Finding::warning("probe", "this state directory knows no list to ask about", todo), not_asked]);
    };
    let client = single.client;
    let asked = client.speech().page_size;
    let first = match single.spend("get", client.read_items(list, 1, asked)).await? {
        Answer::Applied(page) => page,
        Answer::TooLarge => {
            let found = format!("top={asked} is refused with 400; smaller pages are tried by themselves");
            return Ok(vec![Finding::good("probe", found), not_asked]);
        }
        other => return Ok(vec![Finding::bad("probe", &not_taken(other))]),
    };
    let mut findings = vec![page(name, asked, &first)];
    if let Some(number) = first.numbers.first() {
        findings.push(search(single, list, *number).await?);
    }
    findings.push(not_asked);
    Ok(findings)
}

fn page(name: &str, asked: u64, page: &ItemsPage) -> Finding {
    let count = page.facts.count;
    let total = page.facts.total.map_or_else(|| "an untold number".to_owned(), |total| total.to_string());
    let found = format!("of {name} a page of top={asked} shows {count} of {total} records, ordered as asked");
    match page.facts.total {
        Some(total) if count < total.min(asked) => {
            Finding::good("probe", format!("{found}: the largest page is {count}"))
        }
        _ => Finding::good("probe", found),
    }
}

async fn search(single: &mut Single<'_>, list: &ListId, number: Number) -> Result<Finding, Trouble> {
    let client = single.client;
    Ok(match single.spend("get", client.look_up(list, number)).await? {
        Answer::Applied(true) => Finding::good("probe", "the search finds a number that a page shows"),
        Answer::Applied(false) => Finding::warning(
            "probe",
            "the search does not find a number that a page shows: it lags, or wants numbers in another form",
            "probe again in a minute; where it stays so, tell us",
        ),
        other => Finding::bad("probe", &not_taken(other)),
    })
}
