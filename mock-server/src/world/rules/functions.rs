//! Function apps: of a site that exists, run at a vantage that is that site.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Rules;
use super::place::{Step, below};
use crate::ids::ResourceId;
use crate::services::functions::FUNCTIONS;
use crate::world::{FunctionApp, Resource, Vantage};

const SITES: &str = "Microsoft.Web/sites";

impl Rules<'_> {
    pub(super) fn functions(&mut self) {
        let world = self.world;
        let sites = if world.functions.is_empty() {
            BTreeMap::new()
        } else {
            self.look_at(world.resources.len());
            sites(&world.resources)
        };
        for (site, app) in &world.functions {
            let place = ["functions".into(), site.into()];
            let vantage = world.vantages.get(&app.vantage);
            if !vantage.is_some_and(|it| it.planned) {
                self.owner("functions", site, SITES);
            }
            self.runs_at(&place, sites.get(&site.to_ascii_lowercase()).copied(), app);
            for (name, function) in &app.functions {
                if !FUNCTIONS.contains(&name.as_str()) {
                    let map = below(&place, &["functions".into()]);
                    let title = format!("the mock does not know to run the function {name}");
                    self.key_problem(&map, name, title, &xtenant_source::one_of(FUNCTIONS), "");
                }
                let map = ["functions".into(), name.into(), "keys".into()];
                self.keys(&below(&place, &map), &function.keys.0);
            }
            let map = below(&place, &["host-keys".into()]);
            self.keys(&map, &app.host_keys.0);
        }
    }

    fn keys(&mut self, map: &[Step<'_>], keys: &BTreeMap<String, String>) {
        for (name, key) in keys {
            if key.trim().is_empty() {
                self.key_problem(map, name, "the key is empty", "a text", "");
            }
        }
    }

    /// The vantage is an App Service that has the network and the identities of the site.
    fn runs_at(&mut self, place: &[Step<'_>], site: Option<&Resource>, app: &FunctionApp) {
        let world = self.world;
        let place = below(place, &["vantage".into()]);
        let Some(vantage) = world.vantages.get(&app.vantage) else {
            let title = format!("the world has no vantage {}", app.vantage);
            let expected = "the name of a vantage with app-service: true";
            return self.missing(&["vantages"], &place, title, expected, "");
        };
        if !vantage.app_service {
            let title = format!("vantage {} is no App Service", app.vantage);
            let expected = "a vantage with app-service: true";
            return self.missing(&["vantages"], &place, title, expected, "");
        }
        let Some(site) = site else { return };
        let differs = [
            (
                "network",
                network_of(site) != lower(vantage.network.as_deref()),
            ),
            ("identities", identities_of(site) != identities(vantage)),
        ];
        for (what, differs) in differs {
            if differs {
                let title = format!("vantage {} has other {what} than the site", app.vantage);
                let expected = "the network of the site's virtualNetworkSubnetId, and the identities of its identity";
                self.missing(&["resources", "vantages"], &place, title, expected, "");
            }
        }
    }
}

/// Sites by name in lower case.
fn sites(resources: &[Resource]) -> BTreeMap<String, &Resource> {
    let named = |it| {
        let id = ResourceId::parse(Resource::id(it)).ok()?;
        let is_site = id.resource_type.eq_ignore_ascii_case(SITES);
        is_site.then(|| (id.name.to_ascii_lowercase(), it))
    };
    resources.iter().filter_map(named).collect()
}

fn lower(text: Option<&str>) -> Option<String> {
    text.map(str::to_ascii_lowercase)
}

fn network_of(site: &Resource) -> Option<String> {
    let subnet = site.properties().get("virtualNetworkSubnetId")?.as_str()?;
    lower(ResourceId::parse(subnet).ok()?.parent())
}

/// Ids of user-assigned identities, and `system`.
fn identities_of(site: &Resource) -> BTreeSet<String> {
    let Some(identity) = site.body.get("identity") else {
        return BTreeSet::new();
    };
    let kind = identity.get("type").and_then(Value::as_str);
    let has_system = kind.unwrap_or_default().contains("SystemAssigned");
    let assigned = identity.get("userAssignedIdentities");
    let assigned = assigned.and_then(Value::as_object).into_iter().flatten();
    let assigned = assigned.map(|(id, _)| id.to_ascii_lowercase());
    assigned
        .chain(has_system.then(|| "system".to_owned()))
        .collect()
}

fn identities(vantage: &Vantage) -> BTreeSet<String> {
    let assigned = vantage.identities.iter().map(|id| id.to_ascii_lowercase());
    assigned
        .chain(vantage.system_identity.then(|| "system".to_owned()))
        .collect()
}
