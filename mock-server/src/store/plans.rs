//! Which App Service plan does an app run in that names none?
//!
//! Azure makes one: a function app without `serverFarmId` gets a consumption plan of its region and resource group, named
//! `JapanEastPlan` or `JapanEastLinuxDynamicPlan` (Azure CLI's reference, `az functionapp create`,
//! `--consumption-plan-location`). Consumption has neither network integration nor private endpoints (azure-docs,
//! `azure-functions/functions-networking-options.md`), so an app in a network gets what a world would have to say
//! otherwise: an Elastic Premium plan, named as Azure CLI and the portal name plans. Any other app gets the free plan.

use serde_json::{Map, Value, json};

use super::{Resource, State};
use crate::ids::ResourceId;
use crate::services::arm::locations::LOCATIONS;
use crate::services::functions::SITES;
use crate::services::private_endpoint::derived_guid;

/// ARM type of App Service plans.
pub const PLANS: &str = "Microsoft.Web/serverfarms";
/// Most letters of a resource group in the name of a plan that is made for an app.
const GROUP: usize = 40;

impl State {
    /// Gives every app of the world its plan.
    pub(super) fn plan_given(&mut self) -> Result<(), String> {
        let ids: Vec<String> = self
            .resources_of_type(SITES)
            .filter(|it| plan_of(it).is_none())
            .map(|it| it.id.clone())
            .collect();
        ids.iter().try_for_each(|id| self.ensure_plan(id))
    }

    /// Gives an app a plan, unless it names one.
    ///
    /// # Errors
    /// A sentence fragment, when the app's id is malformed.
    pub fn ensure_plan(&mut self, site: &str) -> Result<(), String> {
        let Some(site) = self.shared_resource(site) else {
            return Ok(());
        };
        // An app in a managed environment runs in that.
        if plan_of(&site).is_some() || site.property("/managedEnvironmentId").is_some() {
            return Ok(());
        }
        let id = ResourceId::parse(&site.id)?;
        let (plan, body) = made_for(&site, &id);
        if self.resource(&plan).is_none() {
            self.put_resource(&plan, body)?;
        }
        let mut body = site.body.clone();
        let properties = body.entry("properties").or_insert_with(|| json!({}));
        if let Some(properties) = properties.as_object_mut() {
            properties.insert("serverFarmId".to_owned(), json!(plan));
        }
        self.put_resource(&site.id, body)
    }

    /// The apps that run in a plan.
    pub fn apps_in<'a>(&'a self, plan: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.resources_of_type(SITES)
            .filter(move |it| plan_of(it).is_some_and(|of| of.eq_ignore_ascii_case(plan)))
    }
}

/// The plan that an app names.
pub fn plan_of(site: &Resource) -> Option<&str> {
    let plan = site.property("/serverFarmId")?.as_str()?;
    (!plan.is_empty()).then_some(plan)
}

/// `Japan East` for `japaneast`; what is no known region stays as it is.
pub fn region(location: &str) -> &str {
    let plain = location.replace(' ', "");
    let mut all = LOCATIONS.iter();
    all.find(|it| it.name.eq_ignore_ascii_case(&plain))
        .map_or(location, |it| it.display_name)
}

/// Id and body of the plan that is made for an app.
fn made_for(site: &Resource, id: &ResourceId) -> (String, Map<String, Value>) {
    let text = |key: &str| site.body.get(key).and_then(Value::as_str);
    let location = text("location").unwrap_or_default();
    let kind = text("kind").unwrap_or_default().to_ascii_lowercase();
    let linux = kind.contains("linux");
    let place = region(location).replace(' ', "");
    let group = id.resource_group.as_deref().unwrap_or_default();
    let subnet = site
        .property("/virtualNetworkSubnetId")
        .and_then(Value::as_str);
    let (name, kind, sku) = if subnet.is_some_and(|it| !it.is_empty()) {
        let letters = group.chars().filter(char::is_ascii_alphanumeric);
        let letters: String = letters.take(GROUP).collect();
        let mark: String = derived_guid(&site.id, "plan").chars().take(4).collect();
        (format!("ASP-{letters}-{mark}"), "elastic", "EP1")
    } else if !kind.contains("functionapp") {
        (format!("{place}FreePlan"), "app", "F1")
    } else if linux {
        (format!("{place}LinuxDynamicPlan"), "functionapp", "Y1")
    } else {
        (format!("{place}Plan"), "functionapp", "Y1")
    };
    let subscription = id.subscription.as_deref().unwrap_or_default();
    let plan =
        format!("/subscriptions/{subscription}/resourceGroups/{group}/providers/{PLANS}/{name}");
    let body = json!({
        "kind": if linux && kind == "functionapp" { "functionapp,linux" } else { kind },
        "location": location,
        "sku": {"name": sku},
        "properties": {"reserved": linux},
    });
    (plan, body.as_object().cloned().unwrap_or_default())
}
