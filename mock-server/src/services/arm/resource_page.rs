//! One page of the resources of a type in a subscription or resource group: it costs the same in any world.
//!
//! Only what stands on the page is looked at. Its `$skipToken` names the last resource of the page before, so the next one
//! begins there at once, whatever was created or deleted meanwhile.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::errors::resource_group_not_found;
use super::page::{self, PAGE};
use crate::request::{Reply, Request};
use crate::store::{Resource, State};

/// A page of a list that does not take `$top`.
pub fn reply(
    state: &State,
    request: &Request,
    resource_type: &str,
    show: impl Fn(&Resource) -> Value,
) -> Reply {
    of_size(state, request, resource_type, PAGE, show).unwrap_or_else(|refused| refused)
}

/// A page of a list that takes `$top`.
pub fn reply_with_top(
    state: &State,
    request: &Request,
    resource_type: &str,
    show: impl Fn(&Resource) -> Value,
) -> Reply {
    page::top(request, PAGE)
        .and_then(|size| of_size(state, request, resource_type, size, show))
        .unwrap_or_else(|refused| refused)
}

fn of_size(
    state: &State,
    request: &Request,
    resource_type: &str,
    size: usize,
    show: impl Fn(&Resource) -> Value,
) -> Result<Reply, Reply> {
    let prefix = prefix(state, request)?;
    let after = after(request, &prefix)?;
    let mut items = state.of_type_after(resource_type, &prefix, after.as_deref());
    let on_page: Vec<&Resource> = items.by_ref().take(size).collect();
    let value: Vec<Value> = on_page.iter().map(|it| show(it)).collect();
    let mut body = json!({"value": value});
    if let (Some(last), true) = (on_page.last(), items.next().is_some()) {
        let token = URL_SAFE_NO_PAD.encode(last.id.to_ascii_lowercase());
        body["nextLink"] = Value::String(page::next_link(request, &token));
    }
    Ok(Reply::ok(&body))
}

/// What the ids of the list begin with, in lower case.
fn prefix(state: &State, request: &Request) -> Result<String, Reply> {
    let subscription = request.parameter("subscriptionId").to_ascii_lowercase();
    let group = request.parameter("resourceGroupName");
    if group.is_empty() {
        return Ok(format!("/subscriptions/{subscription}/"));
    }
    if state.resource_group(&subscription, group).is_none() {
        return Err(resource_group_not_found(group));
    }
    let group = group.to_ascii_lowercase();
    Ok(format!(
        "/subscriptions/{subscription}/resourcegroups/{group}/"
    ))
}

/// The id that the page comes after.
fn after(request: &Request, prefix: &str) -> Result<Option<String>, Reply> {
    let Some(token) = request.query("$skipToken") else {
        return Ok(None);
    };
    let id = URL_SAFE_NO_PAD.decode(token).ok();
    let id = id.and_then(|id| String::from_utf8(id).ok());
    let own = id.filter(|id| id.starts_with(prefix));
    own.map(Some).ok_or_else(page::foreign_token)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::auth::Audience;
    use crate::services::testing::{self, HOME, HOME_AUDITOR, NET};
    use crate::world::World;

    fn with_networks(count: usize) -> impl FnOnce(&mut World) {
        move |world| {
            let network = |at: usize| {
                let id = format!("{NET}/virtualNetworks/More{at:04}");
                serde_json::from_value(serde_json::json!({"id": id, "properties": {}})).unwrap()
            };
            world.resources.extend((0..count).map(network));
        }
    }

    #[test]
    fn pages_follow_each_other_whatever_happens_between_them() {
        let ctx = testing::changed(with_networks(250));
        let ask = |url: &str| {
            let asked = testing::get(&ctx, url.trim_start_matches("https://"));
            asked.bearing(HOME, HOME_AUDITOR, Audience::Arm).json()
        };
        let mut url = format!("management.azure.com{NET}/virtualNetworks?api-version=2024-05-01");
        let mut names = Vec::new();
        for page in 0.. {
            let (status, body) = ask(&url);
            assert_eq!(status, 200, "{body}");
            let value = body["value"].as_array().unwrap();
            names.extend(
                value
                    .iter()
                    .map(|it| it["name"].as_str().unwrap().to_owned()),
            );
            if page == 0 {
                assert_eq!(value.len(), 100);
                let last = value[99]["id"].as_str().unwrap();
                ctx.state_mut().remove_resource(last);
            }
            match &body["nextLink"] {
                Value::String(next) => url.clone_from(next),
                _ => break,
            }
        }
        let before = names.len();
        names.sort();
        names.dedup();
        assert_eq!(
            (before, names.len()),
            (251, 251),
            "the example has one more"
        );
        for token in ["100", "x!", "L290aGVy"] {
            let url = format!(
                "management.azure.com{NET}/virtualNetworks?api-version=2024-05-01&$skipToken={token}"
            );
            assert_eq!(ask(&url).0, 400, "{token}");
        }
    }
}
