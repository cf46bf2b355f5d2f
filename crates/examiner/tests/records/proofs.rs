//! Proofs and statements that hold, and ones that do not.

use dncsync_examiner::{AnswerTold, Proven, check};

use crate::papers::{AT, proof, statement};
use crate::story::{story, story_with};
use crate::writer::hex;

#[test]
fn a_proof_tells_what_became_of_a_number() {
    let writer = story();
    let text = proof(&writer, 0, 3);
    for key in [0, 1] {
        let Ok(Proven::Proof(told)) = check(text.as_bytes(), &writer.key(key)) else {
            panic!("{:?}", check(text.as_bytes(), &writer.key(key)));
        };
        assert_eq!((told.number.as_str(), told.source.as_str()), ("+12025550103", "MANUAL"));
        assert_eq!((told.list.as_str(), told.scope.as_str(), told.at.as_str()), ("HOUSE", "GLOBAL", AT));
        assert_eq!((told.run.as_str(), told.batch, told.position, told.size), ("r1", 0, 3, 310));
        assert_eq!(
            (told.sent_at.as_str(), told.seen_at.as_str()),
            ("2026-11-26T10:00:06.000Z", "2026-11-26T10:00:10.000Z")
        );
        let answered = AnswerTold { answer: "applied".to_owned(), at: "2026-11-26T10:00:09.000Z".to_owned() };
        assert_eq!((told.answered, told.removal), (Some(answered), false));
        assert_eq!(told.file.map(|file| (file.name, file.line)), Some(("optouts.csv".to_owned(), Some(8))));
    }
}

#[test]
fn a_proof_of_a_removal_says_so() {
    let writer = story();
    let Ok(Proven::Proof(told)) = check(proof(&writer, 2, 0).as_bytes(), &writer.key(0)) else { panic!("it holds") };
    assert!(told.removal);
    assert_eq!(told.file, None);
    let Ok(Proven::Proof(told)) = check(proof(&writer, 1, 2).as_bytes(), &writer.key(0)) else { panic!("it holds") };
    assert!(!told.removal);
    assert_eq!(told.answered.map(|answered| answered.answer).as_deref(), Some("unknown"));
}

/// A prover who leaves the run's own load out could name any list.
#[test]
fn a_list_that_no_event_names_is_refused() {
    let writer =
        story_with(Some((r#""runId":"r2","eventType":"run.loaded""#, r#""runId":"r2","eventType":"feed.looked""#)));
    let found = check(proof(&writer, 1, 0).as_bytes(), &writer.key(0)).expect_err("it does not hold");
    assert_eq!(found.to_string(), "proof: no event says which list run r2 went into");
}

/// What is wrong with a proof.
fn refused(text: &str) -> String {
    check(text.as_bytes(), &story().key(0)).expect_err("it does not hold").to_string()
}

#[test]
fn what_was_not_seen_is_not_proven() {
    let writer = story();
    assert_eq!(refused(&proof(&writer, 0, 2)), "proof: the item is not among those that were seen");
    assert_eq!(refused(&proof(&writer, 0, 4)), "proof: the item is not among those that were seen");
    assert_eq!(refused(&proof(&writer, 2, 1)), "proof: the item is not among those that were seen");
    let unsent = story_with(Some((r#""count":5,"items":5"#, r#""count":5,"positions":"0-1,3-4","items":4"#)));
    let seen = proof(&unsent, 0, 3);
    assert!(check(seen.as_bytes(), &unsent.key(0)).is_ok());
}

#[test]
fn a_proof_has_one_form() {
    let writer = story();
    let right = proof(&writer, 0, 3);
    for (this, other) in [
        ("\n", ""),
        ("}\n", "}\n\n"),
        (r#"{"kind":"proof","#, r#"{ "kind":"proof","#),
        (r#""list":"HOUSE","scope":"GLOBAL""#, r#""scope":"GLOBAL","list":"HOUSE""#),
        (r#""list":"HOUSE""#, r#""list":"\u0048OUSE""#),
        (r#""list":"HOUSE""#, r#""list":"HOUSE","more":1"#),
        (r#""position":3"#, r#""position":3.0"#),
        (r#""position":3"#, r#""position":03"#),
    ] {
        let changed = right.replacen(this, other, 1);
        assert!(changed != right && check(changed.as_bytes(), &writer.key(0)).is_err(), "{other}");
    }
    let of_no_kind = right.replacen("proof", "paper", 1);
    assert!(refused(&of_no_kind).contains("none that is known"));
}

#[test]
fn what_a_proof_claims_must_be_what_its_events_say() {
    let writer = story();
    let right = proof(&writer, 0, 3);
    let with = |this: &str, other: &str| {
        let changed = right.replacen(this, other, 1);
        assert_ne!(changed, right);
        refused(&changed)
    };
    assert!(with(AT, "2026-11-26T10:00:09.999Z").contains("it is later than the moment"));
    assert!(with(AT, "2026-11-27").contains("`at` is no moment"));
    assert!(with("HOUSE", "OTHER").contains("was for HOUSE (GLOBAL)"));
    assert!(with("GLOBAL", "QUEUE").contains("was for HOUSE (GLOBAL)"));
    assert!(with("+12025550103", "+12025550104").contains("its path does not show"));
    assert!(with("MANUAL", "SYSTEM").contains("its path does not show"));
    assert!(with("MANUAL", "manual").contains("source type"));
    assert!(with("optouts.csv", "other.csv").contains("no event shows that other.csv"));
    let digest = format!(r#""digest":"{}","line""#, hex(&[0xAB; 32]));
    assert!(with(&digest, &digest.replace("ab", "ac")).contains("no event shows that optouts.csv"));
}

/// The events of a proof, one by one, left out.
#[test]
fn events_that_are_needed_must_be_there() {
    let writer = story();
    let right = proof(&writer, 0, 3);
    let without = |kind: &str| {
        let (before, events) = right.split_once(r#""events":["#).expect("events");
        let (events, after) = events.split_once(r#"],"checkpoint":"#).expect("a checkpoint");
        let kind = format!(r#"\"eventType\":\"{kind}\""#);
        let kept: Vec<&str> = events.split(r#",{"line""#).filter(|event| !event.contains(&kind)).collect();
        let kept = kept.join(r#",{"line""#);
        let kept = kept.strip_prefix(r#",{"line""#).map_or(kept.clone(), |rest| format!(r#"{{"line"{rest}"#));
        let kept = if kept.starts_with('{') { kept } else { format!(r#"{{"line"{kept}"#) };
        check(format!(r#"{before}"events":[{kept}],"checkpoint":{after}"#).as_bytes(), &writer.key(0))
    };
    assert!(without("batch.settled").expect_err("settled").to_string().contains("that the batch was settled"));
    assert!(without("run.loaded").expect_err("loaded").to_string().contains("the load that the number came from"));
    assert!(without("batch.sending").expect_err("sent").to_string().contains("a request that is not shown"));
    assert!(without("key.rotated").expect_err("rotated").to_string().contains("names another key"));
    assert!(without("batch.answered").is_ok(), "a process may have died before the answer came");
    assert!(without("nothing").is_ok());
}

#[test]
fn another_key_proves_nothing() {
    let (writer, mut other) = (story(), crate::writer::Writer::new(None));
    (0..2).for_each(|_| other.rotate());
    let refused = check(proof(&writer, 0, 3).as_bytes(), &other.key(2)).expect_err("it is not trusted");
    assert!(refused.what.contains("is none of those that it shows"), "{refused}");
}

#[test]
fn a_statement_is_told_as_what_it_is() {
    let writer = story();
    let text = statement(&writer, "+12025550999 stands in no batch of HOUSE.\n\nSearched: 10 items.");
    for key in [0, 1] {
        let Ok(Proven::Statement(told)) = check(text.as_bytes(), &writer.key(key)) else { panic!("it holds") };
        assert_eq!(told.size, 310);
        assert_eq!(told.lines, ["+12025550999 stands in no batch of HOUSE.", "", "Searched: 10 items."]);
    }
    assert!(refused(&text.replace("10 items", "11 items")).contains("its signature is not one of"));
    assert!(refused(&text.replacen("statement", "proof", 1)).contains("it is no proof"));
}

#[test]
fn a_signed_text_that_is_no_statement_is_refused() {
    let writer = story();
    let checkpoint = crate::writer::json(&writer.checkpoints[writer.checkpoints.len() - 1]);
    let rotations = writer.shown(|line| line.contains("key.rotated"));
    let text = |text: &str| {
        format!(
            "{{\"kind\":\"statement\",\"text\":{},\"rotations\":[{rotations}],\"checkpoint\":{checkpoint}}}\n",
            crate::writer::json(text)
        )
    };
    let itself = text(&writer.checkpoints[writer.checkpoints.len() - 1]);
    assert!(refused(&itself).contains("its first line is not `dncsync statement, not a proof`"));
    let older = writer.note(&format!("dncsync statement, not a proof\n{}\n309\n", crate::writer::ORIGIN));
    assert!(refused(&text(&older)).contains("its third line is not `310`"));
}
