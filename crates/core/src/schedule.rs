//! What leaves next: urgent first, sending before looking (design decision 9).

/// While there is something to send, looking back gets one request in so many.
const LOOK_EVERY: u32 = 10;

/// What may leave now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// A request that others wait for: finding a list, reading it for the first time.
    pub ground: bool,
    /// A batch is ready.
    pub batch: bool,
    /// A page is due.
    pub look: bool,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Find or read a list that a plan waits for.
    Ground,
    /// Send a batch.
    Send,
    /// Look whether accepted numbers are listed.
    Look,
    /// Nothing may leave.
    Nothing,
}

/// Decides. `sent_since_look` counts the requests since the last look.
pub fn next(waiting: Waiting, sent_since_look: u32) -> Next {
    match waiting {
        Waiting { look: true, .. } if sent_since_look + 1 >= LOOK_EVERY => Next::Look,
        Waiting { ground: true, .. } => Next::Ground,
        Waiting { batch: true, .. } => Next::Send,
        Waiting { look: true, .. } => Next::Look,
        _ => Next::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_gets_one_request_in_ten_while_there_is_something_to_send() {
        let waiting = Waiting { batch: true, look: true, ground: false };
        let mut since = 0;
        let looks = (0..100)
            .filter(|_| {
                let look = next(waiting, since) == Next::Look;
                since = if look { 0 } else { since + 1 };
                look
            })
            .count();
        assert_eq!(looks, 10);
    }

    #[test]
    fn and_all_of_them_after() {
        assert_eq!(next(Waiting { look: true, ..Waiting::default() }, 0), Next::Look);
        assert_eq!(next(Waiting::default(), 50), Next::Nothing);
    }
}
