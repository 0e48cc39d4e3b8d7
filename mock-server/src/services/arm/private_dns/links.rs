//! Which networks can a zone be linked to?
//!
//! The network exists and the caller may join it, in another tenant too. A network is linked to one zone of a name
//! (PITFALLS B14), and registers its machines in one zone; a zone has at most 1000 links, 100 of them with registration.
//! `resolutionPolicy` is for `privatelink` zones (specification). The network of a link stays what it was.

use serde_json::{Value, json};

use super::link;
use crate::ids::ResourceId;
use crate::request::Reply;
use crate::services::arm::errors::{bad_request, conflict};
use crate::services::arm::operations::Style;
use crate::services::arm::write::linked::not_there;
use crate::services::arm::write::{Body, Kind, Location, Manner, Patch, Write, fields};
use crate::services::network_manager::NETWORKS;
use crate::services::private_dns::{LINKS, Link};
use crate::store::{Resource, State};

/// As `maxNumberOfVirtualNetworkLinks` and `…WithRegistration` of every zone say.
pub(super) const MOST: usize = 1000;
pub(super) const MOST_WITH_REGISTRATION: usize = 100;

/// Virtual network links.
pub(super) struct Links;

impl Kind for Links {
    const TYPE: &'static str = LINKS;
    const LOCATION: Location = Location::Global;
    const PUT: Manner = Manner::Operation(Style::Both);
    const PATCH: Patch = Patch::Merge;
    const PATCHED: Manner = Manner::Operation(Style::Both);
    const DELETE: Manner = Manner::Operation(Style::Both);
    const CREATING: &'static str = "Creating";

    fn show(_: &State, given: &Resource) -> Value {
        link(given)
    }

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(
            body,
            &["virtualNetwork", "registrationEnabled", "resolutionPolicy"],
        );
        let registers = fields::flag(body, "/properties/registrationEnabled")?.unwrap_or(false);
        let network = fields::required_text(body, "/properties/virtualNetwork/id")?.to_owned();
        let action = "Microsoft.Network/virtualNetworks/join/action";
        write.linked("properties.virtualNetwork.id", &network, action)?;
        let found = write.state.resource(&network);
        if !found.is_some_and(|it| it.is_a(NETWORKS)) {
            return Err(not_there(write, &network));
        }
        policy(write, body)?;
        unchanged(write, &network)?;
        others_allow(write, &network, registers)?;
        fields::set(body, "virtualNetwork", json!({"id": network}));
        fields::set(body, "registrationEnabled", registers);
        Ok(())
    }
}

fn zone_of(link: &ResourceId) -> &str {
    let zone = link.parent().unwrap_or_default();
    zone.rsplit('/').next().unwrap_or_default()
}

fn policy(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
    let at = "/properties/resolutionPolicy";
    let Some(policy) = fields::one_of(body, at, &["Default", "NxDomainRedirect"])? else {
        return Ok(());
    };
    let zone = zone_of(write.id);
    let is_private_link = zone
        .split('.')
        .any(|label| label.eq_ignore_ascii_case("privatelink"));
    if policy == "NxDomainRedirect" && !is_private_link {
        let message = format!(
            "the resolution policy {policy} is allowed for privatelink zones only, and '{zone}' is none"
        );
        return Err(bad_request("BadRequest", &message));
    }
    fields::set(body, "resolutionPolicy", policy);
    Ok(())
}

fn unchanged(write: &Write<'_>, network: &str) -> Result<(), Reply> {
    let before = write.existing.map(|it| Link::of(it).network);
    if before.is_none_or(|it| it.eq_ignore_ascii_case(network)) {
        return Ok(());
    }
    let message = format!(
        "the virtual network of link '{}' cannot be changed; delete and recreate it",
        write.id.name
    );
    Err(bad_request("BadRequest", &message))
}

fn others_allow(write: &Write<'_>, network: &str, registers: bool) -> Result<(), Reply> {
    let zone = zone_of(write.id);
    let is_other = |it: &&Resource| !it.id.eq_ignore_ascii_case(write.id.as_str());
    let others = write.state.resources_of_type(LINKS).filter(is_other);
    for other in others.filter(|it| Link::of(it).network.eq_ignore_ascii_case(network)) {
        let Ok(id) = ResourceId::parse(&other.id) else {
            continue;
        };
        if zone_of(&id).eq_ignore_ascii_case(zone) {
            return Err(overlapping(zone, zone_of(&id)));
        }
        if registers && Link::of(other).registration {
            let message = format!(
                "virtual network '{network}' registers its machines in zone '{}' already",
                zone_of(&id)
            );
            return Err(bad_request("BadRequest", &message));
        }
    }
    let inside = write
        .state
        .children(write.id.parent().unwrap_or_default(), LINKS);
    let (mut links, mut registering) = (0, 0);
    for it in inside.filter(is_other) {
        links += 1;
        registering += usize::from(Link::of(it).registration);
    }
    if links >= MOST || (registers && registering >= MOST_WITH_REGISTRATION) {
        let message = format!(
            "zone '{zone}' has at most {MOST} links, {MOST_WITH_REGISTRATION} of them with registration"
        );
        return Err(conflict("LimitExceeded", &message));
    }
    Ok(())
}

/// The text is that of a captured answer (MicrosoftDocs/azure-aks-docs #212).
fn overlapping(one: &str, other: &str) -> Reply {
    let message = format!(
        "A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '{one}' and '{other}' zones."
    );
    bad_request("BadRequest", &message)
}
