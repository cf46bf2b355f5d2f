//! The addresses of profile `admin`.

use dncsync_core::number::Number;
use dncsync_core::target::ListId;
use reqwest::Url;

use super::digits;
use crate::calls::beneath;

/// `…/incontactapi/services/v34.0`
#[derive(Clone, Debug)]
pub(crate) struct Calls {
    version: u32,
    order_by: String,
}

impl Calls {
    /// Of this version of the API; pages ordered by `order_by`, by nothing where that is empty.
    pub(crate) fn new(version: u32, order_by: &str) -> Self {
        Self { version, order_by: order_by.trim().to_owned() }
    }

    /// `…/dnc-groups`
    pub(crate) fn groups(&self, base: &Url) -> Url {
        self.at(base, &[])
    }

    /// `…/dnc-groups/ID/records`
    pub(crate) fn records(&self, base: &Url, group: &ListId) -> Url {
        self.at(base, &[&group.0, "records"])
    }

    /// `…/dnc-groups/ID/records?skip=0&top=1000&orderBy=recordId`
    pub(crate) fn read_records(&self, base: &Url, group: &ListId, page: u64, size: u64) -> Url {
        let mut url = with_page(self.records(base, group), page, size);
        if !self.order_by.is_empty() {
            url.query_pairs_mut().append_pair("orderBy", &self.order_by);
        }
        url
    }

    /// `…/dnc-groups/search?phoneNumber=2025551234`
    pub(crate) fn search(&self, base: &Url, number: Number) -> Url {
        let mut url = self.at(base, &["search"]);
        url.query_pairs_mut().append_pair("phoneNumber", &digits::write(number).to_string());
        url
    }

    /// `…/dnc-groups/ID/scrubbed-skills?skip=0&top=100`
    pub(crate) fn scrubbed_skills(&self, base: &Url, group: &ListId, page: u64, size: u64) -> Url {
        with_page(self.at(base, &[&group.0, "scrubbed-skills"]), page, size)
    }

    /// `…/dnc-groups/ID/scrubbed-skills/SKILL`
    pub(crate) fn scrubbed_skill(&self, base: &Url, group: &ListId, skill: &str) -> Url {
        self.at(base, &[&group.0, "scrubbed-skills", skill])
    }

    fn at(&self, base: &Url, rest: &[&str]) -> Url {
        let version = format!("v{}.0", self.version);
        let path = ["incontactapi", "services", &version, "dnc-groups"];
        beneath(base, &path.iter().copied().chain(rest.iter().copied()).collect::<Vec<_>>())
    }
}

/// The API counts records to be passed over, not pages.
fn with_page(mut url: Url, page: u64, size: u64) -> Url {
    let skip = page.saturating_sub(1).saturating_mul(size);
    url.query_pairs_mut().append_pair("skip", &skip.to_string()).append_pair("top", &size.to_string());
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_the_portals_documents() {
        let base = Url::parse("https://api-na1.niceincontact.com/").unwrap();
        let (calls, group) = (Calls::new(34, "recordId"), ListId("1001".into()));
        let prefix = "https://api-na1.niceincontact.com/incontactapi/services/v34.0/dnc-groups";
        assert_eq!(calls.groups(&base).as_str(), prefix);
        assert_eq!(
            calls.read_records(&base, &group, 3, 1000).as_str(),
            format!("{prefix}/1001/records?skip=2000&top=1000&orderBy=recordId")
        );
        let number = Number::from_e164("+18012440005").unwrap();
        assert_eq!(calls.search(&base, number).as_str(), format!("{prefix}/search?phoneNumber=8012440005"));
        assert_eq!(calls.scrubbed_skill(&base, &group, "a/b").as_str(), format!("{prefix}/1001/scrubbed-skills/a%2Fb"));
        assert!(!Calls::new(30, " ").read_records(&base, &group, 1, 50).as_str().contains("orderBy"));
    }
}
