//! What must hold of the readers of CXone's answers, whatever the bytes.

use std::time::Duration;

use dncsync_core::answer::{Answer, Later};
use dncsync_core::number::Number;
use dncsync_core::paging::PageFacts;
use dncsync_core::target::ListId;
use dncsync_core::timestamp::Timestamp;
use dncsync_cxone::FoundList;
use dncsync_cxone::fuzz;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A page of lists.
pub(crate) fn lists_page(body: &[u8]) {
    let page = fuzz::lists(body);
    assert_eq!(page, fuzz::lists(&framed(body)), "white space and a mark make no difference");
    let Some(page) = page else { return };
    assert!(page.lists.len() as u64 <= page.facts.count);
    believable(page.facts);
    page.lists.iter().for_each(usable);
}

/// A page of numbers.
pub(crate) fn items_page(body: &[u8]) {
    let page = fuzz::items(body);
    assert_eq!(page, fuzz::items(&framed(body)), "white space and a mark make no difference");
    let Some(page) = page else { return };
    assert!(page.numbers.is_sorted_by(|a, b| a < b), "sorted, each once");
    assert!(page.numbers.len() as u64 <= page.facts.count);
    assert!(page.numbers.iter().all(|number| Number::from_e164(&number.e164()) == Some(*number)), "E.164, all of them");
    believable(page.facts);
    for word in format!("{:?}", page.numbers).split(", ") {
        without_numbers(word);
    }
}

/// The answer to a list's creation.
pub(crate) fn created_list(body: &[u8]) {
    if let Some(list) = fuzz::created(body, "HOUSE") {
        usable(&list);
    }
}

/// The answer to a batch.
pub(crate) fn posted(body: &[u8]) {
    assert_eq!(fuzz::posted(body), fuzz::posted(&framed(body)));
}

/// The answer to a removal.
pub(crate) fn removed(body: &[u8]) {
    assert_eq!(fuzz::removed(body), fuzz::removed(&framed(body)));
}

/// All DNC groups of the Admin API, and the one that was made.
pub(crate) fn dnc_groups(body: &[u8]) {
    let page = fuzz::groups(body);
    assert_eq!(page, fuzz::groups(&framed(body)), "white space and a mark make no difference");
    if let Some(page) = page {
        assert!(page.lists.len() as u64 <= page.facts.count);
        page.lists.iter().for_each(usable);
    }
    if let Some(group) = fuzz::created_group(body, "HOUSE") {
        usable(&group);
    }
}

/// A page of a group's records, as a search, and as a page of skills: they are read from the same answers.
pub(crate) fn dnc_records(body: &[u8]) {
    // 2026-11-25T10:00:00Z
    let now = Timestamp::from_millis(1_795_600_800_000);
    let page = fuzz::records(body, now);
    assert_eq!(page, fuzz::records(&framed(body), now), "white space and a mark make no difference");
    if let Some(page) = page {
        assert!(page.numbers.is_sorted_by(|a, b| a < b), "sorted, each once");
        assert!(page.numbers.len() as u64 <= page.facts.count);
        assert!(page.numbers.iter().all(|number| Number::from_e164(&number.e164()) == Some(*number)), "E.164");
        believable(page.facts);
        let later = fuzz::records(body, now + DAY).map(|page| page.numbers);
        let stays = |number: &Number| page.numbers.binary_search(number).is_ok();
        assert!(later.is_none_or(|later| later.iter().all(stays)), "time ends records and begins none");
    }
    let number = Number::from_stored(12_025_550_100);
    if fuzz::found(body, &ListId("1001".into()), number, now) == Some(true) {
        assert!(body.windows(4).any(|piece| piece == b"1001"), "found in a group that is not told of");
    }
    if let Some(page) = fuzz::skills(body) {
        assert!(page.skills.len() as u64 <= page.facts.count);
        believable(page.facts);
    }
}

/// What became of each record of an upload, and of a removal.
pub(crate) fn record_results(body: &[u8]) {
    let (posted, removed) = fuzz::results(body);
    assert_eq!(fuzz::results(&framed(body)), (posted.clone(), removed.clone()));
    let failures = [posted.map(|posted| posted.failed), removed.map(|removed| removed.failed)];
    for failed in failures.into_iter().flatten() {
        failed.named.iter().for_each(|(_, words)| fit(words));
        failed.unnamed.iter().for_each(|words| fit(words));
    }
}

/// Where a tenant's addresses are told.
pub(crate) fn discovery(body: &[u8]) {
    assert_eq!(fuzz::discovered(body), fuzz::discovered(&framed(body)));
}

/// An error's body: why a batch was refused.
pub(crate) fn error_body(body: &[u8]) {
    let refusal = fuzz::refusal(body);
    fit(&refusal.reason);
    refusal.named.iter().for_each(|(_, words)| fit(words));
    if let Some(words) = fuzz::words(body) {
        fit(&words);
        assert_eq!(words, refusal.reason);
    }
}

/// What hands out a token.
pub(crate) fn token(body: &[u8]) {
    let Some(facts) = fuzz::token(body) else { return };
    assert!(facts.expires_in <= DAY);
    assert!(facts.scopes.iter().all(|scope| !scope.is_empty() && !scope.contains([' ', ','])));
}

/// `Retry-After`, and `Date` on the second line.
pub(crate) fn retry_after(bytes: &[u8]) {
    let mut lines = bytes.splitn(2, |byte| *byte == b'\n');
    let (value, date) = (lines.next().unwrap_or_default(), lines.next());
    assert!(fuzz::retry_after(value, date).is_none_or(|wait| wait <= DAY));
}

/// A status (its first two bytes, hundreds and the rest) and a body, as the answer to every call.
pub(crate) fn answer(bytes: &[u8]) {
    let [hundreds, rest, body @ ..] = bytes else { return };
    let status = u16::from(1 + hundreds % 5) * 100 + u16::from(rest % 100);
    answered(status, body);
}

/// The same of the Admin API, whose words for a name that is taken are its own.
fn answered_by_the_admin_api(status: u16, body: &[u8]) {
    for (call, answer) in fuzz::judge_admin(status, body) {
        let held = match &answer {
            Answer::Applied(()) => (200..=299).contains(&status),
            Answer::Exists => call == "CreateList" && matches!(status, 400 | 409),
            Answer::Refused(_) => status == 400,
            Answer::TooLarge => status == 413,
            Answer::TokenRefused => status == 401,
            Answer::ComeBack(later) => status == 429 && later.throttled,
            Answer::Unknown(later) => later.throttled == (status == 503),
            Answer::Lasting(lasting) => {
                without_numbers(&lasting.message);
                (300..=499).contains(&status) || matches!(status, 501)
            }
        };
        assert!(held, "{call} answered {status} is {}", answer.name());
    }
}

/// What every call makes of an answer.
pub(crate) fn answered(status: u16, body: &[u8]) {
    answered_by_the_admin_api(status, body);
    for (call, answer) in fuzz::judge(status, body) {
        let sends_a_batch = matches!(call.as_str(), "PostItems" | "RemoveItems");
        let unsupported = call == "RemoveItems" && matches!(status, 405 | 501);
        let held = match (&answer, status) {
            (Answer::ComeBack(later), _) => status == 429 && later.throttled,
            // Whoever did not read the success to its end does not know, either.
            (Answer::Unknown(later), 100..=299 | 408 | 500..) => !later.throttled && !unsupported,
            (Answer::Applied(()), _) => (200..=299).contains(&status),
            (Answer::Refused(_), _) => status == 400 && sends_a_batch,
            (Answer::TooLarge, _) => status == 413 && sends_a_batch,
            (Answer::Exists, _) => status == 409 && call == "CreateList",
            (Answer::TokenRefused, _) => status == 401,
            (Answer::Lasting(lasting), _) if unsupported => lasting.code == "removal.unsupported" && lasting.of_list,
            (Answer::Lasting(_), 300..=499) => !matches!(status, 401 | 408 | 429),
            _ => false,
        };
        assert!(held, "{call} answered {status} is {}", answer.name());
        match &answer {
            Answer::ComeBack(Later { reason, answered: true, retry_after: None, .. })
            | Answer::Unknown(Later { reason, answered: true, retry_after: None, .. }) => without_numbers(reason),
            Answer::ComeBack(_) | Answer::Unknown(_) => panic!("the server answered, and told no time"),
            Answer::Lasting(lasting) => {
                without_numbers(&lasting.message);
                without_numbers(&lasting.todo);
            }
            Answer::Refused(refusal) => fit(&refusal.reason),
            _ => {}
        }
    }
}

/// Figures that do not contradict the page.
fn believable(facts: PageFacts) {
    assert!(facts.size.is_none_or(|size| size >= facts.count.max(1)));
    assert!(facts.total.is_none_or(|total| total >= facts.count));
    assert!(facts.pages.is_none_or(|pages| pages >= facts.count.min(1)));
}

/// An id that is one step of a path, and no other one than it was.
fn usable(list: &FoundList) {
    assert!(!list.name.trim().is_empty());
    let path = fuzz::items_path(&list.id);
    let step = path.strip_prefix("/api/v2/dnc/lists/").and_then(|rest| rest.strip_suffix("/items"));
    let step = step.unwrap_or_else(|| panic!("another path: {path}"));
    assert!(!step.contains('/'), "more than one step: {path}");
    assert_eq!(unescaped(step), list.id.0.as_bytes(), "another id: {path}");
}

fn unescaped(step: &str) -> Vec<u8> {
    let mut rest = step.bytes();
    std::iter::from_fn(|| {
        Some(match rest.next()? {
            b'%' => {
                let hex = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?
            }
            plain => plain,
        })
    })
    .collect()
}

/// Words of a server: one short line without controls and without numbers.
fn fit(words: &str) {
    assert!(!words.is_empty() && words.chars().count() <= 200);
    assert!(!words.chars().any(char::is_control));
    without_numbers(words);
}

/// No five digits in one piece.
fn without_numbers(words: &str) {
    let mut piece = 0;
    for c in words.chars() {
        piece = if c.is_numeric() { piece + 1 } else { 0 };
        assert!(piece < 5, "a number is legible");
    }
}

/// The same JSON with a byte order mark before it, where it has none, and white space around it.
fn framed(body: &[u8]) -> Vec<u8> {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    [b"\xef\xbb\xbf \n", text, b"\r\n"].concat()
}
