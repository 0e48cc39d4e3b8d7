//! App settings of a site: `siteConfig.appSettings`, as ARM writes them. They are the environment of its code.

use serde_json::Value;

use crate::store::Resource;

/// All of them, by name.
pub fn settings(site: &Resource) -> impl Iterator<Item = (&str, &str)> {
    let given = site
        .property("/siteConfig/appSettings")
        .and_then(Value::as_array);
    given
        .into_iter()
        .flatten()
        .filter_map(|item| Some((item.get("name")?.as_str()?, item.get("value")?.as_str()?)))
}

/// One of them; nothing when it is empty.
pub fn setting(site: &Resource, name: &str) -> Option<String> {
    let named = settings(site).find(|(key, _)| *key == name);
    named
        .map(|(_, value)| value.to_owned())
        .filter(|value| !value.is_empty())
}
