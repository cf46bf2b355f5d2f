//! A call of the Admin API: its path, and who calls.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};

use crate::{answer::Refusal, bearer::Bearer, tenant::Tenant};

/// Versions of the API that are kept alive.
const VERSIONS: std::ops::RangeInclusive<u8> = 1..=99;

/// A call with a good token to a path of the API.
pub(crate) struct Call {
    /// `METHOD /path`, as faults know it.
    pub(crate) name: String,
    path: String,
    bearer: Bearer,
}

impl Call {
    /// That the caller may change anything. There are no scopes: what a token may do is what its employee's role may.
    pub(crate) fn may_write(&self) -> Result<(), Refusal> {
        let refusal = |_| Refusal::new(StatusCode::FORBIDDEN, "Forbidden", "Check security profile permissions");
        self.bearer.may(&["dnc:write"]).map_err(refusal)
    }

    /// The group of the path, whether there is one of that id or not.
    pub(crate) fn group(&self) -> String {
        self.segment(5).to_owned()
    }

    /// The last segment of the path of a skill.
    pub(crate) fn skill(&self) -> &str {
        self.segment(7)
    }

    fn segment(&self, at: usize) -> &str {
        self.path.split('/').nth(at).unwrap_or_default()
    }
}

impl FromRequestParts<Arc<Tenant>> for Call {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, tenant: &Arc<Tenant>) -> Result<Call, Refusal> {
        let path = parts.uri.path().to_owned();
        let version = path.split('/').nth(3).unwrap_or_default();
        if !tenant.options.profile.is_api(&path) || !is_version(version) {
            return Err(Refusal::new(StatusCode::NOT_FOUND, "NotFound", "There is nothing at this path"));
        }
        let bearer = Bearer::from_request_parts(parts, tenant).await?;
        Ok(Call { name: format!("{} {path}", parts.method), path, bearer })
    }
}

fn is_version(text: &str) -> bool {
    let number = text.strip_prefix('v').and_then(|text| text.strip_suffix(".0"));
    number.and_then(|number| number.parse().ok()).is_some_and(|number| VERSIONS.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_whole_number_below_a_hundred() {
        assert!(["v1.0", "v34.0", "v99.0"].into_iter().all(is_version));
        assert!(!["", "v0.0", "v100.0", "34.0", "v34", "v34.1", "v-1.0"].into_iter().any(is_version));
    }
}
