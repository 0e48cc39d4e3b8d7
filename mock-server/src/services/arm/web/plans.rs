//! App Service plans, `Microsoft.Web/serverfarms`.
//!
//! Shapes and answers: azure-rest-api-specs `web/…/2023-12-01/AppServicePlans.json` and its examples
//! (`CreateOrUpdateAppServicePlan.json`: 200, also for what is new). Tiers: Azure CLI's reference, `az appservice plan create`,
//! `az functionapp plan create`; most workers: azure-docs, `azure-subscription-service-limits.md`. Names: azure-docs,
//! `resource-name-rules.md`, and underscores, which Azure's own extensions use (microsoft/vscode-azureappservice #1965). A plan
//! with apps is not deleted (hashicorp/terraform-provider-azurerm #13377). Nothing says which plan a body without `sku`
//! makes: it is refused.

use http::StatusCode;
use serde_json::{Value, json};

use super::site;
use crate::auth::Caller;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::request::{Reply, Request};
use crate::services::Operation;
use crate::services::arm::errors::{bad_request, conflict};
use crate::services::arm::write::names::Name;
use crate::services::arm::write::{Body, Kind, Location, Patch, Write, fields};
use crate::services::arm::{
    delete, found, get, list, page, patch, put, read, shape, simplified, unbundled,
};
use crate::store::plans::{PLANS, region};
use crate::store::{Resource, State};

const ONE: &str = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/serverfarms/{name}";
const READ: &str = "Microsoft.Web/serverfarms/read";
const WRITE: &str = "Microsoft.Web/serverfarms/write";

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    unbundled(list::<Plans>(
        "AppServicePlans_List",
        "/subscriptions/{subscriptionId}/providers/Microsoft.Web/serverfarms",
        READ,
        "",
    )),
    unbundled(list::<Plans>(
        "AppServicePlans_ListByResourceGroup",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/serverfarms",
        READ,
        "",
    )),
    unbundled(get::<Plans>("AppServicePlans_Get", ONE, READ, "")),
    simplified(
        unbundled(put::<Plans>(
            "AppServicePlans_CreateOrUpdate",
            ONE,
            WRITE,
            "",
        )),
        "sku is required; apps run as the world says, whatever the plan",
    ),
    unbundled(patch::<Plans>("AppServicePlans_Update", ONE, WRITE, "")),
    unbundled(delete::<Plans>(
        "AppServicePlans_Delete",
        ONE,
        "Microsoft.Web/serverfarms/delete",
        "",
    )),
    unbundled(read(
        "AppServicePlans_ListWebApps",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/serverfarms/{name}/sites",
        "Microsoft.Web/serverfarms/sites/read",
        "",
        list_apps,
    )),
];

/// A pricing tier: names of its SKUs, its name, its family, most workers.
type Tier = (&'static [&'static str], &'static str, &'static str, u16);

/// THE list.
const TIERS: &[Tier] = &[
    (&["F1"], "Free", "F", 1),
    (&["D1"], "Shared", "D", 1),
    (&["B1", "B2", "B3"], "Basic", "B", 3),
    (&["S1", "S2", "S3"], "Standard", "S", 10),
    (&["P1v2", "P2v2", "P3v2"], "PremiumV2", "Pv2", 30),
    (&["P0v3", "P1v3", "P2v3", "P3v3"], "PremiumV3", "Pv3", 30),
    (
        &["P1mv3", "P2mv3", "P3mv3", "P4mv3", "P5mv3"],
        "PremiumMV3",
        "Pmv3",
        30,
    ),
    (&["EP1", "EP2", "EP3"], "ElasticPremium", "EP", 100),
    (&["Y1"], "Dynamic", "Y", 0),
    (&["FC1"], "FlexConsumption", "FC", 0),
];

/// Tier and SKU as Azure spells them.
fn tier(sku: &str) -> Option<(&'static Tier, &'static str)> {
    TIERS.iter().find_map(|tier| {
        let mut names = tier.0.iter();
        let name = names.find(|it| it.eq_ignore_ascii_case(sku))?;
        Some((tier, *name))
    })
}

/// The tier of the plan that an app runs in: `sku` of the app.
pub(super) fn tier_of(state: &State, plan: &str) -> Option<&'static str> {
    let sku = state.resource(plan)?.body.get("sku")?.get("name")?;
    tier(sku.as_str()?).map(|(tier, _)| tier.1)
}

/// The kind.
pub(super) struct Plans;

impl Kind for Plans {
    const TYPE: &'static str = PLANS;
    const NAME: Name = Name {
        length: (1, 60),
        about: "letters, digits, hyphens and underscores",
        fits: |name| {
            let plain = |it: char| it.is_alphanumeric() || it == '-' || it == '_';
            name.chars().all(plain)
        },
    };
    const LOCATION: Location = Location::Required;
    const CREATED: StatusCode = StatusCode::OK;
    const PATCH: Patch = Patch::Merge;

    fn show(state: &State, it: &Resource) -> Value {
        shown(state, it)
    }

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        let before = write.existing.and_then(|it| it.body.get("sku")).cloned();
        if let (None, Some(before)) = (body.get("sku"), before) {
            body.insert("sku".to_owned(), before);
        }
        check(body)?;
        if let Some(properties) = body.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|key, _| !DERIVED.contains(&key.as_str()));
        }
        Ok(())
    }

    fn may_delete(write: &Write<'_>) -> Result<(), Reply> {
        let apps = write.state.apps_in(write.id.as_str());
        let apps: Vec<&str> = apps.map(|it| it.name.as_str()).collect();
        if apps.is_empty() {
            return Ok(());
        }
        Err(conflict(
            "Conflict",
            &format!(
                "Server farm '{}' cannot be deleted because it has web app(s) {} assigned to it.",
                write.id.name,
                apps.join(", ")
            ),
        ))
    }
}

/// Azure's to say, whatever is sent.
const DERIVED: &[&str] = &[
    "status",
    "subscription",
    "resourceGroup",
    "geoRegion",
    "maximumNumberOfWorkers",
    "numberOfWorkers",
    "numberOfSites",
    "provisioningState",
];

fn check(body: &mut Body) -> Result<(), Reply> {
    for flag in [
        "elasticScaleEnabled",
        "hyperV",
        "isSpot",
        "isXenon",
        "perSiteScaling",
        "reserved",
        "zoneRedundant",
    ] {
        fields::flag(body, &format!("/properties/{flag}"))?;
    }
    fields::number(body, "/properties/maximumElasticWorkerCount")?;
    let name = fields::required_text(body, "/sku/name")?;
    let Some((tier, name)) = tier(name) else {
        let all: Vec<&str> = TIERS.iter().flat_map(|it| it.0).copied().collect();
        return Err(bad_request(
            "BadRequest",
            &format!(
                "there is no SKU '{name:.50}'; one of {} is expected at 'sku.name'",
                all.join(", ")
            ),
        ));
    };
    let (_, tier_name, _, most) = tier;
    if let Some(given) = fields::text(body, "/sku/tier")?
        && !given.eq_ignore_ascii_case(tier_name)
    {
        return Err(bad_request(
            "BadRequest",
            &format!("SKU {name} is of tier {tier_name}, not of '{given:.50}'"),
        ));
    }
    let capacity = fields::number(body, "/sku/capacity")?;
    let most = i64::from(*most);
    if capacity.is_some_and(|it| it < 0 || (most > 0 && it > most)) {
        return Err(bad_request(
            "BadRequest",
            &format!("a plan of tier {tier_name} has at most {most} workers, at 'sku.capacity'"),
        ));
    }
    body.insert(
        "sku".to_owned(),
        json!({"name": name, "capacity": capacity}),
    );
    Ok(())
}

fn shown(state: &State, given: &Resource) -> Value {
    let mut body = shape::resource(given);
    let text = |at: &str| body.pointer(at).and_then(Value::as_str).map(str::to_owned);
    let location = text("/location").unwrap_or_default();
    let sku = text("/sku/name").unwrap_or_default();
    let found = tier(&sku);
    let most = found.map_or(0, |(tier, _)| tier.3);
    let least = u64::from(most > 0);
    let capacity = body.pointer("/sku/capacity").and_then(Value::as_u64);
    let capacity = capacity.unwrap_or(least);
    if let Some(((_, tier, family, _), name)) = found {
        body["sku"] = json!({"name": name, "tier": tier, "size": name, "family": family, "capacity": capacity});
    }
    if body["kind"].is_null() {
        let linux = body.pointer("/properties/reserved") == Some(&json!(true));
        body["kind"] = json!(match sku.get(..2) {
            Some("EP") => "elastic",
            Some("Y1" | "FC") => "functionapp",
            _ if linux => "linux",
            _ => "app",
        });
    }
    let id = ResourceId::parse(&given.id).ok();
    let elastic = sku.starts_with("EP");
    for (property, value) in [
        ("perSiteScaling", json!(false)),
        ("elasticScaleEnabled", json!(elastic)),
        ("maximumElasticWorkerCount", json!(1)),
        ("isSpot", json!(false)),
        ("reserved", json!(false)),
        ("isXenon", json!(false)),
        ("hyperV", json!(false)),
        ("targetWorkerCount", json!(0)),
        ("targetWorkerSizeId", json!(0)),
        ("zoneRedundant", json!(false)),
    ] {
        shape::default(&mut body, property, value);
    }
    for (property, value) in [
        ("status", json!("Ready")),
        (
            "subscription",
            json!(id.as_ref().and_then(|it| it.subscription.as_deref())),
        ),
        (
            "resourceGroup",
            json!(id.as_ref().and_then(|it| it.resource_group.as_deref())),
        ),
        ("geoRegion", json!(region(&location))),
        ("maximumNumberOfWorkers", json!(most)),
        ("numberOfWorkers", json!(capacity)),
        ("numberOfSites", json!(state.apps_in(&given.id).count())),
    ] {
        shape::derive(&mut body, property, value);
    }
    body
}

/// The apps of a plan.
pub(super) fn list_apps(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    match found::parent(&state, request) {
        Ok(plan) => {
            let apps = state.apps_in(&plan.id);
            page::reply(request, apps.map(|it| site::site(&state, it)).collect())
        }
        Err(reply) => reply,
    }
}

/// A plan whose last app is deleted goes too, unless `deleteEmptyServerFarm` says `false` (`WebApps_Delete`: "By default,
/// the empty App Service plan is deleted").
pub(super) fn delete_empty(context: &Context, request: &Request, plan: Option<&str>) {
    let keep = request.query("deleteEmptyServerFarm");
    let Some(plan) = plan.filter(|_| !keep.is_some_and(|it| it.eq_ignore_ascii_case("false")))
    else {
        return;
    };
    let mut state = context.state_mut();
    if state.apps_in(plan).next().is_none() {
        state.remove_resource(plan);
    }
}
