//! For tests: the world `tests/worlds/apps.yaml`, a function app in the home tenant and a registry in the resource tenant.
//!
//! The app `func-orders` runs the article's four functions at the vantage `func`; `acrresource` has two images and is
//! reached over a private endpoint of the home network.

use xtenant_source::SourceFile;

use super::testing::mock;
use crate::context::Context;
use crate::world::World;

pub(crate) const HOST: &str = "func-orders.azurewebsites.net";
pub(crate) const SITE: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.Web/sites/func-orders";
pub(crate) const REGISTRY: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb/resourceGroups/data/providers/Microsoft.ContainerRegistry/registries/acrResource";
pub(crate) const LOGIN: &str = "acrresource.azurecr.io";
/// Contributor of the site, in the home tenant.
pub(crate) const DEPLOYER: &str = "05000000-0000-4000-8000-000000000009";

const WORLD: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/worlds/apps.yaml"
));

/// The world after some replacements in its text.
fn parsed(replacements: &[(&str, &str)]) -> Result<World, Vec<xtenant_source::Problem>> {
    let mut text = WORLD.to_owned();
    for (from, to) in replacements {
        assert!(text.contains(from), "the file has no {from}");
        text = text.replacen(from, to, 1);
    }
    World::parse(&SourceFile::new("world.yaml", text))
}

/// Titles of the problems of the world after a replacement.
pub(crate) fn problems(from: &str, to: &str) -> Vec<String> {
    let problems = parsed(&[(from, to)]).err().unwrap_or_default();
    problems.into_iter().map(|problem| problem.title).collect()
}

/// Its mock.
pub(crate) fn context(replacements: &[(&str, &str)]) -> Context {
    let world = parsed(replacements)
        .unwrap_or_else(|problems| panic!("{}", xtenant_source::render(&problems, false)));
    mock(&world)
}
