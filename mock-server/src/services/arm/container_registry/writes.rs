//! Writes of registries.
//!
//! Rules: `azure/MORE.md` §1g (names, SKUs, values), azure-docs `container-registry/container-registry-skus.md` (private
//! endpoints, network rules and data endpoints need Premium). Where a text has no source it is ours. A deleted registry's
//! images are gone.

use serde_json::{Value, json};

use super::admin::MADE;
use super::registry;
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, conflict};
use crate::services::arm::write::names::Name;
use crate::services::arm::write::{Body, Kind, Location, Patch, Write, body, fields};
use crate::services::registry::REGISTRIES;
use crate::store::{Resource, State};

const SKUS: &[&str] = &["Basic", "Standard", "Premium"];
const SWITCH: &[&str] = &["Enabled", "Disabled"];

/// The kind.
pub(super) struct Registries;

impl Kind for Registries {
    const TYPE: &'static str = REGISTRIES;
    const NAME: Name = Name {
        length: (5, 50),
        about: "letters and digits",
        fits: |name| name.chars().all(|it| it.is_ascii_alphanumeric()),
    };
    const LOCATION: Location = Location::Required;
    const SYSTEM_DATA: bool = true;
    const PATCH: Patch = Patch::Merge;

    fn show(state: &State, it: &Resource) -> Value {
        registry(state, it)
    }

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        taken(write)?;
        let sku = fields::one_of(body, "/sku/name", SKUS)?;
        let sku = sku.ok_or_else(|| fields::missing("/sku/name"))?;
        body.insert("sku".to_owned(), json!({"name": sku, "tier": sku}));
        check(body)?;
        premium_only(write, body, sku)?;
        if let Some(properties) = body.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|key, _| !DERIVED.contains(&key.as_str()));
        }
        let made = write.existing.and_then(|it| it.properties().get(MADE));
        if let Some(made) = made {
            fields::set(body, MADE, made.clone());
        }
        let created = write.existing.and_then(|it| it.property("/creationDate"));
        let now = json!(crate::clock::rfc3339(write.now));
        fields::set(body, "creationDate", created.cloned().unwrap_or(now));
        Ok(())
    }
}

/// Azure's to say, whatever is sent.
const DERIVED: &[&str] = &[
    MADE,
    "loginServer",
    "dataEndpointHostNames",
    "privateEndpointConnections",
    "creationDate",
    "status",
];

/// Names of registries are host names.
fn taken(write: &Write<'_>) -> Result<(), Reply> {
    let mut others = write.state.resources_named(REGISTRIES, &write.id.name);
    if write.existing.is_some() || others.next().is_none() {
        return Ok(());
    }
    Err(conflict(
        "AlreadyInUse",
        &format!(
            "The registry DNS name {}.azurecr.io is already in use. You can check if the name is already claimed using following API: https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/checknameavailability",
            write.id.name.to_ascii_lowercase()
        ),
    ))
}

fn check(body: &Body) -> Result<(), Reply> {
    for flag in [
        "adminUserEnabled",
        "anonymousPullEnabled",
        "dataEndpointEnabled",
    ] {
        fields::flag(body, &format!("/properties/{flag}"))?;
    }
    fields::one_of(body, "/properties/publicNetworkAccess", SWITCH)?;
    let bypass = ["AzureServices", "None"];
    fields::one_of(body, "/properties/networkRuleBypassOptions", &bypass)?;
    let action = ["Allow", "Deny"];
    fields::one_of(body, "/properties/networkRuleSet/defaultAction", &action)?;
    fields::array(body, "/properties/networkRuleSet/ipRules")?;
    fields::object(body, "/properties/policies")?;
    let modes = ["LegacyRegistryPermissions", "AbacRepositoryPermissions"];
    fields::one_of(body, "/properties/roleAssignmentMode", &modes)?;
    Ok(())
}

fn premium_only(write: &Write<'_>, body: &Body, sku: &str) -> Result<(), Reply> {
    if sku == "Premium" {
        return Ok(());
    }
    let text = |at: &str| fields::text(body, at);
    let access = text("/properties/publicNetworkAccess")?;
    let action = text("/properties/networkRuleSet/defaultAction")?;
    let is =
        |given: Option<&str>, value: &str| given.is_some_and(|it| it.eq_ignore_ascii_case(value));
    let endpoints = || {
        write
            .existing
            .is_some_and(|it| write.state.derived().endpoints.to(&it.id).next().is_some())
    };
    let needs = [
        (is(access, "Disabled"), "publicNetworkAccess: Disabled"),
        (is(action, "Deny"), "network rules"),
        (
            fields::flag(body, "/properties/dataEndpointEnabled")? == Some(true),
            "dedicated data endpoints",
        ),
        (endpoints(), "private endpoints"),
    ];
    match needs.iter().find(|(needed, _)| *needed) {
        None => Ok(()),
        Some((_, what)) => Err(bad_request(
            "SkuNotSupported",
            &format!("a registry of SKU {sku} has no {what}: that needs Premium"),
        )),
    }
}

/// `Registries_CheckNameAvailability`. Texts: azure-rest-api-specs, example `RegistryCheckNameNotAvailable.json`; that of a
/// malformed name is ours.
pub(super) fn check_name(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || -> Result<Reply, Reply> {
        let given = body::object(request)?;
        let name = fields::required_text(&given, "/name")?;
        let kind = fields::required_text(&given, "/type")?;
        if !kind.eq_ignore_ascii_case(REGISTRIES) {
            let why = format!("'{REGISTRIES}' is expected at 'type', '{kind:.100}' was found");
            return Err(body::invalid(&why));
        }
        let rule = Registries::NAME;
        let fits = (rule.length.0..=rule.length.1).contains(&name.chars().count());
        let taken = context.state().resource_named(REGISTRIES, name).is_some();
        let refused = |reason: &str, message: String| json!({"nameAvailable": false, "reason": reason, "message": message});
        Ok(Reply::ok(&if !fits || !(rule.fits)(name) {
            let (least, most) = rule.length;
            let about = rule.about;
            refused(
                "Invalid",
                format!(
                    "The registry name {name:.100} is invalid: {least} to {most} characters, {about}."
                ),
            )
        } else if taken {
            refused(
                "AlreadyExists",
                format!("The registry {name} is already in use."),
            )
        } else {
            json!({"nameAvailable": true})
        }))
    };
    answer().unwrap_or_else(|reply| reply)
}
