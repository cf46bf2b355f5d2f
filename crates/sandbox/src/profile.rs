//! Which of CXone's interfaces the tenant serves.

use std::{fmt, str::FromStr};

/// An interface of CXone. Written `v2` or `admin`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Profile {
    /// `/api/v2/dnc`: lists and items, tokens by client credentials.
    #[default]
    V2,
    /// `/incontactapi/services/v{N}.0/dnc-groups`: groups and records, tokens by access key.
    Admin,
}

impl Profile {
    const ALL: [Profile; 2] = [Profile::V2, Profile::Admin];

    fn name(self) -> &'static str {
        match self {
            Profile::V2 => "v2",
            Profile::Admin => "admin",
        }
    }

    /// Whether calls to this path count against the tenant's rate; tokens are handed out by another host.
    pub(crate) fn is_api(self, path: &str) -> bool {
        match self {
            Profile::V2 => path.starts_with("/api/"),
            Profile::Admin => path.split('/').nth(1).is_some_and(|root| root.eq_ignore_ascii_case("incontactapi")),
        }
    }

    /// Whether a call to this path is about single numbers of a list.
    pub(crate) fn is_items(self, path: &str) -> bool {
        match self {
            Profile::V2 => path.ends_with("/items"),
            Profile::Admin => path.ends_with("/records"),
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Profile {
    type Err = ProfileError;

    fn from_str(text: &str) -> Result<Profile, ProfileError> {
        let known = Profile::ALL.into_iter().find(|profile| profile.name() == text);
        known.ok_or_else(|| ProfileError(text.to_owned()))
    }
}

/// No such profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileError(String);

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no profile is called {:?}; there are {}", self.0, Profile::ALL.map(Profile::name).join(", "))
    }
}

impl std::error::Error for ProfileError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_written_as_it_is_read() {
        for profile in Profile::ALL {
            assert_eq!(profile.to_string().parse(), Ok(profile));
        }
        let error = "v3".parse::<Profile>().unwrap_err().to_string();
        assert!(error.contains("v3") && error.contains("v2, admin"), "{error}");
    }

    #[test]
    fn the_admin_api_is_known_in_any_case() {
        for path in ["/inContactAPI/services/v34.0/dnc-groups", "/incontactapi/x"] {
            assert!(Profile::Admin.is_api(path) && !Profile::V2.is_api(path));
        }
        assert!(!Profile::Admin.is_api("/auth/token") && Profile::V2.is_api("/api/v2/dnc/lists"));
    }
}
