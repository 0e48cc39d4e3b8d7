//! What the operations answer; each is named like its operation.

use serde_json::{Value, json};

use super::DIALECT;
use super::site;
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::key_vault::{connection, private_link_resources};
use crate::services::arm::{connections, errors, found, page};
use crate::services::functions::keys::MASTER;
use crate::services::functions::{SITES, settings};
use crate::store::{Resource, State};
use crate::world::FunctionApp;

/// The site that the path begins with, whatever comes behind.
pub(super) fn site_of<'a>(state: &'a State, request: &Request) -> Result<&'a Resource, Reply> {
    let id = format!(
        "/subscriptions/{}/resourceGroups/{}/providers/{SITES}/{}",
        request.parameter("subscriptionId"),
        request.parameter("resourceGroupName"),
        request.parameter("name"),
    );
    let id = found::parse(&id)?;
    state
        .resource(id.as_str())
        .ok_or_else(|| found::missing(state, &id))
}

/// An answer made of the site.
pub(super) fn with_site(
    context: &Context,
    request: &Request,
    answer: impl FnOnce(&State, &Resource) -> Result<Reply, Reply>,
) -> Reply {
    let state = context.state();
    site_of(&state, request)
        .and_then(|site| answer(&state, site))
        .unwrap_or_else(|reply| reply)
}

pub(super) fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        Ok(Reply::ok(&site::site(state, it)))
    })
}

pub(super) fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    match found::listed(&state, request, SITES) {
        Ok(all) => page::reply(
            request,
            all.into_iter().map(|it| site::site(&state, it)).collect(),
        ),
        Err(reply) => reply,
    }
}

pub(super) fn configuration(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        Ok(Reply::ok(&site::configuration(state, it)))
    })
}

pub(super) fn slot_names(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        let none = json!({"appSettingNames": [], "azureStorageConfigNames": [], "connectionStringNames": []});
        Ok(Reply::ok(&site::config(it, "slotConfigNames", none)))
    })
}

pub(super) fn list_settings(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        let all: serde_json::Map<String, Value> = settings::settings(it)
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        Ok(Reply::ok(&site::config(
            it,
            "appsettings",
            Value::Object(all),
        )))
    })
}

pub(super) fn list_functions(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        let app = state.function_app(&it.name);
        let names = app.into_iter().flat_map(|app| app.functions.keys());
        let all = names.filter_map(|name| site::function(state, it, name));
        Ok(page::reply(request, all.collect()))
    })
}

pub(super) fn get_function(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        let body = site::function(state, it, request.parameter("functionName"));
        body.map(|body| Reply::ok(&body))
            .ok_or_else(|| missing(request))
    })
}

pub(super) fn function_keys(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        let name = request.parameter("functionName");
        let (name, function) = state
            .function_app(&it.name)
            .and_then(|app| site::deployed(app, name))
            .ok_or_else(|| missing(request))?;
        let id = format!("{}/functions/{name}", it.id);
        Ok(Reply::ok(&json!({
            "id": id,
            "name": format!("{}/{name}", it.name),
            "type": "Microsoft.Web/sites/functions",
            "properties": function.keys.0,
        })))
    })
}

/// The master key, the other keys of the host, and keys of extensions, of which there are none.
pub(super) fn host_keys(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        let app: Option<&FunctionApp> = state.function_app(&it.name);
        let keys = || app.into_iter().flat_map(|app| &app.host_keys.0);
        let master = keys().find(|(name, _)| *name == MASTER);
        let others: serde_json::Map<String, Value> = keys()
            .filter(|(name, _)| *name != MASTER)
            .map(|(name, key)| (name.clone(), json!(key)))
            .collect();
        Ok(Reply::ok(&json!({
            "masterKey": master.map(|(_, key)| key),
            "functionKeys": others,
            "systemKeys": {},
        })))
    })
}

pub(super) fn integration(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        Ok(Reply::ok(&site::integration(it)))
    })
}

/// A bare list, by specification.
pub(super) fn list_networks(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        Ok(Reply::ok(&Value::Array(site::networks(it))))
    })
}

pub(super) fn get_connection(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    connection(&context.state(), request, DIALECT)
}

pub(super) fn put_connection(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    connections::decide(context, request, DIALECT)
}

pub(super) fn delete_connection(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    connections::remove(context, request, DIALECT)
}

pub(super) fn list_connections(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        Ok(page::reply(request, connections::all(state, it, DIALECT)))
    })
}

pub(super) fn list_groups(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        Ok(page::single(private_link_resources(state, it)))
    })
}

/// The 404 of a part of a site that exists.
fn missing(request: &Request) -> Reply {
    let path = request.path.trim_end_matches("/listkeys");
    match found::parse(path) {
        Ok(id) => errors::resource_not_found(&id),
        Err(reply) => reply,
    }
}
