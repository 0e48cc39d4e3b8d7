//! Faults of function apps (PITFALLS.md B20, D07, D20; MORE.md §5).
//!
//! Places are ids of sites that functions were deployed to, or `site/FUNCTION`.

use serde_json::json;

use super::{Fault, patch, public_access};
use crate::world::{Function, FunctionApp, Vantage, World};

const SITES: &str = "Microsoft.Web/sites";

/// The app was deleted.
pub const MISSING: Fault = Fault {
    id: "function-app-missing",
    about: "the function app was deleted",
    places: sites,
    plant: |world, at| {
        let name = name(at).to_owned();
        world
            .functions
            .retain(|site, _| !site.eq_ignore_ascii_case(&name));
        patch::remove(world, at)
    },
};

/// The app was stopped.
pub const STOPPED: Fault = Fault {
    id: "function-app-stopped",
    about: "the function app was stopped",
    places: sites,
    plant: |world, at| patch::set(world, at, "/state", json!("Stopped")),
};

/// The app's traffic leaves by the internet.
pub const NOT_INTEGRATED: Fault = Fault {
    id: "function-app-not-integrated",
    about: "the function app is integrated into no virtual network",
    places: sites,
    plant: |world, at| {
        let properties = patch::resource(world, at)?.body.get_mut("properties");
        let properties = properties.and_then(|it| it.as_object_mut());
        let properties = properties.ok_or("the site has no properties")?;
        properties.remove("virtualNetworkSubnetId");
        let vantage = vantage(world, at)?;
        (vantage.network, vantage.address) = (None, None);
        Ok(())
    },
};

/// The app has no settings.
pub const WITHOUT_SETTINGS: Fault = Fault {
    id: "function-app-without-settings",
    about: "the settings of the function app are gone, so that its code does not start",
    places: sites,
    plant: |world, at| patch::set(world, at, "/siteConfig/appSettings", json!([])),
};

/// The keys were changed.
pub const KEYS_CHANGED: Fault = Fault {
    id: "function-keys-changed",
    about: "the keys of the function app and of its functions were changed",
    places: sites,
    plant: |world, at| {
        let app = app(world, name(at))?;
        let functions = app.functions.values_mut().map(|it| &mut it.keys);
        for keys in functions.chain([&mut app.host_keys]) {
            keys.0.values_mut().for_each(|key| key.push_str("-anew"));
        }
        Ok(())
    },
};

/// The app is open, and asked by its public address.
pub const PUBLIC_PATH: Fault = Fault {
    id: "function-app-public-path",
    about: "public access to the function app is open, and its private zone is not linked: requests go by the public path",
    places: |world| {
        let all = sites(world).into_iter();
        all.filter(|id| public_access::is_reached_privately(world, id))
            .collect()
    },
    plant: |world, at| {
        patch::set(world, at, "/publicNetworkAccess", json!("Enabled"))?;
        public_access::unlink(world, at)
    },
};

/// A function is not there.
pub const FUNCTION_MISSING: Fault = Fault {
    id: "function-missing",
    about: "the function was not deployed",
    places: functions,
    plant: |world, at| {
        let (site, function) = at.split_once('/').ok_or("names no function")?;
        let removed = app(world, site)?.functions.remove(function);
        removed
            .map(drop)
            .ok_or_else(|| "no such function".to_owned())
    },
};

/// A function was switched off.
pub const FUNCTION_DISABLED: Fault = Fault {
    id: "function-disabled",
    about: "the function was disabled",
    places: functions,
    plant: |world, at| {
        let (site, name) = at.split_once('/').ok_or("names no function")?;
        let found: Option<&mut Function> = app(world, site)?.functions.get_mut(name);
        found.ok_or("no such function")?.disabled = true;
        Ok(())
    },
};

fn sites(world: &World) -> Vec<String> {
    let all = patch::of_type(world, SITES).into_iter();
    all.filter(|id| {
        let mut deployed = world.functions.keys();
        deployed.any(|site| site.eq_ignore_ascii_case(name(id)))
    })
    .collect()
}

fn functions(world: &World) -> Vec<String> {
    let mut places = Vec::new();
    for (site, app) in &world.functions {
        let running = app.functions.iter().filter(|(_, it)| !it.disabled);
        places.extend(running.map(|(name, _)| format!("{site}/{name}")));
    }
    places
}

fn app<'w>(world: &'w mut World, site: &str) -> Result<&'w mut FunctionApp, String> {
    let mut all = world.functions.iter_mut();
    let found = all.find(|(own, _)| own.eq_ignore_ascii_case(site));
    found
        .map(|(_, app)| app)
        .ok_or_else(|| format!("nothing was deployed to {site}"))
}

fn vantage<'w>(world: &'w mut World, at: &str) -> Result<&'w mut Vantage, String> {
    let runs_at = app(world, name(at))?.vantage.clone();
    let found = world.vantages.get_mut(&runs_at);
    found.ok_or_else(|| format!("the world has no vantage {runs_at}"))
}

fn name(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}
