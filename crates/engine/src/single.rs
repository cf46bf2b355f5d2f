//! One request after another, for what needs no rounds: a look before a dry run, a check-up.

use std::future::Future;

use dncsync_core::answer::{Answer, Later};
use dncsync_core::report::Requests;
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use dncsync_cxone::Client;
use dncsync_store::{Grant, Store, TenantId};

use crate::answers::token_refused;
use crate::ground::{self, Ask, Reply};
use crate::setback::Setbacks;
use crate::setup::Setup;
use crate::trouble::Trouble;
use crate::world::World;

/// Asks in turn, within the rate window, until each request came to something.
pub(crate) struct Single<'a> {
    pub(crate) store: &'a mut Store,
    pub(crate) client: &'a Client,
    pub(crate) world: &'a World,
    pub(crate) setup: &'a Setup,
    pub(crate) tenant: TenantId,
    pub(crate) setbacks: Setbacks,
    /// What it cost so far.
    pub(crate) requests: Requests,
}

impl Single<'_> {
    /// Asks until an answer came that is not a passing fault.
    pub(crate) async fn ask(&mut self, ask: Ask) -> Result<Reply, Trouble> {
        let mut token_refused = false;
        loop {
            self.sleep_until(self.setbacks.resume_at()).await?;
            let reply = self.once(ask.clone()).await?;
            let Some(later) = setback(&reply) else {
                if is_token_refused(&reply) && !std::mem::replace(&mut token_refused, true) {
                    continue;
                }
                self.setbacks.progress();
                return Ok(reply);
            };
            let later = later.clone();
            self.set_back(&later)?;
        }
    }

    /// Sleeps, unless somebody asks us to stop.
    async fn sleep_until(&self, moment: Timestamp) -> Result<(), Trouble> {
        tokio::select! {
            () = self.world.sleep_until(moment) => Ok(()),
            () = self.world.stop_asked() => Err(Trouble::stopped()),
        }
    }

    /// Asks once, whatever comes.
    pub(crate) async fn once(&mut self, ask: Ask) -> Result<Reply, Trouble> {
        let (kind, client) = (ask.kind(), self.client);
        self.spend(kind, ground::perform(client, ask)).await
    }

    /// Asks for what is no part of the ground, until an answer came that is not a passing fault.
    pub(crate) async fn patiently<T, F: Future<Output = Answer<T>>>(
        &mut self,
        kind: &'static str,
        request: impl Fn() -> F,
    ) -> Result<T, Trouble> {
        let mut token_refused = false;
        loop {
            self.sleep_until(self.setbacks.resume_at()).await?;
            match self.spend(kind, request()).await? {
                Answer::Applied(told) => {
                    self.setbacks.progress();
                    return Ok(told);
                }
                Answer::TokenRefused if !std::mem::replace(&mut token_refused, true) => {}
                Answer::ComeBack(later) | Answer::Unknown(later) => self.set_back(&later)?,
                other => return Err(not_taken(other)),
            }
        }
    }

    /// One request: its place in the window is taken before, and it is counted.
    pub(crate) async fn spend<T>(
        &mut self,
        kind: &'static str,
        request: impl Future<Output = T>,
    ) -> Result<T, Trouble> {
        let slot = loop {
            match self.store.take_slot(self.tenant, self.setup.rate, self.world.now(), None)? {
                Grant::Taken(slot) => break slot,
                Grant::Wait(until) => self.sleep_until(until).await?,
            }
        };
        self.requests.total += 1;
        match kind {
            "get" => self.requests.get += 1,
            _ => self.requests.list += 1,
        }
        let reply = request.await;
        self.store.answered(slot, self.world.now())?;
        Ok(reply)
    }

    fn set_back(&mut self, later: &Later) -> Result<(), Trouble> {
        if later.throttled {
            // No run pays for it; the pace is everybody's.
            self.store.throttled(self.tenant, &RunId::new(""), self.setup.rate, self.world.now())?;
        }
        self.setbacks.failed(self.store, self.tenant, self.world, later)
    }
}

/// What an answer that is no success means to whoever asked for this one thing.
pub(crate) fn not_taken<T>(answer: Answer<T>) -> Trouble {
    match answer {
        Answer::Lasting(lasting) => lasting.into(),
        Answer::TokenRefused => token_refused(),
        Answer::ComeBack(later) | Answer::Unknown(later) => Trouble {
            todo: "check the address, the network and the proxy (HTTPS_PROXY)".to_owned(),
            ..Trouble::out_of_patience(&later)
        },
        Answer::Refused(refusal) => Trouble::lasting(
            "request.refused",
            format!("CXone refused the request: {}", refusal.reason),
            "mend what the reason names",
        ),
        _ => Trouble::lasting("request.refused", "CXone refused the request", "check CXONE_API_URL"),
    }
}

fn setback(reply: &Reply) -> Option<&Later> {
    fn of<T>(answer: &Answer<T>) -> Option<&Later> {
        match answer {
            Answer::ComeBack(later) | Answer::Unknown(later) => Some(later),
            _ => None,
        }
    }
    match reply {
        Reply::Created(answer) => of(answer),
        Reply::Found(answer) => of(answer),
        Reply::Page(answer) => of(answer),
        // Nobody's protection waits for it: one try is enough.
        Reply::Skills(_) => None,
    }
}

fn is_token_refused(reply: &Reply) -> bool {
    matches!(
        reply,
        Reply::Created(Answer::TokenRefused) | Reply::Found(Answer::TokenRefused) | Reply::Page(Answer::TokenRefused)
    )
}
