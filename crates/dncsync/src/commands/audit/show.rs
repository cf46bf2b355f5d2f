//! The trail, compared with the store and shown.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use dncsync_engine::Trouble;
use serde_json::{Value, json};

use crate::args::{Audit, Global};
use crate::config::{self, environment};
use crate::print;

/// Shows it; the exit status.
pub(super) fn run(args: &Audit, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let path = super::ledger(&place)?.path();
    let events = events(&path, args)?;
    if global.json {
        print::object(&json!({"file": path.display().to_string(), "events": events}));
        return Ok(0);
    }
    for event in &events {
        print::line(&readable(event));
    }
    print::line(&format!("the trail agrees with the store: {}", path.display()));
    Ok(0)
}

fn events(path: &Path, args: &Audit) -> Result<Vec<Value>, Trouble> {
    let unreadable = |error: std::io::Error| {
        Trouble::input("audit.unusable", format!("{}: {error}", path.display()), "check the file")
    };
    let mut events = std::collections::VecDeque::new();
    for line in BufReader::new(File::open(path).map_err(unreadable)?).lines() {
        let event: Value = serde_json::from_str(&line.map_err(unreadable)?).unwrap_or(Value::Null);
        if args.run.as_ref().is_some_and(|run| event["runId"] != run.as_str()) {
            continue;
        }
        events.push_back(event);
        if args.last > 0 && events.len() > args.last {
            events.pop_front();
        }
    }
    Ok(events.into())
}

/// One event on one line: when, which run, what, and its figures.
fn readable(event: &Value) -> String {
    let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
    let head = ["seq", "at", "runId", "eventType", "checkpoint"];
    let figures: Vec<String> = event
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| !head.contains(&key.as_str()))
        .filter_map(|(key, value)| Some(format!("{key}={}", shown(value)?)))
        .collect();
    format!("{} {} {:<16} {}", text("at"), text("runId"), text("eventType"), figures.join(" "))
}

/// A figure, a text, or some texts; what has parts of its own is for programs.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text_value(text)),
        Value::Array(texts) if !texts.is_empty() => {
            let texts: Option<Vec<&str>> = texts.iter().map(Value::as_str).collect();
            Some(texts?.join(","))
        }
        _ => None,
    }
}

/// A digest shortened, words in quotes, all else as it is.
fn text_value(text: &str) -> String {
    match text {
        digest if digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()) => print::digest(digest),
        words if words.contains(char::is_whitespace) => format!("{words:?}"),
        word => word.to_owned(),
    }
}
