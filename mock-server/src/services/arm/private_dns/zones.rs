//! What may a private zone be called, and when can it be deleted?

use serde_json::Value;

use super::zone;
use crate::request::Reply;
use crate::services::arm::errors::{bad_request, conflict};
use crate::services::arm::operations::Style;
use crate::services::arm::write::names::{self, Name};
use crate::services::arm::write::{Body, Kind, Location, Manner, Write, fields};
use crate::services::private_dns::{LINKS, ZONES};
use crate::store::{Resource, State};

/// Private DNS zones.
pub(super) struct Zones;

impl Kind for Zones {
    const TYPE: &'static str = ZONES;
    const NAME: Name = names::ANY;
    const LOCATION: Location = Location::Global;
    const PUT: Manner = Manner::Operation(Style::Both);
    const PATCHED: Manner = Manner::Operation(Style::Both);
    const DELETE: Manner = Manner::Operation(Style::Both);
    const CREATING: &'static str = "Creating";

    fn show(state: &State, given: &Resource) -> Value {
        zone(state, given)
    }

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, &[]);
        check_name(&write.id.name)
    }

    /// The text is that of a captured answer (learntocloud/networking-lab #8).
    fn may_delete(write: &Write<'_>) -> Result<(), Reply> {
        let links = write.state.children(write.id.as_str(), LINKS);
        let named: Vec<String> = links
            .map(|it| {
                format!(
                    "'{ZONES}/{}/virtualNetworkLinks/{}'",
                    write.id.name, it.name
                )
            })
            .collect();
        if named.is_empty() {
            return Ok(());
        }
        let named = named.join(", ");
        let message = format!(
            "Cannot delete resource while nested resources exist. Some existing nested resource IDs include: {named}. Please delete all nested resources before deleting this resource."
        );
        Err(conflict("CannotDeleteResource", &message))
    }
}

/// Two to 34 labels of at most 63 alphanumerics, underscores and hyphens (azure-docs,
/// `azure-resource-manager/management/resource-name-rules.md`). The text is ours.
fn check_name(name: &str) -> Result<(), Reply> {
    let labels: Vec<&str> = name.split('.').collect();
    let fits = |label: &&str| {
        let plain = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
        (1..=63).contains(&label.len()) && label.chars().all(plain)
    };
    if (2..=34).contains(&labels.len()) && labels.iter().all(fits) && name.len() <= 253 {
        return Ok(());
    }
    let message = format!(
        "the zone name '{name:.300}' is invalid: 2 to 34 labels of 1 to 63 alphanumerics, underscores and hyphens"
    );
    Err(bad_request("InvalidZoneName", &message))
}
