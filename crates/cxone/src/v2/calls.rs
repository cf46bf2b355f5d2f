//! The addresses of profile `v2`.

use dncsync_core::target::ListId;
use reqwest::Url;

use crate::calls::beneath;

/// `…/api/v2/dnc/lists`
pub(crate) fn lists(base: &Url) -> Url {
    beneath(base, &["api", "v2", "dnc", "lists"])
}

/// `…/api/v2/dnc/lists?query=NAME&pageNumber=1&pageSize=100`
pub(crate) fn find_lists(base: &Url, name: &str, page: u64, size: u64) -> Url {
    let mut url = lists(base);
    url.query_pairs_mut().append_pair("query", name);
    with_page(url, page, size)
}

/// `…/api/v2/dnc/lists/ID/items`
pub(crate) fn items(base: &Url, list: &ListId) -> Url {
    beneath(base, &["api", "v2", "dnc", "lists", &list.0, "items"])
}

/// `…/api/v2/dnc/lists/ID/items?pageNumber=1&pageSize=1000`
pub(crate) fn read_items(base: &Url, list: &ListId, page: u64, size: u64) -> Url {
    with_page(items(base, list), page, size)
}

fn with_page(mut url: Url, page: u64, size: u64) -> Url {
    url.query_pairs_mut().append_pair("pageNumber", &page.to_string()).append_pair("pageSize", &size.to_string());
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ids_arrive_as_they_are() {
        let base = Url::parse("https://api.example.com/deep/").unwrap();
        let found = find_lists(&base, "A&B=50% ü+#/?", 2, 100);
        assert_eq!(
            found.as_str(),
            "https://api.example.com/deep/api/v2/dnc/lists?query=A%26B%3D50%25+%C3%BC%2B%23%2F%3F&pageNumber=2&pageSize=100"
        );
        assert_eq!(found.query_pairs().next().unwrap().1, "A&B=50% ü+#/?");
        let items = items(&base, &ListId("a/b?c#d%2e ü".into()));
        assert_eq!(items.path(), "/deep/api/v2/dnc/lists/a%2Fb%3Fc%23d%252e%20%C3%BC/items");
        let bare = Url::parse("https://api.example.com").unwrap();
        assert_eq!(lists(&bare).as_str(), "https://api.example.com/api/v2/dnc/lists");
    }
}
