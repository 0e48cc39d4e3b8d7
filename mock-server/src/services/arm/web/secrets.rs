//! Keys of functions and of the host, written; credentials and sign-in settings that an app does not have.
//!
//! Shapes: azure-rest-api-specs `web/…/2023-12-01/WebApps.json`, of which the bundled file was cut. A key without a value gets
//! one from Azure. The mock takes no code, so its publishing user is `REDACTED` as in the publishing profile.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::handlers::{site_of, with_site};
use super::site;
use super::writes::{change, configure};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, error};
use crate::services::arm::write::{body, fields};
use crate::services::arm::{built, page, read, unbundled};
use crate::services::functions::host_of;
use crate::services::functions::keys::MASTER;
use crate::services::private_endpoint::derived_guid;
use crate::services::{Handler, Operation};
use crate::store::{Resource, State};
use crate::world::{FunctionApp, Keys};

const HOST_KEY: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/host/default/{keyType}/{keyName}";
const FUNCTION_KEY: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/functions/{functionName}/keys/{keyName}";
const READ_CONFIG: &str = "Microsoft.Web/sites/config/read";
const LIST_CONFIG: &str = "Microsoft.Web/sites/config/list/action";
const WRITE_CONFIG: &str = "Microsoft.Web/sites/config/write";

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    written(
        "WebApps_CreateOrUpdateHostSecret",
        Method::PUT,
        HOST_KEY,
        "Microsoft.Web/sites/host/functionkeys/write",
        put_host_key,
    ),
    written(
        "WebApps_DeleteHostSecret",
        Method::DELETE,
        HOST_KEY,
        "Microsoft.Web/sites/host/functionkeys/delete",
        delete_host_key,
    ),
    written(
        "WebApps_CreateOrUpdateFunctionSecret",
        Method::PUT,
        FUNCTION_KEY,
        "Microsoft.Web/sites/functions/keys/write",
        put_function_key,
    ),
    written(
        "WebApps_DeleteFunctionSecret",
        Method::DELETE,
        FUNCTION_KEY,
        "Microsoft.Web/sites/functions/keys/delete",
        delete_function_key,
    ),
    written(
        "WebApps_ListFunctionSecrets",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/functions/{functionName}/listsecrets",
        "Microsoft.Web/sites/functions/listsecrets/action",
        trigger,
    ),
    written(
        "WebApps_SyncFunctionTriggers",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/syncfunctiontriggers",
        "Microsoft.Web/sites/syncfunctiontriggers/action",
        synchronized,
    ),
    written(
        "WebApps_ListSyncFunctionTriggers",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/listsyncfunctiontriggerstatus",
        "Microsoft.Web/sites/listsyncfunctiontriggerstatus/action",
        synchronized,
    ),
    written(
        "WebApps_ListPublishingCredentials",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/config/publishingcredentials/list",
        LIST_CONFIG,
        credentials,
    ),
    written(
        "WebApps_GetAuthSettings",
        Method::POST,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/config/authsettings/list",
        LIST_CONFIG,
        sign_in_of_old,
    ),
    unbundled(read(
        "WebApps_GetAuthSettingsV2WithoutSecrets",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/config/authsettingsV2",
        READ_CONFIG,
        "",
        sign_in,
    )),
    unbundled(read(
        "WebApps_GetAuthSettingsV2",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/config/authsettingsV2/list",
        READ_CONFIG,
        "",
        sign_in,
    )),
    written(
        "WebApps_UpdateAuthSettingsV2",
        Method::PUT,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/config/authsettingsV2",
        WRITE_CONFIG,
        put_sign_in,
    ),
    unbundled(read(
        "WebApps_ListUsages",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/usages",
        "Microsoft.Web/sites/usages/read",
        "",
        usages,
    )),
];

const fn written(
    id: &'static str,
    method: Method,
    path: &'static str,
    action: &'static str,
    handler: Handler,
) -> Operation {
    unbundled(built(id, method, path, action, "", handler))
}

/// The keys of the path, in what runs: those of the host, or of a function.
fn keys<'a>(app: &'a mut FunctionApp, request: &Request) -> Result<&'a mut Keys, Reply> {
    let function = request.parameter("functionName");
    if function.is_empty() {
        return match request.parameter("keyType").to_ascii_lowercase().as_str() {
            "functionkeys" | "masterkey" => Ok(&mut app.host_keys),
            "systemkeys" => Err(error(
                StatusCode::NOT_IMPLEMENTED,
                "NotImplemented",
                "the mock does not imitate this operation: keys of extensions",
            )),
            other => Err(bad_request(
                "BadRequest",
                &format!(
                    "functionKeys, masterKey or systemKeys is expected in the path, '{other:.50}' was found"
                ),
            )),
        };
    }
    let mut all = app.functions.iter_mut();
    let found = all.find(|it| it.0.eq_ignore_ascii_case(function));
    found.map(|(_, it)| &mut it.keys).ok_or_else(|| {
        let message = format!("Function ({function:.100}) does not exist");
        error(StatusCode::NOT_FOUND, "NotFound", &message)
    })
}

/// What is kept under a key's name: the master key has one of its own.
fn key_name(request: &Request) -> String {
    let is_master = request
        .parameter("keyType")
        .eq_ignore_ascii_case("masterKey");
    let name = request.parameter("keyName");
    if is_master || name.eq_ignore_ascii_case(MASTER) {
        MASTER.to_owned()
    } else {
        name.to_owned()
    }
}

fn put_host_key(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    put_key(context, request, "Microsoft.Web/sites/host/functionKeys")
}

fn put_function_key(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    put_key(context, request, "Microsoft.Web/sites/functions/keys")
}

fn put_key(context: &Context, request: &Request, kind: &str) -> Reply {
    let answer = || {
        let given = body::object(request)?;
        let value = fields::text(&given, "/properties/value")?;
        let mut state = context.state_mut();
        let site = site_of(&state, request)?.name.clone();
        let name = key_name(request);
        let made = || {
            let guid = |part: &str| derived_guid(&site, &format!("{name}:{part}"));
            let mark = state.changes().to_string();
            format!("{}{}==", guid(&mark), guid(&format!("{mark}+"))).replace('-', "")
        };
        let value = value.map_or_else(made, str::to_owned);
        let app = state.function_app_mut(&site).ok_or_else(no_runtime)?;
        let before = keys(app, request)?.0.insert(name.clone(), value.clone());
        let status = if before.is_some() {
            StatusCode::OK
        } else {
            StatusCode::CREATED
        };
        Ok(Reply::json(
            status,
            &json!({
                "id": request.path,
                "name": request.parameter("keyName"),
                "type": kind,
                "properties": {"name": request.parameter("keyName"), "value": value},
            }),
        ))
    };
    answer().unwrap_or_else(|refused| refused)
}

fn delete_host_key(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    delete_function_key(context, request, caller)
}

fn delete_function_key(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || {
        let mut state = context.state_mut();
        let site = site_of(&state, request)?.name.clone();
        let name = key_name(request);
        if name == MASTER {
            return Err(bad_request(
                "BadRequest",
                "The master key cannot be deleted.",
            ));
        }
        let app = state.function_app_mut(&site).ok_or_else(no_runtime)?;
        let removed = keys(app, request)?.0.remove(&name);
        let status = if removed.is_some() {
            StatusCode::NO_CONTENT
        } else {
            StatusCode::NOT_FOUND
        };
        Ok(Reply::empty(status))
    };
    answer().unwrap_or_else(|refused| refused)
}

/// Nothing runs for the app: Azure's host does not answer either.
fn no_runtime() -> Reply {
    bad_request(
        "BadRequest",
        "Encountered an error (ServiceUnavailable) from host runtime.",
    )
}

/// Where a function is called, and with which key.
fn trigger(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        let name = request.parameter("functionName");
        let app = state.function_app(&it.name);
        let found = app.and_then(|app| site::deployed(app, name));
        let (name, function) = found.ok_or_else(|| {
            let message = format!("Function ({name:.100}) does not exist");
            error(StatusCode::NOT_FOUND, "NotFound", &message)
        })?;
        let key = function.keys.0.get("default");
        let url = format!("https://{}/api/{name}", host_of(it).to_ascii_lowercase());
        let url = match key {
            Some(key) => format!("{url}?code={}", page::encode(key)),
            None => url,
        };
        Ok(Reply::ok(&json!({"key": key, "trigger_url": url})))
    })
}

fn synchronized(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, _| {
        Ok(Reply::empty(StatusCode::NO_CONTENT))
    })
}

fn credentials(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        let scm = host_of(it).replacen('.', ".scm.", 1);
        Ok(Reply::ok(&json!({
            "id": format!("{}/publishingcredentials/${}", it.id, it.name),
            "name": it.name,
            "type": "Microsoft.Web/sites/publishingcredentials",
            "location": it.body.get("location"),
            "properties": {
                "name": null,
                "publishingUserName": "REDACTED",
                "publishingPassword": "REDACTED",
                "scmUri": format!("https://REDACTED:REDACTED@{scm}"),
            },
        })))
    })
}

/// What of the configuration says who signs in.
const SIGN_IN: &str = "authSettingsV2";

fn sign_in_of_old(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        let enabled = settings(it)["platform"]["enabled"] == true;
        let shown = json!({"enabled": enabled, "configVersion": "v2"});
        Ok(Reply::ok(&site::config(it, "authsettings", shown)))
    })
}

fn sign_in(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        Ok(Reply::ok(&site::config(it, "authsettingsV2", settings(it))))
    })
}

fn settings(site: &Resource) -> Value {
    let kept = site.property(&format!("/siteConfig/{SIGN_IN}")).cloned();
    kept.unwrap_or_else(|| {
        json!({
            "platform": {"enabled": false, "runtimeVersion": "~1"},
            "globalValidation": {},
            "identityProviders": {},
            "login": {},
            "httpSettings": {"requireHttps": true},
        })
    })
}

fn put_sign_in(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    change(context, request, caller, |_, given, site| {
        let wanted = fields::object(given, "/properties")?
            .cloned()
            .unwrap_or_default();
        let enabled = wanted
            .get("platform")
            .is_some_and(|it| it["enabled"] == true);
        if enabled {
            // An app that asks for a sign-in answers nobody with a key alone, which the mock does not imitate.
            return Err(error(
                StatusCode::NOT_IMPLEMENTED,
                "NotImplemented",
                "the mock does not imitate this operation: apps that ask for a sign-in (platform.enabled)",
            ));
        }
        configure(
            site,
            serde_json::Map::from_iter([(SIGN_IN.to_owned(), wanted.into())]),
        );
        Ok(|_: &State, it: &Resource| site::config(it, "authsettingsV2", settings(it)))
    })
}

fn usages(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, _| Ok(page::single(Vec::new())))
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::{Value, json};

    use crate::auth::Audience;
    use crate::context::Context;
    use crate::services::apps_world::{DEPLOYER, SITE, context};
    use crate::services::testing::{HOME, HOME_AUDITOR, ask};

    fn send(
        context: &Context,
        method: Method,
        part: &str,
        body: &Value,
        who: &str,
    ) -> (u16, Value) {
        let url = format!("management.azure.com{SITE}/{part}?api-version=2023-12-01");
        let ask = ask(context, method, &url).body(body);
        ask.bearing(HOME, who, Audience::Arm).json()
    }

    #[test]
    fn keys_are_set_shown_and_deleted() {
        let context = context(&[]);
        let send = |method, part: &str, body: Value| send(&context, method, part, &body, DEPLOYER);
        let put = |part: &str, body: Value| send(Method::PUT, part, body);
        let host_key = "host/default/functionKeys/k";
        let body = json!({"properties": {"name": "k", "value": "v"}});
        let (status, made) = put(host_key, body);
        assert_eq!((status, &made["properties"]["value"]), (201, &json!("v")));
        let own = "functions/GetSecretCrossTenant/keys/mine";
        let (status, made) = put(own, json!({"properties": {"name": "mine"}}));
        assert_eq!(status, 201, "{made}");
        let value = made["properties"]["value"].as_str().unwrap();
        assert!(value.len() > 20, "{made}");
        let post = |part: &str| send(Method::POST, part, json!({})).1;
        assert_eq!(post("host/default/listkeys")["functionKeys"]["k"], "v");
        let shown = post("functions/GetSecretCrossTenant/listkeys");
        assert_eq!(shown["properties"]["mine"], value);
        let trigger = post("functions/GetSecretCrossTenant/listsecrets");
        assert!(
            trigger["trigger_url"]
                .as_str()
                .unwrap()
                .starts_with("https://func-orders")
        );
        let delete = |part: &str| send(Method::DELETE, part, json!({})).0;
        assert_eq!((delete(host_key), delete(host_key)), (204, 404));
        assert_eq!(delete("host/default/masterKey/_master"), 400);
        assert_eq!(delete("functions/None/keys/x"), 404);
        assert_eq!(put("host/default/otherKeys/k", json!({})).0, 400);
    }

    #[test]
    fn a_reader_sets_no_key() {
        let context = context(&[]);
        for (method, part) in [
            (Method::PUT, "host/default/functionKeys/k"),
            (
                Method::DELETE,
                "functions/GetSecretCrossTenant/keys/default",
            ),
            (Method::POST, "functions/GetSecretCrossTenant/listsecrets"),
            (Method::POST, "config/publishingcredentials/list"),
            (Method::PUT, "config/authsettingsV2"),
        ] {
            let refused = send(&context, method, part, &json!({}), HOME_AUDITOR);
            assert_eq!(refused.0, 403, "{part}");
        }
    }

    #[test]
    fn sign_in_is_off_and_can_be_said_so() {
        let context = context(&[]);
        let send = |method, part: &str, body: Value| send(&context, method, part, &body, DEPLOYER);
        let path = "config/authsettingsV2";
        let shown = send(Method::GET, path, json!({})).1;
        assert_eq!(shown["properties"]["platform"]["enabled"], false);
        let put = |enabled: bool| {
            let body = json!({"properties": {"platform": {"enabled": enabled}}});
            send(Method::PUT, path, body).0
        };
        assert_eq!((put(false), put(true)), (200, 501));
        let old = send(Method::POST, "config/authsettings/list", json!({})).1;
        assert_eq!(old["properties"]["enabled"], false);
        let credentials = send(Method::POST, "config/publishingcredentials/list", json!({})).1;
        assert_eq!(credentials["properties"]["publishingPassword"], "REDACTED");
    }
}
