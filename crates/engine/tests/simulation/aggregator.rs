//! An aggregator in memory: takes webhooks, in whatever mood it is.

use std::sync::Mutex;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Takes,
    /// Nobody is there.
    Absent,
    Refuses,
    /// Takes it and closes without an answer.
    TakesAndCloses,
    ClosesUnread,
    /// Takes it and says nothing for a long time.
    TakesAndIsSilent,
    /// Takes it, and its answer breaks off behind the status line.
    TakesAndBreaksOff,
    /// Takes it, and answers with a page.
    Page,
}

/// What came: id and body.
pub(crate) struct Aggregator {
    pub(crate) mood: Mutex<Mood>,
    pub(crate) received: Mutex<Vec<(String, String)>>,
}

impl Default for Aggregator {
    fn default() -> Self {
        Self { mood: Mutex::new(Mood::Takes), received: Mutex::default() }
    }
}

impl Aggregator {
    pub(crate) fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub(crate) fn is_absent(&self) -> bool {
        *self.mood.lock().unwrap() == Mood::Absent
    }

    pub(crate) fn received(&self) -> Vec<(String, String)> {
        self.received.lock().unwrap().clone()
    }

    pub(crate) async fn serve(&self, mut stream: DuplexStream) {
        let mood = *self.mood.lock().unwrap();
        if matches!(mood, Mood::ClosesUnread | Mood::Absent) {
            return;
        }
        let Some((id, body)) = read(&mut stream).await else { return };
        if mood != Mood::Refuses {
            self.received.lock().unwrap().push((id, body));
        }
        let answer: &[u8] = match mood {
            Mood::Takes => b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            Mood::Refuses => b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n",
            Mood::TakesAndBreaksOff => b"HTTP/1.1 200 OK\r\ncont",
            Mood::Page => b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>",
            Mood::TakesAndIsSilent => return tokio::time::sleep(Duration::from_secs(100)).await,
            Mood::TakesAndCloses | Mood::ClosesUnread | Mood::Absent => return,
        };
        let _ = stream.write_all(answer).await;
    }
}

/// Id and body of one webhook; `None` where the connection broke before it was whole.
async fn read(stream: &mut DuplexStream) -> Option<(String, String)> {
    let mut came = Vec::new();
    loop {
        if stream.read_buf(&mut came).await.ok()? == 0 {
            return None;
        }
        let text = std::str::from_utf8(&came).ok()?;
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let header = |name: &str| {
            let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        if body.len() >= header("content-length")?.parse().ok()? {
            return Some((header("webhook-id")?, body.to_owned()));
        }
    }
}
