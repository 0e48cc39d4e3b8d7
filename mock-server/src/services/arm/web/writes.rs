//! Writes of sites: the site itself, its settings, its configuration and its network.
//!
//! Answers are those of azure-rest-api-specs `WebApps.json` 2023-12-01, of which the bundled file was cut: 200 also for what
//! is new. Names: azure-docs, `azure-resource-manager/management/resource-name-rules.md`; the text of a name that is taken is
//! ours. An app of the world runs at a vantage that the world names: settings reach its code at once, another network does
//! not move it. A deleted app's code and keys are gone.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::handlers::site_of;
use super::plans;
use super::site;
use crate::auth::Caller;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, conflict, error};
use crate::services::arm::write::linked::{self, Callers};
use crate::services::arm::write::names::Name;
use crate::services::arm::write::{
    Body, Kind, Location, Patch, Verb, Write, body, conditions, fields,
};
use crate::services::arm::{found, write};
use crate::services::functions::{SITES, settings};
use crate::store::plans::{PLANS, plan_of};
use crate::store::{Resource, State};

const JOIN: &str = "Microsoft.Network/virtualNetworks/subnets/join/action";

/// The kind.
pub(super) struct Sites;

impl Kind for Sites {
    const TYPE: &'static str = SITES;
    const NAME: Name = Name {
        length: (2, 60),
        about: "letters, digits and hyphens; neither begins nor ends with a hyphen",
        fits: |name| {
            let plain = |it: char| it.is_alphanumeric() || it == '-';
            name.chars().all(plain) && !name.starts_with('-') && !name.ends_with('-')
        },
    };
    const LOCATION: Location = Location::Required;
    const CREATED: StatusCode = StatusCode::OK;
    const PATCH: Patch = Patch::Merge;

    fn show(state: &State, it: &Resource) -> Value {
        site::site(state, it)
    }

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        taken(write)?;
        check(write, body)?;
        // What is secret is not part of the answer to a GET: a PUT of that answer leaves it as it is.
        let before = write.existing.and_then(|it| it.property("/siteConfig"));
        let mut config = fields::object(body, "/properties/siteConfig")?
            .cloned()
            .unwrap_or_default();
        for secret in site::SECRET {
            let kept = before.and_then(|it| it.get(*secret));
            if let (None, Some(kept)) = (config.get(*secret), kept) {
                config.insert((*secret).to_owned(), kept.clone());
            }
        }
        fields::set(body, "siteConfig", config);
        if let Some(properties) = body.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|key, _| !DERIVED.contains(&key.as_str()));
        }
        // It is read-only: `start` and `stop` change it.
        if let Some(state) = write.existing.and_then(|it| it.property("/state")) {
            fields::set(body, "state", state.clone());
        }
        keep_plan(write, body)
    }

    fn stored(state: &mut State, id: &str) {
        // The id is that of a resource, so a plan can be made.
        let _ = state.ensure_plan(id);
    }
}

/// An app stays in its plan unless another is named, which must exist; the right to join it was asked for before. The text of a plan that
/// is not there is Azure's (Azure/azure-cli #4497).
fn keep_plan(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
    let before = write.existing.and_then(plan_of);
    let named = fields::text(body, "/properties/serverFarmId")?;
    let named = named.filter(|it| !it.is_empty());
    match (named, before) {
        (None, Some(before)) => fields::set(body, "serverFarmId", before),
        (Some(named), before) if !before.is_some_and(|it| it.eq_ignore_ascii_case(named)) => {
            let id = linked::read("properties.serverFarmId", named)?;
            let plan = write.state.resource(id.as_str());
            if !plan.is_some_and(|it| it.is_a(PLANS)) {
                let text = format!("Cannot find ServerFarm with name {}.", id.name);
                return Err(error(StatusCode::NOT_FOUND, "NotFound", &text));
            }
        }
        _ => {}
    }
    Ok(())
}

/// DELETE of an app, and of its plan when that is empty then.
pub(super) fn delete_site(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let plan = {
        let state = context.state();
        let site = found::resource(&state, request).ok();
        site.and_then(plan_of).map(str::to_owned)
    };
    let reply = write::delete::<Sites>(context, request, caller);
    if reply.status == StatusCode::OK {
        plans::delete_empty(context, request, plan.as_deref());
    }
    reply
}

/// Azure's to say, whatever is sent.
const DERIVED: &[&str] = &[
    "defaultHostName",
    "hostNames",
    "enabledHostNames",
    "hostNameSslStates",
    "repositorySiteName",
    "resourceGroup",
    "outboundIpAddresses",
    "possibleOutboundIpAddresses",
    "usageState",
    "availabilityState",
    "lastModifiedTimeUtc",
    "state",
    "sku",
];

/// Names of apps are host names.
fn taken(write: &Write<'_>) -> Result<(), Reply> {
    let mut others = write.state.resources_named(SITES, &write.id.name);
    if write.existing.is_some() || others.next().is_none() {
        return Ok(());
    }
    Err(conflict(
        "Conflict",
        &format!("Website with given name {} already exists.", write.id.name),
    ))
}

fn check(write: &Write<'_>, body: &Body) -> Result<(), Reply> {
    for flag in [
        "enabled",
        "httpsOnly",
        "reserved",
        "clientCertEnabled",
        "vnetRouteAllEnabled",
    ] {
        fields::flag(body, &format!("/properties/{flag}"))?;
    }
    let switch = ["Enabled", "Disabled"];
    fields::one_of(body, "/properties/publicNetworkAccess", &switch)?;
    let given = fields::array(body, "/properties/siteConfig/appSettings")?;
    for (index, _) in given.iter().enumerate() {
        let at = format!("/properties/siteConfig/appSettings/{index}");
        fields::required_text(body, &format!("{at}/name"))?;
        fields::text(body, &format!("{at}/value"))?;
    }
    let subnet = fields::text(body, "/properties/virtualNetworkSubnetId")?;
    match subnet.filter(|it| !it.is_empty() && kept_subnet(write) != Some(it)) {
        Some(subnet) => join(write, "properties.virtualNetworkSubnetId", subnet),
        None => Ok(()),
    }
}

/// What a PATCH finds there and leaves as it is: its body does not name it, so no right to it is needed.
fn kept_subnet<'a>(write: &'a Write<'_>) -> Option<&'a str> {
    let existing = write.existing.filter(|_| write.verb == Verb::Patch)?;
    existing.property("/virtualNetworkSubnetId")?.as_str()
}

/// The subnet exists, and the caller may put things into it.
fn join(write: &Write<'_>, property: &str, subnet: &str) -> Result<(), Reply> {
    let id = write.linked(property, subnet, JOIN)?;
    let network = id.parent().and_then(|it| write.state.resource(it));
    let inline = network.and_then(|it| it.property("/subnets")?.as_array());
    let named = |it: &Value| {
        it["name"]
            .as_str()
            .is_some_and(|name| name.eq_ignore_ascii_case(&id.name))
    };
    let is_there = inline.is_some_and(|all| all.iter().any(named))
        || write.state.resource(id.as_str()).is_some();
    is_there
        .then_some(())
        .ok_or_else(|| linked::not_there(write, subnet))
}

/// PUT of all app settings.
pub(super) fn put_settings(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    change(context, request, caller, |_, given, site| {
        let wanted = fields::object(given, "/properties")?
            .cloned()
            .unwrap_or_default();
        let mut all = Vec::new();
        for (name, value) in &wanted {
            let Some(value) = value.as_str() else {
                let found = body::kind_of(value);
                return Err(body::invalid(&format!(
                    "a string is expected at '{}', {found} was found",
                    fields::join("properties", name)
                )));
            };
            all.push(json!({"name": name, "value": value}));
        }
        configure(
            site,
            Map::from_iter([("appSettings".to_owned(), json!(all))]),
        );
        Ok(|_: &State, it: &Resource| {
            let all: Map<String, Value> = settings::settings(it)
                .map(|(name, value)| (name.to_owned(), json!(value)))
                .collect();
            site::config(it, "appsettings", Value::Object(all))
        })
    })
}

/// PUT and PATCH of `config/web`: what is not named stays, also at PUT, as with `az webapp config set`.
pub(super) fn put_configuration(
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
) -> Reply {
    change(context, request, caller, |_, given, site| {
        let mut wanted = fields::object(given, "/properties")?
            .cloned()
            .unwrap_or_default();
        fields::flag(given, "/properties/vnetRouteAllEnabled")?;
        if let Some(all) = wanted.shift_remove("vnetRouteAllEnabled") {
            fields::set(site, "vnetRouteAllEnabled", all);
        }
        wanted.shift_remove("vnetName");
        configure(site, wanted);
        Ok(|state: &State, it: &Resource| site::configuration(state, it))
    })
}

/// PUT of the network that the app calls out from.
pub(super) fn put_network(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    change(context, request, caller, |write, given, site| {
        let subnet = fields::required_text(given, "/properties/subnetResourceId")?;
        join(write, "properties.subnetResourceId", subnet)?;
        fields::set(site, "virtualNetworkSubnetId", subnet);
        Ok(|_: &State, it: &Resource| site::integration(it))
    })
}

/// DELETE of the network: 200, whether there was one.
pub(super) fn delete_network(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let mut state = context.state_mut();
    let found = site_of(&state, request).map(|it| (it.id.clone(), it.body.clone()));
    let (id, mut body) = match found {
        Ok(found) => found,
        Err(reply) => return reply,
    };
    if let Some(properties) = body.get_mut("properties").and_then(Value::as_object_mut) {
        properties.shift_remove("virtualNetworkSubnetId");
    }
    match state.put_resource(&id, body) {
        Ok(()) => Reply::empty(StatusCode::OK),
        Err(why) => bad_request("InvalidResourceId", &why),
    }
}

/// Puts values into `siteConfig`; null takes one out.
pub(super) fn configure(site: &mut Body, values: Map<String, Value>) {
    let config = site.get("properties").and_then(|it| it.get("siteConfig"));
    let mut config = config
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for (key, value) in values {
        if value.is_null() {
            config.shift_remove(&key);
        } else {
            config.insert(key, value);
        }
    }
    fields::set(site, "siteConfig", config);
}

/// Changes a part of a site and answers that part, under one lock.
pub(super) fn change<S: Fn(&State, &Resource) -> Value>(
    context: &Context,
    request: &Request,
    caller: Option<&Caller>,
    part: impl Fn(&Write<'_>, &Body, &mut Body) -> Result<S, Reply>,
) -> Reply {
    let changed = || -> Result<Reply, Reply> {
        let given = body::object(request)?;
        let callers = Callers::of(context, request, caller)?;
        let mut state = context.state_mut();
        let existing = site_of(&state, request)?.id.clone();
        let existing = state.shared_resource(&existing);
        let Some(existing) = existing.as_deref() else {
            return Err(bad_request("BadRequest", "the app is gone"));
        };
        conditions::check(request, Some(None))?;
        let id = ResourceId::parse(&existing.id)
            .map_err(|why| bad_request("InvalidResourceId", &why))?;
        let write = Write {
            state: &state,
            id: &id,
            existing: Some(existing),
            callers: &callers,
            action: format!("{SITES}/config/write"),
            verb: Verb::Put,
            now: context.clock.now(),
        };
        let mut body = existing.body.clone();
        let show = part(&write, &given, &mut body)?;
        state
            .put_resource(&existing.id, body)
            .map_err(|why| bad_request("InvalidResourceId", &why))?;
        let shown = state.resource(&existing.id).map(|it| show(&state, it));
        Ok(Reply::ok(&shown.unwrap_or_default()))
    };
    changed().unwrap_or_else(|refused| refused)
}
