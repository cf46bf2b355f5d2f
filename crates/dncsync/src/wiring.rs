//! Puts the rooms together: a configuration becomes an engine.

use std::path::Path;
use std::sync::Arc;

use dncsync_cxone::Client;
use dncsync_engine::{Engine, TokenFile, Trouble, World};

use crate::config::Config;
use crate::embedded::Embedded;

/// An engine, and the embedded sandbox that it talks to, where it does.
pub(crate) struct Wired {
    /// The engine. Before the sandbox, so that it is dropped first.
    pub(crate) engine: Engine,
    _sandbox: Option<Embedded>,
}

/// Makes an engine on this state directory, in this world.
pub(crate) fn wire(config: Config, state: &Path, world: World) -> Result<Wired, Trouble> {
    let sandbox = config.sandbox.then(|| Embedded::of_state(state, config.profile)).transpose()?;
    let settings = match &sandbox {
        Some(sandbox) => Some(sandbox.settings(config.settings)),
        None => config.settings,
    };
    let client = settings.map(Client::new).transpose().map_err(|error| {
        Trouble::input("config.http", error.to_string(), "mend that setting; `dncsync doctor` checks it")
    })?;
    if let Some(client) = client.as_ref().filter(|_| config.keep_token) {
        client.keep_token(Arc::new(TokenFile::of(state, &config.setup.tenant)));
    }
    let engine = Engine::open(state, client, config.setup, world)?;
    Ok(Wired { engine, _sandbox: sandbox })
}

/// Makes an engine for what needs nobody's answer.
pub(crate) fn offline(config: Config, state: &Path, world: World) -> Result<Engine, Trouble> {
    Engine::open(state, None, config.setup, world)
}
