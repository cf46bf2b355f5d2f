//! `dncsync webhooks`: those that nobody took yet, and trying them again on command.

use dncsync_engine::{Engine, Replayed, Trouble, Undelivered, World};
use serde_json::{Value, json};

use crate::args::{Global, Webhooks, WebhooksAction};
use crate::config::{self, Config, Place, environment};
use crate::{exit, print};

/// Shows or replays them; the exit status.
pub(crate) async fn run(args: &Webhooks, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(&args.tenant, &place, &environment)?;
    if config.settings.is_none() && !config.sandbox {
        let beside = ", and webhooks belong to a tenant";
        return Err(config.no_credentials(beside, "look at those of the sandbox with --sandbox"));
    }
    match args.action {
        WebhooksAction::List if !args.ids.is_empty() => {
            Err(Trouble::input("usage", "list takes no ID", "leave it out, or say: dncsync webhooks replay ID"))
        }
        WebhooksAction::List => {
            let webhooks = Engine::undelivered(&place.state, &config.setup.tenant)?;
            list(&webhooks, global.json);
            Ok(0)
        }
        WebhooksAction::Replay => {
            let replayed = replay(config, &place, &args.ids).await?;
            show(&replayed, global.json);
            Ok(if replayed.left.is_empty() { 0 } else { exit::of_kind(dncsync_engine::Kind::Passing) })
        }
    }
}

/// Webhooks need no CXone: no client is made, and no embedded sandbox is started.
async fn replay(config: Config, place: &Place, ids: &[String]) -> Result<Replayed, Trouble> {
    Engine::open(&place.state, None, config.setup, World::real())?.replay(ids).await
}

fn list(webhooks: &[Undelivered], as_json: bool) {
    let (pending, parked) = counts(webhooks);
    if as_json {
        let webhooks: Vec<Value> = webhooks.iter().map(value).collect();
        return print::object(&json!({"webhooks": webhooks, "pending": pending, "parked": parked}));
    }
    webhooks.iter().for_each(line);
    print::line(&format!("pending {}, parked {}", print::grouped(pending), print::grouped(parked)));
    if !webhooks.is_empty() {
        print::line("try them again now: dncsync webhooks replay, with the same flags");
    }
}

fn show(replayed: &Replayed, as_json: bool) {
    let taken = replayed.taken.len() as u64;
    let (pending, parked) = counts(&replayed.left);
    if as_json {
        let left: Vec<Value> = replayed.left.iter().map(value).collect();
        return print::object(&json!({
            "taken": replayed.taken, "takenBefore": replayed.before,
            "webhooks": left, "pending": pending, "parked": parked,
        }));
    }
    for id in &replayed.before {
        print::line(&format!("{id}  was delivered before: not sent again"));
    }
    replayed.left.iter().for_each(line);
    let counts = [taken, pending, parked].map(print::grouped);
    print::line(&format!("taken {}, still pending {}, parked {}", counts[0], counts[1], counts[2]));
}

fn counts(webhooks: &[Undelivered]) -> (u64, u64) {
    let parked = webhooks.iter().filter(|found| found.parked.is_some()).count();
    ((webhooks.len() - parked) as u64, parked as u64)
}

fn value(found: &Undelivered) -> Value {
    json!({
        "id": found.webhook.id, "runId": found.webhook.run.as_str(), "batch": found.webhook.batch,
        "state": if found.parked.is_some() { "parked" } else { "pending" },
        "createdAt": found.created_at, "attempts": found.attempts,
        "nextTry": found.next_try, "notBefore": found.not_before,
        "parkedReason": found.parked, "lastFailure": found.last_failure,
    })
}

/// Which one it is, then how it stands.
fn line(found: &Undelivered) {
    let webhook = &found.webhook;
    let (run, batch, created) = (webhook.run.as_str(), webhook.batch, found.created_at);
    print::line(&format!("{}  run {run}, batch {batch}, created {created}, attempts {}", webhook.id, found.attempts));
    let failure = found.last_failure.as_ref().map_or_else(String::new, |why| format!("; last failure: {why}"));
    let stands = match (&found.parked, found.not_before, found.next_try) {
        (Some(why), ..) => format!("parked: {why}"),
        (None, Some(moment), _) => format!("pending: the aggregator asked to wait until {moment}"),
        (None, None, Some(moment)) => format!("pending: next try with the next run, or {moment} in one at work"),
        (None, None, None) => "pending: next try with the next run".to_owned(),
    };
    print::line(&format!("  {stands}{failure}"));
}
