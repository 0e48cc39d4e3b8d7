//! Get and Set Blob Service Properties (rest-api `storageservices/set-blob-service-properties`).
//!
//! Retention, rules for other origins and the default version are the settings that Azure Resource Manager shows too; logging,
//! metrics and the static website are kept as they were given. What is not named stays. Nothing comes of any of it.

use bytes::Bytes;
use http::StatusCode;
use roxmltree::Node;
use serde_json::{Map, Value, json};

use super::Answer;
use super::access::{Deed, admitted_account};
use super::errors::Error;
use super::signed::Proven;
use super::xml::{element, escape};
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::storage::service::{self, Settings};

/// Sections that are kept as they were given, and what each is before.
const AS_GIVEN: [(&str, &str); 4] = [
    (
        "Logging",
        "<Logging><Version>1.0</Version><Delete>false</Delete><Read>false</Read><Write>false</Write><RetentionPolicy><Enabled>false</Enabled></RetentionPolicy></Logging>",
    ),
    (
        "HourMetrics",
        "<HourMetrics><Version>1.0</Version><Enabled>false</Enabled><RetentionPolicy><Enabled>false</Enabled></RetentionPolicy></HourMetrics>",
    ),
    (
        "MinuteMetrics",
        "<MinuteMetrics><Version>1.0</Version><Enabled>false</Enabled><RetentionPolicy><Enabled>false</Enabled></RetentionPolicy></MinuteMetrics>",
    ),
    (
        "StaticWebsite",
        "<StaticWebsite><Enabled>false</Enabled></StaticWebsite>",
    ),
];
/// Most rules for other origins.
const MOST_RULES: usize = 5;
/// Days for which something deleted is kept.
const DAYS: std::ops::RangeInclusive<i64> = 1..=365;
/// Lists of a rule: in XML, and in the settings.
const LISTS: [(&str, &str); 4] = [
    ("AllowedOrigins", "allowedOrigins"),
    ("AllowedMethods", "allowedMethods"),
    ("AllowedHeaders", "allowedHeaders"),
    ("ExposedHeaders", "exposedHeaders"),
];

pub(super) fn get(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let state = context.state();
    let account = admitted_account(&state, request, caller, Deed::ServiceProperties)?;
    let settings = service::settings(&state, &account);
    let [logging, hours, minutes, website] = AS_GIVEN.map(|(name, before)| {
        let given = settings.as_given.get(name).and_then(Value::as_str);
        given.unwrap_or(before).to_owned()
    });
    let (cors, retention) = (cors(&settings.shared), retention(&settings.shared));
    let version = settings.shared.get("defaultServiceVersion");
    let version = version
        .and_then(Value::as_str)
        .map(|it| element("DefaultServiceVersion", it))
        .unwrap_or_default();
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><StorageServiceProperties>{logging}{hours}{minutes}{cors}{version}{retention}{website}</StorageServiceProperties>"
    );
    Ok(Reply {
        status: StatusCode::OK,
        headers: vec![("content-type", "application/xml".to_owned())],
        body: Bytes::from(body),
    })
}

fn cors(shared: &Map<String, Value>) -> String {
    let rules = shared.get("cors").and_then(|it| it["corsRules"].as_array());
    let rules: String = rules.into_iter().flatten().map(shown_rule).collect();
    if rules.is_empty() {
        "<Cors />".to_owned()
    } else {
        format!("<Cors>{rules}</Cors>")
    }
}

fn shown_rule(rule: &Value) -> String {
    let list = |name: &str| {
        let all = rule[name].as_array().into_iter().flatten();
        let texts: Vec<_> = all.filter_map(Value::as_str).collect();
        texts.join(",")
    };
    let lists: String = LISTS
        .iter()
        .map(|(shown, name)| element(shown, &list(name)))
        .collect();
    let age = rule["maxAgeInSeconds"].as_i64().unwrap_or_default();
    format!("<CorsRule>{lists}<MaxAgeInSeconds>{age}</MaxAgeInSeconds></CorsRule>")
}

fn retention(shared: &Map<String, Value>) -> String {
    let policy = shared.get("deleteRetentionPolicy");
    let days = policy.and_then(|it| it["days"].as_i64());
    match days.filter(|_| policy.is_some_and(|it| it["enabled"] == true)) {
        Some(days) => format!(
            "<DeleteRetentionPolicy><Enabled>true</Enabled><Days>{days}</Days></DeleteRetentionPolicy>"
        ),
        None => {
            "<DeleteRetentionPolicy><Enabled>false</Enabled></DeleteRetentionPolicy>".to_owned()
        }
    }
}

pub(super) fn set(context: &Context, request: &Request, caller: &Proven<'_>) -> Answer {
    let account = admitted_account(
        &context.state(),
        request,
        caller,
        Deed::SetServiceProperties,
    )?;
    let given = read(&request.body)?;
    let mut state = context.state_mut();
    service::change(&mut state, &account.id, given)
        .map_err(|why| Error::INVALID_INPUT.detailed(why))?;
    Ok(Reply::empty(StatusCode::ACCEPTED))
}

fn read(body: &[u8]) -> Result<Settings, Error> {
    let text = std::str::from_utf8(body).map_err(|_| Error::INVALID_XML)?;
    let text = text.trim_start_matches('\u{feff}');
    let document = roxmltree::Document::parse(text).map_err(|_| Error::INVALID_XML)?;
    let root = document.root_element();
    if !root.has_tag_name("StorageServiceProperties") {
        return Err(Error::INVALID_XML);
    }
    let mut given = Settings::default();
    for section in root.children().filter(Node::is_element) {
        let name = section.tag_name().name();
        let shared = match name {
            "Cors" => json!({"corsRules": rules(section)?}),
            "DeleteRetentionPolicy" => policy(section)?,
            "DefaultServiceVersion" => json!(section.text().unwrap_or_default()),
            _ if AS_GIVEN.iter().any(|it| it.0 == name) => {
                given
                    .as_given
                    .insert(name.to_owned(), written(section).into());
                continue;
            }
            _ => return Err(Error::INVALID_XML),
        };
        let mut letters = name.chars();
        let first = letters.next().into_iter().flat_map(char::to_lowercase);
        given.shared.insert(first.chain(letters).collect(), shared);
    }
    Ok(given)
}

fn rules(section: Node<'_, '_>) -> Result<Vec<Value>, Error> {
    let rules = section.children().filter(Node::is_element).map(|rule| {
        let text = |name: &str| child(rule, name).unwrap_or_default();
        let age = text("MaxAgeInSeconds").parse::<u32>();
        let mut shown = json!({"maxAgeInSeconds": age.map_err(|_| Error::INVALID_XML_VALUE)?});
        for (name, shown_as) in LISTS {
            let all = text(name).split(',').map(str::trim);
            shown[shown_as] = all.filter(|it| !it.is_empty()).collect::<Value>();
        }
        Ok(shown)
    });
    let rules: Vec<_> = rules.collect::<Result<_, Error>>()?;
    if rules.len() > MOST_RULES {
        return Err(Error::INVALID_XML_VALUE);
    }
    Ok(rules)
}

fn policy(section: Node<'_, '_>) -> Result<Value, Error> {
    let is_enabled = match child(section, "Enabled") {
        Some("true") => true,
        Some("false") => false,
        _ => return Err(Error::INVALID_XML_VALUE),
    };
    let days = child(section, "Days").and_then(|it| it.parse::<i64>().ok());
    match days.filter(|days| DAYS.contains(days)) {
        Some(days) if is_enabled => Ok(json!({"enabled": true, "days": days})),
        None if is_enabled => Err(Error::INVALID_XML_VALUE),
        _ => Ok(json!({"enabled": false})),
    }
}

fn child<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let found = node.children().find(|it| it.has_tag_name(name))?;
    found.text().map(str::trim)
}

/// Elements and texts alone.
fn written(node: Node<'_, '_>) -> String {
    let name = node.tag_name().name();
    let inner: String = node
        .children()
        .filter_map(|it| match it {
            it if it.is_element() => Some(written(it)),
            it => it.text().map(|text| escape(text.trim())),
        })
        .collect();
    format!("<{name}>{inner}</{name}>")
}

#[cfg(test)]
mod tests {
    use http::Method;

    use crate::services::blob::testing::*;
    use crate::services::testing::writable;

    const PATH: &str = "/?restype=service&comp=properties";
    const BODY: &str = "<?xml version='1.0'?><StorageServiceProperties><Logging><Version>1.0</Version><Delete>true</Delete><Read>false</Read><Write>false</Write><RetentionPolicy><Enabled>false</Enabled></RetentionPolicy></Logging><Cors><CorsRule><AllowedOrigins>https://a.example,https://b.example</AllowedOrigins><AllowedMethods>GET</AllowedMethods><AllowedHeaders /><ExposedHeaders /><MaxAgeInSeconds>5</MaxAgeInSeconds></CorsRule></Cors><DeleteRetentionPolicy><Enabled>true</Enabled><Days>7</Days></DeleteRetentionPolicy></StorageServiceProperties>";

    #[test]
    fn what_is_set_is_shown_and_the_rest_stays() {
        let context = writable();
        let set = asked(&context, Method::PUT, PATH).bytes(BODY).reply();
        assert_eq!(set.status, 202, "{}", text(&set));
        let second = "<StorageServiceProperties><StaticWebsite><Enabled>true</Enabled><IndexDocument>a&amp;b</IndexDocument></StaticWebsite></StorageServiceProperties>";
        let set = asked(&context, Method::PUT, PATH).bytes(second).reply();
        assert_eq!(set.status, 202, "{}", text(&set));
        let shown = text(&get(&context, PATH));
        for part in [
            "<Delete>true</Delete>",
            "<AllowedOrigins>https://a.example,https://b.example</AllowedOrigins>",
            "<DeleteRetentionPolicy><Enabled>true</Enabled><Days>7</Days></DeleteRetentionPolicy>",
            "<IndexDocument>a&amp;b</IndexDocument>",
        ] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        let arm = format!(
            "management.azure.com{}/blobServices/default?api-version=2023-05-01",
            crate::services::testing::ACCOUNT
        );
        let arm = ask(&context, Method::GET, &arm).bearing(RESOURCE, WORKLOAD, Audience::Arm);
        let arm = arm.ok();
        assert_eq!(arm["properties"]["deleteRetentionPolicy"]["days"], 7);
        assert_eq!(
            arm["properties"]["cors"]["corsRules"][0]["allowedMethods"][0],
            "GET"
        );
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let context = writable();
        for (body, wanted) in [
            ("", "InvalidXmlDocument"),
            ("<Other/>", "InvalidXmlDocument"),
            (
                "<StorageServiceProperties><What/></StorageServiceProperties>",
                "InvalidXmlDocument",
            ),
            (
                "<StorageServiceProperties><DeleteRetentionPolicy><Enabled>true</Enabled><Days>0</Days></DeleteRetentionPolicy></StorageServiceProperties>",
                "InvalidXmlNodeValue",
            ),
        ] {
            let reply = asked(&context, Method::PUT, PATH).bytes(body).reply();
            assert_eq!(code(&reply), (400, wanted), "{body}");
        }
        let reader = asked(&example(), Method::PUT, PATH).bytes(BODY).reply();
        assert_eq!(code(&reader), (403, "AuthorizationPermissionMismatch"));
    }
}
