//! What follows from an answer that is neither success nor refusal.

use dncsync_core::answer::{Answer, Lasting, Later};
use dncsync_core::run::RunId;
use dncsync_store::TargetId;

use crate::ground;
use crate::sender::{Asked, Sender};
use crate::trouble::Trouble;

/// A token was refused twice running.
pub(crate) fn token_refused() -> Trouble {
    Trouble::lasting(
        "token.refused",
        "CXone refused a token that it had just given",
        "check that CXONE_REGION, CXONE_API_URL and CXONE_TOKEN_URL belong to one tenant; `dncsync doctor` shows them",
    )
}

impl Sender<'_> {
    /// Says of an answer that is neither success nor refusal what follows from it. `target` is barred where the fault
    /// is one of its list.
    pub(crate) fn not_done<T>(
        &mut self,
        asked: Asked,
        run: &RunId,
        target: Option<TargetId>,
        answer: Answer<T>,
    ) -> Result<(), Trouble> {
        self.again.insert(asked);
        // Any other answer passed the token: the next refusal is of a token that grew old since.
        if !matches!(answer, Answer::TokenRefused) {
            self.token_refused.remove(&asked);
        }
        match answer {
            Answer::ComeBack(later) | Answer::Unknown(later) => self.setback(run, &later),
            Answer::TokenRefused if self.token_refused.insert(asked) => Ok(()),
            Answer::TokenRefused => Err(token_refused()),
            Answer::Lasting(lasting) => self.lasting(lasting, target),
            _ => self.lasting(
                Lasting {
                    code: "request.refused",
                    message: "CXone refused a request that it should take".into(),
                    todo: "check with `dncsync doctor` that the address is that of the DNC API".into(),
                    of_list: true,
                },
                target,
            ),
        }
    }

    pub(crate) fn lasting(&mut self, lasting: Lasting, target: Option<TargetId>) -> Result<(), Trouble> {
        match target.and_then(|target| self.grounds.get_mut(&target)).filter(|_| lasting.of_list) {
            Some(ground) => {
                ground.step = ground::Step::Barred(lasting);
                Ok(())
            }
            None => Err(lasting.into()),
        }
    }

    pub(crate) fn setback(&mut self, run: &RunId, later: &Later) -> Result<(), Trouble> {
        if later.throttled {
            self.store.throttled(self.tenant, run, self.setup.rate, self.world.now())?;
        }
        self.setbacks.failed(self.store, self.tenant, self.world, later)
    }

    /// A request came to something.
    pub(crate) fn progress(&mut self, asked: Asked) {
        // The token in use was good just now, for everybody.
        self.token_refused.clear();
        self.again.remove(&asked);
        self.setbacks.progress();
    }

    /// The request is not under way any more.
    pub(crate) fn landed(&mut self, asked: Asked) {
        self.asking.remove(&asked);
        if let Asked::Part(part) = asked {
            self.posting.remove(&part);
        }
    }

    pub(crate) fn is_asking(&self, asked: Asked) -> bool {
        self.asking.contains(&asked)
    }
}
