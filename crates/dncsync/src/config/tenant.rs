//! Which tenant is meant, how it speaks, and who we are there.

use std::path::PathBuf;

use dncsync_core::pacing::Rate;
use dncsync_core::profile::{Profile, Reach};
use dncsync_core::target::TenantKey;
use dncsync_cxone::{Access, ClientAuth, KeyAccess, RegisteredClient, Secret, Settings};
use dncsync_engine::Trouble;

use super::{ConfigFile, Pick, check_address, read, wrong};
use crate::args::Tenant;

/// A tenant, complete.
pub(super) struct Found {
    pub(super) profile: Profile,
    pub(super) key: TenantKey,
    /// `None` without credentials, and of the embedded sandbox.
    pub(super) settings: Option<Settings>,
    pub(super) rate: Rate,
    pub(super) at_once: usize,
    pub(super) reach: Reach,
    pub(super) capacity: Option<u64>,
}

/// No limit is published of the Admin API: 5 requests a second are what its users' own programs keep to.
const ADMIN_A_MINUTE: u32 = 300;

/// "Up to 1,000,000 active records, calling-list and DNC together" (NICE's help pages).
const ADMIN_CAPACITY: u64 = 1_000_000;

impl Pick<'_> {
    pub(super) fn tenant(&self, tenant: &Tenant, file: &ConfigFile, ca_pem: Option<Vec<u8>>) -> Result<Found, Trouble> {
        let profile = self.profile(tenant, file)?;
        let (key, settings) = match (tenant.sandbox, profile) {
            (true, Profile::V2) => (TenantKey::embedded_sandbox(profile), None),
            (true, Profile::Admin) => (TenantKey::embedded_sandbox(profile), Some(self.embedded(file)?)),
            (false, Profile::V2) => self.v2(tenant, file)?,
            (false, Profile::Admin) => self.admin(tenant, file)?,
        };
        let at_once = self.setting("CXONE_IN_FLIGHT", "a whole number from 1", file.in_flight, 4)?;
        if at_once == 0 {
            return Err(wrong("CXONE_IN_FLIGHT", "0", "a whole number from 1"));
        }
        let capacity = self.capacity(profile, tenant, file)?;
        Ok(Found {
            profile,
            key,
            settings: settings.map(|settings| Settings { ca_pem, ..settings }),
            rate: self.rate(profile, tenant, file)?,
            at_once,
            reach: self.reach(profile, tenant, file)?,
            capacity,
        })
    }

    fn profile(&self, tenant: &Tenant, file: &ConfigFile) -> Result<Profile, Trouble> {
        match self.text(&tenant.admin.profile, "CXONE_PROFILE", &file.profile) {
            None => Ok(Profile::V2),
            Some(text) => Profile::read(&text).ok_or_else(|| wrong("--profile or CXONE_PROFILE", &text, "v2 or admin")),
        }
    }

    fn client(&self, tenant: &Tenant, file: &ConfigFile) -> Result<(Option<String>, Option<String>), Trouble> {
        let id = self.name(&tenant.client_id, "CXONE_CLIENT_ID", &file.client_id)?;
        let secrets = (&file.client_secret, &file.client_secret_file);
        Ok((id, self.secret(&tenant.client_secret_file, "CXONE_CLIENT_SECRET", secrets)?))
    }

    fn v2(&self, tenant: &Tenant, file: &ConfigFile) -> Result<(TenantKey, Option<Settings>), Trouble> {
        let (client_id, client_secret) = self.client(tenant, file)?;
        let region = self.region(tenant, file, "us-east-1")?;
        let api_url = self
            .text(&tenant.api_url, "CXONE_API_URL", &file.api_url)
            .unwrap_or_else(|| format!("https://api.{region}.niceincontact.com"));
        let token_url = self
            .text(&tenant.token_url, "CXONE_TOKEN_URL", &file.token_url)
            .unwrap_or_else(|| format!("https://{region}.niceincontact.com/oauth/token"));
        for (name, url) in [("CXONE_API_URL", &api_url), ("CXONE_TOKEN_URL", &token_url)] {
            check_address(name, url)?;
        }
        let api_url = api_url.trim_end_matches('/').to_owned();
        let key = TenantKey::new(&api_url, client_id.as_deref().unwrap_or_default());
        let settings = client_id
            .zip(client_secret)
            .map(|(client_id, secret)| Settings::v2(api_url, token_url, client_id, Secret::new(secret)));
        Ok((key, settings))
    }

    fn admin(&self, tenant: &Tenant, file: &ConfigFile) -> Result<(TenantKey, Option<Settings>), Trouble> {
        let flags = &tenant.admin;
        let key_id = self.name(&flags.access_key_id, "CXONE_ACCESS_KEY_ID", &file.access_key_id)?;
        let secrets = (&file.access_key_secret, &file.access_key_secret_file);
        let key_secret = self.secret(&flags.access_key_secret_file, "CXONE_ACCESS_KEY_SECRET", secrets)?;
        let (client_id, client_secret) = self.client(tenant, file)?;
        let auth = self.client_auth(file)?;
        if client_id.is_some() != client_secret.is_some() {
            let message = "of CXONE_CLIENT_ID and CXONE_CLIENT_SECRET one is set and the other is not";
            let todo = "set both to sign in through a registered client, or none of them to sign in by the key alone";
            return Err(Trouble::input("config.credentials", message, todo));
        }
        let client = client_id.zip(client_secret);
        let client = client.map(|(id, secret)| RegisteredClient { id, secret: Secret::new(secret), auth });
        let usual = self.access(file)?;
        let access = KeyAccess {
            key_id: key_id.clone().unwrap_or_default(),
            key_secret: Secret::new(key_secret.clone().unwrap_or_default()),
            client,
            area: self.region(tenant, file, &usual.area)?,
            discovery_url: self
                .text(&None, "CXONE_DISCOVERY_URL", &file.discovery_url)
                .unwrap_or_else(|| usual.discovery_url.clone()),
            token_url: self.text(&tenant.token_url, "CXONE_TOKEN_URL", &file.token_url),
            api_url: self.text(&tenant.api_url, "CXONE_API_URL", &file.api_url),
            tenant_id: self.text(&None, "CXONE_TENANT_ID", &file.tenant_id),
            ..usual
        };
        check_address("CXONE_DISCOVERY_URL", &access.discovery_url)?;
        for (name, url) in [("CXONE_API_URL", &access.api_url), ("CXONE_TOKEN_URL", &access.token_url)] {
            url.as_deref().map_or(Ok(()), |url| check_address(name, url))?;
        }
        let tenant_key = admin_key(&access);
        let complete = key_id.is_some() && key_secret.is_some();
        Ok((tenant_key, complete.then_some(Settings { access: Access::Key(access), ca_pem: None })))
    }

    /// What of an access does not say where it leads or who we are.
    fn access(&self, file: &ConfigFile) -> Result<KeyAccess, Trouble> {
        let usual = KeyAccess::new(String::new(), Secret::new(String::new()));
        let whole = "a whole number, such as 34";
        Ok(KeyAccess {
            version: self.setting("CXONE_API_VERSION", whole, file.api_version, usual.version)?,
            batch: self.batch_size(file, usual.batch)?,
            order_by: self.order_by(file).unwrap_or_else(|| usual.order_by.clone()),
            ..usual
        })
    }

    /// Of the embedded sandbox; its addresses are known once it runs.
    fn embedded(&self, file: &ConfigFile) -> Result<Settings, Trouble> {
        Ok(Settings { access: Access::Key(self.access(file)?), ca_pem: None })
    }

    fn region(&self, tenant: &Tenant, file: &ConfigFile, usual: &str) -> Result<String, Trouble> {
        let region = self.text(&tenant.region, "CXONE_REGION", &file.region).unwrap_or_else(|| usual.to_owned());
        let well_formed = region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
        if well_formed {
            return Ok(region);
        }
        Err(Trouble::input("config.region", "CXONE_REGION is not a region", format!("write it as {usual}")))
    }

    /// An id, or a file that holds it.
    fn name(&self, flag: &Option<String>, variable: &str, file: &Option<String>) -> Result<Option<String>, Trouble> {
        let path = (self.environment)(&format!("{variable}_FILE")).map(PathBuf::from);
        let named = path.map(|path| read(&path, "config.secretFile").map(|text| text.trim().to_owned())).transpose()?;
        Ok(self.text(&flag.clone().or(named), variable, file))
    }

    fn client_auth(&self, file: &ConfigFile) -> Result<Option<ClientAuth>, Trouble> {
        match self.text(&None, "CXONE_CLIENT_AUTH", &file.client_auth).as_deref() {
            None => Ok(None),
            Some("basic") => Ok(Some(ClientAuth::Basic)),
            Some("form") => Ok(Some(ClientAuth::Form)),
            Some(other) => Err(wrong("CXONE_CLIENT_AUTH", other, "basic or form")),
        }
    }

    fn batch_size(&self, file: &ConfigFile, usual: usize) -> Result<usize, Trouble> {
        let size = self.setting("CXONE_BATCH_SIZE", "a whole number from 1", file.batch_size, usual)?;
        if size == 0 { Err(wrong("CXONE_BATCH_SIZE", "0", "a whole number from 1")) } else { Ok(size) }
    }

    /// The one setting of which nothing is a value: `none` in the environment, where an empty variable is none.
    fn order_by(&self, file: &ConfigFile) -> Option<String> {
        let told = (self.environment)("CXONE_ORDER_BY").or_else(|| file.order_by.clone())?;
        Some(if told == "none" { String::new() } else { told })
    }

    /// A number that is no flag.
    fn setting<T: std::str::FromStr>(
        &self,
        variable: &'static str,
        expected: &str,
        file: Option<T>,
        usual: T,
    ) -> Result<T, Trouble> {
        self.count((variable, &None), variable, expected, file, usual)
    }

    fn rate(&self, profile: Profile, tenant: &Tenant, file: &ConfigFile) -> Result<Rate, Trouble> {
        let usual = if profile == Profile::V2 { 100 } else { ADMIN_A_MINUTE };
        let flag = ("--rate", &tenant.rate);
        let rate = self.count(flag, "CXONE_RATE", "a whole number, 0 for no limit", file.rate, usual)?;
        Ok(if profile == Profile::V2 { Rate::Window(rate) } else { Rate::Even(rate) })
    }

    fn reach(&self, profile: Profile, tenant: &Tenant, file: &ConfigFile) -> Result<Reach, Trouble> {
        if profile == Profile::V2 {
            return Ok(Reach::World);
        }
        let said = self.yes_or_no("CXONE_ALLOW_INTERNATIONAL", file.allow_international)?;
        let all = tenant.admin.allow_international || said.unwrap_or(false);
        Ok(if all { Reach::Unlike } else { Reach::Nanp })
    }

    fn capacity(&self, profile: Profile, tenant: &Tenant, file: &ConfigFile) -> Result<Option<u64>, Trouble> {
        if profile == Profile::V2 {
            return Ok(None);
        }
        let (flag, expected) = (("--capacity", &tenant.admin.capacity), "a whole number, 0 where it is not known");
        let capacity = self.count(flag, "CXONE_CAPACITY", expected, file.capacity, ADMIN_CAPACITY)?;
        Ok((capacity > 0).then_some(capacity))
    }
}

/// What is believed belongs to the tenant. Its id, where it is told, outlives a key: without it another key is a first
/// contact.
fn admin_key(access: &KeyAccess) -> TenantKey {
    let address = access.api_url.as_deref().unwrap_or(&access.discovery_url);
    let who = access.tenant_id.as_ref().unwrap_or(&access.key_id);
    TenantKey::new(&format!("admin {}", address.trim_end_matches('/')), who)
}
