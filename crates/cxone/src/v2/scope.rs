//! The three scopes that the work needs.

/// All three, as they are asked for.
pub(crate) const WANTED: [&str; 3] = ["dnc:write", "dnc:read", "compliance:read"];

/// Of the three, those that `granted` lacks. A token that names none of them tells nothing that we understand (scopes
/// may be called otherwise there): then none is held to be missing.
pub(crate) fn missing(granted: &[String]) -> Vec<&'static str> {
    let missing: Vec<_> = WANTED.into_iter().filter(|wanted| granted.iter().all(|scope| scope != wanted)).collect();
    if missing.len() == WANTED.len() { Vec::new() } else { missing }
}

/// The first of the three that a server's words name.
pub(crate) fn named_in(text: &str) -> Option<&'static str> {
    WANTED.into_iter().find(|scope| text.contains(scope))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing_of(granted: &str) -> Vec<&'static str> {
        missing(&granted.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn only_a_token_that_knows_our_scopes_can_lack_one() {
        assert_eq!(missing_of("dnc:read compliance:read"), ["dnc:write"]);
        assert_eq!(missing_of("dnc:read other"), ["dnc:write", "compliance:read"]);
        assert!(missing_of("dnc:write dnc:read compliance:read").is_empty());
        assert!(missing_of("").is_empty());
        assert!(missing_of("api full").is_empty());
    }
}
