//! How a world's tenant speaks, and how one signs in to it.

use dncsync_core::pacing::Rate;
use dncsync_core::profile::{Profile, Reach};
use dncsync_cxone::{Access, KeyAccess, RegisteredClient, Secret, Settings};
use dncsync_sandbox::Quirk;
use fastrand::Rng;

use crate::net::{API, DISCOVERY};

/// In what one tenant differs from another, beside its figures.
#[derive(Clone, Debug)]
pub(crate) struct Tenancy {
    pub(crate) profile: Profile,
    pub(crate) quirks: Vec<Quirk>,
    pub(crate) reach: Reach,
    /// Whether NICE registered a client: then a key signs in through the OAuth grant, and the addresses are discovered.
    pub(crate) registered: bool,
}

/// Each other seed speaks `admin`: the number of its world's dice is half of its own.
pub(crate) fn of_seed(seed: u64) -> (Profile, u64) {
    (Profile::ALL[usize::from(!seed.is_multiple_of(2))], seed / 2)
}

impl Tenancy {
    pub(crate) fn draw(profile: Profile, dice: &mut Rng) -> Self {
        match profile {
            Profile::V2 => Self::plain(profile),
            Profile::Admin => Self {
                profile,
                quirks: quirks(dice),
                reach: [Reach::Nanp, Reach::Unlike][dice.usize(..2)],
                registered: dice.bool(),
            },
        }
    }

    /// Without anything odd.
    pub(crate) fn plain(profile: Profile) -> Self {
        let reach = if profile == Profile::V2 { Reach::World } else { Reach::Nanp };
        Self { profile, quirks: Vec::new(), reach, registered: false }
    }

    pub(crate) fn is_admin(&self) -> bool {
        self.profile == Profile::Admin
    }

    pub(crate) fn sandbox(&self) -> dncsync_sandbox::Profile {
        match self.profile {
            Profile::V2 => dncsync_sandbox::Profile::V2,
            Profile::Admin => dncsync_sandbox::Profile::Admin,
        }
    }

    /// So many requests a minute, as the tenant counts them or as a courtesy.
    pub(crate) fn rate(&self, a_minute: u32) -> Rate {
        if self.is_admin() { Rate::Even(a_minute) } else { Rate::Window(a_minute) }
    }

    /// The smallest page that it may give: one that refuses larger ones is asked for no less than 100.
    pub(crate) fn page_cap(&self, drawn: usize) -> usize {
        if self.quirks.contains(&Quirk::TopRefused) { drawn.max(100) } else { drawn }
    }

    pub(crate) fn settings(&self) -> Settings {
        let (api, id, secret) = (format!("https://{API}"), "simulation".to_owned(), || Secret::new("secret".into()));
        if !self.is_admin() {
            return Settings::v2(api.clone(), format!("{api}/oauth/token"), id, secret());
        }
        let order_by = if self.quirks.contains(&Quirk::NoOrder) { "" } else { "recordId" };
        let key = KeyAccess { order_by: order_by.to_owned(), ..KeyAccess::new(id, secret()) };
        let key = match self.registered {
            true => KeyAccess {
                client: Some(RegisteredClient { id: "client".to_owned(), secret: secret(), auth: None }),
                discovery_url: format!("https://{DISCOVERY}"),
                ..key
            },
            false => KeyAccess {
                token_url: Some(format!("{api}/authentication/v1/token/access-key")),
                api_url: Some(api),
                ..key
            },
        };
        Settings { access: Access::Key(key), ca_pem: None }
    }
}

/// Some of these; of two in one row one at most.
const QUIRKS: [&[Quirk]; 11] = [
    &[Quirk::Unwrapped, Quirk::Wrapped],
    &[Quirk::Top100, Quirk::TopRefused],
    &[Quirk::BasicOnly, Quirk::FormOnly],
    &[Quirk::DuplicateErrors],
    &[Quirk::FailuresOnly, Quirk::ShuffledResults],
    &[Quirk::AnyAccept, Quirk::HeaderErrors],
    &[Quirk::Strings],
    &[Quirk::NoLinger],
    &[Quirk::NoOrder],
    &[Quirk::BusySignIn],
    &[Quirk::SearchLag, Quirk::NoFormatted],
];

fn quirks(dice: &mut Rng) -> Vec<Quirk> {
    let some = QUIRKS.iter().filter_map(|row| row.get(dice.usize(..row.len() * 2)));
    some.copied().collect()
}
