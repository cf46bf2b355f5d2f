//! Which call of the Admin API is handled where. The first segment is looked at by [`super::call`]: its case is free,
//! which a router cannot say.

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};

use super::{discovery, groups, records, search, sign_in, skills};
use crate::tenant::Tenant;

pub(crate) fn router() -> Router<Arc<Tenant>> {
    let below = |path: &str| format!("/{{api}}/services/{{version}}/dnc-groups{path}");
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery::openid))
        .route("/.well-known/cxone-configuration", get(discovery::cxone))
        .route("/auth/token", post(sign_in::by_password))
        .route("/authentication/v1/token/access-key", post(sign_in::by_access_key))
        .route(&below(""), get(groups::all).post(groups::create))
        .route(&below("/search"), post(search::search))
        .route(&below("/{group}"), get(groups::show).put(groups::alter))
        .route(&below("/{group}/records"), get(records::read).post(records::add).delete(records::expire))
        .route(&below("/{group}/scrubbed-skills"), get(skills::scrubbed))
        .route(&below("/{group}/scrubbed-skills/{skill}"), post(skills::scrub).delete(skills::unscrub))
        .route(&below("/{group}/contributing-skills"), get(skills::contributing))
        .route(&below("/{group}/contributing-skills/{skill}"), post(skills::contribute).delete(skills::withdraw))
}
