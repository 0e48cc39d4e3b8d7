//! A request target taken apart: path and query, percent-decoded, odd slashes folded (CLIENTS.md "ARM").

use crate::services::blob;

/// Path and query of a request target; nothing when a percent sequence is malformed or not UTF-8, or when a decoded
/// segment would lead elsewhere or holds control characters.
pub fn target(path: &str, query: Option<&str>) -> Option<(String, Vec<(String, String)>)> {
    let mut folded = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let segment = decode(segment, false)?;
        let is_dots = |part: &str| part == "." || part == "..";
        if segment.split(['/', '\\']).any(is_dots) || segment.contains('\0') {
            return None;
        }
        folded.push('/');
        folded.push_str(&segment);
    }
    if folded.is_empty() {
        folded.push('/');
    }
    Some((folded, pairs(query.unwrap_or_default())?))
}

/// The same of a request to this host: where names may hold any slash (Blob), every one of them stays, also those that
/// came encoded.
pub fn target_of(
    host: &str,
    path: &str,
    query: Option<&str>,
) -> Option<(String, Vec<(String, String)>)> {
    let (folded, query) = target(path, query)?;
    if !host.ends_with(blob::SUFFIX) {
        return (!folded.contains(char::is_control)).then_some((folded, query));
    }
    let exact = decode(path, false)?;
    let climbs = exact.split('/').any(|part| matches!(part, "." | ".."));
    (!climbs).then_some((exact, query))
}

/// `a=b&c=d` of a query or a form body.
pub fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decode(name, true)?, decode(value, true)?))
    };
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(pair)
        .collect()
}

fn decode(text: &str, plus_is_blank: bool) -> Option<String> {
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => bytes.push(hex(rest.next()?)? << 4 | hex(rest.next()?)?),
            b'+' if plus_is_blank => bytes.push(b' '),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_fold_and_names_decode() {
        let (path, query) =
            target("/v1.0//applications/", Some("api%2Dversion=7.5&a=b+c&flag")).unwrap();
        assert_eq!(path, "/v1.0/applications");
        let query: Vec<_> = query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(query, [("api-version", "7.5"), ("a", "b c"), ("flag", "")]);
        assert_eq!(target("/", None).unwrap().0, "/");
    }

    #[test]
    fn names_of_blobs_keep_every_slash() {
        let host = "account.blob.core.windows.net";
        let path = |path| target_of(host, path, None).map(|(path, _)| path);
        assert_eq!(path("/c/a%2Fb//c%25/").as_deref(), Some("/c/a/b//c%/"));
        assert_eq!(path("/c/a%2F..%2Fb"), None);
        assert_eq!(path("/c/%2e/b"), None);
        assert_eq!(target_of("other", "/c//b/", None).unwrap().0, "/c/b");
    }

    #[test]
    fn what_cannot_be_decoded_is_refused() {
        for path in [
            "/%",
            "/%2",
            "/%zz",
            "/%ff",
            "/a/../b",
            "/%2e%2e",
            "/a%2f..%2fb",
            "/a%5C..",
            "/a%00",
        ] {
            assert!(target(path, None).is_none(), "{path}");
        }
        assert!(target("/", Some("a=%f")).is_none());
        let of = |host| target_of(host, "/a%0d%0a", None);
        assert!(of("management.azure.com").is_none());
        assert!(
            of("a.blob.core.windows.net").is_some(),
            "names may hold any"
        );
    }
}
