//! Parts of an app that are asked for or changed one by one, and what a subscription asks before it makes an app.
//!
//! Shapes: azure-rest-api-specs `web/…/2023-12-01/WebApps.json`, `CommonDefinitions.json` and `ResourceProvider.json`, of which
//! the bundled files were cut. There are no slots and no custom names. Publishing by user name and password is off
//! (`basicPublishingCredentialsPolicies`), as the profiles say. The text of a name that is taken is ours.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::handlers::{site_of, with_site};
use super::publishing::profiles;
use super::site;
use super::writes::{Sites, change, configure};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::errors::bad_request;
use crate::services::arm::locations::LOCATIONS;
use crate::services::arm::write::{Kind, body, fields};
use crate::services::arm::{built, page, read, simplified, unbundled};
use crate::services::functions::{SITES, host_of};
use crate::services::{Handler, Operation};
use crate::store::{Resource, State};

const LIST: &str = "Microsoft.Web/sites/config/list/action";

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    action(
        "WebApps_Start",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/start",
        "Microsoft.Web/sites/start/action",
        start,
    ),
    action(
        "WebApps_Stop",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/stop",
        "Microsoft.Web/sites/stop/action",
        stop,
    ),
    action(
        "WebApps_Restart",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/restart",
        "Microsoft.Web/sites/restart/action",
        restart,
    ),
    unbundled(read(
        "WebApps_ListConfigurations",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/config",
        "Microsoft.Web/sites/config/read",
        "",
        configurations,
    )),
    action(
        "WebApps_ListConnectionStrings",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/config/connectionstrings/list",
        LIST,
        list_connection_strings,
    ),
    unbundled(built(
        "WebApps_UpdateConnectionStrings",
        Method::PUT,
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/config/connectionstrings",
        "Microsoft.Web/sites/config/write",
        "",
        put_connection_strings,
    )),
    action(
        "WebApps_ListMetadata",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/config/metadata/list",
        LIST,
        list_metadata,
    ),
    unbundled(read(
        "WebApps_ListSlots",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/slots",
        "Microsoft.Web/sites/slots/read",
        "",
        slots,
    )),
    unbundled(read(
        "WebApps_ListHostNameBindings",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/hostNameBindings",
        "Microsoft.Web/sites/hostNameBindings/read",
        "",
        host_names,
    )),
    unbundled(read(
        "WebApps_GetScmAllowed",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/basicPublishingCredentialsPolicies/scm",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies/read",
        "",
        |context, request, _| policy(context, request, "scm"),
    )),
    unbundled(read(
        "WebApps_GetFtpAllowed",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/basicPublishingCredentialsPolicies/ftp",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies/read",
        "",
        |context, request, _| policy(context, request, "ftp"),
    )),
    simplified(
        unbundled(built(
            "WebApps_ListPublishingProfileXmlWithSecrets",
            Method::POST,
            "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/publishxml",
            "Microsoft.Web/sites/publishxml/action",
            "",
            profiles,
        )),
        "without credentials: the mock takes no code",
    ),
    action(
        "CheckNameAvailability",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Web/checknameavailability",
        "Microsoft.Web/checknameavailability/read",
        check_name,
    ),
    unbundled(read(
        "ListGeoRegions",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Web/geoRegions",
        "Microsoft.Web/geoRegions/read",
        "",
        regions,
    )),
];

const fn action(
    id: &'static str,
    path: &'static str,
    action: &'static str,
    handler: Handler,
) -> Operation {
    unbundled(built(id, Method::POST, path, action, "", handler))
}

fn start(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    set_state(context, request, "Running")
}

fn stop(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    set_state(context, request, "Stopped")
}

fn restart(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, _| Ok(Reply::empty(StatusCode::OK)))
}

fn set_state(context: &Context, request: &Request, to: &str) -> Reply {
    let changed = || -> Result<Reply, Reply> {
        let mut state = context.state_mut();
        let site = site_of(&state, request)?;
        let (id, mut body) = (site.id.clone(), site.body.clone());
        fields::set(&mut body, "state", to);
        state
            .put_resource(&id, body)
            .map_err(|why| bad_request("InvalidResourceId", &why))?;
        Ok(Reply::empty(StatusCode::OK))
    };
    changed().unwrap_or_else(|refused| refused)
}

fn configurations(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |state, it| {
        Ok(page::single(vec![site::configuration(state, it)]))
    })
}

fn list_connection_strings(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        Ok(Reply::ok(&connection_strings(it)))
    })
}

/// `{name, connectionString, type}` of the configuration, as `{name: {value, type}}`.
fn connection_strings(site: &Resource) -> Value {
    let all = site.property("/siteConfig/connectionStrings");
    let all = all.and_then(Value::as_array).into_iter().flatten();
    let shown: Map<String, Value> = all
        .filter_map(|it| {
            let name = it["name"].as_str()?.to_owned();
            Some((
                name,
                json!({"value": it["connectionString"], "type": it["type"]}),
            ))
        })
        .collect();
    site::config(site, "connectionstrings", Value::Object(shown))
}

/// Kinds of connection strings (`ConnectionStringType`).
const TYPES: &[&str] = &[
    "MySql",
    "SQLServer",
    "SQLAzure",
    "Custom",
    "NotificationHub",
    "ServiceBus",
    "EventHub",
    "ApiHub",
    "DocDb",
    "RedisCache",
    "PostgreSQL",
];

fn put_connection_strings(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    change(context, request, caller, |_, given, site| {
        let wanted = fields::object(given, "/properties")?;
        let mut all = Vec::new();
        for (name, _) in wanted.into_iter().flatten() {
            let pointer = name.replace('~', "~0").replace('/', "~1");
            let at = format!("/properties/{pointer}");
            let value = fields::required_text(given, &format!("{at}/value"))?;
            let kind = fields::one_of(given, &format!("{at}/type"), TYPES)?;
            let kind = kind.ok_or_else(|| fields::missing(&format!("{at}/type")))?;
            all.push(json!({"name": name, "connectionString": value, "type": kind}));
        }
        configure(
            site,
            Map::from_iter([("connectionStrings".to_owned(), json!(all))]),
        );
        Ok(|_: &State, it: &Resource| connection_strings(it))
    })
}

fn list_metadata(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        let all = it
            .property("/siteConfig/metadata")
            .and_then(Value::as_array);
        let pair = |it: &Value| Some((it["name"].as_str()?.to_owned(), it["value"].clone()));
        let all: Map<String, Value> = all.into_iter().flatten().filter_map(pair).collect();
        Ok(Reply::ok(&site::config(it, "metadata", Value::Object(all))))
    })
}

fn slots(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, _| Ok(page::single(Vec::new())))
}

fn host_names(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    with_site(context, request, |_, it| {
        let host = host_of(it);
        Ok(page::single(vec![json!({
            "id": format!("{}/hostNameBindings/{host}", it.id),
            "name": format!("{}/{host}", it.name),
            "type": "Microsoft.Web/sites/hostNameBindings",
            "properties": {"siteName": it.name, "hostNameType": "Verified"},
        })]))
    })
}

fn policy(context: &Context, request: &Request, name: &str) -> Reply {
    with_site(context, request, |_, it| {
        Ok(Reply::ok(&json!({
            "id": format!("{}/basicPublishingCredentialsPolicies/{name}", it.id),
            "name": name,
            "type": "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
            "properties": {"allow": false},
        })))
    })
}

fn check_name(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || -> Result<Reply, Reply> {
        let given = body::object(request)?;
        let name = fields::required_text(&given, "/name")?;
        let kind = fields::required_text(&given, "/type")?;
        if ![SITES, "Site"]
            .iter()
            .any(|it| it.eq_ignore_ascii_case(kind))
        {
            let why = format!("'{SITES}' or 'Site' is expected at 'type', '{kind:.100}' was found");
            return Err(body::invalid(&why));
        }
        let rule = Sites::NAME;
        let fits = (rule.length.0..=rule.length.1).contains(&name.chars().count());
        let taken = context.state().resource_named(SITES, name).is_some();
        let refused = |reason: &str, message: String| json!({"nameAvailable": false, "reason": reason, "message": message});
        Ok(Reply::ok(&if !fits || !(rule.fits)(name) {
            let (least, most) = rule.length;
            let about = rule.about;
            refused(
                "Invalid",
                format!("The name {name:.100} is invalid: {least} to {most} characters, {about}."),
            )
        } else if taken {
            refused(
                "AlreadyExists",
                format!("Hostname '{name}' already exists. Please select a different name."),
            )
        } else {
            json!({"nameAvailable": true, "reason": "", "message": ""})
        }))
    };
    answer().unwrap_or_else(|reply| reply)
}

/// The regions that the subscription lists, whatever SKU is asked for.
fn regions(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let subscription = request.parameter("subscriptionId");
    let all = LOCATIONS.iter().map(|it| {
        let name = it.display_name;
        json!({
            "id": format!("/subscriptions/{subscription}/providers/Microsoft.Web/geoRegions/{name}"),
            "name": name,
            "type": "Microsoft.Web/geoRegions",
            "properties": {"name": name, "displayName": name, "description": null, "orgDomain": "PUBLIC;DYNAMIC;FUNCTIONS;ELASTICPREMIUM;LINUX;LINUXDYNAMIC"},
        })
    });
    page::single(all.collect())
}
