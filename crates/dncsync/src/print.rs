//! Writing for people and for machines. The one place that prints.

use std::io::{self, Write};

use dncsync_core::report::Report;
use dncsync_engine::Trouble;
use serde::Serialize;
use serde_json::{Value, json};

/// Writes a line to standard output. A reader that went away (a closed pipe) is no fault of ours.
pub(crate) fn line(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Writes much to standard output. A reader that went away (a closed pipe) is no fault of ours.
pub(crate) fn stream(write: impl FnOnce(&mut dyn Write) -> Result<u64, Trouble>) -> Result<u64, Trouble> {
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let written = write(&mut out)?;
    match out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Trouble::passing(
            "export.unusable",
            format!("the export cannot be written: {error}"),
            "see where it goes to, then run the same command again",
        )),
        _ => Ok(written),
    }
}

/// Writes a line to standard error.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes one JSON object to standard output.
pub(crate) fn object(value: &impl Serialize) {
    line(&serde_json::to_string(value).expect("our values are JSON"));
}

/// What is wrong and what to do, as an object.
pub(crate) fn error_value(trouble: &Trouble) -> Value {
    json!({"code": trouble.code, "message": trouble.message, "todo": trouble.todo})
}

/// Tells of trouble: one line for people, one object for machines.
pub(crate) fn trouble(trouble: &Trouble, as_json: bool) {
    if as_json {
        object(&json!({"error": error_value(trouble)}));
    }
    note(&format!("dncsync: {}: {}; {}", trouble.code, one_line(&trouble.message), one_line(&trouble.todo)));
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A report for machines, with what stopped the run where something did.
pub(crate) fn report_object(report: &Report, stopped: Option<&Trouble>) {
    #[derive(Serialize)]
    struct Object<'a> {
        #[serde(flatten)]
        report: &'a Report,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<Value>,
    }
    object(&Object { report, error: stopped.map(error_value) });
}

/// The same as a part of another object.
pub(crate) fn report_value(report: &Report, stopped: Option<&Trouble>) -> Value {
    let mut value = serde_json::to_value(report).expect("a report is JSON");
    if let Some(trouble) = stopped {
        value["error"] = error_value(trouble);
    }
    value
}

/// A report for people.
pub(crate) fn report_table(report: &Report) {
    let list_id = report.list_id.as_deref().unwrap_or("not known yet");
    line(&format!("run {}  into {} ({}, {list_id})", report.run_id, report.list_name, report.scope));
    line("");
    let rows: [(&str, u64, &str); 7] = [
        ("confirmed", report.successes, "newly seen in the list"),
        ("listed already", report.already_listed, "the list held them before"),
        ("repeated", report.duplicates_in_input, "named by an earlier row"),
        ("rejected", report.rejected, "no number or source type to be taken"),
        ("refused", report.refused, "CXone would not take them"),
        ("unconfirmed", report.unconfirmed, "accepted, never seen: not protected yet"),
        ("pending", report.pending, if report.dry_run { "would be sent" } else { "without an outcome yet" }),
    ];
    for (name, count, meaning) in rows.into_iter().filter(|(name, count, _)| *count > 0 || *name == "confirmed") {
        line(&format!("  {name:<16}{:>12}  {meaning}", grouped(count)));
    }
    line(&format!("  {:<16}{:>12}", "rows", grouped(report.total_items)));
    line("");
    let requests = report.requests;
    line(&format!(
        "  requests {} (list {}, post {}, get {}; retried {}, throttled {})  batches {}  latency p50 {:.0} ms, max {:.0} ms",
        requests.total,
        requests.list,
        requests.post,
        requests.get,
        requests.retried,
        requests.throttled,
        report.batches,
        report.latency_ms.p50,
        report.latency_ms.max
    ));
    for (warning, count) in &report.warnings {
        match warning.as_str() {
            "skills.none" => line(&format!(
                "  warning {warning}: {} scrubs no skill, so it keeps nobody from being called, unless it is the tenant's \
                 default group; dncsync target skills --list {} --scrub ID,…",
                report.list_name, report.list_name
            )),
            _ => line(&format!("  warning {warning}: {count}")),
        }
    }
    let webhooks = report.webhooks;
    if webhooks.all() > 0 {
        let parked = if webhooks.parked > 0 { format!(", parked {}", webhooks.parked) } else { String::new() };
        line(&format!("  webhooks delivered {}, pending {}{parked}", webhooks.delivered, webhooks.pending));
    }
    if report.resent > 0 {
        line(&format!("  sent again {}: accepted, or listed once, and not in the list", grouped(report.resent)));
    }
    if requests.halving > 0 {
        line(&format!("  requests spent on finding refused items {} of {}", requests.halving, requests.halving_budget));
    }
    let removals = report.removals;
    if removals.planned > 0 {
        let others: [(&str, u64); 4] = [
            ("claimed again and kept", removals.kept),
            ("refused by CXone", removals.refused),
            ("still there", removals.unconfirmed),
            ("without an outcome yet", removals.pending),
        ];
        let others = others.into_iter().filter(|(_, count)| *count > 0);
        let others: String = others.map(|(name, count)| format!(", {name} {}", grouped(count))).collect();
        line(&format!("  removed {} of {}{others}", grouped(removals.removed), grouped(removals.planned)));
    }
    if removals.withheld > 0 {
        line(&format!("  not removed {}: that needs approval", grouped(removals.withheld)));
    }
    if let Some(file) = &report.unconfirmed_file {
        line(&format!("  the unconfirmed numbers are in {file}; the next run into this list begins with them"));
    }
    if let Some(rejects) = &report.rejects {
        line(&format!("  rejected and refused rows are in {rejects}: mend them and feed the file back in"));
    }
    line(&format!("  state {}", report.state));
}

/// Digests are long and told apart by their beginning.
pub(crate) fn digest(whole: &str) -> String {
    whole.get(..12).map_or_else(|| whole.to_owned(), |beginning| format!("{beginning}…"))
}

/// `1,234,567`
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
