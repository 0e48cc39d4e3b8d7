//! What does ARM say of the app behind an endpoint?

use serde::{Deserialize, Serialize};

use crate::ask::Ask;
use crate::checks::wire::{Resource, explaining, lenient};
use crate::ids::ResourceId;

/// An app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Site {
    pub(super) is_stopped: bool,
    /// Whether its traffic goes out by a virtual network (PITFALLS B20).
    pub(super) is_integrated: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SiteProperties {
    #[serde(default, deserialize_with = "lenient")]
    state: String,
    #[serde(default, deserialize_with = "lenient")]
    virtual_network_subnet_id: String,
}

/// The app; nothing when it is gone or may not be read: it only explains.
pub(super) async fn state_of(ask: &Ask, id: &ResourceId) -> Option<Site> {
    let found = explaining(ask.arm::<Resource<SiteProperties>>(id).await);
    found.map(|site| Site {
        is_stopped: site.properties.state.eq_ignore_ascii_case("Stopped"),
        is_integrated: !site.properties.virtual_network_subnet_id.is_empty(),
    })
}
