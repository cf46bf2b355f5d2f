//! Two tests from one body: what a user gets is the same, whichever API the tenant speaks.

/// A table of cases. Each is run under every profile, as `case::v2` and `case::admin`.
macro_rules! under_every_profile {
    ($($case:ident),+ $(,)?) => {
        $(mod $case {
            use dncsync_core::profile::Profile;

            #[tokio::test]
            async fn v2() {
                super::$case(Profile::V2).await;
            }

            #[tokio::test]
            async fn admin() {
                super::$case(Profile::Admin).await;
            }
        })+
    };
}

pub(crate) use dncsync_core::profile::Profile;
pub(crate) use under_every_profile;
